"""Oversight: social supervisors, what they ask and what becomes of it (第二十九条); problems that the coordination
mechanism took up (第四条); decisions that a market entity's rights were interfered with (第六条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Period, Record, SubjectKind

__all__ = ["Interference", "RaisedProblem", "Supervisor", "SupervisorGroup", "Visit"]

SupervisorGroup = Literal["expert", "association_head", "entity_representative", "journalist"]


class Supervisor(Period, frozen=True):
    """社会监督员: one person, for one term."""

    supervisor_no: Annotated[str | None, Label("监督员编号")] = None
    name: Annotated[str | None, Label("姓名", personal=True)] = None
    group: Annotated[
        Literal[
            "expert",  # 专家学者
            "association_head",  # 行业协会商会负责人
            "entity_representative",  # 经营主体代表
            "journalist",  # 媒体记者
            "other",  # 其他
        ]
        | None,
        Label("监督员类别"),
    ] = None
    organ_code: Annotated[str | None, Label("聘请的人民政府编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    valid_from: Annotated[date | None, Label("聘期起始日期")] = None
    valid_to: Annotated[date | None, Label("聘期截止日期")] = None
    open_ended: Annotated[bool | None, Label("长期聘请")] = None


class Visit(Record, frozen=True):
    """监督活动: a supervisor's visit to an organ or opinion sent to it."""

    visit_no: Annotated[str | None, Label("监督活动编号")] = None
    supervisor_no: Annotated[str | None, Label("监督员编号")] = None
    organ_code: Annotated[str | None, Label("被监督单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    what: Annotated[Literal["visit", "opinion"] | None, Label("监督方式")] = None
    made_on: Annotated[date | None, Label("日期")] = None
    refused: Annotated[bool | None, Label("拒绝接受")] = None
    refused_on: Annotated[date | None, Label("拒绝日期")] = None


class RaisedProblem(Record, frozen=True):
    """问题台账: a problem that somebody raised with an organ, whether it was verified and put right."""

    problem_no: Annotated[str | None, Label("问题编号")] = None
    raised_by: Annotated[
        Literal[
            "supervisor",  # 社会监督员
            "mechanism",  # 统筹协调机制
            "other",  # 其他
        ]
        | None,
        Label("提出者"),
    ] = None
    supervisor_no: Annotated[str | None, Label("监督员编号")] = None
    subject: Annotated[str | None, Label("问题内容")] = None
    organ_code: Annotated[str | None, Label("责任单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    raised_on: Annotated[date | None, Label("提出日期")] = None
    verified: Annotated[bool | None, Label("已查实")] = None
    verified_on: Annotated[date | None, Label("查实日期")] = None
    major: Annotated[bool | None, Label("属便利化重大问题")] = None
    within_power: Annotated[bool | None, Label("属本级权限")] = None
    due_on: Annotated[date | None, Label("办理期限")] = None
    solved: Annotated[bool | None, Label("已整改或解决")] = None
    solved_on: Annotated[date | None, Label("整改或解决日期")] = None


class Interference(Record, frozen=True):
    """侵害经营主体权利的认定: a decision on whether an organ interfered with a person, property or autonomy."""

    decision_no: Annotated[str | None, Label("认定编号")] = None
    organ_code: Annotated[str | None, Label("被诉单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    related_application: Annotated[str | None, Label("涉及的办件编号")] = None
    entity_name: Annotated[str | None, Label("经营主体名称", personal=True)] = None
    entity_kind: Annotated[SubjectKind | None, Label("经营主体类型")] = None
    interest: Annotated[
        Literal[
            "person",  # 人身权利
            "property",  # 财产权利
            "autonomy",  # 经营自主权
        ]
        | None,
        Label("被侵害的权利"),
    ] = None
    occurred_on: Annotated[date | None, Label("行为日期")] = None
    decided_by: Annotated[str | None, Label("认定机关")] = None
    document: Annotated[str | None, Label("认定文书")] = None
    upheld: Annotated[bool | None, Label("认定成立")] = None
    upheld_on: Annotated[date | None, Label("认定日期")] = None

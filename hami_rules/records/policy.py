"""免申即享: policies that firms enjoy without applying, and the firms that qualify for them (第二十三条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Period, Record, SubjectKind

__all__ = ["Beneficiary", "Policy"]


class Beneficiary(Record, frozen=True):
    """符合条件的对象: one firm that a policy is for, and how it fared."""

    firm_id: Annotated[str | None, Label("统一社会信用代码", personal=True)] = None
    firm_name: Annotated[str | None, Label("经营主体名称", personal=True)] = None
    firm_kind: Annotated[SubjectKind | None, Label("经营主体类型")] = None
    eligible: Annotated[bool | None, Label("经认定符合条件")] = None
    application_demanded: Annotated[bool | None, Label("被要求提出申请")] = None
    application_demanded_on: Annotated[date | None, Label("要求申请日期")] = None
    due_on: Annotated[date | None, Label("应当兑现日期")] = None
    paid: Annotated[bool | None, Label("已兑现")] = None
    paid_on: Annotated[date | None, Label("兑现日期")] = None


class Policy(Period, frozen=True):
    """政策: one policy, whether it stands on the list of those enjoyed without application, and whom it is for."""

    policy_no: Annotated[str | None, Label("政策编号")] = None
    name: Annotated[str | None, Label("政策名称")] = None
    organ_code: Annotated[str | None, Label("责任部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    policy_type: Annotated[
        Literal[
            "enterprise_policy",  # 惠企政策
            "public_policy",  # 惠民政策
            "talent_policy",  # 人才政策
            "investment_policy",  # 招商政策
            "financial_policy",  # 金融服务政策
        ]
        | None,
        Label("政策类别"),
    ] = None
    listed: Annotated[bool | None, Label("列入免申即享清单")] = None
    listed_on: Annotated[date | None, Label("列入清单日期")] = None
    application_required: Annotated[bool | None, Label("政策规定须提出申请")] = None
    beneficiaries: Annotated[list[Beneficiary] | None, Label("符合条件的对象")] = None

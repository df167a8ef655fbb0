"""12345政务服务便民热线: its hours day by day, and the tickets of market entities (第二十四条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Record, SubjectKind

__all__ = ["HotlineDay", "Shift", "Ticket"]


class Shift(Record, frozen=True):
    """服务时段: from when to when people or a smart agent answered the hotline on that day, Beijing time, as 08:30; the day ends at 24:00."""

    starts: Annotated[str | None, Label("开始时刻")] = None
    ends: Annotated[str | None, Label("结束时刻")] = None


class HotlineDay(Record, frozen=True):
    """热线服务日: the hours in which the hotline served market entities on one day."""

    region: Annotated[str | None, Label("行政区划代码")] = None
    organ_code: Annotated[str | None, Label("负责的人民政府编码")] = None
    day: Annotated[date | None, Label("日期")] = None
    shifts: Annotated[list[Shift] | None, Label("服务时段")] = None
    excuse: Annotated[Literal["system_outage", "force_majeure"] | None, Label("中断的客观原因")] = None


class Ticket(Record, frozen=True):
    """热线工单: what a market entity brought to the hotline, and what became of it."""

    ticket_no: Annotated[str | None, Label("工单编号")] = None
    organ_code: Annotated[str | None, Label("负责的人民政府编码")] = None
    handler_code: Annotated[str | None, Label("承办单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    caller_kind: Annotated[SubjectKind | None, Label("来电人类型")] = None
    category: Annotated[
        Literal["consultation", "help", "suggestion", "complaint"] | None, Label("诉求类别")
    ] = None
    subject: Annotated[str | None, Label("诉求内容")] = None
    received_on: Annotated[date | None, Label("来电日期")] = None
    refused: Annotated[bool | None, Label("不予受理")] = None
    refused_on: Annotated[date | None, Label("不予受理日期")] = None
    refusal_ground: Annotated[str | None, Label("不予受理理由")] = None
    ground_lawful: Annotated[bool | None, Label("不予受理有合法理由", burden="organ", absent=False)] = None
    due_on: Annotated[date | None, Label("答复期限")] = None
    extended: Annotated[bool | None, Label("答复期限已延长")] = None
    extended_to: Annotated[date | None, Label("延长至")] = None
    replied: Annotated[bool | None, Label("已答复")] = None
    replied_on: Annotated[date | None, Label("答复日期")] = None

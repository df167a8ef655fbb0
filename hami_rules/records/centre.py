"""The service centre: the people whom departments have stationed there (第十二条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Period

__all__ = ["StationedPerson"]


class StationedPerson(Period, frozen=True):
    """派驻人员: one person at the service centre, for one stay there."""

    person_no: Annotated[str | None, Label("人员编号")] = None
    name: Annotated[str | None, Label("姓名", personal=True)] = None
    organ_code: Annotated[str | None, Label("派驻部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    centre_code: Annotated[str | None, Label("政务服务中心编码")] = None
    post: Annotated[str | None, Label("窗口或岗位")] = None
    staff_kind: Annotated[
        Literal[
            "stationed",  # 派驻部门的在编人员
            "contracted",  # 聘用的窗口人员
        ]
        | None,
        Label("人员类别"),
    ] = None
    valid_from: Annotated[date | None, Label("派驻起始日期")] = None
    valid_to: Annotated[date | None, Label("派驻截止日期")] = None
    open_ended: Annotated[bool | None, Label("仍在派驻")] = None

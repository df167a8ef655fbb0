"""Groups of linked items that people have declared (第十八条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from .base import Label, Record

__all__ = ["ItemGroup"]


class ItemGroup(Record, frozen=True):
    """关联事项组: items that applicants need together, and whether they are handled as one (一件事一次办)."""

    group_no: Annotated[str | None, Label("事项组编号")] = None
    group_name: Annotated[str | None, Label("事项组名称")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    lead_organ_code: Annotated[str | None, Label("牵头部门编码")] = None
    item_codes: Annotated[list[str] | None, Label("事项实施编码")] = None
    organ_codes: Annotated[list[str] | None, Label("涉及部门编码", gb="联办机构")] = None
    cross_level: Annotated[bool | None, Label("跨层级")] = None
    integrated: Annotated[bool | None, Label("已实行“一件事一次办”")] = None
    integrated_on: Annotated[date | None, Label("实行“一件事一次办”日期")] = None

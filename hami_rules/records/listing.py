"""事项清单管理 (第十一条): the lists of items, the catalogue they follow, what is published beside its source, and whose
duty an item is (第五条)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from .base import Label, Period, Record

__all__ = ["BasicEntry", "Duty", "ItemList", "ItemListEntry", "Snapshot"]


class ItemListEntry(Record, frozen=True):
    """清单条目: one item on a list."""

    item_code: Annotated[str | None, Label("实施编码", gb="实施编码", platform="task_code")] = None
    item_name: Annotated[str | None, Label("事项名称", gb="事项名称", platform="task_name")] = None
    catalog_code: Annotated[str | None, Label("基本编码", gb="基本编码", platform="catalog_code")] = None
    organ_code: Annotated[str | None, Label("实施主体编码", gb="实施主体编码")] = None
    no_organ: Annotated[bool | None, Label("没有确定实施主体")] = None
    published: Annotated[bool | None, Label("该条已公布")] = None


class ItemList(Period, frozen=True):
    """经营主体政务服务事项清单 of one region (第十一条第二款)."""

    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    organ_code: Annotated[str | None, Label("编制机构编码")] = None
    published: Annotated[bool | None, Label("已公布")] = None
    published_on: Annotated[date | None, Label("公布日期")] = None
    entries: Annotated[list[ItemListEntry] | None, Label("清单条目")] = None


class BasicEntry(Period, frozen=True):
    """自治区政务服务事项基本目录条目: one entry of the regional catalogue, as it concerns one region below."""

    catalog_code: Annotated[str | None, Label("基本编码", gb="基本编码", platform="catalog_code")] = None
    item_name: Annotated[str | None, Label("事项名称", gb="事项名称", platform="task_name")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    to_be_taken_on: Annotated[bool | None, Label("本级应当承接")] = None


class Snapshot(Record, frozen=True):
    """事项数据快照: one item as it was seen on one day, as published locally or as the regional library has it.

    The item's code and name, basis, conditions, materials, statutory limit and fee are the library's; address,
    telephone and promised limit are the region's own and are kept for reference only.
    """

    item_code: Annotated[str | None, Label("实施编码", gb="实施编码", platform="task_code")] = None
    source: Annotated[
        Literal[
            "published",  # 本地发布
            "library",  # 自治区事项库
        ]
        | None,
        Label("数据来源"),
    ] = None
    taken_on: Annotated[date | None, Label("快照日期")] = None
    updated_on: Annotated[date | None, Label("更新日期")] = None
    organ_code: Annotated[str | None, Label("实施主体编码", gb="实施主体编码")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    item_name: Annotated[str | None, Label("事项名称", gb="事项名称", platform="task_name")] = None
    item_type: Annotated[str | None, Label("事项类型", gb="事项类型")] = None
    catalog_code: Annotated[str | None, Label("基本编码", gb="基本编码", platform="catalog_code")] = None
    level: Annotated[Literal["city", "county", "township"] | None, Label("行使层级", gb="行使层级")] = None
    basis_titles: Annotated[list[str] | None, Label("设定依据", gb="设定依据", platform="by_law")] = None
    conditions: Annotated[list[str] | None, Label("受理条件", gb="受理条件", platform="accept_condition")] = (
        None
    )
    material_names: Annotated[list[str] | None, Label("申请材料名称")] = None
    statutory_days: Annotated[
        int | None, Label("法定办结时限（工作日）", gb="法定办结时限", platform="anticipate_day")
    ] = None
    fee_charged: Annotated[bool | None, Label("是否收费", gb="是否收费", platform="is_fee")] = None
    fee: Annotated[Decimal | None, Label("收费金额（元）")] = None
    promised_days: Annotated[
        int | None, Label("承诺办结时限（工作日）", gb="承诺办结时限", platform="promise_day")
    ] = None
    location_text: Annotated[str | None, Label("办理地点", gb="办理地点")] = None
    consult_phone: Annotated[str | None, Label("咨询电话", gb="咨询方式")] = None


class Duty(Period, frozen=True):
    """部门职责: that an item belongs to one organ's duties, and on what ground."""

    item_code: Annotated[str | None, Label("实施编码", gb="实施编码", platform="task_code")] = None
    organ_code: Annotated[str | None, Label("单位编码", gb="实施主体编码")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    ground: Annotated[
        Literal[
            "own",  # 本部门职责
            "concentrated",  # 相对集中行使许可权
            "entrustment",  # 依法委托
        ]
        | None,
        Label("职责来源"),
    ] = None

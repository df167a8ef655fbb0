"""What a department publishes about deferred acceptance (第十五条第一款)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules.records.world import World

from .registry import Rows, about, predicate

organ = about("organ")


@organ.relation("可能由该单位编制的容缺受理清单", of="deferral_list")
def deferral_lists(world: World, code: str, region: str) -> Rows:
    """The deferral lists that are, or may be, the organ's: all there are only where that is declared."""
    rows: list[Any] = world.tables.get("deferral_lists", [])
    mine = [row for row in rows if row.organ_code in (None, code)]
    return mine, world.covers("deferral_lists", region, world.as_of)


@predicate("责任单位自行负责公开容缺受理清单（部门、法律法规授权的组织、行政审批局）")
def answers_for_its_list(actor_organ_class: str) -> bool:
    """The organ answers for a list of its own; for entrusted towns and parks the entrusting organ does (第五条)."""
    return actor_organ_class in ("department", "authorised", "approval_bureau")


@predicate("清单由该单位编制")
def list_of_organ(organ_code: str, outer_code: str) -> bool:
    """The list is that organ's."""
    return organ_code == outer_code


@predicate("审计基准日清单在有效期内")
def list_in_use(valid_from: date, valid_to: date, as_of: date) -> bool:
    """The list is in use on the day of the audit."""
    return valid_from <= as_of <= valid_to


@predicate("属于同一事项的条目")
def entry_for_item(item_code: str, outer_application_item_code: str) -> bool:
    """The entry belongs to the item applied for."""
    return item_code == outer_application_item_code


@predicate("与所缺的同属材料或者同属条件")
def entry_of_same_sort(what: str, outer_what: str) -> bool:
    """The entry is a material where the gap is one, a condition where it is one."""
    return what == outer_what

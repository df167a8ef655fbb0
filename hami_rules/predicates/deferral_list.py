"""What a department publishes about deferred acceptance (第十五条第一款)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules.records.world import World

from .registry import Rows, about, predicate

organ = about("organ")


def _of_organ(world: World, table: str, code: str, region: str) -> Rows:
    """The rows of a table that are, or may be, the organ's: all there are only where that is declared."""
    memo = ("by organ", table)
    held: dict[str | None, list[Any]] | None = world.memo.get(memo)
    if held is None:
        held = world.memo[memo] = {}
        for row in world.tables.get(table, ()):
            held.setdefault(row.organ_code, []).append(row)
    return [*held.get(code, ()), *held.get(None, ())], world.covers(table, region, world.as_of)


@organ.fact("单位编码")
def organ_code(code: str) -> str:
    """The organ's code, by the name that its records and expectations know it by."""
    return code


@organ.relation("可能由该单位编制的容缺受理清单", of="deferral_list")
def deferral_lists(world: World, code: str, actor_region: str) -> Rows:
    """The deferral lists that are, or may be, the organ's."""
    return _of_organ(world, "deferral_lists", code, actor_region)


@organ.relation("可能由该单位办理的事项", of="item")
def items_handled(world: World, code: str, actor_region: str) -> Rows:
    """The items that are, or may be, the organ's."""
    return _of_organ(world, "items", code, actor_region)


@organ.relation("可能由该单位公布的办事指南", of="guide")
def guides_issued(world: World, code: str, actor_region: str) -> Rows:
    """The guides that are, or may be, the organ's."""
    return _of_organ(world, "guides", code, actor_region)


@predicate("责任单位自行负责公开容缺受理清单（部门、法律法规授权的组织、行政审批局）")
def answers_for_its_list(actor_organ_class: str) -> bool:
    """The organ answers for a list of its own; for entrusted towns and parks the entrusting organ does (第五条)."""
    return actor_organ_class in ("department", "authorised", "approval_bureau")


@predicate("属于该单位")
def of_that_organ(organ_code: str, outer_organ_code: str) -> bool:
    """It is that organ's."""
    return organ_code == outer_organ_code


@predicate("审计基准日在有效期内")
def in_use_at_audit(valid_from: date, valid_to: date, as_of: date) -> bool:
    """It is in use on the day of the audit."""
    return valid_from <= as_of <= valid_to


@predicate("属于同一事项的条目")
def entry_for_item(item_code: str, outer_application_item_code: str) -> bool:
    """The entry belongs to the item applied for."""
    return item_code == outer_application_item_code


@predicate("与所缺的同属材料或者同属条件")
def entry_of_same_sort(what: str, outer_what: str) -> bool:
    """The entry is a material where the gap is one, a condition where it is one."""
    return what == outer_what

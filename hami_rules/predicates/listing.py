"""Whose duty an item is, and the lists of items that a region keeps (第五条, 第十一条)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hami_rules.records.world import ABSENT, World

from .registry import Rows, about, predicate

item = about("item")
item_list = about("item_list")
entry = about("item_list_entry")
basic_entry = about("basic_entry")
snapshot = about("snapshot")


@item.fact("本级政务服务管理机构")
@snapshot.fact("本级政务服务管理机构")
def agency_of_the_region(world: World, acting_region: str) -> str | None:
    """The service administration agency of the serving organ's region; unknown unless exactly one is recorded (第五条)."""
    return world.agency(acting_region).code  # type: ignore[no-any-return]


@basic_entry.fact("本级政务服务管理机构")
def agency_code(world: World, region: str) -> str | None:
    """The service administration agency of the region that is to take the item on."""
    return world.agency(region).code  # type: ignore[no-any-return]


# -- 职责 (第五条) ----------------------------------------------------------------------------------------------------


@item.relation("对该事项负有职责的登记", of="duty")
def duties_recorded(world: World, item_code: str, acting_region: str, conduct_to: date) -> Rows:
    """The duties recorded for the item; all there are only where the table is complete for the region."""
    rows, doubtful = world.matching("duties", item_code=item_code)
    return [*rows, *doubtful], world.covers("duties", acting_region, conduct_to)


@predicate("当时负有该项职责")
def on_duty_then(valid_from: date, valid_to: date, outer_conduct_to: date) -> bool:
    """The duty was the organ's on the last day on which the item was handled, up to the audit."""
    return valid_from <= outer_conduct_to <= valid_to


# -- 清单 (第十一条) --------------------------------------------------------------------------------------------------


@item.relation("行为首日和末日有效的事项清单", of="item_list")
def lists_in_force(world: World, acting_region: str, conduct_from: date, conduct_to: date) -> Rows:
    """The region's list of items on the first and on the last day of the conduct; where one cannot be known, a list
    of which nothing is."""
    ends = (conduct_from, conduct_to)
    found = [world.in_force("item_lists", "item_list", acting_region, day) for day in ends]
    return [one for one in found if one is not ABSENT["item_list"]], True


@predicate("列的是该事项")
def lists_the_item(item_code: str, outer_outer_item_code: str) -> bool:
    """The entry is the item's."""
    return item_code == outer_outer_item_code


@basic_entry.link("当时有效的事项清单", to="item_list")
def list_then(world: World, region: str, conduct_to: date) -> Any:
    """The region's list of items in force on the last day of the conduct."""
    return world.in_force("item_lists", "item_list", region, conduct_to)


@predicate("属于基本目录的该条目")
def takes_on_the_entry(catalog_code: str, outer_catalog_code: str) -> bool:
    """The entry of the list is this entry of the regional catalogue."""
    return catalog_code == outer_catalog_code


# -- 指南 (第十一条第三款) ---------------------------------------------------------------------------------------------


def _stands(guide: Any, region: str) -> tuple[date, date, bool] | None:
    """From when to when a guide is, or may be, public and in force, and whether that is known; `None`: never."""
    if guide.published is False or guide.region not in (None, region):
        return None
    start = max(guide.valid_from or date.min, guide.published_on or date.min)
    known = None not in (guide.region, guide.valid_from, guide.valid_to, guide.published_on)
    return start, guide.valid_to or date.max, known


def _first_open(spans: list[tuple[date, date]], start: date, end: date) -> date | None:
    """The first day from `start` to `end` that no span covers."""
    for first, last in sorted(spans):
        if first > start:
            break
        if last >= end:
            return None
        start = max(start, last + timedelta(days=1))
    return start if start <= end else None


@item.fact(
    "没有办事指南的首日",
    cause="guides whose dates or region are unknown, or the table of guides not complete",
)
def without_guide_from(
    world: World, item_code: str, organ_code: str, acting_region: str, conduct_from: date, conduct_to: date
) -> date | None:
    """The first day of the conduct for which it is known that no guide was published and in force.

    `date.max` where every day had one. A guide whose dates or region are not known settles nothing, nor does a
    day for which the table of guides is not declared complete.
    """
    found = [s for g in world.guides_of(item_code, organ_code) if (s := _stands(g, acting_region))]
    if _first_open([(a, b) for a, b, known in found if known], conduct_from, conduct_to) is None:
        return date.max
    possible = [(a, b) for a, b, _ in found]
    open_days = [
        day
        for start, end in world.covered("guides", acting_region)
        if (day := _first_open(possible, max(start, conduct_from), min(end, conduct_to)))
    ]
    return min(open_days, default=None)


@predicate("有一段时间没有办事指南")
def was_without_guide(without_guide_from: date) -> bool:
    """There was a day on which no guide of the item was published and in force."""
    return without_guide_from < date.max

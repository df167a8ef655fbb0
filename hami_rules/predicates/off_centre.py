"""Handling at the service centre, and approvals to stay away from it (第八条)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .registry import about, predicate

item = about("item")

_RANK = {"township": 0, "county": 1, "city": 2, "autonomous_region": 3}
# 第八条 names the governments of the city and the counties only: for a township's item the county's decides.
_OWN = {"city": "city", "county": "county", "township": "county"}


@predicate("不进驻之初已经批准")
def granted_from_the_start(granted_on: date, outer_conduct_from: date) -> bool:
    """The approval had been granted by the first day on which the item was handled away from the centre."""
    return granted_on <= outer_conduct_from


@item.fact("批准的日期", cause="the day of an approval is not given")
def approved_on(off_centre_approvals: list[Any]) -> list[date] | None:
    """The days on which staying away was approved, the earliest first: what was breached before is not after it."""
    days = [approval.granted_on for approval in off_centre_approvals]
    return None if None in days else sorted(days)


@item.fact("最早批准的日期", cause="no approval, or the day of one is not given")
def first_approved_on(approved_on: list[date]) -> date | None:
    """The first day on which staying away was approved: the breach ends there."""
    return approved_on[0] if approved_on else None


@predicate("批准机关属于所列类别")
def granted_by_one_of(granted_by: str, who: tuple[str, ...]) -> bool:
    """The approval came from an organ of the classes listed."""
    return granted_by in who


@predicate("由事项本级的市、区（县）人民政府批准")
def granted_at_its_own_level(level: str, item_level: str) -> bool:
    """The approval came from the level of government to which the item belongs; the county's for a township's."""
    return level == _OWN[item_level]


@predicate("由更高层级的人民政府批准")
def granted_from_above(level: str, item_level: str) -> bool:
    """The approval came from a higher level of government than the item's own."""
    return _RANK[level] > _RANK[_OWN[item_level]]


@predicate("批准的原因只是图方便")
def granted_for_convenience(reason: str) -> bool:
    """The reason given is mere convenience."""
    return reason == "convenience"


@predicate("批准到期之后仍在中心之外办理")
def outlived_by_the_practice(valid_to: date, item_conduct_to: date) -> bool:
    """The item went on being handled away from the centre after the approval's own end."""
    return valid_to < item_conduct_to


@predicate("另一份批准前后相接")
def renewed_by(granted_on: date, valid_to: date, outer_valid_to: date) -> bool:
    """This approval was granted by the day after the other's end, and runs longer."""
    return granted_on - timedelta(days=1) <= outer_valid_to < valid_to

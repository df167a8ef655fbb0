"""Frequency: how often the items of a declared group are applied for in a year (第十八条).

Groups are declared by people in `item_groups`; nothing mines the applications for them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from hami_rules.records.base import Label
from hami_rules.records.kinds import Kind
from hami_rules.records.location import Location
from hami_rules.records.world import World

from .counts import COMMENCEMENT, Counter, Counts, Sample, Statistic, examples, year_of, year_span

__all__ = ["KIND", "GroupFrequency", "counter", "frequencies"]


class GroupFrequency(Statistic, frozen=True):
    """事项组的办理频次: a declared group of linked items in one year of the regulation."""

    group_no: Annotated[str | None, Label("事项组编号")] = None
    group_name: Annotated[str | None, Label("事项组")] = None
    applications: Annotated[int | None, Label("办件数")] = None
    possible: Annotated[int | None, Label("至多办件数（含事项、日期不明的）")] = None
    all_items: Annotated[bool | None, Label("事项已列全")] = None
    departments: Annotated[int | None, Label("涉及的部门数")] = None
    cross_level: Annotated[bool | None, Label("跨层级")] = None
    integrated: Annotated[bool | None, Label("已实行“一件事一次办”")] = None
    integrated_on: Annotated[date | None, Label("实行日期")] = None


def counter(world: World, counts: Counts) -> Counter | None:
    """Counts the applications for items that stand in a group, and those that may be for one, by item and year."""
    note, as_of = counts.note, world.as_of
    items = {code for g in world.tables.get("item_groups", ()) for code in g.item_codes or ()}
    if not items:
        return None
    items.add(None)  # an application that does not say what for

    def count(a: Any, place: Location | None) -> None:
        if a.item_code in items:
            day = a.submitted_on
            if day is None:
                note((a.item_code, None, a.region), a.application_no, place)
            elif COMMENCEMENT <= day <= as_of:
                note((a.item_code, year_of(day), a.region), a.application_no, place)

    return count


def frequencies(sample: Sample, counts: Counts) -> list[tuple[GroupFrequency, Location | None]]:
    """One record for each declared group and each year since commencement."""
    world = sample.world
    years = range(year_of(COMMENCEMENT), year_of(world.as_of) + 1)
    return [
        _year(sample, counts, group, year) for group in world.tables.get("item_groups", ()) for year in years
    ]


def _year(sample: Sample, counts: Counts, group: Any, year: int) -> tuple[GroupFrequency, Location | None]:
    world = sample.world
    first, last = year_span(year)
    last = min(last, world.as_of)
    items = set(group.item_codes or ())
    own = [(c, n) for c, n in counts.cells.items() if c[0] in items and c[1] == year]
    doubtful = [
        (c, n)
        for c, n in counts.cells.items()
        if (c[0] is None or c[0] in items) and c[1] in (None, year) and None in c[:2]
    ]
    applications = sum(n for _, n in own)
    organs = group.organ_codes
    listed = group.item_codes is not None and "item_codes" not in group.partial
    record = GroupFrequency(
        organ_code=group.lead_organ_code, region=group.region, period_from=first, period_to=last,
        whole=sample.whole("applications", group.region, first, last), unread=sample.missing(),
        examples=examples(counts, own), group_no=group.group_no, group_name=group.group_name,
        applications=applications, possible=applications + sum(n for _, n in doubtful), all_items=listed,
        # Two named departments are two, however many are not named.
        departments=len(set(organs)) if organs and ("organ_codes" not in group.partial or len(set(organs)) > 1) else None,
        cross_level=group.cross_level, integrated=group.integrated, integrated_on=group.integrated_on,
    )  # fmt: skip
    return record, counts.places.get(own[0][0]) if own else None


KIND = Kind(
    "group_frequency", GroupFrequency, "事项组的办理频次", "how often a group of items is applied for",
    key=("group_no", "period_from"), organ="organ_code", region="region",
    conduct=("period_from", "period_to"), derived=True,
)  # fmt: skip

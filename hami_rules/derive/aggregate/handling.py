"""Handling time: the median of working days that a market regulator's registrations took, year by year (第十九条第一款).

Medians do not merge; histograms of days do. What is unknown bounds the median from both sides: as if it had taken no
day at all, and as if it had never ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from hami_rules.records.base import Label
from hami_rules.records.kinds import Kind
from hami_rules.records.location import Location
from hami_rules.records.materials import normalise_name
from hami_rules.records.world import World

from .counts import (
    COMMENCEMENT,
    Counter,
    Counts,
    Group,
    Sample,
    Statistic,
    examples,
    groups,
    year_of,
    year_span,
)

__all__ = ["KIND", "Handling", "counter", "handlings", "median"]

_FIRST = year_of(COMMENCEMENT)
_REGULATORS = ("市场监督管理", "市场监管", "行政审批")
_FOREVER = 1 << 30


class Handling(Statistic, frozen=True):
    """登记办理时间: how long the registrations completed in one year of the regulation took, and in the year before."""

    applications: Annotated[int | None, Label("本期办结的登记办件数")] = None
    possible: Annotated[int | None, Label("本期可能办结的登记办件数")] = None
    median_days: Annotated[Decimal | None, Label("本期办理时间中位数（工作日，至少）")] = None
    median_most: Annotated[Decimal | None, Label("本期办理时间中位数（至多）")] = None
    before_from: Annotated[date | None, Label("前期起始日")] = None
    before_to: Annotated[date | None, Label("前期截止日")] = None
    before_applications: Annotated[int | None, Label("前期办结的登记办件数")] = None
    before_possible: Annotated[int | None, Label("前期可能办结的登记办件数")] = None
    before_days: Annotated[Decimal | None, Label("前期办理时间中位数（至多）")] = None
    before_least: Annotated[Decimal | None, Label("前期办理时间中位数（至少）")] = None


def counter(world: World, counts: Counts) -> Counter:
    """Counts completed registrations by organ, region and year of completion, then working days taken and whether the
    application is surely one of them."""
    note, as_of = counts.note, world.as_of
    endings_on = world.parameters["registration_items"]
    # By what a record calls the organ, too: its name alone may tell where the table lacks it.
    others: set[tuple[str | None, str | None]] = (
        set()
    )  # known to register nobody, or nothing is known of them
    regulators: set[tuple[str | None, str | None]] = set()
    known: dict[tuple[str | None, str | None, str | None, tuple[str, ...] | None], bool | None] = {}

    def is_registration(a: Any) -> bool | None:
        # The year before commencement is counted as well, by what the parameter first says.
        endings = endings_on(max(a.completed_on or as_of, COMMENCEMENT))
        key = a.organ_code, a.item_code, a.item_name, endings
        if key not in known:
            name = a.item_name or world.item(a.item_code, a.organ_code).item_name
            known[key] = normalise_name(name).endswith(endings) if name and endings else None
        return known[key]

    def count(a: Any, place: Location | None) -> None:
        organ = a.organ_code
        called = organ, a.organ_name
        if called in others:
            return
        if called not in regulators:
            name = world.organ(organ).name if organ else None
            (regulators if name and any(w in name for w in _REGULATORS) else others).add(called)
            if called in others:
                return
        if a.completed is False or a.withdrawn:
            return
        registers = is_registration(a)
        if registers is False:
            return
        done, start = a.completed_on, a.accepted_on
        if done is not None and done > as_of:
            return
        days = None if done is None or start is None else world.calendar.working_days_between(start, done)
        sure = bool(registers and a.completed and a.withdrawn is False)
        year = None if done is None else year_of(done)
        note((organ, a.region, year, days, sure), a.application_no, place)

    return count


def median(histogram: Mapping[int, int]) -> Decimal | None:
    """The median of days by how often each occurs; `None` of nothing."""
    n = sum(histogram.values())
    if not n:
        return None
    low, high = _nth(histogram, (n - 1) // 2), _nth(histogram, n // 2)
    return Decimal("Infinity") if high == _FOREVER else Decimal(low + high) / 2


def _nth(histogram: Mapping[int, int], index: int) -> int:
    met = 0
    for days in sorted(histogram):
        met += histogram[days]
        if met > index:
            return days
    raise AssertionError("the index is below the sum")


def _bounds(group: Group | None, below: int, above: int) -> tuple[int, int, Decimal | None, Decimal | None]:
    """How many registrations surely, how many perhaps, and between what the median of their days lies, with so many
    more unread ones to be reckoned with at either end."""
    days: dict[int, int] = {}
    sure = vague = 0
    if group is not None:
        vague = sum(met for _, met in group.doubtful)
        for cell, met in group.own:
            if cell[4]:
                sure += met
            if cell[4] and cell[3] is not None:
                days[cell[3]] = days.get(cell[3], 0) + met
            else:
                vague += met
    possible = sum(days.values()) + vague + max(below, above)
    if not sure:
        return 0, possible, None, None
    least = median({**days, -1: vague + below})
    most = median({**days, _FOREVER: vague + above})
    return sure, possible, None if least is None else max(least, Decimal(0)), most


def handlings(sample: Sample, counts: Counts) -> list[tuple[Handling, Location | None]]:
    """One record for each organ, region and year since commencement, beside the year before."""
    by_key = {g.key: g for g in groups(counts, 3)}
    out = []
    for (organ, region, year), group in by_key.items():
        if year < _FIRST:
            continue
        world = sample.world
        first, last = year_span(year)
        before_from, before_to = year_span(year - 1)
        unread = sample.missing()
        # What could not be read takes nothing from a finding over what is there, but it does from its absence.
        applications, possible, least, most = _bounds(group, 0, unread)
        before = by_key.get((organ, region, year - 1))
        earlier, before_possible, before_least, before_most = _bounds(before, unread, 0)
        record = Handling(
            organ_code=organ, region=region, period_from=first, period_to=min(last, world.as_of),
            whole=sample.whole("applications", region, before_from, min(last, world.as_of)), unread=unread,
            examples=examples(counts, group.own), applications=applications, possible=possible, median_days=least, median_most=most,
            before_from=before_from, before_to=before_to, before_applications=earlier, before_possible=before_possible, before_days=before_most,
            before_least=before_least,
        )  # fmt: skip
        out.append((record, counts.places.get(group.own[0][0])))
    return out


KIND = Kind(
    "handling", Handling, "登记办理时间", "handling time of registrations", key=("organ_code", "region", "period_from"),
    organ="organ_code", region="region", conduct=("period_from", "period_to"), derived=True,
)  # fmt: skip

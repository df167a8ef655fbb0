"""Workload: a department's applications filed at windows in one month, beside the people stationed for it (第十二条第一款)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from hami_rules.records.base import Label
from hami_rules.records.kinds import Kind
from hami_rules.records.location import Location
from hami_rules.records.world import World

from .counts import COMMENCEMENT, EXAMPLES, Counter, Counts, Group, Sample, Statistic, examples, groups, ratio

__all__ = ["KIND", "Workload", "counter", "workloads"]

_ONE = timedelta(days=1)
_AT_WINDOWS = frozenset({"window", "assisted", None})


class Workload(Statistic, frozen=True):
    """月度办件量与派驻人员: what was filed at windows with one department in one month, and who was there for it."""

    month: Annotated[str | None, Label("月份")] = None
    applications: Annotated[int | None, Label("窗口收件数")] = None
    possible: Annotated[int | None, Label("至多窗口收件数（含渠道、日期等不明的）")] = None
    working_days: Annotated[int | None, Label("工作日数")] = None
    person_days: Annotated[int | None, Label("在岗人日（至少，含聘用人员）")] = None
    person_days_most: Annotated[int | None, Label("在岗人日（至多，含聘用人员和起止日期不明的）")] = None
    load: Annotated[Decimal | None, Label("每人每工作日收件数（至少）")] = None
    load_most: Annotated[Decimal | None, Label("每人每工作日收件数（至多）")] = None
    someone_stationed: Annotated[bool | None, Label("当月有派驻人员")] = None


def counter(world: World, counts: Counts) -> Counter:
    """Counts the applications filed at windows by organ, region and month, and whether the window is sure."""
    note, cells, as_of = counts.note, counts.cells, world.as_of
    get = cells.get
    months: dict[date | None, int | None] = {None: None}  # 0: before the regulation, or after the audit

    def month_of(day: date) -> int:
        month = months[day] = day.year * 12 + day.month if COMMENCEMENT <= day <= as_of else 0
        return month

    def count(a: Any, place: Location | None) -> None:
        channel = a.channel
        if channel in _AT_WINDOWS:
            day = a.submitted_on
            month = months[day] if day in months else month_of(day)
            if month != 0:
                cell = (a.organ_code, a.region, month, channel is not None)
                met = get(cell, 0)
                if met < EXAMPLES:
                    note(cell, a.application_no, place)
                else:
                    cells[cell] = met + 1

    return count


def workloads(sample: Sample, counts: Counts) -> list[tuple[Workload, Location | None]]:
    """One record for each organ, region and month in which something was filed at a window."""
    staff: dict[str | None, list[Any]] = {}
    for person in sample.world.tables.get("stationed_staff", ()):
        staff.setdefault(person.organ_code, []).append(person)
    return [
        _month(sample, counts, g, [*staff.get(g.key[0], ()), *staff.get(None, ())]) for g in groups(counts, 3)
    ]


def _month(
    sample: Sample, counts: Counts, group: Group, staff: list[Any]
) -> tuple[Workload, Location | None]:
    world = sample.world
    organ, region, number = group.key
    year, month = divmod(number - 1, 12)
    first = date(year, month + 1, 1)
    last = min((first + timedelta(days=31)).replace(day=1) - _ONE, world.as_of)
    applications = sum(met for cell, met in group.own if cell[3])
    possible = (
        applications + sum(met for cell, met in group.own if not cell[3]) + sum(m for _, m in group.doubtful)
    )
    days = world.calendar.working_days_between(first - _ONE, last)
    listed = sample.whole("stationed_staff", region, first, last) and not sample.missing("stationed_staff")
    stays = [_stay(p, organ, region, first, last) for p in staff]
    person_days = most = load = load_most = None
    if days is not None:
        person_days = sum(_days(world, s.surely) for s in stays)
        most = sum(_days(world, s.perhaps) for s in stays) if listed else None
        load = Decimal(0) if most is None else ratio(applications, most, up=False)
        load_most = ratio(possible + sample.missing(), person_days, up=True)
    stationed = any(s.surely and s.stationed for s in stays)
    perhaps = not listed or any(s.perhaps and s.stationed is not False for s in stays)
    record = Workload(
        organ_code=organ, region=region, period_from=first, period_to=last, month=f"{year}-{month + 1:02}",
        whole=sample.whole("applications", region, first, last), unread=sample.missing(),
        examples=examples(counts, group.own), applications=applications, possible=possible, working_days=days,
        person_days=person_days, person_days_most=most, load=load, load_most=load_most,
        someone_stationed=True if stationed else None if perhaps else False,
    )  # fmt: skip
    return record, counts.places.get(group.own[0][0])


_Span = tuple[date, date] | None


class _Stay:
    """How long a person was there within the month: surely, and at most; and whether as one of the department's own."""

    def __init__(self, surely: _Span, perhaps: _Span, stationed: bool | None) -> None:
        self.surely, self.perhaps, self.stationed = surely, perhaps, stationed


def _stay(person: Any, organ: str, region: str, first: date, last: date) -> _Stay:
    kind = None if person.staff_kind is None else person.staff_kind == "stationed"
    if person.region not in (region, None):
        return _Stay(None, None, kind)
    start, end = person.valid_from, person.valid_to
    perhaps = _within(start or first, end or last, first, last)
    known = None not in (start, end, person.organ_code, person.region)
    return _Stay(perhaps if known else None, perhaps, kind)


def _within(start: date, end: date, first: date, last: date) -> _Span:
    start, end = max(start, first), min(end, last)
    return (start, end) if start <= end else None


def _days(world: World, span: _Span) -> int:
    # The month has its arrangement of days off: so has every part of it.
    return 0 if span is None else world.calendar.working_days_between(span[0] - _ONE, span[1]) or 0


KIND = Kind(
    "workload", Workload, "月度办件量与派驻人员", "a month's workload and the staff stationed for it",
    key=("organ_code", "region", "month"), organ="organ_code", region="region",
    conduct=("period_from", "period_to"), derived=True,
)  # fmt: skip

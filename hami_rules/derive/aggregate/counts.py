"""Counting for aggregates: what every chunk counts by itself, added up in the order of the chunks.

A cell is a tuple: first the parts that name its group (an organ, a service, a year), then what is counted within it.
A part that nobody said is `None`, and the cell then *may* belong to any group that agrees in the rest: a count is an
interval, never a guess. Counts are kept, not records, so memory grows with the groups and not with the applications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from hami_rules.records.base import Label, Record
from hami_rules.records.location import Location
from hami_rules.records.world import World

__all__ = [
    "COMMENCEMENT",
    "EXAMPLES",
    "Counter",
    "Counts",
    "Group",
    "Sample",
    "Statistic",
    "examples",
    "groups",
    "ratio",
    "year_of",
    "year_span",
]

COMMENCEMENT = date(2024, 3, 1)
EXAMPLES = 3  # applications named for each cell

Cell = tuple[Any, ...]
Counter = Callable[[Any, Location | None], None]
"""Counts one settled application, given where it stands."""


def year_of(day: date) -> int:
    """The year of the regulation that a day falls in: each runs from 1 March, so that none is half before it."""
    return day.year if day.month >= COMMENCEMENT.month else day.year - 1


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a year of the regulation."""
    return date(year, 3, 1), date(year + 1, 3, 1) - timedelta(days=1)


class Counts:
    """How often each cell was met, the first few applications of it, and where the first of them stands."""

    __slots__ = ("cells", "examples", "places")

    def __init__(self) -> None:
        self.cells: dict[Cell, int] = {}
        self.examples: dict[Cell, list[str]] = {}
        self.places: dict[Cell, Location | None] = {}

    def note(self, cell: Cell, application_no: str, place: Location | None) -> None:
        met = self.cells.get(cell, 0) + 1
        self.cells[cell] = met
        if met == 1:
            self.examples[cell] = [application_no]
            self.places[cell] = place
        elif met <= EXAMPLES:
            self.examples[cell].append(application_no)

    def hand_over(self) -> Counts:
        """What was counted so far; counting starts anew, in the same dictionaries: counters hold on to them."""
        out = Counts()
        for name in self.__slots__:
            held = getattr(self, name)
            setattr(out, name, dict(held))
            held.clear()
        return out

    def add(self, later: Counts) -> None:
        """Add what a later chunk counted."""
        for cell, met in later.cells.items():
            self.cells[cell] = self.cells.get(cell, 0) + met
            held = self.examples.setdefault(cell, [])
            held += later.examples.get(cell, ())[: EXAMPLES - len(held)]
            self.places.setdefault(cell, later.places.get(cell))


@dataclass
class Group:
    """The cells that are known to belong together, and those that may belong here as well."""

    key: Cell
    own: list[tuple[Cell, int]] = field(default_factory=list)
    doubtful: list[tuple[Cell, int]] = field(default_factory=list)


def groups(counts: Counts, width: int) -> Iterator[Group]:
    """The groups named by the first `width` parts of the cells, in the order of their names. Nothing known to belong
    to a group: no group."""
    sure: dict[Cell, Group] = {}
    loose: dict[tuple[int, ...], dict[Cell, list[tuple[Cell, int]]]] = {}
    for cell, met in counts.cells.items():
        key = cell[:width]
        unsaid = tuple(i for i, part in enumerate(key) if part is None)
        if unsaid:
            loose.setdefault(unsaid, {}).setdefault(key, []).append((cell, met))
        else:
            sure.setdefault(key, Group(key)).own.append((cell, met))
    for key in sorted(sure):
        group = sure[key]
        for unsaid, cells in loose.items():
            blanked = tuple(None if i in unsaid else part for i, part in enumerate(key))
            group.doubtful += cells.get(blanked, ())
        yield group


@dataclass(frozen=True)
class Sample:
    """What the counts were taken from: the world, and how many records of each table stand in quarantine: they are
    missing, whatever was declared."""

    world: World
    quarantined: Mapping[str, int]

    def whole(self, table: str, region: str | None, first: date, last: date) -> bool:
        """Whether the table is declared complete for the region from the first to the last day."""
        return any(
            c.table == table and c.holds(region, first) and c.holds(region, last)
            for c in self.world.completeness
        )

    def missing(self, table: str = "applications") -> int:
        return self.quarantined.get(table, 0)


class Statistic(Record, frozen=True):
    """统计: what every aggregate says of itself: whose it is, of which days, and what it was counted from."""

    organ_code: Annotated[str | None, Label("部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    period_from: Annotated[date | None, Label("统计起始日")] = None
    period_to: Annotated[date | None, Label("统计截止日")] = None
    whole: Annotated[bool | None, Label("办件表已声明完整")] = None
    unread: Annotated[int | None, Label("未能计入的办件（隔离或者没有记载）")] = None
    examples: Annotated[list[str] | None, Label("所据办件（举例）")] = None


def examples(counts: Counts, cells: Iterable[tuple[Cell, int]]) -> list[str]:
    """The first few applications of some cells."""
    out: list[str] = []
    for cell, _ in cells:
        out += counts.examples.get(cell, ())[: EXAMPLES - len(out)]
        if len(out) == EXAMPLES:
            break
    return out


def ratio(part: int, whole: int, up: bool) -> Decimal:
    """A quotient to four places, rounded up or down: a bound stays a bound. Of nothing: no limit."""
    if not whole:
        return Decimal(0) if not part else Decimal("Infinity")
    scaled = -(-part * 10_000 // whole) if up else part * 10_000 // whole
    return Decimal(scaled) / 10_000

"""The world that records are judged in: reference tables with dated lookups, declared completeness, evidence
requests that ran out, the calendar, the parameters and the day of the audit.

A world is built once per run (and once per worker) and never changes while records are judged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from .base import Period, Record
from .documentary import Documentary
from .kinds import KINDS
from .materials import AliasTable
from .naming import complete
from .reference import EvidenceRequest, Instrument, Organ

__all__ = ["ABSENT", "UNKNOWN", "Covered", "WorkingDays", "World", "absent", "unknown"]


class WorkingDays(Protocol):
    """What the world needs of a calendar; `None` = that year has no data."""

    def add_working_days(self, start: date, n: int) -> date | None: ...

    def working_days_between(self, start: date, end: date) -> int | None: ...


UNKNOWN: dict[str, Record] = {name: kind.struct() for name, kind in KINDS.items()}
"""For each kind, the record that a link answers when it cannot be known which record it leads to."""

ABSENT: dict[str, Record] = {name: kind.struct() for name, kind in KINDS.items()}
"""For each kind, the record that a link answers when it is known that there is none."""


def unknown(kind: str) -> Any:
    """The unknown record of a kind: every field of it is unknown."""
    return UNKNOWN[kind]


def absent(kind: str) -> Any:
    """The absent record of a kind: `has_<link>` is false, every field of it is unknown."""
    return ABSENT[kind]


@dataclass(frozen=True)
class Covered:
    """One declaration of completeness: table, regions (empty = all), first and last day (inclusive)."""

    table: str
    regions: frozenset[str] = frozenset()
    start: date = date.min
    end: date = date.max

    def holds(self, region: str | None, day: date | None) -> bool:
        return (not self.regions or (region is not None and region in self.regions)) and (
            day is not None and self.start <= day <= self.end
        )


def _in_force(record: Period, day: date) -> bool | None:
    """Whether a dated record is in force on a day; unknown where a bound that would decide it is."""
    start, end = record.valid_from, record.valid_to
    if (start is not None and day < start) or (end is not None and day > end):
        return False
    return True if start is not None and end is not None else None


@dataclass
class World:
    """Reference tables of a run.

    `tables` holds the loaded records by table name (`organs`, `guides`, …). Lookups answer a record, the kind's
    `UNKNOWN` or `ABSENT`; never a guess.
    """

    as_of: date
    calendar: WorkingDays
    parameters: Mapping[str, Callable[[date | None], Any]] = field(default_factory=dict)
    tables: dict[str, list[Any]] = field(default_factory=dict)
    completeness: tuple[Covered, ...] = ()
    documentary: tuple[Documentary, ...] = ()
    gathered: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    gathering_complete: bool = False
    gathering_open: frozenset[tuple[str, str]] = frozenset()  # groups of which an application cannot be read
    memo: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._organs: dict[str, Organ] = {
            o.code: complete(o) for o in self.tables.get("organs", ()) if o.code is not None
        }
        self._met: dict[tuple[str, str], Organ] = {}
        self.at_hand: dict[str, Organ] = {}  # what the record being judged names and the table lacks
        # Of the table alone: what organs else are met by name depends on which records a process has seen.
        self._agencies: dict[str | None, list[Organ]] = {}
        for organ in self._organs.values():
            if organ.organ_class == "agency":
                self._agencies.setdefault(organ.region, []).append(organ)
        self.aliases = AliasTable(self.tables.get("aliases", ()))
        self.reindex()

    def reindex(self) -> None:
        """Build the look-ups anew: settling the tables' records may have filled what they are found by."""
        get = self.tables.get
        self.memo.clear()
        self._found: dict[
            tuple[str, tuple[str, ...]], tuple[dict[tuple[Any, ...], list[Any]], list[Any]]
        ] = {}
        self._instruments: dict[str, Instrument] = {}
        for i in get("instruments", ()):
            for name in (i.code, i.title):
                if name:
                    self._instruments[name] = i
        self._guides = self._index("guides", "item_code", "organ_code")
        self._items = self._index("items", "item_code", "organ_code")
        self._workflows = self._index("workflows", "item_code", "organ_code")
        self._deferral_lists = self._index("deferral_lists", "organ_code")
        self._evidence = self._index("evidence", "organ_code", "norm")
        self.on(self.as_of)

    def on(self, day: date) -> None:
        """Make it the world of another day: live supervision judges from day to day. Nothing else of it depends on the
        day of the audit."""
        self.as_of = day
        self.unanswered: dict[tuple[str, str], dict[str, EvidenceRequest]] = {}
        for r in self.tables.get("evidence_requests", ()):
            # Unanswered past its due date: silence must not pay (norms.md, burden of proof (a)).
            late = r.produced is False or (
                r.produced and r.produced_on and r.due_on and r.produced_on > r.due_on
            )
            if late and r.due_on is not None and r.due_on < self.as_of and r.kind and r.fact and r.key:
                asked = self.unanswered.setdefault((r.kind, r.fact), {})
                if r.key not in asked or r.due_on < asked[r.key].due_on:
                    asked[r.key] = r  # the first that ran out is the one that settled it

    def _index(self, table: str, *names: str) -> dict[tuple[Any, ...], list[Any]]:
        out: dict[tuple[Any, ...], list[Any]] = {}
        for record in self.tables.get(table, ()):
            out.setdefault(tuple(getattr(record, n) for n in names), []).append(record)
        return out

    def matching(self, table: str, **key: Any) -> tuple[list[Any], list[Any]]:
        """The rows of a reference table whose named fields have these values, and those that may: rows in which one
        of the fields is unknown and the rest agree. A caller that passes the second list over must know why it may.
        """
        names = tuple(key)
        made = self._found.get((table, names))
        if made is None:
            rows = self.tables.get(table, ())
            index: dict[tuple[Any, ...], list[Any]] = {}
            for row in rows:
                index.setdefault(tuple(getattr(row, n) for n in names), []).append(row)
            made = self._found[table, names] = index, [r for k, rs in index.items() if None in k for r in rs]
        index, loose = made
        doubtful = [r for r in loose if all(getattr(r, n) in (None, v) for n, v in key.items())]
        return index.get(tuple(key.values()), []), doubtful

    def covers(self, table: str, region: str | None, day: date | None) -> bool:
        """Whether the table is declared complete for the region on the day: only then is a missing row absent."""
        return any(c.table == table and c.holds(region, day) for c in self.completeness)

    def covered(self, table: str, region: str) -> list[tuple[date, date]]:
        """The stretches of days for which the table is declared complete for the region."""
        return [
            (c.start, c.end)
            for c in self.completeness
            if c.table == table and (not c.regions or region in c.regions)
        ]

    def covers_all(self, table: str) -> bool:
        """Whether the table is declared complete without limits of region."""
        return any(c.table == table and not c.regions for c in self.completeness)

    # -- lookups -------------------------------------------------------------------------------------------------

    def organ(self, code: str) -> Any:
        """The organ with that code. A code that the table lacks is unknown, unless the record at hand names it."""
        return self._organs.get(code) or self.at_hand.get(code) or UNKNOWN["organ"]

    def meet(self, code: str | None, name: str | None) -> str | None:
        """The code by which the organ of the record at hand goes: its own, else its name.

        One that the table lacks is known by its name as long as that record is at hand: what else it is called
        elsewhere, and which records a process has seen before, must not tell.
        """
        self.at_hand = {}
        code = code or name
        if code and name and code not in self._organs:
            organ = self._met.get((code, name))
            if organ is None:
                organ = self._met[code, name] = complete(Organ(code=code, name=name))
            self.at_hand = {code: organ}
        return code

    def agency(self, region: str) -> Any:
        """The service agency (政务服务管理机构) of a region; unknown unless exactly one organ of the table is it."""
        found = self._agencies.get(region, ())
        return found[0] if len(found) == 1 else UNKNOWN["organ"]

    def instrument(self, code: str | None, title: str | None) -> Any:
        """The legal document, by code or exact title. Not in the table → unknown: a title does not tell 规章 from
        规范性文件."""
        found = (self._instruments.get(code) if code else None) or (
            self._instruments.get(title.strip("《》")) if title else None
        )
        return found or UNKNOWN["instrument"]

    def _dated(
        self,
        table: str,
        kind: str,
        rows: Iterable[Any],
        region: str | None,
        day: date,
        accept: Callable[[Any], bool | None],
    ) -> Any:
        """The row that `accept`s and is in force that day, else absent where the table is complete, else unknown."""
        doubtful = False
        best: Any = None
        for row in rows:
            ok = accept(row)
            inside = _in_force(row, day) if ok is not False else False
            if ok is False or inside is False:
                continue
            if ok is None or inside is None:
                doubtful = True
            elif best is None or (row.valid_from or date.min) > (best.valid_from or date.min):
                best = row
        if best is not None:
            return best
        if not doubtful and self.covers(table, region, day):
            return ABSENT[kind]
        return UNKNOWN[kind]

    def guide(self, item: str, organ: str, region: str | None, channel: str | None, day: date) -> Any:
        """The guide **published** and in force that day for the item at the organ (and channel)."""
        key = ("guide", item, organ, region, channel)
        found = self.memo.get(key)
        if found is None:
            found = self.memo[key] = self._guides_by_day(item, organ, region, channel)
        days, answers = found
        return answers[bisect_right(days, day) - 1]

    def _guides_by_day(
        self, item: str, organ: str, region: str | None, channel: str | None
    ) -> tuple[list[date], list[Any]]:
        """The days from which on the answer of `_guide` may be another, and the answers: between them it stays."""
        begins = {date.min}
        rows: list[Any] = [*self._guides.get((item, organ), ())]
        spans = [(g.valid_from, g.valid_to) for g in rows] + [(g.published_on, None) for g in rows]
        spans += [(c.start, c.end) for c in self.completeness if c.table == "guides"]
        for start, end in spans:
            if start is not None:
                begins.add(start)
            if end is not None and end < date.max:
                begins.add(end + timedelta(1))
        days = sorted(begins)
        return days, [self._guide(item, organ, region, channel, day) for day in days]

    def _guide(self, item: str, organ: str, region: str | None, channel: str | None, day: date) -> Any:
        side = {"online": "online", "app": "online", "window": "window", "assisted": "window"}.get(
            channel or ""
        )

        def accept(g: Any) -> bool | None:
            if g.region is not None and region is not None and g.region != region:
                return False
            if g.channel not in (None, "any"):
                if side is None:
                    return None
                if g.channel != side:
                    return False
            if g.published is False:
                return False
            return None if g.published_on is None else bool(g.published_on <= day)

        return self._dated("guides", "guide", self._guides.get((item, organ), ()), region, day, accept)

    def item(self, item: str, organ: str) -> Any:
        """The item as that organ exercises it (any version)."""
        rows = self._items.get((item, organ))
        return rows[-1] if rows else UNKNOWN["item"]

    def deferral_list(self, organ: str, region: str | None, day: date) -> Any:
        """The organ's list for deferred acceptance, published and in force that day."""

        def accept(row: Any) -> bool | None:
            if row.published_on is not None and row.published_on > day:
                return False
            # Anybody's list may be this organ's.
            return None if row.organ_code is None or row.published_on is None else True

        rows = [*self._deferral_lists.get((organ,), ()), *self._deferral_lists.get((None,), ())]
        return self._dated("deferral_lists", "deferral_list", rows, region, day, accept)

    def catalogue(self, region: str, day: date) -> Any:
        """The region's catalogue of intermediary services in force that day."""
        return self.in_force("catalogues", "catalogue", region, day)

    def in_force(self, table: str, kind: str, region: str, day: date) -> Any:
        """The region's row of a dated table in force that day; one that does not say whose it is may be the region's."""
        rows, doubtful = self.matching(table, region=region)
        return self._dated(
            table, kind, [*rows, *doubtful], region, day, lambda row: True if row.region else None
        )

    def workflows(self, item: str, organ: str) -> list[Any]:
        """All versions of an item's workflow, oldest first; undated ones last."""
        rows = self._workflows.get((item, organ), [])
        return sorted(rows, key=lambda w: w.valid_from or date.max)

    def evidence(self, organ: str, norm: str) -> list[Any]:
        return self._evidence.get((organ, norm), [])

    def guides_of(self, item: str | None, organ: str | None) -> list[Any]:
        """All versions of an item's guide at an organ; of an unknown item or organ, those that are as unknown."""
        return self._guides.get((item, organ), [])

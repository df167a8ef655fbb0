"""The application as the fold of its events: one and the same for intake, replay and live supervision.

- **Order does not matter.** Events are put in order by when they happened, then by when they were recorded, then by id;
  the same set of events gives the same record in whatever order they came. A repeat (same id) changes nothing.
- **Absence is claimed, never assumed.** What an event names in `complete` has not happened where no event tells of it;
  but only up to the last day that is over and past the bound for late events (`until`), and not before the first event
  of the record. After `log_closed` the log is what it is, and `complete_until` is what it says.
- `unfold` is the way back: `fold(unfold(a)) == a` in everything that a rule reads.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, get_args

import msgspec

from .base import Record
from .dates import BEIJING
from .events import BODIES, EVENT_KINDS, SUBJECTS, EventKind, StreamEvent, Subject, instant, subject_of
from .kinds import KINDS

__all__ = ["HAPPENINGS", "Fold", "Told", "fold", "order_of", "sure_until", "unfold"]

HAPPENINGS: dict[str, tuple[str, ...]] = {
    "application": ("accepted", "completed", "withdrawn", "deferred"),
    "deferral": (
        "promise_given", "promise_tendered", "promise_refused", "accepted", "told_materials", "told_time_limit",
        "told_consequence", "deadline_extended", "supplemented", "completed", "withdrawn", "applicant_withdrew",
    ),
    "licence_part": ("finished",),
    "deregistration": ("deregistered",),
    "ticket": ("refused", "extended", "replied"),
    "raised_problem": ("solved",),
}  # fmt: skip
"""Of each kind, what is known not to have happened where the log is complete and does not tell of it."""

AT_ONCE = {
    "promise_given": "accepted_on",
    "told_materials": "accepted_on",
    "told_time_limit": "accepted_on",
    "told_consequence": "accepted_on",
}
"""Happenings that are due on the day of another: that they did not happen can only be said when that day is over."""

ENDED = ("completed", "completed_on")
ENDS = ("completed", "finished", "deregistered", "replied", "solved")
"""Happenings that end what a record is about."""

_CLOSING = time(23, 59, 59)
_Order = tuple[datetime, datetime, str]


def order_of(event: StreamEvent) -> _Order:
    """By what events are put in order. One of the two times must be known."""
    recorded, happened = instant(event.recorded_at), instant(event.happened_at)
    first = happened or recorded
    assert first is not None, event
    return first, recorded or first, event.event_id or ""


def sure_until(now: datetime, bound: timedelta) -> date:
    """The last day of which nothing more will be told in time, where events may come late by `bound`."""
    return (now - bound).date() - timedelta(days=1)


Told = tuple[str, str]
"""Where a part of a record was told: the id of the event, and the pointer in it."""

_FIELDS: dict[Any, tuple[str, ...]] = {}


def _fields(struct: Any) -> tuple[str, ...]:
    found = _FIELDS.get(struct)
    if found is None:
        found = _FIELDS[struct] = tuple(n for n in struct.__struct_fields__ if n != "partial")
    return found


@cache
def _parts(root: str) -> dict[str, str]:
    """The single parts of a kind of record and the kinds they are: `deferral` → `deferral`."""
    return {
        k.field: k.name
        for k in KINDS.values()
        if k.parent == root and k.field and not _is_list(KINDS[root].struct, k.field)
    }


@cache
def _lists(kind: str) -> dict[str, str]:
    """The lists of a kind whose rows events may tell one by one, and the kinds of the rows."""
    told = {path.rpartition(".")[2] for _, path in BODIES.values() if path}
    return {
        k.field: k.name
        for k in KINDS.values()
        if k.parent == kind and k.field in told and _is_list(KINDS[kind].struct, k.field)
    }


@cache
def _is_list(struct: type[Record], name: str) -> bool:
    field = next(f for f in msgspec.structs.fields(struct) if f.name == name)
    return "list[" in str(field.type) or any("list" in str(a) for a in get_args(field.type))


class _Row:
    """One row of a list as events have told of it so far."""

    __slots__ = ("made", "order", "told", "values")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.told: dict[str, Told] = {}
        self.order: int | None = None
        self.made: Any = None


class _Part:
    """A record in the making: its plain fields, and the rows of its lists."""

    __slots__ = ("kind", "rows", "told", "values")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.values: dict[str, Any] = {}
        self.told: dict[str, Told] = {}
        self.rows: dict[str, dict[str, _Row]] = {}


class Fold:
    """The events of one subject, and the record that they make. `add` takes them one at a time, in any order.

    `tracked`: it is kept which event told what, for `places`.
    """

    __slots__ = (
        "_closed",
        "_complete",
        "_last",
        "_lost",
        "_opened",
        "_part",
        "_sure",
        "_top",
        "_untold",
        "events",
        "ids",
        "key",
        "root",
        "tracked",
    )

    def __init__(self, root: str, key: str, tracked: bool = False) -> None:
        self.root, self.key, self.tracked = root, key, tracked
        self.events: list[tuple[_Order, StreamEvent]] = []
        self.ids: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self._top = _Part(self.root)
        self._part: dict[str, _Part] = {}
        self._complete: set[str] = set()
        self._closed = False
        self._opened: date | None = None
        self._last: _Order | None = None
        self._untold: dict[str, Any] = {}
        self._sure: date | None = None
        self._lost = False

    # -- taking events in ----------------------------------------------------------------------------------------

    def add(self, event: StreamEvent) -> bool:
        """Take an event in; false where it is a repeat. One that belongs before others is put in its place."""
        identity = event.event_id or ""
        if identity in self.ids:
            return False
        self.ids.add(identity)
        order = order_of(event)
        if self._last is None or order > self._last:
            self.events.append((order, event))
            self._take(order, event)
            return True
        insort(self.events, (order, event), key=lambda e: e[0])
        self._begin()
        for at, one in self.events:
            self._take(at, one)
        return True

    def _take(self, order: _Order, event: StreamEvent) -> None:
        self._last = order
        if self._opened is None:
            self._opened = order[0].date()
        kind = EVENT_KINDS[event.kind or "recorded"]
        if event.complete:
            self._complete.update(event.complete)
        for body, (root, path) in BODIES.items():
            given = getattr(event, body)
            if root == self.root and (given is not None or body == kind.body):
                self._tell(kind if body == kind.body else None, path, given, order, event, f"/{body}")
        if kind.name == "log_closed":
            self._closed = True
        elif kind.name == "completed" and event.deferral is None:
            # Who tells of the end of an application need not tell the end of its deferral as well.
            self._untold |= {"completed": True, "completed_on": self._top.values.get("completed_on")}

    def _tell(
        self, kind: EventKind | None, path: str, given: Record | None, order: _Order, event: StreamEvent, at: str,
    ) -> None:  # fmt: skip
        """Take in what an event says of one part; `at`: where in the event it says so."""
        part, name = self._at(path)
        if name in _lists(part.kind):
            row = self._row(part, name, given, event)
            if event.order is not None:
                row.order = event.order
            self._patch(row, given, kind, event, at)
            row.made = None
        else:
            self._patch(part, given, kind, event, at)
            for listed in _lists(part.kind):
                rows = getattr(given, listed, None)
                if rows is not None:
                    part.values.pop(listed, None)
                    part.rows.setdefault(listed, {})
                    for i, one in enumerate(rows):
                        found = self._row(part, listed, one, event)
                        self._patch(found, one, None, event, f"{at}/{listed}/{i}")
                        found.made = None
            if part is self._top:
                # Intake settles rows by their application's organ and region: made anew when those are told.
                for owner in (self._top, *self._part.values()):
                    for rows in owner.rows.values():
                        for row in rows.values():
                            row.made = None
                for field in _parts(self.root):
                    inner = part.values.pop(field, None)
                    if inner is not None:
                        self._tell(None, field, inner, order, event, f"{at}/{field}")

    def _at(self, path: str) -> tuple[_Part, str]:
        """The part that holds what a path leads to, and the name of a list in it (or nothing)."""
        if not path:
            return self._top, ""
        first, _, rest = path.partition(".")
        parts = _parts(self.root)
        if first not in parts:
            return self._top, first
        if first not in self._part:
            self._part[first] = _Part(parts[first])
        return self._part[first], rest

    def _row(self, part: _Part, name: str, given: Record | None, event: StreamEvent) -> _Row:
        kind = KINDS[_lists(part.kind)[name]]
        own = [getattr(given, k) for k in kind.key] if given is not None and kind.key else [None]
        identity = event.row or ("\x1f".join(map(str, own)) if None not in own else event.event_id or "")
        rows = part.rows.setdefault(name, {})
        if identity not in rows:
            rows[identity] = _Row()
        return rows[identity]

    def _patch(
        self, part: _Part | _Row, given: Record | None, kind: EventKind | None, event: StreamEvent, at: str
    ) -> None:
        values = part.values
        told = part.told if self.tracked else None
        identity = event.event_id or ""
        if told is not None:
            told.setdefault("", (identity, at))
        if given is not None:
            for name in _fields(type(given)):
                value = getattr(given, name)
                if value is not None:
                    values[name] = value
                    if told is not None:
                        told[name] = identity, f"{at}/{name}"
            if given.partial:
                values["partial"] = given.partial
        if kind is not None:
            if kind.when and (given is None or getattr(given, kind.when) is None):
                day = instant(event.happened_at)
                if day is not None:
                    values[kind.when] = day.date()
                    if told is not None:
                        told[kind.when] = identity, "/happened_at"
            for flag in kind.sets:
                if given is None or getattr(given, flag) is None:
                    values[flag] = True
                    if told is not None:
                        told[flag] = identity, "/kind"

    # -- giving the record ---------------------------------------------------------------------------------------

    @property
    def opened(self) -> date | None:
        """The day of the first event."""
        return self._opened

    @property
    def closed(self) -> bool:
        """Whether the log says that it ended."""
        return self._closed

    @property
    def follows(self) -> bool:
        """Whether time alone can make something of it known: the log is complete in something, and goes on."""
        return not self._closed and bool(self._complete)

    def record(self, until: date | None, supposed: date | None = None, lost: bool = False) -> Any:
        """The record as its events make it. `until`: the last day of which it is known that nothing more will be told;
        `lost`: something was told that nobody can read, so nothing is complete, whatever was claimed.

        `supposed`: a later day, for what the record would be if nothing more happened by then; what is due on the day of
        something else (`AT_ONCE`) is not supposed to be missing.
        """
        if lost:
            until = supposed = None
        self._lost, self._sure = lost, until
        until = supposed or until
        known = until is not None and self._opened is not None and until >= self._opened
        values = self._make(self._top, "", until if known else None)
        values[SUBJECTS_BY_ROOT[self.root].key] = self.key
        for field, part in self._part.items():
            inner = self._make(part, f"{field}.", until if known else None)
            if part.kind == "deferral":
                for name, value in self._untold.items():
                    if value is not None and not inner.get(name):
                        inner[name] = value
            values[field] = KINDS[part.kind].struct(**inner)
        return KINDS[self.root].struct(**values)

    def _claims(self, name: str) -> bool:
        return not self._lost and ("*" in self._complete or name in self._complete)

    def _make(self, part: _Part, prefix: str, until: date | None) -> dict[str, Any]:
        """The fields of a record: those told, and those of which it is known that there was nothing to tell."""
        values = dict(part.values)
        struct = KINDS[part.kind].struct
        absent = self._closed or until is not None
        open_lists = [p for p in values.pop("partial", ()) if p not in _lists(part.kind)]
        for name, row_kind in _lists(part.kind).items():
            rows = part.rows.get(name)
            whole = absent and self._claims(prefix + name)
            if rows is None and not whole:
                continue
            values[name] = self._rows(row_kind, rows or {}, until)
            if not whole:
                open_lists.append(name)
        if open_lists:
            values["partial"] = tuple(open_lists)
        self._nothing_told(part.kind, prefix, values, until)
        if not self._closed and until is not None and self._complete and "complete_until" in _fields(struct):
            values["complete_until"] = until
        return values

    def _nothing_told(self, kind: str, prefix: str, values: dict[str, Any], until: date | None) -> None:
        if not self._closed and until is None:
            return
        for name in HAPPENINGS.get(kind, ()):
            if values.get(name) is not None or not self._claims(prefix + name):
                continue
            if name in AT_ONCE and not self._closed:
                day = values.get(AT_ONCE[name])
                if day is not None and (self._sure is None or self._sure < day):
                    continue
            if (
                name == "applicant_withdrew"
                and self._top.values.get("withdrawn")
                and not values.get("withdrawn")
            ):
                continue  # it was withdrawn, and nobody said by whom
            if name == "deferred":
                values[name] = "deferral" in self._part
            else:
                values[name] = False

    def _rows(self, kind: str, rows: dict[str, _Row], until: date | None) -> list[Any]:
        struct = KINDS[kind].struct
        out = []
        for row in _ordered(rows):
            if kind in HAPPENINGS:  # what it says depends on the day
                values = dict(row.values)
                self._nothing_told(kind, f"{kind}.", values, until)
                if not self._closed and until is not None and self._complete:
                    values["complete_until"] = until
                out.append(struct(**values))
                continue
            if row.made is None:
                row.made = struct(**row.values)
            out.append(row.made)
        return out

    def places(self) -> Iterator[tuple[str, Told]]:
        """Which event told what of the record, by pointer: of each part the event that first told of it, and of each field
        that was told elsewhere its own. Empty unless `tracked`."""
        for field, part in {"": self._top, **self._part}.items():
            at = f"/{field}" if field else ""
            yield from _placed(at, part)
            for name, rows in part.rows.items():
                for i, row in enumerate(_ordered(rows)):
                    yield from _placed(f"{at}/{name}/{i}", row)


def _ordered(rows: dict[str, _Row]) -> list[_Row]:
    """Rows as the record lists them: as they were told, unless an event said where they stand."""
    ordered = list(rows.values())
    if any(r.order is not None for r in ordered):
        ordered.sort(key=lambda r: r.order if r.order is not None else len(rows))
    return ordered


def _placed(at: str, part: _Part | _Row) -> Iterator[tuple[str, Told]]:
    first = part.told.get("")
    if first is None:
        return
    yield at, first
    for name, told in part.told.items():
        if name and told != (first[0], f"{first[1]}/{name}"):
            yield f"{at}/{name}", told


SUBJECTS_BY_ROOT: dict[str, Subject] = {s.root: s for s in SUBJECTS.values()}


def fold(events: Iterable[StreamEvent], until: date | None = None) -> Any:
    """The record that the events of one subject make (`Fold.record`). Raises ValueError where they are of several."""
    made: Fold | None = None
    for event in events:
        about = subject_of(event)
        if about is None or (made is not None and (about[0].root, about[1]) != (made.root, made.key)):
            raise ValueError("events of one subject are folded together")
        made = made or Fold(about[0].root, about[1])
        made.add(event)
    if made is None:
        raise ValueError("there is nothing to fold")
    return made.record(until)


# -- the way back --------------------------------------------------------------------------------------------------


def unfold(root: str, record: Any, until: date | None = None) -> list[StreamEvent]:
    """The events that make a record: dated ones as they happened, the rest when its log is closed.

    `until`: the day to which the records were kept up. The log of one that is still open, and does not say itself how far
    it goes, is closed on that day.
    """
    return list(_Unfolding(root, record, until).events())


@cache
def _kinds_of(body: str) -> tuple[EventKind, ...]:
    return tuple(k for k in EVENT_KINDS.values() if k.body == body)


class _Unfolding:
    def __init__(self, root: str, record: Any, until: date | None) -> None:
        self.root, self.record, self.until = root, record, until
        self.subject = SUBJECTS_BY_ROOT[root]
        self.key = getattr(record, self.subject.key)
        self.made: list[tuple[datetime | None, dict[str, Any]]] = []

    def events(self) -> Iterator[StreamEvent]:
        for body, (root, path) in BODIES.items():
            if root == self.root:
                self._part(body, path)
        dated = [at for at, _ in self.made if at is not None]
        days = [at.date() for at in dated]
        ends = [d for d in self._dates(self.record) if d < date.max]
        closing = max([*days, *[d for d in ends if d.year < 9000]], default=date(2024, 3, 1))
        if self.until is not None and self._still_open():
            closing = max(closing, self.until)
        opening = min(dated, default=_first_moment(closing))
        self.made.sort(key=lambda m: m[0] or opening)
        events = [self._event(i, at, opening, fields) for i, (at, fields) in enumerate(self.made)]
        first = events[0] if events else self._event(0, opening, opening, {"kind": "recorded"})
        complete = self._complete()
        if complete:
            first = msgspec.structs.replace(first, complete=complete)
        events = [first, *events[1:]]
        end = self._event(
            len(events), datetime.combine(closing, _CLOSING, BEIJING), opening, {"kind": "log_closed"}
        )
        return iter([*events, self._rest([*events, end], end)])

    def _event(
        self, number: int, at: datetime | None, opening: datetime, fields: dict[str, Any]
    ) -> StreamEvent:
        said = None if at is None else at.date().isoformat() if at.time() == time() else at.isoformat()
        recorded = (at or opening).isoformat()
        known = {self.subject.key: self.key, "happened_at": said, "recorded_at": recorded}
        return StreamEvent(event_id=f"{self.key}-{number:03d}", **known, **fields)

    def _dates(self, record: Any) -> Iterator[date]:
        for name in record.__struct_fields__:
            value = getattr(record, name)
            if isinstance(value, date):
                if name not in ("valid_to", "deadline", "extended_to", "due_on"):
                    yield value
            elif isinstance(value, Record):
                yield from self._dates(value)
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, Record):
                        yield from self._dates(one)

    def _complete(self) -> list[str]:
        """What the record knows to the full: lists given whole, and happenings known either way."""
        out = []
        for prefix, kind, record in self._holders():
            out += [
                prefix + n for n in _lists(kind) if getattr(record, n) is not None and n not in record.partial
            ]
            out += [prefix + n for n in HAPPENINGS.get(kind, ()) if getattr(record, n) is not None]
        rows = {
            kind: list(getattr(record, name) or ())
            for _, holder, record in self._holders()
            for name, kind in _lists(holder).items()
            if kind in HAPPENINGS
        }
        for kind, them in rows.items():
            out += [
                f"{kind}.{n}"
                for n in HAPPENINGS[kind]
                if them and all(getattr(r, n) is not None for r in them)
            ]
        return out

    def _still_open(self) -> bool:
        """Whether something in it is known not to have ended, nobody says until when."""
        held = [r for _, _, r in self._holders()]
        held += [r for h in held for n in ("licences",) for r in getattr(h, n, None) or ()]
        return any(
            getattr(r, name, None) is False and getattr(r, "complete_until", None) is None
            for r in held
            for name in ENDS
        )

    def _holders(self) -> Iterator[tuple[str, str, Any]]:
        yield "", self.root, self.record
        for field, kind in _parts(self.root).items():
            if getattr(self.record, field) is not None:
                yield f"{field}.", kind, getattr(self.record, field)

    def _part(self, body: str, path: str) -> None:
        owner, _, name = path.rpartition(".")
        holder = self.record if not owner else getattr(self.record, owner)
        if holder is None:
            return
        kind = self.root if not owner else _parts(self.root)[owner]
        if name not in _lists(kind):
            found = holder if not name else getattr(holder, name)
            if found is not None:
                self._tell(body, found, {}, name != "" or owner != "")
            return
        rows = getattr(holder, name) or ()
        identities = [self._own(_lists(kind)[name], r) for r in rows]
        plain = None not in identities and len(set(identities)) == len(identities)
        main = next(k for k in _kinds_of(body) if k.main) if any(k.main for k in _kinds_of(body)) else None
        days = [getattr(r, main.when) if main and main.when else None for r in rows]
        known = [d for d in days if d is not None]
        # What stands first must have been told first: by its own date, and by no other.
        dates = {n for k in _kinds_of(body) for n in (k.when, k.about) if n}
        earlier = any(
            (other := getattr(row, n)) is not None and day is not None and other < day
            for row, day in zip(rows, days, strict=True)
            for n in dates
        )
        in_order = len(known) == len(days) and known == sorted(known) and not earlier
        for i, row in enumerate(rows):
            extra: dict[str, Any] = {} if plain else {"row": f"{name}:{i}"}
            self._tell(body, row, extra if in_order else extra | {"order": i}, True, True)

    @staticmethod
    def _own(kind: str, row: Any) -> str | None:
        own = [getattr(row, k) for k in KINDS[kind].key] or [None]
        return None if None in own else "\x1f".join(map(str, own))

    def _tell(
        self, body: str, record: Any, extra: dict[str, Any], inner: bool, in_list: bool = False
    ) -> None:
        """The events of one part: those that a date tells of, and the first one with all the rest."""
        kind_name = (
            next((k.name for k in KINDS.values() if k.struct is type(record) and k.parent is not None), "")
            if inner
            else self.root
        )
        left = {n: getattr(record, n) for n in _fields(type(record)) if getattr(record, n) is not None}
        if not inner:
            left.pop(self.subject.key, None)
            for n in _parts(self.root):
                left.pop(n, None)
        for n in _lists(kind_name):
            left.pop(n, None)
        left.pop("complete_until", None)
        key = {k: left[k] for k in KINDS[kind_name].key if k in left} if inner else {}
        managed = HAPPENINGS.get(kind_name, ())
        parts = [] if not record.partial else [p for p in record.partial if p not in _lists(kind_name)]
        first = None
        here = len(self.made)
        for kind in _kinds_of(body):
            if kind.main:
                first = kind
                continue
            if kind.name == "channel_changed" or not all(getattr(record, f) is True for f in kind.sets):
                continue
            if kind.when:
                day = getattr(record, kind.when)
            else:
                day = (
                    getattr(record, kind.about)
                    if kind.about and any(f in left for f in (*kind.fields, *kind.sets))
                    else None
                )
            if kind.name == "completed" and self.root == "application" and self._disagrees():
                continue
            if day is None or day == date.max:
                continue
            told = {f: left.pop(f) for f in (kind.when, *kind.sets, *kind.fields) if f and f in left}
            if not told:
                continue
            if kind.when:
                told.pop(kind.when, None)
            for f in kind.sets:
                told.pop(f, None)
            given = (
                {body: type(record)(**told, **{k: v for k, v in key.items() if k not in told})}
                if told or key
                else {}
            )
            self.made.append((_first_moment(day), {"kind": kind.name, **given, **extra}))
        for n in managed:  # a known no is told by nothing being told
            if left.get(n) is False:
                del left[n]
        at = None
        if first is not None and first.when:
            day = getattr(record, first.when)
            at = None if day is None or day == date.max else _first_moment(day)
            if at is not None:
                left.pop(first.when, None)
        if parts:
            left["partial"] = tuple(parts)
        name = first.name if first is not None else "recorded"
        if left or in_list or first is not None:
            # Before what else happened to it on the same day.
            self.made.insert(here, (at, {"kind": name, body: type(record)(**left), **extra}))

    def _disagrees(self) -> bool:
        """Whether the end of the application is not the end of its deferral, or not known to be."""
        d = self.record.deferral
        return d is not None and any(getattr(d, f) != getattr(self.record, f) for f in ENDED)

    def _rest(self, events: list[StreamEvent], end: StreamEvent) -> StreamEvent:
        """The closing event, with what no other could tell."""
        made = fold(events)
        bodies: dict[str, Any] = {}
        body = self.subject.body
        left = _difference(
            made, self.record, (*_lists(self.root), *_parts(self.root), "partial", self.subject.key)
        )
        # A list that is there, but neither has rows nor is whole.
        left |= {
            n: [] for n in _lists(self.root) if getattr(self.record, n) == [] and n in self.record.partial
        }
        if left:
            bodies[body] = KINDS[self.root].struct(**left)
        for field, kind in _parts(self.root).items():
            part = getattr(self.record, field)
            if part is None:
                continue
            left = _difference(getattr(made, field), part, (*_lists(kind), "partial"))
            left |= {n: [] for n in _lists(kind) if getattr(part, n) == [] and n in part.partial}
            if left:
                bodies[field] = KINDS[kind].struct(**left)
        return msgspec.structs.replace(end, **bodies)


def _difference(made: Any, record: Any, but: tuple[str, ...]) -> dict[str, Any]:
    return {
        n: getattr(record, n)
        for n in _fields(type(record))
        if n not in but
        and getattr(record, n) is not None
        and (made is None or getattr(made, n) != getattr(record, n))
    }


def _first_moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)

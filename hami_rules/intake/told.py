"""The events of a dossier, folded into the records that they tell of, in a spool that workers read like JSONL.

Events of one record may lie far apart, in several files: they are put by in a temporary database, each id once, and
come out of it record by record. So no more is held at a time than the events of one record, and what comes out depends
on the files only, never on who reads it. How far the log goes is what it says itself: its last event or clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.intake.chunks import Chunk, Origin, Part, RawRow, SpoolLine, raw_rows
from hami_rules.intake.convert import bulk_decoder, to_record
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.events import named, repeated_otherwise, too_far, unusable, without_time
from hami_rules.records.events import SUBJECTS, StreamEvent, Subject, instant, subject_of
from hami_rules.records.fold import Fold, order_of, sure_until
from hami_rules.records.kinds import KINDS
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["LATE", "TOLD_BY_EVENTS", "Spooled", "Told", "fold_events"]

LATE = timedelta(hours=24)
"""How late an event may come, where no rule pack says otherwise."""

TOLD_BY_EVENTS: dict[str, str] = {s.root: KINDS[s.root].table or "" for s in SUBJECTS.values()}
"""The kinds of records that events tell of, and their tables."""

_KEYS = {s.root: s.key for s in SUBJECTS.values()}

_TABLES = """
CREATE TABLE subjects (
  n INTEGER PRIMARY KEY, root TEXT NOT NULL, key TEXT NOT NULL, bad BLOB, lost INT NOT NULL DEFAULT 0, UNIQUE (root, key));
CREATE TABLE ids (id TEXT PRIMARY KEY, seq INT NOT NULL) WITHOUT ROWID;
CREATE TABLE told (seq INTEGER PRIMARY KEY, subject INT NOT NULL, origin INT, row INT, offset INT, body BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Spooled:
    """A spool of lines: where it is, what it is called, and the files that it was made from."""

    path: Path
    name: str
    origins: tuple[Origin, ...]


@dataclass
class Told:
    """What became of the events: `read` = folded + repeated + quarantined + clocks.

    `spools`: the records, by table; `aside`: the events in quarantine. `lost`: tables some of whose records, or parts of
    them, are told by events in quarantine, with one of the reasons; `nameless`: events in quarantine of which nobody can
    tell what they are about.
    """

    read: int = 0
    folded: int = 0
    repeated: int = 0
    quarantined: int = 0
    clocks: int = 0
    nameless: int = 0
    until: date | None = None
    spools: dict[str, Spooled] = field(default_factory=dict)
    aside: Spooled | None = None
    lost: dict[str, tuple[Location, Problem]] = field(default_factory=dict)


def fold_events(chunks: Sequence[Chunk], folder: Path, bound: timedelta, now: datetime) -> Told:
    """Fold the events of a dossier's own chunks into spools in `folder`.

    `bound`: how late an event may come; `now`: the time on the clock, of which no event lies far ahead. Raises
    `InputError` when a file cannot be read as its table.
    """
    base = folder / "events.db"
    database = sqlite3.connect(base, isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000", "temp_store = FILE"):
            database.execute(f"PRAGMA {pragma}")
        database.executescript(_TABLES)
        database.execute("BEGIN")
        folding = _Folding(database, folder, bound, now)
        folding.take_in(chunks)
        folding.give_out()
        return folding.told
    finally:
        database.close()
        base.unlink(missing_ok=True)


class _Folding:
    def __init__(self, database: sqlite3.Connection, folder: Path, bound: timedelta, now: datetime) -> None:
        self.database, self.folder, self.bound, self.now = database, folder, bound, now
        self.told = Told()
        self.newest: datetime | None = None
        self.origins: list[Origin] = []
        self._insides: dict[tuple[int, str], int] = {}
        self._decode = msgspec.json.Decoder(StreamEvent).decode
        self._encode = msgspec.json.Encoder(enc_hook=str).encode

    # -- in ------------------------------------------------------------------------------------------------------

    def take_in(self, chunks: Iterable[Chunk]) -> None:
        """Read every event, and put by those that can be used."""
        aside = self.folder / "events.aside.jsonl"
        name = ""
        with aside.open("wb") as out:
            for chunk in chunks:
                name = name or chunk.name
                at_hand = self._origins_of(chunk)
                decode = bulk_decoder(StreamEvent, frozenset(chunk.ignore))
                for row in raw_rows(chunk):
                    self.told.read += 1
                    part = self._part(row, chunk, at_hand)
                    event, problems = _read(row, chunk, decode)
                    if event is not None:
                        problems = self._put_by(event, part, row.location)
                    if problems:
                        held = row.held if row.held is not None else row.raw
                        self._set_aside(event, problems, part, row.location, self._named(row, part))
                        line = SpoolLine(part, problems=problems, raw=_plain(held))
                        out.write(self._encode(line) + b"\n")
        if self.told.quarantined:
            self.told.aside = Spooled(aside, name, tuple(self.origins))
        self.name = name

    def _origins_of(self, chunk: Chunk) -> dict[tuple[str, str | None], int]:
        """The files of a chunk among all that are at hand, by name and sheet."""
        form: Any = chunk.form
        own = chunk.origins or (Origin(chunk.path, chunk.name, form, None, None, {}),)
        found = {}
        for origin in own:
            if origin not in self.origins:
                self.origins.append(origin)
            found[origin.name, origin.sheet] = self.origins.index(origin)
        return found

    @staticmethod
    def _part(row: RawRow, chunk: Chunk, at_hand: dict[tuple[str, str | None], int]) -> Part:
        place = row.location
        origin = at_hand.get((place.source, place.sheet), min(at_hand.values()))
        # A document is read whole: a row in it is found again by its ordinal.
        offset = row.ordinal if chunk.form == "document" else place.offset
        return origin, place.row or place.line or 0, offset

    def _named(self, row: RawRow, part: Part) -> tuple[Subject, str] | None:
        """What a row that cannot be read is about, if it says so in a column that is known."""
        held: Any = row.held if row.held is not None else row.raw
        origin = self.origins[part[0]]
        if isinstance(held, dict) and origin.headers:
            for pointer, index in origin.columns.items():
                if pointer[1:] in SUBJECTS:
                    held = held | {pointer[1:]: held.get(origin.headers[index])}
        return named(held)

    def _put_by(self, event: StreamEvent, part: Part, place: Location) -> tuple[Problem, ...]:
        if event.kind == "clock":
            at = instant(event.happened_at) or instant(event.recorded_at)
            if at is None or too_far(at, self.now):
                return (without_time(event, place),)
            self.told.clocks += 1
            self.newest = max(self.newest or at, at)
            return ()
        problem = unusable(event, place, self.now)
        if problem is not None:
            return (problem,)
        about = subject_of(event)
        assert about is not None
        body = self._encode(event)
        known = self.database.execute(
            "INSERT OR IGNORE INTO ids VALUES (?, ?)", (event.event_id, self.told.read)
        )
        if not known.rowcount:
            first = self.database.execute(
                "SELECT body FROM told, ids WHERE id = ? AND told.seq = ids.seq", (event.event_id,)
            ).fetchone()
            if first[0] != body:
                return (repeated_otherwise(event, place),)
            self.told.repeated += 1
            return ()
        self.told.folded += 1
        at = order_of(event)[0]
        self.newest = max(self.newest or at, at)
        row = (self.told.read, self._number(*about), *part, body)
        self.database.execute("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?)", row)
        return ()

    def _number(self, subject: Subject, key: str) -> int:
        found = self.database.execute(
            "SELECT n FROM subjects WHERE root = ? AND key = ?", (subject.root, key)
        ).fetchone()
        if found is None:
            new = self.database.execute("INSERT INTO subjects (root, key) VALUES (?, ?)", (subject.root, key))
            assert new.lastrowid is not None
            return new.lastrowid
        return int(found[0])

    def _set_aside(
        self, event: StreamEvent | None, problems: tuple[Problem, ...], part: Part, place: Location,
        said: tuple[Subject, str] | None,
    ) -> None:  # fmt: skip
        """What an event in quarantine would have told is lost, so what it was about is complete no more."""
        self.told.quarantined += 1
        if problems[0].code == "conflicting-event":
            return  # the one that came first stands
        about = subject_of(event) if event is not None else said
        if about is None:
            if event is None or event.kind != "clock":
                self.told.nameless += 1
                for table in TOLD_BY_EVENTS.values():
                    self.told.lost.setdefault(table, (place, problems[0]))
            return
        self.told.lost.setdefault(TOLD_BY_EVENTS[about[0].root], (place, problems[0]))
        bad = self._encode((part, place))
        self.database.execute(
            "UPDATE subjects SET lost = 1, bad = coalesce(bad, ?) WHERE n = ?", (bad, self._number(*about))
        )

    # -- out -----------------------------------------------------------------------------------------------------

    def give_out(self) -> None:
        """Write the records that the events make, in the order in which they were first told of."""
        if self.newest is not None:
            self.told.until = sure_until(self.newest, self.bound)
        files: dict[str, Any] = {}
        try:
            for root, line in self._lines():
                table = TOLD_BY_EVENTS[root]
                if table not in files:
                    files[table] = (self.folder / f"{table}.told.jsonl").open("wb")
                files[table].write(self._encode(line) + b"\n")
        finally:
            for file in files.values():
                file.close()
        for table in files:
            path = self.folder / f"{table}.told.jsonl"
            self.told.spools[table] = Spooled(path, self.name, tuple(self.origins))

    def _lines(self) -> Iterator[tuple[str, SpoolLine]]:
        rows = self.database.execute(
            "SELECT n, root, key, lost, bad, origin, row, offset, body FROM subjects LEFT JOIN told ON subject = n"
            " ORDER BY n, seq"
        )
        with closing(rows):
            for (_, root, key, lost, bad), events in groupby(rows, lambda r: r[:5]):
                told = [((r[5], r[6], r[7]), self._decode(r[8])) for r in events if r[8] is not None]
                yield (
                    root,
                    self._record(root, key, told, bool(lost)) if told else self._unheard(root, key, bad),
                )

    def _record(self, root: str, key: str, told: list[tuple[Part, StreamEvent]], lost: bool) -> SpoolLine:
        told.sort(key=lambda t: order_of(t[1]))
        fold = Fold(root, key, tracked=True)
        places = {}
        for part, event in told:
            fold.add(event)
            places[event.event_id] = part
        record = fold.record(self.told.until, lost=lost)
        parts = {
            pointer: self._inside(places[identity], inside) for pointer, (identity, inside) in fold.places()
        }
        return SpoolLine(told[0][0], parts, msgspec.Raw(self._encode(record)), lost=lost)

    def _inside(self, part: Part, inside: str) -> Part:
        """The place of something within an event, as a part of an origin of its own."""
        number = self._insides.get((part[0], inside))
        if number is None:
            number = self._insides[part[0], inside] = len(self.origins)
            self.origins.append(msgspec.structs.replace(self.origins[part[0]], inside=inside))
        return number, part[1], part[2]

    def _unheard(self, root: str, key: str, bad: bytes) -> SpoolLine:
        """A record of which no event can be read: it is there, and nobody knows what it is."""
        part, place = msgspec.json.decode(bad, type=tuple[Part, Location])
        kind = KINDS[root]
        problem = Problem(
            "no-usable-event",
            Text(f"{kind.zh}“{key}”的事件都在隔离中", f"every event of {kind.en} “{key}” is in quarantine"),
            place,
            Text("改正隔离的事件", "put the quarantined events right"),
        )
        return SpoolLine(part, problems=(problem,), raw={_KEYS[root]: key})


def _read(row: RawRow, chunk: Chunk, decode: Any) -> tuple[StreamEvent | None, tuple[Problem, ...]]:
    """The event in a row, or why there is none."""
    if row.problems:
        return None, row.problems
    if row.document is not None:
        event, problems = to_record(row.held, StreamEvent, row.document, row.pointer, frozenset(chunk.ignore))
        return event, tuple(problems)
    try:
        return decode(row.raw), ()
    except InputError as error:
        return None, error.moved(row.location).problems


def _plain(held: Any) -> Any:
    """What a row says, as quarantine shows it: data where it can be read as JSON."""
    if not isinstance(held, bytes):
        return held
    try:
        return msgspec.json.decode(held)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return held.decode("utf-8", "replace")

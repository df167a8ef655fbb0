"""Flat tables joined into nested records, in a spool file that workers read like JSONL.

Rows are typed one by one, where their cells still have places; the rows of child tables wait in a temporary
database until their parent comes by, so memory does not grow with the number of records.
"""

from __future__ import annotations

import re
import sqlite3
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.intake.chunks import Origin, Part, SpoolLine
from hami_rules.intake.columns import Columns, Target, by_header
from hami_rules.intake.convert import to_record
from hami_rules.intake.errors import Problem, quoted
from hami_rules.intake.tables import Row, TableFile, read_headers, read_rows
from hami_rules.records.base import Record
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["Feed", "write_spool"]


@dataclass
class Feed:
    """Files that give the rows of one table, each with its column map, and the tables that hang under it.

    `path` and `is_list` say where the rows hang inside the parent's record; `key` maps this table's join columns to
    the parent's; `order` is the column to sort by.
    """

    name: str
    files: list[tuple[TableFile, Columns]]
    children: list[Feed] = field(default_factory=list)
    path: tuple[str, ...] = ()
    is_list: bool = True
    key: dict[str, str] = field(default_factory=dict)
    order: str | None = None
    partial: bool = False


@dataclass
class _Assembled:
    """A row with everything that hangs under it."""

    at: Part
    place: Location
    keys: dict[str, str | None]
    order: str
    record: dict[str, Any] | None
    parts: dict[str, Part]
    problems: list[Problem]
    raw: Any
    inside: str = ""  # of a child row without a parent: where it would hang


def write_spool(feed: Feed, target: Path) -> tuple[Origin, ...]:
    """Write one `SpoolLine` for each root row, and one for each child row that has no parent.

    The order is that of the files. Raises `InputError` when a file cannot be read as its table.
    """
    base = target.with_suffix(".db")
    database = sqlite3.connect(base, isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000", "temp_store = FILE"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(
            "CREATE TABLE rows (feed INT, key TEXT, seq INT, body BLOB, PRIMARY KEY (feed, key, seq)) WITHOUT ROWID"
        )
        database.execute("CREATE TABLE met (feed INT, key TEXT, PRIMARY KEY (feed, key)) WITHOUT ROWID")
        database.execute("BEGIN")
        join = _Join(database)
        encode = msgspec.json.Encoder(enc_hook=str).encode
        with target.open("wb") as spool:
            for row in join.assembled(feed):
                if row.problems:
                    line = SpoolLine(
                        row.at, problems=tuple(row.problems), raw=_plain(row.raw), inside=row.inside
                    )
                else:
                    line = SpoolLine(row.at, row.parts, msgspec.Raw(encode(row.record)))
                spool.write(encode(line))
                spool.write(b"\n")
        return tuple(join.origins)
    finally:
        database.close()
        base.unlink(missing_ok=True)


def _plain(raw: Any) -> Any:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw


class _Join:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.origins: list[Origin] = []
        self.feeds = 0
        self.encode = msgspec.json.Encoder(enc_hook=str).encode
        self.decode = msgspec.json.decode

    def assembled(self, feed: Feed) -> Iterator[_Assembled]:
        """All rows of a table with their children; then the children that found no parent, each as a problem."""
        wanted = set(feed.key) | ({feed.order} if feed.order else set())
        waiting: list[_Waiting] = []
        lost: list[_Assembled] = []
        for child in feed.children:
            wanted |= set(child.key.values())
            number = self.feeds
            self.feeds += 1
            keys = _Keys(feed, child)
            without = self._store(number, child, keys)
            # A row that names no parent may be anybody's.
            own = any(r.inside == ".".join(child.path) for r in without)
            waiting.append(_Waiting(number, child, keys, anybodys=own))
            lost += without
        if waiting:
            self._meet(feed, waiting)
        for row in self._rows(feed, wanted):
            for each in waiting:
                self._attach(row, each)
            yield row
        yield from lost
        for each in waiting:
            yield from self._orphans(each.number, each.child)

    def _meet(self, feed: Feed, waiting: Sequence[_Waiting]) -> None:
        """Find out which child rows have a parent, before any parent is told that it has all of its children."""
        insert = "INSERT OR IGNORE INTO met VALUES (?, ?)"
        for file, columns in feed.files:
            headers = read_headers(file)
            for row in read_rows(file):
                for each in waiting:
                    names = each.child.key.values()
                    cells = [
                        row.cells.get((columns.header_of(n, headers) or n) if headers else n) for n in names
                    ]
                    key = each.keys.of([_key(c) for c in cells])
                    if any(k is not None for k in key):
                        self.database.execute(insert, (each.number, _joined(key)))
        for each in waiting:
            for (key,) in self.database.execute(_UNMET.format("key"), (each.number,)):
                each.near |= _masked(self.decode(key))

    def _rows(self, feed: Feed, wanted: set[str]) -> Iterator[_Assembled]:
        for file, columns in feed.files:
            headers = read_headers(file)
            number = len(self.origins)
            targets = {h: columns.target(h) for h in headers or ()}
            indexes = {t.pointer: i for i, t in enumerate(targets.values()) if t}
            self.origins.append(
                Origin(
                    str(file.path),
                    file.name,
                    _form(file),
                    file.sheet,
                    file.encoding,
                    indexes,
                    tuple(headers or ()),
                )
            )
            order = {h: i for i, h in enumerate(headers or ())}
            names = {w: (columns.header_of(w, headers) or w) if headers else w for w in wanted}
            for row in read_rows(file):
                yield self._typed(feed, file, columns, number, row, order, names)

    def _typed(
        self,
        feed: Feed,
        file: TableFile,
        columns: Columns,
        origin: int,
        row: Row,
        order: dict[str, int],
        names: dict[str, str],
    ) -> _Assembled:
        here = self.origins[origin]

        def place(header: str) -> Location:
            return here.cell(row.number, row.offset, order.get(header))

        def where(pointer: str) -> Location:
            return here.location(row.number, row.offset, pointer)

        record: Any = None
        problems = list(row.problems)
        if not problems:
            data, problems = columns.record(row.cells, place)
            if not problems:
                typed, problems = to_record(data, columns.struct, where, "", frozenset(columns.spec.ignore))
                record = msgspec.to_builtins(typed) if typed is not None else None
        keys = {w: _key(row.cells.get(h)) for w, h in names.items()}
        return _Assembled(
            (origin, row.number, row.offset),
            file.location(row.number, row.offset),
            keys,
            (keys.get(feed.order) or "") if feed.order else "",
            record,
            {},
            problems,
            dict(row.cells) if row.cells else row.raw,
        )

    def _store(self, number: int, feed: Feed, keys: _Keys) -> list[_Assembled]:
        """Put the rows of a child table by; returns those that say no parent, or belong to nobody further down."""
        lost = []
        insert = "INSERT INTO rows VALUES (?, ?, ?, ?)"
        for seq, row in enumerate(self.assembled(feed)):
            if row.inside:
                row.inside = ".".join((*feed.path, row.inside))
                lost.append(row)
                continue
            key = keys.of([row.keys.get(name) for name in feed.key])
            if all(k is None for k in key):
                if not row.problems:
                    names = "、".join(feed.key)
                    row.problems = [
                        Problem(
                            "no-join-key",
                            Text(f"没有填写与上级表相连的列 {names}", f"the joining column {names} is empty"),
                            row.place,
                        )
                    ]
                row.inside = ".".join(feed.path)
                lost.append(row)
                continue
            body = (row.at, row.order, row.record, row.parts, row.problems, _plain(row.raw))
            self.database.execute(insert, (number, _joined(key), seq, self.encode(body)))
        return lost

    def _attach(self, row: _Assembled, waiting: _Waiting) -> None:
        number, child = waiting.number, waiting.child
        key = waiting.keys.of([row.keys.get(name) for name in child.key.values()])
        if all(k is None for k in key):
            return
        joined = _joined(key)
        found = [
            self.decode(body, type=_Body)
            for (body,) in self.database.execute(
                "SELECT body FROM rows WHERE feed = ? AND key = ? ORDER BY seq", (number, joined)
            )
        ]
        for body in found:
            row.problems += body.problems
        if row.record is None or row.problems:
            return
        if child.order:
            found.sort(key=lambda b: _natural(b.order))
        holder = row.record
        for step in child.path[:-1]:
            if step not in holder:
                if not found:
                    return
                holder[step] = {}
            holder = holder[step]
        name = child.path[-1]
        at = "".join(f"/{p}" for p in child.path)
        if holder.get(name):
            row.problems.append(
                Problem(
                    "given-twice",
                    Text(
                        f"“{name}”既在本行填写，又有子表“{child.name}”",
                        f"“{name}” is filled in here and in table “{child.name}” as well",
                    ),
                    row.place,
                )
            )
            return
        if child.is_list:
            partial = child.partial or waiting.may_have_lost(key)
            if found or not partial:
                holder[name] = [b.record for b in found]
            if partial:
                holder["partial"] = sorted({*holder.get("partial", ()), name})
        elif len(found) > 1:
            row.problems.append(
                Problem(
                    "several-children",
                    Text(
                        f"子表“{child.name}”中此记录有 {len(found)} 行，只能有一行",
                        f"table “{child.name}” has {len(found)} rows for this record, one is allowed",
                    ),
                    self._place(found[1].at),
                )
            )
            return
        elif found:
            holder[name] = found[0].record
        for i, body in enumerate(found):
            own = f"{at}/{i}" if child.is_list else at
            row.parts[own] = body.at
            for pointer, part in body.parts.items():
                row.parts[own + pointer] = part

    def _place(self, at: Part) -> Location:
        return self.origins[at[0]].location(at[1], at[2])

    def _orphans(self, number: int, child: Feed) -> Iterator[_Assembled]:
        for key, text in self.database.execute(_UNMET.format("key, body"), (number,)):
            body = self.decode(text, type=_Body)
            place = self._place(body.at)
            said = quoted("、".join(self.decode(key)))
            orphan = Problem(
                "orphan",
                Text(
                    f"上级表中没有“{said}”，此行无处可归",
                    f"no parent record “{said}”: this row belongs to none",
                ),
                place,
            )
            yield _Assembled(
                body.at, place, {}, "", None, {}, [orphan, *body.problems], body.raw, ".".join(child.path)
            )


_UNMET = (
    "SELECT {} FROM rows r WHERE feed = ? AND NOT EXISTS"
    " (SELECT 1 FROM met m WHERE m.feed = r.feed AND m.key = r.key) ORDER BY seq"
)


def _masked(key: Sequence[str | None]) -> set[tuple[Any, ...]]:
    """The key with each of its parts left out in turn: what a key that is wrong in one part still says."""
    return {(i, *key[:i], *key[i + 1 :]) for i in range(len(key))}


class _Keys:
    """Join keys as values: a date, a number or a word of a code list is the same however it is written."""

    def __init__(self, parent: Feed, child: Feed) -> None:
        struct = parent.files[0][1].struct if parent.files else None
        self.fields: list[tuple[type[Record], str] | None] = []
        for name in child.key.values():
            target = by_header(struct, name) if struct is not None else None
            plain = target is None or len(target.path) != 1 or _free(target)
            self.fields.append(
                None if plain or struct is None or target is None else (struct, str(target.path[0]))
            )
        self.known: dict[tuple[int, str], str] = {}

    def of(self, key: list[str | None]) -> list[str | None]:
        """The key with each part as the parent's field reads it; what it cannot read stays as it is written."""
        return [
            part if part is None or field is None else self._read(i, field, part)
            for i, (part, field) in enumerate(zip(key, self.fields, strict=True))
        ]

    def _read(self, at: int, field: tuple[type[Record], str], text: str) -> str:
        said = self.known.get((at, text))
        if said is None:
            struct, name = field
            typed, problems = to_record({name: text}, struct, None)
            value = None if problems or typed is None else getattr(typed, name)
            said = self.known[at, text] = text if value is None else str(value)
        return said


def _free(target: Target) -> bool:
    """Whether the field takes any text: there is nothing to read."""
    hint = typing.get_type_hints(target.struct)[target.field.name]
    return str in (hint, *typing.get_args(hint))


@dataclass
class _Waiting:
    """A child table whose rows wait for their parents, and what its orphans' keys still say."""

    number: int
    child: Feed
    keys: _Keys
    anybodys: bool = False
    near: set[tuple[Any, ...]] = field(default_factory=set)

    def may_have_lost(self, key: Sequence[str | None]) -> bool:
        """Whether a row that found no parent may belong to this one: its key differs in one part at most."""
        return self.anybodys or not self.near.isdisjoint(_masked(key))


class _Body(msgspec.Struct, array_like=True):
    at: Part
    order: str
    record: dict[str, Any] | None
    parts: dict[str, Part]
    problems: list[Problem]
    raw: Any


def _form(file: TableFile) -> Any:
    return file.form


def _key(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _joined(key: list[str | None]) -> str:
    return msgspec.json.encode(key).decode()


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sort key in which 2 comes before 10, and numbers before words."""
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.findall(r"\d+|\D+", text)]

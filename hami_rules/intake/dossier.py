"""The dossier: a folder or a file of records, opened, checked, and handed out piece by piece.

Which file holds which table is said in `dossier.yaml`, or by convention: a file or a folder named for a table
(`guides.csv`, `guides/…`), a sheet named for one, a document that holds `{guides: […], applications: […]}`, and for
joined tables `applications.demands.csv`. What nothing claims is reported.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from hami_rules.intake.chunks import (
    CHUNK_BYTES,
    CHUNK_ROWS,
    Chunk,
    Origin,
    Part,
    RawRow,
    cut_lines,
    cut_rows,
    raw_rows,
    row_id,
)
from hami_rules.intake.convert import bulk_decoder, field_pointer, to_record
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.identity import Skips, conflict, implausible, key_of, missing_key, overlaps
from hami_rules.intake.opening import Layout, Source, find_layout
from hami_rules.intake.positioned import Positioned, Stretch, place_in_row
from hami_rules.intake.quarantine import Quarantined
from hami_rules.intake.spool import write_spool
from hami_rules.intake.tables import TableFile
from hami_rules.intake.told import LATE, Told, fold_events
from hami_rules.records.dates import BEIJING
from hami_rules.records.kinds import ROOTS, Kind
from hami_rules.records.location import Location
from hami_rules.records.text import Text
from hami_rules.records.world import Covered

__all__ = ["Dossier", "Entry", "Loaded", "Source", "digested", "entry_at", "open_dossier", "read_chunk"]


class Entry(msgspec.Struct, gc=False):
    """One record with its place.

    `row` numbers it among all rows of its table; `entry_at(chunk, row & ORDINAL)` finds it again. `raw` is its
    JSON as it stands in the source (or in the spool of joined tables); empty for documents.
    """

    record: Any
    location: Location
    row: int
    raw: bytes
    chunk: Chunk
    parts: dict[str, Part] | None = None
    document: Positioned | None = None

    @property
    def table(self) -> str:
        return self.chunk.table

    @property
    def held(self) -> Any:
        """What the source says, as quarantine shows it."""
        return self.raw or msgspec.to_builtins(self.record)

    def locate(self, pointer: str = "", within: Stretch | None = None) -> Location:
        """The exact place of a part of this record (`/demands/0/material_name`), or of a stretch of the text that
        stands there; costs a look at the source. In a cell the stretch has no place of its own."""
        if not pointer:
            return self.location
        struct = ROOTS[self.chunk.table].struct
        if self.document is not None:
            base = self.location.pointer or ""
            data = self.document.data
            for part in base.split("/")[1:]:
                data = data[int(part)] if isinstance(data, list) else data[part]
            place = self.document.locate(base + field_pointer(struct, data, pointer), within=within)
            return msgspec.structs.replace(place, pointer=base + pointer)
        if self.parts is not None:
            return self._in_tables(pointer, within)
        if self.chunk.form == "jsonl":
            said = field_pointer(struct, msgspec.json.decode(self.raw), pointer)
            found = place_in_row(self.raw, self.location.source, said, within)
            moved = Problem("", Text("", ""), found).moved(self.location).location or self.location
            return msgspec.structs.replace(moved, pointer=pointer)
        return _in_column(msgspec.structs.replace(self.location, pointer=pointer))

    def _in_tables(self, pointer: str, within: Stretch | None) -> Location:
        assert self.parts is not None
        own = pointer
        while own and own not in self.parts:
            own = own.rpartition("/")[0]
        if own in self.parts:
            number, row, offset = self.parts[own]
            found = self.chunk.origins[number].location(row, offset, pointer[len(own) :], within)
        else:
            origin = next(
                o for o in self.chunk.origins if o.name == self.location.source and _same(o, self.location)
            )
            row = self.location.row or self.location.line or 0
            found = origin.location(row, self.location.offset, pointer)
        return msgspec.structs.replace(found, pointer=pointer)


def _in_column(place: Location) -> Location:
    """The place in a row that is read by its columns: the first step of the pointer is the column."""
    return msgspec.structs.replace(place, header=place.pointer.split("/")[1]) if place.pointer else place


def _same(origin: Origin, place: Location) -> bool:
    return origin.sheet == place.sheet


@dataclass
class Loaded:
    """All records of one table. `read` = entries + duplicates + quarantined, but for rows of child tables without a
    parent, which are of a table of their own. `problems` concern the table as a
    whole (overlapping versions): a dossier that has them cannot be trusted."""

    table: str
    entries: list[Entry] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    duplicates: int = 0
    read: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def records(self) -> list[Any]:
        return [e.record for e in self.entries]


def digested(root: Path, files: Iterable[Path]) -> list[tuple[str, str, int]]:
    """(path relative to `root`, SHA-256, bytes) of each file, by path. Raises OSError."""
    out = []
    for path in files:
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        out.append((path.relative_to(root).as_posix(), digest, path.stat().st_size))
    return sorted(out)


class Dossier:
    """An opened dossier. Close it (or use `with`): joined tables live in a temporary folder until then, and so do the
    records that events tell of.

    `name` is the path as the user gave it. `unclaimed` names the files that no table is made of. `late`: how late an
    event may come.
    """

    def __init__(self, name: str, layout: Layout, late: timedelta = LATE) -> None:
        self.name = name
        self.late = late
        self.root = layout.root
        self.manifest = layout.manifest
        self.sources = layout.sources
        self.unclaimed = layout.unclaimed
        self._feeds = layout.feeds
        self._files = layout.files
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._spools: dict[str, tuple[Path, tuple[Origin, ...]]] = {}

    @property
    def completeness(self) -> tuple[Covered, ...]:
        """What is declared complete: outside of it, an absent row is unknown."""
        return self.manifest.covered()

    @property
    def sourced(self) -> tuple[str, ...]:
        """The root tables that have files of their own, in the order of the kinds."""
        there = {s.table for s in self.sources}
        return tuple(t for t in ROOTS if t in there)

    @property
    def tables(self) -> tuple[str, ...]:
        """The root tables that have records: those with files of their own, and those that events tell of."""
        there = {*self.sourced, *(self.told.spools if self.told is not None else ())}
        return tuple(t for t in ROOTS if t in there)

    @cached_property
    def told(self) -> Told | None:
        """What the events of the dossier tell; `None` where it has no table of events. Folds them when it is first asked
        for. Raises `InputError`."""
        chunks = self._own_chunks("events")
        if not chunks:
            return None
        return fold_events(chunks, self._temporary(), self.late, datetime.now(BEIJING))

    def aside_events(self) -> Iterator[Quarantined]:
        """The events that cannot be used."""
        found = self.told.aside if self.told is not None else None
        if found is not None:
            for start, stop, line in cut_lines(found.path):
                chunk = Chunk(
                    "events", 0, "spool", str(found.path), found.name, start, stop, line, (), found.origins
                )
                for row in raw_rows(chunk):
                    yield Quarantined(
                        row.location, "events", row.problems, row.held, row_id(chunk, row.ordinal)
                    )

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that can change a verdict."""
        return tuple(self._files)

    def chunks(
        self, table: str = "applications", size: int = CHUNK_BYTES, rows: int = CHUNK_ROWS
    ) -> list[Chunk]:
        """A table cut into chunks: about `size` bytes of lines, `rows` rows of Parquet, or a whole document; after them
        the records that events tell of.

        Joins flat tables and folds events on the first call. Raises `InputError`.
        """
        out = self._own_chunks(table, size, rows)
        made = self.told.spools.get(table) if self.told is not None else None
        if made is not None:
            for start, stop, line in cut_lines(made.path, size):
                out.append(
                    Chunk(
                        table, len(out), "spool", str(made.path), made.name, start, stop, line, (), made.origins,
                        folded=True,
                    )
                )  # fmt: skip
        return out

    def _own_chunks(self, table: str, size: int = CHUNK_BYTES, rows: int = CHUNK_ROWS) -> list[Chunk]:
        """The chunks of a table's own files."""
        out: list[Chunk] = []
        spooled = False
        uses = Counter(s.path for s in self.sources)
        for source in self.sources:
            if source.table != table:
                continue
            path, ignore = str(source.path), source.spec.ignore
            if self._joined(source):
                if not spooled:
                    spooled = True
                    spool, origins = self._spool(table)
                    for start, stop, line in cut_lines(spool, size):
                        out.append(
                            Chunk(
                                table,
                                len(out),
                                "spool",
                                str(spool),
                                source.name,
                                start,
                                stop,
                                line,
                                (),
                                origins,
                            )
                        )
            elif source.form == "document":
                shared = uses[source.path] > 1
                out.append(
                    Chunk(
                        table,
                        len(out),
                        "document",
                        path,
                        source.name,
                        ignore=ignore,
                        told=source.told,
                        shared=shared,
                    )
                )
            elif source.form == "parquet":
                file = TableFile(source.path, source.name, "parquet")
                for start, stop in cut_rows(file, rows):
                    out.append(Chunk(table, len(out), "parquet", path, source.name, start, stop))
            else:
                for start, stop, line in cut_lines(source.path, size):
                    out.append(Chunk(table, len(out), "jsonl", path, source.name, start, stop, line, ignore))
        return out

    def load(self, table: str) -> Loaded:
        """All records of a table, told apart by their natural keys. Raises `InputError`."""
        loaded = Loaded(table)
        kind = ROOTS[table]
        groups: dict[tuple[str, ...], list[Entry]] = {}
        for chunk in self.chunks(table):
            for found in read_chunk(chunk):
                loaded.read += not (isinstance(found, Quarantined) and found.orphan)
                if isinstance(found, Quarantined):
                    loaded.quarantined.append(found)
                else:
                    groups.setdefault(key_of(kind, found.record) or (), []).append(found)
        for key, entries in groups.items():
            first = entries[0]
            if all(e.record == first.record for e in entries[1:]):
                loaded.entries.append(first)
                loaded.duplicates += len(entries) - 1
                continue
            for e in entries:
                other = next(o for o in entries if o is not e)
                both = e.chunk.folded != other.chunk.folded
                problem = conflict(kind, key, e.location, other.location, both)
                loaded.quarantined.append(Quarantined(e.location, table, (problem,), e.held))
        if table == "guides":
            loaded.problems += overlaps((e.record, e.location) for e in loaded.entries)
        return loaded

    def _joined(self, source: Source) -> bool:
        feed = self._feeds.get(source.table)
        return feed is not None and any(
            file.path == source.path and file.sheet == source.sheet for file, _ in feed.files
        )

    def _spool(self, table: str) -> tuple[Path, tuple[Origin, ...]]:
        if table not in self._spools:
            target = self._temporary() / f"{table}.jsonl"
            self._spools[table] = (target, write_spool(self._feeds[table], target))
        return self._spools[table]

    def _temporary(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="hami-")
        return Path(self._folder.name)

    def close(self) -> None:
        """Remove the temporary files."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
            self._spools.clear()
            self.__dict__.pop("told", None)

    def __enter__(self) -> Dossier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# -- reading -----------------------------------------------------------------------------------------------------


def read_chunk(chunk: Chunk, skips: Skips | None = None) -> Iterator[Entry | Quarantined]:
    """The records of a chunk in order; what cannot be judged comes as `Quarantined`.

    `skips` (from `Identity.skips`) leaves out repeats and quarantines contradictions. Needs no `Dossier`, so it
    runs in a worker. Raises `InputError` if the source has become unreadable.
    """
    kind = ROOTS[chunk.table]
    decode = bulk_decoder(kind.struct, frozenset(chunk.ignore))
    table = chunk.table
    single = kind.key[0] if len(kind.key) == 1 else None
    duplicates, conflicts = (skips.duplicates, skips.conflicts) if skips is not None else ((), {})
    for row in raw_rows(chunk):
        if duplicates and row.ordinal in duplicates:
            continue
        found = _decoded(row, chunk, kind, decode)
        if isinstance(found, Quarantined):
            yield found
            continue
        record = found.record
        if not (single and getattr(record, single)) and key_of(kind, record) is None:
            problem = missing_key(kind, record, row.location)
            yield Quarantined(row.location, table, (problem,), found.held, found.row)
        elif conflicts and row.ordinal in conflicts:
            yield Quarantined(row.location, table, (conflicts[row.ordinal],), found.held, found.row)
        elif (wrong := implausible(record)) is not None:
            name, code, message, hint = wrong
            problem = Problem(code, message, found.locate(f"/{name}"), hint)
            yield Quarantined(row.location, table, (problem,), found.held, found.row)
        else:
            yield found


def entry_at(chunk: Chunk, ordinal: int) -> Entry | None:
    """One record of a chunk again, with everything that `locate` needs; `None` if it is no valid record."""
    kind = ROOTS[chunk.table]
    decode = bulk_decoder(kind.struct, frozenset(chunk.ignore))
    for row in raw_rows(chunk):
        if row.ordinal == ordinal:
            found = _decoded(row, chunk, kind, decode)
            return found if isinstance(found, Entry) else None
    return None


def _decoded(row: RawRow, chunk: Chunk, kind: Kind, decode: Any) -> Entry | Quarantined:
    number = row_id(chunk, row.ordinal)
    if row.document is None and not row.problems:
        try:
            record = decode(row.raw)
        except InputError as error:
            told = error.moved(row.location).problems
            if chunk.form == "parquet":
                told = tuple(
                    msgspec.structs.replace(p, location=_in_column(p.location)) if p.location else p
                    for p in told
                )
            return Quarantined(row.location, chunk.table, told, row.raw, number)
        return Entry(record, row.location, number, row.raw, chunk, row.parts)
    if row.problems:
        held = row.held if row.held is not None else row.raw
        table = f"{chunk.table}.{row.inside}" if row.inside else chunk.table
        return Quarantined(row.location, table, row.problems, held, number)
    record, problems = to_record(row.held, kind.struct, row.document, row.pointer, frozenset(chunk.ignore))
    if record is None:
        return Quarantined(row.location, chunk.table, tuple(problems), row.held, number)
    return Entry(record, row.location, number, row.raw, chunk, row.parts, row.document)


def open_dossier(
    path: str | Path, name: str | None = None, without: frozenset[str] = frozenset(), late: timedelta = LATE
) -> Dossier:
    """Open a folder or a file. `name` is what it is called instead of its path, and its files under that;
    `without` names files that are left aside; `late`: how late an event may come. Raises `InputError` with everything that keeps it from being read as a whole;
    single bad records are no such thing."""
    return Dossier(name or str(path), find_layout(Path(path), name, without), late)

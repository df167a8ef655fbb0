"""Chunks: fixed pieces of a table that a worker reads by itself, and the raw rows in them.

A chunk is small and picklable and says where its rows are, never what they hold. How a table is cut depends on its
files only, never on the number of workers, so that a parallel run gives what a serial one gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from hami_rules.intake.columns import fields_of
from hami_rules.intake.convert import field_pointer
from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.positioned import Positioned, Stretch, place_in_row, read_document
from hami_rules.intake.tables import TableFile, csv_column, parquet_json, parquet_rows
from hami_rules.records.events import StreamEvent
from hami_rules.records.kinds import KINDS, ROOTS, TABLES
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = [
    "CHUNK_BYTES",
    "CHUNK_ROWS",
    "ORDINAL",
    "Chunk",
    "Origin",
    "Part",
    "RawRow",
    "SpoolLine",
    "cut_lines",
    "cut_rows",
    "documents",
    "likely_tables",
    "raw_rows",
    "records_in",
    "row_id",
]

CHUNK_BYTES = 4 << 20
CHUNK_ROWS = 8_000
"""Rows of Parquet a chunk: fewer, and finding them in their row group costs more than reading them."""

_BUFFER = 1 << 17

ORDINAL = 0xFFFFFFFF
"""The bits of a row's number that say which row of its chunk it is."""

Part = tuple[int, int, int | None]
"""Where a row of a joined table stands: number of its origin, its row, its byte offset."""


class Origin(msgspec.Struct, frozen=True):
    """A file that a spool was made from, and which of its columns (by number) holds which field; `headers` what the
    columns are called, where they are called anything. `inside`: what is looked up here stands at that pointer in the
    row (a part of an application, in the event that tells of it); in a document a row goes by its line and ordinal."""

    path: str
    name: str
    form: Literal["csv", "xlsx", "jsonl", "parquet", "document"]
    sheet: str | None
    encoding: str | None
    columns: dict[str, int]
    headers: tuple[str, ...] = ()
    inside: str = ""

    @property
    def file(self) -> TableFile:
        return TableFile(Path(self.path), self.name, self.form, self.sheet, self.encoding)

    def location(
        self, row: int, offset: int | None, pointer: str = "", within: Stretch | None = None
    ) -> Location:
        """The place of a row, or of the cell that holds the field at `pointer` (within the row's record); where the row
        is text of its own, of the stretch `within` that field."""
        index = None
        at = self.inside + pointer
        if self.inside and offset is not None and self.form in ("jsonl", "document"):
            return self._in_text(row, offset, at, within)
        while at and index is None:
            index = self.columns.get(at)
            at = at.rpartition("/")[0]
        place = self.cell(row, offset, index)
        return msgspec.structs.replace(place, pointer=pointer) if pointer else place

    def _in_text(self, row: int, offset: int, pointer: str, within: Stretch | None) -> Location:
        if self.form == "document":
            found = next(
                r
                for r in raw_rows(Chunk("events", 0, "document", self.path, self.name))
                if r.ordinal == offset
            )
            if found.document is None:
                return found.location
            said = field_pointer(StreamEvent, found.held, pointer)
            return found.document.locate(found.pointer + said, within=within)
        with Path(self.path).open("rb") as handle:
            handle.seek(offset)
            line = handle.readline().removeprefix(b"\xef\xbb\xbf")
        said = field_pointer(StreamEvent, msgspec.json.decode(line), pointer)
        place = place_in_row(line, self.name, said, within)
        return (
            Problem("", Text("", ""), place).moved(Location(self.name, line=row, offset=offset)).location
            or place
        )

    def cell(self, row: int, offset: int | None, index: int | None) -> Location:
        """The place of the `index`th cell (from 0) of a row; of the row if that is not known."""
        place = self.file.location(row, offset, index)
        if index is not None and self.form == "csv" and offset is not None:
            with Path(self.path).open("rb") as handle:
                handle.seek(offset)
                line = handle.readline().decode(self.encoding or "utf-8", "replace")
            place = msgspec.structs.replace(place, column=csv_column(line, index))
        if index is not None and self.headers:
            place = msgspec.structs.replace(place, header=self.headers[index])
        return place


class Chunk(msgspec.Struct, frozen=True):
    """A piece of a table: bytes `start` to `stop` (JSONL, spool), rows (Parquet), or a whole document.

    `number` counts the chunks of the table from 0. `name` is the source as people see it. `told`: the table of
    each record in the document is told from itself; `shared`: other tables are read from the document as well;
    `folded`: the records are made of events.
    """

    table: str
    number: int
    form: Literal["jsonl", "spool", "parquet", "document"]
    path: str
    name: str
    start: int = 0
    stop: int = 0
    first_line: int = 1
    ignore: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    told: bool = False
    shared: bool = False
    folded: bool = False

    @property
    def location(self) -> Location:
        return Location(self.name)


class SpoolLine(msgspec.Struct, omit_defaults=True):
    """A joined row on its way to a worker: where it and its parts stand, and the record or what is wrong with it.
    `inside`: the path of a child row that found no parent. `lost`: something was told of it that cannot be read, so
    nothing about it is complete."""

    at: Part
    parts: dict[str, Part] = {}
    record: msgspec.Raw = msgspec.Raw()
    problems: tuple[Problem, ...] = ()
    raw: Any = None
    inside: str = ""
    lost: bool = False


class RawRow(msgspec.Struct, gc=False):
    """One row before it is decoded. `raw` is its JSON; a document brings itself and a pointer instead. `inside`: it is a
    row of that child table, and belongs to no record; `lost`: see `SpoolLine`."""

    ordinal: int
    raw: bytes
    location: Location
    parts: dict[str, Part] | None = None
    problems: tuple[Problem, ...] = ()
    held: Any = None
    document: Positioned | None = None
    pointer: str = ""
    inside: str = ""
    lost: bool = False


def row_id(chunk: Chunk, ordinal: int) -> int:
    """The number of a row among all rows of its table; increases in reading order."""
    return chunk.number << 32 | ordinal


# -- cutting -----------------------------------------------------------------------------------------------------


def cut_lines(path: Path, size: int = CHUNK_BYTES) -> Iterator[tuple[int, int, int]]:
    """Cut a file of lines into (start, stop, number of the first line), about `size` bytes each, at line ends."""
    start, line = 0, 1
    with path.open("rb") as handle:
        while block := handle.read(size):
            block += handle.readline() if not block.endswith(b"\n") else b""
            yield start, start + len(block), line
            start += len(block)
            line += block.count(b"\n")


def cut_rows(file: TableFile, size: int = CHUNK_ROWS) -> Iterator[tuple[int, int]]:
    """Cut a Parquet file into (first row, row after the last)."""
    rows = parquet_rows(file)
    for start in range(0, rows, size):
        yield start, min(start + size, rows)


# -- reading -----------------------------------------------------------------------------------------------------


def raw_rows(chunk: Chunk, only: tuple[str, ...] | None = None) -> Iterator[RawRow]:
    """The rows of a chunk in order. `only`: no more than these columns are needed (Parquet reads no others).

    Raises `InputError` if the file has become unreadable since the chunk was cut.
    """
    if chunk.form == "document":
        yield from _document_rows(chunk)
    elif chunk.form == "parquet":
        file = TableFile(Path(chunk.path), chunk.name, "parquet")
        struct = TABLES[chunk.table].struct
        for number, text in parquet_json(file, chunk.start, chunk.stop, struct, only):
            yield RawRow(number - chunk.start, text.encode(), Location(chunk.name, row=number + 1))
    else:
        yield from _line_rows(chunk)


def _line_rows(chunk: Chunk) -> Iterator[RawRow]:
    name, offset, line = chunk.name, chunk.start, chunk.first_line
    decode = msgspec.json.Decoder(SpoolLine).decode if chunk.form == "spool" else None
    files = [origin.file for origin in chunk.origins]
    ordinal = 0
    try:
        # Line by line, not all at once: what was just read is still near when it is decoded.
        with Path(chunk.path).open("rb", buffering=_BUFFER) as handle:
            handle.seek(chunk.start)
            for text in handle:
                if offset >= chunk.stop:
                    return
                raw = text.removesuffix(b"\n")
                if offset == 0 and raw.startswith(b"\xef\xbb\xbf"):
                    raw = raw[3:]
                if raw and not raw.isspace():
                    if decode is None:
                        place = Location(name, line, None, None, None, None, None, None, None, offset)
                        yield RawRow(ordinal, raw, place)
                    else:
                        said = decode(raw)
                        origin, row, at = said.at
                        yield RawRow(
                            ordinal,
                            bytes(said.record),
                            files[origin].location(row, at),
                            said.parts,
                            said.problems,
                            said.raw,
                            inside=said.inside,
                            lost=said.lost,
                        )
                    ordinal += 1
                offset += len(text)
                line += 1
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            [
                Problem(
                    "unreadable",
                    Text(f"无法读取文件：{reason}", f"the file cannot be read: {reason}"),
                    chunk.location,
                )
            ]
        ) from None


def _document_rows(chunk: Chunk) -> Iterator[RawRow]:
    try:
        found = documents(Path(chunk.path), chunk.name)
    except InputError as error:
        place = error.problems[0].location or chunk.location
        yield RawRow(0, b"", place, problems=error.problems, held=error.text)
        return
    ordinal = 0
    for document in found:
        for table, pointer, value, problem in records_in(document, None if chunk.told else chunk.table):
            if table != chunk.table:
                if chunk.told or chunk.shared:
                    continue
                problem = Problem(
                    "other-table",
                    Text(
                        f"此文件按名称属于表 {chunk.table}，其中的 {table} 不会被读取",
                        f"by its name this file is of table {chunk.table}: the {table} in it are not read",
                    ),
                    document.locate(pointer),
                )
            place = msgspec.structs.replace(document.locate(pointer), pointer=pointer)
            problems = (problem,) if problem else ()
            yield RawRow(ordinal, b"", place, None, problems, value, document, pointer)
            ordinal += 1


def documents(path: Path, name: str) -> list[Positioned]:
    """The documents of a file; some are kept, because a file is opened to see what it holds and once more for each of
    its tables. Raises `InputError`."""
    try:
        stat = path.stat()
    except OSError:
        return read_document(path, name)  # says why not
    key = (path, name, stat.st_mtime_ns, stat.st_size)
    held = _KEPT.get(key)
    if held is None:
        held = read_document(path, name)
        if len(_KEPT) >= KEPT or stat.st_size > KEPT_BYTES:
            _KEPT.clear()
        if stat.st_size <= KEPT_BYTES:
            _KEPT[key] = held
    return held


KEPT, KEPT_BYTES = 4096, 64 * 1024  # documents, and the size of one: what a repository of guides holds
_KEPT: dict[tuple[Path, str, int, int], list[Positioned]] = {}


def records_in(
    document: Positioned, table: str | None = None
) -> Iterator[tuple[str | None, str, Any, Problem | None]]:
    """The records in a document as (table, pointer, data, what is wrong): one, a list, or a mapping of tables.

    `table` is what the file's name or the manifest says; without it the kind is told from `kind:` or the fields.
    """
    data = document.data
    if data is None:
        place = document.locate("")
        yield table, "", None, Problem("empty-file", Text("文档是空的", "the document is empty"), place)
    elif isinstance(data, dict) and (any(k in ROOTS for k in data) or set(data) == {"events"}):
        # `events` alone is no sign of tables: an application has a field of that name.
        for name, held in data.items():
            if name not in TABLES:
                close = nearest(str(name), TABLES)
                yield (
                    table,
                    f"/{name}",
                    held,
                    Problem(
                        "unknown-table",
                        Text(f"没有表“{quoted(name)}”", f"there is no table “{quoted(name)}”"),
                        document.locate(f"/{name}", key=True),
                        Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None,
                    ),
                )
            elif isinstance(held, list):
                for i, value in enumerate(held):
                    yield name, f"/{name}/{i}", value, None
            elif held is not None:
                yield name, f"/{name}", held, None
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield _told(document, f"/{i}", value, table)
    else:
        yield _told(document, "", data, table)


def _told(
    document: Positioned, pointer: str, value: Any, table: str | None
) -> tuple[str | None, str, Any, Problem | None]:
    """One record with the table that it belongs to; its own `kind:` says so first, and is no field of it."""
    if not isinstance(value, dict):
        # `to_record` says what is wrong where the table is known.
        wrong = Problem(
            "not-a-record",
            Text("此处应当是一条记录（键值映射）", "a record (a mapping) is expected here"),
            document.locate(pointer),
        )
        return table, pointer, value, wrong
    kind = KINDS.get(str(value.get("kind")))
    if kind is not None and kind.table and (table in (None, kind.table)):
        if "kind" not in kind.fields or value["kind"] == kind.name:
            value = {k: v for k, v in value.items() if k != "kind"}
        return kind.table, pointer, value, None
    if table is not None:
        return table, pointer, value, None
    told = value.get("kind")
    if isinstance(told, str) and (close := nearest(told, [k.name for k in ROOTS.values()])):
        return (
            None,
            pointer,
            value,
            Problem(
                "unknown-kind",
                Text(f"没有记录种类“{quoted(told)}”", f"there is no kind of record “{quoted(told)}”"),
                document.locate(f"{pointer}/kind"),
                Text(f"是否为“{close}”？", f"did you mean “{close}”?"),
            ),
        )
    best = likely_tables(set(value))
    if len(best) == 1:
        return best[0], pointer, value, None
    names = "、".join(TABLES[t].name for t in best)
    return (
        None,
        pointer,
        value,
        Problem(
            "unknown-kind" if best else "no-record",
            Text("看不出这是哪一种记录", "it cannot be told what kind of record this is"),
            document.locate(pointer),
            Text(
                f"写明 kind（{names}），或把文件放进以表命名的文件夹",
                f"add `kind:` ({names.replace('、', ', ')}), or put the file into a folder named for the table",
            )
            if best
            else Text(
                "写明 kind，或把文件放进以表命名的文件夹",
                "add `kind:`, or put the file into a folder named for the table",
            ),
        ),
    )


_EVENT_SIGNS = frozenset({"event_id", "事件编号", "happened_at"})
_GUIDE_SIGNS = frozenset({"materials", "valid_from", "published"})


def likely_tables(names: set[str]) -> list[str]:
    """The tables whose records bear most of these names (in English or Chinese)."""
    if not _EVENT_SIGNS.isdisjoint(names):
        return ["events"]
    scores: dict[str, int] = {}
    for table, kind in ROOTS.items():
        fields = fields_of(kind.struct)
        known = set(fields) | {f.zh for f in fields.values()}
        scores[table] = len(names & known)
    most = max(scores.values())
    best = [t for t, n in scores.items() if n == most] if most > 1 or "application_no" in names else []
    # A guide, an item and a workflow share their head; what is published for applicants is a guide.
    if len(best) > 1 and "guides" in best and "item_code" in names and names & _GUIDE_SIGNS:
        return ["guides"]
    return best

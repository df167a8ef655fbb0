"""Rows of CSV, XLSX, JSONL and Parquet files, each with the place where it stands.

Readers raise `InputError` when a file cannot be read as the table it should be; what is wrong with one row only
comes with that row, and the reading goes on.
"""

from __future__ import annotations

import csv
import glob
import html
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from hami_rules.intake.columns import Field, fields_of, resolve
from hami_rules.intake.errors import InputError, Problem, quoted
from hami_rules.records.base import Record
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = [
    "FORMS",
    "Form",
    "Row",
    "TableFile",
    "cell_name",
    "csv_column",
    "header_location",
    "parquet_json",
    "parquet_rows",
    "read_headers",
    "read_rows",
    "sheet_names",
]

Form = Literal["csv", "xlsx", "jsonl", "parquet", "document"]

FORMS: Mapping[str, Form] = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".yaml": "document",
    ".yml": "document",
    ".json": "document",
}

EXACT = 10**15
"""From here on a spreadsheet number has lost digits: it keeps 15."""


@dataclass(frozen=True)
class TableFile:
    """One file (one sheet of it) that holds rows of a table. `name` is what people see."""

    path: Path
    name: str
    form: Form
    sheet: str | None = None
    encoding: str | None = None

    def location(
        self, row: int | None = None, offset: int | None = None, column: int | None = None
    ) -> Location:
        """The place of a row (numbered from 1, as the format counts) or of the `column`th cell (from 0) in it.

        A CSV cell gets its line only; its column is found by `csv_column` from the text of the line.
        """
        if self.form == "xlsx":
            cell = cell_name(row, column or 0) if row else None
            return Location(self.name, sheet=self.sheet, cell=cell, row=row)
        if self.form == "parquet":
            return Location(self.name, row=row)
        return Location(self.name, line=row, column=1 if row else None, offset=offset)


@dataclass(frozen=True)
class Row:
    """One row: header → cell (text, or nested data), its number and byte offset, and what is wrong with it.

    A row with problems may have no cells; `raw` is then what the file says.
    """

    cells: Mapping[str, Any]
    number: int
    offset: int | None = None
    problems: tuple[Problem, ...] = ()
    raw: Any = None


def cell_name(row: int, column: int) -> str:
    """`A1` of row 1, column 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_headers(file: TableFile) -> list[str] | None:
    """The headers of a table, checked; `None` for JSONL, whose rows each bring their own. Raises `InputError`."""
    if file.form == "jsonl":
        _opened(file).close()
        return None
    if file.form == "parquet":
        return [name for name, _ in _parquet_columns(file)]
    if file.form == "csv":
        with _opened(file) as handle:
            return _csv_headers(file, csv.reader(_Lines(file, handle), strict=True))
    return _xlsx_headers(file, _sheet(file))


def header_location(file: TableFile, headers: list[str], header: str) -> Location:
    """Where a header stands; the header row if the table has no such column."""
    if file.form == "parquet":
        return file.location()
    if header not in headers:
        return file.location(1, 0)
    index = headers.index(header)
    place = file.location(1, 0, index)
    if file.form == "csv":
        with file.path.open("rb") as handle:
            line = handle.readline().decode(file.encoding or "utf-8-sig", "replace")
        place = Location(file.name, line=1, column=csv_column(line, index), offset=0)
    return place


def read_rows(file: TableFile) -> Iterator[Row]:
    """All rows that are not blank, in the order of the file. Raises `InputError`."""
    readers: dict[str, Callable[[TableFile], Iterator[Row]]] = {
        "csv": _csv_rows,
        "xlsx": _xlsx_rows,
        "jsonl": _jsonl_rows,
        "parquet": _parquet_dicts,
    }
    return readers[file.form](file)


def _error(
    file: TableFile, code: str, zh: str, en: str, place: Location | None = None, hint: Text | None = None
) -> InputError:
    return InputError([Problem(code, Text(zh, en), place or file.location(), hint)])


def _unreadable(file: TableFile, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return _error(file, "unreadable", f"无法读取文件：{reason}", f"the file cannot be read: {reason}")


def _opened(file: TableFile) -> Any:
    try:
        handle = file.path.open("rb")
    except OSError as error:
        raise _unreadable(file, error) from None
    if not handle.peek(1):
        handle.close()
        raise _error(file, "empty-file", "文件是空的", "the file is empty")
    return handle


def _headers(file: TableFile, names: list[str], row: int) -> list[str]:
    """Header names without surrounding space; trailing blank ones dropped; two alike are an error."""
    names = [n.strip() for n in names]
    while names and not names[-1]:
        names.pop()
    problems: list[Problem] = []
    if not names:
        problems.append(
            Problem("no-header", Text("没有表头", "there is no header row"), file.location(row, 0))
        )
    for i, name in enumerate(names):
        if name and name in names[:i]:
            problems.append(
                Problem(
                    "header-twice",
                    Text(f"列名“{quoted(name)}”出现两次", f"column “{quoted(name)}” occurs twice"),
                    file.location(row, 0, i),
                )
            )
    if problems:
        raise InputError(problems)
    return names


def _row(
    file: TableFile, headers: list[str], cells: list[Any], number: int, offset: int | None
) -> Row | None:
    """Cells under their headers; `None` for a blank row. A value under no header has no meaning: a problem."""
    if not any(cells):
        return None
    named = {h: c for h, c in zip(headers, cells, strict=False) if h}
    for i, value in enumerate(cells):
        if value and (i >= len(headers) or not headers[i]):
            problem = Problem(
                "no-header",
                Text(f"单元格“{quoted(value)}”没有列名", f"cell “{quoted(value)}” has no column name"),
                file.location(number, offset, i),
            )
            return Row(named, number, offset, (problem,), cells)
    return Row(named, number, offset)


# -- CSV ---------------------------------------------------------------------------------------------------------


class _Lines:
    """Decoded lines of a file, that remembers where the next one starts."""

    def __init__(self, file: TableFile, handle: Any) -> None:
        self.file = file
        self.encoding = file.encoding or "utf-8"
        try:
            "".encode(self.encoding)
        except LookupError:
            raise _error(
                file,
                "encoding",
                f"不认识的编码“{quoted(self.encoding)}”",
                f"unknown encoding “{quoted(self.encoding)}”",
                hint=Text("常用：utf-8、gb18030", "common: utf-8, gb18030"),
            ) from None
        self.handle = handle
        self.line = 0
        self.offset = 0
        self.taken = ""  # what has been handed out since it was last emptied

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self.handle.readline()
        if not raw:
            raise StopIteration
        self.line += 1
        if self.line == 1 and self.encoding.replace("_", "-").lower() in ("utf-8", "utf8", "utf-8-sig"):
            self.encoding = "utf-8"
            if raw.startswith(b"\xef\xbb\xbf"):
                raw = raw[3:]
                self.offset += 3
        try:
            text: str = raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            column = len(raw[: error.start].decode(self.encoding, "replace")) + 1
            raise _error(
                self.file,
                "encoding",
                f"文件不是 {self.encoding} 编码",
                f"the file is not encoded in {self.encoding}",
                Location(self.file.name, line=self.line, column=column, offset=self.offset + error.start),
                Text(
                    "另存为 UTF-8，或在 dossier.yaml 的该表写明 encoding（如 gb18030）",
                    "save it as UTF-8, or say `encoding:` (such as gb18030) at the table in dossier.yaml",
                ),
            ) from None
        self.offset += len(raw)
        self.taken += text
        return text


_CSV_REASONS = {
    "new-line character seen": "换行符只有回车（CR），请另存为 CSV UTF-8",
    "unexpected end of data": "引号没有闭合",
    "expected after": "闭合的引号之后应当是逗号",
    "field larger than": "单元格过长",
}


def _csv_reason(error: csv.Error) -> str:
    """Why Python's reader refuses a row, in Chinese where it is known."""
    return next((zh for said, zh in _CSV_REASONS.items() if said in str(error)), str(error))


def _csv_headers(file: TableFile, reader: Any) -> list[str]:
    try:
        names: list[str] = next(reader, [])
    except csv.Error as error:
        raise _error(
            file,
            "bad-csv",
            f"表头不是有效的 CSV：{_csv_reason(error)}",
            f"the header is not valid CSV: {error}",
            file.location(1, 0),
        ) from None
    return _headers(file, names, 1)


def _csv_rows(file: TableFile) -> Iterator[Row]:
    with _opened(file) as handle:
        lines = _Lines(file, handle)
        reader = csv.reader(lines, strict=True)
        headers = _csv_headers(file, reader)
        while True:
            number, offset = lines.line + 1, lines.offset
            lines.taken = ""
            try:
                cells = next(reader, None)
            except csv.Error as error:
                problem = Problem(
                    "bad-csv",
                    Text(f"不是有效的 CSV 行：{_csv_reason(error)}", f"not a valid CSV row: {error}"),
                    file.location(number, offset),
                    Text("检查引号是否成对", "check that quotes are paired"),
                )
                yield Row({}, number, offset, (problem,), lines.taken)
                continue
            if cells is None:
                return
            if not any(c.strip() for c in cells):
                continue
            if len(cells) != len(headers) and any(c.strip() for c in cells[len(headers) :]) | (
                len(cells) < len(headers)
            ):
                problem = Problem(
                    "ragged-row",
                    Text(
                        f"此行有 {len(cells)} 个单元格，表头有 {len(headers)} 个",
                        f"this row has {len(cells)} cells, the header {len(headers)}",
                    ),
                    file.location(number, offset),
                    Text("含逗号的内容要加引号", "quote values that contain commas"),
                )
                yield Row({}, number, offset, (problem,), cells)
                continue
            row = _row(file, headers, [c.strip() for c in cells], number, offset)
            if row:
                yield row


def csv_column(line: str, index: int) -> int:
    """The column (from 1, in code points) where the `index`th cell (from 0) of a CSV line starts."""
    quoted_part, at = False, 0
    for position, char in enumerate(line):
        if at == index:
            return position + 1
        if char == '"':
            quoted_part = not quoted_part
        elif char == "," and not quoted_part:
            at += 1
    return len(line.rstrip("\r\n")) + 1 if at == index else 1


# -- XLSX --------------------------------------------------------------------------------------------------------


@contextmanager
def _as_workbook(file: TableFile) -> Iterator[None]:
    try:
        yield
    except (InputError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except OSError as error:
        raise _unreadable(file, error) from None
    except BaseException as error:  # calamine has no common base, and a panic in it is no Exception
        raise _error(
            file,
            "bad-workbook",
            f"不是可读的工作簿：{error}",
            f"not a readable workbook: {error}",
            hint=Text(
                "用电子表格软件另存为 .xlsx 或 CSV；改后缀名不能改变格式",
                "save it as .xlsx or CSV: another suffix does not make another format",
            ),
        ) from None


def _workbook(file: TableFile) -> Any:
    _opened(file).close()
    with _as_workbook(file):
        import python_calamine  # like DuckDB below: slow to load, and many runs read neither format

        return python_calamine.load_workbook(str(file.path))


def sheet_names(file: TableFile) -> list[str]:
    """The sheets of a workbook. Raises `InputError`."""
    return list(_workbook(file).sheet_names)


def _sheet(file: TableFile) -> Any:
    book = _workbook(file)
    if file.sheet not in book.sheet_names:
        names = list(book.sheet_names)
        raise _error(
            file,
            "unknown-sheet",
            f"没有工作表“{quoted(file.sheet)}”",
            f"there is no sheet “{quoted(file.sheet)}”",
            hint=Text("工作表：" + "、".join(names), "sheets: " + ", ".join(names)),
        )
    with _as_workbook(file):
        return book.get_sheet_by_name(file.sheet)


def _xlsx_headers(file: TableFile, sheet: Any) -> list[str]:
    with _as_workbook(file):
        rows = sheet.to_python(skip_empty_area=False, nrows=1)
    names = [_text(c) if not isinstance(c, Problem) else "" for c in rows[0]] if rows else []
    return _headers(file, [str(n) for n in names], 1)


def _xlsx_rows(file: TableFile) -> Iterator[Row]:
    sheet = _sheet(file)
    headers = _xlsx_headers(file, sheet)
    merged = sorted(
        (top, bottom, left) for (top, left), (bottom, right) in (sheet.merged_cell_ranges or []) if bottom > 0
    )
    with _as_workbook(file):
        rows = iter(sheet.to_python(skip_empty_area=False))
    next(rows, None)
    failed = _failed(file)
    ranges = {
        n: left
        for top, bottom, left in reversed(merged)
        for n in range(top, min(bottom, sheet.total_height + 1) + 1)
    }
    for number, values in enumerate(rows, start=2):
        cells: list[Any] = []
        problems: list[Problem] = []
        for i, value in enumerate(values):
            if value == "" and (number, i) in failed:
                said = failed[number, i]
                problems.append(
                    Problem(
                        "failed-formula",
                        Text(f"公式没有结果：{quoted(said)}", f"the formula has no result: {quoted(said)}"),
                        file.location(number, None, i),
                        Text(
                            "改成值；不知道就留空",
                            "replace it by the value; leave it empty if nobody knows it",
                        ),
                    )
                )
            elif isinstance(value, float) and abs(value) >= EXACT:
                problems.append(
                    Problem(
                        "lost-digits",
                        Text(
                            f"数字 {value:.0f} 超过 15 位，电子表格已丢失精度",
                            f"the number {value:.0f} has more than 15 digits, which a spreadsheet does not keep",
                        ),
                        file.location(number, None, i),
                        Text("把该列设为文本后重新录入", "make the column text and enter it again"),
                    )
                )
            cells.append(_text(value))
        if not any(cells):
            continue
        if number - 1 in ranges:
            problems.append(
                Problem(
                    "merged-cells",
                    Text(
                        "此行有合并单元格，各行的值不明",
                        "this row has merged cells: whose value it is, is unclear",
                    ),
                    file.location(number, None, ranges[number - 1]),
                    Text("取消合并并逐行填写", "unmerge them and fill in every row"),
                )
            )
        if problems:
            yield Row({}, number, None, tuple(problems), cells)
            continue
        row = _row(file, headers, cells, number, None)
        if row:
            yield row


_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
_AT = re.compile(r'\br="([A-Z]+)([0-9]+)"')
_VALUE = re.compile(r"<v[^>]*>([^<]+)</v>")


def _failed(file: TableFile) -> dict[tuple[int, int], str]:
    """Cells (row from 1, column from 0) that hold an error such as #N/A, or a formula that was never worked out.

    The reader gives them as empty, and empty would mean that nobody said.
    """
    found: dict[tuple[int, int], str] = {}
    with _as_workbook(file), zipfile.ZipFile(file.path) as parts:
        names = parts.namelist()
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return found
        book = parts.read("xl/workbook.xml").decode("utf-8", "replace")
        links = parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        targets = {
            _attribute(r, "Id"): _attribute(r, "Target") for r in re.findall(r"<Relationship\b[^>]*>", links)
        }
        for tag in re.findall(r"<sheet\b[^>]*>", book):
            if html.unescape(_attribute(tag, "name")) != file.sheet:
                continue
            target = targets.get(_attribute(tag, "r:id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            text = parts.read(path).decode("utf-8", "replace") if path in names else ""
            if 't="e"' not in text and "<f" not in text:
                return found
            for attributes, inner in _CELL.findall(text):
                value = _VALUE.search(inner)
                wrong = 't="e"' in attributes or (
                    "<f" in inner and value is None and 't="str"' not in attributes
                )
                at = _AT.search(attributes)
                if wrong and at:
                    column = 0
                    for letter in at[1]:
                        column = column * 26 + ord(letter) - 64
                    found[int(at[2]), column - 1] = value[1] if value else "尚未计算 / never worked out"
    return found


def _attribute(tag: str, name: str) -> str:
    said = re.search(rf'\s{name}="([^"]*)"', tag)
    return said[1] if said else ""


def _text(value: Any) -> str:
    """A spreadsheet's value as text: whole numbers without point, dates as ISO dates, midnight not shown."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


# -- JSONL -------------------------------------------------------------------------------------------------------


def _jsonl_rows(file: TableFile) -> Iterator[Row]:
    with _opened(file) as handle:
        offset = 0
        for number, line in enumerate(handle, start=1):
            start, offset = offset, offset + len(line)
            if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                line = line[3:]
            if not line.strip():
                continue
            yield _json_row(file, line, number, start)


def _json_row(file: TableFile, line: bytes, number: int, offset: int | None) -> Row:
    try:
        # Decimals keep their digits; the schema types them.
        data = json.loads(line.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
        if b"\\ud" in line.lower():
            # Half a surrogate pair is no character and cannot be written again.
            json.dumps(data, ensure_ascii=False, default=str).encode()
    except UnicodeError as error:
        column = error.start + 1 if isinstance(error, UnicodeDecodeError) else 1
        place = Location(file.name, line=number, column=column, offset=offset)
        problem = Problem(
            "encoding", Text("此行含有不是 UTF-8 的字符", "this line holds what is not UTF-8"), place
        )
        return Row({}, number, offset, (problem,), line)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", 1)
        reason = getattr(error, "msg", str(error))
        place = Location(file.name, line=number, column=column, offset=offset)
        problem = Problem("bad-json", Text(f"不是有效的 JSON：{reason}", f"not valid JSON: {reason}"), place)
        return Row({}, number, offset, (problem,), line)
    if not isinstance(data, dict):
        problem = Problem(
            "not-a-record",
            Text("每一行应当是一个 JSON 对象", "each line must be one JSON object"),
            file.location(number, offset),
        )
        return Row({}, number, offset, (problem,), line)
    return Row(data, number, offset)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


# -- Parquet -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _duckdb() -> Any:
    """The process's own connection: opening one costs as much as reading a thousand rows."""
    import duckdb

    # Nothing may be downloaded or loaded behind the user's back; the Parquet reader is built in.
    return duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    )


def _connection() -> Any:
    cursor = _duckdb().cursor()
    cursor.execute("SET TimeZone = 'Asia/Shanghai'")  # a setting of each cursor
    return cursor


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _scan(file: TableFile) -> str:
    return f"read_parquet({_literal(glob.escape(str(file.path)))}, file_row_number = true)"


def _duckdb_errors() -> tuple[type[Exception], ...]:
    import duckdb

    # Broken names in a file come as RuntimeError or UnicodeDecodeError, not as an error of DuckDB's own.
    return duckdb.Error, RuntimeError, UnicodeDecodeError


def _bad_parquet(file: TableFile, error: Exception) -> InputError:
    _duckdb.cache_clear()  # an internal error leaves the connection unusable
    reason = str(error).splitlines()[0].replace(str(file.path), file.name)
    return _error(
        file, "bad-parquet", f"不是可读的 Parquet 文件：{reason}", f"not a readable Parquet file: {reason}"
    )


def _parquet_columns(file: TableFile) -> list[tuple[str, Any]]:
    _opened(file).close()
    try:
        with _connection() as connection:
            relation = connection.sql(f"SELECT * EXCLUDE (file_row_number) FROM {_scan(file)}")
            return list(zip(relation.columns, relation.types, strict=True))
    except _duckdb_errors() as error:
        raise _bad_parquet(file, error) from None


def parquet_rows(file: TableFile) -> int:
    """How many rows a Parquet file has, from its footer. Raises `InputError`."""
    _opened(file).close()
    try:
        with _connection() as connection:
            found = connection.execute(
                f"SELECT num_rows FROM parquet_file_metadata({_literal(glob.escape(str(file.path)))})"
            ).fetchone()
    except _duckdb_errors() as error:
        raise _bad_parquet(file, error) from None
    return int(found[0]) if found else 0


def parquet_json(
    file: TableFile,
    start: int = 0,
    stop: int | None = None,
    struct: type[Record] | None = None,
    only: tuple[str, ...] | None = None,
    batch: int = 1_000,
) -> Iterator[tuple[int, str]]:
    """Rows `start` ≤ n < `stop` (from 0), in order, as (n, JSON text). Raises `InputError`.

    Decimals become text, and so does anything else that the field of `struct` wants as text or as a date; `only`
    reads no other columns.
    """
    columns = [c for c in _parquet_columns(file) if only is None or c[0] in only]
    try:
        packed = ", ".join(
            f"{_name(name)} := {_cast(_name(name), kind, _field(struct, name))}" for name, kind in columns
        )
        where = f"WHERE file_row_number >= {start}" + (
            f" AND file_row_number < {stop}" if stop is not None else ""
        )
        with _connection() as connection:
            result = connection.execute(
                f"SELECT file_row_number, to_json(struct_pack({packed}))::VARCHAR FROM {_scan(file)} {where}"
                if columns
                else f"SELECT file_row_number, '{{}}' FROM {_scan(file)} {where}"
            )
            while rows := result.fetchmany(batch):
                yield from rows
    except _duckdb_errors() as error:
        raise _bad_parquet(file, error) from None


def _field(struct: type[Record] | None, name: str) -> Field | None:
    if struct is None:
        return None
    target = resolve(struct, name)
    return target.field if target else None


def _cast(expression: str, kind: Any, field: Field | None) -> str:
    wanted = _type(kind, field)
    return expression if wanted == str(kind) else f"CAST({expression} AS {wanted})"


def _type(kind: Any, field: Field | None) -> str:
    """The type that a column is read as: the file's own, but text where a number would lose digits or zeros."""
    if kind.id in ("list", "array"):
        return _type(kind.children[0][1], field) + "[]"
    if kind.id == "struct":
        names = fields_of(field.struct) if field and field.struct else {}
        inner = ", ".join(f"{_name(n)} {_type(t, names.get(n))}" for n, t in kind.children)
        return f"STRUCT({inner})"
    if kind.id.startswith("timestamp"):
        # A day where the record has a day; instants with an offset are Beijing time (the session's time zone).
        return "DATE" if field and field.sort == "date" else "VARCHAR"
    if kind.id == "decimal" or (
        field and field.sort in ("text", "list") and kind.id.endswith(("int", "integer"))
    ):
        return "VARCHAR"
    return str(kind)


def _parquet_dicts(file: TableFile) -> Iterator[Row]:
    for number, text in parquet_json(file):
        yield _json_row(file, text.encode(), number + 1, None)

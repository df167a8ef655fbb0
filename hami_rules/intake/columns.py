"""From a flat row to the shape of a record: which column is which field, what codes and empty cells mean."""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import msgspec

from hami_rules.intake.errors import Problem, nearest, quoted
from hami_rules.intake.manifest import CodeSystem, Manifest, TableSpec, code_systems
from hami_rules.records.base import Record
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["Columns", "Field", "Target", "by_header", "fields_of", "no_table", "resolve"]

Place = Callable[[str], Location]
"""Where the cell under a header stands."""


@dataclass(frozen=True)
class Field:
    """One field of a record as a column may fill it. `struct`: the record it holds, or that its list holds."""

    name: str
    zh: str
    sort: Literal["text", "number", "bool", "date", "list", "record"]
    struct: type[Record] | None = None
    others: tuple[str, ...] = ()  # elements of the standards that it maps to


_SORTS: dict[Any, Literal["bool", "date", "number"]] = {
    bool: "bool",
    date: "date",
    int: "number",
    Decimal: "number",
}


@cache
def fields_of(struct: type[Record]) -> Mapping[str, Field]:
    """The fields of a record struct by name."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return {f.name: _field(f.name, hints[f.name]) for f in msgspec.structs.fields(struct)}


def _field(name: str, hint: Any) -> Field:
    zh, others = name, ()
    if typing.get_origin(hint) is typing.Annotated:
        hint, *notes = typing.get_args(hint)
        for meta in notes:
            if isinstance(meta, msgspec.Meta):
                zh = meta.title or zh
                extra = meta.extra_json_schema or {}
                others = tuple(extra[k] for k in ("x-gbt39046", "x-platform") if k in extra)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(a for a in typing.get_args(hint) if a is not type(None))
    if typing.get_origin(hint) in (list, tuple):
        inner = typing.get_args(hint)[0]
        inner_record = inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None
        return Field(name, zh, "list", typing.cast("type[Record] | None", inner_record), others)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return Field(name, zh, "record", typing.cast("type[Record]", hint), others)
    return Field(name, zh, _SORTS.get(hint, "text"), None, others)


Path = tuple["str | int", ...]


@dataclass(frozen=True)
class Target:
    """A field somewhere inside a record: the path to it, and the struct that it is a field of."""

    path: Path
    struct: type[Record]
    field: Field

    @property
    def pointer(self) -> str:
        return "".join(f"/{p}" for p in self.path)


def resolve(struct: type[Record], text: str) -> Target | None:
    """The field that `deferral.promise_given_on`, `/deferral/promise_given_on` or its Chinese labels name.

    A number picks an element of a list (`bases.0.article`); without one the whole list is meant, or each element.
    """
    path: list[str | int] = []
    field: Field | None = None
    holder = struct
    for part in re.split(r"[./]", text.strip().lstrip("/")):
        if part.isdigit() and field is not None and field.sort == "list" and isinstance(path[-1], str):
            path.append(int(part))
            continue
        if field is not None:
            if field.struct is None:
                return None
            holder = field.struct
        names = fields_of(holder)
        field = names.get(part) or next((f for f in names.values() if f.zh == part), None)
        if field is None:
            return None
        path.append(field.name)
    return Target(tuple(path), holder, field) if field else None


@cache
def by_header(struct: type[Record], header: str) -> Target | None:
    """The field that a column is without being told: its name, its label, or its element in a standard.

    Elements that several fields map to decide nothing.
    """
    found = resolve(struct, header)
    if found:
        return found
    hits = [f for f in fields_of(struct).values() if header.strip() in f.others]
    return Target((hits[0].name,), struct, hits[0]) if len(hits) == 1 else None


def _problem(code: str, zh: str, en: str, place: Location | None, hint: Text | None = None) -> Problem:
    return Problem(code, Text(zh, en), place, hint)


_SEPARATORS = {";": "分号", "；": "全角分号", "\t": "制表符", "，": "全角逗号", "|": "竖线"}


def no_table(header: str, known: Callable[[str], bool]) -> tuple[str, str, Text] | None:
    """What is wrong with a header line that was not cut into columns. One sign alone may stand in any title: then a
    part of it must be a `known` column."""
    for sign, name in _SEPARATORS.items():
        if header.count(sign) > 1 or (sign in header and any(map(known, header.split(sign)))):
            return (
                f"表头没有分成列：列之间用的是{name}",
                "the header is not cut into columns: they are separated by another sign than a comma",
                Text("另存为以英文逗号分隔的 CSV UTF-8", "save it as CSV UTF-8, separated by commas"),
            )
    return None


class Columns:
    """The column map of one table, compiled from its entry in the manifest.

    `flat`: rows have fixed headers and text cells (CSV, XLSX, flat Parquet), so a missing value is an empty cell.
    Otherwise rows are nested data (JSONL, nested Parquet), where only a key that is there can be empty.
    `joins`: columns that only join tables and need not be fields.
    """

    def __init__(
        self,
        struct: type[Record],
        table: str,
        spec: TableSpec,
        manifest: Manifest,
        flat: bool,
        joins: Iterable[str] = (),
    ) -> None:
        self.struct = struct
        self.spec = spec
        self.flat = flat
        self.problems: list[Problem] = []
        self._indexed = False  # some column fills an element of a list
        self._manifest = manifest
        self._at = ("tables", table)
        self._joins = frozenset(joins)
        self._ignore = frozenset(spec.ignore)
        self._columns: dict[str, Target] = {}
        self._targets: dict[str, Target | None] = {}
        self._codes: list[tuple[Target, CodeSystem]] = []
        self._header_codes: dict[str, CodeSystem] = {}
        self._empties: list[tuple[Target, str, Any]] = []
        for header, name in spec.columns.items():
            target = resolve(struct, name)
            if target is None:
                self._no_field(name, "columns", header)
            else:
                self._columns[header] = target
        for name, system in spec.codes.items():
            known = code_systems()[system]
            target = resolve(struct, name)
            if known.sets and not known.values:
                self._header_codes[name] = known
            elif target is not None:
                self._codes.append((target, known))
            elif name in spec.columns:
                self._codes.append((self._columns[name], known)) if name in self._columns else None
            else:
                self._no_field(name, "codes", name, key=True)
        for name, meaning in spec.empty.items():
            target = resolve(struct, name) or self._columns.get(name)
            if target is None:
                self._no_field(name, "empty", name, key=True)
            elif meaning != "unknown":
                action = _absence(target, meaning)
                if action is None:
                    self._refuse(target, meaning, name)
                else:
                    self._empties.append((target, *action))

    def _no_field(self, name: str, *path: str, key: bool = False) -> None:
        names = fields_of(self.struct)
        close = nearest(name, names)
        hint = Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None
        self.problems.append(
            self._manifest.problem(
                "unknown-field",
                f"没有字段“{quoted(name)}”",
                f"there is no field “{quoted(name)}”",
                *self._at,
                *path,
                key=key,
                hint=hint,
            )
        )

    def _refuse(self, target: Target, meaning: str, name: str) -> None:
        self.problems.append(
            self._manifest.problem(
                "no-absent-value",
                f"字段“{name}”的空单元格不能读作 {meaning}",
                f"an empty cell of “{name}” cannot mean {meaning}",
                *self._at,
                "empty",
                name,
                hint=Text(
                    "false 用于是否字段及其日期；none 另可用于清单；open 只用于 valid_to；其余为 unknown",
                    "false is for yes-no fields and their dates; none also for lists; open for valid_to; else unknown",
                ),
            )
        )

    # -- headers -------------------------------------------------------------------------------------------------

    def target(self, header: str) -> Target | None:
        """The field of a column, `None` for one that fills no field (ignored, join key, code that sets others)."""
        if header not in self._targets:
            self._targets[header] = self._columns.get(header) or (
                None
                if header in self._ignore or header in self._header_codes
                else by_header(self.struct, header)
            )
            self._indexed |= any(isinstance(p, int) for t in (self._targets[header],) if t for p in t.path)
        return self._targets[header]

    def known(self, header: str) -> bool:
        """Whether the column has a meaning here. Bulk tables refuse the others, so that a typo cannot hide."""
        return (
            self.target(header) is not None
            or header in self._ignore
            or header in self._joins
            or header in self._header_codes
        )

    def unknown_column(self, header: str, place: Location) -> Problem:
        names = [*fields_of(self.struct), *(f.zh for f in fields_of(self.struct).values()), *self._columns]
        if (told := no_table(header, self.known)) is not None:
            return _problem("not-a-table", *told[:2], place, told[2])
        close = nearest(header, names)
        zh = "在 columns 中写明对应字段，或列入 ignore"
        en = "map it under columns, or list it under ignore"
        return _problem(
            "unknown-column",
            f"列“{quoted(header)}”不对应任何字段",
            f"column “{quoted(header)}” is no field",
            place,
            Text(f"是否为“{close}”？否则{zh}", f"did you mean “{close}”? otherwise {en}")
            if close
            else Text(zh, en),
        )

    def check_headers(self, headers: Iterable[str], place: Place) -> list[Problem]:
        """Columns without meaning, columns that fill the same field, and columns that are named but not there."""
        problems: list[Problem] = []
        seen: dict[Path, str] = {}
        headers = list(headers)
        if len(headers) == 1 and not self.known(headers[0]) and no_table(headers[0], self.known) is None:
            return [
                _problem(
                    "not-a-header",
                    f"首行只有一格“{quoted(headers[0])}”，不是表头",
                    f"the first row holds nothing but “{quoted(headers[0])}”, which is no header",
                    place(headers[0]),
                    Text(
                        "删去表头之上的标题行：表头须在首行",
                        "delete the title above: the header is the first row",
                    ),
                )
            ]
        for header in headers:
            if not self.known(header):
                problems.append(self.unknown_column(header, place(header)))
            target = self.target(header)
            if target is None:
                continue
            if target.path in seen:
                other = seen[target.path]
                problems.append(
                    _problem(
                        "column-twice",
                        f"列“{quoted(header)}”与“{quoted(other)}”都是字段“{target.field.zh}”",
                        f"columns “{quoted(header)}” and “{quoted(other)}” are both “{target.field.name}”",
                        place(header),
                    )
                )
            seen[target.path] = header
        for header in [*self.spec.columns, *self._header_codes, *sorted(self._joins)]:
            if header not in headers and not (header in self._joins and self.header_of(header, headers)):
                close = nearest(header, headers)
                problems.append(
                    _problem(
                        "missing-column",
                        f"没有列“{quoted(header)}”",
                        f"there is no column “{quoted(header)}”",
                        place(""),
                        Text(f"是否为“{close}”？", f"did you mean “{close}”?")
                        if close
                        else Text(
                            "表头：" + "、".join(map(quoted, headers)),
                            "headers: " + ", ".join(map(quoted, headers)),
                        ),
                    )
                )
        return problems

    def header_of(self, name: str, headers: Iterable[str]) -> str | None:
        """The header that `name` means: itself, or the column whose field has that name."""
        headers = list(headers)
        if name in headers:
            return name
        wanted = resolve(self.struct, name)
        for header in headers:
            target = self.target(header)
            if target is not None and wanted is not None and target.path == wanted.path:
                return header
        return None

    # -- rows ----------------------------------------------------------------------------------------------------

    def record(self, cells: Mapping[str, Any], place: Place) -> tuple[dict[str, Any], list[Problem]]:
        """The nested data that one row describes (to be typed by the schema), and what is wrong with its cells."""
        record: dict[Any, Any] = {}
        problems: list[Problem] = []
        for header, value in cells.items():
            target = self.target(header)
            if target is None:
                if header in self._header_codes:
                    self._set_by_code(record, header, value, place, problems)
                elif not self.known(header):
                    problems.append(self.unknown_column(header, place(header)))
                continue
            if _blank(value):
                if not self.flat and len(target.path) == 1:
                    record[target.path[0]] = None
                continue
            if isinstance(value, str) and target.field.sort in ("list", "record"):
                value = self._from_cell(value, target, header, place, problems)
            _put(record, target.path, value)
        if self._indexed:
            record = _lists(record)
        for target, system in self._codes:
            self._decode(record, target, system, place, problems)
        for target, name, absent in self._empties:
            for holder in _holders(record, target.path[:-1]):
                empty = _blank(holder.get(target.field.name)) and (self.flat or target.field.name in holder)
                if empty and _blank(holder.get(name)):
                    holder[name] = absent
        return record, problems

    def _from_cell(
        self, text: str, target: Target, header: str, place: Place, problems: list[Problem]
    ) -> Any:
        """A list or a record in one cell: JSON, or (a list of plain values) separated by semicolons or lines."""
        if text.lstrip()[:1] in ("[", "{"):
            try:
                return json.loads(text, parse_float=str, parse_int=str)
            except (ValueError, RecursionError):
                pass
        elif target.field.sort == "list" and target.field.struct is None:
            return [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]
        problems.append(
            _problem(
                "not-nested",
                f"“{target.field.zh}”的单元格应当是 JSON，或由分号分隔的列表：“{quoted(text)}”",
                f"a cell of “{target.field.name}” must be JSON, or a list separated by semicolons: “{quoted(text)}”",
                place(header),
            )
        )
        return None

    def _header(self, target: Target, cells_place: Place) -> Location:
        for header, known in self._targets.items():
            if known is not None and known.path == target.path[: len(known.path)]:
                return cells_place(header)
        return cells_place("")

    def _set_by_code(
        self, record: dict[Any, Any], header: str, value: Any, place: Place, problems: list[Problem]
    ) -> None:
        if _blank(value):
            return
        system = self._header_codes[header]
        sets = system.sets.get(_code(value))
        if sets is None:
            problems.append(_unmapped(value, system, place(header)))
        else:
            for name, said in sets.items():
                record.setdefault(name, said)

    def _decode(
        self,
        record: dict[str, Any],
        target: Target,
        system: CodeSystem,
        place: Place,
        problems: list[Problem],
    ) -> None:
        name = target.field.name
        for holder in _holders(record, target.path[:-1]):
            value = holder.get(name)
            if _blank(value):
                continue
            meant = system.values.get(_code(value))
            if meant is None:
                problems.append(_unmapped(value, system, self._header(target, place)))
            else:
                holder[name] = meant


def _code(value: Any) -> str:
    return str(value).strip()


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _unmapped(value: Any, system: CodeSystem, place: Location) -> Problem:
    codes = ", ".join(system.codes)
    return _problem(
        "unmapped-code",
        f"代码“{quoted(value)}”不在代码体系 {system.name}（{system.title.zh}）之中",
        f"code “{quoted(value)}” is not in code system {system.name} ({system.title.en})",
        place,
        Text(f"可用：{codes}", f"one of: {codes}"),
    )


def _absence(target: Target, meaning: str) -> tuple[str, Any] | None:
    """Which field of the same record an empty cell sets, and to what; `None`: this field has no such value."""
    field = target.field
    if meaning == "open":
        return ("open_ended", "true") if field.name == "valid_to" else None
    if field.sort == "bool":
        return (field.name, "false")
    if meaning == "none" and field.sort == "list":
        return (field.name, [])
    happened = field.name.removesuffix("_on")
    if field.sort == "date" and happened != field.name:
        pair = fields_of(target.struct).get(happened)
        if pair is not None and pair.sort == "bool":
            return (happened, "false")
    return None


def _put(record: dict[Any, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        record = record.setdefault(part, {})
    record[path[-1]] = value


def _lists(node: dict[Any, Any]) -> Any:
    """Mappings keyed by numbers become lists in their order; elements whose cells were all empty leave no hole."""
    for name, value in node.items():
        if isinstance(value, dict):
            node[name] = _lists(value)
    if node and all(isinstance(k, int) for k in node):
        return [node[k] for k in sorted(node)]
    return node


def _holders(record: Any, path: Path) -> Iterator[dict[str, Any]]:
    """The records that hold a field: those at `path`, through every element of the lists on the way."""
    if isinstance(record, list):
        if path and isinstance(path[0], int):
            record = record[path[0]] if path[0] < len(record) else None
            path = path[1:]
        else:
            for element in record:
                yield from _holders(element, path)
            return
    if not isinstance(record, dict):
        return
    if not path:
        yield record
    else:
        yield from _holders(record.get(path[0]), path[1:])

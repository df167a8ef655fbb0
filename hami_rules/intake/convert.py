"""From all-text data to records: every problem reported at once, each where it stands.

What a field accepts is read off its struct once (`msgspec.inspect`) and kept as a table; there is nothing here that
knows a particular record. Fields may be named in English or by their Chinese label.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.positioned import Positioned, pointer_to, read_json, unpointer
from hami_rules.records.base import Record
from hami_rules.records.events import StreamEvent
from hami_rules.records.kinds import KINDS, ROOTS
from hami_rules.records.labels import label
from hami_rules.records.labels import names as names_of
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["Where", "bulk_decoder", "field_pointer", "refused", "schema_of", "to_record", "write_schemas"]

R = TypeVar("R", bound=Record)
Where = Positioned | Callable[[str], Location | None] | None
"""How a JSON pointer is turned into a place: a positioned document, a function of the pointer, or not at all."""

BEIJING = timezone(timedelta(hours=8))


def to_record(
    value: Any,
    struct: type[R],
    where: Where,
    at: str = "",
    ignore_unknown: frozenset[str] = frozenset(),
) -> tuple[R | None, list[Problem]]:
    """The record that `value` describes, or `None` and all its problems.

    `at` is the pointer of `value` in its source; keys in `ignore_unknown` are passed over at every level. Scalars
    may be text or native values (bool, int, Decimal, float, date, datetime), which are read as their text.
    """
    run = _Run(where, ignore_unknown)
    record = _read_struct(_plan(struct), value, run, at)
    return (None if run.problems else cast(R, record)), run.problems


def field_pointer(struct: type[Record], data: Any, pointer: str) -> str:
    """A pointer in terms of field names, said in the keys that `data` really uses (a label may stand for a name)."""
    plan: _Plan | None = _plan(struct)
    keys: list[str | int] = []
    for part in unpointer(pointer):
        if isinstance(data, list):
            keys.append(part)
            data = data[int(part)] if part.isdecimal() and int(part) < len(data) else None
            continue
        field = plan.names.get(part) if plan else None
        key = part
        if field and isinstance(data, dict) and part not in data and field.label in data:
            key = field.label
        keys.append(key)
        data = data.get(key) if isinstance(data, dict) else None
        plan = field.child if field else None
    return pointer_to(*keys)


# -- what a struct accepts -------------------------------------------------------------------------------------


class _Run:
    """One conversion: its problems, and how to place them."""

    def __init__(self, where: Where, ignore: frozenset[str]) -> None:
        self.where = where
        self.ignore = ignore
        self.problems: list[Problem] = []

    def report(
        self, code: str, message: Text, at: str, *, hint: Text | None = None, key: bool = False
    ) -> None:
        if isinstance(self.where, Positioned):
            place: Location | None = self.where.locate(at, key)
        else:
            place = self.where(at) if self.where else None
        self.problems.append(Problem(code, message, place, hint))


# (value, run, pointer of the parent, own key, the field) → what the record takes; problems go to the run.
_Read = Callable[[Any, _Run, str, "str | int", "_Field"], Any]


@dataclass(frozen=True)
class _Field:
    name: str
    label: str
    read: _Read
    required: bool
    child: _Plan | None  # of the records in it
    many: bool
    allowed: dict[str, str]  # what an enumeration may say → what the record takes
    decimal: bool
    unsigned: bool  # a number that cannot lie below zero

    @property
    def zh(self) -> str:
        return f"{self.label}（{self.name}）" if self.label != self.name else self.name


@dataclass(frozen=True)
class _Plan:
    struct: type[Record]
    names: dict[str, _Field]
    keys: dict[str, _Field]  # names and unambiguous labels
    required: tuple[_Field, ...]
    ends: bool  # has `open_ended` and `valid_to`
    lists: frozenset[str]
    in_order: tuple[tuple[str, tuple[str, ...]], ...]  # a date, and the path of one that cannot lie before it

    @property
    def title(self) -> Text:
        kind = next((k for k in KINDS.values() if k.struct is self.struct), None)
        name = self.struct.__name__
        return Text(kind.zh, kind.en) if kind else Text(name, name)


@cache
def _plan(struct: type[Record]) -> _Plan:
    info = cast(inspect.StructType, inspect.type_info(struct))
    # What intake works out itself is no field that an input may state.
    fields = [_field(f) for f in info.fields if not _marked(f.type, "internal")]
    names = {f.name: f for f in fields}
    lists = {f.name: f for f in fields if f.many}
    if "partial" in names and issubclass(struct, Record):
        # It names lists of this very record; a misspelt one would leave a list complete that is not.
        allowed = {key: f.name for f in lists.values() for key in (f.label, f.name)}
        names["partial"] = _Field(
            "partial", names["partial"].label, _read_names, False, None, False, allowed, False, False
        )
    labels = [f.label for f in names.values()]
    keys = {f.label: f for f in names.values() if labels.count(f.label) == 1} | names
    return _Plan(
        struct,
        names,
        keys,
        tuple(f for f in names.values() if f.required),
        ends={"open_ended", "valid_to"} <= names.keys(),
        lists=frozenset(lists),
        in_order=tuple((a, tuple(b.split("."))) for a, b in getattr(struct, "IN_ORDER", ())),
    )


def _marked(kind: Any, mark: str) -> bool:
    """Whether a field's label bears a mark."""
    if isinstance(kind, inspect.Metadata):
        return bool((kind.extra or {}).get(mark)) or _marked(kind.type, mark)
    return isinstance(kind, inspect.UnionType) and any(_marked(t, mark) for t in kind.types)


def _field(field: inspect.Field) -> _Field:
    label = field.encode_name
    kind: Any = field.type
    while isinstance(kind, inspect.Metadata | inspect.UnionType):
        if isinstance(kind, inspect.Metadata):
            label = (kind.extra or {}).get("zh", label)
            kind = kind.type
        else:
            known = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
            if len(known) != 1:
                raise TypeError(f"{field.name}: a field of a record has one type or is unknown")
            kind = known[0]
    many = isinstance(kind, inspect.ListType)
    inner = kind.item_type if isinstance(kind, inspect.ListType | inspect.VarTupleType) else kind
    read = _READERS.get(type(inner))
    if read is None:
        raise TypeError(f"{field.name}: no way to read {type(inner).__name__}")
    return _Field(
        name=field.encode_name,
        label=label,
        read=read if inner is kind else _list_of(read),
        required=field.required,
        child=_plan(inner.cls) if isinstance(inner, inspect.StructType) else None,
        many=many,
        allowed=_choices([str(v) for v in inner.values]) if isinstance(inner, inspect.LiteralType) else {},
        decimal=isinstance(inner, inspect.DecimalType),
        unsigned=isinstance(inner, inspect.DecimalType | inspect.IntType)
        and not _marked(field.type, "signed"),
    )


def _choices(values: list[str]) -> dict[str, str]:
    """What an enumeration takes: its codes, and their names in Chinese and English, but for a name of two values."""
    named: dict[str, set[str]] = {}
    for value in values:
        for name in names_of(value):
            named.setdefault(_plain(name), set()).add(value)
    return {name: min(meant) for name, meant in named.items() if len(meant) == 1} | {v: v for v in values}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


# -- reading ---------------------------------------------------------------------------------------------------


def _read_struct(plan: _Plan, value: Any, run: _Run, at: str) -> Record | None:
    if not isinstance(value, dict):
        run.report(
            "wrong-shape",
            Text(
                f"此处应为{plan.title.zh}（“字段: 值”的映射）",
                f"a mapping is expected here ({plan.title.en})",
            ),
            at,
        )
        return None
    found: dict[str, Any] = {}
    named: dict[str, str] = {}
    keys = plan.keys
    for key, item in value.items():
        field = keys.get(key)
        if field is None:
            if key not in run.ignore:
                _unknown_field(plan, str(key), run, at)
            continue
        name = field.name
        if name in named:
            run.report(
                "duplicate-field",
                Text(
                    f"“{quoted(key)}”与“{quoted(named[name])}”是同一字段，重复给出",
                    f"“{quoted(key)}” and “{quoted(named[name])}” are the same field, given twice",
                ),
                at + pointer_to(key),
                key=True,
            )
            continue
        named[name] = key
        if item is not None:
            found[name] = field.read(item, run, at, key, field)
    for field in plan.required:
        if field.name not in found:
            run.report(
                "missing-field",
                Text(f"缺少必填字段{field.zh}", f"required field {field.name} is missing"),
                at,
            )
    if (
        plan.ends
        and found.get("open_ended") is True
        and found.setdefault("valid_to", date.max) not in (date.max, None)
    ):
        run.report(
            "contradictory-end",
            Text(
                f"既写明{plan.names['open_ended'].zh}，又给出{plan.names['valid_to'].zh}",
                "open_ended contradicts the valid_to that is given",
            ),
            at + pointer_to(named["valid_to"]),
        )
    for earlier, path in plan.in_order:
        if (start := found.get(earlier)) is not None:
            for day, pointer, field in _reached(plan, found, path):
                if day < start:
                    run.report(
                        "wrong-order",
                        Text(
                            f"{field.zh} {day} 早于{plan.names[earlier].zh} {start}",
                            f"{field.name} {day} lies before {earlier} {start}",
                        ),
                        at + field_pointer(plan.struct, value, pointer),
                        hint=Text("改正其中写错的一个日期", "put the wrong one of the two dates right"),
                    )
    return None if run.problems else plan.struct(**found)


def _reached(plan: _Plan, found: Any, path: tuple[str, ...]) -> Iterator[tuple[date, str, _Field]]:
    """The dates at a path inside a record (or what was read of it), each with its pointer and field."""
    field = plan.names[path[0]]
    held = found.get(path[0]) if isinstance(found, dict) else getattr(found, path[0])
    if held is None:
        return
    at = pointer_to(path[0])
    if field.child is None:
        yield held, at, field
        return
    for i, record in enumerate(held if field.many else [held]):
        here = at + pointer_to(i) if field.many else at
        for day, pointer, last in _reached(field.child, record, path[1:]) if record is not None else ():
            yield day, here + pointer, last


def _unknown_field(plan: _Plan, key: str, run: _Run, at: str) -> None:
    close = nearest(key, plan.keys)
    hint = None
    if close:
        field = plan.keys[close]
        hint = Text(f"是否为{field.zh}？", f"did you mean {field.name} ({field.label})?")
    elif len(plan.names) <= 12:
        hint = Text("可用的字段：" + "、".join(plan.names), "fields: " + ", ".join(plan.names))
    run.report(
        "unknown-field",
        Text(f"“{plan.title.zh}”没有字段“{quoted(key)}”", f"“{plan.title.en}” has no field “{quoted(key)}”"),
        at + pointer_to(key),
        hint=hint,
        key=True,
    )


def _read_child(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> Any:
    assert field.child
    return _read_struct(field.child, value, run, at + pointer_to(key))


def _list_of(read: _Read) -> _Read:
    def read_list(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> Any:
        here = at + pointer_to(key)
        if not isinstance(value, list | tuple):
            run.report(
                "wrong-shape",
                Text(f"{field.zh}应为列表", f"{field.name} must be a list"),
                here,
                hint=Text("每一项前加“- ”；没有就写 []", "write “- ” before each entry; [] if there is none"),
            )
            return None
        return [read(item, run, here, i, field) for i, item in enumerate(value)]

    return read_list


def _text(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> str | None:
    """The value as text; `None`, and a problem, if it is no scalar."""
    if type(value) is str:
        return value
    if isinstance(value, dict | list | tuple) or value is None:
        run.report(
            "wrong-shape",
            Text(f"{field.zh}应为单个值", f"{field.name} must be a single value"),
            at + pointer_to(key),
        )
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # spreadsheets keep every number as a float
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return str(value)


def _read_text(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> Any:
    return value if type(value) is str else _text(value, run, at, key, field)


def _typed(
    code: str,
    parse: Callable[[str], Any],
    message: Text,
    hint: Text,
    native: type | None = None,
    guess: Callable[[str], Text | None] = lambda text: None,
) -> _Read:
    """A reader of scalars: `parse` gives `None` where the text does not say such a value, `guess` what it may have
    been meant to say."""

    def read(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> Any:
        if type(value) is native:
            return value
        text = _text(value, run, at, key, field)
        if text is None:
            return None
        parsed = parse(unicodedata.normalize("NFKC", text).strip())
        if parsed is None:
            run.report(
                code,
                Text(
                    f"{field.zh}{message.zh}：“{quoted(text)}”",
                    f"{field.name} {message.en}: “{quoted(text)}”",
                ),
                at + pointer_to(key),
                hint=guess(text) or hint,
            )
        elif field.unsigned and parsed < 0:
            run.report(
                code,
                Text(
                    f"{field.zh}不能小于零：“{quoted(text)}”",
                    f"{field.name} cannot lie below zero: “{quoted(text)}”",
                ),
                at + pointer_to(key),
                hint=Text(_UNKNOWN.zh, _UNKNOWN.en),
            )
        return parsed

    return read


_DAY = r"(?P<year>[0-9]{4})(?:(?P<by>[-/.])(?P<month>[0-9]{1,2})(?P=by)(?P<day>[0-9]{1,2})|年(?P<month2>[0-9]{1,2})月(?P<day2>[0-9]{1,2})日)"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
_OFFSET = r"(?P<offset>[Zz]|(?P<sign>[+-])(?P<off_h>[0-9]{2}):?(?P<off_m>[0-9]{2})?)"
_WHEN = re.compile(f"{_DAY}(?:(?:[Tt]| +){_TIME} *{_OFFSET}?)?")


def _parse_date(text: str) -> date | None:
    """A day, or the Beijing day of an instant (an instant without offset is Beijing time)."""
    if not (found := _WHEN.fullmatch(text)):
        return None
    part = found.groupdict()
    try:
        day = date(int(part["year"]), int(part["month"] or part["month2"]), int(part["day"] or part["day2"]))
        if part["hour"] is None:
            return day
        zone = BEIJING
        if part["sign"]:
            ahead = timedelta(hours=int(part["off_h"]), minutes=int(part["off_m"] or 0))
            zone = timezone(ahead if part["sign"] == "+" else -ahead)
        elif part["offset"]:
            zone = UTC
        instant = datetime(
            day.year,
            day.month,
            day.day,
            int(part["hour"]),
            int(part["minute"]),
            int(part["second"] or 0),
            tzinfo=zone,
        )
        return day if zone is BEIJING else instant.astimezone(BEIJING).date()
    except (ValueError, OverflowError):
        return None


_FIRST_SERIAL = date(1899, 12, 30)  # day 0 of spreadsheets, for days after February 1900


def _guess_date(text: str) -> Text | None:
    """The day behind a spreadsheet's serial number (45720) or eight digits (20250304)."""
    digits = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == 5:
        day = _FIRST_SERIAL + timedelta(days=int(digits))
        return Text(
            f"像是电子表格的日期序号，即 {day}：把该列设为日期格式后重新导出",
            f"it looks like a spreadsheet's serial number, {day}: format the column as dates and export again",
        )
    day_said = _parse_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}") if len(digits) == 8 else None
    return Text(f"是否为 {day_said}？", f"did you mean {day_said}?") if day_said else None


_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[,， '’][0-9]{3})+(?:\.[0-9]+)?")


def _guess_number(text: str) -> Text | None:
    """The number behind thousands that are set apart (12,000.00)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _GROUPED.fullmatch(plain):
        return None
    number = re.sub(r"[^0-9.+-]", "", plain)
    return Text(f"去掉千位分隔符，写成 {number}", f"drop the thousands separators: {number}")


_INTEGER = re.compile(r"[+-]?[0-9]{1,18}(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {
    "true": True,
    "yes": True,
    "是": True,
    "1": True,
    "false": False,
    "no": False,
    "否": False,
    "0": False,
}


def _parse_integer(text: str) -> int | None:
    return int(text.partition(".")[0]) if _INTEGER.fullmatch(text) else None


def _parse_decimal(text: str) -> Decimal | None:
    number = Decimal(text) if _DECIMAL.fullmatch(text) else None
    return number if number is not None and _sane(number) else None


def _sane(number: Decimal) -> bool:
    """No NaN, no infinity, and not so large that arithmetic would round it."""
    return number.is_finite() and number.adjusted() < 18


def _parse_boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text.casefold())


def _read_choice(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> Any:
    text = _text(value, run, at, key, field)
    if text is None:
        return None
    taken = field.allowed.get(text.strip()) or field.allowed.get(_plain(text))
    if taken is not None:
        return taken
    allowed = dict.fromkeys(field.allowed.values())
    close = nearest(text, field.allowed)
    meant = field.allowed[close] if close else ""
    run.report(
        "wrong-value",
        Text(
            f"{field.zh}不能是“{quoted(text)}”，允许的值：{'、'.join(_shown(v, 'zh') for v in allowed)}",
            f"{field.name} cannot be “{quoted(text)}”; allowed: {', '.join(_shown(v, 'en') for v in allowed)}",
        ),
        at + pointer_to(key),
        hint=Text(f"是否为 {_shown(meant, 'zh')}？", f"did you mean {_shown(meant, 'en')}?")
        if close
        else None,
    )
    return None


def _shown(value: str, lang: str) -> str:
    """A value's code with its label, where that says more."""
    said = label(value, lang)
    if said is None or said.replace(" ", "_") == value:
        return value
    return f"{value} {said}" if lang == "zh" else f"{value} ({said})"


def _read_names(value: Any, run: _Run, at: str, key: str | int, field: _Field) -> Any:
    names = _list_of(_read_choice)(value, run, at, key, field)
    return tuple(names) if names is not None else ()


_UNKNOWN = Text("不知道就不写，或写 null", "leave it out, or write null, if it is not known")
_READERS: dict[type[inspect.Type], _Read] = {
    inspect.StrType: _read_text,
    inspect.StructType: _read_child,
    inspect.LiteralType: _read_choice,
    inspect.IntType: _typed(
        "wrong-number",
        _parse_integer,
        Text("应为整数", "must be a whole number"),
        Text(f"只写数字；{_UNKNOWN.zh}", f"digits only; {_UNKNOWN.en}"),
        guess=_guess_number,
    ),
    inspect.DecimalType: _typed(
        "wrong-number",
        _parse_decimal,
        Text("应为数字", "must be a number"),
        Text(f"只写数字，如 12.50；{_UNKNOWN.zh}", f"a plain number such as 12.50; {_UNKNOWN.en}"),
        guess=_guess_number,
    ),
    inspect.DateType: _typed(
        "wrong-date",
        _parse_date,
        Text("不是有效的日期", "is not a date that exists"),
        Text(f"写成 2024-03-05；{_UNKNOWN.zh}", f"write it as 2024-03-05; {_UNKNOWN.en}"),
        date,
        _guess_date,
    ),
    inspect.BoolType: _typed(
        "wrong-boolean",
        _parse_boolean,
        Text("应为是或否", "must be true or false"),
        Text(f"写 true/false 或 是/否；{_UNKNOWN.zh}", f"true/false or yes/no; {_UNKNOWN.en}"),
        bool,
    ),
}


# -- bulk ------------------------------------------------------------------------------------------------------


def bulk_decoder(struct: type[R], ignore_unknown: frozenset[str] = frozenset()) -> Callable[[bytes], R]:
    """A fast `bytes → record` for single JSON records.

    What the struct decodes natively goes straight through; anything else (instants for dates, 是/否, labels for
    names, keys in `ignore_unknown`) is read as `to_record` reads it. Duplicate keys: the last counts, as in JSON
    readers at large. Raises `InputError`, its problems located within the row: line 1, columns in code points;
    `InputError.moved(base)` puts them where the row stands.
    """
    return cast(Callable[[bytes], R], _bulk_decoder(struct, ignore_unknown))


@cache
def _bulk_decoder(struct: type[Record], ignore_unknown: frozenset[str]) -> Callable[[bytes], Record]:
    plan = _plan(struct)
    decode = msgspec.json.Decoder(struct).decode
    as_it_stands = msgspec.json.Decoder(float_hook=str).decode
    passes = _second_look(plan)

    def slowly(row: bytes) -> Record:
        try:
            value = as_it_stands(row)
        except _UNREADABLE as e:
            read_json(row, "")  # says where and why
            raise InputError([_unlocated(e)]) from None
        record, problems = to_record(value, struct, None, ignore_unknown=ignore_unknown)
        if record is None:
            document = read_json(row, "")
            _, located = to_record(document.data, struct, document, ignore_unknown=ignore_unknown)
            raise InputError(located or problems, document.text)
        return record

    def read(row: bytes) -> Record:
        try:
            record = decode(row)
        except _UNREADABLE:
            return slowly(row)
        return record if passes(record) else slowly(row)

    return read


_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


@cache
def _passes(struct: type[Record]) -> Callable[[Any], bool]:
    return _second_look(_plan(struct))


def refused(record: Record) -> list[Problem]:
    """Why a record that was put together elsewhere would be refused if it were read (dates in an order that cannot be)."""
    if _passes(type(record))(record):
        return []
    return to_record(msgspec.to_builtins(record, str_keys=True), type(record), None)[1]


def _unlocated(error: Exception) -> Problem:
    said = quoted(error, 200)
    return Problem("json-syntax", Text(f"无法读取的 JSON：{said}", f"JSON cannot be read: {said}"))


def _second_look(plan: _Plan) -> Callable[[Any], bool]:
    """Looks after what native decoding lets through, wherever it occurs: brings it to what `to_record` makes of it
    (the last day of what is open-ended), or is false where that would refuse the record.

    Every record is visited, so the visit is written out as nested loops.
    """
    space: dict[str, Any] = {"force_setattr": msgspec.structs.force_setattr, "sane": _sane, "MAX": date.max}
    lines = ["def passes(r0):"]

    def visit(plan: _Plan, at: str, margin: str) -> None:
        """Add the lines for one record and for those below it."""
        lists = f"L{len(space)}"
        space[lists] = plan.lists
        lines.append(f"{margin}if {at}.partial and not {lists}.issuperset({at}.partial): return False")
        if plan.ends:
            lines.append(f"{margin}if {at}.open_ended and {at}.valid_to != MAX:")
            lines.append(f"{margin}    if {at}.valid_to is not None: return False")
            lines.append(f"{margin}    force_setattr({at}, 'valid_to', MAX)")
        for earlier, path in plan.in_order:
            compare(plan, at, f"{at}.{earlier}", path, margin)
        for field in plan.names.values():
            held = f"{at}.{field.name}"
            if field.decimal:
                lines.append(f"{margin}if {held} is not None and not sane({held}): return False")
            if field.unsigned:
                lines.append(f"{margin}if {held} is not None and {held} < 0: return False")
            if field.child:
                below = f"r{len(margin) // 4}"
                lines.append(
                    f"{margin}for {below} in {held} or ():"
                    if field.many
                    else f"{margin}if {held} is not None:"
                )
                if not field.many:
                    lines.append(f"{margin}    {below} = {held}")
                visit(field.child, below, margin + "    ")

    def compare(plan: _Plan, at: str, earlier: str, path: tuple[str, ...], margin: str) -> None:
        """Add the lines that look whether the dates at a path lie before an earlier one."""
        field, held = plan.names[path[0]], f"{at}.{path[0]}"
        if field.child is None:
            said = f"{earlier} is not None and {held} is not None and {held} < {earlier}"
            lines.append(f"{margin}if {said}: return False")
            return
        below = f"c{len(margin) // 4}"
        lines.append(
            f"{margin}for {below} in {held} or ():"
            if field.many
            else f"{margin}if ({below} := {held}) is not None:"
        )
        compare(field.child, below, earlier, path[1:], margin + "    ")

    visit(plan, "r0", "    ")
    exec("\n".join([*lines, "    return True"]), space)
    return cast(Callable[[Any], bool], space["passes"])


# -- schemas ---------------------------------------------------------------------------------------------------


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a root kind's documents, for editors and for other programs.

    It describes the canonical form: English names, ISO dates. Intake accepts more (labels, instants, 是/否).
    Raises `KeyError` for a name that is no kind.
    """
    root = KINDS[kind]
    return _schema(kind, root.struct, root.zh)


def _schema(name: str, struct: type[Record], zh: str) -> dict[str, Any]:
    kind = name
    (_, definitions) = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    plans = _plans_below(_plan(struct))
    for name, definition in definitions.items():
        plan = plans[name]
        definition["title"] = plan.title.zh
        properties = definition["properties"]
        for field in properties.keys() - plan.names.keys():
            del properties[field]
        for field, schema in properties.items():
            _adjust(schema)
            if plan.names[field].unsigned:
                schema["minimum"] = 0
            if field == "partial":
                schema["items"] = {"enum": sorted(plan.lists)} if plan.lists else False
    own = definitions.pop(struct.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hami-rules:schema:{kind}",
        **own,
        "title": zh,
        **({"$defs": dict(sorted(definitions.items()))} if definitions else {}),
    }


def _plans_below(plan: _Plan) -> dict[str, _Plan]:
    plans = {plan.struct.__name__: plan}
    for field in plan.names.values():
        if field.child:
            plans |= _plans_below(field.child)
    return plans


def _adjust(schema: dict[str, Any]) -> None:
    """Say what documents may write, and briefly: fees as plain numbers too, unknown as one more type or value."""
    if schema.get("default", ...) is None:
        del schema["default"]
    known: dict[str, Any] = next((o for o in schema.get("anyOf", ()) if o != {"type": "null"}), {})
    if "enum" in known:
        del schema["anyOf"]
        schema["enum"] = [*known["enum"], None]
    elif "type" in known:
        del schema["anyOf"]
        types = [known.pop("type"), "null"]
        if known.get("format") == "decimal":
            types.insert(0, "number")
            known = {"pattern": f"^{_DECIMAL.pattern}$"}
        schema |= {"type": types, **known}


def write_schemas(folder: Path) -> list[Path]:
    """Write `<kind>.schema.json` for every root kind, and one for events, and return the files."""
    files = []
    schemas = {kind.name: schema_of(kind.name) for kind in ROOTS.values()}
    schemas["stream_event"] = _schema("stream_event", StreamEvent, "办理动态")
    for name, schema in schemas.items():
        file = folder / f"{name}.schema.json"
        file.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        files.append(file)
    return files

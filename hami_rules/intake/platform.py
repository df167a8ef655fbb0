"""`hami import platform`: exports of government service platforms become guides (办事指南).

What each field of an export becomes is data, `platform.yaml` beside this module; this module knows how values are
read. A value that settles nothing stays unknown and is counted with a sample; a field that no guide has a place for
is counted with the reason; a row that cannot be a guide goes to quarantine. Every row and every field is one of these.

Exports say nothing of validity: `valid_from` stays unknown unless the options give it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.manifest import code_systems
from hami_rules.intake.positioned import read_json
from hami_rules.intake.quarantine import Quarantined
from hami_rules.records.base import Basis
from hami_rules.records.guide import Guide, GuideCondition, GuideMaterial, GuideStep
from hami_rules.records.location import Location
from hami_rules.records.requirement import RequiredService
from hami_rules.records.text import Text

__all__ = [
    "FieldTally",
    "ImportOptions",
    "ImportResult",
    "import_platform",
    "read_rows",
    "split_conditions",
    "write_guides",
]

TABLE = "guides"


# -- what is asked for and what comes back --------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportOptions:
    """What an export does not say about its guides, or what is to be said instead.

    `as_region`: the region code that every guide gets, so that guides published elsewhere can be tried as if they
    were local. `organ_code`: of the organ, for exports of one organ. `published_on` implies that they are published.
    """

    as_region: str | None = None
    organ_code: str | None = None
    published: bool | None = None
    published_on: date | None = None
    valid_from: date | None = None
    open_ended: bool | None = None


class FieldTally(msgspec.Struct):
    """What became of one field of the export, over all rows that became guides: seen = read + empty + left.

    `to`: the guide's field, `None` if there is none. `left`: values that settle nothing (a mapped field) or have no
    place (one that is not mapped); `sample` is the first of them, `reason` why.
    """

    name: str
    to: str | None = None
    seen: int = 0
    read: int = 0
    empty: int = 0
    left: int = 0
    sample: str | None = None
    reason: Text | None = None


@dataclass
class ImportResult:
    """All that was read: `read == len(guides) + merged + len(quarantined)`.

    `merged`: rows that only add one more material to a guide that an earlier row gave.
    """

    guides: list[tuple[Guide, Location]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    fields: dict[str, FieldTally] = field(default_factory=dict)
    read: int = 0
    merged: int = 0

    @property
    def unmapped(self) -> dict[str, int]:
        """Fields that have no place in a guide, with how often each was given."""
        return {t.name: t.seen for t in self.fields.values() if t.to is None}

    @property
    def unread(self) -> dict[str, int]:
        """Mapped fields with values that settled nothing, with how many."""
        return {t.name: t.left for t in self.fields.values() if t.to is not None and t.left}


# -- the mapping, as data ---------------------------------------------------------------------------------------------


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"names": "from"}):
    names: tuple[str, ...]
    to: str
    read: str
    words: str | None = None
    nil: Literal["none"] | None = None
    label: str = ""
    bare: Literal["working"] | None = None
    unit: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()


class _NotMapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"names": "from"}):
    names: tuple[str, ...]
    zh: str
    en: str


class _Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fields: tuple[_Entry, ...]
    material_fields: tuple[_Entry, ...]
    not_mapped: tuple[_NotMapped, ...]
    empty: frozenset[str]
    nil: frozenset[str]
    words: dict[str, dict[str, str]]


@dataclass(frozen=True)
class _Plan:
    """The mapping by name of the export's field (names compared by `_fold`)."""

    guide: dict[str, _Entry]
    material: dict[str, _Entry]
    units: frozenset[str]
    reasons: dict[str, Text]
    empty: frozenset[str]
    nil: frozenset[str]
    words: dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def _plan() -> _Plan:
    text = resources.files("hami_rules.intake").joinpath("platform.yaml").read_text("utf-8")
    # Every scalar as text: 是 and 1 are words of an export, not booleans or numbers of ours.
    data = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    mapping = msgspec.convert(data, _Mapping)
    words = {
        name: {**(dict(code_systems()[name].values) if name in code_systems() else {}), **table}
        for name, table in mapping.words.items()
    }
    for entries, struct in ((mapping.fields, Guide), (mapping.material_fields, GuideMaterial)):
        for entry in entries:
            if entry.to not in struct.__struct_fields__ or entry.read not in _READERS:
                raise ValueError(f"platform.yaml: {entry.names}: {entry.to}, {entry.read}")
            if entry.words is not None and entry.words not in words:
                raise ValueError(f"platform.yaml: {entry.names}: {entry.words}")
    return _Plan(
        guide={_fold(n): e for e in mapping.fields for n in e.names},
        material={_fold(n): e for e in mapping.material_fields for n in e.names},
        units=frozenset(_fold(n) for e in mapping.fields for n in e.unit),
        reasons={_fold(n): Text(e.zh, e.en) for e in mapping.not_mapped for n in e.names},
        empty=mapping.empty,
        nil=mapping.nil,
        words=words,
    )


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


# -- reading one row --------------------------------------------------------------------------------------------------

_NO_FIELD = Text("指南没有这一项，对照表也没有列出", "no such field in a guide, nor in the mapping")
_UNSETTLED = Text("值不能确定，按未知处理", "the value settles nothing and stays unknown")


class _Bad(Exception):
    """The row cannot be trusted: `code` and message of the problem."""

    def __init__(self, code: str, message: Text, hint: Text | None = None) -> None:
        super().__init__(message.en)
        self.code, self.message, self.hint = code, message, hint


class _Unsettled(Exception):
    """The value is there but settles nothing."""


@dataclass
class _Row:
    """One row while it is read: the values it gives, notes on time limits, lists left open, and its tallies."""

    data: Mapping[str, Any]
    folded: dict[str, Any]
    plan: _Plan
    location: Location
    values: dict[str, Any] = field(default_factory=dict)
    given_by: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    partial: set[str] = field(default_factory=set)
    tallies: list[FieldTally] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reading: str = ""  # the field of the row that is being read

    def problem(self, name: str, error: _Bad, pointer: str | None = None) -> None:
        place = msgspec.structs.replace(
            self.location, pointer=(self.location.pointer or "") + (pointer or _pointer(name))
        )
        self.problems.append(Problem(error.code, error.message, place, error.hint))

    def read_field(
        self, name: str, value: Any, entry: _Entry, values: dict[str, Any], prefix: str = ""
    ) -> None:
        """Read one mapped field into `values`, and tally it."""
        tally = FieldTally(prefix + name, entry.to, seen=1)
        self.tallies.append(tally)
        pointer = None
        try:
            if self._empty(value):
                tally.empty = 1
                return
            if self._nil(value):
                if entry.nil is None:
                    tally.empty = 1
                    return
                result: Any = []
            else:
                result = _READERS[entry.read](value, entry, self)
            tally.read = 1
        except _Unsettled:
            tally.left, tally.sample, tally.reason = 1, quoted(value), _UNSETTLED
            return
        except _Bad as error:
            pointer = _pointer(name)
            self.problem(name, error, pointer)
            return
        if result is None:  # a note: kept beside the fields
            return
        if entry.to in values and values[entry.to] != result:
            before = self.given_by.get(entry.to, "")
            self.problem(
                name,
                _Bad(
                    "conflicting-fields",
                    Text(
                        f"“{before}”与“{name}”给出的{entry.to}不同：{quoted(values[entry.to], 30)}，{quoted(result, 30)}",
                        f"{before!r} and {name!r} differ on {entry.to}: "
                        f"{quoted(values[entry.to], 30)} and {quoted(result, 30)}",
                    ),
                ),
            )
        values[entry.to] = result
        self.given_by[entry.to] = name

    def _empty(self, value: Any) -> bool:
        if isinstance(value, str):
            return value.strip() in self.plan.empty
        return value is None or (isinstance(value, list | dict) and not value)

    def _nil(self, value: Any) -> bool:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return isinstance(value, str) and value.strip() in self.plan.nil

    def note(self, label: str, text: str) -> None:
        self.notes.append(f"{label}：{text}" if label else text)


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


# -- readers: value, entry of the mapping, row → value of the guide's field -----------------------------------------


def _text_of(value: Any) -> str:
    """A scalar as text, stripped."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
    raise _Bad(
        "wrong-shape",
        Text(
            f"这里应是文字或数字，不是 {quoted(value, 40)}",
            f"text or a number expected, not {quoted(value, 40)}",
        ),
    )


def _text(value: Any, entry: _Entry, row: _Row) -> str:
    text = _text_of(value)
    for prefix in entry.strip:
        text = text.removeprefix(prefix).strip()
    if not text:
        raise _Unsettled
    return text


def _code(value: Any, entry: _Entry, row: _Row) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", _text_of(value)))


def _note(value: Any, entry: _Entry, row: _Row) -> None:
    row.note(entry.label, _text_of(value))


_WORKING = re.compile(r"(\d{1,4})\s*个?\(?\s*个?工作日\)?")
_AT_ONCE = re.compile(r"即办(件)?|即时办结|即来即办|当场办结|当场(办理|即办)|立等可取")


def _days(value: Any, entry: _Entry, row: _Row) -> int:
    """Working days; anything else is kept as a note on the time limit and leaves the number unknown."""
    text = unicodedata.normalize("NFKC", _text_of(value))
    if _AT_ONCE.fullmatch(text):
        return 0
    if found := _WORKING.fullmatch(text):
        return int(found[1])
    if re.fullmatch(r"\d{1,4}", text):
        units = [row.folded.get(_fold(name)) for name in entry.unit]
        unit = next((_text_of(u) for u in units if not row._empty(u)), None)
        if (unit is None and entry.bare == "working") or unit in ("工作日", "个工作日"):
            return int(text)
        if unit is not None:
            row.note(entry.label, f"{text}（{'单位代码 ' if unit.isdigit() else ''}{unit}）")
            raise _Unsettled
    row.note(entry.label, _text_of(value))
    raise _Unsettled


def _count(value: Any, entry: _Entry, row: _Row) -> int:
    found = re.fullmatch(r"(\d{1,4})\s*[次份]?", unicodedata.normalize("NFKC", _text_of(value)))
    if not found:
        raise _Unsettled
    return int(found[1])


def _look_up(value: Any, entry: _Entry, row: _Row) -> str:
    """The table's answer for a word or code; one that is not in the table is an error with the value, not a guess."""
    text = "true" if value is True else "false" if value is False else _text_of(value)
    table = row.plan.words[entry.words or ""]
    if text in table:
        return table[text]
    close = nearest(text, table)
    raise _Bad(
        "unmapped-value",
        Text(
            f"“{quoted(text)}”不在对照表“{entry.words}”中",
            f"{quoted(text)!r} is not in the table {entry.words!r}",
        ),
        Text(f"是否为“{close}”？", f"did you mean {close!r}?") if close else None,
    )


def _word(value: Any, entry: _Entry, row: _Row) -> str:
    return _look_up(value, entry, row)


def _yes_no(value: Any, entry: _Entry, row: _Row) -> bool:
    return _look_up(value, entry, row) == "true"


def _region(value: Any, entry: _Entry, row: _Row) -> str:
    text = _text_of(value)
    if re.fullmatch(r"\d{6}(\d{3}|\d{6})?", text):
        return text[:6]
    if re.fullmatch(r"\d+", text):
        raise _Bad(
            "region-code", Text(f"“{quoted(text)}”不是区划代码", f"{quoted(text)!r} is no region code")
        )
    table = row.plan.words[entry.words or ""]
    code = table.get(text) or table.get(text.removeprefix("新疆维吾尔自治区"))
    if code is None:
        raise _Unsettled
    return code


def _serves(value: Any, entry: _Entry, row: _Row) -> list[str]:
    """Whom the item serves. A list of persons or public bodies only stays open: see the table."""
    words = value if isinstance(value, list) else re.split(r"[、,，;；|\s]+", _text_of(value))
    kinds: list[str] = []
    leaves_open = False
    for word in words:
        answer = _look_up(word, entry, row)
        kind = answer.removesuffix("?")
        leaves_open |= answer.endswith("?")
        if kind and kind not in kinds:
            kinds.append(kind)
    if leaves_open and not set(kinds) - {"natural_person"}:
        row.partial.add(entry.to)
    if not kinds:
        raise _Unsettled
    return kinds


def _conditions(value: Any, entry: _Entry, row: _Row) -> list[GuideCondition]:
    if isinstance(value, list):
        return [GuideCondition(text=_text_of(v)) for v in value]
    text = _text_of(value)
    # An export that cuts its texts leaves a list announced and not given, or only begun.
    if text.endswith(("：", ":", "；", ";", "，", ",", "、")) or len(_numbering(text)) == 1:
        row.partial.add(entry.to)
    return [GuideCondition(text=part) for part in split_conditions(text)]


def _materials(value: Any, entry: _Entry, row: _Row) -> list[GuideMaterial]:
    """A list of names or of objects, or one text with a name a line."""
    if not isinstance(value, list):
        value = [part for part in re.split(r"[\n；;]+", _text_of(value)) if part.strip()]
    materials: list[GuideMaterial] = []
    for number, one in enumerate(value):
        if isinstance(one, dict):
            materials.append(_material(one, row, f"{row.reading}[].", number))
        elif not row._empty(one):
            materials.append(GuideMaterial(material_name=_text_of(one)))
    return materials


def _material(data: Mapping[str, Any], row: _Row, prefix: str, number: int | None = None) -> GuideMaterial:
    values: dict[str, Any] = {}
    for name, value in data.items():
        entry = row.plan.material.get(_fold(name))
        if entry:
            row.read_field(name, value, entry, values, prefix)
        elif number is not None:
            row.tallies.append(_not_mapped(name, value, row, prefix))
    if not values.get("material_name") and not values.get("material_code"):
        raise _Bad("no-material-name", Text("材料没有名称和编码", "a material without name and code"))
    return GuideMaterial(**values)


_ARROW = re.compile(r"\s*(?:→|⇒|➔|—+>|-+>|=+>)\s*")


def _steps(value: Any, entry: _Entry, row: _Row) -> list[GuideStep]:
    """A list of names, or one line with arrows. Prose or a link to a picture tells no steps."""
    if isinstance(value, list):
        names = [
            _text_of(v.get("link_name") or v.get("step_name")) if isinstance(v, dict) else _text_of(v)
            for v in value
        ]
    else:
        names = _ARROW.split(_text_of(value))
        if len(names) < 2 or any(len(name) > 40 for name in names):
            raise _Unsettled
    if not all(names):
        raise _Unsettled
    return [GuideStep(step_no=number, step_name=name) for number, name in enumerate(names, 1)]


def _services(value: Any, entry: _Entry, row: _Row) -> list[RequiredService]:
    names = value if isinstance(value, list) else re.split(r"[、；;\n]+", _text_of(value))
    return [RequiredService(service_name=_text_of(name)) for name in names if not row._empty(name)]


_NUMERAL = r"[0-9一二三四五六七八九十百零〇]+"
_CITED = re.compile(
    rf"《(?P<title>[^《》]+)》(?:[(（][^()（）]*[)）])?\s*(?P<article>第{_NUMERAL}条(?:第{_NUMERAL}[款项]|第[(（]{_NUMERAL}[)）]项)*)?"
)


def _bases(value: Any, entry: _Entry, row: _Row) -> list[Basis]:
    """《…》第…条, one or several; a text with anything else in it is kept whole."""
    text = _text_of(value)
    found = list(_CITED.finditer(text))
    if found and not re.sub(r"[\s、，,；;。和及]|根据|依据", "", _CITED.sub("", text)):
        return [Basis(instrument_title=f["title"], article=f["article"]) for f in found]
    return [Basis(instrument_title=text)]


_READERS: dict[str, Callable[[Any, _Entry, _Row], Any]] = {
    "text": _text,
    "code": _code,
    "note": _note,
    "days": _days,
    "count": _count,
    "word": _word,
    "yes_no": _yes_no,
    "region": _region,
    "serves": _serves,
    "conditions": _conditions,
    "materials": _materials,
    "steps": _steps,
    "services": _services,
    "bases": _bases,
}


# -- one text → conditions -----------------------------------------------------------------------------------------

_HAN = "一二三四五六七八九十"
# A number counts only where an entry can begin, and （一）项 is a reference.
_BEGIN = r"(?:(?<=[\s；;。：:，,）)》”])|^)"
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[（(](?P<n>[{_HAN}]{{1,3}})[）)](?![项款目])\s*",
        rf"{_BEGIN}(?P<n>[{_HAN}]{{1,3}})、\s*",
        rf"{_BEGIN}(?P<n>\d{{1,2}})\s*[.．](?!\d)\s*",
        rf"{_BEGIN}(?P<n>\d{{1,2}})、\s*",
        r"[（(](?P<n>\d{1,2})[）)](?![项款目])\s*",
        rf"{_BEGIN}(?P<n>\d{{1,2}})[）)]\s*",
    )
)
# What is listed after these is no list of conditions that must all be met.
_OTHERWISE = re.compile(r"之一|任一|任何一|以下一[条项]|其中一|除外|情形|情况|行为|项目|人员可|对象")
_ALL = re.compile(r"条件|要求|规定|符合|具备|满足")
# A semicolon is also plain punctuation: it separates conditions only after words that announce a list.
_LISTED = re.compile(r"(以下|下列|如下|全部|所有).*[：:]")
_LEAD = 80


def split_conditions(text: str) -> list[str]:
    """The conditions of one text, by its own numbering, in its own words; the whole text where that is ambiguous.

    It is split only where the outermost numbering runs 1, 2, 3 … without a gap or a restart, and what stands before
    it, if anything, announces conditions that must all be met (announced alternatives, 之一, are one condition). The
    announcement stays with the first. Without numbers, `；` separates only after such an announcement with a colon.
    """
    whole = [text.strip()]
    marks = _numbering(text)
    if marks:
        if len(marks) < 2 or [_number(m["n"]) for m in marks] != list(range(1, len(marks) + 1)):
            return whole
        lead = text[: marks[0].start()].strip()
        ends = [m.start() for m in marks[1:]] + [len(text)]
        parts = [text[m.end() : end] for m, end in zip(marks, ends, strict=True)]
    else:
        announced = re.match(r"[^：:；;]*[：:]", text)
        if not announced or not _LISTED.search(announced[0]):
            return whole
        lead = announced[0].strip()
        parts = _at_semicolons(text[announced.end() :])
    parts = [part.strip().strip("；;—").strip() for part in parts]
    if len(parts) < 2 or not all(parts):
        return whole
    if lead and (len(lead) > _LEAD or _OTHERWISE.search(lead) or not _ALL.search(lead)):
        return whole
    parts[0] = lead + parts[0]
    return parts


def _numbering(text: str) -> list[re.Match[str]]:
    """The marks of the outermost numbering: the style whose first mark comes first."""
    runs = [found for style in _STYLES if (found := list(style.finditer(text)))]
    return min(runs, key=lambda run: run[0].start(), default=[])


def _at_semicolons(text: str) -> list[str]:
    """`text` at each ； that stands in no bracket."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char in "（(《“":
            depth += 1
        elif char in "）)》”":
            depth -= 1
        elif char in "；;" and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip(" \u3000—")]


def _number(text: str) -> int:
    """1, 一, 十, 十二, 二十, 二十一; 0 for what is no number."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (10 * (_HAN.index(tens) + 1 if tens else 1) if ten else 0) + (_HAN.index(ones) + 1 if ones else 0)


# -- rows → guides -----------------------------------------------------------------------------------------------------


def import_platform(
    rows: Iterable[tuple[Any, Location]], options: ImportOptions = ImportOptions()
) -> ImportResult:
    """Guides from the rows of an export. Raises nothing for bad rows: they are in `quarantined`.

    A row is a dict (values native, or all text as positioned documents give them), or the `Problem` that kept it
    from being read. Rows that name one material each of the same item become one guide.
    """
    result = ImportResult()
    # Guides made from rows of one material each, by item code: where each stands in `guides`.
    growing: dict[str, int] = {}
    for data, location in rows:
        result.read += 1
        row, guide = _guide(data, location, options)
        if guide is None:
            result.quarantined.append(Quarantined(location, TABLE, tuple(row.problems), _raw(data)))
            continue
        key = guide.item_code or ""
        if _flat(row):
            if key in growing:
                earlier, place = result.guides[growing[key]]
                if msgspec.structs.replace(guide, materials=None) != msgspec.structs.replace(
                    earlier, materials=None
                ):
                    row.problem(
                        "",
                        _Bad(
                            "differing-rows",
                            Text(
                                f"同一实施编码 {quoted(key)} 的各行除材料外应当相同，与 {place} 不同",
                                f"rows of one code, {quoted(key)}, may differ in materials only; differs from {place}",
                            ),
                        ),
                        pointer="",
                    )
                    result.quarantined.append(Quarantined(location, TABLE, tuple(row.problems), _raw(data)))
                    continue
                materials = [*(earlier.materials or ()), *(guide.materials or ())]
                result.guides[growing[key]] = (msgspec.structs.replace(earlier, materials=materials), place)
                result.merged += 1
                _add_up(result.fields, row.tallies)
                continue
            growing[key] = len(result.guides)
        result.guides.append((guide, location))
        _add_up(result.fields, row.tallies)
    return result


def _guide(data: Any, location: Location, options: ImportOptions) -> tuple[_Row, Guide | None]:
    row = _Row({}, {}, _plan(), location)
    if isinstance(data, Problem):
        row.problems.append(data)
        return row, None
    if not isinstance(data, Mapping):
        row.problems.append(
            Problem(
                "not-an-object",
                Text("这一行不是对象（键和值）", "the row is no object of keys and values"),
                location,
            )
        )
        return row, None
    row = _Row(data, {_fold(str(k)): v for k, v in data.items()}, _plan(), location)
    _read(row)
    values = row.values
    if not values.get("item_code") and not row.problems:
        row.problems.append(
            Problem(
                "no-key",
                Text(
                    "没有实施编码，无法辨认是哪一个事项",
                    "no implementation code: which item it is cannot be told",
                ),
                location,
                Text("实施编码的字段名为 task_code", "the code is called task_code"),
            )
        )
    if row.problems:
        return row, None
    if row.notes:
        values["time_limit_text"] = "；".join(row.notes)
    if options.as_region:
        values["region"] = options.as_region
    organ = options.organ_code or values.get("organ_code") or _organ_in(values["item_code"])
    guide = Guide(
        **{**values, "organ_code": organ},
        partial=tuple(sorted(row.partial & values.keys())),
        published=True if options.published_on and options.published is None else options.published,
        published_on=options.published_on,
        valid_from=options.valid_from,
        open_ended=options.open_ended,
    )
    return row, guide


def _read(row: _Row) -> None:
    flat = _flat(row)
    for name, value in row.data.items():
        name = str(name)
        folded = _fold(name)
        entry = row.plan.guide.get(folded)
        if entry:
            row.reading = name
            row.read_field(name, value, entry, row.values)
        elif folded in row.plan.units:
            tally = FieldTally(name, "time_limit_text", seen=1)
            tally.empty, tally.read = (1, 0) if row._empty(value) else (0, 1)
            row.tallies.append(tally)
        elif not (flat and folded in row.plan.material):
            row.tallies.append(_not_mapped(name, value, row))
    if flat:
        own = {str(k): v for k, v in row.data.items() if _fold(str(k)) not in row.plan.guide}
        try:
            row.values["materials"] = [*(row.values.get("materials") or ()), _material(own, row, "")]
        except _Bad as error:
            row.problem("material_name", error)


def _flat(row: _Row) -> bool:
    """Whether the row itself names one material of its item."""
    return any(name in row.folded for name in ("material_name", "材料名称"))


def _not_mapped(name: str, value: Any, row: _Row, prefix: str = "") -> FieldTally:
    tally = FieldTally(prefix + name, None, seen=1, reason=row.plan.reasons.get(_fold(name), _NO_FIELD))
    if row._empty(value) or row._nil(value):
        tally.empty = 1
    else:
        tally.left, tally.sample = 1, quoted(value)
    return tally


def _add_up(fields: dict[str, FieldTally], tallies: Iterable[FieldTally]) -> None:
    for one in tallies:
        known = fields.get(one.name)
        if known is None:
            fields[one.name] = one
            continue
        known.seen += one.seen
        known.read += one.read
        known.empty += one.empty
        known.left += one.left
        if known.sample is None:
            known.sample, known.reason = one.sample, known.reason or one.reason


def _raw(data: Any) -> Any:
    return None if isinstance(data, Problem) else data


# GB 32100-2015: characters of a unified social credit code, and the weights of its check character.
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def _organ_in(item_code: str) -> str | None:
    """The organ's unified social credit code where an implementation code begins with one (its check character
    agrees); else unknown."""
    code = item_code[:18]
    if len(code) < 18 or not code.startswith("1") or any(c not in _CREDIT for c in code):
        return None
    total = sum(_CREDIT.index(c) * w for c, w in zip(code, _WEIGHTS, strict=False))
    return code if _CREDIT[-total % 31] == code[17] else None


# -- files -----------------------------------------------------------------------------------------------------------------


def read_rows(path: Path, shown_as: str | None = None) -> Iterator[tuple[Any, Location]]:
    """The rows of a JSON Lines file or of a JSON array, each with its place; a broken line is its `Problem`.

    Raises `InputError` if the file cannot be read, is not UTF-8, or is a JSON document that is no array.
    """
    source = shown_as or str(path)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise InputError(
            [
                Problem(
                    "unreadable",
                    Text(f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}"),
                    Location(source),
                )
            ]
        ) from error
    start = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    if body[start:].lstrip()[:1] == b"[":
        document = read_json(body[start:], source)
        for number, value in enumerate(document.data):
            yield value, _at_row(document.locate(f"/{number}"), number + 1)
        return
    offset = start
    for number, line in enumerate(body[start:].split(b"\n"), 1):
        here = Location(source, line=number, column=1, row=number, offset=offset)
        offset += len(line) + 1
        if line.strip():
            yield _line(line, here), here


def _at_row(location: Location, row: int) -> Location:
    """The place with the number of its row (from 1)."""
    return msgspec.structs.replace(location, row=row)


def _line(line: bytes, here: Location) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The slow reader says where and what.
        try:
            return read_json(line.rstrip(b"\r"), here.source).data
        except InputError as error:
            return error.moved(here).problems[0]


def write_guides(guides: Iterable[tuple[Guide, Location]], path: Path) -> int:
    """Write the guides as YAML (one document a guide) or JSON Lines, by the file's suffix; returns how many.

    Raises `ValueError` for any other suffix.
    """
    written = 0
    if path.suffix in (".yaml", ".yml"):
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for guide, _ in guides:
                file.write("---\n")
                yaml.dump(
                    msgspec.to_builtins(guide), file, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
                    allow_unicode=True, sort_keys=False, width=1000,
                )  # fmt: skip
                written += 1
    elif path.suffix == ".jsonl":
        with path.open("wb") as lines:
            for guide, _ in guides:
                lines.write(msgspec.json.encode(guide) + b"\n")
                written += 1
    else:
        raise ValueError(f"{path.name}: .yaml, .yml or .jsonl")
    return written

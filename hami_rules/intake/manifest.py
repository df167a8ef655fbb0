"""`dossier.yaml`: which file holds which table, what its columns and codes mean, and what it is complete for.

Everything in it is optional; a folder whose names match needs no manifest at all (`hami_rules.intake.dossier`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.positioned import Positioned, read_document
from hami_rules.records.kinds import ROOTS, TABLES
from hami_rules.records.labels import REGIONS
from hami_rules.records.text import Text
from hami_rules.records.world import Covered

__all__ = [
    "MANIFEST",
    "CodeSystem",
    "Empty",
    "Manifest",
    "TableSpec",
    "code_systems",
    "read_manifest",
]

MANIFEST = "dossier.yaml"

Empty = Literal["unknown", "false", "none", "open"]
"""What an empty cell says.

- `unknown` (the default): nobody said → `None`.
- `false`: it did not happen → `False`. For a yes-no field, or for the date of a happening (`withdrawn_on`), whose
  yes-no field (`withdrawn`) becomes `False`.
- `none`: there is none → `[]` for a list, `False` as above. A text, number or other date has no absent value, so
  `none` is refused for it.
- `open`: no end → `open_ended: true`. For `valid_to` only.
"""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Extent(_Model):
    """What a table is complete for: regions (none named: everywhere), first and last day, both inclusive."""

    regions: tuple[str, ...] = ()
    since: date = Field(default=date.min, validation_alias="from")
    until: date = Field(default=date.max, validation_alias=AliasChoices("to", "complete_until"))

    @model_validator(mode="after")
    def _in_order(self) -> Extent:
        if self.since > self.until:
            raise ValueError("from > to")
        return self


class TableSpec(_Model):
    """One entry under `tables:`. Without `table_of` a table of root records; with it, rows that hang under one.

    `key` names the columns that join a child to its parent: one name, a list, or `{column of the child: column of
    the parent}`; headers and field names both serve. `order` names the child's column to sort by (default: as in
    the file). `partial: true` says that the children given are not all there are.
    """

    file: str | None = None
    files: tuple[str, ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    columns: dict[str, str] = {}
    empty: dict[str, Empty] = {}
    codes: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    table_of: str | None = None
    key: dict[str, str] = {}
    order: str | None = None
    partial: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"file": data}
        if isinstance(data, Mapping):
            data = dict(data)
            key = data.get("key")
            if isinstance(key, str):
                key = [key]
            if isinstance(key, list) and all(isinstance(k, str) for k in key):
                data["key"] = {k: k for k in key}
            for name in ("files", "ignore"):
                if isinstance(data.get(name), str):
                    data[name] = [data[name]]
        return data

    @property
    def patterns(self) -> tuple[str, ...]:
        """The files as named, relative to the dossier; `*`, `?`, `[…]` and `**` as in glob."""
        return ((self.file,) if self.file else ()) + self.files

    @property
    def plain(self) -> bool:
        """Nothing is said about columns: records can be read as they stand."""
        return not (self.columns or self.empty or self.codes)


class TableExtent(_Model):
    """A table's own section at the top of the manifest: `guides: {complete: {…}}`."""

    complete: Extent | None = None
    complete_until: date | None = None


class Manifest(_Model):
    """The whole of `dossier.yaml`."""

    title: str | None = None
    tables: dict[str, TableSpec] = {}
    completeness: dict[str, Extent] = {}
    ignore_files: tuple[str, ...] = ()
    _document: Positioned | None = PrivateAttr(default=None)

    @property
    def text(self) -> str:
        """The manifest as it is written; empty for a dossier without one."""
        return self._document.text if self._document is not None else ""

    def covered(self) -> tuple[Covered, ...]:
        """The declarations of completeness, as the world asks for them."""
        return tuple(
            Covered(table, frozenset(e.regions), e.since, e.until) for table, e in self.completeness.items()
        )

    def problem(
        self, code: str, zh: str, en: str, *path: str, key: bool = False, hint: Text | None = None
    ) -> Problem:
        """A problem that stands at `path` in the manifest (without place for a dossier without manifest)."""
        place = self._document.locate(_pointer(path), key=key) if self._document is not None else None
        return Problem(code, Text(zh, en), place, hint)


def _pointer(path: Iterable[object]) -> str:
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in path)


def read_manifest(path: Path, shown_as: str | None = None) -> Manifest:
    """The manifest in a file. Raises `InputError` with every problem, each at its line and column."""
    documents = read_document(path, shown_as)
    name = shown_as or str(path)
    if len(documents) != 1:
        raise InputError(
            [Problem("manifest", Text(f"{name}应当只有一个文档", f"{name} must hold exactly one document"))]
        )
    return _manifest(documents[0])


def _manifest(document: Positioned) -> Manifest:
    data = {} if document.data in (None, "") else document.data
    if not isinstance(data, dict):
        raise InputError(
            [
                Problem(
                    "manifest",
                    Text("dossier.yaml 应当是键值映射", "dossier.yaml must be a mapping"),
                    document.locate(""),
                )
            ],
            document.text,
        )
    problems: list[Problem] = []
    tops = {name: data[name] for name in data if name in ROOTS}
    body = {k: v for k, v in data.items() if k not in tops}
    manifest: Manifest | None = None
    try:
        manifest = Manifest.model_validate(body)
    except ValidationError as error:
        problems += _problems(error, document, ())
    extents: dict[str, Extent] = {}
    for name, value in tops.items():
        try:
            section = TableExtent.model_validate(value)
        except ValidationError as error:
            problems += _problems(error, document, (name,))
            continue
        if section.complete is not None:
            extents[name] = section.complete
        elif section.complete_until is not None:
            extents[name] = Extent.model_validate({"complete_until": section.complete_until})
    if manifest is not None:
        manifest = manifest.model_copy(update={"completeness": {**manifest.completeness, **extents}})
        manifest._document = document
        problems += _checked(manifest, extents, set(body.get("completeness") or ()))
    if problems or manifest is None:
        raise InputError(problems, document.text)
    return manifest


def _checked(manifest: Manifest, extents: Mapping[str, Extent], declared: set[str]) -> list[Problem]:
    """What the shape alone does not say: names of tables, of code systems, and joins."""
    problems: list[Problem] = []
    for name in declared:
        if name not in ROOTS:
            problems.append(_unknown_table(manifest, name, "completeness", name))
        if name in extents:
            problems.append(
                manifest.problem(
                    "declared-twice",
                    f"“{name}”的完整性声明了两次",
                    f"completeness of “{name}” is declared twice",
                    name,
                    key=True,
                )
            )
    for name, extent in manifest.completeness.items():
        at = (name, "complete") if name in extents else ("completeness", name)
        problems += [
            _unknown_region(manifest, region, *at, "regions", str(i))
            for i, region in enumerate(extent.regions)
            if region[:6] not in _DECLARED or len(region) not in (6, 9, 12)
        ]
    for name, spec in manifest.tables.items():
        if not spec.patterns:
            problems.append(
                manifest.problem(
                    "no-file",
                    f"表“{name}”没有写明 file",
                    f"table “{name}” names no file",
                    "tables",
                    name,
                    key=True,
                )
            )
        if spec.table_of is None:
            if name not in TABLES:
                problems.append(_unknown_table(manifest, name, "tables", name))
            for word in ("key", "order", "partial"):
                if getattr(spec, word):
                    problems.append(
                        manifest.problem(
                            "not-a-child",
                            f"“{word}”只用于带 table_of 的子表",
                            f"“{word}” is for tables with table_of only",
                            "tables",
                            name,
                            word,
                            key=True,
                        )
                    )
        elif not spec.key:
            problems.append(
                manifest.problem(
                    "no-join",
                    f"子表“{name}”没有写明与上级表相连的 key",
                    f"child table “{name}” does not say by which key it joins its parent",
                    "tables",
                    name,
                    key=True,
                )
            )
        for field, system in spec.codes.items():
            if system not in code_systems():
                close = nearest(system, code_systems())
                problems.append(
                    manifest.problem(
                        "unknown-code-system",
                        f"没有代码体系“{quoted(system)}”",
                        f"there is no code system “{quoted(system)}”",
                        "tables",
                        name,
                        "codes",
                        field,
                        hint=_meant(close, code_systems()),
                    )
                )
    return problems


_DECLARED = {code: zh for code, (zh, _) in REGIONS.items()} | {"650000": "新疆维吾尔自治区"}
"""The regions that tables may be complete for, by the code that township codes begin with: a code that no record bears
would declare nothing."""


def _unknown_region(manifest: Manifest, region: str, *path: str) -> Problem:
    names = {zh: code for code, zh in _DECLARED.items()}
    close = nearest(region, [*_DECLARED, *names])
    code = names.get(close, close) if close else None
    listed = "、".join(f"{c} {zh}" for c, zh in _DECLARED.items())
    return manifest.problem(
        "unknown-region",
        f"没有行政区划代码“{quoted(region)}”，这样声明的完整性不起作用",
        f"there is no region “{quoted(region)}”: completeness declared for it has no effect",
        *path,
        hint=Text(f"是否为“{code}”（{_DECLARED[code]}）？", f"did you mean “{code}” ({_DECLARED[code]})?")
        if code
        else Text(f"可用：{listed}", "one of: " + ", ".join(_DECLARED)),
    )


def _unknown_table(manifest: Manifest, name: str, *path: str) -> Problem:
    return manifest.problem(
        "unknown-table",
        f"没有表“{quoted(name)}”",
        f"there is no table “{quoted(name)}”",
        *path,
        key=True,
        hint=_meant(nearest(name, TABLES), TABLES),
    )


def _meant(close: str | None, names: Iterable[str]) -> Text:
    if close:
        return Text(f"是否为“{close}”？", f"did you mean “{close}”?")
    listed = ", ".join(sorted(names))
    return Text(f"可用：{listed}", f"one of: {listed}")


_PYDANTIC: dict[str, tuple[str, str, str]] = {
    "date": ("date", "不是日期（应当写作 2024-03-01）", "is not a date (write 2024-03-01)"),
    "bool": ("bool", "不是 true 或 false", "is neither true nor false"),
    "literal_error": ("choice", "不在可选值之中", "is not one of the choices"),
    "dict_type": ("shape", "应当是键值映射", "must be a mapping"),
    "model_type": ("shape", "应当是键值映射", "must be a mapping"),
    "tuple_type": ("shape", "应当是列表", "must be a list"),
    "string_type": ("shape", "应当是文本", "must be text"),
    "value_error": ("period", "起始日晚于截止日", "begins after it ends"),
}


def _problems(error: ValidationError, document: Positioned, base: tuple[str, ...]) -> list[Problem]:
    out: list[Problem] = []
    for e in error.errors(include_url=False):
        path = tuple(str(p) for p in (*base, *e["loc"]))
        kind = e["type"]
        if kind == "extra_forbidden":
            name = path[-1]
            names = _names_at(path[:-1])
            out.append(
                Problem(
                    "unknown-key",
                    Text(f"不认识的键“{quoted(name)}”", f"unknown key “{quoted(name)}”"),
                    document.locate(_pointer(path), key=True),
                    _meant(nearest(name, names), names),
                )
            )
            continue
        known = _PYDANTIC.get(kind) or next(
            (v for k, v in _PYDANTIC.items() if kind.startswith(k + "_")),
            ("manifest", "不正确", "is not right"),
        )
        said = quoted(e["input"])
        expected = (e.get("ctx") or {}).get("expected")
        out.append(
            Problem(
                f"manifest-{known[0]}",
                Text(f"“{said}”{known[1]}", f"“{said}” {known[2]}"),
                document.locate(_pointer(path)),
                Text(f"可用：{expected}", f"one of: {expected}") if expected else None,
            )
        )
    return out


def _names_at(path: tuple[str, ...]) -> list[str]:
    """The keys that may stand in the mapping at `path`."""
    model: type[BaseModel] = Manifest
    if len(path) >= 2:
        model = TableSpec if path[0] == "tables" else Extent
    elif len(path) == 1:
        model = TableExtent
    names: list[str] = []
    for name, info in model.model_fields.items():
        alias = info.validation_alias
        if isinstance(alias, AliasChoices):
            names += [str(c) for c in alias.choices]
        else:
            names.append(str(alias or name))
    if model is Manifest:
        names += ROOTS
    return names


# -- code systems ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CodeSystem:
    """One code system: what each code says, of its own field (`values`) or of several others (`sets`)."""

    name: str
    title: Text
    values: Mapping[str, str]
    sets: Mapping[str, Mapping[str, str]]

    @property
    def codes(self) -> list[str]:
        return sorted({*self.values, *self.sets})


@cache
def code_systems() -> Mapping[str, CodeSystem]:
    """The code systems that imports may name, from `codes.yaml` beside this module."""
    text = resources.files("hami_rules.intake").joinpath("codes.yaml").read_text("utf-8")
    # The package's own file, every scalar quoted where YAML would guess.
    data: dict[str, Any] = yaml.safe_load(text)
    return {
        name: CodeSystem(name, Text(**body["title"]), body.get("values") or {}, body.get("sets") or {})
        for name, body in data.items()
    }

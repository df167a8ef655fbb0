"""`hami.toml`, or `[tool.hami]` of `pyproject.toml`: how a repository wants to be checked.

It chooses what is looked at, what is shown and what fails; nothing in it changes a verdict.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal

from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["NAMES", "Config", "find_config", "read_config", "repository_of"]

NAMES = ("hami.toml", ".hami.toml")


def _written(name: str) -> str:
    """A field as the file names it."""
    return "with" if name == "context" else name


@dataclass(frozen=True)
class Config:
    """What the file may say. Paths and patterns are relative to the folder that holds it (`root`)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "alias_generator": _written}

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Literal["violation", "shortfall", "suspicion", "undetermined"] | None = None
    waivers: str | None = None
    baseline: str | None = None
    inline_waivers: bool = True
    lang: Literal["zh", "en"] | None = None


def find_config(start: Path) -> Path | None:
    """The nearest configuration from a folder upwards, no further than the root of its git repository."""
    for folder in (start, *start.parents):
        for name in NAMES:
            if (folder / name).is_file():
                return folder / name
        project = folder / "pyproject.toml"
        if project.is_file() and _has_table(project):
            return project
        if (folder / ".git").exists():
            return None
    return None


def repository_of(start: Path) -> Path | None:
    """The root of the git repository that a folder is in."""
    return next((f for f in (start, *start.parents) if (f / ".git").exists()), None)


def _has_table(project: Path) -> bool:
    try:
        return "hami" in tomllib.loads(project.read_text("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False  # another tool's file, and another tool's business


def read_config(path: Path) -> Config:
    """Raises `InputError` with everything that is wrong, each at its line."""
    name = str(path)
    try:
        text = path.read_text("utf-8-sig")
        data: Any = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(
            [
                Problem(
                    "not-utf8", Text("不是 UTF-8 文本", "not UTF-8 text"), Location(name, offset=error.start)
                )
            ]
        ) from None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        place = Location(name, int(at[1]), int(at[2])) if at else Location(name)
        said = Text(f"TOML 语法错误：{error}", f"TOML: {error}")
        raise InputError([Problem("toml-syntax", said, place)], text) from None
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("hami", {})
    from pydantic import TypeAdapter, ValidationError  # late: most repositories have no such file

    try:
        return TypeAdapter(Config).validate_python(data)
    except ValidationError as error:
        raise InputError([_problem(e, text, name) for e in error.errors()], text) from None


_FIELDS = tuple(_written(f.name) for f in fields(Config))


def _problem(error: Any, text: str, name: str) -> Problem:
    key = str(error["loc"][0]) if error["loc"] else ""
    found = re.search(rf"(?m)^[ \t]*\"?({re.escape(key)})\"?[ \t]*=", text) if key else None
    place = Location(name)
    if found:
        line = text.count("\n", 0, found.start(1)) + 1
        column = found.start(1) - (text.rfind("\n", 0, found.start(1)) + 1) + 1
        place = Location(name, line, column, line, column + len(key))
    if error["type"] == "unexpected_keyword_argument":
        close = nearest(key, _FIELDS)
        return Problem(
            "unknown-setting",
            Text(f"没有设置“{quoted(key)}”", f"there is no setting “{quoted(key)}”"),
            place,
            Text(f"是否为“{close}”？", f"did you mean “{close}”?")
            if close
            else Text(f"可用：{'、'.join(_FIELDS)}", f"one of: {', '.join(_FIELDS)}"),
        )
    allowed = error.get("ctx", {}).get("expected")
    return Problem(
        "setting-value",
        Text(f"设置“{quoted(key)}”的值不对", f"the value of “{quoted(key)}” is wrong"),
        place,
        Text(f"应为：{allowed or error['msg']}", f"expected: {allowed or error['msg']}"),
    )

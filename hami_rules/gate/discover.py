"""Which files a check looks at: paths, globs, and what the configuration leaves out."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.manifest import MANIFEST
from hami_rules.intake.opening import matches, walk
from hami_rules.intake.tables import FORMS
from hami_rules.records.text import Text

from . import baseline, config, waivers

__all__ = ["Found", "discover", "excluded"]

OURS = (waivers.NAME, baseline.NAME, *config.NAMES, "pyproject.toml")
"""Files beside the documents that hold none."""


@dataclass(frozen=True)
class Found:
    """What to open, and what of a folder is not looked at (as `check_documents` takes it)."""

    paths: tuple[Path, ...]
    without: frozenset[str]


def discover(given: Iterable[str], exclude: Sequence[str] = (), root: Path | None = None) -> Found:
    """Expand globs and leave out what `exclude` names, as patterns of paths below `root`.

    What is named outright is left out too, so that a hook may pass all changed files; nothing may be left. Raises
    `InputError` for a path that is not there and a glob that matches nothing.
    """
    problems: list[Problem] = []
    paths: dict[Path, None] = {}
    for word in given:
        path = Path(word)
        if word == "-" or path.exists():
            paths[path] = None
            continue
        anchor = path.anchor
        matched = sorted(Path(anchor or ".").glob(word[len(anchor) :])) if glob.has_magic(word) else []
        usable = [p for p in matched if p.is_dir() or p.suffix.lower() in FORMS]
        if not usable:
            problems.append(
                Problem(
                    "no-match" if glob.has_magic(word) else "not-found",
                    Text(f"没有与“{word}”相符的文件", f"no file matches {word!r}")
                    if glob.has_magic(word)
                    else Text(f"没有这个文件或文件夹：{word}", f"no such file or folder: {word}"),
                )
            )
        paths |= dict.fromkeys(usable)
    if problems:
        raise InputError(problems)
    left = _once(p for p in paths if p == Path("-") or not excluded(p, exclude, root))
    without: set[str] = set()
    for path in left:
        if path.is_dir():
            manifest = (path / MANIFEST).is_file()
            for file in walk(path):
                if excluded(file, exclude, root) or (not manifest and file.name in OURS):
                    without.add(str(file))
    return Found(tuple(left), frozenset(without))


def _once(paths: Iterable[Path]) -> list[Path]:
    """Each place once, whatever it is called; what lies in a folder that is looked at goes with it."""
    places: dict[Path, Path] = {}
    for path in paths:
        places.setdefault(path if path == Path("-") else path.resolve(), path)
    folders = [w for w, p in places.items() if p != Path("-") and p.is_dir()]
    return [p for w, p in places.items() if not any(w != f and w.is_relative_to(f) for f in folders)]


def excluded(path: Path, patterns: Sequence[str], root: Path | None) -> bool:
    if not patterns:
        return False
    whole = path.resolve()
    try:
        shown = whole.relative_to((root or Path.cwd()).resolve())
    except ValueError:
        return False
    return any(matches(shown, pattern) for pattern in patterns)

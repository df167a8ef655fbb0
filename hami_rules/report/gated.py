"""What the formats for CI share: the order, the places and the sentences of what the gate says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hami_rules.gate.model import LEVELS, Gated
from hami_rules.judge.findings import Finding, Text
from hami_rules.records.location import Location

from .safe import one_line

__all__ = ["by_place", "counted", "gravest", "kept_by", "place_of", "relative", "sentences"]

_W = {
    "missing": Text("尚缺", "missing"),
    "remedy": Text("整改", "remedy"),
    "approved": Text("批准", "approved by"),
    "until": Text("有效至", "until"),
    "ticket": Text("单号", "ticket"),
}


def by_place(finding: Finding) -> tuple[Any, ...]:
    """The order of places: file, line, column, row; then the rule, 2.2 before 13.1. Those without a place come last."""
    place = finding.location
    rule = [(int(n or 0), word) for n, word in re.findall(r"(\d+)|([^\d]+)", finding.rule)]
    if place is None:
        return ("\U0010ffff", 0, 0, 0, rule, finding.id)
    return (place.source, place.line or 0, place.column or 0, place.row or 0, rule, finding.id)


def counted(items: Iterable[Gated]) -> list[Gated]:
    """Those that count: neither dismissed, nor an error of the tool's own."""
    return [g for g in items if g.level is not None]


def gravest(items: Iterable[Gated]) -> list[Gated]:
    """Those that count, from the gravest down, each level by place."""
    return sorted(counted(items), key=lambda g: (LEVELS.index(g.level or LEVELS[-1]), by_place(g.finding)))


def relative(source: str, root: Path | None) -> str:
    """A source by its name below the root, with slashes; by its whole path where it stands outside.

    Without a root: as the user named it, `./` and the like taken out.
    """
    if root is None:
        return Path(os.path.normpath(source)).as_posix()
    whole = Path(os.path.normpath(Path.cwd() / source))
    for path in (whole, whole.resolve()):
        for base in (Path(os.path.normpath(Path.cwd() / root)), root.resolve()):
            if path.is_relative_to(base):
                return path.relative_to(base).as_posix()
    return whole.as_posix()


def place_of(place: Location | None, root: Path | None) -> str:
    """`file:line:column`, `file!sheet!cell` or `file#row`, on one line; empty where there is no place."""
    if place is None:
        return ""
    name = relative(place.source, root)
    return one_line(name + str(place).removeprefix(place.source))


def sentences(finding: Finding, lang: str) -> list[str]:
    """What is wrong; what is missing to settle it; what to do. Each on one line and ended by a full stop."""
    said = [finding.message(lang)]
    if finding.missing:
        each = [
            f"{m.label(lang)}（{m.cause(lang)}）" if lang == "zh" else f"{m.label(lang)} ({m.cause(lang)})"
            for m in finding.missing
        ]
        said.append(_labelled("missing", ("、" if lang == "zh" else "; ").join(each), lang))
    if finding.remedy:
        said.append(_labelled("remedy", finding.remedy(lang), lang))
    return [_stopped(one_line(text), lang) for text in said]


def _labelled(word: str, text: str, lang: str) -> str:
    label = _W[word](lang)
    return f"{label}：{text}" if lang == "zh" else f"{label.capitalize()}: {text}"


def _stopped(text: str, lang: str) -> str:
    if text.endswith(("。", "！", "？", ".", "!", "?", "…")):
        return text
    return text + ("。" if lang == "zh" else ".")


def kept_by(item: Gated, lang: str) -> str:
    """Why a waived finding was let pass, by whom and until when; empty where it was not."""
    waiver = item.waiver
    if waiver is None:
        return ""
    notes = [
        f"{_W[word](lang)} {value}"
        for word, value in (("approved", waiver.approved_by), ("until", waiver.expires), ("ticket", waiver.ticket))
        if value
    ]  # fmt: skip
    if not notes:
        return one_line(waiver.reason)
    joined = ("，" if lang == "zh" else ", ").join(notes)
    return one_line(f"{waiver.reason}（{joined}）" if lang == "zh" else f"{waiver.reason} ({joined})")

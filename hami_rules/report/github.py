"""`--format github`: workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hami_rules.gate.model import Verdict
from hami_rules.intake.errors import Problem
from hami_rules.records.location import Location

from .gated import gravest, place_of, relative, sentences
from .safe import one_line, visible
from .words import grade_word

__all__ = ["MOST", "github"]

MOST = 10
"""Annotations of one type that a step may give; GitHub drops the rest without a word."""

_TYPES = {"violation": "error", "shortfall": "warning", "suspicion": "notice", "undetermined": "notice"}


def github(verdict: Verdict, lang: str, *, root: Path | None = None, errors: Iterable[Problem] = ()) -> str:
    """One command for each finding that is new and not waived, the gravest first, at most `MOST` of a type.

    What could not be read comes first, as an error; what is wrong with waivers and baseline last, as a warning. A
    last line says how many more there are. Empty where there is nothing to say.
    """
    given = [_of_problem("error", p, lang, root) for p in errors]
    for item in gravest(g for g in verdict.items if g.blocks):
        finding = item.finding
        title = f"{grade_word(finding, lang)} {finding.citation(lang)} [{finding.rule}]"
        lines = sentences(finding, lang)
        if finding.location is None or finding.location.line is None:
            where = place_of(finding.location, root)
            lines.insert(0, one_line(f"{where} {finding.record_label(lang)}"))
        given.append(
            _command(_TYPES[item.level or "undetermined"], "\n".join(lines), title, finding.location, root)
        )
    given += [_of_problem("warning", p, lang, root) for p in verdict.notices]
    count = dict.fromkeys(("error", "warning", "notice"), 0)
    out = []
    for kind, command in given:
        count[kind] += 1
        if count[kind] <= MOST:
            out.append(command)
    more = len(given) - len(out)
    if more:
        out.append(
            f"另有 {more} 处没有标注：GitHub 每类至多显示 {MOST} 条"
            if lang == "zh"
            else f"{more} more without an annotation: GitHub shows {MOST} of a type at most"
        )
    return "".join(f"{line}\n" for line in out)


def _of_problem(kind: str, problem: Problem, lang: str, root: Path | None) -> tuple[str, str]:
    lines = [problem.message(lang)]
    if problem.hint:
        lines.append(problem.hint(lang))
    return _command(kind, "\n".join(lines), problem.code, problem.location, root)


def _command(kind: str, text: str, title: str, place: Location | None, root: Path | None) -> tuple[str, str]:
    values: list[tuple[str, object]] = []
    if place is not None:
        values.append(("file", relative(place.source, root)))
        values += _lines(place)
    values.append(("title", one_line(title)))
    properties = ",".join(f"{name}={property_value(str(value))}" for name, value in values)
    return kind, f"::{kind} {properties}::{data(visible(text))}"


def _lines(place: Location) -> list[tuple[str, object]]:
    """Columns go with one line only: GitHub refuses them across lines."""
    if place.line is None:
        return [("line", place.row)] if place.row is not None else []
    end = place.end_line or place.line
    values: list[tuple[str, object]] = [("line", place.line), ("endLine", end)]
    if end == place.line and place.column:
        values.append(("col", place.column))
        values.append(("endColumn", max(place.end_column or 0, place.column)))
    return values


def data(text: str) -> str:
    """The text of a command, which a line feed would end."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_value(text: str) -> str:
    """A value before the text of a command, which colons and commas would end as well."""
    return data(visible(text)).replace(":", "%3A").replace(",", "%2C")

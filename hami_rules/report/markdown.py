"""`--format markdown`: a summary for the page of a job or a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hami_rules.gate.model import LEVELS as GRAVITY
from hami_rules.gate.model import Gated, Verdict
from hami_rules.intake.errors import Problem
from hami_rules.judge.findings import Text

from .gated import counted, gravest, kept_by, place_of, sentences
from .safe import clip, one_line
from .summary import Summary
from .words import LEVELS, STATUSES, grade_word

__all__ = ["LONGEST", "ROWS", "escaped", "markdown"]

ROWS = 50
"""Findings that are shown singly, of each sort."""

LONGEST = 60_000
"""Characters of the whole: a comment may have 65,536."""

_CELL = 300

_W = {
    "head": Text("政务服务条例检查", "Check by the regulation"),
    "passed": Text("通过", "passed"),
    "failed": Text("不通过", "failed"),
    "broken": Text("结果不可信", "cannot be trusted"),
    "level": Text("级别", "Level"),
    "place": Text("位置", "Place"),
    "provision": Text("条款", "Provision"),
    "problem": Text("问题", "Problem"),
    "remedy": Text("怎么办", "What to do"),
    "reason": Text("理由", "Reason"),
    "found": Text("发现", "Found"),
    "notices": Text("提示", "Notices"),
    "errors": Text("读不成", "Could not be read"),
}


def markdown(
    verdict: Verdict,
    summary: Summary | None,
    lang: str,
    *,
    fail_on: str,
    root: Path | None = None,
    rows: int = ROWS,
    errors: Iterable[Problem] = (),
) -> str:
    """Totals by level and status, the new findings, those that were waived, and what else is to be said.

    At most `rows` findings of a sort, fewer where the whole would be longer than `LONGEST`; what is left out is
    counted. `summary` is `None` where nothing was judged.
    """
    problems = list(errors)
    while True:
        said = "\n".join(_blocks(verdict, summary, lang, fail_on, root, rows, problems)) + "\n"
        if len(said) < LONGEST or rows == 0:
            return said
        rows //= 2


def _blocks(
    verdict: Verdict,
    summary: Summary | None,
    lang: str,
    fail_on: str,
    root: Path | None,
    rows: int,
    errors: Sequence[Problem],
) -> Iterator[str]:
    zh = lang == "zh"
    failing = sum(1 for _ in verdict.failing(fail_on))
    broken = errors or any(f.verdict == "error" for f in verdict.findings)
    end = "broken" if broken else "failed" if failing else "passed"
    yield f"## {_W['head'](lang)}{'：' if zh else ': '}{_W[end](lang)}"
    yield ""
    yield escaped(_basis(verdict, summary, failing, fail_on, lang))
    yield ""
    yield from _totals(verdict, lang)
    fresh = gravest(g for g in verdict.items if g.blocks)
    if fresh:
        yield from _heading(
            _W["found"](lang) if verdict.compared is None else STATUSES["new"](lang), len(fresh), lang
        )
        yield from _table(
            [_W[w](lang) for w in ("level", "place", "provision", "problem", "remedy")],
            [_finding(g, lang, root) for g in fresh[:rows]],
        )
        yield from _more(len(fresh) - rows, lang)
    if verdict.compared is not None:
        known = sum(
            1 for g in counted(verdict.items) if g.status in ("unchanged", "changed") and g.waiver is None
        )
        yield ""
        yield (
            f"已知问题 {known} 处，已消除 {len(verdict.gone)} 处。"
            if zh
            else f"{known} known finding(s), {len(verdict.gone)} gone."
        )
    waived = gravest(g for g in verdict.items if g.waiver is not None)
    if waived:
        yield from _heading(STATUSES["waived"](lang), len(waived), lang)
        yield from _table(
            [_W[w](lang) for w in ("level", "place", "provision", "problem", "reason")],
            [[*_finding(g, lang, root)[:4], kept_by(g, lang)] for g in waived[:rows]],
        )
        yield from _more(len(waived) - rows, lang)
    for word, problems in (("errors", errors), ("notices", verdict.notices)):
        if problems:
            yield from _heading(_W[word](lang), len(problems), lang)
            yield from (f"- {_problem(p, lang, root)}" for p in problems[:rows])
            yield from _more(len(problems) - rows, lang)


def _basis(verdict: Verdict, summary: Summary | None, failing: int, fail_on: str, lang: str) -> str:
    """What was checked as of when, beside what, and what decides."""
    zh = lang == "zh"
    said = []
    if summary is not None:
        said.append(f"基准日 {summary.run.as_of}" if zh else f"as of {summary.run.as_of}")
    if verdict.compared is not None:
        said.append(f"对比 {verdict.compared}" if zh else f"compared with {verdict.compared}")
    level = LEVELS[fail_on](lang)
    said.append(
        f"使检查不通过的（“{level}”及以上，新增且未豁免）{failing} 处"
        if zh
        else f"{failing} finding(s) that fail the check ({level.lower()} or graver, new and not waived)"
    )
    text = one_line(("；" if zh else "; ").join(said))
    return f"{text}。" if zh else f"{text[:1].upper()}{text[1:]}."


def _totals(verdict: Verdict, lang: str) -> Iterator[str]:
    """A row a level, a column a status; every finding that counts is in one cell."""
    compared = verdict.compared is not None
    columns = ["new", "changed", "unchanged", "waived"] if compared else ["new", "waived"]
    count: dict[tuple[str | None, str], int] = {}
    for g in counted(verdict.items):
        key = (g.level, "waived" if g.waiver is not None else g.status or "new")
        count[key] = count.get(key, 0) + 1
    heads = [STATUSES[c](lang) for c in columns]
    if not compared:
        heads[0] = _W["found"](lang)
    rows = [[LEVELS[level](lang), *(str(count.get((level, c), 0)) for c in columns)] for level in GRAVITY]
    yield from _table([_W["level"](lang), *heads], rows, figures=True)


def _finding(item: Gated, lang: str, root: Path | None) -> list[str]:
    finding = item.finding
    said = sentences(finding, lang)
    return [
        grade_word(finding, lang),
        place_of(finding.location, root) or finding.record_label(lang),
        f"{finding.citation(lang)} [{finding.rule}]",
        said[0],
        " ".join(said[1:]),
    ]


def _problem(problem: Problem, lang: str, root: Path | None) -> str:
    place = place_of(problem.location, root)
    said = f"{place}: " if place else ""
    said += problem.message(lang)
    if problem.hint:
        said += f"（{problem.hint(lang)}）" if lang == "zh" else f" ({problem.hint(lang)})"
    return escaped(clip(one_line(said), _CELL))


def _heading(word: str, count: int, lang: str) -> Iterator[str]:
    yield ""
    yield f"### {word}（{count}）" if lang == "zh" else f"### {word} ({count})"
    yield ""


def _more(left: int, lang: str) -> Iterator[str]:
    if left > 0:
        yield ""
        yield f"另有 {left} 处，见完整结果。" if lang == "zh" else f"And {left} more, see the full result."


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], figures: bool = False) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "| --- |" + (" ---: |" if figures else " --- |") * (len(heads) - 1)
    for row in rows:
        yield f"| {' | '.join(escaped(clip(one_line(cell), _CELL)) for cell in row)} |"


_SHOWN = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "\\": "&#92;", "$": "<span>$</span>",
    **{c: f"\\{c}" for c in "`*_{}[]~#"},
}  # fmt: skip
_CALLS = r"@(?=\w)|[#!](?=\d)|:(?=//)|www(?=\.)"
_ACTING = re.compile(rf"(?P<call>{_CALLS})|[{re.escape(''.join(_SHOWN))}]", re.IGNORECASE)


def escaped(text: str) -> str:
    """Text as Markdown that shows it as it is: no mark-up, no cell, no link, no call of a person or an issue."""
    # An escape does not keep sites from reading calls and links; an invisible space does.
    return _ACTING.sub(lambda m: f"{m[0]}&#8203;" if m["call"] else _SHOWN[m[0]], text)

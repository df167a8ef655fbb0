"""`--format junit`: a suite for each file, a test case for each finding of a rule in a record."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path

from hami_rules.gate.model import Gated, Verdict, reaches
from hami_rules.intake.errors import Problem, render
from hami_rules.judge.findings import Text

from .check_text import finding_text
from .gated import by_place, kept_by, relative, sentences
from .safe import one_line, visible
from .words import LEVELS, STATUSES, VERDICTS, grade_word

__all__ = ["junit"]

_W = {
    "nowhere": Text("（无位置）", "(no place)"),
    "clean": Text("没有发现问题", "nothing found"),
    "dismissed": Text("经人认定不成立", "dismissed by people"),
    "below": Text("低于使检查不通过的级别", "below the level that fails the check"),
    "unread": Text("读不成", "could not be read"),
}


def junit(
    verdict: Verdict,
    lang: str,
    *,
    sources: Sequence[str],
    fail_on: str,
    root: Path | None = None,
    errors: Iterable[Problem] = (),
) -> str:
    """XML of all findings; those that fail the run at `fail_on` are failures, all others are skipped and say why.

    `sources` are the names of everything that was read: a file without findings is a test that passes. `errors`, and
    rules that could not be judged, are errors.
    """
    suites: dict[str, list[ET.Element]] = {relative(s, root): [] for s in sorted(sources)}
    taken: dict[tuple[str, str, str], int] = {}

    def add(source: str | None, rule: str, name: str) -> ET.Element:
        where = _W["nowhere"](lang) if source is None else relative(source, root)
        key = (where, rule, name)
        taken[key] = taken.get(key, 0) + 1
        said = name if taken[key] == 1 else f"{name} ({taken[key]})"
        case = ET.Element("testcase", classname=rule, name=said, time="0")
        suites.setdefault(where, []).append(case)
        return case

    for problem in errors:
        place = problem.location
        case = add(place.source if place else None, problem.code, _W["unread"](lang))
        inside = ET.SubElement(case, "error", message=one_line(problem.message(lang)), type=problem.code)
        inside.text = visible(render(problem, None, lang))
    for item in sorted(verdict.items, key=lambda g: by_place(g.finding)):
        finding = item.finding
        name = one_line(f"{finding.title(lang)} · {finding.record_label(lang)}")
        case = add(finding.location.source if finding.location else None, finding.rule, name)
        if finding.location is not None:
            case.set("file", one_line(relative(finding.location.source, root)))
            if finding.location.line is not None:
                case.set("line", str(finding.location.line))
        _outcome(case, item, fail_on, lang)
    top = ET.Element("testsuites", name="hami")
    for where, cases in suites.items():
        if not cases:
            cases.append(ET.Element("testcase", classname="hami", name=_W["clean"](lang), time="0"))
        suite = ET.SubElement(top, "testsuite", name=one_line(where))
        suite.extend(cases)
        _count(suite, cases)
    _count(top, [case for cases in suites.values() for case in cases])
    ET.indent(top)
    body: str = ET.tostring(top, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _count(element: ET.Element, cases: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    for plural, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(plural, str(sum(1 for c in cases if c.find(tag) is not None)))
    element.set("time", "0")


def _outcome(case: ET.Element, item: Gated, fail_on: str, lang: str) -> None:
    finding = item.finding
    if finding.verdict == "error":
        tag, message = "error", finding.error or VERDICTS["error"](lang)
    elif item.blocks and reaches(finding, fail_on):
        tag, message = "failure", sentences(finding, lang)[0]
    else:
        tag, message = "skipped", _skipped(item, lang)
    inside = ET.SubElement(case, tag, message=one_line(message), type=item.level or finding.verdict)
    inside.text = visible(finding_text(finding, None, lang, explain=False, colour=False))


def _skipped(item: Gated, lang: str) -> str:
    """Why a finding does not fail the run."""
    colon = "：" if lang == "zh" else ": "
    if item.level is None:
        return _W["dismissed"](lang)
    if item.waiver is not None:
        return STATUSES["waived"](lang) + colon + kept_by(item, lang)
    if item.status in ("unchanged", "changed"):
        return f"{STATUSES[item.status](lang)}{colon}{grade_word(item.finding, lang)}"
    return f"{LEVELS[item.level](lang)}{colon}{_W['below'](lang)}"

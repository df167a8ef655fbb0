"""report.html: one file that needs no network, for the screen and for A4 paper.

The page is written twice over. What everybody must see without a script, and on paper, is written out: totals, tables,
the first findings of each organ, accounts, method. All findings lie beside it packed (rows.py); the script (page/) draws
the pictures and the list from them, as much at a time as is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from hami_rules.judge.findings import Finding, OpenGroup, Text

from .headline import headline
from .lines import replaced, to_json
from .mask import TOKEN
from .page_words import TYPE_NAMES, TYPE_NOTES, WORDS, page_words
from .practices import Arrangement, Practice, Section, arrange
from .rows import LINGERS, MARKS, TYPES, Rows, packed, type_of
from .safe import visible
from .summary import PARTIES as PARTY_ORDER
from .summary import Request, Summary, Tally
from .supervision import left_out
from .words import ANSWERS, GRADES, PARTIES, PARTS, PARTY_NOTES, UNTRUSTED, VERDICTS, region_name

__all__ = ["INSTANCES", "PRINTED", "render_html", "write_html"]

INSTANCES = 2  # of one practice in the written part, at most
PRINTED = 5  # practices of one organ in the written part, at most
BUDGET = 240  # practices in the written part: what a person would still print
UNUSED = 1000  # of what had no effect, at most
REQUESTS = 40  # of what to ask of one organ, at most
ASKED = 4000  # of what to ask of all organs: a few megabytes
ORGANS = 500  # in the written table
FILTERS = {
    "select": Text("所选条款", "selected"),
    "region": Text("地区", "region"),
    "organ": Text("责任单位", "organ"),
}
SCRIPTS = ("words.js", "store.js", "filter.js", "card.js", "list.js", "charts.js", "main.js")


@dataclass(frozen=True)
class Printed:
    """What the written part shows of one organ under one type, and how much it leaves out."""

    section: Section
    practices: list[tuple[int, Practice]]
    count: int
    more_practices: int
    more: int


def _fit(counts: Sequence[int], most: int, budget: int) -> int:
    """The largest n up to `most` so that min(n, count) over all counts stays within the budget; at least 1."""
    return next((n for n in range(most, 1, -1) if sum(min(n, c) for c in counts) <= budget), 1)


def _printed(arrangement: Arrangement) -> list[tuple[str, list[Printed]]]:
    """Types in their order, each with its organs and the first practices of each."""
    gathered: dict[str, dict[int, tuple[Section, list[tuple[int, Practice]]]]] = {}
    for what, section, _, number, practice in arrangement.walk():
        organs = gathered.setdefault(type_of(what, practice.first), {})
        organs.setdefault(id(section), (section, []))[1].append((number, practice))
    most = _fit([len(p) for organs in gathered.values() for _, p in organs.values()], PRINTED, BUDGET)
    return [
        (
            what,
            [
                Printed(
                    section,
                    practices[:most],
                    sum(p.count for _, p in practices),
                    len(practices[most:]),
                    sum(p.count for _, p in practices[most:]),
                )
                for section, practices in gathered[what].values()
            ],
        )
        for what in TYPES
        if what in gathered
    ]


def _by_organ(summary: Summary) -> list[tuple[str, list[Request]]]:
    """What is to be asked for, organ by organ, in the order of the list."""
    out: dict[str, list[Request]] = {}
    for request in summary.requests:
        out.setdefault(request.organ, []).append(request)
    return list(out.items())


def _counted(index: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Month, region, article and type of each finding that counts against departments."""
    table, columns = index["practices"], index["findings"]
    for practice, month, region in zip(columns["practice"], columns["month"], columns["region"], strict=True):
        if practice < 0 or index["parties"][table["party"][practice]] != "department":
            continue
        kind = TYPES[table["type"][practice]]
        if kind in GRADES:
            article = index["articles"][table["article"][practice]][0]
            yield index["months"][month], index["regions"][region][0], article, kind


def _pictures(index: dict[str, Any]) -> dict[str, Any]:
    """What summary.json does not count: by month, and region by article."""
    months: dict[str, Counter[str]] = {}
    cells: dict[str, Counter[str]] = {}
    for month, region, article, kind in _counted(index):
        months.setdefault(month, Counter())[kind] += 1
        cells.setdefault(region, Counter())[article] += 1
    articles = sorted({a for row in cells.values() for a in row}, key=lambda a: (len(a), a))
    return {"months": sorted(months.items()), "cells": sorted(cells.items()), "articles": articles}


def _listed(tally: Tally) -> int:
    return tally.breaches + tally.suspicion.instances


def _most_first(tallies: dict[str, Tally]) -> list[tuple[str, Tally]]:
    listed = [(key, tally) for key, tally in tallies.items() if _listed(tally)]
    return sorted(listed, key=lambda row: (-_listed(row[1]), row[0]))


@cache
def _asset(*path: str) -> str:
    return files("hami_rules.report").joinpath(*path).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """The page's own script, in one scope."""
    return "(function () {\n'use strict';\n" + "\n".join(_asset("page", name) for name in SCRIPTS) + "})();\n"


@cache
def _charting() -> str:
    """The charting library packed as the findings are: half the size, and read only once the page stands."""
    return base64.b64encode(zlib.compress(_asset("vendor", "echarts.min.js").encode(), 9)).decode("ascii")


def _digest(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii") + "'"


def _policy() -> str:
    """Nothing is fetched, and nothing runs but the scripts that we put there."""
    scripts = (_asset("vendor", "fflate.js"), _asset("vendor", "echarts.min.js"), _script())
    allowed = " ".join(map(_digest, scripts))
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"


def render_html(
    findings: Iterable[Finding], groups: Sequence[OpenGroup], summary: Summary, lang: str | None = None
) -> str:
    """The whole page. `lang` (zh or en) defaults to the run's; the law is quoted in Chinese in both.

    `findings` is read once.
    """
    import jinja2
    from markupsafe import Markup

    lang = lang or summary.run.lang
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hami_rules.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every value on its way into the page that is no markup of the template's own.
        finalize=lambda v: v if hasattr(v, "__html__") else visible(str(v)),
    )
    rows = Rows(lang, summary.organs)
    arrangement = arrange(rows.reading(findings), INSTANCES)
    arrangement.before_suspicions = summary.before_suspicions(groups)
    index = rows.index(arrangement)
    printed = _printed(arrangement)
    cards = rows.cards(
        f.id for _, organs in printed for one in organs for _, p in one.practices for f in p.shown
    )
    asked = _by_organ(summary)

    def t(text: Text | None) -> str:
        return text(lang) if text else ""

    def pick(zh: Any, en: Any) -> Any:
        return zh if lang == "zh" else en

    def organ(code: str, name: str | None = None) -> str:
        return name or summary.organs.get(code) or code or pick("责任单位不明", "organ unknown")

    def word(name: str, **values: Any) -> str:
        said = WORDS[name](lang)
        for key, value in values.items():
            said = said.replace("{" + key + "}", f"{value:,}" if isinstance(value, int) else str(value))
        return said

    def month(code: str) -> str:
        return {LINGERS: word("month_lingers"), "": word("month_unknown")}.get(code, code)

    environment.globals.update(
        t=t,
        L=pick,
        organ=organ,
        word=word,
        month=month,
        card=lambda finding: cards[finding.id],
        region=lambda code: region_name(code, lang),
        GRADES=GRADES,
        TYPE_NAMES=TYPE_NAMES,
        TYPE_NOTES=TYPE_NOTES,
        VERDICTS=VERDICTS,
        PARTIES=PARTIES,
        PARTY_NOTES=PARTY_NOTES,
        PARTS=PARTS,
        ANSWERS=ANSWERS,
        UNTRUSTED=UNTRUSTED,
        PARTY_ORDER=PARTY_ORDER,
    )
    environment.filters["n"] = lambda number: f"{number:,}"
    departments = summary.totals.party("department")
    data = index | {
        "words": page_words(lang),
        "statute": visible(t(summary.run.statute_title)),
        "types": TYPES,
        "marks": MARKS,
        "lingers": LINGERS,
        "lang": lang,
    }
    page: str = environment.get_template("report.html").render(
        lang=lang,
        s=summary,
        run=summary.run,
        totals=summary.totals,
        departments=departments,
        headline=headline(summary, lang),
        printed=printed,
        groups=sorted(groups, key=lambda g: (-g.count, g.rule, tuple(m.fact for m in g.missing))),
        limits={
            "printed": PRINTED,
            "unused": UNUSED,
            "requests": _fit([len(lines) for _, lines in asked], REQUESTS, ASKED),
            "organs": ORGANS,
        },
        by_article=sorted(
            ((a, tally) for a, tally in departments.by_article.items() if _listed(tally)),
            key=lambda row: (len(row[0]), row[0]),
        ),
        by_organ=_most_first(departments.by_organ),
        pictures=_pictures(index),
        requests=asked,
        masked=rows.masked or TOKEN.search(to_json([groups, summary]).decode()) is not None,
        answering=summary.answering(),
        left_out=left_out(summary),
        breaching=sum(1 for tally in departments.by_organ.values() if tally.breaches),
        organs_of_others=sum(
            1
            for name, p in summary.totals.against.items()
            if name != "department"
            for tally in p.by_organ.values()
            if _listed(tally)
        ),
        counted_others=sum(
            _listed(p.total) for name, p in summary.totals.against.items() if name != "department"
        ),
        filters=[
            (t(FILTERS[key]) if key in FILTERS else key, chosen)
            for key, chosen in sorted(summary.run.selection.items())
            if chosen
        ],
        policy=_policy(),
        style=Markup(_asset("page", "report.css")),
        inflate=Markup(_asset("vendor", "fflate.js")),
        script=Markup(_script()),
        packed=[
            ("charting", Markup(_charting())),
            ("index", Markup(packed(data))),
            *((f"lines-{i}", Markup(chunk)) for i, chunk in enumerate(rows.lines.packed)),
            *((f"details-{i}", Markup(chunk)) for i, chunk in enumerate(rows.details.packed)),
        ],
    )
    return page.lstrip()


def write_html(
    path: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
) -> None:
    """Write report.html."""
    page = render_html(findings, groups, summary, lang)
    with replaced(path) as out:
        out.write(page.encode())

"""report.html: one file that needs no network, for the screen and for A4 paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hami_rules.judge.findings import Finding, OpenGroup, Text
from hami_rules.statute.superior import superior_citations

from .chart import Chart, bars
from .explain import says
from .lines import replaced
from .practices import Arrangement, arrange
from .safe import one_line, visible
from .summary import PARTIES as PARTY_ORDER
from .summary import Request, Summary, Tally
from .words import (
    GRADES,
    PARTIES,
    PARTS,
    SORTS,
    TRUTH_MARKS,
    TRUTHS,
    UNTRUSTED,
    VERDICTS,
    grade_word,
    region_name,
)

__all__ = ["INSTANCES", "render_html", "write_html"]

INSTANCES = 5  # of one practice, at most
PRACTICES = 40  # of one organ under one article, at most
BUDGET = 1500  # instances on the page: what a browser still scrolls with ease
UNUSED = 100  # of what had no effect, at most
REQUESTS = 40  # of what to ask of one organ, at most
BARS = 15  # organs in the chart
FILTERS = {"select": Text("所选条款", "selected"), "region": Text("地区", "region")}
REGIONAL_LAW = date(2025, 10, 1)  # 《新疆维吾尔自治区优化营商环境条例》 in force


def _fit(counts: Sequence[int], most: int, budget: int) -> int:
    """The largest n up to `most` so that min(n, count) over all counts stays within the budget; at least 1."""
    return next((n for n in range(most, 1, -1) if sum(min(n, c) for c in counts) <= budget), 1)


def _limit(arrangement: Arrangement) -> tuple[int, int]:
    """How many instances a practice and how many practices a block may show."""
    blocks = [b for sections in arrangement.sections.values() for s in sections for b in s.blocks]
    instances = _fit([len(p.shown) for b in blocks for p in b.practices], INSTANCES, BUDGET)
    return instances, _fit([len(b.practices) for b in blocks], PRACTICES, BUDGET)


def _article_chart(summary: Summary, lang: str) -> Chart:
    tallies = summary.totals.party("department").by_article
    chosen = sorted((int(a) if a.isdigit() else 0, a) for a, t in tallies.items() if _listed(t))
    return bars((summary.articles[a](lang) if a in summary.articles else a, tallies[a]) for _, a in chosen)


def _organ_chart(summary: Summary, lang: str) -> tuple[Chart, int]:
    """The organs with most findings, and how many more there are."""
    tallies = {o: t for o, t in summary.totals.party("department").by_organ.items() if _listed(t)}
    chosen = sorted(tallies, key=lambda o: (-_listed(tallies[o]), o))
    unknown = "责任单位不明" if lang == "zh" else "organ unknown"
    rows = [(summary.organs.get(o, o) or unknown, tallies[o]) for o in chosen[:BARS]]
    return bars(rows), max(len(chosen) - BARS, 0)


def _numbers(arrangement: Arrangement) -> dict[int, int]:
    """Each practice's number, by identity: the same as in the ledger, where rows follow the same order."""
    return {
        id(practice): number
        for what in arrangement.sections
        for number, practice in enumerate(
            (p for s in arrangement.of(what) for b in s.blocks for p in b.practices), start=1
        )
    }


def _by_organ(summary: Summary) -> list[tuple[str, list[Request]]]:
    """What is to be asked for, organ by organ, in the order of the list."""
    out: dict[str, list[Request]] = {}
    for request in summary.requests:
        out.setdefault(request.organ, []).append(request)
    return list(out.items())


def _listed(tally: Tally) -> int:
    return tally.breaches + tally.suspicion.instances


def render_html(
    findings: Iterable[Finding], groups: Sequence[OpenGroup], summary: Summary, lang: str | None = None
) -> str:
    """The whole page. `lang` (zh or en) defaults to the run's; the law is quoted in Chinese in both."""
    import jinja2

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
    arrangement = arrange(findings, INSTANCES)
    instances, practices = _limit(arrangement)
    numbers = _numbers(arrangement)
    organ_chart, organs_more = _organ_chart(summary, lang)

    def t(text: Text | None) -> str:
        return text(lang) if text else ""

    def pick(zh: Any, en: Any) -> Any:
        return zh if lang == "zh" else en

    def organ(code: str, name: str | None = None) -> str:
        return name or summary.organs.get(code) or code or pick("责任单位不明", "organ unknown")

    def day(finding: Finding) -> str:
        first, last = finding.conduct_from, finding.conduct_to
        if first and last and last != first:
            until = pick("至今", "to date") if last == date.max else last.isoformat()
            return f"{first} – {until}"
        return str(first or last or pick("日期不明", "date unknown"))

    environment.globals.update(
        t=t,
        L=pick,
        organ=organ,
        day=day,
        number=lambda practice: numbers[id(practice)],
        says=lambda node: says(node, lang),
        one_line=one_line,
        region=lambda code: region_name(code, lang),
        grade=lambda finding: grade_word(finding, lang),
        after_regional_law=lambda f: (f.conduct_to or f.conduct_from or date.min) >= REGIONAL_LAW,
        GRADES=GRADES,
        VERDICTS=VERDICTS,
        PARTIES=PARTIES,
        SORTS=SORTS,
        PARTS=PARTS,
        TRUTHS=TRUTHS,
        MARKS=TRUTH_MARKS,
        UNTRUSTED=UNTRUSTED,
        PARTY_ORDER=PARTY_ORDER,
    )
    environment.filters["n"] = lambda number: f"{number:,}"
    environment.filters["superior"] = lambda references: superior_citations(references, lang)
    page: str = environment.get_template("report.html").render(
        lang=lang,
        s=summary,
        run=summary.run,
        totals=summary.totals,
        departments=summary.totals.party("department"),
        arrangement=arrangement,
        groups=sorted(groups, key=lambda g: (-g.count, g.rule, tuple(m.fact for m in g.missing))),
        limits={"instances": instances, "practices": practices, "unused": UNUSED, "requests": REQUESTS},
        article_chart=_article_chart(summary, lang),
        organ_chart=organ_chart,
        organs_more=organs_more,
        regions=sorted(summary.totals.party("department").by_region.items(), key=lambda r: (not r[0], r[0])),
        requests=_by_organ(summary),
        filters=[
            (t(FILTERS[key]) if key in FILTERS else key, chosen)
            for key, chosen in sorted(summary.run.selection.items())
            if chosen
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

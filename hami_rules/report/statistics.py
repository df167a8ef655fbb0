"""`hami check --statistics`: how many findings each rule has, new, known and waived."""

from __future__ import annotations

from collections import Counter

from hami_rules.gate.model import Gated, Verdict

from .gated import counted
from .safe import one_line, width
from .words import STATUSES

__all__ = ["statistics"]

_COLUMNS = ("new", "known", "waived")


def _column(item: Gated) -> str:
    """Waived, whatever else it is; known where the same problem was there before, changed or not."""
    if item.waiver is not None:
        return "waived"
    return "known" if item.status in ("unchanged", "changed") else "new"


def statistics(verdict: Verdict, lang: str) -> str:
    """A table of the rules that have findings, most findings first, and a last row with the sums.

    Every finding that counts is in one column. Where nothing was compared, all are new unless waived.
    """
    counts: dict[str, Counter[str]] = {}
    called: dict[str, tuple[str, str]] = {}
    for item in counted(verdict.items):
        finding = item.finding
        counts.setdefault(finding.rule, Counter())[_column(item)] += 1
        called[finding.rule] = (finding.citation(lang), one_line(finding.title(lang)))
    total = sum(counts.values(), Counter())
    order = sorted(counts, key=lambda rule: (-counts[rule].total(), rule))
    heads = [STATUSES[c](lang) for c in _COLUMNS]
    zh = lang == "zh"
    rows = [
        (*heads, "规则" if zh else "Rule", "条款" if zh else "Provision", "题目" if zh else "Title"),
        *((*(str(counts[rule][c]) for c in _COLUMNS), rule, *called[rule]) for rule in order),
        (*(str(total[c]) for c in _COLUMNS), "合计" if zh else "Total", "", ""),
    ]
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "".join(_line(row, widths) + "\n" for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = []
    for i, cell in enumerate(row):
        fill = " " * (widths[i] - width(cell))
        cells.append(fill + cell if i < len(_COLUMNS) else cell + fill)
    return "  ".join(cells).rstrip()

"""All the files of an audit, written together into one folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hami_rules.judge.findings import Finding, OpenGroup

from .lines import FindingsFile, write_findings, write_summary
from .summary import Summary

__all__ = ["NAMES", "write_all"]


# What each file is, in the order in which a reader wants them.
NAMES = ("report.html", "ledger.xlsx", "findings.jsonl", "findings.parquet", "summary.json")


def write_all(
    folder: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
) -> tuple[Path, ...]:
    """Write report, ledger, findings and summary; gives their paths.

    `findings` is read once, in the order given, which is the order of findings.jsonl; the other formats are
    made from that file, so that a large run never holds all findings. Each file is written whole or not at all.
    Raises OSError where the folder cannot be written.
    """
    from .html import write_html
    from .ledger import write_ledger
    from .parquet import write_parquet

    folder.mkdir(parents=True, exist_ok=True)
    report, ledger, lines, parquet, totals = (folder / name for name in NAMES)
    write_findings(lines, findings)
    write_parquet(parquet, lines)
    write_summary(totals, summary)
    write_ledger(ledger, FindingsFile(lines, briefly=True), groups, summary, lang)
    write_html(report, FindingsFile(lines), groups, summary, lang)
    return report, ledger, lines, parquet, totals

"""All the files of an audit, written together into one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from hami_rules.judge.findings import Finding, OpenGroup

from .lines import FindingsFile, write_findings, write_summary
from .summary import Summary

__all__ = ["NAMES", "write_all"]


# What each file is, in the order in which a reader wants them.
NAMES = ("report.html", "ledger.xlsx", "findings.jsonl", "findings.parquet", "summary.json")


def _at_once(task: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    done = task(*args)
    return lambda: done


def write_all(
    folder: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
    aside: Callable[..., Callable[[], Any]] = _at_once,
) -> tuple[Path, ...]:
    """Write report, ledger, findings and summary; gives their paths.

    `findings` is read once, in the order given, which is the order of findings.jsonl; the other formats are
    made from that file, so that a large run never holds all findings. Each file is written whole or not at all.
    `aside` has something done by another process, if it has one to give, and gives what waits for the result.
    Raises OSError where the folder cannot be written.
    """
    from .html import write_html
    from .ledger import write_ledger
    from .parquet import write_parquet

    folder.mkdir(parents=True, exist_ok=True)
    report, ledger, lines, parquet, totals = (folder / name for name in NAMES)
    write_findings(lines, findings)
    written = aside(write_ledger, ledger, FindingsFile(lines, briefly=True), groups, summary, lang)
    write_summary(totals, summary)
    write_html(report, FindingsFile(lines), groups, summary, lang)
    write_parquet(parquet, lines)
    written()
    return report, ledger, lines, parquet, totals

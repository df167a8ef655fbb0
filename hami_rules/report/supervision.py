"""supervision.jsonl and .csv: findings in the shape in which a service platform takes them back, the data items of
electronic supervision (电子监察, GB/T 39046-2020 table 11), with what the standard allows to be added.

One row is one finding that counts and that an organ answers for: no concurrent, dismissed or undetermined one, none
against applicants or intermediaries, none in a text of a higher body. The summary says how many are left out. The type of warning is the finding's grade in words; which cards or codes a
platform gives for these is the platform's. The time of the state is the day of the audit, never a clock's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from hami_rules.judge.findings import Finding, Text

from .lines import replaced, to_json
from .safe import formula_free
from .summary import ANSWERING, Summary, standing
from .words import PARTIES, VERDICTS, grade_word

__all__ = ["FIELDS", "left_out", "write_supervision"]

FIELDS = (
    "监察编号", "监察规则编号", "监察预警类型", "状态产生时间", "监察结果描述", "责任部门",
    # beyond table 11
    "责任部门编码", "办件编号", "实施编码", "事项名称", "行政区划代码", "条款", "定性依据", "行为日期", "整改建议", "整改日期",
)  # fmt: skip


def write_supervision(folder: Path, findings: Iterable[Finding], summary: Summary) -> None:
    """Write supervision.jsonl (values as they are) and supervision.csv (safe to open in a workbook). Raises OSError."""
    moment = f"{summary.run.as_of.isoformat()}T00:00:00+08:00"
    with replaced(folder / "supervision.jsonl") as lines, replaced(folder / "supervision.csv") as table:
        table.write("\ufeff".encode() + _csv(FIELDS))
        for finding in findings:
            if finding.counts_against not in ANSWERING:
                continue
            if standing(finding) not in ("violation", "shortfall", "suspicion"):
                continue
            row = _row(finding, summary, moment)
            lines.write(to_json({k: v for k, v in row.items() if v is not None}) + b"\n")
            table.write(_csv([formula_free(row[name] or "") for name in FIELDS]))


_STANDINGS = {
    "concurrent": Text("竞合（已计入其他条款）", "concurrent (counted elsewhere)"),
    "dismissed": Text("经认定不成立", "dismissed by decision"),
    "undetermined": VERDICTS["undetermined"],
    "error": VERDICTS["error"],
}


def left_out(summary: Summary) -> list[tuple[Text, int]]:
    """Whose findings, or which, are not in the files, and how many."""
    words = PARTIES | _STANDINGS
    counts = summary.supervision.left_out
    return [(words[name], counts[name]) for name in words if name in counts]


def _row(finding: Finding, summary: Summary, moment: str) -> dict[str, str | None]:
    organ = finding.organ_code or finding.organ_name or ""
    first, last = finding.conduct_from, finding.conduct_to
    values = (
        finding.id,
        finding.rule,
        grade_word(finding, "zh"),
        moment,
        finding.message.zh,
        finding.organ_name or summary.organs.get(organ) or organ or None,
        finding.organ_code,
        finding.root_key or finding.record_key,
        finding.item_code,
        finding.item_name,
        finding.region,
        finding.citation.zh,
        finding.quote,
        str(first or last) if first or last else None,
        finding.remedy.zh if finding.remedy else None,
        str(finding.corrected_on) if finding.corrected_on else None,
    )
    return dict(zip(FIELDS, values, strict=True))


def _csv(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(list(cells))
    return text.getvalue().encode("utf-8")  # visible texts hold no surrogates

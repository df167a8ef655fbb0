"""`--format gitlab`: the Code Quality report (JSON), which a merge request compares with that of its target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from hami_rules.gate.model import Gated, Verdict

from .gated import gravest, relative, sentences
from .lines import to_json
from .safe import clip

__all__ = ["SEVERITIES", "gitlab"]

SEVERITIES = {"violation": "critical", "shortfall": "major", "suspicion": "minor", "undetermined": "info"}
"""Of blocker, critical, major, minor and info."""

_LONGEST = 1_000


def gitlab(verdict: Verdict, lang: str, *, root: Path | None = None) -> str:
    """A JSON list of all findings that count and that nobody waived, known ones too: GitLab tells new from old itself."""
    rows = [_row(g, lang, root) for g in gravest(verdict.items) if g.waiver is None]
    return msgspec.json.format(to_json(rows), indent=2).decode() + "\n"


def _row(item: Gated, lang: str, root: Path | None) -> dict[str, Any]:
    finding, place = item.finding, item.finding.location
    said = f"{finding.citation(lang)}{'：' if lang == 'zh' else ': '}{' '.join(sentences(finding, lang))}"
    return {
        "description": clip(said, _LONGEST),
        "check_name": finding.rule,
        "fingerprint": finding.id,
        "severity": SEVERITIES[item.level or "undetermined"],
        "location": {
            "path": relative(place.source, root) if place else ".",
            "lines": {"begin": (place.line or place.row or 1) if place else 1},
        },
    }

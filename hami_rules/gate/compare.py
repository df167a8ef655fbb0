"""Findings beside those known before: a base in git, or a baseline file.

A finding is recognised by its id, which is made of names and codes: a moved line, a renamed file or a reordered list
changes nothing. Where the record's own key has changed (a new edition of a guide, another code), it is recognised by
its twin: the same rule against the same organ about the same words. Each known finding is used up by one found.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from hami_rules.judge.findings import Finding

from .model import LEVELS, Gated, Known, Status, level_of

__all__ = ["compare", "known", "twin_of"]

_NOTHING = len(LEVELS)


def _rank(level: str | None) -> int:
    return LEVELS.index(level) if level in LEVELS else _NOTHING


def twin_of(finding: Finding) -> str:
    """What the same problem is known by when its record has another key: rule, organ, what is said of it."""
    parts = (finding.rule, finding.organ_code or "", finding.message.zh)
    text = "\x1f".join("".join(unicodedata.normalize("NFKC", p).split()) for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def known(findings: Iterable[Finding]) -> list[Known]:
    """What a baseline keeps of findings, in the order of their ids."""
    kept = [
        Known(
            id=f.id,
            state=f.state,
            twin=twin_of(f),
            rule=f.rule,
            level=level_of(f) or f.verdict,
            record=f.record_label.zh,
            message=f.message.zh,
            source=f.location.source if f.location else None,
        )
        for f in findings
        if level_of(f) is not None
    ]
    return sorted(kept, key=lambda k: (k.id, k.state))


def _status(finding: Finding, before: Known) -> Status:
    if _rank(level_of(finding)) < _rank(before.level):
        return "new"  # what was open or a suspicion then is a breach now
    return "unchanged" if finding.state == before.state else "changed"


def compare(findings: Sequence[Finding], before: Iterable[Known]) -> tuple[list[Gated], list[Known]]:
    """Each finding with its status, in the order given, and those known that are gone.

    A finding that is graver than it was known (`LEVELS`) is new: the earlier one never said so.
    """
    by_id: dict[str, list[Known]] = defaultdict(list)
    for k in before:
        by_id[k.id].append(k)
    matched: dict[int, Known] = {}
    for i, finding in enumerate(findings):
        same = by_id.get(finding.id)
        if same:
            exact = next((k for k in same if k.state == finding.state), same[0])
            same.remove(exact)
            matched[i] = exact
    left: dict[str, list[Known]] = defaultdict(list)
    for same in by_id.values():
        for k in same:
            left[k.twin].append(k)
    for i, finding in enumerate(findings):
        if i not in matched and (twins := left.get(twin_of(finding))):
            matched[i] = twins.pop(0)
    items = [Gated(f, _status(f, matched[i]) if i in matched else "new") for i, f in enumerate(findings)]
    used = Counter(id(k) for k in matched.values())
    gone = [k for rest in left.values() for k in rest if not used[id(k)]]
    return items, sorted(gone, key=lambda k: (k.source or "", k.id))

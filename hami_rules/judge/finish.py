"""The last stage: rules with an effect judge the findings themselves (第一条, 第三条, 第五条, 第三十条至第三十二条).

Order: what people decided and which finding counts a shared fact (`effects`) come first, so that an effect sees them;
then mitigation, then consequence. Nothing here removes a finding or changes a verdict: texts are added to it.

How often a rule was breached is known only when all findings are at hand, and so is which of two records judged apart
counts a fact that both rest on: `count` sees each finding once, then `finish` each. Between the two only the counts
are kept, and the findings that may meet another's, without their evidence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hami_rules import statute
from hami_rules.pack.load import Pack
from hami_rules.records.liability import FindingRecord
from hami_rules.records.text import Text
from hami_rules.records.world import World

from .compile import UNDETERMINED, VIOLATED
from .effects import concur
from .engine import Hit, Judge
from .explain import Explainer
from .findings import Finding

__all__ = ["Finisher", "Known", "record_of"]

_FIELDS = {
    "mitigates": ("mitigation", "mitigation_pending"),
    "consequence": ("consequence", "consequence"),
    "coordinates": ("coordinating_body", "coordinating_body"),
    "notes": ("note", None),
    "clue": ("clue", None),
    # The same for every finding: said once, at the head of a report.
    "basis": (None, None),
    "purpose": (None, None),
}
"""Effect → the finding's field for what holds, and for what cannot be known to hold."""


def record_of(finding: Finding, repeated: int) -> FindingRecord:
    """The finding as rules judge it."""
    return FindingRecord(
        rule=finding.rule,
        key=finding.record_key,
        norm=finding.address,
        norm_kind=finding.kind,
        record_kind=finding.record_kind,
        verdict=finding.verdict,
        grade=finding.grade,
        against=finding.counts_against,
        dismissed=finding.decision == "dismissed",
        upheld=finding.decision == "upheld",
        counted_elsewhere=finding.primary is not None,
        organ_code=finding.organ_code,
        region=finding.region,
        item_code=finding.item_code,
        conduct_from=finding.conduct_from,
        conduct_to=finding.conduct_to,
        repeated=repeated,
    )


@dataclass
class Known:
    """What is known when all findings have been counted."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # breaches of a rule by an organ
    moved: dict[str, str] = field(default_factory=dict)  # finding → the one that counts its fact
    gained: dict[str, set[str]] = field(default_factory=dict)


class Finisher:
    """Gives findings what the rules with an effect say of them. One for a run, where all findings come together, counts
    them; others, which are told what is `known` then, may finish them."""

    def __init__(self, pack: Pack, world: World, known: Known | None = None) -> None:
        self.pack, self.world = pack, world
        self.judge = Judge(pack.effects, pack.registry)
        self.explainer = Explainer(pack, self.judge)
        self.errors = 0
        self.known = known or Known()
        self._meeting: list[Finding] = []
        self._facts: dict[str, frozenset[str]] = {}

    def count(self, finding: Finding, facts: frozenset[str] = frozenset()) -> None:
        """Note a finding among those of the same rule and organ, where it is a breach that counts by itself.

        `facts`: what it rests on, where it may meet the finding of another record (`effects.apart`).
        """
        if finding.verdict != "violated" or finding.primary is not None:
            return
        self._add(finding, 1)
        if facts:
            self._meeting.append(msgspec.structs.replace(finding, seen=(), explanation=(), missing=()))
            self._facts[finding.id] = facts

    def _add(self, finding: Finding, n: int) -> None:
        if finding.grade != "suspicion" and finding.decision != "dismissed":
            self.known.counts[finding.rule, finding.organ_code or ""] += n

    def settle(self) -> None:
        """All findings have been counted: those of records judged apart that rest on one fact find each other."""
        met, self._meeting = self._meeting, []
        before = {f.id: f.concurrent for f in met}
        concur(met, self._facts, self.pack)
        for finding in met:
            if finding.primary is not None:
                self.known.moved[finding.id] = finding.primary
                self.known.gained.setdefault(finding.primary, set()).update((finding.id, *before[finding.id]))
                self._add(finding, -1)

    def _placed(self, finding: Finding) -> None:
        """Which finding counts its fact, now that all are known."""
        top = self.known.moved.get(finding.primary or finding.id)
        if top is not None:
            finding.primary, finding.concurrent = top, ()
        elif finding.id in self.known.gained:
            finding.concurrent = tuple(sorted({*finding.concurrent, *self.known.gained[finding.id]}))

    def record(self, finding: Finding) -> FindingRecord:
        """The finding as rules judge it, when all are known."""
        self._placed(finding)
        return record_of(finding, self.repeated(finding))

    def repeated(self, finding: Finding) -> int:
        """How many breaches of the rule by the organ were counted; none where the organ is unknown."""
        return self.known.counts[finding.rule, finding.organ_code] if finding.organ_code else 0

    def finish(self, finding: Finding) -> Finding:
        """Write what holds for the finding into it, and give it back."""
        hits: list[Hit] = []
        self.judge.judge("finding", self.record(finding), self.world, hits)
        for name, text in self._said(hits, finding):
            before = getattr(finding, name)
            setattr(finding, name, text if before is None else _joined(before, text))
        return finding

    def _said(self, hits: list[Hit], finding: Finding) -> list[tuple[str, Text]]:
        rules = self.judge.rules
        holding = [rules[i].rule for i, code, _ in hits if code == VIOLATED]
        out: list[tuple[str, Text]] = []
        for index, code, chain in sorted(hits, key=lambda h: h[0]):
            rule = rules[index].rule
            if code not in (VIOLATED, UNDETERMINED):
                self.errors += 1
                message = f"{rule.id}: rule with an effect raised"
                finding.error = message if finding.error is None else f"{finding.error}; {message}"
                continue
            if silenced(rule.id, holding):
                continue
            holds, pending = _FIELDS[rule.effect or ""]
            field, text = (holds, rule.message) if code == VIOLATED else (pending, rule.pending)
            if field is not None and text is not None:
                out.append((field, self._render(rules[index].kind, chain, text)))
        return out

    def _render(self, kind: str, chain: tuple[Any, ...], text: Text) -> Text:
        return self.explainer.render(text, self.judge.frame_of(kind, chain, self.world))


def silenced(rule: str, holding: list[Any]) -> bool:
    """Whether another rule that holds for the same finding takes the place of this one (31.1 that of 32.1)."""
    at = statute.Address.parse(rule)
    return any(statute.Address.parse(a).contains(at) for other in holding for a in other.primary_over)


def _joined(a: Text, b: Text) -> Text:
    if a == b:
        return a
    return Text(f"{a.zh}；{b.zh}", f"{a.en}; {b.en}")

"""Findings: verdicts worth a person's time, with everything a reader needs to act on or to dispute them.

Nothing downstream of this module knows how a rule was evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = [
    "BRIEF",
    "PLEADED",
    "UNSETTLED",
    "Explanation",
    "Finding",
    "FindingsFile",
    "MissingFact",
    "OpenGroup",
    "OpenRow",
    "SeenFact",
    "Text",
]

UNSETTLED = Text("尚不能认定：", "Not settled: ")
"""How the message of an undetermined finding begins; the rest says what would be wrong."""

PLEADED = Text("单位已提出申辩，记录在案", "the organ has pleaded an excuse, on record")
"""The rebuttal of a finding whose organ has pleaded an excuse."""

Verdict = Literal["violated", "compliant", "undetermined", "not_applicable", "error"]
Grade = Literal["violation", "shortfall", "suspicion"]


Party = Literal["department", "applicant", "intermediary", "utility", "government", "superior"]
"""Whom a finding is counted against; `superior`: kept here, addressed to those who set what was found."""


class SeenFact(msgspec.Struct, frozen=True):
    """A fact that the verdict rests on: its name, its label and the value as people read it (already labelled)."""

    fact: str
    label: Text
    value: Text


class MissingFact(msgspec.Struct, frozen=True):
    """What would settle the verdict, and why it is unknown: a fact to be stated, a document to be produced (the label
    says which), or a decision for people to take. Every field is always written: a default is told by identity, which
    a value loses on its way between processes."""

    fact: str
    label: Text
    cause: Text
    sort: Literal["document", "fact", "decision"] = "fact"


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node of the condition tree as it was evaluated; `truth` is true, false, unknown or error.

    `text` says the node in words (from the predicate's own docstring); `op` is all, any, not, some, every, no,
    leaf or undecided; `part` (top nodes only) is applies, scope, violated, unless or rebuttal.
    """

    op: str
    truth: Literal["true", "false", "unknown", "error"]
    text: Text
    part: str | None = None
    facts: tuple[SeenFact, ...] = ()
    children: tuple[Explanation, ...] = ()


class Finding(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One finding. Field order is the order of `findings.jsonl`.

    `id` is rule + record key, never line or position; `state` is a hash of the normalised evidence, so the same id
    with another state is the same problem, changed. `primary` is the id of the finding that counts this fact, of an
    undetermined one this question (`None`: this one counts); `concurrent` lists those that it counts for. `practice` groups instances of one
    practice (same rule, organ, item and object).

    From rules about findings (`judge.finish`): `mitigation` (第三十条; `mitigation_pending` where it cannot be known,
    which is no mitigation), `consequence` (第三十一条, 第三十二条), `coordinating_body` (第五条).
    `clue` is for internal use: no readable report prints it.
    `persons`: names and numbers of natural persons that stand in this finding's texts, for reports to mask.
    """

    id: str
    state: str
    rule: str
    address: str
    citation: Text
    quote: str
    verdict: Verdict
    grade: Grade | None = None
    kind: str = ""
    counts_against: Party = "department"
    title: Text
    message: Text
    remedy: Text | None = None
    interpretation: Text | None = None
    record_kind: str
    record_key: str
    record_label: Text
    root_key: str = ""
    location: Location | None = None
    organ_code: str | None = None
    organ_name: str | None = None
    region: str | None = None
    item_code: str | None = None
    item_name: str | None = None
    conduct_from: date | None = None
    conduct_to: date | None = None
    seen: tuple[SeenFact, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    explanation: tuple[Explanation, ...] = ()
    rebuttals: tuple[Text, ...] = ()
    primary: str | None = None
    concurrent: tuple[str, ...] = ()
    practice: str | None = None
    corrected_on: date | None = None
    decision: Literal["upheld", "dismissed"] | None = None
    mitigation: Text | None = None
    mitigation_pending: Text | None = None
    consequence: Text | None = None
    coordinating_body: Text | None = None
    clue: Text | None = None
    superior: tuple[str, ...] = ()
    note: Text | None = None
    error: str | None = None
    persons: tuple[str, ...] = ()

    def to_builtins(self) -> dict[str, Any]:
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


BRIEF = cast(
    type[Finding],
    msgspec.defstruct(
        "Brief",
        [(name, msgspec.Raw, msgspec.Raw()) for name in ("seen", "explanation")],
        bases=(Finding,),
        kw_only=True,
    ),
)
"""A finding decoded for those who do not ask for its evidence (`seen`, `explanation`), which is most of its bulk."""


class OpenRow(msgspec.Struct, omit_defaults=True):
    """An undetermined verdict as stored in batch: what it is about and what it lacks, in the words of its group.
    `counted_under`: the rule under which the same question is counted; `item_name`: of the item it is about, where known;
    `root_name`, `name`: what its root and itself are called."""

    rule: str
    record_kind: str
    record_key: str
    organ_code: str | None
    region: str | None
    missing: tuple[MissingFact, ...]
    counted_under: str | None = None
    item_name: str | None = None
    root_name: Text | None = None
    name: Text | None = None


class OpenGroup(msgspec.Struct, kw_only=True):
    """Undetermined verdicts that lack the same facts for the same reasons, with a count and a few examples.
    `concurrent`: the rules that the same answer settles too, not counted again."""

    rule: str
    address: str
    citation: Text
    title: Text
    missing: tuple[MissingFact, ...]
    count: int
    organs: dict[str, int]
    examples: tuple[Finding, ...]
    request: Text
    regions: dict[str, int] = {}
    concurrent: tuple[str, ...] = ()


class FindingsFile:
    """The findings of a findings.jsonl, read anew at each iteration and never held all at once.

    `brief`: without their evidence.
    """

    def __init__(self, path: Path, brief: bool = False) -> None:
        self.path = path
        self.brief = brief

    def briefly(self) -> FindingsFile:
        """The same findings without their evidence."""
        return FindingsFile(self.path, brief=True)

    def __iter__(self) -> Iterator[Finding]:
        decode = msgspec.json.Decoder(BRIEF if self.brief else Finding).decode
        with self.path.open("rb") as lines:
            yield from map(decode, lines)

"""The rule as everything downstream sees it, and the same rule bound to the facts it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from hami_rules.records.documentary import Documentary
from hami_rules.records.text import Text

from .nodes import Node

__all__ = ["EFFECTS", "BoundRule", "Effect", "Governs", "Rebuttal", "Rule"]

NormKind = Literal[
    "ban", "duty", "promote", "indicative", "right", "may", "principle", "purpose", "scope", "definition",
    "liability", "exemption", "commencement", "condition",
]  # fmt: skip
Grade = Literal["violation", "shortfall", "suspicion"]
Bearer = Literal[
    "department", "agency", "government", "intermediary", "utility", "applicant", "centre", "anyone"
]
Against = Literal["department", "applicant", "intermediary", "utility", "government"]

Effect = Literal["scope", "mitigates", "consequence", "coordinates", "basis", "purpose", "notes", "clue"]
EFFECTS: tuple[Effect, ...] = ("mitigates", "consequence", "coordinates", "basis", "purpose", "notes", "clue")
"""What a rule that judges findings gives them: never a verdict, always a text (`message`) where its condition holds."""

GRADE_OF_KIND: dict[str, Grade] = {
    "ban": "violation",
    "duty": "violation",
    "right": "violation",
    "promote": "shortfall",
    "indicative": "shortfall",
    "condition": "shortfall",
    "may": "shortfall",
}
"""The grade that follows the norm's own verb (norms.md): 应当 and 不得 give violations, 推动 and 推进 shortfalls."""

AGAINST_OF_BEARER: dict[str, Against] = {
    "department": "department",
    "agency": "department",
    "centre": "department",
    "government": "government",
    "intermediary": "intermediary",
    "utility": "utility",
    "applicant": "applicant",
    "anyone": "department",
}


class Governs(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which rules a scope rule decides about: all, or those of some bearers, within or without some addresses."""

    bearers: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


class Rebuttal(msgspec.Struct, frozen=True):
    """An excuse outside the text: never blocks a finding, marks it 可申辩."""

    when: Any
    text: Text


class Rule(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One rule, validated. Conditions are kept as written; `BoundRule` holds them resolved."""

    id: str
    address: str  # the norm's: 14.1a for 14.1a.added_later
    title: Text
    quote: str
    kind: NormKind
    grade: Grade | None
    bearer: Bearer
    counts_against: Against
    judges: str
    documentary: Documentary | None = None
    responsible: str | None = None
    conduct: str | None = None
    ended: str | None = None  # the day on which what was late came to be done: no conduct after it
    effect: Effect | None = None
    governs: Governs | None = None
    applies: Any = None
    violated: Any = None
    unless: Any = None
    rebuttals: tuple[Rebuttal, ...] = ()
    upwards: Any = (
        None  # where it is known to hold, the finding is kept, addressed upwards and not counted here
    )
    message: Text | None = None
    pending: Text | None = None  # of an effect: what is said where it cannot be known whether it takes place
    remedy: Text | None = None
    interpretation: Text | None = None
    executability: Literal["full", "partial", "people"] = "full"
    over_reports: Text | None = None
    under_reports: Text | None = None
    primary_over: tuple[str, ...] = ()
    same_fact: tuple[
        tuple[str, ...], ...
    ] = ()  # each a way of knowing the fact again, by these values together
    practice: tuple[str, ...] = ()
    superior: tuple[str, ...] = ()
    source: str = ""
    line: int = 0


@dataclass(frozen=True)
class BoundRule:
    """A rule ready to be judged: `index` is its place in the pack, `scope` joins all that governs it."""

    index: int
    rule: Rule
    kind: str
    scope: Node | None
    applies: Node | None
    violated: Node
    unless: Node | None
    rebuttals: tuple[tuple[Node, Text], ...] = ()
    upwards: Node | None = None
    scope_parts: tuple[tuple[str, Node], ...] = ()

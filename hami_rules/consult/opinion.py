"""A short opinion on a situation: facts, grounds, conclusions, what comes next (事实—依据—结论—后续), as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from hami_rules import statute
from hami_rules.records.text import Text
from hami_rules.statute.superior import superior_note

from .consequences import Chain
from .situation import Situation
from .which import Bearing, Question, cited

__all__ = ["VERSION", "Asked", "Follows", "Opinion", "Outcome", "Stated", "follows", "opinion_on", "schema"]

VERSION = "1"
"""Of the JSON that `hami which --json` writes; raised when a field changes its meaning or goes away."""


class Stated(msgspec.Struct, frozen=True):
    """One fact as it was said: how `--fact` names it, its words, its value."""

    name: str
    words: Text
    value: Text


class Choice(msgspec.Struct, frozen=True):
    """What an enumeration may be answered with."""

    code: str
    words: Text


class Asked(msgspec.Struct, frozen=True):
    """What would settle a verdict: `name` as `--fact` says it, and what kind of answer it takes."""

    name: str
    words: Text
    sort: Literal["bool", "choice", "date", "number", "text"]
    choices: tuple[Choice, ...] = ()


class Follows(msgspec.Struct, frozen=True):
    """One step of what follows from a breach, on which provision and from what."""

    step: int
    title: Text
    text: Text
    basis: str | None
    citation: Text | None
    because: tuple[Text, ...]
    rule: str | None
    open: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one rule comes out for one record that was spoken of.

    `touched`: its own condition rests on something that was said. `settles`: what would settle it; `scope`: what must
    be known besides, as of every rule: whether the regulation reaches the case. `people`: what only people can decide.
    `counted_by`: the rule that counts the same fact; this one is then no breach of its own.
    """

    rule: str
    address: str
    citation: Text
    title: Text
    quote: str
    text: str
    verdict: Literal["violated", "compliant", "undetermined", "not_applicable", "error"]
    grade: Literal["violation", "shortfall", "suspicion"] | None
    record: str
    message: Text
    interpretation: Text | None
    remedy: Text | None
    seen: tuple[Stated, ...]
    settles: tuple[Asked, ...]
    scope: tuple[Asked, ...]
    people: tuple[Text, ...]
    touched: bool
    counted_by: str | None
    consequences: tuple[Follows, ...] | None = None


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of a situation on a day. `others`: rules about the same records that nothing said touches."""

    version: str
    as_of: date
    facts: tuple[Stated, ...]
    rules: tuple[Outcome, ...]
    others: dict[str, int]
    ask_next: Asked | None
    note: Text

    @property
    def scope(self) -> tuple[Asked, ...]:
        """What must be known of every rule alike."""
        return tuple({a.name: a for r in self.rules for a in r.scope}.values())


def opinion_on(
    situation: Situation,
    bearings: Sequence[Bearing],
    ask_next: Question | None = None,
    chains: dict[int, Chain] | None = None,
    everything: bool = False,
) -> Opinion:
    """The opinion on a situation by how the rules come out. `chains`: what follows, by place among the bearings."""
    shown = [(i, b) for i, b in enumerate(bearings) if b.touched or everything]
    others: dict[str, int] = {}
    for b in bearings if not everything else ():
        if not b.touched:
            others[b.verdict] = others.get(b.verdict, 0) + 1
    return Opinion(
        version=VERSION,
        as_of=situation.as_of,
        facts=tuple(Stated(s.name, s.words, s.value) for s in situation.said()),
        rules=tuple(_outcome(b, (chains or {}).get(i)) for i, b in shown),
        others=others,
        ask_next=_asked(ask_next) if ask_next is not None else None,
        note=Text(superior_note("zh"), superior_note("en")),
    )


def _outcome(b: Bearing, chain: Chain | None) -> Outcome:
    rule = b.bound.rule
    at = statute.Address.parse(rule.address)
    return Outcome(
        rule=rule.id,
        address=rule.address,
        citation=cited(b.bound),
        title=rule.title,
        quote=rule.quote,
        text=statute.load().paragraph(at.at_paragraph).text,
        verdict=b.verdict,  # type: ignore[arg-type]
        grade=rule.grade if b.verdict == "violated" else None,
        record=f"{b.place[0]} {b.record.key}",
        message=b.message,
        interpretation=rule.interpretation,
        remedy=rule.remedy if b.verdict == "violated" else None,
        seen=tuple(Stated(name, words, value) for name, words, value in b.seen),
        settles=tuple(map(_asked, b.questions)),
        scope=tuple(map(_asked, b.scope)),
        people=b.people,
        touched=b.touched,
        counted_by=b.counted_by,
        consequences=None if chain is None else follows(chain),
    )


def _asked(q: Question) -> Asked:
    return Asked(q.id, q.words, q.sort, tuple(Choice(*c) for c in q.choices))  # type: ignore[arg-type]


def follows(chain: Chain) -> tuple[Follows, ...]:
    """The steps of a chain as plain data."""
    return tuple(
        Follows(s.number, s.title, s.text, s.basis, s.citation, s.because, s.rule, s.open)
        for s in chain.steps
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of an opinion (`hami which --json`)."""
    return msgspec.json.schema(Opinion)

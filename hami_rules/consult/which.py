"""Which rules bear on a situation, how each comes out, and which questions would settle what is open.

A rule bears on what was said if its own condition (not its scope) rests on some of it. What people answer to one of the
pack's own questions stands in for the records that would say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, get_args, get_origin

import msgspec

from hami_rules import statute
from hami_rules.engine.conditions import leaf_name
from hami_rules.judge.engine import Judge
from hami_rules.judge.explain import Explainer
from hami_rules.judge.interpret import Frame, Raised, Seen, Unknown, evaluate, trace
from hami_rules.pack.load import Pack
from hami_rules.pack.message import show
from hami_rules.pack.nodes import AllOf, AnyOf, Node, Not, Undecided
from hami_rules.pack.rules import BoundRule
from hami_rules.predicates.registry import NameProblem
from hami_rules.proof.needs import read_by, table_of
from hami_rules.records.labels import REGIONS, label
from hami_rules.records.liability import FindingRecord
from hami_rules.records.location import Location
from hami_rules.records.text import Text
from hami_rules.truth import Truth, all_of, any_of, negate, verdict

from .situation import Place, Situation, asked, called, leaves

__all__ = ["ORDER", "Bearing", "Question", "Which"]

ORDER = ("violated", "undetermined", "error", "compliant", "not_applicable")
"""In which order rules are told."""


@dataclass(frozen=True)
class Question:
    """Something to be asked: a field of a record, or one of the pack's own questions, answered yes or no.

    `name` is how `--fact` says it; `choices` of an enumeration: code and label; `sort`: bool, choice, date, number or
    text.
    """

    kind: str
    number: int
    name: str
    words: Text
    sort: str
    leaf: str | None = None  # of one of the pack's own
    choices: tuple[tuple[str, Text], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.kind}.{self.name}"

    @property
    def values(self) -> list[str]:
        """Answers to try when asking what an answer would settle."""
        if self.sort == "bool":
            return ["是", "否"]
        return [code for code, _ in self.choices]


@dataclass(frozen=True)
class Bearing:
    """How one rule comes out for one record. `questions` would settle it; `scope` those that ask whether the
    regulation and the rule reach the case at all; `people` is what no record settles."""

    bound: BoundRule
    place: Place
    verdict: str
    message: Text
    seen: tuple[tuple[str, Text, Text], ...]
    questions: tuple[Question, ...]
    scope: tuple[Question, ...]
    people: tuple[Text, ...]
    touched: bool
    record: FindingRecord
    counted_by: str | None = None  # the rule that counts the same fact of the same record

    @property
    def rule(self) -> str:
        return self.bound.rule.id

    @property
    def open(self) -> tuple[Question, ...]:
        return (*self.questions, *self.scope)


class Which:
    """Judges situations by the rules of a pack; `selected`: the indices of the rules that are asked about."""

    def __init__(self, pack: Pack, selected: frozenset[int] | None = None) -> None:
        self.pack = pack
        chosen = [b for b in pack.bound if selected is None or b.index in selected]
        self.judge = Judge(chosen, pack.registry)
        self._explainer = Explainer(pack, self.judge, trees=False)
        self._reads: dict[int, frozenset[tuple[str, str]]] = {}

    @cached_property
    def statable(self) -> list[tuple[str, Text, int]]:
        """The kinds of records that one may speak of, with how many rules judge each; the most first."""
        kinds = self.pack.registry.kinds
        counted = [
            (name, Text(kinds[name].zh, kinds[name].en), len(rules))
            for name, rules in self.judge.by_kind.items()
            if table_of(self.pack.registry, kinds[name]) is not None
        ]
        return sorted(counted, key=lambda c: -c[2])

    def bearings(self, situation: Situation) -> list[Bearing]:
        """How every rule comes out for every record spoken of: those that what was said touches first, then by verdict
        and by the order of the articles."""
        spoken = {k for k, _ in (*situation.stated, *situation.answered)} | situation.spoken.keys()
        said = {
            (table, f"`{name}`")
            for kind, name in situation.stated
            if (table := table_of(self.pack.registry, self.pack.registry.kinds[kind])) is not None
        }
        out: list[Bearing] = []
        numbers: dict[int, Place] = {}
        for place, frame in situation.frames(self.judge):
            numbers[id(frame)] = place
            family = {frame.kind, *self.pack.registry.ancestors(frame.kind)}
            derived = self.pack.registry.kinds[frame.kind].derived
            if frame.kind not in spoken and not (derived and family & spoken):
                continue
            for bound in self.judge.by_kind.get(frame.kind, ()):
                touched = bool(self._read(bound) & said) or any(
                    (frame.kind, leaf_name(leaf)) in situation.answered
                    for part in (bound.applies, bound.violated, bound.unless)
                    for leaf in (leaves(part) if part is not None else ())
                )
                out.append(self._bearing(bound, place, frame, situation, numbers, touched))
        out = [self._counted(b, out) for b in out]
        order = {b.index: i for i, b in enumerate(self.pack.bound)}
        out.sort(key=lambda b: (not b.touched, ORDER.index(b.verdict), order[b.bound.index], b.place[1]))
        return out

    def _counted(self, b: Bearing, all_: list[Bearing]) -> Bearing:
        """One fact is counted once: of two rules that a record breaches, by the one that the pack says takes it."""
        if b.verdict != "violated":
            return b
        mine = statute.Address.parse(b.rule)
        for other in all_:
            over = other.bound.rule.primary_over
            same = (
                other.verdict == "violated"
                and other.place == b.place
                and other.record.against == b.record.against
            )
            if same and any(statute.Address.parse(a).contains(mine) for a in over):
                record = msgspec.structs.replace(b.record, counted_elsewhere=True)
                return replace(b, counted_by=other.rule, record=record)
        return b

    def _read(self, bound: BoundRule) -> frozenset[tuple[str, str]]:
        if bound.index not in self._reads:
            own = [p for p in (bound.applies, bound.violated, bound.unless) if p is not None]
            self._reads[bound.index] = frozenset(read_by(self.pack.registry, own))
        return self._reads[bound.index]

    def _bearing(
        self, bound: BoundRule, place: Place, frame: Frame, situation: Situation, numbers: Mapping[int, Place],
        touched: bool,
    ) -> Bearing:  # fmt: skip
        given = {leaf: truth for (k, n, leaf), truth in situation.answers.items() if (k, n) == place}
        parts = {
            name: seen_with(node, frame, given)
            for name in ("scope", "applies", "violated", "unless")
            if (node := getattr(bound, name)) is not None
        }
        truths = {name: seen.truth for name, seen in parts.items()}
        applies = all_of([truths.get("applies", True), truths.get("scope", True)])
        said = verdict(applies, truths["violated"], truths.get("unless", False))
        own = [s for name, s in parts.items() if name != "scope"]
        questions: dict[str, Question] = {}
        people: dict[Text, None] = {}
        scope: dict[str, Question] = {}
        if said == "undetermined":
            for found, seens in ((questions, own), (scope, [parts["scope"]] if "scope" in parts else [])):
                for seen in seens:
                    for leaf in open_leaves(seen):
                        if isinstance(leaf.node, Undecided):
                            people[Text(leaf.node.zh, leaf.node.en)] = None
                        else:
                            question = self._question(leaf, frame, place, numbers)
                            found.setdefault(question.id, question)
            scope = {n: q for n, q in scope.items() if n not in questions}
            if questions or scope:
                people = {}  # whether people must decide shows only when the facts are known
        rule = bound.rule
        assert rule.message is not None
        return Bearing(
            bound, place, said, self._explainer.render(rule.message, frame, parts["violated"]),
            tuple(_decided(own)), tuple(questions.values()), tuple(scope.values()), tuple(people), touched,
            self._record(bound, frame, said),
        )  # fmt: skip

    def _question(self, leaf: Seen, frame: Frame, place: Place, numbers: Mapping[int, Place]) -> Question:
        """What to ask where a leaf is open: the field that it waits for, where it is one, else the leaf itself."""
        missing = list(leaf.missing)
        if len(missing) == 1 and missing[0].cause == "not_given":
            found = self._field(missing[0].kind, missing[0].fact, frame, place, numbers)
            if found is not None:
                return found
        words = Text(asked(leaf.node, "zh"), asked(leaf.node, "en"))
        return Question(*place, called(leaf.node)[0], words, "bool", leaf_name(leaf.node))

    def _field(
        self, kind: str, name: str, frame: Frame, place: Place, numbers: Mapping[int, Place]
    ) -> Question | None:
        registry = self.pack.registry
        owner = registry.kinds.get(kind)
        fact = registry.facts[kind].get(name) if owner is not None else None
        if owner is None or fact is None or fact.fn is not None or table_of(registry, owner) is None:
            return None
        at: Frame | None = frame
        while at is not None and at.kind != kind:
            at = at.parent
        number = numbers.get(id(at), place)[1] if at is not None else 0
        if at is None and kind != "organ":
            return None  # of a record that is only looked up, no one record is spoken of
        if name == "material_key":
            return None
        kind_of = registry.type_of(fact)
        if get_origin(kind_of) is list:
            return None
        words = Text(f"{owner.zh}：{fact.zh}", f"{owner.en}: {name.replace('_', ' ')}")
        sort, choices = _sort(kind_of)
        if name == "region":
            choices = tuple((code, Text(*names)) for code, names in REGIONS.items())
            sort = "choice"
        return Question(kind, number, name, words, sort, None, choices)

    def _record(self, bound: BoundRule, frame: Frame, said: str) -> FindingRecord:
        """The outcome as rules about findings judge it."""
        rule, kind = bound.rule, self.pack.registry.kinds[bound.kind]
        on = f"@{rule.conduct}" if rule.conduct else ""
        return FindingRecord(
            rule=rule.id,
            key=frame.key,
            norm=rule.address,
            norm_kind=rule.kind,
            record_kind=bound.kind,
            verdict=said,
            grade=rule.grade if said == "violated" else None,
            against="superior"
            if bound.upwards is not None and evaluate(bound.upwards, frame) is True
            else rule.counts_against,
            dismissed=False,
            upheld=False,
            counted_elsewhere=False,
            organ_code=self._known(frame, rule.responsible or kind.organ),
            region=self._known(frame, kind.region),
            item_code=self._known(frame, "item_code"),
            conduct_from=self._known(frame, f"conduct_from{on}"),
            conduct_to=self._known(frame, f"conduct_to{on}"),
            repeated=1,
        )

    def _known(self, frame: Frame, name: str | None) -> Any:
        if name is None:
            return None
        try:
            value = frame.get(self.pack.registry.resolve(frame.kind, name))
        except NameProblem:
            return None
        return None if isinstance(value, Unknown | Raised) else value

    # -- what to ask next ------------------------------------------------------------------------------------------

    def next_question(
        self, situation: Situation, bearings: Iterable[Bearing], passed: frozenset[str] = frozenset()
    ) -> Question | None:
        """The question that settles most of the open rules: for each of the most frequent ones, how many would be
        settled by its answers, on average. Ties go to the one that more rules wait for, then to the pack's order.

        `passed`: the ids of those that nobody can answer.
        """
        waiting = [b for b in bearings if b.verdict == "undetermined"]
        met: dict[str, tuple[Question, int, int]] = {}
        for b in waiting:
            for q in b.open:
                if q.id not in passed:
                    first, times, order = met.get(q.id, (q, 0, len(met)))
                    met[q.id] = (first, times + 1, order)
        ranked = sorted(met.values(), key=lambda a: (-a[1], a[2]))[:TRIED]
        if not ranked:
            return None
        scores = [(-self._settles(situation, q, waiting), -times, order, q) for q, times, order in ranked]
        return min(scores, key=lambda s: s[:3])[3]

    def _settles(self, situation: Situation, question: Question, waiting: list[Bearing]) -> float:
        values = question.values or ([situation.as_of.isoformat()] if question.sort == "date" else [])
        if not values:
            return 0.0
        ids = {(b.bound.index, b.place) for b in waiting}
        settled = 0
        for value in values:
            other = situation.copy()
            answer(other, question, value)
            still = {(b.bound.index, b.place) for b in self.bearings(other) if b.verdict == "undetermined"}
            settled += len(ids - still)
        return settled / len(values)


TRIED = 5
"""How many of the most frequent questions are tried out before one is asked."""


def answer(situation: Situation, question: Question, value: str) -> None:
    """Put the answer to a question into a situation. Raises `InputError` where it is no such value."""
    kind = situation.pack.registry.kinds[question.kind]
    if question.leaf is not None:
        situation.answer(question.kind, question.number, question.leaf, value in ("是", "yes", "true"))
    else:
        situation.set(kind, question.name, value, Location(question.words.zh), question.number)


def _sort(kind: Any) -> tuple[str, tuple[tuple[str, Text], ...]]:
    if kind is bool:
        return "bool", ()
    if kind is date:
        return "date", ()
    if kind in (int, Decimal):
        return "number", ()
    values = get_args(kind)
    if values and all(isinstance(v, str) for v in values):
        return "choice", tuple((v, Text(label(v, "zh") or v, label(v, "en") or v)) for v in values)
    return "text", ()


def seen_with(node: Node, frame: Frame, given: Mapping[str, bool]) -> Seen:
    """How a condition comes out where some of its questions have been answered."""
    match node:
        case Not(child):
            below = seen_with(child, frame, given)
            return Seen(
                node, negate(below.truth), missing=below.missing, children=(below,), raised=below.raised
            )
        case AllOf(children) | AnyOf(children):
            parts = tuple(seen_with(c, frame, given) for c in children)
            join = all_of if isinstance(node, AllOf) else any_of
            truth: Truth = join([p.truth for p in parts])
            raised = next((p.raised for p in parts if p.raised is not None), None)
            return Seen(node, truth, children=parts, raised=raised)
    if not isinstance(node, Undecided) and leaf_name(node) in given:
        return Seen(node, given[leaf_name(node)])
    return trace(node, frame)


def open_leaves(seen: Seen) -> Iterator[Seen]:
    """The questions by which a condition is still open."""
    if seen.truth is not None:
        return
    if isinstance(seen.node, AllOf | AnyOf | Not):
        for child in seen.children:
            yield from open_leaves(child)
    else:
        yield seen


def _decided(parts: Iterable[Seen]) -> Iterator[tuple[str, Text, Text]]:
    """The questions that are settled, and how."""
    for seen in parts:
        if isinstance(seen.node, AllOf | AnyOf | Not):
            yield from _decided(seen.children)
        elif isinstance(seen.truth, bool):
            words = Text(asked(seen.node, "zh"), asked(seen.node, "en"))
            yield called(seen.node)[0], words, Text(show(seen.truth, "zh"), show(seen.truth, "en"))


def cited(bound: BoundRule) -> Text:
    """第十四条第一款, of the rule's norm."""
    at = statute.Address.parse(bound.rule.address)
    return Text(statute.load().citation(at, "zh"), statute.load().citation(at, "en"))

"""The engine beside the judge: durable_rules fires the rules of a record from its leaf truths, and both must agree.

The judge is the authority. What the engine fires and the judge does not find, or the other way round, is a mismatch:
counted, told, and never silent. Whether the regulation governs an act at all is one truth for all the rules of a record,
worked out once; the rest of a rule is compiled to the engine leaf by leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hami_rules.engine import Engine, EngineError, conditions_to_durable, truths
from hami_rules.engine.conditions import leaf_name
from hami_rules.judge.interpret import Frame, evaluate
from hami_rules.pack.nodes import AllOf, AnyOf, Node, Not
from hami_rules.pack.rules import BoundRule

__all__ = ["Agreement", "Firer", "Question", "answers", "question_of"]


@dataclass(frozen=True)
class Question:
    """A condition as the engine takes it, and the leaves whose truths it joins, by name."""

    when: Mapping[str, Any]
    leaves: Mapping[str, Node]


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Not(child):
            yield from _leaves(child)
        case AllOf(children) | AnyOf(children):
            for child in children:
                yield from _leaves(child)
        case _:
            yield node


def question_of(node: Node, holds: bool = True) -> Question:
    """The question whether a condition holds."""
    return Question(conditions_to_durable(node, holds), {leaf_name(leaf): leaf for leaf in _leaves(node)})


def violation_of(bound: BoundRule) -> Question:
    """The question whether a rule is violated."""
    parts = [question_of(p) for p in (bound.applies, bound.violated) if p is not None]
    if bound.unless is not None:
        parts.append(question_of(bound.unless, False))
    if bound.scope is not None:
        name = f"governed: {leaf_name(bound.scope)}"
        parts.append(Question({name: "t"}, {name: bound.scope}))
    leaves = {name: leaf for part in parts for name, leaf in part.leaves.items()}
    return Question({"$and": [p.when for p in parts]}, leaves)


def answers(questions: Iterable[Question], frame: Frame) -> dict[str, str]:
    """The leaf truths that the questions ask for of one record; what is unknown, or raised, is left out."""
    leaves = {name: leaf for q in questions for name, leaf in q.leaves.items()}
    found = {name: evaluate(leaf, frame) for name, leaf in leaves.items()}
    return truths({name: value if isinstance(value, bool) else None for name, value in found.items()})


@dataclass
class Agreement:
    """What one comparison gave: rules that both found, and those that only one of them did."""

    fired: set[str] = field(default_factory=set)
    only_engine: set[str] = field(default_factory=set)
    only_judge: set[str] = field(default_factory=set)

    @property
    def mismatches(self) -> int:
        return len(self.only_engine) + len(self.only_judge)


class Firer:
    """One engine for each kind of record, made when it is first needed; its rules are those of the pack."""

    def __init__(self, by_kind: Mapping[str, Sequence[BoundRule]]) -> None:
        self._by_kind = by_kind
        self._questions: dict[str, dict[str, Question]] = {}
        self._engines: dict[str, Engine] = {}

    def _of(self, kind: str) -> tuple[Engine, dict[str, Question]]:
        if kind not in self._engines:
            questions = self._questions[kind] = {b.rule.id: violation_of(b) for b in self._by_kind[kind]}
            self._engines[kind] = Engine(
                f"judge.{kind}", [{"name": rule, "when": q.when} for rule, q in questions.items()]
            )
        return self._engines[kind], self._questions[kind]

    def compare(self, frame: Frame, violated: Iterable[str], asked: Iterable[str] | None = None) -> Agreement:
        """What the engine fires for a record beside what the judge found violated in it, of the rules `asked` (all)."""
        if frame.kind not in self._by_kind:
            return Agreement()
        engine, questions = self._of(frame.kind)
        names = set(questions) if asked is None else set(asked)
        found = set(violated)
        try:
            fired = {f.rule for f in engine.run(answers((questions[n] for n in names), frame))} & names
        except EngineError:
            return Agreement(only_judge=found or {"*"})
        return Agreement(fired & found, fired - found, found - fired)

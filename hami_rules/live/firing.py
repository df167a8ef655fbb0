"""The engine beside the judge: durable_rules fires the rules of a record from its leaf truths, and both must agree.

The judge is the authority. What the engine fires and the judge does not find, or the other way round, is a mismatch:
counted, told, and never silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hami_rules.engine import Engine, EngineError, facts_of, rule_of, violation_of
from hami_rules.judge.interpret import Frame
from hami_rules.pack.rules import BoundRule

__all__ = ["Agreement", "Firer"]


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

    def __init__(self, by_kind: dict[str, list[BoundRule]]) -> None:
        self._by_kind = by_kind
        self._engines: dict[str, Engine] = {}

    def compare(
        self, frame: Frame, violated: Iterable[str], asked: Sequence[BoundRule] | None = None
    ) -> Agreement:
        """What the engine fires for a record beside what the judge found violated in it, of the rules `asked` (all)."""
        rules = self._by_kind.get(frame.kind, []) if asked is None else asked
        names = {b.rule.id for b in rules}
        if not names:
            return Agreement()
        engine = self._engines.get(frame.kind)
        if engine is None:
            known = [rule_of(b) for b in self._by_kind[frame.kind]]
            engine = self._engines[frame.kind] = Engine(f"judge.{frame.kind}", known)
        facts = facts_of([violation_of(b) for b in rules], frame)
        try:
            fired = {f.rule for f in engine.run(facts)} & names
        except EngineError:
            return Agreement(only_judge=set(violated))
        found = set(violated)
        return Agreement(fired & found, fired - found, found - fired)

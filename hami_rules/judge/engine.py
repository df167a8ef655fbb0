"""The judge: compiled for speed, interpreted where a function raises, and counted so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hami_rules.pack.rules import BoundRule
from hami_rules.predicates.registry import Registry
from hami_rules.records.world import World
from hami_rules.truth import Truth, all_of, verdict

from .compile import UNDETERMINED, VIOLATED, Plan, compile_root, namespace_of
from .interpret import Frame, evaluate
from .keys import record_key

__all__ = ["ERRED", "Hit", "Judge", "Tally", "code_of"]

ERRED = 3
_CODES = {"violated": VIOLATED, "undetermined": UNDETERMINED, "error": ERRED}
Hit = tuple[int, int, tuple[Any, ...]]
"""A verdict that is not compliant: rule index, code (1 violated, 2 undetermined, 3 error), chain root → record."""


def code_of(verdict_name: str) -> int:
    return _CODES.get(verdict_name, 0)


@dataclass
class Tally:
    """Counts of one root kind: records by kind and verdicts by rule. Adds up: compliant is what remains."""

    records: dict[str, int] = field(default_factory=dict)
    unlisted: dict[str, int] = field(default_factory=dict)
    not_applicable: dict[int, int] = field(default_factory=dict)
    violated: dict[int, int] = field(default_factory=dict)
    undetermined: dict[int, int] = field(default_factory=dict)
    error: dict[int, int] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        for name in ("records", "unlisted", "not_applicable", "violated", "undetermined", "error"):
            mine, theirs = getattr(self, name), getattr(other, name)
            for key, count in theirs.items():
                mine[key] = mine.get(key, 0) + count

    def hit(self, rule: int, code: int) -> None:
        table = {VIOLATED: self.violated, UNDETERMINED: self.undetermined, ERRED: self.error}[code]
        table[rule] = table.get(rule, 0) + 1


@dataclass
class _Compiled:
    plan: Plan
    function: Any
    counts: list[int]


class Judge:
    """Judges records by the bound rules of a pack.

    One judge serves one process. `judge` appends hits and keeps counts; `tally` turns the counts of a root kind
    into verdicts by rule and starts anew.
    """

    def __init__(
        self, rules: Sequence[BoundRule], registry: Registry, plans: dict[str, Plan] | None = None
    ) -> None:
        self.rules = {r.index: r for r in rules}
        self.registry = registry
        self._plans = dict(plans or {})
        self._compiled: dict[str, _Compiled] = {}
        self._interpreted: dict[str, Tally] = {}
        self.fallbacks = 0  # records that the interpreter had to judge because a function raised
        self.by_kind: dict[str, list[BoundRule]] = {}
        for rule in rules:
            self.by_kind.setdefault(rule.kind, []).append(rule)
        self.children: dict[str, list[str]] = {}
        for kind in registry.kinds.values():
            if kind.parent:
                self.children.setdefault(kind.parent, []).append(kind.name)
        self._needed: dict[str, bool] = {}

    def needed(self, kind: str) -> bool:
        """Whether a rule judges this kind or one below it."""
        if kind not in self._needed:
            self._needed[kind] = kind in self.by_kind or any(map(self.needed, self.children.get(kind, ())))
        return self._needed[kind]

    def roots(self) -> list[str]:
        return [k.name for k in self.registry.kinds.values() if k.parent is None and self.needed(k.name)]

    def below(self, root: str) -> list[str]:
        """The kinds judged with a root: itself and everything that hangs under it."""
        out = [root]
        for child in self.children.get(root, ()):
            if self.needed(child):
                out += self.below(child)
        return out

    def plan(self, root: str) -> Plan:
        if root not in self._plans:
            rules = [r for k in self.below(root) for r in self.by_kind.get(k, ())]
            self._plans[root] = compile_root(root, rules, self.registry)
        return self._plans[root]

    def _compile(self, root: str) -> _Compiled:
        plan = self.plan(root)
        helpers = {"asked": self._asked}
        space = namespace_of(plan, self.registry, helpers)
        exec(compile(plan.source, f"<judge of {root}>", "exec"), space)
        return _Compiled(plan, space["judge"], [0] * plan.slots.size)

    def judge(self, root: str, record: Any, world: World, out: list[Hit]) -> None:
        """Judge one record with everything in it; append what is not compliant or inapplicable to `out`."""
        made = self._compiled.get(root)
        if made is None:
            made = self._compiled[root] = self._compile(root)
        mark = len(out)
        before = made.counts[:]
        try:
            made.function(record, world, out, made.counts)
        except Exception:
            # Which rule raised, and whether it mattered, the interpreter finds out; what was counted is undone.
            self.fallbacks += 1
            del out[mark:]
            made.counts[:] = before
            tally = self._interpreted.setdefault(root, Tally())
            out += self.interpret(root, record, world, tally)

    def tally(self, root: str, hits: Sequence[Hit]) -> Tally:
        """The counts of all records of a root kind judged since the last call, given their hits."""
        total = self._interpreted.pop(root, Tally())
        made = self._compiled.get(root)
        if made is not None:
            n, slots = made.counts, made.plan.slots
            part = Tally()
            part.records = {kind: n[slot] for kind, slot in slots.kind.items() if n[slot]}
            part.unlisted = {kind: n[slot] for kind, slot in slots.unlisted.items() if n[slot]}
            for rule, slot in slots.rule.items():
                if n[slot]:
                    part.not_applicable[rule] = n[slot]
            for slot, rules in slots.group:
                for rule in rules if n[slot] else ():
                    part.not_applicable[rule] = part.not_applicable.get(rule, 0) + n[slot]
            total.add(part)
            made.counts[:] = [0] * len(n)
        for rule, code, _ in hits:
            total.hit(rule, code)
        return total

    # -- the slow, sure way --------------------------------------------------------------------------------------

    def frames(self, root: str, record: Any, world: World) -> Iterator[Frame]:
        """A frame for the record and for everything under it that a rule judges."""
        top = Frame(root, record, world, self.registry)
        top.chain, top.lists = (record,), (None,)
        top.key = self.key(top)
        yield from self._below(top)

    def _below(self, frame: Frame) -> Iterator[Frame]:
        yield frame
        for name in self.children.get(frame.kind, ()):
            if not self.needed(name):
                continue
            rows = self.rows(frame, name)
            for child in () if rows is None else rows if isinstance(rows, list) else [rows]:
                yield from self._below(self.child(frame, name, child, rows))

    def rows(self, frame: Frame, name: str) -> Any:
        """The children of a kind under a record: a list, one record, or `None` where nobody said."""
        kind = self.registry.kinds[name]
        if name in self.registry.producers:
            return self.registry.producers[name](frame.world, *frame.chain)
        assert kind.field
        return getattr(frame.record, kind.field)

    def child(self, frame: Frame, name: str, record: Any, rows: Any) -> Frame:
        made = Frame(name, record, frame.world, self.registry, parent=frame)
        made.chain, made.lists = (*frame.chain, record), (*frame.lists, rows)
        made.key = self.key(made)
        return made

    def key(self, frame: Frame) -> str:
        return record_key(self.registry, frame.kinds, frame.chain, frame.lists)

    def frame_of(self, kind: str, chain: Sequence[Any], world: World) -> Frame:
        """The frame of a hit's record."""
        kinds = [kind, *self.registry.ancestors(kind)][::-1]
        frame = Frame(kinds[0], chain[0], world, self.registry)
        frame.chain, frame.lists = (chain[0],), (None,)
        frame.key = self.key(frame)
        for name, record in zip(kinds[1:], chain[1:], strict=True):
            rows = self.rows(frame, name)
            if name in self.registry.producers and isinstance(rows, list):
                # A derived record is made anew on each asking; the same one is known by its content.
                rows = [record if r == record else r for r in rows]
            frame = self.child(frame, name, record, rows)
        return frame

    def interpret(self, root: str, record: Any, world: World, tally: Tally) -> list[Hit]:
        """The same as the compiled function gives, by the interpreter."""
        out: list[Hit] = []
        for frame in self.frames(root, record, world):
            tally.records[frame.kind] = tally.records.get(frame.kind, 0) + 1
            for name in self.children.get(frame.kind, ()):
                if self.needed(name) and self.rows(frame, name) is None:
                    tally.unlisted[name] = tally.unlisted.get(name, 0) + 1
            for bound in self.by_kind.get(frame.kind, ()):
                name = self.verdict(bound, frame)
                if name == "not_applicable":
                    tally.not_applicable[bound.index] = tally.not_applicable.get(bound.index, 0) + 1
                elif name != "compliant":
                    out.append((bound.index, _CODES[name], frame.chain))
        return out

    def verdict(self, bound: BoundRule, frame: Frame) -> str:
        """The verdict of one rule on one record, by the table of `truth.verdict`."""
        # What the rule is not about, false whatever the rest is, is the common case: no more need be evaluated.
        applies: Truth = True
        for part in (bound.applies, bound.scope):
            if part is not None:
                applies = all_of([applies, evaluate(part, frame)])
                if applies is False:
                    return "not_applicable"
        violated = evaluate(bound.violated, frame)
        unless = False if bound.unless is None else evaluate(bound.unless, frame)
        return verdict(applies, violated, unless)

    def _asked(self, world: World, kind: str, fact: str, chain: tuple[Any, ...]) -> bool:
        """Whether proof of a fact was asked of the organ for this record and not produced in time."""
        keys = world.unanswered.get((kind, fact))
        return bool(keys) and self.frame_of(kind, chain, world).key in keys  # type: ignore[operator]

"""Mutation: change the pack and its Python one part at a time; the cases must notice.

A mutant that no case notices is a survivor: either a case is missing, or the change means nothing, and then
`docs/mutation.md` says why. Changed are

- the conditions of rules (`applies`, `violated`, `unless`, `rebuttal`), of scope rules and of rules with an effect, on
  the bound nodes;
- what else a rule says of its judging: the day of its conduct, what a scope rule governs, what is primary over what,
  who has to prove a fact, and the parameters;
- predicates, facts, links, relations, the makers of derived records and of statistics, the functions these call and
  the collections they look things up in, on their syntax trees.
"""

from __future__ import annotations

import ast
import gc
import inspect
import multiprocessing
import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import msgspec

from hami_rules import derive, predicates, statute
from hami_rules.derive import aggregate, gathering
from hami_rules.derive.aggregate.counts import Sample
from hami_rules.judge.effects import apart
from hami_rules.judge.engine import Hit, Judge, code_of
from hami_rules.judge.interpret import Frame, evaluate
from hami_rules.pack.load import Pack, rebound
from hami_rules.pack.nodes import AllOf, Call, IsTrue, Node, Quant, walk
from hami_rules.pack.rules import BoundRule, Rule
from hami_rules.predicates.registry import Fact, Link, Predicate, Ref, Relation
from hami_rules.records import labels
from hami_rules.records.base import Record
from hami_rules.records.kinds import ROOTS
from hami_rules.records.reference import Organ
from hami_rules.records.settle import settle
from hami_rules.records.world import ABSENT, UNKNOWN, World

from .cases import (
    Case,
    Outcome,
    Scene,
    became,
    disagreements,
    effects_of,
    findings_of,
    scene_of,
    unforeseen,
)
from .operators import changed_functions, fewer, shifted, variants

__all__ = ["Mutant", "Report", "mutants", "read_explained", "run_mutants"]

Undo = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """One change. `apply` puts it in place and returns what takes it out again."""

    name: str
    rules: frozenset[str]  # the rules whose verdicts it may change
    apply: Callable[[], Undo]
    touched: Callable[..., Any] | None = None  # the function changed: only cases that call it can notice
    made: Callable[..., Any] | None = None  # what it was changed into
    place: Callable[[Callable[..., Any]], Callable[[], Undo]] | None = None  # puts another in its place
    counting: bool = False  # it may change what becomes of findings: which one counts, which is rebuttable
    outright: bool = True  # it may change verdicts
    facts: bool = False  # it may change the values of facts, not only what is made of them
    of: str | None = None  # the scope rule changed: only a selection of it means this mutant


@dataclass
class Report:
    """How many mutants there were, how many the cases killed, and those that lived."""

    mutants: int
    killed: int
    survivors: list[str]


def read_explained(text: str) -> dict[str, str]:
    """The survivors that a page explains: `| `name` | reason |`, one a line of a Markdown table."""
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE)
    return {name: reason.strip() for name, reason in rows}


def _together(changes: Iterable[Callable[[], Undo]]) -> Callable[[], Undo]:
    changes = list(changes)

    def apply() -> Undo:
        undone = [change() for change in changes]

        def undo() -> None:
            for one in reversed(undone):
                one()

        return undo

    return apply


def _put(holder: Any, name: Any, value: Any) -> Callable[[], Undo]:
    """A change that puts another value in a list, a dict, a module, a class or a frozen object."""
    if isinstance(holder, list | dict):

        def put(new: Any) -> Any:
            old = holder[name]
            holder[name] = new
            return old

    else:

        def put(new: Any) -> Any:
            old = vars(holder)[name]
            if isinstance(holder, type):
                type.__setattr__(holder, name, new)
            else:
                object.__setattr__(holder, name, new)
            return old

    def apply() -> Undo:
        old = put(value)

        def undo() -> None:
            put(old)

        return undo

    return apply


# -- rules -------------------------------------------------------------------------------------------------------


def _rule_mutants(pack: Pack) -> Iterator[Mutant]:
    ids = {b.rule.id for b in pack.bound}
    for position, bound in enumerate(pack.bound):
        rule = bound.rule

        def swap(part: str, value: Any, at: int = position) -> Callable[[], Undo]:
            return _put(pack.bound, at, replace(pack.bound[at], **{part: value}))

        for part in ("applies", "violated", "unless"):
            node = getattr(bound, part)
            if node is None:
                continue
            if part != "violated":
                yield Mutant(f"{rule.id} {part}: drop {part}", frozenset({rule.id}), swap(part, None))
            for what, changed in variants(node):
                yield Mutant(f"{rule.id} {part}: {what}", frozenset({rule.id}), swap(part, changed))
        for i, (node, text) in enumerate(bound.rebuttals):
            rest = bound.rebuttals[:i] + bound.rebuttals[i + 1 :]
            changes = [("drop rebuttal", rest)]
            changes += [(w, (*rest[:i], (n, text), *rest[i:])) for w, n in variants(node)]
            for what, rebuttals in changes:
                yield _counting(f"{rule.id} rebuttal: {what}", {rule.id}, swap("rebuttals", rebuttals))
        if rule.conduct:
            free = _rebound(pack, msgspec.structs.replace(rule, conduct=None))
            if free is not None:
                yield Mutant(
                    f"{rule.id} conduct: drop {rule.conduct}",
                    frozenset({rule.id}),
                    _put(pack.bound, position, free),
                )
        for other in rule.primary_over:
            if any(statute.Address.parse(other).contains(statute.Address.parse(i)) for i in ids):
                rest_over = tuple(o for o in rule.primary_over if o != other)
                yield _counting(
                    f"{rule.id} primary_over: drop {other}",
                    {rule.id},
                    _put(pack.by_id, rule.id, msgspec.structs.replace(rule, primary_over=rest_over)),
                )
        if rule.same_fact and _across_kinds(pack, rule):
            ways = rule.same_fact
            without: list[tuple[str, tuple[tuple[str, ...], ...]]] = [("same_fact", ())]
            without += [(", ".join(w), tuple(o for o in ways if o != w)) for w in ways if len(ways) > 1]
            for gone, left in without:
                bare = msgspec.structs.replace(rule, same_fact=left)
                yield _counting(f"{rule.id} same_fact: drop {gone}", {rule.id}, swap("rule", bare))


def _effect_mutants(pack: Pack) -> Iterator[Mutant]:
    """What a rule with an effect asks of a finding, and which others it takes the place of."""
    for position, bound in enumerate(pack.effects):
        rule = bound.rule
        for what, changed in variants(bound.violated):
            other = replace(bound, violated=changed)
            yield Mutant(
                f"{rule.id} applies: {what}", frozenset({rule.id}), _put(pack.effects, position, other)
            )
        for gone in rule.primary_over:
            rest = tuple(o for o in rule.primary_over if o != gone)
            under = [b.rule.id for b in pack.effects if _over(rule, b.rule.id)]
            yield Mutant(
                f"{rule.id} primary_over: drop {gone}",
                frozenset({rule.id, *under}),
                _put(pack.by_id, rule.id, msgspec.structs.replace(rule, primary_over=rest)),
            )


def _across_kinds(pack: Pack, rule: Rule) -> bool:
    """Whether the rule stands above or below a rule that judges another kind of record."""
    at = statute.Address.parse(rule.id)
    below = [statute.Address.parse(o) for o in rule.primary_over]
    for other in pack.rules:
        there = statute.Address.parse(other.id)
        linked = any(b.contains(there) for b in below) or any(
            statute.Address.parse(o).contains(at) for o in other.primary_over
        )
        if linked and other.judges != rule.judges:
            return True
    return False


def _counting(name: str, rules: Iterable[str], apply: Callable[[], Undo]) -> Mutant:
    return Mutant(name, frozenset(rules), apply, counting=True, outright=False)


def _rebound(pack: Pack, rule: Rule, rules: Sequence[Rule] | None = None) -> BoundRule | None:
    made = rebound(pack, rule, rules)
    index = next(b.index for b in pack.bound if b.rule.id == rule.id)
    return None if made is None else replace(made, index=index)


def _scope_mutants(pack: Pack) -> Iterator[Mutant]:
    for rule_id, (rule, nodes) in pack.scope_rules.items():
        # One written condition, bound to many kinds: a mutant changes all of them alike, and all that it governs.
        by_kind = {kind: list(variants(node)) for kind, node in nodes.items()}
        for i, (what, _) in enumerate(next(iter(by_kind.values()))):
            changes = [_put(nodes, kind, found[i][1]) for kind, found in by_kind.items()]
            yield Mutant(f"{rule_id} applies: {what}", frozenset({rule_id}), _together(changes), of=rule_id)
        governed = [p for p, b in enumerate(pack.bound) if rule_id in dict(b.scope_parts)]
        yield Mutant(
            f"{rule_id}: governs nothing",
            frozenset(pack.bound[p].rule.id for p in governed),
            _together(_put(pack.bound, p, _without(pack.bound[p], rule_id)) for p in governed),
            of=rule_id,
        )
        assert rule.governs is not None
        for field in ("bearers", "only", "but"):
            for less in fewer(getattr(rule.governs, field)):
                (gone,) = set(getattr(rule.governs, field)) - set(less)
                other = msgspec.structs.replace(
                    rule, governs=msgspec.structs.replace(rule.governs, **{field: less})
                )
                rules = [other if r.id == rule_id else r for r in pack.rules]
                changed = [
                    (p, made)
                    for p, b in enumerate(pack.bound)
                    if (made := _rebound(pack, b.rule, rules)) is not None
                    and (rule_id in dict(made.scope_parts)) != (rule_id in dict(b.scope_parts))
                ]
                if changed:
                    yield Mutant(
                        f"{rule_id} governs {field}: drop {gone}",
                        frozenset(pack.bound[p].rule.id for p, _ in changed),
                        _together(_put(pack.bound, p, made) for p, made in changed),
                        of=rule_id,
                    )


def _without(bound: BoundRule, scope: str) -> BoundRule:
    parts = tuple(p for p in bound.scope_parts if p[0] != scope)
    return replace(bound, scope_parts=parts, scope=AllOf(tuple(n for _, n in parts)) if parts else None)


# -- functions ---------------------------------------------------------------------------------------------------


def _function_mutants(pack: Pack) -> Iterator[Mutant]:
    users, counters = _users(pack)
    ours: dict[types.ModuleType, set[str]] = {}
    registered: set[Any] = set()
    for thing, rules in users.items():
        fn = thing.fn
        if isinstance(thing, Fact) and thing.burden:
            yield from _burden_mutants(thing, frozenset(rules))
        if fn is None or fn.__name__ == "<lambda>" or fn.__module__.endswith("registry"):
            continue
        registered.add(fn)
        ours.setdefault(sys.modules[fn.__module__], set()).update(rules)
        kind = getattr(thing, "kind", "")

        def place(made: Callable[..., Any], thing: Any = thing) -> Callable[[], Undo]:
            return _put(thing, "fn", made)

        for what, made in changed_functions(fn):
            yield Mutant(
                f"{kind + '.' if kind else ''}{thing.name}: {what}",
                frozenset(rules),
                place(made),
                fn,
                made,
                place,
                counting=bool(counters.get(thing)),
                facts=True,
            )
    for module, kinds in _makers():
        judging = (*pack.bound, *pack.effects)
        rules = {b.rule.id for b in judging if {b.kind, *pack.registry.ancestors(b.kind)} & kinds}
        ours.setdefault(module, set()).update(rules)
    used = _called([*registered, *_begun(pack)], ours)
    for module in ours:
        for owner, name, fn in _own_functions(module, registered):
            if fn not in used:
                continue  # it serves what is only shown to people
            # Where it is called from: what made it its own by name, too.
            holders = [
                (owner, name),
                *((m, name) for m in ours if m is not owner and vars(m).get(name) is fn),
            ]
            served = [(pack.registry.producers, k) for k, p in pack.registry.producers.items() if p is fn]
            counted = [(a, f) for a in aggregate.AGGREGATES for f, of in vars(a).items() if of is fn]
            everywhere: list[tuple[Any, str]] = [*holders, *served, *counted]

            def put(
                made: Callable[..., Any], places: list[tuple[Any, str]] = everywhere
            ) -> Callable[[], Undo]:
                return _together(_put(holder, name, made) for holder, name in places)

            asking = {r for m, _ in [(module, name), *holders] if m in ours for r in ours[m]}
            for what, made in changed_functions(fn):
                short = module.__name__.removeprefix("hami_rules.")
                counting = module.__name__.startswith(predicates.__name__)
                yield Mutant(
                    f"{short}.{name}: {what}",
                    frozenset(asking),
                    put(made),
                    fn,
                    made,
                    put,
                    counting,
                    facts=True,
                )
    yield from _collection_mutants(ours, used)


def _begun(pack: Pack) -> Iterator[Callable[..., Any]]:
    """What is called first to make derived records and statistics."""
    yield from pack.registry.producers.values()
    yield gathering.gather
    yield aggregate.of_all
    for each in aggregate.AGGREGATES:
        yield from (each.counter, each.records)


def _called(
    first: Iterable[Callable[..., Any]], modules: Iterable[types.ModuleType]
) -> set[Callable[..., Any]]:
    """These functions and all those of some modules that they may call, on and on: by name, so rather too many."""
    by_name: dict[str, list[Callable[..., Any]]] = {}
    for module in modules:
        for holder in (module, *(c for c in vars(module).values() if isinstance(c, type))):
            for name, fn in vars(holder).items():
                if isinstance(fn, types.FunctionType):
                    by_name.setdefault(name, []).append(fn)
    found: set[Callable[..., Any]] = set()
    todo = list(first)
    while todo:
        fn = todo.pop()
        if fn not in found:
            found.add(fn)
            todo += [other for name in _names_in(fn.__code__) for other in by_name.get(name, ())]
    return found


def _names_in(code: types.CodeType) -> set[str]:
    """The names that a function's code asks for, those of the functions written within it too."""
    within = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return set(code.co_names).union(*map(_names_in, within))


def _burden_mutants(fact: Fact, rules: frozenset[str]) -> Iterator[Mutant]:
    """Nobody had to prove it; silence speaks for the other side."""
    name = f"{fact.kind}.{fact.name} burden:"
    yield Mutant(f"{name} drop burden", rules, _put(fact, "burden", False), facts=True)
    if isinstance(fact.absent, bool):
        other = not fact.absent
        yield Mutant(f"{name} {fact.absent} → {other}", rules, _put(fact, "absent", other), facts=True)


def _makers() -> Iterator[tuple[types.ModuleType, set[str]]]:
    """The modules that make derived records and statistics, each with the kinds that it makes; what only helps others
    in its package serves all of theirs."""
    start = derive.__name__ + "."
    for name, module in sorted(sys.modules.items()):
        if name.startswith(start):
            own = (module.KIND,) if hasattr(module, "KIND") else getattr(module, "KINDS", None)
            kinds = sys.modules[module.__package__ or ""].KINDS if own is None else own
            yield module, {k.name for k in kinds}


def _own_functions(module: types.ModuleType, but: set[Any]) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """The functions and methods written in a module: where each is held, its name, itself."""
    for holder in (module, *(c for c in vars(module).values() if isinstance(c, type))):
        if isinstance(holder, type) and holder.__module__ != module.__name__:
            continue
        for name, fn in list(vars(holder).items()):
            written = isinstance(fn, types.FunctionType) and fn.__module__ == module.__name__
            if written and fn not in but and not hasattr(fn, "__hami__") and not name.startswith("__"):
                yield holder, name, fn


def _collection_mutants(
    ours: dict[types.ModuleType, set[str]], used: set[Callable[..., Any]]
) -> Iterator[Mutant]:
    """Collections at the top of a module that its functions, or those of others that take them from it, read."""
    for module in (*ours, labels):
        written = ast.parse(inspect.getsource(module)).body
        names = [t for n in written if isinstance(n, ast.Assign) for t in n.targets]
        names += [n.target for n in written if isinstance(n, ast.AnnAssign)]
        for name in (n.id for n in names if isinstance(n, ast.Name)):
            value = vars(module)[name]
            readers = [m for m in ours if vars(m).get(name) is value and _reads(m, name, used)]
            if not readers or not isinstance(value, frozenset | tuple | dict):
                continue
            rules = frozenset(r for m in readers for r in ours[m])
            for less in fewer(value):
                (gone,) = set(value) - set(less)
                said = gone if isinstance(gone, str) else getattr(gone, "norm", gone)
                yield Mutant(
                    f"{module.__name__.removeprefix('hami_rules.')}.{name}: without {said}",
                    rules,
                    _together(_put(m, name, less) for m in readers),
                    facts=True,
                )


def _reads(module: types.ModuleType, name: str, used: set[Callable[..., Any]]) -> bool:
    return any(f.__globals__ is vars(module) and name in _names_in(f.__code__) for f in used)


def _users(pack: Pack) -> tuple[dict[Any, set[str]], dict[Any, set[str]]]:
    """Every predicate, fact, link and relation with the rules whose verdict rests on it, and with those by whose
    `same_fact` or `rebuttal` it is asked for."""
    verdicts: dict[Any, set[str]] = {}
    counters: dict[Any, set[str]] = {}

    def note(out: dict[Any, set[str]], thing: Any, rule: str) -> None:
        users = out.setdefault(thing, set())
        if rule in users:
            return
        users.add(rule)
        for param in getattr(thing, "params", ()) if not isinstance(thing, Predicate) else ():
            if param not in ("world", "as_of"):
                note_ref(out, pack.registry.resolve(thing.kind, thing.fact_of(param)), rule)

    def note_ref(out: dict[Any, set[str]], ref: Ref, rule: str) -> None:
        for how, what in ref.path:
            if how == "link":
                note(out, what, rule)
        if isinstance(ref.target, Fact | Link | Relation):
            note(out, ref.target, rule)

    def note_node(out: dict[Any, set[str]], node: Node, rule: str) -> None:
        for n in walk(node):
            if isinstance(n, Call):
                note(out, n.predicate, rule)
                for arg in n.args:
                    if isinstance(arg, Ref):
                        note_ref(out, arg, rule)
            elif isinstance(n, IsTrue):
                note_ref(out, n.ref, rule)
            elif isinstance(n, Quant):
                note_ref(out, n.relation, rule)

    for bound in (*pack.bound, *pack.effects):
        for part in (bound.applies, bound.violated, bound.unless):
            if part is not None:
                note_node(verdicts, part, bound.rule.id)
        for node, _ in bound.rebuttals:
            note_node(counters, node, bound.rule.id)
        for name in chain.from_iterable(bound.rule.same_fact):
            note_ref(counters, pack.registry.resolve(bound.kind, name), bound.rule.id)
    for rule_id, (_, nodes) in pack.scope_rules.items():
        for node in nodes.values():
            note_node(verdicts, node, rule_id)
    for thing in counters:
        verdicts.setdefault(thing, set())
    return verdicts, counters


# -- parameters --------------------------------------------------------------------------------------------------


def _parameter_mutants(pack: Pack, scenes: Sequence[Scene]) -> Iterator[Mutant]:
    """Parameters with each value moved by one, in the world of every case."""
    everything = frozenset(b.rule.id for b in (*pack.bound, *pack.effects))
    for name, parameter in pack.data.parameters.items():
        value = parameter.at(None)
        for moved in (*shifted(value), *fewer(value)):

            def other(_: Any, value: Any = moved) -> Any:
                return value

            changes = [_put(s.world, "parameters", {**s.world.parameters, name: other}) for s in scenes]
            yield Mutant(
                f"parameter {name}: {value!r} → {moved!r}", everything, _together(changes), facts=True
            )


# -- running -----------------------------------------------------------------------------------------------------


def mutants(pack: Pack) -> list[Mutant]:
    """All mutants of a pack but those of its parameters, which live in each case's world."""
    parts = (_rule_mutants, _effect_mutants, _scope_mutants, _function_mutants)
    met: Counter[str] = Counter()
    out = []
    for mutant in chain.from_iterable(part(pack) for part in parts):
        # The same words may stand twice in a condition: each keeps a name of its own.
        met[mutant.name] += 1
        n = met[mutant.name]
        out.append(mutant if n == 1 else replace(mutant, name=f"{mutant.name} ({n})"))
    return out


class _Stage:
    """The cases set up: the records of each with everything under them, and what the pack says of them as it is."""

    def __init__(self, pack: Pack, cases: Sequence[Case]) -> None:
        self.pack = pack
        self.cases = cases
        self.scenes = [scene_of(case, pack) for case in cases]
        self.heard: list[dict[Callable[..., Any], list[_Heard]]] = [{}] * len(cases)
        self.frames: list[list[tuple[str, Frame]]] = []
        self.broken: list[list[tuple[str, Hit]]] = []
        self.kinds: list[set[str]] = []
        self.asked: frozenset[str] = frozenset()
        self.effects = {b.rule.id for b in pack.effects}
        self.meeting = apart(pack)

    def set_up(self, mutants: Iterable[Mutant]) -> None:
        """Judge every case once, and keep every call of the functions that mutants change."""
        mutants = list(mutants)
        self.asked = _beside(self.pack, frozenset(r for m in mutants for r in m.rules))
        scoping = any(r in self.pack.scope_rules for r in self.asked)
        judge = Judge([b for b in self.pack.bound if scoping or b.rule.id in self.asked], self.pack.registry)
        for i, scene in enumerate(self.scenes):
            if self._effects(i, self.asked):
                findings_of(scene, self.pack, Judge(self.pack.bound, self.pack.registry))
        calls: dict[Callable[..., Any], list[_Heard]] = {}
        world = self.scenes[0].world

        def listening(fn: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> Any:
                named_by = world.at_hand
                answer = fn(*args, **named)
                calls.setdefault(fn, []).append((args, named, named_by, answer))
                return answer

            return call

        placed = {(m.touched, id(m.place)): m for m in mutants if m.touched is not None}
        undo = _together(m.place(listening(m.touched)) for m in placed.values() if m.place and m.touched)()
        try:
            for i, scene in enumerate(self.scenes):
                calls, world = {}, scene.world
                frames = list(_fresh(scene, judge))
                hits = _says(frames, self.pack, judge, self.asked).hits
                broken = [(kind, hit) for kind, hit in hits if hit[1] == code_of("violated")]
                became(broken, scene.world, self.pack, judge, self.meeting)
                self._effect_verdicts(i, self.asked)
                self.heard[i] = calls
                self.frames.append(frames)
                self.broken.append(broken)
                self.kinds.append({frame.kind for _, frame in frames})
        finally:
            undo()

    def may_notice(self, mutant: Mutant, i: int) -> bool:
        """Whether a case has anything in it that the mutant could change."""
        if mutant.touched is not None and not _answers_otherwise(
            mutant, self.heard[i].get(mutant.touched, ()), self.scenes[i].world
        ):
            return False
        if self._effects(i, mutant.rules):
            return True
        return (mutant.counting and bool(self.broken[i])) or (mutant.outright and self._meets(mutant, i))

    def _meets(self, mutant: Mutant, i: int) -> bool:
        # What makes derived records may make some where there were none.
        made = mutant.facts and mutant.touched is not None
        return made or any(
            r in self.pack.scope_rules or self.pack.by_id[r].judges in self.kinds[i] for r in mutant.rules
        )

    def notices(self, mutant: Mutant, i: int, judge: Judge, whole: Judge) -> bool:
        """Whether a case disagrees with the pack as it is now."""
        case, scene = self.cases[i], self.scenes[i]
        try:
            if mutant.outright:
                frames = _fresh(scene, judge) if mutant.facts else self.frames[i]
                said = _says(frames, self.pack, judge, mutant.rules)
                said.verdicts.update(self._effect_verdicts(i, mutant.rules))
                if disagreements(_only(case, mutant.rules), said, self.pack):
                    return True
            if not mutant.counting or not self.broken[i]:
                return False
            # The verdicts are what they were; what becomes of them need not be.
            scene.world.memo.clear()
            after = became(self.broken[i], scene.world, self.pack, whole, self.meeting)
            return bool(unforeseen(_among(case, self.asked), *after))
        except Exception:
            # What makes records may raise outside the judge: that cannot be missed.
            return True

    def _effects(self, i: int, rules: frozenset[str]) -> frozenset[str]:
        """The rules with an effect that a case names: only it can say what they should say."""
        return frozenset(self.effects & rules & self.cases[i].expect.keys())

    def _effect_verdicts(self, i: int, rules: frozenset[str]) -> dict[str, dict[str, str]]:
        """What they say of the findings that the unchanged pack gives: a change of those shows by itself."""
        asked, scene = self._effects(i, rules), self.scenes[i]
        return effects_of(scene.found or [], scene.world, self.pack, asked) if asked else {}


_Heard = tuple[tuple[Any, ...], dict[str, Any], dict[str, Organ], Any]
"""One call of a function in a case: the arguments, the organs that the record at hand named, and what it answered."""


def _answers_otherwise(mutant: Mutant, heard: Iterable[_Heard], world: World) -> bool:
    """Whether the changed function answers any of the calls otherwise than the function did. Both are pure: where it
    does not, no verdict can change. A method may change what it belongs to, and is taken to."""
    fn, made = mutant.touched, mutant.made
    assert fn is not None and made is not None
    method = fn.__code__.co_varnames[:1] == ("self",)
    for args, named, named_by, answer in heard:
        if method:
            return True
        if any(isinstance(arg, World | Sample) for arg in args):
            world.memo.clear()
        world.at_hand = named_by
        try:
            if not _same(made(*args, **named), answer):
                return True
        except Exception:
            return True
    return False


def _same(a: Any, b: Any) -> bool:
    # The unknown record and the absent one look alike and are not.
    return a is b or (
        type(a) is type(b) and not (isinstance(a, Record) and _stands_for_none(a, b)) and bool(a == b)
    )


def _stands_for_none(*records: Record) -> bool:
    return any(r is other for r in records for table in (ABSENT, UNKNOWN) for other in table.values())


def _fresh(scene: Scene, judge: Judge) -> Iterator[tuple[str, Frame]]:
    """Every record of a case with everything under it, made afresh: nothing computed before is remembered."""
    scene.world.memo.clear()
    applications = [r for kind, r in scene.records if kind == ROOTS["applications"].name]
    scene.world.gathered = gathering.gather(applications)
    counted = {kind.name for kind in aggregate.KINDS}
    records = [(kind, record) for kind, record in scene.records if kind not in counted]
    if any(map(judge.needed, counted)):
        records += aggregate.of_all(scene.world, applications, scene.quarantined)
    for kind, record in records:
        if judge.needed(kind):
            for frame in judge.frames(kind, settle(kind, record, scene.world), scene.world):
                yield kind, frame


def _says(frames: Iterable[tuple[str, Frame]], pack: Pack, judge: Judge, rules: frozenset[str]) -> Outcome:
    """The verdicts of some rules on the records of a case, by the interpreter."""
    outcome = Outcome()
    scopes = [r for r in rules if r in pack.scope_rules]
    at_hand = None
    for kind, frame in frames:
        if frame.chain[0] is not at_hand:
            at_hand = settle(kind, frame.chain[0], frame.world)
        for bound in judge.by_kind.get(frame.kind, ()):
            if bound.rule.id in rules:
                verdict = judge.verdict(bound, frame)
                outcome.verdicts.setdefault(bound.rule.id, {})[frame.key] = verdict
                if code_of(verdict):
                    outcome.hits.append((kind, (bound.index, code_of(verdict), frame.chain)))
        for rule_id in scopes:
            node = pack.scope_rules[rule_id][1].get(frame.kind)
            if node is not None:
                named = {True: "compliant", False: "not_applicable"}.get(
                    evaluate(node, frame),  # type: ignore[arg-type]
                    "undetermined",
                )
                outcome.verdicts.setdefault(rule_id, {})[frame.key] = named
    return outcome


class _Trial:
    """Mutants tried one at a time, each on the cases that could notice it until one does."""

    def __init__(self, stage: _Stage, mutants: Sequence[Mutant]) -> None:
        self.stage = stage
        self.mutants = mutants
        self.lately: dict[int, int] = {}  # case → the number of the mutant that it killed last

    def survives(self, number: int) -> bool:
        mutant = self.mutants[number]
        undo = mutant.apply()
        try:
            return not self._noticed(mutant, number)
        finally:
            undo()

    def _noticed(self, mutant: Mutant, number: int) -> bool:
        pack, cases = self.stage.pack, self.stage.cases
        named, mutant = mutant.rules, self._with_governed(mutant)
        # A judge of these rules alone passes over the records that they do not judge.
        scoping = any(r in pack.scope_rules for r in named)
        judge = Judge([b for b in pack.bound if scoping or b.rule.id in mutant.rules], pack.registry)
        whole = Judge(pack.bound, pack.registry)
        order = [i for i in range(len(cases)) if self.stage.may_notice(mutant, i)]
        order.sort(key=lambda i: (not named & cases[i].expect.keys(), -self.lately.get(i, -1)))
        for i in order:
            if self.stage.notices(mutant, i, judge, whole):
                self.lately[i] = number
                return True
        return False

    def _with_governed(self, mutant: Mutant) -> Mutant:
        """What a scope rule says shows in the verdicts of the rules that it governs as well."""
        governed = {
            b.rule.id for b in self.stage.pack.bound if any(s in mutant.rules for s, _ in b.scope_parts)
        }
        return replace(mutant, rules=mutant.rules | governed) if governed else mutant


_trial: _Trial | None = None


def _survives(number: int) -> bool:
    assert _trial is not None
    return _trial.survives(number)


@contextmanager
def _trying(trial: _Trial, jobs: int) -> Iterator[Callable[[Iterable[int]], Iterator[bool]]]:
    """Tries mutants in this process, or in as many forked from it: they share what was set up, which takes a minute.
    Where a system cannot fork, there is this process. Same results either way."""
    global _trial
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda numbers: map(trial.survives, numbers)
        return
    _trial = trial
    gc.freeze()  # else the first collection of each process would copy all that is shared
    try:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            # Neighbours change one function: the case that noticed one often notices the next.
            yield lambda numbers: pool.imap(_survives, numbers, chunksize=16)
    finally:
        gc.unfreeze()
        _trial = None


def run_mutants(
    pack: Pack,
    cases: Sequence[Case],
    select: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, known: None,
    jobs: int = 1,
) -> Report:
    """Try every mutant on the cases that could notice it. A mutant that raises is killed too.

    Left out are only cases that cannot notice: those without a record of the kinds judged, and those that never call
    the function changed. The cases that name the rule, and among them the one that killed last, come first.
    """
    chosen = [statute.Address.parse(s) for s in select]
    stage = _Stage(pack, cases)
    listed = [
        m
        for m in mutants(pack)
        if not chosen
        or any(c.contains(statute.Address.parse(r)) for r in ([m.of] if m.of else m.rules) for c in chosen)
    ]
    if not chosen:
        listed += _parameter_mutants(pack, stage.scenes)
    stage.set_up(listed)
    survivors: list[str] = []
    with _trying(_Trial(stage, listed), jobs) as survive:
        for number, lived in enumerate(survive(range(len(listed)))):
            if lived:
                survivors.append(listed[number].name)
            progress(number + 1, len(listed))
    return Report(len(listed), len(listed) - len(survivors), survivors)


def _beside(pack: Pack, rules: frozenset[str]) -> frozenset[str]:
    """The rules, and all that count for them or that they count for, on and on."""
    found = set(rules)
    while True:
        more = {
            r.id
            for r in pack.rules
            for other in found
            if _over(r, other) or (other in pack.by_id and _over(pack.by_id[other], r.id))
        } - found
        if not more:
            return frozenset(found)
        found |= more


def _over(rule: Rule, other: str) -> bool:
    return any(statute.Address.parse(o).contains(statute.Address.parse(other)) for o in rule.primary_over)


def _among(case: Case, rules: frozenset[str]) -> Case:
    """The case as far as it says what counts for what among some rules."""
    counted = {a: b for a, b in case.counted.items() if a in rules}
    return replace(case, counted=counted, rebuttable=tuple(r for r in case.rebuttable if r in rules))


def _only(case: Case, rules: frozenset[str]) -> Case:
    """The case as far as it speaks of some rules' verdicts."""
    expect = {r: v for r, v in case.expect.items() if r in rules}
    return replace(case, expect=expect, counted={}, rebuttable=())

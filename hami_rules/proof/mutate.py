"""Mutation: change the rules, parameters, predicates and facts one part at a time; the cases must notice.

A mutant that no case notices is a survivor: either a case is missing, or the change means nothing (and the docs say
why). Mutants of conditions are made on the bound nodes, those of predicates and facts on their syntax trees.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hami_rules import statute
from hami_rules.judge.engine import Judge
from hami_rules.judge.interpret import evaluate
from hami_rules.pack.load import Pack
from hami_rules.pack.nodes import AllOf, AnyOf, Call, IsTrue, Lit, Node, Not, Quant, walk
from hami_rules.pack.rules import EFFECTS, BoundRule
from hami_rules.predicates.registry import Fact, Link, Predicate, Ref, Relation

from .cases import Case, Outcome, Scene, disagreements, effects_of, findings_of, scene_of

__all__ = ["Mutant", "Report", "mutants", "run_mutants"]


@dataclass(frozen=True)
class Mutant:
    """One change. `apply` puts it in place and returns what takes it out again."""

    name: str
    rules: frozenset[str]  # the rules whose verdicts it may change
    apply: Callable[[], Callable[[], None]]


@dataclass
class Report:
    """How many mutants there were, how many the cases killed, and those that lived."""

    mutants: int
    killed: int
    survivors: list[str]


# -- conditions --------------------------------------------------------------------------------------------------


def _variants(node: Node) -> Iterator[tuple[str, Node]]:
    """Every single change inside a condition, with a description."""
    match node:
        case AllOf(children) | AnyOf(children):
            make = type(node)
            other = AnyOf if make is AllOf else AllOf
            word = "all" if make is AllOf else "any"
            yield f"{word} → {'any' if make is AllOf else 'all'}", other(children)
            for i, child in enumerate(children):
                rest = children[:i] + children[i + 1 :]
                yield f"drop {_name(child)}", rest[0] if len(rest) == 1 else make(rest)
                for what, changed in _variants(child):
                    yield what, make((*children[:i], changed, *children[i + 1 :]))
        case Not(child):
            yield f"un-negate {_name(child)}", child
            for what, changed in _variants(child):
                if not isinstance(changed, Not):
                    yield what, Not(changed)
        case Quant(op, _, _, child):
            for new in ("some", "every", "no"):
                if new != op:
                    yield f"{op} → {new} {_name(node)}", replace(node, op=new)
            for what, changed in _variants(child):
                yield what, replace(node, child=changed)
        case Call(found, args):
            yield f"negate {found.name}", Not(node)
            for i, arg in enumerate(args):
                if isinstance(arg, Lit):
                    for changed in _shifted(arg.value):
                        yield (
                            f"{found.name}: {arg.value!r} → {changed!r}",
                            Call(found, (*args[:i], Lit(changed), *args[i + 1 :])),
                        )
        case IsTrue(ref):
            yield f"negate {ref.name}", Not(node)


def _name(node: Node) -> str:
    match node:
        case IsTrue(ref):
            return ref.name
        case Call(found, _):
            return found.name
        case Quant(op, ref, _, _):
            return f"{op}({ref.target.name})"
        case Not(child):
            return f"not({_name(child)})"
    return type(node).__name__.lower()


def _shifted(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, tuple | frozenset) and len(value) > 1:
        for part in sorted(value, key=str):
            yield type(value)(v for v in value if v != part)


def _condition_mutants(pack: Pack) -> Iterator[Mutant]:
    for position, bound in enumerate(pack.bound):
        for part in ("applies", "violated", "unless"):
            node = getattr(bound, part)
            if node is None:
                continue
            variants = list(_variants(node))
            if part != "violated":
                variants.insert(0, (f"drop {part}", None))  # type: ignore[arg-type]
            for what, changed in variants:
                yield Mutant(
                    f"{bound.rule.id} {part}: {what}",
                    frozenset({bound.rule.id}),
                    _swap(pack.bound, position, _with(bound, part, changed)),
                )
    for position, bound in enumerate(pack.effects):
        for what, changed in _variants(bound.violated):
            yield Mutant(
                f"{bound.rule.id} applies: {what}",
                frozenset({bound.rule.id}),
                _swap(pack.effects, position, _with(bound, "violated", changed)),
            )
    for rule_id, (_, nodes) in pack.scope_rules.items():
        # One written condition, bound to many kinds: a mutant changes all of them alike.
        variants_by_kind = {kind: list(_variants(node)) for kind, node in nodes.items()}
        for i, (what, _) in enumerate(next(iter(variants_by_kind.values()))):
            mutated = {kind: variants[i][1] for kind, variants in variants_by_kind.items()}
            yield Mutant(f"{rule_id} applies: {what}", frozenset({rule_id}), _swap_scope(nodes, mutated))


def _with(bound: BoundRule, part: str, node: Node | None) -> BoundRule:
    changed: dict[str, Any] = {part: node}
    return replace(bound, **changed)


def _swap(rules: list[BoundRule], position: int, bound: BoundRule) -> Callable[[], Callable[[], None]]:
    def apply() -> Callable[[], None]:
        old = rules[position]
        rules[position] = bound

        def undo() -> None:
            rules[position] = old

        return undo

    return apply


def _swap_scope(nodes: dict[str, Node], changed: dict[str, Node]) -> Callable[[], Callable[[], None]]:
    def apply() -> Callable[[], None]:
        old = dict(nodes)
        nodes.update(changed)

        def undo() -> None:
            nodes.update(old)

        return undo

    return apply


# -- functions ---------------------------------------------------------------------------------------------------

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def _function_changes(tree: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every comparison flipped, every and/or swapped, every not taken away, in a copy of the function."""
    spots = [n for n in ast.walk(tree) if isinstance(n, ast.Compare | ast.BoolOp | ast.UnaryOp)]
    for index, spot in enumerate(spots):
        if isinstance(spot, ast.Compare):
            for place, op in enumerate(spot.ops):
                for new in _COMPARE.get(type(op), ()):
                    made, target = _copy(tree, index)
                    assert isinstance(target, ast.Compare)
                    target.ops[place] = new()
                    yield f"line {spot.lineno}: {type(op).__name__} → {new.__name__}", made
        elif isinstance(spot, ast.BoolOp):
            made, target = _copy(tree, index)
            assert isinstance(target, ast.BoolOp)
            target.op = ast.Or() if isinstance(spot.op, ast.And) else ast.And()
            yield f"line {spot.lineno}: {type(spot.op).__name__} swapped", made
        elif isinstance(spot.op, ast.Not):
            made, target = _copy(tree, index)
            assert isinstance(target, ast.UnaryOp)
            target.op = ast.UAdd()
            # `+x` of a truth value keeps its truth.
            yield f"line {spot.lineno}: not dropped", made


def _copy(tree: ast.FunctionDef, index: int) -> tuple[ast.FunctionDef, ast.AST]:
    made = copy.deepcopy(tree)
    spots = [n for n in ast.walk(made) if isinstance(n, ast.Compare | ast.BoolOp | ast.UnaryOp)]
    return made, spots[index]


def _rebuilt(fn: Callable[..., Any], tree: ast.FunctionDef) -> Callable[..., Any]:
    bare = copy.deepcopy(tree)
    bare.decorator_list = []
    # Annotations may name what only a type checker sees.
    bare.returns = None
    for arg in (*bare.args.args, *bare.args.kwonlyargs):
        arg.annotation = None
    module = ast.fix_missing_locations(ast.Module([bare], []))
    space = dict(fn.__globals__)
    exec(compile(module, f"<mutant of {fn.__name__}>", "exec"), space)
    made: Callable[..., Any] = space[fn.__name__]
    return made


def _function_mutants(pack: Pack) -> Iterator[Mutant]:
    used = _users(pack)
    for thing, rules in used.items():
        fn = thing.fn
        if fn is None or fn.__name__ == "<lambda>" or fn.__module__.endswith("registry"):
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(fn))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        for what, changed in _function_changes(tree):
            made = _rebuilt(fn, changed)
            kind = getattr(thing, "kind", "")
            yield Mutant(
                f"{kind + '.' if kind else ''}{thing.name} {what}", frozenset(rules), _swap_fn(thing, made)
            )


def _swap_fn(thing: Any, made: Callable[..., Any]) -> Callable[[], Callable[[], None]]:
    def apply() -> Callable[[], None]:
        old = thing.fn
        object.__setattr__(thing, "fn", made)

        def undo() -> None:
            object.__setattr__(thing, "fn", old)

        return undo

    return apply


def _users(pack: Pack) -> dict[Any, set[str]]:
    """Every predicate, fact, link and relation with the rules that rest on it."""
    out: dict[Any, set[str]] = {}

    def note(thing: Any, rule: str) -> None:
        users = out.setdefault(thing, set())
        if rule in users:
            return
        users.add(rule)
        for param in getattr(thing, "params", ()) if not isinstance(thing, Predicate) else ():
            if param not in ("world", "as_of"):
                ref = pack.registry.resolve(thing.kind, thing.fact_of(param))
                note_ref(ref, rule)

    def note_ref(ref: Ref, rule: str) -> None:
        for how, what in ref.path:
            if how == "link":
                note(what, rule)
        if isinstance(ref.target, Fact | Link | Relation):
            note(ref.target, rule)

    def note_node(node: Node, rule: str) -> None:
        for n in walk(node):
            if isinstance(n, Call):
                note(n.predicate, rule)
                for arg in n.args:
                    if isinstance(arg, Ref):
                        note_ref(arg, rule)
            elif isinstance(n, IsTrue):
                note_ref(n.ref, rule)
            elif isinstance(n, Quant):
                note_ref(n.relation, rule)

    for bound in (*pack.bound, *pack.effects):
        for part in (bound.applies, bound.violated, bound.unless):
            if part is not None:
                note_node(part, bound.rule.id)
    for rule_id, (_, nodes) in pack.scope_rules.items():
        for node in nodes.values():
            note_node(node, rule_id)
    return out


# -- parameters --------------------------------------------------------------------------------------------------


def _parameter_mutants(pack: Pack) -> Iterator[tuple[str, str, Any]]:
    """Parameters with each value moved by one: (name, what, changed value)."""
    for name, parameter in pack.data.parameters.items():
        value = parameter.at(None)
        for changed in _shifted(value):
            yield name, f"{value!r} → {changed!r}", changed


# -- running -----------------------------------------------------------------------------------------------------


def mutants(pack: Pack) -> list[Mutant]:
    """All mutants of a pack but those of its parameters, which live in each case's world."""
    return [*_condition_mutants(pack), *_function_mutants(pack)]


def _says(case: Case, scene: Scene, pack: Pack, judge: Judge, rules: frozenset[str]) -> Outcome:
    """The verdicts of some rules on a case, by the interpreter."""
    outcome = Outcome()
    effects = frozenset(r for r in rules & set(case.expect) if pack.by_id[r].effect in EFFECTS)
    if effects:
        outcome.verdicts.update(effects_of(findings_of(scene, pack, judge), scene.world, pack, effects))
    for kind, record in scene.at_hand():
        if not judge.needed(kind):
            continue
        for frame in judge.frames(kind, record, scene.world):
            for bound in judge.by_kind.get(frame.kind, ()):
                if bound.rule.id in rules:
                    outcome.verdicts.setdefault(bound.rule.id, {})[frame.key] = judge.verdict(bound, frame)
            for rule_id in rules:
                if rule_id in pack.scope_rules:
                    node = pack.scope_rules[rule_id][1].get(frame.kind)
                    if node is not None:
                        named = {True: "compliant", False: "not_applicable"}.get(
                            evaluate(node, frame),  # type: ignore[arg-type]
                            "undetermined",
                        )
                        outcome.verdicts.setdefault(rule_id, {})[frame.key] = named
    return outcome


def run_mutants(
    pack: Pack,
    cases: Sequence[Case],
    select: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, known: None,
) -> Report:
    """Try every mutant on the cases that could notice it. A mutant that raises is killed too."""
    chosen = [statute.Address.parse(s) for s in select]

    def wanted(rules: frozenset[str]) -> bool:
        return not chosen or any(c.contains(statute.Address.parse(r)) for r in rules for c in chosen)

    scenes = [(case, scene_of(case, pack)) for case in cases]
    kinds = [{f for k, r in scene.records for f in _kinds(pack, k)} for _, scene in scenes]
    listed = [m for m in mutants(pack) if wanted(m.rules)]
    unchanged = Judge(pack.bound, pack.registry)
    for case, scene in scenes:
        if any(r in pack.by_id and pack.by_id[r].effect in EFFECTS for r in case.expect):
            findings_of(scene, pack, unchanged)  # before anything is changed
    survivors: list[str] = []

    def noticed(rules: frozenset[str]) -> bool:
        judge = Judge(pack.bound, pack.registry)
        order = sorted(range(len(scenes)), key=lambda i: not (rules & set(scenes[i][0].expect)))
        needed = {pack.by_id[r].judges for r in rules if r in pack.by_id}
        for i in order:
            case, scene = scenes[i]
            named = any(pack.by_id[r].effect in EFFECTS for r in rules & set(case.expect) if r in pack.by_id)
            if not needed & kinds[i] and not named and not any(r in pack.scope_rules for r in rules):
                continue
            scene.world.memo.clear()
            said = _says(case, scene, pack, judge, rules)
            if disagreements(_only(case, rules), said, pack):
                return True
        return False

    for done, mutant in enumerate(listed):
        undo = mutant.apply()
        try:
            if not noticed(mutant.rules):
                survivors.append(mutant.name)
        finally:
            undo()
        progress(done + 1, len(listed))
    count = len(listed)
    if not chosen:
        everything = frozenset(b.rule.id for b in pack.bound)
        for name, what, value in _parameter_mutants(pack):
            count += 1
            olds = [scene.world.parameters for _, scene in scenes]
            for _, scene in scenes:
                scene.world.parameters = {**scene.world.parameters, name: lambda day, v=value: v}  # type: ignore[misc]
            if not noticed(everything):
                survivors.append(f"parameter {name}: {what}")
            for (_, scene), old in zip(scenes, olds, strict=True):
                scene.world.parameters = old
    return Report(count, count - len(survivors), survivors)


def _only(case: Case, rules: frozenset[str]) -> Case:
    return replace(case, expect={r: v for r, v in case.expect.items() if r in rules})


def _kinds(pack: Pack, root: str) -> set[str]:
    out = {root}
    for kind in pack.registry.kinds.values():
        if root in pack.registry.ancestors(kind.name):
            out.add(kind.name)
    return out

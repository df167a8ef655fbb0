"""From the condition trees of the pack to conditions of durable_rules, and from a record to the truths they ask for.

Leaves — facts, predicates, questions asked of a list — are worked out by the interpreter; the engine joins them. Not
is pushed to the leaves, where it asks for "f": a truth that nobody knows is left out and matches neither. So a condition
matches exactly where Kleene's logic says true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hami_rules.judge.interpret import Frame, evaluate
from hami_rules.pack.message import show
from hami_rules.pack.nodes import AllOf, AnyOf, Arg, Call, IsTrue, Lit, Node, Not, Param, Quant, Undecided
from hami_rules.pack.rules import BoundRule

from .session import truths

__all__ = ["KIND", "conditions_to_durable", "facts_of", "leaf_name", "rule_of", "violation_of"]

KIND = "@kind"
"""The fact that says what kind of record the others are about: names of one kind mean nothing of another."""


def conditions_to_durable(node: Node, holds: bool = True) -> dict[str, Any]:
    """The condition that the node holds (or, `holds=False`, that it is known not to), as `Engine` takes it."""
    match node:
        case Not(child):
            return conditions_to_durable(child, not holds)
        case AllOf(children) | AnyOf(children):
            op = "$and" if isinstance(node, AllOf) is holds else "$or"
            parts: list[dict[str, Any]] = []
            for child in children:
                part = conditions_to_durable(child, holds)
                parts += part.get(op, [part])
            return parts[0] if len(parts) == 1 else {op: parts}
    return {leaf_name(node): "t" if holds else "f"}


def leaf_name(node: Node) -> str:
    """A leaf as it is written, with the facts that it asks for: within one kind, the same name is the same question."""
    match node:
        case IsTrue(ref):
            return ref.name
        case Call(found, args):
            return f"{found.name}({', '.join(map(_argument, args))})"
        case Quant(op, relation, _, child):
            return f"{op} {relation.name}: {leaf_name(child)}"
        case Undecided(_, en):
            return f"undecided: {en}"
        case Not(child):
            return f"not ({leaf_name(child)})"
        case AllOf(children) | AnyOf(children):
            joined = " and " if isinstance(node, AllOf) else " or "
            return "(" + joined.join(map(leaf_name, children)) + ")"
    raise AssertionError(node)


def _argument(arg: Arg) -> str:
    if isinstance(arg, Lit):
        return f"={show(arg.value, 'en')}"
    return f"${arg.name}" if isinstance(arg, Param) else arg.name


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Not(child):
            yield from _leaves(child)
        case AllOf(children) | AnyOf(children):
            for child in children:
                yield from _leaves(child)
        case _:
            yield node


def violation_of(bound: BoundRule) -> Node:
    """When a rule is violated: it applies and nothing excuses. Of an effect or scope rule, when it holds."""
    parts = [p for p in (bound.applies, bound.scope, bound.violated) if p is not None]
    return AllOf((*parts, *((Not(bound.unless),) if bound.unless is not None else ())))


def rule_of(bound: BoundRule, then: dict[str, str] | None = None) -> dict[str, Any]:
    """A rule of the pack as `Engine` takes it: it fires where the judge says violated (of an effect: that it holds)."""
    when = {"$and": [{KIND: bound.kind}, conditions_to_durable(violation_of(bound))]}
    return {"name": bound.rule.id, "when": when, "then": then or {}}


def facts_of(conditions: Iterable[Node], frame: Frame) -> dict[str, str]:
    """The truths that conditions about one record ask for, with its kind; what is unknown or raised is left out."""
    leaves = {leaf_name(leaf): leaf for node in conditions for leaf in _leaves(node)}
    found = {name: evaluate(leaf, frame) for name, leaf in leaves.items()}
    return {KIND: frame.kind} | truths({n: v if isinstance(v, bool) else None for n, v in found.items()})

"""Which verdicts a rule can reach at all, read off its condition: what it cannot reach needs no case.

Every leaf may come out true, false or unknown, each by itself, but for two: what is kept for people is never anything
but unknown, and what the judge itself said of a finding is always known. So what is left out here is out of reach by
the form of the condition, whatever the records say; what is not left out may still never happen.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable
from itertools import product

from hami_rules.pack.load import Pack
from hami_rules.pack.nodes import AllOf, AnyOf, Arg, Call, IsTrue, Lit, Node, Not, Param, Quant, Undecided
from hami_rules.pack.rules import EFFECTS, BoundRule
from hami_rules.predicates.registry import AS_OF, Fact, Ref, Registry, hints_of
from hami_rules.records.text import Text
from hami_rules.truth import Truth, all_of, any_of, negate, verdict

__all__ = ["ALWAYS_SAID", "REACHED", "out_of_reach", "truths_of"]

REACHED = ("violated", "compliant", "undetermined", "not_applicable")
"""The verdicts that a rule may reach; an error is none of its own."""

Truths = frozenset[Truth]

_ANY: Truths = frozenset((True, False, None))
_KNOWN: Truths = frozenset((True, False))
_UNKNOWN: Truths = frozenset((None,))

ALWAYS_SAID = frozenset(
    (
        "rule", "key", "norm", "norm_kind", "record_kind", "verdict", "against", "dismissed", "upheld",
        "counted_elsewhere", "repeated",
    )
)  # fmt: skip
"""What the judge says of every finding (`judge.finish.record_of`): never unknown, unlike what the records say."""

_WHY = {
    "effect": Text(
        "作用于发现的规则只说成立、不成立或者不能确定，从不认定违反",
        "a rule about findings says that it holds, does not hold or is open; it never finds a breach",
    ),
    "scope": Text(
        "范围规则只说适用、不适用或者不能确定，从不认定违反",
        "a scope rule says whether the regulation applies; it never finds a breach",
    ),
    "known": Text(
        "条件只问判断本身已经说出的，没有不明",
        "the condition asks only what the judge itself said, which is always known",
    ),
    "people": Text(
        "否定违反须由人认定，程序至多不作结论",
        "that there is no breach is kept for people to say; the judge can only leave it open",
    ),
    "always": Text("条件对任何记录都成立", "the condition holds of every record"),
    "never": Text("条件对任何记录都不成立", "the condition holds of no record"),
}


def out_of_reach(pack: Pack) -> dict[str, dict[str, Text]]:
    """Rule → each verdict that it cannot reach → why. Rules that can reach all four are left out."""
    found = {b.rule.id: _missing(b, pack.registry) for b in (*pack.bound, *pack.effects)}
    for rule_id, (_, nodes) in pack.scope_rules.items():
        said = _named(frozenset().union(*(truths_of(node, pack.registry) for node in nodes.values())))
        found[rule_id] = _reasons(said, violated="scope", compliant="never", not_applicable="always")
    return {rule.id: found[rule.id] for rule in pack.rules if found.get(rule.id)}


def _missing(bound: BoundRule, registry: Registry) -> dict[str, Text]:
    holds = truths_of(bound.violated, registry)
    if bound.rule.effect in EFFECTS:
        return _reasons(_named(holds), violated="effect", compliant="never", not_applicable="always")
    applies = _combined(
        all_of, [truths_of(n, registry) for n in (bound.applies, bound.scope) if n is not None]
    )
    unless: Truths = frozenset((False,)) if bound.unless is None else truths_of(bound.unless, registry)
    reached = {verdict(*each) for each in product(applies, holds, unless)}
    return _reasons(reached, violated="never", compliant="people", not_applicable="always")


def _reasons(reached: Iterable[str], **why: str) -> dict[str, Text]:
    """Why each verdict that is not reached is not: `why` by verdict."""
    return {v: _WHY[why.get(v, "known")] for v in REACHED if v not in reached}


def _named(truths: Truths) -> set[str]:
    """What a rule that gives no verdict of its own is said to give (`cases.run_case`)."""
    names: dict[Truth, str] = {True: "compliant", False: "not_applicable", None: "undetermined"}
    return {names[t] for t in truths}


# -- truths ------------------------------------------------------------------------------------------------------


def truths_of(node: Node, registry: Registry) -> Truths:
    """How a condition can come out, its leaves being free of each other."""
    match node:
        case Undecided():
            return _UNKNOWN
        case IsTrue(ref):
            return _ANY if _may_be_unknown(ref, registry) else _KNOWN
        case Call(found, args):
            open_ = found.three_valued or any(_may_be_unknown(a, registry) for a in args)
            return _ANY if open_ else _KNOWN
        case Not(child):
            return frozenset(negate(t) for t in truths_of(child, registry))
        case AllOf(children):
            return _combined(all_of, [truths_of(c, registry) for c in children])
        case AnyOf(children):
            return _combined(any_of, [truths_of(c, registry) for c in children])
        case Quant(op, _, _, child):
            # No rows at all, any number of them, and a list that is unknown or not whole.
            rows = truths_of(child, registry)
            joined = rows | ({True, None} if op == "every" else {False, None})
            return frozenset(negate(t) for t in joined) if op == "no" else joined
    raise AssertionError(node)


def _combined(join: typing.Callable[[Iterable[Truth]], Truth], parts: list[Truths]) -> Truths:
    """The values of an and, or an or, of parts that are free of each other."""
    values = frozenset((join(()),))
    for part in parts:
        values = frozenset(join(pair) for pair in product(values, part))
    return values


def _may_be_unknown(arg: Arg, registry: Registry) -> bool:
    match arg:
        case Lit():
            return False
        case Param(_, conduct):
            return conduct is not None
        case Ref(path, target):
            return bool(path) or not isinstance(target, Fact) or _fact_may_be_unknown(target, registry)
    raise AssertionError(arg)


def _fact_may_be_unknown(fact: Fact, registry: Registry) -> bool:
    if fact is AS_OF:
        return False
    if fact.fn is None:
        return not (fact.kind == "finding" and fact.name in ALWAYS_SAID)
    gives = hints_of(fact.fn).get("return")
    if gives is None or type(None) in typing.get_args(gives):
        return True
    asked = [fact.fact_of(p) for p in fact.params if p != "world"]
    return not fact.sees_unknown and any(
        _may_be_unknown(registry.resolve(fact.kind, name), registry) for name in asked
    )

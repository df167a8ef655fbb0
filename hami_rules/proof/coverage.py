"""How far the norm inventory is encoded and shown right by cases, rule by rule and verdict by verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hami_rules import statute
from hami_rules.judge.engine import Judge
from hami_rules.pack.load import Pack

from .cases import Case, run_case
from .reach import REACHED, out_of_reach

__all__ = ["NormCoverage", "coverage", "matrix"]


class NormCoverage(msgspec.Struct):
    """The rules of a norm, and how many cases prove each verdict of each."""

    rules: list[str]
    cases: dict[str, int]
    by_rule: dict[str, dict[str, int]]


def coverage(pack: Pack, cases: Iterable[Case]) -> dict[str, Any]:
    """`{"norms": {id: {rules, cases, by_rule}}, "missing": [ids], "unproved": {rule: [verdicts]},
    "out_of_reach": {rule: {verdict: why}}, "paragraphs": {address: n}}`.

    A case counts for a verdict when it names it in `expect`: what a case does not say it does not prove. `unproved`
    are the verdicts that a rule may reach and no case shows; `out_of_reach` those that it cannot (`reach`).
    """
    norms = {n.id: NormCoverage([], dict.fromkeys(REACHED, 0), {}) for n in pack.data.norms}
    for rule in pack.rules:
        found = norms[rule.address]
        found.rules.append(rule.id)
        found.by_rule[rule.id] = dict.fromkeys(REACHED, 0)
    for case in cases:
        proved: dict[str, set[str]] = {}
        for rule_id, expected in case.expect.items():
            if rule_id not in pack.by_id:
                continue
            verdicts = set(expected.values()) if isinstance(expected, dict) else {expected}
            proved.setdefault(pack.by_id[rule_id].address, set()).update(verdicts)
            for verdict in verdicts & set(REACHED):
                norms[pack.by_id[rule_id].address].by_rule[rule_id][verdict] += 1
        for norm, verdicts in proved.items():
            for verdict in verdicts & set(REACHED):
                norms[norm].cases[verdict] += 1
    beyond = out_of_reach(pack)
    unproved = {
        rule: [v for v, n in shown.items() if not n and v not in beyond.get(rule, {})]
        for found in norms.values()
        for rule, shown in found.by_rule.items()
    }
    paragraphs = {p.address: 0 for p in statute.load().paragraphs}
    for rule in pack.rules:
        paragraphs[str(statute.Address.parse(rule.address).at_paragraph)] += 1
    return {
        "norms": {norm: msgspec.to_builtins(found) for norm, found in norms.items() if found.rules},
        "missing": [norm for norm, found in norms.items() if not found.rules],
        "unproved": {rule: verdicts for rule, verdicts in unproved.items() if verdicts},
        "out_of_reach": msgspec.to_builtins(beyond),
        "paragraphs": paragraphs,
    }


def matrix(pack: Pack, cases: Iterable[Case]) -> dict[str, dict[str, str]]:
    """Case → rule → the verdict that dominates, for every rule that met a record: over-firing shows here."""
    judge = Judge(pack.bound, pack.registry)
    out: dict[str, dict[str, str]] = {}
    for case in cases:
        outcome = run_case(case, pack, judge)
        out[case.name] = {
            rule.id: verdict for rule in pack.rules if (verdict := outcome.of(rule.id)) is not None
        }
    return out

"""How far the norm inventory is encoded and shown right by cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hami_rules import statute
from hami_rules.judge.engine import Judge
from hami_rules.pack.load import Pack

from .cases import Case, run_case

__all__ = ["NormCoverage", "coverage", "matrix"]

VERDICTS = ("violated", "compliant", "undetermined", "not_applicable")


class NormCoverage(msgspec.Struct):
    """The rules of a norm, and how many cases prove each verdict of each."""

    rules: list[str]
    cases: dict[str, int]
    by_rule: dict[str, dict[str, int]]


def coverage(pack: Pack, cases: Iterable[Case]) -> dict[str, Any]:
    """`{"norms": {id: {rules, cases, by_rule}}, "missing": [ids], "paragraphs": {address: n}}`.

    A case counts for a verdict when it names it in `expect`: what a case does not say it does not prove.
    """
    norms = {n.id: NormCoverage([], dict.fromkeys(VERDICTS, 0), {}) for n in pack.data.norms}
    for rule in pack.rules:
        found = norms[rule.address]
        found.rules.append(rule.id)
        found.by_rule[rule.id] = dict.fromkeys(VERDICTS, 0)
    for case in cases:
        proved: dict[str, set[str]] = {}
        for rule_id, expected in case.expect.items():
            if rule_id not in pack.by_id:
                continue
            verdicts = set(expected.values()) if isinstance(expected, dict) else {expected}
            proved.setdefault(pack.by_id[rule_id].address, set()).update(verdicts)
            for verdict in verdicts & set(VERDICTS):
                norms[pack.by_id[rule_id].address].by_rule[rule_id][verdict] += 1
        for norm, verdicts in proved.items():
            for verdict in verdicts & set(VERDICTS):
                norms[norm].cases[verdict] += 1
    paragraphs = {p.address: 0 for p in statute.load().paragraphs}
    for rule in pack.rules:
        paragraphs[str(statute.Address.parse(rule.address).at_paragraph)] += 1
    return {
        "norms": {norm: msgspec.to_builtins(found) for norm, found in norms.items() if found.rules},
        "missing": [norm for norm, found in norms.items() if not found.rules],
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

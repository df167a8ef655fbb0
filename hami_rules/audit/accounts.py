"""The accounts of a run: what was read, judged and left, and what every rule said; they must add up."""

from __future__ import annotations

from hami_rules.judge.engine import Tally
from hami_rules.pack.load import Pack

__all__ = ["verdicts_by_rule"]

VERDICTS = ("violated", "compliant", "undetermined", "not_applicable", "error")


def verdicts_by_rule(pack: Pack, tally: Tally) -> dict[str, dict[str, int]]:
    """Verdicts of each rule that met a record; compliant is what remains of the records of its kind."""
    out: dict[str, dict[str, int]] = {}
    for bound in pack.bound:
        met = tally.records.get(bound.kind, 0)
        if not met:
            continue
        row = {
            "violated": tally.violated.get(bound.index, 0),
            "undetermined": tally.undetermined.get(bound.index, 0),
            "not_applicable": tally.not_applicable.get(bound.index, 0),
            "error": tally.error.get(bound.index, 0),
        }
        row["compliant"] = met - sum(row.values())
        out[bound.rule.id] = {v: row[v] for v in VERDICTS}
    return out

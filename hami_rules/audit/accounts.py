"""The accounts of a run: what was read, judged and left, and what every rule said; they must add up."""

from __future__ import annotations

from collections.abc import Iterable

from hami_rules.intake.errors import Problem
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.engine import Tally
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS
from hami_rules.records.text import Text
from hami_rules.records.world import Covered

__all__ = ["trusted", "verdicts_by_rule"]

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


def trusted(
    completeness: Iterable[Covered], quarantined: Iterable[Quarantined]
) -> tuple[tuple[Covered, ...], list[Problem]]:
    """The declarations of completeness that hold, and why others do not.

    A reference table of which a row cannot be read is not complete, whatever was declared: the row that is sought
    may be the one in quarantine, and unknown is never absent.
    """
    first: dict[str, Quarantined] = {}
    for row in quarantined:
        if not ROOTS[row.table].stream:
            first.setdefault(row.table, row)
    kept: list[Covered] = []
    problems: dict[str, Problem] = {}
    for declared in completeness:
        aside = first.get(declared.table)
        if aside is None:
            kept.append(declared)
            continue
        kind = ROOTS[declared.table]
        problems[declared.table] = Problem(
            "not-complete",
            Text(
                f"{kind.zh}（{declared.table}）有记录在隔离中，完整性声明不起作用：查不到的按未知处理",
                f"records of {declared.table} are in quarantine, so they are not complete: what is not found is unknown",
            ),
            aside.location,
            Text("改正隔离的记录", "put the quarantined records right"),
        )
    return tuple(kept), list(problems.values())

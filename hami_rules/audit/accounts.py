"""The accounts of a run: what was read, judged and left, and what every rule said; they must add up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import hami_rules
from hami_rules import statute
from hami_rules.intake.errors import Problem
from hami_rules.intake.opening import Source
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.engine import Tally
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS, TABLES
from hami_rules.records.location import Location
from hami_rules.records.text import Text
from hami_rules.records.world import Covered

__all__ = ["deciding", "hollow", "trusted", "verdicts_by_rule"]

VERDICTS = ("violated", "compliant", "undetermined", "not_applicable", "error")


def deciding(pack: Pack, as_of: date) -> dict[str, str]:
    """Hashes of all beside the records that can change a verdict.

    `pack` covers rules, parameters, the region's days off and the statute; `calendar` the working days as they are
    known, the national library's included; `code` the text of the program.
    """
    digest = hashlib.sha256()
    package = Path(hami_rules.__file__).parent
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return {
        "pack": pack.data.hash,
        "statute": statute.load().hash[:16],
        "calendar": pack.calendar.hash,
        "code": digest.hexdigest()[:16],
        "as_of": as_of.isoformat(),
    }


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


_UNKNOWN = {
    False: Text("查不到的按未知处理", "what is not found is unknown"),
    True: Text(
        "同一申请人、同一联办事项收过什么按未知处理，统计按区间计",
        "what else their applicants and matters hold is unknown, statistics are intervals",
    ),
}
"""What follows for a table that is looked things up in, and for the applications."""


def trusted(
    completeness: Iterable[Covered], quarantined: Iterable[Quarantined]
) -> tuple[tuple[Covered, ...], list[Problem]]:
    """The declarations of completeness that hold, and why others do not.

    A table of which a row cannot be read is not complete, whatever was declared: the row that is sought may be the one
    in quarantine, and unknown is never absent. The declaration for applications is kept all the same: statistics
    reckon with each one that is missing, and what looks among them asks `World.gathering_complete`.
    """
    first: dict[str, Quarantined] = {}
    for row in quarantined:
        first.setdefault(row.root, row)
    kept: list[Covered] = []
    problems: dict[str, Problem] = {}
    for declared in completeness:
        aside, kind = first.get(declared.table), ROOTS[declared.table]
        if aside is None or kind.stream:
            kept.append(declared)
        if aside is None:
            continue
        problems[declared.table] = Problem(
            "not-complete",
            Text(
                f"{kind.zh}（{declared.table}）有记录在隔离中，完整性声明不起作用：{_UNKNOWN[kind.stream].zh}",
                f"records of {declared.table} are in quarantine, so they are not complete: {_UNKNOWN[kind.stream].en}",
            ),
            aside.location,
            Text("改正隔离的记录", "put the quarantined records right"),
        )
    return tuple(kept), list(problems.values())


def hollow(
    read: Mapping[str, int], sources: Iterable[Source], completeness: Iterable[Covered]
) -> list[Problem]:
    """Tables without a single record, and tables that are declared complete though the dossier has none of them.

    Both may be meant: then every row that is looked for is absent, and the reader must know why.
    """
    problems = []
    for source in sources:
        if read.get(source.table) == 0:
            kind = TABLES[source.table]
            problems.append(
                Problem(
                    "empty-table",
                    Text(f"{kind.zh}（{source.table}）没有一条记录", f"{source.table} holds no record"),
                    Location(source.name, sheet=source.sheet),
                )
            )
    for table in dict.fromkeys(c.table for c in completeness if c.table not in read):
        kind = ROOTS[table]
        problems.append(
            Problem(
                "complete-without-table",
                Text(
                    f"声明{kind.zh}（{table}）完整，但卷宗中没有这张表：查不到的一律按没有认定",
                    f"{table} are declared complete, but the dossier has none: all that is looked for is absent",
                ),
                None,
                Text(
                    "表的文件名写错了，就改正；确实没有，不必理会",
                    "put the file's name right; or all is well",
                ),
            )
        )
    return problems

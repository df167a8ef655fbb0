"""Findings judged by rules with an effect: a finding beside each reform measure that may cover it, and beside each
record of misconduct that may concern it, so that each pair has its own answer and its own text.

Only what is recorded is a pair: without a record there is no exemption and no misconduct, whatever else is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hami_rules.records.kinds import Kind
from hami_rules.records.liability import FindingRecord, MisconductRecord, ReformMeasure
from hami_rules.records.world import World

__all__ = ["KINDS", "PRODUCERS"]


def _measures(world: World, finding: FindingRecord) -> list[ReformMeasure]:
    """The measures of the organ itself or of a whole region, and those that do not say whose they are."""
    own, anybodys = world.matching("reform_measures", organ_code=finding.organ_code)
    wide, perhaps_wide = world.matching("reform_measures", whole_region=True)
    return _each(own, anybodys, wide, perhaps_wide)


def _misconduct(world: World, finding: FindingRecord) -> list[MisconductRecord]:
    """The records of misconduct that name the finding, and those that may: which do not say which one they are about."""
    named, perhaps = world.matching("misconduct_records", rule=finding.rule, key=finding.key)
    return _each(named, perhaps)


def _each(*lists: list[Any]) -> list[Any]:
    """Every record once, in the order met."""
    return list({id(r): r for rows in lists for r in rows}.values())


def _kind(name: str, struct: type[Any], zh: str, en: str, key: tuple[str, ...]) -> Kind:
    return Kind(
        name, struct, zh, en, key=key, parent="finding", organ="finding_organ_code", region="finding_region",
        conduct=("finding_conduct_from", "finding_conduct_to"), derived=True,
    )  # fmt: skip


KINDS = (
    _kind("finding_measure", ReformMeasure, "发现与改革举措", "finding beside a reform measure", ("measure_no",)),
    _kind(
        "finding_misconduct", MisconductRecord, "发现与失职认定", "finding beside a misconduct record",
        ("record_no",),
    ),
)  # fmt: skip
PRODUCERS: dict[str, Callable[..., Any]] = {"finding_measure": _measures, "finding_misconduct": _misconduct}

"""Expectations: an organ beside each norm that only documents can prove, and what the evidence shows of it.

One record per organ and documentary rule that binds it (`documentary:` in the rule), one for each aspect or budget
year where the rule has them. The latest evidence not after the day of the audit prevails; what contradicts itself,
has lapsed or is not there at all settles nothing: a lapsed document does not show that the duty was undone, and
silence does not either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from hami_rules.records.base import Label, Record
from hami_rules.records.documentary import Aspect, Documentary
from hami_rules.records.kinds import Kind
from hami_rules.records.reference import Evidence, Organ
from hami_rules.records.world import World

__all__ = [
    "ALL",
    "COMMENCEMENT",
    "KINDS",
    "PRODUCERS",
    "Expectation",
    "binds",
    "duty_of",
    "evidence_of",
    "expected_of",
]

# 第三十三条: an inspection before this day says nothing about conduct under the regulation.
COMMENCEMENT = date(2024, 3, 1)

ALL = ("all", "全部")
"""What evidence writes as its aspect when it speaks of every one."""

Standing = Literal["none", "unsettled", "lapsed", "done", "not_done"]


class Expectation(Record, frozen=True):
    """应当有佐证的职责: one documentary norm beside one organ that it binds, and what the prevailing evidence shows."""

    duty: Annotated[str | None, Label("对应职责")] = None
    rule: Annotated[str | None, Label("规则编号")] = None
    norm: Annotated[str | None, Label("对应条款")] = None
    aspect: Annotated[str | None, Label("对应方面")] = None
    what: Annotated[Any, Label("方面")] = None
    year: Annotated[int | None, Label("年度")] = None
    binds: Annotated[bool | None, Label("该单位承担条文所称的职能")] = None
    evidence_no: Annotated[str | None, Label("佐证编号")] = None
    document: Annotated[str | None, Label("文件名称")] = None
    dated: Annotated[date | None, Label("文件日期")] = None
    standing: Annotated[Standing | None, Label("佐证情况")] = None
    shown_done: Annotated[bool | None, Label("现行有效的佐证证明已落实")] = None
    shown_undone: Annotated[bool | None, Label("佐证证明未落实")] = None


# -- whom a rule binds ---------------------------------------------------------------------------------------------


def binds(rule: Documentary, organ: Organ) -> bool | None:
    """Whether the rule binds an organ of known class; unknown where its functions are."""
    if organ.organ_class not in rule.classes:
        return False
    if not rule.functions:
        return True
    if organ.functions is None:
        return None
    if any(f in rule.functions for f in organ.functions):
        return True
    return None if "functions" in organ.partial else False


def _years(world: World) -> range:
    """The budget years from commencement to the audit."""
    return range(COMMENCEMENT.year, world.as_of.year + 1)


def expected_of(world: World, organ: Organ) -> Iterator[tuple[Documentary, Aspect | None, int | None]]:
    """What an organ of known class must, or may have to, show."""
    for rule in world.documentary:
        if binds(rule, organ) is not False:
            for aspect in rule.aspects or (None,):
                for year in _years(world) if rule.each_year else (None,):
                    yield rule, aspect, year


def duty_of(rule: Documentary, aspect: Aspect | None, year: int | None) -> str:
    """What the duty is called among the organ's: `25.1a.recruiting`, `4.1c.2025`."""
    parts = (rule.norm, aspect.key if aspect else None, year)
    return ".".join(str(p) for p in parts if p is not None)


# -- what evidence speaks of ---------------------------------------------------------------------------------------


def _aspect_named(world: World, norm: str, name: str) -> str | None:
    """The key of an aspect of a norm by its key or either name."""
    memo = ("aspects", norm)
    names: dict[str, str] | None = world.memo.get(memo)
    if names is None:
        aspects = [a for d in world.documentary if d.norm == norm for a in d.aspects]
        names = world.memo[memo] = {n: a.key for a in aspects for n in (a.key, a.name.zh, a.name.en)}
    return names.get(name)


def _speaks_of(
    world: World, evidence: Evidence, rule: Documentary, aspect: Aspect | None, year: int | None
) -> bool | None:
    """Whether evidence filed under the norm speaks of that aspect and year; unknown where it does not say, or
    names an aspect that the norm does not have."""
    doubtful = False
    if aspect is not None and evidence.aspect not in ALL:
        named = _aspect_named(world, rule.norm, evidence.aspect) if evidence.aspect else None
        if named is None:
            doubtful = True
        elif named != aspect.key:
            return False
    if year is not None:
        if evidence.year is None:
            doubtful = True
        elif evidence.year != year:
            return False
    return None if doubtful else True


def _unplaced(world: World) -> list[Evidence]:
    """Evidence that does not say whose it is or for which norm: it may be anybody's."""
    held: list[Evidence] | None = world.memo.get("unplaced evidence")
    if held is None:
        rows = world.tables.get("evidence", ())
        held = world.memo["unplaced evidence"] = [e for e in rows if e.organ_code is None or e.norm is None]
    return held


def evidence_of(
    world: World, organ: str, rule: Documentary, aspect: Aspect | None, year: int | None
) -> tuple[list[Evidence], list[Evidence]]:
    """The evidence of an organ's duty, and what may be evidence of it."""
    filed = [(e, _speaks_of(world, e, rule, aspect, year)) for e in world.evidence(organ, rule.norm)]
    maybe = [e for e, speaks in filed if speaks is None]
    maybe += [
        e
        for e in _unplaced(world)
        if e.organ_code in (None, organ)
        and (
            e.norm is None or (e.norm == rule.norm and _speaks_of(world, e, rule, aspect, year) is not False)
        )
    ]
    return [e for e, speaks in filed if speaks], maybe


def _prevailing(
    world: World, organ: str, rule: Documentary, aspect: Aspect | None, year: int | None
) -> list[Evidence]:
    """The evidence of the latest day not after the audit, then all that might be as late or later.

    Empty where no dated document surely speaks of this organ and duty.
    """
    as_of = world.as_of
    sure, maybe = evidence_of(world, organ, rule, aspect, year)
    days = [e.dated for e in sure if e.dated is not None and e.dated <= as_of]
    if not days:
        return []
    latest = max(days)
    return [
        *(e for e in sure if e.dated == latest),
        *(e for e in sure if e.dated is None),
        *(e for e in maybe if e.dated is None or latest <= e.dated <= as_of),
    ]


def _may_prevail(
    world: World, organ: str, rule: Documentary, aspect: Aspect | None, year: int | None
) -> list[Evidence]:
    """The evidence that might be found to prevail, once its day and what it speaks of are known."""
    sure, maybe = evidence_of(world, organ, rule, aspect, year)
    return [e for e in (*sure, *maybe) if e.dated is None or e.dated <= world.as_of]


def _may_show_undone(evidence: Evidence) -> bool:
    return evidence.shows in (None, "not_done") and (evidence.dated is None or evidence.dated >= COMMENCEMENT)


def _shows(evidence: Evidence, as_of: date, by_year: bool) -> Standing:
    """What one document shows on the day of the audit."""
    if evidence.shows == "not_done":
        # What was seen undone stays so until later evidence shows otherwise, however long the report is valid.
        seen_since = evidence.dated is not None and evidence.dated >= COMMENCEMENT
        return "not_done" if seen_since else "unsettled"
    if evidence.shows is None:
        return "unsettled"
    if by_year:
        return "done"  # a year's budget is that year's for good
    if evidence.valid_to is None:
        return "unsettled"
    return "done" if evidence.valid_to >= as_of else "lapsed"


def _expectation(
    world: World, organ: Organ, rule: Documentary, aspect: Aspect | None, year: int | None
) -> Expectation:
    assert organ.code is not None
    rows = _prevailing(world, organ.code, rule, aspect, year)
    found = {_shows(e, world.as_of, year is not None) for e in rows}
    standing: Standing = "none" if not found else found.pop() if len(found) == 1 else "unsettled"
    first = rows[0] if rows else Evidence()
    candidates = rows or _may_prevail(world, organ.code, rule, aspect, year)
    undone = True if standing == "not_done" else None if any(map(_may_show_undone, candidates)) else False
    return Expectation(
        duty=duty_of(rule, aspect, year),
        rule=rule.rule,
        norm=rule.norm,
        aspect=aspect.key if aspect else None,
        what=aspect.name if aspect else None,
        year=year,
        binds=binds(rule, organ),
        evidence_no=first.evidence_no,
        document=first.document,
        dated=first.dated,
        standing=standing,
        shown_done={"done": True, "not_done": False}.get(standing),
        shown_undone=undone,
    )


def _expectations(world: World, organ: Any) -> list[Expectation] | None:
    """What is expected of an organ; `None` where its class, and so what binds it, is unknown."""
    if organ.code is None:
        return None
    known = world.organ(organ.code)
    if known.organ_class is None:
        return None
    return [_expectation(world, known, *expected) for expected in expected_of(world, known)]


KINDS = (
    Kind(
        "expectation", Expectation, "应当有佐证的职责", "duty to be shown by documents",
        parent="organ", key=("duty",), organ="organ_code", region="actor_region",
        conduct=("as_of",), derived=True,
    ),
)  # fmt: skip
PRODUCERS: dict[str, Callable[..., Any]] = {"expectation": _expectations}

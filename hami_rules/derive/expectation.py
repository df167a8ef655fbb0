"""Expectations: an organ beside each norm that only documents can prove, and what the evidence shows of it.

One record per organ and documentary norm that binds it. The latest evidence not after the day of the audit prevails;
what contradicts itself, has lapsed or is not there at all settles nothing: a lapsed document does not show that the
duty was undone, and silence does not either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from hami_rules.records.base import Label, Record
from hami_rules.records.kinds import Kind
from hami_rules.records.world import World

__all__ = ["DOCUMENTARY", "KINDS", "PRODUCERS", "Documentary", "Expectation"]

# 第三十三条: an inspection before this day says nothing about conduct under the regulation.
_COMMENCEMENT = date(2024, 3, 1)


@dataclass(frozen=True)
class Documentary:
    """A norm that only documents prove, and the classes of organ that it binds."""

    norm: str
    binds: frozenset[str]


# 第五条: who entrusts a town or a park answers for it, so `entrusted` organs are bound by none of these.
DEPARTMENTS = frozenset({"department", "authorised", "approval_bureau"})

DOCUMENTARY: tuple[Documentary, ...] = (Documentary("15.1a", DEPARTMENTS),)


class Expectation(Record, frozen=True):
    """应当有佐证的职责: one documentary norm beside one organ that it binds, and what the prevailing evidence shows."""

    norm: Annotated[str | None, Label("对应条款")] = None
    evidence_no: Annotated[str | None, Label("佐证编号")] = None
    document: Annotated[str | None, Label("文件名称")] = None
    dated: Annotated[date | None, Label("文件日期")] = None
    shown_done: Annotated[bool | None, Label("现行有效的佐证证明已落实")] = None
    shown_not_done: Annotated[bool | None, Label("佐证证明未落实")] = None
    lapsed: Annotated[bool | None, Label("佐证已过有效期")] = None


def _shows(evidence: Any, as_of: date) -> str | None:
    """What one document shows on the day of the audit: done, not_done, lapsed; `None` where it settles nothing."""
    if evidence.shows == "not_done":
        # What was seen undone stays so until later evidence shows otherwise, however long the report is valid.
        return "not_done" if evidence.dated is not None and evidence.dated >= _COMMENCEMENT else None
    if evidence.shows is None or evidence.valid_to is None:
        return None
    return "done" if evidence.valid_to >= as_of else "lapsed"


def _unplaced(world: World) -> list[Any]:
    """Evidence that does not say whose it is or for which norm: it may be anybody's."""
    held: list[Any] | None = world.memo.get("unplaced evidence")
    if held is None:
        rows = world.tables.get("evidence", ())
        held = world.memo["unplaced evidence"] = [e for e in rows if e.organ_code is None or e.norm is None]
    return held


def _prevailing(world: World, organ: str, norm: str) -> list[Any]:
    """The evidence of the latest day not after the audit, then all that might be as late or later.

    Empty where no dated document surely speaks of this organ and norm.
    """
    as_of = world.as_of
    own = world.evidence(organ, norm)
    days = [e.dated for e in own if e.dated is not None and e.dated <= as_of]
    if not days:
        return []
    latest = max(days)
    return [
        *(e for e in own if e.dated == latest),
        *(e for e in own if e.dated is None),
        *(
            e
            for e in _unplaced(world)
            if e.organ_code in (None, organ)
            and e.norm in (None, norm)
            and (e.dated is None or latest <= e.dated <= as_of)
        ),
    ]


def _expectation(world: World, organ: str, norm: str) -> Expectation:
    rows = _prevailing(world, organ, norm)
    if not rows:
        return Expectation(norm=norm, shown_done=False, shown_not_done=False, lapsed=False)
    found = {_shows(e, world.as_of) for e in rows}
    shown = found.pop() if len(found) == 1 else None
    first = rows[0]
    return Expectation(
        norm=norm,
        evidence_no=first.evidence_no,
        document=first.document,
        dated=first.dated,
        shown_done=shown == "done",
        shown_not_done=shown == "not_done",
        lapsed=shown == "lapsed",
    )


def _expectations(world: World, organ: Any) -> list[Expectation] | None:
    """What is expected of an organ; `None` where its class, and so what binds it, is unknown."""
    if organ.code is None:
        return None
    known = world.organ(organ.code).organ_class
    if known is None:
        return None
    return [_expectation(world, organ.code, d.norm) for d in DOCUMENTARY if known in d.binds]


KINDS = (
    Kind(
        "expectation", Expectation, "应当有佐证的职责", "duty to be shown by documents",
        parent="organ", key=("norm",), organ="organ_code", region="actor_region",
        conduct=("as_of",), derived=True,
    ),
)  # fmt: skip
PRODUCERS: dict[str, Callable[..., Any]] = {"expectation": _expectations}

"""Gathering: what other applications of the same matter, or of the same applicant at the same department, hold.

第十四条 asks whether a material was already handed in elsewhere. Applications that share a matter or a holder are few;
they are found by their ids in a first pass and judged together in a second one, so that the rest can stream.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Annotated, Any

from hami_rules.records.base import Label, Record
from hami_rules.records.kinds import Kind
from hami_rules.records.world import World

__all__ = ["KINDS", "PRODUCERS", "GatheredDemand", "HeldMaterial", "Holdings", "gather", "groups_of"]


class HeldMaterial(Record, frozen=True):
    """已由其他办件收取的材料: a material that another application of the group handed in."""

    application_no: Annotated[str | None, Label("办件编号")] = None
    organ_code: Annotated[str | None, Label("收取部门编码")] = None
    same_matter: Annotated[bool | None, Label("属同一联办事项")] = None
    material_name: Annotated[str | None, Label("材料名称")] = None
    material_key: Annotated[str | None, Label("材料标识")] = None
    received_on: Annotated[date | None, Label("收取时间")] = None
    returned_for_form: Annotated[bool | None, Label("因形式不符退回")] = None
    valid_to: Annotated[date | None, Label("材料有效期至")] = None
    open_ended: Annotated[bool | None, Label("材料长期有效")] = None
    changed: Annotated[bool | None, Label("内容已变更")] = None
    changed_on: Annotated[date | None, Label("变更日期")] = None
    lost_by_office: Annotated[bool | None, Label("由办理部门遗失")] = None


class GatheredDemand(Record, frozen=True):
    """与其他办件对照的材料要求: a demand seen beside what the group's other applications hold."""

    elsewhere: Annotated[list[HeldMaterial] | None, Label("其他办件已收取的材料")] = None


def groups_of(application: Any) -> tuple[tuple[str, str], ...]:
    """The groups an application belongs to: its matter, and its applicant at its department."""
    out = []
    if application.matter_id:
        out.append(("matter", application.matter_id))
    if application.applicant_id and application.organ_code:
        out.append(("holder", f"{application.applicant_id}|{application.organ_code}"))
    return tuple(out)


class Holdings:
    """What the applications of one group hold, found by material and in the order of receipt.

    A group may be large (one applicant, thousands of applications): a demand is only shown the rows that could be the
    material it asks for and that may have come in before it. What is left out is known to be neither.
    """

    def __init__(self) -> None:
        self.applications: set[str | None] = set()
        self.rows: list[HeldMaterial] = []
        self._coded: dict[str, tuple[list[date], list[HeldMaterial]]] | None = None
        self._loose: tuple[list[date], list[HeldMaterial]] = ([], [])
        self._all: tuple[list[date], list[HeldMaterial]] = ([], [])

    def _sort(self) -> None:
        # A row without a date may have come in at any time: it stands first, so that it is always shown.
        self.rows.sort(
            key=lambda r: (r.received_on or date.min, r.application_no or "", r.material_key or "")
        )
        self._coded = {}
        for row in self.rows:
            coded = row.material_key is not None and row.material_key.startswith("c:")
            for days, rows in (
                self._all,
                self._coded.setdefault(row.material_key or "", ([], [])) if coded else self._loose,
            ):
                days.append(row.received_on or date.min)
                rows.append(row)

    def before(self, key: str | None, day: date | None) -> list[HeldMaterial]:
        """The rows that may be the material `key` (a bare name may be any) and may have come in by `day`;
        the rule itself says what counts as before."""
        if self._coded is None:
            self._sort()
        assert self._coded is not None
        if key is None or not key.startswith("c:"):
            return _until(self._all, day)
        return _until(self._coded.get(key, ([], [])), day) + _until(self._loose, day)


def _until(held: tuple[list[date], list[HeldMaterial]], day: date | None) -> list[HeldMaterial]:
    days, rows = held
    return rows[:] if day is None else rows[: bisect_right(days, day)]


def gather(applications: list[Any]) -> dict[tuple[str, str], Holdings]:
    """What each group's applications hold, by group.

    An application whose materials are unknown, or not all listed, holds something that nobody has named: a row of
    which only the application is known.
    """
    out: dict[tuple[str, str], Holdings] = {}
    for a in applications:
        for group in groups_of(a):
            held = out.setdefault(group, Holdings())
            held.applications.add(a.application_no)
            linked = group[0] == "matter"
            held.rows += [_held(a, s, linked) for s in a.submissions or () if s.received is not False]
            if a.submissions is None or "submissions" in a.partial:
                held.rows.append(HeldMaterial(application_no=a.application_no, same_matter=linked))
    return out


def _held(a: Any, s: Any, linked: bool) -> HeldMaterial:
    return HeldMaterial(
        application_no=a.application_no,
        organ_code=s.organ_code,
        same_matter=linked,
        material_name=s.material_name,
        material_key=s.material_key,
        received_on=s.received_on,
        returned_for_form=s.returned_for_form,
        valid_to=s.valid_to,
        open_ended=s.open_ended,
        changed=s.changed,
        changed_on=s.changed_on,
        lost_by_office=s.lost_by_office,
    )


def _gathered_demand(world: World, application: Any, demand: Any) -> list[GatheredDemand]:
    """One record per demand of an application that shares a group with others; none for the rest."""
    if not world.gathered:
        return []
    rows: list[HeldMaterial] = []
    beside = False
    linked: set[str | None] = set()
    own = application.application_no
    for group in groups_of(application):
        held = world.gathered.get(group)
        if held is None or len(held.applications) < 2:
            continue
        beside = True
        rows += [
            r
            for r in held.before(demand.material_key, demand.demanded_on)
            if r.application_no != own and r.application_no not in linked
        ]
        if group[0] == "matter":
            linked = held.applications
    if not beside:
        return []
    # Whose application it is must be known, too, before what the other group holds is known to be nothing.
    known = (
        world.gathering_complete
        and application.applicant_id
        and application.organ_code
        and world.gathering_open.isdisjoint(groups_of(application))
    )
    return [GatheredDemand(elsewhere=rows, partial=() if known else ("elsewhere",))]


KINDS = (
    Kind(
        "gathered_demand", GatheredDemand, "与其他办件对照的材料要求", "demand beside other applications",
        parent="demand", organ="demand_organ_code", region="application_region",
        conduct=("demand_demanded_on",), subject="application_applicant_kind", derived=True,
    ),
    Kind("held_material", HeldMaterial, "其他办件已收取的材料", "material held elsewhere"),
)  # fmt: skip
PRODUCERS = {"gathered_demand": _gathered_demand}

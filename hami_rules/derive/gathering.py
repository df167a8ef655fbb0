"""Gathering: what other applications of the same matter, or of the same applicant at the same department, hold.

第十四条 asks whether a material was already handed in elsewhere. Applications that share a matter or a holder are few;
they are found by their ids in a first pass and judged together in a second one, so that the rest can stream.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from hami_rules.records.base import Label, Record
from hami_rules.records.kinds import Kind
from hami_rules.records.world import World

__all__ = ["KINDS", "PRODUCERS", "GatheredDemand", "HeldMaterial", "gather", "groups_of"]


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


def gather(applications: list[Any]) -> dict[tuple[str, str], list[HeldMaterial]]:
    """What each group's applications hold, by group, in a stable order.

    An application whose materials are unknown, or not all listed, holds something that nobody has named: a row of
    which only the application is known.
    """
    out: dict[tuple[str, str], list[HeldMaterial]] = {}
    for a in sorted(applications, key=lambda a: a.application_no or ""):
        for group in groups_of(a):
            rows = out.setdefault(group, [])
            linked = group[0] == "matter"
            rows += [_held(a, s, linked) for s in a.submissions or () if s.received is not False]
            if a.submissions is None or "submissions" in a.partial:
                rows.append(HeldMaterial(application_no=a.application_no, same_matter=linked))
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
    # One slot, not one entry an application: applications come one after the other and must not be kept.
    held = world.memo.get("gathered")
    if held is None or held[0] is not application:
        held = world.memo["gathered"] = (application, _elsewhere(world, application))
    if held[1] is None:
        return []
    # Whose application it is must be known, too, before what the other group holds is known to be nothing.
    known = world.gathering_complete and application.applicant_id and application.organ_code
    return [GatheredDemand(elsewhere=held[1], partial=() if known else ("elsewhere",))]


def _elsewhere(world: World, application: Any) -> list[HeldMaterial] | None:
    """What the other applications of its groups hold; `None` where it shares a group with none."""
    rows: list[HeldMaterial] = []
    linked = set()
    for group in groups_of(application):
        others = [r for r in world.gathered.get(group, ()) if r.application_no != application.application_no]
        rows += [r for r in others if r.application_no not in linked]
        if group[0] == "matter":
            linked = {r.application_no for r in others}
    return rows or None


KINDS = (
    Kind(
        "gathered_demand", GatheredDemand, "与其他办件对照的材料要求", "demand beside other applications",
        parent="demand", organ="demand_organ_code", region="application_region",
        conduct=("demand_demanded_on",), subject="application_applicant_kind", derived=True,
    ),
    Kind("held_material", HeldMaterial, "其他办件已收取的材料", "material held elsewhere"),
)  # fmt: skip
PRODUCERS = {"gathered_demand": _gathered_demand}

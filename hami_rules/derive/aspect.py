"""Aspects: a subject beside each member of a list that the law closes (第十六条's six e-materials, 第十条's functions
of online service, 第十二条第二款's three duties towards stationed staff, 第二十二条第三款's four things to state). One
record a member, so that a known gap counts though another member is unknown.

The record says of each member what the subject's record says of it; a member that nobody spoke of is a record in which
everything is unknown, never a missing one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, get_args

from hami_rules.records.application import EMaterialKind
from hami_rules.records.base import Label, Record
from hami_rules.records.centre import Bearing
from hami_rules.records.guide import EMaterialUse, OnlineFunction
from hami_rules.records.kinds import Kind
from hami_rules.records.market import OpeningPart, OpeningPartName
from hami_rules.records.oversight import SupervisorGroup
from hami_rules.records.world import World

__all__ = ["KINDS", "PRODUCERS", "GroupAspect", "OfferAspect", "StaffAspect", "from_fields", "from_rows"]

_FUNCTIONS = ("consultation", "booking", "application", "handling", "query", "evaluation", "end_to_end")
"""咨询、预约、申请、办理、查询、评价, and 全程网办 (第十条第一款)."""

OfferPart = Literal["conditions", "process", "limit", "fee"]


class OfferAspect(Record, frozen=True):
    """中介服务应当明确并公开的内容: one of conditions, process, time limit and fee standard of one service (第二十二条第三款)."""

    aspect: Annotated[OfferPart | None, Label("内容")] = None
    stated: Annotated[bool | None, Label("已明确")] = None
    public: Annotated[bool | None, Label("已公开")] = None


StaffDuty = Literal["guidance", "personnel", "pay"]


class StaffAspect(Record, frozen=True):
    """派驻部门对派驻人员的一项职责: guidance and training, personnel management, or pay (第十二条第二款)."""

    aspect: Annotated[StaffDuty | None, Label("职责")] = None
    by: Annotated[Bearing | None, Label("负责单位")] = None


class GroupAspect(Record, frozen=True):
    """应当聘请的一类社会监督员: one of the groups that the text names, for one government (第二十九条第一款)."""

    group: Annotated[SupervisorGroup | None, Label("监督员类别")] = None


def from_rows(struct: type[Any], key: str, members: Iterable[str], rows: Iterable[Any] | None) -> list[Any]:
    """The rows as they stand (each speaks of the member that its field `key` names), then an empty record for
    each member that no row names. A member named twice stays two records: neither may hide the other."""
    listed = list(rows or ())
    named = {getattr(row, key) for row in listed}
    return [*listed, *(struct(**{key: member}) for member in members if member not in named)]


def from_fields(struct: type[Any], key: str, members: Iterable[str], subject: Any) -> list[Any]:
    """One record a member, read from the subject's own fields `<member>_<field of struct>`."""
    fields = [f for f in struct.__struct_fields__ if f not in (key, "partial")]
    return [
        struct(**{key: member}, **{f: getattr(subject, f"{member}_{f}") for f in fields})
        for member in members
    ]


def _e_materials(world: World, item: Any) -> list[EMaterialUse]:
    return from_rows(EMaterialUse, "e_kind", get_args(EMaterialKind), item.e_materials)


def _online_functions(world: World, item: Any) -> list[OnlineFunction]:
    return from_rows(OnlineFunction, "function", _FUNCTIONS, item.online_functions)


def _offer_parts(world: World, intermediary: Any, offer: Any) -> list[OfferAspect]:
    return from_fields(OfferAspect, "aspect", get_args(OfferPart), offer)


def _staff_duties(world: World, person: Any) -> list[StaffAspect]:
    return from_fields(StaffAspect, "aspect", get_args(StaffDuty), person)


def _opening_parts(world: World, service: Any) -> list[OpeningPart]:
    rows = from_rows(OpeningPart, "part", get_args(OpeningPartName), service.parts)
    if service.parts is None or "parts" in service.partial or any(r.part is None for r in service.parts):
        return rows
    # The list is whole: a part that it does not name is not in the service.
    named = {row.part for row in service.parts}
    return [
        r if r.part in named else OpeningPart(part=r.part, one_network=False, one_window=False) for r in rows
    ]


def _groups(world: World, organ: Any) -> list[GroupAspect] | None:
    """The four groups, for a government; none for any other organ."""
    known = world.organ(organ.code).organ_class if organ.code else None
    if known != "government":
        return None if known is None else []
    return [GroupAspect(group=group) for group in get_args(SupervisorGroup)]


KINDS = (
    Kind(
        "opening_aspect", OpeningPart, "企业开办的一个事项", "one part of opening a business",
        parent="opening_service", key=("part",), organ="opening_service_organ_code",
        region="opening_service_region", conduct=("opening_service_valid_from", "opening_service_valid_to"),
        derived=True,
    ),
    Kind(
        "e_material_aspect", EMaterialUse, "事项与一类电子材料", "item beside one kind of e-material",
        parent="item", key=("e_kind",), organ="item_organ_code", region="item_region",
        conduct=("item_valid_from", "item_valid_to"), subject="item_serves", derived=True,
    ),
    Kind(
        "online_function_aspect", OnlineFunction, "事项与一项网上服务功能", "item beside one function of online service",
        parent="item", key=("function",), organ="item_organ_code", region="item_region",
        conduct=("item_valid_from", "item_valid_to"), subject="item_serves", derived=True,
    ),
    Kind(
        "offer_aspect", OfferAspect, "中介服务应当明确并公开的一项内容", "one thing to state about an intermediary service",
        parent="offer", key=("aspect",), organ="intermediary_code", region="intermediary_region",
        conduct=("offer_observed_on",), derived=True,
    ),
    Kind(
        "staff_aspect", StaffAspect, "派驻部门对派驻人员的一项职责", "one duty towards a stationed person",
        parent="stationed_person", key=("aspect",), organ="stationed_person_organ_code",
        region="stationed_person_region", conduct=("stationed_person_valid_from", "stationed_person_valid_to"),
        derived=True,
    ),
    Kind(
        "supervisor_group", GroupAspect, "应当聘请的一类社会监督员", "group of supervisors to appoint",
        parent="organ", key=("group",), organ="organ_code", region="actor_region", conduct=("as_of",), derived=True,
    ),
)  # fmt: skip
PRODUCERS: dict[str, Callable[..., Any]] = {
    "opening_aspect": _opening_parts,
    "e_material_aspect": _e_materials,
    "online_function_aspect": _online_functions,
    "offer_aspect": _offer_parts,
    "staff_aspect": _staff_duties,
    "supervisor_group": _groups,
}

"""What a region must have once: records made for the region's government or its service agency, so that a thing nobody made is judged too."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from hami_rules.records.base import Label, Record
from hami_rules.records.kinds import Kind
from hami_rules.records.reference import Organ
from hami_rules.records.world import World

__all__ = ["KINDS", "PRODUCERS", "RegionCatalogue", "RegionItemList", "RegionSupervisors"]

_COMMENCEMENT = date(2024, 3, 1)


class RegionCatalogue(Record, frozen=True):
    """本级中介服务事项目录: whether the region of a government has any catalogue at all (第二十二条第一款)."""

    listed: Annotated[bool | None, Label("登记有目录")] = None
    required_from: Annotated[date | None, Label("应有起始日")] = None
    required_to: Annotated[date | None, Label("应有截止日")] = None


class RegionItemList(Record, frozen=True):
    """本级政务服务事项清单: whether the region of a service agency has any list of items at all (第十一条第二款)."""

    listed: Annotated[bool | None, Label("登记有清单")] = None
    required_from: Annotated[date | None, Label("应有起始日")] = None
    required_to: Annotated[date | None, Label("应有截止日")] = None


def _listed(world: World, table: str, region: str | None) -> bool | None:
    """Whether a table has a row of the region; that it has none is known only where the table is complete."""
    regions = {row.region for row in world.tables.get(table, ())}
    if region is not None and region in regions:
        return True
    # One that does not say whose it is may be this region's.
    return False if None not in regions and world.covers(table, region, world.as_of) else None


def _region_item_list(world: World, organ: Organ) -> list[RegionItemList] | None:
    """One record for a service agency."""
    if organ.organ_class != "agency":
        return None if organ.organ_class is None else []
    listed = _listed(world, "item_lists", organ.region)
    return [RegionItemList(listed=listed, required_from=_COMMENCEMENT, required_to=world.as_of)]


class RegionSupervisors(Record, frozen=True):
    """本级社会监督员: the supervisors of a government, whether it has appointed any or none (第二十九条第一款)."""


def _region_supervisors(world: World, organ: Organ) -> list[RegionSupervisors] | None:
    """One record for a government."""
    known = world.organ(organ.code).organ_class if organ.code else None
    if known != "government":
        return None if known is None else []
    return [RegionSupervisors()]


def _region_catalogue(world: World, organ: Organ) -> list[RegionCatalogue] | None:
    """One record for a government."""
    if organ.organ_class != "government":
        return None if organ.organ_class is None else []
    listed = _listed(world, "catalogues", organ.region)
    return [RegionCatalogue(listed=listed, required_from=_COMMENCEMENT, required_to=world.as_of)]


KINDS = (
    Kind(
        "region_catalogue", RegionCatalogue, "本级中介服务事项目录", "the region's catalogue", parent="organ",
        organ="organ_code", region="organ_region", conduct=("required_from", "required_to"), derived=True,
    ),
    Kind(
        "region_item_list", RegionItemList, "本级政务服务事项清单", "the region's list of items", parent="organ",
        organ="organ_code", region="organ_region", conduct=("required_from", "required_to"), derived=True,
    ),
    Kind(
        "region_supervisors", RegionSupervisors, "本级社会监督员", "the government's supervisors", parent="organ",
        organ="organ_code", region="actor_region", conduct=("as_of",), derived=True,
    ),
)  # fmt: skip
PRODUCERS = {
    "region_catalogue": _region_catalogue,
    "region_item_list": _region_item_list,
    "region_supervisors": _region_supervisors,
}

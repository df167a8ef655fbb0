"""What a region must have once: records made for the region's government, so that a thing nobody made is judged too."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from hami_rules.records.base import Label, Record
from hami_rules.records.kinds import Kind
from hami_rules.records.reference import Organ
from hami_rules.records.world import World

__all__ = ["KINDS", "PRODUCERS", "RegionCatalogue"]

_COMMENCEMENT = date(2024, 3, 1)


class RegionCatalogue(Record, frozen=True):
    """本级中介服务事项目录: whether the region of a government has any catalogue at all (第二十二条第一款)."""

    listed: Annotated[bool | None, Label("登记有目录")] = None
    required_from: Annotated[date | None, Label("应有起始日")] = None
    required_to: Annotated[date | None, Label("应有截止日")] = None


def _region_catalogue(world: World, organ: Organ) -> list[RegionCatalogue] | None:
    """One record for a government; absence is known only where the table of catalogues is complete."""
    if organ.organ_class != "government":
        return None if organ.organ_class is None else []
    regions = {c.region for c in world.tables.get("catalogues", ())}
    # A catalogue that does not say whose it is may be this region's.
    absent = None not in regions and world.covers("catalogues", organ.region, world.as_of)
    found = organ.region is not None and organ.region in regions
    return [
        RegionCatalogue(
            listed=True if found else False if absent else None,
            required_from=_COMMENCEMENT,
            required_to=world.as_of,
        )
    ]


KINDS = (
    Kind(
        "region_catalogue", RegionCatalogue, "本级中介服务事项目录", "the region's catalogue", parent="organ",
        organ="organ_code", region="organ_region", conduct=("required_from", "required_to"), derived=True,
    ),
)  # fmt: skip
PRODUCERS = {"region_catalogue": _region_catalogue}

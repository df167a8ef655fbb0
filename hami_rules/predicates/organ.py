"""What an organ is, where rules ask about it or about others of its region (第五条)."""

from __future__ import annotations

from hami_rules.records.world import World

from .registry import Rows, about, predicate

organ = about("organ")
expectation = about("expectation")


@expectation.relation("单位表中登记的单位", of="organ")
def organs_of_region(world: World, actor_region: str) -> Rows:
    """The organs of the table that are, or may be, of the region; whatever the table lacks is no matter."""
    rows = [world.organ(o.code) for o in world.tables.get("organs", ()) if o.code]
    return [o for o in rows if o.region in (None, actor_region)], True


@predicate("是政务服务管理机构")
def serves_as_agency(organ_class: str) -> bool:
    """It is a service administration agency."""
    return organ_class == "agency"


@predicate("属于同一行政区域")
def of_that_region(region: str, outer_actor_region: str) -> bool:
    """It belongs to the same region."""
    return region == outer_actor_region

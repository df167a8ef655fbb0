"""Social supervisors, the problems they raise, decisions on interference (第六条、第二十九条), inspections of centres (第七条)
and policies enjoyed without application (第二十三条)."""

from __future__ import annotations

from datetime import date

from hami_rules.records.world import World

from .registry import Rows, about, predicate

organ = about("organ")
item = about("inspected_item")


@organ.relation("可能由该单位聘请的社会监督员", of="supervisor")
def supervisors(world: World, code: str, actor_region: str) -> Rows:
    """The supervisors whom the organ has, or may have, appointed."""
    sure, doubtful = world.matching("supervisors", organ_code=code)
    return [*sure, *doubtful], world.covers("supervisors", actor_region, world.as_of)


@predicate("属于该类监督员")
def of_group(group: str, outer_group: str) -> bool:
    """The supervisor belongs to that group."""
    return group == outer_group


@predicate("责任单位是人民政府")
def actor_is_government(actor_organ_class: str) -> bool:
    """The organ is a government."""
    return actor_organ_class == "government"


@predicate("责任单位是企业、银行、协会或者中介机构")
def actor_is_private(actor_organ_class: str) -> bool:
    """The body is a firm, a bank, an association or an intermediary: no organ of the government."""
    return actor_organ_class in ("utility", "telecom", "bank", "association", "intermediary")


@predicate("由社会监督员提出")
def raised_by_supervisor(raised_by: str) -> bool:
    """A social supervisor raised it."""
    return raised_by == "supervisor"


@predicate("由统筹协调机制交办")
def raised_in_mechanism(raised_by: str) -> bool:
    """The coordination mechanism took it up."""
    return raised_by == "mechanism"


# -- inspections ---------------------------------------------------------------------------------------------------


@item.fact("负责该项目的单位", sees_unknown=True)
def answering_organ(
    concerns: str | None, service_centre_set_up_by: str | None, service_centre_organ_code: str | None
) -> str | None:
    """Who answers for the item: for operation the centre itself, for all else the government that set it up."""
    if concerns is None:
        return None
    return service_centre_organ_code if concerns == "operation" else service_centre_set_up_by


@predicate("属于运行的项目")
def about_operation(concerns: str) -> bool:
    """The item is one of operation."""
    return concerns == "operation"


@predicate("依据的是国家或者自治区的标准")
def standard_binds(centre_inspection_standard_level: str) -> bool:
    """The standard is the state's or the autonomous region's."""
    return centre_inspection_standard_level in ("national", "region")


@predicate("写明了标准名称和检查项目")
def standard_named(centre_inspection_standard: str, item: str) -> bool:
    """Both the standard and the item are named."""
    return bool(centre_inspection_standard.strip() and item.strip())


# -- policies ------------------------------------------------------------------------------------------------------


@predicate("要求申请时已经列入免申即享清单")
def listed_by_then(policy_listed_on: date, application_demanded_on: date) -> bool:
    """The policy stood on the list by the day an application was demanded."""
    return policy_listed_on <= application_demanded_on


@predicate("应当兑现之日已经列入免申即享清单")
def listed_when_due(policy_listed_on: date, due_on: date) -> bool:
    """The policy stood on the list by the day the benefit was due."""
    return policy_listed_on <= due_on

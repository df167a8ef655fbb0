"""Rules about findings: which of them stand, whom they are against, what may excuse them and what follows
(第五条, 第三十条, 第三十一条, 第三十二条)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules import statute
from hami_rules.records.world import World

from .registry import about, predicate

finding = about("finding")
falsehood = about("falsehood")


# -- the finding itself -------------------------------------------------------------------------------------------


@finding.fact("认定为不符合，且未经人认定不成立")
def stands(verdict: str, dismissed: bool) -> bool:
    """Something was found, and no person's decision dismissed it."""
    return verdict == "violated" and not dismissed


@finding.fact("属于违反或者未落实", sees_unknown=True)
def is_breach(stands: bool | None, grade: str | None) -> bool:
    """It stands and is more than a suspicion; what is not settled bears no grade, and does not stand."""
    return bool(stands) and grade != "suspicion"


@predicate("针对的主体属于所列")
def against_any(against: str, parties: tuple[str, ...]) -> bool:
    """The finding is against one of the parties."""
    return against in parties


@finding.fact("针对机关或者部门")
def against_organ(against: str) -> bool:
    """The finding is against a government, an agency or a department: those that Articles 30 and 69 of 722 name."""
    return against in ("department", "government")


@finding.fact("针对管理机构或者部门")
def against_department(against: str) -> bool:
    """The finding is against the service agency, the centre or a department: those that Article 31 names."""
    return against == "department"


@finding.fact("针对人民政府")
def against_a_government(against: str) -> bool:
    """The finding is against a government."""
    return against == "government"


@finding.fact("针对统筹协调单位可以督促的单位", sees_unknown=True)
def against_the_locally_led(against: str | None, actor_led: str | None) -> bool | None:
    """The finding is against whom the service agency may see to: no government, no superior, and of departments those
    that are led locally."""
    if against == "department":
        return None if actor_led is None else actor_led == "local"
    return None if against is None else against not in ("government", "superior")


@finding.fact("针对统筹协调单位自身", sees_unknown=True)
def of_the_coordinator(
    against: str | None, organ_code: str | None, coordinator_code: str | None
) -> bool | None:
    """The finding is against the region's service agency itself."""
    if against is not None and against != "department":
        return False
    return None if None in (against, organ_code, coordinator_code) else organ_code == coordinator_code


def _within(norm: str, addresses: tuple[str, ...] | list[str]) -> bool:
    at = statute.Address.parse(norm)
    return any(statute.Address.parse(a).contains(at) for a in addresses)


@predicate("所涉条款属于所列")
def norm_among(norm: str, norms: tuple[str, ...]) -> bool:
    """The finding rests on one of the norms, or on a norm of one of the articles or paragraphs."""
    return _within(norm, norms)


@predicate("同一单位同一规则的次数超过参数")
def repeated_more_than(repeated: int, allowed: int) -> bool:
    """The same rule was breached by the same organ more often than the parameter allows."""
    return repeated > allowed


@finding.link("本区划的政务服务管理机构", to="organ")
def coordinator(world: World, region: str) -> Any:
    """The agency that coordinates government services in the region; unknown where not exactly one is recorded."""
    return world.agency(region)


# -- beside a reform measure --------------------------------------------------------------------------------------


@predicate("由该单位采取")
def adopted_by_the_organ(organ_code: str, finding_organ_code: str) -> bool:
    """The measure is the organ's own."""
    return organ_code == finding_organ_code


@predicate("在同一区划采取")
def adopted_in_the_region(region: str, finding_region: str) -> bool:
    """The measure was adopted for the region of the finding; the city's covers its districts and counties."""
    return finding_region == region or (region == "650500" and finding_region.startswith("6505"))


@predicate("举措涉及该条款")
def touches_norm(norms: list[str], finding_norm: str) -> bool | None:
    """The measure is recorded as touching the norm; an entry that is no address settles nothing."""
    answers = [_named(n, finding_norm) for n in norms]
    return True if True in answers else None if None in answers else False


def _named(entry: str, norm: str) -> bool | None:
    try:
        return statute.parse_citation(entry).contains(statute.Address.parse(norm))
    except statute.AddressError:
        return None


@predicate("举措涉及该事项")
def touches_item(item_codes: list[str], finding_item_code: str) -> bool:
    """The measure is recorded as touching the item."""
    return finding_item_code in item_codes


@predicate("举措实施期间与行为期间有重合")
def overlaps_conduct(
    valid_from: date, valid_to: date, finding_conduct_from: date, finding_conduct_to: date
) -> bool:
    """The measure was in force on some day of the conduct."""
    return valid_from <= finding_conduct_to and finding_conduct_from <= valid_to


@predicate("举措实施期间覆盖整个行为期间")
def covers_conduct(
    valid_from: date, valid_to: date, finding_conduct_from: date, finding_conduct_to: date
) -> bool:
    """The measure was in force through all of the conduct."""
    return valid_from <= finding_conduct_from and finding_conduct_to <= valid_to


@predicate("写明了规定免责减责条件的文件")
def conditions_are_set(conditions_instrument: str) -> bool:
    """The instrument that sets the conditions is named."""
    return bool(conditions_instrument.strip())


# -- beside a record of misconduct --------------------------------------------------------------------------------


@predicate("记录针对本发现")
def names_the_finding(rule: str, key: str, finding_rule: str, finding_key: str) -> bool:
    """The record of misconduct names the rule and the record of the finding."""
    return (rule, key) == (finding_rule, finding_key)


# -- an applicant's falsehood -------------------------------------------------------------------------------------


@falsehood.fact("申请人（证照尾号）")
def applicant_shown(application_applicant_id: str) -> str:
    """The applicant as reports may name him: by the last four of his number."""
    return f"申请人…{application_applicant_id[-4:]}"

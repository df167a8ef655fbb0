"""Opening, registering and deregistering a business, and building projects (第十九条至第二十一条)."""

from __future__ import annotations

from datetime import date

from .registry import about, predicate

licence_part = about("licence_part")
deregistration = about("deregistration")
joint_handling = about("joint_handling")


# -- registration --------------------------------------------------------------------------------------------------


@predicate("申请“一照多址”或者“一址多照”")
def asks_for_address_scheme(address_scheme: str) -> bool:
    """One licence for several addresses, or one address for several licences, was asked for (第十九条第二款)."""
    return address_scheme != "neither"


@licence_part.fact("许可办结日；未办结的为记录完整之日", sees_unknown=True)
def finished_or_open(
    finished: bool | None, finished_on: date | None, complete_until: date | None, as_of: date
) -> date | None:
    """The day the licence was finished; for one known to be open, the last day on which it is known to be."""
    if finished:
        return finished_on
    if finished is False and complete_until is not None:
        return min(complete_until, as_of)
    return None


@predicate("超过限时办结的期限")
def licence_past_due(finished_or_open: date, due_on: date) -> bool:
    """Finished, or still open, after the limit (第十九条第三款)."""
    return finished_or_open > due_on


# -- deregistration ------------------------------------------------------------------------------------------------


@predicate("申请时债权债务未清偿")
def had_debts(debts: str) -> bool:
    """Debts or claims were outstanding when deregistration was applied for (第二十条第二款)."""
    return debts == "outstanding"


@deregistration.fact("注销日；未注销的为记录完整之日", sees_unknown=True)
def deregistered_or_open(
    deregistered: bool | None, deregistered_on: date | None, complete_until: date | None, as_of: date
) -> date | None:
    """The day of deregistration; for one known to be open, the last day on which it is known to be."""
    if deregistered:
        return deregistered_on
    if deregistered is False and complete_until is not None:
        return min(complete_until, as_of)
    return None


@predicate("超过注销办结期限")
def deregistration_past_due(deregistered_or_open: date, due_on: date) -> bool:
    """Deregistered, or still not, after the limit (第二十条第二款)."""
    return deregistered_or_open > due_on


# -- building projects ---------------------------------------------------------------------------------------------


@predicate("属特殊工程")
def project_is_special(construction_project_special: bool) -> bool:
    """A special project, which the article leaves out (第二十一条)."""
    return construction_project_special


@predicate("属交通、水利、能源等领域")
def project_in_named_sector(construction_project_sector: str) -> bool:
    """A project of transport, water works or energy; others may be like them, for the list is open (第二十一条)."""
    return construction_project_sector in ("transport", "water_works", "energy")


@predicate("属重大工程")
def project_is_major(construction_project_major: bool) -> bool:
    """A major project."""
    return construction_project_major


@predicate("由市级办理")
def project_at_city_level(construction_project_region: str) -> bool:
    """The city's own organs handle it; the article names the city's government and organs only (第二十一条)."""
    return construction_project_region == "650500"


@predicate("后办事项在先办事项办结前已具备条件，却在其办结之后才开始办理")
def started_only_after_the_first(
    first_ended_on: date, second_ready_on: date, second_started_on: date
) -> bool:
    """By the dates alone the second matter waited for the first although it was ready."""
    return second_ready_on < first_ended_on <= second_started_on

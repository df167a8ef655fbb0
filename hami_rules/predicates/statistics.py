"""Statistics over all applications of a run, made in `derive/aggregate`: shares, loads, frequencies, medians.

Each measure is an interval: what is unknown could lie anywhere in it. Above the bound is only what is above it at its
least; not above only what is not at its most, and only where the table was declared complete.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hami_rules.derive.aggregate.concentration import FEWEST_FIRMS
from hami_rules.records.text import Text

from .registry import about, predicate

concentration = about("concentration")
workload = about("workload")
frequency = about("group_frequency")
handling = about("handling")


def _above(least: Decimal, most: Decimal, bound: Decimal, whole: bool) -> bool | None:
    if least > bound:
        return True
    return False if whole and most <= bound else None


def _enough(sure: int, possible: int, least: int) -> bool | None:
    if sure >= least:
        return True
    return False if possible < least else None


@concentration.fact("统计所据办件是否齐全", sees_unknown=True)
@workload.fact("统计所据办件是否齐全", sees_unknown=True)
@frequency.fact("统计所据办件是否齐全", sees_unknown=True)
@handling.fact("统计所据办件是否齐全", sees_unknown=True)
def counted(whole: bool | None, unread: int | None) -> Text:
    """Whether all applications were there to be counted, and how many could not be."""
    said = (
        Text("办件表已声明完整", "The table of applications is declared complete")
        if whole
        else Text("办件表没有声明完整", "The table of applications is not declared complete")
    )
    if not unread:
        return said
    return Text(f"{said.zh}，另有{unread}件未能计入", f"{said.en}; {unread} could not be counted")


# -- 22.2c ---------------------------------------------------------------------------------------------------------


@predicate("委托件数足以统计")
def enough_engagements(engagements: int, possible: int, least: int) -> bool | None:
    """There are enough engagements to say anything of their shares."""
    return _enough(engagements, possible, least)


@concentration.fact(
    "可供选择的机构不少于三家",
    sees_unknown=True,
    cause="which firms are qualified for the service and able to serve the place",
)
def enough_firms(firms: int, firms_most: int | None) -> bool | None:
    """There are three firms or more to choose from, qualified for the service and able to serve the place."""
    if firms >= FEWEST_FIRMS:
        return True
    return False if firms_most is not None and firms_most < FEWEST_FIRMS else None


@predicate("一家机构所占份额超过限度")
def share_above(share: Decimal, share_most: Decimal, whole: bool, bound: Decimal) -> bool | None:
    """One intermediary's share is above the bound, whatever the unknown engagements were."""
    return _above(share, share_most, bound, whole)


@predicate("自由选择难以造成如此集中")
def beyond_chance(chance: Decimal, chance_least: Decimal, level: Decimal) -> bool | None:
    """Free choice among the qualified firms would give so large a count less often than the level (after correction
    for all groups tested)."""
    likely = _above(chance_least, chance, level, True)
    return None if likely is None else not likely


# -- 12.1b ---------------------------------------------------------------------------------------------------------


@predicate("窗口收件数足以统计")
def enough_applications(applications: int, possible: int, least: int) -> bool | None:
    """There are enough applications to say anything of the month."""
    return _enough(applications, possible, least)


@workload.fact("在岗人日和人均收件数", sees_unknown=True)
def burden(
    working_days: int | None, person_days_most: int | None, applications: int | None, load: Decimal | None
) -> Text:
    """The most people that may have been present, and what each of them had at least."""
    if person_days_most is None or not applications:
        return Text(
            "在岗人员没有完整记录，不能折算人均件数", "who was present is not known: no number a person"
        )
    if person_days_most == 0:
        return Text(
            f"当月（{working_days}个工作日）没有在岗人员，无法折算人均件数",
            f"nobody present that month ({working_days} working days): no number a person",
        )
    return Text(
        f"在岗至多{person_days_most}人日（{working_days}个工作日），每人每工作日至少{load}件",
        f"at most {person_days_most} person-days present ({working_days} working days), at least {load} a person and "
        "working day",
    )


@concentration.fact("申请人委托的件数", sees_unknown=True)
def engaged(engagements: int | None, possible: int | None) -> Text | None:
    """How many engagements by applicants; at most how many, where that is more."""
    if engagements is None:
        return None
    if possible in (None, engagements):
        return Text(f"{engagements}件", f"{engagements} engagements by applicants")
    return Text(
        f"{engagements}件（至多{possible}件）",
        f"{engagements} engagements by applicants (at most {possible})",
    )


@predicate("每人每工作日收件数超过限度")
def load_above(load: Decimal, load_most: Decimal, whole: bool, bound: Decimal) -> bool | None:
    """Each person present had more applications a working day than the bound."""
    return _above(load, load_most, bound, whole)


# -- 18.1 ----------------------------------------------------------------------------------------------------------


@predicate("办理频次高")
def frequent(
    applications: int, possible: int, unread: int, all_items: bool, whole: bool, bound: int
) -> bool | None:
    """The items of the group were applied for at least so often in the year."""
    if applications >= bound:
        return True
    return False if whole and all_items and possible + unread < bound else None


@predicate("涉及两个以上部门")
def several_departments(departments: int) -> bool:
    """The items of the group belong to two departments or more."""
    return departments > 1


@predicate("期间届满之后才实行一件事一次办")
def integrated_after(integrated_on: date, period_to: date) -> bool:
    """Integrated handling began only after the period."""
    return integrated_on > period_to


# -- 19.1b ---------------------------------------------------------------------------------------------------------


@predicate("两期办结的登记办件都足以统计")
def enough_in_both(
    applications: int, possible: int, before_applications: int, before_possible: int, least: int
) -> bool | None:
    """Both periods have enough completed registrations."""
    both = (_enough(applications, possible, least), _enough(before_applications, before_possible, least))
    return False if False in both else None if None in both else True


@predicate("办理时间没有缩短")
def not_shortened(
    median_days: Decimal, median_most: Decimal, before_days: Decimal, before_least: Decimal, whole: bool
) -> bool | None:
    """The median of working days is no less than in the period before."""
    if median_days >= before_days:
        return True
    return False if whole and median_most < before_least else None


@predicate("办理时间仍有压缩余地")
def above_floor(median_days: Decimal, median_most: Decimal, floor: Decimal) -> bool | None:
    """The median is above what can hardly be shortened any more."""
    return True if median_days > floor else False if median_most <= floor else None

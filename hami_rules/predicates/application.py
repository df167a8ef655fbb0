"""Facts about applications as a whole."""

from __future__ import annotations

from datetime import date

from .registry import about, predicate

application = about("application")
event = about("event")


@application.fact("办件起始日")
def first_act_on(submitted_on: date) -> date:
    """The day the application was filed."""
    return submitted_on


@application.fact("办件截止日", sees_unknown=True)
def last_act_on(
    completed: bool | None,
    completed_on: date | None,
    withdrawn: bool | None,
    withdrawn_on: date | None,
    as_of: date,
) -> date | None:
    """The day the application ended; for one known to be open, the day of the audit.

    A known false settles a happening; an ending nobody spoke of leaves the end unknown.
    """
    if completed:
        return completed_on
    if completed is False and withdrawn is not None:
        return withdrawn_on if withdrawn else as_of
    return None


@predicate("事件是数据共享中断")
def is_sharing_interruption(kind: str) -> bool:
    """The event is an interruption of data sharing."""
    return kind == "sharing_interrupted"


@predicate("事件是系统故障或者不可抗力")
def is_outage_or_force_majeure(kind: str) -> bool:
    """The event is a system outage or force majeure."""
    return kind in ("system_outage", "force_majeure")


# -- excuses outside the text: marked, never decided, so a day that nobody gave is read for the one who pleads --------


@event.fact("事件起始日（未记载的从宽）", sees_unknown=True)
def began_on(happened_on: date | None) -> date:
    """The day the event began; where nobody said, early enough to be pleaded."""
    return date.min if happened_on is None else happened_on


@event.fact("事件结束日（未记载的从宽）", sees_unknown=True)
def lasted_until(ended_on: date | None) -> date:
    """The day the event ended; where nobody said, late enough to be pleaded."""
    return date.max if ended_on is None else ended_on


@predicate("事件发生在提出要求之时")
def at_the_demand(began_on: date, lasted_until: date, outer_demanded_on: date) -> bool:
    """The event was going on when the demand was made."""
    return began_on <= outer_demanded_on <= lasted_until


@predicate("事件发生在提出要求之时（其他办件）")
def at_the_gathered_demand(began_on: date, lasted_until: date, outer_demand_demanded_on: date) -> bool:
    """The event was going on when the demand was made."""
    return began_on <= outer_demand_demanded_on <= lasted_until


@predicate("事件发生在受理之后、办结之前")
def while_handled(
    began_on: date, lasted_until: date, outer_accepted_on: date, outer_finished_or_open_on: date
) -> bool:
    """The event fell into the time from acceptance to completion."""
    return began_on <= outer_finished_or_open_on and lasted_until >= outer_accepted_on

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

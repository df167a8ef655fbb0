"""Standard workflows: compiled, shown, kept up to date (第十三条)."""

from __future__ import annotations

from datetime import date
from typing import Any

from .registry import about, predicate

workflow = about("workflow")


@predicate("标准化工作流程在应有之日以后才编制")
def workflow_compiled_late(workflow_compiled_on: date, conduct_from: date) -> bool:
    """The workflow was compiled only after the first day on which there had to be one."""
    return workflow_compiled_on > conduct_from


@workflow.fact("未更新状态的截止日", sees_unknown=True)
def stale_until(updated: bool | None, updated_on: date | None, conduct_to: date | None) -> date | None:
    """The day the workflow was updated; for one known not to be, the last day it was in use up to the audit."""
    if updated is None:
        return None
    return updated_on if updated else conduct_to


@workflow.fact("应当更新之后经过的工作日", cause="a year on the way has no calendar data")
def days_stale(world: Any, change_required_on: date, conduct_from: date, stale_until: date) -> int | None:
    """Working days for which the workflow stayed as it was after the change that should have changed it; those before
    commencement, or before it came into use, do not count. Unknown where a year on the way has no calendar data.
    """
    found: int | None = world.calendar.working_days_between(
        max(change_required_on, conduct_from), stale_until
    )
    return found


@predicate("应当更新之后经过的工作日超过参数")
def stale_longer_than(days_stale: int, allowed: int) -> bool:
    """The workflow stayed as it was for more working days than the parameter allows."""
    return days_stale > allowed

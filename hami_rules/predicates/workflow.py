"""Standard workflows: compiled, shown, kept up to date (第十三条)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hami_rules.records.base import Day
from hami_rules.records.world import World, unknown

from .registry import about, predicate

item = about("item")
workflow = about("workflow")


@predicate("标准化工作流程在应有之日以后才编制")
def workflow_compiled_late(workflow_compiled_on: date, conduct_from: date) -> bool:
    """The workflow was compiled only after the first day on which there had to be one."""
    return workflow_compiled_on > conduct_from


@item.fact("没有编制工作流程的事项（竞合）")
def code_without_workflow(workflow_compiled: bool, item_code: str) -> str | None:
    """The item's code where no workflow was compiled at all: what is wrong with one compiled late is a fact by itself."""
    return None if workflow_compiled else item_code


@workflow.fact("未更新状态的截止日", sees_unknown=True)
def stale_until(updated: bool | None, updated_on: date | None, conduct_to: date | None) -> date | None:
    """The day the workflow was updated; for one known not to be, the last day it was in use up to the audit."""
    if updated is None:
        return None
    return updated_on if updated else conduct_to


@workflow.fact("须有放假安排的最后一日")
def calendar_needed_on(world: World, change_required_on: date, conduct_from: date, stale_until: date) -> date:
    """The last day of the count; where the calendar ends before it, the last day of the first year that is missing."""
    start = max(change_required_on, conduct_from)
    for year in range(start.year, stale_until.year):
        end = date(year, 12, 31)
        if world.calendar.working_days_between(start, end) is None:
            return end
    return stale_until


@workflow.link("放假安排", to="day")
def arrangement(world: World, calendar_needed_on: date) -> Any:
    """The arrangement of days off for the year of that day.

    Unknown, and so named in the finding, where there is none.
    """
    known = world.calendar.working_days_between(calendar_needed_on - timedelta(days=1), calendar_needed_on)
    return unknown("day") if known is None else Day(day=calendar_needed_on)


@workflow.fact("应当更新之后经过的工作日")
def days_stale(
    world: World, change_required_on: date, conduct_from: date, stale_until: date, arrangement_day: date
) -> int | None:
    """Working days for which the workflow stayed as it was after the change that should have changed it.

    Those before commencement, or before it came into use, do not count.
    """
    del arrangement_day  # only asked for so that a missing year is named
    return world.calendar.working_days_between(max(change_required_on, conduct_from), stale_until)


@predicate("应当更新之后经过的工作日超过参数")
def stale_longer_than(days_stale: int, allowed: int) -> bool:
    """The workflow stayed as it was for more working days than the parameter allows."""
    return days_stale > allowed

"""What was to be done by a day, and when it was: tickets answered, problems solved, benefits paid.

Rules date the conduct by the first late day: what is not yet due by the audit is not yet judged.
"""

from __future__ import annotations

from datetime import date, timedelta

from .registry import about, predicate

ticket = about("ticket")
problem = about("raised_problem")
beneficiary = about("beneficiary")


@problem.fact("期限")
@beneficiary.fact("期限")
def due_day(due_on: date) -> date:
    """The day by which it was to be done."""
    return due_on


@ticket.fact("答复期限（延长的，为延长后的期限）", sees_unknown=True)
def last_day_to_reply(due_on: date | None, extended: bool | None, extended_to: date | None) -> date | None:
    """The day by which the ticket was to be answered; unknown where it is not known whether it was put off."""
    return None if extended is None else extended_to if extended else due_on


@problem.fact("期限届满次日")
@beneficiary.fact("期限届满次日")
def first_late_day(due_on: date) -> date:
    """The first day on which it was late."""
    return due_on if due_on == date.max else due_on + timedelta(days=1)


@ticket.fact("答复期限届满次日")
def first_day_unanswered(last_day_to_reply: date) -> date:
    """The first day on which the answer was late."""
    return last_day_to_reply if last_day_to_reply == date.max else last_day_to_reply + timedelta(days=1)


@problem.fact("整改或解决日（未整改的，无此日）", sees_unknown=True)
def solved_day(solved: bool | None, solved_on: date | None) -> date | None:
    """The day it was solved; never, where it is known not to have been."""
    return date.max if solved is False else solved_on


@beneficiary.fact("兑现日（未兑现的，无此日）", sees_unknown=True)
def paid_day(paid: bool | None, paid_on: date | None) -> date | None:
    """The day it was paid; never, where it is known not to have been."""
    return date.max if paid is False else paid_on


@ticket.fact("答复日（未答复的，无此日）", sees_unknown=True)
def replied_day(replied: bool | None, replied_on: date | None) -> date | None:
    """The day it was answered; never, where it is known not to have been."""
    return date.max if replied is False else replied_on


@predicate("期限之内没有整改或解决")
def not_solved_in_time(solved_day: date, due_day: date) -> bool:
    """It was not solved by its due date."""
    return solved_day > due_day


@predicate("期限之内没有兑现")
def not_paid_in_time(paid_day: date, due_day: date) -> bool:
    """It was not paid by its due date."""
    return paid_day > due_day


@predicate("期限之内没有答复")
def not_replied_in_time(replied_day: date, last_day_to_reply: date) -> bool:
    """It was not answered by its due date."""
    return replied_day > last_day_to_reply

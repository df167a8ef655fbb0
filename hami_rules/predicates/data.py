"""Government data: collected on a basis, kept right, handed over and shared in time (第十条第二款)."""

from __future__ import annotations

from datetime import date, timedelta

from .registry import about, predicate

data_record = about("data_record")
submission = about("data_submission")
request = about("sharing_request")


def _done_on(done: bool | None, on: date | None) -> date | None:
    """The day it was done; never, where it is known not to have been."""
    return date.max if done is False else on if done else None


@data_record.fact("更正的日期", sees_unknown=True)
def put_right_on(corrected: bool | None, corrected_on: date | None) -> date | None:
    """The day the record was corrected; never, where it is known not to be."""
    return _done_on(corrected, corrected_on)


@data_record.fact("更正期限届满次日")
def correction_overdue_on(correction_due_on: date) -> date:
    """The day after the platform's time for the correction ran out."""
    return _next(correction_due_on)


@submission.fact("汇集的实际日期", sees_unknown=True)
def handed_in_on(submitted: bool | None, submitted_on: date | None) -> date | None:
    """The day the data were handed in; never, where it is known that they were not."""
    return _done_on(submitted, submitted_on)


@submission.fact("汇集期限届满次日")
def submission_overdue_on(due_on: date) -> date:
    """The day after the data were due."""
    return _next(due_on)


@request.fact("答复的实际日期", sees_unknown=True)
def replied_on(answered: bool | None, answered_on: date | None) -> date | None:
    """The day the request was answered; never, where it is known that it was not."""
    return _done_on(answered, answered_on)


@request.fact("答复期限届满次日")
def answer_overdue_on(due_on: date) -> date:
    """The day after the answer was due."""
    return _next(due_on)


def _next(day: date) -> date:
    return day + timedelta(days=1)


@predicate("期限届满时没有更正")
def corrected_late(put_right_on: date, correction_due_on: date) -> bool:
    """The correction was due and did not come in time."""
    return put_right_on > correction_due_on


@predicate("期限届满时没有汇集")
def handed_in_late(handed_in_on: date, due_on: date) -> bool:
    """The data were due and did not come in time."""
    return handed_in_on > due_on


@predicate("期限届满时没有答复")
def answered_late(replied_on: date, due_on: date) -> bool:
    """The answer was due and did not come in time."""
    return replied_on > due_on


@predicate("与源数据不一致")
def differs_from_source(value: str, source_value: str) -> bool:
    """What was handed in is not what the department's own source says."""
    return value != source_value

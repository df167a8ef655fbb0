"""Deferred acceptance in one application, from the gap to completion or withdrawal (第十五条第二款)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hami_rules.records.text import Text
from hami_rules.records.world import World

from .registry import about, predicate

deferral = about("deferral")

_ONE = timedelta(days=1)


# -- acceptance --------------------------------------------------------------------------------------------------


@deferral.link("提出申请当日已公开并生效的容缺受理清单", to="deferral_list")
def list_when_asked(
    world: World, application_organ_code: str, application_region: str, asked_on: date
) -> Any:
    """The department's list published and in force on the day acceptance was asked for."""
    return world.deferral_list(application_organ_code, application_region, asked_on)


@deferral.link("受理当日已公开并生效的容缺受理清单", to="deferral_list")
def list_at_acceptance(
    world: World, application_organ_code: str, application_region: str, accepted_on: date
) -> Any:
    """The department's list published and in force on the day of acceptance."""
    return world.deferral_list(application_organ_code, application_region, accepted_on)


@deferral.fact("补齐到达日", sees_unknown=True)
def supplement_came_on(supplemented: bool | None, supplemented_on: date | None) -> date | None:
    """The day the supplement came; never, where it is known not to have."""
    return date.max if supplemented is False else supplemented_on if supplemented else None


@predicate("补齐之后才受理")
def accepted_only_after_supplement(accepted_on: date, supplement_came_on: date) -> bool:
    """It was accepted only after the supplement had come: not first (先予受理)."""
    return accepted_on > supplement_came_on


# -- what is told ------------------------------------------------------------------------------------------------


@predicate("分多次告知")
def told_in_pieces(told_times: int) -> bool:
    """What must be told at once was told in more than one go (一次性告知)."""
    return told_times > 1


@predicate("受理之后才告知")
def told_after_acceptance(told_on: date, accepted_on: date) -> bool:
    """It was told later than the day of acceptance (当场告知)."""
    return told_on > accepted_on


# -- the promised time limit -------------------------------------------------------------------------------------


@deferral.fact("可用的工作日（承诺时限加依法扣除和批准延长）")
def days_allowed(promised_days: int, excluded_days: int, extension_days: int) -> int:
    """Working days that may pass: the promised limit, and what the law takes out of it or was granted on top."""
    return promised_days + excluded_days + extension_days


@deferral.fact("自受理之日起算的办结期限", cause="the calendar has no data for a year on the way")
def limit_from_acceptance(world: World, accepted_on: date, days_allowed: int) -> date | None:
    """The last day to finish, counted from acceptance; the day of acceptance is not counted."""
    return world.calendar.add_working_days(accepted_on, days_allowed)


@deferral.fact("自补齐之日起算的办结期限", cause="the calendar has no data for a year on the way")
def limit_from_supplement(world: World, supplemented_on: date, days_allowed: int) -> date | None:
    """The last day to finish, counted from the supplement; the day of the supplement is not counted."""
    return world.calendar.add_working_days(supplemented_on, days_allowed)


@deferral.fact("办结日，未办结的为已知仍未办结之日", sees_unknown=True)
def finished_or_open_on(
    completed: bool | None, completed_on: date | None, complete_until: date | None, as_of: date
) -> date | None:
    """The day it was finished; for one known to be open, the last day on which it is known to be."""
    if completed:
        return completed_on
    if completed is False and complete_until is not None:
        return min(complete_until, as_of)
    return None


@deferral.fact("实体上不予许可", sees_unknown=True)
def refused_on_the_merits(refused_on_merits: bool | None, completed: bool | None) -> bool | None:
    """It was refused on the merits; what is known not to be finished was not, for a refusal finishes it."""
    return False if completed is False else refused_on_merits


@predicate("超过自补齐之日起算的办结期限")
def past_limit_from_supplement(finished_or_open_on: date, limit_from_supplement: date) -> bool:
    """Finished, or still open, after the limit counted from the supplement."""
    return finished_or_open_on > limit_from_supplement


@predicate("超过自受理之日起算的办结期限")
def past_limit_from_acceptance(finished_or_open_on: date, limit_from_acceptance: date) -> bool:
    """Finished, or still open, after the limit counted from acceptance."""
    return finished_or_open_on > limit_from_acceptance


@predicate("公开的清单规定办理时限自受理之日起算")
def clock_fixed_at_acceptance(list_at_acceptance_clock_starts: str) -> bool:
    """The published rule starts the clock at acceptance."""
    return list_at_acceptance_clock_starts == "acceptance"


@deferral.fact("可用的时间", sees_unknown=True)
def time_allowed(promised_days: int | None, excluded_days: int | None, extension_days: int | None) -> Text:
    """The promised limit; what was taken out of it or granted on top, where anything was or may have been."""
    zh, en = [f"承诺时限{_days(promised_days, 'zh')}"], [f"promised {_days(promised_days, 'en')}"]
    if excluded_days != 0:
        zh.append(f"依法另扣除{_days(excluded_days, 'zh')}")
        en.append(f"{_days(excluded_days, 'en')} excluded by law")
    if extension_days != 0:
        zh.append(f"批准延长{_days(extension_days, 'zh')}")
        en.append(f"{_days(extension_days, 'en')} extended")
    return Text("，".join(zh), ", ".join(en))


def _days(days: int | None, lang: str) -> str:
    if lang == "zh":
        return "不明" if days is None else f"{days}个工作日"
    return "an unknown number of working days" if days is None else f"{days} working days"


def _day(day: date | None) -> tuple[str, str]:
    return ("未知", "unknown") if day is None else (f"{day.year}年{day.month}月{day.day}日", day.isoformat())


@deferral.fact("超过办结期限的情形", sees_unknown=True)
def lateness(
    completed: bool | None, finished_or_open_on: date | None, limit_from_supplement: date | None,
    limit_from_acceptance: date | None,
) -> Text:  # fmt: skip
    """From when the limit is counted and why, and until when it went on: from the supplement, which is to the organ's
    advantage, unless it is kept by that count."""
    until = finished_or_open_on
    late = until is not None and limit_from_supplement is not None and until > limit_from_supplement
    limit = limit_from_supplement if late else limit_from_acceptance
    (zh_limit, en_limit), (zh_until, en_until) = _day(limit), _day(until)
    if late:
        zh = f"条文没有写明起算点，按对单位有利的自补齐之日起算，应当在{zh_limit}以前办结"
        en = f"the text names no start: even counted from the supplement, it was to be finished by {en_limit}"
    else:
        zh = f"受理当日公开的清单规定自受理之日起算，应当在{zh_limit}以前办结"
        en = f"by the list published at acceptance the limit runs from acceptance: to be finished by {en_limit}"
    if completed is False:
        return Text(f"{zh}，至{zh_until}仍未办结", f"{en}, and still open on {en_until}")
    return Text(f"{zh}，实际于{zh_until}办结", f"{en}, and finished on {en_until}")


# -- the deadline to supplement ----------------------------------------------------------------------------------


@deferral.fact("补正截止日（含延长）", sees_unknown=True)
def last_day_to_supplement(
    deadline: date | None, deadline_extended: bool | None, extended_to: date | None
) -> date | None:
    """The last day to supplement, as told and as extended."""
    if deadline_extended is None:
        return None
    return extended_to if deadline_extended else deadline


@deferral.fact("补正截止日的次日")
def day_after_deadline(last_day_to_supplement: date) -> date:
    """The day on which the duty to withdraw arises."""
    return last_day_to_supplement + _ONE


@deferral.fact("宽限截止日", cause="the calendar has no data for a year on the way")
def last_day_of_grace(world: World, last_day_to_supplement: date, day_after_deadline: date) -> date | None:
    """The last day to supplement with the grace of the parameter `supplement_grace_days` (working days)."""
    grace = world.parameters["supplement_grace_days"](day_after_deadline)
    return None if grace is None else world.calendar.add_working_days(last_day_to_supplement, grace)


@predicate("补正期限和宽限届满后仍未了结")
def unsettled_after_grace(finished_or_open_on: date, last_day_of_grace: date) -> bool:
    """The matter went on after the deadline and the grace had passed."""
    return finished_or_open_on > last_day_of_grace


@predicate("补正期限和宽限届满后才补齐")
def supplied_after_grace(supplemented_on: date, last_day_of_grace: date) -> bool:
    """The supplement came after the deadline and the grace had passed."""
    return supplemented_on > last_day_of_grace


@predicate("在补正期限内补齐")
def supplied_in_time(supplemented_on: date, last_day_to_supplement: date) -> bool:
    """The supplement came by the deadline, as told and as extended."""
    return supplemented_on <= last_day_to_supplement


@predicate("补正期限届满之前撤销受理")
def withdrawn_before_deadline_passed(withdrawn_on: date, last_day_to_supplement: date) -> bool:
    """Acceptance was withdrawn while there was still time to supplement."""
    return withdrawn_on <= last_day_to_supplement

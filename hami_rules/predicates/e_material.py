"""E-materials handed in, refused, or doubled on paper (第十六条)."""

from __future__ import annotations

from datetime import date

from .registry import about, predicate

submission = about("submission")


@submission.fact("拒收日", sees_unknown=True)
def refusal_day(refused: bool | None, refused_on: date | None) -> date | None:
    """The day it was refused; never, where it is known not to have been."""
    return date.max if refused is False else refused_on


@submission.fact("处理日期", sees_unknown=True)
def handled_on(refused: bool | None, refused_on: date | None, received_on: date | None) -> date | None:
    """The day the office dealt with it: refused it, or, where it is known not to have, took it in."""
    if refused is None:
        return None
    return refused_on if refused else received_on


@predicate("以电子形式提交")
def in_electronic_form(form: str) -> bool | None:
    """It was handed in electronically; a record that says paper or electronic does not tell which."""
    return None if form == "paper_or_electronic" else form == "electronic"


@predicate("核验通过")
def passed_verification(verification: str) -> bool:
    """Its verification passed."""
    return verification == "passed"


@predicate("要求提交纸质材料")
def asks_for_paper(form: str) -> bool | None:
    """Paper is asked for, copy or original; a demand that says no form does not tell."""
    return None if form == "unspecified" else form in ("paper", "paper_copy", "paper_original")


@predicate("要求公证件")
def asks_for_notarised(form: str) -> bool | None:
    """A notarised document is asked for; a demand that says no form does not tell."""
    return None if form == "unspecified" else form == "notarised"


@predicate("要求提出时（含当日）已经收取")
def received_by_demand(receipt_day: date, outer_demanded_on: date) -> bool:
    """It was received by the day of the demand, that day included."""
    return receipt_day <= outer_demanded_on


@predicate("要求提出时（含当日）已经拒收")
def refused_by_demand(refusal_day: date, outer_demanded_on: date) -> bool:
    """It was refused by the day of the demand, that day included."""
    return refusal_day <= outer_demanded_on


@predicate("责任单位是供水、供电、供气、供热等公用企业")
def actor_is_utility(actor_organ_class: str) -> bool:
    """The body is a public utility: water, power, gas, heat (第十六条)."""
    return actor_organ_class == "utility"


@predicate("责任单位是电信、宽带企业")
def actor_is_telecom(actor_organ_class: str) -> bool:
    """The body is a telecom or broadband firm."""
    return actor_organ_class == "telecom"

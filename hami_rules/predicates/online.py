"""Online service of an item and the channels in which it is offered (第十条, 第十七条)."""

from __future__ import annotations

from typing import Any

from hami_rules.records.guide import OnlineFunction

from .registry import Rows, about, predicate

item = about("item")


@predicate("因法律规定、涉密或者须到现场而不能网上办理")
def excluded_from_online(excluded_by: str) -> bool:
    """Law, secrecy or an act on site keeps the function from being offered online."""
    return excluded_by != "nothing"


@item.relation("网上申请功能", of="online_function")
def online_application(online_functions: list[Any]) -> Rows:
    """What the item says of applying online; a function that nobody spoke of is unknown."""
    found = [f for f in online_functions if f.function == "application"]
    return found or [OnlineFunction()], True


@predicate("渠道限制属于所列方式")
def limited_by_one_of(limit: str, ways: tuple[str, ...]) -> bool:
    """The applicant was limited in one of the ways listed."""
    return limit in ways

"""Credit indicators, period against period (第二十六条)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hami_rules.records.text import Text
from hami_rules.records.world import World, absent, unknown

from .registry import about, predicate

indicator = about("credit_indicator")
_ONE = timedelta(days=1)
_PER_CENT = ("百分比", "%", "％")


@indicator.link("上一期同一指标", to="credit_indicator")
def before(world: World, region: str, indicator: str, period_from: date, period_to: date) -> Any:
    """The same figure of the same region for the period of like length that ended the day before this one began."""
    rows, doubtful = world.matching(
        "credit_indicators", region=region, indicator=indicator, period_to=period_from - _ONE
    )
    length = period_to - period_from
    like = [r for r in rows if r.period_from is None or _alike(length, r.period_to - r.period_from)]
    if doubtful or any(r.period_from is None for r in like):
        return unknown("credit_indicator")
    if like:
        return like[0]
    return (
        absent("credit_indicator") if world.covers_all("credit_indicators") else unknown("credit_indicator")
    )


def _alike(one: timedelta, other: timedelta) -> bool:
    """Months, quarters and years are never of quite the same length: January and February differ by a tenth."""
    return abs(one - other) * 10 <= max(one, other)


@indicator.fact("数值及单位")
def figure(value: Decimal, unit: str) -> Text:
    """The figure with its unit as people write it: 30.2%, 年利率4.51%, 209.3亿元."""
    number = format(value, "f")
    for sign in _PER_CENT:
        if unit.endswith(sign):
            of = unit.removesuffix(sign)
            return Text(f"{of}{number}%", f"{of} {number}%".strip())
    return Text(f"{number}{unit}", f"{number} {unit}")


@predicate("是该指标")
def indicator_is(indicator: str, name: str) -> bool:
    """The figure is the one named."""
    return indicator == name


@predicate("与上一期单位相同")
def same_unit(unit: str, before_unit: str) -> bool:
    """The two figures are of one unit."""
    return unit == before_unit


@predicate("没有高于上一期")
def not_risen(value: Decimal, before_value: Decimal) -> bool:
    """The figure is no higher than in the period before."""
    return value <= before_value


@predicate("没有低于上一期")
def not_fallen(value: Decimal, before_value: Decimal) -> bool:
    """The figure is no lower than in the period before."""
    return value >= before_value

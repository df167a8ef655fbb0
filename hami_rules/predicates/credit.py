"""Credit indicators, period against period (第二十六条)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hami_rules.records.world import World, absent, unknown

from .registry import about, predicate

indicator = about("credit_indicator")


@indicator.link("上一期同一指标", to="credit_indicator")
def before(world: World, region: str, indicator: str, period_from: date) -> Any:
    """The same figure of the same region for the period that ended last before this one began."""
    rows, doubtful = world.matching("credit_indicators", region=region, indicator=indicator)
    earlier = [r for r in rows if r.period_to is not None and r.period_to < period_from]
    open_ = [
        r
        for r in (*rows, *doubtful)
        if r not in earlier
        and (r.period_to is None or r.period_to < period_from)
        and (r.period_from is None or r.period_from < period_from)
    ]
    if open_:
        return unknown("credit_indicator")
    if earlier:
        return max(earlier, key=lambda r: (r.period_to, r.period_from or date.min))
    return (
        absent("credit_indicator") if world.covers_all("credit_indicators") else unknown("credit_indicator")
    )


@predicate("是该指标")
def indicator_is(indicator: str, name: str) -> bool:
    """The figure is the one named."""
    return indicator == name


@predicate("与上一期期间长短相当、单位相同")
def comparable_periods(
    period_from: date,
    period_to: date,
    before_period_from: date,
    before_period_to: date,
    unit: str,
    before_unit: str,
) -> bool:
    """The two periods differ in length by no more than a twentieth, and the figures are of one unit."""
    days, earlier = (period_to - period_from).days + 1, (before_period_to - before_period_from).days + 1
    return unit == before_unit and abs(days - earlier) * 20 <= earlier


@predicate("没有高于上一期")
def not_risen(value: Decimal, before_value: Decimal) -> bool:
    """The figure is no higher than in the period before."""
    return value <= before_value


@predicate("没有低于上一期")
def not_fallen(value: Decimal, before_value: Decimal) -> bool:
    """The figure is no lower than in the period before."""
    return value >= before_value

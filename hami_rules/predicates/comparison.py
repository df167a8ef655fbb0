"""Comparing what two or more sides say of one aspect; the records are made in `derive/comparison.py`."""

from __future__ import annotations

from typing import Any

from .registry import about, predicate

workflow_change = about("workflow_change")
workflow_guide = about("workflow_guide")


@workflow_change.fact("前一方")
@workflow_guide.fact("前一方")
def first_side(readings: list[Any]) -> str | None:
    """The side named first (before; the workflow)."""
    return readings[0].side  # type: ignore[no-any-return]


@workflow_change.fact("前一方的内容")
@workflow_guide.fact("前一方的内容")
def first_shown(readings: list[Any]) -> Any:
    """What the first side says, as people read it."""
    return readings[0].shown


@workflow_change.fact("修订前的内容")
def before_value(readings: list[Any]) -> Any:
    """What the version before said."""
    return readings[0].value


@workflow_change.fact("后一方")
@workflow_guide.fact("后一方")
def second_side(readings: list[Any]) -> str | None:
    """The side named second (after; the guide)."""
    return readings[1].side  # type: ignore[no-any-return]


@workflow_change.fact("后一方的内容")
@workflow_guide.fact("后一方的内容")
def second_shown(readings: list[Any]) -> Any:
    """What the second side says, as people read it."""
    return readings[1].shown


@workflow_change.fact("修订后的内容")
def after_value(readings: list[Any]) -> Any:
    """What the version after says."""
    return readings[1].value


@workflow_guide.fact("较新的一方")
def newer_side(readings: list[Any]) -> str | None:
    """The side in force since the later day; unknown where one of the days is."""
    first, second = readings
    if first.since is None or second.since is None:
        return None
    if first.since == second.since:
        return "same_day"
    return str(max(first, second, key=lambda r: r.since).side)


@predicate("修订后多于修订前")
def more_than_before(before_value: Any, after_value: Any) -> bool:
    """The version after asks more than the one before: a longer list, or a larger number."""
    if isinstance(before_value, list):
        return len(after_value) > len(before_value)
    return bool(after_value > before_value)


@predicate("两方内容不一致")
def reads_differently(value: Any, outer_value: Any) -> bool | None:
    """The two sides say different things; equally many names without codes that differ settle nothing."""
    if not isinstance(value, list):
        return bool(value != outer_value)
    here, there = set(value), set(outer_value)
    if here == there:
        return False
    coded = all(key.startswith("c:") for key in here | there)
    return True if coded or len(here) != len(there) else None

"""The hours of the hotline (第二十四条)."""

from __future__ import annotations

import re
from typing import Any

from .registry import about, predicate

hotline_day = about("hotline_day")

_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")
_DAY = 24 * 60


def _minute(text: str | None) -> int | None:
    """The minute of the day that a clock time names; unknown where it is none."""
    found = _CLOCK.fullmatch(text.strip()) if text else None
    if found is None or int(found[2]) > 59:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if minute <= _DAY else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _first_gap(shifts: list[Any]) -> tuple[tuple[int, int] | None, bool]:
    """The first stretch of the day that no shift of known hours covers, and whether the hours of one are unknown.

    A shift that ends where or before it begins runs to the end of the day.
    """
    hours = [(_minute(s.starts), _minute(s.ends)) for s in shifts]
    known = sorted((a, b if b > a else _DAY) for a, b in hours if a is not None and b is not None)
    covered = 0
    for start, end in known:
        if start > covered:
            return (covered, start), len(known) < len(hours)
        covered = max(covered, end)
    return (None if covered >= _DAY else (covered, _DAY)), len(known) < len(hours)


@hotline_day.fact(
    "全天二十四小时都有人工或者智能客服受理",
    cause="the hours of a shift are not given, and the others leave a gap",
)
def open_all_day(shifts: list[Any]) -> bool | None:
    """The hotline was answered round the clock, by people or by a smart agent; a shift of unknown hours may fill a gap of the others."""
    gap, doubtful = _first_gap(shifts)
    return True if gap is None else None if doubtful else False


@hotline_day.fact("没有人工或者智能客服受理的时段")
def first_gap(shifts: list[Any]) -> str | None:
    """The first stretch of the day in which neither people nor a smart agent answered."""
    gap, _ = _first_gap(shifts)
    return None if gap is None else f"{_clock(gap[0])}–{_clock(gap[1])}"


@predicate("记录有系统故障或者不可抗力")
def has_excuse(excuse: str) -> bool:
    """A system outage or force majeure is on record."""
    return bool(excuse)

"""Today in Beijing: the only place that asks a clock, and only for defaults that the user may state himself."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

__all__ = ["BEIJING", "today"]

BEIJING = timezone(timedelta(hours=8))


def today() -> date:
    """The date in Beijing (UTC+8)."""
    return datetime.now(BEIJING).date()

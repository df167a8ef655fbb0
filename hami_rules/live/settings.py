"""What a supervision is set to, what it has counted, and what time it is for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from hami_rules.records.fold import sure_until

__all__ = ["Clock", "Counts", "Settings", "Time"]

Clock = Literal["real", "replay", "event"]
"""Whose time it is: this machine's; when the events were recorded; when they happened."""


class Counts(msgspec.Struct):
    """What became of what was read. `read` = folded + repeated + quarantined + clocks."""

    read: int = 0
    folded: int = 0
    repeated: int = 0
    quarantined: int = 0
    clocks: int = 0
    late: int = 0
    red: int = 0
    yellow: int = 0
    green: int = 0
    compared: int = 0
    fired: int = 0
    mismatches: int = 0

    @property
    def adds_up(self) -> bool:
        return self.read == self.folded + self.repeated + self.quarantined + self.clocks


@dataclass(frozen=True)
class Settings:
    """How to supervise. `bound`: how late an event may come and still count as told in time. `compare_every`: beside the
    records in which something was found, every how many events one more is put to the engine whole."""

    clock: Clock = "event"
    lead_days: int = 3
    bound: timedelta = timedelta(hours=24)
    compare_every: int = 32


@dataclass
class Time:
    """What time it is: `now` is how far the clock has come, `newest` the last instant that was told of."""

    now: datetime
    newest: datetime
    bound: timedelta

    @property
    def until(self) -> date:
        """The last day of which nothing more will be told in time."""
        return sure_until(self.now, self.bound)

"""What the gate says of a check: each finding beside what was known before, and the waiver that lets it pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import msgspec

from hami_rules.intake.errors import Problem
from hami_rules.judge.findings import Finding
from hami_rules.records.location import Location

__all__ = ["LEVELS", "Gated", "Known", "Status", "Verdict", "Waiver", "level_of", "reaches"]

Status = Literal["new", "unchanged", "changed"]
"""Beside a base or a baseline: not there before; there with the same evidence; there with other evidence."""

LEVELS = ("violation", "shortfall", "suspicion", "undetermined")
"""From the gravest down; `--fail-on` names the lowest that fails a run."""


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding as a baseline remembers it: what it is recognised by, and enough to name it to a person.

    `twin` recognises the same problem where the record's own key has changed (a new date, a new code); see
    `compare.twin_of`.
    """

    id: str
    state: str
    twin: str
    rule: str
    level: str
    record: str
    message: str
    source: str | None = None


@dataclass(frozen=True)
class Waiver:
    """Who let a finding pass, why and until when; `inline` where it stands in the checked file itself."""

    rule: str
    reason: str
    location: Location
    approved_by: str | None = None
    expires: date | None = None
    ticket: str | None = None
    inline: bool = False


@dataclass(frozen=True)
class Gated:
    """A finding as the gate sees it. `status` is `None` where nothing was compared."""

    finding: Finding
    status: Status | None = None
    waiver: Waiver | None = None

    @property
    def level(self) -> str | None:
        """Its level (`LEVELS`); `None` where it counts for nothing: dismissed, or no breach."""
        return level_of(self.finding)

    @property
    def blocks(self) -> bool:
        """Whether it may fail the run at all: new, or nothing was compared, and nobody let it pass."""
        return self.status in (None, "new") and self.waiver is None


@dataclass
class Verdict:
    """The whole answer of the gate. `gone`: known before, found no longer. `notices`: what is wrong with waivers,
    baseline and configuration, none of which stops the run."""

    items: list[Gated] = field(default_factory=list)
    unseen: int = 0  # known before, and not looked at this time: neither there nor gone
    gone: list[Known] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    compared: str | None = None  # what with: a git reference or a baseline file

    @property
    def findings(self) -> list[Finding]:
        return [g.finding for g in self.items]

    def failing(self, level: str) -> Iterator[Gated]:
        """What fails the run at this level."""
        return (g for g in self.items if g.blocks and reaches(g.finding, level))


def level_of(finding: Finding) -> str | None:
    """The level of a finding; `None` for one that is no breach or that people dismissed."""
    if finding.decision == "dismissed":
        return None
    if finding.verdict == "undetermined":
        return "undetermined"
    if finding.verdict != "violated":
        return None
    return finding.grade or "violation"


def reaches(finding: Finding, level: str) -> bool:
    """Whether a finding is at or above a level. A concurrent one is judged by its own grade, not its primary's."""
    own = level_of(finding)
    return own is not None and LEVELS.index(own) <= LEVELS.index(level)

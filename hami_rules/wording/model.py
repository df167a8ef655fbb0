"""What the linter answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from hami_rules.records.text import Text

__all__ = ["Confidence", "Field", "Flaw", "Kind"]

Kind = Literal["vague", "catch_all"]
Confidence = Literal["high", "low"]
Field = Literal["materials", "conditions", "steps", "time_limit", "fees", "intermediary", "notes"]


class Flaw(msgspec.Struct, frozen=True):
    """One defective phrase. `start` and `end` (exclusive) count code points of the text as it was given."""

    kind: Kind
    start: int
    end: int
    text: str
    why: Text
    suggestion: Text
    confidence: Confidence
    rule: str

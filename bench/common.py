"""What all contenders share: the three rules, how a finding is written down, and the guides as plain dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .data import tables

__all__ = ["RULES", "Found", "Guides", "Key", "Run", "organs"]

RULES = ("14.1a", "16.1d", "22.2a")

Key = tuple[str, str, str]
"""Rule, application, and the number of the demand or engagement in it."""


@dataclass
class Found:
    """What a contender found. `open` is `None` where it cannot tell *undetermined* from *compliant*."""

    violated: list[Key] = field(default_factory=list)
    open: list[Key] | None = None
    records: int | None = None  # judged, where a contender counts them


Run = Callable[[Path], Found]
"""From the file of applications to what was found in it: reading and decoding included."""


def organs() -> dict[str, dict[str, Any]]:
    return {o["code"]: o for o in tables()["organs"]}


class Guides:
    """Codes that the guide of an item lists on a day (ISO text or date), kept once looked up."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        self._versions: dict[tuple[str, str], list[tuple[Any, Any, frozenset[str]]]] = {}
        for g in tables()["guides"]:
            codes = frozenset(m["material_code"] for m in g["materials"])
            dates = convert(g["valid_from"]), convert(g.get("valid_to", "9999-12-31"))
            self._versions.setdefault((g["item_code"], g["organ_code"]), []).append((*dates, codes))
        self._memo: dict[tuple[Any, ...], frozenset[str] | None] = {}

    def listed(self, item: Any, organ: Any, day: Any) -> frozenset[str] | None:
        """`None`: no guide in force that day."""
        key = (item, organ, day)
        if key in self._memo:
            return self._memo[key]
        found = None
        if day is not None:
            for start, end, codes in self._versions.get((item, organ), ()):
                if start <= day <= end:
                    found = codes
        self._memo[key] = found
        return found

"""Flat truths for engines that cannot follow a reference to a guide or ask a list: worked out beforehand in Python.

Shared by both rule engines. Unknown truths are left out; negations stand at the leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .common import Guides
from .data import AS_OF

__all__ = ["START", "TODAY", "besides", "decoded"]

START, TODAY = "2024-03-01", AS_OF.isoformat()


def decoded(lines: Any) -> Iterator[dict[str, Any]]:
    """The applications as plain dictionaries, which is what both engines take."""
    import msgspec

    decode = msgspec.json.Decoder().decode
    for line in lines:
        yield decode(line)


def besides(a: dict[str, Any], d: dict[str, Any], day: str) -> bool:
    """Whether the material was handed in electronically by the day of the demand, known in every respect."""
    for s in a["submissions"]:
        if (
            s.get("material_code") == d.get("material_code")
            and s.get("form") == "electronic"
            and s.get("chosen_by_applicant")
            and s.get("meets_requirements")
            and s.get("verification") == "passed"
            and (
                (s.get("received") and s["received_on"] <= day)
                or (s.get("refused") and s["refused_on"] <= day)
            )
            and (s.get("open_ended") or s.get("valid_to", "") >= day)
            and (s.get("changed") is False or s.get("changed_on", "") > day)
        ):
            return True
    return False


def guides() -> Guides:
    return Guides(str)

"""Vague and catch-all wording of guides (第十一条第三款); the records are made in `derive/phrases.py`."""

from __future__ import annotations

from .registry import predicate


@predicate("是模糊性表述")
def is_vague(defect: str) -> bool:
    """The phrase leaves open what, how many, how much, when or who decides."""
    return defect == "vague"


@predicate("是兜底条款")
def is_catch_all(defect: str) -> bool:
    """The phrase leaves a list open."""
    return defect == "catch_all"


@predicate("确有把握")
def surely_a_flaw(confidence: str) -> bool:
    """The linter is sure of the phrase."""
    return confidence == "high"

"""Kleene's strong three-valued logic, with `error` as a fourth value.

`True`, `False`, `None` (unknown) and `ERROR` (a predicate raised). A dominating value decides whatever else is there
(`False` in *and*, `True` in *or*); an error beats unknown. Evaluation order can therefore never matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, Literal

__all__ = ["ERROR", "Truth", "all_of", "any_of", "negate", "verdict"]


class _Error(Enum):
    ERROR = "error"

    def __repr__(self) -> str:
        return "ERROR"


ERROR: Final = _Error.ERROR
Truth = bool | None | Literal[_Error.ERROR]
Verdict = Literal["violated", "compliant", "undetermined", "not_applicable", "error"]


def all_of(values: Iterable[Truth]) -> Truth:
    """And: false if any is false, else error if any is, else unknown if any is, else true."""
    worst: Truth = True
    for value in values:
        if value is False:
            return False
        if value is ERROR or (value is None and worst is True):
            worst = value
    return worst


def any_of(values: Iterable[Truth]) -> Truth:
    """Or: true if any is true, else error if any is, else unknown if any is, else false."""
    best: Truth = False
    for value in values:
        if value is True:
            return True
        if value is ERROR or (value is None and best is False):
            best = value
    return best


def negate(value: Truth) -> Truth:
    """Not: unknown and error stay what they are."""
    return (not value) if isinstance(value, bool) else value


def verdict(applies: Truth, violated: Truth, unless: Truth) -> Verdict:
    """The verdict table: A = applies ∧ scope, V = violated, U = unless (an exception in the text).

    | A | V | U | verdict |
    |---|---|---|---|
    | false | any | any | not_applicable |
    | not false | false | any | compliant |
    | not false | not false | true | compliant (excused) |
    | true | true | false | violated |
    | anything else with an error in it | | | error |
    | anything else | | | undetermined |
    """
    if applies is False:
        return "not_applicable"
    if violated is False or unless is True:
        return "compliant"
    if applies is ERROR or violated is ERROR or unless is ERROR:
        return "error"
    if applies is True and violated is True and unless is False:
        return "violated"
    return "undetermined"

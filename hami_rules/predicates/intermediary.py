"""Intermediaries that a guide or a notice names (第二十二条第二款)."""

from __future__ import annotations

from .registry import predicate


@predicate("写明必须由该机构办理")
def named_as_must(named_as: str) -> bool:
    """The intermediary is named as the one to go to."""
    return named_as == "must"


@predicate("以举例方式写明机构（如××公司）")
def named_as_example(named_as: str) -> bool:
    """The intermediary is named by way of example."""
    return named_as == "example"

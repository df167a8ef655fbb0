"""What documents show of the norms that only documents can prove (`derive/expectation.py`)."""

from __future__ import annotations

from .registry import predicate


@predicate("所评判的是该条款")
def for_norm(norm: str, number: str) -> bool:
    """The duty expected is the one of that norm."""
    return norm == number

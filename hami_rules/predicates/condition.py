"""Conditions that treat businesses differently by who owns them, where they are registered or how large they are
(第六条第一款)."""

from __future__ import annotations

from .registry import predicate


@predicate("按所有制、注册地或者规模区别对待")
def treats_differently(restricts_by: str) -> bool:
    """The condition treats businesses differently by ownership, place of registration or size."""
    return restricts_by != "no_difference"

"""Derived records: pure functions give records with a natural key of their own and their parent's location."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hami_rules.records.kinds import Kind

from . import gathering

__all__ = ["DERIVED", "PRODUCERS"]

_FORMS = (gathering,)

DERIVED: tuple[Kind, ...] = tuple(kind for form in _FORMS for kind in form.KINDS)
PRODUCERS: dict[str, Callable[..., Any]] = {k: v for form in _FORMS for k, v in form.PRODUCERS.items()}

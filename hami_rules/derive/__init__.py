"""Derived records: pure functions give records with a natural key of their own and their parent's location.

Each module is one form and declares `KINDS` (the derived kinds) and `PRODUCERS` (kind → function of the world and the
chain root → … → parent, answering the list of derived records, or `None` where it cannot be known what there is).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from hami_rules.records.kinds import Kind

__all__ = ["DERIVED", "PRODUCERS"]

_FORMS = [import_module(f"{__name__}.{m.name}") for m in sorted(iter_modules(__path__), key=lambda m: m.name)]

DERIVED: tuple[Kind, ...] = tuple(kind for form in _FORMS for kind in form.KINDS)
PRODUCERS: dict[str, Callable[..., Any]] = {k: v for form in _FORMS for k, v in form.PRODUCERS.items()}

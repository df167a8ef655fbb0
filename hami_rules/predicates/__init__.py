"""Pure predicates and facts, one module a record kind. `default_registry()` knows them all."""

from __future__ import annotations

from functools import cache

from .registry import Registry

__all__ = ["default_registry"]


@cache
def default_registry() -> Registry:
    """The registry of every fact, predicate, link and relation of the tool."""
    from importlib import import_module

    from hami_rules.derive import DERIVED, PRODUCERS
    from hami_rules.records.kinds import KINDS

    modules = [import_module(f"{__name__}.{name}") for name in MODULES]
    return Registry.build(modules, (*KINDS.values(), *DERIVED), PRODUCERS)


MODULES = ("scope", "application", "material", "demand")

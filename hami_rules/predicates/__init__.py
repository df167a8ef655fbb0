"""Pure predicates and facts, one module a record kind. `default_registry()` knows them all."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from .registry import Registry

__all__ = ["default_registry"]


@cache
def default_registry() -> Registry:
    """The registry of every fact, predicate, link and relation in this folder and every derived kind."""
    from hami_rules.derive import DERIVED, PRODUCERS
    from hami_rules.records.kinds import KINDS

    names = sorted(m.name for m in iter_modules(__path__) if m.name != "registry")
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return Registry.build(modules, (*KINDS.values(), *DERIVED), PRODUCERS)

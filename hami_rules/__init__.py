"""hami-rules: 《哈密市经营主体政务服务条例》 as executable rules.

`ask` finds the paragraphs that govern a situation told in one's own words, `judge` gives the findings on documents or
records, `load_pack` the rules themselves (docs/api.md). Each is imported when it is first asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .audit.judging import judge as judge
    from .consult.ask import ask as ask
    from .pack.load import load_pack as load_pack

__all__ = ["__version__", "ask", "judge", "load_pack"]

__version__ = "0.1.0"

_LAZY = {"ask": "hami_rules.consult.ask", "load_pack": "hami_rules.pack.load"}


def __getattr__(name: str) -> Any:
    if name == "judge":
        return import_module("hami_rules.judge")
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _JudgeRoom(ModuleType):
    """The room `judge` bears the name of the function: called, it is the function."""

    def __call__(self, *args: Any, **settings: Any) -> Any:
        return import_module("hami_rules.audit.judging").judge(*args, **settings)

    @property
    def __signature__(self) -> Any:
        import inspect

        return inspect.signature(import_module("hami_rules.audit.judging").judge)


class _Package(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        if name == "judge" and isinstance(value, ModuleType):
            value.__class__ = _JudgeRoom  # set here when the room has been imported, by whomever
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

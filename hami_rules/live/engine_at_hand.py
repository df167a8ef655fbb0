"""Whether the engine is installed, without loading it."""

from __future__ import annotations

from importlib.util import find_spec

from hami_rules.records.text import Text

__all__ = ["engine_missing"]


def engine_missing() -> Text | None:
    """What to say where durable_rules is not installed; `None` where it is."""
    if find_spec("durable") is not None:
        return None
    from hami_rules.engine import MissingEngine

    return Text(MissingEngine.zh, MissingEngine.en)

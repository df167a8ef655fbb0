"""How often the interpreter looks for garbage that reference counts do not find."""

from __future__ import annotations

import gc

__all__ = ["seldom"]

YOUNG = 100_000  # objects made and not let go of before the youngest are looked through


def seldom() -> None:
    """Look seldom, for the rest of this process: records hold no cycles, and what is loaded lives to its end. Only for
    processes of our own: a command's, or a worker's."""
    gc.set_threshold(YOUNG, 20, 20)

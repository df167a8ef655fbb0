"""`hami init`: a starter repository."""

from __future__ import annotations

import sys
from pathlib import Path

from .common import CLEAN, guarded

__all__ = ["init"]


def init(folder: Path, lang: str) -> int:
    """Write configuration, an example and the hooks; what is there already stays as it is."""
    zh = lang == "zh"
    with guarded(lang):
        from hami_rules.gate.init import start

        done = start(folder)
    for name in done.written:
        sys.stdout.write(f"{'已写' if zh else 'wrote'}  {name}\n")
    for name in done.kept:
        sys.stdout.write(f"{'已有，未动' if zh else 'kept'}  {name}\n")
    sys.stdout.write(
        "下一步：git config core.hooksPath .githooks（或 pre-commit install），然后 hami check\n"
        if zh
        else "next: git config core.hooksPath .githooks (or pre-commit install), then hami check\n"
    )
    return CLEAN

"""Finds `rules/`, `schemas/` and `cases/`: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["data_folder"]

_HERE = Path(__file__).resolve().parent


@cache
def data_folder(name: str) -> Path:
    """The folder `name` (`rules`, `schemas` or `cases`). Raises `FileNotFoundError` where neither place has it."""
    for base in (_HERE.parent, _HERE / "_data"):
        # In a checkout, pyproject.toml stands beside the package; site-packages may hold anybody's `rules`.
        if (base / name).is_dir() and (base.name == "_data" or (base / "pyproject.toml").is_file()):
            return base / name
    raise FileNotFoundError(f"hami-rules: the folder {name!r} is missing from this installation")

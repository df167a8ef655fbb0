"""From all-text data to records: every problem reported at once, each where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hami_rules.intake.errors import Problem
from hami_rules.intake.positioned import Positioned
from hami_rules.records.base import Record
from hami_rules.records.location import Location

__all__ = ["Where", "bulk_decoder", "field_pointer", "schema_of", "to_record", "write_schemas"]

R = TypeVar("R", bound=Record)
Where = Positioned | Callable[[str], Location | None] | None
"""How a JSON pointer is turned into a place: a positioned document, a function of the pointer, or not at all."""


def to_record(value: Any, struct: type[R], where: Where, at: str = "") -> tuple[R | None, list[Problem]]:
    """The record that `value` describes, or `None` and all its problems. `at`: pointer of `value` in its source.

    Scalars may be text or native values (bool, int, Decimal, float, date, datetime), which are read as their text.
    """
    raise NotImplementedError


def field_pointer(struct: type[Record], data: Any, pointer: str) -> str:
    """A pointer in terms of field names, said in the keys that `data` really uses (Chinese labels are keys too)."""
    raise NotImplementedError


def bulk_decoder(struct: type[R], ignore_unknown: frozenset[str] = frozenset()) -> Callable[[bytes], R]:
    """A fast `bytes → record` for one JSON record; raises `InputError`, its problems located within the row
    (line 1, column in code points; `InputError.moved(base)` puts them where the row stands)."""
    raise NotImplementedError


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a root kind's documents, in canonical (English) keys."""
    raise NotImplementedError


def write_schemas(folder: Path) -> list[Path]:
    """Write `<kind>.schema.json` for every root kind, and return the files."""
    raise NotImplementedError

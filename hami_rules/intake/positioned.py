"""YAML and JSON documents as plain data with the place of every value: all scalars as text, the schema types them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hami_rules.records.location import Location

__all__ = ["Positioned", "read_document", "read_json", "read_yaml", "read_yaml_all"]


class Positioned:
    """A document: its data, and where each part of it stands. `source` is the name shown to people."""

    source: str
    text: str
    data: Any  # dict | list | str | None; never change it: aliases share parts

    def locate(self, pointer: str = "", key: bool = False) -> Location:
        """The place of the value (or of its key) that a JSON pointer names; if there is none, of the nearest parent."""
        raise NotImplementedError


def read_yaml(text: str | bytes, source: str) -> Positioned:
    """The one document of a YAML text. Raises `InputError`."""
    raise NotImplementedError


def read_yaml_all(text: str | bytes, source: str) -> list[Positioned]:
    """All documents of a YAML text. Raises `InputError`."""
    raise NotImplementedError


def read_json(text: str | bytes, source: str) -> Positioned:
    """A JSON document; numbers keep their source text, true/false become "true"/"false". Raises `InputError`."""
    raise NotImplementedError


def read_document(path: Path, shown_as: str | None = None) -> list[Positioned]:
    """All documents of a `.yaml`, `.yml` or `.json` file. Raises `InputError`, also when it cannot be read."""
    raise NotImplementedError

"""Record keys: what a finding's identity is made of. Names and codes, never a line, a position or the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from hami_rules.predicates.registry import Registry
from hami_rules.records.kinds import Kind

__all__ = ["child_key", "pointer_of", "record_key"]


def _word(value: Any) -> str:
    if value is None:
        return "-"
    return value.isoformat() if isinstance(value, date) else str(value)


def _own(kind: Kind, record: Any) -> str:
    """What a record is called among its siblings."""
    key = [getattr(record, k) for k in kind.key]
    if not key or (kind.parent and None in key):
        key = [getattr(record, k) for k in kind.names] or ["-"]
    return ":".join(map(_word, key))


def child_key(kind: Kind, record: Any, siblings: Sequence[Any]) -> str:
    """The key of a record among its siblings; equal ones are told apart by content, in its order."""
    own = _own(kind, record)
    same = [s for s in siblings if s is not record and _own(kind, s) == own]
    if not same:
        return own
    content = msgspec.json.encode(record)
    ordered = sorted([*(msgspec.json.encode(s) for s in same), content])
    # Wholly equal records share a place; the object's own turn among them keeps the keys apart.
    turn = sum(1 for s in siblings[: _index(siblings, record)] if msgspec.json.encode(s) == content)
    return f"{own}~{ordered.index(content) + 1 + turn}"


def _index(siblings: Sequence[Any], record: Any) -> int:
    return next((i for i, s in enumerate(siblings) if s is record), 0)


def record_key(registry: Registry, kinds: Sequence[str], chain: Sequence[Any], lists: Sequence[Any]) -> str:
    """The key of the last record of a chain root → … → record. `lists[i]` holds the siblings of `chain[i]`."""
    parts = [_own(registry.kinds[kinds[0]], chain[0])]
    for name, record, siblings in zip(kinds[1:], chain[1:], lists[1:], strict=True):
        kind = registry.kinds[name]
        parts.append(kind.field or kind.name)
        if isinstance(siblings, list):
            parts.append(child_key(kind, record, siblings))
    return "/".join(parts)


def pointer_of(registry: Registry, kinds: Sequence[str], chain: Sequence[Any], lists: Sequence[Any]) -> str:
    """JSON pointer from the root's document to the record; a derived record has its parent's, or stands where its own
    `pointer` leads from there."""
    out = ""
    for name, record, siblings in zip(kinds[1:], chain[1:], lists[1:], strict=True):
        kind = registry.kinds[name]
        if name in registry.producers or kind.field is None:
            out += getattr(record, "pointer", None) or ""
            break
        out += f"/{kind.field}"
        if isinstance(siblings, list):
            out += f"/{_index(siblings, record)}"
    return out

"""Quarantine: what was read but cannot be judged, with its place, its reasons and the record itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from hami_rules.intake.errors import Problem
from hami_rules.records.location import Location

__all__ = ["QuarantineWriter", "Quarantined", "write_quarantine"]


class Quarantined(msgspec.Struct, frozen=True):
    """One row, document or record that is not judged. `raw` is what the source says: bytes, text or plain data; `row`
    its number among the rows of its table, where it has one. A row of a child table that belongs to no record stands under
    its own table (`applications.demands`)."""

    location: Location
    table: str
    problems: tuple[Problem, ...]
    raw: Any = None
    row: int | None = None

    @property
    def orphan(self) -> bool:
        """Whether it is a row of a child table, not a record."""
        return "." in self.table

    @property
    def root(self) -> str:
        """The table of the records that it is, or would be, of."""
        return self.table.partition(".")[0]

    @property
    def code(self) -> str:
        """The slug of the first reason, by which reports group."""
        return self.problems[0].code

    @property
    def place(self) -> str:
        """Where the first reason stands, to the column where it is known; the record as a whole is at `location`."""
        return (self.problems[0].location or self.location).exact

    def to_builtins(self) -> dict[str, Any]:
        """The line of `quarantine.jsonl`: where it stands, why it is here (zh, en), and the record as given."""
        return {
            "source": self.location.source,
            "location": msgspec.to_builtins(self.location),
            "place": self.place,
            "table": self.table,
            "code": self.code,
            "reason": {
                "zh": "；".join(p.message.zh for p in self.problems),
                "en": "; ".join(p.message.en for p in self.problems),
            },
            "problems": [
                {
                    "code": p.code,
                    "message": {"zh": p.message.zh, "en": p.message.en},
                    "place": (p.location or self.location).exact,
                    **({"column": p.location.header} if p.location and p.location.header else {}),
                    "pointer": p.location.pointer if p.location else None,
                    "hint": {"zh": p.hint.zh, "en": p.hint.en} if p.hint else None,
                }
                for p in self.problems
            ],
            "record": _plain(self.raw),
        }


def _plain(raw: Any) -> Any:
    """JSON text becomes data, so that the line can be searched; anything else stays text."""
    if isinstance(raw, bytes | bytearray | memoryview):
        raw = bytes(raw).decode("utf-8", "replace")
        try:
            # The standard reader, because it keeps integers of any length.
            return json.loads(raw, parse_float=str)
        except (ValueError, RecursionError):
            return raw
    return raw


class QuarantineWriter:
    """Writes `quarantine.jsonl`, one line a record, and counts them by table and by code."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[tuple[str, str], int] = {}
        self._file = path.open("w", encoding="utf-8", newline="\n", errors="replace")

    def write(self, row: Quarantined) -> None:
        """Add one line."""
        # Not msgspec: a broken line may hold lone surrogates, which it refuses to write.
        json.dump(row.to_builtins(), self._file, ensure_ascii=False, default=str)
        self._file.write("\n")
        where = (row.table, row.code)
        self.counts[where] = self.counts.get(where, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> QuarantineWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_quarantine(rows: Iterable[Quarantined], path: Path) -> int:
    """Write all `rows` to `path` (empty file if there are none) and return how many they were."""
    with QuarantineWriter(path) as writer:
        for row in rows:
            writer.write(row)
        return writer.total

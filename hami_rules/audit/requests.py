"""调阅资料清单: what is still to be asked of whom, gathered while the undetermined verdicts go by.

A line is one thing to ask an organ for, with every rule that it would settle and the number of records that hang on it:
a document, a decision, or the facts of one kind of record, each of which is an item of the line. Rows of one record come
together, so that each record is counted once a line and once an item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from hami_rules.judge.findings import MissingFact, OpenRow
from hami_rules.judge.naming import Called

__all__ = ["Example", "Item", "Line", "Requests"]

EXAMPLES = 5
_SORTS = ("document", "fact", "decision")

Example = tuple[str, str, str | None, Called]
"""A record: its kind, its key, the name of the item that it is about, and what it is called."""


@dataclass
class _Counted:
    """Records, each counted once. `examples`: the first few."""

    records: int = 0
    examples: list[Example] = field(default_factory=list)
    _root: str = ""
    _met: set[tuple[str, str]] = field(default_factory=set)

    def count(self, row: OpenRow) -> None:
        root, record = row.record_key.partition("/")[0], (row.record_kind, row.record_key)
        if root != self._root:
            self._root = root
            self._met.clear()
        if record not in self._met:
            self._met.add(record)
            self.records += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append((*record, row.item_name, (row.root_name, row.name)))


@dataclass
class Item(_Counted):
    """What of a line has to be said or produced. `missing` is the first met; `varied`: other records lack it by other
    names, such as the guide of another item."""

    missing: MissingFact = field(kw_only=True)
    varied: bool = False


@dataclass
class Line(_Counted):
    """One thing to ask for. `rules`: how many records hang on it, by rule."""

    organ: str = field(kw_only=True)
    sort: Literal["document", "fact", "decision"] = field(kw_only=True)
    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)

    def meet(self, row: OpenRow, lacking: Iterable[MissingFact]) -> None:
        self.rules[row.rule] = self.rules.get(row.rule, 0) + 1
        self.count(row)
        for missing in lacking:
            item = self.items.setdefault((missing.fact, missing.cause.zh), Item(missing=missing))
            item.varied |= missing.label != item.missing.label
            item.count(row)


class Requests:
    """The list as it grows: one line an organ and thing to ask for."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], Line] = {}

    def add(self, row: OpenRow) -> None:
        """Note what an undetermined verdict lacks."""
        organ = row.organ_code or ""
        asked: dict[tuple[str, str, str], list[MissingFact]] = {}
        for missing in row.missing:
            asked.setdefault((organ, missing.sort, _what(missing)), []).append(missing)
        for key, lacking in asked.items():
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = Line(organ=organ, sort=lacking[0].sort)
            line.meet(row, lacking)

    def lines(self) -> tuple[Line, ...]:
        """By organ (an unknown one last): documents, then facts, then decisions; what most hangs on first."""

        def order(entry: tuple[tuple[str, str, str], Line]) -> tuple[bool, str, int, int, str]:
            (organ, sort, what), line = entry
            return not organ, organ, _SORTS.index(sort), -line.records, what

        return tuple(line for _, line in sorted(self._lines.items(), key=order))


def _what(missing: MissingFact) -> str:
    """Facts of one kind of record are asked for together; documents and decisions are told apart by what they say."""
    return missing.fact.partition(".")[0] if missing.sort == "fact" else missing.label.zh

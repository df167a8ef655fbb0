"""调阅资料清单: what is still to be asked of whom, gathered while the undetermined verdicts go by.

A line is one document, one fact or one decision, for one organ, with every rule that it would settle and the number
of records that hang on it. Rows of one record come together, so that each record is counted once a line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hami_rules.judge.findings import MissingFact, OpenRow, Text

__all__ = ["Line", "Requests"]

EXAMPLES = 5
_SORTS = ("document", "fact", "decision")


@dataclass
class Line:
    """One thing to ask for. `label` and `cause` are the first met; `varied`: other records lack it by other names,
    such as the guide of another item. `rules`: how many records hang on it, by rule."""

    organ: str
    sort: Literal["document", "fact", "decision"]
    fact: str
    label: Text
    cause: Text
    varied: bool = False
    rules: dict[str, int] = field(default_factory=dict)
    records: int = 0
    examples: list[str] = field(default_factory=list)
    _root: str = ""
    _met: set[tuple[str, str]] = field(default_factory=set)

    def meet(self, row: OpenRow, label: Text) -> None:
        self.varied |= label != self.label
        self.rules[row.rule] = self.rules.get(row.rule, 0) + 1
        root, record = row.record_key.partition("/")[0], (row.record_kind, row.record_key)
        if root != self._root:
            self._root = root
            self._met.clear()
        if record not in self._met:
            self._met.add(record)
            self.records += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append(row.record_key)


class Requests:
    """The list as it grows: one line an organ and thing to ask for."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, ...], Line] = {}

    def add(self, row: OpenRow) -> None:
        """Note what an undetermined verdict lacks."""
        organ = row.organ_code or ""
        for missing in row.missing:
            key = _key(organ, missing)
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = Line(
                    organ, missing.sort, missing.fact, missing.label, missing.cause
                )
            line.meet(row, missing.label)

    def lines(self) -> tuple[Line, ...]:
        """By organ (an unknown one last): documents, then facts, then decisions; what most hangs on first."""
        return tuple(
            sorted(
                self._lines.values(),
                key=lambda n: (not n.organ, n.organ, _SORTS.index(n.sort), -n.records, n.fact, n.label.zh),
            )
        )


def _key(organ: str, missing: MissingFact) -> tuple[str, ...]:
    """Facts are the same thing to ask for whatever they were looked up by; documents and decisions by what they say."""
    what = missing.cause.zh if missing.sort == "fact" else missing.label.zh
    return organ, missing.sort, missing.fact, what

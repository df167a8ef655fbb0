"""Parameters and thresholds: dated values, each with its source, or marked as the tool's own default."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import msgspec

from hami_rules.intake.errors import Problem
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["COMMENCEMENT", "Parameter", "Parameters", "Value"]

COMMENCEMENT = date(2024, 3, 1)


class Value(msgspec.Struct, frozen=True):
    """A value in force from `start` to `end`, both inclusive, and where it comes from."""

    start: date
    end: date
    value: int | str | list[str]
    source: str


class Parameter(msgspec.Struct, frozen=True):
    """One parameter. `own`: the tool's own default, not taken from the law."""

    name: str
    title: Text
    type: str
    unit: str | None
    own: bool
    values: tuple[Value, ...]

    @property
    def lasting(self) -> bool:
        """One value for as long as the regulation is in force: nobody need ask on which day."""
        return (
            len(self.values) == 1 and self.values[0].start <= COMMENCEMENT and self.values[0].end == date.max
        )

    def at(self, day: date | None) -> Any:
        """The value in force on a day, `None` where none is; without a day, the value of one that lasts."""
        if day is None:
            return self._typed(self.values[0].value) if self.lasting else None
        for value in self.values:
            if value.start <= day <= value.end:
                return self._typed(value.value)
        return None

    def _typed(self, value: Any) -> Any:
        if self.type == "decimal":
            return Decimal(str(value))
        if self.type == "texts":
            return tuple(value)
        return value


class Parameters(msgspec.Struct, frozen=True):
    """All parameters of a pack by name."""

    table: dict[str, Parameter]

    def items(self) -> Any:
        return self.table.items()

    def lookups(self) -> dict[str, Callable[[date | None], Any]]:
        """What a world needs: for each name, the function from a day to the value."""
        return {name: parameter.at for name, parameter in self.table.items()}

    @classmethod
    def of(
        cls,
        file: Any,
        document: Any,
        problems: list[Problem],
        locate: Callable[[Any, str], Location],
    ) -> Parameters:
        """Check types and dates of the parsed file; report what is wrong with its place."""
        table: dict[str, Parameter] = {}
        for name, source in file.parameters.items():
            values: list[Value] = []
            for i, v in enumerate(source.values):
                at = f"/parameters/{name}/values/{i}"
                try:
                    start = date.fromisoformat(v.from_)
                    end = date.fromisoformat(v.to) if v.to else date.max
                    values.append(Value(start, end, _typed(source.type, v.value), v.source))
                except (ValueError, InvalidOperation, TypeError):
                    problems.append(
                        Problem(
                            "parameter",
                            Text(
                                f"参数 {name}：日期或取值不合类型 {source.type}",
                                f"parameter {name}: bad date or value",
                            ),
                            locate(document, at),
                        )
                    )
            values.sort(key=lambda v: v.start)
            for before, after in pairwise(values):
                if before.end >= after.start:
                    problems.append(
                        Problem(
                            "parameter",
                            Text(f"参数 {name}：生效期间重叠", f"parameter {name}: periods overlap"),
                            locate(document, f"/parameters/{name}"),
                        )
                    )
            table[name] = Parameter(
                name, Text(source.title.zh, source.title.en), source.type, source.unit,
                source.own == "true", tuple(values),
            )  # fmt: skip
        return cls(table)


def _typed(kind: str, value: Any) -> int | str | list[str]:
    if kind == "int":
        return int(value)
    if kind == "decimal":
        return str(Decimal(value))
    if kind == "texts":
        if not isinstance(value, list):
            raise TypeError
        return [str(v) for v in value]
    return str(value)

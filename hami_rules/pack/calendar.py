"""Working days in Hami: the State Council's arrangements and the autonomous region's own days off.

The national side (days off and make-up working days) is the library `chinesecalendar`; the regional side is
`rules/calendar.yaml` (肉孜节, 古尔邦节), which prevails where both speak of a day. A day is known only where both
sides have its year: anything else is unknown and its year is named, never guessed from the weekday.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["Calendar", "CalendarFile", "CalendarYear", "DaysOff"]

_SOURCE = "rules/calendar.yaml"

# The turn of the year belongs to next year's notice: 元旦 has taken 31 December, and as early as the 29th been a
# working Saturday. So the last days of the last year that the national side knows are not yet settled.
_SETTLED_UNTIL = (12, 24)

_ONE = timedelta(days=1)


# -- the file ---------------------------------------------------------------------------------------------------


def _wrong(code: str, zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{zh} / {en}", {"zh": zh, "en": en})


def _day(value: object) -> date:
    text = str(value)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    shown = quoted(text)
    raise _wrong(
        "bad-date", f"“{shown}”不是日期（形如 2024-04-10）", f"“{shown}” is no date (like 2024-04-10)"
    )


def _flag(value: object) -> bool:
    if value in ("true", "false"):
        return value == "true"
    shown = quoted(value)
    raise _wrong("bad-flag", f"“{shown}”应为 true 或 false", f"“{shown}” should be true or false")


_Day = Annotated[date, BeforeValidator(_day)]
_Flag = Annotated[bool, BeforeValidator(_flag)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class DaysOff(_Shape):
    """The days off for one festival, first and last included; `on` is the day of the festival itself."""

    festival: _Words
    on: _Day
    start: _Day = Field(alias="from")
    end: _Day = Field(alias="to")

    @property
    def days(self) -> list[date]:
        return [self.start + _ONE * n for n in range((self.end - self.start).days + 1)]


class CalendarYear(_Shape):
    """The region's arrangement of a year. `confirmed`: its notice was read; where not, `note` says what is open."""

    source: _Words
    confirmed: _Flag
    off: tuple[DaysOff, ...]
    work: tuple[_Day, ...]
    note: _Words | None = None


class CalendarFile(_Shape):
    """The shape of `rules/calendar.yaml`, every scalar of it a text."""

    region: _Words
    basis: _Words
    years: dict[Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}$")], CalendarYear]


_Found = tuple[str, str, Text]  # pointer, code, message

# What may be written at each depth of the file: beside `region`, beside `source`, beside `festival`.
_KNOWN: dict[int, tuple[str, ...]] = {
    1: tuple(CalendarFile.model_fields),
    3: tuple(CalendarYear.model_fields),
    5: tuple(field.alias or name for name, field in DaysOff.model_fields.items()),
}


def _message(error: Mapping[str, Any]) -> tuple[str, Text]:
    name = quoted(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "missing":
            return "missing-field", Text(f"缺少“{name}”", f"“{name}” is missing")
        case "extra_forbidden":
            near = nearest(name, _KNOWN[len(error["loc"])])
            zh, en = (f"；是否为“{near}”？", f"; did you mean “{near}”?") if near else ("", "")
            return "unknown-field", Text(f"不认识的“{name}”{zh}", f"unknown “{name}”{en}")
        case "string_pattern_mismatch":
            year = quoted(error["loc"][-2])
            return "bad-year", Text(f"“{year}”不是年份", f"“{year}” is no year")
        case code if "ctx" in error and "zh" in error["ctx"]:
            return code, Text(error["ctx"]["zh"], error["ctx"]["en"])
        case _:
            return "bad-value", Text(
                f"“{name}”的值不合要求", f"the value of “{name}” will not do: {error['msg']}"
            )


def _shape_problems(error: ValidationError) -> Iterator[_Found]:
    for each in error.errors(include_url=False, include_input=False):
        loc = [str(part) for part in each["loc"] if part != "[key]"]
        code, message = _message(each)
        if len(loc) > 1 and loc[0] == "years" and code != "bad-year":
            message = Text(f"{loc[1]}年：{message.zh}", f"year {loc[1]}: {message.en}")
        yield "".join(f"/{part}" for part in loc), code, message


def _sense_problems(file: CalendarFile) -> Iterator[_Found]:
    """What the shape cannot hold: each day in its year, once, on one side."""
    for year, plan in file.years.items():
        at = f"/years/{year}"
        seen: dict[date, str] = {}

        def said(pointer: str, code: str, zh: str, en: str, year: str = year) -> _Found:
            return pointer, code, Text(f"{year}年：{zh}", f"year {year}: {en}")

        spans = [
            (f"{at}/off/{n}/from", off.festival, off.start, off.end, off.days)
            for n, off in enumerate(plan.off)
        ]
        spans += [(f"{at}/work/{n}", "上班日", day, day, [day]) for n, day in enumerate(plan.work)]
        for pointer, name, start, end, days in spans:
            if start > end:
                yield said(pointer, "backwards", f"{name}的起日晚于止日", f"{name} ends before it begins")
            if {str(start.year), str(end.year)} != {year}:
                yield said(
                    pointer, "other-year", f"{name}的日期不在当年", f"{name} has a day of another year"
                )
            for day in days:
                if day in seen:
                    yield said(
                        pointer,
                        "twice",
                        f"{day}既在“{seen[day]}”又在“{name}”",
                        f"{day} is both in “{seen[day]}” and in “{name}”",
                    )
                seen[day] = name
        if not plan.confirmed and plan.note is None:
            yield said(
                f"{at}/confirmed",
                "note-missing",
                "未经证实的须在 note 中说明",
                "unconfirmed: say what is open in note",
            )


# -- the calendar -----------------------------------------------------------------------------------------------


def _national() -> tuple[range, Callable[[date], bool]]:
    """The years that the State Council's arrangements are known for, and whether a day of them is worked."""
    from chinese_calendar import constants, is_workday

    return range(min(constants.holidays).year, max(constants.holidays).year + 1), is_workday


class _Span:
    """A run of known days. `upto[i]` counts the working days before day `first + i` (ordinals)."""

    __slots__ = ("first", "last", "upto", "working")

    def __init__(self, first: date, last: date, worked: Callable[[date], bool]) -> None:
        self.first = first.toordinal()
        self.last = last.toordinal()
        self.working: list[date] = []
        self.upto = [0]
        for ordinal in range(self.first, self.last + 1):
            day = date.fromordinal(ordinal)
            if worked(day):
                self.working.append(day)
            self.upto.append(len(self.working))


def _runs(years: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working days of the region. Counting starts the day after the event: 当日不计.

    `years` is the regional side, as the file has it. The tables are built when a day is first asked for.
    """

    region: str
    basis: str
    years: Mapping[int, CalendarYear]

    @classmethod
    def load(cls, mapping: object, locate: Callable[[str], Location] | None = None) -> Calendar:
        """Make a calendar of the parsed file, in which every scalar is a text.

        `locate` gives the place of a JSON pointer in the file. Raises `InputError` with all problems, each naming
        its year.
        """
        found: list[_Found]
        try:
            file = CalendarFile.model_validate(mapping)
        except ValidationError as error:
            found = list(_shape_problems(error))
        else:
            found = list(_sense_problems(file))
        if found:
            place = locate or (lambda pointer: Location(_SOURCE, pointer=pointer))
            raise InputError(Problem(code, message, place(pointer)) for pointer, code, message in found)
        return cls(file.region, file.basis, {int(y): plan for y, plan in sorted(file.years.items())})

    @property
    def unconfirmed_years(self) -> tuple[int, ...]:
        """The years whose regional notice was not read; their `note` says what is open."""
        return tuple(year for year, plan in self.years.items() if not plan.confirmed)

    @cached_property
    def _spans(self) -> tuple[_Span, ...]:
        national, worked_nationally = _national()
        own = {day: False for plan in self.years.values() for off in plan.off for day in off.days}
        own |= {day: True for plan in self.years.values() for day in plan.work}

        def worked(day: date) -> bool:
            return own[day] if day in own else worked_nationally(day)

        return tuple(
            _Span(
                date(run[0], 1, 1),
                date(run[-1], *_SETTLED_UNTIL) if run[-1] == national[-1] else date(run[-1], 12, 31),
                worked,
            )
            for run in _runs(year for year in self.years if year in national)
        )

    def _span(self, ordinal: int) -> _Span | None:
        for span in self._spans:
            if span.first <= ordinal <= span.last:
                return span
        return None

    def is_working_day(self, day: date) -> bool | None:
        """Whether the day is worked; `None` where its year has no data on either side."""
        ordinal = day.toordinal()
        span = self._span(ordinal)
        if span is None:
            return None
        at = ordinal - span.first
        return span.upto[at + 1] > span.upto[at]

    def add_working_days(self, start: date, n: int) -> date | None:
        """The n-th working day after `start`, which is itself not counted; `start` for 0.

        `None` where a year on the way has no data. Raises `ValueError` for a negative number.
        """
        if n <= 0:
            if n < 0:
                raise ValueError(f"工作日数不能为负：{n} / working days cannot be negative: {n}")
            return start
        first = start.toordinal() + 1
        span = self._span(first)
        if span is None:
            return None
        at = span.upto[first - span.first] + n - 1
        return span.working[at] if at < len(span.working) else None

    def working_days_between(self, start: date, end: date) -> int | None:
        """The working days after `start` up to and including `end`: 0 for the same day.

        Where `end` comes first, the same count the other way round, negative: dates that contradict each other
        never look like a term that was kept to the day. `None` where a year between has no data.
        """
        a, b = start.toordinal(), end.toordinal()
        if a >= b:
            if a == b:
                return 0
            count = self.working_days_between(end, start)
            return None if count is None else -count
        span = self._span(a + 1)
        if span is None or b > span.last:
            return None
        return span.upto[b + 1 - span.first] - span.upto[a + 1 - span.first]

    def missing_years(self, start: date, end: date) -> tuple[int, ...]:
        """The years whose arrangements would have to be known for every day from `start` to `end`, and are not.

        Days from 25 December of the last year known name the year after: its notice settles the turn of the year.
        """
        start, end = min(start, end), max(start, end)
        national, _ = _national()
        missing = {y for y in range(start.year, end.year + 1) if y not in self.years or y not in national}
        last = national[-1]
        if last in self.years and start <= date(last, 12, 31) and end > date(last, *_SETTLED_UNTIL):
            missing.add(last + 1)
        return tuple(sorted(missing))

    def first_missing_year(self, start: date) -> int:
        """The year that stops counting onwards from the day after `start`: why `add_working_days` gave `None`."""
        day = start + _ONE
        while span := self._span(day.toordinal()):
            day = date.fromordinal(span.last) + _ONE
        return self.missing_years(day, day)[0]

    @cached_property
    def hash(self) -> str:
        """16 hex digits over the known days and which of them are worked: all of a calendar that can change a
        verdict, so another version of the library shows too."""
        import hashlib

        digest = hashlib.sha256()
        for span in self._spans:
            digest.update(f"{span.first}-{span.last}:".encode())
            digest.update(",".join(day.isoformat() for day in span.working).encode())
        return digest.hexdigest()[:16]

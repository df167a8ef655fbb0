"""Working days: make-up Saturdays, Xinjiang's own days off, years without data, and counting there and back."""

from __future__ import annotations

import copy
import pickle
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.intake.errors import InputError
from hami_rules.pack.calendar import Calendar
from hami_rules.records.location import Location

FILE = Path(__file__).parents[2] / "rules" / "calendar.yaml"
FIRST, LAST = date(2023, 1, 1), date(2026, 12, 24)


@cache
def mapping() -> Any:
    return yaml.load(FILE.read_text(encoding="utf-8"), yaml.BaseLoader)  # every scalar a text


@cache
def calendar() -> Calendar:
    return Calendar.load(mapping())


def changed(year: str = "2024", **fields: Any) -> Any:
    data = copy.deepcopy(mapping())
    data["years"][year] |= fields
    return data


def span(start: str, end: str) -> list[date]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 4, 6), False),  # Saturday, 清明节
        (date(2024, 4, 7), True),  # the make-up Sunday
        (date(2024, 4, 8), True),
        (date(2024, 4, 13), False),  # a Saturday like any other
        (date(2024, 10, 12), True),  # the make-up Saturday after 国庆节
        (date(2024, 10, 13), False),
        (date(2025, 1, 26), True),  # the make-up Sunday before 春节
    ],
)
def test_a_make_up_day_is_worked_and_its_neighbours_are_not(day: date, worked: bool) -> None:
    assert calendar().is_working_day(day) is worked


def test_the_spring_festival_of_2024() -> None:
    assert calendar().is_working_day(date(2024, 2, 4)) is True  # Sunday, made up
    assert (
        calendar().is_working_day(date(2024, 2, 9)) is True
    )  # New Year's eve was left to employers that year
    assert not any(calendar().is_working_day(day) for day in span("2024-02-10", "2024-02-17"))
    assert calendar().is_working_day(date(2024, 2, 18)) is True  # Sunday, made up
    assert calendar().add_working_days(date(2024, 2, 9), 1) == date(2024, 2, 18)
    assert calendar().working_days_between(date(2024, 2, 9), date(2024, 2, 19)) == 2


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2023-04-21", "2023-04-22"),
        ("2023-06-28", "2023-06-30"),
        ("2024-04-10", "2024-04-10"),
        ("2024-06-17", "2024-06-19"),
        ("2025-03-29", "2025-03-31"),
        ("2025-06-06", "2025-06-10"),
        ("2026-03-20", "2026-03-22"),
        ("2026-05-27", "2026-05-31"),
    ],
)
def test_xinjiang_rests_for_its_own_festivals_and_works_on_either_side(start: str, end: str) -> None:
    from chinese_calendar import is_workday

    days = span(start, end)
    assert not any(calendar().is_working_day(day) for day in days)
    assert any(is_workday(day) for day in days), "the national arrangement alone would have worked"
    before, after = days[0] - timedelta(1), days[-1] + timedelta(1)
    for day in (before, after):
        assert calendar().is_working_day(day) is is_workday(day)


def test_the_region_has_one_and_three_days_a_year_beyond_the_national_ones() -> None:
    from chinese_calendar import is_workday

    for plan in calendar().years.values():
        worked_elsewhere = {off.festival: sum(map(is_workday, off.days)) for off in plan.off}
        assert worked_elsewhere == {"肉孜节": 1, "古尔邦节": 3}


def test_a_make_up_day_of_the_region_is_worked() -> None:
    loaded = Calendar.load(changed(work=["2024-06-15"]))
    assert loaded.is_working_day(date(2024, 6, 15)) is True
    assert calendar().is_working_day(date(2024, 6, 15)) is False
    assert loaded.hash != calendar().hash


def test_the_day_of_the_event_is_not_counted() -> None:
    monday = date(2024, 3, 4)
    assert calendar().add_working_days(monday, 0) == monday
    assert calendar().add_working_days(monday, 1) == date(2024, 3, 5)
    assert calendar().add_working_days(monday, 5) == date(2024, 3, 11)
    assert calendar().working_days_between(monday, monday) == 0
    assert calendar().working_days_between(monday, date(2024, 3, 11)) == 5
    assert calendar().working_days_between(date(2024, 3, 11), monday) == -5
    # A term of 3 working days that runs over 古尔邦节 of 2024 ends a week later.
    assert calendar().add_working_days(date(2024, 6, 14), 3) == date(2024, 6, 24)


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative: -1"):
        calendar().add_working_days(date(2024, 3, 4), -1)


def test_a_year_without_data_is_unknown_and_named() -> None:
    for year in (2022, 2027):
        day = date(year, 6, 3)
        assert calendar().is_working_day(day) is None
        assert calendar().missing_years(day, day) == (year,)
    assert calendar().missing_years(date(2021, 12, 1), date(2024, 1, 1)) == (2021, 2022)
    assert calendar().missing_years(date(2024, 1, 1), date(2025, 12, 31)) == ()
    assert calendar().working_days_between(date(2022, 12, 1), date(2023, 3, 1)) is None
    assert calendar().working_days_between(date(2023, 3, 1), date(2022, 12, 1)) is None
    assert calendar().add_working_days(date(2026, 12, 1), 60) is None
    assert calendar().first_missing_year(date(2026, 12, 1)) == 2027
    assert calendar().add_working_days(date(2021, 12, 1), 1) is None
    assert calendar().first_missing_year(date(2021, 12, 1)) == 2021


def test_the_day_before_the_first_year_may_be_the_event() -> None:
    assert calendar().working_days_between(date(2022, 12, 31), date(2023, 1, 3)) == 1
    assert calendar().add_working_days(date(2022, 12, 31), 1) == date(2023, 1, 3)


def test_either_side_alone_is_not_enough() -> None:
    data = copy.deepcopy(mapping())
    data["years"]["2027"] = data["years"]["2024"] | {"off": []}  # the region's, but not the nation's
    del data["years"]["2024"]  # the nation's, but not the region's
    loaded = Calendar.load(data)
    for year in (2024, 2027):
        assert loaded.is_working_day(date(year, 6, 3)) is None
        assert loaded.missing_years(date(year, 6, 1), date(year, 6, 3)) == (year,)
    assert loaded.is_working_day(date(2023, 12, 29)) is True
    assert loaded.is_working_day(date(2025, 1, 2)) is True
    assert loaded.add_working_days(date(2023, 12, 20), 10) is None
    assert loaded.first_missing_year(date(2023, 12, 20)) == 2024
    assert loaded.working_days_between(date(2023, 12, 20), date(2025, 1, 2)) is None
    assert loaded.missing_years(date(2023, 1, 1), date(2027, 1, 1)) == (2024, 2027)


def test_the_turn_of_the_last_year_waits_for_the_next_notice() -> None:
    assert calendar().is_working_day(LAST) is True
    assert calendar().is_working_day(LAST + timedelta(1)) is None
    assert calendar().missing_years(LAST, LAST) == ()
    assert calendar().missing_years(LAST, date(2026, 12, 28)) == (2027,)
    assert calendar().is_working_day(date(2025, 12, 31)) is True


def test_unconfirmed_years_say_what_is_open() -> None:
    assert calendar().unconfirmed_years == (2024, 2026)
    for year in calendar().unconfirmed_years:
        assert "没有读到通知原文" in (calendar().years[year].note or "")


DAYS = st.dates(FIRST, LAST)


@given(DAYS, st.integers(1, 400))
def test_adding_then_counting_gives_the_number_back(start: date, n: int) -> None:
    end = calendar().add_working_days(start, n)
    if end is None:
        assert calendar().first_missing_year(start) == 2027
        return
    assert calendar().is_working_day(end)
    assert calendar().working_days_between(start, end) == n
    assert calendar().working_days_between(start, end - timedelta(1)) == n - 1


@given(DAYS, DAYS, DAYS)
def test_counts_add_up(a: date, b: date, c: date) -> None:
    ab, bc, ac = (calendar().working_days_between(*pair) for pair in ((a, b), (b, c), (a, c)))
    assert ab is not None and bc is not None
    assert ab + bc == ac


@given(DAYS, st.integers(0, 60))
def test_counting_is_the_sum_of_the_days(start: date, length: int) -> None:
    days = [start + timedelta(n) for n in range(1, length + 1)]
    worked = [calendar().is_working_day(day) for day in days]
    counted = calendar().working_days_between(start, start + timedelta(length))
    assert counted == (None if None in worked else sum(map(bool, worked)))


@given(st.dates(), st.dates())
def test_a_count_is_unknown_exactly_when_a_year_is_missing(a: date, b: date) -> None:
    counted = calendar().working_days_between(a, b)
    first = min(a, b)
    missing = a != b and calendar().missing_years(first + timedelta(1), max(a, b))
    assert (counted is None) == bool(missing)


def test_the_hash_follows_the_days_and_nothing_else() -> None:
    again = Calendar.load(changed(note="另一种说法", source="另一来源"))
    assert again.hash == calendar().hash
    assert pickle.loads(pickle.dumps(again)).hash == calendar().hash
    shifted = changed(off=[])
    assert Calendar.load(shifted).hash != calendar().hash


def problems(data: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as error:
        Calendar.load(data)
    return [(p.code, p.location.pointer or "", p.message.zh) for p in error.value.problems if p.location]


OFF = {"festival": "肉孜节", "on": "2024-04-10", "from": "2024-04-10", "to": "2024-04-10"}


@pytest.mark.parametrize(
    ("fields", "code", "pointer", "words"),
    [
        ({"off": [OFF | {"from": "20240410"}]}, "bad-date", "/off/0/from", "2024年：“20240410”不是日期"),
        ({"off": [OFF | {"to": "2024-02-30"}]}, "bad-date", "/off/0/to", "2024年：“2024-02-30”不是日期"),
        ({"off": [OFF | {"to": "2024-04-09"}]}, "backwards", "/off/0/from", "2024年：肉孜节的起日晚于止日"),
        ({"off": [OFF | {"to": "2025-04-10"}]}, "other-year", "/off/0/from", "2024年：肉孜节的日期不在当年"),
        ({"off": [OFF, OFF]}, "twice", "/off/1/from", "2024年：2024-04-10既在“肉孜节”又在“肉孜节”"),
        ({"work": ["2024-06-17"]}, "twice", "/work/0", "2024年：2024-06-17既在“古尔邦节”又在“上班日”"),
        ({"work": ["六月"]}, "bad-date", "/work/0", "2024年：“六月”不是日期"),
        ({"work": "2024-06-15"}, "bad-value", "/work", "2024年：“work”的值不合要求"),
        ({"confirmed": "yes"}, "bad-flag", "/confirmed", "2024年：“yes”应为 true 或 false"),
        ({"note": None}, "note-missing", "/confirmed", "2024年：未经证实的须在 note 中说明"),
        ({"sauce": "x"}, "unknown-field", "/sauce", "2024年：不认识的“sauce”；是否为“source”？"),
        ({"source": " "}, "bad-value", "/source", "2024年：“source”的值不合要求"),
    ],
)
def test_a_mistake_is_named_with_its_year(fields: Any, code: str, pointer: str, words: str) -> None:
    found = problems(changed(**fields))
    assert any(c == code and at == f"/years/2024{pointer}" and zh.startswith(words) for c, at, zh in found)


def test_all_mistakes_are_told_at_once_and_where_they_stand() -> None:
    data = changed("2023", confirmed="no")
    del data["years"]["2025"]["off"]
    data["years"]["next"] = data["years"]["2026"]
    data["regoin"] = "x"
    assert sorted(problems(data)) == [
        ("bad-flag", "/years/2023/confirmed", "2023年：“no”应为 true 或 false"),
        ("bad-year", "/years/next", "“next”不是年份"),
        ("missing-field", "/years/2025/off", "2025年：缺少“off”"),
        ("unknown-field", "/regoin", "不认识的“regoin”；是否为“region”？"),
    ]
    with pytest.raises(InputError) as error:
        Calendar.load(data, lambda pointer: Location("calendar.yaml", line=len(pointer)))
    assert all(str(p.location).startswith("calendar.yaml:") for p in error.value.problems)
    with pytest.raises(InputError):
        Calendar.load(None)

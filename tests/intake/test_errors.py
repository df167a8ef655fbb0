"""Problems are shown where they are, in columns that line up, and can do the terminal no harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.intake.errors import TAB_STOP, InputError, Problem, nearest, quoted, render
from hami_rules.records.location import Location
from hami_rules.records.text import Text

OOPS = Text("出错", "wrong")


def at(line: int, column: int, end_column: int | None = None) -> Problem:
    return Problem("oops", OOPS, Location("a.yaml", line, column, line, end_column))


def test_a_problem_shows_place_line_caret_and_hint() -> None:
    problem = Problem("oops", OOPS, Location("guides/a.yaml", 2, 7, 2, 10), Text("改成 x", "make it x"))
    text = "一行\nkey1: bad\n三行\n"
    assert render(problem, text) == "guides/a.yaml:2:7: 出错\n  key1: bad\n        ^~~\n  提示：改成 x"
    assert render(problem, text, "en").splitlines()[0] == "guides/a.yaml:2:7: wrong"
    assert render(problem, text, "en").splitlines()[-1] == "  hint: make it x"


def test_full_width_text_takes_two_columns() -> None:
    assert render(at(1, 4, 6), "名称：登记").splitlines()[1:] == ["  名称：登记", "        ^~~~"]


def test_tabs_go_to_the_next_stop() -> None:
    shown = render(at(1, 3, 4), "a\tb").splitlines()[1:]
    assert shown == ["  a" + " " * (TAB_STOP - 1) + "b", "  " + " " * TAB_STOP + "^"]


def test_combining_marks_take_no_column() -> None:
    assert render(at(1, 3, 4), "e\u0301x").splitlines()[2] == "   ^"


def test_a_byte_order_mark_does_not_shift_the_caret() -> None:
    assert render(at(1, 1, 2), "\ufeffab").splitlines()[1:] == ["  ab", "  ^"]


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    problem = Problem("oops", OOPS, Location("a", 1, 4, 3, 2))
    assert render(problem, "a: bcd\n  e\nf\n").splitlines()[1:] == ["  a: bcd", "     ^~~"]


def test_carriage_returns_end_lines_as_well() -> None:
    assert render(at(2, 1, 2), "a\r\nb\r\n").splitlines()[1] == "  b"
    assert render(at(2, 1, 2), "a\rb").splitlines()[1] == "  b"


def test_a_long_line_is_shown_around_the_place() -> None:
    text = "字x" * 400
    shown, caret = render(at(1, 501, 503), text).splitlines()[1:]
    assert len(shown) < 90 and shown[2] == "…" and shown[-1] == "…"
    column = caret.index("^")
    assert sum(2 if unicodedata.east_asian_width(c) == "W" else 1 for c in shown.partition("字")[0]) <= column


@pytest.mark.parametrize(
    "location", [None, Location("t.csv", row=7), Location("b.xlsx", sheet="s", cell="B2")]
)
def test_places_without_lines_show_no_excerpt(location: Location | None) -> None:
    shown = render(Problem("oops", OOPS, location), "text")
    assert shown == (f"{location}: 出错" if location else "出错")


def test_a_line_beyond_the_text_is_no_crash() -> None:
    assert render(at(9, 1), "one line") == "a.yaml:9:1: 出错"


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(1, 210), st.integers(1, 210), st.booleans())
def test_nothing_of_an_input_can_drive_the_terminal(text: str, column: int, end: int, hint: bool) -> None:
    message = Text(f"值“{text}”", f"value {text}")
    problem = Problem("oops", message, Location(text or "a", 1, column, 1, end), message if hint else None)
    shown = render(problem, text)
    assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029")
    shown.encode()


def test_colour_is_only_added_when_wanted() -> None:
    assert "\x1b" not in render(at(1, 1), "a")
    assert "\x1b[" in render(at(1, 1), "a", colour=True)


@pytest.mark.parametrize(
    ("name", "candidates", "meant"),
    [
        ("materal_name", ["material_name", "step_name"], "material_name"),
        ("Material-Name", ["material_name"], "material_name"),
        ("名字", ["名称", "编码"], "名称"),
        ("fee", ["deferred"], None),
        ("xyz", ["material_name"], None),
        ("a", [], None),
    ],
)
def test_the_nearest_name(name: str, candidates: list[str], meant: str | None) -> None:
    assert nearest(name, candidates) == meant


def test_quoted_values_are_short_and_on_one_line() -> None:
    assert quoted("a\nb\x1b") == "a b\ufffd"
    assert quoted("x" * 100, 10) == "x" * 9 + "…"


def test_an_input_error_carries_all_problems() -> None:
    error = InputError([at(1, 1, 2), at(2, 1, 2)], "a\nb\n")
    assert error.render("en").splitlines() == [
        "a.yaml:1:1: wrong",
        "  a",
        "  ^",
        "a.yaml:2:1: wrong",
        "  b",
        "  ^",
    ]
    assert "a.yaml:2:1" in str(error)


def test_a_row_read_by_itself_is_moved_to_where_it_stands() -> None:
    problem = Problem("oops", OOPS, Location("", 1, 5, 1, 9, "/a"))
    moved = problem.moved(Location("x.jsonl", line=41, row=40, offset=12345)).location
    assert moved == Location("x.jsonl", 41, 5, 41, 9, "/a", row=40, offset=12345)
    row = problem.moved(Location("x.parquet", row=40)).location
    assert row == Location("x.parquet", pointer="/a", row=40)
    error = InputError([problem], "text").moved(Location("x.jsonl", line=2))
    assert str(error.problems[0].location) == "x.jsonl:2:5" and error.text is None

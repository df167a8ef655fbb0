"""Looking things up in the world: what surely matches, and what may."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hami_rules.records.guide import Item
from hami_rules.records.world import World

CODES = st.sampled_from([None, "a", "b"])


class NoCalendar:
    def add_working_days(self, start: date, n: int) -> date | None:
        return None

    def working_days_between(self, start: date, end: date) -> int | None:
        return None


@given(st.lists(st.tuples(CODES, CODES), max_size=8), st.sampled_from("ab"), st.sampled_from("ab"))
def test_a_row_matches_may_match_or_surely_does_not(rows: list[Any], item: str, organ: str) -> None:
    items = [Item(item_code=i, organ_code=o) for i, o in rows]
    world = World(as_of=date(2025, 1, 1), calendar=NoCalendar(), tables={"items": items})
    sure, doubtful = world.matching("items", item_code=item, organ_code=organ)
    assert sure == [r for r in items if (r.item_code, r.organ_code) == (item, organ)]
    agreeing = [r for r in items if r.item_code in (None, item) and r.organ_code in (None, organ)]
    assert len(agreeing) == len(sure) + len(doubtful) and all(r in agreeing for r in doubtful)


def test_a_table_that_is_not_there_has_no_rows() -> None:
    world = World(as_of=date(2025, 1, 1), calendar=NoCalendar())
    assert world.matching("items", item_code="a") == ([], [])

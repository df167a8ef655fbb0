"""Looking things up in the world: what surely matches, and what may."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hami_rules.records.application import Application, Demand, Step, Submission
from hami_rules.records.guide import Guide, GuideStep, Item
from hami_rules.records.reference import Organ
from hami_rules.records.settle import settle
from hami_rules.records.world import Covered, World, unknown

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


FIRST = date(2024, 3, 1)
DAYS = st.one_of(st.none(), st.integers(0, 9).map(lambda n: FIRST + timedelta(n)), st.just(date.max))
GUIDES = st.builds(
    Guide,
    item_code=st.just("i"),
    organ_code=st.just("o"),
    region=CODES,
    channel=st.sampled_from([None, "any", "online", "window"]),
    published=st.sampled_from([None, True, False]),
    published_on=DAYS,
    valid_from=DAYS,
    valid_to=DAYS,
)
COVERED = st.builds(
    lambda start, end, region: Covered("guides", frozenset(region), start or date.min, end or date.max),
    DAYS,
    DAYS,
    st.sets(st.sampled_from("ab")),
)


@given(
    st.lists(GUIDES, max_size=4),
    st.lists(COVERED, max_size=2),
    CODES,
    st.sampled_from([None, "app", "window"]),
)
def test_the_guide_of_a_day_is_that_of_its_span(
    guides: list[Guide], covered: list[Covered], region: str | None, channel: str | None
) -> None:
    world = World(as_of=FIRST, calendar=NoCalendar(), tables={"guides": guides}, completeness=tuple(covered))
    for n in range(-2, 12):
        day = FIRST + timedelta(n)
        assert world.guide("i", "o", region, channel, day) is world._guide("i", "o", region, channel, day)
    for day in (date.min, date.max):
        assert world.guide("i", "o", region, channel, day) is world._guide("i", "o", region, channel, day)


def test_an_organ_that_the_table_lacks_keeps_its_code_and_is_known_by_its_name_while_at_hand() -> None:
    world = World(
        as_of=FIRST, calendar=NoCalendar(), tables={"organs": [Organ(code="T", name="哈密市水利局")]}
    )
    step = Step(step_no="1")
    demand = Demand(demand_no="1", organ_code="X")
    application = Application(
        organ_code="X", organ_name="伊州区教育局", steps=[step], demands=[demand], submissions=[Submission()]
    )
    settle("application", application, world)
    parts = (step.organ_code, step.added_by, demand.organ_code, application.submissions[0].organ_code)  # type: ignore[index]
    assert application.organ_code == "X" and set(parts) == {"X"}
    assert application.region == "650502" and world.organ("X").organ_class == "department"
    # Another record says only the code: that an earlier one named it must not tell.
    settle("application", Application(organ_code="X"), world)
    assert world.organ("X") is unknown("organ")
    # The table's record of a code stands against whatever else a record calls it.
    settle("application", Application(organ_code="T", organ_name="某公司"), world)
    assert world.organ("T").name == "哈密市水利局"
    nameless = Application(organ_name="伊州区教育局")
    settle("application", nameless, world)
    assert nameless.organ_code == "伊州区教育局" and world.organ("伊州区教育局").organ_class == "department"


def test_a_guide_of_an_organ_that_the_table_lacks_keeps_its_code() -> None:
    guide = Guide(organ_code="X", organ_name="伊州区教育局", steps=[GuideStep()])
    world = World(as_of=FIRST, calendar=NoCalendar())
    settle("guide", guide, world)
    assert guide.organ_code == "X" and guide.region == "650502" and guide.steps[0].added_by == "X"  # type: ignore[index]

"""The application as the fold of its events: order does not matter, repeats change nothing, and the way back is exact."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.assets import data_folder
from hami_rules.intake.convert import bulk_decoder
from hami_rules.intake.errors import InputError
from hami_rules.intake.identity import implausible
from hami_rules.records.application import Application, Deferral, Demand, Submission
from hami_rules.records.events import BODIES, EVENT_KINDS, StreamEvent
from hami_rules.records.fold import Fold, fold, unfold
from hami_rules.records.kinds import KINDS


@cache
def demo() -> tuple[Any, ...]:
    decode = bulk_decoder(Application)
    out = []
    with (data_folder("cases") / "demo" / "applications.jsonl").open("rb") as lines:
        for line in lines:
            try:
                record = decode(line)
            except InputError:
                continue
            if record.application_no and implausible(record) is None:
                out.append(record)
    return tuple(out)


def test_the_way_back_is_exact_for_every_application_of_the_demo() -> None:
    different = [a.application_no for a in demo() if fold(unfold("application", a)) != a]
    assert len(demo()) > 1_900
    assert different == []


# -- records that nobody planted: any field may be unknown, lists partial, rows without a number or with one twice ------

DAYS = st.none() | st.dates(date(2024, 2, 25), date(2026, 3, 5))
FLAGS = st.sampled_from((None, True, False))
NUMBERS = st.none() | st.sampled_from(("1", "2", "3"))


def some(struct: type[Any], **more: Any) -> st.SearchStrategy[Any]:
    """Records of a kind whose dates, flags and the named fields are drawn; the rest nobody said."""
    drawn: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        text = str(field.type)
        if "datetime.date" in text:
            drawn[field.name] = DAYS
        elif "bool" in text:
            drawn[field.name] = FLAGS
    return st.fixed_dictionaries(drawn | more).map(lambda values: struct(**values))


def lists(rows: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(rows, max_size=3)


def partly(record: Any, names: tuple[str, ...]) -> Any:
    """The same with the given lists called partial where they are there."""
    return msgspec.structs.replace(record, partial=tuple(n for n in names if getattr(record, n) is not None))


DEFERRALS = some(
    Deferral,
    gaps=lists(some(KINDS["gap"].struct, gap_no=NUMBERS)),
    supplements=lists(some(KINDS["supplement"].struct, supplement_no=NUMBERS)),
    told_times=st.none() | st.integers(1, 3),
    promised_days=st.none() | st.integers(1, 20),
)
APPLICATIONS = st.builds(
    partly,
    some(
        Application,
        application_no=st.just("A1"),
        organ_code=st.none() | st.just("ZJ"),
        channel=st.none() | st.sampled_from(("online", "window")),
        demands=lists(some(Demand, demand_no=NUMBERS, material_name=st.none() | st.just("营业执照"))),
        submissions=lists(some(Submission, submission_no=NUMBERS)),
        steps=lists(some(KINDS["step"].struct, step_no=st.none() | st.integers(1, 2))),
        deferral=st.none() | DEFERRALS,
    ),
    st.sets(st.sampled_from(("demands", "submissions", "steps"))).map(lambda s: tuple(sorted(s))),
)


@settings(max_examples=400, deadline=None)
@given(APPLICATIONS)
def test_the_way_back_is_exact_for_any_application(record: Any) -> None:
    made = fold(unfold("application", record))
    assert msgspec.structs.replace(made, partial=()) == msgspec.structs.replace(record, partial=())
    assert set(made.partial) == set(record.partial)


@settings(max_examples=150, deadline=None)
@given(
    APPLICATIONS, st.randoms(use_true_random=False), st.none() | st.dates(date(2024, 1, 1), date(2026, 6, 1))
)
def test_neither_order_nor_repeats_change_what_the_events_make(
    record: Any, chance: random.Random, until: date | None
) -> None:
    events = unfold("application", record)
    for part in (events, events[:-1]):  # closed, and still open
        expected = fold(part, until)
        shuffled = [*part, *chance.choices(part, k=3)] if part else []
        chance.shuffle(shuffled)
        if shuffled:
            assert fold(shuffled, until) == expected


def test_every_demo_application_is_the_same_in_any_order() -> None:
    chance = random.Random(15)
    for a in demo()[::40]:
        events = unfold("application", a)
        chance.shuffle(events)
        assert fold(events) == a


# -- what is not told --------------------------------------------------------------------------------------------------


def event(n: int, kind: str, at: str, **fields: Any) -> StreamEvent:
    return StreamEvent(event_id=f"E{n}", application_no="A1", kind=kind, happened_at=at, **fields)  # type: ignore[arg-type]


def opened(*complete: str) -> StreamEvent:
    return event(1, "application_opened", "2025-03-03T09:00", complete=list(complete))


def test_nothing_is_absent_that_the_log_does_not_claim_to_tell() -> None:
    record = fold([opened()], date(2025, 4, 1))
    assert (record.completed, record.demands, record.complete_until) == (None, None, None)
    assert record.submitted_on == date(2025, 3, 3)


def test_what_the_log_claims_to_tell_is_absent_up_to_the_last_day_that_is_over() -> None:
    record = fold([opened("completed", "demands")], date(2025, 4, 1))
    assert (record.completed, record.demands, record.submissions) == (False, [], None)
    assert record.complete_until == date(2025, 4, 1)


def test_nothing_is_absent_before_the_first_event() -> None:
    assert fold([opened("*")], date(2025, 3, 2)).completed is None


def test_what_is_to_be_told_on_the_spot_is_missing_only_when_the_day_is_over() -> None:
    events = [
        opened("*"),
        event(2, "deferral_asked", "2025-03-03T09:05"),
        event(3, "deferred_acceptance", "2025-03-05T09:05"),
    ]
    assert fold(events, date(2025, 3, 4)).deferral.told_materials is None
    assert fold(events, date(2025, 3, 5)).deferral.told_materials is False


def test_a_list_that_is_not_told_in_full_is_partial() -> None:
    demand = Demand(demand_no="1", material_name="营业执照")
    record = fold([opened(), event(2, "material_demanded", "2025-03-04", demand=demand)], date(2025, 4, 1))
    assert [d.demanded_on for d in record.demands] == [date(2025, 3, 4)]
    assert record.partial == ("demands",)


def test_a_later_event_puts_an_earlier_one_right_whichever_comes_first() -> None:
    first = event(2, "material_demanded", "2025-03-04", demand=Demand(demand_no="1", form="paper"))
    second = event(3, "recorded", "2025-03-06", demand=Demand(demand_no="1", form="electronic"))
    for order in ([first, second], [second, first]):
        (demand,) = fold(order).demands
        assert (demand.form, demand.demanded_on) == ("electronic", date(2025, 3, 4))


def test_the_end_of_an_application_is_the_end_of_its_deferral_unless_that_is_told() -> None:
    asked = event(2, "deferral_asked", "2025-03-03T09:05")
    done = event(4, "completed", "2025-03-10")
    assert fold([opened("*"), asked, done], date(2025, 3, 20)).deferral.completed_on == date(2025, 3, 10)
    told = event(3, "deferral_completed", "2025-03-09")
    assert fold([opened("*"), asked, told, done], date(2025, 3, 20)).deferral.completed_on == date(2025, 3, 9)


def test_events_of_two_subjects_are_not_folded_together() -> None:
    other = StreamEvent(event_id="E9", application_no="A2", kind="accepted", happened_at="2025-03-04")
    with pytest.raises(ValueError, match="one subject"):
        fold([opened(), other])


def test_an_event_taken_in_twice_is_counted_once() -> None:
    made = Fold("application", "A1")
    assert [made.add(opened()), made.add(opened())] == [True, False]


# -- the vocabulary ------------------------------------------------------------------------------------------------------


def _named() -> Iterator[tuple[str, str]]:
    for kind in EVENT_KINDS.values():
        for name in (kind.when, kind.about, *kind.sets, *kind.fields):
            if name is not None:
                yield kind.name, name


def test_every_kind_of_event_speaks_of_fields_that_exist() -> None:
    bodies = {f.name: f.type for f in msgspec.structs.fields(StreamEvent)}
    for kind in EVENT_KINDS.values():
        assert kind.body is None or (kind.body in bodies and kind.body in BODIES), kind.name
    for kind_name, field in _named():
        body = EVENT_KINDS[kind_name].body
        assert body is not None
        struct = next(
            k.struct
            for k in KINDS.values()
            if str(k.struct.__name__) in str(bodies[body]).split("."[0])[-1]
            or k.struct.__name__ in str(bodies[body])
        )
        assert field in struct.__struct_fields__, f"{kind_name}: {struct.__name__} has no {field}"

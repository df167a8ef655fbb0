"""Aggregates: counts that may be cut and merged anyhow, bounds that hold whatever the unknowns were."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.assets import data_folder
from hami_rules.derive.aggregate import Counting, aggregated, merge, of_all
from hami_rules.derive.aggregate.concentration import Concentration, chance_of_any, tail
from hami_rules.derive.aggregate.counts import year_of, year_span
from hami_rules.derive.aggregate.handling import median
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import read_pack
from hami_rules.predicates import default_registry
from hami_rules.records.application import Application, Engagement
from hami_rules.records.reference import Intermediary, Offer
from hami_rules.records.world import Covered, World

AS_OF = date(2025, 6, 30)


def world() -> World:
    firms = [
        Intermediary(
            code=code, name=f"机构{code}", serves_regions=["650500"], offers=[Offer(service_code="S1")]
        )
        for code in ("J1", "J2", "J3")
    ]
    pack = read_pack(data_folder("rules"), default_registry())
    covered = [Covered("applications"), Covered("intermediaries"), Covered("stationed_staff")]
    return make_world(pack, {"intermediaries": firms}, AS_OF, covered)


WORLD = world()


def application(number: int, firm: str | None = "J1", **other: Any) -> Application:
    """An application with one engagement of the service S1, all known but for what is said otherwise."""
    engagement = {
        "engagement_no": "W1", "service_code": "S1", "intermediary_code": firm, "principal": "applicant",
        "engaged_on": date(2025, 4, 1), "organ_code": "ZJ",
    }  # fmt: skip
    engagement |= {k: v for k, v in other.items() if k in Engagement.__struct_fields__ and k != "organ_code"}
    own = {k: v for k, v in other.items() if k not in engagement}
    return Application(
        **{
            "application_no": f"A{number}", "organ_code": "ZJ", "region": "650500", "channel": "window",
            "applicant_kind": "enterprise", "submitted_on": date(2025, 4, 1), **own,
        },
        engagements=[Engagement(**engagement)],
    )  # fmt: skip


def concentration(applications: list[Application]) -> Concentration:
    [record] = [r for kind, r in of_all(WORLD, applications) if kind == "concentration"]
    assert isinstance(record, Concentration)
    return record


FIRMS = st.sampled_from(["J1", "J2", "J3", None])
APPLICATIONS = st.lists(
    st.builds(
        lambda firm, day, channel, principal: (firm, day, channel, principal),
        FIRMS,
        st.sampled_from(
            [date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1), AS_OF, None]
        ),
        st.sampled_from(["window", "online", "assisted", None]),
        st.sampled_from(["applicant", "department", None]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(APPLICATIONS, st.lists(st.integers(0, 25), max_size=4))
def test_chunks_merged_in_order_give_what_all_at_once_gives(rows: list[Any], cuts: list[int]) -> None:
    made = [
        application(n, firm, engaged_on=day, submitted_on=day, channel=channel, principal=principal)
        for n, (firm, day, channel, principal) in enumerate(rows)
    ]
    counting, total = Counting(WORLD), {}  # type: ignore[var-annotated]
    edges = [0, *sorted(min(c, len(made)) for c in cuts), len(made)]
    for start, end in pairwise(edges):
        for a in made[start:end]:
            counting.take(a)
        merge(total, counting.hand_over())
    merged = [(kind, record) for kind, rows in aggregated(WORLD, total) for record, _ in rows]
    assert merged == list(of_all(WORLD, made))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(FIRMS, st.sampled_from(["applicant", None])), min_size=1, max_size=20), st.data())
def test_whatever_the_unknown_were_the_share_lies_between_its_bounds(
    rows: list[Any], data: st.DataObject
) -> None:
    told = [
        (firm or data.draw(st.sampled_from(["J1", "J2", "J3", "J9"])), principal or data.draw(st.sampled_from(["applicant", "department"])))
        for firm, principal in rows
    ]  # fmt: skip
    before = concentration([application(n, firm, principal=p) for n, (firm, p) in enumerate(rows)])
    firms = Counter(firm for firm, principal in told if principal == "applicant")
    assert before.engagements is not None and before.possible is not None
    assert before.engagements <= firms.total() <= before.possible
    if firms:
        assert before.share is not None and before.share_most is not None
        known = Fraction(firms[before.top_code], firms.total()) if before.top_code in firms else Fraction(0)
        assert Fraction(before.share) <= known
        assert Fraction(max(firms.values()), firms.total()) <= Fraction(before.share_most)


def test_the_record_shows_its_numbers() -> None:
    got = concentration([application(n, "J1" if n < 15 else "J2") for n in range(20)])
    assert (got.engagements, got.top_code, got.top_count, got.hhi) == (20, "J1", 15, 6250)
    assert (str(got.share), str(got.even_share), got.firms, got.tests) == ("0.75", "6.7", 3, 1)
    assert got.examples == ["A0", "A1", "A2"]
    exact = 3 * sum(comb(20, k) * 2 ** (20 - k) for k in range(15, 21)) / 3**20
    assert got.chance is not None and float(got.chance) == pytest.approx(exact, rel=1e-2)


def test_what_stands_in_quarantine_is_missing() -> None:
    counting = Counting(WORLD)
    for n in range(20):
        counting.take(application(n, "J1" if n < 14 else "J2"))
    counted = counting.hand_over()
    [whole] = dict(aggregated(WORLD, counted))["concentration"]
    [dented] = dict(aggregated(WORLD, counted, {"applications": 2}))["concentration"]
    assert (whole[0].share, whole[0].share_most) == (dented[0].share, Fraction(7, 10))
    assert dented[0].unread == 2
    assert dented[0].share_most == msgspec.convert("0.7273", type(dented[0].share_most))
    assert dented[0].chance_least == 0


@given(st.integers(1, 60), st.integers(2, 9), st.data())
def test_the_tail_is_that_of_the_binomial(n: int, firms: int, data: st.DataObject) -> None:
    least = data.draw(st.integers(0, n + 1))
    exact = Fraction(sum(comb(n, k) * (firms - 1) ** (n - k) for k in range(least, n + 1)), firms**n)
    assert tail(n, 1 / firms, least) == pytest.approx(float(exact), rel=1e-9)


def test_a_share_of_many_thousands_is_reckoned_at_once() -> None:
    assert chance_of_any(1_000_000, 50, 20_000) == 1.0
    assert 0 <= chance_of_any(1_000_000, 50, 30_000) < 1e-300


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_the_median_of_a_histogram_is_the_median(days: list[int]) -> None:
    got = median(Counter(days))
    assert got is not None and float(got) == statistics.median(days)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_day_lies_in_its_year_of_the_regulation(day: date) -> None:
    first, last = year_span(year_of(day))
    assert first <= day <= last

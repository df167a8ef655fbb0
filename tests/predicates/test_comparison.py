"""What comparisons tell readers beyond the verdict: the newer side, and the year that has no calendar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from hami_rules.derive.comparison import Reading, overlap, reading
from hami_rules.predicates.comparison import newer_side, reads_differently, told_en, told_zh
from hami_rules.predicates.workflow import arrangement, calendar_needed_on
from hami_rules.records.guide import Guide, Workflow
from hami_rules.records.world import UNKNOWN


@pytest.mark.parametrize(
    ("workflow", "guide", "newer"),
    [
        (date(2024, 6, 1), date(2024, 1, 1), "workflow"),
        (date(2024, 6, 1), date(2024, 6, 2), "guide"),
        (date(2024, 6, 1), date(2024, 6, 1), "same_day"),
        (None, date(2024, 6, 1), None),
        (date(2024, 6, 1), None, None),
    ],
)
def test_the_newer_side_is_marked_and_an_unknown_day_marks_none(
    workflow: date | None, guide: date | None, newer: str | None
) -> None:
    sides = [reading("workflow", 1, since=workflow), reading("guide", 2, since=guide)]
    assert newer_side(sides) == newer


def test_the_first_year_without_a_calendar_is_the_one_named() -> None:
    known_until = date(2026, 12, 24)

    def between(_: date, end: date) -> int | None:
        return 1 if end <= known_until else None

    world = SimpleNamespace(calendar=SimpleNamespace(working_days_between=between))
    start, commencement = date(2025, 3, 3), date(2024, 3, 1)
    assert calendar_needed_on(world, start, commencement, date(2028, 6, 30)) == date(2026, 12, 31)
    assert calendar_needed_on(world, start, commencement, date(2026, 6, 30)) == date(2026, 6, 30)
    assert arrangement(world, date(2026, 12, 31)) is UNKNOWN["day"]
    assert arrangement(world, date(2026, 12, 24)).day == date(2026, 12, 24)


def test_names_without_codes_settle_nothing_unless_their_number_differs() -> None:
    assert reads_differently(["n:甲", "c:1"], ["c:1", "n:甲"]) is False
    assert reads_differently(["n:甲"], ["n:乙"]) is None
    assert reads_differently(["c:1"], ["n:乙"]) is None
    assert reads_differently(["c:1"], ["c:2"]) is True
    assert reads_differently(["n:甲"], ["n:甲", "n:乙"]) is True


def test_records_stand_side_by_side_on_the_days_both_are_in_force() -> None:
    old = Workflow(valid_from=date(2023, 1, 1), valid_to=date(2024, 5, 31))
    assert overlap(old, Guide(valid_from=date(2024, 5, 31), valid_to=date.max)) == (
        date(2024, 5, 31),
        date(2024, 5, 31),
    )
    assert overlap(old, Guide(valid_from=date(2024, 6, 1), valid_to=date.max)) is None
    assert overlap(old, Guide(valid_from=date(2024, 6, 1))) == (date(2024, 6, 1), None)


def test_regions_are_told_by_what_they_do_not_share() -> None:
    sides = [
        Reading(side="650502", value=["c:1", "c:2"], shown=["营业执照", "社区证明"]),
        Reading(side="650521", value=["c:1"], shown=["营业执照"]),
        Reading(side="659900"),
    ]
    assert told_zh(sides) == "伊州区：社区证明；巴里坤哈萨克自治县：（无）；659900：未知"
    assert (
        told_en(sides)
        == "Yizhou District: 社区证明; Barkol Kazakh Autonomous County: (none); 659900: unknown"
    )
    fees = [
        Reading(side="650502", value=["v:0"], shown=[Decimal("0")]),
        Reading(side="650522", value=["v:1E+2", "v:5"], shown=[Decimal("1E+2"), 5]),
    ]
    assert told_zh(fees) == "伊州区：0；伊吾县：100、5"
    assert told_en(fees).endswith("100, 5")
    assert told_zh([Reading(side="650502")]) == "伊州区：未知"

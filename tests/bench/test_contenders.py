"""All contenders find the same, and a measurement says so where they do not. No test here looks at a clock."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.common import RULES
from bench.contenders import CONTENDERS
from bench.data import applications, write_dossier
from bench.goals import GOALS, Goal
from bench.measure import Measured, Row, compared, make_data, measure
from bench.process import run
from bench.table import missed, text, write_between

APPLICATIONS = 300


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    folder = tmp_path_factory.mktemp("bench")
    make_data(folder, APPLICATIONS)
    measured = Measured(APPLICATIONS, 1, 0.0, {})
    measure(measured, folder, list(CONTENDERS), lambda _: None)
    return measured.rows


@pytest.mark.parametrize("name", CONTENDERS)
def test_finds_what_the_judge_finds(name: str, rows: dict[str, Row]) -> None:
    row = rows[name]
    if row.missing:
        pytest.skip(f"{CONTENDERS[name].needs} is not installed")
    assert row.agrees, row.findings
    assert row.megabytes > 10
    assert row.cpu[0] > 0


def test_every_rule_is_breached_and_left_open_in_the_data(tmp_path: Path) -> None:
    file = write_dossier(tmp_path / "jsonl", 3_000)
    run("-m", "bench.one", "judge", str(file), str(file), str(tmp_path / "found.json"))
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    violated, left_open = (Counter(rule for rule, _, _ in found[k]) for k in ("violated", "open"))
    assert set(violated) == set(left_open) == set(RULES)
    assert all(15 <= n <= 50 for n in violated.values())  # 1 % each


def test_data_is_the_same_for_the_same_seed() -> None:
    assert list(applications(50, seed=3)) == list(applications(50, seed=3))
    assert list(applications(50, seed=3)) != list(applications(50, seed=4))
    for made in applications(50):
        assert (len(made["demands"]), len(made["steps"])) == (6, 3)


A, B, C = (("14.1a", "BJ1", f"D{n}") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("other", "agrees", "words"),
    [
        (({A, B}, {C}), True, "违反 2、未决 1 一致"),
        (({A, B}, None), True, "违反 2 一致，未决不分"),
        (({A}, {C}), False, "不一致：少 1 多 0"),
        (({A, B, C}, {C}), False, "不一致：少 0 多 1"),
        (({A, B}, set()), False, "未决不一致：少 1 多 0"),
    ],
)
def test_says_what_one_lost_or_made_up(other: tuple[set, set | None], agrees: bool, words: str) -> None:
    assert compared(({A, B}, {C}), other) == (agrees, words)


def _measured(**seconds: list[float]) -> Measured:
    made = Measured(1_000, 3, 2_600.0, {"Python": "3"})
    for name, took in seconds.items():
        made.rows[name] = Row(
            name, clock=[2 * s for s in took], cpu=took, agrees=True, findings="一致", records=7_000
        )
    return made


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    made = _measured(judge=[1.0, 2.0, 4.0], zen=[3.0, 8.0, 20.0])
    assert made.times("judge", "zen") == 4.0
    assert made.rate("judge") == 500.0
    assert made.times("judge", "durable") is None


def test_a_goal_is_missed_only_where_it_was_measured() -> None:
    assert not missed(_measured(judge=[1.0], zen=[3.0]))
    assert missed(_measured(judge=[1.0], zen=[2.9]))
    shown = text(_measured(judge=[1.0], zen=[2.9]))
    assert "**未达到**" in shown
    assert "未测" in shown


@pytest.mark.parametrize("goal", GOALS, ids=lambda g: g.zh)
def test_a_goal_has_one_bound(goal: Goal) -> None:
    assert (goal.least is None) != (goal.most is None)


def test_the_tables_replace_what_stood_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n", "utf-8")
    write_between(page, "new\n")
    assert page.read_text("utf-8") == "before\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\nafter\n"
    page.write_text("nothing to fill in", "utf-8")
    with pytest.raises(ValueError, match="bench"):
        write_between(page, "new\n")

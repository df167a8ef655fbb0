"""Procedures: written beside the rules, checked like them, and never a second time what a rule says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hami_rules.assets import data_folder
from hami_rules.intake.errors import InputError
from hami_rules.live.charts import Charts, read_charts
from hami_rules.pack.load import Pack

FOLDER = data_folder("rules") / "procedures"


def test_the_sequence_duties_have_their_procedures(charts: Charts) -> None:
    rules = {rule for chart in charts.charts for rule in chart.rules}
    for duty in (
        "14.1b",
        "14.2",
        "14.1a.added_later",
        "16.1d",
        "21.1b",
        "24.1b.late",
        "24.1b.refused",
        "29.2b",
        "29.2b.department",
    ):
        assert duty in rules


def test_the_procedure_of_deferred_acceptance_knows_every_rule_about_it(charts: Charts, pack: Pack) -> None:
    chart = charts.of("deferral")
    assert chart is not None
    assert chart.rules == {b.rule.id for b in pack.bound if b.kind == "deferral"}


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("when: promise_given", "when: promise_gven", "promise_given"),
        ("breach: [15.2e]", "breach: [15.2x]", "15.2"),
        ("from: overdue", "from: overdo", "overdue"),
        ("begins: asked", "begins: aksed", "asked"),
        ("to: promised, when: promise_given", "to: accepted, when: promise_given", "promised"),
    ],
)
def test_a_slip_in_a_procedure_is_reported_with_its_place(
    pack: Pack, tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    shutil.copytree(FOLDER, tmp_path / "procedures")
    path = tmp_path / "procedures" / "article15.yaml"
    text = path.read_text("utf-8")
    assert wrong in text
    path.write_text(text.replace(wrong, right, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        read_charts(pack, tmp_path)
    shown = caught.value.render("zh")
    assert "article15.yaml:" in shown
    assert said in shown

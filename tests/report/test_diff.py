"""What became of findings between audits, told from ids, practices and corrections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from report_fakes import finding, summary

from hami_rules.judge.findings import Finding
from hami_rules.report.diff import compare
from hami_rules.report.lines import ordered
from hami_rules.report.outputs import write_all
from hami_rules.report.stored import Stored, open_stored

CORRECTED = date(2025, 5, 1)


@pytest.fixture
def stored(tmp_path: Path):  # type: ignore[no-untyped-def]
    def make(name: str, *findings: Finding) -> Stored:
        write_all(tmp_path / name, ordered(findings), [], summary(list(findings), []))
        return open_stored(tmp_path / name)

    return make


def one(n: int, practice: str = "p", **more: object) -> Finding:
    return finding(1, id=f"f{n}", record_key=f"k{n}", practice=practice, **more)


def what(*audits: Stored) -> dict[str, str]:
    made = compare(audits)
    assert made.balanced
    return {c.id: c.change for c in made.changes}


def test_each_finding_is_one_of_six(stored) -> None:  # type: ignore[no-untyped-def]
    before = stored("a", one(1), one(2, "q"), one(3, "r"), one(4, "s"))
    after = stored("b", one(1), one(2, "q", corrected_on=CORRECTED), one(3, "r", state="other"), one(5, "t"))
    assert what(before, after) == {
        "f1": "unchanged", "f2": "corrected", "f3": "changed", "f4": "gone", "f5": "new",
    }  # fmt: skip


def test_a_practice_that_was_put_right_everywhere_and_shows_again_came_back(stored) -> None:  # type: ignore[no-untyped-def]
    before = stored("a", one(1, corrected_on=CORRECTED), one(2, corrected_on=CORRECTED))
    after = stored("b", one(1, corrected_on=CORRECTED), one(2, corrected_on=CORRECTED), one(3))
    assert what(before, after)["f3"] == "back"
    # Where one instance was still open, the practice only went on.
    still = stored("c", one(1, corrected_on=CORRECTED), one(2))
    assert what(still, after)["f3"] == "new"


def test_what_was_put_right_and_is_open_again_came_back(stored) -> None:  # type: ignore[no-untyped-def]
    assert what(stored("a", one(1, corrected_on=CORRECTED)), stored("b", one(1))) == {"f1": "back"}


def test_a_new_instance_that_is_put_right_at_once_did_not_come_back(stored) -> None:  # type: ignore[no-untyped-def]
    assert what(stored("a", one(1, corrected_on=CORRECTED)), stored("b", one(1, corrected_on=CORRECTED), one(2, corrected_on=CORRECTED))) == {
        "f1": "unchanged", "f2": "new",
    }  # fmt: skip


def test_another_organs_practice_of_the_same_name_is_its_own(stored) -> None:  # type: ignore[no-untyped-def]
    before = stored("a", one(1, corrected_on=CORRECTED))
    assert what(before, stored("b", one(2, organ_code="other")))["f2"] == "new"


def test_concurrent_and_dismissed_ones_are_no_change(stored) -> None:  # type: ignore[no-untyped-def]
    assert what(stored("a", one(1, primary="x"), one(2, decision="dismissed")), stored("b")) == {}

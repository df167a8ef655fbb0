"""One fact, one finding: what counts for what, and what fails a run."""

from __future__ import annotations

import pytest
from changed_records import the_pack

from hami_rules.gate.model import reaches
from hami_rules.judge.effects import concur
from hami_rules.judge.findings import Finding, Grade, Text


def finding(rule: str, grade: Grade, **more: object) -> Finding:
    said = Text(rule, rule)
    return Finding(
        id=rule, state="", rule=rule, address=rule, citation=said, quote="", verdict="violated", grade=grade,
        title=said, message=said, record_kind="demand", record_key="A1/demands/D1", record_label=said, **more,
    )  # fmt: skip


def beside(*found: Finding) -> None:
    concur(list(found), {f.id: frozenset({"demand:A1/demands/D1"}) for f in found}, the_pack())


def test_a_breach_counts_for_a_suspicion_of_the_same_fact() -> None:
    primary, other = finding("14.1b", "violation"), finding("14.1c", "suspicion")
    beside(other, primary)
    assert (primary.primary, primary.concurrent) == (None, ("14.1c",))
    assert other.primary == "14.1b"


def test_a_suspicion_never_counts_for_a_breach() -> None:
    primary, other = finding("14.1b", "suspicion"), finding("14.1c", "violation")
    beside(primary, other)
    assert primary.primary is None and other.primary is None


def test_what_people_dismissed_counts_for_nothing_else() -> None:
    primary, other = finding("14.1b", "violation", decision="dismissed"), finding("14.1c", "suspicion")
    beside(primary, other)
    assert other.primary is None


@pytest.mark.parametrize(
    ("grade", "level", "fails"),
    [
        ("violation", "violation", True),
        ("shortfall", "violation", False),
        ("shortfall", "shortfall", True),
        ("suspicion", "shortfall", False),
        ("suspicion", "undetermined", True),
    ],
)
def test_a_concurrent_finding_fails_a_run_by_its_own_grade(grade: Grade, level: str, fails: bool) -> None:
    assert reaches(finding("14.1c", grade), level) is fails
    assert reaches(finding("14.1c", grade, primary="14.1b"), level) is fails
    assert not reaches(finding("14.1c", grade, decision="dismissed"), level)

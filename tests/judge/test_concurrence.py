"""One fact, one finding: what counts for what, and what fails a run."""

from __future__ import annotations

import pytest
from changed_records import the_pack

from hami_rules.gate.model import reaches
from hami_rules.judge.effects import concur
from hami_rules.judge.findings import Finding, Grade, MissingFact, Text
from hami_rules.report.summary import build_totals, group_undetermined, standing


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


def lacking(rule: str, *facts: str, decisions: tuple[str, ...] = (), **more: object) -> Finding:
    said = Text("x", "x")
    missing = (
        *(MissingFact(f, Text(f, f), said) for f in facts),
        *(MissingFact(d, Text(d, d), said, "decision") for d in decisions),
    )
    found = finding(rule, "violation", missing=missing, **more)
    found.verdict, found.grade = "undetermined", None
    found.counts_against = the_pack().by_id[rule].counts_against
    return found


def test_one_open_question_is_one_finding() -> None:
    """A demand whose step is unknown is of the same step (14.1b) or of an earlier one (14.2)."""
    same, earlier = lacking("14.1b", "demand.step_no"), lacking("14.2", "demand.step_no")
    beside(same, earlier)
    assert (same.primary, earlier.primary, earlier.concurrent) == ("14.2", None, ("14.1b",))
    assert [standing(f) for f in (same, earlier)] == ["concurrent", "undetermined"]
    [group] = group_undetermined([same, earlier])
    assert (group.rule, group.count, group.concurrent) == ("14.2", 1, ("14.1b",))


def test_questions_that_want_different_answers_stay_apart() -> None:
    same, earlier = (
        lacking("14.1b", "demand.step_no"),
        lacking("14.2", "demand.step_no", "submission.valid_to"),
    )
    beside(same, earlier)
    assert (same.primary, earlier.primary) == (None, None)
    for other in (
        lacking("14.1b", "demand.step_no", decision="dismissed"),
        finding("14.1b", "violation"),
        lacking("14.1a", "demand.step_no"),  # neither is primary
    ):
        earlier = lacking("14.2", "demand.step_no")
        beside(other, earlier)
        assert (other.primary, earlier.primary) == (None, None), other


def test_decisions_alone_are_compared_where_no_fact_is_lacking() -> None:
    same, earlier = lacking("14.1b", decisions=("a",)), lacking("14.2", decisions=("b",))
    beside(same, earlier)
    assert same.primary is None
    same, earlier = lacking("14.1b", "x", decisions=("a",)), lacking("14.2", "x", decisions=("b",))
    beside(same, earlier)
    assert same.primary == "14.2"


def test_a_demand_of_an_organ_that_nobody_knows_is_open_against_one_party() -> None:
    utility = lacking("16.1c.utility_paper", "demand.organ", "demand.x", decisions=("telecom",))
    department = lacking("16.1d", "demand.organ")
    beside(utility, department)
    totals = build_totals([utility, department], group_undetermined([utility, department]))
    assert {party: t.total.undetermined for party, t in totals.against.items()} == {"department": 1}
    assert (totals.undetermined, totals.concurrent, totals.findings) == (1, 1, 2)

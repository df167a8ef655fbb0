"""What counts, what does not, and for whom."""

from __future__ import annotations

from datetime import date

import pytest
from report_fakes import ORGANS, RULES, accounting, audit, finding, group, run

from hami_rules.judge.findings import Text
from hami_rules.report.summary import (
    Accounting,
    Count,
    TableCount,
    build_summary,
    build_totals,
    group_undetermined,
)


def test_a_concurrent_finding_is_not_counted_again() -> None:
    primary = finding(1, "16.1d", concurrent=("x",))
    totals = build_totals([primary, finding(1, "14.1a", id="x", primary=primary.id)], [])
    department = totals.party("department")
    assert department.total.violation == Count(1, 1)
    assert set(department.by_article) == {"16"}
    assert (totals.findings, totals.concurrent) == (2, 1)


def test_a_suspicion_is_never_a_breach() -> None:
    totals = build_totals([finding(1, "14.1c"), finding(1, "14.1c", id="y", decision="upheld")], [])
    tally = totals.party("department").total
    assert tally.suspicion == Count(2, 1)
    assert tally.breaches == 0 and tally.violation == Count() and tally.shortfall == Count()


def test_marks_are_counted_on_breaches_only() -> None:
    marks = {
        "corrected_on": date(2025, 5, 1),
        "rebuttals": (Text("停电", "power cut"),),
        "mitigation": Text("试点", "pilot"),
    }
    tally = build_totals([finding(1, **marks), finding(2, "14.1c", **marks)], []).party("department").total
    assert (tally.corrected, tally.rebuttable, tally.mitigated) == (1, 1, 1)
    assert tally.violation.instances == 1  # marked, not removed


def test_undetermined_stands_apart_and_follows_the_groups() -> None:
    listed = finding(1, verdict="undetermined", grade=None)
    totals = build_totals([listed], [group(37)])
    department = totals.party("department")
    assert (totals.undetermined, totals.undetermined_listed) == (37, 1)
    assert department.total.undetermined == 37 and department.total.breaches == 0
    assert department.by_organ[ORGANS[1][0]].undetermined == 12
    assert build_totals([listed], group_undetermined([listed])).undetermined == 1


@pytest.mark.parametrize("party", ["applicant", "intermediary", "utility", "government"])
def test_other_parties_never_enter_a_departments_totals(party: str) -> None:
    # The same organ, article and region as the department's finding.
    totals = build_totals([finding(1), finding(1, id="z", counts_against=party)], [])
    for by in ("by_article", "by_organ", "by_region"):
        (mine,) = getattr(totals.party("department"), by).values()
        (theirs,) = getattr(totals.party(party), by).values()
        assert mine.violation.instances == theirs.violation.instances == 1
    undetermined = group(5, examples=(finding(1, verdict="undetermined", counts_against=party),))
    totals = build_totals([], [undetermined])
    assert totals.party("department").total.undetermined == 0
    assert totals.party(party).total.undetermined == 5


def test_a_dismissed_finding_and_an_error_count_for_nobody() -> None:
    totals = build_totals([finding(1, decision="dismissed"), finding(2, verdict="error", error="boom")], [])
    assert (totals.dismissed, totals.errors, totals.against) == (1, 1, {})


def test_five_hundred_instances_are_one_practice() -> None:
    findings = [finding(1, id=str(n)) for n in range(500)]
    department = build_totals(findings, []).party("department")
    assert department.total.violation == Count(500, 1)
    assert department.by_organ[ORGANS[1][0]].violation == Count(500, 1)


def test_every_finding_is_accounted_for() -> None:
    findings, groups = audit(500)
    totals = build_totals(findings, groups)
    counted = sum(p.total.breaches + p.total.suspicion.instances for p in totals.against.values())
    rest = totals.concurrent + totals.dismissed + totals.undetermined_listed + totals.errors
    assert totals.findings == len(findings) == counted + rest
    for party in totals.against.values():
        for by in (party.by_article, party.by_organ, party.by_region):
            assert sum(t.breaches for t in by.values()) == party.total.breaches


def test_a_verdict_that_is_no_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="no finding"):
        build_totals([finding(1, verdict="compliant")], [])


def test_accounts_that_do_not_add_up_are_named() -> None:
    accounts = accounting()
    assert accounts.unbalanced == ()
    assert (accounts.total.read, accounts.total.judged, accounts.total.quarantined) == (2334, 2220, 20)
    short = Accounting(
        tables=(TableCount(table="guides", read=3, judged=2),),
        rules_loaded=1,
        rules_applicable=1,
        rules_evaluated=1,
        verdicts={},
    )
    assert short.unbalanced == ("guides",)


def test_names_of_articles_and_organs_come_with_the_findings() -> None:
    summary = build_summary(
        run(), accounting(), iter([finding(0)]), [group(rule="13.1d")], organs={"X": "某局"}
    )
    assert summary.articles["14"] == Text("第十四条", "Article 14")
    assert summary.articles["13"].zh == "第十三条"
    assert summary.organs == {"X": "某局", ORGANS[0][0]: ORGANS[0][1]} | {
        o[0]: o[1] for o in (ORGANS[900 % 7], ORGANS[901 % 7], ORGANS[902 % 7])
    }
    assert set(RULES) >= {"13.1d"}

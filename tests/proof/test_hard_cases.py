"""The hard cases of the norm inventory (`hard_cases.yaml`): each has a named case, and the judge says of it what it must."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hami_rules.assets import data_folder
from hami_rules.intake.positioned import read_document
from hami_rules.judge.engine import Judge, Tally
from hami_rules.judge.explain import Explainer
from hami_rules.pack.load import Pack, load_pack
from hami_rules.proof.cases import Case, findings_of, load_cases, run_case, scene_of
from hami_rules.records.liability import FindingRecord

ROWS: list[dict[str, Any]] = read_document(Path(__file__).with_name("hard_cases.yaml"), "hard_cases.yaml")[
    0
].data
MARKS = {"suspicion", "shortfall", "rebuttable", "upwards"}


@cache
def pack() -> Pack:
    return load_pack()


@cache
def judge() -> Judge:
    return Judge(pack().bound, pack().registry)


@cache
def cases() -> dict[str, Case]:
    return {case.name: case for case in load_cases(data_folder("cases"))}


@cache
def judged(name: str) -> tuple[Any, list[FindingRecord]]:
    case = cases()[name]
    return run_case(case, pack(), judge()), findings_of(scene_of(case, pack()), pack(), judge())


def expected(case: Case, rule: str) -> set[str]:
    said = case.expect.get(rule, {})
    return set(said.values()) if isinstance(said, dict) else {said}


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['rule']} {r['fact']}" for r in ROWS])
def test_the_case_shows_it(row: dict[str, Any]) -> None:
    case = cases()[row["case"]]
    assert case.location.source == row["file"]
    assert pack().by_id[row["rule"]].address == row["norm"]
    outcome, findings = judged(row["case"])
    if row["verdict"] == "silent":
        assert row["rule"] in case.expect
        assert not outcome.verdicts.get(row["rule"])
        return
    assert row["verdict"] in expected(case, row["rule"]), "the case says so itself"
    assert outcome.of(row["rule"]) == row["verdict"]
    if row["verdict"] == "violated":
        found = [f for f in findings if f.rule == row["rule"] and f.verdict == "violated"]
        assert found
        assert {frozenset(marks(f, outcome.rebuttable)) for f in found} == {frozenset(row.get("marks", ()))}


def marks(finding: FindingRecord, rebuttable: set[str]) -> set[str]:
    """How a violated one is graded or marked where it is more, or less, than a violation of the organ's own."""
    said = {finding.grade, "upwards" if finding.against == "superior" else None}
    said |= {"rebuttable" if finding.rule in rebuttable else None}
    return {mark for mark in said if mark in MARKS}


def test_a_late_approval_ends_the_breach_and_the_finding_names_its_day() -> None:
    scene = scene_of(cases()["三月起在中心之外办理，六月才批准，六月之前违反"], pack())
    explainer = Explainer(pack(), judge())
    said = [
        explainer.finding(kind, hit, scene.world).message.zh
        for kind, record in scene.at_hand()
        if kind == "item"
        for hit in judge().interpret(kind, record, scene.world, Tally())
    ]
    assert [m for m in said if "2025年3月1日起" in m and "后来批准的日期：2025年6月1日" in m]

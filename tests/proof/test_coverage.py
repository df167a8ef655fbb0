"""Every rule has a case for every verdict that it can reach, and what it cannot reach is read off its condition."""

from __future__ import annotations

from functools import cache
from typing import Any

from hami_rules.assets import data_folder
from hami_rules.judge.engine import Judge
from hami_rules.pack.load import Pack, load_pack
from hami_rules.pack.nodes import AllOf, AnyOf, IsTrue, Node, Not, Undecided
from hami_rules.proof.cases import findings_of, load_cases, scene_of
from hami_rules.proof.coverage import coverage
from hami_rules.proof.reach import ALWAYS_SAID, out_of_reach, truths_of


@cache
def pack() -> Pack:
    return load_pack()


@cache
def report() -> dict[str, Any]:
    return coverage(pack(), load_cases(data_folder("cases"), documents=False))


def test_every_rule_has_a_case_for_every_verdict_it_can_reach() -> None:
    assert report()["unproved"] == {}
    assert report()["missing"] == []


def test_no_case_shows_a_verdict_that_is_said_to_be_out_of_reach() -> None:
    counts = {rule: shown for norm in report()["norms"].values() for rule, shown in norm["by_rule"].items()}
    beyond = out_of_reach(pack())
    assert [(r, v) for r, verdicts in beyond.items() for v in verdicts if counts[r][v]] == []
    assert all(why.zh and why.en for verdicts in beyond.values() for why in verdicts.values())


def test_only_rules_that_decide_nothing_are_never_violated() -> None:
    """A rule that gives verdicts and can never be violated would be a slip of its condition."""
    assert {pack().by_id[r].effect is None for r, v in out_of_reach(pack()).items() if "violated" in v} == {
        False
    }


def test_what_is_kept_for_people_is_never_known() -> None:
    registry = pack().registry
    fact: Node = IsTrue(registry.resolve("item", "handled_in_centre"))
    people: Node = Undecided("由人认定", "for people")
    assert truths_of(fact, registry) == {True, False, None}
    assert truths_of(people, registry) == {None}
    assert truths_of(AllOf((fact, people)), registry) == {False, None}
    assert truths_of(AnyOf((fact, people)), registry) == {True, None}
    assert truths_of(Not(AllOf((fact, people))), registry) == {True, None}


def test_what_the_judge_says_of_a_finding_is_always_known() -> None:
    judge = Judge(pack().bound, pack().registry)
    said = [
        finding
        for case in load_cases(data_folder("cases"), "30")
        for finding in findings_of(scene_of(case, pack()), pack(), judge)
    ]
    assert {f.verdict for f in said} >= {"violated", "undetermined"}
    assert [name for name in ALWAYS_SAID for f in said if getattr(f, name) is None] == []

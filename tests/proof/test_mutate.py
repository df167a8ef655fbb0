"""Mutation: what is changed, what must notice, and the page that explains what nothing notices."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from hami_rules.assets import data_folder
from hami_rules.pack.load import Pack, read_pack
from hami_rules.predicates import default_registry
from hami_rules.predicates.application import is_outage_or_force_majeure
from hami_rules.predicates.deferral import supplied_in_time
from hami_rules.proof.cases import Case, load_cases
from hami_rules.proof.mutate import mutants, read_explained, run_mutants
from hami_rules.proof.operators import changed_functions

PAGE = Path(__file__).parents[2] / "docs" / "mutation.md"


@cache
def pack() -> Pack:
    return read_pack(data_folder("rules"), default_registry())


@cache
def cases() -> list[Case]:
    return load_cases(data_folder("cases"))


def test_a_changed_comparison_answers_otherwise_at_the_bound() -> None:
    day, before = date(2025, 3, 5), date(2025, 3, 4)
    made = dict(changed_functions(supplied_in_time))
    strict = made["LtE → Lt in “supplemented_on <= last_day_to_supplement”"]
    assert supplied_in_time(day, day) and not strict(day, day)
    assert supplied_in_time(before, day) and strict(before, day)


def test_a_member_of_a_written_out_collection_is_left_out() -> None:
    made = dict(changed_functions(is_outage_or_force_majeure))
    names = [n for n in made if n.startswith("without")]
    assert len(names) == 2
    answers = {(made[n]("system_outage"), made[n]("force_majeure")) for n in names}
    assert answers == {(True, False), (False, True)}


@pytest.mark.parametrize(
    "start",
    [
        "14.2 rebuttal: drop rebuttal",
        "14.2 primary_over: drop 14.1b",
        "15.2f conduct: drop withdrawn_on",
        "13.1e unless: drop unless",
        "33.1: governs nothing",
        "5.1b.conduct governs only: drop 15.2",
        "engagement.selection burden: drop burden",
        "records.labels.GOVERNED: without 650521",
        "31.1 primary_over: drop ",
        "adopted_in_the_region: ",
        "derive.aggregate.workload.counter: ",
        "derive.aggregate.counts.groups: ",
        "derive.comparison._workflow_guide: ",
        "derive.gathering.before: ",
    ],
)
def test_every_part_of_the_pack_and_its_python_is_changed(start: str) -> None:
    assert any(m.name.startswith(start) for m in mutants(pack()))


def test_undoing_a_mutant_leaves_the_pack_as_it_was() -> None:
    before = [id(b) for b in pack().bound]
    for mutant in mutants(pack()):
        mutant.apply()()
    assert [id(b) for b in pack().bound] == before
    assert pack().registry.predicates["supplied_in_time"].fn is supplied_in_time


def test_a_case_that_is_taken_away_leaves_a_survivor() -> None:
    whole = [c for c in cases() if {"33.1", "13.1b"} & set(c.expect)]
    bare = [c for c in whole if "compliant" in str(c.expect) and "violated" not in str(c.expect)]
    killed = run_mutants(pack(), whole, ["13.1b"])
    fewer = run_mutants(pack(), bare, ["13.1b"])
    assert len(killed.survivors) < len(fewer.survivors)
    assert fewer.killed + len(fewer.survivors) == fewer.mutants == killed.mutants
    assert run_mutants(pack(), bare, ["13.1b"], jobs=2) == fewer  # in whatever number of processes


def test_what_the_page_explains_is_a_mutant_with_a_reason() -> None:
    """`hami pack mutate --explained docs/mutation.md` holds the page to the survivors; it takes minutes."""
    explained = read_explained(PAGE.read_text(encoding="utf-8"))
    assert explained
    names = {m.name for m in mutants(pack())}
    # Parameters live in each case's world, and their mutants with them.
    of_parameters = re.compile(
        rf"parameter ({'|'.join(n for n, _ in pack().data.parameters.items())}): \S+ → \S+"
    )
    names |= {name for name in explained if of_parameters.fullmatch(name)}
    assert [name for name in explained if name not in names] == []
    assert [name for name, reason in explained.items() if len(reason) < 6] == []

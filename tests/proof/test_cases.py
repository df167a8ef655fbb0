"""Every case agrees with the judge, whole: no rule of the pack speaks where the case does not expect it.

`run_case` judges by the interpreter, holds the compiled judge to it, and `disagreements` compares every rule of the
pack on every record of the case with what is expected: the full matrix.
"""

from __future__ import annotations

import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from hami_rules.assets import data_folder
from hami_rules.judge.engine import Judge
from hami_rules.pack.load import Pack, read_pack
from hami_rules.predicates import default_registry
from hami_rules.proof.cases import Case, disagreements, load_cases, run_case


@cache
def pack() -> Pack:
    return read_pack(data_folder("rules"), default_registry())


@cache
def judge() -> Judge:
    return Judge(pack().bound, pack().registry)


CASES = load_cases(data_folder("cases"))


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_case(case: Case) -> None:
    wrong = disagreements(case, run_case(case, pack(), judge()), pack())
    assert not wrong, f"{case.location}: {case.name}\n" + "\n".join(wrong)


def test_there_are_cases_and_their_names_are_their_own() -> None:
    assert CASES
    twice = [name for name, n in Counter(c.name for c in CASES).items() if n > 1]
    assert not twice


@pytest.mark.parametrize("base", sorted(p.stem for p in (data_folder("cases") / "bases").glob("*.yaml")))
def test_the_complete_world_is_at_peace(base: str, tmp_path: Path) -> None:
    """A base on its own gives neither violated, undetermined nor error, by any rule of the pack."""
    folder = tmp_path / "cases"
    (folder / "article01").mkdir(parents=True)
    shutil.copytree(data_folder("cases") / "bases", folder / "bases")
    (folder / "article01" / "base.yaml").write_text(
        f"like: {base}\ncases:\n  - {{name: 基准, expect: {{}}}}\n", encoding="utf-8"
    )
    [case] = load_cases(folder)
    assert disagreements(case, run_case(case, pack(), judge()), pack()) == []

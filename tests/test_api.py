"""The package from Python: light to import, three names, and every example of docs/api.md as it stands."""

from __future__ import annotations

import doctest
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from hami_rules.assets import data_folder
from hami_rules.intake.errors import InputError

API = Path(__file__).parents[1] / "docs" / "api.md"


def test_the_examples_run() -> None:
    pytest.importorskip("durable.engine", reason="durable_rules is not installed (extra: live)")
    done = doctest.testfile(str(API), module_relative=False, encoding="utf-8")
    assert done.attempted > 20 and done.failed == 0


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_importing_the_package_imports_nothing_of_it() -> None:
    assert (
        python("import sys, hami_rules; print([m for m in sys.modules if m.startswith('hami_rules.')])")
        == "[]"
    )


@pytest.mark.parametrize(
    "first",
    [
        "pass",
        "import hami_rules.judge.engine",
        "import hami_rules.judge as room",
        "from hami_rules import judge",
    ],
)
def test_judge_is_the_function_whatever_was_imported_before(first: str) -> None:
    said = python(
        f"{first}\n"
        "from hami_rules import judge\n"
        "import hami_rules.judge.engine as engine\n"
        "import inspect\n"
        "print(callable(judge), judge is hami_rules.judge, engine.__name__, list(inspect.signature(judge).parameters)[0])"
        .replace("hami_rules.judge,", "__import__('hami_rules').judge,")
    )  # fmt: skip
    assert said == "True True hami_rules.judge.engine records"


def test_an_unknown_name_is_no_attribute() -> None:
    import hami_rules

    with pytest.raises(AttributeError, match="juge"):
        hami_rules.juge  # noqa: B018


def test_judges_files_and_says_what_cannot_be_read(tmp_path: Path) -> None:
    from hami_rules import judge

    (tmp_path / "a.yaml").write_text("applications:\n  - {办件编号: A1, 申报来原: 窗口}\n", "utf-8")
    with pytest.raises(InputError) as wrong:
        judge(tmp_path / "a.yaml")
    assert wrong.value.problems[0].location is not None and wrong.value.problems[0].location.line == 2
    organs = data_folder("cases") / "demo" / "organs.csv"
    found, every = (judge([organs], as_of=date(2026, 6, 30), select=s) for s in ("第十五条", ()))
    assert {f.rule.split(".")[0] for f in found} == {"15"} < {f.rule.split(".")[0] for f in every}
    assert [f.id for f in found] == [f.id for f in every if f.rule.startswith("15.")]

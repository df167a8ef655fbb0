"""A new rule's three places: what is written, and what is refused before anything is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hami_rules import statute
from hami_rules.assets import data_folder
from hami_rules.intake.positioned import read_document
from hami_rules.proof.scaffold import ScaffoldError, scaffold


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which Article 14 alone has rules, so that a norm of any other may be scaffolded."""
    shutil.copytree(data_folder("rules"), tmp_path / "rules")
    for file in (tmp_path / "rules").glob("article*.yaml"):
        if file.name != "article14.yaml":
            file.unlink()
    (tmp_path / "hami_rules" / "predicates").mkdir(parents=True)
    return tmp_path


def everything(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refused(folder: Path, rule: str, judges: str = "application") -> ScaffoldError:
    before = everything(folder)
    with pytest.raises(ScaffoldError) as found:
        scaffold(rule, folder, judges)
    assert everything(folder) == before, "something was written all the same"
    return found.value


def test_three_files_are_made(checkout: Path) -> None:
    made = [path.relative_to(checkout).as_posix() for path, _ in scaffold("10.2a", checkout, "item")]
    assert made == ["rules/article10.yaml", "hami_rules/predicates/item.py", "cases/article10/10_2a.yaml"]


@pytest.mark.parametrize("rule", ["4.1a", "8.1a", "10.2a", "12.3a", "17.1a", "28.1"])
def test_the_quote_is_whole_phrases_of_the_paragraph(checkout: Path, rule: str) -> None:
    (checkout / "rules" / "pack.yaml").write_text(f'norms: [{{id: "{rule}"}}]\n', "utf-8")
    [(file, _), *_] = scaffold(f"{rule}.part", checkout, "application")
    quote = read_document(file)[0].data["rules"][-1]["quote"]
    text = statute.load().paragraph(statute.Address.parse(rule).at_paragraph).text
    assert text.startswith(quote)
    assert text[len(quote)] in "，。；："


def test_a_norm_that_the_inventory_lacks_is_refused_with_the_nearest(checkout: Path) -> None:
    error = refused(checkout, "10.2z")
    assert "是否为“10.2" in error.zh and "did you mean '10.2" in str(error)


def test_a_part_of_a_norm_is_no_norm_of_its_own(checkout: Path) -> None:
    assert scaffold("10.2a.late", checkout, "application")


def test_an_unknown_kind_is_refused_with_the_nearest(checkout: Path) -> None:
    assert "是否为“item”" in refused(checkout, "10.2a", "itm").zh


def test_cases_that_are_there_are_kept(checkout: Path) -> None:
    file = checkout / "cases" / "article10" / "10_2a.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("mine", "utf-8")
    assert "不覆盖" in refused(checkout, "10.2a").zh


def test_a_rule_or_a_predicate_that_is_there_is_kept(checkout: Path) -> None:
    assert "14.1a" in refused(checkout, "14.1a", "demand").zh
    module = checkout / "hami_rules" / "predicates" / "application.py"
    module.write_text("def breaches_10_2a(x): ...\n", "utf-8")
    assert "breaches_10_2a" in refused(checkout, "10.2a").zh

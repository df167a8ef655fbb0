"""The formats of real checks: the guides of the demo, and a folder of files in every form."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from junitparser import JUnitXml
from made_files import DAY, checked
from sarif_validators import disagreements, validated

from hami_rules.assets import data_folder
from hami_rules.audit.documents import Checked
from hami_rules.gate.model import Verdict
from hami_rules.gate.run import Plan, pass_gate
from hami_rules.pack.load import load_pack
from hami_rules.report.account import documents_summary
from hami_rules.report.github import MOST, github
from hami_rules.report.gitlab import gitlab
from hami_rules.report.junit import junit
from hami_rules.report.markdown import markdown
from hami_rules.report.sarif import sarif
from hami_rules.report.statistics import statistics


class Run(NamedTuple):
    checked: Checked
    verdict: Verdict
    root: Path

    def formats(self, lang: str = "zh") -> dict[str, str]:
        found, verdict, root = self
        head = documents_summary(load_pack(), found, DAY, lang)
        return {
            "sarif": sarif(verdict, load_pack(), head, lang, root=root),
            "upload": sarif(verdict, load_pack(), head, lang, root=root, upload=True),
            "junit": junit(verdict, lang, sources=found.sources, fail_on="violation", root=root),
            "github": github(verdict, lang, root=root),
            "gitlab": gitlab(verdict, lang, root=root),
            "markdown": markdown(verdict, head, lang, fail_on="violation", root=root),
            "statistics": statistics(verdict, lang),
        }


@pytest.fixture(scope="module")
def demo() -> Run:
    root = data_folder("cases") / "demo"
    return Run(*pass_gate(Plan([root / "guides"], [root], DAY), load_pack()), root)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("made")
    return Run(*checked(root, beside=True), root)


@pytest.fixture(params=["demo", "files"])
def run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def results(text: str) -> list[dict[str, Any]]:
    return json.loads(text)["runs"][0]["results"]  # type: ignore[no-any-return]


def test_the_same_findings_give_the_same_text_in_any_order(run: Run) -> None:
    items = list(run.verdict.items)
    random.Random(3).shuffle(items)
    mixed = run._replace(verdict=replace(run.verdict, items=items))
    for lang in ("zh", "en"):
        first = run.formats(lang)
        assert first == mixed.formats(lang)
        for name, text in first.items():
            assert text.endswith("\n") and not text.endswith("\n\n"), name


def test_every_format_counts_the_same(run: Run) -> None:
    texts, items = run.formats(), run.verdict.items
    failing = sum(1 for _ in run.verdict.failing("violation"))
    assert failing > 0
    assert len(results(texts["sarif"])) == len(items) + len(run.verdict.gone)
    waived = [g for g in items if g.waiver is not None]
    breaches = [g for g in items if g.level in ("violation", "shortfall") and g.waiver is None]
    assert len(results(texts["upload"])) == len(breaches)
    assert len(json.loads(texts["gitlab"])) == len(items) - len(waived)
    assert ET.fromstring(texts["junit"]).get("failures") == str(failing)
    assert JUnitXml.fromstring(texts["junit"].encode()).failures == failing
    assert texts["github"].count("::error ") == min(failing, MOST)
    assert f"{failing} 处。" in texts["markdown"]
    assert sum(map(int, texts["statistics"].splitlines()[-1].split()[:3])) == len(items)


def test_sarif_passes_other_peoples_checks(run: Run, tmp_path: Path) -> None:
    chinese, english = run.formats("zh"), run.formats("en")
    for name in ("sarif", "upload"):
        assert disagreements(json.loads(chinese[name])) == disagreements(json.loads(english[name])) == []
        file = tmp_path / f"{name}.sarif"
        file.write_text(chinese[name], "utf-8")
        # The project has no site to name; nothing else is missed.
        assert validated(file) == [("warning", "SARIF2005")]


def test_places_lead_to_the_text_that_is_meant(run: Run) -> None:
    led = 0
    for result in results(run.formats()["sarif"]):
        if result.get("baselineState") == "absent":
            continue  # a baseline remembers the file only
        physical = result["locations"][0]["physicalLocation"]
        file = run.root / unquote(physical["artifactLocation"]["uri"])
        assert file.is_file()
        region = physical["region"]
        if file.suffix == ".xlsx" or region["startLine"] != region["endLine"]:
            continue
        line = file.read_text("utf-8-sig").split("\n")[region["startLine"] - 1]
        # A row of a table knows where its cell begins, not where it ends.
        end = region["endColumn"] if file.suffix != ".csv" else region["startColumn"] + 3
        meant = line[region["startColumn"] - 1 : end - 1]
        if result["ruleId"] in ("11.3c", "11.3d"):
            assert meant and meant in result["message"]["text"]
            led += 1
    assert led >= 2


def test_every_state_and_waiver_of_a_real_check(files: Run) -> None:
    found = results(files.formats()["sarif"])
    assert {r["baselineState"] for r in found} == {"new", "updated", "unchanged", "absent"}
    assert {r["kind"] for r in found} == {"fail", "review", "open"}
    kinds = sorted(s["kind"] for r in found for s in r["suppressions"])
    assert kinds == ["external", "inSource"]
    cell = next(
        r for r in found if "xlsx" in r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    )
    place = cell["locations"][0]
    assert place["physicalLocation"]["region"] == {
        "startLine": 2,
        "startColumn": 1,
        "endLine": 2,
        "endColumn": 1,
    }
    assert {"fullyQualifiedName": "guides!J2", "kind": "cell"} in place["logicalLocations"]
    # A file in which nothing was found is a test that passes.
    suites = {
        s.name: [c.is_passed for c in s] for s in JUnitXml.fromstring(files.formats()["junit"].encode())
    }
    assert suites["指南 一#50%/干净.yaml"] == [True]
    assert not any(any(v) for name, v in suites.items() if "干净" not in name)

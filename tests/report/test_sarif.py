"""SARIF of one verdict: a result whole, what the levels become, and what other people's software says of it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from gate_fakes import GUIDE, NOTICE, UNREAD, found, verdict
from hypothesis import given
from hypothesis import strategies as st
from report_fakes import finding, summary
from sarif_validators import disagreements, validated

from hami_rules.gate.model import Gated, Verdict
from hami_rules.judge.findings import Text
from hami_rules.pack.load import load_pack
from hami_rules.records.location import Location
from hami_rules.report.sarif import sarif

PACK = load_pack()


def run_of(*args: Any, **named: Any) -> dict[str, Any]:
    (run,) = json.loads(sarif(*args, **named))["runs"]
    return run  # type: ignore[no-any-return]


def results(made: Verdict, **named: Any) -> dict[str, dict[str, Any]]:
    """Result by finding."""
    return {
        r["partialFingerprints"]["hamiFinding/v1"]: r
        for r in run_of(made, PACK, None, "zh", **named)["results"]
    }


def test_one_result_whole() -> None:
    rules = [b.rule.id for b in PACK.bound]
    assert results(verdict("main"))["waived"] == {
        "ruleId": "14.1b",
        "ruleIndex": rules.index("14.1b"),
        "kind": "fail",
        "level": "error",
        "message": {
            "text": "违反 第十四条第一款：要求提交“场地租赁合同公证书”，2025-03-12公布的办事指南中没有列明。\n"
            "整改：调用已收材料，不再要求申请人提供。"
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "%E6%8C%87%E5%8D%97/%E9%A3%9F%E5%93%81%20%E7%BB%8F%E8%90%A5.yaml",
                        "uriBaseId": "SRCROOT",
                    },
                    "region": {"startLine": 10, "startColumn": 5, "endLine": 10, "endColumn": 9},
                },
                "logicalLocations": [
                    {
                        "name": "办件 HM2025000009 第1项材料要求",
                        "fullyQualifiedName": "demand:HM2025000009:1",
                        "kind": "record",
                    },
                    {"fullyQualifiedName": "/materials/10", "kind": "pointer"},
                ],
            }
        ],
        "partialFingerprints": {"hamiFinding/v1": "waived"},
        "baselineState": "unchanged",
        "suppressions": [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "试点期间，见〔2025〕3号文",
                "location": {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "waivers.yaml", "uriBaseId": "SRCROOT"},
                        "region": {"startLine": 3, "startColumn": 5, "endLine": 9, "endColumn": 1},
                    }
                },
                "properties": {
                    "rule": "14.1b",
                    "approvedBy": "王某",
                    "expires": "2025-12-31",
                    "ticket": "HM-12",
                },
            }
        ],
        "properties": {
            "state": "0000000000000009",
            "address": "14.1b",
            "countsAgainst": "department",
            "recordKey": "HM2025000009:1",
            "organ": "哈密市住房和城乡建设局",
            "region": "650500",
        },
    }


def test_what_each_level_becomes() -> None:
    made = results(verdict())
    assert {name: (r["kind"], r["level"]) for name, r in made.items()} == {
        "breach": ("fail", "error"),
        "long": ("fail", "error"),
        "shortfall": ("fail", "warning"),
        "suspicion": ("review", "none"),
        "open": ("open", "none"),
        "waived": ("fail", "error"),
        "inline": ("fail", "warning"),
        "cell": ("fail", "error"),
        "row": ("fail", "error"),
        "nowhere": ("fail", "error"),
        "dismissed": ("pass", "none"),
    }
    assert not any("baselineState" in r for r in made.values())


def test_states_beside_a_base_and_what_is_gone() -> None:
    made = results(verdict("main"))
    states = {name: r["baselineState"] for name, r in made.items()}
    assert states.pop("shortfall") == states.pop("waived") == "unchanged"
    assert (states.pop("open"), states.pop("gone")) == ("updated", "absent")
    assert set(states.values()) == {"new"}
    assert made["gone"]["message"] == {"text": "要求提交“验资报告”。"}
    assert made["gone"]["level"] == "error" and made["gone"]["ruleId"] == "14.1a"


def test_suppressions_stand_on_all_results_or_on_none() -> None:
    made = results(verdict("main"))
    kinds = {name: [s["kind"] for s in r["suppressions"]] for name, r in made.items()}
    assert kinds.pop("waived") == ["external"] and kinds.pop("inline") == ["inSource"]
    assert set(map(tuple, kinds.values())) == {()}
    none = Verdict([Gated(found()["breach"])])
    assert "suppressions" not in results(none)["breach"]


def test_places_without_lines_have_four_fields_and_other_names() -> None:
    made = results(verdict())

    def place(name: str) -> tuple[str, tuple[int, ...], list[str]]:
        (location,) = made[name]["locations"]
        physical = location["physicalLocation"]
        region = tuple(physical["region"][k] for k in ("startLine", "startColumn", "endLine", "endColumn"))
        assert len(physical["region"]) == 4
        names = [n["fullyQualifiedName"] for n in location["logicalLocations"]]
        return unquote(physical["artifactLocation"]["uri"]), region, names

    assert place("cell") == ("items.xlsx", (3, 1, 3, 1), ["demand:HM2025000011:1", "事项 表!B3"])
    assert place("row") == ("办件.csv", (12, 1, 12, 1), ["demand:HM2025000012:1"])
    assert place("nowhere") == (".", (1, 1, 1, 1), ["demand:HM2025000013:1"])
    assert place("long") == (GUIDE, (4, 3, 6, 1), ["demand:HM2025000005:1", "/conditions"])


def test_a_run_says_what_it_rests_on_and_what_went_wrong() -> None:
    made = verdict("main")
    run = run_of(made, PACK, summary(made.findings, [], as_of=date(2025, 6, 30)), "zh", errors=[UNREAD])
    assert run["properties"]["asOf"] == "2025-06-30" and run["properties"]["comparedWith"] == "main"
    assert (run["language"], run["columnKind"]) == ("zh-CN", "unicodeCodePoints")
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [(n["descriptor"]["id"], n["level"]) for n in notes] == [
        ("yaml-syntax", "error"),
        ("rule-error", "error"),
        ("waiver-unused", "warning"),
    ]
    assert notes[1]["associatedRule"]["id"] == "13.1d" and notes[1]["message"] == {"text": "ValueError: x"}
    fine = run_of(Verdict(notices=[NOTICE]), PACK, None, "en")
    assert fine["invocations"][0]["executionSuccessful"] is True and fine["results"] == []


def test_rules_explain_themselves_and_point_to_their_articles() -> None:
    run = run_of(Verdict(), PACK, None, "zh")
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == [b.rule.id for b in PACK.bound]
    levels = {"violation": "error", "shortfall": "warning", "suspicion": "note"}
    (taxonomy,) = run["taxonomies"]
    assert [t["name"] for t in taxonomy["taxa"]][13] == "第十四条" and len(taxonomy["taxa"]) == 33
    for rule, bound in zip(rules, PACK.bound, strict=True):
        assert rule["defaultConfiguration"]["level"] == levels[bound.rule.grade or "violation"]
        target = rule["relationships"][0]["target"]
        assert taxonomy["taxa"][target["index"]]["id"] == target["id"] == rule["id"].split(".")[0]
        assert bound.rule.quote in rule["fullDescription"]["text"]
        assert all(len(rule[k]["text"]) <= 1024 for k in ("shortDescription", "fullDescription"))
        assert rule["help"]["text"].startswith(f"▸ {rule['id']}  ") and rule["help"]["markdown"].startswith(
            "**▸"
        )
    english = run_of(Verdict(), PACK, None, "en")["tool"]["driver"]["rules"]
    assert english[0]["shortDescription"]["text"].isascii()


def test_code_scanning_gets_what_fails_and_is_not_waived() -> None:
    made = results(verdict("main"), upload=True)
    assert set(made) == {"breach", "long", "shortfall", "cell", "row", "nowhere"}
    assert not any({"suppressions", "baselineState"} & set(r) for r in made.values())
    assert made["breach"]["partialFingerprints"]["primaryLocationLineHash"] == "breach:1"


def test_places_are_named_from_the_root(tmp_path: Path) -> None:
    inside, outside = tmp_path / "甲 乙" / "a#b%.yaml", tmp_path.parent / "别处.yaml"
    made = Verdict(
        [
            Gated(finding(i, id=str(i), location=Location(str(p), 1, 1)))
            for i, p in enumerate((inside, outside))
        ]
    )
    run = run_of(made, PACK, None, "zh", root=tmp_path)
    first, second = (r["locations"][0]["physicalLocation"]["artifactLocation"] for r in run["results"])
    base = run["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert base == f"{tmp_path.resolve().as_uri()}/"
    both = {first["uri"], second["uri"]}
    assert "%E7%94%B2%20%E4%B9%99/a%23b%25.yaml" in both and outside.as_uri() in both
    assert "uri" not in run_of(made, PACK, None, "zh")["originalUriBaseIds"]["SRCROOT"]


@given(st.text(st.characters(), max_size=30))
def test_any_text_is_json_and_its_links_are_dead(text: str) -> None:
    both = Text(text, text)
    bad = finding(
        1, message=both, remedy=both, record_label=both, record_key=text, location=Location(text or "x", 1)
    )
    said = sarif(Verdict([Gated(bad)]), TINY, None, "zh")
    said.encode("utf-8")
    (result,) = json.loads(said)["runs"][0]["results"]
    assert "](" not in result["message"]["text"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].isascii()


class _Tiny:
    """The pack without its rules, which one text after the other need not be made anew for."""

    data = PACK.data
    bound: tuple[()] = ()


TINY: Any = _Tiny()


# -- other people's software ----------------------------------------------------------------------------------------


def written(folder: Path, upload: bool = False, lang: str = "zh") -> Path:
    """A file with one of everything."""
    made = verdict("main")
    head = summary(made.findings, [], as_of=date(2025, 6, 30))
    text = sarif(made, PACK, head, lang, root=Path.cwd(), upload=upload, errors=[UNREAD])
    file = folder / f"{'upload' if upload else 'full'}-{lang}.sarif"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("upload", [False, True])
def test_the_schema_of_the_standard_holds(tmp_path: Path, upload: bool, lang: str) -> None:
    log = json.loads(written(tmp_path, upload, lang).read_text("utf-8"))
    assert disagreements(log) == []
    del log["runs"][0]["tool"]
    assert disagreements(log) == ["$.runs[0]: 'tool' is a required property"]


def test_sarif_tools_counts_the_same(tmp_path: Path) -> None:
    file = written(tmp_path, upload=True)
    done = subprocess.run(
        [sys.executable, "-m", "sarif", "--check", "error", "summary", str(file)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "error: 5" in done.stdout and "warning: 1" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 5  # the count of errors that it found


@pytest.mark.parametrize("upload", [False, True])
def test_the_multitool_misses_only_a_site_of_the_project(tmp_path: Path, upload: bool) -> None:
    assert validated(written(tmp_path, upload)) == [("warning", "SARIF2005")]


def test_the_multitool_would_object(tmp_path: Path) -> None:
    file = written(tmp_path, upload=True)
    log = json.loads(file.read_text("utf-8"))
    first, second, *_ = log["runs"][0]["results"]
    first["locations"] = []
    second["ruleIndex"] = 999
    file.write_text(json.dumps(log), "utf-8")
    assert {rule for level, rule in validated(file) if level == "error"} >= {"GH1015", "SARIF1009"}

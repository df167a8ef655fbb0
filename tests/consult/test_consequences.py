"""The chain of consequences says what an audit says of the same finding, and shows each step with its basis."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from hami_rules.assets import data_folder
from hami_rules.audit.run import Options, run_audit
from hami_rules.cli.app import app
from hami_rules.consult.consequences import Chain, Consequences, read_steps
from hami_rules.intake.errors import InputError
from hami_rules.judge.effects import apart, apply_dispositions, concur
from hami_rules.judge.engine import Judge, Tally
from hami_rules.judge.explain import Explainer
from hami_rules.judge.findings import Finding
from hami_rules.judge.finish import Finisher
from hami_rules.pack.load import Pack, load_pack
from hami_rules.pack.rules import EFFECTS
from hami_rules.proof import demo
from hami_rules.proof.cases import Scene, load_cases, scene_of
from hami_rules.records.liability import FindingRecord
from hami_rules.records.text import Text
from hami_rules.records.world import World
from hami_rules.report.lines import order

pytest.importorskip("durable.engine", reason="durable_rules is not installed (extra: live)")


@cache
def pack() -> Pack:
    return load_pack()


def finished(scene: Scene, judge: Judge) -> list[tuple[Finding, FindingRecord]]:
    """The findings of a case as an audit finishes them, and how rules about findings see each."""
    explainer, finisher, meeting = Explainer(pack(), judge), Finisher(pack(), scene.world), apart(pack())
    findings: list[Finding] = []
    for kind, record in scene.at_hand():
        if not judge.needed(kind):
            continue
        hits = judge.interpret(kind, record, scene.world, Tally())
        group = [explainer.finding(kind, hit, scene.world) for hit in hits]
        keys = {f.id: explainer.fact_keys(h, f, scene.world) for h, f in zip(hits, group, strict=True)}
        apply_dispositions(group, scene.world, pack())
        concur(group, keys, pack())
        for f in group:
            finisher.count(f, keys[f.id] if f.rule in meeting else frozenset())
        findings += group
    finisher.settle()
    return [(finisher.finish(f), finisher.record(f)) for f in findings]


def joined(texts: list[Text]) -> Text | None:
    """As an audit joins what several rules say in one field."""
    out: list[Text] = []
    for text in texts:
        if not out or out[-1] != text:
            out.append(text)
    return Text("；".join(t.zh for t in out), "; ".join(t.en for t in out)) if out else None


def agrees(chain: Chain, finding: Finding, record: FindingRecord) -> None:
    def said(step: str, open_: bool | None = None) -> Text | None:
        return joined([s.text for s in chain.of(step) if open_ is None or s.open is open_])

    if finding.verdict != "violated" or finding.decision == "dismissed":
        assert chain.steps == (), "nothing follows from what was not found"
        return
    assert said("coordinating") == finding.coordinating_body
    assert said("liability") == finding.consequence
    assert said("mitigation", False) == finding.mitigation
    assert said("mitigation", True) == finding.mitigation_pending
    note = said("reform")
    assert (note is None) or (finding.note is not None and note.zh in finding.note.zh)
    against = {
        "department": "responsible", "government": "responsible", "utility": "responsible",
        "intermediary": "party", "applicant": "party", "superior": "superior",
    }[finding.counts_against]  # fmt: skip
    assert [s.id for s in chain.of("responsible", "party", "superior")] == [against]
    assert bool(chain.of("complaint")) == (finding.counts_against != "applicant")
    rectify = finding.grade != "suspicion" and finding.counts_against in ("department", "government")
    assert bool(chain.of("rectification")) == (rectify and finding.address != "29.2b")
    assert record.verdict == "violated"


def test_of_every_case_about_effects() -> None:
    judge = Judge(pack().bound, pack().registry)
    seen: set[str] = set()
    for case in load_cases(data_folder("cases")):
        if not any(pack().by_id[r].effect in EFFECTS for r in case.expect if r in pack().by_id):
            continue
        scene = scene_of(case, pack())
        chains = Consequences(pack(), scene.world)
        for finding, record in finished(scene, judge):
            chain = chains.of_record(record)
            agrees(chain, finding, record)
            seen |= {s.rule for s in chain.steps if s.rule}
            if finding.verdict == "violated" and finding.decision != "dismissed":
                again = chains.of_finding(finding)
                for step in ("coordinating", "liability", "mitigation"):
                    assert joined([s.text for s in again.of(step)]) == joined(
                        [s.text for s in chain.of(step)]
                    )
    shown = {b.rule.id for b in pack().effects if b.rule.effect not in ("basis", "purpose", "clue")}
    assert seen == shown, "a rule about findings that no case brings into a chain"


def test_of_every_finding_of_the_bundled_dossier(tmp_path: Path) -> None:
    heard: list[tuple[Finding, FindingRecord]] = []
    worlds: list[World] = []
    finish = Finisher.finish

    def watched(self: Finisher, finding: Finding) -> Finding:
        record = self.record(finding)
        worlds[:] = [self.world]
        done = finish(self, finding)
        heard.append((done, record))
        return done

    folder = data_folder("cases") / "demo"
    with patch.object(Finisher, "finish", watched):
        found = run_audit(folder, pack(), Options(as_of=date.fromisoformat(demo.AS_OF)), order, tmp_path)
    with found:
        assert len(heard) >= sum(1 for _ in found.findings) > 300
    chains = Consequences(pack(), worlds[0])
    for finding, record in heard:
        agrees(chains.of_record(record), finding, record)


def record(**differs: Any) -> FindingRecord:
    facts: dict[str, Any] = {
        "rule": "14.1a", "key": "A1/demands/D1", "norm": "14.1a", "norm_kind": "ban", "record_kind": "demand",
        "verdict": "violated", "grade": "violation", "against": "department", "dismissed": False, "upheld": False,
        "counted_elsewhere": False, "organ_code": "ZJ", "region": "650500", "item_code": "X",
        "conduct_from": date(2025, 3, 5), "conduct_to": date(2025, 3, 5), "repeated": 1,
    }  # fmt: skip
    return FindingRecord(**facts | differs)


def test_a_chain_shows_each_step_with_its_basis_and_what_it_rests_on() -> None:
    world = World(as_of=date(2025, 6, 30), calendar=pack().working_days)
    chain = Consequences(pack(), world).of_record(record())
    assert [(s.number, s.id, s.basis, s.open) for s in chain.steps] == [
        (1, "found", None, False),
        (2, "responsible", "5.1", False),
        (2, "coordinating", "5.1a", True),
        (2, "liability", "32.1", False),
        (2, "complaint", "24.1b", False),
        (3, "rectification", "29.2b", False),
    ]
    by_id = {s.id: s for s in chain.steps}
    assert by_id["liability"].rule == "32.1.rectify"
    assert by_id["liability"].citation == Text("第三十二条", "Article 32")
    assert [t.zh for t in by_id["liability"].because] == [
        "认定", "属于违反或者未落实", "针对机关或者部门", "所涉条款属于所列（6.1a、6.1b、22.1b、22.2a、22.2b、22.2e、22.2f）：否",
    ]  # fmt: skip
    assert by_id["rectification"].because[0].zh == "法律责任"


@pytest.mark.parametrize("verdict", ["undetermined", "error"])
def test_nothing_follows_from_what_is_not_found(verdict: str) -> None:
    world = World(as_of=date(2025, 6, 30), calendar=pack().working_days)
    assert Consequences(pack(), world).of_record(record(verdict=verdict, grade=None)).steps == ()
    assert Consequences(pack(), world).of_record(record(dismissed=True)).steps == ()


def test_a_suspicion_bears_no_liability_and_no_duty_to_put_right() -> None:
    world = World(as_of=date(2025, 6, 30), calendar=pack().working_days)
    ids = [s.id for s in Consequences(pack(), world).of_record(record(grade="suspicion")).steps]
    assert ids == ["found", "responsible", "coordinating", "complaint"]


@pytest.mark.parametrize(
    ("steps", "place", "said"),
    [
        ("- {id: a, title: {zh: 甲, en: a}, when: stand, say: {zh: 乙, en: b}}", 2, "“stand”"),
        ("- {id: a, title: {zh: 甲, en: a}, after: [b], when: stands, say: {zh: 乙, en: b}}", 2, "“b”不是前面的步骤"),
        ("- {id: a, title: {zh: 甲, en: a}}", 2, "写 effect"),
        ("- {id: a, title: {zh: 甲, en: a}, effect: mitigate}", 2, "没有规则有作用“mitigate”"),
    ],
)  # fmt: skip
def test_mistakes_in_the_steps_are_placed(tmp_path: Path, steps: str, place: int, said: str) -> None:
    file = tmp_path / "steps.yaml"
    file.write_text(f"consequences:\n  {steps}\n", "utf-8")
    with pytest.raises(InputError) as wrong:
        read_steps(pack(), file)
    (problem,) = wrong.value.problems
    assert said in problem.message.zh
    assert problem.location is not None and problem.location.line == place


# -- the command ---------------------------------------------------------------------------------------------------


def run(*args: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        code = app(args, standalone_mode=False) or 0
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("audited") / "out"
    with contextlib.suppress(SystemExit):
        app(
            [
                "audit",
                str(data_folder("cases") / "demo"),
                "-o",
                str(out),
                "--as-of",
                demo.AS_OF,
                "--jobs",
                "1",
            ],
            standalone_mode=False,
        )
    return out


def test_of_what_an_audit_wrote(audited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    code, out, _ = run("consequences", str(audited), "--json", capsys=capsys)
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    written = {
        f["id"]: f for f in map(json.loads, (audited / "findings.jsonl").read_text("utf-8").splitlines())
    }
    assert {line["id"] for line in lines} == written.keys()
    for line in lines:
        finding = written[line["id"]]
        texts = {s["text"]["zh"] for s in line["consequences"]}
        for field in ("coordinating_body", "consequence", "mitigation"):
            if finding.get(field) and finding.get("decision") != "dismissed":
                assert finding[field]["zh"] in texts
    code, again, _ = run(
        "consequences", str(audited), "--with", str(data_folder("cases") / "demo"), "--json", capsys=capsys
    )
    assert code == 0

    def said(line: dict[str, Any]) -> list[tuple[str, str]]:
        """By kind of step, what the text says, as one: an audit joins what several rules say."""
        by: dict[str, list[str]] = {}
        for s in line["consequences"]:
            if s["title"]["zh"] != "改革举措":
                by.setdefault(s["title"]["zh"], []).append(s["text"]["zh"])
        return sorted((title, "；".join(texts)) for title, texts in by.items())

    assert [said(x) for x in map(json.loads, again.splitlines())] == [said(x) for x in lines]


def test_the_same_chain_is_told_once(audited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("consequences", str(audited), "--select", "14.1a", capsys=capsys)
    assert code == 0
    heads = [line for line in out.splitlines() if not line.startswith(" ")]
    assert heads and all(h.startswith("14.1a") for h in heads)
    assert any(" 等 " in h for h in heads)
    assert "〔第二十九条第二款〕" in out and "12345" in out


@pytest.mark.parametrize(
    ("body", "said"),
    [("", "没有发现可以推演"), ("{}\n", "不是发现"), ("[1]\n", "不是发现"), ("\n{broken\n", ":2: 不是发现")],
)
def test_what_is_no_finding_is_refused(
    tmp_path: Path, body: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "findings.jsonl"
    file.write_text(body, "utf-8")
    code, out, err = run("consequences", str(file), capsys=capsys)
    assert code == 2 and out == "" and said in err


def test_findings_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("consequences", str(tmp_path / "none.jsonl"), capsys=capsys)
    assert code == 2 and "文件操作失败" in err

"""Statistics of a run: they see every application that was judged, whoever judged it, and whatever is reported."""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hami_rules.assets import data_folder
from hami_rules.audit import hands as hands_
from hami_rules.audit.documents import check_documents
from hami_rules.audit.run import Audit, Options, run_audit
from hami_rules.intake.errors import InputError
from hami_rules.pack.load import Pack, read_pack
from hami_rules.predicates import default_registry
from hami_rules.report.lines import order

AS_OF = date(2025, 6, 30)
ORGAN = {
    "code": "ZJ", "name": "哈密市住房和城乡建设局", "region": "650500", "organ_class": "department", "led": "local",
    "system": "regular",
}  # fmt: skip
FIRMS = [
    {"code": c, "name": f"机构{c}", "region": "650500", "serves_regions": ["650500"], "offers": [{"service_code": "S1", "service_name": "技术审查", "statutory": False}]}
    for c in ("J1", "J2", "J3")
]  # fmt: skip
MANIFEST = """\
applications: {complete: {from: 2024-03-01, to: 2025-06-30}}
intermediaries: {complete: {from: 2024-03-01, to: 2025-06-30}}
stationed_staff: {complete: {from: 2024-03-01, to: 2025-06-30}}
"""


@cache
def pack() -> Pack:
    return read_pack(data_folder("rules"), default_registry())


def application(number: int, firm: str, channel: str = "online") -> dict[str, Any]:
    return {
        "application_no": f"A{number:02}", "item_code": "X1", "organ_code": "ZJ", "region": "650500", "channel": channel,
        # Every fourth applicant comes twice, so that some applications are judged in the second stage.
        "applicant_kind": "enterprise", "applicant_id": f"E{number // 2 if number % 4 < 2 else 100 + number}",
        "submitted_on": "2025-04-01",
        "engagements": [{
            "engagement_no": "W1", "service_code": "S1", "service_name": "技术审查", "intermediary_code": firm,
            "principal": "applicant", "engaged_on": "2025-04-01", "organ_code": "ZJ",
        }],
    }  # fmt: skip


def dossier(folder: Path, firms: str, extra: tuple[str, ...] = (), channel: str = "online") -> Path:
    """Applications in files of eight, each file a chunk; `firms` says by a digit which firm each engaged."""
    (folder / "applications").mkdir(parents=True)
    rows = [
        msgspec.json.encode(application(n, f"J{f}", channel)).decode() for n, f in enumerate(firms)
    ] + list(extra)
    for start in range(0, len(rows), 8):
        (folder / "applications" / f"{start:02}.jsonl").write_text(
            "\n".join(rows[start : start + 8]) + "\n", "utf-8"
        )
    (folder / "organs.jsonl").write_bytes(msgspec.json.encode(ORGAN) + b"\n")
    (folder / "intermediaries.jsonl").write_bytes(b"".join(msgspec.json.encode(f) + b"\n" for f in FIRMS))
    (folder / "dossier.yaml").write_text(MANIFEST, "utf-8")
    return folder


def audit(folder: Path, out: Path, **how: Any) -> tuple[Audit, list[Any], bytes]:
    """The run (closed, its findings kept), its findings of 22.2c, and all that it found, as bytes."""
    out.mkdir()
    found = run_audit(folder, pack(), Options(as_of=AS_OF, **how), order, out)
    with found:
        findings = list(found.findings)
    found.findings = findings  # type: ignore[assignment]
    body = msgspec.json.encode(findings) + (out / "undetermined.jsonl").read_bytes()
    return found, [f for f in findings if f.rule == "22.2c"], body


MANY = "1" * 20 + "2" * 4


def test_parallel_says_what_serial_says(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "dossier", MANY)
    _, [serial], alone = audit(folder, tmp_path / "serial")
    _, [parallel], together = audit(folder, tmp_path / "parallel", jobs=2)
    assert alone == together
    assert serial == parallel
    assert "委托24件" in serial.message.zh
    assert "承接20件" in serial.message.zh
    assert serial.grade == "suspicion"
    # It stands where the first application behind it does.
    assert (Path(serial.location.source).name, serial.location.line) == ("00.jsonl", 3)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_whichever_way_the_workers_start(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands_, "_alone", lambda: method == "fork")
    folder = dossier(tmp_path / "dossier", MANY)
    _, _, alone = audit(folder, tmp_path / "serial")
    _, _, together = audit(folder, tmp_path / "parallel", jobs=2)
    assert alone == together


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_worker_that_dies_ends_the_run_with_a_reason(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands_, "_alone", lambda: method == "fork")
    hands = hands_.Hands(2, pack())
    try:
        hands.settle(2)
        with pytest.raises(InputError, match="worker was killed") as told:
            list(hands.each(os._exit, [9, 9, 9]))
        assert told.value.problems[0].code == "worker-died"
    finally:
        hands.close()


def test_filters_choose_what_is_reported_and_never_what_is_counted(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "dossier", MANY)
    _, [whole], _ = audit(folder, tmp_path / "whole")
    index = next(b.index for b in pack().bound if b.rule.id == "22.2c")
    _, [chosen], _ = audit(folder, tmp_path / "chosen", select=frozenset({index}))
    assert chosen == whole
    elsewhere, found, _ = audit(folder, tmp_path / "elsewhere", regions=frozenset({"650521"}))
    assert found == []
    assert elsewhere.tally.violated[index] == 1, "judged all the same"


def test_people_may_uphold_what_a_statistic_raised(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "dossier", MANY, channel="window")
    whole, _, _ = audit(folder, tmp_path / "before")
    raised = {f.rule: f for f in whole.findings if f.grade == "suspicion"}
    assert {"12.1b.none", "22.2c"} <= raised.keys()
    decisions = [
        {"disposition_no": f.rule, "rule": f.rule, "key": f.record_key, "what": "upheld", "on": "2025-06-20"}
        for f in raised.values()
    ]
    (folder / "dispositions.jsonl").write_bytes(b"".join(msgspec.json.encode(d) + b"\n" for d in decisions))
    run, [upheld], _ = audit(folder, tmp_path / "after")
    assert (upheld.grade, upheld.decision) == ("violation", "upheld")
    assert [p for p in run.unused if p.code == "unmatched-disposition"] == [], "every decision met its record"


def test_repeats_count_once_and_what_could_not_be_read_is_said_to_be_missing(tmp_path: Path) -> None:
    twice = msgspec.json.encode(application(0, "J1")).decode()
    folder = dossier(
        tmp_path / "dossier", MANY, (twice, '{"application_no": "A99", "submitted_on": "never"}')
    )
    run, [finding], _ = audit(folder, tmp_path / "out")
    counts = run.counts["applications"]
    assert (counts.judged, counts.duplicates, counts.quarantined) == (24, 1, 1)
    assert "委托24件" in finding.message.zh
    assert "另有1件未能计入" in finding.message.zh


def test_too_few_is_not_applicable_and_counted_as_such(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "dossier", "1" * 19)
    run, found, _ = audit(folder, tmp_path / "out")
    assert found == []
    index = next(b.index for b in pack().bound if b.rule.id == "22.2c")
    assert run.tally.records["concentration"] == 1
    assert run.tally.not_applicable[index] == 1


@pytest.mark.parametrize(("firms", "rules"), [("1" * 3, set()), (MANY, {"22.2c"})])
def test_a_check_says_nothing_of_a_handful(tmp_path: Path, firms: str, rules: set[str]) -> None:
    folder = dossier(tmp_path / "dossier", firms)
    found = check_documents([folder], [], pack(), AS_OF, None)
    statistical = {"12.1b", "12.1b.none", "18.1", "19.1b", "22.2c"}
    assert {f.rule for f in found.findings if f.rule in statistical} == rules


def test_a_group_of_items_without_any_application_is_not_passed_over(tmp_path: Path) -> None:
    """No table of applications, no frequency: open for every year, never silence."""
    folder = tmp_path / "dossier"
    folder.mkdir()
    group = {
        "group_no": "G1", "group_name": "开办餐饮店一件事", "region": "650500", "lead_organ_code": "ZJ",
        "item_codes": ["X1", "X2"], "organ_codes": ["ZJ", "SJ"], "cross_level": False, "integrated": False,
    }  # fmt: skip
    (folder / "organs.jsonl").write_bytes(msgspec.json.encode(ORGAN) + b"\n")
    (folder / "item_groups.jsonl").write_bytes(msgspec.json.encode(group) + b"\n")
    run, _, _ = audit(folder, tmp_path / "out")
    index = next(b.index for b in pack().bound if b.rule.id == "18.1")
    assert run.tally.records["group_frequency"] == 2, "the years from 2024-03-01 and from 2025-03-01"
    assert run.tally.undetermined[index] == 2
    assert {g.rule: g.count for g in run.groups}["18.1"] == 2

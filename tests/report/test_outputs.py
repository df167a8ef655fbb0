"""Reports made again, by organ, and for machines; each the same as the audit's own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from report_fakes import audit, finding, group, summary
from sarif_validators import disagreements

from hami_rules.cli.report import report as report_command
from hami_rules.intake.errors import InputError
from hami_rules.judge.findings import Finding, FindingsFile
from hami_rules.pack.load import load_pack
from hami_rules.report.lines import ordered
from hami_rules.report.outputs import FORMATS, NAMES, rebuild, write_all
from hami_rules.report.split import split_by_organ
from hami_rules.report.stored import open_stored, read_sums
from hami_rules.report.summary import standing
from hami_rules.report.supervision import FIELDS, left_out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "of audit"
    findings, groups = audit(300)
    write_all(out, ordered(findings), groups, summary(findings, groups), pack=load_pack())
    return out


def test_all_of_them_again_are_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    rebuild(open_stored(folder), tmp_path / "again", pack=load_pack())
    assert {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()} == {
        p.name: p.read_bytes() for p in folder.iterdir()
    }


@pytest.mark.parametrize("form", FORMATS)
def test_one_format_again(folder: Path, tmp_path: Path, form: str) -> None:
    written = rebuild(open_stored(folder / "findings.jsonl"), tmp_path, [form], pack=load_pack())
    assert (
        sorted(p.name for p in tmp_path.iterdir())
        == sorted(FORMATS[form])
        == sorted(p.name for p in written.files)
    )
    for name in FORMATS[form]:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_sums_are_of_every_file(folder: Path) -> None:
    assert set(read_sums(folder / "SHA256SUMS")) == set(NAMES)


def test_altered_findings_make_no_report(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild(open_stored(folder), tmp_path)
    with (tmp_path / "findings.jsonl").open("ab") as out:
        out.write(b"\n")
    with pytest.raises(InputError, match="altered"):
        open_stored(tmp_path)
    with pytest.raises(SystemExit) as left:
        report_command(tmp_path, tmp_path / "x", [], False, False, None)
    assert left.value.code == 2 and "findings.jsonl" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("missing", ["findings.jsonl", "groups.jsonl", "summary.json"])
def test_what_is_no_output_is_refused(folder: Path, tmp_path: Path, missing: str) -> None:
    rebuild(open_stored(folder), tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(InputError, match=missing):
        open_stored(tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"run": 1}', b"\xff"])
def test_what_is_no_summary_is_refused(folder: Path, tmp_path: Path, content: bytes) -> None:
    rebuild(open_stored(folder), tmp_path)
    (tmp_path / "summary.json").write_bytes(content)
    with pytest.raises(InputError, match="no summary of an audit"):
        open_stored(tmp_path)


def test_unmasked_again_needs_another_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        report_command(folder, folder, ["docx"], False, True, None)
    assert "另一个文件夹" in capsys.readouterr().err
    assert report_command(folder, tmp_path, [], False, True, None) == 0
    assert open_stored(tmp_path).summary.run.unmasked


# -- by organ ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return split_by_organ(open_stored(folder), tmp_path_factory.mktemp("split"))


def test_each_set_holds_its_own_findings_and_no_others(folder: Path, parts: list[Any]) -> None:
    whole = [f.id for f in FindingsFile(folder / "findings.jsonl")]
    seen: list[str] = []
    names = {p.name for p in parts if p.name != "责任单位不明"}
    for part in parts:
        own = list(FindingsFile(part.folder / "findings.jsonl"))
        assert {f.organ_code or f.organ_name or "" for f in own} <= {part.organ}
        seen += [f.id for f in own]
        text = (part.folder / "summary.json").read_text("utf-8")
        book = openpyxl.load_workbook(part.folder / "ledger.xlsx")
        text += "\n".join(str(c) for s in book for r in s.iter_rows(values_only=True) for c in r if c)
        others = [n for n in names if n != part.name and n not in part.name and n in text]
        assert not others, (part.name, others)
    assert sorted(seen) == sorted(whole)


def test_the_totals_of_the_sets_add_up(folder: Path, parts: list[Any]) -> None:
    whole = open_stored(folder).summary.totals
    assert sum(p.summary.totals.findings for p in parts) == whole.findings
    assert sum(p.summary.totals.undetermined for p in parts) == whole.undetermined
    with (parts[0].folder.parent / "index.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [r["文件夹"] for r in rows] == [p.folder.name for p in parts]
    assert sum(int(r["发现"]) for r in rows) == whole.findings


def test_names_of_organs_that_no_folder_can_bear(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "con/..\\x", "=cmd", "长" * 300, "A局", "a局", "", "\u202egnp"]
    findings = [finding(n, organ_code=f"c{n}", organ_name=name) for n, name in enumerate(names)]
    write_all(tmp_path / "o", ordered(findings), [], summary(findings, []))
    parts = split_by_organ(open_stored(tmp_path / "o"), tmp_path / "o")
    assert len({p.folder.name.casefold() for p in parts}) == len(names)
    assert {p.folder.parent for p in parts} == {tmp_path / "o" / "organs"}
    text = (tmp_path / "o" / "organs" / "index.csv").read_text("utf-8-sig")
    assert "\n'=cmd" in text.replace("\r", "") and "\u202e" not in text


# -- for machines ------------------------------------------------------------------------------------------------------


def counted(folder: Path) -> list[Finding]:
    return [
        f
        for f in FindingsFile(folder / "findings.jsonl")
        if standing(f) in ("violation", "shortfall", "suspicion")
    ]


def test_supervision_rows_are_the_findings_that_organs_answer_for(folder: Path) -> None:
    wanted = [f for f in counted(folder) if f.counts_against not in ("applicant", "intermediary", "superior")]
    lines = [json.loads(x) for x in (folder / "supervision.jsonl").read_text("utf-8").splitlines()]
    assert [x["监察编号"] for x in lines] == [f.id for f in wanted]
    assert {x["状态产生时间"] for x in lines} == {"2025-12-31T00:00:00+08:00"}
    for row, one in zip(lines, wanted, strict=True):
        assert (row["监察规则编号"], row["监察结果描述"], row.get("责任部门")) == (
            one.rule, one.message.zh, one.organ_name or one.organ_code,
        )  # fmt: skip
    said = open_stored(folder).summary
    everything = sum(1 for _ in FindingsFile(folder / "findings.jsonl"))
    assert said.supervision.rows == len(lines)
    assert len(lines) + sum(said.supervision.left_out.values()) == said.totals.findings == everything
    assert sorted(n for _, n in left_out(said)) == sorted(said.supervision.left_out.values()) != []
    with (folder / "supervision.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert tuple(rows[0]) == FIELDS and len(rows) == len(lines)
    assert {r["监察预警类型"] for r in rows} <= {"违反", "未落实", "疑似"}


def test_sarif_of_an_audit_has_every_finding_and_its_hashes(folder: Path) -> None:
    log = json.loads((folder / "findings.sarif").read_bytes())
    (run,) = log["runs"]
    findings = [f for f in FindingsFile(folder / "findings.jsonl") if f.verdict != "error"]
    assert [r["partialFingerprints"]["hamiFinding/v1"] for r in run["results"]] == [f.id for f in findings]
    assert (
        run["properties"]["stored"] == msgspec.json.decode((folder / "summary.json").read_bytes())["stored"]
    )
    ids = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert not disagreements(log)
    assert all(ids[r["ruleIndex"]] == r["ruleId"] for r in run["results"] if "ruleIndex" in r)


def test_an_error_makes_the_execution_unsuccessful(tmp_path: Path) -> None:
    findings = [finding(1, verdict="error", grade=None, error="ValueError: x"), finding(2)]
    write_all(tmp_path, findings, [group()], summary(findings, []), pack=load_pack())
    (run,) = json.loads((tmp_path / "findings.sarif").read_bytes())["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False and len(run["results"]) == 1

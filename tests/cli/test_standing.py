"""Evidence that stands: verifying an audit, and comparing audits of different days, as a user does it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import run

DAY = "2025-06-30"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small dossier and the output of its audit."""
    base = tmp_path_factory.mktemp("standing")
    dossier = base / "in"
    dossier.mkdir()
    write(dossier)
    done = run("audit", "in", "-o", "out", "--as-of", DAY, cwd=base)
    assert done.returncode == 1, done.stdout + done.stderr
    return dossier, base / "out"


def write(folder: Path, **changes: Any) -> None:
    """Guides with a fault each: a catch-all clause."""
    guide = {
        "item_code": "650500SGXK", "item_name": "建筑工程施工许可证核发", "organ_name": "哈密市住房和城乡建设局",
        "organ_code": "650500-ZJJ", "region": "650500", "channel": "any", "serves": ["enterprise"], "published": "true",
        "valid_from": "2024-06-05", "open_ended": "true", "fee_text": "按规定收取",
        "materials": [{"material_name": "其他相关材料", "form": "paper_or_electronic", "copies": "1"}],
    }  # fmt: skip
    other = guide | {"item_code": "650500OTHER", "item_name": "村镇建设备案"}
    organ = {
        "code": "650500-ZJJ",
        "name": "哈密市住房和城乡建设局",
        "organ_class": "department",
        "region": "650500",
    }
    said = {"guides": [guide | changes, other], "organs": [organ]}
    (folder / "world.json").write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")


@pytest.fixture
def copy(audited: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    for path in audited:
        shutil.copytree(path, tmp_path / path.name)
    return tmp_path / "in", tmp_path / "out"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(x) for x in path.read_text("utf-8").splitlines()]


def rewrite(path: Path, findings: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) + "\n" for f in findings)
    path.write_text(text, "utf-8")


def test_two_audits_of_the_same_give_the_same_files(audited: tuple[Path, Path], tmp_path: Path) -> None:
    dossier, out = audited
    assert (
        run("audit", "in", "-o", tmp_path / "o", "--as-of", DAY, "-j", 1, cwd=dossier.parent).returncode == 1
    )
    assert {p.name: p.read_bytes() for p in (tmp_path / "o").iterdir()} == {
        p.name: p.read_bytes() for p in out.iterdir()
    }


def test_an_untouched_output_stands_wherever_the_dossier_lies(copy: tuple[Path, Path]) -> None:
    dossier, out = copy
    moved = dossier.rename(dossier.with_name("搬走 的卷宗"))
    done = run("verify", out)
    assert (done.returncode, "没有重新评判" in done.stdout) == (0, True), done.stdout + done.stderr
    done = run("verify", out, "--inputs", moved)
    assert done.returncode == 0 and "逐字节一致" in done.stdout, done.stdout + done.stderr


def test_an_altered_report_is_named(copy: tuple[Path, Path]) -> None:
    _, out = copy
    (out / "report.docx").write_bytes((out / "report.docx").read_bytes() + b" ")
    (out / "ledger.xlsx").unlink()
    done = run("verify", out)
    assert done.returncode == 1
    assert "report.docx：写出以后改动过" in done.stdout and "ledger.xlsx：文件不见了" in done.stdout


def test_an_edited_finding_is_named_by_record_and_field(copy: tuple[Path, Path]) -> None:
    dossier, out = copy
    findings = lines(out / "findings.jsonl")
    first, second = findings[0], findings[1]
    first["message"]["zh"] = "没有问题"
    rewrite(out / "findings.jsonl", [first, *findings[2:]])
    done = run("verify", out, "--inputs", dossier)
    assert done.returncode == 1
    assert (
        f"{first['id']}（{first['rule']} {first['record_key']}）：message.zh：存下“没有问题”" in done.stdout
    )
    assert f"{second['id']}（{second['rule']} {second['record_key']}）：重新评判有，存下的没有" in done.stdout


def test_hashes_altered_to_fit_do_not_help(copy: tuple[Path, Path]) -> None:
    import hashlib

    dossier, out = copy
    rewrite(out / "findings.jsonl", lines(out / "findings.jsonl")[1:])
    (out / "SHA256SUMS").write_text(
        "".join(
            f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n"
            for p in sorted(out.iterdir())
            if p.name != "SHA256SUMS"
        )
    )
    done = run("verify", out)
    assert done.returncode == 1 and "与 summary.json 所记的校验值不符" in done.stdout
    assert "重新评判有，存下的没有" in run("verify", out, "--inputs", dossier).stdout


def test_whether_a_run_is_to_be_relied_on_is_found_out_anew(copy: tuple[Path, Path]) -> None:
    dossier, out = copy
    with (dossier / "applications.jsonl").open("a", encoding="utf-8") as more:
        more.write("{no record\n")
    done = run("audit", dossier, "-o", out, "--as-of", DAY, "--max-quarantined", "90%")
    assert done.returncode == 1, done.stderr
    assert run("verify", out, "--inputs", dossier).returncode == 0
    text = (out / "summary.json").read_text("utf-8")
    assert '"max_quarantined": 0.9,' in text

    def altered(old: str, new: str) -> str:
        assert old in text
        (out / "summary.json").write_text(text.replace(old, new), "utf-8")
        done = run("verify", out, "--inputs", dossier)
        assert done.returncode == 1
        return done.stdout

    assert "untrusted" in altered('"untrusted": []', '"untrusted": [{"en": "x", "zh": "甲"}]')
    # A limit that was not the run's makes another summary, and is not that of the hash of its settings.
    said = altered('"max_quarantined": 0.9,', '"max_quarantined": 0.01,')
    assert "untrusted" in said and "运行设置与其校验值不符" in said


def test_a_changed_input_is_named_and_what_follows_from_it(copy: tuple[Path, Path]) -> None:
    dossier, out = copy
    write(dossier, fee_text="每件80元", materials=[])
    (dossier / "items.csv").write_text("item_code\n", "utf-8")
    done = run("verify", out, "--inputs", dossier)
    assert done.returncode == 1
    assert "卷宗文件 world.json 改动过" in done.stdout and "卷宗多出文件 items.csv" in done.stdout
    assert "存下的有，重新评判没有" in done.stdout and "summary.json 的 " in done.stdout


def test_another_tool_is_named(copy: tuple[Path, Path]) -> None:
    dossier, out = copy
    text = (out / "summary.json").read_text("utf-8")
    said = json.loads(text)
    said["run"]["hashes"] |= {"code": "0" * 16, "pack": "1" * 16}
    said["run"]["tool_version"] = "0.0.1"
    (out / "summary.json").write_text(
        json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8"
    )
    done = run("verify", out, "--inputs", dossier)
    assert done.returncode == 1
    for word in ("工具版本：当时 0.0.1", "规则包不同：当时 1111", "程序不同：当时 0000"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("verify", "nowhere"), "没有这个文件夹"),
        (("verify", "."), "缺少 findings.jsonl"),
        (("report", "nowhere", "-o", "x"), "没有这个文件或文件夹"),
        (("diff", "nowhere"), "至少给出两个"),
        (("diff", "nowhere", "nowhere"), "没有这个文件夹"),
        (("ledger", "merge", "nowhere", "nowhere", "-o", "x"), "没有这个文件"),
    ],
)
def test_bad_input_is_told_and_ends_with_two(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr


def test_report_and_split_from_the_command_line(audited: tuple[Path, Path], tmp_path: Path) -> None:
    _, out = audited
    done = run("report", out, "-o", tmp_path, "--format", "docx,ledger", "--split", "organ")
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ledger.xlsx", "organs", "report.docx"]
    assert "与全部相符" in done.stdout
    assert (tmp_path / "organs" / "哈密市住房和城乡建设局" / "report.docx").is_file()


# -- from audit to audit -----------------------------------------------------------------------------------------------


def audit_of(folder: Path, day: str, name: str, **changes: Any) -> Path:
    dossier = folder / f"in-{name}"
    dossier.mkdir()
    write(dossier, **changes)
    run("audit", dossier, "-o", folder / name, "--as-of", day)
    return folder / name


def test_what_is_new_gone_and_came_back(tmp_path: Path) -> None:
    one = audit_of(tmp_path, "2025-06-30", "one")
    two = audit_of(tmp_path, "2025-09-30", "two", fee_text="每件80元", materials=[])
    three = audit_of(tmp_path, "2025-12-31", "three")
    said = json.loads(run("diff", one, two, "--json").stdout)
    gone = {c["id"] for c in said["changes"] if c["change"] == "gone"}
    assert gone and said["counts"]["new"] == 0 and said["counts"]["gone"] == len(gone)
    assert run("diff", one, two).returncode == 0
    # Of the last two alone it is new; the first of the three tells that it came back.
    pair = json.loads(run("diff", two, three, "--json").stdout)
    assert {c["id"] for c in pair["changes"] if c["change"] == "new"} == gone
    done = run("diff", one, two, three, "--json")
    back = [c for c in json.loads(done.stdout)["changes"] if c["change"] == "back"]
    assert done.returncode == 1 and {c["id"] for c in back} == gone
    assert all("2025-09-30" in c["why"]["zh"] for c in back)
    text = run("diff", one, two, three).stdout
    assert f"复发 {len(gone)}" in text and "2025-09-30 的审计没有发现" in text


def test_audits_that_cannot_be_compared_are_told(tmp_path: Path) -> None:
    one = audit_of(tmp_path, "2025-06-30", "one")
    two = audit_of(tmp_path, "2025-03-31", "two")
    assert "审计基准日不是由早到晚" in run("diff", one, two).stdout


def test_dossier_is_used(dossier: Callable[..., Path], tmp_path: Path) -> None:
    """The complete case world verifies too, under another name and by two processes."""
    folder = dossier(copies=3)
    run("audit", folder, "-o", tmp_path / "o", "--as-of", DAY, "--select", "14")
    done = run("verify", tmp_path / "o", "--inputs", folder, "-j", 2)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_check_masks_for_people_and_not_for_programs(tmp_path: Path) -> None:
    number = "652201198803120043"
    write(tmp_path, fee_text=f"按规定收取，联系人：周晓明，电话13899990001，证件{number}")
    secrets = ("周晓明", "13899990001", number)
    for form in ("text", "github", "markdown"):
        said = run("check", "world.json", "--as-of", DAY, "--format", form, cwd=tmp_path).stdout
        assert not [s for s in secrets if s in said], form
    said = run("check", "world.json", "--as-of", DAY, "--unmasked", cwd=tmp_path).stdout
    assert all(s in said for s in secrets)

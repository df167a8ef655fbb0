"""What somebody meets who uses the command for the first time: paths, consoles, slips of the hand."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import run
from test_doors import GUIDE, summary

from hami_rules.pack.load import load_pack
from hami_rules.proof.articles import articles_page
from hami_rules.proof.describe import address_lines
from hami_rules.statute import parse_citation

Make = Callable[..., Path]


@pytest.mark.parametrize("given", ["甲/guides", "甲", "./甲", "甲/", "{here}/甲", "甲/guides/g.yaml"])
def test_a_place_can_be_opened_from_where_one_stands(tmp_path: Path, given: str) -> None:
    (tmp_path / "甲" / "guides").mkdir(parents=True)
    (tmp_path / "甲" / "guides" / "g.yaml").write_text(GUIDE, encoding="utf-8")
    given = given.format(here=tmp_path)
    done = run("check", given, "--as-of", "2025-06-30", "--format", "json", cwd=tmp_path)
    found = [f for f in json.loads(done.stdout)["findings"] if f["verdict"] == "violated"]
    assert found
    for one in found:
        assert (tmp_path / one["location"]["source"]).is_file()
    done = run("check", given, "--as-of", "2025-06-30", "--select", "22.2a", cwd=tmp_path)
    assert (tmp_path / done.stdout.split(":9:9: ")[0]).is_file()
    assert "        - service_name: 施工图审查\n          ^~~" in done.stdout


def test_what_stays_open_is_counted_by_region_too(dossier: Make, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["applications"][0]["demands"][0]["material_name"] = None
        data["applications"][0]["demands"][0]["material_code"] = None

    folder = dossier(change)
    run("audit", folder, "-o", tmp_path / "o", "--jobs", "1")
    done = run("check", folder, "--as-of", "2025-06-30", "--format", "json")
    for totals in (summary(tmp_path / "o")["totals"], json.loads(done.stdout)["summary"]["totals"]):
        for party in totals["against"].values():
            open_ = party["total"]["undetermined"]
            assert sum(t["undetermined"] for t in party["by_region"].values()) == open_
        assert totals["against"]["department"]["by_region"]["650500"]["undetermined"] > 0


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_a_console_that_lacks_characters_gets_the_same_verdict(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "g.yaml").write_text(GUIDE, encoding="utf-8")
    env = {"PYTHONIOENCODING": encoding}
    done = run("check", "g.yaml", "--as-of", "2025-06-30", cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (1, "")
    assert "[22.2a.guide]" in done.stdout
    done = run("show", "14.1b", cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    answer = run("check", "g.yaml", "--as-of", "2025-06-30", "--format", "json", cwd=tmp_path, env=env)
    assert any("天山审图公司" in f["message"]["zh"] for f in json.loads(answer.stdout)["findings"])


def test_what_nobody_foresaw_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hami_rules import cli
    from hami_rules.pack import load

    def broken(*_: object) -> None:
        raise RuntimeError("out of\ntune")

    monkeypatch.setattr(load, "load_pack", broken)
    monkeypatch.setattr("sys.argv", ["hami", "show", "14"])
    monkeypatch.setattr("sys.stderr", said := io.StringIO())
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert said.getvalue().startswith("hami: 程序内部出错，这次运行不可信：RuntimeError: out of tune")
    assert said.getvalue().count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_output_that_cannot_be_written_is_no_finding() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hami_rules", "show", "14.1b"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("chekc",), "没有这个命令"),
        (("check",), "没有说检查什么"),
        (("audit",), "缺少参数"),
        (("audit", "x"), "缺少选项 '-o'"),
        (("show", "14", "--lang", "de"), "选项 '--lang'的值不对"),
        (("show", "14", "--lnag", "en"), "没有选项“--lnag”；是否为“--lang”？"),
        (("audit", "x", "-o"), "选项“-o”的用法不对"),
    ],
)
def test_a_slip_in_the_command_line_is_said_in_chinese_first(args: tuple[str, ...], said: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stderr.startswith(f"hami: {said}")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("day", "said"),
    [("2024-02-29", "2024年3月1日起施行"), ("2205-06-30", "晚一年以上"), ("0001-01-01", "施行")],
)
def test_a_day_on_which_nothing_can_be_judged_is_refused(
    dossier: Make, tmp_path: Path, day: str, said: str
) -> None:
    (tmp_path / "g.yaml").write_text(GUIDE, encoding="utf-8")
    done = run("check", tmp_path / "g.yaml", "--as-of", day)
    assert done.returncode == 2
    assert said in done.stderr
    done = run("audit", dossier(), "-o", tmp_path / "o", "--as-of", day)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "o").exists()
    assert run("check", tmp_path / "g.yaml", "--as-of", "2024-03-01", "--select", "14").returncode == 0


def test_an_explanation_shows_no_template() -> None:
    pack = load_pack()
    for article in range(1, 34):
        for lang in ("zh", "en"):
            lines = "\n".join(address_lines(pack, parse_citation(str(article)), [], lang))
            assert not re.search(r"\{\w+\}|\$\w", lines), (article, lang)
    said = "\n".join(address_lines(pack, parse_citation("13.1c"), [], "zh"))
    assert "（工作流程应当更新之后的合理期限（工作日）：20）" in said
    assert "整改：在该事项中接受〔电子材料种类〕" in "\n".join(
        address_lines(pack, parse_citation("16.1"), [], "zh")
    )


def test_a_broken_file_does_not_silence_the_others(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "good.yaml").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "d" / "bad.yaml").write_text("guides: [", encoding="utf-8")
    for given in (("d",), ("d/bad.yaml", "d/good.yaml")):
        done = run("check", *given, "--as-of", "2025-06-30", cwd=tmp_path)
        assert done.returncode == 2
        assert "d/bad.yaml:1:" in done.stderr
        assert "d/good.yaml:9:9: " in done.stdout
        assert "检查文件 1 份，未读 1 份：" in done.stdout
        done = run("check", *given, "--as-of", "2025-06-30", "--format", "json", cwd=tmp_path)
        answer = json.loads(done.stdout)
        assert [e["location"]["source"] for e in answer["errors"]] == ["d/bad.yaml"]
        assert any(f["rule"] == "22.2a.guide" for f in answer["findings"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("none.yaml",), "没有这个文件"),
        (("bad.yaml",), "未作评判"),
        (("g.yaml", "--as-of", "someday"), "--as-of"),
        (("g.yaml", "--select", "99"), "99"),
        (("empty",), "没有文件"),
    ],
)
def test_json_is_json_whatever_happens(tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    (tmp_path / "g.yaml").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("guides: [", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    done = run("check", *args, "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["findings"] == []
    assert any(said in e["message"]["zh"] for e in answer["errors"])


def test_standard_input_is_checked_under_the_name_it_is_given(tmp_path: Path) -> None:
    done = run("check", "-", "--as-of", "2025-06-30", "--select", "22.2a", stdin=GUIDE, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("stdin.yaml:9:9: ")
    assert "        - service_name: 施工图审查\n          ^~~" in done.stdout
    line = json.dumps({"application_no": "B1", "submitted_on": "2025-13-40"}) + "\n"
    named = ("--stdin-filename", "in/applications.jsonl")
    done = run("check", "-", *named, "--as-of", "2025-06-30", stdin=line, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("in/applications.jsonl:1:")


def test_what_holds_no_record_says_why(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "scan.pdf").write_bytes(b"%PDF")
    (tmp_path / "d" / "办件.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = run("check", "d", cwd=tmp_path)
    assert done.returncode == 2
    assert "d/scan.pdf: 未读取：不认识的文件格式" in done.stderr
    assert "d/办件.csv: 未读取：文件名不是表名" in done.stderr


def test_a_misspelt_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: guid\nitem_code: x\n", encoding="utf-8")
    done = run("check", "a.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("a.yaml:1:7: 没有记录种类“guid”")
    assert "是否为“guide”？" in done.stderr


@pytest.mark.parametrize(
    ("selected", "said"),
    [("33", "“33”没有单独评判的规则（只决定范围或者后果，见 hami show）"), ("", "--select 没有写条款")],
)
def test_a_selection_that_selects_nothing_is_said(tmp_path: Path, selected: str, said: str) -> None:
    (tmp_path / "g.yaml").write_text(GUIDE, encoding="utf-8")
    done = run("check", "g.yaml", "--select", selected, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"hami: {said}\n"


def test_output_inside_the_dossier_is_no_input_of_the_next_run(dossier: Make) -> None:
    folder = dossier()
    for _ in range(2):
        done = run("audit", folder, "-o", folder / "报告", "--jobs", "1")
        assert (done.returncode, done.stderr) == (0, "")
        assert all("报告" not in one["path"] for one in summary(folder / "报告")["run"]["inputs"])


def shown(address: str, lang: str = "zh") -> str:
    return "\n".join(address_lines(load_pack(), parse_citation(address), [], lang))


@pytest.mark.parametrize(
    ("norm", "bound"),
    [("6.1b", "部门；人民政府"), ("16.1c", "部门；公用企业"), ("17.1b", "部门"), ("22.2f", "部门")],
)
def test_a_right_shows_whose_it_is_and_who_must_respect_it(norm: str, bound: str) -> None:
    said = shown(norm)
    assert f"权利人：经营主体 · 受约束者：{bound}" in said
    assert f"**{norm}**　经营主体的权利 · 权利人：经营主体 · 受约束者：{bound}" in articles_page(load_pack())
    assert "right of：经营主体 · bound：" in shown(norm, "en")
    assert "权利人" not in shown("14.1b")


def test_every_right_has_a_holder_and_only_rights_have() -> None:
    norms = load_pack().data.norms
    assert {n.id for n in norms if n.holder} == {n.id for n in norms if n.kind == "right"}


def test_what_to_write_instead_is_told_class_by_class() -> None:
    vague, open_ended = shown("11.3c").splitlines(), shown("11.3d").splitlines()
    [first, *_] = [line for line in vague if "整改：" in line]
    assert "〔改法〕" not in "\n".join([*vague, *open_ended])
    assert "写明确定的数量、期限或者衡量标准" in first and "逐一列明还有哪些" not in first
    [first, *_] = [line for line in open_ended if "整改：" in line]
    assert "逐一列明还有哪些内容；没有的，删去这一句" in first and "衡量标准" not in first
    assert "state a definite number, limit or measure" in shown("11.3c", "en")


def test_a_duty_that_is_no_violation_says_why_where_it_is_read() -> None:
    assert "未落实（条文虽写“应当”，没有人的认定不作违反）" in shown("26.1.matching")
    assert "没有人的认定" not in shown("25.1b") and "· 违反 ·" in shown("25.1b")


@pytest.mark.parametrize(
    "command", [("show", "14"), ("pack", "compile"), ("check", ".", "--as-of", "2025-06-30")]
)
def test_a_closed_pipe_ends_quietly(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Neither a verdict nor a failure: the exit code of a program that SIGPIPE ends."""
    if command[0] == "check":
        (tmp_path / "g.yaml").write_text(GUIDE, encoding="utf-8")
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "hami_rules", *command],
            stdout=out,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_versions_that_overlap_are_counted_as_what_they_are(tmp_path: Path) -> None:
    def write(name: str, since: str) -> None:
        text = f"{GUIDE}    valid_from: {since}\n    open_ended: true\n    organ_code: ZJ\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    write("a", "2024-06-05")
    write("b", "2024-08-05")
    done = run("check", ".", "--as-of", "2025-06-30", cwd=tmp_path)
    assert done.returncode == 2
    assert "hami: 记录之间有矛盾 1 处，已经评判，但结论不可信\n" in done.stderr
    assert "读不成" not in done.stderr
    write("c", "2024-02-31")
    done = run("check", ".", "--as-of", "2025-06-30", "--lang", "en", cwd=tmp_path)
    said = (
        "could not be read: 0 file(s), 1 record(s); the rest was judged; 1 contradiction(s) between records"
    )
    assert said in done.stderr


def test_too_much_in_quarantine_is_said_in_every_report(dossier: Make, tmp_path: Path) -> None:
    folder = dossier(lines=('{"application_no": "X", "submitted_on": "2025-02-30"}',))
    done = run("audit", folder, "-o", tmp_path / "o")
    assert done.returncode == 2
    [why] = summary(tmp_path / "o")["untrusted"]
    assert f"hami: {why['zh']}\n" in done.stderr and f"结果不可信：{why['zh']}\n" in done.stdout
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert why["zh"] in page[: page.index("<h2")]
    done = run("audit", folder, "-o", tmp_path / "o", "--max-quarantined", "90%")
    assert done.returncode != 2 and summary(tmp_path / "o")["untrusted"] == []


def test_a_demand_of_an_unknown_step_is_open_once(dossier: Make, tmp_path: Path) -> None:
    """第十四条: the same step or an earlier one - one row counts, the other says under which, and nothing is lost."""

    def change(data: dict[str, Any]) -> None:
        a = data["applications"][0]
        demand, given = a["demands"][0], a["submissions"][0]
        for row in (demand, given):
            row.pop("step_no", None)
        demand |= {"material_code": given["material_code"], "demanded_on": given["received_on"]}
        demand["demanded_on"] = "2025-03-20"

    folder = dossier(change)
    done = run("audit", folder, "-o", tmp_path / "o", "--jobs", "1")
    assert done.returncode in (0, 1), done.stderr
    rows = [json.loads(x) for x in (tmp_path / "o" / "undetermined.jsonl").read_text("utf-8").splitlines()]
    mine = {r["rule"]: r.get("counted_under") for r in rows if r["rule"] in ("14.1b", "14.2")}
    assert mine == {"14.1b": "14.2", "14.2": None}
    totals = summary(tmp_path / "o")["totals"]
    assert totals["undetermined"] == sum("counted_under" not in r for r in rows)
    asked = [r for r in summary(tmp_path / "o")["requests"] if any(u["rule"] == "14.1b" for u in r["uses"])]
    assert asked and all(any(u["rule"] == "14.2" for u in r["uses"]) for r in asked)
    run("audit", folder, "-o", tmp_path / "two", "--jobs", "2")
    for name in ("undetermined.jsonl", "findings.jsonl", "summary.json"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "o" / name).read_bytes()
    checked = json.loads(run("check", folder, "--as-of", "2025-06-30", "--format", "json").stdout)
    assert checked["summary"]["totals"]["undetermined"] == totals["undetermined"]
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert "同一答案一并解决，不另计" in page

"""The formats at the door, from wherever one stands; and as many processes as one likes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from gate_repo import CLEAN, DAY, hami, with_vague

from hami_rules.audit import documents

Repo = Callable[..., Path]


def test_places_are_those_of_the_repository_from_any_folder(repo: Repo) -> None:
    folder = repo(a=with_vague(), b=with_vague(CLEAN.replace("000115", "000116")))
    here = folder / "guides"
    (here / "b.yaml").write_text(CLEAN.replace("000115", "000116"), "utf-8")
    words = (
        "--as-of",
        DAY,
        "--base",
        "HEAD",
        "--select",
        "11.3d",
        "--output",
        "sarif=o/x.sarif",
        "--output",
        "gitlab=o/x.json",
    )
    done = hami("check", ".", *words, cwd=here)
    assert done.returncode == 0, done.stderr
    results = json.loads((here / "o" / "x.sarif").read_text("utf-8"))["runs"][0]["results"]
    said = {
        (r["baselineState"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for r in results
    }
    assert said == {("unchanged", "guides/a.yaml"), ("absent", "guides/b.yaml")}
    assert [r["location"]["path"] for r in json.loads((here / "o" / "x.json").read_text("utf-8"))] == [
        "guides/a.yaml"
    ]


def test_a_run_that_came_to_nothing_leaves_its_files(tmp_path: Path) -> None:
    outputs = [f"--output={n}=o/{n}" for n in ("json", "sarif", "junit", "gitlab", "markdown")]
    done = hami("check", "nowhere", *outputs, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    run = json.loads((tmp_path / "o" / "sarif").read_text("utf-8"))["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert int(ET.parse(tmp_path / "o" / "junit").getroot().attrib["errors"]) >= 1
    assert json.loads((tmp_path / "o" / "json").read_text("utf-8"))["errors"]
    assert "不可信" in (tmp_path / "o" / "markdown").read_text("utf-8")


def test_slips_in_the_options_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CLEAN, "utf-8")
    for words, said in (
        (("--output", "sarif"), "--output 的写法是 格式=文件"),
        (("--format", "srif"), "没有格式“srif”"),
        (("--output", "jnuit=x"), "是否为“junit”？"),
    ):
        done = hami("check", "a.yaml", *words, cwd=tmp_path)
        assert done.returncode == 2 and said in done.stderr, done.stderr


def test_standard_input_is_checked_under_its_name(tmp_path: Path) -> None:
    done = hami(
        "check", "-", "--stdin-filename", "guides/甲.yaml", "--as-of", DAY, "--select", "11.3d", cwd=tmp_path,
        stdin=with_vague(),
    )  # fmt: skip
    assert done.returncode == 1 and done.stdout.startswith(
        "guides/甲.yaml:19:21: 违反 第十一条第三款 [11.3d]"
    )


def test_several_processes_say_what_one_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MANY", 1)
    monkeypatch.setattr(documents.threading, "active_count", lambda: 1)
    (tmp_path / "guides").mkdir()
    for i in range(20):
        (tmp_path / "guides" / f"{i}.yaml").write_text(with_vague().replace("000115", f"0002{i:02}"), "utf-8")
    said = {
        hami("check", "guides", "--as-of", DAY, "--format", "json", "-j", jobs, cwd=tmp_path).stdout
        for jobs in (1, 2, 3)
    }
    assert len(said) == 1 and json.loads(said.pop())["findings"]

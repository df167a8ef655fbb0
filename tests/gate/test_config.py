"""What the configuration says, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gate_repo import CLEAN, DAY, hami, with_vague


def folder_of(tmp_path: Path, config: str, name: str = "hami.toml") -> Path:
    (tmp_path / "guides" / "draft").mkdir(parents=True)
    (tmp_path / "guides" / "a.yaml").write_text(with_vague(), "utf-8")
    (tmp_path / "guides" / "draft" / "b.yaml").write_text(with_vague().replace("000115", "000116"), "utf-8")
    (tmp_path / name).write_text(config, "utf-8")
    return tmp_path


def rules(folder: Path, *args: str) -> list[tuple[str, str]]:
    done = hami("check", *args, "--as-of", DAY, "--format", "json", cwd=folder)
    found = json.loads(done.stdout)["findings"]
    return sorted({(f["rule"], f["location"]["source"]) for f in found if f["verdict"] == "violated"})


@pytest.mark.parametrize("name", ["hami.toml", "pyproject.toml"])
def test_it_chooses_what_is_looked_at(tmp_path: Path, name: str) -> None:
    table = "[tool.hami]\n" if name == "pyproject.toml" else ""
    folder = folder_of(
        tmp_path, table + 'paths = ["guides"]\nexclude = ["guides/draft"]\nselect = ["11.3d"]\n', name
    )
    assert rules(folder) == [("11.3d", "guides/a.yaml")]
    assert rules(folder / "guides") == [("11.3d", "a.yaml")] or rules(folder / "guides")
    assert rules(folder, "guides/*.yaml", "--select", "11.3d") == [("11.3d", "guides/a.yaml")]
    assert rules(folder, "--ignore", "11.3") == []


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('pahts = ["guides"]\n', "hami.toml:1:1: 没有设置“pahts”"),
        ('paths = ["guides"]\nfail_on = "breach"\n', "hami.toml:2:1: 设置“fail_on”的值不对"),
        ('paths = ["guides"\n', "TOML 语法错误"),
        ('paths = ["nowhere/*.yaml"]\n', "没有与“nowhere/*.yaml”相符的文件"),
        ('paths = ["guides"]\nexclude = ["guides"]\n', "都被 exclude 排除了"),
        ('paths = ["guides"]\nselect = ["11.9"]\n', "“11.9”没有单独评判的规则"),
        ('paths = ["guides"]\nbaseline = "b.json"\n', "没有基线文件：b.json"),
        ('paths = ["guides"]\nwaivers = "w.yaml"\n', "没有这个文件或文件夹：w.yaml"),
        ("", "没有说检查什么"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said(tmp_path: Path, config: str, said: str) -> None:
    done = hami("check", "--as-of", DAY, cwd=folder_of(tmp_path, config))
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_the_command_line_comes_first(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, 'paths = ["guides"]\nlang = "en"\nfail_on = "undetermined"\nselect = ["11.3d"]\n'
    )
    done = hami("check", "--as-of", DAY, cwd=folder)
    assert "checked" in done.stdout
    done = hami("check", "--as-of", DAY, "--lang", "zh", "guides/a.yaml", cwd=folder)
    assert "检查文件 1 份" in done.stdout


def test_other_programs_files_are_passed_over_and_said(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    (folder / "compose.yml").write_text("services: {web: {image: x}}\n", "utf-8")
    (folder / "package.json").write_text('{"name": "x"}\n', "utf-8")
    done = hami("check", ".", "--as-of", DAY, "--select", "11.3d", cwd=folder)
    assert done.returncode == 1
    assert "compose.yml" in done.stderr and "不含记录的文档" in done.stderr
    assert "hami.toml" not in done.stderr


def test_whole_address_parts(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    assert all(r.startswith("11") for r, _ in rules(folder, "guides", "--select", "11"))
    done = hami("check", "guides", "--select", "1", cwd=folder)
    assert done.returncode == 2
    done = hami("check", "guides", "--ignore", "11.9", cwd=folder)
    assert done.returncode == 2 and "“11.9”没有单独评判的规则" in done.stderr


def test_baseline(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, 'paths = ["guides/a.yaml"]\nselect = ["11.3"]\nbaseline = "hami-baseline.json"\n'
    )
    done = hami("baseline", "write", "--as-of", DAY, cwd=folder)
    assert (done.returncode, "已写 hami-baseline.json：1 个已知问题" in done.stdout) == (0, True), done.stderr
    assert hami("check", "--as-of", DAY, cwd=folder).returncode == 0
    done = hami("baseline", "write", "--as-of", DAY, cwd=folder)
    assert done.returncode == 2 and "已存在" in done.stderr
    (folder / "guides" / "a.yaml").write_text(with_vague().replace("其他相关材料", "有关证明"), "utf-8")
    done = hami("check", "--as-of", DAY, cwd=folder)
    assert (
        done.returncode == 1
        and "〔新增〕" in done.stdout
        and "新增 1，有变 0，未变 0，已消除 1" in done.stdout
    )
    kept = (folder / "hami-baseline.json").read_text("utf-8")
    done = hami("baseline", "update", "--as-of", DAY, cwd=folder)
    assert done.returncode == 1 and "未收入：guides/a.yaml:19:" in done.stdout
    assert json.loads((folder / "hami-baseline.json").read_text("utf-8"))["findings"] == []
    assert kept != (folder / "hami-baseline.json").read_text("utf-8")
    assert hami("baseline", "update", "--as-of", DAY, "--accept-new", cwd=folder).returncode == 0
    assert hami("check", "--as-of", DAY, cwd=folder).returncode == 0
    (folder / "hami-baseline.json").write_text("{}", "utf-8")
    done = hami("check", "--as-of", DAY, cwd=folder)
    assert done.returncode == 2 and "不是基线文件" in done.stderr


def test_what_was_not_looked_at_is_not_gone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 'paths = ["guides"]\nbaseline = "hami-baseline.json"\n')
    hami("baseline", "write", "--as-of", DAY, cwd=folder)
    held = (folder / "hami-baseline.json").read_text("utf-8")
    for words in (("guides/a.yaml",), ("--select", "13")):
        done = hami("baseline", "update", "--as-of", DAY, *words, cwd=folder)
        assert (done.returncode, "消除 0" in done.stdout) == (0, True), done.stdout
        assert (folder / "hami-baseline.json").read_text("utf-8") == held
        assert "已消除 0，这次没有看 " in hami("check", "--as-of", DAY, *words, cwd=folder).stdout
    (folder / "guides" / "draft" / "b.yaml").unlink()
    done = hami("baseline", "update", "--as-of", DAY, "guides/a.yaml", cwd=folder)
    assert "消除 0" not in done.stdout, "a file that is no more has no problems"


def test_a_file_is_looked_at_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    for words in (("guides", "guides/a.yaml"), ("guides/*.yaml", "./guides/../guides/a.yaml", "guides")):
        done = hami("check", *words, "--as-of", DAY, "--select", "11.3d", cwd=folder)
        assert "检查文件 2 份：违反 2" in done.stdout, done.stdout


def test_a_hook_may_be_handed_what_is_excluded(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 'exclude = ["guides/draft"]\n')
    done = hami("check", "guides/draft/b.yaml", "--as-of", DAY, cwd=folder)
    assert (done.returncode, "都被 exclude 排除了" in done.stderr) == (0, True)


def test_the_clean_guide_is_clean(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CLEAN, "utf-8")
    done = hami("check", "a.yaml", "--as-of", DAY, cwd=tmp_path)
    assert "违反 0，未落实 0，疑似 0" in done.stdout, done.stdout

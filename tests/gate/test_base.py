"""`--base`: the same documents as they were in git, and what is new since."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from gate_repo import CLEAN, DAY, git, hami, with_vague

Repo = Callable[..., Path]


def checked(
    folder: Path, *more: str, paths: tuple[str, ...] = ("guides",)
) -> tuple[int, dict[str, int], list[tuple[str, str]]]:
    done = hami("check", *paths, "--as-of", DAY, "--base", "HEAD", "--format", "json", *more, cwd=folder)
    said = json.loads(done.stdout)
    assert not said["errors"], done.stderr
    found = [(f["rule"], f["status"]) for f in said["findings"] if f["verdict"] == "violated"]
    return done.returncode, said["gate"]["counts"], found


def test_only_what_is_new_fails(repo: Repo) -> None:
    folder = repo(a=with_vague())
    file = folder / "guides" / "a.yaml"
    assert checked(folder, "--select", "11.3d")[0::2] == (0, [("11.3d", "unchanged")])
    file.write_text("# 挪了一行\n\n" + with_vague(), "utf-8")
    assert checked(folder, "--select", "11.3d")[0::2] == (0, [("11.3d", "unchanged")])
    file.write_text(with_vague().replace("steps:\n", "  - {material_name: 其他证明材料}\nsteps:\n"), "utf-8")
    code, _, found = checked(folder, "--select", "11.3d")
    assert (code, found) == (1, [("11.3d", "unchanged"), ("11.3d", "new")])
    file.write_text(CLEAN, "utf-8")
    code, counts, found = checked(folder, "--select", "11.3d")
    assert (code, counts["gone"], found) == (0, 1, [])


def test_a_renamed_file_is_the_same(repo: Repo) -> None:
    folder = repo(a=with_vague())
    git("mv", "guides/a.yaml", "guides/改名 b.yaml", cwd=folder)
    assert checked(folder, "--select", "11.3d", paths=("guides/改名 b.yaml",))[0::2] == (
        0,
        [("11.3d", "unchanged")],
    )


def test_a_reordered_list_is_the_same(repo: Repo) -> None:
    folder = repo(a=with_vague())
    head, _, rest = with_vague().partition("materials:\n")
    rows = rest.partition("steps:\n")[0].splitlines(keepends=True)
    turned = head + "materials:\n" + "".join(reversed(rows)) + "steps:\n" + rest.partition("steps:\n")[2]
    (folder / "guides" / "a.yaml").write_text(turned, "utf-8")
    assert checked(folder, "--select", "11.3d")[0::2] == (0, [("11.3d", "unchanged")])


def test_a_revision_that_asks_more_is_3_1b(repo: Repo) -> None:
    folder = repo(a=CLEAN)
    file = folder / "guides" / "a.yaml"
    for old, new in (
        ("steps:\n", "  - {material_name: 场地租赁合同, form: paper_or_electronic, copies: 1}\nsteps:\n"),
        (
            "  - {step_no: 2, step_name: 决定}\n",
            "  - {step_no: 2, step_name: 现场核查}\n  - {step_no: 3, step_name: 决定}\n",
        ),
        ("promised_days: 5", "promised_days: 8"),
        ("visits: 1", "visits: 2"),
    ):
        assert old in CLEAN
        file.write_text(CLEAN.replace(old, new), "utf-8")
        done = hami("check", "guides", "--as-of", DAY, "--base", "HEAD", "--format", "json", cwd=folder)
        found = [f for f in json.loads(done.stdout)["findings"] if f["rule"].startswith("3.1b")]
        assert found and all(f["status"] == "new" for f in found), (new, done.stderr)
    file.write_text(
        CLEAN.replace("valid_from: 2024-06-05", "valid_from: 2024-09-01").replace("visits: 1", "visits: 3"),
        "utf-8",
    )
    done = hami("check", "guides", "--as-of", DAY, "--base", "HEAD", "--format", "json", cwd=folder)
    assert any(f["rule"].startswith("3.1b") for f in json.loads(done.stdout)["findings"]), (
        "a new edition, too"
    )
    file.write_text(CLEAN.replace("promised_days: 5", "promised_days: 3"), "utf-8")
    assert not [r for r, _ in checked(folder)[2] if r.startswith("3.1b")]


def test_the_checkout_is_not_touched(repo: Repo) -> None:
    folder = repo(a=with_vague())
    (folder / "guides" / "a.yaml").write_text(CLEAN, "utf-8")
    before = git("status", "--porcelain", "--branch", cwd=folder).stdout
    checked(folder)
    assert git("status", "--porcelain", "--branch", cwd=folder).stdout == before
    assert git("worktree", "list", cwd=folder).stdout.count("\n") == 1


def test_a_base_that_is_not_there(repo: Repo, tmp_path: Path) -> None:
    folder = repo(a=CLEAN)
    for given, said in (("nowhere", "没有“nowhere”这个提交"), ("--help", "没有“--help”")):
        done = hami("check", "guides", f"--base={given}", cwd=folder)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    outside = tmp_path / "别处"
    outside.mkdir()
    (outside / "g.yaml").write_text(CLEAN, "utf-8")
    done = hami("check", "g.yaml", "--base", "HEAD", cwd=outside)
    assert (done.returncode, "不在 git 仓库内" in done.stderr) == (2, True), done.stderr


def test_a_broken_base_is_said(repo: Repo) -> None:
    folder = repo(a="item_code: [\n")
    (folder / "guides" / "a.yaml").write_text(with_vague(), "utf-8")
    done = hami("check", "guides", "--as-of", DAY, "--base", "HEAD", "--select", "11.3d", cwd=folder)
    assert done.returncode == 1 and "基准 HEAD" in done.stderr, done.stderr


def test_a_hook_on_real_commits(repo: Repo, monkeypatch: object) -> None:
    """A clean change passes, a breach blocks, a waived one passes, a moved line stays unchanged."""
    import os
    import sys

    folder = repo(x=CLEAN.replace("000115", "000199"))
    assert hami("init", cwd=folder).returncode == 0
    again = hami("init", cwd=folder)
    assert "已写" not in again.stdout and again.stdout.count("已有，未动") == 7
    tool = folder.parent / "bin"
    tool.mkdir()
    (tool / "hami").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hami_rules "$@"\n')
    (tool / "hami").chmod(0o755)
    old = os.environ["PATH"]
    os.environ["PATH"] = f"{tool}{os.pathsep}{old}"
    try:
        git("config", "core.hooksPath", ".githooks", cwd=folder)

        def commit(text: str | None, name: str = "a") -> tuple[int, str]:
            if text is not None:
                (folder / "guides" / f"{name}.yaml").write_text(text, "utf-8")
            git("add", "-A", cwd=folder)
            done = git("commit", "-m", "x", cwd=folder)
            return done.returncode, done.stdout + done.stderr

        clean = CLEAN.replace("000115", "000116")
        assert commit(clean)[0] == 0
        code, said = commit(with_vague(clean))
        assert (
            code != 0 and "guides/a.yaml:19:" in said and "[11.3d]" in said and "hami show 11.3d" in said
        ), said
        waiver = (
            "waivers:\n  - {rule: 11.3d, target: {file: guides/a.yaml}, reason: 上级修订中, approved_by: 法规科, "
            "expires: 2099-01-01}\n"
        )
        (folder / "waivers.yaml").write_text(waiver, "utf-8")
        code, said = commit(None)
        assert code == 0, said
        (folder / "waivers.yaml").write_text("waivers: []\n", "utf-8")
        code, said = commit("# 挪了一行\n" + with_vague(clean))
        assert code == 0, said
    finally:
        os.environ["PATH"] = old

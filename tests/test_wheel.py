"""An installed wheel does what the checkout does: rules, schemas, statute, cases and the bundled dossier."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(where: Path, *args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "hami_rules", *map(str, args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(where)},
        timeout=180,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked by pip into a folder of its own."""
    pytest.importorskip("hatchling", reason="the wheel is built without build isolation")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT], check=True, timeout=180
    )
    (wheel,) = folder.glob("*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True, timeout=180
    )
    return folder / "site"


def test_nothing_else_gets_installed_at_the_top(installed: Path) -> None:
    names = {p.name for p in installed.iterdir() if not p.name.endswith(".dist-info") and p.name != "bin"}
    assert names == {"hami_rules"}


def test_what_the_page_is_made_of_is_installed_with_its_licences(installed: Path) -> None:
    here, there = ROOT / "hami_rules" / "report", installed / "hami_rules" / "report"
    for folder in ("page", "templates", "vendor"):
        for path in (here / folder).iterdir():
            if path.is_file():
                assert (there / folder / path.name).read_bytes() == path.read_bytes(), path.name
    assert any(p.name == "echarts.NOTICE" for p in installed.glob("*.dist-info/**/*"))


def test_the_wheel_carries_its_pack_ready_made_and_uses_it(installed: Path, tmp_path: Path) -> None:
    assert (installed / "hami_rules" / "_data" / "pack.json").is_file()
    code = (
        "import hami_rules.pack.load as load, hami_rules.pack.cache as cache\n"
        "cache.read_pack = None  # reading the files anew would fail\n"
        "print(len(load.load_pack().rules), load.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path)},
        check=True,
    )
    assert str(installed) in done.stdout


def test_wheel_and_checkout_say_the_same(installed: Path, tmp_path: Path) -> None:
    demo = installed / "hami_rules" / "_data" / "cases" / "demo"
    for where, out in ((installed, "wheel"), (ROOT, "checkout")):
        run(where, "audit", demo, "-o", tmp_path / out, "--jobs", 1, cwd=tmp_path)
    for name in ("findings.jsonl", "undetermined.jsonl", "quarantine.jsonl", "ledger.xlsx"):
        assert (tmp_path / "wheel" / name).read_bytes() == (tmp_path / "checkout" / name).read_bytes(), name
    totals = [
        json.loads((tmp_path / o / "summary.json").read_text())["totals"] for o in ("wheel", "checkout")
    ]
    assert totals[0] == totals[1]
    shown = [run(where, "show", "14", cwd=tmp_path).stdout for where in (installed, ROOT)]
    assert shown[0] == shown[1]
    assert "第十四条第一款" in shown[0]
    schemas = sorted(p.name for p in (installed / "hami_rules" / "_data" / "schemas").iterdir())
    assert schemas == sorted(p.name for p in (ROOT / "schemas").iterdir())

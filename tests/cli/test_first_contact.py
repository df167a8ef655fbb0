"""What somebody meets who uses the command for the first time: paths, consoles, slips of the hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import run
from test_doors import GUIDE, summary

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

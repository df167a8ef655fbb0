"""A small dossier made of the complete case world, in the form that a test asks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hami_rules.assets import data_folder
from hami_rules.intake.positioned import read_document
from hami_rules.pack.load import load_pack
from hami_rules.proof.cases import Case, scene_of
from hami_rules.records.location import Location

BASE = data_folder("cases") / "bases" / "complete.yaml"


def run(
    *args: object, cwd: Path | None = None, env: dict[str, str] | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it. `env` is added to the environment."""
    return subprocess.run(
        [sys.executable, "-m", "hami_rules", *map(str, args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        cwd=cwd,
        env={**os.environ, **(env or {})},
        input=stdin,
        timeout=120,
        check=False,
    )


def documents(data: dict[str, Any]) -> list[Any]:
    """The evidence of the world, and the documents that a case takes for granted."""
    given = data.get("evidence", [])
    bound = {name: data[name] for name in ("as_of", "organs", "evidence") if name in data}
    world = scene_of(Case("", "", "", (), bound, {}, Location(BASE.name)), load_pack()).world
    return [*given, *map(msgspec.to_builtins, world.tables["evidence"][len(given) :])]


@pytest.fixture
def dossier(tmp_path: Path) -> Callable[..., Path]:
    """Write the complete world as a dossier: reference tables in one YAML document, applications as JSON lines.

    `change(data)` may alter it first; `lines` are appended to applications.jsonl as they are.
    """

    def make(
        change: Callable[[dict[str, Any]], None] | None = None, copies: int = 1, lines: tuple[str, ...] = ()
    ) -> Path:
        data = json.loads(json.dumps(read_document(BASE)[0].data))
        if change is not None:
            change(data)
        folder = tmp_path / "卷宗"
        folder.mkdir(exist_ok=True)
        data["evidence"] = documents(data)
        completeness = data.pop("completeness")
        data.pop("as_of")
        applications = data.pop("applications")
        (folder / "dossier.yaml").write_text(json.dumps({"completeness": completeness}), encoding="utf-8")
        (folder / "world.yaml").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        with (folder / "applications.jsonl").open("w", encoding="utf-8") as out:
            for i in range(copies):
                for a in applications:
                    renamed = {**a, "application_no": f"{a['application_no']}-{i}", "applicant_id": f"ID{i}"}
                    out.write(json.dumps(renamed, ensure_ascii=False) + "\n")
            for line in lines:
                out.write(line + "\n")
        return folder

    return make

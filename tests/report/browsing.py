"""Chromium opening a page, driven from a test: skips, and says why, where there is none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from npm_tools import npm_package

__all__ = ["visit"]

DRIVER = ("playwright-core", "1.65.1")
AXE = ("axe-core", "4.14.1")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 170  # seconds


def visit(*jobs: dict[str, Any]) -> list[dict[str, Any]]:
    """What the browser saw of each job (browser.cjs says what a job may hold): requests, console, results of its steps."""
    browser = next((found for name in NAMES if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("needs Chromium")
    modules = os.pathsep.join(str(npm_package(*package)) for package in (DRIVER, AXE))
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("browser.cjs"))],
        input=json.dumps({"browser": browser, "jobs": jobs}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "NODE_PATH": modules},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers

"""Node packages that tests check our output with: each installed once, at its version, into the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

__all__ = ["npm_package"]

PATIENCE = 300
"""Seconds that an installation may take."""


def npm_package(name: str, version: str) -> Path:
    """The `node_modules` with the package in it. Skips, and says why, where there is no npm or it cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(f"needs node and npm to run {name}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hami-rules-tests"
    kept = cache / f"{name.replace('/', '+')}-{version}"
    if not (kept / "node_modules" / name / "package.json").is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as made:
            words = [
                npm,
                "install",
                "--prefix",
                made,
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ]
            try:
                done = subprocess.run(
                    [*words, f"{name}@{version}"],
                    capture_output=True,
                    text=True,
                    timeout=PATIENCE,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                pytest.skip(f"{name}@{version} could not be installed within {PATIENCE} s")
            if done.returncode:
                said = done.stderr.strip().splitlines() or ["npm said nothing"]
                pytest.skip(f"{name}@{version} is not to be had: {said[0]}")
            if not kept.exists():  # another worker may have been quicker
                Path(made, "node_modules").parent.rename(kept)
                Path(made).mkdir()
    return kept / "node_modules"

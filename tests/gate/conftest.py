"""A scratch git repository with guides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gate_repo import git


@pytest.fixture
def repo(tmp_path: Path) -> Callable[..., Path]:
    """Make a repository with these files committed."""

    def make(**files: str) -> Path:
        folder = tmp_path / "仓库"
        (folder / "guides").mkdir(parents=True)
        git("init", "-q", "-b", "main", cwd=folder)
        for name, text in files.items():
            (folder / "guides" / f"{name}.yaml").write_text(text, "utf-8")
        git("add", "-A", cwd=folder)
        assert git("commit", "-q", "-m", "first", cwd=folder).returncode == 0
        return folder

    return make

"""`hami init`: a repository of guides that is ready to be checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

__all__ = ["FILES", "Started", "start"]

FILES = {
    "hami.toml": "hami.toml",
    "waivers.yaml": "waivers.yaml",
    "guides/示例.yaml": "guide.yaml",
    ".githooks/pre-commit": "pre-commit",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/hami.yml": "github.yml",
    ".gitlab-ci.yml": "gitlab-ci.yml",
}
"""What is written → the file of `starter/` that it is made from."""

_EXECUTABLE = {".githooks/pre-commit"}


@dataclass
class Started:
    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # were there before, and are left as they were


def start(folder: Path) -> Started:
    """Write what is not there yet. Raises `OSError`."""
    out = Started()
    for name, source in FILES.items():
        place = folder / name
        if place.exists():
            out.kept.append(name)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(resources.files(__package__).joinpath("starter", source).read_text("utf-8"), "utf-8")
        if name in _EXECUTABLE:
            place.chmod(0o755)
        out.written.append(name)
    return out

"""The files of a git reference, from its objects: the checkout is never touched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.tables import FORMS
from hami_rules.records.text import Text

__all__ = ["Base", "base_of"]

_REGULAR = ("100644", "100755")


@dataclass
class Base:
    """What the checked paths were at a reference: files under `folder`, and the name that each goes by."""

    folder: Path
    root: Path  # of the repository
    paths: list[Path] = field(default_factory=list)
    names: dict[Path, str] = field(default_factory=dict)

    def called(self, source: str) -> str:
        """A source below the folder as it would be named where the user stands."""
        if not source.startswith(f"{self.folder}/"):
            return source
        whole = self.root / source.removeprefix(f"{self.folder}/")
        here = Path.cwd().resolve()
        return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


def _refuse(zh: str, en: str, hint: Text | None = None) -> InputError:
    return InputError([Problem("base", Text(zh, en), None, hint)])


def _git(root: Path, *words: str, given: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "-c", "core.quotePath=false", *words],
            input=given,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise _refuse("--base 需要 git，没有找到", "--base needs git, which is not found") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[0] if said else f"exit {done.returncode}"
        raise _refuse(f"git {words[0]} 出错：{why}", f"git {words[0]}: {why}")
    return done.stdout


def base_of(
    reference: str, paths: Sequence[Path], folder: Path, left_out: Callable[[Path], bool] = lambda _: False
) -> Base:
    """Write the files that stood at these paths at a reference into a folder, named as they were then.

    A file that was renamed since is found by its content; `left_out` says what is not looked at. Raises `InputError` outside of a repository and for a
    reference that does not exist (a shallow clone does not have it).
    """
    here = next((p if p.is_dir() else p.parent for p in paths), Path.cwd()).resolve()
    try:
        root = Path(_git(here, "rev-parse", "--show-toplevel").decode().rstrip("\n")).resolve()
    except InputError:
        raise _refuse(
            f"--base：{here.name} 不在 git 仓库内", f"--base: {here.name} is in no git repository"
        ) from None
    if reference.startswith("-"):
        raise _refuse(f"--base：没有“{reference}”", f"--base: there is no {reference!r}")
    try:
        commit = _git(root, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}").decode().strip()
    except InputError:
        raise _refuse(
            f"--base：没有“{reference}”这个提交", f"--base: there is no commit {reference!r}",
            Text("浅克隆没有历史：git fetch --unshallow", "a shallow clone has no history: git fetch --unshallow"),
        ) from None  # fmt: skip
    wanted = []
    for path in paths:
        whole = path.resolve()
        if not whole.is_relative_to(root):
            raise _refuse(f"--base：{path} 不在仓库内", f"--base: {path} is outside of the repository")
        wanted.append(whole.relative_to(root).as_posix())
    out = Base(folder, root)
    blobs = _blobs(root, commit, [*wanted, *_old_names(root, commit, wanted)])
    blobs = {name: blob for name, blob in blobs.items() if not left_out(root / name)}
    for name, content in zip(blobs, _contents(root, blobs.values()), strict=True):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    # The paths as they were given, so that a folder with a dossier.yaml is read as one.
    for name in dict.fromkeys([*wanted, *blobs]):
        place = folder / name
        if place.exists() and not any(place.is_relative_to(p) for p in out.paths):
            out.paths.append(place)
            if place.is_file():
                out.names[place] = out.called(str(place))
    return out


def _blobs(root: Path, commit: str, wanted: Iterable[str]) -> dict[str, str]:
    """The files at or below these paths that can hold records: name → object."""
    # ls-tree takes plain paths, never patterns.
    listed = _git(root, "ls-tree", "-r", "-z", commit, "--", *wanted).decode("utf-8", "surrogateescape")
    found = {}
    for row in filter(None, listed.split("\0")):
        head, _, name = row.partition("\t")
        mode, sort, blob = head.split()
        if sort == "blob" and mode in _REGULAR and Path(name).suffix.lower() in FORMS:
            found[name] = blob
    return found


def _old_names(root: Path, commit: str, wanted: Sequence[str]) -> list[str]:
    """What files that were renamed since were called at the reference."""
    said = _git(root, "diff", "--name-status", "-z", "-M", "--diff-filter=R", commit).decode(
        "utf-8", "surrogateescape"
    )
    words = said.split("\0")
    old = []
    for score, before, after in zip(words[0::3], words[1::3], words[2::3], strict=False):
        below = any(w == "." or after == w or after.startswith(w + "/") for w in wanted)
        if score.startswith("R") and below:
            old.append(before)
    return old


def _contents(root: Path, blobs: Iterable[str]) -> list[bytes]:
    names = list(blobs)
    if not names:
        return []
    said = _git(root, "cat-file", "--batch", given="".join(f"{b}\n" for b in names).encode())
    out, at = [], 0
    for _ in names:
        end = said.index(b"\n", at)
        size = int(said[at:end].split()[2])
        out.append(said[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return out

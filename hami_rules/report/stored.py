"""What an audit keeps so that every report can be made again without judging, and the hashes that prove it whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from hami_rules.intake.errors import InputError, Problem
from hami_rules.judge.findings import Finding, FindingsFile, OpenGroup, Text
from hami_rules.records.location import Location

from .lines import replaced, to_json
from .summary import Summary

__all__ = [
    "BESIDE", "FINDINGS", "GROUPS", "SUMMARY", "SUMS", "Stored", "digest", "open_stored", "read_sums", "write_groups",
    "write_sums",
]  # fmt: skip

FINDINGS = "findings.jsonl"
GROUPS = "groups.jsonl"
SUMMARY = "summary.json"
BESIDE = ("undetermined.jsonl", "quarantine.jsonl")
"""What the run itself writes: no report is made of it, but it belongs to the evidence."""
SUMS = "SHA256SUMS"
"""In the form that `sha256sum -c` reads."""

_SUM = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>.+)")


def digest(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_groups(path: Path, groups: Iterable[OpenGroup]) -> None:
    """One group of undetermined verdicts a line, in the order given."""
    with replaced(path) as out:
        for group in groups:
            out.write(to_json(group) + b"\n")


def write_sums(folder: Path, files: Iterable[Path]) -> Path:
    """Write SHA256SUMS over the files, by name; gives its path."""
    path = folder / SUMS
    with replaced(path) as out:
        for file in sorted(files):
            out.write(f"{digest(file)}  {file.relative_to(folder).as_posix()}\n".encode())
    return path


def read_sums(path: Path) -> dict[str, str]:
    """Digest by name. Raises `InputError` for a line that is none, `OSError` where there is no file."""
    out: dict[str, str] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match = _SUM.fullmatch(line)
        if match is None:
            _refuse(
                Text("应为“SHA-256 两个空格 文件名”", "a line is a SHA-256, two spaces and a name"),
                path,
                line=number,
            )
        out[match["name"]] = match["digest"]
    return out


@dataclass(frozen=True)
class Stored:
    """The stored result of an audit: its folder, summary and groups; the findings are read from their file."""

    folder: Path
    findings: Path
    summary: Summary
    groups: tuple[OpenGroup, ...]

    def __iter__(self) -> Iterator[Finding]:
        return iter(FindingsFile(self.findings))

    @property
    def beside(self) -> list[Path]:
        """The files of the run itself that are there."""
        return [self.folder / name for name in BESIDE if (self.folder / name).is_file()]


def open_stored(path: Path, whole: bool = True) -> Stored:
    """Open the output folder of an audit, or the findings.jsonl in one.

    `whole`: the files must have the hashes that the summary records, or a report made of them would say of itself what
    is not so. Raises `InputError` with file and line for what is missing, altered or cannot be read.
    """
    folder, findings = (path, path / FINDINGS) if path.is_dir() else (path.parent, path)
    for file in (findings, folder / SUMMARY, folder / GROUPS):
        if not file.is_file():
            _refuse(
                Text(
                    f"缺少 {file.name}：这不是审计的输出文件夹",
                    f"{file.name} is missing: no output of an audit",
                ),
                file,
                Text("写 hami audit 的输出文件夹", "give the output folder of `hami audit`"),
            )
    try:
        summary = msgspec.json.decode((folder / SUMMARY).read_bytes(), type=Summary)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _refuse(Text(f"不是审计的摘要（{error}）", f"no summary of an audit ({error})"), folder / SUMMARY)
    if whole:
        _unaltered({FINDINGS: findings, GROUPS: folder / GROUPS}, summary)
    groups = _groups(folder / GROUPS)
    return Stored(folder, findings, summary, groups)


def _unaltered(files: dict[str, Path], summary: Summary) -> None:
    problems = [
        Problem(
            "altered",
            Text(
                "与 summary.json 所记的校验值不符，已经改动", "not what summary.json has the hash of: altered"
            ),
            Location(str(path)),
            Text(
                "用 hami verify --inputs 看哪一条、哪一项不同；重新审计得到新的结果",
                "`hami verify --inputs` says which record and field differ; audit again for new results",
            ),
        )
        for name, path in files.items()
        if digest(path) != summary.stored.get(name)
    ]
    if problems:
        raise InputError(problems)


def _groups(path: Path) -> tuple[OpenGroup, ...]:
    decode = msgspec.json.Decoder(OpenGroup).decode
    out = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                out.append(decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                _refuse(
                    Text(f"不是未决事项（{error}）", f"no undetermined group ({error})"), path, line=number
                )
    return tuple(out)


def _refuse(message: Text, path: Path, hint: Text | None = None, line: int | None = None) -> NoReturn:
    raise InputError([Problem("not-stored", message, Location(str(path), line=line), hint)])

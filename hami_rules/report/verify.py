"""Whether an audit's output stands: its files as they were written, and its findings as judging the dossier again
gives them, byte for byte; or else what differs, and where."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from hami_rules import __version__, statute
from hami_rules.audit.accounts import deciding
from hami_rules.audit.run import Options, run_audit
from hami_rules.judge.findings import Text
from hami_rules.pack.load import Pack

from .account import accounting, rule_counts, summarise
from .lines import order, write_findings
from .safe import clip
from .stored import BESIDE, FINDINGS, GROUPS, SUMS, Stored, digest, read_sums, write_groups
from .summary import MAX_QUARANTINED, InputFile, Run

__all__ = ["Difference", "Verified", "check_files", "judge_again"]

SHOWN = 20  # differences of one sort that are told singly


@dataclass(frozen=True)
class Difference:
    """What is not as it was. `sort`: file, input, tool, finding, groups or summary."""

    sort: str
    message: Text


@dataclass
class Verified:
    """What was compared and what differs. `more`: differences beyond those told singly."""

    files: int = 0
    findings: int = 0
    differences: list[Difference] = field(default_factory=list)
    more: int = 0

    def add(self, sort: str, zh: str, en: str) -> None:
        if sum(d.sort == sort for d in self.differences) < SHOWN:
            self.differences.append(Difference(sort, Text(zh, en)))
        else:
            self.more += 1


# -- the files -----------------------------------------------------------------------------------------------------------


def check_files(stored: Stored, verified: Verified) -> None:
    """Every file against SHA256SUMS, and what the reports are made of against the summary. Raises `InputError` for
    sums that cannot be read."""
    folder = stored.folder
    sums = folder / SUMS
    recorded: dict[str, str] = {}
    if sums.is_file():
        recorded = read_sums(sums)
    else:
        verified.add("file", f"缺少 {SUMS}", f"{SUMS} is missing")
    told = set()
    for name, wanted in sorted(recorded.items()):
        path = folder / name
        if not path.is_file():
            verified.add("file", f"{name}：文件不见了", f"{name}: the file is gone")
        elif digest(path) != wanted:
            told.add(name)
            verified.add("file", f"{name}：写出以后改动过", f"{name}: altered since it was written")
        verified.files += 1
    for name, wanted in sorted(stored.summary.stored.items()):
        path = folder / name
        if path.is_file() and name not in told and digest(path) != wanted:
            verified.add(
                "file",
                f"{name}：与 summary.json 所记的校验值不符（{SUMS} 也被改过）",
                f"{name}: not what summary.json has the hash of ({SUMS} was altered, too)",
            )


# -- judging again -------------------------------------------------------------------------------------------------------


def judge_again(
    stored: Stored,
    dossier: Path,
    pack: Pack,
    chosen: frozenset[int] | None,
    jobs: int,
    rules: str | None,
    verified: Verified,
) -> None:
    """Judge the dossier again as the summary says that it was judged, and compare. Raises `InputError`, OSError."""
    run = stored.summary.run
    _tool(stored, pack, verified)
    options = Options(run.as_of, chosen, frozenset(run.selection.get("region", ())), jobs, rules)
    with TemporaryDirectory(prefix="hami-") as made:
        folder = Path(made)
        with run_audit(dossier, pack, options, order, folder, name=run.dossier) as audit:
            _inputs(run.inputs, tuple(InputFile(*row) for row in audit.inputs), verified)
            books = accounting(pack, audit)
            again = summarise(
                pack, audit, books, rule_counts(pack, audit), options, run.lang, list(run.selection.get("select", ())), _share(run), run.unmasked,
            )  # fmt: skip
            write_findings(folder / FINDINGS, audit.findings)
            write_groups(folder / GROUPS, audit.groups)
        verified.findings = again.totals.findings
        if digest(folder / FINDINGS) != digest(stored.findings):
            _findings(stored.findings, folder / FINDINGS, verified)
        for name in (GROUPS, *BESIDE):
            there = stored.folder / name
            if there.is_file() and digest(there) != digest(folder / name):
                line = _first_line(there, folder / name)
                verified.add(
                    "groups",
                    f"{name}：第 {line} 行起与重新评判的不同",
                    f"{name}: differs from line {line} on",
                )
    if run.hashes.get("configuration") != again.run.hashes.get("configuration"):
        verified.add(
            "summary",
            f"summary.json 的运行设置与其校验值不符：存下的是 {run.hashes.get('configuration')}，由设置算得 {again.run.hashes.get('configuration')}",
            f"summary.json, the run's settings are not those of their hash: stored {run.hashes.get('configuration')}, "
            f"by the settings {again.run.hashes.get('configuration')}",
        )
    before, after = (msgspec.to_builtins(s, order="sorted") for s in (stored.summary, again))
    for part in sorted((before.keys() | after.keys()) - {"run", "stored"}):
        if _plain(before.get(part)) != _plain(after.get(part)):
            where = next(_differing(_plain(before.get(part)), _plain(after.get(part)), part), (part, "", ""))
            verified.add(
                "summary",
                f"summary.json 的 {where[0]}：存下的是 {where[1]}，重新评判得 {where[2]}",
                f"summary.json, {where[0]}: stored {where[1]}, judged again {where[2]}",
            )


def _share(run: Run) -> float:
    """The share of records in quarantine that the run was let have; of an older run that does not say it, the usual."""
    return MAX_QUARANTINED if run.max_quarantined is None else run.max_quarantined


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def _tool(stored: Stored, pack: Pack, verified: Verified) -> None:
    """What can change a verdict beside the records."""
    run = stored.summary.run
    now = deciding(pack, run.as_of) | {"pack": pack.data.hash, "statute": statute.load().hash[:16]}
    words = {
        "pack": Text("规则包", "rule pack"),
        "statute": Text("条例文本", "statute"),
        "calendar": Text("工作日历", "calendar"),
        "code": Text("程序", "program"),
        "as_of": Text("审计基准日", "day of the audit"),
    }
    if run.tool_version != __version__:
        verified.add(
            "tool",
            f"工具版本：当时 {run.tool_version}，现在 {__version__}",
            f"tool: then {run.tool_version}, now {__version__}",
        )
    for name, word in words.items():
        then = run.hashes.get(name)
        if then != now[name]:
            verified.add(
                "tool",
                f"{word.zh}不同：当时 {then}，现在 {now[name]}",
                f"{word.en}: then {then}, now {now[name]}",
            )


def _inputs(then: Iterable[InputFile], now: Iterable[InputFile], verified: Verified) -> None:
    before, after = {f.path: f for f in then}, {f.path: f for f in now}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if new is None:
            verified.add("input", f"卷宗缺少当时的文件 {name}", f"the dossier lacks {name}")
        elif old is None:
            verified.add("input", f"卷宗多出文件 {name}", f"the dossier has {name}, which was not there")
        elif old.sha256 != new.sha256:
            verified.add(
                "input",
                f"卷宗文件 {name} 改动过：当时 {old.sha256[:16]}…（{old.bytes:,} 字节），现在 {new.sha256[:16]}…（{new.bytes:,} 字节）",
                f"{name} was changed: then {old.sha256[:16]}… ({old.bytes:,} bytes), now {new.sha256[:16]}… ({new.bytes:,} bytes)",
            )


# -- the findings --------------------------------------------------------------------------------------------------------


def _index(path: Path) -> dict[str, list[tuple[int, bytes]]]:
    """Where each finding stands, and a digest of its line; by id. A line that is none has its number for an id."""
    out: dict[str, list[tuple[int, bytes]]] = {}
    at = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                known = msgspec.json.decode(line)
                name = str(known["id"])
            except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
                name = f"（第 {number} 行）"
            out.setdefault(name, []).append((at, hashlib.blake2b(line, digest_size=16).digest()))
            at += len(line)
    return out


def _line(path: Path, at: int) -> Any:
    with path.open("rb") as file:
        file.seek(at)
        try:
            return msgspec.json.decode(file.readline())
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


def _findings(stored: Path, again: Path, verified: Verified) -> None:
    """Name the records and fields in which two files of findings differ."""
    before, after = _index(stored), _index(again)
    found = False
    for name in [*before, *(n for n in after if n not in before)]:
        old, new = before.get(name, []), after.get(name, [])
        if [d for _, d in old] == [d for _, d in new]:
            continue
        found = True
        if not new:
            said = _line(stored, old[0][0])
            verified.add(
                "finding",
                f"{_called(said, name)}：存下的有，重新评判没有",
                f"{_called(said, name)}: stored, but judging again does not find it",
            )
        elif not old:
            said = _line(again, new[0][0])
            verified.add(
                "finding",
                f"{_called(said, name)}：重新评判有，存下的没有",
                f"{_called(said, name)}: judging again finds it, but it is not stored",
            )
        elif len(old) != len(new):
            verified.add("finding", f"{name}：存下了 {len(old)} 次", f"{name}: stored {len(old)} times")
        else:
            was, now = _line(stored, old[0][0]), _line(again, new[0][0])
            differing = list(itertools.islice(_differing(was, now, ""), 3))
            told = "；".join(f"{where}：存下“{a}”，重新评判得“{b}”" for where, a, b in differing) or "写法"
            told_en = (
                "; ".join(f"{where}: stored {a!r}, judged again {b!r}" for where, a, b in differing)
                or "spelling"
            )
            verified.add("finding", f"{_called(now, name)}：{told}", f"{_called(now, name)}: {told_en}")
    if not found:
        verified.add("finding", "发现的次序不同", "the findings stand in another order")


def _called(said: Any, name: str) -> str:
    if not isinstance(said, dict):
        return name
    return f"{name}（{said.get('rule')} {said.get('record_key')}）"


def _differing(a: Any, b: Any, where: str) -> Iterator[tuple[str, str, str]]:
    """The innermost places in which two values differ, and what stands there."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if a.get(key) != b.get(key):
                yield from _differing(a.get(key), b.get(key), f"{where}.{key}" if where else key)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            if x != y:
                yield from _differing(x, y, f"{where}[{i}]")
    elif a != b:
        yield where, _short(a), _short(b)


def _short(value: Any) -> str:
    return clip(value if isinstance(value, str) else msgspec.json.encode(value).decode(), 80)


def _first_line(one: Path, other: Path) -> int:
    with one.open("rb") as a, other.open("rb") as b:
        for number, (x, y) in enumerate(itertools.zip_longest(a, b), 1):
            if x != y:
                return number
    return 0

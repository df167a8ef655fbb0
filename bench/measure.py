"""The measuring: rounds in which every contender has its turn, so that what else the machine does meets them all."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from .common import RULES
from .contenders import CONTENDERS, Contender
from .data import AS_OF, GUIDES, write_guides
from .process import run

__all__ = [
    "STARTS",
    "Measured",
    "Memory",
    "Pair",
    "Row",
    "Start",
    "facts_of",
    "make_data",
    "measure",
    "one_and_two",
    "parts_of",
    "remember",
    "start_up",
]

WARM = 2_000


@dataclass
class Row:
    """What the rounds gave for one contender, round by round. `clock` and `cpu` are seconds for all applications."""

    name: str
    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    megabytes: float = 0.0
    records: int | None = None
    findings: str = ""
    agrees: bool = False
    missing: bool = False

    @property
    def contender(self) -> Contender:
        return CONTENDERS[self.name]

    @property
    def seconds(self) -> list[float]:
        """Of the processor on one core; by the clock where more than one is used."""
        return self.cpu if self.contender.cores == 1 else self.clock


@dataclass
class Start:
    """How long a command takes that judges little or nothing."""

    zh: str
    clock: float
    cpu: float


@dataclass
class Memory:
    """The run on many applications: the most memory that one of its processes held."""

    applications: int
    megabytes: float
    clock: float
    disk_gigabytes: float


@dataclass
class Pair:
    """Whole audits of the same applications by one process and by two, round by round: seconds by the clock."""

    applications: int
    one: list[float] = field(default_factory=list)
    two: list[float] = field(default_factory=list)

    @property
    def times(self) -> float:
        """How many times as fast two are as one: the median of the rounds."""
        return median(one / two for one, two in zip(self.one, self.two, strict=True))


@dataclass
class Measured:
    applications: int
    rounds: int
    bytes_each: float
    facts: dict[str, str]
    rows: dict[str, Row] = field(default_factory=dict)
    starts: dict[str, Start] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    memory: Memory | None = None
    pairs: dict[str, Pair] = field(default_factory=dict)

    def rate(self, name: str) -> float | None:
        """Applications a second: the median of the rounds."""
        row = self.rows.get(name)
        return self.applications / median(row.seconds) if row and row.seconds else None

    def times(self, faster: str, slower: str, clock: bool = False) -> float | None:
        """How many times as fast the one is as the other, round by round: the median."""
        a, b = self.rows.get(faster), self.rows.get(slower)
        if a is None or b is None or not a.clock or not b.clock:
            return None
        pairs = zip(b.clock if clock else b.seconds, a.clock if clock else a.seconds, strict=True)
        return median(slow / fast for slow, fast in pairs)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def facts_of() -> dict[str, str]:
    """The machine and the versions."""
    model = platform.processor() or platform.machine()
    gigabytes = ""
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
        model = next(
            (line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")),
            model,
        )
        gigabytes = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (OSError, ValueError):
        pass
    versions = {}
    for package in ("msgspec", "duckdb", "zen-engine", "durable-rules"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "未安装"
    return {
        "日期": date.today().isoformat(),  # noqa: DTZ011 - the day on which somebody measured, where he did
        "处理器": f"{model}，{os.cpu_count()} 核",
        "内存": gigabytes or "未知",
        "开始时负载": f"{os.getloadavg()[0]:.1f}",
        "系统": platform.platform(terse=True),
        "Python": platform.python_version(),
        **versions,
    }


# -- data --------------------------------------------------------------------------------------------------------


def make_data(folder: Path, n: int) -> float:
    """The dossiers of a run (`jsonl`, `parquet`, and small ones to warm up on); bytes an application as JSONL."""
    for name, count in (("", n), ("warm-", min(n, WARM))):
        for form in ("jsonl", "parquet"):
            run("-m", "bench.data", str(folder / f"{name}{form}"), str(count), form)
    return _file(folder, "jsonl").stat().st_size / n


def _file(folder: Path, form: str, warm: str = "") -> Path:
    return folder / f"{warm}{form}" / f"applications.{form}"


# -- contenders --------------------------------------------------------------------------------------------------


def measure(made: Measured, folder: Path, names: Sequence[str], say: Callable[[str], None]) -> None:
    """Fill in the rows of these contenders."""
    said: dict[str, tuple[set[Any], set[Any] | None]] = {}
    for name in names:
        made.rows[name] = Row(name, missing=not CONTENDERS[name].installed)
    here = [name for name in names if CONTENDERS[name].installed]
    for number in range(made.rounds):
        # Turned on by one each round, so that nobody always comes after the same one.
        for name in here[number % len(here) :] + here[: number % len(here)]:
            say(f"第 {number + 1}/{made.rounds} 轮  {name}")
            row = made.rows[name]
            once = _door if not CONTENDERS[name].make else _alone
            said[name] = once(row, folder, made.rounds == number + 1)
    judge = said.get("judge")
    for name in here:
        made.rows[name].agrees, made.rows[name].findings = compared(judge or said[here[0]], said[name])


def _alone(row: Row, folder: Path, _last: bool) -> tuple[set[Any], set[Any] | None]:
    form = "parquet" if row.contender.parquet else "jsonl"
    found = folder / "found.json"
    took = run(
        "-m", "bench.one", row.name, str(_file(folder, form, "warm-")), str(_file(folder, form)), str(found)
    )
    told = json.loads(took.out)
    row.clock.append(told["clock"])
    row.cpu.append(told["cpu"])
    row.megabytes = max(row.megabytes, took.megabytes)
    row.records = told["records"]
    heard = json.loads(found.read_text("utf-8"))
    return _keys(heard["violated"]), None if heard["open"] is None else _keys(heard["open"])


def _door(row: Row, folder: Path, last: bool) -> tuple[set[Any], set[Any] | None]:
    """The whole command: from the start of Python to the last file of the report."""
    form = "parquet" if row.contender.parquet else "jsonl"
    out = folder / "out"
    took = run(*_audit(folder / form, out, row.contender.cores), fine=(0, 1))
    row.clock.append(took.clock)
    row.cpu.append(took.cpu)
    row.megabytes = max(row.megabytes, took.megabytes)
    return (
        (_reported(out / "findings.jsonl"), _reported(out / "undetermined.jsonl")) if last else (set(), None)
    )


def _audit(dossier: Path, out: Path, workers: int) -> list[str]:
    return [
        "-m",
        "hami_rules",
        "audit",
        str(dossier),
        "-o",
        str(out),
        "--as-of",
        f"{AS_OF}",
        "-j",
        str(workers),
    ]


def _keys(rows: Iterable[Sequence[str]]) -> set[tuple[str, ...]]:
    keys = [tuple(row) for row in rows]
    assert len(keys) == len(set(keys)), "a contender names a finding once"
    return set(keys)


def _reported(file: Path) -> set[tuple[str, ...]]:
    found = set()
    with file.open("rb") as lines:
        for line in lines:
            row = json.loads(line)
            if row["rule"] in RULES:
                application, _, number = row["record_key"].split("/")
                found.add((row["rule"], application, number))
    return found


def compared(
    judge: tuple[set[Any], set[Any] | None], other: tuple[set[Any], set[Any] | None]
) -> tuple[bool, str]:
    """Whether both found the same, and in words what they did."""
    lost, more = len(judge[0] - other[0]), len(other[0] - judge[0])
    if lost or more:
        return False, f"不一致：少 {lost} 多 {more}"
    if other[1] is None:
        return True, f"违反 {len(other[0])} 一致，未决不分"
    if judge[1] is not None and judge[1] != other[1]:
        return False, f"未决不一致：少 {len(judge[1] - other[1])} 多 {len(other[1] - judge[1])}"
    return True, f"违反 {len(other[0])}、未决 {len(other[1])} 一致"


# -- the rest ----------------------------------------------------------------------------------------------------

_GUIDE = "cases/demo/guides/650500-GXJ.yaml"
STARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "help": ("hami --help", ("--help",)),
    "show": ("hami show 14", ("show", "14")),
    "check": (f"hami check {_GUIDE}", ("check", _GUIDE, "--as-of", f"{AS_OF}")),
    "check_with": (f"hami check {_GUIDE} --with cases/demo", ("check", _GUIDE, "--with", "cases/demo", "--as-of", f"{AS_OF}")),
    "ask": ("hami ask 一个问题", ("ask", "网上传了电子执照，窗口还要我另外交一份纸质的")),
    "gate": (f"hami check guides（{GUIDES:,} 份，每份约 60 行）", ("check", "guides", "--as-of", f"{AS_OF}")),
}  # fmt: skip


def start_up(made: Measured, root: Path, rounds: int, folder: Path) -> None:
    """How long the small commands take, after a first run that fills the cache; and a whole repository of guides."""
    guides = write_guides(folder / "guides")
    took: dict[str, list[Any]] = {name: [] for name in STARTS}
    for number in range(rounds + 1):
        for name, (_, arguments) in STARTS.items():
            words = [
                str(root / a) if a.startswith("cases/") else str(guides) if a == "guides" else a
                for a in arguments
            ]
            one = run("-m", "hami_rules", *words, fine=(0, 1))
            if number:
                took[name].append(one)
    for name, (zh, _) in STARTS.items():
        made.starts[name] = Start(zh, median(t.clock for t in took[name]), median(t.cpu for t in took[name]))


def parts_of(made: Measured, folder: Path) -> None:
    made.parts = json.loads(run("-m", "bench.parts", str(_file(folder, "jsonl", "warm-"))).out)


def remember(made: Measured, folder: Path, n: int) -> None:
    """An audit of `n` applications by two workers: how much memory the largest of its processes held."""
    run("-m", "bench.data", str(folder / "many"), str(n), "jsonl")
    many = folder / "many" / "applications.jsonl"
    took = run(*_audit(folder / "many", folder / "out", 2), fine=(0, 1))
    size = many.stat().st_size + sum(f.stat().st_size for f in (folder / "out").iterdir())
    made.memory = Memory(n, took.megabytes, took.clock, size / 1e9)
    many.unlink()


def one_and_two(made: Measured, folder: Path, n: int, rounds: int) -> None:
    """Audits of `n` applications by one process and by two in turn."""
    for form in ("jsonl", "parquet"):
        run("-m", "bench.data", str(folder / f"large-{form}"), str(n), form)
        pair = made.pairs[form] = Pair(n)
        for _ in range(rounds):
            for workers, took in ((1, pair.one), (2, pair.two)):
                took.append(
                    run(*_audit(folder / f"large-{form}", folder / "out", workers), fine=(0, 1)).clock
                )
        shutil.rmtree(folder / f"large-{form}")

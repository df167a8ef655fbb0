"""Live supervision measured: events a second, memory with many open applications, how long an alert takes.

`python -m bench.live` runs `hami watch` as a user would, on applications of the demo dossier told again and again under
other numbers, all begun within three days, so that all of them are open at once. Exit 1: a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.assets import data_folder
from hami_rules.intake.convert import bulk_decoder
from hami_rules.intake.errors import InputError
from hami_rules.records.application import Application
from hami_rules.records.fold import order_of, unfold

DEMO = data_folder("cases") / "demo"
BEGIN = date(2025, 9, 1)
RATE, LATENCY, MEMORY = 3_000, 0.2, 1_000_000_000
"""Goals: events a second at least; seconds that 99 of 100 alerts take at most, at 1,000 events a second; bytes at most."""
STEADY = 1_000
SPREAD = 60
"""Days over which the applications begin that latency is measured with."""


def _shifted(value: Any, by: timedelta) -> Any:
    """The same with every date moved."""
    if isinstance(value, date):
        return value + by if value < date(9000, 1, 1) else value
    if isinstance(value, list | tuple):
        return [_shifted(v, by) for v in value]
    if isinstance(value, dict):
        return {k: _shifted(v, by) for k, v in value.items()}
    return value


def _begun() -> list[tuple[date, dict[str, Any]]]:
    """The applications of the demo with the day on which they begin."""
    decode = bulk_decoder(Application)
    out = []
    for line in (DEMO / "applications.jsonl").read_bytes().splitlines():
        try:
            record = decode(line)
        except InputError:
            continue
        if record.submitted_on is not None and record.application_no:
            out.append((record.submitted_on, msgspec.to_builtins(record, builtin_types=(date,))))
    return out


def _templates(each: int) -> list[list[dict[str, Any]]]:
    """The first events of demo applications, begun on one day."""
    out = []
    for begun, record in _begun():
        plain = _shifted(record, BEGIN - begun)
        events = unfold("application", msgspec.convert(plain, Application))[:each]
        if len(events) == each:
            out.append([msgspec.to_builtins(e) | {"at": order_of(e)[0].timestamp()} for e in events])
    return out


def write_stream(path: Path, applications: int, each: int) -> int:
    """A stream of that many applications with `each` events, in the order in which they happened; how many events."""
    templates = _templates(each)
    encode = msgspec.json.Encoder().encode
    rows: list[tuple[float, int, int]] = []
    spool = path.with_suffix(".spool")
    with spool.open("wb") as out:
        for n in range(applications):
            for i, event in enumerate(templates[n % len(templates)]):
                said = {k: v for k, v in event.items() if k != "at"}
                said |= {"event_id": f"{n}-{i}", "application_no": f"B{n}"}
                if "application" in said:
                    said["application"] = said["application"] | {"applicant_id": f"X{n}", "matter_id": None}
                line = encode(said) + b"\n"
                # Spread over three days, so that the order of arrival mixes the applications.
                rows.append((event["at"] + n % 3 * 86_400 + i * 60 + n % 60, out.tell(), len(line)))
                out.write(line)
    rows.sort()
    with spool.open("rb") as source, path.open("wb") as out:
        for _, offset, size in rows:
            source.seek(offset)
            out.write(source.read(size))
    spool.unlink()
    return len(rows)


def write_steady(path: Path, applications: int) -> None:
    """A stream of that many applications told from their beginning to their end, begun over `SPREAD` days."""
    begun = _begun()
    encode = msgspec.json.Encoder().encode
    rows: list[tuple[float, bytes]] = []
    for n in range(applications):
        day, record = begun[n % len(begun)]
        plain = _shifted(record, BEGIN + timedelta(days=n * 7 % SPREAD) - day)
        plain |= {"application_no": f"B{n}", "applicant_id": f"X{n}", "matter_id": None}
        for event in unfold("application", msgspec.convert(plain, Application)):
            rows.append((order_of(event)[0].timestamp(), encode(event) + b"\n"))
    rows.sort(key=lambda r: r[0])
    path.write_bytes(b"".join(line for _, line in rows))


def throughput(folder: Path, applications: int, each: int) -> dict[str, float]:
    """One whole run with a state and an alert file: events a second, and the most memory that it held."""
    stream = folder / "events.jsonl"
    events = write_stream(stream, applications, each)
    warm = folder / "warm.jsonl"
    warm.write_bytes(b"".join(line for _, line in zip(range(10), stream.open("rb"), strict=False)))
    start = _timed(_watch(warm, folder / "w"))[0]
    seconds, memory = _timed(_watch(stream, folder / "s"))
    return {
        "applications": applications, "events": events, "seconds": seconds - start, "start": start,
        "rate": events / (seconds - start), "memory": memory,
    }  # fmt: skip


def _watch(stream: Path, state: Path) -> list[str]:
    return [
        sys.executable, "-m", "hami_rules", "watch", str(stream), "--with", str(DEMO), "--once",
        "--state", str(state), "--alerts", str(state) + ".alerts",
    ]  # fmt: skip


def _timed(command: list[str]) -> tuple[float, float]:
    """Seconds by the clock and the most memory (bytes) of a command."""
    started = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(said)
    return time.monotonic() - started, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def latency(folder: Path, applications: int) -> list[float]:
    """Seconds from handing in an event to having the alert that came with it, at a steady rate; sorted. The applications
    are told to their end: most breaches of the demo come late."""
    stream = folder / "steady.jsonl"
    write_steady(stream, applications)
    command = [sys.executable, "-m", "hami_rules", "watch", "-", "--with", str(DEMO), "--card", "red,yellow"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None and process.stdout is not None
    sent: dict[str, float] = {}
    took: list[float] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            at = time.monotonic()
            event = json.loads(line).get("event")
            if event in sent:
                took.append(at - sent[event])

    reader = threading.Thread(target=read)
    reader.start()
    lines = stream.read_bytes().splitlines(keepends=True)
    warm = len(lines) // 5  # until the engines are made
    begun = time.monotonic()
    for i, line in enumerate(lines):
        ahead = begun + i / STEADY - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        if i >= warm:
            sent[json.loads(line)["event_id"]] = time.monotonic()
        process.stdin.write(line)
        process.stdin.flush()
    process.stdin.close()
    reader.join()
    process.wait()
    return sorted(took)


def _lines(made: dict[str, float], took: list[float]) -> Iterator[tuple[bool, str]]:
    yield (
        made["rate"] >= RATE,
        f"每秒事件 {made['rate']:,.0f}（目标 ≥ {RATE:,}）：{made['applications']:,} 件同时在办，{made['events']:,} 个事件，{made['seconds']:.1f} 秒，启动另计 {made['start']:.1f} 秒",
    )
    yield made["memory"] < MEMORY, f"内存最多 {made['memory'] / 1e6:,.0f} MB（目标 < {MEMORY / 1e6:,.0f} MB）"
    if took:
        p50, p99 = took[len(took) // 2], took[min(len(took) - 1, len(took) * 99 // 100)]
        yield (
            p99 < LATENCY,
            f"出牌用时，每秒 {STEADY:,} 个事件：中位 {p50 * 1e3:.0f} 毫秒，99% 在 {p99 * 1e3:.0f} 毫秒之内（目标 < {LATENCY * 1e3:.0f} 毫秒），{len(took)} 张牌",
        )
    else:
        yield False, "没有测到一张牌"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=10, help="events of an application")
    parser.add_argument("--steady", type=int, default=6_000, help="applications for the latency")
    parser.add_argument("--folder", type=Path, default=None)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hami-bench-", dir=said.folder) as made:
        folder = Path(made)
        lines = list(_lines(throughput(folder, said.applications, said.each), latency(folder, said.steady)))
    for reached, line in lines:
        print("达到" if reached else "未达", line)
    return 0 if all(reached for reached, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())

"""A watcher that is killed goes on where it was: no alert is lost, none comes twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import DEMO

EVENTS = 24_000


def _watch(source: Path, state: Path, alerts: Path) -> list[str]:
    return [
        sys.executable, "-m", "hami_rules", "watch", str(source), "--with", str(DEMO), "--state", str(state),
        "--alerts", str(alerts), "--once",
    ]  # fmt: skip


def test_kill_at_any_moment_loses_no_alert_and_repeats_none(tmp_path: Path, demo_stream: list[bytes]) -> None:
    source = tmp_path / "events.jsonl"
    lines = list(demo_stream[:EVENTS])
    lines[4_000] = b'{"event_id": "broken"\n'
    source.write_bytes(b"".join(lines))
    whole = tmp_path / "whole.jsonl"
    done = subprocess.run(_watch(source, tmp_path / "a", whole), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    expected = whole.read_bytes()
    assert expected.count(b"\n") > 50

    chance = random.Random(time.time_ns())
    alerts, state = tmp_path / "alerts.jsonl", tmp_path / "b"
    kills = 0
    while kills < 5:
        before = alerts.stat().st_size if alerts.exists() else 0
        process = subprocess.Popen(
            _watch(source, state, alerts), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None and (not alerts.exists() or alerts.stat().st_size == before):
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.25))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills, "nothing was killed: the stream is too short for this machine"
    done = subprocess.run(_watch(source, state, alerts), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert alerts.read_bytes() == expected
    numbers = [json.loads(line)["seq"] for line in alerts.read_bytes().splitlines()]
    assert numbers == list(range(1, len(numbers) + 1))
    for folder in ("a", "b"):
        aside = (tmp_path / folder / "quarantine.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["place"] for line in aside] == [f"{source}:4001:1"]


def test_what_a_stream_repeats_after_a_kill_is_known_by_its_id(
    tmp_path: Path, demo_stream: list[bytes]
) -> None:
    """Nobody can tell what the reader of a pipe has: after a kill alerts may come again, and never anything else."""
    source = tmp_path / "events.jsonl"
    source.write_bytes(b"".join(demo_stream[:EVENTS]))
    whole = subprocess.run(_streamed(source, tmp_path / "a"), capture_output=True, check=False)
    assert whole.returncode == 1, whole.stderr
    expected = whole.stdout.splitlines()
    assert len(expected) > 50
    assert len({json.loads(line)["id"] for line in expected}) == len(expected)

    chance = random.Random(time.time_ns())
    state = tmp_path / "b"
    came: list[bytes] = []
    kills = 0
    for _ in range(5):
        process = subprocess.Popen(
            _streamed(source, state), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        assert process.stdout is not None
        got = process.stdout.read(1)
        time.sleep(chance.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        got += process.stdout.read()
        kills += process.wait() == -signal.SIGKILL
        whole_lines, _, _cut = got.rpartition(b"\n")  # a line without an end was cut off, and comes again
        came += whole_lines.splitlines()
    assert kills, "nothing was killed: the stream is too short for this machine"
    done = subprocess.run(_streamed(source, state), capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    came += done.stdout.splitlines()
    kept: dict[str, bytes] = {}
    for line in came:
        alert = json.loads(line)
        assert kept.setdefault(alert["id"], line) == line, "under one id the same comes again"
    assert list(kept.values()) == expected
    # A clean end leaves nothing to repeat.
    again = subprocess.run(_streamed(source, state), capture_output=True, check=False)
    assert again.stdout == b""


def _streamed(source: Path, state: Path) -> list[str]:
    return [
        sys.executable, "-m", "hami_rules", "watch", str(source), "--with", str(DEMO), "--state", str(state),
        "--alerts", "-", "--once",
    ]  # fmt: skip


def test_a_line_that_a_kill_cut_off_is_written_anew(tmp_path: Path) -> None:
    from hami_rules.live.sinks import FileSink

    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"seq":1}\n{"seq":2}\n{"se')
    sink = FileSink(path)
    assert sink.last == 2
    for seq in (1, 2, 3):
        sink.put(seq, b'{"seq":%d}' % seq)
    sink.close()
    assert path.read_bytes() == b'{"seq":1}\n{"seq":2}\n{"seq":3}\n'


def test_two_watchers_do_not_share_a_state(tmp_path: Path) -> None:
    from hami_rules.live.state import State, StateError

    first = State(tmp_path / "s")
    first.set("x", "1")
    first.commit()
    with pytest.raises(StateError, match="in use"):
        State(tmp_path / "s")
    first.close()
    State(tmp_path / "s").close()

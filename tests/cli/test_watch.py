"""`hami replay` and `hami watch` as a user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hami_rules.assets import data_folder

DEMO = data_folder("cases") / "demo"
HAMI = [sys.executable, "-m", "hami_rules"]


def hami(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*HAMI, *arguments], input=given, capture_output=True, check=False)


@pytest.fixture(scope="module")
def stream() -> bytes:
    done = hami("replay", str(DEMO))
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_a_replayed_dossier_is_watched_in_one_command(stream: bytes) -> None:
    pytest.importorskip("durable")
    done = hami("watch", "-", "--card", "red", given=b"".join(stream.splitlines(keepends=True)[:4000]))
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert str(DEMO) in said
    assert "读取 4000 = 折叠 3999 + 重复 0 + 隔离 0 + 时钟 1" in said
    assert "不一致 0 项" in said
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    assert alerts and {a["card"] for a in alerts} == {"red"}
    assert all(a["fired"] and a["history"] and a["message"]["zh"] and a["citation"]["zh"] for a in alerts)


def test_the_demo_stream_is_the_same_every_time(stream: bytes) -> None:
    assert hami("replay", str(DEMO)).stdout == stream


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("watch", "-", "--card", "blue"), "--card"),
        (("watch", "nowhere.jsonl"), "nowhere.jsonl"),
        (("replay", "nowhere"), "nowhere"),
        (("replay", str(DEMO), "--speed", "-1"), "--speed"),
    ],
)
def test_a_slip_is_answered_with_what_is_wrong(arguments: tuple[str, ...], said: str) -> None:
    done = hami(*arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_nothing_read_is_no_quiet_pass() -> None:
    pytest.importorskip("durable")
    assert hami("watch", "-").returncode == 2


def test_an_alert_file_that_is_there_is_not_written_into_without_a_state(tmp_path: Path) -> None:
    there = tmp_path / "a.jsonl"
    there.write_bytes(b"mine\n")
    done = hami("watch", "-", "--alerts", str(there))
    assert (done.returncode, there.read_bytes()) == (2, b"mine\n")


def test_without_the_engine_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from hami_rules.live import engine_at_hand

    monkeypatch.setattr(engine_at_hand, "find_spec", lambda name: None)
    missing = engine_at_hand.engine_missing()
    assert missing is not None
    assert "hami-rules[live]" in missing.zh

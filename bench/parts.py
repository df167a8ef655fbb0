"""Where the time of an application goes: each part by itself, in µs of processor time. `python -m bench.parts FILE`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.intake.chunks import raw_rows
from hami_rules.intake.dossier import read_chunk
from hami_rules.intake.identity import first_pass_chunk
from hami_rules.judge.engine import Hit
from hami_rules.records.application import Application
from hami_rules.records.settle import settle

from .common import RULES
from .ours import chunks_of, setting

__all__ = ["main"]

ROUNDS = 5


def main() -> None:
    file = Path(sys.argv[1])
    rows = file.read_bytes().splitlines()
    decode = msgspec.json.Decoder(Application).decode
    chunks = chunks_of(file)
    judge, world = setting(None)
    three, _ = setting(RULES)
    hits: list[Hit] = []

    def each(what: Callable[[bytes], Any]) -> float:
        return _least(lambda: [what(row) and None for row in rows]) / len(rows) * 1e6

    def through(what: Callable[[Any], Any]) -> float:
        return _least(lambda: [sum(1 for _ in what(chunk)) for chunk in chunks]) / len(rows) * 1e6

    def judged(row: bytes, by: Any) -> None:
        by.judge("application", settle("application", decode(row), world), world, hits)
        hits.clear()

    decoded = each(decode)
    settled = each(lambda row: settle("application", decode(row), world))
    print(
        json.dumps(
            {
                "first": _least(lambda: [first_pass_chunk(c) for c in chunks]) / len(rows) * 1e6,
                "rows": through(raw_rows),
                "decode": decoded,
                "read": through(read_chunk),
                "settle": settled - decoded,
                "three": each(lambda row: judged(row, three)) - settled,
                "all": each(lambda row: judged(row, judge)) - settled,
            }
        )
    )


def _least(work: Callable[[], Any]) -> float:
    """The least of several: what other work on the machine adds is no part of it."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()

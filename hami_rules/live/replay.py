"""Replay: the records of a dossier as the stream of events that would have told of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from hami_rules.intake.dossier import Dossier, Entry, read_chunk
from hami_rules.intake.identity import first_pass_chunk, merge
from hami_rules.records.fold import order_of, unfold

__all__ = ["Replay", "replay"]

_TABLES = {
    "tickets": "ticket",
    "raised_problems": "raised_problem",
    "construction_projects": "construction_project",
}


@dataclass
class Replay:
    """What was made of a dossier's records; counted while the lines are made."""

    records: int = 0
    events: int = 0
    quarantined: int = 0
    duplicates: int = 0


def replay(dossier: Dossier, named: str, until: date, counts: Replay) -> Iterator[tuple[float, bytes]]:
    """The events of a dossier in the order in which they happened: their instants (seconds) and lines.

    The first line says beside which dossier they are to be judged, the last that it is the end of `until`.
    """
    encode = msgspec.json.Encoder().encode
    places: list[tuple[float, int, int]] = []
    with tempfile.TemporaryFile(prefix="hami-") as spool:
        for root, record in _records(dossier, counts):
            counts.records += 1
            for event in unfold(root, record, until):
                at = order_of(event)[0].timestamp()
                line = encode(event) + b"\n"
                places.append((at, spool.tell(), len(line)))
                spool.write(line)
        places.sort()
        counts.events = len(places)
        # Nothing is told before the first event; the clock begins there.
        yield (places[0][0] if places else 0.0), _clock(_day(places, until), named)
        for at, offset, size in places:
            spool.seek(offset)
            yield at, spool.read(size)
    last = places[-1][0] if places else 0.0
    yield (
        last,
        encode({"kind": "clock", "happened_at": f"{until}T23:59:59", "recorded_at": f"{until}T23:59:59"})
        + b"\n",
    )


def _day(places: list[tuple[float, int, int]], until: date) -> date:
    from datetime import datetime

    from hami_rules.records.dates import BEIJING

    return datetime.fromtimestamp(places[0][0], BEIJING).date() if places else until


def _clock(day: date, dossier: str) -> bytes:
    return msgspec.json.encode({"kind": "clock", "happened_at": day.isoformat(), "dossier": dossier}) + b"\n"


def _records(dossier: Dossier, counts: Replay) -> Iterator[tuple[str, Any]]:
    """The records that an audit would judge."""
    if "applications" in dossier.tables:
        chunks = dossier.chunks("applications")
        identity = merge([first_pass_chunk(c) for c in chunks], chunks)
        for chunk in chunks:
            skips = identity.skips(chunk)
            counts.duplicates += len(skips.duplicates)
            for found in read_chunk(chunk, skips):
                if isinstance(found, Entry):
                    yield "application", found.record
                else:
                    counts.quarantined += 1
    for table, root in _TABLES.items():
        if table in dossier.tables:
            loaded = dossier.load(table)
            counts.quarantined += len(loaded.quarantined)
            counts.duplicates += loaded.duplicates
            yield from ((root, entry.record) for entry in loaded.entries)

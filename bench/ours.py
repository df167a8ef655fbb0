"""The compiled judge itself, in this process: from the file to verdicts, without explaining or reporting them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from hami_rules.intake.chunks import CHUNK_BYTES, CHUNK_ROWS, Chunk, cut_lines, cut_rows
from hami_rules.intake.convert import bulk_decoder
from hami_rules.intake.dossier import read_chunk
from hami_rules.intake.tables import TableFile
from hami_rules.judge.engine import Hit, Judge
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import load_pack
from hami_rules.records.kinds import ROOTS
from hami_rules.records.settle import settle
from hami_rules.records.world import Covered, World

from .common import RULES, Found, Run
from .data import AS_OF, tables

__all__ = ["all_rules", "chunks_of", "setting", "three_rules"]


def setting(rules: tuple[str, ...] | None) -> tuple[Judge, World]:
    """A judge of these rules (`None`: all), and the world of the data."""
    pack = load_pack(None)
    judge = Judge([b for b in pack.bound if rules is None or b.rule.id in rules], pack.registry)
    loaded = {
        name: [bulk_decoder(ROOTS[name].struct)(msgspec.json.encode(row)) for row in rows]
        for name, rows in tables().items()
    }
    return judge, make_world(pack, loaded, AS_OF, (Covered("guides"), Covered("applications")))


def chunks_of(file: Path) -> list[Chunk]:
    if file.suffix == ".parquet":
        cut = cut_rows(TableFile(file, file.name, "parquet"), CHUNK_ROWS)
        return [Chunk("applications", n, "parquet", str(file), file.name, *at) for n, at in enumerate(cut)]
    lines = cut_lines(file, CHUNK_BYTES)
    return [Chunk("applications", n, "jsonl", str(file), file.name, *at) for n, at in enumerate(lines)]


def _run(rules: tuple[str, ...] | None) -> Run:
    judge, world = setting(rules)
    wanted = {i: r.rule.id for i, r in judge.rules.items() if r.rule.id in RULES}

    def run(file: Path) -> Found:
        found = Found(open=[])
        assert found.open is not None
        out: list[Hit] = []
        for chunk in chunks_of(file):
            for entry in read_chunk(chunk):
                record = settle("application", entry.record, world)  # type: ignore[union-attr]
                judge.judge("application", record, world, out)
                if out:
                    for rule, code, chain in out:
                        if rule in wanted:
                            key = (wanted[rule], chain[0].application_no, _number(chain[1]))
                            (found.violated if code == 1 else found.open).append(key)
                    out.clear()
        tally = judge.tally("application", ())
        assert not tally.error, "nothing in the data makes a rule raise"
        found.records = sum(tally.records.values())
        return found

    return run


def _number(record: Any) -> str:
    return str(getattr(record, "demand_no", None) or record.engagement_no)


def three_rules() -> Run:
    return _run(RULES)


def all_rules() -> Run:
    return _run(None)

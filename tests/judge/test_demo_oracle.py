"""The compiled judge and the interpreter on every kind of record of the bundled dossier, many parts to a record."""

from __future__ import annotations

from datetime import date

from hami_rules.assets import data_folder
from hami_rules.derive.aggregate import of_all
from hami_rules.derive.gathering import gather
from hami_rules.intake.dossier import Entry, open_dossier, read_chunk
from hami_rules.judge.engine import Hit, Judge, Tally
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import load_pack
from hami_rules.records.kinds import ROOTS
from hami_rules.records.settle import settle

EVERY = 5  # of the applications, one in so many


def test_compiled_says_what_the_interpreter_says_of_the_bundled_dossier() -> None:
    pack = load_pack()
    judge = Judge(pack.bound, pack.registry)
    with open_dossier(data_folder("cases") / "demo") as dossier:
        tables = {t: dossier.load(t).records for t in dossier.tables if not ROOTS[t].stream}
        world = make_world(pack, tables, date(2026, 6, 30), dossier.completeness)
        applications = [
            settle("application", e.record, world)
            for chunk in dossier.chunks("applications")
            for e in read_chunk(chunk)
            if isinstance(e, Entry)
        ]
    world.gathered = gather(applications)
    rows = {ROOTS[table].name: records for table, records in tables.items()}
    rows["application"] = applications[::EVERY]
    for kind, record in of_all(world, applications):
        rows.setdefault(kind, []).append(record)
    met: set[str] = set()
    for kind, records in rows.items():
        if not judge.needed(kind):
            continue
        compiled: list[Hit] = []
        interpreted: list[Hit] = []
        tally = Tally()
        for record in records:
            judge.judge(kind, record, world, compiled)
            interpreted += judge.interpret(kind, record, world, tally)
        assert [(h[0], h[1], h[2][-1]) for h in sorted(compiled, key=_order)] == [
            (h[0], h[1], h[2][-1]) for h in sorted(interpreted, key=_order)
        ], kind
        said = judge.tally(kind, ())
        assert said.records == tally.records
        assert said.not_applicable == tally.not_applicable
        met |= said.records.keys()
    assert judge.fallbacks == 0
    assert {
        "demand",
        "guide_condition",
        "engagement",
        "deferral",
        "gathered_demand",
        "workload",
        "concentration",
    } <= met


def _order(hit: Hit) -> tuple[int, int, str]:
    return hit[0], hit[1], repr(hit[2][-1])

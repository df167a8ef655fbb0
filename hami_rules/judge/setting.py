"""Setting the scene: from loaded tables to a world in which records can be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from hami_rules.derive.gathering import Holdings
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS
from hami_rules.records.settle import settle
from hami_rules.records.world import Covered, World

__all__ = ["make_world"]


def make_world(
    pack: Pack,
    tables: Mapping[str, Sequence[Any]],
    as_of: date,
    completeness: Iterable[Covered] = (),
    gathered: Mapping[tuple[str, str], Holdings] | None = None,
) -> World:
    """A world of the given reference tables, settled. Streamed tables (applications) are settled as they come."""
    covered = tuple(completeness)
    world = World(
        as_of=as_of,
        calendar=pack.working_days,
        parameters=pack.data.parameters.lookups(),
        tables={name: list(rows) for name, rows in tables.items() if not ROOTS[name].stream},
        completeness=covered,
        documentary=pack.documentary,
        gathered=gathered or {},
        gathering_complete=any(c.table == "applications" for c in covered),
    )
    for name, rows in world.tables.items():
        for row in rows:
            settle(ROOTS[name].name, row, world)
    world.reindex()
    return world

"""A world in which every organ has its documents: what the cases and the bundled dossier take for granted."""

from __future__ import annotations

from collections.abc import Collection

from hami_rules.derive.expectation import duty_of, evidence_of, expected_of
from hami_rules.records.reference import Evidence
from hami_rules.records.world import World

__all__ = ["documents_due"]


def documents_due(world: World, undocumented: Collection[str] = ()) -> list[Evidence]:
    """Evidence, dated the day of the audit, of every documentary duty for which the world holds none that is or may
    be of it; but for the `undocumented` ones, named by norm (25.1a), duty (25.1a.hiring) or organ/duty."""
    out = []
    for row in world.tables.get("organs", ()):
        organ = world.organ(row.code) if row.code else None
        if organ is None or organ.organ_class is None:
            continue
        for expected in expected_of(world, organ):
            rule, duty = expected[0], duty_of(*expected)
            named = {rule.norm, duty, f"{organ.code}/{duty}", f"{organ.code}/{rule.norm}"}
            if not named.isdisjoint(undocumented) or any(evidence_of(world, organ.code, *expected)):
                continue
            _, aspect, year = expected
            out.append(
                Evidence(
                    evidence_no=f"{organ.code}/{duty}", organ_code=organ.code, norm=rule.norm,
                    aspect=aspect.key if aspect else None, year=year, document="按期报送的佐证材料",
                    dated=world.as_of, valid_to=world.as_of, shows="done",
                )
            )  # fmt: skip
    return out

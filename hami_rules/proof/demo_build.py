"""The town of a seed, whole: made, and with every slip in it."""

from __future__ import annotations

from random import Random

from .demo_centre import internal_bodies, stationed_staff
from .demo_more import plant_more, reserved
from .demo_slips import Slips
from .demo_town import (
    Town,
    catalogues,
    deferral_lists,
    duties,
    evidence,
    fit_out,
    instruments,
    intermediaries,
    item_lists,
    item_row,
    make_offices,
    make_organs,
    read_tables,
    supervisors,
    workflow_rows,
)

__all__ = ["build_town"]


def build_town(seed: int) -> Town:
    """The reference tables of a seed, with the slips in them."""
    rng = Random(f"town {seed}")
    organs = {o["code"]: o for o in make_organs()}
    town = Town({}, make_offices(rng, organs), [])
    for office in town.offices:
        fit_out(office)
    scene = Slips(town, rng, reserved())
    scene.slip_in_guides()
    town.tables = {
        "organs": list(organs.values()),
        "instruments": instruments(),
        "aliases": [
            {"alias": alias, "material_code": code, "region": "", "valid_from": "2020-01-01", "valid_to": ""}
            for alias, code in read_tables()["aliases"]
        ],
        "items": [item_row(o) for o in town.offices],
        "item_lists": item_lists(town),
        "duties": duties(town),
        "guides": [e.guide for o in town.offices for e in o.editions],
        "workflows": [w for o in town.offices for w in workflow_rows(o)],
        "deferral_lists": deferral_lists(town, organs),
        "catalogues": catalogues(),
        "intermediaries": intermediaries(rng),
        "evidence": evidence(organs),
        "internal_bodies": internal_bodies(town),
        "stationed_staff": stationed_staff(town),
        "supervisors": supervisors(organs),
    }
    scene.slip_in_tables()
    plant_more(scene)
    return town

"""Condition trees as durable_rules takes them: they fire exactly where the judge says violated."""

from __future__ import annotations

from typing import Any

import pytest
import small_world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hami_rules.assets import data_folder
from hami_rules.engine import Engine, conditions_to_durable, facts_of, rule_of, violation_of
from hami_rules.judge.engine import Judge
from hami_rules.pack.load import load_pack
from hami_rules.pack.nodes import AllOf, AnyOf, Not, Undecided
from hami_rules.pack.rules import BoundRule
from hami_rules.proof.cases import load_cases, scene_of
from hami_rules.records.world import World

pytest.importorskip("durable.engine", reason="durable_rules is not installed (extra: live)")


def test_negations_go_to_the_leaves() -> None:
    a, b, c = (Undecided(x, x) for x in "abc")
    node = Not(AllOf((a, AnyOf((Not(b), AllOf((c, a)))))))
    assert conditions_to_durable(node) == {
        "$or": [
            {"undecided: a": "f"},
            {"$and": [{"undecided: b": "t"}, {"$or": [{"undecided: c": "f"}, {"undecided: a": "f"}]}]},
        ]
    }
    assert conditions_to_durable(AllOf((AllOf((a, b)), c))) == conditions_to_durable(AllOf((a, b, c)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_world.packs(), st.lists(small_world.TOPS, min_size=1, max_size=2), small_world.worlds())
def test_random_packs(pack: list[BoundRule], tops: list[Any], world: World) -> None:
    judge = Judge(pack, small_world.REGISTRY)
    engine = Engine("random pack", [rule_of(b) for b in pack])
    for top in tops:
        for frame in judge.frames("top", top, world):
            mine = judge.by_kind.get(frame.kind, [])
            fired = {f.rule for f in engine.run(facts_of(map(violation_of, mine), frame))}
            assert fired == {b.rule.id for b in mine if judge.verdict(b, frame) == "violated"}


def test_the_pack_on_its_cases() -> None:
    pack = load_pack()
    judge = Judge(pack.bound, pack.registry)
    engines = {kind: Engine(kind, map(rule_of, rules)) for kind, rules in judge.by_kind.items()}
    seen = 0
    for case in load_cases(data_folder("cases"))[::25]:
        scene = scene_of(case, pack)
        frames = (f for kind, record in scene.at_hand() for f in judge.frames(kind, record, scene.world))
        for frame in frames:
            mine = judge.by_kind.get(frame.kind, [])
            if not mine:
                continue
            fired = {f.rule for f in engines[frame.kind].run(facts_of(map(violation_of, mine), frame))}
            violated = {b.rule.id for b in mine if judge.verdict(b, frame) == "violated"}
            assert fired == violated, (case.name, frame.key)
            seen += len(violated)
    assert seen > 20, seen

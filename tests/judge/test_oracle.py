"""The interpreter is the oracle: the compiled judge gives the same hits and the same counts.

First over random packs of a small registry that has every device of the language, then over the real pack with
records changed at random. The compiled function itself may raise only what a rule's function raised: an exception of
its own would be hidden by the fallback to the interpreter.
"""

from __future__ import annotations

from typing import Any

import small_world
from changed_records import a_judge, changed_scenes, the_pack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import Boom

from hami_rules.judge.engine import Hit, Judge, Tally
from hami_rules.pack.rules import BoundRule
from hami_rules.proof.cases import Scene
from hami_rules.records.reference import EvidenceRequest
from hami_rules.records.world import World

CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def interpreted(judge: Judge, root: str, record: Any, world: World) -> tuple[list[Hit], Tally]:
    tally = Tally()
    hits = judge.interpret(root, record, world, tally)
    for rule, code, _ in hits:
        tally.hit(rule, code)
    return hits, tally


def shown(hits: list[Hit]) -> list[tuple[int, int, str]]:
    """Hits in an order that does not depend on who found them."""
    return sorted((rule, code, repr(chain)) for rule, code, chain in hits)


def agree(judge: Judge, root: str, record: Any, world: World, expected: type[Exception] | None) -> None:
    made = judge._compiled.get(root)
    if made is None:
        made = judge._compiled[root] = judge._compile(root)
    raised = False
    try:
        made.function(record, world, [], [0] * len(made.counts))
    except Exception as problem:
        raised = True
        assert expected is not None and isinstance(problem, expected), made.plan.source
    hits: list[Hit] = []
    judge.judge(root, record, world, hits)
    tally = judge.tally(root, hits)
    oracle, counts = interpreted(judge, root, record, world)
    assert shown(hits) == shown(oracle), made.plan.source
    assert tally == counts, made.plan.source
    if any(code == 3 for _, code, _ in oracle):
        assert raised, "the interpreter saw an error that the compiled function passed over"


@settings(max_examples=200, deadline=None, suppress_health_check=CALM)
@given(
    small_world.packs(), st.lists(small_world.TOPS, min_size=1, max_size=3), small_world.worlds(), st.data()
)
def test_random_packs(pack: list[BoundRule], tops: list[Any], world: World, data: st.DataObject) -> None:
    judge = Judge(pack, small_world.REGISTRY)
    for top in tops:
        keys = [(f.kind, f.key) for f in judge.frames("top", top, world)]
        asked = data.draw(st.lists(st.sampled_from(keys), max_size=3))
        world.unanswered = {}
        for kind, key in asked:
            for fact in ("q", "xs", "grands"):
                world.unanswered.setdefault((kind, fact), {})[key] = EvidenceRequest()
        agree(judge, "top", top, world, Boom)


def test_the_small_world_is_sound() -> None:
    assert small_world.REGISTRY.problems == []
    assert small_world.REGISTRY.check() == []
    for kind in small_world.JUDGED:
        assert len(small_world.leaves(kind, ())) > 3, kind


OWN = Judge(the_pack().bound, the_pack().registry)


@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
@given(changed_scenes())
def test_the_real_pack(scene: Scene) -> None:
    judge = OWN  # one that others share would hold their counts
    for kind, record in scene.records:
        if judge.needed(kind):
            agree(judge, kind, record, scene.world, None)


def test_every_rule_is_compiled_once() -> None:
    """No rule is lost between the pack and the compiled functions."""
    judge = a_judge()
    below = [r.index for root in judge.roots() for k in judge.below(root) for r in judge.by_kind.get(k, ())]
    assert sorted(below) == sorted(r.index for r in the_pack().bound)

"""Each known limit of durable_rules, and that `Engine` does not run into it.

Where the limit can be shown, it is: a new release that no longer has it should be noticed.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hami_rules.engine import Engine, EngineError, FactError, Firing, MissingEngine, truths
from hami_rules.engine.session import BLOCK_PATHS, NAMES

native = pytest.importorskip("durable.engine", reason="durable_rules is not installed (extra: live)")


def rule(name: str, when: dict[str, Any], **then: str) -> dict[str, Any]:
    return {"name": name, "when": when, "then": then}


def names(firings: list[Firing]) -> list[str]:
    return [f.rule for f in firings]


def raw(name: str, **rules: dict[str, Any]) -> tuple[Any, list[str]]:
    """A ruleset of durable_rules itself, and the list that its rules write their names into."""
    fired: list[str] = []

    def action(which: str) -> Any:
        def run(closure: Any) -> None:
            fired.append(which)

        return run

    made = {n: {"all": [{"m": when}], "run": action(n)} for n, when in rules.items()}
    return native.Ruleset(name, None, made), fired


def fire(ruleset: Any, handle: Any) -> None:
    ruleset.do_actions(handle, lambda error, state: None)


# -- what matches -------------------------------------------------------------------------------------------------


def test_every_rule_that_matches_fires_not_only_the_first() -> None:
    ruleset, fired = raw("posted", a={"x": "t"}, b={"x": "t"})
    fire(ruleset, ruleset.assert_event({"x": "t"}))
    assert len(fired) == 1, "a message posted is no longer consumed by the first rule"
    engine = Engine("asserted", [rule("a", {"x": "t"}), rule("b", {"x": "t"}), rule("c", {"x": "f"})])
    assert names(engine.run({"x": "t"})) == ["a", "b"]


def test_what_matches_nothing_is_no_error() -> None:
    ruleset, _ = raw("unmatched", a={"x": "t"})
    with pytest.raises(native.MessageNotHandledException):
        ruleset.assert_fact({"x": "f"})
    engine = Engine("unmatched", [rule("a", {"x": "t"})])
    assert engine.run({"x": "f"}) == []
    assert engine.run({"unheard": "t"}) == []
    assert engine.run({}) == []
    # also where a rule's own conclusion matches nothing further
    assert names(Engine("end", [rule("a", {"x": "t"}, y="t"), rule("b", {"y": "f"})]).run({"x": "t"})) == [
        "a"
    ]


def test_an_absent_fact_matches_neither_side() -> None:
    engine = Engine("absent", [rule("yes", {"x": "t"}), rule("no", {"x": "f"})])
    assert names(engine.run(truths({"x": None}))) == []
    assert names(engine.run(truths({"x": False}))) == ["no"]


def test_a_hit_that_an_earlier_call_left_behind_is_not_this_runs() -> None:
    engine = Engine("late", [rule("a", {"x": "t"}), rule("b", {"x": "f"})])
    block = engine._blocks[0]
    stray = block._token({"x": "f"}) | {"id": "stray"}
    block._ruleset.assert_fact(stray)  # as a batch that raised half-way leaves it: matched, not fired
    assert names(engine.run({"x": "t"})) == ["a"]
    block._ruleset.retract_fact(stray)


def test_what_an_action_raises_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset, _ = raw("swallowing", a={"x": "t"})
    ruleset._actions["a"] = native.Promise(lambda closure: 1 / 0)
    fire(ruleset, ruleset.assert_fact({"x": "t"}))
    assert "division by zero" in ruleset.get_state(None)["exception"], "an exception now goes elsewhere"
    engine = Engine("raising", [rule("a", {"x": "t"})])
    hit = type(engine._blocks[0])._hit
    monkeypatch.setattr(type(engine._blocks[0]), "_hit", lambda *_: 1 / 0)
    with pytest.raises(EngineError, match="division by zero"):
        engine.run({"x": "t"})
    monkeypatch.setattr(type(engine._blocks[0]), "_hit", hit)
    assert names(engine.run({"x": "t"})) == ["a"], "one failed run must not spoil the next"
    assert "exception" not in engine._blocks[0]._ruleset.get_state(None)


# -- what goes in -------------------------------------------------------------------------------------------------


def test_thousands_of_subjects_share_one_session() -> None:
    ruleset, _ = raw("sessions", a={"x": "t"})
    with pytest.raises(MemoryError):
        for i in range(1025):
            ruleset.assert_fact({"x": "t", "sid": str(i)})
    engine = Engine("sessions", [rule("a", {"$and": [{"x": "t"}, {"$or": [{"sid": "7"}, {"y": "t"}]}]})])
    for i in range(1500):
        assert names(engine.run({"x": "t", "y": "t", "sid": str(i), "id": str(i % 3)})) == ["a"]
    assert names(engine.run({"x": "t", "sid": "7"})) == ["a"], "such a fact is a fact like any other"


@pytest.mark.parametrize("name", ["id", "sid", "a.b", "$s", "$and", "label", "chart", ""])
def test_no_name_means_anything_to_the_engine(name: str) -> None:
    if name.startswith("$"):
        with pytest.raises(FactError):
            Engine("names", [rule("a", {name: "t"})])
        engine = Engine("names", [rule("a", {"x": "t"})])
        assert names(engine.run({"x": "t", name: "t"})) == ["a"]
        return
    engine = Engine("names", [rule("a", {"$and": [{name: "t"}, {"x": "t"}]})])
    assert names(engine.run({name: "t", "x": "t"})) == ["a"]
    assert engine.run({name: "f", "x": "t"}) == []


def test_a_text_may_be_as_long_as_it_likes() -> None:
    ruleset, _ = raw("long", a={"x": "t"})
    with pytest.raises(Exception, match="314"):
        ruleset.assert_fact({"x": "t", "y": "y" * 2**24})
    engine = Engine("long", [rule("a", {"x": "t"}), rule("b", {"y": "t"})])
    assert names(engine.run({"x": "t", "y": "y" * 2**24})) == ["a"]


def test_a_false_duplicate_is_asked_again() -> None:
    ruleset, _ = raw("duplicates", a={"x": "t"})
    ruleset.assert_fact({"x": "t", "id": "1"})
    with pytest.raises(native.MessageObservedException):
        ruleset.assert_fact({"x": "t", "id": "1"})
    engine = Engine("duplicates", [rule("a", {"x": "t"})])
    block = engine._blocks[0]
    for n in range(3):  # facts of which durable_rules will say that it has seen them
        block._ruleset.assert_fact(block._token({"x": "t"}) | {"id": f"i{n}"})
    assert names(engine.run({"x": "t"})) == ["a"]


@pytest.mark.parametrize("value", [5, 5.0, True, None, {"y": "t"}, ["t"], ("t",)])
def test_only_texts_go_in(value: Any) -> None:
    engine = Engine("texts", [rule("a", {"x": "t"})])
    with pytest.raises(FactError, match="'x'"):
        engine.run({"x": value})
    with pytest.raises(FactError):
        Engine("texts", [rule("a", {"x": value})])
    with pytest.raises(FactError):
        Engine("texts", [{"name": "a", "when": {"x": "t"}, "then": {"x": value}}])


def test_a_text_is_no_number() -> None:
    ruleset, fired = raw("numbers", a={"x": "5"}, b={"x": 5})
    fire(ruleset, ruleset.assert_fact({"x": "5"}))
    assert sorted(fired) == ["a", "b"], "“5” no longer equals 5"
    engine = Engine("numbers", [rule("five", {"x": "5"}), rule("ten", {"x": "10"})])
    assert names(engine.run({"x": "5"})) == ["five"]
    for other in ("5.0", "05", " 5", "5 ", "1e1"):
        assert engine.run({"x": other}) == [], other


@pytest.mark.parametrize("op", ["$lt", "$lte", "$gt", "$gte", "$neq", "$ex", "$nex", "$mt"])
def test_comparisons_are_refused_for_they_compare_texts(op: str) -> None:
    ruleset, fired = raw("comparing", a={"$lt": {"x": "5"}})
    fire(ruleset, ruleset.assert_fact({"x": "10"}))
    assert fired == ["a"], "“10” is no longer less than “5”"
    with pytest.raises(FactError, match=r"comparisons are made beforehand"):
        Engine("comparing", [rule("a", {op: {"x": "5"}})])


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.text(min_size=1).filter(lambda n: not n.startswith("$")))
@example("-", "x", "name")  # what a text that no rule asks for goes in as
def test_any_text_equals_itself_and_no_other(a: str, b: str, name: str) -> None:
    engine = Engine("any text", [rule("a", {name: a})])
    assert names(engine.run({name: a})) == ["a"]
    assert (engine.run({name: b}) != []) == (a == b)


# -- sizes --------------------------------------------------------------------------------------------------------


def test_more_rules_than_one_ruleset_holds() -> None:
    with pytest.raises(Exception, match="108"):
        raw("many", **{f"r{i}": {"x": "t"} for i in range(600)})
    n = 600
    engine = Engine("many", [rule(f"r{i}", {"x": "t"}) for i in range(n)])
    assert names(engine.run({"x": "t"})) == [f"r{i}" for i in range(n)]


def test_more_facts_than_one_message_holds() -> None:
    ruleset, _ = raw("wide", a={"x": "t"})
    with pytest.raises(Exception, match="302"):
        ruleset.assert_fact({f"x{i}": "t" for i in range(300)})
    n = 2 * NAMES + 10
    engine = Engine("wide", [rule(f"r{i}", {f"x{i}": "t"}) for i in range(n)])
    assert len(engine.run({f"x{i}": "t" for i in range(n)} | {f"y{i}": "t" for i in range(n)})) == n
    with pytest.raises(FactError, match="facts at once"):
        Engine("too wide", [rule("a", {"$and": [{f"x{i}": "t"} for i in range(NAMES + 1)]})])


def test_more_ways_through_the_rules_than_one_message_takes() -> None:
    n = 2 * BLOCK_PATHS
    ruleset, _ = raw("branching", **{f"r{i}": {f"x{i}": "t"} for i in range(n)})
    with pytest.raises(Exception, match="303"):
        ruleset.assert_fact({f"x{i}": "t" for i in range(n)})
    engine = Engine("branching", [rule("either", {"$or": [{f"x{i}": "t"} for i in range(n)]})])
    assert [(f.rule, f.because) for f in engine.run({f"x{i}": "t" for i in range(n)})] == [
        ("either", (("x0", "t"),))
    ]
    assert names(engine.run({f"x{n - 1}": "t"})) == ["either"]


@pytest.mark.parametrize("n", [10, 16, 48])
def test_larger_conditions_than_durable_rules_takes(n: int) -> None:
    when = {"$and": [{"$or": [{f"x{i}": "t"}, {f"y{i}": "t"}]} for i in range(n)]}
    if n == 10:
        ruleset, fired = raw("multiplied", a=when)
        fire(ruleset, ruleset.assert_fact({f"{side}{i}": "t" for i in range(n) for side in "xy"}))
        assert len(fired) == 2**n, "a rule no longer fires once for each way in which it holds"
    else:
        with pytest.raises(Exception, match="113"):
            raw("large", a=when)
    engine = Engine("large", [rule("a", when)])
    facts = {f"{'xy'[i % 2]}{i}": "t" for i in range(n)}
    assert [(f.rule, f.step, dict(f.because)) for f in engine.run(facts)] == [("a", 1, facts)]
    assert names(engine.run(facts | {f"{'yx'[i % 2]}{i}": "t" for i in range(n)})) == ["a"]
    assert engine.run(facts | {"x2": "f"}) == []


# -- order, chains, and nothing left behind -----------------------------------------------------------------------

CHAIN = [
    rule("third", {"$and": [{"b": "t"}, {"c": "t"}]}, d="t"),
    rule("first", {"a": "t"}, b="t"),
    rule("second", {"b": "t"}, c="t"),
    rule("beside", {"a": "t"}),
    rule("never", {"e": "t"}, f="t"),
]


def test_steps_of_a_chain_with_what_each_rests_on() -> None:
    assert Engine("chain", CHAIN).run({"a": "t"}) == [
        Firing("first", 1, (("a", "t"),), (("b", "t"),)),
        Firing("beside", 1, (("a", "t"),)),
        Firing("second", 2, (("b", "t"),), (("c", "t"),)),
        Firing("third", 3, (("b", "t"), ("c", "t")), (("d", "t"),)),
    ]


def test_a_chain_across_rulesets() -> None:
    n = BLOCK_PATHS + 20
    backwards = [rule(f"r{i}", {f"x{i}": "t"}, **{f"x{i + 1}": "t"}) for i in reversed(range(n))]
    fired = Engine("across", backwards).run({"x0": "t"})
    assert [(f.rule, f.step) for f in fired] == [(f"r{i}", i + 1) for i in range(n)]


def test_two_conclusions_that_contradict_each_other_are_an_error() -> None:
    engine = Engine("clash", [rule("a", {"x": "t"}, y="t"), rule("b", {"x": "t"}, y="f")])
    with pytest.raises(EngineError, match="concludes y"):
        engine.run({"x": "t"})


def test_nothing_of_one_run_is_seen_by_the_next() -> None:
    engine = Engine("apart", [*CHAIN, rule("both", {"$and": [{"a": "t"}, {"z": "t"}]})])
    engine.run({"a": "t"})
    state = engine._blocks[0]._ruleset.get_state(None)
    for i in range(2000):
        assert len(engine.run({"a": "t", "n": str(i)})) == 4
        assert engine.run({"z": "t"}) == []
    assert all(block.left() == [] for block in engine._blocks)
    assert engine._blocks[0]._ruleset.get_state(None) == state


def test_a_firing_that_its_facts_do_not_bear_out_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine("false", [rule("a", {"x": "t"}), rule("b", {"y": "t"})])
    monkeypatch.setattr(type(engine._blocks[0]), "advance", lambda self: self._fired.add("b"))
    with pytest.raises(EngineError, match="do not bear it out"):
        engine.run({"x": "t"})


LEAVES = st.sampled_from("abcdef").flatmap(lambda n: st.sampled_from("tf").map(lambda v: {n: v}))
CONDITIONS = st.recursive(
    LEAVES,
    lambda below: st.tuples(st.sampled_from(["$and", "$or"]), st.lists(below, min_size=1, max_size=4)).map(
        lambda pair: {pair[0]: pair[1]}
    ),
    max_leaves=60,
)


def holds(when: dict[str, Any], known: dict[str, str]) -> bool:
    ((op, body),) = when.items()
    if op in ("$and", "$or"):
        return (all if op == "$and" else any)(holds(p, known) for p in body)
    return known.get(op) == body


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(CONDITIONS, st.sampled_from("ghij")), min_size=1, max_size=6),
    st.lists(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("tf")), min_size=1, max_size=5),
)
def test_fires_exactly_what_follows(rules: list[tuple[Any, str]], subjects: list[dict[str, str]]) -> None:
    ends = [({"$or": [{"g": "t"}, {"$and": [{"h": "t"}, {"i": "t"}]}]}, "k"), ({"k": "t"}, "l")]
    made = [rule(f"r{i}", when, **{then: "t"}) for i, (when, then) in enumerate([*rules, *ends])]
    engine = Engine("random", made)
    for facts in subjects:
        known, expected = dict(facts), set[str]()
        while True:
            new = {r["name"] for r in made if holds(r["when"], known)} - expected
            if not new:
                break
            expected |= new
            for r in made:
                known |= r["then"] if r["name"] in expected else {}
        assert set(names(engine.run(facts))) == expected


# -- around it ----------------------------------------------------------------------------------------------------


def test_no_thread_is_left_polling() -> None:
    before = set(threading.enumerate())
    engine = Engine("quiet", [rule("a", {"x": "t"})])
    engine.run({"x": "t"})
    assert set(threading.enumerate()) == before


def test_threads_may_share_an_engine() -> None:
    engine = Engine(
        "shared", [rule("yes", {"x": "t"}, y="t"), rule("no", {"x": "f"}), rule("then", {"y": "t"})]
    )
    wrong: list[Any] = []

    def work(value: str, expected: list[str]) -> None:
        for _ in range(300):
            if (got := names(engine.run({"x": value}))) != expected:
                wrong.append(got)

    threads = [threading.Thread(target=work, args=a) for a in (("t", ["yes", "then"]), ("f", ["no"])) * 2]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_it_is_imported_only_when_an_engine_is_made() -> None:
    said = "import sys, hami_rules.engine; sys.exit('durable' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


def test_without_it_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable", None)
    with pytest.raises(MissingEngine, match=r"pip install 'hami-rules\[live\]'"):
        Engine("missing", [rule("a", {"x": "t"})])


def test_rules_that_cannot_be_right_are_refused() -> None:
    for rules in (
        [],
        [rule("a", {"x": "t"}), rule("a", {"y": "t"})],
        [rule("a", {"$and": []})],
        [rule("a", {"x": "t", "y": "t"})],
    ):
        with pytest.raises(FactError):
            Engine("wrong", rules)

"""A small registry that has every device of the language, and strategies for rules and records over it.

Kinds: `top` (root) ─ `kid` (list) ─ `grand` (list); `top` ─ `lone` (a single record); `kid` ─ `shadow` (derived);
`other` is only ever linked to or asked about. Functions raise `Boom` for one value, answer unknown for another.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any

from hypothesis import strategies as st

from hami_rules.pack.bind import Binder
from hami_rules.pack.nodes import AllOf, Node
from hami_rules.pack.rules import BoundRule, Rule
from hami_rules.predicates.registry import Registry, about, predicate
from hami_rules.records.base import Label, Record
from hami_rules.records.kinds import KINDS, Kind
from hami_rules.records.text import Text
from hami_rules.records.world import ABSENT, UNKNOWN, World

DAY = date(2024, 3, 1)


class Boom(Exception):
    """What a rule author's slip raises here; any other exception is the engine's own."""


# -- records ------------------------------------------------------------------------------------------------------


class Thing(Record, frozen=True):
    p: Annotated[bool | None, Label("甲")] = None
    q: Annotated[bool | None, Label("乙", burden="organ", absent=False)] = None
    n: Annotated[int | None, Label("数")] = None
    d: Annotated[date | None, Label("日")] = None
    xs: Annotated[list[int] | None, Label("列", burden="organ", absent=[])] = None


class Other(Thing, frozen=True):
    pass


class Grand(Thing, frozen=True):
    no: Annotated[str | None, Label("号")] = None


class Kid(Thing, frozen=True):
    no: Annotated[str | None, Label("号")] = None
    grands: Annotated[list[Grand] | None, Label("孙", burden="organ", absent=[])] = None


class Lone(Thing, frozen=True):
    others: Annotated[list[Other] | None, Label("他")] = None


class Top(Thing, frozen=True):
    no: Annotated[str | None, Label("号")] = None
    kids: Annotated[list[Kid] | None, Label("子")] = None
    lone: Annotated[Lone | None, Label("独")] = None


class Shadow(Record, frozen=True):
    p: Annotated[bool | None, Label("甲")] = None
    n: Annotated[int | None, Label("数")] = None


SMALL = (
    Kind("top", Top, "顶", "top", key=("no",), conduct=("d",)),
    Kind("kid", Kid, "子", "kid", key=("no",), parent="top", field="kids", conduct=("d", "d")),
    Kind("grand", Grand, "孙", "grand", key=("no",), parent="kid", field="grands", conduct=("kid_d",)),
    Kind("lone", Lone, "独", "lone", parent="top", field="lone", conduct=("top_d",)),
    Kind("shadow", Shadow, "影", "shadow", parent="kid", names=("n",), derived=True, conduct=("kid_d",)),
    Kind("other", Other, "他", "other"),
    KINDS["organ"],
)
UNKNOWN.update({k.name: k.struct() for k in SMALL if k.name != "organ"})
ABSENT.update({k.name: k.struct() for k in SMALL if k.name != "organ"})


def _shadows(world: World, top: Top, kid: Kid) -> list[Shadow] | None:
    if kid.n == 4:
        return None
    return [Shadow(p=kid.p, n=i) for i in range((kid.n or 0) % 3)]


# -- facts, links, relations, predicates --------------------------------------------------------------------------


def _functions() -> types.ModuleType:
    """One module that declares the same things about every kind, and a few about some."""
    module = types.ModuleType("small_functions")

    def put(name: str, fn: Any) -> None:
        setattr(module, name, fn)

    def double(n: int) -> int:
        return 2 * n

    def guess(p: bool | None, n: int | None) -> bool | None:
        return None if n is None and p is None else bool(p) or n == 1

    def shaky_fact(n: int) -> bool:
        if n == 5:
            raise Boom
        return n > 2

    def maybe_fact(double: int) -> bool | None:
        return None if double == 4 else double > 4

    def long_list(xs: list[int]) -> bool:
        return len(xs) > 1

    def near(world: World, n: int) -> Any:
        if n == 6:
            raise Boom
        return {0: UNKNOWN["other"], 1: ABSENT["other"]}.get(n) or world.tables["others"][n % 3]

    def pool(world: World, n: int) -> tuple[list[Any], bool] | None:
        return None if n == 3 else (world.tables["others"][: n % 4], n != 2)

    def siblings(top_kids: list[Kid], n: int) -> tuple[list[Any], bool]:
        return top_kids, n != 1

    for kind in ("top", "kid", "grand", "lone", "other"):
        here = about(kind)
        for fn in (double, shaky_fact, maybe_fact, long_list):
            here.fact(fn.__name__)(fn)
        here.fact("猜", sees_unknown=True)(guess)
    for kind in ("top", "kid", "other"):
        about(kind).link("邻", to="other")(near)
    for kind in ("top", "kid", "lone"):
        about(kind).relation("池", of="other")(pool)
    about("kid").relation("兄弟", of="kid", parent="top")(siblings)
    for fn in (double, guess, shaky_fact, maybe_fact, long_list, near, pool, siblings):
        put(fn.__name__, fn)

    @predicate("正")
    def positive(n: int) -> bool:
        return n > 0

    @predicate("至少")
    def at_least(n: int, bound: int) -> bool:
        return n >= bound

    @predicate("或许")
    def perhaps(n: int) -> bool | None:
        return None if n == 2 else n > 2

    @predicate("险")
    def shaky(n: int) -> bool:
        if n == 3:
            raise Boom
        return n > 3

    @predicate("同数")
    def same_n(n: int, outer_n: int) -> bool:
        return n == outer_n

    @predicate("小于顶")
    def below_top(n: int, top_double: int) -> bool:
        return n < top_double

    @predicate("邻正")
    def near_positive(near_n: int, p: bool) -> bool:
        return near_n > 1 and p

    @predicate("邻之邻")
    def far(near_near_n: int) -> bool:
        return near_near_n > 1

    @predicate("列短")
    def short(xs: list) -> bool:  # type: ignore[type-arg]
        return len(xs) < 2

    @predicate("在期")
    def in_time(conduct_from: date, d: date, as_of: date) -> bool:
        return conduct_from <= d <= as_of

    @predicate("无参")
    def always() -> bool:
        return True

    for fn in (
        positive,
        at_least,
        perhaps,
        shaky,
        same_n,
        below_top,
        near_positive,
        far,
        short,
        in_time,
        always,
    ):
        put(fn.__name__, fn)
    return module


REGISTRY = Registry.build([_functions()], SMALL, {"shadow": _shadows})
PARAMETERS = {"flat": True, "dated": False}
PREDICATES: tuple[Any, ...] = (
    *(n for n in REGISTRY.predicates if n != "at_least"),
    *({"at_least": {"bound": b}} for b in ("2", "4", "$flat", "$dated")),
)
UNDECIDED = {"undecided": {"zh": "两读", "en": "two readings"}}


def _silent(*_: Any) -> None:
    return None


def bind(
    raw: Any, kind: str, outer: tuple[str, ...] = (), report: Callable[..., None] = _silent
) -> Node | None:
    return Binder(REGISTRY, PARAMETERS, report).bind(raw, kind, "", outer)


@cache
def leaves(kind: str, outer: tuple[str, ...]) -> list[Any]:
    """Every leaf that may be asked of a record of `kind` there: boolean facts, `has_…`, predicates."""
    names = [n for n in REGISTRY.names(kind, outer) if "@" not in n]
    return [raw for raw in (*names, *PREDICATES) if bind(raw, kind, outer) is not None]


@cache
def relations(kind: str, outer: tuple[str, ...]) -> list[tuple[str, str]]:
    """(name, kind of the rows) of every relation that may be asked there."""
    found = []
    for name in REGISTRY.names(kind, outer, relation=True):
        ref = REGISTRY.resolve(kind, name, outer, relation=True)
        found.append((name, ref.target.of))  # type: ignore[union-attr]
    return found


@cache
def conditions(kind: str, outer: tuple[str, ...] = (), depth: int = 3) -> st.SearchStrategy[Any]:
    """Conditions about a record of `kind`, as they are written in a rule file."""
    leaf = st.sampled_from([*leaves(kind, outer), UNDECIDED])
    if depth == 0:
        return leaf
    below = st.deferred(lambda: conditions(kind, outer, depth - 1))
    options = [
        leaf,
        st.builds(lambda c: {"not": c}, below),
        st.builds(
            lambda op, cs: {op: cs}, st.sampled_from(["all", "any"]), st.lists(below, min_size=1, max_size=3)
        ),
    ]
    if len(outer) < 2:
        for name, of in relations(kind, outer):
            rows = st.deferred(lambda of=of: conditions(of, (kind, *outer), depth - 1))
            options.append(
                st.builds(
                    lambda op, c, name=name: {op: {name: c}}, st.sampled_from(["some", "every", "no"]), rows
                )
            )
    return st.one_of(options)


JUDGED = ("top", "kid", "grand", "lone", "shadow")


def _bound(raw: Any, kind: str) -> Node:
    problems: list[Any] = []
    node = bind(raw, kind, (), lambda *p: problems.append(p))
    assert node is not None and not problems, (raw, problems)
    return node


class SmallPack(list[BoundRule]):
    """Rules that show themselves as they are written."""

    written: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.written))


@st.composite
def packs(draw: st.DrawFn) -> SmallPack:
    """A few rules that share parts, as rules of one article do."""
    out = SmallPack()
    for kind in draw(st.lists(st.sampled_from(JUDGED), min_size=1, max_size=3, unique=True)):
        shared = draw(st.lists(conditions(kind), min_size=1, max_size=3))
        part = st.one_of(st.sampled_from(shared), conditions(kind, depth=2))
        mixed = st.one_of(part, st.builds(lambda a, b: {"all": [a, b]}, part, part))
        scope = draw(st.none() | st.lists(part, min_size=1, max_size=2))
        for _ in range(draw(st.integers(1, 3))):
            parts = {
                "applies": draw(st.none() | mixed),
                "violated": draw(mixed),
                "unless": draw(st.none() | mixed),
            }
            nodes = {k: None if raw is None else _bound(raw, kind) for k, raw in parts.items()}
            out.written += ((kind, parts, scope),)
            joined = None
            if scope and draw(st.booleans()):
                scoped = tuple(_bound(raw, kind) for raw in scope)
                joined = scoped[0] if len(scoped) == 1 else AllOf(scoped)
            violated = nodes["violated"]
            assert violated is not None
            out.append(
                BoundRule(
                    len(out), _rule(len(out), kind), kind, joined, nodes["applies"], violated, nodes["unless"]
                )
            )
    return out


def _rule(index: int, kind: str) -> Rule:
    return Rule(
        id=f"1.1{chr(97 + index)}", address="1.1a", title=Text("题", "title"), quote="引", kind="ban",
        grade="violation", bearer="department", counts_against="department", judges=kind,
    )  # fmt: skip


# -- worlds -------------------------------------------------------------------------------------------------------

NUMBERS = st.none() | st.integers(0, 6)
COMMON = {
    "p": st.none() | st.booleans(),
    "q": st.none() | st.booleans(),
    "n": NUMBERS,
    "d": st.none() | st.integers(-3, 3).map(lambda i: DAY + timedelta(days=i)),
    "xs": st.none() | st.lists(st.integers(0, 2), max_size=3),
}


def _partial(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(["xs", *names]), max_size=2, unique=True).map(tuple)


OTHERS = st.builds(Other, **COMMON, partial=_partial())
GRANDS = st.builds(Grand, **COMMON, no=st.sampled_from(["1", "2", None]), partial=_partial())
KIDS = st.builds(
    Kid, **COMMON, no=st.sampled_from(["1", "2", None]), grands=st.none() | st.lists(GRANDS, max_size=2),
    partial=_partial("grands"),
)  # fmt: skip
LONES = st.builds(Lone, **COMMON, others=st.none() | st.lists(OTHERS, max_size=2), partial=_partial("others"))
TOPS = st.builds(
    Top, **COMMON, no=st.just("T"), kids=st.none() | st.lists(KIDS, max_size=3), lone=st.none() | LONES,
    partial=_partial("kids"),
)  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World(
        as_of=DAY + timedelta(days=draw(st.integers(0, 2))),
        calendar=None,  # type: ignore[arg-type]
        parameters={
            "flat": lambda _: 3,
            "dated": lambda day: None if day is None or day <= DAY else (2 if day.day == 2 else 5),
        },
    )
    world.tables["others"] = draw(st.lists(OTHERS, min_size=4, max_size=4))
    return world

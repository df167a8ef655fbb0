"""One reused session of durable_rules, and a guard at each place where it is known to lose, mix up or refuse things.

A rule is plain data: `name`, `when` — `{"$and": […]}`, `{"$or": […]}` or `{fact: value}`, as `conditions_to_durable`
writes it — and `then`, the facts that follow where it holds. A fact is a name with a text; a truth is the text "t" or
"f"; what is unknown is left out, so it never matches.
"""

from __future__ import annotations

import itertools
import json
import math
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Engine", "EngineError", "FactError", "Firing", "MissingEngine", "truths"]

Condition = Mapping[str, Any]
Because = tuple[tuple[str, str], ...]

PATHS, BLOCK_PATHS, NAMES = 4, 60, 200
"""The most of one rule and of one ruleset, well inside what durable_rules bears (measured on 2.0.28). A rule fires once
for every way in which it holds, so `paths` multiply: ten either-or parts are a thousand firings, sixteen cannot be
compiled. A fact that takes more than 64 ways through a ruleset is refused, so is one of more than 254 names; above 512
rules a ruleset cannot be made, or hangs."""

HELPER = "\x00"
"""How the names of helper rules begin, by which large conditions are cut up."""


class EngineError(Exception):
    """durable_rules did what it must not: the answers of this run are not to be used."""


class FactError(ValueError):
    """A fact or rule that durable_rules would take for something else: a number, a nested value, a clash."""


class MissingEngine(ImportError):
    """durable_rules is not installed. `zh` and `en` say how to install it."""

    zh = "这项功能需要 durable_rules，尚未安装；安装（需要 C 编译器）：pip install 'hami-rules[live]'"
    en = "this needs durable_rules, which is not installed; install it (needs a C compiler): pip install 'hami-rules[live]'"

    def __init__(self) -> None:
        super().__init__(f"{self.zh} ({self.en})")


@dataclass(frozen=True)
class Firing:
    """A rule that held: at which step of the chain, by which facts, and what follows."""

    rule: str
    step: int
    because: Because
    adds: tuple[tuple[str, str], ...] = ()


def truths(values: Mapping[str, bool | None]) -> dict[str, str]:
    """Truths as flat facts: "t", "f", and nothing where it is unknown."""
    return {name: "t" if value else "f" for name, value in values.items() if value is not None}


@dataclass
class _Rule:
    name: str
    when: Condition
    then: dict[str, str] = field(default_factory=dict)


class Engine:
    """Forward chaining over flat facts by rules given as plain data.

    `run` asserts the facts of one subject, fires until nothing new follows, and takes everything back, so that nothing
    of one run is seen by the next. Rules that hold come in the order of their step, then as they were given. Threads
    may share an engine; their runs follow each other.

    Raises `MissingEngine` where durable_rules is not installed, `FactError` on rules that cannot be right.
    """

    def __init__(self, name: str, rules: Iterable[Mapping[str, Any]]) -> None:
        native = _native()
        self.name = name
        made = [_Rule(str(r["name"]), r["when"], dict(r.get("then") or {})) for r in rules]
        if not made:
            raise FactError(f"{name}: no rules")
        names = [r.name for r in made]
        if len(set(names)) < len(names):
            raise FactError(f"{name}: two rules are called {next(n for n in names if names.count(n) > 1)!r}")
        cutter = _Cutter()
        for rule in made:
            for fact in rule.then.items():
                _checked(rule.name, *fact)
            rule.when = cutter.cut(_flat(rule.when))
        self._rules = [*cutter.helpers, *made]
        self._lock = threading.Lock()
        self._blocks = [_Block(native, f"{name}/{i}", rules) for i, rules in enumerate(_blocks(self._rules))]

    def run(self, facts: Mapping[str, str]) -> list[Firing]:
        """What holds of one subject. Raises `FactError` on a fact that is no text, `EngineError` where the engine
        contradicts its rules."""
        for name, value in facts.items():
            _checked(self.name, name, value)
        with self._lock:
            known, fired = dict(facts), set[str]()
            for block in self._blocks:
                block.begin(known, fired)
            # What one step concludes is asserted in the next, to all whose rules ask for it.
            while any(block.advance() for block in self._blocks):
                pass
        return self._in_order(facts, fired)

    def _in_order(self, facts: Mapping[str, str], fired: set[str]) -> list[Firing]:
        """The firings by step. Each must hold by what was known before it: a hit that does not is the engine's."""
        known, out = dict(facts), list[Firing]()
        within: dict[str, Because] = {}  # helper → what it rests on
        left = [r for r in self._rules if r.name in fired]
        step = 0
        while left:
            now = [(r, because) for r in left if (because := _because(r.when, known)) is not None]
            if not now:
                raise EngineError(f"{self.name}: {left[0].name!r} fired on facts that do not bear it out")
            # What a helper concludes is part of the step that asks for it.
            helpers = [(r, because) for r, because in now if r.name.startswith(HELPER)]
            now = helpers or now
            step += not helpers
            for rule, because in now:
                because = tuple(dict.fromkeys(f for pair in because for f in within.get(pair[0], (pair,))))
                known |= rule.then
                if helpers:
                    for name in rule.then:
                        within.setdefault(name, because)
                else:
                    out.append(Firing(rule.name, step, because, tuple(rule.then.items())))
            held = {r.name for r, _ in now}
            left = [r for r in left if r.name not in held]
        return out


def _native() -> Any:
    """The ruleset class of durable_rules. Its `Host` is never made: that is what starts the polling threads."""
    try:
        from durable import engine
    except ImportError:
        raise MissingEngine from None
    return engine


def _checked(where: str, name: Any, value: Any) -> None:
    if not isinstance(name, str) or not isinstance(value, str):
        what = "nested" if isinstance(value, Mapping | list | tuple) else type(value).__name__
        raise FactError(f"{where}: fact {name!r} is {what}: facts are texts, truths “t” or “f”")


def _flat(when: Condition) -> Condition:
    """The condition without groups in groups of their own kind, nor groups of one; refuses what is no condition."""
    if not isinstance(when, Mapping) or len(when) != 1:
        raise FactError(f"a condition is a mapping of one key, not {when!r}")
    ((op, body),) = when.items()
    if op in ("$and", "$or"):
        if not isinstance(body, list) or not body:
            raise FactError(f"{op} takes a list of conditions, not {body!r}")
        parts = [p for part in map(_flat, body) for p in part.get(op, (part,))]
        return parts[0] if len(parts) == 1 else {op: parts}
    if op.startswith("$"):
        raise FactError(
            f"no such condition: {op} (only $and, $or and fact: value; comparisons are made beforehand)"
        )
    _checked("condition", op, body)
    return when


def _paths(when: Condition) -> int:
    """In how many ways a condition can hold at once, each of which fires its rule."""
    ((op, body),) = when.items()
    if op == "$and":
        return math.prod(map(_paths, body))
    return sum(map(_paths, body)) if op == "$or" else 1


class _Cutter:
    """Cuts the either-or parts of large conditions out into helper rules, for whose truths the conditions ask. The same
    part of several conditions is one helper."""

    def __init__(self) -> None:
        self.helpers: list[_Rule] = []
        self._names: dict[str, str] = {}

    def cut(self, when: Condition) -> Condition:
        """A condition of few paths."""
        if _paths(when) <= PATHS:
            return when
        ((op, parts),) = when.items()
        if op == "$and":
            return {op: [p if _paths(p) == 1 else self._helped(p) for p in parts]}
        return self._helped(when)

    def _helped(self, either: Condition) -> Condition:
        content = json.dumps(either, sort_keys=True)
        name = self._names.get(content)
        if name is None:
            name = self._names[content] = f"{HELPER}{len(self._names)}"
            for i, part in enumerate(either["$or"]):
                self.helpers.append(_Rule(f"{name}/{i}", self.cut(part), {name: "t"}))
        return {name: "t"}


def _leaves(when: Condition) -> Iterator[tuple[str, str]]:
    for key, body in when.items():
        if key in ("$and", "$or"):
            for part in body:
                yield from _leaves(part)
        else:
            yield key, body


def _blocks(rules: Sequence[_Rule]) -> Iterator[list[_Rule]]:
    """Rules by the ruleset they go into: none has too many rules or asks for too many names."""
    block, names, paths = list[_Rule](), set[str](), 0
    for rule in rules:
        own = {name for name, _ in _leaves(rule.when)}
        if len(own) > NAMES:
            raise FactError(f"{rule.name}: asks for {len(own)} facts at once; {NAMES} at most")
        if block and (paths + _paths(rule.when) > BLOCK_PATHS or len(names | own) > NAMES):
            yield block
            block, names, paths = [], set(), 0
        block.append(rule)
        names |= own
        paths += _paths(rule.when)
    if block:
        yield block


def _because(when: Condition, known: Mapping[str, str]) -> Because | None:
    """The facts by which a condition holds: of alternatives the first that does. `None` where it does not."""
    ((op, body),) = when.items()
    if op == "$and":
        parts = [_because(p, known) for p in body]
        return None if None in parts else tuple(dict.fromkeys(f for p in parts if p for f in p))
    if op == "$or":
        return next((b for p in body if (b := _because(p, known)) is not None), None)
    return ((op, body),) if known.get(op) == body else None


class _Block:
    """One ruleset with one session.

    Names and texts go in as tokens of our own, so that none is taken for a session (`sid`), an identity, a path (`a.b`),
    an operator or a number: "5" is the number 5 to durable_rules. Only what its rules ask for goes in at all.
    """

    def __init__(self, native: Any, name: str, rules: Sequence[_Rule]) -> None:
        self._native, self._name = native, name
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        definition = {
            f"r{i}": {"all": [{"m": self._token(rule.when)}], "pri": i + 1, "run": self._action(rule)}
            for i, rule in enumerate(rules)
        }
        self._ruleset = native.Ruleset(name, None, definition)
        # Nobody else frees what the engine holds; when the process ends, it need not be.
        weakref.finalize(
            self, native.durable_rules_engine.delete_ruleset, self._ruleset._handle
        ).atexit = False
        self._ids = itertools.count()
        self._id = ""  # of the fact that is asserted
        self._last: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._fired: set[str] = set()
        self._raised: BaseException | None = None

    def _token(self, when: Condition) -> dict[str, Any]:
        ((op, body),) = when.items()
        if op in ("$and", "$or"):
            return {op: [self._token(p) for p in body]}
        name = self._names.setdefault(op, f"f{len(self._names)}")
        return {name: self._texts.setdefault(body, f"v{len(self._texts)}")}

    def _action(self, rule: _Rule) -> Callable[[Any], None]:
        def fire(closure: Any) -> None:
            # What an action raises would vanish in the session's state.
            try:
                self._hit(rule, closure.m["id"])
            except BaseException as error:
                self._raised = self._raised or error

        return fire

    def _hit(self, rule: _Rule, which: str) -> None:
        if which != self._id:
            return  # a hit on something that an earlier call left behind
        self._fired.add(rule.name)
        for name, value in rule.then.items():
            if self._known.setdefault(name, value) != value:
                raise EngineError(
                    f"{self._name}: {rule.name!r} concludes {name} = {value!r}, known to be {self._known[name]!r}"
                )

    def _asked(self) -> dict[str, str]:
        """What is known of what the rules ask for."""
        known, texts = self._known, self._texts
        return {token: texts.get(known[name], "-") for name, token in self._names.items() if name in known}

    def begin(self, known: dict[str, str], fired: set[str]) -> None:
        """A new run: conclusions go into `known`, the names of the rules that hold into `fired`."""
        self._known, self._fired, self._raised, self._last = known, fired, None, {}

    def advance(self) -> bool:
        """Assert what is known, fire, and take it back; whether there was anything new to assert."""
        body = self._asked()
        if body == self._last:
            return False
        self._last = body
        fact, handle = self._assert(body)
        if handle is None:
            return True
        failed: list[Any] = []
        try:
            self._ruleset.do_actions(handle, lambda error, _: failed.append(error) if error else None)
        finally:
            self._ruleset.retract_fact(fact)
        problem = self._raised or next(iter(failed), None)
        if isinstance(problem, EngineError):
            raise problem
        if problem is not None:
            raise EngineError(f"{self._name}: {type(problem).__name__}: {problem}")
        return True

    def _assert(self, body: dict[str, str]) -> tuple[dict[str, str], Any]:
        """The fact as asserted with its session's handle; `None` where it matches nothing.

        Only ever asserted, never posted: a message posted is consumed by the first rule that matches.
        """
        while True:
            self._id = f"i{next(self._ids)}"
            fact = body | {"id": self._id}
            try:
                return fact, self._ruleset.assert_fact(fact)
            except self._native.MessageNotHandledException:
                return fact, None  # matched nothing, and was not kept
            except self._native.MessageObservedException:
                continue  # taken for a duplicate: ask again by another id

    def left(self) -> list[Any]:
        """What is in the session between runs: nothing, unless something leaks."""
        return list(self._ruleset.get_facts(None))

"""The compiler: from bound rules to plain Python, one function for each root kind, with its children inlined.

Three-valued and short-circuited. Common subtrees, derived facts and links are computed once per record and only
when asked. No `try` inside: when a function raises, the caller drops what that record gave and lets the interpreter
judge it. The function appends `(rule, code, chain)` for verdicts that are not compliant (1 violated, 2
undetermined) and counts the inapplicable ones; compliance is what remains.

A person can read the result: `hami pack compile`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hami_rules.pack.nodes import AllOf, AnyOf, Arg, Call, IsTrue, Lit, Node, Not, Param, Quant, Undecided
from hami_rules.pack.rules import BoundRule
from hami_rules.predicates.registry import AS_OF, Fact, Link, Predicate, Ref, Registry, Relation, bare

__all__ = ["UNDETERMINED", "VIOLATED", "Plan", "compile_root", "namespace_of"]

VIOLATED, UNDETERMINED = 1, 2


@dataclass(frozen=True)
class Slots:
    """Where the counters of a compiled function stand in its list of counts."""

    rule: dict[int, int]  # rule index → slot of its own inapplicable verdicts
    group: list[tuple[int, tuple[int, ...]]]  # slot → the rules it counts for
    kind: dict[str, int]  # kind → slot of records judged
    unlisted: dict[str, int]  # kind → slot of parents whose list of it is unknown
    size: int


@dataclass(frozen=True)
class Plan:
    """A compiled root: its source text, the names it needs, and the layout of its counters."""

    root: str
    source: str
    names: tuple[tuple[str, str], ...]  # variable in the source → registry address of the function
    slots: Slots


@dataclass
class _Frame:
    """A record at compile time: its kind, the variable that holds it, and what is around it."""

    kind: str
    var: str
    depth: int
    judged: bool
    parent: _Frame | None = None
    outer: _Frame | None = None
    home: str = ""  # of a linked record: the variable of the record whose life its values share

    def chain(self) -> list[_Frame]:
        return [*(self.parent.chain() if self.parent else []), self]


@dataclass
class _Emitter:
    registry: Registry
    sites: dict[Any, int] = field(default_factory=dict)  # from the first pass: how often a value is computed
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    depth: int = 0
    available: set[Any] = field(default_factory=set)
    seen: dict[Any, int] = field(default_factory=dict)
    variables: dict[Any, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)  # frame variable → line where its sentinels are set
    sentinels: dict[str, list[str]] = field(default_factory=dict)
    frames: int = 0

    # -- text ----------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def name(self, address: str, short: str) -> str:
        """The variable that a registry function goes by in the source."""
        var = self.names.get(address)
        if var is None:
            taken = set(self.names.values())
            var, n = short, 2
            while var in taken:
                var, n = f"{short}__{n}", n + 1  # one underscore numbers values
            self.names[address] = var
        return var

    def fresh(self, kind: str, depth: int, **around: Any) -> _Frame:
        self.frames += 1
        return _Frame(kind, f"{kind}_{self.frames}" if self.frames > 1 else kind, depth, **around)

    def open_frame(self, frame: _Frame) -> None:
        """Start of a frame's life: a place where its sentinels are set."""
        self.starts[frame.var] = len(self.lines)
        self.line(f"#@{frame.var}")

    def finish(self) -> list[str]:
        out: list[str] = []
        for text in self.lines:
            bare_text = text.strip()
            if bare_text.startswith("#@"):
                variables = self.sentinels.get(bare_text[2:], ())
                if variables:
                    out.append(text[: len(text) - len(bare_text)] + " = ".join(variables) + " = _U")
                continue
            out.append(text)
        return out

    # -- values that are computed once ---------------------------------------------------------------------------

    def once(self, key: Any, frame: _Frame, hint: str, compute: Any) -> str:
        """The variable holding the value for `key`, emitting its computation where it is not yet at hand."""
        var = self.variables.get(key)
        if var is None:
            var = self.variables[key] = f"{hint}_{len(self.variables) + 1}"
        if key in self.available:
            return var
        again = frame.depth < self.depth  # inside a loop over other records: must not be computed each time
        self.seen[key] = self.seen.get(key, 0) + (2 if again else 1)
        if self.sites.get(key, 1) > 1:
            known = self.sentinels.setdefault(frame.home or frame.var, [])
            if var not in known:
                known.append(var)
            self.line(f"if {var} is _U:")
            self.indent += 1
            inner = set(self.available)
            compute(var)
            self.available = inner
            self.indent -= 1
        else:
            compute(var)
        self.available.add(key)
        return var

    def block(self) -> set[Any]:
        self.indent += 1
        return set(self.available)

    def close(self, saved: set[Any]) -> None:
        self.indent -= 1
        self.available = saved

    # -- references ----------------------------------------------------------------------------------------------

    def hop(self, path: Sequence[Any], frame: _Frame) -> _Frame:
        for how, what in path:
            if how == "parent":
                while frame.kind != what:
                    assert frame.parent is not None, (frame.kind, what)
                    frame = frame.parent
            elif how == "outer":
                assert frame.outer is not None
                frame = frame.outer
            else:
                frame = self.follow(what, frame)
        return frame

    def follow(self, link: Link, frame: _Frame) -> _Frame:
        def compute(var: str) -> None:
            fn = self.name(f"link:{link.kind}.{link.name}", f"find_{link.name}")
            checks, args = self.arguments([link.fact_of(p) for p in link.params], frame)
            empty = self.name(f"unknown:{link.to}", f"NO_{link.to.upper()}")
            call = f"{fn}({', '.join(args)})"
            self.line(
                f"{var} = {empty} if {' or '.join(checks)} else {call}" if checks else f"{var} = {call}"
            )

        var = self.once((frame.var, link), frame, link.name, compute)
        return _Frame(link.to, var, frame.depth, judged=False, home=frame.home or frame.var)

    def arguments(self, names: Iterable[str], frame: _Frame) -> tuple[list[str], list[str]]:
        """For parameters by name: the tests that one is unknown, and the argument expressions."""
        checks: list[str] = []
        args: list[str] = []
        for name in names:
            if name == "world":
                args.append("w")
                continue
            ref = self.registry.resolve(frame.kind, name)
            self._argument(self.value(ref, frame), checks, args)
        return checks, args

    def _argument(self, expression: str, checks: list[str], args: list[str]) -> None:
        if expression == "as_of":
            args.append(expression)
        elif expression.isidentifier():
            checks.append(f"{expression} is None")
            args.append(expression)
        else:
            temp = f"x{len(args)}"
            checks.append(f"({temp} := {expression}) is None")
            args.append(temp)

    def value(self, ref: Ref, frame: _Frame) -> str:
        """An expression for a reference's value; what it needs is emitted first."""
        at = self.hop(ref.path, frame)
        target = ref.target
        if isinstance(target, Link):
            to = self.follow(target, at)
            none = self.name(f"unknown:{target.to}", f"NO_{target.to.upper()}")
            gone = self.name(f"absent:{target.to}", f"GONE_{target.to.upper()}")
            return self.once(
                (at.var, "has", target), at, f"has_{target.name}",
                lambda var: self.line(f"{var} = None if {to.var} is {none} else {to.var} is not {gone}"),
            )  # fmt: skip
        if isinstance(target, Relation):
            return self.rows(target, at)
        return self.fact(target, at)

    def fact(self, fact: Fact, frame: _Frame) -> str:
        if fact is AS_OF:
            return "as_of"
        if fact.fn is None:
            return self.own(fact, frame)

        def compute(var: str) -> None:
            assert fact.fn is not None
            fn = self.name(f"fact:{fact.kind}.{fact.name}", fact.name.replace("@", "_at_"))
            checks, args = self.arguments([fact.fact_of(p) for p in fact.params], frame)
            if fact.sees_unknown:
                for check in checks:
                    if ":=" in check:
                        temp, _, expression = check[1:-9].partition(" := ")
                        self.line(f"{temp} = {expression}")
                checks = []
            call = f"{fn}({', '.join(args)})"
            self.line(f"{var} = None if {' or '.join(checks)} else {call}" if checks else f"{var} = {call}")

        return self.once((frame.var, fact), frame, fact.name.replace("@", "_at_"), compute)

    def own(self, fact: Fact, frame: _Frame) -> str:
        plain = f"{frame.var}.{fact.name}"
        listed = fact.name in self.registry.relations[frame.kind] or "list" in str(
            bare(self.registry.type_of(fact))
        )
        if not (fact.burden and frame.judged) and not listed:
            return plain

        def compute(var: str) -> None:
            if listed:
                self.line(f"{var} = {plain} if {fact.name!r} not in {frame.var}.partial else None")
            else:
                self.line(f"{var} = {plain}")
            if fact.burden and frame.judged:
                self._burden(
                    var, fact, frame, f" and {fact.name!r} not in {frame.var}.partial" if listed else ""
                )

        return self.once((frame.var, fact), frame, fact.name, compute)

    def _burden(self, var: str, fact: Fact, frame: _Frame, also: str) -> None:
        """Proof asked of the organ and not produced in time counts as absent."""
        chain = ", ".join(f.var for f in frame.chain())
        asked = self.name("helper:asked", "asked_in_vain")
        self.line(
            f"if {var} is None and w.unanswered{also} and {asked}(w, {frame.kind!r}, {fact.name!r}, ({chain},)):"
        )
        self.line(f"    {var} = {self.constant(fact.absent)}")

    def rows(self, relation: Relation, frame: _Frame) -> str:
        """A variable holding `(rows, complete)` or `None`."""

        def compute(var: str) -> None:
            if relation.fn is None:
                fact = self.registry.facts[frame.kind][relation.name]
                self.line(f"{var} = {frame.var}.{relation.name}")
                if fact.burden and frame.judged:
                    self._burden(var, fact, frame, "")
                self.line(
                    f"if {var} is not None: {var} = ({var}, {relation.name!r} not in {frame.var}.partial)"
                )
                return
            fn = self.name(f"relation:{relation.kind}.{relation.name}", relation.name)
            checks, args = self.arguments(relation.params, frame)
            call = f"{fn}({', '.join(args)})"
            self.line(f"{var} = None if {' or '.join(checks)} else {call}" if checks else f"{var} = {call}")

        return self.once((frame.var, "rows", relation), frame, f"rows_{relation.name}", compute)

    def constant(self, value: Any) -> str:
        text = _literal(value)
        if isinstance(value, str | int | bool | None):
            return text
        return self.constants.setdefault(text, f"C{len(self.constants) + 1}")

    # -- conditions ----------------------------------------------------------------------------------------------

    def condition(self, node: Node, frame: _Frame) -> str:
        """An expression (a variable) for the truth of a condition."""
        match node:
            case Undecided():
                return "None"
            case IsTrue(ref):
                text = self.value(ref, frame)
                if text.isidentifier():
                    return text
                return self.once((frame.var, node), frame, "is", lambda var: self.line(f"{var} = {text}"))
            case _:
                return self.once(
                    (frame.var, node), frame, _hint(node), lambda var: self._compute(node, frame, var)
                )

    def _compute(self, node: Node, frame: _Frame, var: str) -> None:
        match node:
            case Call(found, args):
                self._call(found, args, frame, var)
            case Not(child):
                inner = self.condition(child, frame)
                self.line(f"{var} = None if {inner} is None else not {inner}")
            case AllOf(children):
                self._chain(children, frame, var, "False", "True")
            case AnyOf(children):
                self._chain(children, frame, var, "True", "False")
            case Quant():
                self._loop(node, frame, var)

    def _call(self, found: Predicate, args: tuple[Arg, ...], frame: _Frame, var: str) -> None:
        checks: list[str] = []
        texts: list[str] = []
        for arg in args:
            if isinstance(arg, Lit):
                texts.append(self.constant(arg.value))
            elif isinstance(arg, Param):
                self._argument(self._parameter(arg, frame), checks, texts)
            else:
                self._argument(self.value(arg, frame), checks, texts)
        fn = self.name(f"predicate:{found.name}", found.name)
        call = f"{fn}({', '.join(texts)})"
        self.line(f"{var} = None if {' or '.join(checks)} else {call}" if checks else f"{var} = {call}")

    def _parameter(self, param: Param, frame: _Frame) -> str:
        if param.conduct is None:
            return self.once(
                ("parameter", param.name), _TOP, f"p_{param.name}",
                lambda var: self.line(f"{var} = w.parameters[{param.name!r}](None)"),
            )  # fmt: skip
        day = self.value(param.conduct, frame)
        return self.once(
            (frame.var, param), frame, f"p_{param.name}",
            lambda var: self.line(f"{var} = None if {day} is None else w.parameters[{param.name!r}]({day})"),
        )  # fmt: skip

    def _chain(self, children: tuple[Node, ...], frame: _Frame, var: str, stop: str, go_on: str) -> None:
        first = self.condition(children[0], frame)
        self.line(f"{var} = {first}")
        opened: list[set[Any]] = []
        for child in children[1:]:
            self.line(f"if {var} is not {stop}:")
            opened.append(self.block())
            inner = self.condition(child, frame)
            if inner == "None":
                self.line(f"{var} = None")
            else:
                self.line(f"if {inner} is not {go_on}: {var} = {inner}")
        for saved in reversed(opened):
            self.close(saved)

    def _loop(self, node: Quant, frame: _Frame, var: str) -> None:
        at = self.hop(node.relation.path, frame)
        relation = node.relation.target
        assert isinstance(relation, Relation)
        rows = self.rows(relation, at)
        # some: stops on true with true · no: stops on true with false · every: stops on false with false
        default, stop, result = {
            "some": ("False", "True", "True"),
            "no": ("True", "True", "False"),
            "every": ("True", "False", "False"),
        }[node.op]
        self.line(f"if {rows} is None: {var} = None")
        self.line("else:")
        saved = self.block()
        self.line(f"{var} = {default} if {rows}[1] else None")
        parent: _Frame | None = None
        if relation.parent == "self":
            parent = at
        elif relation.parent:
            parent = at
            while parent is not None and parent.kind != relation.parent:
                parent = parent.parent
        row = self.fresh(node.kind, self.depth + 1, judged=False, parent=parent, outer=frame)
        self.line(f"for {row.var} in {rows}[0]:")
        inner = self.block()
        self.depth += 1
        self.open_frame(row)
        truth = self.condition(node.child, row)
        self.line(f"if {truth} is {stop}:")
        self.line(f"    {var} = {result}")
        self.line("    break")
        self.line(f"if {truth} is None: {var} = None")
        self.depth -= 1
        self.close(inner)
        self.close(saved)


_TOP = _Frame("", "top", 0, judged=False)


def _hint(node: Node) -> str:
    match node:
        case Call(found, _):
            return f"t_{found.name}"
        case Not():
            return "not"
        case AllOf():
            return "all"
        case AnyOf():
            return "any"
        case Quant(op, ref, _, _):
            return f"{op}_{ref.target.name}"
    return "t"


def _literal(value: Any) -> str:
    """Source text of a literal, the same on every run."""
    if isinstance(value, frozenset):
        return f"frozenset(({', '.join(_literal(v) for v in sorted(value))},))"
    if isinstance(value, tuple):
        return f"({', '.join(_literal(v) for v in value)},)"
    if isinstance(value, list):
        return f"[{', '.join(_literal(v) for v in value)}]"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    return repr(value)


# -- a root kind -------------------------------------------------------------------------------------------------


def compile_root(root: str, rules: Sequence[BoundRule], registry: Registry) -> Plan:
    """Compile all rules about `root` and what hangs under it."""
    children: dict[str, list[str]] = {}
    for kind in registry.kinds.values():
        if kind.parent:
            children.setdefault(kind.parent, []).append(kind.name)
    by_kind: dict[str, list[BoundRule]] = {}
    for rule in rules:
        by_kind.setdefault(rule.kind, []).append(rule)
    wanted = set(by_kind)

    def needed(kind: str) -> bool:
        return kind in wanted or any(needed(c) for c in children.get(kind, ()))

    sites: dict[Any, int] = {}
    while True:  # until the set of values that need a sentinel is stable
        emitter = _Emitter(registry, sites=sites)
        slots = _Layout()
        top = emitter.fresh(root, 0, judged=True)
        emitter.line("as_of = w.as_of")
        emitter.open_frame(_TOP)
        _kind(emitter, top, by_kind, children, needed, slots)
        if all(emitter.sites.get(k, 1) >= min(n, 2) for k, n in emitter.seen.items()):
            break
        sites = {k: max(n, sites.get(k, 1)) for k, n in emitter.seen.items()} | {
            k: n for k, n in sites.items() if k not in emitter.seen
        }
    body = emitter.finish()
    head = [f"{name} = {text}" for text, name in emitter.constants.items()]
    source = "\n".join(
        [
            f'"""Compiled judge of {root}: {sum(len(r) for r in by_kind.values())} rules. Made by hami pack compile."""',
            "from datetime import date",
            "from decimal import Decimal",
            "",
            *head,
            "",
            f"def judge({top.var}, w, out, n):",
            *body,
            "",
        ]
    )
    names = tuple(sorted((var, address) for address, var in emitter.names.items()))
    return Plan(root, source, names, slots.done())


@dataclass
class _Layout:
    rule: dict[int, int] = field(default_factory=dict)
    group: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    kind: dict[str, int] = field(default_factory=dict)
    unlisted: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def take(self) -> int:
        self.size += 1
        return self.size - 1

    def done(self) -> Slots:
        return Slots(self.rule, self.group, self.kind, self.unlisted, self.size)


def _kind(
    e: _Emitter,
    frame: _Frame,
    by_kind: dict[str, list[BoundRule]],
    children: dict[str, list[str]],
    needed: Any,
    slots: _Layout,
) -> None:
    """The rules about one record, then its children."""
    e.open_frame(frame)
    slots.kind[frame.kind] = slots.take()
    e.line(f"n[{slots.kind[frame.kind]}] += 1")
    groups: dict[Node | None, list[BoundRule]] = {}
    for rule in by_kind.get(frame.kind, ()):
        groups.setdefault(rule.scope, []).append(rule)
    for scope, members in groups.items():
        if scope is None:
            for rule in members:
                _rule(e, rule, frame, None, slots)
            continue
        truth = e.condition(scope, frame)
        slot = slots.take()
        slots.group.append((slot, tuple(r.index for r in members)))
        e.line(f"if {truth} is False: n[{slot}] += 1  # {', '.join(r.rule.id for r in members)}")
        e.line("else:")
        saved = e.block()
        for rule in members:
            _rule(e, rule, frame, truth, slots)
        e.close(saved)
    for name in children.get(frame.kind, ()):
        if not needed(name):
            continue
        _children(e, name, frame, by_kind, children, needed, slots)


def _children(
    e: _Emitter,
    name: str,
    frame: _Frame,
    by_kind: dict[str, list[BoundRule]],
    children: dict[str, list[str]],
    needed: Any,
    slots: _Layout,
) -> None:
    kind = e.registry.kinds[name]
    child = e.fresh(name, e.depth + 1, judged=True, parent=frame)
    slots.unlisted[name] = slots.take()
    rows = f"list_{child.var}"
    if name in e.registry.producers:
        fn = e.name(f"derive:{name}", f"derive_{name}")
        e.line(f"{rows} = {fn}(w, {', '.join(f.var for f in frame.chain())})")
    else:
        e.line(f"{rows} = {frame.var}.{kind.field}")
    e.line(f"if {rows} is None: n[{slots.unlisted[name]}] += 1")
    e.line("else:")
    saved = e.block()
    single = "list" not in str(_field_type(e.registry, frame.kind, kind.field)) if kind.field else False
    if single:
        e.line(f"{child.var} = {rows}")
        inner = set(e.available)
        e.depth += 1
        _kind(e, child, by_kind, children, needed, slots)
        e.depth -= 1
        e.available = inner
    else:
        e.line(f"for {child.var} in {rows}:")
        inner = e.block()
        e.depth += 1
        _kind(e, child, by_kind, children, needed, slots)
        e.depth -= 1
        e.close(inner)
    e.close(saved)


def _field_type(registry: Registry, kind: str, name: str) -> Any:
    return registry.type_of(registry.facts[kind][name])


def _rule(e: _Emitter, bound: BoundRule, frame: _Frame, scope: str | None, slots: _Layout) -> None:
    """One rule by the verdict table, most decisive part first."""
    e.line(f"# {bound.rule.id} {bound.rule.title.zh}")
    indent = e.indent
    # What is computed before the first test stays at hand for the rules that follow; the rest does not.
    kept: set[Any] | None = None
    truths = [] if scope is None else [scope]
    if bound.applies is not None:
        slots.rule[bound.index] = slots.take()
        applies = e.condition(bound.applies, frame)
        e.line(f"if {applies} is False: n[{slots.rule[bound.index]}] += 1")
        e.line("else:")
        kept = e.block()
        truths.append(applies)
    violated = e.condition(bound.violated, frame)
    e.line(f"if {violated} is not False:")
    saved = e.block()
    kept = saved if kept is None else kept
    truths.append(violated)
    sure = ["False"] if "None" in truths else [f"{t} is True" for t in truths]
    if bound.unless is not None:
        unless = e.condition(bound.unless, frame)
        e.line(f"if {unless} is not True:")
        e.block()
        sure.append("False" if unless == "None" else f"{unless} is False")
    chain = ", ".join(f.var for f in frame.chain())
    e.line(f"out.append(({bound.index}, {VIOLATED} if {' and '.join(sure)} else {UNDETERMINED}, ({chain},)))")
    e.indent = indent
    e.available = kept


def namespace_of(plan: Plan, registry: Registry, helpers: dict[str, Any]) -> dict[str, Any]:
    """The functions that a compiled source needs, by the names it uses."""
    from hami_rules.records.world import ABSENT, UNKNOWN

    space: dict[str, Any] = {"_U": _UNSET}
    for var, address in plan.names:
        what, _, name = address.partition(":")
        if what == "predicate":
            space[var] = registry.predicates[name].fn
        elif what == "fact":
            kind, _, fact = name.partition(".")
            space[var] = registry.facts[kind][fact].fn
        elif what == "link":
            kind, _, link = name.partition(".")
            space[var] = registry.links[kind][link].fn
        elif what == "relation":
            kind, _, relation = name.partition(".")
            space[var] = registry.relations[kind][relation].fn
        elif what == "derive":
            space[var] = registry.producers[name]
        elif what == "unknown":
            space[var] = UNKNOWN[name]
        elif what == "absent":
            space[var] = ABSENT[name]
        else:
            space[var] = helpers[name]
    return space


_UNSET = object()

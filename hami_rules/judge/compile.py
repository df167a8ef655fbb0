"""The compiler: from bound rules to plain Python, one function for each root kind, with its children inlined.

Three-valued and short-circuited. Common subtrees, derived facts and links are computed once per record and only
when asked. No `try` inside: when a function raises, the caller drops what that record gave and lets the interpreter
judge it. The function appends `(rule, code, chain)` for verdicts that are not compliant (1 violated, 2
undetermined) and counts the inapplicable ones; compliance is what remains.

A person can read the result: `hami pack compile`.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hami_rules.pack.nodes import AllOf, AnyOf, Arg, Call, IsTrue, Lit, Node, Not, Param, Quant, Undecided
from hami_rules.pack.rules import BoundRule
from hami_rules.predicates.registry import AS_OF, Fact, Link, Predicate, Ref, Registry, Relation, bare

from .inline import body_of, identity, written

__all__ = ["UNDETERMINED", "VIOLATED", "Plan", "compile_root", "namespace_of"]

VIOLATED, UNDETERMINED = 1, 2
_RESERVED = frozenset({*dir(builtins), "w", "out", "n", "as_of", "date", "Decimal"})


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
    """A record at compile time: its kind, the variable that holds it, and what is around it.

    `home`: the frame whose life its values share: itself, or for a linked record the one that the link depends on.
    `same`: the number of the value that it is (linked records), or its variable.

    A frame `of` another stands for all of that frame's siblings in a row that agree in one field: what depends on
    nothing else of them (the organ that they name, the guide of that day) need not be looked up for each anew.
    """

    kind: str
    var: str
    depth: int
    judged: bool
    parent: _Frame | None = None
    outer: _Frame | None = None
    linked: _Frame | None = None
    value: int | None = None
    of: _Frame | None = None

    @property
    def home(self) -> _Frame:
        return self.linked or self

    @property
    def same(self) -> int | str:
        return self.var if self.value is None else self.value

    def chain(self) -> list[_Frame]:
        return [*(self.parent.chain() if self.parent else []), self]


_TOP = _Frame("", "top", -1, judged=False)
_Known = tuple[int, _Frame]
"""What a value is known by before it is computed: its number, the same for all that are bound to be equal, and the
frame that it depends on (the deepest one): there it is computed at most once."""


@dataclass
class _Emitter:
    """Writes the source. Pass after pass, until it is known which values are wanted in more than one place."""

    registry: Registry
    sites: dict[int, int] = field(
        default_factory=dict
    )  # from the passes before: how often a value is computed
    numbers: dict[Any, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    depth: int = 0
    available: set[int] = field(default_factory=set)
    seen: dict[int, int] = field(default_factory=dict)
    variables: dict[int, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    sentinels: dict[str, list[str]] = field(
        default_factory=dict
    )  # frame variable → what is unset when it begins
    frames: int = 0
    nodes: dict[tuple[int | str, Node], _Known] = field(default_factory=dict)
    serving: tuple[str, int] = (
        "",
        0,
    )  # the home of the value that is being computed once, and the loop it is in
    fields: dict[str, list[str]] = field(default_factory=dict)  # what `shared_fields` found, by kind

    # -- text ----------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def name(self, address: str, short: str) -> str:
        """The variable that a function, or another thing from outside, goes by in the source."""
        var = self.names.get(address)
        if var is None:
            taken = {*self.names.values(), *_RESERVED}
            var, n = short, 2
            while var in taken:
                var, n = f"{short}__{n}", n + 1  # one underscore numbers values
            self.names[address] = var
        return var

    def fresh(self, kind: str, depth: int, **around: Any) -> _Frame:
        self.frames += 1
        return _Frame(kind, f"{kind}_{self.frames}" if self.frames > 1 else kind, depth, **around)

    def open_frame(self, frame: _Frame) -> None:
        """Start of a frame's life: the place where its values become unset."""
        self.line(f"#@{frame.var}")
        for name in self.shared_fields(frame):
            self.line(f"#@{frame.var}.{name}")

    def shared_fields(self, frame: _Frame) -> list[str]:
        """The fields of a child record by which something is looked up, together with nothing else of it."""
        if not frame.judged or frame.parent is None:
            return []
        found = self.fields.get(frame.kind)
        if found is None:
            found = self.fields[frame.kind] = []
            for link in self.registry.links[frame.kind].values():
                refs = [
                    self.registry.resolve(frame.kind, link.fact_of(p)) for p in link.params if p != "world"
                ]
                own = [r.target for r in refs if not (r.path and r.path[0][0] == "parent")]
                if len(own) == 1 and self._plain(own[0], frame) and own[0].name not in found:
                    found.append(own[0].name)
        return found

    def _plain(self, fact: Any, frame: _Frame) -> bool:
        return isinstance(fact, Fact) and fact.kind == frame.kind and fact.fn is None and not fact.burden

    def finish(self) -> list[str]:
        out: list[str] = []
        for text in self.lines:
            bare_text = text.strip()
            if bare_text.startswith("#@"):
                name = bare_text[2:]
                variables = self.sentinels.get(name, ())
                if variables:
                    margin, unset = text[: len(text) - len(bare_text)], " = ".join(variables) + " = _U"
                    if "." in name:
                        last = name.replace(".", "_last_")
                        out.append(f"{margin}if {name} != {last}:")
                        out.append(f"{margin}    {last} = {name}")
                        margin += "    "
                    out.append(margin + unset)
                continue
            out.append(text)
        return out

    def constant(self, value: Any) -> str:
        text = _literal(value)
        if isinstance(value, str | int | bool | None):
            return text
        return self.constants.setdefault(text, f"C{len(self.constants) + 1}")

    # -- what values are, before they are computed -----------------------------------------------------------------

    def number(self, *parts: Any) -> int:
        return self.numbers.setdefault(parts, len(self.numbers))

    def known_call(self, how: str, fn: Any, below: Sequence[_Known]) -> _Known:
        """A call: equal where the function and all it is given are."""
        return self.number(how, _code_of(fn), *(n for n, _ in below)), _deepest(h for _, h in below)

    def known_args(self, names: Iterable[str], frame: _Frame) -> list[_Known]:
        return [
            (self.number("world"), _TOP) if n == "world" else self.known(self.registry.resolve(frame.kind, n), frame)
            for n in names
        ]  # fmt: skip

    def known(self, ref: Ref, frame: _Frame) -> _Known:
        at = self.hop(ref.path, frame)
        target = ref.target
        if isinstance(target, Link):
            number, home = self.known_link(target, at)
            return self.number("has", number), home
        if isinstance(target, Relation):
            return self.known_rows(target, at)
        if target is AS_OF:
            return self.number("as_of"), _TOP
        if target.fn is None:
            home = at.home
            if at.value is None and target.name in self.shared_fields(at):
                home = _Frame(at.kind, f"{at.var}.{target.name}", at.depth, judged=False, of=at)
            return self.number("own", at.same, target.name), home
        below = self.known_args((target.fact_of(p) for p in target.params), at)
        if not target.sees_unknown and identity(body_of(target.fn)):
            return below[0]
        return self.known_call(f"fact {target.sees_unknown}", target.fn, below)

    def known_link(self, link: Link, frame: _Frame) -> _Known:
        return self.known_call(
            "link", link.fn, self.known_args((link.fact_of(p) for p in link.params), frame)
        )

    def known_rows(self, relation: Relation, frame: _Frame) -> _Known:
        if relation.fn is None:
            return self.number("rows", frame.same, relation.name), frame.home
        return self.known_call("rows", relation.fn, self.known_args(relation.params, frame))

    def known_condition(self, node: Node, frame: _Frame) -> _Known:
        key = (frame.same, node)
        found = self.nodes.get(key)
        if found is None:
            found = self.nodes[key] = self._known_condition(node, frame)
        return found

    def _known_condition(self, node: Node, frame: _Frame) -> _Known:
        match node:
            case Undecided():
                return self.number("undecided"), _TOP
            case IsTrue(ref):
                return self.known(ref, frame)
            case Call(found, args):
                return self.known_call("call", found.fn, [self._known_arg(a, frame) for a in args])
            case Not(child):
                number, home = self.known_condition(child, frame)
                return self.number("not", number), home
            case AllOf(children) | AnyOf(children):
                below = [self.known_condition(c, frame) for c in children]
                word = "all" if isinstance(node, AllOf) else "any"
                return self.number(word, *(n for n, _ in below)), _deepest(h for _, h in below)
            case Quant(op=op, child=child):
                return self._known_loop(op, node, child, frame)
        raise AssertionError(node)

    def _known_loop(self, what: str, node: Quant, child: Node, frame: _Frame) -> _Known:
        """What is made of the rows of a quantifier by asking `child` of each."""
        relation = node.relation.target
        assert isinstance(relation, Relation)
        at = self.hop(node.relation.path, frame)
        rows, home = self.known_rows(relation, at)
        row = self._row(node, rows, at, frame)
        number, _ = self.known_condition(child, row)
        inside = [h for h in self._homes(child, row) if h.var != row.var]
        return self.number(what, rows, number), _deepest([home, *inside])

    def _homes(self, node: Node, frame: _Frame) -> Iterator[_Frame]:
        """The frames that the leaves of a condition depend on."""
        match node:
            case AllOf(children) | AnyOf(children):
                for child in children:
                    yield from self._homes(child, frame)
            case Not(child):
                yield from self._homes(child, frame)
            case Call(_, args):
                for arg in args:
                    yield self._known_arg(arg, frame)[1]
            case Quant(child=child):
                # All of them, not the deepest: that one may be a row of the loop around, and then drop out.
                relation = node.relation.target
                assert isinstance(relation, Relation)
                at = self.hop(node.relation.path, frame)
                rows, home = self.known_rows(relation, at)
                yield home
                row = self._row(node, rows, at, frame)
                yield from (h for h in self._homes(child, row) if h.var != row.var)
            case _:
                yield self.known_condition(node, frame)[1]

    def _row(self, node: Quant, rows: int, at: _Frame, frame: _Frame) -> _Frame:
        """A row like any other of its kind, asked by this frame: loops over the same rows can be compared."""
        relation = node.relation.target
        assert isinstance(relation, Relation)
        name = f"row of {rows} for {frame.same}"
        return _Frame(node.kind, name, frame.depth + 1, False, _row_parent(relation, at), frame)

    def _known_arg(self, arg: Arg, frame: _Frame) -> _Known:
        if isinstance(arg, Lit):
            return self.number("literal", _literal(arg.value)), _TOP
        if isinstance(arg, Param):
            if arg.conduct is None:
                return self.number("parameter", arg.name), _TOP
            day, home = self.known(arg.conduct, frame)
            return self.number("parameter", arg.name, day), home
        return self.known(arg, frame)

    def hop(self, path: Sequence[Any], frame: _Frame) -> _Frame:
        """Where a path leads, as far as naming goes: linked records have no variable yet."""
        for how, what in path:
            if how == "parent":
                frame = _ancestor(frame, what)
            elif how == "outer":
                assert frame.outer is not None
                frame = frame.outer
            else:
                number, home = self.known_link(what, frame)
                frame = _Frame(what.to, "", home.depth, judged=False, linked=home, value=number)
        return frame

    # -- values that are computed once ---------------------------------------------------------------------------

    def shared(self, known: _Known) -> bool:
        """Count that a value is wanted here; whether it is wanted elsewhere as well."""
        number, home = known
        # Inside a loop over other records, or over some that agree in it, it must not be computed each time; but
        # what serves only another value of the same home is computed when that is.
        again = (home.depth < self.depth or home.of is not None) and (home.var, self.depth) != self.serving
        self.seen[number] = self.seen.get(number, 0) + (2 if again else 1)
        return self.sites.get(number, 1) > 1

    def once(self, known: _Known, hint: str, compute: Callable[[str], None]) -> str:
        """The variable that holds a value, emitting its computation where it is not yet at hand."""
        number, home = known
        var = self.variables.get(number)
        if var is None:
            var = self.variables[number] = f"{hint}_{len(self.variables) + 1}"
        if number in self.available:
            return var
        if self.shared(known):
            self.unset(home.var, var)
            if home.of is not None and home.of.parent is not None:
                self.unset(home.of.parent.home.var, home.var.replace(".", "_last_"))
            self.line(f"if {var} is _U:")
            inner, serving = self.block(), self.serving
            self.serving = home.var, self.depth
            compute(var)
            self.serving = serving
            self.close(inner)
        else:
            compute(var)
        self.available.add(number)
        return var

    def unset(self, frame: str, var: str) -> None:
        """Have a variable unset where a frame begins."""
        variables = self.sentinels.setdefault(frame, [])
        if var not in variables:
            variables.append(var)

    def block(self) -> set[int]:
        self.indent += 1
        return set(self.available)

    def close(self, saved: set[int]) -> None:
        self.indent -= 1
        self.available = saved

    # -- references ----------------------------------------------------------------------------------------------

    def reach(self, path: Sequence[Any], frame: _Frame) -> _Frame:
        """The frame that a path leads to; the links on the way are followed first."""
        for step in path:
            frame = self.follow(step[1], frame) if step[0] == "link" else self.hop((step,), frame)
        return frame

    def follow(self, link: Link, frame: _Frame) -> _Frame:
        known = self.known_link(link, frame)

        def compute(var: str) -> None:
            address, short = f"link:{link.kind}.{link.name}", f"find_{link.name}"
            checks, args = self.arguments([link.fact_of(p) for p in link.params], frame)
            empty = self.name(f"unknown:{link.to}", f"NO_{link.to.upper()}")
            self.guarded(var, checks, self.call(link.fn, address, short, args), empty)

        var = self.once(known, link.name, compute)
        return _Frame(link.to, var, known[1].depth, judged=False, linked=known[1], value=known[0])

    def arguments(self, names: Iterable[str], frame: _Frame) -> tuple[list[str], list[str]]:
        """For parameters by name: the tests that one is unknown, and the argument expressions."""
        checks: list[str] = []
        args: list[str] = []
        for name in names:
            if name == "world":
                args.append("w")
            else:
                self._argument(self.value(self.registry.resolve(frame.kind, name), frame), checks, args)
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

    def guarded(self, var: str, checks: list[str], call: str, empty: str = "None") -> None:
        """Set `var` to what the call answers, or to `empty` where an argument is unknown."""
        self.line(f"{var} = {empty} if {' or '.join(checks)} else {call}" if checks else f"{var} = {call}")

    def call(self, fn: Any, address: str, short: str, args: list[str]) -> str:
        """A call of a function; where it is one plain expression, that expression."""
        body = body_of(fn)
        free: dict[str, str] = {}
        for name, held in (body.free if body else {}).items():
            if held in (date, Decimal):
                free[name] = held.__name__
            elif _is_literal(held):
                free[name] = self.constant(held)
            elif body and name in body.shared:
                free[name] = self.name(f"free:{body.module}:{name}", name)
            else:
                body = None
                break
        if body is None:
            return f"{self.name(address, short)}({', '.join(args)})"
        return written(body, args, free)

    def value(self, ref: Ref, frame: _Frame) -> str:
        """An expression for a reference's value; what it needs is emitted first."""
        target = ref.target
        if isinstance(target, Link):
            at = self.reach(ref.path, frame)
            to = self.follow(target, at)
            none = self.name(f"unknown:{target.to}", f"NO_{target.to.upper()}")
            gone = self.name(f"absent:{target.to}", f"GONE_{target.to.upper()}")
            return self.once(
                self.known(ref, frame), f"has_{target.name}",
                lambda var: self.line(f"{var} = None if {to.var} is {none} else {to.var} is not {gone}"),
            )  # fmt: skip
        if isinstance(target, Relation):
            return self.rows(target, ref.path, frame)
        if target is AS_OF:
            return "as_of"
        if target.fn is None:
            return self.own(target, self.reach(ref.path, frame))
        return self.derived(target, ref, frame)

    def derived(self, fact: Fact, ref: Ref, frame: _Frame) -> str:
        fn = fact.fn
        at = self.hop(ref.path, frame)
        if not fact.sees_unknown and identity(body_of(fn)):
            at = self.reach(ref.path, frame)
            return self.value(self.registry.resolve(at.kind, fact.fact_of(fact.params[0])), at)

        def compute(var: str) -> None:
            at = self.reach(ref.path, frame)
            names = [fact.fact_of(p) for p in fact.params]
            checks, args = self.arguments(names, at)
            if fact.sees_unknown:
                # It looks at unknowns itself: what would have been tested is only given a name.
                for check in checks:
                    if ":=" in check:
                        temp, _, expression = check[1:-9].partition(" := ")
                        self.line(f"{temp} = {expression}")
                checks = []
            address, short = f"fact:{fact.kind}.{fact.name}", fact.name.replace("@", "_at_")
            self.guarded(var, checks, self.call(fn, address, short, args))

        return self.once(self.known(ref, frame), fact.name.replace("@", "_at_"), compute)

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

        return self.once((self.number("own", frame.same, fact.name), frame.home), fact.name, compute)

    def _burden(self, var: str, fact: Fact, frame: _Frame, also: str) -> None:
        """Proof asked of the organ and not produced in time counts as absent."""
        chain = ", ".join(f.var for f in frame.chain())
        asked = self.name("helper:asked", "asked_in_vain")
        self.line(
            f"if {var} is None and w.unanswered{also} and {asked}(w, {frame.kind!r}, {fact.name!r}, ({chain},)):"
        )
        self.line(f"    {var} = {self.constant(fact.absent)}")

    def rows(self, relation: Relation, path: Sequence[Any], frame: _Frame) -> str:
        """A variable holding `(rows, complete)` or `None`."""

        def compute(var: str) -> None:
            at = self.reach(path, frame)
            if relation.fn is None:
                fact = self.registry.facts[at.kind][relation.name]
                self.line(f"{var} = {at.var}.{relation.name}")
                if fact.burden and at.judged:
                    self._burden(var, fact, at, "")
                self.line(f"if {var} is not None: {var} = ({var}, {relation.name!r} not in {at.var}.partial)")
                return
            address, short = f"relation:{relation.kind}.{relation.name}", relation.name
            checks, args = self.arguments(relation.params, at)
            self.guarded(var, checks, self.call(relation.fn, address, short, args))

        return self.once(self.known_rows(relation, self.hop(path, frame)), f"rows_{relation.name}", compute)

    # -- conditions ----------------------------------------------------------------------------------------------

    def condition(self, node: Node, frame: _Frame) -> str:
        """An expression without effects (a variable, a field) for the truth of a condition."""
        match node:
            case Undecided():
                return "None"
            case IsTrue(ref):
                return self.value(ref, frame)
        known = self.known_condition(node, frame)
        return self.once(known, _hint(node), lambda var: self._compute(node, frame, var))

    def condition_into(self, node: Node, frame: _Frame, var: str) -> None:
        """Set `var` to the truth of a condition, without a variable of its own where it is wanted here only."""
        if not isinstance(node, Undecided | IsTrue):
            known = self.known_condition(node, frame)
            if known[0] not in self.available and not self.shared(known):
                self._compute(node, frame, var)
                return
        self.line(f"{var} = {self.condition(node, frame)}")

    def _compute(self, node: Node, frame: _Frame, var: str) -> None:
        match node:
            case Call(found, args):
                self._call(found, args, frame, var)
            case Not(child):
                self._not(child, frame, var)
            case AllOf(children):
                self._chain(children, frame, var, "False", "True")
            case AnyOf(children):
                self._chain(children, frame, var, "True", "False")
            case Quant():
                self._loop(node, frame, var)

    def _not(self, child: Node, frame: _Frame, var: str) -> None:
        if isinstance(child, Call) and not child.predicate.three_valued:
            known = self.known_condition(child, frame)
            if known[0] not in self.available and not self.shared(known):
                self._call(child.predicate, child.args, frame, var, "not ({})")
                return
        inner = self.condition(child, frame)
        self.line(f"{var} = None if {inner} is None else not {inner}")

    def _call(
        self, found: Predicate, args: tuple[Arg, ...], frame: _Frame, var: str, form: str = "{}"
    ) -> None:
        checks: list[str] = []
        texts: list[str] = []
        for arg in args:
            if isinstance(arg, Lit):
                texts.append(self.constant(arg.value))
            elif isinstance(arg, Param):
                self._argument(self._parameter(arg, frame), checks, texts)
            else:
                self._argument(self.value(arg, frame), checks, texts)
        call = self.call(found.fn, f"predicate:{found.name}", found.name, texts)
        self.guarded(var, checks, form.format(call))

    def _parameter(self, param: Param, frame: _Frame) -> str:
        known = self._known_arg(param, frame)
        if param.conduct is None:
            return self.once(
                known, f"p_{param.name}", lambda var: self.line(f"{var} = w.parameters[{param.name!r}](None)")
            )
        day = self.value(param.conduct, frame)
        return self.once(
            known, f"p_{param.name}",
            lambda var: self.line(f"{var} = None if {day} is None else w.parameters[{param.name!r}]({day})"),
        )  # fmt: skip

    def _chain(self, children: tuple[Node, ...], frame: _Frame, var: str, stop: str, go_on: str) -> None:
        self.condition_into(children[0], frame, var)
        opened: list[set[int]] = []
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
        relation = node.relation.target
        assert isinstance(relation, Relation)
        rows = self.rows(relation, node.relation.path, frame)
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
        row, first = self._row_loop(node, frame, rows, relation)
        inner = self.available
        if first is not None:
            self.available = inner | {first}
        truth = self.condition(node.child, row)
        self.line(f"if {truth} is {stop}:")
        self.line(f"    {var} = {result}")
        self.line("    break")
        self.line(f"if {truth} is None: {var} = None")
        self.depth -= 1
        self.close(saved)
        self.indent -= 1

    def _row_loop(
        self, node: Quant, frame: _Frame, rows: str, relation: Relation
    ) -> tuple[_Frame, int | None]:
        """Open the loop over the rows. Loops that begin by asking their rows the same share those that remain: a
        row of which the first of all conditions is false decides neither `some` nor `no`."""
        at = self.reach(node.relation.path, frame)

        def fresh() -> _Frame:
            around = {"parent": _row_parent(relation, at), "outer": frame}
            return self.fresh(node.kind, self.depth + 1, judged=False, **around)

        if node.op != "every" and isinstance(node.child, AllOf) and isinstance(node.child.children[0], Call):
            first = node.child.children[0]
            known = self._known_loop("left", node, first, frame)
            if known[0] in self.available or self.sites.get(known[0], 1) > 1:

                def sift(var: str) -> None:
                    self.line(f"{var} = []")
                    row = fresh()
                    self.line(f"for {row.var} in {rows}[0]:")
                    saved = self.block()
                    self.depth += 1
                    self.open_frame(row)
                    truth = self.condition(first, row)
                    self.line(f"if {truth} is not False: {var}.append(({row.var}, {truth}))")
                    self.depth -= 1
                    self.close(saved)

                left = self.once(known, f"left_{relation.name}", sift)
                row = fresh()
                number = self.known_condition(first, row)[0]
                truth = self.variables.setdefault(number, f"{_hint(first)}_{len(self.variables) + 1}")
                self.line(f"for {row.var}, {truth} in {left}:")
                self.indent += 1
                self.depth += 1
                self.open_frame(row)
                return row, number
            self.shared(known)
        row = fresh()
        self.line(f"for {row.var} in {rows}[0]:")
        self.indent += 1
        self.depth += 1
        self.open_frame(row)
        return row, None


def _ancestor(frame: _Frame, kind: str) -> _Frame:
    while frame.kind != kind:
        assert frame.parent is not None, (frame.kind, kind)
        frame = frame.parent
    return frame


def _row_parent(relation: Relation, at: _Frame) -> _Frame | None:
    """The frame of the record that the rows of a relation hang under."""
    if relation.parent == "self":
        return at
    parent: _Frame | None = at if relation.parent else None
    while parent is not None and parent.kind != relation.parent:
        parent = parent.parent
    return parent


def _deepest(homes: Iterable[_Frame]) -> _Frame:
    deepest = _TOP
    for home in homes:
        if home.depth > deepest.depth:
            deepest = home
        elif home.depth == deepest.depth and home.var != deepest.var:
            # Two fields of one record, or a field and the record: the record itself.
            deepest = home.of or deepest.of or deepest
    return deepest


def _code_of(fn: Any) -> Any:
    """What makes two functions the same: their code and what they took from around them."""
    cells = tuple(_literal(c.cell_contents) for c in getattr(fn, "__closure__", None) or ())
    return (fn.__module__, getattr(fn, "__code__", fn), cells)


def _is_literal(value: Any) -> bool:
    if isinstance(value, frozenset):
        return all(isinstance(v, str) for v in value)
    if isinstance(value, tuple):
        return all(map(_is_literal, value))
    return isinstance(value, str | int | date | Decimal | None)


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

    sites: dict[int, int] = {}
    numbers: dict[Any, int] = {}
    while True:  # until the set of values that need a sentinel is stable
        emitter = _Emitter(registry, sites, numbers)
        slots = _Layout()
        top = emitter.fresh(root, 0, judged=True)
        emitter.line("as_of = w.as_of")
        emitter.open_frame(_TOP)
        slots.kind[root] = slots.take()
        emitter.line(f"n[{slots.kind[root]}] += 1")
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
    slots.kind[name] = slots.take()
    single = "list" not in str(_field_type(e.registry, frame.kind, kind.field)) if kind.field else False
    if single:
        e.line(f"n[{slots.kind[name]}] += 1")
        e.line(f"{child.var} = {rows}")
        inner = set(e.available)
        e.depth += 1
        _kind(e, child, by_kind, children, needed, slots)
        e.depth -= 1
        e.available = inner
    else:
        e.line(f"n[{slots.kind[name]}] += len({rows})")
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
        elif what == "free":
            module, _, free = name.partition(":")
            space[var] = vars(sys.modules[module])[free]
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

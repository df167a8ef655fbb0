"""The interpreter: slow, simple, and right. It is the oracle that the compiled judge is held to, it judges the
records on which a predicate raised, and it gives the reasons for findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hami_rules.pack.message import plain
from hami_rules.pack.nodes import AllOf, AnyOf, Arg, Call, IsTrue, Lit, Node, Not, Param, Quant, Undecided
from hami_rules.predicates.registry import AS_OF, Fact, Link, Ref, Registry, Relation, Step
from hami_rules.records.reference import EvidenceRequest
from hami_rules.records.world import ABSENT, UNKNOWN, World
from hami_rules.truth import ERROR, Truth, all_of, any_of, negate

__all__ = ["Frame", "Missing", "Raised", "Seen", "Unknown", "evaluate", "trace"]


@dataclass(frozen=True)
class Missing:
    """One fact nobody knows: the kind it belongs to, its name, why it is unknown, and of which record."""

    kind: str
    fact: str
    cause: str  # not_given · no_record · absent_record · not_told · undecided · partial
    detail: str = ""
    detail_en: str = ""


@dataclass(frozen=True)
class Unknown:
    """An unknown value with the facts that would make it known."""

    missing: frozenset[Missing]


@dataclass(frozen=True)
class Raised:
    """A function raised: which, and what it said."""

    where: str
    message: str


@dataclass
class Frame:
    """A record with everything around it that its facts may ask for."""

    kind: str
    record: Any
    world: World
    registry: Registry
    parent: Frame | None = None
    outer: Frame | None = None
    key: str = ""
    via: frozenset[Missing] = frozenset()  # for a record that a link could not lead to: why
    chain: tuple[Any, ...] = ()  # root → … → record, where the record is judged itself
    lists: tuple[Any, ...] = ()  # the lists they stand in
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def kinds(self) -> list[str]:
        """The kinds from the root to this record."""
        return [*(self.parent.kinds if self.parent else []), self.kind]

    # -- values --------------------------------------------------------------------------------------------------

    def hop(self, path: Sequence[Step]) -> Frame | Raised:
        """Follow a reference's hops."""
        frame: Frame = self
        for how, what in path:
            if how == "parent":
                while frame.kind != what:
                    if frame.parent is None:
                        raise AssertionError(f"a row of {self.kind} has no {what} at hand")
                    frame = frame.parent
            elif how == "outer":
                if frame.outer is None:
                    raise AssertionError("a quantified row always has an asking record")
                frame = frame.outer
            else:
                to = frame.follow(what)
                if not isinstance(to, Frame):
                    return to
                frame = to
        return frame

    def follow(self, link: Link) -> Frame | Raised:
        """The frame of the linked record; of the unknown one where an argument is unknown or nothing answers."""
        name = f"→{link.name}"
        if name not in self.memo:
            value = self._apply(link.fn, [(p, link.fact_of(p)) for p in link.params], False, link.where)
            if isinstance(value, Raised):
                self.memo[name] = value
            elif isinstance(value, Unknown):
                empty = UNKNOWN[link.to]
                self.memo[name] = Frame(link.to, empty, self.world, self.registry, via=value.missing)
            else:
                via: frozenset[Missing] = frozenset()
                if value is UNKNOWN[link.to] or value is ABSENT[link.to]:
                    cause = link.cause if value is UNKNOWN[link.to] else "absent_record"
                    asked = self._asked_with(link)
                    via = frozenset({Missing(self.kind, link.name, cause, link.zh + asked, link.en + asked)})
                self.memo[name] = Frame(link.to, value, self.world, self.registry, via=via)
        found: Frame | Raised = self.memo[name]
        return found

    def _asked_with(self, link: Link) -> str:
        """What was looked up, for the reader: the arguments of the link in brackets."""
        names = [link.fact_of(p) for p in link.params if p != "world"]
        values = [(name, self._param(name)) for name in names]
        return "（" + "，".join(plain(v, name) for name, v in values if isinstance(v, str | date)) + "）"

    def get(self, ref: Ref) -> Any:
        """The value of a reference: known, `Unknown`, or `Raised`."""
        frame = self.hop(ref.path)
        if not isinstance(frame, Frame):
            return frame
        target = ref.target
        if isinstance(target, Link):
            to = frame.follow(target)
            if not isinstance(to, Frame):
                return to
            if to.record is UNKNOWN[to.kind]:
                own = Missing(frame.kind, target.name, target.cause, target.zh, target.en)
                # Where it was never looked for, what it would have been looked up by is what is missing.
                sought = any(m.kind == own.kind and m.fact == own.fact for m in to.via)
                return Unknown(frozenset({own}) if sought else to.via)
            return to.record is not ABSENT[to.kind]
        if isinstance(target, Relation):
            return frame.rows(target)
        return frame.fact(target)

    def fact(self, fact: Fact) -> Any:
        """The value of one fact of this record. A list given as partial is unknown as a whole: a function that
        walked it would take the missing rows for absent ones."""
        if fact is AS_OF:
            return self.world.as_of
        if fact.name not in self.memo:
            if fact.fn is not None:
                self.memo[fact.name] = self._derived(fact)
            elif fact.name in self.record.partial:
                self.memo[fact.name] = Unknown(
                    frozenset({Missing(self.kind, fact.name, "partial", fact.zh, fact.en)})
                )
            else:
                self.memo[fact.name] = self._field(fact)
        return self.memo[fact.name]

    def _field(self, fact: Fact) -> Any:
        value = getattr(self.record, fact.name)
        if value is not None:
            return value
        if self._request(fact) is not None:
            return fact.absent
        if self.via:
            return Unknown(self.via)
        return Unknown(frozenset({Missing(self.kind, fact.name, "not_given", fact.zh, fact.en)}))

    def _request(self, fact: Fact) -> EvidenceRequest | None:
        """The request for proof of a fact of this record that ran out, if the organ had to prove it."""
        return self.world.unanswered.get((self.kind, fact.name), {}).get(self.key) if fact.burden else None

    def asked_in_vain(self, ref: Ref) -> Iterator[tuple[Fact, EvidenceRequest]]:
        """The facts that a reference's value rests on and that count as absent because nobody answered: each with
        the request that ran out."""
        frame: Frame | Raised = self
        for step in ref.path:
            if not isinstance(frame, Frame):
                return
            if step[0] == "link":
                yield from frame._asked_below(step[1])
            frame = frame.hop([step])
        if isinstance(frame, Frame):
            yield from frame._asked_below(ref.target)

    def _asked_below(self, what: Fact | Link | Relation) -> Iterator[tuple[Fact, EvidenceRequest]]:
        if what is AS_OF:
            return
        if what.fn is None:
            own = self.registry.facts[self.kind][what.name]
            request = self._request(own)
            if request is not None and getattr(self.record, own.name) is None:
                yield own, request
            return
        for name in what.params:
            if name != "world":
                yield from self.asked_in_vain(self.registry.resolve(self.kind, what.fact_of(name)))

    def _derived(self, fact: Fact) -> Any:
        assert fact.fn is not None
        pairs = [(p, fact.fact_of(p)) for p in fact.params]
        value = self._apply(fact.fn, pairs, fact.sees_unknown, fact.where)
        if value is None:
            missing = Missing(self.kind, fact.name, "not_told", fact.zh, fact.cause or fact.en)
            if fact.sees_unknown:
                below = [v for _, n in pairs if isinstance(v := self._param(n), Unknown)]
                if below:
                    return Unknown(frozenset().union(*(u.missing for u in below)))
            return Unknown(frozenset({missing}))
        return value

    def _param(self, name: str) -> Any:
        return self.world if name == "world" else self.get(self.registry.resolve(self.kind, name))

    def _apply(self, fn: Any, pairs: list[tuple[str, str]], sees_unknown: bool, where: str) -> Any:
        values = []
        unknown: set[Missing] = set()
        raised: Raised | None = None
        for _, name in pairs:
            value = self._param(name)
            if isinstance(value, Raised):
                raised = raised or value
            elif isinstance(value, Unknown):
                if sees_unknown:
                    value = None
                else:
                    unknown |= value.missing
            values.append(value)
        if raised:
            return raised
        if unknown:
            return Unknown(frozenset(unknown))
        try:
            return fn(*values)
        except Exception as problem:  # a rule author's slip must not stop the run: the verdict says so
            return Raised(where, f"{type(problem).__name__}: {problem}")

    def rows(self, relation: Relation) -> Any:
        """`(rows, complete)`, `Unknown` or `Raised`."""
        if relation.fn is None:
            field_fact = self.registry.facts[self.kind][relation.name]
            value = self._field(field_fact)
            if isinstance(value, Unknown):
                return value
            return value, relation.name not in self.record.partial
        value = self._apply(relation.fn, [(p, p) for p in relation.params], False, relation.where)
        if value is None:
            return Unknown(
                frozenset({Missing(self.kind, relation.name, "not_told", relation.zh, relation.en)})
            )
        return value

    def row(self, relation: Relation, record: Any, holder: Frame) -> Frame:
        """The frame of one row of a relation asked for by this record; `holder` bears the relation."""
        parent: Frame | None = None
        if relation.parent == "self":
            parent = holder
        elif relation.parent:
            parent = holder
            while parent is not None and parent.kind != relation.parent:
                parent = parent.parent
        return Frame(relation.of, record, self.world, self.registry, parent=parent, outer=self)


# -- evaluation --------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """How a node came out: its truth, the values its leaves saw, what was missing, and the parts below."""

    node: Node
    truth: Truth
    values: tuple[tuple[Ref, Any], ...] = ()
    missing: frozenset[Missing] = frozenset()
    children: tuple[Seen, ...] = ()
    raised: Raised | None = None
    rows: tuple[Frame, ...] = ()


def evaluate(node: Node, frame: Frame) -> Truth:
    """The truth of a condition for a record. A value that dominates settles it: the rest need not be evaluated."""
    if isinstance(node, AllOf | AnyOf):
        join, settles = (all_of, False) if isinstance(node, AllOf) else (any_of, True)
        truths: list[Truth] = []
        for child in node.children:
            truths.append(evaluate(child, frame))
            if truths[-1] is settles:
                return settles
        return join(truths)
    return trace(node, frame).truth


def trace(node: Node, frame: Frame) -> Seen:
    """The truth of a condition with everything that explains it."""
    match node:
        case Undecided(zh, en):
            return Seen(node, None, missing=frozenset({Missing(frame.kind, "", "undecided", zh, en)}))
        case IsTrue(ref):
            value = frame.get(ref)
            return _leaf(node, ((ref, value),), value)
        case Call(found, args):
            values = tuple((a, _argument(a, frame)) for a in args)
            refs = tuple((a, v) for a, v in values if isinstance(a, Ref))
            if any(isinstance(v, Raised) for _, v in values) or any(
                isinstance(v, Unknown) for _, v in values
            ):
                return _leaf(node, refs, _worst(v for _, v in values))
            try:
                result: Any = found.fn(*(v for _, v in values))
            except Exception as problem:
                result = Raised(found.where, f"{type(problem).__name__}: {problem}")
            if result is None:
                result = Unknown(frozenset({Missing(frame.kind, found.name, "not_told", found.zh, found.en)}))
            return _leaf(node, refs, result)
        case Not(child):
            below = trace(child, frame)
            return Seen(
                node, negate(below.truth), missing=below.missing, children=(below,), raised=below.raised
            )
        case AllOf(children) | AnyOf(children):
            parts = tuple(trace(c, frame) for c in children)
            join = all_of if isinstance(node, AllOf) else any_of
            return _joined(node, join([p.truth for p in parts]), parts, ())
        case Quant(op, ref, _, child):
            return _quantified(node, op, ref, child, frame)
    raise AssertionError(node)


def _quantified(node: Node, op: str, ref: Ref, child: Node, frame: Frame) -> Seen:
    holder = frame.hop(ref.path)
    value = holder.rows(ref.target) if isinstance(holder, Frame) else holder  # type: ignore[arg-type]
    if isinstance(value, Unknown):
        return Seen(node, None, missing=value.missing)
    if isinstance(value, Raised):
        return Seen(node, ERROR, raised=value)
    rows, complete = value
    assert isinstance(holder, Frame)
    relation = ref.target
    assert isinstance(relation, Relation)
    frames = tuple(frame.row(relation, r, holder) for r in rows)
    parts = tuple(trace(child, f) for f in frames)
    truths = [p.truth for p in parts]
    extra: frozenset[Missing] = frozenset()
    if not complete:
        truths.append(None)
        extra = frozenset({Missing(holder.kind, relation.name, "partial", relation.zh, relation.en)})
    truth = all_of(truths) if op == "every" else any_of(truths)
    if op == "no":
        truth = negate(truth)
    seen = _joined(node, truth, parts, frames)
    if truth is None and extra:
        seen.missing = seen.missing | extra
    return seen


def _joined(node: Node, truth: Truth, parts: tuple[Seen, ...], frames: tuple[Frame, ...]) -> Seen:
    missing: frozenset[Missing] = frozenset()
    raised = None
    if truth is None:
        missing = frozenset().union(*(p.missing for p in parts if p.truth is None))
    if truth is ERROR:
        raised = next((p.raised for p in parts if p.truth is ERROR), None)
    return Seen(node, truth, missing=missing, children=parts, raised=raised, rows=frames)


def _leaf(node: Node, values: tuple[tuple[Ref, Any], ...], result: Any) -> Seen:
    if isinstance(result, Unknown):
        return Seen(node, None, values, result.missing)
    if isinstance(result, Raised):
        return Seen(node, ERROR, values, raised=result)
    return Seen(node, bool(result), values)


def _worst(values: Any) -> Any:
    found = list(values)
    raised = next((v for v in found if isinstance(v, Raised)), None)
    if raised:
        return raised
    return Unknown(frozenset().union(*(v.missing for v in found if isinstance(v, Unknown))))


def _argument(arg: Arg, frame: Frame) -> Any:
    if isinstance(arg, Lit):
        return arg.value
    if isinstance(arg, Param):
        day = None
        if arg.conduct is not None:
            day = frame.get(arg.conduct)
            if isinstance(day, Unknown | Raised):
                return day
        value = frame.world.parameters[arg.name](day)
        if value is None:
            return Unknown(frozenset({Missing("parameter", arg.name, "no_record", arg.name, arg.name)}))
        return value
    return frame.get(arg)

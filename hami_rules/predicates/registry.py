"""What rules may ask about: facts, predicates, links and relations, found by name as pytest finds fixtures.

- A **fact** is a named value about a record: a field of its own, or a pure function (`@fact`) of other facts.
- A **predicate** is a pure function of known facts that answers true or false; never called with an unknown.
- A **link** leads from a record to one other record of the world (a demand to the guide in force that day).
- A **relation** is a named list of records that a record may ask about; every list field is one.

Parameters are facts, found by name: own facts bare; an ancestor's or a linked record's prefixed by the kind's or
link's name (`application_region`, `guide_valid_from`); in a quantified row, the asking record's as `outer_…`.
`world` hands in the reference tables, `as_of` the day of the audit.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import msgspec

from hami_rules.records.base import Record
from hami_rules.records.kinds import KINDS, Kind

__all__ = [
    "AMBIGUOUS",
    "Fact",
    "Link",
    "NameProblem",
    "Predicate",
    "Ref",
    "Registry",
    "Relation",
    "Rows",
    "about",
    "hints_of",
    "predicate",
]

Rows = tuple[list[Any], bool]
"""What a relation function returns: the rows, and whether they are all there are. `None` = unknown."""


@dataclass(frozen=True, eq=False)
class Fact:
    """A named value of a kind. `fn is None`: an own field, read from the record."""

    name: str
    kind: str
    zh: str
    en: str
    fn: Callable[..., Any] | None = None
    params: tuple[str, ...] = ()
    sees_unknown: bool = False
    cause: str | None = None  # why the function itself may answer unknown, in words
    burden: bool = False
    absent: Any = None
    aliases: tuple[tuple[str, str], ...] = ()  # parameter → fact, where a generated fact renames
    where: str = ""

    def fact_of(self, param: str) -> str:
        return dict(self.aliases).get(param, param)


@dataclass(frozen=True, eq=False)
class Predicate:
    """A pure yes-or-no function of known facts. `three_valued`: it may answer `None` (names not comparable)."""

    name: str
    zh: str
    en: str
    fn: Callable[..., Any]
    params: tuple[str, ...]
    three_valued: bool = False
    where: str = ""


@dataclass(frozen=True, eq=False)
class Link:
    """One step from a record to another. The function answers a record, `UNKNOWN` or `ABSENT` of its kind."""

    name: str
    kind: str
    to: str
    zh: str
    en: str
    fn: Callable[..., Any]
    params: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    where: str = ""
    cause: str = "no_record"  # why it answers unknown where all it is looked up by is known

    def fact_of(self, param: str) -> str:
        return dict(self.aliases).get(param, param)


@dataclass(frozen=True, eq=False)
class Relation:
    """A named list of records of one kind. `fn is None`: a list field. `parent`: the rows' parent is the asking
    record itself ("self") or its ancestor of that kind; `None`: the rows' parents are not at hand."""

    name: str
    kind: str
    of: str
    zh: str
    en: str
    fn: Callable[..., Any] | None = None
    params: tuple[str, ...] = ()
    parent: str | None = None
    where: str = ""

    def fact_of(self, param: str) -> str:
        return param


Step = tuple[str, Any]
"""One hop of a reference: ("parent", kind name), ("link", Link), ("outer", None)."""


@dataclass(frozen=True)
class Ref:
    """A resolved name: the hops to take, then the fact, the relation or (`has_…`) the link asked for."""

    path: tuple[Step, ...]
    target: Fact | Relation | Link
    name: str  # as it was written

    @property
    def is_has(self) -> bool:
        return isinstance(self.target, Link)


class NameProblem(Exception):
    """A name that no fact bears. `candidates` are the names that would have been right."""

    def __init__(self, message: str, candidates: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


AMBIGUOUS = "ambiguous"
AS_OF = Fact("as_of", "world", "审计基准日", "day of the audit")


# -- decorators --------------------------------------------------------------------------------------------------


def _words(fn: Callable[..., Any]) -> str:
    """The English words of a function: the first sentence of its docstring."""
    doc = inspect.getdoc(fn) or fn.__name__.replace("_", " ")
    return doc.split("\n\n")[0].replace("\n", " ").rstrip(".")


def _params(fn: Callable[..., Any]) -> tuple[str, ...]:
    code = fn.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _where(fn: Callable[..., Any]) -> str:
    return f"{fn.__module__}:{fn.__code__.co_firstlineno}"


def predicate(zh: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a predicate; `zh` says in Chinese what is true when it answers true."""

    def wrap(fn: Callable[..., Any]) -> Callable[..., Any]:
        three = str(fn.__annotations__.get("return")).replace(" ", "") in ("bool|None", "Optional[bool]")
        fn.__hami__ = [  # type: ignore[attr-defined]
            Predicate(fn.__name__, zh, _words(fn), fn, _params(fn), three, _where(fn))
        ]
        return fn

    return wrap


class about:
    """Declarations for one kind: `demand = about("demand")`, then `@demand.fact("…")`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def _declare(self, fn: Any, thing: Any) -> Any:
        fn.__hami__ = [*getattr(fn, "__hami__", []), thing]
        return fn

    def fact(self, zh: str, *, sees_unknown: bool = False, cause: str | None = None) -> Callable[[Any], Any]:
        """A derived fact. It may answer `None`; `cause` then says why in words."""
        return lambda fn: self._declare(
            fn,
            Fact(
                fn.__name__, self.kind, zh, _words(fn), fn, _params(fn), sees_unknown, cause, where=_where(fn)
            ),
        )

    def link(self, zh: str, to: str, *, cause: str = "no_record") -> Callable[[Any], Any]:
        """A link to one record of kind `to`. Gives the facts `has_<name>` and `<name>_<fact>`.

        `cause`: why it answers unknown though all its arguments are known (a key of `explain.CAUSES`).
        """
        return lambda fn: self._declare(
            fn,
            Link(fn.__name__, self.kind, to, zh, _words(fn), fn, _params(fn), where=_where(fn), cause=cause),
        )

    def relation(self, zh: str, of: str, parent: str | None = None) -> Callable[[Any], Any]:
        """A relation computed by a function that answers `(rows, complete)` or `None`."""
        return lambda fn: self._declare(
            fn,
            Relation(fn.__name__, self.kind, of, zh, _words(fn), fn, _params(fn), parent, where=_where(fn)),
        )


# -- the registry ------------------------------------------------------------------------------------------------


@cache
def _fields(struct: type[Record]) -> tuple[msgspec.structs.FieldInfo, ...]:
    # Resolving annotations is slow, and a struct's fields never change.
    return msgspec.structs.fields(struct)


@cache
def hints_of(thing: Any) -> dict[str, Any]:
    """The resolved annotations of a function or a struct."""
    if isinstance(thing, type):
        return typing.get_type_hints(thing)
    module = thing.__module__
    return {
        name: _resolved(text, module) if isinstance(text, str) else text
        for name, text in thing.__annotations__.items()
    }


@cache
def _resolved(text: str, module: str) -> Any:
    # `typing` compiles each annotation anew, and many functions have the same: a tenth of a short command's time.
    return eval(text, vars(sys.modules[module]))


def _label(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    for meta in getattr(field.type, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.extra:
            return meta.extra
    return {}


def bare(annotation: Any) -> Any:
    """A type without `Annotated` and without `None`."""
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [a for a in typing.get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            return bare(rest[0])
    return annotation


def compatible(want: Any, have: Any) -> bool:
    """Whether a fact of type `have` may be handed to a parameter annotated `want`."""
    want, have = bare(want), bare(have)
    if want in (Any, inspect.Parameter.empty) or have is Any or want == have:
        return True
    if typing.get_origin(have) is typing.Literal:
        values = typing.get_args(have)
        if want is str:
            return all(isinstance(v, str) for v in values)
        if typing.get_origin(want) is typing.Literal:
            return set(values) <= set(typing.get_args(want))
    if want is object:
        return True
    if typing.get_origin(want) is list and typing.get_origin(have) is list:
        return compatible(typing.get_args(want)[0], typing.get_args(have)[0])
    return want is typing.get_origin(have) and not typing.get_args(want)


@dataclass
class Registry:
    """All facts, predicates, links and relations of the kinds, and the resolution of names."""

    kinds: dict[str, Kind]
    producers: dict[str, Callable[..., Any]] = field(default_factory=dict)
    facts: dict[str, dict[str, Fact]] = field(default_factory=dict)
    links: dict[str, dict[str, Link]] = field(default_factory=dict)
    relations: dict[str, dict[str, Relation]] = field(default_factory=dict)
    predicates: dict[str, Predicate] = field(default_factory=dict)
    by_struct: dict[type, str] = field(default_factory=dict)
    _memo: dict[tuple[str, str, tuple[str, ...]], Ref] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def build(
        cls,
        modules: Iterable[types.ModuleType],
        kinds: Iterable[Kind] = tuple(KINDS.values()),
        producers: dict[str, Callable[..., Any]] | None = None,
        commencement: date = date(2024, 3, 1),
    ) -> Registry:
        """Collect what `modules` declare about `kinds`, with the standard facts that every kind has."""
        self = cls({k.name: k for k in kinds}, dict(producers or {}))
        for kind in self.kinds.values():
            self._own(kind)
        for module in modules:
            for thing in vars(module).values():
                for declared in getattr(thing, "__hami__", ()):
                    self._add(declared)
        for kind in self.kinds.values():
            self._standard(kind, commencement)
        return self

    def _own(self, kind: Kind) -> None:
        facts = self.facts.setdefault(kind.name, {})
        self.links.setdefault(kind.name, {})
        relations = self.relations.setdefault(kind.name, {})
        structs = {k.struct: k.name for k in self.kinds.values() if k.parent in (None, kind.name)}
        for f in _fields(kind.struct):
            label = _label(f)
            zh = label.get("zh", f.name)
            en = f.name.replace("_", " ")
            inner = bare(f.type)
            args = typing.get_args(inner)
            if typing.get_origin(inner) is list and isinstance(args[0], type) and issubclass(args[0], Record):
                child = next(
                    (k.name for k in self.kinds.values() if k.parent == kind.name and k.field == f.name),
                    structs.get(args[0]),
                )
                if child:
                    relations[f.name] = Relation(f.name, kind.name, child, zh, en, parent="self")
            facts[f.name] = Fact(
                f.name,
                kind.name,
                zh,
                en,
                burden="burden" in label,
                absent=label.get("absent"),
            )

    def _add(self, thing: Fact | Predicate | Link | Relation) -> None:
        if isinstance(thing, Predicate):
            if self.predicates.get(thing.name, thing).fn is not thing.fn:
                self.problems.append(f"{thing.where}: predicate {thing.name} is declared twice")
            self.predicates[thing.name] = thing
            return
        table: dict[str, dict[str, Any]] = (
            self.facts
            if isinstance(thing, Fact)
            else self.links
            if isinstance(thing, Link)
            else self.relations
        )
        if thing.kind not in table:
            self.problems.append(f"{thing.where}: no kind {thing.kind!r}")
            return
        if thing.name in table[thing.kind]:
            self.problems.append(f"{thing.where}: {thing.kind}.{thing.name} is declared twice")
        table[thing.kind][thing.name] = thing

    def _standard(self, kind: Kind, commencement: date) -> None:
        """The facts that scope rules read: whose act (`actor`), where, when, and whether a business was served."""
        facts = self.facts[kind.name]

        def add(fact: Fact) -> None:
            facts.setdefault(fact.name, fact)

        if kind.conduct:
            start, end = kind.conduct[0], kind.conduct[-1]
            self.conduct_facts(kind.name, start, end, commencement, "")
        if kind.organ:
            self.links[kind.name].setdefault(
                "actor",
                Link(
                    "actor", kind.name, "organ", "责任单位", "the organ whose act it is",
                    lambda world, code: world.organ(code), ("world", "code"), (("code", kind.organ),),
                ),
            )  # fmt: skip
        if kind.region:
            add(
                Fact(
                    "acting_region", kind.name, "服务机关所在区划", "region of the serving organ",
                    lambda region: region, ("region",), aliases=(("region", kind.region),),
                )
            )  # fmt: skip
        if kind.subject:
            add(
                Fact(
                    "serves_business", kind.name, "服务对象为经营主体", "serves a market entity",
                    _serves_business, ("subject",), aliases=(("subject", kind.subject),),
                )
            )  # fmt: skip
        elif kind.organ:
            add(
                Fact(
                    "serves_business", kind.name, "服务对象为经营主体", "serves market entities",
                    lambda: True, (),
                )
            )  # fmt: skip

    def conduct_facts(self, kind: str, start: str, end: str, commencement: date, suffix: str) -> None:
        """`conduct_from` and `conduct_to` of a kind, clipped to [commencement, as_of]; empty when from > to."""
        facts = self.facts[kind]
        facts.setdefault(
            f"conduct_from{suffix}",
            Fact(
                f"conduct_from{suffix}", kind, "行为起始日", "first day of the conduct in force",
                lambda day: day if day > commencement else commencement, ("day",),
                aliases=(("day", start),),
            ),
        )  # fmt: skip
        facts.setdefault(
            f"conduct_to{suffix}",
            Fact(
                f"conduct_to{suffix}", kind, "行为截止日", "last day of the conduct up to the audit",
                lambda day, as_of: day if day < as_of else as_of, ("day", "as_of"),
                aliases=(("day", end),),
            ),
        )  # fmt: skip

    def check(self) -> list[str]:
        """What is wrong with the functions declared: parameters that no fact, or more than one, bears, and facts
        that do not fit the annotation they are handed to."""
        out = []
        for table in (self.facts, self.links, self.relations):
            for kind, declared in table.items():
                for thing in declared.values():
                    if thing.fn is not None and thing.fn.__name__ != "<lambda>":
                        hints = hints_of(thing.fn)
                        out += [
                            f"{thing.where}: {kind}.{thing.name}: {problem}"
                            for name in thing.params
                            if name != "world"
                            and (problem := self._misfit(kind, thing.fact_of(name), hints.get(name, Any)))
                        ]
        return out

    def _misfit(self, kind: str, name: str, want: Any) -> str | None:
        try:
            ref = self.resolve(kind, name)
        except NameProblem as problem:
            return str(problem)
        have = bool if not isinstance(ref.target, Fact) else self.type_of(ref.target)
        return None if compatible(want, have) else f"{name} is {have}, the parameter wants {want}"

    # -- names ---------------------------------------------------------------------------------------------------

    def ancestors(self, kind: str) -> Iterator[str]:
        parent = self.kinds[kind].parent
        while parent:
            yield parent
            parent = self.kinds[parent].parent

    def resolve(self, kind: str, name: str, outer: tuple[str, ...] = (), *, relation: bool = False) -> Ref:
        """The fact (or relation) that `name` means for a record of `kind`.

        `outer`: the kinds of the asking records, innermost first. Raises `NameProblem` when nothing or more than
        one thing bears the name.
        """
        key = (kind, ("*" if relation else "") + name, outer)
        found = self._memo.get(key)
        if found is None:
            refs = list(self._candidates(kind, name, outer, relation, ()))
            if not refs:
                raise NameProblem(
                    f"{kind} has no {'relation' if relation else 'fact'} {name!r}",
                    self.names(kind, outer, relation=relation),
                )
            if len({(r.path, id(r.target)) for r in refs}) > 1:
                raise NameProblem(f"{name!r} is {AMBIGUOUS} for {kind}")
            found = self._memo[key] = refs[0]
        return found

    def _candidates(
        self, kind: str, name: str, outer: tuple[str, ...], relation: bool, path: tuple[Step, ...]
    ) -> Iterator[Ref]:
        if relation:
            if name in self.relations[kind]:
                yield Ref(path, self.relations[kind][name], name)
        else:
            if name in self.facts[kind]:
                yield Ref(path, self.facts[kind][name], name)
            if name.startswith("has_") and name[4:] in self.links[kind]:
                yield Ref(path, self.links[kind][name[4:]], name)
            if name == "as_of" and not path:
                yield Ref((), AS_OF, name)
        if len(path) > 4:
            return
        hops: tuple[Step, ...] = ()
        for ancestor in self.ancestors(kind):
            hops = (*hops, ("parent", ancestor))
            if name.startswith(ancestor + "_"):
                rest = name[len(ancestor) + 1 :]
                yield from self._candidates(ancestor, rest, (), relation, (*path, *hops))
        for link in self.links[kind].values():
            if name.startswith(link.name + "_"):
                rest = name[len(link.name) + 1 :]
                yield from self._candidates(link.to, rest, (), relation, (*path, ("link", link)))
        if outer and name.startswith("outer_"):
            yield from self._candidates(outer[0], name[6:], outer[1:], relation, (*path, ("outer", None)))

    def names(self, kind: str, outer: tuple[str, ...] = (), *, relation: bool = False) -> list[str]:
        """Every name that a record of `kind` may use, for suggestions."""
        table: dict[str, dict[str, Any]] = self.relations if relation else self.facts
        out = list(table[kind])
        for ancestor in self.ancestors(kind):
            out += [f"{ancestor}_{n}" for n in table[ancestor]]
        for link in self.links[kind].values():
            if not relation:
                out.append(f"has_{link.name}")
            out += [f"{link.name}_{n}" for n in table[link.to]]
        if outer:
            out += [f"outer_{n}" for n in self.names(outer[0], outer[1:], relation=relation)]
        return out

    def type_of(self, fact: Fact) -> Any:
        """The declared type of a fact's known value."""
        if fact is AS_OF:
            return date
        if fact.fn is None:
            hints = hints_of(self.kinds[fact.kind].struct)
            return bare(hints[fact.name])
        if fact.aliases and len(fact.aliases) == 1 and fact.fn.__name__ == "<lambda>":
            name = fact.aliases[0][1]
            ref = self.resolve(fact.kind, name)
            return self.type_of(ref.target) if isinstance(ref.target, Fact) else bool
        if fact.fn.__name__ == "<lambda>":
            return bool
        return bare(hints_of(fact.fn).get("return", Any))


def _serves_business(subject: Any) -> bool:
    """A market entity (incl. 个体工商户, 合作社, a branch, a person registering one) is among those served (第二条)."""
    if isinstance(subject, str):
        return subject != "natural_person"
    return any(s != "natural_person" for s in subject)

"""Conditions after binding: every name resolved, every literal typed. What the judge compiles and interprets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from hami_rules.predicates.registry import Predicate, Ref

__all__ = [
    "AllOf",
    "AnyOf",
    "Arg",
    "Call",
    "IsTrue",
    "Lit",
    "Node",
    "Not",
    "Param",
    "Quant",
    "Undecided",
    "walk",
]


@dataclass(frozen=True)
class Lit:
    """A literal argument, typed by the predicate's signature."""

    value: Any


@dataclass(frozen=True)
class Param:
    """`$name`: the parameter in force on the first day of the conduct."""

    name: str
    conduct: Ref | None  # None: one value for all time


Arg = Ref | Lit | Param


@dataclass(frozen=True)
class IsTrue:
    """A boolean fact."""

    ref: Ref


@dataclass(frozen=True)
class Call:
    """A predicate applied to facts, literals and parameters, in the order of its signature."""

    predicate: Predicate
    args: tuple[Arg, ...]


@dataclass(frozen=True)
class Undecided:
    """A question that the records cannot answer: two readings, or a judgement kept for people. Always unknown."""

    zh: str
    en: str


@dataclass(frozen=True)
class AllOf:
    children: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf:
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    child: Node


@dataclass(frozen=True)
class Quant:
    """`some | every | no: {relation: condition}`, Kleene or/and over the rows."""

    op: Literal["some", "every", "no"]
    relation: Ref
    kind: str  # kind of the rows
    child: Node
    shadow: int = field(default=0, compare=False)


Node = IsTrue | Call | Undecided | AllOf | AnyOf | Not | Quant


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, depth first."""
    yield node
    match node:
        case AllOf(children) | AnyOf(children):
            for child in children:
                yield from walk(child)
        case Not(child):
            yield from walk(child)
        case Quant(child=child):
            yield from walk(child)

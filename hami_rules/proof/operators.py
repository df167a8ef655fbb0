"""What a mutation changes: one part of a condition, or one part of a Python function.

Every generator gives single changes with a description, each in a copy. Nothing here knows of packs or cases.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hami_rules.pack.nodes import AllOf, AnyOf, Call, IsTrue, Lit, Node, Not, Quant

__all__ = ["changed_functions", "fewer", "shifted", "variants"]


# -- conditions --------------------------------------------------------------------------------------------------


def variants(node: Node) -> Iterator[tuple[str, Node]]:
    """Every single change inside a condition: parts dropped, negated and swapped, bounds in literals moved."""
    match node:
        case AllOf(children) | AnyOf(children):
            make = type(node)
            other = AnyOf if make is AllOf else AllOf
            word = "all" if make is AllOf else "any"
            yield f"{word} → {'any' if make is AllOf else 'all'}", other(children)
            for i, child in enumerate(children):
                rest = children[:i] + children[i + 1 :]
                if rest:
                    yield f"drop {_name(child)}", rest[0] if len(rest) == 1 else make(rest)
                for what, changed in variants(child):
                    yield what, make((*children[:i], changed, *children[i + 1 :]))
        case Not(child):
            yield f"un-negate {_name(child)}", child
            for what, changed in variants(child):
                if not isinstance(changed, Not):
                    yield what, Not(changed)
        case Quant(op, _, _, child):
            for new in ("some", "every", "no"):
                if new != op:
                    yield f"{op} → {new} {_name(node)}", replace(node, op=new)
            for what, changed in variants(child):
                yield what, replace(node, child=changed)
        case Call(found, args):
            yield f"negate {found.name}", Not(node)
            for i, arg in enumerate(args):
                if isinstance(arg, Lit):
                    for moved in (*shifted(arg.value), *fewer(arg.value)):
                        yield (
                            f"{found.name}: {arg.value!r} → {moved!r}",
                            Call(found, (*args[:i], Lit(moved), *args[i + 1 :])),
                        )
        case IsTrue(ref):
            yield f"negate {ref.name}", Not(node)


def _name(node: Node) -> str:
    match node:
        case IsTrue(ref):
            return ref.name
        case Call(found, _):
            return found.name
        case Quant(op, ref, _, _):
            return f"{op}({ref.target.name})"
        case Not(child):
            return f"not({_name(child)})"
    return type(node).__name__.lower()


def shifted(value: Any) -> Iterator[Any]:
    """A bound moved by one, a yes made a no."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1


def fewer(value: Any) -> Iterator[Any]:
    """A collection without one of its members, for each of them."""
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
    elif isinstance(value, tuple | frozenset) and len(value) > 1:
        for part in sorted(value, key=str):
            yield type(value)(v for v in value if v != part)


# -- functions ---------------------------------------------------------------------------------------------------

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_Change = tuple[str, Callable[[Any], None]]


def changed_functions(fn: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The function with one part of its syntax tree changed, for each part: a comparison flipped, an and/or swapped
    or shortened, a not taken away, a test turned round, `min`/`max` and `any`/`all` exchanged, a sum made a
    difference, a truth value turned over, a member of a written-out collection left out."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(fn))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    met: Counter[str] = Counter()
    for index, spot in enumerate(ast.walk(tree)):
        for what, change in _changes(spot):
            made = copy.deepcopy(tree)
            change(next(n for i, n in enumerate(ast.walk(made)) if i == index))
            # Named by the text changed, not by its line: a survivor explained in the docs keeps its name.
            name = f"{what} in “{_short(spot)}”"
            met[name] += 1
            yield name if met[name] == 1 else f"{name} ({met[name]})", _rebuilt(fn, made)


def _short(spot: ast.AST) -> str:
    text = ast.unparse(spot.test if isinstance(spot, ast.If) else spot)
    return text if len(text) <= 70 else text[:69] + "…"


def _changes(spot: ast.AST) -> Iterator[_Change]:
    match spot:
        case ast.Compare():
            for place, op in enumerate(spot.ops):
                for new in _COMPARE.get(type(op), ()):
                    yield f"{type(op).__name__} → {new.__name__}", _flip(place, new)
            for place, beside in enumerate(spot.comparators):
                if isinstance(beside, ast.Tuple | ast.Set | ast.List) and len(beside.elts) > 1:
                    for i, part in enumerate(beside.elts):
                        yield f"without {ast.unparse(part)}", _leave_out(place, i)
        case ast.BoolOp() if not _is_default(spot):
            yield f"{type(spot.op).__name__} swapped", _swap_and_or
            for i, part in enumerate(spot.values):
                yield f"drop {ast.unparse(part)}", _drop_value(i)
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", _affirm
        case ast.If() | ast.IfExp():
            if isinstance(spot.test, ast.Name | ast.Attribute | ast.Call):
                yield f"{ast.unparse(spot.test)} turned round", _turn_test
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield "sum and difference exchanged", _exchange
        case ast.Call(func=ast.Name(id=name)) if name in _TWINS:
            yield f"{name} → {_TWINS[name]}", _twin
        case ast.Return(value=ast.Constant(value=bool() as truth)):
            yield f"return {not truth}", _turn_over


def _is_default(spot: ast.BoolOp) -> bool:
    """`x or ""`, `x or ()`, `x or date.min`: what stands in for nothing is no condition."""
    last = spot.values[-1]
    constant = isinstance(last, ast.Constant | ast.Tuple) or ast.unparse(last) in ("date.min", "date.max")
    return isinstance(spot.op, ast.Or) and constant


def _flip(place: int, new: type[ast.cmpop]) -> Callable[[Any], None]:
    def change(spot: ast.Compare) -> None:
        spot.ops[place] = new()

    return change


def _leave_out(place: int, i: int) -> Callable[[Any], None]:
    def change(spot: ast.Compare) -> None:
        del spot.comparators[place].elts[i]  # type: ignore[attr-defined]

    return change


def _drop_value(i: int) -> Callable[[Any], None]:
    def change(spot: ast.BoolOp) -> None:
        del spot.values[i]
        if len(spot.values) == 1:
            spot.values.append(spot.values[0])

    return change


def _swap_and_or(spot: ast.BoolOp) -> None:
    spot.op = ast.Or() if isinstance(spot.op, ast.And) else ast.And()


def _affirm(spot: ast.UnaryOp) -> None:
    # `not not x`: the truth of x, whatever x is.
    spot.operand = ast.UnaryOp(ast.Not(), spot.operand)


def _turn_test(spot: ast.If | ast.IfExp) -> None:
    spot.test = ast.UnaryOp(ast.Not(), spot.test)


def _exchange(spot: ast.BinOp) -> None:
    spot.op = ast.Sub() if isinstance(spot.op, ast.Add) else ast.Add()


def _twin(spot: ast.Call) -> None:
    spot.func = ast.Name(_TWINS[spot.func.id], ast.Load())  # type: ignore[attr-defined]


def _turn_over(spot: ast.Return) -> None:
    spot.value = ast.Constant(not spot.value.value)  # type: ignore[union-attr]


def _rebuilt(fn: Callable[..., Any], tree: ast.FunctionDef) -> Callable[..., Any]:
    """The changed function, at home in the module of the old one: it calls what that calls."""
    tree.decorator_list = []
    # Annotations may name what only a type checker sees.
    tree.returns = None
    for arg in (*tree.args.args, *tree.args.kwonlyargs):
        arg.annotation = None
    module = ast.fix_missing_locations(ast.Module([tree], []))
    code = compile(module, f"<mutant of {fn.__name__}>", "exec")
    body = next(c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == fn.__name__)
    made = types.FunctionType(body, fn.__globals__, fn.__name__, fn.__defaults__)
    made.__kwdefaults__ = fn.__kwdefaults__
    return made

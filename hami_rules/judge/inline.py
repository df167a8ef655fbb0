"""Small functions written out where they are used: a predicate that is one expression needs no call.

Guards that return (`if day is None: return None`) before the last return are part of that expression; a function that
only hands its arguments on is the one that it hands them to.

The expression is taken from the function's syntax tree, and only where its source file compiles to the very code that
the function has; any doubt (no source at hand, a changed function, anything but a plain expression) → it is called.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["Body", "body_of", "identity", "written"]

_PLAIN = (
    ast.Attribute, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Constant, ast.IfExp, ast.Name, ast.Subscript,
    ast.Tuple, ast.UnaryOp, ast.boolop, ast.cmpop, ast.expr_context, ast.keyword, ast.operator, ast.unaryop,
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    """A function that is one expression. `free`: the names in it that are neither parameters nor builtins, with
    what they stand for; `shared`: those of them that `module` holds, in which the function stands."""

    params: tuple[str, ...]
    tree: ast.expr
    free: dict[str, Any]
    shared: frozenset[str]
    module: str


@cache
def body_of(fn: Callable[..., Any]) -> Body | None:
    """The expression that a function is, or `None` where it is more than one, or its source is not at hand."""
    code = getattr(fn, "__code__", None)
    if code is None:
        return None
    source = _source(code.co_filename)
    nodes = source.functions.get((code.co_name, code.co_firstlineno), [])
    tree = _expression(nodes[0]) if len(nodes) == 1 and code in source.codes else None
    if tree is None:
        return None
    params = code.co_varnames[: code.co_argcount]
    cells = dict(zip(code.co_freevars, (c.cell_contents for c in fn.__closure__ or ()), strict=True))
    free, shared = {}, set()
    for name in sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - {*params}):
        if name in cells:
            free[name] = cells[name]
        elif name in fn.__globals__:
            free[name] = fn.__globals__[name]
            shared.add(name)
        elif not hasattr(builtins, name):
            return None
    return _handed_on(tree, params, free) or Body(
        params, tree, free, frozenset(shared), fn.__globals__["__name__"]
    )


def _handed_on(tree: ast.expr, params: tuple[str, ...], free: Mapping[str, Any]) -> Body | None:
    """The expression of the function that is called with the same arguments, if that is all there is to it."""
    if not isinstance(tree, ast.Call) or tree.keywords:
        return None
    if tuple(a.id if isinstance(a, ast.Name) else "" for a in tree.args) != params:
        return None
    called: Any = None
    if isinstance(tree.func, ast.Name):
        called = free.get(tree.func.id)
    elif isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Name):
        module = free.get(tree.func.value.id)
        called = getattr(module, tree.func.attr, None) if isinstance(module, ModuleType) else None
    return body_of(called) if isinstance(called, FunctionType) else None


def identity(body: Body | None) -> bool:
    """Whether the function answers its only argument as it is."""
    return body is not None and isinstance(body.tree, ast.Name) and body.params == (body.tree.id,)


def written(body: Body, args: Sequence[str], free: Mapping[str, str]) -> str:
    """The expression with arguments and free names put in, as source text."""
    return _put(ast.unparse(body.tree), (*zip(body.params, args, strict=True), *free.items()))


@cache
def _put(expression: str, texts: tuple[tuple[str, str], ...]) -> str:
    put = dict(texts)

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.parse(put[node.id], mode="eval").body if node.id in put else node

    return ast.unparse(Put().visit(ast.parse(expression, mode="eval").body))


@dataclass(frozen=True)
class _Source:
    """A source file: its functions by name and the line that their code begins on, and all the code it compiles to."""

    functions: dict[tuple[str, int], list[ast.FunctionDef | ast.Lambda]]
    codes: frozenset[CodeType]


@cache
def _source(path: str) -> _Source:
    functions: dict[tuple[str, int], list[ast.FunctionDef | ast.Lambda]] = {}
    try:
        text = Path(path).read_text("utf-8")
        module = ast.parse(text)
        codes = frozenset(_codes(compile(text, path, "exec", dont_inherit=True)))
    except (OSError, SyntaxError, ValueError):
        return _Source({}, frozenset())
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            line = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            functions.setdefault((node.name, line), []).append(node)
        elif isinstance(node, ast.Lambda):
            functions.setdefault(("<lambda>", node.lineno), []).append(node)
    return _Source(functions, codes)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _expression(node: ast.FunctionDef | ast.Lambda) -> ast.expr | None:
    if node.args.vararg or node.args.kwarg or node.args.kwonlyargs or node.args.defaults:
        return None
    if isinstance(node, ast.Lambda):
        tree: ast.expr | None = node.body
    else:
        tree = _returned(node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body)
    if tree is None or not all(isinstance(n, _PLAIN) for n in ast.walk(tree)):
        return None
    return tree


def _returned(body: Sequence[ast.stmt]) -> ast.expr | None:
    """What guards and a last return come to, as one expression."""
    match body:
        case [ast.Return(value)]:
            return value
        case [ast.If(test, [ast.Return(value)], []), *rest] if value is not None:
            last = _returned(rest)
            return None if last is None else ast.IfExp(test, value, last)
    return None

"""Small functions written out where they are used: a predicate that is one expression needs no call.

The expression is taken from the function's syntax tree and used only if it compiles to the very code that the
function has; any doubt (no source at hand, a changed function, anything but a plain expression) → it is called.
"""

from __future__ import annotations
import __future__

import ast
import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

__all__ = ["Body", "body_of", "identity", "written"]

_PLAIN = (
    ast.Attribute, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Constant, ast.IfExp, ast.Name, ast.Subscript,
    ast.Tuple, ast.UnaryOp, ast.boolop, ast.cmpop, ast.expr_context, ast.keyword, ast.operator, ast.unaryop,
)  # fmt: skip
_SAME = ("co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_argcount", "co_kwonlyargcount")


@dataclass(frozen=True)
class Body:
    """A function that is one expression. `free`: the names in it that are neither parameters nor builtins, with
    what they stand for; `shared`: those of them that its module holds."""

    params: tuple[str, ...]
    tree: ast.expr
    free: dict[str, Any]
    shared: frozenset[str]


def body_of(fn: Callable[..., Any]) -> Body | None:
    """The expression that a function is, or `None` where it is more than one, or its source is not at hand."""
    code = getattr(fn, "__code__", None)
    if code is None:
        return None
    for node in _nodes(code.co_filename, code.co_firstlineno):
        tree = _expression(node)
        if tree is not None and _compiles_to(node, code):
            break
    else:
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
    return Body(params, tree, free, frozenset(shared))


def identity(body: Body | None) -> bool:
    """Whether the function answers its only argument as it is."""
    return body is not None and isinstance(body.tree, ast.Name) and body.params == (body.tree.id,)


def written(body: Body, args: Sequence[str], free: Mapping[str, str]) -> str:
    """The expression with arguments and free names put in, as source text."""
    texts = {**dict(zip(body.params, args, strict=True)), **free}

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.parse(texts[node.id], mode="eval").body if node.id in texts else node

    # A transformer changes the tree it is given: each use has its own.
    return ast.unparse(Put().visit(ast.parse(ast.unparse(body.tree), mode="eval").body))


@cache
def _tree(path: str) -> dict[int, list[ast.FunctionDef | ast.Lambda]]:
    """The functions of a source file by the line that their code says they begin on."""
    out: dict[int, list[ast.FunctionDef | ast.Lambda]] = {}
    try:
        module = ast.parse(Path(path).read_text("utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return out
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            out.setdefault(min([node.lineno, *(d.lineno for d in node.decorator_list)]), []).append(node)
        elif isinstance(node, ast.Lambda):
            out.setdefault(node.lineno, []).append(node)
    return out


def _nodes(path: str, line: int) -> Sequence[ast.FunctionDef | ast.Lambda]:
    return _tree(path).get(line, ())


def _expression(node: ast.FunctionDef | ast.Lambda) -> ast.expr | None:
    if node.args.vararg or node.args.kwarg or node.args.kwonlyargs or node.args.defaults:
        return None
    if isinstance(node, ast.Lambda):
        tree: ast.expr | None = node.body
    else:
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        tree = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if tree is None or not all(isinstance(n, _PLAIN) for n in ast.walk(tree)):
        return None
    return tree


def _compiles_to(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
    """Whether the syntax found is the function's own: it compiles to the same code."""
    inner: ast.stmt
    if isinstance(node, ast.Lambda):
        inner = ast.Return(node)
    else:
        inner = ast.FunctionDef(node.name, node.args, node.body, [], node.returns)
    # Around it, what it takes from an enclosing function.
    around = ast.arguments([], [ast.arg(n) for n in code.co_freevars], None, [], [], None, [])
    outer = ast.FunctionDef("around", around, [inner], [])
    module = ast.fix_missing_locations(ast.copy_location(ast.Module([outer], []), node))
    flags = __future__.annotations.compiler_flag
    made = compile(module, code.co_filename, "exec", flags, dont_inherit=True)
    while made.co_name != code.co_name or made.co_name == "<module>":
        found = [c for c in made.co_consts if isinstance(c, CodeType)]
        if len(found) != 1:
            return False
        made = found[0]
    return all(getattr(made, name) == getattr(code, name) for name in _SAME)

"""Binding: from a condition as written in YAML to nodes with every name resolved and every literal typed.

All problems are reported through `report(pointer, message zh, message en, candidates)`, never raised, so that one
run shows every mistake of a pack.
"""

from __future__ import annotations

import difflib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from hami_rules.predicates.registry import Fact, NameProblem, Predicate, Ref, Registry, compatible, hints_of

from .nodes import AllOf, AnyOf, Arg, Call, IsTrue, Lit, Node, Not, Param, Quant, Undecided

__all__ = ["Binder", "Report"]

Report = Callable[[str, str, str, tuple[str, ...]], None]

_QUANTIFIERS = ("some", "every", "no")
_WORDS = ("all", "any", "not", *_QUANTIFIERS, "undecided")


@dataclass
class Binder:
    """Binds conditions about records of one kind.

    `conduct`: the fact that dates the conduct where a rule departs from its kind's own; `conduct_from` and
    `conduct_to` then mean that day. `constant_parameters`: names with one value for all time.
    """

    registry: Registry
    parameters: Mapping[str, bool]  # name → has one value for all time
    report: Report
    conduct: str | None = None
    hints: dict[int, dict[str, Any]] | None = None

    def bind(self, raw: Any, kind: str, pointer: str, outer: tuple[str, ...] = ()) -> Node | None:
        """The bound node, or `None` after reporting what is wrong with it."""
        if isinstance(raw, str):
            return self._name(raw, {}, kind, pointer, outer)
        if not isinstance(raw, dict) or len(raw) != 1:
            self.report(
                pointer,
                "条件应当是一个名称，或者只有一个键的映射（all、any、not、some、every、no、undecided 或带参数的谓词）",
                "a condition is a name, or a mapping with exactly one key (all, any, not, some, every, no, "
                "undecided, or a predicate with literals)",
                (),
            )
            return None
        word, body = next(iter(raw.items()))
        here = f"{pointer}/{_escape(word)}"
        if word in ("all", "any"):
            if not isinstance(body, list) or not body:
                self.report(here, f"{word} 之下应当是非空的列表", f"{word} takes a non-empty list", ())
                return None
            bound = [self.bind(part, kind, f"{here}/{i}", outer) for i, part in enumerate(body)]
            children = tuple(b for b in bound if b is not None)
            if len(children) != len(bound):
                return None
            return AllOf(children) if word == "all" else AnyOf(children)
        if word == "not":
            child = self.bind(body, kind, here, outer)
            return None if child is None else Not(child)
        if word in _QUANTIFIERS:
            return self._quantifier(word, body, kind, here, outer)
        if word == "undecided":
            if not isinstance(body, dict) or set(body) != {"zh", "en"}:
                self.report(here, "undecided 之下应当有 zh 与 en 两种文字", "undecided takes zh and en", ())
                return None
            return Undecided(str(body["zh"]), str(body["en"]))
        if not isinstance(body, dict):
            self.report(
                here, f"{word} 的参数应当是映射", f"the literals of {word} are a mapping", _near(word, _WORDS)
            )
            return None
        return self._name(word, body, kind, here, outer)

    def _quantifier(self, word: str, body: Any, kind: str, here: str, outer: tuple[str, ...]) -> Node | None:
        if not isinstance(body, dict) or len(body) != 1:
            self.report(
                here, f"{word} 之下应当是“关系: 条件”", f"{word} takes exactly one relation: condition", ()
            )
            return None
        name, inner = next(iter(body.items()))
        at = f"{here}/{_escape(name)}"
        ref = self._resolve(kind, name, outer, at, relation=True)
        if ref is None:
            return None
        rows = ref.target.of  # type: ignore[union-attr]
        child = self.bind(inner, rows, at, (kind, *outer))
        return None if child is None else Quant(word, ref, rows, child)  # type: ignore[arg-type]

    def _resolve(
        self, kind: str, name: str, outer: tuple[str, ...], pointer: str, *, relation: bool = False
    ) -> Ref | None:
        if self.conduct and not outer and name in ("conduct_from", "conduct_to"):
            name = f"{name}@{self.conduct}"
        try:
            return self.registry.resolve(kind, name, outer, relation=relation)
        except NameProblem as problem:
            what = "关系" if relation else "事实或谓词"
            candidates = list(problem.candidates)
            if not relation:
                candidates += list(self.registry.predicates)
            if "ambiguous" in str(problem):
                self.report(pointer, f"名称“{name}”有歧义", str(problem), ())
            else:
                self.report(
                    pointer, f"{kind} 没有名为“{name}”的{what}", str(problem), _near(name, candidates)
                )
            return None

    def _name(
        self, name: str, literals: dict[str, Any], kind: str, pointer: str, outer: tuple[str, ...]
    ) -> Node | None:
        found = self.registry.predicates.get(name)
        if found is None:
            if name in _WORDS:
                self.report(pointer, f"{name} 之下缺少内容", f"{name} needs a body", ())
                return None
            ref = self._resolve(kind, name, outer, pointer)
            if ref is None:
                return None
            if literals:
                self.report(
                    pointer, f"{name} 是事实，不能带参数", f"{name} is a fact and takes no literals", ()
                )
                return None
            if not ref.is_has and self.registry.type_of(typing.cast(Fact, ref.target)) is not bool:
                self.report(
                    pointer,
                    f"“{name}”不是是非事实，不能单独作条件",
                    f"{name} is not a yes-or-no fact and cannot stand alone as a condition",
                    _near(name, self.registry.predicates),
                )
                return None
            return IsTrue(ref)
        return self._call(found, literals, kind, pointer, outer)

    def _call(
        self,
        found: Predicate,
        literals: dict[str, Any],
        kind: str,
        pointer: str,
        outer: tuple[str, ...],
    ) -> Node | None:
        hints = hints_of(found.fn)
        args: list[Arg] = []
        good = True
        for extra in [n for n in literals if n not in found.params]:
            self.report(
                f"{pointer}/{_escape(extra)}",
                f"谓词 {found.name} 没有参数“{extra}”",
                f"predicate {found.name} has no parameter {extra!r}",
                _near(extra, found.params),
            )
            good = False
        for param in found.params:
            want = hints.get(param, Any)
            if param in literals:
                arg = self._literal(found, param, literals[param], want, kind, f"{pointer}/{param}", outer)
            else:
                arg = self._resolve(kind, param, outer, pointer)
                if arg is not None and arg.is_has:
                    if not compatible(want, bool):
                        self._mismatch(found, param, want, bool, pointer)
                        arg = None
                elif arg is not None:
                    have = self.registry.type_of(typing.cast(Fact, arg.target))
                    if not compatible(want, have):
                        self._mismatch(found, param, want, have, pointer)
                        arg = None
            if arg is None:
                good = False
            else:
                args.append(arg)
        return Call(found, tuple(args)) if good else None

    def _mismatch(self, found: Predicate, param: str, want: Any, have: Any, pointer: str) -> None:
        self.report(
            pointer,
            f"谓词 {found.name} 的参数 {param} 要求 {want}，而该事实的类型是 {have}",
            f"predicate {found.name}: parameter {param} wants {want}, the fact is {have}",
            (),
        )

    def _literal(
        self,
        found: Predicate,
        param: str,
        value: Any,
        want: Any,
        kind: str,
        pointer: str,
        outer: tuple[str, ...],
    ) -> Arg | None:
        if isinstance(value, str) and value.startswith("$"):
            name = value[1:]
            if name not in self.parameters:
                self.report(
                    pointer, f"没有名为“{value}”的参数", f"no parameter {value}", _near(name, self.parameters)
                )
                return None
            if self.parameters[name]:
                return Param(name, None)
            conduct = self._resolve(kind, "conduct_from", outer, pointer)
            return None if conduct is None else Param(name, conduct)
        try:
            return Lit(msgspec.convert(value, want, strict=False))
        except (msgspec.ValidationError, TypeError) as problem:
            self.report(
                pointer,
                f"谓词 {found.name} 的参数 {param} 的值不合类型：{value}",
                f"predicate {found.name}: literal for {param}: {problem}",
                (),
            )
            return None


def _near(name: str, candidates: typing.Iterable[str]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(name, list(candidates), n=3, cutoff=0.6))


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")

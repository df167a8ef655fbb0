"""Anchors: words of which a text must hold one before an expression can match it at all.

Most texts hold none of the words that an expression turns on. Looking for those is far cheaper than compiling and
running the expression, so only the expressions whose anchors stand in the text are compiled and run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Generic, TypeVar

__all__ = ["Index", "Need", "anchors"]

T = TypeVar("T")
Need = frozenset[str]
"""Words of which a text must hold one."""
_TOKEN = re.compile(
    r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?P=\w+\)|\(\?(?:P<\w+>|<?[=!]|:)|\{[a-z_|]+\}|\{[0-9,]+\}"
    r"|[()|?*+.^$]|[^\\\[\](){}|?*+.^$]+"
)
_QUANTIFIER = re.compile(r"[?*+]|\{[0-9,]+\}")
_OPTIONAL = re.compile(r"[?*]|\{0?,[0-9]*\}|\{0\}")
# How much is expected of a word of one, two, three … characters: how often it stands in a text it has no business in.
_FREQUENCY = (1.0, 1.0, 0.1, 0.03)
# Words that a guide's text holds as a rule: they keep nothing out.
_COMMON = frozenset("的、,。(:证件申请人表份或可有定以部报和用照本应办") | {
    "申请", "证明", "身份", "条件", "文件", "单位", "证书", "许可", "符合", "资格", "材料", "提出", "个人", "项目", "部门",
    "证件", "管理", "报告", "应当", "工程",
}  # fmt: skip


@cache
def _cost(need: Need) -> float:
    return sum(3.0 if word in _COMMON else _FREQUENCY[min(len(word), len(_FREQUENCY) - 1)] for word in need)


class _Reader:
    """Reads the part of the syntax that the patterns are written in: groups, choices, sets, repetitions, classes."""

    def __init__(self, source: str, classes: Mapping[str, Need | None]) -> None:
        self.tokens: list[str] = _TOKEN.findall(source)
        self.at = 0
        self.classes = classes

    def choice(self) -> list[Need]:
        """What a group needs. Of several alternatives one matches: each must need something, and any of it will do."""
        alternatives = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            alternatives.append(self.sequence())
        if len(alternatives) == 1:
            return alternatives[0]
        return [frozenset().union(*(min(a, key=_cost) for a in alternatives))] if all(alternatives) else []

    def sequence(self) -> list[Need]:
        """Every part matches, so that what each needs is needed."""
        needs = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in "|)":
            token = self.tokens[self.at]
            self.at += 1
            part = self.part(token)
            if (repeated := self.repetition()) and _OPTIONAL.fullmatch(repeated):
                # Of a word only the last character is repeated.
                part = [frozenset({token[:-1]})] if _is_word(token) and len(token) > 1 else []
            needs += part
        return needs

    def part(self, token: str) -> list[Need]:
        if token.startswith("(?P="):
            return []  # what a group matched once, again
        if token.startswith("("):
            needs = self.choice()
            self.at += 1  # the closing bracket
            return [] if token.endswith("!") else needs
        if token.startswith("{"):
            words = [self.classes[name] for name in token[1:-1].split("|")]
            return [] if None in words else [frozenset().union(*(w for w in words if w is not None))]
        if token.startswith("["):
            return [] if token[1] == "^" or "-" in token or "\\" in token else [frozenset(token[1:-1])]
        if token.startswith("\\"):
            return [] if token[1].isalnum() else [frozenset(token[1])]
        return [frozenset({token})] if _is_word(token) else []

    def repetition(self) -> str:
        """The quantifier that follows, if one does; `?` after it only makes it reluctant."""
        if self.at >= len(self.tokens) or not _QUANTIFIER.fullmatch(self.tokens[self.at]):
            return ""
        found = self.tokens[self.at]
        self.at += 1
        if self.at < len(self.tokens) and self.tokens[self.at] == "?":
            self.at += 1
        return found


def _is_word(token: str) -> bool:
    return token[0] not in "\\[({^$."


def anchors(source: str, classes: Mapping[str, Need | None]) -> tuple[Need, ...]:
    """What every text that the expression matches must hold, the rarest first; empty where nothing can be told.

    `classes` gives the words of each `{class}`, or `None` for one that is no list of words.
    """
    return tuple(sorted(_Reader(source, classes).choice(), key=_cost))


class Index(Generic[T]):
    """Things by their anchors: which of them a text can have anything to do with, in their own order."""

    def __init__(self, things: Iterable[tuple[T, tuple[Need, ...]]]) -> None:
        self._things: list[tuple[T, list[Need]]] = []
        self._always: list[int] = []
        by_first: dict[str, dict[str, list[int]]] = {}
        for i, (thing, needs) in enumerate(things):
            # The rarest words are looked for; of the others only whether one can begin in the text.
            self._things.append((thing, [frozenset(word[0] for word in need) for need in needs[1:]]))
            if not needs:
                self._always.append(i)
            for word in needs[0] if needs else ():
                by_first.setdefault(word[0], {}).setdefault(word, []).append(i)
        self._by_first = {
            first: tuple((word, tuple(places)) for word, places in words.items())
            for first, words in by_first.items()
        }

    def candidates(self, text: str) -> list[T]:
        """The things whose anchors stand in the text, and those without anchors."""
        places = set(self._always)
        held = set(text)
        for first in self._by_first.keys() & held:
            for word, of in self._by_first[first]:
                if word in text:
                    places.update(of)
        found = (self._things[i] for i in sorted(places))
        return [thing for thing, others in found if not any(map(held.isdisjoint, others))]

"""Anchors: words of which a text must hold one before an expression can match it at all.

Most texts hold none of the words that an expression turns on. Looking for those is far cheaper than compiling and
running the expression, so only the expressions whose anchor stands in the text are compiled and run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

__all__ = ["Index", "anchors"]

T = TypeVar("T")
Need = frozenset[str]
_TOKEN = re.compile(
    r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?P=\w+\)|\(\?(?:P<\w+>|<?[=!]|:)|\{[a-z_|]+\}|\{[0-9,]+\}|[()|?*+.^$]|[^\\\[\](){}|?*+.^$]+"
)
_QUANTIFIER = re.compile(r"[?*+]|\{[0-9,]+\}")
_OPTIONAL = re.compile(r"[?*]|\{0?,[0-9]*\}|\{0\}")
# How much is expected of a word of one, two, three … characters: how often it stands in a text it has no business in.
_FREQUENCY = (1.0, 1.0, 0.1, 0.03)


def _cost(need: Need) -> float:
    return sum(_FREQUENCY[min(len(word), len(_FREQUENCY) - 1)] for word in need)


class _Reader:
    """Reads the part of the syntax that the patterns are written in: groups, choices, sets, repetitions, classes."""

    def __init__(self, source: str, classes: Mapping[str, Need | None]) -> None:
        self.tokens: list[str] = _TOKEN.findall(source)
        self.at = 0
        self.classes = classes

    def choice(self) -> Need | None:
        """One of the alternatives matches: each must have an anchor, and all are anchors."""
        needs = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            needs.append(self.sequence())
        found = [need for need in needs if need is not None]
        return frozenset().union(*found) if len(found) == len(needs) else None

    def sequence(self) -> Need | None:
        """All parts match: any of them would do for an anchor, and the rarest words are the best."""
        best: Need | None = None
        while self.at < len(self.tokens) and self.tokens[self.at] not in "|)":
            token = self.tokens[self.at]
            self.at += 1
            need = self.part(token)
            if (repeated := self.repetition()) and _OPTIONAL.fullmatch(repeated):
                # Of a word only the last character is repeated.
                need = frozenset({token[:-1]}) if _is_word(token) and len(token) > 1 else None
            if need and (best is None or _cost(need) < _cost(best)):
                best = need
        return best

    def part(self, token: str) -> Need | None:
        if token.startswith("(?P="):
            return None  # what a group matched once, again
        if token.startswith("("):
            need = self.choice()
            self.at += 1  # the closing bracket
            return None if token.endswith("!") else need
        if token.startswith("{"):
            needs = [self.classes[name] for name in token[1:-1].split("|")]
            return None if None in needs else frozenset().union(*(n for n in needs if n is not None))
        if token.startswith("["):
            return None if token[1] == "^" or "-" in token or "\\" in token else frozenset(token[1:-1])
        if token.startswith("\\"):
            return frozenset({token[1]}) if not token[1].isalnum() else None
        return frozenset({token}) if _is_word(token) else None

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


def anchors(source: str, classes: Mapping[str, Need | None]) -> Need | None:
    """Words of which every match of the expression holds at least one; `None` where there are none to be told.

    `classes` gives the words of each `{class}`, or `None` for one that is no list of words.
    """
    return _Reader(source, classes).choice()


class Index(Generic[T]):
    """Things by their anchors: which of them a text can have anything to do with, in their own order."""

    def __init__(self, things: Iterable[tuple[T, Need | None]]) -> None:
        self._things: list[T] = []
        self._always: list[int] = []
        by_first: dict[str, dict[str, list[int]]] = {}
        for i, (thing, need) in enumerate(things):
            self._things.append(thing)
            if need is None:
                self._always.append(i)
            for word in need or ():
                by_first.setdefault(word[0], {}).setdefault(word, []).append(i)
        self._by_first = {
            c: tuple((w, tuple(places)) for w, places in words.items()) for c, words in by_first.items()
        }

    def candidates(self, text: str) -> list[T]:
        """The things one of whose anchors stands in the text, and those without anchors."""
        places = set(self._always)
        for char in set(text):
            for word, of in self._by_first.get(char, ()):
                if word in text:
                    places.update(of)
        return [self._things[i] for i in sorted(places)]

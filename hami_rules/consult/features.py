"""A question as the model reads it: runs of characters, words, times and places, each with where it stands.

Chinese is read without segmentation, in runs of one to four characters, so that a wrong character spoils only the runs
through it; other words whole, in pairs and in pieces, so that a misspelt one still resembles itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from .concepts import FEATURES, Met, met_in

__all__ = ["VERSION", "Span", "features"]

VERSION = 1
"""Of this reading: a model belongs to one."""

Span = tuple[int, int]

_RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z0-9_]+")
_HAN = (1, 2, 3, 4)
_PIECES = (3, 4, 5)


def features(text: str, met: Iterable[Met] | None = None) -> dict[str, list[Span]]:
    """Every feature of a text with the stretches of the text that it came from, in the order in which it is met.

    `met`: the concepts of the text, where they are known already.
    """
    found: dict[str, list[Span]] = {}
    read, places = _folded(text)
    for name, start, end in _named(read):
        found.setdefault(name, []).append((places[start], places[end - 1] + 1))
    for one in met_in(text) if met is None else met:
        if one.concept.group in FEATURES:
            found.setdefault(f"k:{one.concept.name}", []).append((one.start, one.end))
    return found


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in half width and lower case, and where each of its characters stands in what was written."""
    out: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        for c in unicodedata.normalize("NFKC", char).casefold():
            out.append(c)
            places.append(at)
    return "".join(out), places


def _named(read: str) -> Iterator[tuple[str, int, int]]:
    before: tuple[str, int] | None = None
    for run in _RUN.finditer(read):
        word, at, end = run[0], run.start(), run.end()
        if word[0] > "z":
            for size in _HAN:
                for i in range(len(word) - size + 1):
                    yield word[i : i + size], at + i, at + i + size
            before = None
            continue
        yield f"w:{word}", at, end
        fenced = f"<{word}>"
        for size in _PIECES:
            for i in range(len(fenced) - size + 1):
                yield f"c:{fenced[i : i + size]}", max(at + i - 1, at), min(at + i - 1 + size, end)
        if before is not None:
            yield f"b:{before[0]} {word}", before[1], end
        before = (word, at)

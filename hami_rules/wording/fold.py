"""Folding: a text as the patterns read it, with the way back to the text as it was written.

Width, case, traditional characters and inserted spaces must not hide a phrase, and a finding must still be marked in
the author's own text: every folded character remembers where it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

__all__ = ["Folded", "fold"]

# Marks that differ in shape only.
_SHAPES = {
    **dict.fromkeys("[【〔﹝", "("),
    **dict.fromkeys("]】〕﹞", ")"),
    **dict.fromkeys("“”„‟「」『』", '"'),
    **dict.fromkeys("‘’‚‛", "'"),
    **dict.fromkeys("〈<", "《"),
    **dict.fromkeys("〉>", "》"),
    **dict.fromkeys("—–−‐‑‒―", "-"),
    **dict.fromkeys("∼〜", "~"),
    "﹑": "、",
}
_ENDS = frozenset("。;:,、!?.)")
_BREAKS = frozenset("\n\r\u2028\u2029")
_MARKERS = frozenset("(0123456789一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩-*·●■◆")


@dataclass(frozen=True)
class Folded:
    """A folded text and the written text that it came from."""

    text: str
    written: str

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Where, in the written text, what each folded character came from starts and ends."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end, read in _pieces(self.written):
            starts += [start] * len(read)
            ends += [end] * len(read)
        return starts, ends

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the written text from which the folded stretch came."""
        starts, ends = self._places
        return starts[start], ends[end - 1]


@cache
def _simplified() -> dict[str, str]:
    """Traditional and variant characters of the words that the patterns know, with the simplified form."""
    pairs = resources.files(__package__).joinpath("traditional.txt").read_text("utf-8").split()
    return {pair[0]: pair[1] for pair in pairs if not pair.startswith("#")}


def _read(char: str) -> str:
    """What one written character is read as: nothing, itself, another, or several."""
    out = []
    for c in unicodedata.normalize("NFKC", char).casefold():
        if c.isspace() or unicodedata.category(c) in ("Cf", "Cc", "Mn"):
            continue
        out.append(_simplified().get(c, _SHAPES.get(c, c)))
    return "".join(out)


class _Reading(dict[int, str]):
    """What each character is read as, by code point; found out when it is first met."""

    def __missing__(self, code: int) -> str:
        read = self[code] = _read(chr(code))
        return read


_READ = _Reading()


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """What is read, piece by piece: where it starts and ends in the written text, and as what it is read."""
    pending: int | None = None  # where a line break stands that has not been read yet
    last = ""
    for i, char in enumerate(text):
        if char in _BREAKS:
            pending = i if pending is None else pending
            continue
        read = _READ[ord(char)]
        if not read:
            continue
        if pending is not None:
            if last and last not in _ENDS and read[0] in _MARKERS:
                yield pending, pending + 1, ";"
            pending = None
        yield i, i + 1, read
        last = read[-1]


def fold(text: str) -> Folded:
    """The text as the patterns read it: half-width, lower case, simplified, without spaces.

    A line break ends a phrase where the next line is an item of its own or the last one was finished; within a
    sentence it is no more than a space.
    """
    if _BREAKS.isdisjoint(text):
        return Folded(text.translate(_READ), text)
    return Folded("".join(read for _, _, read in _pieces(text)), text)

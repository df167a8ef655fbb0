"""Folding: a text as the patterns read it, with the way back to the text as it was written.

Width, case, traditional characters and inserted spaces must not hide a phrase, and a finding must still be marked in
the author's own text: every folded character remembers where it came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
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
_MARKERS = frozenset("(0123456789一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩-*·●■◆")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. `starts[i]` and `ends[i]` bound, in the written text, what folded character i came from."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the written text from which the folded stretch came."""
        return self.starts[start], self.ends[end - 1]


@cache
def _simplified() -> dict[str, str]:
    """Traditional and variant characters of the words that the patterns know, with the simplified form."""
    pairs = resources.files(__package__).joinpath("traditional.txt").read_text("utf-8").split()
    return {pair[0]: pair[1] for pair in pairs if not pair.startswith("#")}


@cache
def _character(char: str) -> str:
    """What one written character is read as: nothing, itself, another, or several."""
    out = []
    for c in unicodedata.normalize("NFKC", char).casefold():
        if c.isspace() or unicodedata.category(c) in ("Cf", "Cc", "Mn"):
            continue
        out.append(_simplified().get(c, _SHAPES.get(c, c)))
    return "".join(out)


def fold(text: str) -> Folded:
    """The text as the patterns read it: half-width, lower case, simplified, without spaces.

    A line break ends a phrase where the next line is an item of its own or the last one was finished; within a
    sentence it is no more than a space.
    """
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    pending: int | None = None  # where a line break stands that has not been read yet
    for i, char in enumerate(text):
        if char in "\n\r\u2028\u2029":
            pending = i if pending is None else pending
            continue
        read = _character(char)
        if not read:
            continue
        if pending is not None:
            if out and out[-1] not in _ENDS and read[0] in _MARKERS:
                out.append(";")
                starts.append(pending)
                ends.append(pending + 1)
            pending = None
        for c in read:
            out.append(c)
            starts.append(i)
            ends.append(i + 1)
    return Folded("".join(out), starts, ends)

"""Folding: two texts that say the same fold to the same characters, however they were typed.

Full- and half-width forms count as one, white space and invisible marks count for nothing, and every kind of
quotation mark is one kind. Folding goes character by character, so that a place in the folded text can be traced
to its place in the original.
"""

from __future__ import annotations

__all__ = ["fold", "normalise"]

_QUOTES = dict.fromkeys("“”„‟«»「」『』〝〞＂", '"') | dict.fromkeys("‘’‚‛＇`´", "'")
_known: dict[str, str] = {}


def _fold_character(character: str) -> str:
    import unicodedata

    # "Cf" are the invisible marks (zero-width space, byte-order mark) that word processors leave behind.
    if unicodedata.category(character) == "Cf":
        return ""
    plain = _QUOTES.get(character) or unicodedata.normalize("NFKC", character)
    # Once more: ｢ and ﹁ become 「 only now.
    return "".join(_QUOTES.get(c, c) for c in plain if not c.isspace())


def fold(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the offset (code points, from 0) it came from."""
    folded: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        plain = _known.get(character)
        if plain is None:
            plain = _known[character] = _fold_character(character)
        folded.append(plain)
        offsets.extend([offset] * len(plain))
    return "".join(folded), offsets


def normalise(text: str) -> str:
    """The folded text alone: what is compared and hashed, never what is shown."""
    return fold(text)[0]

"""statute: the text of 《哈密市经营主体政务服务条例》, its addresses and citations.

The text is read when it is first asked for; importing this room costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .address import Address, AddressError, parse_citation
from .fold import normalise
from .text import Chapter, Paragraph, Quotation, Statute, find_quote, hashes, load, nearest_quote

if TYPE_CHECKING:
    STATUTE: Statute
    """The regulation."""

__all__ = [
    "STATUTE",
    "Address",
    "AddressError",
    "Chapter",
    "Paragraph",
    "Quotation",
    "Statute",
    "find_quote",
    "hashes",
    "load",
    "nearest_quote",
    "normalise",
    "parse_citation",
]


def __getattr__(name: str) -> Statute:
    if name == "STATUTE":
        return load()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Data stays data: characters that would act on a reader's screen are made visible, in every readable format.

A record's text comes from outside. Escape sequences would drive a terminal, bidirectional marks would show a
path or a name other than it is, control characters would break a workbook. They are shown, not dropped, so
that a reader sees that they were there. Escaping proper (HTML, XML) is each format's own business.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clip", "formula_free", "one_line", "visible", "width"]

# C0 (but tab and line feed), DEL, C1, zero-width and invisible format characters, bidirectional controls,
# line and paragraph separators, lone surrogates, noncharacters and tags. Joiners (U+200C, U+200D) stay: Uyghur
# and Kazakh texts in Arabic script need them.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"\s*\n\s*|\t")


def _show(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"[U+{code:04X}]"


def visible(text: str) -> str:
    """The text with every character that acts instead of showing replaced by a picture or its code point.

    Tab and line feed stay; `visible` of its own result is the same text.
    """
    return _ACTING.sub(_show, text)


def one_line(text: str) -> str:
    """`visible`, with line breaks and tabs made single spaces."""
    return _BREAKS.sub(" ", visible(text)).strip()


def clip(text: str, most: int) -> str:
    """At most `most` characters; what was cut is marked by an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def width(text: str) -> int:
    """How many terminal columns the text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def formula_free(text: str) -> str:
    """A text as a cell of CSV that a workbook may open: one line, visible, and never the beginning of a formula."""
    shown = one_line(text)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else shown

"""One text in both languages: what every message to people is made of."""

from __future__ import annotations

import msgspec

__all__ = ["Text"]


class Text(msgspec.Struct, frozen=True):
    """One text in both languages."""

    zh: str
    en: str

    def __call__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh

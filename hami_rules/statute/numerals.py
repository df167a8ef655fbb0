"""Chinese numerals from 一 to 九十九: as far as articles, paragraphs and chapters count."""

from __future__ import annotations

from functools import cache

__all__ = ["NUMERALS", "from_chinese", "to_chinese"]

_DIGITS = "零一二三四五六七八九"
NUMERALS = "一二三四五六七八九十"
"""The characters a numeral may hold."""


def to_chinese(number: int) -> str:
    """14 → 十四. Raises `ValueError` outside 1–99."""
    if not 1 <= number <= 99:
        raise ValueError(f"只能写出一至九十九：{number} / only 1 to 99 can be written: {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


@cache
def _table() -> dict[str, int]:
    return {to_chinese(number): number for number in range(1, 100)}


def from_chinese(text: str) -> int | None:
    """十四 → 14; `None` where the text is no numeral from 一 to 九十九."""
    return _table().get(text)

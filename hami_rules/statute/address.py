"""Addresses: where in the statute a norm stands (`14`, `14.1`, `14.1b`, `15.2b.in_full`), and how people cite it.

`ARTICLE.PARAGRAPH` and a letter for the norm inside the paragraph; a rule that splits a norm adds a part by name.
People read 第十四条第一款 or Article 14(1): letters and parts are the rule base's own and are never cited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering

from .fold import normalise
from .numerals import NUMERALS, from_chinese, to_chinese

__all__ = ["Address", "AddressError", "parse_citation"]

_NUMBER = r"[1-9][0-9]?"
_TAIL = r"(?P<letter>[a-z])?(?:\.(?P<part>[a-z][a-z0-9_]*))?"
# Patterns stay text: `re` compiles and keeps them when they are first used, and importing costs nothing.
_ADDRESS = rf"(?P<article>{_NUMBER})(?:\.(?P<paragraph>{_NUMBER}){_TAIL})?"
_CHINESE = rf"第?(?P<article>{_NUMBER}|[{NUMERALS}]+)条(?:第?(?P<paragraph>{_NUMBER}|[{NUMERALS}]+)款)?"
# After folding: no white space, lower case, ASCII brackets.
_ENGLISH = (
    rf"(?:article|art\.?)?(?P<article>{_NUMBER})"
    rf"(?:(?:\((?P<bracketed>{_NUMBER})\)|\.(?P<paragraph>{_NUMBER}))"
    rf"(?:\((?P<in_brackets>[a-z])\)|(?P<letter>[a-z]))?(?:\.(?P<part>[a-z][a-z0-9_]*))?)?"
)


class AddressError(ValueError):
    """A text that is no address, or an address that the statute does not have.

    `text` is what was given, `suggestion` the address that was probably meant, if any.
    """

    def __init__(self, text: str, zh: str, en: str, suggestion: str | None = None) -> None:
        self.text = text
        self.zh = zh + (f"；是否为“{suggestion}”？" if suggestion else "")
        self.en = en + (f"; did you mean “{suggestion}”?" if suggestion else "")
        self.suggestion = suggestion
        super().__init__(f"{self.zh} / {self.en}")


@total_ordering
@dataclass(frozen=True)
class Address:
    """An article, a paragraph, a norm, or a part of one. Sorts in the order of the statute (9 before 10)."""

    article: int
    paragraph: int | None = None
    letter: str | None = None
    part: str | None = None

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Address:
        """Read `14`, `14.1`, `14.1b`, `15.2b.in_full`, exactly so. Raises `AddressError` with what was meant."""
        found = re.fullmatch(_ADDRESS, text)
        if found is None:
            meant = _read_citation(text)
            raise AddressError(
                text,
                f"“{text}”不是条款地址（形如 14、14.1、14.1b）",
                f"“{text}” is no address (like 14, 14.1, 14.1b)",
                str(meant) if meant else None,
            )
        paragraph = found["paragraph"]
        return cls(
            int(found["article"]), int(paragraph) if paragraph else None, found["letter"], found["part"]
        )

    def __str__(self) -> str:
        text = str(self.article)
        if self.paragraph is not None:
            text += f".{self.paragraph}{self.letter or ''}"
        return f"{text}.{self.part}" if self.part else text

    @property
    def _order(self) -> tuple[int, int, str, str]:
        return self.article, self.paragraph or 0, self.letter or "", self.part or ""

    def __lt__(self, other: object) -> bool:
        return self._order < other._order if isinstance(other, Address) else NotImplemented

    @property
    def at_paragraph(self) -> Address:
        """The same without letter and part: 14.1 of 14.1b."""
        return Address(self.article, self.paragraph)

    def contains(self, other: Address | str) -> bool:
        """Whether `other` stands within this one, or is it. Whole parts count: 1 does not contain 11."""
        inner = other if isinstance(other, Address) else Address.parse(other)
        pairs = zip(
            (self.article, self.paragraph, self.letter, self.part),
            (inner.article, inner.paragraph, inner.letter, inner.part),
            strict=True,
        )
        return all(own is None or own == its for own, its in pairs)

    def citation(self, lang: str = "zh") -> str:
        """第十四条第一款, or Article 14(1) where `lang` is `en`; letter and part are left out.

        `Statute.citation` also leaves out the paragraph of an article that has but one, as lawyers do.
        """
        if lang == "en":
            return f"Article {self.article}" + (f"({self.paragraph})" if self.paragraph else "")
        paragraph = f"第{to_chinese(self.paragraph)}款" if self.paragraph else ""
        return f"第{to_chinese(self.article)}条{paragraph}"


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdecimal() else from_chinese(text)


def _read_citation(text: str) -> Address | None:
    plain = normalise(text).lower()
    if found := re.fullmatch(_CHINESE, plain):
        article, paragraph = _number(found["article"]), _number(found["paragraph"])
        if article is None or (found["paragraph"] and paragraph is None):
            return None
        return Address(article, paragraph)
    if found := re.fullmatch(_ENGLISH, plain):
        return Address(
            int(found["article"]),
            _number(found["bracketed"] or found["paragraph"]),
            found["letter"] or found["in_brackets"],
            found["part"],
        )
    return None


def parse_citation(text: str) -> Address:
    """Read what people write: 第十四条第一款, 第14条第1款, Article 14(1), Art. 14(1), art 14.1, 14.1, 14.1b.

    Full-width digits and white space do not matter. Raises `AddressError`.
    """
    found = _read_citation(text)
    if found is None:
        raise AddressError(
            text,
            f"“{text}”不是条款（形如 第十四条第一款、14.1）",
            f"“{text}” cites no article (like Article 14(1), 14.1)",
        )
    return found

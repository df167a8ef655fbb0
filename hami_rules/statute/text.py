"""The text of the regulation: chapters, articles, paragraphs, and finding a quote in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from .address import Address, AddressError
from .fold import fold, normalise
from .numerals import NUMERALS, from_chinese, to_chinese

__all__ = [
    "Chapter",
    "Paragraph",
    "Quotation",
    "Statute",
    "find_quote",
    "hashes",
    "load",
    "nearest_quote",
    "parse",
]

_SOURCE = "hami-2023.txt"
_HEADING = rf"第([{NUMERALS}]+)([章条])\s+(.+)"
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
# 省略号 is six dots in Chinese; one typed short, or in ASCII, folds to at least three.
_ELLIPSIS = r"\.{3,}"


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(normalise(text).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Chapter:
    """A chapter (章): its number, title and the numbers of its articles."""

    number: int
    title: str
    articles: tuple[int, ...]

    @property
    def heading(self) -> str:
        """第三章 政务服务办理."""
        return f"第{to_chinese(self.number)}章 {self.title}"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph (款) with its text, without the heading 第十四条. `alone`: its article has no other."""

    article: int
    paragraph: int
    text: str
    chapter: Chapter
    alone: bool

    @property
    def address(self) -> str:
        return f"{self.article}.{self.paragraph}"

    @property
    def citation_zh(self) -> str:
        """第十四条第一款; 第十三条 where the article has but this paragraph."""
        return self._cited.citation("zh")

    @property
    def citation_en(self) -> str:
        """Article 14(1); Article 13 where the article has but this paragraph."""
        return self._cited.citation("en")

    @property
    def _cited(self) -> Address:
        return Address(self.article, None if self.alone else self.paragraph)

    @cached_property
    def hash(self) -> str:
        """16 hex digits of the SHA-256 of the normalised text: changes when what it says changes."""
        return _digest(self.text)

    @cached_property
    def folded(self) -> tuple[str, list[int]]:
        """The text folded for comparison, with the offsets of its characters in `text`."""
        return fold(self.text)


@dataclass(frozen=True, eq=False)
class Quotation:
    """Where a quote stands: the paragraph, and for each verbatim piece its [start, end) in the original text."""

    paragraph: Paragraph
    spans: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(frozen=True, eq=False)
class Statute:
    """A regulation as text. `hash` covers title, headings and every paragraph."""

    title: str
    adopted: date
    approved: date
    in_force: date
    chapters: tuple[Chapter, ...]
    paragraphs: tuple[Paragraph, ...]
    hash: str
    _by_address: dict[tuple[int, int], Paragraph] = field(repr=False, compare=False)

    def article(self, number: int) -> tuple[Paragraph, ...]:
        """The paragraphs of an article. Raises `AddressError` where there is no such article."""
        found = tuple(p for p in self.paragraphs if p.article == number)
        if not found:
            last = self.paragraphs[-1].article
            raise AddressError(
                str(number),
                f"《{self.title}》没有第{number}条（共{last}条）",
                f"there is no article {number}; the articles run from 1 to {last}",
                str(last) if number > last else None,
            )
        return found

    def paragraph(self, address: Address | str) -> Paragraph:
        """The paragraph at or around an address: 14.1 for 14.1, 14.1b and 14.1b.x; 13.1 for 13, which has no other.

        Raises `AddressError` where there is none, or where an article of several paragraphs is all that is named.
        """
        at = address if isinstance(address, Address) else Address.parse(address)
        if at.paragraph is not None and (found := self._by_address.get((at.article, at.paragraph))):
            return found
        article = self.article(at.article)
        if at.paragraph is None and len(article) == 1:
            return article[0]
        choices = [p.address for p in article]
        if at.paragraph is None:
            raise AddressError(
                str(at),
                f"{at.citation()}有{len(article)}款，须写明是哪一款（{'、'.join(choices)}）",
                f"{at.citation('en')} has {len(article)} paragraphs; say which ({', '.join(choices)})",
            )
        raise AddressError(
            str(at),
            f"《{self.title}》没有{at.citation()}：第{to_chinese(at.article)}条共{len(article)}款",
            f"there is no {at.citation('en')}: article {at.article} has {len(article)} paragraph(s)",
            choices[-1],
        )

    def citation(self, address: Address | str, lang: str = "zh") -> str:
        """How people cite an address: 第十四条第一款, but 第十三条 where the article has one paragraph only.

        Raises `AddressError` where the statute has no such address.
        """
        at = address if isinstance(address, Address) else Address.parse(address)
        if at.paragraph is None:
            self.article(at.article)
            return at.citation(lang)
        found = self.paragraph(at)
        return found.citation_en if lang == "en" else found.citation_zh


def _spans(paragraph: Paragraph, pieces: list[str]) -> tuple[tuple[int, int], ...] | None:
    folded, offsets = paragraph.folded
    spans = []
    position = 0
    for piece in pieces:
        at = folded.find(piece, position)
        if at < 0:
            return None
        position = at + len(piece)
        spans.append((offsets[at], offsets[position - 1] + 1))
    return tuple(spans)


def find_quote(where: Statute | Paragraph, quote: str) -> Quotation | None:
    """Find a quote for what it says: width, white space and the kind of quotation mark do not matter, nothing else
    may differ. “……” joins verbatim pieces of one paragraph, in order. `None` where it is not found; in a statute,
    the first paragraph that has it.
    """
    pieces = [piece for piece in re.split(_ELLIPSIS, normalise(quote)) if piece]
    if not pieces:
        return None
    for paragraph in (where,) if isinstance(where, Paragraph) else where.paragraphs:
        if spans := _spans(paragraph, pieces):
            return Quotation(paragraph, spans)
    return None


def nearest_quote(quote: str, where: Statute | Paragraph | None = None) -> tuple[str, str] | None:
    """What was probably meant by a quote that is not found: (address, the passage as the statute has it).

    `None` where no paragraph shares half of the quote. For messages only.
    """
    from difflib import SequenceMatcher

    wanted = re.sub(_ELLIPSIS, "", normalise(quote))
    place = load() if where is None else where
    best: tuple[int, str, str] = (0, "", "")
    # The first sequence is the one that may vary cheaply: the matcher indexes the second.
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    for paragraph in (place,) if isinstance(place, Paragraph) else place.paragraphs:
        folded, offsets = paragraph.folded
        matcher.set_seq1(folded)
        # A lone character agrees by chance.
        blocks = [b for b in matcher.get_matching_blocks() if b.size > 1]
        agreed = sum(b.size for b in blocks)
        if agreed > best[0]:
            first, last = blocks[0], blocks[-1]
            start = max(first.a - first.b, 0)
            end = min(last.a + len(wanted) - last.b, len(folded))
            best = agreed, paragraph.address, paragraph.text[offsets[start] : offsets[end - 1] + 1]
    return best[1:] if 2 * best[0] >= len(wanted) > 0 else None


def hashes() -> dict[str, str]:
    """The hash of every paragraph by its address, in order."""
    return {paragraph.address: paragraph.hash for paragraph in load().paragraphs}


def _rows(lines: list[str]) -> Iterator[tuple[int, str, int, int, str]]:
    """(chapter, its title, article, paragraph, text) of every paragraph."""
    chapter, title, article, paragraph = 0, "", 0, 0
    for line in lines:
        text = line
        if found := re.fullmatch(_HEADING, line):
            number = from_chinese(found[1]) or 0
            if found[2] == "章":
                chapter, title = number, found[3]
                continue
            article, paragraph, text = number, 0, found[3]
        paragraph += 1
        yield chapter, title, article, paragraph, text


def parse(source: str) -> Statute:
    """Read a statute from its text: title, line of adoption, then one line for each heading or paragraph."""
    title, adoption, *lines = [line.strip() for line in source.splitlines() if line.strip()]
    rows = list(_rows(lines))
    chapters = {
        number: Chapter(number, heading, tuple(dict.fromkeys(r[2] for r in rows if r[0] == number)))
        for number, heading in dict.fromkeys((r[0], r[1]) for r in rows)
    }
    counts: dict[int, int] = {}
    for row in rows:
        counts[row[2]] = row[3]
    paragraphs = tuple(
        Paragraph(article, paragraph, text, chapters[chapter], counts[article] == 1)
        for chapter, _, article, paragraph, text in rows
    )
    adopted, approved = (date(*map(int, day)) for day in re.findall(_DAY, adoption))
    (in_force,) = (date(*map(int, day)) for day in re.findall(_DAY, paragraphs[-1].text))
    by_address = {(p.article, p.paragraph): p for p in paragraphs}
    return Statute(
        title, adopted, approved, in_force, tuple(chapters.values()), paragraphs, _digest(source), by_address
    )


@cache
def load() -> Statute:
    """《哈密市经营主体政务服务条例》 (33 articles, 52 paragraphs, in force 2024-03-01), read once."""
    from pathlib import Path

    return parse(Path(__file__).with_name(_SOURCE).read_text(encoding="utf-8"))

"""What every part of the Word draft writes with: its words, its numbers, and the findings put together for prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from hami_rules.judge.findings import OpenGroup, Text

from .ooxml import Document
from .practices import Arrangement, Practice, Section
from .safe import clip, one_line
from .summary import PARTIES as PARTY_ORDER
from .summary import Summary, article_of
from .words import PARTIES

__all__ = ["ANSWERING", "CELL", "Draft", "Entry", "Problem", "by_norm", "in_order"]

CELL = 1_200  # characters of a cell
PROSE = 600  # characters of a text in a sentence
SPANS = 8  # numbers, or runs of numbers, of annex 1 that one sentence names
ANSWERING = ("department", "government", "utility", "intermediary")
"""The parties that are asked to put something right; an applicant and a higher body are not."""

_DIGITS = "〇一二三四五六七八九十"
_ARTICLE = re.compile(r"第[〇一二三四五六七八九十百]+条|Article \d+")
_DATED = re.compile(r"\d{4}(年|-\d\d)")
_BRACKETED = re.compile(r"（[^（）]*）$| \([^()]*\)$")


def _numeral(n: int) -> str:
    """A number up to 99 in Chinese, as headings count."""
    if n <= 10:
        return _DIGITS[n]
    tens, ones = divmod(n, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def in_order(article: str) -> tuple[int, str]:
    """Articles by number."""
    return int(article) if article.isdigit() else 0, article


@dataclass(frozen=True)
class Entry:
    """A practice with its number in annex 1, which is the ledger's: that of its sheet of problems, or of what is to be
    verified."""

    number: int
    section: Section
    practice: Practice

    @property
    def article(self) -> str:
        return article_of(self.practice.first.address)

    @property
    def who(self) -> tuple[str, str]:
        return self.section.party, self.section.organ


@dataclass
class Problem:
    """What was found under one norm in one grade, by however many rules, against however many organs."""

    norm: str
    grade: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(e.practice.count for e in self.entries)

    @property
    def organs(self) -> dict[tuple[str, str], list[Entry]]:
        """Its entries by organ, most findings first."""
        by: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries:
            by.setdefault(entry.who, []).append(entry)
        return dict(sorted(by.items(), key=lambda o: (-sum(e.practice.count for e in o[1]), o[0])))

    @property
    def weight(self) -> int:
        """Findings times organs: what happens often and widely weighs most."""
        return self.count * len(self.organs)

    @property
    def parties(self) -> dict[str, int]:
        """Its findings by party, in the order of parties."""
        by = {p: sum(e.practice.count for e in self.entries if e.section.party == p) for p in PARTY_ORDER}
        return {party: count for party, count in by.items() if count}


def by_norm(entries: Iterable[Entry]) -> list[Problem]:
    """Problems, by norm and grade, in the order in which the entries come."""
    found: dict[tuple[str, str], Problem] = {}
    for entry in entries:
        first = entry.practice.first
        key = (first.address, first.grade or "violation")
        found.setdefault(key, Problem(*key)).entries.append(entry)
    return list(found.values())


def _asked_before(summary: Summary, groups: Sequence[OpenGroup]) -> int:
    """Rows of the ledger's sheet of what is to be verified that stand before the suspicions: the requests, and for each
    organ the open verdicts that no request settles."""
    answering = summary.answering()
    return len(summary.requests) + sum(len(g.organs) for g in groups if not answering(g))


class Draft:
    """The document as it is written, and what is written about. Raises what the document raises."""

    def __init__(
        self,
        out: Document,
        summary: Summary,
        arrangement: Arrangement,
        groups: Sequence[OpenGroup],
        lang: str,
    ) -> None:
        self.out, self.s, self.groups, self.lang = out, summary, groups, lang
        self.entries: list[Entry] = []
        self.suspicions: list[Entry] = []
        lists = {"violation": self.entries, "suspicion": self.suspicions}
        before = {"violation": 0, "suspicion": _asked_before(summary, groups)}
        for standing, section, _, number, practice in arrangement.walk():
            if standing in lists:
                lists[standing].append(Entry(before[standing] + number, section, practice))

    def L(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def t(self, text: Text | None, most: int = PROSE) -> str:
        return clip(one_line(text(self.lang)), most) if text else ""

    def say(self, zh: str, en: str, style: str = "Normal", next_too: bool = False) -> None:
        """A paragraph; `next_too`: on the page of what follows."""
        self.out.paragraph(self.L(zh, en), style, next_too=next_too)

    def quoted(self, text: str) -> str:
        """A text in quotation marks, those inside it single."""
        return f"“{text.replace('“', '‘').replace('”', '’')}”"

    def abbreviated(self, text: str) -> str:
        """The regulation by its short name, which the introduction gives."""
        return text.replace("本条例", "《条例》")

    def join(self, texts: Iterable[str]) -> str:
        return self.L("、", ", ").join(texts)

    def day(self, day: date) -> str:
        return self.L(f"{day.year}年{day.month}月{day.day}日", day.isoformat())

    def name(self, organ: str, known: str | None = None) -> str:
        """The name of an organ, from its code."""
        said = known or self.s.organs.get(organ) or organ or self.L("责任单位不明", "organ unknown")
        return one_line(clip(said, 120))

    def organ(self, section: Section) -> str:
        return self.name(section.organ, section.name)

    def article(self, number: str) -> str:
        known = self.s.articles.get(number)
        return self.t(known) or self.L(f"第{number}条", f"Article {number}")

    def articles(self, entries: Iterable[Entry]) -> str:
        """The articles of entries, in one: 第十四、十五条."""
        numbers = sorted({e.article for e in entries}, key=in_order)
        names = [self.article(n) for n in numbers]
        if len(names) > 1 and all(_ARTICLE.fullmatch(n) for n in names):
            return self.L(
                f"第{self.join(n[1:-1] for n in names)}条", f"Articles {self.join(n[8:] for n in names)}"
            )
        return self.join(names)

    def title(self, problem: Problem) -> str:
        """What its rules are called: their common name, or that of the most frequent and that there are more."""
        counts: dict[str, int] = {}
        for entry in problem.entries:
            said = self.t(entry.practice.first.title, 80)
            counts[said] = counts.get(said, 0) + entry.practice.count
        if len(counts) == 1:
            return next(iter(counts))
        stems = {_BRACKETED.sub("", said) for said in counts}
        if len(stems) == 1:
            return stems.pop()
        return max(counts, key=lambda said: counts[said]) + self.L("等", " and the like")

    def by_party(self, problem: Problem) -> str:
        """How many against each party, where there are several: a rule's title may name only one of them."""
        if len(problem.parties) == 1:
            return ""
        return self.join(
            self.L(f"{PARTIES[p].zh}{n:,}项", f"{PARTIES[p].en} {n:,}") for p, n in problem.parties.items()
        )

    def remedies(self) -> dict[str, list[Entry]]:
        """Each recommendation with what it is for; a text of a higher body is not altered, so none is made for it."""
        by: dict[str, list[Entry]] = {}
        for entry in self.entries:
            remedy = entry.practice.first.remedy
            if remedy and entry.section.party != "superior":
                by.setdefault(self.t(remedy), []).append(entry)
        return by

    def spans(self, numbers: Iterable[int], most: int = SPANS, unit: str = "") -> str:
        """Numbers of annex 1 as people list them, each with its unit: 3、7—9. Lines break after a unit of Chinese."""
        runs: list[list[int]] = []
        for n in sorted(numbers):
            if runs and n == runs[-1][1] + 1:
                runs[-1][1] = n
            else:
                runs.append([n, n])
        dash = self.L("—", "–")
        said = self.join(f"{a}{f'{dash}{b}' if b > a else ''}{unit}" for a, b in runs[:most])
        return said + (self.L("等", " and others") if len(runs) > most else "")

    def annexed(self, entries: Iterable[Entry], most: int = SPANS) -> str:
        """Where in annex 1 entries stand."""
        numbers = self.spans((e.number for e in entries), most, self.L("号", ""))
        return self.L(f"附件1第{numbers}", f"annex 1, no. {numbers}")

    def record(self, entry: Entry) -> str:
        """What the record is called, with the day of a single act where no day is said."""
        first = entry.practice.first
        said, day = self.t(first.record_label, 160), first.conduct_from
        if day is None or day != first.conduct_to or _DATED.search(said + first.message(self.lang)):
            return said
        return said + self.L(f"（{self.day(day)}）", f" ({self.day(day)})")

    def sentence(self, entry: Entry, most: int = PROSE) -> str:
        """What was found, in one sentence, with the item it is about where the message does not name it."""
        first = entry.practice.first
        said, item = self.t(first.message, most), one_line(first.item_name or "")
        if item and item not in said:
            said += self.L(f"（事项：{clip(item, 80)}）", f" (item: {clip(item, 80)})")
        return said

    def head(self, level: int, number: int, text: str) -> None:
        if self.lang == "en":
            mark = (f"{number}. ", f"({number}) ", f"{number}) ")[level - 1]
        else:
            mark = (f"{_numeral(number)}、", f"（{_numeral(number)}）", f"{number}. ")[level - 1]
        self.out.paragraph(mark + text, f"Heading{level}")

    def parties(self) -> list[str]:
        """The parties against whom something stands, in their order."""
        return [p for p in PARTY_ORDER if p in self.s.totals.against]

    def to_find_out(self) -> str:
        """What is asked of organs and what people have to decide, each where there is any: `查明…`; empty where nothing is."""
        asked = [r for r in self.s.requests if r.sort != "decision"]
        organs, decided = len({r.organ for r in asked}), len(self.s.requests) - len(asked)
        return self.L("，", ", ").join(
            self.L(zh, en).format(n, organs)
            for n, zh, en in (
                (len(asked), "请{1:,}个单位提供或者说明{0:,}件", "{0:,} asked of {1:,} organs"),
                (decided, "由审计人员或者法制机构认定{0:,}件", "{0:,} for people to decide"),
            )
            if n
        )

"""Findings as the page holds them: columns to filter by, and the rest in packed chunks that are opened when asked for.

A page of fifty thousand findings may hold no element for each of them, nor their text twice. So each finding becomes a
number in a few columns (which practice, month, region, marks), a line (what a list shows and a search reads) and a detail
(what an opened finding shows). Lines and details are packed by the hundred. Every text is made visible on its way in.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from hami_rules.judge.findings import Explanation, Finding, SeenFact, Text
from hami_rules.statute.superior import superior_citations

from .explain import reasons, says
from .mask import TOKEN
from .practices import Arrangement, Section
from .safe import visible
from .summary import standing
from .words import UPWARDS, region_name

__all__ = ["LINGERS", "MARKS", "TYPES", "Rows", "packed", "type_of"]

LINES, DETAILS = 2000, 400  # findings in a chunk
TYPES = ("violation", "shortfall", "suspicion", "concurrent", "dismissed", "error")
"""What a finding counts as on the page, in the order of the list; the last three are not counted."""
MARKS = ("rebuttable", "mitigated", "pending", "corrected", "after")
"""Bit n of a finding's marks."""
LINGERS = "…"
"""The month of conduct that did not begin and end in one."""
REGIONAL_LAW = date(2025, 10, 1)  # 《新疆维吾尔自治区优化营商环境条例》 in force
TRUTHS = ("true", "false", "unknown", "error")
LINE = ("id", "message", "record", "place", "day")
TEXTS = (
    "quote", "remedy", "reading", "note", "mitigation", "pending", "consequence", "body", "pointer", "primary", "error",
    "decision", "corrected", "citation", "title", "rule", "item",
)  # fmt: skip
LISTS = ("seen", "rebuttals", "superior", "why", "tree")
EMPTY: dict[str, Any] = dict.fromkeys(TEXTS, "") | {name: [] for name in LISTS}


def packed(value: Any) -> str:
    """A value as JSON, compressed, in letters that mean nothing to HTML."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(value), 9)).decode("ascii")


class Names(dict[Any, int]):
    """Each name's number, in the order of their first use."""

    def __missing__(self, name: Any) -> int:
        self[name] = number = len(self)
        return number


class _Chunks:
    """Rows packed by so many, each chunk with the strings that its rows name by number."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.packed: list[str] = []
        self.open: list[Any] = []
        self.strings = Names()

    def add(self, row: Any) -> None:
        self.open.append(row)
        if len(self.open) == self.size:
            self.seal()

    def seal(self) -> None:
        if self.open:
            self.packed.append(packed({"strings": list(self.strings), "rows": self.open}))
            self.open, self.strings = [], Names()

    def read(self, number: int) -> tuple[list[str], list[Any]]:
        """The strings and rows of a sealed chunk."""
        chunk = msgspec.json.decode(zlib.decompress(base64.b64decode(self.packed[number])))
        return chunk["strings"], chunk["rows"]


def type_of(standing: str, finding: Finding) -> str:
    """What a practice is listed as: its standing, a shortfall apart from the violations that it stands among."""
    return "shortfall" if standing == "violation" and finding.grade == "shortfall" else standing


def _spelled(name: str, value: Any, strings: list[str]) -> Any:
    """A text; a list of texts; facts as (label, value); conditions with their facts, a tree's without what is below."""
    if name in TEXTS:
        return strings[value]
    if name == "seen":
        return [(strings[label], strings[said]) for label, said in value]
    if name in ("why", "tree"):
        return [
            {
                "truth": TRUTHS[n[0] % len(TRUTHS)],
                "text": strings[n[1]],
                "part": n[2],
                "facts": _spelled("seen", n[3], strings),
            }
            for n in value
        ]
    return [strings[n] for n in value]


def _telling(node: Explanation) -> list[SeenFact]:
    """The facts that say more than the condition itself: not “lawful: yes” of the condition “lawful”."""
    return [s for s in node.facts if s.label.zh != node.text.zh]


def month_of(finding: Finding) -> str:
    """The month in which the conduct began and ended, `LINGERS` where it spans several, empty where no day is known."""
    first, last = finding.conduct_from or finding.conduct_to, finding.conduct_to or finding.conduct_from
    if first is None or last is None:
        return ""
    return f"{first:%Y-%m}" if (first.year, first.month) == (last.year, last.month) else LINGERS


class Rows:
    """The findings of one page, in one language. `reading` takes them in; `index` is asked for afterwards."""

    def __init__(self, lang: str, organs: Mapping[str, str]) -> None:
        self.lang, self.organs = lang, organs
        self.lines, self.details = _Chunks(LINES), _Chunks(DETAILS)
        self.count = 0
        self.keys: list[tuple[Any, ...]] = []
        self.months, self.regions, self.marks = Names(), Names(), bytearray()
        self.month_column: list[int] = []
        self.region_column: list[int] = []
        self.ids: dict[str, int] = {}
        self.primaries: list[tuple[str, int]] = []
        self._shown: dict[str, str] = {}
        self.masked = False

    # -- taking in ---------------------------------------------------------------------------------------------------

    def reading(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The same findings without their evidence, which has been put away here."""
        for finding in findings:
            what = standing(finding)
            if what == "undetermined" or (what == "concurrent" and finding.verdict == "undetermined"):
                continue  # told in groups
            self._add(finding, what)
            yield msgspec.structs.replace(finding, seen=(), explanation=(), missing=())
        self.lines.seal()
        self.details.seal()

    def _add(self, f: Finding, what: str) -> None:
        if what == "concurrent":
            self.primaries.append((f.primary or "", self.count))
        self.ids[f.id] = self.count
        self.keys.append((what, f.counts_against, f.organ_code or f.organ_name or "", f.practice or f.id))
        self.month_column.append(self.months[month_of(f)])
        self.region_column.append(self.regions[self._show(f.region or "")])
        after = (f.conduct_to or f.conduct_from or date.min) >= REGIONAL_LAW
        marks = (bool(f.rebuttals), f.mitigation, f.mitigation_pending, f.corrected_on, after)
        self.marks.append(sum(1 << i for i, mark in enumerate(marks) if mark))
        place = str(f.location) if f.location else ""
        self.lines.add(
            [
                visible(f.id),
                self._text(f.message),
                self._text(f.record_label),
                self._show(place),
                self._day(f),
            ]
        )
        self.details.add(self._detail(f))
        self.count += 1

    def _show(self, text: str) -> str:
        """`visible`, remembered for the words that every other finding repeats."""
        known = self._shown.get(text)
        if known is None:
            known = visible(text)
            self.masked = self.masked or TOKEN.search(known) is not None
            if len(text) < 100 and len(self._shown) < 100_000:
                self._shown[text] = known
        return known

    def _text(self, text: Text | None) -> str:
        return self._show(text(self.lang)) if text else ""

    def _string(self, text: str) -> int:
        return self.details.strings[self._show(text)]

    def _day(self, f: Finding) -> str:
        zh = self.lang == "zh"
        first, last = f.conduct_from, f.conduct_to
        if first and last and last != first:
            until = ("至今" if zh else "to date") if last == date.max else last.isoformat()
            return f"{first} – {until}"
        return str(first or last or ("日期不明" if zh else "date unknown"))

    def _facts(self, facts: Iterable[SeenFact]) -> list[list[int]]:
        lang, string = self.lang, self._string
        return [[string(s.label(lang)), string(s.value(lang))] for s in facts]

    def _node(self, node: Explanation, deciding: frozenset[int]) -> list[Any]:
        """A condition with what is below it; its truth beyond the last of `TRUTHS` where it is one that decided."""
        below = [self._node(child, deciding) for child in node.children]
        truth, said = self._condition(node)
        if id(node) in deciding:
            truth += len(TRUTHS)
        return [truth, said, node.part or 0, self._facts(node.facts), below]

    def _condition(self, node: Explanation) -> tuple[int, int]:
        return TRUTHS.index(node.truth), self.details.strings[says(node, self.lang)]

    def _detail(self, f: Finding) -> dict[str, Any]:
        """What an opened finding shows: numbers of strings, lists of them, and trees. What is empty is left out."""
        lang = self.lang
        why = list(reasons(f.explanation))
        told = {s.fact for _, node in why for s in node.facts}
        upwards = f.counts_against == "superior"
        texts: tuple[Text | str | None, ...] = (
            f.quote,
            UPWARDS if upwards else f.remedy,
            f.interpretation,
            f.note,
            f.mitigation,
            f.mitigation_pending,
            None if upwards else f.consequence,
            None if upwards else f.coordinating_body,
            f.location.pointer if f.location else None,
            f.primary,
            f.error,
            f.decision,
            f.corrected_on.isoformat() if f.corrected_on else None,
            f.citation,
            f.title,
            f.rule,
            f.item_name or f.item_code,
        )
        lists: tuple[list[Any], ...] = (
            self._facts(s for s in f.seen if s.fact not in told),
            [self._string(r(lang)) for r in f.rebuttals],
            [self._string(superior_citations(f.superior, lang))] if f.superior else [],
            [[*self._condition(n), part or 0, self._facts(_telling(n)), []] for part, n in why],
            [self._node(node, frozenset(id(n) for _, n in why)) for node in f.explanation],
        )
        row: dict[str, Any] = {
            name: self._string(text(lang) if isinstance(text, Text) else text)
            for name, text in zip(TEXTS, texts, strict=True)
            if text
        }
        return row | {name: value for name, value in zip(LISTS, lists, strict=True) if value}

    # -- giving out --------------------------------------------------------------------------------------------------

    def cards(self, finding_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """All that the page holds of some findings, their strings spelled out: for the part that is written, not drawn."""
        wanted = sorted((self.ids[one], one) for one in finding_ids)
        out = {one: EMPTY | {"marks": self._marks(row)} for row, one in wanted}
        for chunks in (self.lines, self.details):
            number, strings, kept = -1, list[str](), list[Any]()
            for row, one in wanted:
                if row // chunks.size != number:  # each chunk is opened once
                    number = row // chunks.size
                    strings, kept = chunks.read(number)
                held = kept[row % chunks.size]
                if isinstance(held, list):
                    out[one] |= dict(zip(LINE, held, strict=True))
                else:
                    out[one] |= {name: _spelled(name, value, strings) for name, value in held.items()}
        return out

    def _marks(self, row: int) -> list[str]:
        return [mark for bit, mark in enumerate(MARKS) if self.marks[row] >> bit & 1]

    def index(self, arrangement: Arrangement) -> dict[str, Any]:
        """The columns. Practices stand in the order of the arrangement, numbered within each of its standings."""
        practices: dict[tuple[Any, ...], int] = {}
        table: dict[str, list[Any]] = {
            name: [] for name in ("type", "party", "organ", "article", "rule", "item", "number")
        }
        parties, organs, articles, rules, items = (Names() for _ in range(5))
        for what, section, block, number, practice in arrangement.walk():
            first = practice.first
            practices[what, section.party, section.organ, practice.key] = len(practices)
            table["type"].append(TYPES.index(type_of(what, first)))
            table["party"].append(parties[section.party])
            table["organ"].append(organs[self._show(section.organ), self._organ(section)])
            table["article"].append(articles[self._show(block.article), self._text(block.name)])
            table["rule"].append(
                rules[self._show(first.rule), self._text(first.citation), self._text(first.title)]
            )
            table["item"].append(items[self._show(first.item_name or first.item_code or "")])
            table["number"].append(number)
        of_row, concurrent = [], []
        for what, party, organ, key in self.keys:
            kept = "violation" if what == "shortfall" else what
            of_row.append(practices.get((kept, party, organ, key), -1))
        for primary, row in self.primaries:
            if of_row[row] < 0:
                concurrent.append([self.ids[primary], row])
        return {
            "practices": table,
            "parties": list(parties),
            "organs": list(organs),
            "articles": list(articles),
            "rules": list(rules),
            "items": list(items),
            "months": list(self.months),
            "regions": [[code, region_name(code, self.lang)] for code in self.regions],
            "findings": {
                "practice": of_row,
                "month": self.month_column,
                "region": self.region_column,
                "marks": list(self.marks),
            },
            "concurrent": concurrent,
            "chunks": {"lines": LINES, "details": DETAILS},
        }

    def _organ(self, section: Section) -> str:
        unknown = "责任单位不明" if self.lang == "zh" else "organ unknown"
        return self._show(section.name or self.organs.get(section.organ) or section.organ or unknown)

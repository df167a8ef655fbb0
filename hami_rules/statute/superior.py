"""Superior law that says the same: how its articles are cited in reports and explanations.

A rule names it as `722:35` (an order of the State Council by its number) or `行政许可法:33` (a law by its name); a
paragraph follows a point, an item stands in brackets: `722:36.1`, `722:69(9)`, `行政许可法:32.1(4)`. An article of
several paragraphs is cited by paragraph, one of a single paragraph without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from .numerals import to_chinese

__all__ = ["Reference", "parse_reference", "superior_citation", "superior_citations", "superior_note"]

_NOTE = (
    "上位法与本条例不一致的，适用上位法。《新疆维吾尔自治区优化营商环境条例》（自2025年10月1日起施行，效力高于本条例）和"
    "新疆维吾尔自治区人民政府令第222号（自2021年10月1日起施行）本次审计未对照核查；"
    "2025年10月1日以后的行为，定性前须另行核对。",
    "Superior law prevails where it differs. The autonomous region's own regulation on the business environment (in force "
    "since 2025-10-01; it ranks above this one) and order No. 222 of the regional government (in force since 2021-10-01) "
    "were not checked in this audit: compare them before settling conduct from 2025-10-01 on.",
)
"""What every answer about superior law must say besides: which of it this tool does not know."""

_LAWS = {
    "722": ("国务院《优化营商环境条例》", "State Council Order 722"),
    "716": ("《国务院关于在线政务服务的若干规定》", "State Council Order 716"),
    "行政许可法": ("《行政许可法》", "Administrative Licensing Law"),
}
_NUMBER = r"[1-9][0-9]?"
_REFERENCE = re.compile(rf"([^:]+):({_NUMBER})(?:\.({_NUMBER}))?(?:\(({_NUMBER})\))?")


class Reference(NamedTuple):
    """A place in a law: `722` or the law's name, and the numbers of article, paragraph and item where they are given."""

    law: str
    article: int
    paragraph: int | None = None
    item: int | None = None

    def place(self, lang: str = "zh") -> str:
        """第三十二条第一款第四项 / Article 32(1), item 4."""
        if lang == "en":
            paragraph = f"({self.paragraph})" if self.paragraph else ""
            return f"Article {self.article}{paragraph}" + (f", item {self.item}" if self.item else "")
        parts = ((self.article, "条"), (self.paragraph, "款"), (self.item, "项"))
        return "".join(f"第{to_chinese(number)}{unit}" for number, unit in parts if number)


def parse_reference(text: str) -> Reference | None:
    """`722:36.1` → its parts; `None` where the text is no reference (numbers run from 1 to 99)."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    law, *numbers = found.groups()
    article, paragraph, item = (int(n) if n else None for n in numbers)
    return Reference(law, article or 0, paragraph, item)


def superior_citation(reference: str, lang: str = "zh") -> str:
    """`722:36.1` → 国务院《优化营商环境条例》第三十六条第一款 / State Council Order 722, Article 36(1); other text as it is."""
    return superior_citations((reference,), lang)


def superior_citations(references: Iterable[str], lang: str = "zh") -> str:
    """Several references as one text, each law named once: 国务院《优化营商环境条例》第三条、第三十四条；《行政许可法》第六条."""
    said: list[str] = []
    before = None
    for text in references:
        reference = parse_reference(text)
        if reference is None:
            said.append(text)
        elif reference.law == before:
            said[-1] += ("、" if lang == "zh" else ", ") + reference.place(lang)
        else:
            zh, en = _LAWS.get(reference.law, (f"《{reference.law}》", reference.law))
            said.append(f"{zh}{reference.place()}" if lang == "zh" else f"{en}, {reference.place(lang)}")
        before = reference.law if reference else None
    return ("；" if lang == "zh" else "; ").join(said)


def superior_note(lang: str = "zh") -> str:
    """What stands above the regulation, or beside it, and is not encoded."""
    return _NOTE[lang == "en"]

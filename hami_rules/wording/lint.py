"""The linter of 第十一条第三款: where a guide's text is vague (模糊性表述) or leaves a list open (兜底条款).

A pure function of the text and of the field that it stands in. What counts is data: `lexicon.yaml` (word classes),
`patterns.yaml` (what is a defect) and `exclusions.yaml` (what is not), each entry with its own examples.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from hami_rules.records.text import Text

from .fold import Folded, fold
from .model import Confidence, Field, Flaw, Kind
from .patterns import Pattern, Shield, index_masks, index_patterns, load_patterns

__all__ = ["Hit", "Reading", "hits", "instead_of", "lint"]

REACH = (
    240  # how far a clause or sentence is looked at on either side of a phrase: keeps hostile texts linear
)
_SENTENCE = re.compile("[;。!?]")
_CLAUSE = re.compile("[,;:。()!?]")
_NUMBER = re.compile(r"(?:^|(?<=[;。:!?]))\(?[0-9一二三四五六七八九十]{1,3}(?:[)、]|\.(?![0-9]))")
_ANYTHING = Text("内容", "item")
# What a phrase that names no noun leaves open, by the field that it stands in.
_NOUNS: dict[Field, Text] = {
    "materials": Text("材料", "document"),
    "conditions": Text("条件", "condition"),
    "steps": Text("步骤", "step"),
    "time_limit": Text("期限", "time limit"),
    "fees": Text("费用", "fee"),
    "intermediary": Text("中介服务", "intermediary service"),
    "notes": Text("事项", "item"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that a pattern found, in folded text."""

    start: int
    end: int
    noun: str
    pattern: Pattern

    @property
    def kind(self) -> Kind:
        return self.pattern.family.kind


class Reading:
    """One folded text, its masked stretches and its borders; both are found when a pattern first asks for them."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _masks(self) -> tuple[list[int], list[int]]:
        """Where the masked stretches start and end, in order, none touching the next."""
        masks = index_masks().candidates(self.text)
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(m.span() for mask in masks for m in mask.find.finditer(self.text) if m[0]):
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        return starts, ends

    @cached_property
    def _breaks(self) -> dict[str, list[int]]:
        # The number of an item stands before its clause: in “2. 取水达到一定规模” no 2 measures anything.
        numbers = [m.end() - 1 for m in _NUMBER.finditer(self.text)]
        return {
            "sentence": [m.start() for m in _SENTENCE.finditer(self.text)],
            "clause": sorted({*(m.start() for m in _CLAUSE.finditer(self.text)), *numbers}),
        }

    def masked(self, start: int, end: int) -> bool:
        """Whether any of [start, end) is masked."""
        starts, ends = self._masks
        i = bisect_right(ends, start)
        return i < len(starts) and starts[i] < end

    def around(self, what: str, start: int, end: int) -> tuple[int, int]:
        """The clause or sentence that [start, end) stands in, as far as it is looked at."""
        breaks = self._breaks[what]
        left = bisect_left(breaks, start)
        right = bisect_left(breaks, end)
        low = breaks[left - 1] + 1 if left else 0
        high = breaks[right] if right < len(breaks) else len(self.text)
        return max(low, start - REACH), min(high, end + REACH)

    def shielded(self, shield: Shield, start: int, end: int, trigger_end: int) -> bool:
        match shield.where:
            case "before":
                low, _ = self.around("sentence", start, end)
                return shield.find.search(self.text, low, start) is not None
            case "after":
                return shield.find.match(self.text, end, end + REACH) is not None
            case "self":
                return shield.find.search(self.text, start, end) is not None
            case "trigger":
                return shield.find.match(self.text, trigger_end, trigger_end + REACH) is not None
        low, high = self.around(shield.where, start, end)
        return shield.find.search(self.text, low, high) is not None


def hits(pattern: Pattern, reading: Reading) -> list[Hit]:
    """What one pattern finds by itself, outside the masks and not withdrawn by a shield."""
    out = []
    groups = pattern.find.groupindex
    for m in pattern.find.finditer(reading.text):
        start, end = m.span("s") if "s" in groups else m.span()
        trigger = m.span("t") if "t" in groups else (start, end)
        if start == end or reading.masked(*trigger):
            continue
        if any(reading.shielded(shield, start, end, trigger[1]) for shield in pattern.unless):
            continue
        noun = (m["n"] if "n" in groups else None) or ""
        out.append(Hit(start, end, noun, pattern))
    return out


# Between a hedge and the opener that it belongs to: 有关规定 + 要求的 + 其他材料 is one phrase.
_ASKED = re.compile(
    "(?:规定|要求|认为|确定|提出|明确|认定|需要|需|须|应当|应|必须|可以|可|提供|提交|报送|补充|出示|出具|具备|的|中|法律|法规|规章|政策){0,5}"
)
# Between a proviso and what the office may then ask for: 必要时，由窗口 + 要求补充.
_THEN = re.compile("的?,?(?:的)?(?:[^,;:。、()]{0,8})")


def _leads_up(hit: Hit, opener: Hit, text: str) -> bool:
    """Whether a hedge is no phrase of its own but the beginning of the opener's."""
    if hit.pattern.family.name == "V3" and opener.pattern.family.name in ("C1", "C4"):
        return _THEN.fullmatch(text, hit.end, opener.start) is not None
    return _ASKED.fullmatch(text, hit.end, opener.start) is not None


def _resolve(found: list[Hit], text: str) -> list[Hit]:
    """One phrase, one kind: an opener takes in the hedges that it overlaps or that lead up to it; of overlapping
    hits of one kind the first and longest stays."""
    openers = _longest([h for h in found if h.kind == "catch_all"])
    starts = [h.start for h in openers]
    vague = []
    for hit in _longest([h for h in found if h.kind == "vague"]):
        i = bisect_left(starts, hit.start)
        before = openers[i - 1] if i else None
        after = openers[i] if i < len(openers) else None
        if before is not None and hit.start < before.end:
            continue
        if after is not None and (after.start < hit.end or _leads_up(hit, after, text)):
            continue
        vague.append(hit)
    return sorted([*openers, *vague], key=lambda h: h.start)


def _longest(found: list[Hit]) -> list[Hit]:
    out: list[Hit] = []
    for hit in sorted(found, key=lambda h: (h.start, -h.end, h.pattern.confidence)):
        if not out or hit.start >= out[-1].end:
            out.append(hit)
    return out


# A guide that named them would designate intermediaries, which 第二十二条第二款 forbids.
_FIRMS = ("机构", "公司", "事务所", "企业", "中介")
_QUALIFIED = Text(
    "写明{noun}应当具备的资质名称、等级和依据，不要指定具体是哪一家",
    "state the qualification, its grade and its basis that the {noun} needs; do not name one",
)


def _about(suggestion: Text, noun: Text) -> Text:
    return Text(suggestion.zh.replace("{noun}", noun.zh), suggestion.en.replace("{noun}", noun.en))


def instead_of() -> Iterator[tuple[Kind, Confidence, Text, Text]]:
    """Of every class of defect: its kind, how sure the linter is, what is wrong, and what to write instead where the
    phrase names nothing. Once for each confidence that a pattern of the class has."""
    for kind, confidence, reason in dict.fromkeys(
        (p.family.kind, p.confidence, p.reason) for p in load_patterns()
    ):
        yield kind, confidence, reason.why, _about(reason.suggestion, _ANYTHING)


def _flaw(hit: Hit, folded: Folded, written: str, field: Field) -> Flaw:
    start, end = folded.span(hit.start, hit.end)
    reason = hit.pattern.reason
    noun = Text(hit.noun, hit.noun) if hit.noun else _NOUNS[field]
    suggestion = _about(_QUALIFIED if hit.noun.endswith(_FIRMS) else reason.suggestion, noun)
    return Flaw(
        kind=hit.kind,
        start=start,
        end=end,
        text=written[start:end],
        why=reason.why,
        suggestion=suggestion,
        confidence=hit.pattern.confidence,
        rule=hit.pattern.id,
    )


def lint(text: str, field: Field, *, whole: bool = False) -> list[Flaw]:
    """Every vague or open phrase of a text that stands in one field of a guide, in order; none overlap.

    `whole` says that nothing follows the text in the guide, so that a list it announces and does not give is lost.
    Pure; its time grows with the length of the text and with nothing else.
    """
    folded = fold(text)
    if not folded.text:
        return []
    reading = Reading(folded.text)
    patterns = [
        p for p in index_patterns().candidates(reading.text) if field in p.fields and (whole or not p.whole)
    ]
    found = [h for p in patterns if not p.alone for h in hits(p, reading)]
    found = found or [h for p in patterns if p.alone for h in hits(p, reading)]
    flaws: list[Flaw] = []
    for hit in _resolve(found, folded.text):
        flaw = _flaw(hit, folded, text, field)
        # A written character that is read as several (ﬁ) may end one phrase and begin the next: the first has it.
        if not flaws or flaw.start >= flaws[-1].end:
            flaws.append(flaw)
    return flaws

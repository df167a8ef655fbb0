"""What people call things (concepts.yaml), found in a question: facts that it gives, and features for the model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources

import msgspec

from hami_rules.records.text import Text

__all__ = ["COMMENCEMENT", "FEATURES", "Concept", "Met", "concepts", "met_in"]

COMMENCEMENT = date(2024, 3, 1)
"""The regulation is in force from this day (第三十三条)."""

FEATURES = ("time", "places")
"""Groups whose concepts are features for the model."""


class Concept(msgspec.Struct, frozen=True):
    """A thing, how it is recognised, the fields that naming it states, and the paragraph that it leads to."""

    name: str
    group: str
    label: Text
    pattern: str | None
    facts: tuple[tuple[str, str | bool], ...]
    leads_to: str | None


class Met(msgspec.Struct, frozen=True):
    """A concept found at a stretch of a text; of a time, the first and the last day that is meant."""

    concept: Concept
    start: int
    end: int
    days: tuple[date, date] | None = None


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str
    words: str | None = None
    facts: dict[str, str | bool] = {}
    leads_to: str | None = None


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by name, in the order of the file."""
    text = resources.files(__package__).joinpath("concepts.yaml").read_text("utf-8")
    said = msgspec.yaml.decode(text, type=dict[str, dict[str, _Said]])
    return {
        name: Concept(
            name,
            group,
            Text(one.zh, one.en),
            None if one.words is None else "|".join(map(_bounded, re.split(r"\s*/\s+", one.words))),
            tuple(one.facts.items()),
            one.leads_to,
        )
        for group, members in said.items()
        for name, one in members.items()
    }


def _bounded(word: str) -> str:
    """A Latin word begins and ends where words do; a Chinese one anywhere."""
    return rf"(?<![a-z0-9])(?:{word})(?![a-z0-9])" if re.match(r"\(?[a-z]", word) else f"(?:{word})"


_DATE = re.compile(
    r"(?<!\d)(?P<y>20\d\d)\s*(?:年|[-/.])\s*(?:(?P<m>1[0-2]|0?[1-9])(?:\s*(?:月份?|[-/.])\s*(?:(?P<d>3[01]|[12]\d|0?[1-9])\s*[日号]?)?)?)?"
    r"|(?<!\d)(?P<y2>2\d)年(?:\s*(?P<m2>1[0-2]|0?[1-9])月)?"
    r"|二[〇零○0]二(?P<y3>[〇零○一二三四五六七八九])年(?:(?P<m3>十[一二]?|[一二三四五六七八九])月)?"
    r"|(?<![a-z])(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:(?P<d4>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<y4>20\d\d)"
    r"|(?<![a-z])(?:in|of|since|year|during)\s+(?P<y5>20\d\d)(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGIT = {"〇": 0, "零": 0, "○": 0, **{c: i for i, c in enumerate("一二三四五六七八九", 1)}}


def met_in(text: str) -> list[Met]:
    """The concepts of a text, in the order of concepts.yaml and then of the text."""
    read = "".join(_one(c) for c in text)  # as long as the text, so that a place in it is a place in the text
    days = list(_days(read))
    out: list[Met] = []
    for concept in concepts().values():
        if concept.pattern is not None:
            out += [Met(concept, m.start(), m.end()) for m in re.finditer(concept.pattern, read)]
        else:
            before = concept.name == "before"
            out += [Met(concept, s, e, told) for s, e, told in days if (told[1] < COMMENCEMENT) is before]
    return out


def _one(char: str) -> str:
    read = unicodedata.normalize("NFKC", char).casefold()
    return read if len(read) == 1 else char


def _days(read: str) -> Iterator[tuple[int, int, tuple[date, date]]]:
    """The dates of a text: where, and the days that each may mean."""
    for m in _DATE.finditer(read):
        if m["y2"] or m["y3"]:
            year = 2000 + (int(m["y2"]) if m["y2"] else 20 + _DIGIT[m["y3"]])
        else:
            year = int(m["y"] or m["y4"] or m["y5"])
        if m["m3"]:
            month = 10 + _DIGIT.get(m["m3"][1:], 0) if m["m3"][0] == "十" else _DIGIT[m["m3"]]
        else:
            month = _MONTHS.index(m["mon"]) + 1 if m["mon"] else int(m["m"] or m["m2"] or 0)
        try:
            yield m.start(), m.end(), _meant(year, month, int(m["d"] or m["d4"] or 0))
        except ValueError:
            continue  # 2月30日 is no day


def _meant(year: int, month: int, day: int) -> tuple[date, date]:
    if month and day:
        return date(year, month, day), date(year, month, day)
    if month:
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), date.fromordinal(after.toordinal() - 1)
    return date(year, 1, 1), date(year, 12, 31)

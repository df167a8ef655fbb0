"""Whether a document that is cited can bear what is rested on it (第十三条, 第二十二条).

Asked for the first and the last day of the conduct (`conduct_ends`) and there of each cited basis: what one document
bore until it was repealed, another cited one may bear from then on.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules.records.base import Day
from hami_rules.records.world import World

from .registry import Rows, about, predicate

basis = about("basis")
instrument = about("instrument")


@basis.link("所引文件", to="instrument")
def cited(world: World, instrument_code: str) -> Any:
    """The document cited. Not in the table of documents - unknown: a title does not tell 规章 from 规范性文件."""
    return world.instrument(instrument_code, None)


@instrument.fact("失效日", sees_unknown=True)
def ends_on(repealed: bool | None, repealed_on: date | None) -> date | None:
    """The day from which the document no longer applies; never, where it is known not to be repealed."""
    return date.max if repealed is False else repealed_on if repealed else None


def conduct_ends(conduct_from: date, conduct_to: date) -> Rows:
    """The first and the last day of the conduct, which are the same day for a single act."""
    return [Day(day=day) for day in sorted({conduct_from, conduct_to})], True


def cited_documents(world: World, bases: list[Any]) -> list[str]:
    """The titles of the documents cited, as the table of documents or the record itself gives them."""
    found = ((world.instrument(b.instrument_code, b.instrument_title), b) for b in bases)
    return [i.title or b.instrument_title or b.instrument_code or "-" for i, b in found]


for _kind in (
    "guide_condition", "guide_step", "guide_service", "condition", "step", "required_service", "catalogue_entry",
    "item", "data_record",
):  # fmt: skip
    about(_kind).relation("行为的首日和末日", of="day")(conduct_ends)
    about(_kind).fact("所列依据")(cited_documents)


@predicate("所引文件属于所列位阶")
def level_in(cited_level: str, levels: tuple[str, ...]) -> bool:
    """The document cited is of one of the levels."""
    return cited_level in levels


@predicate("所引文件适用于该地")
def territory_covers(cited_territory: str, outer_outer_acting_region: str) -> bool:
    """The document cited applies where the serving organ is: a region's code covers those under it (650000 all of
    Xinjiang, 650500 all of Hami, 650521 Barkol alone)."""
    wide = cited_territory
    while wide.endswith("00"):
        wide = wide[:-2]
    return outer_outer_acting_region.startswith(wide)


@predicate("所引文件当日已经施行")
def effective_that_day(cited_valid_from: date, outer_day: date) -> bool:
    """The document cited had taken effect by that day."""
    return cited_valid_from <= outer_day


@predicate("所引文件当日已经废止")
def repealed_that_day(cited_ends_on: date, outer_day: date) -> bool:
    """The document cited was repealed by that day; on the day of repeal it no longer applies."""
    return cited_ends_on <= outer_day


@predicate("文本由自治区或者国家部委统一制定")
def text_set_from_above(text_set_by: str) -> bool:
    """The text was fixed by the autonomous region or a ministry, not by the organ that uses it."""
    return text_set_by in ("region", "ministry")

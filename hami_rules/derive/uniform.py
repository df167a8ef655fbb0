"""What is to be the same wherever it is published, laid side by side: an item beside the regional library it comes
from (第十一条第一款: 同源发布), the guides of one item in all regions (第三款: 标准统一) and in both channels (第十七条: 同标准).

Comparisons as in `comparison.py`: each aspect is a record of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hami_rules.records.guide import Guide
from hami_rules.records.labels import GOVERNED
from hami_rules.records.listing import Snapshot
from hami_rules.records.materials import normalise_name
from hami_rules.records.world import World

from .comparison import (
    Comparison,
    Reading,
    charge_of,
    comparing,
    comparison,
    is_public,
    listed,
    named_materials,
    number,
    overlap,
    reading,
    texts_of,
)

__all__ = ["KINDS", "PRODUCERS"]

# -- beside the regional library -----------------------------------------------------------------------------------

_SAME_SOURCE: Mapping[str, Callable[[Snapshot], Any]] = {
    "item_name": lambda s: s.item_name,
    "item_type": lambda s: s.item_type,
    "catalog_code": lambda s: s.catalog_code,
    "level": lambda s: s.level,
    "basis_titles": lambda s: listed(s, "basis_titles"),
    "conditions": lambda s: listed(s, "conditions"),
    "materials": lambda s: listed(s, "material_names"),
    "statutory_days": lambda s: number(s.statutory_days),
    "charge": lambda s: charge_of(s.fee_charged, s.fee),
}
"""The fields that the region controls. Address, telephone and promised limit are local: they are not compared."""


def _same_source(world: World, snapshot: Snapshot) -> list[Comparison] | None:
    """What is published beside the last version of the library before the snapshot was taken.

    A version that does not say since when it stands may be the last, so that what the library says is unknown; where
    it is the only one, only since when it says so is. Where no version of then is at hand, what it said is unknown,
    unless the table is known to have none: then there is nothing to compare with.
    """
    if snapshot.source != "published":
        return []
    versions, perhaps = world.matching("snapshots", item_code=snapshot.item_code, source="library")
    dated = [(v.updated_on, v) for v in versions if v.updated_on is not None]
    before = [(day, v) for day, v in dated if snapshot.taken_on is not None and day <= snapshot.taken_on]
    if len(versions) == 1:
        last = versions[0]
    elif len(versions) > len(dated):
        last = Snapshot()
    elif before:
        last = max(before, key=lambda pair: pair[0])[1]
    elif versions or perhaps or not world.covers("snapshots", "650000", snapshot.taken_on):
        last = Snapshot()
    else:
        return []
    out = []
    for aspect, read in _SAME_SOURCE.items():
        mine, theirs = read(snapshot), read(last)
        if mine is not None or theirs is not None:
            sides = reading("published", _to_the_letter(mine), mine), _library(theirs, last)
            out.append(comparison(aspect, sides))
    return out


def _library(value: Any, version: Snapshot) -> Reading:
    return reading("library", _to_the_letter(value), value, version.updated_on)


def _to_the_letter(value: Any) -> Any:
    """What is compared of a field that is to be the same to the letter: order, width and spaces do not count."""
    if isinstance(value, list):
        return "；".join(sorted(map(normalise_name, value)))
    return normalise_name(value) if isinstance(value, str) else value


# -- in all regions --------------------------------------------------------------------------------------------------

_REGIONAL = ("conditions", "materials", "statutory_days", "charge")
"""What must be the same for items of the same code and level. A promised limit may be shorter, an address differs."""


def _standing(guide: Guide, day: date) -> bool | None:
    """Whether a guide is public and in force on the day."""
    parts = [
        False
        if guide.published is False
        else None
        if guide.published_on is None
        else guide.published_on <= day,
        None if guide.valid_from is None else guide.valid_from <= day,
        None if guide.valid_to is None else guide.valid_to >= day,
    ]
    return False if False in parts else None if None in parts else True


def _by_code(world: World) -> dict[str | None, list[Guide]]:
    """The guides of governed regions by the basic code of their item."""
    held: dict[str | None, list[Guide]] | None = world.memo.get("guides by basic code")
    if held is None:
        held = world.memo["guides by basic code"] = {}
        for guide in world.tables.get("guides", ()):
            if guide.region in (None, *GOVERNED):
                held.setdefault(guide.catalog_code, []).append(guide)
    return held


def _place(guide: Guide) -> tuple[str, str, str]:
    return (
        guide.region or "~",
        guide.organ_code or "",
        guide.channel or "",
    )  # one of no known region comes last


def _anchor(guides: list[Guide]) -> Guide:
    """The guide under which a code is compared once for all regions: the latest of the first region."""
    first = min(map(_place, guides))
    return max((g for g in guides if _place(g) == first), key=lambda g: g.valid_from or date.min)


def _guide_regions(world: World, guide: Guide) -> list[Comparison] | None:
    """All guides of one basic code and level that stand on the day of the audit, read side by side, one record an
    aspect; made once, under one of the guides. A guide whose standing or level is not known says nothing."""
    if guide.catalog_code is None:
        return None
    group = _by_code(world).get(guide.catalog_code)
    if group is None or _anchor(group) != guide:
        return []
    standing = [(g, s) for g in group if (s := _standing(g, world.as_of)) is not False]
    out: list[Comparison] = []
    for level in sorted({g.level for g, _ in standing if g.level}):
        members = [(g, s is True and g.level == level) for g, s in standing if g.level in (None, level)]
        if len({g.region for g, _ in members}) > 1:
            for aspect in _REGIONAL:
                readings = [_regional(g, aspect, known) for g, known in members]
                out.append(comparison(aspect, readings, level, (world.as_of, world.as_of)))
    return out


def _regional(guide: Guide, aspect: str, known: bool) -> Reading:
    """What the guide of one region says of the aspect, and which lines of it are recorded without a basis."""
    lines = _lines(guide, aspect) if known else None
    if lines is None:
        return Reading(side=guide.region, since=guide.valid_from, channel=guide.channel)
    return Reading(
        side=guide.region,
        value=[key for key, _, _ in lines],
        shown=[shown for _, shown, _ in lines],
        since=guide.valid_from,
        channel=guide.channel,
        baseless=[key for key, _, bases in lines if bases == []],
        basis_blank=[key for key, _, bases in lines if bases is None],
    )


_Line = tuple[str, Any, list[Any] | None]
"""By what a line is compared, how it reads, and the basis it cites."""


def _lines(guide: Guide, aspect: str) -> list[_Line] | None:
    """The lines of an aspect; unknown where one of them is."""
    if aspect == "statutory_days":
        days = guide.statutory_days
        return None if days is None else [(f"v:{days}", days, listed(guide, "statutory_days_bases"))]
    if aspect == "charge":
        fee = charge_of(guide.fee_charged, guide.fee)
        # Nothing charged needs no basis.
        bases = listed(guide, "fee_bases") if fee else ["-"]
        return None if fee is None else [(f"v:{fee.normalize()}", fee, bases)]
    if aspect == "conditions":
        texts = texts_of(guide, "conditions", "text")
        rows = zip(texts, guide.conditions or (), strict=True) if texts is not None else None
        return None if rows is None else [(f"n:{normalise_name(t)}", t, listed(c, "bases")) for t, c in rows]
    listed_materials = listed(guide, "materials")
    if listed_materials is None:
        return None
    named = named_materials(listed_materials)
    if any(m.material_key is None for m in named):
        return None
    return [(m.material_key, m.material_name or m.material_code, listed(m, "bases")) for m in named]


# -- in two channels -------------------------------------------------------------------------------------------------

_IN_CHANNELS: Mapping[str, Callable[[Guide], Any]] = {
    "statutory_days": lambda g: number(g.statutory_days),
    "days": lambda g: number(g.promised_days),
    "charge": lambda g: charge_of(g.fee_charged, g.fee),
}


def _guide_channels(world: World, guide: Guide) -> list[Comparison] | None:
    """An online guide beside each guide for the window of the same item that was in force together with it."""
    if guide.channel != "online":
        return []
    out: list[Comparison] = []
    for other in world.guides_of(guide.item_code, guide.organ_code):
        period = overlap(guide, other)
        if other.channel != "window" or other.region != guide.region or period is None:
            continue
        shown = [is_public(g) for g in (guide, other)]
        if False in shown:
            continue
        for aspect in ("conditions", "materials", *_IN_CHANNELS):
            sides = [_in_channel(g, aspect) for g in (guide, other)]
            if any(s.value is not None for s in sides):
                public = None if None in shown else True
                out.append(comparison(aspect, sides, str(other.valid_from), period, public))
    return out


def _in_channel(guide: Guide, aspect: str) -> Reading:
    channel, since = str(guide.channel), guide.valid_from
    if aspect in _IN_CHANNELS:
        return reading(channel, _IN_CHANNELS[aspect](guide), since=since)
    lines = _lines(guide, aspect)
    if lines is None:
        return reading(channel, None, since=since)
    return reading(channel, [key for key, _, _ in lines], [shown for _, shown, _ in lines], since)


_SIDE_BY_SIDE = ("compared_from", "compared_to")
KINDS = (
    comparing("same_source", "本地发布与自治区事项库对照", "local publication beside the library", "snapshot", ("snapshot_taken_on",)),
    comparing("guide_regions", "同一事项各区划指南对照", "one item's guides in all regions", "guide", _SIDE_BY_SIDE, "guide_serves"),
    comparing("guide_channels", "同一事项线上线下指南对照", "one item's guides in both channels", "guide", _SIDE_BY_SIDE, "guide_serves"),
)  # fmt: skip
PRODUCERS: dict[str, Callable[..., Any]] = {
    "same_source": _same_source,
    "guide_regions": _guide_regions,
    "guide_channels": _guide_channels,
}

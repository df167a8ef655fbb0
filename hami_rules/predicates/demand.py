"""What a department asks applicants to hand in (第十四条, 第十六条)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules.records.materials import normalise_name
from hami_rules.records.world import ABSENT, UNKNOWN, World
from hami_rules.wording import names_nothing

from .material import RANK
from .registry import about, predicate

demand = about("demand")
guide = about("guide")

Listing = tuple[dict[str, Any], bool]
"""The lines of a guide by material key and by bare name, and whether every line is told by a code."""


@guide.fact("指南列明的材料")
def material_index(world: World, materials: list[Any]) -> Listing:
    """The materials the guide names, by key. A catch-all line names nothing and is left out (第十一条第三款).

    A line with a code is found by its name as well: a demand without a code, in the guide's own words, means it.
    """
    memo = world.memo
    found: Listing | None = memo.get(id(materials))
    if found is None:
        named = [
            m
            for m in materials
            if not (m.material_name and not m.material_code and names_nothing(m.material_name))
        ]
        by_key = {"n:" + normalise_name(m.material_name): m for m in reversed(named) if m.material_name}
        by_key |= {m.material_key: m for m in reversed(named) if m.material_key is not None}
        coded = all(m.material_key is not None and m.material_key.startswith("c:") for m in named)
        found = memo[id(materials)] = (by_key, coded)
    return found


def _line(index: Listing, key: str) -> Any:
    # Two codes that differ are two materials; a bare name may be another name of anything listed.
    return index[0].get(key) or (
        ABSENT["guide_material"]
        if (index[1] and key[0] == "c") or not index[0]
        else UNKNOWN["guide_material"]
    )


@demand.link("要求当日已公布并生效的办事指南", to="guide")
def guide_that_day(
    world: World,
    application_item_code: str,
    application_organ_code: str,
    application_region: str,
    application_channel: str,
    demanded_on: date,
) -> Any:
    """The guide published and in force on the day of the demand."""
    return world.guide(
        application_item_code, application_organ_code, application_region, application_channel, demanded_on
    )


@demand.link("指南中的该项材料", to="guide_material", cause="names_differ")
def listing(guide_that_day_material_index: tuple, material_key: str) -> Any:  # type: ignore[type-arg]
    """The line of that guide which lists the material."""
    return _line(guide_that_day_material_index, material_key)


@demand.link("申请当日已公布并生效的办事指南", to="guide")
def guide_at_filing(
    world: World,
    application_item_code: str,
    application_organ_code: str,
    application_region: str,
    application_channel: str,
    application_submitted_on: date,
) -> Any:
    """The guide published and in force on the day of filing."""
    return world.guide(
        application_item_code,
        application_organ_code,
        application_region,
        application_channel,
        application_submitted_on,
    )


@demand.link("申请当日指南中的该项材料", to="guide_material", cause="names_differ")
def filing_listing(guide_at_filing_material_index: tuple, material_key: str) -> Any:  # type: ignore[type-arg]
    """The line of the guide at filing which lists the material."""
    return _line(guide_at_filing_material_index, material_key)


@demand.fact("以补正通知提出")
def by_supplement_notice(means: str) -> bool:
    """The demand was made in a notice to supplement."""
    return means == "supplement_notice"


@predicate("仅要求出示原件供核对")
def asks_only_sight(form: str) -> bool:
    """Only sight of the original was asked for; nothing was to be handed in."""
    return form == "sight_of_original"


@predicate("要求的形式严于指南列明的形式")
def stricter_than_listed(form: str, listing_form: str) -> bool | None:
    """The form asked for is stricter than the one the guide lists (original, notarised, paper instead of e-)."""
    if form == "unspecified":
        return None
    if form in ("sight_of_original", "paper_or_electronic") or form == listing_form:
        return False
    if listing_form in ("paper", "paper_or_electronic"):
        # The guide names paper without saying copy or original: an original may or may not be meant.
        return {
            "paper": False,
            "paper_copy": False,
            "electronic": listing_form == "paper",
            "notarised": True,
        }.get(form)
    asked = 2 if form == "paper" else RANK[form]
    return asked > RANK[listing_form]


@predicate("要求的份数多于指南列明的份数")
def more_copies_than_listed(copies: int, listing_copies: int) -> bool:
    """More copies were asked for than the guide lists."""
    return copies > listing_copies


@predicate("在申请之后提出")
def after_filing(demanded_on: date, application_submitted_on: date) -> bool:
    """The demand was made after the application had been filed."""
    return demanded_on > application_submitted_on

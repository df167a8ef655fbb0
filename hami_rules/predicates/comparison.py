"""Comparing what two or more sides say of one aspect; the records are made in `derive/comparison.py`."""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules.derive.comparison import guide_before
from hami_rules.records.labels import label
from hami_rules.records.materials import normalise_name
from hami_rules.records.text import Text
from hami_rules.records.world import World

from .registry import about, predicate

workflow_change = about("workflow_change")
workflow_guide = about("workflow_guide")
same_source = about("same_source")
guide_regions = about("guide_regions")
guide_channels = about("guide_channels")
guide_change = about("guide_change")
guide_step = about("guide_step")
guide_condition = about("guide_condition")


@guide_change.fact("前一方")
@workflow_change.fact("前一方")
@workflow_guide.fact("前一方")
@same_source.fact("前一方")
@guide_channels.fact("前一方")
def first_side(readings: list[Any]) -> str | None:
    """The side named first (before; the workflow)."""
    return readings[0].side  # type: ignore[no-any-return]


@guide_change.fact("前一方的内容")
@workflow_change.fact("前一方的内容")
@workflow_guide.fact("前一方的内容")
@same_source.fact("前一方的内容")
@guide_channels.fact("前一方的内容")
def first_shown(readings: list[Any]) -> Any:
    """What the first side says, as people read it."""
    return readings[0].shown


@guide_change.fact("修订前的内容")
@workflow_change.fact("修订前的内容")
def before_value(readings: list[Any]) -> Any:
    """What the version before said."""
    return readings[0].value


@guide_change.fact("后一方")
@workflow_change.fact("后一方")
@workflow_guide.fact("后一方")
@same_source.fact("后一方")
@guide_channels.fact("后一方")
def second_side(readings: list[Any]) -> str | None:
    """The side named second (after; the guide)."""
    return readings[1].side  # type: ignore[no-any-return]


@guide_change.fact("后一方的内容")
@workflow_change.fact("后一方的内容")
@workflow_guide.fact("后一方的内容")
@same_source.fact("后一方的内容")
@guide_channels.fact("后一方的内容")
def second_shown(readings: list[Any]) -> Any:
    """What the second side says, as people read it."""
    return readings[1].shown


@guide_change.fact("修订后的内容")
@workflow_change.fact("修订后的内容")
def after_value(readings: list[Any]) -> Any:
    """What the version after says."""
    return readings[1].value


@workflow_guide.fact("较新的一方")
def newer_side(readings: list[Any]) -> str | None:
    """The side in force since the later day; unknown where one of the days is."""
    first, second = readings
    if first.since is None or second.since is None:
        return None
    if first.since == second.since:
        return "same_day"
    return str(max(first, second, key=lambda r: r.since).side)


@workflow_guide.fact("哪一方较新", sees_unknown=True)
def newer_said(newer_side: str | None) -> Text:
    """Which side is the newer, in a sentence."""
    if newer_side is None:
        return Text("哪一方较新不明", "which is the newer is unknown")
    zh, en = (label(newer_side, lang) for lang in ("zh", "en"))
    if newer_side == "same_day":
        return Text(f"{zh}", f"{en}")
    return Text(f"较新的是{zh}", f"the newer is {en}")


@predicate("修订后多于修订前")
def more_than_before(before_value: Any, after_value: Any) -> bool:
    """The version after asks more than the one before: a longer list, or a larger number."""
    if isinstance(before_value, list):
        return len(after_value) > len(before_value)
    return bool(after_value > before_value)


@predicate("两方内容不一致")
def reads_differently(value: Any, outer_value: Any) -> bool | None:
    """The two sides say different things; equally many names without codes that differ settle nothing."""
    if not isinstance(value, list):
        return bool(value != outer_value)
    here, there = set(value), set(outer_value)
    if here == there:
        return False
    coded = all(key.startswith("c:") for key in here | there)
    return True if coded or len(here) != len(there) else None


# -- 同源发布 (第十一条第一款) ---------------------------------------------------------------------------------------------


@same_source.fact("自治区事项库的更新日期")
def library_since(readings: list[Any]) -> date | None:
    """The day on which the library came to say so."""
    return readings[1].since  # type: ignore[no-any-return]


@predicate("自治区事项库更新之后已经超过同步间隔")
def sync_was_due(library_since: date, snapshot_taken_on: date, allowed: int) -> bool:
    """By the day of the snapshot, more days than the sync interval had passed since the library was updated."""
    return (snapshot_taken_on - library_since).days > allowed


# -- 各区划标准统一 (第十一条第三款) ---------------------------------------------------------------------------------------


@predicate("属于另一区划")
def of_another_region(side: str, outer_side: str) -> bool:
    """The other side is another region's guide."""
    return side != outer_side


@predicate("办理渠道相同")
def in_the_same_channel(channel: str, outer_channel: str) -> bool:
    """The two guides are for the same channel; one for any channel stands for the window."""
    return ("window" if channel == "any" else channel) == (
        "window" if outer_channel == "any" else outer_channel
    )


def _beyond(value: list[str], other: list[str]) -> tuple[set[str], bool]:
    """The lines that the other side lacks, and whether it is certain that it lacks them: a text or a name without
    a code that differs may be the same thing in other words."""
    extra = set(value) - set(other)
    named = any(key.startswith("n:") for key in (*extra, *(set(other) - set(value))))
    return extra, not named


@predicate("有对方没有的内容，而且记录为没有依据")
def more_without_basis(
    value: list[str], baseless: list[str], basis_blank: list[str], outer_value: list[str]
) -> bool | None:
    """This side has a line that the other lacks and that is recorded as having no basis."""
    extra, certain = _beyond(value, outer_value)
    if extra <= set(value) - set(baseless) - set(basis_blank):
        return False
    if certain:
        return True if extra & set(baseless) else None
    # Names alone: that there are more of them is certain, which ones they are is not.
    return True if len(set(value)) > len(set(outer_value)) and extra <= set(baseless) else None


def _words(value: Any, lang: str) -> str:
    if value is None:
        return "未知" if lang == "zh" else "unknown"
    parts = [format(v, "f") if hasattr(v, "as_tuple") else str(v) for v in value]
    return ("、" if lang == "zh" else ", ").join(parts) or ("（无）" if lang == "zh" else "(none)")


def _side_by_side(readings: list[Any], lang: str) -> str:
    """What each region says; lines that all known sides share are left out."""
    known = [set(r.value) for r in readings if r.value is not None]
    shared = set.intersection(*known) if known else set()
    colon, semicolon = ("：", "；") if lang == "zh" else (": ", "; ")
    told = []
    for r in readings:
        rows = (
            None if r.value is None else [s for k, s in zip(r.value, r.shown, strict=True) if k not in shared]
        )
        told.append(f"{label(r.side, lang) or r.side}{colon}{_words(rows, lang)}")
    return semicolon.join(told)


@guide_regions.fact("各区划的不同内容")
def told_zh(readings: list[Any]) -> str:
    """What differs, region by region, in Chinese."""
    return _side_by_side(readings, "zh")


@guide_regions.fact("各区划的不同内容（英文）")
def told_en(readings: list[Any]) -> str:
    """What differs, region by region, in English."""
    return _side_by_side(readings, "en")


@guide_regions.fact("市政务服务管理机构")
def city_agency(world: World) -> str | None:
    """The city's service administration agency, under which the regions' guides are to be uniform."""
    return world.agency("650500").code  # type: ignore[no-any-return]


# -- one fact, one finding: a step or a condition that a revision added, and the increase that it makes ---------------


@guide_step.fact("修订新增的环节所增加的方面（竞合）", sees_unknown=True)
def step_adds_to(
    world: World, step_name: str | None, guide_item_code: str | None, guide_organ_code: str | None,
    guide_region: str | None, guide_channel: str | None, guide_valid_from: date | None,
) -> str | None:  # fmt: skip
    """`steps` where the version before is not known to have had the step."""
    before = guide_before(
        world, guide_item_code, guide_organ_code, guide_region, guide_channel, guide_valid_from
    )
    had = [] if before is None else [s.step_name for s in before.steps or ()]
    return None if step_name in had else "steps"


@guide_condition.fact("新增条件所要材料使之增加的方面（竞合）", sees_unknown=True)
def condition_adds_to(
    world: World, text: str | None, guide_materials: list[Any] | None, guide_item_code: str | None,
    guide_organ_code: str | None, guide_region: str | None, guide_channel: str | None,
    guide_valid_from: date | None,
) -> str | None:  # fmt: skip
    """`materials` where the condition names a material that the version before is not known to have listed."""
    before = guide_before(
        world, guide_item_code, guide_organ_code, guide_region, guide_channel, guide_valid_from
    )
    old = set() if before is None else {m.material_key for m in before.materials or ()}
    whole = normalise_name(text or "")
    added = [m for m in guide_materials or () if m.material_name and m.material_key not in old]
    return "materials" if any(normalise_name(m.material_name) in whole for m in added) else None

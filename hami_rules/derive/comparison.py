"""Comparison: one aspect of one subject, read on two or more sides.

A workflow before and after a revision, a workflow beside the guide, a guide in several regions or channels: each
aspect that is compared is a record of its own, so that every difference has its own verdict and its own finding.
`comparison()` and `reading()` build them for any subject; a producer says which sides of what are compared.

What cannot be known (a list not given whole, a name without a code) stays unknown in the reading's `value`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from hami_rules.records.base import Label, Period, Record
from hami_rules.records.guide import Guide, Workflow
from hami_rules.records.kinds import Kind
from hami_rules.records.materials import normalise_name
from hami_rules.records.world import World
from hami_rules.wording import names_nothing

__all__ = [
    "KINDS",
    "PRODUCERS",
    "Comparison",
    "Reading",
    "charge_of",
    "comparing",
    "comparison",
    "is_public",
    "listed",
    "named_materials",
    "number",
    "overlap",
    "reading",
    "texts_of",
]


class Reading(Record, frozen=True):
    """一侧的内容: what one side says of the aspect.

    `value` is what is compared: a number, a text, or a list of keys (`c:CODE`, or `n:NAME` for a bare name).
    """

    side: Annotated[str | None, Label("对照方")] = None
    shown: Annotated[Any, Label("内容")] = None
    value: Annotated[Any, Label("用于比较的内容")] = None
    since: Annotated[date | None, Label("生效日期")] = None
    channel: Annotated[str | None, Label("渠道")] = None
    baseless: Annotated[list[str] | None, Label("记录为没有依据的内容")] = None
    basis_blank: Annotated[list[str] | None, Label("依据没有填写的内容")] = None


class Comparison(Record, frozen=True):
    """对照: one aspect with the readings of all sides, and the days on which they stood side by side."""

    aspect: Annotated[str | None, Label("对照项目")] = None
    against: Annotated[str | None, Label("对照对象")] = None
    comparable: Annotated[bool | None, Label("对照对象已公布且属同一区划")] = None
    compared_from: Annotated[date | None, Label("并存起始日")] = None
    compared_to: Annotated[date | None, Label("并存截止日")] = None
    readings: Annotated[list[Reading] | None, Label("各方内容")] = None


def reading(side: str, value: Any, shown: Any = None, since: date | None = None) -> Reading:
    """What one side says; shown as it is compared unless `shown` says otherwise."""
    return Reading(side=side, value=value, shown=value if shown is None else shown, since=since)


def comparison(
    aspect: str,
    readings: Iterable[Reading],
    against: str = "-",
    period: tuple[date | None, date | None] = (None, None),
    comparable: bool | None = True,
) -> Comparison:
    """One aspect, read on every side."""
    return Comparison(
        aspect=aspect,
        against=against,
        comparable=comparable,
        compared_from=period[0],
        compared_to=period[1],
        readings=list(readings),
    )


def listed(record: Record, field: str) -> Any:
    """A field's value; a list that is not given whole is unknown."""
    return None if field in record.partial else getattr(record, field)


def overlap(a: Period, b: Period) -> tuple[date | None, date | None] | None:
    """The days on which both are in force; a bound nobody gave is unknown. `None`: known to be no day at all."""
    starts, ends = (a.valid_from, b.valid_from), (a.valid_to, b.valid_to)
    start = None if None in starts else max(d for d in starts if d)
    end = None if None in ends else min(d for d in ends if d)
    if start is not None and end is not None and start > end:
        return None
    return start, end


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


# -- a workflow before and after (第十三条: 减环节、减材料、减时限、减费用、减跑动) ---------------------------------------

_WORKFLOW: Mapping[str, Callable[[Workflow], Any]] = {
    "steps": lambda w: listed(w, "step_names"),
    "materials": lambda w: listed(w, "material_names"),
    "conditions": lambda w: listed(w, "conditions"),
    "days": lambda w: number(w.days),
    "charge": lambda w: w.fee,
    "visits": lambda w: number(w.visits),
}
_REDUCED = ("steps", "materials", "days", "charge", "visits")
"""What the article wants less of. Conditions are not among them: adding one is judged by itself (13.1d)."""


def _workflow_change(world: World, workflow: Workflow) -> list[Comparison] | None:
    """The workflow beside its version before; no records where it is known to be the first."""
    if workflow.item_code is None or workflow.organ_code is None:
        return None
    others = [
        w
        for w in world.workflows(workflow.item_code, workflow.organ_code)
        if w.region in (None, workflow.region) and w != workflow
    ]
    since = workflow.valid_from
    earlier = [w for w in others if since and w.valid_from and w.valid_from < since]
    doubtful = [w for w in others if w.valid_from is None or w.region is None]
    before: Workflow | None = None
    if doubtful or (since is None and others):
        pass  # which version came before cannot be known, and so neither what it said
    elif earlier:
        before = max(earlier, key=lambda w: (w.valid_from, w.version or ""))
    else:
        known_first = since is not None and world.covers(
            "workflows", workflow.region, since - timedelta(days=1)
        )
        return [] if known_first else None
    named = "-" if before is None else before.version or "-"
    return [
        comparison(aspect, [_side("before", before, aspect), _side("after", workflow, aspect)], named)
        for aspect in _REDUCED
    ]


def _side(side: str, version: Workflow | None, aspect: str) -> Reading:
    """What a version says; one that cannot be known says nothing."""
    return (
        reading(side, None)
        if version is None
        else reading(side, _WORKFLOW[aspect](version), since=version.valid_from)
    )


# -- a workflow beside the guide ---------------------------------------------------------------------------------

_GUIDE: Mapping[str, Callable[[Guide], Any]] = {
    "days": lambda g: number(g.promised_days),
    "charge": lambda g: charge_of(g.fee_charged, g.fee),
    "visits": lambda g: number(g.visits),
}
_PARTS = {"steps": ("steps", "step_name"), "conditions": ("conditions", "text")}
"""What is compared name by name: the guide's list, and what an entry of it is called."""


def _workflow_guide(world: World, workflow: Workflow) -> list[Comparison] | None:
    """The workflow beside each guide of the item that was in force together with it."""
    if workflow.item_code is None or workflow.organ_code is None:
        return None
    out: list[Comparison] = []
    for guide in world.guides_of(workflow.item_code, workflow.organ_code):
        period = overlap(workflow, guide)
        if guide.region not in (None, workflow.region) or guide.published is False or period is None:
            continue
        public = True if guide.region and (guide.published or guide.published_on) else None
        against = f"{guide.channel or '-'}:{guide.valid_from or '-'}"
        for aspect, read in _WORKFLOW.items():
            mine = read(workflow)
            if aspect == "materials":
                sides = _materials(world, workflow, mine, guide)
            elif aspect in _PARTS:
                sides = names_of(mine), names_of(texts_of(guide, *_PARTS[aspect]))
            else:
                sides = (mine, mine), (_GUIDE[aspect](guide),) * 2
            (value, shown), (guide_value, guide_shown) = sides
            both = [
                reading("workflow", value, shown, workflow.valid_from),
                reading("guide", guide_value, guide_shown, guide.valid_from),
            ]
            out.append(comparison(aspect, both, against, period, public))
    return out


_Told = tuple[list[str] | None, list[str] | None]
"""What is compared, and what is shown."""


def texts_of(guide: Guide, field: str, name: str) -> list[str] | None:
    """What the entries of a guide's list are called; unknown where the list or one of them is."""
    rows = listed(guide, field)
    texts = None if rows is None else [getattr(r, name) for r in rows]
    return None if texts is None or None in texts else texts


def names_of(texts: list[str] | None) -> _Told:
    return (None, None) if texts is None else ([f"n:{normalise_name(t)}" for t in texts], texts)


def _materials(
    world: World, workflow: Workflow, names: list[str] | None, guide: Guide
) -> tuple[_Told, _Told]:
    """Materials by key on both sides; a name of the workflow that the guide lists is that line of the guide."""
    rows = listed(guide, "materials")
    lines = None
    if rows is not None:
        lines = named_materials(rows)
    by_name = {normalise_name(m.material_name): m.material_key for m in lines or () if m.material_name}
    mine: _Told = (None, None)
    if names is not None:
        named = [n for n in names if not names_nothing(n)]
        mine = (_all([_key(world, workflow, n, by_name) for n in named]), named)
    theirs: _Told = (None, None)
    if lines is not None:
        shown = [m.material_name or m.material_code or "-" for m in lines]
        theirs = (_all([m.material_key for m in lines]), shown)
    return mine, theirs


def named_materials(rows: list[Any]) -> list[Any]:
    """The lines that name a material: a catch-all line names nothing."""
    return [
        m for m in rows if not (m.material_name and not m.material_code and names_nothing(m.material_name))
    ]


def _all(keys: list[str | None]) -> list[str] | None:
    """The keys, or unknown where one of them is."""
    known = [k for k in keys if k is not None]
    return known if len(known) == len(keys) else None


def _key(world: World, workflow: Workflow, name: str, by_name: Mapping[str, str | None]) -> str | None:
    key = world.aliases.resolve(name, None, workflow.valid_from, workflow.region, workflow.organ_code)
    if key is not None and key.startswith("c:"):
        return key
    return by_name.get(normalise_name(name)) or key


def charge_of(charged: bool | None, fee: Decimal | None) -> Decimal | None:
    """The charge in yuan; nothing is charged where that is said."""
    return Decimal(0) if charged is False else fee if charged else None


# -- a guide before and after a revision (第三条: 优化流程、简化环节、减少材料、缩短时限、降低成本) ------------------------


def _guide_change(world: World, guide: Guide) -> list[Comparison] | None:
    """The guide beside its version before, for the same channel; no records where it is known to be the first."""
    public = is_public(guide)
    if not public:
        return None if public is None else []
    before = guide_before(
        world, guide.item_code, guide.organ_code, guide.region, guide.channel, guide.valid_from
    )
    if before is None:
        known_first = guide.valid_from is not None and world.covers(
            "guides", guide.region, guide.valid_from - timedelta(days=1)
        )
        return [] if known_first else None
    if before == Guide():
        named, sides = "-", None
    else:
        named, sides = before.version or str(before.valid_from or before.valid_to), before
    return [
        comparison(aspect, [_guide_side("before", sides, aspect), _guide_side("after", guide, aspect)], named)
        for aspect in _REDUCED
    ]


def guide_before(
    world: World,
    item: str | None,
    organ: str | None,
    region: str | None,
    channel: str | None,
    since: date | None,
) -> Guide | None:
    """The published version just before the one in force since that day; an empty guide where it cannot be known
    which that is, `None` where there is none at hand. A guide that names no channel is for any."""
    earlier: list[tuple[date, str, Guide]] = []
    doubtful = False
    for other in world.guides_of(item, organ):
        same = _all_true(
            _alike(other.region, region), (other.channel or "any") == (channel or "any"), is_public(other)
        )
        if same is False:
            continue
        began = _began_before(other, since)
        if began is False:
            continue
        if same is None or began is None:
            doubtful = True
        else:
            earlier.append((other.valid_from or other.valid_to or date.min, other.version or "", other))
    if doubtful:
        return Guide()
    return max(earlier, key=lambda row: row[:2])[2] if earlier else None


def is_public(guide: Guide) -> bool | None:
    """Whether a guide was published; a day of publication says so too."""
    return True if guide.published is None and guide.published_on is not None else guide.published


def _alike(a: str | None, b: str | None) -> bool | None:
    return None if a is None or b is None else a == b


def _all_true(*parts: bool | None) -> bool | None:
    return False if False in parts else None if None in parts else True


def _began_before(guide: Guide, since: date | None) -> bool | None:
    """Whether a version came before a day: it took effect before it, or ended before it."""
    if since is None:
        return None
    if guide.valid_from is not None:
        return guide.valid_from < since
    return True if guide.valid_to is not None and guide.valid_to < since else None


def _guide_side(side: str, guide: Guide | None, aspect: str) -> Reading:
    """What a version of the guide says; one that cannot be known says nothing."""
    if guide is None:
        return reading(side, None)
    since = guide.valid_from
    if aspect == "materials":
        rows = listed(guide, "materials")
        named = None if rows is None else named_materials(rows)
        keys = None if named is None else _all([m.material_key for m in named])
        shown = None if named is None else [m.material_name or m.material_code or "-" for m in named]
        return reading(side, keys, shown, since)
    if aspect == "steps":
        names = texts_of(guide, "steps", "step_name")
        return reading(side, names, since=since)
    return reading(side, _GUIDE[aspect](guide), since=since)


def comparing(
    name: str, zh: str, en: str, parent: str, conduct: tuple[str, ...], subject: str | None = None
) -> Kind:
    """The kind of a comparison made under records of another kind."""
    return Kind(
        name, Comparison, zh, en, key=("against", "aspect"), parent=parent, organ=f"{parent}_organ_code",
        region=f"{parent}_region", conduct=conduct, subject=subject, derived=True,
    )  # fmt: skip


KINDS = (
    comparing("workflow_change", "工作流程修订前后对照", "workflow before and after", "workflow", ("workflow_valid_from",)),
    comparing("guide_change", "办事指南修订前后对照", "guide before and after", "guide", ("guide_valid_from",)),
    comparing(
        "workflow_guide", "工作流程与办事指南对照", "workflow beside the guide", "workflow",
        ("compared_from", "compared_to"),
    ),
    Kind("reading", Reading, "一方的内容", "one side's reading"),
)  # fmt: skip
PRODUCERS = {
    "guide_change": _guide_change,
    "workflow_change": _workflow_change,
    "workflow_guide": _workflow_guide,
}

"""What intake settles about a record before it is judged, so that no rule has to guess it.

- Where the format lets a part leave out whose act it was, it was the handling organ's (`organ_code`, `added_by`);
  that is what an empty cell there means, not an unknown.
- A condition whose text speaks neither of owners nor of places nor of size, and of which nothing else is recorded, treats
  nobody differently.
- A demand that says no form is a demand to hand the material in: the table is one of materials demanded, and only sight
  of an original, where that is on record, is none.
- The serving organ's region, from the table of organs, where the record does not state it.
- A guide or a list said to be published, without the day, was published by the day it took effect.
- A guide that does not give its item's basic code and level has those of the item.
- A service that writes an intermediary's name down has said that one is named.
- Materials are resolved once to `material_key` by the dated, scoped alias table.
- A hotline's day or ticket that names no government is the region's government's.
- A cited document goes by its code in the table of documents where its exact title is found there.
- A condition of a guide that cites no provision copies none word for word; one that cites a provision may.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec.structs import force_setattr

from .application import Application
from .equality import speaks_of_no_difference
from .guide import Guide, GuideCondition
from .item_group import ItemGroup
from .market import ConstructionProject
from .reference import Catalogue, DeferralList
from .world import World

__all__ = ["settle"]


def _key(part: Any, world: World, day: date | None, region: str | None, organ: str | None) -> None:
    key = world.aliases.resolve(part.material_name, part.material_code, day, region, organ)
    force_setattr(part, "material_key", key)


def _named(service: Any) -> None:
    """Whoever writes an intermediary's name down, or says how it is named, has said that one is named."""
    if service.no_intermediary_named is None and (service.names_intermediary or service.named_as):
        force_setattr(service, "no_intermediary_named", False)


def _bases(part: Any, world: World) -> None:
    for basis in part.bases or ():
        found = world.instrument(basis.instrument_code, basis.instrument_title)
        # What the table lacks keeps the name it was cited by, so that a reader is told which document is not known.
        name = found.code or found.title or basis.instrument_code or basis.instrument_title
        if name != basis.instrument_code:
            force_setattr(basis, "instrument_code", name)


def _condition(part: Any) -> None:
    if part.restricts_by is None and part.text is not None and speaks_of_no_difference(part.text):
        force_setattr(part, "restricts_by", "no_difference")


def _organ(record: Any, world: World) -> str | None:
    """An organ without a code goes by its name; of one that the table lacks, the name may tell its nature."""
    code = world.meet(record.organ_code, record.organ_name)
    if code != record.organ_code:
        force_setattr(record, "organ_code", code)
    return code


def _application(a: Application, world: World) -> None:
    # Millions of parts come through here: what is mostly absent is asked for before anything is called.
    organ = _organ(a, world)
    if a.region is None and organ is not None:
        force_setattr(a, "region", world.organ(organ).region)
    region, coded = a.region, world.aliases.coded
    for demand in a.demands or ():
        key = coded.get(demand.material_code)
        if key is None:
            _key(demand, world, demand.demanded_on, region, organ)
        else:
            force_setattr(demand, "material_key", key)
        if demand.organ_code is None:
            force_setattr(demand, "organ_code", organ)
        if demand.form is None:
            force_setattr(demand, "form", "unspecified")
        if demand.bases:
            _bases(demand, world)
    for submission in a.submissions or ():
        key = coded.get(submission.material_code)
        if key is None:
            _key(submission, world, submission.received_on, region, organ)
        else:
            force_setattr(submission, "material_key", key)
        if submission.organ_code is None:
            force_setattr(submission, "organ_code", organ)
    for step in a.steps or ():
        if step.organ_code is None:
            force_setattr(step, "organ_code", organ)
        if step.added_by is None:
            force_setattr(step, "added_by", step.organ_code)
        if step.bases:
            _bases(step, world)
    for condition in a.conditions or ():
        _condition(condition)
        if condition.added_by is None:
            force_setattr(condition, "added_by", organ)
        _bases(condition, world)
    for service in a.services or ():
        _bases(service, world)
        _named(service)
    licences = (a.registration.licences or ()) if a.registration is not None else ()
    for part in (*(a.engagements or ()), *(a.channel_limits or ()), *licences):
        if part.organ_code is None:
            force_setattr(part, "organ_code", organ)
    if a.deferral is not None:
        for gap in a.deferral.gaps or ():
            _key(gap, world, a.deferral.asked_on, region, organ)
        for supplement in a.deferral.supplements or ():
            _key(supplement, world, supplement.supplied_on, region, organ)


_PROVISION = re.compile("第[0-9０-９一二三四五六七八九十百千零〇]{1,9}条")


def _verbatim(condition: GuideCondition) -> None:
    """Only what cites a provision, in its text or in its basis, can have been copied from it."""
    if condition.copied_verbatim is not None or "bases" in condition.partial:
        return
    if _PROVISION.search(condition.text or "") or any(b.article for b in condition.bases or ()):
        return
    force_setattr(condition, "copied_verbatim", False)


def _guide(g: Guide, world: World) -> None:
    _organ(g, world)
    if g.region is None and g.organ_code is not None:
        force_setattr(g, "region", world.organ(g.organ_code).region)
    if g.published and g.published_on is None:
        force_setattr(g, "published_on", g.valid_from)
    if g.item_code is not None and g.organ_code is not None:
        item = world.item(g.item_code, g.organ_code)
        for name in ("catalog_code", "level"):
            if getattr(g, name) is None:
                force_setattr(g, name, getattr(item, name))
    for material in g.materials or ():
        _key(material, world, g.valid_from, g.region, g.organ_code)
        _bases(material, world)
    for service in g.services or ():
        _bases(service, world)
    for part in (*(g.conditions or ()), *(g.steps or ())):
        if part.added_by is None:
            force_setattr(part, "added_by", g.organ_code)
        _bases(part, world)
    for service in g.services or ():
        _named(service)
    for condition in g.conditions or ():
        _condition(condition)
        _verbatim(condition)


def _deferral_list(d: DeferralList, world: World) -> None:
    _place(d, world)
    if d.published_on is None and (d.items_published or d.materials_published):
        force_setattr(d, "published_on", d.valid_from)
    for entry in d.entries or ():
        _key(entry, world, d.valid_from, d.region, d.organ_code)


def _catalogue(c: Catalogue, world: World) -> None:
    _place(c, world)
    for entry in c.entries or ():
        _bases(entry, world)


def _place(record: Any, world: World) -> None:
    if record.region is None and record.organ_code is not None:
        force_setattr(record, "region", world.organ(record.organ_code).region)


def _project(p: ConstructionProject, world: World) -> None:
    _place(p, world)
    for joint in p.joint or ():
        if joint.organ_code is None:
            force_setattr(joint, "organ_code", p.organ_code)


def _item(record: Any, world: World) -> None:
    _organ(record, world)
    _place(record, world)
    _bases(record, world)


def _data_record(record: Any, world: World) -> None:
    _place(record, world)
    _bases(record, world)


def _item_group(g: ItemGroup, world: World) -> None:
    if g.region is None and g.lead_organ_code is not None:
        force_setattr(g, "region", world.organ(g.lead_organ_code).region)


def _hotline(record: Any, world: World) -> None:
    """The government that answers for the hotline is the region's, where the table of organs has exactly one."""
    if record.organ_code is None and record.region is not None:
        organs = [world.organ(o.code) for o in world.tables.get("organs", ()) if o.code]
        found = [o.code for o in organs if o.region == record.region and o.organ_class == "government"]
        if len(found) == 1:
            force_setattr(record, "organ_code", found[0])
    _place(record, world)


_SETTLE: dict[str, Callable[[Any, World], None]] = {
    "application": _application,
    "guide": _guide,
    "deferral_list": _deferral_list,
    "item": _item,
    "workflow": _place,
    "catalogue": _catalogue,
    "stationed_person": _place,
    "item_group": _item_group,
    "credit_indicator": _place,
    "internal_body": _place,
    "opening_service": _place,
    "construction_project": _project,
    "policy": _place,
    "hotline_day": _hotline,
    "ticket": _hotline,
    "supervisor": _place,
    "visit": _place,
    "raised_problem": _place,
    "interference": _place,
    "item_list": _place,
    "snapshot": _place,
    "duty": _place,
    "data_record": _data_record,
    "data_submission": _place,
    "sharing_request": _place,
}


def settle(kind: str, record: Any, world: World) -> Any:
    """Settle a freshly loaded record in place (it is nobody else's yet) and return it.

    To settle it again changes nothing of it, but makes it the record at hand: whoever settled others since does so
    before judging it.
    """
    world.meet(None, None)
    found = _SETTLE.get(kind)
    if found is not None:
        found(record, world)
    return record

"""The complete world of the cases, changed at random: fields of any record blanked, flipped, moved, lists shortened.

A change is a place (table, row, path to a field) and a value of that field's own type, so that every changed record
could have been loaded. What cannot be loaded (a happening known not to have happened, with a date) is put straight.
"""

from __future__ import annotations

import copy
import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec.structs import force_setattr

from hami_rules.assets import data_folder
from hami_rules.derive.aggregate import of_all
from hami_rules.derive.gathering import gather
from hami_rules.intake.convert import to_record
from hami_rules.intake.positioned import read_document
from hami_rules.judge.engine import Judge
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import Pack, read_pack
from hami_rules.predicates import default_registry
from hami_rules.predicates.registry import bare
from hami_rules.proof.cases import Case, Scene, load_cases
from hami_rules.records.application import Demand
from hami_rules.records.base import Record
from hami_rules.records.kinds import KINDS, ROOTS
from hami_rules.records.settle import settle
from hami_rules.records.world import Covered

AS_OF = date(2025, 6, 30)
DATES = [date(2024, 2, 29), date(2024, 3, 1), *(date(2025, 3, d) for d in range(1, 9)), date(2025, 6, 30), date(2025, 7, 1)]  # fmt: skip
REGIONS = ["650500", "650502", "650521", "650599", "659011", "650100"]


@cache
def the_pack() -> Pack:
    return read_pack(data_folder("rules"), default_registry())


@cache
def a_judge() -> Judge:
    return Judge(the_pack().bound, the_pack().registry)


# -- the base -----------------------------------------------------------------------------------------------------

Tables = dict[str, list[Any]]


@cache
def _base() -> tuple[tuple[str, type[Record], bytes], ...]:
    data = read_document(data_folder("cases") / "bases" / "complete.yaml", "complete.yaml")[0].data
    out = []
    for table, rows in data.items():
        for row in rows if table in ROOTS else ():
            record, problems = to_record(row, ROOTS[table].struct, None)
            assert not problems, problems
            if table == "organs":
                # A name in no table: what an organ is must stay unknown where it is made unknown.
                force_setattr(record, "name", f"单位{record.code}")
            out.append((table, ROOTS[table].struct, msgspec.json.encode(record)))
    # A second application of the same applicant at the same department, so that there is something to gather.
    [first] = [raw for table, _, raw in out if table == "applications"]
    second = msgspec.json.decode(first, type=ROOTS["applications"].struct)
    force_setattr(second, "application_no", "A0")
    out.append(("applications", ROOTS["applications"].struct, msgspec.json.encode(second)))
    return tuple(out)


@cache
def _covered() -> tuple[Covered, ...]:
    return tuple(Covered(table, frozenset(), date(2023, 1, 1), AS_OF) for table in ROOTS)


def fresh() -> Tables:
    """New records of the base, nobody else's."""
    tables: Tables = {}
    for table, struct, raw in _base():
        tables.setdefault(table, []).append(msgspec.json.decode(raw, type=struct))
    return tables


def scene(tables: Tables, as_of: date = AS_OF) -> Scene:
    """The records, put straight and settled, in their world."""
    for rows in tables.values():
        for row in rows:
            put_straight(row)
    world = make_world(the_pack(), tables, as_of, _covered())
    for row in tables.get("applications", ()):
        settle("application", row, world)
    applications = tables.get("applications", [])
    world.gathered = gather(applications)
    records = [(ROOTS[t].name, row) for t, rows in tables.items() for row in rows]
    return Scene(world, [*records, *of_all(world, applications)])


def put_straight(record: Any) -> None:
    """What intake refuses or settles: dates of what did not happen, ends of what is open-ended."""
    fields = record.__struct_fields__
    for name in fields:
        value = getattr(record, name)
        if value is False and f"{name}_on" in fields:
            force_setattr(record, f"{name}_on", None)
        if isinstance(value, Record):
            put_straight(value)
        elif isinstance(value, list):
            for row in value:
                if isinstance(row, Record):
                    put_straight(row)
    if "open_ended" in fields and record.open_ended:
        force_setattr(record, "valid_to", date.max)


# -- places -------------------------------------------------------------------------------------------------------

Path = tuple[int | str, ...]


@dataclass(frozen=True)
class Place:
    """A field of a record: where the record is, and what the field may hold."""

    table: str
    path: Path  # row, then field and index by turns
    field: str
    struct: type[Record]

    def find(self, tables: Tables) -> Any:
        """The record that has the field, or `None` where a change took it away."""
        at: Any = tables[self.table]
        for step in self.path:
            if at is None or (isinstance(step, int) and step >= len(at)):
                return None
            at = at[step] if isinstance(step, int) else getattr(at, step)
        return at

    @property
    def type(self) -> Any:
        return bare(typing.get_type_hints(self.struct)[self.field])


def _places(table: str, record: Any, path: Path) -> Iterator[Place]:
    internal = {f.name for f in msgspec.structs.fields(type(record)) if "'internal': True" in repr(f.type)}
    for name in record.__struct_fields__:
        if name in internal:
            continue
        yield Place(table, path, name, type(record))
        value = getattr(record, name)
        if isinstance(value, Record):
            yield from _places(table, value, (*path, name))
        elif isinstance(value, list):
            for i, row in enumerate(value):
                if isinstance(row, Record):
                    yield from _places(table, row, (*path, name, i))


def places_of(tables: Tables) -> list[Place]:
    return [
        p for table, rows in tables.items() for i, row in enumerate(rows) for p in _places(table, row, (i,))
    ]


@cache
def places() -> tuple[Place, ...]:
    return tuple(places_of(fresh()))


@cache
def _words(field: str) -> tuple[str, ...]:
    """The texts that stand in a field of that name anywhere in the base, and one that does not."""
    tables = fresh()
    found = {getattr(r, p.field) for p in places() if p.field == field and (r := p.find(tables))}
    return (*sorted(v for v in found if isinstance(v, str)), "无此")


def values(place: Place) -> st.SearchStrategy[Any]:
    """Values of the field's type, unknown among them; lists are changed by `change`."""
    kind = place.type
    if kind is bool:
        return st.sampled_from([None, True, False])
    if kind is int:
        return st.none() | st.integers(0, 9)
    if kind is date:
        return st.sampled_from([None, *DATES])
    if kind is Decimal:
        return st.sampled_from([None, Decimal(0), Decimal(100)])
    if place.field.endswith("region"):
        return st.sampled_from([None, *REGIONS])
    if kind is str:
        return st.sampled_from([None, *_words(place.field)])
    if typing.get_origin(kind) is typing.Literal:
        return st.sampled_from([None, *typing.get_args(kind)])
    if place.field == "partial":
        lists = [
            n for n, t in typing.get_type_hints(place.struct).items() if typing.get_origin(bare(t)) is list
        ]
        return st.just(()) if not lists else st.lists(st.sampled_from(lists), max_size=1).map(tuple)
    if typing.get_origin(kind) is list:
        return st.sampled_from(["none", "empty", "first", "last", "double"])
    assert kind is None or isinstance(kind, type | types.UnionType), (place, kind)
    return st.none()


def change(tables: Tables, place: Place, value: Any) -> None:
    """Set the field, where its record is still there."""
    record = place.find(tables)
    if record is None:
        return
    if typing.get_origin(place.type) is list:
        rows = getattr(record, place.field)
        rows = {
            "none": None,
            "empty": [],
            "first": (rows or [])[:1],
            "last": (rows or [])[1:],
            "double": [*(rows or []), *msgspec.json.decode(msgspec.json.encode((rows or [])[-1:]), type=list[typing.get_args(place.type)[0]])],  # type: ignore[misc]
        }[value]  # fmt: skip
        value = rows
    force_setattr(record, place.field, value)


@st.composite
def changes(draw: st.DrawFn, most: int = 8) -> list[tuple[Place, Any]]:
    """Some places with new values, most of them inside applications and guides."""
    near = [p for p in places() if p.table in ("applications", "guides")]
    where = st.one_of(st.sampled_from(near), st.sampled_from(places()))
    return [(place, draw(values(place))) for place in draw(st.lists(where, min_size=1, max_size=most))]


@st.composite
def changed_scenes(draw: st.DrawFn) -> Scene:
    tables = fresh()
    for place, value in draw(changes()):
        change(tables, place, value)
    return scene(tables, draw(st.sampled_from([AS_OF, date(2025, 3, 4)])))


# -- unknowns -----------------------------------------------------------------------------------------------------

SETTLED_BY_DEFAULT = frozenset({
    "organ_code", "organ_name", "added_by", "region", "channel", "matter_id", "applicant_id", "partial",
    "material_code", "material_name", "restricts_by",
})  # fmt: skip
"""What a record is known by, or what intake settles where a cell is empty (`records/settle.py`): not unknown facts.
Filling such a cell in makes another record of it."""


def may_be_unknown(place: Place) -> bool:
    """Whether a blank there is an unknown fact of the same record."""
    names = {n for k in KINDS.values() if k.struct is place.struct for n in (*k.key, *k.names)}
    if place.table == "aliases":
        return False  # which material a name means is settled once, at intake
    if place.table == "organs":
        return place.field in ("organ_class", "led", "system", "on_hami_soil", "region")
    if place.table in ("guides", "deferral_lists") and place.field == "published_on":
        return False  # settled: by the day it took effect
    if place.struct is Demand and place.field == "form":
        return False  # settled: a demand that says no form is one to hand in
    if place.table in ("guides", "items") and place.field == "catalog_code":
        return False  # what guides of several regions are known as one item by
    return place.field not in SETTLED_BY_DEFAULT | names


def blank(tables: Tables, place: Place) -> None:
    """Make the field unknown; an end and its being open are one thing said in two cells."""
    record = place.find(tables)
    if record is None:
        return
    force_setattr(record, place.field, None)
    if place.field in ("open_ended", "valid_to") and "open_ended" in record.__struct_fields__:
        force_setattr(record, "open_ended", None)
        force_setattr(record, "valid_to", None)


def copy_of(tables: Tables) -> Tables:
    return {
        table: [msgspec.json.decode(msgspec.json.encode(row), type=type(row)) for row in rows]
        for table, rows in tables.items()
    }


# -- cases --------------------------------------------------------------------------------------------------------


@cache
def the_cases() -> tuple[Case, ...]:
    return tuple(load_cases(data_folder("cases")))


def unknowable(case: Case) -> list[Place]:
    """The facts that a case gives and that nobody might have said.

    What intake reads out of an organ's name is known by the name; a fact asked for in vain counts as absent, and
    giving it after all is new evidence, not the filling in of an unknown.
    """
    tables: Tables = {}
    for table, rows in case.document.items():
        if table in ROOTS:
            tables[table] = [to_record(row, ROOTS[table].struct, None)[0] for row in rows]
    asked = {r.fact for r in tables.get("evidence_requests", ())}
    return [
        p
        for p in places_of(tables)
        if may_be_unknown(p) and getattr(p.find(tables), p.field) is not None and p.field not in asked
        if not (p.table == "organs" and p.find(tables).name)
    ]


def forgotten(case: Case, unknown: list[Place]) -> Case:
    """The case with these facts left out."""
    document = copy.deepcopy(case.document)
    for place in unknown:
        at: Any = document[place.table]
        for step in place.path:
            at = None if at is None else at[step] if isinstance(step, int) else at.get(step)
        if at is not None:
            together = (
                ("open_ended", "valid_to") if place.field in ("open_ended", "valid_to") else (place.field,)
            )
            for field in together:
                at.pop(field, None)
    return dataclasses.replace(case, document=document)

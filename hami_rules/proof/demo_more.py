"""Slips in the town's other tables: lists of items, internal bodies, stationed people, documents, and whole tables of
records (data, opening a business, building projects, credit, the hotline, supervisors, reforms).

All of it is told by rows of the tables: what a row may say stands at the head of each YAML file.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .demo_slips import Slips
from .demo_town import Effect, Json, Office, catalog_code, read_tables

__all__ = ["plant_more", "reserved"]


def reserved() -> set[tuple[str, str]]:
    """The offices, by tag and region, that a slip of these tables names: no other slip goes there."""
    tables = read_tables()
    touched = [t for touch in tables["touches"] for t in (touch, *touch.get("also", ()))]
    wanted = [t["pick"] for t in touched if "tag" in t.get("pick", ())] + [
        e["of"] for e in tables["extra_items"]
    ]
    wanted += [
        r["of"] for t in tables["records"].values() for r in t["rows"] if isinstance(r.get("of"), dict)
    ]
    habits = {tuple(tables[habit]["at"]) for habit in ("habit_paper", "habit_condition")}
    return {(w["tag"], w["region"]) for w in wanted} | habits


def plant_more(scene: Slips) -> None:
    """Put in everything that `demo_items`, `demo_documents` and `demo_records` tell."""
    more = _More(scene)
    tables = read_tables()
    for extra in tables["extra_items"]:
        more.add_item(extra)
    for touch in tables["touches"]:
        more.touch(touch)
    for undone in tables["undone_documents"]:
        more.undo(undone)
    for name, table in tables["records"].items():
        more.add_records(name, table)


def _fits(row: Json, wanted: Json) -> bool:
    return all(row.get(k) == v for k, v in wanted.items())


def _grown(office: Office) -> bool:
    return office.added is not None


def _fill(value: Any, names: Json) -> Any:
    """A copy with every {name} in its texts filled in."""
    if isinstance(value, dict):
        return {k: _fill(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_fill(v, names) for v in value]
    return value.format_map(names) if isinstance(value, str) and "{" in value else value


class _More:
    def __init__(self, scene: Slips) -> None:
        self.scene, self.tables = scene, scene.town.tables
        self.offices = {(o.tag, o.region): o for o in scene.town.offices}
        self.codes = {f"{o.tag}@{o.region}": o.item_code for o in scene.town.offices}
        self.named: dict[str, Json] = {}

    def names(self, of: Any) -> Json:
        """What a row may say of the office, or of the slip, that it is about."""
        if of is None:
            return dict(self.codes)
        if isinstance(of, str):
            return self.named[of]
        grown = of.get("grown")
        return self.office(self.scene.pick(_grown) if grown else self.offices[of["tag"], of["region"]])

    def office(self, office: Office) -> Json:
        return {
            "office": office.key,
            "item_code": office.item_code,
            "item_name": office.name,
            "organ": office.organ,
            "region": office.region,
            "catalog_code": catalog_code(office),
            "guide": office.guide_key(office.editions[-1]),
            "anchor": self.scene.anchor(office),
            "since": office.editions[-1].since,
            "list": f"{office.region}:2022-07-01",
        }

    # -- rows that are there ---------------------------------------------------------------------------------------

    def touch(self, touch: Json) -> None:
        names = self.names(touch.get("pick"))
        row = self.change(touch, names)
        for other in touch.get("also", ()):
            self.change(other, self.names(other["pick"]) if "pick" in other else names)
        if "key" in touch:
            self.planted(touch, touch["key"].format_map({**row, **names}), names)

    def change(self, touch: Json, names: Json) -> Json:
        """The row that was changed (before it went, if it went)."""
        rows = self.tables[touch["table"]]
        of_region = touch["table"] == "item_lists"
        own = {"region": names["region"]} if of_region and "item_code" in names else {}
        item = {"item_code": names["item_code"]} if "item_code" in names else {}
        outer = [r for r in rows if _fits(r, touch.get("at") or own or item)]
        row = outer[-1] if touch.get("last") else outer[0]
        if "part" in touch:
            rows = row[touch["part"]]
            inner = touch.get("part_at", item)
            row = next(r for r in rows if _fits(r, inner))
        row.update(_fill(touch.get("set") or {}, names))
        for name in touch.get("unset") or ():
            row.pop(name, None)
        for name, value in (touch.get("append") or {}).items():
            row[name].append(_fill(value, names))
        for name, wanted in (touch.get("keep") or {}).items():
            row[name] = [r for r in row[name] if _fits(r, wanted)]
        for gone in outer if touch.get("remove") == "all" else [row] if touch.get("remove") else ():
            rows.remove(gone)
        return row

    def undo(self, undone: Json) -> None:
        """An organ's evidence of a documentary duty comes to show that it was not done."""
        wanted = {"organ_code": undone["organ"], "norm": undone["norm"]}
        wanted |= {k: undone[k] for k in ("aspect", "year") if k in undone}
        row = next(r for r in self.tables["evidence"] if _fits(r, wanted))
        row |= {"shows": "not_done", "document": "2025年度优化营商环境督查反馈意见", "dated": "2025-11-20"}
        duty = ".".join(str(undone[k]) for k in ("norm", "aspect", "year") if k in undone)
        rule = undone["rule"] if "rule" in undone else undone["norm"]
        self.scene.plant(rule, f"{undone['organ']}/expectation/{duty}", "violated", undone["why"])

    # -- rows of their own -----------------------------------------------------------------------------------------

    def add_item(self, extra: Json) -> None:
        """One more item like that of an office, on every list but with guides of its own and no applications."""
        office = self.offices[extra["of"]["tag"], extra["of"]["region"]]
        code = f"{office.region}{extra['code']}001"
        new = {"item_code": code, "item_name": extra["item_name"], "catalog_code": f"000164{extra['code']}"}

        def like(rows: list[Json]) -> Json:
            made = deepcopy(next(r for r in rows if r["item_code"] == office.item_code))
            made.update({k: v for k, v in new.items() if k in made})
            rows.append(made)
            return made

        like(self.tables["items"])
        like(self.tables["duties"])
        like(next(r for r in self.tables["item_lists"] if r["region"] == office.region)["entries"])
        for guide in extra["guides"]:
            self.tables["guides"].append({**deepcopy(office.editions[-1].guide), **new, **guide})
        names = {**self.office(office), "office": f"{code}:{office.organ}:{office.region}"}
        self.planted(extra, extra["key"].format_map(names), names)

    def add_records(self, table: str, told: Json) -> None:
        for row in told["rows"]:
            names = self.names(row.get("of"))
            made = {**told.get("like", {}), **row}
            story = {k: made.pop(k) for k in ("of", "known_as", "at", "why", "plant", "effects") if k in made}
            made = _fill({k: v for k, v in made.items() if v is not None}, names)
            self.tables.setdefault(table, []).append(made)
            self.planted(story, told["key"].format_map(made) + story.get("at", ""), names)

    def planted(self, slip: Json, key: str, names: Json) -> None:
        for rule, verdict in (slip.get("plant") or {}).items():
            self.scene.plant(rule, key, verdict, slip["why"])
        if "known_as" in slip:
            self.named[slip["known_as"]] = {**names, "key": key, "rule": next(iter(slip["plant"]))}
        for rule, pair in (slip.get("effects") or {}).items():
            self.scene.town.effects.append(Effect(rule, pair.format_map(names), slip["why"]))

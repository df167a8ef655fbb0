"""Slips in what the town's organs publish: guides, items, workflows, lists, catalogues, offers.

Each is written down at the moment of planting, with the record's key and the verdict that an audit must give.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any

from .demo_town import (
    COMMENCED,
    Json,
    Office,
    Planted,
    Town,
    make_basis,
    make_material,
    make_service,
    read_tables,
    service_key,
    treatment,
)

if TYPE_CHECKING:
    from .demo_stories import Story

__all__ = ["Slips", "make_request"]

# -- slips in texts and tables -------------------------------------------------------------------------------------


def _fits(slip: Json, served: bool | None = None) -> Callable[[Office], bool]:
    """The offices that a slip in a guide can happen at: one edition, the slip's region, with or without a service."""
    region, own_report = slip.get("region"), slip.get("needs") == "own_report"

    def fits(office: Office) -> bool:
        if region not in (None, office.region) or len(office.editions) != 1:
            return False
        if served is not None and bool(office.service) != served:
            return False
        return not own_report or bool(read_tables()["services"][office.service].get("self"))

    return fits


class Slips:
    """Plants slips in guides, items, workflows, lists, catalogues and offers, each in an office of its own."""

    def __init__(self, town: Town, rng: Random, kept: set[tuple[str, str]]) -> None:
        self.town, self.rng = town, rng
        self.free = [o for o in town.offices if o.organ_kind == "local" and (o.tag, o.region) not in kept]
        rng.shuffle(self.free)
        self.conditioned = {read_tables()["habit_condition"]["at"][0]}

    def pick(self, fits: Callable[[Office], Any] = lambda _: True) -> Office:
        office = next(o for o in self.free if fits(o))
        self.free.remove(office)
        return office

    def _office(self, tag: str, region: str) -> Office:
        return next(o for o in self.town.offices if (o.tag, o.region) == (tag, region))

    def plant(self, rule: str, key: str, verdict: str, why: str) -> None:
        self.town.planted.append(Planted(rule, key, verdict, why))

    # -- guides ----------------------------------------------------------------------------------------------------

    def slip_in_guides(self) -> None:
        tables = read_tables()
        for slip in tables["guide_condition_slips"]:
            office = self.pick(self._apart(_fits(slip)))
            self._condition(office, slip)
        for slip in tables["guide_step_slips"]:
            office = self.pick(lambda o: len(o.editions) == 1)
            self._step(office, slip)
        for slip in tables["guide_service_slips"]:
            office = self.pick(_fits(slip, served=bool(slip.get("needs"))))
            self._guide_service(office, slip)
        self._habits()
        # A revision that nobody published names the paper that is demanded all the same.
        office = self.pick(lambda o: len(o.editions) == 1 and o.region != "650500")
        code, name = tables["unlisted"][9]
        draft = deepcopy(office.editions[0].guide)
        draft |= {"version": "2（征求意见）", "published": False, "valid_from": "2025-01-01"}
        del draft["published_on"]
        draft["materials"].append({**make_material("M05"), "material_code": code, "material_name": name})
        office.raw["draft"] = draft

    def _apart(self, fits: Callable[[Office], bool]) -> Callable[[Office], bool]:
        """Offices of an item that no other planted condition concerns: the regions' guides are held to each other."""
        return lambda o: fits(o) and o.tag not in self.conditioned

    def anchor(self, office: Office) -> str:
        """The guide under which the guides of one item are compared for all regions: the first region's."""
        first = min((o for o in self.town.offices if o.tag == office.tag), key=lambda o: o.region)
        return first.guide_key(first.editions[-1])

    def _uneven(self, office: Office, slip: Json) -> None:
        """A condition that one county has and another has not is no uniform standard (第十一条第三款), unless it has a basis."""
        counties = {o.region for o in self.town.offices if o.tag == office.tag} - {"650500"}
        if slip["bases"] or office.region not in counties or len(counties) < 2:
            return
        verdict = "undetermined" if slip["bases"] is None else "violated"
        self.plant("11.3b", f"{self.anchor(office)}/guide_regions/county:conditions", verdict, slip["why"])

    def _condition(self, office: Office, slip: Json) -> Json:
        edition = office.editions[-1]
        made = {
            "text": slip["text"],
            "burdens_applicant": True,
            "added_by": office.organ,
            "text_set_by": slip.get("text_set_by", "self"),
            "details_statutory": slip.get("details_statutory", False),
            **treatment(slip),
        }
        if slip["bases"] is not None:
            made["bases"] = [make_basis(*b) for b in slip["bases"]]
        edition.guide["conditions"].append(made)
        self.conditioned.add(office.tag)
        self._uneven(office, slip)
        key = f"{office.guide_key(edition)}/conditions/{slip['text']}"
        self._planted(slip, key)
        if slip.get("request"):
            self.town.requests.append(make_request("guide_condition", key, "bases", slip["request"]))
        return made

    def _step(self, office: Office, slip: Json) -> None:
        edition = office.editions[-1]
        steps = edition.guide["steps"]
        made = {
            "step_no": len(steps) + 1,
            "step_name": slip["name"],
            "burdens_applicant": not slip.get("internal", False),
            "internal": slip.get("internal", False),
            "added_by": office.organ,
            "text_set_by": "self",
            "details_statutory": slip.get("details_statutory", False),
        }
        if slip["bases"] is not None:
            made["bases"] = [make_basis(*b) for b in slip["bases"]]
        steps.append(made)
        key = f"{office.guide_key(edition)}/steps/{made['step_no']}:{slip['name']}"
        self._planted(slip, key)

    def _guide_service(self, office: Office, slip: Json) -> None:
        edition = office.editions[-1]
        if slip.get("service"):
            made = make_service(slip["service"])
            edition.guide["services"].append(made)
        else:
            made = edition.guide["services"][0]
        made.update(slip.get("set") or {})
        for name in slip.get("unset") or ():
            del made[name]
        if "bases" in slip:
            made["bases"] = [make_basis(*b) for b in slip["bases"]]
        self._planted(slip, f"{office.guide_key(edition)}/services/{service_key(made)}")

    def _habits(self) -> None:
        """Two practices, each with many instances: an unlisted paper, and a condition that the guide itself adds."""
        tables = read_tables()
        code, name = next(u for u in tables["unlisted"] if u[0] == tables["habit_paper"]["material"])
        window = self._office(*tables["habit_paper"]["at"])

        def audit_report(story: Story) -> None:
            if "2025-01" <= story.day() < "2025-12" and story.rng.random() < 0.9:
                demand = story.demand(code, name)
                story.plant("14.1a", f"demands/{demand['demand_no']}", f"窗口习惯：一律加收“{name}”")

        window.habit = audit_report
        slip = tables["habit_condition"]
        haulage = self._office(*slip["at"])
        made, since = self._condition(haulage, slip), haulage.editions[-1].since

        def contribution(story: Story) -> None:
            if story.day() >= since:
                story.app["conditions"] = [
                    {
                        **{k: v for k, v in made.items() if k != "added_by"},
                        "condition_no": "T1",
                        "imposed_on": story.day(),
                    }
                ]
                if story.day() >= COMMENCED:
                    story.planted_at("conditions/T1", {**slip, "plant": slip["plant_in_application"]})

        haulage.habit = contribution
        # A service that law requires and the city's catalogue forgot: each guide and application asking for it.
        forgotten = tables["forgotten_service"]
        for office in self.town.offices:
            if office.service == forgotten["service"] and office.region == forgotten["region"]:
                service = service_key(make_service(forgotten["service"]))
                for edition in office.editions:
                    key = f"{office.guide_key(edition)}/services/{service}"
                    self.plant("22.1c", key, "violated", forgotten["why"])
                if office in self.free:
                    self.free.remove(office)
                office.forgotten = forgotten["why"]

    # -- tables ----------------------------------------------------------------------------------------------------

    def slip_in_tables(self) -> None:
        tables, town = read_tables(), self.town.tables
        drafts = [o.raw["draft"] for o in self.town.offices if o.raw.get("draft")]
        town["guides"] += drafts
        items = {i["item_code"]: i for i in town["items"]}
        for slip in tables["item_slips"]:
            office = self.pick()
            items[office.item_code].update(slip["set"])
            for name in slip.get("unset") or ():
                del items[office.item_code][name]
            town["workflows"] = [w for w in town["workflows"] if w["item_code"] != office.item_code]
            self._planted(slip, office.key)
        for slip in tables["e_material_slips"]:
            office = self.pick()
            row = next(e for e in items[office.item_code]["e_materials"] if e["e_kind"] == slip["kind"])
            row.update(slip["set"])
            for name in slip.get("unset") or ():
                del row[name]
            self._planted(slip, f"{office.key}/e_material_aspect/{slip['kind']}")
        for slip in tables["workflow_slips"]:
            self._workflow(slip)
        self._of_organs("deferral_lists", "list_no")
        self._of_organs("evidence", "evidence_no")
        self._catalogue_slips()
        offers = [(f, o) for f in town["intermediaries"] for o in f["offers"] if o["statutory"]]
        slips = tables["offer_slips"]
        for slip, (firm, offer) in zip(slips, self.rng.sample(offers, len(slips)), strict=True):
            offer.update(slip.get("set") or {})
            for name in slip.get("unset") or ():
                del offer[name]
            self._planted(slip, f"{firm['code']}/offers/{offer['service_code']}/offer_aspect/{slip['part']}")

    def _of_organs(self, table: str, key: str) -> None:
        """Slips in tables with one row an organ; never an organ whose applications are deferred: they need its list."""
        waits = {o.organ for o in self.town.offices if o.deferrable or o.organ_kind != "local"}
        rows = self.town.tables[table]
        slips = read_tables()[f"{table}_slips"]
        usable = [
            r
            for r in rows
            if r["organ_code"] not in waits and r["organ_code"].split("-")[1] != "GJJ"
            if r.get("norm") in (None, "15.1a")
        ]
        for slip, row in zip(slips, self.rng.sample(usable, len(slips)), strict=True):
            row.update(slip.get("set") or {})
            for name in slip.get("unset") or ():
                del row[name]
            if slip.get("missing"):
                rows.remove(row)
            self._planted(slip, slip.get("key", "{" + key + "}").format(**row, organ=row["organ_code"]))

    def _planted(self, slip: Json, key: str) -> None:
        for rule, verdict in (slip.get("plant") or {}).items():
            self.plant(rule, key, verdict, slip["why"])

    def _workflow(self, slip: Json) -> None:
        grown = slip.get("grown", False)
        office = self.pick(lambda o: o.added if grown else len(o.editions) == 1)
        mine = [w for w in self.town.tables["workflows"] if w["item_code"] == office.item_code]
        row = mine[-1]
        row.update(slip.get("set") or {})
        for name in slip.get("unset") or ():
            row[name] = None
        self._planted(slip, slip.get("key", "{item_code}:{organ_code}:{region}:{version}").format(**row))

    def _catalogue_slips(self) -> None:
        tables = read_tables()
        by_region = {c["region"]: c for c in self.town.tables["catalogues"]}
        forgotten = tables["forgotten_service"]
        entries = by_region[forgotten["region"]]["entries"]
        entries[:] = [e for e in entries if e["service_code"] != forgotten["service"]]
        none = tables["no_catalogue"]
        self.town.tables["catalogues"].remove(by_region.pop(none["region"]))
        self._planted(none, f"{none['region']}-ZF/region_catalogue/-")
        for slip in tables["catalogue_slips"]:
            row = by_region[slip["region"]]
            row.update(slip["set"])
            self._planted(slip, f"{row['region']}:{row['valid_from']}")
        for slip in tables["catalogue_entry_slips"]:
            row = by_region[slip["region"]]
            entry = {
                "service_code": slip["service"],
                "service_name": make_service(slip["service"])["service_name"],
            }
            if slip["bases"] is not None:
                entry["bases"] = [make_basis(*b) for b in slip["bases"]]
            row["entries"].append(entry)
            self._planted(slip, f"{row['region']}:{row['valid_from']}/entries/{slip['service']}")


_REQUESTS = {
    "unanswered": ("2026-05-06", "2026-05-20", ""),
    "open": ("2026-06-22", "2026-07-06", ""),
    "produced": ("2026-05-06", "2026-05-20", "2026-05-15"),
}


def make_request(kind: str, key: str, fact: str, how: str) -> Json:
    asked, due, produced = _REQUESTS[how]
    return {"kind": kind, "key": key, "fact": fact, "asked_on": asked, "due_on": due, "produced_on": produced}

"""The town of the bundled dossier: organs, items, guides and every other reference table, before anything goes wrong.

Made from `demo_tables.yaml` and a seed; `demo_slips` and `demo_more` then put the slips in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any, get_args

import msgspec
import yaml

from hami_rules import statute
from hami_rules.intake.convert import to_record
from hami_rules.pack.load import load_pack
from hami_rules.records.oversight import SupervisorGroup
from hami_rules.records.reference import Organ
from hami_rules.records.world import World

from .documents import documents_due

__all__ = [
    "AS_OF",
    "COMMENCED",
    "FIRST_DAY",
    "TAKEN_ELECTRONIC",
    "TAKEN_ON_PAPER",
    "Edition",
    "Effect",
    "Json",
    "Office",
    "Planted",
    "Town",
    "catalog_code",
    "catalogues",
    "commencement",
    "deferral_lists",
    "duties",
    "evidence",
    "fit_out",
    "instruments",
    "intermediaries",
    "is_ordinary",
    "item_lists",
    "item_row",
    "make_basis",
    "make_material",
    "make_offices",
    "make_organs",
    "make_service",
    "open_days",
    "read_tables",
    "service_key",
    "supervisors",
    "workflow_rows",
]

AS_OF = "2026-06-30"
FIRST_DAY = date(2024, 1, 2)
COMMENCED = "2024-03-01"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted verdict: what an audit must say of the record with that key, and the story behind it."""

    rule: str
    key: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule about findings must answer: the rule, the key of the pair that it judges, and the story behind it."""

    rule: str
    key: str
    why: str


# -- tables --------------------------------------------------------------------------------------------------------


@cache
def read_tables() -> Json:
    """All of `demo_*.yaml` together: the town, and the slips by subject."""
    out: Json = {}
    for subject in ("tables", "items", "documents", "records", "handling"):
        text = resources.files("hami_rules.proof").joinpath(f"demo_{subject}.yaml").read_text("utf-8")
        out |= yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return out


@cache
def open_days() -> tuple[str, ...]:
    """The days on which windows are open, as text."""
    off = {
        day
        for first, last in read_tables()["days_off"]
        for day in (first + timedelta(n) for n in range((last - first).days + 1))
    }
    span = (date.fromisoformat(AS_OF) - FIRST_DAY).days + 1
    every = (FIRST_DAY + timedelta(n) for n in range(span))
    return tuple(d.isoformat() for d in every if d.weekday() < 5 and d not in off)


@cache
def commencement() -> int:
    return next(i for i, day in enumerate(open_days()) if day >= COMMENCED)


_FORMS = {
    "pe": "paper_or_electronic",
    "c": "paper_copy",
    "o": "paper_original",
    "e": "electronic",
}
_SOURCES = {"g": "government", "a": "applicant", "i": "intermediary"}


def make_basis(code: str, article: str | None = None, authorises: bool | None = None) -> Json:
    made: Json = {"instrument_code": code}
    if article is not None:
        made["article"] = article
    if authorises is not None:
        made["authorises"] = authorises
    return made


# -- offices: one item as one organ handles it ---------------------------------------------------------------------


@dataclass
class Edition:
    """One version of an office's guide, with what an application of that time is made of."""

    since: str
    until: str | None
    guide: Json
    demands: list[Json] = field(default_factory=list)
    electronic: list[Json] = field(default_factory=list)
    on_paper: list[Json] = field(default_factory=list)
    steps: list[Json] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        return {m["material_code"] for m in self.guide["materials"] if "material_code" in m}


@dataclass
class Office:
    """One item at one organ: what both are, and the editions of the guide in order."""

    tag: str
    item_code: str
    name: str
    type: str
    region: str
    organ: str
    organ_name: str
    organ_kind: str  # local · vertical · utility · xpcc · soil · entrusted
    subjects: list[str]
    weight: int
    raw: Json
    editions: list[Edition] = field(default_factory=list)
    service: str | None = None
    deferrable: str | None = None
    dropped: Json | None = None  # a material that the earlier edition lists and the later one does not
    added: Json | None = None  # the other way round
    habit: Callable[[Any], None] | None = None
    forgotten: str | None = None  # its service is missing from the region's catalogue: the story behind it
    head: Json = field(default_factory=dict)

    def edition(self, day: str) -> Edition:
        for edition in reversed(self.editions):
            if edition.since <= day:
                return edition
        raise AssertionError(f"{self.item_code}: no guide on {day}")

    def lasting(self, form: str | None = None) -> set[str]:
        """The codes that every edition of the guide lists (in a given form), but for what may be handed in later."""
        always = set.intersection(*(e.codes for e in self.editions)) - {self.deferrable}
        return {
            m["material_code"]
            for m in self.editions[-1].guide["materials"]
            if m.get("material_code") in always and form in (None, m["form"])
        }

    @property
    def key(self) -> str:
        return f"{self.item_code}:{self.organ}:{self.region}"

    def guide_key(self, edition: Edition) -> str:
        return f"{self.key}:{edition.guide['channel']}:{edition.since}"


@dataclass
class Town:
    """Everything but the applications: reference tables by name, the offices, and what was planted in them."""

    tables: dict[str, list[Json]]
    offices: list[Office]
    planted: list[Planted]
    requests: list[Json] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def pool(self, need: str) -> list[Office]:
        """The offices that answer a need: one of the pools, or the tag of an item."""
        if need not in _POOLS:
            return [o for o in self.offices if is_ordinary(o) and o.tag == need]
        return _POOLS[need](self)


def is_ordinary(office: Office) -> bool:
    return office.organ_kind in ("local", "entrusted")


_POOLS: dict[str, Callable[[Town], list[Office]]] = {
    "any": lambda t: [o for o in t.offices if is_ordinary(o)],
    "enterprise": lambda t: [o for o in t.offices if is_ordinary(o) and "natural_person" not in o.subjects],
    "defer": lambda t: [o for o in t.offices if is_ordinary(o) and o.deferrable],
    "service": lambda t: [o for o in t.offices if is_ordinary(o) and o.service],
    "own_report": lambda t: [
        o
        for o in t.offices
        if is_ordinary(o) and o.service and read_tables()["services"][o.service].get("self")
    ],
    "added": lambda t: [o for o in t.offices if is_ordinary(o) and o.added],
    "dropped": lambda t: [o for o in t.offices if is_ordinary(o) and o.dropped],
    "drafted": lambda t: [o for o in t.offices if o.raw.get("draft")],
    "licence": lambda t: [o for o in t.offices if is_ordinary(o) and o.editions[-1].electronic],
    "copy": lambda t: [o for o in t.offices if is_ordinary(o) and o.lasting("paper_copy")],
    "vertical": lambda t: [o for o in t.offices if o.organ_kind == "vertical"],
    "utility": lambda t: [o for o in t.offices if o.organ_kind == "utility"],
    "xpcc": lambda t: [o for o in t.offices if o.organ_kind == "xpcc"],
    "soil": lambda t: [o for o in t.offices if o.organ_kind == "soil"],
    "entrusted": lambda t: [o for o in t.offices if o.organ_kind == "entrusted"],
    "forgotten": lambda t: [o for o in t.offices if is_ordinary(o) and o.forgotten],
    "barkol": lambda t: [o for o in t.offices if is_ordinary(o) and o.region == "650521"],
}


# -- building the town ---------------------------------------------------------------------------------------------


def make_organs() -> list[Json]:
    tables = read_tables()
    out = []
    for code, organ in tables["organs"].items():
        for letter in organ.get("at", "CDBW"):
            region = tables["regions"][letter]
            prefix = organ.get("prefix", "") + region["prefix"]
            out.append(
                {
                    "code": f"{region['code']}-{code}",
                    "name": prefix + organ["name"],
                    "region": region["code"],
                    "organ_class": organ["class"],
                    "led": organ.get("led", "local"),
                    "system": "regular",
                    "on_hami_soil": "true",
                    "entrusted_by": "",
                }
            )
    for organ in tables["other_organs"]:
        out.append(
            {
                "code": organ["code"],
                "name": organ["name"],
                "region": organ["region"],
                "organ_class": organ["class"],
                "led": "local",
                "system": organ.get("system", "regular"),
                "on_hami_soil": "true" if organ.get("soil", True) else "false",
                "entrusted_by": organ.get("entrusted_by", ""),
            }
        )
    return sorted(out, key=lambda o: o["code"])


def _kind_of(organ: Json) -> str:
    if organ["system"] == "xpcc":
        return "soil" if organ["on_hami_soil"] == "true" else "xpcc"
    if organ["led"] == "vertical":
        return "vertical"
    return organ["organ_class"] if organ["organ_class"] in ("utility", "entrusted") else "local"


def make_offices(rng: Random, organs: dict[str, Json]) -> list[Office]:
    tables = read_tables()
    rows: list[tuple[Json, str]] = []
    for raw in tables["items"]:
        rows += [(raw, f"{tables['regions'][letter]['code']}-{raw['d']}") for letter in raw["r"]]
    rows += [(raw, raw["o"]) for raw in tables["other_items"]]
    serial: dict[str, int] = {}
    offices = []
    for raw, code in rows:
        organ = organs[code]
        serial[code] = serial.get(code, 0) + 1
        subjects = ["enterprise", "individual_business", "cooperative", "branch"]
        if raw.get("founder"):
            subjects = [*subjects, "founder"]
        office = Office(
            tag=raw["c"],
            item_code=f"{organ['region']}{raw['c']}{serial[code]:03d}",
            name=raw["n"],
            type=raw.get("type", "行政许可"),
            region=organ["region"],
            organ=code,
            organ_name=organ["name"],
            organ_kind=_kind_of(organ),
            subjects=subjects,
            # The city and Yizhou see most of the traffic.
            weight=raw["w"] * {"650500": 4, "650502": 3}.get(organ["region"], 1),
            raw=dict(raw),
            service=raw.get("s"),
            deferrable=raw.get("defer"),
        )
        _editions(office, rng)
        offices.append(office)
    return offices


def _editions(office: Office, rng: Random) -> None:
    """The guide as it stood before the regulation, and for a quarter of the offices a revision since."""
    raw = office.raw
    promised = raw["t"][1]
    materials = [f"F-{office.tag}", *raw["m"]]
    first = rng.choice(("2022-07-01", "2023-01-01", "2023-06-15"))
    turn = rng.random()
    if turn >= 0.25 or office.organ_kind in ("xpcc", "soil"):
        office.editions = [Edition(first, None, _guide(office, "1", first, None, materials, promised))]
        return
    year, month = rng.choice(((2024, 6), (2024, 9), (2025, 1), (2025, 4), (2025, 9), (2026, 1)))
    turned = date(year, month, 1)
    since, until = turned.isoformat(), (turned - timedelta(1)).isoformat()
    spare = [m for m in raw["m"][1:] if m != office.deferrable and m not in _service_materials()]
    earlier, later = list(materials), list(materials)
    if turn < 0.19 or not spare:
        # A revision as it should be: less paper, less time.
        gone = "M05" if "M05" not in materials else "M06" if "M06" not in materials else "M20"
        if gone not in materials:
            earlier.append(gone)
            office.dropped = make_material(gone)
    else:
        grown = spare[-1]
        earlier.remove(grown)
        office.added = make_material(grown)
    office.editions = [
        Edition(first, until, _guide(office, "1", first, until, earlier, promised + (promised > 3))),
        Edition(since, None, _guide(office, "2", since, None, later, promised)),
    ]


@cache
def _service_materials() -> frozenset[str]:
    return frozenset(s["material"] for s in read_tables()["services"].values())


def make_material(code: str, tag_name: str = "") -> Json:
    if code.startswith("F-"):
        name, form, source = f"{tag_name}申请表", "pe", "a"
    else:
        name, form, source = read_tables()["materials"][code][:3]
    return {
        "material_code": code,
        "material_name": name,
        "form": _FORMS[form],
        "copies": 1,
        "need": "required",
        "source": _SOURCES[source],
    }


def _form_name(office: Office) -> str:
    return re.sub("许可证?核发$|许可证$|审批$|核准$|（零售）核发$", "", office.name)


def _guide(
    office: Office, version: str, since: str, until: str | None, materials: list[str], promised: int
) -> Json:
    raw = office.raw
    lines = []
    for code in materials:
        line = make_material(code, _form_name(office))
        if code == office.deferrable:
            line["need"] = "deferrable"
        lines.append(line)
    own = {"added_by": office.organ, "text_set_by": "self", "details_statutory": False}
    steps = [{"step_no": 1, "step_name": "受理", "burdens_applicant": True, "internal": False, **own,
              "bases": [make_basis(raw["law"], raw["a"])]}]  # fmt: skip
    names = {1: [], 2: ["审查"], 3: ["审查", "现场核查"]}[raw.get("steps", 2)]
    for name in [*names, "决定"]:
        outside = name == "现场核查"
        steps.append(
            {
                "step_no": len(steps) + 1,
                "step_name": name,
                "burdens_applicant": outside,
                "internal": not outside,
                **({**own, "bases": [make_basis(raw["law"], raw["a"])]} if outside else {}),
            }
        )
    guide: Json = {
        "item_code": office.item_code,
        "item_name": office.name,
        "item_type": office.type,
        "organ_code": office.organ,
        "organ_name": office.organ_name,
        "region": office.region,
        "channel": "any",
        "version": version,
        "published": True,
        "published_on": (date.fromisoformat(since) - timedelta(10)).isoformat(),
        "valid_from": since,
        **({"open_ended": True} if until is None else {"valid_to": until}),
        "serves": office.subjects,
        "statutory_days": raw["t"][0],
        "promised_days": promised,
        "visits": 1,
        "fee_charged": False,
        # A revision that adds a material has a basis for it.
        **({"change_based": True, "corrects_error": False} if version != "1" else {}),
        "materials": lines,
        "conditions": [
            {
                "text": raw["cond"],
                "burdens_applicant": True,
                **own,
                "restricts_by": "no_difference",
                "bases": [make_basis(raw["law"], raw["ca"])],
            }
        ],
        "steps": steps,
        "services": [make_service(office.service)] if office.service else [],
    }
    return guide


_TREATMENT = ("treats_worse", "favours_small", "only_jurisdiction", "negative_list")


def treatment(slip: Json) -> Json:
    """By what a planted condition treats businesses differently, and to whose loss; by nothing unless it says so."""
    return {
        "restricts_by": slip.get("restricts_by", "no_difference"),
        **{k: slip[k] for k in _TREATMENT if k in slip},
    }


def make_service(code: str) -> Json:
    known = read_tables()["services"].get(code)
    return {
        "service_code": code,
        "service_name": known["name"] if known else read_tables()["baseless_services"][code],
        "required": True,
        "advice_only": False,
        "self_prepared_refused": False,
        "law_allows_self": bool(known and known.get("self")),
        "no_intermediary_named": True,
        "only_one_accepted": False,
        "others_qualified": True,
        "bases": [make_basis(known["law"], known["article"])] if known else [],
    }


def service_key(service: Json) -> str:
    """The name of a guide's service among its siblings."""
    return f"{service['service_code']}:{service['service_name']}"


def fit_out(office: Office) -> None:
    """Prepare what every application at this office is copied from: its guide, before any slip gets into it."""
    office.head = {
        "item_code": office.item_code,
        "item_name": office.name,
        "organ_code": office.organ,
        "region": office.region,
    }
    for edition in office.editions:
        e_kinds = {m["material_code"]: (read_tables()["materials"].get(m["material_code"]) or [0] * 4)[3:]
                   for m in edition.guide["materials"]}  # fmt: skip
        for number, m in enumerate(edition.guide["materials"], 1):
            edition.demands.append(
                {
                    "demand_no": str(number),
                    "material_code": m["material_code"],
                    "material_name": m["material_name"],
                    "form": m["form"],
                    "copies": m["copies"],
                    "offered_by_applicant": False,
                }
            )
            base = {"submission_no": str(number), "material_code": m["material_code"], "step_no": 1}
            (e_kind,) = e_kinds[m["material_code"]] or (None,)
            if e_kind:
                edition.electronic.append(
                    {**base, "form": "electronic", "e_kind": e_kind, **TAKEN_ELECTRONIC}
                )
            form = {"paper_or_electronic": "paper_copy"}.get(m["form"], m["form"])
            edition.on_paper.append({**base, "form": form, **TAKEN_ON_PAPER})
        del edition.electronic[2:], edition.on_paper[2:]
        for s in edition.guide["steps"]:
            step = {k: s[k] for k in ("step_no", "step_name", "burdens_applicant")} | _DONE[s["step_name"]]
            if s["burdens_applicant"]:
                step |= {"internal": False, "bases": s["bases"]}
            edition.steps.append(step)


_DONE: dict[str, Json] = {
    "受理": {"stage": "acceptance_stage", "done_by": "general_window"},
    "审查": {"stage": "review"},
    "现场核查": {"stage": "review"},
    "决定": {"stage": "decision", "done_by": "stationed_body"},
}
"""At which stage a step of the common procedure is, and who does it (第九条)."""


TAKEN_ELECTRONIC: Json = {
    "chosen_by_applicant": True,
    "meets_requirements": True,
    "verification": "passed",
    "refused": False,
    "treated_as_weaker": False,
    "paper_also_wanted": False,
}
TAKEN_ON_PAPER: Json = {"chosen_by_applicant": False, "refused": False}


def instruments() -> list[Json]:
    tables = read_tables()
    out = []

    def add(code: str, title: str, level: str, since: date, **more: Any) -> None:
        out.append(
            {
                "code": code,
                "title": title,
                "level": level,
                "territory": more.get("territory", "650000" if level == "local_regulation" else ""),
                "valid_from": since.isoformat(),
                "repealed": "true" if "until" in more else "false",
                "repealed_on": more["until"].isoformat() if "until" in more else "",
                "reenacted": {True: "true", False: "false", None: ""}[more.get("again")],
            }
        )

    for level, rows in tables["instruments"].items():
        for code, (title, since) in rows.items():
            add(code, title, level, since)
    for code, (title, level, since, until, again) in tables["repealed"].items():
        add(code, title, level, since, until=until, again=again)
    for code, (title, since, territory) in tables["autonomous"].items():
        add(code, title, "autonomous_regulation", since, territory=territory)
    return out


def catalog_code(office: Office) -> str:
    """The basic code of the item, the same in every region (基本编码)."""
    tags = [i["c"] for i in (*read_tables()["items"], *read_tables()["other_items"])]
    return f"000164{100 + tags.index(office.tag)}000"


_E_KINDS = ("e_signature", "e_seal", "e_licence", "e_archive", "e_contract", "e_accounting_voucher")


_FUNCTIONS = ("consultation", "booking", "application", "handling", "query", "evaluation", "end_to_end")


def item_row(office: Office) -> Json:
    kinds = {
        read_tables()["materials"][m][3] for m in office.raw["m"] if len(read_tables()["materials"][m]) > 3
    }
    usable = kinds | {"e_signature", "e_seal", "e_archive"}
    return {
        "item_code": office.item_code,
        "item_name": office.name,
        "catalog_code": catalog_code(office),
        "item_type": office.type,
        "level": "city" if office.region == "650500" else "county",
        "organ_code": office.organ,
        "organ_name": office.organ_name,
        "region": office.region,
        "serves": office.subjects,
        "valid_from": office.editions[0].since,
        "workflow_compiled": True,
        "workflow_compiled_on": office.editions[0].since,
        "accepted_by": "general_window",
        "decided_by": "stationed_body",
        "e_materials": [{"e_kind": k, "usable": k in usable, "accepted": k in usable} for k in _E_KINDS],
        "handled": True,
        "bases": [make_basis(office.raw["law"], office.raw["a"], True)],
        "handled_in_centre": True,
        "in_branch_hall": False,
        "off_centre_approvals": [],
        "offered_online": True,
        "offered_offline": True,
        "online_functions": [{"function": f, "declared": True, "available": True} for f in _FUNCTIONS],
    }


def item_lists(town: Town) -> list[Json]:
    """Each region's list of items: all that its organs handle."""
    return [
        {
            "region": region["code"],
            "organ_code": f"{region['code']}-GLJ",
            "valid_from": "2022-07-01",
            "open_ended": True,
            "published": True,
            "published_on": "2022-06-20",
            "entries": [
                {
                    "item_code": o.item_code,
                    "item_name": o.name,
                    "catalog_code": catalog_code(o),
                    "organ_code": o.organ,
                    "no_organ": False,
                    "published": True,
                }
                for o in town.offices
                if o.region == region["code"]
            ],
        }
        for region in read_tables()["regions"].values()
    ]


def duties(town: Town) -> list[Json]:
    """Whose duty each item is: its organ's own, or entrusted to it."""
    return [
        {
            "item_code": o.item_code,
            "organ_code": o.organ,
            "region": o.region,
            "ground": "entrustment" if o.organ_kind == "entrusted" else "own",
            "valid_from": "2019-03-01",
            "valid_to": "",
        }
        for o in town.offices
    ]


def workflow_rows(office: Office) -> list[Json]:
    """The standard workflow beside each edition of the guide, saying the same."""
    return [
        {
            "item_code": office.item_code,
            "organ_code": office.organ,
            "region": office.region,
            "version": e.guide["version"],
            "valid_from": e.since,
            "valid_to": e.until or "",
            "shown_in_centre": True,
            "shown_online": True,
            "change_required": False,
            "updated": False,
            "change_based": True,
            "corrects_error": False,
            "step_names": [s["step_name"] for s in e.guide["steps"]],
            "material_names": [m["material_name"] for m in e.guide["materials"]],
            "conditions": [c["text"] for c in e.guide["conditions"]],
            "days": e.guide["promised_days"],
            "fee": 0,
            "visits": e.guide["visits"],
        }
        for e in office.editions
        if e.guide["published"]
    ]


def deferral_lists(town: Town, organs: dict[str, Json]) -> list[Json]:
    """One list a department; where no item of it has a material that may wait, its first item's last one may."""
    by_organ: dict[str, list[Office]] = {}
    for office in town.offices:
        by_organ.setdefault(office.organ, []).append(office)
    lists = []
    for code, offices in sorted(by_organ.items()):
        if organs[code]["organ_class"] == "utility":
            continue
        named = [(o, o.deferrable) for o in offices if o.deferrable]
        named = named or [(offices[0], offices[0].raw["m"][-1])]
        lists.append(
            {
                "list_no": f"RQ-{code}",
                "organ_code": code,
                "region": organs[code]["region"],
                "published_on": "2023-12-20",
                "valid_from": "2024-01-01",
                "open_ended": True,
                "items_published": True,
                "materials_published": True,
                "conditions_published": True,
                "clock_starts": read_tables()["clocks"].get(code, "supplement"),
                "entries": [
                    {
                        "item_code": o.item_code,
                        "what": "material",
                        "material_code": m,
                        "material_name": read_tables()["materials"][m][0],
                    }
                    for o, m in named
                ],
            }
        )
    return lists


def catalogues() -> list[Json]:
    return [
        {
            "region": region["code"],
            "organ_code": f"{region['code']}-ZF",
            "valid_from": "2023-07-01",
            "open_ended": True,
            "compiled": True,
            "compiled_on": "2023-05-30",
            "published": True,
            "published_on": "2023-06-20",
            "entries": [
                {
                    "service_code": code,
                    "service_name": s["name"],
                    "bases": [make_basis(s["law"], s["article"])],
                }
                for code, s in read_tables()["services"].items()
            ],
        }
        for region in read_tables()["regions"].values()
    ]


_STATED = tuple(
    f"{part}_{how}" for part in ("conditions", "process", "limit", "fee") for how in ("stated", "public")
)


def intermediaries(rng: Random) -> list[Json]:
    everywhere = [r["code"] for r in read_tables()["regions"].values()]
    out = []
    for number, (name, services) in enumerate(read_tables()["firms"], 1):
        offers = []
        for code in services:
            offers.append(
                {
                    "service_code": code,
                    "service_name": make_service(code)["service_name"],
                    "statutory": not code.startswith("S8"),
                    "observed_on": rng.choice(("2024-05-14", "2025-03-11", "2026-04-08")),
                    **dict.fromkeys(_STATED, True),
                }
            )
        region = "650521" if name.startswith("巴里坤") else "650522" if name.startswith("伊吾") else "650500"
        out.append(
            {
                "code": f"J{number:02d}",
                "name": name,
                "region": region,
                "serves_regions": everywhere,
                "offers": offers,
            }
        )
    return out


def supervisors(organs: dict[str, Json]) -> list[Json]:
    """Each government of the city has one supervisor of every group, appointed after commencement."""
    governments = [
        o for o in organs.values() if o["organ_class"] == "government" and o["system"] == "regular"
    ]
    return [
        {
            "supervisor_no": f"JD-{o['region']}-{number}",
            "group": group,
            "organ_code": o["code"],
            "region": o["region"],
            "valid_from": "2024-05-20",
            "valid_to": "",
        }
        for o in governments
        for number, group in enumerate(get_args(SupervisorGroup), 1)
    ]


_BOUND_BY_DOCUMENTS = ("department", "authorised", "approval_bureau")


def evidence(organs: dict[str, Json]) -> list[Json]:
    """Every organ's documents: each department's rules on deferred acceptance, then whatever else the documentary
    rules ask of it."""
    bound = [o for o in organs.values() if o["organ_class"] in _BOUND_BY_DOCUMENTS]
    rules = [
        {
            "organ_code": o["code"],
            "norm": "15.1a",
            "document": f"{o['name']}容缺受理实施办法",
            "dated": "2024-03-20",
        }
        for o in bound
    ]
    pack = load_pack()
    codes = {f.name for f in msgspec.structs.fields(Organ)}
    table = [
        to_record({k: v for k, v in o.items() if k in codes and v}, Organ, None)[0] for o in organs.values()
    ]
    world = World(
        as_of=date.fromisoformat(AS_OF),
        calendar=pack.working_days,
        tables={"organs": table},
        documentary=pack.documentary,
    )
    reports = [
        {
            "organ_code": e.organ_code,
            "norm": e.norm,
            "aspect": e.aspect,
            "year": e.year,
            "document": f"{statute.load().citation(statute.Address.parse(e.norm or '').at_paragraph, 'zh')}落实情况报告",
            "dated": "2026-03-31",
        }
        for e in documents_due(world, ["15.1a"])
    ]
    return [
        {"evidence_no": f"ZZ-{number:03d}", **row, "valid_to": None, "open_ended": True, "shows": "done"}
        for number, row in enumerate([*rules, *reports], 1)
    ]

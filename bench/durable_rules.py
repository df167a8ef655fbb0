"""durable_rules in three ways, each asserting, firing and retracting in one session:

- `durable`: the rules wholly in its own language. An application is the facts it consists of — the lines of the guide of
  the day, the materials received, the demands, the engagements — which the rules join;
- `durable_fields`: one flat fact a demand or engagement; whether the guide lists a material and whether some material
  received answers a demand are looked up in Python;
- `durable_leaves`: as the live supervision uses it, over leaf truths that Python has worked out, so that only the
  conjunctions are left to it.

What is unknown is left out, so what is undetermined is not told from what is compliant. Which guide is in force on a day
comes from Python in all three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .common import Found, Guides, Key, Run, organs
from .leaves import START, TODAY, besides, decoded, guides

__all__ = ["durable", "durable_fields", "durable_leaves"]

NO, YES = False, True  # compared with, they make an expression of its language
HAMI = frozenset({"650500", "650502", "650521", "650522"})
PAPER = frozenset({"paper", "paper_copy", "paper_original"})


Facts = Callable[[dict[str, Any], Guides, set[str]], Iterator[dict[str, Any]]]


def durable() -> Run:
    """The rules wholly in its own language, joining the facts that an application consists of."""
    from durable.lang import c, m, none, ruleset, when_all

    fired: list[Key] = []
    asked, paper, scope = _conditions()
    listed = (m.kind == "listed") & (m.application == c.d.application) & (m.material == c.d.material) & (m.day == c.d.day)  # fmt: skip
    there = ((m.received == YES) & (m.received_on <= c.d.day)) | (
        (m.refused == YES) & (m.refused_on <= c.d.day)
    )
    unchanged = (m.changed == NO) | (m.changed_on > c.d.day)
    electronic = (m.kind == "submission") & (m.form == "electronic") & (m.chosen_by_applicant == YES) & (m.meets_requirements == YES) & (m.verification == "passed")  # fmt: skip
    valid = (m.application == c.d.application) & (m.material == c.d.material) & (m.valid_to >= c.d.day) & there & unchanged  # fmt: skip
    demand = (m.kind == "demand") & scope & asked
    with ruleset("joined"):

        @when_all(
            c.d << demand & (m.guide == YES) & (m.form != "sight_of_original") & (m.required_directly_by_law == NO),
            none(listed),
        )  # fmt: skip
        def unlisted(x: Any) -> None:
            fired.append(("14.1a", x.d.application, x.d.number))

        @when_all(c.d << demand & paper & (m.paper_required_by_law == NO), c.s << electronic & valid)
        def besides_electronic(x: Any) -> None:
            fired.append(("16.1d", x.d.application, x.d.number))

        @when_all(
            (m.kind == "engagement") & scope & (m.principal == "applicant") & (m.chosen_by == "department") & (m.applicant_drew_lot == NO)
        )  # fmt: skip
        def designated(x: Any) -> None:
            fired.append(("22.2a", x.m.application, x.m.number))

    return _run("joined", _parts, fired, joined=True)


def _conditions() -> tuple[Any, Any, Any]:
    """What several rules ask: that something was asked for, on paper, and that the regulation governs."""
    from durable.lang import m

    asked = (m.offered_by_applicant == NO) | (m.application_stopped == YES) | (m.means == "supplement_notice")
    paper = (m.form == "paper") | (m.form == "paper_copy") | (m.form == "paper_original")
    region = (m.region == "650500") | (m.region == "650502") | (m.region == "650521") | (m.region == "650522")
    scope = region & (m.applicant_kind != "natural_person") & (m.organ_class == "department") & (m.day >= START) & (m.day <= TODAY)  # fmt: skip
    return asked, paper, scope


def durable_fields() -> Run:
    """The rules in its own language, over the fields of the record and what Python has looked up."""
    from durable.lang import m, ruleset, when_all

    fired: list[Key] = []
    asked, paper, scope = _conditions()
    with ruleset("fields"):

        @when_all(
            scope & (m.listed == NO) & asked & (m.form != "sight_of_original") & (m.required_directly_by_law == NO)
        )  # fmt: skip
        def unlisted(c: Any) -> None:
            fired.append(("14.1a", c.m.application, c.m.number))

        @when_all(scope & asked & paper & (m.besides == YES) & (m.paper_required_by_law == NO))
        def besides_electronic(c: Any) -> None:
            fired.append(("16.1d", c.m.application, c.m.number))

        @when_all(
            scope & (m.principal == "applicant") & (m.chosen_by == "department") & (m.applicant_drew_lot == NO)
        )  # fmt: skip
        def designated(c: Any) -> None:
            fired.append(("22.2a", c.m.application, c.m.number))

    return _run("fields", _fields, fired)


def durable_leaves() -> Run:
    """The leaves worked out in Python: only the conjunctions are left to it."""
    from durable.lang import m, ruleset, when_all

    fired: list[Key] = []
    with ruleset("leaves"):

        @when_all(
            (m.scope == "t") & (m.asked == "t") & (m.unlisted == "t") & (m.handed == "t") & (m.no_law == "t")
        )
        def unlisted(c: Any) -> None:
            fired.append(("14.1a", c.m.application, c.m.number))

        @when_all(
            (m.scope == "t")
            & (m.asked == "t")
            & (m.paper == "t")
            & (m.besides == "t")
            & (m.no_paper_law == "t")
        )
        def paper(c: Any) -> None:
            fired.append(("16.1d", c.m.application, c.m.number))

        @when_all((m.scope == "t") & (m.by_applicant == "t") & (m.chosen == "t") & (m.no_lot == "t"))
        def designated(c: Any) -> None:
            fired.append(("22.2a", c.m.application, c.m.number))

    return _run("leaves", _leaves, fired)


def _run(name: str, facts: Facts, fired: list[Key], joined: bool = False) -> Run:
    """One fact at a time, or (`joined`) all facts of an application together."""
    from durable.engine import MessageNotHandledException
    from durable.lang import assert_fact, retract_fact

    listing = guides()
    governed = {code for code, o in organs().items() if o["organ_class"] == "department"}

    def hold(fact: dict[str, Any]) -> bool:
        try:
            assert_fact(name, fact)
        except MessageNotHandledException:
            return False  # matched nothing, and was not kept
        return True

    def run(file: Path) -> Found:
        fired.clear()
        with file.open("rb") as lines:
            for a in decoded(lines):
                if not joined:
                    for fact in facts(a, listing, governed):
                        if hold(fact):
                            retract_fact(name, fact)
                    continue
                kept = [fact for fact in facts(a, listing, governed) if hold(fact)]
                # The demands first: without the lines of the guide, every one of them would seem unlisted.
                for fact in reversed(kept):
                    retract_fact(name, fact)
        return Found(list(fired))

    return run


_FIELDS = (
    "form", "means", "offered_by_applicant", "application_stopped", "required_directly_by_law", "paper_required_by_law",
)  # fmt: skip
_CHOICE = ("principal", "chosen_by", "applicant_drew_lot")


_HANDED = (
    "form", "chosen_by_applicant", "meets_requirements", "verification", "received", "received_on", "refused",
    "refused_on", "changed", "changed_on",
)  # fmt: skip


def _parts(a: dict[str, Any], listing: Guides, governed: set[str]) -> Iterator[dict[str, Any]]:
    """The facts that an application consists of: what the guide lists and what came in before what was asked for."""
    number, item, organ = a["application_no"], a["item_code"], a["organ_code"]
    days = {d["demanded_on"]: listing.listed(item, organ, d["demanded_on"]) for d in a["demands"]}
    for day, codes in days.items():
        for code in sorted(codes or ()):
            yield {"kind": "listed", "application": number, "day": day, "material": code}
    for s in a["submissions"]:
        valid = (
            {"valid_to": "9999-12-31"} if s.get("open_ended") else {f: s[f] for f in ("valid_to",) if f in s}
        )
        own = {f: s[f] for f in _HANDED if f in s}
        yield {"kind": "submission", "application": number, "material": s["material_code"]} | valid | own
    head = {"application": number, "region": a["region"], "applicant_kind": a["applicant_kind"]}
    head["organ_class"] = "department" if organ in governed else "other"
    for d in a["demands"]:
        day = d["demanded_on"]
        own = {f: d[f] for f in _FIELDS if f in d}
        yield (
            head
            | {"kind": "demand", "number": d["demand_no"], "day": day, "material": d["material_code"]}
            | {"guide": days[day] is not None}
            | own
        )
    for e in a["engagements"]:
        own = {f: e[f] for f in _CHOICE if f in e}
        yield head | {"kind": "engagement", "number": e["engagement_no"], "day": e["engaged_on"]} | own


def _fields(a: dict[str, Any], listing: Guides, governed: set[str]) -> Iterator[dict[str, Any]]:
    """A flat fact for each demand and engagement: its own fields and those of its application that rules ask for."""
    head = {"application": a["application_no"], "region": a["region"], "applicant_kind": a["applicant_kind"]}
    head["organ_class"] = "department" if a["organ_code"] in governed else "other"
    for d in a["demands"]:
        day = d["demanded_on"]
        codes = listing.listed(a["item_code"], a["organ_code"], day)
        fact = head | {"number": d["demand_no"], "day": day} | {f: d[f] for f in _FIELDS if f in d}
        if codes is not None:
            fact["listed"] = d["material_code"] in codes
        if d.get("form") in PAPER:
            fact["besides"] = besides(a, d, day)
        yield fact
    for e in a["engagements"]:
        yield (
            head
            | {"number": e["engagement_no"], "day": e["engaged_on"]}
            | {f: e[f] for f in _CHOICE if f in e}
        )


def _leaves(a: dict[str, Any], listing: Guides, governed: set[str]) -> Iterator[dict[str, str]]:
    """A flat fact for each demand and engagement: true leaves as "t", false ones as "f", unknown ones left out."""
    inside = a["region"] in HAMI and a["applicant_kind"] != "natural_person" and a["organ_code"] in governed
    for d in a["demands"]:
        day, form = d["demanded_on"], d.get("form")
        codes = listing.listed(a["item_code"], a["organ_code"], day)
        truths = {
            "scope": inside and START <= day <= TODAY,
            "asked": _either(_not(d.get("offered_by_applicant")), d.get("application_stopped"), d.get("means") == "supplement_notice"),
            "unlisted": None if codes is None else d["material_code"] not in codes,
            "handed": None if form is None else form != "sight_of_original",
            "no_law": _not(d.get("required_directly_by_law")),
            "paper": None if form is None else form in PAPER,
            "no_paper_law": _not(d.get("paper_required_by_law")),
        }  # fmt: skip
        if truths["paper"]:
            truths["besides"] = besides(a, d, day)
        yield _flat(a, d["demand_no"], truths)
    for e in a["engagements"]:
        truths = {
            "scope": inside and START <= e["engaged_on"] <= TODAY,
            "by_applicant": e.get("principal") == "applicant",
            "chosen": e.get("chosen_by") == "department",
            "no_lot": _not(e.get("applicant_drew_lot")),
        }
        yield _flat(a, e["engagement_no"], truths)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _either(*values: bool | None) -> bool | None:
    return True if True in values else None if None in values else False


def _flat(a: dict[str, Any], number: str, truths: dict[str, bool | None]) -> dict[str, str]:
    fact = {name: "t" if value else "f" for name, value in truths.items() if value is not None}
    return fact | {"application": a["application_no"], "number": number}

"""durable_rules as the live supervision uses it: leaf truths in Python, asserted flat, fired, retracted, one session.

What is unknown is left out, so what is undetermined is not told from what is compliant. Whether a guide lists a
material, and whether some submission answers a demand, are leaves: facts of two records cannot be joined at this rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .common import Found, Guides, Run, organs
from .leaves import START, TODAY, besides, decoded, guides

__all__ = ["durable"]

HAMI = frozenset({"650500", "650502", "650521", "650522"})
PAPER = frozenset({"paper", "paper_copy", "paper_original"})


def durable() -> Run:
    from durable.engine import MessageNotHandledException
    from durable.lang import assert_fact, m, retract_fact, ruleset, when_all

    fired: list[tuple[str, str, str]] = []
    with ruleset("bench"):

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

    listing = guides()
    governed = {code for code, o in organs().items() if o["organ_class"] == "department"}

    def run(file: Path) -> Found:
        fired.clear()
        with file.open("rb") as lines:
            for a in decoded(lines):
                for fact in _facts(a, listing, governed):
                    try:
                        assert_fact("bench", fact)
                    except MessageNotHandledException:
                        continue  # matched nothing, and was not kept
                    retract_fact("bench", fact)
        return Found(list(fired))

    return run


def _facts(a: dict[str, Any], listing: Guides, governed: set[str]) -> Iterator[dict[str, str]]:
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

"""zen-engine with compiled expressions, in two ways: one expression a rule, and all rules fused into one by hand.

An expression cannot look up the guide of an item on a day among hundreds, nor the organ, so `listed` and the scope are
worked out beforehand in Python. It is two-valued (null compares unequal), so *undetermined* is not told from
*compliant*: telling them apart would take a second expression for every rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .common import Found, Run, organs
from .data import AS_OF
from .leaves import decoded, guides

__all__ = ["zen_by_record", "zen_fused"]

_THAT_DAY = f"date({{0}}) >= date('2024-03-01') and date({{0}}) <= date('{AS_OF}')"
_DEMANDED = (
    "(d.offered_by_applicant == false or d.application_stopped == true or d.means == 'supplement_notice')"
)
DEMANDS = {
    "14.1a": f"""d.listed == false and {_DEMANDED} and d.form != null and d.form != 'sight_of_original'
      and d.required_directly_by_law == false and {_THAT_DAY.format("d.demanded_on")}""",
    "16.1d": f"""d.form in ['paper', 'paper_copy', 'paper_original'] and {_DEMANDED} and d.paper_required_by_law == false
      and some(submissions as s, s.material_code == d.material_code and s.form == 'electronic'
        and s.chosen_by_applicant == true and s.meets_requirements == true and s.verification == 'passed'
        and ((s.received == true and date(s.received_on) <= date(d.demanded_on))
          or (s.refused == true and date(s.refused_on) <= date(d.demanded_on)))
        and (s.open_ended == true or date(s.valid_to) >= date(d.demanded_on))
        and (s.changed == false or date(s.changed_on) > date(d.demanded_on)))
      and {_THAT_DAY.format("d.demanded_on")}""",
}
ENGAGEMENTS = {
    "22.2a": f"""e.principal == 'applicant' and e.chosen_by == 'department' and e.applicant_drew_lot == false
      and {_THAT_DAY.format("e.engaged_on")}""",
}
HAMI = frozenset({"650500", "650502", "650521", "650522"})


def _applications(file: Path) -> Iterator[dict[str, Any]]:
    """The applications within scope, each demand with `listed`."""
    listing = guides()
    governed = {code for code, o in organs().items() if o["organ_class"] == "department"}
    with file.open("rb") as lines:
        for a in decoded(lines):
            if (
                a["region"] in HAMI
                and a["applicant_kind"] != "natural_person"
                and a["organ_code"] in governed
            ):
                for d in a["demands"]:
                    codes = listing.listed(a["item_code"], a["organ_code"], d["demanded_on"])
                    d["listed"] = None if codes is None else d["material_code"] in codes
                yield a


def zen_by_record() -> Run:
    """As a base of rules would have it: one expression a rule, evaluated once for each record that it judges."""
    from zen import compile_expression

    demand_rules = [(rule, compile_expression(text).evaluate) for rule, text in DEMANDS.items()]
    engagement_rules = [(rule, compile_expression(text).evaluate) for rule, text in ENGAGEMENTS.items()]

    def run(file: Path) -> Found:
        found = Found()
        for a in _applications(file):
            submissions = a["submissions"]
            for d in a["demands"]:
                for rule, evaluate in demand_rules:
                    if evaluate({"d": d, "submissions": submissions}):
                        found.violated.append((rule, a["application_no"], d["demand_no"]))
            for e in a["engagements"]:
                for rule, evaluate in engagement_rules:
                    if evaluate({"e": e}):
                        found.violated.append((rule, a["application_no"], e["engagement_no"]))
        return found

    return run


def zen_fused() -> Run:
    """All rules in one expression that is evaluated once an application: the least that can be handed over."""
    from zen import compile_expression

    parts = [
        *(f"'{rule}': filter(demands as d, {text})" for rule, text in DEMANDS.items()),
        *(f"'{rule}': filter(engagements as e, {text})" for rule, text in ENGAGEMENTS.items()),
    ]
    evaluate = compile_expression("{" + ", ".join(parts) + "}").evaluate

    def run(file: Path) -> Found:
        found = Found()
        for a in _applications(file):
            told = evaluate({k: a[k] for k in ("demands", "submissions", "engagements")})
            for rule, rows in told.items():
                for row in rows:
                    number = row.get("demand_no") or row["engagement_no"]
                    found.violated.append((rule, a["application_no"], number))
        return found

    return run

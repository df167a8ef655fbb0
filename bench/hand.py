"""The three rules written by hand: one Python loop over the same full Structs, for these rules and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from hami_rules.records.application import Application, Demand

from .common import Found, Guides, Run, organs
from .data import AS_OF

__all__ = ["hand_loop"]

START = date(2024, 3, 1)
HAMI = frozenset({"650500", "650502", "650521", "650522"})
DEPARTMENTS = frozenset({"department", "authorised", "approval_bureau", "entrusted"})
PAPER = frozenset({"paper", "paper_copy", "paper_original"})


def hand_loop() -> Run:
    decode = msgspec.json.Decoder(Application).decode
    guides = Guides(date.fromisoformat)
    governed = {
        code: o["organ_class"] in DEPARTMENTS and o["system"] == "regular" and o["led"] != "customs"
        for code, o in organs().items()
    }

    def run(file: Path) -> Found:
        found = Found(open=[])
        violated, undetermined = found.violated, found.open
        assert undetermined is not None
        with file.open("rb") as lines:
            for line in lines:
                a = decode(line)
                if a.region not in HAMI or a.applicant_kind == "natural_person":
                    continue
                for d in a.demands or ():
                    day = d.demanded_on
                    if (
                        day is None
                        or not START <= day <= AS_OF
                        or not governed.get(d.organ_code or a.organ_code or "")
                    ):
                        continue
                    offered = d.offered_by_applicant
                    asked = True if offered is False or d.application_stopped or d.means == "supplement_notice" else None if offered is None else False  # fmt: skip
                    if asked is False:
                        continue
                    codes = guides.listed(a.item_code, a.organ_code, day)
                    if codes is not None and d.material_code not in codes and d.form != "sight_of_original":
                        sure = asked and d.required_directly_by_law is False and d.form is not None
                        (violated if sure else undetermined).append(("14.1a", a.application_no, d.demand_no))  # type: ignore[arg-type]
                    if d.form in PAPER and d.paper_required_by_law is not True:
                        besides = _e_material(a, d, day)
                        if besides is not False:
                            sure = asked and besides and d.paper_required_by_law is False
                            (violated if sure else undetermined).append(
                                ("16.1d", a.application_no, d.demand_no)
                            )  # type: ignore[arg-type]
                for e in a.engagements or ():
                    if (
                        e.principal == "applicant"
                        and e.chosen_by == "department"
                        and e.applicant_drew_lot is not True
                        and e.engaged_on is not None
                        and START <= e.engaged_on <= AS_OF
                        and governed.get(e.organ_code or a.organ_code or "")
                    ):
                        sure = e.applicant_drew_lot is False
                        (violated if sure else undetermined).append(
                            ("22.2a", a.application_no, e.engagement_no)
                        )  # type: ignore[arg-type]
        return found

    return run


def _e_material(a: Application, d: Demand, day: date) -> bool | None:
    """Whether the material demanded on paper was handed in electronically by then; `None`: it cannot be told."""
    worst: bool | None = False
    for s in a.submissions or ():
        if s.material_code != d.material_code or s.form != "electronic" or not s.chosen_by_applicant:
            continue
        handed = (s.received and s.received_on is not None and s.received_on <= day) or (
            s.refused and s.refused_on is not None and s.refused_on <= day
        )
        valid = s.open_ended or (s.valid_to is not None and s.valid_to >= day)
        unchanged = s.changed is False or (s.changed_on is not None and s.changed_on > day)
        if not (handed and valid and unchanged) or s.meets_requirements is False:
            continue
        if s.meets_requirements and s.verification == "passed":
            return True
        worst = None
    return worst

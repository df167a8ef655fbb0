"""Time leaves no gap and no overlap: one world judged on many days.

The days are not chosen by hand alone: beside each quarter from 2023 to 2027 and the days around commencement, every
date that stands in the world is one, and so is its morrow, for on no other day may a verdict change.
"""

from __future__ import annotations

import copy
import dataclasses
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from changed_records import a_judge, the_cases, the_pack

from hami_rules.assets import data_folder
from hami_rules.derive.aggregate.counts import Statistic
from hami_rules.derive.expectation import evidence_of, expected_of
from hami_rules.intake.positioned import read_document
from hami_rules.judge.engine import Hit, Judge
from hami_rules.judge.explain import Explainer
from hami_rules.judge.interpret import Frame
from hami_rules.pack.load import Pack, read_pack
from hami_rules.pack.rules import BoundRule
from hami_rules.predicates import default_registry
from hami_rules.proof.cases import Case, Scene, scene_of
from hami_rules.records.location import Location
from hami_rules.records.reference import Evidence
from hami_rules.records.settle import settle
from hami_rules.records.world import ABSENT, UNKNOWN

LAW = date(2024, 3, 1)
ONE = timedelta(days=1)
FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)
QUARTERS = [date(y, m, 1) for y in range(FIRST.year, LAST.year + 1) for m in (1, 4, 7, 10)]
AROUND_LAW = [LAW - 2 * ONE, LAW - ONE, LAW, LAW + ONE]

Document = dict[str, Any]
Pair = tuple[str, str, str]
"""Rule, kind and key of the record."""


@cache
def _base(name: str) -> Document:
    data: Document = read_document(data_folder("cases") / "bases" / f"{name}.yaml", name)[0].data
    assert "like" not in data
    return data


def document(name: str = "complete") -> Document:
    """The base, nobody else's, its tables complete for all the days that are swept."""
    made = copy.deepcopy(_base(name))
    for extent in made["completeness"].values():
        extent["to"] = LAST.isoformat()
    return made


def scene(made: Document, as_of: date, pack: Pack | None = None) -> Scene:
    case = Case("sweep", "", "33", (), {**made, "as_of": as_of.isoformat()}, {}, Location("sweep"))
    return scene_of(case, pack or the_pack())


def judged(found: Scene, judge: Judge | None = None) -> dict[Pair, str]:
    """The verdict of every rule on every record: one each, and the compiled judge says the same."""
    judge = judge or a_judge()
    verdicts: dict[Pair, str] = {}
    codes: Counter[tuple[str, str]] = Counter()
    for bound, frame in frames(found, judge):
        pair = bound.rule.id, frame.kind, frame.key
        assert pair not in verdicts, f"two verdicts of {pair}"
        verdicts[pair] = judge.verdict(bound, frame)
        codes[bound.rule.id, verdicts[pair]] += 1
    hits: list[Hit] = []
    for kind, record in found.at_hand():
        if judge.needed(kind):
            judge.judge(kind, record, found.world, hits)
    said = Counter((judge.rules[r].rule.id, ("", "violated", "undetermined", "error")[c]) for r, c, _ in hits)
    assert said == {k: n for k, n in codes.items() if k[1] not in ("compliant", "not_applicable")}
    return verdicts


def frames(found: Scene, judge: Judge) -> Iterator[tuple[BoundRule, Frame]]:
    for kind, record in found.at_hand():
        if judge.needed(kind):
            for frame in judge.frames(kind, record, found.world):
                for bound in judge.by_kind.get(frame.kind, ()):
                    yield bound, frame


def conduct(bound: BoundRule, frame: Frame) -> tuple[Any, Any]:
    """The first and last day of the conduct, no dates where nobody knows."""
    suffix = f"@{bound.rule.conduct}" if bound.rule.conduct else ""
    facts = frame.registry.facts[frame.kind]
    return tuple(frame.fact(facts[f"conduct_{end}{suffix}"]) for end in ("from", "to"))  # type: ignore[return-value]


def dates_in(data: Any) -> Iterator[date]:
    """Every date that stands in the data."""
    if isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from dates_in(value)
    elif isinstance(data, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", data):
        yield date.fromisoformat(data)


def swept(*data: Any) -> list[date]:
    """The days on which something may change, in order."""
    days = {*QUARTERS, LAST, *AROUND_LAW}
    for day in dates_in(list(data)):
        days |= {day, day + ONE}
    return sorted(d for d in days if FIRST <= d <= LAST)


def later(text: str, by: timedelta) -> str:
    return (date.fromisoformat(text) + by).isoformat()


def moved(data: Any, by: timedelta) -> Any:
    """The same data with every date moved."""
    if isinstance(data, dict):
        return {key: moved(value, by) for key, value in data.items()}
    if isinstance(data, list):
        return [moved(value, by) for value in data]
    if isinstance(data, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", data):
        return later(data, by)
    return data


# -- the day of the audit ------------------------------------------------------------------------------------------


@cache
def by_day() -> dict[date, dict[Pair, str]]:
    """The complete world as of every day."""
    made = document()
    return {day: judged(scene(made, day)) for day in swept(made)}


def test_before_commencement_nothing_is_judged() -> None:
    days = [day for day in by_day() if day < LAW]
    assert len(days) > 5
    for day in days:
        assert set(by_day()[day].values()) == {"not_applicable"}, day


def test_what_was_judged_the_day_before_is_judged_again() -> None:
    """Every rule and record of a day are there on the next; once a rule applies, it goes on applying, for no period
    of the complete world takes a record out of the audit that it was in."""
    for (day, before), (next_day, after) in pairwise(sorted(by_day().items())):
        gone = before.keys() - after.keys()
        assert not gone, (day, next_day)
        silent = {p for p, v in before.items() if v != "not_applicable" and after[p] == "not_applicable"}
        assert not silent, (day, next_day)


def test_time_alone_makes_nobody_guilty() -> None:
    """A world without fault has none on any day. One thing is open for a while: the rules of the departments are dated
    nine days after commencement, and earlier evidence there is none."""
    dated = min(date.fromisoformat(e["dated"]) for e in document()["evidence"])
    assert dated > LAW
    for day, verdicts in by_day().items():
        loud = {p: v for p, v in verdicts.items() if v not in ("compliant", "not_applicable")}
        open_ = {("15.1a", "expectation", "ZJ/expectation/15.1a"): "undetermined"}
        assert loud == (open_ if LAW <= day < dated else {}), day


# -- the first day of an act ---------------------------------------------------------------------------------------


@cache
def breaches() -> tuple[tuple[Case, BoundRule, str], ...]:
    """For each rule, the first case in which it finds a breach, and the record."""
    first: dict[str, tuple[Case, Any]] = {}
    for case in the_cases():
        for rule, expected in case.expect.items():
            named = expected if isinstance(expected, dict) else {"": expected}
            if "violated" in named.values():
                first.setdefault(rule, (case, named))
    out = []
    for bound in the_pack().bound:
        if bound.rule.id in first:
            case, named = first[bound.rule.id]
            out.append((case, bound, next(k for k, v in named.items() if v == "violated")))
    return tuple(out)


DUE_LATER = {"12.3a.appraisal", "12.3b"}
"""Rules of a year whose duty is due only after it: nothing is said before, though the conduct is the year's."""


def test_a_breach_begins_with_its_conduct() -> None:
    """Of each rule, one breach: as of the day before the conduct begins nothing is said, from its first day on the
    rule applies. So the day of commencement is the first for conduct that goes on from before, and for what is judged
    as it stands on the day of the audit."""
    judge, met, wrong = a_judge(), set(), []
    for case, bound, key in breaches():
        found = scene_of(case, the_pack())
        for kind, record in found.records:
            if bound.kind not in judge.below(kind):
                continue
            settle(kind, record, found.world)
            breach = _frame_of(judge, bound, kind, record, found, key)
            if breach is None or judge.verdict(bound, breach) != "violated":
                continue
            start, _ = conduct(bound, breach)
            assert isinstance(start, date), (bound.rule.id, breach.key)
            assert start >= LAW, (bound.rule.id, breach.key)
            audit = found.world.as_of
            if start == audit and not isinstance(breach.record, Statistic):
                start = max(LAW, date(getattr(breach.record, "year", None) or LAW.year, 1, 1))
            for day in (start - ONE, start):
                found.world.as_of = day
                found.world.reindex()
                again = _frame_of(judge, bound, kind, record, found, breach.key)
                verdict = "none" if again is None else judge.verdict(bound, again)
                met.add((bound.rule.id, day == start))
                if bound.rule.id in DUE_LATER:
                    assert verdict == "not_applicable"
                elif (verdict in ("none", "not_applicable")) is not (day < start):
                    wrong.append((bound.rule.id, case.name, breach.key, str(start), str(day), verdict))
            found.world.as_of = audit
            break
    assert wrong == []
    assert met == {(bound.rule.id, first) for _, bound, _ in breaches() for first in (True, False)}
    assert len(met) > 250


def _frame_of(judge: Judge, bound: BoundRule, kind: str, record: Any, found: Scene, key: str) -> Frame | None:
    """The frame of a rule's record under a root, by its key; of the first breach where no key is said."""
    mine = [f for f in judge.frames(kind, record, found.world) if f.kind == bound.kind]
    if key:
        return next((f for f in mine if f.key == key), None)
    return next((f for f in mine if judge.verdict(bound, f) == "violated"), None)


# -- the same application on many days -----------------------------------------------------------------------------


def test_an_application_is_judged_alike_on_every_day() -> None:
    """Filed at any quarter, and on the days around commencement: what took place before is not judged, what took place
    since is judged as on any other day; where the calendar has no data, what hangs on it is open, and nothing else."""
    made = document()
    [first] = made["applications"]
    days = {date.fromisoformat(first["submitted_on"]), *QUARTERS, *AROUND_LAW}
    days |= {LAW - n * ONE for n in range(6)}
    made["applications"] = [
        {
            **moved(first, day - date.fromisoformat(first["submitted_on"])),
            "application_no": str(day),
            "applicant_id": str(day),
        }
        for day in sorted(days)
    ]
    found = scene(made, LAST)
    verdicts = judged(found)
    usual = {
        (p[0], p[2].partition("/")[2]): v
        for p, v in verdicts.items()
        if p[2].startswith(first["submitted_on"])
    }
    assert usual and set(usual.values()) <= {"compliant", "not_applicable"}
    wrong, kinds = [], Counter[str]()
    for bound, frame in frames(found, a_judge()):
        filed, _, inside = frame.key.partition("/")
        if frame.kinds[0] != "application":
            continue
        said, expected = verdicts[bound.rule.id, frame.kind, frame.key], usual[bound.rule.id, inside]
        _, end = conduct(bound, frame)
        known = the_pack().calendar.missing_years(
            date.fromisoformat(filed), date.fromisoformat(filed) + 20 * ONE
        )
        if isinstance(end, date) and end < LAW:
            expected = "not_applicable"
        elif known and _hangs_on_calendar(bound):
            expected = "undetermined"
        kinds[expected] += 1
        if said != expected:
            wrong.append((bound.rule.id, frame.key, said, expected))
    assert wrong == []
    assert min(kinds.values()) > 3 and len(kinds) == 3


def _hangs_on_calendar(bound: BoundRule) -> bool:
    return bound.rule.id in ("15.2d",)


def test_a_late_completion_is_late_in_every_year_that_has_a_calendar() -> None:
    """Sixty days for a promise of five working days: late wherever days off are known, open where they are not, and
    the finding names what is missing."""
    made = document()
    [first] = made["applications"]
    filed = date.fromisoformat(first["submitted_on"])
    made["applications"] = []
    for day in QUARTERS:
        late = moved(first, day - filed)
        late |= {"application_no": str(day), "applicant_id": str(day), "completed_on": str(day + 60 * ONE)}
        late["deferral"]["completed_on"] = str(day + 60 * ONE)
        made["applications"].append(late)
    found = scene(made, LAST)
    explain = Explainer(the_pack(), a_judge())
    said: dict[date, str] = {}
    for kind, record in found.at_hand():
        hits: list[Hit] = []
        if kind == "application":
            a_judge().judge(kind, record, found.world, hits)
            day = date.fromisoformat(record.application_no)
            findings = [explain.finding(kind, hit, found.world) for hit in hits]
            mine = [f for f in findings if f.rule == "15.2d"]
            said[day] = mine[0].verdict if mine else "none"
            if said[day] == "undetermined":
                assert any("limit_from" in m.fact for m in mine[0].missing), mine[0].missing
    calendar = the_pack().calendar
    assert said == {
        day: "none"
        if day + 60 * ONE < LAW
        else "undetermined"
        if calendar.missing_years(day, day + 20 * ONE)
        else "violated"
        for day in QUARTERS
    }
    assert {"violated", "undetermined"} <= set(said.values())


# -- versions ------------------------------------------------------------------------------------------------------


def _two_versions(change: date, published: date) -> Document:
    """A guide that names one material up to the day before the change, and another from then on; and one application
    in which both are demanded every day."""
    made = document()
    [guide] = made["guides"]
    old, new = copy.deepcopy(guide), copy.deepcopy(guide)
    del old["open_ended"]
    old |= {"version": "1", "valid_to": str(change - ONE)}
    new |= {"version": "2", "valid_from": str(change), "published_on": str(published)}
    material = guide["materials"][0]
    old["materials"].append({**material, "material_code": "M-OLD", "material_name": "旧材料"})
    new["materials"].append({**material, "material_code": "M-NEW", "material_name": "新材料"})
    made["guides"] = [old, new]
    [application] = made["applications"]
    demand = application["demands"][0]
    application["demands"] = [
        {
            **demand,
            "demand_no": f"{which} {day}",
            "material_code": f"M-{which}",
            "material_name": f"{name}材料",
            "demanded_on": str(day),
        }
        for day in _every_day()
        for which, name in (("OLD", "旧"), ("NEW", "新"))
    ]
    return made


def _every_day() -> list[date]:
    """Every day around the turns, and one of each week besides."""
    near = {CHANGE + n * ONE for n in range(-8, 9)} | {LAW + n * ONE for n in range(-8, 9)}
    return sorted(near | {FIRST + n * ONE for n in range(0, (LAST - FIRST).days, 7)})


CHANGE = date(2025, 2, 28)


def _demands(made: Document, rule: str = "14.1a") -> dict[date, tuple[str, str]]:
    """The verdicts on the demands of each day: for the old material, for the new."""
    found, judge = scene(made, LAST - ONE), a_judge()
    [application] = [r for k, r in found.at_hand() if k == "application"]
    [bound] = [b for b in judge.by_kind["demand"] if b.rule.id == rule]
    said: dict[date, dict[str, str]] = {}
    for frame in judge.frames("application", application, found.world):
        if frame.kind == "demand":
            which, _, day = frame.record.demand_no.partition(" ")
            said.setdefault(date.fromisoformat(day), {})[which] = judge.verdict(bound, frame)
    return {day: (both["OLD"], both["NEW"]) for day, both in said.items()}


def test_one_version_of_a_guide_judges_each_day() -> None:
    """The old one up to the day before the change, the new one from that day: none of the days by both or neither."""
    said = _demands(_two_versions(CHANGE, CHANGE - 30 * ONE))
    assert said == {
        day: ("not_applicable",) * 2
        if not LAW <= day < LAST
        else ("compliant", "violated")
        if day < CHANGE
        else ("violated", "compliant")
        for day in _every_day()
    }


def test_a_version_published_late_leaves_no_guide_meanwhile() -> None:
    """Between its beginning and its publication neither version stands: nothing is judged by either."""
    published = CHANGE + 3 * ONE
    said = _demands(_two_versions(CHANGE, published))
    for day in _every_day():
        if LAW <= day < LAST:
            expected = ("compliant", "violated") if day < CHANGE else ("violated", "compliant")
            if not CHANGE <= day < published:
                assert said[day] == expected, day
            else:
                assert set(said[day]) == {"undetermined"}, day


VERSIONED = {
    "guides": lambda w, d: w.guide("650500SGXK", "ZJ", "650500", "window", d),
    "deferral_lists": lambda w, d: w.deferral_list("ZJ", "650500", d),
    "catalogues": lambda w, d: w.catalogue("650500", d),
    "item_lists": lambda w, d: w.in_force("item_lists", "item_list", "650500", d),
}


@pytest.mark.parametrize("table", VERSIONED)
@pytest.mark.parametrize("change", [LAW, date(2025, 2, 28), date(2024, 2, 29), date(2026, 12, 31)])
def test_of_adjoining_versions_one_is_in_force(table: str, change: date) -> None:
    """Of two versions that adjoin, exactly one on each day from the first's beginning; before it none, known where the
    table is complete and unknown where it is not."""
    made = document()
    row = made[table][0]
    old, new = copy.deepcopy(row), copy.deepcopy(row)
    old.pop("open_ended")
    old |= {"valid_to": str(change - ONE)}
    new |= {"valid_from": str(change)} | ({"list_no": "RQ-ZJ-2"} if table == "deferral_lists" else {})
    made[table] = [old, new]
    world = scene(made, LAST).world
    begin = date.fromisoformat(row["valid_from"])
    kind = {
        "guides": "guide",
        "deferral_lists": "deferral_list",
        "catalogues": "catalogue",
        "item_lists": "item_list",
    }[table]
    for day in [*swept(made), FIRST - ONE, LAST + ONE]:
        found = VERSIONED[table](world, day)
        if day < begin:
            expected = ABSENT[kind] if day >= FIRST else UNKNOWN[kind]
            assert found is expected, day
        else:
            assert (found.valid_from == change) is (day >= change), day
            assert found.valid_from <= day <= found.valid_to


# -- evidence ------------------------------------------------------------------------------------------------------


def _evidence_world(*papers: tuple[date, date]) -> Document:
    """Every duty that documents prove, each with the same papers: dated, and valid to, inclusive."""
    made = document("documents")
    bare = scene(made, LAST).world
    made["evidence"] = []
    for row in made["organs"]:
        organ = bare.organ(row["code"])
        for rule, aspect, year in expected_of(bare, organ) if organ.organ_class else ():
            for dated, valid_to in papers:
                number = f"{organ.code} {rule.norm} {aspect and aspect.key} {year} {dated}"
                paper = {
                    "evidence_no": number,
                    "organ_code": organ.code,
                    "norm": rule.norm,
                    "dated": str(dated),
                }
                paper |= {"valid_to": str(valid_to), "shows": "done"}
                paper |= {"aspect": aspect.key} if aspect else {}
                paper |= {"year": str(year)} if year else {}
                made["evidence"].append(paper)
    return made


def _shown(made: Document, day: date) -> dict[bool, set[str]]:
    """What is said of the duties on a day: of those with a year, and of the others. What the tables settle without
    any document (5.1a: the agency is in the table of organs) is left out."""
    norms = [d.norm for d in the_pack().documentary]
    settled = {
        k
        for k, (_, v) in _duties({**made, "evidence": [], "undocumented": norms}, day).items()
        if v == "compliant"
    }
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for key, (by_year, verdict) in _duties(made, day).items():
        if key not in settled:
            found[by_year].add(verdict)
    return found


def _duties(made: Document, day: date) -> dict[str, tuple[bool, str]]:
    """Of each duty on a day whether it has a year, and the verdict."""
    return {
        f"{bound.rule.id} {frame.key}": (frame.record.year is not None, a_judge().verdict(bound, frame))
        for bound, frame in frames(scene(made, day), a_judge())
        if frame.kind == "expectation" and bound.rule.id == frame.record.rule
    }


def test_evidence_lapses_the_day_after_its_last() -> None:
    dated, last = date(2024, 6, 3), date(2025, 2, 28)
    made = _evidence_world((dated, last))
    for day in swept([str(dated), str(last)]):
        every_year, once = (_shown(made, day)[by_year] for by_year in (True, False))
        if day < LAW:
            assert every_year | once <= {"not_applicable"}, day
        else:
            # A year's budget is that year's for good.
            assert "compliant" in every_year if day >= dated else every_year == {"undetermined"}, day
            assert once - {"not_applicable"} == {"compliant" if dated <= day <= last else "undetermined"}, day


@pytest.mark.parametrize("gap", [-40, 0, 1, 2, 30])
def test_newer_evidence_takes_over_without_a_gap(gap: int) -> None:
    """The renewal dated on the morrow of the last day, or earlier, leaves none; one dated later leaves just the days
    between."""
    dated, last = date(2024, 3, 10), date(2025, 3, 9)
    renewed = last + gap * ONE
    made = _evidence_world((dated, last), (renewed, LAST))
    for day in swept([str(dated), str(last), str(renewed)]):
        if day >= dated:
            open_ = last < day < renewed
            assert _shown(made, day)[False] - {"not_applicable"} == {
                "undetermined" if open_ else "compliant"
            }, day


def test_every_documentary_rule_is_swept() -> None:
    made = _evidence_world((LAW, LAST))
    rules = {b.rule.id for b, f in frames(scene(made, LAST), a_judge()) if f.kind == "expectation"}
    assert {d.rule for d in the_pack().documentary} <= rules
    world = scene(made, LAST).world
    assert all(
        evidence_of(world, o.code, *duty)[0]
        for o in world.tables["organs"] if o.organ_class
        for duty in expected_of(world, world.organ(o.code))
    )  # fmt: skip
    assert all(isinstance(e, Evidence) for e in world.tables["evidence"])


REQUESTS = [
    (case, rule)
    for case in the_cases()
    for rows in [case.document.get("evidence_requests") or ()]
    for rule, expected in case.expect.items()
    if expected == "violated" and len(rows) == 1 and rows[0].get("produced") == "false"
]


def test_silence_counts_from_the_day_after_a_request_was_due() -> None:
    """What is a breach because nobody answered is open on the last day for answering and a breach on the next."""
    assert len(REQUESTS) > 5
    for case, rule in REQUESTS:
        due = date.fromisoformat(case.document["evidence_requests"][0]["due_on"])
        said = []
        for day in (due, due + ONE):
            verdicts = judged(scene_of(_as_of(case, day), the_pack()))
            said.append({v for (r, _, _), v in verdicts.items() if r == rule})
        assert "violated" not in said[0] and "undetermined" in said[0], (case.name, rule)
        assert "violated" in said[1], (case.name, rule)


def _as_of(case: Case, day: date) -> Case:
    return dataclasses.replace(case, document={**case.document, "as_of": day.isoformat()})


# -- parameters ----------------------------------------------------------------------------------------------------


def test_each_parameter_has_one_value_every_day() -> None:
    """From commencement on; and none of them is asked for without a day unless one value lasts."""
    for name, parameter in the_pack().data.parameters.items():
        for day in [LAW + n * ONE for n in range(0, (LAST - LAW).days, 30)]:
            holding = [v for v in parameter.values if v.start <= day <= v.end]
            assert len(holding) == 1, (name, day)
            assert parameter.at(day) is not None
        assert (parameter.at(None) is not None) is parameter.lasting


TURN = date(2025, 1, 1)


@cache
def _pack_with(name: str, values: str) -> Pack:
    """The pack with other values of one parameter."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules"
        shutil.copytree(data_folder("rules"), rules)
        file = rules / "parameters.yaml"
        head, found, rest = file.read_text("utf-8").partition(f"  {name}:\n")
        assert found
        own, values_key, after = rest.partition("    values:\n")
        written = "".join(f"      - {{{v}, source: 试验}}\n" for v in values.splitlines())
        later_ones = after[re.search(r"^(  \S|\Z)", after, re.M).start() :]  # type: ignore[union-attr]
        file.write_text(head + found + own + values_key + written + later_ones, "utf-8")
        return read_pack(rules, default_registry())


def _stale_workflows(days: Iterable[date]) -> Document:
    """One version of a workflow each week, which takes fifteen working days to be updated."""
    made = document()
    row = made["workflows"][0]
    made["workflows"] = []
    for day in days:
        updated = the_pack().calendar.add_working_days(day, 15)
        made["workflows"].append(row | {
            "version": str(day), "valid_from": str(day), "valid_to": str(day + 6 * ONE),
            "change_required": "true", "change_required_on": str(day), "updated": "true", "updated_on": str(updated),
        })  # fmt: skip
    return made


def _staleness(pack: Pack, days: Iterable[date]) -> dict[date, str]:
    said = judged(scene(_stale_workflows(days), LAST, pack), Judge(pack.bound, pack.registry))
    return {
        date.fromisoformat(key.rpartition(":")[2]): v for (rule, _, key), v in said.items() if rule == "13.1c"
    }


@pytest.mark.parametrize(
    ("values", "before", "after"),
    [
        ("from: 2024-03-01, to: 2024-12-31, value: 20\nfrom: 2025-01-01, value: 10", "compliant", "violated"),
        ("from: 2024-03-01, to: 2024-12-31, value: 10\nfrom: 2025-01-01, value: 20", "violated", "compliant"),
        ("from: 2024-03-01, to: 2024-12-31, value: 10", "violated", "undetermined"),
        ("from: 2025-01-01, value: 10", "undetermined", "violated"),
    ],
)
def test_a_parameter_holds_for_the_conduct_of_its_days(values: str, before: str, after: str) -> None:
    """The value of the first day of the conduct, up to the last day of the one and from the first of the other; on a day
    that has none, nothing is said."""
    days = [TURN + n * ONE for n in range(-35, 36, 7)] + [TURN - ONE, TURN + ONE]
    said = _staleness(_pack_with("workflow_update_days", values), days)
    assert said == {day: before if day < TURN else after for day in days}


def test_a_statistic_is_held_to_the_parameter_of_its_own_year() -> None:
    """Fewer engagements are enough from the second year of the regulation on: the first is judged by its own."""
    pack = _pack_with(
        "concentration_engagements",
        "from: 2024-03-01, to: 2025-02-28, value: 30\nfrom: 2025-03-01, value: 4",
    )
    made = document("complete")
    [application] = made["applications"]
    filed = date.fromisoformat(application["submitted_on"])
    made["applications"] = [
        moved(application, day - filed) | {"application_no": f"{day} {n}", "applicant_id": f"{day} {n}"}
        for day in (date(2024, 6, 3), date(2025, 6, 3))
        for n in range(5)
    ]
    firm = made["intermediaries"][0]
    made["intermediaries"] += [firm | {"code": code, "name": f"{code}公司"} for code in ("J2", "J3", "J4")]
    found = scene(made, LAST, pack)
    said = judged(found, Judge(pack.bound, pack.registry))
    by_year = {key.rpartition(":")[2]: v for (rule, kind, key), v in said.items() if kind == "concentration"}
    assert by_year == {"2024-03-01": "not_applicable", "2025-03-01": "compliant"}
    # Only the second year's group is tested, and the correction for several tests knows it.
    assert {record.tests for kind, record in found.records if kind == "concentration"} == {1}


def test_what_is_counted_follows_the_parameter_of_its_day() -> None:
    """From the second year on other names are registrations: each year counts its own."""
    pack = _pack_with(
        "registration_items",
        "from: 2024-03-01, to: 2025-02-28, value: [设立登记]\nfrom: 2025-03-01, value: [注销登记]",
    )
    made = document()
    [application] = made["applications"]
    filed = date.fromisoformat(application["submitted_on"])
    made["applications"] = [
        moved(application, day - filed)
        | {
            "application_no": f"{day} {name}",
            "applicant_id": f"{day} {name}",
            "organ_code": "SJ",
            "item_name": name,
            "item_code": name,
        }
        | {"organ_name": "哈密市市场监督管理局"}
        for day, names in (
            (date(2024, 2, 1), ["公司设立登记"]),
            (date(2024, 6, 3), ["公司设立登记", "公司注销登记"]),
            (date(2025, 6, 3), ["公司设立登记", "个体注销登记", "公司注销登记"]),
        )
        for name in names
    ]
    counted = {
        record.period_from: (record.applications, record.before_applications)
        for kind, record in scene(made, LAST, pack).records
        if kind == "handling"
    }
    assert counted == {LAW: (1, 1), date(2025, 3, 1): (2, 1)}

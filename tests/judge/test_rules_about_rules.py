"""The rules about rules, by the whole way from documents to findings: one fact, one finding; instances of one
practice; burden of proof; what is pleaded or put right later; each act by its own date; what is never reckless."""

from __future__ import annotations

import copy
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_records import the_pack

from hami_rules import statute
from hami_rules.assets import data_folder
from hami_rules.audit.documents import check_documents
from hami_rules.intake.positioned import read_document
from hami_rules.judge.findings import Finding
from hami_rules.pack.rules import Rule
from hami_rules.report.summary import build_totals
from hami_rules.statute.numerals import to_chinese

AS_OF = date(2025, 6, 30)
BASE = read_document(data_folder("cases") / "bases" / "complete.yaml", "complete.yaml")[0].data
NORMS = Path(__file__).parents[4] / "shared" / "norms.md"
OUTSIDE = {"material_code": "M099", "material_name": "验资报告"}


def world() -> Any:
    return copy.deepcopy(BASE)


def found(data: Any, folder: Path) -> dict[tuple[str, str], Finding]:
    """The findings of a check of these records, by rule and record."""
    tables = {k: v for k, v in data.items() if k not in ("as_of", "completeness")}
    complete = {t: {"complete": how} for t, how in data["completeness"].items()}
    (folder / "world.yaml").write_text(yaml.safe_dump(tables, allow_unicode=True), encoding="utf-8")
    (folder / "dossier.yaml").write_text(yaml.safe_dump(complete, allow_unicode=True), encoding="utf-8")
    checked = check_documents([folder], [], the_pack(), AS_OF, None)
    assert not checked.quarantined and not checked.errors
    return {(f.rule, f.record_key): f for f in checked.findings}


# -- one fact, one finding ------------------------------------------------------------------------------------------

PRIMARY = [
    ("16.1d", "16.1b"), ("16.1d", "16.1c"), ("16.1d", "14.1a"), ("16.1d", "14.1b"), ("16.1b", "14.1a"),
    ("16.1b", "14.1b"), ("16.1c", "14.1a"), ("16.1c", "14.1b"), ("14.2", "14.1b"), ("14.2", "14.1c"),
    ("14.1b", "14.1c"), ("14.1a", "22.1b"), ("22.1b", "13.1d"), ("13.1d", "6.1a"), ("13.1d", "3.1b"),
    ("8.1a", "9.1b"), ("8.1a", "9.1c"), ("10.1", "17.1a"), ("17.1b", "17.1a"), ("17.1c", "11.3b"),
    ("11.1a", "11.2a"), ("13.1a", "13.1b"), ("13.1a", "13.1c"), ("13.1a", "13.1f"), ("22.2a", "22.2b"),
    ("22.2a", "22.2c"), ("22.2b", "22.2c"), ("22.2a", "22.2f"), ("22.2b", "22.2f"),
]  # fmt: skip
"""Norm ▸ norm, as norms.md has them under “One fact, one finding”."""


def of(norm: str) -> list[Rule]:
    return [r for r in the_pack().rules if r.address == norm and r.effect is None]


@pytest.mark.parametrize(("primary", "other"), PRIMARY, ids=[f"{a}-{b}" for a, b in PRIMARY])
def test_the_primary_norm_is_declared(primary: str, other: str) -> None:
    if not of(primary) or not of(other):
        pytest.skip(f"{primary} or {other} is not encoded yet")
    declared = [statute.Address.parse(a) for r in of(primary) for a in r.primary_over]
    assert any(a.contains(statute.Address.parse(r.id)) for a in declared for r in of(other))


@pytest.mark.parametrize(
    "rule", [r for r in the_pack().rules if r.primary_over and r.effect is None], ids=lambda r: r.id
)
def test_what_is_declared_primary_can_meet_the_other(rule: Rule) -> None:
    """Both judge the same record, or each says by what the fact is known again, in as many values."""
    kinds = the_pack().registry.kinds

    def rests_on(kind: str) -> str:
        while kinds[kind].derived and kinds[kind].parent:
            kind = kinds[kind].parent or kind
        return kind

    for address in rule.primary_over:
        at = statute.Address.parse(address)
        others = [
            r for r in the_pack().rules if at.contains(statute.Address.parse(r.id)) and r.effect is None
        ]
        assert not others or any(
            rests_on(rule.judges) == rests_on(other.judges)
            or {len(w) for w in rule.same_fact} & {len(w) for w in other.same_fact}
            for other in others
        ), address


def test_findings_of_records_judged_apart_meet(tmp_path: Path) -> None:
    """13.1a of an item silences what there is to say of its workflow; the workflow's is shown, not counted."""
    data = world()
    data["applications"] = []
    data["items"][0] |= {"workflow_compiled": "false"}
    del data["items"][0]["workflow_compiled_on"]
    data["workflows"][1]["shown_online"] = "false"
    said = found(data, tmp_path)
    counted = said["13.1a", "650500SGXK:ZJ:650500"]
    other = said["13.1b", "650500SGXK:ZJ:650500:2"]
    assert (counted.primary, other.primary) == (None, counted.id)
    assert other.id in counted.concurrent
    assert build_totals(said.values(), ()).party("department").by_article["13"].violation.instances == 1


def test_a_designation_counts_for_the_concentration_that_it_makes(tmp_path: Path) -> None:
    """22.2a of one engagement and 22.2c of a year of them: the statistic is shown beside the breach, not again."""
    data = world()
    [lean] = data["applications"]
    lean |= {"channel": "online", "deferred": "false", "deferral": None}
    lean |= {name: [] for name in ("demands", "submissions", "steps", "conditions", "services")}
    for code in ("J2", "J3"):
        offer = {"service_code": "S001", "service_name": "施工图设计文件审查", "statutory": "false"}
        data["intermediaries"].append({"code": code, "name": code, "region": "650500", "serves_regions": ["650500"], "offers": [offer]})  # fmt: skip
    data["applications"] += [
        copy.deepcopy(lean) | {"application_no": f"B{n}", "applicant_id": f"X{n}"} for n in range(19)
    ]
    alone = found(data, tmp_path)
    [key] = [k for k in alone if k[0] == "22.2c"]
    assert (alone[key].verdict, alone[key].primary) == ("violated", None)
    lean["engagements"][0] |= {"chosen_by": "department", "applicant_drew_lot": "false"}
    said = found(data, tmp_path)
    assert said[key].primary == said["22.2a", "A1/engagements/W1"].id


def test_a_step_that_a_revision_adds_without_a_basis_counts_once(tmp_path: Path) -> None:
    data = world()
    data["workflows"], data["applications"] = [], []
    [old] = data["guides"]
    new = copy.deepcopy(old) | {"version": "2", "valid_from": "2024-06-01", "published_on": "2024-06-01", "change_based": False, "corrects_error": False}  # fmt: skip
    del old["open_ended"]
    old["valid_to"] = "2024-05-31"
    step = copy.deepcopy(new["steps"][0]) | {"step_no": 3, "step_name": "现场核验", "bases": []}
    new["steps"].append(step)
    new["promised_days"] = 9
    data["guides"].append(new)
    said = found(data, tmp_path)
    key = "650500SGXK:ZJ:650500:any:2024-06-01"
    counted = said["13.1e", f"{key}/steps/3:现场核验"]
    assert said["3.1b", f"{key}/guide_change/1:steps"].primary == counted.id
    assert said["3.1b", f"{key}/guide_change/1:days"].primary is None, "another fact of the same revision"


def test_a_condition_that_a_revision_adds_with_its_material_counts_once(tmp_path: Path) -> None:
    data = world()
    data["workflows"], data["applications"] = [], []
    [old] = data["guides"]
    new = copy.deepcopy(old) | {"version": "2", "valid_from": "2024-06-01", "published_on": "2024-06-01", "change_based": False, "corrects_error": False}  # fmt: skip
    del old["open_ended"]
    old["valid_to"] = "2024-05-31"
    new["conditions"].append(copy.deepcopy(new["conditions"][0]) | {"text": "提交验资报告", "bases": []})
    new["materials"].append(OUTSIDE | {"form": "paper_copy", "copies": "1", "need": "required"})
    data["guides"].append(new)
    said = found(data, tmp_path)
    key = "650500SGXK:ZJ:650500:any:2024-06-01"
    counted = said["13.1d", f"{key}/conditions/提交验资报告"]
    assert said["3.1b", f"{key}/guide_change/1:materials"].primary == counted.id


def test_what_stands_for_another_record_of_one_fact_counts_once(tmp_path: Path) -> None:
    """A window that refuses and an item offered online only; an item off the list and the catalogue's entry for it;
    an unpublished list and its entries; an item away from the centre and the body that handles it."""
    data = world()
    data["items"][0] |= {"handled_in_centre": False, "off_centre_approvals": []}
    data["items"].append(data["items"][0] | {"item_code": "650500QT", "handled_in_centre": True, "offered_offline": False})  # fmt: skip
    data["item_lists"][0]["entries"][0] |= {"item_code": "650500QT", "catalog_code": "000115009000", "published": False}  # fmt: skip
    data["item_lists"][0]["published"] = False
    del data["item_lists"][0]["published_on"]
    data["applications"][0] |= {"item_code": "650500QT"}
    data["applications"][0]["channel_limits"] = [
        {"limit_no": "X1", "limit": "window_refused", "imposed_on": "2025-03-03", "organ_code": "ZJ",
         "own_choice": False, "fixed_by_law": False, "national_online_system": False}
    ]  # fmt: skip
    body = next(
        b for b in data["internal_bodies"] if b["organ_code"] == "ZJ" and b["handles_services"] == "true"
    )
    body |= {"stationed_whole": False, "off_centre_approved": False}
    said = found(data, tmp_path)
    item = "650500SGXK:ZJ:650500"
    [body_key] = [key for rule, key in said if rule == "9.1b"]
    for primary, other in [
        (("17.1b", "A1/channel_limits/X1"), ("17.1a.only_online", "650500QT:ZJ:650500")),
        (("11.1a.agency", item), ("11.2a", "000115001000:650500")),
        (("11.2b", "650500:2024-01-01"), ("11.2b.item", "650500:2024-01-01/entries/650500QT")),
        (("8.1a", item), ("9.1b", body_key)),
    ]:
        assert said[other].primary == said[primary].id, other


@pytest.mark.parametrize(
    "dated", [{}, {"valid_from": "2025-01-01", "open_ended": "true"}], ids=["undated", "same day"]
)
def test_a_guide_is_held_against_its_version_before_in_another_file(
    tmp_path: Path, dated: dict[str, str]
) -> None:
    guide = copy.deepcopy(BASE["guides"][0])
    for name in ("valid_from", "open_ended", "published_on"):
        del guide[name]
    guide |= dated
    after = copy.deepcopy(guide) | {
        "visits": 2,
        "change_based": "false",
        "corrects_error": "false",
        "version": "2",
    }
    organs = {"organs": BASE["organs"]}
    for name, tables in (("old", {"guides": [guide]}), ("new", {"guides": [after]}), ("organs", organs)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(tables, allow_unicode=True), encoding="utf-8")
    context = [tmp_path / "old.yaml", tmp_path / "organs.yaml"]
    checked = check_documents([tmp_path / "new.yaml"], context, the_pack(), AS_OF, None)
    said = [f for f in checked.findings if f.rule == "3.1b"]
    assert [(f.verdict, f.grade) for f in said] == [("violated", "shortfall")]
    assert "跑动次数增加：修订前为“1”，修订后为“2”" in said[0].message.zh


# -- instances of one practice --------------------------------------------------------------------------------------


def test_instances_of_one_practice_are_one_practice(tmp_path: Path) -> None:
    data = world()
    [first] = data["applications"]
    first["demands"][0] |= OUTSIDE
    second = copy.deepcopy(first) | {"application_no": "A2", "applicant_id": "91650500MA00000002"}
    data["applications"].append(second)
    said = found(data, tmp_path)
    a, b = said["14.1a", "A1/demands/D1"], said["14.1a", "A2/demands/D1"]
    assert a.practice == b.practice and a.id != b.id
    total = build_totals([a, b], ()).party("department").total.violation
    assert (total.instances, total.practices) == (2, 1)


# -- against the applicant ------------------------------------------------------------------------------------------


def test_an_applicants_falsehood_is_in_no_departments_totals(tmp_path: Path) -> None:
    data = world()
    data["applications"][0]["falsehoods"] = [
        {"falsehood_no": "F1", "what": "forged_material", "about": "合格书", "done_on": "2025-03-03", "decided": "true", "decided_on": "2025-05-06", "document": "决定书", "revoked": "false"}
    ]  # fmt: skip
    finding = found(data, tmp_path)["6.2", "A1/falsehoods/F1"]
    assert (finding.rule, finding.counts_against, finding.organ_code) == ("6.2", "applicant", "申请人…0001")
    totals = build_totals([finding], ())
    assert totals.party("department").total.breaches == 0 and not totals.party("department").by_organ
    assert totals.party("applicant").total.violation.instances == 1


# -- burden of proof, excuses, correction -----------------------------------------------------------------------------


@pytest.mark.parametrize(("due", "verdict"), [("2025-06-29", "violated"), ("2025-06-30", "undetermined")])
def test_silence_past_the_due_date_counts_as_absence(tmp_path: Path, due: str, verdict: str) -> None:
    data = world()
    data["applications"] = []
    del data["guides"][0]["conditions"][0]["bases"]
    key = "650500SGXK:ZJ:650500:any:2024-01-01/conditions/已经办理该建筑工程用地批准手续"
    data["evidence_requests"] = [
        {"request_no": "Q1", "kind": "guide_condition", "key": key, "fact": "bases", "asked_on": "2025-06-01", "due_on": due, "produced": "false"}
    ]  # fmt: skip
    finding = found(data, tmp_path)["13.1d", key]
    assert finding.verdict == verdict
    assert (finding.note is not None) is (verdict == "violated"), "a finding that rests on silence says so"


def test_an_excuse_outside_the_text_marks_a_finding_and_removes_nothing(tmp_path: Path) -> None:
    data = world()
    [one] = data["applications"]
    one["matter_id"] = "L1"
    other = copy.deepcopy(one) | {"application_no": "A0", "submitted_on": "2025-03-01"}
    for row in other["submissions"]:
        row["received_on"] = "2025-03-01"
    other["events"] = []
    one["events"] = [{"event_no": "E1", "kind": "sharing_interrupted", "happened_on": "2025-03-01", "ended_on": "2025-03-31"}]  # fmt: skip
    data["applications"] = [other, one]
    said = [
        f
        for (rule, _), f in found(data, tmp_path).items()
        if rule == "14.2.linked" and f.verdict == "violated"
    ]
    assert said
    assert all(f.grade == "violation" and f.rebuttals for f in said if f.root_key == "A1")


def test_what_is_put_right_later_stays_violated(tmp_path: Path) -> None:
    data = world()
    data["applications"][0]["demands"][0] |= OUTSIDE
    data["dispositions"] = [
        {"disposition_no": "C1", "rule": "14.1a", "key": "A1/demands/D1", "what": "corrected", "on": "2025-05-01", "document": "整改报告"}
    ]  # fmt: skip
    finding = found(data, tmp_path)["14.1a", "A1/demands/D1"]
    assert (finding.verdict, finding.grade, finding.corrected_on) == (
        "violated",
        "violation",
        date(2025, 5, 1),
    )
    total = build_totals([finding], ()).party("department").total
    assert (total.violation.instances, total.corrected) == (1, 1)


def test_each_act_is_judged_by_its_own_date(tmp_path: Path) -> None:
    """An application of February 2024: what was demanded on 29 February is free, on 1 March governed."""
    data = world()
    data["guides"][0]["valid_from"] = "2023-06-01"
    data["guides"][0]["published_on"] = "2023-06-01"
    [one] = data["applications"]
    one |= {"submitted_on": "2024-02-20", "accepted_on": "2024-02-20", "deferral": None, "deferred": "false"}
    one["engagements"] = []
    one["demands"] = [
        one["demands"][0] | OUTSIDE | {"demand_no": "D1", "demanded_on": "2024-02-29"},
        one["demands"][0] | OUTSIDE | {"demand_no": "D2", "demanded_on": "2024-03-01"},
    ]
    said = found(data, tmp_path)
    assert {k for r, k in said if r == "14.1a"} == {"A1/demands/D2"}


# -- mitigation and consequence ---------------------------------------------------------------------------------------


def test_mitigation_marks_a_finding_and_removes_nothing(tmp_path: Path) -> None:
    data = world()
    data["applications"][0]["demands"][0] |= OUTSIDE
    plain = found(data, tmp_path)["14.1a", "A1/demands/D1"]
    measure = {"measure_no": "G1", "organ_code": "ZJ", "region": "650500", "whole_region": "false", "measure": "告知承诺试点", "document": "通知", "norms": ["14.1"], "all_items": "true", "within_law": "true", "conditions_instrument": "容错办法", "conditions": "程序合规", "conditions_met": "true", "valid_from": "2025-01-01", "open_ended": "true"}  # fmt: skip
    data["reform_measures"] = [measure]
    marked = found(data, tmp_path)["14.1a", "A1/demands/D1"]
    assert plain.mitigation is None and plain.mitigation_pending is None
    assert marked.mitigation is not None
    for part in ("告知承诺试点", "容错办法", "程序合规"):
        assert part in marked.mitigation.zh and part in marked.mitigation.en
    assert marked.note is not None and "探索改革本身不违反本条例" in marked.note.zh
    assert (marked.id, marked.state, marked.verdict, marked.grade) == (
        plain.id,
        plain.state,
        "violated",
        "violation",
    )
    del measure["conditions_met"]
    doubtful = found(data, tmp_path)["14.1a", "A1/demands/D1"]
    assert doubtful.mitigation is None
    assert doubtful.mitigation_pending is not None and "待认定" in doubtful.mitigation_pending.zh


def test_every_finding_names_the_coordinating_body_and_what_follows(tmp_path: Path) -> None:
    data = world()
    data["applications"][0]["demands"][0] |= OUTSIDE
    finding = found(data, tmp_path)["14.1a", "A1/demands/D1"]
    assert finding.coordinating_body is not None and finding.coordinating_body.zh == "哈密市政务服务管理局"
    assert finding.consequence is not None and "第三十二条" in finding.consequence.zh
    data["misconduct_records"] = [
        {"record_no": "R1", "organ_code": "ZJ", "rule": "14.1a", "key": "A1/demands/D1", "what": "abuse_of_power", "decided": "true", "decided_on": "2025-05-10", "decided_by": "监察机关", "document": "决定", "crime_suspected": "true"}
    ]  # fmt: skip
    decided = found(data, tmp_path)["14.1a", "A1/demands/D1"].consequence
    assert decided is not None and "第三十二条" not in decided.zh
    assert decided.zh.startswith(
        "依法给予处分（第三十一条）：监察机关于2025年5月10日认定存在滥用职权（决定）；建议移送"
    )
    data["organs"] = [o for o in data["organs"] if o["code"] != "GLJ"]
    unknown = found(data, tmp_path)["14.1a", "A1/demands/D1"].coordinating_body
    assert unknown is not None and unknown.zh.startswith("不明")


# -- never reckless ---------------------------------------------------------------------------------------------------

NEVER = ("6.1a", "12.1a", "13.1c", "14.1c", "18.1", "19.1b", "19.2a", "22.2c", "26", "27", "28", "31.1")


def test_the_never_reckless_list_is_the_inventorys() -> None:
    assert the_pack().data.never_reckless == NEVER
    if not NORMS.is_file():
        pytest.skip("the inventory is not beside this checkout")
    said = re.search(r"\*\*Never reckless\.\*\* (.*?) never become", NORMS.read_text(encoding="utf-8"))
    assert said is not None
    listed = [re.sub(r"\s*\(.*\)|\.x$", "", part) for part in said[1].split(", ")]
    assert tuple(listed) == NEVER


def test_no_never_reckless_norm_is_graded_a_violation() -> None:
    listed = [statute.Address.parse(n) for n in NEVER]
    reckless = [
        r.id for r in the_pack().rules if r.grade == "violation" and any(n.contains(r.id) for n in listed)
    ]
    assert reckless == []


def test_every_departure_from_the_verb_is_explained_to_the_reader() -> None:
    """不得, 应当 and rights are violations: what is not stands in `docs/dossier.md` with its reason."""
    page = (Path(__file__).parents[2] / "docs" / "dossier.md").read_text(encoding="utf-8")
    section = page.split("### 级别的例外")[1].split("\n未决有两种")[0]
    pack = the_pack()

    endings = tuple(re.findall(r"`([a-z_]+)`", section))

    def named(rule: str) -> bool:
        parts = rule.split(".")
        above = [".".join(parts[:n]) for n in range(2, len(parts) + 1)]
        article = f"第{to_chinese(int(parts[0]))}条"
        return any(a in section for a in above) or article in section or rule.endswith(endings)

    assert [norm for norm in NEVER if not named(norm)] == []
    binding = [r for r in pack.rules if r.kind in ("ban", "duty", "right") and r.effect is None]
    assert [r.id for r in binding if r.grade != "violation" and not named(r.id)] == []
    assert all(pack.by_id[rule].grade == "violation" for rule in ("25.1b", "11.2b"))
    assert pack.by_id["26.1.matching"].grade == "shortfall"

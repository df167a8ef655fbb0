"""What people lay beside the records takes effect, or the run says why not and where."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import run

Make = Callable[..., Path]
ASK = {
    "request_no": "DY-1",
    "kind": "demand",
    "key": "A1-0/demands/D1",
    "fact": "paper_required_by_law",
    "due_on": "2025-04-15",
    "produced": False,
}
ACCUSE = {
    "record_no": "SZ-1",
    "rule": "14.1a",
    "key": "A1-0/demands/D1",
    "what": "neglect_of_duty",
    "decided": True,
    "decided_on": "2025-05-06",
}
DECIDE = {"disposition_no": "CZ-1", "rule": "14.1a", "key": "A1-0/demands/D1", "what": "dismissed"}


def beside(**tables: list[dict[str, Any]]) -> Callable[[dict[str, Any]], None]:
    """The complete world with slips beside it, and a demand that breaches 14.1a."""

    def change(data: dict[str, Any]) -> None:
        demand = data["applications"][0]["demands"][0]
        demand["material_code"], demand["material_name"] = "M099", "验资报告"
        for name, rows in tables.items():
            data[name] = [*data.get(name, []), *rows]

    return change


def summary(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def quarantined(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(x) for x in (folder / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()]


def unused(folder: Path) -> Iterator[tuple[str, str, str | None]]:
    for one in summary(folder)["unused"]:
        yield one["code"], one["message"]["zh"], (one["hint"] or {}).get("zh")


def test_slips_that_take_effect_are_not_spoken_of(dossier: Make, tmp_path: Path) -> None:
    slips = beside(evidence_requests=[ASK], dispositions=[DECIDE], misconduct_records=[ACCUSE])
    done = run("audit", dossier(slips), "-o", tmp_path / "o")
    assert done.returncode == 0, done.stderr
    assert summary(tmp_path / "o")["unused"] == []
    assert "未起作用" not in done.stdout


@pytest.mark.parametrize(
    ("table", "slip", "code", "said", "hint", "column"),
    [
        ("evidence_requests", {**ASK, "kind": "demnad"}, "unknown-kind", "demnad", "demand", "kind"),
        ("evidence_requests", {**ASK, "kind": "要求提交材料"}, "unknown-kind", "要求提交材料", "demand", "kind"),
        ("evidence_requests", {**ASK, "kind": "organ"}, "unknown-kind", "须由单位证明", "", "kind"),
        ("evidence_requests", {**ASK, "fact": "base"}, "unknown-fact", "base", "bases", "fact"),
        ("evidence_requests", {**ASK, "fact": "copies"}, "unknown-fact", "不是须由单位证明", "bases", "fact"),
        ("evidence_requests", {**ASK, "fact": None}, "incomplete-slip", "要求证明的事实（fact）", "", ""),
        ("dispositions", {**DECIDE, "rule": "14.1q"}, "unknown-rule", "14.1q", "14.1", "rule"),
        ("dispositions", {**DECIDE, "what": None}, "incomplete-slip", "处置结果（what）", "", ""),
        ("dispositions", {**DECIDE, "rule": "17.1a"}, "unknown-rule", "17.1a", "17.1a.only_online", "rule"),
        ("misconduct_records", {**ACCUSE, "rule": "14.1q"}, "unknown-rule", "14.1q", "14.1", "rule"),
    ],
)  # fmt: skip
def test_a_slip_that_nothing_can_answer_to_is_set_aside(
    dossier: Make,
    tmp_path: Path,
    table: str,
    slip: dict[str, Any],
    code: str,
    said: str,
    hint: str,
    column: str,
) -> None:
    folder = dossier(beside(**{table: [slip]}))
    done = run("audit", folder, "-o", tmp_path / "o", "--max-quarantined", "50%")
    assert done.returncode == 1, done.stderr
    (row,) = quarantined(tmp_path / "o")
    assert (row["table"], row["code"]) == (table, code)
    assert said in row["reason"]["zh"]
    assert hint in ((row["problems"][0]["hint"] or {}).get("zh") or "")
    assert (row["problems"][0]["pointer"] or "").endswith(column)
    assert row["problems"][0]["place"].count(":") >= 2  # file, line and column
    counts = next(t for t in summary(tmp_path / "o")["accounting"]["tables"] if t["table"] == table)
    assert (counts["read"], counts["quarantined"], counts["unjudged"]) == (1, 1, 0)

    checked = run("check", folder, "--as-of", "2025-06-30")
    assert checked.returncode == 2
    assert said in checked.stderr


@pytest.mark.parametrize(
    ("table", "slip", "code", "said", "hint"),
    [
        (
            "evidence_requests", {**ASK, "key": "A1-0/demands/D9"}, "unmatched-request",
            "要求提交的材料（demand）中没有“A1-0/demands/D9”", "A1-0/demands/D",
        ),
        ("evidence_requests", {**ASK, "key": "Ａ1-0/demands/D1"}, "unmatched-request", "没有", "“A1-0/demands/D1”"),
        ("evidence_requests", {**ASK, "key": "AA1-0/demands/D1"}, "unmatched-request", "没有", "“A1-0/demands/D1”"),
        ("evidence_requests", {**ASK, "key": "elsewhere"}, "unmatched-request", "没有", "record_key"),
        ("dispositions", {**DECIDE, "key": "A1-O/demands/D1"}, "unmatched-disposition", "没有", "“A1-0/demands/D1”"),
        ("dispositions", {**DECIDE, "key": "A1-0/demands/D2"}, "no-finding", "没有认定", None),
        (
            "dispositions", {**DECIDE, "rule": "22.2b", "key": "A1-0/engagements/W1"}, "no-finding", "没有认定", None,
        ),
        (
            "misconduct_records", {**ACCUSE, "key": "A1-O/demands/D1"}, "unmatched-misconduct",
            "失职认定“SZ-1”没有起作用", "“A1-0/demands/D1”",
        ),
        ("misconduct_records", {**ACCUSE, "key": "A1-0/demands/D2"}, "no-finding", "没有认定", None),
        (
            "evidence_requests", {**ASK, "kind": "item", "key": "650500SGXK", "fact": "off_centre_approvals"},
            "unmatched-request", "没有“650500SGXK”", "“650500SGXK:ZJ:650500”",
        ),
    ],
)  # fmt: skip
def test_a_slip_about_what_does_not_occur_is_reported_and_fails_nothing(
    dossier: Make, tmp_path: Path, table: str, slip: dict[str, Any], code: str, said: str, hint: str | None
) -> None:
    folder = dossier(beside(**{table: [slip]}))
    done = run("audit", folder, "-o", tmp_path / "o")
    assert done.returncode == 1, done.stderr
    ((found, message, advice),) = unused(tmp_path / "o")
    assert found == code
    assert said in message
    assert advice is None if hint is None else hint in (advice or "")
    place = summary(tmp_path / "o")["unused"][0]["place"]
    assert "world.yaml:1:" in place
    column = int(place.rsplit(":", 1)[1])
    text = (folder / "world.yaml").read_text(encoding="utf-8")
    wanted = slip["rule"] if code == "no-finding" else slip["key"]
    assert text[column - 1 :].startswith(json.dumps(wanted, ensure_ascii=False))
    assert message in done.stdout
    assert message.replace("“", "").split("：")[0][:8] in (tmp_path / "o" / "report.html").read_text(
        encoding="utf-8"
    ).replace("“", "")

    checked = run("check", folder, "--as-of", "2025-06-30", "--format", "json")
    assert checked.returncode == 1
    assert message in checked.stderr
    assert [u["code"] for u in json.loads(checked.stdout)["summary"]["unused"]] == [code]


@pytest.mark.parametrize(
    ("table", "slip", "code", "said"),
    [
        ("evidence_requests", {**ASK, "due_on": None}, "open-request", "期限（due_on）"),
        ("evidence_requests", {**ASK, "produced": None}, "open-request", "已提供（produced）"),
        ("aliases", {"alias": "执照", "material_code": "M001"}, "undated-alias", "执照"),
        (
            "aliases", {"alias": "执照", "material_code": "M001", "valid_from": "2020-01-01"},
            "undated-alias", "起止日期",
        ),
        ("evidence", {"evidence_no": "E9", "organ_code": "ZJ", "norm": "15.1"}, "unasked-evidence", "15.1"),
        ("evidence", {"evidence_no": "E9", "organ_code": "ZZ", "norm": "15.1a"}, "unasked-evidence", "ZZ"),
    ],
)  # fmt: skip
def test_what_says_too_little_is_reported(
    dossier: Make, tmp_path: Path, table: str, slip: dict[str, Any], code: str, said: str
) -> None:
    done = run("audit", dossier(beside(**{table: [slip]})), "-o", tmp_path / "o")
    assert done.returncode == 1, done.stderr
    ((found, message, _),) = unused(tmp_path / "o")
    assert found == code
    assert said in message
    assert "world.yaml:1:" in summary(tmp_path / "o")["unused"][0]["place"]


def test_an_answered_request_needs_no_due_date(dossier: Make, tmp_path: Path) -> None:
    answered = {**ASK, "due_on": None, "produced": True}
    run("audit", dossier(beside(evidence_requests=[answered])), "-o", tmp_path / "o")
    assert list(unused(tmp_path / "o")) == []


def test_what_is_reported_depends_on_neither_workers_nor_filters(dossier: Make, tmp_path: Path) -> None:
    """Records that are repeated, in quarantine, or seen beside others; keys that are lost among a thousand."""
    requests = [
        {**ASK, "request_no": str(n), "key": key}
        for n, key in enumerate(
            [
                "A1-7/demands/D1",  # occurs
                "A1-0700/demands/D1",  # one slip from A1-700
                "A1-9999/demands/D1",  # nothing near
                "BAD/demands/D1",  # in quarantine
                "A1-5/demands/D1",  # repeated
                "L2-6/demands/D1",  # judged beside another
                "L2-6/demands/D7",
            ]
        )
    ]

    def change(data: dict[str, Any]) -> None:
        beside(evidence_requests=requests, dispositions=[DECIDE])(data)
        data["applications"][0]["matter_id"] = "X"
        data["applications"].append(
            {**data["applications"][0], "application_no": "L2", "submitted_on": "2025-03-04"}
        )

    folder = dossier(change, copies=900, lines=('{"application_no": "BAD", "submitted_on": "2025-13-01"}',))
    lines = (folder / "applications.jsonl").read_text(encoding="utf-8").splitlines()
    with (folder / "applications.jsonl").open("a", encoding="utf-8") as out:
        out.write(lines[10] + "\n")
    assert '"A1-5"' in lines[10]
    said = []
    for name, more in {
        "one": ("--jobs", "1"),
        "two": ("--jobs", "2"),
        "some": ("--jobs", "1", "--select", "22", "--region", "650502"),
    }.items():
        done = run("audit", folder, "-o", tmp_path / name, *more)
        assert done.returncode == (0 if name == "some" else 1), done.stderr
        said.append(summary(tmp_path / name)["unused"])
    assert said[0] == said[1] == said[2]
    slips = [u for u in said[0] if u["code"] != "not-complete"]  # of the one in quarantine
    assert [u["message"]["zh"].split("“")[1].split("”")[0] for u in slips] == ["1", "2", "3", "6"]
    hints = [u["hint"]["zh"] for u in slips]
    assert hints[0] == "是否为“A1-700/demands/D1”？"
    assert "隔离" in hints[1] and "隔离" in hints[2]
    assert hints[3].startswith("是否为“L2-6/demands/D")


def test_a_table_with_rows_in_quarantine_is_not_complete(dossier: Make, tmp_path: Path) -> None:
    """The guide that is sought may be the one that cannot be read: unknown, not absent."""

    def change(data: dict[str, Any]) -> None:
        data["catalogues"][0]["compiled_on"] = "2024年13月1日"

    whole = dossier(lambda data: data.pop("catalogues") and None)
    assert run("audit", whole, "-o", tmp_path / "absent").returncode == 1
    (whole / "world.yaml").unlink()
    done = run("audit", dossier(change), "-o", tmp_path / "unread", "--max-quarantined", "20%")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [code for code, _, _ in unused(tmp_path / "unread")] == ["not-complete"]
    assert "（catalogues）有记录在隔离中" in done.stdout
    assert (tmp_path / "unread" / "undetermined.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_application_in_quarantine_may_hold_what_the_others_do_not(
    dossier: Make, tmp_path: Path, jobs: str
) -> None:
    """Of two applications of one applicant, neither hands in what the other asks for; a third cannot be read."""

    def change(data: dict[str, Any]) -> None:
        data["applications"].append({**data["applications"][0], "application_no": "L2"})

    def open_rules(name: str) -> set[str]:
        text = (tmp_path / name / "undetermined.jsonl").read_text(encoding="utf-8")
        return {json.loads(x)["rule"] for x in text.splitlines()}

    whole = dossier(change, copies=40)
    assert run("audit", whole, "-o", tmp_path / "whole", "--jobs", jobs).returncode == 0
    assert open_rules("whole") == set()
    unreadable = (
        '{"application_no": "BAD", "applicant_id": "%s", "organ_code": "ZJ", "submitted_on": "2025-13-01"}'
    )
    mine, nobodys = unreadable % "ID7", "{"
    for line, keys in {
        mine: {"A1-7", "L2-7"},
        nobodys: {f"{a}-{n}" for a in ("A1", "L2") for n in range(40)},
    }.items():
        bad = dossier(change, copies=40, lines=(line,))
        done = run("audit", bad, "-o", tmp_path / "bad", "--jobs", jobs, "--max-quarantined", "2%")
        assert done.returncode == 0, done.stderr
        rows = (tmp_path / "bad" / "undetermined.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(x) for x in rows]
        assert {f["rule"] for f in found} >= {"14.1c"}
        assert {f["record_key"].partition("/")[0] for f in found} == keys
    assert [code for code, _, _ in unused(tmp_path / "bad")] == ["not-complete"]
    assert "applications.jsonl:81" in summary(tmp_path / "bad")["unused"][0]["place"]
    checked = run("check", dossier(change, lines=(mine,)), "--as-of", "2025-06-30", "--format", "json")
    assert checked.returncode == 2  # a check refuses what it cannot read
    said = {f["rule"] for f in json.loads(checked.stdout)["findings"] if f["verdict"] == "undetermined"}
    assert said >= {"14.1c"}


def test_the_context_of_a_check_may_speak_of_what_is_not_checked(dossier: Make, tmp_path: Path) -> None:
    elsewhere = {**ASK, "key": "B7/demands/D1"}
    context = dossier(beside(evidence_requests=[elsewhere]))
    guide = tmp_path / "items.yaml"
    guide.write_text("items:\n  - {item_code: X, organ_code: ZJ, region: '650500'}\n", encoding="utf-8")
    done = run("check", guide, "--with", context, "--as-of", "2025-06-30")
    assert done.returncode in (0, 1), done.stderr
    assert "没有起作用" not in done.stderr


def test_a_record_of_the_context_that_cannot_be_read_is_said(dossier: Make, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["catalogues"][0]["compiled_on"] = "2024年13月1日"

    guide = tmp_path / "items.yaml"
    guide.write_text("items:\n  - {item_code: X, organ_code: ZJ, region: '650500'}\n", encoding="utf-8")
    done = run("check", guide, "--with", dossier(change), "--as-of", "2025-06-30")
    assert done.returncode in (0, 1), done.stderr
    assert "world.yaml:1:" in done.stderr
    assert "1 条中介服务事项目录读不成" in done.stderr
    assert "2024年13月1日" in done.stderr
    assert "完整性声明不起作用" in done.stderr


def test_an_organ_by_another_code_than_the_table_has_is_spoken_of(dossier: Make, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        item = data["items"][0]
        name = next(o["name"] for o in data["organs"] if o["code"] == item["organ_code"])
        data["items"] = [*data["items"], {**item, "organ_code": "OTHER", "organ_name": name}]

    done = run("audit", dossier(change), "-o", tmp_path / "o")
    assert done.returncode == 1, done.stderr  # the item has no guide, among others
    said = [message for code, message, _ in unused(tmp_path / "o") if code == "other-organ-code"]
    assert len(said) == 1 and "OTHER" in said[0]


def test_files_that_nothing_claims_and_tables_without_records_are_in_the_accounts(
    dossier: Make, tmp_path: Path
) -> None:
    folder = dossier()
    (folder / "办件2.csv").write_text("办件编号\nB1\n", encoding="utf-8")
    (folder / "dispositions.csv").write_text("disposition_no,rule,key,what\n", encoding="utf-8")
    declared = json.loads((folder / "dossier.yaml").read_text(encoding="utf-8"))
    declared["completeness"]["evidence_requests"] = {"from": "2024-03-01", "to": "2025-06-30"}
    (folder / "dossier.yaml").write_text(json.dumps(declared), encoding="utf-8")
    done = run("audit", folder, "-o", tmp_path / "o")
    assert done.returncode == 0, done.stderr
    found = summary(tmp_path / "o")["unused"]
    assert [u["code"] for u in found] == ["unclaimed", "empty-table", "complete-without-table"]
    assert found[0]["place"].endswith("办件2.csv")
    assert found[1]["place"].endswith("dispositions.csv")
    assert "evidence_requests" in found[2]["message"]["zh"]
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    for one in found:
        assert one["message"]["zh"] in done.stdout
        assert one["message"]["zh"] in page


def test_the_summary_names_all_that_can_change_a_verdict(dossier: Make, tmp_path: Path) -> None:
    folder = dossier(beside())
    for name in ("a", "b"):
        run("audit", folder, "-o", tmp_path / name)
    hashes = summary(tmp_path / "a")["run"]["hashes"]
    assert set(hashes) == {"pack", "statute", "calendar", "code", "as_of", "dossier", "configuration"}
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    with (folder / "world.yaml").open("a", encoding="utf-8") as out:
        out.write("\n")
    run("audit", folder, "-o", tmp_path / "c", "--as-of", "2025-05-31")
    changed = summary(tmp_path / "c")["run"]["hashes"]
    assert {name for name in hashes if hashes[name] != changed[name]} == {
        "dossier", "as_of", "configuration",
    }  # fmt: skip


EVIDENCE = {
    "evidence_no": "ZZ-1",
    "norm": "25.1a",
    "shows": "done",
    "dated": "2024-06-01",
    "open_ended": True,
}


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        ({"organ_code": "RS"}, "没有写明证明的是哪一方面", "用工咨询"),
        ({"organ_code": "RS", "aspect": "天气预报"}, "没有方面“天气预报”", "全部"),
        ({"organ_code": "GLJ", "aspect": "全部"}, "不约束该单位", "核对单位"),
        (
            {"organ_code": "RS", "aspect": "all", "shows": "not_done", "dated": "2024-02-29"},
            "施行（2024年3月1日）以前",
            "施行以后的佐证",
        ),
    ],
)
def test_evidence_that_settles_nothing_is_spoken_of(
    dossier: Make, tmp_path: Path, change: dict[str, Any], said: str, hint: str
) -> None:
    organ = {"code": "RS", "name": "哈密市人力资源和社会保障局", "region": "650500"}
    folder = dossier(beside(organs=[organ], evidence=[EVIDENCE | change]))
    run("audit", folder, "-o", tmp_path / "o")
    found = [(zh, at) for code, zh, at in unused(tmp_path / "o") if code == "idle-evidence"]
    assert len(found) == 1 and said in found[0][0] and hint in (found[0][1] or ""), found


def test_evidence_that_says_all_it_must_is_not_spoken_of(dossier: Make, tmp_path: Path) -> None:
    organ = {"code": "RS", "name": "哈密市人力资源和社会保障局", "region": "650500"}
    good = EVIDENCE | {"organ_code": "RS", "aspect": "全部"}
    run("audit", dossier(beside(organs=[organ], evidence=[good])), "-o", tmp_path / "o")
    assert not [code for code, _, _ in unused(tmp_path / "o") if code == "idle-evidence"]


def test_a_request_may_name_the_fact_as_what_is_open_writes_it(dossier: Make, tmp_path: Path) -> None:
    run(
        "audit",
        dossier(beside(evidence_requests=[{**ASK, "fact": f"demand.{ASK['fact']}"}])),
        "-o",
        tmp_path / "o",
    )
    assert summary(tmp_path / "o")["unused"] == [] and not quarantined(tmp_path / "o")


def unsettled(*decisions: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """A demand by a name that the guide does not have: whether it is a breach of 14.1a the names cannot tell."""

    def change(data: dict[str, Any]) -> None:
        beside(dispositions=list(decisions))(data)
        data["applications"][0]["demands"][0].pop("material_code")

    return change


def of_the_demand(folder: Path, name: str) -> list[dict[str, Any]]:
    rows = [json.loads(x) for x in (folder / name).read_text(encoding="utf-8").splitlines()]
    return [r for r in rows if r["rule"] == "14.1a" and r["record_key"] == DECIDE["key"]]


def test_a_decision_settles_what_the_machine_left_open(dossier: Make, tmp_path: Path) -> None:
    upheld = {**DECIDE, "what": "upheld"}
    done = run("audit", dossier(unsettled()), "-o", tmp_path / "open")
    assert done.returncode == 0, done.stderr
    assert len(of_the_demand(tmp_path / "open", "undetermined.jsonl")) == 1

    folder = dossier(unsettled(upheld))
    done = run("audit", folder, "-o", tmp_path / "upheld", "--jobs", "2")
    assert done.returncode == 1, done.stderr
    assert of_the_demand(tmp_path / "upheld", "undetermined.jsonl") == []
    (found,) = of_the_demand(tmp_path / "upheld", "findings.jsonl")
    assert (found["verdict"], found["grade"], found["decision"]) == ("violated", "violation", "upheld")
    assert not found.get("missing") and "尚不能" not in found["message"]["zh"]
    assert found["consequence"] is not None
    assert summary(tmp_path / "upheld")["unused"] == []
    totals = summary(tmp_path / "upheld")["totals"]
    assert totals["against"]["department"]["by_article"]["14"]["violation"]["instances"] == 1
    assert totals["undetermined"] == summary(tmp_path / "open")["totals"]["undetermined"] - 1

    checked = run("check", folder, "--as-of", "2025-06-30", "--format", "json")
    assert checked.returncode == 1
    mine = [f for f in json.loads(checked.stdout)["findings"] if f["rule"] == "14.1a"]
    assert [(f["verdict"], f["decision"]) for f in mine] == [("violated", "upheld")]


def test_what_is_dismissed_is_no_longer_open(dossier: Make, tmp_path: Path) -> None:
    folder = dossier(unsettled(DECIDE))
    done = run("audit", folder, "-o", tmp_path / "o")
    assert done.returncode == 0, done.stderr
    assert of_the_demand(tmp_path / "o", "undetermined.jsonl") == []
    (found,) = of_the_demand(tmp_path / "o", "findings.jsonl")
    assert (found["verdict"], found["decision"]) == ("undetermined", "dismissed")
    totals = summary(tmp_path / "o")["totals"]
    assert (totals["findings"], totals["dismissed"], totals["undetermined_listed"]) == (1, 1, 0)
    assert summary(tmp_path / "o")["unused"] == []
    checked = run("check", folder, "--as-of", "2025-06-30")
    assert checked.returncode == 0, checked.stdout
    assert "认定不成立 1" in checked.stdout


def test_what_is_only_put_right_stays_open(dossier: Make, tmp_path: Path) -> None:
    """That it was put right says nothing of whether it was a breach; with a decision beside it, it counts."""
    corrected = {**DECIDE, "disposition_no": "CZ-2", "what": "corrected", "on": "2025-05-01"}
    run("audit", dossier(unsettled(corrected)), "-o", tmp_path / "o")
    assert [code for code, _, _ in unused(tmp_path / "o")] == ["no-finding"]
    assert len(of_the_demand(tmp_path / "o", "undetermined.jsonl")) == 1
    run("audit", dossier(unsettled({**DECIDE, "what": "upheld"}, corrected)), "-o", tmp_path / "both")
    assert summary(tmp_path / "both")["unused"] == []
    (found,) = of_the_demand(tmp_path / "both", "findings.jsonl")
    assert (found["decision"], found["corrected_on"]) == ("upheld", "2025-05-01")


def test_decisions_that_contradict_each_other_are_set_aside(dossier: Make, tmp_path: Path) -> None:
    both = [DECIDE, {**DECIDE, "disposition_no": "CZ-2", "what": "upheld"}]
    for name, slips in {"one": both, "other": both[::-1]}.items():
        folder = dossier(beside(dispositions=slips))
        done = run("audit", folder, "-o", tmp_path / name, "--max-quarantined", "50%")
        assert done.returncode == 1, done.stderr
        first, second = quarantined(tmp_path / name)
        assert {first["code"], second["code"]} == {"conflicting"}
        places = [row["problems"][0]["place"] for row in (first, second)]
        assert places[0] != places[1] and all(p.count(":") >= 2 for p in places)
        assert places[1] in first["reason"]["zh"] and places[0] in second["reason"]["zh"]
        (found,) = of_the_demand(tmp_path / name, "findings.jsonl")
        assert found.get("decision") is None

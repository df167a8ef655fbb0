"""Cards: yellow while there is time, green when it was used, red when it was not; bad events set aside with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import Make, clock, event, take, verdicts

ORGAN = {"organ_code": "650500-YJJ", "region": "650500", "applicant_kind": "enterprise", "channel": "window",
         "item_code": "650500WHJY001", "item_name": "危险化学品经营许可", "promised_days": 10}  # fmt: skip
TOLD = {"told_materials": True, "told_time_limit": True, "told_consequence": True, "told_times": 1}


def opening() -> list[bytes]:
    """A deferred acceptance in order: asked for, promised, accepted, told, to be supplemented by Friday 2025-03-14."""
    return [
        clock("2025-03-03"),
        event("1", "application_opened", "2025-03-03T09:00", application=ORGAN, complete=["*"]),
        event("2", "deferral_asked", "2025-03-03T09:10", deferral={
            "basic_conditions_met": True, "main_materials_complete": True, "legal_form": True,
            "gaps": [{"gap_no": "G1", "what": "material", "material_name": "安全生产管理制度文本", "main": False}]}),
        event("3", "promise_given", "2025-03-03T09:15"),
        event("4", "deferred_acceptance", "2025-03-03T09:20", deferral={
            "promised_days": 10, "deadline": "2025-03-14", "excluded_days": 0, "extension_days": 0}),
        event("5", "informed", "2025-03-03T09:20", deferral=TOLD),
    ]  # fmt: skip


def told(alerts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(a["at"][:10], a["card"], a["rule"]) for a in alerts]


def test_a_deadline_is_warned_of_three_working_days_ahead_and_the_card_taken_back_when_it_is_met(
    supervise: Make,
) -> None:
    supervisor = supervise()
    alerts = take(supervisor, [*opening(), clock("2025-03-12"), event("6", "supplemented", "2025-03-13T10:00",
                  deferral={"supplement_fit": True}), clock("2025-03-20")])  # fmt: skip
    # Friday is the last day: Tuesday, Wednesday, Thursday lie before it.
    assert told(alerts)[:2] == [("2025-03-11", "yellow", "15.2e"), ("2025-03-13", "green", "15.2e")]
    yellow, green = alerts[:2]
    assert (yellow["due_on"], yellow["days_left"], green["after"]) == ("2025-03-14", 3, "yellow")
    assert yellow["finding"] == green["finding"]
    assert "还有3个工作日" in yellow["message"]["zh"]
    assert yellow["procedures"][0]["zh"].endswith("容缺受理 → 已告知材料、时限和逾期处理办法")
    assert yellow["fired"]


def test_what_was_not_done_in_time_turns_red_and_stays_so_for_the_audit(supervise: Make) -> None:
    supervisor = supervise(late_hours=0)
    alerts = take(supervisor, [*opening(), clock("2025-03-20")])
    # Saturday the 15th is the first late day; that nothing was told of it is known when it is over.
    assert told(alerts)[:2] == [("2025-03-11", "yellow", "15.2e"), ("2025-03-16", "red", "15.2e")]
    assert alerts[1]["after"] == "yellow"
    assert verdicts(supervisor)["15.2e", "L1/deferral"] == "violated"


def test_what_the_log_has_not_told_is_not_held_against_anybody_before_the_bound_has_passed(
    supervise: Make,
) -> None:
    supervisor = supervise(late_hours=72)
    alerts = take(supervisor, [*opening(), clock("2025-03-18T12:00")])
    assert [a["card"] for a in alerts] == ["yellow"]
    alerts = take(supervisor, [clock("2025-03-19T00:00")])
    assert told(alerts)[-1] == ("2025-03-19", "red", "15.2e")


def test_a_red_card_is_taken_back_when_it_turns_out_that_it_was_done_in_time(supervise: Make) -> None:
    supervisor = supervise(late_hours=0)
    take(supervisor, [*opening(), clock("2025-03-17")])
    alerts = take(
        supervisor, [event("6", "supplemented", "2025-03-14T16:00", deferral={"supplement_fit": True})]
    )
    assert (alerts[-1]["card"], alerts[-1]["after"], alerts[-1]["rule"]) == ("green", "red", "15.2e")
    assert supervisor.counts.late == 1
    assert supervisor.counts.adds_up


def test_an_extension_moves_the_warning(supervise: Make) -> None:
    supervisor = supervise()
    extended = event("6", "deadline_extended", "2025-03-10", deferral={"extended_to": "2025-03-21"})
    alerts = take(supervisor, [*opening(), extended, clock("2025-03-17")])
    assert alerts == []
    assert told(take(supervisor, [clock("2025-03-19")]))[0] == ("2025-03-18", "yellow", "15.2e")


def test_telling_late_is_seen_at_once(supervise: Make) -> None:
    lines = opening()
    lines[-1] = event("5", "informed", "2025-03-05T09:20", deferral=TOLD)
    alerts = take(supervise(), lines)
    assert ("2025-03-05", "red", "15.2b.on_the_spot") in told(alerts)


def test_the_same_material_asked_for_again(supervise: Make) -> None:
    material = {"material_name": "营业执照", "material_code": "M01"}
    lines = [
        *opening()[:2],
        event("6", "material_received", "2025-03-03T09:30", submission={
            "submission_no": "1", "step_no": 1, "form": "paper_copy", "received": True, "returned_for_form": False,
            "lost_by_office": False, "open_ended": True, "changed": False, **material}),
        event("7", "material_demanded", "2025-03-06T15:00", demand={
            "demand_no": "2", "step_no": 2, "means": "supplement_notice", "offered_by_applicant": False, "form": "paper_copy",
            **material}),
    ]  # fmt: skip
    supervisor = supervise(compare_every=1)
    alerts = take(supervisor, lines)
    (again,) = [a for a in alerts if a["rule"] == "14.2"]
    assert (again["card"], again["event"], again["fired"]) == ("red", "7", True)
    assert "此前已经收到同一材料" in again["procedures"][0]["zh"]
    assert again["history"][-1]["zh"] == "2025-03-06 要求提交材料：营业执照"
    assert supervisor.disagreements == []


def test_a_ticket_that_is_not_answered(supervise: Make) -> None:
    ticket = {"organ_code": "650500-ZF", "region": "650500", "caller_kind": "enterprise", "category": "complaint",
              "due_on": "2025-03-14", "subject": "办照慢"}  # fmt: skip
    said = {"event_id": "1", "kind": "ticket_received", "ticket_no": "T1", "happened_at": "2025-03-07T08:00",
            "ticket": ticket, "complete": ["*"]}  # fmt: skip
    alerts = take(supervise(), [json.dumps(said).encode(), clock("2025-03-20")])
    assert [c for _, c, r in told(alerts) if r == "24.1b.late"] == ["yellow", "red"]


# -- bad events --------------------------------------------------------------------------------------------------------

GOOD = event("1", "application_opened", "2025-03-03T09:00", application=ORGAN, complete=["*"])
BAD = {
    "json-syntax": b'{"event_id": "9", ',
    "unknown-field": event("9", "accepted", "2025-03-04", acepted=True),
    "wrong-value": event("9", "acepted", "2025-03-04"),
    "wrong-date": event("9", "accepted", "2025-03-04", application={"accepted_on": "2025-02-30"}),
    "no-event-id": event("", "accepted", "2025-03-04"),
    "no-event-kind": b'{"event_id": "9", "application_no": "L1", "happened_at": "2025-03-04"}',
    "no-subject": b'{"event_id": "9", "kind": "accepted", "happened_at": "2025-03-04"}',
    "no-time": event("9", "accepted", None),
    "wrong-instant": event("9", "accepted", "2025-03-04 25:00"),
    "future-event": event("9", "accepted", "2025-03-06", recorded_at="2025-03-04"),
    "wrong-subject": event("9", "accepted", "2025-03-04", ticket={"subject": "x"}),
    "wrong-region": event("9", "recorded", "2025-03-04", application={"region": "哈密"}),
    "conflicting-event": event("1", "application_opened", "2025-03-03T10:00"),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_event_is_set_aside_with_its_place_and_reason(supervise: Make, code: str) -> None:
    supervisor = supervise()
    take(supervisor, [GOOD, BAD[code], event("2", "accepted", "2025-03-04")])
    (row,) = [json.loads(body) for _, body in supervisor.state.aside(0)]
    assert (row["code"], row["place"].split(":")[:2]) == (code, ["stream", "2"])
    assert row["reason"]["zh"] and row["reason"]["en"]
    counts = supervisor.counts
    assert (counts.read, counts.folded, counts.quarantined, counts.adds_up) == (3, 2, 1, True)


def test_where_an_event_was_lost_nothing_is_taken_to_be_absent(supervise: Make) -> None:
    supervisor = supervise(late_hours=0)
    broken = event("6", "supplemented", "2025-03-13", deferral={"supplement_fit": "perhaps"})
    alerts = take(supervisor, [*opening(), broken, clock("2025-04-20")])
    assert all(a["card"] != "red" for a in alerts)
    assert verdicts(supervisor)["15.2e", "L1/deferral"] == "undetermined"


def test_what_was_lost_is_not_made_good_by_closing_the_log(supervise: Make) -> None:
    supervisor = supervise(late_hours=0)
    broken = event("6", "supplemented", "2025-03-13", deferral={"supplement_fit": "perhaps"})
    closing = event("7", "log_closed", "2025-04-20")
    alerts = take(supervisor, [*opening(), broken, closing, clock("2025-04-21")])
    assert all(a["card"] != "red" for a in alerts)
    assert verdicts(supervisor)["15.2e", "L1/deferral"] == "undetermined"


def test_events_that_contradict_each_other_are_not_judged(supervise: Make) -> None:
    supervisor = supervise()
    take(supervisor, [GOOD, event("2", "completed", "2025-03-01")])
    assert verdicts(supervisor) == {}
    (subject,) = supervisor.subjects.at_hand()
    assert subject.cards.wrong


def test_a_warning_of_proof_that_is_due_says_which_and_not_that_it_did_not_come(
    supervise: Make, demo_stream: list[bytes]
) -> None:
    """调阅通知 DY010 of the demo: asked on 6 May 2026, due on the 20th."""
    mine = [line for line in demo_stream if b"GGWS25040001730" in line]
    alerts = [a for a in take(supervise(), [*mine, clock("2026-06-01")]) if a["rule"] == "15.2f"]
    yellow, red = alerts
    assert (yellow["card"], yellow["due_on"], red["card"], red["at"][:10]) == (
        "yellow", "2026-05-20", "red", "2026-05-21",
    )  # fmt: skip
    assert "提供证明（调阅“撤销时说明理由”）" in yellow["message"]["zh"]
    assert "逾期未提供证明" not in json.dumps(yellow, ensure_ascii=False)
    assert "逾期未提供证明" in red["note"]["zh"]


def test_a_card_taken_back_names_the_event_that_did_it(supervise: Make) -> None:
    done = event("6", "supplemented", "2025-03-13", deferral={"supplement_fit": True})
    alerts = take(supervise(), [*opening(), clock("2025-03-12"), done])
    green = [a for a in alerts if a["card"] == "green"]
    assert green
    assert all("2025-03-13 补齐补正" in a["message"]["zh"] for a in green)

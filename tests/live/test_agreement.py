"""Live = batch: the final state of a stream gives exactly the verdicts of an audit, however the stream came."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hami_rules.audit import hands, run
from hami_rules.audit.chunk import Job, Result, Worker
from hami_rules.derive.gathering import gather
from hami_rules.intake.convert import refused
from hami_rules.intake.dossier import Dossier, open_dossier
from hami_rules.intake.identity import first_pass_chunk
from hami_rules.judge.findings import Finding
from hami_rules.live.charts import Charts
from hami_rules.live.scene import scene
from hami_rules.live.settings import Settings
from hami_rules.live.state import State
from hami_rules.live.supervise import Supervisor
from hami_rules.pack.load import Pack
from hami_rules.records.events import StreamEvent
from hami_rules.records.fold import fold
from hami_rules.records.settle import settle

from .conftest import DEMO, UNTIL, Audited, Make, audited, take, verdicts

EFFECTS = ("mitigation", "mitigation_pending", "consequence", "coordinating_body")


def test_the_demo_told_event_by_event_is_judged_as_the_audit_judges_it(
    supervise: Make, demo_stream: list[bytes], demo_audit: Audited
) -> None:
    supervisor = supervise(compare_every=16)
    told = take(supervisor, demo_stream)
    assert verdicts(supervisor) == demo_audit.verdicts
    assert len(demo_audit.verdicts) > 200

    # The cards that are out at the end are the findings of the audit, by their ids.
    out: dict[str, str] = {}
    for alert in told:
        if alert["card"] == "green":
            del out[alert["finding"]]
        else:
            out[alert["finding"]] = alert["card"]
    red = {finding for finding, card in out.items() if card == "red"}
    found = demo_audit.findings.values()
    assert red == {f.id for f in found if f.verdict == "violated" and f.decision != "dismissed"}

    counts = supervisor.counts
    assert counts.adds_up
    assert counts.read == len(demo_stream)
    assert supervisor.disagreements == []
    assert counts.mismatches == 0
    assert counts.fired >= len(red)
    assert counts.red == sum(a["card"] == "red" for a in told)

    # What follows from a finding (第五条, 第三十条至第三十二条) is what the audit says follows from it.
    live = {t.finding.id: t.finding for s in supervisor.subjects.at_hand() for t in s.findings.values()}
    assert red <= live.keys()
    for identity in red:
        theirs = demo_audit.findings[identity]
        for name in EFFECTS:
            assert getattr(live[identity], name) == getattr(theirs, name), (
                theirs.rule,
                theirs.record_key,
                name,
            )
        assert live[identity].grade == theirs.grade


def test_what_follows_from_a_breach_is_what_the_audit_says(
    pack: Pack, demo_stream: list[bytes], demo_audit: Audited, charts: Charts, tmp_path: Path
) -> None:
    """Measures of reform (第三十条), decided misconduct (第三十一条), what people decided: beside all of them, each red card
    says what the finding of the audit says, the liability of 第三十二条, who coordinates and which rule it concurs with."""
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    breaches = [
        f for f in demo_audit.findings.values() if f.verdict == "violated" and f.grade == "violation"
        and f.decision is None and f.counts_against == "department"
    ]  # fmt: skip
    breaches.sort(key=lambda f: f.id)
    _decide(folder, breaches)
    out = tmp_path / "out"
    out.mkdir()
    found = audited(pack, folder, out).findings

    job, aside = scene(folder, pack, date(2024, 3, 1))
    assert not aside
    state = State(None)
    try:
        supervisor = Supervisor(pack, job, state, Settings(compare_every=1_000_000), charts)
        standing: dict[str, dict[str, Any]] = {}
        for alert in take(supervisor, demo_stream):
            if alert["card"] == "red":
                standing[alert["finding"]] = alert
            else:
                standing.pop(alert["finding"], None)
    finally:
        state.close()
    told = {f.id for f in found.values() if f.verdict == "violated" and f.decision != "dismissed"}
    assert standing.keys() == told
    said: Counter[str] = Counter()
    for identity, alert in standing.items():
        plain = json.loads(msgspec.json.encode(found[identity]))
        for name in (*EFFECTS, "note", "grade"):
            assert alert.get(name) == plain.get(name), (alert["rule"], alert["key"], name)
        said.update(name for name in EFFECTS if alert.get(name) is not None)
        said["misconduct"] += "认定" in str(alert.get("consequence"))
    assert all(said[name] > 0 for name in (*EFFECTS, "misconduct")), said


def _decide(folder: Path, breaches: list[Finding]) -> None:
    """Record a measure of reform for some breaches (its conditions met, or not known to be), misconduct for others."""
    measures, misconduct = [], []
    for n, f in enumerate(breaches[:12]):
        measure = {
            "measure_no": f"GG-{n}", "organ_code": f.organ_code, "region": f.region, "whole_region": False,
            "measure": "试点", "document": "文件1号", "norms": [f.address.split("(")[0]], "all_items": True, "item_codes": [],
            "within_law": True, "conditions_instrument": "容错纠错办法", "conditions": "程序合规",
            "valid_from": "2024-01-01", "valid_to": "2026-12-31",
        }  # fmt: skip
        if n % 2:
            measure["conditions_met"] = True
        measures.append(measure)
    for n, f in enumerate(breaches[12:18]):
        misconduct.append(
            {"record_no": f"SZ-{n}", "organ_code": f.organ_code, "rule": f.rule, "key": f.record_key,
             "what": "neglect_of_duty", "decided": True, "decided_on": "2026-05-01", "decided_by": "监察委员会",
             "document": "决定1号", "crime_suspected": False}
        )  # fmt: skip
    for name, rows in (("reform_measures", measures), ("misconduct_records", misconduct)):
        path = folder / f"{name}.yaml"
        held = yaml.safe_load(path.read_text("utf-8"))[name]
        path.write_text(yaml.safe_dump({name: held + rows}, allow_unicode=True), encoding="utf-8")


def test_a_stream_in_no_order_at_all_comes_to_the_same(
    supervise: Make, demo_stream: list[bytes], demo_audit: Audited
) -> None:
    chance = random.Random(20240301)
    lines = [*demo_stream, *chance.choices(demo_stream[1:-1], k=500)]
    chance.shuffle(lines)
    supervisor = supervise(compare_every=1_000_000)
    take(supervisor, lines)
    assert verdicts(supervisor) == demo_audit.verdicts
    assert supervisor.counts.repeated == 500
    assert supervisor.counts.late > 1_000
    assert supervisor.counts.mismatches == 0


@pytest.fixture(scope="module")
def troubled(demo_stream: list[bytes], demo_audit: Audited) -> dict[str, list[bytes]]:
    """The events of the applications in which something was found, by application."""
    wanted = {f.root_key for f in demo_audit.findings.values()}
    out: dict[str, list[bytes]] = {}
    for line in demo_stream:
        no = json.loads(line).get("application_no")
        if no in wanted:
            out.setdefault(no, []).append(line)
    return out


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_stream_comes_to_what_the_judge_says_of_its_fold(
    data: st.DataObject,
    troubled: dict[str, list[bytes]],
    pack: Pack,
    demo_job: Job,
    charts: Charts,
) -> None:
    """Events out of order, twice, late or not at all: live and the judge of the folded records say the same."""
    numbers = data.draw(st.lists(st.sampled_from(sorted(troubled)), min_size=1, max_size=4, unique=True))
    chance = data.draw(st.randoms(use_true_random=False))
    lines = [line for no in numbers for line in troubled[no]]
    missing = data.draw(st.sampled_from((0.0, 0.1, 0.4)))
    kept = [line for line in lines if chance.random() >= missing]
    sent = [*kept, *chance.choices(kept, k=len(kept) // 4)] if kept else []
    if data.draw(st.booleans()):
        chance.shuffle(sent)
    sent.append(json.dumps({"kind": "clock", "happened_at": f"{UNTIL}T23:59:59"}).encode())
    state = State(None)
    try:
        supervisor = Supervisor(pack, demo_job, state, Settings(compare_every=7), charts)
        take(supervisor, sent)
        assert verdicts(supervisor) == _judged(pack, demo_job, kept, supervisor)
        assert supervisor.disagreements == []
        assert supervisor.counts.adds_up
    finally:
        state.close()


_WORKERS: dict[int, Worker] = {}


def _judged(pack: Pack, job: Job, lines: list[bytes], supervisor: Supervisor) -> dict[tuple[str, str], str]:
    """What the judge says of the records that the events make, all of them at hand, on the last day."""
    worker = _WORKERS.get(id(job)) or _WORKERS.setdefault(id(job), Worker(job, pack))
    world = worker.world
    world.on(UNTIL)
    by_number: dict[str, list[StreamEvent]] = {}
    for line in lines:
        event = msgspec.json.decode(line, type=StreamEvent)
        by_number.setdefault(event.application_no or "", []).append(event)
    records = [fold(events, supervisor.time.until) for events in by_number.values()]
    records = [settle("application", r, world) for r in records if not refused(r)]
    world.gathering_complete, world.gathering_open = True, frozenset()
    world.gathered = gather(records)
    names = {1: "violated", 2: "undetermined", 3: "error"}
    out: dict[tuple[str, str], str] = {}
    for record in records:
        settle("application", record, world)
        hits: list[Any] = []
        worker.judge.judge("application", record, world, hits)
        for index, code, chain in hits:
            bound = worker.judge.rules[index]
            out[bound.rule.id, worker.judge.frame_of(bound.kind, chain, world).key] = names[code]
    return out


@pytest.fixture(scope="module")
def families(demo_stream: list[bytes], demo_audit: Audited) -> list[dict[str, list[bytes]]]:
    """The events of applications of one matter or one holder, where something was found in one of them."""
    wanted = {f.root_key for f in demo_audit.findings.values()}
    events: dict[str, list[bytes]] = {}
    groups: dict[tuple[str, str], set[str]] = {}
    for line in demo_stream:
        said = json.loads(line)
        no, head = said.get("application_no"), said.get("application") or {}
        if no is None:
            continue
        events.setdefault(no, []).append(line)
        for group in (("matter", head.get("matter_id")), ("holder", head.get("applicant_id"))):
            if group[1]:
                groups.setdefault(group, set()).add(no)
    return [
        {no: events[no] for no in sorted(members)[:6]}
        for _, members in sorted(groups.items())
        if len(members) > 1 and members & wanted
    ]


BAD = (
    '{{"event_id": "bad-{n}", "application_no": "{no}", "kind": "supplemented", "happened_at": "?"}}',
    '{{"event_id": "bad-{n}", "application_no": "{no}", "kind": "noted", "happened_at": "2025-03-05", "event": {{"happened_on": "1"}}}}',
    '{{"event_id": "bad-{n}", "application_no": "{no}", "ki',
    '{{"event_id": "bad-{n}", "application_no": "NOBODY{n}", "kind": "accepted"}}',
    '{{"event_id": "bad-{n}", "kind": "accepted", "happened_at": "2025-03-05"}}',
)
"""Events that cannot be used: of an application that has others, of one that has none, of nobody knows whom."""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_dossier_of_any_events_is_audited_as_they_are_judged_live(
    data: st.DataObject,
    troubled: dict[str, list[bytes]],
    families: list[dict[str, list[bytes]]],
    pack: Pack,
    demo_job: Job,
    charts: Charts,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Events in any order, twice, not at all or broken, taken in by the two passes of a run: what it finds is what live
    supervision ends with, and what stands in quarantine is the same."""
    family = data.draw(st.sampled_from(families))
    others = data.draw(st.lists(st.sampled_from(sorted(troubled)), max_size=2, unique=True))
    numbers = sorted({*family, *others})
    chance = data.draw(st.randoms(use_true_random=False))
    missing = data.draw(st.sampled_from((0.0, 0.1, 0.4)))
    events = troubled | family
    sent = [line for no in numbers for line in events[no] if chance.random() >= missing]
    sent += chance.choices(sent, k=len(sent) // 4) if sent else []
    for n, bad in enumerate(data.draw(st.lists(st.sampled_from(BAD), max_size=2))):
        sent.append(bad.format(n=n, no=chance.choice(numbers)).encode() + b"\n")
    if data.draw(st.booleans()):
        chance.shuffle(sent)
    sent.append(json.dumps({"kind": "clock", "happened_at": f"{UNTIL}T23:59:59"}).encode() + b"\n")
    folder = tmp_path_factory.mktemp("dossier")
    (folder / "events.jsonl").write_bytes(b"".join(sent))
    state = State(None)
    try:
        supervisor = Supervisor(pack, demo_job, state, Settings(compare_every=1_000_000), charts)
        take(supervisor, sent)
        with open_dossier(folder) as dossier:
            assert verdicts(supervisor) == _run(pack, demo_job, dossier)
            told = dossier.told
            assert told is not None
            counts = supervisor.counts
            assert (told.read, told.folded, told.repeated, told.quarantined, told.clocks) == (
                counts.read, counts.folded, counts.repeated, counts.quarantined, counts.clocks,
            )  # fmt: skip
            live = [json.loads(body)["code"] for _, body in state.aside(0)]
            assert [row.code for row in dossier.aside_events()] == live
    finally:
        state.close()


_RUNS: dict[str, Worker] = {}


def _run(pack: Pack, job: Job, dossier: Dossier) -> dict[tuple[str, str], str]:
    """The verdicts of an audit on the applications of a dossier, beside the demo's tables but for what people decided of
    its findings, by the run's own passes."""
    job = replace(job, tables={t: rows for t, rows in job.tables.items() if t != "dispositions"})
    worker = _RUNS.get("demo") or _RUNS.setdefault("demo", Worker(job, pack))
    worker.world.on(UNTIL)
    worker.world.gathered, worker.world.gathering_complete = {}, True
    worker.world.gathering_open = frozenset()
    out: dict[tuple[str, str], str] = {}

    def taken(result: Result) -> None:
        for body in result.findings:
            finding = msgspec.msgpack.decode(body, type=Finding)
            out[finding.rule, finding.record_key] = finding.verdict
        for row in result.open_rows:
            out[row.rule, row.record_key] = "undetermined"

    chunks = dossier.chunks("applications")
    told = dossier.told
    assert told is not None
    mine = hands.Hands(1, pack)
    hands._worker = worker
    try:
        first = map(first_pass_chunk, chunks)
        run._stream(chunks, first, worker, mine, taken, run.Progress(), told.nameless > 0)
    finally:
        mine.close()
    return out


def test_what_is_kept_in_memory_makes_no_difference(
    supervise: Make, demo_stream: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one subject at hand at a time, each is folded anew whenever something is told of it: the alerts are the same."""
    lines = demo_stream[:6_000]
    told = take(supervise(), lines)
    monkeypatch.setattr("hami_rules.live.subjects.AT_HAND", 1)
    assert take(supervise(), lines) == told

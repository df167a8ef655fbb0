"""Events in a dossier: the records that they tell of, whatever the file looks like, and nothing lost without being said."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import openpyxl
import pytest
import yaml

from hami_rules.assets import data_folder
from hami_rules.audit.run import Audit, Options, run_audit
from hami_rules.intake.chunks import cut_lines
from hami_rules.intake.dossier import Dossier, Entry, entry_at, open_dossier, read_chunk
from hami_rules.intake.errors import InputError
from hami_rules.intake.identity import Identity, first_pass_chunk, merge
from hami_rules.intake.quarantine import Quarantined
from hami_rules.intake.told import TOLD_BY_EVENTS
from hami_rules.live.replay import Replay, replay
from hami_rules.pack.load import Pack, load_pack
from hami_rules.records.events import SUBJECTS, StreamEvent
from hami_rules.records.fold import fold
from hami_rules.report.lines import order

DEMO = data_folder("cases") / "demo"
UNTIL = date(2026, 6, 30)

EVENTS: list[dict[str, Any]] = [
    {"event_id": "E1", "kind": "application_opened", "application_no": "A1", "happened_at": "2025-03-03T09:00",
     "application": {"organ_code": "ZJ", "region": "650500", "applicant_id": "X1"}, "complete": ["*"]},
    {"event_id": "E2", "kind": "application_opened", "application_no": "A2", "happened_at": "2025-03-03T09:05",
     "application": {"organ_code": "ZJ", "region": "650500", "applicant_id": "X1"}},
    {"event_id": "E3", "kind": "material_demanded", "application_no": "A1", "happened_at": "2025-03-04",
     "demand": {"demand_no": "1", "material_name": "验资报告"}},
    {"event_id": "E4", "kind": "ticket_received", "ticket_no": "T1", "happened_at": "2025-03-04",
     "ticket": {"region": "650500"}},
    {"event_id": "E5", "kind": "completed", "application_no": "A2", "happened_at": "2025-03-05"},
    {"event_id": "E6", "kind": "recorded", "application_no": "A1", "happened_at": "2025-03-06",
     "demand": {"demand_no": "1", "form": "paper_copy"}},
    {"kind": "clock", "happened_at": "2025-03-20T23:59:59"},
]  # fmt: skip
UNTIL_TOLD = date(2025, 3, 18)
"""A day for the late, and the day that is not over."""


def lines(events: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in events)


def as_jsonl(folder: Path) -> Path:
    file = folder / "events.jsonl"
    file.write_text(lines(EVENTS), encoding="utf-8")
    return file


def as_yaml(folder: Path) -> Path:
    file = folder / "events.yaml"
    file.write_text(yaml.safe_dump(EVENTS, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def as_json_of_tables(folder: Path) -> Path:
    file = folder / "经过.json"
    file.write_text(json.dumps({"events": EVENTS}, ensure_ascii=False), encoding="utf-8")
    return file


def _flat() -> tuple[list[str], list[list[str]]]:
    rows = []
    for event in EVENTS:
        row = {}
        for name, value in event.items():
            if isinstance(value, dict):
                row |= {f"{name}.{inner}": said for inner, said in value.items()}
            else:
                row[name] = ";".join(value) if isinstance(value, list) else value
        rows.append(row)
    headers = list(dict.fromkeys(name for row in rows for name in row))
    return headers, [[row.get(h, "") for h in headers] for row in rows]


def as_csv(folder: Path) -> Path:
    file = folder / "events.csv"
    headers, rows = _flat()
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([headers, *rows])
    return file


def as_xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "events"
    headers, rows = _flat()
    for row in [headers, *rows]:
        sheet.append(row)
    file = folder / "经过.xlsx"
    book.save(file)
    return file


def as_parquet(folder: Path) -> Path:
    source, file = folder / "source.json", folder / "events.parquet"
    source.write_text(json.dumps(EVENTS), encoding="utf-8")
    duckdb.sql(f"COPY (SELECT * FROM read_json('{source}')) TO '{file}' (FORMAT parquet)")
    source.unlink()
    return file


FORMS = (as_jsonl, as_yaml, as_json_of_tables, as_csv, as_xlsx, as_parquet)


def read(dossier: Dossier, table: str = "applications") -> tuple[list[Entry], list[Quarantined], Identity]:
    """What the two passes of a run give."""
    chunks = dossier.chunks(table)
    identity = merge([first_pass_chunk(c) for c in chunks], chunks)
    found = [one for c in chunks for one in read_chunk(c, identity.skips(c))]
    return (
        [f for f in found if isinstance(f, Entry)],
        [f for f in found if isinstance(f, Quarantined)],
        identity,
    )


@cache
def expected() -> dict[str, Any]:
    out: dict[str, list[StreamEvent]] = {}
    for event in EVENTS:
        key = event.get("application_no") or event.get("ticket_no")
        if key:
            out.setdefault(key, []).append(msgspec.convert(event, StreamEvent))
    return {key: fold(events, UNTIL_TOLD) for key, events in out.items()}


@pytest.mark.parametrize("write", FORMS, ids=lambda f: f.__name__)
def test_events_make_the_same_records_whatever_their_file_looks_like(write: Any, tmp_path: Path) -> None:
    write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        assert dossier.tables == ("applications", "tickets")
        assert not dossier.unclaimed
        assert dossier.told is not None
        assert dossier.told.until == UNTIL_TOLD
        entries, aside, _ = read(dossier)
        assert [e.record for e in entries] == [expected()["A1"], expected()["A2"]]
        assert not aside
        assert dossier.load("tickets").records == [expected()["T1"]]
        # What a worker reads again is what it read.
        first = entries[0]
        again = entry_at(first.chunk, first.row & 0xFFFFFFFF)
        assert again is not None
        assert again.record == first.record
    assert expected()["A1"].completed is False, "the log is complete and does not tell of it"
    assert expected()["A2"].completed is True


@pytest.mark.parametrize("write", FORMS, ids=lambda f: f.__name__)
def test_a_file_of_events_may_be_a_dossier_by_itself(write: Any, tmp_path: Path) -> None:
    with open_dossier(write(tmp_path)) as dossier:
        assert [e.record.application_no for e in read(dossier)[0]] == ["A1", "A2"]


def test_the_manifest_names_the_file_and_its_columns(tmp_path: Path) -> None:
    headers, rows = _flat()
    said = {"application_no": "受理号", "happened_at": "时间", "demand.material_name": "材料"}
    with (tmp_path / "流水.csv").open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows([[said.get(h, h) for h in headers], *rows])
    columns = {zh: name for name, zh in said.items()}
    manifest = {
        "tables": {"events": {"file": "流水.csv", "encoding": "gb18030", "columns": columns}},
        "applications": {"complete_until": "2025-03-20"},
    }
    (tmp_path / "dossier.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        entries, _, _ = read(dossier)
        assert [e.record for e in entries] == [expected()["A1"], expected()["A2"]]
        assert [c.table for c in dossier.completeness] == ["applications"]
        place = entries[0].locate("/demands/0/material_name")
        assert (str(place), place.header) == (f"{tmp_path}/流水.csv:4:{_column(tmp_path, '验资')}", "材料")


def _column(folder: Path, text: str) -> int:
    line = (folder / "流水.csv").read_text("gb18030").splitlines()[3]
    return line.index(text) + 1


# -- where it stands -----------------------------------------------------------------------------------------------------


def told_at(folder: Path, pointer: str) -> str:
    with open_dossier(folder) as dossier:
        place = read(dossier)[0][0].locate(pointer)
        assert place.pointer == pointer
        text = Path(place.source).read_text("utf-8").splitlines()[(place.line or 0) - 1]
        end = None if place.end_column is None or place.end_line != place.line else place.end_column - 1
        return text[(place.column or 1) - 1 : end]


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ("/demands/0/material_name", '"验资报告"'),
        ("/demands/0/form", '"paper_copy"'),  # told by a later event
        ("/demands/0/demanded_on", '"2025-03-04"'),  # told by when it happened
        ("/organ_code", '"ZJ"'),
        ("/demands/0", '{"demand_no": "1", "material_name": "验资报告"}'),
    ],
)
def test_a_fact_stands_in_the_event_that_told_it(pointer: str, said: str, tmp_path: Path) -> None:
    as_jsonl(tmp_path)
    assert told_at(tmp_path, pointer) == said


def test_a_fact_stands_in_the_document_that_told_it(tmp_path: Path) -> None:
    as_yaml(tmp_path)
    assert told_at(tmp_path, "/demands/0/form") == "paper_copy"
    assert told_at(tmp_path, "/demands/0/material_name") == "验资报告"


@pytest.mark.parametrize(
    ("write", "place"), [(as_xlsx, "!events!H4"), (as_parquet, "#row=3"), (as_csv, ":4:40")]
)
def test_a_fact_stands_in_the_cell_or_row_that_told_it(write: Any, place: str, tmp_path: Path) -> None:
    file = write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        found = read(dossier)[0][0].locate("/demands/0/material_name")
    if write is as_csv:
        place = f":4:{file.read_text('utf-8').splitlines()[3].index('验资') + 1}"
    elif write is as_xlsx:
        place = f"!events!{'ABCDEFGHIJKLMN'[_flat()[0].index('demand.material_name')]}4"
    assert str(found) == f"{file}{place}"


# -- what is wrong --------------------------------------------------------------------------------------------------------

BROKEN = '{"event_id": "E9", "application_no": "A1", "kind": "accep'
NAMELESS = '{"event_id": "E9", "kind": "accep'


def events_with(folder: Path, *more: str, before: tuple[str, ...] = ()) -> None:
    text = "".join(f"{line}\n" for line in before) + lines(EVENTS) + "".join(f"{line}\n" for line in more)
    (folder / "events.jsonl").write_text(text, encoding="utf-8")


def adds_up(dossier: Dossier) -> bool:
    told = dossier.told
    assert told is not None
    return told.read == told.folded + told.repeated + told.quarantined + told.clocks


def test_repeats_are_counted_and_change_nothing(tmp_path: Path) -> None:
    events_with(tmp_path, lines(EVENTS[2:4]).strip())
    with open_dossier(tmp_path) as dossier:
        told = dossier.told
        assert told is not None
        assert (told.read, told.folded, told.repeated, told.clocks, told.quarantined) == (9, 6, 2, 1, 0)
        assert adds_up(dossier)
        assert [e.record for e in read(dossier)[0]] == [expected()["A1"], expected()["A2"]]


def test_another_event_under_the_same_id_is_set_aside_and_the_first_stands(tmp_path: Path) -> None:
    events_with(tmp_path, json.dumps(EVENTS[4] | {"happened_at": "2025-03-15"}))
    with open_dossier(tmp_path) as dossier:
        (row,) = dossier.aside_events()
        assert (row.code, row.table, row.place) == (
            "conflicting-event", "events", f"{tmp_path}/events.jsonl:8:1",
        )  # fmt: skip
        assert read(dossier)[0][1].record == expected()["A2"]
        assert adds_up(dossier)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (BROKEN, "json-syntax"),
        ('{"event_id":"9","kind":"accepted","application_no":"A1","happened_at":"2025-03-05","acepted":1}', "unknown-field"),
        ('{"event_id":"9","kind":"accepted","application_no":"A1","happened_at":"2025-03-05","application":{"accepted_on":"2025-02-30"}}', "wrong-date"),
        ('{"event_id":"9","kind":"accepted","application_no":"A1"}', "no-time"),
        ('{"event_id":"9","kind":"accepted","application_no":"A1","happened_at":"2925-03-05"}', "future-event"),
        ('{"event_id":"9","kind":"ticket_replied","application_no":"A1","happened_at":"2025-03-05"}', "wrong-subject"),
        ('{"event_id":"9","kind":"recorded","application_no":"A1","happened_at":"2025-03-05","application":{"region":"哈密"}}', "wrong-region"),
    ],
)  # fmt: skip
def test_a_bad_event_is_set_aside_and_what_it_was_about_is_complete_no_more(
    line: str, code: str, tmp_path: Path
) -> None:
    events_with(tmp_path, line)
    with open_dossier(tmp_path) as dossier:
        (row,) = dossier.aside_events()
        assert (row.code, row.place.rpartition(":")[0]) == (code, f"{tmp_path}/events.jsonl:8")
        assert row.problems[0].message.zh
        assert row.problems[0].message.en
        first, second = (e.record for e in read(dossier)[0])
        assert first.completed is None, "what was lost may have told of it"
        assert first.partial == ("demands",)
        assert second == expected()["A2"]
        assert adds_up(dossier)
        told = dossier.told
        assert told is not None
        assert told.until == UNTIL_TOLD, "a slip of the pen moves no clock"
        assert set(told.lost) == {"applications"}
        assert told.nameless == 0


def test_of_a_bad_row_in_a_table_the_columns_tell_whose_it_is(tmp_path: Path) -> None:
    file = as_csv(tmp_path)
    text = file.read_text("utf-8").replace("application_no", "办件编号").replace("paper_copy", "纸")
    file.write_text(text, encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        (row,) = dossier.aside_events()
        assert row.code == "wrong-value"
        assert row.problems[0].location is not None
        assert row.problems[0].location.header == "demand.form"
        assert read(dossier)[0][0].record.completed is None


def test_an_application_of_which_no_event_can_be_read_is_in_quarantine_itself(tmp_path: Path) -> None:
    events_with(tmp_path, BROKEN.replace("A1", "A9"))
    with open_dossier(tmp_path) as dossier:
        entries, (row,), identity = read(dossier)
        assert [e.record.application_no for e in entries] == ["A1", "A2"]
        assert (row.code, row.table, row.raw) == (
            "no-usable-event", "applications", {"application_no": "A9"},
        )  # fmt: skip
        assert identity.read == 3


def test_a_bad_event_of_nobody_knows_whom_may_be_of_anyone(tmp_path: Path) -> None:
    events_with(tmp_path, NAMELESS)
    with open_dossier(tmp_path) as dossier:
        told = dossier.told
        assert told is not None
        assert told.nameless == 1
        assert set(told.lost) == set(TOLD_BY_EVENTS.values())
        assert [e.record for e in read(dossier)[0]] == [expected()["A1"], expected()["A2"]]


def test_a_table_that_is_no_table_stops_the_run_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("event_id,knd\n1,accepted\n", encoding="utf-8")
    with pytest.raises(InputError) as error, open_dossier(tmp_path):
        pass
    assert "events.csv:1:10" in error.value.render()


# -- given both ways -------------------------------------------------------------------------------------------------------


def write_record(folder: Path, record: Any) -> None:
    (folder / "applications.jsonl").write_bytes(msgspec.json.encode(record) + b"\n")


def test_an_application_given_both_ways_with_one_content_is_judged_once(tmp_path: Path) -> None:
    as_jsonl(tmp_path)
    write_record(tmp_path, expected()["A2"])
    with open_dossier(tmp_path) as dossier:
        entries, aside, identity = read(dossier)
        assert [e.record.application_no for e in entries] == ["A2", "A1"]
        assert (len(identity.duplicate_rows), aside) == (1, [])


def test_an_application_given_both_ways_with_two_contents_is_not_judged_at_all(tmp_path: Path) -> None:
    as_jsonl(tmp_path)
    write_record(tmp_path, msgspec.structs.replace(expected()["A2"], completed_on=date(2025, 3, 7)))
    with open_dossier(tmp_path) as dossier:
        entries, aside, _ = read(dossier)
        assert [e.record.application_no for e in entries] == ["A1"]
        assert [(q.code, q.place) for q in aside] == [
            ("given-both-ways", f"{tmp_path}/applications.jsonl:1:1"),
            ("given-both-ways", f"{tmp_path}/events.jsonl:2:1"),
        ]
        assert "既有记录，又有办理动态" in aside[0].problems[0].message.zh


def test_a_ticket_given_both_ways_is_not_judged_either(tmp_path: Path) -> None:
    as_jsonl(tmp_path)
    (tmp_path / "tickets.yaml").write_text(
        "- {ticket_no: T1, region: '650500', subject: 停水}\n", encoding="utf-8"
    )
    with open_dossier(tmp_path) as dossier:
        loaded = dossier.load("tickets")
        assert loaded.entries == []
        assert [q.code for q in loaded.quarantined] == ["given-both-ways"] * 2


# -- far apart, many, and by several hands ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="module")
def stream() -> list[bytes]:
    """The lines of `hami replay cases/demo`."""
    with open_dossier(DEMO) as dossier:
        return [line for _, line in replay(dossier, str(DEMO), UNTIL, Replay())]


@pytest.fixture(scope="module")
def of_events(stream: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with events in place of the records that they tell of."""
    folder = tmp_path_factory.mktemp("told")
    tables = set(TOLD_BY_EVENTS.values())
    shutil.copytree(DEMO, folder, dirs_exist_ok=True)
    for path in DEMO.iterdir():
        if path.stem in tables:
            (folder / path.name).unlink()
    (folder / "events.jsonl").write_bytes(b"".join(stream))
    return folder


def audited(
    pack: Pack, dossier: Path, folder: Path, jobs: int = 1
) -> tuple[Audit, dict[str, Any], list[Any]]:
    """The audit, its findings by id, and what is undetermined."""
    folder.mkdir(parents=True, exist_ok=True)
    with run_audit(dossier, pack, Options(UNTIL, jobs=jobs), order, folder, name="卷宗") as audit:
        findings = {f.id: f for f in audit.findings}
    rows = [json.loads(line) for line in (folder / "undetermined.jsonl").read_text("utf-8").splitlines()]
    return audit, findings, sorted(rows, key=lambda r: (r["rule"], r["record_key"]))


def test_the_demo_told_by_events_is_audited_as_the_demo_itself(
    pack: Pack, of_events: Path, tmp_path: Path
) -> None:
    audit, findings, open_rows = audited(pack, of_events, tmp_path / "events")
    _, theirs, their_rows = audited(pack, DEMO, tmp_path / "records")
    assert findings.keys() == theirs.keys()
    assert len(findings) > 300
    kinds = Counter(f.record_kind for f in findings.values())
    assert kinds["demand"] > 20
    for identity, finding in findings.items():
        other = theirs[identity]
        by_events = [finding.record_kind, *pack.registry.ancestors(finding.record_kind)][-1] in TOLD_BY_EVENTS
        # Six applications of the demo stand in quarantine and tell no events: statistics count them, and say so.
        but = {"location"} if by_events else {"location", "message", "state", "seen", "explanation"}
        for name in set(finding.__struct_fields__) - but:
            assert getattr(finding, name) == getattr(other, name), (finding.rule, finding.record_key, name)
    assert open_rows == their_rows
    counts = audit.counts
    assert counts["events"].read == sum(1 for _ in (of_events / "events.jsonl").open("rb"))
    assert counts["events"].unjudged == counts["events"].read
    assert counts["applications"].read == counts["applications"].judged > 1_900
    for table in TOLD_BY_EVENTS.values():
        assert counts[table].quarantined == 0


@pytest.mark.parametrize("seed", [15, 32])
def test_neither_the_order_of_events_nor_the_number_of_files_makes_a_difference(
    seed: int, stream: list[bytes], tmp_path: Path
) -> None:
    chance = random.Random(seed)
    some = {json.loads(line).get("application_no") for line in stream[:4_000]}
    mine = [line for line in stream if json.loads(line).get("application_no") in some or b'"clock"' in line]
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "events.jsonl").write_bytes(b"".join(mine))
    chance.shuffle(mine)
    (tmp_path / "two" / "events").mkdir(parents=True)
    for i in range(3):
        (tmp_path / "two" / "events" / f"{i}.jsonl").write_bytes(b"".join(mine[i::3]))
    records = []
    for name in ("one", "two"):
        with open_dossier(tmp_path / name) as dossier:
            found = [e.record for e in read(dossier)[0]]
            records.append(sorted(found, key=lambda r: r.application_no))
    assert len(records[0]) > 100
    assert records[0] == records[1]


def test_any_number_of_workers_gives_the_same_bytes(
    pack: Pack, of_events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hami_rules.intake.dossier.cut_lines", lambda path, size=0: cut_lines(path, 200_000))
    gave = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        _, findings, _ = audited(pack, of_events, folder, jobs)
        files = {n: (folder / n).read_bytes() for n in ("quarantine.jsonl", "undetermined.jsonl")}
        gave.append((msgspec.json.encode(list(findings.values())), files))
    assert gave[0] == gave[1]


def test_what_is_lost_makes_no_breach_and_statistics_count_it(
    pack: Pack, of_events: Path, stream: list[bytes], tmp_path: Path
) -> None:
    """A run over a stream with bad events: they stand in quarantine, their applications lose what was not told, nothing
    else changes, and the account adds up."""
    folder = tmp_path / "d"
    shutil.copytree(of_events, folder)
    _, whole, _ = audited(pack, of_events, tmp_path / "whole")
    of_deferrals = sorted({f.root_key for f in whole.values() if f.rule == "15.2e"})
    assert of_deferrals
    lost = of_deferrals[0]
    bad = json.dumps({"event_id": "x", "application_no": lost, "kind": "supplemented", "happened_at": "?"})
    (folder / "events.jsonl").write_bytes(b"".join(stream) + bad.encode() + b"\n")
    audit, findings, open_rows = audited(pack, folder, tmp_path / "out")
    gone = whole.keys() - findings.keys()
    assert {whole[i].root_key for i in gone} == {lost}
    assert findings.keys() <= whole.keys()
    assert any(r["rule"] == "15.2e" and r["record_key"] == f"{lost}/deferral" for r in open_rows)
    counts = audit.counts["events"]
    assert (counts.read, counts.quarantined) == (len(stream) + 1, 1)
    assert counts.read == counts.judged + counts.duplicates + counts.quarantined + counts.unjudged
    (row,) = [
        json.loads(line) for line in (tmp_path / "out" / "quarantine.jsonl").read_text("utf-8").splitlines()
    ]
    assert (row["table"], row["code"]) == ("events", "wrong-instant")
    assert row["place"] == f"卷宗/events.jsonl:{len(stream) + 1}:1"


def test_a_bad_bound_is_a_matter_of_the_pack(tmp_path: Path) -> None:
    as_jsonl(tmp_path)
    with open_dossier(tmp_path, late=timedelta(days=5)) as dossier:
        assert dossier.told is not None
        assert dossier.told.until == date(2025, 3, 14)


def test_every_kind_that_events_tell_of_has_a_table() -> None:
    assert set(TOLD_BY_EVENTS) == {s.root for s in SUBJECTS.values()}
    assert all(TOLD_BY_EVENTS.values())

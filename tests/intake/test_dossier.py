"""The dossier: the same records whatever the files look like, and nothing lost without being said."""

from __future__ import annotations

import csv
import json
import pickle
import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.intake.chunks import ORDINAL
from hami_rules.intake.dossier import Entry, digested, entry_at, open_dossier, read_chunk
from hami_rules.intake.errors import InputError
from hami_rules.intake.identity import first_pass_chunk, merge
from hami_rules.intake.quarantine import Quarantined
from hami_rules.records.application import Application, Basis, Deferral, Demand, Gap, Step
from hami_rules.records.guide import Guide, GuideMaterial
from hami_rules.records.kinds import ROOTS
from hami_rules.records.world import Covered

APPLICATIONS = [
    {
        "application_no": "A1",
        "item_code": "0650500001",
        "region": "650500",
        "applicant_id": "91650500MA0001",
        "organ_code": "o1",
        "submitted_on": "2024-05-06",
        "accepted": True,
        "promised_days": 5,
        "withdrawn": False,
        "demands": [
            {
                "demand_no": "1",
                "material_name": "营业执照",
                "demanded_on": "2024-05-06",
                "copies": 2,
                "bases": [{"instrument_code": "L1", "article": "第三条"}],
            },
            {"demand_no": "2", "material_name": "身份证，复印件", "form": "paper_copy", "bases": []},
        ],
        "steps": [{"step_no": 1, "step_name": "受理", "started_on": "2024-05-06"}],
        "deferral": {"promise_given": True, "promise_given_on": "2024-05-07", "gaps": [{"gap_no": "g1"}]},
    },
    {
        "application_no": "A2",
        "item_code": "0650500002",
        "region": "650502",
        "applicant_id": "91650500MA0001",
        "organ_code": "o1",
        "submitted_on": "2024-06-01",
        "accepted": False,
        "withdrawn": False,
        "demands": [],
        "steps": [{"step_no": 2, "step_name": "审查"}, {"step_no": 10, "step_name": "办结"}],
    },
]
EXPECTED = [
    Application(
        application_no="A1",
        item_code="0650500001",
        region="650500",
        applicant_id="91650500MA0001",
        organ_code="o1",
        submitted_on=date(2024, 5, 6),
        accepted=True,
        promised_days=5,
        withdrawn=False,
        demands=[
            Demand(
                demand_no="1",
                material_name="营业执照",
                demanded_on=date(2024, 5, 6),
                copies=2,
                bases=[Basis(instrument_code="L1", article="第三条")],
            ),
            Demand(demand_no="2", material_name="身份证，复印件", form="paper_copy", bases=[]),
        ],
        steps=[Step(step_no=1, step_name="受理", started_on=date(2024, 5, 6))],
        deferral=Deferral(promise_given=True, promise_given_on=date(2024, 5, 7), gaps=[Gap(gap_no="g1")]),
    ),
    Application(
        application_no="A2",
        item_code="0650500002",
        region="650502",
        applicant_id="91650500MA0001",
        organ_code="o1",
        submitted_on=date(2024, 6, 1),
        accepted=False,
        withdrawn=False,
        demands=[],
        steps=[Step(step_no=2, step_name="审查"), Step(step_no=10, step_name="办结")],
    ),
]
GUIDES = [
    {
        "item_code": "0650500001",
        "organ_code": "o1",
        "region": "650500",
        "channel": "any",
        "valid_from": "2024-03-01",
        "open_ended": True,
        "published": True,
        "serves": ["enterprise", "branch"],
        "fee": "12.50",
        "materials": [{"material_name": "营业执照", "need": "required", "form": "paper"}],
    }
]
EXPECTED_GUIDES = [
    Guide(
        item_code="0650500001",
        organ_code="o1",
        region="650500",
        channel="any",
        valid_from=date(2024, 3, 1),
        valid_to=date.max,
        open_ended=True,
        published=True,
        serves=["enterprise", "branch"],
        fee=Decimal("12.50"),
        materials=[GuideMaterial(material_name="营业执照", need="required", form="paper")],
    )
]

# -- the same dossier as flat tables -----------------------------------------------------------------------------

FLAT: dict[str, list[list[Any]]] = {
    "applications": [
        ["办件编号", "实施编码", "region", "applicant_id", "organ_code", "申请时间", "是否受理", "promised_days",
         "withdrawn_on", "容缺/书面承诺", "deferral.promise_given_on", "备注列"],
        ["A1", "0650500001", "650500", "91650500MA0001", "o1", "2024-05-06", "1", "5", "", "是", "2024-05-07", "x"],
        ["A2", "0650500002", "650502", "91650500MA0001", "o1", "2024年6月1日", "0", "", "", "", "", ""],
    ],
    # The rows of A2 stand before those of A1, and step 10 before step 2.
    "steps": [
        ["办件编号", "step_no", "step_name", "started_on"],
        ["A2", "10", "办结", ""],
        ["A2", "2", "审查", ""],
        ["A1", "1", "受理", "2024-05-06"],
    ],
    "demands": [
        ["application", "demand_no", "material_name", "demanded_on", "form", "copies"],
        ["A1", "1", "营业执照", "2024-05-06", "", "2"],
        ["A1", "2", "身份证，复印件", "", "paper_copy", ""],
    ],
    "bases": [
        ["application", "demand_no", "instrument_code", "article"],
        ["A1", "1", "L1", "第三条"],
    ],
    "gaps": [["application_no", "gap_no"], ["A1", "g1"]],
    "guides": [
        ["item_code", "organ_code", "region", "channel", "valid_from", "valid_to", "published", "serves", "fee", "materials"],
        ["0650500001", "o1", "650500", "any", "2024-03-01", "", "true", "enterprise；branch", "12.50",
         '[{"material_name": "营业执照", "need": "1", "form": "1"}]'],
    ],
}  # fmt: skip
FLAT_MANIFEST: dict[str, Any] = {
    "tables": {
        "applications": {
            "columns": {"是否受理": "accepted", "容缺/书面承诺": "deferral.promise_given"},
            "codes": {"accepted": "yes_no"},
            "empty": {"withdrawn_on": "false"},
            "ignore": ["备注列"],
        },
        "steps": {
            "table_of": "application.steps",
            "key": {"办件编号": "application_no"},
            "order": "step_no",
        },
        "demands": {"table_of": "application.demands", "key": {"application": "application_no"}},
        "bases": {"table_of": "application.demands.bases", "key": ["application", "demand_no"]},
        "gaps": {"table_of": "application.deferral.gaps", "key": "application_no"},
        "guides": {
            "empty": {"valid_to": "open"},
            "codes": {"materials.need": "is_need", "materials.form": "material_format"},
        },
    }
}


def write_flat(folder: Path, write: Callable[[Path, str, list[list[Any]]], str]) -> None:
    manifest = json.loads(json.dumps(FLAT_MANIFEST))
    for table, rows in FLAT.items():
        manifest["tables"][table]["file"] = write(folder, table, rows)
    (folder / "dossier.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), encoding="utf-8")


def write_csv(folder: Path, table: str, rows: list[list[Any]]) -> str:
    with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return f"{table}.csv"


def write_xlsx(folder: Path, table: str, rows: list[list[Any]]) -> str:
    path = folder / "all.xlsx"
    book = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
    if not path.exists():
        book.remove(book.active)
    sheet = book.create_sheet(table)
    for row in rows:
        sheet.append(
            [
                date.fromisoformat(c)
                if len(c) == 10 and c[4:8:3] == "--"
                else int(c)
                if c.isdigit() and c[0] != "0"
                else c or None
                for c in row
            ]
        )
    book.save(path)
    return "all.xlsx"


def write_flat_parquet(folder: Path, table: str, rows: list[list[Any]]) -> str:
    with (folder / "rows.json").open("w", encoding="utf-8") as handle:
        json.dump([{h: c or None for h, c in zip(rows[0], row, strict=True)} for row in rows[1:]], handle)
    types = ", ".join(f"'{h}': 'VARCHAR'" for h in rows[0])
    duckdb.sql(
        f"COPY (SELECT * FROM read_json('{folder / 'rows.json'}', columns = {{{types}}}))"
        f" TO '{folder / table}.parquet' (FORMAT parquet)"
    )
    (folder / "rows.json").unlink()
    return f"{table}.parquet"


def as_yaml(folder: Path) -> None:
    text = yaml.safe_dump({"applications": APPLICATIONS, "guides": GUIDES}, allow_unicode=True)
    (folder / "everything.yaml").write_text(text, encoding="utf-8")


def as_json_folders(folder: Path) -> None:
    for table, records in (("applications", APPLICATIONS), ("guides", GUIDES)):
        (folder / table).mkdir()
        for i, record in enumerate(records):
            text = json.dumps(record, ensure_ascii=False, indent="\t")
            (folder / table / f"{i}.json").write_text(text, encoding="utf-8")


def as_jsonl(folder: Path) -> None:
    for table, records in (("applications", APPLICATIONS), ("guides", GUIDES)):
        lines = [json.dumps(r, ensure_ascii=False) for r in records]
        (folder / f"{table}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def as_csv(folder: Path) -> None:
    write_flat(folder, write_csv)


def as_xlsx(folder: Path) -> None:
    write_flat(folder, write_xlsx)


def as_flat_parquet(folder: Path) -> None:
    write_flat(folder, write_flat_parquet)


def as_nested_parquet(folder: Path) -> None:
    as_jsonl(folder)
    for table in ("applications", "guides"):
        source = folder / f"{table}.jsonl"
        duckdb.sql(
            f"COPY (SELECT * FROM read_json_auto('{source}', format = 'newline_delimited'))"
            f" TO '{folder / table}.parquet' (FORMAT parquet)"
        )
        source.unlink()


FORMS = [as_yaml, as_json_folders, as_jsonl, as_csv, as_xlsx, as_flat_parquet, as_nested_parquet]


@pytest.mark.parametrize("write", FORMS)
def test_the_same_dossier_in_every_form_gives_equal_records(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        applications, guides = dossier.load("applications"), dossier.load("guides")
        assert [q.to_builtins()["reason"] for q in applications.quarantined + guides.quarantined] == []
        assert applications.records == EXPECTED
        assert guides.records == EXPECTED_GUIDES
        assert (applications.read, guides.read) == (2, 1)
        assert dossier.unclaimed == ()
        assert dossier.tables == ("applications", "guides")
        identity = merge(map(first_pass_chunk, dossier.chunks()), dossier.chunks())
        assert identity.read == 2
        assert len(identity.shared_holders) == 1
        assert not identity.duplicate_rows and not identity.conflicting_rows and not identity.shared_matters


def _at(text: str) -> str:
    return f"applications.jsonl:1:{json.dumps(APPLICATIONS[0], ensure_ascii=False).index(text) + 1}"


def _place(entry: Entry, pointer: str) -> str:
    place = entry.locate(pointer)
    assert place.pointer == pointer or place.pointer is None or place.pointer.endswith(pointer)
    return str(place).removeprefix(str(Path(place.source).parent) + "/")


@pytest.mark.parametrize(
    ("write", "own", "child", "grandchild"),
    [
        (
            as_jsonl,
            _at('"650500"'),
            _at('"身份证'),
            _at('"第三条'),
        ),
        (as_csv, "applications.csv:2:15", "demands.csv:3:6", "bases.csv:2:9"),
        (as_xlsx, "all.xlsx!applications!C2", "all.xlsx!demands!C3", "all.xlsx!bases!D2"),
        (as_flat_parquet, "applications.parquet#row=1", "demands.parquet#row=2", "bases.parquet#row=1"),
        (
            as_nested_parquet,
            "applications.parquet#row=1",
            "applications.parquet#row=1",
            "applications.parquet#row=1",
        ),
    ],
)
def test_every_part_of_a_record_is_found_where_it_stands(
    tmp_path: Path, write: Callable[[Path], None], own: str, child: str, grandchild: str
) -> None:
    write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        entry = dossier.load("applications").entries[0]
        assert _place(entry, "/region") == own
        assert _place(entry, "/demands/1/material_name") == child
        assert _place(entry, "/demands/0/bases/0/article") == grandchild
        again = entry_at(entry.chunk, entry.row & ORDINAL)
        assert again is not None and again.record == entry.record
        assert _place(again, "/region") == own


def test_documents_are_located_by_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "kind: application\n办件编号: A1\ndemands:\n  - 材料名称: 执照\n", encoding="utf-8"
    )
    with open_dossier(tmp_path / "a.yaml") as dossier:
        (entry,) = dossier.load("applications").entries
        assert entry.record == Application(application_no="A1", demands=[Demand(material_name="执照")])
        assert _place(entry, "/demands/0/material_name") == "a.yaml:4:11"


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("application_no: A1", "applications"),
        ("{item_code: i, organ_code: o, region: 650500, materials: []}", "guides"),
        ("{item_code: i, organ_code: o, region: 650500, valid_from: 2024-03-01}", "guides"),
        ("{kind: item, item_code: i, organ_code: o, region: 650500}", "items"),
        ("{item_code: i, organ_code: o, region: 650500, e_materials: []}", "items"),
        ("{item_code: i, organ_code: o, region: 650500, step_names: [受理]}", "workflows"),
        ("{实施编码: i, 实施主体编码: o, 行政区划代码: 650500, 申请材料: []}", "guides"),
        ("{request_no: q, kind: demand, key: A1, fact: bases}", "evidence_requests"),
        ("- {code: L1, title: 某某法, level: law}", "instruments"),
        ("{list_no: l, organ_code: o, region: 650500, entries: []}", "deferral_lists"),
    ],
)
def test_a_single_document_tells_its_kind(tmp_path: Path, text: str, table: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with open_dossier(path) as dossier:
        assert dossier.tables == (table,)
        loaded = dossier.load(table)
        assert [p.message for q in loaded.quarantined for p in q.problems] == []
        assert loaded.read == 1


def test_table_names_cannot_be_mistaken_for_fields() -> None:
    for kind in ROOTS.values():
        assert not set(kind.fields) & set(ROOTS), "a record would be taken for a mapping of tables"


def test_a_single_table_file_is_told_from_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "export 2024.csv"
    path.write_text("办件编号,申请时间\nA1,2024-05-06\n", encoding="utf-8")
    with open_dossier(path) as dossier:
        assert dossier.load("applications").records == [
            Application(application_no="A1", submitted_on=date(2024, 5, 6))
        ]
    path = path.with_suffix(".jsonl")
    path.write_text('{"code": "o1", "organ_class": "department"}\n', encoding="utf-8")
    with open_dossier(path) as dossier:
        assert dossier.tables == ("organs",)


def test_a_table_may_have_documents_lines_and_rows(tmp_path: Path) -> None:
    (tmp_path / "organs").mkdir()
    (tmp_path / "organs" / "a.yaml").write_text("code: o1\n", encoding="utf-8")
    (tmp_path / "organs" / "b.jsonl").write_text('{"code": "o2"}\n', encoding="utf-8")
    (tmp_path / "organs.csv").write_text("code,name\no3,三\n", encoding="utf-8")
    (tmp_path / "organs" / "c.csv").write_text("单位编码\no4\n", encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        loaded = dossier.load("organs")
        assert sorted(r.code for r in loaded.records) == ["o1", "o2", "o3", "o4"]
        numbers = [c.number for c in dossier.chunks("organs")]
        assert numbers == list(range(len(numbers)))


def test_joined_tables_by_convention(tmp_path: Path) -> None:
    (tmp_path / "applications.csv").write_text("application_no\nA1\nA2\n", encoding="utf-8")
    (tmp_path / "applications.demands.jsonl").write_text(
        '{"application_no": "A2", "demand_no": "1", "material_name": "x"}\n', encoding="utf-8"
    )
    with open_dossier(tmp_path) as dossier:
        assert dossier.load("applications").records == [
            Application(application_no="A1", demands=[]),
            Application(application_no="A2", demands=[Demand(demand_no="1", material_name="x")]),
        ]


def test_a_partial_child_table_says_nothing_about_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "applications.csv").write_text("application_no\nA1\nA2\n", encoding="utf-8")
    (tmp_path / "d.csv").write_text("application_no,demand_no\nA2,1\n", encoding="utf-8")
    (tmp_path / "dossier.yaml").write_text(
        "tables:\n  d: {file: d.csv, table_of: applications.demands, key: application_no, partial: true}\n",
        encoding="utf-8",
    )
    with open_dossier(tmp_path) as dossier:
        one, two = dossier.load("applications").records
        assert (one.demands, one.partial) == (None, ("demands",))
        assert (two.demands, two.partial) == ([Demand(demand_no="1")], ("demands",))


def test_completeness_in_both_spellings(tmp_path: Path) -> None:
    (tmp_path / "applications.jsonl").write_text("{}", encoding="utf-8")
    (tmp_path / "dossier.yaml").write_text(
        "completeness:\n  applications: {complete_until: 2026-06-30}\n"
        "guides: {complete: {regions: [650500], from: 2024-03-01, to: 2026-06-30}}\n",
        encoding="utf-8",
    )
    with open_dossier(tmp_path) as dossier:
        assert set(dossier.completeness) == {
            Covered("applications", frozenset(), date.min, date(2026, 6, 30)),
            Covered("guides", frozenset({"650500"}), date(2024, 3, 1), date(2026, 6, 30)),
        }


def test_what_nothing_claims_is_reported(tmp_path: Path) -> None:
    as_jsonl(tmp_path)
    for name in ("README.txt", "notes.md", ".hidden.csv", "misc.csv", "photo.png", "old.csv"):
        (tmp_path / name).write_text("x\n", encoding="utf-8")
    (tmp_path / "dossier.yaml").write_text("ignore_files: [old.*]\n", encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.title = "organs"
    book.active.append(["code"])
    book.active.append(["o1"])
    book.create_sheet("草稿")
    book.save(tmp_path / "book.xlsx")
    with open_dossier(tmp_path) as dossier:
        assert [(str(p.location).removeprefix(f"{tmp_path}/"), p.message.zh) for p in dossier.unclaimed] == [
            ("book.xlsx!草稿!A1", "未读取：工作表名不是表名"),
            ("misc.csv", "未读取：文件名不是表名"),
            ("photo.png", "未读取：不认识的文件格式"),
        ]
        inputs = digested(dossier.root, dossier.files)
        assert [n for n, _, _ in inputs] == [
            "applications.jsonl",
            "book.xlsx",
            "dossier.yaml",
            "guides.jsonl",
        ]
        assert all(len(digest) == 64 and size > 0 for _, digest, size in inputs)


def test_counts_add_up(tmp_path: Path) -> None:
    lines = [
        '{"application_no": "A1", "region": "650500"}',
        '{"region": "650500", "application_no": "A1"}',  # the same, written differently
        '{"application_no": "A2", "accepted": true}',
        '{"application_no": "A2", "accepted": false}',
        '{"application_no": "A3"}',
        "not json",
        '{"region": "650500"}',
        '{"application_no": "A4", "regoin": "650500"}',
    ]
    (tmp_path / "applications.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        loaded = dossier.load("applications")
        assert loaded.read == len(lines)
        assert loaded.read == len(loaded.entries) + loaded.duplicates + len(loaded.quarantined)
        assert [r.application_no for r in loaded.records] == ["A1", "A3"]
        assert loaded.duplicates == 1
        assert sorted(q.code for q in loaded.quarantined) == [
            "conflicting",
            "conflicting",
            "json-syntax",
            "no-key",
            "unknown-field",
        ]
        chunks = dossier.chunks()
        identity = merge(map(first_pass_chunk, chunks), chunks)
        streamed = [f for c in chunks for f in read_chunk(c, identity.skips(c))]
        judged = [f for f in streamed if isinstance(f, Entry)]
        assert identity.read == len(streamed) + len(identity.duplicate_rows) == len(lines)
        assert [e.record for e in judged] == loaded.records
        assert sorted(q.code for q in streamed if isinstance(q, Quarantined)) == sorted(
            q.code for q in loaded.quarantined
        )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=30),
    st.integers(1, 400),
    st.booleans(),
    st.booleans(),
)
def test_no_chunk_size_loses_or_splits_a_line(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], size: int, crlf: bool, last: bool
) -> None:
    folder = tmp_path_factory.mktemp("chunks")
    end = "\r\n" if crlf else "\n"
    lines = [
        json.dumps({"application_no": str(i), "item_name": "哈" * n}) if n % 7 else ""
        for i, n in enumerate(lengths)
    ]
    path = folder / "applications.jsonl"
    path.write_bytes(("\ufeff" + end.join(lines) + (end if last else "")).encode())
    with open_dossier(path) as dossier:
        chunks = dossier.chunks(size=size)
        found = [f for c in chunks for f in read_chunk(c)]
        assert [f.record.application_no for f in found if isinstance(f, Entry)] == [
            str(i) for i, line in enumerate(lines) if line
        ]
        assert [f.location.line for f in found] == [i + 1 for i, line in enumerate(lines) if line]
        text = path.read_bytes()
        for f in found:
            assert isinstance(f, Entry) and f.location.offset is not None
            assert f.raw.strip() in text[f.location.offset : f.location.offset + len(f.raw) + 3]
        rows = [f.row for f in found if isinstance(f, Entry)]
        assert rows == sorted(set(rows))


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_no_chunk_size_loses_a_parquet_row(tmp_path: Path, rows: int) -> None:
    duckdb.sql(
        f"COPY (SELECT i::VARCHAR AS application_no FROM range(7) t(i)) TO '{tmp_path}/applications.parquet'"
    )
    with open_dossier(tmp_path) as dossier:
        found = [f for c in dossier.chunks(rows=rows) for f in read_chunk(c)]
        assert [f.record.application_no for f in found if isinstance(f, Entry)] == list("0123456")
        assert [f.location.row for f in found] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("write", FORMS)
def test_chunks_travel_to_workers(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        chunks = dossier.chunks()
        parcels = [pickle.dumps(c) for c in chunks]
        assert all(len(p) < 4_000 for p in parcels)
        found = [f for p in parcels for f in read_chunk(pickle.loads(p))]
        assert [f.record for f in found if isinstance(f, Entry)] == EXPECTED


def test_temporary_files_are_gone_after_closing(tmp_path: Path) -> None:
    as_csv(tmp_path)
    before = sorted(tmp_path.iterdir())
    with open_dossier(tmp_path) as dossier:
        (chunk,) = dossier.chunks()
        assert Path(chunk.path).exists()
    assert not Path(chunk.path).parent.exists()
    assert sorted(tmp_path.iterdir()) == before


# -- what keeps a dossier from being read ------------------------------------------------------------------------


def failure(path: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught, open_dossier(path) as dossier:
        for table in dossier.tables:
            dossier.load(table)
    base = f"{path if path.is_dir() else path.parent}/"
    out = []
    for p in caught.value.problems:
        assert p.message.zh and p.message.en
        out.append((p.code, str(p.location).removeprefix(base), p.message.zh))
    return out


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert failure(tmp_path / "nothing")[0][::2] == ("not-found", "没有这个文件或文件夹")


def test_a_folder_without_records(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    assert failure(tmp_path)[0][0] == "empty-dossier"


MANIFEST_ERRORS = {
    "tabels: {}": [("unknown-key", "dossier.yaml:1:1", "不认识的键“tabels”")],
    "tables: {guides: {fiel: a.csv}}": [
        ("unknown-key", "dossier.yaml:1:19", "不认识的键“fiel”"),
    ],
    "tables: {guidse: a.csv}": [
        ("unknown-table", "dossier.yaml:1:10", "没有表“guidse”"),
    ],
    "tables: {guides: {}}": [("no-file", "dossier.yaml:1:10", "表“guides”没有写明 file")],
    "tables: {guides: b.csv}": [("no-such-file", "dossier.yaml:1:18", "档案中没有文件“b.csv”")],
    "tables: {guides: {file: a.png}}": [
        ("unknown-format", "dossier.yaml:1:25", "不能从“a.png”读取此表"),
    ],
    "tables: {guides: {file: a.csv, columns: {实施编码: itemcode}}}": [
        ("unknown-field", "dossier.yaml:1:48", "没有字段“itemcode”"),
    ],
    "tables: {guides: {file: a.csv, empty: {valid_to: opne}}}": [
        ("manifest-choice", "dossier.yaml:1:50", "“opne”不在可选值之中"),
    ],
    "tables: {guides: {file: a.csv, empty: {item_name: none}}}": [
        ("no-absent-value", "dossier.yaml:1:51", "字段“item_name”的空单元格不能读作 none"),
    ],
    "tables: {guides: {file: a.csv, codes: {item_name: is_nead}}}": [
        ("unknown-code-system", "dossier.yaml:1:51", "没有代码体系“is_nead”"),
    ],
    "tables: {guides: {file: a.csv, key: item_code}}": [
        ("not-a-child", "dossier.yaml:1:32", "“key”只用于带 table_of 的子表"),
    ],
    "tables: {guides: a.csv, m: {file: a.csv, table_of: guide.materials}}": [
        ("no-join", "dossier.yaml:1:25", "子表“m”没有写明与上级表相连的 key"),
    ],
    "tables: {m: {file: a.csv, table_of: guide.materiels, key: item_code}}": [
        ("unknown-parent", "dossier.yaml:1:37", "“guide.materiels”不是记录中的清单"),
    ],
    "tables: {m: {file: a.csv, table_of: guide.materials, key: item_code}}": [
        ("no-parent-table", "a.csv", "子表（guides.materials）没有上级表 guides"),
    ],
    "tables: {guides: {file: a.csv, encoding: utf-9}}": [
        ("encoding", "a.csv", "不认识的编码“utf-9”"),
    ],
    "completeness: {guides: {from: 1 March}}": [
        ("manifest-date", "dossier.yaml:1:31", "“1 March”不是日期（应当写作 2024-03-01）"),
    ],
    "completeness: {guides: {from: 2025-01-01, to: 2024-01-01}}": [
        ("manifest-period", "dossier.yaml:1:24", "起始日晚于截止日"),
    ],
    "completeness: {guidse: {}}": [("unknown-table", "dossier.yaml:1:16", "没有表“guidse”")],
    "completeness: {guides: {}}\nguides: {complete: {}}": [
        ("declared-twice", "dossier.yaml:2:1", "“guides”的完整性声明了两次"),
    ],
    "guides: {completed: {}}": [("unknown-key", "dossier.yaml:1:10", "不认识的键“completed”")],
    "- a": [("manifest", "dossier.yaml:1:1", "dossier.yaml 应当是键值映射")],
}  # fmt: skip


@pytest.mark.parametrize("text", MANIFEST_ERRORS)
def test_errors_in_the_manifest_have_a_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(
        "item_code,organ_code,region,valid_to,item_name\ni,o,r,,\n", encoding="utf-8"
    )
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "dossier.yaml").write_text(text, encoding="utf-8")
    found = failure(tmp_path)
    for code, place, message in MANIFEST_ERRORS[text]:
        assert any(f[:2] == (code, place) and message in f[2] for f in found), found


def test_all_errors_of_a_manifest_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "dossier.yaml").write_text("tabels: {}\ncompletness: {}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_dossier(tmp_path)
    hints = [p.hint.en for p in caught.value.problems if p.hint]
    assert hints == ["did you mean “tables”?", "did you mean “completeness”?"]


def test_columns_do_not_apply_to_documents(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text("item_code: i", encoding="utf-8")
    (tmp_path / "dossier.yaml").write_text(
        "tables: {guides: {file: g.yaml, columns: {a: item_code}}}", encoding="utf-8"
    )
    assert failure(tmp_path)[0][:2] == ("not-for-documents", "dossier.yaml:1:10")


def test_files_outside_the_dossier_are_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("code\nx\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dossier.yaml").write_text("tables: {organs: ../secret.csv}", encoding="utf-8")
    assert failure(tmp_path / "in")[0][0] == "no-such-file"


@pytest.mark.parametrize("write", FORMS)
def test_no_damage_to_a_file_ends_in_a_traceback(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    chance = random.Random(14)
    for _ in range(40):
        path = chance.choice(files)
        whole = path.read_bytes()
        at, kind = chance.randrange(len(whole)), chance.randrange(4)
        insert = chance.choice([b'"', b"\n", b",", b"{", b"\x00", b"\xff", b"\\ud800", b": ", b"9" * 20])
        damaged = (
            whole[:at],
            whole[:at] + insert + whole[at:],
            whole[:at] + whole[at + chance.randrange(1, 20) :],
            whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :],
        )[kind]
        path.write_bytes(damaged)
        try:
            with open_dossier(tmp_path) as dossier:
                for table in dossier.tables:
                    loaded = dossier.load(table)
                    own = [q for q in loaded.quarantined if not q.orphan]
                    assert loaded.read == len(loaded.entries) + loaded.duplicates + len(own)
                chunks = dossier.chunks()
                merge(map(first_pass_chunk, chunks), chunks)
        except InputError as error:
            assert all(p.location is not None for p in error.problems)
        path.write_bytes(whole)


# -- what goes to quarantine -------------------------------------------------------------------------------------


def test_a_broken_document_among_good_ones_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "guides").mkdir()
    for name, text in (
        ("a.yaml", "{item_code: i, organ_code: o, region: 650500}"),
        ("b.yaml", "item_code: [1\n"),
        ("c.yaml", ""),
        ("d.json", '{"items": [{"item_code": "i"}]}'),
        ("e.yaml", "{item_code: i, organ_code: o}"),
        ("f.yaml", "{item_code: i, organ_code: o, region: 650500, materails: []}"),
    ):
        (tmp_path / "guides" / name).write_text(text, encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        loaded = dossier.load("guides")
    assert len(loaded.entries) == 1 and loaded.read == 6
    found = [(q.location.source.removeprefix(f"{tmp_path}/guides/"), q.code) for q in loaded.quarantined]
    assert [f[0] for f in found] == ["b.yaml", "c.yaml", "d.json", "e.yaml", "f.yaml"]
    assert [f[1] for f in found][2:] == ["other-table", "no-key", "unknown-field"]
    assert loaded.quarantined[-1].problems[0].location is not None
    assert str(loaded.quarantined[-1].problems[0].location).endswith("f.yaml:1:47")


def test_a_document_whose_kind_cannot_be_told(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("{item_code: i, organ_code: o, region: 650500}", encoding="utf-8")
    ((code, place, message),) = failure(tmp_path)
    assert (code, place, message) == ("unknown-kind", "x.yaml:1:1", "看不出这是哪一种记录")


def test_an_unknown_table_in_a_document(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("guides: []\norgnas: []\n", encoding="utf-8")
    assert failure(tmp_path)[0] == ("unknown-table", "x.yaml:2:1", "没有表“orgnas”")

"""Tables: every row with its place, every bad row with its reason, and the rest read on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from hami_rules.intake.columns import fields_of, resolve
from hami_rules.intake.dossier import open_dossier
from hami_rules.intake.errors import InputError
from hami_rules.intake.manifest import code_systems
from hami_rules.intake.tables import (
    TableFile,
    cell_name,
    csv_column,
    parquet_json,
    read_headers,
    read_rows,
)
from hami_rules.records.application import Application, Deferral, Submission
from hami_rules.records.guide import Guide
from hami_rules.records.kinds import KINDS

Found = list[tuple[str, str, str]]


def quarantined(folder: Path, table: str = "applications") -> Found:
    """(code, place, first message) of everything that a dossier puts into quarantine."""
    with open_dossier(folder) as dossier:
        loaded = dossier.load(table)
        own = [q for q in loaded.quarantined if not q.orphan]
        assert loaded.read == len(loaded.entries) + loaded.duplicates + len(own)
        for q in loaded.quarantined:
            assert q.raw is not None
        return [
            (p.code, str(p.location).removeprefix(f"{folder}/"), p.message.zh)
            for q in loaded.quarantined
            for p in q.problems
        ]


def failure(folder: Path) -> Found:
    """(code, place, message) of everything that keeps a dossier from being opened."""
    with pytest.raises(InputError) as caught:
        open_dossier(folder)
    return [(p.code, str(p.location).removeprefix(f"{folder}/"), p.message.zh) for p in caught.value.problems]


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8", newline="")


def book(folder: Path, rows: list[list[Any]], name: str = "applications.xlsx") -> Any:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(folder / name)
    return workbook


# -- CSV ---------------------------------------------------------------------------------------------------------


def test_csv_rows_know_their_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeffa,b\r\n1,"x\r\ny"\r\n\r\n, \r\n哈,2\r\n'.encode())
    rows = list(read_rows(TableFile(path, "t.csv", "csv")))
    assert [(dict(r.cells), r.number) for r in rows] == [
        ({"a": "1", "b": "x\r\ny"}, 2),
        ({"a": "哈", "b": "2"}, 6),
    ]
    text = path.read_bytes()
    assert [text[r.offset :][:3] for r in rows] == [b'1,"', "哈".encode()]


@pytest.mark.parametrize(
    ("line", "index", "column"),
    [("a,b,c\n", 0, 1), ("a,b,c\n", 2, 5), ('"x,""y",哈,c', 1, 9), ('"x,""y",哈,c', 2, 11), ("a,", 1, 3)],
)
def test_csv_columns_count_code_points(line: str, index: int, column: int) -> None:
    assert csv_column(line, index) == column


def test_bad_csv_rows_are_quarantined_and_the_rest_is_read(tmp_path: Path) -> None:
    put(
        tmp_path,
        applications__csv="application_no,申请时间,accepted\n"
        "A1,2024-05-06,是\n"
        "A2,2024-05-06\n"
        "A3,2024-05-06,是,多\n"
        'A4,"2024"-05,是\n'
        "A5,2024-02-30,是\n"
        "A6,2024-05-06,也许\n"
        ",2024-05-06,是\n"
        "A8,2024-05-06,,\n",
    )
    assert quarantined(tmp_path) == [
        ("ragged-row", "applications.csv:3:1", "此行有 2 个单元格，表头有 3 个"),
        ("ragged-row", "applications.csv:4:1", "此行有 4 个单元格，表头有 3 个"),
        ("bad-csv", "applications.csv:5:1", "不是有效的 CSV 行：闭合的引号之后应当是逗号"),
        ("wrong-date", "applications.csv:6:4", "申请时间（submitted_on）不是有效的日期：“2024-02-30”"),
        ("wrong-boolean", "applications.csv:7:15", "已受理（accepted）应为是或否：“也许”"),
        ("no-key", "applications.csv:8:1", "办件缺少标识：办件编号（application_no）"),
    ]
    with open_dossier(tmp_path) as dossier:
        assert [r.application_no for r in dossier.load("applications").records] == ["A1", "A8"]


def test_an_unpaired_quote_swallows_no_row_unseen(tmp_path: Path) -> None:
    put(tmp_path, applications__csv='application_no\nA1\n"A2\nA3\n')
    ((code, place, _),) = quarantined(tmp_path)
    assert (code, place) == ("bad-csv", "applications.csv:3:1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("empty-file", "applications.csv", "文件是空的")),
        ("\n", ("no-header", "applications.csv:1:1", "没有表头")),
        ("application_no,region,region\n", ("header-twice", "applications.csv:1:1", "列名“region”出现两次")),
        ("application_no,regoin\n", ("unknown-column", "applications.csv:1:16", "列“regoin”不对应任何字段")),
        (
            "application_no,region,行政区划代码\n",
            ("column-twice", "applications.csv:1:23", "列“行政区划代码”与“region”都是字段“行政区划代码”"),
        ),
    ],
)
def test_a_csv_that_cannot_be_a_table(tmp_path: Path, text: str, expected: tuple[str, str, str]) -> None:
    put(tmp_path, applications__csv=text)
    assert failure(tmp_path) == [expected]


def test_a_cell_without_header_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path, applications__csv="application_no,,region\nA1,x,650500\nA2,,650500\n")
    assert [f[0] for f in quarantined(tmp_path)] == ["no-header"]


def test_csv_in_another_encoding_must_say_so(tmp_path: Path) -> None:
    (tmp_path / "organs.csv").write_bytes("code,name\no1,哈密市\n".encode("gb18030"))
    with open_dossier(tmp_path) as dossier, pytest.raises(InputError) as caught:
        dossier.load("organs")
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.location)) == ("encoding", f"{tmp_path}/organs.csv:2:4")
    assert problem.hint and "gb18030" in problem.hint.zh
    put(tmp_path, dossier__yaml="tables: {organs: {file: organs.csv, encoding: gb18030}}")
    with open_dossier(tmp_path) as dossier:
        assert [o.name for o in dossier.load("organs").records] == ["哈密市"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, applications__csv="application_no\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so a mode would not do
    assert failure(tmp_path) == [
        ("unreadable", "applications.csv", "无法读取文件：Permission denied"),
    ]


# -- columns, codes, empty cells ---------------------------------------------------------------------------------


def test_missing_and_unknown_columns_name_what_was_meant(tmp_path: Path) -> None:
    put(
        tmp_path,
        a__csv="办件号,备注\nA1,x\n",
        dossier__yaml="tables: {applications: {file: a.csv, columns: {办件编码: application_no}}}",
    )
    with pytest.raises(InputError) as caught:
        open_dossier(tmp_path)
    assert [
        (p.code, str(p.location).removeprefix(f"{tmp_path}/"), p.hint.zh if p.hint else "")
        for p in caught.value.problems
    ] == [
        ("unknown-column", "a.csv:1:1", "是否为“办件编号”？否则在 columns 中写明对应字段，或列入 ignore"),
        ("unknown-column", "a.csv:1:5", "在 columns 中写明对应字段，或列入 ignore"),
        ("missing-column", "a.csv:1:1", "是否为“办件号”？"),
    ]


def test_an_unmapped_code_is_an_error_with_its_value(tmp_path: Path) -> None:
    put(
        tmp_path,
        a__csv="application_no,是否,STATE\nA1,1,07\nA2,2,10\nA3,0,99\nA4,,\n",
        dossier__yaml="tables: {applications: {file: a.csv, columns: {是否: completed},"
        " codes: {是否: yes_no, STATE: state}}}",
    )
    assert quarantined(tmp_path) == [
        ("unmapped-code", "a.csv:3:4", "代码“2”不在代码体系 yes_no（是否（1 是，0 否））之中"),
        ("unmapped-code", "a.csv:4:6", "代码“99”不在代码体系 state（国家政务服务平台·办件状态）之中"),
    ]
    with open_dossier(tmp_path) as dossier:
        assert dossier.load("applications").records == [
            Application(application_no="A1", completed=True, accepted=False),
            Application(application_no="A4"),
        ]


def test_every_code_says_something_that_a_field_takes() -> None:
    from hami_rules.intake.convert import to_record

    for system in code_systems().values():
        assert system.values or system.sets
        for said in system.sets.values():
            assert to_record(dict(said), Application, None)[1] == []
    forms = code_systems()["material_format"].values.values()
    assert all(to_record({"form": f}, Submission, None)[1] == [] for f in forms)


def test_what_an_empty_cell_means_is_said_by_the_map(tmp_path: Path) -> None:
    put(
        tmp_path,
        a__csv="application_no,accepted,completed_on,withdrawn_on,events,deferral.withdrawn_on,deferral.promise_given\n"
        "A1,,,,,,\nA2,true,2024-05-06,2024-05-07,,,true\n",
        dossier__yaml="tables: {applications: {file: a.csv, empty: {accepted: false, completed_on: unknown,"
        " withdrawn_on: false, events: none, deferral.withdrawn_on: none}}}",
    )
    with open_dossier(tmp_path) as dossier:
        assert dossier.load("applications").records == [
            Application(application_no="A1", accepted=False, withdrawn=False, events=[]),
            Application(
                application_no="A2",
                accepted=True,
                completed_on=date(2024, 5, 6),
                withdrawn_on=date(2024, 5, 7),
                events=[],
                # No deferral is made up for A1, which says nothing of one.
                deferral=Deferral(promise_given=True, withdrawn=False),
            ),
        ]


def test_jsonl_takes_a_column_map_too(tmp_path: Path) -> None:
    put(
        tmp_path,
        a__jsonl='{"NO": "A1", "FEE": 1, "withdrawn_on": null, "submissions": [{"form": "2"}, {"form": "3"}]}\n'
        '{"NO": "A2", "submissions": [{"form": "7"}]}\n'
        '{"NO": "A3", "surprise": 1}\n',
        dossier__yaml="tables: {applications: {file: a.jsonl, columns: {NO: application_no}, ignore: [FEE],"
        " empty: {withdrawn_on: false}, codes: {submissions.form: material_format}}}",
    )
    assert [f[:2] for f in quarantined(tmp_path)] == [
        ("unmapped-code", "a.jsonl:2:1"),
        ("unknown-column", "a.jsonl:3:1"),
    ]
    with open_dossier(tmp_path) as dossier:
        assert dossier.load("applications").records == [
            Application(
                application_no="A1",
                withdrawn=False,
                submissions=[Submission(form="electronic"), Submission(form="paper_or_electronic")],
            )
        ]


def test_fields_are_found_by_name_label_and_pointer() -> None:
    for name in ("deferral.promise_given_on", "/deferral/promise_given_on", "容缺受理/承诺日期"):
        target = resolve(Application, name)
        assert target and target.pointer == "/deferral/promise_given_on" and target.field.sort == "date"
    assert resolve(Application, "demands.0.bases.1.article") is not None
    assert resolve(Application, "region.code") is None
    assert resolve(Application, "nothing") is None
    for kind in KINDS.values():
        assert fields_of(kind.struct)["partial"].sort == "list"


# -- XLSX --------------------------------------------------------------------------------------------------------


def test_xlsx_cells_keep_their_types_and_places(tmp_path: Path) -> None:
    workbook = book(
        tmp_path,
        [
            ["application_no", "submitted_on", "accepted", "promised_days", "applicant_id"],
            [20240001, date(2024, 5, 6), True, 5.0, "0012"],
            ["A2", datetime.fromisoformat("2024-05-06T09:30"), False, 5.5, "x"],
            [],
            ["A3", "2024/5/6", None, None, 916505001234567890],
        ],
    )
    workbook.active["G9"].number_format = "0.00"  # a trailing row that only looks used
    workbook.active.merge_cells("A11:C12")
    workbook.save(tmp_path / "applications.xlsx")
    assert quarantined(tmp_path) == [
        (
            "wrong-number",
            "applications.xlsx!Sheet!D3",
            "承诺办结时限（工作日）（promised_days）应为整数：“5.5”",
        ),
        (
            "lost-digits",
            "applications.xlsx!Sheet!E5",
            "数字 916505001234567936 超过 15 位，电子表格已丢失精度",
        ),
    ]
    with open_dossier(tmp_path) as dossier:
        (entry,) = dossier.load("applications").entries
        assert entry.record == Application(
            application_no="20240001",
            submitted_on=date(2024, 5, 6),
            accepted=True,
            promised_days=5,
            applicant_id="0012",
        )
        assert str(entry.location).endswith("applications.xlsx!Sheet!A2")


def test_merged_cells_in_the_data_are_unclear(tmp_path: Path) -> None:
    workbook = book(
        tmp_path, [["application_no", "region"], ["A1", "650500"], ["A2", "650500"], ["A3", "650500"]]
    )
    workbook.active.merge_cells("B2:B3")
    workbook.save(tmp_path / "applications.xlsx")
    assert [f[:2] for f in quarantined(tmp_path)] == [
        ("merged-cells", "applications.xlsx!Sheet!B2"),
        ("merged-cells", "applications.xlsx!Sheet!B3"),
    ]


def test_sheets_are_named_or_alone(tmp_path: Path) -> None:
    workbook = book(tmp_path, [["code"], ["o1"]], "data.xlsx")
    workbook.create_sheet("其他")
    workbook.save(tmp_path / "data.xlsx")
    put(tmp_path, dossier__yaml="tables: {organs: {file: data.xlsx, sheet: Shet}}")
    assert failure(tmp_path)[0] == ("unknown-sheet", "dossier.yaml:1:43", "“data.xlsx”没有工作表“Shet”")
    put(tmp_path, dossier__yaml="tables: {organs: data.xlsx}")
    assert failure(tmp_path)[0][:2] == ("unknown-sheet", "dossier.yaml:1:18")
    put(tmp_path, dossier__yaml="tables: {organs: {file: data.xlsx, sheet: Sheet}}")
    with open_dossier(tmp_path) as dossier:
        assert [o.code for o in dossier.load("organs").records] == ["o1"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("organs.xlsx", b"", "empty-file"),
        ("organs.xlsx", b"not a workbook", "bad-workbook"),
        ("organs.parquet", b"", "empty-file"),
        ("organs.parquet", b"PAR1 not really PAR1", "bad-parquet"),
        ("organs.jsonl", b"", "empty-file"),
    ],
)
def test_files_that_are_not_what_they_are_called(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ((found, place, message),) = failure(tmp_path)
    assert (found, place) == (code, name)
    assert message


def test_an_empty_sheet_has_no_header(tmp_path: Path) -> None:
    book(tmp_path, [], "organs.xlsx")
    assert failure(tmp_path)[0][0] == "no-header"


def test_cell_names() -> None:
    assert [cell_name(1, c) for c in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]


# -- JSONL -------------------------------------------------------------------------------------------------------


def test_bad_lines_are_quarantined_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "applications.jsonl").write_bytes(
        b'{"application_no": "A1"}\n'
        b'{"application_no": "A2", \n'
        b"\n"
        b'["A3"]\n'
        b'{"application_no": "A4", "demands": [{"material": "x"}]}\n'
        + b'{"application_no": "\xff"}\n'
        + '{"application_no": "A5", "promised_days": "五"}'.encode()
    )
    found = [f[:2] for f in quarantined(tmp_path)]
    assert [place.split(":")[1] for _, place in found] == ["2", "4", "5", "6", "7"]
    assert found[2] == ("unknown-field", "applications.jsonl:5:39")
    assert found[4] == ("wrong-number", "applications.jsonl:7:43")


def test_bad_lines_of_a_mapped_table_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"NO": "A1"}\n{"NO": }\n["A3"]\n{"NO": "\xff"}\n{"NO": "\\ud800"}\n{"NO": "A6", "promised_days": NaN}\n'
    )
    put(tmp_path, dossier__yaml="tables: {applications: {file: a.jsonl, columns: {NO: application_no}}}")
    assert [f[:2] for f in quarantined(tmp_path)] == [
        ("bad-json", "a.jsonl:2:8"),
        ("not-a-record", "a.jsonl:3:1"),
        ("encoding", "a.jsonl:4:9"),
        ("encoding", "a.jsonl:5:1"),
        ("bad-json", "a.jsonl:6:1"),
    ]


def test_ignored_names_are_passed_over_at_every_level(tmp_path: Path) -> None:
    put(
        tmp_path,
        a__jsonl='{"application_no": "A1", "x": 1, "demands": [{"x": 2}]}\n{"application_no": "A2", "y": 1}\n',
        dossier__yaml="tables: {applications: {file: a.jsonl, ignore: [x]}}",
    )
    assert quarantined(tmp_path) == [("unknown-field", "a.jsonl:2:26", "“办件”没有字段“y”")]


@pytest.mark.parametrize("word", ["encoding: gbk", "sheet: x"])
def test_what_does_not_apply_to_a_format_is_refused(tmp_path: Path, word: str) -> None:
    put(tmp_path, a__jsonl="{}", dossier__yaml=f"tables: {{organs: {{file: a.jsonl, {word}}}}}")
    assert failure(tmp_path)[0][:2] == ("not-for-this-format", "dossier.yaml:1:34")


# -- Parquet -----------------------------------------------------------------------------------------------------


def test_parquet_numbers_lose_no_digit_and_days_are_beijing_days(tmp_path: Path) -> None:
    duckdb.sql(
        "COPY (SELECT 650500 AS region, 'i' AS item_code, 'o' AS organ_code, 0.10::DECIMAL(18, 2) AS fee,"
        " TIMESTAMPTZ '2024-03-01 20:00:00+00' AS valid_from, true AS open_ended, [{'copies': 2}] AS materials)"
        f" TO '{tmp_path}/guides.parquet'"
    )
    with open_dossier(tmp_path) as dossier:
        (guide,) = dossier.load("guides").records
        assert isinstance(guide, Guide)
        assert (guide.region, str(guide.fee), guide.valid_from) == ("650500", "0.10", date(2024, 3, 2))
        assert guide.materials and guide.materials[0].copies == 2


def test_parquet_with_unknown_columns(tmp_path: Path) -> None:
    duckdb.sql(f"COPY (SELECT 'o1' AS code, 1 AS colour) TO '{tmp_path}/organs.parquet'")
    assert failure(tmp_path) == [("unknown-column", "organs.parquet", "列“colour”不对应任何字段")]


def test_nothing_is_downloaded_for_parquet(tmp_path: Path) -> None:
    from hami_rules.intake import tables

    settings = tables._connection().sql(
        "SELECT value FROM duckdb_settings() WHERE name IN"
        " ('autoinstall_known_extensions', 'autoload_known_extensions')"
    )
    assert settings.fetchall() == [("false",), ("false",)]


def test_odd_file_and_column_names(tmp_path: Path) -> None:
    folder = tmp_path / "it's [odd] *"
    folder.mkdir()
    duckdb.sql(f'COPY (SELECT 1 AS "a""b") TO \'{tmp_path}/t.parquet\'')
    (tmp_path / "t.parquet").rename(folder / "t.parquet")
    file = TableFile(folder / "t.parquet", "t.parquet", "parquet")
    assert read_headers(file) == ['a"b']
    assert list(parquet_json(file)) == [(0, '{"a\\"b":1}')]


# -- joins -------------------------------------------------------------------------------------------------------

JOIN = (
    "tables:\n"
    "  applications: a.csv\n"
    "  demands: {file: d.csv, table_of: application.demands, key: application_no, order: demand_no}\n"
)


def test_children_without_parent_are_quarantined(tmp_path: Path) -> None:
    put(
        tmp_path,
        dossier__yaml=JOIN,
        a__csv="application_no\nA1\n",
        d__csv="application_no,demand_no\nA1,10\nA9,1\n,2\nA1,2\nA1\n",
    )
    assert sorted(quarantined(tmp_path)) == [
        ("no-join-key", "d.csv:4:1", "没有填写与上级表相连的列 application_no"),
        ("orphan", "d.csv:3:1", "上级表中没有“A9”，此行无处可归"),
        ("ragged-row", "d.csv:6:1", "此行有 1 个单元格，表头有 2 个"),
    ]
    with open_dossier(tmp_path) as dossier:
        loaded = dossier.load("applications")
        (record,) = loaded.records
        assert [d.demand_no for d in record.demands] == ["2", "10"]
        # They are no applications: read and set aside under their own table.
        assert loaded.read == 1 and {q.table for q in loaded.quarantined} == {"applications.demands"}


def test_a_bad_child_takes_its_parent_along(tmp_path: Path) -> None:
    put(
        tmp_path,
        dossier__yaml=JOIN,
        a__csv="application_no\nA1\nA2\n",
        d__csv="application_no,demand_no,demanded_on\nA1,1,2024-05-06\nA1,2,yesterday\nA2,1,\n",
    )
    assert quarantined(tmp_path) == [
        ("wrong-date", "d.csv:3:6", "要求日期（demanded_on）不是有效的日期：“yesterday”"),
    ]


def test_one_record_where_there_can_be_only_one(tmp_path: Path) -> None:
    put(
        tmp_path,
        applications__csv="application_no\nA1\nA2\n",
        applications__deferral__csv="application_no,promise_given\nA1,true\nA1,false\nA2,true\n",
    )
    assert quarantined(tmp_path) == [
        (
            "several-children",
            "applications.deferral.csv:3:1",
            "子表“applications.deferral”中此记录有 2 行，只能有一行",
        )
    ]


def test_a_join_column_that_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, dossier__yaml=JOIN, a__csv="item_code\ni\n", d__csv="application,demand_no\nA1,1\n")
    assert sorted(failure(tmp_path)) == [
        ("missing-column", "a.csv:1:1", "没有列“application_no”"),
        ("missing-column", "d.csv:1:1", "没有列“application_no”"),
        ("unknown-column", "d.csv:1:1", "列“application”不对应任何字段"),
    ]


@pytest.mark.parametrize("parent", ["csv", "jsonl"])
def test_joining_by_a_key_that_is_no_field(tmp_path: Path, parent: str) -> None:
    write: dict[str, Callable[[], None]] = {
        "csv": lambda: put(tmp_path, a__csv="id,application_no\n7,A1\n"),
        "jsonl": lambda: put(tmp_path, a__jsonl='{"id": 7, "application_no": "A1"}\n'),
    }
    write[parent]()
    put(
        tmp_path,
        d__csv="parent,demand_no\n7,1\n",
        dossier__yaml=f"tables:\n  applications: a.{parent}\n"
        "  d: {file: d.csv, table_of: application.demands, key: {parent: id}}\n",
    )
    with open_dossier(tmp_path) as dossier:
        (record,) = dossier.load("applications").records
        assert [d.demand_no for d in record.demands] == ["1"]


def test_a_list_given_twice_is_a_contradiction(tmp_path: Path) -> None:
    put(
        tmp_path,
        applications__jsonl='{"application_no": "A1", "demands": [{"demand_no": "1"}]}\n',
        applications__demands__csv="application_no,demand_no\nA1,1\n",
    )
    assert [f[0] for f in quarantined(tmp_path)] == ["given-twice"]

"""Mistakes that people make when they put a dossier together: each is said at its place, with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from hami_rules.intake.dossier import open_dossier
from hami_rules.intake.errors import InputError, Problem

HEAD = "办件编号,实施编码,实施主体编码,行政区划代码,申请时间\n"
ROW = "BJ1,650500SGXK,ZJ,650500,2025-03-04\n"


def refused(path: Path) -> Problem:
    with pytest.raises(InputError) as caught:
        open_dossier(path)
    (problem,) = caught.value.problems
    return problem


def set_aside(path: Path, table: str = "applications") -> Iterator[tuple[str, str, str, str]]:
    """(place, code, message, hint) of everything in quarantine."""
    with open_dossier(path) as dossier:
        loaded = dossier.load(table)
    assert loaded.read == len(loaded.entries) + len(loaded.quarantined) + loaded.duplicates
    for row in loaded.quarantined:
        for p in row.problems:
            place = str(p.location).removeprefix(f"{path.parent}/")
            yield place, p.code, p.message.zh, p.hint.zh if p.hint else ""


@pytest.mark.parametrize(
    ("sign", "name"), [(";", "分号"), ("；", "全角分号"), ("\t", "制表符"), ("，", "全角逗号"), ("|", "竖线")]
)
def test_columns_separated_by_another_sign(tmp_path: Path, sign: str, name: str) -> None:
    file = tmp_path / "applications.csv"
    file.write_text((HEAD + ROW).replace(",", sign), encoding="utf-8")
    problem = refused(file)
    assert problem.code == "not-a-table"
    assert problem.message.zh == f"表头没有分成列：列之间用的是{name}"
    assert str(problem.location) == f"{file}:1:1"
    assert problem.hint and "英文逗号" in problem.hint.zh


def test_a_title_above_the_header(tmp_path: Path) -> None:
    file = tmp_path / "applications.csv"
    file.write_text("办件信息表,,,,\n" + HEAD + ROW, encoding="utf-8")
    problem = refused(file)
    assert problem.message.zh == "首行只有一格“办件信息表”，不是表头"
    assert str(problem.location) == f"{file}:1:1"

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "applications"
    for row in (["办件信息表"], HEAD.strip().split(","), ROW.strip().split(",")):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    book.save(tmp_path / "applications.xlsx")
    problem = refused(tmp_path / "applications.xlsx")
    assert problem.code == "not-a-header"
    assert str(problem.location) == f"{tmp_path / 'applications.xlsx'}!applications!A1"
    assert problem.hint and "表头须在首行" in problem.hint.zh


def test_a_mapped_column_that_is_not_there_lists_the_headers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + ROW, encoding="utf-8")
    (tmp_path / "dossier.yaml").write_text(
        "tables:\n  applications: {file: a.csv, columns: {经办人姓名: organ_name}}\n", encoding="utf-8"
    )
    problem = refused(tmp_path)
    assert problem.message.zh == "没有列“经办人姓名”"
    assert str(problem.location) == f"{tmp_path / 'a.csv'}:1:1"
    assert problem.hint and "办件编号、实施编码、" in problem.hint.zh


def test_carriage_returns_alone_are_named_in_chinese(tmp_path: Path) -> None:
    file = tmp_path / "applications.csv"
    file.write_bytes((HEAD + ROW).replace("\n", "\r").encode())
    problem = refused(file)
    assert problem.code == "bad-csv"
    assert "换行符只有回车" in problem.message.zh
    assert str(problem.location) == f"{file}:1:1"


def test_a_workbook_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "applications.xlsx"
    file.write_text(HEAD + ROW, encoding="utf-8")
    problem = refused(file)
    assert problem.code == "bad-workbook"
    assert problem.hint and "另存为 .xlsx 或 CSV" in problem.hint.zh


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("45720", "像是电子表格的日期序号，即 2025-03-04：把该列设为日期格式后重新导出"),
        ("20250304", "是否为 2025-03-04？"),
        ("20251304", "写成 2024-03-05；不知道就不写，或写 null"),
        ("3/4/2025", "写成 2024-03-05；不知道就不写，或写 null"),
    ],
)
def test_dates_as_numbers_are_not_guessed_but_named(tmp_path: Path, said: str, hint: str) -> None:
    file = tmp_path / "applications.csv"
    file.write_text(HEAD + ROW.replace("2025-03-04", said), encoding="utf-8")
    ((place, code, message, advice),) = set_aside(file)
    assert (place, code, advice) == ("applications.csv:2:26", "wrong-date", hint)
    assert said in message


@pytest.mark.parametrize(
    "said", ["2025/3/4", "2025年3月4日", "2025.3.4", "２０２５-０３-０４", "2025-3-4 9:00"]
)
def test_dates_as_people_write_them(tmp_path: Path, said: str) -> None:
    file = tmp_path / "applications.csv"
    file.write_text(HEAD + ROW.replace("2025-03-04", f" {said} "), encoding="utf-8")
    with open_dossier(file) as dossier:
        (record,) = dossier.load("applications").records
    assert record.submitted_on.isoformat() == "2025-03-04"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("６５０５００", "是否为“650500”（哈密市本级）？"),
        ("65050", "是否为“650502”（伊州区）？"),
        ("伊州区", "是否为“650502”（伊州区）？"),
        ("XJ", "本市：650500 哈密市本级、"),
    ],
)
def test_a_region_that_is_no_code_puts_nothing_quietly_out_of_reach(
    tmp_path: Path, said: str, hint: str
) -> None:
    file = tmp_path / "applications.csv"
    file.write_text(HEAD + ROW.replace("650500,2025", f"{said},2025"), encoding="utf-8")
    ((place, code, message, advice),) = set_aside(file)
    assert (place, code) == ("applications.csv:2:19", "wrong-region")
    assert message == f"行政区划代码（region）应为 6 位数字：“{said}”"
    assert advice.startswith(hint)


def test_the_codes_of_townships_are_codes(tmp_path: Path) -> None:
    file = tmp_path / "applications.csv"
    file.write_text(HEAD + ROW.replace("650500,2025", "650502001000,2025"), encoding="utf-8")
    assert list(set_aside(file)) == []


def test_a_period_that_ends_before_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "guides.yaml"
    file.write_text(
        "- item_code: A\n  organ_code: ZJ\n  region: '650500'\n  valid_from: 2024-06-01\n  valid_to: 2024-01-01\n",
        encoding="utf-8",
    )
    ((place, code, message, _),) = set_aside(file, "guides")
    assert (place, code) == ("guides.yaml:5:13", "wrong-period")
    assert message == "失效日期 2024-01-01 早于生效日期 2024-06-01"


def test_cells_whose_formula_failed_are_not_taken_for_empty(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "办件 & 其他"
    sheet.append(HEAD.strip().split(","))
    sheet.append(["BJ1", "#N/A", "ZJ", "650500", "2025-03-04"])
    sheet.append(["BJ2", "X", "=1+1", "650500", "2025-03-04"])
    sheet.append(["BJ3", "X", "ZJ", "650500", None])
    book.save(tmp_path / "办件.xlsx")
    (tmp_path / "dossier.yaml").write_text(
        "tables:\n  applications: {file: 办件.xlsx, sheet: 办件 & 其他}\n", encoding="utf-8"
    )
    with open_dossier(tmp_path) as dossier:
        loaded = dossier.load("applications")
    assert [e.record.application_no for e in loaded.entries] == ["BJ3"]
    found = [(q.problems[0].code, str(q.problems[0].location).rpartition("!")[2]) for q in loaded.quarantined]
    assert found == [("failed-formula", "B2"), ("failed-formula", "C3")]
    assert loaded.quarantined[0].problems[0].message.zh == "公式没有结果：#N/A"


@pytest.mark.parametrize(
    ("name", "said"), [("办件.xls", "另存为 .xlsx 或 CSV"), ("办件.docx", "不认识的文件格式")]
)
def test_files_of_other_formats_are_named(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "applications.csv").write_text(HEAD + ROW, encoding="utf-8")
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with open_dossier(tmp_path) as dossier:
        (problem,) = dossier.unclaimed
    assert said in problem.message.zh
    assert str(problem.location) == str(tmp_path / name)


@pytest.mark.parametrize("name", ["applications.csv", "办件.csv"])
@pytest.mark.parametrize(("sign", "said"), [(";", "分号"), ("\t", "制表符"), ("，", "全角逗号")])
def test_two_columns_separated_by_another_sign(tmp_path: Path, name: str, sign: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(f"办件编号{sign}实施编码\nBJ1{sign}X\n", encoding="utf-8")
    problem = refused(file)
    assert problem.code == "not-a-table"
    assert problem.message.zh == f"表头没有分成列：列之间用的是{said}"
    assert str(problem.location) == f"{file}:1:1"
    assert problem.hint and "英文逗号" in problem.hint.zh


def test_a_title_with_a_comma_is_a_title(tmp_path: Path) -> None:
    file = tmp_path / "applications.csv"
    file.write_text('"哈密市办件信息表，2025年",,,,\n' + HEAD + ROW, encoding="utf-8")
    problem = refused(file)
    assert problem.code == "not-a-header"
    assert problem.hint and "表头须在首行" in problem.hint.zh


@pytest.mark.parametrize(
    ("said", "meant"),
    [("12,000.00", "12000.00"), ("1，200", "1200"), ("1 234 567", "1234567"), ("+1,000", "+1000")],
)
def test_thousands_set_apart_are_named(tmp_path: Path, said: str, meant: str) -> None:
    file = tmp_path / "applications.jsonl"
    row = '{"application_no": "B1", "engagements": [{"fee": "%s"}]}\n'
    file.write_text(row % said, encoding="utf-8")
    ((place, code, message, hint),) = set_aside(file)
    assert (place, code) == ("applications.jsonl:1:50", "wrong-number")
    assert said in message and hint == f"去掉千位分隔符，写成 {meant}"
    file.write_text(row % "1,00", encoding="utf-8")
    ((_, _, _, hint),) = set_aside(file)
    assert "只写数字" in hint


def test_a_workbook_that_nothing_claims_is_told_of_its_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Sheet1"
    book.active.append(HEAD.strip().split(","))
    book.create_sheet("说明")
    book.save(tmp_path / "办件.xlsx")
    with pytest.raises(InputError) as caught:
        open_dossier(tmp_path)
    sheets = [p for p in caught.value.problems if p.code == "unclaimed"]
    assert [str(p.location).rpartition("xlsx")[2] for p in sheets] == ["!Sheet1!A1", "!说明!A1"]
    assert all(p.hint and p.hint.zh.startswith("把工作表名改为表名") for p in sheets)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("650599", "是否为“6505"),
        ("65050", "是否为“650502”（伊州区）？"),
        ("伊州区", "是否为“650502”（伊州区）？"),
        ("6505020", "是否为“650502”（伊州区）？"),
        ("XJ", "可用：650500 哈密市本级、"),
    ],
)
@pytest.mark.parametrize(
    ("manifest", "line"),
    [
        ("guides:\n  complete:\n    regions: ['650500', '%s']\n", 3),
        ("completeness:\n  guides: {regions: ['650500', '%s']}\n", 2),
    ],
)
def test_a_declaration_for_no_region_is_refused(
    tmp_path: Path, said: str, hint: str, manifest: str, line: int
) -> None:
    (tmp_path / "applications.csv").write_text(HEAD + ROW, encoding="utf-8")
    (tmp_path / "dossier.yaml").write_text(manifest % said, encoding="utf-8")
    problem = refused(tmp_path)
    text = (manifest % said).splitlines()[line - 1]
    assert problem.code == "unknown-region" and said in problem.message.zh
    assert str(problem.location) == f"{tmp_path / 'dossier.yaml'}:{line}:{text.rindex(said)}"
    assert problem.hint and problem.hint.zh.startswith(hint)


def test_tables_may_be_complete_for_townships_and_the_autonomous_region(tmp_path: Path) -> None:
    (tmp_path / "applications.csv").write_text(HEAD + ROW, encoding="utf-8")
    declared = "snapshots: {complete: {regions: ['650000', '650502001', '650502001000', '659011']}}\n"
    (tmp_path / "dossier.yaml").write_text(declared, encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        assert len(dossier.completeness[0].regions) == 4

"""Quarantine: a line for everything that is not judged, whatever it looks like."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from hami_rules.intake.dossier import open_dossier
from hami_rules.intake.errors import Problem
from hami_rules.intake.quarantine import Quarantined, QuarantineWriter, write_quarantine
from hami_rules.records.location import Location
from hami_rules.records.text import Text

PLACE = Location("a.jsonl", line=3, column=1, offset=40)


def _row(raw: Any) -> Quarantined:
    problem = Problem("no-key", Text("缺少标识", "no key"), None, Text("补上", "add it"))
    return Quarantined(PLACE, "applications", (problem, problem), raw)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"a": 1.10, "b": 123456789012345678901}', {"a": "1.10", "b": 123456789012345678901}),
        (b"not json", "not json"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("文本", "文本"),
        ({"a": [1]}, {"a": [1]}),
        (["A1", ""], ["A1", ""]),
        (None, None),
        (b"[" * 100_000, "[" * 100_000),
        (b'{"a": "\\ud800"}', {"a": "\ud800"}),
    ],
)
def test_the_record_is_kept_as_far_as_it_can_be_read(tmp_path: Path, raw: Any, shown: Any) -> None:
    path = tmp_path / "quarantine.jsonl"
    assert write_quarantine([_row(raw)], path) == 1
    (line,) = path.read_text(encoding="utf-8").splitlines()
    record = json.loads(line)["record"]
    assert record == shown or record == {"a": "?"}  # half a character cannot be written


def test_a_line_says_where_why_and_what(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    with QuarantineWriter(path) as writer:
        writer.write(_row(b'{"region": "650500"}'))
        writer.write(_row(b"x"))
        assert writer.total == 2
        assert writer.counts == {("applications", "no-key"): 2}
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert first == {
        "source": "a.jsonl",
        "location": {"source": "a.jsonl", "line": 3, "column": 1, "offset": 40},
        "place": "a.jsonl:3:1",
        "table": "applications",
        "code": "no-key",
        "reason": {"zh": "缺少标识；缺少标识", "en": "no key; no key"},
        "problems": [
            {
                "code": "no-key",
                "message": {"zh": "缺少标识", "en": "no key"},
                "place": "a.jsonl:3:1",
                "pointer": None,
                "hint": {"zh": "补上", "en": "add it"},
            }
        ]
        * 2,
        "record": {"region": "650500"},
    }


def test_an_empty_quarantine_is_an_empty_file(tmp_path: Path) -> None:
    assert write_quarantine([], tmp_path / "q.jsonl") == 0
    assert (tmp_path / "q.jsonl").read_bytes() == b""


def test_whatever_a_dossier_holds_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    (folder / "guides").mkdir(parents=True)
    (folder / "applications.csv").write_text('application_no,region\nA1\n"A"2,x\n,r\n', encoding="utf-8")
    (folder / "guides" / "a.yaml").write_text("item_code: [", encoding="utf-8")
    (folder / "guides" / "b.yaml").write_text("item_code: i", encoding="utf-8")
    (folder / "organs.jsonl").write_text(
        '{"code": 1}\n{"code": "1", "name": "x"}\n{"code"\n', encoding="utf-8"
    )
    with open_dossier(folder) as dossier:
        rows = [q for table in dossier.tables for q in dossier.load(table).quarantined]
    assert write_quarantine(rows, tmp_path / "q.jsonl") == len(rows) == 8
    for line in (tmp_path / "q.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        assert said["source"] and said["reason"]["zh"] and said["reason"]["en"]
        assert said["record"] not in (None, "")


_COLUMNS = {"办件编号": "BJ1", "行政区划代码": "650500", "申请时间": "2025-02-30"}


def _as_csv(folder: Path) -> None:
    rows = f"{','.join(_COLUMNS)}\n{','.join(_COLUMNS.values())}\n"
    (folder / "applications.csv").write_text(rows, encoding="utf-8")


def _as_xlsx(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "applications"
    sheet.append(list(_COLUMNS))
    sheet.append(list(_COLUMNS.values()))
    book.save(folder / "a.xlsx")


def _as_parquet(folder: Path) -> None:
    columns = ", ".join(f"'{v}' AS {k}" for k, v in _COLUMNS.items())
    duckdb.sql(f"COPY (SELECT {columns}) TO '{folder / 'applications.parquet'}'")


def _as_joined_parquet(folder: Path) -> None:
    _as_parquet(folder)
    child = "SELECT 'BJ9' AS application_no, 'x' AS material_name"
    duckdb.sql(f"COPY ({child}) TO '{folder / 'applications.demands.parquet'}'")


def _as_jsonl(folder: Path) -> None:
    line = json.dumps(_COLUMNS, ensure_ascii=False)
    (folder / "applications.jsonl").write_text(line + "\n", encoding="utf-8")


def _as_yaml(folder: Path) -> None:
    text = "applications:\n- " + "\n  ".join(f'{k}: "{v}"' for k, v in _COLUMNS.items()) + "\n"
    (folder / "a.yaml").write_text(text, encoding="utf-8")


def _as_json(folder: Path) -> None:
    (folder / "a.json").write_text(
        json.dumps({"applications": [_COLUMNS]}, ensure_ascii=False, indent=1), "utf-8"
    )


@pytest.mark.parametrize(
    ("write", "place", "column"),
    [
        (_as_csv, "applications.csv:2:12", "申请时间"),
        (_as_xlsx, "a.xlsx!applications!C2", "申请时间"),
        (_as_parquet, "applications.parquet#row=1:申请时间", "申请时间"),
        (_as_joined_parquet, "applications.parquet#row=1:申请时间", "申请时间"),
        (_as_jsonl, "applications.jsonl:1:45", None),
        (_as_yaml, "a.yaml:4:9", None),
        (_as_json, "a.json:6:12", None),
    ],
)
def test_the_place_goes_to_the_column(
    tmp_path: Path, write: Callable[[Path], None], place: str, column: str | None
) -> None:
    write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        [row] = [q for q in dossier.load("applications").quarantined if not q.orphan]
    line = row.to_builtins()
    assert line["code"] == "wrong-date"
    assert line["place"] == line["problems"][0]["place"] == row.place
    assert row.place.removeprefix(f"{tmp_path}/") == place
    assert line["problems"][0].get("column") == column


def test_what_is_wrong_with_a_whole_row_stands_at_the_row(tmp_path: Path) -> None:
    (tmp_path / "applications.csv").write_text("办件编号,申请时间\n,2025-03-04\nB1\n", encoding="utf-8")
    with open_dossier(tmp_path) as dossier:
        places = [q.place for q in dossier.load("applications").quarantined]
    assert [p.rpartition("csv")[2] for p in places] == [":2:1", ":3:1"]

"""Quarantine: a line for everything that is not judged, whatever it looks like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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

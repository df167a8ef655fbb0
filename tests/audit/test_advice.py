"""What no provision asks for is advice: said where it stands, and no finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from hami_rules.audit.advice import advised
from hami_rules.audit.documents import check_documents
from hami_rules.pack.load import load_pack

GUIDE = """\
guides:
- item_code: I1
  organ_code: 650500-GXJ
  region: "650500"
  valid_from: 2024-01-01
  open_ended: true
  consult_phone: 0902-2230001
  complain_phone: {}
"""


@pytest.mark.parametrize(
    ("asked", "complained", "same"),
    [
        ("0902-2230001", "0902-2230001", True),
        ("0902-2230001、0902-2230002", "（0902）2230002", True),
        ("0902-2230001", "0902-2230002", False),
        ("0902-2230001", "0902-2230001、0902-2239999", False),
        (None, "0902-2230001", False),
        ("0902-2230001", None, False),
        ("12345", "12345", False),
    ],
)
def test_numbers_are_compared_as_numbers(asked: str | None, complained: str | None, same: bool) -> None:
    guide = SimpleNamespace(consult_phone=asked, complain_phone=complained)
    assert [p.code for p in advised([guide], lambda g, f: None)] == ["advice"] * same


@pytest.mark.parametrize(("phone", "said"), [("0902-2230001", 1), ("0902-2230009", 0)])
def test_a_check_gives_advice_with_its_place_and_no_finding(tmp_path: Path, phone: str, said: int) -> None:
    file = tmp_path / "g.yaml"
    file.write_text(GUIDE.format(phone), encoding="utf-8")
    checked = check_documents([file], [], load_pack(), date(2025, 6, 30), None)
    given = [p for p in checked.unused if p.code == "advice"]
    assert len(given) == said
    for problem in given:
        assert problem.location is not None
        assert (problem.location.line, problem.location.column) == (8, 19)
        assert "只作建议" in problem.message.zh

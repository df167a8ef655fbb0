"""The live table: whatever the terminal's width, no line is wider, and what an alert is about is never cut."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from hami_rules.live.alerts import Alert
from hami_rules.live.settings import Counts
from hami_rules.live.table import LiveTable
from hami_rules.records.dates import BEIJING

from .conftest import Make, take


@pytest.fixture
def told(supervise: Make, demo_stream: list[bytes]) -> list[Alert]:
    out = take(supervise(compare_every=1_000_000), demo_stream[:9_000])
    return [msgspec.convert(a, Alert, strict=False) for a in out]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 32), (60, 12)])
def test_every_line_fits_and_says_which_application_it_is_about(
    width: int, height: int, lang: str, told: list[Alert]
) -> None:
    shown = _shown(told, width, height, lang)
    assert all(cell_len(line) <= width for line in shown)
    assert len(shown) <= height - 4
    rows = [line for line in shown if any(a.key in line for a in told)]
    assert len(rows) >= (height - 4 - 3) // 2, "the screen is made use of"
    if width >= 80:
        last = told[-1]
        assert last.key in rows[-1]
        assert last.rule in rows[-1]
        assert last.at[:10] in rows[-1]


def test_what_an_event_says_is_no_markup_and_moves_no_cursor(told: list[Alert]) -> None:
    hostile = msgspec.structs.replace(told[-1], key="A[bold]1\x1b[2J\r\n", organ_name="[red]x\x07")
    shown = _shown([hostile], 100, 24, "zh")
    assert any("A[bold]1 [2J" in line for line in shown)
    assert not any("\x1b" in line or "\x07" in line for line in shown)


def _shown(told: list[Alert], width: int, height: int, lang: str) -> list[str]:
    out: Any = io.StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system=None)
    table = LiveTable(console, lang)
    for alert in told:
        table.show(alert)
    table._counts, table._now = (
        Counts(read=31_627, red=203, yellow=71, green=50),
        datetime(2026, 6, 30, 23, 59, tzinfo=BEIJING),
    )
    console.print(table.drawn())
    return [line.rstrip() for line in out.getvalue().split("\n") if line.strip()]


def test_the_excerpt_in_the_docs_is_of_these_widths() -> None:
    page = (Path(__file__).parents[2] / "docs" / "live.md").read_text("utf-8")
    block = next(b for b in page.split("```") if "红牌 203" in b)
    assert all(cell_len(line) <= 80 for line in block.splitlines())

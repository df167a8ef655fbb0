"""A verdict of the gate with one of everything that a format must tell apart."""

from __future__ import annotations

from datetime import date
from typing import Any

from report_fakes import finding, missing

from hami_rules.gate.model import Gated, Known, Status, Verdict, Waiver
from hami_rules.intake.errors import Problem
from hami_rules.judge.findings import Finding, Text
from hami_rules.records.location import Location

GUIDE = "指南/食品 经营.yaml"
TABLE = "items.xlsx"
SOURCES = (GUIDE, TABLE, "办件.csv", "clean.yaml")
EXTERNAL = Waiver(
    "14.1b",
    "试点期间，见〔2025〕3号文",
    Location("waivers.yaml", 3, 5, 9, 1),
    "王某",
    date(2025, 12, 31),
    "HM-12",
)
INLINE = Waiver("16.1a", "系统改造中", Location(GUIDE, 7, 1, 7, 20), inline=True)


def at(line: int, column: int = 5, end: int = 9) -> Location:
    return Location(GUIDE, line, column, line, end, pointer=f"/materials/{line}")


def found() -> dict[str, Finding]:
    return {
        "breach": finding(4, id="breach", location=at(3)),
        "long": finding(5, "13.1d", id="long", location=Location(GUIDE, 4, 3, 6, 1, pointer="/conditions")),
        "shortfall": finding(6, "16.1a", id="shortfall", location=at(8)),
        "suspicion": finding(7, "14.1c", id="suspicion", location=at(9)),
        "open": finding(
            8, "14.1b", id="open", verdict="undetermined", grade=None, missing=(missing(),), location=at(1),
            message=Text("可能重复要求同一材料", "Same material may have been demanded twice"),
        ),
        "waived": finding(9, "14.1b", id="waived", location=at(10)),
        "inline": finding(10, "16.1a", id="inline", location=at(7)),
        "cell": finding(11, "16.1d", id="cell", location=Location(TABLE, sheet="事项 表", cell="B3", row=3)),
        "row": finding(12, "15.2b.in_full", id="row", location=Location("办件.csv", row=12, offset=900)),
        "nowhere": finding(13, "14.1a", id="nowhere", location=None),
        "dismissed": finding(14, "14.1c", id="dismissed", decision="dismissed", location=at(11)),
        "error": finding(
            15, "13.1d", id="error", verdict="error", grade=None, error="ValueError: x", location=at(12)
        ),
    }  # fmt: skip


GONE = Known("gone", "s", "t", "14.1a", "violation", "办件 HM1", "要求提交“验资报告”", GUIDE)
NOTICE = Problem(
    "waiver-unused", Text("豁免 14.1a：没有对应的问题，请删去", "waiver 14.1a: nothing needs it"), Location("waivers.yaml", 12, 5)
)  # fmt: skip
UNREAD = Problem(
    "yaml-syntax", Text("不是 YAML", "not YAML"), Location("坏.yaml", 2, 1), Text("检查缩进", "check the indentation")
)  # fmt: skip


def verdict(compared: str | None = None, **changes: Any) -> Verdict:
    """Everything once. Beside a base, the shortfall was there before and the open one has changed."""
    status: dict[str, Status] = {"shortfall": "unchanged", "open": "changed", "waived": "unchanged"}
    waivers = {"waived": EXTERNAL, "inline": INLINE}
    items = [
        Gated(f, status.get(name, "new") if compared else None, waivers.get(name))
        for name, f in found().items()
    ]
    made = {"items": items, "gone": [GONE] if compared else [], "notices": [NOTICE], "compared": compared}
    return Verdict(**(made | changes))

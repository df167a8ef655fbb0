"""What people filled into a ledger comes along into the next one, and nothing is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from report_fakes import finding, group, summary

from hami_rules.cli.ledger import merge as merge_command
from hami_rules.intake.errors import InputError
from hami_rules.judge.findings import Finding, Text
from hami_rules.report.ledger import write_ledger
from hami_rules.report.ledger_merge import Merged, merge, read_ledger, write_merged
from hami_rules.report.summary import Asked, Request


def ledger(path: Path, findings: list[Finding], groups: list[Any] | None = None) -> Path:
    write_ledger(path, findings, groups or [], summary(findings, groups or []))
    return path


def fill(path: Path, sheet: str, cells: dict[tuple[str, str], Any], key: str = "做法编号") -> None:
    """Fill cells in, by row key and heading; a heading that is not there is added."""
    book = openpyxl.load_workbook(path)
    at = book[sheet]
    heads = {c.value: c.column for c in at[1]}
    for (row, head), value in cells.items():
        if head not in heads:
            heads[head] = at.max_column + 1
            at.cell(1, heads[head], head)
        line = next(r for r in range(2, at.max_row + 1) if str(at.cell(r, heads[key]).value) == row)
        at.cell(line, heads[head]).value = value
    book.save(path)


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    heads, *body = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, r, strict=True)) for r in body]


def merged(old: Path, new: Path, out: Path) -> Merged:
    made = merge(read_ledger(old), read_ledger(new))
    write_merged(out, made)
    assert made.counts.balanced, made.counts
    return made


@pytest.fixture
def three(tmp_path: Path) -> Path:
    return ledger(
        tmp_path / "old.xlsx", [finding(n, id=f"f{n}", practice=f"p{n}") for n in range(3)], [group()]
    )


def test_what_was_filled_in_comes_along(three: Path, tmp_path: Path) -> None:
    fill(three, "整改台账", {
        ("p0", "整改措施"): "撤回要求", ("p0", "整改期限"): date(2026, 9, 30), ("p0", "责任人"): "周某",
        ("p0", "状态"): "整改中", ("p0", "备注"): "=1+1", ("p0", "督办领导"): "吴某", ("p2", "状态"): "申辩中",
    })  # fmt: skip
    new = ledger(
        tmp_path / "new.xlsx", [finding(n, id=f"f{n}", practice=f"p{n}") for n in (0, 1, 5)], [group()]
    )
    made = merged(three, new, tmp_path / "out.xlsx")
    by = {r["做法编号"]: r for r in rows(tmp_path / "out.xlsx", "整改台账")}
    assert set(by) == {"p0", "p1", "p5"}
    kept = by["p0"]
    assert (kept["整改措施"], kept["责任人"], kept["状态"], kept["督办领导"]) == (
        "撤回要求",
        "周某",
        "整改中",
        "吴某",
    )
    assert kept["整改期限"].date() == date(2026, 9, 30)
    assert by["p1"]["状态"] == by["p5"]["状态"] == "待整改"
    lost = rows(tmp_path / "out.xlsx", "已消除或不再发现")
    assert [(r["编号"], r["状态"], r["最后见于"]) for r in lost if r["来源表"] == "整改台账"] == [
        ("p2", "申辩中", "2025-12-31")
    ]
    assert made.added_columns == ["督办领导"]
    assert made.counts.moved == 1 and made.counts.conflicts == 0
    # A formula that somebody typed has no value of its own until a workbook computes it; none is ever written.
    for sheet in openpyxl.load_workbook(tmp_path / "out.xlsx"):
        assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)


def test_what_was_gone_and_comes_back_has_its_notes_again(three: Path, tmp_path: Path) -> None:
    fill(three, "整改台账", {("p1", "备注"): "去年已谈话"})
    without = ledger(tmp_path / "without.xlsx", [finding(0, id="f0", practice="p0")])
    merged(three, without, tmp_path / "second.xlsx")
    again = ledger(tmp_path / "again.xlsx", [finding(1, id="f1", practice="p1")])
    made = merged(tmp_path / "second.xlsx", again, tmp_path / "third.xlsx")
    assert rows(tmp_path / "third.xlsx", "整改台账")[0]["备注"] == "去年已谈话"
    assert made.counts.back >= 1


def test_a_practice_that_is_called_otherwise_is_known_by_its_findings(three: Path, tmp_path: Path) -> None:
    fill(three, "整改台账", {("p0", "责任人"): "周某"})
    new = ledger(
        tmp_path / "new.xlsx",
        [finding(0, id="f0", practice="renamed"), finding(7, id="f7", practice="renamed")],
    )
    merged(three, new, tmp_path / "out.xlsx")
    assert [r["责任人"] for r in rows(tmp_path / "out.xlsx", "整改台账")].count("周某") == 1


def test_two_ledgers_that_differ_keep_both_words(three: Path, tmp_path: Path) -> None:
    fill(three, "整改台账", {("p0", "责任人"): "周某", ("p0", "备注"): "同"})
    new = ledger(tmp_path / "new.xlsx", [finding(0, id="f0", practice="p0")])
    fill(new, "整改台账", {("p0", "责任人"): "吴某", ("p0", "备注"): "同"})
    made = merged(three, new, tmp_path / "out.xlsx")
    assert rows(tmp_path / "out.xlsx", "整改台账")[0]["责任人"] == "吴某"
    (told,) = rows(tmp_path / "out.xlsx", "合并冲突")
    assert (told["栏目"], told["采用的值"], told["另一个值"], told["编号"]) == (
        "责任人",
        "吴某",
        "周某",
        "p0",
    )
    assert (made.counts.conflicts, made.counts.same) == (1, 1)


def test_a_status_that_the_data_moved_beyond_is_told(three: Path, tmp_path: Path) -> None:
    fill(three, "整改台账", {("p0", "状态"): "整改中"})
    new = ledger(tmp_path / "new.xlsx", [finding(0, id="f0", practice="p0", corrected_on=date(2025, 11, 20))])
    merged(three, new, tmp_path / "out.xlsx")
    (row,) = rows(tmp_path / "out.xlsx", "整改台账")
    assert row["状态"] == "已整改" and row["完成日期"].date() == date(2025, 11, 20)
    (told,) = rows(tmp_path / "out.xlsx", "合并冲突")
    assert told["另一个值"] == "整改中" and "卷宗所载的状态" in told["说明"]


def test_notes_on_open_matters_and_single_findings_and_own_sheets_come_along(
    three: Path, tmp_path: Path
) -> None:
    key = rows(three, "待核实及调阅资料清单")[0]["编号"]
    fill(
        three,
        "待核实及调阅资料清单",
        {
            (key, "办理结果"): "已提供",
            (key, "办理日期"): date(2026, 8, 1),
            (key, "提供期限"): date(2026, 7, 15),
        },
        "编号",
    )
    fill(three, "问题清单", {("f1", "核实意见"): "属实"}, "发现编号")
    book = openpyxl.load_workbook(three)
    book.create_sheet("谈话记录").append(["时间", "人员"])
    book["谈话记录"].append([date(2026, 1, 5), "周某"])
    book.save(three)
    new = ledger(
        tmp_path / "new.xlsx", [finding(n, id=f"f{n}", practice=f"p{n}") for n in range(3)], [group()]
    )
    made = merged(three, new, tmp_path / "out.xlsx")
    row, *others = rows(tmp_path / "out.xlsx", "待核实及调阅资料清单")
    assert row["提供期限"].date() == date(2026, 7, 15) and not any(o["提供期限"] for o in others)
    assert row["办理结果"] == "已提供" and row["办理日期"].date() == date(2026, 8, 1)
    assert [r["核实意见"] for r in rows(tmp_path / "out.xlsx", "问题清单")].count("属实") == 1
    assert rows(tmp_path / "out.xlsx", "谈话记录")[0]["人员"] == "周某" and made.added_sheets == ["谈话记录"]
    # Merged once more into the same ledger nothing changes.
    merged(tmp_path / "out.xlsx", tmp_path / "out.xlsx", tmp_path / "twice.xlsx")
    for sheet in ("整改台账", "待核实及调阅资料清单", "问题清单"):
        assert rows(tmp_path / "twice.xlsx", sheet) == rows(tmp_path / "out.xlsx", sheet)


def test_links_lead_to_the_rows_they_name(three: Path, tmp_path: Path) -> None:
    merged(three, three, tmp_path / "out.xlsx")
    for path in (three, tmp_path / "out.xlsx"):
        book = openpyxl.load_workbook(path)
        for row in range(2, book["整改台账"].max_row + 1):
            target = book["整改台账"].cell(row, 1).hyperlink.location
            sheet, cell = target.replace("'", "").split("!")
            first = book[sheet][cell].row
            assert book[sheet].cell(first, 2).value == book["整改台账"].cell(row, 1).value


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04broken"])
def test_what_is_no_ledger_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(InputError):
        read_ledger(tmp_path / "x.xlsx")
    with pytest.raises(SystemExit) as left:
        merge_command(tmp_path / "x.xlsx", tmp_path / "x.xlsx", tmp_path / "o.xlsx", "zh")
    assert left.value.code == 2 and "x.xlsx" in capsys.readouterr().err


def test_another_workbook_is_no_ledger(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(InputError, match="整改台账"):
        read_ledger(tmp_path / "x.xlsx")


def test_a_request_is_known_again_when_other_records_hang_on_it(tmp_path: Path) -> None:
    def asked(name: str, what: str, records: int) -> Path:
        item = Asked(
            fact="demand.form",
            what=Text("要求的形式", "form"),
            cause=Text("未提供", "not given"),
            records=records,
        )
        made = summary([], [])
        made.requests = (
            Request(number=1, organ="ZF", sort="fact", what=Text(what, what), uses=(), records=records, examples=(), items=(item,)),
        )  # fmt: skip
        write_ledger(tmp_path / name, [], [], made)
        return tmp_path / name

    old, new = asked("old.xlsx", "请就甲提供", 1), asked("new.xlsx", "请就甲、乙提供", 2)
    key = rows(old, "待核实及调阅资料清单")[0]["编号"]
    fill(old, "待核实及调阅资料清单", {(key, "提供期限"): date(2026, 7, 15)}, "编号")
    merged(old, new, tmp_path / "out.xlsx")
    (row,) = rows(tmp_path / "out.xlsx", "待核实及调阅资料清单")
    assert row["提供期限"].date() == date(2026, 7, 15) and row["事项或者需提供的资料"] == "请就甲、乙提供"

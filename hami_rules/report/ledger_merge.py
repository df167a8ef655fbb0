"""`hami ledger merge`: what people filled into an older ledger, carried into a newer one by the ids of the findings.

Nothing is lost. A row that the newer audit no longer has goes to a sheet of its own with all that was filled in; where
both ledgers say something else, the newer one's stays and the other is listed; columns and sheets that people added
come along. Colours and comments that people gave single cells do not: values are carried, not looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

from hami_rules.intake.errors import InputError, Problem
from hami_rules.judge.findings import Text
from hami_rules.records.location import Location

from .workbook import (
    ABOUT,
    CONFLICTS,
    DONE,
    GONE,
    LEDGER,
    OPEN,
    PROBLEMS,
    SHEETS,
    STATES,
    TOTALS,
    Book,
    Cell,
    Column,
    Layout,
)  # fmt: skip

__all__ = ["Counts", "Ledger", "Merged", "merge", "read_ledger", "write_merged"]

FILLED = (PROBLEMS, LEDGER, OPEN)
"""The sheets in which people fill something in."""

_OLDER = {
    # What sheets and columns were called before, or are called where people renamed them as before.
    "逐项清单": PROBLEMS, "待核实": OPEN, "Instances": PROBLEMS, "To verify": OPEN,
}  # fmt: skip
_OLDER_COLUMNS = {
    ("整改台账", "发现编号"): "发现编号",
    ("待核实及调阅资料清单", "发现编号"): "发现编号",
    ("待核实及调阅资料清单", "核实结果"): "备注",
}


@dataclass
class Table:
    """The rows of a sheet by the names of their columns; `extra`: headings that are not the program's."""

    layout: Layout
    rows: list[dict[str, Cell]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    warning: str = ""


@dataclass
class Ledger:
    """A ledger as it was read. `others`: sheets that people added, as rows of cells."""

    path: Path
    lang: str
    head: str
    tables: dict[str, Table]
    others: dict[str, list[list[Cell]]]

    def table(self, layout: Layout) -> Table:
        return self.tables.get(layout.name.zh) or Table(layout)

    @property
    def as_of(self) -> str:
        return next(
            (
                str(r["内容"])
                for r in self.table(ABOUT).rows
                if r.get("名称") in ("审计基准日", "Day of the audit")
            ),
            "",
        )


@dataclass
class Counts:
    """Of the older ledger: rows = `matched` + `gone`; filled cells = `carried` + `same` + `conflicts` + `moved`."""

    rows: int = 0
    matched: int = 0
    gone: int = 0
    back: int = 0
    cells: int = 0
    carried: int = 0
    same: int = 0
    conflicts: int = 0
    moved: int = 0

    @property
    def balanced(self) -> bool:
        return self.rows == self.matched + self.gone and self.cells == (
            self.carried + self.same + self.conflicts + self.moved
        )


@dataclass
class Merged:
    """The newer ledger with what was carried into it."""

    ledger: Ledger
    gone: Table
    conflicts: Table
    counts: Counts
    added_columns: list[str]
    added_sheets: list[str]


def _refuse(path: Path, zh: str, en: str, hint: Text | None = None) -> NoReturn:
    raise InputError([Problem("no-ledger", Text(zh, en), Location(str(path)), hint)])


# -- reading -------------------------------------------------------------------------------------------------------------


def read_ledger(path: Path) -> Ledger:
    """Read a ledger.xlsx. Raises `InputError` where the file is none."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        _refuse(path, f"不是能读的 Excel 工作簿（{error}）", f"no workbook that can be read ({error})")
    known = {
        name: layout for layout in (*SHEETS, GONE, CONFLICTS) for name in (layout.name.zh, layout.name.en)
    } | _OLDER
    if not {LEDGER.name.zh, LEDGER.name.en} & sheets.keys():
        _refuse(
            path, "没有“整改台账”工作表：不是 hami 的台账", "no sheet “整改台账”: no ledger of hami",
            Text("给出审计输出的 ledger.xlsx", "give the ledger.xlsx of an audit"),
        )  # fmt: skip
    lang = "zh" if LEDGER.name.zh in sheets else "en"
    tables: dict[str, Table] = {}
    others: dict[str, list[list[Cell]]] = {}
    for name, rows in sheets.items():
        layout = known.get(name)
        cells = [[_cell(c) for c in row] for row in rows]
        if layout is None:
            others[name] = cells
        else:
            tables[layout.name.zh] = _table(path, layout, cells)
    head = "  ".join(str(r["内容"]) for r in tables.get(ABOUT.name.zh, Table(ABOUT)).rows[:2])
    return Ledger(path, lang, head, tables, others)


def _cell(value: object) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat(" ")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value if isinstance(value, date | int | str) else str(value)


def _table(path: Path, layout: Layout, cells: list[list[Cell]]) -> Table:
    made = Table(layout)
    if not cells:
        return made
    names = {n: c.name.zh for c in layout.columns for n in (c.name.zh, c.name.en)}
    # A warning that the results cannot be relied on may stand above the headings.
    if (
        len(cells) > 1
        and not any(str(c) in names for c in cells[0])
        and any(str(c) in names for c in cells[1])
    ):
        made.warning, cells = str(cells[0][0] or ""), cells[1:]
    heads: list[str] = []
    for i, cell in enumerate(cells[0]):
        said = "" if cell is None else str(cell).strip()
        own = names.get(said) or _OLDER_COLUMNS.get((layout.name.zh, said))
        if own is None and any(len(row) > i and row[i] is not None for row in cells):
            own = said or f"未命名栏{i + 1}"
            while own in heads:
                own += "′"
            made.extra.append(own)
        heads.append(own or "")
    if layout is LEDGER and not {"做法编号", "发现编号"} & set(heads):
        _refuse(
            path, "“整改台账”没有编号栏，认不出各行", "the sheet “整改台账” has no column of ids",
            Text("隐藏的编号栏不要删除", "leave the hidden id columns"),
        )  # fmt: skip
    for row in cells[1:]:
        if any(c is not None for c in row):
            made.rows.append({h: c for h, c in zip(heads, row, strict=False) if h and c is not None})
    return made


# -- merging -------------------------------------------------------------------------------------------------------------


def _ids(row: dict[str, Cell]) -> list[str]:
    return [
        i.strip() for i in str(row.get("发现编号") or "").split("\n") if i.strip() and not i.startswith("……")
    ]


def _key(layout: Layout, row: dict[str, Cell]) -> str:
    return str(row.get(layout.key or "") or "").strip()


def _hand(layout: Layout) -> list[str]:
    return [c.name.zh for c in layout.columns if c.hand]


class _Index:
    """The rows of the newer sheet by their own key and by the findings in them."""

    def __init__(self, layout: Layout, rows: Sequence[dict[str, Cell]], by_row: dict[int, list[str]]) -> None:
        self.keys: dict[str, list[int]] = {}
        self.ids: dict[str, list[int]] = {}
        for i, row in enumerate(rows):
            if _key(layout, row):
                self.keys.setdefault(_key(layout, row), []).append(i)
            for one in dict.fromkeys([*_ids(row), *by_row.get(i, ())]):
                self.ids.setdefault(one, []).append(i)

    def find(
        self, key: str, organ: object, ids: Iterable[str], rows: Sequence[dict[str, Cell]], column: str
    ) -> list[int]:
        same = self.keys.get(key, []) if key else []
        if len(same) > 1:  # one practice of several organs
            same = [i for i in same if rows[i].get(column) == organ] or same
        return same or sorted({i for one in ids for i in self.ids.get(one, ())})


def _instances(ledger: Ledger) -> dict[int, list[str]]:
    """The findings of each row of the ledger's sheet, out of the sheet of problems, beyond what one cell holds."""
    places = {row.get("序号"): i for i, row in enumerate(ledger.table(LEDGER).rows)}
    out: dict[int, list[str]] = {}
    for row in ledger.table(PROBLEMS).rows:
        at = places.get(row.get("台账序号")) if row.get("台账序号") is not None else None
        if at is not None:
            out.setdefault(at, []).extend(_ids(row))
    return out


def merge(old: Ledger, new: Ledger) -> Merged:
    """Carry what people filled in. `new` is changed in place."""
    counts, gone, conflicts = Counts(), Table(GONE), Table(CONFLICTS)
    added: list[str] = []
    before: list[tuple[Layout, dict[str, Cell], str, bool]] = []
    for layout in FILLED:
        table = old.table(layout)
        _add_columns(table.extra, new.table(layout), added)
        instances = _instances(old) if layout is LEDGER else {}
        for i, row in enumerate(table.rows):
            ids = "\n".join(dict.fromkeys([*_ids(row), *instances.get(i, ())]))
            before.append((layout, {**row, "发现编号": ids} if ids else row, old.as_of, False))
    by_name = {layout.name.zh: layout for layout in FILLED} | {layout.name.en: layout for layout in FILLED}
    earlier = old.table(GONE)
    for row in earlier.rows:
        layout = by_name.get(str(row.get("来源表") or ""), LEDGER)
        before.append((layout, row, str(row.get("最后见于") or ""), True))
    gone.extra = list(
        dict.fromkeys([*(h for layout in FILLED for h in old.table(layout).extra), *earlier.extra])
    )
    indexes = {
        layout.name.zh: _Index(layout, new.table(layout).rows, _instances(new) if layout is LEDGER else {})
        for layout in FILLED
    }
    for layout, row, seen, was_gone in before:
        counts.rows += 1
        filled = _filled(layout, row, old, was_gone)
        counts.cells += len(filled)
        rows = new.table(layout).rows
        organ = "责任单位" if layout is not OPEN else "单位"
        key = str(row.get("编号") or "") if was_gone else _key(layout, row)
        found = indexes[layout.name.zh].find(
            key, row.get("单位" if was_gone else organ), _ids(row), rows, organ
        )
        if not found:
            counts.gone += 1
            counts.moved += len(filled)
            gone.rows.append(row if was_gone else _vanished(layout, row, seen, new.lang))
            continue
        counts.matched += 1
        counts.back += was_gone
        for name, value in filled.items():
            outcome = "same"
            for i in found:
                said = _put(layout, rows[i], name, value, row, conflicts, new.lang)
                outcome = (
                    said
                    if ("same", "carried", "conflict").index(said)
                    > ("same", "carried", "conflict").index(outcome)
                    else outcome
                )
            counts.carried += outcome == "carried"
            counts.same += outcome == "same"
            counts.conflicts += outcome == "conflict"
    sheets = _other_sheets(old, new)
    conflicts.rows = [*old.table(CONFLICTS).rows, *new.table(CONFLICTS).rows, *conflicts.rows]
    gone.rows += [r for r in new.table(GONE).rows if r not in gone.rows]
    return Merged(new, gone, conflicts, counts, added, sheets)


def _filled(layout: Layout, row: dict[str, Cell], old: Ledger, was_gone: bool) -> dict[str, Cell]:
    """What people filled into a row: a status only where it is not what the program had put there."""
    extra = old.table(GONE if was_gone else layout).extra
    out = {name: row[name] for name in [*_hand(layout), *extra] if row.get(name) is not None}
    status = out.get("状态")
    if layout is LEDGER and status is not None:
        initial = row.get("初始状态")
        machine = {initial} if initial is not None else {STATES[0].zh, STATES[0].en}
        if status in machine:
            del out["状态"]
            if status in (DONE.zh, DONE.en) and "完成日期" in out:
                del out["完成日期"]  # the program's own, with its status
    return out


def _put(
    layout: Layout,
    row: dict[str, Cell],
    name: str,
    value: Cell,
    old: dict[str, Cell],
    conflicts: Table,
    lang: str,
) -> str:
    there = row.get(name)
    initial = row.get("初始状态")
    if there == value:
        return "same"
    why = None
    if name == "状态" and there == initial:
        # The program's own word gives way, unless the data have moved on since.
        if old.get("初始状态") in (None, initial) or initial in (STATES[0].zh, STATES[0].en):
            row[name] = value
            return "carried"
        why = Text("卷宗所载的状态已经变化", "the status by the dossier has changed since")
    elif there is None:
        row[name] = value
        return "carried"
    why = why or Text("两份台账填写不同，保留新台账的", "the two ledgers differ; the newer one's is kept")
    conflicts.rows.append(
        {
            "表": layout.name(lang),
            "单位": row.get("责任单位") or row.get("单位"),
            "问题": row.get("问题摘要") or row.get("问题") or row.get("事项或者需提供的资料"),
            "栏目": name,
            "采用的值": there,
            "另一个值": value,
            "说明": why(lang),
            "编号": _key(layout, row),
        }
    )
    return "conflict"


def _vanished(layout: Layout, row: dict[str, Cell], seen: str, lang: str) -> dict[str, Cell]:
    out = dict(row)
    out["来源表"], out["最后见于"] = layout.name(lang), seen
    out["单位"] = row.get("责任单位") or row.get("单位")
    out["问题"] = row.get("问题摘要") or row.get("问题") or row.get("事项或者需提供的资料")
    out["具体描述"] = row.get("具体描述") or row.get("疑点、缺少的事实或者用途")
    out["编号"] = _key(layout, row)
    return out


def _add_columns(extra: Iterable[str], table: Table, added: list[str]) -> None:
    for name in extra:
        if name not in table.extra:
            table.extra.append(name)
            added.append(name)


def _other_sheets(old: Ledger, new: Ledger) -> list[str]:
    """Bring the sheets that people added along, under a free name."""
    names = []
    for name, rows in old.others.items():
        if new.others.get(name) == rows:
            continue
        free, n = name, 2
        while free in new.others or free in new.tables:
            free, n = f"{name[:26]}（{n}）", n + 1
        new.others[free] = rows
        names.append(free)
    return names


# -- writing -------------------------------------------------------------------------------------------------------------


def write_merged(path: Path, merged: Merged) -> None:
    """Write the newer ledger with what was carried. Raises OSError."""
    ledger = merged.ledger
    lang, warning = ledger.lang, ledger.table(LEDGER).warning
    below = 3 if warning else 2
    first: dict[int, str] = {}
    for i, row in enumerate(ledger.table(PROBLEMS).rows, below):
        number = row.get("台账序号")
        if isinstance(number, int):
            first.setdefault(number, f"'{PROBLEMS.name(lang)}'!A{i}")
    to_ledger = {
        n: f"'{LEDGER.name(lang)}'!A{i}"
        for i, n in enumerate((r.get("序号") for r in ledger.table(LEDGER).rows), below)
        if isinstance(n, int)
    }
    links = {
        PROBLEMS.name.zh: {PROBLEMS.at("台账序号"): to_ledger},
        LEDGER.name.zh: {LEDGER.at("序号"): first},
    }
    with Book(path, ledger.head, lang, warning) as book:
        for layout in (PROBLEMS, LEDGER, OPEN):
            _sheet(book, ledger.table(layout), links.get(layout.name.zh))
        for table in (merged.gone, merged.conflicts):
            if table.rows:
                _sheet(book, table)
        for layout in (TOTALS, ABOUT):
            _sheet(book, ledger.table(layout))
        for name, rows in ledger.others.items():
            _copied(book, name, rows)


def _sheet(book: Book, table: Table, links: dict[int, dict[int, str]] | None = None) -> None:
    names = [*(c.name.zh for c in table.layout.columns), *table.extra]
    book.sheet(table.layout, ([row.get(n) for n in names] for row in table.rows), links, table.extra)


def _copied(book: Book, name: str, rows: list[list[Cell]]) -> None:
    """A sheet that people added: its values under its own headings."""
    heads, *rest = rows or [[None]]
    columns = tuple(Column(Text(t, t), 16, hand=True) for t in ("" if h is None else str(h) for h in heads))
    book.sheet(Layout(Text(name, name), columns), _padded(rest, len(columns)))


def _padded(rows: Iterable[list[Cell]], columns: int) -> Iterator[list[Cell]]:
    for row in rows:
        yield [*row[:columns], *[None] * (columns - len(row))]

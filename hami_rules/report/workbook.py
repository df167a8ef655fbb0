"""The sheets of a ledger: which columns they have, which are for people to fill in, and how they are written.

A cell can never run: texts are written as texts, and what could act on a reader is made visible. Days and numbers are
days and numbers. Links lead to other cells of the same workbook only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from hami_rules.judge.findings import Text

from .lines import replaced
from .safe import visible, width

__all__ = [
    "ABOUT",
    "CELL",
    "CONFLICTS",
    "DONE",
    "GONE",
    "LEDGER",
    "OPEN",
    "PROBLEMS",
    "SHEETS",
    "STATES",
    "TOTALS",
    "Book",
    "Cell",
    "Column",
    "Layout",
    "cell_text",
]  # fmt: skip

Cell = str | int | float | date | None

CELL = 32_767  # characters, Excel's limit
ROWS = 1_048_576  # rows of a sheet, Excel's limit
_ID = re.compile(r"[0-9A-Za-z_.:-]{1,64}(?=\n|$)")  # of a finding
LINKS = 20_000  # of a sheet: Excel takes 65,530, and each costs memory
LINE = 14.5  # points, of the text size used
TALLEST = 409.0  # points, Excel's limit of a row
EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001  a workbook wants a creation date; bytes must not depend on the day

STATES = (
    Text("待整改", "open"),
    Text("整改中", "in progress"),
    Text("部分已整改", "partly corrected"),
    Text("已整改", "corrected"),
    Text("申辩中", "contested"),
    Text("不予认定", "not upheld"),
    Text("上报", "passed upwards"),
)
DONE = Text("已整改", "corrected")
OUTCOMES = (
    Text("已提供", "provided"),
    Text("部分提供", "partly provided"),
    Text("未提供", "not provided"),
    Text("查实", "confirmed"),
    Text("排除", "ruled out"),
)


@dataclass(frozen=True)
class Column:
    """A column: its heading, width in characters, what its cells are, and whether people fill it in (`hand`). A `place`
    leads to its finding in the page beside the workbook, which shows the evidence."""

    name: Text
    wide: int
    kind: Literal["text", "number", "day", "place"] = "text"
    hand: bool = False
    hidden: bool = False
    centred: bool = False


@dataclass(frozen=True)
class Layout:
    """A sheet: its name, its columns, and the column whose cells tell its rows from each other."""

    name: Text
    columns: tuple[Column, ...]
    key: str | None = None

    def at(self, zh: str) -> int:
        """The place of a column, by its Chinese name."""
        return next(i for i, c in enumerate(self.columns) if c.name.zh == zh)


def _text(zh: str, en: str, wide: int, **more: Any) -> Column:
    return Column(Text(zh, en), wide, **more)


def _number(zh: str, en: str, wide: int = 7, **more: Any) -> Column:
    return Column(Text(zh, en), wide, "number", centred=True, **more)


def _day(zh: str, en: str, **more: Any) -> Column:
    return Column(Text(zh, en), 11, "day", centred=True, **more)


PROBLEMS = Layout(
    Text("问题清单", "Problems"),
    (
        _number("序号", "No.", 6),
        _number("台账序号", "Ledger no.", 7),
        _number("待核实序号", "To-verify no.", 7),
        _text("类别", "Kind", 7, centred=True),
        _text("责任单位", "Responsible organ", 20),
        _text("主体", "Party", 9, centred=True),
        _text("条款", "Provision", 11),
        _text("问题", "Problem", 18),
        _text("记录", "Record", 22),
        _day("行为日期", "Date"),
        _text("具体描述", "Description", 46),
        _text("证据位置", "Evidence", 30, kind="place"),
        _text("可申辩、减免情形", "Excuses and mitigation", 20),
        _day("已整改日期", "Corrected on"),
        _text("核实意见", "Reviewer's note", 18, hand=True),
        _text("发现编号", "Finding id", 19),
    ),
    "发现编号",
)
LEDGER = Layout(
    Text("整改台账", "Ledger"),
    (
        _number("序号", "No.", 5),
        _text("责任单位", "Responsible organ", 16),
        _text("主体", "Party", 8, centred=True),
        _text("条款", "Provision", 11),
        _text("问题摘要", "Problem", 17),
        _text("具体描述", "Description", 36),
        _text("定性依据(原文)", "Basis (verbatim)", 32),
        _text("证据位置", "Evidence", 22, kind="place"),
        _number("项数", "Count", 6),
        _number("已整改项数", "Corrected", 7),
        _text("整改建议", "Remedy", 24),
        _text("整改措施", "Measures taken", 24, hand=True),
        _day("整改期限", "Due", hand=True),
        _text("责任人", "Person in charge", 9, hand=True, centred=True),
        _text("状态", "Status", 11, hand=True, centred=True),
        _day("完成日期", "Completed on", hand=True),
        _text("备注", "Remarks", 16, hand=True),
        _text("初始状态", "Status by the data", 10, hidden=True),
        _text("发现编号", "Finding ids", 40, hidden=True),
        _text("做法编号", "Practice id", 20, hidden=True),
    ),
    "做法编号",
)
OPEN = Layout(
    Text("待核实及调阅资料清单", "To verify and request"),
    (
        _number("序号", "No.", 5),
        _text("类别", "Kind", 11, centred=True),
        _text("单位", "Organ", 20),
        _text("主体", "Party", 8, centred=True),
        _text("条款", "Provision", 14),
        _text("事项或者需提供的资料", "Matter, or what is to be provided", 50),
        _number("数量", "Count", 6),
        _text("疑点、缺少的事实或者用途", "Doubt, what is missing, what for", 34),
        _text("需要调取或者核查", "To request or to check", 20),
        _text("举例", "Examples", 34),
        _day("提供期限", "Due", hand=True),
        _text("办理结果", "Outcome", 11, hand=True, centred=True),
        _day("办理日期", "Done on", hand=True),
        _text("备注", "Remarks", 16, hand=True),
        _text("编号", "Id", 20, hidden=True),
    ),
    "编号",
)
TOTALS = Layout(
    Text("统计", "Statistics"),
    (
        _text("分类", "By", 10, centred=True),
        _text("主体", "Party", 16),
        _text("名称", "Name", 30),
        *(
            _number(f"{zh}{of}", f"{en}{by}", 9)
            for zh, en in (("违反", "Violations"), ("未落实", "Shortfalls"), ("疑似", "Suspicions"))
            for of, by in (("（项）", ""), ("（种）", ", practices"))
        ),
        _number("未决（项）", "Undetermined", 9),
        _number("已整改", "Corrected", 8),
        _number("可申辩", "Rebuttable", 8),
        _number("可减免", "Mitigated", 8),
    ),
)
ABOUT = Layout(
    Text("说明", "About"), (_text("名称", "Name", 34), _text("内容", "Value", 90)),
)  # fmt: skip
GONE = Layout(
    Text("已消除或不再发现", "No longer found"),
    (
        _text("来源表", "From sheet", 16),
        _text("最后见于", "Last seen", 11, centred=True),
        _text("单位", "Organ", 20),
        _text("条款", "Provision", 12),
        _text("问题", "Problem", 24),
        _text("具体描述", "Description", 40),
        *(
            c
            for c in dict.fromkeys(c for lay in (LEDGER, OPEN, PROBLEMS) for c in lay.columns if c.hand)
        ),
        _text("初始状态", "Status by the data", 10, hidden=True),
        _text("发现编号", "Finding ids", 40, hidden=True),
        _text("编号", "Id", 20, hidden=True),
    ),
    "编号",
)  # fmt: skip
CONFLICTS = Layout(
    Text("合并冲突", "Conflicts of merging"),
    (
        _text("表", "Sheet", 16),
        _text("单位", "Organ", 20),
        _text("问题", "Problem", 30),
        _text("栏目", "Column", 12),
        _text("采用的值", "Value kept", 30),
        _text("另一个值", "Other value", 30),
        _text("说明", "Why", 40),
        _text("编号", "Id", 20),
    ),
)
SHEETS = (PROBLEMS, LEDGER, OPEN, TOTALS, ABOUT)


def cell_text(text: str, lang: str = "zh") -> str:
    """The text as a cell can hold it: nothing hidden, within Excel's limit.

    A text that is too long is cut with a note that says how long it was.
    """
    shown = visible(text)
    if shown.startswith("<r>") and shown.endswith("</r>"):
        shown += " "  # XlsxWriter would take it for its own rich-text markup and write it as it stands
    # The limit counts UTF-16 units.
    if _units(shown) > CELL:
        note = (
            f"……（原文 {len(text):,} 字，超过单元格上限，全文见 findings.jsonl）"
            if lang == "zh"
            else f"… ({len(text):,} characters, more than a cell can hold; in full in findings.jsonl)"
        )
        room = 2 * (CELL - _units(note))
        shown = shown.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + note
    return shown


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _lines(text: str, columns: int) -> int:
    """How many lines a text takes, wrapped into a column that many characters wide."""
    if 2 * len(text) < columns and "\n" not in text:
        return 1  # even if every character is wide
    return sum(max(1, -(-width(line) // max(columns - 1, 1))) for line in text[:2000].split("\n"))


_BASE: dict[str, Any] = {
    "font_name": "宋体",
    "font_size": 10,
    "valign": "top",
    "text_wrap": True,
    "border": 1,
    "border_color": "#BFC4CA",
}
_HEAD = {"font_name": "黑体", "bold": True, "align": "center", "valign": "vcenter"}


class Book:
    """A workbook as it is written: sheet by sheet, each row in its turn. Use as a context manager."""

    def __init__(self, path: Path, head: str, lang: str, warning: str = "") -> None:
        self.path, self.lang, self.head, self.warning = path, lang, head, warning
        self._formats: dict[tuple[Any, ...], Any] = {}

    def __enter__(self) -> Book:
        import xlsxwriter

        self._held = replaced(self.path)
        self._out = self._held.__enter__()
        self.book = xlsxwriter.Workbook(
            self._out,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        title = Text("整改台账", "Rectification ledger")(self.lang)
        self.book.set_properties({"title": title, "created": EPOCH})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self.book.close()
            else:
                self.book.fileclosed = True
        finally:
            self._held.__exit__(kind, error, trace)  # type: ignore[arg-type]

    @property
    def top(self) -> int:
        """Rows above the headings: the warning, where the results cannot be relied on."""
        return 1 if self.warning else 0

    def format(self, **more: Any) -> Any:
        key = tuple(sorted(more.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(_BASE | more)
        return self._formats[key]

    def sheet(
        self,
        layout: Layout,
        rows: Iterable[Sequence[Cell]],
        links: Mapping[int, Mapping[int, str]] | None = None,
        extra: Sequence[str] = (),
    ) -> int:
        """A sheet under a frozen heading, with filters. Gives the number of rows written.

        `links`: by column, from the number in a cell to the cell of this workbook that it leads to. `extra`: headings
        of columns that people added. Rows that a sheet cannot hold are counted on its last line.
        """
        return _Sheet(self, layout, links or {}, extra).fill(rows)


@dataclass
class _Sheet:
    book: Book
    layout: Layout
    links: Mapping[int, Mapping[int, str]]
    extra: Sequence[str]
    row: int = field(init=False)
    left_out: int = 0
    linked: int = 0
    columns: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        added = tuple(Column(Text(h, h), 16, hand=True) for h in self.extra)
        self.columns = (*self.layout.columns, *added)
        self.top = self.book.top
        self.row = self.top + 1

    def fill(self, rows: Iterable[Sequence[Cell]]) -> int:
        book, lang = self.book, self.book.lang
        self.sheet = sheet = book.book.add_worksheet(visible(self.layout.name(lang))[:31])
        heads = book.format(**_HEAD, bg_color="#E9ECEF"), book.format(**_HEAD, bg_color="#FFF3C4")
        # In constant-memory mode columns come before cells, and rows in order.
        for i, column in enumerate(self.columns):
            sheet.set_column(i, i, column.wide, None, {"hidden": True} if column.hidden else {})
        if book.warning:
            alarm = book.book.add_format(
                {"font_name": "黑体", "font_size": 12, "bold": True, "font_color": "#B00020"}
            )
            sheet.set_row(0, 22)
            sheet.write_string(0, 0, cell_text(book.warning, lang), alarm)
        sheet.set_row(self.top, 30)
        for i, column in enumerate(self.columns):
            sheet.write_string(self.top, i, cell_text(column.name(lang), lang), heads[column.hand])
        sheet.freeze_panes(self.top + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3: on A4 so many columns cannot be read
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, self.top)
        # A name in a header could hold Excel's own & codes.
        sheet.set_header('&C&"黑体"&12' + visible(book.head)[:90].replace("&", "&&"))
        sheet.set_footer("&C&P / &N")
        formats = [
            book.format(
                **({"align": "center"} if c.centred else {}),
                **({"num_format": "yyyy-mm-dd"} if c.kind == "day" else {}),
            )
            for c in self.columns
        ]
        linked = book.format(align="center", font_color="#0B5394", underline=1)
        place = book.format(font_color="#0B5394")
        day = book.format(num_format="yyyy-mm-dd")
        for cells in rows:
            if self.row >= ROWS - 1:
                self.left_out += 1
                continue
            self._write(cells, formats, linked, place, day)
        if self.left_out:
            sheet.write_string(self.row, 0, Text(
                f"另有 {self.left_out:,} 行超过工作表上限，见 findings.jsonl",
                f"{self.left_out:,} more rows than a sheet can hold: findings.jsonl",
            )(lang))  # fmt: skip
        sheet.autofilter(self.top, 0, max(self.row - 1, self.top), len(self.columns) - 1)
        self._help()
        return self.row - 1 - self.top

    def _write(
        self, cells: Sequence[Cell], formats: Sequence[Any], linked: Any, place: Any, day: Any
    ) -> None:
        sheet, row, lang = self.sheet, self.row, self.book.lang
        if len(cells) != len(self.columns):
            raise ValueError(f"{self.layout.name.zh}: {len(cells)} cells for {len(self.columns)} columns")
        shown = [cell_text(c, lang) if isinstance(c, str) else c for c in cells]
        # Readers other than Excel don't fit rows to wrapped text by themselves.
        lines = max(
            (
                _lines(c, column.wide)
                for c, column in zip(shown, self.columns, strict=False)
                if isinstance(c, str) and not column.hidden
            ),
            default=1,
        )
        sheet.set_row(row, min(lines * LINE + 3, TALLEST))
        for i, cell in enumerate(shown):
            form = formats[i]
            if cell is None or cell == "":
                sheet.write_blank(row, i, None, form)
            elif isinstance(cell, str):
                target = self._page(cells) if self.columns[i].kind == "place" else None
                if target is None:
                    sheet.write_string(row, i, cell, form)
                else:
                    sheet.write_url(row, i, target, place, cell)
            elif isinstance(cell, date):
                at = cell if self.columns[i].kind == "day" and cell.year >= 1900 else None
                if at is None and cell.year < 1900:
                    sheet.write_string(row, i, cell.isoformat(), form)
                else:
                    sheet.write_datetime(row, i, cell, form if at else day)
            else:
                target = (
                    self.links.get(i, {}).get(int(cell)) if self.linked < LINKS and i in self.links else None
                )
                if target is not None:
                    self.linked += 1
                    sheet.write_url(row, i, f"internal:{target}", linked, str(cell))
                sheet.write_number(row, i, cell, linked if target else form)
        self.row += 1

    def _page(self, cells: Sequence[Cell]) -> str | None:
        """The row's finding (its first) in the page beside the workbook; `None` when the sheet has links enough."""
        ids = cells[self.layout.at("发现编号")]
        found = _ID.match(ids) if isinstance(ids, str) else None
        if found is None or self.linked >= LINKS:
            return None
        self.linked += 1
        return f"external:report.html#?q={found[0]}"

    def _help(self) -> None:
        """Lists to choose from, days that must be days, and colours for what is due. A help, never a lock."""
        start = self.top + 1
        if self.row == start:
            return
        lang, last = self.book.lang, self.row - 1
        for name, words in (("状态", STATES), ("办理结果", OUTCOMES)):
            if any(c.name.zh == name for c in self.layout.columns):
                self.sheet.data_validation(
                    start, self.layout.at(name), last, self.layout.at(name),
                    {"validate": "list", "source": [w(lang) for w in words], "show_error": False},
                )  # fmt: skip
        for i, column in enumerate(self.layout.columns):
            if column.hand and column.kind == "day":
                self.sheet.data_validation(
                    start, i, last, i,
                    {
                        "validate": "date", "criteria": ">=", "value": date(2024, 3, 1), "error_type": "warning",
                        "error_title": Text("日期", "Date")(lang),
                        "error_message": Text("应为日期，如 2026-03-05", "a date, such as 2026-03-05")(lang),
                    },
                )  # fmt: skip
        if self.layout is LEDGER:
            due, state = self.layout.at("整改期限"), self.layout.at("状态")
            s, done = self._first(state), DONE(lang)
            self._colour(due, *_due(self._first(due), f'{s}<>"{done}"'))
            self._colour(state, (f'{s}="{done}"', GREEN), (f'{s}="{STATES[0](lang)}"', RED))
        if self.layout is OPEN:
            due, outcome, day = (self.layout.at(n) for n in ("提供期限", "办理结果", "办理日期"))
            waiting = f'AND({self._first(day)}="",OR({self._first(outcome)}="",{self._first(outcome)}="{OUTCOMES[2](lang)}"))'
            self._colour(due, *_due(self._first(due), waiting))

    def _first(self, column: int) -> str:
        """The first cell of a column, as a formula that moves down with the rows names it."""
        return f"${_letter(column)}{self.top + 2}"

    def _colour(self, place: int, *rules: tuple[str, tuple[str, str]]) -> None:
        for formula, (ink, ground) in rules:
            self.sheet.conditional_format(
                self.top + 1, place, self.row - 1, place,
                {
                    "type": "formula", "criteria": f"={formula}",
                    "format": self.book.book.add_format({"font_color": ink, "bg_color": ground}),
                },
            )  # fmt: skip


RED, YELLOW, GREEN = ("#9C0006", "#FFC7CE"), ("#7F6000", "#FFEB9C"), ("#006100", "#C6EFCE")
SOON = 15  # days before a day that is due


def _due(cell: str, waiting: str) -> tuple[tuple[str, tuple[str, str]], ...]:
    """A day that is past, or near, while what was due is awaited."""
    return (
        (f"AND(ISNUMBER({cell}),{cell}<TODAY(),{waiting})", RED),
        (f"AND(ISNUMBER({cell}),{cell}-TODAY()<={SOON},{waiting})", YELLOW),
    )


def _letter(column: int) -> str:
    return chr(ord("A") + column)

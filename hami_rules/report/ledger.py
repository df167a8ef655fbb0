"""ledger.xlsx, the 整改台账: what each organ has to put right, in the form that offices pass around.

Four sheets: one row a practice to put right; what must be looked at or asked for first; what to ask of whom; every
single instance.
A cell can never run: everything is written as text, and what could act on a reader is made visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from hami_rules.judge.findings import Finding, OpenGroup, Text

from .practices import Arrangement, Practice, Section, arrange
from .safe import visible, width
from .summary import Summary, standing
from .words import GRADES, PARTIES, SORTS, UNTRUSTED, VERDICTS, grade_word

__all__ = ["cell_text", "write_ledger"]

CELL = 32_767  # characters, Excel's limit
ROWS = 1_048_576  # rows of a sheet, Excel's limit
LINE = 14.5  # points, of the text size used
TALLEST = 409.0  # points, Excel's limit of a row
PLACES = 20  # evidence locations in one cell
EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001  a workbook wants a creation date; bytes must not depend on the day

# Heading, width in characters, centred.
LEDGER = (
    (Text("序号", "No."), 5, True),
    (Text("责任单位", "Responsible organ"), 16, False),
    (Text("条款", "Provision"), 11, False),
    (Text("问题摘要", "Problem"), 17, False),
    (Text("具体描述", "Description"), 36, False),
    (Text("定性依据(原文)", "Basis (verbatim)"), 32, False),
    (Text("证据位置", "Evidence"), 22, False),
    (Text("整改建议", "Remedy"), 24, False),
    (Text("整改期限", "Due"), 10, True),
    (Text("责任人", "Person in charge"), 8, True),
    (Text("状态", "Status"), 10, True),
    (Text("发现编号", "Finding id"), 40, False),
)
OPEN = (
    (Text("序号", "No."), 5, True),
    (Text("类别", "Kind"), 6, True),
    (Text("涉及单位", "Organs"), 20, False),
    (Text("条款", "Provision"), 11, False),
    (Text("事项", "Matter"), 20, False),
    (Text("项数", "Count"), 6, True),
    (Text("缺少的事实或者疑点", "What is missing or doubtful"), 30, False),
    (Text("需要调取或者核查", "To request or to check"), 28, False),
    (Text("举例", "Examples"), 34, False),
    (Text("核实结果", "Outcome"), 14, False),
    (Text("发现编号", "Finding id"), 40, False),
)
ASK = (
    (Text("序号", "No."), 5, True),
    (Text("单位", "Organ"), 20, False),
    (Text("条款", "Provision"), 14, False),
    (Text("类别", "Kind"), 12, True),
    (Text("需提供的资料", "To be provided"), 46, False),
    (Text("用途", "What it settles"), 40, False),
    (Text("涉及记录数", "Records"), 8, True),
    (Text("涉及记录举例", "Records, for example"), 34, False),
    (Text("提供情况", "Provided"), 12, False),
    (Text("规则编号", "Rules"), 30, False),
)
EACH = (
    (Text("台账序号", "Ledger no."), 6, True),
    (Text("类别", "Kind"), 7, True),
    (Text("责任单位", "Responsible organ"), 20, False),
    (Text("条款", "Provision"), 11, False),
    (Text("记录", "Record"), 22, False),
    (Text("行为日期", "Date"), 11, True),
    (Text("具体描述", "Description"), 46, False),
    (Text("证据位置", "Evidence"), 34, False),
    (Text("已整改", "Corrected"), 11, True),
    (Text("发现编号", "Finding id"), 40, False),
)
STATES = (
    Text("待整改", "open"),
    Text("整改中", "in progress"),
    Text("已整改", "corrected"),
    Text("申辩中", "contested"),
    Text("不予认定", "not upheld"),
)


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


class _Head(NamedTuple):
    """What every sheet bears: the title on each printed page, and the warning on its first line, where there is one."""

    title: str
    warning: str


class _Sheet:
    """A sheet under a frozen heading, filled row by row."""

    def __init__(
        self, book: Any, name: str, head: _Head, columns: Sequence[tuple[Text, int, bool]], lang: str
    ):
        # Where the results cannot be relied on the first line says so, above the heading.
        self.top = 1 if head.warning else 0
        self.lang, self.columns, self.row, self.left_out = lang, columns, self.top + 1, 0
        self.sheet = book.add_worksheet(name)
        base: dict[str, Any] = {
            "font_name": "宋体",
            "font_size": 10,
            "valign": "top",
            "text_wrap": True,
            "border": 1,
            "border_color": "#BFC4CA",
        }
        bold = book.add_format(
            base
            | {
                "font_name": "黑体",
                "bold": True,
                "bg_color": "#E9ECEF",
                "align": "center",
                "valign": "vcenter",
            }
        )
        left, centred = book.add_format(base), book.add_format(base | {"align": "center"})
        self.formats = [centred if middle else left for _, _, middle in columns]
        # In constant-memory mode columns come before cells, and rows in order.
        for i, (_, columns_wide, _) in enumerate(columns):
            hidden = i == len(columns) - 1
            self.sheet.set_column(i, i, columns_wide, None, {"hidden": True} if hidden else {})
        if head.warning:
            alarm = book.add_format(
                {"font_name": "黑体", "font_size": 12, "bold": True, "font_color": "#B00020"}
            )
            self.sheet.set_row(0, 22)
            self.sheet.write_string(0, 0, cell_text(head.warning, lang), alarm)
        self.sheet.set_row(self.top, 26)
        for i, (heading, _, _) in enumerate(columns):
            self.sheet.write_string(self.top, i, heading(lang), bold)
        self.sheet.freeze_panes(self.top + 1, 0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0, self.top)
        # A name in a header could hold Excel's own & codes.
        self.sheet.set_header('&C&"黑体"&12' + visible(head.title)[:90].replace("&", "&&"))
        self.sheet.set_footer("&C&P / &N")

    def add(self, *cells: str) -> None:
        """One row. Rows that the sheet cannot hold are counted, and said on its last line."""
        if self.row >= ROWS - 1:
            self.left_out += 1
            return
        # Readers other than Excel don't fit rows to wrapped text by themselves.
        lines = max(_lines(text, self.columns[i][1]) for i, text in enumerate(cells[:-1]))
        self.sheet.set_row(self.row, min(lines * LINE + 3, TALLEST))
        for i, text in enumerate(cells):
            if text:
                self.sheet.write_string(self.row, i, cell_text(text, self.lang), self.formats[i])
            else:
                self.sheet.write_blank(self.row, i, None, self.formats[i])
        self.row += 1

    def close(self) -> None:
        if self.left_out:
            note = (
                f"另有 {self.left_out:,} 行超过工作表上限，见 findings.jsonl"
                if self.lang == "zh"
                else f"{self.left_out:,} more rows than a sheet can hold: findings.jsonl"
            )
            self.sheet.write_string(self.row, 0, note)
        self.sheet.autofilter(self.top, 0, max(self.row - 1, self.top), len(self.columns) - 1)


def write_ledger(
    path: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
) -> None:
    """Write ledger.xlsx. `findings` is read twice and may be large; it must give the same both times."""
    import xlsxwriter

    lang = lang or summary.run.lang
    part = path.with_name(path.name + ".part")
    arrangement = arrange(findings, PLACES)
    book = xlsxwriter.Workbook(
        str(part),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        title = Text("整改台账", "Rectification ledger")(lang)
        book.set_properties({"title": title, "created": EPOCH})
        said = f"{summary.run.statute_title(lang)}{title}  {summary.run.dossier}  {summary.run.as_of}"
        why = ("；" if lang == "zh" else "; ").join(w(lang) for w in summary.untrusted)
        head = _Head(said, f"{UNTRUSTED(lang)}{'：' if lang == 'zh' else ': '}{why}" if why else "")
        numbers = _ledger(book, head, arrangement, summary, lang)
        _open(book, head, arrangement, groups, summary, lang)
        _ask(book, head, summary, lang)
        _each(book, head, findings, numbers, summary, lang)
        book.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _organ(section: Section, summary: Summary, lang: str) -> str:
    name = section.name or summary.organs.get(section.organ) or section.organ
    name = name or ("责任单位不明" if lang == "zh" else "organ unknown")
    # Others than departments are told apart in the cell itself: a filter must not mix them.
    return name if section.party == "department" else f"{name}〔{PARTIES[section.party](lang)}〕"


def _places(practice: Practice, lang: str) -> str:
    lines = [str(f.location) if f.location else f.record_key for f in practice.shown]
    if practice.more:
        lines.append(
            f"……另 {practice.more:,} 项见“逐项清单”"
            if lang == "zh"
            else f"… {practice.more:,} more on the sheet of instances"
        )
    return "\n".join(lines)


def _description(practice: Practice, lang: str) -> str:
    first = practice.first
    lines = [
        f"{first.record_label(lang)}：{first.message(lang)}"
        if lang == "zh"
        else f"{first.record_label(lang)}: {first.message(lang)}"
    ]
    if practice.count > 1:
        lines.append(
            f"同一做法共 {practice.count:,} 项，逐项见“逐项清单”。"
            if lang == "zh"
            else f"{practice.count:,} instances of this practice; see the sheet of instances."
        )
    lines += [f"{'可申辩：' if lang == 'zh' else 'Rebuttable: '}{r(lang)}" for r in first.rebuttals]
    if practice.concurrent:
        others = "；".join(f"{r.citation(lang)}（{r.rule}）" for r in practice.concurrent.values())
        lines.append(f"{'竞合：' if lang == 'zh' else 'Concurrent: '}{others}")
    said = next(
        (
            f.mitigation or f.mitigation_pending
            for f in practice.shown
            if f.mitigation or f.mitigation_pending
        ),
        None,
    )
    if said:
        lines.append(said(lang))
    if practice.mitigated and practice.count > 1:
        lines.append(
            f"可免责/减责 {practice.mitigated:,}/{practice.count:,} 项"
            if lang == "zh"
            else f"may be excused or reduced: {practice.mitigated:,} of {practice.count:,}"
        )
    for word, text in (
        (Text("责任后果：", "Consequence: "), first.consequence),
        (Text("统筹协调单位：", "Coordinating body: "), first.coordinating_body),
    ):
        if text:
            lines.append(word(lang) + text(lang))
    return "\n".join(lines)


def _state(practice: Practice, lang: str) -> str:
    if not practice.corrected:
        return STATES[0](lang)
    if practice.corrected == practice.count:
        return f"{STATES[2](lang)}\n{practice.last_corrected}"
    return f"{Text('部分已整改', 'partly corrected')(lang)}\n{practice.corrected:,}/{practice.count:,}"


def _ids(practice: Practice, lang: str) -> str:
    ids = [f.id for f in practice.shown]
    if practice.more:
        ids.append(f"……+{practice.more:,}")
    return "\n".join(ids)


def _ledger(
    book: Any, head: _Head, arrangement: Arrangement, summary: Summary, lang: str
) -> dict[tuple[str, str, str], str]:
    """The first sheet. Gives each practice's number, by party, organ and practice."""
    sheet = _Sheet(book, Text("整改台账", "Ledger")(lang), head, LEDGER, lang)
    numbers: dict[tuple[str, str, str], str] = {}
    for section in arrangement.of("violation"):
        for block in section.blocks:
            for practice in block.practices:
                first = practice.first
                number = str(len(numbers) + 1)
                numbers[section.party, section.organ, practice.key] = number
                sheet.add(
                    number,
                    _organ(section, summary, lang),
                    first.citation(lang),
                    f"{GRADES[first.grade or 'violation'](lang)}：{first.title(lang)}",
                    _description(practice, lang),
                    first.quote,
                    _places(practice, lang),
                    first.remedy(lang) if first.remedy else "",
                    "",
                    "",
                    _state(practice, lang),
                    _ids(practice, lang),
                )
    if numbers:
        # A help for typing, not a lock: offices have words of their own.
        sheet.sheet.data_validation(
            sheet.top + 1, 10, sheet.top + len(numbers), 10,
            {"validate": "list", "source": [s(lang) for s in STATES], "show_error": False},
        )  # fmt: skip
    sheet.close()
    return numbers


def _settled_too(group: OpenGroup, lang: str) -> str:
    if not group.concurrent:
        return ""
    others = "、".join(group.concurrent)
    return f"\n竞合（不另计）：{others}" if lang == "zh" else f"\nConcurrent (not counted again): {others}"


def _open(
    book: Any, head: _Head, arrangement: Arrangement, groups: Sequence[OpenGroup], summary: Summary, lang: str
) -> None:
    sheet = _Sheet(book, Text("待核实", "To verify")(lang), head, OPEN, lang)
    number = 0
    for section in arrangement.of("suspicion"):
        for block in section.blocks:
            for practice in block.practices:
                first = practice.first
                number += 1
                sheet.add(
                    str(number),
                    GRADES["suspicion"](lang),
                    _organ(section, summary, lang),
                    first.citation(lang),
                    first.title(lang),
                    f"{practice.count:,}",
                    first.message(lang),
                    first.remedy(lang)
                    if first.remedy
                    else Text("由人核查并记录认定", "a person to check and to record a decision")(lang),
                    _places(practice, lang),
                    "",
                    _ids(practice, lang),
                )
    for group in sorted(groups, key=lambda g: (-g.count, g.rule, tuple(m.fact for m in g.missing))):
        number += 1
        organs = sorted(group.organs.items(), key=lambda pair: (-pair[1], pair[0]))
        unknown = Text("责任单位不明", "organ unknown")(lang)
        examples = [f"{f.record_label(lang)} {f.location or ''}".strip() for f in group.examples]
        sheet.add(
            str(number),
            VERDICTS["undetermined"](lang),
            "\n".join(f"{summary.organs.get(o, o) or unknown} {n:,}" for o, n in organs),
            group.citation(lang),
            group.title(lang) + _settled_too(group, lang),
            f"{group.count:,}",
            "\n".join(f"{m.label(lang)}（{m.cause(lang)}）" for m in group.missing),
            group.request(lang),
            "\n".join(examples),
            "",
            "\n".join(f.id for f in group.examples),
        )
    sheet.close()


def _ask(book: Any, head: _Head, summary: Summary, lang: str) -> None:
    """调阅资料清单: by organ, what it is to provide, for which rules, and how many records hang on it."""
    sheet = _Sheet(book, Text("调阅资料清单", "To request")(lang), head, ASK, lang)
    unknown = Text("责任单位不明", "organ unknown")(lang)
    for request in summary.requests:
        examples = list(request.examples)
        if request.records > len(examples):
            more = request.records - len(examples)
            examples.append(
                f"……另 {more:,} 条见 undetermined.jsonl"
                if lang == "zh"
                else f"… {more:,} more in undetermined.jsonl"
            )
        sheet.add(
            str(request.number),
            summary.organs.get(request.organ) or request.organ or unknown,
            "\n".join(dict.fromkeys(use.citation(lang) for use in request.uses)),
            SORTS[request.sort](lang),
            request.what(lang),
            "\n".join(f"{use.title(lang)}（{use.records:,}）" for use in request.uses),
            f"{request.records:,}",
            "\n".join(examples),
            "",
            "\n".join(use.rule for use in request.uses),
        )
    sheet.close()


def _each(
    book: Any,
    head: _Head,
    findings: Iterable[Finding],
    numbers: dict[tuple[str, str, str], str],
    summary: Summary,
    lang: str,
) -> None:
    sheet = _Sheet(book, Text("逐项清单", "Instances")(lang), head, EACH, lang)
    for finding in findings:
        what = standing(finding)
        if what not in ("violation", "shortfall", "suspicion"):
            continue
        organ = finding.organ_code or finding.organ_name or ""
        sheet.add(
            numbers.get((finding.counts_against, organ, finding.practice or finding.id), "")
            if what != "suspicion"
            else "",
            grade_word(finding, lang),
            finding.organ_name or summary.organs.get(organ) or organ,
            finding.citation(lang),
            finding.record_label(lang),
            str(finding.conduct_from or ""),
            "\n".join(
                t(lang) for t in (finding.message, finding.mitigation or finding.mitigation_pending) if t
            ),
            str(finding.location or ""),
            str(finding.corrected_on or ""),
            finding.id,
        )
    sheet.close()

"""report.docx as a reader of other people sees it: the shape of an audit report, with figures that are the summary's."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from report_fakes import audit, finding, summary

from hami_rules.report.ledger import write_ledger
from hami_rules.report.lines import ordered
from hami_rules.report.word import ROWS, write_word


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("word") / "report.docx"
    findings, groups = audit(300)
    write_word(out, ordered(findings), groups, summary(findings, groups))
    return out


def lines(path: Path) -> list[str]:
    return [p.text for p in Document(str(path)).paragraphs]


def test_the_page_is_that_of_official_documents(path: Path) -> None:
    document = Document(str(path))
    page, across = document.sections[0], document.sections[-1]
    for length, wanted in (
        (page.page_width, 210), (page.page_height, 297), (page.top_margin, 37), (page.bottom_margin, 35),
        (page.left_margin, 28), (page.right_margin, 26),
    ):  # fmt: skip
        assert abs(length - Mm(wanted)) < Mm(0.05), wanted
    assert across.orientation == WD_ORIENT.LANDSCAPE and across.page_width > across.page_height
    styles = document.styles
    body = styles["Normal"]
    assert (body.font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    wanted = {
        "Normal": "仿宋",
        "Title": "方正小标宋简体",
        "heading 1": "黑体",
        "heading 2": "楷体",
        "heading 3": "仿宋",
    }
    for style in styles:
        name = style.element.find(qn("w:name")).get(qn("w:val"))
        if name in wanted:
            assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == wanted[name]
    assert styles["Title"].font.size == Pt(22)


def test_page_numbers_have_dashes_on_the_outer_side(path: Path) -> None:
    section = Document(str(path)).sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph.text.startswith("— ") and paragraph.text.endswith(" —")
        xml = paragraph._p.xml
        assert (
            " PAGE " in xml and f'w:jc w:val="{side}"' in xml and 'w:sz w:val="28"' in xml and "宋体" in xml
        )
    assert "底稿" in section.header.paragraphs[0].text


def test_the_parts_stand_in_their_order(path: Path) -> None:
    document = Document(str(path))
    heads = [p.text for p in document.paragraphs if p.style.name.lower() == "heading 1"]
    assert [h.split("：")[0] for h in heads] == [
        "一、基本情况及审计评价", "二、审计发现的主要问题", "三、处理意见及建议", "附件1", "附件2", "附件3",
    ]  # fmt: skip
    assert document.paragraphs[0].text == "关于《哈密市经营主体政务服务条例》执行情况的审计报告"
    numbered = [p.text for p in document.paragraphs if p.style.name.lower() == "heading 2"]
    assert numbered[0].startswith("（一）") and numbered[1].startswith("（二）")


def test_figures_of_the_prose_are_the_summarys(path: Path) -> None:
    totals = summary(*audit(300)).totals
    said = "\n".join(lines(path))
    for name, word in (
        ("department", "政务服务部门"),
        ("utility", "公用企业"),
        ("intermediary", "中介服务机构"),
    ):
        t = totals.party(name).total
        assert (
            f"{word}违反《条例》{t.violation.instances:,}项（{t.violation.practices:,}种做法），应当推动而未落实"
            f"{t.shortfall.instances:,}项（{t.shortfall.practices:,}种），疑似问题{t.suspicion.instances:,}项"
            f"（{t.suspicion.practices:,}种）"
        ) in said
    assert f"未作结论的{totals.undetermined:,}项" in said
    by_article = {
        article: sum(
            p.by_article[article].breaches for p in totals.against.values() if article in p.by_article
        )
        for article in {a for p in totals.against.values() for a in p.by_article}
    }
    heads = re.findall(r"违反或者未落实(第.+?条)规定，([\d,]+)项", said)
    names = {"第十三条": "13", "第十四条": "14", "第十五条": "15", "第十六条": "16"}
    assert {names[n]: int(c.replace(",", "")) for n, c in heads} == {a: n for a, n in by_article.items() if n}


def test_the_annexed_list_repeats_its_head_and_counts_as_the_ledger(path: Path, tmp_path: Path) -> None:
    import openpyxl

    findings, groups = audit(300)
    table = Document(str(path)).tables[0]
    first = table.rows[0]._tr
    assert first.trPr.find(qn("w:tblHeader")) is not None
    write_ledger(tmp_path / "l.xlsx", ordered(findings), groups, summary(findings, groups))
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx")["整改台账"]
    rows = [(str(r[0].value), f"{r[8].value:,}") for r in sheet.iter_rows(min_row=2)]
    assert [(r.cells[0].text, r.cells[-1].text) for r in table.rows[1:]] == rows


def test_a_list_that_is_too_long_says_how_much_more(tmp_path: Path) -> None:
    findings = [finding(n, practice=None) for n in range(ROWS + 7)]
    write_word(tmp_path / "r.docx", findings, [], summary(findings, []))
    with zipfile.ZipFile(tmp_path / "r.docx") as parts:
        xml = parts.read("word/document.xml").decode()
    assert "另有7种做法未列入本附件" in xml and xml.count("<w:tr>") == xml.count("</w:tr>")


def test_hashes_are_annexed(path: Path) -> None:
    given = summary(*audit(300))
    cells = {c.text for c in Document(str(path)).tables[-2].columns[1].cells}
    assert given.run.statute_hash in cells and {i.sha256 for i in given.run.inputs} <= cells


def test_same_input_same_bytes_and_no_clock(path: Path, tmp_path: Path) -> None:
    findings, groups = audit(300)
    write_word(tmp_path / "again.docx", ordered(findings), groups, summary(findings, groups))
    assert (tmp_path / "again.docx").read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        assert {i.date_time for i in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = Document(str(path)).core_properties
    assert core.created == core.modified and core.created.date().isoformat() == "2025-12-31"


def test_nothing_found_is_said(tmp_path: Path) -> None:
    write_word(tmp_path / "r.docx", [], [], summary([], []))
    assert "没有发现违反或者未落实《条例》的问题。" in lines(tmp_path / "r.docx")


def test_english(tmp_path: Path) -> None:
    findings, groups = audit(60)
    write_word(tmp_path / "r.docx", ordered(findings), groups, summary(findings, groups), "en")
    said = "\n".join(lines(tmp_path / "r.docx"))
    assert (
        "1. What was audited, and opinion" in said
        and "violations" in said
        and "DRAFT" in (Document(str(tmp_path / "r.docx")).sections[0].header.paragraphs[0].text)
    )


def converted(path: Path, folder: Path) -> Path:
    """The file as LibreOffice prints it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice (soffice) to open what was written")
    profile = (folder / "profile").as_uri()
    done = subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    pdf = folder / f"{path.stem}.pdf"
    assert pdf.is_file(), done.stdout + done.stderr
    return pdf


def text_of(pdf: Path) -> str:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("needs pdftotext (poppler) to read the pages")
    return subprocess.run(
        [reader, "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout


def test_libreoffice_opens_both_and_heads_are_on_every_page(path: Path, tmp_path: Path) -> None:
    said = text_of(converted(path, tmp_path))
    pages = said.split("\f")[:-1]
    assert all(
        f"— {n} —" in page.replace("—" + str(n), f"— {n}") or f"—{n}—" in page.replace(" ", "")
        for n, page in enumerate(pages, 1)
    )
    listed = [p for p in pages if "责任单位" in p and "整改建议" in p and "证据位置" in p]
    assert len(listed) > 2, "the head of the long table stands on each of its pages"
    findings, groups = audit(300)
    write_ledger(tmp_path / "ledger.xlsx", ordered(findings), groups, summary(findings, groups))
    sheets = text_of(converted(tmp_path / "ledger.xlsx", tmp_path))
    assert "整改措施" in sheets and "2025-12-31" in sheets and "Err:" not in sheets

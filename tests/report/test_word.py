"""report.docx as a reader of other people sees it: the shape of an audit report, with figures that are the summary's."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from report_fakes import ORGANS, audit, finding, summary

from hami_rules.judge.findings import Text
from hami_rules.report.ledger import write_ledger
from hami_rules.report.lines import ordered
from hami_rules.report.summary import Asked, Count, Request, Use
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


def table(path: Path, head: str) -> Table:
    """The first table whose head has a cell with this text."""
    return next(t for t in Document(str(path)).tables if head in [c.text for c in t.rows[0].cells])


def cells(table: Table) -> list[list[str]]:
    return [[c.text for c in row.cells] for row in table.rows[1:]]


def test_the_parts_stand_in_their_order(path: Path) -> None:
    document = Document(str(path))
    heads = [p.text for p in document.paragraphs if p.style.name.lower() == "heading 1"]
    assert [h.split("：")[0] for h in heads] == [
        "一、基本情况及审计评价", "二、审计发现的主要问题", "三、处理意见及建议", "附件1", "附件2", "附件3",
    ]  # fmt: skip
    numbered = [p.text for p in document.paragraphs if p.style.name.lower() == "heading 2"]
    assert numbered == [
        "（一）审计范围和数据", "（二）审计结果", "（三）审计评价", "（一）主要问题", "（二）问题较多的单位", "（三）各条问题",
        "（四）需要进一步核查的疑似问题", "（一）处理意见", "（二）整改要求", "（三）整改建议", "（四）听取意见",
    ]  # fmt: skip


def test_the_title_breaks_where_the_sense_does_and_authority_is_left_to_people(path: Path) -> None:
    document = Document(str(path))
    assert document.paragraphs[0].text == "关于《哈密市经营主体政务服务条例》\n执行情况的审计报告"
    assert document.core_properties.title == "关于《哈密市经营主体政务服务条例》执行情况的审计报告"
    said = [p.text for p in document.paragraphs]
    assert said[1] == "【审计机关】："
    assert (
        said[2].startswith("依据【《中华人民共和国审计法》及审计通知书（文号）／")
        and "【被审计单位】" in said[2]
    )
    assert "【审计机关】审计组" in said


def test_figures_are_the_summarys(path: Path) -> None:
    totals = summary(*audit(300)).totals

    def pair(count: Count) -> str:
        return f"{count.instances:,}（{count.practices:,}）" if count.instances else "—"

    rows = {row[0]: row[2:] for row in cells(table(path, "责任主体"))}
    for party, word in (
        ("department", "政务服务部门"),
        ("utility", "公用企业"),
        ("intermediary", "中介服务机构"),
    ):
        t = totals.party(party).total
        assert rows[word] == [pair(t.violation), pair(t.shortfall), pair(t.suspicion), f"{t.undetermined:,}" if t.undetermined else "—"]  # fmt: skip
    said = "\n".join(lines(path))
    t = totals.party("department").total
    assert (
        f"政务服务部门违反《条例》{t.violation.instances:,}项（{t.violation.practices:,}种做法），应当推动而未落实"
        f"{t.shortfall.instances:,}项（{t.shortfall.practices:,}种），疑似问题{t.suspicion.instances:,}项"
    ) in said
    every = [p.total for p in totals.against.values()]
    breaches, suspected = sum(t.breaches for t in every), sum(t.suspicion.instances for t in every)
    assert f"共{totals.findings:,}项：违反、未落实{breaches:,}项，疑似{suspected:,}项" in said
    assert breaches + suspected + totals.concurrent + totals.dismissed == totals.findings
    by_article = {
        article: sum(
            p.by_article[article].breaches for p in totals.against.values() if article in p.by_article
        )
        for article in {a for p in totals.against.values() for a in p.by_article}
    }
    heads = re.findall(r"^(第[^，。]+?条)，([\d,]+)项。", said, re.MULTILINE)
    names = {"第十三条": "13", "第十四条": "14", "第十五条": "15", "第十六条": "16"}
    assert {names[n]: int(c.replace(",", "")) for n, c in heads} == {a: n for a, n in by_article.items() if n}


def test_what_is_none_is_not_said(path: Path) -> None:
    assert not re.search(r"(?<![\d,])0(项|种|件|条)", "\n".join(lines(path)))


def test_organs_are_ranked_and_add_up(path: Path) -> None:
    rows = cells(table(path, "名次"))
    ranked = [r for r in rows if r[0]]
    breaches = [number(r[2]) + number(r[3]) for r in ranked]
    assert breaches == sorted(breaches, reverse=True) and [r[0] for r in ranked] == [
        str(n) for n in range(1, len(ranked) + 1)
    ]
    *others, total = rows
    assert total[1] == "合计"
    assert [number(c) for c in total[2:]] == [sum(number(r[i]) for r in others) for i in range(2, 7)]
    totals = summary(*audit(300)).totals
    answering = [totals.party(p).total for p in ("department", "utility", "intermediary")]
    assert number(total[2]) == sum(t.violation.instances for t in answering)


def number(cell: str) -> int:
    return 0 if cell == "—" else int(cell.replace(",", ""))


def test_the_main_problems_are_the_gravest_and_the_widest(tmp_path: Path) -> None:
    """One that a competent body decided sanctions on; then findings times organs; a shortfall after any violation."""
    decided = Text(
        "依法给予处分（第三十一条）：市监察委员会认定存在滥用职权", "sanctions are due (Article 31)"
    )
    found = [
        *(finding(7 * n, "14.1b", practice=f"often{n}") for n in range(6)),  # one organ
        *(finding(n, "13.1d", practice=f"wide{n}") for n in range(4)),  # four organs
        *(finding(n, "16.1a", practice=f"shortfall{n}") for n in range(30)),
        finding(5, "16.1d", practice="grave", consequence=decided),
    ]
    write_word(tmp_path / "r.docx", ordered(found), [], summary(found, []))
    document = Document(str(tmp_path / "r.docx"))
    heads = [p.text for p in document.paragraphs if p.style.name.lower() == "heading 3"]
    assert heads == [
        "1. 已用电子材料，另要纸质材料（违反，1项）", "2. 没有依据增设办理条件（违反，4项）",
        "3. 要求重复提供同一份材料（违反，6项）", "4. 电子材料可用未用（未落实，30项）",
    ]  # fmt: skip
    said = [p.text for p in document.paragraphs]
    measure = next(s for s in said if s.startswith("1. 市监察委员会认定存在滥用职权"))
    organ = finding(5).organ_name
    (row,) = [r for r in cells(table(tmp_path / "r.docx", "证据")) if "第十六条" in r[2] and r[5] == "违反"]
    assert "审计机关不作处分决定" in measure and not any("依法给予处分" in s for s in said)
    assert measure.endswith(
        f"涉及第十六条1项，有关责任人员所在单位：{organ}（{row[0]}）。【处理期限：　年　月　日前】"
    )


def test_each_organ_is_told_its_articles_numbers_and_a_date_to_fill_in(path: Path) -> None:
    listed: dict[str, list[int]] = {}
    for row in cells(table(path, "证据")):
        listed.setdefault(row[1].split("〔")[0], []).append(int(row[0]))
    rows = cells(table(path, "附件1序号"))
    assert {r[0] for r in rows} == set(listed) and all(r[4] == "【　年　月　日】" for r in rows)
    for organ, articles, numbers, _, _ in rows:
        a, _, b = numbers.partition("—")
        assert articles.startswith("第") and listed[organ] == list(range(int(a), int(b or a) + 1))


def test_a_recommendation_is_said_once_with_the_organs_it_is_for(path: Path) -> None:
    said = lines(path)
    begin = said.index("（三）整改建议")
    told = [t for t in said[begin + 1 : said.index("（四）听取意见")] if t[0].isdigit()]
    texts = [re.sub(r"^\d+\. ", "", t).split("。")[0] for t in told]
    assert len(texts) == len(set(texts)) > 3
    assert all("市" in t and re.search(r"（\d", t) for t in told)


def test_what_is_asked_stands_once_by_organ_as_in_a_letter(tmp_path: Path) -> None:
    findings, groups = audit(40)

    def asked(n: int, organ: int, sort: Literal["fact", "decision"], what: str) -> Request:
        use = Use(
            rule="14.1b",
            citation=Text("第十四条第一款", ""),
            title=Text("要求重复提供同一份材料", ""),
            records=3,
        )
        item = Asked(fact="x", what=Text(what, what), cause=Text("", ""), records=3)
        return Request(
            number=n, organ=ORGANS[organ][0], sort=sort, what=Text(f"请提供{what}。", ""), uses=(use,), records=3,
            examples=("HM1", "HM2", "HM3"), items=(item,), names=(Text("办件 HM1", ""),),
        )  # fmt: skip

    requests = (
        asked(1, 0, "fact", "材料有效期"), asked(2, 0, "decision", "摇号是否属于竞争方式"),
        asked(3, 1, "fact", "设定依据"), asked(4, 1, "decision", "摇号是否属于竞争方式"),
    )  # fmt: skip
    given = msgspec.structs.replace(summary(findings, groups), requests=requests)
    write_word(tmp_path / "r.docx", ordered(findings), groups, given)
    said = "\n".join(lines(tmp_path / "r.docx"))
    letters = said[said.index("附件2：") :]
    for organ in (0, 1):
        assert letters.count(f"\n{ORGANS[organ][1]}：\n") == 1
    assert (
        letters.count("材料有效期") == letters.count("设定依据") == letters.count("摇号是否属于竞争方式") == 1
    )
    assert "第十四条第一款“要求重复提供同一份材料”，涉及办件 HM1等3条记录" in letters
    assert "要查明的共4件：请2个单位提供或者说明2件，由审计人员或者法制机构认定2件" in said


def test_a_text_of_a_higher_body_is_no_finding_against_the_organ(tmp_path: Path) -> None:
    found = [finding(1), finding(2, counts_against="superior")]
    write_word(tmp_path / "r.docx", ordered(found), [], summary(found, []))
    said = "\n".join(lines(tmp_path / "r.docx"))
    assert "上级机关违反" not in said and "不是对被审计单位的认定" in said
    assert "合计和附件1包括这1项" in said
    assert [r[5].split("\n")[0] for r in cells(table(tmp_path / "r.docx", "证据"))] == ["违反", "上报"]
    assert re.search(r"第十四条1项源于上级机关统一制定的文本，.+（2）；不是对所列单位的认定", said)
    assert [r[1] for r in cells(table(tmp_path / "r.docx", "责任主体"))] == ["1", "—", "1"]


def test_suspicions_have_the_numbers_of_the_ledger(tmp_path: Path) -> None:
    """They follow the requests, and the open verdicts that no request settles."""
    import openpyxl

    findings, groups = audit(60)
    request = Request(
        number=1, organ=ORGANS[0][0], sort="document", what=Text("请提供办法。", ""), uses=(), records=1, examples=("HM1",)
    )  # fmt: skip
    given = msgspec.structs.replace(summary(findings, groups), requests=(request,))
    write_word(tmp_path / "r.docx", ordered(findings), groups, given)
    write_ledger(tmp_path / "l.xlsx", ordered(findings), groups, given)
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx")["待核实及调阅资料清单"]
    wanted = [str(r[0].value) for r in sheet.iter_rows(min_row=2) if r[1].value == "疑似"]
    rows = [
        r
        for t in Document(str(tmp_path / "r.docx")).tables
        if "证据" in [c.text for c in t.rows[0].cells]
        for r in cells(t)
    ]
    assert [r[0] for r in rows if r[5].startswith("疑似")] == wanted and int(wanted[0]) > 2


def test_a_problem_of_several_parties_is_counted_by_each(tmp_path: Path) -> None:
    found = [
        finding(n, practice=f"p{n}", counts_against="government" if n == 3 else "department")
        for n in range(4)
    ]
    write_word(tmp_path / "r.docx", ordered(found), [], summary(found, []))
    said = "\n".join(lines(tmp_path / "r.docx"))
    assert "（违反，4项，政务服务部门3项、人民政府1项）" in said


def test_the_annexed_list_names_the_record(path: Path) -> None:
    assert all(r[3].startswith("办件 HM") and "：" in r[3] for r in cells(table(path, "证据")))


def test_a_measure_names_every_organ_and_the_other_recommendations_are_in_the_annex(tmp_path: Path) -> None:
    found = [
        finding(
            n, practice=f"p{n}", organ_code=f"O{n}", organ_name=f"单位{n}", consequence=Text("要求整改" if n < 20 else "另行处理", ""),
            remedy=Text(f"做法{n}", ""),
        )
        for n in range(60)
    ]  # fmt: skip
    write_word(tmp_path / "r.docx", ordered(found), [], summary(found, []))
    said = lines(tmp_path / "r.docx")
    measure = next(s for s in said if re.match(r"\d\. 要求整改", s))
    assert all(f"单位{n}（" in measure for n in range(20)) and "等20个单位" not in measure
    more = next(int(m[1]) for s in said if (m := re.match(r"其他(\d+)条建议", s)))
    assert more + 8 == len(cells(table(tmp_path / "r.docx", "整改建议")))


def test_tokens_are_told_of_only_where_there_are_any(tmp_path: Path) -> None:
    for message, told in (("申请人周**〔甲3〕", True), ("申请人", False)):
        found = [finding(1, message=Text(message, message))]
        write_word(tmp_path / "r.docx", found, [], summary(found, []))
        assert ("〔甲3〕等代号" in "\n".join(lines(tmp_path / "r.docx"))) is told


def test_what_is_noted_of_many_is_said_once(tmp_path: Path) -> None:
    often, once = Text("自治区条例另有规定的，以其为准", ""), Text("逾期未提供，按没有认定", "")
    found = [finding(n, practice=f"p{n}", note=once if n == 5 else often) for n in range(6)]
    write_word(tmp_path / "r.docx", ordered(found), [], summary(found, []))
    assert "\n".join(lines(tmp_path / "r.docx")).count(often.zh) == 1
    rows = cells(table(tmp_path / "r.docx", "证据"))
    assert sum("注1" in r[5] for r in rows) == 5
    assert [once.zh in r[3] for r in rows].count(True) == 1


def test_the_annexed_list_repeats_its_head_and_counts_as_the_ledger(path: Path, tmp_path: Path) -> None:
    import openpyxl

    findings, groups = audit(300)
    listed = table(path, "证据")
    first = listed.rows[0]._tr
    assert first.trPr.find(qn("w:tblHeader")) is not None
    write_ledger(tmp_path / "l.xlsx", ordered(findings), groups, summary(findings, groups))
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx")["整改台账"]
    rows = [(str(r[0].value), r[8].value) for r in sheet.iter_rows(min_row=2)]
    many = [re.search(r"×(\d+)", r[5]) for r in cells(listed)]
    assert [(r[0], int(m[1]) if m else 1) for r, m in zip(cells(listed), many, strict=True)] == rows


def test_a_list_that_is_too_long_says_how_much_more(tmp_path: Path) -> None:
    findings = [finding(n, practice=None) for n in range(ROWS + 7)]
    write_word(tmp_path / "r.docx", findings, [], summary(findings, []))
    with zipfile.ZipFile(tmp_path / "r.docx") as parts:
        xml = parts.read("word/document.xml").decode()
    assert "另有7种做法未列入本附件" in xml and xml.count("<w:tr>") == xml.count("</w:tr>")


def test_hashes_are_annexed(path: Path) -> None:
    given = summary(*audit(300))
    values = {value for row in cells(table(path, "值")) for value in (row[1], row[3])}
    assert given.run.statute_hash in values and {i.sha256[:16] for i in given.run.inputs} <= values
    assert any("没有脱敏" in line and "quarantine.jsonl" in line for line in lines(path))


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
    listed = [p for p in pages if "责任单位" in p and "条款" in p and "证据" in p]
    assert len(listed) > 2, "the head of the long table stands on each of its pages"
    body = next(i for i, page in enumerate(pages) if "附件1：" in page.replace(" ", ""))
    assert 5 < body <= 15, "what is signed is short; the rest is annexed"
    findings, groups = audit(300)
    write_ledger(tmp_path / "ledger.xlsx", ordered(findings), groups, summary(findings, groups))
    sheets = text_of(converted(tmp_path / "ledger.xlsx", tmp_path))
    assert "整改措施" in sheets and "2025-12-31" in sheets and "Err:" not in sheets

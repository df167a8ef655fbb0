"""Natural persons are masked in what people read, the same person by the same token, and nothing else is."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from report_fakes import finding, group, summary

from hami_rules.judge.findings import Finding, SeenFact, Text
from hami_rules.records.application import Application
from hami_rules.records.oversight import Supervisor
from hami_rules.records.persons import is_organisation_name, personal_values
from hami_rules.report.mask import Mask, is_credit_code, is_identity_number
from hami_rules.report.outputs import write_all
from hami_rules.report.terminal import print_summary

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(body: str) -> str:
    """A made-up identity number with its check digit (GB 11643-1999)."""
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


ID = number("65220119880312004")
ID_X = next(n for n in (number(f"652201198803120{i:02}") for i in range(100)) if n.endswith("X"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (ID, True),
        (ID_X, True),
        (ID_X.lower(), True),
        (ID[:17] + ("0" if ID[17] != "0" else "1"), True),  # a slip of the pen is still somebody's number
        ("652201880312004", True),  # 15 digits
        ("652201240305001", False),  # region, day and serial of an application
        ("991650198803120041", False),  # no such region
        ("652201198813400041", False),  # no such day
        (number("65050220240305123")[:17] + "?", False),
        ("6505022024030512" + "34", False),  # as applications are numbered; the check digit does not fit
    ],
)
def test_identity_numbers(text: str, is_one: bool) -> None:
    assert is_identity_number(text) is is_one


def test_credit_codes_are_organisations() -> None:
    # The example of GB 32100-2015 itself.
    assert is_credit_code("91350100M000100Y43") and not is_credit_code("91350100M000100Y44")
    assert not is_credit_code(ID) or ID.startswith("9")
    assert Mask().text("统一社会信用代码 91650500MA0000003X") == "统一社会信用代码 91650500MA0000003X"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"证件号码{ID}不符", ID),
        (f"证件号码 {ID[:6]} {ID[6:14]} {ID[14:]}", ID[6:14]),
        ("电话13899990001，", "99990001"),
        ("电话+86 138-9999-0001", "9999-0001"),
        ("电话１３８９９９９０００１", "９９９９０００１"),
        ("座机0902-2233445", "2233445"),
        ("联系人：周晓明", "晓明"),
        ("经办人: 欧阳春 ", "阳春"),
        ("负责人：周晓明电话13899990001", "晓明"),
        ("法定代表人：巴合提", "合提"),
        ("请周先生到场", "请周先生"),
        ("申请人阿不都热合曼·买买提到场", "热合曼·买买提"),
        ("要求申请人的配偶阿依古丽·买买提到场", "古丽·买买提"),
    ],
)
def test_what_is_masked(text: str, kept: str) -> None:
    said = Mask().text(text)
    assert kept not in said and "**〔" in said


@pytest.mark.parametrize(
    "text",
    [
        "办件 HM20250305001 第1项材料要求",
        "事项000164123000（县级）各区划办事指南不一致",
        "2025-03-03公布的办事指南",
        "实施编码 11650500MB0001A2B3",
        "申请人自愿提供",
        "申请人：企业",
        "联系人：未知",
        "由哈密市市场监督管理局负责",
        "负责人：哈密市某某建材商店",
        "金额12345678元，编号 123456789012345678901",
        "拨打12345热线",
        "sha 9011be6ec556b08f9eaf4f060c7528075a666e469afd1d3df8e9dc709b216c2a",
        "cases/demo/applications.jsonl:494:2767",
    ],
)
def test_what_stays(text: str) -> None:
    assert Mask().text(text) == text


def test_the_same_person_has_the_same_token_and_others_have_others() -> None:
    mask = Mask()
    first = mask.text(f"联系人：周晓明，电话13899990001；{ID}")
    again = mask.text(f"经办人：周晓明，手机 138 9999 0001，{ID[:6]} {ID[6:14]} {ID[14:]}")
    tokens = ("周**〔甲1〕", "138**〔电1〕", f"{ID[:4]}**〔证1〕")
    assert all(t in first and t in again for t in tokens)
    assert "周**〔甲2〕" in mask.text("联系人：周小明")


def test_numbers_of_json_stay_and_texts_in_it_do_not() -> None:
    said = Mask().text('{"offset":13899990001,"t":"13899990001","u":"\\"a\\":13899990001"}')
    assert said == '{"offset":13899990001,"t":"138**〔电1〕","u":"\\"a\\":138**〔电1〕"}'


@given(st.text(max_size=60))
def test_a_finding_stays_a_finding(text: str) -> None:
    made = finding(1, message=Text(text, f"联系人：周晓明 {ID} {text}"))
    shown = Mask().finding(made)
    assert ID not in shown.message.en and shown.id == made.id and shown.conduct_from == made.conduct_from


def test_masking_twice_changes_nothing() -> None:
    mask = Mask()
    once = mask.text(f"联系人：周晓明，{ID}，13899990001，阿依古丽·买买提")
    assert mask.text(once) == once


# -- which values of records are persons' ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "masked"),
    [
        ("natural_person", "周晓明", True),
        ("founder", "周晓明", True),
        ("individual_business", "周晓明", True),
        ("individual_business", "伊州区松树塘建材经营部", False),
        (None, "周晓明", True),
        (None, "哈密某某工程咨询有限公司", False),
        ("enterprise", "周晓明", False),
    ],
)
def test_personal_values_of_an_application(kind: Any, name: str, masked: bool) -> None:
    assert (name in personal_values(Application(applicant_kind=kind, applicant_name=name))) is masked


def test_personal_values_of_those_who_are_always_persons() -> None:
    assert list(personal_values(Supervisor(name="周晓明"))) == ["周晓明"]
    assert is_organisation_name("哈密天泉供水有限责任公司") and not is_organisation_name("周部")


# -- in every format ---------------------------------------------------------------------------------------------------

SECRETS = ("周晓明", ID, "13899990001", "古丽·买买提")


def planted() -> list[Finding]:
    said = Text(
        f"向周晓明（{ID}）索要材料，电话13899990001，代办人：阿依古丽·买买提",
        f"from 周晓明 ({ID}), 13899990001",
    )
    one = finding(
        1, message=said, record_label=said, persons=("周晓明",), seen=(SeenFact("x", said, said),), remedy=said,
        rebuttals=(said,), note=said, practice="p1",
    )  # fmt: skip
    two = finding(2, message=Text("周晓明再次被要求", "周晓明 again"), persons=("周晓明",), practice="p2")
    return [one, two, finding(3, "14.1c", message=said, persons=("周晓明",), practice="p3")]


def texts(folder: Path) -> dict[str, str]:
    book = openpyxl.load_workbook(folder / "ledger.xlsx")
    document = Document(str(folder / "report.docx"))
    return {
        "html": (folder / "report.html").read_text("utf-8"),
        "xlsx": "\n".join(str(c) for s in book for r in s.iter_rows(values_only=True) for c in r if c),
        "docx": "\n".join(
            [
                *(p.text for p in document.paragraphs),
                *(c.text for t in document.tables for r in t.rows for c in r.cells),
            ]
        ),
    }


def test_no_format_for_people_says_who(tmp_path: Path) -> None:
    findings = planted()
    groups = [group(examples=(findings[0],), request=Text(f"联系人：周晓明 {ID}", ""))]
    written = write_all(tmp_path, findings, groups, summary(findings, groups, dossier="周晓明的卷宗"))
    out = io.StringIO()
    print_summary(written.summary, written.files, out)
    for name, said in {**texts(tmp_path), "terminal": out.getvalue()}.items():
        assert not [s for s in SECRETS if s in said], name
    for name, said in texts(tmp_path).items():
        assert "周**〔甲1〕" in said, name
    machine = (tmp_path / "findings.jsonl").read_text("utf-8")
    assert all(s in machine for s in SECRETS), "machines keep values"
    assert msgspec.json.decode((tmp_path / "summary.json").read_bytes())["run"].get("unmasked") is None
    assert "已作脱敏处理" in texts(tmp_path)["docx"]


def test_unmasked_is_said(tmp_path: Path) -> None:
    findings = planted()
    write_all(tmp_path, findings, [], summary(findings, [], unmasked=True))
    said = texts(tmp_path)
    assert all("周晓明" in text for text in said.values())
    assert "未对自然人信息作脱敏处理" in said["docx"] and "--unmasked" in said["xlsx"]
    assert msgspec.json.decode((tmp_path / "summary.json").read_bytes())["run"]["unmasked"] is True

"""The linter as a whole: places in the written text, spellings that must hide nothing, hostile texts."""

from __future__ import annotations

import time
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.wording import Field, Flaw, lint
from hami_rules.wording.fold import fold
from hami_rules.wording.patterns import load_patterns


def phrases(text: str, field: Field = "materials") -> list[tuple[str, str]]:
    return [(f.kind, f.text) for f in lint(text, field)]


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("其他需要提交的材料", "materials", [("catch_all", "其他需要提交的材料")]),
        ("经营场所照片、租赁合同等证明材料", "materials", [("catch_all", "等证明材料")]),
        ("企业有关资料复印件", "materials", [("vague", "有关资料")]),
        ("相关批文，以及其他凭证", "materials", [("vague", "相关批文"), ("catch_all", "其他凭证")]),
        ("有关规定要求的其他材料", "materials", [("catch_all", "其他材料")]),
        ("身份证、营业执照等两份材料", "materials", []),
        ("公民、法人或者其他组织", "conditions", []),
        ("经批准可适当延长，最长5个工作日", "time_limit", []),
        ("", "notes", []),
        (" \n", "notes", []),
    ],
)
def test_phrases(text: str, field: Field, expected: list[tuple[str, str]]) -> None:
    assert phrases(text, field) == expected


@pytest.mark.parametrize(
    "text",
    [
        "其他相关材料",
        "其 他 相 关 材 料",
        "其　他相关\t材料",
        "其\u200b他相关材料",
        "其他相關材料",
        "其他\n相关材料",
        "  其他相关材料  ",
    ],
)
def test_spelling_hides_nothing(text: str) -> None:
    (flaw,) = lint(text, "materials")
    assert flaw.kind == "catch_all"
    assert text[flaw.start : flaw.end].strip() == text.strip()


def test_half_and_full_width_are_one() -> None:
    for text in ("申请表３至５份", "申请表3至5份", "申请表3～5份"):
        assert [f.text for f in lint(text, "materials")] == [text[3:]]


def test_a_line_break_between_items_ends_a_phrase() -> None:
    assert phrases("1.营业执照\n2.其他\n3.身份证") == [("catch_all", "其他")]


def test_places_count_code_points_of_the_written_text() -> None:
    text = "𠀀𠀀ﬁ（其他材料）"
    (flaw,) = lint(text, "materials")
    assert text[flaw.start : flaw.end] == flaw.text == "其他材料"


def test_a_suggestion_names_the_noun_at_issue() -> None:
    (flaw,) = lint("其他证明文件", "materials")
    assert "证明文件" in flaw.suggestion.zh
    assert flaw.why.zh and flaw.why.en and flaw.suggestion.en


@pytest.mark.parametrize(
    ("text", "field", "why", "suggestion"),
    [
        ("审批机关认为需要提供的材料", "materials", "认为", "逐一列明"),
        ("未尽事宜，由窗口解释", "notes", "没有写到", "事宜"),
        ("清单以外的费用", "fees", "没有写到", "费用"),
        ("证明材料", "materials", "没有说是哪一份", "具体名称"),
        ("窗口要求的材料", "materials", "要求的", "所要求的材料"),
        ("法定期限内办结", "time_limit", "没有写出是几天", "几个工作日"),
        ("由有资质的单位编制", "intermediary", "什么机构", "资质名称"),
    ],
)
def test_the_reason_is_that_of_the_phrase(text: str, field: Field, why: str, suggestion: str) -> None:
    flaw = lint(text, field)[0]
    assert why in flaw.why.zh
    assert "其他" not in flaw.why.zh
    assert suggestion in flaw.suggestion.zh


@pytest.mark.parametrize("field", get_args(Field))
def test_every_suggestion_names_what_is_at_issue(field: Field) -> None:
    for pattern in load_patterns():
        if field in pattern.fields:
            for example in pattern.yes:
                for flaw in lint(example.rpartition("|")[2].replace("«", "").replace("»", ""), field):
                    assert "{" not in flaw.suggestion.zh + flaw.suggestion.en


def test_what_a_text_as_a_whole_fails_to_say_counts_only_alone() -> None:
    assert [f.rule for f in lint("加快办理", "time_limit")] == ["V4.no_figure"]
    assert [f.rule for f in lint("尽快办理", "time_limit")] == ["V4.soon"]
    assert lint("加快办理，3个工作日办结", "time_limit") == []
    assert lint("加快办理", "steps") == []


def test_an_announced_list_is_lost_only_where_nothing_follows() -> None:
    text = "应当同时具备下列条件："
    assert lint(text, "conditions") == []
    assert [f.rule for f in lint(text, "conditions", whole=True)] == ["S.list_lost"]


def check_order(text: str, flaws: list[Flaw]) -> None:
    end = 0
    for flaw in flaws:
        assert end <= flaw.start < flaw.end <= len(text)
        assert text[flaw.start : flaw.end] == flaw.text
        end = flaw.end


def test_a_character_read_as_several_belongs_to_one_phrase() -> None:
    text = "其他等《等ﬁ等其他"
    check_order(text, lint(text, "materials"))


WORDS = ["其他", "等", "有关", "相关", "材料", "的", "、", "，", "（", "）", "《", "》", "“", "”", "按", "规定", "3至5", "份", "左右", "视", "情况", "不得", "如", "：", "一般", "必要", "\n", " ", "證", "ﬁ", "……", "以", "为准", "领导", "与"]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(WORDS) | st.characters(codec="utf-8"), max_size=40).map("".join),
    st.sampled_from(["materials", "conditions", "time_limit", "fees"]),
)
def test_flaws_stand_in_order_inside_the_text(text: str, field: Field) -> None:
    check_order(text, lint(text, field))


@given(st.text())
def test_folding_keeps_places(text: str) -> None:
    folded = fold(text)
    places = [folded.span(i, i + 1) for i in range(len(folded.text))]
    assert all(0 <= s < e <= len(text) for s, e in places)
    assert [s for s, _ in places] == sorted(s for s, _ in places)


@pytest.mark.parametrize(
    "word",
    [
        "其他",
        "等",
        "按规定",
        "(如",
        "由窗口领导",
        "3至",
        "《",
        "相关的",
        "其他,",
        "除",
        "以",
        "符合",
        "能",
        "包括",
        "审批部门可",
        "凡与",
        "的资料",
        "手续",
        "不同情况",
        "、那些",
        "法定",
        "最低3天",
        "第三方",
        "有关",
        "后",
    ],
)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(word: str) -> None:
    """100 kB in well under a minute: anything worse than linear would take hours."""
    text = word * (100_000 // len(word.encode()))
    began = time.monotonic()
    check_order(text, lint(text, "conditions"))
    assert time.monotonic() - began < 60

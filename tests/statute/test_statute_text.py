"""The text: how much of it there is, where it stands, and that a quote is found for what it says."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.statute import (
    STATUTE,
    Address,
    AddressError,
    find_quote,
    hashes,
    load,
    nearest_quote,
    normalise,
)
from hami_rules.statute.text import parse

SEVERAL = {6: 2, 10: 2, 11: 3, 12: 3, 14: 2, 15: 2, 19: 3, 20: 2, 22: 3, 25: 3, 26: 3, 27: 2, 29: 2}
BAN = "政务服务部门不得要求经营主体提交办事服务指南之外的其他材料"


def test_the_regulation_has_52_paragraphs_in_33_articles_in_6_chapters() -> None:
    assert len(STATUTE.paragraphs) == 52
    assert [c.number for c in STATUTE.chapters] == [1, 2, 3, 4, 5, 6]
    counts = Counter(p.article for p in STATUTE.paragraphs)
    assert list(counts) == list(range(1, 34))
    assert {n: c for n, c in counts.items() if c > 1} == SEVERAL
    assert sum(len(c.articles) for c in STATUTE.chapters) == 33


def test_it_names_itself_and_its_dates() -> None:
    assert STATUTE.title == "哈密市经营主体政务服务条例"
    assert (STATUTE.adopted, STATUTE.approved) == (date(2023, 10, 30), date(2023, 11, 23))
    assert STATUTE.in_force == date(2024, 3, 1)
    assert load() is STATUTE


def test_a_paragraph_knows_its_chapter_and_has_no_heading_in_its_text() -> None:
    paragraph = STATUTE.paragraph("14.1")
    assert paragraph.text.startswith("政务服务部门不得要求")
    assert (paragraph.chapter.number, paragraph.chapter.title) == (3, "政务服务办理")
    assert paragraph.chapter.heading == "第三章 政务服务办理"
    assert STATUTE.paragraph("33.1").chapter.heading == "第六章 附则"
    assert not any(p.text.startswith("第") for p in STATUTE.paragraphs)


def test_the_packaged_text_is_the_shared_one() -> None:
    root = Path(__file__).parents[2]
    shared = root.parent / "shared" / "statute" / "hami-2023.txt"
    if not shared.exists():
        pytest.skip("the shared statute text does not stand beside this checkout")
    assert (root / "hami_rules" / "statute" / "hami-2023.txt").read_bytes() == shared.read_bytes()


def test_an_article_of_one_paragraph_is_cited_without_it() -> None:
    assert STATUTE.paragraph("13.1").citation_zh == "第十三条"
    assert STATUTE.paragraph("13.1").citation_en == "Article 13"
    assert STATUTE.paragraph("14.2").citation_zh == "第十四条第二款"
    assert STATUTE.paragraph("14.2").citation_en == "Article 14(2)"
    assert STATUTE.citation("13.1d") == "第十三条"
    assert STATUTE.citation("15.2b.in_full", "en") == "Article 15(2)"
    assert STATUTE.citation("14") == "第十四条"


def test_a_norm_is_found_in_its_paragraph_and_a_lone_paragraph_by_its_article() -> None:
    assert STATUTE.paragraph("15.2b.in_full").address == "15.2"
    assert STATUTE.paragraph(Address(13)).address == "13.1"
    assert [p.address for p in STATUTE.article(11)] == ["11.1", "11.2", "11.3"]


@pytest.mark.parametrize(
    ("address", "suggestion", "words"),
    [
        ("14.3", "14.2", "没有第十四条第三款"),
        ("34.1", "33", "没有第34条"),
        ("14", None, "14.1、14.2"),
    ],
)
def test_an_address_that_the_statute_lacks_is_refused(
    address: str, suggestion: str | None, words: str
) -> None:
    with pytest.raises(AddressError) as error:
        STATUTE.paragraph(address)
    assert error.value.suggestion == suggestion
    assert words in str(error.value)


def test_hashes_name_every_paragraph_and_change_with_what_it_says() -> None:
    pinned = hashes()
    assert len(pinned) == len(set(pinned.values())) == 52
    assert list(pinned)[:2] == ["1.1", "2.1"]
    assert all(len(value) == 16 and int(value, 16) >= 0 for value in pinned.values())

    source = (Path(__file__).parents[2] / "hami_rules/statute/hami-2023.txt").read_text(encoding="utf-8")
    respaced = parse(source.replace("，", ", ").replace("（", " ("))
    assert {p.address: p.hash for p in respaced.paragraphs} == pinned
    assert respaced.hash == STATUTE.hash
    amended = parse(source.replace("重复提供同一份材料", "重复提供材料"))
    changed = [p.address for p in amended.paragraphs if p.hash != pinned[p.address]]
    assert changed == ["14.1"]
    assert amended.hash != STATUTE.hash


def test_a_quote_is_found_with_its_place_in_the_original() -> None:
    found = find_quote(STATUTE, BAN)
    assert found is not None
    assert found.paragraph.address == "14.1"
    assert found.paragraph.text[found.start : found.end] == BAN


@pytest.mark.parametrize(
    ("typed", "original"),
    [
        ("市、区(县)人民政府批准", "市、区（县）人民政府批准"),
        ("市、区 （县）\u3000人民政府\n批准", "市、区（县）人民政府批准"),
        ("市、区（县）人民\u200b政府批准", "市、区（县）人民政府批准"),
        ('"一件事一次办"', "“一件事一次办”"),
        ("「一件事一次办」", "“一件事一次办”"),
        ("｢一件事一次办｣", "“一件事一次办”"),
        ("依托市１２３４５政务服务便民热线", "依托市12345政务服务便民热线"),
        ("咨询、求助、建议和投诉举报,畅通", "咨询、求助、建议和投诉举报，畅通"),
    ],
)
def test_width_space_and_quotation_marks_do_not_matter(typed: str, original: str) -> None:
    found = find_quote(STATUTE, typed)
    assert found is not None
    assert found.paragraph.text[found.start : found.end] == original


@pytest.mark.parametrize(
    "quote", ["政务服务部门不能要求经营主体提交", BAN[:-1] + "科", "第十四条", "", "……", " "]
)
def test_a_quote_that_differs_by_a_character_is_not_found(quote: str) -> None:
    assert find_quote(STATUTE, quote) is None


@pytest.mark.parametrize("dots", ["……", "…", "......", "..."])
def test_an_ellipsis_joins_verbatim_pieces_of_one_paragraph_in_order(dots: str) -> None:
    first, second = "政务服务部门不得要求经营主体提交", "不得要求申请人重复提供同一份材料"
    found = find_quote(STATUTE, first + dots + second)
    assert found is not None
    text = found.paragraph.text
    assert [text[a:b] for a, b in found.spans] == [first, second]
    assert find_quote(STATUTE, second + dots + first) is None
    assert find_quote(STATUTE, first + dots + "本条例自2024年3月1日起施行") is None


def test_a_quote_is_looked_for_in_the_paragraph_that_is_named() -> None:
    assert find_quote(STATUTE.paragraph("14.1"), BAN) is not None
    assert find_quote(STATUTE.paragraph("14.2"), BAN) is None


def test_the_nearest_quote_shows_what_the_statute_says() -> None:
    assert nearest_quote("政务服务部门不能要求经营主体提交办事指南之外的其他材料") == ("14.1", BAN)
    assert nearest_quote("没有法律法规规章依据，不得增设办理条件和环节") == (
        "13.1",
        "没有法律、法规、规章依据，不得增设经营主体政务服务事项的办理条件和环节",
    )
    assert nearest_quote("今天天气很好，我们出去玩") is None
    assert nearest_quote("") is None


SPACES = st.sampled_from(["", " ", "\n", "\u3000", "\u00a0", "\ufeff"])


@given(st.data())
def test_any_passage_is_found_however_it_is_spaced(data: st.DataObject) -> None:
    paragraph = data.draw(st.sampled_from(STATUTE.paragraphs))
    start = data.draw(st.integers(0, len(paragraph.text) - 1))
    end = data.draw(st.integers(start + 1, len(paragraph.text)))
    passage = paragraph.text[start:end]
    typed = "".join(c + data.draw(SPACES) for c in passage)
    found = find_quote(paragraph, typed)
    assert found is not None
    assert normalise(paragraph.text[found.start : found.end]) == normalise(passage)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_importing_the_statute_loads_neither_its_text_nor_anybody_elses_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import hami_rules.statute as s; "
        "new = {m.split('.')[0] for m in set(sys.modules) - before}; "
        "print(sorted(new - sys.stdlib_module_names - {'hami_rules'}), s.load.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "0"]

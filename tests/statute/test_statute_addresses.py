"""Addresses and citations: read as they are written, sorted by number, contained by whole parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.statute import STATUTE, Address, AddressError, parse_citation
from hami_rules.statute.numerals import from_chinese, to_chinese

NUMBERS = st.integers(1, 99)
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
PARTS = st.from_regex(r"\A[a-z][a-z0-9_]{0,12}\Z")


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    depth = draw(st.integers(1, 4))
    return Address(
        draw(NUMBERS),
        draw(NUMBERS) if depth > 1 else None,
        draw(st.none() | LETTERS) if depth > 2 else None,
        draw(PARTS) if depth > 3 else None,
    )


@given(addresses())
def test_an_address_reads_back_as_written(address: Address) -> None:
    assert Address.parse(str(address)) == address
    assert parse_citation(str(address)) == address


@given(addresses(), st.sampled_from(["zh", "en"]))
def test_a_citation_reads_back_to_the_paragraph_cited(address: Address, lang: str) -> None:
    assert parse_citation(address.citation(lang)) == address.at_paragraph


@pytest.mark.parametrize("paragraph", STATUTE.paragraphs, ids=lambda p: p.address)
def test_every_paragraph_is_found_again_by_either_citation(paragraph: object) -> None:
    for citation in (paragraph.citation_zh, paragraph.citation_en):  # type: ignore[attr-defined]
        assert STATUTE.paragraph(parse_citation(citation)) is paragraph


@given(addresses(), addresses())
def test_order_is_by_number_and_total(one: Address, other: Address) -> None:
    assert (one < other) + (one == other) + (one > other) == 1
    if one.article != other.article:
        assert (one < other) == (one.article < other.article)


@given(addresses(), addresses())
def test_a_container_comes_first_and_is_not_contained(one: Address, other: Address) -> None:
    assert one.contains(one)
    if one != other and one.contains(other):
        assert not other.contains(one)
        assert one.citation() == other.citation() or one.paragraph is None


def test_nine_comes_before_ten() -> None:
    texts = ["10.1", "9.1", "15.2b.in_full", "15.2", "15.2b", "15", "15.10", "15.2a"]
    ordered = ["9.1", "10.1", "15", "15.2", "15.2a", "15.2b", "15.2b.in_full", "15.10"]
    assert [str(a) for a in sorted(map(Address.parse, texts))] == ordered


@pytest.mark.parametrize(
    ("outer", "inner", "held"),
    [
        ("1", "11", False),
        ("1", "1.1", True),
        ("14.1", "14.1b", True),
        ("14.1", "14.1b.x", True),
        ("14.1", "14.10", False),
        ("14.1b", "14.1", False),
        ("14.1b", "14.1b", True),
        ("15.2b.in_full", "15.2b.in_full", True),
        ("15.2b.in_full", "15.2b", False),
    ],
)
def test_whole_parts_contain(outer: str, inner: str, held: bool) -> None:
    assert Address.parse(outer).contains(inner) is held


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("第十四条第一款", "14.1"),
        ("第十四条", "14"),
        ("第14条第1款", "14.1"),
        ("第１４条第１款", "14.1"),
        (" 第 14 条 第 1 款 ", "14.1"),
        ("十四条一款", "14.1"),
        ("第三十三条", "33"),
        ("第二十条第二款", "20.2"),
        ("Article 14(1)", "14.1"),
        ("Article 14 (1)", "14.1"),
        ("Article 14（1）", "14.1"),
        ("Art. 14(1)", "14.1"),
        ("art 14.1", "14.1"),
        ("ARTICLE 14", "14"),
        ("14", "14"),
        ("１４．１", "14.1"),
        ("14.1b", "14.1b"),
        ("14.1B", "14.1b"),
        ("14(1)(b)", "14.1b"),
        ("15.2b.in_full", "15.2b.in_full"),
    ],
)
def test_people_cite_in_many_ways(text: str, address: str) -> None:
    assert str(parse_citation(text)) == address


@pytest.mark.parametrize(
    "text", ["", "第条", "第百条", "第十十条", "第一〇条", "0", "014", "100", "14.0", "14.", "b", "第四章"]
)
def test_what_cites_nothing_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="cites no article"):
        parse_citation(text)
    with pytest.raises(AddressError, match="no address"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14.1B", "14.1b"),
        ("第十四条第一款", "14.1"),
        ("14(1)", "14.1"),
        ("１４.1", "14.1"),
        ("14 .1", "14.1"),
    ],
)
def test_an_address_is_read_strictly_and_says_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(AddressError) as error:
        Address.parse(text)
    assert error.value.suggestion == meant
    assert f"是否为“{meant}”" in str(error.value)
    assert f"did you mean “{meant}”" in str(error.value)


def test_numerals_go_both_ways() -> None:
    for number in range(1, 100):
        assert from_chinese(to_chinese(number)) == number
    assert [to_chinese(n) for n in (1, 10, 11, 20, 33, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "三十三",
        "九十九",
    ]
    assert from_chinese("一十四") is None
    for number in (0, 100):
        with pytest.raises(ValueError, match="1 to 99"):
            to_chinese(number)

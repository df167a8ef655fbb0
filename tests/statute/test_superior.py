"""References to superior law: cited as they are written, and none to a place that does not exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.pack.load import load_pack
from hami_rules.pack.rules import Rule
from hami_rules.statute.numerals import from_chinese
from hami_rules.statute.superior import (
    Reference,
    parse_reference,
    superior_citation,
    superior_citations,
    superior_note,
)

PLACES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("superior_places.yaml").read_text(encoding="utf-8")
)
TEXTS = {"722": "order722.md", "716": "order716.md", "行政许可法": "licensing_law.md"}
NUMBERS = st.integers(1, 99)


def paragraphs_of(law: str) -> list[int]:
    """How many paragraphs each article has, in order."""
    return [n for row in PLACES[law]["paragraphs"] for n in row]


def fault(reference: str) -> str | None:
    """What is wrong with a reference: it cannot be read, names what is not there, or is not as exact as it could be."""
    read = parse_reference(reference)
    if read is None or read.law not in PLACES:
        return "no reference"
    paragraphs = paragraphs_of(read.law)
    if read.article > len(paragraphs):
        return "no such article"
    count = paragraphs[read.article - 1]
    if count == 1 and read.paragraph is not None:
        return "the article has one paragraph, which is not numbered"
    if count > 1 and read.paragraph is None:
        return "the article has several paragraphs; say which"
    if (read.paragraph or 1) > count:
        return "no such paragraph"
    place = f"{read.article}.{read.paragraph}" if read.paragraph else str(read.article)
    if (read.item or 0) > PLACES[read.law]["items"].get(place, 0):
        return "no such item"
    return None


@pytest.mark.parametrize(
    ("reference", "zh", "en"),
    [
        ("722:35", "国务院《优化营商环境条例》第三十五条", "State Council Order 722, Article 35"),
        ("722:36.1", "国务院《优化营商环境条例》第三十六条第一款", "State Council Order 722, Article 36(1)"),
        (
            "722:69(9)",
            "国务院《优化营商环境条例》第六十九条第九项",
            "State Council Order 722, Article 69, item 9",
        ),
        (
            "716:7.1",
            "《国务院关于在线政务服务的若干规定》第七条第一款",
            "State Council Order 716, Article 7(1)",
        ),
        (
            "行政许可法:32.1(4)",
            "《行政许可法》第三十二条第一款第四项",
            "Administrative Licensing Law, Article 32(1), item 4",
        ),
        ("会计法:13", "《会计法》第十三条", "会计法, Article 13"),
    ],
)
def test_a_reference_is_cited_by_article_paragraph_and_item(reference: str, zh: str, en: str) -> None:
    assert (superior_citation(reference), superior_citation(reference, "en")) == (zh, en)


@pytest.mark.parametrize(
    "text",
    [
        "《优化营商环境条例》第三十五条",
        "722",
        "722:",
        "722:0",
        "722:100",
        "722:3.",
        "722:3.0",
        "722:3()",
        ":3",
    ],
)
def test_what_is_no_reference_stands_as_it_is(text: str) -> None:
    assert parse_reference(text) is None
    assert (superior_citation(text), superior_citation(text, "en")) == (text, text)


@given(st.sampled_from(sorted(TEXTS)), NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS)
def test_a_reference_reads_back(law: str, article: int, paragraph: int | None, item: int | None) -> None:
    text = f"{law}:{article}" + (f".{paragraph}" if paragraph else "") + (f"({item})" if item else "")
    assert parse_reference(text) == Reference(law, article, paragraph, item)
    numerals = re.findall("第(.+?)[条款项]", parse_reference(text).place())  # type: ignore[union-attr]
    assert [from_chinese(n) for n in numerals] == [n for n in (article, paragraph, item) if n]


def test_several_references_name_each_law_once() -> None:
    references = ("722:3.2", "722:34", "716:1", "见有关规定")
    assert superior_citations(references) == (
        "国务院《优化营商环境条例》第三条第二款、第三十四条；《国务院关于在线政务服务的若干规定》第一条；见有关规定"
    )
    assert superior_citations(references, "en") == (
        "State Council Order 722, Article 3(2), Article 34; State Council Order 716, Article 1; 见有关规定"
    )


@pytest.mark.parametrize(
    "reference",
    [
        "722:73",
        "722:36",
        "722:36.4",
        "722:35.1",
        "722:69(12)",
        "722:35(1)",
        "行政许可法:32(4)",
        "民法典:1",
        "第三条",
    ],
)
def test_a_place_that_is_not_there_is_found_out(reference: str) -> None:
    assert fault(reference) is not None


@pytest.mark.parametrize("rule", [r for r in load_pack().rules if r.superior], ids=lambda r: r.id)
def test_every_reference_of_a_rule_names_a_place_that_exists(rule: Rule) -> None:
    assert {reference: fault(reference) for reference in rule.superior} == dict.fromkeys(rule.superior)
    assert len(set(rule.superior)) == len(rule.superior)
    laws = [parse_reference(r).law for r in rule.superior]  # type: ignore[union-attr]
    assert laws == sorted(laws, key=list(TEXTS).index), "orders before laws, so that each is named once"


def test_articles_named_in_an_interpretation_exist() -> None:
    """国务院令第722号第三十六条第三款 in an interpretation, as well as in the list."""
    cited = re.compile(
        r"(?:第(722|716)号(?:令)?|《(行政许可法)》)第([一二三四五六七八九十]+)条(?:第([一二三四]+)款)?"
    )
    seen = 0
    for rule in load_pack().rules:
        for order, law, article, paragraph in cited.findall(
            rule.interpretation.zh if rule.interpretation else ""
        ):
            paragraphs = paragraphs_of(order or law)
            number = from_chinese(article)
            assert number and number <= len(paragraphs), (rule.id, article)
            assert (from_chinese(paragraph) or 1 if paragraph else 1) <= paragraphs[number - 1], (
                rule.id,
                article,
            )
            seen += 1
    assert seen > 50


@pytest.mark.parametrize("law", sorted(TEXTS))
def test_the_places_are_those_of_the_texts(law: str) -> None:
    root = Path(__file__).parents[2]
    text = root.parent / "shared" / "superior" / TEXTS[law]
    if not text.exists():
        pytest.skip("the texts of superior law do not stand beside this checkout")
    assert counted(text.read_text(encoding="utf-8")) == (paragraphs_of(law), PLACES[law]["items"])


def counted(text: str) -> tuple[list[int], dict[str, int]]:
    """The paragraphs of each article, and the items of each place, of a law as published."""
    articles: list[list[int]] = []
    for line in text.partition("<!-- INFO END -->")[2].splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head = re.match(r"第([一二三四五六七八九十]+)条\s", line)
        if head:
            articles.append([0])
            assert from_chinese(head[1]) == len(articles)
        elif re.match(r"[(（][一二三四五六七八九十]+[)）]", line):
            articles[-1][-1] += 1
        else:
            articles[-1].append(0)
    items = {
        (f"{a}.{p}" if len(found) > 1 else str(a)): n
        for a, found in enumerate(articles, 1)
        for p, n in enumerate(found, 1)
        if n
    }
    return [len(found) for found in articles], items


def test_the_texts_not_encoded_are_named_with_their_days() -> None:
    for words in (
        "新疆维吾尔自治区优化营商环境条例",
        "2025年10月1日",
        "令第222号",
        "2021年10月1日",
        "未对照核查",
    ):
        assert words in superior_note("zh")
    for words in ("2025-10-01", "No. 222", "2021-10-01", "not checked"):
        assert words in superior_note("en")

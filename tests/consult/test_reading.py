"""How a question is read: features, times, places, facts, and what an answer says it rests on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hami_rules.consult.advice import advise, fact_words
from hami_rules.consult.ask import LEAST_ANSWERS, LONGEST, ask
from hami_rules.consult.concepts import concepts, met_in
from hami_rules.consult.features import features
from hami_rules.pack.load import load_pack
from hami_rules.statute import load


def named(text: str) -> set[str]:
    return {m.concept.name for m in met_in(text)}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023年11月办的", date(2023, 11, 1), date(2023, 11, 30)),
        ("二〇二三年十二月", date(2023, 12, 1), date(2023, 12, 31)),
        ("２０２４年２月２９日交的", date(2024, 2, 29), date(2024, 2, 29)),
        ("22年的事", date(2022, 1, 1), date(2022, 12, 31)),
        ("back in 2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("on Feb 3rd, 2024", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024/2/29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_day_before_the_commencement_is_seen(text: str, first: date, last: date) -> None:
    (met,) = [m for m in met_in(text) if m.concept.group == "time"]
    assert (met.concept.name, met.days) == ("before", (first, last))
    assert met.concept.leads_to == "33.1"


@pytest.mark.parametrize(
    "text", ["2024年3月1日", "2024年", "2025-02-28", "March 2024", "二〇二四年三月", "in 2024"]
)
def test_a_day_that_may_be_after_the_commencement_is_not_before_it(text: str) -> None:
    assert named(text) == {"after"}


@pytest.mark.parametrize("text", ["2024年2月30日", "12345", "第20条", "3.5元", "20240301", "共2023份材料"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert not {"before", "after"} & named(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("在乌鲁木齐办的", "elsewhere"),
        ("巴里坤大厅", "barkol"),
        ("in Urumqi", "elsewhere"),
        ("淖毛湖的厂子", "yiwu"),
    ],
)
def test_places(text: str, name: str) -> None:
    assert name in named(text)


def test_an_english_word_is_whole() -> None:
    assert "enterprise" in named("our company")
    assert "enterprise" not in named("accompanying note")


def test_every_fact_of_a_concept_is_a_field_with_such_a_value() -> None:
    import msgspec

    pack = load_pack()
    from hami_rules.consult.advice import _kinds

    for concept in concepts().values():
        for field, value in concept.facts:
            place, _, name = field.rpartition(".")
            if field == "region":
                continue
            kind = _kinds(pack)[place]
            assert msgspec.convert({name: value}, kind.struct, strict=False), field
            assert fact_words(pack, field).zh != field


def test_every_paragraph_that_a_concept_leads_to_exists() -> None:
    for concept in concepts().values():
        if concept.leads_to:
            assert load().paragraph(concept.leads_to)


def test_width_case_and_words() -> None:
    assert features("ＰＤＦ").keys() == features("pdf").keys()
    assert "b:hard copy" in features("a Hard Copy")
    assert features("材料")["材料"] == [(0, 2)]


@given(st.text())
def test_features_stand_where_they_say(text: str) -> None:
    for name, spans in features(text).items():
        for start, end in spans:
            assert 0 <= start < end <= len(text), name


@given(st.text(min_size=1, max_size=60))
def test_any_question_gets_five_answers_that_share_one(text: str) -> None:
    assume(any(c.isalpha() for c in text) and not any(c.isdigit() for c in text))
    found = ask(text)
    assert len(found.answers) == LEAST_ANSWERS
    assert sum(a.score for a in found.answers) + found.outside <= 1.001
    assert [a.score for a in found.answers] == sorted((a.score for a in found.answers), reverse=True)
    for answer in found.answers:
        for start, end in answer.phrases:
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", ["", "  ", "？！", "123456", "😀"])
def test_a_question_without_words_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        ask(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("第十四条第二款讲什么", "14.2"),
        ("14.1", "14.1"),
        ("本条例第8条", "8.1"),
        ("What does Article 22(2) say?", "22.2"),
        ("第十六条", "16.1"),
    ],
)
def test_a_paragraph_that_is_named_comes_first(text: str, first: str) -> None:
    found = ask(text)
    assert (found.governed, found.unsure, found.answers[0].address) == (True, False, first)


@pytest.mark.parametrize("text", ["民法典第一千条怎么说的", "行政许可法第三十二条要求一次告知吗"])
def test_an_article_of_another_law_is_not_ours(text: str) -> None:
    from hami_rules.consult.ask import _named

    assert not _named(text)


@pytest.mark.parametrize(
    "text",
    [
        "公司2020年成立，今天来变更", "租赁合同是2022年签的", "在哈密开兰州拉面馆", "北京来的老板在伊州区注册",
        "乌鲁木齐银行哈密分行", "乌鲁木齐的公司在哈密办",
    ],
)  # fmt: skip
def test_where_somebody_comes_from_and_when_he_began_is_no_scope(text: str) -> None:
    assert not {"before", "elsewhere"} & named(text)


def test_a_long_question_is_read_to_a_limit() -> None:
    assert ask("电" * (LONGEST * 3)).answers == ask("电" * LONGEST).answers


def test_nothing_known_is_unsure() -> None:
    assert ask("zzzzqqq").unsure


def test_what_is_given_and_what_is_missing() -> None:
    asked = ask("网上传了电子执照，窗口还要我另外交一份纸质的")
    advice = advise(asked, asked.answers[0], load_pack())
    first = advice.norms[0]
    assert (advice.address, first.id) == ("16.1", "16.1d")
    assert first.quote in load().paragraph("16.1").text
    assert ("applications.demands.form", "纸质") in [(f.field, f.value.zh) for f in first.given if f.value]
    assert "applications.submissions.verification" in [f.field for f in first.missing]
    assert "applications.demands.form" not in [f.field for f in first.missing]
    assert any("营商环境条例" in words.zh for _, words in advice.related)


def test_an_internal_clue_is_no_condition_of_the_law() -> None:
    from hami_rules.consult.advice import _norm

    said = _norm("31.1", load_pack(), ())
    assert said is not None
    assert {rule.id for rule in said.rules} == {"31.1", "31.1.crime"}


def test_every_norm_can_be_advised_on() -> None:
    pack = load_pack()
    from hami_rules.consult.advice import _norm

    for norm in pack.data.norms:
        said = _norm(norm.id, pack, ())
        assert said is not None
        assert said.quote
        assert said.rules
        assert not said.given

"""Materials by name: what counts as the same, what names nothing, and what a dated, scoped alias settles."""

from __future__ import annotations

import timeit
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.records.materials import AliasTable, normalise_name, same_material
from hami_rules.records.reference import Alias

DAY = date(2024, 6, 3)

names = st.lists(
    st.sampled_from(
        ["身份证", "《", "》", "（", "）", "(", ")", "复印件", "原件", "加盖公章", "一式三份", "2份", "第二份", " ", "。", "；",
         "、", "正本", "申请表", "A", "ａ", "等", "其他", "材料", "及", "的", "㎡", "ﬁ", "İ"]
    )
    | st.characters(codec="utf-8"),
    max_size=8,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《营业执照》", "营业执照"),
        ("身份证（复印件）", "身份证"),
        ("身份证复印件(加盖公章)", "身份证"),
        ("身份证原件及复印件", "身份证"),
        ("项目申请报告一式三份", "项目申请报告"),
        ("项目申请报告（一式3份，加盖单位公章）", "项目申请报告"),
        ("授权委托书（原件1份）", "授权委托书"),
        ("情况说明（加盖企业公章）", "情况说明"),
        ("律师资格证书的复印件", "律师资格证书"),
        ("ＩＳＯ９００１ 证书", "iso9001证书"),
        ("法人证书 。", "法人证书"),
    ],
)
def test_form_and_spelling_do_not_make_another_material(one: str, other: str) -> None:
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("营业执照正本", "营业执照副本"),
        ("营业执照", "电子营业执照"),
        ("学历证书", "学历证书公证书"),
        ("合同第二份", "合同"),
        ("身份证（法定代表人）", "身份证（经办人）"),
        ("居民身份证", "身份证"),
    ],
)
def test_what_may_be_another_material_keeps_its_name(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


@pytest.mark.parametrize("name", ["复印件", "原件", "2份", "（盖章）"])
def test_a_form_word_alone_stays_a_name(name: str) -> None:
    assert normalise_name(name)


@given(names)
def test_normalising_twice_changes_nothing(name: str) -> None:
    once = normalise_name(name)
    assert normalise_name(once) == once


def test_same_material_by_codes_or_identical_names_only() -> None:
    assert same_material("c:A", "c:A") is True
    assert same_material("c:A", "c:B") is False
    assert same_material("n:身份证", "n:身份证") is True
    assert same_material("n:身份证", "n:居民身份证") is None
    assert same_material("c:A", "n:身份证") is None
    assert same_material(None, "c:A") is None
    assert same_material(None, None) is None


def alias(**given_: object) -> Alias:
    base = {"alias": "身份证明", "material_code": "A", "valid_from": date(2024, 1, 1), "open_ended": True}
    return Alias(**{**base, **given_})  # type: ignore[arg-type]


def test_a_code_a_name_or_nothing() -> None:
    table = AliasTable([])
    assert table.resolve("身份证复印件", "A", DAY, None, None) == "c:A"
    assert table.resolve("身份证复印件", None, DAY, None, None) == "n:身份证"
    assert table.resolve(None, None, DAY, None, None) is None
    assert table.resolve(" ", None, DAY, None, None) is None


def test_an_alias_is_met_in_any_spelling_on_its_days_only() -> None:
    table = AliasTable([alias(valid_to=date(2024, 12, 31), open_ended=None)])
    for day, key in [
        (date(2023, 12, 31), "n:身份证明"),
        (date(2024, 1, 1), "c:A"),
        (date(2024, 12, 31), "c:A"),
        (date(2025, 1, 1), "n:身份证明"),
        (None, "n:身份证明"),
    ]:
        assert table.resolve("《身份证明》（复印件）", None, day, "650502", "O") == key


def test_an_alias_without_dates_settles_nothing_and_is_listed() -> None:
    undated = alias(valid_from=None)
    endless = alias(open_ended=None)
    table = AliasTable([undated, endless, alias(alias="护照")])
    assert table.resolve("身份证明", None, DAY, None, None) == "n:身份证明"
    assert table.undated == (undated, endless)


def test_the_narrower_scope_counts_and_an_unknown_scope_may_overrule() -> None:
    table = AliasTable([alias(), alias(material_code="B", region="650502")])
    assert table.resolve("身份证明", None, DAY, "650502", None) == "c:B"
    assert table.resolve("身份证明", None, DAY, "650521", None) == "c:A"
    assert table.resolve("身份证明", None, DAY, None, None) == "n:身份证明"


def test_aliases_that_disagree_settle_nothing() -> None:
    table = AliasTable([alias(), alias(material_code="B")])
    assert table.resolve("身份证明", None, DAY, None, None) == "n:身份证明"


scopes = st.sampled_from([None, "r", "s"])
days = st.sampled_from([None, date(2024, 1, 1), DAY, date(2025, 1, 1)])


@given(
    st.lists(
        st.builds(
            alias,
            material_code=st.sampled_from(["A", "B"]),
            region=scopes,
            organ_code=scopes,
            valid_from=days,
            valid_to=days,
            open_ended=st.sampled_from([None, True]),
        ),
        max_size=4,
    ),
    scopes, scopes, days, st.sampled_from(["r", "s"]), st.sampled_from(["r", "s"]), st.just(DAY),
)  # fmt: skip
def test_filling_in_an_unknown_never_changes_a_code(
    aliases: list[Alias], region: str | None, organ: str | None, day: date | None, r: str, o: str, d: date
) -> None:
    table = AliasTable(aliases)
    before = table.resolve("身份证明", None, day, region, organ)
    after = table.resolve("身份证明", None, day or d, region or r, organ or o)
    assert before == after or before == "n:身份证明"


def test_a_warm_resolve_takes_less_than_a_microsecond() -> None:
    table = AliasTable([alias()])
    for name, code in (("营业执照（加盖公章）", None), ("身份证明", None), (None, "A")):
        run = lambda name=name, code=code: table.resolve(name, code, DAY, "650502", "O")  # noqa: E731
        assert min(timeit.repeat(run, number=10_000, repeat=5)) / 10_000 < 1e-6

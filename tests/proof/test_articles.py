"""The page of articles is the one that the rules give, and it leaves none out."""

from __future__ import annotations

from pathlib import Path

from hami_rules.pack.load import load_pack
from hami_rules.proof.articles import ARTICLES, articles_page
from hami_rules.proof.describe import in_words

ROOT = Path(__file__).parents[2]


def test_the_page_is_in_step_with_the_rules() -> None:
    assert (ROOT / ARTICLES).read_text(encoding="utf-8") == articles_page(load_pack()), "run: make generated"


def test_every_norm_and_every_rule_is_there_with_what_a_reader_must_know() -> None:
    pack, page = load_pack(), articles_page(load_pack())
    assert [n.id for n in pack.data.norms if f"**{n.id}**　" not in page] == []
    for rule in pack.rules:
        assert f"- **`{rule.id}` {rule.title.zh}**" in page
        for said in (rule.interpretation, rule.over_reports, rule.under_reports):
            assert said is None or f"：{said.zh}" in page, rule.id
        if rule.remedy:
            assert f"  - 整改：{in_words(pack, rule, rule.remedy, 'zh')}\n" in page, rule.id
    assert [a for a in range(1, 34) if f"## 第{_zh(a)}条\n" not in page] == []


def test_a_reader_sees_which_norm_counts_a_shared_fact() -> None:
    page = articles_page(load_pack())
    step = page[page.index("- **`3.1b`") :].split("\n\n")[0]
    assert "竞合时让位于：13.1d、13.1e\n" in step


def _zh(number: int) -> str:
    digits = "一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else digits[tens - 1]) + "十" if tens else "") + (
        digits[ones - 1] if ones else ""
    )

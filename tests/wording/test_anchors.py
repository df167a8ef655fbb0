"""Anchors: what must stand in a text before an expression can match, and that passing over the rest loses nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.wording.anchors import Index, anchors
from hami_rules.wording.fold import fold
from hami_rules.wording.patterns import (
    index_masks,
    index_patterns,
    load_masks,
    load_patterns,
    load_shields,
    read_data,
)

CLASSES = {"paper": frozenset({"材料", "证件"}), "x": None}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("其他", [{"其他"}]),
        ("其他?", [{"其"}]),
        ("(?:其他|其它)材料", [{"其他", "其它"}, {"材料"}]),
        ("(?P<t>其他)?材料", [{"材料"}]),
        ("(?P<s>按{x}{0,4}{paper})", [{"按"}, {"材料", "证件"}]),
        ("(?:有|{x})", []),
        ("(?<!不)等(?!级)", [{"等"}]),
        ("(?<=合同)等", [{"合同"}, {"等"}]),
        ("(?=$|[,;])", []),
        (r"\({2}", [{"("}]),
        (r"[0-9]元|\d角", [{"元", "角"}]),
        ("(?P<a>甲乙)的(?P=a)", [{"甲乙"}, {"的"}]),
        ("x{2,}", [{"x"}]),
        ("视(?:情况){0,2}", [{"视"}]),
        ("[按依]照的话", [{"照的话"}, {"按", "依"}]),
    ],
)
def test_the_rarest_words_that_every_match_holds(source: str, expected: list[set[str]]) -> None:
    assert list(anchors(source, CLASSES)) == expected


def test_an_index_gives_what_a_text_may_concern_in_order() -> None:
    index = Index(
        [("a", (frozenset("乙"),)), ("b", ()), ("c", (frozenset({"甲丙", "丁"}), frozenset("戊己")))]
    )
    assert index.candidates("甲乙") == ["a", "b"]
    assert index.candidates("甲丙乙") == ["a", "b"]
    assert index.candidates("甲丙乙己") == ["a", "b", "c"], "the rest may begin there"
    assert index.candidates("") == ["b"]


def test_every_pattern_has_an_anchor() -> None:
    assert index_patterns().candidates("") == []


def test_every_entry_is_an_expression() -> None:
    for entry in (*load_patterns(), *load_masks(), *load_shields().values()):
        assert isinstance(entry.find, re.Pattern)


def check_nothing_is_lost(text: str) -> None:
    folded = fold(text).text
    assert [p for p in load_patterns() if p.find.search(folded)] == [
        p for p in index_patterns().candidates(folded) if p.find.search(folded)
    ]
    assert [m for m in load_masks() if m.find.search(folded)] == [
        m for m in index_masks().candidates(folded) if m.find.search(folded)
    ]


def test_nothing_is_lost_in_the_examples() -> None:
    for entry in (*load_patterns(), *load_masks(), *load_shields().values()):
        for example in (*getattr(entry, "yes", ()), *getattr(entry, "no", ()), *getattr(entry, "clean", ())):
            check_nothing_is_lost(example.rpartition("|")[2].replace("«", "").replace("»", ""))


WORDS = sorted({word for words in read_data("lexicon")["words"].values() for word in words})
MARKS = ["的", "、", "，", "（", "）", "《", "》", "按", "等", "如", "：", "3", "至", "元", "…", "以", "为准"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(MARKS), max_size=12).map("".join))
def test_nothing_is_lost_in_made_up_texts(text: str) -> None:
    check_nothing_is_lost(text)

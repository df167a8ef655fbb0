"""What `hami show` tells around a provision."""

from __future__ import annotations

from pathlib import Path

import pytest

from hami_rules import statute
from hami_rules.pack.load import load_pack
from hami_rules.proof.related import (
    concurrent,
    governed,
    neighbours,
    questions,
    referred_to_by,
    refers_to,
    related_lines,
    scoped_by,
)
from hami_rules.statute import Address


def at(text: str) -> Address:
    return Address.parse(text)


@pytest.mark.parametrize(
    ("address", "beside"),
    [
        ("14.1", ["13.1", "14.2"]),
        ("14.1b", ["13.1", "14.2"]),
        ("14", ["13", "15"]),
        ("1", ["2"]),
        ("33.1", ["32.1"]),
    ],
)
def test_neighbours(address: str, beside: list[str]) -> None:
    assert [str(a) for a in neighbours(at(address))] == beside


def test_references_go_both_ways_and_not_to_other_laws() -> None:
    pack = load_pack()
    assert at("11.3") in refers_to(pack, at("14.1"))
    for paragraph in statute.load().paragraphs:
        here = at(paragraph.address)
        for other in refers_to(pack, here):
            back = [a for p in statute.load().paragraphs if other.contains(a := at(p.address))] or [other]
            assert any(here in referred_to_by(pack, a) for a in back), (here, other)
    # 第六十九条 of Order 722 is cited there, and there is no such article here; nor does 第七十二条 lead to one.
    assert all(a.article <= 33 for a in refers_to(pack, at("32.1")))
    # Article 7(1) is Order 716's there.
    assert not [a for a in refers_to(pack, at("14.1b")) if a.article == 7]


def test_concurrent_rules_are_told_on_both_sides() -> None:
    pack = load_pack()
    assert "14.1a > 22.1b" in concurrent(pack, at("14.1")) and "14.1a > 22.1b" in concurrent(pack, at("22.1"))
    assert "31.1 > 32.1" in concurrent(pack, at("31.1")) and "31.1 > 32.1" in concurrent(pack, at("32"))


def test_scope_rules_are_told_on_both_sides() -> None:
    pack = load_pack()
    assert scoped_by(pack, at("14.1a")) == ["2.1", "5.1b.conduct", "33.1"]
    (said,) = governed(pack, at("33.1"), "zh")
    assert said.startswith(f"{len(pack.bound)} 条规则")
    assert governed(pack, at("14.1"), "zh") == []


def test_three_questions_by_voice(tmp_path: Path) -> None:
    (tmp_path / "exemplars").mkdir()
    rows = [
        ("14.1", "14.1b", "spoken", "甲"), ("14.1", "14.1a", "story", "乙"), ("14.2", "14.2", "story", "丙"),
        ("14.1", "14.1a", "story", "丁"), ("14.1", "14.1a", "english", "E"), ("4.1", "4.1a", "formal", "戊"),
        ("14.1", "14.1a", "formal", "己"), ("14.1", "14.1a", "outside", "庚"),
    ]  # fmt: skip
    (tmp_path / "exemplars" / "a.jsonl").write_text(
        "".join(
            f'{{"address": "{a}", "norms": ["{n}"], "voice": "{v}", "text": "{t}"}}\n' for a, n, v, t in rows
        ),
        "utf-8",
    )
    assert questions(tmp_path, at("14.1")) == ["乙", "甲", "己"]
    assert questions(tmp_path, at("14.1b")) == ["甲"]
    assert questions(tmp_path, at("14"), limit=9) == ["乙", "甲", "己", "丙", "丁"]
    assert questions(tmp_path, at("14.1"), "en") == ["E"]
    assert questions(tmp_path / "none", at("14.1")) == []
    lines = list(related_lines(load_pack(), at("14.1"), tmp_path, "zh"))
    assert lines[0] == "前后：第十三条 [13.1]、第十四条第二款 [14.2]"
    assert lines[-4:] == ["回答这样的问题：", "  · 乙", "  · 甲", "  · 己"]

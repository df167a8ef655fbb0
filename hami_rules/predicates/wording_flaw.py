"""Vague and catch-all wording of guides (第十一条第三款); the records are made in `derive/phrases.py`."""

from __future__ import annotations

from hami_rules.records.labels import label
from hami_rules.records.text import Text

from .registry import about, predicate

wording_flaw = about("wording_flaw")
_SINGLE = str.maketrans("“”", "‘’")


@wording_flaw.fact("问题用语及其所在")
def phrase_place(field: str, whole_text: str, phrase: str) -> Text:
    """The phrase and the text it stands in; the text once, where it is nothing but the phrase."""
    zh, en = label(field, "zh") or field, label(field, "en") or field
    whole, part = whole_text.translate(_SINGLE), phrase.translate(_SINGLE)
    if whole == part:
        return Text(f"{zh}“{part}”", f"“{part}” in {en}")
    return Text(f"{zh}“{whole}”中的“{part}”", f"“{part}” in {en} “{whole}”")


@predicate("是模糊性表述")
def is_vague(defect: str) -> bool:
    """The phrase leaves open what, how many, how much, when or who decides."""
    return defect == "vague"


@predicate("是兜底条款")
def is_catch_all(defect: str) -> bool:
    """The phrase leaves a list open."""
    return defect == "catch_all"


@predicate("确有把握")
def surely_a_flaw(confidence: str) -> bool:
    """The linter is sure of the phrase."""
    return confidence == "high"

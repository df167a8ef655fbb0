"""The lexicon, the patterns and the exclusions are tested by the examples that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from typing import get_args

import pytest

from hami_rules.wording import Field, lint
from hami_rules.wording.fold import fold
from hami_rules.wording.lint import Reading, hits
from hami_rules.wording.patterns import compile_find, load_masks, load_patterns, load_shields, read_data


def read_example(example: str) -> tuple[Field, str, tuple[int, int] | None]:
    """`field| text with «the phrase» marked` → the field, the plain text, and where the phrase stands."""
    field, _, rest = example.rpartition("|")
    text = rest.strip()
    found = re.search("«(.*)»", text)
    span = None if found is None else (found.start(), found.end() - 2)
    return field or "materials", text.replace("«", "").replace("»", ""), span  # type: ignore[return-value]


def positives() -> Iterator[tuple[str, str]]:
    yield from ((p.id, example) for p in load_patterns() for example in p.yes)


def negatives() -> Iterator[tuple[str, str]]:
    for entry in (*load_patterns(), *load_masks(), *load_shields().values()):
        for example in getattr(entry, "no", None) or getattr(entry, "clean", ()):
            yield entry.id, example


@pytest.mark.parametrize(("pattern", "example"), list(positives()))
def test_a_pattern_finds_exactly_its_phrase(pattern: str, example: str) -> None:
    """By itself; beside the others the phrase is found too, perhaps wider or by another pattern of its kind."""
    field, text, span = read_example(example)
    assert span is not None, "the phrase is not marked"
    (by_itself,) = (p for p in load_patterns() if p.id == pattern)
    assert field in by_itself.fields
    folded = fold(text)
    assert span in [folded.span(h.start, h.end) for h in hits(by_itself, Reading(folded.text))]
    found = [f for f in lint(text, field, whole=True) if f.start < span[1] and span[0] < f.end]
    assert by_itself.family.kind in [f.kind for f in found]


def test_traditional_characters_hide_nothing() -> None:
    """Every example written in traditional characters is found as it is in simplified ones."""
    pairs = [
        pair
        for pair in resources.files("hami_rules.wording")
        .joinpath("traditional.txt")
        .read_text("utf-8")
        .split()
        if not pair.startswith("#")
    ]
    traditional = {ord(pair[1]): pair[0] for pair in reversed(pairs)}
    for _, example in positives():
        field, text, _ = read_example(example)
        places = [(f.kind, f.start, f.end) for f in lint(text, field, whole=True)]
        written = text.translate(traditional)
        assert [(f.kind, f.start, f.end) for f in lint(written, field, whole=True)] == places, written


@pytest.mark.parametrize(("entry", "example"), list(negatives()))
def test_what_is_no_defect_stays_clean(entry: str, example: str) -> None:
    field, text, _ = read_example(example)
    assert lint(text, field, whole=True) == []


def test_every_entry_has_an_example() -> None:
    assert [p.id for p in load_patterns() if not p.yes] == []
    assert [e.id for e in (*load_masks(), *load_shields().values()) if not e.clean] == []


def test_names_are_unique_and_every_shield_is_used() -> None:
    names = [e.id for e in (*load_patterns(), *load_masks(), *load_shields().values())]
    assert sorted(names) == sorted(set(names))
    used = {s.id for p in load_patterns() for s in p.unless}
    assert set(load_shields()) - used == set()


def test_fields_named_by_examples_exist() -> None:
    fields = set(get_args(Field))
    assert {read_example(e)[0] for _, e in (*positives(), *negatives())} <= fields


def test_an_unknown_word_class_is_named() -> None:
    with pytest.raises(ValueError, match=r"C9\.new: no word class 'papers'"):
        compile_find("其他{papers}", "C9.new")


def test_a_broken_expression_is_named() -> None:
    with pytest.raises(ValueError, match=r"C9\.new"):
        compile_find("其他(", "C9.new")


def test_every_word_class_is_used() -> None:
    written = str(read_data("patterns")) + str(read_data("exclusions"))
    named = {n for group in re.findall(r"\{([a-z_|]+)\}", written) for n in group.split("|")}
    assert set(read_data("lexicon")["words"]) - named == set()

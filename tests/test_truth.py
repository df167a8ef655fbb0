"""Kleene's three values with `error` as a fourth: no order of evaluation may matter, and the verdict table is whole."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.truth import ERROR, Truth, all_of, any_of, negate, verdict

VALUES: tuple[Truth, ...] = (True, False, None, ERROR)
TRUTHS = st.lists(st.sampled_from(VALUES), max_size=6)
SEVERAL = settings(max_examples=200, deadline=None)

# What `and` gives for each pair; `or` is its mirror (De Morgan).
AND: dict[tuple[Truth, Truth], Truth] = {
    (True, True): True,
    (True, False): False,
    (True, None): None,
    (True, ERROR): ERROR,
    (False, False): False,
    (False, None): False,
    (False, ERROR): False,
    (None, None): None,
    (None, ERROR): ERROR,
    (ERROR, ERROR): ERROR,
}


@pytest.mark.parametrize(("pair", "expected"), AND.items(), ids=str)
def test_and_or_of_two(pair: tuple[Truth, Truth], expected: Truth) -> None:
    a, b = pair
    assert all_of([a, b]) is all_of([b, a]) is expected
    mirrored = negate(any_of([negate(a), negate(b)]))
    assert mirrored is expected


def test_the_table_of_pairs_is_whole() -> None:
    assert {frozenset((a, b)) for a, b in product(VALUES, VALUES)} == {frozenset(p) for p in AND}


def test_of_nothing_and_of_one() -> None:
    assert all_of([]) is True
    assert any_of([]) is False
    for value in VALUES:
        assert all_of([value]) is any_of([value]) is value
    assert [negate(v) for v in VALUES] == [False, True, None, ERROR]


@SEVERAL
@given(TRUTHS, st.randoms(use_true_random=False))
def test_order_never_matters(values: list[Truth], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert all_of(shuffled) is all_of(values)
    assert any_of(shuffled) is any_of(values)


@SEVERAL
@given(TRUTHS, TRUTHS)
def test_grouping_never_matters(left: list[Truth], right: list[Truth]) -> None:
    assert all_of([all_of(left), all_of(right)]) is all_of(left + right)
    assert any_of([any_of(left), any_of(right)]) is any_of(left + right)


@SEVERAL
@given(TRUTHS, st.data())
def test_filling_in_an_unknown_never_turns_a_known_result(values: list[Truth], data: st.DataObject) -> None:
    filled = [data.draw(st.sampled_from((True, False, None))) if v is None else v for v in values]
    for join in (all_of, any_of):
        before = join(values)
        if isinstance(before, bool):
            assert join(filled) is before


def _by_the_table(a: Truth, v: Truth, u: Truth) -> str:
    """The table of the design, row by row; `error` where nothing decides and one of the three raised."""
    if a is False:
        return "not_applicable"
    if v is False:
        return "compliant"
    if u is True:
        return "compliant"
    if ERROR in (a, v, u):
        return "error"
    if (a, v, u) == (True, True, False):
        return "violated"
    return "undetermined"


@pytest.mark.parametrize("parts", list(product(VALUES, repeat=3)), ids=str)
def test_the_verdict_table(parts: tuple[Truth, Truth, Truth]) -> None:
    assert verdict(*parts) == _by_the_table(*parts)


def test_the_verdict_table_names_its_rows() -> None:
    """A few rows spelled out, so that the reckoning above is not the only witness."""
    assert verdict(True, True, False) == "violated"
    assert verdict(True, True, None) == "undetermined"
    assert verdict(True, True, True) == "compliant"
    assert verdict(None, True, False) == "undetermined"
    assert verdict(None, True, True) == "compliant"
    assert verdict(None, False, None) == "compliant"
    assert verdict(True, None, False) == "undetermined"
    assert verdict(False, True, False) == "not_applicable"
    assert verdict(False, ERROR, ERROR) == "not_applicable"
    assert verdict(ERROR, False, ERROR) == "compliant"
    assert verdict(True, ERROR, None) == "error"


@pytest.mark.parametrize("parts", list(product((True, False, None), repeat=3)), ids=str)
def test_refinement_of_verdicts(parts: tuple[Truth, Truth, Truth]) -> None:
    """Filling in unknowns: violated stays, compliant may only become not_applicable, not_applicable stays."""
    allowed = {
        "violated": {"violated"},
        "compliant": {"compliant", "not_applicable"},
        "not_applicable": {"not_applicable"},
        "undetermined": {"violated", "compliant", "not_applicable", "undetermined"},
    }[verdict(*parts)]
    for filled in product(*((True, False) if p is None else (p,) for p in parts)):
        assert verdict(*filled) in allowed

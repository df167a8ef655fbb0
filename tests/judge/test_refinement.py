"""The refinement law on the whole pack: filling in an unknown may turn `undetermined` into anything; `violated`
stays; `compliant` may only become `not_applicable`; `not_applicable` stays.

This is what "unknown is never false" means. The records are the complete world changed at random; some of their
facts are then made unknown, and both worlds are judged. An error in either is no matter of this law.
"""

from __future__ import annotations

from changed_records import (
    Place,
    a_judge,
    blank,
    change,
    changes,
    copy_of,
    forgotten,
    fresh,
    may_be_unknown,
    places,
    put_straight,
    scene,
    the_cases,
    the_pack,
    unknowable,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import force_setattr

from hami_rules.proof.cases import Case, Scene, scene_of

STAYS = {
    "violated": {"violated", "error"},
    "compliant": {"compliant", "not_applicable", "error"},
    "not_applicable": {"not_applicable", "error"},
}
Verdicts = dict[tuple[str, str, str], str]


def verdicts(found: Scene) -> Verdicts:
    """The verdict of every rule on every record: (rule, kind, key) → verdict."""
    judge = a_judge()
    return {
        (bound.rule.id, frame.kind, frame.key): judge.verdict(bound, frame)
        for kind, record in found.records
        if judge.needed(kind)
        for frame in judge.frames(kind, record, found.world)
        for bound in judge.by_kind.get(frame.kind, ())
    }


def broken(before: Verdicts, after: Verdicts) -> list[str]:
    """Where filling in turned a settled verdict; a violated one may not even vanish.

    Records of equal key are told apart by their content, in its order (`~1`, `~2`): which is which may change.
    """
    return [
        f"{rule} on {key}: {verdict} became {after.get((rule, kind, key), 'nothing')}"
        for (rule, kind, key), verdict in before.items()
        if "~" not in key and ((rule, kind, key) in after or verdict == "violated")
        if after.get((rule, kind, key), "nothing")
        not in STAYS.get(verdict, {*STAYS, "undetermined", "error"})
    ]


CANDIDATES = [p for p in places() if may_be_unknown(p)]
NEAR = [p for p in CANDIDATES if p.table in ("applications", "guides")]


@st.composite
def fillings(draw: st.DrawFn) -> tuple[list[tuple[Place, object]], list[Place]]:
    """Changes to the base, and the places that were unknown before: most of them among those that were changed, so
    that an unknown is filled in with another value than the peaceful one of the base."""
    changed = draw(changes(8))
    own = [place for place, _ in changed if may_be_unknown(place)]
    unknown = [place for place in own if draw(st.integers(0, 3))]
    unknown += draw(st.lists(st.one_of(st.sampled_from(NEAR), st.sampled_from(CANDIDATES)), max_size=3))
    return changed, unknown or [draw(st.sampled_from(NEAR))]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(fillings())
def test_filling_in_an_unknown_keeps_what_was_settled(
    filling: tuple[list[tuple[Place, object]], list[Place]],
) -> None:
    changed, unknown = filling
    known = fresh()
    for place, value in changed:
        change(known, place, value)
    for rows in known.values():
        for row in rows:
            put_straight(row)
    less = copy_of(known)
    for place in unknown:
        blank(less, place)
    assert broken(verdicts(scene(less)), verdicts(scene(known))) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes(4), st.sampled_from([p for p in NEAR if p.field in ("demands", "submissions", "steps", "materials", "bases")]), st.integers(0, 3))  # fmt: skip
def test_naming_the_missing_rows_of_a_partial_list_keeps_what_was_settled(
    changed: list[tuple[Place, object]], place: Place, row: int
) -> None:
    known = fresh()
    for at, value in changed:
        change(known, at, value)
    less = copy_of(known)
    record = place.find(less)
    rows = None if record is None else getattr(record, place.field)
    if rows:
        del rows[row % len(rows)]
        force_setattr(record, "partial", (*record.partial, place.field))
    assert broken(verdicts(scene(less)), verdicts(scene(known))) == []


@st.composite
def forgettings(draw: st.DrawFn) -> tuple[Case, list[Place]]:
    """A case and some of the facts it gives, which nobody said."""
    case = draw(st.sampled_from(the_cases()))
    return case, draw(st.lists(st.sampled_from(unknowable(case)), min_size=1, max_size=4))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(forgettings())
def test_telling_what_was_left_out_of_a_case_keeps_what_was_settled(
    forgetting: tuple[Case, list[Place]],
) -> None:
    case, unknown = forgetting
    before = verdicts(scene_of(forgotten(case, unknown), the_pack()))
    assert broken(before, verdicts(scene_of(case, the_pack()))) == []

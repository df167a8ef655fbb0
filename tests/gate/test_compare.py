"""New, unchanged, changed, gone: by names and codes, whatever moved."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.gate.baseline import update
from hami_rules.gate.compare import compare, known
from hami_rules.judge.findings import Finding, Text
from hami_rules.records.location import Location


def finding(
    n: int, state: str = "s", verdict: str = "violated", grade: str | None = "violation", line: int = 1
) -> Finding:
    return Finding(
        id=f"11.3d:{n}", state=state, rule="11.3d", address="11.3", citation=Text("第十一条第三款", "Article 11(3)"),
        quote="", verdict=verdict, grade=grade, title=Text("t", "t"), message=Text(f"问题{n}", f"{n}"),  # type: ignore[arg-type]
        record_kind="guide", record_key=str(n), record_label=Text(f"指南{n}", f"guide {n}"), organ_code="SJ",
        location=Location("a.yaml", line, 1),
    )  # fmt: skip


def statuses(now: list[Finding], before: list[Finding]) -> tuple[list[str | None], list[str]]:
    items, gone = compare(now, known(before))
    return [g.status for g in items], [k.id for k in gone]


def test_moved_and_reordered_is_unchanged() -> None:
    before = [finding(1, line=3), finding(2, line=9)]
    assert statuses([finding(2, line=40), finding(1, line=1)], before) == (["unchanged", "unchanged"], [])


def test_other_evidence_is_changed_and_what_left_is_gone() -> None:
    assert statuses([finding(1, state="t"), finding(3)], [finding(1), finding(2)]) == (
        ["changed", "new"],
        ["11.3d:2"],
    )


def test_what_was_open_and_is_now_a_breach_is_new() -> None:
    before = [finding(1, "u", "undetermined", None)]
    assert statuses([finding(1)], before) == (["new"], [])
    assert statuses([finding(1, "u", "undetermined", None)], [finding(1)]) == (["changed"], [])
    assert statuses([finding(1, grade="shortfall")], [finding(1)]) == (["unchanged"], [])


def test_a_record_with_another_key_is_known_by_what_is_said_of_it() -> None:
    now = msgspec.structs.replace(finding(1), id="11.3d:2026")
    assert statuses([now], [finding(1)]) == (["unchanged"], [])
    other = msgspec.structs.replace(now, organ_code="RSJ")
    assert statuses([other], [finding(1)]) == (["new"], ["11.3d:1"])


def test_one_known_finding_excuses_one() -> None:
    twins = [msgspec.structs.replace(finding(1), id=f"11.3d:x{i}") for i in range(2)]
    assert sorted(filter(None, statuses(twins, [finding(1)])[0])) == ["new", "unchanged"]


many = st.lists(
    st.builds(
        finding, st.integers(0, 5), st.sampled_from("ab"), st.sampled_from(["violated", "undetermined"]),
        st.sampled_from(["violation", "shortfall"]), st.integers(1, 9),
    ), max_size=8,
)  # fmt: skip


@given(many, many)
def test_every_finding_has_one_status_and_every_known_one_is_used_once(
    now: list[Finding], before: list[Finding]
) -> None:
    items, gone = compare(now, known(before))
    assert [g.finding for g in items] == now
    seen = sum(1 for g in items if g.status in ("unchanged", "changed"))
    graver = sum(1 for g in items if g.status == "new" and any(b.id == g.finding.id for b in before))
    assert len(before) - len(gone) - graver <= seen <= len(before) - len(gone)


@given(many)
def test_beside_itself_nothing_is_new(now: list[Finding]) -> None:
    items, gone = compare(now, known(now))
    assert not gone and all(g.status == "unchanged" for g in items)


def test_an_update_takes_new_ones_in_only_when_told() -> None:
    before = known([finding(1), finding(2)])
    now = [finding(1, "t"), finding(3)]
    held, new, gone = update(before, now, accept_new=False)
    assert [(k.id, k.state) for k in held] == [("11.3d:1", "t")]
    assert ([g.finding.id for g in new], [k.id for k in gone]) == (["11.3d:3"], ["11.3d:2"])
    held, _, _ = update(before, now, accept_new=True)
    assert [k.id for k in held] == ["11.3d:1", "11.3d:3"]


def test_an_update_keeps_what_grew_graver_as_it_was_known() -> None:
    before = known([finding(1, "u", "undetermined", None)])
    held, new, _ = update(before, [finding(1)], accept_new=False)
    assert ([k.level for k in held], len(new)) == (["undetermined"], 1)

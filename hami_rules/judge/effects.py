"""What becomes of findings beside each other and over time: one fact counted once, decisions of people, notes.

Order: dispositions (what people decided), then concurrence. Nothing here removes a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from hami_rules import statute
from hami_rules.pack.load import Pack
from hami_rules.pack.rules import Rule
from hami_rules.records.reference import Disposition
from hami_rules.records.text import Text
from hami_rules.records.world import World

from .findings import PLEADED, UNSETTLED, Finding, OpenRow

__all__ = [
    "DECISIONS",
    "FactKeys",
    "apart",
    "apply_dispositions",
    "asked_once",
    "concur",
    "note_superior",
]

DECISIONS = frozenset({"upheld", "dismissed"})
"""Dispositions that decide a finding, and contradict each other."""

SUPERIOR_SINCE = date(2025, 10, 1)

FactKeys = dict[str, frozenset[str]]
"""Finding id → the keys of the fact it rests on: its record, and what `same_fact` of its rule names."""


def _names(rule: str, addresses: Iterable[str]) -> bool:
    """Whether a rule is one of the named rules or belongs to one of the named norms."""
    at = statute.Address.parse(rule)
    return any(statute.Address.parse(a).contains(at) for a in addresses)


def _shared(key: str) -> str:
    """`=kind=values` without its kind."""
    return "=" + key.split("=", 2)[2] if key.startswith("=") else key


def _weight(finding: Finding) -> int:
    """How much a violated finding counts beside others."""
    if finding.decision == "dismissed":
        return 0
    return _WEIGHTS[finding.grade]


_WEIGHTS: dict[str | None, int] = {"violation": 3, None: 3, "shortfall": 2, "suspicion": 1}


def concur(findings: list[Finding], keys: FactKeys, pack: Pack) -> None:
    """One fact, one finding: where one fact breaches several norms, the primary one counts, the others are shown.

    `primary_over` names rules or norms; two findings rest on one fact when they share a fact key. A chain
    (16.1d ▸ 14.2 ▸ 14.1b) ends at its top. What counts less (a suspicion before a violation) or was dismissed by
    people counts for nothing else, so that a breach never vanishes from the counts behind it.

    So of what is open: see `_same_question`.
    """
    by_key: dict[str, list[Finding]] = {}
    for f in findings:
        if f.verdict == "violated":
            for key in keys.get(f.id, ()):
                by_key.setdefault(_shared(key), []).append(f)
    above: dict[str, list[str]] = {}
    for f in findings:
        rule = pack.by_id[f.rule]
        if f.verdict != "violated" or not rule.primary_over:
            continue
        for key in keys.get(f.id, ()):
            for other in by_key[_shared(key)]:
                # By `same_fact` only across kinds: two demands for one material are two facts.
                if other is f or (key.startswith("=") and key in keys[other.id]):
                    continue
                if other.counts_against != f.counts_against or _weight(other) > _weight(f):
                    continue
                if _names(other.rule, rule.primary_over):
                    above.setdefault(other.id, []).append(f.id)
    for lower, upper in _same_question(findings, pack):
        above.setdefault(findings[lower].id, []).append(findings[upper].id)
    by_id = {f.id: f for f in findings}
    order = {r.id: i for i, r in enumerate(pack.rules)} if above else {}
    for f in findings if above else ():
        top = _top(f.id, above, lambda at: (order[by_id[at].rule], at))
        if top != f.id:
            f.primary = top
    for f in findings:
        if f.primary:
            primary = by_id[f.primary]
            primary.concurrent = tuple(sorted({*primary.concurrent, f.id}))


def asked_once(rows: Sequence[OpenRow], pack: Pack) -> list[tuple[str, ...]]:
    """Of the open verdicts on a record: `counted_under` is set where another asks the same question. Gives the rules that
    each counts for."""
    above: dict[int, list[int]] = {}
    for lower, upper in _same_question(rows, pack):
        above.setdefault(lower, []).append(upper)
    also: list[list[str]] = [[] for _ in rows]
    order = {r.id: i for i, r in enumerate(pack.rules)} if above else {}
    for lower in above:
        top = _top(lower, above, lambda n: order[rows[n].rule])
        rows[lower].counted_under = rows[top].rule
        also[top].append(rows[lower].rule)
    return [tuple(sorted(rules)) for rules in also]


K = TypeVar("K", int, str)


def _top(start: K, above: Mapping[K, Sequence[K]], rank: Callable[[K], Any]) -> K:
    """The end of the chain of what counts for what; where several do, the first by rank."""
    top, met = start, {start}
    while above.get(top):
        following = min(above[top], key=rank)
        if following in met:
            break
        met.add(following)
        top = following
    return top


def _same_question(found: Sequence[Finding | OpenRow], pack: Pack) -> Iterator[tuple[int, int]]:
    """Of what is open on one record, pairs (by their place) of which at most one will count, the second the primary one.

    Where they lack the same facts one answer settles both: a demand whose step is unknown is of the same step (14.1b) or
    of an earlier one (14.2). Where they would count against different parties it is the organ that nobody knows: it is
    a department (16.1d) or a utility (16.1c). So it is one open finding and not two.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for n, f in enumerate(found):
        if isinstance(f, OpenRow) or (f.verdict == "undetermined" and f.decision is None):
            groups.setdefault((f.record_kind, f.record_key), []).append(n)
    for group in groups.values():
        for upper in group if len(group) > 1 else ():
            rule = pack.by_id[found[upper].rule]
            for lower in group if rule.primary_over else ():
                other = pack.by_id[found[lower].rule]
                if lower == upper or _WEIGHTS[other.grade] > _WEIGHTS[rule.grade]:
                    continue
                settled_by_one = other.counts_against != rule.counts_against or _lacked(
                    found[lower]
                ) == _lacked(found[upper])
                if settled_by_one and _names(other.id, rule.primary_over):
                    yield lower, upper


def _lacked(finding: Finding | OpenRow) -> tuple[str, ...]:
    """What would have to be supplied; what people would have to decide, where nothing else is lacking."""
    facts = sorted(f"{m.fact}:{m.label.zh}" for m in finding.missing if m.sort != "decision")
    return tuple(facts or sorted(m.fact for m in finding.missing))


def apart(pack: Pack) -> frozenset[str]:
    """The rules of pairs whose records are judged apart (13.1a of an item, 13.1b of its workflow): their findings
    meet only when all have come in, by what each says the fact is known by."""

    def root(rule: Rule) -> str:
        return [rule.judges, *pack.registry.ancestors(rule.judges)][-1]

    # Few say by what their fact is known: those alone can meet.
    judging = [
        (r, root(r), {len(way) for way in r.same_fact})
        for r in pack.rules
        if r.same_fact and r.effect is None and r.judges in pack.registry.kinds
    ]
    return frozenset(
        rule.id
        for top, its_root, ways in judging
        if top.primary_over
        for other, other_root, other_ways in judging
        if its_root != other_root and ways & other_ways and _names(other.id, top.primary_over)
        for rule in (top, other)
    )


def apply_dispositions(findings: Iterable[Finding], world: World, pack: Pack) -> None:
    """Mark findings that people upheld, dismissed or saw put right. Corrected later is still violated.

    A suspicion that a recorded decision upholds becomes a violation, and so does what the machine left open: by the
    people, not by the machine. Two decisions that contradict each other decide nothing.
    """
    table: dict[tuple[str, str], list[Disposition]] = {}
    for d in world.tables.get("dispositions", ()):
        if d.rule and d.key:
            table.setdefault((d.rule, d.key), []).append(d)
    if not table:
        return
    for f in findings:
        slips = table.get((f.rule, f.record_key), [])
        decisions = {d.what for d in slips} & DECISIONS
        if len(decisions) == 1:
            _decide(f, decisions.pop(), pack)
        for d in slips if f.verdict == "violated" else ():
            if d.what == "corrected":
                f.corrected_on = d.on
            elif d.what == "excuse_pleaded":
                f.rebuttals = (*f.rebuttals, PLEADED)


def _decide(finding: Finding, decision: Any, pack: Pack) -> None:
    finding.decision = decision
    if decision != "upheld":
        return
    if finding.verdict == "undetermined":
        said = finding.message
        finding.verdict, finding.missing = "violated", ()
        finding.grade = pack.by_id[finding.rule].grade
        finding.message = Text(said.zh.removeprefix(UNSETTLED.zh), said.en.removeprefix(UNSETTLED.en))
    if finding.grade == "suspicion":
        finding.grade = "violation"


def note_superior(finding: Finding) -> None:
    """Conduct from 2025-10-01 on: the autonomous region's regulation prevails where it differs."""
    if finding.conduct_to is not None and finding.conduct_to >= SUPERIOR_SINCE:
        said = Text(
            "行为发生在2025年10月1日以后，《新疆维吾尔自治区优化营商环境条例》有不同规定的，以其为准（本次审计未对照核查）",
            "Conduct from 2025-10-01 on: the autonomous region's regulation prevails where it differs (not checked)",
        )
        if finding.note is not None:
            said = Text(f"{finding.note.zh}；{said.zh}", f"{finding.note.en}; {said.en}")
        finding.note = said

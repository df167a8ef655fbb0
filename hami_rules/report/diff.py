"""Two or more audits of the same organs compared: what was put right, what is new, what came back (复发), what changed.

Findings are recognised by their ids, practices by theirs. An id is a record: a past application stays a finding in
every later audit, so *put right* is what the dossier says was corrected, and *gone* what the newer audit does not find
at all. A practice *came back* where it had been put right in every instance, or was not found at all, in some earlier
audit after it had been found, and is found again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import msgspec

from hami_rules.judge.findings import Finding, Text

from .stored import Stored
from .summary import standing

__all__ = ["CHANGES", "Change", "Comparison", "compare"]

Kind = Literal["back", "new", "changed", "corrected", "gone", "unchanged"]
CHANGES: dict[Kind, Text] = {
    "back": Text("复发", "came back"),
    "new": Text("新增", "new"),
    "changed": Text("有变", "changed"),
    "corrected": Text("已整改", "put right"),
    "gone": Text("不再发现", "no longer found"),
    "unchanged": Text("未变", "unchanged"),
}

Practice = tuple[str, str, str]


@dataclass(frozen=True)
class Known:
    """A finding as far as a comparison needs it."""

    id: str
    state: str
    rule: str
    grade: str
    practice: Practice
    organ: str
    record: str
    title: Text
    message: Text
    corrected_on: date | None
    persons: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding and what became of it. `why`: in what it differs, or since when a practice had been put right."""

    change: Kind
    id: str
    rule: str
    grade: str
    organ: str
    record: str
    title: Text
    message: Text
    why: Text | None = None
    persons: tuple[str, ...] = ()


@dataclass
class Comparison:
    """`counts` of the changes: all but *gone* add up to the newer findings, all but *new* to the older ones (a finding
    that came back by its own id is among both). `notes`: why the audits may not be comparable."""

    changes: list[Change] = field(default_factory=list)
    counts: dict[Kind, int] = field(default_factory=dict)
    before: int = 0
    after: int = 0
    back_new: int = 0  # came back as a record that was not there before
    notes: list[Text] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        c = self.counts
        both = c["changed"] + c["corrected"] + c["unchanged"] + (c["back"] - self.back_new)
        return self.after == both + c["new"] + self.back_new and self.before == both + c["gone"]


def _known(findings: Iterable[Finding]) -> Iterator[Known]:
    for f in findings:
        if standing(f) in ("violation", "shortfall", "suspicion"):
            organ = f.organ_code or f.organ_name or ""
            yield Known(
                f.id, f.state, f.rule, standing(f), (f.counts_against, organ, f.practice or f.id), f.organ_name or organ,
                f.record_key, f.title, f.message, f.corrected_on, f.persons,
            )  # fmt: skip


def compare(audits: Sequence[Stored]) -> Comparison:
    """Compare the last of the audits with the one before it; earlier ones tell what had been put right before.

    The audits stand in the order of their days.
    """
    *earlier, old, new = audits
    made = Comparison(notes=list(_notes(audits)))
    past = [list(_known(a)) for a in earlier]
    before = {k.id: k for k in _known(old)}
    after = {k.id: k for k in _known(new)}
    made.before, made.after = len(before), len(after)
    put_right = _put_right([*past, list(before.values())], [*earlier, old])
    for known in after.values():
        was = before.get(known.id)
        kind, why = _what(known, was, put_right.get(known.practice))
        made.back_new += kind == "back" and was is None
        made.changes.append(_change(kind, known, why))
    for known in before.values():
        if known.id not in after:
            made.changes.append(_change("gone", known, None))
    made.counts = {kind: sum(c.change == kind for c in made.changes) for kind in CHANGES}
    made.changes.sort(key=lambda c: (list(CHANGES).index(c.change), c.organ, c.rule, c.record, c.id))
    return made


def _put_right(runs: Sequence[Sequence[Known]], audits: Sequence[Stored]) -> dict[Practice, Text]:
    """The practices that, at the last of these audits, had been put right, and how that is known."""
    out: dict[Practice, Text] = {}
    ever: set[Practice] = set()
    for run, audit in zip(runs, audits, strict=True):
        day = audit.summary.run.as_of
        open_: set[Practice] = set()
        closed: dict[Practice, date] = {}
        for known in run:
            if known.corrected_on is None:
                open_.add(known.practice)
            else:
                closed[known.practice] = max(
                    closed.get(known.practice, known.corrected_on), known.corrected_on
                )
        for practice in ever - open_ - closed.keys():
            out.setdefault(practice, Text(f"{day} 的审计没有发现", f"not found by the audit of {day}"))
        for practice, when in closed.items():
            if practice not in open_:
                out[practice] = Text(f"{when} 已全部整改", f"all put right by {when}")
        for practice in open_:
            out.pop(practice, None)
        ever |= open_ | closed.keys()
    return out


def _what(known: Known, was: Known | None, right: Text | None) -> tuple[Kind, Text | None]:
    if was is None:
        return ("back", right) if right and known.corrected_on is None else ("new", None)
    if was.corrected_on is not None and known.corrected_on is None:
        return "back", Text(f"曾于 {was.corrected_on} 整改", f"had been put right on {was.corrected_on}")
    if was.corrected_on is None and known.corrected_on is not None:
        return "corrected", Text(f"{known.corrected_on} 整改", f"put right on {known.corrected_on}")
    if was.grade != known.grade:
        return "changed", Text(
            f"等级由 {was.grade} 变为 {known.grade}", f"grade from {was.grade} to {known.grade}"
        )
    if was.state != known.state:
        return "changed", Text("所见事实不同", "the facts seen differ")
    return "unchanged", None


def _change(kind: Kind, known: Known, why: Text | None) -> Change:
    return Change(
        kind, known.id, known.rule, known.grade, known.organ, known.record, known.title, known.message, why, known.persons
    )  # fmt: skip


def _notes(audits: Sequence[Stored]) -> Iterator[Text]:
    """What makes a difference that is none of the organs' doing."""
    runs = [a.summary.run for a in audits]
    days = [r.as_of for r in runs]
    if days != sorted(days):
        yield Text(
            f"审计基准日不是由早到晚：{'、'.join(map(str, days))}",
            f"the audits do not stand in the order of their days: {', '.join(map(str, days))}",
        )
    for name, zh, en in (
        (
            "pack_hash",
            "规则包不同，新增或消失可能因规则而起",
            "the rule packs differ: what is new or gone may be the rules' doing",
        ),
        (
            "selection",
            "所选条款或者地区不同，未选的不会出现",
            "the selections differ: what is not selected does not appear",
        ),
    ):
        if len({repr(getattr(r, name)) for r in runs}) > 1:
            yield Text(zh, en)
    codes = {r.hashes.get("code") for r in runs}
    if len(codes) > 1:
        yield Text("程序不同，结论可能因程序而变", "the programs differ: verdicts may have changed by them")

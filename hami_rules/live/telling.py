"""Telling: what changed between two looks at a subject, as cards that come out or are taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from hami_rules.judge.engine import Hit
from hami_rules.judge.findings import Finding
from hami_rules.pack.load import Pack
from hami_rules.records.events import StreamEvent
from hami_rules.records.text import Text
from hami_rules.statute import Address
from hami_rules.statute import load as load_statute

from .ahead import Coming
from .alerts import SHARED, Alert, Card, history, words
from .looking import Looking
from .settings import Counts
from .state import State
from .subjects import Backed, Shown, Watched, shown

__all__ = ["Telling"]

_ENCODE = msgspec.json.Encoder().encode


class Telling:
    """Puts alerts out, each with the next number."""

    def __init__(self, pack: Pack, state: State, looking: Looking, counts: Counts) -> None:
        self.pack, self.state, self.looking, self.counts = pack, state, looking, counts
        self._next = state.next_alert()

    def changes(
        self, subject: Watched, event: StreamEvent | None, hits: list[Hit], coming: Coming, record: Any
    ) -> None:  # fmt: skip
        """Hold what stands now beside the cards that are out."""
        ahead, due = coming
        out = subject.cards.out
        changed = False
        standing = set()
        for key, told in subject.findings.items():
            name = self.looking.name(key)
            standing.add(name)
            before = out.get(name)
            if before is None or before.card != "red":
                out[name] = shown(told.finding, "red", None)
                self._alert(subject, "red", told, event, before)
                changed = True
        for key, warning in ahead.items():
            name = self.looking.name(key)
            standing.add(name)
            before = out.get(name)
            if before is None or before.card != "yellow":
                assert warning is not None
                out[name] = shown(warning.finding, "yellow", due[key])
                self._alert(subject, "yellow", warning, event, before, due[key])
                changed = True
            elif before.due_on != due[key]:
                before.due_on = due[key]
                changed = True
        gone = [name for name in out if name not in standing]
        if gone:
            open_now = self.looking.undetermined(hits)
            for name in gone:
                if out[name].card == "yellow" and name in open_now:
                    continue
                self._take_back(subject, name, event, record)
                del out[name]
                changed = True
        if changed:
            self.looking.subjects.keep(subject)

    def _alert(
        self, subject: Watched, card: Card, told: Backed, event: StreamEvent | None, before: Shown | None,
        due_on: date | None = None,
    ) -> None:  # fmt: skip
        finding = told.finding
        shared = {f: getattr(finding, f) for f in SHARED}
        left = None
        if due_on is not None:
            left = self.looking.world.calendar.working_days_between(self.looking.time.now.date(), due_on)
            asked = self._asked(finding, due_on)
            shared["message"] = _about_to(finding, due_on, left, asked)
            if asked is not None:  # it may still come: nothing is said yet of its not coming
                shared["note"] = None
                shared["seen"] = tuple(s for s in finding.seen if s.label != asked)
            shared["consequence"] = shared["mitigation"] = shared["mitigation_pending"] = None
        self._put(
            Alert(
                seq=self._next, card=card, id=self._id(finding.id, card), at=self.looking.time.now.isoformat(), as_of=self.looking.time.now.date(), subject=subject.fold.root,
                key=subject.fold.key, finding=finding.id, due_on=due_on, days_left=left,
                after=None if before is None else before.card, event=None if event is None else event.event_id,
                fired=told.fired, procedures=told.procedures, history=history([e for _, e in subject.fold.events]),
                **shared,
            )
        )  # fmt: skip

    def _asked(self, finding: Finding, due_on: date) -> Text | None:
        """The proof that is due on that day, where it is its not coming that would be the breach."""
        requests = self.looking.world.tables.get("evidence_requests", ())
        due = {f"evidence_request.{r.request_no}" for r in requests if r.due_on == due_on}
        return next((s.label for s in finding.seen if s.fact in due), None)

    def _take_back(self, subject: Watched, name: str, event: StreamEvent | None, record: Any) -> None:
        before = subject.cards.out[name]
        rule, _, key = name.partition(" ")
        known = self.pack.by_id[rule]
        at = Address.parse(known.address).at_paragraph
        statute = load_statute()
        self._put(
            Alert(
                seq=self._next, card="green", id=self._id(before.finding, "green"), at=self.looking.time.now.isoformat(), as_of=self.looking.time.now.date(), subject=subject.fold.root,
                key=subject.fold.key, rule=rule, finding=before.finding, record_kind=before.kind, record_key=key,
                citation=Text(statute.citation(at, "zh"), statute.citation(at, "en")), title=known.title,
                message=_why_back(before, event, subject.fold.closed and not _ended(record)), organ_code=before.organ_code,
                organ_name=before.organ_name, region=before.region, due_on=before.due_on, after=before.card,
                event=None if event is None else event.event_id,
                history=history([e for _, e in subject.fold.events]),
            )
        )  # fmt: skip

    def _id(self, finding: str, card: Card) -> str:
        return f"{finding}-{card}-{self._next}"

    def _put(self, alert: Alert) -> None:
        self.state.put_alert(_ENCODE(alert))
        self._next += 1
        setattr(self.counts, alert.card, getattr(self.counts, alert.card) + 1)


def _ended(record: Any) -> bool:
    flags = ("completed", "withdrawn", "replied", "solved", "refused")
    parts = [record, getattr(record, "deferral", None)]
    return any(getattr(p, f, None) for p in parts if p is not None for f in flags)


def _about_to(finding: Finding, due_on: date, left: int | None, asked: Text | None) -> Text:
    days_zh = "" if left is None else "，今天是最后一天" if left <= 0 else f"，还有{left}个工作日"
    days_en = (
        "" if left is None else ", today is the last day" if left <= 0 else f", {left} working day(s) left"
    )
    by_zh = f"最迟{due_on.year}年{due_on.month}月{due_on.day}日"
    if asked is not None:
        return Text(
            f"{by_zh}提供证明（{asked.zh}）{days_zh}；逾期未提供，即按没有认定为“{finding.title.zh}”",
            f"proof is due by {due_on} ({asked.en}){days_en}; if it does not come: {finding.title.en}",
        )
    return Text(
        f"{by_zh}{days_zh}；到期未办即为“{finding.title.zh}”",
        f"by {due_on} at the latest{days_en}; after that: {finding.title.en}",
    )


def _why_back(before: Shown, event: StreamEvent | None, closed: bool) -> Text:
    if closed:
        return Text(
            "经过已归档，期限届满时的情况不再跟踪", "the log was closed; what became of it is not followed"
        )
    told = words(event) if event is not None else None
    by = Text("", "") if told is None else Text(f"（{told.zh}）", f" ({told.en})")
    if before.card == "yellow":
        return Text(f"已在期限之内处理{by.zh}", f"done in time{by.en}")
    return Text(
        f"后来的事件表明不构成违反，红牌撤销{by.zh}",
        f"by what was told since there is no breach; the red card is taken back{by.en}",
    )

"""Alerts: what supervision tells, one line each, in words that need nothing else to be understood."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from hami_rules.judge.findings import Finding, SeenFact
from hami_rules.records.events import BODIES, EVENT_KINDS, StreamEvent
from hami_rules.records.text import Text

__all__ = ["Alert", "Card", "history", "words"]

Card = Literal["red", "yellow", "green"]
"""红牌: a breach. 黄牌: what will be one if nothing is done in time. 绿牌: put right in time, or no breach after all."""


class Alert(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One alert. `seq` counts them from 1, and `id` names it for good: an alert that comes again after a kill has the same.
    `finding` is the id that the audit gives the same finding; `fired`: the engine
    found the same from the leaf truths; `procedures`: how far the procedure came.

    `at`: when supervision saw it; `event`: the event that it came with (none: time alone, or what was told of another
    application). `due_on`, `days_left`: of a yellow card, the last day and the working days that remain after today.
    `after`: the card that this one takes the place of. `history`: what was told of the subject so far.
    """

    seq: int
    card: Card
    id: str
    at: str
    as_of: date
    subject: str
    key: str
    rule: str
    finding: str
    record_kind: str
    record_key: str
    citation: Text
    title: Text
    message: Text
    grade: str | None = None
    counts_against: str = "department"
    quote: str = ""
    remedy: Text | None = None
    organ_code: str | None = None
    organ_name: str | None = None
    region: str | None = None
    item_code: str | None = None
    item_name: str | None = None
    conduct_from: date | None = None
    conduct_to: date | None = None
    due_on: date | None = None
    days_left: int | None = None
    after: Card | None = None
    event: str | None = None
    fired: bool = False
    primary: str | None = None
    rebuttals: tuple[Text, ...] = ()
    mitigation: Text | None = None
    mitigation_pending: Text | None = None
    consequence: Text | None = None
    coordinating_body: Text | None = None
    note: Text | None = None
    procedures: tuple[Text, ...] = ()
    seen: tuple[SeenFact, ...] = ()
    history: tuple[Text, ...] = ()
    error: str | None = None


SHARED = tuple(f for f in Alert.__struct_fields__ if f in Finding.__struct_fields__ and f != "id")
"""What an alert takes over from its finding as it stands."""

_NAMED = (
    "material_name",
    "material_code",
    "step_name",
    "text",
    "service_name",
    "intermediary_name",
    "limit",
    "note",
    "subject",
    "what",
)
"""By what a part of an application is called, in the order of preference."""


def words(event: StreamEvent) -> Text:
    """An event in a few words: `2025-03-05 要求提交材料：验资报告`."""
    kind = EVENT_KINDS[event.kind or "recorded"]
    day = (event.happened_at or event.recorded_at or "")[:10]
    named = next(
        (
            str(value)
            for body in BODIES
            if (part := getattr(event, body)) is not None
            for name in _NAMED
            if (value := getattr(part, name, None)) is not None
        ),
        "",
    )
    return Text(
        f"{day} {kind.zh}" + (f"：{named}" if named else ""),
        f"{day} {kind.en}" + (f": {named}" if named else ""),
    )


def history(events: list[StreamEvent], most: int = 24) -> tuple[Text, ...]:
    """The events in words, in order; of many, the last."""
    return tuple(words(e) for e in events[-most:])

"""One event looked at by itself: whether it can be used, and what one that cannot be read is about.

The same for a stream as it comes and for the table of events in a dossier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hami_rules.intake.errors import Problem, quoted
from hami_rules.intake.identity import implausible
from hami_rules.records.base import label_of
from hami_rules.records.events import (
    BODIES,
    EVENT_KINDS,
    SUBJECTS,
    StreamEvent,
    Subject,
    instant,
    subject_of,
)
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["named", "repeated_otherwise", "too_far", "unusable", "without_time"]

AHEAD = timedelta(days=366)
"""An event that lies further ahead of today is a slip of the pen."""


def unusable(event: StreamEvent, place: Location, now: datetime) -> Problem | None:
    """Why an event that can be read cannot be used; `now`: the time on the clock."""
    if not (event.event_id or "").strip():
        return _problem("no-event-id", "事件缺少编号（event_id）", "the event has no event_id", place)
    if event.kind is None:
        return _problem(
            "no-event-kind", "事件没有写明动态类型（kind）", "the event does not say its kind", place
        )
    about = subject_of(event)
    if about is None:
        return _problem(
            "no-subject", "事件须写明且只写明一个对象：办件编号、工单编号、问题编号或者项目代码",
            "an event names exactly one of application_no, ticket_no, problem_no, project_no", place,
        )  # fmt: skip
    return _wrong_time(event, place, now) or _wrong_content(event, *about, place)


def _wrong_time(event: StreamEvent, place: Location, now: datetime) -> Problem | None:
    for name in ("happened_at", "recorded_at"):
        if getattr(event, name) is not None and instant(getattr(event, name)) is None:
            return without_time(event, place, name)
    happened, recorded = instant(event.happened_at), instant(event.recorded_at)
    at = happened or recorded
    if at is None:
        return without_time(event, place)
    if too_far(at, now):
        return _problem(
            "future-event", f"发生时间 {quoted(event.happened_at)} 比现在晚一年以上，是否写错？",
            f"happened_at {quoted(event.happened_at)} lies more than a year ahead; is it a slip?", place,
        )  # fmt: skip
    if happened and recorded and happened.date() > recorded.date():
        return _problem(
            "future-event", f"发生时间 {quoted(event.happened_at)} 晚于记录时间 {quoted(event.recorded_at)}",
            f"happened_at {quoted(event.happened_at)} lies after recorded_at {quoted(event.recorded_at)}", place,
        )  # fmt: skip
    return None


def _wrong_content(event: StreamEvent, subject: Subject, key: str, place: Location) -> Problem | None:
    stray: list[str] = [
        b for b, (of, _) in BODIES.items() if of != subject.root and getattr(event, b) is not None
    ]
    body = EVENT_KINDS[event.kind or "recorded"].body
    if body is not None and BODIES[body][0] != subject.root:
        stray.append(event.kind or "")
    if stray:
        return _problem(
            "wrong-subject", f"事件的内容（{'、'.join(stray)}）与所写的对象不符",
            f"what the event tells ({', '.join(stray)}) is not of what it names", place,
        )  # fmt: skip
    header = getattr(event, subject.body)
    if header is None:
        return None
    if getattr(header, subject.key) not in (None, key):
        return _problem(
            "wrong-subject", "事件内外的编号不一致", "the event names two different numbers", place
        )
    odd = implausible(header)
    return None if odd is None else Problem(odd[1], odd[2], place, odd[3])


def too_far(at: datetime, now: datetime) -> bool:
    """Whether an instant lies so far ahead that it must be a slip."""
    return at > now + AHEAD


def without_time(event: StreamEvent, place: Location, name: str = "happened_at") -> Problem:
    """Why an event has no time, or none that can be read (`name`: the field)."""
    said = getattr(event, name)
    if said is None:
        return _problem(
            "no-time", "事件没有发生时间，也没有记录时间", "the event has neither happened_at nor recorded_at", place
        )  # fmt: skip
    return Problem(
        "wrong-instant",
        Text(f"{name} 不是日期或者时间：“{quoted(said)}”", f"{name} is no date or instant: “{quoted(said)}”"),
        place,
        Text("形如 2025-03-05 或 2025-03-05T09:30", "such as 2025-03-05 or 2025-03-05T09:30"),
    )


def repeated_otherwise(event: StreamEvent, place: Location) -> Problem:
    """Another event came before under the same id."""
    return _problem(
        "conflicting-event", f"编号“{quoted(event.event_id)}”的事件有不同内容，先到的有效",
        f"event “{quoted(event.event_id)}” came before with other content; the first one stands", place,
    )  # fmt: skip


def _problem(code: str, zh: str, en: str, place: Location) -> Problem:
    return Problem(code, Text(zh, en), place)


class _Said(msgspec.Struct):
    application_no: Any = None
    ticket_no: Any = None
    problem_no: Any = None
    project_no: Any = None


_LABELS = {name: label_of(StreamEvent, name) for name in SUBJECTS}
_PLAIN = re.compile(rb'"(%s)"\s*:\s*"([^"\\]+)"' % "|".join((*SUBJECTS, *_LABELS.values())).encode())


def named(line: Any) -> tuple[Subject, str] | None:
    """What an event that cannot be read is about, if it says so: bytes of JSON (of a line that breaks off, what stands
    before the break), or the cells of a row by their names."""
    data = line
    if isinstance(line, bytes | str):
        raw = line.encode("utf-8", "replace") if isinstance(line, str) else line
        try:
            data = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            data = {}
            for key, value in _PLAIN.findall(raw):
                if data.setdefault(key.decode(), value.decode("utf-8", "replace")) != value.decode(
                    "utf-8", "replace"
                ):
                    return None  # of two, nobody can tell which
    if not isinstance(data, Mapping):
        return None
    said = _Said()
    for name, zh in _LABELS.items():
        value = data.get(name, data.get(zh))
        if isinstance(value, str | int) and str(value).strip():
            setattr(said, name, str(value))
    return subject_of(said)

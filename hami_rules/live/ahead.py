"""What is about to lapse: the same judgment on the day on which it would be too late, and when to look again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from hami_rules.judge.engine import Hit
from hami_rules.records.dates import BEIJING
from hami_rules.records.settle import settle

from .looking import Looking
from .settings import Settings
from .subjects import Backed, Key, Watched

__all__ = ["Ahead", "Coming"]

FAR = timedelta(days=3653)
AGAIN = timedelta(days=180)

Coming = tuple[dict[Key, Backed | None], dict[Key, date]]
"""What would be violated by the end of the lead time (`None`: as it was said before), and the last day to prevent it."""


class Ahead:
    """Looks ahead by the lead time, and settles when a subject is to be looked at again."""

    def __init__(self, looking: Looking, settings: Settings) -> None:
        self.looking, self.settings = looking, settings
        self.subjects, self.time = looking.subjects, looking.time
        requests = looking.world.tables.get("evidence_requests", ())
        self._asked = {r.key.partition("/")[0] for r in requests if r.key and r.due_on}

    def waits(self, subject: Watched, record: Any) -> bool:
        """Whether something in it runs against a day while nothing is told."""
        if subject.fold.closed or subject.fold.key in self._asked:
            return True  # proof asked for may fail to come, or what was to be done by a day was not: the day itself tells
        if not subject.fold.follows or subject.cards.lost:
            return False
        if subject.fold.root != "application":
            return True
        return (
            record.deferral is not None
            or record.registration is not None
            or record.deregistration is not None
        ) and not (record.completed and record.deferral is None)

    def _horizon(self, day: date) -> date:
        """The day on whose end what is due within the lead time would be overdue."""
        found = self.looking.world.calendar.add_working_days(day, self.settings.lead_days)
        return (found or day + timedelta(days=self.settings.lead_days)) + timedelta(days=1)

    def of(self, subject: Watched, record: Any, now: frozenset[Key]) -> Coming:
        """What would be violated by the end of the lead time if nothing more were told, and the last day to prevent it;
        and settle when to look again."""
        today = self.time.now.date()
        supposed: dict[date, dict[Key, Hit]] = {}
        records: dict[date, Any] = {}

        def then(day: date) -> dict[Key, Hit]:
            if day not in supposed:
                self.looking.on(day)
                records[day] = self.looking.record(subject, day)
                supposed[day] = self.looking.found(self.looking.hits(subject, records[day]))
            return supposed[day]

        horizon = self._horizon(today)
        coming = {k: h for k, h in then(horizon).items() if k not in now}

        def last_day(key: Key) -> date:
            return self._first(lambda d: key in then(d), today, horizon) - timedelta(days=1)

        due = {key: last_day(key) for key in coming}
        findings: dict[Key, Backed | None] = dict.fromkeys(coming)
        fresh = [k for k in coming if not self._warned(subject, k)]
        if fresh:
            self.looking.on(horizon)
            everything = self.looking.explained(subject, records[horizon], then(horizon))
            # What people dismissed is no warning either.
            findings = {k: everything.get(k) for k in coming if k in everything or k not in fresh}
        self._schedule(subject, record, today, now | coming.keys(), coming, due, then)
        self.looking.on(today)
        settle(subject.fold.root, record, self.looking.world)
        if fresh:
            self.looking.gather(subject, record)
            findings |= self._as_it_stands(subject, record, {k: findings[k] for k in fresh if k in findings})
        return findings, due

    def _warned(self, subject: Watched, key: Key) -> bool:
        shown = subject.cards.out.get(self.looking.name(key))
        return shown is not None and shown.card == "yellow"

    def _as_it_stands(
        self, subject: Watched, record: Any, warned: dict[Key, Backed | None]
    ) -> dict[Key, Backed | None]:
        """Warnings with the course that the procedure has really taken: what is only supposed is no step of it."""
        wanted = {(t.finding.record_kind, t.finding.record_key) for t in warned.values() if t is not None}
        frames = self.looking.judge.frames(subject.fold.root, record, self.looking.world)
        courses = self.looking.comparing.courses([f for f in frames if (f.kind, f.key) in wanted])
        return {
            k: t and replace(t, procedures=courses.get((t.finding.record_kind, t.finding.record_key), ()))
            for k, t in warned.items()
        }

    @staticmethod
    def _first(holds: Callable[[date], bool], before: date, by: date) -> date:
        """The first day after `before` on which something holds that holds on `by`."""
        low, high = before, by
        while (high - low).days > 1:
            middle = low + (high - low) // 2
            if holds(middle):
                high = middle
            else:
                low = middle
        return high

    def _schedule(
        self, subject: Watched, record: Any, today: date, known: frozenset[Key] | set[Key], coming: dict[Key, Hit],
        due: dict[Key, date], then: Callable[[date], dict[Key, Hit]],
    ) -> None:  # fmt: skip
        """When to look again: when a yellow card turns red, when the next one falls due, or in half a year."""
        # While the log goes on, that nothing was told of a day is known when it is over and the bound has passed.
        later_by = timedelta(days=1) if subject.fold.closed else timedelta(days=2) + self.settings.bound
        instants = [datetime.combine(d, time(), BEIJING) + later_by for k, d in due.items() if k in coming]
        if subject.fold.key in self._asked:  # that proof did not come is known on the next day
            instants += [datetime.combine(d, time(), BEIJING) + timedelta(days=1) for d in due.values()]
        far = today + FAR
        if set(then(far)) - known:
            day = lapse = self._first(lambda d: bool(set(then(d)) - known), today, far)
            while day > today and self._horizon(day - timedelta(days=1)) >= lapse:
                day -= timedelta(days=1)
            instants.append(datetime.combine(max(day, today + timedelta(days=1)), time(), BEIJING))
        instants += self.becomes_sure(subject, record)
        later = [i for i in instants if i > self.time.now]
        self.subjects.wake(
            subject, min(later, default=None if subject.fold.closed else self.time.now + AGAIN)
        )

    def becomes_sure(self, subject: Watched, record: Any) -> list[datetime]:
        """When it is first known that nothing was told: of the day on which it was opened, and of that of acceptance, on
        which things are due on the spot."""
        if not subject.fold.follows or subject.cards.lost:
            return []
        deferral = getattr(record, "deferral", None)
        days = [subject.fold.opened, None if deferral is None else deferral.accepted_on]
        over = timedelta(days=1) + self.settings.bound
        instants = [datetime.combine(d, time(), BEIJING) + over for d in days if d is not None]
        return [i for i in instants if i > self.time.now]

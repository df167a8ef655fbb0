"""The supervisor: takes events one at a time, folds them, has the judge look, and tells what changed.

- **Red** is what the judge finds violated in the record as the events so far make it: the same rule, the same finding
  id, as an audit on that day.
- **Yellow** is what the judge would find if nothing more were told until the end of the lead time. So any rule that a
  day can breach gives its warning, and no deadline is worked out a second time.
- **Green** is a card taken back: done in time, or no breach by what was told since.

Time alone changes verdicts too: each subject that waits for something has one instant at which it is looked at again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from hami_rules.audit.chunk import Job
from hami_rules.intake.convert import bulk_decoder, refused
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.events import named, repeated_otherwise, too_far, unusable, without_time
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.compile import UNDETERMINED, VIOLATED
from hami_rules.judge.engine import ERRED
from hami_rules.pack.load import Pack
from hami_rules.records.dates import BEIJING
from hami_rules.records.events import StreamEvent, Subject, instant, subject_of
from hami_rules.records.fold import order_of
from hami_rules.records.location import Location

from .ahead import Ahead, Coming
from .charts import Charts
from .looking import Looking
from .settings import Counts, Settings, Time
from .state import State
from .subjects import Subjects, Watched, cards_of
from .telling import Telling

__all__ = ["Supervisor"]

_ENCODE = msgspec.json.Encoder().encode
_FIRST = datetime(1900, 1, 1, tzinfo=BEIJING)


class Supervisor:
    """Supervises one stream. Give it lines with `take`, the time with `tick`, and have it `commit` what came of them."""

    def __init__(self, pack: Pack, job: Job, state: State, settings: Settings, charts: Charts) -> None:
        """`job`: what events are judged beside (`scene`); `charts`: the procedures that records are followed through."""
        self.state, self.settings = state, settings
        said = state.get("counts")
        self.counts = msgspec.json.decode(said, type=Counts) if said else Counts()
        at = state.get("now")
        now = datetime.fromisoformat(at) if at else _FIRST
        self.time = Time(now, now, settings.bound)
        self.subjects = Subjects(state)
        self.looking = Looking(pack, job, self.subjects, self.time, charts, self.counts)
        self.looking.nameless = state.get("nameless") is not None
        self.ahead = Ahead(self.looking, settings)
        self.telling = Telling(pack, state, self.looking, self.counts)
        self._decode = bulk_decoder(StreamEvent)

    @property
    def now(self) -> datetime:
        """How far the clock has come."""
        return self.time.now

    @property
    def disagreements(self) -> list[str]:
        """What only the judge or only the engine found; the first of them."""
        return self.looking.comparing.disagreements

    def tick(self, now: datetime) -> None:
        """It is that late: look at everything that was to be looked at by then, in order."""
        if now <= self.now:
            return
        until = now.astimezone(UTC).isoformat()
        while (due := self.state.due(until)) is not None:
            at, number = due
            self.time.now = max(self.now, datetime.fromisoformat(at).astimezone(BEIJING))
            self.state.wake(number, None)
            self.subjects.let_go()
            subject = self.subjects.known(number)
            subject.wake = None
            self._look(subject, None)
        self.time.now = now

    # -- events --------------------------------------------------------------------------------------------------------

    def take(self, line: bytes, place: Location) -> None:
        """Take one line in: an event, or the reason why it is none."""
        if not line.strip():
            return
        self.counts.read += 1
        try:
            event = self._decode(line)
        except InputError as error:
            self._quarantine(line, place, error.moved(place).problems)
            return
        if event.kind == "clock":
            self._clock(event, line, place)
            return
        problem = unusable(event, place, datetime.now(BEIJING))
        if problem is not None:
            self._quarantine(line, place, (problem,), event)
            return
        about = subject_of(event)
        assert about is not None
        self._fold(event, about, line, place)

    def _clock(self, event: StreamEvent, line: bytes, place: Location) -> None:
        at = instant(event.recorded_at if self.settings.clock == "replay" else None) or instant(
            event.happened_at
        )
        if at is None or too_far(at, datetime.now(BEIJING)):
            self._quarantine(line, place, (without_time(event, place),))
            return
        self.counts.clocks += 1
        if self.settings.clock != "real":
            self.time.newest = max(self.time.newest, at)
            self.tick(at)

    def _fold(self, event: StreamEvent, about: tuple[Subject, str], line: bytes, place: Location) -> None:
        root, key = about[0].root, about[1]
        assert event.event_id is not None
        body = _ENCODE(event)
        kept = self.state.event(event.event_id)
        if kept is not None:
            if kept == body:
                self.counts.repeated += 1
            else:
                self._quarantine(line, place, (repeated_otherwise(event, place),), event)
            return
        self.counts.folded += 1
        at = order_of(event)[0]
        # First what time alone makes due: a subject that is folded anew for that must not know of this event yet.
        if self.settings.clock == "real":
            self.tick(datetime.now(BEIJING))
        else:
            self.tick((instant(event.recorded_at) or at) if self.settings.clock == "replay" else at)
        if at < self.time.newest - self.settings.bound:
            self.counts.late += 1
        self.time.newest = max(self.time.newest, at)
        self.subjects.let_go()
        number, cards = self.subjects.number(root, key)
        subject = self.subjects.known(number, root, key, cards)
        self.state.add_event(event.event_id, number, body)
        subject.fold.add(event)
        self._look(subject, event)
        if event.submission is not None or event.application is not None or event.kind == "material_received":
            self._tell_others(subject)

    def _quarantine(
        self, line: bytes, place: Location, problems: tuple[Problem, ...], event: StreamEvent | None = None
    ) -> None:
        """Set a line aside. What it would have told is lost, so what it was about is complete no more; where that cannot
        be told, nothing is that looks among applications."""
        self.counts.quarantined += 1
        self.state.put_aside(msgspec.json.encode(Quarantined(place, "events", problems, line).to_builtins()))
        about = subject_of(event) if event is not None else named(line)
        if about is None:
            if not self.looking.nameless:
                self.looking.nameless = True
                self.state.set("nameless", "1")
            return
        number, cards = self.subjects.number(about[0].root, about[1])
        subject = self.subjects.known(number, about[0].root, about[1], cards)
        if not subject.cards.lost and not any(p.code == "conflicting-event" for p in problems):
            subject.cards.lost = True
            self.subjects.keep(subject)
            if subject.fold.events:
                self._look(subject, None)

    # -- looking -------------------------------------------------------------------------------------------------------

    def _look(self, subject: Watched, event: StreamEvent | None) -> None:
        """Judge a subject as it stands, and tell what changed."""
        self.looking.on(self.now.date())
        record = subject.record = self.looking.record(subject)
        subject.until = self.time.until
        if subject.fold.root == "application":
            self.looking.place(subject, record)
        wrong = bool(refused(record))
        if wrong != subject.cards.wrong:
            subject.cards.wrong = wrong
            self.subjects.keep(subject)
        if wrong:
            return
        hits = self.looking.hits(subject, record)
        found = self.looking.found(hits) if hits else {}
        keys = frozenset(found)
        if keys != subject.found:
            subject.findings = self.looking.explained(subject, record, found) if found else {}
            subject.found = keys
        every = self.settings.compare_every
        if event is not None and self.counts.folded % every == 0:
            self.looking.comparing.sample(subject.fold.root, record, hits, every)
        coming: Coming = ({}, {})
        if self.ahead.waits(subject, record):
            coming = self.ahead.of(subject, record, keys)
        else:
            self.subjects.wake(subject, min(self.ahead.becomes_sure(subject, record), default=None))
        if subject.findings or coming[0] or subject.cards.out:
            self.telling.changes(subject, event, hits, coming, record)

    def _tell_others(self, subject: Watched) -> None:
        """What an application holds, others may not ask for again: they are looked at anew."""
        others = {n for group in subject.groups for n in self.state.members(group)} - {subject.number}
        for number in sorted(others):
            self._look(self.subjects.known(number), None)

    # -- the batch -----------------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Make everything that came of this batch lasting."""
        self.state.set("now", self.now.isoformat())
        self.state.set("counts", msgspec.json.encode(self.counts).decode())
        self.state.commit()

    def standing(self) -> Counter[str]:
        """How many cards of each colour are out."""
        return Counter(shown.card for body in self.state.all_cards() for shown in cards_of(body).out.values())

    def look_again(self) -> None:
        """Judge everything anew: the rules or the reference tables are not those that it was judged by."""
        for number, _, _ in self.state.subjects():
            self.subjects.let_go()
            subject = self.subjects.known(number)
            if subject.fold.events:
                self._look(subject, None)

    def verdicts(self) -> Iterator[tuple[str, str, dict[tuple[str, str], str]]]:
        """What the judge says of every subject as it stands: root, key, and the verdict (violated, undetermined, error) by
        rule and record key. The final state of a stream, to hold beside an audit."""
        names = {VIOLATED: "violated", UNDETERMINED: "undetermined", ERRED: "error"}
        judge = self.looking.judge
        self.looking.on(self.now.date())
        for number, root, key in self.state.subjects():
            self.subjects.let_go()
            subject = self.subjects.known(number)
            if not subject.fold.events:
                continue
            record = self.looking.record(subject)
            if root == "application":
                self.looking.place(subject, record)
            subject.record, subject.until = record, self.time.until
            if refused(record):
                continue
            out = {}
            for index, code, chain in self.looking.hits(subject, record):
                bound = judge.rules[index]
                out[bound.rule.id, judge.frame_of(bound.kind, chain, self.looking.world).key] = names[code]
            yield root, key, out

"""The supervisor: takes events one at a time, folds them, has the judge look, and tells what changed.

- **Red** is what the judge finds violated in the record as the events so far make it: the same rule, the same finding
  id, as an audit on that day.
- **Yellow** is what the judge would find if nothing more were told until the end of the lead time. So any rule that a
  day can breach gives its warning, and no deadline is worked out a second time.
- **Green** is a card taken back: done in time, or no breach by what was told since.

Time alone changes verdicts too: each subject that waits for something has one instant at which it is looked at again.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

import msgspec

from hami_rules.audit.chunk import Behind, Job, Result, Worker
from hami_rules.derive.gathering import gather, groups_of
from hami_rules.intake.convert import bulk_decoder, refused
from hami_rules.intake.errors import InputError, Problem, quoted
from hami_rules.intake.identity import implausible
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.compile import UNDETERMINED, VIOLATED
from hami_rules.judge.engine import ERRED, Hit
from hami_rules.judge.findings import Finding
from hami_rules.judge.finish import Finisher
from hami_rules.pack.load import Pack
from hami_rules.records.dates import BEIJING
from hami_rules.records.events import BODIES, EVENT_KINDS, StreamEvent, Subject, instant, subject_of
from hami_rules.records.fold import Fold, order_of
from hami_rules.records.location import Location
from hami_rules.records.settle import settle
from hami_rules.records.text import Text
from hami_rules.statute import Address
from hami_rules.statute import load as load_statute

from .alerts import SHARED, Alert, Card, history
from .charts import Charts
from .firing import Agreement, Firer
from .state import State

__all__ = ["Clock", "Counts", "Settings", "Supervisor"]

Clock = Literal["real", "replay", "event"]
"""Whose time it is: this machine's; when the events were recorded; when they happened."""

AHEAD = timedelta(days=366)
FAR = timedelta(days=3653)
AGAIN = timedelta(days=180)
AT_HAND = 20_000  # subjects kept in memory; the others are folded anew when something is told of them
MEMO = 200_000

_ENCODE = msgspec.json.Encoder().encode
_EVENT = msgspec.json.Decoder(StreamEvent).decode
_FINDING = msgspec.msgpack.Decoder(Finding).decode
_FIRST = datetime(1900, 1, 1, tzinfo=BEIJING)
Key = tuple[int, str]
"""A verdict on a record: the rule's index and the record's key."""


class Counts(msgspec.Struct):
    """What became of what was read. `read` = folded + repeated + quarantined + clocks."""

    read: int = 0
    folded: int = 0
    repeated: int = 0
    quarantined: int = 0
    clocks: int = 0
    late: int = 0
    red: int = 0
    yellow: int = 0
    green: int = 0
    compared: int = 0
    fired: int = 0
    mismatches: int = 0

    @property
    def adds_up(self) -> bool:
        return self.read == self.folded + self.repeated + self.quarantined + self.clocks


@dataclass(frozen=True)
class Settings:
    """How to supervise. `bound`: how late an event may come and still count as told in time. `compare_every`: beside the
    records in which something was found, every how many events one more is put to the engine whole."""

    clock: Clock = "event"
    lead_days: int = 3
    bound: timedelta = timedelta(hours=24)
    compare_every: int = 32


class Shown(msgspec.Struct, omit_defaults=True, array_like=True):
    """A card that is out: enough to take it back."""

    card: Card
    finding: str
    kind: str
    due_on: date | None = None
    organ_code: str | None = None
    organ_name: str | None = None
    region: str | None = None


class Cards(msgspec.Struct, array_like=True):
    """The cards of a subject by rule and record key, and why it cannot be judged, if so."""

    out: dict[str, Shown] = {}
    lost: bool = False  # an event about it stands in quarantine: nothing about it is complete any more
    wrong: bool = False  # its events contradict each other


_CARDS = msgspec.msgpack.Decoder(Cards).decode
_PACK = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True)
class _Told:
    """A finding with what the engine made of the same record: whether it fired the rule, and the course it followed."""

    finding: Finding
    fired: bool
    procedures: tuple[Text, ...]


@dataclass
class _Subject:
    number: int
    fold: Fold
    cards: Cards
    groups: tuple[str, ...] = ()
    wake: str | None = None
    record: Any = None
    until: date | None = None  # the day up to which the record was known
    found: frozenset[Key] | None = None  # what the judge last found violated
    findings: dict[Key, _Told] = field(default_factory=dict)


class Supervisor:
    """Supervises one stream. Give it lines with `take`, the time with `tick`, and have it `commit` what came of them."""

    def __init__(self, pack: Pack, job: Job, state: State, settings: Settings, charts: Charts) -> None:
        """`job`: what events are judged beside (`scene`); `charts`: the procedures that records are followed through."""
        self.pack, self.state, self.settings = pack, state, settings
        self.worker = Worker(job, pack)
        self.world = self.worker.world
        self.finisher = Finisher(pack, self.world)
        self.charts = charts
        self.firer = Firer(self.worker.judge.by_kind)
        self.disagreements: list[str] = []
        dispositions = self.world.tables.get("dispositions", ())
        self._disposed = {(d.rule, d.key) for d in dispositions if d.rule and d.key}
        self._decided = {rule for rule, _ in self._disposed}
        self._decode = bulk_decoder(StreamEvent)
        said = state.get("counts")
        self.counts = msgspec.json.decode(said, type=Counts) if said else Counts()
        at = state.get("now")
        self.now = datetime.fromisoformat(at) if at else _FIRST
        self.newest = self.now
        self._subjects: OrderedDict[int, _Subject] = OrderedDict()
        self._numbers: dict[tuple[str, str], int] = {}
        self._nameless = state.get("nameless") is not None
        self._index = {b.rule.id: b.index for b in pack.bound}
        self._in_force = load_statute().in_force
        requests = self.world.tables.get("evidence_requests", ())
        self._asked = {r.key.partition("/")[0] for r in requests if r.key and r.due_on}
        self._next = state.next_alert()
        self._on(self.now.date())

    # -- time ----------------------------------------------------------------------------------------------------------

    def _on(self, day: date) -> None:
        if self.world.as_of != day:
            self.world.on(day)

    def tick(self, now: datetime) -> None:
        """It is that late: look at everything that was to be looked at by then, in order."""
        if now <= self.now:
            return
        until = now.astimezone(UTC).isoformat()
        while (due := self.state.due(until)) is not None:
            at, number = due
            self.now = max(self.now, datetime.fromisoformat(at).astimezone(BEIJING))
            self.state.wake(number, None)
            self._let_go()
            subject = self._known(number)
            subject.wake = None
            self._look(subject, None)
        self.now = now

    @property
    def until(self) -> date:
        """The last day of which nothing more will be told in time."""
        return (self.now - self.settings.bound).date() - timedelta(days=1)

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
        problem = self._wrong(event, place)
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
        if at is None or at > datetime.now(BEIJING) + AHEAD:
            self._quarantine(line, place, (_no_time(event, place),))
            return
        self.counts.clocks += 1
        if self.settings.clock != "real":
            self.newest = max(self.newest, at)
            self.tick(at)

    def _wrong(self, event: StreamEvent, place: Location) -> Problem | None:
        """Why an event that can be read cannot be used."""
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
        for name in ("happened_at", "recorded_at"):
            if getattr(event, name) is not None and instant(getattr(event, name)) is None:
                return _no_time(event, place, name)
        happened, recorded = instant(event.happened_at), instant(event.recorded_at)
        at = happened or recorded
        if at is None:
            return _no_time(event, place)
        if at > datetime.now(BEIJING) + AHEAD:
            return _problem(
                "future-event", f"发生时间 {quoted(event.happened_at)} 比现在晚一年以上，是否写错？",
                f"happened_at {quoted(event.happened_at)} lies more than a year ahead; is it a slip?", place,
            )  # fmt: skip
        if happened and recorded and happened.date() > recorded.date():
            return _problem(
                "future-event", f"发生时间 {quoted(event.happened_at)} 晚于记录时间 {quoted(event.recorded_at)}",
                f"happened_at {quoted(event.happened_at)} lies after recorded_at {quoted(event.recorded_at)}", place,
            )  # fmt: skip
        root = about[0].root
        stray = [b for b, (of, _) in BODIES.items() if of != root and getattr(event, b) is not None]
        body = EVENT_KINDS[event.kind].body
        if body is not None and BODIES[body][0] != root:
            stray.append(event.kind)
        if stray:
            return _problem(
                "wrong-subject", f"事件的内容（{'、'.join(stray)}）与所写的对象不符",
                f"what the event tells ({', '.join(stray)}) is not of what it names", place,
            )  # fmt: skip
        header = getattr(event, about[0].body)
        if header is not None:
            if getattr(header, about[0].key) not in (None, about[1]):
                return _problem(
                    "wrong-subject", "事件内外的编号不一致", "the event names two different numbers", place
                )
            odd = implausible(header)
            if odd is not None:
                return Problem(odd[1], odd[2], place, odd[3])
        return None

    def _fold(self, event: StreamEvent, about: tuple[Subject, str], line: bytes, place: Location) -> None:
        root, key = about[0].root, about[1]
        assert event.event_id is not None
        body = _ENCODE(event)
        kept = self.state.event(event.event_id)
        if kept is not None:
            if kept == body:
                self.counts.repeated += 1
            else:
                other = _problem(
                    "conflicting-event", f"编号“{quoted(event.event_id)}”的事件有不同内容，先到的有效",
                    f"event “{quoted(event.event_id)}” came before with other content; the first one stands", place,
                )  # fmt: skip
                self._quarantine(line, place, (other,), event)
            return
        self.counts.folded += 1
        at = order_of(event)[0]
        # First what time alone makes due: a subject that is folded anew for that must not know of this event yet.
        if self.settings.clock == "real":
            self.tick(datetime.now(BEIJING))
        else:
            self.tick((instant(event.recorded_at) or at) if self.settings.clock == "replay" else at)
        if at < self.newest - self.settings.bound:
            self.counts.late += 1
        self.newest = max(self.newest, at)
        self._let_go()
        number, cards = self._number(root, key)
        subject = self._known(number, root, key, cards)
        self.state.add_event(event.event_id, number, body)
        subject.fold.add(event)
        self._look(subject, event)
        if event.submission is not None or event.application is not None or event.kind == "material_received":
            self._tell_others(subject)

    # -- subjects ------------------------------------------------------------------------------------------------------

    def _number(self, root: str, key: str) -> tuple[int, bytes | None]:
        number = self._numbers.get((root, key))
        if number is not None and number in self._subjects:
            return number, None
        number, cards, _ = self.state.subject(root, key)
        return number, cards

    def _known(
        self, number: int, root: str | None = None, key: str | None = None, cards: bytes | None = None
    ) -> _Subject:
        """A subject at hand; folded from its events where it is not."""
        subject = self._subjects.get(number)
        if subject is not None:
            self._subjects.move_to_end(number)
            return subject
        if root is None or key is None:
            root, key = self.state.named(number)
        if cards is None:
            cards = self.state.subject(root, key)[1]
        fold = Fold(root, key)
        for event in sorted((_EVENT(b) for b in self.state.events_of(number)), key=order_of):
            fold.add(event)
        subject = _Subject(
            number,
            fold,
            _CARDS(cards) if cards else Cards(),
            self.state.groups_of(number),
            self.state.wake_of(number),
        )
        self._subjects[number] = subject
        self._numbers[root, key] = number
        return subject

    def _let_go(self) -> None:
        """Keep no more subjects at hand than allowed. Between two looks only: one that is being looked at stays."""
        while len(self._subjects) > AT_HAND:
            _, old = self._subjects.popitem(last=False)
            self._numbers.pop((old.fold.root, old.fold.key), None)

    def _keep(self, subject: _Subject) -> None:
        self.state.keep_cards(subject.number, _PACK(subject.cards))

    # -- looking -------------------------------------------------------------------------------------------------------

    def _record(self, subject: _Subject, supposed: date | None = None) -> Any:
        until = None if subject.cards.lost else self.until
        record = subject.fold.record(until, None if subject.cards.lost else supposed)
        return settle(subject.fold.root, record, self.world)

    def _hits(self, subject: _Subject, record: Any) -> list[Hit]:
        root = subject.fold.root
        out: list[Hit] = []
        self._gather(subject, record)
        self.worker.judge.judge(root, record, self.world, out)
        if len(self.world.memo) > MEMO:
            self.world.memo.clear()
        return out

    def _found(self, hits: Iterable[Hit]) -> dict[Key, Hit]:
        """What is violated, or may be so by a decision of people, by rule and record."""
        judge = self.worker.judge
        out = {}
        for hit in hits:
            bound = judge.rules[hit[0]]
            sure = hit[1] in (VIOLATED, ERRED)
            if sure or bound.rule.id in self._decided:
                key = judge.frame_of(bound.kind, hit[2], self.world).key
                if sure or (bound.rule.id, key) in self._disposed:
                    out[hit[0], key] = hit
        return out

    def _explained(self, subject: _Subject, record: Any, found: dict[Key, Hit]) -> dict[Key, _Told]:
        """The findings of a record beside each other, as an audit gives them, and what the engine says of them."""
        result = Result()
        settle(subject.fold.root, record, self.world)  # it is the record at hand
        self.worker._report(subject.fold.root, list(found.values()), Behind(record, None), result)
        fired, courses = self._compared(found)
        out = {}
        for body in result.findings:
            finding = _FINDING(body)
            if finding.verdict in ("violated", "error") and finding.decision != "dismissed":
                self.finisher.finish(finding)
                key = self._index[finding.rule], finding.record_key
                out[key] = _Told(
                    finding, key in fired, courses.get((finding.record_kind, finding.record_key), ())
                )
        return out

    # -- the engine beside the judge ---------------------------------------------------------------------------------------

    def _compared(self, found: dict[Key, Hit]) -> tuple[set[Key], dict[tuple[str, str], tuple[Text, ...]]]:
        """Put what the judge found to the engine: the rules that it fires as well, and the courses that it followed."""
        judge = self.worker.judge
        by_record: dict[tuple[str, str], list[Key]] = {}
        for key in found:
            by_record.setdefault((judge.rules[key[0]].kind, key[1]), []).append(key)
        fired: set[Key] = set()
        courses: dict[tuple[str, str], tuple[Text, ...]] = {}
        for (kind, name), keys in by_record.items():
            frame = judge.frame_of(kind, found[keys[0]][2], self.world)
            asked = [judge.rules[index].rule.id for index, _ in keys]
            violated = {judge.rules[k[0]].rule.id for k in keys if found[k][1] == VIOLATED}
            agreed = self.firer.compare(frame, violated, asked)
            self._noted(name, agreed)
            fired |= {k for k in keys if judge.rules[k[0]].rule.id in agreed.fired}
            course = self.charts.course(frame)
            if course is not None:
                courses[kind, name] = (course.words,)
                own = violated & course.chart.rules
                self._noted(name, Agreement(set(), set(course.breaches) - own, own - course.breaches))
        return fired, courses

    def _sampled(self, subject: _Subject, record: Any, hits: list[Hit]) -> None:
        """Put one record of a subject to the engine whole: it must not fire what the judge did not find."""
        judge = self.worker.judge
        frames = list(judge.frames(subject.fold.root, record, self.world))
        frame = frames[self.counts.folded // self.settings.compare_every % len(frames)]
        violated = {
            judge.rules[index].rule.id
            for index, code, chain in hits
            if code == VIOLATED
            and judge.rules[index].kind == frame.kind
            and judge.frame_of(frame.kind, chain, self.world).key == frame.key
        }
        self._noted(frame.key, self.firer.compare(frame, violated))

    def _noted(self, name: str, agreed: Agreement) -> None:
        self.counts.compared += 1
        self.counts.fired += len(agreed.fired)
        if agreed.mismatches:
            self.counts.mismatches += agreed.mismatches
            for rules, who in ((agreed.only_engine, "engine"), (agreed.only_judge, "judge")):
                self.disagreements += [f"{rule} {name}: {who}" for rule in sorted(rules)]
            del self.disagreements[20:]

    def _look(self, subject: _Subject, event: StreamEvent | None) -> None:
        """Judge a subject as it stands, and tell what changed."""
        self._on(self.now.date())
        record = subject.record = self._record(subject)
        subject.until = self.until
        if subject.fold.root == "application":
            self._place(subject, record)
        wrong = bool(refused(record))
        if wrong != subject.cards.wrong:
            subject.cards.wrong = wrong
            self._keep(subject)
        if wrong:
            return
        hits = self._hits(subject, record)
        found = self._found(hits) if hits else {}
        keys = frozenset(found)
        if keys != subject.found:
            subject.findings = self._explained(subject, record, found) if found else {}
            subject.found = keys
        if event is not None and self.counts.folded % self.settings.compare_every == 0:
            self._sampled(subject, record, hits)
        ahead: dict[Key, _Told | None] = {}
        due: dict[Key, date] = {}
        if self._waits(subject, record):
            ahead, due = self._ahead(subject, record, keys)
        else:
            self._wake(subject, min(self._becomes_sure(subject, record), default=None))
        if subject.findings or ahead or subject.cards.out:
            self._tell(subject, event, hits, ahead, due, record)

    def _waits(self, subject: _Subject, record: Any) -> bool:
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

    # -- what is about to lapse ----------------------------------------------------------------------------------------

    def _horizon(self, day: date) -> date:
        """The day on whose end what is due within the lead time would be overdue."""
        found = self.world.calendar.add_working_days(day, self.settings.lead_days)
        return (found or day + timedelta(days=self.settings.lead_days)) + timedelta(days=1)

    def _ahead(
        self, subject: _Subject, record: Any, now: frozenset[Key]
    ) -> tuple[dict[Key, _Told | None], dict[Key, date]]:
        """What would be violated by the end of the lead time if nothing more were told, and the last day to prevent it;
        and settle when to look again."""
        today = self.now.date()
        supposed: dict[date, dict[Key, Hit]] = {}
        records: dict[date, Any] = {}

        def then(day: date) -> dict[Key, Hit]:
            if day not in supposed:
                self._on(day)
                records[day] = self._record(subject, day)
                supposed[day] = self._found(self._hits(subject, records[day]))
            return supposed[day]

        horizon = self._horizon(today)
        coming = {k: h for k, h in then(horizon).items() if k not in now}
        due = {
            k: self._first(lambda d, k=k: k in then(d), today, horizon) - timedelta(days=1) for k in coming
        }
        findings: dict[Key, _Told | None] = dict.fromkeys(coming)
        fresh = [k for k in coming if self._shown(subject, k) != "yellow"]
        if fresh:
            self._on(horizon)
            everything = self._explained(subject, records[horizon], then(horizon))
            # What people dismissed is no warning either.
            findings = {k: everything.get(k) for k in coming if k in everything or k not in fresh}
        self._schedule(subject, record, today, now | coming.keys(), coming, due, then)
        self._on(today)
        settle(subject.fold.root, record, self.world)
        if fresh:
            self._gather(subject, record)
            findings |= self._as_it_stands(subject, record, {k: findings[k] for k in fresh if k in findings})
        return findings, due

    def _as_it_stands(
        self, subject: _Subject, record: Any, warned: dict[Key, _Told | None]
    ) -> dict[Key, _Told | None]:
        """Warnings with the course that the procedure has really taken: what is only supposed is no step of it."""
        wanted = {(t.finding.record_kind, t.finding.record_key) for t in warned.values() if t is not None}
        courses = {
            (f.kind, f.key): (course.words,)
            for f in self.worker.judge.frames(subject.fold.root, record, self.world)
            if (f.kind, f.key) in wanted and (course := self.charts.course(f)) is not None
        }
        return {
            k: t and replace(t, procedures=courses.get((t.finding.record_kind, t.finding.record_key), ()))
            for k, t in warned.items()
        }

    @staticmethod
    def _first(holds: Any, before: date, by: date) -> date:
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
        self, subject: _Subject, record: Any, today: date, known: frozenset[Key] | set[Key], coming: dict[Key, Hit],
        due: dict[Key, date], then: Any,
    ) -> None:  # fmt: skip
        """When to look again: when a yellow card turns red, when the next one falls due, or in half a year."""
        # While the log goes on, that nothing was told of a day is known when it is over and the bound has passed.
        later_by = timedelta(days=1) if subject.fold.closed else timedelta(days=2) + self.settings.bound
        instants = [datetime.combine(d, time(), BEIJING) + later_by for k, d in due.items() if k in coming]
        far = today + FAR
        if set(then(far)) - known:
            day = self._first(lambda d: bool(set(then(d)) - known), today, far)
            while day > today and self._horizon(day - timedelta(days=1)) >= self._first_of(
                then, known, today, far
            ):
                day -= timedelta(days=1)
            instants.append(datetime.combine(max(day, today + timedelta(days=1)), time(), BEIJING))
        instants += self._becomes_sure(subject, record)
        later = [i for i in instants if i > self.now]
        self._wake(subject, min(later, default=None if subject.fold.closed else self.now + AGAIN))

    def _first_of(self, then: Any, known: Any, today: date, far: date) -> date:
        return self._first(lambda d: bool(set(then(d)) - known), today, far)

    def _becomes_sure(self, subject: _Subject, record: Any) -> list[datetime]:
        """When it is first known that nothing was told: of the day on which it was opened, and of that of acceptance, on
        which things are due on the spot."""
        if not subject.fold.follows or subject.cards.lost:
            return []
        deferral = getattr(record, "deferral", None)
        days = [subject.fold.opened, None if deferral is None else deferral.accepted_on]
        over = timedelta(days=1) + self.settings.bound
        instants = [datetime.combine(d, time(), BEIJING) + over for d in days if d is not None]
        return [i for i in instants if i > self.now]

    def _wake(self, subject: _Subject, at: datetime | None) -> None:
        said = None if at is None else at.astimezone(UTC).isoformat()
        if said != subject.wake:
            subject.wake = said
            self.state.wake(subject.number, said)

    # -- others of the same matter or holder -----------------------------------------------------------------------------

    def _place(self, subject: _Subject, record: Any) -> None:
        groups = tuple(sorted("\x1f".join(g) for g in groups_of(record)))
        if groups != subject.groups:
            subject.groups = groups
            self.state.join(subject.number, groups)

    def _gather(self, subject: _Subject, record: Any) -> None:
        """What the other applications of its matter and holder hold."""
        world = self.world
        if subject.fold.root != "application":
            return
        world.gathering_complete = self._covered and not self._nameless
        if not subject.groups:
            world.gathered = {}
            return
        members: dict[int, Any] = {}
        for group in subject.groups:
            others = self.state.members(group)
            if len(others) > 1:
                members |= dict.fromkeys(others)
        if not members:
            world.gathered = {}
            return
        records: list[Any] = []
        lost: set[tuple[str, str]] = set()
        for number in members:
            other = self._known(number)
            if number == subject.number:
                found = record
            else:
                if other.record is None or (other.until != self.until and not other.fold.closed):
                    other.record, other.until = self._record(other), self.until
                found = other.record
            if other.cards.wrong or other.cards.lost:
                lost.update(groups_of(found))
            if not other.cards.wrong or number == subject.number:
                records.append(found)
        world.gathered = gather(records)
        world.gathering_open = frozenset(lost)
        settle("application", record, world)  # it is the record at hand again

    @property
    def _covered(self) -> bool:
        return any(c.table == "applications" for c in self.worker.job.completeness)

    def _tell_others(self, subject: _Subject) -> None:
        """What an application holds, others may not ask for again: they are looked at anew."""
        others = {n for group in subject.groups for n in self.state.members(group)} - {subject.number}
        for number in sorted(others):
            self._look(self._known(number), None)

    # -- telling -------------------------------------------------------------------------------------------------------

    def _shown(self, subject: _Subject, key: Key) -> Card | None:
        shown = subject.cards.out.get(self._name(key))
        return None if shown is None else shown.card

    def _name(self, key: Key) -> str:
        return f"{self.worker.judge.rules[key[0]].rule.id} {key[1]}"

    def _tell(
        self, subject: _Subject, event: StreamEvent | None, hits: list[Hit], ahead: dict[Key, _Told | None],
        due: dict[Key, date], record: Any,
    ) -> None:  # fmt: skip
        out = subject.cards.out
        changed = False
        standing = set()
        for key, told in subject.findings.items():
            name = self._name(key)
            standing.add(name)
            before = out.get(name)
            if before is None or before.card != "red":
                out[name] = _shown(told.finding, "red", None)
                self._alert(subject, "red", told, event, before)
                changed = True
        for key, coming in ahead.items():
            name = self._name(key)
            standing.add(name)
            before = out.get(name)
            if before is None or before.card != "yellow":
                assert coming is not None
                out[name] = _shown(coming.finding, "yellow", due[key])
                self._alert(subject, "yellow", coming, event, before, due[key])
                changed = True
            elif before.due_on != due[key]:
                before.due_on = due[key]
                changed = True
        gone = [name for name in out if name not in standing]
        if gone:
            open_now = self._undetermined(hits)
            for name in gone:
                if out[name].card == "yellow" and name in open_now:
                    continue
                self._take_back(subject, name, event, record)
                del out[name]
                changed = True
        if changed:
            self._keep(subject)

    def _undetermined(self, hits: Iterable[Hit]) -> set[str]:
        judge = self.worker.judge
        return {
            f"{judge.rules[h[0]].rule.id} {judge.frame_of(judge.rules[h[0]].kind, h[2], self.world).key}"
            for h in hits
            if h[1] == UNDETERMINED
        }

    def _alert(
        self, subject: _Subject, card: Card, told: _Told, event: StreamEvent | None, before: Shown | None,
        due_on: date | None = None,
    ) -> None:  # fmt: skip
        finding = told.finding
        shared = {f: getattr(finding, f) for f in SHARED}
        left = None
        if due_on is not None:
            left = self.world.calendar.working_days_between(self.now.date(), due_on)
            shared["message"] = _about_to(finding, due_on, left)
            shared["consequence"] = shared["mitigation"] = shared["mitigation_pending"] = None
        self._put(
            Alert(
                seq=self._next, card=card, at=self.now.isoformat(), as_of=self.now.date(), subject=subject.fold.root,
                key=subject.fold.key, finding=finding.id, due_on=due_on, days_left=left,
                after=None if before is None else before.card, event=None if event is None else event.event_id,
                fired=told.fired, procedures=told.procedures, history=history([e for _, e in subject.fold.events]),
                **shared,
            )
        )  # fmt: skip

    def _take_back(self, subject: _Subject, name: str, event: StreamEvent | None, record: Any) -> None:
        shown = subject.cards.out[name]
        rule, _, key = name.partition(" ")
        known = self.pack.by_id[rule]
        at = Address.parse(known.address).at_paragraph
        statute = load_statute()
        self._put(
            Alert(
                seq=self._next, card="green", at=self.now.isoformat(), as_of=self.now.date(), subject=subject.fold.root,
                key=subject.fold.key, rule=rule, finding=shown.finding, record_kind=shown.kind, record_key=key,
                citation=Text(statute.citation(at, "zh"), statute.citation(at, "en")), title=known.title,
                message=_why_back(shown, subject.fold.closed and not _ended(record)), organ_code=shown.organ_code,
                organ_name=shown.organ_name, region=shown.region, due_on=shown.due_on, after=shown.card,
                event=None if event is None else event.event_id,
                history=history([e for _, e in subject.fold.events]),
            )
        )  # fmt: skip

    def _put(self, alert: Alert) -> None:
        self.state.put_alert(_ENCODE(alert))
        self._next += 1
        setattr(self.counts, alert.card, getattr(self.counts, alert.card) + 1)

    def _quarantine(
        self, line: bytes, place: Location, problems: tuple[Problem, ...], event: StreamEvent | None = None
    ) -> None:
        """Set a line aside. What it would have told is lost, so what it was about is complete no more; where that cannot
        be told, nothing is that looks among applications."""
        self.counts.quarantined += 1
        self.state.put_aside(msgspec.json.encode(Quarantined(place, "events", problems, line).to_builtins()))
        about = subject_of(event) if event is not None else _named(line)
        if about is None:
            if not self._nameless:
                self._nameless = True
                self.state.set("nameless", "1")
            return
        number, cards = self._number(about[0].root, about[1])
        subject = self._known(number, about[0].root, about[1], cards)
        if not subject.cards.lost and not any(p.code == "conflicting-event" for p in problems):
            subject.cards.lost = True
            self._keep(subject)
            if subject.fold.events:
                self._look(subject, None)

    # -- the batch -----------------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Make everything that came of this batch lasting."""
        self.state.set("now", self.now.isoformat())
        self.state.set("counts", msgspec.json.encode(self.counts).decode())
        self.state.commit()

    def standing(self) -> Counter[str]:
        """How many cards of each colour are out."""
        return Counter(shown.card for body in self.state.all_cards() for shown in _CARDS(body).out.values())

    def look_again(self) -> None:
        """Judge everything anew: the rules or the reference tables are not those that it was judged by."""
        for number, _, _ in self.state.subjects():
            self._let_go()
            subject = self._known(number)
            if subject.fold.events:
                self._look(subject, None)

    def verdicts(self) -> Iterator[tuple[str, str, dict[tuple[str, str], str]]]:
        """What the judge says of every subject as it stands: root, key, and the verdict (violated, undetermined, error) by
        rule and record key. The final state of a stream, to hold beside an audit."""
        names = {VIOLATED: "violated", UNDETERMINED: "undetermined", ERRED: "error"}
        judge = self.worker.judge
        self._on(self.now.date())
        for number, root, key in self.state.subjects():
            self._let_go()
            subject = self._known(number)
            if not subject.fold.events:
                continue
            record = self._record(subject)
            if root == "application":
                self._place(subject, record)
            subject.record, subject.until = record, self.until
            if refused(record):
                continue
            out = {}
            for index, code, chain in self._hits(subject, record):
                bound = judge.rules[index]
                out[bound.rule.id, judge.frame_of(bound.kind, chain, self.world).key] = names[code]
            yield root, key, out


def _shown(finding: Finding, card: Card, due_on: date | None) -> Shown:
    return Shown(
        card, finding.id, finding.record_kind, due_on, finding.organ_code, finding.organ_name, finding.region
    )


def _ended(record: Any) -> bool:
    flags = ("completed", "withdrawn", "replied", "solved", "refused")
    parts = [record, getattr(record, "deferral", None)]
    return any(getattr(p, f, None) for p in parts if p is not None for f in flags)


def _about_to(finding: Finding, due_on: date, left: int | None) -> Text:
    days_zh = "" if left is None else "，今天是最后一天" if left <= 0 else f"，还有{left}个工作日"
    days_en = (
        "" if left is None else ", today is the last day" if left <= 0 else f", {left} working day(s) left"
    )
    return Text(
        f"最迟{due_on.year}年{due_on.month}月{due_on.day}日{days_zh}；到期未办即为“{finding.title.zh}”",
        f"by {due_on} at the latest{days_en}; after that: {finding.title.en}",
    )


def _why_back(shown: Shown, closed: bool) -> Text:
    if closed:
        return Text(
            "经过已归档，期限届满时的情况不再跟踪", "the log was closed; what became of it is not followed"
        )
    if shown.card == "yellow":
        return Text("已在期限之内处理", "done in time")
    return Text(
        "后来的事件表明不构成违反，红牌撤销",
        "by what was told since there is no breach; the red card is taken back",
    )


def _problem(code: str, zh: str, en: str, place: Location) -> Problem:
    return Problem(code, Text(zh, en), place)


def _no_time(event: StreamEvent, place: Location, name: str = "happened_at") -> Problem:
    said = getattr(event, name)
    if said is None:
        return _problem(
            "no-time",
            "事件没有发生时间，也没有记录时间",
            "the event has neither happened_at nor recorded_at",
            place,
        )
    return Problem(
        "wrong-instant", Text(f"{name} 不是日期或者时间：“{quoted(said)}”", f"{name} is no date or instant: “{quoted(said)}”"),
        place, Text("形如 2025-03-05 或 2025-03-05T09:30", "such as 2025-03-05 or 2025-03-05T09:30"),
    )  # fmt: skip


class _Said(msgspec.Struct):
    application_no: Any = None
    ticket_no: Any = None
    problem_no: Any = None
    project_no: Any = None


def _named(line: bytes) -> tuple[Subject, str] | None:
    """What a line that cannot be read is about, if it says so."""
    try:
        said = msgspec.json.decode(line, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    for name in said.__struct_fields__:
        value = getattr(said, name)
        if not isinstance(value, str) or not value.strip():
            setattr(said, name, None)
    return subject_of(said)

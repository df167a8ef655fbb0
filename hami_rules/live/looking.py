"""A look at a subject: the record as its events make it, and what the judge finds in it, beside the others of its group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from hami_rules.audit.chunk import Behind, Job, Result, Worker
from hami_rules.derive.gathering import gather, groups_of
from hami_rules.judge.compile import UNDETERMINED, VIOLATED
from hami_rules.judge.engine import ERRED, Hit
from hami_rules.judge.findings import Finding
from hami_rules.judge.finish import Finisher
from hami_rules.pack.load import Pack
from hami_rules.records.settle import settle

from .charts import Charts
from .comparing import Comparing
from .settings import Counts, Time
from .subjects import Backed, Key, Subjects, Watched

__all__ = ["Looking"]

MEMO = 200_000  # entries of the world's memo after which it is emptied

_FINDING = msgspec.msgpack.Decoder(Finding).decode


class Looking:
    """Judges subjects as they stand, or as they would stand if nothing more were told by a later day."""

    def __init__(
        self, pack: Pack, job: Job, subjects: Subjects, time: Time, charts: Charts, counts: Counts
    ) -> None:
        self.subjects, self.time = subjects, time
        self.worker = Worker(job, pack)
        self.world, self.judge = self.worker.world, self.worker.judge
        self.finisher = Finisher(pack, self.world)
        self.comparing = Comparing(self.judge, self.world, charts, counts)
        self.nameless = False  # an event in quarantine may be of any application
        self._covered = any(c.table == "applications" for c in job.completeness)
        self._index = {b.rule.id: b.index for b in pack.bound}
        dispositions = self.world.tables.get("dispositions", ())
        self._disposed = {(d.rule, d.key) for d in dispositions if d.rule and d.key}
        self._decided = {rule for rule, _ in self._disposed}

    def on(self, day: date) -> None:
        """Judge as of a day."""
        if self.world.as_of != day:
            self.world.on(day)

    def record(self, subject: Watched, supposed: date | None = None) -> Any:
        """Its record as it is known by now; `supposed`: as it would be on a later day if nothing more were told."""
        record = subject.fold.record(self.time.until, supposed, subject.cards.lost)
        return settle(subject.fold.root, record, self.world)

    def hits(self, subject: Watched, record: Any) -> list[Hit]:
        """What the judge says of it that is not plainly compliant."""
        root = subject.fold.root
        out: list[Hit] = []
        self.gather(subject, record)
        self.judge.judge(root, record, self.world, out)
        if len(self.world.memo) > MEMO:
            self.world.memo.clear()
        return out

    def found(self, hits: Iterable[Hit]) -> dict[Key, Hit]:
        """What is violated, or may be so by a decision of people, by rule and record."""
        judge = self.judge
        out = {}
        for hit in hits:
            bound = judge.rules[hit[0]]
            sure = hit[1] in (VIOLATED, ERRED)
            if sure or bound.rule.id in self._decided:
                key = judge.frame_of(bound.kind, hit[2], self.world).key
                if sure or (bound.rule.id, key) in self._disposed:
                    out[hit[0], key] = hit
        return out

    def explained(self, subject: Watched, record: Any, found: dict[Key, Hit]) -> dict[Key, Backed]:
        """The findings of a record beside each other, as an audit gives them, and what the engine says of them."""
        result = Result()
        settle(subject.fold.root, record, self.world)  # it is the record at hand
        self.worker._report(subject.fold.root, list(found.values()), Behind(record, None), result)
        fired, courses = self.comparing.found(found)
        out = {}
        for body in result.findings:
            finding = _FINDING(body)
            if finding.verdict in ("violated", "error") and finding.decision != "dismissed":
                self.finisher.finish(finding)
                key = self._index[finding.rule], finding.record_key
                out[key] = Backed(
                    finding, key in fired, courses.get((finding.record_kind, finding.record_key), ())
                )
        return out

    def name(self, key: Key) -> str:
        """A verdict by the rule's id: `15.2e BJ010/deferral`."""
        return f"{self.judge.rules[key[0]].rule.id} {key[1]}"

    def undetermined(self, hits: Iterable[Hit]) -> set[str]:
        """The names of the verdicts that are open."""
        judge = self.judge
        return {
            self.name((h[0], judge.frame_of(judge.rules[h[0]].kind, h[2], self.world).key))
            for h in hits
            if h[1] == UNDETERMINED
        }

    # -- others of the same matter or holder -----------------------------------------------------------------------------

    def place(self, subject: Watched, record: Any) -> None:
        """Put an application into the groups that it is of."""
        self.subjects.join(subject, tuple(sorted("\x1f".join(g) for g in groups_of(record))))

    def gather(self, subject: Watched, record: Any) -> None:
        """What the other applications of its matter and holder hold."""
        world = self.world
        if subject.fold.root != "application":
            return
        world.gathering_complete = self._covered and not self.nameless and not self.subjects.adrift
        if not subject.groups:
            world.gathered = {}
            return
        members: dict[int, Any] = {}
        for group in subject.groups:
            others = self.subjects.state.members(group)
            if len(others) > 1:
                members |= dict.fromkeys(others)
        if not members:
            world.gathered = {}
            return
        records: list[Any] = []
        lost: set[tuple[str, str]] = set()
        for number in members:
            other = self.subjects.known(number)
            if number == subject.number:
                found = record
            else:
                if other.record is None or (other.until != self.time.until and not other.fold.closed):
                    other.record, other.until = self.record(other), self.time.until
                found = other.record
            if other.cards.wrong or other.cards.lost:
                lost.update(groups_of(found))
            if not other.cards.wrong or number == subject.number:
                records.append(found)
        world.gathered = gather(records)
        world.gathering_open = frozenset(lost)
        settle("application", record, world)  # it is the record at hand again

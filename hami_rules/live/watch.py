"""The loop of `hami watch`: lines in, one transaction a batch, alerts out."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from hami_rules.audit.accounts import deciding
from hami_rules.audit.chunk import Job
from hami_rules.pack.load import Pack
from hami_rules.records.dates import BEIJING

from .alerts import Alert
from .settings import Counts
from .sinks import FileSink, Sink, StreamSink
from .sources import Line, Source
from .state import State
from .supervise import Supervisor

__all__ = ["BATCH", "Watch", "judged_by"]

BATCH = 256
"""Lines of one transaction, at most: small enough for an alert to go out at once, large enough to be written fast."""
IDLE = 0.5

_ALERT = msgspec.json.Decoder(Alert).decode


def judged_by(pack: Pack, job: Job) -> str:
    """A hash of all that decides verdicts beside the events: rules, calendar, program, reference tables."""
    digest = hashlib.sha256()
    for name, value in deciding(pack, job.as_of).items():
        if name != "as_of":
            digest.update(f"{name}={value}\0".encode())
    for name in sorted(job.tables):
        digest.update(name.encode() + b"\0" + job.tables[name])
    for c in job.completeness:
        digest.update(f"{c.table} {sorted(c.regions)} {c.start} {c.end}\0".encode())
    return digest.hexdigest()[:16]


@dataclass
class Watch:
    """One supervision from start to end. `sinks` take the alerts of the wanted `cards`; `shown` is called with each."""

    supervisor: Supervisor
    state: State
    source: Source
    sinks: Sequence[Sink]
    quarantine: FileSink | None = None
    cards: frozenset[str] = frozenset({"red", "yellow", "green"})
    shown: Callable[[Alert], None] | None = None
    after_batch: Callable[[Counts, datetime], None] | None = None
    stopped: bool = field(default=False)

    def run(self, first: Sequence[tuple[str, Line]] = ()) -> Counts:
        """Take everything in until the source ends or the process is told to stop."""
        self.deliver()  # what a killed process had not got out
        held = list(first)
        with self._signals():
            while not self.stopped:
                lines = held or self.source.read(BATCH, IDLE)
                held = []
                self.batch(lines)
                if self.source.ended:
                    break
        self.state.commit()  # what was handed out last
        return self.supervisor.counts

    def batch(self, lines: Sequence[tuple[str, Line]]) -> None:
        """One transaction, and what came of it."""
        supervisor = self.supervisor
        for name, line in lines:
            supervisor.take(line.body, line.place)
            self.state.read_to(name, line.offset, line.place.line or 0)
        before = supervisor.now
        if supervisor.settings.clock == "real":
            supervisor.tick(datetime.now(BEIJING))
        if lines or supervisor.now != before:
            supervisor.commit()
            self.deliver()
        if self.after_batch is not None:
            self.after_batch(supervisor.counts, supervisor.now)

    def deliver(self) -> None:
        """Hand out what has not been handed out."""
        sent = int(self.state.get("delivered") or 0)
        for sink in self.sinks:
            if sink.last == 0:
                sink.last = sent  # a new file begins where the one before it was left
        alerts = self.state.alerts(min([sent, *(s.last for s in self.sinks)]))
        for seq, body in alerts:
            if not any(b'"card":"%s"' % card.encode() in body[:40] for card in self.cards):
                continue
            for sink in self.sinks:
                sink.put(seq, body)
            if self.shown is not None and seq > sent:
                self.shown(_ALERT(body))
        for sink in self.sinks:
            sink.flush()
        if alerts and alerts[-1][0] > sent:
            self.state.set("delivered", str(alerts[-1][0]))
            # Those before: a file that lags a batch behind still finds its own.
            self.state.forget_alerts(sent)
            if any(isinstance(sink, StreamSink) for sink in self.sinks):
                self.state.commit()  # at once: what a kill comes between here goes out twice
        if self.quarantine is not None:
            for seq, body in self.state.aside(self.quarantine.last):
                self.quarantine.put(seq, b'{"seq":%d,%s' % (seq, body[1:]))
            self.quarantine.flush()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Told to stop, it finishes the batch at hand."""

        def stop(*_: object) -> None:
            self.stopped = True

        before = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

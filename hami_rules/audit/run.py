"""A batch run: plan, first pass, chunks to workers, merge in order, account for everything."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hami_rules.derive.aggregate import Partial
from hami_rules.derive.aggregate import merge as merge_counts
from hami_rules.intake.chunks import Chunk
from hami_rules.intake.dossier import Dossier, Entry, digested, open_dossier
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.identity import Identity, PassOne, first_pass_chunk, hash64, merge
from hami_rules.intake.quarantine import Quarantined, QuarantineWriter
from hami_rules.judge.engine import Tally
from hami_rules.judge.findings import BRIEF, Finding, OpenGroup
from hami_rules.judge.finish import Finisher
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS
from hami_rules.records.text import Text

from .accounts import deciding, hollow, trusted
from .chunk import Group, Job, Result, Worker
from .requests import Line, Requests
from .slips import SLIPS, Met, idle, sift, unmatched

__all__ = ["Audit", "Counts", "Options", "Progress", "run_audit"]

WORTH_A_WORKER = 8  # chunks: with fewer for each, starting the workers takes longer than they save
COMPONENT_BATCH = 400  # applications that are judged beside each other at a time, at least


@dataclass(frozen=True)
class Options:
    """What can change a verdict (`as_of`), what is reported (`select`, `regions`), and how the work is done.

    `jobs`: processes that judge; 0 = as many as there are processors, where there is work enough for them.
    """

    as_of: date
    select: frozenset[int] | None = None
    regions: frozenset[str] = frozenset()
    jobs: int = 1
    rules_folder: str | None = None


@dataclass
class Counts:
    """What became of one table's records."""

    read: int = 0
    judged: int = 0
    duplicates: int = 0
    quarantined: int = 0
    unjudged: int = 0


@dataclass
class Progress:
    """Called as work is done: stage (`read`, `judge`), records done so far, records known of (0 = not yet)."""

    report: Callable[[str, int, int], None] = lambda stage, done, known: None


class Spool:
    """Findings on disk, with what is needed to give them back in the report's order without holding them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._index: list[tuple[tuple[Any, ...], int, int]] = []
        self._at = 0

    def add(self, finding: Finding, body: bytes, key: tuple[Any, ...]) -> None:
        self._file.write(body)
        self._index.append((key, self._at, len(body)))
        self._at += len(body)

    def finished(self, finish: Callable[[Finding], Finding], file: BinaryIO) -> Spool:
        """The same findings after the last stage, written anew one by one."""
        made = Spool(file)
        decode, encode = msgspec.msgpack.Decoder(Finding).decode, msgspec.msgpack.Encoder().encode
        self._file.flush()
        for key, start, size in self._index:
            self._file.seek(start)
            finding = finish(decode(self._file.read(size)))
            made.add(finding, encode(finding), key)
        self._file.close()
        return made

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[Finding]:
        return self._each(Finding)

    def briefly(self) -> Iterator[Finding]:
        """The findings without their evidence."""
        return self._each(BRIEF)

    def _each(self, form: type[Finding]) -> Iterator[Finding]:
        self._file.flush()
        self._index.sort(key=lambda row: row[0])
        decode = msgspec.msgpack.Decoder(form).decode
        for _, start, size in self._index:
            self._file.seek(start)
            yield decode(self._file.read(size))
        self._file.seek(0, 2)


_worker: Worker | None = None


class Hands:
    """Who does the work of a run: this process, or spawned workers. Results come in the order of the tasks either way.

    The job reaches the workers by a file of this run's own: handed over in person, each of them would keep this process
    waiting until it had started.
    """

    def __init__(self, jobs: int, job: Job) -> None:
        self._pool = None
        if jobs > 1:
            self._job = tempfile.NamedTemporaryFile(prefix="hami-")  # noqa: SIM115 - closed with the workers
            self._job.write(pickle.dumps(job))
            self._job.flush()
            self._pool = multiprocessing.get_context("spawn").Pool(jobs, _start, (self._job.name,))

    def each(self, task: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """What each item gives. Workers begin at once; this process when it is asked for a result."""
        return map(task, items) if self._pool is None else self._pool.imap(task, items)

    def aside(self, task: Callable[..., Any], *args: Any) -> Callable[[], Any]:
        """Have something done beside what this process goes on to do; call what it gives for the result.

        Where there are no workers it is done at once.
        """
        if self._pool is None:
            done = task(*args)
            return lambda: done
        return self._pool.apply_async(task, args).get

    def close(self) -> None:
        """Let the workers go; what they have not finished is lost."""
        global _worker
        _worker = None
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
            self._job.close()


@dataclass
class Audit:
    """What a run gave. `findings` may be iterated any number of times while the audit is open: close it, or use `with`."""

    dossier: Dossier
    hands: Hands
    findings: Spool
    groups: tuple[OpenGroup, ...]
    tally: Tally
    counts: dict[str, Counts]
    hashes: dict[str, str]
    quarantine: dict[tuple[str, str], tuple[int, Text, str]]
    organs: dict[str, str]
    inputs: list[tuple[str, str, int]]  # files: path in the dossier, SHA-256, bytes
    requests: tuple[Line, ...] = ()
    unused: tuple[Problem, ...] = ()  # files, declarations and slips that had no effect
    verdicts: dict[str, int] = field(default_factory=dict)
    filtered: int = 0
    errors: int = 0
    fallbacks: int = 0
    held: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Let go of the workers and of what the dossier keeps on disk."""
        self.held.close()

    def __enter__(self) -> Audit:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _start(job_file: str) -> None:
    global _worker
    _worker = Worker(pickle.loads(Path(job_file).read_bytes()))


def _first(chunk: Chunk) -> PassOne:
    return first_pass_chunk(chunk)


def _second(task: tuple[Any, ...]) -> Result:
    assert _worker is not None
    return _worker.chunk(*task)


def _third(task: tuple[Any, ...]) -> Result:
    assert _worker is not None
    return _worker.beside(*task)


def _fourth(task: tuple[Any, ...]) -> Result:
    assert _worker is not None
    return _worker.shown(*task)


def run_audit(
    path: Path, pack: Pack, options: Options, sort_key: Callable[[Finding], tuple[Any, ...]], folder: Path,
    progress: Progress | None = None, name: str | None = None,
) -> Audit:  # fmt: skip
    """Judge a dossier. Writes `quarantine.jsonl` and `undetermined.jsonl` into `folder` as it goes. `name`: what the
    dossier is called instead of its path.

    Raises `InputError` for what keeps the dossier from being judged as a whole. Single bad records are quarantined.
    """
    progress = progress or Progress()
    with ExitStack() as held:
        dossier = held.enter_context(open_dossier(path, name))
        with (
            QuarantineWriter(folder / "quarantine.jsonl") as quarantine,
            (folder / "undetermined.jsonl").open("wb") as open_file,
        ):
            found = _run(dossier, pack, options, sort_key, progress, quarantine, open_file, held)
        found.held = held.pop_all()
    return found


def _run(
    dossier: Dossier,
    pack: Pack,
    options: Options,
    sort_key: Callable[[Finding], tuple[Any, ...]],
    progress: Progress,
    quarantine: QuarantineWriter,
    open_file: BinaryIO,
    held: ExitStack,
) -> Audit:
    global _worker
    counts: dict[str, Counts] = {}
    reasons: dict[tuple[str, str], tuple[int, Text, str]] = {}

    def set_aside(row: Quarantined) -> None:
        quarantine.write(row)
        if row.orphan:
            orphans = counts.setdefault(row.table, Counts())
            orphans.read += 1
            orphans.quarantined += 1
        count, reason, place = reasons.get((row.table, row.code), (0, row.problems[0].message, row.place))
        reasons[row.table, row.code] = (count + 1, reason, place)

    loaded: dict[str, list[Entry]] = {}
    unread: list[Quarantined] = []
    problems: list[Problem] = []
    for table in dossier.tables:
        if ROOTS[table].stream:
            continue
        found = dossier.load(table)
        problems += found.problems
        entries, aside = found.entries, found.quarantined
        if table in SLIPS:
            entries, bad = sift(table, entries, pack)
            aside = [*aside, *bad]
        loaded[table] = entries
        own = sum(not row.orphan for row in aside)
        counts[table] = Counts(found.read, 0, found.duplicates, own, len(entries))
        for row in aside:
            set_aside(row)
        unread += aside
    if problems:
        raise InputError(problems)
    completeness, _ = trusted(dossier.completeness, unread)
    job = Job(
        options.rules_folder,
        options.as_of,
        {table: msgspec.msgpack.encode([e.record for e in entries]) for table, entries in loaded.items()},
        completeness,
        options.select,
        options.regions,
    )
    chunks = dossier.chunks("applications")
    worth = len(chunks) if options.jobs else len(chunks) // WORTH_A_WORKER
    hands = Hands(min(options.jobs or os.cpu_count() or 1, worth), job)
    held.callback(hands.close)
    digests = hands.aside(digested, dossier.root, dossier.files)
    passes = hands.each(_first, chunks)
    worker = _worker = Worker(job, pack)
    finisher = Finisher(pack, worker.world)
    total = Result()
    groups: dict[tuple[Any, ...], Group] = {}
    raw = Spool(tempfile.TemporaryFile(prefix="hami-"))  # noqa: SIM115 - closed when the findings are finished
    decode = msgspec.msgpack.Decoder(BRIEF).decode
    encode_row = msgspec.json.Encoder().encode
    tally = Tally()
    met = Met()
    requests = Requests()
    errors = 0
    counted: Partial = {}

    def take(result: Result) -> None:
        nonlocal errors
        for body in result.findings:
            finding = decode(body)
            errors += finding.verdict == "error"
            finisher.count(finding, result.facts.get(finding.id, frozenset()))
            raw.add(finding, body, sort_key(finding))
        for open_row in result.open_rows:
            open_file.write(encode_row(open_row) + b"\n")
            requests.add(open_row)
        for key, group in result.groups.items():
            if key in groups:
                groups[key].add(group)
            else:
                groups[key] = group
        for part in result.tallies.values():
            tally.add(part)
        merge_counts(counted, result.counted)
        for row in result.quarantined:
            set_aside(row)
        unread.extend(result.quarantined[:1])  # one is enough to say why
        met.add(result.met)
        total.filtered += result.filtered
        total.fallbacks += result.fallbacks

    for table, entries in loaded.items():
        kind = ROOTS[table].name
        if worker.judge.needed(kind):
            take(worker.table(table, entries))
            counts[table].judged, counts[table].unjudged = counts[table].unjudged, 0
    if "applications" in dossier.tables:
        counts["applications"] = Counts()  # before the rows of its child tables
        counts["applications"] = _stream(chunks, passes, worker, hands, take, progress)
    if {"applications", "item_groups"} & set(
        dossier.tables
    ):  # a group of items is one without any application, too
        for result in hands.each(_fourth, list(worker.aggregates(counted, _missing(counts)))):
            take(result)
    # A rule about findings may ask how many there are: it speaks when all have come in.
    finisher.settle()
    spool = raw.finished(finisher.finish, tempfile.TemporaryFile(prefix="hami-"))  # noqa: SIM115 - lives as long as the audit
    organs = {o.code: o.name for o in worker.world.tables.get("organs", ()) if o.code and o.name}
    opened = sorted(
        (g.opened(finisher.finish, pack.registry) for g in groups.values()),
        key=lambda g: (-g.count, g.rule, [m.fact for m in g.missing], g.concurrent),
    )
    inputs = digests()
    hashes = {
        **deciding(pack, options.as_of),
        "dossier": hashlib.sha256(repr(inputs).encode()).hexdigest()[:16],
    }
    return Audit(
        dossier, hands, spool, tuple(opened), tally, counts, hashes, reasons, organs, inputs,
        requests=requests.lines(),
        unused=(
            *dossier.unclaimed,
            *hollow({t: c.read for t, c in counts.items()}, dossier.sources, dossier.completeness),
            *trusted(dossier.completeness, unread)[1], *idle(loaded, pack), *unmatched(loaded, met, worker.judge)),
        filtered=total.filtered, errors=errors + finisher.errors, fallbacks=total.fallbacks,
    )  # fmt: skip


def _stream(
    chunks: Sequence[Chunk],
    first: Iterator[PassOne],
    worker: Worker,
    hands: Hands,
    take: Callable[[Result], None],
    progress: Progress,
) -> Counts:
    """Judge the applications: ids first, then the chunks, then those that must be seen beside others."""
    counts = Counts()
    where: dict[int, tuple[int, int]] = {}  # row id → place of its `Kept`
    unread: set[int] = set()  # groups that an application in quarantine is of
    with tempfile.NamedTemporaryFile(prefix="hami-") as kept:
        passes = []
        for one in first:
            passes.append(one)
            progress.report("read", sum(p.read for p in passes), 0)
        identity = merge(passes, chunks)
        counts.read = identity.read
        components, shared = _components(passes, identity)
        lost = worker.watch.lost("application", (key for one in passes for key in one.keys), hash64)
        of_groups = _groups_of_rows(passes, identity)
        nameless = any(one.unowned or one.read > len(one.rows) for one in passes)
        del passes
        tasks = [
            (chunk, identity.skips(chunk), shared.get(chunk.number, frozenset()), lost) for chunk in chunks
        ]
        for result in hands.each(_second, tasks):
            take(result)
            for number, body in result.kept:
                where[number] = (kept.tell(), len(body))
                kept.write(body)
            counts.judged += result.judged
            counts.duplicates += result.duplicates
            counts.quarantined += sum(not row.orphan for row in result.quarantined)
            for row in result.quarantined:
                unread.update(of_groups.get(row.row or 0, ()))
            progress.report("judge", counts.judged, counts.read)
        kept.flush()
        table = {c.number: c for c in chunks}
        batches = [
            (
                kept.name,
                {n: table[n] for n in sorted({row >> 32 for row in members})},
                [(row, *where[row]) for row in members if row in where],
                lost,
                frozenset(unread),
                nameless,
            )
            for members in _batches(components)
        ]
        for result in hands.each(_third, batches):
            take(result)
            counts.judged += result.judged
            progress.report("judge", counts.judged, counts.read)
    return counts


def _missing(counts: Mapping[str, Counts]) -> dict[str, int]:
    """How many records of each table stand in quarantine; a row without a parent is a part of one that is missing."""
    missing: Counter[str] = Counter()
    for table, c in counts.items():
        missing[table.partition(".")[0]] += c.quarantined
    return dict(missing)


def _groups_of_rows(passes: list[PassOne], identity: Identity) -> dict[int, tuple[int, ...]]:
    """The shared groups of each application that is of any, as hashes by row id."""
    out = {}
    for one in passes:
        for row, matter, holder in zip(one.rows, one.matters, one.holders, strict=True):
            groups = (
                *((matter,) if matter in identity.shared_matters else ()),
                *((holder,) if holder in identity.shared_holders else ()),
            )
            if groups:
                out[row] = groups
    return out


def _components(
    passes: list[PassOne], identity: Identity
) -> tuple[list[list[int]], dict[int, frozenset[int]]]:
    """Applications that hang together by a matter or a holder, as row ids, and their ordinals by chunk."""
    parent: dict[int, int] = {}

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    first: dict[tuple[str, int], int] = {}
    skip = identity.duplicate_rows | identity.conflicting_rows.keys()
    for one in passes:
        for row, matter, holder in zip(one.rows, one.matters, one.holders, strict=True):
            if row in skip:
                continue
            for what, group, among in (
                ("m", matter, identity.shared_matters),
                ("h", holder, identity.shared_holders),
            ):
                if group not in among:
                    continue
                parent.setdefault(row, row)
                other = first.setdefault((what, group), row)
                a, b = find(row), find(other)
                if a != b:
                    parent[max(a, b)] = min(a, b)
    members: dict[int, list[int]] = {}
    shared: dict[int, set[int]] = {}
    for row in sorted(parent):
        members.setdefault(find(row), []).append(row)
        shared.setdefault(row >> 32, set()).add(row & 0xFFFFFFFF)
    return [members[k] for k in sorted(members)], {k: frozenset(v) for k, v in shared.items()}


def _batches(components: list[list[int]]) -> Iterator[list[int]]:
    """Components put together into batches worth a task; never cut apart."""
    batch: list[int] = []
    for members in components:
        batch += members
        if len(batch) >= COMPONENT_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

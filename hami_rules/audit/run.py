"""A batch run: plan, first pass, chunks to workers, merge in order, account for everything."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hami_rules.derive.aggregate import Partial
from hami_rules.derive.aggregate import merge as merge_counts
from hami_rules.intake.chunks import Chunk
from hami_rules.intake.dossier import Dossier, Entry, digested, open_dossier
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.identity import Identity, PassOne, hash64, merge
from hami_rules.intake.quarantine import Quarantined, QuarantineWriter
from hami_rules.intake.told import TOLD_BY_EVENTS
from hami_rules.judge.engine import Tally
from hami_rules.judge.findings import BRIEF, Finding, FindingsFile, OpenGroup
from hami_rules.judge.finish import Finisher, Known
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS
from hami_rules.records.text import Text

from .accounts import deciding, hollow, trusted
from .chunk import Group, Job, Result, Worker, where_shown
from .hands import Hands, beside, finish, ids, judged, shown
from .requests import Line, Requests
from .slips import SLIPS, Met, idle, sift, unmatched

__all__ = ["Audit", "Counts", "Options", "Progress", "run_audit"]

WORTH_A_WORKER = 8  # chunks: with fewer for each, starting the workers takes longer than they save
FINISHED_TOGETHER = 500  # findings
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
    """Findings on disk as they come in, before the last stage, with what is needed to find them again in the report's
    order without holding them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._index: list[tuple[tuple[Any, ...], int, int]] = []
        self._at = 0

    def add(self, body: bytes, key: tuple[Any, ...]) -> None:
        self._file.write(body)
        self._index.append((key, self._at, len(body)))
        self._at += len(body)

    def close(self) -> list[tuple[int, int]]:
        """Nothing more comes in. Gives where each stands (offset, length), in the report's order."""
        self._file.close()
        self._index.sort(key=lambda row: row[0])
        return [(start, size) for _, start, size in self._index]


@dataclass
class Audit:
    """What a run gave. `findings` may be iterated any number of times while the audit is open: close it, or use `with`."""

    dossier: Dossier
    hands: Hands
    findings: FindingsFile
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
        hands = Hands(options.jobs, pack)
        held.callback(hands.close)
        hours = pack.data.parameters.lookups()["live_late_hours"](options.as_of)
        dossier = held.enter_context(open_dossier(path, name, late=timedelta(hours=hours)))
        with (
            QuarantineWriter(folder / "quarantine.jsonl") as quarantine,
            (folder / "undetermined.jsonl").open("wb") as open_file,
        ):
            found = _run(dossier, hands, pack, options, sort_key, progress, quarantine, open_file, held)
        found.held = held.pop_all()
    return found


def _run(
    dossier: Dossier,
    hands: Hands,
    pack: Pack,
    options: Options,
    sort_key: Callable[[Finding], tuple[Any, ...]],
    progress: Progress,
    quarantine: QuarantineWriter,
    open_file: BinaryIO,
    held: ExitStack,
) -> Audit:
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

    chunks = dossier.chunks("applications")
    hands.settle(len(chunks) if options.jobs else len(chunks) // WORTH_A_WORKER)
    passes = hands.each(ids, chunks)
    digests = hands.aside(digested, dossier.root, dossier.files)
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
    told = dossier.told
    if told is not None:
        counts["events"] = Counts(told.read, 0, told.repeated, told.quarantined, told.folded + told.clocks)
        for row in dossier.aside_events():
            set_aside(row)
        unread += [Quarantined(place, table, (why,)) for table, (place, why) in told.lost.items()]
    nameless = 0 if told is None else told.nameless
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
    worker = hands.learn(job)
    worker.explainer.shown_at = where_shown(loaded.get("evidence", ()))
    finisher = Finisher(pack, worker.world)
    total = Result()
    groups: dict[tuple[Any, ...], Group] = {}
    scratch = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="hami-")))
    raw = Spool(scratch / "spool")
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
            raw.add(body, sort_key(finding))
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
        counts["applications"] = _stream(chunks, passes, worker, hands, take, progress, nameless > 0)
    if {"applications", "item_groups"} & set(
        dossier.tables
    ):  # a group of items is one without any application, too
        for result in hands.each(shown, list(worker.aggregates(counted, _missing(counts, nameless)))):
            take(result)
    # A rule about findings may ask how many there are: it speaks when all have come in.
    finisher.settle()
    findings, effect_errors = _finished(raw, finisher.known, hands, scratch)
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
        dossier, hands, findings, tuple(opened), tally, counts, hashes, reasons, organs, inputs,
        requests=requests.lines(),
        unused=(
            *dossier.unclaimed,
            *hollow({t: c.read for t, c in counts.items()}, dossier.sources, dossier.completeness),
            *trusted(dossier.completeness, unread)[1], *idle(loaded, pack), *unmatched(loaded, met, worker.judge)),
        filtered=total.filtered, errors=errors + effect_errors + finisher.errors, fallbacks=total.fallbacks,
    )  # fmt: skip


def _finished(raw: Spool, known: Known, hands: Hands, folder: Path) -> tuple[FindingsFile, int]:
    """The findings after the last stage, in the report's order, and how many rules with an effect raised."""
    (folder / "known").write_bytes(pickle.dumps(known))
    rows = raw.close()
    parts = [
        (folder / "known", raw.path, rows[at : at + FINISHED_TOGETHER])
        for at in range(0, len(rows), FINISHED_TOGETHER)
    ]
    errors = 0
    with (folder / "findings.jsonl").open("wb") as out:
        for lines, raised in hands.each(finish, parts):
            out.write(lines)
            errors += raised
    raw.path.unlink()
    return FindingsFile(folder / "findings.jsonl"), errors


def _stream(
    chunks: Sequence[Chunk],
    first: Iterator[PassOne],
    worker: Worker,
    hands: Hands,
    take: Callable[[Result], None],
    progress: Progress,
    unnamed: bool,
) -> Counts:
    """Judge the applications: ids first, then the chunks, then those that must be seen beside others. `unnamed`: there are
    events in quarantine that may be of any application."""
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
        unread.update(group for one in passes for row in one.lost for group in of_groups.get(row, ()))
        nameless = unnamed or any(one.unowned or one.read > len(one.rows) for one in passes)
        del passes
        tasks = [
            (chunk, identity.skips(chunk), shared.get(chunk.number, frozenset()), lost) for chunk in chunks
        ]
        for result in hands.each(judged, tasks):
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
        for result in hands.each(beside, batches):
            take(result)
            counts.judged += result.judged
            progress.report("judge", counts.judged, counts.read)
    return counts


def _missing(counts: Mapping[str, Counts], nameless: int) -> dict[str, int]:
    """How many records of each table stand in quarantine; a row without a parent is a part of one that is missing, and
    each `nameless` event may tell of one."""
    missing: Counter[str] = Counter(dict.fromkeys(TOLD_BY_EVENTS.values(), nameless) if nameless else {})
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

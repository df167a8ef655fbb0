"""Judging single documents: everything at once, in memory, each finding at its exact place."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.derive.aggregate import Counting, aggregated
from hami_rules.derive.gathering import gather
from hami_rules.intake.dossier import Dossier, Entry, open_dossier
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.identity import key_of
from hami_rules.intake.manifest import MANIFEST
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.effects import FactKeys, apart, apply_dispositions, concur, note_superior
from hami_rules.judge.engine import Hit, Judge, Tally
from hami_rules.judge.explain import Explainer, Locate
from hami_rules.judge.findings import Finding
from hami_rules.judge.finish import Finisher
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS, TABLES, Kind
from hami_rules.records.settle import settle
from hami_rules.records.text import Text
from hami_rules.records.world import Covered

from .accounts import trusted
from .advice import advised
from .slips import SLIPS, Watch, idle, sift, unmatched

__all__ = ["Checked", "check_documents"]


@dataclass
class Checked:
    """What a check found, and the texts it was found in. `judged` counts records, by table too."""

    findings: list[Finding] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    counts: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    unread: int = 0  # files that could not be read
    contradictory: int = (
        0  # problems of tables as a whole: their records were read and judged, but not to be trusted
    )
    problems: tuple[Problem, ...] = ()  # of files that could not be read, and of tables as a whole
    errors: int = 0  # of rules about findings
    unclaimed: tuple[Problem, ...] = ()
    unused: tuple[Problem, ...] = ()  # slips that had no effect, and advice
    _texts: dict[str, Path] = field(default_factory=dict)
    _read: dict[str, str | None] = field(default_factory=dict)

    @property
    def judged(self) -> int:
        return sum(self.counts.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of everything that was read to be judged."""
        return tuple(self._texts)

    @property
    def unjudged(self) -> frozenset[str]:
        """The names of files of which something could not be read: what may be found there nobody knows."""
        places = [q.location for q in self.quarantined] + [p.location for p in self.problems if p.location]
        return frozenset(place.source for place in places)

    def text(self, source: str) -> str | None:
        """The text of a source that findings stand in; `None` where it is no text."""
        if source not in self._read:
            path = self._texts.get(source)
            try:
                self._read[source] = path.read_text(encoding="utf-8-sig") if path else None
            except (OSError, UnicodeDecodeError):
                self._read[source] = None
        return self._read[source]


@dataclass
class _Loaded:
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    completeness: list[Covered] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    lost: list[Quarantined] = field(
        default_factory=list
    )  # what events in quarantine would have told, by table
    read: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    unread: int = 0
    contradictory: int = 0
    problems: list[Problem] = field(default_factory=list)
    unclaimed: list[Problem] = field(default_factory=list)
    texts: dict[str, Path] = field(default_factory=dict)


def _load(
    paths: Iterable[Path], pack: Pack, names: Mapping[Path, str], without: frozenset[str] = frozenset()
) -> _Loaded:
    """Everything that can be read; what cannot is among the problems and stops nothing else."""
    out = _Loaded()
    for path in paths:
        try:
            _load_one(path, names.get(path), pack, out, without)
        except InputError as error:
            out.problems += error.problems
            out.unread += 1
    return out


def _load_one(path: Path, name: str | None, pack: Pack, out: _Loaded, without: frozenset[str]) -> None:
    with _opened(path, name, out, without) as dossier:
        tables = [(table, dossier.load(table)) for table in dossier.tables]
        told = dossier.told
        if told is not None:
            out.read["events"] = out.read.get("events", 0) + told.read
            out.quarantined += dossier.aside_events()
            out.lost += [Quarantined(place, table, (why,)) for table, (place, why) in told.lost.items()]
        out.texts |= {source.name: Path(source.path) for source in dossier.sources}
        out.documents += len({s.path for s in dossier.sources})
        out.completeness += dossier.completeness
        out.unclaimed += dossier.unclaimed
    for table, found in tables:
        out.problems += found.problems
        out.contradictory += len(found.problems)
        entries, aside = found.entries, found.quarantined
        if table in SLIPS:
            entries, bad = sift(table, entries, pack)
            aside = [*aside, *bad]
        out.quarantined += aside
        out.read[table] = out.read.get(table, 0) + found.read
        for row in found.quarantined:
            if row.orphan:
                out.read[row.table] = out.read.get(row.table, 0) + 1
        out.entries.setdefault(table, []).extend(entries)


def _opened(path: Path, name: str | None, out: _Loaded, without: frozenset[str]) -> Dossier:
    """A file, or a folder without those of its files that cannot be read."""
    try:
        return open_dossier(path, name, without)
    except InputError as error:
        bad = {p.location.source for p in error.problems if p.location}
        files = {
            source for source in bad if path.is_dir() and (Path(source) != path) and Path(source).is_file()
        }
        if not files or len(bad) != len(files) or any(Path(f).name == MANIFEST for f in files):
            raise
        try:
            rest = open_dossier(path, name, frozenset(files) | without)
        except InputError:
            raise error from None  # nothing is left, or the rest does not hold together
        out.problems += error.problems
        out.unread += len(files)
        return rest


def _unread(quarantined: Iterable[Quarantined]) -> Iterator[Problem]:
    """What of the context cannot be looked up: by table, how many records and the reason of the first."""
    tables: dict[str, list[Quarantined]] = {}
    for row in quarantined:
        tables.setdefault(row.root, []).append(row)
    for table, rows in tables.items():
        kind, first = TABLES[table], rows[0].problems[0]
        yield Problem(
            "unread-context",
            Text(
                f"只供查阅的卷宗中有 {len(rows)} 条{kind.zh}读不成，不能据以查阅；首条：{first.message.zh}",
                f"{len(rows)} record(s) of {table} in the dossier to look things up in cannot be read; the first: "
                f"{first.message.en}",
            ),
            first.location or rows[0].location,
            first.hint,
        )


def _current(record: Any, as_of: date) -> Any:
    """A document that states no period is checked as the text in force on the day of the check."""
    if "valid_from" in record.__struct_fields__ and record.valid_from is None and record.valid_to is None:
        return msgspec.structs.replace(record, valid_from=as_of, valid_to=date.max, open_ended=True)
    return record


def _earlier(record: Any, checked: Sequence[Any], kind: Kind) -> Any:
    """Another text of a document that is checked, undated or of the same day, is the version before it (3.1b, 13.1f)."""
    if "valid_from" not in kind.key:
        return record
    names = [k for k in kind.key if k != "valid_from"]
    for mine in checked:
        same = all(getattr(record, n) == getattr(mine, n) for n in names)
        undated = record.valid_from is None and record.valid_to is None
        if (
            same
            and mine.valid_from
            and (undated or (record.valid_from == mine.valid_from and record != mine))
        ):
            ended = mine.valid_from - timedelta(days=1)
            return msgspec.structs.replace(record, valid_from=None, valid_to=ended, open_ended=None)
    return record


@dataclass
class _Heard:
    """What the judge said of one record, still without reasons."""

    name: str
    hits: list[Hit]
    locate: Locate


class _Told(msgspec.Struct):
    """The findings of one record with their reasons, and what facts each rests on."""

    findings: list[Finding]
    keys: list[frozenset[str]]


MANY = 500
"""Hits from which on their reasons are worked out in several processes."""

_shared: tuple[Callable[[_Heard], _Told], Sequence[_Heard]]
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(_Told)


def _told_at(number: int) -> bytes:
    explained, heard = _shared
    return _encoder.encode(explained(heard[number]))


def _told(explained: Callable[[_Heard], _Told], heard: Sequence[_Heard], jobs: int) -> Iterator[_Told]:
    """The reasons of each in its order: working them out is most of a check, and each stands by itself.

    Processes are forked, so that they hold what was read; where they cannot be, one process does it all.
    """
    global _shared
    forked = jobs > 1 and "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if not forked or sum(len(h.hits) for h in heard) < MANY:
        yield from map(explained, heard)
        return
    _shared = (explained, heard)
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for body in pool.imap(_told_at, range(len(heard)), chunksize=16):
            yield _decoder.decode(body)


def _version_before(record: Any, checked: Sequence[Any], kind: Kind) -> Any | None:
    """A document of the base as the version before the one that is checked; `None` where it is none of its own.

    The same text, or one that is still there as an earlier version, says nothing new. One that was rewritten in place
    was in force until the day before the new one.
    """
    if "valid_from" not in kind.key:
        return None
    names = [k for k in kind.key if k != "valid_from"]
    mine = [c for c in checked if all(getattr(record, n) == getattr(c, n) for n in names)]
    if not mine or any(record == c for c in mine) or any(c.valid_from is None for c in mine):
        return None
    since = record.valid_from
    same_day = next((c for c in mine if since is None or c.valid_from == since), None)
    if same_day is not None:
        ended = same_day.valid_from - timedelta(days=1)
        return msgspec.structs.replace(record, valid_from=None, valid_to=ended, open_ended=None)
    later = [c.valid_from for c in mine if c.valid_from > since]
    if not later:
        return None
    ended = min(later) - timedelta(days=1)
    if record.valid_to is not None and record.valid_to < ended:
        return record
    return msgspec.structs.replace(record, valid_to=ended, open_ended=None)


def check_documents(
    paths: Sequence[Path],
    context: Sequence[Path],
    pack: Pack,
    as_of: date,
    selected: frozenset[int] | None,
    names: Mapping[Path, str] | None = None,
    before: Sequence[Path] = (),
    without: frozenset[str] = frozenset(),
    jobs: int = 1,
    trees: bool = True,
) -> Checked:
    """Judge the records in `paths`; those in `context` are only looked things up in. `names`: what lone files are
    called instead of their paths. `before`: the same documents as they were; each that was revised since is the
    version before (3.1b, 13.1f). `without`: files of a folder that are not looked at. `jobs`: processes. `trees` is
    false where nobody asks for the condition trees (`Finding.explanation`).

    A file that cannot be read is among the `problems`, a single bad record is quarantined; the rest is judged.
    Raises `InputError` where nothing can be read, or the context cannot.
    """
    mine, theirs = _load(paths, pack, names or {}, without), _load(context, pack, {})
    if theirs.problems or (mine.problems and not mine.documents):
        raise InputError([*mine.problems, *theirs.problems])
    checked = Checked(
        quarantined=mine.quarantined,
        documents=mine.documents,
        unread=mine.unread,
        contradictory=mine.contradictory,
        problems=tuple(mine.problems),
        unclaimed=tuple(mine.unclaimed),
        read=mine.read,
        _texts=mine.texts,
    )
    tables: dict[str, list[Any]] = {}
    places: dict[int, Entry] = {}
    for table, rows in mine.entries.items():
        for entry in rows:
            record = _current(entry.record, as_of)
            places[id(record)] = entry
            tables.setdefault(table, []).append(record)
    judged = {table: list(records) for table, records in tables.items()}
    for table, rows in theirs.entries.items():
        # What is being checked takes the place of the same record in the dossier that it will go into.
        kind = ROOTS[table]
        own = {key_of(kind, record) for record in tables.get(table, ())}
        others = [
            earlier
            for entry in rows
            for earlier in [_earlier(entry.record, tables.get(table, ()), kind)]
            if key_of(kind, earlier) not in own
        ]
        tables.setdefault(table, []).extend(others)
    for table, rows in _load(before, pack, {}).entries.items() if before else ():
        kind = ROOTS[table]
        versions = (_version_before(e.record, judged.get(table, ()), kind) for e in rows)
        tables.setdefault(table, []).extend(v for v in versions if v is not None)
    completeness, incomplete = trusted(
        [*mine.completeness, *theirs.completeness],
        [*mine.quarantined, *theirs.quarantined, *mine.lost, *theirs.lost],
    )
    world = make_world(pack, tables, as_of, completeness)
    world.gathering_complete &= not any(
        q.root == "applications" for q in (*mine.quarantined, *theirs.quarantined, *mine.lost, *theirs.lost)
    )
    applications = tables.get("applications", [])
    for application in applications:
        settle("application", application, world)
    world.gathered = gather(applications)
    # Applications show statistics of other kinds, and slips speak of any rule.
    narrow = judged.keys().isdisjoint({"applications", *SLIPS})
    rules = pack.judging({ROOTS[table].name for table in judged}) if narrow else pack.bound
    judge = Judge(rules, pack.registry)
    explainer = Explainer(pack, judge, trees)
    meeting = apart(pack)
    facts: FactKeys = {}
    # Slips of the context may speak of what is not checked here; those beside the documents should not.
    watch = Watch(judge, tables)

    heard: list[_Heard] = []

    def hear(name: str, record: Any, locate: Locate) -> None:
        out: list[Hit] = []
        settle(name, record, world)
        judge.judge(name, record, world, out)
        watch.look(name, record, world, out)
        for rule, code, _ in out:
            checked.tally.hit(rule, code)
        if out:
            heard.append(_Heard(name, out, locate))

    def explained(one: _Heard) -> _Told:
        found = [explainer.finding(one.name, h, world, one.locate) for h in one.hits]
        keys = [explainer.fact_keys(h, f, world) for h, f in zip(one.hits, found, strict=True)]
        return _Told(found, keys)

    for table, records in judged.items():
        name = ROOTS[table].name
        if not judge.needed(name):
            continue
        checked.counts[table] = len(records)
        watch.seek(name, watch.lost(name, (watch.key(name, record) for record in records)))
        for record in records:
            hear(name, record, places[id(record)].locate)
        checked.tally.add(judge.tally(name, ()))
    if judged.get("applications"):
        counting = Counting(world, judge.needed)
        for application in applications:
            at = places.get(id(application))
            counting.take(application, at.location if at else None)
        aside = Counter(q.root for q in (*mine.quarantined, *theirs.quarantined))
        for name, made in aggregated(world, counting.hand_over(), aside):
            for record, place in made:
                hear(name, record, lambda pointer, within, p=place: p)  # type: ignore[misc]
            checked.tally.add(judge.tally(name, ()))
    for one, told in zip(heard, _told(explained, heard, jobs), strict=True):
        findings, keys = told.findings, {f.id: k for f, k in zip(told.findings, told.keys, strict=True)}
        for f in findings:
            note_superior(f)
        apply_dispositions(findings, world, pack)
        concur(findings, keys, pack)
        # What was not selected may count a selected one's fact all the same.
        left_out = {
            f.id
            for h, f in zip(one.hits, findings, strict=True)
            if selected is not None and h[0] not in selected
        }
        checked.findings += [f for f in findings if f.id not in left_out]
        facts.update({f.id: keys[f.id] for f in findings if f.rule in meeting})
    finisher = Finisher(pack, world)
    for finding in checked.findings:
        finisher.count(finding, facts.get(finding.id, frozenset()))
    finisher.settle()
    for finding in checked.findings:
        finisher.finish(finding)
    checked.errors = finisher.errors
    checked.unused = (
        *_unread(theirs.quarantined),
        *incomplete,
        *idle(mine.entries, pack),
        *unmatched(mine.entries, watch.drain(), judge),
        *advised(judged.get("guides", ()), lambda guide, field: places[id(guide)].locate(field, None)),
    )
    return checked

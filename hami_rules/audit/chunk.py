"""One chunk of work: records in, findings and partial counts out. What a worker does, whoever runs it.

A chunk's result depends on nothing but the chunk and the job, so that any number of workers gives the same bytes;
the same shape can run elsewhere (a cluster's map over partitions) without change to the judge.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.derive.aggregate import Counting, Partial, aggregated
from hami_rules.derive.gathering import gather, groups_of
from hami_rules.intake.chunks import Chunk
from hami_rules.intake.convert import bulk_decoder
from hami_rules.intake.dossier import Entry, entry_at, read_chunk
from hami_rules.intake.identity import Skips, group_hash
from hami_rules.intake.positioned import Stretch
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.compile import UNDETERMINED
from hami_rules.judge.effects import apart, apply_dispositions, asked_once, concur, note_superior
from hami_rules.judge.engine import Hit, Judge, Tally
from hami_rules.judge.explain import Explainer
from hami_rules.judge.findings import Finding, MissingFact, OpenGroup, OpenRow
from hami_rules.judge.finish import Finisher
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import Pack, load_pack
from hami_rules.predicates.registry import Registry
from hami_rules.records.kinds import ROOTS
from hami_rules.records.location import Location
from hami_rules.records.settle import settle
from hami_rules.records.text import Text
from hami_rules.records.world import Covered, World

from .asking import asked_words
from .slips import Met, Watch

__all__ = ["Group", "Job", "Result", "Worker", "where_shown"]

EXAMPLES = 3
PART = 400  # records made of many that are judged at a time
MEMO = 200_000  # entries of a world's memo after which it is emptied


@dataclass(frozen=True)
class Job:
    """Everything that a worker must know: sent once to each. Tables travel as MessagePack."""

    rules_folder: str | None
    as_of: date
    tables: dict[str, bytes]
    completeness: tuple[Covered, ...]
    selected: frozenset[int] | None
    regions: frozenset[str]


@dataclass
class Group:
    """Undetermined verdicts of one rule that lack the same facts for the same reasons; `concurrent`: the rules that the
    same answer settles too, and that are not counted again."""

    rule: str
    missing: tuple[MissingFact, ...]
    concurrent: tuple[str, ...] = ()
    count: int = 0
    organs: dict[str, int] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)
    examples: list[bytes] = field(default_factory=list)

    def add(self, other: Group) -> None:
        self.count += other.count
        for mine, theirs in ((self.organs, other.organs), (self.regions, other.regions)):
            for name, n in theirs.items():
                mine[name] = mine.get(name, 0) + n
        self.examples = (self.examples + other.examples)[:EXAMPLES]

    def opened(self, finish: Callable[[Finding], Finding], registry: Registry) -> OpenGroup:
        """The group as reports show it, its examples after the last stage."""
        examples = tuple(finish(msgspec.msgpack.decode(e, type=Finding)) for e in self.examples)
        first = examples[0]
        wanted = [asked_words(registry, m) for m in self.missing]
        return OpenGroup(
            rule=self.rule,
            address=first.address,
            citation=first.citation,
            title=first.title,
            missing=self.missing,
            concurrent=self.concurrent,
            count=self.count,
            organs=dict(sorted(self.organs.items())),
            regions=dict(sorted(self.regions.items())),
            examples=examples,
            request=Text(
                "请提供或者认定：" + "；".join(w.zh for w in wanted),
                "Provide or decide: " + "; ".join(w.en for w in wanted),
            ),
        )


class Kept(msgspec.Struct):
    """An application that is left for the second stage: enough to make its entry again."""

    raw: bytes
    location: Location
    parts: dict[str, Any] | None


@dataclass
class Behind:
    """A record made of many: it stands where the first of them does."""

    record: Any
    location: Location | None

    def locate(self, pointer: str = "", within: Stretch | None = None) -> Location | None:
        return self.location


def where_shown(evidence: Iterable[Entry]) -> Callable[[Any], Location | None]:
    """Where the document stands that an expectation names; of two rows that nobody can tell apart, the first."""
    places: dict[tuple[Any, ...], Location] = {}
    for entry in evidence:
        e = entry.record
        places.setdefault((e.evidence_no, e.document, e.dated), entry.location)

    def shown(expected: Any) -> Location | None:
        named = (expected.evidence_no, expected.document, expected.dated)
        return None if named == (None, None, None) else places.get(named)

    return shown


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Kept).decode


@dataclass
class Result:
    """What a chunk gave. `findings` are MessagePack; `kept` are the applications left for the second stage."""

    findings: list[bytes] = field(default_factory=list)
    facts: dict[str, frozenset[str]] = field(
        default_factory=dict
    )  # of findings that may meet another record's
    open_rows: list[OpenRow] = field(default_factory=list)
    groups: dict[tuple[Any, ...], Group] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    judged: int = 0
    kept: list[tuple[int, bytes]] = field(default_factory=list)
    duplicates: int = 0
    filtered: int = 0
    fallbacks: int = 0
    counted: Partial = field(default_factory=dict)
    met: Met = field(default_factory=Met)

    def add(self, root: str, tally: Tally) -> None:
        self.tallies.setdefault(root, Tally()).add(tally)


def _hashed(group: tuple[str, str], record: Any) -> int:
    """A group of an application as the first pass knows it."""
    if group[0] == "matter":
        return group_hash("matter", record.matter_id)
    return group_hash("holder", record.applicant_id, record.organ_code)


class Worker:
    """Judges chunks. One for each process; `job` stays the same for the whole run."""

    def __init__(self, job: Job, pack: Pack | None = None) -> None:
        self.job = job
        self.pack = pack or load_pack(Path(job.rules_folder) if job.rules_folder else None)
        self.judge = Judge(self.pack.bound, self.pack.registry)
        self.explainer = Explainer(self.pack, self.judge)
        self.apart = apart(self.pack)
        tables = {
            name: msgspec.msgpack.decode(body, type=list[ROOTS[name].struct])  # type: ignore[misc]
            for name, body in job.tables.items()
        }
        self.world: World = make_world(self.pack, tables, job.as_of, job.completeness)
        self.counting = Counting(self.world, self.judge.needed)
        self.watch = Watch(self.judge, tables)
        self.finisher: Finisher | None = None
        self.decided = {d.rule for d in tables.get("dispositions", ())}

    # -- streamed applications -----------------------------------------------------------------------------------

    def chunk(self, chunk: Chunk, skips: Skips, shared: frozenset[int], lost: frozenset[str]) -> Result:
        """Judge the applications of a chunk, but for those that must be seen beside others.

        `lost`: what slips call applications that do not occur.
        """
        result = Result(duplicates=len(skips.duplicates))
        self.watch.seek("application", lost)

        def entries() -> Iterator[Entry]:
            for found in read_chunk(chunk, skips):
                if isinstance(found, Quarantined):
                    result.quarantined.append(found)
                elif (found.row & 0xFFFFFFFF) in shared:
                    result.kept.append((found.row, _ENCODE(Kept(found.raw, found.location, found.parts))))
                else:
                    yield found

        self._judge("application", entries(), result)
        return result

    def beside(
        self,
        spool: str,
        chunks: dict[int, Chunk],
        members: list[tuple[int, int, int]],
        lost: frozenset[str],
        unread: frozenset[int],
        nameless: bool,
    ) -> Result:
        """Judge applications that share a matter or a holder, all of them at hand.

        `members`: row id, and where its `Kept` stands in the spool (offset, length). What an application in
        quarantine holds nobody knows: `unread` are the hashes of the groups that have one, and a `nameless` one may be of
        any.
        """
        self.world.gathering_complete &= not nameless
        entries: list[Entry] = []
        with Path(spool).open("rb") as file:
            for row, offset, length in members:
                file.seek(offset)
                kept = _DECODE(file.read(length))
                chunk = chunks[row >> 32]
                if not kept.raw:
                    found = entry_at(chunk, row & 0xFFFFFFFF)
                else:
                    decode = bulk_decoder(ROOTS[chunk.table].struct, frozenset(chunk.ignore))
                    found = Entry(decode(kept.raw), kept.location, row, kept.raw, chunk, kept.parts)
                assert found is not None, "a record that was read once can be read again"
                entries.append(found)
        for entry in entries:
            settle("application", entry.record, self.world)
        records = [e.record for e in entries]
        self.world.gathered = gather(records)
        self.world.gathering_open = frozenset(
            group for record in records for group in groups_of(record) if _hashed(group, record) in unread
        )
        result = Result()
        self.watch.seek("application", lost)
        self._judge("application", iter(entries), result)
        self.world.gathered = {}
        return result

    # -- reference tables ----------------------------------------------------------------------------------------

    def table(self, table: str, entries: Sequence[Entry]) -> Result:
        """Judge the records of a reference table, already loaded."""
        result = Result()
        kind = ROOTS[table].name
        self.watch.seek(kind, self.watch.lost(kind, (self.watch.key(kind, e.record) for e in entries)))
        self._judge(kind, iter(entries), result)
        return result

    # -- what all of them together show ---------------------------------------------------------------------------

    def aggregates(
        self, counted: Partial, quarantined: Mapping[str, int]
    ) -> Iterator[tuple[str, list[tuple[Any, Location | None]]]]:
        """What the applications of the whole run show, as records of their kinds with the place of the first
        application behind each, in parts worth a task; `quarantined`: how many records of each table are missing."""
        nothing = self.counting.hand_over()  # where no application was read, nothing was counted of any kind
        for kind, records in aggregated(self.world, {**nothing, **counted}, quarantined):
            for start in range(0, len(records) or 1, PART):
                yield kind, records[start : start + PART]

    def shown(self, kind: str, records: Sequence[tuple[Any, Location | None]]) -> Result:
        """Judge what all of them together show."""
        result = Result()
        self._judge(kind, (Behind(record, place) for record, place in records), result)
        return result

    # -- the last stage -------------------------------------------------------------------------------------------

    def finish(self, known: Path, spool: Path, rows: Sequence[tuple[int, int]]) -> tuple[bytes, int]:
        """Findings as they stand in the spool (offset, length of each), as lines of JSON after the last stage; and how
        many rules with an effect raised. `known`: the file that holds what is known of all of them."""
        if self.finisher is None:
            self.finisher = Finisher(self.pack, self.world, pickle.loads(known.read_bytes()))
        decode, encode = msgspec.msgpack.Decoder(Finding).decode, msgspec.json.Encoder().encode
        before = self.finisher.errors
        lines = []
        with spool.open("rb") as file:
            for start, size in rows:
                file.seek(start)
                lines.append(encode(self.finisher.finish(decode(file.read(size)))) + b"\n")
        return b"".join(lines), self.finisher.errors - before

    # -- the loop ------------------------------------------------------------------------------------------------

    def _judge(self, kind: str, entries: Iterator[Entry] | Iterator[Behind], result: Result) -> None:
        """Decode, settle, judge, drop: nothing of a record is kept but what it gave."""
        judge, world, selected = self.judge.judge, self.world, self.job.selected
        count = self.counting.take if kind == "application" else None
        look = self.watch.look
        out: list[Hit] = []
        for entry in entries:
            record = settle(kind, entry.record, world)
            result.judged += 1
            if count is not None:
                count(record, entry.location)
            judge(kind, record, world, out)
            look(kind, record, world, out)
            if out:
                if selected is None or any(h[0] in selected for h in out):
                    self._report(kind, out, entry, result)
                tally = result.tallies.setdefault(kind, Tally())
                for rule, code, _ in out:
                    tally.hit(rule, code)
                out.clear()
            if len(world.memo) > MEMO:
                world.memo.clear()
        world.meet(None, None)  # nothing is at hand any more: statistics know organs by the table alone
        if count is not None:
            result.counted = self.counting.hand_over()
        result.add(kind, self.judge.tally(kind, ()))
        result.fallbacks, self.judge.fallbacks = self.judge.fallbacks, 0
        result.met = self.watch.drain()

    def _report(self, kind: str, hits: list[Hit], entry: Entry | Behind, result: Result) -> None:
        """Make the findings of a record. What was not selected is not reported, but may count a selected one's fact."""
        findings: list[Finding] = []
        open_: list[tuple[OpenRow, Hit, bool]] = []
        keys = {}
        explain, selected = self.explainer, self.job.selected
        left_out: set[str] = set()
        for hit in hits:
            wanted = selected is None or hit[0] in selected
            rule = self.judge.rules[hit[0]].rule
            if hit[1] == UNDETERMINED and rule.id not in self.decided:
                if not wanted and not rule.primary_over:
                    continue
                row = explain.open_row(hit, self.world)
                if self.job.regions and row.region not in self.job.regions:
                    result.filtered += wanted
                else:
                    open_.append((row, hit, wanted))
                continue
            finding = self._explained(kind, hit, entry)
            if not wanted:
                left_out.add(finding.id)
            if self.job.regions and finding.region not in self.job.regions:
                result.filtered += wanted
                continue
            apply_dispositions((finding,), self.world, self.pack)
            if finding.verdict == "undetermined" and finding.decision is None:
                open_.append((explain.open_row(hit, self.world), hit, wanted))
            else:
                findings.append(finding)
                keys[finding.id] = explain.fact_keys(hit, finding, self.world)
        if len(findings) > 1:
            concur(findings, keys, self.pack)
        for finding in findings:
            if finding.id not in left_out:
                result.findings.append(msgspec.msgpack.encode(finding))
                if finding.rule in self.apart:
                    result.facts[finding.id] = keys[finding.id]
        for (row, hit, wanted), also in zip(
            open_, asked_once([r for r, _, _ in open_], self.pack), strict=True
        ):
            if wanted:
                self._open(row, also, result, partial(self._explained, kind, hit, entry))

    def _explained(self, kind: str, hit: Hit, entry: Entry | Behind) -> Finding:
        finding = self.explainer.finding(kind, hit, self.world, entry.locate)
        note_superior(finding)
        return finding

    def _open(
        self, row: OpenRow, also: tuple[str, ...], result: Result, finding: Callable[[], Finding]
    ) -> None:
        """Count an undetermined verdict with its like, unless the same question is counted under another rule; the first
        few of them are explained. `also`: the rules that it counts for."""
        if row.counted_under is not None:
            result.open_rows.append(row)
            return
        key = (row.rule, tuple(f"{m.fact}:{m.label.zh}:{m.cause.zh}" for m in row.missing), also)
        group = result.groups.get(key)
        if group is None:
            group = result.groups[key] = Group(row.rule, row.missing, also)
        row.missing = group.missing  # the same for all of the group: travels once
        group.count += 1
        organ, region = row.organ_code or "", row.region or ""
        group.organs[organ] = group.organs.get(organ, 0) + 1
        group.regions[region] = group.regions.get(region, 0) + 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(_ENCODE(finding()))
        result.open_rows.append(row)

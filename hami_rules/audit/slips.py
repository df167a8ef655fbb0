"""Slips: what people lay beside the records (requests for proof, dispositions, aliases), and whether it takes effect.

A slip that names a kind, a fact or a rule that does not exist can never take effect: it is set aside like any record
that cannot be read. One whose record does not occur among those judged, or whose rule found nothing there, is
reported at the end, and so is what says too little to take effect: none of them may be passed over in silence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import force_setattr

from hami_rules.derive.expectation import ALL, COMMENCEMENT, binds
from hami_rules.intake.dossier import Entry
from hami_rules.intake.errors import Problem, nearest, quoted
from hami_rules.intake.quarantine import Quarantined
from hami_rules.judge.compile import VIOLATED
from hami_rules.judge.effects import DECISIONS
from hami_rules.judge.engine import ERRED, Hit, Judge
from hami_rules.judge.keys import record_key
from hami_rules.pack.load import Pack
from hami_rules.records.base import label_of
from hami_rules.records.documentary import Documentary
from hami_rules.records.kinds import ROOTS
from hami_rules.records.materials import AliasTable
from hami_rules.records.naming import complete
from hami_rules.records.text import Text
from hami_rules.records.world import World

__all__ = ["SLIPS", "Key", "Met", "Watch", "idle", "sift", "unmatched"]

SLIPS = ("evidence_requests", "dispositions")
"""The tables whose rows are each about one record."""

Key = tuple[str, str]
"""Kind and key of a record that a slip is about; rule and key of a finding."""


# -- before judging: slips that nothing could ever answer to ---------------------------------------------------------


def sift(table: str, entries: Iterable[Entry], pack: Pack) -> tuple[list[Entry], list[Quarantined]]:
    """The slips that may take effect, and those that cannot, with the reasons at their fields."""
    check = {"evidence_requests": _request, "dispositions": _disposition}[table]
    good: list[Entry] = []
    bad: list[Quarantined] = []
    for entry in entries:
        problems = check(entry, pack)
        if problems:
            bad.append(Quarantined(entry.location, table, tuple(problems), entry.held))
        else:
            good.append(entry)
    if table != "dispositions":
        return good, bad
    against = _contradicted(good)
    bad += [Quarantined(e.location, table, (_contradiction(e, other),), e.held) for e, other in against]
    out = {id(e) for e, _ in against}
    return [e for e in good if id(e) not in out], bad


def _contradicted(entries: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """The decisions that contradict another on the same finding, each with the first that says otherwise: neither can
    be believed."""
    about: dict[Key, list[Entry]] = {}
    for entry in entries:
        if entry.record.what in DECISIONS:
            about.setdefault((entry.record.rule, entry.record.key), []).append(entry)
    return [
        (entry, other)
        for decided in about.values()
        for entry in decided
        for other in [next((e for e in decided if e.record.what != entry.record.what), None)]
        if other is not None
    ]


def _contradiction(entry: Entry, other: Entry) -> Problem:
    record = entry.record
    return Problem(
        "conflicting",
        Text(
            f"对规则 {record.rule}、“{quoted(record.key)}”的认定有成立也有不成立的，另一条在 {other.locate('/what')}；都不起作用",
            f"rule {record.rule} on “{quoted(record.key)}” is both upheld and dismissed, also at "
            f"{other.locate('/what')}; neither has effect",
        ),
        entry.locate("/what"),
        Text("保留正确的一条", "keep the right one"),
    )


def _lacking(entry: Entry, names: Sequence[str]) -> list[Problem]:
    kind = ROOTS[entry.table]
    return [
        Problem(
            "incomplete-slip",
            Text(
                f"{kind.zh}没有写明{label_of(kind.struct, name)}（{name}），不起作用",
                f"the {kind.en} does not say its {name}, so it has no effect",
            ),
            entry.location,
        )
        for name in names
        if not getattr(entry.record, name)
    ]


def _request(entry: Entry, pack: Pack) -> list[Problem]:
    record, registry = entry.record, pack.registry
    problems = _lacking(entry, ("kind", "key", "fact"))
    if record.kind and record.fact and record.fact.startswith(f"{record.kind}."):
        # As undetermined.jsonl writes it: `deferral.withdrawal_reasons_given`.
        force_setattr(record, "fact", record.fact.removeprefix(f"{record.kind}."))
    if record.kind is None or record.fact is None:
        return problems
    provable = {
        kind: {f.name: f.zh for f in facts.values() if f.burden} for kind, facts in registry.facts.items()
    }
    kinds = {kind: registry.kinds[kind].zh for kind, facts in provable.items() if facts}
    if record.kind not in kinds:
        known = registry.kinds.get(record.kind)
        zh, en = (
            (
                f"{known.zh}（{known.name}）没有须由单位证明的事实",
                f"{known.en} has no fact that an organ must prove",
            )
            if known
            else (
                f"没有记录种类“{quoted(record.kind)}”",
                f"there is no kind of record “{quoted(record.kind)}”",
            )
        )
        problems.append(
            Problem("unknown-kind", Text(zh, en), entry.locate("/kind"), _meant(record.kind, kinds))
        )
        return problems
    facts = provable[record.kind]
    if record.fact not in facts:
        known_fact = registry.facts[record.kind].get(record.fact)
        of = registry.kinds[record.kind]
        zh, en = (
            (
                f"{of.zh}的“{known_fact.zh}”（{known_fact.name}）不是须由单位证明的事实",
                f"{known_fact.name} of {of.en} is no fact that an organ must prove",
            )
            if known_fact
            else (f"{of.zh}没有事实“{quoted(record.fact)}”", f"{of.en} has no fact “{quoted(record.fact)}”")
        )
        problems.append(
            Problem("unknown-fact", Text(zh, en), entry.locate("/fact"), _meant(record.fact, facts))
        )
    return problems


def _disposition(entry: Entry, pack: Pack) -> list[Problem]:
    record = entry.record
    problems = _lacking(entry, ("rule", "key", "what"))
    judging = {b.rule.id: b.rule.title.zh for b in pack.bound}
    if record.rule is not None and record.rule not in judging:
        there = record.rule in pack.by_id
        problems.append(
            Problem(
                "unknown-rule",
                Text(
                    f"规则“{quoted(record.rule)}”不作评判，没有发现可以处置"
                    if there
                    else f"没有规则“{quoted(record.rule)}”",
                    f"rule “{quoted(record.rule)}” judges nothing: there is no finding to dispose of"
                    if there
                    else f"there is no rule “{quoted(record.rule)}”",
                ),
                entry.locate("/rule"),
                _meant(record.rule, judging),
            )
        )
    return problems


def _meant(said: str, names: Mapping[str, str]) -> Text | None:
    """The name that was probably meant, told from the names and from their labels; all of them if they are few."""
    labels = {zh: name for name, zh in names.items()}
    close = nearest(said, [*names, *labels])
    if close is not None:
        name = labels.get(close, close)
        return Text(f"是否为 {name}（{names[name]}）？", f"did you mean {name} ({names[name]})?")
    if len(names) > 12:
        return None
    listed = [f"{name} {zh}" for name, zh in names.items()]
    return Text("可用：" + "、".join(listed), "one of: " + ", ".join(names))


def idle(tables: Mapping[str, Sequence[Entry]], pack: Pack) -> list[Problem]:
    """What says too little, or speaks of what nobody asks about: requests that cannot run out, aliases without
    dates, evidence for a norm that is not proved by documents or of an organ that the dossier does not have, a code
    of an organ that the table of organs gives another code."""
    norms = list(dict.fromkeys(d.norm for d in pack.documentary))
    return [
        *_endless(tables.get("evidence_requests", ())),
        *_undated(tables.get("aliases", ())),
        *_unasked(tables.get("evidence", ()), {e.record.code for e in tables.get("organs", ())}, norms),
        *_unplaced(tables.get("evidence", ()), tables.get("organs", ()), pack.documentary),
        *_other_code([*tables.get("items", ()), *tables.get("guides", ())], tables.get("organs", ())),
    ]


def _endless(requests: Iterable[Entry]) -> Iterator[Problem]:
    for entry in requests:
        record = entry.record
        if record.produced:
            continue  # answered: a fact that was proved needs no due date
        lacking = [n for n in ("due_on", "produced") if getattr(record, n) is None]
        if not lacking:
            continue
        names = "、".join(f"{label_of(type(record), n)}（{n}）" for n in lacking)
        number = quoted(record.request_no)
        yield Problem(
            "open-request",
            Text(
                f"调阅通知“{number}”没有写明{names}，不会认定逾期",
                f"evidence request “{number}” does not say {', '.join(lacking)}: it never runs out",
            ),
            entry.location,
            Text(f"写明{names}", f"say {', '.join(lacking)}"),
        )


def _undated(entries: Sequence[Entry]) -> Iterator[Problem]:
    places = {id(e.record): e for e in entries}
    for alias in AliasTable(e.record for e in entries).undated:
        yield Problem(
            "undated-alias",
            Text(
                f"材料别名“{quoted(alias.alias)}”没有写明起止日期，不起作用",
                f"material alias “{quoted(alias.alias)}” does not say from when to when, so it has no effect",
            ),
            places[id(alias)].location,
            Text(
                "写明生效日期，并写失效日期或 open_ended: true",
                "say valid_from, and valid_to or `open_ended: true`",
            ),
        )


def _unasked(entries: Iterable[Entry], organs: Container[str | None], norms: list[str]) -> Iterator[Problem]:
    for entry in entries:
        record = entry.record
        number = quoted(record.evidence_no)
        if record.norm is not None and record.norm not in norms:
            yield Problem(
                "unasked-evidence",
                Text(
                    f"佐证材料“{number}”没有起作用：条款“{quoted(record.norm)}”不以佐证认定",
                    f"evidence “{number}” had no effect: norm “{quoted(record.norm)}” is not proved by documents",
                ),
                entry.locate("/norm"),
                Text("以佐证认定的条款：" + "、".join(norms), "proved by documents: " + ", ".join(norms)),
            )
        elif record.organ_code is not None and record.organ_code not in organs:
            close = nearest(record.organ_code, sorted(o for o in organs if o))  # type: ignore[attr-defined]
            yield Problem(
                "unasked-evidence",
                Text(
                    f"佐证材料“{number}”没有起作用：单位表中没有“{quoted(record.organ_code)}”",
                    f"evidence “{number}” had no effect: the table of organs lacks “{quoted(record.organ_code)}”",
                ),
                entry.locate("/organ_code"),
                Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None,
            )


def _unplaced(
    entries: Iterable[Entry], organs: Iterable[Entry], documentary: Sequence[Documentary]
) -> Iterator[Problem]:
    """Evidence that settles nothing: it does not say which of a norm's aspects or years it shows, its organ is not
    bound by the norm, or it shows what was not done before there was a duty."""
    known = {e.record.code: complete(e.record) for e in organs if e.record.code}
    for entry in entries:
        record = entry.record
        asked = [d for d in documentary if d.norm == record.norm]
        if not asked:
            continue
        aspects = {n for d in asked for a in d.aspects for n in (a.key, a.name.zh, a.name.en)}
        allowed_zh = "、".join([a.name.zh for d in asked for a in d.aspects] + [ALL[1]])
        allowed_en = ", ".join([a.key for d in asked for a in d.aspects] + [ALL[0]])
        organ = known.get(record.organ_code)
        at, zh, en, hint = "", "", "", None
        if organ is not None and organ.organ_class and all(binds(d, organ) is False for d in asked):
            at, zh, en = (
                "/organ_code",
                f"条款“{record.norm}”不约束该单位",
                f"norm “{record.norm}” does not bind its organ",
            )
            hint = Text("核对单位、单位性质和条款", "check the organ, its class and the norm")
        elif aspects and record.aspect not in ALL and record.aspect not in aspects:
            said = record.aspect
            at = "/aspect" if said else ""
            zh = (
                f"条款“{record.norm}”没有方面“{quoted(said)}”"
                if said
                else "没有写明证明的是哪一方面（aspect）"
            )
            en = (
                f"norm “{record.norm}” has no aspect “{quoted(said)}”"
                if said
                else "it does not say its aspect"
            )
            hint = Text(f"可写：{allowed_zh}", f"one of: {allowed_en}")
        elif any(d.each_year for d in asked) and record.year is None:
            zh, en = "没有写明证明的是哪一年度（year）", "it does not say its year"
            hint = Text("写明年度，如 2025", "say the year, such as 2025")
        elif record.shows == "not_done" and record.dated is not None and record.dated < COMMENCEMENT:
            at, zh, en = (
                "/dated",
                "条例施行（2024年3月1日）以前没有落实的，不说明施行以后的情况",
                ("what was not done before commencement (2024-03-01) says nothing of conduct after it"),
            )
            hint = Text("提供施行以后的佐证", "give evidence of a later day")
        if zh:
            number = quoted(record.evidence_no)
            yield Problem(
                "idle-evidence",
                Text(f"佐证材料“{number}”没有起作用：{zh}", f"evidence “{number}” had no effect: {en}"),
                entry.locate(at),
                hint,
            )


def _other_code(entries: Iterable[Entry], organs: Iterable[Entry]) -> Iterator[Problem]:
    """Codes that the table of organs lacks, of organs that it has by exactly that name: one organ, two codes."""
    by_name: dict[str, str] = {
        e.record.name: e.record.code for e in organs if e.record.name and e.record.code
    }
    codes = set(by_name.values())
    told: set[tuple[str, str]] = set()
    for entry in entries:
        code, name = entry.record.organ_code, entry.record.organ_name
        # Settling takes the name for the code where none is given.
        if not code or code in codes or code == name or name not in by_name or (code, name) in told:
            continue
        told.add((code, name))
        yield Problem(
            "other-organ-code",
            Text(
                f"“{quoted(name)}”的编码在这里是“{quoted(code)}”，单位表中是“{quoted(by_name[name])}”；"
                "两者按两个单位对待",
                f"“{quoted(name)}” has the code “{quoted(code)}” here and “{quoted(by_name[name])}” in the table of "
                "organs: the two are taken for two organs",
            ),
            entry.locate("/organ_code"),
            Text("同一单位的，改用同一编码", "where it is one organ, give it one code"),
        )


# -- while judging: which of their records occur ------------------------------------------------------------------------


@dataclass
class Met:
    """What was met of that which slips are about.

    `records`: kind and key of those that occur; `found`: rule and key where a rule found a breach (or failed);
    `open`: where it could not tell.
    `near`: for a record that does not occur, the keys of its kind that are nearly the same.
    """

    records: set[Key] = field(default_factory=set)
    found: set[Key] = field(default_factory=set)
    open: set[Key] = field(default_factory=set)
    near: dict[Key, set[str]] = field(default_factory=dict)

    def add(self, other: Met) -> None:
        """Take in what was met elsewhere."""
        self.records |= other.records
        self.found |= other.found
        self.open |= other.open
        for key, close in other.near.items():
            self.near.setdefault(key, set()).update(close)

    def meant(self, kind: str, key: str) -> str | None:
        """The key that was probably meant; `None` where several are as near, as numbers in a series are."""
        close = self.near.get((kind, key), set())
        alike = [c for c in close if _folded(c) == _folded(key)] or close
        return next(iter(alike)) if len(alike) == 1 else None


class Watch:
    """Notes which of the records that slips are about occur. A record that no slip is about costs one look at the
    key of its root; where no slip is about its table, not even that."""

    def __init__(self, judge: Judge, tables: Mapping[str, Iterable[Any]]) -> None:
        self.met = Met()
        self._judge = judge
        self._kinds = _kinds_of_rules(judge)
        self._roots: dict[str, dict[str, set[Key]]] = {}
        self._lost: dict[str, dict[str, list[str]]] = {}
        about = {(r.kind, r.key) for r in tables.get("evidence_requests", ())}
        about |= {(k, d.key) for d in tables.get("dispositions", ()) for k in self._kinds.get(d.rule, ())}
        for kind, key in about:
            heads = self._roots.setdefault([kind, *judge.registry.ancestors(kind)][-1], {})
            for head in _heads(key):
                heads.setdefault(head, set()).add((kind, key))

    def key(self, root: str, record: Any) -> str:
        """The key of a root record."""
        return record_key(self._judge.registry, (root,), (record,), (None,))

    def lost(self, root: str, keys: Iterable[Any], code: Callable[[str], Any] = str) -> frozenset[str]:
        """What roots that slips are about may be called, where none of `keys` (as `code` writes them) is that."""
        heads = self._roots.get(root, {})
        codes = {code(head): head for head in heads}
        there = {codes[key] for key in keys if key in codes} if codes else set()
        found = {wanted for head in there for wanted in heads[head]}
        return frozenset(head for head, wanted in heads.items() if not wanted & found)

    def seek(self, root: str, lost: Iterable[str]) -> None:
        """From now on look also for roots that are called nearly as these, which do not occur."""
        table: dict[str, list[str]] = {}
        for head in lost:
            for short in _shortened(head):
                table.setdefault(short, []).append(head)
        self._lost[root] = table

    def look(self, root: str, record: Any, world: World, hits: Sequence[Hit]) -> None:
        """Note what a settled root record, what is in it and what was found there answer to."""
        heads = self._roots.get(root)
        if heads is None:
            return
        own = self.key(root, record)
        if own in heads:
            self._inside(root, record, world, hits, heads[own])
        lost = self._lost.get(root)
        if lost:
            for head in {h for short in _shortened(own) for h in lost.get(short, ())}:
                self._beside(root, record, world, own, head, heads[head])

    def _inside(self, root: str, record: Any, world: World, hits: Sequence[Hit], wanted: set[Key]) -> None:
        there = {(f.kind, f.key) for f in self._judge.frames(root, record, world)}
        self.met.records |= wanted & there
        for rule, code, chain in hits:
            bound = self._judge.rules[rule]
            met = self.met.found if code in (VIOLATED, ERRED) else self.met.open
            met.add((bound.rule.id, self._judge.frame_of(bound.kind, chain, world).key))
        for kind, key in wanted - there:
            self._suggest(kind, key, key, there)

    def _beside(
        self, root: str, record: Any, world: World, own: str, head: str, wanted: Iterable[Key]
    ) -> None:
        there = {(f.kind, f.key) for f in self._judge.frames(root, record, world)}
        for kind, key in wanted:
            self._suggest(kind, key, own + key.removeprefix(head), there)

    def _suggest(self, kind: str, key: str, meant: str, there: Iterable[Key]) -> None:
        close = nearest(meant, sorted(k for of, k in there if of == kind))
        if close is not None:
            self.met.near.setdefault((kind, key), set()).add(close)

    def drain(self) -> Met:
        """What was met since the last call."""
        met, self.met = self.met, Met()
        return met


def _kinds_of_rules(judge: Judge) -> dict[str, list[str]]:
    """The kinds that each rule judges."""
    kinds: dict[str, set[str]] = {}
    for bound in judge.rules.values():
        kinds.setdefault(bound.rule.id, set()).add(bound.kind)
    return {rule: sorted(of) for rule, of in kinds.items()}


def _heads(key: str) -> Iterator[str]:
    """What the root of a key may be called: a root's own key may hold a slash."""
    parts = key.split("/")
    return ("/".join(parts[:n]) for n in range(1, len(parts) + 1))


def _shortened(key: str) -> set[str]:
    """A key without each of its characters in turn: two keys that are a slip of the pen apart share one of these."""
    key = _folded(key)
    return {key, *(key[:i] + key[i + 1 :] for i in range(len(key)))}


def _folded(key: str) -> str:
    return "".join(unicodedata.normalize("NFKC", key).casefold().split())


# -- after judging ------------------------------------------------------------------------------------------------------


def unmatched(tables: Mapping[str, Sequence[Entry]], met: Met, judge: Judge) -> list[Problem]:
    """The slips whose record does not occur among those judged, and the decisions on what is no finding."""
    kinds = _kinds_of_rules(judge)
    problems = []
    # What a rule left open is settled by a decision; what is upheld may then be put right or excused.
    decided = {
        (e.record.rule, e.record.key) for e in tables.get("dispositions", ()) if e.record.what in DECISIONS
    }
    found = met.found | (met.open & decided)
    for entry in tables.get("evidence_requests", ()):
        record = entry.record
        if (record.kind, record.key) not in met.records:
            problems.append(_absent(entry, "unmatched-request", record.request_no, [record.kind], met, judge))
    for entry in tables.get("dispositions", ()):
        record, about = entry.record, kinds[entry.record.rule]
        if not any((kind, record.key) in met.records for kind in about):
            problems.append(_absent(entry, "unmatched-disposition", record.disposition_no, about, met, judge))
        elif (record.rule, record.key) not in found:
            problems.append(
                Problem(
                    "no-finding",
                    Text(
                        f"处置记录“{quoted(record.disposition_no)}”没有起作用：规则 {record.rule} "
                        f"没有认定“{quoted(record.key)}”违反",
                        f"disposition “{quoted(record.disposition_no)}” had no effect: rule {record.rule} "
                        f"does not find “{quoted(record.key)}” violated",
                    ),
                    entry.locate("/rule"),
                )
            )
    return problems


def _absent(
    entry: Entry, code: str, number: str | None, about: Sequence[str], met: Met, judge: Judge
) -> Problem:
    of, key = ROOTS[entry.table], entry.record.key
    names = "、".join(f"{judge.registry.kinds[k].zh}（{k}）" for k in about)
    close = next((c for kind in about if (c := met.meant(kind, key))), None)
    return Problem(
        code,
        Text(
            f"{of.zh}“{quoted(number)}”没有起作用：本次评判的{names}中没有“{quoted(key)}”",
            f"{of.en} “{quoted(number)}” had no effect: no {', '.join(about)} that was judged is called “{quoted(key)}”",
        ),
        entry.locate("/key"),
        Text(f"是否为“{quoted(close, 200)}”？", f"did you mean “{quoted(close, 200)}”?")
        if close
        else Text(
            "记录标识照抄 undetermined.jsonl 或 findings.jsonl 的 record_key；记录也可能被隔离",
            "copy record_key of undetermined.jsonl or findings.jsonl; the record may be in quarantine",
        ),
    )

"""What was audited, and the count of it: the `Summary` behind summary.json and the head of every report.

The totals keep four promises:

- a finding that another one counts (`primary` is set) is not counted again;
- a suspicion is never a breach, and an undetermined verdict is neither;
- findings against applicants, intermediaries, utilities and governments never enter a department's figures;
- every figure is given twice: instances, and the practices that they are instances of.

All functions are pure. Nothing here reads a clock: times stand in a summary only when the caller gives them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from hami_rules.judge.findings import Finding, MissingFact, OpenGroup, Text

__all__ = [
    "ANSWERING",
    "MAX_QUARANTINED",
    "Accounting",
    "Asked",
    "BasisLine",
    "Count",
    "Exported",
    "InputFile",
    "PartyTotals",
    "QuarantineReason",
    "Request",
    "RuleCount",
    "Run",
    "Summary",
    "TableCount",
    "Tally",
    "Totals",
    "Unused",
    "Use",
    "article_of",
    "build_summary",
    "build_totals",
    "group_undetermined",
    "standing",
]

MAX_QUARANTINED = 0.01
"""The share of records in quarantine above which a run is not to be relied on, unless said otherwise."""
Standing = Literal["violation", "shortfall", "suspicion", "concurrent", "dismissed", "undetermined", "error"]
ANSWERING = ("department", "government", "utility")
"""The parties whose findings go to electronic supervision: organs and firms that answer for their own conduct there."""
PARTIES = ("department", "government", "utility", "intermediary", "applicant", "superior")

_NUMBER = re.compile(r"\d+")
_ARTICLE_ZH = re.compile(r"第[〇零一二三四五六七八九十百]+条")
_ARTICLE_EN = re.compile(r"Article \d+")


class InputFile(msgspec.Struct, frozen=True):
    """A file of the dossier, as the user named it, with its size in bytes."""

    path: str
    sha256: str
    bytes: int


class Run(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """What was audited, by what, as of when. `hashes` names all that can change a verdict.

    `selection` holds the filters that chose what is reported; `unmasked`: its readable reports show names and numbers
    of natural persons; `max_quarantined`: the share of records in quarantine above which it is not to be relied on.
    `started` and `finished` (ISO 8601) are left
    out unless given, so that the same input gives the same bytes.
    """

    tool_version: str
    pack_version: str
    pack_hash: str
    statute_title: Text
    statute_hash: str
    lang: Literal["zh", "en"]
    as_of: date
    dossier: str
    inputs: tuple[InputFile, ...]
    hashes: dict[str, str]
    selection: dict[str, tuple[str, ...]] = {}
    unmasked: bool = False
    max_quarantined: float | None = None
    started: str | None = None
    finished: str | None = None


class BasisLine(msgspec.Struct, kw_only=True, frozen=True):
    """What the report rests on, out of a rule that gives the basis or the purpose (第一条, 第三条)."""

    rule: str
    citation: Text
    quote: str
    said: Text


class TableCount(msgspec.Struct, kw_only=True, frozen=True):
    """What became of the records of one table. `unjudged`: read for reference, or not selected."""

    table: str
    label: Text | None = None
    read: int = 0
    judged: int = 0
    duplicates: int = 0
    quarantined: int = 0
    unjudged: int = 0

    @property
    def balanced(self) -> bool:
        """Every record read went somewhere."""
        return self.read == self.judged + self.duplicates + self.quarantined + self.unjudged


class Accounting(msgspec.Struct, kw_only=True, frozen=True):
    """The run's accounts. `verdicts`: how many (rule, record) pairs ended in each verdict."""

    tables: tuple[TableCount, ...]
    rules_loaded: int
    rules_applicable: int
    rules_evaluated: int
    verdicts: dict[str, int]

    @property
    def total(self) -> TableCount:
        """The sum over all tables."""

        def add(field: str) -> int:
            return sum(getattr(t, field) for t in self.tables)

        return TableCount(
            table="",
            read=add("read"),
            judged=add("judged"),
            duplicates=add("duplicates"),
            quarantined=add("quarantined"),
            unjudged=add("unjudged"),
        )

    @property
    def unbalanced(self) -> tuple[str, ...]:
        """The tables whose counts do not add up."""
        return tuple(t.table for t in self.tables if not t.balanced)


class RuleCount(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """The verdicts of one rule. `statistic`: on groups of many applications; the inapplicable ones are mostly groups
    that were too few to say anything of."""

    rule: str
    citation: Text
    title: Text
    verdicts: dict[str, int]
    statistic: bool = False


class QuarantineReason(msgspec.Struct, kw_only=True, frozen=True):
    """Why records were set aside, how many, and where one of them stands."""

    reason: Text
    count: int
    example: str | None = None


class Unused(msgspec.Struct, kw_only=True, frozen=True):
    """A file, a declaration, a request, a decision, an alias or evidence that had no effect: why, where, what to do."""

    code: str
    message: Text
    place: str
    hint: Text | None = None


class Use(msgspec.Struct, kw_only=True, frozen=True):
    """What a request would settle: a rule, and how many records it is open on."""

    rule: str
    citation: Text
    title: Text
    records: int


class Asked(msgspec.Struct, kw_only=True, frozen=True):
    """An item of a request: what has to be stated or produced (`what`), why it is unknown, and for how many records.
    `fact` and `cause` are those of the groups of undetermined verdicts that lack it."""

    fact: str
    what: Text
    cause: Text
    records: int


class Request(msgspec.Struct, kw_only=True, frozen=True):
    """One line of the 调阅资料清单: what to ask an organ for (`sort`: a document, facts of its records, or a decision that
    people take and that nobody need be asked for), what for, and how many records hang on it.

    `what` says all of it in one sentence, as a letter of request does; `items` are its parts, `names` what the records
    of `examples` are called."""

    number: int
    organ: str
    sort: Literal["document", "fact", "decision"]
    what: Text
    uses: tuple[Use, ...]
    records: int
    examples: tuple[str, ...]
    items: tuple[Asked, ...] = ()
    names: tuple[Text, ...] = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same request in a later audit, whatever records hang on it then."""
        if self.sort == "fact" and self.items:
            return self.organ, self.sort, self.items[0].fact.partition(".")[0]
        return self.organ, self.sort, self.items[0].what.zh if self.items else self.what.zh


class Count(msgspec.Struct):
    """Instances, and the practices (same rule, organ, item and object) that they are instances of."""

    instances: int = 0
    practices: int = 0


class Tally(msgspec.Struct):
    """Findings that count, by grade; how many verdicts stayed open; and marks on the violations and shortfalls."""

    violation: Count = msgspec.field(default_factory=Count)
    shortfall: Count = msgspec.field(default_factory=Count)
    suspicion: Count = msgspec.field(default_factory=Count)
    undetermined: int = 0
    corrected: int = 0
    rebuttable: int = 0
    mitigated: int = 0

    @property
    def breaches(self) -> int:
        """Violations and shortfalls; never suspicions."""
        return self.violation.instances + self.shortfall.instances


class PartyTotals(msgspec.Struct):
    """The totals against one party. Keys: article number; organ code ("" = unknown); region code ("" = unknown)."""

    total: Tally = msgspec.field(default_factory=Tally)
    by_article: dict[str, Tally] = msgspec.field(default_factory=dict)
    by_organ: dict[str, Tally] = msgspec.field(default_factory=dict)
    by_region: dict[str, Tally] = msgspec.field(default_factory=dict)


class Totals(msgspec.Struct):
    """All totals. `findings` = those counted against any party + concurrent + dismissed + undetermined_listed + errors.

    `dismissed`: a person's recorded decision found nothing. `undetermined_listed`: undetermined verdicts given as
    single findings; the figure that counts is `undetermined`, the sum of the groups.
    """

    findings: int = 0
    concurrent: int = 0
    dismissed: int = 0
    errors: int = 0
    undetermined_listed: int = 0
    undetermined: int = 0
    against: dict[str, PartyTotals] = msgspec.field(default_factory=dict)

    def party(self, name: str) -> PartyTotals:
        """The totals against a party; empty where there are none."""
        return self.against.get(name) or PartyTotals()


class Exported(msgspec.Struct, kw_only=True, frozen=True):
    """What goes to the platform of electronic supervision and what does not: `rows` and all of `left_out` are the findings.

    Left out are findings against others than organs that answer for them, by party, and those that count against nobody,
    by their standing.
    """

    rows: int = 0
    left_out: dict[str, int] = {}


class Summary(msgspec.Struct, kw_only=True):
    """summary.json. `organs` and `articles` give the names of the keys that the totals use; `coordinating` the body
    that coordinates services in each region in which something was found (第五条). `untrusted`: why the results cannot be
    relied on (exit code 2); empty where they can. `stored`: SHA-256 of the files beside it that the reports are made
    of."""

    run: Run
    accounting: Accounting
    totals: Totals
    rules: tuple[RuleCount, ...] = ()
    quarantine: tuple[QuarantineReason, ...] = ()
    requests: tuple[Request, ...] = ()
    unused: tuple[Unused, ...] = ()
    organs: dict[str, str] = {}
    articles: dict[str, Text] = {}
    basis: tuple[BasisLine, ...] = ()
    coordinating: dict[str, Text] = {}
    untrusted: tuple[Text, ...] = ()
    supervision: Exported = Exported()
    stored: dict[str, str] = {}

    def answering(self) -> Callable[[OpenGroup], tuple[int, ...]]:
        """Gives the numbers of the requests whose answers settle a group of undetermined verdicts."""
        numbers: dict[tuple[str, str, str], dict[int, None]] = {}
        for request in self.requests:
            for item in request.items:
                numbers.setdefault((request.organ, item.fact, item.cause.zh), {})[request.number] = None

        def of(group: OpenGroup) -> tuple[int, ...]:
            found = {
                n
                for o in group.organs
                for m in group.missing
                for n in numbers.get((o, m.fact, m.cause.zh), ())
            }
            return tuple(sorted(found))

        return of

    def before_suspicions(self, groups: Iterable[OpenGroup]) -> int:
        """Rows of the 待核实及调阅资料清单 that stand before the suspicions: the requests, and for each organ the open
        verdicts that no request settles. The suspicions' numbers go on from there."""
        answering = self.answering()
        return len(self.requests) + sum(len(g.organs) for g in groups if not answering(g))

    def to_builtins(self) -> dict[str, Any]:
        return msgspec.to_builtins(self, order="sorted")  # type: ignore[no-any-return]


def article_of(address: str) -> str:
    """The article number of an address: `14.1a` → `14`."""
    match = _NUMBER.match(address)
    return match[0] if match else address


def article_name(citation: Text, address: str) -> Text:
    """The article's name out of a citation: 第十四条第一款 → 第十四条."""
    zh, en = _ARTICLE_ZH.search(citation.zh), _ARTICLE_EN.search(citation.en)
    number = article_of(address)
    return Text(zh[0] if zh else f"第{number}条", en[0] if en else f"Article {number}")


def standing(finding: Finding) -> Standing:
    """What a finding counts as. Exactly one of these holds for each.

    A violated verdict whose grade nobody stated counts as a violation.
    Raises ValueError for a verdict that is no finding (compliant, not applicable).
    """
    if finding.verdict == "error":
        return "error"
    if finding.verdict not in ("violated", "undetermined"):
        raise ValueError(f"{finding.id}: verdict {finding.verdict!r} is no finding")
    if finding.decision == "dismissed":
        return "dismissed"
    if finding.primary is not None:
        return "concurrent"
    if finding.verdict == "undetermined":
        return "undetermined"
    return finding.grade or "violation"


def build_totals(findings: Iterable[Finding], groups: Iterable[OpenGroup]) -> Totals:
    """Count findings and undetermined groups; reads `findings` once, keeps none of them."""
    totals = Totals()
    practices: set[tuple[str, ...]] = set()
    for finding in findings:
        totals.findings += 1
        what = standing(finding)
        if what == "concurrent":
            totals.concurrent += 1
        elif what == "dismissed":
            totals.dismissed += 1
        elif what == "error":
            totals.errors += 1
        elif what == "undetermined":
            totals.undetermined_listed += 1
        else:
            party = totals.against.setdefault(finding.counts_against, PartyTotals())
            for place, key, tally in (
                ("total", "", party.total),
                ("article", article_of(finding.address), None),
                ("organ", finding.organ_code or finding.organ_name or "", None),
                ("region", finding.region or "", None),
            ):
                if tally is None:
                    tally = getattr(party, f"by_{place}").setdefault(key, Tally())
                practice = (finding.counts_against, place, key, what, finding.practice or finding.id)
                _count(tally, finding, what, new_practice=practice not in practices)
                practices.add(practice)
    for group in groups:
        totals.undetermined += group.count
        against = group.examples[0].counts_against if group.examples else "department"
        party = totals.against.setdefault(against, PartyTotals())
        party.total.undetermined += group.count
        party.by_article.setdefault(article_of(group.address), Tally()).undetermined += group.count
        for organ, count in group.organs.items():
            party.by_organ.setdefault(organ, Tally()).undetermined += count
        for region, count in group.regions.items():
            party.by_region.setdefault(region, Tally()).undetermined += count
    return totals


def _count(tally: Tally, finding: Finding, what: str, *, new_practice: bool) -> None:
    count: Count = getattr(tally, what)
    count.instances += 1
    count.practices += new_practice
    if what != "suspicion":
        tally.corrected += finding.corrected_on is not None
        tally.rebuttable += bool(finding.rebuttals)
        tally.mitigated += finding.mitigation is not None


def group_undetermined(findings: Iterable[Finding], examples: int = 3) -> tuple[OpenGroup, ...]:
    """Group single undetermined findings by rule and by the facts they lack: for runs that keep them singly."""
    findings = tuple(findings)
    rules = {f.id: f.rule for f in findings}
    groups: dict[tuple[str, tuple[MissingFact, ...], tuple[str, ...]], list[Finding]] = {}
    for finding in findings:
        if finding.verdict == "undetermined" and finding.decision is None and finding.primary is None:
            also = tuple(sorted(rules[c] for c in finding.concurrent if c in rules))
            groups.setdefault((finding.rule, finding.missing, also), []).append(finding)
    return tuple(
        OpenGroup(
            rule=first.rule,
            address=first.address,
            citation=first.citation,
            title=first.title,
            missing=first.missing,
            count=len(members),
            organs=_tally(f.organ_code or f.organ_name or "" for f in members),
            regions=_tally(f.region or "" for f in members),
            examples=tuple(members[:examples]),
            concurrent=also,
            request=Text(
                "请提供：" + "、".join(m.label.zh for m in first.missing),
                "Provide: " + ", ".join(m.label.en for m in first.missing),
            ),
        )
        for (_, _, also), members in groups.items()
        for first in members[:1]
    )


def _tally(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


def build_summary(
    run: Run,
    accounting: Accounting,
    findings: Iterable[Finding],
    groups: Iterable[OpenGroup],
    *,
    rules: Iterable[RuleCount] = (),
    quarantine: Iterable[QuarantineReason] = (),
    requests: Iterable[Request] = (),
    unused: Iterable[Unused] = (),
    organs: dict[str, str] | None = None,
    basis: Iterable[BasisLine] = (),
    untrusted: Iterable[Text] = (),
) -> Summary:
    """The summary of a run.

    `findings` must be every finding and may be read only once; `groups` every undetermined group; `organs` names
    of organ codes known from elsewhere (findings bring their own); `basis` what the report rests on.
    """
    names: dict[str, str] = dict(organs or {})
    articles: dict[str, Text] = {}
    coordinating: dict[str, Text] = {}
    groups, rules = tuple(groups), tuple(rules)

    def noted(given: Iterable[Finding]) -> Iterable[Finding]:
        for finding in given:
            articles.setdefault(article_of(finding.address), article_name(finding.citation, finding.address))
            if finding.region and finding.coordinating_body:
                coordinating.setdefault(finding.region, finding.coordinating_body)
            if finding.organ_code and finding.organ_name:
                names.setdefault(finding.organ_code, finding.organ_name)
            yield finding

    totals = build_totals(noted(findings), groups)
    for group in groups:
        list(noted(group.examples))
        articles.setdefault(article_of(group.address), article_name(group.citation, group.address))
    for rule in rules:
        articles.setdefault(article_of(rule.rule), article_name(rule.citation, rule.rule))
    return Summary(
        run=run,
        accounting=accounting,
        totals=totals,
        rules=rules,
        quarantine=tuple(quarantine),
        requests=tuple(requests),
        unused=tuple(unused),
        organs=names,
        articles=articles,
        basis=tuple(basis),
        coordinating=dict(sorted(coordinating.items())),
        untrusted=tuple(untrusted),
        supervision=_exported(totals),
    )


def _exported(totals: Totals) -> Exported:
    def counted(party: str) -> int:
        tally = totals.party(party).total
        return tally.breaches + tally.suspicion.instances

    others = {
        **{party: counted(party) for party in PARTIES if party not in ANSWERING},
        "concurrent": totals.concurrent,
        "dismissed": totals.dismissed,
        "undetermined": totals.undetermined_listed,
        "error": totals.errors,
    }
    return Exported(
        rows=sum(counted(party) for party in ANSWERING), left_out={name: n for name, n in others.items() if n}
    )

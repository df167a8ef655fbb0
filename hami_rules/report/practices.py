"""Findings arranged for reading: by party and organ, then article, then practice with its instances."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from hami_rules.judge.findings import PLEADED, Finding, Text

from .summary import PARTIES, Standing, article_name, article_of, standing

__all__ = ["Arrangement", "Block", "Practice", "Reference", "Section", "arrange"]


@dataclass(frozen=True)
class Reference:
    """Another finding, as far as it must be named."""

    rule: str
    citation: Text
    title: Text


@dataclass
class Practice:
    """One practice: how many instances, and the earliest few of them."""

    key: str
    count: int = 0
    corrected: int = 0
    last_corrected: date | None = None
    mitigated: int = 0
    pleaded: int = 0
    shown: list[Finding] = field(default_factory=list)
    concurrent: dict[str, Reference] = field(default_factory=dict)

    @property
    def first(self) -> Finding:
        return self.shown[0]

    @property
    def more(self) -> int:
        """Instances that are counted but not kept here."""
        return self.count - len(self.shown)


@dataclass
class Block:
    """The practices against one organ under one article."""

    article: str
    name: Text
    practices: list[Practice]

    @property
    def count(self) -> int:
        return sum(p.count for p in self.practices)


@dataclass
class Section:
    """All that stands against one organ (or person) of one party."""

    party: str
    organ: str
    name: str | None
    region: str | None
    blocks: list[Block]

    @property
    def count(self) -> int:
        return sum(b.count for b in self.blocks)


@dataclass
class Arrangement:
    """The sections of each standing, most findings first within a party."""

    sections: dict[Standing, list[Section]]
    references: dict[str, Reference]
    before_suspicions: int = 0
    """What the numbers of the suspicions go on from (`Summary.before_suspicions`)."""

    def of(self, *standings: Standing) -> list[Section]:
        return [s for what in standings for s in self.sections.get(what, [])]

    def walk(self) -> Iterator[tuple[Standing, Section, Block, int, Practice]]:
        """Every practice with its number, which counts within its standing: the same as in the ledger, where suspicions
        stand after what is to be asked for."""
        for what, sections in self.sections.items():
            number = self.before_suspicions if what == "suspicion" else 0
            for section in sections:
                for block in section.blocks:
                    for practice in block.practices:
                        number += 1
                        yield what, section, block, number, practice


def _sort_key(finding: Finding) -> tuple[str, str, str]:
    return (
        finding.conduct_from.isoformat() if finding.conduct_from else "9999",
        finding.record_key,
        finding.id,
    )


def arrange(findings: Iterable[Finding], keep: int) -> Arrangement:
    """Arrange findings, keeping at most `keep` instances of a practice. Reads `findings` once, in any order.

    Violations and shortfalls share the sections of `violation`. A concurrent finding is shown where its primary
    stands; one whose primary is not among the findings stands in the sections of `concurrent`, so that a
    filter never makes it vanish.
    """
    gathered: dict[tuple[Standing, str, str], dict[str, Practice]] = {}
    concurrent: list[Finding] = []
    ids: set[str] = set()
    for finding in findings:
        what = standing(finding)
        if what == "concurrent":
            concurrent.append(finding)
            continue
        if what == "undetermined":
            continue
        ids.add(finding.id)
        _keep(gathered, "violation" if what == "shortfall" else what, finding, keep)
    references = {f.id: Reference(f.rule, f.citation, f.title) for f in concurrent}
    by_primary: dict[str, list[Finding]] = {}
    for finding in concurrent:
        if finding.primary in ids:
            by_primary.setdefault(finding.primary or "", []).append(finding)
        else:
            _keep(gathered, "concurrent", finding, keep)
    for practices in gathered.values():
        for practice in practices.values():
            for shown in practice.shown:
                for other in by_primary.get(shown.id, ()):
                    practice.concurrent.setdefault(other.rule, references[other.id])
    return Arrangement(_sections(gathered), references)


def _keep(
    gathered: dict[tuple[Standing, str, str], dict[str, Practice]],
    what: Standing,
    finding: Finding,
    keep: int,
) -> None:
    organ = finding.organ_code or finding.organ_name or ""
    practices = gathered.setdefault((what, finding.counts_against, organ), {})
    key = finding.practice or finding.id
    practice = practices.get(key)
    if practice is None:
        practice = practices[key] = Practice(key)
    practice.count += 1
    if finding.corrected_on is not None:
        practice.corrected += 1
        practice.last_corrected = max(practice.last_corrected or finding.corrected_on, finding.corrected_on)
    practice.mitigated += finding.mitigation is not None
    practice.pleaded += PLEADED in finding.rebuttals
    insort(practice.shown, finding, key=_sort_key)
    del practice.shown[keep:]


_GRADES = {"violation": 0, None: 0, "shortfall": 1, "suspicion": 2}


def _sections(
    gathered: dict[tuple[Standing, str, str], dict[str, Practice]],
) -> dict[Standing, list[Section]]:
    sections: dict[Standing, list[Section]] = {}
    for (what, party, organ), practices in gathered.items():
        blocks: dict[str, Block] = {}
        for practice in sorted(
            practices.values(),
            key=lambda p: (_GRADES[p.first.grade], -p.count, p.first.rule, _sort_key(p.first)),
        ):
            first = practice.first
            article = article_of(first.address)
            blocks.setdefault(
                article, Block(article, article_name(first.citation, first.address), [])
            ).practices.append(practice)
        every = [p.first for p in practices.values()]
        name = next((f.organ_name for f in sorted(every, key=_sort_key) if f.organ_name), None)
        region = next((f.region for f in sorted(every, key=_sort_key) if f.region), None)
        ordered = sorted(
            blocks.values(), key=lambda b: (int(b.article) if b.article.isdigit() else 0, b.article)
        )
        sections.setdefault(what, []).append(Section(party, organ, name, region, ordered))
    for found in sections.values():
        found.sort(key=lambda s: (PARTIES.index(s.party), not s.organ, -s.count, s.organ))
    return sections

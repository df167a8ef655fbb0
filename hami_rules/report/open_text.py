"""What is open, put together for a reader of `hami check`: one block for a record that lacks much, one for a fact that
many records lack. Nothing is left out of the counts; `--explain` shows each by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hami_rules.gate.model import Gated, Status
from hami_rules.intake.errors import Problem, render
from hami_rules.judge.findings import Finding, MissingFact, Text
from hami_rules.records.location import Location

from .gated import by_place
from .safe import one_line
from .words import STATUSES, VERDICTS

__all__ = ["Together", "put_together"]

PLACES = 5  # of one block, at most
_LOOKED_UP = re.compile(r"(.*)（([^（）]*)）")
"""What is missing, and in brackets what it was looked up by."""


@dataclass(frozen=True)
class Together:
    """Open findings that are said in one block. `also`: by finding, the rules that the same answer settles."""

    items: Sequence[Gated]
    also: dict[str, list[str]]

    @property
    def findings(self) -> list[Finding]:
        return [g.finding for g in self.items]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    def text(self, source_text: str | None, lang: str, colour: bool) -> str:
        """The block: where, how many, by which rules, what is lacking, where else, and how to see each."""
        first, zh = self.first, lang == "zh"
        records = dict.fromkeys((f.record_kind, f.record_key) for f in self.findings)
        said = {
            each: _standing(self.items[0].status, each) + _head(self.findings, len(records), each)
            for each in ("zh", "en")
        }
        head = render(Problem("", Text(said["zh"], said["en"]), first.location), source_text, lang, colour)
        if first.location is None:
            head = f"{one_line(first.record_label(lang))}: {head}"
        lines = [head]
        common = [m for m in first.missing if all(_among(m, f) for f in self.findings)]
        lines += [_labelled("尚缺", "missing", self._told(m, lang), lang) for m in common]
        if len(records) == 1:
            lines += [self._one(f, common, lang) for f in self.findings]
        else:
            lines += self._by_rule(lang)
            lines += self._elsewhere(lang)
        rules = dict.fromkeys(f.rule for f in self.findings)
        see = ("、" if zh else ", ").join(f"hami show {rule}" for rule in list(rules)[:3])
        lines.append(_labelled("详见", "see", see + (" …" if len(rules) > 3 else ""), lang))
        lines.append(_labelled("逐项", "one by one", "--explain", lang))
        return "\n".join(lines)

    def _told(self, missing: MissingFact, lang: str) -> str:
        """A fact that all lack; where each looked it up by another name (the guide of its item), by which, in one pair
        of brackets."""
        labels = dict.fromkeys(m.label(lang) for f in self.findings for m in f.missing if _same(m, missing))
        found = [_LOOKED_UP.fullmatch(label) for label in labels]
        if len(labels) == 1 or not all(found) or len({m[1] for m in found if m}) > 1:
            return _told(missing, lang)
        names = [m[2] for m in found if m]
        more = len(names) - PLACES
        said = "；".join(names[:PLACES]) + (f"；等 {len(names)} 个" if lang == "zh" else f"; {more} more") * (
            more > 0
        )
        head = next(m[1] for m in found if m)
        return _told(
            MissingFact(missing.fact, Text(f"{head}（{said}）", f"{head}（{said}）"), missing.cause), lang
        )

    def _one(self, finding: Finding, common: Sequence[MissingFact], lang: str) -> str:
        more = [_told(m, lang) for m in finding.missing if m not in common]
        said = f"{self._named(finding, lang)}"
        if not more:
            return f"  {said}"
        return (
            f"  {said}；另缺：{'；'.join(more)}"
            if lang == "zh"
            else f"  {said}; also lacks: {'; '.join(more)}"
        )

    def _named(self, finding: Finding, lang: str) -> str:
        said = f"{finding.citation(lang)} [{finding.rule}] {one_line(finding.title(lang))}"
        also = "、".join(self.also.get(finding.id, ()))
        if not also:
            return said
        return (
            f"{said}（同一问题不另计：{also}）"
            if lang == "zh"
            else f"{said} (the same question, not counted again: {also})"
        )

    def _by_rule(self, lang: str) -> list[str]:
        times = Counter(self._named(f, lang) for f in self.findings)
        return [f"  {name} × {n}" for name, n in times.items()]

    def _elsewhere(self, lang: str) -> list[str]:
        places = list(dict.fromkeys(_place(f, lang) for f in self.findings))[1:]
        if not places:
            return []
        shown, more = places[:PLACES], len(places) - PLACES
        said = ("、" if lang == "zh" else ", ").join(shown)
        if more > 0:
            said += f" 等 {len(places)} 处" if lang == "zh" else f" and {more} more"
        return [_labelled("又见", "also at", said, lang)]


def _head(findings: Sequence[Finding], records: int, lang: str) -> str:
    n, open_ = len(findings), VERDICTS["undetermined"](lang)
    if records == 1:
        label = one_line(findings[0].record_label(lang))
        return f"{open_} {n} 项：{label}" if lang == "zh" else f"{n} {open_.lower()}: {label}"
    if lang == "zh":
        return f"{open_} {n} 项（记录 {records} 条），缺的是同样的事实"
    return f"{n} {open_.lower()} ({records} records), all for want of the same facts"


def _standing(status: Status | None, lang: str) -> str:
    if status is None:
        return ""
    word = STATUSES[status](lang)
    return f"〔{word}〕" if lang == "zh" else f"[{word.lower()}] "


def _labelled(zh: str, en: str, text: str, lang: str) -> str:
    return f"  {zh}：{text}" if lang == "zh" else f"  {en}: {text}"


def _told(missing: MissingFact, lang: str) -> str:
    label, cause = one_line(missing.label(lang)), one_line(missing.cause(lang))
    return f"{label}（{cause}）" if lang == "zh" else f"{label} ({cause})"


def _place(finding: Finding, lang: str) -> str:
    place: Location | None = finding.location
    return one_line(place.exact) if place else one_line(finding.record_label(lang))


def _same(a: MissingFact, b: MissingFact) -> bool:
    return (a.fact, a.cause) == (b.fact, b.cause)


def _among(missing: MissingFact, finding: Finding) -> bool:
    return any(_same(m, missing) for m in finding.missing)


def put_together(items: Iterable[Gated]) -> tuple[list[Together], list[Gated]]:
    """Blocks of at least two open findings each; and what is to be said by itself, all that is not open among it.

    What one answer settles with another (`Finding.primary`) is named with that one. Of the others, those of several
    records that lack the same facts stand together, and of the rest those of one record.
    """
    items = sorted(items, key=lambda g: by_place(g.finding))
    there = {g.finding.id for g in items}
    also: dict[str, list[str]] = {}
    alone: list[Gated] = []
    facts: dict[object, list[Gated]] = {}
    for item in items:
        f = item.finding
        if item.level != "undetermined" or item.waiver is not None:
            alone.append(item)
        elif f.primary in there:
            also.setdefault(f.primary or "", []).append(f.rule)
        else:
            lacks = tuple((m.fact, m.cause.zh) for m in f.missing)
            facts.setdefault((item.status, lacks), []).append(item)
    blocks: list[list[Gated]] = []
    records: dict[object, list[Gated]] = {}
    for group in facts.values():
        if len({(g.finding.record_kind, g.finding.record_key) for g in group}) > 1:
            blocks.append(group)
            continue
        for g in group:
            records.setdefault((g.status, g.finding.record_kind, g.finding.record_key), []).append(g)
    for group in records.values():
        if len(group) > 1:
            blocks.append(sorted(group, key=lambda g: by_place(g.finding)))
        else:
            alone += group
    return [Together(tuple(b), also) for b in blocks], alone

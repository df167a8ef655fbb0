"""What stands around a provision: its neighbours, the paragraphs it refers to and is referred to by, which rules share a
fact with its own, which decide whether it applies, and questions people have asked that it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from hami_rules import statute
from hami_rules.pack.load import Pack
from hami_rules.pack.rules import Rule
from hami_rules.statute import Address, AddressError

__all__ = ["QUESTIONS", "neighbours", "questions", "related_lines"]

QUESTIONS = 3
"""How many questions are shown."""

_CITED = re.compile(r"第[一二三四五六七八九十]+条(?:第[一二三四五六七八九十]+款)?")
_FOREIGN = re.compile(
    r"(?:《[^》]+》|第[0-9]+号(?:令)?)的?"
    r"(?:第[一二三四五六七八九十百]+条(?:第[一二三四五六七八九十]+款)?(?:第[一二三四五六七八九十（）]+项)?(?:和|、|至)?)*"
)
"""Articles of other laws, which are cited in the same way."""


def related_lines(pack: Pack, address: Address, folder: Path, lang: str) -> Iterator[str]:
    """All of it, as `hami show` prints it; nothing where there is nothing."""
    zh = lang == "zh"
    said = [
        ("前后" if zh else "neighbours", [_named(a, lang) for a in neighbours(address)]),
        ("引用" if zh else "refers to", [_named(a, lang) for a in refers_to(pack, address)]),
        ("被引用" if zh else "referred to by", [_named(a, lang) for a in referred_to_by(pack, address)]),
        (
            "竞合（由左边的计数）" if zh else "shares facts with (the left one counts)",
            concurrent(pack, address),
        ),
        ("适用范围由" if zh else "applies as decided by", scoped_by(pack, address)),
        ("决定适用" if zh else "decides whether these apply", governed(pack, address, lang)),
    ]
    for title, parts in said:
        if parts:
            yield f"{title}：{'、'.join(parts)}" if zh else f"{title}: {', '.join(parts)}"
    asked = questions(folder, address, lang)
    if asked:
        yield "回答这样的问题：" if zh else "questions it answers:"
        yield from (f"  · {text}" for text in asked)


def _named(at: Address, lang: str) -> str:
    return f"{statute.load().citation(at, lang)} [{at}]"


def neighbours(address: Address) -> list[Address]:
    """The paragraph, or the article, before and after."""
    found = statute.load()
    if address.paragraph is None:
        every = list(dict.fromkeys(p.article for p in found.paragraphs))
        here = every.index(address.article)
        return [Address(every[i]) for i in (here - 1, here + 1) if 0 <= i < len(every)]
    paragraphs = [Address.parse(p.address) for p in found.paragraphs]
    here = paragraphs.index(address.at_paragraph)
    return [paragraphs[i] for i in (here - 1, here + 1) if 0 <= i < len(paragraphs)]


def _rules(pack: Pack, address: Address) -> list[Rule]:
    return [r for r in pack.rules if address.contains(Address.parse(r.id))]


@cache
def _cites(text: str) -> tuple[Address, ...]:
    """The provisions of the regulation that a text cites; not those of other laws."""
    out = []
    for match in _CITED.finditer(_FOREIGN.sub("", text)):
        try:
            at = statute.parse_citation(match[0])
            statute.load().article(at.article)
            if at.paragraph is not None:
                statute.load().paragraph(at)
            out.append(at)
        except AddressError:
            continue  # an article that only another law has
    return tuple(dict.fromkeys(out))


def _texts(rule: Rule) -> Iterator[str]:
    for text in (
        rule.message,
        rule.pending,
        rule.remedy,
        rule.interpretation,
        rule.over_reports,
        rule.under_reports,
    ):
        if text is not None:
            yield text.zh


def refers_to(pack: Pack, address: Address) -> list[Address]:
    """Other provisions that the rules of this one cite in their texts."""
    found = {a for r in _rules(pack, address) for t in _texts(r) for a in _cites(t)}
    return _sorted(a for a in found if not a.contains(address) and not address.contains(a))


def referred_to_by(pack: Pack, address: Address) -> list[Address]:
    """The paragraphs whose rules cite this one, or the article that it stands in."""
    out = set()
    for rule in pack.rules:
        at = Address.parse(rule.id).at_paragraph
        if address.contains(at) or at.contains(address):
            continue
        if any(a.contains(address) or address.contains(a) for t in _texts(rule) for a in _cites(t)):
            out.add(at)
    return _sorted(out)


def concurrent(pack: Pack, address: Address) -> list[str]:
    """Rules elsewhere that may rest on the same fact: which of the two counts it."""
    out: dict[str, None] = {}
    mine = _rules(pack, address)
    for rule in mine:
        for other in rule.primary_over:
            if not address.contains(Address.parse(other)):
                out[f"{rule.id} > {other}"] = None
    for rule in pack.rules:
        if rule in mine:
            continue
        for other in rule.primary_over:
            at = Address.parse(other)
            if any(at.contains(Address.parse(r.id)) for r in mine):
                out[f"{rule.id} > {other}"] = None
    return list(out)


def scoped_by(pack: Pack, address: Address) -> list[str]:
    """The scope rules that decide whether the rules here apply."""
    ids = {r.id for r in _rules(pack, address)}
    return list(dict.fromkeys(name for b in pack.bound_of(ids) for name, _ in b.scope_parts))


def governed(pack: Pack, address: Address, lang: str) -> list[str]:
    """Of a scope rule: how many rules it decides about, by article."""
    mine = {r.id for r in _rules(pack, address) if r.effect == "scope"}
    if not mine:
        return []
    articles: dict[str, int] = {}
    for b in pack.bound:
        if mine & {name for name, _ in b.scope_parts}:
            article = str(Address.parse(b.rule.id).article)
            articles[article] = articles.get(article, 0) + 1
    total = sum(articles.values())
    where = "、".join(articles) if lang == "zh" else ", ".join(articles)
    return [f"{total} 条规则（第 {where} 条）" if lang == "zh" else f"{total} rules (articles {where})"]


def _sorted(addresses: Iterable[Address]) -> list[Address]:
    return sorted(addresses)


def questions(folder: Path, address: Address, lang: str = "zh", limit: int = QUESTIONS) -> list[str]:
    """Questions kept under `folder` that the provision answers: told, spoken and formal ones in turn, the first written
    first."""
    voices: dict[str, list[str]] = {
        v: [] for v in (("english",) if lang == "en" else ("story", "spoken", "formal"))
    }
    here = f'"{address.article}.'
    for file in sorted(folder.glob("exemplars/*.jsonl")) if folder.is_dir() else ():
        for line in file.read_text("utf-8").splitlines():
            if here not in line:
                continue  # most are about something else, and need not be decoded
            kept = json.loads(line)
            named = kept.get("norms", ()) if address.letter else [kept["address"]]
            if kept["voice"] in voices and any(address.contains(Address.parse(n)) for n in named):
                voices[kept["voice"]].append(kept["text"])
    turns = max(map(len, voices.values()))
    return [t for i in range(turns) for texts in voices.values() for t in texts[i : i + 1]][:limit]

"""What a lawyer adds to an answer: the sentence, the norms with their conditions, what is known and what is not."""

from __future__ import annotations

import re

import msgspec

from hami_rules.pack.load import Pack
from hami_rules.proof.describe import (
    EFFECTS,
    EXECUTABILITY,
    HOW,
    KINDS,
    condition_parts,
    grade_of,
    in_words,
    scope_text,
    who,
    with_values,
)
from hami_rules.proof.needs import read_by, table_of
from hami_rules.records.base import label_of
from hami_rules.records.documentary import Documentary
from hami_rules.records.kinds import Kind
from hami_rules.records.labels import label
from hami_rules.records.text import Text
from hami_rules.statute import Address
from hami_rules.statute import load as load_statute
from hami_rules.statute.superior import superior_citations

from .ask import Answer, Asked
from .concepts import Met

__all__ = ["Advice", "Fact", "NormAdvice", "RuleAdvice", "advise", "fact_words"]

CLOSE = 0.35  # norms of a paragraph that score this much less than its first are not shown
MOST = 3


class Fact(msgspec.Struct, frozen=True):
    """A field that a rule reads: where a dossier states it, and what people call it; `value`: what the question says."""

    field: str
    label: Text
    value: Text | None = None


class RuleAdvice(msgspec.Struct, frozen=True):
    """A rule in words: what a breach of it is, how grave (`grade`; of a rule that judges nothing, what it does), and
    its conditions part by part."""

    id: str
    title: Text
    grade: Text
    conditions: tuple[tuple[Text, Text], ...]
    interpretation: Text | None
    remedy: Text | None


class NormAdvice(msgspec.Struct, frozen=True):
    """A norm in words: whom it binds, what is judged by it, its rules; `requests`: the documents that prove it."""

    id: str
    kind: Text
    how: Text
    bound: Text
    judged: Text
    quote: str
    rules: tuple[RuleAdvice, ...]
    given: tuple[Fact, ...]
    missing: tuple[Fact, ...]
    requests: tuple[Text, ...]
    superior: tuple[str, ...]


class Advice(msgspec.Struct, frozen=True):
    """An answer with everything that is shown of it."""

    address: str
    citation: Text
    sentence: str
    phrases: tuple[str, ...]
    score: float
    norms: tuple[NormAdvice, ...]
    related: tuple[tuple[str, Text], ...]


def advise(asked: Asked, answer: Answer, pack: Pack) -> Advice:
    """What there is to say of an answer: its sentence, its likeliest norms, and what would settle them."""
    text = load_statute()
    norms = tuple(_norm(n, pack, asked.met) for n in answer.norms[:MOST])
    known = tuple(n for n in norms if n is not None)
    paragraph = text.paragraph(answer.address)
    return Advice(
        answer.address,
        Text(paragraph.citation_zh, paragraph.citation_en),
        known[0].quote if known else paragraph.text,
        asked.words(answer),
        answer.score,
        known,
        _related(answer, pack),
    )


def _norm(norm: str, pack: Pack, met: tuple[Met, ...]) -> NormAdvice | None:
    row = next((n for n in pack.data.norms if n.id == norm), None)
    # a clue is for internal review: no condition of the law
    rules = [r for r in pack.rules if r.address == norm and r.effect != "clue"]
    if row is None or not rules:
        return None
    bound = pack.bind(Address.parse(norm))
    told: list[RuleAdvice] = []
    read: dict[tuple[str, str], None] = {}
    for rule in rules:
        one = bound.get(rule.id)
        conditions: list[tuple[Text, Text]] = []
        if one is not None:
            parts = zip(condition_parts(one, "zh"), condition_parts(one, "en"), strict=True)
            conditions = [
                (Text(a, b), Text(with_values(pack, zh, "zh"), with_values(pack, en, "en")))
                for (a, zh), (b, en) in parts
            ]
            nodes = [n for n in (one.applies, one.violated, one.unless) if n is not None]
            read.update(dict.fromkeys(read_by(pack.registry, nodes)))
        elif (zh := scope_text(pack, rule, "zh")) is not None:
            en = scope_text(pack, rule, "en") or zh
            conditions = [(Text("适用条件", "governs when"), Text(zh, en))]
        grade = grade_of(pack, rule) or EFFECTS.get(rule.effect or "") or EXECUTABILITY[rule.executability]
        remedy = rule.remedy and Text(
            in_words(pack, rule, rule.remedy, "zh"), in_words(pack, rule, rule.remedy, "en")
        )
        told.append(
            RuleAdvice(rule.id, rule.title, grade, tuple(conditions), rule.interpretation, remedy or None)
        )
    given, missing = _told(pack, read, met)
    kind, how = KINDS.get(row.kind), HOW.get(row.how)
    superior = dict.fromkeys(s for rule in rules for s in rule.superior)
    return NormAdvice(
        norm,
        kind or Text(row.kind, row.kind),
        how or Text(row.how, row.how),
        Text(who(row, "zh"), who(row, "en")),
        row.judged,
        rules[0].quote,
        tuple(told),
        given,
        missing,
        tuple(_request(asked) for asked in pack.documentary if asked.norm == norm),
        tuple(superior),
    )


def _request(asked: Documentary) -> Text:
    """The document to ask for, with the matters that the text names one by one."""
    zh, en = (asked.request(lang).replace("{year}", year) for lang, year in (("zh", "各"), ("en", "each")))
    zh_names, en_names = (
        (sep.join(a.name(lang) for a in asked.aspects)) for lang, sep in (("zh", "、"), ("en", ", "))
    )
    return Text(zh.replace("{what}", zh_names), en.replace("{what}", en_names))


_KEYS = re.compile(r"(?:^|[._])(?:code|no|id|key|region|valid_from|valid_to|material_name)$")
"""Fields that say which record it is and not what happened."""


def _told(
    pack: Pack, read: dict[tuple[str, str], None], met: tuple[Met, ...]
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """The fields that rules read: those that the question states, and the rest."""
    stated: dict[str, str | bool] = {}
    for one in met:
        stated.update(one.concept.facts)
    given, missing = [], []
    for place, name in read:
        if not name.startswith("`"):
            if "›" not in place:  # what the program makes of several records, as its own name says
                missing.append(Fact(f"{place}：{name}", Text(f"{place}：{name}", f"{place}: {name}")))
            continue
        field = f"{place}.{name.strip('`')}"
        if _KEYS.search(field):
            continue
        if field.rpartition(".")[0] not in _kinds(pack):
            continue
        words = fact_words(pack, field)
        if field in stated:
            given.append(Fact(field, words, value_words(stated[field])))
        else:
            missing.append(Fact(field, words))
    return tuple(given), tuple(missing)


def value_words(value: str | bool) -> Text:
    """A value as people read it."""
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    return Text(label(value, "zh") or value, label(value, "en") or value)


def fact_words(pack: Pack, field: str) -> Text:
    """`applications.demands.form` → 要求提交的材料：要求的形式. A field that no record has is named as it is."""
    place, _, name = field.rpartition(".")
    kind = _kinds(pack).get(place)
    if kind is None or name not in kind.struct.__struct_fields__:
        return Text(field, field)
    return Text(f"{kind.zh}：{label_of(kind.struct, name)}", f"{kind.en}: {name.replace('_', ' ')}")


_BY_PLACE: dict[int, dict[str, Kind]] = {}


def _kinds(pack: Pack) -> dict[str, Kind]:
    """Kinds by where they stand in a dossier."""
    found = _BY_PLACE.get(id(pack.registry))
    if found is None:
        found = _BY_PLACE[id(pack.registry)] = {}
        for kind in pack.registry.kinds.values():
            place = table_of(pack.registry, kind)
            if place is not None:
                found.setdefault(place, kind)
    return found


def _related(answer: Answer, pack: Pack) -> tuple[tuple[str, Text], ...]:
    """Superior law on what its likeliest norm says, and norms that meet the same fact elsewhere in the regulation."""
    own = [r for r in pack.rules if str(Address.parse(r.address).at_paragraph) == answer.address]
    out: dict[str, Text] = {}
    first = tuple(dict.fromkeys(s for r in own if r.address == answer.norms[0] for s in r.superior))
    if first:
        out["; ".join(first)] = Text(superior_citations(first, "zh"), superior_citations(first, "en"))
    text = load_statute()
    meets = {a for rule in own for a in rule.primary_over}
    meets |= {
        r.address for r in pack.rules for a in r.primary_over if any(a in (o.id, o.address) for o in own)
    }
    for address in sorted(meets, key=lambda a: (Address.parse(a).article, a)):
        at = Address.parse(address).at_paragraph
        if str(at) != answer.address:
            out.setdefault(
                str(at),
                Text(
                    f"{text.citation(at, 'zh')}（同一事实也可能涉及）",
                    f"{text.citation(at, 'en')} (the same fact may breach it)",
                ),
            )
    return tuple(out.items())

"""`hami ask`: which paragraph governs a situation that somebody describes, and what else must be known."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from .common import CLEAN, emit_json, guarded, refuse

if TYPE_CHECKING:
    from hami_rules.consult.advice import Advice, Fact, NormAdvice
    from hami_rules.consult.ask import Asked

__all__ = ["ask"]

SHOWN = 3  # answers in full
FACTS = 8  # missing facts of a norm


def ask(query: list[str], jsonl: str | None, as_json: bool, limit: int, lang: str) -> int:
    """Answer a question, or JSON lines of them."""
    text = " ".join(query).strip()
    if (not text) == (jsonl is None):
        refuse("给出一个问题，或者 --jsonl，二者之一", "give a question, or --jsonl", lang)
    with guarded(lang):
        if jsonl is not None:
            return _lines(jsonl, limit, lang)
        from hami_rules.consult.advice import advise
        from hami_rules.consult.ask import ask as answer
        from hami_rules.pack.load import load_pack

        try:
            asked = answer(text, limit)
        except ValueError:
            refuse("问题里没有文字", "there is nothing to read in the question", lang)
        pack = load_pack()
        told = [advise(asked, one, pack) for one in asked.answers[:limit]]
        if as_json:
            emit_json(json.dumps(_whole(asked, told, lang), ensure_ascii=False, indent=2) + "\n")
        else:
            for line in _said(asked, told, lang):
                sys.stdout.write(line + "\n")
    return CLEAN


# -- for people --------------------------------------------------------------------------------------------------


def _said(asked: Asked, told: list[Advice], lang: str) -> Iterator[str]:
    from hami_rules.report.safe import one_line
    from hami_rules.statute.superior import SUPERIOR_NOTE

    zh = lang == "zh"
    if not asked.governed:
        yield (
            "本条例没有规定这个问题。" if zh else "This regulation does not govern the question."
        ) + f"（{asked.outside:.0%}）"
        yield "最接近的条款：" if zh else "The nearest paragraphs:"
        for one in told[:SHOWN]:
            yield f"  {one.citation(lang)}  [{one.address}]  {one_line(one.sentence)}"
        return
    if asked.unsure:
        yield (
            "没有把握：下列条款都有可能，请补充是谁、做了什么、对什么材料或者环节、什么时候。"
            if zh
            else "Not sure: each of these may govern. Say who did what, with which material or step, and when."
        )
    yield from _scope(asked, lang)
    for number, one in enumerate(told[:SHOWN], 1):
        yield ""
        yield f"{number}. {one.citation(lang)}  [{one.address}]  {one.score:.0%}"
        yield f"   {'条文' if zh else 'text'}：{one.sentence}"
        if one.phrases:
            phrases = "、".join(f"“{one_line(p)}”" for p in one.phrases)
            yield f"   {'依据问题中的' if zh else 'rests on'}：{phrases}"
        for place, norm in enumerate(one.norms[:2] if number == 1 else one.norms[:1]):
            yield from _norm_lines(norm, lang, full=number == 1 and place == 0)
        if number == 1 and one.related:
            yield f"   {'相关' if zh else 'related'}：{'；'.join(words(lang) for _, words in one.related)}"
    rest = told[SHOWN:]
    if rest:
        yield ""
        yield ("其次：" if zh else "Then: ") + "；".join(f"{o.citation(lang)} {o.score:.0%}" for o in rest)
    yield ""
    if told and told[0].norms:
        yield (
            f"逐项认定：hami which --select {told[0].norms[0].id}；规则全文：hami show {told[0].norms[0].id}"
            if zh
            else f"Settle it: hami which --select {told[0].norms[0].id}; the rule: hami show {told[0].norms[0].id}"
        )
    yield SUPERIOR_NOTE(lang)


def _scope(asked: Asked, lang: str) -> Iterator[str]:
    """What of the question decides whether the regulation applies at all."""
    from hami_rules.statute import load

    seen: set[str] = set()
    for one in asked.met:
        address = one.concept.leads_to
        if address is None or address in seen:
            continue
        seen.add(address)
        word, citation = asked.query[one.start : one.end], load().citation(address, lang)
        if lang == "zh":
            yield f"注意：问题提到“{word}”（{one.concept.label.zh}），先看{citation}：条例是否适用。"
        else:
            yield f"Note: the question speaks of “{word}” ({one.concept.label.en}); see {citation} first: does the regulation apply?"


def _norm_lines(norm: NormAdvice, lang: str, full: bool) -> Iterator[str]:
    zh = lang == "zh"
    yield f"   ▸ {norm.id}  {norm.title(lang)} · {norm.kind(lang)} · {norm.how(lang)}"
    if not full:
        return
    for rule, part, condition in norm.conditions:
        name = "" if rule == norm.id else f"{rule} "
        yield f"     {name}{part(lang)}：{condition(lang)}"
    if norm.given:
        yield f"     {'问题已说明' if zh else 'given'}：" + "；".join(
            f"{f.label(lang)}＝{f.value(lang) if f.value else ''}" for f in norm.given
        )
    if norm.missing:
        shown = "；".join(f.label(lang) for f in norm.missing[:FACTS])
        more = len(norm.missing) - FACTS
        yield f"     {'还须查明' if zh else 'still missing'}：{shown}" + (
            (f"……共{len(norm.missing)}项" if zh else f" … {len(norm.missing)} in all") if more > 0 else ""
        )


# -- for programs ------------------------------------------------------------------------------------------------


def _whole(asked: Asked, told: list[Advice], lang: str) -> dict[str, Any]:
    from hami_rules.statute.superior import SUPERIOR_NOTE

    def fact(f: Fact) -> dict[str, Any]:
        out: dict[str, Any] = {"field": f.field, "label": f.label(lang)}
        if f.value is not None:
            out["value"] = f.value(lang)
        return out

    return {
        "query": asked.query,
        "governed": asked.governed,
        "unsure": asked.unsure,
        "not_governed": asked.outside,
        "scope": [
            {
                "words": asked.query[m.start : m.end],
                "concept": m.concept.label(lang),
                "address": m.concept.leads_to,
            }
            for m in asked.met
            if m.concept.leads_to
        ],
        "answers": [
            {
                "address": one.address,
                "citation": one.citation(lang),
                "score": one.score,
                "sentence": one.sentence,
                "phrases": list(one.phrases),
                "norms": [
                    {
                        "id": n.id,
                        "title": n.title(lang),
                        "kind": n.kind(lang),
                        "conditions": [
                            {"rule": rule, "part": part(lang), "condition": said(lang)}
                            for rule, part, said in n.conditions
                        ],
                        "given": [fact(f) for f in n.given],
                        "missing": [fact(f) for f in n.missing],
                        "superior": list(n.superior),
                    }
                    for n in one.norms
                ],
                "related": [{"reference": name, "citation": words(lang)} for name, words in one.related],
            }
            for one in told
        ],
        "note": SUPERIOR_NOTE(lang),
    }


def _lines(name: str, limit: int, lang: str) -> int:
    """Answer every question in its order; a bad line is reported by number and the rest go on."""
    if name == "-":
        return _answer(sys.stdin.buffer, "stdin", limit, lang)
    if not Path(name).is_file():
        refuse(f"没有这个文件：{name}", f"no such file: {name}", lang)
    with Path(name).open("rb") as file:
        return _answer(file, name, limit, lang)


def _answer(source: BinaryIO, name: str, limit: int, lang: str) -> int:
    from hami_rules.consult.ask import ask as answer

    read = bad = 0
    for number, line in enumerate(source, 1):
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            if not isinstance(said, dict) or not isinstance(said.get("query"), str) or "id" not in said:
                raise ValueError
            asked = answer(said["query"], limit)
        except (ValueError, RecursionError) as error:
            bad += 1
            why = (
                ('应为 {"id", "query"}，query 为文字', 'want {"id", "query"}, query a text')
                if not isinstance(error, json.JSONDecodeError | UnicodeDecodeError)
                else (f"不是 JSON：{error}", f"not JSON: {error}")
            )
            sys.stderr.write(f"{name}:{number}: {why[lang == 'en']}\n")
            continue
        read += 1
        row = {
            "id": said["id"],
            "governed": asked.governed,
            "answers": [
                {
                    "address": a.address,
                    "norms": list(a.norms[:3]),
                    "score": a.score,
                    "why": "、".join(asked.words(a)),
                }
                for a in asked.answers
            ],
        }
        emit_json(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if bad:
        refuse(
            f"{bad} 行读不成，其余 {read} 行已回答", f"{bad} line(s) could not be read; {read} answered", lang
        )
    if not read:
        refuse("没有问题", "there is no question", lang)
    return CLEAN

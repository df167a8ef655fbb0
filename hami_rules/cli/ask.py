"""`hami ask`: which paragraph governs a situation that somebody describes, and what else must be known."""

from __future__ import annotations

import json
import re
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
LEAST = 0.03  # the share of an answer that is worth showing beside the first
LONG = 160  # characters of conditions that are read at a glance
FACTS = 6  # missing facts of a norm


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
    from hami_rules.statute.superior import superior_note

    zh = lang == "zh"
    if zh and not re.search("[\u4e00-\u9fff]", asked.query):
        yield "（--lang en answers in English）"
    if not asked.governed:
        if asked.unsure:
            yield (
                "没有把握：看来不是本条例规定的问题。"
                if zh
                else "Not sure: it does not look like a question of this regulation."
            )
        else:
            yield "本条例没有规定这个问题。" if zh else "This regulation does not govern the question."
        if asked.foreign:
            words = "、".join(f"“{one_line(w)}”" for w in asked.foreign)
            yield f"{'依据问题中的' if zh else 'rests on'}：{words}"
        yield from _scope(asked, lang)
        yield "最接近的条款：" if zh else "The nearest paragraphs:"
        for one in told[:SHOWN]:
            yield f"  {one.citation(lang)}  [{one.address}]  {one_line(one.sentence)}"
        yield superior_note(lang)
        return
    if asked.unsure:
        yield (
            "没有把握：下列条款都有可能，请补充是谁、做了什么、对什么材料或者环节、什么时候。"
            if zh
            else "Not sure: each of these may govern. Say who did what, with which material or step, and when."
        )
    yield from _scope(asked, lang)
    shown = [o for o in told[:SHOWN] if asked.unsure or o.score >= LEAST or o is told[0]]
    for number, one in enumerate(shown, 1):
        yield ""
        yield f"{number}. {one.citation(lang)}  [{one.address}]  {_share(one.score)}"
        yield f"   {'条文' if zh else 'text'}：{one.sentence}"
        if one.phrases:
            phrases = "、".join(f"“{one_line(p)}”" for p in one.phrases)
            yield f"   {'依据问题中的' if zh else 'rests on'}：{phrases}"
        for place, norm in enumerate(one.norms if number == 1 else one.norms[:1]):
            yield from _norm_lines(norm, lang, full=number == 1 and place == 0)
        if number == 1 and one.related:
            yield f"   {'相关' if zh else 'related'}：{'；'.join(words(lang) for _, words in one.related)}"
    rest = [o for o in told[len(shown) :] if o.score >= LEAST]
    if rest:
        yield ""
        yield ("其次：" if zh else "Then: ") + "；".join(
            f"{o.citation(lang)} {_share(o.score)}" for o in rest
        )
    yield ""
    if told and told[0].norms:
        yield (
            f"逐项认定：hami which --select {told[0].norms[0].id}；规则全文：hami show {told[0].norms[0].id}"
            if zh
            else f"Settle it: hami which --select {told[0].norms[0].id}; the rule: hami show {told[0].norms[0].id}"
        )
    yield superior_note(lang)


def _share(value: float) -> str:
    """A share among all paragraphs; no answer is certain."""
    return f"{min(value, 0.99):.0%}"


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
    first = norm.rules[0]
    yield f"   ▸ {norm.id}  {first.title(lang)} · {first.grade(lang)} · {norm.how(lang)} · {norm.bound(lang)}"
    if not full:
        return
    if first.interpretation:
        yield f"     {'解释' if zh else 'reading'}：{first.interpretation(lang)}"
    parts = [(part(lang), said(lang)) for part, said in first.conditions]
    if sum(len(said) for _, said in parts) <= LONG:
        for part, said in parts:
            yield f"     {part}：{said}"
    else:
        yield f"     {'条件较长，见' if zh else 'its conditions:'} hami show {first.id}"
    if first.remedy:
        yield f"     {'整改' if zh else 'remedy'}：{first.remedy(lang)}"
    if len(norm.rules) > 1:
        yield f"     {'另有' if zh else 'besides'}：" + "；".join(
            f"{r.id} {r.title(lang)}（{r.grade(lang)}）" for r in norm.rules[1:]
        )
    if norm.given:
        yield f"     {'问题已说明' if zh else 'given'}：" + "；".join(
            f"{f.label(lang)}＝{f.value(lang) if f.value else ''}" for f in norm.given
        )
    if norm.requests:
        yield f"     {'须调阅' if zh else 'to request'}：" + "；".join(r(lang) for r in norm.requests)
    if norm.missing:
        shown = "；".join(f.label(lang) for f in norm.missing[:FACTS])
        more = len(norm.missing) - FACTS
        yield f"     {'可能还须查明' if zh else 'may still be missing'}：{shown}" + (
            (f"……共{len(norm.missing)}项" if zh else f" … {len(norm.missing)} in all") if more > 0 else ""
        )


# -- for programs ------------------------------------------------------------------------------------------------


def _whole(asked: Asked, told: list[Advice], lang: str) -> dict[str, Any]:
    from hami_rules.statute.superior import superior_note

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
                        "kind": n.kind(lang),
                        "how": n.how(lang),
                        "bound": n.bound(lang),
                        "judged": n.judged(lang),
                        "rules": [
                            {
                                "id": r.id,
                                "title": r.title(lang),
                                "grade": r.grade(lang),
                                "interpretation": r.interpretation(lang) if r.interpretation else None,
                                "remedy": r.remedy(lang) if r.remedy else None,
                                "conditions": [
                                    {"part": part(lang), "condition": said(lang)}
                                    for part, said in r.conditions
                                ],
                            }
                            for r in n.rules
                        ],
                        "requests": [r(lang) for r in n.requests],
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
        "note": superior_note(lang),
    }


def _lines(name: str, limit: int, lang: str) -> int:
    """Answer every question in its order; a bad line is reported by number and the rest go on."""
    if name == "-":
        return _answer(sys.stdin.buffer, "stdin", limit, lang)
    if not Path(name).is_file():
        refuse(f"没有这个文件：{name}", f"no such file: {name}", lang)
    with Path(name).open("rb") as file:
        return _answer(file, name, limit, lang)


def _no_number(name: str) -> float:
    raise ValueError(name)


def _fault(error: Exception) -> tuple[str, str]:
    """What is wrong with a line, in Chinese and in English."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 编码，请另存为 UTF-8", "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"不是 JSON（第 {error.colno} 列）", f"not JSON (column {error.colno}: {error.msg})"
    return (
        '应为 {"id", "query"}，query 为写了内容的文字',
        'want {"id", "query"}, query a text that says something',
    )


def _answer(source: BinaryIO, name: str, limit: int, lang: str) -> int:
    from hami_rules.consult.ask import ask as answer

    read = bad = 0
    for number, line in enumerate(source, 1):
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not line.strip():
            continue
        try:
            said = json.loads(line.decode("utf-8"), parse_constant=_no_number)
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
            "unsure": asked.unsure,
            "not_governed": asked.outside,
            "scope": sorted({m.concept.leads_to for m in asked.met if m.concept.leads_to}),
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

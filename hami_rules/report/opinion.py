"""An opinion as people read it: facts, grounds, conclusions, what comes next (事实—依据—结论—后续)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hami_rules.consult.opinion import Asked, Follows, Opinion, Outcome
from hami_rules.pack.message import show
from hami_rules.records.text import Text

from .safe import visible
from .words import GRADES, VERDICTS

__all__ = ["Section", "chain_lines", "opinion_text", "question_line", "sections"]

FIRST = 6
"""How many questions of a rule are written out; the rest are counted."""

Section = tuple[Text, list[tuple[int, str]]]
"""A heading and its lines, each with how far it is set in."""

_TITLES = (Text("一、事实", "1. Facts"), Text("二、依据", "2. Grounds"), Text("三、结论", "3. Conclusions"), Text("四、后续", "4. What comes next"))  # fmt: skip


def opinion_text(opinion: Opinion, lang: str) -> str:
    """The opinion on a terminal or in a text file."""
    out: list[str] = []
    for title, lines in sections(opinion, lang):
        out.append(title(lang))
        out += [f"{'  ' * (indent + 1)}{line}" for indent, line in lines]
    return visible("\n".join(out)) + "\n"


def sections(opinion: Opinion, lang: str) -> list[Section]:
    """The four parts."""
    parts = (_facts, _grounds, _conclusions, _next)
    return [(title, list(part(opinion, lang))) for title, part in zip(_TITLES, parts, strict=True)]


def _facts(opinion: Opinion, lang: str) -> Iterator[tuple[int, str]]:
    for f in opinion.facts:
        yield 0, f"{f.words(lang)}{_colon(lang)}{f.value(lang)}"
    if not opinion.facts:
        yield 0, "没有说明任何事实" if lang == "zh" else "nothing was stated"
    day = show(opinion.as_of, lang)
    yield (
        0,
        f"截至{day}；没有说到的都按未知处理"
        if lang == "zh"
        else f"as of {day}; whatever was not stated is unknown",
    )


def _grounds(opinion: Opinion, lang: str) -> Iterator[tuple[int, str]]:
    for citation, text in dict.fromkeys(
        (r.citation, r.text) for r in opinion.rules if r.verdict != "not_applicable"
    ):
        yield 0, f"{citation(lang)}{_colon(lang)}{text}"
    yield 0, opinion.note(lang)


def _conclusions(opinion: Opinion, lang: str) -> Iterator[tuple[int, str]]:
    zh = lang == "zh"
    for r in opinion.rules:
        if r.verdict == "not_applicable":
            continue
        word = GRADES[r.grade](lang) if r.grade else VERDICTS[r.verdict](lang)
        yield (
            0,
            f"【{word}】{r.rule} {r.title(lang)}（{r.citation(lang)}）"
            if zh
            else f"[{word}] {r.rule} {r.title(lang)} ({r.citation(lang)})",
        )
        if r.verdict == "violated":
            yield 1, r.message(lang)
            if r.counted_by is not None:
                yield (
                    1,
                    f"同一事实已由 {r.counted_by} 计入，不另计"
                    if zh
                    else f"the same fact is counted by {r.counted_by}",
                )
        if r.seen and r.verdict in ("violated", "compliant"):
            said = ("；" if zh else "; ").join(
                f"{s.words(lang)}{_colon(lang)}{s.value(lang)}" for s in r.seen
            )
            yield 1, f"依据的事实：{said}" if zh else f"rests on: {said}"
        yield from ((1, line) for line in _open(r, lang))
    aside = [r.rule for r in opinion.rules if r.verdict == "not_applicable"]
    if aside:
        names = ("、" if zh else ", ").join(aside)
        yield 0, f"【不适用】{names}" if zh else f"[Not applicable] {names}"
    if not opinion.rules:
        yield 0, "所说的事实没有触及任何规则" if zh else "what was stated touches no rule"


def _open(r: Outcome, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if r.verdict != "undetermined":
        return
    if r.settles:
        shown = [a.words(lang) for a in r.settles[:FIRST]]
        more = len(r.settles) - len(shown)
        tail = (f"；另有{more}项" if zh else f"; {more} more") if more > 0 else ""
        yield ("须弄清：" if zh else "to settle: ") + ("；" if zh else "; ").join(shown) + tail
    elif r.scope:
        yield (
            "本条要件已明，只差适用范围"
            if zh
            else "its own condition is settled; only whether it applies is open"
        )
    for p in r.people:
        yield ("须由人认定：" if zh else "for people to decide: ") + p(lang)


def _next(opinion: Opinion, lang: str) -> Iterator[tuple[int, str]]:
    zh = lang == "zh"
    for r in opinion.rules:
        if r.remedy is not None:
            yield 0, f"{r.rule}{_colon(lang)}{r.remedy(lang)}"
        if r.consequences is not None:
            yield from ((1, line) for line in chain_lines(r.consequences, lang))
    scope = opinion.scope
    if scope:
        said = ("；" if zh else "; ").join(a.words(lang) for a in scope)
        yield 0, f"各条都要知道：{said}" if zh else f"to be known for every rule: {said}"
    if opinion.ask_next is not None:
        yield 0, ("最先弄清：" if zh else "to settle first: ") + question_line(opinion.ask_next, lang)
    count = sum(opinion.others.values())
    if count:
        yield (
            0,
            f"同一记录另有{count}条规则，所说的事实没有触及（--all 列出）"
            if zh
            else f"{count} other rules about the same records are not touched (--all lists them)",
        )
    yield (
        0,
        "本意见由程序按规则作出，不是法律意见书"
        if zh
        else "made by a program from rules; no formal legal advice",
    )


def chain_lines(steps: Iterable[Follows], lang: str) -> Iterator[str]:
    """What follows, step by step, each with its basis and what it rests on."""
    zh = lang == "zh"
    for s in steps:
        basis = f"〔{s.citation(lang)}{'' if s.rule is None else ' ' + s.rule}〕" if s.citation else ""
        why = ("；" if zh else "; ").join(b(lang) for b in s.because)
        mark = ("（待定）" if zh else " (open)") if s.open else ""
        yield f"{s.step}. {s.title(lang)}{mark}{_colon(lang)}{s.text(lang)}{basis}" + (
            f" ← {why}" if why else ""
        )


def question_line(asked: Asked, lang: str) -> str:
    """The question with how `--fact` answers it."""
    values = "|".join(c.code for c in asked.choices) or {"bool": "是|否", "date": "YYYY-MM-DD"}.get(
        asked.sort, "…"
    )
    return (
        f"{asked.words(lang)}（--fact '{asked.name}={values}'）"
        if lang == "zh"
        else f"{asked.words(lang)} (--fact '{asked.name}={values}')"
    )


def _colon(lang: str) -> str:
    return "：" if lang == "zh" else ": "

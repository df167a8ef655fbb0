"""`hami which`: which rules bear on a situation, how each comes out, and what would settle the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .common import CLEAN, FOUND, emit_json, guarded, judging_day, refuse, select_rules

if TYPE_CHECKING:
    from hami_rules.consult.interview import Interview
    from hami_rules.consult.opinion import Opinion
    from hami_rules.consult.situation import Situation
    from hami_rules.consult.which import Bearing, Question, Which

__all__ = ["Asked", "which"]


@dataclass(frozen=True)
class Asked:
    """The command line."""

    files: Sequence[Path] = ()
    facts: Sequence[str] = ()
    select: Sequence[str] = ()
    as_of: str | None = None
    interactive: bool = False
    consequences: bool = False
    everything: bool = False
    json: bool = False
    schema: bool = False
    save: Sequence[Path] = ()
    lang: str = "zh"


def which(asked: Asked) -> int:
    """Say what can be said of a situation; 1 where a rule is violated, as in `hami check`."""
    lang = asked.lang
    with guarded(lang):
        import msgspec

        from hami_rules.consult.opinion import schema

        if asked.schema:
            emit_json(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n")
            return CLEAN
        from hami_rules.consult.situation import Situation
        from hami_rules.consult.which import Which
        from hami_rules.pack.load import load_pack
        from hami_rules.records.dates import today

        for file in asked.save:
            if file.suffix.lower() not in (".txt", ".docx", ".json"):
                refuse(
                    f"--save 的后缀是 .txt、.docx 或 .json，不是“{file.suffix}”",
                    f"--save writes .txt, .docx or .json, not {file.suffix!r}", lang,
                )  # fmt: skip
        if not asked.files and not asked.facts and not asked.interactive:
            refuse(
                "没有说任何事实：给一个文档，或 --fact 种类.字段=值，或 --interactive",
                "no facts: give a document, --fact kind.field=value, or --interactive", lang,
            )  # fmt: skip
        pack = load_pack()
        chosen = select_rules(pack, asked.select, lang)
        situation = Situation(pack, _day(asked.as_of, lang) if asked.as_of else today())
        for file in asked.files:
            if not file.is_file():
                refuse(f"没有这个文件：{file}", f"no such file: {file}", lang)
            situation.read(file)
        for fact in asked.facts:
            situation.say(fact)
        judge = Which(pack, chosen)
        bearings = judge.bearings(situation)
        follow: Question | None = None
        everything = asked.everything
        if asked.interactive:
            from hami_rules.consult.interview import Interview

            talk = Interview(judge, situation)
            _converse(talk, lang)
            situation, follow = talk.situation, talk.question
            bearings, everything = talk.considered, True
        else:
            touched = [b for b in bearings if b.touched]
            follow = judge.next_question(situation, touched)
        opinion = _opinion(situation, bearings, follow, asked, everything)
        _write(opinion, asked)
    return FOUND if any(r.verdict == "violated" and r.grade == "violation" for r in opinion.rules) else CLEAN


def _day(text: str, lang: str) -> date:

    try:
        return judging_day(date.fromisoformat(text), lang)
    except ValueError:
        refuse(f"--as-of 应为 YYYY-MM-DD，不是“{text}”", f"--as-of is YYYY-MM-DD, not {text!r}", lang)


def _opinion(
    situation: Situation, bearings: Sequence[Bearing], follow: Question | None, asked: Asked, everything: bool
) -> Opinion:
    from hami_rules.consult.opinion import opinion_on

    chains = None
    if asked.consequences:
        from hami_rules.consult.consequences import Consequences
        from hami_rules.engine import MissingEngine

        try:
            world, _ = situation.world()
            made = Consequences(situation.pack, world)
            chains = {i: made.of_record(b.record) for i, b in enumerate(bearings) if b.verdict == "violated"}
        except MissingEngine:
            sys.stderr.write(f"hami: {MissingEngine.en if asked.lang == 'en' else MissingEngine.zh}\n")
    return opinion_on(situation, bearings, follow, chains, everything)


def _write(opinion: Opinion, asked: Asked) -> None:
    import msgspec

    from hami_rules.report.opinion import opinion_text

    body = msgspec.json.format(msgspec.json.encode(opinion), indent=2).decode() + "\n"
    if asked.json:
        emit_json(body)
    else:
        sys.stdout.write(opinion_text(opinion, asked.lang))
    for file in asked.save:
        if file.suffix.lower() == ".docx":
            from hami_rules.report.opinion_docx import NeedsDocx, write_opinion_docx

            try:
                write_opinion_docx(opinion, file, asked.lang)
            except NeedsDocx as missing:
                refuse(missing.zh, missing.en, asked.lang)
        else:
            text = body if file.suffix.lower() == ".json" else opinion_text(opinion, asked.lang)
            file.write_text(text, encoding="utf-8")
        sys.stderr.write(f"hami: 已存 {file}\n" if asked.lang == "zh" else f"hami: saved {file}\n")


# -- the conversation -----------------------------------------------------------------------------------------------


def _converse(talk: Interview, lang: str) -> None:
    """Ask until nothing is open, or the person has enough."""
    from hami_rules.consult.interview import DONE, Refused

    zh = lang == "zh"
    _tell(
        "逐题回答；答“不知道”跳过，“返回”改上一题，“结束”看意见。"
        if zh
        else "One question at a time; “?” skips, “back” returns to the last, “quit” shows the opinion."
    )
    while not talk.considered:
        kind = _ask_kind(talk.which, lang)
        if kind is None:
            return
        talk.begin(kind)
    while talk.question is not None:
        _tell("")
        _tell(f"〔还有 {talk.open} 条规则未定〕" if zh else f"[{talk.open} rules are open]")
        _tell(_shown(talk.question, lang))
        said = _typed("> ")
        if said is None or said.strip().casefold() in DONE:
            return
        try:
            talk.reply(said)
        except Refused as refused:
            _tell(refused.said(lang))
    _tell("")
    _tell("没有要问的了。" if zh else "Nothing is left to ask.")


def _ask_kind(which: Which, lang: str) -> str | None:
    from hami_rules.consult.interview import DONE

    zh = lang == "zh"
    kinds = which.statable
    _tell("这件事关于什么？" if zh else "What is it about?")
    for i, (_, words, count) in enumerate(kinds, 1):
        _tell(f"  {i:2} {words(lang)}（{count} 条规则）" if zh else f"  {i:2} {words(lang)} ({count} rules)")
    while True:
        said = _typed("> ")
        if said is None or said.strip().casefold() in DONE:
            return None
        said = said.strip()
        if said.isdecimal() and 1 <= int(said) <= len(kinds):
            return kinds[int(said) - 1][0]
        for name, words, _ in kinds:
            if said in (name, words.zh, words.en):
                return name
        _tell("请写序号或者名称" if zh else "give its number or name")


def _shown(question: Question, lang: str) -> str:
    zh = lang == "zh"
    if question.sort == "bool":
        return f"{question.words(lang)}？（是/否/不知道）" if zh else f"{question.words(lang)}? (yes/no/?)"
    if question.sort == "choice":
        rows = "".join(f"\n  {i} {words(lang)}" for i, (_, words) in enumerate(question.choices, 1))
        return f"{question.words(lang)}？{rows}" if zh else f"{question.words(lang)}?{rows}"
    how = {
        "date": "日期，如 2025-03-04" if zh else "a day such as 2025-03-04",
        "number": "数字" if zh else "a number",
    }.get(question.sort, "文字" if zh else "text")
    return f"{question.words(lang)}？（{how}）" if zh else f"{question.words(lang)}? ({how})"


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _typed(prompt: str) -> str | None:
    """A line of the person's, or `None` where nothing more comes."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    return line if line else None

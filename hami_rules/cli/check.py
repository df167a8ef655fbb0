"""`hami check`: documents at the gate, with file, line and column."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .audit import _day
from .common import (
    BAD,
    CLEAN,
    FORMATS,
    FOUND,
    Refusal,
    complain,
    emit_json,
    guarded,
    judging_day,
    refuse,
    select_rules,
)

if TYPE_CHECKING:
    from hami_rules.audit.documents import Checked
    from hami_rules.gate.config import Config
    from hami_rules.gate.model import Verdict
    from hami_rules.gate.run import Plan
    from hami_rules.intake.errors import Problem
    from hami_rules.pack.load import Pack
    from hami_rules.records.text import Text

__all__ = ["Asked", "Passed", "check", "passed", "settled"]

STDIN = Path("-")
FOR_PEOPLE = ("text", "github", "markdown")
"""The formats in which natural persons are masked; programs get values."""


@dataclass(frozen=True)
class Asked:
    """What the command line says; `None` and empty where it says nothing, so that `hami.toml` may."""

    paths: Sequence[str] = ()
    as_of: str | None = None
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    format: str = "text"
    output: Sequence[str] = ()
    explain: bool = False
    everything: bool = False
    statistics: bool = False
    context: Sequence[Path] = ()
    base: str | None = None
    baseline: Path | None = None
    waivers: Path | None = None
    inline: bool | None = None
    config: Path | None = None
    lang: str | None = None
    fail_on: str | None = None
    stdin_filename: str = "stdin.yaml"
    jobs: int = 0
    unmasked: bool = False


@dataclass(frozen=True)
class Passed:
    """A check that ran: what it found, and what it ran with."""

    checked: Checked
    verdict: Verdict
    pack: Pack
    asked: Asked
    day: date
    root: Path
    plan: Plan


def check(asked: Asked) -> int:
    """Judge documents and say what is wrong where; the exit code of design §7.

    As JSON there is one object on standard output whatever happens; what went wrong is in its `errors`.
    """
    from hami_rules.intake.errors import InputError, Problem
    from hami_rules.records.text import Text

    gc.disable()  # one check holds all it reads to its end: looking for what may go is a sixth of its time
    lang = asked.lang or "zh"
    outputs = _outputs(asked, lang)
    errors: list[Problem] = []
    try:
        with tempfile.TemporaryDirectory(prefix="hami-") as folder:
            done = passed(asked, folder, errors)
    except (Refusal, Exception) as error:
        if isinstance(error, Refusal):
            said = Text(error.zh, error.en)
        else:
            said = Text(f"程序内部出错：{error}", f"internal error: {error}")
        _refused(asked, outputs, [*errors, Problem("refused", said)], lang)
        raise
    lang = done.asked.lang or "zh"
    found, verdict = done.checked, done.verdict
    for problems in (errors, verdict.notices):
        if problems:
            complain(InputError(problems), lang)
    for name, file in outputs:
        body = _rendered(name, done, errors, colour=file is None and sys.stdout.isatty())
        if file is not None:
            with guarded(lang):
                _write(file, body)
        elif name == "text":
            sys.stdout.write(body)
        else:
            emit_json(body)
    if errors:
        sys.stderr.write(f"hami: {_shortcomings(found)(lang)}\n")
        return BAD
    if found.errors or any(f.verdict == "error" for f in found.findings):
        return BAD
    return FOUND if any(True for _ in verdict.failing(done.asked.fail_on or "violation")) else CLEAN


def _shortcomings(found: Checked) -> Text:
    """How much of what was to be checked could not be read, and how much of what was read cannot be trusted."""
    from hami_rules.records.text import Text

    zh, en = [], []
    aside, clashes = len(found.quarantined), found.contradictory
    if found.unread or aside:
        zh.append(f"读不成：文件 {found.unread} 份，记录 {aside} 条；其余已评判")
        en.append(f"could not be read: {found.unread} file(s), {aside} record(s); the rest was judged")
    if clashes:
        zh.append(f"记录之间有矛盾 {clashes} 处，已经评判，但结论不可信")
        en.append(f"{clashes} contradiction(s) between records: judged all the same, but not to be relied on")
    return Text("；".join(zh), "; ".join(en))


def _refused(asked: Asked, outputs: list[tuple[str, str | None]], errors: list[Problem], lang: str) -> None:
    """What went wrong, in every format that a program reads: a pipeline finds its files all the same."""
    from hami_rules.audit.documents import Checked
    from hami_rules.gate.model import Verdict
    from hami_rules.gate.run import Plan
    from hami_rules.pack.load import load_pack
    from hami_rules.records.dates import today

    for name, file in outputs:
        if name == "text" or (name == "github" and file is None):
            continue
        if name == "json":
            from hami_rules.report.check_json import check_json

            body = check_json(None, None, errors)
        else:
            plan = Plan((), (), today())
            done = Passed(Checked(), Verdict(), load_pack(), asked, today(), Path.cwd(), plan)
            body = _rendered(name, done, errors, colour=False)
        if file is None:
            emit_json(body)
        else:
            with guarded(lang):
                _write(file, body)


def _write(file: str, body: str) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(body, "utf-8")


def _outputs(asked: Asked, lang: str) -> list[tuple[str, str | None]]:
    """(format, file) of everything that is to be written; standard output first."""
    out: list[tuple[str, str | None]] = [(asked.format, None)]
    for word in asked.output:
        name, sign, file = word.partition("=")
        if not sign or not file:
            refuse(
                f"--output 的写法是 格式=文件，不是“{word}”", f"--output is FORMAT=FILE, not {word!r}", lang
            )
        out.append((name, file))
    for name, _ in out:
        if name not in FORMATS:
            import difflib

            near = "".join(f"；是否为“{n}”？" for n in difflib.get_close_matches(name, FORMATS, n=1))
            refuse(
                f"没有格式“{name}”，只能是 {'、'.join(FORMATS)}{near}",
                f"there is no format {name!r}: it is one of {', '.join(FORMATS)}",
                lang,
            )
    return out


def _formats(asked: Asked) -> set[str]:
    return {asked.format, *(word.partition("=")[0] for word in asked.output)}


def _rendered(name: str, done: Passed, errors: list[Problem], colour: bool) -> str:
    """The check in one of the formats."""
    lang, found, verdict, root = done.asked.lang or "zh", done.checked, done.verdict, done.root
    fail_on = done.asked.fail_on or "violation"
    text_of: Callable[[str], str | None] = found.text
    if name in FOR_PEOPLE and not done.asked.unmasked:
        verdict, text_of = _masked(verdict, found.text)
    if name == "text":
        from hami_rules.report.check_text import check_text

        body = check_text(
            verdict, text_of, lang, documents=found.documents, unread=found.unread, explain=done.asked.explain,
            colour=colour, everything=done.asked.everything,
        )  # fmt: skip
        if done.asked.statistics:
            from hami_rules.report.statistics import statistics

            body += "\n" + statistics(verdict, lang)
        return body
    if name == "github":
        from hami_rules.report.github import github

        return github(verdict, lang, root=root, errors=errors)
    if name == "gitlab":
        from hami_rules.report.gitlab import gitlab

        return gitlab(verdict, lang, root=root)
    if name == "junit":
        from hami_rules.report.junit import junit

        return junit(verdict, lang, sources=found.sources, fail_on=fail_on, root=root, errors=errors)
    from hami_rules.report.account import documents_summary

    summary = documents_summary(done.pack, found, done.day, lang)
    if name == "json":
        from hami_rules.report.check_json import check_json

        return check_json(verdict, summary, errors)
    if name == "markdown":
        from hami_rules.report.markdown import markdown

        return markdown(verdict, summary, lang, fail_on=fail_on, root=root, errors=errors)
    from hami_rules.report.sarif import sarif

    return sarif(verdict, done.pack, summary, lang, root=root, upload=name == "sarif-upload", errors=errors)


def _masked(
    verdict: Verdict, text_of: Callable[[str], str | None]
) -> tuple[Verdict, Callable[[str], str | None]]:
    """The verdict with natural persons masked, and what gives the text of a file likewise."""
    from functools import cache

    from hami_rules.report.mask import Mask

    mask = Mask()
    items = [replace(item, finding=mask.finding(item.finding)) for item in verdict.items]

    @cache
    def shown(source: str) -> str | None:
        text = text_of(source)
        return None if text is None else mask.text(text, tuple(mask.names))

    return replace(verdict, items=items, gone=[mask.struct(k) for k in verdict.gone]), shown


def settled(asked: Asked) -> tuple[Asked, Config, Path]:
    """The command line, then `hami.toml`; and the folder that its paths are relative to."""
    from hami_rules.gate.config import Config, find_config, read_config

    file = asked.config or find_config(Path.cwd())
    if file is None:
        return asked, Config(), Path.cwd()
    config, root = read_config(file), file.resolve().parent
    here = Path.cwd().resolve()

    def below(name: str) -> Path:
        whole = root / name
        return whole.relative_to(here) if whole.is_relative_to(here) else whole

    settled = replace(
        asked,
        paths=asked.paths or [str(below(p)) for p in config.paths],
        select=asked.select or config.select,
        ignore=asked.ignore or config.ignore,
        context=asked.context or [below(p) for p in config.context],
        baseline=asked.baseline or (below(config.baseline) if config.baseline else None),
        waivers=asked.waivers or (below(config.waivers) if config.waivers else None),
        inline=config.inline_waivers if asked.inline is None else asked.inline,
        lang=asked.lang or config.lang,
        fail_on=asked.fail_on or config.fail_on,
    )
    return settled, config, root


def passed(asked: Asked, folder: str, errors: list[Problem], beside: bool = True) -> Passed:
    """Find the documents, judge them and pass them through the gate. What could not be read is added to `errors`.

    `beside` is false where nothing is to be compared: a baseline is being made.
    """
    named = bool(asked.paths)
    with guarded(asked.lang or "zh"):
        asked, config, root = settled(asked)
        if not beside:
            asked = replace(asked, base=None, baseline=None)
    lang = asked.lang or "zh"
    if not asked.paths:
        refuse(
            "没有说检查什么：写明路径，或在 hami.toml 写 paths",
            "nothing to check is named: give paths, or `paths` in hami.toml",
            lang,
        )
    for path in (*asked.context, *(p for p in (asked.waivers,) if p)):
        if not path.exists():
            refuse(f"没有这个文件或文件夹：{path}", f"no such file or folder: {path}", lang)
    if asked.baseline is not None and not asked.baseline.is_file():
        refuse(
            f"没有基线文件：{asked.baseline}；用 hami baseline write 生成",
            f"there is no baseline {asked.baseline}; make one by: hami baseline write",
            lang,
        )
    with guarded(lang):
        from hami_rules.audit.documents import Checked
        from hami_rules.gate.config import repository_of
        from hami_rules.gate.discover import discover, excluded
        from hami_rules.gate.model import Verdict
        from hami_rules.gate.run import Plan, pass_gate
        from hami_rules.intake.errors import InputError, Problem
        from hami_rules.pack.load import load_pack
        from hami_rules.records.dates import today
        from hami_rules.records.text import Text

        try:
            found = discover(asked.paths, config.exclude, root)
        except InputError as error:
            errors += error.problems
            raise
        if not found.paths:
            said = Text("没有要检查的文件：都被 exclude 排除了", "nothing to check: all of it is excluded")
            if not named:
                refuse(said.zh, said.en, lang)
            # A hook may have been handed just such files.
            left_out = Verdict(notices=[Problem("all-excluded", said)])
            nothing = Plan((), (), today())
            return Passed(Checked(), left_out, load_pack(), asked, today(), root, nothing)
        names: dict[Path, str] = {}
        paths = list(found.paths)
        if STDIN in paths:
            kept = Path(folder) / (Path(asked.stdin_filename).name or "stdin.yaml")
            kept.write_bytes(sys.stdin.buffer.read())
            names[kept] = asked.stdin_filename
            paths = [kept if p == STDIN else p for p in dict.fromkeys(paths)]
        pack = load_pack()
        chosen = select_rules(pack, asked.select, lang, asked.ignore)
        day = judging_day(_day(asked.as_of, lang) if asked.as_of else today(), lang)
        plan = Plan(
            paths, asked.context, day, chosen, names, found.without, asked.base, asked.baseline, asked.waivers,
            inline=asked.inline is not False, left_out=lambda p: excluded(p, config.exclude, root),
            jobs=asked.jobs or os.cpu_count() or 1, trees=asked.explain or "json" in _formats(asked), day=today(),
        )  # fmt: skip
        try:
            checked, verdict = pass_gate(plan, pack)
        except InputError as error:
            errors += error.problems
            raise
        errors += [*checked.problems, *(p for row in checked.quarantined for p in row.problems)]
        if checked.judged == 0 and not errors:
            refuse("没有可评判的记录", "there is nothing to judge in these documents", lang)
    # What no rule speaks of is said in every format.
    verdict.notices = [*checked.unclaimed, *checked.unused, *verdict.notices]
    return Passed(checked, verdict, pack, asked, day, repository_of(Path.cwd().resolve()) or root, plan)

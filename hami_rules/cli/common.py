"""What the commands share: exit codes, languages, selectors, and how an error reaches a person."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from hami_rules.intake.errors import InputError
    from hami_rules.pack.load import Pack
    from hami_rules.statute import Address

__all__ = [
    "BAD",
    "CLEAN",
    "FORMATS",
    "FOUND",
    "Clock",
    "FailOn",
    "Lang",
    "Refusal",
    "SplitBy",
    "complain",
    "default_as_of",
    "emit_json",
    "guarded",
    "judging_day",
    "refuse",
    "select_rules",
]

FORMATS = ("text", "json", "sarif", "sarif-upload", "junit", "github", "gitlab", "markdown")
"""In which `hami check` can say what it found."""

CLEAN, FOUND, BAD = 0, 1, 2
"""Exit codes: nothing at or above the chosen level; findings; the run itself could not be trusted."""


AHEAD = 366
"""Days from today that a day of audit may lie ahead."""


class Lang(str, Enum):  # noqa: UP042 - typer shows the values of a plain string enumeration
    zh = "zh"
    en = "en"


class FailOn(str, Enum):  # noqa: UP042
    violation = "violation"
    shortfall = "shortfall"
    suspicion = "suspicion"
    undetermined = "undetermined"


class SplitBy(str, Enum):  # noqa: UP042
    organ = "organ"


class Clock(str, Enum):  # noqa: UP042
    event = "event"
    replay = "replay"
    real = "real"


class Refusal(SystemExit):
    """The run cannot be trusted, for the reason given: exit code 2."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(BAD)
        self.zh, self.en = zh, en


def refuse(zh: str, en: str, lang: str = "zh") -> NoReturn:
    """Say why the run cannot be trusted, and leave with 2."""
    sys.stderr.write(f"hami: {en if lang == 'en' else zh}\n")
    raise Refusal(zh, en)


def complain(error: InputError, lang: str = "zh", base: Path | None = None) -> None:
    """Print every problem of an input with its source line and a caret."""
    from hami_rules.intake.errors import render

    texts: dict[str, str | None] = {}
    for problem in error.problems:
        source = problem.location.source if problem.location else ""
        if source not in texts:
            texts[source] = error.text or _text_of(source, base)
        sys.stderr.write(render(problem, texts[source], lang) + "\n")


def _text_of(source: str, base: Path | None) -> str | None:
    places: list[Path] = [Path(source), *([base / source] if base else [])]
    for path in places:
        try:
            if path.is_file() and path.stat().st_size < 8_000_000:
                return path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None
    return None


def emit_json(text: str) -> None:
    """JSON for programs: UTF-8 whatever the console speaks (RFC 8259)."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


@contextmanager
def guarded(lang: str = "zh", base: Path | None = None) -> Iterator[None]:
    """Turn what can go wrong with inputs and files into a message and exit code 2; never a traceback."""
    from hami_rules.intake.errors import InputError

    try:
        yield
    except InputError as error:
        complain(error, lang, base)
        count = len(error.problems)
        refuse(f"共 {count} 处问题，未作评判", f"{count} problem(s); nothing was judged", lang)
    except BrokenPipeError:
        raise  # the reader of our output went away: no matter of the inputs
    except KeyboardInterrupt:
        refuse("已中断", "interrupted", lang)
    except OSError as error:
        where = f"：{error.filename}" if error.filename else ""
        refuse(f"文件操作失败{where}（{error.strerror or error}）", f"file operation failed: {error}", lang)


def select_rules(
    pack: Pack, selectors: Sequence[str], lang: str, ignored: Sequence[str] = ()
) -> frozenset[int] | None:
    """The rules that the selectors name and `ignored` does not, by whole parts of addresses; `None` for all.

    An unknown selector, or one that no judging rule answers to, ends the run with 2 and a suggestion.
    """
    if ignored:
        taken = select_rules(pack, selectors, lang)
        every = frozenset(b.index for b in pack.bound)
        left = (every if taken is None else taken) - (select_rules(pack, ignored, lang) or frozenset())
        if not left:
            refuse("--ignore 排除了全部规则", "--ignore leaves no rule", lang)
        return left
    from hami_rules.statute import Address, AddressError, parse_citation

    chosen: set[int] = set()
    given = [part for text in selectors for part in text.replace("，", ",").split(",") if part.strip()]
    if not given:
        if selectors:
            refuse("--select 没有写条款", "--select names no provision", lang)
        return None
    for text in given:
        try:
            address = parse_citation(text.strip())
        except AddressError as error:
            refuse(error.zh, error.en, lang)
        found = {b.index for b in pack.bound if address.contains(Address.parse(b.rule.id))}
        if not found:
            near = _nearest(address, pack)
            known = any(address.contains(Address.parse(rule)) for rule in pack.by_id)
            refuse(
                f"“{text}”没有单独评判的规则"
                + ("（只决定范围或者后果，见 hami show）" if known else "")
                + (f"；是否为“{near}”？" if near else ""),
                f"no rule judges by {text!r}"
                + (" (it settles scope or consequence, see hami show)" if known else "")
                + (f"; did you mean {near!r}?" if near else ""),
                lang,
            )
        chosen |= found
    return frozenset(chosen)


def _nearest(wanted: Address, pack: Pack) -> str | None:
    """The address of a judging rule of the same article that was probably meant."""
    import difflib

    from hami_rules.statute import Address

    names = {
        name
        for b in pack.bound
        for name in (b.rule.id, b.rule.address)
        if Address.parse(name).article == wanted.article
    }
    close: list[str] = difflib.get_close_matches(str(wanted), sorted(names), n=1, cutoff=0.3)
    return close[0] if close else None


def judging_day(day: date, lang: str) -> date:
    """The day itself. Refuses one on which nothing can be judged: before the regulation, or so far ahead that it is
    a slip."""
    from hami_rules.records.dates import today
    from hami_rules.statute import load

    start = load().in_force
    if day < start:
        refuse(
            f"审计基准日 {day} 在条例施行之前，没有什么可以评判：条例自{start.year}年{start.month}月{start.day}日起施行",
            f"nothing can be judged as of {day}: the regulation is in force since {start}",
            lang,
        )
    if (day - today()).days > AHEAD:
        refuse(
            f"审计基准日 {day} 比今天晚一年以上，是否写错？",
            f"the day of the audit {day} is more than a year ahead; is it a slip?",
            lang,
        )
    return day


def default_as_of(ends: Iterable[date]) -> date:
    """The day of the audit where none is given: the last day for which applications are declared complete, else
    today."""
    from hami_rules.records.dates import today

    known = [d for d in ends if d < date.max]
    return max(known) if known else today()

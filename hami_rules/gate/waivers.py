"""Exceptions with a reason and an end: `waivers.yaml`, and `# hami: allow` in a YAML document.

A waiver lets a finding pass; it never removes it: the finding stays in every output, with who let it pass and why.
What expired, matched nothing, or reaches too far is said.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.positioned import Positioned, comments_in, read_document
from hami_rules.judge.findings import Finding
from hami_rules.pack.load import Pack
from hami_rules.records.location import Location
from hami_rules.records.text import Text
from hami_rules.statute import Address, AddressError, parse_citation

from .model import Gated, Waiver

__all__ = ["NAME", "Waivers", "apply_waivers", "inline_waivers", "read_waivers"]

NAME = "waivers.yaml"

BROAD = 10
"""Findings that one waiver may let pass before it is said to reach too far."""

_FIELDS = ("rule", "target", "reason", "approved_by", "expires", "ticket")
_REQUIRED = ("rule", "target", "reason", "approved_by", "expires")
_TARGETS = ("file", "record", "organ", "item", "region", "text")

_ALLOW = re.compile(r"#\s*hami\s*[:：]\s*allow\b[ \t]*(?P<rest>.*)$", re.ASCII)
_RULES = re.compile(r"(?P<rules>[0-9][0-9A-Za-z_.]*(?:\s*[,，、]\s*[0-9][0-9A-Za-z_.]*)*)\s*(?P<reason>.*)$")


@dataclass(frozen=True)
class _Entry:
    """One waiver and what it lets pass: a finding of the rule that meets every part of the target."""

    waiver: Waiver
    address: Address
    target: dict[str, str] = field(default_factory=dict)
    lines: tuple[int, int] | None = None  # inline: the first and last line it speaks of

    def meets(self, finding: Finding) -> bool:
        if not self.address.contains(Address.parse(finding.rule)):
            return False
        place = finding.location
        if self.lines is not None:
            return (
                place is not None
                and place.source == self.waiver.location.source
                and place.line is not None
                and place.line <= self.lines[1]
                and (place.end_line or place.line) >= self.lines[0]
            )
        return all(_said(part, wanted, finding) for part, wanted in self.target.items())

    def may_speak_of(self, source: str) -> bool:
        """Whether what it lets pass may stand in a file."""
        if self.lines is not None:
            return source == self.waiver.location.source
        return "file" not in self.target or _matches(source, self.target["file"])


def _matches(source: str, wanted: str) -> bool:
    name = Path(source).as_posix()
    return fnmatch.fnmatchcase(name, wanted) or name.endswith("/" + wanted)


def _said(part: str, wanted: str, finding: Finding) -> bool:
    if part == "file":
        return _matches(finding.location.source if finding.location else "", wanted)
    if part == "record":
        return finding.record_key == wanted or finding.record_key.startswith(wanted + "/")
    if part == "text":
        shown = [finding.message.zh, *(s.value.zh for s in finding.seen)]
        return any(wanted in text for text in shown)
    own = {"organ": finding.organ_code, "item": finding.item_code, "region": finding.region}[part]
    return own == wanted


@dataclass
class Waivers:
    """The waivers of a run, those of the file first; `notices` says what is wrong with those that do not count."""

    entries: list[_Entry] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    def __add__(self, other: Waivers) -> Waivers:
        return Waivers([*self.entries, *other.entries], [*self.notices, *other.notices])


# -- the file ------------------------------------------------------------------------------------------------------


def read_waivers(path: Path, pack: Pack, on: date) -> Waivers:
    """The waivers of a file that are in force on a day.

    Raises `InputError` for what cannot be understood: unknown or missing fields, no such rule. A date that is none
    counts as expired (`notices`), as does one that has passed; the last day is inclusive.
    """
    problems: list[Problem] = []
    out = Waivers()
    for document in read_document(path):
        data = document.data
        rows = data.get("waivers") if isinstance(data, dict) else None
        extra = [k for k in data if k != "waivers"] if isinstance(data, dict) else []
        if not isinstance(rows, list) or extra:
            at = document.locate(f"/{extra[0]}", key=True) if extra else document.locate("")
            problems.append(
                Problem(
                    "waivers-form",
                    Text("应当只有一张清单 waivers:", "one list is expected: waivers:"),
                    at,
                )
            )
            continue
        for i, row in enumerate(rows):
            entry = _entry(row, f"/waivers/{i}", document, pack, problems)
            if entry is None:
                continue
            until = entry.waiver.expires
            if until is None:
                out.notices.append(
                    _notice(
                        entry, "waiver-date", "到期日不是日期（YYYY-MM-DD），视为已到期，不起作用",
                        "its last day is no date (YYYY-MM-DD): taken as expired, without effect",
                    )
                )  # fmt: skip
            elif until < on:
                out.notices.append(
                    _notice(
                        entry, "waiver-expired", f"已于 {until} 到期，不起作用；续期须重新批准，或删去",
                        f"expired on {until}, without effect; have it approved anew or remove it",
                    )
                )  # fmt: skip
            else:
                out.entries.append(entry)
    if problems:
        raise InputError(problems)
    return out


def _notice(entry: _Entry, code: str, zh: str, en: str) -> Problem:
    w = entry.waiver
    what = Text("行内豁免" if w.inline else "豁免", "inline waiver" if w.inline else "waiver")
    return Problem(code, Text(f"{what.zh} {w.rule}：{zh}", f"{what.en} {w.rule}: {en}"), w.location)


def _entry(row: Any, at: str, document: Positioned, pack: Pack, problems: list[Problem]) -> _Entry | None:
    def wrong(
        code: str, zh: str, en: str, pointer: str, *, key: bool = False, hint: Text | None = None
    ) -> None:
        problems.append(Problem(code, Text(zh, en), document.locate(at + pointer, key=key), hint))

    count = len(problems)
    if not isinstance(row, dict):
        wrong("waivers-form", "每项豁免是一组键值", "each waiver is a mapping", "")
        return None
    for name in row:
        if name not in _FIELDS:
            close = nearest(str(name), _FIELDS)
            wrong(
                "unknown-field", f"没有字段“{quoted(name)}”", f"there is no field “{quoted(name)}”", f"/{name}", key=True,
                hint=Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None,
            )  # fmt: skip
    missing = [n for n in _REQUIRED if row.get(n) in (None, "")]
    if missing:
        wrong(
            "waiver-incomplete", f"豁免缺少：{'、'.join(missing)}", f"the waiver lacks: {', '.join(missing)}", "",
            hint=Text(
                "每项豁免都要写明规则、对象、理由、批准人和到期日",
                "every waiver names rule, target, reason, who approved and its last day",
            ),
        )  # fmt: skip
    address = None if row.get("rule") in (None, "") else _address(row["rule"], pack)
    if isinstance(address, Problem):
        problems.append(Problem(address.code, address.message, document.locate(f"{at}/rule"), address.hint))
    target = row.get("target")
    if target is not None and (not isinstance(target, dict) or not target):
        wrong(
            "waiver-target", "target 写明豁免什么，至少一项", "target says what is let pass, by at least one part", "/target",
            hint=Text(f"可用：{'、'.join(_TARGETS)}", f"one or more of: {', '.join(_TARGETS)}"),
        )  # fmt: skip
    for name in target if isinstance(target, dict) else ():
        if name not in _TARGETS:
            close = nearest(str(name), _TARGETS)
            wrong(
                "unknown-field", f"target 没有“{quoted(name)}”，可用：{'、'.join(_TARGETS)}",
                f"target has no “{quoted(name)}”; one or more of: {', '.join(_TARGETS)}", f"/target/{name}", key=True,
                hint=Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None,
            )  # fmt: skip
    if len(problems) > count or not isinstance(address, Address):
        return None
    waiver = Waiver(
        rule=str(address),
        reason=str(row["reason"]),
        location=document.locate(at),
        approved_by=str(row["approved_by"]),
        expires=_day(row["expires"]),
        ticket=None if row.get("ticket") is None else str(row["ticket"]),
    )
    return _Entry(
        waiver, address, {str(k): str(v) for k, v in target.items()} if isinstance(target, dict) else {}
    )


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _address(text: Any, pack: Pack) -> Address | Problem:
    try:
        address = parse_citation(str(text).strip())
    except AddressError as error:
        return Problem("waiver-rule", Text(error.zh, error.en))
    if not any(address.contains(Address.parse(rule)) for rule in pack.by_id):
        close = nearest(str(address), pack.by_id)
        return Problem(
            "waiver-rule",
            Text(f"没有规则“{quoted(text)}”", f"there is no rule “{quoted(text)}”"),
            None,
            Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None,
        )
    return address


# -- in the file that is checked --------------------------------------------------------------------------------------


def inline_waivers(texts: Iterable[tuple[str, str]], pack: Pack) -> Waivers:
    """`# hami: allow RULE[, RULE] 原因…` in YAML documents, given as (source, text).

    At the end of a line it speaks of that line; alone on a line, of the next one that is no comment. One without a
    reason, or of an unknown rule, has no effect and is said to have none.
    """
    out = Waivers()
    for source, text in texts:
        lines = re.split(r"\r\n|\r|\n", text)
        for line, column, comment in comments_in(text):
            found = _ALLOW.match(comment)
            if found is None:
                continue
            place = Location(source, line, column, line, column + len(comment))
            said = _RULES.match(found["rest"].strip())
            reason = said["reason"].strip() if said else ""
            if said is None or not reason:
                out.notices.append(
                    Problem(
                        "inline-reason",
                        Text(
                            "行内豁免没有写明规则和原因，不起作用",
                            "an inline waiver without rule and reason has no effect",
                        ),
                        place,
                        Text("写法：# hami: allow 11.3c 原因", "write: # hami: allow 11.3c reason"),
                    )
                )
                continue
            last = _spoken_of(lines, line, column)
            for name in re.split(r"\s*[,，、]\s*", said["rules"].strip()):
                address = _address(name, pack)
                if isinstance(address, Problem):
                    out.notices.append(Problem(address.code, address.message, place, address.hint))
                    continue
                waiver = Waiver(rule=str(address), reason=reason, location=place, inline=True)
                out.entries.append(_Entry(waiver, address, lines=(line if last == line else line + 1, last)))
    return out


def _spoken_of(lines: Sequence[str], line: int, column: int) -> int:
    """The last line a comment speaks of: its own, or the next that says something where it stands alone."""
    if lines[line - 1][: column - 1].strip():
        return line
    for number in range(line, len(lines)):
        text = lines[number].strip()
        if text and not text.startswith("#"):
            return number + 1
    return line


# -- letting pass ----------------------------------------------------------------------------------------------------


def apply_waivers(
    items: Sequence[Gated], waivers: Waivers, whole: bool = True, unjudged: Collection[str] = ()
) -> tuple[list[Gated], list[Problem]]:
    """The findings with the waiver that lets each pass, and what is to be said of the waivers.

    `whole` says that every rule was asked, so that a waiver which met nothing is unused; unless what it lets pass may
    stand in one of the files `unjudged`, which could not be read or not whole.
    """
    used: dict[int, int] = {}
    out = []
    for item in items:
        entry = next((e for e in waivers.entries if e.meets(item.finding)), None)
        if entry is not None and item.level is not None:
            used[id(entry)] = used.get(id(entry), 0) + 1
            item = replace(item, waiver=entry.waiver)
        out.append(item)
    notices = list(waivers.notices)
    for entry in waivers.entries:
        times = used.get(id(entry), 0)
        if not times and whole and not any(map(entry.may_speak_of, unjudged)):
            notices.append(
                _notice(
                    entry, "waiver-unused", "没有对应的问题，请删去", "nothing needs it any longer; remove it"
                )
            )
        elif times > BROAD:
            notices.append(
                _notice(
                    entry, "waiver-broad", f"一项放行了 {times} 个问题，范围过宽，请收窄到具体规则和记录",
                    f"it lets {times} findings pass: too broad, name the rule and the record",
                )
            )  # fmt: skip
        elif entry.address.letter is None and not entry.waiver.inline:
            notices.append(
                _notice(
                    entry, "waiver-broad", "豁免了整条整款，范围过宽，请写明到项（如 11.3c）",
                    "it waives a whole article or paragraph: too broad, name the norm (such as 11.3c)",
                )
            )  # fmt: skip
    return out, notices

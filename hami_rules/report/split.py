"""One set of reports for each responsible organ, each with its own findings and totals and nothing of the others.

What a run counts as a whole, by rules and in quarantine, is no organ's and stays in the report of the whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hami_rules.judge.findings import BRIEF, Finding, OpenGroup

from .lines import replaced
from .outputs import Written, write_all
from .safe import formula_free, visible
from .stored import Stored
from .summary import Summary, build_summary

if TYPE_CHECKING:
    from hami_rules.pack.load import Pack

__all__ = ["FOLDER", "Part", "split_by_organ"]

FOLDER = "organs"
INDEX = "index.csv"
_HEADS = ("单位", "编码", "文件夹", "发现", "违反", "未落实", "疑似", "未决")
_UNSAFE = re.compile(r'[\\/:*?"<>|\s.]+')
_LONGEST = 60  # characters of a folder's name: 180 bytes of Chinese


class Part(NamedTuple):
    """One organ's set: its key ("" = nobody knows whose), its name, its folder and its summary."""

    organ: str
    name: str
    folder: Path
    summary: Summary


def organ_of(finding: Finding) -> str:
    """The key of the organ that a finding is of, as the totals use it."""
    return finding.organ_code or finding.organ_name or ""


def split_by_organ(
    stored: Stored,
    folder: Path,
    lang: str | None = None,
    pack: Pack | None = None,
    done: Callable[[Written], Any] = lambda _: None,
) -> list[Part]:
    """Write `organs/<name>/` for each organ with a finding or an open verdict, and `organs/index.csv`.

    Every finding is in exactly one set: the counts of the index add up to the whole. Raises OSError.
    """
    where: dict[str, list[int]] = {}
    decode = msgspec.json.Decoder(BRIEF).decode
    names = dict(stored.summary.organs)
    with stored.findings.open("rb") as lines:
        at = 0
        for line in lines:
            finding = decode(line)
            organ = organ_of(finding)
            where.setdefault(organ, []).append(at)
            if finding.organ_name:
                names.setdefault(organ, finding.organ_name)
            at += len(line)
    for group in stored.groups:
        for organ in group.organs:
            where.setdefault(organ, [])
    taken: set[str] = set()
    parts = []
    for organ in sorted(where, key=lambda o: (not o, o)):
        name = names.get(organ) or organ or "责任单位不明"
        place = folder / FOLDER / _folder(name, organ, taken)
        groups = tuple(g for g in (_of_organ(g, organ) for g in stored.groups) if g is not None)
        summary = _summary(stored.summary, organ, name, _at(stored.findings, where[organ], BRIEF), groups)
        written = write_all(
            place, _at(stored.findings, where[organ], Finding), groups, summary, lang, pack=pack
        )
        parts.append(Part(organ, name, place, summary))
        done(written)
    _index(folder / FOLDER / INDEX, parts)
    return parts


def _at(path: Path, places: Iterable[int], form: type[Finding]) -> Iterator[Finding]:
    decode = msgspec.json.Decoder(form).decode
    with path.open("rb") as file:
        for place in places:
            file.seek(place)
            yield decode(file.readline())


def _folder(name: str, organ: str, taken: set[str]) -> str:
    """A name that every file system can hold, and that no other organ has."""
    plain = _UNSAFE.sub("_", visible(name))[:_LONGEST].strip("_ ") or "organ"
    chosen, number = plain, 1
    if plain.casefold() in taken and organ:
        chosen = f"{plain}_{_UNSAFE.sub('_', visible(organ))[:_LONGEST]}"
    while chosen.casefold() in taken:
        number += 1
        chosen = f"{plain}_{number}"
    taken.add(chosen.casefold())
    return chosen


def _of_organ(group: OpenGroup, organ: str) -> OpenGroup | None:
    """What of a group is the organ's; its regions only where they are known to be."""
    count = group.organs.get(organ, 0)
    if not count:
        return None
    return msgspec.structs.replace(
        group,
        count=count,
        organs={organ: count},
        regions=group.regions if count == group.count else {},
        examples=tuple(f for f in group.examples if organ_of(f) == organ),
    )


def _summary(
    whole: Summary, organ: str, name: str, findings: Iterable[Finding], groups: tuple[OpenGroup, ...]
) -> Summary:
    accounting = msgspec.structs.replace(whole.accounting, verdicts={})
    selection = {**whole.run.selection, "organ": (name,)}
    return build_summary(
        msgspec.structs.replace(whole.run, selection=selection),
        accounting,
        findings,
        groups,
        requests=[
            msgspec.structs.replace(r, number=n)
            for n, r in enumerate((r for r in whole.requests if r.organ == organ), 1)
        ],
        organs={organ: name} if organ else {},
        basis=whole.basis,
        untrusted=whole.untrusted,
    )


def _index(path: Path, parts: Iterable[Part]) -> None:
    """Counts by organ; a workbook opens it, so no cell can be a formula."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_HEADS)
    for part in parts:
        totals = part.summary.totals
        by = [p.total for p in totals.against.values()]
        rows.writerow(
            [
                *(formula_free(t) for t in (part.name, part.organ, part.folder.name)),
                totals.findings,
                sum(t.violation.instances for t in by),
                sum(t.shortfall.instances for t in by),
                sum(t.suspicion.instances for t in by),
                totals.undetermined,
            ]
        )
    with replaced(path) as out:
        out.write(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8"))

"""All the files of an audit, written together into one folder; and made again from what is stored there.

There is one way to a report: what the audit found is stored first, and every format is made from the stored files. So
a report made again later, or elsewhere, is the same byte for byte.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hami_rules.judge.findings import Finding, FindingsFile, OpenGroup

from .lines import write_findings, write_summary
from .mask import mask_all
from .stored import BESIDE, FINDINGS, GROUPS, SUMMARY, Stored, digest, open_stored, write_groups, write_sums
from .summary import Summary

if TYPE_CHECKING:
    from hami_rules.pack.load import Pack

__all__ = ["FORMATS", "NAMES", "Written", "rebuild", "write_all"]

FORMATS = {
    "html": ("report.html",),
    "docx": ("report.docx",),
    "ledger": ("ledger.xlsx",),
    "parquet": ("findings.parquet",),
    "sarif": ("findings.sarif",),
    "supervision": ("supervision.jsonl", "supervision.csv"),
}
"""The formats that are made from what is stored, and their files, in the order in which a reader wants them."""

STORED = (FINDINGS, GROUPS, SUMMARY)
NAMES = (*(n for names in FORMATS.values() for n in names), *STORED)
"""All files of an audit but its sums and what the run itself writes. SARIF is left out where no pack is at hand."""


@dataclass(frozen=True)
class Written:
    """The files, and the summary as people may see it."""

    files: tuple[Path, ...]
    summary: Summary


def _at_once(task: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    done = task(*args)
    return lambda: done


def write_all(
    folder: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
    aside: Callable[..., Callable[[], Any]] = _at_once,
    pack: Pack | None = None,
) -> Written:
    """Store findings, groups and summary, and write every format.

    `findings` is read once, in the order given, which is the order of findings.jsonl; the formats are made from that
    file, so that a large run never holds all findings. Each file is written whole or not at all.
    `aside` has something done by another process, if it has one to give, and gives what waits for the result.
    `pack`: what judged, whose rules SARIF describes; without it there is no SARIF.
    Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_findings(folder / FINDINGS, findings)
    write_groups(folder / GROUPS, groups)
    there = [n for n in (FINDINGS, GROUPS, *BESIDE) if (folder / n).is_file()]
    summary = msgspec.structs.replace(summary, stored={n: digest(folder / n) for n in there})
    write_summary(folder / SUMMARY, summary)
    stored = open_stored(folder, whole=False)  # as whoever makes the reports again will find it
    made, shown = _render(stored, folder, tuple(FORMATS), lang, aside, pack)
    kept = [folder / n for n in STORED]
    sums = write_sums(folder, [*made, *kept, *stored.beside])
    return Written((*made, *kept, *stored.beside, sums), shown)


def rebuild(
    stored: Stored,
    folder: Path,
    formats: Collection[str] = (),
    lang: str | None = None,
    pack: Pack | None = None,
) -> Written:
    """Make reports again from what is stored. No `formats`: all of them, with the stored files beside them, so that
    the folder is the same as the audit's own. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Path] = []
    if not formats:
        for source in (stored.findings, stored.folder / GROUPS, *stored.beside):
            target = folder / (FINDINGS if source == stored.findings else source.name)
            if target.resolve() != source.resolve():
                shutil.copyfile(source, target)
            kept.append(target)
        write_summary(folder / SUMMARY, stored.summary)
        kept.insert(2, folder / SUMMARY)
    made, shown = _render(stored, folder, formats or tuple(FORMATS), lang, _at_once, pack)
    if kept or folder.resolve() == stored.folder.resolve():
        there = [folder / n for n in (*NAMES, *BESIDE) if (folder / n).is_file()]
        kept.append(write_sums(folder, there))
    return Written((*made, *kept), shown)


def _render(
    stored: Stored,
    folder: Path,
    formats: Collection[str],
    lang: str | None,
    aside: Callable[..., Callable[[], Any]],
    pack: Pack | None,
) -> tuple[list[Path], Summary]:
    """The formats, made from the stored files: masked for people, as they are for machines."""
    made: list[Path] = []
    waiting = []

    def path(form: str) -> Path:
        names = [folder / n for n in FORMATS[form]]
        made.extend(names)
        return names[0]

    with tempfile.TemporaryDirectory(prefix="hami-") as scratch:
        lines, groups, shown = stored.findings, tuple(stored.groups), stored.summary
        masking = None
        if not shown.run.unmasked:
            lines = Path(scratch) / FINDINGS
            people = {"html", "docx", "ledger"} & set(formats)
            masking = aside(mask_all, stored.findings if people else None, groups, shown, lines)
        if "parquet" in formats:  # what machines read is made while persons are masked
            from .parquet import write_parquet

            write_parquet(path("parquet"), stored.findings)
        if "supervision" in formats:
            from .supervision import write_supervision

            write_supervision(folder, FindingsFile(stored.findings, brief=True), stored.summary)
            made.extend(folder / n for n in FORMATS["supervision"])
        if "sarif" in formats and pack is not None:
            from .sarif import write_sarif

            write_sarif(path("sarif"), stored, pack, stored.summary, lang or stored.summary.run.lang)
        if masking is not None:
            groups, shown = masking()
        if "html" in formats:
            from .html import write_html

            waiting.append(aside(write_html, path("html"), FindingsFile(lines), groups, shown, lang))
        brief = FindingsFile(lines, brief=True)
        if "ledger" in formats:
            from .ledger import write_ledger

            waiting.append(aside(write_ledger, path("ledger"), brief, groups, shown, lang))
        if "docx" in formats:
            from .word import write_word

            write_word(path("docx"), brief, groups, shown, lang)
        for wait in waiting:
            wait()
    made.sort(key=lambda p: NAMES.index(p.name))
    return made, shown

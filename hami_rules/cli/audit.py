"""`hami audit`: a dossier in, report, ledger and findings out."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .common import (
    BAD,
    CLEAN,
    FOUND,
    default_as_of,
    guarded,
    judging_day,
    refuse,
    select_rules,
)

if TYPE_CHECKING:
    from hami_rules.audit.run import Audit
    from hami_rules.records.text import Text
    from hami_rules.records.world import Covered

__all__ = ["audit"]


def _share(text: str, lang: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[%％]", text.strip())
    if match is None or float(match[1]) > 100:
        refuse(
            f"--max-quarantined 应形如 1%，而不是“{text}”",
            f"--max-quarantined is like 1%, not {text!r}",
            lang,
        )
    return float(match[1]) / 100


def _day(text: str, lang: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(
            f"--as-of 应为日期 YYYY-MM-DD，而不是“{text}”",
            f"--as-of is a date YYYY-MM-DD, not {text!r}",
            lang,
        )


def audit(
    dossier: Path,
    output: Path,
    as_of: str | None,
    select: list[str],
    regions: list[str],
    jobs: int,
    lang: str,
    max_quarantined: str,
    fail_on: str,
    rules: Path | None,
    split: bool = False,
    unmasked: bool = False,
) -> int:
    """Run an audit; the exit code of design §7."""
    share = _share(max_quarantined, lang)
    base = dossier if dossier.is_dir() else dossier.parent
    with guarded(lang, base):
        from hami_rules.audit.collecting import seldom
        from hami_rules.audit.run import Options, run_audit
        from hami_rules.pack.load import load_pack
        from hami_rules.report.account import accounting, rule_counts, summarise
        from hami_rules.report.lines import order
        from hami_rules.report.outputs import write_all
        from hami_rules.report.terminal import print_summary

        if not dossier.exists():
            refuse(f"没有这个文件或文件夹：{dossier}", f"no such file or folder: {dossier}", lang)
        if output.resolve() == base.resolve():
            refuse(
                "输出文件夹不能就是卷宗：下一次会把结果当作卷宗来读；写 -o 卷宗/out 或者别处",
                "the output folder cannot be the dossier itself: the next run would read results as records",
                lang,
            )
        pack = load_pack(rules)
        seldom()
        chosen = select_rules(pack, select, lang)
        day = _day(as_of, lang) if as_of else None
        if day is None:
            day = default_as_of([c.end for c in _declared(dossier) if c.table == "applications"])
        day = judging_day(day, lang)
        output.mkdir(parents=True, exist_ok=True)
        options = Options(day, chosen, frozenset(regions), jobs, str(rules) if rules else None)
        bar = _Bar(lang)
        found = run_audit(dossier, pack, options, order, output, bar.progress)
        bar.done()
        with found:
            if regions:
                _known_regions(found, regions, lang)
            books = accounting(pack, found)
            rules_said = rule_counts(pack, found)
            summary = summarise(pack, found, books, rules_said, options, lang, select, share, unmasked)
            written = write_all(output, found.findings, found.groups, summary, lang, found.hands.aside, pack)
            print_summary(written.summary, written.files, sys.stdout, lang)
            if split:
                from .report import split_up

                split_up(output, output, lang)
            return _code(found, summary.untrusted, fail_on, lang)


def _declared(dossier: Path) -> tuple[Covered, ...]:
    """What the dossier's manifest declares complete; its tables are not looked at."""
    from hami_rules.intake.manifest import MANIFEST, read_manifest

    manifest = dossier / MANIFEST if dossier.is_dir() else dossier
    if manifest.name != MANIFEST or not manifest.is_file():
        return ()
    return read_manifest(manifest, str(manifest)).covered()


def _known_regions(found: Audit, regions: list[str], lang: str) -> None:
    from hami_rules.records.labels import REGIONS

    unknown = [r for r in regions if r not in REGIONS]
    if unknown:
        refuse(
            f"没有区划“{'、'.join(unknown)}”；可用：{'、'.join(REGIONS)}",
            f"unknown region {', '.join(unknown)}; known: {', '.join(REGIONS)}",
            lang,
        )


def _code(found: Audit, untrusted: Sequence[Text], fail_on: str, lang: str) -> int:
    """0, 1 or 2; 2 says why on standard error."""
    if found.fallbacks:
        sys.stderr.write(
            f"hami: {found.fallbacks} 条记录因规则函数出错改由解释器评判（结论有效，较慢）\n"
            if lang == "zh"
            else f"hami: {found.fallbacks} records were judged by the interpreter because a function raised\n"
        )
    for why in untrusted:
        sys.stderr.write(f"hami: {why(lang)}\n")
    if untrusted:
        return BAD
    if fail_on == "undetermined" and found.groups:
        return FOUND
    from hami_rules.gate.model import reaches

    return FOUND if any(reaches(f, fail_on) for f in found.findings.briefly()) else CLEAN


class _Bar:
    """Progress with rate and time left on a terminal; quiet otherwise."""

    def __init__(self, lang: str) -> None:
        from hami_rules.audit.run import Progress

        self._on = sys.stderr.isatty()
        self._lang = lang
        self._started = time.monotonic()
        self._last = 0.0
        self.progress = Progress(self._report)

    def _report(self, stage: str, done: int, known: int) -> None:
        now = time.monotonic()
        if not self._on or (now - self._last < 0.2 and done != known):
            return
        self._last = now
        rate = done / max(now - self._started, 1e-6)
        words = {"read": ("通读标识", "reading ids"), "judge": ("评判", "judging")}[stage]
        word = words[0 if self._lang == "zh" else 1]
        left = f"  剩余 {(known - done) / rate:.0f} 秒" if known and rate else ""
        if self._lang == "en" and left:
            left = f"  {(known - done) / rate:.0f} s left"
        sys.stderr.write(f"\r\x1b[K{word} {done:,}{f' / {known:,}' if known else ''}  {rate:,.0f}/s{left}")
        sys.stderr.flush()

    def done(self) -> None:
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

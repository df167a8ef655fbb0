"""`hami report`: reports made again from what an audit stored, without judging."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .common import BAD, CLEAN, guarded, refuse

if TYPE_CHECKING:
    from hami_rules.pack.load import Pack
    from hami_rules.report.stored import Stored

__all__ = ["report", "split_up"]


def report(
    source: Path, output: Path, formats: list[str], split: bool, unmasked: bool, lang: str | None
) -> int:
    """Make the formats again. Exit 0, or 2 where the stored files are no audit's or were altered."""
    said = lang or "zh"
    with guarded(said):
        from dataclasses import replace

        import msgspec

        from hami_rules.report.outputs import FORMATS, rebuild
        from hami_rules.report.stored import open_stored
        from hami_rules.report.terminal import print_summary

        wanted = [
            part.strip() for text in formats for part in text.replace("，", ",").split(",") if part.strip()
        ]
        unknown = [name for name in wanted if name not in FORMATS]
        if unknown or (formats and not wanted):
            refuse(
                f"没有格式“{'、'.join(unknown)}”；可用：{'、'.join(FORMATS)}",
                f"unknown format {', '.join(unknown)}; known: {', '.join(FORMATS)}",
                said,
            )
        if not source.exists():
            refuse(f"没有这个文件或文件夹：{source}", f"no such file or folder: {source}", said)
        stored = open_stored(source)
        said = lang or stored.summary.run.lang
        if unmasked and not stored.summary.run.unmasked:
            run = msgspec.structs.replace(stored.summary.run, unmasked=True)
            if output.resolve() == stored.folder.resolve():
                refuse(
                    "不脱敏的报告写到另一个文件夹，以免与存下的摘要不一致",
                    "write unmasked reports into another folder: the stored summary says that they are masked",
                    said,
                )
            stored = replace(stored, summary=msgspec.structs.replace(stored.summary, run=run))
        pack = _pack(stored, wanted, said)
        written = rebuild(stored, output, wanted, lang, pack)
        print_summary(written.summary, written.files, sys.stdout, said)
        if split:
            split_up(output if not wanted else stored.folder, output, said, stored)
    return CLEAN


def _pack(stored: Stored, wanted: list[str], lang: str) -> Pack | None:
    """The pack that judged, for SARIF to describe its rules; `None` where this tool has another one."""
    if wanted and "sarif" not in wanted:
        return None
    from hami_rules.pack.load import load_pack

    pack = load_pack()
    if pack.data.hash == stored.summary.run.pack_hash:
        return pack
    zh = "SARIF 要说明规则，而本机的规则包不是当时的规则包"
    en = "SARIF describes the rules, and the pack at hand is not the one that judged"
    if wanted:
        refuse(zh, en, lang)
    sys.stderr.write(f"hami: {en + '; left out' if lang == 'en' else zh + '；略去'}\n")
    return None


def split_up(source: Path, output: Path, lang: str, stored: Stored | None = None) -> None:
    """One set for each organ, and how they add up to the whole."""
    from hami_rules.report.split import FOLDER, split_by_organ
    from hami_rules.report.stored import open_stored

    stored = stored or open_stored(source)
    parts = split_by_organ(stored, output, lang)
    findings = sum(p.summary.totals.findings for p in parts)
    undetermined = sum(p.summary.totals.undetermined for p in parts)
    whole = stored.summary.totals
    if (findings, undetermined) != (whole.findings, whole.undetermined):
        sys.stderr.write(
            f"hami: 分单位的合计（{findings}，{undetermined}）与全部（{whole.findings}，{whole.undetermined}）不符\n"
            if lang == "zh"
            else f"hami: the organs' sum ({findings}, {undetermined}) is not the whole ({whole.findings}, {whole.undetermined})\n"
        )
        raise SystemExit(BAD)
    folder = output / FOLDER
    known = {p.folder.name for p in parts}
    old = sorted(f.name for f in folder.iterdir() if f.is_dir() and f.name not in known)
    sys.stdout.write(
        f"分单位 {len(parts):,} 套，合计发现 {findings:,}、未决 {undetermined:,}，与全部相符  {folder}\n"
        if lang == "zh"
        else f"{len(parts):,} sets by organ, {findings:,} findings and {undetermined:,} open, as the whole  {folder}\n"
    )
    if old:
        sys.stdout.write(
            f"  以前留下、这次没有的单位 {len(old):,} 个，没有改动：{'、'.join(old[:5])}\n"
            if lang == "zh"
            else f"  {len(old):,} folders of earlier runs left alone: {', '.join(old[:5])}\n"
        )

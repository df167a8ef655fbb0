"""`hami import platform`: a platform's export in, guides out."""

from __future__ import annotations

import sys
from pathlib import Path

from .audit import _day
from .common import CLEAN, FOUND, guarded, refuse

__all__ = ["import_platform"]


def import_platform(
    file: Path,
    output: Path,
    as_region: str | None,
    organ_code: str | None,
    published_on: str | None,
    valid_from: str | None,
    lang: str,
) -> int:
    """Write the guides; say which fields were read, which were not, and what was set aside."""
    zh = lang == "zh"
    with guarded(lang, file.parent):
        from hami_rules.intake.platform import ImportOptions, import_platform, read_rows, write_guides
        from hami_rules.intake.quarantine import write_quarantine

        if not file.is_file():
            refuse(f"没有这个文件：{file}", f"no such file: {file}", lang)
        if output.suffix not in (".yaml", ".yml", ".jsonl"):
            refuse("输出文件应为 .yaml 或 .jsonl", "the output is a .yaml or .jsonl file", lang)
        options = ImportOptions(
            as_region=as_region,
            organ_code=organ_code,
            published=True if published_on else None,
            published_on=_day(published_on, lang) if published_on else None,
            valid_from=_day(valid_from, lang) if valid_from else None,
            open_ended=True if valid_from else None,
        )
        result = import_platform(read_rows(file), options)
        if result.read == 0:
            refuse(f"{file} 里没有读到记录", f"nothing was read from {file}", lang)
        output.parent.mkdir(parents=True, exist_ok=True)
        write_guides(result.guides, output)
        say = sys.stdout.write
        say(
            f"读入 {result.read} 条，写出指南 {len(result.guides)} 条，合并 {result.merged} 条，隔离 {len(result.quarantined)} 条：{output}\n"
            if zh
            else f"read {result.read}, wrote {len(result.guides)} guides, merged {result.merged}, "
            f"quarantined {len(result.quarantined)}: {output}\n"
        )
        if result.quarantined:
            aside = output.with_suffix(".quarantine.jsonl")
            write_quarantine(result.quarantined, aside)
            say(f"{'隔离记录' if zh else 'quarantined'}：{aside}\n")
        say("字段：\n" if zh else "fields:\n")
        for name, tally in result.fields.items():
            say(f"  {name}: {_tally(tally, zh)}\n")
    return FOUND if result.quarantined else CLEAN


def _tally(tally: object, zh: bool) -> str:
    seen, read, empty, left = (getattr(tally, n) for n in ("seen", "read", "empty", "left"))
    said = (
        f"读入 {read}，空 {empty}，未映射 {left}" if zh else f"read {read}, empty {empty}, not mapped {left}"
    )
    reason = getattr(tally, "reason", None)
    sample = getattr(tally, "sample", None)
    if left and reason is not None:
        said += f"（{reason.zh if zh else reason.en}" + (f"；例：{str(sample)[:40]}）" if sample else "）")
    return f"{said} / {seen}"

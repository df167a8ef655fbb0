"""`hami ledger merge`: the hand-filled columns of an older ledger into a newer one."""

from __future__ import annotations

import sys
from pathlib import Path

from .common import BAD, CLEAN, guarded, refuse

__all__ = ["merge"]


def merge(old: Path, new: Path, output: Path, lang: str) -> int:
    """Write the merged ledger and say how it adds up. Exit 0, or 2 for bad input."""
    with guarded(lang):
        from hami_rules.report.ledger_merge import merge as merged_of
        from hami_rules.report.ledger_merge import read_ledger, write_merged

        if new.is_dir():
            new = new / "ledger.xlsx"
        for path in (old, new):
            if not path.is_file():
                refuse(f"没有这个文件：{path}", f"no such file: {path}", lang)
        if output.is_dir():
            output = output / "ledger.xlsx"
        if output.resolve() == old.resolve():
            refuse(
                "合并结果不能写回旧台账，另写一个文件",
                "the merged ledger cannot be written over the older one; name another file",
                lang,
            )
        made = merged_of(read_ledger(old), read_ledger(new))
        c = made.counts
        if not c.balanced:
            sys.stderr.write(
                f"hami: 账目不平，没有写出（the counts do not add up; nothing was written）：{c}\n"
            )
            return BAD
        output.parent.mkdir(parents=True, exist_ok=True)
        write_merged(output, made)
        zh = [
            f"旧台账 {c.rows:,} 行：对上 {c.matched:,}（其中再次发现 {c.back:,}），不再发现 {c.gone:,}",
            f"填写 {c.cells:,} 格：带入 {c.carried:,}，相同 {c.same:,}，冲突 {c.conflicts:,}，随不再发现的行保留 {c.moved:,}",
        ]
        en = [
            f"older ledger, {c.rows:,} rows: {c.matched:,} matched ({c.back:,} found again), {c.gone:,} no longer found",
            f"{c.cells:,} filled cells: {c.carried:,} carried, {c.same:,} the same, {c.conflicts:,} conflicts, "
            f"{c.moved:,} kept with rows no longer found",
        ]
        if made.added_columns:
            zh.append(f"自加的栏目：{'、'.join(made.added_columns)}")
            en.append(f"columns that people added: {', '.join(made.added_columns)}")
        if made.added_sheets:
            zh.append(f"自加的工作表：{'、'.join(made.added_sheets)}")
            en.append(f"sheets that people added: {', '.join(made.added_sheets)}")
        zh.append(f"写入 {output}")
        en.append(f"written to {output}")
        from hami_rules.report.safe import one_line

        sys.stdout.write("".join(one_line(line) + "\n" for line in (en if lang == "en" else zh)))
    return CLEAN

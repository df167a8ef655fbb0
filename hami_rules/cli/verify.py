"""`hami verify`: does an audit's output stand as it was written, and as judging again gives it?"""

from __future__ import annotations

import sys
from pathlib import Path

from .common import BAD, CLEAN, FOUND, guarded, refuse, select_rules

__all__ = ["verify"]


def verify(folder: Path, inputs: Path | None, jobs: int, lang: str | None, rules: Path | None) -> int:
    """Exit 0: nothing differs; 1: something does, and it is named; 2: it cannot be told."""
    said = lang or "zh"
    with guarded(said, inputs):
        from hami_rules.report.mask import Mask
        from hami_rules.report.safe import one_line
        from hami_rules.report.stored import open_stored
        from hami_rules.report.verify import Verified, check_files, judge_again

        if not folder.is_dir():
            refuse(f"没有这个文件夹：{folder}", f"no such folder: {folder}", said)
        stored = open_stored(folder, whole=False)
        said = lang or stored.summary.run.lang
        verified = Verified()
        check_files(stored, verified)
        if inputs is not None:
            from hami_rules.pack.load import load_pack

            if not inputs.exists():
                refuse(f"没有这个文件或文件夹：{inputs}", f"no such file or folder: {inputs}", said)
            if "organ" in stored.summary.run.selection:
                refuse(
                    "这是分单位的一套；用整个审计的输出文件夹复核",
                    "this is one organ's set; verify the output of the whole audit",
                    said,
                )
            pack = load_pack(rules)
            chosen = select_rules(pack, stored.summary.run.selection.get("select", ()), said)
            judge_again(stored, inputs, pack, chosen, jobs, str(rules) if rules else None, verified)
        mask, zh = Mask(), said == "zh"
        out = []
        for difference in verified.differences:
            out.append(f"  {mask.text(one_line(difference.message(said)))}")
        if verified.more:
            out.append(f"  ……另有 {verified.more:,} 处" if zh else f"  … {verified.more:,} more")
        checked = f"{verified.files:,} 个文件" if zh else f"{verified.files:,} files"
        if inputs is not None:
            checked += f"、{verified.findings:,} 条发现" if zh else f", {verified.findings:,} findings"
        if not out:
            how = ("逐字节一致" if inputs else "与所记校验值一致（没有重新评判；加 --inputs 卷宗）") if zh else (
                "the same byte for byte" if inputs else "as recorded (not judged again; add --inputs DOSSIER)"
            )  # fmt: skip
            sys.stdout.write(f"复核 {folder}：{checked}，{how}\n" if zh else f"{folder}: {checked}, {how}\n")
            return CLEAN
        count = len(verified.differences) + verified.more
        head = (
            f"复核 {folder}：{checked}，{count:,} 处不符"
            if zh
            else f"{folder}: {checked}, {count:,} differences"
        )
        sys.stdout.write("\n".join([head, *out]) + "\n")
        return FOUND
    return BAD

"""`python -m bench`: measure everything, print one table, say which goals are reached. Exit 1: one is missed."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from .contenders import CONTENDERS
from .measure import Measured, facts_of, make_data, measure, one_and_two, parts_of, remember, start_up
from .process import ROOT
from .table import missed, text, write_between

MANY = 1_000_000
LARGE = 200_000  # an audit of a year: start-up hardly counts
BYTES = 3_000  # on disk for an application, at most: as JSONL, Parquet and what the audit writes


def main() -> int:
    said = _arguments().parse_args()
    names = list(CONTENDERS)
    if said.only is not None:
        names = [n for n in CONTENDERS if n in said.only or n == "judge"]
    need = (said.applications * 2 + max(said.many * 2 * said.memory, said.large * 2 * said.workers)) * BYTES
    with tempfile.TemporaryDirectory(prefix="hami-bench-", dir=said.folder) as made:
        folder = Path(made)
        free = shutil.disk_usage(folder).free
        _say(f"需要磁盘至多 {need / 1e9:.1f} GB，可用 {free / 1e9:.0f} GB：{folder}")
        if need > free:
            sys.stderr.write("bench: 磁盘不够，用 --folder 另选地方\n")
            return 2
        measured = Measured(said.applications, said.rounds, make_data(folder, said.applications), facts_of())
        measure(measured, folder, names, _say)
        if said.only is None:
            _say("启动")
            start_up(measured, ROOT, said.rounds, folder)
            parts_of(measured, folder)
        if said.memory:
            _say(f"{said.many:,} 件")
            remember(measured, folder, said.many)
        if said.workers:
            _say(f"{said.large:,} 件，一个进程和两个")
            one_and_two(measured, folder, said.large, said.rounds)
    out = text(measured)
    print(out)
    if said.json:
        said.json.write_text(json.dumps(measured.as_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    if said.write:
        write_between(said.write, out)
    return 1 if missed(measured) else 0


def _say(what: str) -> None:
    sys.stderr.write(f"\r\x1b[K{what}" if sys.stderr.isatty() else f"{what}\n")
    sys.stderr.flush()


def _positive(word: str) -> int:
    n = int(word)
    if n < 1:
        raise argparse.ArgumentTypeError(f"应为正整数：{word}")
    return n


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        "python -m bench", description="测量速度，与其他做法同台比较；有目标未达到时退出码为 1。"
    )
    p.add_argument(
        "--applications",
        type=_positive,
        default=40_000,
        metavar="N",
        help="办件数（默认 40000，每件约 2.4 KB）",
    )
    p.add_argument("--rounds", type=_positive, default=5, metavar="N", help="轮数（默认 5），取中位数")
    p.add_argument(
        "--only",
        nargs="+",
        choices=CONTENDERS,
        metavar="NAME",
        help=f"只测这些（judge 总在内）：{' '.join(CONTENDERS)}",
    )
    p.add_argument("--memory", action="store_true", help="另测一百万件的内存（磁盘约 3 GB，约两分钟）")
    p.add_argument("--workers", action="store_true", help="另测二十万件由一个进程和两个进程审计（约六分钟）")
    p.add_argument("--large", type=_positive, default=LARGE, metavar="N", help=argparse.SUPPRESS)
    p.add_argument("--many", type=_positive, default=MANY, metavar="N", help=argparse.SUPPRESS)
    p.add_argument("--folder", type=Path, help="数据放在哪里（默认系统临时文件夹），用完删除")
    p.add_argument("--json", type=Path, metavar="FILE", help="另存全部数字")
    p.add_argument("--write", type=Path, metavar="FILE", help="把表写进文档的 <!-- bench --> 标记之间")
    return p


if __name__ == "__main__":
    sys.exit(main())

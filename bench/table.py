"""What was measured, as Markdown: the same on the terminal and in docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from .goals import GOALS
from .measure import Measured, Row

__all__ = ["missed", "text", "write_between"]

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"

PARTS = {
    "rows": "按行切开",
    "decode": "解码为记录",
    "read": "读入（含切行、解码、定位、查标识）",
    "settle": "定值",
    "three": "评判三条规则",
    "all": "评判全部规则",
    "first": "通读标识",
}


def text(m: Measured) -> str:
    blocks = [_about(m), _contenders(m), _goals(m)]
    if m.starts:
        blocks.append(
            _table(
                ("启动", "秒（时钟）", "秒（处理器）"),
                [(f"`{s.zh}`", f"{s.clock:.2f}", f"{s.cpu:.2f}") for s in m.starts.values()],
            )
        )
    if m.parts:
        blocks.append(
            _table(
                ("一件办件的时间花在哪里", "µs（处理器）"),
                [(zh, f"{m.parts[name]:.1f}") for name, zh in PARTS.items()],
            )
        )
    return "\n\n".join(blocks) + "\n"


def missed(m: Measured) -> bool:
    """Whether a goal that was measured is not reached."""
    return any((value := g.value(m)) is not None and not g.met(value) for g in GOALS)


def _about(m: Measured) -> str:
    facts = "；".join(f"{k} {v}" for k, v in m.facts.items())
    return (
        f"{m.applications:,} 件办件，每件 JSON {m.bytes_each:,.0f} 字节；{m.rounds} 轮取中位数。{facts}。\n\n"
        "单核的数字按处理器时间，双核和启动按时钟：机器上有别的工作（开始时负载不近于 0）时，按时钟的只是暂定。"
    )


def _contenders(m: Measured) -> str:
    head = (
        "参测者",
        "规则",
        "数据",
        "核",
        "件/秒",
        "µs/件",
        "µs/评判",
        "时钟 件/秒",
        "峰值 MB",
        "速度比",
        "发现",
        "说明",
    )
    return _table(head, [_row(m, row) for row in m.rows.values()])


def _row(m: Measured, row: Row) -> tuple[str, ...]:
    c = row.contender
    first = (c.zh, c.rules, "Parquet" if c.parquet else "JSONL", str(c.cores))
    if row.missing or not row.cpu:
        return (*first, "未安装", *[""] * 6, c.limits)
    seconds = median(row.seconds)
    counted = m.rows.get("judge_all" if c.rules == "全部" else "judge")
    records = row.records or (counted.records if counted else None)
    times = m.times(row.name, c.against)
    return (
        *first,
        f"{m.applications / seconds:,.0f}",
        f"{seconds / m.applications * 1e6:.1f}",
        f"{seconds / records * 1e6:.2f}" if records else "",
        f"{m.applications / median(row.clock):,.0f}",
        f"{row.megabytes:.0f}",
        "" if times is None else f"{times:.2f}",
        row.findings,
        c.limits,
    )


def _goals(m: Measured) -> str:
    rows = []
    for goal in GOALS:
        value = goal.value(m)
        if value is None:
            rows.append((goal.zh, goal.bound, "", "未测"))
        else:
            shown = f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
            rows.append((goal.zh, goal.bound, shown, "达到" if goal.met(value) else "**未达到**"))
    out = _table(("目标", "界限", "实测", ""), rows)
    if m.memory:
        out += (
            f"\n\n{m.memory.applications:,} 件：两个进程，时钟 {m.memory.clock:.0f} 秒，单个进程最多 {m.memory.megabytes:.0f} MB，"
            f"用磁盘 {m.memory.disk_gigabytes:.1f} GB。"
        )
    for form, pair in m.pairs.items():
        out += (
            f"\n\n{pair.applications:,} 件（{'Parquet' if form == 'parquet' else 'JSONL'}），整条命令，{len(pair.one)} 轮："
            f"一个进程 {_span(pair.one)} 秒，两个 {_span(pair.two)} 秒。"
        )
    return out


def _span(seconds: Sequence[float]) -> str:
    return f"{min(seconds):.1f}–{max(seconds):.1f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def write_between(file: Path, made: str) -> None:
    """Put the tables into a document, between the markers. Raises `ValueError` where it has none."""
    before, begin, rest = file.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file}: {BEGIN} … {END}?")
    file.write_text(f"{before}{BEGIN}\n\n{made}\n{END}{after}", "utf-8")

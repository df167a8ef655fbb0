"""What is to be reached, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .measure import Measured

__all__ = ["GOALS", "Goal"]


@dataclass(frozen=True)
class Goal:
    """A bound on a figure; `value` is `None` where this run did not measure it."""

    zh: str
    value: Callable[[Measured], float | None]
    least: float | None = None
    most: float | None = None
    unit: str = ""

    def met(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def bound(self) -> str:
        return f"≥ {self.least:,g}{self.unit}" if self.least is not None else f"≤ {self.most:,g}{self.unit}"


def _start(name: str) -> Callable[[Measured], float | None]:
    return lambda m: m.starts[name].clock if name in m.starts else None


def _pair(form: str) -> Callable[[Measured], float | None]:
    return lambda m: m.pairs[form].times if form in m.pairs else None


def _agreed(m: Measured) -> float | None:
    rows = [r for r in m.rows.values() if not r.missing]
    return sum(not r.agrees for r in rows) if rows else None


GOALS = (
    Goal("发现不一致的参测者", _agreed, most=0),
    Goal("比 zen-engine（每条规则一个表达式）快", lambda m: m.times("judge", "zen"), least=3, unit=" 倍"),
    Goal("比 durable_rules（规则全部用它自己的语言写）快", lambda m: m.times("judge", "durable"), least=8, unit=" 倍"),
    Goal("速度不低于 DuckDB SQL（同一 JSONL，单核）的", lambda m: m.times("judge", "sql"), least=1 / 3, unit=" 倍"),
    Goal("用时不超过手写循环的", lambda m: m.times("hand", "judge"), most=2.5, unit=" 倍"),
    Goal("装入全部规则，编译的判断从 JSONL 每秒", lambda m: m.rate("judge_all"), least=20_000, unit=" 件"),
    Goal("hami audit 两个进程对一个，JSONL，二十万件", _pair("jsonl"), least=1.7, unit=" 倍"),
    Goal("hami audit 两个进程对一个，Parquet，二十万件", _pair("parquet"), least=1.7, unit=" 倍"),
    Goal("一百万件时每个进程的内存", lambda m: m.memory.megabytes if m.memory and m.memory.applications >= 1_000_000 else None, most=600, unit=" MB"),
    Goal("hami --help", _start("help"), most=0.35, unit=" 秒"),
    Goal("hami show 14", _start("show"), most=0.35, unit=" 秒"),
    Goal("hami check 一份办事指南", _start("check"), most=0.6, unit=" 秒"),
    Goal("hami ask 一个问题", _start("ask"), most=1, unit=" 秒"),
    Goal("hami check 两千份办事指南（没有缓存，再查一遍也是这么久）", _start("gate"), most=3, unit=" 秒"),
)  # fmt: skip

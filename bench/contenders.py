"""Who is measured: name → how to make it, on how many cores, and what it cannot express."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from .common import Run

__all__ = ["CONTENDERS", "Contender"]


@dataclass(frozen=True)
class Contender:
    """`make` is `module:function`, imported only where it runs, so that no contender carries another's memory."""

    zh: str
    make: str
    parquet: bool = False
    cores: int = 1
    rules: str = "3"
    limits: str = ""

    def run(self) -> Run:
        module, _, name = self.make.partition(":")
        return cast(Callable[[], Run], getattr(import_module(f"bench.{module}"), name))()


_TWO_VALUED = "只分违反与否，说不出“未决”；办事指南有没有列明先由 Python 查好"
CONTENDERS: dict[str, Contender] = {
    "judge": Contender("本工具：编译的判断", "ours:three_rules"),
    "hand": Contender("手写 Python 循环（同样的完整记录结构）", "hand:hand_loop"),
    "sql": Contender("手写 DuckDB SQL", "sql:sql_on_one", limits="只有结论，没有解释；材料只按编码比较"),
    "sql_parquet": Contender("手写 DuckDB SQL", "sql:sql_on_one", parquet=True, limits="同上"),
    "sql_two": Contender("手写 DuckDB SQL", "sql:sql_on_two", cores=2, limits="同上"),
    "zen": Contender("zen-engine：每条规则一个表达式，每条记录求值一次", "zen_rules:zen_by_record", limits=_TWO_VALUED),
    "zen_fused": Contender("zen-engine：三条规则合成一个表达式，每件求值一次", "zen_rules:zen_fused", limits=_TWO_VALUED),
    "durable": Contender(
        "durable_rules：叶子真值由 Python 算好，断言、触发、撤回",
        "durable_rules:durable",
        limits="同上；“某个已收材料”也先由 Python 查好",
    ),
    "judge_parquet": Contender("本工具：编译的判断", "ours:three_rules", parquet=True),
    "judge_all": Contender("本工具：编译的判断", "ours:all_rules", rules="全部"),
    "judge_all_parquet": Contender("本工具：编译的判断", "ours:all_rules", rules="全部", parquet=True),
}  # fmt: skip

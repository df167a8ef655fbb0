"""Who is measured: name → how to make it, on how many cores, and what it cannot express."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, cast

from .common import Run

__all__ = ["CONTENDERS", "Contender"]


@dataclass(frozen=True)
class Contender:
    """`make` is `module:function`, imported only where it runs, so that no contender carries another's memory;
    `hami audit` itself has none. `needs` is the package that may not be installed. `against`: whom it is set beside.
    """

    zh: str
    make: str = ""
    parquet: bool = False
    cores: int = 1
    rules: Literal["3", "全部"] = "3"
    limits: str = ""
    needs: str = ""
    against: str = "judge"

    @property
    def installed(self) -> bool:
        return not self.needs or find_spec(self.needs) is not None

    def run(self) -> Run:
        module, _, name = self.make.partition(":")
        return cast(Callable[[], Run], getattr(import_module(f"bench.{module}"), name))()


_SQL = "只有结论，没有理由、位置；材料只按编码比较，不认别名"
_TWO_VALUED = "分不出“未决”与“合规”；办事指南有没有列明由 Python 查好"
_LOOKED_UP = f"{_TWO_VALUED}；“某份已收材料”也由 Python 查好"
_JOINED = "分不出“未决”与“合规”；当日适用哪份指南由 Python 查好"
_DOOR = "另计：查重、说明理由、定位、全部报告文件"
CONTENDERS: dict[str, Contender] = {
    "judge": Contender("本工具：编译的判断", "ours:three_rules"),
    "hand": Contender("手写 Python 循环，同样的完整记录结构", "hand:hand_loop", limits="只有结论；材料只按编码比较，不认别名"),
    "sql": Contender("手写 DuckDB SQL", "sql:sql_on_one", limits=_SQL),
    "zen": Contender("zen-engine：每条规则一个表达式，每条记录求值一次", "zen_rules:zen_by_record", limits=_TWO_VALUED, needs="zen"),
    "zen_fused": Contender("zen-engine：三条规则合成一个表达式，每件求值一次", "zen_rules:zen_fused", limits=_TWO_VALUED, needs="zen"),
    "durable": Contender("durable_rules：规则全部用它自己的语言写，事实在其中联接", "durable_rules:durable", limits=_JOINED, needs="durable"),
    "durable_fields": Contender("durable_rules：查找由 Python 做好，条件用它自己的语言写", "durable_rules:durable_fields", limits=_LOOKED_UP, needs="durable"),
    "durable_leaves": Contender("durable_rules：叶子真值由 Python 算好，只剩合取", "durable_rules:durable_leaves", limits=_LOOKED_UP, needs="durable"),
    "sql_two": Contender("手写 DuckDB SQL", "sql:sql_on_two", cores=2, limits=_SQL),
    "judge_parquet": Contender("本工具：编译的判断", "ours:three_rules", parquet=True),
    "sql_parquet": Contender("手写 DuckDB SQL", "sql:sql_on_one", parquet=True, limits=_SQL),
    "judge_all": Contender("本工具：编译的判断", "ours:all_rules", rules="全部"),
    "judge_all_parquet": Contender("本工具：编译的判断", "ours:all_rules", rules="全部", parquet=True),
    "audit": Contender("hami audit", rules="全部", limits=_DOOR, against="judge_all"),
    "audit_two": Contender("hami audit", rules="全部", cores=2, limits=_DOOR, against="judge_all"),
    "audit_parquet": Contender("hami audit", rules="全部", parquet=True, limits=_DOOR, against="judge_all"),
    "audit_parquet_two": Contender("hami audit", rules="全部", parquet=True, cores=2, limits=_DOOR, against="judge_all"),
}  # fmt: skip

"""The reference of all tables and fields, written from the records themselves (`docs/records.md`).

Nothing of it is kept by hand: tables come from `ROOTS`, labels and elements of the standards from each field's
`Label`, allowed values from its type. Write it anew with `make generated`.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.intake.identity import OPTIONAL
from hami_rules.predicates.registry import bare
from hami_rules.records.base import Record
from hami_rules.records.kinds import KINDS, ROOTS
from hami_rules.records.labels import label

__all__ = ["REFERENCE", "dossier_reference"]

REFERENCE = Path("docs") / "records.md"

_HEAD = """\
# 记录与字段

本页由程序生成，不手改：`make generated` 重写，`tests/proof/test_reference.py` 核对。
怎样准备卷宗见 [dossier.md](dossier.md)，各条规则要读哪些字段见 [needs.md](needs.md)；编辑器和别的程序用 `schemas/` 里的 JSON Schema。

- **字段**与**标签**写哪一个都认；平铺的表还认“标准”一列的名称（一个名称只对应一个字段时）。
- 所有字段都可以不写：不写或写 `null` 就是**未知**，不是“没有”。没有写 `false`、`[]`，长期有效写 `open_ended: true`。
- **日期**写 `2024-03-05`，也认 `2024/3/5`、`2024年3月5日` 和带时刻的写法（没有时区的按北京时间）。**是否**写 `true`/`false`，也认 是/否、1/0。**选一**写代码（`enterprise`）或它的中文（`企业`）都认。
- 含清单的记录可以写 `partial: [清单名]`（未列全的清单）：该清单只列出了一部分。没有写在这里的清单，给出即视为列全。
- 备注中的**举证**：只有单位能证明的事实；发出调阅通知而逾期未提供的，按括号里的值认定。**个人信息**：可读报告中遮盖。
"""

_KINDS: dict[Any, str] = {bool: "是否", date: "日期", int: "整数", Decimal: "数字", str: "文本"}


def dossier_reference() -> str:
    """All tables of a dossier in Markdown: natural keys, fields with label, type, allowed values and standard.

    A part that several records share (依据, 中介服务要求) is described once, at the end.
    """
    shared = _shared()
    out = [_HEAD, "## 表一览\n", "| 表 | 是什么 | 自然键 |", "| --- | --- | --- |"]
    for table, kind in ROOTS.items():
        key = "、".join(f"`{name}`{'（可缺）' if name in OPTIONAL else ''}" for name in kind.key)
        out.append(f"| [`{table}`](#{table}) | {kind.zh} | {key} |")
    out.append("\n国标：GB/T 39046-2020《政务服务平台基础数据规范》；平台：国家政务服务平台事项要素。")
    for table, kind in ROOTS.items():
        out.append(f'\n<a id="{table}"></a>\n## {table} {kind.zh}\n')
        out += _section(kind.struct, table, shared)
    out.append("\n## 共用的部分\n")
    out.append("下面的部分出现在几种记录之内，写法处处相同。")
    for struct in shared:
        out.append(f'\n<a id="{struct.__name__}"></a>\n### {_title(struct)}\n')
        out += _section(struct, "", shared)
    return "\n".join(out) + "\n"


def _section(struct: type[Record], path: str, shared: list[type[Record]]) -> Iterator[str]:
    """The table of a record's fields, then those of the records in it that only it has."""
    yield "| 字段 | 标签 | 类型 | 可填的值 | 标准 | 备注 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    below: list[tuple[str, type[Record], str]] = []
    for name, meta, inner in _fields(struct):
        child = _child(inner)
        zh = meta.title or name
        if child is not None and child not in shared:
            below.append((name, child, zh))
        yield f"| `{name}` | {zh} | {_sort(inner, shared)} | {_values(inner)} | {_standard(meta)} | {_remarks(meta)} |"
    for name, child, zh in below:
        here = f"{path}.{name}" if path else name
        yield f"\n### {here} {zh}\n"
        yield from _section(child, here, shared)


def _fields(struct: type[Record]) -> Iterator[tuple[str, msgspec.Meta, Any]]:
    """The fields that an input may state: name, label, type without unknown."""
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        meta = next(m for m in getattr(hint, "__metadata__", ()) if isinstance(m, msgspec.Meta))
        if field.name != "partial" and not (meta.extra or {}).get("internal"):
            yield field.name, meta, bare(hint)


def _child(inner: Any) -> type[Record] | None:
    """The record that a field holds, or that its list holds."""
    if typing.get_origin(inner) is list:
        inner = typing.get_args(inner)[0]
    return inner if isinstance(inner, type) and issubclass(inner, Record) else None


def _shared() -> list[type[Record]]:
    """The parts that hang under more than one record, in the order in which they are met."""
    holders: dict[type[Record], set[tuple[type[Record], str]]] = {}
    met: set[type[Record]] = set()

    def look(struct: type[Record]) -> None:
        if struct in met:
            return
        met.add(struct)
        for name, _, inner in _fields(struct):
            child = _child(inner)
            if child is not None:
                holders.setdefault(child, set()).add((struct, name))
                look(child)

    for kind in ROOTS.values():
        look(kind.struct)
    return [struct for struct, places in holders.items() if len(places) > 1]


def _title(struct: type[Record]) -> str:
    """What a shared part is called: the Chinese before the colon of its docstring."""
    zh, _, _ = (struct.__doc__ or struct.__name__).partition(":")
    kind = next((k for k in KINDS.values() if k.struct is struct and not k.parent), None)
    return kind.zh if kind else zh.strip()


def _sort(inner: Any, shared: list[type[Record]]) -> str:
    child = _child(inner)
    if typing.get_origin(inner) is list:
        if child is None:
            return f"清单（{_sort(typing.get_args(inner)[0], shared)}）"
        return f"清单（[{_title(child)}](#{child.__name__})）" if child in shared else "清单"
    if child is not None:
        return "记录"
    if typing.get_origin(inner) is typing.Literal:
        return "选一"
    return _KINDS[inner]


def _values(inner: Any) -> str:
    if typing.get_origin(inner) is list:
        inner = typing.get_args(inner)[0]
    if typing.get_origin(inner) is not typing.Literal:
        return ""
    return "<br>".join(f"`{v}` {label(v, 'zh') or ''}".rstrip() for v in typing.get_args(inner))


def _standard(meta: msgspec.Meta) -> str:
    extra = meta.extra_json_schema or {}
    parts = [("国标", extra.get("x-gbt39046")), ("平台", extra.get("x-platform"))]
    return "；".join(f"{name} {value}" for name, value in parts if value)


def _remarks(meta: msgspec.Meta) -> str:
    extra = meta.extra or {}
    out = []
    if extra.get("burden"):
        out.append(f"举证（{_absent(extra.get('absent'))}）")
    if extra.get("personal"):
        out.append("个人信息")
    return "；".join(out)


def _absent(value: Any) -> str:
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`" + (f" {zh}" if isinstance(value, str) and (zh := label(value, "zh")) else "")

"""What every record shares: how a field is labelled, and the few value types that several families use.

Names are plain English; each field carries the Chinese label that reports print and, where one exists, the
element of GB/T 39046-2020 《政务服务平台基础数据规范》 (`gb`) or of the national platform's item schema
(`platform`) that it maps to, so that exports load without hand work.

`None` always means *nobody said*. Absence is a value of its own: `False`, an empty list, `open_ended: true`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

__all__ = ["Basis", "Label", "Record", "SubjectKind", "label_of"]


def Label(
    zh: str,
    *,
    gb: str | None = None,
    platform: str | None = None,
    burden: Literal["organ"] | None = None,
    absent: Any = None,
    personal: bool = False,
    internal: bool = False,
    signed: bool = False,
) -> Meta:
    """The Chinese label of a field and what the field maps to.

    `burden="organ"` marks a fact that only the organ can prove (norms.md, burden of proof (a)): once an evidence
    request for it has gone unanswered past its due date, the fact counts as `absent`.
    `personal` marks data of natural persons, which readable outputs mask. `internal` marks what intake works out
    itself (`records/settle.py`): no input may state it. `signed` marks the rare number that may lie below zero.
    """
    extra: dict[str, Any] = {"zh": zh}
    schema: dict[str, Any] = {}
    if gb:
        schema["x-gbt39046"] = gb
    if platform:
        schema["x-platform"] = platform
    if burden:
        extra["burden"], extra["absent"] = burden, absent
        schema["x-burden"] = burden
    if internal:
        extra["internal"] = True
    if signed:
        extra["signed"] = True
    if personal:
        extra["personal"] = True
        schema["x-personal"] = True
    return Meta(title=zh, extra_json_schema=schema or None, extra=extra)


class Record(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, gc=False, omit_defaults=True
):
    """A thing that can be judged, or a part of one. Every field may be unknown (`None`).

    `partial` names the lists of this record that are given but not complete; a list that is given and not named
    there is complete (design: completeness is declared, never assumed).

    `IN_ORDER`: pairs of dates of which the second cannot lie before the first; the second may stand in a part of the
    record (`deferral.supplemented_on`).
    """

    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = ()

    partial: Annotated[tuple[str, ...], Label("未列全的清单")] = ()


def label_of(struct: type[Record], field: str) -> str:
    """The Chinese label of a field of a record."""
    for f in msgspec.structs.fields(struct):
        if f.name == field:
            for meta in getattr(f.type, "__metadata__", ()):
                if isinstance(meta, Meta) and meta.title:
                    return meta.title
    return field


SubjectKind = Literal[
    "enterprise",  # 企业
    "individual_business",  # 个体工商户
    "cooperative",  # 农民专业合作社
    "branch",  # 分支机构
    "founder",  # 办理设立登记的个人
    "other_organisation",  # 其他组织
    "natural_person",  # 自然人办理私人事务
]


class Basis(Record, frozen=True):
    """设定依据: the document that a condition, step, demand or service cites, and where in it."""

    instrument_code: Annotated[str | None, Label("文件编码")] = None
    instrument_title: Annotated[str | None, Label("文件名称", gb="设定依据", platform="by_law")] = None
    article: Annotated[str | None, Label("条款")] = None
    authorises: Annotated[bool | None, Label("含授权条款")] = None


class Day(Record, frozen=True):
    """一日: a day that a condition is asked about, where conduct lasts longer than one."""

    day: Annotated[date | None, Label("日期")] = None


class Period(Record, frozen=True):
    """Base of dated records: in force from `valid_from` to `valid_to`, both inclusive, or open-ended."""

    valid_from: Annotated[date | None, Label("生效日期")] = None
    valid_to: Annotated[date | None, Label("失效日期")] = None
    open_ended: Annotated[bool | None, Label("长期有效")] = None

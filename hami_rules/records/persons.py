"""Which values of a record are a natural person's: names and numbers that readable outputs mask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import msgspec

from .base import SubjectKind

__all__ = ["ORGANISATIONS", "is_organisation_name", "personal_fields", "personal_values"]

ORGANISATIONS = frozenset({"enterprise", "cooperative", "branch", "other_organisation"})
"""Kinds of applicant that are no natural person, whatever they are called."""

_KINDS = frozenset(get_args(SubjectKind))
# How the name of a firm, a shop or an office ends; a person's does not.
_ENDINGS = (
    "公司", "集团", "企业", "中心", "合作社", "联合社", "事务所", "经营部", "分部", "门市", "门市部", "商店", "超市", "市场",
    "店", "厂", "行", "馆", "铺", "社", "站", "院", "所", "局", "委员会", "委", "会", "部", "坊", "吧", "屋", "堂", "室", "园",
    "场", "队", "办", "处", "学校", "医院", "工作室", "餐厅", "饭庄", "酒楼", "宾馆", "农场", "牧场", "政府", "商行", "城",
    "Ltd", "Ltd.", "Inc.", "LLC",
)  # fmt: skip


def is_organisation_name(name: str) -> bool:
    """Whether a name ends as those of firms, shops and offices do. A short one may be a person's after all."""
    return len(name) > 3 and name.rstrip("）)").endswith(_ENDINGS)


@cache
def personal_fields(struct: type[Any]) -> tuple[tuple[str, ...], str | None]:
    """The fields marked personal, and the one that says what kind of subject they are of (`None`: none does)."""
    personal, kind = [], None
    for name, field in ((f.name, f) for f in msgspec.structs.fields(struct)):
        info = msgspec.inspect.type_info(field.type)
        parts = [info, *getattr(info, "types", ())]
        if isinstance(info, msgspec.inspect.Metadata) and (info.extra or {}).get("personal"):
            personal.append(name)
        if isinstance(info, msgspec.inspect.Metadata):
            parts += [info.type, *getattr(info.type, "types", ())]
        if any(isinstance(p, msgspec.inspect.LiteralType) and frozenset(p.values) == _KINDS for p in parts):
            kind = name
    return tuple(personal), kind


def personal_values(record: Any) -> Iterator[str]:
    """The known values of a record that are a natural person's.

    A subject that is known to be an organisation has none. Of one that may be either (个体工商户, or nobody said) a name
    is taken for a person's unless it reads as a firm's or a shop's.
    """
    struct: Any = type(record)
    fields, kind = personal_fields(struct)
    if not fields:
        return
    subject = getattr(record, kind) if kind else None
    if subject in ORGANISATIONS:
        return
    sure = kind is None or subject in ("natural_person", "founder")
    for name in fields:
        value = getattr(record, name)
        if value and len(value) > 1 and (sure or not is_organisation_name(value)):
            yield value

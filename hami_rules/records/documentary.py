"""What a norm that only documents can prove asks of whom: the part of a rule that the world of the records must know."""

from __future__ import annotations

import msgspec

from .text import Text

__all__ = ["DEPARTMENTS", "Aspect", "Documentary"]

# 第五条: who entrusts a town or a park answers for it, so `entrusted` organs are bound by no documentary norm.
DEPARTMENTS = ("department", "authorised", "approval_bureau")


class Aspect(msgspec.Struct, frozen=True):
    """One member of the list that a norm closes (第二十五条第一款: 人才引进、用工咨询、就业指导、劳动纠纷调解)."""

    key: str
    name: Text


class Documentary(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Organs of these classes (and, where it names functions, with one of these) must show that they do as the norm
    says: once, or for every aspect, or for every budget year. `request` names the document to ask them for."""

    rule: str
    norm: str
    classes: tuple[str, ...]
    functions: tuple[str, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    each_year: bool = False
    request: Text

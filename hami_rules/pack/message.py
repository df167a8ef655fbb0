"""Messages with `{fact}` or `{fact:date}` in them, by a formatter of our own.

`str.format` follows attributes and indexes and can be made to allocate without bound; here a placeholder is a
fact's name and nothing else. An unknown value prints 未知.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from hami_rules.records.labels import NEVER, label
from hami_rules.records.text import Text

__all__ = ["placeholders", "plain", "render", "show"]

_SMALLEST = Decimal("0.0001")
_SINGLE = str.maketrans("“”", "‘’")
_HOLE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"^([a-z][a-z0-9_]*)(?::(date))?$")


def placeholders(template: str) -> Iterator[tuple[str, str | None]]:
    """`(fact, form)` of each placeholder. Raises `ValueError` naming one that is not `{fact}` or `{fact:date}`."""
    for hole in _HOLE.findall(template):
        match = _NAME.match(hole)
        if match is None:
            raise ValueError(hole)
        yield match[1], match[2]
    rest = _HOLE.sub("", template)
    if "{" in rest or "}" in rest:
        raise ValueError("{" if "{" in rest else "}")


def plain(value: Any, fact: str = "") -> str:
    """A code or a day as it was given: what a material is compared by says how (`c:`, `n:`), people need not know."""
    return str(value)[2:] if fact.endswith("material_key") else str(value)


def show(value: Any, lang: str, fact: str = "") -> str:
    """A value as people read it: dates in full, enumerations by their label, unknown as 未知; `fact`: what it is the
    value of, for a day that means never says what never happened."""
    if value is None:
        return "未知" if lang == "zh" else "unknown"
    if isinstance(value, Text):
        return value(lang)
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
    if isinstance(value, date):
        if value == date.max:
            never = next((words for name, words in NEVER.items() if fact.endswith(name)), None)
            if never is not None:
                return never[0 if lang == "zh" else 1]
            return "长期" if lang == "zh" else "open-ended"
        return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else value.isoformat()
    if isinstance(value, Decimal):
        if value.is_infinite():
            return "没有上限" if lang == "zh" else "no limit"
        if 0 < value < _SMALLEST:  # a probability of one in a billion, which nobody reads in noughts
            return "不到万分之一" if lang == "zh" else f"less than {_SMALLEST}"
        return format(value, "f")
    if isinstance(value, list | tuple | set | frozenset):
        parts = [
            show(v, lang, fact) for v in (sorted(value) if isinstance(value, set | frozenset) else value)
        ]
        return ("、" if lang == "zh" else ", ").join(parts) or ("无" if lang == "zh" else "none")
    if isinstance(value, Text):
        return value(lang)
    if isinstance(value, str):
        return label(value, lang) or plain(value, fact)
    if isinstance(value, int):
        return str(value)
    return ("（记录）" if lang == "zh" else "(record)") if hasattr(value, "__struct_fields__") else str(value)


def render(template: str, lang: str, get: Callable[[str], Any]) -> str:
    """The message with each placeholder replaced by the fact's value; quotes in a value that stands in quotes are
    single ones."""

    def put(m: re.Match[str]) -> str:
        value = show(get(m[1].partition(":")[0]), lang, m[1])
        quoted = template.count("“", 0, m.start()) > template.count("”", 0, m.start())
        return value.translate(_SINGLE) if quoted else value

    return _HOLE.sub(put, template)

"""People read every value in their own words."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

from hami_rules.pack.load import load_pack
from hami_rules.pack.message import show
from hami_rules.records.labels import LABELS


def _values(form: Any) -> Iterator[str]:
    if typing.get_origin(form) is typing.Literal:
        yield from (v for v in typing.get_args(form) if isinstance(v, str))
        return
    for part in typing.get_args(form):
        yield from _values(part)


def test_every_value_of_every_record_has_a_label() -> None:
    """Those of derived records, too, which no input holds: findings show them among the facts seen."""
    unnamed = {
        f"{kind.name}.{name}: {value}"
        for kind in load_pack().registry.kinds.values()
        for name, form in typing.get_type_hints(kind.struct).items()
        for value in _values(form)
        if value not in LABELS
    }
    assert unnamed == set()


def test_how_sure_the_linter_is_reads_as_words() -> None:
    assert (show("high", "zh"), show("low", "zh")) == ("高", "低")

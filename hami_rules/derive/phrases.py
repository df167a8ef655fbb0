"""Phrases: each vague or open phrase of a guide's text is a record of its own, with its exact place in the text.

The texts are those that an applicant reads: materials, conditions, steps, time limit, fees, intermediary services and
notes (第十一条第三款). What is a defect is said by `hami_rules.wording`; every text is read once and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from hami_rules.records.base import Label, Record
from hami_rules.records.guide import Guide
from hami_rules.records.kinds import Kind
from hami_rules.records.text import Text
from hami_rules.records.world import World
from hami_rules.wording import Confidence, Field, Flaw, lint
from hami_rules.wording import Kind as Defect

__all__ = ["KINDS", "PRODUCERS", "WordingFlaw"]

Level = Literal["self", "region", "ministry"]


class WordingFlaw(Record, frozen=True):
    """用语缺陷: one defective phrase. `pointer` leads from the guide to the text, `start` and `end` count its code
    points; they say where the phrase stands and are no part of its identity."""

    field: Annotated[
        Literal[
            "materials", "conditions", "steps", "time_limit", "fees", "intermediary_services", "guide_notes"
        ]
        | None,
        Label("所在部分"),
    ] = None
    whole_text: Annotated[str | None, Label("所在文字")] = None
    phrase: Annotated[str | None, Label("问题用语")] = None
    defect: Annotated[Defect | None, Label("缺陷种类")] = None
    confidence: Annotated[Confidence | None, Label("把握")] = None
    why: Annotated[Text | None, Label("理由")] = None
    suggestion: Annotated[Text | None, Label("改法")] = None
    text_set_by: Annotated[Level | None, Label("文本制定层级")] = None
    copied_verbatim: Annotated[bool | None, Label("照录所引条文原文")] = None
    pointer: Annotated[str | None, Label("位置")] = None
    start: Annotated[int | None, Label("起")] = None
    end: Annotated[int | None, Label("止")] = None


@dataclass(frozen=True)
class _Passage:
    """One text of a guide: which part it belongs to, where it stands, and whether nothing follows it there."""

    field: Field
    text: str
    pointer: str
    set_by: Level | None
    copied: bool | None = False
    last: bool = False


_LISTS: tuple[tuple[Field, str, tuple[str, ...]], ...] = (
    ("materials", "materials", ("material_name",)),
    ("conditions", "conditions", ("text",)),
    ("steps", "steps", ("step_name",)),
    ("intermediary", "services", ("service_name", "text")),
)
_TEXTS: tuple[tuple[Field, str], ...] = (
    ("time_limit", "time_limit_text"),
    ("fees", "fee_text"),
    ("notes", "notes"),
)
_CALLED = {"intermediary": "intermediary_services", "notes": "guide_notes"}


def _passages(guide: Guide) -> Iterator[_Passage]:
    """The texts of a guide, in its order. A part that does not say who set its text was set as the guide was."""
    for field, name, texts in _LISTS:
        rows = getattr(guide, name) or ()
        for i, row in enumerate(rows):
            for text in texts:
                written = getattr(row, text)
                if written:
                    yield _Passage(
                        field=field,
                        text=written,
                        pointer=f"/{name}/{i}/{text}",
                        set_by=row.text_set_by or guide.text_set_by,
                        copied=row.copied_verbatim if field == "conditions" else False,
                        last=i == len(rows) - 1 and name not in guide.partial,
                    )
    for field, name in _TEXTS:
        written = getattr(guide, name)
        if written:
            yield _Passage(field, written, f"/{name}", guide.text_set_by)


def _read(world: World, passage: _Passage) -> tuple[Flaw, ...]:
    key = ("wording", passage.field, passage.text, passage.last)
    found: tuple[Flaw, ...] | None = world.memo.get(key)
    if found is None:
        found = world.memo[key] = tuple(lint(passage.text, passage.field, whole=passage.last))
    return found


def _wording_flaws(world: World, guide: Guide) -> list[WordingFlaw]:
    return [
        WordingFlaw(
            field=_CALLED.get(passage.field, passage.field),  # type: ignore[arg-type]
            whole_text=passage.text,
            phrase=flaw.text,
            defect=flaw.kind,
            confidence=flaw.confidence,
            why=flaw.why,
            suggestion=flaw.suggestion,
            text_set_by=passage.set_by,
            copied_verbatim=passage.copied,
            pointer=passage.pointer,
            start=flaw.start,
            end=flaw.end,
        )
        for passage in _passages(guide)
        for flaw in _read(world, passage)
    ]


KINDS = (
    Kind(
        "wording_flaw", WordingFlaw, "用语缺陷", "defective phrase", parent="guide", names=("field", "whole_text", "phrase"),
        organ="guide_organ_code", region="guide_region", conduct=("guide_valid_from", "guide_valid_to"),
        subject="guide_serves", derived=True,
    ),
)  # fmt: skip
PRODUCERS: dict[str, Callable[..., Any]] = {"wording_flaw": _wording_flaws}

"""The shape of the files in `rules/`: what may be written there, checked by pydantic before anything is bound."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["NormSource", "PackSource", "ParameterSource", "RuleFile", "RuleSource"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextSource(_Shape):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class RebuttalSource(_Shape):
    when: Any
    zh: str
    en: str


class GovernsSource(_Shape):
    bearers: list[str] = []
    only: list[str] = []
    but: list[str] = []


class DocumentarySource(_Shape):
    """What makes a rule documentary: which document to ask for, and how the organs that its bearer names are bound.

    `functions`: only departments with one of these; `each: budget_year`: for every budget year; `aspects`: the list
    that the norm closes, name by name.
    """

    request: TextSource
    functions: list[str] = []
    each: Literal["budget_year"] | None = None
    aspects: dict[str, TextSource] = {}


class RuleSource(_Shape):
    """One rule as written; every scalar is text. A documentary rule leaves out `judges` and `violated`."""

    id: str
    title: TextSource
    quote: str = Field(min_length=4)
    kind: Literal[
        "ban", "duty", "promote", "indicative", "right", "may", "principle", "purpose", "scope", "definition",
        "liability", "exemption", "commencement", "condition",
    ]  # fmt: skip
    grade: Literal["violation", "shortfall", "suspicion"] | None = None
    bearer: Literal[
        "department", "agency", "government", "intermediary", "utility", "applicant", "centre", "anyone"
    ]
    counts_against: Literal["department", "applicant", "intermediary", "utility", "government"] | None = None
    judges: str | None = None
    documentary: DocumentarySource | None = None
    responsible: str | None = None
    conduct: str | None = None
    ended: str | None = None
    effect: (
        Literal["scope", "mitigates", "consequence", "coordinates", "basis", "purpose", "notes", "clue"]
        | None
    ) = None
    governs: GovernsSource | None = None
    applies: Any = None
    violated: Any = None
    unless: Any = None
    rebuttal: list[RebuttalSource] = []
    upwards: Any = None
    message: TextSource | None = None
    pending: TextSource | None = None
    remedy: TextSource | None = None
    interpretation: TextSource | None = None
    executability: Literal["full", "partial", "people"] = "full"
    over_reports: TextSource | None = None
    under_reports: TextSource | None = None
    primary_over: list[str] = []
    same_fact: list[str] | list[list[str]] = []
    practice: list[str] = []
    superior: list[str] = []


class RuleFile(_Shape):
    """`articleNN.yaml`."""

    article: str
    rules: list[RuleSource] = Field(min_length=1)


class ValueSource(_Shape):
    from_: str = Field(alias="from")
    to: str | None = None
    value: Any
    source: str = Field(min_length=2)


class ParameterSource(_Shape):
    """One parameter: dated values, each with its source (`own: true`: the tool's own default, not the law's)."""

    title: TextSource
    type: Literal["int", "decimal", "text", "texts"]
    unit: str | None = None
    own: Literal["true", "false"] = "false"
    values: list[ValueSource] = Field(min_length=1)


class ParameterFile(_Shape):
    parameters: dict[str, ParameterSource]


class NormSource(_Shape):
    """One row of the norm inventory: what must be executable. `holder`: whose right it is, where it is one; `bound` are
    those who must respect it."""

    id: str
    kind: str
    how: str
    bound: str
    judged: TextSource
    holder: str = ""


class PackSource(_Shape):
    """`pack.yaml`: name and version of the pack, the paragraphs it was written for, and the norm inventory."""

    name: TextSource
    version: str
    commencement: str
    never_reckless: list[str]
    paragraphs: dict[str, str]
    norms: list[NormSource]

"""`hami check --format json`: the findings as findings.jsonl has them, and the summary, in one object."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hami_rules.intake.errors import Problem
from hami_rules.judge.findings import Finding

from .lines import to_json
from .summary import Summary

__all__ = ["VERSION", "check_json"]

# Of this format; raised when a field changes its meaning or goes away.
VERSION = "1"


class _Answer(msgspec.Struct):
    version: str
    findings: list[Finding]
    summary: Summary | None
    errors: list[Problem]


def check_json(findings: Iterable[Finding], summary: Summary | None, errors: Iterable[Problem] = ()) -> str:
    """`{"version": "1", "findings": […], "summary": {…}, "errors": […]}`, indented, with a line feed at the end.

    `errors`: what could not be read or judged. `summary` is null where nothing was.
    """
    answer = _Answer(VERSION, list(findings), summary, list(errors))
    return msgspec.json.format(to_json(answer), indent=2).decode() + "\n"

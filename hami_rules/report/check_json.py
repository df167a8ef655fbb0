"""`hami check --format json`: the findings as findings.jsonl has them, and the summary, in one object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from hami_rules.gate.model import Gated, Known, Verdict, Waiver
from hami_rules.intake.errors import Problem

from .lines import to_json
from .summary import Summary

__all__ = ["VERSION", "check_json"]

# Of this format; raised when a field changes its meaning or goes away.
VERSION = "1"


class _Waived(msgspec.Struct, omit_defaults=True):
    reason: str
    place: str
    inline: bool
    approved_by: str | None = None
    expires: str | None = None
    ticket: str | None = None


class _Gate(msgspec.Struct):
    """`compared` is what with; `counts` by status, `waived` and `gone`; `notices` stop nothing."""

    compared: str | None
    counts: dict[str, int]
    gone: list[Known]
    notices: list[Problem]


class _Answer(msgspec.Struct):
    version: str
    findings: list[Any]
    summary: Summary | None
    errors: list[Problem]
    gate: _Gate | None = None


def check_json(verdict: Verdict | None, summary: Summary | None, errors: Iterable[Problem] = ()) -> str:
    """`{"version": "1", "findings": […], "summary": {…}, "errors": […], "gate": {…}}`, indented, with a line feed.

    A finding bears `status` (new, changed, unchanged) where something was compared, and `waiver` where it was let
    pass. `errors`: what could not be read or judged. `summary` is null where nothing was.
    """
    findings = [_finding(g) for g in verdict.items] if verdict else []
    answer = _Answer(VERSION, findings, summary, list(errors), _gate(verdict) if verdict else None)
    return msgspec.json.format(to_json(answer), indent=2).decode() + "\n"


def _finding(item: Gated) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(to_json(item.finding))
    if item.status is not None:
        said["status"] = item.status
    if item.waiver is not None:
        said["waiver"] = _waived(item.waiver)
    return said


def _waived(waiver: Waiver) -> _Waived:
    return _Waived(
        waiver.reason,
        str(waiver.location),
        waiver.inline,
        waiver.approved_by,
        waiver.expires.isoformat() if waiver.expires else None,
        waiver.ticket,
    )


def _gate(verdict: Verdict) -> _Gate:
    counts = Counter(g.status for g in verdict.items if g.status is not None)
    told = {name: counts[name] for name in ("new", "changed", "unchanged")} if verdict.compared else {}
    told |= {"gone": len(verdict.gone), "waived": sum(1 for g in verdict.items if g.waiver)}
    return _Gate(verdict.compared, told, verdict.gone, verdict.notices)

"""findings.jsonl and summary.json: the machine-readable output, from which every other format can be made again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hami_rules.judge.findings import Finding, FindingsFile

from .safe import visible
from .summary import PARTIES, Summary, article_of

__all__ = ["order", "ordered", "replaced", "to_json", "write_findings", "write_summary"]

_encoder = msgspec.json.Encoder()


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """Write a file whole or not at all: into a file beside it, which then takes its name."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def order(f: Finding) -> tuple[Any, ...]:
    """The order of the report: party, organ, article, rule, practice, date, record."""
    return (
        PARTIES.index(f.counts_against),
        f.organ_code or f.organ_name or "\U0010ffff",
        int(article_of(f.address)) if article_of(f.address).isdigit() else 0,
        f.rule,
        f.practice or f.id,
        f.conduct_from.isoformat() if f.conduct_from else "",
        f.record_key,
        f.id,
    )


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of the report."""
    return sorted(findings, key=order)


def to_json(value: Any) -> bytes:
    """JSON of a struct. A lone surrogate, which UTF-8 cannot hold, is shown by its code point."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_encodable(msgspec.to_builtins(value)))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(visible(c) if "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, dict):
        return {_encodable(k): _encodable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(v) for v in value]
    return value


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """One finding a line, in the order given."""
    with replaced(path) as out:
        if isinstance(findings, FindingsFile):
            with findings.path.open("rb") as lines:
                shutil.copyfileobj(lines, out)
            return
        for finding in findings:
            out.write(to_json(finding))
            out.write(b"\n")


def write_summary(path: Path, summary: Summary) -> None:
    """summary.json: sorted keys, indented."""
    with replaced(path) as out:
        out.write(msgspec.json.format(to_json_sorted(summary), indent=2) + b"\n")


def to_json_sorted(summary: Summary) -> bytes:
    """The summary with sorted keys, on one line."""
    try:
        return msgspec.json.encode(summary, order="sorted")
    except UnicodeEncodeError:
        return msgspec.json.encode(_encodable(msgspec.to_builtins(summary)), order="sorted")

"""Judging from Python: documents or plain records in, findings out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hami_rules import statute
from hami_rules.intake.errors import InputError
from hami_rules.judge.findings import Finding
from hami_rules.pack.load import Pack, load_pack
from hami_rules.records.dates import today

from .documents import check_documents

__all__ = ["judge"]

Source = str | Path | Sequence[str | Path] | Mapping[str, Sequence[Mapping[str, Any]]]


def judge(
    records: Source,
    *,
    context: Sequence[str | Path] = (),
    as_of: date | None = None,
    select: str | Sequence[str] = (),
    pack: Pack | None = None,
) -> list[Finding]:
    """What is wrong with records, or open: the findings that `hami check` would show, finished as an audit does.

    `records`: a file, a folder, several of them, or plain data by table (`{"applications": [{…}]}`), with fields by
    name or by Chinese label. `context`: dossiers to look things up in, not judged. `as_of`: the day of the audit, today
    where none is given. `select`: only findings under these provisions (`"14"`, `"第十四条第一款"`, `["14.1a", "16"]`).

    Raises `InputError` (`hami_rules.intake.errors`) with every problem at its place where something cannot be read or
    is no record, and `AddressError` (`hami_rules.statute`) where a provision does not exist: nothing is passed over.
    """
    pack = pack or load_pack()
    wanted = [statute.parse_citation(a) for a in ([select] if isinstance(select, str) else select)]
    with tempfile.TemporaryDirectory(prefix="hami-") as folder:
        names: dict[Path, str] = {}
        if isinstance(records, Mapping):
            file = Path(folder) / "records.json"
            file.write_text(json.dumps(records, ensure_ascii=False, default=str), encoding="utf-8")
            names[file] = "records"
            paths = [file]
        else:
            paths = [Path(records)] if isinstance(records, str | Path) else [Path(p) for p in records]
        found = check_documents(
            paths, [Path(p) for p in context], pack, as_of or today(), None, names, trees=False
        )
    problems = [*found.problems, *(p for row in found.quarantined for p in row.problems)]
    if problems:
        raise InputError(problems)
    if not wanted:
        return found.findings
    return [f for f in found.findings if any(a.contains(statute.Address.parse(f.rule)) for a in wanted)]

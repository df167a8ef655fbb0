"""What events are judged beside: the reference tables of a dossier, as an audit would read them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from hami_rules.audit.accounts import trusted
from hami_rules.audit.chunk import Job
from hami_rules.audit.slips import SLIPS, sift
from hami_rules.intake.dossier import open_dossier
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.quarantine import Quarantined
from hami_rules.pack.load import Pack
from hami_rules.records.kinds import ROOTS

__all__ = ["TOLD_BY_EVENTS", "scene"]

TOLD_BY_EVENTS = frozenset({"applications", "tickets", "raised_problems", "construction_projects"})
"""Tables whose records the events tell of: a dossier's own are not looked at."""


def scene(
    dossier: Path | None, pack: Pack, as_of: date, rules_folder: str | None = None
) -> tuple[Job, list[Quarantined]]:
    """The job of judging beside a dossier, and what of the dossier could not be read. Raises `InputError`."""
    if dossier is None:
        return Job(rules_folder, as_of, {}, (), None, frozenset()), []
    tables: dict[str, bytes] = {}
    aside: list[Quarantined] = []
    problems: list[Problem] = []
    with open_dossier(dossier) as opened:
        for table in opened.sourced:
            if table in TOLD_BY_EVENTS or ROOTS[table].stream:
                continue
            found = opened.load(table)
            problems += found.problems
            entries, bad = found.entries, found.quarantined
            if table in SLIPS:
                entries, refused = sift(table, entries, pack)
                bad = [*bad, *refused]
            tables[table] = msgspec.msgpack.encode([e.record for e in entries])
            aside += bad
        completeness, _ = trusted(opened.completeness, aside)
    if problems:
        raise InputError(problems)
    return Job(rules_folder, as_of, tables, completeness, None, frozenset()), aside

"""`hami check`: single documents, with file, line and column."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from .audit import _day
from .common import (
    BAD,
    CLEAN,
    FOUND,
    complain,
    emit_json,
    guarded,
    judging_day,
    reaches,
    refuse,
    select_rules,
)

__all__ = ["check"]

FORMATS = ("text", "json")


def check(
    paths: list[Path],
    as_of: str | None,
    select: list[str],
    format_: str,
    explain: bool,
    context: list[Path],
    lang: str,
    fail_on: str,
) -> int:
    """Judge documents and say what is wrong where; the exit code of design §7."""
    if format_ not in FORMATS:
        refuse(f"--format 只能是 {'、'.join(FORMATS)}", f"--format is one of {', '.join(FORMATS)}", lang)
    for path in [*paths, *context]:
        if not path.exists():
            refuse(f"没有这个文件或文件夹：{path}", f"no such file or folder: {path}", lang)
    with guarded(lang):
        from hami_rules.audit.documents import check_documents
        from hami_rules.intake.errors import InputError
        from hami_rules.pack.load import load_pack
        from hami_rules.records.dates import today

        pack = load_pack()
        chosen = select_rules(pack, select, lang)
        day: date = judging_day(_day(as_of, lang) if as_of else today(), lang)
        found = check_documents(paths, context, pack, day, chosen)
        if found.judged == 0 and not found.quarantined:
            refuse("没有可评判的记录", "there is nothing to judge in these documents", lang)
        if found.unclaimed:
            complain(InputError(found.unclaimed), lang)
        for row in found.quarantined:
            complain(InputError(row.problems), lang)
        if found.unused:
            complain(InputError(found.unused), lang)
        if format_ == "json":
            from hami_rules.report.account import documents_summary
            from hami_rules.report.check_json import check_json

            emit_json(check_json(found.findings, documents_summary(pack, found, day, lang)))
        else:
            from hami_rules.report.check_text import check_text

            sys.stdout.write(
                check_text(
                    found.findings, found.text, lang,
                    documents=found.documents, explain=explain, colour=sys.stdout.isatty(),
                )
            )  # fmt: skip
        if found.quarantined:
            count = len(found.quarantined)
            refuse(f"{count} 条记录读不成，未作评判", f"{count} record(s) could not be read", lang)
        if found.errors or any(f.verdict == "error" for f in found.findings):
            return BAD
        return FOUND if any(reaches(f, fail_on) for f in found.findings) else CLEAN

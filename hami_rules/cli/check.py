"""`hami check`: single documents, with file, line and column."""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .audit import _day
from .common import (
    BAD,
    CLEAN,
    FOUND,
    Refusal,
    complain,
    emit_json,
    guarded,
    judging_day,
    reaches,
    refuse,
    select_rules,
)

if TYPE_CHECKING:
    from hami_rules.intake.errors import Problem

__all__ = ["check"]

FORMATS = ("text", "json")
STDIN = Path("-")


def check(
    paths: list[Path],
    as_of: str | None,
    select: list[str],
    format_: str,
    explain: bool,
    context: list[Path],
    lang: str,
    fail_on: str,
    stdin_filename: str = "stdin.yaml",
) -> int:
    """Judge documents and say what is wrong where; the exit code of design §7.

    As JSON there is one object on standard output whatever happens; what went wrong is in its `errors`.
    """
    if format_ not in FORMATS:
        refuse(f"--format 只能是 {'、'.join(FORMATS)}", f"--format is one of {', '.join(FORMATS)}", lang)
    from hami_rules.intake.errors import Problem
    from hami_rules.records.text import Text

    errors: list[Problem] = []
    try:
        with tempfile.TemporaryDirectory(prefix="hami-") as folder:
            return _check(
                paths, as_of, select, format_, explain, context, lang, fail_on, errors, stdin_filename, folder
            )
    except (Refusal, Exception) as error:
        if format_ == "json":
            from hami_rules.report.check_json import check_json

            if isinstance(error, Refusal):
                said = Text(error.zh, error.en)
            else:
                said = Text(f"程序内部出错：{error}", f"internal error: {error}")
            emit_json(check_json([], None, [*errors, Problem("refused", said)]))
        raise


def _check(
    paths: list[Path],
    as_of: str | None,
    select: list[str],
    format_: str,
    explain: bool,
    context: list[Path],
    lang: str,
    fail_on: str,
    errors: list[Problem],
    stdin_filename: str,
    folder: str,
) -> int:
    for path in [*paths, *context]:
        if not path.exists() and path != STDIN:
            refuse(f"没有这个文件或文件夹：{path}", f"no such file or folder: {path}", lang)
    with guarded(lang):
        from hami_rules.audit.documents import check_documents
        from hami_rules.intake.errors import InputError
        from hami_rules.pack.load import load_pack
        from hami_rules.records.dates import today

        names: dict[Path, str] = {}
        if STDIN in paths:
            kept = Path(folder) / (Path(stdin_filename).name or "stdin.yaml")
            kept.write_bytes(sys.stdin.buffer.read())
            names[kept] = stdin_filename
            paths = [kept if p == STDIN else p for p in dict.fromkeys(paths)]
        pack = load_pack()
        chosen = select_rules(pack, select, lang)
        day: date = judging_day(_day(as_of, lang) if as_of else today(), lang)
        try:
            found = check_documents(paths, context, pack, day, chosen, names)
        except InputError as error:
            errors += error.problems
            raise
        errors += [*found.problems, *(p for row in found.quarantined for p in row.problems)]
        if found.judged == 0 and not errors:
            refuse("没有可评判的记录", "there is nothing to judge in these documents", lang)
        for problems in (found.unclaimed, errors, found.unused):
            if problems:
                complain(InputError(problems), lang)
        if format_ == "json":
            from hami_rules.report.account import documents_summary
            from hami_rules.report.check_json import check_json

            emit_json(check_json(found.findings, documents_summary(pack, found, day, lang), errors))
        else:
            from hami_rules.report.check_text import check_text

            sys.stdout.write(
                check_text(
                    found.findings, found.text, lang, documents=found.documents, unread=found.unread,
                    explain=explain, colour=sys.stdout.isatty(),
                )
            )  # fmt: skip
        if errors:
            aside = len(found.quarantined)
            sys.stderr.write(
                f"hami: 读不成：文件 {found.unread} 份，记录 {aside} 条；其余已评判\n"
                if lang == "zh"
                else f"hami: could not be read: {found.unread} file(s), {aside} record(s); the rest was judged\n"
            )
            return BAD
        if found.errors or any(f.verdict == "error" for f in found.findings):
            return BAD
        return FOUND if any(reaches(f, fail_on) for f in found.findings) else CLEAN

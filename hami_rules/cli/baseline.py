"""`hami baseline write | update`: the findings that a repository lives with for now."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .check import Asked, Passed, passed, settled
from .common import CLEAN, FOUND, complain, guarded, refuse

if TYPE_CHECKING:
    from hami_rules.intake.errors import Problem

__all__ = ["update", "write"]


def _looked(asked: Asked) -> Passed:
    """What is there now, beside nothing. A document that cannot be read leaves no baseline."""
    from hami_rules.intake.errors import InputError

    errors: list[Problem] = []
    with tempfile.TemporaryDirectory(prefix="hami-") as folder:
        done = passed(asked, folder, errors, beside=False)
    if errors:
        lang = done.asked.lang or "zh"
        complain(InputError(errors), lang)
        refuse("有文件或记录读不成，没有写基线", "some of it cannot be read; no baseline was written", lang)
    return done


def _file(asked: Asked, output: Path | None) -> Path:
    """The baseline's place: as given, as configured, or by its usual name."""
    from hami_rules.gate.baseline import NAME

    return output or settled(asked)[0].baseline or Path(NAME)


def write(asked: Asked, output: Path | None, force: bool) -> int:
    """Write all present findings as known. Refuses to replace a baseline unless told to: `update` is for that."""
    from hami_rules.gate.baseline import write_baseline
    from hami_rules.gate.compare import known

    lang = asked.lang or "zh"
    with guarded(lang):
        file = _file(asked, output)
    if file.exists() and not force:
        refuse(
            f"{file} 已存在：用 hami baseline update 更新，或加 --force 重写",
            f"{file} exists: bring it up to date by `hami baseline update`, or rewrite it with --force",
            lang,
        )
    done = _looked(asked)
    rows = known(g.finding for g in done.verdict.items if g.waiver is None)
    with guarded(lang):
        write_baseline(file, rows, done.pack.data.version)
    sys.stdout.write(
        f"已写 {file}：{len(rows)} 个已知问题\n"
        if lang == "zh"
        else f"{file}: {len(rows)} known finding(s)\n"
    )
    return CLEAN


def update(asked: Asked, output: Path | None, accept_new: bool) -> int:
    """Drop what is gone and renew what changed. New findings come in only with `--accept-new`: otherwise they are
    listed and the exit code is 1."""
    from hami_rules.gate.baseline import read_baseline, write_baseline
    from hami_rules.gate.baseline import update as renewed
    from hami_rules.gate.run import looked_at

    lang = asked.lang or "zh"
    with guarded(lang):
        file = _file(asked, output)
        if not file.is_file():
            refuse(f"没有基线文件：{file}", f"there is no baseline {file}", lang)
        before = read_baseline(file)
    done = _looked(asked)
    findings = [g.finding for g in done.verdict.items if g.waiver is None]
    rows, new, gone = renewed(
        before, findings, accept_new, lambda k: looked_at(k, done.checked, done.plan, done.pack)
    )
    with guarded(lang):
        write_baseline(file, rows, done.pack.data.version)
    taken = len(new) if accept_new else 0
    for item in new:
        f = item.finding
        word = (
            ("收入" if accept_new else "未收入")
            if lang == "zh"
            else ("accepted" if accept_new else "left out")
        )
        sys.stdout.write(f"{word}：{f.location or f.record_label(lang)} [{f.rule}] {f.message(lang)}\n")
    sys.stdout.write(
        f"已更新 {file}：{len(rows)} 个已知问题，消除 {len(gone)}，新收入 {taken}，未收入 {len(new) - taken}\n"
        if lang == "zh"
        else f"{file}: {len(rows)} known, {len(gone)} gone, {taken} accepted, {len(new) - taken} left out\n"
    )
    if new and not accept_new:
        sys.stderr.write(
            "hami: 新问题没有收入基线；确要收入，加 --accept-new\n"
            if lang == "zh"
            else "hami: new findings were not taken in; --accept-new takes them in\n"
        )
        return FOUND
    return CLEAN

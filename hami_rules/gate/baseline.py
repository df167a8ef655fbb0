"""The baseline: a file of the findings that a repository lives with for now, so that only new ones fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from hami_rules.intake.errors import InputError, Problem
from hami_rules.judge.findings import Finding
from hami_rules.records.location import Location
from hami_rules.records.text import Text

from .compare import compare, known
from .model import Gated, Known

__all__ = ["FORMAT", "NAME", "read_baseline", "update", "write_baseline"]

NAME = "hami-baseline.json"
FORMAT = "hami-baseline/v1"


class _Baseline(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    pack: str
    findings: list[Known]


def read_baseline(path: Path) -> list[Known]:
    """Raises `InputError` for a file that is none, or of another format."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Baseline)
    except msgspec.MsgspecError as error:
        raise _wrong(path, f"不是基线文件：{error}", f"not a baseline: {error}") from None
    if kept.format != FORMAT:
        raise _wrong(
            path, f"基线格式是 {kept.format}，应为 {FORMAT}", f"its format is {kept.format}, not {FORMAT}"
        )
    return [_moved(k, lambda s: _from_here(path.resolve().parent / s)) for k in kept.findings]


def _moved(k: Known, to: Callable[[str], str]) -> Known:
    return msgspec.structs.replace(k, source=to(k.source)) if k.source else k


def _from_here(place: Path) -> str:
    here = Path.cwd().resolve()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)


def _wrong(path: Path, zh: str, en: str) -> InputError:
    hint = Text("用 hami baseline write 重新生成", "make it anew by: hami baseline write")
    return InputError([Problem("baseline", Text(zh, en), Location(str(path)), hint)])


def write_baseline(path: Path, findings: Iterable[Known], pack: str) -> None:
    """One finding a line and in the order of ids, so that a review of the change reads well."""
    folder = path.resolve().parent
    named = (_moved(k, lambda s: Path(os.path.relpath(s, folder)).as_posix()) for k in findings)
    rows = sorted(named, key=lambda k: (k.id, k.state))
    lines = ",\n".join("  " + msgspec.json.encode(k).decode() for k in rows)
    body = (
        f'{{"format": "{FORMAT}", "pack": {msgspec.json.encode(pack).decode()}, "findings": [\n{lines}\n]}}\n'
    )
    path.write_text(body, "utf-8")


def update(
    before: Sequence[Known],
    findings: Sequence[Finding],
    accept_new: bool,
    looked_at: Callable[[Known], bool] = lambda _: True,
) -> tuple[list[Known], list[Gated], list[Known]]:
    """The baseline brought up to date: (what it holds now, the new findings, what is gone).

    Gone ones leave, changed ones are written anew; new ones come in only where that was said. What was not looked at
    stays as it is.
    """
    items, missing = compare(findings, before)
    gone = [k for k in missing if looked_at(k)]
    new = [g for g in items if g.status == "new" and g.level is not None]
    kept = [g.finding for g in items if accept_new or g.status != "new"]
    held = known(kept)
    held += [k for k in missing if not looked_at(k)]
    if not accept_new:
        # What is graver now than it was known stays as it was known.
        ids = {g.finding.id for g in new}
        held += [k for k in before if k.id in ids]
    return held, new, gone

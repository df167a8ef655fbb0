"""`hami diff`: what was put right, what is new, what came back, between audits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .common import BAD, CLEAN, FOUND, emit_json, guarded, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hami_rules.report.diff import Comparison

__all__ = ["diff"]

SHOWN = 20  # findings of one sort, at most


def diff(folders: list[Path], as_json: bool, lang: str) -> int:
    """Exit 1 where something is new or came back, 0 where nothing is, 2 where the audits cannot be compared."""
    with guarded(lang):
        from hami_rules.report.diff import compare
        from hami_rules.report.stored import open_stored

        if len(folders) < 2:
            refuse(
                "至少给出两个审计的输出文件夹，由早到晚",
                "give the outputs of two audits or more, oldest first",
                lang,
            )
        for folder in folders:
            if not folder.exists():
                refuse(f"没有这个文件夹：{folder}", f"no such folder: {folder}", lang)
        made = compare([open_stored(folder) for folder in folders])
        if not made.balanced:
            sys.stderr.write(f"hami: 账目不平（the counts do not add up）：{made.counts}\n")
            return BAD
        if as_json:
            _json(made)
        else:
            sys.stdout.write("".join(f"{line}\n" for line in _text(made, lang)))
        return FOUND if made.counts["new"] or made.counts["back"] else CLEAN
    return BAD


def _json(made: Comparison) -> None:
    import msgspec

    from hami_rules.report.lines import to_json

    said = {
        "version": "1", "before": made.before, "after": made.after, "counts": made.counts, "notes": made.notes,
        "changes": [c for c in made.changes if c.change != "unchanged"],
    }  # fmt: skip
    emit_json(msgspec.json.format(to_json(said), indent=2).decode() + "\n")


def _text(made: Comparison, lang: str) -> Iterator[str]:
    from hami_rules.report.diff import CHANGES
    from hami_rules.report.mask import Mask
    from hami_rules.report.safe import clip, one_line
    from hami_rules.report.words import GRADES

    mask, zh = Mask(), lang == "zh"
    for note in made.notes:
        yield f"{'注意：' if zh else 'Note: '}{note(lang)}"
    yield (
        f"{'上次' if zh else 'before'} {made.before:,}  {'本次' if zh else 'after'} {made.after:,}  "
        + "  ".join(f"{word(lang)} {made.counts[kind]:,}" for kind, word in CHANGES.items())
    )
    for kind, word in CHANGES.items():
        if kind == "unchanged" or not made.counts[kind]:
            continue
        yield f"{word(lang)} {made.counts[kind]:,}"
        for change in [c for c in made.changes if c.change == kind][:SHOWN]:
            why = f"（{change.why(lang)}）" if change.why else ""
            text = f"{GRADES[change.grade](lang)} {change.rule} {change.organ} {change.record}  {change.message(lang)}{why}"
            yield "  " + clip(one_line(mask.text(text, change.persons)), 400)
        if made.counts[kind] > SHOWN:
            left = made.counts[kind] - SHOWN
            yield f"  ……另有 {left:,} 项，见 --json" if zh else f"  … {left:,} more: --json"

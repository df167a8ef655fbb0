"""`hami replay`: the records of a dossier as the stream of events that would have told of them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .common import CLEAN, default_as_of, guarded, judging_day, refuse

if TYPE_CHECKING:
    from hami_rules.live.replay import Replay

__all__ = ["replay"]


def replay(dossier: Path, as_of: str | None, speed: float, lang: str) -> int:
    """Write the events to standard output, `speed` times as fast as they happened (0: as fast as they are read)."""
    from .audit import _day

    with guarded(lang, dossier if dossier.is_dir() else dossier.parent):
        from hami_rules.intake.dossier import open_dossier
        from hami_rules.live.replay import Replay
        from hami_rules.live.replay import replay as events

        if not dossier.exists():
            refuse(f"没有这个文件或文件夹：{dossier}", f"no such file or folder: {dossier}", lang)
        if speed < 0:
            refuse("--speed 不能是负数", "--speed cannot lie below zero", lang)
        counts = Replay()
        out = sys.stdout.buffer
        with open_dossier(dossier) as opened:
            ends = [c.end for c in opened.completeness if c.table == "applications"]
            day = judging_day(_day(as_of, lang) if as_of else default_as_of(ends), lang)
            begun: tuple[float, float] | None = None
            for at, line in events(opened, str(dossier), day, counts):
                if begun is None:
                    _announce(
                        counts, lang
                    )  # before the first line: the reader may be a table on the same terminal
                    begun = at, time.monotonic()
                if speed:
                    ahead = (at - begun[0]) / speed - (time.monotonic() - begun[1])
                    if ahead > 0.01:
                        out.flush()
                        time.sleep(ahead)
                out.write(line)
            out.flush()
    return CLEAN


def _announce(counts: Replay, lang: str) -> None:
    if counts.events == 0:
        refuse(
            "卷宗里没有可以重放的办件、工单、问题或者工程项目",
            "the dossier holds nothing to replay",
            lang,
        )
    sys.stderr.write(
        f"hami replay: {counts.records} 条记录，{counts.events} 个事件；重复 {counts.duplicates}，隔离 {counts.quarantined}\n"
        if lang == "zh"
        else f"hami replay: {counts.records} records, {counts.events} events; {counts.duplicates} duplicates, "
        f"{counts.quarantined} quarantined\n"
    )

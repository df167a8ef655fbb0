"""The live table: the last alerts as they come, and what stands behind them, on a terminal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text as Rich

from .alerts import Alert
from .settings import Counts

__all__ = ["LiveTable", "closing_words"]

_CARDS = {
    "red": ("红牌", "red", "bold white on red"),
    "yellow": ("黄牌", "yellow", "black on yellow"),
    "green": ("绿牌", "green", "black on green"),
}
_EVERY = 0.25  # seconds between two drawings


class LiveTable:
    """Shows the last alerts. Use it as a context; `show` takes an alert, `count` what has been read so far."""

    def __init__(self, console: Console, lang: str) -> None:
        self.console, self.lang = console, lang
        self._rows: deque[Alert] = deque(maxlen=max(5, min(console.size.height - 8, 30)))
        self._counts = Counts()
        self._now: datetime | None = None
        self._started = time.monotonic()
        self._read_before = 0
        self._live = Live(console=console, auto_refresh=False, transient=False, vertical_overflow="crop")
        self._drawn = 0.0

    def __enter__(self) -> LiveTable:
        self._live.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._draw(True)
        self._live.__exit__(*error)

    def show(self, alert: Alert) -> None:
        self._rows.append(alert)

    def count(self, counts: Counts, now: datetime) -> None:
        self._counts, self._now = counts, now
        self._draw(False)

    def _draw(self, always: bool) -> None:
        at = time.monotonic()
        if always or at - self._drawn >= _EVERY:
            self._drawn = at
            self._live.update(self.drawn(), refresh=True)

    def drawn(self) -> Group:
        """The table as it stands."""
        zh = self.lang == "zh"
        c = self._counts
        rate = c.read / max(time.monotonic() - self._started, 1e-6)
        clock = (
            self._now.strftime("%Y-%m-%d %H:%M") if self._now is not None and self._now.year > 1900 else "—"
        )
        head = Rich.assemble(
            (f" {clock} ", "bold"),
            f"  {'事件' if zh else 'events'} {c.read:,} ({rate:,.0f}/s)  ",
            (f" {'红' if zh else 'red'} {c.red} ", _CARDS["red"][2]),
            " ",
            (f" {'黄' if zh else 'yellow'} {c.yellow} ", _CARDS["yellow"][2]),
            " ",
            (f" {'绿' if zh else 'green'} {c.green} ", _CARDS["green"][2]),
            f"  {'隔离' if zh else 'quarantined'} {c.quarantined}",
            f"  {'重复' if zh else 'repeated'} {c.repeated}  {'迟到' if zh else 'late'} {c.late}",
            (
                f"  {'引擎不一致' if zh else 'mismatches'} {c.mismatches}",
                "bold red" if c.mismatches else "dim",
            ),
        )
        table = Table(expand=True, show_edge=False, pad_edge=False, header_style="bold")
        names = (
            ("", "时间", "编号", "条款", "责任单位", "内容")
            if zh
            else ("", "at", "no.", "article", "organ", "what")
        )
        for name, options in zip(names, _COLUMNS, strict=True):
            table.add_column(name, **options)
        for alert in self._rows:
            table.add_row(*self._row(alert))
        return Group(head, table)

    def _row(self, a: Alert) -> Sequence[Rich]:
        zh_name, en_name, style = _CARDS[a.card]
        zh = self.lang == "zh"
        message = a.message(self.lang)
        if a.card == "green":
            message = f"{a.title(self.lang)}{'：' if zh else ': '}{message}"
        elif a.grade == "suspicion":
            message = f"{'（疑似）' if zh else '(suspicion) '}{message}"
        if a.primary is not None:
            message = f"{'（同一事实已另计）' if zh else '(counted elsewhere) '}{message}"
        cells = (a.at[5:16].replace("T", " "), a.key, a.rule, a.organ_name or a.organ_code or "", message)
        # Never markup: what an event says is shown as it stands.
        return (Rich(f" {zh_name if zh else en_name} ", style=style), *(Rich(_plain(x)) for x in cells))


_COLUMNS: tuple[dict[str, Any], ...] = (
    {"no_wrap": True},
    {"no_wrap": True},
    {"no_wrap": True, "overflow": "ellipsis", "max_width": 18},
    {"no_wrap": True},
    {"no_wrap": True, "overflow": "ellipsis", "max_width": 22},
    {"no_wrap": True, "overflow": "ellipsis", "ratio": 1},
)


def _plain(text: str) -> str:
    return "".join(ch if ch.isprintable() else " " for ch in text)


def closing_words(counts: Counts, lang: str) -> str:
    """What was done, at the end: it adds up."""
    c = counts
    if lang == "en":
        return (
            f"events: {c.read} read = {c.folded} folded + {c.repeated} repeated + {c.quarantined} quarantined + "
            f"{c.clocks} clock; {c.late} late\n"
            f"cards: {c.red} red, {c.yellow} yellow, {c.green} green (taken back)\n"
            f"engine: {c.fired} alerts fired by durable_rules as well, {c.mismatches} mismatches"
        )
    return (
        f"事件：读取 {c.read} = 折叠 {c.folded} + 重复 {c.repeated} + 隔离 {c.quarantined} + 时钟 {c.clocks}；迟到 {c.late}\n"
        f"牌：红 {c.red}，黄 {c.yellow}，绿 {c.green}（收回的牌）\n"
        f"引擎：durable_rules 同样触发 {c.fired} 项，不一致 {c.mismatches} 项"
    )

"""The live table: the last alerts as they come, and what stands behind them, on a terminal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group
from rich.live import Live
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
    """Shows the last alerts, each in two lines: what it is about, and what is wrong. Use it as a context; `show` takes an
    alert, `count` what has been read so far."""

    def __init__(self, console: Console, lang: str) -> None:
        self.console, self.lang = console, lang
        self._rows: deque[Alert] = deque(maxlen=40)
        self._counts = Counts()
        self._now: datetime | None = None
        self._started = time.monotonic()
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
        """What is shown as it stands."""
        width, height = self.console.size
        head = list(_filled(self._head(), width))
        # The closing words need three lines, and the cursor one.
        rows = list(self._rows)[-max(1, (height - len(head) - 4) // 2) :]
        return Group(*head, *self._lines(rows, width))

    def _head(self) -> Iterator[tuple[str, str]]:
        """The parts of the head with their styles; each stays whole."""
        zh, c = self.lang == "zh", self._counts
        rate = c.read / max(time.monotonic() - self._started, 1e-6)
        known = self._now is not None and self._now.year > 1900
        yield (self._now.strftime("%Y-%m-%d %H:%M") if known and self._now is not None else "—"), "bold"
        yield f"{'事件' if zh else 'events'} {c.read:,} ({rate:,.0f}/s)", ""
        for (zh_name, en_name, style), number in zip(
            _CARDS.values(), (c.red, c.yellow, c.green), strict=True
        ):
            yield f" {zh_name if zh else en_name} {number} ", style
        yield f"{'隔离' if zh else 'quarantined'} {c.quarantined}", "bold red" if c.quarantined else "dim"
        yield f"{'重复' if zh else 'repeated'} {c.repeated}", "dim"
        yield f"{'迟到' if zh else 'late'} {c.late}", "dim"
        yield f"{'引擎不一致' if zh else 'mismatches'} {c.mismatches}", "bold red" if c.mismatches else "dim"

    def _lines(self, rows: Sequence[Alert], width: int) -> Iterator[Rich]:
        """Columns as wide as what they hold, so that numbers are never cut; the organ takes what is left."""
        cells = [(_when(a), _plain(a.key), a.rule) for a in rows]
        wide = [max((cell_len(c[i]) for c in cells), default=0) for i in range(3)]
        for alert, said in zip(rows, cells, strict=True):
            zh_name, en_name, style = _CARDS[alert.card]
            card = f" {zh_name if self.lang == 'zh' else en_name} "
            rest = "  ".join(set_cell_size(text, n) for text, n in zip(said, wide, strict=True))
            organ = _plain(alert.organ_name or alert.organ_code or "")
            left = width - cell_len(card) - 1
            yield Rich.assemble((card, style), " ", _cut(f"{rest}  {organ}", left), no_wrap=True)
            margin = " " * (cell_len(card) + 1)
            # Never markup: what an event says is shown as it stands.
            yield Rich(margin + _cut(_plain(self._said(alert)), left), no_wrap=True)

    def _said(self, a: Alert) -> str:
        """What is wrong; of a card that is not red, what it is about comes first, and is not said again."""
        zh = self.lang == "zh"
        message = a.message(self.lang)
        if a.card != "red":
            short = message.partition("；" if zh else ";")[0] if a.card == "yellow" else message
            message = f"{a.title(self.lang)}{'：' if zh else ': '}{short}"
        elif a.grade == "suspicion":
            message = f"{'（疑似）' if zh else '(suspicion) '}{message}"
        if a.primary is not None:
            message = f"{'（同一事实已另计）' if zh else '(counted elsewhere) '}{message}"
        return message


def _filled(parts: Iterable[tuple[str, str]], width: int) -> Iterator[Rich]:
    """Parts put beside each other, in as many lines as they need."""
    line = Rich(no_wrap=True)
    for text, style in parts:
        if line and line.cell_len + 2 + cell_len(text) > width:
            yield line
            line = Rich(no_wrap=True)
        line.append("  " if line else "")
        line.append(text, style)
    yield line


def _when(alert: Alert) -> str:
    """The day, and the hour where it is known."""
    return alert.at[:10] if alert.at[11:16] == "00:00" else alert.at[:16].replace("T", " ")


def _cut(text: str, width: int) -> str:
    """A text that fits; what is cut off is shown by an ellipsis, and no character is cut in two."""
    if cell_len(text) <= width:
        return text
    while cell_len(text) > width - 1:
        text = text[:-1]
    return text + "…"


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

"""Bar charts as plain SVG geometry: the template draws them, the style sheet colours them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .safe import one_line, width
from .summary import Tally

__all__ = ["Bar", "Chart", "bars"]

WIDTH = 680  # user units; the page scales them
ROW = 26
BAR = 14
GAP = 10  # between label and bar
TAIL = 86  # room for the figures behind the longest bar
CHARACTER = 6.7  # half the advance of a 13-unit Chinese character


@dataclass(frozen=True)
class Piece:
    grade: str
    x: float
    width: float
    count: int


@dataclass(frozen=True)
class Bar:
    label: str
    full_label: str
    y: int
    pieces: tuple[Piece, ...]
    end: float
    figure: str


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    left: float
    bar: int
    rows: tuple[Bar, ...]


def _fitted(label: str, columns: int) -> str:
    if width(label) <= columns:
        return label
    while label and width(label) > columns - 2:
        label = label[:-1]
    return label + "…"


def bars(rows: Iterable[tuple[str, Tally]], label_columns: int = 42) -> Chart:
    """Stacked horizontal bars: violations, shortfalls, suspicions, in instances. Order is the caller's."""
    given = [
        (one_line(label), {g: getattr(t, g).instances for g in ("violation", "shortfall", "suspicion")})
        for label, t in rows
    ]
    labels = [_fitted(label, label_columns) for label, _ in given]
    left = round(max((width(label) for label in labels), default=0) * CHARACTER + GAP, 1)
    most = max((sum(counts.values()) for _, counts in given), default=0)
    scale = (WIDTH - left - TAIL) / most if most else 0.0
    drawn = []
    for i, ((full, counts), label) in enumerate(zip(given, labels, strict=True)):
        x, pieces = left, []
        for grade, count in counts.items():
            if count:
                pieces.append(Piece(grade, round(x, 1), max(round(count * scale, 1), 1.0), count))
                x += count * scale
        figure = " + ".join(f"{c:,}" for c in counts.values() if c)
        drawn.append(Bar(label, full, i * ROW, tuple(pieces), round(x + 6, 1), figure))
    return Chart(WIDTH, max(len(drawn) * ROW, 1), left, BAR, tuple(drawn))

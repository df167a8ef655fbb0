"""What is wrong with an input, said so that its owner can put it right: where, what, and what was probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

import msgspec

from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["InputError", "Problem", "nearest", "quoted", "render"]

TAB_STOP = 4
WINDOW = 100  # terminal columns of a source line that are shown


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with an input.

    `code` is a stable slug for programs (`unknown-field`); `message` says what is wrong, `hint` what to do about
    it. `location` is `None` only where the input has no place at all.
    """

    code: str
    message: Text
    location: Location | None = None
    hint: Text | None = None

    def moved(self, base: Location) -> Problem:
        """The same problem of a row that was read by itself, placed where the row stands in its source.

        Line 1 of the row is `base.line`; a base without a line gives its row and offset only.
        """
        here = self.location or Location(base.source)
        line = end_line = None
        if base.line is not None:
            line = base.line + (here.line or 1) - 1
            end_line = base.line + here.end_line - 1 if here.end_line else None
        moved = msgspec.structs.replace(
            base,
            line=line,
            column=here.column if line else None,
            end_line=end_line,
            end_column=here.end_column if end_line else None,
            pointer=here.pointer,
        )
        return msgspec.structs.replace(self, location=moved)


class InputError(Exception):
    """An input cannot be used. Carries all its problems at once, and the text they stand in where it is known."""

    def __init__(self, problems: Iterable[Problem], text: str | None = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.text = text
        super().__init__("\n".join(render(p, None, "en") for p in self.problems))

    def moved(self, base: Location) -> InputError:
        """The same error, its problems moved as `Problem.moved` says; the row's text no longer goes with them."""
        return InputError(p.moved(base) for p in self.problems)

    def render(self, lang: str = "zh", colour: bool = False) -> str:
        """All problems as `render` shows them, one after the other."""
        return "\n".join(render(p, self.text, lang, colour) for p in self.problems)


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` was probably meant to be, or `None` if none is close.

    Case, and `-` or a space for `_`, do not count as differences.
    """
    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(_fold(candidate), candidate)
    # Half of a two-character Chinese word must be enough.
    cutoff = 0.6 if name.isascii() else 0.5
    close = difflib.get_close_matches(_fold(name), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold().replace("-", "_").replace(" ", "_")


def quoted(value: object, limit: int = 60) -> str:
    """A value from an input as messages quote it: one line, no control characters, cut to `limit` characters."""
    text = _visible(str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def render(problem: Problem, source_text: str | None, lang: str = "zh", colour: bool = False) -> str:
    """The problem for a terminal: `file:line:column: message`, the source line, a caret under it, the hint.

    `source_text` is the text that `problem.location` counts in (a BOM not counted), or `None` to leave the source
    line out. Carets are placed by terminal columns: full-width characters take two, tabs go to the next stop.
    """
    place = problem.location
    head = f"{_visible(place.exact)}: " if place else ""
    message = _visible(problem.message(lang))
    lines = [f"\x1b[1m{head}\x1b[31m{message}\x1b[0m" if colour else f"{head}{message}"]
    if source_text is not None and place and place.line and place.column:
        lines += _excerpt(source_text, place, colour)
    if problem.hint:
        label = "hint: " if lang == "en" else "提示："
        lines.append(f"  {label}{_visible(problem.hint(lang))}")
    return "\n".join(lines)


def _excerpt(text: str, place: Location, colour: bool) -> list[str]:
    assert place.line and place.column
    # Lines as the positions count them: LF, CRLF and CR end a line, nothing else does.
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if place.line > len(lines):
        return []
    line = lines[place.line - 1]
    if not line.strip():
        return []
    start = min(place.column - 1, len(line))
    end = len(line)
    if place.end_column and (place.end_line or place.line) == place.line:
        end = min(place.end_column - 1, end)

    cells = _cells(line)
    widths = [sum(w for _, w in cells[:start]), sum(w for _, w in cells[start:end])]
    first = 0
    if widths[0] + widths[1] > WINDOW:  # a long line: show the part that matters
        while first < start and sum(w for _, w in cells[first:start]) > WINDOW // 3:
            first += 1
    shown, width, last = "", 0, first
    while last < len(cells) and width + cells[last][1] <= WINDOW:
        shown += cells[last][0]
        width += cells[last][1]
        last += 1
    before, after = ("…" if first else ""), ("…" if last < len(cells) else "")
    indent = len(before) + sum(w for _, w in cells[first:start])
    under = max(1, sum(w for _, w in cells[start : min(end, last)]))
    caret = "^" + "~" * (under - 1)
    return [
        f"  {before}{shown}{after}".rstrip(),
        "  " + " " * indent + (f"\x1b[32m{caret}\x1b[0m" if colour else caret),
    ]


def _cells(line: str) -> list[tuple[str, int]]:
    """Each character as it is shown, with the terminal columns it takes."""
    cells: list[tuple[str, int]] = []
    column = 0
    for char in line:
        if char == "\t":
            width = TAB_STOP - column % TAB_STOP
            cells.append((" " * width, width))
        else:
            shown = _visible(char)
            width = _width(shown)
            cells.append((shown, width))
        column += width
    return cells


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


# What could drive a terminal, break a line or turn the reading direction is never printed as it stands.
_HIDDEN = dict.fromkeys((*range(32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)), "�")
_HIDDEN |= dict.fromkeys((9, 10, 13, 133, 8232, 8233), " ")
_HIDDEN |= dict.fromkeys((*range(0x200E, 0x2010), *range(0xD800, 0xE000), 0xFEFF), "\ufffd")


def _visible(text: str) -> str:
    return text.translate(_HIDDEN)

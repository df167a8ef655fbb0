"""Where a record stands in the world of files: file, line and column; sheet and cell; table, row and byte."""

from __future__ import annotations

import msgspec

__all__ = ["Location"]


class Location(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A place in a source. Lines and columns count from 1, in code points; `offset` is a byte offset from 0.

    `source` is the path as the user named it (relative where he was relative). `pointer` is the JSON pointer
    of the value inside its document or row.
    """

    source: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    pointer: str | None = None
    sheet: str | None = None
    cell: str | None = None
    row: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        """The clickable form: `file:line:column`, `file!sheet!cell`, or `file#row`."""
        if self.cell is not None:
            return f"{self.source}!{self.sheet}!{self.cell}"
        if self.line is not None:
            return f"{self.source}:{self.line}:{self.column or 1}"
        if self.row is not None:
            return f"{self.source}#row={self.row}"
        return self.source

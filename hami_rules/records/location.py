"""Where a record stands in the world of files: file, line and column; sheet and cell; table, row and byte."""

from __future__ import annotations

import msgspec

__all__ = ["Location"]


class Location(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A place in a source. Lines and columns count from 1, in code points; `offset` is a byte offset from 0.

    `source` is the path as the user named it (relative where he was relative). `pointer` is the JSON pointer
    of the value inside its document or row; `header` the heading of its column, in a table that has columns.
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
    header: str | None = None

    @property
    def exact(self) -> str:
        """The clickable form, and in a table without lines and cells (Parquet) the column: `file#row=2:申请时间`."""
        by_row = self.row is not None and self.cell is None and self.line is None
        return f"{self}:{self.header}" if by_row and self.header is not None else str(self)

    def __str__(self) -> str:
        """The clickable form: `file:line:column`, `file!sheet!cell`, or `file#row`."""
        if self.cell is not None:
            return f"{self.source}!{self.sheet}!{self.cell}"
        if self.line is not None:
            return f"{self.source}:{self.line}:{self.column or 1}"
        if self.row is not None:
            return f"{self.source}#row={self.row}"
        return self.source

"""Where events come from: standard input, a file followed as it grows, or a folder that files drop into."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hami_rules.records.location import Location

__all__ = ["FileSource", "FolderSource", "Line", "Source", "StreamSource", "open_source"]

LONGEST = 4 << 20
"""Bytes of a line; what is longer is no event and is cut off there, so that it cannot fill the memory."""
_BLOCK = 1 << 18
_POLL = 0.2
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp")


@dataclass(frozen=True)
class Line:
    """One line, where it stands, and how far its source is read with it (bytes, lines)."""

    body: bytes
    place: Location
    offset: int


@dataclass
class _Cutter:
    """Cuts what is read into lines; what has no end yet stays."""

    name: str
    offset: int = 0
    line: int = 0
    rest: bytearray = field(default_factory=bytearray)
    skipping: bool = False

    def feed(self, block: bytes) -> Iterator[Line]:
        self.rest += block
        start = 0
        while (end := self.rest.find(b"\n", start)) >= 0:
            yield from self._line(bytes(self.rest[start:end]), end - start + 1)
            start = end + 1
        del self.rest[:start]
        if len(self.rest) > LONGEST:
            yield from self._line(bytes(self.rest[:LONGEST]), 0)
            self.skipping = True
            self.offset += len(self.rest)
            self.rest.clear()

    def finish(self) -> Iterator[Line]:
        """The last line, where it has no end."""
        if self.rest:
            body, size = bytes(self.rest), len(self.rest)
            self.rest.clear()
            yield from self._line(body, size)

    def _line(self, body: bytes, size: int) -> Iterator[Line]:
        at = self.offset
        self.offset += size
        if self.skipping:
            self.skipping = False  # the end of a line that was cut off
            return
        self.line += 1
        yield Line(body, Location(self.name, line=self.line, offset=at), self.offset)


class Source:
    """What is read line by line. `read` waits up to `wait` seconds for at least one line; `ended`: there is no more."""

    ended = False

    def read(self, most: int, wait: float) -> list[tuple[str, Line]]:
        """Lines with the name of the source they were read from."""
        raise NotImplementedError

    def lines_read(self, name: str) -> int:
        """The number of lines that have been read of a source."""
        raise NotImplementedError


class StreamSource(Source):
    """Standard input."""

    def __init__(self, fd: int | None = None) -> None:
        self._fd = sys.stdin.fileno() if fd is None else fd
        self._cut = _Cutter("-")
        self._held: list[Line] = []
        self._at_end = False

    def read(self, most: int, wait: float) -> list[tuple[str, Line]]:
        while not self._held and not self._at_end:
            ready, _, _ = select.select([self._fd], [], [], wait)
            if not ready:
                return []
            block = os.read(self._fd, _BLOCK)
            if block:
                self._held += self._cut.feed(block)
            else:
                self._held += self._cut.finish()
                self._at_end = True
        out, self._held = self._held[:most], self._held[most:]
        self.ended = self._at_end and not self._held
        return [("-", line) for line in out]

    def lines_read(self, name: str) -> int:
        return self._cut.line


class FileSource(Source):
    """A file, from where it was left; followed as it grows unless it is to be read once."""

    def __init__(self, path: Path, name: str, position: tuple[int, int], once: bool) -> None:
        self.path, self.name, self.once = path, name, once
        self._file = path.open("rb")
        self._cut = _Cutter(name, *position)
        if position[0] > os.fstat(self._file.fileno()).st_size:
            self._cut = _Cutter(name)  # it was begun anew
        self._file.seek(self._cut.offset)
        self._inode = os.fstat(self._file.fileno()).st_ino
        self._held: list[Line] = []
        self._done = False

    def read(self, most: int, wait: float) -> list[tuple[str, Line]]:
        until = time.monotonic() + wait
        while not self._held:
            block = self._file.read(_BLOCK)
            if block:
                self._held += self._cut.feed(block)
                continue
            if self.once:
                self._held += self._cut.finish()
                self._done = True
                break
            if self._begun_anew():
                continue
            if time.monotonic() >= until:
                return []
            time.sleep(min(_POLL, wait) or _POLL)
        out, self._held = self._held[:most], self._held[most:]
        self.ended = self._done and not self._held
        return [(self.name, line) for line in out]

    def _begun_anew(self) -> bool:
        """Whether another file stands in its place, or it was emptied: then it is read from the start. Events that come
        again are known by their ids."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        if now.st_ino == self._inode and now.st_size >= self._file.tell():
            return False
        self._file.close()
        self._file = self.path.open("rb")
        self._inode = now.st_ino
        self._cut = _Cutter(self.name)
        return True

    def lines_read(self, name: str) -> int:
        return self._cut.line

    def close(self) -> None:
        self._file.close()


class FolderSource(Source):
    """A folder: its files in the order of their names, each from where it was left; new ones as they drop in."""

    def __init__(self, folder: Path, position: Callable[[str], tuple[int, int]], once: bool) -> None:
        self.folder, self.once = folder, once
        self._position = position
        self._sizes: dict[str, int] = {}
        self._lines: dict[str, int] = {}
        self._open: FileSource | None = None

    def read(self, most: int, wait: float) -> list[tuple[str, Line]]:
        until = time.monotonic() + wait
        while True:
            if self._open is None:
                self._open = self._next()
            if self._open is None:
                if self.once:
                    self.ended = True
                    return []
                if time.monotonic() >= until:
                    return []
                time.sleep(min(_POLL, wait) or _POLL)
                continue
            found = self._open.read(most, 0.0)
            self._lines[self._open.name] = self._open.lines_read("")
            if self._open.ended:
                self._open.close()
                self._open = None
            if found:
                return found

    def _next(self) -> FileSource | None:
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith((".", "~")) or path.suffix in UNFINISHED or not path.is_file():
                continue
            size = path.stat().st_size
            if self._sizes.get(path.name) == size:
                continue
            before = self._sizes.get(path.name)
            self._sizes[path.name] = size
            position = self._position(path.name)
            if before is not None or position[0] < size:
                return FileSource(path, path.name, position, once=True)
        return None

    def lines_read(self, name: str) -> int:
        return self._lines.get(name, 0)


def open_source(source: str, position: Callable[[str], tuple[int, int]], once: bool) -> Source:
    """The source that a user names. Raises OSError where there is none."""
    if source == "-":
        return StreamSource()
    path = Path(source)
    if path.is_dir():
        return FolderSource(path, position, once)
    return FileSource(path, source, position(source), once)

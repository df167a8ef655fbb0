"""Where alerts go: a file that has each of them exactly once, or a stream; and what was set aside, beside the state."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

__all__ = ["FileSink", "Sink", "StreamSink"]


class _Numbered(msgspec.Struct):
    seq: int = 0


class Sink(Protocol):
    """Takes alerts in the order of their numbers. `last` is the number of the last one that it has."""

    last: int

    def put(self, seq: int, body: bytes) -> None: ...

    def flush(self) -> None: ...


class FileSink:
    """A file of lines. What it has is read from its end, so a process that was killed writes none twice; a line that a
    kill cut off is written anew."""

    def __init__(self, path: Path, lasting: bool = False) -> None:
        self.path, self.lasting = path, lasting
        path.touch(exist_ok=True)
        self._file = path.open("r+b")
        self.last = self._tail()
        self._file.seek(0, os.SEEK_END)

    def _tail(self) -> int:
        """The number of the last whole line; what comes after it is cut off."""
        size = self._file.seek(0, os.SEEK_END)
        block = 1 << 16
        while True:
            start = max(0, size - block)
            self._file.seek(start)
            tail = self._file.read(size - start)
            end = tail.rfind(b"\n")
            if end >= 0 or start == 0:
                whole = tail[: end + 1]
                begin = whole.rfind(b"\n", 0, max(len(whole) - 1, 0))
                if begin >= 0 or start == 0:
                    break
            block *= 4
        self._file.truncate(start + end + 1)
        last = whole[begin + 1 :].strip()
        return msgspec.json.decode(last, type=_Numbered).seq if last else 0

    def put(self, seq: int, body: bytes) -> None:
        if seq > self.last:
            self._file.write(body + b"\n")
            self.last = seq

    def flush(self) -> None:
        self._file.flush()
        if self.lasting:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self.flush()
        self._file.close()


class StreamSink:
    """A stream of lines. Nobody can tell what the reader has: after a kill, those that may not have reached him come
    again, with the numbers that they had."""

    def __init__(self, stream: BinaryIO, last: int) -> None:
        self._stream = stream
        self.last = last

    def put(self, seq: int, body: bytes) -> None:
        if seq > self.last:
            self._stream.write(body + b"\n")
            self.last = seq

    def flush(self) -> None:
        self._stream.flush()

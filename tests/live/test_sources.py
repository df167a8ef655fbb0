"""Lines in and alerts out: files that grow, folders that files drop into, an end that a kill cut off."""

from __future__ import annotations

import os
from pathlib import Path

from hami_rules.live.sinks import FileSink
from hami_rules.live.sources import LONGEST, FileSource, FolderSource, StreamSource


def bodies(found: list[tuple[str, object]]) -> list[bytes]:
    return [line.body for _, line in found]  # type: ignore[attr-defined]


def test_a_file_is_followed_as_it_grows_line_by_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"one\ntw")
    source = FileSource(path, "e", (0, 0), once=False)
    assert bodies(source.read(9, 0.0)) == [b"one"]
    assert source.read(9, 0.0) == []
    with path.open("ab") as file:
        file.write(b"o\nthree\n")
    found = source.read(9, 0.0)
    assert bodies(found) == [b"two", b"three"]
    assert [line.place.line for _, line in found] == [2, 3]
    assert found[-1][1].offset == path.stat().st_size
    assert not source.ended


def test_a_file_is_gone_on_with_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"one\ntwo\nthree")
    (name, line), *_ = FileSource(path, "e", (0, 0), once=True).read(1, 0.0)
    source = FileSource(path, name, (line.offset, line.place.line or 0), once=True)
    found = source.read(9, 0.0)
    assert found[0][1].place.line == 2
    while not source.ended:
        found += source.read(9, 0.0)
    assert bodies(found) == [b"two", b"three"]


def test_a_file_that_is_begun_anew_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"one\n")
    source = FileSource(path, "e", (0, 0), once=False)
    source.read(9, 0.0)
    other = tmp_path / "new"
    other.write_bytes(b"two\n")
    other.replace(path)
    assert bodies(source.read(9, 0.0)) == [b"two"]


def test_files_that_drop_into_a_folder_are_read_when_they_are_whole(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(b"2\n")
    (tmp_path / "a.jsonl").write_bytes(b"1\n")
    (tmp_path / "c.jsonl.tmp").write_bytes(b"no\n")
    (tmp_path / ".hidden").write_bytes(b"no\n")
    source = FolderSource(tmp_path, lambda name: (0, 0), once=False)
    assert bodies(source.read(9, 0.0)) == [b"1"]
    assert bodies(source.read(9, 0.0)) == [b"2"]
    assert source.read(9, 0.0) == []
    (tmp_path / "c.jsonl.tmp").rename(tmp_path / "c.jsonl")
    assert bodies(source.read(9, 0.0)) == [b"no"]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"x" * (LONGEST * 2) + b"\nafter\n")
    source = FileSource(path, "e", (0, 0), once=True)
    found: list[bytes] = []
    while not source.ended:
        found += bodies(source.read(9, 0.0))
    assert [len(b) for b in found] == [LONGEST, 5]


def test_standard_input_gives_its_last_line_though_it_has_no_end() -> None:
    read, write = os.pipe()
    os.write(write, b"one\ntwo")
    os.close(write)
    source = StreamSource(read)
    found: list[bytes] = []
    while not source.ended:
        found += bodies(source.read(9, 0.1))
    assert found == [b"one", b"two"]


def test_an_alert_file_takes_each_alert_once_and_repairs_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"seq":1}\n{"seq":2}\n{"seq":3,"car')
    sink = FileSink(path)
    assert sink.last == 2
    for seq in (1, 2, 3, 4):
        sink.put(seq, b'{"seq":%d}' % seq)
    sink.close()
    assert path.read_bytes() == b'{"seq":1}\n{"seq":2}\n{"seq":3}\n{"seq":4}\n'

"""Every scalar is text and stands exactly where it is said to stand, in YAML and in JSON."""

from __future__ import annotations

import json
import string
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.intake import positioned
from hami_rules.intake.errors import InputError
from hami_rules.intake.positioned import (
    Positioned,
    pointer_to,
    read_document,
    read_json,
    read_yaml,
    read_yaml_all,
    unpointer,
)

Tree = Any  # dict | list | str | None


def problems(read: Callable[[Any, str], Any], text: str | bytes) -> list[tuple[str, int | None, int | None]]:
    with pytest.raises(InputError) as caught:
        read(text, "a.yaml")
    for problem in caught.value.problems:
        assert problem.message.zh and problem.message.en
    caught.value.render()
    return [
        (p.code, p.location.line, p.location.column) for p in caught.value.problems if p.location is not None
    ]


def place(document: Positioned, pointer: str, key: bool = False) -> tuple[Any, ...]:
    found = document.locate(pointer, key)
    return found.line, found.column, found.end_line, found.end_column


def spanned(document: Positioned, pointer: str, key: bool = False) -> str:
    """The text of a one-line span."""
    found = document.locate(pointer, key)
    assert found.line == found.end_line and found.line and found.column and found.end_column
    line = document.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[found.line - 1]
    return line[found.column - 1 : found.end_column - 1]


# -- generated documents ---------------------------------------------------------------------------------------

_PLAIN = string.ascii_letters + string.digits + "名称办事指南哈密。、（）𠮷😀é._/"
_plain = st.one_of(
    st.sampled_from(["14.10", "08", "9:00", "yes", "no", "1e3", "0x1F", "2024-03-05", "true", "N", "="]),
    st.text(_PLAIN, min_size=1, max_size=8).filter(lambda t: t not in ("null", "Null", "NULL", "...")),
)
_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_trees = st.recursive(
    st.one_of(_plain, _any_text, st.none()),
    lambda t: st.one_of(
        st.lists(t, min_size=1, max_size=3),
        st.dictionaries(st.one_of(_plain, _any_text), t, min_size=1, max_size=3),
    ),
    max_leaves=12,
)


class Writer:
    """Writes a document piece by piece and notes where each value and key begins and ends."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], newline: str) -> None:
        self.draw = draw
        self.newline = newline
        self.text = ""
        self.values: dict[str, tuple[int, int]] = {}
        self.keys: dict[str, tuple[int, int]] = {}

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def put(self, piece: str, notes: dict[str, tuple[int, int]] | None = None, pointer: str = "") -> None:
        if notes is not None:
            notes[pointer] = (len(self.text), len(self.text) + len(piece))
        self.text += piece

    def scalar(self, value: str | None) -> str:
        if value is None:
            return str(self.draw(st.sampled_from(["null", "~"])))
        if (
            value
            and set(value) <= set(_PLAIN)
            and value not in ("null", "Null", "NULL", "...")
            and self.chance()
        ):
            return value
        if value.isprintable() and self.chance():
            return "'" + value.replace("'", "''") + "'"
        # YAML has every escape of JSON but surrogate pairs, so only what must be escaped is.
        return "".join(
            f"\\U{ord(c):08x}" if not c.isprintable() else "\\" + c if c in '"\\' else c for c in value
        ).join('""')

    def gap(self) -> str:
        return str(self.draw(st.sampled_from(["", " ", "  "])))

    def flow(self, tree: Tree, pointer: str) -> None:
        start = len(self.text)
        if isinstance(tree, dict | list):
            self.put("{" if isinstance(tree, dict) else "[")
            for i, part in enumerate(tree):
                self.put(("," if i else "") + " " + self.gap())
                if isinstance(tree, dict):
                    below = pointer + pointer_to(part)
                    self.put(self.scalar(part), self.keys, below)
                    self.put(": ")
                    self.flow(tree[part], below)
                else:
                    self.flow(part, pointer + pointer_to(i))
                self.put(" ")
            self.put("}" if isinstance(tree, dict) else "]")
        else:
            self.put(self.scalar(tree))
        self.values[pointer] = (start, len(self.text))

    def block(self, tree: Tree, pointer: str, indent: int) -> None:
        """A non-empty collection, one entry a line; it begins with its first entry and ends with its last value."""
        start = -1
        for i, part in enumerate(tree):
            self.put(" " * indent)
            if start < 0:
                start = len(self.text)
            if isinstance(tree, dict):
                below = pointer + pointer_to(part)
                self.put(self.scalar(part), self.keys, below)
                self.put(":")
                value = tree[part]
            else:
                below = pointer + pointer_to(i)
                self.put("-")
                value = part
            if isinstance(value, dict | list) and self.chance():
                self.end_line()
                self.block(value, below, indent + 2)
            else:
                self.put(" " + self.gap())
                self.flow(value, below)
                self.end_line()
        self.values[pointer] = (start, self.values[below][1])

    def end_line(self) -> None:
        if self.chance():
            self.put(" # 注释 [x]: 😀")
        self.put(self.newline)
        if self.chance():
            self.put(f"   # {self.newline}")


@st.composite
def yaml_documents(draw: Any) -> tuple[Tree, Writer]:
    writer = Writer(draw, draw(st.sampled_from(["\n", "\r\n"])))
    tree = draw(_trees)
    if isinstance(tree, dict | list) and writer.chance():
        writer.block(tree, "", 0)
    else:
        writer.flow(tree, "")
        writer.put(writer.newline)
    return tree, writer


class JsonWriter(Writer):
    def scalar(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=self.chance())

    def gap(self) -> str:
        return str(self.draw(st.sampled_from(["", "\t", "\n", "\r\n", " \r"])))


_json_trees = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _any_text
    ),
    lambda t: st.one_of(st.lists(t, max_size=3), st.dictionaries(_any_text, t, max_size=3)),
    max_leaves=12,
)


@st.composite
def json_documents(draw: Any) -> tuple[Tree, Writer]:
    writer = JsonWriter(draw, "\n")
    tree = draw(_json_trees)
    writer.flow(tree, "")
    return tree, writer


def line_and_column(text: str, index: int) -> tuple[int, int]:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    if text[index - 1 : index + 1] == "\r\n":  # between the two
        before = before[:-1] + "\r"
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def assert_places(document: Positioned, writer: Writer) -> None:
    for notes, key in ((writer.values, False), (writer.keys, True)):
        for pointer, (start, end) in notes.items():
            expected = (*line_and_column(writer.text, start), *line_and_column(writer.text, end))
            assert place(document, pointer, key) == expected, (pointer, key, writer.text)


_wrap = st.sampled_from(
    [
        lambda t: t,
        lambda t: "\ufeff" + t,
        lambda t: t.encode(),
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("utf-16"),
    ]
)


@settings(deadline=None)
@given(yaml_documents(), _wrap)
def test_yaml_values_stand_where_they_are_written(
    made: tuple[Tree, Writer], wrap: Callable[[str], str | bytes]
) -> None:
    tree, writer = made
    document = read_yaml(wrap(writer.text), "a.yaml")
    assert document.data == tree
    assert_places(document, writer)


@settings(deadline=None)
@given(json_documents(), _wrap)
def test_json_values_stand_where_they_are_written(
    made: tuple[Tree, Writer], wrap: Callable[[str], str | bytes]
) -> None:
    _, writer = made
    document = read_json(wrap(writer.text), "a.json")
    assert document.data == as_text(json.loads(writer.text, parse_float=str, parse_int=str))
    assert_places(document, writer)


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: as_text(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_text(v) for v in value]
    return str(value).lower() if isinstance(value, bool) else value


class Refused(Exception):
    """What our reader refuses and json.loads lets pass."""


def strict_loads(text: str) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(found)) < len(found):
            raise Refused
        return dict(found)

    def constant(_: str) -> Any:
        raise Refused

    value = json.loads(
        text.removeprefix("\ufeff"),
        parse_float=str,
        parse_int=str,
        parse_constant=constant,
        object_pairs_hook=pairs,
    )
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refused from None
    return value


@settings(deadline=None)
@given(
    st.one_of(
        st.text('{}[]:,"\\u0d8c1eE+-.ntrfalsN \t\n中', max_size=25),
        _json_trees.map(lambda t: json.dumps(t))
        .flatmap(
            lambda t: st.tuples(
                st.just(t), st.integers(0, len(t)), st.sampled_from(['"', ",", "}", "]", "", "\\", "1"])
            )
        )
        .map(lambda c: c[0][: c[1]] + c[2] + c[0][c[1] + 1 :]),
    )
)
def test_json_is_what_json_loads_says_it_is(text: str) -> None:
    try:
        expected = strict_loads(text)
    except (ValueError, Refused):
        problems(read_json, text)
    else:
        assert read_json(text, "a.json").data == as_text(expected)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.text("&*a<:-[]{}|>'\"\n \t,!#?%@~x", max_size=40), st.binary(max_size=40)
    )
)
def test_whatever_comes_only_input_errors_are_raised(content: str | bytes) -> None:
    for read in (read_yaml_all, read_json):
        try:
            read(content, "a")
        except InputError as e:
            assert e.problems and all(p.location and p.location.line for p in e.problems)
            assert e.render("zh") and e.render("en")


def test_the_pure_parser_gives_the_same_places(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [中文, 𠮷: 1]\r\nb: *x\r\nc: |\r\n  多行\r\n  x\r\nd: {<<: {e: 'f'}}\r\n"
    pointers = ["", "/a", "/a/0", "/a/1/𠮷", "/b", "/c", "/d/e"]
    fast = read_yaml(text, "a")
    monkeypatch.setattr(positioned, "_Loader", yaml.SafeLoader)
    slow = read_yaml(text, "a")
    assert slow.data == fast.data
    assert [place(slow, p) for p in pointers] == [place(fast, p) for p in pointers]


# -- YAML by example -------------------------------------------------------------------------------------------


def test_scalars_stay_text_and_only_null_is_unknown() -> None:
    text = "{a: 14.10, b: 08, c: 9:00, d: yes, e: ~, f: null, g: , h: 'null', i: \"\", j: !!str ~, k: ! null, l: !!null x}"
    assert read_yaml(text, "a").data == {
        "a": "14.10", "b": "08", "c": "9:00", "d": "yes", "e": None, "f": None, "g": None,
        "h": "null", "i": "", "j": "~", "k": "null", "l": None,
    }  # fmt: skip
    assert read_yaml("null: 1\n~: 2", "a").data == {"null": "1", "~": "2"}


ALIASES = """\
base: &base {days: 5, fee: no}
same: *base
guide:
  <<: *base
  days: 3
both:
  <<: [*base, {fee: 1, url: u}]
list: [&n 名称, *n]
"""


def test_aliases_stand_where_they_are_written_and_their_parts_at_the_anchor() -> None:
    document = read_yaml(ALIASES, "a")
    assert document.data["same"] == {"days": "5", "fee": "no"}
    assert document.data["guide"] == {"days": "3", "fee": "no"}
    assert document.data["both"] == {"days": "5", "fee": "no", "url": "u"}
    assert document.data["list"] == ["名称", "名称"]
    assert place(document, "/same") == (2, 7, 2, 12)
    assert place(document, "/same/days") == place(document, "/base/days") == (1, 20, 1, 21)
    assert place(document, "/guide/days") == (5, 9, 5, 10)
    assert place(document, "/guide/fee", key=True) == (1, 23, 1, 26)
    assert place(document, "/both/url") == (7, 29, 7, 30)
    assert [spanned(document, f"/list/{i}") for i in (0, 1)] == ["名称", "*n"]
    assert place(document, "/base")[:2] == (1, 13)


def test_a_block_scalar_begins_at_its_indicator_and_ends_with_its_text() -> None:
    document = read_yaml("a:\n  t: |\n    多行\n    文字\n\n# 注释\nb: >-\n  x\n  y\n", "a")
    assert document.data == {"a": {"t": "多行\n文字\n"}, "b": "x y"}
    assert place(document, "/a/t") == (2, 6, 4, 7)
    assert place(document, "/b") == (7, 4, 9, 4)


def test_block_collections_end_with_their_last_value() -> None:
    document = read_yaml("a:\n  b: 1\n  c:\n  - x\n# 注释\n\nd: 2\n", "a")
    assert place(document, "/a") == (2, 3, 4, 6)
    assert place(document, "/a/c") == (4, 3, 4, 6)


def test_separators_that_editors_do_not_count_as_lines_do_not_shift_places() -> None:
    document = read_yaml("a: 'x\u2028y'\nb: 中\u0085\nc: 1", "a")
    assert place(document, "/b")[:2] == (2, 4)
    assert place(document, "/c") == (3, 4, 3, 5)


def test_a_place_that_is_not_there_is_its_nearest_parents() -> None:
    document = read_yaml("a: {b: [1, 2]}", "a")
    assert place(document, "/a/b/7/x") == place(document, "/a/b")
    assert place(document, "/a/zz", key=True) == place(document, "/a")
    assert document.locate("/a/zz").pointer == "/a/zz"
    assert place(document, "/a/b/0", key=True) == place(document, "/a/b/0")


def test_pointers_escape_what_they_must() -> None:
    assert pointer_to("a/b", "~", 0) == "/a~1b/~0/0"
    assert unpointer("/a~1b/~0/0") == ["a/b", "~", "0"]
    assert spanned(read_yaml("a/b: {~x: y}", "a"), "/a~1b/~0x") == "y"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: {x: 1, x: 2}\na: 3\n", [("duplicate-key", 2, 11), ("duplicate-key", 3, 1)]),
        ("a: 1\nb: 1\na: 2\n[: x\n", [("duplicate-key", 3, 1), ("yaml-syntax", 5, 1)]),
        ("? [x]\n: 1\n", [("key-not-text", 1, 3)]),
        ("a: b: c", [("yaml-syntax", 1, 5)]),
        ("a:\n\t- b", [("yaml-syntax", 2, 1)]),
        ("名: [1,\n二: 2", [("yaml-syntax", 2, 5)]),
        ("a: *x", [("unknown-alias", 1, 4)]),
        ("a: &a [*a]", [("recursive-alias", 1, 8)]),
        ("a: {<<: 3}", [("bad-merge", 1, 9)]),
        ("a: {<<: [{b: 1}, c]}", [("bad-merge", 1, 18)]),
        ("a: {<<: {b: 1}, <<: {c: 1}}", [("duplicate-key", 1, 17)]),
        ("a: !!python/object:os.system x", [("unknown-tag", 1, 4)]),
        ("a: !!binary eA==", [("unknown-tag", 1, 4)]),
        ("a: \x07", [("control-character", 1, 4)]),
        ("a: \ud800", [("lone-surrogate", 1, 4)]),
        ("[" * 5000, [("too-deep", 1, 101)]),
        ("- a\n---\n- b\n", [("several-documents", 3, 1)]),
    ],
)
def test_what_is_wrong_with_yaml_is_said_where_it_is(text: str, found: list[tuple[str, int, int]]) -> None:
    assert problems(read_yaml, text) == found


def test_aliases_cannot_be_made_to_explode() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(20)
    )
    started = time.perf_counter()
    assert problems(read_yaml, text)[0][0] == "too-many-aliases"
    assert time.perf_counter() - started < 1


def test_several_documents_each_with_its_places() -> None:
    first, second = read_yaml_all("%YAML 1.1\n---\na: &x 1\n---\nb: 2\n...\n", "a")
    assert (first.data, second.data) == ({"a": "1"}, {"b": "2"})
    assert place(second, "/b") == (5, 4, 5, 5)
    assert problems(read_yaml_all, "a: &x 1\n---\nb: *x\n") == [("unknown-alias", 3, 4)]
    assert read_yaml_all("# nothing\n", "a") == []
    assert read_yaml("# nothing\n", "a").data is None


# -- JSON by example -------------------------------------------------------------------------------------------


def test_json_keeps_numbers_as_written_and_takes_tabs_and_surrogate_pairs() -> None:
    document = read_json(
        '{\n\t"a": 14.10,\t"b": -1E+2, "c": true, "d": null, "e": "\\ud842\\udfb7", "f": "null"}', "a"
    )
    assert document.data == {"a": "14.10", "b": "-1E+2", "c": "true", "d": None, "e": "𠮷", "f": "null"}
    assert place(document, "/a") == (2, 7, 2, 12)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "a": 2, "b": {"c": 1, "c": 1}}', [("duplicate-key", 1, 10), ("duplicate-key", 1, 32)]),
        ('{"a": 1, "a": 2,}', [("duplicate-key", 1, 10), ("json-syntax", 1, 16)]),
        ('{"名": NaN}', [("json-syntax", 1, 7)]),
        ("[-Infinity]", [("json-syntax", 1, 2)]),
        ('{"a" 1}', [("json-syntax", 1, 6)]),
        ("{'a': 1}", [("json-syntax", 1, 2)]),
        ("[1\n 2]", [("json-syntax", 2, 2)]),
        ("[1,", [("json-syntax", 1, 4)]),
        ('{"a": [1', [("json-syntax", 1, 7)]),
        ('{"a": 08}', [("json-syntax", 1, 7)]),
        ('{"a": 2024-03-05}', [("json-syntax", 1, 7)]),
        ('["\\ud800"]', [("lone-surrogate", 1, 2)]),
        ('["\\x"]', [("json-syntax", 1, 3)]),
        ('["x\ty"]', [("json-syntax", 1, 4)]),
        ('["x\n"]', [("json-syntax", 1, 2)]),
        ('["x', [("json-syntax", 1, 2)]),
        ("", [("json-syntax", 1, 1)]),
        ("1 2", [("json-syntax", 1, 3)]),
        ("// x\n1", [("json-syntax", 1, 1)]),
        ("[True]", [("json-syntax", 1, 2)]),
        ('{"a":' * 5000, [("too-deep", 1, 501)]),
    ],
)
def test_what_is_wrong_with_json_is_said_where_it_is(text: str, found: list[tuple[str, int, int]]) -> None:
    assert problems(read_json, text) == found


# -- files -----------------------------------------------------------------------------------------------------


def write(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_documents_are_read_by_suffix_and_shown_as_the_user_named_them(tmp_path: Path) -> None:
    documents = read_document(write(tmp_path, "g.yml", b"a: 1\n---\na: 2\n"), "g.yml")
    assert [d.data for d in documents] == [{"a": "1"}, {"a": "2"}]
    assert str(documents[1].locate("/a")) == "g.yml:3:4"
    assert read_document(write(tmp_path, "g.JSON", b"[1]"))[0].data == ["1"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"a: 1", "unknown-format"),
        ("a.yaml", b"# only a comment\n", "empty-document"),
        ("a.json", b" ", "json-syntax"),
        ("a.yaml", "a: 1\n名: 办事".encode("gbk"), "not-utf8"),
    ],
)
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_document(write(tmp_path, name, content), name)
    assert [p.code for p in caught.value.problems] == [code]
    assert str(caught.value.problems[0].location).startswith(name)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InputError) as caught:
            read_document(path, "x.yaml")
        assert caught.value.problems[0].code == "unreadable"
    monkeypatch.setattr(positioned, "MAX_BYTES", 3)
    with pytest.raises(InputError) as caught:
        read_document(write(tmp_path, "big.yaml", b"a: 1"))
    assert caught.value.problems[0].code == "file-too-large"


def test_text_that_is_not_utf8_says_which_byte_and_what_to_do() -> None:
    with pytest.raises(InputError) as caught:
        read_yaml("a: 1\nb: 办事".encode("gbk"), "a.yaml")
    (problem,) = caught.value.problems
    assert problem.location and (problem.location.line, problem.location.column, problem.location.offset) == (
        2,
        4,
        8,
    )
    assert (
        "0xB0" in problem.message.zh
        and problem.hint
        and "UTF-8" in problem.hint.zh
        and "GBK" in problem.hint.zh
    )
    assert problems(read_json, b"\xef\xbb\xbf[\xff]") == [("not-utf8", 1, 2)]
    assert problems(read_json, "[1]".encode("utf-16")[:-1])[0][0] == "not-utf8"


def test_two_thousand_guides_take_a_few_seconds() -> None:
    guide = "\n".join(f"字段{i}: 值{i}  # 注释" for i in range(60))
    started = time.perf_counter()
    for _ in range(200):
        read_yaml(guide, "a").locate("/字段30")
    assert time.perf_counter() - started < 1  # about 0.03 s

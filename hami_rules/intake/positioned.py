"""YAML and JSON documents as plain data with the place of every value: all scalars as text, the schema types them.

Plain YAML reads 14.10 as 14.1, 08 as text, 9:00 as 540 and `no` as false; here every scalar is the text that
stands in the file, and only `null`, `~` or nothing is `None`. YAML places come from parse events, since a composed
tree gives an alias the place of its anchor. JSON has a reader of its own: it is not YAML (tabs, surrogate pairs).
"""

from __future__ import annotations

import codecs
import json
import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import yaml

from hami_rules.intake.errors import InputError, Problem, quoted
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = [
    "Positioned",
    "Stretch",
    "comments_in",
    "place_in_row",
    "pointer_to",
    "read_document",
    "read_json",
    "read_yaml",
    "read_yaml_all",
    "unpointer",
]

MAX_BYTES = 32 * 1024 * 1024  # a document is read by people; bulk has JSONL and tables
MAX_DEPTH = 100
MAX_ALIASED = 100_000  # values that aliases may add to a document when written out

# A node is (start, end, children) in code points; children: {key: (key start, key end, node)}, [node] or None.
_Node = tuple[int, int, Any]
Stretch = tuple[int, int]
"""A part of a text: start and end (exclusive), in code points of the text as it is read, not as it is quoted."""
_NEWLINE = re.compile(r"\r\n|\n|\r")
_SURROGATE = re.compile("[\ud800-\udfff]")


def pointer_to(*parts: str | int) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and indexes; the empty pointer is the whole document."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def unpointer(pointer: str) -> list[str]:
    """The keys and indexes of a JSON pointer."""
    return [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]


class Positioned:
    """A document: its data, and where each part of it stands.

    `data` is dict, list, str or None throughout; aliases share parts, so it must not be changed. `text` is what
    the places count in, without a BOM. `source` is the name shown to people.
    """

    def __init__(self, source: str, text: str, data: Any, root: _Node) -> None:
        self.source = source
        self.text = text
        self.data = data
        self._root = root

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(m.end() for m in _NEWLINE.finditer(self.text))]

    def locate(self, pointer: str = "", key: bool = False, within: Stretch | None = None) -> Location:
        """The place of the value that a JSON pointer names, or of its key, or of a stretch of the text that it is.

        The end is exclusive. Nothing at the pointer: the place of the nearest parent. An alias stands where it is
        written, what is inside it where the anchor is; so do the keys that `<<` merges. A block scalar begins at
        its `|` or `>`, a quoted one at its quote.
        """
        start, end, children = self._root
        value = self.data
        for part in unpointer(pointer):
            if isinstance(children, dict) and part in children:
                key_start, key_end, (start, end, children) = children[part]
                at = (key_start, key_end)
                value = value[part]
            elif isinstance(children, list) and part.isdecimal() and int(part) < len(children):
                start, end, children = children[int(part)]
                at = (start, end)
                value = value[int(part)]
            else:
                break
        else:
            if key and pointer:
                start, end = at
            elif within and isinstance(value, str):
                start, end = _inside(self.text, start, end, value, within)
        return self._span(start, end, pointer)

    def _span(self, start: int, end: int, pointer: str | None) -> Location:
        while end > start and self.text[end - 1].isspace():  # block scalars run on to the next token
            end -= 1
        line, column = _place(self._lines, start)
        end_line, end_column = _place(self._lines, end)
        return Location(self.source, line, column, end_line, end_column, pointer)


_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])"
)


def _inside(text: str, start: int, end: int, value: str, within: Stretch) -> tuple[int, int]:
    """Where a stretch of a scalar's value stands in the text that writes it; the whole scalar where it cannot be told.

    Quotes, escapes, the header and indentation of a block and the folding of lines stand between the two.
    """
    at = start
    quote = text[at : at + 1]
    if quote in ("|", ">"):
        at = text.find("\n", at, end) + 1 or end
    elif quote in ('"', "'"):
        at += 1
    places: list[tuple[int, int]] = []
    for char in value[: within[1]]:
        while at < end and not char.isspace() and (text[at].isspace() or text.startswith("\\\n", at)):
            at += 1 + (text[at] == "\\")  # indentation, and line breaks that are folded away
        if at >= end:
            return start, end
        escape = _ESCAPE.match(text, at) if quote == '"' else None
        width = len(escape[0]) if escape else 2 if quote == "'" and text.startswith("''", at) else 1
        if not escape and text[at] != char and not (text[at].isspace() and char.isspace()):
            return start, end
        places.append((at, at + width))
        at += width
    return (places[within[0]][0], places[-1][1]) if within[0] < len(places) else (start, end)


def _place(lines: list[int], index: int) -> tuple[int, int]:
    line = bisect_right(lines, index)
    return line, index - lines[line - 1] + 1


def read_document(path: Path, shown_as: str | None = None) -> list[Positioned]:
    """All documents of a `.yaml`, `.yml` or `.json` file, at least one.

    Raises `InputError` when the file cannot be read, is empty, too large (32 MB), not UTF-8, or not well-formed.
    """
    source = shown_as or str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _error(
                "file-too-large",
                Text(
                    f"文件超过 {MAX_BYTES // 2**20} MB，不作为单个文档读取",
                    f"the file exceeds {MAX_BYTES // 2**20} MB, too large for one document",
                ),
                Location(source),
                hint=Text("大批量数据请用 JSONL、CSV 或 Parquet", "use JSONL, CSV or Parquet for bulk data"),
            )
        content = path.read_bytes()
    except OSError as e:
        raise _error(
            "unreadable",
            Text(f"无法读取文件（{e.strerror or e}）", f"the file cannot be read ({e.strerror or e})"),
            Location(source),
        ) from None
    match path.suffix.lower():
        case ".yaml" | ".yml":
            documents = read_yaml_all(content, source)
        case ".json":
            documents = [read_json(content, source)]
        case suffix:
            raise _error(
                "unknown-format",
                Text(f"不认识的文档格式“{quoted(suffix)}”", f"unknown document format “{quoted(suffix)}”"),
                Location(source),
                hint=Text("文档用 .yaml、.yml 或 .json", "documents are .yaml, .yml or .json"),
            )
    if not documents:
        raise _error("empty-document", Text("文件中没有内容", "the file is empty"), Location(source, 1, 1))
    return documents


# -- text ------------------------------------------------------------------------------------------------------

_BOMS = (  # the longer first: a UTF-32 mark begins like a UTF-16 one
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _decode(content: str | bytes, source: str) -> str:
    if isinstance(content, str):
        text = content.removeprefix("\ufeff")
        if bad := _SURROGATE.search(text):
            raise _lone_surrogate(text, bad.start(), source)
        return text
    bom, encoding = next(((b, e) for b, e in _BOMS if content.startswith(b)), (b"", "utf-8"))
    body = content[len(bom) :]
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as e:
        before = body[: e.start].decode(encoding)
        line, column = _place([0, *(m.end() for m in _NEWLINE.finditer(before))], len(before))
        offset = len(bom) + e.start
        raise _error(
            "not-utf8",
            Text(
                f"不是有效的 {encoding.upper()} 文本：第 {offset} 字节（0x{content[offset]:02X}）无法解码",
                f"not valid {encoding.upper()}: byte {offset} (0x{content[offset]:02X}) cannot be decoded",
            ),
            Location(source, line, column, offset=offset),
            hint=_encoding_hint(body),
        ) from None


def _encoding_hint(body: bytes) -> Text:
    try:
        body.decode("gb18030")
    except UnicodeDecodeError:
        return Text("请将文件另存为 UTF-8", "save the file as UTF-8")
    return Text(
        "文件看来是 GBK/GB18030 编码，请另存为 UTF-8", "the file looks like GBK/GB18030: save it as UTF-8"
    )


def _error(
    code: str, message: Text, location: Location, hint: Text | None = None, text: str | None = None
) -> InputError:
    return InputError([Problem(code, message, location, hint)], text)


def _at(text: str, source: str, start: int, end: int | None = None) -> Location:
    return Positioned(source, text, None, (start, end or start, None)).locate()


def _lone_surrogate(text: str, start: int, source: str) -> InputError:
    return _error(
        "lone-surrogate",
        Text("含有不成对的代理字符，不是有效文本", "contains an unpaired surrogate, which is not text"),
        _at(text, source, start, start + 1),
        text=_SURROGATE.sub("\ufffd", text),
    )


def _duplicate_key(
    key: str, source: str, text: str, first: tuple[int, int], again: tuple[int, int]
) -> Problem:
    line = _at(text, source, *first).line
    return Problem(
        "duplicate-key",
        Text(f"键“{quoted(key)}”重复", f"duplicate key “{quoted(key)}”"),
        _at(text, source, *again),
        Text(f"已在第 {line} 行出现", f"it already stands in line {line}"),
    )


def _too_deep(text: str, source: str, start: int) -> Problem:
    return Problem(
        "too-deep",
        Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep"),
        _at(text, source, start, start + 1),
    )


# -- YAML ------------------------------------------------------------------------------------------------------

# libyaml is 10 to 18 times faster than the pure parser; both count code points.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML_FORBIDDEN = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_YAML_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_YAML_TAG = "tag:yaml.org,2002:"
_YAML_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "seq", "map"})
# Anchor and tag stand before the value, and the event begins with them.
_YAML_PROPERTIES = re.compile(r"(?:[&!][^\s]*(?:[ \t]|(?:#[^\r\n]*)?(?:\r\n|\n|\r))*)+")
# What libyaml says, in Chinese; the first part found in its message wins.
_YAML_MESSAGES = (
    (
        "found character that cannot start any token",
        "此处的字符不能作为值的开头（制表符不能用于缩进，@ ` % 须加引号）",
    ),
    ("found a tab character", "缩进中有制表符，请改用空格"),
    ("mapping values are not allowed", "此处不能出现“键: 值”（值中含“: ”时须加引号，或缩进不一致）"),
    ("did not find expected key", "此处应为键（缩进不一致，或上一个值没有正确结束）"),
    ("could not find expected ':'", "键之后缺少冒号“:”"),
    ("did not find expected '-' indicator", "列表项应以“- ”开头（缩进不一致）"),
    ("did not find expected ',' or ']'", "列表缺少逗号“,”或“]”"),
    ("did not find expected ',' or '}'", "映射缺少逗号“,”或“}”"),
    ("unexpected end of stream", "引号没有配对，文件已经结束"),
    ("unknown escape character", "双引号字符串中有不认识的转义"),
    ("block sequence entries are not allowed", "此处不能出现列表项“- ”"),
    ("did not find expected <document start>", "此处应为新文档的开始“---”（缩进不一致）"),
    ("did not find expected node content", "此处缺少值"),
    ("did not find expected comment or line break", "“|”或“>”之后应换行"),
    ("did not find expected alphabetic or numeric character", "“&”或“*”之后缺少名称（普通文字须加引号）"),
    ("undefined tag handle", "标签前缀没有定义"),
)


def read_yaml(text: str | bytes, source: str) -> Positioned:
    """The one document of a YAML text; an empty text is a document that says nothing (`data` is None).

    Raises `InputError`, also when there are several documents.
    """
    documents = read_yaml_all(text, source)
    if not documents:
        return Positioned(source, _decode(text, source), None, (0, 0, None))
    if len(documents) > 1:
        raise _error(
            "several-documents",
            Text(
                "此处只能有一个文档，却有多个（以“---”分隔）",
                "one document is expected here, several stand in the file",
            ),
            documents[1].locate(),
            text=documents[1].text,
        )
    return documents[0]


def read_yaml_all(text: str | bytes, source: str) -> list[Positioned]:
    """All documents of a YAML text; none if it is empty. Raises `InputError` with all that is wrong."""
    decoded = _decode(text, source)
    if bad := _YAML_FORBIDDEN.search(decoded):
        raise _error(
            "control-character",
            Text(
                f"含有不允许的控制字符 U+{ord(bad[0]):04X}",
                f"control character U+{ord(bad[0]):04X} is not allowed",
            ),
            _at(decoded, source, bad.start(), bad.end()),
            text=decoded,
        )
    reader = _YamlReader(decoded, source)
    try:
        documents = reader.read()
    except yaml.MarkedYAMLError as e:
        reader.problems.append(reader.syntax_problem(e))
    except _StopReading:
        pass
    finally:
        reader.loader.dispose()
    if reader.problems:
        raise InputError(reader.problems, decoded)
    return documents


def comments_in(text: str) -> list[tuple[int, int, str]]:
    """Every comment of a YAML text as (line, column, comment from its `#`), counted from 1 in code points.

    A `#` inside a scalar is no comment; the first line of a block scalar (`| # …`) may bear one. Of a text that is
    not YAML, those before the first mistake.
    """
    spans: list[tuple[int, int]] = []
    loader = _Loader(text)
    try:
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            sort: type = type(event)
            if sort is yaml.ScalarEvent:
                start, end = event.start_mark.index, event.end_mark.index
                if event.style in ("|", ">"):
                    end_of_head = text.find("\n", start)
                    start = len(text) if end_of_head < 0 else end_of_head
                spans.append((start, end))
    except yaml.YAMLError:
        pass
    finally:
        loader.dispose()
    found = []
    at = next_span = 0
    for number, line in enumerate(_NEWLINE.split(text), 1):
        for sign in re.finditer("#", line):
            index = at + sign.start()
            while next_span < len(spans) and spans[next_span][1] <= index:
                next_span += 1
            inside = next_span < len(spans) and spans[next_span][0] <= index
            if not inside and (sign.start() == 0 or line[sign.start() - 1] in " \t"):
                found.append((number, sign.start() + 1, line[sign.start() :].rstrip()))
                break
        at += len(line)
        ending = _NEWLINE.match(text, at)
        at = ending.end() if ending else at
    return found


class _StopReading(Exception):
    """What comes after the last problem cannot be read."""


class _YamlReader:
    """Builds documents from parse events."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.loader = _Loader(text)
        self.problems: list[Problem] = []
        # name → (data, node, number of values in it); None while the anchored value is still open.
        self.anchors: dict[str, tuple[Any, _Node, int] | None] = {}
        self.values = 0
        self.aliased = 0

    def read(self) -> list[Positioned]:
        documents = []
        get = self.loader.get_event
        while not isinstance(event := get(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
                data, node = self.value(get(), 0)
                documents.append(Positioned(self.source, self.text, data, node))
        return documents

    def value(self, event: Any, depth: int) -> tuple[Any, _Node]:
        self.values += 1
        sort: type = type(event)
        if sort is yaml.ScalarEvent:
            if event.anchor is None and event.tag is None:  # nearly all
                text = event.value
                data = None if not event.style and text in _YAML_NULLS else text
                return data, (event.start_mark.index, event.end_mark.index, None)
            return self.rare_scalar(event)
        if sort is yaml.AliasEvent:
            return self.alias(event)
        return self.collection(event, depth)

    def rare_scalar(self, event: Any) -> tuple[Any, _Node]:
        tag = self.tag(event)
        null = tag == "null" or (tag is None and not event.style and event.value in _YAML_NULLS)
        data = None if null else event.value
        node = (self.start(event), event.end_mark.index, None)
        if event.anchor is not None:
            self.anchors[event.anchor] = (data, node, 1)
        return data, node

    def collection(self, event: Any, depth: int) -> tuple[Any, _Node]:
        start = self.start(event)
        if depth >= MAX_DEPTH:
            self.problems.append(_too_deep(self.text, self.source, start))
            raise _StopReading
        if event.tag is not None:
            self.tag(event)
        before = self.values
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        read = self.sequence if type(event) is yaml.SequenceStartEvent else self.mapping
        data, children, last, closing = read(depth + 1)
        # The end of a block collection is where the next token stands, beyond comments: take the last value's.
        end = closing.end_mark.index if event.flow_style or last is None else last
        node = (start, end, children)
        if event.anchor is not None:
            self.anchors[event.anchor] = (data, node, self.values - before + 1)
        return data, node

    def sequence(self, depth: int) -> tuple[list[Any], list[_Node], int | None, Any]:
        data: list[Any] = []
        children: list[_Node] = []
        get = self.loader.get_event
        while type(event := get()) is not yaml.SequenceEndEvent:
            item, node = self.value(event, depth)
            data.append(item)
            children.append(node)
        return data, children, children[-1][1] if children else None, event

    def mapping(self, depth: int) -> tuple[dict[str, Any], dict[str, Any], int | None, Any]:
        data: dict[str, Any] = {}
        children: dict[str, tuple[int, int, _Node]] = {}
        merged: tuple[Any, _Node] | None = None
        last = None
        get = self.loader.get_event
        while type(event := get()) is not yaml.MappingEndEvent:
            plain = type(event) is yaml.ScalarEvent and not event.style
            key, (key_start, key_end, _) = self.value(event, depth)
            if plain:
                key = event.value  # `null:` names a key, it does not leave it out
            value, node = self.value(get(), depth)
            last = node[1]
            if not isinstance(key, str):
                self.problems.append(
                    Problem(
                        "key-not-text",
                        Text("键必须是文字", "a key must be text"),
                        _at(self.text, self.source, key_start, key_end),
                    )
                )
            elif plain and key == "<<" and merged is None:
                merged = value, node
            elif key in data or (plain and key == "<<"):
                first = children[key][:2] if key in children else (key_start, key_end)
                self.problems.append(_duplicate_key(key, self.source, self.text, first, (key_start, key_end)))
            else:
                data[key] = value
                children[key] = key_start, key_end, node
        if merged is not None:
            self.merge(data, children, *merged)
        return data, children, last, event

    def merge(self, data: dict[str, Any], children: dict[str, Any], value: Any, node: _Node) -> None:
        """`<<`: what is written here wins over what is merged, an earlier merged mapping over a later one."""
        parts = zip(value, node[2], strict=True) if isinstance(value, list) else [(value, node)]
        for mapping, (start, end, places) in parts:
            if not isinstance(mapping, dict):
                self.problems.append(
                    Problem(
                        "bad-merge",
                        Text(
                            "“<<”只能并入映射或映射的列表",
                            "“<<” can only merge a mapping or a list of mappings",
                        ),
                        _at(self.text, self.source, start, end),
                    )
                )
                continue
            for key in mapping:
                if key not in data:
                    data[key] = mapping[key]
                    children[key] = places[key]

    def alias(self, event: Any) -> tuple[Any, _Node]:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor not in self.anchors:
            code, message = (
                "unknown-alias",
                Text(
                    f"别名“*{quoted(event.anchor)}”没有对应的锚点",
                    f"alias “*{quoted(event.anchor)}” has no anchor before it",
                ),
            )
        elif (anchored := self.anchors[event.anchor]) is None:
            code, message = (
                "recursive-alias",
                Text(
                    f"别名“*{quoted(event.anchor)}”包含它自己",
                    f"alias “*{quoted(event.anchor)}” contains itself",
                ),
            )
        else:
            data, (_, _, children), size = anchored
            self.values += size
            self.aliased += size
            if self.aliased <= MAX_ALIASED:
                return data, (start, end, children)
            code, message = (
                "too-many-aliases",
                Text(
                    f"别名展开后超过 {MAX_ALIASED} 个值", f"aliases expand to more than {MAX_ALIASED} values"
                ),
            )
        self.problems.append(Problem(code, message, _at(self.text, self.source, start, end)))
        if code == "too-many-aliases":
            raise _StopReading
        return None, (start, end, None)

    def start(self, event: Any) -> int:
        start: int = event.start_mark.index
        if event.anchor is None and event.tag is None:
            return start
        properties = _YAML_PROPERTIES.match(self.text, start)
        after = properties.end() if properties else start
        collection = isinstance(event, yaml.CollectionStartEvent)  # ends where it begins
        # An empty scalar after its anchor has no place of its own.
        return after if collection else min(after, int(event.end_mark.index))

    def tag(self, event: Any) -> str | None:
        """The core tag of a value, without its prefix. Tags that would make other things of it are refused."""
        if event.tag is None:
            return None
        if event.tag == "!":
            return "str"
        name: str = event.tag.removeprefix(_YAML_TAG)
        if name == event.tag or name not in _YAML_TAGS:
            start = event.start_mark.index
            self.problems.append(
                Problem(
                    "unknown-tag",
                    Text(f"不接受标签“{quoted(event.tag)}”", f"tag “{quoted(event.tag)}” is not accepted"),
                    _at(self.text, self.source, start, start + 1),
                )
            )
        return name

    def syntax_problem(self, error: yaml.MarkedYAMLError) -> Problem:
        said = str(error.problem or error.context or "")
        zh = next((zh for en, zh in _YAML_MESSAGES if en in said), f"YAML 语法错误：{said}")
        mark: Any = error.problem_mark or error.context_mark
        context: Any = error.context_mark
        index = min(mark.index, len(self.text)) if mark else 0
        hint = None
        if error.context and context and context.index != index:
            line = _at(self.text, self.source, min(context.index, len(self.text))).line
            hint = Text(f"与第 {line} 行开始的内容有关", f"{error.context}, which begins in line {line}")
        return Problem(
            "yaml-syntax",
            Text(zh, f"YAML: {said}"),
            _at(self.text, self.source, index, min(index + 1, len(self.text))),
            hint,
        )


# -- JSON ------------------------------------------------------------------------------------------------------

_JSON_SPACE = re.compile(r"[ \t\n\r]*")
_JSON_STRING = re.compile(r'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"')
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_JSON_WORD = re.compile(r"[-+]?[0-9A-Za-z_.+-]*")
_JSON_WORDS = {"true": "true", "false": "false", "null": None}


def read_json(text: str | bytes, source: str) -> Positioned:
    """A JSON document (RFC 8259; a BOM is accepted); numbers keep their source text, booleans become text.

    Raises `InputError`: at the first syntax error, which no reader can get past, with all duplicate keys before it.
    """
    decoded = _decode(text, source)
    reader = _JsonReader(decoded, source)
    try:
        data, node = reader.document()
    except _StopReading:
        raise InputError(reader.problems, decoded) from None
    if reader.problems:
        raise InputError(reader.problems, decoded)
    return Positioned(source, decoded, data, node)


def place_in_row(row: bytes, source: str, pointer: str, within: Stretch | None = None) -> Location:
    """The place of one value in a row of JSON that has been read before: line 1, columns in code points.

    Everything else in the row is passed over by the standard library's scanner, so a finding's place costs
    microseconds. Of members of one name the last counts, as it did when the row was read. Nothing at the pointer:
    the place of the nearest parent.
    """
    text = row.decode("utf-8")
    start = _after_space(text, 0)
    for part in unpointer(pointer):
        member = _member(text, start, part)
        if member is None:
            break
        start = member
    value, end = _SCAN(text, start)
    if within and isinstance(value, str):
        start, end = _inside(text, start, end, value, within)
    return Location(source, 1, start + 1, 1, end + 1, pointer)


_SCAN = json.JSONDecoder().raw_decode


def _after_space(text: str, at: int) -> int:
    return _JSON_SPACE.match(text, at).end()  # type: ignore[union-attr]


def _member(text: str, at: int, part: str) -> int | None:
    """Where a member of the object or array at `at` begins."""
    opening, found, number = text[at], None, 0
    if opening not in "{[":
        return None
    at = _after_space(text, at + 1)
    while text[at] not in "}]":
        if opening == "{":
            key, at = _SCAN(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
            if key == part:
                found = at
        elif part == str(number):
            return at
        at = _after_space(text, _SCAN(text, at)[1])
        if text[at] == ",":
            at = _after_space(text, at + 1)
        number += 1
    return found


class _JsonReader:
    """Reads one value after the other; `at` is where it stands."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.at = 0
        self.problems: list[Problem] = []

    def document(self) -> tuple[Any, _Node]:
        self.space()
        if self.at == len(self.text):
            self.fail("文件中没有内容", "the document is empty")
        result = self.value(0)
        if self.space() < len(self.text):
            self.fail("文档已经结束，其后还有内容", "there is more after the end of the document")
        return result

    def space(self) -> int:
        self.at = _JSON_SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.at

    def value(self, depth: int) -> tuple[Any, _Node]:
        start = self.at
        first = self.text[start : start + 1]
        if first == '"':
            data: Any = self.string()
        elif first in ("{", "["):
            if depth >= MAX_DEPTH:
                self.problems.append(_too_deep(self.text, self.source, start))
                raise _StopReading
            data, children = (self.object if first == "{" else self.array)(depth + 1)
            return data, (start, self.at, children)
        elif number := _JSON_NUMBER.match(self.text, start):
            data = number[0]
            self.at = number.end()
        else:
            word = _JSON_WORD.match(self.text, start)[0]  # type: ignore[index]
            if word not in _JSON_WORDS:
                self.not_a_value(word)
            data = _JSON_WORDS[word]
            self.at = start + len(word)
        return data, (start, self.at, None)

    def string(self) -> str:
        start = self.at
        found = _JSON_STRING.match(self.text, start)
        if not found:
            self.broken_string(start)
        self.at = found.end()
        if "\\" not in found[1]:
            return found[1]
        try:
            value: str = json.loads(found[0])
        except json.JSONDecodeError as e:
            self.fail("字符串中有无效的转义", "invalid escape in a string", at=start + e.pos)
        if _SURROGATE.search(value):
            raise _lone_surrogate(self.text, start, self.source)
        return value

    def array(self, depth: int) -> tuple[list[Any], list[_Node]]:
        data: list[Any] = []
        children: list[_Node] = []
        opened = self.at
        self.at += 1
        self.space()
        while self.text[self.at : self.at + 1] != "]":
            value, node = self.value(depth)
            data.append(value)
            children.append(node)
            if not self.more(opened, "]"):
                break
        self.at += 1
        return data, children

    def object(self, depth: int) -> tuple[dict[str, Any], dict[str, tuple[int, int, _Node]]]:
        data: dict[str, Any] = {}
        children: dict[str, tuple[int, int, _Node]] = {}
        opened = self.at
        self.at += 1
        self.space()
        while self.text[self.at : self.at + 1] != "}":
            start = self.at
            if self.text[start : start + 1] != '"':
                self.not_a_key(opened)
            key = self.string()
            end = self.at
            self.space()
            if self.text[self.at : self.at + 1] != ":":
                self.fail("键之后缺少冒号“:”", "a colon is missing after the key")
            self.at += 1
            self.space()
            value, node = self.value(depth)
            if key in data:
                self.problems.append(
                    _duplicate_key(key, self.source, self.text, children[key][:2], (start, end))
                )
            data[key] = value
            children[key] = start, end, node
            if not self.more(opened, "}"):
                break
        self.at += 1
        return data, children

    def more(self, opened: int, closing: str) -> bool:
        """Whether another member follows: past its comma then, else at the closing bracket."""
        self.space()
        char = self.text[self.at : self.at + 1]
        if char == closing:
            return False
        if not char:
            self.unclosed(opened)
        if char != ",":
            self.fail(
                f"此处应为逗号“,”或“{closing}”",
                f"a comma or “{closing}” is expected here",
                hint=_comment_hint(char),
            )
        comma = self.at
        self.at += 1
        self.space()
        if self.text[self.at : self.at + 1] == closing:
            self.fail(f"“{closing}”之前多了逗号", f"a comma too many before “{closing}”", at=comma)
        return True

    def not_a_key(self, opened: int) -> NoReturn:
        char = self.text[self.at : self.at + 1]
        if not char:
            self.unclosed(opened)
        self.fail("此处应为双引号中的键", "a key in double quotes is expected here", hint=_comment_hint(char))

    def not_a_value(self, word: str) -> NoReturn:
        char = self.text[self.at : self.at + 1]
        if word.lstrip("+-").casefold() in ("nan", "infinity", "inf"):
            self.fail(
                f"JSON 不允许 {word}",
                f"JSON has no {word}",
                hint=Text("没有值就写 null", "write null for no value"),
            )
        if word.casefold() in ("true", "false", "none", "null", "undefined"):
            self.fail(
                f"不认识的值“{word}”",
                f"unknown value “{word}”",
                hint=Text("JSON 只有 true、false、null", "JSON has true, false and null"),
            )
        if word[:1].isdigit() or word[:1] in ("-", "+", "."):
            self.fail(
                f"数字写法不对：“{quoted(word)}”",
                f"malformed number “{quoted(word)}”",
                hint=Text("编码、时间等请加双引号", "put codes, times and the like in double quotes"),
            )
        if not char:
            self.fail("此处缺少值，文件已经结束", "a value is missing here, the file ends")
        self.fail("此处应为值", "a value is expected here", hint=_comment_hint(char or word[:1]))

    def broken_string(self, start: int) -> NoReturn:
        # The string is sound up to a raw control character (mostly the line's end) or to the end of the text.
        at = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*').match(self.text, start).end()  # type: ignore[union-attr]
        char = self.text[at : at + 1]
        if char in ("", "\n", "\r", "\\"):
            self.fail("字符串缺少右引号", "the string is not closed", at=start)
        self.fail(
            f"字符串中有未转义的控制字符 U+{ord(char):04X}",
            f"unescaped control character U+{ord(char):04X} in a string",
            at=at,
        )

    def unclosed(self, opened: int) -> NoReturn:
        bracket = self.text[opened]
        self.fail(f"“{bracket}”没有配对，文件已经结束", f"“{bracket}” is never closed", at=opened)

    def fail(self, zh: str, en: str, at: int | None = None, hint: Text | None = None) -> NoReturn:
        at = self.at if at is None else at
        place = _at(self.text, self.source, at, min(at + 1, len(self.text)))
        self.problems.append(Problem("json-syntax", Text(zh, en), place, hint))
        raise _StopReading


def _comment_hint(char: str) -> Text | None:
    if char in ("/", "#"):
        return Text("JSON 不能有注释", "JSON has no comments")
    if char == "'":
        return Text("JSON 用双引号", "JSON uses double quotes")
    return None

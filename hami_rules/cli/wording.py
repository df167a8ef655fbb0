"""`hami wording`: the linter of 第十一条第三款 by itself, on a phrase, a file of phrases, or records of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, get_args

from .common import CLEAN, FOUND, emit_json, guarded, refuse

__all__ = ["wording"]

SOURCE_LIMIT = 200  # code points of a bad line that an error repeats


def wording(text: str | None, jsonl: str | None, field: str, lang: str) -> int:
    """Lint a phrase, every line of a file, or JSON lines; the exit code of design §7."""
    from hami_rules.wording import Field

    if (text is None) == (jsonl is None):
        refuse("给出一段文字、一个文件或者 --jsonl，三者之一", "give one of: a text, a file, --jsonl", lang)
    if field not in get_args(Field):
        refuse(
            f"--field 只能是 {'、'.join(get_args(Field))}",
            f"--field is one of {', '.join(get_args(Field))}",
            lang,
        )
    with guarded(lang):
        if jsonl is not None:
            return _records(jsonl, lang)
        assert text is not None
        path = Path(text)
        if _is_file(path):
            with path.open(encoding="utf-8-sig") as file:
                return _lines(
                    ((f"{text}:{n}", line.rstrip("\r\n")) for n, line in enumerate(file, 1)), field, lang
                )
        if path.suffix == ".txt" and "\n" not in text:
            refuse(f"没有这个文件：{text}", f"no such file: {text}", lang)
        return _lines([("", text)], field, lang)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # a phrase that is no possible name of a file


def _lines(lines: Iterable[tuple[str, str]], field: str, lang: str) -> int:
    """Show what is wrong with each line: where, what, why, and what to write instead."""
    from hami_rules.report.safe import one_line
    from hami_rules.wording import lint

    words = {"vague": ("模糊性表述", "vague"), "catch_all": ("兜底条款", "catch-all")}
    zh = lang == "zh"
    found = count = 0
    for place, line in lines:
        count += 1
        for flaw in lint(line, field):  # type: ignore[arg-type]
            found += 1
            where = f"{place}:{flaw.start + 1}" if place else str(flaw.start + 1)
            kind = words[flaw.kind][0 if zh else 1]
            doubt = ("（疑似）" if zh else " (possibly)") if flaw.confidence == "low" else ""
            said = f"“{flaw.text}”是{kind}{doubt}：" if zh else f"“{flaw.text}” is {kind}{doubt}: "
            sys.stdout.write(f"{where}: {one_line(said + flaw.why(lang))}\n")
            sys.stdout.write(f"  {'改法：' if zh else 'instead: '}{one_line(flaw.suggestion(lang))}\n")
    if zh:
        sys.stdout.write(f"检查 {count} 处文字，问题用语 {found} 处\n")
    else:
        sys.stdout.write(f"{count} text(s) checked, {found} defective phrase(s)\n")
    return FOUND if found else CLEAN


# -- JSON lines --------------------------------------------------------------------------------------------------


class _BadLine(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def _records(name: str, lang: str) -> int:
    """Answer every record in its order; a bad line is reported by number and the rest go on."""
    if name == "-":
        return _answer(sys.stdin.buffer, "stdin", lang)
    if not Path(name).is_file():
        refuse(f"没有这个文件：{name}", f"no such file: {name}", lang)
    with Path(name).open("rb") as file:
        return _answer(file, name, lang)


def _answer(source: BinaryIO, name: str, lang: str) -> int:
    from hami_rules.wording import lint

    read = found = bad = 0
    for number, line in _numbered(source):
        try:
            record = _record(line)
        except _BadLine as error:
            bad += 1
            sys.stderr.write(f"{name}:{number}: {error.en if lang == 'en' else error.zh}\n")
            continue
        read += 1
        flaws = lint(record["text"], record["field"])
        found += bool(flaws)
        answer = {
            "id": record["id"],
            "findings": [
                {
                    "kind": f.kind,
                    "start": f.start,
                    "end": f.end,
                    "text": f.text,
                    "why": f.why(lang),
                    "suggestion": f.suggestion(lang),
                }
                for f in flaws
            ],
        }
        emit_json(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if bad:
        refuse(
            f"{bad} 行读不成，其余 {read} 行已检查", f"{bad} line(s) could not be read; {read} checked", lang
        )
    if not read:
        refuse("没有可检查的文字", "there is nothing to check", lang)
    return FOUND if found else CLEAN


def _numbered(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(source, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line


def _record(line: bytes) -> dict[str, Any]:
    from hami_rules.wording import Field

    fields = get_args(Field)
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _BadLine(
            f"不是 UTF-8 文本（第 {error.start + 1} 字节）", f"not UTF-8 (byte {error.start + 1})"
        ) from None
    except (ValueError, RecursionError) as error:
        raise _BadLine(f"不是 JSON：{error}", f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise _BadLine("应为含 id、field、text 的对象", "an object with id, field and text is expected")
    missing = [k for k in ("id", "field", "text") if value.get(k) is None]
    if missing:
        raise _BadLine(f"缺少 {'、'.join(missing)}", f"{', '.join(missing)} is missing")
    if not isinstance(value["text"], str):
        raise _BadLine("text 应为文字", "text must be a string")
    if value["field"] not in fields:
        shown = str(value["field"])[:SOURCE_LIMIT]
        raise _BadLine(
            f"field 不能是“{shown}”，只能是 {'、'.join(fields)}",
            f"field {shown!r} is none of {', '.join(fields)}",
        )
    try:
        value["text"].encode("utf-8")
    except UnicodeEncodeError:
        raise _BadLine("text 含有不成对的代理字符", "text contains an unpaired surrogate") from None
    return value

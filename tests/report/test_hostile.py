"""What outsiders write into a record stays data, in every format."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import duckdb
import openpyxl
import pytest
from page_reader import packed, written
from report_fakes import finding, group, summary

from hami_rules.gate.model import Gated, Verdict, Waiver
from hami_rules.judge.findings import Explanation, Finding, FindingsFile, SeenFact, Text
from hami_rules.pack.load import load_pack
from hami_rules.records.location import Location
from hami_rules.report.check_json import check_json
from hami_rules.report.check_text import check_text
from hami_rules.report.github import github
from hami_rules.report.gitlab import gitlab
from hami_rules.report.html import render_html
from hami_rules.report.junit import junit
from hami_rules.report.ledger import CELL, cell_text
from hami_rules.report.ledger_merge import merge, read_ledger, write_merged
from hami_rules.report.markdown import markdown
from hami_rules.report.outputs import rebuild, write_all
from hami_rules.report.safe import one_line, visible
from hami_rules.report.sarif import sarif
from hami_rules.report.split import split_by_organ
from hami_rules.report.statistics import statistics
from hami_rules.report.stored import open_stored
from hami_rules.report.terminal import print_summary

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</style></title><svg onload=alert(1)>",
    "'\"><b>{{ 7*7 }}{% raw %}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "http://example.invalid/a",
    "internal:Sheet1!A1",
    "<r><t>rich</t></r>",
    "</t></is><f>1+1</f>",
    "_x0041_ and _x000D_",
    "nul \x00 bell \x07 escape \x1b[31m c1 \x9b31m del \x7f",
    "bidi \u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "[bold red]markup[/] [link=file:///etc/passwd]x[/link]",
    "lone \ud800 surrogate",
    "ياش ئۇيغۇرچە نام",
    "长" * 40_000,
]
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]")


def hostile(text: str) -> Finding:
    both = Text(text, text)
    return finding(
        1,
        id=f"14.1a:{text[:50]}",
        title=both,
        message=both,
        remedy=both,
        interpretation=both,
        note=both,
        record_key=text[:50],
        record_label=both,
        location=Location(text[:50], line=1, column=1, pointer=text[:50]),
        organ_code=text[:50],
        organ_name=text,
        region=text[:50],
        item_name=text,
        practice=text[:50],
        seen=(SeenFact("x", both, both),),
        explanation=(Explanation("leaf", "true", both, "violated", (SeenFact("x", both, both),)),),
        rebuttals=(both,),
        superior=(text,),
        quote=text,
    )


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return [hostile(text) for text in HOSTILE]


@pytest.fixture(scope="module")
def folder(findings: list[Finding], tmp_path_factory: pytest.TempPathFactory) -> Path:
    # The folder's own name is a pattern, too.
    out = tmp_path_factory.mktemp("out") / "a[1]'*x"
    groups = [group(title=Text(t, t), organs={t[:50]: 1}, request=Text(t, t)) for t in HOSTILE]
    write_all(out, findings, groups, summary(findings, groups, dossier="&P " + HOSTILE[0]), pack=load_pack())
    return out


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert not ACTING.search(written(page))
    # The scripts are ours, named one by one in the policy; the data is letters of base64.
    scripts = re.findall(r"<script(.*?)>(.*?)</script>", page, re.DOTALL)
    run = [text for attributes, text in scripts if not attributes]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run]
    assert len(run) == 2 and all(f"'sha256-{digest}'" in html.unescape(page) for digest in digests)
    assert all(re.fullmatch("[A-Za-z0-9+/=]+", text) for attributes, text in scripts if attributes)
    seen = Tags()
    seen.feed(written(page))
    assert not seen.tags & {"script", "img", "b>", "iframe", "link", "base", "object"}
    assert not {a for a in seen.attributes if a.startswith("on")} and "src" not in seen.attributes
    text = "".join(seen.text)
    assert "<script>alert(1)</script>" in text and "{{ 7*7 }}" in text and "␛[31m" in text
    assert all(link.startswith("#") for link in seen.links)
    assert not re.search(r"url\(|@import", page.split("</style>")[0])


def test_what_lies_packed_in_the_page_is_visible_and_whole(folder: Path) -> None:
    strings = set(_strings(packed((folder / "report.html").read_text(encoding="utf-8"))))
    assert not any(ACTING.search(text) for text in strings)
    for text in HOSTILE:
        assert visible(text) in strings, text[:50]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def test_workbook(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "merged.xlsx"
    write_merged(again, merge(read_ledger(folder / "ledger.xlsx"), read_ledger(folder / "ledger.xlsx")))
    for path in (folder / "ledger.xlsx", again):
        values = _cells(path)
        for text in HOSTILE[:-1]:
            wanted = visible(text).strip()
            if "_x0041_" in text:  # the writer escapes what Excel would decode; openpyxl leaves the escape
                wanted = "_x005F_x0041_ and _x005F_x000D_"
            assert any(v.strip() == wanted for v in values), text
        assert any("全文见 findings.jsonl" in v for v in values)


def _cells(path: Path) -> list[str]:
    """The texts of a workbook, in which nothing runs, leads out of it or hides."""
    values = []
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "inlineStr", "n", "d")
                if cell.hyperlink is not None:
                    inside = r"'\w+'!A\d+" if cell.hyperlink.target is None else r"\?q=[\w.:-]+"
                    assert cell.hyperlink.target in (None, "report.html")
                    assert re.fullmatch(inside, cell.hyperlink.location)
                if isinstance(cell.value, str):
                    assert not ACTING.search(cell.value)
                    assert len(cell.value.encode("utf-16-le")) // 2 <= CELL
                    values.append(cell.value)
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        assert not [n for n in names if "external" in n.lower() or "vba" in n.lower()]
        assert not [n for n in names if n.startswith("xl/worksheets/sheet") and b"<f>" in parts.read(n)]
    return values


def test_document(folder: Path) -> None:
    path = folder / "report.docx"
    with zipfile.ZipFile(path) as parts:
        assert sorted(n for n in parts.namelist() if "rels" in n) == [
            "_rels/.rels",
            "word/_rels/document.xml.rels",
        ]
        assert b'TargetMode="External"' not in parts.read("word/_rels/document.xml.rels")
        xml = parts.read("word/document.xml").decode()
        for name in parts.namelist():
            assert not ACTING.search(parts.read(name).decode().replace("\n", "")), name
    # The page number is the only field, and it stands in the footers.
    assert not re.search(r"instrText|fldSimple|fldChar|hyperlink|w:object|altChunk|w:pict|r:embed", xml)
    document = docx.Document(str(path))
    said = "\n".join(
        [
            *(p.text for p in document.paragraphs),
            *(c.text for t in document.tables for r in t.rows for c in r.cells),
        ]
    )
    for text in HOSTILE[:-1]:
        assert one_line(text) in said, text
    longest = max(len(c.text) for t in document.tables for r in t.rows for c in r.cells)
    assert longest < 3_000 and max(len(p.text) for p in document.paragraphs) < 3_000


def test_supervision(folder: Path, findings: list[Finding]) -> None:
    with (folder / "supervision.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.reader(table))
    assert len(rows) == len(findings) + 1 and {len(r) for r in rows} == {len(rows[0])}
    for row in rows:
        for cell in row:
            assert not ACTING.search(cell) and not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    lines = [json.loads(line) for line in (folder / "supervision.jsonl").read_bytes().splitlines()]
    assert lines[3]["监察结果描述"] == HOSTILE[3], "values stay as they are for machines"


def test_sarif_of_an_audit(folder: Path) -> None:
    (run,) = json.loads((folder / "findings.sarif").read_bytes())["runs"]
    assert len(run["results"]) == len(HOSTILE)
    assert not ACTING.search("".join(r["message"]["text"].replace("\n", "") for r in run["results"]))


def test_again_and_by_organ(folder: Path, tmp_path: Path) -> None:
    rebuild(open_stored(folder), tmp_path / "again", pack=load_pack())
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }
    parts = split_by_organ(open_stored(folder), tmp_path / "split")
    assert sum(p.summary.totals.findings for p in parts) == len(HOSTILE)
    for part in parts:
        assert not ACTING.search(part.folder.name) and part.folder.parent == tmp_path / "split" / "organs"
    assert not ACTING.search((tmp_path / "split/organs/index.csv").read_text("utf-8-sig").replace("\r\n", ""))


def test_cell_text_keeps_within_the_limit_in_utf_16_units() -> None:
    assert len(cell_text("𠮷" * 40_000).encode("utf-16-le")) // 2 <= CELL
    assert cell_text("x" * CELL) == "x" * CELL
    assert "40,000" in cell_text("a" * 40_000, "en")


def test_lines_and_parquet(folder: Path, findings: list[Finding]) -> None:
    back = list(FindingsFile(folder / "findings.jsonl"))
    for was, now in zip(findings, back, strict=True):
        if "\ud800" in was.message.zh:
            assert now.message.zh == "lone [U+D800] surrogate"
        else:
            assert now == was
    rows = duckdb.sql(
        f"SELECT message.zh, seen[1].value.zh FROM read_parquet('{_sql(folder / 'findings.parquet')}')"
    ).fetchall()
    assert [r[0] for r in rows] == [f.message.zh for f in back]
    assert all(a == b for a, b in rows)
    json.loads((folder / "summary.json").read_bytes())


def _sql(path: Path) -> str:
    return re.sub(r"[\[\]*?]", lambda m: f"[{m[0]}]", str(path)).replace("'", "''")


@pytest.mark.parametrize("terminal", [False, True])
def test_terminal(findings: list[Finding], folder: Path, terminal: bool) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    out = Screen()
    dossier = "".join(HOSTILE[14:17])
    print_summary(summary(findings, [], dossier=dossier), [folder / "report.html"], out)
    said = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()) if terminal else out.getvalue()
    assert not ACTING.search(said)
    assert "␛[31m" in said and "[bold red]markup[/]" in said.replace("\n", "")


def test_check(findings: list[Finding]) -> None:
    verdict = Verdict([Gated(f) for f in findings])
    said = check_text(verdict, lambda _: "x\x1b[31m\n", documents=1, explain=True)
    assert not ACTING.search(said)
    answer = json.loads(check_json(verdict, summary(findings, [])))
    assert answer["version"] == "1" and len(answer["findings"]) == len(findings)
    assert answer["findings"][0]["message"]["zh"] == HOSTILE[0]


def test_what_ci_shows(findings: list[Finding]) -> None:
    verdict = Verdict(
        [
            Gated(f, None, Waiver("14.1a", w, Location(w[:50]), w) if w else None)
            for f in findings
            for w in ("", HOSTILE[14])
        ]
    )
    sources = [f.location.source for f in findings if f.location]
    for said in (
        github(verdict, "zh"),
        junit(verdict, "zh", sources=sources, fail_on="violation"),
        markdown(verdict, None, "zh", fail_on="violation"),
        statistics(verdict, "zh"),
    ):
        said.encode("utf-8")
        assert not ACTING.search(said)
    assert len(json.loads(gitlab(verdict, "zh"))) == len(findings)
    for result in json.loads(sarif(verdict, load_pack(), None, "zh"))["runs"][0]["results"]:
        shown = [result["message"]["text"], *(s["justification"] for s in result["suppressions"])]
        assert not ACTING.search("".join(shown))


def test_english_page_renders_too(findings: list[Finding]) -> None:
    page = render_html(findings, [group()], summary(findings, [group()]), "en")
    assert '<html lang="en">' in page and "Undetermined" in page
    words = "".join(_strings(packed(page)["index"]["words"])).replace("应当", "")  # a term of the law
    assert not re.search("[\u4e00-\u9fff]", words)

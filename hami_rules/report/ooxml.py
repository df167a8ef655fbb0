"""A Word document as its XML parts: official-document geometry (GB/T 9704-2012), streamed, the same bytes each time.

Written by hand rather than through a library: a table of thousands of rows must not be held as a tree, nothing may take
a clock's time, and the only field of the whole file is to be the page number. Texts go in as text: whatever they hold,
none becomes a field, a link or mark-up.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from .lines import replaced
from .safe import one_line, visible

__all__ = ["BODY", "HEI", "KAI", "SONG", "TITLE", "Document", "Run", "mm"]

# Fonts that every Windows and WPS has; the official cuts are named as alternatives in the font table.
TITLE, BODY, HEI, KAI, SONG = "方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"
_ALTERNATIVES = {
    TITLE: ("小标宋体,方正小标宋_GBK,华文中宋,宋体,SimSun,Noto Serif CJK SC", "roman"),
    BODY: ("仿宋_GB2312,FangSong,华文仿宋,FangSong_GB2312,Noto Serif CJK SC", "modern"),
    HEI: ("SimHei,Noto Sans CJK SC", "swiss"),
    KAI: ("楷体_GB2312,KaiTi,华文楷体,Noto Serif CJK SC", "modern"),
    SONG: ("SimSun,Noto Serif CJK SC", "roman"),
}
_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIXED = (1980, 1, 1, 0, 0, 0)  # the earliest day that a zip archive can hold
_SMALL = 1_000  # characters of a row that need not break across pages

Run = tuple[str, str | None]
"""A stretch of text and its font; `None`: the paragraph's own."""

Said = str | Sequence[Run]


def mm(value: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(value * 1440 / 25.4)


def _text(text: str) -> str:
    """Text inside a run: tabs and line breaks as such, everything else as it reads."""
    out = []
    for i, line in enumerate(visible(text).split("\n")):
        if i:
            out.append("<w:br/>")
        for j, piece in enumerate(line.split("\t")):
            if j:
                out.append("<w:tab/>")
            if piece:
                out.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return "".join(out)


def _font(name: str) -> str:
    return f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{name}" w:cs="Times New Roman"/>'


def _length(said: Said) -> int:
    return len(said) if isinstance(said, str) else sum(len(text) for text, _ in said)


def _runs(runs: Said) -> str:
    pieces: Sequence[Run] = [(runs, None)] if isinstance(runs, str) else runs
    return "".join(
        f"<w:r>{f'<w:rPr>{_font(font)}</w:rPr>' if font else ''}{_text(text)}</w:r>"
        for text, font in pieces
        if text
    )


class Document:
    """A document as it is written, paragraph by paragraph and row by row. Use as a context manager."""

    def __init__(self, path: Path, title: str, mark: str, day: date, lang: str) -> None:
        self._path, self._title, self._mark, self._day, self._lang = path, title, mark, day, lang
        self._out: IO[bytes]

    def __enter__(self) -> Document:
        self._held = replaced(self._path)
        self._zip = zipfile.ZipFile(self._held.__enter__(), "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        for name, body in self._parts().items():
            self._zip.writestr(_entry(name), body.encode("utf-8"))
        self._out = self._zip.open(_entry("word/document.xml"), "w", force_zip64=True)
        self._write(f"{_DECLARED}<w:document {_NS}><w:body>")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._write(f"{self._section(landscape=self._wide)}</w:body></w:document>")
            self._out.close()
            self._zip.close()
        finally:
            self._held.__exit__(kind, error, trace)  # type: ignore[arg-type]

    _wide = False

    def _write(self, xml: str) -> None:
        self._out.write(xml.encode("utf-8"))

    # -- what a document is made of ----------------------------------------------------------------------------------

    def paragraph(
        self, runs: Said, style: str = "Normal", new_page: bool = False, next_too: bool = False
    ) -> None:
        """A paragraph in one of the styles: Normal, Title, Heading1 to Heading3, Caption, Note, Flush, Signed, Small.
        `new_page`: it begins one; `next_too`: it stands on the page of what follows."""
        begins = ("<w:keepNext/>" if next_too else "") + ("<w:pageBreakBefore/>" if new_page else "")
        self._write(f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{begins}</w:pPr>{_runs(runs)}</w:p>')

    def turn(self) -> None:
        """End the upright pages; what follows lies across, for wide tables."""
        self._write(f"<w:p><w:pPr>{self._section(landscape=False)}</w:pPr></w:p>")
        self._wide = True

    def table(
        self,
        heads: Sequence[str],
        widths: Sequence[float],
        rows: Iterable[Sequence[Said]],
        small: bool = False,
        centred: Collection[int] = (),
        together: bool = False,
    ) -> int:
        """A table whose head is repeated on each page; widths in millimetres. `small`: type of 9 points; `centred`: the
        columns (from 0) of numbers and words too short to begin at the left; `together`: a few rows, kept on one page. Gives the number of its rows."""
        grid = "".join(f'<w:gridCol w:w="{mm(w)}"/>' for w in widths)
        total = sum(mm(w) for w in widths)
        self._write(
            f'<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="{total}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        )
        size = "Small" if small else ""
        self._row(heads, widths, [f"{size}CellHead"] * len(heads), head=True, next_too=True)
        styles = [f"{size}CellMid" if i in centred else f"{size}Cell" for i in range(len(heads))]
        count = 0
        for row in rows:
            self._row(row, widths, styles, next_too=together)
            count += 1
        self._write("</w:tbl>")
        return count

    def _row(
        self,
        cells: Sequence[Said],
        widths: Sequence[float],
        styles: Sequence[str],
        head: bool = False,
        next_too: bool = False,
    ) -> None:
        # A short row stays together; a long one may break, or it would run off the page.
        keep = "<w:cantSplit/>" if head or sum(map(_length, cells)) < _SMALL else ""
        repeat = "<w:tblHeader/>" if head else ""
        follow = "<w:keepNext/>" if next_too else ""
        out = [f"<w:tr><w:trPr>{keep}{repeat}</w:trPr>" if keep or repeat else "<w:tr>"]
        for cell, wide, style in zip(cells, widths, styles, strict=True):
            out.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{mm(wide)}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
                f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{follow}</w:pPr>{_runs(cell)}</w:p></w:tc>'
            )
        out.append("</w:tr>")
        self._write("".join(out))

    # -- parts -------------------------------------------------------------------------------------------------------

    def _section(self, landscape: bool) -> str:
        wide, high = mm(210), mm(297)
        size = (
            f'<w:pgSz w:w="{high}" w:h="{wide}" w:orient="landscape"/>'
            if landscape
            else f'<w:pgSz w:w="{wide}" w:h="{high}"/>'
        )
        grid = '<w:docGrid w:type="lines" w:linePitch="560"/>'
        top, bottom, left, right = (28, 26, 37, 35) if landscape else (37, 35, 28, 26)
        return (
            '<w:sectPr><w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="even" r:id="rId5"/>'
            '<w:footerReference w:type="default" r:id="rId6"/><w:footerReference w:type="even" r:id="rId7"/>'
            f'<w:type w:val="nextPage"/>{size}<w:pgMar w:top="{mm(top)}" w:right="{mm(right)}" w:bottom="{mm(bottom)}" '
            f'w:left="{mm(left)}" w:header="{mm(15)}" w:footer="{mm(28 if not landscape else 18)}" w:gutter="0"/>'
            f"{'' if landscape else grid}</w:sectPr>"
        )

    def _parts(self) -> dict[str, str]:
        language = "zh-CN" if self._lang == "zh" else "en-GB"
        moment = f"{self._day.isoformat()}T00:00:00Z"
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006"
        kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml"
        words = ("styles", "settings", "fontTable", "header1", "footer1", "footer2")
        sorts = ("styles", "settings", "fontTable", "header", "footer", "footer")
        overrides = "".join(
            f'<Override PartName="/word/{n}.xml" ContentType="{kinds}.{s}+xml"/>'
            for n, s in zip(words, sorts, strict=True)
        )
        relations = "".join(
            f'<Relationship Id="rId{i}" Type="{office}/{s}" Target="{n}.xml"/>'
            for i, n, s in zip((1, 2, 3, 5, 6, 7), words, sorts, strict=True)
        )
        return {
            "[Content_Types].xml": (
                f'{_DECLARED}<Types xmlns="{package}/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/>'
                f'<Override PartName="/word/document.xml" ContentType="{kinds}.document.main+xml"/>{overrides}'
                '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
                "</Types>"
            ),
            "_rels/.rels": (
                f'{_DECLARED}<Relationships xmlns="{package}/relationships">'
                f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/>'
                f'<Relationship Id="rId2" Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
                "</Relationships>"
            ),
            "docProps/core.xml": (
                f'{_DECLARED}<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" '
                'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
                'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
                f"<dc:title>{escape(one_line(self._title))}</dc:title><dc:creator>hami-rules</dc:creator>"
                f"<cp:lastModifiedBy>hami-rules</cp:lastModifiedBy><cp:revision>1</cp:revision>"
                f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
                f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
                f"<dc:language>{language}</dc:language></cp:coreProperties>"
            ),
            "word/_rels/document.xml.rels": (
                f'{_DECLARED}<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
            ),
            "word/settings.xml": (
                f'{_DECLARED}<w:settings {_NS}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
                '<w:characterSpacingControl w:val="compressPunctuation"/>'
                '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
                f'<w:themeFontLang w:val="en-US" w:eastAsia="{language}"/></w:settings>'
            ),
            "word/fontTable.xml": (
                f"{_DECLARED}<w:fonts {_NS}>"
                + "".join(
                    f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
                    f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
                    for name, (others, family) in _ALTERNATIVES.items()
                )
                + "</w:fonts>"
            ),
            "word/styles.xml": _styles(language),
            "word/header1.xml": (
                f'{_DECLARED}<w:hdr {_NS}><w:p><w:pPr><w:pStyle w:val="Mark"/></w:pPr>{_runs(self._mark)}</w:p></w:hdr>'
            ),
            "word/footer1.xml": _footer("right"),
            "word/footer2.xml": _footer("left"),
        }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0  # not what the bytes were made on
    entry.external_attr = 0
    return entry


def _footer(side: str) -> str:
    """— 1 —, four-size Song, outside: right on odd pages and left on even ones, one character in."""
    style = f'<w:rPr>{_font(SONG)}<w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>'
    field = (
        f'<w:r>{style}<w:fldChar w:fldCharType="begin"/></w:r><w:r>{style}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'<w:r>{style}<w:fldChar w:fldCharType="separate"/></w:r><w:r>{style}<w:t>1</w:t></w:r>'
        f'<w:r>{style}<w:fldChar w:fldCharType="end"/></w:r>'
    )
    return (
        f'{_DECLARED}<w:ftr {_NS}><w:p><w:pPr><w:pStyle w:val="Flush"/><w:ind w:{side}="280"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r>{style}<w:t xml:space="preserve">— </w:t></w:r>{field}<w:r>{style}<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


def _style(
    name: str,
    label: str,
    font: str,
    half_points: int,
    paragraph: str,
    based: bool = True,
    outline: int | None = None,
) -> str:
    level = "" if outline is None else f'<w:outlineLvl w:val="{outline}"/>'
    base = '<w:basedOn w:val="Normal"/>' if based else ""
    default = "" if based else ' w:default="1"'
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"{default}><w:name w:val="{label}"/>{base}<w:qFormat/>'
        f"<w:pPr>{paragraph}{level}</w:pPr><w:rPr>{_font(font)}"
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>'
    )


def _styles(language: str) -> str:
    pitch = '<w:spacing w:before="0" w:after="0" w:line="560" w:lineRule="exact"/>'

    def lines(pitched: int, whole: bool = False) -> str:
        """Off the grid of 28 points; a long number may break anywhere unless it is to stay `whole`."""
        return (
            ("" if whole else '<w:wordWrap w:val="0"/>')
            + '<w:snapToGrid w:val="0"/>'
            + f'<w:spacing w:before="0" w:after="0" w:line="{pitched}" w:lineRule="exact"/>'
        )

    in_two = '<w:ind w:firstLine="640" w:firstLineChars="200"/>'
    none = '<w:ind w:firstLine="0" w:firstLineChars="0"/>'
    keep = "<w:keepNext/>"
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'{_DECLARED}<w:styles {_NS}><w:docDefaults><w:rPrDefault><w:rPr>{_font(BODY)}<w:sz w:val="32"/><w:szCs w:val="32"/>'
        f'<w:lang w:val="{"en-US" if language == "zh-CN" else language}" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        + _style(
            "Normal",
            "Normal",
            BODY,
            32,
            f'<w:wordWrap w:val="0"/>{pitch}{in_two}<w:jc w:val="both"/>',
            based=False,
        )
        + _style(
            "Title",
            "Title",
            TITLE,
            44,
            f'{keep}<w:spacing w:before="0" w:after="560" w:line="640" w:lineRule="exact"/>{none}<w:jc w:val="center"/>',
        )
        + _style("Heading1", "heading 1", HEI, 32, f"{keep}{pitch}{in_two}", outline=0)
        + _style("Heading2", "heading 2", KAI, 32, f"{keep}{pitch}{in_two}", outline=1)
        + _style("Heading3", "heading 3", BODY, 32, f"{keep}{pitch}{in_two}", outline=2)
        + _style("Flush", "Flush", BODY, 32, f'{pitch}{none}<w:jc w:val="left"/>')
        + _style("Note", "Note", KAI, 28, f"{pitch}{in_two}")
        + _style("Signed", "Signed", BODY, 32, f'{pitch}{none}<w:jc w:val="right"/>')
        + _style("Mark", "Mark", HEI, 21, f'{lines(300)}{none}<w:jc w:val="right"/>')
        + _style("Caption", "caption", HEI, 28, f'{keep}{pitch}{none}<w:jc w:val="center"/>')
        + _style("Small", "Small", BODY, 21, f'{lines(320)}{none}<w:jc w:val="left"/>')
        + "".join(
            _style(
                f"{size}Cell{kind}",
                f"{size} Cell {kind}".strip(),
                font,
                points,
                f'{lines(pitched, kind == "Mid")}{none}<w:jc w:val="{side}"/>',
            )
            for size, points, pitched in (("", 21, 300), ("Small", 18, 240))
            for kind, font, side in (("", BODY, "left"), ("Mid", BODY, "center"), ("Head", HEI, "center"))
        )
        + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders>{edge}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )

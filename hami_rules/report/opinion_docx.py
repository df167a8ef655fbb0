"""An opinion as a Word document. python-docx is imported when one is written."""

from __future__ import annotations

from pathlib import Path

from hami_rules.consult.opinion import Opinion
from hami_rules.pack.message import show

from .opinion import sections
from .safe import visible

__all__ = ["NeedsDocx", "write_opinion_docx"]


class NeedsDocx(ImportError):
    """python-docx is not installed."""

    zh = "写 Word 文档需要 python-docx：pip install python-docx"
    en = "writing a Word document needs python-docx: pip install python-docx"


def write_opinion_docx(opinion: Opinion, file: Path, lang: str) -> None:
    """Write the opinion. Raises `NeedsDocx` where python-docx is not installed."""
    try:
        from docx import Document
    except ImportError:
        raise NeedsDocx from None
    document = Document()
    zh = lang == "zh"
    document.core_properties.title = "法律适用意见" if zh else "Opinion on the law that applies"
    document.core_properties.author = "hami-rules"
    document.add_heading(document.core_properties.title, 0)
    law = (
        "《哈密市经营主体政务服务条例》"
        if zh
        else "Hami regulation on government services for market entities"
    )
    document.add_paragraph(f"{law}  {show(opinion.as_of, lang)}")
    for title, lines in sections(opinion, lang):
        document.add_heading(title(lang), 1)
        for indent, line in lines:
            document.add_paragraph(visible(line), style="List Bullet" if indent == 0 else "List Bullet 2")
    document.save(str(file))

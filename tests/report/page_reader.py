"""Reads report.html as a test wants it: what is written in it, and what lies packed beside that."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

__all__ = ["everything", "packed", "written"]

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def written(page: str) -> str:
    """The page without its style, scripts and packed data: what is there without JavaScript, and on paper."""
    return _STYLE.sub("", _SCRIPT.sub("", page))


def packed(page: str) -> dict[str, Any]:
    """What lies packed in the page, by its name; the charting library apart."""
    out = {}
    for block in _SCRIPT.finditer(page):
        name = re.search(r'id="([^"]+)"', block["attributes"])
        if name and name[1] != "charting":
            out[name[1]] = json.loads(zlib.decompress(base64.b64decode(block["text"])))
    return out


def everything(page: str) -> str:
    """Everything that a reader of the page can come to see, as one text."""
    return written(page) + json.dumps(packed(page), ensure_ascii=False)

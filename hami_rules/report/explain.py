"""The explanation tree as text: each condition in words, whether it held, and the facts seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hami_rules.judge.findings import Explanation

from .safe import one_line
from .words import OPERATORS, PARTS, TRUTH_MARKS, TRUTHS

__all__ = ["reasons", "says", "tree"]

# Which children decide a condition of that truth; where none is named, all of them do.
_DECIDING = {
    ("any", "true"): "true",
    ("some", "true"): "true",
    ("no", "false"): "true",
    ("all", "false"): "false",
    ("every", "false"): "false",
    ("any", "unknown"): "unknown",
    ("all", "unknown"): "unknown",
    ("some", "unknown"): "unknown",
    ("every", "unknown"): "unknown",
    ("no", "unknown"): "unknown",
}


def says(node: Explanation, lang: str) -> str:
    """The node in words: its own text, or its operator's name where it has none."""
    return one_line(node.text(lang)) or OPERATORS.get(node.op, OPERATORS["leaf"])(lang)


def reasons(explanation: Iterable[Explanation]) -> Iterator[tuple[str | None, Explanation]]:
    """Why, without the detours: the conditions that decided. The first of each part of the rule names the part."""
    said = None
    for top in explanation:
        for node in _decisive(top):
            yield (None if top.part == said else top.part), node
            said = top.part


def _decisive(node: Explanation) -> Iterator[Explanation]:
    wanted = _DECIDING.get((node.op, node.truth))
    below = [c for c in node.children if wanted is None or c.truth == wanted] or list(node.children)
    if not below:
        yield node
    for child in below:
        yield from _decisive(child)


def tree(explanation: Iterable[Explanation], lang: str, indent: str = "") -> Iterator[str]:
    """Lines of the tree, for a terminal."""
    nodes = tuple(explanation)
    colon = "：" if lang == "zh" else ": "
    for i, node in enumerate(nodes):
        last = i == len(nodes) - 1
        part = f"{PARTS[node.part](lang)}{colon}" if node.part in PARTS else ""
        mark = f"{TRUTH_MARKS[node.truth]} {says(node, lang)}"
        truth = f"（{TRUTHS[node.truth](lang)}）" if lang == "zh" else f" ({TRUTHS[node.truth](lang)})"
        yield f"{indent}{'└─' if last else '├─'} {part}{mark}{truth}"
        below = indent + ("   " if last else "│  ")
        stem = "│  " if node.children else "   "
        for seen in node.facts:
            yield f"{below}{stem}{one_line(seen.label(lang))} = {one_line(seen.value(lang))}"
        yield from tree(node.children, lang, below)

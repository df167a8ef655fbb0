"""Which limb of a rule applies, in words: `{ground}` in a message, and `{row_…}` for the row that decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hami_rules.pack.message import show
from hami_rules.pack.nodes import AllOf, AnyOf, Call, IsTrue, Node, Not, Quant
from hami_rules.predicates.registry import Ref

from .interpret import Frame, Raised, Seen, Unknown

__all__ = ["decisive_row", "ground"]

Words = Callable[[Node, str], str]


def ground(seen: Seen, lang: str, words: Words) -> str:
    """The alternatives of a condition that hold; where it is open, those that may yet."""
    parts = [_say(limb, lang, words) for limb in _alternatives(seen)] or [_say(seen, lang, words)]
    return ("；" if lang == "zh" else "; ").join(parts)


def decisive_row(seen: Seen) -> Frame | None:
    """The row by which the first `some` holds; where it is open, the first that may make it hold."""
    if isinstance(seen.node, Quant):
        rows = [*zip(seen.children, seen.rows, strict=True)]
        return next((at for wanted in (True, None) for row, at in rows if row.truth is wanted), None)
    return next((at for child in seen.children if (at := decisive_row(child)) is not None), None)


def _alternatives(seen: Seen) -> Iterator[Seen]:
    """The limbs that hold (or may) of the outermost either-or."""
    if isinstance(seen.node, AnyOf):
        yield from _holding(seen)
    elif isinstance(seen.node, AllOf):
        for child in seen.children:
            yield from _alternatives(child)


def _holding(seen: Seen) -> list[Seen]:
    sure = [c for c in seen.children if c.truth is True]
    return sure or [c for c in seen.children if c.truth is None]


def _denied(said: str) -> str:
    """A statement denied: 已公布 → 没有公布, 拒绝名称有法定理由 → 拒绝名称没有法定理由."""
    if said.startswith("已"):
        return f"没有{said[1:]}"
    before, has, after = said.partition("有")
    return f"{before}没有{after}" if has else f"没有{said}"


def _say(seen: Seen, lang: str, words: Words) -> str:
    node, zh = seen.node, lang == "zh"
    if isinstance(node, AllOf):
        return ("，" if zh else ", ").join(_say(c, lang, words) for c in seen.children)
    if isinstance(node, AnyOf):
        return ("，" if zh else ", ").join(_say(c, lang, words) for c in _holding(seen))
    inner = node.child if isinstance(node, Not) else node
    if isinstance(inner, IsTrue):
        said = words(inner, lang)
        if not zh:
            return f"{said}: {'no' if isinstance(node, Not) else 'yes'}"
        return _denied(said) if isinstance(node, Not) else said
    if isinstance(node, Call):
        said = words(node, lang)
        return said + _values(seen, lang, said)
    return words(node, lang)


def _values(seen: Seen, lang: str, said: str) -> str:
    """What a comparison saw, in brackets, but for what its words say."""
    told = [
        f"{words}{'：' if lang == 'zh' else ': '}{show(value, lang, ref.name)}"
        for ref, value in seen.values
        if isinstance(ref, Ref) and not isinstance(value, Unknown | Raised)
        for words in [ref.target.zh if lang == "zh" else ref.target.en[:1].lower() + ref.target.en[1:]]
        if show(value, lang, ref.name) not in said  # 核验通过（核验结果：核验通过）
    ]
    if not told:
        return ""
    return f"（{'；'.join(told)}）" if lang == "zh" else f" ({'; '.join(told)})"

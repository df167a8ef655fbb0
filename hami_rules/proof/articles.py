"""The regulation article by article, as the rules read it (`docs/articles.md`), written from the rules themselves.

Same words as `hami show` (`describe.py`): a page to read through, where `show` answers one question.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hami_rules import statute
from hami_rules.pack.load import Norm, Pack
from hami_rules.pack.rules import Rule
from hami_rules.statute.superior import superior_citations, superior_note

from .describe import (
    EFFECTS,
    EXECUTABILITY,
    HOW,
    KINDS,
    condition_parts,
    consequence_of,
    grade_of,
    in_words,
    scope_text,
    who,
    with_values,
)

__all__ = ["ARTICLES", "articles_page"]

ARTICLES = Path("docs") / "articles.md"

_HEAD = """\
# 逐条说明

本页由程序生成，不手改：`make generated` 重写，`tests/proof/test_articles.py` 核对。只问一条时用 `hami show 14.1a`。

每一项规范写明：是什么性质、约束谁、评判什么、怎样评判；每一条规则写明条件、等级、能自动到什么程度、理解口径、
已知的多报和少报、竞合，以及后果。“违反条件”中的话就是规则本身，不是另写的说明。

“后果”是没有其他记录时第三十二条的规则给出的。有改革举措记录并符合条件的，标注可免责或者减责（第三十条）；有权机关
已就该发现认定失职的，改依第三十一条。未决的没有后果。
"""


def articles_page(pack: Pack) -> str:
    """All articles in Markdown, with the norms and rules of each."""
    text = statute.load()
    out = [_HEAD, f"{superior_note('zh')}\n"]
    last = max(p.article for p in text.paragraphs)
    for number in range(1, last + 1):
        paragraphs = text.article(number)
        out.append(f"## {text.citation(str(number))}\n")
        for paragraph in paragraphs:
            if len(paragraphs) > 1:
                out.append(f"### {paragraph.citation_zh}\n")
            out.append(f"> {paragraph.text}\n")
            for norm in pack.data.norms:
                if str(statute.Address.parse(norm.id).at_paragraph) == paragraph.address:
                    out += _norm(pack, norm)
    return "\n".join(out).rstrip() + "\n"


def _norm(pack: Pack, norm: Norm) -> Iterator[str]:
    kind, how = KINDS.get(norm.kind), HOW.get(norm.how)
    yield (
        f"**{norm.id}**　{kind.zh if kind else norm.kind} · {who(norm, 'zh')} · 评判：{norm.judged.zh} · "
        f"{how.zh if how else norm.how}\n"
    )
    rules = [r for r in pack.rules if r.address == norm.id]
    if not rules:
        yield "- 尚未编为可执行规则\n"
    for rule in rules:
        yield from _rule(pack, rule)


def _rule(pack: Pack, rule: Rule) -> Iterator[str]:
    said = grade_of(pack, rule) or EFFECTS.get(rule.effect or "")
    yield f"- **`{rule.id}` {rule.title.zh}** — {said.zh if said else ''}；{EXECUTABILITY[rule.executability].zh}"
    bound = pack.bind(statute.Address.parse(rule.id)).get(rule.id)
    rows: list[tuple[str, str]] = []
    if bound is not None:
        kind = pack.registry.kinds[bound.kind]
        rows.append(("评判", kind.zh))
        rows += ((word, with_values(pack, text, "zh")) for word, text in condition_parts(bound, "zh"))
    governs = scope_text(pack, rule, "zh")
    if governs is not None:
        rows.append(("适用条件", with_values(pack, governs, "zh")))
    if rule.effect is not None and rule.message:
        rows.append(("写入", in_words(pack, rule, rule.message, "zh")))
    for word, text in (
        ("不明时写入", rule.pending),
        ("整改", rule.remedy),
        ("理解口径", rule.interpretation),
        ("可能多报", rule.over_reports),
        ("可能漏报", rule.under_reports),
    ):
        if text:
            rows.append((word, in_words(pack, rule, text, "zh")))
    if rule.primary_over:
        rows.append(("竞合时优先于", "、".join(rule.primary_over)))
    over = [r.id for r in pack.rules if r is not rule and _covers(r.primary_over, rule.id)]
    if over:
        rows.append(("竞合时让位于", "、".join(over)))
    if rule.superior:
        rows.append(("上位法相关条款", superior_citations(rule.superior)))
    follows = consequence_of(pack, rule)
    if follows:
        rows.append(("后果", follows.zh))
    yield from (f"  - {word}：{text}" for word, text in rows)
    yield ""


def _covers(addresses: tuple[str, ...], rule: str) -> bool:
    at = statute.Address.parse(rule)
    return any(statute.Address.parse(a).contains(at) for a in addresses)

"""Superior law that says the same: how its articles are cited in reports and explanations.

A rule names it as `722:35` (an order of the State Council by its number) or `行政许可法:31` (a law by its name).
"""

from __future__ import annotations

from .numerals import to_chinese

__all__ = ["superior_citation"]

_ORDERS = {
    "722": ("国务院《优化营商环境条例》", "State Council Order 722"),
    "716": ("《国务院关于在线政务服务的若干规定》", "State Council Order 716"),
}


def superior_citation(reference: str, lang: str = "zh") -> str:
    """`722:35` → 国务院《优化营商环境条例》第三十五条 / State Council Order 722, Article 35; other text as it is."""
    name, _, article = reference.rpartition(":")
    if not name or not article.isdigit():
        return reference
    zh, en = _ORDERS.get(name, (f"《{name}》", name))
    if lang == "en":
        return f"{en}, Article {article}"
    return f"{zh}第{to_chinese(int(article))}条"

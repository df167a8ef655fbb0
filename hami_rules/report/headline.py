"""What a reader takes away in a minute: the totals against departments in two or three sentences."""

from __future__ import annotations

from collections.abc import Callable

from .safe import one_line
from .summary import Summary, Tally

__all__ = ["headline"]

NAMED = 3  # articles and organs, at most


def headline(summary: Summary, lang: str) -> list[str]:
    """Sentences. The figures are those of the totals; no finding is looked at."""
    zh = lang == "zh"
    party = summary.totals.party("department")
    total = party.total
    organs = sum(1 for tally in party.by_organ.values() if tally.breaches)

    def most(tallies: dict[str, Tally], name: Callable[[str], str]) -> str:
        chosen = sorted(
            (k for k in tallies if k and tallies[k].breaches), key=lambda k: (-tallies[k].breaches, len(k), k)
        )
        figure = "{} {:,} 项" if zh else "{} ({:,})"
        said = [figure.format(name(k), tallies[k].breaches) for k in chosen[:NAMED]]
        return ("、" if zh else ", ").join(said)

    if total.breaches:
        articles = most(party.by_article, lambda a: summary.articles[a](lang) if a in summary.articles else a)
        worst = most(party.by_organ, lambda o: one_line(summary.organs.get(o, o)))
        said = (
            [
                f"发现政务服务部门违反 {total.violation.instances:,} 项、未落实 {total.shortfall.instances:,} 项，"
                f"涉及 {organs:,} 个单位、{total.violation.practices + total.shortfall.practices:,} 种做法。",
                f"最多的条款：{articles}。" + (f"最多的单位：{worst}。" if worst else ""),
            ]
            if zh
            else [
                f"{total.violation.instances:,} violations and {total.shortfall.instances:,} shortfalls were found "
                f"against {organs:,} departments, in {total.violation.practices + total.shortfall.practices:,} practices.",
                f"Most of them under {articles}" + (f"; against {worst}." if worst else "."),
            ]
        )
    else:
        said = ["没有发现违反或者未落实。" if zh else "No violation and no shortfall was found."]
    if total.suspicion.instances or total.undetermined:
        said.append(
            f"另有疑似 {total.suspicion.instances:,} 项须人工核查，未决 {total.undetermined:,} 项须补充证据，均不是违反。"
            if zh
            else f"{total.suspicion.instances:,} suspicions await a person’s check and {total.undetermined:,} verdicts "
            "await evidence; neither are breaches."
        )
    return said

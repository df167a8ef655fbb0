"""The end of `hami audit`: the figures in a table, and where the files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from hami_rules.judge.findings import Text

from .safe import one_line
from .summary import PARTIES as PARTY_ORDER
from .summary import Summary, Tally
from .words import GRADES, PARTIES, PARTY_NOTES, UNTRUSTED, VERDICTS, region_name

__all__ = ["print_summary"]

UNUSED = 20  # of what had no effect, at most
REQUESTS = 8  # of what is to be asked for, at most

_W = {
    "title": Text("审计结果", "Audit"),
    "as_of": Text("截至", "as of"),
    "pack": Text("规则包", "pack"),
    "read": Text("读取", "read"),
    "judged": Text("判定", "judged"),
    "duplicates": Text("重复", "duplicates"),
    "quarantined": Text("隔离", "quarantined"),
    "unjudged": Text("仅供参照", "for reference"),
    "rules": Text("规则", "rules"),
    "of": Text("条适用，共装入", "applicable of"),
    "article": Text("条款", "Article"),
    "all": Text("合计", "Total"),
    "practices": Text("做法", "Practices"),
    "concurrent": Text("竞合（不另计）", "concurrent (not counted again)"),
    "dismissed": Text("经认定不成立", "dismissed by decision"),
    "errors": Text("判定出错", "errors"),
    "mitigated": Text("可免责/减责", "may be excused or reduced"),
    "coordinating": Text("统筹协调单位", "Coordinating bodies"),
    "unused": Text("未起作用", "without effect"),
    "requests": Text("调阅资料清单", "To request"),
    "organs": Text("个单位", "organs"),
    "things": Text("件", "requests"),
    "unknown": Text("责任单位不明", "organ unknown"),
    "decisions": Text("另待人认定", "for people to decide"),
    "rest": Text("件见 ledger.xlsx", "more in ledger.xlsx"),
    "more": Text("条见 report.html", "more in report.html"),
    "statistic": Text("统计", "Statistic"),
    "groups": Text("分组", "groups"),
    "few": Text("太少或者不适用", "too few or not applicable"),
    "files": Text("输出文件", "Files"),
}


class _Row(NamedTuple):
    label: str
    cells: tuple[str, str, str, str]
    total: bool = False
    heading: bool = False
    last: bool = False


def _cells(tally: Tally) -> tuple[str, str, str, str]:
    return (
        f"{tally.violation.instances:,}",
        f"{tally.shortfall.instances:,}",
        f"{tally.suspicion.instances:,}",
        f"{tally.undetermined:,}",
    )


def _rows(summary: Summary, lang: str) -> Iterator[_Row]:
    for party in PARTY_ORDER:
        totals = summary.totals.against.get(party)
        if totals is None:
            continue
        note = f"  {PARTY_NOTES[party](lang)}" if party in PARTY_NOTES else ""
        yield _Row(PARTIES[party](lang) + note, ("", "", "", ""), heading=True)
        for article in sorted(totals.by_article, key=lambda a: (int(a) if a.isdigit() else 0, a)):
            name = summary.articles[article](lang) if article in summary.articles else article
            yield _Row(f"  {one_line(name)}", _cells(totals.by_article[article]))
        yield _Row(f"  {_W['all'](lang)}", _cells(totals.total), total=True)
        grades = (totals.total.violation, totals.total.shortfall, totals.total.suspicion)
        practices = [f"{grade.practices:,}" for grade in grades]
        yield _Row(f"  {_W['practices'](lang)}", (practices[0], practices[1], practices[2], "–"), last=True)


def _head(summary: Summary, lang: str) -> Iterator[str]:
    run, counts = summary.run, summary.accounting.total
    yield (
        f"{_W['title'](lang)}  {one_line(run.dossier)}  {_W['as_of'](lang)} {run.as_of}  "
        f"{_W['pack'](lang)} {run.pack_version} ({run.pack_hash[:12]})"
    )
    yield "  ".join(
        f"{_W[name](lang)} {getattr(counts, name):,}"
        for name in ("read", "judged", "duplicates", "quarantined", "unjudged")
    )
    for why in summary.untrusted:
        yield f"{UNTRUSTED(lang)}{'：' if lang == 'zh' else ': '}{one_line(why(lang))}"
    accounts = summary.accounting
    yield f"{_W['rules'](lang)} {accounts.rules_applicable} {_W['of'](lang)} {accounts.rules_loaded}"


def _tail(summary: Summary, lang: str) -> Iterator[str]:
    totals = summary.totals
    said = [
        f"{_W[name](lang)} {getattr(totals, name):,}"
        for name in ("concurrent", "dismissed", "errors")
        if getattr(totals, name)
    ]
    mitigated = sum(party.total.mitigated for party in totals.against.values())
    if mitigated:
        said.append(f"{_W['mitigated'](lang)} {mitigated:,}")
    if said:
        yield "  ".join(said)
    if summary.coordinating:
        bodies = "  ".join(
            f"{region_name(region, lang)} {one_line(body(lang))}"
            for region, body in summary.coordinating.items()
        )
        yield f"{_W['coordinating'](lang)}  {bodies}"
    yield from _requests(summary, lang)
    unused = summary.unused
    if unused:
        yield f"{_W['unused'](lang)} {len(unused):,}"
    for one in unused[:UNUSED]:
        hint = f"  {one_line(one.hint(lang))}" if one.hint else ""
        place = f"{one_line(one.place)}  " if one.place else ""
        yield f"  {place}{one_line(one.message(lang))}{hint}"
    if len(unused) > UNUSED:
        yield f"  … {len(unused) - UNUSED:,} {_W['more'](lang)}"
    for rule in summary.rules:
        if rule.statistic:
            groups, few = sum(rule.verdicts.values()), rule.verdicts["not_applicable"]
            yield f"{_W['statistic'](lang)} {rule.rule}  {_W['groups'](lang)} {groups:,}  {_W['few'](lang)} {few:,}"


def _requests(summary: Summary, lang: str) -> Iterator[str]:
    """What is still to be asked of whom, as far as it fits; all of it is in the ledger and the report."""
    asked = [r for r in summary.requests if r.sort != "decision"]
    if not summary.requests:
        return
    organs = len({r.organ for r in asked})
    decisions = len(summary.requests) - len(asked)
    if summary.totals.undetermined:
        yield (
            f"未决 {summary.totals.undetermined:,} 项（同一问题只计一次），由下列 {len(summary.requests):,} 件解决：一件可以解决几项，一项也可能要几件"
            if lang == "zh"
            else f"{summary.totals.undetermined:,} open verdicts (each question once) hang on {len(summary.requests):,} "
            "requests: one may settle several, and a verdict may need several"
        )
    said = f"{_W['requests'](lang)}  {organs:,} {_W['organs'](lang)}  {len(asked):,} {_W['things'](lang)}"
    yield said + (f"  {_W['decisions'](lang)} {decisions:,}" if decisions else "")
    organ: str | None = None
    for request in asked[:REQUESTS]:
        if request.organ != organ:
            organ = request.organ
            yield f"  {one_line(summary.organs.get(organ) or organ or _W['unknown'](lang))}"
        yield f"    {one_line(request.what(lang))}"
    if len(asked) > REQUESTS:
        yield f"  … {len(asked) - REQUESTS:,} {_W['rest'](lang)}"


def print_summary(summary: Summary, files: Sequence[Path], out: IO[str], lang: str | None = None) -> None:
    """Print the table to `out`: drawn where it is a terminal, plain lines where it is not."""
    lang = lang or summary.run.lang
    words = [*GRADES.values(), VERDICTS["undetermined"]]
    columns = [w(lang) for w in words]
    if out.isatty():
        _drawn(summary, columns, out, lang)
    else:
        for line in _head(summary, lang):
            out.write(line + "\n")
        for row in _rows(summary, lang):
            cells = zip(columns, row.cells, strict=True)
            said = "" if row.heading else "  " + "  ".join(f"{name} {cell}" for name, cell in cells)
            out.write(f"{row.label}{said}\n")
        for line in _tail(summary, lang):
            out.write(line + "\n")
    out.write(f"{_W['files'](lang)}\n")
    for file in files:
        out.write(f"  {one_line(str(file))}\n")


def _drawn(summary: Summary, columns: Sequence[str], out: IO[str], lang: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Styled

    # Styled texts, never markup: a name may hold square brackets.
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    head, *rest = _head(summary, lang)
    console.print(Styled(head, style="bold"))
    for line in rest:
        console.print(Styled(line, style="dim"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(_W["article"](lang), no_wrap=True)
    for name, style in zip(columns, ("red", "yellow", "cyan", "dim"), strict=True):
        table.add_column(name, justify="right", style=style)
    for row in _rows(summary, lang):
        style = "bold" if row.total or row.heading else ""
        table.add_row(Styled(row.label, style=style), *row.cells, end_section=row.last)
    console.print(table)
    for line in _tail(summary, lang):
        console.print(Styled(line, style="dim"))

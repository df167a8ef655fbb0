"""`hami check --format text`: file:line:column, what is wrong, the source line with a caret, what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hami_rules.gate.model import Gated, Verdict
from hami_rules.intake.errors import Problem, render
from hami_rules.judge.findings import Finding, Text

from .explain import tree
from .gated import by_place
from .open_text import put_together
from .safe import one_line
from .summary import standing
from .words import GRADES, VERDICTS, grade_word

__all__ = ["check_text", "finding_text"]

Sources = Callable[[str], str | None]

_W = {
    "remedy": Text("整改", "remedy"),
    "basis": Text("依据", "basis"),
    "missing": Text("尚缺", "missing"),
    "rebuttal": Text("可申辩", "rebuttable"),
    "corrected": Text("已整改", "corrected"),
    "mitigation": Text("减免责", "mitigation"),
    "consequence": Text("责任后果", "consequence"),
    "coordinates": Text("统筹协调", "coordinating body"),
    "concurrent": Text("竞合", "concurrent"),
    "counted": Text("计入", "counted under"),
    "note": Text("注意", "note"),
    "error": Text("出错", "error"),
    "see": Text("详见", "see"),
    "why": Text("说明", "why"),
    "waived": Text("已豁免", "waived"),
    "inline": Text("行内", "inline"),
    "until": Text("至", "until"),
    "new": Text("新增", "new"),
    "changed": Text("有变", "changed"),
    "unchanged": Text("未变", "unchanged"),
    "gone": Text("已消除", "gone"),
    "unseen": Text("这次没有看", "not looked at"),
}


def finding_text(
    finding: Finding,
    source_text: str | None,
    lang: str,
    *,
    explain: bool,
    colour: bool,
    named: Mapping[str, str] | None = None,
    gated: Gated | None = None,
) -> str:
    """One finding. `source_text` is the file it stands in, or `None` to leave the source line out; `named` calls
    other findings by their rule; `gated` says whether it is new and who let it pass."""
    said = {
        each: f"{_standing(gated, each)}{grade_word(finding, each)} {finding.citation(each)} [{finding.rule}] "
        f"{finding.message(each)}"
        for each in ("zh", "en")
    }
    problem = Problem(finding.rule, Text(one_line(said["zh"]), one_line(said["en"])), finding.location)
    lines = [render(problem, source_text, lang, colour)]
    if finding.location is None:
        lines[0] = f"{one_line(finding.record_label(lang))}: {lines[0]}"
    lines += [
        f"  {_W[key](lang)}{'：' if lang == 'zh' else ': '}{text}"
        for key, text in (*_let_pass(gated, lang), *_notes(finding, lang, named or {}))
    ]
    if explain and finding.explanation:
        lines.append(f"  {_W['why'](lang)}")
        lines += tree(finding.explanation, lang, "  ")
    return "\n".join(lines)


def _standing(gated: Gated | None, lang: str) -> str:
    if gated is None:
        return ""
    word = "waived" if gated.waiver else gated.status
    return f"〔{_W[word](lang)}〕" if word and lang == "zh" else f"[{_W[word](lang)}] " if word else ""


def _let_pass(gated: Gated | None, lang: str) -> Iterator[tuple[str, str]]:
    waiver = gated.waiver if gated else None
    if waiver is not None:
        who = waiver.approved_by or _W["inline"](lang)
        end = f"，{_W['until'](lang)} {waiver.expires}" if waiver.expires else ""
        ticket = f"，{waiver.ticket}" if waiver.ticket else ""
        yield "waived", one_line(f"{waiver.reason}（{who}{end}{ticket}）  {waiver.location}")


def _notes(finding: Finding, lang: str, named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if finding.error:
        yield "error", one_line(finding.error)
    for missing in finding.missing:
        cause = one_line(missing.cause(lang))
        label = one_line(missing.label(lang))
        yield "missing", f"{label}（{cause}）" if lang == "zh" else f"{label} ({cause})"
    yield "basis", f"“{one_line(finding.quote)}”"
    if finding.remedy:
        yield "remedy", one_line(finding.remedy(lang))
    for rebuttal in finding.rebuttals:
        yield "rebuttal", one_line(rebuttal(lang))
    if finding.corrected_on:
        yield "corrected", finding.corrected_on.isoformat()
    if finding.mitigation:
        yield "mitigation", one_line(finding.mitigation(lang))
    if finding.mitigation_pending:
        yield "mitigation", one_line(finding.mitigation_pending(lang))
    if finding.consequence:
        yield "consequence", one_line(finding.consequence(lang))
    if finding.coordinating_body:
        yield "coordinates", one_line(finding.coordinating_body(lang))
    if finding.primary:
        yield "counted", one_line(named.get(finding.primary, finding.primary))
    if finding.concurrent:
        yield "concurrent", one_line("、".join(dict.fromkeys(named.get(c, c) for c in finding.concurrent)))
    if finding.note:
        yield "note", one_line(finding.note(lang))
    yield "see", f"hami show {finding.rule}"


def check_text(
    verdict: Verdict,
    sources: Sources,
    lang: str = "zh",
    *,
    documents: int,
    unread: int = 0,
    explain: bool = False,
    colour: bool = False,
    everything: bool = False,
) -> str:
    """The findings by place, a blank line between them, and last lines that count them.

    What was known before and what was let pass is counted, and shown only where `everything` is asked for. What is open is
    put together (`open_text`), unless each is asked for by `explain`. `sources`
    gives the text of a source by the name its locations bear, or `None` where it has no lines to show (a table).
    `documents`: how many were checked, so that a clean run says what it looked at.
    """
    texts: dict[str, str | None] = {}
    findings = verdict.findings
    named = {f.id: f"{f.title(lang)} [{f.rule}]" for f in findings}
    shown = [g for g in verdict.items if everything or (g.waiver is None and g.status != "unchanged")]
    together, alone = ([], shown) if explain else put_together(shown)

    def text_of(finding: Finding) -> str | None:
        source = finding.location.source if finding.location else ""
        if finding.location and source not in texts:
            texts[source] = sources(source)
        return texts.get(source)

    said: list[tuple[tuple[Any, ...], str]] = []
    for item in alone:
        finding = item.finding
        text = finding_text(
            finding, text_of(finding), lang, explain=explain, colour=colour, named=named, gated=item
        )
        said.append((by_place(finding), text))
    said += [(by_place(b.first), b.text(text_of(b.first), lang, colour)) for b in together]
    blocks = [text for _, text in sorted(said, key=lambda pair: pair[0])]
    if everything:
        blocks += [
            f"{k.source or k.record}: 〔{_W['gone'](lang)}〕[{k.rule}] {one_line(k.message)}"
            for k in verdict.gone
        ]
    return "\n\n".join([*blocks, _count(findings, documents, unread, lang) + _gate(verdict, lang)]) + "\n"


def _gate(verdict: Verdict, lang: str) -> str:
    """How the findings stand beside what was known, and how many were let pass."""
    said = ""
    if verdict.compared is not None:
        counts = Counter(g.status for g in verdict.items if g.level is not None)
        parts = [f"{_W[k](lang)} {counts[k]}" for k in ("new", "changed", "unchanged")]
        parts.append(f"{_W['gone'](lang)} {len(verdict.gone)}")
        if verdict.unseen:
            parts.append(f"{_W['unseen'](lang)} {verdict.unseen}")
        said += (
            f"\n与 {verdict.compared} 比较：{'，'.join(parts)}"
            if lang == "zh"
            else f"\nBeside {verdict.compared}: {', '.join(parts)}"
        )
    waived = sum(1 for g in verdict.items if g.waiver is not None)
    if waived:
        said += f"\n{_W['waived'](lang)} {waived}" if lang == "zh" else f"\nWaived: {waived}"
    return said


def _count(findings: Iterable[Finding], documents: int, unread: int, lang: str) -> str:
    counts = dict.fromkeys((*GRADES, "undetermined", "error", "concurrent", "dismissed"), 0)
    for finding in findings:
        counts[standing(finding)] += 1
    words = {
        **GRADES,
        "undetermined": VERDICTS["undetermined"],
        "error": VERDICTS["error"],
        "concurrent": _W["concurrent"],
        "dismissed": Text("认定不成立", "dismissed"),
    }
    always = ("violation", "shortfall", "suspicion", "undetermined")
    said = [f"{words[k](lang)} {n}" for k, n in counts.items() if n or k in always]
    if lang == "en":
        more = f", {unread} unread" if unread else ""
        return f"{documents} document(s) checked{more}: {', '.join(said).lower()}"
    more = f"，未读 {unread} 份" if unread else ""
    return f"检查文件 {documents} 份{more}：{'，'.join(said)}"

"""ledger.xlsx, the 整改台账: what each organ has to put right, in the form that offices pass around.

Five sheets: every single finding; one row a practice to put right, which people fill in; what must be looked at or
asked for first; the counts; what the workbook was made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hami_rules.judge.findings import Finding, OpenGroup, Text
from hami_rules.pack.message import show

from .practices import Arrangement, Practice, Section, arrange
from .summary import PARTIES as PARTY_ORDER
from .summary import Asked, Count, Request, Summary, Tally, Use, standing
from .words import GRADES, PARTIES, PARTY_NOTES, SORTS, UNTRUSTED, UPWARDS, VERDICTS, grade_word, region_name
from .workbook import ABOUT, CELL, LEDGER, OPEN, PROBLEMS, STATES, TOTALS, Book, Cell, cell_text

__all__ = ["CELL", "about", "cell_text", "ledger_head", "write_ledger"]

PLACES = 10  # evidence locations in one cell
IDS = 1_500  # finding ids in one cell, at most
UNKNOWN_ORGAN = Text("责任单位不明", "organ unknown")

Key = tuple[str, str, str]
"""A practice against somebody: party, organ, practice."""


def write_ledger(
    path: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
) -> None:
    """Write ledger.xlsx. `findings` is read twice and may be large; it must give the same both times."""
    lang = lang or summary.run.lang
    noted = _Noted()
    arrangement = arrange(noted.through(findings), PLACES)
    numbers = {key: n for n, key in enumerate(_keys(arrangement), 1)}
    why = ("；" if lang == "zh" else "; ").join(w(lang) for w in summary.untrusted)
    warning = f"{UNTRUSTED(lang)}{'：' if lang == 'zh' else ': '}{why}" if why else ""
    below = 2 if warning else 1  # rows above the first
    to_ledger = {n: f"'{LEDGER.name(lang)}'!A{n + below}" for n in numbers.values()}
    checked = {key: n for n, key in enumerate(_suspected(arrangement), summary.before_suspicions(groups) + 1)}
    to_open = {n: f"'{OPEN.name(lang)}'!A{n + below}" for n in checked.values()}
    to_first = {
        n: f"'{PROBLEMS.name(lang)}'!A{noted.first[key] + below}"
        for key, n in numbers.items()
        if key in noted.first
    }
    with Book(path, ledger_head(summary, lang), lang, warning) as book:
        book.sheet(
            PROBLEMS,
            _each(findings, numbers, checked, summary, lang),
            {PROBLEMS.at("台账序号"): to_ledger, PROBLEMS.at("待核实序号"): to_open},
        )
        rows = _ledger(arrangement, numbers, noted.ids, summary, lang)
        book.sheet(LEDGER, rows, {LEDGER.at("序号"): to_first})
        book.sheet(OPEN, _open(arrangement, groups, summary, lang))
        book.sheet(TOTALS, _totals(summary, lang))
        book.sheet(ABOUT, about(summary, lang))


def ledger_head(summary: Summary, lang: str) -> str:
    """What stands at the head of each printed page."""
    title = Text("整改台账", "Rectification ledger")(lang)
    day = show(summary.run.as_of, lang)
    return f"{summary.run.statute_title(lang)}{title}" + (
        f"（截至{day}）" if lang == "zh" else f", as of {day}"
    )


def _key(finding: Finding) -> Key:
    organ = finding.organ_code or finding.organ_name or ""
    return finding.counts_against, organ, finding.practice or finding.id


def _listed(finding: Finding) -> bool:
    return standing(finding) in ("violation", "shortfall", "suspicion")


class _Noted:
    """On which row each practice begins, and the findings of each, noted while they go by."""

    def __init__(self) -> None:
        self.first: dict[Key, int] = {}
        self.ids: dict[Key, list[str]] = {}

    def through(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        row = 0
        for finding in findings:
            if _listed(finding):
                row += 1
                if standing(finding) != "suspicion":
                    key = _key(finding)
                    self.first.setdefault(key, row)
                    ids = self.ids.setdefault(key, [])
                    if len(ids) < IDS:
                        ids.append(finding.id)
            yield finding


def _keys(arrangement: Arrangement) -> Iterator[Key]:
    for section in arrangement.of("violation"):
        for block in section.blocks:
            for practice in block.practices:
                yield section.party, section.organ, practice.key


def _suspected(arrangement: Arrangement) -> Iterator[Key]:
    for section in arrangement.of("suspicion"):
        for block in section.blocks:
            for practice in block.practices:
                yield section.party, section.organ, practice.key


def _organ(section: Section, summary: Summary, lang: str) -> str:
    """The organ's name and nothing else: a filter goes by it. Who it is to the regulation stands in its own column."""
    return section.name or summary.organs.get(section.organ) or section.organ or UNKNOWN_ORGAN(lang)


def _places(practice: Practice, lang: str) -> str:
    """Where the first few stand. How many more there are is said first: a tall cell is cut off at its foot."""
    lines = [str(f.location) if f.location else f.record_key for f in practice.shown]
    if practice.more:
        said = (
            f"共 {practice.count:,} 项，下列 {len(lines)} 项，另 {practice.more:,} 项见“问题清单”"
            if lang == "zh"
            else f"{practice.count:,} in all; {practice.more:,} more than these on the sheet of problems"
        )
        lines.insert(0, said)
    return "\n".join(lines)


def _description(practice: Practice, lang: str) -> str:
    first = practice.first
    lines = [
        f"{first.record_label(lang)}：{first.message(lang)}"
        if lang == "zh"
        else f"{first.record_label(lang)}: {first.message(lang)}"
    ]
    if practice.count > 1:
        lines.append(
            f"同一做法共 {practice.count:,} 项，逐项见“问题清单”。"
            if lang == "zh"
            else f"{practice.count:,} instances of this practice; see the sheet of problems."
        )
    lines += [f"{'可申辩：' if lang == 'zh' else 'Rebuttable: '}{r(lang)}" for r in first.rebuttals]
    if practice.concurrent:
        others = "；".join(f"{r.citation(lang)}（{r.rule}）" for r in practice.concurrent.values())
        lines.append(f"{'竞合：' if lang == 'zh' else 'Concurrent: '}{others}")
    said = next(
        (
            f.mitigation or f.mitigation_pending
            for f in practice.shown
            if f.mitigation or f.mitigation_pending
        ),
        None,
    )
    if said:
        lines.append(said(lang))
    if practice.mitigated and practice.count > 1:
        lines.append(
            f"可免责/减责 {practice.mitigated:,}/{practice.count:,} 项"
            if lang == "zh"
            else f"may be excused or reduced: {practice.mitigated:,} of {practice.count:,}"
        )
    if first.counts_against == "superior":
        lines.append(PARTY_NOTES["superior"](lang))
        lines.append(
            "责任单位栏所列是文本所在单位。"
            if lang == "zh"
            else "The organ named is the one where the text stands."
        )
        return "\n".join(lines)
    for word, text in (
        (Text("责任后果：", "Consequence: "), first.consequence),
        (Text("统筹协调单位：", "Coordinating body: "), first.coordinating_body),
    ):
        if text:
            lines.append(word(lang) + text(lang))
    return "\n".join(lines)


def _state(practice: Practice, lang: str) -> str:
    """What the dossier itself says of rectification; an excuse on record is to be answered first."""
    if practice.first.counts_against == "superior":
        return STATES[6](lang)
    if practice.corrected == practice.count:
        return STATES[3](lang)
    if practice.pleaded:
        return STATES[4](lang)
    return STATES[2 if practice.corrected else 0](lang)


def _ledger(
    arrangement: Arrangement, numbers: dict[Key, int], ids: dict[Key, list[str]], summary: Summary, lang: str
) -> Iterator[list[Cell]]:
    for section in arrangement.of("violation"):
        for block in section.blocks:
            for practice in block.practices:
                first, key = practice.first, (section.party, section.organ, practice.key)
                state = _state(practice, lang)
                yield [
                    numbers[key],
                    _organ(section, summary, lang),
                    PARTIES[section.party](lang),
                    first.citation(lang),
                    f"{GRADES[first.grade or 'violation'](lang)}：{first.title(lang)}",
                    _description(practice, lang),
                    first.quote,
                    _places(practice, lang),
                    practice.count,
                    practice.corrected,
                    _remedy(first, lang),
                    None,
                    None,
                    None,
                    state,
                    practice.last_corrected if practice.corrected == practice.count else None,
                    None,
                    state,
                    "\n".join(ids.get(key, ())),
                    practice.key,
                ]


def _remedy(first: Finding, lang: str) -> str:
    if first.counts_against == "superior":
        return UPWARDS(lang)
    return first.remedy(lang) if first.remedy else ""


def _open(
    arrangement: Arrangement, groups: Sequence[OpenGroup], summary: Summary, lang: str
) -> Iterator[list[Cell]]:
    """What is to be asked of each organ, under the numbers that the page has, and suspicions. An open verdict stands here as
    the request that settles it; one that no request settles, by what it lacks."""
    number = 0
    parties = {
        o: g.examples[0].counts_against for g in groups if g.examples for o in g.organs
    }  # whom an organ's open verdicts would count against
    for request in summary.requests:
        number += 1
        sort = SORTS[request.sort](lang)
        names = [n(lang) for n in request.names] or list(request.examples)
        if request.records > len(names):
            more = request.records - len(names)
            names.append(
                f"……另 {more:,} 条见 undetermined.jsonl"
                if lang == "zh"
                else f"… {more:,} more in undetermined.jsonl"
            )
        yield [
            number,
            Text("认定", "To decide")(lang) if request.sort == "decision" else Text("调阅", "Request")(lang),
            summary.organs.get(request.organ) or request.organ or UNKNOWN_ORGAN(lang),
            PARTIES[parties.get(request.organ, "department")](lang),
            "\n".join(dict.fromkeys(use.citation(lang) for use in request.uses)),
            request.what(lang),
            request.records,
            "\n".join(
                [*(_item(i, request, lang) for i in request.items), *(_use(u, lang) for u in request.uses)]
            ),
            sort
            if request.sort == "decision"
            else Text(
                "请单位于【提供期限】前提供；【报送方式、联系人】；逾期的后果见“说明”",
                "the organ is to provide it by [day], [how and to whom]; what follows if not: see “About”",
            )(lang),
            "\n".join(names),
            None,
            None,
            None,
            None,
            _hash(*request.identity),
        ]
    answering = summary.answering()
    unasked = [g for g in groups if not answering(g)]
    for group in sorted(unasked, key=lambda g: (-g.count, g.rule, tuple(m.fact for m in g.missing))):
        examples = [f"{f.record_label(lang)} {f.location or ''}".strip() for f in group.examples]
        for organ, count in sorted(group.organs.items(), key=lambda pair: (-pair[1], pair[0])):
            number += 1
            yield [
                number,
                VERDICTS["undetermined"](lang),
                summary.organs.get(organ) or organ or UNKNOWN_ORGAN(lang),
                PARTIES[parties.get(organ, "department")](lang),
                group.citation(lang),
                group.title(lang) + _settled_too(group, lang),
                count,
                "\n".join(f"{m.label(lang)}（{m.cause(lang)}）" for m in group.missing),
                group.request(lang),
                "\n".join(examples),
                None,
                None,
                None,
                None,
                _hash(group.rule, organ, *(f"{m.fact}={m.cause.zh}={m.label.zh}" for m in group.missing)),
            ]
    for section in arrangement.of("suspicion"):
        for block in section.blocks:
            for practice in block.practices:
                first = practice.first
                number += 1
                check = Text("由人核查并记录认定", "a person to check and to record a decision")(lang)
                yield [
                    number,
                    GRADES["suspicion"](lang),
                    _organ(section, summary, lang),
                    PARTIES[section.party](lang),
                    first.citation(lang),
                    first.title(lang),
                    practice.count,
                    first.message(lang),
                    first.remedy(lang) if first.remedy else check,
                    _places(practice, lang),
                    None,
                    None,
                    None,
                    None,
                    practice.key,
                ]


def _item(item: Asked, request: Request, lang: str) -> str:
    """What is missing, and for how many of the request's records where not for all."""
    if item.records == request.records:
        return item.what(lang)
    return (
        f"{item.what(lang)}（{item.records:,} 条记录）"
        if lang == "zh"
        else f"{item.what(lang)} ({item.records:,})"
    )


def _use(use: Use, lang: str) -> str:
    return (
        f"用途：{use.title(lang)}（{use.rule}）" if lang == "zh" else f"For: {use.title(lang)} ({use.rule})"
    )


def _settled_too(group: OpenGroup, lang: str) -> str:
    if not group.concurrent:
        return ""
    others = "、".join(group.concurrent)
    return f"\n竞合（不另计）：{others}" if lang == "zh" else f"\nConcurrent (not counted again): {others}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _each(
    findings: Iterable[Finding],
    numbers: dict[Key, int],
    checked: dict[Key, int],
    summary: Summary,
    lang: str,
) -> Iterator[list[Cell]]:
    row = 0
    for finding in findings:
        if not _listed(finding):
            continue
        row += 1
        suspected = standing(finding) == "suspicion"
        organ = finding.organ_code or finding.organ_name or ""
        excuses = [*finding.rebuttals, *(t for t in (finding.mitigation or finding.mitigation_pending,) if t)]
        yield [
            row,
            None if suspected else numbers.get(_key(finding)),
            checked.get(_key(finding)) if suspected else None,
            grade_word(finding, lang),
            finding.organ_name or summary.organs.get(organ) or organ or UNKNOWN_ORGAN(lang),
            PARTIES[finding.counts_against](lang),
            finding.citation(lang),
            finding.title(lang),
            finding.record_label(lang),
            finding.conduct_from,
            finding.message(lang),
            str(finding.location or ""),
            "\n".join(t(lang) for t in excuses),
            finding.corrected_on,
            None,
            finding.id,
        ]


def _totals(summary: Summary, lang: str) -> Iterator[list[Cell]]:
    """The counts of all parties, then by article, organ and region; those of each party add up to its total, and the
    totals to that of all."""
    every = [totals.total for party in PARTY_ORDER if (totals := summary.totals.against.get(party))]
    yield _tally(Text("合计", "Total")(lang), Text("全部主体", "All parties")(lang), "", _sum(every))
    for party in PARTY_ORDER:
        totals = summary.totals.against.get(party)
        if totals is None:
            continue
        who = PARTIES[party](lang)
        yield _tally(Text("合计", "Total")(lang), who, "", totals.total)
        for article in sorted(totals.by_article, key=lambda a: (int(a) if a.isdigit() else 0, a)):
            name = summary.articles[article](lang) if article in summary.articles else article
            yield _tally(Text("按条", "Article")(lang), who, name, totals.by_article[article])
        for organ in sorted(totals.by_organ, key=lambda o: (not o, o)):
            name = summary.organs.get(organ) or organ or UNKNOWN_ORGAN(lang)
            yield _tally(Text("按单位", "Organ")(lang), who, name, totals.by_organ[organ])
        for region in sorted(totals.by_region, key=lambda r: (not r, r)):
            yield _tally(
                Text("按区划", "Region")(lang), who, region_name(region, lang), totals.by_region[region]
            )


def _sum(tallies: Sequence[Tally]) -> Tally:
    def counts(grade: str) -> Count:
        each: list[Count] = [getattr(t, grade) for t in tallies]
        return Count(sum(c.instances for c in each), sum(c.practices for c in each))

    return Tally(
        counts("violation"),
        counts("shortfall"),
        counts("suspicion"),
        sum(t.undetermined for t in tallies),
        sum(t.corrected for t in tallies),
        sum(t.rebuttable for t in tallies),
        sum(t.mitigated for t in tallies),
    )


def _tally(by: str, party: str, name: str, tally: Tally) -> list[Cell]:
    counts = [
        n
        for grade in (tally.violation, tally.shortfall, tally.suspicion)
        for n in (grade.instances, grade.practices)
    ]
    return [by, party, name, *counts, tally.undetermined, tally.corrected, tally.rebuttable, tally.mitigated]


def about(summary: Summary, lang: str) -> Iterator[list[Cell]]:
    """What the workbook was made of, and how it is filled in."""
    run, total = summary.run, summary.accounting.total

    def row(zh: str, en: str, value: str) -> list[Cell]:
        return [Text(zh, en)(lang), value]

    yield row("审计对象", "Dossier", run.dossier)
    yield row("审计基准日", "Day of the audit", run.as_of.isoformat())
    yield row("规则包", "Rule pack", f"{run.pack_version} {run.pack_hash}")
    yield row("工具", "Tool", f"hami-rules {run.tool_version}")
    masked = (
        Text("否（--unmasked），内部使用", "no (--unmasked): internal use")
        if run.unmasked
        else Text("是", "yes")
    )
    yield row("自然人信息已脱敏", "Natural persons masked", masked(lang))
    counts = (("读取", "read", total.read), ("评判", "judged", total.judged), ("重复", "duplicates", total.duplicates),
              ("隔离", "quarantined", total.quarantined), ("仅供参照", "for reference", total.unjudged))  # fmt: skip
    yield row("记录", "Records", "  ".join(f"{Text(z, e)(lang)} {n:,}" for z, e, n in counts))
    yield row(
        "填写", "To fill in",
        Text(
            "黄色表头的栏目由人填写；下一次审计用 hami ledger merge 旧台账 新台账 -o 合并 按编号带过去。不要改动隐藏的编号栏。",
            "Columns with yellow heads are for people; `hami ledger merge OLD NEW -o MERGED` carries them into the next audit's "
            "ledger by id. Leave the hidden id columns alone.",
        )(lang),
    )  # fmt: skip
    yield row(
        "调阅函", "Letters of request",
        Text(
            "“待核实及调阅资料清单”中类别为“调阅”的，可以照抄成致该单位的函，写明【提供期限】【报送方式、联系人】（由发函的审计机关填写），并告知："
            "逾期不提供又不说明理由的，由单位举证的事实，本次审计按没有认定（这是审计的举证规则，条例没有规定）。类别为“认定”的由审计人员或者法制机构"
            "认定，不必发函。",
            "What is marked as a request can be copied into a letter, with [day], [how and to whom], which the auditors who send "
            "it fill in, and what follows: facts that the organ bears the proof of and neither produces nor explains in time "
            "count as absent in this audit (its own rule of proof; the regulation states none).",
        )(lang),
    )  # fmt: skip
    yield row(
        "违反与未落实", "Violation and shortfall",
        Text(
            "违反对应“不得”“应当”和经营主体的权利。未落实是条例要求推动、鼓励、加强、完善的工作没有落实，或者没有“应当”的条款没有做到，不是违反；"
            "某条按哪一种计，由该条规则写明。疑似须由人核查，在此之前两种都不是。",
            "A violation answers to a ban, a duty or a right. A shortfall is work that the regulation wants promoted, encouraged "
            "or improved and that was not done; it is no violation. Each rule says which. A suspicion is neither until a person "
            "has looked.",
        )(lang),
    )  # fmt: skip
    yield row(
        "证据位置", "Evidence",
        Text(
            "写作“文件:行:列”：文件名后的第一个数是行，第二个数是从该行行首数起的列。",
            "file:line:column - the first number after the file is its line, the second the column in that line.",
        )(lang),
    )  # fmt: skip
    yield row(
        "整改期限", "Due dates",
        Text(
            "留空，由下达整改要求的机关填写：条例没有规定整改天数（第二十九条第二款只要求“及时整改查实的问题”），本工具不代拟期限。"
            "提供期限（待核实及调阅资料清单）同样由发出调阅通知的审计机关填写；逾期未提供的，在卷宗的调阅台账中记载后重新运行，"
            "由单位举证的事实按没有认定。",
            "Left empty for whoever orders correction: the regulation sets no number of days (Article 29(2) only says "
            "“及时”, in time), and this tool makes none up. Days by which an organ has to provide something are for the "
            "auditors who ask for it; note in the dossier's register of requests what did not come, and run again.",
        )(lang),
    )  # fmt: skip
    yield row(
        "数字的关系", "How the figures hang together",
        Text(
            f"未决 {summary.totals.undetermined:,} 项（同一问题只计一次），列为 {len(summary.requests):,} 件（向单位调阅 "
            f"{sum(r.sort != 'decision' for r in summary.requests):,} 件、由人认定 "
            f"{sum(r.sort == 'decision' for r in summary.requests):,} 件）：一件可以解决几项，一项也可能要几件。"
            "问题清单一行一项发现，疑似的“待核实序号”是待核实及调阅资料清单的序号；整改台账一行一种做法；认定不成立的、已计入其他条款的不列。",
            f"{summary.totals.undetermined:,} open verdicts (each question once) make {len(summary.requests):,} requests: "
            "one request may settle several verdicts, and a verdict may need several. The sheet of problems has a row a "
            "finding, the ledger a row a practice; what was dismissed or is counted elsewhere is in neither.",
        )(lang),
    )  # fmt: skip
    for name, value in (*sorted(run.hashes.items()), *sorted(summary.stored.items())):
        yield [name, value]
    for file in run.inputs:
        yield [file.path, file.sha256]

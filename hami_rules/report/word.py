"""report.docx: the draft (底稿) of an audit report in the usual shape, for people to finish and to sign.

Every figure in the prose comes from the summary, so the text cannot say other than the ledger. What only people can say
(on what authority, for whom, the overall opinion, dates, the hearing, who signs) is left open in 【brackets】. The body is
some fifteen pages whatever was found: main problems first, each article briefly, measures by organ; annexes have the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hami_rules.judge.findings import Finding, OpenGroup, Text
from hami_rules.statute.superior import superior_note

from .ooxml import HEI, Document
from .practices import arrange
from .rows import REGIONAL_LAW
from .safe import one_line
from .summary import Summary, Tally, standing
from .word_annexes import ROWS, write_annexes
from .word_draft import Draft
from .word_measures import write_measures
from .word_problems import write_problems
from .words import PARTIES, PARTY_NOTES, UNTRUSTED

__all__ = ["ROWS", "write_word"]

EXAMPLES = 3  # instances of a practice that are kept, for their excuses and mitigation
_TOKEN = re.compile(r"〔[甲证电]\d+〕")
TABLES = 6  # tables of records named in the prose, the largest


def write_word(
    path: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
) -> None:
    """Write report.docx. `findings` is read once. Raises OSError."""
    lang = lang or summary.run.lang
    named = summary.run.statute_title
    # Over two lines that each make sense (GB/T 9704-2012, 7.3.1).
    title = Text(
        f"关于{named.zh}\n执行情况的审计报告",
        f"Audit report on the\n{named.en}",
    )(lang)
    mark = Text(
        "底稿 · 供审计组修改定稿，不得作为正式文书使用",
        "DRAFT for the audit team to finish; no official document",
    )
    whole = title.replace("\n", "" if lang == "zh" else " ")
    after = _After()
    with Document(path, whole, mark(lang), summary.run.as_of, lang) as document:
        arrangement = arrange(after.counting(findings), EXAMPLES)
        _write(Draft(document, summary, arrangement, groups, lang), title, after.count)


class _After:
    """How many findings that are listed are of conduct since the regional law, which was not compared."""

    count = 0

    def counting(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            until = finding.conduct_to or finding.conduct_from
            if (
                until
                and until >= REGIONAL_LAW
                and standing(finding) in ("violation", "shortfall", "suspicion")
            ):
                self.count += 1
            yield finding


def _write(d: Draft, title: str, after: int) -> None:
    out, L = d.out, d.L
    out.paragraph(title, "Title")
    for why in d.s.untrusted:
        out.paragraph([(f"{UNTRUSTED(d.lang)}{L('：', ': ')}", HEI), (d.t(why) + L("。", "."), None)])
    _introduction(d, after)
    d.head(1, 1, L("基本情况及审计评价", "What was audited, and opinion"))
    _scope(d)
    _results(d)
    _opinion(d)
    d.head(1, 2, L("审计发现的主要问题", "Main problems found"))
    write_problems(d)
    d.head(1, 3, L("处理意见及建议", "What is to be done"))
    write_measures(d)
    _signed(d)
    out.turn()
    write_annexes(d)


# -- introduction and signature --------------------------------------------------------------------------------------


def _introduction(d: Draft, after: int) -> None:
    L, run = d.L, d.s.run
    d.say("【审计机关】：", "【Audit office】:", "Flush")
    d.say(
        "依据【《中华人民共和国审计法》及审计通知书（文号）／政务服务管理机构或者其他机关实施监督检查的依据（文号）】，【审计机关】派出审计组，"
        f"自【　年　月　日】至【　年　月　日】，对【被审计单位】执行{run.statute_title.zh}（以下简称《条例》）的情况进行了审计。审计以审计组取得的资料"
        f"（{one_line(run.dossier)}）所载的办件、办事指南和单位资料为对象，期间为《条例》施行（2024年3月1日）以后至{d.day(run.as_of)}（审计基准日）。"
        "被审计单位对所提供资料的真实性、完整性负责。",
        "On the basis of 【the Audit Law and notice no. / the authority to supervise of another body, and no.】 a team sent by 【audit office】 "
        f"examined from 【date】 to 【date】 how 【audited organs】 carry out the {run.statute_title.en} (the Regulation), by the applications, "
        f"guides and records of organs in the dossier ({one_line(run.dossier)}), from its coming into force (2024-03-01) to {run.as_of} "
        "(the day of the audit). The audited organs answer for the truth and completeness of what they provided.",
    )
    for line in d.s.basis:
        if line.rule.startswith("1."):
            d.out.paragraph(d.abbreviated(d.t(line.said)) + L("。", "."))
    if run.selection:
        said = L("；", "; ").join(
            f"{_filter(d, k)}{L('：', ': ')}{d.join(one_line(v) for v in chosen)}"
            for k, chosen in sorted(run.selection.items())
        )
        d.say(f"本报告只包括：{said}。", f"This report covers only {said}.")
    d.say(
        "审计由规则程序逐件评判，结论均附证据位置、定性依据和评判理由；事实不明的不作结论，单列待核实。应当由单位证明的事实，审计机关发出调阅通知"
        "而逾期未提供的，按没有认定；这是本次审计采用的举证规则，《条例》没有规定，相关问题逐项注明，单位可以补充提供。本稿数字由程序自数据生成，"
        "意见、定性和处理须由审计人员核定。",
        "Every record was judged by rules, each verdict with its evidence, provision and reasons; what is not known is not concluded upon "
        "and is listed for verification. What only an organ can prove counts as absent where it was asked for and not produced in time: "
        "that rule of proof is this audit's own, not the Regulation's; the findings that rest on it say so, and organs may still produce "
        "it. The figures of this draft are generated from the data; opinion, qualification and measures are for the auditors to settle.",
    )
    d.out.paragraph(d.abbreviated(superior_note(d.lang)))
    if after:
        d.say(
            f"附件1所列违反、未落实和疑似中，行为在该日以后（包括持续到该日以后）的有{after:,}项，逐项注明。",
            f"Of the violations, shortfalls and suspicions of annex 1, {after:,} are of conduct on or after that day, each marked.",
        )
    if run.unmasked:
        d.say(
            "本报告未对自然人信息作脱敏处理（--unmasked），按内部资料管理。",
            "Names and numbers of natural persons are NOT masked in this report (--unmasked): internal use only.",
        )
    else:
        token = next((m[0] for text in _texts(d) if (m := _TOKEN.search(text))), None)
        same = L(
            f"，{token}等代号在本报告内指同一人",
            f"; a token such as {token} is the same person throughout this report",
        )
        d.say(
            f"自然人的姓名、证件号码、电话已作脱敏处理{same if token else ''}；给程序用的文件保留原始记录，没有脱敏（见附件3）。",
            f"Names, identity and telephone numbers of natural persons are masked{same if token else ''}. The files for machines hold "
            "the records as they are, unmasked (annex 3).",
        )


def _texts(d: Draft) -> Iterator[str]:
    """The texts in which a person may be named."""
    for entry in (*d.entries, *d.suspicions):
        yield d.organ(entry.section)
        for finding in entry.practice.shown:
            for text in (finding.record_label, finding.message, finding.note, *finding.rebuttals):
                yield d.t(text)
    for request in d.s.requests:
        for text in (request.what, *request.names):
            yield text(d.lang)


def _filter(d: Draft, key: str) -> str:
    words = {
        "select": ("所选条款", "selected provisions"),
        "region": ("地区", "region"),
        "organ": ("责任单位", "organ"),
    }
    return d.L(*words.get(key, (key, key)))


def _signed(d: Draft) -> None:
    out, L = d.out, d.L
    annexes = [
        L("1. 问题清单", "1. List of problems"),
        L("2. 待核实事项及调阅资料清单", "2. To verify and to request"),
        L("3. 账目、校验值和资料管理", "3. Accounts, hashes and what is confidential"),
    ]
    out.paragraph("")
    for i, annex in enumerate(annexes):
        out.paragraph((L("附件：", "Annexes: ") if not i else L("　　　", "")) + annex)
    out.paragraph("")
    d.say("【审计机关】审计组", "Audit team of 【audit office】", "Signed")
    d.say(
        "审计组组长（签字）：【　　　　　】", "Head of the audit team (signature): 【          】", "Signed"
    )
    d.say("【　　　年　　月　　日】", "【date】", "Signed")


# -- one -------------------------------------------------------------------------------------------------------------


def _scope(d: Draft) -> None:
    L, books = d.L, d.s.accounting
    total = books.total
    d.head(2, 1, L("审计范围和数据", "Scope and data"))
    read = sorted((t for t in books.tables if t.read), key=lambda t: -t.read)
    named = d.join(f"{d.t(t.label) or t.table}{L('', ' ')}{t.read:,}{L('条', '')}" for t in read[:TABLES])
    more = L(f"等{len(read)}类", f" and others, {len(read)} kinds") if len(read) > TABLES else ""
    went = [
        L(zh, en).format(n)
        for zh, en, n in (
            ("评判{:,}条", "{:,} judged", total.judged),
            ("重复{:,}条", "{:,} duplicates", total.duplicates),
            ("因数据问题隔离{:,}条", "{:,} quarantined for faults of the data", total.quarantined),
            ("仅供参照{:,}条", "{:,} for reference", total.unjudged),
        )
        if n
    ]
    d.say(
        f"共读取记录{total.read:,}条（{named}{more}，见附件3），其中{'，'.join(went)}。装入规则{books.rules_loaded}条，"
        f"适用{books.rules_applicable}条；其余的划定适用范围、处理发现，或者资料中没有它所评判的记录。",
        f"{total.read:,} records were read ({named}{more}; annex 3): {', '.join(went)}. "
        f"{books.rules_loaded} rules loaded, {books.rules_applicable} applicable; the others draw the scope or work on "
        "findings, or nothing that they judge was in the records.",
    )
    if books.unbalanced:
        d.say(
            "账目不平，本次运行不可采信：" + "、".join(books.unbalanced),
            "The accounts do not balance; not to be relied upon: " + ", ".join(books.unbalanced),
            "Note",
        )


def _results(d: Draft) -> None:
    """The totals by whom they are against, and how they make up every other figure that a reader may meet."""
    L, totals = d.L, d.s.totals
    d.head(2, 2, L("审计结果", "Results"))
    parties = d.parties()
    if parties:
        d.say("表1　按责任主体统计", "Table 1. By whom it is against", "Caption")
        heads = [
            L("责任主体", "Against"), L("个数", "Number"), L("违反，项（种）", "Violations (practices)"),
            L("未落实，项（种）", "Shortfalls (practices)"), L("疑似，项（种）", "Suspicions (practices)"),
            L("未决，项", "Open"),
        ]  # fmt: skip
        rows, touched = [], 0
        for party in parties:
            t = totals.party(party)
            # An organ that uses a higher body's text is not what that text is counted against.
            many = _touched(t.by_organ) if party != "superior" else 0
            touched += many
            rows.append(_tallied(d, PARTIES[party](d.lang), many, [t.total]))
        rows.append(_tallied(d, L("合计", "Total"), touched, [totals.party(p).total for p in parties]))
        d.out.table(heads, (42, 16, 27, 27, 25, 19), rows, centred=range(1, 6), together=True)
    all_ = [totals.party(p).total for p in parties]
    breaches, suspected = sum(t.breaches for t in all_), sum(t.suspicion.instances for t in all_)
    parts = [
        L(zh, en).format(n)
        for zh, en, n in (
            ("违反、未落实{:,}项", "{:,} violations and shortfalls", breaches),
            ("疑似{:,}项", "{:,} suspicions", suspected),
            ("与其他条款竞合而不另计{:,}项", "{:,} concurrent and not counted again", totals.concurrent),
            ("经认定不成立{:,}项", "{:,} dismissed by decision", totals.dismissed),
            ("评判出错{:,}项", "{:,} errors of judging", totals.errors),
            ("逐项列出的未决{:,}项", "{:,} open ones listed singly", totals.undetermined_listed),
        )
        if n
    ]
    if totals.findings:
        d.say(
            f"发现记录共{totals.findings:,}项：{'，'.join(parts)}。“种”是做法：同一单位、同一事项、同一对象上的同一问题为一种。"
            "“个数”含只有疑似的单位。本报告第二部分和附件1计全部责任主体；网页（report.html）首屏的总数和按条、按单位统计只计政务服务部门，"
            "其他主体另列。",
            f"There are {totals.findings:,} findings on record: {', '.join(parts)}. A practice is one problem of one organ, item and object. "
            "“Number” includes organs with suspicions only. Part two and annex 1 count all parties; the first screen of report.html and its "
            "figures by article and organ count departments only, and give the others apart.",
        )
    if all_:
        d.say(
            "“违反”：没有遵守《条例》的禁止性规定或者应当履行的义务。“未落实”：《条例》要求推动、鼓励、完善、加强等的推动类规定没有落实，"
            "哪些规定如此分级由规则逐条写明；两者分别统计。“疑似”：只是线索。",
            "A violation: a ban or a duty of the Regulation was not kept. A shortfall: what the Regulation wants promoted, encouraged, improved "
            "or strengthened was not done; each rule says whether it is of that kind, and the two are counted apart. A suspicion is a lead only.",
        )
    if upwards := totals.party("superior").total.breaches:
        d.say(
            f"“{PARTIES['superior'].zh}”：{PARTY_NOTES['superior'].zh}，不是对被审计单位的认定；合计和附件1包括这{upwards:,}项。",
            f"“{PARTIES['superior'].en}”: {PARTY_NOTES['superior'].en}, and is no finding against an audited organ; the total and annex 1 "
            f"include the {upwards:,}.",
        )
    _open(d)


def _tallied(d: Draft, name: str, organs: int, tallies: Sequence[Tally]) -> list[str]:
    def said(instances: int, practices: int) -> str:
        return d.L("{:,}（{:,}）", "{:,} ({:,})").format(instances, practices) if instances else "—"

    grades = ([t.violation for t in tallies], [t.shortfall for t in tallies], [t.suspicion for t in tallies])
    undetermined = sum(t.undetermined for t in tallies)
    return [
        name,
        f"{organs:,}" if organs else "—",
        *(said(sum(c.instances for c in of), sum(c.practices for c in of)) for of in grades),
        f"{undetermined:,}" if undetermined else "—",
    ]


def _touched(tallies: dict[str, Tally]) -> int:
    return sum(1 for t in tallies.values() if t.breaches or t.suspicion.instances)


def _open(d: Draft) -> None:
    """Open verdicts, and why what is to be asked for is another number."""
    open_, asked = d.s.totals.undetermined, d.to_find_out()
    if not open_:
        return
    also = sum(g.count * len(g.concurrent) for g in d.groups)
    zh = f"事实尚不清楚、未作结论的{open_:,}项"
    en = f"{open_:,} verdicts are open for want of facts"
    if also:
        zh += f"（另有{also:,}项与其中某项问的是同一事实，不另计）"
        en += f" ({also:,} more put a question that one of them puts already, and are not counted)"
    zh += f"，按条款和所缺事实归为{len(d.groups):,}组"
    en += f", in {len(d.groups):,} groups by provision and missing fact"
    if asked:
        zh += f"；要查明的共{len(d.s.requests):,}件：{asked}，见附件2。件数与项数不同：一件可以查明几项，一项也可能要几件"
        if len(d.s.requests) in {t.total.undetermined for t in d.s.totals.against.values()}:
            zh += "，与表1中某一主体的未决项数相同也只是巧合"
        en += (
            f". To be found out, {len(d.s.requests):,}: {asked} (annex 2). The figures differ since one answer may settle "
            "several verdicts, and a verdict may need several"
        )
    d.say(zh + "。", en + ".")


def _opinion(d: Draft) -> None:
    L, totals = d.L, d.s.totals
    d.head(2, 3, L("审计评价", "Opinion"))
    departments = totals.party("department")
    counted = _counts(d, departments.total)
    if counted:
        d.say(
            f"审计发现，政务服务部门{counted}，涉及{_touched(departments.by_organ):,}个单位、《条例》{_touched(departments.by_article):,}条。",
            f"As to departments, {counted}, in {_touched(departments.by_organ):,} organs and {_touched(departments.by_article):,} articles.",
        )
    else:
        d.say("审计没有发现政务服务部门的问题。", "Nothing was found against departments.")
    others = [
        f"{PARTIES[p](d.lang)}{L('', ': ')}{said}"
        for p in d.parties()
        if p not in ("department", "superior") and (said := _counts(d, totals.party(p).total))
    ]
    if others:
        d.say(
            f"{'；'.join(others)}。均单列，不计入政务服务部门。",
            f"{'; '.join(others)}. All apart from the departments.",
        )
    every = [p.total for p in totals.against.values()]
    marks = [
        L(zh, en).format(n)
        for n, zh, en in (
            (sum(t.corrected for t in every), "已整改{:,}项", "{:,} corrected"),
            (sum(t.rebuttable for t in every), "可申辩{:,}项", "{:,} rebuttable"),
            (sum(t.mitigated for t in every), "可免责或者减责{:,}项", "{:,} may be excused or reduced"),
        )
        if n
    ]
    if marks:
        d.say(
            f"上述违反和未落实中，{'，'.join(marks)}。",
            f"Of the violations and shortfalls: {', '.join(marks)}.",
        )
    d.say("【总体评价意见由审计组填写】", "【Overall opinion, for the audit team】")


def _counts(d: Draft, tally: Tally) -> str:
    """Violations, shortfalls and suspicions, each where there are any."""
    return d.L("，", ", ").join(
        d.L(zh, en).format(count.instances, count.practices)
        for count, zh, en in (
            (tally.violation, "违反《条例》{:,}项（{:,}种做法）", "{:,} violations ({:,} practices)"),
            (tally.shortfall, "应当推动而未落实{:,}项（{:,}种）", "{:,} shortfalls ({:,})"),
            (tally.suspicion, "疑似问题{:,}项（{:,}种）", "{:,} suspicions ({:,})"),
        )
        if count.instances
    )

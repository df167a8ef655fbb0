"""report.docx: the draft (底稿) of an audit report in the usual shape, for people to finish and to sign.

Every figure in the prose comes from the summary, so the text cannot say other than the ledger. What only people can say
(the overall opinion, the hearing of the audited organs, who signs) is left open in 【brackets】.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from hami_rules.judge.findings import Finding, OpenGroup, Text
from hami_rules.statute.superior import superior_citations, superior_note

from .ooxml import HEI, KAI, Document
from .practices import Arrangement, Practice, Section, arrange
from .safe import clip, one_line
from .summary import PARTIES as PARTY_ORDER
from .summary import Request, Summary, Tally, article_of
from .words import GRADES, PARTIES, SORTS, UNTRUSTED, region_name

__all__ = ["write_word"]

EXAMPLES = 3  # places of one practice in the annex, at most
PRACTICES = 2  # practices of one problem in the prose, at most
RULES = 3  # problems under one article told at length, at most; the others by name and number
LISTED = 12  # suspicions, measures and recommendations, at most
ROWS = 3_000  # rows of an annexed table: some 400 pages; the ledger has the rest
CELL = 1_200  # characters of a cell
PROSE = 600  # characters of a text in a sentence

_DIGITS = "〇一二三四五六七八九十"


def _numeral(n: int) -> str:
    """A number up to 99 in Chinese, as headings count."""
    if n <= 10:
        return _DIGITS[n]
    tens, ones = divmod(n, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def write_word(
    path: Path,
    findings: Iterable[Finding],
    groups: Sequence[OpenGroup],
    summary: Summary,
    lang: str | None = None,
) -> None:
    """Write report.docx. `findings` is read once. Raises OSError."""
    lang = lang or summary.run.lang
    title = Text(
        f"关于{summary.run.statute_title.zh}执行情况的审计报告",
        f"Audit report on the {summary.run.statute_title.en}",
    )(lang)
    mark = Text(
        "底稿 · 供审计组修改定稿，不得作为正式文书使用",
        "DRAFT for the audit team to finish; no official document",
    )
    with Document(path, title, mark(lang), summary.run.as_of, lang) as document:
        _Writer(document, summary, arrange(findings, EXAMPLES), groups, lang).write(title)


class _Writer:
    def __init__(
        self,
        out: Document,
        summary: Summary,
        arrangement: Arrangement,
        groups: Sequence[OpenGroup],
        lang: str,
    ) -> None:
        self.out, self.s, self.run, self.arrangement = out, summary, summary.run, arrangement
        self.groups, self.lang = groups, lang

    def L(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def t(self, text: Text | None, most: int = PROSE) -> str:
        return clip(one_line(text(self.lang)), most) if text else ""

    def day(self, day: date) -> str:
        return self.L(f"{day.year}年{day.month}月{day.day}日", day.isoformat())

    def organ(self, section: Section) -> str:
        name = section.name or self.s.organs.get(section.organ) or section.organ
        said = one_line(clip(name or self.L("责任单位不明", "organ unknown"), 120))
        if section.party == "superior":  # what a higher body wrote is not this organ's to put right
            said += self.L(
                "（源于上级统一文本，列入上报，不计入该单位）",
                " (from a higher body's text: passed upwards, not counted against it)",
            )
        return said

    def head(self, level: int, number: int, text: str) -> None:
        if self.lang == "en":
            mark = (f"{number}. ", f"({number}) ", f"{number}) ")[level - 1]
        else:
            mark = (f"{_numeral(number)}、", f"（{_numeral(number)}）", f"{number}. ")[level - 1]
        self.out.paragraph(mark + text, f"Heading{level}")

    # -- the whole ---------------------------------------------------------------------------------------------------

    def write(self, title: str) -> None:
        out, L = self.out, self.L
        out.paragraph(title, "Title")
        for why in self.s.untrusted:
            out.paragraph(
                [(f"{UNTRUSTED(self.lang)}{L('：', ': ')}", HEI), (self.t(why) + L("。", "."), None)]
            )
        self._introduction()
        self.head(1, 1, L("基本情况及审计评价", "What was audited, and opinion"))
        self._basics()
        self.head(1, 2, L("审计发现的主要问题", "Main problems found"))
        self._problems()
        self.head(1, 3, L("处理意见及建议", "What is to be done"))
        self._measures()
        out.paragraph("")
        annexes = [
            L("1. 问题清单", "1. List of problems"),
            L("2. 待核实事项及调阅资料清单", "2. To verify and to request"),
            L("3. 账目与校验值", "3. Accounts and hashes"),
        ]
        out.paragraph(L("附件：", "Annexes: ") + L("　", "  ").join(annexes))
        out.paragraph("")
        out.paragraph(
            L("审计组组长（签字）：【　　　　　】", "Head of the audit team (signature): 【          】"),
            "Signed",
        )
        out.paragraph(L("【　　　年　　月　　日】", "【date】"), "Signed")
        out.turn()
        self._list()
        self._open()
        self._proof()

    def _introduction(self) -> None:
        L, run = self.L, self.run
        text = L(
            f"依据{run.statute_title.zh}（以下简称《条例》）及审计计划【文号】，审计组以{one_line(run.dossier)}所载的办件、办事指南和"
            f"单位资料为对象，对《条例》施行（2024年3月1日）以后至{self.day(run.as_of)}（审计基准日）的执行情况进行了审计。",
            f"On the basis of the {run.statute_title.en} (the Regulation) and of the audit plan 【number】, the audit team examined "
            f"the applications, guides and records of organs in {one_line(run.dossier)}, from the Regulation’s coming into force "
            f"(2024-03-01) to {run.as_of} (the day of the audit).",
        )
        self.out.paragraph(text)
        self.out.paragraph(superior_note(self.lang))
        self.out.paragraph(
            L(
                "应当由单位证明的事实，审计机关发出调阅通知而逾期未提供的，按没有认定；这是本次审计采用的举证规则，《条例》没有规定，"
                "相关问题逐项注明，单位可以补充提供。",
                "What only an organ can prove counts as absent where it was asked for and not produced in time. That rule of "
                "proof is this audit's own, not the Regulation's; the findings that rest on it say so, and organs may still produce it.",
            )
        )
        for line in self.s.basis:
            if line.rule.startswith("1."):
                self.out.paragraph(self.t(line.said) + L("。", "."))
        if run.selection:
            said = L("；", "; ").join(
                f"{self._filter(k)}{L('：', ': ')}{L('、', ', ').join(one_line(v) for v in chosen)}"
                for k, chosen in sorted(run.selection.items())
            )
            self.out.paragraph(L(f"本报告只包括：{said}。", f"This report covers only {said}."))
        self.out.paragraph(
            L(
                "审计由规则程序逐件评判，结论均附证据位置、定性依据和评判理由；事实不明的不作结论，单列待核实。本稿数字由程序自数据生成，"
                "意见、定性和处理须由审计人员核定。被审计单位对所提供资料的真实性、完整性负责。",
                "Every record was judged by rules, each verdict with its evidence, provision and reasons; what is not known is not "
                "concluded upon and is listed for verification. The figures of this draft are generated from the data; opinion, "
                "qualification and measures are for the auditors to settle. The audited organs answer for the truth and completeness "
                "of what they provided.",
            )
        )
        self.out.paragraph(
            L(
                "本报告未对自然人信息作脱敏处理（--unmasked），按内部资料管理。",
                "Names and numbers of natural persons are NOT masked in this report (--unmasked): internal use only.",
            )
            if run.unmasked
            else L(
                "自然人的姓名、证件号码、电话已作脱敏处理，〔甲1〕等代号在本报告内指同一人。",
                "Names, identity and telephone numbers of natural persons are masked; a token such as 〔甲1〕 is the same person "
                "throughout this report.",
            )
        )

    def _filter(self, key: str) -> str:
        words = {
            "select": ("所选条款", "selected provisions"),
            "region": ("地区", "region"),
            "organ": ("责任单位", "organ"),
        }
        return self.L(*words.get(key, (key, key)))

    # -- one -----------------------------------------------------------------------------------------------------------

    def _basics(self) -> None:
        L, s = self.L, self.s
        total = s.accounting.total
        self.head(2, 1, L("审计范围和数据", "Scope and data"))
        tables = L("、", ", ").join(
            f"{self.t(t.label) or t.table}{L('', ' ')}{t.read:,}{L('条', '')}"
            for t in s.accounting.tables
            if t.read
        )
        self.out.paragraph(
            L(
                f"卷宗共读取记录{total.read:,}条（{tables}），其中评判{total.judged:,}条，重复{total.duplicates:,}条，"
                f"因数据问题隔离{total.quarantined:,}条，仅供参照{total.unjudged:,}条。装入规则{s.accounting.rules_loaded}条，"
                f"适用{s.accounting.rules_applicable}条。",
                f"{total.read:,} records were read ({tables}): {total.judged:,} judged, {total.duplicates:,} duplicates, "
                f"{total.quarantined:,} quarantined for faults of the data, {total.unjudged:,} for reference. "
                f"{s.accounting.rules_loaded} rules loaded, {s.accounting.rules_applicable} applicable.",
            )
        )
        if s.accounting.unbalanced:
            self.out.paragraph(
                L("账目不平，本次运行不可采信：", "The accounts do not balance; not to be relied upon: ")
                + ", ".join(s.accounting.unbalanced),
                "Note",
            )
        self.head(2, 2, L("审计评价", "Opinion"))
        departments = s.totals.party("department")
        self.out.paragraph(
            L(
                f"审计发现，政务服务部门{self._counts(departments.total)}",
                f"As to departments, {self._counts(departments.total)}",
            )
            + L(
                f"，涉及{self._organs(departments.by_organ)}个单位、",
                f", in {self._organs(departments.by_organ)} organs and ",
            )
            + L(
                f"《条例》{self._articles(departments.by_article)}个条。",
                f"{self._articles(departments.by_article)} articles.",
            )
        )
        for party in PARTY_ORDER[1:]:
            against = s.totals.against.get(party)
            if against is not None and (against.total.breaches or against.total.suspicion.instances):
                self.out.paragraph(
                    L(f"{PARTIES[party].zh}{self._counts(against.total)}，单列，不计入政务服务部门。",
                      f"{PARTIES[party].en}: {self._counts(against.total)}; apart from the departments.")
                )  # fmt: skip
        marks = []
        every = [p.total for p in s.totals.against.values()]
        for count, zh, en in (
            (sum(t.corrected for t in every), "已整改{:,}项", "{:,} corrected"),
            (sum(t.rebuttable for t in every), "可申辩{:,}项", "{:,} rebuttable"),
            (sum(t.mitigated for t in every), "可免责或者减责{:,}项", "{:,} may be excused or reduced"),
            (s.totals.concurrent, "与其他条款竞合、不另计{:,}项", "{:,} concurrent and not counted again"),
            (s.totals.dismissed, "经认定不成立{:,}项", "{:,} dismissed by decision"),
            (s.totals.errors, "评判出错{:,}项", "{:,} errors of judging"),
        ):
            if count:
                marks.append(L(zh, en).format(count))
        if marks:
            self.out.paragraph(
                L("上述问题中，或者与上述问题有关的：", "Of or beside these: ")
                + L("，", ", ").join(marks)
                + L("。", ".")
            )
        self.out.paragraph(
            L(
                f"事实尚不清楚、未作结论的{s.totals.undetermined:,}项，见附件2。",
                f"{s.totals.undetermined:,} verdicts are open for want of facts: annex 2.",
            )
        )
        self.out.paragraph(L("【总体评价意见由审计组填写】", "【Overall opinion, for the audit team】"))

    def _counts(self, tally: Tally) -> str:
        return self.L(
            f"违反《条例》{tally.violation.instances:,}项（{tally.violation.practices:,}种做法），"
            f"应当推动而未落实{tally.shortfall.instances:,}项（{tally.shortfall.practices:,}种），"
            f"疑似问题{tally.suspicion.instances:,}项（{tally.suspicion.practices:,}种）",
            f"{tally.violation.instances:,} violations ({tally.violation.practices:,} practices), "
            f"{tally.shortfall.instances:,} shortfalls ({tally.shortfall.practices:,}), "
            f"{tally.suspicion.instances:,} suspicions ({tally.suspicion.practices:,})",
        )

    @staticmethod
    def _organs(tallies: dict[str, Tally]) -> int:
        return sum(1 for t in tallies.values() if t.breaches or t.suspicion.instances)

    _articles = _organs

    # -- two -----------------------------------------------------------------------------------------------------------

    def _problems(self) -> None:
        L = self.L
        by_article: dict[str, dict[str, list[tuple[Section, Practice]]]] = {}
        for section in self.arrangement.of("violation"):
            for block in section.blocks:
                for practice in block.practices:
                    rules = by_article.setdefault(block.article, {})
                    rules.setdefault(practice.first.rule, []).append((section, practice))
        number = 0
        for article in sorted(by_article, key=lambda a: (int(a) if a.isdigit() else 0, a)):
            number += 1
            rules = by_article[article]
            name = self.s.articles.get(article)
            every = [p for found in rules.values() for _, p in found]
            self.head(
                2,
                number,
                L(
                    f"违反或者未落实{self.t(name) or article}规定，{sum(p.count for p in every):,}项",
                    f"{self.t(name) or article}: {sum(p.count for p in every):,}",
                ),
            )
            ordered = sorted(rules.items(), key=lambda r: (-sum(p.count for _, p in r[1]), r[0]))
            for i, (rule, found) in enumerate(ordered[:RULES], 1):
                self._problem(i, rule, found)
            if len(ordered) > RULES:
                others = L("；", "; ").join(
                    f"{self.t(max(found, key=lambda f: f[1].count)[1].first.title, 80)}{L('', ' ')}{sum(p.count for _, p in found):,}{L('项', '')}"
                    for _, found in ordered[RULES:]
                )
                self.out.paragraph(L(f"还有：{others}。详见附件1。", f"Also: {others}. See annex 1."))
        if not number:
            self.out.paragraph(
                L("没有发现违反或者未落实《条例》的问题。", "No violation or shortfall was found.")
            )
        suspicions = [(s, p) for s in self.arrangement.of("suspicion") for b in s.blocks for p in b.practices]
        if suspicions:
            self.head(2, number + 1, L("需要进一步核查的疑似问题", "Suspicions to be looked into"))
            self.out.paragraph(
                L(
                    f"疑似问题{sum(p.count for _, p in suspicions):,}项（{len(suspicions):,}种），只是线索，不是定性，由审计人员核查后认定。"
                    "其中：",
                    f"{sum(p.count for _, p in suspicions):,} suspicions ({len(suspicions):,} kinds): leads, not findings. Among them:",
                )
            )
            for section, practice in suspicions[:LISTED]:
                self.out.paragraph(
                    f"{self.organ(section)}{L('：', ': ')}{self.t(practice.first.message)}{L('。', '.')}"
                )
            more = len(suspicions) - LISTED
            if more > 0:
                self.out.paragraph(
                    L(
                        f"其余{more:,}种见整改台账的“问题清单”。",
                        f"{more:,} more kinds: the ledger's sheet of problems.",
                    )
                )

    def _problem(self, number: int, rule: str, found: list[tuple[Section, Practice]]) -> None:
        L, out = self.L, self.out
        first = max(found, key=lambda f: f[1].count)[1].first
        count = sum(p.count for _, p in found)
        organs = list(dict.fromkeys(self.organ(s) for s, _ in found))
        self.head(
            3,
            number,
            f"{self.t(first.title)}{L('（', ' (')}{GRADES[first.grade or 'violation'](self.lang)}{L('）', ')')}",
        )
        named = L("、", ", ").join(organs[:5])
        more = L(f"等{len(organs)}个单位", f" and others, {len(organs)} organs") if len(organs) > 5 else ""
        out.paragraph(
            L(
                f"涉及{named}{more}，{len(found):,}种做法、{count:,}项（规则{rule}）。",
                f"{named}{more}: {len(found):,} practices, {count:,} instances (rule {rule}).",
            )
        )
        for section, practice in sorted(found, key=lambda f: (-f[1].count, f[0].organ, f[1].key))[:PRACTICES]:
            place = one_line(str(practice.first.location)) if practice.first.location else ""
            many = (
                L(f"，同一做法{practice.count:,}项", f", {practice.count:,} of the kind")
                if practice.count > 1
                else ""
            )
            where = L(f"（{self.t(practice.first.record_label, 160)}；证据：{clip(place, 160)}{many}）",
                      f" ({self.t(practice.first.record_label, 160)}; evidence: {clip(place, 160)}{many})")  # fmt: skip
            out.paragraph(
                f"{self.organ(section)}{L('：', ': ')}{self.t(practice.first.message)}{where}{L('。', '.')}"
            )
        law = L(
            f"{first.citation.zh}：“{clip(one_line(first.quote), PROSE)}”",
            f"{first.citation.en}: “{clip(one_line(first.quote), PROSE)}”",
        )
        out.paragraph([(L("定性依据：", "Basis: "), HEI), (law, KAI)])
        if first.superior:
            above = one_line(superior_citations(first.superior[:6], self.lang))
            out.paragraph([(L("上位法相关条款：", "Superior law: "), HEI), (clip(above, PROSE), KAI)])
        notes = list(dict.fromkeys(self.t(f.note) for _, p in found for f in p.shown if f.note))
        if notes:
            out.paragraph([(L("注意：", "Note: "), HEI), (clip(L("；", "; ").join(notes), PROSE), None)])
        excuses = list(dict.fromkeys(self.t(r) for _, p in found for f in p.shown for r in f.rebuttals))
        if excuses:
            out.paragraph(
                [(L("可申辩情形：", "Rebuttable: "), HEI), (clip(L("；", "; ").join(excuses), PROSE), None)]
            )
        lighter = list(dict.fromkeys(
            self.t(f.mitigation or f.mitigation_pending) for _, p in found for f in p.shown if f.mitigation or f.mitigation_pending
        ))  # fmt: skip
        if lighter:
            out.paragraph(
                [(L("减免情形：", "Mitigation: "), HEI), (clip(L("；", "; ").join(lighter), PROSE), None)]
            )
        if first.remedy:
            out.paragraph([(L("整改建议：", "Remedy: "), HEI), (self.t(first.remedy) + L("。", "."), None)])

    # -- three ---------------------------------------------------------------------------------------------------------

    def _measures(self) -> None:
        L, out = self.L, self.out
        self.head(2, 1, L("处理意见", "Measures"))
        consequences: dict[str, int] = {}
        remedies: dict[tuple[str, str], int] = {}
        for section in self.arrangement.of("violation"):
            for block in section.blocks:
                for practice in block.practices:
                    first = practice.first
                    if first.consequence:
                        said = self.t(first.consequence)
                        consequences[said] = consequences.get(said, 0) + practice.count
                    if first.remedy and section.party == "department":
                        key = (article_of(first.address), self.t(first.title))
                        remedies[key] = remedies.get(key, 0) + practice.count
        upwards = sum(
            p.count
            for s in self.arrangement.of("violation")
            if s.party == "superior"
            for b in s.blocks
            for p in b.practices
        )
        if upwards:
            out.paragraph(
                L(
                    f"源于上级统一文本的{upwards:,}项，由审计机关逐级上报，不要求本地单位改动。",
                    f"{upwards:,} from texts of higher bodies: reported upwards; the local organ is not to change them.",
                )
            )
        for said, count in sorted(consequences.items(), key=lambda c: (-c[1], c[0]))[:LISTED]:
            out.paragraph(L(f"{said}。涉及{count:,}项。", f"{said}. {count:,} findings."))
        if not consequences:
            out.paragraph(L("【处理意见由审计组填写】", "【Measures, for the audit team】"))
        bodies = L("；", "; ").join(
            f"{region_name(r, self.lang)}{L('：', ': ')}{self.t(b)}" for r, b in self.s.coordinating.items()
        )
        if bodies:
            out.paragraph(
                L(
                    f"由统筹协调单位督促整改（{bodies}）。",
                    f"Coordinating bodies see to rectification ({bodies}).",
                )
            )
        self.head(2, 2, L("整改建议", "Recommendations"))
        for i, ((_, title), count) in enumerate(
            sorted(remedies.items(), key=lambda r: (-r[1], r[0]))[:LISTED], 1
        ):
            out.paragraph(
                L(f"{i}. 责任单位对“{title}”（{count:,}项）逐项整改，措施见附件1，进度填入整改台账（ledger.xlsx）。",
                  f"{i}. Put right “{title}” ({count:,}); measures in annex 1, progress in the ledger (ledger.xlsx).")
            )  # fmt: skip
        self.head(2, 3, L("听取意见", "Hearing"))
        out.paragraph(
            L("本稿定稿前应当听取被审计单位意见；被审计单位可就可申辩、减免情形提交证据。【反馈意见及采纳情况】",
              "Before this draft becomes final the audited organs are to be heard; they may prove what excuses or mitigates. 【Their views】")
        )  # fmt: skip

    # -- annexes -------------------------------------------------------------------------------------------------------

    def _annex(self, number: int, title: str) -> None:
        self.out.paragraph(f"{self.L('附件', 'Annex ')}{number}{self.L('：', ': ')}{title}", "Heading1")

    def _list(self) -> None:
        L = self.L
        self._annex(1, L("问题清单", "List of problems"))
        rows = [
            (section, practice)
            for section in self.arrangement.of("violation")
            for block in section.blocks
            for practice in block.practices
        ]
        count = sum(p.count for _, p in rows)
        self.out.paragraph(
            L(f"共{len(rows):,}种做法、{count:,}项；序号与整改台账（ledger.xlsx）一致，逐项见其中“问题清单”。",
              f"{len(rows):,} practices, {count:,} findings; numbered as in the ledger (ledger.xlsx), which has every single one."),
            "Flush",
        )  # fmt: skip
        heads = [
            L("序号", "No."), L("责任单位", "Organ"), L("条款及问题", "Provision, problem"), L("事实", "Facts"),
            L("证据位置", "Evidence"), L("整改建议", "Remedy"), L("项数", "Count"),
        ]  # fmt: skip
        self.out.table(heads, (12, 34, 40, 65, 36, 28, 10), self._rows(rows[:ROWS]))
        if len(rows) > ROWS:
            self.out.paragraph(
                L(
                    f"另有{len(rows) - ROWS:,}种做法未列入本附件，见 ledger.xlsx。",
                    f"{len(rows) - ROWS:,} more practices: ledger.xlsx.",
                ),
                "Flush",
            )

    def _rows(self, rows: Iterable[tuple[Section, Practice]]) -> Iterator[list[str]]:
        for number, (section, practice) in enumerate(rows, 1):
            first = practice.first
            party = "" if section.party == "department" else f"〔{PARTIES[section.party](self.lang)}〕"
            corrected = (
                self.L(f"\n已整改{practice.corrected:,}项", f"\n{practice.corrected:,} corrected")
                if practice.corrected
                else ""
            )
            yield [
                str(number),
                self.organ(section) + party,
                f"{first.citation(self.lang)}\n{GRADES[first.grade or 'violation'](self.lang)}{self.L('：', ': ')}{self.t(first.title)}",
                clip(
                    f"{self.t(first.record_label)}{self.L('：', ': ')}{self.t(first.message, CELL)}{corrected}",
                    CELL,
                ),
                clip("\n".join(one_line(str(f.location or f.record_key)) for f in practice.shown), CELL // 2),
                self.t(first.remedy),
                f"{practice.count:,}",
            ]

    def _open(self) -> None:
        L = self.L
        self._annex(2, L("待核实事项及调阅资料清单", "To verify and to request"))
        asked = list(self.s.requests)
        self.out.paragraph(
            L(f"未作结论{self.s.totals.undetermined:,}项，归为{len(self.groups):,}组；需调阅或者认定{len(asked):,}项。",
              f"{self.s.totals.undetermined:,} open verdicts in {len(self.groups):,} groups; {len(asked):,} things to request or decide."),
            "Flush",
        )  # fmt: skip
        heads = [
            L("序号", "No."),
            L("单位", "Organ"),
            L("类别", "Kind"),
            L("需提供的资料", "To be provided"),
            L("用途", "What for"),
            L("记录数", "Records"),
        ]
        if asked:
            self.out.table(heads, (12, 40, 25, 75, 57, 16), (self._asked(r) for r in asked[:ROWS]))
        heads = [
            L("序号", "No."),
            L("条款及事项", "Provision, matter"),
            L("缺少的事实", "What is missing"),
            L("需要调取或者核查", "To request"),
            L("项数", "Count"),
        ]
        if self.groups:
            self.out.paragraph(L("未决事项：", "Open verdicts:"), "Flush")
            ordered = sorted(self.groups, key=lambda g: (-g.count, g.rule, tuple(m.fact for m in g.missing)))
            rows = (
                [
                    str(n),
                    f"{g.citation(self.lang)}\n{self.t(g.title)}",
                    clip("\n".join(f"{self.t(m.label)}（{self.t(m.cause)}）" for m in g.missing), CELL),
                    self.t(g.request, CELL),
                    f"{g.count:,}",
                ]
                for n, g in enumerate(ordered[:ROWS], 1)
            )
            self.out.table(heads, (12, 60, 75, 64, 14), rows)

    def _asked(self, request: Request) -> list[str]:
        organ = self.s.organs.get(request.organ) or request.organ or self.L("责任单位不明", "organ unknown")
        return [
            str(request.number),
            clip(one_line(organ), 120),
            clip(SORTS[request.sort](self.lang), 40),
            self.t(request.what, CELL),
            clip("\n".join(f"{u.citation(self.lang)} {self.t(u.title)}" for u in request.uses), CELL),
            f"{request.records:,}",
        ]

    def _proof(self) -> None:
        L, run = self.L, self.run
        self._annex(3, L("账目与校验值", "Accounts and hashes"))
        self.out.paragraph(
            L("本报告可以复核：hami verify 输出文件夹 --inputs 卷宗，重新评判并逐字节比对下列各值。",
              "To be verified by `hami verify OUT --inputs DOSSIER`, which judges again and compares byte for byte."),
            "Flush",
        )  # fmt: skip
        said = [
            [L("工具版本", "Tool"), f"hami-rules {run.tool_version}"],
            [L("规则包", "Rule pack"), f"{run.pack_version}  {run.pack_hash}"],
            [L("条例文本", "Statute"), run.statute_hash],
            [L("审计基准日", "Day of the audit"), run.as_of.isoformat()],
            [
                L("脱敏", "Masked"),
                L("否（--unmasked）", "no (--unmasked)") if run.unmasked else L("是", "yes"),
            ],
            *([name, value] for name, value in sorted(run.hashes.items())),
            *([name, value] for name, value in sorted(self.s.stored.items())),
            *([f"{i.path}（{i.bytes:,} B）", i.sha256] for i in run.inputs[:ROWS]),
        ]
        self.out.table(
            [L("名称", "Name"), L("值", "Value")], (80, 145), ([one_line(a), one_line(b)] for a, b in said)
        )
        heads = [
            L("记录", "Records"),
            *(
                L(z, e)
                for z, e in (
                    ("读取", "read"),
                    ("评判", "judged"),
                    ("重复", "duplicate"),
                    ("隔离", "quarantined"),
                    ("仅供参照", "for reference"),
                )
            ),
        ]
        self.out.paragraph(L("读取的记录及去向：", "What was read and what became of it:"), "Flush")
        tables = [
            [
                self.t(t.label) or t.table,
                *(f"{n:,}" for n in (t.read, t.judged, t.duplicates, t.quarantined, t.unjudged)),
            ]
            for t in [*self.s.accounting.tables, self.s.accounting.total]
        ]
        tables[-1][0] = L("合计", "Total")
        self.out.table(heads, (75, 30, 30, 30, 30, 30), tables)

"""Section two of the draft: the main problems, where they are, what stands under each article, and the suspicions.

The main problems are those that weigh most (`Problem.weight`), violations before shortfalls, after those on which a
competent body has decided that sanctions are due; the rule is said in the text itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hami_rules import statute
from hami_rules.judge.findings import Finding, Text
from hami_rules.statute.superior import superior_citations

from .ooxml import HEI, KAI
from .practices import Practice
from .safe import clip, one_line
from .summary import Tally
from .word_draft import ANSWERING, PROSE, Draft, Entry, Problem, by_norm, in_order
from .words import GRADES

__all__ = ["MAIN", "sanction", "sanctioned", "write_problems"]

MAIN = 5  # main problems
ORGANS = 10  # organs ranked, and the others in one row
NAMED = 5  # organs that a main problem names
BRIEFLY = 2  # organs of a suspicion, or problems of a single finding, that a line names
LISTED = 8  # kinds of suspicions named
_GRADES = ("violation", "shortfall")
_SINGLE = {
    "violation": Text("单项问题：", "single findings: "),
    "shortfall": Text("未落实的单项问题：", "single shortfalls: "),
}
_SANCTIONS = statute.load().citation(statute.Address.parse("31"), "zh")


def sanctioned(practice: Practice) -> bool:
    """A competent body has decided that sanctions are due (第三十一条)."""
    return any(f.consequence is not None and _SANCTIONS in f.consequence.zh for f in practice.shown)


def sanction(d: Draft, consequence: str) -> str:
    """What a competent body decided, and to whom it goes: an audit office sanctions nobody, and those who are sanctioned
    are persons, not the organ."""
    if d.lang == "en":
        return f"{consequence}; for the competent body to deal with the persons responsible under Article 31"
    decided = consequence.removeprefix(f"依法给予处分（{_SANCTIONS}）：")
    decided = decided.replace("建议移送：有权机关认为涉嫌犯罪", "决定书载明涉嫌犯罪线索")
    decided = decided.replace("是否移送由人决定", "是否移送由审计机关依法决定")
    return f"{decided}；提请有权机关依照《条例》{_SANCTIONS}对有关责任人员核查处理，审计机关不作处分决定"


def write_problems(d: Draft) -> None:
    """Section two, without its heading."""
    answering = [e for e in d.entries if e.section.party in ANSWERING]
    if not d.entries:
        d.say("没有发现违反或者未落实《条例》的问题。", "No violation or shortfall was found.")
    main = _main(by_norm(answering))
    if main:
        _lead(d, main)
        _ranking(d)
    number = 2 if main else 0
    if d.entries:
        number += 1
        d.head(2, number, d.L("各条问题", "By article"))
        _by_article(d, main)
    if d.suspicions:
        d.head(2, number + 1, d.L("需要进一步核查的疑似问题", "Suspicions to be looked into"))
        _suspicions(d)


def _main(problems: list[Problem]) -> list[Problem]:
    def order(p: Problem) -> tuple[bool, int, int, int, str]:
        decided = any(sanctioned(e.practice) for e in p.entries)
        return not decided, _GRADES.index(p.grade), -p.weight, -p.count, p.norm

    return sorted(problems, key=order)[:MAIN]


# -- the main problems -----------------------------------------------------------------------------------------------


def _lead(d: Draft, main: list[Problem]) -> None:
    d.head(2, 1, d.L("主要问题", "Main problems"))
    d.say(
        f"下列{len(main)}个问题按性质和面选取：有权机关已经认定应予处分的在前；其余先违反、后未落实，按“项数×涉及单位数”由大到小。"
        "是否作为主要问题，由审计组核定。",
        f"The {len(main)} problems below were chosen by gravity and spread: first those on which a competent body has decided "
        "that sanctions are due; then violations before shortfalls, by findings times organs. The team is to settle the choice.",
    )
    for number, problem in enumerate(main, 1):
        _told(d, number, problem)


def _told(d: Draft, number: int, problem: Problem) -> None:
    L, out = d.L, d.out
    grade, organs = GRADES[problem.grade](d.lang), problem.organs
    said = L("，", ", ").join(
        part for part in (grade, L(f"{problem.count:,}项", f"{problem.count:,}"), d.by_party(problem)) if part
    )
    d.head(3, number, L(f"{d.title(problem)}（{said}）", f"{d.title(problem)} ({said})"))
    listed = list(organs.values())[:NAMED]
    example = max((e for of in listed for e in of), key=lambda e: (e.practice.count, -e.number))
    said = f"{d.organ(example.section)}{L('：', ': ')}{d.sentence(example)}"
    if problem.count == 1:
        out.paragraph(f"{said}{L('（', ' (')}{d.annexed(problem.entries)}{L('）。', ').')}")
    else:
        named = d.join(
            f"{d.organ(of[0].section)}{L('', ' ')}{sum(e.practice.count for e in of):,}{L('项', '')}"
            for of in listed
        )
        more = (
            L(f"等{len(organs)}个单位", f" and others, {len(organs)} organs") if len(organs) > NAMED else ""
        )
        kinds = L(f"共{len(problem.entries):,}种做法", f"{len(problem.entries):,} practices")
        d.say(
            f"涉及{named}{more}，{kinds}（{d.annexed(problem.entries)}）。",
            f"{named}{more}; {kinds} ({d.annexed(problem.entries)}).",
        )
        same = f"，同一做法{example.practice.count:,}项" if example.practice.count > 1 else ""
        alike = f", {example.practice.count:,} of the kind" if example.practice.count > 1 else ""
        d.say(
            f"例如，{said}（附件1第{example.number}号{same}）。",
            f"For example: {said} (annex 1, no. {example.number}{alike}).",
        )
    first = example.practice.first
    law = f"{first.citation(d.lang)}{L('：', ': ')}{d.quoted(clip(one_line(first.quote), PROSE))}"
    out.paragraph([(L("定性依据：", "Basis: "), HEI), (law, KAI)])
    if first.superior:
        above = one_line(superior_citations(first.superior[:6], d.lang))
        out.paragraph([(L("上位法相关条款：", "Superior law: "), HEI), (clip(above, PROSE), KAI)])
    grave = next((e for e in problem.entries if sanctioned(e.practice)), None)
    if grave is not None:
        consequence = next(f.consequence for f in grave.practice.shown if f.consequence)
        said = sanction(d, d.t(consequence))
        out.paragraph([(L("责任：", "Consequence: "), HEI), (said + L("。", "."), None)])
    for word, texts in (
        (L("可申辩情形：", "Rebuttable: "), _every(d, problem.entries, lambda f: f.rebuttals)),
        (L("可免责或者减责：", "May be excused or reduced: "), _every(d, problem.entries, lambda f: (f.mitigation or f.mitigation_pending,))),
    ):  # fmt: skip
        if texts:
            out.paragraph([(word, HEI), (clip(L("；", "; ").join(texts), PROSE) + L("。", "."), None)])


def _every(d: Draft, entries: list[Entry], of: Callable[[Finding], Iterable[Text | None]]) -> list[str]:
    return list(dict.fromkeys(d.t(text) for e in entries for f in e.practice.shown for text in of(f) if text))


# -- where they are --------------------------------------------------------------------------------------------------


def _ranking(d: Draft) -> None:
    """Organs by violations and shortfalls; the rows add up to the totals of section one."""
    L = d.L
    d.head(2, 2, L("问题较多的单位", "Where most was found"))
    ranked = sorted(
        (
            (party, organ, tally)
            for party in ANSWERING
            for organ, tally in d.s.totals.party(party).by_organ.items()
            if tally.breaches or tally.suspicion.instances
        ),
        key=lambda r: (-r[2].breaches, -r[2].violation.instances, ANSWERING.index(r[0]), r[1]),
    )
    heads = [
        L("名次", "Rank"), L("单位", "Organ"), L("违反（项）", "Violations"), L("未落实（项）", "Shortfalls"),
        L("做法（种）", "Practices"), L("已整改（项）", "Corrected"), L("疑似（项）", "Suspicions"),
    ]  # fmt: skip

    def row(rank: str, name: str, tallies: list[Tally]) -> list[str]:
        figures = (
            sum(t.violation.instances for t in tallies),
            sum(t.shortfall.instances for t in tallies),
            sum(t.violation.practices + t.shortfall.practices for t in tallies),
            sum(t.corrected for t in tallies),
            sum(t.suspicion.instances for t in tallies),
        )
        return [rank, name, *(f"{n:,}" if n else "—" for n in figures)]

    rows = [row(str(n), d.name(organ), [t]) for n, (_, organ, t) in enumerate(ranked[:ORGANS], 1)]
    others = [t for _, _, t in ranked[ORGANS:]]
    if others:
        rows.append(row("", L(f"其他{len(others):,}个单位", f"{len(others):,} other organs"), others))
    rows.append(row("", L("合计", "Total"), [t for _, _, t in ranked]))
    d.say("表2　单位排名（按违反、未落实项数）", "Table 2. Organs by violations and shortfalls", "Caption")
    d.out.table(heads, (12, 58, 18, 18, 17, 17, 16), rows, centred=(0, 2, 3, 4, 5, 6), together=True)
    apart = [
        said
        for party, said in (
            ("applicant", L("经营主体的问题", "those against applicants")),
            ("superior", L("源于上级统一文本的问题", "those in texts of higher bodies")),
        )
        if d.s.totals.party(party).total.breaches
    ]
    if apart:
        d.say(f"不含{L('和', ' and ').join(apart)}。", f"Without {L('和', ' and ').join(apart)}.", "Note")


# -- under each article ----------------------------------------------------------------------------------------------


def _by_article(d: Draft, main: list[Problem]) -> None:
    L = d.L
    told = {(p.norm, p.grade): n for n, p in enumerate(main, 1)}
    by: dict[str, list[Entry]] = {}
    for entry in d.entries:
        by.setdefault(entry.article, []).append(entry)
    d.say(
        "没有注明“未落实”的均为违反。只有一项的问题只列名称，内容见附件1。",
        "Shortfalls are marked; all else are violations. Problems of a single finding are named here and told in annex 1.",
    )
    for article in sorted(by, key=in_order):
        entries = by[article]
        problems = sorted(by_norm(entries), key=lambda p: (_GRADES.index(p.grade), -p.count, p.norm))
        parts = [_line(d, p, told.get((p.norm, p.grade))) for p in problems if p.count > 1]
        for grade in _GRADES:
            single = [p for p in problems if p.count == 1 and p.grade == grade]
            if single:
                named = d.join(d.quoted(d.title(p)) for p in single[:BRIEFLY])
                more = L(f"等{len(single)}项", " and others") if len(single) > BRIEFLY else ""
                where = d.annexed(e for p in single for e in p.entries)
                parts.append(f"{_SINGLE[grade](d.lang)}{named}{more}{L('（', ' (')}{where}{L('）', ')')}")
        count = sum(e.practice.count for e in entries)
        head = L(f"{d.article(article)}，{count:,}项。", f"{d.article(article)}: {count:,}. ")
        d.out.paragraph([(head, HEI), (L("；", "; ").join(parts) + L("。", "."), None)])


def _line(d: Draft, problem: Problem, told: int | None) -> str:
    L = d.L
    grade = "" if problem.grade == "violation" else L("（未落实）", " (shortfall)")
    said = d.title(problem) + grade + L(f"{problem.count:,}项", f" {problem.count:,}")
    if told is not None:
        return said + L(f"，见主要问题{told}", f": see main problem {told}")
    organs = len(problem.organs)
    among = (
        L(f"{organs:,}个单位，", f"{organs:,} organs, ")
        if organs > 1
        else f"{d.organ(problem.entries[0].section)}{L('，', ', ')}"
    )
    split = d.by_party(problem)
    among = split + L("；", "; ") + among if split else among
    return said + L(f"（{among}{d.annexed(problem.entries)}）", f" ({among}{d.annexed(problem.entries)})")


def _suspicions(d: Draft) -> None:
    L = d.L
    problems = sorted(by_norm(d.suspicions), key=lambda p: (-p.count, p.norm))
    count = sum(p.count for p in problems)
    said = []
    for problem in problems[:LISTED]:
        organs = list(problem.organs.values())
        named = d.join(d.organ(of[0].section) for of in organs[:BRIEFLY])
        more = L(f"等{len(organs)}个单位", " and others") if len(organs) > BRIEFLY else ""
        said.append(
            L(
                f"{d.title(problem)}{problem.count:,}项（{named}{more}）",
                f"{d.title(problem)} {problem.count:,} ({named}{more})",
            )
        )
    if len(problems) > LISTED:
        rest = sum(p.count for p in problems[LISTED:])
        said.append(L(f"其他{rest:,}项", f"{rest:,} others"))
    d.say(
        f"疑似问题{count:,}项（{len(d.suspicions):,}种做法），只是线索，不是定性，由审计人员核查后认定，逐种见附件1（三）。其中："
        + "；".join(said) + "。",
        f"{count:,} suspicions ({len(d.suspicions):,} practices): leads, not findings; each is in annex 1 (3). Among them: "
        + "; ".join(said) + ".",
    )  # fmt: skip

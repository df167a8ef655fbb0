"""Section three of the draft: what is to be done, by whom, on which numbers of annex 1, and by when.

Every measure names its organs, articles and numbers. Nothing in the Regulation sets a date, so each date is left in
【brackets】 for people; a recommendation is said once, with the organs that it is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from .safe import clip
from .word_draft import ANSWERING, Draft, Entry
from .word_problems import sanction, sanctioned
from .words import region_name

__all__ = ["write_measures"]

NAMED = 12  # organs that a recommendation names
LISTED = 8  # recommendations in the prose; the others stand in annex 1
ORGANS = (
    120  # rows of the table of organs, and organs that a measure names: all of them in any audit of one city
)
_SHARE = (
    2  # what at least one finding in this many comes to is the ordinary measure, told by the table of organs
)


def write_measures(d: Draft) -> None:
    """Section three, without its heading."""
    d.head(2, 1, d.L("处理意见", "Measures"))
    if d.entries:
        d.say("单位名称后括号内的是附件1的序号。", "In brackets after an organ: its numbers in annex 1.")
    _measures(d)
    d.head(2, 2, d.L("整改要求", "Who is to put what right"))
    _by_organ(d)
    d.head(2, 3, d.L("整改建议", "Recommendations"))
    _recommendations(d)
    d.head(2, 4, d.L("听取意见", "Hearing"))
    d.say(
        "本稿定稿前应当听取被审计单位意见；被审计单位可就可申辩、可免责或者减责的情形提交证据。"
        "【征求意见书文号、送达日期】【反馈意见及采纳情况】",
        "Before this draft becomes final the audited organs are to be heard; they may prove what excuses or mitigates. "
        "【Notice and date】【Their views, and what was adopted】",
    )


def _who(d: Draft, entries: Iterable[Entry], most: int = ORGANS) -> str:
    """Organs, each with its numbers of annex 1 in brackets."""
    by: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        by.setdefault(entry.who, []).append(entry)
    said = [
        d.L("{}（{}）", "{} ({})").format(d.organ(of[0].section), d.spans((e.number for e in of), 6))
        for of in list(by.values())[:most]
    ]
    more = d.L(f"等{len(by)}个单位", f" and others, {len(by)} organs") if len(by) > most else ""
    return d.join(said) + more


def _measures(d: Draft) -> None:
    L = d.L
    due = L("【处理期限：　年　月　日前】", "【due: date】")
    by: dict[str, list[Entry]] = {}
    for entry in d.entries:
        first = next((f for f in entry.practice.shown if f.consequence), None)
        if first is not None:
            by.setdefault(d.t(first.consequence), []).append(entry)
    total = sum(e.practice.count for e in d.entries)

    def weight(item: tuple[str, list[Entry]]) -> tuple[bool, int, str]:
        said, entries = item
        return not any(sanctioned(e.practice) for e in entries), -sum(e.practice.count for e in entries), said

    number = 0
    for said, entries in sorted(by.items(), key=weight):
        number += 1
        count = sum(e.practice.count for e in entries)
        if any(sanctioned(e.practice) for e in entries):
            d.say(
                f"{number}. {sanction(d, said)}。涉及{d.articles(entries)}{count:,}项，有关责任人员所在单位：{_who(d, entries)}。{due}",
                f"{number}. {sanction(d, said)}. {d.articles(entries)}, {count:,} findings, in: {_who(d, entries)}. {due}",
            )
            continue
        if count * _SHARE >= total:
            place = L(
                "单位、条款、序号和期限见（二）表3", "organs, articles, numbers and dates: (2), table 3"
            )
            d.say(
                f"{number}. {said}。涉及{count:,}项，{place}。",
                f"{number}. {said}. {count:,} findings; {place}.",
            )
            continue
        d.say(
            f"{number}. {said}。涉及{d.articles(entries)}{count:,}项：{_who(d, entries)}。{due}",
            f"{number}. {said}. {d.articles(entries)}, {count:,} findings: {_who(d, entries)}. {due}",
        )
    upwards = [e for e in d.entries if e.section.party == "superior"]
    if upwards:
        number += 1
        count = sum(e.practice.count for e in upwards)
        d.say(
            f"{number}. {d.articles(upwards)}{count:,}项源于上级机关统一制定的文本，文本所在的单位和序号为{_who(d, upwards)}；不是对所列单位的"
            "认定，本地不得改动，由审计机关逐级上报制定机关处理。【上报文号】",
            f"{number}. {d.articles(upwards)}: {count:,} come from texts of higher bodies, used by {_who(d, upwards)}: no finding against these, "
            "which may not change them; to be reported upwards. 【reference】",
        )
    if not number:
        d.say("【处理意见由审计组填写】", "【Measures, for the audit team】")
    bodies = L("；", "; ").join(
        f"{region_name(r, d.lang)}{L('：', ': ')}{d.t(b)}" for r, b in d.s.coordinating.items()
    )
    if bodies:
        d.say(
            f"由统筹协调单位督促整改（{bodies}）；人民政府和统筹协调单位自身的问题由上一级人民政府或者审计机关督促，垂直管理单位的由其上级主管机关督促。",
            f"Coordinating bodies see to rectification ({bodies}); a government's and their own: "
            "the government above or the audit office; those of organs directed from above: the body that directs them.",
        )


def _by_organ(d: Draft) -> None:
    """One row an organ. Its numbers follow each other, since annex 1 is in the order of organs."""
    L = d.L
    by: dict[tuple[str, str], list[Entry]] = {}
    for entry in d.entries:
        if entry.section.party in ANSWERING:
            by.setdefault(entry.who, []).append(entry)
    if not by:
        d.say("没有需要整改的问题。", "Nothing is to be put right.")
        return
    d.say(
        "下列单位对附件1所列各项逐项整改，整改措施、责任人和进度填入整改台账（ledger.xlsx）。《条例》没有规定整改期限，由审计组填写。",
        "The organs below put right what annex 1 lists, and enter measures, persons and progress in the ledger (ledger.xlsx). "
        "The Regulation sets no date; the team is to.",
    )
    d.say("表3　整改任务", "Table 3. Who puts what right", "Caption")
    heads = [
        L("单位", "Organ"), L("条款", "Articles"), L("附件1序号", "No. in annex 1"), L("项数", "Count"),
        L("整改期限（前）", "Due by"),
    ]  # fmt: skip
    rows = []
    for of in list(by.values())[:ORGANS]:
        count, corrected = sum(e.practice.count for e in of), sum(e.practice.corrected for e in of)
        done = L(f"（已整改{corrected:,}）", f" ({corrected:,} corrected)") if corrected else ""
        rows.append(
            [
                d.organ(of[0].section),
                clip(d.articles(of), 200),
                d.spans((e.number for e in of), 6),
                f"{count:,}{done}",
                L("【　年　月　日】", "【date】"),
            ]
        )
    d.out.table(heads, (44, 38, 20, 24, 30), rows, small=True, centred=(2, 3, 4))
    if len(by) > ORGANS:
        more = len(by) - ORGANS
        d.say(f"另有{more:,}个单位，见附件1。", f"{more:,} more organs: annex 1.", "Note")


def _recommendations(d: Draft) -> None:
    """The most frequent; as many rows of annex 1 (2) are left as are said to be."""
    ordered = sorted(
        d.remedies().items(),
        key=lambda r: (
            r[1][0].section.party not in ANSWERING, -sum(e.practice.count for e in r[1]), r[0],
        ),
    )  # fmt: skip
    if ordered:
        d.say(
            "按建议内容归并；同一问题情形不同、建议也不同的分别列出，项数可以少于第二部分该问题的项数。",
            "By what is recommended: one problem may need several recommendations, each for fewer findings than part two counts.",
        )
    for number, (said, entries) in enumerate(ordered[:LISTED], 1):
        largest = max(entries, key=lambda e: (e.practice.count, -e.number))
        title = d.t(largest.practice.first.title, 80)
        count = sum(e.practice.count for e in entries)
        d.say(
            f"{number}. {said}。针对{d.articles(entries)}{d.quoted(title)}{count:,}项：{_who(d, entries, NAMED)}。",
            f"{number}. {said}. For {d.quoted(title)} ({d.articles(entries)}), {count:,}: {_who(d, entries, NAMED)}.",
        )
    if len(ordered) > LISTED:
        d.say(
            f"其他{len(ordered) - LISTED:,}条建议，连同上列{LISTED}条列在附件1（二）。",
            f"{len(ordered) - LISTED:,} more recommendations are listed with these {LISTED} in annex 1 (2).",
        )
    if not ordered:
        d.say("【整改建议由审计组填写】", "【Recommendations, for the audit team】")

"""The annexes of the draft, across the page and in small type: the list of problems, what is asked of each organ, accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, zip_longest

from hami_rules.judge.findings import Text

from .ooxml import HEI, Run
from .practices import Practice
from .safe import clip, one_line
from .summary import Request
from .word_draft import CELL, Draft, Entry, in_order
from .words import GRADES, PARTIES

__all__ = ["ROWS", "write_annexes"]

ROWS = 3_000  # rows of an annexed table: some 250 pages; the ledger has the rest
LINE = 200  # characters of a sentence on a problem; the ledger and the page have all of it
_PLACE = 120  # characters of a place
_MARKS = 9  # notes said before a table, at most
_OFTEN = 3  # entries that a note must be of to be said there
_NAMED = 3  # provisions and records that a decision names
_CAUSES = 50  # reasons for quarantine
_DIGITS = 16  # of a hash, as people compare them
_SAID = ("as_of", "pack", "statute")  # told in words before
_HASHED = {
    "calendar": Text("工作日历", "Calendar"),
    "code": Text("程序", "Code"),
    "configuration": Text("运行选项", "Options"),
    "dossier": Text("所读资料", "Dossier"),
}


def write_annexes(d: Draft) -> None:
    """All three, each on a page of its own."""
    _problems(d)
    _letters(d)
    _proof(d)


def _annex(d: Draft, number: int, title: str) -> None:
    d.out.paragraph(
        f"{d.L('附件', 'Annex ')}{number}{d.L('：', ': ')}{title}", "Heading1", new_page=number > 1
    )


# -- one: problems, remedies, suspicions -----------------------------------------------------------------------------


def _problems(d: Draft) -> None:
    L = d.L
    _annex(d, 1, L("问题清单", "List of problems"))
    count = sum(e.practice.count for e in d.entries)
    d.say(
        f"（一）问题。共{len(d.entries):,}种做法、{count:,}项；序号与台账文件（ledger.xlsx）“整改台账”表一致。“×n”为同一做法的项数，记录和证据为最早一项的；"
        "证据是所读文件的名称，冒号后为行、列。定性依据原文见“整改台账”表，逐项的证据和可申辩、可免责或者减责的理由见“问题清单”表，评判理由见 report.html。",
        f"(1) Problems. {len(d.entries):,} practices, {count:,} findings, numbered as on the ledger's sheet of rectification (ledger.xlsx). “×n”: "
        "instances of the practice, with the record and the evidence of the earliest; evidence: the file, and after the colons line and column. "
        "Provisions: that sheet; every single one, with what excuses or mitigates: the sheet of problems; reasons: report.html.",
        "Small",
        next_too=True,
    )
    _table(d, d.entries, titled=False)
    _remedies(d)
    if d.suspicions:
        d.say(
            "（三）疑似问题。只是线索，不是定性；序号与整改台账“待核实及调阅资料清单”一致，接在各件之后。",
            "(3) Suspicions: leads, not findings; numbered as on the ledger's sheet of what is to be verified, after the requests.",
            "Small",
            next_too=True,
        )
        _table(d, d.suspicions, titled=True)


def _table(d: Draft, entries: Sequence[Entry], titled: bool) -> None:
    """A row a practice. `titled`: what is suspected goes before what was seen, which does not say it."""
    L = d.L
    notes = _common_notes(d, entries[:ROWS])
    for note, mark in notes.items():
        d.out.paragraph(f"{mark}{L('：', ': ')}{note}{L('。', '.')}", "Small", next_too=True)
    heads = [
        L("序号", "No."), L("责任单位", "Organ"), L("条款", "Provision"), L("问题", "Problem"), L("证据", "Evidence"),
        L("级别", "Grade"),
    ]  # fmt: skip
    rows = (_row(d, e, titled, notes) for e in entries[:ROWS])
    d.out.table(heads, (11, 37, 22, 94, 43, 18), rows, small=True, centred=(0, 5))
    if len(entries) > ROWS:
        more = len(entries) - ROWS
        d.say(
            f"另有{more:,}种做法未列入本附件，见 ledger.xlsx。",
            f"{more:,} more practices: ledger.xlsx.",
            "Small",
        )


def _notes(d: Draft, entry: Entry) -> list[str]:
    return list(dict.fromkeys(d.t(f.note) for f in entry.practice.shown if f.note))


def _common_notes(d: Draft, entries: Iterable[Entry]) -> dict[str, str]:
    """What is noted of many is said once, before the table, and marked in it."""
    counts = Counter(note for entry in entries for note in _notes(d, entry))
    common = [note for note, n in counts.most_common(_MARKS) if n >= _OFTEN]
    return {note: d.L(f"注{n}", f"Note {n}") for n, note in enumerate(common, 1)}


def _row(d: Draft, entry: Entry, titled: bool, notes: Mapping[str, str]) -> list[str | list[Run]]:
    first, practice = entry.practice.first, entry.practice
    party = entry.section.party
    who = d.organ(entry.section)
    if party == "superior":
        who += d.L("〔文本源于上级，上报〕", " [text of a higher body]")
    elif party != "department":
        who += f"〔{PARTIES[party](d.lang)}〕"
    # A suspicion stands nowhere else in the draft, and its message gives the figures that it rests on.
    said = d.sentence(entry, CELL if titled else LINE)
    said = f"{d.record(entry)}{d.L('：', ': ')}{said}"
    own = [n for n in _notes(d, entry) if n not in notes]
    if own:
        said += d.L(f"（注意：{clip('；'.join(own), LINE)}）", f" (note: {clip('; '.join(own), LINE)})")
    place = one_line(str(first.location or first.record_key))
    return [
        str(entry.number),
        who,
        first.citation(d.lang),
        [(d.t(first.title, 80) + d.L("：", ": ") if titled else "", HEI), (said, None)],
        clip(place, _PLACE),
        "\n".join([*_state(d, practice), *(notes[n] for n in _notes(d, entry) if n in notes)]),
    ]


def _state(d: Draft, practice: Practice) -> Iterator[str]:
    """Its grade and how many there are, and what speaks for the organ."""
    many = f"×{practice.count:,}" if practice.count > 1 else ""
    upwards = practice.first.counts_against == "superior"
    yield (d.L("上报", "upwards") if upwards else GRADES[practice.first.grade or "violation"](d.lang)) + many
    if practice.corrected:
        part = f"{practice.corrected:,}" if practice.corrected < practice.count else ""
        yield d.L(f"已整改{part}", f"{part} corrected".strip())
    if any(f.rebuttals for f in practice.shown):
        yield d.L("可申辩", "rebuttable")
    if practice.mitigated:
        yield d.L("可免责或者减责", "may be excused or reduced")


def _remedies(d: Draft) -> None:
    """What to do, once for each remedy: the list would say it hundreds of times."""
    L = d.L
    by = d.remedies()
    if not by:
        return
    count = sum(e.practice.count for of in by.values() for e in of)
    upwards = sum(e.practice.count for e in d.entries if e.section.party == "superior")
    none = sum(e.practice.count for e in d.entries) - count - upwards
    apart = [
        L(zh, en).format(n)
        for n, zh, en in (
            (upwards, "上级机关文本{:,}项只列入上报", "{:,} in texts of higher bodies are passed upwards"),
            (none, "没有既定建议的{:,}项由审计组另提", "{:,} without a set recommendation are for the team"),
        )
        if n
    ]
    d.say(
        f"（二）整改建议，共{len(by):,}条、{count:,}项{'；另有' if apart else ''}{'，'.join(apart)}。",
        f"(2) Recommendations: {len(by):,}, for {count:,} findings{'; ' if apart else ''}{', '.join(apart)}.",
        "Small",
        next_too=True,
    )
    heads = [
        L("条款", "Provision"), L("问题", "Problem"), L("整改建议", "Recommendation"), L("序号", "No."), L("项数", "Count"),
    ]  # fmt: skip

    def order(item: tuple[str, list[Entry]]) -> tuple[int, str, str]:
        remedy, of = item
        first = min(of, key=lambda e: (in_order(e.article), e.practice.first.rule))
        return in_order(first.article)[0], first.practice.first.rule, remedy

    def each(texts: Iterable[str]) -> str:
        return clip("\n".join(dict.fromkeys(texts)), CELL)

    rows = (
        [
            each(e.practice.first.citation(d.lang) for e in of),
            each(d.t(e.practice.first.title, 80) for e in of),
            remedy,
            d.spans((e.number for e in of), 12),
            f"{sum(e.practice.count for e in of):,}",
        ]
        for remedy, of in sorted(by.items(), key=order)[:ROWS]
    )
    d.out.table(heads, (26, 58, 94, 35, 12), rows, small=True, centred=(3, 4))


# -- two: letters ----------------------------------------------------------------------------------------------------


def _letters(d: Draft) -> None:
    """What is asked of whom, as letters of request are written: by organ; then what people have to decide themselves."""
    L = d.L
    _annex(d, 2, L("待核实事项及调阅资料清单", "To verify and to request"))
    asked = [r for r in d.s.requests if r.sort != "decision"]
    decided = [r for r in d.s.requests if r.sort == "decision"]
    if not d.s.totals.undetermined:
        d.say("没有未作结论的事项。", "No verdict is open.", "Small")
    elif d.s.requests:
        d.say(
            f"未作结论{d.s.totals.undetermined:,}项，{d.to_find_out()}。逐条未决见 undetermined.jsonl。",
            f"{d.s.totals.undetermined:,} open verdicts: {d.to_find_out()}. Each open verdict: undetermined.jsonl.",
            "Small",
        )
    shown = asked[:ROWS]
    if shown:
        head = L(f"（一）请下列单位提供，共{len(asked):,}件", f"(1) Asked of organs: {len(asked):,}")
        d.out.paragraph([(head, HEI)], "Small", next_too=True)
    for organ, its in groupby(shown, key=lambda r: r.organ):
        d.out.paragraph([(d.name(organ) + L("：", ":"), HEI)], "Small", next_too=True)
        for n, request in enumerate(its, 1):
            d.out.paragraph(f"{n}. {d.t(request.what, CELL)}", "Small")
        d.say(
            "【提供期限：　年　月　日前】【报送方式、联系人】应当由单位证明的事实，逾期不提供的，本次审计按没有认定。",
            "【By: date】【How, and to whom】 What the organ has to prove counts as absent in this audit where it does not come in time.",
            "Small",
        )
    by: dict[str, list[Request]] = {}
    for request in decided[: ROWS - len(shown)]:
        what = L("；", "; ").join(d.t(i.what, CELL) for i in request.items)
        by.setdefault(what or d.t(request.what, CELL), []).append(request)
    if by:
        count = sum(map(len, by.values()))
        head = L(
            f"（二）由审计人员或者法制机构认定，不必调阅：共{count:,}件，所问相同的合写，计{len(by):,}条",
            f"(2) For people to decide, nothing to request: {count:,}, in {len(by):,} questions",
        )
        d.out.paragraph([(head, HEI)], "Small", next_too=True)
    for n, (what, requests) in enumerate(by.items(), 1):
        where = L("；", "; ").join(_decided(d, r) for r in requests)
        d.out.paragraph(f"{n}. {what}{L('：', ': ')}{where}{L('。', '.')}", "Small")
    more = len(asked) + len(decided) - ROWS
    if more > 0:
        d.say(f"另有{more:,}件，见 ledger.xlsx。", f"{more:,} more: ledger.xlsx.", "Small")


def _decided(d: Draft, request: Request) -> str:
    """Whose records a decision is about, under which provisions."""
    uses = d.join(
        f"{u.citation(d.lang)}{d.L('', ' ')}{d.quoted(d.t(u.title, 80))}" for u in request.uses[:_NAMED]
    )
    names = [d.t(n, 120) for n in request.names] or [clip(one_line(e), 80) for e in request.examples]
    about = d.join(names[:_NAMED])
    if request.records > len(names[:_NAMED]):
        about += d.L(f"等{request.records:,}条记录", f" and others, {request.records:,} records")
    return d.L(
        f"{d.name(request.organ)}，{uses}，涉及{about}", f"{d.name(request.organ)}, {uses}, on {about}"
    )


# -- three: accounts -------------------------------------------------------------------------------------------------


def _proof(d: Draft) -> None:
    L = d.L
    _annex(d, 3, L("账目、校验值和资料管理", "Accounts, hashes and what is confidential"))
    d.say(
        "（一）资料管理。给程序用的文件（findings.jsonl、findings.parquet、groups.jsonl、undetermined.jsonl、quarantine.jsonl、findings.sarif、"
        "supervision.*）保留原始记录，其中自然人的姓名、证件号码、电话没有脱敏，按内部资料管理，不得随本报告发送。",
        "(1) Confidential. The files for machines (findings.jsonl, findings.parquet, groups.jsonl, undetermined.jsonl, quarantine.jsonl, "
        "findings.sarif, supervision.*) hold the records as they are, natural persons unmasked: internal, and not to go out with this report.",
        "Small",
    )
    d.say("（二）读取的记录及去向。", "(2) What was read and what became of it.", "Small", next_too=True)
    heads = [
        L("记录", "Records"), L("读取", "read"), L("评判", "judged"), L("重复", "duplicate"), L("隔离", "quarantined"),
        L("仅供参照", "for reference"),
    ]  # fmt: skip
    tables = [
        [
            d.t(t.label) or t.table,
            *(f"{n:,}" if n else "—" for n in (t.read, t.judged, t.duplicates, t.quarantined, t.unjudged)),
        ]
        for t in [*d.s.accounting.tables, d.s.accounting.total]
    ]
    tables[-1][0] = L("合计", "Total")
    d.out.table(heads, (75, 30, 30, 30, 30, 30), tables, small=True, centred=range(1, 6))
    if d.s.quarantine:
        d.say(
            "因数据问题隔离、没有评判的记录（原文在 quarantine.jsonl）：",
            "Records set aside for faults of the data and not judged (as they are: quarantine.jsonl):",
            "Small",
            next_too=True,
        )
        reasons = (
            [d.t(q.reason, 300), f"{q.count:,}", clip(one_line(q.example or ""), _PLACE)]
            for q in d.s.quarantine[:_CAUSES]
        )
        heads = [L("原因", "Reason"), L("条数", "Count"), L("例", "For example")]
        d.out.table(heads, (140, 15, 70), reasons, small=True, centred=(1,))
    d.say(
        "（三）校验值。本报告可以复核：hami verify 输出文件夹 --inputs 卷宗，重新评判并逐字节比对。下列文件的校验值（SHA-256）只列前"
        f"{_DIGITS}位，全部见 summary.json。",
        f"(3) Hashes. To be verified by `hami verify OUT --inputs DOSSIER`, which judges again and compares byte for byte. Of a file's "
        f"SHA-256 the first {_DIGITS} digits stand here; all of it is in summary.json.",
        "Small",
        next_too=True,
    )
    heads, cells = [L("名称", "Name"), L("值", "Value")], list(_hashes(d))
    half = (len(cells) + 1) // 2
    rows = ([*left, *right] for left, right in zip_longest(cells[:half], cells[half:], fillvalue=("", "")))
    d.out.table(heads * 2, (76, 37, 75, 37), rows, small=True)


def _hashes(d: Draft) -> Iterator[tuple[str, str]]:
    L, run = d.L, d.s.run
    said: Iterable[tuple[str, str]] = [
        (L("工具版本", "Tool"), f"hami-rules {run.tool_version}"),
        (L("规则包", "Rule pack"), f"{run.pack_version}  {run.pack_hash}"),
        (L("条例文本", "Statute"), run.statute_hash),
        (L("审计基准日", "Day of the audit"), run.as_of.isoformat()),
        (
            L("自然人信息", "Natural persons"),
            L("没有脱敏（--unmasked）", "not masked (--unmasked)") if run.unmasked else L("已脱敏", "masked"),
        ),
        *(
            (_HASHED[n](d.lang) if n in _HASHED else n, h)
            for n, h in sorted(run.hashes.items())
            if n not in _SAID
        ),
        *((name, value[:_DIGITS]) for name, value in sorted(d.s.stored.items())),
        *((i.path, i.sha256[:_DIGITS]) for i in run.inputs[:ROWS]),
    ]
    for name, value in said:
        yield one_line(name), one_line(value)

"""The words of the page that its script and its written part share."""

from __future__ import annotations

from hami_rules.judge.findings import Text

from .words import ANSWERS, GRADES, PARTIES, PARTS, VERDICTS

__all__ = ["TYPE_NAMES", "WORDS", "page_words"]

TYPE_NAMES = {
    **GRADES,
    "concurrent": Text("竞合", "Concurrent"),
    "dismissed": Text("认定不成立", "Dismissed"),
    "error": VERDICTS["error"],
}
TYPE_NOTES = {
    "violation": Text("违反“不得”“应当”或者经营主体的权利", "of a ban, a duty or a right"),
    "shortfall": Text("推动类和没有“应当”的条款未落实", "of best-efforts norms, and of those without 应当"),
    "suspicion": Text("待人工核查，不是违反", "for a person to check; no breach"),
    "concurrent": Text("首要条款不在本报告范围内，不计入", "primary norm outside this report; not counted"),
    "dismissed": Text("经人工认定不成立，不计入", "by a person’s recorded decision; not counted"),
    "error": Text("判定没有完成，不计入", "the verdict failed; not counted"),
}
WORDS = {
    # a finding
    "fact": Text("事实", "Fact"),
    "evidence": Text("证据位置", "Evidence"),
    "no_place": Text("来源未记录位置", "no location recorded"),
    "basis": Text("定性依据", "Basis"),
    "superior": Text("上位法相关条款", "Related provisions of superior law"),
    "why": Text("说明", "Why"),
    "answers_note": Text(
        "每行一个条件：“是”指情况如此，“否”指情况并非如此，“未知”指记录没有说；都不是好坏的评价。",
        "A condition a line: yes - it is so; no - it is not; unknown - the records don't say. None of these is praise or blame.",
    ),
    "decides": Text("据以认定", "decides"),
    "tree": Text("逐项条件与所见事实", "Each condition, and the facts seen"),
    "remedy": Text("整改建议", "Remedy"),
    "responsible": Text("责任单位", "Responsible"),
    "text_at": Text("文本所在单位（不是责任单位）", "The text stands with (not responsible)"),
    "coordinating": Text("统筹协调单位", "Coordinating body"),
    "consequence": Text("责任后果", "Consequence"),
    "rebuttable": Text("可申辩情形", "Rebuttable"),
    "mitigation": Text("减免情形", "Mitigation"),
    "corrected_on": Text("已整改", "Corrected"),
    "corrected_note": Text("事后改正，不影响定性", "later correction leaves the finding as it is"),
    "decision": Text("人工认定", "Decision"),
    "upheld": Text("认定成立", "upheld"),
    "dismissed": Text("认定不成立", "dismissed"),
    "reading": Text("理解口径", "Reading"),
    "note": Text("注意", "Note"),
    "error": Text("出错", "Error"),
    "concurrent": Text("竞合条款", "Concurrent"),
    "concurrent_note": Text("同一事实，不另计", "same fact, not counted again"),
    "counted_under": Text("计入", "counted under"),
    "rule": Text("规则", "rule"),
    "item": Text("事项", "item"),
    "finding_id": Text("发现编号", "Finding id"),
    "record": Text("记录", "Record"),
    "date": Text("日期", "Date"),
    # marks, short
    "mark_rebuttable": Text("可申辩", "rebuttable"),
    "mark_mitigated": Text("可免责/减责", "mitigation"),
    "mark_pending": Text("免责减责待认定", "mitigation to be settled"),
    "mark_corrected": Text("已整改", "corrected"),
    "mark_after": Text("自治区条例施行后", "after the regional law"),
    # the list
    "instances": Text("同一做法 {n} 项", "{n} instances of one practice"),
    "others": Text("同一做法的其他记录", "Other instances of the practice"),
    "findings_n": Text("{n} 项", "{n}"),
    "practices_n": Text("{n} 种做法", "{n} practices"),
    "shown": Text("符合条件 {n} 项、{p} 种做法", "{n} findings, {p} practices"),
    "shown_uncounted": Text("（含不计入的：{what}）", " (among them, not counted: {what})"),
    "letter": Text(
        "致该单位的调阅函：请于【提供期限】前提供下列资料或者说明；【报送方式、联系人】。逾期不提供又不说明理由的，由单位举证的事实，本次审计按没有认定。",
        "To the organ: please provide by [day] what follows; [how and to whom]. What the organ bears the proof of and neither "
        "produces nor explains in time counts as absent in this audit.",
    ),
    "place_note": Text(
        "证据位置写作“文件:行:列”：文件名后的第一个数是行，第二个数是从该行行首数起的列；文件路径从卷宗算起。",
        "Evidence is given as file:line:column: the first number after the file is its line, the second the column in that line.",
    ),
    "nothing_masked": Text(
        "本次审计的发现和未决中没有出现需要以代号显示的自然人证件号码、电话和姓名。没有字段、没有标志的人名程序分不出来，对外发送之前请人看一遍。",
        "No identity number, phone or name of a natural person that would have to be masked occurs in these findings and open "
        "verdicts. A name without a field or a mark cannot be told: have somebody look before it is sent out.",
    ),
    "none": Text("没有符合条件的发现。", "No finding meets these conditions."),
    "elsewhere": Text("其他主体中有，见上方页签。", "Other parties have some: see the tabs above."),
    "more": Text("再显示 {n} 种做法（还有 {left} 种）", "Show {n} more practices ({left} left)"),
    "more_instances": Text("再显示 {n} 项（还有 {left} 项）", "Show {n} more ({left} left)"),
    "more_organs": Text("再显示 {n} 个单位（还有 {left} 个）", "Show {n} more organs ({left} left)"),
    "details": Text("详情", "Details"),
    "all": Text("全部", "All"),
    "clear": Text("清除筛选", "Clear filters"),
    "remove": Text("取消筛选：{what}", "Remove filter: {what}"),
    "month_lingers": Text("跨月持续", "over months"),
    "month_unknown": Text("日期不明", "no date"),
    "colon": Text("：", ": "),
    "semicolon": Text("；", "; "),
    # filters, also the names of what a chart shows
    "party": Text("主体", "Party"),
    "type": Text("类型", "Type"),
    "organ": Text("单位", "Organ"),
    "article": Text("条款", "Article"),
    "region": Text("地区", "Region"),
    "month": Text("月份", "Month"),
    "mark": Text("标注", "Mark"),
    "q": Text("搜索", "Search"),
    "organs_more": Text("图中为项数最多的 {n} 个单位，另有 {left} 个（含只有疑似的）", "The {n} organs with most findings; {left} more"),
    "requests_sum": Text(
        "未决共 {open} 项（同一问题只计一次；其中针对政务服务部门 {mine} 项，其余针对其他主体），缺同样事实的归为一组，共 {groups} 组；按单位整理成 {requests} 件：向单位调阅 {asked} 件、"
        "由人认定 {decided} 件。一件可以解决几项，一项也可能要几件。",
        " {open} open verdicts (each question once; {mine} of them on departments, the rest on other parties) lack the same facts in {groups} groups; sorted by organ they make "
        "{requests} requests: {asked} to ask for, {decided} for people to decide. One may settle several verdicts, and "
        "a verdict may need several.",
    ),
    "organs_sum": Text(
        "表中 {listed} 个单位有违反、未落实或者疑似；其中 {breaching} 个有违反或者未落实，其余只有疑似。只计政务服务部门；人民政府、公用企业、中介服务机构、"
        "经营主体等另有 {parties} 个，见“其他主体”。",
        "{listed} organs with a violation, a shortfall or a suspicion, {breaching} of them with a violation or a shortfall. "
        "Departments only; {parties} governments, firms and others stand under other parties.",
    ),
    "findings_sum": Text(
        "发现共 {findings} 项＝政务服务部门 {departments} 项（违反、未落实、疑似）＋其他主体 {others} 项＋竞合 {concurrent} 项＋经认定不成立 "
        "{dismissed} 项＋判定出错 {errors} 项＋单列的未决 {listed} 项。上面的判定结果按“规则 × 记录”计数；其中未决 {verdicts} 项，同一问题由几条规则提出的只计一次，即 {open} 项，"
        "不在发现之内。",
        "{findings} findings = {departments} against departments (violations, shortfalls, suspicions) + {others} against other "
        "parties + {concurrent} concurrent + {dismissed} dismissed + {errors} errors + {listed} open ones listed singly; "
        "verdicts count pairs of rule and record: of {verdicts} undetermined ones, {open} are questions of their own, which are no "
        "findings.",
    ),
    "supervision_sum": Text(
        "电子监察数据（supervision.csv、supervision.jsonl）列 {rows} 项，即针对政务服务部门、人民政府和公用企业的；其余 {left} 项没有列入：",
        "The files for electronic supervision (supervision.csv, supervision.jsonl) hold {rows}: those against departments, "
        "governments and utilities. {left} are left out: ",
    ),
    "masked_note": Text(
        "本页、Word 底稿和台账中，自然人的证件号码、电话和姓名以代号显示，同一份报告里同一人同一代号。单位、企业和统一社会信用代码照写；个体工商户和类型不明的"
        "申请人，名称像字号（含店、厂、部、公司等）的照写，像人名的脱敏。没有字段、没有标志的人名程序分不出来，对外发送之前请人看一遍。",
        "In this page, the Word draft and the ledger identity numbers, phones and names of natural persons are shown as tokens, "
        "one for each person throughout the report. Organs, firms and their credit codes are shown as they are; the name of an "
        "individual business, or of an applicant of unknown kind, is shown where it looks like a firm's and masked where it looks "
        "like a person's. A name without a field or a mark cannot be told: have somebody look before it is sent out.",
    ),
    "unmasked_note": Text(
        "本页按要求（--unmasked）显示自然人的证件号码、电话和姓名，供内部使用。",
        "This page shows identity numbers, phones and names of natural persons, as was asked (--unmasked): internal use.",
    ),
    "raw_note": Text(
        "给程序用的文件（findings、groups、undetermined、quarantine、Parquet、SARIF、电子监察）保留原值，没有脱敏：quarantine.jsonl 还存有被隔离的"
        "原始记录。按内部资料管理，不要外发。",
        "The files for programs (findings, groups, undetermined, quarantine, Parquet, SARIF, supervision) keep values as they "
        "are, unmasked; quarantine.jsonl holds the quarantined records themselves. Internal, not to be sent out.",
    ),
    "chart_hint": Text("点击图形即筛选下面的清单，再点取消", "click a picture to filter the list below; click again to undo"),
}  # fmt: skip


def page_words(lang: str) -> dict[str, object]:
    """All words of the script, in one language."""

    def said(texts: dict[str, Text]) -> dict[str, str]:
        return {name: text(lang) for name, text in texts.items()}

    return said(WORDS) | {
        "types": said(TYPE_NAMES),
        "notes": said(TYPE_NOTES),
        "parties": said(PARTIES),
        "parts": said(PARTS),
        "answers": said(ANSWERS),
    }

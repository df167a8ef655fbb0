"""The words that reports use about verdicts, parties and places, in both languages."""

from __future__ import annotations

from hami_rules.judge.findings import Finding, Text

__all__ = [
    "ANSWERS",
    "GRADES",
    "LEVELS",
    "OPERATORS",
    "PARTIES",
    "PARTS",
    "PARTY_NOTES",
    "SORTS",
    "STATUSES",
    "TRUTHS",
    "TRUTH_MARKS",
    "UNTRUSTED",
    "UPWARDS",
    "VERDICTS",
    "grade_word",
    "region_name",
]

GRADES = {
    "violation": Text("违反", "Violation"),
    "shortfall": Text("未落实", "Shortfall"),
    "suspicion": Text("疑似", "Suspicion"),
}
VERDICTS = {
    "violated": Text("不符合", "Violated"),
    "compliant": Text("符合", "Compliant"),
    "undetermined": Text("未决", "Undetermined"),
    "not_applicable": Text("不适用", "Not applicable"),
    "error": Text("判定出错", "Error"),
}
LEVELS = {**GRADES, "undetermined": VERDICTS["undetermined"]}
STATUSES = {
    "new": Text("新增", "New"),
    "changed": Text("有变", "Changed"),
    "unchanged": Text("未变", "Unchanged"),
    "known": Text("已知", "Known"),
    "waived": Text("已豁免", "Waived"),
    "gone": Text("已消除", "Gone"),
}
PARTIES = {
    "department": Text("政务服务部门", "Departments"),
    "government": Text("人民政府", "Governments"),
    "utility": Text("公用企业", "Utilities"),
    "intermediary": Text("中介服务机构", "Intermediaries"),
    "applicant": Text("经营主体", "Applicants"),
    "superior": Text("上级机关文本（上报）", "Texts of higher bodies (passed upwards)"),
}
PARTY_NOTES = {
    "superior": Text(
        "问题在上级机关制定的文本里，本地不得改动：列入上报，不计入使用该文本的单位",
        "in texts that a higher body made and that must not be altered here: passed upwards, not counted against the "
        "organ that uses them",
    ),
}
"""What has to be said of a party wherever its figures stand."""
UPWARDS = Text(
    "报制定机关修改，本地不作改动",
    "report it to the body that made the text, for it to amend; alter nothing here",
)
"""What is to be done about a text of a higher body, whatever the rule has done about the organ's own."""
SORTS = {
    "document": Text("文件资料", "Document"),
    "fact": Text("事实", "Fact"),
    "decision": Text(
        "审计人员或者法制机构认定，不必调阅", "To be decided by auditors or legal staff, nothing to request"
    ),
}
PARTS = {
    "applies": Text("适用前提", "Applies when"),
    "scope": Text("适用范围", "Scope"),
    "violated": Text("违反要件", "Violated when"),
    "unless": Text("条文例外", "Unless"),
    "rebuttal": Text("可申辩情形", "Rebuttal"),
}
TRUTHS = {
    "true": Text("成立", "holds"),
    "false": Text("不成立", "does not hold"),
    "unknown": Text("不明", "unknown"),
    "error": Text("出错", "error"),
}
ANSWERS = {
    "true": Text("是", "yes"),
    "false": Text("否", "no"),
    "unknown": Text("未知", "unknown"),
    "error": Text("出错", "error"),
}
"""Whether a condition is so. A mark would do for a reader of code; beside “not listed” a cross says the contrary."""
UNTRUSTED = Text("结果不可信", "Not to be relied on")
"""What a report of a run with exit code 2 says at its head, before the reasons."""
TRUTH_MARKS = {"true": "✓", "false": "✗", "unknown": "?", "error": "!"}
OPERATORS = {
    "all": Text("以下各项均成立", "all of"),
    "any": Text("以下任一项成立", "any of"),
    "not": Text("并非", "not"),
    "some": Text("至少有一项", "some"),
    "every": Text("每一项均", "every"),
    "no": Text("没有任何一项", "none"),
    "leaf": Text("条件", "condition"),
    "undecided": Text("未能判断", "undecided"),
}
_REGIONS = {
    "650500": Text("哈密市本级", "Hami (city level)"),
    "650502": Text("伊州区", "Yizhou District"),
    "650521": Text("巴里坤哈萨克自治县", "Barkol Kazakh Autonomous County"),
    "650522": Text("伊吾县", "Yiwu County"),
    "659011": Text("新星市（兵团）", "Xinxing (XPCC)"),
}


def region_name(code: str | None, lang: str) -> str:
    """The name of a region code; the code itself where it is no region of Hami's."""
    if not code:
        return "地区不明" if lang == "zh" else "region unknown"
    return _REGIONS[code](lang) if code in _REGIONS else code


def grade_word(finding: Finding, lang: str) -> str:
    """违反, 未落实, 疑似; or the verdict where it has no grade."""
    if finding.verdict == "violated":
        return GRADES[finding.grade or "violation"](lang)
    return VERDICTS[finding.verdict](lang)

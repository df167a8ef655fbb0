"""One source for every explanation of a rule: `hami show`, the docs and the reports' rule texts read it here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from hami_rules import statute
from hami_rules.derive.phrases import WordingFlaw
from hami_rules.judge.engine import Judge
from hami_rules.judge.explain import condition_text
from hami_rules.judge.interpret import Frame, evaluate
from hami_rules.pack.load import Norm, Pack
from hami_rules.pack.message import show
from hami_rules.pack.rules import BoundRule, Rule
from hami_rules.records.liability import FindingRecord
from hami_rules.records.text import Text
from hami_rules.records.world import World
from hami_rules.statute.superior import superior_citations
from hami_rules.wording import Confidence, instead_of
from hami_rules.wording import Kind as Defect

from .cases import Case

__all__ = [
    "EFFECTS",
    "EXECUTABILITY",
    "GRADES",
    "HOW",
    "KINDS",
    "address_lines",
    "condition_parts",
    "grade_of",
    "in_words",
    "rule_lines",
    "who",
    "with_values",
]

KINDS = {
    "ban": Text("禁止（不得）", "ban"),
    "duty": Text("义务（应当）", "duty"),
    "promote": Text("推进（应当推动）", "best efforts"),
    "indicative": Text("职责陈述", "statement of who does what"),
    "right": Text("经营主体的权利", "right of the market entity"),
    "may": Text("可以", "may"),
    "principle": Text("原则", "principle"),
    "purpose": Text("目的", "purpose"),
    "scope": Text("适用范围", "scope"),
    "definition": Text("定义", "definition"),
    "liability": Text("责任", "liability"),
    "exemption": Text("免责", "exemption"),
    "commencement": Text("施行", "commencement"),
    "condition": Text("条件", "condition"),
}
GRADES = {
    "violation": Text("违反", "violation"),
    "shortfall": Text("未落实", "shortfall"),
    "suspicion": Text(
        "疑似（须由人认定，不计为违反）", "suspicion (a person must look; never counted as a breach)"
    ),
}
EFFECTS = {
    "scope": Text("范围：决定其他规则适用与否", "scope: decides whether other rules apply"),
    "mitigates": Text("对发现的作用：标注可免责或者减责", "on findings: marks them as excusable"),
    "consequence": Text("对发现的作用：写明责任后果", "on findings: states the consequence"),
    "coordinates": Text("对发现的作用：写明统筹协调单位", "on findings: names the coordinating body"),
    "basis": Text("报告的依据", "basis of the report"),
    "purpose": Text("报告的解释原则", "principle by which the report is read"),
    "notes": Text("对发现的作用：加注", "on findings: adds a note"),
    "clue": Text("内部线索：不印入报告", "internal clue: in no report"),
}
EXECUTABILITY = {
    "full": Text("可完全自动评判", "fully executable"),
    "partial": Text("可部分自动评判", "partly executable"),
    "people": Text("只能由人评判", "for people only"),
}
HOW = {
    "auto": Text("依业务记录", "from operational records"),
    "doc": Text("依佐证材料", "from evidence records"),
    "stat": Text("依统计，只得疑似", "from statistics, suspicion only"),
    "interp": Text(
        "决定范围、对象或者后果，本身不被违反",
        "decides scope, addressee or consequence; never breached by itself",
    ),
    "doc + stat": Text("依佐证材料和统计", "from evidence and statistics"),
    "doc + interp": Text("依佐证材料；并决定对象", "from evidence; and names the addressee"),
}


def address_lines(pack: Pack, address: statute.Address, cases: list[Case], lang: str) -> Iterator[str]:
    """Everything the tool knows about an article, a paragraph or a norm: text, norms, rules, examples."""
    text = statute.load()
    paragraphs = (
        text.article(address.article)
        if address.paragraph is None
        else (text.paragraph(address.at_paragraph),)
    )
    zh = lang == "zh"
    yield f"《{text.title}》" + (f"  {paragraphs[0].chapter.heading}" if zh else "")
    for paragraph in paragraphs:
        yield ""
        yield (paragraph.citation_zh if zh else paragraph.citation_en) + f"  [{paragraph.address}]"
        yield f"  {paragraph.text}"
        for norm in pack.data.norms:
            at = statute.Address.parse(norm.id)
            inside = str(at.at_paragraph) == paragraph.address
            if not inside or not (address.contains(at) or at.contains(address)):
                continue
            yield ""
            kind, how = KINDS.get(norm.kind), HOW.get(norm.how)
            yield (
                f"  {norm.id}  {kind(lang) if kind else norm.kind} · {who(norm, lang)} · "
                f"{'评判' if zh else 'judged'}：{norm.judged(lang)} · {how(lang) if how else norm.how}"
            )
            rules = [
                r
                for r in pack.rules
                if r.address == norm.id
                and (address.contains(a := statute.Address.parse(r.id)) or a.contains(address))
            ]
            if not rules:
                yield "    " + ("尚未编为可执行规则" if zh else "not yet encoded as a rule")
            for rule in rules:
                for line in rule_lines(pack, rule, cases, lang):
                    yield f"    {line}"


def who(norm: Norm, lang: str) -> str:
    """Whom a norm binds; of a right, whose it is as well: what is the enterprise's right is the department's duty."""
    zh = lang == "zh"
    bound = f"{'受约束者' if zh else 'bound'}：{norm.bound}"
    return f"{'权利人' if zh else 'right of'}：{norm.holder} · {bound}" if norm.holder else bound


def grade_of(pack: Pack, rule: Rule) -> Text | None:
    """The grade of a breach; and why it is lower than the law's own verb would have it, where the inventory says so."""
    said = GRADES.get(rule.grade or "")
    binding = rule.kind in ("ban", "duty", "right")
    if said is None or rule.grade != "shortfall" or not binding or not pack.data.spares(rule.id):
        return said
    return Text(
        f"{said.zh}（条文虽写“应当”，没有人的认定不作违反）",
        f"{said.en} (binding by its verb, yet never a violation without a person's decision)",
    )


def rule_lines(pack: Pack, rule: Rule, cases: list[Case], lang: str) -> Iterator[str]:
    """A rule in words: what it checks, why, how far, what is disputed, and two examples from the cases."""
    zh = lang == "zh"
    bound = pack.bind(statute.Address.parse(rule.id)).get(rule.id)
    said = grade_of(pack, rule) or EFFECTS.get(rule.effect or "")
    grade = f" · {said(lang)}" if said else ""
    yield f"▸ {rule.id}  {rule.title(lang)}{grade} · {EXECUTABILITY[rule.executability](lang)}"
    yield f"  {'依据' if zh else 'quote'}：“{rule.quote}”"
    kind = pack.registry.kinds.get(rule.judges)
    if bound is not None and kind is not None:
        yield f"  {'评判' if zh else 'judges'}：{kind.zh if zh else kind.en}"
        for word, text in condition_parts(bound, lang):
            yield f"  {word}：{with_values(pack, text, lang)}"
    elif (governs := scope_text(pack, rule, lang)) is not None:
        yield f"  {'适用条件' if zh else 'governs when'}：{with_values(pack, governs, lang)}"
    if rule.effect not in (None, "scope") and rule.message:
        yield f"  {'写入' if zh else 'says'}：{in_words(pack, rule, rule.message, lang)}"
    if rule.pending:
        yield f"  {'不明时写入' if zh else 'says where unknown'}：{in_words(pack, rule, rule.pending, lang)}"
    if rule.remedy:
        yield f"  {'整改' if zh else 'remedy'}：{in_words(pack, rule, rule.remedy, lang)}"
    for label_zh, label_en, said in (
        ("解释", "interpretation", rule.interpretation),
        ("可能多报", "may over-report", rule.over_reports),
        ("可能漏报", "may under-report", rule.under_reports),
    ):
        if said:
            yield f"  {label_zh if zh else label_en}：{said(lang)}"
    if rule.primary_over:
        yield f"  {'竞合时优先于' if zh else 'primary over'}：{'、'.join(rule.primary_over)}"
    if rule.superior:
        yield f"  {'上位法相关条款' if zh else 'superior law'}：{superior_citations(rule.superior, lang)}"
    follows = consequence_of(pack, rule)
    if follows:
        yield f"  {'后果' if zh else 'consequence'}：{follows(lang)}"
    for verdict, word in (
        ("violated", "违反例" if zh else "violated"),
        ("compliant", "合规例" if zh else "compliant"),
    ):
        example = _example(rule.id, verdict, cases)
        if example:
            yield f"  {word}：{example.name if zh else example.en or example.name}"


def in_words(pack: Pack, rule: Rule, text: Text, lang: str) -> str:
    """A text of a rule with each placeholder named for the fact that will stand there."""

    def named(hole: re.Match[str]) -> str:
        fact = pack.registry.resolve(rule.judges, hole[1]).target
        if fact.kind == "wording_flaw" and hole[1] == "suggestion":
            return remedies(pack, rule, lang)
        return f"〔{fact.zh}〕" if lang == "zh" else f"[{fact.en[:1].lower()}{fact.en[1:]}]"

    return re.sub(r"\{(\w+)(?::\w+)?\}", named, text(lang))


def remedies(pack: Pack, rule: Rule, lang: str) -> str:
    """What is said instead of a defective phrase: one piece of advice for each class of defect that the rule judges."""
    applies = next(b.applies for b in pack.bound if b.rule.id == rule.id)
    world = World(date.max, pack.working_days)

    def judged(kind: Defect, confidence: Confidence) -> bool:
        flaw = WordingFlaw(defect=kind, confidence=confidence)
        frame = Frame("wording_flaw", flaw, world, pack.registry)
        return applies is None or evaluate(applies, frame) is True

    advice = [(why, instead) for kind, confidence, why, instead in instead_of() if judged(kind, confidence)]
    said = [
        f"（{n}）{why.zh}——{instead.zh}" if lang == "zh" else f"({n}) {why.en}: {instead.en}"
        for n, (why, instead) in enumerate(dict.fromkeys(advice), 1)
    ]
    return (
        ("按用语的问题分别：" + "；".join(said)) if lang == "zh" else "by what is wrong: " + "; ".join(said)
    )


def with_values(pack: Pack, condition: str, lang: str) -> str:
    """A condition with each parameter by its title, which names the unit, and its latest value."""

    def value(name: re.Match[str]) -> str:
        parameter = pack.data.parameters.table[name[1]]
        return f"{parameter.title(lang)}{'：' if lang == 'zh' else ': '}{show(parameter.at(parameter.values[-1].start), lang)}"

    return re.sub(r"\$(\w+)", value, condition)


def scope_text(pack: Pack, rule: Rule, lang: str) -> str | None:
    """When a scope rule governs, in words; `None` for another rule, or where it governs nothing yet."""
    if rule.effect != "scope":
        return None
    nodes = pack.scope_rules[rule.id][1]
    return condition_text(next(iter(nodes.values())), lang) if nodes else None


def consequence_of(pack: Pack, rule: Rule) -> Text | None:
    """What follows from a breach of the rule where nothing else is on record, by the rules that say so (第三十二条)."""
    if rule.effect is not None:
        return None
    if rule.grade == "suspicion":
        return Text("疑似，经人认定成立之前没有后果", "a suspicion bears none until people uphold it")
    breach = FindingRecord(
        rule=rule.id, key="", norm=rule.address, norm_kind=rule.kind, record_kind=rule.judges, verdict="violated",
        grade=rule.grade, against=rule.counts_against, dismissed=False, upheld=False, counted_elsewhere=False,
        repeated=1,
    )  # fmt: skip
    judge = Judge(pack.effects, pack.registry)
    frame = next(judge.frames("finding", breach, World(date.max, pack.working_days)))
    said = [
        b.rule.message
        for b in judge.by_kind["finding"]
        if b.rule.effect == "consequence" and evaluate(b.violated, frame) is True
    ]
    return next((s for s in said if s is not None), None)


def condition_parts(bound: BoundRule, lang: str) -> Iterator[tuple[str, str]]:
    """The conditions of a rule in words: what each part is called, and the condition."""
    zh = lang == "zh"
    effect = bound.rule.effect is not None
    for word_zh, word_en, node in (
        ("适用于", "applies when", bound.applies),
        ("成立条件" if effect else "违反条件", "holds when" if effect else "violated when", bound.violated),
        ("但不违反", "unless", bound.unless),
    ):
        if node is not None:
            yield word_zh if zh else word_en, condition_text(node, lang)
    if bound.upwards is not None:
        yield "列入上报" if zh else "addressed upwards", condition_text(bound.upwards, lang)
    for node, text in bound.rebuttals:
        yield "可申辩" if zh else "rebuttable", f"{condition_text(node, lang)}（{text(lang)}）"


def _example(rule: str, verdict: str, cases: list[Case]) -> Case | None:
    """The plainest case of a verdict: no other rule speaks, the rule is what the case is about, little is said
    besides."""

    def verdicts(expected: Any) -> set[str]:
        return set(expected.values()) if isinstance(expected, dict) else {expected}

    def shows(case: Case) -> bool:
        found = verdicts(case.expect.get(rule))
        return found == {verdict} if verdict == "compliant" else verdict in found

    def plain(case: Case) -> tuple[bool, int, int]:
        loud = any(verdicts(v) - {"compliant", "not_applicable"} for r, v in case.expect.items() if r != rule)
        return loud, list(case.expect).index(rule), len(case.expect)

    return min((c for c in cases if rule in c.expect and shows(c)), key=plain, default=None)

"""What is asked of an organ, as a letter of request says it: which document, for which records, what it has to state,
and which provision the answer settles.

A request is made of names that the records have anyway (`records`); only what kind of document holds a record is said
here. Nothing here judges: a name that is in no table still gives a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args, get_origin

from hami_rules.judge.explain import CAUSES
from hami_rules.judge.findings import MissingFact
from hami_rules.judge.naming import record_words, whole_of
from hami_rules.predicates.registry import Fact, Registry
from hami_rules.records.base import Basis
from hami_rules.records.labels import label
from hami_rules.records.text import Text

__all__ = ["asked_words", "documents", "record_words", "sentence", "whether"]

NAMED = 3  # records or provisions' titles that a sentence names; the rest are counted
OPTIONS = 6  # values that a question names, at most

DOCUMENTS: dict[str, Text] = {
    "application": Text("办件档案", "the file of the application"),
    "demand": Text("办件档案中的受理、补正、要求提交材料的文书", "the notices in the file that ask for materials"),
    "submission": Text("办件档案中的收件凭证、材料核验记录", "the receipts and the records of verification in the file"),
    "held_material": Text("此前办件的收件凭证和所收材料", "the receipts and the material of the earlier file"),
    "step": Text("办件档案中的环节流转记录及设置该环节的文件", "the file's record of steps and what the step rests on"),
    "condition": Text("办件档案及提出该条件的文件", "the file and the document that sets the condition"),
    "required_service": Text("办件档案及要求中介服务的文书、依据", "the file, and what the demand for the service rests on"),
    "engagement": Text("委托合同、选定过程和付费凭证", "the contract, how the firm was chosen, and who paid"),
    "deferral": Text(
        "容缺受理的告知书、承诺书、补正和办结文书", "the notices, promise, supplements and decision of the deferred acceptance"
    ),
    "registration": Text("登记档案", "the registration file"),
    "deregistration": Text("注销登记档案", "the file of deregistration"),
    "channel_limit": Text("办件档案及限制办理渠道的通知", "the file and the notice that limits the channel"),
    "guide": Text("公布的办事指南文本及其修订记录、设定依据", "the guide as published, its revisions and what it rests on"),
    "item": Text("事项清单、办理规程等载明该事项办理情况的文件", "the list, rules or other papers on how the item is handled"),
    "e_material_use": Text("电子材料应用的系统说明或者业务规程", "the system's description or the rules for e-materials"),
    "online_function": Text("平台功能说明或者页面留存", "the platform's description of the function, or a copy of the page"),
    "off_centre_approval": Text("不进驻的批准文件", "the approval to stay outside the centre"),
    "workflow": Text(
        "标准化工作流程的正式文本及编制、更新、公示的记录", "the workflow as issued, and records of its making, updating and display"
    ),
    "deferral_list": Text("容缺受理清单的正式文本及公开记录", "the deferral list as issued, and the record of its publication"),
    "catalogue": Text("中介服务事项目录的正式文本及编制依据", "the catalogue of intermediary services and what it rests on"),
    "intermediary": Text("服务机构公开服务项目的公示材料", "what the firm has published about its services"),
    "stationed_person": Text("派驻、培训、考核的文件", "the papers on stationing, training and appraisal"),
    "person_year": Text("年度管理、考核的文件", "the papers on the year's management and appraisal"),
    "opening_service": Text("企业开办服务的业务规程和窗口、平台设置说明", "the rules of the service for opening a business"),
    "construction_project": Text(
        "工程建设项目审批的申请、受理、审查、办结文书", "the applications, acceptances, reviews and decisions on the project"
    ),
    "service_centre": Text("中心（站）的建设标准和检查记录", "the standards of the centre and the records of inspection"),
    "policy": Text("政策文本及审核、兑现凭证", "the text of the policy, and proof of review and payment"),
    "hotline_day": Text("热线值班表和受理记录", "the hotline's roster and log"),
    "ticket": Text("热线工单的受理、转办、答复记录", "the ticket's record of acceptance, referral and reply"),
    "supervisor": Text("社会监督员的聘任文件", "the appointment of the supervisors"),
    "visit": Text("监督活动的记录和接受监督的情况", "the record of the supervisors' visit"),
    "raised_problem": Text("问题的交办、核实、整改反馈材料", "the papers on referral, verification and correction of the problem"),
    "interference": Text("认定决定及所附材料", "the decision, with its annexes"),
    "item_group": Text("“一件事一次办”的实施文件和事项组成", "the papers on handling the group of items at once"),
    "credit_indicator": Text("信贷统计报表", "the credit statistics"),
    "internal_body": Text("内设机构的职能规定、进驻和审批权限文件", "the papers on the body's functions, place and powers"),
    "item_list": Text("政务服务事项清单的正式文本及公布记录", "the list of items as issued, and the record of its publication"),
    "basic_entry": Text("政务服务事项清单及事项承接、调整的文件", "the list of items, and the papers on taking items over"),
    "snapshot": Text("事项库数据及公布页面留存", "the item's data in the library, and a copy of the page published"),
    "duty": Text("部门职能规定、划转或者委托文件", "the papers on the organ's functions, transfers and entrustments"),
    "data_record": Text("政务数据的采集依据和更正记录", "what the data is collected by, and the record of its correction"),
    "data_submission": Text("数据汇集的清单和回执", "the list and receipt of the data handed in"),
    "sharing_request": Text("数据共享申请及答复文书", "the request for sharing and the reply"),
    "organ": Text("单位的设立、职能和隶属文件", "the papers on the organ's establishment, functions and subordination"),
    "instrument": Text("所引文件的正式文本及其修订、废止情况", "the document cited, and whether it was amended or repealed"),
    "basis": Text("所引文件的正式文本", "the document cited"),
    "reform_measure": Text("改革举措的批准文件和实施记录", "the approval of the reform and the record of carrying it out"),
    "misconduct_record": Text("有权机关的认定文书", "the competent organ's decision"),
    "workload": Text("办件台账和派驻人员名册", "the register of applications and the roster of staff"),
    "group_frequency": Text("办件台账", "the register of applications"),
    "handling": Text("登记办件台账", "the register of registrations"),
    "concentration": Text("中介服务委托台账和机构名录", "the register of engagements and the list of firms"),
    "same_source": Text("本地公布的事项数据和自治区事项库数据", "the item's data as published, and in the regional library"),
    "guide_regions": Text("同一事项各区划的办事指南及设定依据", "the regions' guides to the item, and what they rest on"),
    "guide_channels": Text("同一事项线上、线下的办事指南", "the guides to the item, online and offline"),
}  # fmt: skip
"""What holds the facts of a record; a part of a record that is not named here is in its whole's document."""

SOME = Text("有关资料", "the papers on it")

_WHY = {
    CAUSES["no_record"].zh: Text(
        "现有资料中没有，也没有说明是否存在", "not among what was given, nor said not to exist"
    ),
    CAUSES["names_differ"].zh: Text(
        "两处名称不同，又没有编码可以对照：请写明材料编码，或者说明是否为同一材料",
        "the names differ and there is no code to compare: give the code, or say whether they are the same material",
    ),
    CAUSES["absent_record"].zh: Text(
        "现有资料表明没有，请核实", "by what was given there is none: please confirm"
    ),
    CAUSES["partial"].zh: Text("所报清单不全，请补全", "the list given is not complete: please complete it"),
}
"""Why something is asked for, to those who are asked: by the words of the cause, in which a tool says it of its tables. Why
it cannot be told from the known facts is no concern of theirs."""
_UNSAID = (CAUSES["not_given"].zh, CAUSES["not_told"].zh)

_STARTS = re.compile(
    r"^(已|被|有|另有|没有|应当|由|属|要求|允许|仅|只|不(?!予受理有|进驻)|未|需|在|经|存在|具备|与|仍|全天|可|实际|限定|作为|因|以|"
    r"符合|加重|使|照录|登记有|细化|平台声明|整体|承办|涉及|声明|提出|等待|设立后|分类|各部门|申请简易|拒绝(?!名称|时)|列入|适用|必填)"
)
_VERB = re.compile(
    r"^(?P<subject>..{1,19}?)(?P<verb>均已|已经|已|被|没有|有(?=[^效权])|应当|仅为|由(?=新|其)|长期|是(?=[^否])|属(?=[^于地])|直接要求|(?<!符合)(?<!法定)要求|符合|"
    r"允许|证明|认为|只能|说明|规定|为|不(?=少于|限))"
)


_FOR_PEOPLE = re.compile(r"[，；]?须由(人|法制机构)认定$")
"""How a decision's label ends; the sentence begins with who decides."""


@lru_cache(maxsize=4096)
def whether(said: str) -> str:
    """A statement as a question: 补正期限已延长 → 补正期限是否已延长."""
    if "是否" in said:
        return said
    found = None if _STARTS.match(said) else _VERB.match(said)
    if found is None:
        return f"是否{said}"
    at = found.end("subject")
    return f"{said[:at]}是否{said[at:]}"


def asked_words(registry: Registry, missing: MissingFact, *, varied: bool = False) -> Text:
    """What has to be produced, stated or decided, as a letter asks for it, with why it is wanting unless nobody said it.
    `varied`: what it was looked up by differs from record to record and is left out."""
    if missing.sort == "decision":
        return Text(_FOR_PEOPLE.sub("", missing.label.zh), missing.label.en)
    said = missing.label if missing.sort == "document" else _stated(registry, missing, varied)
    if missing.sort == "fact" and missing.cause.zh in _UNSAID:
        return said
    why = _WHY.get(missing.cause.zh, missing.cause)
    return Text(f"{said.zh}（{why.zh}）", f"{said.en} ({why.en})")


def _stated(registry: Registry, missing: MissingFact, varied: bool) -> Text:
    zh, en = missing.label.zh.partition("：")[2], missing.label.en.partition(": ")[2]
    zh, en = zh or missing.label.zh, en or missing.label.en
    zh, by, by_zh = zh.partition("（")
    en, _, by_en = en.partition("（" if "（" in en else " (")
    kind, _, name = missing.fact.partition(".")
    asked = Text(zh, en)
    fact = registry.facts.get(kind, {}).get(name)
    if fact is not None:
        asked = _question(registry, fact, asked)
    elif name in registry.links.get(kind, {}):
        asked = Text(f"对应的{zh}", f"which: {en}")
    elif name in registry.relations.get(kind, {}):
        asked = Text(f"全部{zh}", f"all of: {en}")
    elif missing.cause.zh == CAUSES["not_told"].zh:
        asked = Text(whether(zh.replace("记录为没有依据", "没有依据")), f"whether: {en}")
    if by and not varied:
        asked = Text(f"{asked.zh}（{by_zh}", f"{asked.en} ({by_en.removesuffix('）').removesuffix(')')})")
    return asked


def _question(registry: Registry, fact: Fact, said: Text) -> Text:
    type_ = registry.type_of(fact)
    if type_ is bool:
        return Text(whether(said.zh), f"whether: {said.en}")
    if get_origin(type_) is list and get_args(type_) == (Basis,):
        return Text(
            f"{said.zh}（所依据文件的名称、文号和条款）",
            f"{said.en} (title, number and article of the documents)",
        )
    if get_origin(type_) is Literal and len(values := get_args(type_)) <= OPTIONS:
        zh, en = ([label(str(v), lang) or str(v) for v in values] for lang in ("zh", "en"))
        return Text(f"{said.zh}（{'、'.join(zh)}）", f"{said.en} ({', '.join(en)})")
    return said


def documents(registry: Registry, record_kind: str, fact: str = "") -> Text:
    """Which document holds a fact: that of the record which the fact is of, else of the record that was judged."""
    for name in (fact.partition(".")[0], record_kind):
        if name in registry.kinds:
            for kind in whole_of(registry, registry.kinds[name]):
                if kind.name in DOCUMENTS:
                    return DOCUMENTS[kind.name]
    return SOME


def _joined(names: Sequence[str], count: int, lang: str) -> str:
    """Names, and how many there are beyond those named."""
    shown = names[:NAMED]
    if lang == "zh":
        return "、".join(shown) + (f"等 {count:,} 条记录" if count > len(shown) else "")
    return "; ".join(shown) + (f" and {count - len(shown):,} more" if count > len(shown) else "")


def _listed(items: Sequence[str], lang: str) -> str:
    if len(items) == 1:
        return items[0]
    left, right = ("（", "）") if lang == "zh" else ("(", ") ")
    return ("；" if lang == "zh" else "; ").join(f"{left}{n}{right}{item}" for n, item in enumerate(items, 1))


def _purpose(uses: Sequence[tuple[Text, Text]], lang: str) -> str:
    """Which provision the answer settles, and whether what: titles of rules by their citations."""
    by: dict[str, dict[str, None]] = {}
    for citation, title in uses:
        by.setdefault(citation(lang), {})[title(lang)] = None
    parts = []
    for citation_, titles in by.items():
        shown = list(titles)[:NAMED]
        if lang == "zh":
            more = f"等 {len(titles)} 种情形" if len(titles) > len(shown) else "的情形"
            parts.append(f"{citation_}（是否存在{''.join(f'“{t}”' for t in shown)}{more}）")
        else:
            more = f" and {len(titles) - len(shown)} more" if len(titles) > len(shown) else ""
            parts.append(f"{citation_} (whether: {'; '.join(shown)}{more})")
    return ("、" if lang == "zh" else "; ").join(parts)


def sentence(
    sort: Literal["document", "fact", "decision"],
    papers: Text,
    items: Sequence[Text],
    names: Sequence[Text],
    records: int,
    uses: Sequence[tuple[Text, Text]],
) -> Text:
    """The request in one sentence. `papers`: the document that holds the facts; `items`: what it has to state (or the
    document itself, or what people have to decide); `names`: the records, as far as they are named, of `records`;
    `uses`: citation and title of each rule that hangs on it."""

    def said(lang: str) -> str:
        zh = lang == "zh"
        what = _listed([item(lang) for item in items], lang)
        about = _joined([n(lang) for n in names], records, lang)
        purpose = _purpose(uses, lang)
        if sort == "decision":
            head = (
                f"请审计人员或者法制机构认定：{what}"
                if zh
                else f"To be decided by auditors or legal staff: {what}"
            )
            head += f"（涉及{about}）" if zh else f" ({about})"
        elif sort == "document":
            head = f"请提供{what}" if zh else f"Please produce {what}"
        elif zh:
            gap = " " if about[-1:].isascii() else ""
            head = f"请就{about}{gap}提供{papers.zh}，写明{'：' if len(items) > 1 else ''}{what}"
        else:
            head = f"Please produce, for {about}, {papers.en}, stating {what}"
        return f"{head}。用于核实{purpose}。" if zh else f"{head}. It settles {purpose}."

    return Text(said("zh"), said("en"))

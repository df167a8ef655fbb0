"""The world that records are judged in: organs, legal documents, lists and catalogues, evidence and requests."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Basis, Label, Period, Record

__all__ = [
    "Alias",
    "Catalogue",
    "CatalogueEntry",
    "DeferralEntry",
    "DeferralList",
    "Disposition",
    "Evidence",
    "EvidenceRequest",
    "Function",
    "Instrument",
    "Intermediary",
    "Offer",
    "Organ",
]


Function = Literal[
    "development_reform",  # 发展和改革（社会信用体系建设）
    "finance",  # 金融监督管理
    "human_resources",  # 人力资源和社会保障
    "market_supervision",  # 市场监督管理
    "other",  # 其他
]
"""The functions by which the regulation names departments; a department may have several, or none of these."""


class Organ(Record, frozen=True):
    """单位: a department or any other organ or body that appears in records."""

    code: Annotated[str | None, Label("单位编码", gb="实施主体编码")] = None
    name: Annotated[str | None, Label("单位名称", gb="实施主体")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    organ_class: Annotated[
        Literal[
            "department",  # 政府工作部门
            "authorised",  # 法律法规授权的组织（社保、公积金、不动产登记机构）
            "approval_bureau",  # 行政审批局
            "agency",  # 政务服务管理机构
            "government",  # 人民政府
            "centre",  # 政务服务中心
            "entrusted",  # 受委托的乡镇、园区管委会
            "utility",  # 供水、供电、供气、供热等公用企业
            "telecom",  # 电信、宽带企业
            "bank",  # 银行
            "association",  # 行业协会商会
            "intermediary",  # 中介服务机构
            "other",  # 其他
        ]
        | None,
        Label("单位性质"),
    ] = None
    functions: Annotated[list[Function] | None, Label("主管职能")] = None
    led: Annotated[Literal["local", "vertical", "customs"] | None, Label("领导体制")] = None
    system: Annotated[Literal["regular", "xpcc"] | None, Label("所属系统")] = None
    on_hami_soil: Annotated[bool | None, Label("办公地在哈密行政区域内")] = None
    entrusted_by: Annotated[str | None, Label("委托机关编码")] = None


class Instrument(Record, frozen=True):
    """法律文件: a law, regulation, rule or lesser document, with its level and validity."""

    code: Annotated[str | None, Label("文件编码")] = None
    title: Annotated[str | None, Label("文件名称")] = None
    number: Annotated[str | None, Label("文号")] = None
    level: Annotated[
        Literal[
            "law",  # 法律
            "administrative_regulation",  # 行政法规
            "state_council_decision",  # 国务院决定、命令
            "local_regulation",  # 地方性法规
            "autonomous_regulation",  # 自治条例、单行条例
            "rule",  # 规章
            "normative_document",  # 规范性文件
            "notice",  # 通知
            "minutes",  # 会议纪要
            "internal_rule",  # 内部规定
        ]
        | None,
        Label("效力位阶"),
    ] = None
    territory: Annotated[str | None, Label("适用区划代码")] = None
    valid_from: Annotated[date | None, Label("施行日期")] = None
    repealed: Annotated[bool | None, Label("已废止")] = None
    repealed_on: Annotated[date | None, Label("废止日期")] = None
    reenacted: Annotated[bool | None, Label("废止后由新文件延续")] = None


class DeferralEntry(Record, frozen=True):
    """容缺清单条目: one thing that may be missing at acceptance of one item."""

    item_code: Annotated[str | None, Label("实施编码")] = None
    what: Annotated[Literal["material", "condition"] | None, Label("缺项类型")] = None
    material_name: Annotated[str | None, Label("可容缺材料或条件")] = None
    material_code: Annotated[str | None, Label("材料编码")] = None
    material_key: Annotated[str | None, Label("材料标识", internal=True)] = None


class DeferralList(Period, frozen=True):
    """容缺受理清单: what a department has published about deferred acceptance (第十五条第一款)."""

    list_no: Annotated[str | None, Label("清单编号")] = None
    organ_code: Annotated[str | None, Label("编制部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    published_on: Annotated[date | None, Label("公开日期")] = None
    items_published: Annotated[bool | None, Label("已公开容缺事项")] = None
    materials_published: Annotated[bool | None, Label("已公开可缺材料")] = None
    conditions_published: Annotated[bool | None, Label("已公开办理条件")] = None
    clock_starts: Annotated[Literal["acceptance", "supplement"] | None, Label("公布的办理时限起算点")] = None
    entries: Annotated[list[DeferralEntry] | None, Label("容缺条目")] = None


class CatalogueEntry(Record, frozen=True):
    """目录条目: one intermediary service in a catalogue."""

    service_code: Annotated[str | None, Label("中介服务事项编码")] = None
    service_name: Annotated[str | None, Label("中介服务事项")] = None
    bases: Annotated[list[Basis] | None, Label("设定依据", burden="organ", absent=[])] = None


class Catalogue(Period, frozen=True):
    """行政审批中介服务事项目录 of one region (第二十二条第一款)."""

    region: Annotated[str | None, Label("行政区划代码")] = None
    organ_code: Annotated[str | None, Label("编制机关编码")] = None
    compiled: Annotated[bool | None, Label("已编制")] = None
    compiled_on: Annotated[date | None, Label("编制日期")] = None
    published: Annotated[bool | None, Label("已公布")] = None
    published_on: Annotated[date | None, Label("公布日期")] = None
    entries: Annotated[list[CatalogueEntry] | None, Label("目录条目")] = None


class Offer(Record, frozen=True):
    """中介服务项目: one service that an intermediary provides, and what it has stated in public about it."""

    service_code: Annotated[str | None, Label("中介服务事项编码")] = None
    service_name: Annotated[str | None, Label("中介服务事项")] = None
    statutory: Annotated[bool | None, Label("属法定行政审批中介服务")] = None
    observed_on: Annotated[date | None, Label("核查日期")] = None
    conditions_stated: Annotated[bool | None, Label("已明确办理条件")] = None
    conditions_public: Annotated[bool | None, Label("已公开办理条件")] = None
    process_stated: Annotated[bool | None, Label("已明确流程")] = None
    process_public: Annotated[bool | None, Label("已公开流程")] = None
    limit_stated: Annotated[bool | None, Label("已明确时限")] = None
    limit_public: Annotated[bool | None, Label("已公开时限")] = None
    fee_stated: Annotated[bool | None, Label("已明确收费标准")] = None
    fee_public: Annotated[bool | None, Label("已公开收费标准")] = None


class Intermediary(Record, frozen=True):
    """中介服务机构: one body, the services it is qualified for and the regions it can serve."""

    code: Annotated[str | None, Label("机构编码")] = None
    name: Annotated[str | None, Label("机构名称")] = None
    region: Annotated[str | None, Label("所在区划代码")] = None
    serves_regions: Annotated[list[str] | None, Label("可服务区划")] = None
    offers: Annotated[list[Offer] | None, Label("服务项目")] = None


class Evidence(Record, frozen=True):
    """佐证材料: a document that shows whether an organ has done what a norm asks of it.

    Where the norm has several aspects (第二十五条第一款's four services) `aspect` says which one the document speaks of,
    by its name, or `all` (全部); where it is judged by budget year, `year` says which.
    """

    evidence_no: Annotated[str | None, Label("佐证编号")] = None
    organ_code: Annotated[str | None, Label("单位编码")] = None
    norm: Annotated[str | None, Label("对应条款")] = None
    aspect: Annotated[str | None, Label("对应方面")] = None
    year: Annotated[int | None, Label("所属年度")] = None
    document: Annotated[str | None, Label("文件名称")] = None
    dated: Annotated[date | None, Label("文件日期")] = None
    valid_to: Annotated[date | None, Label("有效期至")] = None
    open_ended: Annotated[bool | None, Label("长期有效")] = None
    shows: Annotated[Literal["done", "not_done"] | None, Label("证明结论")] = None


class EvidenceRequest(Record, frozen=True):
    """调阅通知: proof asked of an organ; unanswered past its due date, the fact counts as absent."""

    request_no: Annotated[str | None, Label("调阅编号")] = None
    kind: Annotated[str | None, Label("记录种类")] = None
    key: Annotated[str | None, Label("记录标识")] = None
    fact: Annotated[str | None, Label("要求证明的事实")] = None
    asked_on: Annotated[date | None, Label("发出日期")] = None
    due_on: Annotated[date | None, Label("期限")] = None
    produced: Annotated[bool | None, Label("已提供")] = None
    produced_on: Annotated[date | None, Label("提供日期")] = None


class Disposition(Record, frozen=True):
    """处置记录: what people decided about one finding: upheld, dismissed, put right, excused, mitigated."""

    disposition_no: Annotated[str | None, Label("处置编号")] = None
    rule: Annotated[str | None, Label("规则编号")] = None
    key: Annotated[str | None, Label("记录标识")] = None
    what: Annotated[
        Literal["upheld", "dismissed", "corrected", "excuse_pleaded"] | None, Label("处置结果")
    ] = None
    on: Annotated[date | None, Label("日期")] = None
    document: Annotated[str | None, Label("文书")] = None


class Alias(Period, frozen=True):
    """材料别名: another name of a coded material, where and while it is used."""

    alias: Annotated[str | None, Label("别名")] = None
    material_code: Annotated[str | None, Label("材料编码")] = None
    region: Annotated[str | None, Label("适用区划代码")] = None
    organ_code: Annotated[str | None, Label("适用单位编码")] = None

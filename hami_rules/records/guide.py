"""办事指南 and 标准化工作流程: what a department publishes, each version with its own dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from .application import EMaterialKind, Form
from .base import Basis, Label, Period, Record, SubjectKind
from .centre import Handler
from .requirement import RequiredService, Restriction

__all__ = [
    "EMaterialUse",
    "Guide",
    "GuideCondition",
    "GuideMaterial",
    "GuideStep",
    "Item",
    "OffCentreApproval",
    "OnlineFunction",
    "Workflow",
]


class GuideMaterial(Record, frozen=True):
    """申请材料: one material that a guide lists."""

    material_name: Annotated[str | None, Label("材料名称", gb="材料名称", platform="material_name")] = None
    material_code: Annotated[str | None, Label("材料编码", gb="材料编号")] = None
    material_key: Annotated[str | None, Label("材料标识", internal=True)] = None
    form: Annotated[Form | None, Label("材料形式", platform="material_format")] = None
    copies: Annotated[int | None, Label("份数", gb="原件份数")] = None
    need: Annotated[
        Literal["required", "optional", "deferrable"] | None,
        Label("是否必备材料", gb="是否必备材料", platform="is_need"),
    ] = None
    source: Annotated[
        Literal["applicant", "government", "intermediary", "other"] | None,
        Label("来源渠道", gb="出具机构", platform="source_type"),
    ] = None
    bases: Annotated[list[Basis] | None, Label("设定依据", platform="by_law")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None


class GuideCondition(Record, frozen=True):
    """受理条件: one condition that a guide sets."""

    text: Annotated[str | None, Label("受理条件", gb="受理条件", platform="accept_condition")] = None
    burdens_applicant: Annotated[bool | None, Label("加重申请人负担")] = None
    added_by: Annotated[str | None, Label("增设部门编码")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None
    details_statutory: Annotated[bool | None, Label("细化法定要求", burden="organ", absent=False)] = None
    bases: Annotated[
        list[Basis] | None, Label("设定依据", gb="设定依据", platform="by_law", burden="organ", absent=[])
    ] = None
    copied_verbatim: Annotated[bool | None, Label("照录所引条文原文")] = None
    restricts_by: Annotated[Restriction | None, Label("按所有制、注册地或者规模区别对待")] = None
    treats_worse: Annotated[bool | None, Label("使部分经营主体处于不利地位")] = None
    favours_small: Annotated[bool | None, Label("属扶持中小微企业、个体工商户")] = None
    only_jurisdiction: Annotated[bool | None, Label("仅为登记管辖、属地管辖")] = None
    negative_list: Annotated[bool | None, Label("属市场准入负面清单的限制")] = None


class GuideStep(Record, frozen=True):
    """办理环节: one step of the published procedure."""

    step_no: Annotated[int | None, Label("环节序号")] = None
    step_name: Annotated[str | None, Label("环节名称", gb="办理流程", platform="handle_flow")] = None
    burdens_applicant: Annotated[bool | None, Label("需申请人办理")] = None
    internal: Annotated[bool | None, Label("内部流转")] = None
    added_by: Annotated[str | None, Label("增设部门编码")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None
    details_statutory: Annotated[bool | None, Label("细化法定要求", burden="organ", absent=False)] = None
    bases: Annotated[list[Basis] | None, Label("设定依据", burden="organ", absent=[])] = None


class Guide(Period, frozen=True):
    """办事指南: one published version, keyed by item, organ, region and channel, valid for a stretch of days."""

    item_code: Annotated[str | None, Label("实施编码", gb="实施编码", platform="task_code")] = None
    item_name: Annotated[str | None, Label("事项名称", gb="事项名称", platform="task_name")] = None
    item_type: Annotated[str | None, Label("事项类型", gb="事项类型")] = None
    catalog_code: Annotated[str | None, Label("基本编码", gb="基本编码", platform="catalog_code")] = None
    level: Annotated[Literal["city", "county", "township"] | None, Label("行使层级", gb="行使层级")] = None
    organ_code: Annotated[str | None, Label("实施主体编码", gb="实施主体编码")] = None
    organ_name: Annotated[str | None, Label("实施主体", gb="实施主体", platform="dept_name")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    channel: Annotated[Literal["online", "window", "any"] | None, Label("办理形式", gb="办理形式")] = None
    version: Annotated[str | None, Label("版本号", gb="版本号")] = None
    published: Annotated[bool | None, Label("已公布")] = None
    published_on: Annotated[date | None, Label("公布日期")] = None
    serves: Annotated[list[SubjectKind] | None, Label("服务对象", gb="服务对象")] = None
    statutory_days: Annotated[
        int | None, Label("法定办结时限（工作日）", gb="法定办结时限", platform="anticipate_day")
    ] = None
    statutory_days_bases: Annotated[list[Basis] | None, Label("法定办结时限依据")] = None
    promised_days: Annotated[
        int | None, Label("承诺办结时限（工作日）", gb="承诺办结时限", platform="promise_day")
    ] = None
    visits: Annotated[int | None, Label("到现场次数", platform="limit_scene_num")] = None
    change_based: Annotated[bool | None, Label("修订增加有依据")] = None
    corrects_error: Annotated[bool | None, Label("修订属更正差错或合并拆分")] = None
    fee_charged: Annotated[bool | None, Label("是否收费", gb="是否收费", platform="is_fee")] = None
    fee: Annotated[Decimal | None, Label("收费金额（元）")] = None
    fee_bases: Annotated[list[Basis] | None, Label("收费依据", gb="收费依据")] = None
    fee_text: Annotated[str | None, Label("收费说明")] = None
    time_limit_text: Annotated[str | None, Label("时限说明")] = None
    location_text: Annotated[str | None, Label("办理地点", gb="办理地点")] = None
    consult_phone: Annotated[str | None, Label("咨询电话", gb="咨询方式")] = None
    complain_phone: Annotated[str | None, Label("监督投诉电话", gb="监督投诉方式")] = None
    notes: Annotated[str | None, Label("备注")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None
    url: Annotated[str | None, Label("在线办理地址")] = None
    materials: Annotated[list[GuideMaterial] | None, Label("申请材料")] = None
    conditions: Annotated[list[GuideCondition] | None, Label("受理条件")] = None
    steps: Annotated[list[GuideStep] | None, Label("办理环节")] = None
    services: Annotated[list[RequiredService] | None, Label("中介服务")] = None


class Workflow(Period, frozen=True):
    """标准化工作流程: one version of an item's standard workflow (第十三条)."""

    item_code: Annotated[str | None, Label("实施编码", gb="实施编码")] = None
    organ_code: Annotated[str | None, Label("实施主体编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    version: Annotated[str | None, Label("版本号")] = None
    shown_in_centre: Annotated[bool | None, Label("在政务服务中心公示")] = None
    shown_online: Annotated[bool | None, Label("在在线平台公示")] = None
    change_required_on: Annotated[date | None, Label("应当更新的事由发生日")] = None
    change_required: Annotated[bool | None, Label("存在应当更新的事由")] = None
    updated: Annotated[bool | None, Label("已更新")] = None
    updated_on: Annotated[date | None, Label("更新日期")] = None
    change_based: Annotated[bool | None, Label("增加有依据")] = None
    corrects_error: Annotated[bool | None, Label("属更正差错或合并拆分")] = None
    step_names: Annotated[list[str] | None, Label("环节")] = None
    material_names: Annotated[list[str] | None, Label("材料")] = None
    conditions: Annotated[list[str] | None, Label("条件")] = None
    days: Annotated[int | None, Label("办理时限（工作日）")] = None
    fee: Annotated[Decimal | None, Label("费用（元）")] = None
    visits: Annotated[int | None, Label("跑动次数")] = None


class EMaterialUse(Record, frozen=True):
    """电子材料应用: whether one kind of e-material is accepted for an item, and whether it could be."""

    e_kind: Annotated[EMaterialKind | None, Label("电子材料种类")] = None
    usable: Annotated[bool | None, Label("具备应用条件")] = None
    accepted: Annotated[bool | None, Label("已接受")] = None


class OnlineFunction(Record, frozen=True):
    """网上服务功能: one function of online service for an item (第十条), and the platform's own word on it."""

    function: Annotated[
        Literal[
            "consultation",  # 咨询
            "booking",  # 预约
            "application",  # 申请
            "handling",  # 办理
            "query",  # 查询
            "evaluation",  # 评价
            "end_to_end",  # 全程网办
        ]
        | None,
        Label("网上服务功能"),
    ] = None
    declared: Annotated[bool | None, Label("平台声明具备", platform="online_handle_depth")] = None
    available: Annotated[bool | None, Label("实际可用")] = None
    excluded_by: Annotated[
        Literal[
            "law",  # 法律
            "secrecy",  # 涉密
            "on_site",  # 须到现场
            "nothing",  # 没有
        ]
        | None,
        Label("不能网上办理的原因", burden="organ", absent="nothing"),
    ] = None


class OffCentreApproval(Record, frozen=True):
    """不进驻的批准: one approval to handle an item away from the service centre (第八条)."""

    approval_no: Annotated[str | None, Label("批准文号")] = None
    granted_by: Annotated[
        Literal[
            "government",  # 人民政府
            "government_office",  # 政府办公室（载明经政府同意）
            "department",  # 部门
            "other",  # 其他
        ]
        | None,
        Label("批准机关"),
    ] = None
    level: Annotated[
        Literal["autonomous_region", "city", "county", "township"] | None, Label("批准机关层级")
    ] = None
    reason: Annotated[
        Literal[
            "security",  # 安全
            "site",  # 场地
            "other_special",  # 其他特殊原因
            "convenience",  # 图方便
        ]
        | None,
        Label("批准的原因"),
    ] = None
    granted_on: Annotated[date | None, Label("批准日期")] = None
    valid_to: Annotated[date | None, Label("批准有效期至")] = None
    open_ended: Annotated[bool | None, Label("批准长期有效")] = None


class Item(Period, frozen=True):
    """政务服务事项: one item as one organ exercises it (实施清单)."""

    item_code: Annotated[str | None, Label("实施编码", gb="实施编码", platform="task_code")] = None
    item_name: Annotated[str | None, Label("事项名称", gb="事项名称", platform="task_name")] = None
    catalog_code: Annotated[str | None, Label("基本编码", gb="基本编码", platform="catalog_code")] = None
    item_type: Annotated[str | None, Label("事项类型", gb="事项类型")] = None
    level: Annotated[Literal["city", "county", "township"] | None, Label("行使层级", gb="行使层级")] = None
    organ_code: Annotated[str | None, Label("实施主体编码", gb="实施主体编码")] = None
    organ_name: Annotated[str | None, Label("实施主体", gb="实施主体", platform="dept_name")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    serves: Annotated[list[SubjectKind] | None, Label("服务对象", gb="服务对象")] = None
    workflow_compiled: Annotated[bool | None, Label("已编制标准化工作流程")] = None
    workflow_compiled_on: Annotated[date | None, Label("工作流程编制日期")] = None
    accepted_by: Annotated[Handler | None, Label("受理的内设机构")] = None
    decided_by: Annotated[Handler | None, Label("审批、办结的内设机构")] = None
    decider_required_by_law: Annotated[
        bool | None, Label("由其审批是法律法规的要求", burden="organ", absent=False)
    ] = None
    e_materials: Annotated[list[EMaterialUse] | None, Label("电子材料应用")] = None
    handled: Annotated[bool | None, Label("实际办理")] = None
    bases: Annotated[
        list[Basis] | None, Label("设定依据", gb="设定依据", platform="by_law", burden="organ", absent=[])
    ] = None
    handled_in_centre: Annotated[bool | None, Label("在政务服务中心统一办理", platform="is_entry_center")] = (
        None
    )
    in_branch_hall: Annotated[bool | None, Label("在政府认可的分中心办理")] = None
    off_centre_approvals: Annotated[
        list[OffCentreApproval] | None, Label("不进驻的批准", burden="organ", absent=[])
    ] = None
    offered_online: Annotated[bool | None, Label("线上可以办理", gb="是否网办", platform="is_online")] = None
    offered_offline: Annotated[bool | None, Label("线下可以办理")] = None
    national_online_system: Annotated[bool | None, Label("国家统一系统只能线上办理")] = None
    online_functions: Annotated[list[OnlineFunction] | None, Label("网上服务功能")] = None

"""The kinds of records: which struct each is, where it hangs, what it is keyed by, and which of its facts answer
the three questions that every scope rule asks: *whose* act (`organ`), *where* (`region`), *when* (`conduct`)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from .application import (
    Application,
    ChannelLimit,
    Condition,
    Deferral,
    Demand,
    Engagement,
    Event,
    Gap,
    Step,
    Submission,
    Supplement,
)
from .base import Basis, Day, Record
from .centre import (
    CentreInspection,
    InspectedItem,
    InternalBody,
    PersonYear,
    ServiceCentre,
    StationedPerson,
)
from .credit import CreditIndicator
from .data import DataRecord, DataSubmission, SharingRequest, SubmittedField
from .events import StreamEvent
from .guide import (
    EMaterialUse,
    Guide,
    GuideCondition,
    GuideMaterial,
    GuideStep,
    Item,
    OffCentreApproval,
    OnlineFunction,
    Workflow,
)
from .hotline import HotlineDay, Shift, Ticket
from .item_group import ItemGroup
from .liability import Falsehood, FindingRecord, MisconductRecord, ReformMeasure
from .listing import BasicEntry, Duty, ItemList, ItemListEntry, Snapshot
from .market import (
    ConstructionProject,
    Deregistration,
    JointHandling,
    LicencePart,
    OpeningPart,
    OpeningService,
    Registration,
)
from .oversight import Interference, RaisedProblem, Supervisor, Visit
from .policy import Beneficiary, Policy
from .reference import (
    Alias,
    Catalogue,
    CatalogueEntry,
    DeferralEntry,
    DeferralList,
    Disposition,
    Evidence,
    EvidenceRequest,
    Instrument,
    Intermediary,
    Offer,
    Organ,
)
from .requirement import RequiredService

__all__ = ["EVENTS", "KINDS", "ROOTS", "TABLES", "Kind"]


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    `key`: own fields that name a record among its siblings (a root's natural key); children without a given key
    are told apart by `names` (what they are called, and when), equal ones by their content. `field`: the parent's field that holds it. `organ`, `region`, `subject` are
    names of facts (own, the ancestor's, or derived); `conduct` is one date fact or a (from, to) pair of them.
    `table`: the name of a root kind's table in a dossier. `stream`: many and large, read record by record.
    """

    name: str
    struct: type[Record]
    zh: str
    en: str
    key: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    parent: str | None = None
    field: str | None = None
    organ: str | None = None
    region: str | None = None
    conduct: tuple[str, ...] = ()
    subject: str | None = None
    table: str | None = None
    stream: bool = False
    derived: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(f.encode_name for f in msgspec.structs.fields(self.struct))


def _child(name: str, struct: type[Record], zh: str, en: str, parent: str, field: str, **kw: object) -> Kind:
    return Kind(name, struct, zh, en, parent=parent, field=field, **kw)  # type: ignore[arg-type]


_ALL = (
    # -- judged in a stream ------------------------------------------------------------------------------------
    Kind(
        "application",
        Application,
        "办件",
        "application",
        key=("application_no",),
        organ="organ_code",
        region="region",
        conduct=("first_act_on", "last_act_on"),
        subject="applicant_kind",
        table="applications",
        stream=True,
    ),
    _child(
        "demand", Demand, "要求提交的材料", "demand", "application", "demands", names=("material_code", "material_name", "demanded_on"),
        key=("demand_no",), organ="organ_code", region="application_region",
        conduct=("demanded_on",), subject="application_applicant_kind",
    ),
    _child(
        "submission", Submission, "已收材料", "submitted material", "application", "submissions", names=("material_code", "material_name", "received_on"),
        key=("submission_no",), organ="organ_code", region="application_region",
        conduct=("handled_on",), subject="application_applicant_kind",
    ),
    _child(
        "step", Step, "办理环节", "step", "application", "steps", names=("step_name", "started_on"),
        key=("step_no",), organ="added_by", region="application_region",
        conduct=("started_on",), subject="application_applicant_kind",
    ),
    _child(
        "condition", Condition, "附加条件", "condition", "application", "conditions", names=("text", "imposed_on"),
        key=("condition_no",), organ="added_by", region="application_region",
        conduct=("imposed_on",), subject="application_applicant_kind",
    ),
    _child(
        "required_service", RequiredService, "被要求的中介服务", "required service", "application", "services", names=("service_name",),
        key=("service_code",), organ="application_organ_code", region="application_region",
        conduct=("application_submitted_on",), subject="application_applicant_kind",
    ),
    _child(
        "engagement", Engagement, "中介服务委托", "engagement", "application", "engagements", names=("service_code", "intermediary_code", "engaged_on"),
        key=("engagement_no",), organ="organ_code", region="application_region",
        conduct=("engaged_on",), subject="application_applicant_kind",
    ),
    _child(
        "deferral", Deferral, "容缺受理", "deferred acceptance", "application", "deferral",
        organ="application_organ_code", region="application_region",
        conduct=("asked_on",), subject="application_applicant_kind",
    ),
    _child(
        "registration", Registration, "登记", "registration", "application", "registration",
        organ="application_organ_code", region="application_region",
        conduct=("handled_on",), subject="application_applicant_kind",
    ),
    _child(
        "licence_part", LicencePart, "涉企许可", "licence handled with the registration", "registration", "licences", names=("licence_name",),
        key=("licence_no",), organ="organ_code", region="application_region",
        conduct=("started_on",), subject="application_applicant_kind",
    ),
    _child(
        "deregistration", Deregistration, "注销登记", "deregistration", "application", "deregistration",
        organ="application_organ_code", region="application_region",
        conduct=("handled_on",), subject="application_applicant_kind",
    ),
    _child("gap", Gap, "缺项", "gap", "deferral", "gaps", names=("material_code", "material_name"), key=("gap_no",)),
    _child("supplement", Supplement, "补正记录", "supplement", "deferral", "supplements", names=("material_code", "material_name", "supplied_on"), key=("supplement_no",)),
    _child(
        "channel_limit", ChannelLimit, "渠道限制", "limit of channel", "application", "channel_limits", names=("limit", "imposed_on"),
        key=("limit_no",), organ="organ_code", region="application_region",
        conduct=("imposed_on",), subject="application_applicant_kind",
    ),
    _child("event", Event, "事件", "event", "application", "events", names=("kind", "happened_on"), key=("event_no",)),
    _child("falsehood", Falsehood, "不实承诺或材料", "false promise or material", "application", "falsehoods",
           key=("falsehood_no",), names=("what", "about", "done_on"), organ="applicant_shown",
           region="application_region", conduct=("done_on",), subject="application_applicant_kind"),
    # -- published documents -----------------------------------------------------------------------------------
    Kind(
        "guide", Guide, "办事指南", "service guide",
        key=("item_code", "organ_code", "region", "channel", "valid_from"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"),
        subject="serves", table="guides",
    ),
    _child("guide_material", GuideMaterial, "指南材料", "guide material", "guide", "materials", names=("material_code", "material_name"),
           organ="guide_organ_code", region="guide_region", conduct=("guide_valid_from", "guide_valid_to"),
           subject="guide_serves"),
    _child("guide_condition", GuideCondition, "指南条件", "guide condition", "guide", "conditions", names=("text",),
           organ="added_by", region="guide_region", conduct=("guide_valid_from", "guide_valid_to"),
           subject="guide_serves"),
    _child("guide_step", GuideStep, "指南环节", "guide step", "guide", "steps", names=("step_no", "step_name"),
           organ="added_by", region="guide_region", conduct=("guide_valid_from", "guide_valid_to"),
           subject="guide_serves"),
    _child("guide_service", RequiredService, "指南中介服务", "guide service", "guide", "services", names=("service_code", "service_name"),
           organ="guide_organ_code", region="guide_region", conduct=("guide_valid_from", "guide_valid_to"),
           subject="guide_serves"),
    Kind(
        "item", Item, "政务服务事项", "item", key=("item_code", "organ_code", "region"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"),
        subject="serves", table="items",
    ),
    _child("e_material_use", EMaterialUse, "电子材料应用", "use of e-material", "item", "e_materials",
           key=("e_kind",)),
    _child("online_function", OnlineFunction, "网上服务功能", "online function", "item", "online_functions",
           key=("function",)),
    _child("off_centre_approval", OffCentreApproval, "不进驻的批准", "off-centre approval", "item", "off_centre_approvals",
           names=("granted_by", "granted_on"), key=("approval_no",), organ="item_organ_code", region="item_region",
           conduct=("granted_on", "item_valid_to"), subject="item_serves"),
    Kind(
        "workflow", Workflow, "标准化工作流程", "workflow",
        key=("item_code", "organ_code", "region", "version"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="workflows",
    ),
    Kind(
        "deferral_list", DeferralList, "容缺受理清单", "deferral list", key=("list_no",),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="deferral_lists",
    ),
    _child("deferral_entry", DeferralEntry, "容缺条目", "deferral entry", "deferral_list", "entries", names=("item_code", "material_code", "material_name")),
    Kind(
        "catalogue", Catalogue, "中介服务事项目录", "intermediary catalogue", key=("region", "valid_from"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="catalogues",
    ),
    _child("catalogue_entry", CatalogueEntry, "目录条目", "catalogue entry", "catalogue", "entries", names=("service_name",),
           key=("service_code",), organ="catalogue_organ_code", region="catalogue_region",
           conduct=("catalogue_valid_from", "catalogue_valid_to")),
    Kind(
        "intermediary", Intermediary, "中介服务机构", "intermediary", key=("code",),
        organ="code", region="region", table="intermediaries",
    ),
    _child("offer", Offer, "服务项目", "offer", "intermediary", "offers", names=("service_name",), key=("service_code",),
           organ="intermediary_code", region="intermediary_region", conduct=("observed_on",)),
    # -- the service centre ------------------------------------------------------------------------------------
    Kind(
        "stationed_person", StationedPerson, "派驻人员", "stationed person", key=("person_no", "valid_from"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="stationed_staff",
    ),
    # -- opening a business, building projects -------------------------------------------------------------------
    Kind(
        "opening_service", OpeningService, "企业开办服务", "opening service", key=("service_no",),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="opening_services",
    ),
    _child("opening_part", OpeningPart, "开办事项", "part of opening a business", "opening_service", "parts", key=("part",)),
    Kind(
        "construction_project", ConstructionProject, "工程建设项目", "construction project", key=("project_no",),
        organ="organ_code", region="region", table="construction_projects",
    ),
    _child("joint_handling", JointHandling, "联合办理情况", "joint handling", "construction_project", "joint", names=("way", "stage", "first_matter", "second_matter"),
           key=("joint_no",), organ="organ_code", region="construction_project_region", conduct=("happened_on",)),
    Kind("service_centre", ServiceCentre, "中心（站）", "service centre", key=("centre_no",), organ="organ_code",
         region="region", table="service_centres"),
    _child("centre_inspection", CentreInspection, "中心（站）检查", "inspection of a centre", "service_centre",
           "inspections", key=("inspection_no",), names=("standard", "inspected_on")),
    _child("inspected_item", InspectedItem, "检查项目", "inspected item", "centre_inspection", "items", key=("item",),
           organ="answering_organ", region="service_centre_region", conduct=("centre_inspection_inspected_on",)),
    # -- policies, the hotline, oversight ------------------------------------------------------------------------
    Kind("policy", Policy, "政策", "policy", key=("policy_no",), organ="organ_code", region="region",
         conduct=("valid_from", "valid_to"), table="policies"),
    _child("beneficiary", Beneficiary, "符合条件的对象", "beneficiary", "policy", "beneficiaries", key=("firm_id",),
           names=("firm_name",), organ="policy_organ_code", region="policy_region",
           conduct=("application_demanded_on",), subject="firm_kind"),
    Kind("hotline_day", HotlineDay, "热线服务日", "hotline day", key=("region", "day"), organ="organ_code",
         region="region", conduct=("day",), table="hotline_days"),
    _child("shift", Shift, "服务时段", "shift", "hotline_day", "shifts", names=("starts", "ends")),
    Kind("ticket", Ticket, "热线工单", "hotline ticket", key=("ticket_no",), organ="organ_code", region="region",
         conduct=("received_on",), subject="caller_kind", table="tickets"),
    Kind("supervisor", Supervisor, "社会监督员", "social supervisor", key=("supervisor_no",), organ="organ_code",
         region="region", conduct=("valid_from", "valid_to"), table="supervisors"),
    Kind("visit", Visit, "监督活动", "supervisor's visit or opinion", key=("visit_no",), organ="organ_code",
         region="region", conduct=("made_on",), table="supervisor_visits"),
    Kind("raised_problem", RaisedProblem, "反映的问题", "problem raised", key=("problem_no",), organ="organ_code",
         region="region", conduct=("first_late_day",), table="raised_problems"),
    Kind("interference", Interference, "侵害权利的认定", "decision on interference", key=("decision_no",),
         organ="organ_code", region="region", conduct=("occurred_on",), subject="entity_kind", table="interferences"),
    # -- counted, and compared year by year ----------------------------------------------------------------------
    Kind(
        "item_group", ItemGroup, "关联事项组", "group of linked items", key=("group_no",),
        organ="lead_organ_code", region="region", table="item_groups",
    ),
    Kind(
        "credit_indicator", CreditIndicator, "信贷指标", "credit indicator", key=("region", "indicator", "period_from"),
        organ="organ_code", region="region", conduct=("period_from", "period_to"), table="credit_indicators",
    ),
    _child("person_year", PersonYear, "派驻人员年度管理考核", "year of a stationed person", "stationed_person", "years", key=("year",),
           organ="stationed_person_centre_code", region="stationed_person_region", conduct=("year_from", "year_to")),
    Kind(
        "internal_body", InternalBody, "内设机构", "internal body", key=("organ_code", "body_code", "valid_from"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="internal_bodies",
    ),
    # -- lists of items, and the data about them and about market entities -----------------------------------------
    Kind(
        "item_list", ItemList, "政务服务事项清单", "item list", key=("region", "valid_from"),
        organ="organ_code", region="region", conduct=("valid_from", "valid_to"), table="item_lists",
    ),
    _child("item_list_entry", ItemListEntry, "清单条目", "list entry", "item_list", "entries", names=("catalog_code", "item_name"),
           key=("item_code",), organ="item_list_organ_code", region="item_list_region",
           conduct=("item_list_valid_from", "item_list_valid_to")),
    Kind(
        "basic_entry", BasicEntry, "基本目录条目", "entry of the regional catalogue", key=("catalog_code", "region"),
        organ="agency_code", region="region", conduct=("valid_from", "valid_to"), table="basic_catalogue",
    ),
    Kind(
        "snapshot", Snapshot, "事项数据快照", "snapshot of an item", key=("item_code", "source", "taken_on"),
        organ="organ_code", region="region", conduct=("taken_on",), table="snapshots",
    ),
    Kind("duty", Duty, "部门职责", "duty of an organ", key=("item_code", "organ_code", "region"), table="duties"),
    Kind(
        "data_record", DataRecord, "政务数据记录", "data record", key=("record_no",),
        organ="organ_code", region="region", conduct=("collected_on",), table="data_records",
    ),
    Kind(
        "data_submission", DataSubmission, "数据汇集", "data submission", key=("submission_no",),
        organ="organ_code", region="region", conduct=("submitted_on",), table="data_submissions",
    ),
    _child("submitted_field", SubmittedField, "汇集的字段", "submitted field", "data_submission", "fields", names=("field_name",),
           organ="data_submission_organ_code", region="data_submission_region",
           conduct=("data_submission_submitted_on",)),
    Kind(
        "sharing_request", SharingRequest, "数据共享申请", "sharing request", key=("request_no",),
        organ="organ_code", region="region", conduct=("asked_on",), table="sharing_requests",
    ),
    # -- the world they are judged in --------------------------------------------------------------------------
    Kind("organ", Organ, "单位", "organ", key=("code",), organ="code", region="region", table="organs"),
    Kind("instrument", Instrument, "法律文件", "instrument", key=("code",), table="instruments"),
    Kind("evidence", Evidence, "佐证材料", "evidence", key=("evidence_no",), table="evidence"),
    Kind("evidence_request", EvidenceRequest, "调阅通知", "evidence request", key=("request_no",),
         table="evidence_requests"),
    Kind("disposition", Disposition, "处置记录", "disposition", key=("disposition_no",), table="dispositions"),
    Kind("reform_measure", ReformMeasure, "改革举措", "reform measure", key=("measure_no",), table="reform_measures"),
    Kind("misconduct_record", MisconductRecord, "失职认定", "misconduct record", key=("record_no",),
         table="misconduct_records"),
    # A finding is made by the judge, never read: rules with an effect judge it.
    Kind("finding", FindingRecord, "发现", "finding", key=("rule", "key"), organ="organ_code", region="region",
         conduct=("conduct_from", "conduct_to")),
    Kind("alias", Alias, "材料别名", "material alias", key=("alias", "material_code"), table="aliases"),
    # `basis` hangs under whatever cites it; it is asked about through relations, never judged by itself.
    Kind("basis", Basis, "依据", "basis"),
    Kind("day", Day, "日期", "day"),
)  # fmt: skip

KINDS: dict[str, Kind] = {k.name: k for k in _ALL}
ROOTS: dict[str, Kind] = {k.table: k for k in _ALL if k.table}

EVENTS = Kind(
    "stream_event", StreamEvent, "办理动态", "event", key=("event_id",), table="events", stream=True
)
"""What a dossier may tell instead of records. No kind of record: nothing judges an event, its fold is judged."""

TABLES: dict[str, Kind] = ROOTS | {"events": EVENTS}
"""Every table that a dossier may have a file of."""

"""The service centre: the internal bodies and the people whom departments have stationed there (第九条, 第十二条), and how
it and the smaller centres and stations fare at inspections (第七条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Period, Record

__all__ = [
    "Bearing",
    "CentreInspection",
    "Handler",
    "InspectedItem",
    "InternalBody",
    "PersonYear",
    "ServiceCentre",
    "StationedPerson",
]

Handler = Literal[
    "stationed_body",  # 进驻中心的内设机构
    "general_window",  # 综合窗口
    "head",  # 单位负责人
    "collective",  # 集体决定
    "expert_panel",  # 专家评审
    "other_body",  # 其他内设机构
]
"""Who inside a department did something with an application (第九条)."""


class InternalBody(Period, frozen=True):
    """内设机构: one internal body of a department and its part in serving market entities (第九条)."""

    body_code: Annotated[str | None, Label("内设机构编码")] = None
    body_name: Annotated[str | None, Label("内设机构名称")] = None
    organ_code: Annotated[str | None, Label("所属部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    handles_services: Annotated[bool | None, Label("承办经营主体政务服务事项")] = None
    stationed_whole: Annotated[bool | None, Label("整体进驻政务服务中心")] = None
    decides: Annotated[bool | None, Label("有权审批、办结")] = None
    off_centre_approved: Annotated[
        bool | None, Label("不进驻已经市、区（县）人民政府批准", burden="organ", absent=False)
    ] = None


Bearing = Literal[
    "sending_department",  # 派驻部门
    "centre",  # 政务服务中心
    "treasury",  # 财政集中支付
    "elsewhere",  # 其他单位
]


class PersonYear(Record, frozen=True):
    """派驻人员年度管理考核: what the centre did about one stationed person in one year (第十二条第三款)."""

    year: Annotated[int | None, Label("年度")] = None
    daily_managed: Annotated[bool | None, Label("由政务服务中心日常管理")] = None
    appraised: Annotated[bool | None, Label("由政务服务中心年度考核")] = None
    appraised_on: Annotated[date | None, Label("考核日期")] = None
    result: Annotated[
        Literal[
            "excellent",  # 优秀
            "competent",  # 称职
            "barely_competent",  # 基本称职
            "incompetent",  # 不称职
        ]
        | None,
        Label("考核结果"),
    ] = None
    fed_back: Annotated[bool | None, Label("考核结果已反馈派驻部门")] = None
    fed_back_on: Annotated[date | None, Label("反馈日期")] = None


class StationedPerson(Period, frozen=True):
    """派驻人员: one person at the service centre, for one stay there."""

    person_no: Annotated[str | None, Label("人员编号")] = None
    name: Annotated[str | None, Label("姓名", personal=True)] = None
    organ_code: Annotated[str | None, Label("派驻部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    centre_code: Annotated[str | None, Label("政务服务中心编码")] = None
    post: Annotated[str | None, Label("窗口或岗位")] = None
    staff_kind: Annotated[
        Literal[
            "stationed",  # 派驻部门的在编人员
            "contracted",  # 聘用的窗口人员
        ]
        | None,
        Label("人员类别"),
    ] = None
    valid_from: Annotated[date | None, Label("派驻起始日期")] = None
    valid_to: Annotated[date | None, Label("派驻截止日期")] = None
    open_ended: Annotated[bool | None, Label("仍在派驻")] = None
    qualification_required: Annotated[bool | None, Label("法律法规要求该岗位具备资格")] = None
    qualified: Annotated[bool | None, Label("具备法定资格", burden="organ", absent=False)] = None
    trained: Annotated[bool | None, Label("有业务培训记录")] = None
    guidance_by: Annotated[Bearing | None, Label("业务指导和培训的负责单位")] = None
    personnel_by: Annotated[Bearing | None, Label("人事管理的负责单位")] = None
    pay_by: Annotated[Bearing | None, Label("发放工资和津贴福利的负责单位")] = None
    years: Annotated[list[PersonYear] | None, Label("年度管理考核")] = None


class InspectedItem(Record, frozen=True):
    """检查项目: one named item of the standard, and whether the centre met it."""

    item: Annotated[str | None, Label("检查项目")] = None
    concerns: Annotated[
        Literal[
            "premises",  # 场地
            "facilities",  # 设施
            "operation",  # 运行
            "other",  # 其他
        ]
        | None,
        Label("项目类别"),
    ] = None
    passed: Annotated[bool | None, Label("符合标准")] = None


class CentreInspection(Record, frozen=True):
    """检查: one inspection of a centre or station by one standard."""

    inspection_no: Annotated[str | None, Label("检查编号")] = None
    inspected_on: Annotated[date | None, Label("检查日期")] = None
    inspector: Annotated[str | None, Label("检查机关")] = None
    standard: Annotated[str | None, Label("标准或者规范名称")] = None
    standard_level: Annotated[
        Literal[
            "national",  # 国家
            "region",  # 自治区
            "city",  # 市级
            "county",  # 县级
        ]
        | None,
        Label("标准层级"),
    ] = None
    items: Annotated[list[InspectedItem] | None, Label("检查项目")] = None


class ServiceCentre(Record, frozen=True):
    """政务服务中心、便民服务中心（站）: who set it up, who runs it, and its inspections."""

    centre_no: Annotated[str | None, Label("中心（站）编号")] = None
    name: Annotated[str | None, Label("中心（站）名称")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    set_up_by: Annotated[str | None, Label("设立的人民政府编码")] = None
    organ_code: Annotated[str | None, Label("中心（站）单位编码")] = None
    inspections: Annotated[list[CentreInspection] | None, Label("检查")] = None

"""What enumeration values are called in Chinese and in English, wherever a person reads them."""

from __future__ import annotations

__all__ = ["ALSO", "LABELS", "REGIONS", "label", "names"]

REGIONS: dict[str, tuple[str, str]] = {
    "650500": ("哈密市本级", "Hami city level"),
    "650502": ("伊州区", "Yizhou District"),
    "650521": ("巴里坤哈萨克自治县", "Barkol Kazakh Autonomous County"),
    "650522": ("伊吾县", "Yiwu County"),
    "659011": ("新星市", "Xinxing City"),
}

LABELS: dict[str, tuple[str, str]] = {
    **REGIONS,
    # 材料形式
    "paper": ("纸质", "paper"),
    "paper_copy": ("纸质复印件", "paper copy"),
    "paper_original": ("纸质原件", "paper original"),
    "notarised": ("公证件", "notarised paper"),
    "electronic": ("电子材料", "electronic"),
    "paper_or_electronic": ("纸质或电子", "paper or electronic"),
    "sight_of_original": ("仅核验原件", "sight of the original only"),
    # 要求方式
    "at_acceptance": ("收件时", "at acceptance"),
    "supplement_notice": ("补正通知", "notice to supplement"),
    "oral": ("口头要求", "orally"),
    "compulsory_upload": ("系统强制上传", "compulsory upload"),
    "expert_review": ("专家评审提出", "by expert review"),
    "other": ("其他", "other"),
    # 电子材料
    "e_signature": ("电子签名", "e-signature"),
    "e_seal": ("电子印章", "e-seal"),
    "e_licence": ("电子证照", "e-licence"),
    "e_archive": ("电子档案", "e-archive"),
    "e_contract": ("电子合同", "e-contract"),
    "e_accounting_voucher": ("电子会计凭证", "e-accounting voucher"),
    "passed": ("核验通过", "passed"),
    "failed": ("核验未通过", "failed"),
    "not_done": ("未完成", "not done"),
    "done": ("已完成", "done"),
    # 服务对象
    "enterprise": ("企业", "enterprise"),
    "individual_business": ("个体工商户", "individual business"),
    "cooperative": ("农民专业合作社", "cooperative"),
    "branch": ("分支机构", "branch"),
    "founder": ("设立登记申请人", "founder"),
    "other_organisation": ("其他组织", "other organisation"),
    "natural_person": ("自然人", "natural person"),
    # 文件位阶
    "law": ("法律", "law"),
    "administrative_regulation": ("行政法规", "administrative regulation"),
    "state_council_decision": ("国务院决定、命令", "State Council decision"),
    "local_regulation": ("地方性法规", "local regulation"),
    "autonomous_regulation": ("自治条例、单行条例", "autonomous regulation"),
    "rule": ("规章", "government rule"),
    "normative_document": ("规范性文件", "normative document"),
    "notice": ("通知", "notice"),
    "minutes": ("会议纪要", "minutes"),
    "internal_rule": ("内部规定", "internal rule"),
    # 单位性质
    "department": ("部门", "department"),
    "authorised": ("法律法规授权的组织", "organisation authorised by law"),
    "approval_bureau": ("行政审批局", "approval bureau"),
    "agency": ("政务服务管理机构", "service administration agency"),
    "government": ("人民政府", "government"),
    "centre": ("政务服务中心", "service centre"),
    "entrusted": ("受委托的乡镇、园区", "entrusted body"),
    "utility": ("公用企业", "utility"),
    "telecom": ("电信企业", "telecom"),
    "bank": ("银行", "bank"),
    "association": ("行业协会商会", "association"),
    "intermediary": ("中介服务机构", "intermediary"),
    "development_reform": ("发展和改革", "development and reform"),
    "finance": ("金融监督管理", "financial supervision"),
    "human_resources": ("人力资源和社会保障", "human resources and social security"),
    "market_supervision": ("市场监督管理", "market supervision"),
    "local": ("地方管理", "local"),
    "vertical": ("垂直管理", "vertically led"),
    "customs": ("海关", "customs"),
    "regular": ("地方系统", "regular"),
    "xpcc": ("兵团", "XPCC"),
    # 中介服务
    "applicant": ("申请人", "applicant"),
    "competitive": ("竞争方式", "competitive"),
    "lot": ("摇号", "lot"),
    "direct": ("直接指定", "direct award"),
    "single_source": ("单一来源", "single source"),
    "must": ("必须", "must"),
    "example": ("举例", "example"),
    "reference_list": ("供参考名单", "reference list"),
    "conditions": ("办理条件", "conditions"),
    "process": ("流程", "process"),
    "limit": ("时限", "time limit"),
    "fee": ("收费标准", "fee standard"),
    # 对照
    "steps": ("环节", "steps"),
    "materials": ("材料", "materials"),
    "days": ("办理时限（工作日）", "time limit (working days)"),
    "charge": ("费用（元）", "charge (yuan)"),
    "visits": ("跑动次数", "visits"),
    "before": ("修订前", "before"),
    "after": ("修订后", "after"),
    "workflow": ("工作流程", "the workflow"),
    "guide": ("办事指南", "the guide"),
    "same_day": ("两者同日生效", "neither: both of the same day"),
    # 派驻人员
    "stationed": ("派驻人员", "stationed"),
    "contracted": ("聘用的窗口人员", "contracted"),
    # 信贷指标
    "sme_credit": ("中小微企业信贷投放", "credit to small and medium enterprises"),
    "long_term_credit": ("中长期贷款", "medium- and long-term credit"),
    "unsecured_credit": ("信用贷款", "unsecured credit"),
    "credit_cost": ("中小微企业融资成本", "cost of credit to small and medium enterprises"),
    "sme_share": ("中小微企业贷款占比", "share of credit that goes to small and medium enterprises"),
    "stationed_body": ("进驻中心的内设机构", "the stationed body"),
    "general_window": ("综合窗口", "general window"),
    "head": ("单位负责人", "head of the organ"),
    "collective": ("集体决定", "collective decision"),
    "expert_panel": ("专家评审", "expert review"),
    "acceptance_stage": ("受理", "acceptance"),
    "other_body": ("其他内设机构", "another internal body"),
    "decision": ("决定", "decision"),
    "review": ("审查", "review"),
    "delivery": ("办结送达", "completion"),
    "sending_department": ("派驻部门", "sending department"),
    "treasury": ("财政集中支付", "treasury"),
    "elsewhere": ("其他单位", "another organ"),
    "guidance": ("业务指导和培训", "guidance and training"),
    "personnel": ("人事管理", "personnel management"),
    "pay": ("工资和津贴福利", "pay and benefits"),
    "excellent": ("优秀", "excellent"),
    "competent": ("称职", "competent"),
    "barely_competent": ("基本称职", "barely competent"),
    "incompetent": ("不称职", "incompetent"),
    # 其他
    "online": ("网上", "online"),
    "window": ("窗口", "window"),
    "app": ("手机应用", "app"),
    "assisted": ("窗口帮办", "assisted"),
    "mail": ("邮寄", "mail"),
    "any": ("不限", "any"),
    "material": ("材料", "material"),
    "condition": ("条件", "condition"),
    "acceptance": ("受理之日", "acceptance"),
    "supplement": ("补齐之日", "supplement"),
    "self": ("本单位", "itself"),
    "region": ("自治区", "autonomous region"),
    "ministry": ("国家部委", "ministry"),
    "city": ("市级", "city"),
    "county": ("县级", "county"),
    "township": ("乡级", "township"),
    "required": ("必备", "required"),
    "optional": ("非必备", "optional"),
    "deferrable": ("可容缺", "deferrable"),
    "system_outage": ("系统故障", "system outage"),
    "force_majeure": ("不可抗力", "force majeure"),
    "sharing_interrupted": ("数据共享中断", "data sharing interrupted"),
    "applicant_request": ("申请人要求", "applicant's request"),
    "note": ("备注", "note"),
    # 处置
    "upheld": ("成立", "upheld"),
    "dismissed": ("不成立", "dismissed"),
    "corrected": ("已整改", "corrected"),
    "excuse_pleaded": ("已申辩", "excuse pleaded"),
    # 责任
    "neglect_of_duty": ("玩忽职守", "neglect of duty"),
    "abuse_of_power": ("滥用职权", "abuse of power"),
    "favouritism": ("徇私舞弊", "favouritism"),
    "false_promise": ("作出不实承诺", "false promise"),
    "forged_material": ("伪造、变造材料", "forged material"),
}

ALSO: dict[str, tuple[str, ...]] = {
    "paper": ("纸质（未说明原件或复印件）",),
    "paper_or_electronic": ("纸质或电子均可",),
    "founder": ("办理设立登记的个人",),
    "natural_person": ("自然人办理私人事务",),
    "department": ("政府工作部门",),
    "authorised": ("法律法规授权的组织（社保、公积金、不动产登记机构）",),
    "entrusted": ("受委托的乡镇、园区管委会",),
    "utility": ("供水、供电、供气、供热等公用企业",),
    "development_reform": ("发展和改革（社会信用体系建设）",),
    "telecom": ("电信、宽带企业",),
    "stationed": ("派驻部门的在编人员",),
}
"""Fuller Chinese names of values, as the records describe them: inputs may say these too."""


def names(value: str) -> tuple[str, ...]:
    """All that an input may call an enumeration value beside its code: its labels, and its fuller names."""
    return (*LABELS.get(value, ()), *ALSO.get(value, ()))


def label(value: str, lang: str) -> str | None:
    """The label of an enumeration value, or `None` where it has none."""
    found = LABELS.get(value)
    return None if found is None else found[0 if lang == "zh" else 1]

"""Whom, where and when the regulation governs: 第二条, 第五条, 第三十三条. Read by scope rules only."""

from __future__ import annotations

from datetime import date

from hami_rules.records.labels import GOVERNED

from .registry import predicate

DEPARTMENTS = frozenset({"department", "authorised", "approval_bureau", "entrusted"})
DOUBTFUL = frozenset({"agency", "government", "centre", "other"})

NAMED = (
    "发展和改革", "发展改革", "自然资源", "生态环境", "住房和城乡建设", "住房城乡建设", "市场监督管理", "市场监管",
    "人力资源和社会保障", "人力资源社会保障",
)  # fmt: skip
"""The departments that 第五条 itself calls service departments, as their names have them."""


@predicate("服务机关属于哈密市本级、伊州区、巴里坤哈萨克自治县或者伊吾县")
def region_governed(acting_region: str) -> bool:
    """The serving organ belongs to Hami city, Yizhou, Barkol or Yiwu (第二条)."""
    return acting_region in GOVERNED


@predicate("服务机关的区划代码以6505开头，但不在已知的四个区划之内")
def region_doubtful(acting_region: str) -> bool:
    """The region code starts with 6505 but is none of the four known ones."""
    return acting_region.startswith("6505") and acting_region not in GOVERNED


@predicate("服务机关属于兵团系统")
def actor_is_xpcc(actor_system: str) -> bool:
    """The serving organ belongs to the Xinjiang Production and Construction Corps."""
    return actor_system == "xpcc"


@predicate("责任单位是政务服务部门（含法律法规授权的组织、行政审批局、受委托的乡镇和园区）")
def actor_is_department(actor_organ_class: str) -> bool:
    """The organ is a service department, by function (第五条: the list is open)."""
    return actor_organ_class in DEPARTMENTS


@predicate("责任单位是人民政府、政务服务管理机构、政务服务中心或者其他机关")
def actor_may_be_department(actor_organ_class: str) -> bool:
    """The organ is a government, the service agency, a centre or another organ: a department or not, people decide."""
    return actor_organ_class in DOUBTFUL


@predicate("责任单位由地方管理")
def actor_led_locally(actor_led: str) -> bool:
    """The organ is led locally, not by its superiors outside the region."""
    return actor_led == "local"


@predicate("责任单位是第五条点名的部门")
def actor_is_named_department(actor_name: str, actor_organ_class: str) -> bool:
    """The text itself lists the department: whoever leads it, it is a service department (第五条)."""
    return actor_organ_class == "department" and any(words in actor_name for words in NAMED)


@predicate("责任单位是海关")
def actor_is_customs(actor_led: str) -> bool:
    """The organ belongs to the customs."""
    return actor_led == "customs"


@predicate("行为发生在条例施行之后、审计基准日之前")
def conduct_governed(conduct_from: date, conduct_to: date) -> bool:
    """The conduct, clipped to [2024-03-01, day of the audit], is not empty (第三十三条)."""
    return conduct_from <= conduct_to

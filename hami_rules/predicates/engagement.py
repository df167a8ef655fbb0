"""Who engaged an intermediary, who chose it, how, and who paid (第二十二条第二款)."""

from __future__ import annotations

from hami_rules.records.text import Text

from .registry import about, predicate

engagement = about("engagement")


@engagement.fact("费用退还情况", sees_unknown=True)
def refund_told(refunded: bool | None) -> Text:
    """Whether the applicant has its money back."""
    if refunded is None:
        return Text("是否退还不明", "not known whether refunded")
    return Text("已经退还", "refunded") if refunded else Text("没有退还", "not refunded")


@predicate("由申请人委托")
def engaged_by_applicant(principal: str) -> bool:
    """The applicant is the principal: the service is its own."""
    return principal == "applicant"


@predicate("由部门委托")
def engaged_by_department(principal: str) -> bool:
    """The department is the principal: the service is for its own examination."""
    return principal == "department"


@predicate("由部门选定中介机构")
def department_chose(chosen_by: str) -> bool:
    """The department chose the intermediary."""
    return chosen_by == "department"


@predicate("部门直接选定，没有竞争")
def awarded_directly(selection: str) -> bool:
    """The department awarded the service directly, or to a single source: without competition."""
    return selection in ("direct", "single_source")


@predicate("部门以摇号方式选定")
def drawn_by_lot(selection: str) -> bool:
    """The department drew lots."""
    return selection == "lot"


@predicate("费用由申请人支付")
def applicant_paid(payer: str) -> bool:
    """The applicant paid the fee."""
    return payer == "applicant"


@predicate("费用最终由申请人负担（含经中介机构转收）")
def applicant_bore_cost(paid_through: str) -> bool:
    """The applicant bore the cost in the end, also through the intermediary's own bill."""
    return paid_through == "applicant"

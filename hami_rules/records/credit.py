"""Credit to small and medium enterprises, as a region reports it period by period (第二十六条)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from .base import Label, Record

__all__ = ["CreditIndicator"]


class CreditIndicator(Record, frozen=True):
    """信贷指标: one figure of a region for one period, with the organ that is to see it grow or fall."""

    region: Annotated[str | None, Label("行政区划代码")] = None
    organ_code: Annotated[str | None, Label("金融监督管理部门编码")] = None
    indicator: Annotated[
        Literal[
            "sme_credit",  # 中小微企业信贷投放
            "long_term_credit",  # 中长期贷款
            "unsecured_credit",  # 信用贷款
            "credit_cost",  # 中小微企业融资成本
            "sme_share",  # 中小微企业贷款占比
        ]
        | None,
        Label("指标"),
    ] = None
    period_from: Annotated[date | None, Label("统计起始日")] = None
    period_to: Annotated[date | None, Label("统计截止日")] = None
    value: Annotated[Decimal | None, Label("数值", signed=True)] = None
    unit: Annotated[str | None, Label("单位")] = None
    source: Annotated[str | None, Label("数据来源")] = None

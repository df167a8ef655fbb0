"""What an organ requires of applicants in general or in one application: intermediary services with their basis."""

from __future__ import annotations

from typing import Annotated, Literal

from .base import Basis, Label, Record

__all__ = ["RequiredService", "Restriction"]

Restriction = Literal[
    "ownership",  # 所有制
    "registration_place",  # 注册地
    "size",  # 规模
    "no_difference",  # 不区别对待
]


class RequiredService(Record, frozen=True):
    """中介服务要求: an intermediary's service asked for, in a guide or in one application."""

    service_code: Annotated[str | None, Label("中介服务事项编码")] = None
    service_name: Annotated[str | None, Label("中介服务事项", platform="service_type")] = None
    required: Annotated[bool | None, Label("作为办理条件")] = None
    advice_only: Annotated[bool | None, Label("仅为可选建议")] = None
    self_prepared_refused: Annotated[bool | None, Label("拒收自行编制的报告")] = None
    law_allows_self: Annotated[bool | None, Label("法律允许自行编制")] = None
    text: Annotated[str | None, Label("中介服务说明")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None
    names_intermediary: Annotated[str | None, Label("写明的中介机构")] = None
    no_intermediary_named: Annotated[bool | None, Label("未写明具体机构")] = None
    named_as: Annotated[Literal["must", "example", "reference_list"] | None, Label("写明的方式")] = None
    only_one_accepted: Annotated[bool | None, Label("只认可一家机构")] = None
    others_qualified: Annotated[bool | None, Label("另有具备资格的机构")] = None
    bases: Annotated[list[Basis] | None, Label("法定依据", burden="organ", absent=[])] = None

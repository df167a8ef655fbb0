"""政务数据 (第十条第二款): data collected, handed to the exchange platform, kept right, and shared."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from .base import Basis, Label, Record

__all__ = ["DataRecord", "DataSubmission", "SharingRequest", "SubmittedField"]


class DataRecord(Record, frozen=True):
    """政务数据记录: one record or set of data about market entities that a department has collected."""

    record_no: Annotated[str | None, Label("数据编号")] = None
    data_name: Annotated[str | None, Label("数据名称")] = None
    organ_code: Annotated[str | None, Label("采集部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    collected_on: Annotated[date | None, Label("采集日期")] = None
    bases: Annotated[list[Basis] | None, Label("采集的依据", burden="organ", absent=[])] = None
    known_wrong: Annotated[bool | None, Label("已知有误或者已被替代")] = None
    known_wrong_on: Annotated[date | None, Label("得知有误的日期")] = None
    correction_due_on: Annotated[date | None, Label("平台规定的更正期限")] = None
    corrected: Annotated[bool | None, Label("已更正")] = None
    corrected_on: Annotated[date | None, Label("更正日期")] = None


class SubmittedField(Record, frozen=True):
    """汇集的字段: one field of what was handed in, beside the department's own source."""

    field_name: Annotated[str | None, Label("字段名称")] = None
    required: Annotated[bool | None, Label("必填")] = None
    filled: Annotated[bool | None, Label("已填写")] = None
    value: Annotated[str | None, Label("汇集的内容")] = None
    source_value: Annotated[str | None, Label("源数据的内容")] = None


class DataSubmission(Record, frozen=True):
    """数据汇集: what a department owes the exchange platform, once, by a day."""

    submission_no: Annotated[str | None, Label("汇集编号")] = None
    data_name: Annotated[str | None, Label("数据名称")] = None
    organ_code: Annotated[str | None, Label("汇集部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    due_on: Annotated[date | None, Label("应汇集日期")] = None
    submitted: Annotated[bool | None, Label("已汇集")] = None
    submitted_on: Annotated[date | None, Label("汇集日期")] = None
    fields: Annotated[list[SubmittedField] | None, Label("汇集的字段")] = None


class SharingRequest(Record, frozen=True):
    """数据共享申请: one organ asks another for data through the exchange platform."""

    request_no: Annotated[str | None, Label("申请编号")] = None
    data_name: Annotated[str | None, Label("数据名称")] = None
    asking_organ_code: Annotated[str | None, Label("申请部门编码")] = None
    organ_code: Annotated[str | None, Label("提供部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    asked_on: Annotated[date | None, Label("申请日期")] = None
    lawful: Annotated[bool | None, Label("申请合法")] = None
    due_on: Annotated[date | None, Label("答复期限")] = None
    answered: Annotated[bool | None, Label("已答复")] = None
    answered_on: Annotated[date | None, Label("答复日期")] = None
    refused: Annotated[bool | None, Label("被拒绝")] = None
    refused_on: Annotated[date | None, Label("拒绝日期")] = None

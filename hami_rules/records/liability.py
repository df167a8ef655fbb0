"""What surrounds a finding: the finding itself as a record that rules judge, reform measures, recorded misconduct,
and recorded falsehood of an applicant (第六条第二款, 第三十条, 第三十一条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Period, Record

__all__ = ["Falsehood", "FindingRecord", "MisconductRecord", "ReformMeasure"]


class FindingRecord(Record, frozen=True):
    """发现: one finding as rules about findings judge it, after dispositions and concurrence.

    Never read from a file. What the judge itself said is always known; the organ, the region, the item and the dates
    are those of the record that was judged, and may be unknown.
    """

    rule: Annotated[str | None, Label("规则编号")] = None
    key: Annotated[str | None, Label("记录标识")] = None
    norm: Annotated[str | None, Label("对应条款")] = None
    norm_kind: Annotated[str | None, Label("规范类型")] = None
    record_kind: Annotated[str | None, Label("记录种类")] = None
    verdict: Annotated[str | None, Label("结论")] = None
    grade: Annotated[str | None, Label("等级")] = None
    against: Annotated[str | None, Label("针对的主体")] = None
    dismissed: Annotated[bool | None, Label("经认定不成立")] = None
    upheld: Annotated[bool | None, Label("经认定成立")] = None
    counted_elsewhere: Annotated[bool | None, Label("同一事实已计入其他条款")] = None
    organ_code: Annotated[str | None, Label("责任单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    item_code: Annotated[str | None, Label("实施编码")] = None
    conduct_from: Annotated[date | None, Label("行为起始日")] = None
    conduct_to: Annotated[date | None, Label("行为截止日")] = None
    repeated: Annotated[int | None, Label("同一单位同一规则计入的次数")] = None


class ReformMeasure(Period, frozen=True):
    """改革举措: a measure that an organ explores, recorded with the conditions under which errors are excused
    (第三十条)."""

    measure_no: Annotated[str | None, Label("举措编号")] = None
    organ_code: Annotated[str | None, Label("探索单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    whole_region: Annotated[bool | None, Label("适用于本区划全部单位")] = None
    measure: Annotated[str | None, Label("改革举措")] = None
    document: Annotated[str | None, Label("采取举措的文件")] = None
    norms: Annotated[list[str] | None, Label("所涉条款")] = None
    all_items: Annotated[bool | None, Label("不限事项")] = None
    item_codes: Annotated[list[str] | None, Label("所涉事项实施编码")] = None
    within_law: Annotated[bool | None, Label("在法治框架内")] = None
    conditions_instrument: Annotated[str | None, Label("规定免责减责条件的文件")] = None
    conditions: Annotated[str | None, Label("免责减责的条件")] = None
    conditions_met: Annotated[bool | None, Label("符合规定条件")] = None


class MisconductRecord(Record, frozen=True):
    """失职认定: what people decided about misconduct behind one finding (第三十一条). It names no person."""

    record_no: Annotated[str | None, Label("认定编号")] = None
    organ_code: Annotated[str | None, Label("单位编码")] = None
    rule: Annotated[str | None, Label("规则编号")] = None
    key: Annotated[str | None, Label("记录标识")] = None
    what: Annotated[
        Literal[
            "neglect_of_duty",  # 玩忽职守
            "abuse_of_power",  # 滥用职权
            "favouritism",  # 徇私舞弊
        ]
        | None,
        Label("认定的情形"),
    ] = None
    decided: Annotated[bool | None, Label("已由有权机关认定")] = None
    decided_on: Annotated[date | None, Label("认定日期")] = None
    decided_by: Annotated[str | None, Label("认定机关")] = None
    document: Annotated[str | None, Label("文书")] = None
    crime_suspected: Annotated[bool | None, Label("有权机关认为涉嫌犯罪")] = None


class Falsehood(Record, frozen=True):
    """不实承诺或材料: a false promise or forged material of the applicant (第六条第二款)."""

    falsehood_no: Annotated[str | None, Label("序号")] = None
    what: Annotated[
        Literal[
            "false_promise",  # 作出不实承诺
            "forged_material",  # 伪造、变造材料
        ]
        | None,
        Label("不实情形"),
    ] = None
    about: Annotated[str | None, Label("所涉承诺或者材料")] = None
    done_on: Annotated[date | None, Label("作出承诺或者提交材料之日")] = None
    decided: Annotated[bool | None, Label("已由决定认定")] = None
    decided_on: Annotated[date | None, Label("决定日期")] = None
    document: Annotated[str | None, Label("决定文书")] = None
    revoked: Annotated[bool | None, Label("决定已被撤销")] = None
    revoked_on: Annotated[date | None, Label("撤销日期")] = None

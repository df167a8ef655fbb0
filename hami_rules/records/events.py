"""办理动态: what happens to an application, a ticket, a problem or a project, told one event at a time.

An event says *when* (`happened_at`), *to what* (`application_no` …), *what* (`kind`) and carries the fields of the
record that it makes known, under the name of the part it is about (`demand: {…}`). It only ever adds: a later event
that names a field again puts it right. `EVENT_KINDS` is the whole vocabulary; `records/fold.py` makes records of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

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
from .base import Label, Record
from .dates import BEIJING
from .hotline import Ticket
from .liability import Falsehood
from .market import ConstructionProject, Deregistration, JointHandling, LicencePart, Registration
from .oversight import RaisedProblem
from .requirement import RequiredService

__all__ = [
    "BODIES",
    "EVENT_KINDS",
    "SUBJECTS",
    "EventKind",
    "StreamEvent",
    "Subject",
    "instant",
    "subject_of",
]

EventName = Literal[
    "application_opened",  # 申请
    "accepted",  # 受理
    "completed",  # 办结
    "withdrawn",  # 撤回（由谁撤回另写）
    "channel_changed",  # 申报渠道变更
    "material_demanded",  # 要求提交材料
    "material_received",  # 收到材料
    "material_refused",  # 拒收材料
    "material_returned",  # 因形式不符退回材料
    "step_begun",  # 环节开始
    "step_ended",  # 环节结束
    "condition_imposed",  # 提出附加条件
    "service_required",  # 要求中介服务
    "engaged",  # 委托中介服务
    "fee_charged",  # 收取中介费用
    "fee_refunded",  # 退还中介费用
    "channel_limited",  # 限制渠道
    "noted",  # 其他事件
    "falsehood_decided",  # 认定不实
    "deferral_asked",  # 提出容缺申请
    "promise_given",  # 书面承诺
    "deferred_acceptance",  # 容缺受理
    "informed",  # 告知补正事项
    "deadline_extended",  # 延长补正期限
    "supplement_received",  # 补交一项
    "supplemented",  # 补齐补正
    "deferral_completed",  # 容缺件办结
    "acceptance_withdrawn",  # 撤销受理
    "registration_handled",  # 办理登记
    "licence_begun",  # 涉企许可开始
    "licence_finished",  # 涉企许可办结
    "deregistration_handled",  # 办理注销
    "deregistered",  # 注销
    "ticket_received",  # 热线来电
    "ticket_refused",  # 工单不予受理
    "ticket_extended",  # 工单延期
    "ticket_replied",  # 工单答复
    "problem_raised",  # 提出问题
    "problem_verified",  # 问题查实
    "problem_solved",  # 问题整改
    "project_opened",  # 工程项目
    "jointly_handled",  # 联合办理情况
    "recorded",  # 补录、更正
    "log_closed",  # 经过归档
    "clock",  # 时钟
]


class StreamEvent(Record, frozen=True):
    """办理动态: one event. Times are ISO dates or instants; an instant without offset is Beijing time.

    `complete`: what the log will tell in full from now on (`*`, a list such as `demands`, a happening such as
    `completed` or `deferral.supplemented`): what of it has not been told by a day did not happen by that day. Nothing is
    taken to be complete that is not named. `row` names the row an event is about where its own number does not; `order`
    is its place among its siblings where the order of the events does not tell.
    """

    event_id: Annotated[str | None, Label("事件编号")] = None
    kind: Annotated[EventName | None, Label("动态类型")] = None
    application_no: Annotated[str | None, Label("办件编号")] = None
    ticket_no: Annotated[str | None, Label("工单编号")] = None
    problem_no: Annotated[str | None, Label("问题编号")] = None
    project_no: Annotated[str | None, Label("项目代码")] = None
    happened_at: Annotated[str | None, Label("发生时间")] = None
    recorded_at: Annotated[str | None, Label("记录时间")] = None
    row: Annotated[str | None, Label("行标识")] = None
    order: Annotated[int | None, Label("行次序")] = None
    complete: Annotated[list[str] | None, Label("经过完整的内容")] = None
    application: Annotated[Application | None, Label("办件")] = None
    demand: Annotated[Demand | None, Label("要求提交的材料")] = None
    submission: Annotated[Submission | None, Label("已收材料")] = None
    step: Annotated[Step | None, Label("办理环节")] = None
    condition: Annotated[Condition | None, Label("附加条件")] = None
    service: Annotated[RequiredService | None, Label("被要求的中介服务")] = None
    engagement: Annotated[Engagement | None, Label("中介服务委托")] = None
    channel_limit: Annotated[ChannelLimit | None, Label("渠道限制")] = None
    event: Annotated[Event | None, Label("其他事件")] = None
    falsehood: Annotated[Falsehood | None, Label("不实承诺或材料")] = None
    deferral: Annotated[Deferral | None, Label("容缺受理")] = None
    gap: Annotated[Gap | None, Label("缺项")] = None
    supplement: Annotated[Supplement | None, Label("补正记录")] = None
    registration: Annotated[Registration | None, Label("登记特别事实")] = None
    licence: Annotated[LicencePart | None, Label("涉企许可")] = None
    deregistration: Annotated[Deregistration | None, Label("注销特别事实")] = None
    ticket: Annotated[Ticket | None, Label("热线工单")] = None
    problem: Annotated[RaisedProblem | None, Label("反映的问题")] = None
    project: Annotated[ConstructionProject | None, Label("工程建设项目")] = None
    joint: Annotated[JointHandling | None, Label("联合办理")] = None
    dossier: Annotated[str | None, Label("参照卷宗")] = None


@dataclass(frozen=True)
class Subject:
    """A kind of record that events are about. `key`: the field, of the event and of the record, that names it."""

    root: str
    key: str
    body: str


SUBJECTS = {
    s.key: s
    for s in (
        Subject("application", "application_no", "application"),
        Subject("ticket", "ticket_no", "ticket"),
        Subject("raised_problem", "problem_no", "problem"),
        Subject("construction_project", "project_no", "project"),
    )
}

BODIES: dict[str, tuple[str, str]] = {
    "application": ("application", ""),
    "demand": ("application", "demands"),
    "submission": ("application", "submissions"),
    "step": ("application", "steps"),
    "condition": ("application", "conditions"),
    "service": ("application", "services"),
    "engagement": ("application", "engagements"),
    "channel_limit": ("application", "channel_limits"),
    "event": ("application", "events"),
    "falsehood": ("application", "falsehoods"),
    "deferral": ("application", "deferral"),
    "gap": ("application", "deferral.gaps"),
    "supplement": ("application", "deferral.supplements"),
    "registration": ("application", "registration"),
    "licence": ("application", "registration.licences"),
    "deregistration": ("application", "deregistration"),
    "ticket": ("ticket", ""),
    "problem": ("raised_problem", ""),
    "project": ("construction_project", ""),
    "joint": ("construction_project", "joint"),
}
"""What an event may carry → the kind of record it is part of, and where it stands in it."""


@dataclass(frozen=True)
class EventKind:
    """One kind of event.

    `body`: what it is about. `when`: the date of that which `happened_at` gives, where it does not say it itself;
    `sets`: what is true once it happened; `fields`: what else it is the one to tell, and no earlier event. `main`: the
    first event of such a part; it tells everything that no other kind tells.
    """

    name: str
    zh: str
    en: str
    body: str | None = None
    when: str | None = None
    sets: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    main: bool = False
    about: str | None = None  # where a date of this kind is not known: the date of the record nearest to it


_TOLD = ("told_materials", "told_time_limit", "told_consequence", "told_times")
EVENT_KINDS: dict[str, EventKind] = {
    k.name: k
    for k in (
        EventKind("application_opened", "申请", "application opened", "application", "submitted_on", main=True),
        EventKind("accepted", "受理", "accepted", "application", "accepted_on", ("accepted",)),
        EventKind("completed", "办结", "completed", "application", "completed_on", ("completed",)),
        EventKind("withdrawn", "撤回", "withdrawn", "application", "withdrawn_on", ("withdrawn",)),
        EventKind("channel_changed", "申报渠道变更", "channel changed", "application"),
        EventKind("material_demanded", "要求提交材料", "material demanded", "demand", "demanded_on", main=True),
        EventKind("material_received", "收到材料", "material received", "submission", "received_on", main=True),
        EventKind("material_refused", "拒收材料", "material refused", "submission", "refused_on", ("refused",)),
        EventKind("material_returned", "因形式不符退回材料", "material returned for its form", "submission", None,
                  ("returned_for_form",), about="received_on"),
        EventKind("step_begun", "环节开始", "step begun", "step", "started_on", main=True),
        EventKind("step_ended", "环节结束", "step ended", "step", "ended_on"),
        EventKind("condition_imposed", "提出附加条件", "condition imposed", "condition", "imposed_on", main=True),
        EventKind("service_required", "要求中介服务", "intermediary service required", "service", main=True),
        EventKind("engaged", "委托中介服务", "intermediary engaged", "engagement", "engaged_on", main=True),
        EventKind("fee_charged", "收取中介费用", "fee charged", "engagement", None, (), ("fee", "payer", "paid_through"),
                  about="engaged_on"),
        EventKind("fee_refunded", "退还中介费用", "fee refunded", "engagement", None, ("refunded",), about="engaged_on"),
        EventKind("channel_limited", "限制渠道", "channel limited", "channel_limit", "imposed_on", main=True),
        EventKind("noted", "其他事件", "something else", "event", "happened_on", main=True),
        EventKind("falsehood_decided", "认定不实", "falsehood decided", "falsehood", "decided_on", main=True),
        EventKind("deferral_asked", "提出容缺申请", "deferred acceptance asked for", "deferral", "asked_on", main=True),
        EventKind("promise_given", "书面承诺", "written promise given", "deferral", "promise_given_on", ("promise_given",)),
        EventKind("deferred_acceptance", "容缺受理", "accepted with something missing", "deferral", "accepted_on", ("accepted",),
                  ("promised_days", "deadline", "excluded_days", "extension_days")),
        EventKind("informed", "告知补正事项", "told what to supplement", "deferral", "told_on", (), _TOLD, about="accepted_on"),
        EventKind("deadline_extended", "延长补正期限", "time to supplement extended", "deferral", None, ("deadline_extended",),
                  ("extended_to",), about="deadline"),
        EventKind("supplement_received", "补交一项", "one supplement received", "supplement", "supplied_on", main=True),
        EventKind("supplemented", "补齐补正", "supplemented in full", "deferral", "supplemented_on", ("supplemented",),
                  ("supplement_fit",)),
        EventKind("deferral_completed", "容缺件办结", "deferred application completed", "deferral", "completed_on", ("completed",),
                  ("granted", "refused_on_merits")),
        EventKind("acceptance_withdrawn", "撤销受理", "acceptance withdrawn", "deferral", "withdrawn_on", ("withdrawn",),
                  ("withdrawn_as_overdue", "withdrawal_reasons_given")),
        EventKind("registration_handled", "办理登记", "registration handled", "registration", "handled_on", main=True),
        EventKind("licence_begun", "涉企许可开始", "licence begun", "licence", "started_on", main=True),
        EventKind("licence_finished", "涉企许可办结", "licence finished", "licence", "finished_on", ("finished",)),
        EventKind("deregistration_handled", "办理注销", "deregistration handled", "deregistration", "handled_on", main=True),
        EventKind("deregistered", "注销", "deregistered", "deregistration", "deregistered_on", ("deregistered",)),
        EventKind("ticket_received", "热线来电", "ticket received", "ticket", "received_on", main=True),
        EventKind("ticket_refused", "工单不予受理", "ticket refused", "ticket", "refused_on", ("refused",),
                  ("refusal_ground", "ground_lawful")),
        EventKind("ticket_extended", "工单延期", "time to reply extended", "ticket", None, ("extended",), ("extended_to",),
                  about="due_on"),
        EventKind("ticket_replied", "工单答复", "ticket answered", "ticket", "replied_on", ("replied",)),
        EventKind("problem_raised", "提出问题", "problem raised", "problem", "raised_on", main=True),
        EventKind("problem_verified", "问题查实", "problem verified", "problem", "verified_on", ("verified",), ("due_on",)),
        EventKind("problem_solved", "问题整改", "problem put right", "problem", "solved_on", ("solved",)),
        EventKind("project_opened", "工程项目", "project opened", "project", main=True),
        EventKind("jointly_handled", "联合办理情况", "how two matters were handled", "joint", "happened_on", main=True),
        EventKind("recorded", "补录、更正", "recorded later, or put right"),
        EventKind("log_closed", "经过归档", "log closed"),
        EventKind("clock", "时钟", "clock"),
    )
}  # fmt: skip


def subject_of(event: Any) -> tuple[Subject, str] | None:
    """What an event (or anything with the same numbers) is about: the kind of record and its number; `None` where it
    names none, or more than one."""
    found = [(s, value) for key, s in SUBJECTS.items() if (value := getattr(event, key))]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=8192)
def _instant(text: str) -> datetime | None:
    try:
        if len(text) <= 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=BEIJING)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=BEIJING) if found.tzinfo is None else found.astimezone(BEIJING)


def instant(text: Any) -> datetime | None:
    """The instant that a text names (a date: its first moment, Beijing time); `None` if it names none."""
    return _instant(text) if isinstance(text, str) else None

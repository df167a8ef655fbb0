"""Internal bodies and stationed people at the service centre (第九条, 第十二条)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hami_rules.records.text import Text
from hami_rules.records.world import World

from .registry import Rows, about, predicate

organ = about("organ")
internal_body = about("internal_body")
stationed_person = about("stationed_person")
person_year = about("person_year")

_YEARS = range(1900, 2200)


def _bodies(world: World, organ_code: str, region: str) -> Rows:
    """The bodies that are, or may be, the organ's: all there are only where that is declared."""
    sure, doubtful = world.matching("internal_bodies", organ_code=organ_code)
    return [*sure, *doubtful], world.covers("internal_bodies", region, world.as_of)


@organ.relation("可能属于该单位的内设机构", of="internal_body")
def internal_bodies(world: World, code: str, actor_region: str) -> Rows:
    """The internal bodies that are, or may be, the organ's."""
    return _bodies(world, code, actor_region)


@internal_body.relation("同一单位的内设机构", of="internal_body")
def fellow_bodies(world: World, organ_code: str, actor_region: str) -> Rows:
    """The internal bodies of the same organ, this one among them."""
    return _bodies(world, organ_code, actor_region)


@predicate("是另一个内设机构")
def is_another_body(body_code: str, outer_body_code: str) -> bool:
    """It is another internal body than the one asking."""
    return body_code != outer_body_code


@predicate("由本单位其他内设机构办理")
def done_by_other_body(done_by: str) -> bool:
    """Another internal body than the stationed one did it (第九条)."""
    return done_by == "other_body"


@predicate("以集体决定或者专家评审方式办理")
def done_by_collective(done_by: str) -> bool:
    """A meeting of the organ or a panel of experts did it."""
    return done_by in ("collective", "expert_panel")


@predicate("规定由其他内设机构受理")
def accepted_by_other_body(accepted_by: str) -> bool:
    """The item is laid down to be accepted by another internal body than the stationed one."""
    return accepted_by == "other_body"


@predicate("规定由其他内设机构审批、办结")
def decided_by_other_body(decided_by: str) -> bool:
    """The item is laid down to be decided by another internal body than the stationed one."""
    return decided_by == "other_body"


@predicate("规定以集体决定或者专家评审方式审批")
def decided_by_collective(decided_by: str) -> bool:
    """The item is laid down to be decided by a meeting of the organ or a panel of experts."""
    return decided_by in ("collective", "expert_panel")


@predicate("属于受理、决定或者办结阶段")
def accepts_or_decides(stage: str) -> bool:
    """The step is acceptance, decision or completion: what the article gives to the stationed body."""
    return stage in ("acceptance_stage", "decision", "delivery")


# -- stationed people ----------------------------------------------------------------------------------------------


@predicate("年度考核结果为不称职")
def rated_incompetent(result: str) -> bool:
    """The annual appraisal ended in 不称职."""
    return result == "incompetent"


@stationed_person.fact("资格和考核上的不足", sees_unknown=True)
def shortcoming(qualification_required: bool | None, qualified: bool | None, years: list[Any] | None) -> Text:
    """What is recorded of a lack of ability, and of nothing else (第十二条第一款)."""
    said = []
    if qualification_required and qualified is False:
        said.append(Text("不具备该岗位的法定资格", "lacks the legal qualification of the post"))
    failed = sorted(str(y.year) for y in years or () if y.result == "incompetent" and y.year is not None)
    if failed:
        said.append(Text(f"{'、'.join(failed)}年度考核不称职", f"rated incompetent in {', '.join(failed)}"))
    if not said:
        return Text("业务能力不强", "lacks ability")
    return Text("，并且".join(s.zh for s in said), " and ".join(s.en for s in said))


@stationed_person.fact("属于派驻人员（聘用的窗口人员不是）")
def is_stationed(staff_kind: str) -> bool:
    """The person is stationed by a department; contracted window staff are not (第十二条第二款)."""
    return staff_kind == "stationed"


@predicate("由派驻部门负责，或者由财政集中支付")
def borne_by_sender(by: str) -> bool:
    """The sending department bears it; payment through the treasury is payment by it."""
    return by in ("sending_department", "treasury")


@person_year.fact("年度起始日", cause="年度不是四位数的年份")
def year_from(year: int) -> date | None:
    """The first day of the year."""
    return date(year, 1, 1) if year in _YEARS else None


@person_year.fact("年度截止日", cause="年度不是四位数的年份")
def year_to(year: int) -> date | None:
    """The last day of the year."""
    return date(year, 12, 31) if year in _YEARS else None


@person_year.fact("年度考核应当完成之日", cause="没有该年度考核期限的参数")
def appraisal_due_on(world: World, year_to: date) -> date | None:
    """The day by which the annual appraisal counts as due: the year's end plus the parameter in days (第十二条第三款)."""
    days = world.parameters["appraisal_after_year_end_days"](year_to)
    return None if days is None else year_to + timedelta(days=days)


@person_year.fact("考核结果应当反馈之日", cause="没有考核反馈期限的参数")
def feedback_due_on(world: World, appraised_on: date) -> date | None:
    """The day by which the result counts as due back at the sending department (“定期” gives no term)."""
    days = world.parameters["appraisal_feedback_days"](appraised_on)
    return None if days is None else appraised_on + timedelta(days=days)


@predicate("年度考核期限已过")
def appraisal_was_due(appraisal_due_on: date, as_of: date) -> bool:
    """The annual appraisal was due before the day of the audit."""
    return appraisal_due_on < as_of


@predicate("考核晚于期限完成")
def appraised_late(appraised_on: date, appraisal_due_on: date) -> bool:
    """The appraisal was made after it was due."""
    return appraised_on > appraisal_due_on


@predicate("考核结果反馈期限已过")
def feedback_was_due(feedback_due_on: date, as_of: date) -> bool:
    """The result was due back before the day of the audit."""
    return feedback_due_on < as_of


@predicate("年度截止日仍在派驻")
def there_at_year_end(
    year_to: date, stationed_person_valid_from: date, stationed_person_valid_to: date
) -> bool:
    """The person was at the centre on the last day of the year, when the annual appraisal falls to the centre."""
    return stationed_person_valid_from <= year_to <= stationed_person_valid_to

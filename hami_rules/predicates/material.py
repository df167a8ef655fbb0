"""Comparing materials, their forms and their validity: used wherever one material meets another."""

from __future__ import annotations

from datetime import date

from hami_rules.records import materials

from .registry import about, predicate

submission = about("submission")
held = about("held_material")

RANK = {
    "sight_of_original": 0,
    "electronic": 1,
    "paper_copy": 2,
    "paper_original": 3,
    "notarised": 4,
}
"""How much a form asks of the applicant. `paper` says neither copy nor original: between the two."""


@predicate("是同一材料")
def same_material(material_key: str, outer_material_key: str) -> bool | None:
    """The two are the same material, by code or identical name; names without codes that differ settle nothing."""
    return materials.same_material(material_key, outer_material_key)


@predicate("在同一环节")
def same_step(step_no: int, outer_step_no: int) -> bool:
    """Both belong to the same step."""
    return step_no == outer_step_no


@predicate("在此前的环节")
def earlier_step(step_no: int, outer_step_no: int) -> bool:
    """It belongs to an earlier step than the demand."""
    return step_no < outer_step_no


@submission.fact("收取日", sees_unknown=True)
def receipt_day(received: bool | None, received_on: date | None) -> date | None:
    """The day it was received; never, where it is known not to have been."""
    return date.max if received is False else received_on


@predicate("在提出要求之前已经收取")
def received_before_demand(receipt_day: date, outer_demanded_on: date) -> bool:
    """It was received before the day of the demand; one received that day is taken as the answer to it."""
    return receipt_day < outer_demanded_on


@held.fact("材料有效期截止日", sees_unknown=True)
@submission.fact("材料有效期截止日", sees_unknown=True)
def expires_on(valid_to: date | None, open_ended: bool | None) -> date | None:
    """The last day the material is valid; an open end lasts for ever."""
    return date.max if open_ended else valid_to


@predicate("要求提出时仍在有效期内")
def valid_at_demand(expires_on: date, outer_demanded_on: date) -> bool:
    """It was still valid on the day of the demand."""
    return expires_on >= outer_demanded_on


@held.fact("内容变更日", sees_unknown=True)
@submission.fact("内容变更日", sees_unknown=True)
def changes_on(changed: bool | None, changed_on: date | None) -> date | None:
    """The day its content changed; never, where it is known not to have."""
    return date.max if changed is False else changed_on if changed else None


@predicate("要求提出时内容未变更")
def unchanged_at_demand(changes_on: date, outer_demanded_on: date) -> bool:
    """Its content had not changed by the day of the demand."""
    return changes_on > outer_demanded_on


@predicate("由提出要求的部门收取")
def held_by_demanding_organ(organ_code: str, outer_demand_organ_code: str) -> bool:
    """It was received by the department that now demands it."""
    return organ_code == outer_demand_organ_code


@predicate("要求提出之前已由其他办件收取")
def held_before_demand(received_on: date, outer_demand_demanded_on: date) -> bool:
    """It was received in the other application before the day of the demand."""
    return received_on < outer_demand_demanded_on


@predicate("与所要求的是同一材料")
def same_material_held(material_key: str, outer_demand_material_key: str) -> bool | None:
    """It is the material demanded, by code or identical name."""
    return materials.same_material(material_key, outer_demand_material_key)


@predicate("要求提出时仍在有效期内（其他办件）")
def held_valid_at_demand(expires_on: date, outer_demand_demanded_on: date) -> bool:
    """It was still valid on the day of the demand."""
    return expires_on >= outer_demand_demanded_on


@predicate("要求提出时内容未变更（其他办件）")
def held_unchanged_at_demand(changes_on: date, outer_demand_demanded_on: date) -> bool:
    """Its content had not changed by the day of the demand."""
    return changes_on > outer_demand_demanded_on

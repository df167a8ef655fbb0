"""Intermediary services that an organ requires, and the region's catalogue of them (第二十二条第一款)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hami_rules.records.materials import normalise_name, same_material

from .registry import about, predicate

guide_service = about("guide_service")
required_service = about("required_service")
engagement = about("engagement")
entry = about("catalogue_entry")
guide_condition = about("guide_condition")
condition = about("condition")


@engagement.fact("中介服务事项标识", sees_unknown=True)
@entry.fact("中介服务事项标识", sees_unknown=True)
@guide_service.fact("中介服务事项标识", sees_unknown=True)
@required_service.fact("中介服务事项标识", sees_unknown=True)
def service_id(service_code: str | None, service_name: str | None) -> str | None:
    """What the service is known by: its code, else its name. A bare name equals only the same name."""
    if service_code:
        return f"c:{service_code}"
    return f"n:{normalise_name(service_name)}" if service_name else None


@predicate("是同一中介服务事项")
def same_service(service_id: str, outer_service_id: str) -> bool | None:
    """The two are the same service, by code or identical name; names without codes that differ settle nothing."""
    return same_material(service_id, outer_service_id)


@guide_service.link("当时有效的中介服务事项目录", to="catalogue")
@required_service.link("当时有效的中介服务事项目录", to="catalogue")
def catalogue_then(world: Any, acting_region: str, conduct_to: date) -> Any:
    """The region's catalogue in force when the service was last required."""
    return world.catalogue(acting_region, conduct_to)


# -- one fact, one finding: a service, the demand for its report and the condition that names it ------------------


def _report_of(service_name: str, demands: list[Any] | None) -> str:
    """The key under which a service is met again: that of the demand for its report, else its own name."""
    name = normalise_name(service_name)
    for demand in demands or ():
        if demand.material_key and demand.material_name and name in normalise_name(demand.material_name):
            return str(demand.material_key)
    return f"n:{name}"


def _named_in(text: str, services: list[Any]) -> str | None:
    """The service that a condition names, if any."""
    whole = normalise_name(text)
    return next(
        (s.service_name for s in services if s.service_name and normalise_name(s.service_name) in whole), None
    )


@guide_service.fact("该项服务的标识（竞合）")
def service_key(service_name: str) -> str:
    """The service, as a condition of the same guide names it."""
    return _report_of(service_name, None)


@guide_condition.fact("条件写明的中介服务（竞合）")
def service_named(text: str, guide_services: list[Any]) -> str | None:
    """The service of the guide that the condition names, if any."""
    name = _named_in(text, guide_services)
    return None if name is None else _report_of(name, None)


@required_service.fact("该项服务的标识（竞合）")
def service_key_in_application(service_name: str, application_demands: list[Any]) -> str:
    """The service, as a demand or a condition of the same application names it."""
    return _report_of(service_name, application_demands)


@condition.fact("条件写明的中介服务（竞合）")
def service_named_in_application(
    text: str, application_services: list[Any], application_demands: list[Any]
) -> str | None:
    """The service required in the application that the condition names, if any."""
    name = _named_in(text, application_services)
    return None if name is None else _report_of(name, application_demands)


@predicate("目录、清单在使用之日以后才公布")
def published_late(published_on: date, conduct_from: date) -> bool:
    """The catalogue or list was published only after the first day on which it had to be public."""
    return published_on > conduct_from

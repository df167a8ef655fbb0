"""Concentration: what share of a department's applicants engage one and the same intermediary for a service (第二十二条第二款).

Beside the share stands what free choice would give: if every engagement went to one of the qualified firms, each as
likely as the next, how probable is it that any one of them gets so many? Choice is never so even, and so the share has
a threshold of its own as well.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import exp, lgamma, log, log1p
from typing import Annotated, Any

import msgspec

from hami_rules.records.base import Label
from hami_rules.records.kinds import Kind
from hami_rules.records.location import Location
from hami_rules.records.materials import normalise_name, same_material
from hami_rules.records.world import World
from hami_rules.truth import all_of, any_of

from .counts import (
    COMMENCEMENT,
    EXAMPLES,
    Counter,
    Counts,
    Group,
    Sample,
    Statistic,
    examples,
    groups,
    ratio,
    year_of,
    year_span,
)

__all__ = ["FEWEST_FIRMS", "KIND", "Concentration", "chance_of_any", "concentrations", "counter"]

FEWEST_FIRMS = 3
"""With fewer to choose from, a large share says nothing (norms.md, 22.2c)."""
_SILENT = ""
"""In the place of a service: applications of which nobody said whether anyone was engaged."""


class Concentration(Statistic, frozen=True):
    """中介服务集中度: the applicants' engagements for one service at one department, in one year of the regulation."""

    service: Annotated[str | None, Label("中介服务事项标识")] = None
    service_name: Annotated[str | None, Label("中介服务事项")] = None
    engagements: Annotated[int | None, Label("申请人委托件数")] = None
    possible: Annotated[int | None, Label("至多委托件数（含委托人、事项、日期等不明的）")] = None
    top_code: Annotated[str | None, Label("承接最多的中介机构编码")] = None
    top_name: Annotated[str | None, Label("承接最多的中介机构")] = None
    top_count: Annotated[int | None, Label("该机构承接件数")] = None
    share: Annotated[Decimal | None, Label("该机构所占份额（至少）")] = None
    share_most: Annotated[Decimal | None, Label("一家机构所占份额（至多）")] = None
    hhi: Annotated[int | None, Label("赫芬达尔指数（HHI，满分10000）")] = None
    firms: Annotated[int | None, Label("已知具备资格且可服务当地的机构数")] = None
    firms_most: Annotated[int | None, Label("至多具备资格的机构数")] = None
    even_share: Annotated[Decimal | None, Label("自由选择下每家平均件数")] = None
    chance: Annotated[Decimal | None, Label("自由选择下出现如此集中的概率（至多，经校正）")] = None
    chance_least: Annotated[Decimal | None, Label("同上（至少）")] = None
    tests: Annotated[int | None, Label("本次一并检验的组数")] = None


# -- counting --------------------------------------------------------------------------------------------------------


def counter(world: World, counts: Counts) -> Counter:
    """Counts the engagements of an application, by organ, region, service and year, then firm and whether it is sure
    that the engagement is an applicant's own."""
    note, cells, as_of = counts.note, counts.cells, world.as_of
    codes = {i.name: i.code for i in world.tables.get("intermediaries", ()) if i.name and i.code}
    services = _coded_names(world)
    named: dict[tuple[str | None, ...], tuple[str | None, str | None]] = {}
    years: dict[date | None, int | None] = {None: None}  # 0: before the regulation, or after the audit

    def names_of(key: tuple[str | None, ...]) -> tuple[str | None, str | None]:
        """The service and the firm, as they are known by."""
        service_code, service_name, firm_code, firm_name = key
        service = _service(service_code, service_name)
        firm = firm_code or (codes.get(firm_name, f"n:{firm_name}") if firm_name else None)
        found = named[key] = services.get(service, service), firm
        return found

    def year_at(day: date) -> int:
        year = years[day] = year_of(day) if COMMENCEMENT <= day <= as_of else 0
        return year

    def count(a: Any, place: Location | None) -> None:
        engagements = a.engagements
        if engagements is None or "engagements" in a.partial:
            day = a.submitted_on
            year = None if day is None else year_of(day)
            note((a.organ_code, a.region, _SILENT, year), a.application_no, place)
        for e in engagements or ():
            # Only an applicant's own engagement is a choice of its own; a private person's is outside (第二条).
            if e.principal == "department" or a.applicant_kind == "natural_person":
                continue
            day = e.engaged_on
            year = years[day] if day in years else year_at(day)
            if year == 0:
                continue
            key = e.service_code, e.service_name, e.intermediary_code, e.intermediary_name
            service, firm = named.get(key) or names_of(key)
            sure = e.principal is not None and a.applicant_kind is not None
            cell = (e.organ_code, a.region, service, year, firm, sure)
            met = cells.get(cell, 0)
            if met < EXAMPLES:
                note(cell, a.application_no, place)
            else:
                cells[cell] = met + 1

    return count


def _coded_names(world: World) -> dict[str | None, str]:
    """Names of services that the tables give one code, and only one."""
    codes: dict[str | None, set[str]] = {}
    for row in _named_services(world):
        if row.service_code and row.service_name:
            codes.setdefault(_service(None, row.service_name), set()).add(f"c:{row.service_code}")
    return {name: code for name, (code, *more) in codes.items() if not more}


def _named_services(world: World) -> list[Any]:
    rows = [o for i in world.tables.get("intermediaries", ()) for o in i.offers or ()]
    return rows + [e for c in world.tables.get("catalogues", ()) for e in c.entries or ()]


def _service(code: str | None, name: str | None) -> str | None:
    if code:
        return f"c:{code}"
    return f"n:{normalise_name(name)}" if name else None


# -- what free choice would give ---------------------------------------------------------------------------------------


def tail(n: int, p: float, least: int) -> float:
    """P(X ≥ least) for X binomial with n trials of probability p. Summed from its largest term on."""
    if least <= 0:
        return 1.0
    if least > n:
        return 0.0
    total = 0.0
    for k in range(least, n + 1):
        term = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p))
        total += term
        if k > n * p and term < total * 1e-12:
            break
    return min(total, 1.0)


def chance_of_any(n: int, firms: int, count: int) -> float:
    """An upper bound on the probability that any of the firms gets `count` of n engagements, each as likely as the
    next: the sum over the firms (Boole). Close where it is small, which is where it matters."""
    return min(1.0, firms * tail(n, 1 / firms, count))


def _shown(chance: float) -> Decimal:
    """Three significant digits: what is finer is noise, and another machine's arithmetic may differ there."""
    return Decimal(f"{chance:.3g}") if chance >= 1e-12 else Decimal("1E-12")


# -- the records -------------------------------------------------------------------------------------------------------


def concentrations(sample: Sample, counts: Counts) -> list[tuple[Concentration, Location | None]]:
    """One record a group; the probabilities corrected for all groups that are tested (Bonferroni)."""
    found = [_group(sample, counts, g) for g in groups(counts, 4) if g.key[2] != _SILENT]
    least = sample.world.parameters["concentration_engagements"]
    asked = [(c, n) for c, _, _ in found if (n := least(c.period_from)) is not None]
    may = sum(1 for c, n in asked if c.possible >= n and _at_least_three(c) is not False)
    sure = sum(1 for c, n in asked if c.engagements >= n and _at_least_three(c))
    out = []
    for record, place, (chance, lowest) in found:
        if chance is not None:
            record = msgspec.structs.replace(
                record,
                chance=_shown(min(1.0, chance * max(may, 1))),
                chance_least=Decimal(0) if lowest is None else _shown(min(1.0, lowest * max(sure, 1))),
            )
        out.append((msgspec.structs.replace(record, tests=may), place))
    return out


def _at_least_three(c: Concentration) -> bool | None:
    assert c.firms is not None
    if c.firms >= FEWEST_FIRMS:
        return True
    return False if c.firms_most is not None and c.firms_most < FEWEST_FIRMS else None


_Found = tuple[Any, Location | None, tuple[float | None, float | None]]


def _group(sample: Sample, counts: Counts, group: Group) -> _Found:
    world = sample.world
    organ, region, service, year = group.key
    first, last = year_span(year)
    by_firm: dict[str | None, int] = {}
    engagements = doubtful = 0
    for cell, met in group.own:
        if cell[5]:
            engagements += met
            by_firm[cell[4]] = by_firm.get(cell[4], 0) + met
        else:
            doubtful += met
    doubtful += sum(met for _, met in group.doubtful)
    unnamed = by_firm.pop(None, 0)
    top, count = max(by_firm.items(), key=lambda f: (f[1], f[0] or ""), default=(None, 0))
    # A firm known by a bare name may be any other.
    unsure = unnamed + sum(met for firm, met in by_firm.items() if firm != top and _bare(firm, top))
    possible = engagements + doubtful
    silent = sum(
        counts.cells.get((o, r, _SILENT, y), 0)
        for o in {organ, None} for r in {region, None} for y in {year, None}
    )  # fmt: skip
    unread = silent + sample.missing()
    firms, firms_most = _qualified(sample, service, region, min(last, world.as_of))
    whole = sample.whole("applications", region, first, min(last, world.as_of))
    chance = lowest = None
    if firms >= FEWEST_FIRMS and count:
        chance = chance_of_any(possible, firms, count)
        if whole and not (unread or unsure or doubtful) and firms == firms_most:
            lowest = chance
    cells = [c for c in group.own if c[0][4] == top and c[0][5]] or group.own
    record = Concentration(
        organ_code=organ, region=region, period_from=first, period_to=min(last, world.as_of),
        whole=whole, unread=unread,
        examples=examples(counts, cells), service=service, service_name=_service_name(world, service),
        engagements=engagements, possible=possible, top_code=top, top_name=_firm_name(world, top), top_count=count,
        share=ratio(count, possible, up=False),
        share_most=ratio(count + unsure + doubtful + unread, possible + unread, up=True),
        hhi=round(sum(n * n for n in [*by_firm.values(), *[1] * unnamed]) * 10_000 / engagements**2)
        if engagements
        else None,
        firms=firms, firms_most=firms_most,
        even_share=ratio(engagements, firms, up=False).quantize(Decimal("0.1")) if firms else None,
    )  # fmt: skip
    return record, counts.places.get(cells[0][0]), (chance, lowest)


def _bare(*firms: str | None) -> bool:
    return any(firm is not None and firm.startswith("n:") for firm in firms)


def _qualified(sample: Sample, service: str, region: str, day: Any) -> tuple[int, int | None]:
    """How many firms are known to be qualified for the service and able to serve the region, and how many may be:
    `None` where there may be others that the table of intermediaries does not have."""
    world = sample.world
    key = "qualified", service, region
    found: tuple[int, int | None] | None = world.memo.get(key)
    if found is None:
        answers = [_serves(i, service, region) for i in world.tables.get("intermediaries", ())]
        sure, may = answers.count(True), answers.count(None) + sample.missing("intermediaries")
        whole = world.covers("intermediaries", region, day)
        found = world.memo[key] = sure, sure + may if whole else None
    return found


def _serves(firm: Any, service: str, region: str) -> bool | None:
    offers: list[Any] = [
        same_material(_service(o.service_code, o.service_name), service) for o in firm.offers or ()
    ]
    if firm.offers is None or "offers" in firm.partial:
        offers.append(None)
    places: list[Any] = [r == region for r in firm.serves_regions or ()]
    # The city's own code may stand for the whole city.
    if (
        "650500" in (firm.serves_regions or ())
        or firm.serves_regions is None
        or "serves_regions" in firm.partial
    ):
        places.append(None)
    served = all_of([any_of(offers), any_of(places)])
    return served if served is None else bool(served)


def _service_name(world: World, service: str) -> str:
    names = world.memo.get("service names")
    if names is None:
        rows = [o for i in world.tables.get("intermediaries", ()) for o in i.offers or ()]
        rows += [e for c in world.tables.get("catalogues", ()) for e in c.entries or ()]
        names = world.memo["service names"] = {
            f"c:{r.service_code}": r.service_name for r in rows if r.service_code
        }
    return names.get(service) or service[2:]


def _firm_name(world: World, firm: str | None) -> str | None:
    names = world.memo.get("firm names")
    if names is None:
        names = world.memo["firm names"] = {i.code: i.name for i in world.tables.get("intermediaries", ())}
    return None if firm is None else names.get(firm) or firm.removeprefix("n:")


KIND = Kind(
    "concentration", Concentration, "中介服务集中度", "concentration of an intermediary service",
    key=("organ_code", "region", "service", "period_from"), organ="organ_code", region="region",
    conduct=("period_from", "period_to"), derived=True,
)  # fmt: skip

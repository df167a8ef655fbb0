"""What the name of an organ says about it: its class, its functions, how it is led, its system and its region.

A register of organs often gives codes and names and no more. The rules never read a class out of a name; intake
may, once, from the tables of `organ_table`, and the fact is then *known*. That is allowed because it is filling in
an unknown, never overruling: a part that a record gives is kept, a name outside the tables leaves every part
unknown, and names that can mean either (行政审批和政务服务局 both approves and manages; a town or a park acts for
others only where it is entrusted) leave the class unknown. Under the refinement law a verdict may then move from
undetermined to settled, and no settled verdict moves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import msgspec

from .organ_table import ENTRIES, FUNCTIONS, LEADS, PLACES, TOPICS, UNTOLD, VERTICAL_TOPICS
from .reference import Function, Organ

__all__ = ["OrganParts", "classify", "complete", "functions_of"]

OrganClass = Literal[
    "department",
    "authorised",
    "approval_bureau",
    "agency",
    "government",
    "centre",
    "entrusted",
    "utility",
    "telecom",
    "bank",
    "association",
    "intermediary",
    "other",
]
HAMI = ("650500", "650502", "650521", "650522")


class OrganParts(NamedTuple):
    """What a name settles; `None` = it does not. Values as in `Organ`."""

    organ_class: OrganClass | None = None
    led: Literal["local", "vertical", "customs"] | None = None
    system: Literal["regular", "xpcc"] | None = None
    region: str | None = None


UNKNOWN = OrganParts()


class _Patterns(NamedTuple):
    place: re.Pattern[str]
    entries: tuple[tuple[re.Pattern[str], str | None, str | None, str | None], ...]
    department: re.Pattern[str]
    shared: re.Pattern[str]
    organ: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """The tables as patterns, made when the first name is asked about (start-up pays nothing)."""
    places = "|".join(sorted(PLACES, key=len, reverse=True))
    leads = "|".join(sorted(LEADS, key=len, reverse=True))
    topics = "|".join(sorted(TOPICS, key=len, reverse=True))
    shared = "|".join(VERTICAL_TOPICS)
    branch = rf"((?P<branch>{places})分局)?"
    return _Patterns(
        re.compile(rf"(?:{leads})?(?P<place>{places})(?P<rest>.*)"),
        tuple((re.compile(p), kind, led, system) for p, kind, led, system in ENTRIES),
        re.compile(rf"(人民政府)?({topics})([和与、]?({topics}))*(局|委员会){branch}"),
        re.compile(rf"({shared})局{branch}"),
        re.compile(r".*(局|委员会|办公室|中心|机关|支队|大队|分局|[一二三四五六七八九十]+(场|团|牧场))"),
    )


def classify(name: str | None, region: str | None = None) -> OrganParts:
    """What `name` says of the organ; every part unknown where the name stands in no table.

    `region` is the region code that its record gives, for names without a place (教育局 in a county's own list).
    """
    if not name:
        return UNKNOWN
    return _classify(name, region)


@lru_cache(maxsize=4096)
def _classify(name: str, region: str | None) -> OrganParts:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    # A second plate, 哈密市林业和草原局（哈密市公园管理局）: the first name is the organ's.
    text = re.sub(r"(?<=.)\([^()]*\)$", "", text)
    patterns = _patterns()
    system: str | None
    if placed := patterns.place.fullmatch(text):
        code, system = PLACES[placed["place"]]
        rest = placed["rest"]
    else:
        code, system, rest = None, None, text
        if region in HAMI:
            code, system = region, "regular"
        elif region == "659011":
            code, system = region, "xpcc"

    for pattern, organ_class, led, whose in patterns.entries:
        if not pattern.fullmatch(rest):
            continue
        if whose == "place":
            # 政务服务中心 or 人民政府 of a place that is in no table: whose organ it is stays unknown.
            return _parts(organ_class, led, system, code) if system else UNKNOWN
        # Some vertically led organs serve 新星市 though they are no part of the 兵团: there only `led` is known.
        return _parts(organ_class, led, whose if system != "xpcc" else None, code)

    if system == "xpcc" and patterns.organ.fullmatch(rest):
        # 第十三师…局: whose it is shows from the place; what the 兵团 calls its bodies is in no table.
        return _parts(None, None, system, code)
    if code not in HAMI:
        return UNKNOWN
    for pattern, led in ((patterns.department, "local"), (patterns.shared, None)):
        if found := pattern.fullmatch(rest):
            # 哈密市公安局伊州区分局 is the city's organ, acting in the district.
            branch = found["branch"]
            return _parts("department", led, system, PLACES[branch][0] if branch else code)
    return UNKNOWN


def _parts(organ_class: str | None, led: str | None, system: str | None, region: str | None) -> OrganParts:
    return OrganParts(*cast("tuple[OrganClass, Literal['local'], Literal['regular'], str]",
                            (organ_class, led, system, region)))  # fmt: skip


def functions_of(name: str | None, region: str | None = None) -> list[Function] | None:
    """The functions of a department that is known by its name; unknown where such a department may have one more."""
    if name is None or classify(name, region).organ_class != "department":
        return None
    found = sorted({function for word, function in FUNCTIONS.items() if word in name})
    return cast("list[Function]", found) if found or not any(word in name for word in UNTOLD) else None


def complete(organ: Organ) -> Organ:
    """The organ with what its name settles filled in where its record says nothing; what it gives is kept."""
    parts = classify(organ.name, organ.region)
    said: dict[str, object] = {**parts._asdict()}
    if (organ.organ_class or parts.organ_class) == "department":
        said["functions"] = functions_of(organ.name, organ.region)
    missing = {
        field: value for field, value in said.items() if value is not None and getattr(organ, field) is None
    }
    return msgspec.structs.replace(organ, **missing) if missing else organ

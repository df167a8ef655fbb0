"""What people call a record: its root by name and number or by item, and what of it, by the name that it carries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from hami_rules import statute
from hami_rules.pack.message import show
from hami_rules.predicates.registry import Registry
from hami_rules.records.kinds import Kind
from hami_rules.records.labels import label
from hami_rules.records.text import Text

__all__ = ["NAMES", "Called", "record_words", "whole_of"]

Called = tuple[Text | None, Text | None]
"""What a record's root is called, and what the record itself (or the nearest that it is a part of) is called."""

NAMES: dict[str, tuple[str, ...]] = {
    "demand": ("material_name",),
    "submission": ("material_name",),
    "gap": ("material_name",),
    "supplement": ("material_name",),
    "step": ("step_name",),
    "condition": ("text",),
    "required_service": ("service_name",),
    "engagement": ("service_name",),
    "licence_part": ("licence_name",),
    "guide_service": ("service_name",),
    "workflow": ("item_name",),
    "catalogue_entry": ("service_name",),
    "item_list_entry": ("item_name",),
    "basic_entry": ("item_name",),
    "intermediary": ("name",),
    "offer": ("service_name",),
    "concentration": ("service_name",),
    "construction_project": ("project_name",),
    "joint_handling": ("first_matter", "second_matter"),
    "service_centre": ("name",),
    "policy": ("name",),
    "ticket": ("subject",),
    "raised_problem": ("subject",),
    "item_group": ("group_name",),
    "group_frequency": ("group_name",),
    "internal_body": ("body_name",),
    "data_record": ("data_name",),
    "data_submission": ("data_name",),
    "sharing_request": ("data_name",),
    "expectation": ("what",),
}
"""The facts that say what a record of a kind is called, where a code would tell a reader nothing. No name of a person."""
LONGEST = 30  # characters of such a name

_PHRASES = {
    "guide_regions": "{whole}与其他区划同一事项办事指南的对照（{last}）",
    "guide_channels": "{whole}线上、线下两种文本的对照（{last}）",
    "guide_change": "{whole}修订前后的对照（{last}）",
    "workflow_change": "{whole}修订前后的对照（{last}）",
    "workflow_guide": "{whole}与办事指南的对照（{last}）",
    "same_source": "{whole}与自治区事项库的对照（{last}）",
    "e_material_aspect": "{whole}对{last}的应用",
    "online_function_aspect": "{whole}的网上服务功能“{last}”",
    "opening_aspect": "{whole}的开办事项“{last}”",
    "offer_aspect": "{whole}的中介服务“{name}”应当公开的{last}",
    "staff_aspect": "{whole}由派驻部门承担的“{last}”",
    "supervisor_group": "{whole}应当聘请的社会监督员“{last}”",
    "expectation": "{whole}依{name}",
    "gathered_demand": "{whole}要求提交的材料“{name}”（与其他办件对照）",
    "wording_flaw": "{whole}的用语“{last}”",
}  # fmt: skip
"""How a part is told that is no record of anybody's but what an audit looks at."""
_SINGLE = str.maketrans("“”", "‘’")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NORM = re.compile(r"\d+\.\d+")


def whole_of(registry: Registry, kind: Kind) -> list[Kind]:
    """A kind and what it is a part of, from itself to its root."""
    out = [kind]
    while out[-1].parent:
        out.append(registry.kinds[out[-1].parent])
    return out


def _value(text: str, lang: str) -> str:
    """A part of a key as people write it: a day in full, an enumeration by its label."""
    if _DAY.fullmatch(text):
        return show(date.fromisoformat(text), lang)
    return label(text, lang) or text


def _values(kind: Kind, key: str) -> list[str]:
    """The values of a root's key. A service's own code may hold the sign that parts them."""
    values = key.split(":") if len(kind.key) > 1 else [key]
    over = len(values) - len(kind.key)
    if over > 0 and "service" in kind.key:
        at = kind.key.index("service")
        values[at : at + over + 1] = [":".join(values[at : at + over + 1])]
    return values


def _short(name: Text | None, lang: str) -> str:
    # Names stand in quotes: those within are single ones.
    said = " ".join(name(lang).split()).translate(_SINGLE) if name else ""
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _bracketed(values: Sequence[str], lang: str) -> str:
    if not values:
        return ""
    return f"（{'，'.join(values)}）" if lang == "zh" else f" ({', '.join(values)})"


def _root_words(kind: Kind, key: str, item_name: str | None, name: str, lang: str) -> str:
    """办件 JY2506…; 工程建设项目“…”（2504-…）; “…”（code，2022年7月1日）的办事指南. The organ, whom the letter goes to,
    is left out."""
    values = _values(kind, key)
    if len(values) != len(kind.key):
        return f"{kind.zh if lang == 'zh' else kind.en} {key}"
    known = dict(zip(kind.key, values, strict=True))
    told = [
        _value(value, lang)
        for field, value in known.items()
        if value != "-"
        and not (len(known) > 1 and (field == "organ_code" or (field == "channel" and value == "any")))
        and not (field == "region" and "item_code" in known)
        and not (field == "service" and name)
    ]
    what = kind.zh if lang == "zh" else kind.en
    if item_name and "item_code" in known:
        inner = _bracketed(told, lang)
        if kind.name == "item":
            return f"{what}“{item_name}”{inner}" if lang == "zh" else f"{what} “{item_name}”{inner}"
        return f"“{item_name}”{inner}的{what}" if lang == "zh" else f"{what} to “{item_name}”{inner}"
    if name and name not in told:
        return (
            f"{what}“{name}”{_bracketed(told, lang)}"
            if lang == "zh"
            else f"{what} “{name}”{_bracketed(told, lang)}"
        )
    head, rest = told[0] if told else key, told[1:]
    return f"{what} {head}{_bracketed(rest, lang)}"


def _duty(key: str, name: str, lang: str) -> str:
    """第二十六条第一款应当落实的“金融集聚扶持体系”: a duty by its article, its aspect where it has several, and its year."""
    norm = _NORM.match(key)
    if norm is None:
        return name or key
    cited = statute.load().citation(statute.Address.parse(norm[0]), lang)
    last = key.rpartition(".")[2]
    year = last if len(last) == 4 and last.isdigit() else ""
    if lang == "zh":
        return f"{cited}应当落实的{f'“{name}”' if name else '职责'}{f'（{year}年度）' if year else ''}"
    return ": ".join(filter(None, (cited, name, year)))


def record_words(
    registry: Registry,
    record_kind: str,
    key: str,
    item_name: str | None = None,
    organ: str | None = None,
    called: Called = (None, None),
) -> Text:
    """办件 JY2506… 要求提交的材料“营业执照”（4）. `key` is the record's key; `organ` the name of the organ, where the record
    is the organ itself; `called` the names that the records carry. A kind that nobody knows is given with its key."""
    kind = registry.kinds.get(record_kind)
    if kind is None:
        return Text(f"{record_kind} {key}", f"{record_kind} {key}")
    chain = whole_of(registry, kind)
    root, *rest = key.split("/", 1)
    said = {}
    for lang in ("zh", "en"):
        whole = _root_words(chain[-1], root, item_name, _short(called[0], lang), lang)
        if chain[-1].name == "organ" and organ:
            whole = organ
        said[lang] = (
            _part(kind, whole, rest[0] if rest else "", _short(called[1], lang), lang) if rest else whole
        )
    return Text(said["zh"], said["en"])


def _part(kind: Kind, whole: str, path: str, name: str, lang: str) -> str:
    """A part of a whole, by its name and what tells it from the others."""
    zh = lang == "zh"
    what = kind.zh.removeprefix("指南") if zh else kind.en
    gap = " " if zh and whole[-1:].isascii() else ""
    last = path.rpartition("/")[2]
    if last in (kind.field, kind.name, "-", ""):
        last = ""
    elif kind.name == "expectation":
        name = _duty(last, name, lang)
    # 备注:可补正:可补正 says one thing twice.
    last = " ".join(dict.fromkeys(_value(p, lang) for p in last.split(":") if p != "-")) if last else ""
    phrase = _PHRASES.get(kind.name)
    if zh and phrase is not None and (name or "{name}" not in phrase) and (last or "{last}" not in phrase):
        return phrase.format(whole=f"{whole}{gap}", name=name, last=last)
    if name and name not in last:
        own = f"“{name}”{_bracketed([last] if last else [], lang)}"
    else:
        own = f"“{last}”" if last else ""
    if zh:
        of = "" if what.startswith(("要求", "应当", "被要求")) else "的"
        return f"{whole}{gap}{of}{what}{own}"
    return f"{what} {own} of {whole}" if own else f"{what} of {whole}"

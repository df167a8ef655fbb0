"""What people call a record: its root by number or by item, and what of it."""

from __future__ import annotations

from hami_rules.predicates.registry import Registry
from hami_rules.records.kinds import Kind
from hami_rules.records.labels import label
from hami_rules.records.text import Text

__all__ = ["record_words", "whole_of"]


def whole_of(registry: Registry, kind: Kind) -> list[Kind]:
    """A kind and what it is a part of, from itself to its root."""
    out = [kind]
    while out[-1].parent:
        out.append(registry.kinds[out[-1].parent])
    return out


def _root_words(kind: Kind, key: str, item_name: str | None, lang: str) -> str:
    """办件 JY2506…; 事项“…”（code，2022-07-01）的办事指南. The organ, whom the letter goes to, is left out."""
    values = key.split(":") if len(kind.key) > 1 else [key]
    if len(values) != len(kind.key):
        return f"{kind.zh if lang == 'zh' else kind.en} {key}"
    known = dict(zip(kind.key, values, strict=True))
    told = [
        label(value, lang) or value
        for field, value in known.items()
        if value != "-"
        and not (len(known) > 1 and (field == "organ_code" or (field == "channel" and value == "any")))
        and not (field == "region" and "item_code" in known)
    ]
    what = kind.zh if lang == "zh" else kind.en
    if item_name and "item_code" in known:
        inner = ("，" if lang == "zh" else ", ").join(told)
        if kind.name == "item":
            return f"{what}“{item_name}”（{inner}）" if lang == "zh" else f"{what} “{item_name}” ({inner})"
        return f"“{item_name}”（{inner}）的{what}" if lang == "zh" else f"{what} to “{item_name}” ({inner})"
    head, rest = told[0] if told else key, told[1:]
    more = f"（{'，'.join(rest)}）" if lang == "zh" else f" ({', '.join(rest)})"
    return f"{what} {head}{more if rest else ''}"


def record_words(
    registry: Registry, record_kind: str, key: str, item_name: str | None = None, organ: str | None = None
) -> Text:
    """办件 JY2506… 的要求提交的材料“4”. `key` is the record's key; `organ` the name of the organ, where the record is the
    organ itself. A kind that nobody knows is given with its key."""
    kind = registry.kinds.get(record_kind)
    if kind is None:
        return Text(f"{record_kind} {key}", f"{record_kind} {key}")
    chain = whole_of(registry, kind)
    root, *rest = key.split("/", 1)
    said = {}
    for lang in ("zh", "en"):
        whole = _root_words(chain[-1], root, item_name, lang)
        if chain[-1].name == "organ" and organ:
            whole = organ
        if len(chain) == 1:
            said[lang] = whole
            continue
        what = kind.zh.removeprefix("指南") if lang == "zh" else kind.en
        gap = " " if whole[-1:].isascii() else ""
        last = rest[0].rpartition("/")[2] if rest else ""
        if last in (kind.field, kind.name, "-", ""):
            said[lang] = f"{whole}{gap}的{what}" if lang == "zh" else f"{what} of {whole}"
            continue
        last = " ".join(label(p, lang) or p for p in last.split(":") if p != "-")
        said[lang] = f"{whole}{gap}的{what}“{last}”" if lang == "zh" else f"{what} “{last}” of {whole}"
    return Text(said["zh"], said["en"])

"""The patterns as people write them (YAML) and as the linter reads them (compiled): lexicon, exclusions, patterns.

A mistake in the data is an error with the name of the entry: in its references when the data are first read, in its
expression when a text first holds one of its anchors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, TypeVar, get_args

import yaml

from hami_rules.records.text import Text

from .anchors import Index, Need, anchors
from .model import Confidence, Field, Kind

__all__ = [
    "Family",
    "Mask",
    "Pattern",
    "Shield",
    "index_masks",
    "index_patterns",
    "load_masks",
    "load_patterns",
    "load_shields",
    "read_data",
]

_CLASS = re.compile(r"\{([a-z_]+(?:\|[a-z_]+)*)\}")
_PLACES = ("before", "after", "trigger", "clause", "sentence", "self")
# Every scalar is text: plain YAML would read `yes` and `no` as true and false.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Reason:
    """What is wrong and what to write instead; `{noun}` in it stands for what is left open."""

    why: Text
    suggestion: Text


@dataclass(frozen=True)
class Family:
    """What the patterns of one class of defect have in common: C1 … C4, V1 … V6, S."""

    name: str
    kind: Kind
    reason: Reason


@dataclass(frozen=True)
class _Entry:
    """An entry of the data: `source` is the expression as it is written there."""

    id: str
    source: str

    @cached_property
    def find(self) -> re.Pattern[str]:
        """The expression, compiled when it is first needed: most texts need few."""
        return compile_find(self.source, self.id)


E = TypeVar("E", bound=_Entry)


@dataclass(frozen=True)
class Shield(_Entry):
    """A circumstance in which a phrase is no defect, and where to look for it."""

    where: str
    clean: tuple[str, ...]


@dataclass(frozen=True)
class Mask(_Entry):
    """Stretches of text in which no trigger counts."""

    clean: tuple[str, ...]


@dataclass(frozen=True)
class Pattern(_Entry):
    """One way of being vague or of leaving a list open."""

    family: Family
    reason: Reason
    unless: tuple[Shield, ...]
    fields: frozenset[str]
    confidence: Confidence
    whole: bool  # counts only where the text is known to be all that the guide says there
    alone: bool  # counts only where nothing else is found: what the text as a whole fails to say
    yes: tuple[str, ...]
    no: tuple[str, ...]


@cache
def read_data(name: str) -> Any:
    """One of the YAML files of this folder."""
    text = resources.files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, Loader=_Loader)


@cache
def _classes() -> dict[str, str]:
    data = read_data("lexicon")
    classes = dict(data["raw"])
    classes |= {name: _any_of(words) for name, words in data["words"].items()}
    classes |= {name: f"(?:{_with(classes, phrase)})" for name, phrase in data["phrases"].items()}
    return classes


def _any_of(words: list[str]) -> str:
    # The longest first, so that 证明材料 is not read as 证明.
    return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) + ")"


def _with(classes: dict[str, str], find: str) -> str:
    """An expression with its word classes put in."""

    def put(match: re.Match[str]) -> str:
        chosen = [classes[name] for name in match[1].split("|")]
        return chosen[0] if len(chosen) == 1 else f"(?:{'|'.join(chosen)})"

    return _CLASS.sub(put, find)


def _known(find: str, entry: str) -> str:
    """The expression, if every word class in it is known. Raises `ValueError` naming the entry."""
    for name in (name for names in _CLASS.findall(find) for name in names.split("|")):
        if name not in _classes():
            raise ValueError(f"wording: {entry}: no word class {name!r}")
    return find


def compile_find(find: str, entry: str) -> re.Pattern[str]:
    """A pattern with its word classes put in. Raises `ValueError` naming the entry."""
    try:
        return re.compile(_with(_classes(), _known(find, entry)))
    except re.error as error:
        raise ValueError(f"wording: {entry}: {error}") from None


@cache
def _words(names: str) -> Need | None:
    """The words of a class or of several (`paper|thing`); `None` where one of them is no list of words."""
    if "|" in names:
        each = [_words(name) for name in names.split("|")]
        return None if None in each else frozenset().union(*(words for words in each if words is not None))
    data = read_data("lexicon")
    if names in data["words"]:
        return frozenset(data["words"][names])
    if names in data["phrases"]:
        return next(iter(anchors(data["phrases"][names], _words)), None)
    return None


def _indexed(entries: tuple[E, ...]) -> Index[E]:
    return Index((entry, anchors(entry.source, _words)) for entry in entries)


@cache
def index_masks() -> Index[Mask]:
    """The masks by the words that a text must hold for them to matter."""
    return _indexed(load_masks())


@cache
def index_patterns() -> Index[Pattern]:
    """The patterns by the words that a text must hold for them to matter."""
    return _indexed(load_patterns())


@cache
def load_masks() -> tuple[Mask, ...]:
    """The stretches in which no trigger counts."""
    return tuple(Mask(m["id"], m["find"], tuple(m["clean"])) for m in read_data("exclusions")["masks"])


@cache
def load_shields() -> dict[str, Shield]:
    """The circumstances in which a pattern is withdrawn, by name."""
    shields = {}
    for s in read_data("exclusions")["shields"]:
        if s["where"] not in _PLACES:
            raise ValueError(f"wording: {s['id']}: where is one of {', '.join(_PLACES)}")
        shields[s["id"]] = Shield(s["id"], s["find"], s["where"], tuple(s["clean"]))
    return shields


def _family(name: str, data: dict[str, Any]) -> Family:
    if data["kind"] not in get_args(Kind):
        raise ValueError(f"wording: {name}: no kind {data['kind']!r}")
    return Family(name, data["kind"], _reason(data))


def _reason(data: dict[str, Any]) -> Reason:
    return Reason(Text(**data["why"]), Text(**data["suggestion"]))


@cache
def load_patterns() -> tuple[Pattern, ...]:
    """All patterns, in the order of the file. Raises `ValueError` for an entry that cannot be read."""
    data = read_data("patterns")
    families = {name: _family(name, f) for name, f in data["families"].items()}
    reasons = {name: _reason(r) for name, r in data["reasons"].items()}
    shields = load_shields()
    every_field = frozenset(get_args(Field))
    out = []
    for p in data["patterns"]:
        family = families.get(p["id"].partition(".")[0])
        unknown = [s for s in p.get("unless", ()) if s not in shields]
        unknown += [p["reason"]] if p.get("reason", "") not in ("", *reasons) else []
        fields = frozenset(p.get("fields", every_field))
        if family is None or unknown or fields - every_field:
            raise ValueError(
                f"wording: {p['id']}: unknown family, shield, reason or field "
                f"{unknown or sorted(fields - every_field)}"
            )
        out.append(
            Pattern(
                id=p["id"],
                source=p["find"],
                family=family,
                reason=reasons[p["reason"]] if "reason" in p else family.reason,
                unless=tuple(shields[s] for s in p.get("unless", ())),
                fields=fields,
                confidence=p.get("confidence", "high"),
                whole=p.get("whole") == "true",
                alone=p.get("alone") == "true",
                yes=tuple(p.get("yes", ())),
                no=tuple(p.get("no", ())),
            )
        )
    return tuple(out)

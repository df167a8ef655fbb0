"""Loading a pack: read, validate, bind. Every mistake in one go, each with file, line, column and nearest name."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from hami_rules import statute
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.positioned import Positioned, read_document
from hami_rules.predicates.registry import Fact, NameProblem, Registry
from hami_rules.records.documentary import DEPARTMENTS, Aspect, Documentary
from hami_rules.records.location import Location
from hami_rules.records.reference import Function
from hami_rules.records.text import Text
from hami_rules.records.world import WorkingDays

from .bind import Binder
from .message import placeholders
from .nodes import AllOf, Call, Node, Not, Quant, walk
from .parameters import COMMENCEMENT, Parameters
from .rules import AGAINST_OF_BEARER, EFFECTS, GRADE_OF_KIND, BoundRule, Governs, Rebuttal, Rule

if TYPE_CHECKING:
    from .calendar import Calendar

__all__ = ["Norm", "Pack", "PackData", "load_pack", "read_pack", "rebound"]


class Norm(msgspec.Struct, frozen=True):
    """One row of the norm inventory. `holder`: whose right it is, where it is one; `bound` must respect it."""

    id: str
    kind: str
    how: str
    bound: str
    judged: Text
    holder: str = ""


class PackData(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a pack that is data: what the cache and the wheel carry."""

    name: Text
    version: str
    hash: str
    never_reckless: tuple[str, ...]
    norms: tuple[Norm, ...]
    rules: tuple[Rule, ...]
    parameters: Parameters
    calendar: dict[str, Any]

    def spares(self, rule: str) -> bool:
        """Whether a breach of the rule never becomes a violation without a person's recorded decision."""
        at = statute.Address.parse(rule)
        return any(statute.Address.parse(n).contains(at) for n in self.never_reckless)


@dataclass
class Pack:
    """A validated pack with the registry it is bound to."""

    data: PackData
    registry: Registry
    warnings: tuple[Problem, ...] = ()
    _bound: list[BoundRule] | None = field(default=None, repr=False)
    _effects: list[BoundRule] | None = field(default=None, repr=False)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.data.rules

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {r.id: r for r in self.rules}

    @cached_property
    def documentary(self) -> tuple[Documentary, ...]:
        """What the documentary rules ask of whom, in the order of the pack."""
        return tuple(r.documentary for r in self.rules if r.documentary is not None)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar itself; imported late, since it brings pydantic with it."""
        from .calendar import Calendar

        return Calendar.load(self.data.calendar)

    @cached_property
    def working_days(self) -> WorkingDays:
        """The calendar, read when a rule first counts days."""
        return _LazyCalendar(self)

    @property
    def bound(self) -> list[BoundRule]:
        """Every rule that judges, with conditions resolved; in the order of the pack."""
        if self._bound is None:
            problems: list[Problem] = []
            self._bound = list(_bind_all(self.data, self.registry, {}, problems))
            if problems:
                raise InputError(problems)
        return self._bound

    def judging(self, roots: Collection[str]) -> list[BoundRule]:
        """The rules of `bound` that judge these kinds or parts of them."""

        def root(kind: str) -> str:
            return [kind, *self.registry.ancestors(kind)][-1]

        return self.bound_of(
            {r.id for r in self.data.rules if r.judges in self.registry.kinds and root(r.judges) in roots}
        )

    def bound_of(self, ids: Collection[str]) -> list[BoundRule]:
        """The rules of `bound` of these ids; only they are resolved, where not all have been."""
        if self._bound is not None:
            return [b for b in self._bound if b.rule.id in ids]
        problems: list[Problem] = []
        found = list(_bind_all(self.data, self.registry, {}, problems, set(ids)))
        if problems:
            raise InputError(problems)
        return found

    @property
    def effects(self) -> list[BoundRule]:
        """Every rule that judges findings and gives them something; numbered apart from those that give verdicts."""
        if self._effects is None:
            problems: list[Problem] = []
            self._effects = list(_bind_effects(self.data, self.registry, {}, problems))
            if problems:
                raise InputError(problems)
        return self._effects

    def bind(self, address: statute.Address) -> dict[str, BoundRule]:
        """The judging rules of one article, paragraph or norm with conditions resolved: enough to explain them."""
        found = [r for r in self.rules if address.contains(statute.Address.parse(r.id))]
        if self._bound is not None or len(found) == len(self.rules):
            return {b.rule.id: b for b in (*self.bound, *self.effects) if b.rule in found}
        problems: list[Problem] = []
        ids = {r.id for r in found}
        bound = [
            *_bind_all(self.data, self.registry, {}, problems, ids),
            *_bind_effects(self.data, self.registry, {}, problems, ids),
        ]
        return {b.rule.id: b for b in bound}

    @cached_property
    def scope_rules(self) -> dict[str, tuple[Rule, dict[str, Node]]]:
        """Scope rules with their condition bound for each kind that a rule judges."""
        out: dict[str, tuple[Rule, dict[str, Node]]] = {}
        for rule in self.rules:
            if rule.effect == "scope":
                out[rule.id] = (rule, {})
        for bound in self.bound:
            for rule_id, node in bound.scope_parts:
                if bound.rule.conduct is None:
                    out[rule_id][1].setdefault(bound.kind, node)
        return out


class _LazyCalendar:
    """Stands for the pack's calendar until somebody counts: loading it imports more than most checks need."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def add_working_days(self, start: date, n: int) -> date | None:
        return self._pack.calendar.add_working_days(start, n)

    def working_days_between(self, start: date, end: date) -> int | None:
        return self._pack.calendar.working_days_between(start, end)


# -- reading -----------------------------------------------------------------------------------------------------


def source_hash(folder: Path) -> str:
    """Hash of every file of the pack by name and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(statute.load().hash.encode())
    return digest.hexdigest()[:16]


def _shape(document: Positioned, model: Any, problems: list[Problem]) -> Any:
    from pydantic import ValidationError

    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for e in error.errors():
            parts = [str(p) for p in e["loc"] if p != "[key]"]
            pointer = "".join("/" + p.replace("~", "~0").replace("/", "~1") for p in parts)
            key = e["type"] == "extra_forbidden"
            hint = None
            if key:
                near = difflib.get_close_matches(parts[-1], _fields(model, parts[:-1]), n=1)
                hint = Text(f"是否为“{near[0]}”？", f"did you mean {near[0]!r}?") if near else None
            problems.append(
                Problem(
                    "pack-shape",
                    Text(
                        f"“{'.'.join(parts)}”：{_SAID.get(e['type'], e['msg'])}",
                        f"{'.'.join(parts)}: {e['msg']}",
                    ),
                    _locate(document, pointer, key),
                    hint,
                )
            )
        return None


_SAID = {
    "extra_forbidden": "没有这个键",
    "missing": "缺少必填的键",
    "literal_error": "不是允许的取值",
    "string_type": "应当是文字",
    "list_type": "应当是列表",
    "dict_type": "应当是映射",
    "model_type": "应当是映射",
    "string_too_short": "文字太短",
}


def _fields(model: Any, parts: list[str]) -> list[str]:
    """The keys allowed at a place of a pydantic model."""
    for part in parts:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            annotation = fields[part].annotation
            inner = [a for a in _types_in(annotation) if hasattr(a, "model_fields")]
            model = inner[0] if inner else None
    return list(getattr(model, "model_fields", {}))


def _types_in(annotation: Any) -> Iterator[Any]:
    import typing

    yield annotation
    for arg in typing.get_args(annotation):
        yield from _types_in(arg)


def _locate(document: Positioned, pointer: str, key: bool = False) -> Location:
    while True:
        try:
            return document.locate(pointer, key=key)
        except (KeyError, LookupError, ValueError):
            if not pointer:
                return Location(document.source)
            pointer, key = pointer.rpartition("/")[0], False


def read_pack(folder: Path, registry: Registry) -> Pack:
    """Read and validate every file of a pack. Raises `InputError` with all problems at once."""
    from .calendar import Calendar
    from .source import PackSource, ParameterFile, RuleFile

    problems: list[Problem] = [
        Problem("registry", Text(f"谓词库有误：{p}", p), None)
        for p in (*registry.problems, *registry.check())
    ]
    documents: dict[str, Positioned] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            found = read_document(path, path.name)
        except InputError as error:
            problems += error.problems
            continue
        if len(found) != 1:
            problems.append(
                Problem("pack-file", Text("规则文件应当恰有一个文档", "a pack file holds exactly one document"), Location(path.name))
            )  # fmt: skip
            continue
        documents[path.name] = found[0]
    for needed in ("pack.yaml", "parameters.yaml", "calendar.yaml"):
        if not (folder / needed).is_file():
            problems.append(
                Problem(
                    "pack-file", Text(f"缺少 {needed}", f"{needed} is missing"), Location(str(folder.name))
                )
            )
    if problems:
        raise InputError(problems)

    head = _shape(documents["pack.yaml"], PackSource, problems)
    parameter_file = _shape(documents["parameters.yaml"], ParameterFile, problems)
    try:
        Calendar.load(documents["calendar.yaml"].data, lambda p: _locate(documents["calendar.yaml"], p))
    except InputError as error:
        problems += error.problems
    files = []
    for name, document in documents.items():
        if name not in ("pack.yaml", "parameters.yaml", "calendar.yaml"):
            files.append((name, document, _shape(document, RuleFile, problems)))
    if head is None or parameter_file is None or any(f is None for _, _, f in files):
        raise InputError(problems)

    parameters = Parameters.of(parameter_file, documents["parameters.yaml"], problems, _locate)
    places: dict[str, tuple[Positioned, str]] = {}
    rules: list[Rule] = []
    for name, document, file in files:
        for i, source in enumerate(file.rules):
            rule = _rule(source, file.article, name, document, f"/rules/{i}", places, problems)
            if rule is not None:
                rules.append(rule)
    rules.sort(key=lambda r: (statute.Address.parse(r.address), r.id))
    _check_statute(head, documents["pack.yaml"], rules, places, problems)
    data = PackData(
        name=Text(head.name.zh, head.name.en),
        version=head.version,
        hash=source_hash(folder),
        never_reckless=tuple(head.never_reckless),
        norms=tuple(
            Norm(n.id, n.kind, n.how, n.bound, Text(n.judged.zh, n.judged.en), n.holder) for n in head.norms
        ),
        rules=tuple(rules),
        parameters=parameters,
        calendar=documents["calendar.yaml"].data,
    )
    _check_references(data, places, problems)
    bound = list(_bind_all(data, registry, places, problems))
    effects = list(_bind_effects(data, registry, places, problems))
    warnings = [p for p in problems if p.code.startswith("lint-")]
    errors = [p for p in problems if not p.code.startswith("lint-")]
    if errors:
        raise InputError(errors)
    return Pack(data, registry, tuple(warnings), bound, effects)


def _ways(source: list[Any]) -> tuple[tuple[str, ...], ...]:
    """`same_fact`: one list of facts, or several of them."""
    if source and isinstance(source[0], list):
        return tuple(tuple(way) for way in source)
    return (tuple(source),) if source else ()


def _text(source: Any) -> Text | None:
    return None if source is None else Text(source.zh, source.en)


def _rule(
    source: Any,
    article: str,
    name: str,
    document: Positioned,
    pointer: str,
    places: dict[str, tuple[Positioned, str]],
    problems: list[Problem],
) -> Rule | None:
    """One rule from its source; `None` after reporting why it cannot be one."""

    def wrong(where: str, zh: str, en: str, near: tuple[str, ...] = ()) -> None:
        hint = Text(f"是否为“{near[0]}”？", f"did you mean {near[0]!r}?") if near else None
        problems.append(
            Problem("rule", Text(f"{source.id}：{zh}", f"{source.id}: {en}"), _locate(document, where), hint)
        )

    try:
        address = statute.Address.parse(source.id)
    except statute.AddressError as error:
        problems.append(Problem("rule-id", Text(error.zh, error.en), _locate(document, f"{pointer}/id")))
        return None
    if str(address.article) != article:
        wrong(f"{pointer}/id", f"编号不属于第{article}条", f"the id does not belong to article {article}")
    if source.id in places:
        first, at = places[source.id]
        wrong(
            f"{pointer}/id",
            f"编号重复，另见 {_locate(first, at + '/id')}",
            f"the id is taken, see {_locate(first, at + '/id')}",
        )
        return None
    places[source.id] = (document, pointer)
    try:
        paragraph = statute.load().paragraph(address.at_paragraph)
    except statute.AddressError as error:
        problems.append(Problem("rule-id", Text(error.zh, error.en), _locate(document, f"{pointer}/id")))
        return None
    if statute.find_quote(paragraph, source.quote) is None:
        near_quote = statute.nearest_quote(source.quote)
        near = (f"{near_quote[0]}：{near_quote[1]}",) if near_quote else ()
        wrong(
            f"{pointer}/quote",
            f"引文在{paragraph.citation_zh}中找不到",
            f"the quote does not stand in {paragraph.citation_en}",
            near,
        )
    default = GRADE_OF_KIND.get(source.kind)
    if source.grade is not None and source.grade == default:
        wrong(
            f"{pointer}/grade",
            f"{source.kind} 的等级本来就是 {default}，只有不同才写明",
            f"{source.kind} already gives {default}; state a grade only where it departs",
        )
    scope = source.effect == "scope"
    documentary = source.documentary is not None
    if documentary == (source.judges is not None) or (documentary and (scope or source.violated is not None)):
        wrong(
            pointer,
            "规则应当有 judges；以佐证评判的规则应当有 documentary，没有 judges、violated",
            "a rule has judges; one that documents prove has documentary, and no judges or violated",
        )
        return None
    if scope and (source.violated is not None or source.governs is None or source.applies is None):
        wrong(
            pointer,
            "范围规则应当有 applies 与 governs，没有 violated",
            "a scope rule has applies and governs, no violated",
        )
        return None
    effect = source.effect in EFFECTS
    others = (source.violated, source.unless, source.governs, source.grade, source.remedy)
    if effect and (any(o is not None for o in others) or source.applies is None or source.message is None):
        wrong(
            pointer,
            "有作用（effect）的规则应当有 applies 与 message，没有 violated、unless、grade、remedy、governs",
            "a rule with an effect has applies and message, no violated, unless, grade, remedy or governs",
        )
        return None
    if source.pending is not None and not effect:
        wrong(
            f"{pointer}/pending",
            "只有有作用（effect）的规则才有 pending",
            "only a rule with an effect has pending",
        )
    if (
        not scope
        and not effect
        and (not (source.violated or documentary) or source.message is None or source.remedy is None)
    ):
        wrong(pointer, "规则应当有 violated、message 与 remedy", "a rule has violated, message and remedy")
        return None
    return Rule(
        id=source.id,
        address=_norm_of(source.id),
        title=Text(source.title.zh, source.title.en),
        quote=source.quote,
        kind=source.kind,
        grade=None if scope or effect else source.grade or default,
        bearer=source.bearer,
        counts_against=source.counts_against or AGAINST_OF_BEARER[source.bearer],
        judges="expectation" if documentary else source.judges,
        documentary=_documentary(source, wrong, pointer) if documentary else None,
        responsible="organ_code" if documentary else source.responsible,
        conduct=source.conduct,
        ended=source.ended,
        effect=source.effect,
        governs=None
        if source.governs is None
        else Governs(tuple(source.governs.bearers), tuple(source.governs.only), tuple(source.governs.but)),
        applies=_expected(source) if documentary else source.applies,
        violated={"not": "shown_done"} if documentary else source.violated,
        unless=source.unless,
        rebuttals=tuple(Rebuttal(r.when, Text(r.zh, r.en)) for r in source.rebuttal),
        upwards=source.upwards,
        message=_text(source.message),
        pending=_text(source.pending),
        remedy=_text(source.remedy),
        interpretation=_text(source.interpretation),
        executability=source.executability,
        over_reports=_text(source.over_reports),
        under_reports=_text(source.under_reports),
        primary_over=tuple(source.primary_over),
        same_fact=_ways(source.same_fact),
        practice=tuple(source.practice) or (("organ_code", "duty") if documentary else ()),
        superior=tuple(source.superior),
        source=name,
        line=_locate(document, f"{pointer}/id").line or 0,
    )


def _norm_of(rule: str) -> str:
    """The norm that a rule belongs to: 14.1a for 14.1a.added_later."""
    return re.sub(r"\.[a-z_]+$", "", rule)


def _expected(source: Any) -> Any:
    """When a documentary rule applies: to its own duty, where the organ is bound by it, and as it says besides."""
    own: Any = {"expected_by": {"number": source.id}}
    parts = [own]
    if source.documentary.functions:
        parts.append("binds")
    if source.applies is not None:
        parts.append(source.applies)
    return own if len(parts) == 1 else {"all": parts}


_CLASSES: dict[str, tuple[str, ...]] = {"department": DEPARTMENTS}
"""The classes of organ that a bearer stands for, where they are not called as it is."""


def _documentary(source: Any, wrong: Any, pointer: str) -> Documentary:
    """What a documentary rule asks of whom. A function makes a department a department of that kind: bodies
    authorised by law and approval bureaus have none."""
    made = source.documentary
    known = get_args(Function)
    for i, name in enumerate(made.functions):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            wrong(
                f"{pointer}/documentary/functions/{i}",
                f"没有职能“{name}”",
                f"no function {name!r}",
                tuple(near),
            )
    classes = _CLASSES.get(source.bearer, (source.bearer,))
    return Documentary(
        rule=source.id,
        norm=_norm_of(source.id),
        classes=("department",) if made.functions else classes,
        functions=tuple(made.functions),
        aspects=tuple(Aspect(key, Text(name.zh, name.en)) for key, name in made.aspects.items()),
        each_year=made.each is not None,
        request=Text(made.request.zh, made.request.en),
    )


# -- checks ------------------------------------------------------------------------------------------------------


def _check_statute(
    head: Any,
    document: Positioned,
    rules: list[Rule],
    places: dict[str, tuple[Positioned, str]],
    problems: list[Problem],
) -> None:
    """The pack pins a hash of each paragraph; a changed text breaks the rules that quote it, by name."""
    now = statute.hashes()
    for address in sorted(set(now) | set(head.paragraphs)):
        if head.paragraphs.get(address) == now.get(address):
            continue
        quoting = [r.id for r in rules if str(statute.Address.parse(r.address).at_paragraph) == address]
        problems.append(
            Problem(
                "statute-changed",
                Text(
                    f"{address} 的条文与规则编写时不同，须复核引用它的规则：{'、'.join(quoting) or '（无）'}",
                    f"the text of {address} is not the one the pack was written for; review {', '.join(quoting) or 'none'}",
                ),
                _locate(document, f"/paragraphs/{address}"),
            )
        )


def _check_references(
    data: PackData, places: dict[str, tuple[Positioned, str]], problems: list[Problem]
) -> None:
    """Ids and norms that rules mention exist; the never-reckless norms are graded suspicion."""
    ids = {r.id for r in data.rules}
    norms = {n.id for n in data.norms}
    for rule in data.rules:
        document, pointer = places[rule.id]
        if rule.address not in norms:
            problems.append(
                Problem(
                    "rule-norm",
                    Text(
                        f"{rule.id}：规范清单中没有 {rule.address}",
                        f"{rule.id}: {rule.address} is not in the inventory",
                    ),
                    _locate(document, f"{pointer}/id"),
                )
            )
        for i, other in enumerate(rule.primary_over):
            # A norm not encoded yet may be named; a name that neither a rule nor a norm bears may not.
            if other not in ids and other not in norms:
                near = difflib.get_close_matches(other, ids | norms, n=1)
                problems.append(
                    Problem(
                        "rule-reference",
                        Text(f"{rule.id}：没有规则或规范“{other}”", f"{rule.id}: no rule or norm {other!r}"),
                        _locate(document, f"{pointer}/primary_over/{i}"),
                        Text(f"是否为“{near[0]}”？", f"did you mean {near[0]!r}?") if near else None,
                    )
                )
        if rule.grade == "violation" and data.spares(rule.id):
            problems.append(
                Problem(
                    "never-reckless",
                    Text(
                        f"{rule.id}：该规范未经人工认定不得定为违反，等级应为 suspicion 或 shortfall",
                        f"{rule.id}: this norm never becomes a violation without a person's decision",
                    ),
                    _locate(document, f"{pointer}/grade"),
                )
            )


def _governed(rule: Rule, scope: Rule) -> bool:
    governs = scope.governs
    assert governs is not None
    address = statute.Address.parse(rule.id)

    def within(addresses: tuple[str, ...]) -> bool:
        return any(statute.Address.parse(a).contains(address) for a in addresses)

    if governs.bearers and rule.bearer not in governs.bearers:
        return False
    return (not governs.only or within(governs.only)) and not within(governs.but)


def _bind_all(
    data: PackData,
    registry: Registry,
    places: dict[str, tuple[Positioned, str]],
    problems: list[Problem],
    only: set[str] | None = None,
) -> Iterator[BoundRule]:
    scopes = [r for r in data.rules if r.effect == "scope"]
    constant = {name: p.lasting for name, p in data.parameters.items()}
    index = 0
    for rule in data.rules:
        if rule.effect is not None:
            continue
        if only is None or rule.id in only:
            bound = _bind(rule, index, scopes, constant, data, registry, places, problems)
            if bound is not None:
                yield bound
        index += 1


def _bind_effects(
    data: PackData,
    registry: Registry,
    places: dict[str, tuple[Positioned, str]],
    problems: list[Problem],
    only: set[str] | None = None,
) -> Iterator[BoundRule]:
    """Rules with an effect: what holds for a finding stands where a rule that gives verdicts has its breach."""
    constant = {name: p.lasting for name, p in data.parameters.items()}
    for index, rule in enumerate(r for r in data.rules if r.effect in EFFECTS):
        if only is None or rule.id in only:
            bound = _bind(rule, index, [], constant, data, registry, places, problems)
            if bound is not None:
                yield bound


def rebound(pack: Pack, rule: Rule, rules: Iterable[Rule] | None = None) -> BoundRule | None:
    """The rule bound anew, beside the scope rules of `rules` (default: the pack's); `None` where it cannot be.

    For what asks how the pack would judge if a rule were written otherwise.
    """
    problems: list[Problem] = []
    data = pack.data if rules is None else msgspec.structs.replace(pack.data, rules=tuple(rules))
    others = [r for r in data.rules if r.effect == "scope"]
    data = msgspec.structs.replace(data, rules=(*others, rule))
    return next(_bind_all(data, pack.registry, {}, problems), None)


def _bind(
    rule: Rule,
    index: int,
    scopes: list[Rule],
    constant: dict[str, bool],
    data: PackData,
    registry: Registry,
    places: dict[str, tuple[Positioned, str]],
    problems: list[Problem],
) -> BoundRule | None:
    document, base = places.get(rule.id, (None, ""))
    count = len(problems)

    def report(pointer: str, zh: str, en: str, near: tuple[str, ...], owner: Rule = rule) -> None:
        doc, at = places.get(owner.id, (None, ""))
        location = _locate(doc, at + pointer) if doc is not None else None
        hint = Text(f"是否为“{'”“'.join(near)}”？", f"did you mean {', '.join(near)}?") if near else None
        what = rule.id if owner is rule else f"{owner.id} → {rule.id}"
        problems.append(Problem("rule-name", Text(f"{what}：{zh}", f"{what}: {en}"), location, hint))

    kind = registry.kinds.get(rule.judges)
    if kind is None:
        near = tuple(difflib.get_close_matches(rule.judges, registry.kinds, n=1))
        report("/judges", f"没有记录种类“{rule.judges}”", f"no kind of record {rule.judges!r}", near)
        return None
    for part, day in (("conduct", rule.conduct), ("ended", rule.ended)):
        if day is None:
            continue
        try:
            ref = registry.resolve(kind.name, day)
        except NameProblem as problem:
            near = tuple(difflib.get_close_matches(day, problem.candidates, n=1))
            report(f"/{part}", f"{kind.name} 没有事实“{day}”", str(problem), near)
            return None
        if ref.is_has or registry.type_of(ref.target) is not date:  # type: ignore[arg-type]
            report(f"/{part}", f"“{day}”不是日期", f"{day} is not a date", ())
            return None
    if rule.conduct:
        registry.conduct_facts(kind.name, rule.conduct, rule.conduct, COMMENCEMENT, f"@{rule.conduct}")
    if rule.effect in EFFECTS and "finding" not in (kind.name, kind.parent):
        report(
            "/judges",
            f"有作用（effect）的规则评判发现，而不是“{kind.name}”",
            f"a rule with an effect judges findings, not records of kind {kind.name}",
            tuple(k.name for k in registry.kinds.values() if "finding" in (k.name, k.parent)),
        )
        return None
    if not kind.organ or not (kind.conduct or rule.conduct):
        report(
            "/judges",
            f"记录种类“{kind.name}”没有责任单位或行为日期，不能直接评判",
            f"records of kind {kind.name} have no organ or conduct and cannot be judged",
            (),
        )
        return None
    binder = Binder(registry, constant, report, rule.conduct)
    parts: dict[str, Node | None] = {}
    for part in ("applies", "violated", "unless"):
        raw = getattr(rule, part)
        parts[part] = None if raw is None else binder.bind(raw, kind.name, f"/{part}")
    rebuttals = []
    for i, rebuttal in enumerate(rule.rebuttals):
        node = binder.bind(rebuttal.when, kind.name, f"/rebuttal/{i}/when")
        if node is not None:
            rebuttals.append((node, rebuttal.text))
    upwards = None if rule.upwards is None else binder.bind(rule.upwards, kind.name, "/upwards")
    scope_parts = []
    for scope in scopes:
        if _governed(rule, scope):
            scoped = Binder(
                registry,
                constant,
                lambda p, zh, en, near, owner=scope: report(p, zh, en, near, owner),  # type: ignore[misc]
                rule.conduct,
            )
            node = scoped.bind(scope.applies, kind.name, "/applies")
            if node is not None:
                scope_parts.append((scope.id, node))
    violated = parts["violated"]
    rows = [n.kind for n in walk(violated) if isinstance(n, Quant)] if violated is not None else []
    _check_texts(rule, kind.name, registry, report, next(iter(rows), None))
    _lint(rule, parts, document, base, problems)
    if len([p for p in problems[count:] if not p.code.startswith("lint-")]):
        return None
    nodes = tuple(node for _, node in scope_parts)
    joined: Node | None = None if not nodes else nodes[0] if len(nodes) == 1 else AllOf(nodes)
    if rule.effect in EFFECTS:
        holds = parts["applies"]
        assert holds is not None
        return BoundRule(index, rule, kind.name, None, None, holds, None)
    violated = parts["violated"]
    assert violated is not None
    return BoundRule(
        index, rule, kind.name, joined, parts["applies"], violated, parts["unless"], tuple(rebuttals), upwards,
        tuple(scope_parts),
    )  # fmt: skip


def _check_texts(rule: Rule, kind: str, registry: Registry, report: Any, row_kind: str | None) -> None:
    """Placeholders (in a message also `ground` and `row_…` of the rows that the rule asks about), the responsible organ, practice and same-fact facts name real facts."""
    texts = {"message": rule.message, "pending": rule.pending, "remedy": rule.remedy}
    if rule.documentary is not None:
        texts["documentary/request"] = rule.documentary.request
    for field_name, text in texts.items():
        for lang in ("zh", "en"):
            try:
                holes = list(placeholders(getattr(text, lang))) if text else []
            except ValueError as problem:
                report(
                    f"/{field_name}/{lang}", f"占位符“{problem}”写法有误", f"bad placeholder {problem}", ()
                )
                continue
            for name, _ in holes:
                if field_name == "message" and name == "ground":
                    continue
                of, asked = kind, name
                if field_name == "message" and name.startswith("row_") and row_kind is not None:
                    of, asked = row_kind, name.removeprefix("row_")
                _resolves(registry, of, asked, f"/{field_name}/{lang}", report)
    if rule.responsible:
        _resolves(registry, kind, rule.responsible, "/responsible", report)
    for i, name in enumerate(rule.practice):
        _resolves(registry, kind, name, f"/practice/{i}", report)
    for n, way in enumerate(rule.same_fact):
        for i, name in enumerate(way):
            at = f"/same_fact/{i}" if len(rule.same_fact) == 1 else f"/same_fact/{n}/{i}"
            _resolves(registry, kind, name, at, report)


def _resolves(registry: Registry, kind: str, name: str, pointer: str, report: Any) -> Fact | None:
    try:
        ref = registry.resolve(kind, name)
    except NameProblem as problem:
        near = tuple(difflib.get_close_matches(name, problem.candidates, n=2))
        report(pointer, f"{kind} 没有事实“{name}”", str(problem), near)
        return None
    return ref.target if isinstance(ref.target, Fact) else None


def _lint(
    rule: Rule, parts: dict[str, Node | None], document: Positioned | None, base: str, problems: list[Problem]
) -> None:
    """Kleene is sound, not complete: a predicate both plain and negated in one rule may hide a certain answer."""
    plain: set[Node] = set()
    negated: set[Node] = set()
    for node in parts.values():
        if node is None:
            continue
        for n in walk(node):
            if isinstance(n, Not):
                negated.add(n.child)
        for n in walk(node):
            if isinstance(n, Call) and n not in negated:
                plain.add(n)
    for both in plain & negated:
        assert isinstance(both, Call)
        problems.append(
            Problem(
                "lint-plain-and-negated",
                Text(
                    f"{rule.id}：谓词 {both.predicate.name} 在同一规则中既肯定又否定地使用",
                    f"{rule.id}: predicate {both.predicate.name} is used both plain and negated",
                ),
                _locate(document, base) if document else None,
            )
        )


def load_pack(folder: Path | None = None) -> Pack:
    """The pack in `folder`, or the one that ships with the tool, from the cache where it is fresh."""
    from .cache import cached_pack

    return cached_pack(folder)

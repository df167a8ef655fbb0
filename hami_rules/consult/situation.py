"""A situation: what somebody knows of it, as facts of records, and the records that come of it.

Facts come as `kind.field=value` (names or Chinese labels), from documents like those that `hami check` reads, or from an
interview. Whatever nobody said is unknown. What only tells records apart (numbers, codes) is filled in with 该件, 该单位:
the one that is spoken of.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from hami_rules.derive.gathering import gather
from hami_rules.engine.conditions import leaf_name
from hami_rules.intake.chunks import documents, records_in
from hami_rules.intake.convert import to_record
from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.positioned import Positioned
from hami_rules.judge.engine import Judge
from hami_rules.judge.explain import condition_text
from hami_rules.judge.interpret import Frame
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import Pack
from hami_rules.pack.message import show
from hami_rules.pack.nodes import AllOf, AnyOf, Call, IsTrue, Node, Not, Quant, Undecided
from hami_rules.predicates.registry import Fact, Ref
from hami_rules.records.kinds import KINDS, ROOTS, Kind
from hami_rules.records.location import Location
from hami_rules.records.settle import settle
from hami_rules.records.text import Text
from hami_rules.records.world import World

__all__ = ["Place", "Said", "Situation", "asked", "called", "leaves"]

Place = tuple[str, int]
"""A record by its kind and its number among those of the kind."""

_YES = {"是": True, "yes": True, "true": True, "t": True, "有": True, "对": True}
_NO = {"否": False, "no": False, "false": False, "f": False, "没有": False, "不是": False, "无": False}
TRUTHS = _YES | _NO


@dataclass(frozen=True)
class Said:
    """One thing that was said, in words: what about, and what."""

    name: str
    words: Text
    value: Text


def leaves(node: Node) -> Iterator[Node]:
    """The questions that a condition is made of."""
    match node:
        case Not(child):
            yield from leaves(child)
        case AllOf(children) | AnyOf(children):
            for child in children:
                yield from leaves(child)
        case _:
            yield node


@dataclass
class Situation:
    """What is known, and what is answered of the pack's own questions (`answers`: place and leaf → truth)."""

    pack: Pack
    as_of: date
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[tuple[str, int, str], bool] = field(default_factory=dict)
    stated: dict[tuple[str, str], None] = field(default_factory=dict)  # kind and field, in the order said
    answered: dict[tuple[str, str], None] = field(default_factory=dict)  # kind and leaf
    spoken: dict[str, None] = field(default_factory=dict)  # kinds of which nothing need be said

    def copy(self) -> Situation:
        """Another that may be changed alone."""
        return Situation(
            self.pack,
            self.as_of,
            copy.deepcopy(self.tables),
            dict(self.answers),
            dict(self.stated),
            dict(self.answered),
            dict(self.spoken),
        )

    # -- what was said ---------------------------------------------------------------------------------------------

    def read(self, path: Path, name: str | None = None) -> None:
        """Take in the records of a document. Raises `InputError` with everything that is wrong, each at its place."""
        problems: list[Problem] = []
        text = None
        for document in documents(path, name or str(path)):
            text = document.text
            for table, pointer, data, wrong in self._records(document):
                if wrong is not None:
                    problems.append(wrong)
                    continue
                assert table is not None
                record, bad = to_record(data, ROOTS[table].struct, document, pointer)
                problems += bad
                if record is not None:
                    self._add(table, msgspec.to_builtins(record))
        if problems:
            raise InputError(problems, text)

    def _records(self, document: Positioned) -> Iterator[tuple[str | None, str, Any, Problem | None]]:
        """As `hami check` finds them; a mapping of kinds (`demand: {form: 纸质}`) is taken as facts."""
        data = document.data
        if not isinstance(data, dict) or not data or not all(self._kind(str(k)) for k in data):
            yield from records_in(document)
            return
        for name, held in data.items():
            kind = self._kind(str(name))
            assert kind is not None
            for i, row in enumerate(held if isinstance(held, list) else [held]):
                at = f"/{name}/{i}" if isinstance(held, list) else f"/{name}"
                record, bad = to_record(row, kind.struct, document, at)
                yield from ((None, at, row, problem) for problem in bad)
                if record is not None:
                    self._put(kind, msgspec.to_builtins(record))

    def _kind(self, name: str) -> Kind | None:
        """The kind that a name means, where its records can be stated."""
        if name in ROOTS:
            return None
        found = KINDS.get(name) or next((k for k in self.kinds if name in (k.zh, k.en)), None)
        return found if found in self.kinds else None

    @cached_property
    def kinds(self) -> list[Kind]:
        """The kinds whose records may be stated: those of a dossier and what hangs under them."""
        return [k for k in KINDS.values() if not k.derived and [*self._above(k), k][0].table is not None]

    def _above(self, kind: Kind) -> list[Kind]:
        """The kinds above, from the root down."""
        out: list[Kind] = []
        while kind.parent is not None:
            kind = self.pack.registry.kinds[kind.parent]
            out.insert(0, kind)
        return out

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self.tables.setdefault(table, []).append(row)
        self._note(ROOTS[table], row)

    def _put(self, kind: Kind, row: dict[str, Any]) -> None:
        """A new record of a kind, under the one record above it; a first such record takes what is said of it."""
        if kind.table is not None:
            self._add(kind.table, row)
            return
        above = self._above(kind)[-1]
        holder = self._only(above)
        assert kind.field is not None
        if self._many(above, kind):
            holder.setdefault(kind.field, []).append(row)
        else:
            holder[kind.field] = row
        self._note(kind, row)

    def _many(self, above: Kind, kind: Kind) -> bool:
        return kind.field in self.pack.registry.relations[above.name]

    def _note(self, kind: Kind, row: dict[str, Any]) -> None:
        """Remember which fields were stated, here and below."""
        children = {k.field: k for k in KINDS.values() if k.parent == kind.name and not k.derived}
        for name, value in row.items():
            self.stated[kind.name, name] = None
            child = children.get(name)
            for part in (value if isinstance(value, list) else [value]) if child else ():
                assert child is not None
                if isinstance(part, dict):
                    self._note(child, part)

    def rows(self, kind: Kind) -> list[dict[str, Any]]:
        """The stated records of a kind, in their order."""
        if kind.table is not None:
            return self.tables.get(kind.table, [])
        out: list[dict[str, Any]] = []
        for row in self.rows(self._above(kind)[-1]):
            held = row.get(kind.field or "")
            out += held if isinstance(held, list) else [held] if held is not None else []
        return out

    def _only(self, kind: Kind) -> dict[str, Any]:
        """The one record of a kind, made where there is none. Raises `LookupError` where there are several."""
        rows = self.rows(kind)
        if not rows:
            row: dict[str, Any] = {}
            self._put(kind, row)
            return row
        if len(rows) > 1:
            raise LookupError(kind.name)
        return rows[0]

    def say(self, text: str, source: str = "--fact") -> None:
        """Take in `kind.field=value`. Raises `InputError` where no such thing can be said, with the nearest name."""
        place = Location(f"{source} {text}")
        name, sign, value = text.partition("=")
        kind_name, dot, field_name = name.strip().partition(".")
        if not sign or not dot or not field_name.strip():
            raise InputError(
                [
                    Problem(
                        "fact-form",
                        Text("事实写作 种类.字段=值", "a fact is written kind.field=value"),
                        place,
                        Text("例：要求提交的材料.要求的形式=纸质", "for example demand.form=paper"),
                    )
                ]
            )
        kind = self._kind(kind_name.strip()) or self._by_table(kind_name.strip())
        if kind is None:
            raise InputError([self._unknown_kind(kind_name.strip(), place)])
        self.set(kind, field_name.strip(), value.strip(), place)

    def _by_table(self, name: str) -> Kind | None:
        return ROOTS.get(name)

    def _unknown_kind(self, name: str, place: Location) -> Problem:
        names = {n: k for k in self.kinds for n in (k.name, k.zh)}
        close = nearest(name, names)
        hint = None
        if close:
            meant = names[close]
            hint = Text(f"是否为“{meant.zh}”（{meant.name}）？", f"did you mean {meant.name!r} ({meant.zh})?")
        return Problem(
            "unknown-kind",
            Text(f"没有记录种类“{quoted(name)}”", f"there is no kind of record “{quoted(name)}”"),
            place,
            hint,
        )

    def set(self, kind: Kind, name: str, value: str, place: Location, number: int | None = None) -> None:
        """Set a field of the one record of a kind (or of its `number`-th), or answer a question that rules ask of it."""
        record, problems = to_record({name: value}, kind.struct, lambda pointer: place)
        if any(p.code == "unknown-field" for p in problems):
            leaf = self._question(kind, name)
            if leaf is None:
                raise InputError([self._unknown_field(kind, name, problems[0], place)])
            if value.casefold() not in TRUTHS:
                raise InputError(
                    [
                        Problem(
                            "wrong-boolean", Text(f"“{name}”只能答 是 或 否", f"{name!r} is yes or no"), place
                        )
                    ]
                )
            self.answer(kind.name, number or 0, leaf, TRUTHS[value.casefold()])
            return
        if record is None:
            raise InputError(problems)
        try:
            row = self._only(kind) if number is None else self._numbered(kind, number)
        except LookupError:
            raise InputError(
                [
                    Problem(
                        "several-records",
                        Text(
                            f"有几条“{kind.zh}”，说不清是哪一条：写在文档里",
                            f"there are several records of {kind.name}: say it in the document",
                        ),
                        place,
                    )
                ]
            ) from None
        made = msgspec.to_builtins(record)
        for key, new in made.items():
            if key in row and row[key] != new and number is None:
                raise InputError(
                    [
                        Problem(
                            "said-twice",
                            Text(f"“{name}”说了两次，不一样", f"{name!r} is said twice, differently"),
                            place,
                        )
                    ]
                )
        row |= made
        self.stated |= dict.fromkeys((kind.name, key) for key in made)

    def speak_of(self, kind: Kind) -> None:
        """There is a record of the kind, of which nothing is said."""
        self._only(kind)
        self.spoken[kind.name] = None

    def _numbered(self, kind: Kind, number: int) -> dict[str, Any]:
        rows = self.rows(kind)
        return rows[number] if number < len(rows) else self._only(kind)

    def _question(self, kind: Kind, name: str) -> str | None:
        """The leaf that a name means among those that rules ask of a kind: a derived fact or a predicate."""
        found = {leaf_name(node) for node in self.leaves(kind.name) if name in called(node)}
        return found.pop() if len(found) == 1 else None

    def leaves(self, kind: str) -> Iterator[Node]:
        """The questions that rules ask of a kind, in the order of the pack."""
        for bound in self.pack.bound:
            if bound.kind == kind:
                for part in (bound.applies, bound.violated, bound.unless, bound.scope):
                    yield from (n for n in (leaves(part) if part else ()) if not isinstance(n, Undecided))

    def _unknown_field(self, kind: Kind, name: str, problem: Problem, place: Location) -> Problem:
        names = {c for node in self.leaves(kind.name) for c in called(node)}
        close = nearest(name, names) if problem.hint is None or "可用" in problem.hint.zh else None
        hint = Text(f"是否为“{close}”？", f"did you mean {close!r}?") if close else problem.hint
        return msgspec.structs.replace(problem, location=place, hint=hint)

    def answer(self, kind: str, number: int, leaf: str, truth: bool) -> None:
        """Answer one of the questions that rules ask: what the records would say if they said it."""
        if not self.rows(self.pack.registry.kinds[kind]) and not self.pack.registry.kinds[kind].derived:
            self._only(self.pack.registry.kinds[kind])
        self.answers[kind, number, leaf] = truth
        self.answered[kind, leaf] = None

    def said(self) -> list[Said]:
        """Everything that was said, in words."""
        out: list[Said] = []
        registry = self.pack.registry
        for kind, name in self.stated:
            fact = registry.facts[kind].get(name)
            rows = [row[name] for row in self.rows(registry.kinds[kind]) if name in row]
            if fact is None or any(
                isinstance(v, dict) or (isinstance(v, list) and v and isinstance(v[0], dict)) for v in rows
            ):
                continue  # the records below say it themselves
            record_kind = registry.kinds[kind]
            values = [self._shown(record_kind, name, v) for v in rows]
            words = Text(f"{record_kind.zh}：{fact.zh}", f"{record_kind.en}: {name.replace('_', ' ')}")
            out.append(
                Said(
                    f"{kind}.{name}",
                    words,
                    Text("；".join(v.zh for v in values), "; ".join(v.en for v in values)),
                )
            )
        for (kind, _, leaf), truth in self.answers.items():
            node = next((n for n in self.leaves(kind) if leaf_name(n) == leaf), None)
            if node is not None:
                zh, en = registry.kinds[kind].zh, registry.kinds[kind].en
                words = Text(f"{zh}：{asked(node, 'zh')}", f"{en}: {asked(node, 'en')}")
                out.append(
                    Said(f"{kind}.{called(node)[0]}", words, Text(show(truth, "zh"), show(truth, "en")))
                )
        return out

    def _shown(self, kind: Kind, name: str, value: Any) -> Text:
        record, _ = to_record({name: value}, kind.struct, None)
        typed = getattr(record, name) if record is not None else value
        return Text(show(typed, "zh", name), show(typed, "en", name))

    # -- the records that come of it ---------------------------------------------------------------------------------

    def world(self) -> tuple[World, list[tuple[str, Any]]]:
        """The world and its records as (kind, record), settled."""
        tables = self._filled()
        made: dict[str, list[Any]] = {}
        for table, rows in tables.items():
            for row in rows:
                record, problems = to_record(row, ROOTS[table].struct, None)
                if record is None:
                    raise InputError(problems)
                made.setdefault(table, []).append(record)
        world = make_world(self.pack, made, self.as_of)
        applications = made.get("applications", [])
        for application in applications:
            settle("application", application, world)
        world.gathered = gather(applications)
        return world, [(ROOTS[t].name, r) for t, rs in made.items() for r in rs]

    def _filled(self) -> dict[str, list[dict[str, Any]]]:
        """The stated records, with what only tells them apart; and the organ that they speak of."""
        tables = copy.deepcopy(self.tables)
        named = list(
            dict.fromkeys(r["organ_code"] for rows in tables.values() for r in rows if "organ_code" in r)
        )
        organ = named[0] if len(named) == 1 else "该单位"
        organs = tables.setdefault("organs", [])
        if not organs:
            organs.append({})
        for table, rows in tables.items():
            kind = ROOTS[table]
            for row in rows:
                for name in kind.key:
                    if name not in row and self._is_text(kind, name) and name != "region":
                        row[name] = organ if (table, name) == ("organs", "code") else _spoken_of(kind, name)
                if "organ_code" in kind.fields and "organ_name" not in row:
                    row.setdefault("organ_code", organ)
                if "item_code" in kind.fields and table != "evidence":
                    row.setdefault("item_code", _spoken_of(kind, "item_code"))
        return tables

    def _is_text(self, kind: Kind, name: str) -> bool:
        fact = self.pack.registry.facts[kind.name].get(name)
        return isinstance(fact, Fact) and self.pack.registry.type_of(fact) is str

    def frames(self, judge: Judge) -> Iterator[tuple[Place, Frame]]:
        """Every record that a rule judges, with its number among those of its kind."""
        world, records = self.world()
        numbers: dict[str, int] = {}
        for kind, record in records:
            if not judge.needed(kind):
                continue
            settle(kind, record, world)
            for frame in judge.frames(kind, record, world):
                number = numbers.get(frame.kind, 0)
                numbers[frame.kind] = number + 1
                yield (frame.kind, number), frame


def _spoken_of(kind: Kind, name: str) -> str:
    return {"organ_code": "该单位", "item_code": "该事项"}.get(name, f"该{kind.zh}")


def called(node: Node) -> tuple[str, ...]:
    """What a question may be called in `--fact`, the shortest first: its name, its words."""
    words = condition_text(node, "zh")
    if isinstance(node, IsTrue):
        return (node.ref.name, words)
    if isinstance(node, Call):
        own = node.predicate.name
        plain = all(
            isinstance(a, Ref) and a.name == p for a, p in zip(node.args, node.predicate.params, strict=True)
        )
        return (own, leaf_name(node), words) if plain else (leaf_name(node), own, words)
    if isinstance(node, Quant):
        mark = hashlib.sha256(leaf_name(node).encode()).hexdigest()[:4]
        return (f"{node.op}_{node.relation.name}_{mark}", leaf_name(node), words)
    return (leaf_name(node), words)


def asked(node: Node, lang: str) -> str:
    """A question in plain words: those of the pack, without the brackets of a condition tree, nor what is for people
    to decide."""
    zh = lang == "zh"
    match node:
        case Quant(op, ref, _, child):
            what = ref.target.zh if zh else ref.target.en
            how = {"some": ("有一项", "one"), "every": ("每一项都", "every one"), "no": ("没有一项", "none")}[
                op
            ][not zh]
            inner = asked(child, lang)
            return f"“{what}”中{how}符合：{inner}" if zh else f"{how} of {what} is such: {inner}"
        case AllOf(children) | AnyOf(children):
            parts = [asked(c, lang) for c in children if not isinstance(c, Undecided)]
            if len(parts) == 1:
                return parts[0]
            if isinstance(node, AllOf):
                return ("，" if zh else ", ").join(parts)
            return ("（" if zh else "(") + ("或者" if zh else " or ").join(parts) + ("）" if zh else ")")
        case Not(child):
            inner = asked(child, lang)
            return f"不是“{inner}”" if zh else f"not “{inner}”"
    return condition_text(node, lang)

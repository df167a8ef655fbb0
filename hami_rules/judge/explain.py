"""Reasons: from a hit to a finding, with the facts seen, what was missing, the exceptions considered and the law."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from typing import Any

from hami_rules import statute
from hami_rules.pack.load import Pack
from hami_rules.pack.message import render, show
from hami_rules.pack.nodes import AllOf, AnyOf, Call, IsTrue, Node, Not, Quant, Undecided
from hami_rules.pack.rules import BoundRule
from hami_rules.predicates.registry import Fact, NameProblem, Ref
from hami_rules.records.kinds import KINDS
from hami_rules.records.location import Location
from hami_rules.records.persons import is_organisation_name, personal_fields, personal_values
from hami_rules.records.text import Text
from hami_rules.records.world import World
from hami_rules.truth import ERROR, Truth

from .compile import UNDETERMINED, VIOLATED
from .engine import ERRED, Hit, Judge
from .findings import UNSETTLED, Explanation, Finding, MissingFact, OpenRow, SeenFact
from .grounds import decisive_row, ground
from .interpret import Frame, Missing, Raised, Seen, Unknown, evaluate, trace
from .keys import pointer_of
from .naming import NAMES, Called, record_words

__all__ = ["CAUSES", "Explainer", "Locate", "cause_text", "condition_text"]

_REQUEST = "evidence_request."  # begins the name of a seen fact that is a request for proof which ran out
_UPWARDS = Text(
    "由上级统一制定，本地不得改动：列入上报，不计入本单位",
    "set by superior organs and not to be altered locally: addressed upwards, not counted here",
)
_ASKED = ("applies", "violated", "scope", "unless")
"""The parts of a rule in the order in which what they lack is asked for."""
_VERDICTS = {VIOLATED: "violated", UNDETERMINED: "undetermined", ERRED: "error"}
_WORDS = {
    "all": Text("以下全部", "all of"),
    "any": Text("以下之一", "any of"),
    "not": Text("并非", "not"),
    "some": Text("至少有一项", "some"),
    "every": Text("每一项都", "every"),
    "no": Text("没有任何一项", "no"),
}
CAUSES = {
    "not_given": Text("未提供", "not given"),
    "no_record": Text(
        "没有找到对应的记录，该表也未声明完整", "no such record, and the table is not declared complete"
    ),
    "names_differ": Text(
        "名称不同，又没有编码可以比较：请写明材料编码，或者在材料别名表中载明",
        "the names differ and there is no code to compare: give the code, or the alias in the table of aliases",
    ),
    "absent_record": Text("已知没有这样的记录", "there is known to be no such record"),
    "not_told": Text("从已知事实不能判断", "cannot be told from the known facts"),
    "undecided": Text("须由人认定", "for a person to decide"),
    "partial": Text("清单未列全", "the list is not complete"),
}

UNKNOWN_VALUE = Text("未知", "unknown")


def _hash(*parts: str, size: int = 16) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:size]


def cause_text(missing: Missing) -> Text:
    """Why a fact is unknown, in words."""
    if missing.cause == "undecided":
        return Text(f"须由人认定：{missing.detail}", f"for a person to decide: {missing.detail_en}")
    return CAUSES[missing.cause]


def condition_text(node: Node, lang: str) -> str:
    """A condition in words, on one line: for `hami show` and the docs."""
    comma, stop = ("，", "；") if lang == "zh" else (", ", "; ")
    match node:
        case IsTrue(ref):
            return _ref_words(ref, lang)
        case Call(found, args):
            words = found.zh if lang == "zh" else found.en[:1].lower() + found.en[1:]
            literals = [
                show(a.value, lang) if hasattr(a, "value") else f"${a.name}"
                for a in args
                if not isinstance(a, Ref)
            ]
            return words + (f"（{comma.join(literals)}）" if literals else "")
        case Undecided(zh, en):
            return f"（待人认定：{zh}）" if lang == "zh" else f"(for a person to decide: {en})"
        case Not(child):
            inner = condition_text(child, lang)
            return f"并非“{inner}”" if lang == "zh" else f"not “{inner}”"
        case AllOf(children) | AnyOf(children):
            parts = [condition_text(c, lang) for c in children]
            if isinstance(node, AllOf):
                return (
                    "（" + f"{stop}并且".join(parts) + "）"
                    if lang == "zh"
                    else "(" + "; and ".join(parts) + ")"
                )
            return (
                "（" + f"{stop}或者".join(parts) + "）" if lang == "zh" else "(" + "; or ".join(parts) + ")"
            )
        case Quant(op, ref, _, child):
            what = ref.target.zh if lang == "zh" else ref.target.en
            inner = condition_text(child, lang)
            word = _WORDS[op](lang)
            return f"“{what}”中{word}满足“{inner}”" if lang == "zh" else f"{word} of {what}: “{inner}”"
    raise AssertionError(node)


def _ref_words(ref: Ref, lang: str) -> str:
    words = ref.target.zh if lang == "zh" else ref.target.en[:1].lower() + ref.target.en[1:]
    if ref.is_has:
        return f"有{words}" if lang == "zh" else f"there is {words}"
    return words


@lru_cache(maxsize=512)
def _paragraph(address: str) -> tuple[Text, str]:
    at = statute.Address.parse(address)
    found = statute.load()
    return Text(found.citation(at.at_paragraph, "zh"), found.citation(at.at_paragraph, "en")), str(at)


def _traces(bound: BoundRule, frame: Frame, code: int) -> list[tuple[str, Seen]]:
    """How the parts of a rule came out, by their names."""
    parts = [
        ("scope", bound.scope),
        ("applies", bound.applies),
        ("violated", bound.violated),
        ("unless", bound.unless),
    ]
    if code == VIOLATED:
        del parts[0]  # it holds, or the rule would not be violated, and what holds of the scope is not shown
    return [(name, trace(node, frame)) for name, node in parts if node is not None]


Locate = Callable[[str, tuple[int, int] | None], Location | None]
"""From a JSON pointer inside the root record, and a stretch of the text there, to the place in the source."""


@dataclass
class Explainer:
    """Makes findings. One per process; it knows the pack and how to evaluate its conditions slowly."""

    pack: Pack
    judge: Judge
    trees: bool = True  # whether findings carry their condition trees
    shown_at: Callable[[Any], Location | None] | None = None  # where the evidence stands that a duty rests on
    _said: dict[tuple[int, str], tuple[Any, Any]] = field(default_factory=dict, repr=False)

    def _once(self, what: Any, say: Callable[[Any], Any]) -> Any:
        """What is said of a part of the pack: the same in every finding. The part is kept, so its `id` stays its own."""
        key = (id(what), say.__name__)
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = (what, say(what))
        return found[1]

    def finding(self, root: str, hit: Hit, world: World, locate: Locate | None = None) -> Finding:
        """The finding of a hit on a record of the root kind; `locate` finds its place (evaluated once)."""
        index, code, chain = hit
        bound = self.judge.rules[index]
        frame = self.judge.frame_of(bound.kind, chain, world)
        rule = bound.rule
        kind = self.pack.registry.kinds[bound.kind]
        verdict = _VERDICTS[code]
        traces = _traces(bound, frame, code)
        seen: dict[str, SeenFact] = {}
        for name, t in traces:
            if name != "scope":
                for fact in self._seen(t, frame):
                    seen.setdefault(fact.fact, fact)
        missing = self._missing(bound, traces, frame) if code == UNDETERMINED else ()
        citation, _ = _paragraph(rule.address)
        organ_code = self._responsible(bound, frame)
        organ = world.organ(organ_code) if organ_code else None
        upwards = bound.upwards is not None and evaluate(bound.upwards, frame) is True
        item_name = self._root_field(frame, "item_name")
        organ_name = (organ.name if organ is not None else None) or self._root_organ(frame, organ_code)
        finding = Finding(
            id=_hash(rule.id, bound.kind, frame.key),
            state="",
            rule=rule.id,
            address=rule.address,
            citation=citation,
            quote=rule.quote,
            verdict=verdict,  # type: ignore[arg-type]
            grade=rule.grade if verdict == "violated" else None,
            kind=rule.kind,
            counts_against="superior" if upwards else rule.counts_against,
            title=rule.title,
            message=self._message(bound, frame, verdict, dict(traces)["violated"]),
            remedy=self.render(rule.remedy, frame) if rule.remedy else None,
            interpretation=rule.interpretation,
            record_kind=bound.kind,
            record_key=frame.key,
            record_label=record_words(
                self.pack.registry, bound.kind, frame.key, item_name, organ_name, self._names(frame)
            ),
            root_key=frame.key.partition("/")[0],
            location=self._place(frame, locate) if locate else None,
            organ_code=organ_code,
            organ_name=organ_name,
            region=self._value(frame, kind.region) if kind.region else None,
            item_code=self._root_field(frame, "item_code"),
            item_name=item_name,
            conduct_from=self._conduct(bound, frame, "conduct_from"),
            conduct_to=self._last_day(bound, frame),
            seen=tuple(seen.values()),
            missing=missing,
            explanation=tuple(
                self._explain(t, frame, part)
                for part, t in traces
                if self.trees and (part != "scope" or t.truth is not True)
            ),
            rebuttals=tuple(text for node, text in bound.rebuttals if evaluate(node, frame) is True),
            practice=self._practice(bound, frame, organ_code),
            superior=rule.superior,
            note=_UPWARDS if upwards else _note_of_silence(seen.values()),
            error=next((f"{t.raised.where}: {t.raised.message}" for _, t in traces if t.raised), None),
        )
        finding.state = _hash(
            finding.rule, finding.verdict, finding.grade or "",
            *(f"{s.fact}={s.value.zh}" for s in finding.seen if s.fact != "as_of"),
            *sorted(f"?{m.fact}" for m in finding.missing),
        )  # fmt: skip
        finding.persons = _persons(finding, frame)
        return finding

    def open_row(self, hit: Hit, world: World) -> OpenRow:
        """What is stored of an undetermined hit whose like has been explained: no words but of what it lacks."""
        bound = self.judge.rules[hit[0]]
        frame = self.judge.frame_of(bound.kind, hit[2], world)
        region = self.pack.registry.kinds[bound.kind].region
        root_name, name = self._names(frame)
        return OpenRow(
            bound.rule.id,
            bound.kind,
            frame.key,
            self._responsible(bound, frame),
            self._value(frame, region) if region else None,
            self._missing(bound, _traces(bound, frame, hit[1]), frame),
            item_name=self._root_field(frame, "item_name"),
            root_name=root_name,
            name=name,
        )

    def _place(self, frame: Frame, locate: Locate) -> Location | None:
        """Where what was found can be looked up: in the evidence that shows it, else where the record stands."""
        shown = self.shown_at(frame.record) if self.shown_at and frame.kind == "expectation" else None
        if shown is not None:
            return shown
        at = pointer_of(self.pack.registry, frame.kinds, frame.chain, frame.lists)
        return locate(at, _stretch_of(frame.record))

    # -- pieces --------------------------------------------------------------------------------------------------

    def _value(self, frame: Frame, name: str) -> Any:
        """The known value of a fact by name, or `None`."""
        try:
            value = frame.get(self.pack.registry.resolve(frame.kind, name))
        except NameProblem:
            return None
        return None if isinstance(value, Unknown | Raised) else value

    def _names(self, frame: Frame) -> Called:
        """What the record's root and the record are called; a part without a name by what it is a part of."""
        own: Text | None = None
        at: Frame | None = frame
        while at is not None:
            said = [v for f in NAMES.get(at.kind, ()) if (v := self._called(at, f))]
            name = None
            if said:
                zh, en = (
                    [v(lang) if isinstance(v, Text) else show(v, lang) for v in said] for lang in ("zh", "en")
                )
                name = Text("、".join(zh), ", ".join(en))
            if at.parent is None:
                return name, own
            own, at = own or name, at.parent
        raise AssertionError("a frame has a root")

    def _called(self, frame: Frame, name: str) -> Any:
        """What people call the value of a fact: an organ by its name, a thing without a name by its code's."""
        value, world = self._value(frame, name), frame.world
        if name.endswith("organ_code") and value is not None:
            return world.organ(value).name or value
        if value is None and name.endswith("material_name"):
            code = self._value(frame, name.removesuffix("name") + "code")
            return code and (self._listed_name(frame, code) or code)
        if value is None and name.endswith("item_name"):
            code = self._root_field(frame, "item_code")
            organ = self._root_field(frame, "organ_code")
            return code and ((organ and world.item(code, organ).item_name) or code)
        return value

    def _listed_name(self, frame: Frame, code: str) -> str | None:
        """What the organ's guides call the material of a code; the latest first."""
        item, organ = self._root_field(frame, "item_code"), self._root_field(frame, "organ_code")
        guides = frame.world.guides_of(item, organ) if item and organ else []
        named = (
            (g, m) for g in guides for m in g.materials or () if m.material_code == code and m.material_name
        )
        latest = max(named, key=lambda found: found[0].valid_from or date.min, default=None)
        return latest and latest[1].material_name

    def _conduct(self, bound: BoundRule, frame: Frame, name: str) -> Any:
        return self._value(frame, f"{name}@{bound.rule.conduct}" if bound.rule.conduct else name)

    def _last_day(self, bound: BoundRule, frame: Frame) -> Any:
        """The last day of the conduct: at the latest that on which what was late came to be done (`ended`)."""
        last = self._conduct(bound, frame, "conduct_to")
        ended = self._value(frame, bound.rule.ended) if bound.rule.ended else None
        first = self._conduct(bound, frame, "conduct_from")
        return ended if None not in (first, last, ended) and first <= ended <= last else last

    def _responsible(self, bound: BoundRule, frame: Frame) -> str | None:
        name = bound.rule.responsible or self.pack.registry.kinds[bound.kind].organ
        return None if name is None else str(v) if (v := self._value(frame, name)) is not None else None

    def _root_field(self, frame: Frame, name: str) -> Any:
        at: Frame | None = frame
        while at is not None:
            if name in getattr(at.record, "__struct_fields__", ()):
                value = getattr(at.record, name)
                if value is not None:
                    return value
            at = at.parent
        return None

    def _root_organ(self, frame: Frame, code: str | None) -> str | None:
        if code is not None and self._root_field(frame, "organ_code") == code:
            own: str | None = self._root_field(frame, "organ_name")
            return own
        name: str | None = self._root_field(frame, "intermediary_name")
        if name is None and frame.kinds[0] == "intermediary":
            name = self._root_field(frame, "name")
        return name or code

    def _practice(self, bound: BoundRule, frame: Frame, organ: str | None) -> str:
        names = bound.rule.practice
        if names:
            values = [str(self._value(frame, n)) for n in names]
        else:
            values = [str(organ), str(self._root_field(frame, "item_code"))]
        return _hash(bound.rule.id, *values)

    def fact_keys(self, hit: Hit, finding: Finding, world: World) -> frozenset[str]:
        """What the finding rests on, for `effects.concur`: the record itself and the facts of `same_fact`.

        Records of one kind share a fact only when they are the same record; across kinds, by `same_fact`. A derived
        record rests on the record it is derived from.
        """
        bound = self.judge.rules[hit[0]]
        frame = self.judge.frame_of(bound.kind, hit[2], world)
        base = frame
        while self.pack.registry.kinds[base.kind].derived and base.parent is not None:
            base = base.parent
        keys = {f"{base.kind}:{base.key}"}
        for way in bound.rule.same_fact:
            values = [self._value(frame, n) for n in way]
            if None not in values:
                # The owner's kind is kept out of the other kinds' way: see effects.concur.
                keys.add(f"={base.kind}=" + "|".join(map(str, values)))
        return frozenset(keys)

    def _message(self, bound: BoundRule, frame: Frame, verdict: str, violated: Seen) -> Text:
        """What is wrong; of an undetermined verdict, what would be if the missing facts bore it out."""
        assert bound.rule.message is not None, "a rule that judges has a message"
        said = self.render(bound.rule.message, frame, violated)
        if verdict == "undetermined":
            return Text(UNSETTLED.zh + said.zh, UNSETTLED.en + said.en)
        return said

    def render(self, text: Text, frame: Frame, violated: Seen | None = None) -> Text:
        """A text with its placeholders filled from the record's facts; in a message also from how its condition
        came out: `ground`, and `row_…` of the row that decided."""

        def get(name: str, lang: str) -> Any:
            if violated is not None and name == "ground":
                return ground(violated, lang, condition_text)
            if violated is not None and name.startswith("row_"):
                row = decisive_row(violated)
                return None if row is None else self._called(row, name.removeprefix("row_"))
            return self._called(frame, name)

        return Text(
            render(text.zh, "zh", partial(get, lang="zh")), render(text.en, "en", partial(get, lang="en"))
        )

    def _missing(
        self, bound: BoundRule, traces: Iterable[tuple[str, Seen]], frame: Frame
    ) -> tuple[MissingFact, ...]:
        """One line a fact and cause; where many elements lack it, such as the documents that a condition cites, what they
        were looked up by stands in it. What the rule itself asks comes first, exceptions last, and of each what can be
        supplied before what people decide: an order that does not depend on who looked."""
        found: dict[tuple[str, str], list[Missing]] = {}
        asked: dict[tuple[str, str], int] = {}
        open_parts = [(_ASKED.index(part), t.missing) for part, t in traces if t.truth is None]
        for m in sorted({m for _, lacking in open_parts for m in lacking}, key=lambda m: m.detail):
            fact = f"{m.kind}.{m.fact}" if m.fact else f"{m.kind}.?{_hash(m.detail, size=6)}"
            found.setdefault((fact, m.cause), []).append(m)
            part = min(at for at, lacking in open_parts if m in lacking)
            asked[fact, m.cause] = min(part, asked.get((fact, m.cause), part))

        def order(key: tuple[str, str]) -> tuple[int, bool, str]:
            return asked[key], key[1] == "undecided", "".join(key)

        lacks = (
            self._missing_fact(fact, _together(found[fact, cause]))
            for fact, cause in sorted(found, key=order)
        )
        if bound.rule.documentary is None:
            return tuple(lacks)
        return tuple(self._document(m, bound.rule.documentary.request, frame) for m in lacks)

    def _missing_fact(self, fact: str, m: Missing) -> MissingFact:
        kind = self.pack.registry.kinds.get(m.kind)
        owner = Text(kind.zh, kind.en) if kind else Text(m.kind, m.kind)
        if m.cause == "undecided":
            return MissingFact(fact, Text(m.detail, m.detail_en), CAUSES["undecided"], "decision")
        return MissingFact(fact, Text(f"{owner.zh}：{m.detail}", f"{owner.en}: {m.detail_en}"), cause_text(m))

    def _document(self, missing: MissingFact, request: Text, frame: Frame) -> MissingFact:
        """Of what a documentary rule lacks, the proof itself is the document that the rule asks for."""
        if missing.fact != "expectation.shown_done":
            return missing
        shown = self._value(frame, "evidence_shown")
        return MissingFact(missing.fact, self.render(request, frame), shown or missing.cause, "document")

    def _seen(self, t: Seen, frame: Frame, depth: int = 0) -> Iterable[SeenFact]:
        """Known values that leaves saw; of a quantifier's rows only those that decided it."""
        for ref, value in t.values:
            if not isinstance(value, Unknown | Raised) and not (
                isinstance(ref, Ref) and ref.path and ref.path[0][0] == "outer"
            ):
                yield self._seen_fact(ref, value)
                yield from self._silence(ref, frame)
        if isinstance(t.node, Quant):
            yield from self._silence(t.node.relation, frame)
            # Only a row that decides is a fact of the case: the one that holds (some, no) or fails (every).
            for row, at in zip(t.children, t.rows, strict=True):
                if row.truth is (t.node.op != "every"):
                    yield from self._seen(row, at, depth + 1)
                    return
            return
        for child in t.children:
            yield from self._seen(child, frame, depth)

    def _silence(self, ref: Ref, frame: Frame) -> Iterable[SeenFact]:
        """Where a fact counts as absent because a request for proof ran out: which request, and when."""
        if not frame.world.unanswered:
            return
        for fact, r in frame.asked_in_vain(ref):
            zh = [f"调阅通知 {r.request_no}" if r.request_no else "调阅通知"]
            en = [f"evidence request {r.request_no}" if r.request_no else "evidence request"]
            if r.asked_on:
                zh.append(f"{show(r.asked_on, 'zh')}发出")
                en.append(f"sent {show(r.asked_on, 'en')}")
            zh.append(f"期限{show(r.due_on, 'zh')}")
            en.append(f"due {show(r.due_on, 'en')}")
            zh.append(f"{show(r.produced_on, 'zh')}才提供，已逾期" if r.produced else "逾期未提供")
            en.append(
                f"produced {show(r.produced_on, 'en')}, too late" if r.produced else "not produced in time"
            )
            yield SeenFact(
                f"{_REQUEST}{r.request_no or fact.name}",
                Text(f"调阅“{fact.zh}”", f"proof asked of “{fact.en}”"),
                Text("，".join(zh), ", ".join(en)),
            )

    def _seen_fact(self, ref: Ref, value: Any) -> SeenFact:
        name, words = self._once(ref, _named)
        return SeenFact(name, words, Text(show(value, "zh", name), show(value, "en", name)))

    def _explain(self, t: Seen, frame: Frame, part: str | None = None) -> Explanation:
        op, text = self._once(t.node, _head)
        children: tuple[Explanation, ...]
        if isinstance(t.node, Quant):
            decisive = [c for c in t.children if c.truth is (t.node.op != "every")]
            shown = decisive[:3] or [c for c in t.children if c.truth is None][:3] or list(t.children[:3])
            children = tuple(self._explain(c, frame) for c in shown)
        else:
            children = tuple(self._explain(c, frame) for c in t.children)
        facts = tuple(
            self._seen_fact(ref, value)
            if not isinstance(value, Unknown | Raised)
            else SeenFact(ref.name, self._once(ref, _named)[1], UNKNOWN_VALUE)
            for ref, value in t.values
        )
        return Explanation(op, _truth(t.truth), text, part, facts, children)  # type: ignore[arg-type]


LISTED = 3
"""How many elements a line of what is missing names; the rest are counted."""


def _together(lacking: list[Missing]) -> Missing:
    """The same fact of several elements as one: what each was looked up by, in one pair of brackets."""
    first = lacking[0]
    if len(lacking) == 1:
        return first
    heads = {m.detail.partition("（")[0] for m in lacking}
    names = list(dict.fromkeys(m.detail.partition("（")[2].removesuffix("）") for m in lacking))
    if len(heads) > 1 or not all(names):
        return first
    named, more = "；".join(names[:LISTED]), len(names) - LISTED
    zh, en = (f"；等{len(names)}项", f"; {more} more") if more > 0 else ("", "")
    return replace(
        first,
        detail=f"{first.detail.partition('（')[0]}（{named}{zh}）",
        detail_en=f"{first.detail_en.partition('（')[0]}（{named}{en}）",
    )


def _named(ref: Ref) -> tuple[str, Text]:
    """A fact's name with its owner, and what people call it."""
    name = ref.target.name if isinstance(ref.target, Fact) else ref.name
    owner = getattr(ref.target, "kind", "")
    return f"{owner}.{name}" if owner else name, Text(_ref_words(ref, "zh"), _ref_words(ref, "en"))


def _stretch_of(record: Any) -> tuple[int, int] | None:
    """The stretch of a text that a derived record speaks of."""
    start, end = getattr(record, "start", None), getattr(record, "end", None)
    return None if start is None or end is None else (start, end)


def _persons(finding: Finding, frame: Frame) -> tuple[str, ...]:
    """The names and numbers of natural persons, of the record and what it is a part of, that the finding says."""
    known = {value for record in frame.chain for value in personal_values(record)}
    known |= {
        s.value.zh
        for s in finding.seen
        if s.fact.rpartition(".")[0] in KINDS
        and s.fact.rpartition(".")[2] in personal_fields(KINDS[s.fact.rpartition(".")[0]].struct)[0]
        and not is_organisation_name(s.value.zh)
    }
    if not known:
        return ()
    said = repr(finding)
    return tuple(sorted(value for value in known if value in said))


def _note_of_silence(seen: Iterable[SeenFact]) -> Text | None:
    """That facts count as absent because proof of them was asked for in vain; the requests are among the facts."""
    requests = [s for s in seen if s.fact.startswith(_REQUEST)]
    if not requests:
        return None
    return Text(
        "逾期未提供证明的事实按没有认定：" + "；".join(f"{s.label.zh}（{s.value.zh}）" for s in requests),
        "what was not proved in time counts as absent: "
        + "; ".join(f"{s.label.en} ({s.value.en})" for s in requests),
    )


def _truth(truth: Truth) -> str:
    if truth is ERROR:
        return "error"
    return {True: "true", False: "false", None: "unknown"}[truth]


def _head(node: Node) -> tuple[str, Text]:
    match node:
        case AllOf():
            return "all", _WORDS["all"]
        case AnyOf():
            return "any", _WORDS["any"]
        case Not():
            return "not", _WORDS["not"]
        case Quant(op, ref, _, _):
            what = ref.target
            return op, Text(f"“{what.zh}”中{_WORDS[op].zh}", f"{_WORDS[op].en} of {what.en}")
        case Undecided(zh, en):
            return "undecided", Text(zh, en)
    return "leaf", Text(condition_text(node, "zh"), condition_text(node, "en"))

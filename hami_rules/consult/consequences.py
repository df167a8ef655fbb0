"""What follows from a finding, step by step: who answers, who coordinates, what liability, what mitigation, where to
complain, what to put right (第五条, 第二十四条, 第二十九条第二款, 第三十条至第三十二条).

The steps are data (`consequences.yaml`) chained forward by durable_rules. What the pack's rules about findings say is
taken from those rules: their conditions are compiled for the engine, their texts are written by the same hand as in an
audit, and a test holds both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec

from hami_rules import statute
from hami_rules.engine import Engine, Firing, conditions_to_durable, facts_of, leaf_name, rule_of
from hami_rules.intake.errors import InputError, Problem, nearest
from hami_rules.intake.positioned import Positioned, read_document
from hami_rules.judge.engine import Judge
from hami_rules.judge.explain import Explainer, condition_text
from hami_rules.judge.findings import Finding
from hami_rules.judge.finish import record_of, silenced
from hami_rules.judge.interpret import Frame, evaluate
from hami_rules.pack.bind import Binder
from hami_rules.pack.load import Pack
from hami_rules.pack.nodes import AllOf, AnyOf, Node, Not, walk
from hami_rules.records.liability import FindingRecord
from hami_rules.records.location import Location
from hami_rules.records.text import Text
from hami_rules.records.world import World

__all__ = ["STEPS", "Chain", "Consequences", "Step", "StepRule", "read_steps"]

STEPS = Path(__file__).parent / "consequences.yaml"

RECORDED = {
    "coordinates": ("coordinating_body", None),
    "consequence": ("consequence", None),
    "mitigates": ("mitigation", "mitigation_pending"),
}
"""Effect → the fields in which an audit has written what its rules said, and what it left open."""


Said = dict[str, list[tuple[str | None, Text]]]
"""What holds or is open, by effect: the rule that says so, where it is known, and its text."""


class _Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step as written in `consequences.yaml`."""

    id: str
    title: Text
    after: tuple[str, ...] = ()
    basis: str | None = None
    effect: str | None = None
    when: Any = None
    say: Text | None = None


@dataclass(frozen=True)
class StepRule:
    """One kind of step: what it is called, what must have come before, and when it follows."""

    id: str
    title: Text
    after: tuple[str, ...]
    basis: str | None
    effect: str | None
    when: Node | None
    say: Text | None


@dataclass(frozen=True)
class Step:
    """One step of a chain: what follows, on which provision, and from what.

    `number`: how far along the chain; `open`: it cannot be known yet whether it follows. `because`: facts and earlier
    steps, in words. `rule`: the rule of the pack that says so, where one does.
    """

    number: int
    id: str
    title: Text
    text: Text
    basis: str | None
    citation: Text | None
    because: tuple[Text, ...]
    rule: str | None = None
    open: bool = False


@dataclass(frozen=True)
class Chain:
    """What follows from one finding, in the order in which it follows."""

    rule: str
    key: str
    steps: tuple[Step, ...]

    def of(self, *ids: str) -> list[Step]:
        """The steps of these kinds."""
        return [s for s in self.steps if s.id in ids]


def read_steps(pack: Pack, path: Path = STEPS) -> tuple[StepRule, ...]:
    """The steps of a file, bound to the pack. Raises `InputError` with every mistake, each at its place."""
    document = read_document(path, path.name)[0]
    problems: list[Problem] = []

    def report(at: str, zh: str, en: str, near: Iterable[str] = ()) -> None:
        close = next(iter(near), None)
        hint = Text(f"是否为“{close}”？", f"did you mean {close!r}?") if close else None
        problems.append(Problem("consequence-step", Text(zh, en), _place(document, at), hint))

    try:
        sources = msgspec.convert(document.data["consequences"], list[_Source])
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise InputError(
            [Problem("consequence-step", Text(f"后果步骤的写法不对：{error}", f"wrong steps: {error}"))]
        ) from None

    def below(at: str, part: str, zh: str, en: str, near: tuple[str, ...]) -> None:
        report(at + part, zh, en, near)

    constant = {name: parameter.lasting for name, parameter in pack.data.parameters.items()}
    known: list[str] = []
    out: list[StepRule] = []
    for i, source in enumerate(sources):
        at = f"/consequences/{i}"
        for name in source.after:
            if name not in known:
                close = nearest(name, known)
                report(
                    f"{at}/after",
                    f"“{name}”不是前面的步骤",
                    f"{name!r} is no earlier step",
                    [close] if close else (),
                )
        if (source.effect is None) == (source.when is None) or (source.when is None) != (source.say is None):
            report(at, "写 effect，或者写 when 与 say", "a step has either effect, or when and say")
            continue
        if source.effect is not None and source.effect not in {r.effect for r in pack.rules}:
            report(
                f"{at}/effect",
                f"没有规则有作用“{source.effect}”",
                f"no rule has the effect {source.effect!r}",
            )
        node = None
        if source.when is not None:
            binder = Binder(pack.registry, constant, partial(below, at))
            node = binder.bind(source.when, "finding", "/when")
        if source.basis is not None:
            statute.load().paragraph(statute.Address.parse(source.basis).at_paragraph)
        known.append(source.id)
        out.append(
            StepRule(source.id, source.title, source.after, source.basis, source.effect, node, source.say)
        )
    if problems:
        raise InputError(problems)
    return tuple(out)


def _place(document: Positioned, at: str) -> Location | None:
    return document.locate(at)


class Consequences:
    """Chains for findings, all of one world: the tables that name agencies, reform measures and recorded misconduct.

    Raises `MissingEngine` where durable_rules is not installed.
    """

    def __init__(self, pack: Pack, world: World) -> None:
        self.pack, self.world = pack, world
        self.steps = read_steps(pack)
        self._by_firing = {s.id: s for s in self.steps}
        for step in self.steps:
            if step.effect is not None:
                self._by_firing |= {_holds(step.effect): step, _open(step.effect): step}
        effects = {s.effect for s in self.steps}
        self._rules = [b for b in pack.effects if b.rule.effect in effects]
        self._judge = Judge(pack.effects, pack.registry)
        self._explainer = Explainer(pack, self._judge)
        self._words = {
            name: Text(condition_text(leaf, "zh"), condition_text(leaf, "en"))
            for node in (*(s.when for s in self.steps), *(b.violated for b in self._rules))
            if node is not None
            for part in walk(node)
            for name, leaf in _leaf(part)
        }
        self._chain = Engine("consequences", self._chained())

    @cached_property
    def _holding(self) -> Engine:
        """Which of the pack's rules about findings hold of a record: their own conditions, compiled."""
        return Engine("effects", [rule_of(b) for b in self._rules])

    def _chained(self) -> Iterator[dict[str, Any]]:
        """The steps as rules of the engine; of an effect, one for each rule that has it, held or open."""
        for step in self.steps:
            before = [{_done(name): "t"} for name in step.after]
            if step.when is not None:
                parts = [*before, conditions_to_durable(step.when)]
                yield {"name": step.id, "when": {"$and": parts}, "then": {_done(step.id): "t"}}
                continue
            # What is open is no ground for anything else.
            for name, then in ((_holds(step.effect), {_done(step.id): "t"}), (_open(step.effect), {})):
                yield {"name": name, "when": {"$and": [*before, {name: "t"}]}, "then": then}

    def of_record(self, record: FindingRecord) -> Chain:
        """What follows from a finding, worked out from the world's own records."""
        said, why = self._said(record)
        return self._made(record, said, why)

    def of_finding(self, finding: Finding) -> Chain:
        """What follows from a finding that an audit has written down: what it says of mitigation, liability and
        coordination is taken from it, for it had the records at hand."""
        if finding.consequence is None and finding.coordinating_body is None:
            return self.derived(finding)
        self.world.meet(finding.organ_code, finding.organ_name)
        said: Said = {}
        for effect, (holds, pending) in RECORDED.items():
            for what, name in ((_holds(effect), holds), (_open(effect), pending)):
                text = getattr(finding, name) if name else None
                if text is not None:
                    said[what] = [(None, text)]
        return self._made(record_of(finding, 0), said, {})

    def derived(self, finding: Finding) -> Chain:
        """What follows from a written finding by the world's own records, whatever the audit wrote of it."""
        self.world.meet(finding.organ_code, finding.organ_name)
        return self.of_record(record_of(finding, 0))

    # -- pieces --------------------------------------------------------------------------------------------------

    def _said(self, record: FindingRecord) -> tuple[Said, dict[str, Firing]]:
        """By effect, what the pack's rules say that hold and those that are open; and by rule, why it holds."""
        texts: list[tuple[int, str, str, Text]] = []
        holding: list[Any] = []
        why: dict[str, Firing] = {}
        for frame in self._judge.frames("finding", record, self.world):
            mine = [b for b in self._rules if b.kind == frame.kind]
            if not mine:
                continue
            fired = {f.rule: f for f in self._holding.run(facts_of((b.violated for b in mine), frame))}
            for bound in mine:
                rule = bound.rule
                firing = fired.get(rule.id)
                if firing is not None:
                    holding.append(rule)
                    why.setdefault(rule.id, firing)
                    what, text = _holds(rule.effect), rule.message
                elif evaluate(bound.violated, frame) is None:
                    what, text = _open(rule.effect), rule.pending
                else:
                    continue
                if text is not None:
                    texts.append((bound.index, rule.id, what, self._explainer.render(text, frame)))
        said: Said = {}
        for _, name, what, text in sorted(texts, key=lambda t: t[0]):
            if not silenced(name, holding):
                said.setdefault(what, []).append((name, text))
        return said, why

    def _made(
        self,
        record: FindingRecord,
        said: Said,
        why: dict[str, Firing],
    ) -> Chain:
        frame = next(self._judge.frames("finding", record, self.world))
        facts = facts_of((s.when for s in self.steps if s.when is not None), frame)
        firings = self._chain.run(facts | dict.fromkeys(said, "t"))
        order = {s.id: i for i, s in enumerate(self.steps)} | {r.id: i for i, r in enumerate(self.pack.rules)}
        steps = [step for firing in firings for step in self._steps(firing, said, why, frame)]
        steps.sort(key=lambda s: (s.number, order[s.id], order.get(s.rule or "", 0)))
        return Chain(record.rule or "", record.key or "", tuple(steps))

    def _steps(
        self,
        firing: Firing,
        said: Said,
        why: dict[str, Firing],
        frame: Frame,
    ) -> Iterator[Step]:
        step = self._by_firing[firing.rule]
        before = [self._by_firing[n].title for n in step.after]
        if step.say is not None:
            because = [*before, *self._grounds(firing)]
            yield Step(
                firing.step, step.id, step.title, self._explainer.render(step.say, frame), step.basis,
                _citation(step.basis), tuple(because),
            )  # fmt: skip
            return
        for name, text in said[firing.rule]:
            grounds = self._grounds(why[name]) if name in why else []
            basis = self.pack.by_id[name].address if name else None
            yield Step(
                firing.step, step.id, step.title, text, basis, _citation(basis), (*before, *grounds), name,
                open=firing.rule == _open(step.effect),
            )  # fmt: skip

    def _grounds(self, firing: Firing) -> list[Text]:
        """The facts that a firing rests on, in words; the earlier steps among them are said apart."""
        out = []
        for name, value in firing.because:
            words = self._words.get(name)
            if words is not None:
                no = Text("：否", ": no") if value == "f" else Text("", "")
                out.append(Text(words.zh + no.zh, words.en + no.en))
        return out


def _holds(effect: str | None) -> str:
    return f"holds {effect}"


def _open(effect: str | None) -> str:
    return f"open {effect}"


def _done(step: str) -> str:
    return f"done {step}"


def _leaf(node: Node) -> Iterator[tuple[str, Node]]:
    if not isinstance(node, AllOf | AnyOf | Not):
        yield leaf_name(node), node


def _citation(basis: str | None) -> Text | None:
    if basis is None:
        return None
    at = statute.Address.parse(basis)
    found = statute.load()
    return Text(found.citation(at, "zh"), found.citation(at, "en"))

"""Procedures as statecharts: written in YAML beside the rules, checked like them, compiled for durable_rules.

A chart begins in one state; a step leads from a state that was reached to another where its condition holds, or names
the rules that are breached there — by their own conditions, which stand in the rule files and nowhere else. Since
conditions are asked of the fold, the states that are reached do not depend on the order in which events came; the step
at which the engine reached them is their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hami_rules.assets import data_folder
from hami_rules.engine import Engine, Firing
from hami_rules.intake.errors import InputError, Problem, nearest
from hami_rules.intake.positioned import Positioned, read_document
from hami_rules.judge.interpret import Frame
from hami_rules.pack.bind import Binder
from hami_rules.pack.load import Pack
from hami_rules.records.text import Text

from .firing import Question, answers, question_of, violation_of

__all__ = ["Chart", "Charts", "Course", "read_charts"]

BREACH = "!"


@dataclass(frozen=True)
class Step:
    """From a reached state to another, or (`breach`) to the rule that is breached there."""

    start: str
    to: str
    when: Question

    @property
    def breach(self) -> str | None:
        return self.to.removeprefix(BREACH) if self.to.startswith(BREACH) else None


@dataclass(frozen=True)
class Chart:
    """One procedure."""

    id: str
    title: Text
    kind: str
    begins: str
    states: dict[str, Text]
    steps: tuple[Step, ...]

    @property
    def rules(self) -> frozenset[str]:
        """The rules that it can find breached."""
        return frozenset(s.breach for s in self.steps if s.breach is not None)


@dataclass(frozen=True)
class Course:
    """How far a record came: the states in the order in which they were reached, and the rules breached on the way."""

    chart: Chart
    states: tuple[str, ...]
    breaches: frozenset[str]

    @property
    def words(self) -> Text:
        """`容缺受理：提出申请 → 书面承诺 → …`."""
        named = [self.chart.states[s] for s in self.states]
        return Text(
            f"{self.chart.title.zh}：" + " → ".join(s.zh for s in named),
            f"{self.chart.title.en}: " + " → ".join(s.en for s in named),
        )


class Charts:
    """All charts, compiled. `course` follows a record through the chart of its kind."""

    def __init__(self, charts: Sequence[Chart]) -> None:
        self.charts = tuple(charts)
        self._of = {c.kind: c for c in charts}
        self._engines: dict[str, Engine] = {}

    def of(self, kind: str) -> Chart | None:
        return self._of.get(kind)

    def course(self, frame: Frame) -> Course | None:
        """The course of the record, or `None` where its kind has no chart."""
        chart = self._of.get(frame.kind)
        if chart is None:
            return None
        engine = self._engines.get(chart.id)
        if engine is None:
            engine = self._engines[chart.id] = Engine(f"procedure.{chart.id}", _compiled(chart))
        facts = answers((s.when for s in chart.steps), frame) | {_in(chart.begins): "t"}
        return _course(chart, engine.run(facts))


def _in(state: str) -> str:
    return f"@in {state}"


def _compiled(chart: Chart) -> Iterator[dict[str, Any]]:
    for i, step in enumerate(chart.steps):
        then = {} if step.breach is not None else {_in(step.to): "t"}
        when = {"$and": [{_in(step.start): "t"}, step.when.when]}
        yield {"name": f"{i} {step.to}", "when": when, "then": then}


def _course(chart: Chart, firings: Sequence[Firing]) -> Course:
    reached = {chart.begins: 0}
    breaches = set()
    for firing in firings:
        to = firing.rule.partition(" ")[2]
        if to.startswith(BREACH):
            breaches.add(to.removeprefix(BREACH))
        else:
            reached.setdefault(to, firing.step)
    # In the order of the chart, which is that of the procedure.
    order = {s: i for i, s in enumerate(chart.states)}
    return Course(chart, tuple(sorted(reached, key=lambda s: order[s])), frozenset(breaches))


# -- reading ---------------------------------------------------------------------------------------------------------


def read_charts(pack: Pack, folder: Path | None = None) -> Charts:
    """The charts beside the rules. Raises `InputError` with everything that is wrong with them."""
    base = (folder or data_folder("rules")) / "procedures"
    problems: list[Problem] = []
    charts: list[Chart] = []
    for path in sorted(base.glob("*.yaml")) if base.is_dir() else ():
        (document,) = read_document(path, f"procedures/{path.name}")
        for i, source in enumerate(document.data.get("procedures") or ()):
            chart = _read(source, f"/procedures/{i}", document, pack, problems)
            if chart is not None:
                charts.append(chart)
    if problems:
        raise InputError(problems)
    return Charts(charts)


def _read(
    source: dict[str, Any], at: str, document: Positioned, pack: Pack, problems: list[Problem]
) -> Chart | None:
    count = len(problems)

    def wrong(pointer: str, zh: str, en: str, near: Sequence[str] = ()) -> None:
        hint = Text(f"是否为“{'”“'.join(near)}”？", f"did you mean {', '.join(near)}?") if near else None
        problems.append(Problem("procedure", Text(zh, en), document.locate(at + pointer), hint))

    lacking = [k for k in ("id", "title", "judges", "begins", "states", "steps") if k not in source]
    if lacking:
        wrong("", f"缺少 {'、'.join(lacking)}", f"{', '.join(lacking)} missing")
        return None
    states = {name: Text(t["zh"], t["en"]) for name, t in source["states"].items()}
    kind = source["judges"]
    if kind not in pack.registry.kinds:
        wrong(
            "/judges",
            f"没有记录种类“{kind}”",
            f"no kind of record {kind!r}",
            _near(kind, pack.registry.kinds),
        )
        return None
    if source["begins"] not in states:
        wrong(
            "/begins",
            f"没有状态“{source['begins']}”",
            f"no state {source['begins']!r}",
            _near(source["begins"], states),
        )
    binder = Binder(pack.registry, dict.fromkeys(pack.data.parameters.lookups(), True), wrong)
    bound = {b.rule.id: b for b in pack.bound}
    steps: list[Step] = []
    for i, step in enumerate(source["steps"]):
        here = f"/steps/{i}"
        start = step.get("from")
        if start not in states:
            wrong(f"{here}/from", f"没有状态“{start}”", f"no state {start!r}", _near(str(start), states))
            continue
        if "breach" in step:
            for rule in step["breach"]:
                if rule not in bound or bound[rule].kind != kind:
                    known = [r for r, b in bound.items() if b.kind == kind]
                    wrong(
                        f"{here}/breach",
                        f"没有评判 {kind} 的规则“{rule}”",
                        f"no rule {rule!r} judges {kind}",
                        _near(rule, known),
                    )
                    continue
                steps.append(Step(start, BREACH + rule, violation_of(bound[rule])))
            continue
        if step.get("to") not in states:
            wrong(
                f"{here}/to",
                f"没有状态“{step.get('to')}”",
                f"no state {step.get('to')!r}",
                _near(str(step.get("to")), states),
            )
            continue
        node = binder.bind(step.get("when"), kind, f"{here}/when")
        if node is not None:
            steps.append(Step(start, step["to"], question_of(node)))
    unreached = set(states) - {source["begins"]} - {s.to for s in steps}
    if len(problems) == count and unreached:
        wrong(
            "/states",
            f"没有一步通向状态“{'”“'.join(sorted(unreached))}”",
            f"no step leads to {', '.join(sorted(unreached))}",
        )
    if len(problems) > count:
        return None
    title = Text(source["title"]["zh"], source["title"]["en"])
    return Chart(source["id"], title, kind, source["begins"], states, tuple(steps))


def _near(name: str, names: Any) -> tuple[str, ...]:
    close = nearest(name, list(names))
    return (close,) if close else ()

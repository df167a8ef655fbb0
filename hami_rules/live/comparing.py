"""The engine beside the judge: what durable_rules makes of the records in which something was found, and of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hami_rules.judge.compile import VIOLATED
from hami_rules.judge.engine import Hit, Judge
from hami_rules.judge.interpret import Frame
from hami_rules.records.text import Text
from hami_rules.records.world import World

from .charts import Charts
from .firing import Agreement, Firer
from .settings import Counts
from .subjects import Key

__all__ = ["Comparing", "Courses"]

Courses = dict[tuple[str, str], tuple[Text, ...]]
"""How far records came in their procedures, by their kind and key."""


class Comparing:
    """Puts records to the engine as well, and counts what only one of the two found."""

    def __init__(self, judge: Judge, world: World, charts: Charts, counts: Counts) -> None:
        self.judge, self.world, self.charts, self.counts = judge, world, charts, counts
        self.firer = Firer(judge.by_kind)
        self.disagreements: list[str] = []

    def found(self, found: dict[Key, Hit]) -> tuple[set[Key], Courses]:
        """Put what the judge found to the engine: the rules that it fires as well, and the courses that it followed."""
        judge = self.judge
        by_record: dict[tuple[str, str], list[Key]] = {}
        for key in found:
            by_record.setdefault((judge.rules[key[0]].kind, key[1]), []).append(key)
        fired: set[Key] = set()
        courses: Courses = {}
        for (kind, name), keys in by_record.items():
            frame = judge.frame_of(kind, found[keys[0]][2], self.world)
            asked = [judge.rules[index].rule.id for index, _ in keys]
            violated = {judge.rules[k[0]].rule.id for k in keys if found[k][1] == VIOLATED}
            agreed = self.firer.compare(frame, violated, asked)
            self._noted(name, agreed)
            fired |= {k for k in keys if judge.rules[k[0]].rule.id in agreed.fired}
            course = self.charts.course(frame)
            if course is not None:
                courses[kind, name] = (course.words,)
                own = violated & course.chart.rules
                self._noted(name, Agreement(set(), set(course.breaches) - own, own - course.breaches))
        return fired, courses

    def sample(self, root: str, record: Any, hits: Sequence[Hit], every: int) -> None:
        """Put one record of a subject to the engine whole: it must not fire what the judge did not find."""
        judge = self.judge
        frames = list(judge.frames(root, record, self.world))
        frame = frames[self.counts.folded // every % len(frames)]
        violated = {
            judge.rules[index].rule.id
            for index, code, chain in hits
            if code == VIOLATED
            and judge.rules[index].kind == frame.kind
            and judge.frame_of(frame.kind, chain, self.world).key == frame.key
        }
        self._noted(frame.key, self.firer.compare(frame, violated))

    def _noted(self, name: str, agreed: Agreement) -> None:
        self.counts.compared += 1
        self.counts.fired += len(agreed.fired)
        if agreed.mismatches:
            self.counts.mismatches += agreed.mismatches
            for rules, who in ((agreed.only_engine, "engine"), (agreed.only_judge, "judge")):
                self.disagreements += [f"{rule} {name}: {who}" for rule in sorted(rules)]
            del self.disagreements[20:]

    def courses(self, frames: Sequence[Frame]) -> Courses:
        """How far records came as they stand."""
        return {
            (f.kind, f.key): (course.words,) for f in frames if (course := self.charts.course(f)) is not None
        }

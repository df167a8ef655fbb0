"""Cases: named examples as data, each with its whole set of expected verdicts.

A case starts from a complete record (`like:`) and says what differs (`set`, `drop`, `add`, `repeat`, done in the order
they are written), so that every finding it must give can be written down. Every organ has its documents too: a
documentary duty without any evidence is taken as shown done, but for those that the case names as `undocumented`. A
rule that a case does not name must give neither violated, undetermined nor error on any record of the case. In the
same way `counted` and `rebuttable` are whole: what they do not name counts for itself, and nobody may plead an excuse
against it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hami_rules.derive.aggregate import of_all
from hami_rules.derive.gathering import gather
from hami_rules.intake.convert import to_record
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.positioned import Positioned, read_document
from hami_rules.judge.compile import UNDETERMINED, VIOLATED
from hami_rules.judge.effects import FactKeys, apart, apply_dispositions, concur
from hami_rules.judge.engine import ERRED, Hit, Judge, Tally, code_of
from hami_rules.judge.explain import Explainer
from hami_rules.judge.findings import Finding
from hami_rules.judge.finish import Finisher, silenced
from hami_rules.judge.interpret import evaluate
from hami_rules.judge.setting import make_world
from hami_rules.pack.load import Pack
from hami_rules.pack.rules import EFFECTS
from hami_rules.records.kinds import ROOTS
from hami_rules.records.liability import FindingRecord
from hami_rules.records.location import Location
from hami_rules.records.settle import settle
from hami_rules.records.text import Text
from hami_rules.records.world import Covered, World
from hami_rules.truth import Truth

from .documents import documents_due

__all__ = [
    "VERDICTS", "Case", "Outcome", "Scene", "became", "disagreements", "effects_of", "findings_of", "load_cases",
    "run_case", "scene_of", "unforeseen",
]  # fmt: skip

_KEYS = {
    "name", "en", "proves", "like", "set", "drop", "add", "repeat", "expect", "counted", "rebuttable",
}  # fmt: skip
_SETTINGS = ("as_of", "completeness", "undocumented")
"""What a base or a case says about its world that is no table."""
VERDICTS = {
    "violated": Text("违反", "violated"),
    "compliant": Text("合规", "compliant"),
    "undetermined": Text("未决", "undetermined"),
    "not_applicable": Text("不适用", "not applicable"),
    "error": Text("出错", "error"),
}
_DOMINANCE = ("violated", "error", "undetermined", "compliant", "not_applicable")


@dataclass(frozen=True)
class Case:
    """One named example. `expect`: rule → verdict, or rule → {record key: verdict}. `counted`: a violated rule → the
    rule that counts its fact (one fact, one finding). `rebuttable`: violated rules against which an excuse is on record.
    """

    name: str
    en: str
    article: str
    proves: tuple[str, ...]
    document: dict[str, Any]
    expect: dict[str, Any]
    location: Location
    counted: dict[str, str] = field(default_factory=dict)
    rebuttable: tuple[str, ...] = ()


@dataclass
class Scene:
    """A case's records, loaded and settled, in their world."""

    world: World
    records: list[tuple[str, Any]]  # (root kind, record)
    found: list[FindingRecord] | None = None  # its findings, where a rule about findings has asked for them

    def at_hand(self) -> Iterator[tuple[str, Any]]:
        """The records, each the world's record at hand when it comes."""
        for kind, record in self.records:
            yield kind, settle(kind, record, self.world)


@dataclass
class Outcome:
    """What the judge said of a case: verdicts by rule and record key; hits by root; what became of the violated ones."""

    verdicts: dict[str, dict[str, str]] = field(default_factory=dict)
    hits: list[tuple[str, Hit]] = field(default_factory=list)
    counted: set[tuple[str, str]] = field(default_factory=set)
    rebuttable: set[str] = field(default_factory=set)

    def of(self, rule: str) -> str | None:
        """The verdict that dominates among the records of the rule's kind; `None` where it met no record."""
        found = set(self.verdicts.get(rule, {}).values())
        return next((v for v in _DOMINANCE if v in found), None)


# -- loading -----------------------------------------------------------------------------------------------------


def load_cases(folder: Path, article: str | None = None, *, documents: bool = True) -> list[Case]:
    """All cases under `folder`. Raises `InputError` with every mistake in them.

    Without `documents`, a case has its name and expectations only: enough to quote it, and quick.
    """
    bases = _bases(folder / "bases") if documents else {p.stem: {} for p in (folder / "bases").glob("*.yaml")}
    problems: list[Problem] = []
    out: list[Case] = []
    names: dict[str, Location] = {}
    pattern = f"article{int(article):02d}" if article else "article*"
    for path in sorted(folder.glob(f"{pattern}/*.yaml")):
        shown = f"{path.parent.name}/{path.name}"
        for document in read_document(path, shown):
            for case in _cases(document, bases, path.parent.name[-2:].lstrip("0"), problems, documents):
                if case.name in names:
                    problems.append(
                        Problem(
                            "case-name",
                            Text(
                                f"案例名重复：{case.name}（另见 {names[case.name]}）",
                                f"case name taken: {case.name}",
                            ),
                            case.location,
                        )
                    )
                names[case.name] = case.location
                out.append(case)
    if problems:
        raise InputError(problems)
    return out


def _cases(
    document: Positioned, bases: dict[str, Any], article: str, problems: list[Problem], documents: bool
) -> Iterator[Case]:
    data = document.data
    for i, raw in enumerate(data.get("cases") or ()):
        at = f"/cases/{i}"

        def wrong(zh: str, en: str, pointer: str = at) -> None:
            problems.append(Problem("case", Text(zh, en), document.locate(pointer)))

        extra = sorted(set(raw) - _KEYS - set(_SETTINGS))
        if extra or "name" not in raw or "expect" not in raw:
            wrong(
                f"案例缺少 name、expect，或有多余的键：{extra}",
                f"case lacks name or expect, or has extra keys: {extra}",
            )
            continue
        base = raw.get("like", data.get("like"))
        if base not in bases:
            wrong(f"没有基准案例“{base}”", f"no base {base!r}")
            continue
        made = copy.deepcopy(bases[base])
        if documents:
            for how, path in _differ(made, raw):
                wrong(f"{how} 的路径不存在：{path}", f"{how}: no such path: {path}", f"{at}/{how}")
        for key in _SETTINGS:
            if key in raw:
                made[key] = raw[key]
        proves = raw.get("proves", list(raw["expect"]))
        yield Case(
            raw["name"],
            raw.get("en", ""),
            article,
            tuple([proves] if isinstance(proves, str) else proves),
            made,
            raw["expect"],
            document.locate(at),
            dict(raw.get("counted") or {}),
            tuple(raw.get("rebuttable") or ()),
        )


def _bases(folder: Path) -> dict[str, Any]:
    """The worlds that cases start from; one may itself start from another (`like`) and say what differs."""
    read = {p.stem: read_document(p, p.name)[0] for p in sorted(folder.glob("*.yaml"))}
    problems: list[Problem] = []

    def made(name: str) -> Any:
        data = read[name].data
        if "like" not in data:
            return data
        if data["like"] not in read:
            text = Text(f"没有基准案例“{data['like']}”", f"no base {data['like']!r}")
            raise InputError([Problem("case", text, read[name].locate("/like"))])
        whole = copy.deepcopy(made(data["like"]))
        for how, path in _differ(whole, data):
            text = Text(f"{how} 的路径不存在：{path}", f"{how}: no such path: {path}")
            problems.append(Problem("case", text, read[name].locate(f"/{how}")))
        return whole

    out = {name: made(name) for name in read}
    if problems:
        raise InputError(problems)
    return out


def _differ(made: Any, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Make the changes that are said, in the order they are written; give back those whose path is not there."""
    for how in [key for key in raw if key in ("drop", "set", "add", "repeat")]:
        body = raw[how] or ([] if how == "drop" else {})
        for path in body:
            try:
                _change(made, how, str(path).split("/"), None if how == "drop" else body[path])
            except (KeyError, IndexError, ValueError, TypeError, AttributeError):
                yield how, path


def _change(data: Any, how: str, path: list[str], value: Any) -> None:
    whole = data
    for step in path[:-1]:
        data = data[int(step)] if isinstance(data, list) else data[step]
    last: Any = int(path[-1]) if isinstance(data, list) else path[-1]
    if how == "drop":
        del data[last]
    elif how == "repeat":
        for copies in value if isinstance(value, list) else [value]:
            _repeat(data, last, **copies)
    elif how == "set":
        if isinstance(data, list) and not 0 <= last < len(data):
            raise IndexError
        data[last] = _written(value, whole)
    else:
        if isinstance(data, dict):
            data.setdefault(last, [])
        data[last] += _written(value, whole)


def _written(value: Any, whole: Any) -> Any:
    """A value as a case gives it; `like: PATH` in a record starts from that record of the world as it is by now."""
    if isinstance(value, list):
        return [_written(v, whole) for v in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    if "like" in value:
        for step in str(value["like"]).split("/"):
            whole = whole[int(step)] if isinstance(whole, list) else whole[step]
        made = copy.deepcopy(whole)
    return made | {k: _written(v, whole) for k, v in value.items() if k != "like"}


def _repeat(rows: list[Any], which: int, times: str, set: dict[str, Any]) -> None:
    """More rows like one of a list, each with its number in place of `{n}` in what it is told to differ in."""
    for n in range(1, int(times) + 1):
        row = copy.deepcopy(rows[which])
        for path, value in set.items():
            _change(row, "set", path.split("/"), _numbered(value, n))
        rows.append(row)


def _numbered(value: Any, n: int) -> Any:
    return value.replace("{n}", str(n)) if isinstance(value, str) else value


def scene_of(case: Case, pack: Pack) -> Scene:
    """Load and settle a case's records. Raises `InputError` where they are no records."""
    problems: list[Problem] = []
    tables: dict[str, list[Any]] = {}
    for table, rows in case.document.items():
        if table in _SETTINGS:
            continue
        kind = ROOTS.get(table)
        if kind is None:
            problems.append(
                Problem("case-table", Text(f"没有表“{table}”", f"no table {table!r}"), case.location)
            )
            continue
        for i, row in enumerate(rows):
            record, wrong = to_record(row, kind.struct, None)
            for p in wrong:
                zh, en = (
                    f"{case.name}：{table}/{i}：{p.message.zh}",
                    f"{case.name}: {table}/{i}: {p.message.en}",
                )
                problems.append(Problem(p.code, Text(zh, en), case.location, p.hint))
            tables.setdefault(table, []).append(record)
    if problems:
        raise InputError(problems)
    as_of = date.fromisoformat(case.document.get("as_of", "2025-06-30"))
    covered = [
        Covered(
            table,
            frozenset(how.get("regions") or ()),
            date.fromisoformat(how["from"]) if how.get("from") else date.min,
            date.fromisoformat(how["to"]) if how.get("to") else date.max,
        )
        for table, how in (case.document.get("completeness") or {}).items()
    ]
    world = make_world(pack, tables, as_of, covered)
    filed = documents_due(world, case.document.get("undocumented", ()))
    world.tables["evidence"] = [*world.tables.get("evidence", ()), *filed]
    world.reindex()
    records: list[tuple[str, Any]] = []
    for table, rows in tables.items():
        kind = ROOTS[table]
        if kind.stream:
            for row in rows:
                settle(kind.name, row, world)
        records += [(kind.name, row) for row in rows]
    applications = tables.get("applications", [])
    world.gathered = gather(applications)
    return Scene(world, [*records, *of_all(world, applications)])


# -- running -----------------------------------------------------------------------------------------------------


def run_case(case: Case, pack: Pack, judge: Judge) -> Outcome:
    """Judge a case by the interpreter, and check that the compiled judge says the same."""
    scene = scene_of(case, pack)
    outcome = Outcome()
    for kind, record in scene.at_hand():
        if not judge.needed(kind):
            continue
        for frame in judge.frames(kind, record, scene.world):
            for bound in judge.by_kind.get(frame.kind, ()):
                verdict = judge.verdict(bound, frame)
                outcome.verdicts.setdefault(bound.rule.id, {})[frame.key] = verdict
                if code_of(verdict):
                    outcome.hits.append((kind, (bound.index, code_of(verdict), frame.chain)))
            for rule_id, (_, nodes) in pack.scope_rules.items():
                node = nodes.get(frame.kind)
                if node is not None:
                    truth = evaluate(node, frame)
                    named = {True: "compliant", False: "not_applicable"}.get(truth, "undetermined")  # type: ignore[arg-type]
                    outcome.verdicts.setdefault(rule_id, {})[frame.key] = named
    if any(pack.by_id[r].effect in EFFECTS for r in case.expect if r in pack.by_id):
        outcome.verdicts.update(effects_of(findings_of(scene, pack, judge), scene.world, pack))
    compiled: list[tuple[str, Hit]] = []
    for kind, record in scene.at_hand():
        if judge.needed(kind):
            out: list[Hit] = []
            judge.judge(kind, record, scene.world, out)
            compiled += [(kind, h) for h in out]
            _ = judge.tally(kind, out) if isinstance(judge, Judge) else Tally()
    mine = sorted((k, h[0], h[1], repr(h[2][-1])) for k, h in outcome.hits)
    theirs = sorted((k, h[0], h[1], repr(h[2][-1])) for k, h in compiled)
    if mine != theirs:
        raise AssertionError(
            f"{case.name}: the compiled judge differs from the interpreter:\n{mine}\n{theirs}"
        )
    outcome.counted, outcome.rebuttable = became(outcome.hits, scene.world, pack, judge)
    return outcome


def findings_of(scene: Scene, pack: Pack, judge: Judge) -> list[FindingRecord]:
    """The findings of a case as rules about findings judge them: after dispositions, concurrence and the count."""
    if scene.found is None:
        explainer, finisher = Explainer(pack, judge), Finisher(pack, scene.world)
        findings: list[Finding] = []
        meeting = apart(pack)
        facts: FactKeys = {}
        for kind, record in scene.at_hand():
            hits = judge.interpret(kind, record, scene.world, Tally()) if judge.needed(kind) else []
            group = [explainer.finding(kind, hit, scene.world) for hit in hits]
            keys = {f.id: explainer.fact_keys(h, f, scene.world) for h, f in zip(hits, group, strict=True)}
            apply_dispositions(group, scene.world, pack)
            concur(group, keys, pack)
            findings += group
            facts.update({f.id: keys[f.id] for f in group if f.rule in meeting})
        for finding in findings:
            finisher.count(finding, facts.get(finding.id, frozenset()))
        finisher.settle()
        scene.found = [finisher.record(f) for f in findings]
    return scene.found


def effects_of(
    records: list[FindingRecord], world: World, pack: Pack, only: frozenset[str] | None = None
) -> dict[str, dict[str, str]]:
    """What rules with an effect say of each finding: it takes place (compliant), it does not, or it is open.

    Of all of them the compiled judge must say the same: raises `AssertionError` where it does not.
    """
    out: dict[str, dict[str, str]] = {}
    judge = Judge(pack.effects, pack.registry)
    for record in records:
        truths = {
            (bound.rule.id, frame.key): evaluate(bound.violated, frame)
            for frame in judge.frames("finding", record, world)
            for bound in judge.by_kind.get(frame.kind, ())
        }
        if only is None:
            hits: list[Hit] = []
            judge.judge("finding", record, world, hits)
            compiled = sorted((judge.rules[i].rule.id, code) for i, code, _ in hits)
            said = [
                (r, _CODES[_AS_VERDICT.get(t, "error")]) for (r, _), t in truths.items() if t is not False
            ]
            if compiled != sorted(said):
                raise AssertionError(
                    f"{record.rule}: compiled says {compiled}, the interpreter {sorted(said)}"
                )
        holding = [pack.by_id[r] for (r, _), t in truths.items() if t is True]
        for (rule, key), truth in truths.items():
            if only is None or rule in only:
                holds = False if silenced(rule, holding) else truth
                out.setdefault(rule, {})[key] = _AS_VERDICT.get(holds, "error")
    return out


_AS_VERDICT: dict[Truth, str] = {True: "compliant", False: "not_applicable", None: "undetermined"}
_CODES = {"compliant": VIOLATED, "undetermined": UNDETERMINED, "error": ERRED}


def became(
    hits: Iterable[tuple[str, Hit]], world: World, pack: Pack, judge: Judge
) -> tuple[set[tuple[str, str]], set[str]]:
    """What becomes of the violated ones: (rule, rule that counts its fact), and rules with an excuse on record."""
    explain = Explainer(pack, judge)
    by_record: dict[int, list[tuple[str, Hit]]] = {}
    for kind, hit in hits:
        if hit[1] == code_of("violated"):
            by_record.setdefault(id(hit[2][0]), []).append((kind, hit))
    counted: set[tuple[str, str]] = set()
    rebuttable: set[str] = set()
    for found in by_record.values():
        settle(found[0][0], found[0][1][2][0], world)
        made = [(hit, explain.finding(kind, hit, world)) for kind, hit in found]
        findings = [f for _, f in made]
        apply_dispositions(findings, world, pack)
        concur(findings, {f.id: explain.fact_keys(hit, f, world) for hit, f in made}, pack)
        rule_of = {f.id: f.rule for f in findings}
        counted |= {(f.rule, rule_of[f.primary]) for f in findings if f.primary}
        rebuttable |= {f.rule for f in findings if f.rebuttals}
    return counted, rebuttable


def disagreements(case: Case, outcome: Outcome, pack: Pack, lang: str = "zh") -> list[str]:
    """What the judge said that the case does not expect, in words; empty where they agree."""
    out: list[str] = []
    known = {r.id for r in pack.rules}

    def say(zh: str, en: str) -> None:
        out.append(en if lang == "en" else zh)

    def word(verdict: str | None) -> str:
        return "没有评判" if verdict is None else VERDICTS.get(verdict, Text(verdict, "")).zh

    def listed(verdicts: dict[str, str]) -> str:
        return "，".join(f"{key} {word(verdict)}" for key, verdict in verdicts.items())

    for rule, expected in case.expect.items():
        if rule not in known:
            say(f"没有规则 {rule}", f"{rule}: no such rule")
            continue
        got = outcome.verdicts.get(rule, {})
        if isinstance(expected, dict):
            for key, verdict in expected.items():
                if got.get(key) != verdict:
                    say(
                        f"{rule} 对 {key}：应为{word(verdict)}，评判为{word(got.get(key))}"
                        f"（评判的记录：{'、'.join(sorted(got))}）",
                        f"{rule} on {key}: expected {verdict}, got {got.get(key)} (keys: {sorted(got)})",
                    )
            loud = {k: v for k, v in got.items() if code_of(v) and k not in expected}
            # A rule with an effect speaks of all there is; a case names the one that it is about.
            if loud and pack.by_id[rule].effect is None:
                say(f"{rule}：没有预期的结论：{listed(loud)}", f"{rule}: not expected on {loud}")
        elif outcome.of(rule) != expected:
            say(
                f"{rule}：应为{word(expected)}，评判为{word(outcome.of(rule))}",
                f"{rule}: expected {expected}, got {outcome.of(rule)}",
            )
    for rule, verdicts in outcome.verdicts.items():
        if rule in case.expect or pack.by_id[rule].effect is not None:
            continue
        loud = {k: v for k, v in verdicts.items() if code_of(v)}
        if loud:
            say(f"{rule}：不应出声：{listed(loud)}", f"{rule}: not expected to speak, said {loud}")
    return out + unforeseen(case, outcome.counted, outcome.rebuttable, lang)


def unforeseen(
    case: Case, counted: set[tuple[str, str]], rebuttable: set[str], lang: str = "zh"
) -> list[str]:
    """Where what became of the violated ones is not what the case expects, in words."""
    out: list[str] = []
    if counted != set(case.counted.items()):
        said = "，".join(f"{a} → {b}" for a, b in sorted(counted)) or "-"
        out.append(f"竞合：评判为 {said}" if lang == "zh" else f"counted under another: got {said}")
    if rebuttable != set(case.rebuttable):
        said = "，".join(sorted(rebuttable)) or "-"
        out.append(f"可申辩：评判为 {said}" if lang == "zh" else f"rebuttable: got {said}")
    return out

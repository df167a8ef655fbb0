"""One check through the gate: judged, set beside what was known, let pass where somebody answers for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from hami_rules.audit.documents import Checked, check_documents
from hami_rules.intake.errors import InputError, Problem
from hami_rules.pack.load import Pack
from hami_rules.records.text import Text

from .base import base_of
from .baseline import read_baseline
from .compare import compare, known
from .model import Gated, Known, Verdict
from .waivers import Waivers, apply_waivers, inline_waivers, read_waivers

__all__ = ["Plan", "looked_at", "pass_gate"]


@dataclass(frozen=True)
class Plan:
    """What is checked and beside what. `selected` are rule numbers, `None` for all; `names` as in `check_documents`."""

    paths: Sequence[Path]
    context: Sequence[Path]
    as_of: date
    selected: frozenset[int] | None = None
    names: Mapping[Path, str] | None = None
    without: frozenset[str] = frozenset()
    base: str | None = None
    baseline: Path | None = None
    waivers: Path | None = None
    inline: bool = True
    left_out: Callable[[Path], bool] = lambda _: False
    jobs: int = 1
    trees: bool = True  # whether somebody asks for the condition trees
    day: date | None = None  # on which waivers must be in force; `None`: the day of the check


def pass_gate(plan: Plan, pack: Pack) -> tuple[Checked, Verdict]:
    """Raises `InputError` as `check_documents` does, and where base, baseline or waivers cannot be used."""
    on = plan.day or plan.as_of
    waivers = read_waivers(plan.waivers, pack, on) if plan.waivers else Waivers()
    before = read_baseline(plan.baseline) if plan.baseline else None
    with tempfile.TemporaryDirectory(prefix="hami-base-") as made:
        notices: list[Problem] = []
        earlier: Sequence[Path] = ()
        if plan.base is not None:
            base = base_of(plan.base, plan.paths, Path(made).resolve(), plan.left_out)
            earlier = base.paths
            found, said = _of_base(base.paths, plan, pack, base.names)
            before = [*(before or ()), *(_named(k, base.called) for k in found)]
            notices += said
        checked = check_documents(
            plan.paths, plan.context, pack, plan.as_of, plan.selected, plan.names, earlier, plan.without,
            plan.jobs, plan.trees,
        )  # fmt: skip
    if plan.inline:
        sources = sorted(
            s
            for s in checked.sources
            if s.lower().endswith((".yaml", ".yml")) and "hami" in (checked.text(s) or "")
        )
        waivers = waivers + inline_waivers(((s, checked.text(s) or "") for s in sources), pack)
    verdict = Verdict(notices=notices, compared=plan.base or (str(plan.baseline) if plan.baseline else None))
    if before is None:
        verdict.items = [Gated(f) for f in checked.findings]
    else:
        verdict.items, gone = compare(checked.findings, _once(before))
        verdict.gone = [k for k in gone if looked_at(k, checked, plan, pack)]
        verdict.unseen = len(gone) - len(verdict.gone)
    verdict.items, said = apply_waivers(
        verdict.items, waivers, whole=plan.selected is None, unjudged=checked.unjudged
    )
    verdict.notices += said
    return checked, verdict


def looked_at(k: Known, checked: Checked, plan: Plan, pack: Pack) -> bool:
    """Whether this check would have found it again: its rule was asked, and its file was read whole or is no more."""
    asked = plan.selected is None or any(b.rule.id == k.rule and b.index in plan.selected for b in pack.bound)
    if not asked or k.source is None:
        return asked
    place = Path(k.source)
    read = {Path(s).resolve() for s in checked.sources} - {Path(s).resolve() for s in checked.unjudged}
    return not place.exists() or place.resolve() in read


def _of_base(
    paths: Sequence[Path], plan: Plan, pack: Pack, names: Mapping[Path, str]
) -> tuple[list[Known], list[Problem]]:
    """What the base was found to have; nothing, and why, where it cannot be judged as a whole."""
    if not paths:
        return [], []
    try:
        checked = check_documents(
            paths, plan.context, pack, plan.as_of, plan.selected, names, jobs=plan.jobs, trees=False
        )
    except InputError as error:
        first = error.problems[0].message
        return [], [
            Problem(
                "base-unread",
                Text(
                    f"基准 {plan.base} 读不成，全部问题视为新增：{first.zh}",
                    f"the base {plan.base} cannot be read, so that every finding counts as new: {first.en}",
                ),
            )
        ]
    said = []
    if checked.quarantined or checked.unread:
        said.append(
            Problem(
                "base-unread",
                Text(
                    f"基准 {plan.base} 有 {checked.unread} 份文件、{len(checked.quarantined)} 条记录读不成，其中原有的问题会显示为新增",
                    f"{checked.unread} file(s) and {len(checked.quarantined)} record(s) of the base {plan.base} cannot be "
                    "read: what was wrong in them shows as new",
                ),
            )
        )
    return known(checked.findings), said


def _named(k: Known, called: Callable[[str], str]) -> Known:
    return msgspec.structs.replace(k, source=called(k.source)) if k.source else k


def _once(before: Sequence[Known]) -> list[Known]:
    """Base and baseline may both know a finding."""
    return list({(k.id, k.state): k for k in reversed(before)}.values())[::-1]

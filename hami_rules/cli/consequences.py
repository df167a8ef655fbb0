"""`hami consequences`: what follows from findings, step by step."""

from __future__ import annotations

import json as plain
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .common import CLEAN, emit_json, guarded, judging_day, refuse, select_rules

if TYPE_CHECKING:
    from hami_rules.judge.findings import Finding
    from hami_rules.pack.load import Pack
    from hami_rules.records.world import World

__all__ = ["consequences"]


def consequences(
    path: Path, context: Sequence[Path], select: Sequence[str], as_of: str | None, json: bool, lang: str
) -> int:
    """Print the chain of each finding; findings with the same chain are told once, with their number."""
    with guarded(lang):
        import msgspec

        from hami_rules.consult.consequences import Consequences
        from hami_rules.consult.opinion import follows
        from hami_rules.engine import MissingEngine
        from hami_rules.pack.load import load_pack
        from hami_rules.report.opinion import chain_lines
        from hami_rules.report.safe import visible

        pack = load_pack()
        chosen = select_rules(pack, select, lang)
        ids = None if chosen is None else {b.rule.id for b in pack.bound if b.index in chosen}
        day = judging_day(_day(as_of, lang), lang)
        try:
            made = Consequences(pack, _world(pack, context, day))
        except MissingEngine as missing:
            refuse(missing.zh, missing.en, lang)
        told: dict[tuple[str, str], list[Finding]] = {}
        count = 0
        for finding in _findings(path, lang):
            if finding.rule not in pack.by_id:
                refuse(
                    f"规则包里没有规则“{finding.rule}”：发现出自另一版规则包？",
                    f"the pack has no rule {finding.rule!r}: are the findings of another pack?", lang,
                )  # fmt: skip
            if ids is not None and finding.rule not in ids:
                continue
            count += 1
            # A dossier at hand is asked anew; without one, what the audit wrote down is taken as it stands.
            chain = made.derived(finding) if context else made.of_finding(finding)
            steps = follows(chain)
            if json:
                line = {"id": finding.id, "rule": finding.rule, "record_key": finding.record_key}
                line["consequences"] = msgspec.to_builtins(steps)
                emit_json(plain.dumps(line, ensure_ascii=False) + "\n")
                continue
            shown = "\n".join(f"  {text}" for text in chain_lines(steps, lang))
            told.setdefault((finding.rule, shown), []).append(finding)
        if count == 0:
            refuse("没有发现可以推演", "there are no findings to follow", lang)
        for (rule, shown), group in told.items():
            first = group[0]
            more = len(group) - 1
            head = f"{rule} {first.citation(lang)} {first.title(lang)}：{first.record_label(lang)}"
            tail = "" if not more else f" 等 {len(group)} 项" if lang == "zh" else f" and {more} more"
            nothing = "没有认定，不产生后果" if lang == "zh" else "not found, so nothing follows"
            sys.stdout.write(visible(f"{head}{tail}\n{shown or '  ' + nothing}\n"))
    return CLEAN


def _day(text: str | None, lang: str) -> date:
    from hami_rules.records.dates import today

    try:
        return date.fromisoformat(text) if text else today()
    except ValueError:
        refuse(f"--as-of 应为 YYYY-MM-DD，不是“{text}”", f"--as-of is YYYY-MM-DD, not {text!r}", lang)


def _world(pack: Pack, context: Sequence[Path], day: date) -> World:
    """The tables that consequences ask for: organs, reform measures, recorded misconduct."""
    from hami_rules.intake.dossier import open_dossier
    from hami_rules.judge.setting import make_world
    from hami_rules.records.kinds import ROOTS

    tables: dict[str, list[object]] = {}
    for path in context:
        with open_dossier(path) as dossier:
            for table in dossier.tables:
                if not ROOTS[table].stream:
                    tables.setdefault(table, []).extend(dossier.load(table).records)
    return make_world(pack, tables, day)


def _findings(path: Path, lang: str) -> Iterator[Finding]:
    """The findings of a file: JSON lines, or the one object of `hami check --format json`."""
    import msgspec

    from hami_rules.judge.findings import Finding

    if path.is_dir():
        path = path / "findings.jsonl"
    body = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    lines: list[tuple[int, bytes]] = [
        (i, line) for i, line in enumerate(body.splitlines(), 1) if line.strip()
    ]
    decode = msgspec.json.Decoder(Finding).decode
    try:
        whole = msgspec.json.decode(body) if body.lstrip()[:1] == b"{" else None
    except msgspec.DecodeError:
        whole = None  # several objects, a line each
    try:
        if isinstance(whole, dict) and isinstance(whole.get("findings"), list):
            yield from msgspec.convert(whole["findings"], list[Finding])
            return
    except msgspec.ValidationError as error:
        refuse(f"{path}：不是发现：{error}", f"{path}: no findings: {error}", lang)
    for number, line in lines:
        try:
            yield decode(line)
        except msgspec.DecodeError as error:  # a line that is no finding
            refuse(f"{path}:{number}: 不是发现：{error}", f"{path}:{number}: no finding: {error}", lang)

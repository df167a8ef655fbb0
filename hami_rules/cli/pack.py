"""`hami pack …`: for those who write rules."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .common import CLEAN, FOUND, complain, emit_json, guarded, refuse

if TYPE_CHECKING:
    from hami_rules.pack.load import Pack
    from hami_rules.proof.cases import Case

__all__ = ["compile_", "coverage", "lint", "matrix", "mutate", "new_rule", "test"]


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def _json(value: Any) -> None:
    import msgspec

    emit_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def _folders(rules: Path | None, cases: Path | None, lang: str) -> tuple[Path, Path]:
    from hami_rules.assets import data_folder

    for folder in (rules, cases):
        if folder is not None and not folder.is_dir():
            refuse(f"没有这个文件夹：{folder}", f"no such folder: {folder}", lang)
    return rules or data_folder("rules"), cases or data_folder("cases")


def _loaded(
    rules: Path | None, cases: Path | None, lang: str, article: str | None = None
) -> tuple[Pack, list[Case]]:
    from hami_rules.pack.load import read_pack
    from hami_rules.predicates import default_registry
    from hami_rules.proof.cases import load_cases

    rules_folder, cases_folder = _folders(rules, cases, lang)
    if article is not None and not article.isdigit():
        refuse(f"“{article}”不是条号", f"{article!r} is no article number", lang)
    pack = read_pack(rules_folder, default_registry())
    found = load_cases(cases_folder, article)
    if not found:
        refuse("没有案例", "there are no cases", lang)
    return pack, found


def lint(rules: Path | None, lang: str) -> int:
    """Read and validate a pack: errors exit with 2, warnings are printed."""
    from hami_rules.intake.errors import InputError

    folder, _ = _folders(rules, None, lang)
    with guarded(lang, folder):
        from hami_rules.pack.load import read_pack
        from hami_rules.predicates import default_registry

        pack = read_pack(folder, default_registry())
        if pack.warnings:
            complain(InputError(pack.warnings), lang, folder)
        _say(
            f"规则包 {pack.data.version}：{len(pack.rules)} 条规则，{len(pack.warnings)} 处提示，没有错误"
            if lang == "zh"
            else f"pack {pack.data.version}: {len(pack.rules)} rules, {len(pack.warnings)} warnings, no errors"
        )
    return CLEAN


def test(article: str | None, rules: Path | None, cases: Path | None, lang: str) -> int:
    """Run the cases; each disagreement with its place."""
    with guarded(lang, cases):
        from hami_rules.judge.engine import Judge
        from hami_rules.proof.cases import disagreements, run_case

        pack, found = _loaded(rules, cases, lang, article)
        judge = Judge(pack.bound, pack.registry)
        failed = 0
        for case in found:
            lines = disagreements(case, run_case(case, pack, judge), pack, lang)
            if lines:
                failed += 1
                _say(f"✗ {case.location}: {case.en if lang == 'en' and case.en else case.name}")
                for line in lines:
                    _say(f"    {line}")
        if lang == "zh":
            _say(f"共 {len(found)} 个案例，通过 {len(found) - failed} 个，不符 {failed} 个")
        # The last line stays the same in every language: scripts read it.
        _say(f"{len(found) - failed} passed, {failed} failed")
        return FOUND if failed else CLEAN


def coverage(as_json: bool, rules: Path | None, cases: Path | None, lang: str) -> int:
    """Norms, their rules and cases; those not encoded listed as missing."""
    with guarded(lang, cases):
        from hami_rules.proof.cases import VERDICTS
        from hami_rules.proof.coverage import coverage as cover

        pack, found = _loaded(rules, cases, lang)
        report = cover(pack, found)
        if as_json:
            _json(report)
            return CLEAN
        zh = lang == "zh"
        for norm, row in report["norms"].items():
            counts = "  ".join(f"{VERDICTS[v](lang)} {n}" for v, n in row["cases"].items())
            _say(f"{norm:<6} {counts}   {'、'.join(row['rules'])}")
        missing = report["missing"]
        _say()
        _say(
            f"已编码 {len(report['norms'])} 条规范，未编码 {len(missing)} 条：{'、'.join(missing)}"
            if zh
            else f"{len(report['norms'])} norms encoded, {len(missing)} missing: {', '.join(missing)}"
        )
        for rule, verdicts in report["unproved"].items():
            words = [VERDICTS[v](lang) for v in verdicts]
            _say(
                f"{rule}：没有案例证明{'、'.join(words)}"
                if zh
                else f"{rule}: no case shows {', '.join(words)}"
            )
        beyond = sum(map(len, report["out_of_reach"].values()))
        _say(
            f"另有 {beyond} 个结论，规则的写法决定了得不出，见 --json 的 out_of_reach"
            if zh
            else f"{beyond} verdicts are out of reach by how their rules are written: out_of_reach in --json"
        )
    return CLEAN


def matrix(as_json: bool, rules: Path | None, cases: Path | None, lang: str) -> int:
    """Every rule on every case."""
    with guarded(lang, cases):
        from hami_rules.proof.coverage import matrix as cross

        pack, found = _loaded(rules, cases, lang)
        table = cross(pack, found)
        if as_json:
            _json(table)
            return CLEAN
        marks = {"violated": "✗", "compliant": "✓", "undetermined": "?", "not_applicable": "·", "error": "!"}
        columns = [b.rule.id for b in pack.bound]
        for i, rule in enumerate(columns):
            _say(f"{i + 1:>3}  {rule}  {pack.by_id[rule].title(lang)}")
        _say()
        for name, row in table.items():
            _say("".join(marks.get(row.get(rule, ""), " ") for rule in columns) + f"  {name}")
    return CLEAN


def mutate(
    as_json: bool,
    select: list[str],
    explained: Path | None,
    jobs: int,
    rules: Path | None,
    cases: Path | None,
    lang: str,
) -> int:
    """Run the mutants; print the survivors. With `explained`, a page that lists survivors with the reason, exit with 1
    where one that it does not list survives, or one that it lists does not."""
    with guarded(lang, cases):
        from hami_rules.proof.mutate import read_explained, run_mutants
        from hami_rules.statute import AddressError, parse_citation

        if explained is not None and not explained.is_file():
            refuse(f"没有这个文件：{explained}", f"no such file: {explained}", lang)
        known = read_explained(explained.read_text(encoding="utf-8")) if explained else {}
        pack, found = _loaded(rules, cases, lang)
        try:
            chosen = [str(parse_citation(s)) for s in select]
        except AddressError as error:
            refuse(error.zh, error.en, lang)

        def progress(done: int, total: int) -> None:
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\x1b[K{done} / {total}")

        report = run_mutants(pack, found, chosen, progress, jobs or os.cpu_count() or 1)
        open_ = [name for name in report.survivors if name not in known]
        stale = [] if chosen else sorted(set(known) - set(report.survivors))
        if as_json:
            counts = {"mutants": report.mutants, "killed": report.killed, "survivors": report.survivors}
            _json({**counts, "unexplained": open_, "stale": stale} if explained else counts)
        else:
            for name in open_:
                _say(f"survived  {name}")
            for name in stale:
                _say(f"stale     {name}")
            share = report.killed / report.mutants if report.mutants else 0
            _say(f"{report.killed} / {report.mutants} killed ({share:.1%})")
        return FOUND if explained and (open_ or stale) else CLEAN


def compile_(kind: str | None, rules: Path | None, lang: str) -> int:
    """Print the compiled source of a root kind, or of all."""
    with guarded(lang):
        from hami_rules.judge.engine import Judge
        from hami_rules.pack.load import load_pack

        pack = load_pack(rules)
        judges = [Judge(rules, pack.registry) for rules in (pack.bound, pack.effects)]
        plans = {root: judge for judge in judges for root in judge.roots()}
        roots = list(plans)
        if kind is not None and kind not in roots:
            refuse(
                f"没有可评判的种类“{kind}”；有：{'、'.join(roots)}",
                f"no root kind {kind!r}; there are {', '.join(roots)}",
                lang,
            )
        for root in [kind] if kind else roots:
            _say(plans[root].plan(root).source)
    return CLEAN


def new_rule(rule: str, folder: Path, judges: str, lang: str) -> int:
    """Scaffold a rule, its predicate and its cases in a checkout."""
    with guarded(lang):
        from hami_rules.proof.scaffold import ScaffoldError, scaffold

        try:
            made = scaffold(rule, folder, judges)
        except ScaffoldError as error:
            refuse(error.zh, error.en, lang)
        for path, what in made:
            _say(f"{path}  {what(lang)}")
    return CLEAN

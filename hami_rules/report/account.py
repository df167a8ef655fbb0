"""From a run to its summary: the accounts, the counts by rule, and the hashes of all that can change a verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, cast

from hami_rules import __version__, statute
from hami_rules.audit.accounts import deciding, verdicts_by_rule
from hami_rules.audit.asking import asked_words, documents, record_words, sentence
from hami_rules.audit.documents import Checked
from hami_rules.audit.requests import Line
from hami_rules.audit.run import Audit, Options
from hami_rules.derive.aggregate import KINDS as STATISTICS
from hami_rules.intake.errors import Problem
from hami_rules.judge.engine import Tally
from hami_rules.pack.load import Pack
from hami_rules.pack.rules import Rule
from hami_rules.records.kinds import KINDS, TABLES
from hami_rules.records.text import Text

from .summary import (
    Accounting,
    Asked,
    BasisLine,
    InputFile,
    QuarantineReason,
    Request,
    RuleCount,
    Run,
    Summary,
    TableCount,
    Unused,
    Use,
    build_summary,
    group_undetermined,
)

_NAMING = {"organs", "instruments", "aliases"}
"""Tables that only say what things are called: with nothing beside them there is no conduct to judge."""
_STATISTICS = frozenset(kind.name for kind in STATISTICS)

__all__ = ["accounting", "documents_summary", "rule_counts", "summarise"]


def accounting(pack: Pack, audit: Audit) -> Accounting:
    """What was read and what became of it; verdicts of all rules over all records."""
    return _accounting(
        pack,
        audit.tally,
        tuple(
            TableCount(
                table=table,
                label=_label(table),
                read=c.read,
                judged=c.judged,
                duplicates=c.duplicates,
                quarantined=c.quarantined,
                unjudged=c.unjudged,
            )
            for table, c in audit.counts.items()
        ),
    )


def _label(table: str) -> Text:
    """What a table is called; of a child table only rows without a parent are counted by themselves."""
    root, *path = table.split(".")
    kind = TABLES[root]
    for field in path:
        kind = next((k for k in KINDS.values() if k.parent == kind.name and k.field == field), kind)
    if not path:
        return Text(kind.zh, kind.en)
    return Text(f"{kind.zh}（没有上级记录的行）", f"{kind.en} (rows without a parent)")


def _accounting(pack: Pack, tally: Tally, tables: tuple[TableCount, ...]) -> Accounting:
    by_rule = verdicts_by_rule(pack, tally)
    verdicts: dict[str, int] = {}
    for row in by_rule.values():
        for verdict, count in row.items():
            verdicts[verdict] = verdicts.get(verdict, 0) + count
    return Accounting(
        tables=tables,
        rules_loaded=len(pack.rules),
        rules_applicable=len(by_rule),
        rules_evaluated=sum(
            1 for row in by_rule.values() if any(n for v, n in row.items() if v != "not_applicable")
        ),
        verdicts=verdicts,
    )


def rule_counts(pack: Pack, audit: Audit | Checked) -> tuple[RuleCount, ...]:
    """The verdicts of each rule, in the order of the pack."""
    out = []
    for rule, verdicts in verdicts_by_rule(pack, audit.tally).items():
        made = pack.by_id[rule]
        counted = RuleCount(
            rule=rule, citation=_citation(made), title=made.title, verdicts=verdicts, statistic=made.judges in _STATISTICS
        )  # fmt: skip
        out.append(counted)
    return tuple(out)


def basis_lines(pack: Pack) -> tuple[BasisLine, ...]:
    """What every report says of its basis and purpose, from the rules that give them."""
    text = statute.load()
    return tuple(
        BasisLine(
            rule=rule.id,
            citation=Text(text.citation(at, "zh"), text.citation(at, "en")),
            quote=rule.quote,
            said=rule.message,
        )
        for rule in pack.rules
        if rule.effect in ("basis", "purpose") and rule.message is not None
        for at in [statute.Address.parse(rule.address).at_paragraph]
    )


def documents_summary(pack: Pack, checked: Checked, as_of: date, lang: str) -> Summary:
    """The summary of a check of single documents."""
    tables = []
    for table, read in checked.read.items():
        aside = sum(1 for q in checked.quarantined if q.table == table)
        judged = checked.counts.get(table, 0)
        tables.append(
            TableCount(
                table=table,
                label=_label(table),
                read=read,
                judged=judged,
                quarantined=aside,
                duplicates=read - aside - judged if judged else 0,
                unjudged=0 if judged else read - aside,
            )
        )
    books = _accounting(pack, checked.tally, tuple(tables))
    groups = group_undetermined(checked.findings)
    run = _run(pack, as_of, "check", (), deciding(pack, as_of), {}, lang)
    return build_summary(
        run, books, checked.findings, groups, rules=rule_counts(pack, checked), unused=_unused(checked.unused),
        basis=basis_lines(pack),
    )  # fmt: skip


def _unused(problems: Iterable[Problem]) -> list[Unused]:
    return [
        Unused(code=p.code, message=p.message, place=str(p.location or ""), hint=p.hint) for p in problems
    ]


def _run(
    pack: Pack,
    as_of: date,
    dossier: str,
    inputs: tuple[InputFile, ...],
    hashes: dict[str, str],
    selection: dict[str, tuple[str, ...]],
    lang: str,
    unmasked: bool = False,
    max_quarantined: float | None = None,
) -> Run:
    text = statute.load()
    chosen = repr((as_of.isoformat(), sorted(selection.items()), lang, unmasked, max_quarantined))
    hashes = {**hashes, "configuration": hashlib.sha256(chosen.encode()).hexdigest()[:16]}
    return Run(
        tool_version=__version__,
        pack_version=pack.data.version,
        pack_hash=pack.data.hash,
        statute_title=Text(f"《{text.title}》", "Hami Regulation on Government Services for Market Entities"),
        statute_hash=text.hash[:16],
        lang=cast(Literal["zh", "en"], lang),
        as_of=as_of,
        dossier=dossier,
        inputs=inputs,
        hashes=hashes,
        selection=selection,
        unmasked=unmasked,
        max_quarantined=max_quarantined,
    )


def _requests(pack: Pack, lines: Iterable[Line], organs: Mapping[str, str]) -> Iterator[Request]:
    """The list of what is still to be asked for, numbered, each in a sentence with the rules in words."""
    order = {rule.id: i for i, rule in enumerate(pack.rules)}
    registry = pack.registry
    for number, line in enumerate(lines, 1):
        rules = [pack.by_id[rule] for rule in sorted(line.rules, key=lambda r: order[r])]
        names = tuple(
            record_words(registry, kind, key, item, organs.get(line.organ), called)
            for kind, key, item, called in line.examples
        )
        items = tuple(
            Asked(
                fact=item.missing.fact,
                what=asked_words(registry, item.missing, varied=item.varied),
                cause=item.missing.cause,
                records=item.records,
            )
            for item in line.items.values()
        )
        kind, fact = line.examples[0][0], items[0].fact
        yield Request(
            number=number,
            organ=line.organ,
            sort=line.sort,
            what=sentence(
                line.sort,
                documents(registry, kind, fact),
                [item.what for item in items],
                names,
                line.records,
                [(_citation(rule), rule.title) for rule in rules],
            ),
            uses=tuple(
                Use(rule=rule.id, citation=_citation(rule), title=rule.title, records=line.rules[rule.id])
                for rule in rules
            ),
            records=line.records,
            examples=tuple(example[1] for example in line.examples),
            items=items,
            names=names,
        )


def _citation(rule: Rule) -> Text:
    text, at = statute.load(), statute.Address.parse(rule.address).at_paragraph
    return Text(text.citation(at, "zh"), text.citation(at, "en"))


def _untrusted(found: Audit, books: Accounting, share: float) -> Iterator[Text]:
    """Why the results cannot be relied on; nothing where they can."""
    total, unread = books.total, found.dossier.unclaimed
    if total.read == 0:
        yield Text("卷宗里没有读到任何记录", "nothing was read from the dossier")
    elif total.judged == 0:
        yield Text("没有任何记录被评判", "nothing was judged")
    elif unread and {t.table for t in books.tables if t.read} <= _NAMING:
        files = [str(p.location) for p in unread[:5]] + (["…"] if len(unread) > 5 else [])
        yield Text(
            f"没有可以评判的记录：只读到单位、法律文件、别名，下列文件没有读取：{'、'.join(files)}"
            "（文件名写成表名，如 applications.csv，或在 dossier.yaml 的 tables 中写明）",
            f"there is nothing to judge: only organs, instruments and aliases were read, and not these files: "
            f"{', '.join(files)} (name them for their tables, such as applications.csv, or under tables in dossier.yaml)",
        )
    elif books.rules_evaluated == 0:
        yield Text(
            "没有一条规则适用于这些记录：看单位表是否齐全、行政区划是否属于哈密市、行为日期是否在施行之后",
            "no rule applies to these records: look at the table of organs, the regions and the dates of conduct",
        )
    if books.unbalanced:
        tables = books.unbalanced
        yield Text(f"账目不平：{'、'.join(tables)}", f"the accounts do not balance: {', '.join(tables)}")
    if total.quarantined > share * total.read:
        part = f"{total.quarantined / total.read:.1%}"
        yield Text(
            f"隔离 {total.quarantined} 条，占 {part}，超过上限 {share:.1%}；见 quarantine.jsonl",
            f"{total.quarantined} records quarantined ({part}), more than {share:.1%}; see quarantine.jsonl",
        )
    if found.errors:
        yield Text(
            f"{found.errors} 处规则运行出错，见 findings.jsonl 中 verdict=error",
            f"{found.errors} rule errors, see verdict=error in findings.jsonl",
        )


def summarise(
    pack: Pack,
    audit: Audit,
    books: Accounting,
    rules: tuple[RuleCount, ...],
    options: Options,
    lang: str,
    select: list[str],
    max_quarantined: float,
    unmasked: bool = False,
) -> Summary:
    """The summary of a finished run. `max_quarantined`: the share of records in quarantine above which it cannot be relied
    on; `unmasked`: its reports for people show names and numbers of natural persons."""
    selection: dict[str, tuple[str, ...]] = {}
    if select:
        selection["select"] = tuple(select)
    if options.regions:
        selection["region"] = tuple(sorted(options.regions))
    run = _run(
        pack,
        options.as_of,
        audit.dossier.name,
        tuple(InputFile(*row) for row in audit.inputs),
        audit.hashes,
        selection,
        lang,
        unmasked,
        max_quarantined,
    )
    reasons = [
        QuarantineReason(reason=reason, count=count, example=place)
        for (_, _), (count, reason, place) in sorted(audit.quarantine.items())
    ]
    return build_summary(
        run,
        books,
        audit.findings.briefly(),
        audit.groups,
        rules=rules,
        quarantine=reasons,
        requests=_requests(pack, audit.requests, audit.organs),
        unused=_unused(audit.unused),
        organs=audit.organs,
        basis=basis_lines(pack),
        untrusted=_untrusted(audit, books, max_quarantined),
    )

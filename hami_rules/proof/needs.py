"""What a dossier must say for the rules to come to a conclusion (`docs/needs.md`), written from the rules themselves.

Three questions of somebody who prepares a dossier: which fields a rule reads, what is proved by documents and in how
many parts, and how a request for proof names its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hami_rules.derive.expectation import ALL
from hami_rules.pack.load import Pack
from hami_rules.pack.message import show
from hami_rules.pack.nodes import Call, IsTrue, Node, Param, Quant, walk
from hami_rules.predicates.registry import AS_OF, Fact, Link, NameProblem, Ref, Registry, Relation
from hami_rules.records.kinds import ROOTS, Kind
from hami_rules.records.labels import label
from hami_rules.statute import Address

__all__ = ["NEEDS", "needs_page"]

NEEDS = Path("docs") / "needs.md"

_HEAD = """\
# 要有结论须写明什么

本页由程序生成，不手改：`make generated` 重写，`tests/proof/test_needs.py` 核对。字段的标签和可填的值见
[records.md](records.md)，各条规则的理解口径见 [articles.md](articles.md)。

所有规则另须知道：行为日期、行政区划、单位是不是政务服务部门（单位表，多数由名称认出）、是否为经营主体办理
（`applicant_kind`、`serves`）。下表不重复。

写明全部字段不是必需的：写明的已足以认定或者排除的，其余不问。缺的会列在未决里。
"""


def needs_page(pack: Pack) -> str:
    """The page in Markdown."""
    out = [_HEAD, *_fields_by_rule(pack), *_lines(pack), *_documents(pack), *_requests(pack)]
    return "\n".join(out).rstrip() + "\n"


# -- which fields a rule reads ---------------------------------------------------------------------------------------


def _fields_by_rule(pack: Pack) -> Iterator[str]:
    yield "## 各条规则读哪些字段\n"
    yield "一行是一项规范；冒号前是表（或者程序由几张表整理出的内容，以中文写）。以佐证认定的规范见下一节。\n"
    yield "| 规范 | 规则 | 读的字段 |"
    yield "| --- | --- | --- |"
    norms: dict[str, tuple[list[str], dict[str, dict[str, None]]]] = {}
    proved = {d.rule for d in pack.documentary}
    for bound in pack.bound:
        rule = bound.rule
        if rule.effect is not None or rule.id in proved:
            continue
        rules, read = norms.setdefault(rule.address, ([], {}))
        if rule.id not in rules:
            rules.append(rule.id)
        nodes = [n for n in (bound.applies, bound.violated, bound.unless) if n is not None]
        for kind, field in read_by(pack.registry, nodes):
            read.setdefault(kind, {})[field] = None
    for norm in sorted(norms, key=lambda n: [Address.parse(n).article, n]):
        rules, read = norms[norm]
        said = "；".join(f"{place}：" + "、".join(fields) for place, fields in read.items())
        yield f"| {norm} | {'、'.join(rules)} | {said} |"
    yield ""


def read_by(registry: Registry, nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """Table and field of everything stated that the conditions rest on, in the order in which it is met."""
    met: set[int] = set()
    for top in nodes:
        for node in walk(top):
            match node:
                case IsTrue(ref):
                    refs: list[Ref] = [ref]
                case Call(_, args):
                    refs = [a for a in args if isinstance(a, Ref)]
                    refs += [a.conduct for a in args if isinstance(a, Param) and a.conduct is not None]
                case Quant(relation=relation):
                    refs = [relation]
                case _:
                    refs = []
            for ref in refs:
                yield from _behind(registry, ref, met)


def _behind(registry: Registry, ref: Ref, met: set[int]) -> Iterator[tuple[str, str]]:
    """The stated fields behind a name: its own, or those that what derives it is told."""
    for how, what in ref.path:
        if how == "link":
            yield from _arguments(registry, what, met)
    target = ref.target
    if target is AS_OF or id(target) in met or (how_reached(ref) == "organ"):
        return
    met.add(id(target))
    if isinstance(target, Fact) and target.fn is None:
        yield from _stated(registry, registry.kinds[target.kind], target)
    else:
        yield from _arguments(registry, target, met)


def _stated(registry: Registry, kind: Kind, fact: Fact) -> Iterator[tuple[str, str]]:
    """Where a dossier states a field; of what the program makes of several records, what it is called."""
    place = table_of(registry, kind)
    if place is not None:
        yield from ((place, f"`{name}`") for name in _WRITTEN.get(fact.name, (fact.name,)))
        return
    parent = registry.kinds.get(kind.parent) if kind.parent else None
    above = table_of(registry, parent) if parent else None
    for child in registry.kinds.values():
        at = table_of(registry, child) if parent and child.parent == parent.name else None
        if at is not None and fact.name in child.fields:
            yield at, f"`{fact.name}`"
            return
    if fact.zh != kind.zh:  # a bare date says nothing that could be stated
        said = fact.zh if kind.derived or parent else f"`{fact.name}`"
        yield f"{above} › {kind.zh}" if above else kind.zh, said


_WRITTEN = {"material_key": ("material_code", "material_name")}
"""What an input writes for a field that the program makes of it."""


def how_reached(ref: Ref) -> str | None:
    """The kind of record that a name ends at, where it ends at a link's."""
    links = [what for how, what in ref.path if how == "link"]
    return links[-1].to if links else None


def _arguments(registry: Registry, of: Fact | Link | Relation, met: set[int]) -> Iterator[tuple[str, str]]:
    for param in of.params:
        for relation in (False, True):
            try:
                ref = registry.resolve(of.kind, of.fact_of(param), relation=relation)
            except NameProblem:
                continue  # `world`, or the rows of a relation
            yield from _behind(registry, ref, met)
            break


def table_of(registry: Registry, kind: Kind) -> str | None:
    """Where a kind stands in a dossier; `None` of what the program derives."""
    parts: list[str] = []
    at: Kind | None = kind
    while at is not None and at.table is None:
        if at.field is None or at.derived:
            return None
        parts.insert(0, at.field)
        at = registry.kinds.get(at.parent) if at.parent else None
    return None if at is None else ".".join([at.table or "", *parts])


# -- where the tool itself draws a line ----------------------------------------------------------------------------------


def _lines(pack: Pack) -> Iterator[str]:
    """The parameters that conditions compare with, and what they are now."""
    used: dict[str, dict[str, None]] = {}
    for bound in pack.bound:
        for top in (bound.applies, bound.violated, bound.unless):
            for node in () if top is None else walk(top):
                for arg in node.args if isinstance(node, Call) else ():
                    if isinstance(arg, Param):
                        used.setdefault(arg.name, {})[bound.rule.id] = None
    yield "## 界线由本工具自定的规则\n"
    yield "条文没有给出数字，达不到界线的不提示（统计记为“太少或者不适用”）。\n"
    yield "| 规则 | 界线 | 现值 |"
    yield "| --- | --- | --- |"
    for name, rules in used.items():
        parameter = pack.data.parameters.table[name]
        value = show(parameter.at(parameter.values[-1].start), "zh")
        yield f"| {'、'.join(rules)} | {parameter.title.zh} | {value} |"
    yield ""


# -- what documents prove ----------------------------------------------------------------------------------------------


def _documents(pack: Pack) -> Iterator[str]:
    yield '<a id="evidence"></a>\n## 以佐证认定的规范\n'
    yield (
        "`evidence` 表的 `norm` 照写第一列，`aspect` 写其中一个方面（名称或者代码都可以；各方面都证明的写"
        f"`{ALL[1]}`），按年度的另写 `year`。没有列在这里的规范不以佐证认定，写了也不起作用。\n"
    )
    yield "| `norm` | 约束谁 | `aspect` | 须提供 |"
    yield "| --- | --- | --- | --- |"
    rows: dict[tuple[Any, ...], list[str]] = {}
    for asked in pack.documentary:
        aspects = "、".join(f"{a.name.zh}（`{a.key}`）" for a in asked.aspects) or "不分"
        years = "；按 `year`" if asked.each_year else ""
        who = [label(c, "zh") or c for c in asked.classes]
        if asked.functions:
            who = [f"主管{'、'.join(label(f, 'zh') or f for f in asked.functions)}的{w}" for w in who]
        rows.setdefault((asked.norm, aspects + years, asked.request.zh), []).extend(who)
    for (norm, aspects, request), who in rows.items():
        shown = request.replace("{what}", "…").replace("{year}", "某")
        yield f"| {norm} | {'、'.join(dict.fromkeys(who))} | {aspects} | {shown} |"
    yield ""


# -- how a request names its record ------------------------------------------------------------------------------------


def _requests(pack: Pack) -> Iterator[str]:
    registry = pack.registry
    yield "## 调阅通知怎样写\n"
    yield (
        "须由单位证明的事实，`evidence_requests` 照下表写 `kind`、`fact`；`key` 按所列的样子，或者照抄 "
        "`undetermined.jsonl` 的 `record_key`。处置、失职认定的 `key` 写法相同，`rule` 照抄 `findings.jsonl`。\n"
    )
    yield "| `kind` | `key` | `fact` |"
    yield "| --- | --- | --- |"
    for name, facts in registry.facts.items():
        provable = [f for f in facts.values() if f.burden]
        kind = registry.kinds.get(name)
        if provable and kind is not None and (table_of(registry, kind) or name in _roots()):
            said = "、".join(f"`{f.name}` {f.zh}" for f in provable)
            yield f"| `{name}` {kind.zh} | {_key(registry, kind)} | {said} |"
    yield ""


def _roots() -> set[str]:
    return {kind.name for kind in ROOTS.values()}


def _key(registry: Registry, kind: Kind) -> str:
    """What the key of a record looks like: the fields it is made of, by their labels."""
    if kind.parent is None:
        return ":".join(registry.facts[kind.name][f].zh for f in kind.key)
    above = _key(registry, registry.kinds[kind.parent])
    facts = registry.facts[kind.name]
    own = kind.key or kind.names
    many = kind.field is not None and kind.field in registry.relations[kind.parent]
    last = ":".join(facts[f].zh for f in own if f in facts)
    return f"{above}/{kind.field or kind.name}" + (f"/{last}" if many and last else "")

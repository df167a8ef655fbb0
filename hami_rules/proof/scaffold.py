"""A new rule's three places: its YAML, its predicate, its cases, ready to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

from hami_rules import statute
from hami_rules.intake.errors import nearest
from hami_rules.intake.positioned import read_document
from hami_rules.predicates import default_registry
from hami_rules.records.text import Text

__all__ = ["ScaffoldError", "scaffold"]


class ScaffoldError(Exception):
    """Why a rule cannot be scaffolded."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def scaffold(rule: str, folder: Path, judges: str) -> list[tuple[Path, Text]]:
    """Add a rule to `rules/`, a predicate to `hami_rules/predicates/`, a case file to `cases/`.

    Raises `ScaffoldError` where the id is no address of the statute, belongs to no norm of the pack's inventory, is
    taken, the kind does not exist, the case file or the predicate does, or the folder is no checkout; nothing is
    written then.
    """
    try:
        address = statute.Address.parse(rule)
        paragraph = statute.load().paragraph(address.at_paragraph)
    except statute.AddressError as error:
        raise ScaffoldError(error.zh, error.en) from None
    if not (folder / "rules").is_dir() or not (folder / "hami_rules" / "predicates").is_dir():
        raise ScaffoldError(f"{folder} 不是本项目的工作目录", f"{folder} is no checkout of this project")
    norms = [n["id"] for n in read_document(folder / "rules" / "pack.yaml")[0].data["norms"]]
    norm = str(statute.Address(address.article, address.paragraph, address.letter))
    if norm not in norms:
        near = nearest(norm, norms)
        raise ScaffoldError(
            f"规范清单（rules/pack.yaml）中没有“{norm}”" + (f"；是否为“{near}”？" if near else ""),
            f"no norm {norm!r} in the inventory (rules/pack.yaml)"
            + (f"; did you mean {near!r}?" if near else ""),
        )
    registry = default_registry()
    if judges not in registry.kinds:
        near = nearest(judges, registry.kinds)
        raise ScaffoldError(
            f"没有记录种类“{judges}”" + (f"；是否为“{near}”？" if near else ""),
            f"no kind of record {judges!r}" + (f"; did you mean {near!r}?" if near else ""),
        )
    file = folder / "rules" / f"article{address.article:02d}.yaml"
    text = file.read_text(encoding="utf-8") if file.is_file() else f"article: {address.article}\nrules:\n"
    if f"- id: {rule}\n" in text or f'- id: "{rule}"\n' in text:
        raise ScaffoldError(f"规则 {rule} 已经存在", f"rule {rule} exists already")
    name = f"breaches_{rule.replace('.', '_')}"
    module = folder / "hami_rules" / "predicates" / f"{judges}.py"
    cases = folder / "cases" / f"article{address.article:02d}" / f"{rule.replace('.', '_')}.yaml"
    if cases.exists():
        raise ScaffoldError(
            f"案例文件已经存在，不覆盖：{cases}", f"the case file exists and is kept: {cases}"
        )
    if module.is_file() and f"def {name}(" in module.read_text(encoding="utf-8"):
        raise ScaffoldError(f"谓词 {name} 已经存在：{module}", f"predicate {name} exists already: {module}")
    quoted = f'"{rule}"' if rule.replace(".", "").isdigit() else rule
    file.write_text(
        text.rstrip("\n")
        + f"""

  - id: {quoted}
    title: {{zh: 标题, en: Title}}
    quote: {_opening(paragraph.text)}
    kind: duty
    bearer: department
    judges: {judges}
    violated: {name}
    message: {{zh: 哪里不符合, en: What is wrong}}
    remedy: {{zh: 怎样改正, en: How to put it right}}
    interpretation: {{zh: 有争议之处怎样理解, en: How a disputed point is read}}
    executability: partial
""",
        encoding="utf-8",
    )
    lines = (
        module.read_text(encoding="utf-8")
        if module.is_file()
        else f'"""Facts and predicates about {judges}."""\n\nfrom __future__ import annotations\n\nfrom .registry import predicate\n'
    )
    if "predicate" not in lines.split("@", 1)[0]:
        lines = lines.replace("from .registry import about", "from .registry import about, predicate")
    fact, kind = _plain_fact(judges)
    module.write_text(
        lines.rstrip("\n")
        + f"""


@predicate("违反了{paragraph.citation_zh}的要求")
def {name}({fact}: {kind}) -> bool:
    \"\"\"What is true when this answers true ({paragraph.citation_zh}).\"\"\"
    return not {fact}
""",
        encoding="utf-8",
    )
    cases.parent.mkdir(parents=True, exist_ok=True)
    cases.write_text(
        f"""like: complete
cases:
  - name: 合规的情形，不违反{paragraph.citation_zh}（{rule}）
    en: A record that complies with {rule}
    expect: {{{quoted}: compliant}}
""",
        encoding="utf-8",
    )
    return [
        (
            file,
            Text("规则：填写标题、引文、条件和文字", "the rule: fill in title, quote, conditions and texts"),
        ),
        (module, Text(f"谓词 {name}：写出判断", f"predicate {name}: write the test")),
        (
            cases,
            Text("案例：每种结论、每个例外、每个边界各一", "cases: every verdict, exception and boundary"),
        ),
    ]


def _opening(text: str, most: int = 40) -> str:
    """The first words of a paragraph, whole phrases only: up to the last punctuation within `most` characters, else
    up to the first after it."""
    stops = [m.start() for m in re.finditer("[，。；：]", text)]
    within = [at for at in stops if at <= most]
    return text[: within[-1] if within else stops[0] if stops else len(text)]


def _plain_fact(kind: str) -> tuple[str, str]:
    """A field of the kind to start from: one whose type has a simple name."""
    registry = default_registry()
    for name, fact in registry.facts[kind].items():
        if fact.fn is None and registry.type_of(fact) in (bool, str, int):
            return name, registry.type_of(fact).__name__
    return "as_of", "object"

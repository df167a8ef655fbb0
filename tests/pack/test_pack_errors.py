"""What a rule author may get wrong: each mistake is said with its line and column and the nearest right name, and
all of them at once. A rule that a typo makes silently unreachable must be impossible."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hami_rules.assets import data_folder
from hami_rules.intake.errors import InputError, Problem
from hami_rules.pack.load import read_pack
from hami_rules.predicates import default_registry

RULE = """\
article: 14
rules:
  - id: 14.1a
    title: {zh: 索要指南之外的材料, en: Material beyond the guide}
    quote: 政务服务部门不得要求经营主体提交办事服务指南之外的其他材料
    kind: ban
    bearer: department
    responsible: organ_code
    judges: demand
    applies: {not: offered_by_applicant}
    violated: {not: has_listing}
    unless: asks_only_sight
    message: {zh: "要求提交“{material_name}”", en: "“{material_name}” was demanded"}
    remedy: {zh: 撤回该项要求, en: Withdraw the demand}
    practice: [application_organ_code]
    same_fact: [material_key]
    primary_over: [14.1b]
"""
SECOND = """\
  - id: 14.1b
    title: {zh: 重复要求, en: Demanded again}
    quote: 不得要求申请人重复提供同一份材料
    kind: ban
    bearer: department
    judges: demand
    violated:
      some:
        application_submissions:
          all: [same_material, {not: returned_for_form}]
    message: {zh: 再次要求, en: Demanded again}
    remedy: {zh: 撤回, en: Withdraw}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of the shipped head, parameters, calendar and scope rules, without the rest."""
    out = tmp_path / "rules"
    out.mkdir()
    for name in ("pack", "parameters", "calendar", "article02", "article05", "article33"):
        shutil.copy(data_folder("rules") / f"{name}.yaml", out / f"{name}.yaml")
    return out


def problems(folder: Path, text: str, name: str = "article14.yaml") -> tuple[Problem, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_pack(folder, default_registry())
    return caught.value.problems


def position(text: str, needle: str, nth: int = 1) -> tuple[int, int]:
    """Line and column (from 1) of the nth time that the needle stands in the text."""
    at = -1
    for _ in range(nth):
        at = text.index(needle, at + 1)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def test_the_rules_without_mistakes_load(folder: Path) -> None:
    (folder / "article14.yaml").write_text(RULE + SECOND, encoding="utf-8")
    pack = read_pack(folder, default_registry())
    assert {"14.1a", "14.1b"} <= {r.id for r in pack.rules}
    assert [b.rule.id for b in pack.bound if b.rule.source == "article14.yaml"] == ["14.1a", "14.1b"]


# (what is changed into what, where the problem must stand, parts of the Chinese and of the English message, hint)
Mistake = tuple[str, str, str, str, str, str | None]
MISTAKES: dict[str, Mistake] = {
    "unknown key": (
        "practice: [app", "practise: [app", "practise", "没有这个键", "practise", "practice",
    ),
    "missing key": ("    kind: ban\n", "", "id: 14.1a", "缺少必填的键", "kind", None),
    "value not allowed": ("kind: ban", "kind: bann", "bann", "不是允许的取值", "'ban'", None),
    "unknown fact": (
        "not: has_listing", "not: has_listings", "has_listings", "没有名为“has_listings”的事实或谓词",
        "demand has no fact 'has_listings'", "has_listing",
    ),
    "unknown predicate": (
        "unless: asks_only_sight", "unless: asks_only_sigth", "asks_only_sigth",
        "没有名为“asks_only_sigth”的事实或谓词", "asks_only_sigth", "asks_only_sight",
    ),
    "unknown relation": (
        "unless: asks_only_sight", "unless: {some: {application_submission: returned_for_form}}",
        "returned_for_form", "没有名为“application_submission”的关系", "relation", "application_submissions",
    ),
    "a quantified row is asked what only the asking record has": (
        "unless: asks_only_sight", "unless: {some: {application_submissions: offered_by_applicant}}",
        "offered_by_applicant}}", "submission 没有名为“offered_by_applicant”", "submission has no fact",
        "outer_offered_by_applicant",
    ),
    "unknown predicate parameter": (
        "unless: asks_only_sight", "unless: {asks_only_sight: {forms: paper}}", "paper}",
        "谓词 asks_only_sight 没有参数“forms”", "has no parameter 'forms'", "form",
    ),
    "wrong literal type": (
        "unless: asks_only_sight", "unless: {more_copies_than_listed: {copies: 两份}}", "两份",
        "参数 copies 的值不合类型：两份", "literal for copies", None,
    ),
    "unknown $parameter": (
        "unless: asks_only_sight", "unless: {more_copies_than_listed: {copies: $supplement_grace_day}}",
        "$supplement", "没有名为“$supplement_grace_day”的参数", "no parameter $supplement_grace_day",
        "supplement_grace_days",
    ),
    "literals for a fact": (
        "unless: asks_only_sight", "unless: {application_stopped: {x: 1}}", "{x: 1}", "是事实，不能带参数",
        "takes no literals", None,
    ),
    "a fact that is no yes or no": (
        "unless: asks_only_sight", "unless: material_name", "material_name", "不是是非事实", "yes-or-no", None,
    ),
    "two keys in a condition": (
        "unless: asks_only_sight", "unless: {not: has_listing, any: [has_listing]}", "{not: has_listing, any",
        "只有一个键的映射", "exactly one key", None,
    ),
    "empty all": ("unless: asks_only_sight", "unless: {all: []}", "[]", "非空的列表", "non-empty list", None),
    "undecided in one language": (
        "unless: asks_only_sight", "unless: {undecided: {zh: 两读}}", "{zh: 两读}", "zh 与 en", "zh and en", None,
    ),
    "quote not found": (
        "办事服务指南之外的其他材料", "办事指南之外的其他材料", "政务服务部门不得要求", "引文在第十四条第一款中找不到",
        "does not stand in", "14.1",
    ),
    "id of no paragraph": ("id: 14.1a", "id: 14.3a", "14.3a", "没有第十四条第三款", "did you mean “14.2”", None),
    "id that is no address": ("id: 14.1a", "id: 十四一", "十四一", "十四一", "十四一", None),
    "norm that is not in the inventory": (
        "id: 14.1a", "id: 14.1z", "14.1z", "规范清单中没有 14.1z", "not in the inventory", None,
    ),
    "unknown kind": ("judges: demand", "judges: demands", "demands", "没有记录种类“demands”", "no kind", "demand"),
    "kind that cannot be judged": (
        "judges: demand", "judges: instrument", "instrument", "不能直接评判", "cannot be judged", None,
    ),
    "unknown conduct": (
        "judges: demand", "judges: demand\n    conduct: demanded_at", "demanded_at", "没有事实“demanded_at”",
        "demanded_at", "demanded_on",
    ),
    "conduct that is no date": (
        "judges: demand", "judges: demand\n    conduct: copies", "copies", "不是日期", "not a date", None,
    ),
    "bad placeholder": (
        "en: \"“{material_name}” was", "en: \"“{material_name.__class__}” was", '"“{material_name.__class__}',
        "占位符“material_name.__class__”写法有误", "bad placeholder", None,
    ),
    "unknown placeholder": (
        "{zh: \"要求提交“{material_name}”\"", "{zh: \"要求提交“{material_nam}”\"", '"要求提交“{material_nam}',
        "没有事实“material_nam”", "material_nam", "material_name",
    ),
    "open brace in a message": (
        "en: Withdraw the demand", "en: \"Withdraw {\"", '"Withdraw {"', "占位符“{”写法有误", "bad placeholder", None,
    ),
    "unknown responsible": (
        "responsible: organ_code", "responsible: organ_cod", "organ_cod", "没有事实“organ_cod”", "organ_cod",
        "organ_code",
    ),
    "unknown practice fact": (
        "practice: [application_organ_code]", "practice: [aplication_organ_code]", "aplication_organ_code",
        "没有事实", "aplication_organ_code", "application_organ_code",
    ),
    "unknown norm in primary_over": (
        "primary_over: [14.1b]", "primary_over: [14.1y]", "14.1y", "没有规则或规范“14.1y”", "no rule or norm", "14.1",
    ),
    "grade that is the default": (
        "kind: ban", "kind: ban\n    grade: violation", "violation", "本来就是 violation", "already gives", None,
    ),
    "rule without a remedy": (
        "    remedy: {zh: 撤回该项要求, en: Withdraw the demand}\n", "", "id: 14.1a", "应当有 violated、message 与 remedy",
        "violated, message and remedy", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_where_it_stands(folder: Path, name: str) -> None:
    old, new, needle, zh, en, hint = MISTAKES[name]
    assert RULE.count(old) == 1, old
    text = RULE.replace(old, new)
    found = [p for p in problems(folder, text) if p.location and p.location.source == "article14.yaml"]
    [problem] = found
    assert zh in problem.message.zh
    assert en in problem.message.en
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == position(text, needle)
    if hint is not None:
        assert problem.hint is not None
        assert hint in problem.hint.zh
        assert hint in problem.hint.en


def test_an_id_of_another_article(folder: Path) -> None:
    text = RULE.replace("id: 14.1a", "id: 15.1a")
    found = problems(folder, text)  # the quote is not in that article, either
    assert any("编号不属于第14条" in p.message.zh for p in found)
    assert {p.location.line for p in found if p.location} == {
        position(text, "15.1a")[0],
        position(text, "政务服务部门不得要求")[0],
    }


def test_an_id_that_is_taken_names_the_first(folder: Path) -> None:
    text = RULE + SECOND.replace("14.1b", "14.1a")
    [problem] = problems(folder, text)
    assert "编号重复" in problem.message.zh
    assert "article14.yaml:3:" in problem.message.zh
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == position(text, "14.1a\n", 2)


def test_never_reckless_norms_are_no_violations(folder: Path) -> None:
    text = RULE + SECOND.replace("14.1b", "14.1c")
    [problem] = problems(folder, text)
    assert problem.code == "never-reckless"
    assert problem.message.zh.startswith("14.1c：该规范未经人工认定不得定为违反")
    assert problem.location is not None
    assert problem.location.line == position(text, "id: 14.1c")[0]
    (folder / "article14.yaml").write_text(
        text.replace("id: 14.1c", "id: 14.1c\n    grade: suspicion"), encoding="utf-8"
    )
    assert read_pack(folder, default_registry()).by_id["14.1c"].grade == "suspicion"


def test_a_changed_paragraph_names_the_rules_that_quote_it(folder: Path) -> None:
    pack = folder / "pack.yaml"
    text = pack.read_text(encoding="utf-8").replace(
        '"14.1": "27eab060fab308d9"', '"14.1": "0000000000000000"'
    )
    pack.write_text(text, encoding="utf-8")
    [problem] = problems(folder, RULE + SECOND)
    assert problem.code == "statute-changed"
    assert "14.1" in problem.message.zh
    assert "14.1a、14.1b" in problem.message.zh
    assert "review 14.1a, 14.1b" in problem.message.en
    assert problem.location is not None
    assert problem.location.source == "pack.yaml"
    assert (problem.location.line, problem.location.column) == position(text, '"0000000000000000"')


def test_a_paragraph_without_a_hash_is_a_mistake(folder: Path) -> None:
    pack = folder / "pack.yaml"
    lines = pack.read_text(encoding="utf-8").splitlines(keepends=True)
    pack.write_text("".join(line for line in lines if '"14.2":' not in line), encoding="utf-8")
    [problem] = problems(folder, RULE)
    assert problem.code == "statute-changed"
    assert problem.message.zh.startswith("14.2 ")


def test_all_mistakes_of_all_files_are_said_at_once(folder: Path) -> None:
    first = RULE.replace("not: has_listing", "not: has_listings").replace(
        "judges: demand", "judges: demand\n    conduct: copies"
    )
    text = first + SECOND.replace("same_material", "same_materia").replace("重复提供", "重复提交")
    scope = (folder / "article33.yaml").read_text(encoding="utf-8")
    (folder / "article33.yaml").write_text(
        scope.replace("conduct_governed", "conduct_goverened"), encoding="utf-8"
    )
    found = problems(folder, text)
    places = {(p.location.source, p.location.line) for p in found if p.location}
    for needle in ("conduct: copies", "same_materia", "不得要求申请人重复提交"):
        assert ("article14.yaml", position(text, needle)[0]) in places, needle
    assert ("article33.yaml", position(scope, "conduct_governed")[0]) in places


def test_shape_mistakes_of_several_files_are_said_at_once(folder: Path) -> None:
    parameters = folder / "parameters.yaml"
    parameters.write_text(
        parameters.read_text(encoding="utf-8").replace("unit: working days", "units: working days", 1),
        encoding="utf-8",
    )
    found = problems(folder, RULE.replace("bearer:", "bearerr:").replace("kind: ban", "kind: bann"))
    sources = [p.location.source for p in found if p.location]
    assert sources.count("article14.yaml") == 3  # unknown key, missing key, value
    assert "parameters.yaml" in sources


def test_a_missing_file_and_broken_yaml_are_said(folder: Path) -> None:
    (folder / "calendar.yaml").unlink()
    found = problems(folder, RULE.replace("{not: has_listing}", "{not: has_listing"))
    assert any(p.code == "pack-file" and "calendar.yaml" in p.message.zh for p in found)
    assert any(p.location and p.location.source == "article14.yaml" and p.location.line for p in found)


def test_a_repeated_key_is_said(folder: Path) -> None:
    text = RULE.replace("    kind: ban\n", "    kind: ban\n    kind: duty\n")
    found = problems(folder, text)
    lines = {p.location.line for p in found if p.location and p.location.source == "article14.yaml"}
    assert lines <= {position(text, "kind: ban")[0], position(text, "kind: duty")[0]}
    assert lines


BAD_PARAMETERS: dict[str, tuple[Callable[[str], str], str]] = {
    "bad date": (lambda t: t.replace("from: 2024-03-01", "from: 2024-13-01", 1), "日期或取值不合类型"),
    "bad value": (lambda t: t.replace("value: 0", "value: 零", 1), "日期或取值不合类型"),
    "overlap": (
        lambda t: t.replace("      - {from: 2024-03-01, value: 0", "      - {from: 2024-01-01, value: 1, source: 重叠}\n      - {from: 2024-03-01, value: 0", 1),
        "生效期间重叠",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_PARAMETERS)
def test_parameters(folder: Path, name: str) -> None:
    change, zh = BAD_PARAMETERS[name]
    path = folder / "parameters.yaml"
    text = change(path.read_text(encoding="utf-8"))
    assert text != path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    [problem] = problems(folder, RULE)
    assert zh in problem.message.zh
    assert "supplement_grace_days" in problem.message.zh
    assert problem.location is not None
    assert problem.location.source == "parameters.yaml"
    assert problem.location.line


DOCUMENTARY = """\
article: 25
rules:
  - id: 25.1b
    title: {zh: 未建立用工预警机制, en: No early warning}
    quote: 建立用工预警机制
    kind: duty
    bearer: department
    documentary:
      functions: [human_resources]
      request: {zh: "用工预警机制文件", en: the document}
    message: {zh: "{organ_name}没有建立（{evidence_shown}）", en: "{organ_name} has none ({evidence_shown})"}
    remedy: {zh: 建立, en: Set it up}
"""


def test_a_documentary_rule_needs_no_conditions_of_its_own(folder: Path) -> None:
    (folder / "article25.yaml").write_text(DOCUMENTARY, encoding="utf-8")
    pack = read_pack(folder, default_registry())
    rule = pack.by_id["25.1b"]
    assert (rule.judges, rule.responsible, rule.practice) == (
        "expectation",
        "organ_code",
        ("organ_code", "duty"),
    )
    assert [d.rule for d in pack.documentary] == ["5.1a", "5.1d", "25.1b"]


@pytest.mark.parametrize(
    ("old", "new", "at", "zh", "hint"),
    [
        ("[human_resources]", "[human_resource]", "human_resource]", "没有职能“human_resource”", "human_resources"),
        ("    documentary:", "    judges: organ\n    documentary:", "id: 25.1b", "没有 judges、violated", None),
        ("    message:", "    violated: shown_done\n    message:", "id: 25.1b", "没有 judges、violated", None),
        ('文件"', '文件（{yaer}）"', '"用工预警机制文件（', "没有事实“yaer”", "year"),
        ("functions: [human_resources]", "each: month", "month", "不是允许的取值", None),
        ("      request:", "      requests:", "requests:", "没有这个键", "request"),
    ],
)  # fmt: skip
def test_mistakes_in_a_documentary_rule(
    folder: Path, old: str, new: str, at: str, zh: str, hint: str | None
) -> None:
    text = DOCUMENTARY.replace(old, new, 1)
    found = [p for p in problems(folder, text, "article25.yaml") if zh in p.message.zh]
    assert found, text
    assert found[0].location is not None
    assert (found[0].location.line, found[0].location.column) == position(text, at)
    assert hint is None or (found[0].hint is not None and hint in found[0].hint.zh)

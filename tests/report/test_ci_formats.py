"""GitHub, GitLab, JUnit, Markdown and the statistics of one verdict, beside software that reads them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import msgspec
import pytest
from gate_fakes import EXTERNAL, GUIDE, SOURCES, UNREAD, at, found, verdict
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt
from report_fakes import finding, summary

from hami_rules.gate.model import Gated, Verdict
from hami_rules.intake.errors import Problem
from hami_rules.judge.findings import Text
from hami_rules.records.location import Location
from hami_rules.report.gated import relative
from hami_rules.report.github import MOST, data, github, property_value
from hami_rules.report.gitlab import gitlab
from hami_rules.report.junit import junit
from hami_rules.report.markdown import LONGEST, escaped, markdown
from hami_rules.report.statistics import statistics

ANYTHING = st.text(st.characters(), max_size=30)
MARKS = st.text(st.sampled_from("|\\`*_[]<>&$@#!~{}():/. \n\r\t%,;w5长"), max_size=30)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def many(count: int, **changes: object) -> Verdict:
    return Verdict([Gated(finding(n, id=f"f{n}", location=at(n + 1), **changes)) for n in range(count)])


# -- GitHub ----------------------------------------------------------------------------------------------------------


def test_github_whole() -> None:
    few = Verdict([Gated(found()[name]) for name in ("open", "suspicion", "breach", "cell", "long")])
    assert github(few, "zh") == (
        "::error file=items.xlsx,line=3,title=违反 第十六条第一款 [16.1d]::items.xlsx!事项 表!B3 办件 HM2025000011 第1项材料要求"
        "%0A要求提交“房屋安全鉴定报告”，2025-03-14公布的办事指南中没有列明。%0A整改：撤回纸质材料要求，以电子材料办理。\n"
        f"::error file={GUIDE},line=3,endLine=3,col=5,endColumn=9,title=违反 第十四条第一款 [14.1a]::"
        "要求提交“验资报告”，2025-03-07公布的办事指南中没有列明。%0A整改：撤回该项要求；确有依据的，先修订并公布办事指南。\n"
        f"::error file={GUIDE},line=4,endLine=6,title=违反 第十三条第一款 [13.1d]::"
        "要求提交“场地租赁合同公证书”，2025-03-08公布的办事指南中没有列明。%0A整改：取消该条件，修订办事指南。\n"
        f"::notice file={GUIDE},line=9,endLine=9,col=5,endColumn=9,title=疑似 第十四条第一款 [14.1c]::"
        "要求提交“房屋安全鉴定报告”，2025-03-10公布的办事指南中没有列明。\n"
        f"::notice file={GUIDE},line=1,endLine=1,col=5,endColumn=9,title=未决 第十四条第一款 [14.1b]::"
        "可能重复要求同一材料。%0A尚缺：材料有效期（记录未载明）。%0A整改：调用已收材料，不再要求申请人提供。\n"
    )


def test_github_says_nothing_of_what_is_known_waived_or_dismissed() -> None:
    said = github(verdict("main"), "zh")
    shown = set(re.findall(r"\[(\d[\w.]*)\]", said))
    assert shown == {"14.1a", "13.1d", "14.1c", "16.1d", "15.2b.in_full"}
    assert "::warning file=waivers.yaml,line=12" in said and "title=waiver-unused::豁免 14.1a" in said


def test_github_shows_ten_of_a_type_and_counts_the_rest() -> None:
    grave, light = many(14), many(12, rule="16.1a", grade="shortfall")
    said = github(Verdict([*light.items, *grave.items]), "zh", errors=[UNREAD]).splitlines()
    assert [line.split(" ")[0] for line in said[:-1]] == ["::error"] * MOST + ["::warning"] * MOST
    assert said[0].startswith("::error file=坏.yaml,line=2,") and said[0].endswith("::不是 YAML%0A检查缩进")
    assert said[-1] == "另有 7 处没有标注：GitHub 每类至多显示 10 条"
    assert github(Verdict(), "zh") == ""


@given(ANYTHING | MARKS)
def test_github_commands_give_back_what_was_put_in(text: str) -> None:
    assert not set("\r\n") & set(data(text))
    back = data(text).replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert back == text
    assert not set(":,\r\n") & set(property_value(text))
    said = github(
        Verdict([Gated(finding(1, message=Text(text, text), title=Text(text, text), location=Location(text or "x", 1)))]), "zh"
    )  # fmt: skip
    assert said.count("\n") == 1 and re.match(r"::error file=[^:,]*,line=1,endLine=1,title=[^:,]*::", said)


# -- GitLab ----------------------------------------------------------------------------------------------------------


def test_gitlab_whole() -> None:
    few = Verdict([Gated(found()[name]) for name in ("open", "breach")])
    assert json.loads(gitlab(few, "zh")) == [
        {
            "description": "第十四条第一款：要求提交“验资报告”，2025-03-07公布的办事指南中没有列明。 整改：撤回该项要求；确有依据的，先修订并公布办事指南。",
            "check_name": "14.1a",
            "fingerprint": "breach",
            "severity": "critical",
            "location": {"path": GUIDE, "lines": {"begin": 3}},
        },
        {
            "description": "第十四条第一款：可能重复要求同一材料。 尚缺：材料有效期（记录未载明）。 整改：调用已收材料，不再要求申请人提供。",
            "check_name": "14.1b",
            "fingerprint": "open",
            "severity": "info",
            "location": {"path": GUIDE, "lines": {"begin": 1}},
        },
    ]


def test_gitlab_has_what_counts_and_only_that() -> None:
    rows = json.loads(gitlab(verdict("main"), "en"))
    assert {r["fingerprint"] for r in rows} == set(found()) - {"waived", "inline", "dismissed", "error"}
    assert {r["severity"] for r in rows} == {"critical", "major", "minor", "info"}
    places = {r["fingerprint"]: r["location"] for r in rows}
    assert places["cell"] == {"path": "items.xlsx", "lines": {"begin": 3}}
    assert places["nowhere"] == {"path": ".", "lines": {"begin": 1}}
    assert gitlab(Verdict(), "zh") == "[]\n"


# -- JUnit -----------------------------------------------------------------------------------------------------------


def cases_of(text: str) -> dict[tuple[str, str], list[object]]:
    """As junitparser reads it: (suite, case) → what became of it."""
    return {
        (str(suite.name), f"{case.classname} {case.name}"): list(case.result)
        for suite in JUnitXml.fromstring(text.encode())
        for case in suite
    }


def test_junitparser_reads_what_was_said_and_counts_the_same(tmp_path: Path) -> None:
    text = junit(verdict("main"), "zh", sources=SOURCES, fail_on="violation", errors=[UNREAD])
    read = JUnitXml.fromstring(text.encode())
    given_counts = (read.tests, read.failures, read.errors, read.skipped)
    read.update_statistics()
    assert given_counts == (read.tests, read.failures, read.errors, read.skipped) == (14, 5, 2, 6)
    for suite in read:
        before = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert before == (suite.tests, suite.failures, suite.errors, suite.skipped)
    read.write(str(tmp_path / "again.xml"))
    assert cases_of((tmp_path / "again.xml").read_text("utf-8")).keys() == cases_of(text).keys()
    assert {suite.name for suite in read} == {*SOURCES, "坏.yaml", "（无位置）"}
    assert cases_of(text)["clean.yaml", "hami 没有发现问题"] == []


def outcome(name: str, fail_on: str = "violation", compared: str | None = "main") -> object:
    gated = next(g for g in verdict(compared).items if g.finding.id == name)
    (results,) = cases_of(
        junit(Verdict([gated], compared=compared), "zh", sources=(), fail_on=fail_on)
    ).values()
    (result,) = results
    return result


@pytest.mark.parametrize(
    ("name", "sort", "message"),
    [
        ("breach", Failure, "要求提交“验资报告”，2025-03-07公布的办事指南中没有列明。"),
        ("shortfall", Skipped, "未变：未落实"),
        ("suspicion", Skipped, "疑似：低于使检查不通过的级别"),
        ("open", Skipped, "有变：未决"),
        ("waived", Skipped, "已豁免：试点期间，见〔2025〕3号文（批准 王某，有效至 2025-12-31，单号 HM-12）"),
        ("inline", Skipped, "已豁免：系统改造中"),
        ("dismissed", Skipped, "经人认定不成立"),
        ("error", Error, "ValueError: x"),
    ],
)
def test_what_fails_the_run_fails_in_junit_and_the_rest_says_why_not(
    name: str, sort: type, message: str
) -> None:
    result = outcome(name)
    assert isinstance(result, sort)
    assert result.message == message  # type: ignore[attr-defined]
    assert "依据：“" in result.text  # type: ignore[attr-defined]


def test_the_level_that_fails_a_run_decides_in_junit_too() -> None:
    assert isinstance(outcome("suspicion", "suspicion"), Failure)
    assert isinstance(outcome("open", "undetermined", None), Failure)
    assert isinstance(outcome("waived", "undetermined", None), Skipped)


def test_equal_names_of_cases_are_told_apart() -> None:
    twice = Verdict([Gated(finding(1, id=i, location=at(1))) for i in ("a", "b", "c")])
    names = [name for _, name in cases_of(junit(twice, "zh", sources=(), fail_on="violation"))]
    assert len(names) == 3 and names[1] == f"{names[0]} (2)"


@given(ANYTHING)
def test_any_text_is_well_formed_xml(text: str) -> None:
    both = Text(text, text)
    bad = finding(
        1,
        title=both,
        message=both,
        remedy=both,
        record_label=both,
        quote=text,
        location=Location(text or "x"),
    )
    said = junit(Verdict([Gated(bad)]), "zh", sources=(text or "x",), fail_on="violation",
                 errors=[Problem("x", both, Location(text or "x"), both)])  # fmt: skip
    assert ET.fromstring(said.encode("utf-8")).get("tests") == "2"


# -- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown_whole() -> None:
    made = verdict("main")
    head = summary(made.findings, [], as_of=date(2025, 6, 30))
    assert markdown(made, head, "zh", fail_on="violation", rows=2, errors=[UNREAD]) == (
        Path(__file__).with_name("markdown.md").read_text("utf-8")
    )


def test_markdown_of_a_clean_run() -> None:
    assert markdown(Verdict(), None, "en", fail_on="shortfall") == (
        "## Check by the regulation: passed\n"
        "\n"
        "0 finding(s) that fail the check (shortfall or graver, new and not waived).\n"
        "\n"
        "| Level | Found | Waived |\n"
        "| --- | ---: | ---: |\n"
        "| Violation | 0 | 0 |\n"
        "| Shortfall | 0 | 0 |\n"
        "| Suspicion | 0 | 0 |\n"
        "| Undetermined | 0 | 0 |\n"
    )


def test_the_totals_count_every_finding_that_counts_once() -> None:
    for compared in (None, "main"):
        made = verdict(compared)
        rows = tables(markdown(made, None, "zh", fail_on="violation"))[0][1:]
        assert sum(int(cell) for row in rows for cell in row[1:]) == sum(1 for g in made.items if g.level)


def test_a_long_summary_is_cut_and_says_so() -> None:
    wide = Text("甲|*_" * 500, "x")
    said = markdown(many(3000, message=wide, remedy=wide), None, "zh", fail_on="violation", rows=1000)
    assert len(said) < LONGEST
    shown = len(tables(said)[1]) - 1
    assert shown > 0 and f"另有 {3000 - shown} 处，见完整结果。" in said


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a Markdown text as markdown-it reads them: rows of cells, as a reader sees them."""
    out: list[list[list[str]]] = []
    tokens = MARKDOWN.parse(text)
    for i, token in enumerate(tokens):
        if token.type == "table_open":
            out.append([])
        elif token.type == "tr_open":
            out[-1].append([])
        elif token.type == "inline" and tokens[i - 1].type in ("td_open", "th_open"):
            out[-1][-1].append(shown(token.children or []))
    return out


def shown(tokens: list[object]) -> str:
    """What a reader sees of inline tokens; marked up text would show as such."""
    said = []
    for token in tokens:
        kind, content = token.type, token.content  # type: ignore[attr-defined]
        if kind in ("text", "text_special"):
            said.append(content.replace("\u200b", ""))
        elif not (kind == "html_inline" and content in ("<span>", "</span>")):
            said.append(f"<<{kind}>>")
    return "".join(said)


@given(MARKS | ANYTHING)
def test_any_text_stays_text_in_a_cell(text: str) -> None:
    both = Text(text, text)
    said = markdown(
        Verdict([Gated(finding(1, message=both, remedy=both, citation=Text("第一条", ""), location=at(1)))]),
        None, "zh", fail_on="violation",
    )  # fmt: skip
    *_, (_, row) = tables(said)
    plain = " ".join(re.sub(r"[\u200b]|\[U\+200B\]", "", row[3]).split())
    from hami_rules.report.safe import one_line

    wanted = one_line(text).replace("[U+200B]", "")
    wanted = wanted if wanted.endswith(("。", "！", "？", ".", "!", "?", "…")) else wanted + "。"
    assert len(row) == 5 and plain == " ".join(wanted.split())


def test_nobody_is_called_and_nothing_is_linked() -> None:
    said = escaped("@all #12 !3 https://a.invalid www.b.invalid <b> [x](y) $a$")
    assert not re.search(r"@\w|#\d|!\d|://|www\.|<b>|\[x\]\(", said.replace("&#8203;", "\u200b"))


# -- statistics ------------------------------------------------------------------------------------------------------


def test_statistics_whole() -> None:
    assert statistics(verdict("main"), "zh") == (
        "新增  已知  已豁免  规则           条款            题目\n"
        "   2     0       0  14.1a          第十四条第一款  索要办事指南之外的材料\n"
        "   0     1       1  14.1b          第十四条第一款  要求重复提供同一份材料\n"
        "   0     1       1  16.1a          第十六条第一款  电子材料可用未用\n"
        "   1     0       0  13.1d          第十三条第一款  没有依据增设办理条件\n"
        "   1     0       0  14.1c          第十四条第一款  本部门已存有同一材料\n"
        "   1     0       0  15.2b.in_full  第十五条第二款  容缺受理未一次性告知\n"
        "   1     0       0  16.1d          第十六条第一款  已用电子材料，另要纸质材料\n"
        "   6     2       2  合计\n"
    )
    assert (
        statistics(Verdict(), "en")
        == "New  Known  Waived  Rule   Provision  Title\n  0      0       0  Total\n"
    )


# -- places ----------------------------------------------------------------------------------------------------------


def test_sources_are_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert relative("./a.yaml", tmp_path) == "sub/a.yaml"
    assert relative("../b.yaml", tmp_path) == "b.yaml"
    assert relative(str(tmp_path / "c.yaml"), tmp_path) == "c.yaml"
    assert relative("../../d.yaml", tmp_path) == (tmp_path.parent / "d.yaml").as_posix()
    assert relative("./a.yaml", None) == "a.yaml"
    assert relative("a.yaml", Path("..")) == "sub/a.yaml"


def test_every_format_names_sources_from_the_root(tmp_path: Path) -> None:
    whole = str(tmp_path / "a.yaml")
    one = Verdict([Gated(msgspec.structs.replace(found()["breach"], location=Location(whole, 1, 1, 1, 2)))])
    for said in (
        github(one, "zh", root=tmp_path),
        gitlab(one, "zh", root=tmp_path),
        markdown(one, None, "zh", fail_on="violation", root=tmp_path),
    ):
        assert "a.yaml" in said and str(tmp_path) not in said
    assert '<testsuite name="a.yaml"' in junit(
        one, "zh", sources=(whole,), fail_on="violation", root=tmp_path
    )


def test_the_waiver_of_a_finding_is_told_in_english_too() -> None:
    waived = Verdict([Gated(found()["waived"], None, EXTERNAL)])
    said = markdown(waived, None, "en", fail_on="violation")
    assert "(approved by 王某, until 2025-12-31, ticket HM-12)" in said and "### Waived (1)" in said

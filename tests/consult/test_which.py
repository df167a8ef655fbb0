"""From stated facts to the rules that bear on them: cases as data, mistakes with their places, and what is asked next."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hami_rules.assets import data_folder
from hami_rules.cli.app import app
from hami_rules.consult.interview import Interview, Refused
from hami_rules.consult.situation import Situation
from hami_rules.consult.which import TRIED, Bearing, Which, answer
from hami_rules.intake.errors import InputError
from hami_rules.pack.load import Pack, load_pack
from hami_rules.proof.cases import load_cases, scene_of

CASES = yaml.safe_load((Path(__file__).parent / "situations.yaml").read_text("utf-8"))
AS_OF = date(2025, 6, 30)


@cache
def pack() -> Pack:
    return load_pack()


@cache
def judge() -> Which:
    return Which(pack())


def situation(*facts: str) -> Situation:
    made = Situation(pack(), AS_OF)
    for fact in facts:
        made.say(fact)
    return made


def touched(found: Situation) -> list[Bearing]:
    return [b for b in judge().bearings(found) if b.touched]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_situations(case: dict[str, Any], tmp_path: Path) -> None:
    found = situation(*case.get("facts", ()))
    if "document" in case:
        file = tmp_path / "facts.yaml"
        file.write_text(case["document"], "utf-8")
        found.read(file)
    bearings = touched(found)
    for verdict in ("violated", "compliant", "undetermined", "not_applicable"):
        said = {b.rule for b in bearings if b.verdict == verdict}
        assert set(case.get(verdict, ())) <= said, (verdict, said)
    assert {b.rule for b in bearings if b.verdict == "violated"} == set(case.get("violated", ()))
    if "only" in case:
        assert sorted({b.rule for b in bearings}) == sorted(case["only"])
    for rule, name in case.get("asks", {}).items():
        assert name in [q.id for b in bearings if b.rule == rule for q in b.questions]
    for b in bearings:
        assert (b.verdict == "undetermined") == bool(b.open or b.people), b.rule


def test_rules_come_out_as_the_judge_says() -> None:
    """Without answers, `which` is the judge: on the pack's own cases, of every rule and record."""
    met: set[str] = set()
    for case in load_cases(data_folder("cases"))[::60]:
        scene = scene_of(case, pack())
        for kind, record in scene.at_hand():
            for frame in (
                judge().judge.frames(kind, record, scene.world) if judge().judge.needed(kind) else ()
            ):
                for bound in judge().judge.by_kind.get(frame.kind, ()):
                    made = judge()._bearing(bound, (frame.kind, 0), frame, situation(), {}, True)
                    assert made.verdict == judge().judge.verdict(bound, frame), (case.name, bound.rule.id)
                    met.add(made.verdict)
    assert met >= {"violated", "compliant", "undetermined", "not_applicable"}


def test_what_settles_a_rule_settles_it() -> None:
    """Whatever the answers are: once all that is asked for is answered, nothing is open but what people decide."""
    for yes in ("是", "否"):
        found = situation("demand.form=paper")
        for _ in range(80):
            open_ = [b for b in touched(found) if b.verdict == "undetermined" and b.open]
            if not open_:
                break
            question = open_[0].open[0]
            value = {
                "bool": yes, "date": "2025-03-04", "number": "1", "text": "哈密市住房和城乡建设局",
            }.get(question.sort) or question.choices[0][0]  # fmt: skip
            answer(found, question, value)
        assert not open_


@pytest.mark.parametrize(
    ("fact", "said", "hint"),
    [
        ("demand.fom=paper", "“要求提交的材料”没有字段“fom”", "form"),
        ("demand.要求的形势=纸质", "没有字段“要求的形势”", "要求的形式"),
        ("demnd.form=paper", "没有记录种类“demnd”", "demand"),
        ("demand.form=papr", "要求的形式（form）不能是“papr”", "paper 纸质"),
        ("demand.has_listin=否", "没有字段“has_listin”", "has_listing"),
        ("demand.has_listing=也许", "只能答 是 或 否", ""),
        ("demand.demanded_on=昨天", "不是有效的日期", "2024-03-05"),
        ("demand.form", "种类.字段=值", "要求提交的材料.要求的形式=纸质"),
        ("form=paper", "种类.字段=值", ""),
    ],
)
def test_a_wrong_fact_is_placed_with_the_nearest_name(fact: str, said: str, hint: str) -> None:
    with pytest.raises(InputError) as wrong:
        situation(fact)
    shown = wrong.value.render()
    assert said in shown and hint in shown
    assert f"--fact {fact}" in shown


def test_a_fact_said_twice_differently_is_refused() -> None:
    assert situation("demand.form=paper", "demand.form=纸质").stated == {("demand", "form"): None}
    with pytest.raises(InputError, match="said twice"):
        situation("demand.form=paper", "demand.form=electronic")


def test_a_wrong_document_is_placed(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("applications:\n  - demands:\n      - {要求的形势: 纸质}\n", "utf-8")
    with pytest.raises(InputError) as wrong:
        Situation(pack(), AS_OF).read(file)
    (problem,) = wrong.value.problems
    assert problem.location is not None and problem.location.line == 3
    assert problem.hint is not None and "要求的形式" in problem.hint.zh


def test_which_of_several_records_must_be_said(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("applications:\n  - demands: [{要求的形式: 纸质}, {要求的形式: 电子材料}]\n", "utf-8")
    found = Situation(pack(), AS_OF)
    found.read(file)
    with pytest.raises(InputError, match="several records"):
        found.say("demand.means=oral")


def test_one_fact_is_counted_once() -> None:
    """Of every case that counts one rule's breach under another's on the same record, `which` says the same."""
    seen = 0
    for case in load_cases(data_folder("cases")):
        if not case.counted:
            continue
        scene = scene_of(case, pack())
        for kind, record in scene.at_hand():
            for number, frame in enumerate(
                judge().judge.frames(kind, record, scene.world) if judge().judge.needed(kind) else ()
            ):
                made = [
                    judge()._bearing(bound, (frame.kind, number), frame, situation(), {}, True)
                    for bound in judge().judge.by_kind.get(frame.kind, ())
                ]
                breached = {b.rule for b in made if b.verdict == "violated"}
                for b in (judge()._counted(b, made) for b in made):
                    if b.rule in breached and case.counted.get(b.rule) in breached:
                        assert b.counted_by is not None and b.record.counted_elsewhere, (case.name, b.rule)
                        seen += 1
    assert seen > 10


# -- the interview -------------------------------------------------------------------------------------------------


def test_the_question_asked_is_the_one_that_settles_most() -> None:
    found = situation("demand.form=paper")
    bearings = touched(found)
    question = judge().next_question(found, bearings)
    assert question is not None

    waiting = {(b.rule, b.place) for b in bearings if b.verdict == "undetermined"}
    often = Counter(q.id for b in bearings for q in b.open)

    def settled(name: str) -> float:
        asked = next(q for b in bearings for q in b.open if q.id == name)
        scores = []
        for value in asked.values or [AS_OF.isoformat()]:
            other = found.copy()
            answer(other, asked, value)
            scores.append(
                len(waiting - {(b.rule, b.place) for b in touched(other) if b.verdict == "undetermined"})
            )
        return sum(scores) / len(scores)

    as_often = [name for name, n in often.items() if n == max(often.values())][:TRIED]
    assert question.id in as_often
    assert settled(question.id) == max(map(settled, as_often)) > 0
    assert question == judge().next_question(found.copy(), touched(found.copy())), "the same on every asking"


def test_an_interview_goes_back_and_skips() -> None:
    talk = Interview(judge(), situation("demand.form=paper"))
    first = talk.question
    assert first is not None
    with pytest.raises(Refused, match="first question"):
        talk.reply("返回")
    with pytest.raises(Refused):
        talk.reply("火星")
    assert talk.question == first
    assert talk.reply("不知道")
    assert talk.question is not None and talk.question.id != first.id
    assert talk.reply("返回") and talk.question == first
    assert talk.reply("1") and talk.situation.said() != situation("demand.form=paper").said()
    assert talk.reply("back") and talk.situation.said() == situation("demand.form=paper").said()
    assert talk.reply("结束") is False


def test_whoever_knows_nothing_is_asked_everything_once() -> None:
    talk = Interview(judge(), situation())
    talk.begin("demand")
    asked: list[str] = []
    while talk.question is not None:
        asked.append(talk.question.id)
        talk.reply("不知道")
    assert len(set(asked)) == len(asked) > 5
    assert talk.open > 0


# -- the command ---------------------------------------------------------------------------------------------------


def run(*args: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        code = app(args, standalone_mode=False) or 0
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


VIOLATED = [word for fact in CASES[1]["facts"] for word in ("--fact", fact)]


def test_json_is_valid_by_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code, schema, _ = run("which", "--schema", capsys=capsys)
    assert code == 0
    checker = jsonschema.Draft202012Validator(json.loads(schema))
    for args in (
        ["--fact", "demand.form=paper"],
        VIOLATED,
        [*VIOLATED, "--consequences"],
        [*VIOLATED, "--all"],
    ):
        code, out, _ = run("which", *args, "--json", "--as-of", "2025-06-30", capsys=capsys)
        answer = json.loads(out)
        checker.validate(answer)
        assert code == (1 if any(r["verdict"] == "violated" for r in answer["rules"]) else 0)
        assert (answer["others"] == {}) == ("--all" in args)
    with pytest.raises(jsonschema.ValidationError):
        checker.validate(answer | {"rules": [{"rule": "14.1a"}]})


def test_the_opinion_has_four_parts_and_is_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    files = [tmp_path / f"opinion.{suffix}" for suffix in ("txt", "docx", "json")]
    save = [word for file in files for word in ("--save", str(file))]
    code, out, err = run("which", *VIOLATED, *save, "--as-of", "2025-06-30", capsys=capsys)
    assert code == 1
    heads = [line for line in out.splitlines() if not line.startswith(" ")]
    assert heads == ["一、事实", "二、依据", "三、结论", "四、后续"]
    assert "【违反】14.1a" in out and "撤回该项要求" in out
    assert files[0].read_text("utf-8") == out
    paragraphs = [p.text for p in docx.Document(str(files[1])).paragraphs]
    assert all(head in paragraphs for head in heads)
    assert [line.strip() for line in out.splitlines() if line.startswith(" ")] == [
        p for p in paragraphs[2:] if p not in heads
    ]
    assert json.loads(files[2].read_text("utf-8"))["rules"][0]["verdict"] == "violated"
    assert err.count("已存") == 3


def test_only_selected_rules(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("which", "--fact", "demand.form=paper", "--select", "16", "--json", capsys=capsys)
    assert {r["rule"] for r in json.loads(out)["rules"]} == {"16.1c.utility_paper", "16.1d"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "没有说任何事实"),
        (["nowhere.yaml"], "没有这个文件"),
        (["--fact", "demand.form=paper", "--save", "x.pdf"], "--save 的后缀"),
        (["--fact", "demand.form=paper", "--as-of", "2025-13-01"], "YYYY-MM-DD"),
        (["--fact", "demand.form=paper", "--select", "99"], "99"),
    ],
)
def test_a_wrong_command_line_is_refused(
    args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run("which", *args, capsys=capsys)
    assert code == 2 and out == "" and said in err


def test_without_durable_rules_all_but_consequences_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "durable", None)
    code, out, err = run("which", *VIOLATED, "--consequences", "--as-of", "2025-06-30", capsys=capsys)
    assert code == 1 and "【违反】14.1a" in out and "pip install 'hami-rules[live]'" in err
    file = tmp_path / "findings.jsonl"
    file.write_text("", "utf-8")
    code, out, err = run("consequences", str(file), capsys=capsys)
    assert code == 2 and out == "" and "pip install 'hami-rules[live]'" in err

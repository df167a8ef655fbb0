"""Exports of platforms become guides: every row and every field accounted for, nothing guessed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.intake.errors import InputError
from hami_rules.intake.platform import (
    ImportOptions,
    ImportResult,
    import_platform,
    read_rows,
    split_conditions,
    write_guides,
)
from hami_rules.records.guide import Guide
from hami_rules.records.location import Location

REAL = Path(__file__).resolve().parents[3] / "shared/real/guangdong_guides.jsonl"
CODE = "11440000006939756B2440101007000"


def imported(*rows: Any, **options: Any) -> ImportResult:
    places = ((row, Location("export.jsonl", line=n, column=1, row=n)) for n, row in enumerate(rows, 1))
    result = import_platform(places, ImportOptions(**options))
    adds_up(result)
    return result


def adds_up(result: ImportResult) -> None:
    assert result.read == len(result.guides) + result.merged + len(result.quarantined)
    for tally in result.fields.values():
        assert tally.seen == tally.read + tally.empty + tally.left
        assert (tally.left == 0) == (tally.sample is None)
        assert tally.left == 0 or tally.reason is not None


def guide(**row: Any) -> Guide:
    result = imported({"TASK_CODE": CODE, **row})
    assert not result.quarantined, result.quarantined
    return result.guides[0][0]


def reasons(result: ImportResult) -> list[str]:
    return [q.code for q in result.quarantined]


# -- values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days", "note"),
    [
        ("30(工作日)", 30, None),
        ("30（工作日）", 30, None),
        ("5个工作日", 5, None),
        ("即办", 0, None),
        ("当场办结", 0, None),
        ("0(工作日)", 0, None),
        ("无", None, None),
        ("—", None, None),
        ("90(自然日)", None, "承诺办结时限：90(自然日)"),
        ("30天", None, "承诺办结时限：30天"),
        ("2个月", None, "承诺办结时限：2个月"),
        ("30", None, "承诺办结时限：30"),
    ],
)
def test_only_working_days_become_a_number_of_days(text: str, days: int | None, note: str | None) -> None:
    made = guide(handle_time_limit=text)
    assert (made.promised_days, made.time_limit_text) == (days, note)


@pytest.mark.parametrize(
    ("row", "days", "note"),
    [
        ({"promise_day": 5}, 5, None),
        ({"promise_day": "5", "promise_type_text": "工作日"}, 5, None),
        ({"promise_day": 5, "promise_type_text": "自然日"}, None, "承诺办结时限：5（自然日）"),
        ({"promise_day": 5, "promise_type": "2"}, None, "承诺办结时限：5（单位代码 2）"),
    ],
)
def test_the_platforms_days_are_working_days_unless_a_unit_says_otherwise(
    row: dict[str, Any], days: int | None, note: str | None
) -> None:
    made = guide(**row)
    assert (made.promised_days, made.time_limit_text) == (days, note)


def test_whom_it_serves() -> None:
    assert guide(service_object_name=["自然人", "企业法人", "非法人企业"]).serves == [
        "natural_person",
        "enterprise",
    ]
    assert guide(server_type="个体工商户、企业法人").serves == ["individual_business", "enterprise"]
    # 个体工商户 and founders are filed under 自然人: whether the list holds a market entity stays open.
    alone = guide(service_object_name=["自然人", "行政机关"])
    assert (alone.serves, alone.partial) == (["natural_person"], ("serves",))
    assert guide(service_object_name=["行政机关"]).serves is None


def test_a_word_or_code_outside_the_tables_is_an_error_with_the_value() -> None:
    result = imported(
        {"task_code": CODE, "service_object_name": ["企业法任"]},
        {"task_code": CODE, "server_type": "2"},
        {"task_code": CODE, "materials": [{"material_name": "申请表", "is_need": "7"}]},
    )
    assert reasons(result) == ["unmapped-value"] * 3
    first = result.quarantined[0].problems[0]
    assert "企业法任" in first.message.zh and first.hint and "企业法人" in first.hint.zh
    assert first.location and first.location.pointer == "/service_object_name"


def test_regions_by_name_and_by_code() -> None:
    assert guide(AREA_CODE_TEXT="广东省广州市").region == "440100"
    assert guide(area_code="650502000000").region == "650502"
    assert guide(AREA_CODE_TEXT="新疆维吾尔自治区哈密市伊吾县").region == "650522"
    unknown = imported({"task_code": CODE, "AREA_CODE_TEXT": "某省某市"})
    assert unknown.guides[0][0].region is None
    assert unknown.unread == {"AREA_CODE_TEXT": 1}


def test_a_national_export_with_nested_materials() -> None:
    made = guide(
        task_name="食品经营许可", dept_name="哈密市市场监督管理局", catalog_code="000131013000", is_fee="0",
        limit_scene_num=1, anticipate_day=20, promise_day=5, handle_flow="申请→受理→审查→决定→送达",
        service_type="无", accept_condition="无", transact_addr="办理地点：哈密市政务服务中心",
        materials=[
            {"material_name": "申请表", "material_format": "3", "is_need": "1", "source_type": "10",
             "by_law": "《食品安全法》第三十五条第一款、《食品经营许可管理办法》第十二条"},
            {"material_name": "平面图", "material_format": 1, "is_need": 3},
        ],
    )  # fmt: skip
    assert (
        made.fee_charged is False
        and made.visits == 1
        and (made.statutory_days, made.promised_days) == (20, 5)
    )
    assert made.location_text == "哈密市政务服务中心"
    assert [s.step_name for s in made.steps or ()] == ["申请", "受理", "审查", "决定", "送达"]
    # 无 says that there are none; nothing said would be unknown.
    assert made.services == [] and made.conditions == []
    first, second = made.materials or ()
    assert (first.form, first.need, first.source) == ("paper_or_electronic", "required", "applicant")
    assert [(b.instrument_title, b.article) for b in first.bases or ()] == [
        ("食品安全法", "第三十五条第一款"),
        ("食品经营许可管理办法", "第十二条"),
    ]
    assert (second.form, second.need, second.bases) == ("paper", "deferrable", None)


def test_prose_is_no_list_of_steps() -> None:
    result = imported({"task_code": CODE, "handle_flow": "详见流程图 http://example.org/a.png"})
    assert result.guides[0][0].steps is None and result.unread == {"handle_flow": 1}


def test_a_text_of_law_that_is_not_plain_stays_whole() -> None:
    text = "《行政许可法》第十二条规定，下列事项可以设定行政许可"
    made = guide(materials=[{"material_name": "申请表", "by_law": text}])
    assert [b.instrument_title for b in (made.materials or [])[0].bases or ()] == [text]


# -- conditions -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1.有场所；2.有人员。", ["有场所", "有人员。"]),
        ("1、有场所；2、有 1.5 万元资金；3、有人员", ["有场所", "有 1.5 万元资金", "有人员"]),
        ("（一）有场所；（二）有人员：1、专职；2、兼职。", ["有场所", "有人员：1、专职；2、兼职。"]),
        ("符合下列全部条件的，可以申请： 1）甲； 2）乙", ["符合下列全部条件的，可以申请：甲", "乙"]),
        ("应当具备下列条件：甲；乙（含丙；丁）。", ["应当具备下列条件：甲", "乙（含丙；丁）。"]),
        (
            "1.符合《办法》（粤环〔2019〕24号）2.其他已经具备。",
            ["符合《办法》（粤环〔2019〕24号）", "其他已经具备。"],
        ),
    ],
)
def test_conditions_are_split_by_their_own_numbering(text: str, parts: list[str]) -> None:
    assert split_conditions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "有固定场所和人员。",
        "符合下列条件之一的，可以申请： 1、甲； 2、乙",  # alternatives are one condition
        "符合条件的人员可以报名：1.甲；2.乙。有下列情形的不得报名：1.丙；2.丁。",  # a restart
        "1.甲；3.乙",  # a gap
        "（一）符合下列条件： 1.甲 2.乙",  # the outer list is only begun
        "依照本办法第（一）项和第（二）项办理",
        "提前恢复的，应当报告；需要延长的，应当书面提出。",  # plain semicolons
        "满足以下一条条件：（1）甲。（2）乙。",
        "1.",
        "",
    ],
)
def test_an_ambiguous_text_stays_one_condition(text: str) -> None:
    assert split_conditions(text) == [text]


@given(st.text(alphabet="甲乙丙1234一二三.、（）()；：:。 条件符合下列全部", max_size=60))
def test_splitting_keeps_every_word_in_order(text: str) -> None:
    rest = text
    for part in split_conditions(text):
        # The announcement is joined to the first condition over its number, so compare by single characters.
        for char in part:
            place = rest.find(char)
            assert place >= 0
            rest = rest[place + 1 :]


def test_a_list_announced_and_not_given_is_partial() -> None:
    assert guide(accept_standard="符合以下全部条件：").partial == ("conditions",)
    assert guide(accept_standard="（一）有场所。").partial == ("conditions",)
    assert guide(accept_standard="1.有场所；2.有人员。").partial == ()


# -- rows and fields ----------------------------------------------------------------------------------------------------


def test_every_field_is_mapped_or_listed() -> None:
    result = imported(
        {"TASK_CODE": CODE, "online_book": "是", "co_department": "无", "天气": "晴"},
        {"TASK_CODE": "X", "天气": ""},
    )
    assert result.unmapped == {"online_book": 1, "co_department": 1, "天气": 2}
    weather = result.fields["天气"]
    assert (weather.left, weather.empty, weather.sample) == (1, 1, "晴")
    booked = result.fields["online_book"].reason
    assert booked and "网上预约" in booked.zh


def test_rows_that_cannot_be_guides_go_to_quarantine() -> None:
    result = imported(
        {"TASK_NAME": "没有编码"},
        ["不是对象"],
        {"TASK_CODE": CODE, "TASK_NAME": {"a": 1}},
        {"TASK_CODE": CODE, "handle_time": "20(工作日)", "anticipate_day": 30},
        {"TASK_CODE": CODE, "materials": [{"is_need": "1"}]},
        {"TASK_CODE": CODE, "area_code": "65"},
    )
    assert reasons(result) == [
        "no-key", "not-an-object", "wrong-shape", "conflicting-fields", "no-material-name", "region-code",
    ]  # fmt: skip
    assert [q.location.line for q in result.quarantined] == [1, 2, 3, 4, 5, 6]


def test_rows_of_one_material_each_become_one_guide() -> None:
    rows = [
        {"task_code": CODE, "task_name": "许可", "material_name": m, "is_need": "1"}
        for m in ("申请表", "身份证")
    ]
    result = imported(*rows, {**rows[0], "task_name": "另一个"}, {"task_code": "X", "material_name": "合同"})
    assert [len(g.materials or ()) for g, _ in result.guides] == [2, 1]
    assert result.merged == 1 and reasons(result) == ["differing-rows"]
    assert result.unmapped == {}


def test_the_organ_is_known_from_a_checked_code_only() -> None:
    assert guide().organ_code == "11440000006939756B"
    assert imported({"task_code": "11440000006939757B2440101007000"}).guides[0][0].organ_code is None
    assert guide(dept_code="D1").organ_code == "D1"


def test_options_say_what_the_export_does_not() -> None:
    day = date(2024, 3, 1)
    assert (guide().valid_from, guide().published) == (None, None)
    result = imported(
        {"task_code": CODE, "area_code": "440000"},
        as_region="650500", organ_code="O", published_on=day, valid_from=day, open_ended=True,
    )  # fmt: skip
    made = result.guides[0][0]
    assert (made.region, made.organ_code, made.published, made.published_on) == ("650500", "O", True, day)
    assert (made.valid_from, made.open_ended) == (day, True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 500) | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
field_names = st.sampled_from(
    ["task_code", "TASK_NAME", "handle_time", "promise_day", "promise_type", "accept_standard", "materials", "visit_number",
     "is_fee", "handle_flow", "service_type", "service_object_name", "area_code", "material_name", "by_law", "URL", "x"]
)  # fmt: skip


@given(st.lists(st.dictionaries(field_names, json_values, max_size=6) | json_values, max_size=4))
def test_whatever_stands_in_the_rows_it_adds_up(rows: list[Any]) -> None:
    imported(*rows)


# -- files -----------------------------------------------------------------------------------------------------------------


def test_json_lines_and_arrays_are_read_with_their_places(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_bytes(b'\xef\xbb\xbf{"task_code": "A"}\r\n\n{"task_code": "B"\n{"task_code": "C"}\n')
    rows = list(read_rows(lines, "a.jsonl"))
    assert [(place.line, place.offset) for _, place in rows] == [(1, 3), (3, 24), (4, 42)]
    result = import_platform(iter(rows))
    adds_up(result)
    assert [g.item_code for g, _ in result.guides] == ["A", "C"]
    broken = result.quarantined[0].problems[0]
    assert broken.location and broken.location.line == 3

    array = tmp_path / "a.json"
    array.write_text(' [{"task_code": "A", "visit_number": 2},\n  {"task_code": "B"}]', encoding="utf-8")
    made = import_platform(read_rows(array))
    assert [(g.item_code, place.line, place.row) for g, place in made.guides] == [("A", 1, 1), ("B", 2, 2)]
    assert made.guides[0][0].visits == 2


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(read_rows(tmp_path / "none.jsonl"))


def test_written_guides_read_back_the_same(tmp_path: Path) -> None:
    rows = ({"task_code": f"{n:02}", "promise_day": n, "consult_phone": "0902"} for n in range(3))
    result = imported(*rows, valid_from=date(2024, 3, 1))
    guides = [g for g, _ in result.guides]
    assert write_guides(result.guides, tmp_path / "g.jsonl") == 3
    lines = (tmp_path / "g.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=Guide) for line in lines] == guides
    assert write_guides(result.guides, tmp_path / "g.yaml") == 3
    documents = list(yaml.safe_load_all((tmp_path / "g.yaml").read_text("utf-8")))
    assert [msgspec.convert(d, Guide) for d in documents] == guides
    with pytest.raises(ValueError, match="xlsx"):
        write_guides(result.guides, tmp_path / "g.xlsx")


@pytest.mark.skipif(not REAL.exists(), reason="the real guides are not in this checkout")
def test_the_real_guides_load_whole() -> None:
    result = import_platform(read_rows(REAL))
    adds_up(result)
    rows = [json.loads(line) for line in REAL.read_text("utf-8").splitlines()]
    assert (result.read, len(result.guides), result.quarantined) == (len(rows), len(rows), [])
    assert {name for row in rows for name in row} == result.fields.keys()
    assert set(result.unmapped) == {
        "CATANAME", "co_department", "online_book", "courier_service", "theme_category", "bear_paltform",
    }  # fmt: skip
    assert all(g.organ_code for g, _ in result.guides)
    assert sum(len(g.materials or ()) for g, _ in result.guides) == sum(
        len(r["material_intro"]) for r in rows
    )
    assert not [
        g for g, _ in result.guides if "自然日" in (g.time_limit_text or "") and g.statutory_days is not None
    ]

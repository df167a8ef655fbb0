"""Documents and rows become records, or every reason why not is said where it stands."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from hami_rules.intake import convert
from hami_rules.intake.convert import bulk_decoder, field_pointer, to_record
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.positioned import read_json, read_yaml
from hami_rules.records.application import Application, Demand, Engagement, Submission
from hami_rules.records.base import Record
from hami_rules.records.guide import Guide
from hami_rules.records.kinds import KINDS, ROOTS
from hami_rules.records.labels import LABELS, label
from hami_rules.records.location import Location
from hami_rules.records.reference import Organ


def read(text: str, struct: type[Record] = Application) -> tuple[Any, list[Problem]]:
    document = read_yaml(text, "a.yaml")
    return to_record(document.data, struct, document)


def places(found: list[Problem]) -> list[tuple[str, int | None, int | None]]:
    return [(p.code, p.location.line, p.location.column) for p in found if p.location]


# -- any record ------------------------------------------------------------------------------------------------


def values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.Metadata():
            return values(kind.type)
        case inspect.UnionType():
            return st.one_of(*map(values, kind.types))
        case inspect.NoneType():
            return st.none()
        case inspect.StrType():
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
        case inspect.IntType():
            return st.integers(0, 10**17)
        case inspect.DecimalType():
            return st.decimals(0, 10**9, places=2)
        case inspect.DateType():
            return st.dates()
        case inspect.BoolType():
            return st.booleans()
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.ListType():
            return st.lists(values(kind.item_type), max_size=2)
        case inspect.StructType():
            return records(kind.cls)
    raise AssertionError(kind)


@st.composite
def records(draw: Any, struct: type[Record]) -> Record:
    """Any record that intake may give: some fields known, lists marked partial, open ends at `date.max`."""
    known_to_all = inspect.type_info(struct).fields  # type: ignore[attr-defined]
    fields = {f.name: f for f in known_to_all if not convert._marked(f.type, "internal")}
    fields.pop("partial")
    known = {
        n: draw(values(fields[n].type)) for n in draw(st.sets(st.sampled_from(sorted(fields)), max_size=4))
    }
    lists = [n for n, f in fields.items() if "ListType" in repr(f.type)[:80]]
    if known.get("open_ended") and "valid_to" in fields:
        known["valid_to"] = date.max
    if lists:
        known["partial"] = tuple(draw(st.lists(st.sampled_from(lists), unique=True, max_size=2)))
    return struct(**known)


def in_order(record: Any) -> bool:
    """Whether none of its dates lies before one that it cannot lie before."""
    plan = convert._plan(type(record))
    own = all(
        day >= getattr(record, earlier)
        for earlier, path in plan.in_order
        if getattr(record, earlier) is not None
        for day, _, _ in convert._reached(plan, record, path)
    )
    held = [getattr(record, f.name) for f in plan.names.values() if f.child]
    parts = [part for value in held for part in (value if isinstance(value, list) else [value])]
    return own and all(in_order(part) for part in parts if part is not None)


any_root = st.sampled_from([k.struct for k in ROOTS.values()]).flatmap(records).filter(in_order)


@settings(deadline=None)
@given(any_root)
def test_what_is_written_is_read_back_from_yaml_json_and_rows(record: Record) -> None:
    struct = type(record)
    row = msgspec.json.encode(record)
    assert bulk_decoder(struct)(row) == record
    written = yaml.safe_dump(msgspec.to_builtins(record))  # escapes what YAML would take for a line's end
    for document in (read_json(row, "a.json"), read_yaml(written, "a.yaml")):
        assert to_record(document.data, struct, document) == (record, [])


def test_chinese_labels_do_for_names_at_every_level() -> None:
    record, found = read(
        "办件编号: 08\n要求提交的材料:\n- {材料名称: 章程, material_code: 1.10}\n未列全的清单: [要求提交的材料, steps]\n"
    )
    assert found == []
    assert record == Application(
        application_no="08",
        demands=[Demand(material_name="章程", material_code="1.10")],
        partial=("demands", "steps"),
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_label_names_one_field_of_its_record(kind: Any) -> None:
    fields = [f.type.extra for f in inspect.type_info(kind.struct).fields]  # type: ignore[attr-defined]
    labels = [extra["zh"] for extra in fields if not extra.get("internal")]
    assert len(set(labels)) == len(labels)
    record = kind.struct()
    assert to_record(dict.fromkeys(labels), kind.struct, None) == (record, [])


def test_what_intake_works_out_itself_may_not_be_stated() -> None:
    record, problems = to_record({"demands": [{"material_key": "c:M001"}]}, KINDS["application"].struct, None)
    assert record is None
    assert [p.code for p in problems] == ["unknown-field"]


# -- scalars ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        ("2024/3/5", date(2024, 3, 5)),
        ("2024.03.05", date(2024, 3, 5)),
        ("2024年3月5日", date(2024, 3, 5)),
        ("２０２４－０３－０５", date(2024, 3, 5)),
        ("2024-03-05T10:00:00+08:00", date(2024, 3, 5)),
        ("2024-03-05 10:00:00", date(2024, 3, 5)),
        ("2024-03-05 23:59", date(2024, 3, 5)),
        ("2024-03-05T16:00:00Z", date(2024, 3, 6)),
        ("2024-03-05T15:59:59.999Z", date(2024, 3, 5)),
        ("2024-03-05T00:30:00+0900", date(2024, 3, 4)),
        ("2024-12-31 20:00:00-05", date(2025, 1, 1)),
        (datetime(2024, 3, 5, 16, tzinfo=UTC), date(2024, 3, 6)),
        (datetime(2024, 3, 5, 23), date(2024, 3, 5)),  # noqa: DTZ001
        (date(2024, 3, 5), date(2024, 3, 5)),
        ("2024-02-30", None),
        ("2024-3/5", None),
        ("20240305", None),
        ("05.03.2024", None),
        ("2024-03-05T24:00:00", None),
        ("2024-03-05T10:00:00+99:00", None),
        ("9999-12-31T23:00:00-01:00", None),
        ("昨天", None),
        ("", None),
        ("14", None),
    ],
)
def test_dates_are_days_in_beijing(text: Any, day: date | None) -> None:
    record, found = to_record({"demanded_on": text}, Demand, None)
    assert [p.code for p in found] == ([] if day else ["wrong-date"])
    assert (record and record.demanded_on) == day


@settings(deadline=None)
@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_instants_keep_their_moment(moment: datetime, minutes: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    record, _ = to_record({"demanded_on": there.isoformat()}, Demand, None)
    assert record and record.demanded_on == there.astimezone(timezone(timedelta(hours=8))).date()


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("copies", "08", 8),
        ("copies", "１２", 12),
        ("copies", " 3 ", 3),
        ("copies", "3.0", 3),
        ("copies", 3.0, 3),
        ("copies", 3, 3),
        ("copies", "3.5", ...),
        ("copies", 3.5, ...),
        ("copies", "1e3", ...),
        ("copies", "1_000", ...),
        ("copies", "5个工作日", ...),
        ("copies", "9" * 5000, ...),
        ("copies", "", ...),
        ("copies", ["1"], ...),
        ("offered_by_applicant", "true", True),
        ("offered_by_applicant", "Yes", True),
        ("offered_by_applicant", "是", True),
        ("offered_by_applicant", "1", True),
        ("offered_by_applicant", 1, True),
        ("offered_by_applicant", True, True),
        ("offered_by_applicant", "FALSE", False),
        ("offered_by_applicant", "no", False),
        ("offered_by_applicant", "否", False),
        ("offered_by_applicant", "0", False),
        ("offered_by_applicant", "", ...),
        ("offered_by_applicant", "2", ...),
        ("offered_by_applicant", "有", ...),
        ("offered_by_applicant", {"a": "1"}, ...),
        ("means", "oral", "oral"),
        ("means", "Oral", "oral"),
        ("means", "口头要求", "oral"),
        ("means", "口头", ...),
        ("form", "纸质或电子均可", "paper_or_electronic"),
        ("means", "", ...),
        ("material_code", "14.10", "14.10"),
        ("material_code", " x ", " x "),
        ("material_code", "", ""),
        ("material_code", 650500.0, "650500"),
        ("material_code", Decimal("14.10"), "14.10"),
        ("material_code", True, "true"),
        ("material_code", ["x"], ...),
        ("material_code", None, None),
    ],
)
def test_scalars_are_typed_by_the_schema(field: str, text: Any, value: Any) -> None:
    record, found = to_record({field: text}, Demand, None)
    if value is ...:
        assert record is None and len(found) == 1
    else:
        assert found == [] and getattr(record, field) == value and type(getattr(record, field)) is type(value)


@pytest.mark.parametrize("text", ["NaN", "inf", "1e99", "1,000", "五", "9" * 400])
def test_fees_are_finite_numbers_of_sane_size(text: str) -> None:
    assert [p.code for p in to_record({"fee": text}, Engagement, None)[1]] == ["wrong-number"]
    with pytest.raises(InputError):
        bulk_decoder(Application)(json.dumps({"engagements": [{"fee": text}]}).encode())


def test_fees_keep_what_was_written() -> None:
    assert bulk_decoder(Application)(b'{"engagements":[{"fee":12.10}]}').engagements == [
        Engagement(fee=Decimal("12.10"))
    ]
    assert to_record({"fee": "12.10"}, Engagement, None)[0] == Engagement(fee=Decimal("12.10"))


# -- problems --------------------------------------------------------------------------------------------------

MUCH_WRONG = """\
application_no: 08
materal_no: x
accepted_on: 2024-02-30
accepted: 也许
promised_days: 五天
partial: [demands, stepz]
channel: onlin
demands:
  - {material_name: 9:00, 材料名称: y, means: orall, bases: {a: 1}}
  -
steps: 受理
deferral: [1]
submissions:
  - {open_ended: 是, valid_to: 2024-03-01, 办件编号: 1}
"""


def test_all_problems_are_reported_at_once_each_where_it_stands() -> None:
    record, found = read(MUCH_WRONG)
    assert record is None
    assert places(found) == [
        ("unknown-field", 2, 1),
        ("wrong-date", 3, 14),
        ("wrong-boolean", 4, 11),
        ("wrong-number", 5, 16),
        ("wrong-value", 6, 20),
        ("wrong-value", 7, 10),
        ("duplicate-field", 9, 27),
        ("wrong-value", 9, 43),
        ("wrong-shape", 9, 57),
        ("wrong-shape", 10, 4),
        ("wrong-shape", 11, 8),
        ("wrong-shape", 12, 11),
        ("unknown-field", 14, 43),
        ("contradictory-end", 14, 31),
    ]


def test_messages_name_the_field_the_value_and_what_was_probably_meant() -> None:
    _, found = read(MUCH_WRONG)
    assert found[2].message.zh == "已受理（accepted）应为是或否：“也许”"
    assert found[2].message.en == "accepted must be true or false: “也许”"
    assert found[5].message.en == ("channel cannot be “onlin”; allowed: app, assisted, mail, online, window")
    assert found[5].hint and found[5].hint.zh == "是否为 online 网上？"
    assert "online 网上、window 窗口" in found[5].message.zh
    (problem,) = read("material_nam: x", Demand)[1]
    assert problem.message.zh == "“要求提交的材料”没有字段“material_nam”"
    assert problem.hint and problem.hint.zh == "是否为材料名称（material_name）？"
    (problem,) = read("材料名: x", Demand)[1]
    assert problem.hint and problem.hint.en == "did you mean material_name (材料名称)?"
    (problem,) = read("xyzzy: x", Organ)[1]
    assert problem.hint and "organ_class" in problem.hint.en


def test_every_enumeration_takes_the_labels_and_the_meanings_that_its_values_bear() -> None:
    # The meaning beside a value in the source is what its readers were told it means.
    meanings: dict[str, set[str]] = {}
    for file in (Path(convert.__file__).parents[1] / "records").glob("*.py"):
        for code, zh in re.findall(r'^\s*"([a-z_]+)",\s*# (.+)$', file.read_text(encoding="utf-8"), re.M):
            meanings.setdefault(code, set()).add(zh.strip())
    assert len(meanings) > 30
    seen = 0
    for kind in KINDS.values():
        for field in msgspec.structs.fields(kind.struct):
            for code in choices(field.type):
                assert label(code, "zh") and label(code, "en"), (
                    f"{kind.name}.{field.name}: {code} has no label"
                )
                for said in {code, *LABELS[code], *meanings.get(code, ())}:
                    record, found = to_record({field.name: said}, kind.struct, None)
                    if found and found[0].code == "wrong-shape":  # a list of choices
                        record, found = to_record({field.name: [said]}, kind.struct, None)
                    assert not found and getattr(record, field.name) in (code, [code]), (kind.name, said)
                    seen += 1
    assert seen > 300


def choices(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(c for part in get_args(kind) for c in choices(part) if not isinstance(part, str))


def test_labels_go_through_the_tolerant_path_of_bulk_reading() -> None:
    row = '{"application_no": "A1", "申请人类型": "企业", "channel": "窗口"}'.encode()
    read_one = bulk_decoder(Application)
    assert read_one(row) == read_one(
        b'{"application_no": "A1", "applicant_kind": "enterprise", "channel": "window"}'
    )


def test_a_field_given_by_name_and_label_is_a_duplicate_even_if_one_is_null() -> None:
    assert [p.code for p in read("{material_name: ~, 材料名称: x}", Demand)[1]] == ["duplicate-field"]


@pytest.mark.parametrize("value", [None, "text", [], ["x"]])
def test_a_document_that_is_no_mapping_is_said_to_be_none(value: Any) -> None:
    record, found = to_record(value, Guide, None)
    assert record is None and [p.code for p in found] == ["wrong-shape"]


def test_a_part_of_a_document_keeps_its_place() -> None:
    document = read_yaml("guides:\n- {item_code: 1}\n- {item_cod: 2}\n", "a.yaml")
    _, found = to_record(document.data["guides"][1], Guide, document, at="/guides/1")
    assert places(found) == [("unknown-field", 3, 4)]
    assert found[0].location and found[0].location.pointer == "/guides/1/item_cod"


def test_places_may_come_from_a_function() -> None:
    def cell(pointer: str) -> Location:
        return Location("b.xlsx", sheet="s", cell=pointer)

    _, found = to_record({"copies": "x", "demanded_on": "y"}, Demand, cell)
    assert [str(p.location) for p in found] == ["b.xlsx!s!/copies", "b.xlsx!s!/demanded_on"]


def test_an_open_end_is_the_last_day_there_is() -> None:
    assert read("open_ended: yes", Guide)[0].valid_to == date.max
    assert read("{open_ended: yes, valid_to: 9999-12-31}", Guide)[1] == []
    assert read("open_ended: no", Guide)[0].valid_to is None
    assert read("valid_to: 2024-03-01", Guide)[0].valid_to == date(2024, 3, 1)


def test_the_place_of_a_field_is_found_under_the_key_that_was_used() -> None:
    text = "办件编号: 1\n已收材料:\n- {材料长期有效: yes, received: no}\n"
    document = read_yaml(text, "a.yaml")

    def pointer(names: str) -> str:
        return field_pointer(Application, document.data, names)

    assert pointer("/submissions/0/open_ended") == "/已收材料/0/材料长期有效"
    assert pointer("/submissions/0/received") == "/已收材料/0/received"
    assert pointer("/submissions/0/changed") == "/已收材料/0/changed"
    assert pointer("/submissions/9/changed") == "/已收材料/9/changed"
    assert pointer("/application_no") == "/办件编号"
    assert pointer("") == ""
    assert document.locate(pointer("/submissions/0/changed")).line == 3


# -- bulk ------------------------------------------------------------------------------------------------------

read_row = bulk_decoder(Application)


def row(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def test_rows_that_are_not_quite_native_load_all_the_same() -> None:
    record = read_row(
        row(办件编号=17, accepted="是", accepted_on="2024-03-05T23:00:00Z", promised_days="5", region=650502)
    )
    assert record == Application(
        application_no="17", accepted=True, accepted_on=date(2024, 3, 6), promised_days=5, region="650502"
    )


def test_native_rows_get_what_documents_get() -> None:
    assert read_row(row(submissions=[{"open_ended": True}])).submissions == [
        Submission(open_ended=True, valid_to=date.max)
    ]
    assert read_row(b'{"submissions":[{"\\u006fpen_ended":true}]}').submissions == [
        Submission(open_ended=True, valid_to=date.max)
    ]
    for wrong in (
        row(partial=["stepz"]),
        row(demands=[{"partial": ["x"]}]),
        row(submissions=[{"open_ended": True, "valid_to": "2024-03-01"}]),
    ):
        with pytest.raises(InputError):
            read_row(wrong)


@pytest.mark.parametrize(
    ("content", "code", "column"),
    [
        (row(extra=1), "unknown-field", 2),
        (row(region="x", demands=[{"means": "x"}]), "wrong-value", 39),
        (b'{"region": "x",}', "json-syntax", 15),
        (b'{"region": "\xff"}', "not-utf8", 13),
        (b'{"region": "\\ud800"}', "lone-surrogate", 12),
        (b"[1]", "wrong-shape", 1),
        (b"", "json-syntax", 1),
        (b"[" * 100_000, "too-deep", 101),
    ],
)
def test_bad_rows_say_why_and_where(content: bytes, code: str, column: int) -> None:
    with pytest.raises(InputError) as caught:
        read_row(content)
    (problem,) = caught.value.moved(Location("a.jsonl", line=7, row=6)).problems
    assert problem.code == code
    assert problem.location and str(problem.location) == f"a.jsonl:7:{column}" and problem.location.row == 6


def test_names_that_the_dossier_lists_are_passed_over_at_every_level() -> None:
    content = row(region="x", extra={"a": [1]}, demands=[{"extra": 1}])
    tolerant = bulk_decoder(Application, frozenset({"extra"}))
    assert tolerant(content) == Application(region="x", demands=[Demand()])
    with pytest.raises(InputError) as caught:
        tolerant(row(extra=1, other=2))
    assert [p.location and p.location.pointer for p in caught.value.problems] == ["/other"]


_odd_values = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["是", "2024-03-05", "2024/3/5", "oral", "x", "1", ""]),
    st.just([]), st.just([{}]), st.just({}), st.just(["steps"]), st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
_odd_fields = st.dictionaries(
    st.sampled_from(
        ["region", "region ", "accepted", "accepted_on", "promised_days", "channel", "demands", "partial"]
    ),
    _odd_values,
    max_size=3,
)


@settings(deadline=None)
@given(_odd_fields, st.lists(_odd_fields, max_size=1))
def test_fast_and_tolerant_reading_agree(fields: dict[str, Any], below: list[dict[str, Any]]) -> None:
    content = row(**{"demands": below, **fields})
    document = read_json(content, "")
    record, found = to_record(document.data, Application, document)
    try:
        assert read_row(content) == record
    except InputError as e:
        assert list(e.problems) == found and record is None


# -- what cannot be --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("struct", [k.struct for k in KINDS.values()], ids=list(KINDS))
def test_dates_in_order_are_dates_of_the_record(struct: type[Record]) -> None:
    """Each pair names dates that there are: the first of the record itself, the second of it or of a part."""
    for earlier, later in struct.IN_ORDER:
        plan: Any = convert._plan(struct)
        assert plan.names[earlier].child is None
        for step in later.split(".")[:-1]:
            plan = plan.names[step].child
        assert plan.names[later.split(".")[-1]].child is None


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            "{submitted_on: 2025-03-04, completed_on: 2025-03-03}",
            "办结时间（completed_on） 2025-03-03 早于申请时间（submitted_on） 2025-03-04",
        ),
        ("{accepted_on: 2025-03-04, 办结时间: 2025-03-03}", "早于受理时间（accepted_on）"),
        ("{steps: [{}, {started_on: 2025-03-04, 结束时间: 2025-03-03}]}", "早于开始时间"),
        ("{events: [{happened_on: 2025-03-04, ended_on: 2025-03-03}]}", "早于发生日期"),
        ("{deferral: {asked_on: 2025-03-04, supplemented_on: 2025-03-03}}", "早于提出申请日期"),
        ("{deferral: {accepted_on: 2025-03-04, completed_on: 2025-03-03}}", "早于容缺受理日期"),
        (
            "{submitted_on: 2025-03-04, deferral: {supplements: [{supplied_on: 2025-03-04}, {补交日期: 2025-03-03}]}}",
            "补交日期（supplied_on） 2025-03-03 早于申请时间",
        ),
    ],
)  # fmt: skip
def test_what_cannot_have_been_is_refused_where_it_stands(document: str, said: str) -> None:
    record, found = read(document)
    assert record is None
    assert places(found) == [("wrong-order", 1, document.rindex("2025-03-03") + 1)]
    assert said in found[0].message.zh and found[0].hint
    with pytest.raises(InputError) as refused:
        bulk_decoder(Application)(
            json.dumps(yaml.load(document, yaml.BaseLoader), ensure_ascii=False).encode()
        )
    assert [p.code for p in refused.value.problems] == ["wrong-order"]


def test_the_same_day_and_what_nobody_said_are_in_order() -> None:
    row = {
        "submitted_on": "2025-03-04",
        "completed_on": "2025-03-04",
        "deferral": {"supplemented_on": "2025-03-04"},
    }
    assert to_record(row, Application, None)[1] == []
    bulk_decoder(Application)(json.dumps(row).encode())
    bulk_decoder(Application)(
        b'{"completed_on": "2025-03-04", "deferral": {"supplements": [{}]}, "steps": [{}]}'
    )


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"demands": [{"copies": -1}]}, "copies"),
        ({"engagements": [{"fee": "-0.01"}]}, "fee"),
        ({"promised_days": -5}, "promised_days"),
        ({"deferral": {"told_times": "－2"}}, "told_times"),
    ],
)
def test_numbers_do_not_lie_below_zero(row: dict[str, Any], field: str) -> None:
    (problem,) = to_record(row, Application, None)[1]
    assert problem.code == "wrong-number"
    assert field in problem.message.zh and "小于零" in problem.message.zh
    with pytest.raises(InputError):
        bulk_decoder(Application)(json.dumps(row).encode())


def test_an_indicator_may_fall() -> None:
    row = {"region": "650500", "indicator": "sme_credit", "value": "-1.5"}
    assert to_record(row, KINDS["credit_indicator"].struct, None)[1] == []
    bulk_decoder(KINDS["credit_indicator"].struct)(json.dumps(row).encode())

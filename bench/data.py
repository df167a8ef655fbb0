"""Made-up applications for measuring: any number of them, streamed, the same for the same seed.

An application has six demands, three steps, two submissions and (one in four) an engagement, about
2.6 KB of JSON in UTF-8. Every fact that a rule asks for is given, so that few verdicts stay undetermined; about 3 %
breach one of the three rules that all contenders judge (14.1a, 16.1d, 22.2a), and 0.3 % leave the deciding fact out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import yaml

__all__ = ["AS_OF", "GUIDES", "applications", "tables", "write_dossier", "write_guides"]

Json = dict[str, Any]

AS_OF = date(2026, 6, 30)
REGIONS = {"650500": "哈密市", "650502": "伊州区", "650521": "巴里坤哈萨克自治县", "650522": "伊吾县"}
BREACHES = 0.01
"""Share of applications that breach each of the three rules."""
UNKNOWNS = 0.001
"""Share of applications in which the fact that decides each of the three rules is not given."""
LINKED = 0.04
"""Share of applications filed by the applicant of the one before, at the same department, on the same day."""

_TOPICS = (
    "发展和改革", "自然资源", "生态环境", "住房和城乡建设", "市场监督管理", "人力资源和社会保障", "交通运输", "水利",
    "农业农村", "商务", "文化体育广播电视和旅游", "卫生健康", "应急管理", "林业和草原", "教育",
)  # fmt: skip
_MATTERS = ("许可证核发", "许可证变更", "备案", "年度核验")
_MATERIALS = (
    "营业执照", "法定代表人身份证明", "经办人授权委托书", "场所使用证明", "申请表", "章程", "验资报告", "环境影响评价文件",
    "施工图审查合格书", "消防验收意见书", "安全生产条件说明", "从业人员资格证书", "设备清单", "工艺流程说明", "平面布置图",
    "质量管理制度", "检验检测报告", "用地批准文件", "规划许可证", "信用承诺书",
)  # fmt: skip
_LISTED = 8
_DEMANDED = 6
_STEPS = (("受理", "acceptance_stage", True), ("审查", "review", False), ("决定", "decision", False))
_CHANGE = date(2025, 1, 1)
"""The day on which every guide was revised: the last material of its list was replaced."""


# -- the world -----------------------------------------------------------------------------------------------------


@cache
def tables() -> dict[str, list[Json]]:
    """The reference tables that the applications are judged by."""
    organs = [
        {
            "code": f"{region}-{n:02}",
            "name": f"{place}{topic}局",
            "region": region,
            "organ_class": "department",
            "led": "local",
            "system": "regular",
        }
        for region, place in REGIONS.items()
        for n, topic in enumerate(_TOPICS)
    ]
    instruments = [
        {"code": "F1", "title": "中华人民共和国行政许可法", "level": "law", "valid_from": "2004-07-01", "repealed": False},
        {"code": "F2", "title": "建设工程质量管理条例", "level": "administrative_regulation", "valid_from": "2000-01-30", "repealed": False},
    ]  # fmt: skip
    catalogues = [
        {
            "region": region, "organ_code": f"{region}-00", "valid_from": "2023-01-01", "open_ended": True,
            "compiled": True, "compiled_on": "2022-12-01", "published": True, "published_on": "2022-12-02",
            "entries": [{"service_code": "S1", "service_name": "技术审查", "bases": [{"instrument_code": "F2"}]}],
        }
        for region in REGIONS
    ]  # fmt: skip
    return {
        "organs": organs,
        "instruments": instruments,
        "catalogues": catalogues,
        "guides": [g for o in organs for item in range(len(_MATTERS)) for g in _guides(o, item)],
    }


def _item(organ: Json, item: int) -> tuple[str, str]:
    topic = organ["name"].removesuffix("局")
    return f"{organ['code']}-{item}", f"{topic}{_MATTERS[item]}"


def _listed(organ: Json, item: int, revised: bool) -> list[tuple[str, str, str]]:
    """Code, name and form of what the guide lists. The first two may come electronically."""
    start = (int(organ["code"][-2:]) * 4 + item) % len(_MATERIALS)
    picks = [(start + i) % len(_MATERIALS) for i in range(_LISTED + 1)]
    del picks[_LISTED - 1 if revised else _LISTED]
    return [
        (f"M{n:03}", _MATERIALS[n], "paper_or_electronic" if at < 2 else "paper_copy")
        for at, n in enumerate(picks)
    ]


def _guides(organ: Json, item: int) -> Iterator[Json]:
    code, name = _item(organ, item)
    for revised in (False, True):
        yield {
            "item_code": code,
            "item_name": name,
            "organ_code": organ["code"],
            "organ_name": organ["name"],
            "region": organ["region"],
            "channel": "any",
            "version": "2" if revised else "1",
            "published": True,
            "published_on": "2024-12-20" if revised else "2023-12-20",
            **({"valid_from": _CHANGE.isoformat(), "open_ended": True} if revised else
               {"valid_from": "2024-01-01", "valid_to": "2024-12-31"}),
            "serves": ["enterprise", "individual_business"],
            "materials": [
                {"material_code": c, "material_name": n, "form": f, "copies": 1, "need": "required"}
                for c, n, f in _listed(organ, item, revised)
            ],
            "conditions": [],
            "steps": [],
            "services": [],
        }  # fmt: skip


# -- applications --------------------------------------------------------------------------------------------------


@cache
def _days() -> list[tuple[str, str, str, bool]]:
    """Days of filing, each with the days on which it was examined and decided, and whether the guide was revised."""
    start, out = date(2024, 3, 4), []
    for n in range((AS_OF - start).days - 10):
        day = start + timedelta(n)
        if day.weekday() < 5:
            later = [(day + timedelta(d)).isoformat() for d in (1, 4)]
            out.append((day.isoformat(), *later, day >= _CHANGE))
    return out


@cache
def _offices() -> list[tuple[Json, list[tuple[str, str]], list[list[list[tuple[str, str, str]]]]]]:
    """Each organ with its items (code, name) and what their guides list, before and after the revision."""
    items = range(len(_MATTERS))
    return [
        (
            o,
            [_item(o, i) for i in items],
            [[_listed(o, i, revised) for revised in (False, True)] for i in items],
        )
        for o in tables()["organs"]
    ]


def applications(n: int, seed: int = 1) -> Iterator[Json]:
    """`n` applications, one by one; nothing of them is kept."""
    random = Random(seed).random
    offices, days = _offices(), _days()
    before: tuple[Any, ...] | None = None
    for number in range(n):
        if before is not None and random() < LINKED:
            who, office, day = before
            before = None
        else:
            who = f"91{int(random() * 10**13):013}{number % 1000:03}"
            office, day = offices[int(random() * len(offices))], days[int(random() * len(days))]
            before = who, office, day
        yield _application(number, who, office, day, random)


def _application(number: int, who: str, office: Any, day: Any, random: Any) -> Json:
    organ, items, listed = office
    filed, examined, decided, revised = day
    at = int(random() * len(items))
    code, name = items[at]
    materials = listed[at][revised]
    chance = random()
    demands = [
        {
            "demand_no": f"D{i}",
            "material_code": m,
            "material_name": called,
            "demanded_on": filed,
            "step_no": 1,
            "form": form,
            "copies": 1,
            "offered_by_applicant": False,
        }
        for i, (m, called, form) in enumerate(materials[:_DEMANDED], 1)
    ]
    submissions = [
        {
            "submission_no": f"R{i}",
            "material_code": m,
            "received": True,
            "received_on": filed,
            "form": "electronic" if i == 1 else "paper_copy",
            "step_no": 1,
            "refused": False,
            **(_ELECTRONIC if i == 1 else {}),
        }
        for i, (m, _, _) in enumerate(materials[:2], 1)
    ]
    made = {
        "application_no": f"BJ{number:09}",
        "item_code": code,
        "item_name": name,
        "organ_code": organ["code"],
        "organ_name": organ["name"],
        "region": organ["region"],
        "channel": "online" if chance < 0.5 else "window",
        "applicant_kind": "individual_business" if int(chance * 1000) % 4 == 0 else "enterprise",
        "applicant_id": who,
        "submitted_on": filed,
        "accepted": True,
        "completed": True,
        "completed_on": decided,
        "withdrawn": False,
        "deferred": False,
        "demands": demands,
        "submissions": submissions,
        "steps": [
            {"step_no": i, "step_name": step, "started_on": start, "ended_on": end, "stage": stage, **burden}
            for i, ((step, stage, burdens), start, end) in enumerate(
                zip(_STEPS, (filed, examined, decided), (filed, decided, decided), strict=True), 1
            )
            for burden in (_BURDEN if burdens else _INTERNAL,)
        ],
        "conditions": [],
        "services": [],
        "engagements": [],
        "events": [],
    }
    if number % 4 == 0:
        made["engagements"] = [{"engaged_on": filed, **_ENGAGEMENT}]
    _breach(made, chance, int(random() * _DEMANDED))
    return made


_ELECTRONIC = {
    "open_ended": True, "changed": False, "chosen_by_applicant": True, "meets_requirements": True, "verification": "passed",
    "treated_as_weaker": False, "paper_also_wanted": False,
}  # fmt: skip
_BURDEN = {
    "done_by": "stationed_body",
    "burdens_applicant": True, "internal": False, "text_set_by": "self", "details_statutory": False,
    "bases": [{"instrument_code": "F1", "article": "第三十二条", "authorises": True}],
}  # fmt: skip
_INTERNAL = {"done_by": "stationed_body", "burdens_applicant": False, "internal": True}
_ENGAGEMENT = {
    "engagement_no": "W1", "service_code": "S1", "service_name": "技术审查", "intermediary_code": "J1",
    "principal": "applicant", "law_puts_on_department": False, "chosen_by": "applicant", "applicant_drew_lot": False,
    "lot_imposed": False, "made_to_switch": False, "platform_members_only": False, "only_one_accepted": False,
    "others_refused": False, "method_fixed_by_procurement_law": False,
}  # fmt: skip


def _breach(made: Json, chance: float, which: int) -> None:
    """A slip in a known share of applications: three kinds of breach, and the same facts left out."""
    demand = made["demands"][which]
    if chance < BREACHES:  # 14.1a: a material that no guide lists
        demand["material_code"], demand["material_name"] = "M900", "无违法违规证明"
        demand["required_directly_by_law"] = False
    elif chance < BREACHES + UNKNOWNS:
        demand["material_code"], demand["material_name"] = "M901", "无拖欠工资证明"
        demand["required_directly_by_law"] = False
        del demand["offered_by_applicant"]
    elif 0.3 < chance < 0.3 + BREACHES:  # 16.1d: paper besides the e-material chosen
        made["demands"][0] |= {
            "form": "paper_copy",
            "paper_required_by_law": False,
            "required_directly_by_law": False,
        }
    elif 0.4 < chance < 0.4 + UNKNOWNS:
        made["demands"][0] |= {
            "form": "paper_copy",
            "paper_required_by_law": False,
            "required_directly_by_law": False,
        }
        del made["submissions"][0]["meets_requirements"]
    elif 0.6 < chance < 0.6 + BREACHES:  # 22.2a: the department chose the intermediary
        made["engagements"] = [{"engaged_on": made["submitted_on"], **_ENGAGEMENT, "chosen_by": "department"}]
    elif 0.7 < chance < 0.7 + UNKNOWNS:
        engagement = {"engaged_on": made["submitted_on"], **_ENGAGEMENT, "chosen_by": "department"}
        del engagement["applicant_drew_lot"]
        made["engagements"] = [engagement]


# -- files ---------------------------------------------------------------------------------------------------------

_COMPLETE = f"complete: {{from: 2023-01-01, to: {AS_OF}}}"
MANIFEST = f"""\
tables:
  applications: {{file: APPLICATIONS}}
  organs: organs.jsonl
  instruments: instruments.jsonl
  catalogues: catalogues.jsonl
  guides: guides.jsonl
guides: {{{_COMPLETE}}}
applications: {{{_COMPLETE}}}
"""


def write_dossier(folder: Path, n: int, seed: int = 1, parquet: bool = False) -> Path:
    """A dossier of `n` applications in `folder`, as JSONL or as nested Parquet; returns the applications' file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        (folder / f"{name}.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(rows))
    file = folder / ("applications.parquet" if parquet else "applications.jsonl")
    (folder / "dossier.yaml").write_text(MANIFEST.replace("APPLICATIONS", file.name), "utf-8")
    lines = folder / "applications.tmp" if parquet else file
    encode = msgspec.json.Encoder().encode
    with lines.open("wb") as out:
        for application in applications(n, seed):
            out.write(encode(application))
            out.write(b"\n")
    if parquet:
        import duckdb

        duckdb.sql(
            f"COPY (SELECT * FROM read_json('{lines}', format = 'newline_delimited', sample_size = 2000)) "
            f"TO '{file}' (FORMAT parquet)"
        )
        lines.unlink()
    return file


GUIDES = 2_000
"""Files of the repository of guides: more than a prefecture has."""


def write_guides(folder: Path, n: int = GUIDES) -> Path:
    """A repository of guides, one a file of about 60 lines. One in 40 has a catch-all, so that there is something to
    say; what the conditions rest on is known."""
    folder.mkdir(parents=True)
    world = tables()
    current = [g for g in world["guides"] if g["version"] == "2"]
    for number in range(n):
        guide = {**current[number % len(current)], "valid_from": "2025-01-01"}
        guide["item_code"] = f"{guide['item_code']}-{number // len(current)}"
        guide["materials"] = [{**m, "source": "applicant"} for m in guide["materials"][-5:]]
        if number % 40 == 0:
            guide["materials"][-1]["material_name"] = "其他相关材料"
        guide["steps"] = [
            {"step_no": i, "step_name": step, **(_BURDEN if burdens else _INTERNAL)}
            for i, (step, _, burdens) in enumerate(_STEPS, 1)
        ]
        for step in guide["steps"]:
            del step["done_by"]
        body = yaml.safe_dump(guide, allow_unicode=True, sort_keys=False)
        (folder / f"{number:04}.yaml").write_text(body, "utf-8")
    return folder


def main() -> None:
    """`python -m bench.data FOLDER N jsonl|parquet`: a dossier of N applications."""
    folder, n, form = sys.argv[1:]
    write_dossier(Path(folder), int(n), parquet=form == "parquet")


if __name__ == "__main__":
    main()

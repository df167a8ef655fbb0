"""The bundled dossier: a year and more of Hami's government services, made up, with slips in known places.

`python -m hami_rules.proof.demo OUT [--applications N] [--seed S]` writes a dossier folder in the mixed formats that
departments hand in, and `planted.yaml`: every breach in it, written down at the moment of planting from what the
generator itself knows of the story it tells, never from the judge. `generate(n, seed)` gives the applications alone,
one by one, for any n.

Everything is made from the tables of `demo_*.yaml` (the town; then the slips by subject) and one seed; the same seed gives
the same bytes. What only many applications together show is planted from `demo_stories.CROWDED` applications on, and is
meant for a few thousand: a million make crowds of their own.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import yaml

from .demo_build import build_town
from .demo_stories import stories
from .demo_town import AS_OF, FIRST_DAY, Json, Planted, Town, read_tables

__all__ = ["AS_OF", "generate", "main", "write_dossier"]


def generate(n: int, seed: int = 1) -> Iterator[Json]:
    """`n` applications, each as the JSON of one line; the same for the same `n` and seed."""
    for story in stories(n, seed):
        yield story.app
        for other in story.more:
            yield other.app


# -- writing -------------------------------------------------------------------------------------------------------

MANIFEST = """\
# 演示档案：哈密市及所属区县的政务服务记录（虚构），由 python -m hami_rules.proof.demo 生成，请勿手改。
# 里面埋设了哪些问题，见 planted.yaml；审计基准日取 {as_of}。
title: 哈密市经营主体政务服务演示档案
completeness:
  guides: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  workflows: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  deferral_lists: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  catalogues: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  intermediaries: {{from: 2020-01-01, to: {as_of}}}
  internal_bodies: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  item_lists: {{regions: ["650500", "650502", "650521", "650522"], from: 2022-07-01, to: {as_of}}}
  duties: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  supervisors: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  stationed_staff: {{regions: ["650500", "650502", "650521", "650522"], from: 2024-01-01, to: {as_of}}}
  items: {{regions: ["650500", "650502", "650521", "650522"], from: 2020-01-01, to: {as_of}}}
  basic_catalogue: {{from: 2020-01-01, to: {as_of}}}
  snapshots: {{from: 2020-01-01, to: {as_of}}}
  credit_indicators: {{from: 2020-01-01, to: {as_of}}}
  applications: {{from: {first}, to: {as_of}}}
tables:
  aliases: {{file: aliases.csv, empty: {{valid_to: open}}}}
  workflows: {{file: workflows.csv, empty: {{valid_to: open}}}}
  duties: {{file: duties.csv, empty: {{valid_to: open}}}}
  supervisors: {{file: supervisors.csv, empty: {{valid_to: open}}}}
  # 办理部门交来的实施清单：一个工作簿，五个工作表；是＝1，否＝0，空＝没有登记
  items:
    file: items.xlsx
    sheet: 实施清单
    codes: {{已编制标准化工作流程: yes_no, 由其审批是法律法规的要求: yes_no, 实际办理: yes_no, 在政务服务中心统一办理: yes_no, 在政府认可的分中心办理: yes_no, 国家统一系统只能线上办理: yes_no, 线上可以办理: yes_no, 线下可以办理: yes_no}}
    columns: {{停用日期: valid_to}}
    empty: {{停用日期: open}}
  e_materials:
    file: items.xlsx
    sheet: 电子材料应用
    table_of: item.e_materials
    key: [实施编码, 实施主体编码, 行政区划代码]
    codes: {{具备应用条件: yes_no, 已接受: yes_no}}
  online_functions:
    file: items.xlsx
    sheet: 网上服务功能
    table_of: item.online_functions
    key: [实施编码, 实施主体编码, 行政区划代码]
    codes: {{平台声明具备: yes_no, 实际可用: yes_no}}
  off_centre_approvals:
    file: items.xlsx
    sheet: 不进驻的批准
    table_of: item.off_centre_approvals
    key: [实施编码, 实施主体编码, 行政区划代码]
    columns: {{批准有效期至: valid_to}}
    empty: {{批准有效期至: open}}
  item_bases:
    file: items.xlsx
    sheet: 设定依据
    table_of: item.bases
    key: [实施编码, 实施主体编码, 行政区划代码]
    codes: {{含授权条款: yes_no}}
  # 督查组自己的台账，列名是他们的；提供日期空着就是没有提供
  evidence_requests:
    file: 调阅台账.csv
    columns: {{序号: request_no, 记录种类: kind, 记录标识: key, 要证明什么: fact, 发出: asked_on, 限期: due_on, 提供日期: produced_on}}
    empty: {{提供日期: "false"}}
ignore_files: [planted.yaml]
"""


def write_dossier(out: Path, applications: int = 2010, seed: int = 1) -> None:
    """Write the dossier folder: reference tables, `applications.jsonl`, the manifest and `planted.yaml`.

    Applications and planted rows are streamed, so that `applications` may be a million.
    """
    (out / "guides").mkdir(parents=True, exist_ok=True)
    town = build_town(seed)
    requests = list(town.requests)
    encode = msgspec.json.Encoder().encode
    with (
        (out / "applications.jsonl").open("wb") as lines,
        (out / "planted.yaml").open("w", encoding="utf-8", newline="\n") as answers,
    ):
        answers.write(
            "# 生成时埋设的问题：审计恰好应当得出这些结论，一条不多，一条不少。请勿手改。\n"
            f"as_of: {AS_OF}\nseed: {seed}\nfindings:\n"
        )
        told = stories(applications, seed, town)
        bad = _BadRecords(applications, seed)
        decided = {d["rule"]: dict(d) for d in read_tables()["dispositions"]}
        for planted in town.planted:
            answers.write(_line(planted))
        for story in told:
            for one in (story, *story.more):
                for planted in one.planted:
                    answers.write(_line(planted))
                    alone = sum(p.key == planted.key for p in one.planted) == 1
                    if planted.verdict == "violated" and planted.rule in decided and alone:
                        decided[planted.rule].setdefault("key", planted.key)
                requests += one.requests
                for line in bad.beside(one.app, encode(one.app)):
                    lines.write(line + b"\n")
        answers.write("effects:\n")
        for e in town.effects:
            answers.write(
                f"- {json.dumps({'rule': e.rule, 'key': e.key, 'why': e.why}, ensure_ascii=False)}\n"
            )
        answers.write(f"duplicates: {bad.duplicates}\nquarantine:\n")
        answers.writelines(f"- {json.dumps(row, ensure_ascii=False)}\n" for row in bad.quarantined)
    _write_tables(out, town, requests)
    settled = [{"disposition_no": f"CZ{n:03d}", **d} for n, d in enumerate(decided.values(), 1) if "key" in d]
    _yaml(out / "dispositions.yaml", {"dispositions": settled})
    manifest = MANIFEST.format(as_of=AS_OF, first=FIRST_DAY.isoformat())
    (out / "dossier.yaml").write_text(manifest, encoding="utf-8")


def _line(planted: Planted) -> str:
    row = {"rule": planted.rule, "key": planted.key, "verdict": planted.verdict, "why": planted.why}
    return f"- {json.dumps(row, ensure_ascii=False)}\n"


class _BadRecords:
    """Puts a few records that cannot be judged between the good ones, and remembers where."""

    def __init__(self, applications: int, seed: int) -> None:
        rng = Random(f"bad {seed}")
        kinds = ("date", "key", "twice", "same", "channel", "cut")
        self.places = dict(zip(sorted(rng.sample(range(applications // 2), len(kinds))), kinds, strict=True))
        self.read = self.line = self.duplicates = 0
        self.quarantined: list[Json] = []

    def beside(self, app: Json, line: bytes) -> Iterator[bytes]:
        """The lines of one application, with a bad one behind it where its turn has come."""
        what = self.places.get(self.read)
        self.read += 1
        self.line += 1
        yield line
        if what is None:
            return
        spoilt = {**app, "application_no": f"{app['application_no']}X", "applicant_id": f"{app['applicant_id'][:-1]}X",
                  "demands": [], "submissions": [], "conditions": [], "services": []}  # fmt: skip
        encode = msgspec.json.encode
        if what == "same":
            self.duplicates += 1
            self.line += 1
            yield line
        elif what == "twice":
            for days in (5, 6):
                yield self._bad(
                    encode({**spoilt, "promised_days": days}), "conflicting", "同一办件编号，内容不同"
                )
        elif what == "date":
            yield self._bad(encode({**spoilt, "submitted_on": "2025-02-30"}), "wrong-date", "没有这个日期")
        elif what == "key":
            del spoilt["application_no"]
            yield self._bad(encode(spoilt), "no-key", "没有办件编号")
        elif what == "channel":
            yield self._bad(encode({**spoilt, "channel": "wechat"}), "wrong-value", "没有这种申报来源")
        else:
            yield self._bad(encode(spoilt)[:-40], "json-syntax", "导出中断，行不完整")

    def _bad(self, line: bytes, code: str, why: str) -> bytes:
        self.line += 1
        self.quarantined.append({"table": "applications", "line": self.line, "code": code, "why": why})
        return line


def _write_tables(out: Path, town: Town, requests: list[Json]) -> None:
    tables = dict(town.tables)
    for name in ("organs", "instruments", "aliases", "workflows", "duties", "supervisors"):
        _csv(out / f"{name}.csv", tables.pop(name))
    heads = {"no": "序号", "kind": "记录种类", "key": "记录标识", "fact": "要证明什么", "asked_on": "发出",
             "due_on": "限期", "produced_on": "提供日期"}  # fmt: skip
    numbered = [{"no": f"DY{n:03d}", **r} for n, r in enumerate(requests, 1)]
    _csv(out / "调阅台账.csv", [{heads[k]: v for k, v in r.items()} for r in numbered])
    by_organ: dict[str, list[Json]] = {}
    for guide in tables.pop("guides"):
        by_organ.setdefault(guide["organ_code"], []).append(guide)
    for organ, guides in by_organ.items():
        _yaml(out / "guides" / f"{organ}.yaml", {"guides": guides})
    _items(out / "items.xlsx", tables.pop("items"))
    _evidence_file(out / "evidence.parquet", tables.pop("evidence"))
    for name, rows in tables.items():
        _yaml(out / f"{name}.yaml", {name: rows})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def _csv(path: Path, rows: list[Json]) -> None:
    heads = list(dict.fromkeys(chain.from_iterable(rows)))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows([_cell(row.get(h)) for h in heads] for row in rows)


def _yaml(path: Path, data: Json) -> None:
    plain = {
        name: [{k: v for k, v in row.items() if v is not None} for row in rows] for name, rows in data.items()
    }
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(
        _unshared(plain),
        Dumper=dumper,
        allow_unicode=True,
        sort_keys=False,
        width=400,
        default_flow_style=None,
    )
    path.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text), encoding="utf-8")


def _unshared(value: Any) -> Any:
    """A copy without shared parts, which YAML would write as anchors."""
    if isinstance(value, dict):
        return {k: _unshared(v) for k, v in value.items()}
    return [_unshared(v) for v in value] if isinstance(value, list) else value


_ITEM_HEADS = {
    "item_code": "实施编码",
    "item_name": "事项名称",
    "catalog_code": "基本编码",
    "item_type": "事项类型",
    "level": "行使层级",
    "organ_code": "实施主体编码",
    "organ_name": "实施主体",
    "region": "行政区划代码",
    "serves": "服务对象",
    "valid_from": "生效日期",
    "valid_to": "停用日期",
    "workflow_compiled": "已编制标准化工作流程",
    "workflow_compiled_on": "工作流程编制日期",
    "accepted_by": "受理的内设机构",
    "decided_by": "审批、办结的内设机构",
    "decider_required_by_law": "由其审批是法律法规的要求",
    "handled": "实际办理",
    "handled_in_centre": "在政务服务中心统一办理",
    "in_branch_hall": "在政府认可的分中心办理",
    "national_online_system": "国家统一系统只能线上办理",
    "offered_online": "线上可以办理",
    "offered_offline": "线下可以办理",
}
_PARTS = {
    "e_materials": (
        "电子材料应用",
        {"e_kind": "电子材料种类", "usable": "具备应用条件", "accepted": "已接受"},
    ),
    "online_functions": (
        "网上服务功能",
        {
            "function": "网上服务功能",
            "declared": "平台声明具备",
            "available": "实际可用",
            "excluded_by": "不能网上办理的原因",
        },
    ),
    "off_centre_approvals": (
        "不进驻的批准",
        {
            "approval_no": "批准文号",
            "granted_by": "批准机关",
            "level": "批准机关层级",
            "reason": "批准的原因",
            "granted_on": "批准日期",
            "valid_to": "批准有效期至",
        },
    ),
    "bases": (
        "设定依据",
        {"instrument_code": "文件编码", "article": "条款", "authorises": "含授权条款"},
    ),
}


def _items(path: Path, items: list[Json]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    # The file must not tell when it was made: the same seed gives the same bytes.
    book.set_properties({"title": "实施清单", "created": datetime(2026, 6, 30)})  # noqa: DTZ001
    sheets = {
        "实施清单": [list(_ITEM_HEADS.values())],
        **{
            sheet: [["实施编码", "实施主体编码", "行政区划代码", *heads.values()]]
            for sheet, heads in _PARTS.values()
        },
    }
    for item in items:
        sheets["实施清单"].append([_one_or_nought(item.get(k)) for k in _ITEM_HEADS])
        joins = [item["item_code"], item["organ_code"], item["region"]]
        for name, (title, heads) in _PARTS.items():
            for row in item[name]:
                sheets[title].append([*joins, *(_one_or_nought(row.get(k)) for k in heads)])
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            for column, text in enumerate(cells):
                if text:
                    sheet.write_string(number, column, text)
    book.close()


def _one_or_nought(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else _cell(value)


def _evidence_file(path: Path, rows: list[Json]) -> None:
    import duckdb

    names = (
        "evidence_no", "organ_code", "norm", "aspect", "year", "document", "dated", "valid_to", "open_ended", "shows",
    )  # fmt: skip
    types = {"year": "INTEGER", "dated": "DATE", "valid_to": "DATE", "open_ended": "BOOLEAN"}
    path.unlink(missing_ok=True)
    with duckdb.connect() as db:
        db.execute("SET threads TO 1")
        columns = ", ".join(f"{name} {types.get(name, 'VARCHAR')}" for name in names)
        db.execute(f"CREATE TABLE evidence ({columns})")
        db.executemany(
            f"INSERT INTO evidence VALUES ({', '.join('?' * len(names))})",
            [[r.get(n) for n in names] for r in rows],
        )
        db.sql("SELECT * FROM evidence ORDER BY evidence_no").write_parquet(
            str(path), compression="uncompressed"
        )


def main(arguments: list[str] | None = None) -> int:
    """`python -m hami_rules.proof.demo OUT [--applications N] [--seed S]`."""
    parser = argparse.ArgumentParser(
        prog="python -m hami_rules.proof.demo", description=__doc__.split("\n")[0]
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="档案写到哪个文件夹 / folder to write to")
    parser.add_argument(
        "--applications", type=int, default=2010, metavar="N", help="办件数 / how many applications"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="随机种子 / seed of chance")
    given = parser.parse_args(arguments)
    if given.applications < 20:
        parser.error("办件数至少为20 / at least 20 applications")
    try:
        write_dossier(given.out, given.applications, given.seed)
    except OSError as error:
        parser.error(f"无法写入 / cannot write: {error}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""A folder of small files in every form that a check reads, each with something to find, and its verdicts."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import msgspec
import openpyxl

from hami_rules.audit.documents import Checked
from hami_rules.gate.baseline import write_baseline
from hami_rules.gate.compare import known
from hami_rules.gate.model import Verdict
from hami_rules.gate.run import Plan, pass_gate
from hami_rules.pack.load import load_pack

__all__ = ["DAY", "checked", "made"]

DAY = date(2025, 6, 30)
GUIDE = {
    "item_code": "650500SGXK",
    "item_name": "建筑工程施工许可证核发",
    "organ_name": "哈密市住房和城乡建设局",
    "region": "650500",
    "channel": "any",
    "serves": "enterprise",
    "published": "true",
    "valid_from": "2024-06-05",
    "open_ended": "true",
    "fee_text": "按规定收取",
}
YAML = """\
item_code: "650500CTBA"
item_name: 村镇建设备案
organ_name: 哈密市住房和城乡建设局
region: "650500"
channel: any
serves: [enterprise]
published: true
valid_from: 2024-06-05
open_ended: true
# hami: allow 11.3c 收费标准正在修订
fee_text: 按规定收取
time_limit_text: 视情况而定
notes: 未尽事宜另行通知
materials:
  - {material_name: 其他相关材料, form: paper_or_electronic, copies: 1}
  - {material_name: 具有同等效力的证件, form: paper_or_electronic, copies: 1}
services:
  - {service_name: 施工图审查, required: true, only_one_accepted: true}
"""
WAIVERS = """\
waivers:
  - rule: 11.3d
    target: {text: 未尽事宜}
    reason: 年底统一修订，见会议纪要
    approved_by: 市政务服务管理局 王某
    expires: 2099-12-31
    ticket: HM-12
  - rule: 14.1a
    target: {organ: nobody}
    reason: 没有用处的一项
    approved_by: 王某
    expires: 2099-12-31
"""


def _guide(code: str, **changes: str) -> dict[str, str]:
    return {**GUIDE, "item_code": code, **changes}


def made(folder: Path) -> list[Path]:
    """Write the files; gives those to be checked. Names have Chinese, spaces and signs that a URI escapes."""
    here = folder / "指南 一#50%"
    here.mkdir()
    (here / "村镇 备案.yaml").write_text(YAML, "utf-8")
    (here / "表单.json").write_text(
        json.dumps({**_guide("JSON"), "serves": ["enterprise"]}, ensure_ascii=False, indent=2), "utf-8"
    )
    (here / "干净.yaml").write_text(YAML.partition("# hami")[0].replace("CTBA", "GJ"), "utf-8")
    book = openpyxl.Workbook()
    book.active.title = "guides"
    for row in (list(GUIDE), list(_guide("XLSX").values())):
        book.active.append(row)
    book.save(here / "guides.xlsx")
    (here / "csv").mkdir()
    with (here / "csv" / "guides.csv").open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([list(GUIDE), list(_guide("CSV").values())])
    (folder / "waivers.yaml").write_text(WAIVERS, "utf-8")
    return sorted(p for p in here.rglob("*") if p.is_file())


def checked(folder: Path, beside: bool = False) -> tuple[Checked, Verdict]:
    """The check of the files; `beside` a baseline that does not have what the JSON file says, had other evidence of
    one finding, and has one that is there no longer."""
    pack = load_pack()
    paths = made(folder)
    baseline = None
    if beside:
        found, _ = pass_gate(Plan(paths, [], DAY), pack)
        first, *rest = [k for k in known(found.findings) if not (k.source or "").endswith(".json")]
        altered = msgspec.structs.replace(first, state="before")
        gone = msgspec.structs.replace(first, id="gone", twin="gone", message="已经整改的问题")
        baseline = folder / "hami-baseline.json"
        write_baseline(baseline, [altered, gone, *rest], pack.data.hash)
    return pass_gate(Plan(paths, [], DAY, baseline=baseline, waivers=folder / "waivers.yaml"), pack)

"""The dossier: the same records whatever the files look like, and nothing lost without being said."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.intake.dossier import Dossier, Entry, entry_at, open_dossier, read_chunk
from hami_rules.intake.errors import InputError
from hami_rules.intake.identity import first_pass_chunk, merge
from hami_rules.intake.quarantine import Quarantined
from hami_rules.records.application import Application, Basis, Deferral, Demand, Gap, Step
from hami_rules.records.guide import Guide, GuideMaterial
from hami_rules.records.kinds import ROOTS
from hami_rules.records.world import Covered

APPLICATIONS = [
    {
        "application_no": "A1",
        "item_code": "0650500001",
        "region": "650500",
        "applicant_id": "91650500MA0001",
        "organ_code": "o1",
        "submitted_on": "2024-05-06",
        "accepted": True,
        "promised_days": 5,
        "withdrawn": False,
        "demands": [
            {
                "demand_no": "1",
                "material_name": "营业执照",
                "demanded_on": "2024-05-06",
                "copies": 2,
                "bases": [{"instrument_code": "L1", "article": "第三条"}],
            },
            {"demand_no": "2", "material_name": "身份证，复印件", "form": "paper_copy", "bases": []},
        ],
        "steps": [{"step_no": 1, "step_name": "受理", "started_on": "2024-05-06"}],
        "deferral": {"promise_given": True, "promise_given_on": "2024-05-07", "gaps": [{"gap_no": "g1"}]},
    },
    {
        "application_no": "A2",
        "item_code": "0650500002",
        "region": "650502",
        "applicant_id": "91650500MA0001",
        "organ_code": "o1",
        "submitted_on": "2024-06-01",
        "accepted": False,
        "withdrawn": False,
        "demands": [],
        "steps": [{"step_no": 2, "step_name": "审查"}, {"step_no": 10, "step_name": "办结"}],
    },
]
EXPECTED = [
    Application(
        application_no="A1",
        item_code="0650500001",
        region="650500",
        applicant_id="91650500MA0001",
        organ_code="o1",
        submitted_on=date(2024, 5, 6),
        accepted=True,
        promised_days=5,
        withdrawn=False,
        demands=[
            Demand(
                demand_no="1",
                material_name="营业执照",
                demanded_on=date(2024, 5, 6),
                copies=2,
                bases=[Basis(instrument_code="L1", article="第三条")],
            ),
            Demand(demand_no="2", material_name="身份证，复印件", form="paper_copy", bases=[]),
        ],
        steps=[Step(step_no=1, step_name="受理", started_on=date(2024, 5, 6))],
        deferral=Deferral(promise_given=True, promise_given_on=date(2024, 5, 7), gaps=[Gap(gap_no="g1")]),
    ),
    Application(
        application_no="A2",
        item_code="0650500002",
        region="650502",
        applicant_id="91650500MA0001",
        organ_code="o1",
        submitted_on=date(2024, 6, 1),
        accepted=False,
        withdrawn=False,
        demands=[],
        steps=[Step(step_no=2, step_name="审查"), Step(step_no=10, step_name="办结")],
    ),
]
GUIDES = [
    {
        "item_code": "0650500001",
        "organ_code": "o1",
        "region": "650500",
        "channel": "any",
        "valid_from": "2024-03-01",
        "open_ended": True,
        "published": True,
        "serves": ["enterprise", "branch"],
        "fee": "12.50",
        "materials": [{"material_name": "营业执照", "need": "required", "form": "paper"}],
    }
]
EXPECTED_GUIDES = [
    Guide(
        item_code="0650500001",
        organ_code="o1",
        region="650500",
        channel="any",
        valid_from=date(2024, 3, 1),
        valid_to=date.max,
        open_ended=True,
        published=True,
        serves=["enterprise", "branch"],
        fee=Decimal("12.50"),
        materials=[GuideMaterial(material_name="营业执照", need="required", form="paper")],
    )
]

# -- the same dossier as flat tables -----------------------------------------------------------------------------

FLAT: dict[str, list[list[Any]]] = {
    "applications": [
        ["办件编号", "实施编码", "region", "applicant_id", "organ_code", "申请时间", "是否受理", "promised_days",
         "withdrawn_on", "容缺/书面承诺", "deferral.promise_given_on", "备注列"],
        ["A1", "0650500001", "650500", "91650500MA0001", "o1", "2024-05-06", "1", "5", "", "是", "2024-05-07", "x"],
        ["A2", "0650500002", "650502", "91650500MA0001", "o1", "2024年6月1日", "0", "", "", "", "", ""],
    ],
    # The rows of A2 stand before those of A1, and step 10 before step 2.
    "steps": [
        ["办件编号", "step_no", "step_name", "started_on"],
        ["A2", "10", "办结", ""],
        ["A2", "2", "审查", ""],
        ["A1", "1", "受理", "2024-05-06"],
    ],
    "demands": [
        ["application", "demand_no", "material_name", "demanded_on", "form", "copies"],
        ["A1", "1", "营业执照", "2024-05-06", "", "2"],
        ["A1", "2", "身份证，复印件", "", "paper_copy", ""],
    ],
    "bases": [
        ["application", "demand_no", "instrument_code", "article"],
        ["A1", "1", "L1", "第三条"],
    ],
    "gaps": [["application_no", "gap_no"], ["A1", "g1"]],
    "guides": [
        ["item_code", "organ_code", "region", "channel", "valid_from", "valid_to", "published", "serves", "fee", "materials"],
        ["0650500001", "o1", "650500", "any", "2024-03-01", "", "true", "enterprise；branch", "12.50",
         '[{"material_name": "营业执照", "need": "1", "form": "1"}]'],
    ],
}  # fmt: skip
FLAT_MANIFEST: dict[str, Any] = {
    "tables": {
        "applications": {
            "columns": {"是否受理": "accepted", "容缺/书面承诺": "deferral.promise_given"},
            "codes": {"accepted": "yes_no"},
            "empty": {"withdrawn_on": "false"},
            "ignore": ["备注列"],
        },
        "steps": {
            "table_of": "application.steps",
            "key": {"办件编号": "application_no"},
            "order": "step_no",
        },
        "demands": {"table_of": "application.demands", "key": {"application": "application_no"}},
        "bases": {"table_of": "application.demands.bases", "key": ["application", "demand_no"]},
        "gaps": {"table_of": "application.deferral.gaps", "key": "application_no"},
        "guides": {
            "empty": {"valid_to": "open"},
            "codes": {"materials.need": "is_need", "materials.form": "material_format"},
        },
    }
}


def write_flat(folder: Path, write: Callable[[Path, str, list[list[Any]]], str]) -> None:
    manifest = json.loads(json.dumps(FLAT_MANIFEST))
    for table, rows in FLAT.items():
        manifest["tables"][table]["file"] = write(folder, table, rows)
    (folder / "dossier.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), encoding="utf-8")


def write_csv(folder: Path, table: str, rows: list[list[Any]]) -> str:
    with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return f"{table}.csv"


def write_xlsx(folder: Path, table: str, rows: list[list[Any]]) -> str:
    path = folder / "all.xlsx"
    book = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
    if not path.exists():
        book.remove(book.active)
    sheet = book.create_sheet(table)
    for row in rows:
        sheet.append(
            [
                date.fromisoformat(c)
                if len(c) == 10 and c[4:8:3] == "--"
                else int(c)
                if c.isdigit() and c[0] != "0"
                else c or None
                for c in row
            ]
        )
    book.save(path)
    return "all.xlsx"


def write_flat_parquet(folder: Path, table: str, rows: list[list[Any]]) -> str:
    with (folder / "rows.json").open("w", encoding="utf-8") as handle:
        json.dump([{h: c or None for h, c in zip(rows[0], row, strict=True)} for row in rows[1:]], handle)
    types = ", ".join(f"'{h}': 'VARCHAR'" for h in rows[0])
    duckdb.sql(
        f"COPY (SELECT * FROM read_json('{folder / 'rows.json'}', columns = {{{types}}}))"
        f" TO '{folder / table}.parquet' (FORMAT parquet)"
    )
    (folder / "rows.json").unlink()
    return f"{table}.parquet"


def as_yaml(folder: Path) -> None:
    text = yaml.safe_dump({"applications": APPLICATIONS, "guides": GUIDES}, allow_unicode=True)
    (folder / "everything.yaml").write_text(text, encoding="utf-8")


def as_json_folders(folder: Path) -> None:
    for table, records in (("applications", APPLICATIONS), ("guides", GUIDES)):
        (folder / table).mkdir()
        for i, record in enumerate(records):
            text = json.dumps(record, ensure_ascii=False, indent="\t")
            (folder / table / f"{i}.json").write_text(text, encoding="utf-8")


def as_jsonl(folder: Path) -> None:
    for table, records in (("applications", APPLICATIONS), ("guides", GUIDES)):
        lines = [json.dumps(r, ensure_ascii=False) for r in records]
        (folder / f"{table}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def as_csv(folder: Path) -> None:
    write_flat(folder, write_csv)


def as_xlsx(folder: Path) -> None:
    write_flat(folder, write_xlsx)


def as_flat_parquet(folder: Path) -> None:
    write_flat(folder, write_flat_parquet)


def as_nested_parquet(folder: Path) -> None:
    as_jsonl(folder)
    for table in ("applications", "guides"):
        source = folder / f"{table}.jsonl"
        duckdb.sql(
            f"COPY (SELECT * FROM read_json_auto('{source}', format = 'newline_delimited'))"
            f" TO '{folder / table}.parquet' (FORMAT parquet)"
        )
        source.unlink()


FORMS = [as_yaml, as_json_folders, as_jsonl, as_csv, as_xlsx, as_flat_parquet, as_nested_parquet]


@pytest.mark.parametrize("write", FORMS)
def test_the_same_dossier_in_every_form_gives_equal_records(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path)
    with open_dossier(tmp_path) as dossier:
        applications, guides = dossier.load("applications"), dossier.load("guides")
        assert [q.to_builtins()["reason"] for q in applications.quarantined + guides.quarantined] == []
        assert applications.records == EXPECTED
        assert guides.records == EXPECTED_GUIDES
        assert (applications.read, guides.read) == (2, 1)
        assert dossier.unclaimed == ()
        assert dossier.tables == ("applications", "guides")
        identity = merge(map(first_pass_chunk, dossier.chunks()), dossier.chunks())
        assert identity.read == 2
        assert len(identity.shared_holders) == 1
        assert not identity.duplicate_rows and not identity.conflicting_rows and not identity.shared_matters

"""The three rules as hand-written SQL for DuckDB; three-valued, as SQL is. Only the columns needed are named."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from .common import Found, Run
from .data import AS_OF, tables

__all__ = ["sql_on_one", "sql_on_two"]

COLUMNS = {
    "application_no": "VARCHAR",
    "item_code": "VARCHAR",
    "organ_code": "VARCHAR",
    "region": "VARCHAR",
    "applicant_kind": "VARCHAR",
    "demands": "STRUCT(demand_no VARCHAR, organ_code VARCHAR, material_code VARCHAR, demanded_on DATE, form VARCHAR,"
    " means VARCHAR, offered_by_applicant BOOLEAN, application_stopped BOOLEAN, required_directly_by_law BOOLEAN,"
    " paper_required_by_law BOOLEAN)[]",
    "submissions": "STRUCT(material_code VARCHAR, form VARCHAR, received BOOLEAN, received_on DATE, refused BOOLEAN,"
    " refused_on DATE, valid_to DATE, open_ended BOOLEAN, changed BOOLEAN, changed_on DATE,"
    " chosen_by_applicant BOOLEAN, meets_requirements BOOLEAN, verification VARCHAR)[]",
    "engagements": "STRUCT(engagement_no VARCHAR, organ_code VARCHAR, engaged_on DATE, principal VARCHAR,"
    " chosen_by VARCHAR, applicant_drew_lot BOOLEAN)[]",
}

# The verdict of each rule: true = violated, NULL = undetermined, false = neither.
QUERY = f"""
WITH a AS (
    SELECT * FROM SOURCE
    WHERE region IN ('650500', '650502', '650521', '650522') AND applicant_kind <> 'natural_person'
), d AS (
    SELECT application_no, item_code, a.organ_code AS handler, submissions, unnest(demands) AS d FROM a
), demanded AS (
    SELECT d.*, g.codes,
        (d.offered_by_applicant = false OR d.application_stopped OR d.means = 'supplement_notice') AS asked
    FROM d
    JOIN organs o ON o.code = coalesce(d.d.organ_code, d.handler) AND o.governed
    LEFT JOIN guides g ON g.item_code = d.item_code AND g.organ_code = d.handler
        AND d.d.demanded_on BETWEEN g.valid_from AND g.valid_to
    WHERE d.d.demanded_on BETWEEN DATE '2024-03-01' AND DATE '{AS_OF}'
), engaged AS (
    SELECT application_no, e FROM (SELECT application_no, organ_code AS handler, unnest(engagements) AS e FROM a) x
    JOIN organs o ON o.code = coalesce(e.organ_code, handler) AND o.governed
    WHERE e.engaged_on BETWEEN DATE '2024-03-01' AND DATE '{AS_OF}'
), verdicts AS (
    SELECT '14.1a' AS rule, application_no, d.demand_no AS number,
        asked AND NOT list_contains(codes, d.material_code) AND d.form <> 'sight_of_original'
            AND (d.required_directly_by_law = false OR NULL) AS verdict
    FROM demanded WHERE codes IS NOT NULL
    UNION ALL
    SELECT '16.1d', application_no, d.demand_no,
        asked AND d.paper_required_by_law = false AND some_true(list_transform(submissions, lambda s:
            s.material_code = d.material_code AND s.form = 'electronic' AND s.chosen_by_applicant
            AND s.meets_requirements AND (s.verification = 'passed' OR NULL)
            AND ((s.received AND s.received_on <= d.demanded_on) OR (s.refused AND s.refused_on <= d.demanded_on))
            AND (s.open_ended OR s.valid_to >= d.demanded_on)
            AND (s.changed = false OR s.changed_on > d.demanded_on)))
    FROM demanded WHERE d.form IN ('paper', 'paper_copy', 'paper_original')
    UNION ALL
    SELECT '22.2a', application_no, e.engagement_no,
        e.principal = 'applicant' AND e.chosen_by = 'department' AND NOT e.applicant_drew_lot
    FROM engaged
)
SELECT rule, application_no, number, verdict FROM verdicts WHERE verdict IS DISTINCT FROM false
"""


def _make(threads: int) -> Run:
    import duckdb

    base = duckdb.connect()
    base.execute(f"SET threads = {threads}")
    # DuckDB's own `list_bool_or` passes over NULL: a list of unknowns would come out as false.
    base.execute(
        "CREATE MACRO some_true(xs) AS list_bool_or(xs) OR CASE WHEN list_count(xs) < len(xs) THEN NULL ELSE false END"
    )
    base.execute("CREATE TABLE organs (code VARCHAR, governed BOOLEAN)")
    base.executemany(
        "INSERT INTO organs VALUES (?, ?)",
        [(o["code"], o["organ_class"] == "department") for o in tables()["organs"]],
    )
    base.execute(
        "CREATE TABLE guides (item_code VARCHAR, organ_code VARCHAR, valid_from DATE, valid_to DATE, codes VARCHAR[])"
    )
    base.executemany("INSERT INTO guides VALUES (?, ?, ?, ?, ?)", [_guide(g) for g in tables()["guides"]])
    columns = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items()) + "}"

    def run(file: Path) -> Found:
        if file.suffix == ".parquet":
            # A field that nobody filled in has no column: the cast brings in what is missing as NULL.
            wanted = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in COLUMNS.items())
            source = f"(SELECT {wanted} FROM read_parquet('{file}'))"
        else:
            source = f"read_json('{file}', format = 'newline_delimited', columns = {columns})"
        found = Found(open=[])
        assert found.open is not None
        for rule, application, number, verdict in base.execute(QUERY.replace("SOURCE", source)).fetchall():
            (found.violated if verdict else found.open).append((rule, application, number))
        return found

    return run


def _guide(g: dict[str, Any]) -> tuple[Any, ...]:
    codes = [m["material_code"] for m in g["materials"]]
    return g["item_code"], g["organ_code"], g["valid_from"], g.get("valid_to", "9999-12-31"), codes


sql_on_one = partial(_make, 1)
sql_on_two = partial(_make, 2)

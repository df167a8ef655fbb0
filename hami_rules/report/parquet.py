"""findings.parquet: the findings as a table, for people who ask their own questions in SQL or a data frame."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["COLUMNS", "write_parquet"]

_TEXT = "STRUCT(zh VARCHAR, en VARCHAR)"
_SEEN = f"STRUCT(fact VARCHAR, label {_TEXT}, value {_TEXT})[]"
_MISSING = f"STRUCT(fact VARCHAR, label {_TEXT}, cause {_TEXT})[]"
_PLACE = (
    'STRUCT(source VARCHAR, line BIGINT, "column" BIGINT, end_line BIGINT, end_column BIGINT, '
    'pointer VARCHAR, sheet VARCHAR, cell VARCHAR, "row" BIGINT, "offset" BIGINT)'
)

# Field of the finding → type of the column; the order is that of findings.jsonl. The explanation, a tree of any
# depth, is JSON text.
COLUMNS = {
    "id": "VARCHAR",
    "state": "VARCHAR",
    "rule": "VARCHAR",
    "address": "VARCHAR",
    "citation": _TEXT,
    "quote": "VARCHAR",
    "verdict": "VARCHAR",
    "grade": "VARCHAR",
    "kind": "VARCHAR",
    "counts_against": "VARCHAR",
    "title": _TEXT,
    "message": _TEXT,
    "remedy": _TEXT,
    "interpretation": _TEXT,
    "record_kind": "VARCHAR",
    "record_key": "VARCHAR",
    "record_label": _TEXT,
    "root_key": "VARCHAR",
    "location": _PLACE,
    "organ_code": "VARCHAR",
    "organ_name": "VARCHAR",
    "region": "VARCHAR",
    "item_code": "VARCHAR",
    "item_name": "VARCHAR",
    "conduct_from": "DATE",
    "conduct_to": "DATE",
    "seen": _SEEN,
    "missing": _MISSING,
    "explanation": "JSON",
    "rebuttals": f"{_TEXT}[]",
    "primary": "VARCHAR",
    "concurrent": "VARCHAR[]",
    "practice": "VARCHAR",
    "corrected_on": "DATE",
    "decision": "VARCHAR",
    "mitigation": _TEXT,
    "mitigation_pending": _TEXT,
    "consequence": _TEXT,
    "coordinating_body": _TEXT,
    "clue": _TEXT,
    "superior": "VARCHAR[]",
    "note": _TEXT,
    "error": "VARCHAR",
    "persons": "VARCHAR[]",
}
# What findings.jsonl leaves out because it is the default.
_DEFAULTS = {"kind": "''", "root_key": "''", "counts_against": "'department'"}
# A group is held until it is full, some 7 KB a finding: DuckDB's own 122,880 rows would be most of a run's memory.
ROW_GROUP = 4_096
_GLOB = re.compile(r"[\[\]*?]")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def write_parquet(path: Path, findings_jsonl: Path) -> None:
    """Turn findings.jsonl into Parquet: fixed columns, one thread, no extension fetched, rows in the same order."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": "1",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "true",
    }
    columns = ", ".join(f"{_quoted(name)}: {_literal(kind)}" for name, kind in COLUMNS.items())
    chosen = ", ".join(_expression(name, kind) for name, kind in COLUMNS.items())
    part = path.with_name(path.name + ".part")
    # DuckDB reads by pieces that hold the longest finding twice over; with room for any, the pieces are most of its memory.
    with findings_jsonl.open("rb") as lines:
        longest = max(map(len, lines), default=0)
    # A folder may bear a name that reads as a pattern.
    source = _GLOB.sub(lambda m: f"[{m[0]}]", str(findings_jsonl))
    try:
        with duckdb.connect(config=settings) as connection:
            connection.execute(
                f"COPY (SELECT {chosen} FROM read_json({_literal(source)}, columns={{{columns}}}, "
                f"format='newline_delimited', maximum_object_size={max(longest, 1 << 20)})) "
                f"TO {_literal(str(part))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _expression(name: str, kind: str) -> str:
    column = _quoted(name)
    if kind == "JSON":
        return f"CAST({column} AS VARCHAR) AS {column}"
    if name in _DEFAULTS:
        return f"coalesce({column}, {_DEFAULTS[name]}) AS {column}"
    if kind.endswith("[]"):
        return f"coalesce({column}, []) AS {column}"
    return column


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

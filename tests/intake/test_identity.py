"""Identity: keys, repeats, contradictions, and who shares what."""

from __future__ import annotations

import json
import pickle
import tracemalloc
from array import array
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hami_rules.intake.dossier import Entry, open_dossier, read_chunk
from hami_rules.intake.identity import (
    PassOne,
    first_pass_chunk,
    group_hash,
    hash64,
    key_of,
    merge,
    overlaps,
)
from hami_rules.intake.quarantine import Quarantined
from hami_rules.records.guide import Guide
from hami_rules.records.kinds import ROOTS
from hami_rules.records.location import Location


@pytest.mark.parametrize(
    ("table", "given_fields", "key"),
    [
        ("applications", {"application_no": "A1"}, ("A1",)),
        ("applications", {"application_no": " "}, None),
        ("applications", {}, None),
        ("guides", {"item_code": "i", "organ_code": "o", "region": "r"}, ("i", "o", "r", "", "")),
        ("guides", {"item_code": "i", "organ_code": "o"}, None),
        ("workflows", {"item_code": "i", "organ_code": "o", "region": "r"}, ("i", "o", "r", "")),
        ("catalogues", {"region": "r"}, ("r", "")),
        ("catalogues", {}, None),
        ("aliases", {"alias": "身份证", "material_code": "M1"}, ("身份证", "M1")),
        ("aliases", {"alias": "身份证"}, None),
        ("organs", {"name": "某局"}, None),
    ],
)
def test_natural_keys(table: str, given_fields: dict[str, Any], key: tuple[str, ...] | None) -> None:
    kind = ROOTS[table]
    assert key_of(kind, kind.struct(**given_fields)) == key


def test_dates_are_part_of_a_guide_s_key() -> None:
    guide = Guide(item_code="i", organ_code="o", region="r", channel="any", valid_from=date(2024, 3, 1))
    assert key_of(ROOTS["guides"], guide) == ("i", "o", "r", "any", "2024-03-01")


def test_hashes_are_the_same_everywhere() -> None:
    # Workers are other processes: Python's own hash would differ in each.
    assert hash64("A1") == 10_776_033_278_222_397_497
    assert hash64("a", "b") != hash64("ab")
    assert group_hash("matter", None) == 0 == group_hash("holder", "x", "")
    assert group_hash("holder", "x", "y") != group_hash("matter", "x", "y")


def _write(folder: Path, records: list[dict[str, Any] | str]) -> Path:
    path = folder / "applications.jsonl"
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_groups_are_what_two_applications_share(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        [
            {"application_no": "A1", "matter_id": "m1", "applicant_id": "x", "organ_code": "o"},
            {"application_no": "A2", "matter_id": "m1", "applicant_id": "y", "organ_code": "o"},
            {"application_no": "A3", "matter_id": "m2", "applicant_id": "x", "organ_code": "o"},
            # A repeat shares nothing with itself, nor does a contradiction count.
            {"application_no": "A4", "matter_id": "m3"},
            {"application_no": "A4", "matter_id": "m3"},
            {"application_no": "A5", "matter_id": "m4", "region": "650500"},
            {"application_no": "A5", "matter_id": "m4", "region": "650502"},
            {"application_no": "A6", "matter_id": "m4"},
            {"办件编号": "A7", "联办事项编号": "m5"},
            {"application_no": "A8", "matter_id": "m5"},
            {"application_no": 9, "matter_id": 5},
            {"application_no": "10", "matter_id": "5"},
        ],
    )
    with open_dossier(path) as dossier:
        for size in (1, 200, 1 << 20):
            chunks = dossier.chunks(size=size)
            # The order in which workers finish is of no account; passes travel between processes.
            passes = [pickle.loads(pickle.dumps(first_pass_chunk(c))) for c in reversed(chunks)]
            identity = merge(passes, chunks)
            assert identity.read == 12
            assert identity.shared_matters == {group_hash("matter", m) for m in ("m1", "m5", "5")}
            assert identity.shared_holders == {group_hash("holder", "x", "o")}
            assert len(identity.duplicate_rows) == 1 and len(identity.conflicting_rows) == 2
            kept = [
                f.record.application_no
                for c in chunks
                for f in read_chunk(c, identity.skips(c))
                if isinstance(f, Entry)
            ]
            assert kept == ["A1", "A2", "A3", "A4", "A6", "A7", "A8", "9", "10"]


def test_contradictions_name_each_other(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        [{"application_no": "A1", "region": "650500"}, {"application_no": "A1", "region": "650502"}],
    )
    with open_dossier(path) as dossier:
        chunks = dossier.chunks(size=1)
        identity = merge(map(first_pass_chunk, chunks), chunks)
        found = [f for c in chunks for f in read_chunk(c, identity.skips(c))]
    assert [(f.code, f.problems[0].message.en) for f in found if isinstance(f, Quarantined)] == [
        ("conflicting", f"application “A1” occurs with different content, also at {path}:2:1"),
        ("conflicting", f"application “A1” occurs with different content, also at {path}:1:1"),
    ]


def test_a_record_that_an_unreadable_one_contradicts_is_not_believed(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        [{"application_no": "A1"}, {"application_no": "A1", "regoin": "r"}, {"application_no": "A2"}],
    )
    with open_dossier(path) as dossier:
        chunks = dossier.chunks()
        identity = merge(map(first_pass_chunk, chunks), chunks)
        found = [f for c in chunks for f in read_chunk(c, identity.skips(c))]
    assert [f.code if isinstance(f, Quarantined) else f.record.application_no for f in found] == [
        "conflicting",
        "unknown-field",
        "A2",
    ]


def test_repeats_across_forms(tmp_path: Path) -> None:
    (tmp_path / "applications").mkdir()
    (tmp_path / "applications" / "a.csv").write_text(
        "application_no,accepted\nA1,是\nA2,否\n", encoding="utf-8"
    )
    (tmp_path / "applications" / "b.jsonl").write_text(
        '{"accepted": true, "application_no": "A1"}\n{"application_no": "A3"}\n', encoding="utf-8"
    )
    (tmp_path / "applications" / "c.yaml").write_text("{application_no: A3}", encoding="utf-8")
    duckdb.sql(
        "COPY (SELECT * FROM (VALUES ('A2', false), ('A3', true)) t(application_no, accepted))"
        f" TO '{tmp_path}/applications/d.parquet'"
    )
    with open_dossier(tmp_path) as dossier:
        chunks = dossier.chunks()
        identity = merge(map(first_pass_chunk, chunks), chunks)
        assert (identity.read, len(identity.duplicate_rows), len(identity.conflicting_rows)) == (7, 2, 3)
        loaded = dossier.load("applications")
        assert (loaded.read, loaded.duplicates, len(loaded.quarantined)) == (7, 2, 3)
        assert sorted(r.application_no for r in loaded.records) == ["A1", "A2"]


def test_the_first_pass_runs_in_other_processes(tmp_path: Path) -> None:
    path = _write(tmp_path, [{"application_no": f"A{i % 7}", "matter_id": "m"} for i in range(20)])
    with open_dossier(path) as dossier:
        chunks = dossier.chunks(size=100)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            far = merge(pool.map(first_pass_chunk, chunks), chunks)
        assert far == merge(map(first_pass_chunk, chunks), chunks)
        assert len(far.duplicate_rows) == 13


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=25), st.integers(1, 300))
def test_the_two_passes_agree_with_holding_everything(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]], size: int
) -> None:
    records: list[dict[str, Any] | str] = [
        {"application_no": f"A{k}", "region": f"65050{v}"} for k, v in rows
    ]
    path = _write(tmp_path_factory.mktemp("identity"), [*records, '{"application_no": "last"}'])
    with open_dossier(path) as dossier:
        chunks = dossier.chunks(size=size)
        identity = merge(map(first_pass_chunk, chunks), chunks)
        streamed = [f for c in chunks for f in read_chunk(c, identity.skips(c))]
        loaded = dossier.load("applications")
    contents: dict[int, set[int]] = {}
    for key, value in rows:
        contents.setdefault(key, set()).add(value)
    bad = sum(n for key, n in Counter(k for k, _ in rows).items() if len(contents[key]) > 1)
    kept = [f.record.application_no for f in streamed if isinstance(f, Entry)]
    assert kept == [e.record.application_no for e in loaded.entries]
    assert set(kept) == {f"A{k}" for k, v in contents.items() if len(v) == 1} | {"last"}
    assert len(identity.conflicting_rows) == len(loaded.quarantined) == bad
    assert len(identity.duplicate_rows) == loaded.duplicates == loaded.read - len(kept) - bad


def test_memory_is_at_most_150_bytes_an_application() -> None:
    n = 100_000
    tracemalloc.start()
    one = PassOne(0, read=n)
    # Scattered like hashes, every hundredth twice; a third of the holders shared.
    scatter = 0x9E3779B97F4A7C15
    for name, share in (("keys", n), ("matters", n), ("holders", n * 5 // 6)):
        values = array("Q", (((i % share) + 1) * scatter & 0xFFFFFFFFFFFFFFFF for i in range(n)))
        setattr(one, name, values)
    one.rows = array("Q", range(n))
    one.contents = one.keys
    identity = merge([one], [])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not identity.duplicate_rows and len(identity.shared_holders) == n - n * 5 // 6
    assert peak / n < 150, peak / n


# -- versions ----------------------------------------------------------------------------------------------------


def _guide(start: str | None, end: str | None, **more: Any) -> Guide:
    base: dict[str, Any] = {"item_code": "i", "organ_code": "o", "region": "r", "channel": "any"}
    return Guide(
        **(base | more),
        valid_from=date.fromisoformat(start) if start else None,
        valid_to=date.fromisoformat(end) if end else None,
    )


@pytest.mark.parametrize(
    ("versions", "places"),
    [
        ([_guide("2024-03-01", "2024-12-31"), _guide("2025-01-01", "9999-12-31")], []),
        ([_guide("2024-03-01", "2025-01-01"), _guide("2025-01-01", "9999-12-31")], [2]),
        ([_guide("2025-01-01", "9999-12-31"), _guide("2024-03-01", "2025-01-01")], [1]),
        ([_guide("2024-03-01", None), _guide("2025-01-01", None)], []),  # the first may have ended
        ([_guide(None, "2025-01-01"), _guide("2024-01-01", None)], []),
        (
            [
                _guide("2024-03-01", "9999-12-31"),
                _guide("2024-05-01", "2024-06-01"),
                _guide("2024-07-01", "2024-08-01"),
            ],
            [2, 3],
        ),
        ([_guide("2024-03-01", "2025-12-31"), _guide("2025-01-01", None, published=False)], []),
        ([_guide("2024-03-01", "2025-12-31"), _guide("2025-01-01", None, channel="online")], []),
        ([_guide("2024-03-01", "2025-12-31"), _guide("2025-01-01", None, region="s")], []),
    ],
)
def test_overlapping_versions(versions: list[Guide], places: list[int]) -> None:
    found = overlaps((g, Location("g.csv", line=i)) for i, g in enumerate(versions, start=1))
    assert [p.location.line for p in found if p.location] == places


def test_an_overlap_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "guides.csv").write_text(
        "item_code,item_name,organ_code,region,valid_from,valid_to\n"
        "i,开办,o,650500,2024-03-01,2024-12-31\ni,开办,o,650500,2024-12-31,\n",
        encoding="utf-8",
    )
    with open_dossier(tmp_path) as dossier:
        (problem,) = dossier.load("guides").problems
    assert str(problem.location) == f"{tmp_path}/guides.csv:3:1"
    assert problem.message.zh == (
        f"“开办”的办事指南自2024-12-31起与 {tmp_path}/guides.csv:2:1 的版本有效期重叠"
    )

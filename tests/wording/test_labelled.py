"""The linter against labelled texts.

Another hand wrote and labelled `labelled/dev.jsonl` and `labelled/test.jsonl` by the guideline, before it saw any
pattern. Both have since been read while the patterns were written, so they guard what works and measure nothing new.
`labelled/written.jsonl` is by the writer of the patterns: other ways of saying the same, and good texts close to them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hami_rules.wording.lint import lint

HERE = Path(__file__).parent / "labelled"


def rows(part: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / f"{part}.jsonl").read_text("utf-8").splitlines()]


def figures(texts: list[dict[str, Any]]) -> dict[str, float]:
    """Precision and recall of “has a defect”; of those found, the share with the right kind; of the labelled spans in
    them, the share that a finding overlaps."""
    right = flagged = bad = kinds = spans = met = 0
    for row in texts:
        found, wanted = lint(row["text"], row["field"]), row["findings"]
        flagged += bool(found)
        bad += bool(wanted)
        if found and wanted:
            right += 1
            kinds += not {f.kind for f in found}.isdisjoint(w["kind"] for w in wanted)
            spans += len(wanted)
            met += sum(any(f.start < w["end"] and w["start"] < f.end for f in found) for w in wanted)
    return {"precision": right / flagged, "recall": right / bad, "kind": kinds / right, "span": met / spans}


@pytest.mark.parametrize(
    ("part", "least"),
    [
        ("dev", {"precision": 0.98, "recall": 0.98, "kind": 0.98, "span": 0.95}),
        ("test", {"precision": 0.98, "recall": 0.98, "kind": 0.98, "span": 0.95}),
    ],
)
def test_the_figures_hold(part: str, least: dict[str, float]) -> None:
    got = figures(rows(part))
    assert all(got[name] >= bound for name, bound in least.items()), got


def test_other_ways_of_saying_it() -> None:
    texts = rows("written")
    found = [{f.kind for f in lint(row["text"], row["field"])} for row in texts]
    assert [row["text"] for row, kinds in zip(texts, found, strict=True) if not row["kind"] and kinds] == []
    missed = [row["text"] for row, kinds in zip(texts, found, strict=True) if row["kind"] and not kinds]
    assert len(missed) <= 0.02 * sum(row["kind"] is not None for row in texts), missed


def test_the_labels_stand_in_their_texts() -> None:
    for part in ("dev", "test"):
        for row in rows(part):
            assert all(row["text"][w["start"] : w["end"]] == w["text"] for w in row["findings"]), row["id"]

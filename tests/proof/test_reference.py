"""The reference of tables and fields is the one that the records give, and it leaves none out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hami_rules.proof.reference import REFERENCE, dossier_reference
from hami_rules.records.kinds import KINDS, ROOTS

ROOT = Path(__file__).parents[2]


def test_the_page_is_in_step_with_the_records() -> None:
    written = (ROOT / REFERENCE).read_text(encoding="utf-8")
    assert written == dossier_reference(), "run: make generated"


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.table or k.field], ids=lambda k: k.name)
def test_every_field_that_an_input_may_state_is_there(kind: object) -> None:
    text = dossier_reference()
    for field in msgspec.structs.fields(kind.struct):  # type: ignore[attr-defined]
        internal = "'internal': True" in repr(field.type)
        if field.name != "partial":
            assert (f"| `{field.name}` |" in text) is (not internal), field.name


def test_every_table_has_its_section_and_its_key() -> None:
    text = dossier_reference()
    for table, kind in ROOTS.items():
        assert f"\n## {table} {kind.zh}\n" in text
        assert all(f"`{name}`" in text for name in kind.key)


def test_what_only_the_organ_can_prove_says_what_silence_means() -> None:
    [line] = [
        row for row in dossier_reference().splitlines() if row.startswith("| `withdrawal_reasons_given` |")
    ]
    assert "举证（`false`）" in line

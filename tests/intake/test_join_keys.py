"""Child rows find their parents by what the key means; one that finds none leaves its likely parents' lists open."""

from __future__ import annotations

from pathlib import Path

import pytest

from hami_rules.intake.dossier import open_dossier

GUIDES = "item_code,organ_code,region,channel,valid_from,open_ended\nA1,SJ,650500,{channel},{day},true\nA2,SJ,650500,any,2024-03-01,true\n"
MATERIALS = "item_code,organ_code,region,channel,valid_from,material_code\n{rows}"


def loaded(
    folder: Path, guides: str, rows: str
) -> tuple[dict[str, tuple[list[str] | None, tuple[str, ...]]], int]:
    (folder / "guides.csv").write_text(guides, "utf-8")
    (folder / "guides.materials.csv").write_text(MATERIALS.format(rows=rows), "utf-8")
    with open_dossier(folder) as dossier:
        found = dossier.load("guides")
    guides_of = {
        g.item_code: (
            None if g.materials is None else [m.material_code for m in g.materials],
            tuple(g.partial),
        )
        for g in found.records
    }
    return guides_of, len(found.quarantined)


@pytest.mark.parametrize(
    ("channel", "day", "key"),
    [
        ("不限", "2024/3/1", "any,2024-03-01"),
        ("any", "2024-03-01", "不限,2024/3/1"),
        ("any", "2024-03-01", "any,2024-03-01"),
    ],
)
def test_a_key_is_what_it_means(tmp_path: Path, channel: str, day: str, key: str) -> None:
    found, aside = loaded(tmp_path, GUIDES.format(channel=channel, day=day), f"A1,SJ,650500,{key},M1\n")
    assert (found["A1"], aside) == ((["M1"], ()), 0)
    assert found["A2"] == ([], ())


def test_a_row_that_found_no_parent_may_be_its_neighbours(tmp_path: Path) -> None:
    rows = "A1,SJ,650500,any,2024-03-01,M1\nA1,SJ,650500,any,2024-03-10,M2\n"
    found, aside = loaded(tmp_path, GUIDES.format(channel="any", day="2024-03-01"), rows)
    assert aside == 1
    assert found["A1"] == (["M1"], ("materials",)), "the lost row differs in its day alone"
    assert found["A2"] == ([], ()), "it differs in two parts: another guide's"


def test_a_row_that_names_no_parent_may_be_anybodys(tmp_path: Path) -> None:
    rows = "A1,SJ,650500,any,2024-03-01,M1\n,,,,,M2\n"
    found, aside = loaded(tmp_path, GUIDES.format(channel="any", day="2024-03-01"), rows)
    assert aside == 1
    assert found == {"A1": (["M1"], ("materials",)), "A2": (None, ("materials",))}

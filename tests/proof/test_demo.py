"""The bundled dossier is what its generator writes, and an audit finds in it exactly what was planted.

`planted.yaml` is written by the generator from the stories it tells; the judge is not asked. So this test holds the
one to the other: nothing missed, nothing invented, nothing lost on the way.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
import yaml

from hami_rules.assets import data_folder
from hami_rules.audit.run import Options, run_audit
from hami_rules.judge.engine import Judge
from hami_rules.judge.finish import Finisher, record_of
from hami_rules.pack.load import Pack, read_pack
from hami_rules.predicates import default_registry
from hami_rules.proof import demo, demo_stories
from hami_rules.proof.cases import effects_of
from hami_rules.report.lines import order

BUNDLED = data_folder("cases") / "demo"


@cache
def pack() -> Pack:
    return read_pack(data_folder("rules"), default_registry())


def planted(folder: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = yaml.load((folder / "planted.yaml").read_text("utf-8"), Loader=loader)
    return data


def contents(path: Path) -> Any:
    """What a file says: a workbook is compared by its parts, for how it is packed depends on the library's version."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def audited(folder: Path, out: Path) -> tuple[dict[tuple[str, str], str], list[dict[str, Any]], Any]:
    """The verdicts of an audit by rule and record, what it set aside, and its books."""
    out.mkdir()
    found = run_audit(folder, pack(), Options(as_of=date.fromisoformat(demo.AS_OF)), order, out)
    with found:
        said = {(f.rule, f.record_key): f.verdict for f in found.findings}
        books = found
    for line in (out / "undetermined.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        said[row["rule"], row["record_key"]] = "undetermined"
    aside = [json.loads(line) for line in (out / "quarantine.jsonl").read_text("utf-8").splitlines()]
    return said, aside, books


def requested(out: Path, books: Any) -> None:
    """The list of what to ask for covers every undetermined verdict, and counts each record once a line."""
    hanging: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for line in (out / "undetermined.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert row["missing"], "an undetermined verdict lacks something"
        for m in row["missing"]:
            what = m["label"]["zh"] if m["sort"] != "fact" else m["fact"].partition(".")[0]
            key = (row.get("organ_code") or "", m["sort"], what, m["fact"], m["cause"]["zh"])
            hanging.setdefault(key, set()).add((row["record_kind"], row["record_key"]))
    listed: dict[tuple[str, ...], int] = {}
    for n in books.requests:
        records: set[tuple[str, str]] = set()
        for item in n.items.values():
            lacking, sort = item.missing, n.sort
            what = lacking.label.zh if sort != "fact" else lacking.fact.partition(".")[0]
            key = (n.organ, sort, what, lacking.fact, lacking.cause.zh)
            listed[key] = item.records
            records |= hanging[key]
        assert n.records == len(records), "a request counts each of its records once"
    assert listed == {key: len(records) for key, records in hanging.items()}
    assert len(listed) == sum(len(n.items) for n in books.requests)


def judged_findings(folder: Path, out: Path) -> tuple[Any, dict[str, dict[str, str]]]:
    """An audit, and what rules about findings (第三十条至第三十二条) say of every finding, by rule and pair."""
    records: list[Any] = []
    worlds: list[Any] = []
    finish = Finisher.finish

    def watched(self: Finisher, finding: Any) -> Any:
        records.append(record_of(finding, self.repeated(finding)))
        worlds[:] = [self.world]
        return finish(self, finding)

    with patch.object(Finisher, "finish", watched):
        audit = audited(folder, out)
    return audit, effects_of(records, worlds[0], pack())


def hold(folder: Path, out: Path) -> Any:
    """An audit of the folder says exactly what was planted: of every norm that can be breached a breach, and every rule
    about findings shows its effect."""
    answers = planted(folder)
    (said, aside, books), effects = judged_findings(folder, out)
    holding = {(rule, key) for rule, by in effects.items() for key, v in by.items() if v == "compliant"}
    of_records = {(rule, key) for rule, key in holding if "/finding_m" in key}
    assert of_records == {(e["rule"], e["key"]) for e in answers["effects"]}
    breached = {pack().by_id[rule].address for (rule, _), v in said.items() if v == "violated"}
    assert {n.id for n in pack().data.norms if n.how != "interp"} - breached == set()
    effective = {b.rule.id for b in pack().effects}
    assert {rule for rule, _ in holding} == effective
    expected = {(p["rule"], p["key"]): p["verdict"] for p in answers["findings"]}
    assert len(expected) == len(answers["findings"]), "planted twice"
    assert {k: v for k, v in said.items() if expected.get(k) != v} == {}, "said, but not planted so"
    assert {k: v for k, v in expected.items() if said.get(k) != v} == {}, "planted, but not said"
    lines = [(q["table"], q["location"].get("line"), q["code"]) for q in aside]
    assert sorted(lines) == sorted((q["table"], q["line"], q["code"]) for q in answers["quarantine"])
    counts = books.counts["applications"]
    assert counts.duplicates == answers["duplicates"]
    assert counts.read == counts.judged + counts.duplicates + counts.quarantined
    assert not books.dossier.unclaimed
    requested(out, books)
    return books


def test_the_bundled_dossier_is_what_the_generator_writes(tmp_path: Path) -> None:
    demo.write_dossier(tmp_path / "demo")
    assert files(tmp_path / "demo") == files(BUNDLED)
    for name in files(BUNDLED):
        assert contents(tmp_path / "demo" / name) == contents(BUNDLED / name), (
            f"{name} differs: write it anew with python -m hami_rules.proof.demo cases/demo"
        )


def test_the_audit_finds_exactly_what_was_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreted: list[Any] = []
    monkeypatch.setattr(Judge, "interpret", lambda self, root, record, *_: interpreted.append(record) or [])
    books = hold(BUNDLED, tmp_path / "out")
    assert not interpreted, "the compiled judge raised"
    assert books.errors == 0


@pytest.mark.parametrize("seed", [2, 3])
def test_another_seed_is_found_out_as_exactly(tmp_path: Path, seed: int) -> None:
    demo.write_dossier(tmp_path / "demo", 2500, seed)
    hold(tmp_path / "demo", tmp_path / "out")


def test_every_rule_that_can_be_breached_is_breached_somewhere() -> None:
    found = {p["rule"] for p in planted(BUNDLED)["findings"] if p["verdict"] == "violated"}
    assert {r.id for r in pack().rules if r.effect is None} - found == set()


def test_every_plot_is_told_in_the_bundled_dossier(monkeypatch: pytest.MonkeyPatch) -> None:
    told: Counter[str] = Counter()

    def counting(plot: demo_stories.Plot) -> demo_stories.Plot:
        def tell(story: demo_stories.Story) -> None:
            told[plot.name] += 1
            plot.tell(story)

        return demo_stories.Plot(plot.name, plot.need, tell, plot.when, plot.at_organ)

    counted = tuple(map(counting, demo_stories.plots()))
    monkeypatch.setattr(demo_stories, "plots", lambda: counted)
    assert sum(1 for _ in demo.generate(2010, 1)) == 2010
    assert {p.name for p in counted} == set(told)


def test_breaches_stand_in_every_region_and_in_many_departments() -> None:
    organs = {o.split(",")[0] for o in (BUNDLED / "organs.csv").read_text("utf-8").splitlines()[1:]}
    keys = {p["key"].split("/")[0] for p in planted(BUNDLED)["findings"] if p["verdict"] == "violated"}
    lines = [
        json.loads(x)
        for x in (BUNDLED / "applications.jsonl").read_text("utf-8").splitlines()
        if x.endswith("}")
    ]
    where = [a for a in lines if a.get("application_no") in keys]
    assert {a["region"] for a in where} == {"650500", "650502", "650521", "650522"}
    assert len({a["organ_code"] for a in where}) > 25 and {a["organ_code"] for a in where} < organs
    assert 0.04 < len(where) / len(lines) < 0.1


def test_the_dossier_is_small() -> None:
    # As git stores it.
    assert sum(len(zlib.compress((BUNDLED / name).read_bytes())) for name in files(BUNDLED)) < 1_000_000


def test_applications_are_of_the_size_and_shape_of_the_real_ones() -> None:
    made = list(demo.generate(3000, 7))
    size = sum(len(msgspec.json.encode(a)) for a in made) / len(made)
    assert 2_200 < size < 2_800
    assert 5.5 < sum(len(a["demands"]) for a in made) / len(made) < 6.5
    assert 2.7 < sum(len(a["steps"]) for a in made) / len(made) < 3.3
    assert len({a["application_no"] for a in made}) == 3000
    days = [a["submitted_on"] for a in made]
    assert min(days) < "2024-03-01" and max(days) > "2026-06"


def test_the_same_seed_gives_the_same_applications_and_another_gives_others() -> None:
    first = list(demo.generate(200, 5))
    assert first == list(demo.generate(200, 5))
    assert first != list(demo.generate(200, 6))


def test_the_command_writes_a_folder(tmp_path: Path) -> None:
    assert demo.main([str(tmp_path / "d"), "--applications", "40", "--seed", "9"]) == 0
    lines = (tmp_path / "d" / "applications.jsonl").read_bytes().splitlines()
    assert len(lines) == 40 + 7  # six kinds of bad record, one of them two lines


def test_the_command_refuses_nonsense(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        demo.main([str(tmp_path / "d"), "--applications", "3"])
    assert stopped.value.code == 2
    assert "办件数至少为20" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit):
        demo.main([str(tmp_path / "file"), "--applications", "40"])
    assert "无法写入" in capsys.readouterr().err

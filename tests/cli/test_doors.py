"""The two doors and the commands for rule writers, from the command line to what a person reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import run

from hami_rules.statute.superior import superior_note

Make = Callable[..., Path]


def beyond_the_guide(data: dict[str, Any]) -> None:
    demand = data["applications"][0]["demands"][0]
    demand["material_code"], demand["material_name"] = "M099", "验资报告"


def findings(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


def summary(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


# -- audit -------------------------------------------------------------------------------------------------------


def test_a_clean_dossier_is_clean(dossier: Make, tmp_path: Path) -> None:
    done = run("audit", dossier(), "-o", tmp_path / "out", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert findings(tmp_path / "out") == []
    assert (tmp_path / "out" / "undetermined.jsonl").read_text() == ""


def test_a_breach_is_found_with_its_place_and_law(dossier: Make, tmp_path: Path) -> None:
    done = run("audit", dossier(beyond_the_guide), "-o", tmp_path / "out", "--jobs", "1")
    assert done.returncode == 1, done.stderr
    (found,) = findings(tmp_path / "out")
    assert found["rule"] == "14.1a"
    assert found["record_key"] == "A1-0/demands/D1"
    assert found["citation"]["zh"] == "第十四条第一款"
    assert (
        found["quote"]
        in "政务服务部门不得要求经营主体提交办事服务指南之外的其他材料，不得要求申请人重复提供同一份材料。"
    )
    assert "验资报告" in found["message"]["zh"]
    assert found["organ_name"] == "哈密市住房和城乡建设局"
    line = (tmp_path / "卷宗" / "applications.jsonl").read_text(encoding="utf-8").splitlines()[0]
    place = found["location"]
    assert place["source"].endswith("applications.jsonl")
    assert place["line"] == 1
    assert line[place["column"] - 1 : place["end_column"] - 1].startswith('{"demand_no": "D1"')
    for name in ("report.html", "ledger.xlsx", "findings.parquet", "quarantine.jsonl"):
        assert (tmp_path / "out" / name).exists()
    assert "findings.jsonl" in done.stdout


def test_the_counts_add_up_with_bad_records(dossier: Make, tmp_path: Path) -> None:
    bad = (
        '{"application_no": "B1", "submitted_on": "2025-13-40"}',
        "{not json",
        '{"item_code": "x"}',
        '{"application_no": "B2", "surprise": 1}',
    )
    folder = dossier(beyond_the_guide, copies=3, lines=bad)
    lines = (folder / "applications.jsonl").read_text(encoding="utf-8").splitlines()
    with (folder / "applications.jsonl").open("a", encoding="utf-8") as out:
        out.write(lines[0] + "\n")  # the same again
        out.write(lines[1].replace("2025-03-07", "2025-03-06") + "\n")  # another story under the same number
    done = run("audit", folder, "-o", tmp_path / "out", "--jobs", "1", "--max-quarantined", "90%")
    assert done.returncode == 1, done.stderr
    table = next(t for t in summary(tmp_path / "out")["accounting"]["tables"] if t["table"] == "applications")
    assert (table["read"], table["judged"], table["duplicates"], table["quarantined"]) == (9, 2, 1, 6)
    aside = [
        json.loads(x)
        for x in (tmp_path / "out" / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert {row["code"] for row in aside} >= {"no-key", "unknown-field", "wrong-date"}
    assert all("applications.jsonl:" in row["place"] for row in aside)
    done = run("audit", folder, "-o", tmp_path / "out2", "--jobs", "1")
    assert done.returncode == 2
    assert "隔离" in done.stderr


def test_two_workers_give_the_bytes_of_one(dossier: Make, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        beyond_the_guide(data)
        data["applications"][0]["matter_id"] = "X"
        data["applications"].append(
            {**data["applications"][0], "application_no": "L2", "submitted_on": "2025-03-04"}
        )

    folder = dossier(change, copies=600)
    for jobs in ("1", "2"):
        done = run("audit", folder, "-o", tmp_path / jobs, "--jobs", jobs)
        assert done.returncode == 1, done.stderr
    for path in sorted((tmp_path / "1").iterdir()):
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes(), path.name


def test_selection_reports_only_what_was_asked(dossier: Make, tmp_path: Path) -> None:
    folder = dossier(beyond_the_guide)
    assert run("audit", folder, "-o", tmp_path / "a", "--select", "15").returncode == 0
    assert run("audit", folder, "-o", tmp_path / "b", "--select", "第十四条第一款").returncode == 1
    # `1` is article 1, not the beginning of 14.
    assert run("audit", folder, "-o", tmp_path / "c", "--select", "1").returncode == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--select", "14.9x"), "14.9"),
        (("--select", "34"), "34"),
        (("--as-of", "2025/6"), "--as-of"),
        (("--max-quarantined", "lots"), "--max-quarantined"),
        (("--region", "110000"), "110000"),
    ],
)
def test_a_wrong_option_is_said_and_nothing_is_judged(
    dossier: Make, tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    done = run("audit", dossier(), "-o", tmp_path / "out", *args)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_read_is_not_a_quiet_pass(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("audit", tmp_path / "empty", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    done = run("audit", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert done.returncode == 2


# -- check -------------------------------------------------------------------------------------------------------

GUIDE = """\
guides:
  - item_code: "650500SGXK"
    item_name: 建筑工程施工许可证核发
    organ_name: 哈密市住房和城乡建设局
    region: "650500"
    channel: any
    serves: [enterprise]
    services:
      - service_name: 施工图审查
        required: true
        advice_only: false
        self_prepared_refused: false
        only_one_accepted: false
        names_intermediary: 天山审图公司
        no_intermediary_named: false
        named_as: must
        others_qualified: true
        bases: []
"""


def test_check_gives_file_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "指南.yaml").write_text(GUIDE, encoding="utf-8")
    done = run("check", "指南.yaml", "--as-of", "2025-06-30", "--select", "22.2a", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("指南.yaml:9:9: ")
    assert "第二十二条第二款" in done.stdout
    assert "hami show 22.2a" in done.stdout
    assert "        - service_name: 施工图审查\n          ^~~" in done.stdout


def test_check_as_json_and_with_the_condition_tree(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GUIDE, encoding="utf-8")
    done = run("check", "g.yaml", "--as-of", "2025-06-30", "--format", "json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert {f["rule"] for f in answer["findings"] if f["verdict"] == "violated"} == {"22.1b", "22.2a.guide"}
    done = run("check", "g.yaml", "--as-of", "2025-06-30", "--explain", "--select", "22.2a", cwd=tmp_path)
    assert "写明必须由该机构办理" in done.stdout


def test_check_says_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GUIDE.replace("channel: any", "channel: anny"), encoding="utf-8")
    done = run("check", "g.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("g.yaml:6:14: ")
    assert "any" in done.stderr
    (tmp_path / "g.yaml").write_text("guides: [", encoding="utf-8")
    done = run("check", "g.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("g.yaml:1:")


# -- show and pack -----------------------------------------------------------------------------------------------


def test_show_explains_an_article(tmp_path: Path) -> None:
    done = run("show", "第十四条第一款", cwd=tmp_path)
    assert done.returncode == 0
    for said in ("14.1a", "依据：", "违反条件：", "解释：", "违反例：", "合规例："):
        assert said in done.stdout
    assert "14.2" not in done.stdout.split("14.1c")[0]
    assert run("show", "99").returncode == 2
    assert run("show", "14.1z").returncode == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("about", ["8", "8.1b", "12"])
def test_show_ends_with_the_superior_law_that_it_does_not_know(tmp_path: Path, about: str, lang: str) -> None:
    done = run("show", about, "--lang", lang, cwd=tmp_path)
    assert done.stdout.count(superior_note(lang)) == 1
    assert done.stdout.rstrip().endswith(superior_note(lang))


def test_pack_commands(tmp_path: Path) -> None:
    assert run("pack", "lint").returncode == 0
    done = run("pack", "coverage", "--json")
    cover = json.loads(done.stdout)
    assert set(cover["norms"]["14.1a"]["cases"]) == {
        "violated",
        "compliant",
        "undetermined",
        "not_applicable",
    }
    assert len(cover["norms"]) + len(cover["missing"]) == 112
    assert "def judge(application" in run("pack", "compile", "application").stdout
    assert run("pack", "test", "33").returncode == 0
    assert run("pack", "test", "fourteen").returncode == 2


def test_a_mutant_that_no_case_notices_survives(tmp_path: Path) -> None:
    done = run("pack", "mutate", "--select", "22.3", "--json")
    report = json.loads(done.stdout)
    assert report["mutants"] >= 2
    assert report["killed"] + len(report["survivors"]) == report["mutants"]


def test_a_new_rule_is_scaffolded_and_loads(tmp_path: Path) -> None:
    import shutil

    from hami_rules.assets import data_folder

    root = data_folder("rules").parent
    for name in ("rules", "cases/bases"):
        shutil.copytree(root / name, tmp_path / name)
    (tmp_path / "rules" / "article10.yaml").unlink()
    (tmp_path / "hami_rules" / "predicates").mkdir(parents=True)
    done = run("pack", "new-rule", "10.2a", "--folder", tmp_path, "--judges", "application")
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "rules" / "article10.yaml").read_text(encoding="utf-8")
    assert "id: 10.2a" in made
    assert (tmp_path / "cases" / "article10" / "10_2a.yaml").is_file()
    # The predicate is not in this installation, so lint names it: nothing else is wrong.
    done = run("pack", "lint", "--rules", tmp_path / "rules")
    assert done.returncode == 2
    assert done.stderr.count("article10.yaml:") == 1
    assert "breaches_10_2a" in done.stderr
    assert run("pack", "new-rule", "10.2a", "--folder", tmp_path).returncode == 2
    assert run("pack", "new-rule", "10.9a", "--folder", tmp_path).returncode == 2


def test_version_names_pack_and_statute() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert "2024.1" in done.stdout
    assert "2024-03-01" in done.stdout


@pytest.mark.parametrize("name", ["办件信息.csv", "applicaitons.jsonl"])
def test_applications_under_another_name_are_nothing_to_judge(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "卷宗"
    folder.mkdir()
    organs = "code,name,region\nZJ,哈密市住房和城乡建设局,650500\n"
    (folder / "organs.csv").write_text(organs, encoding="utf-8")
    (folder / name).write_text('{"application_no": "B1"}\n', encoding="utf-8")
    done = run("audit", folder, "-o", tmp_path / "o", "--as-of", "2025-06-30")
    assert done.returncode == 2
    assert "没有可以评判的记录" in done.stderr and name in done.stderr
    assert "applications.csv" in done.stderr and "dossier.yaml" in done.stderr
    # What is meant is said: an organ and its evidence are something, and a file set aside on purpose is no slip.
    (folder / "dossier.yaml").write_text(f"ignore_files: [{name}]\n", encoding="utf-8")
    assert run("audit", folder, "-o", tmp_path / "o", "--as-of", "2025-06-30").returncode == 0


def test_what_several_elements_lack_is_one_line_whoever_looks(tmp_path: Path) -> None:
    """Documents that no table has: named together and counted, in an order that no hash decides."""
    file = tmp_path / "guides.yaml"
    bases = ", ".join(f"{{instrument_title: {name}}}" for name in ("甲法", "乙法", "丙办法", "丁办法"))
    file.write_text(
        "guides:\n- item_code: X\n  organ_code: ZJ\n  organ_name: 哈密市住房和城乡建设局\n  region: '650500'\n"
        f"  conditions:\n  - {{text: 甲条件, bases: [{bases}]}}\n",
        encoding="utf-8",
    )
    said = {
        run("check", file, "--as-of", "2025-06-30", env={"PYTHONHASHSEED": seed}).stdout for seed in "1234"
    }
    assert len(said) == 1
    lines = [line for line in said.pop().splitlines() if "所引文件" in line]
    assert lines == [
        "  尚缺：依据：所引文件（丁办法；丙办法；乙法；等4项）（没有找到对应的记录，该表也未声明完整）"
    ]


def test_a_child_row_without_a_parent_is_counted_under_its_own_table(tmp_path: Path) -> None:
    folder = tmp_path / "卷宗"
    folder.mkdir()
    (folder / "organs.csv").write_text(
        "code,name,region\nZJ,哈密市住房和城乡建设局,650500\n", encoding="utf-8"
    )
    head = "application_no,item_code,organ_code,region,submitted_on\n"
    rows = "".join(f"B{n},X,ZJ,650500,2025-03-04\n" for n in range(3))
    (folder / "applications.csv").write_text(head + rows, encoding="utf-8")
    demands = "application_no,material_name,demanded_on\nB1,甲,2025-03-04\nB9,乙,2025-03-04\n,丙,2025-03-04\n"
    (folder / "applications.demands.csv").write_text(demands, encoding="utf-8")
    done = run("audit", folder, "-o", tmp_path / "o", "--as-of", "2025-06-30", "--max-quarantined", "50%")
    assert done.returncode == 0, done.stderr
    tables = {t["table"]: t for t in summary(tmp_path / "o")["accounting"]["tables"]}
    assert (tables["applications"]["read"], tables["applications"]["judged"]) == (3, 3)
    assert tables["applications"]["quarantined"] == 0
    mine = tables["applications.demands"]
    assert (mine["read"], mine["quarantined"], mine["judged"]) == (2, 2, 0)
    assert mine["label"]["zh"] == "要求提交的材料（没有上级记录的行）"
    lines = (tmp_path / "o" / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()
    assert {(q["table"], q["code"]) for q in map(json.loads, lines)} == {
        ("applications.demands", "orphan"),
        ("applications.demands", "no-join-key"),
    }
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert "要求提交的材料（没有上级记录的行）" in page
    checked = run("check", folder, "--as-of", "2025-06-30", "--format", "json")
    found = {t["table"]: t for t in json.loads(checked.stdout)["summary"]["accounting"]["tables"]}
    assert (found["applications.demands"]["read"], found["applications"]["quarantined"]) == (2, 0)

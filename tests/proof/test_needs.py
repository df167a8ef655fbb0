"""The page of what a dossier must say is the one that the rules give, and answers what a newcomer asks."""

from __future__ import annotations

from pathlib import Path

from hami_rules.pack.load import load_pack
from hami_rules.pack.nodes import Call, Param, walk
from hami_rules.proof.needs import NEEDS, needs_page

ROOT = Path(__file__).parents[2]


def row(page: str, norm: str) -> str:
    (line,) = [x for x in page.split("## 界线")[0].splitlines() if x.startswith(f"| {norm} | ")]
    return line


def test_the_page_is_in_step_with_the_rules() -> None:
    assert (ROOT / NEEDS).read_text(encoding="utf-8") == needs_page(load_pack()), "run: make generated"


def test_every_judging_rule_has_its_fields() -> None:
    pack = load_pack()
    page = needs_page(pack)
    proved = {d.rule for d in pack.documentary}
    for bound in pack.bound:
        if bound.rule.id not in proved:
            _, rules, fields, _ = map(str.strip, row(page, bound.rule.address)[1:].split("|"))
            assert bound.rule.id in rules.split("、")
            assert fields, bound.rule.id


def test_fields_behind_facts_links_and_rows_are_found() -> None:
    page = needs_page(load_pack())
    for norm, field in (
        ("8.1a", "`offered_offline`"),  # an exception's own field
        ("8.1a", "items.off_centre_approvals：`granted_on`"),  # a field of the rows of a list
        ("14.1a", "guides.materials：`form`、`copies`"),  # reached by a link
        ("12.1a", "stationed_staff.years：`result`"),
        (
            "10.1",
            "items.online_functions：`declared`、`available`",
        ),  # of what the program completes to all kinds
        ("14.1b", "`material_code`、`material_name`"),  # what an input writes for a key
    ):
        assert field in row(page, norm), (norm, field)


def test_evidence_names_norms_and_aspects() -> None:
    pack = load_pack()
    part = needs_page(pack).split("## 以佐证认定的规范")[1].split("\n## ")[0]
    for asked in pack.documentary:
        assert any(
            line.startswith(f"| {asked.norm} | ")
            and all(f"{a.name.zh}（`{a.key}`）" in line for a in asked.aspects)
            for line in part.splitlines()
        ), asked.rule
    assert "{" not in part
    assert "| 24.1a |" not in part


def test_lines_of_the_tool_are_named_with_their_value() -> None:
    pack = load_pack()
    part = needs_page(pack).split("## 界线由本工具自定的规则")[1].split("\n## ")[0]
    drawn = {
        (b.rule.id, arg.name)
        for b in pack.bound
        for top in (b.applies, b.violated, b.unless)
        if top is not None
        for node in walk(top)
        if isinstance(node, Call)
        for arg in node.args
        if isinstance(arg, Param)
    }
    assert drawn
    for rule, name in drawn:
        title = pack.data.parameters.table[name].title.zh
        (line,) = [x for x in part.splitlines() if f"| {title} |" in x]
        assert rule in line.split("|")[1]
    assert "每人每工作日收件数的限度 | 40 |" in part


def test_requests_name_kind_key_and_fact() -> None:
    part = needs_page(load_pack()).split("## 调阅通知怎样写")[1]
    assert "| `deferral` 容缺受理 | 办件编号/deferral | `withdrawal_reasons_given` 撤销时说明理由 |" in part
    assert "| `condition` 附加条件 | 办件编号/conditions/条件序号 |" in part
    assert "| `item` 政务服务事项 | 实施编码:实施主体编码:行政区划代码 |" in part

"""report.html as a browser shows it: read, filtered, searched, printed, heard; by eye, by keyboard, without a script."""

from __future__ import annotations

import re
import struct
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from browsing import visit
from report_fakes import audit, finding, summary
from test_hostile import HOSTILE, hostile

from hami_rules.judge.findings import Finding, Text
from hami_rules.report.html import write_html
from hami_rules.report.lines import ordered
from hami_rules.report.safe import visible

STATUS = "document.querySelector('.result [role=status]').textContent"
DRAWN = "document.querySelectorAll('.canvas svg').length === 4"
LISTED = "[...document.querySelectorAll('.list .title')].map((t) => t.textContent)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same audit in both languages, one that nobody can rely on, and one of hostile records."""
    folder = tmp_path_factory.mktemp("pages")
    findings, groups = audit(300)
    said = summary(findings, groups)
    broken = msgspec.structs.replace(
        said, untrusted=(Text("隔离 20 条，超过上限", "20 quarantined, too many"),)
    )
    planted = [hostile(text) for text in HOSTILE]
    made: dict[str, tuple[Any, ...]] = {
        "zh": (ordered(findings), groups, said, "zh"),
        "en": (ordered(findings), groups, said, "en"),
        "broken": (ordered(findings), groups, broken, "zh"),
        "hostile": (planted, [], summary(planted, [], dossier="&P " + HOSTILE[0]), "zh"),
        "none": ([], [], summary([], []), "zh"),
    }
    paths = {name: folder / f"{name}.html" for name in made}
    for name, content in made.items():
        write_html(paths[name], *content)
    return paths


def counted(status: str) -> int:
    """The number of findings in `符合条件 n 项、p 种做法`."""
    found = re.search(r"([\d,]+) 项", status)
    return int(found[1].replace(",", "")) if found else 0


def test_it_opens_without_a_request_or_a_complaint(pages: dict[str, Path], tmp_path: Path) -> None:
    picture = tmp_path / "first.png"
    steps = [
        {"wait": DRAWN},
        {"evaluate": "document.querySelector('.charts').getBoundingClientRect().bottom"},
    ]
    answers = visit(
        *({"page": str(p), "steps": steps, "screenshot": str(picture)} for p in list(pages.values())[:3])
    )
    for answer in answers:
        assert [r for r in answer["requests"] if not r.startswith("file:")] == [] and len(
            answer["requests"]
        ) == 1
        assert answer["console"] == []
        assert answer["results"][0] < 1000, "the pictures stand on the first screen"
    head = picture.read_bytes()
    assert struct.unpack(">II", head[16:24]) == (1440, 900) and len(head) > 40_000


def test_a_click_on_a_picture_filters_the_list_and_back_undoes_it(pages: dict[str, Path]) -> None:
    # The foot of the column, where every bar has its part: the first article of the axis.
    first = """(() => { const box = document.querySelector('[data-by=article] .canvas').getBoundingClientRect();
        const label = [...document.querySelectorAll('[data-by=article] svg text')].find((t) => t.textContent === '14');
        const at = label.getBoundingClientRect(); return { x: at.x + at.width / 2, y: box.bottom - 40 }; })()"""
    other = """(() => { const label = [...document.querySelectorAll('[data-by=organ] svg text')]
        .find((t) => t.textContent.startsWith('哈密市市场')); const at = label.getBoundingClientRect();
        return { x: at.x + at.width / 2, y: at.y + at.height / 2 }; })()"""
    state = (
        f"[location.hash, {STATUS}, {LISTED}.length, document.querySelector('select[name=article]').value]"
    )
    (answer,) = visit(
        {
            "page": str(pages["zh"]),
            "steps": [
                {"wait": DRAWN},
                {"evaluate": state},
                {"clickAt": first},
                {"evaluate": state},
                {"clickAt": other},
                {"evaluate": state},
                {"back": True},
                {"wait": "location.hash === '#?party=department&article=14'"},
                {"evaluate": state},
            ],
        }
    )
    everything, article, both, back = answer["results"]
    findings, _ = audit(300)
    counts = [
        f for f in findings if f.counts_against == "department" and f.verdict == "violated" and not f.primary
    ]
    assert counted(everything[1]) == len(counts)
    of_14 = [f for f in counts if f.address.startswith("14.")]
    assert counted(article[1]) == len(of_14) and article[3] == "14"
    assert counted(both[1]) == len([f for f in of_14 if f.organ_name == "哈密市市场监督管理局"]) > 0
    assert back == article
    assert answer["console"] == []


def test_search_finds_by_every_word_and_opens_a_single_finding(pages: dict[str, Path]) -> None:
    findings, _ = audit(300)
    wanted = next(f for f in findings if f.counts_against == "utility")
    (answer,) = visit(
        {
            "page": str(pages["zh"]),
            "steps": [
                {"fill": ["input[name=q]", "验资报告 伊州区"]},
                {"wait": "location.hash.includes('q=')"},
                {"evaluate": STATUS},
                {"fill": ["input[name=q]", "没有这样的词"]},
                {"wait": f"{STATUS}.startsWith('没有')"},
                # a link in the ledger: the finding of another party, open, with its law and its reasons
                {"evaluate": f"location.hash = '#?q={wanted.id}'"},
                {"wait": "document.querySelectorAll('.list .card').length === 1"},
                {"evaluate": "document.querySelector('.list .card').textContent"},
                {"evaluate": "document.querySelector('.parties [aria-pressed=true]').textContent"},
            ],
        }
    )
    status, _, card, party = answer["results"]
    both = [f for f in findings if "验资报告" in f.message.zh and "伊州区" in (f.organ_name or "")]
    assert counted(status) == len([f for f in both if f.verdict == "violated" and not f.primary]) > 0
    for part in (
        "事实",
        "证据位置",
        "定性依据",
        "说明",
        "整改建议",
        "责任单位",
        wanted.quote,
        wanted.message.zh,
        wanted.id,
    ):
        assert part in card, part
    assert party.startswith("公用企业")
    assert answer["console"] == []


def test_a_concurrent_norm_opens_within_its_primary(pages: dict[str, Path]) -> None:
    findings, _ = audit(300)
    (answer,) = visit(
        {
            "page": str(pages["zh"]),
            "hash": f"#?q={findings[0].id}",
            "steps": [
                {"click": ".list details.concurrent > summary"},
                {"wait": "document.querySelectorAll('.list .card').length === 2"},
                {"evaluate": "document.querySelector('.list .concurrent').textContent"},
            ],
        }
    )
    assert (
        "第十四条第一款" in answer["results"][0]
        and "政务服务部门不得要求经营主体提交办事服务指南之外" in answer["results"][0]
    )


def test_the_keyboard_is_enough(pages: dict[str, Path]) -> None:
    focused = "document.activeElement.tagName + '.' + (document.activeElement.parentElement.className)"
    (answer,) = visit(
        {
            "page": str(pages["zh"]),
            "hash": "#?article=16",
            "steps": [
                {"focus": "select[name=group]"},
                *({"press": "Tab"} for _ in range(20)),
                {"evaluate": focused},
                {"focus": ".list details.practice > summary"},
                {"press": "Enter"},
                {"wait": "document.querySelectorAll('.list .card').length === 1"},
                {"press": "Tab"},
                {"evaluate": focused},
            ],
        }
    )
    assert answer["results"][0].startswith("SUMMARY.")
    assert answer["results"][1] == "SUMMARY.tree", "what an opened finding holds comes next"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing(pages: dict[str, Path], lang: str) -> None:
    unfold = {"evaluate": "document.querySelectorAll('details').forEach((d, i) => { d.open = i < 60; })"}
    look: dict[str, Any] = {"page": str(pages[lang]), "axe": True, "steps": [unfold]}
    jobs = [
        look,
        look | {"scheme": "dark"},
        look | {"hash": "#?article=14"},
        look | {"width": 390, "height": 844},
        look | {"page": str(pages["broken"])},
    ]
    for job, answer in zip(jobs, visit(*jobs), strict=True):
        assert answer["axe"] == [], job
        assert answer["axePasses"] > 30


def test_without_a_script_the_page_still_tells(pages: dict[str, Path]) -> None:
    shown = "[...document.querySelectorAll('{}')].filter((e) => e.checkVisibility()).length"
    # Scripts are off for the page, not for who looks at it.
    (answer,) = visit(
        {
            "page": str(pages["zh"]),
            "script": False,
            "steps": [
                {"evaluate": shown.format("figure table")},
                {"evaluate": shown.format(".written article")},
                {"evaluate": shown.format("form, .canvas, .parties")},
            ],
        }
    )
    tables, cards, controls = answer["results"]
    assert tables == 4 and cards > 20 and controls == 0


def test_on_paper_every_organ_has_its_first_findings(pages: dict[str, Path], tmp_path: Path) -> None:
    written = tmp_path / "report.pdf"
    visit({"page": str(pages["zh"]), "scheme": "dark", "steps": [{"wait": DRAWN}], "pdf": str(written)})
    pdf = written.read_bytes()
    assert pdf.startswith(b"%PDF") and 10 < len(re.findall(rb"/Type\s*/Page\b", pdf)) < 120
    sizes = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}


def test_what_cannot_be_relied_on_says_so_first(pages: dict[str, Path]) -> None:
    (answer,) = visit(
        {
            "page": str(pages["broken"]),
            "steps": [
                {
                    "evaluate": "(() => { const a = document.querySelector('[role=alert]'); "
                    "return [a.textContent, a.getBoundingClientRect().bottom < "
                    "document.querySelector('.tiles').getBoundingClientRect().top]; })()"
                }
            ],
        }
    )
    said, first = answer["results"][0]
    assert "结果不可信" in said and "隔离 20 条，超过上限" in said and first


def test_hostile_records_neither_run_nor_hide(pages: dict[str, Path]) -> None:
    every = "document.querySelectorAll('{}')"
    (answer,) = visit(
        {
            "page": str(pages["hostile"]),
            "steps": [
                {"wait": DRAWN},
                {"evaluate": f"{every.format('.list details')}.forEach((d) => {{ d.open = true; }})"},
                {"wait": f"{every.format('.list details.practice')}.length >= {len(HOSTILE)}"},
                {"evaluate": f"{every.format('.list details')}.forEach((d) => {{ d.open = true; }})"},
                {"wait": f"{every.format('.list .card')}.length >= {len(HOSTILE)}"},
                {"evaluate": "document.querySelector('.list').textContent"},
                {
                    "evaluate": f"{every.format('img, iframe, object, embed, link, base, [onerror], [onload]')}.length"
                },
                {"evaluate": "document.documentElement.scrollWidth <= innerWidth"},
            ],
        }
    )
    # forEach gives nothing back
    text, elements, fits = (r for r in answer["results"] if r is not None)
    for planted in HOSTILE:
        assert visible(planted) in text, planted[:60]
    assert elements == 0 and answer["dialogs"] == 0 and fits
    assert answer["console"] == [] and len(answer["requests"]) == 1


def test_nothing_found_is_a_page_too(pages: dict[str, Path]) -> None:
    (answer,) = visit({"page": str(pages["none"]), "steps": [{"evaluate": "document.body.innerText"}]})
    assert "没有发现违反或者未落实" in answer["results"][0] and answer["console"] == []


def many(count: int) -> list[Finding]:
    materials = ("验资报告", "场地租赁合同公证书", "法定代表人无犯罪记录证明", "房屋安全鉴定报告")
    return [
        finding(
            n,
            message=Text(f"要求提交“{materials[n % 4]}”，第{n * 7919 % 104729}号", "demanded"),
            practice=f"p{n % (count // 3)}",
            organ_code=f"O{n % 211}",
            organ_name=f"哈密市第{n % 211}局",
        )
        for n in range(count)
    ]


def test_fifty_thousand_findings_are_written_in_seconds_and_searched_at_once(tmp_path: Path) -> None:
    findings = many(50_000)
    said = summary(findings, [])
    path = tmp_path / "report.html"
    start = time.perf_counter()
    write_html(path, findings, [], said, "zh")
    spent = time.perf_counter() - start
    assert spent < 30, f"{spent:.1f} s"
    assert path.stat().st_size < 30_000_000
    turn = """(async () => { const start = performance.now(); location.hash = '#?%s';
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
        return [performance.now() - start, %s]; })()"""
    (answer,) = visit(
        {
            "page": str(path),
            "steps": [
                {"wait": DRAWN},
                {"evaluate": "document.querySelectorAll('.list *').length"},
                *({"evaluate": turn % (h, STATUS)} for h in ("q=第7919号", "q=第15838号", "organ=O7", "")),
            ],
        }
    )
    drawn, *turns = answer["results"]
    assert drawn < 5000, "no more is drawn than is looked at"
    assert all(ms < 3000 for ms, _ in turns), turns
    assert counted(turns[0][1]) == 1 and counted(turns[3][1]) > 10_000
    assert answer["console"] == []

"""`python -m bench.reports`: every format of a large audit, its time and memory, each in a process of its own.

The findings are made from small tables with a fixed seed: as long as real ones, with their trees, a third of them
single practices, every hundredth naming a person.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hami_rules.judge.findings import Explanation, Finding, MissingFact, OpenGroup, SeenFact, Text
from hami_rules.pack.load import Pack, load_pack
from hami_rules.records.location import Location
from hami_rules.report.lines import order, write_findings
from hami_rules.report.outputs import FORMATS, rebuild
from hami_rules.report.stored import FINDINGS, GROUPS, SUMMARY, digest, open_stored, write_groups
from hami_rules.report.summary import Accounting, RuleCount, Run, TableCount, build_summary

MANY = 50_000
SECONDS, MEGABYTES = 60.0, 1_500
"""For all formats together, and for the greediest of them."""

_REGIONS = ("650500", "650502", "650521", "650522")


def findings_of(pack: Pack, count: int) -> Iterator[Finding]:
    """Findings as an audit of a city would have them, in no order."""
    draw = random.Random(7)
    rules = [b.rule for b in pack.bound if b.rule.message is not None][:60]
    for n in range(count):
        rule = rules[min(int(draw.expovariate(0.12)), len(rules) - 1)]
        region = draw.choice(_REGIONS)
        organ, item = draw.randrange(30), draw.randrange(300)
        day = date(2024, 3, 1) + timedelta(days=draw.randrange(800))
        material = f"材料{draw.randrange(400)}"
        said = f"要求提交“{material}”，{day.year}年{day.month}月{day.day}日公布的办事指南中没有列明，申请人另行提交后于次日受理"
        person = ("联系人：周晓明，电话13899990001",) if n % 100 == 0 else ()
        facts = tuple(
            SeenFact(
                f"demand.fact_{i}",
                Text(f"所见事实{i}", f"fact {i}"),
                Text(f"值{material}", f"value {n % 97}"),
            )
            for i in range(5)
        )
        tree = Explanation(
            "all", "true", Text("以下全部", "all of"), "violated",
            children=tuple(Explanation("leaf", "true", Text("材料没有列于当日的办事指南", "not in the guide"), facts=(f,)) for f in facts),
        )  # fmt: skip
        yield Finding(
            id=f"{n:016x}", state=f"{n * 7:016x}", rule=rule.id, address=rule.address,
            citation=Text(f"第{rule.address}条", f"Article {rule.address}"), quote=rule.quote, verdict="violated",
            grade=rule.grade or "violation", kind=rule.kind, counts_against=rule.counts_against, title=rule.title,
            message=Text(said + "".join(person), f"demanded {material}, not in the guide of {day}"), remedy=rule.remedy,
            interpretation=rule.interpretation, record_kind="demand", record_key=f"HM{n:08d}/demands/1",
            record_label=Text(f"要求提交的材料 HM{n:08d}/demands/1", f"demand HM{n:08d}/demands/1"), root_key=f"HM{n:08d}",
            location=Location("dossier/applications.jsonl", line=n + 1, column=9, end_line=n + 1, end_column=400, pointer="/demands/0"),
            organ_code=f"{region}-{organ:02}", organ_name=f"哈密市第{organ}局（{region}）", region=region,
            item_code=f"{region}SX{item:03}", item_name=f"许可事项{item}", conduct_from=day, conduct_to=day, seen=facts,
            explanation=(tree,), practice=f"p{n:015x}" if n % 3 == 0 else f"{rule.id}|{region}|{organ}|{item % 20}",
            superior=rule.superior, consequence=Text("由有关部门责令改正（第三十二条）", "to be put right (Article 32)"),
        )  # fmt: skip


def made(folder: Path, count: int) -> None:
    """Store an audit with that many findings."""
    pack = load_pack()
    found = sorted(findings_of(pack, count), key=order)
    groups = [
        OpenGroup(
            rule=f.rule, address=f.address, citation=f.citation, title=f.title, missing=(MissingFact(f"x{i}", f.title, f.title),),
            count=100 + i, organs={f.organ_code or "": 100 + i}, examples=(f,), request=f.title,
        )
        for i, f in enumerate(found[:200])
    ]  # fmt: skip
    run = Run(
        tool_version="bench", pack_version=pack.data.version, pack_hash=pack.data.hash,
        statute_title=Text("《哈密市经营主体政务服务条例》", "Hami Regulation"), statute_hash="0" * 16, lang="zh",
        as_of=date(2026, 6, 30), dossier="bench", inputs=(), hashes={},
    )  # fmt: skip
    books = Accounting(
        tables=(TableCount(table="applications", label=Text("办件", "Applications"), read=count * 8, judged=count * 8),),
        rules_loaded=199, rules_applicable=180, rules_evaluated=180, verdicts={"violated": count},
    )  # fmt: skip
    rules = [
        RuleCount(rule=b.rule.id, citation=b.rule.title, title=b.rule.title, verdicts={"violated": 9})
        for b in pack.bound
    ]
    summary = build_summary(run, books, found, groups, rules=rules)
    write_findings(folder / FINDINGS, found)
    write_groups(folder / GROUPS, groups)
    summary.stored = {n: digest(folder / n) for n in (FINDINGS, GROUPS)}
    from hami_rules.report.lines import write_summary

    write_summary(folder / SUMMARY, summary)


def one(source: Path, target: Path, form: str) -> dict[str, Any]:
    """Make one format here, and say what it took: seconds, megabytes at most, bytes written."""
    import resource

    pack = load_pack() if form == "sarif" else None
    begun = time.perf_counter()
    written = rebuild(open_stored(source), target, [form], pack=pack)
    seconds = time.perf_counter() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "format": form,
        "seconds": seconds,
        "megabytes": most,
        "bytes": sum(p.stat().st_size for p in written.files),
    }


def main() -> int:
    """Print a table; exit 1 where the formats take longer or more memory than they may."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("--findings", type=int, default=MANY)
    asked.add_argument("--formats", default=",".join(FORMATS))
    asked.add_argument("--json", type=Path)
    asked.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    said = asked.parse_args()
    if said.child:
        print(json.dumps(one(Path(said.child[0]), Path(said.child[1]), said.child[2])))
        return 0
    with tempfile.TemporaryDirectory(prefix="hami-bench-") as folder:
        source = Path(folder) / "stored"
        source.mkdir()
        made(source, said.findings)
        size = (source / FINDINGS).stat().st_size
        print(f"{said.findings:,} 条发现，findings.jsonl {size / 1e6:,.0f} MB")
        rows = []
        for form in said.formats.split(","):
            done = subprocess.run(
                [sys.executable, "-m", "bench.reports", "--child", str(source), str(Path(folder) / form), form],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            rows.append(json.loads(done.stdout))
            row = rows[-1]
            print(
                f"{form:12} {row['seconds']:6.1f} s  {row['megabytes']:6,.0f} MB  文件 {row['bytes'] / 1e6:6.1f} MB"
            )
    seconds, most = sum(r["seconds"] for r in rows), max(r["megabytes"] for r in rows)
    good = seconds <= SECONDS and most <= MEGABYTES
    print(
        f"合计 {seconds:.1f} s（至多 {SECONDS:.0f}），最多 {most:,.0f} MB（至多 {MEGABYTES:,}）：{'达到' if good else '没有达到'}"
    )
    if said.json:
        said.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

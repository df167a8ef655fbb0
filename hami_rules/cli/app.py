"""The command line: one function a command, bodies in modules of their own, imported when they are used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from .common import FORMATS, Clock, FailOn, Lang, SplitBy

__all__ = ["app"]

app = typer.Typer(
    name="hami",
    help="《哈密市经营主体政务服务条例》可执行规则：审计办件、把关办事指南、查条文。\n\n"
    "Executable rules of the Hami regulation on government services for market entities.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
pack_app = typer.Typer(
    help="规则包：检查、测试、覆盖、变异、编译。Rule pack: lint, test, coverage, mutation.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
import_app = typer.Typer(
    help="导入平台导出的数据。Import exports of service platforms.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
baseline_app = typer.Typer(
    help="基线：现有问题记为已知，只有新问题算未通过。Baseline: what is known does not fail.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ledger_app = typer.Typer(
    help="整改台账：把填写的内容带入新台账。Rectification ledger.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(ledger_app, name="ledger")
app.add_typer(baseline_app, name="baseline")
app.add_typer(pack_app, name="pack")
app.add_typer(import_app, name="import")

LangOption = Annotated[Lang, typer.Option("--lang", help="输出语言 / language of the output")]
SomeLang = Annotated[
    Optional[Lang],  # noqa: UP045
    typer.Option("--lang", help="输出语言 / language of the output"),
]
Split = Annotated[
    Optional[SplitBy],  # noqa: UP045
    typer.Option(
        "--split", help="每个责任单位另出一套 / a set of reports for each responsible organ as well"
    ),
]
Unmasked = Annotated[
    bool,
    typer.Option(
        "--unmasked",
        help="不脱敏：显示自然人姓名、证件号码、电话，报告中载明 / show names and numbers of natural persons; reports say so",
    ),
]
AsOf = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--as-of", metavar="DATE", help="审计基准日 / day of the audit (YYYY-MM-DD)"),
]
Select = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--select", metavar="ADDRESS", help="只报告这些条款，可重复 / report only these: 14, 14.1, 14.1b"
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        help="进程数，0 为全部核（活少时更少） / processes, 0 = all cores (fewer for little work)",
    ),
]


def _version(asked: bool) -> None:
    if asked:
        from .version import version_text

        typer.echo(version_text())
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="版本、规则包与条文哈希 / versions and hashes"
        ),
    ] = False,
) -> None:
    """The options that stand before a command."""


@app.command()
def audit(
    dossier: Annotated[Path, typer.Argument(help="卷宗：文件夹或文件 / folder or file", metavar="DOSSIER")],
    output: Annotated[Path, typer.Option("-o", "--output", help="输出文件夹 / output folder")],
    as_of: AsOf = None,
    select: Select = None,
    region: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--region", metavar="CODE", help="只报告这些区划 / report only these regions"),
    ] = None,
    jobs: Jobs = 0,
    lang: LangOption = Lang.zh,
    max_quarantined: Annotated[
        str, typer.Option("--max-quarantined", help="隔离记录的上限比例 / most that may be quarantined")
    ] = "1%",
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="达到此级别退出码为 1 / level that exits with 1")
    ] = FailOn.violation,
    split: Split = None,
    unmasked: Unmasked = False,
    rules: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--rules", help="另用的规则文件夹 / another rules folder", hidden=True),
    ] = None,
) -> None:
    """审计一份卷宗，写出报告、台账和发现。Audit a dossier; write report, ledger and findings."""
    from .audit import audit as run

    raise typer.Exit(
        run(
            dossier,
            output,
            as_of,
            select or [],
            region or [],
            jobs,
            lang.value,
            max_quarantined,
            fail_on.value,
            rules,
            split is not None,
            unmasked,
        )
    )


@app.command()
def report(
    source: Annotated[
        Path,
        typer.Argument(
            help="审计的输出文件夹，或者其中的 findings.jsonl / output of an audit", metavar="OUT"
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="输出文件夹 / output folder")],
    format_: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="html docx ledger parquet sarif supervision，可重复或用逗号；不写为全部 / default: all",
        ),
    ] = None,
    split: Split = None,
    unmasked: Unmasked = False,
    lang: SomeLang = None,
) -> None:
    """由存下的发现重做报告，不再评判。Make reports again from stored findings, without judging."""
    from .report import report as run

    raise typer.Exit(
        run(source, output, format_ or [], split is not None, unmasked, lang.value if lang else None)
    )


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="审计的输出文件夹 / output of an audit", metavar="OUT")],
    inputs: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--inputs", metavar="DOSSIER", help="重新评判这份卷宗并逐字节比对 / judge again and compare"
        ),
    ] = None,
    jobs: Jobs = 0,
    lang: SomeLang = None,
    rules: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--rules", help="另用的规则文件夹 / another rules folder", hidden=True),
    ] = None,
) -> None:
    """复核：文件是否改动，发现能否由卷宗重新得出。Prove an audit's output, or name what differs."""
    from .verify import verify as run

    raise typer.Exit(run(folder, inputs, jobs, lang.value if lang else None, rules))


@app.command()
def diff(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help="两个以上审计的输出文件夹，由早到晚 / outputs, oldest first", metavar="OUT1 OUT2"
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 / as JSON")] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """比较审计：整改了什么、新增什么、什么复发。Compare audits: put right, new, came back, changed."""
    from .diff import diff as run

    raise typer.Exit(run(folders, json, lang.value))


@ledger_app.command("merge")
def ledger_merge(
    old: Annotated[
        Path, typer.Argument(help="填写过的台账 / the ledger that was filled in", metavar="OLD.xlsx")
    ],
    new: Annotated[
        Path, typer.Argument(help="新台账，或者新审计的输出文件夹 / newer ledger or output", metavar="NEW")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="合并后的台账 / merged ledger")],
    lang: LangOption = Lang.zh,
) -> None:
    """按发现编号把人填写的栏目带入新台账，什么也不丢。Carry what people filled in; nothing is lost."""
    from .ledger import merge

    raise typer.Exit(merge(old, new, output, lang.value))


Paths = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Argument(
        help="文件、文件夹或通配符，- 为标准输入；不写则按 hami.toml / files, folders or globs, - for standard input",
        metavar="[PATH...]",
    ),
]
Ignore = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--ignore", metavar="ADDRESS", help="不报告这些条款，可重复 / do not report these"),
]
Context = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Option(
        "--with", metavar="PATH", help="只供查阅的卷宗 / a dossier to look things up in, not judged"
    ),
]
WaiversOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--waivers", metavar="FILE", help="豁免清单 / waivers with reason and end"),
]
InlineOption = Annotated[
    Optional[bool],  # noqa: UP045
    typer.Option("--inline/--no-inline", help="是否承认行内豁免 / whether `# hami: allow` counts"),
]
ConfigOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--config", metavar="FILE", exists=True, dir_okay=False, help="另用的 hami.toml / another hami.toml"
    ),
]


@app.command()
def check(
    paths: Paths = None,
    as_of: AsOf = None,
    select: Select = None,
    ignore: Ignore = None,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help=" | ".join(FORMATS))] = "text",
    output: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--output", metavar="FORMAT=FILE", help="另存一种格式，可重复 / another format into a file"
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="显示条件树和所见事实 / show the condition tree")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="已知的、已豁免的、已消除的也显示 / show known, waived and gone ones too"),
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="最后按规则计数 / count by rule at the end")
    ] = False,
    context: Context = None,
    base: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--base", metavar="GITREF", help="与此提交比较，只有新问题算未通过 / only what is new since fails"
        ),
    ] = None,
    baseline: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--baseline", metavar="FILE", help="与基线比较 / beside a baseline file"),
    ] = None,
    waivers: WaiversOption = None,
    inline: InlineOption = None,
    config: ConfigOption = None,
    stdin_filename: Annotated[
        str,
        typer.Option(
            "--stdin-filename",
            metavar="NAME",
            help="标准输入（-）的名称，格式看后缀 / what standard input (-) is called; its suffix gives the format",
        ),
    ] = "stdin.yaml",
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            "-j",
            min=0,
            help="进程数，0 为全部核（活少时更少） / processes, 0 = all cores (fewer for little work)",
        ),
    ] = 0,
    unmasked: Unmasked = False,
    lang: SomeLang = None,
    fail_on: Annotated[
        Optional[FailOn],  # noqa: UP045
        typer.Option("--fail-on", help="达到此级别退出码为 1 / level that exits with 1"),
    ] = None,
) -> None:
    """检查文件，指出文件、行、列；把关改动。Check documents: file, line, column; gate changes."""
    from .check import Asked
    from .check import check as run

    raise typer.Exit(
        run(
            Asked(
                paths or (), as_of, select or (), ignore or (), format_, output or (), explain, everything, statistics,
                context or (), base, baseline, waivers, inline, config, lang.value if lang else None,
                fail_on.value if fail_on else None, stdin_filename, jobs, unmasked,
            )
        )
    )  # fmt: skip


BaselineFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("-o", "--output", metavar="FILE", help="基线文件 / the baseline (hami-baseline.json)"),
]


@baseline_app.command("write")
def baseline_write(
    paths: Paths = None,
    output: BaselineFile = None,
    as_of: AsOf = None,
    select: Select = None,
    ignore: Ignore = None,
    context: Context = None,
    waivers: WaiversOption = None,
    inline: InlineOption = None,
    config: ConfigOption = None,
    force: Annotated[bool, typer.Option("--force", help="重写已有的 / replace one that is there")] = False,
    lang: SomeLang = None,
) -> None:
    """把现有问题记为已知。Remember the present findings as known."""
    from .baseline import write
    from .check import Asked

    raise typer.Exit(
        write(
            Asked(
                paths or (), as_of, select or (), ignore or (), context=context or (), waivers=waivers, inline=inline,
                config=config, lang=lang.value if lang else None,
            ),
            output, force,
        )
    )  # fmt: skip


@baseline_app.command("update")
def baseline_update(
    paths: Paths = None,
    output: BaselineFile = None,
    as_of: AsOf = None,
    select: Select = None,
    ignore: Ignore = None,
    context: Context = None,
    waivers: WaiversOption = None,
    inline: InlineOption = None,
    config: ConfigOption = None,
    accept_new: Annotated[
        bool, typer.Option("--accept-new", help="新问题也收入 / take new findings in too")
    ] = False,
    lang: SomeLang = None,
) -> None:
    """去掉已消除的，更新有变的；新问题不经说明不收入。Drop what is gone; new findings only when told."""
    from .baseline import update
    from .check import Asked

    raise typer.Exit(
        update(
            Asked(
                paths or (), as_of, select or (), ignore or (), context=context or (), waivers=waivers, inline=inline,
                config=config, lang=lang.value if lang else None,
            ),
            output, accept_new,
        )
    )  # fmt: skip


@app.command()
def watch(
    source: Annotated[
        str,
        typer.Argument(
            help="事件流：-（标准输入）、一个不断增长的文件，或者一个文件夹 / -, a growing file, or a folder",
            metavar="SOURCE",
        ),
    ],
    context: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--with", metavar="DOSSIER", help="参照卷宗：指南、单位等 / guides, organs … to judge beside"
        ),
    ] = None,
    clock: Annotated[
        Clock, typer.Option("--clock", help="以谁的时间为准 / whose time: real, replay (recorded_at), event")
    ] = Clock.event,
    state: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--state", metavar="DIR", help="状态文件夹，中断后接着看 / state, to go on after a stop"
        ),
    ] = None,
    alerts: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--alerts", metavar="FILE|-", help="每行一张牌的 JSON / one card a line, as JSON"),
    ] = None,
    card: Annotated[
        str, typer.Option("--card", metavar="CARDS", help="只要这些牌 / only these cards: red,yellow,green")
    ] = "red,yellow,green",
    once: Annotated[
        bool, typer.Option("--once", help="读完现有的就结束，不再等 / stop at the end of what is there")
    ] = False,
    lang: LangOption = Lang.zh,
    rules: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--rules", help="另用的规则文件夹 / another rules folder", hidden=True),
    ] = None,
) -> None:
    """电子监察：事件随到随评，亮红牌、黄牌、绿牌。Live supervision: events judged as they happen."""
    from .watch import watch as run

    raise typer.Exit(run(source, clock.value, state, alerts, card, context, once, lang.value, rules))


@app.command()
def replay(
    dossier: Annotated[Path, typer.Argument(help="卷宗：文件夹或文件 / folder or file", metavar="DOSSIER")],
    as_of: AsOf = None,
    speed: Annotated[
        float,
        typer.Option(
            "--speed",
            metavar="FACTOR",
            help="比实际快多少倍，86400 是一秒一天，0 不等待 / times as fast as it happened; 0: no waiting",
        ),
    ] = 0.0,
    lang: LangOption = Lang.zh,
) -> None:
    """把卷宗的办件变成事件流，交给 hami watch。Turn a dossier into a stream of events for hami watch."""
    from .replay import replay as run

    raise typer.Exit(run(dossier, as_of, speed, lang.value))


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(help="仓库文件夹 / folder of the repository", metavar="FOLDER")
    ] = Path(),
    lang: LangOption = Lang.zh,
) -> None:
    """写出办事指南仓库的起步文件：设置、钩子、流水线示例。Write a starter repository for guides."""
    from .init import init as run

    raise typer.Exit(run(folder, lang.value))


@app.command()
def show(
    address: Annotated[str, typer.Argument(help="14 | 14.1 | 14.1b | 第十四条第一款", metavar="ADDRESS")],
    lang: LangOption = Lang.zh,
) -> None:
    """条文、规范、规则的说法、解释和例子。The text, its norms, their rules in words, examples."""
    from .show import show as run

    raise typer.Exit(run(address, lang.value))


@app.command()
def which(
    files: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Argument(help="写明事实的 YAML 或 JSON / documents with facts", metavar="[FACTS...]"),
    ] = None,
    fact: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--fact", metavar="KIND.FIELD=VALUE", help="一项事实，可重复 / one fact: demand.form=paper"
        ),
    ] = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="逐题询问 / ask one question at a time")
    ] = False,
    consequences: Annotated[
        bool, typer.Option("--consequences", help="列出后果的推演 / show what follows, step by step")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="没有触及的规则也列出 / list rules that nothing said touches")
    ] = False,
    select: Select = None,
    as_of: AsOf = None,
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 / as JSON")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="JSON 的模式 / JSON Schema of --json")] = False,
    save: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option("--save", metavar="FILE", help="另存为 .txt .docx .json，可重复 / save the opinion"),
    ] = None,
    lang: LangOption = Lang.zh,
) -> None:
    """由已知的事实看哪些规则适用、结论如何、还差什么。Which rules bear on stated facts, and what would settle the rest.

    事实写“种类.字段=值”，中英文名称都可以：要求提交的材料.要求的形式=纸质。自治区优化营商环境条例（2025年10月1日起施行）效力更高，未收录。
    """
    from .which import Asked
    from .which import which as run

    raise typer.Exit(
        run(
            Asked(
                files or (), fact or (), select or (), as_of, interactive, consequences, everything, json, schema,
                save or (), lang.value,
            )
        )
    )  # fmt: skip


@app.command()
def consequences(
    findings: Annotated[
        Path,
        typer.Argument(
            help="findings.jsonl、审计输出文件夹或 check --format json 的结果 / findings", metavar="FINDINGS"
        ),
    ],
    context: Context = None,
    select: Select = None,
    as_of: AsOf = None,
    json: Annotated[bool, typer.Option("--json", help="每个发现一行 JSON / one JSON line a finding")] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """发现之后怎样：责任、统筹、法律责任、免责、整改、投诉，一步一步。What follows from findings, step by step."""
    from .consequences import consequences as run

    raise typer.Exit(run(findings, context or [], select or [], as_of, json, lang.value))


@app.command()
def wording(
    text: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="一段文字，或者每行一段的 .txt 文件 / a text, or a file of one text a line"),
    ] = None,
    jsonl: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--jsonl",
            metavar="FILE",
            help="每行一个 {id, field, text}，- 为标准输入 / one a line, - for stdin",
        ),
    ] = None,
    field: Annotated[
        str,
        typer.Option(
            "--field",
            help="所在部分 / part of the guide: materials conditions steps time_limit fees intermediary notes",
        ),
    ] = "materials",
    lang: LangOption = Lang.zh,
) -> None:
    """指出模糊性表述和兜底条款，以及应当怎样写。Find vague and catch-all wording, and say what to write instead."""
    from .wording import wording as run

    raise typer.Exit(run(text, jsonl, field, lang.value))


@import_app.command("platform")
def import_platform(
    file: Annotated[Path, typer.Argument(help="JSONL 或 JSON 导出 / export", metavar="FILE")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到 .yaml 或 .jsonl / where to write")],
    as_region: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--as-region", help="当作该区划的指南（试用外地数据） / treat as guides of this region"),
    ] = None,
    organ_code: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--organ-code", help="实施主体编码 / code of the organ"),
    ] = None,
    published_on: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--published-on", help="公布日期 / date of publication"),
    ] = None,
    valid_from: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--valid-from", help="生效日期 / in force from"),
    ] = None,
    lang: LangOption = Lang.zh,
) -> None:
    """平台导出的事项转为办事指南。Turn a platform's export into guides."""
    from .import_platform import import_platform as run

    raise typer.Exit(run(file, output, as_region, organ_code, published_on, valid_from, lang.value))


RulesOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--rules", metavar="FOLDER", help="规则文件夹 / rules folder"),
]
CasesOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--cases", metavar="FOLDER", help="案例文件夹 / cases folder"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出 / as JSON")]


@app.command()
def ask(
    query: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="用自己的话描述情况 / a situation in your own words", metavar="[QUESTION]"),
    ] = None,
    jsonl: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--jsonl", metavar="FILE|-", help="逐行 JSON：id、query / JSON lines: id, query"),
    ] = None,
    json: JsonOption = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=52, help="答案数 / number of answers")] = 5,
    lang: LangOption = Lang.zh,
) -> None:
    """哪一条管这件事、为什么、还要查明什么。Which paragraph governs a situation, why, what else must be known.

    自治区《优化营商环境条例》2025年10月1日起施行，效力高于本条例，本工具没有收入。
    The autonomous region's own regulation, in force since 2025-10-01, ranks above this one and is not encoded.
    """
    from .ask import ask as run

    raise typer.Exit(run(query or [], jsonl, json, limit, lang.value))


@pack_app.command("lint")
def pack_lint(rules: RulesOption = None, lang: LangOption = Lang.zh) -> None:
    """检查规则包，一次列出全部问题。Check the pack; all problems in one go."""
    from .pack import lint

    raise typer.Exit(lint(rules, lang.value))


@pack_app.command("test")
def pack_test(
    article: Annotated[Optional[str], typer.Argument(help="只测该条 / only this article")] = None,  # noqa: UP045
    rules: RulesOption = None,
    cases: CasesOption = None,
    lang: LangOption = Lang.zh,
) -> None:
    """用案例测试规则。Run the cases."""
    from .pack import test

    raise typer.Exit(test(article, rules, cases, lang.value))


@pack_app.command("coverage")
def pack_coverage(
    json: JsonOption = False, rules: RulesOption = None, cases: CasesOption = None, lang: LangOption = Lang.zh
) -> None:
    """每一规范的规则与案例；未编码的列为缺。Rules and cases of every norm; those not encoded are listed."""
    from .pack import coverage

    raise typer.Exit(coverage(json, rules, cases, lang.value))


@pack_app.command("matrix")
def pack_matrix(
    json: JsonOption = False, rules: RulesOption = None, cases: CasesOption = None, lang: LangOption = Lang.zh
) -> None:
    """每条规则在每个案例上的结论。Every rule on every case."""
    from .pack import matrix

    raise typer.Exit(matrix(json, rules, cases, lang.value))


@pack_app.command("mutate")
def pack_mutate(
    json: JsonOption = False,
    select: Select = None,
    explained: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--explained", help="说明存活者的文档，不符退出码为 1 / page that explains survivors"),
    ] = None,
    jobs: Jobs = 0,
    rules: RulesOption = None,
    cases: CasesOption = None,
    lang: LangOption = Lang.zh,
) -> None:
    """改动规则和谓词，看案例能否发现。Change rules and predicates; see whether the cases notice."""
    from .pack import mutate

    raise typer.Exit(mutate(json, select or [], explained, jobs, rules, cases, lang.value))


@pack_app.command("compile")
def pack_compile(
    kind: Annotated[Optional[str], typer.Argument(help="记录种类，如 application / kind of record")] = None,  # noqa: UP045
    rules: RulesOption = None,
    lang: LangOption = Lang.zh,
) -> None:
    """打印编译后的判断代码。Print the compiled judge."""
    from .pack import compile_

    raise typer.Exit(compile_(kind, rules, lang.value))


@pack_app.command("new-rule")
def pack_new_rule(
    rule: Annotated[str, typer.Argument(help="规则编号，如 8.1a / id of the rule", metavar="ID")],
    folder: Annotated[Path, typer.Option("--folder", help="项目文件夹 / project folder")] = Path(),
    judges: Annotated[
        str, typer.Option("--judges", help="评判的记录种类 / kind of record judged")
    ] = "application",
    lang: LangOption = Lang.zh,
) -> None:
    """生成规则、谓词和案例的骨架。Scaffold a rule, its predicate and its cases."""
    from .pack import new_rule

    raise typer.Exit(new_rule(rule, folder, judges, lang.value))

"""`hami watch`: a stream of events in, cards out while there is still time."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .common import BAD, CLEAN, FOUND, guarded, refuse

if TYPE_CHECKING:
    from hami_rules.live.settings import Counts
    from hami_rules.live.sources import Line
    from hami_rules.pack.load import Pack

__all__ = ["watch"]

CARDS = ("red", "yellow", "green")


def _cards(text: str, lang: str) -> frozenset[str]:
    wanted = frozenset(part for part in text.replace("，", ",").split(",") if part)
    unknown = sorted(wanted - set(CARDS))
    if unknown or not wanted:
        refuse(
            f"--card 可写 red、yellow、green，用逗号分开；没有“{'、'.join(unknown)}”",
            f"--card takes red, yellow, green, separated by commas; not {', '.join(unknown)!r}",
            lang,
        )
    return wanted


def watch(
    source: str,
    clock: str,
    state: Path | None,
    alerts: str | None,
    card: str,
    context: Path | None,
    once: bool,
    lang: str,
    rules: Path | None,
) -> int:
    """Supervise a stream until it ends or the process is told to stop; the exit code of design §7."""
    cards = _cards(card, lang)
    if alerts is not None and alerts != "-" and state is None and Path(alerts).exists():
        refuse(
            f"{alerts} 已经存在：续写要有 --state，否则换一个文件",
            f"{alerts} exists: to go on with it takes --state; else name another file",
            lang,
        )
    with guarded(lang, context), ExitStack() as held:
        from hami_rules.live.charts import read_charts
        from hami_rules.live.engine_at_hand import engine_missing
        from hami_rules.live.scene import scene
        from hami_rules.live.settings import Settings
        from hami_rules.live.sinks import FileSink, Sink, StreamSink
        from hami_rules.live.sources import open_source
        from hami_rules.live.state import State, StateError
        from hami_rules.live.supervise import Supervisor
        from hami_rules.live.watch import BATCH, Watch, judged_by
        from hami_rules.pack.load import load_pack
        from hami_rules.records.dates import today

        missing = engine_missing()
        if missing is not None:
            refuse(missing.zh, missing.en, lang)
        pack = load_pack(rules)
        try:
            kept = State(state)
        except StateError as error:
            refuse(error.zh, error.en, lang)
        held.callback(kept.close)
        lines = open_source(source, kept.position, once)
        first: list[tuple[str, Line]] = []
        if context is None:
            context = Path(said) if (said := kept.get("dossier")) else None
        if context is None and source == "-":
            while not first and not lines.ended:
                first = lines.read(BATCH, 1.0)
            context = _named(first, lang)
        if context is not None:
            kept.set("dossier", str(context))
        job, aside = scene(context, pack, today(), str(rules) if rules else None)
        if aside:
            sys.stderr.write(
                f"hami: 参照卷宗有 {len(aside)} 条记录读不成，相应的表不作完整看待\n"
                if lang == "zh"
                else f"hami: {len(aside)} records of the reference dossier cannot be read; their tables count as incomplete\n"
            )
        supervisor = Supervisor(pack, job, kept, _settings(pack, clock, Settings), read_charts(pack, rules))
        by = judged_by(pack, job)
        if kept.get("judged_by") not in (None, by):
            supervisor.look_again()
        kept.set("judged_by", by)
        sinks: list[Sink] = []
        at_terminal = sys.stdout.isatty()
        if alerts == "-" or (alerts is None and not at_terminal):
            sinks.append(StreamSink(sys.stdout.buffer, int(kept.get("delivered") or 0)))
        elif alerts is not None:
            file = FileSink(Path(alerts), kept.lasting)
            held.callback(file.close)
            sinks.append(file)
        quarantine = None
        if kept.lasting:
            quarantine = FileSink(kept.folder / "quarantine.jsonl", kept.lasting)
            held.callback(quarantine.close)
        loop = Watch(supervisor, kept, lines, sinks, quarantine, cards)
        stream: Any = (
            None
            if not at_terminal and not sys.stderr.isatty()
            else sys.stdout
            if at_terminal and alerts != "-"
            else sys.stderr
        )
        if stream is not None and stream.isatty():
            from rich.console import Console

            from hami_rules.live.table import LiveTable

            table = held.enter_context(LiveTable(Console(file=stream), lang))
            loop.shown, loop.after_batch = table.show, table.count
        counts = loop.run(first)
        bad = [body for _, body in kept.aside(0)][:3] if not kept.lasting else []
        standing = supervisor.standing()["red"]
        for line in supervisor.disagreements:
            sys.stderr.write(f"hami: {line}\n")
    return _close(counts, standing, bad, lang)


def _named(lines: list[tuple[str, Any]], lang: str) -> Path | None:
    """The dossier that the first line of a replay names."""
    import msgspec

    from hami_rules.records.events import StreamEvent

    if not lines:
        return None
    try:
        event = msgspec.json.decode(lines[0][1].body, type=StreamEvent)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if event.kind != "clock" or not event.dossier or not Path(event.dossier).exists():
        return None
    sys.stderr.write(
        f"hami: 参照卷宗 {event.dossier}（重放的流写明的；用 --with 另指）\n"
        if lang == "zh"
        else f"hami: judged beside {event.dossier}, as the replayed stream says (--with names another)\n"
    )
    return Path(event.dossier)


def _settings(pack: Pack, clock: str, made: Any) -> Any:
    lookups = pack.data.parameters.lookups()
    from hami_rules.records.dates import today

    day = today()
    return made(
        clock=clock,
        lead_days=lookups["live_lead_days"](day),
        bound=timedelta(hours=lookups["live_late_hours"](day)),
    )


def _close(counts: Counts, standing: int, bad: list[bytes], lang: str) -> int:
    from hami_rules.live.table import closing_words

    sys.stderr.write(closing_words(counts, lang) + "\n")
    for body in bad:
        import msgspec

        row = msgspec.json.decode(body)
        sys.stderr.write(f"  {row['place']}: {row['reason'][lang]}\n")
    if counts.read == 0:
        refuse("没有读到任何事件", "no event was read", lang)
    if not counts.adds_up or counts.mismatches:
        sys.stderr.write(
            "hami: 账目不平或者引擎与评判不一致，结论不足为凭\n"
            if lang == "zh"
            else "hami: the counts do not add up, or the engine and the judge disagree\n"
        )
        return BAD
    if counts.quarantined > counts.read * 0.01:
        refuse(
            f"隔离 {counts.quarantined} 个事件，占 {counts.quarantined / counts.read:.1%}，超过 1%",
            f"{counts.quarantined} events quarantined ({counts.quarantined / counts.read:.1%}), more than 1%",
            lang,
        )
    return FOUND if standing else CLEAN

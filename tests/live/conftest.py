"""The demo dossier as a stream, and what an audit says of it: made once for all tests of the live room."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("durable", reason="live supervision needs the live extra")

from hami_rules.assets import data_folder
from hami_rules.audit.chunk import Job
from hami_rules.audit.run import Options, run_audit
from hami_rules.intake.dossier import open_dossier
from hami_rules.judge.findings import Finding
from hami_rules.live.charts import Charts, read_charts
from hami_rules.live.replay import Replay, replay
from hami_rules.live.scene import scene
from hami_rules.live.settings import Settings
from hami_rules.live.state import State
from hami_rules.live.supervise import Supervisor
from hami_rules.pack.load import Pack, load_pack
from hami_rules.records.location import Location
from hami_rules.report.lines import order

DEMO = data_folder("cases") / "demo"
UNTIL = date(2026, 6, 30)
ROOTS = {"application", "ticket", "raised_problem", "construction_project"}
"""What events tell of: the rest of an audit's findings are about documents and statistics."""


@dataclass(frozen=True)
class Audited:
    """What an audit says of the records that events tell of: verdicts by rule and record key, and its findings by id."""

    verdicts: dict[tuple[str, str], str]
    findings: dict[str, Finding]


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="session")
def charts(pack: Pack) -> Charts:
    return read_charts(pack)


@pytest.fixture(scope="session")
def demo_job(pack: Pack) -> Job:
    job, aside = scene(DEMO, pack, date(2024, 3, 1))
    assert not aside
    return job


@pytest.fixture(scope="session")
def demo_stream() -> list[bytes]:
    """The lines of `hami replay cases/demo`."""
    with open_dossier(DEMO) as dossier:
        return [line for _, line in replay(dossier, str(DEMO), UNTIL, Replay())]


@pytest.fixture(scope="session")
def demo_audit(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    folder = tmp_path_factory.mktemp("audit")
    return audited(pack, DEMO, folder)


def audited(pack: Pack, dossier: Path, folder: Path) -> Audited:
    verdicts: dict[tuple[str, str], str] = {}
    findings: dict[str, Finding] = {}

    def told_by_events(kind: str) -> bool:
        return [kind, *pack.registry.ancestors(kind)][-1] in ROOTS

    with run_audit(dossier, pack, Options(UNTIL), order, folder) as found:
        for finding in found.findings:
            if told_by_events(finding.record_kind):
                findings[finding.id] = finding
                verdicts[finding.rule, finding.record_key] = finding.verdict
    for line in (folder / "undetermined.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if told_by_events(row["record_kind"]):
            verdicts[row["rule"], row["record_key"]] = "undetermined"
    return Audited(verdicts, findings)


Make = Callable[..., Supervisor]


@pytest.fixture
def supervise(pack: Pack, demo_job: Job, charts: Charts) -> Iterator[Make]:
    """Makes supervisors beside the demo's reference tables; their states are closed at the end."""
    states: list[State] = []

    def make(folder: Path | None = None, **settings: Any) -> Supervisor:
        hours = settings.pop("late_hours", 24)
        states.append(State(folder))
        made = Settings(bound=timedelta(hours=hours), **settings)
        return Supervisor(pack, demo_job, states[-1], made, charts)

    yield make
    for state in states:
        state.close()


def take(supervisor: Supervisor, lines: list[bytes]) -> list[dict[str, Any]]:
    """Take all lines in; the alerts that were raised."""
    for i, line in enumerate(lines, 1):
        supervisor.take(line, Location("stream", line=i))
        if i % 500 == 0:
            supervisor.commit()
    supervisor.commit()
    return alerts(supervisor)


def alerts(supervisor: Supervisor) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in supervisor.state.alerts(0)]


def verdicts(supervisor: Supervisor) -> dict[tuple[str, str], str]:
    return {key: v for _, _, out in supervisor.verdicts() for key, v in out.items()}


def event(identity: str, kind: str, at: str | None, no: str = "L1", **fields: Any) -> bytes:
    said = {"event_id": identity, "kind": kind, "application_no": no, "happened_at": at, **fields}
    return json.dumps({k: v for k, v in said.items() if v is not None}, ensure_ascii=False).encode()


def clock(at: str) -> bytes:
    return json.dumps({"kind": "clock", "happened_at": at}).encode()

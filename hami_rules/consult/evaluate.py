"""How well questions are answered: `python -m hami_rules.consult.evaluate [dev|test|FILE…]`, or `make eval`.

The questions in `cases/questions/queries` were written by people who had not seen the situations that the model is
trained from, nor the other way round. `dev` chose between ways of doing it; `test` chose nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

import msgspec

from hami_rules.assets import data_folder

from .ask import Asked, ask

__all__ = ["GOALS", "Query", "Tally", "answered", "queries", "table", "tallied"]


class Query(msgspec.Struct, forbid_unknown_fields=True):
    """A question with the paragraph that answers it; `accept`: those that a fair lawyer would take for it."""

    id: str
    kind: str
    query: str
    address: str
    accept: list[str]
    why: str = ""


class Tally(msgspec.Struct):
    """Of one kind of questions: how many, the right paragraph first and among three, called not governed, unsure."""

    n: int = 0
    first: int = 0
    three: int = 0
    outside: int = 0
    unsure: int = 0


GOALS: dict[str, tuple[str, float]] = {
    "all": ("first", 0.85),
    "story": ("first", 0.80),
    "spoken": ("first", 0.80),
    "inference": ("first", 0.75),
    "english": ("first", 0.70),
    "outside": ("outside", 0.80),
}


def queries(path: Path) -> list[Query]:
    decode = msgspec.json.Decoder(Query).decode
    return [decode(line) for line in path.read_bytes().splitlines() if line.strip()]


def tallied(asked: Iterable[tuple[Query, Asked]]) -> dict[str, Tally]:
    """Tallies by kind; `all`: of those that the regulation governs."""
    out = {"all": Tally()}
    for query, found in asked:
        ranked = [a.address for a in found.answers] if found.governed else []
        hit = [address in query.accept for address in ranked]
        for name in (query.kind, *(("all",) if query.accept else ())):
            t = out.setdefault(name, Tally())
            t.n += 1
            t.first += bool(hit[:1] and hit[0])
            t.three += any(hit[:3])
            t.outside += not found.governed
            t.unsure += found.unsure
    return out


def table(tallies: dict[str, Tally]) -> str:
    """The tallies as Markdown, by kind, the whole last."""
    rows = [
        "| kind | n | first | first three | not governed | unsure |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in (*sorted(k for k in tallies if k != "all"), "all"):
        t = tallies[kind]
        rows.append(
            f"| {kind} | {t.n} | "
            + " | ".join(f"{value / t.n:.1%}" for value in (t.first, t.three, t.outside, t.unsure))
            + " |"
        )
    return "\n".join(rows)


def answered(told: Sequence[Query]) -> list[tuple[Query, Asked, float]]:
    """Each question with what came of it and the seconds it took, once the model is loaded."""
    ask("?a")
    out = []
    for query in told:
        begun = time.perf_counter()
        found = ask(query.query)
        out.append((query, found, time.perf_counter() - begun))
    return out


def main(words: Sequence[str]) -> int:
    """Print a table for each file; with `-v` also the questions whose first answer is wrong."""
    folder = data_folder("cases") / "questions" / "queries"
    names = [w for w in words if w != "-v"] or ["dev", "test"]
    for name in names:
        path = Path(name) if name.endswith(".jsonl") else folder / f"{name}.jsonl"
        asked = answered(queries(path))
        seconds = median(took for *_, took in asked)
        sys.stdout.write(
            f"{path.name}\n\n{table(tallied((q, a) for q, a, _ in asked))}\n\np50 {seconds * 1000:.1f} ms\n\n"
        )
        for query, found, _ in asked if "-v" in words else ():
            said = [a.address for a in found.answers[:3]] if found.governed else ["none"]
            if said[0] not in (query.accept or ["none"]):
                sys.stdout.write(f"{query.id} {query.kind} {query.address} ≠ {said}  {query.query}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

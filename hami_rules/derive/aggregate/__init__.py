"""Aggregates: what no single application shows. Partial counts of every chunk, merged, become records judged as any other.

A worker counts as it judges (`Counting.take`); the counts travel back with what it found and are added up in the order
of the chunks, so that any number of workers gives the same. Filters choose what is reported: everything is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hami_rules.records.kinds import Kind
from hami_rules.records.location import Location
from hami_rules.records.world import World

from . import concentration, frequency, handling, workload
from .counts import Counter, Counts, Sample

__all__ = [
    "AGGREGATES",
    "KINDS",
    "PRODUCERS",
    "Aggregate",
    "Counting",
    "Partial",
    "aggregated",
    "merge",
    "of_all",
]


@dataclass(frozen=True)
class Aggregate:
    """One statistic: its kind, what it counts of an application, and the records that the counts of all give."""

    kind: Kind
    counter: Callable[[World, Counts], Counter | None]
    records: Callable[[Sample, Counts], list[Any]]


AGGREGATES = (
    Aggregate(workload.KIND, workload.counter, workload.workloads),
    Aggregate(frequency.KIND, frequency.counter, frequency.frequencies),
    Aggregate(handling.KIND, handling.counter, handling.handlings),
    Aggregate(concentration.KIND, concentration.counter, concentration.concentrations),
)
KINDS = tuple(a.kind for a in AGGREGATES)
PRODUCERS: dict[str, Callable[..., Any]] = {}  # they hang under no record

_NONE: Mapping[str, int] = MappingProxyType({})
Partial = dict[str, Counts]
"""What a chunk counted, by kind."""


class Counting:
    """Counts applications for the kinds that somebody judges."""

    def __init__(self, world: World, needed: Callable[[str], bool] = lambda kind: True) -> None:
        wanted = [a for a in AGGREGATES if needed(a.kind.name)]
        self._counts = {a.kind.name: Counts() for a in wanted}
        made = [a.counter(world, self._counts[a.kind.name]) for a in wanted]
        self._each = [counter for counter in made if counter is not None]

    def take(self, application: Any, place: Location | None = None) -> None:
        """Count one settled application; where it stands is kept of the first of a cell only."""
        for each in self._each:
            each(application, place)

    def hand_over(self) -> Partial:
        """What was counted since the last time; counting starts anew."""
        return {kind: counts.hand_over() for kind, counts in self._counts.items()}


def merge(total: Partial, later: Partial) -> None:
    """Add what a later chunk counted."""
    for kind, counts in later.items():
        total.setdefault(kind, Counts()).add(counts)


def aggregated(
    world: World, counted: Partial, quarantined: Mapping[str, int] = _NONE
) -> Iterable[tuple[str, list[tuple[Any, Location | None]]]]:
    """The records of every kind that was counted, each with the place of the first application behind it."""
    sample = Sample(world, quarantined)
    for aggregate in AGGREGATES:
        if aggregate.kind.name in counted:
            yield aggregate.kind.name, aggregate.records(sample, counted[aggregate.kind.name])


def of_all(
    world: World, applications: Iterable[Any], quarantined: Mapping[str, int] = _NONE
) -> Iterator[tuple[str, Any]]:
    """The aggregates of applications that are all at hand, settled: kind and record. `quarantined`: how many rows of
    each table could not be read."""
    counting = Counting(world)
    for application in applications:
        counting.take(application)
    for kind, records in aggregated(world, counting.hand_over(), quarantined):
        yield from ((kind, record) for record, _ in records)

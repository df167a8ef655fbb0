"""The subjects under supervision: each with its fold and its cards, as many at hand as memory allows."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from hami_rules.judge.findings import Finding
from hami_rules.records.events import StreamEvent
from hami_rules.records.fold import Fold, order_of
from hami_rules.records.text import Text

from .alerts import Card
from .state import State

__all__ = ["Backed", "Cards", "Key", "Shown", "Subjects", "Watched", "cards_of", "shown"]

AT_HAND = 20_000  # subjects kept in memory; the others are folded anew when something is told of them

Key = tuple[int, str]
"""A verdict on a record: the rule's index and the record's key."""

_EVENT = msgspec.json.Decoder(StreamEvent).decode


class Shown(msgspec.Struct, omit_defaults=True, array_like=True):
    """A card that is out: enough to take it back."""

    card: Card
    finding: str
    kind: str
    due_on: date | None = None
    organ_code: str | None = None
    organ_name: str | None = None
    region: str | None = None


class Cards(msgspec.Struct, array_like=True):
    """The cards of a subject by rule and record key, and why it cannot be judged, if so."""

    out: dict[str, Shown] = {}
    lost: bool = False  # an event about it stands in quarantine: nothing about it is complete any more
    wrong: bool = False  # its events contradict each other


cards_of = msgspec.msgpack.Decoder(Cards).decode
_PACK = msgspec.msgpack.Encoder().encode


def shown(finding: Finding, card: Card, due_on: date | None) -> Shown:
    """A card that a finding puts out."""
    return Shown(
        card, finding.id, finding.record_kind, due_on, finding.organ_code, finding.organ_name, finding.region
    )


@dataclass(frozen=True)
class Backed:
    """A finding with what the engine made of the same record: whether it fired the rule, and the course it followed."""

    finding: Finding
    fired: bool
    procedures: tuple[Text, ...]


@dataclass
class Watched:
    """One subject: its events folded, the cards that are out, and what the judge last found."""

    number: int
    fold: Fold
    cards: Cards
    groups: tuple[str, ...] = ()
    wake: str | None = None
    record: Any = None
    until: date | None = None  # the day up to which the record was known
    found: frozenset[Key] | None = None  # what the judge last found violated
    findings: dict[Key, Backed] = field(default_factory=dict)

    @property
    def adrift(self) -> bool:
        """Whether it is an application something of which is lost, and nobody knows whose it is."""
        return (
            self.cards.lost
            and self.fold.root == "application"
            and not any(g.startswith("holder") for g in self.groups)
        )


class Subjects:
    """All subjects, by number; those at hand are let go between two looks only."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._at_hand: OrderedDict[int, Watched] = OrderedDict()
        self._numbers: dict[tuple[str, str], int] = {}
        self.adrift: set[int] = set()
        for number, cards in state.carded("application"):
            if cards_of(cards).lost and not any(g.startswith("holder") for g in state.groups_of(number)):
                self.adrift.add(number)

    def at_hand(self) -> tuple[Watched, ...]:
        return tuple(self._at_hand.values())

    def number(self, root: str, key: str) -> tuple[int, bytes | None]:
        """The number of a subject (a new one, where it was not known), and its cards where it is not at hand."""
        number = self._numbers.get((root, key))
        if number is not None and number in self._at_hand:
            return number, None
        number, cards, _ = self.state.subject(root, key)
        return number, cards

    def known(
        self, number: int, root: str | None = None, key: str | None = None, cards: bytes | None = None
    ) -> Watched:
        """A subject at hand; folded from its events where it is not."""
        subject = self._at_hand.get(number)
        if subject is not None:
            self._at_hand.move_to_end(number)
            return subject
        if root is None or key is None:
            root, key = self.state.named(number)
        if cards is None:
            cards = self.state.subject(root, key)[1]
        fold = Fold(root, key)
        for event in sorted((_EVENT(b) for b in self.state.events_of(number)), key=order_of):
            fold.add(event)
        subject = Watched(
            number,
            fold,
            cards_of(cards) if cards else Cards(),
            self.state.groups_of(number),
            self.state.wake_of(number),
        )
        self._at_hand[number] = subject
        self._numbers[root, key] = number
        return subject

    def let_go(self) -> None:
        """Keep no more subjects at hand than allowed. Between two looks only: one that is being looked at stays."""
        while len(self._at_hand) > AT_HAND:
            _, old = self._at_hand.popitem(last=False)
            self._numbers.pop((old.fold.root, old.fold.key), None)

    def keep(self, subject: Watched) -> None:
        """Make the cards of a subject lasting."""
        self.state.keep_cards(subject.number, _PACK(subject.cards))
        self._drift(subject)

    def join(self, subject: Watched, groups: tuple[str, ...]) -> None:
        """What groups of applications it is of."""
        if groups != subject.groups:
            subject.groups = groups
            self.state.join(subject.number, groups)
            self._drift(subject)

    def _drift(self, subject: Watched) -> None:
        if subject.adrift:
            self.adrift.add(subject.number)
        else:
            self.adrift.discard(subject.number)

    def wake(self, subject: Watched, at: datetime | None) -> None:
        """When it is to be looked at again though nothing is told of it."""
        said = None if at is None else at.astimezone(UTC).isoformat()
        if said != subject.wake:
            subject.wake = said
            self.state.wake(subject.number, said)

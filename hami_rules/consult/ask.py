"""`ask`: a situation in somebody's own words in, the paragraphs that govern it out, each with the words it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from .concepts import Met, met_in
from .features import Span, features
from .model import OUTSIDE, Model, Scored, load_model, paragraph_of

__all__ = ["LEAST_ANSWERS", "Answer", "Asked", "ask"]

LEAST_ANSWERS = 5
LONGEST = 20_000  # code points of a question that are read

STEEP = 3.0  # how fast a share falls with the score; fitted on dev
LEAN = 1.5  # how many times the share of the first paragraph “not governed” must have; chosen on dev and between hands
SURE = 0.35  # a first answer of a smaller share is said to be unsure; chosen on dev
PHRASES = 3  # of the question, named as what an answer rests on


class Answer(msgspec.Struct, frozen=True):
    """A paragraph that may govern the question, its norms with the likeliest first, and the phrases it rests on.

    `score`: its share of 1 among all paragraphs and “not governed”.
    """

    address: str
    norms: tuple[str, ...]
    score: float
    phrases: tuple[Span, ...]


class Asked(msgspec.Struct, frozen=True):
    """What came of a question. `governed`: whether the regulation governs it at all; `unsure`: people should decide.

    Where it is not governed, `answers` are the paragraphs that come nearest.
    """

    query: str
    governed: bool
    unsure: bool
    outside: float
    answers: tuple[Answer, ...]
    met: tuple[Met, ...]
    foreign: tuple[
        str, ...
    ] = ()  # phrases that make it a question of something else, where it is not governed

    def words(self, answer: Answer) -> tuple[str, ...]:
        """The phrases of the question that an answer rests on."""
        return tuple(self.query[a:b] for a, b in answer.phrases)


def ask(query: str, limit: int = LEAST_ANSWERS) -> Asked:
    """The paragraphs of the regulation that govern a situation, the best first; at least five.

    Raises ValueError where the question has no letter or character to go by.
    """
    text = query[:LONGEST]
    if not any(c.isalnum() for c in text):
        raise ValueError("the question is empty")
    model = load_model()
    met = met_in(text)
    found = features(text, met)
    scored = model.score(found)
    shares = _shares(scored.paragraphs)
    ranked = sorted((p for p in shares if p != OUTSIDE), key=lambda p: (-shares[p], p))
    governed = shares[OUTSIDE] <= LEAN * shares[ranked[0]]
    answers = tuple(
        Answer(p, _norms(scored, p), round(shares[p], 4), _phrases(model, found, scored, p))
        for p in ranked[: max(limit, LEAST_ANSWERS)]
    )
    unsure = max(shares[OUTSIDE], shares[ranked[0]]) < SURE or not any(scored.weights)
    foreign = () if governed else tuple(text[a:b] for a, b in _phrases(model, found, scored, OUTSIDE))
    return Asked(query, governed, unsure, round(shares[OUTSIDE], 4), answers, tuple(met), foreign)


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    raised = {name: math.exp(STEEP * (value - top)) for name, value in scores.items()}
    total = sum(raised.values())
    return {name: value / total for name, value in raised.items()}


def _norms(scored: Scored, paragraph: str) -> tuple[str, ...]:
    own = [n for n in scored.norms if n != OUTSIDE and paragraph_of(n) == paragraph]
    return tuple(sorted(own, key=lambda n: (-scored.norms[n], n)))


def _phrases(
    model: Model, found: Mapping[str, Sequence[Span]], scored: Scored, paragraph: str
) -> tuple[Span, ...]:
    """The stretches of the question that speak most for a paragraph: what each feature says is spread over the
    characters it came from; a stretch begins where a character says most and goes on as far as they speak for it."""
    end = max((b for spans in found.values() for _, b in spans), default=0)
    said = [0.0] * end
    for name, weight in scored.weights.items():
        value = weight * model.speaks(name, paragraph)
        spans = found[name]
        for a, b in spans if value else ():
            for at in range(a, b):
                said[at] += value / len(spans) / (b - a)
    runs: list[tuple[float, Span]] = []
    start = None
    for at in range(end + 1):
        loud = at < end and said[at] > 0
        if loud and start is None:
            start = at
        elif not loud and start is not None:
            runs.append((sum(said[start:at]), (start, at)))
            start = None
    most = max((value for value, _ in runs), default=0.0)
    best = sorted((r for r in runs if r[0] >= most / 5), key=lambda run: (-run[0], run[1]))
    return tuple(sorted(span for _, span in best[:PHRASES]))

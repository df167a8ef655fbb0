"""The model that ships (model.bin): weights of features for paragraphs and norms, and how a question scores by them.

Trained by `train.py` from the situations in `cases/questions/exemplars`; nothing but this module and the standard
library is needed to use it.
"""

from __future__ import annotations

import hashlib
import math
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from .features import VERSION, Span

__all__ = ["FILE", "OUTSIDE", "Head", "Model", "Packed", "Scored", "data_hash", "load_model"]

FILE = "model.bin"
OUTSIDE = "none"
"""The class of questions that the regulation does not govern."""


class Head(msgspec.Struct):
    """One linear classifier. Of feature i, the classes it speaks for are `owners[starts[i]:starts[i + 1]]`, with
    `weights` alike, in units of `scale`."""

    classes: list[str]
    bias: list[float]
    scale: float
    starts: bytes  # uint32, little-endian
    owners: bytes  # uint8
    weights: bytes  # int8


class Packed(msgspec.Struct):
    """The file: zlib over MessagePack. `data` is the hash of the situations, `reading` the version of the features."""

    reading: int
    data: str
    features: str  # separated by line feeds
    idf: bytes  # float32, little-endian
    paragraphs: Head
    norms: Head


class Scored(msgspec.Struct):
    """How a question scores: every paragraph and `OUTSIDE`, every norm, and what each feature weighed."""

    paragraphs: dict[str, float]
    norms: dict[str, float]
    weights: dict[str, float]  # of the features that the model knows, before any class


class Model:
    """The weights, ready for questions."""

    def __init__(self, packed: Packed) -> None:
        self.data = packed.data
        self._index = {name: i for i, name in enumerate(packed.features.split("\n"))}
        self._idf = _numbers("f", packed.idf)
        self._heads = [_Ready(packed.paragraphs), _Ready(packed.norms)]

    def score(self, found: Mapping[str, Sequence[Span]]) -> Scored:
        """The scores of a question's features: about 0 where nothing speaks for or against."""
        weights = {
            name: (1 + math.log(len(spans))) * self._idf[self._index[name]]
            for name, spans in found.items()
            if name in self._index
        }
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        weights = {name: w / length for name, w in weights.items()}
        said = [(self._index[name], w) for name, w in weights.items()]
        alone, norms = (head.scores(said) for head in self._heads)
        best: dict[str, float] = {}
        for norm, value in norms.items():
            of = paragraph_of(norm)
            best[of] = max(value, best.get(of, -math.inf))
        return Scored({p: value + best[p] for p, value in alone.items()}, norms, weights)

    def speaks(self, name: str, paragraph: str) -> float:
        """How much a feature speaks for a paragraph."""
        i = self._index.get(name)
        return 0.0 if i is None else self._heads[0].weight(i, paragraph)


def paragraph_of(norm: str) -> str:
    """`14.1a` → `14.1`."""
    return norm if norm == OUTSIDE else norm.rstrip("abcdefghijklmnopqrstuvwxyz")


class _Ready:
    def __init__(self, head: Head) -> None:
        self._classes, self._bias, self._scale = head.classes, head.bias, head.scale
        self._starts = _numbers("I", head.starts)
        self._owners = head.owners
        self._weights = _numbers("b", head.weights)

    def scores(self, said: Sequence[tuple[int, float]]) -> dict[str, float]:
        sums = [0.0] * len(self._classes)
        starts, owners, weights = self._starts, self._owners, self._weights
        for i, value in said:
            for j in range(starts[i], starts[i + 1]):
                sums[owners[j]] += value * weights[j]
        return {c: s * self._scale + b for c, s, b in zip(self._classes, sums, self._bias, strict=True)}

    def weight(self, i: int, of: str) -> float:
        owner = self._classes.index(of)
        for j in range(self._starts[i], self._starts[i + 1]):
            if self._owners[j] == owner:
                return float(self._weights[j] * self._scale)
        return 0.0


def _numbers(code: str, body: bytes) -> array[Any]:
    made: array[Any] = array(code)
    made.frombytes(body)
    if sys.byteorder == "big":
        made.byteswap()
    return made


@cache
def load_model() -> Model:
    """The model that ships. Raises `RuntimeError` where it was made for another reading of questions."""
    body = zlib.decompress(resources.files(__package__).joinpath(FILE).read_bytes())
    packed = msgspec.msgpack.decode(body, type=Packed)
    if packed.reading != VERSION:
        raise RuntimeError(f"{FILE} belongs to reading {packed.reading}, not {VERSION}: train it anew")
    return Model(packed)


def data_hash(files: Sequence[Path]) -> str:
    """A hash of the situations that a model is trained from, whatever their files are called."""
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()[:16]

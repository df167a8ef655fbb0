"""Train the model from the situations in `cases/questions/exemplars`: `python -m hami_rules.consult.train`.

Two linear classifiers over the same features, one for paragraphs and one for norms (support vector machines, by
scikit-learn, which nothing else needs); a paragraph scores by both. Small weights are left out and the rest rounded to
a byte, which costs nothing that `make eval` shows.
"""

from __future__ import annotations

import math
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hami_rules.assets import data_folder

from .features import VERSION, features
from .model import FILE, OUTSIDE, Head, Packed, data_hash, paragraph_of

__all__ = ["Exemplar", "exemplars", "files", "train"]

LEAST = 2  # situations that a feature must occur in
COST = 1.0
SMALLEST = 0.04  # weights below it are left out


class Exemplar(msgspec.Struct, forbid_unknown_fields=True):
    """A situation as somebody tells it, and the paragraph and norms that govern it (`none`: none does)."""

    address: str
    norms: list[str]
    voice: str
    text: str
    also: list[str] = []

    @property
    def norm(self) -> str:
        """The norm of the paragraph that it is an example of."""
        own = [n for n in self.norms if paragraph_of(n) == self.address]
        return own[0] if own else OUTSIDE


def files() -> list[Path]:
    """The files of situations, each written by another hand."""
    return sorted((data_folder("cases") / "questions" / "exemplars").glob("*.jsonl"))


def exemplars(paths: Sequence[Path]) -> list[Exemplar]:
    """All situations, in the order of the files."""
    decode = msgspec.json.Decoder(Exemplar).decode
    return [decode(line) for path in paths for line in path.read_bytes().splitlines() if line.strip()]


def train(told: Sequence[Exemplar], data: str) -> Packed:
    """The model of these situations. Raises ImportError without scikit-learn."""
    import numpy
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    read = [{name: len(spans) for name, spans in features(e.text).items()} for e in told]
    counts = Counter(name for one in read for name in one)
    names = sorted(name for name, n in counts.items() if n >= LEAST)
    index = {name: i for i, name in enumerate(names)}
    idf = numpy.array([math.log((1 + len(told)) / (1 + counts[n])) + 1 for n in names], dtype="<f4")
    rows, columns, values = [], [], []
    for row, one in enumerate(read):
        weights = {index[n]: (1 + math.log(c)) * float(idf[index[n]]) for n, c in one.items() if n in index}
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        for column in sorted(weights):
            rows.append(row)
            columns.append(column)
            values.append(weights[column] / length)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(told), len(names)))

    def head(labels: list[str]) -> Head:
        fitted = LinearSVC(C=COST, random_state=0, tol=1e-6, max_iter=20_000).fit(matrix, labels)
        weights = fitted.coef_.T  # feature by class
        scale = float(abs(weights).max()) / 127
        kept = numpy.where(abs(weights) >= SMALLEST, numpy.rint(weights / scale), 0).astype("int8")
        where, owners = kept.nonzero()
        starts = numpy.zeros(len(names) + 1, dtype="<u4")
        numpy.cumsum(numpy.bincount(where, minlength=len(names)), out=starts[1:])
        return Head(
            [str(c) for c in fitted.classes_],
            [float(b) for b in fitted.intercept_],
            scale,
            starts.tobytes(),
            owners.astype("u1").tobytes(),
            kept[where, owners].tobytes(),
        )

    return Packed(
        VERSION,
        data,
        "\n".join(names),
        idf.tobytes(),
        head([e.address for e in told]),
        head([e.norm for e in told]),
    )


def main() -> None:
    paths = files()
    packed = train(exemplars(paths), data_hash(paths))
    body = zlib.compress(msgspec.msgpack.encode(packed), 9)
    Path(__file__).with_name(FILE).write_bytes(body)
    sys.stdout.write(f"{FILE}: {len(body):,} bytes, {packed.features.count(chr(10)) + 1:,} features\n")


if __name__ == "__main__":
    main()

"""The situations the model is trained from, the questions it is tested with, and what it makes of them."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from hami_rules.assets import data_folder
from hami_rules.consult import evaluate
from hami_rules.consult.ask import Asked, ask
from hami_rules.consult.features import features
from hami_rules.consult.model import OUTSIDE, Model, data_hash, load_model, paragraph_of
from hami_rules.consult.train import exemplars, files, train
from hami_rules.pack.load import load_pack
from hami_rules.statute import load

QUERIES = data_folder("cases") / "questions" / "queries"
PARAGRAPHS = {p.address for p in load().paragraphs}
NORMS = {n.id for n in load_pack().data.norms}


def test_situations_cover_every_norm_in_several_hands() -> None:
    by_hand = [exemplars([f]) for f in files()]
    told = [e for hand in by_hand for e in hand]
    assert len(by_hand) >= 4
    assert {e.address for e in told} == PARAGRAPHS | {OUTSIDE}
    assert {n for e in told for n in e.norms} == NORMS
    for hand in by_hand:
        assert {e.address for e in hand} == PARAGRAPHS | {OUTSIDE}
    assert all(e.norms or e.address == OUTSIDE for e in told)
    assert all(paragraph_of(e.norm) == e.address for e in told)


def test_no_situation_is_told_twice_and_none_is_a_test_question() -> None:
    texts = Counter(e.text for e in exemplars(files()))
    assert [t for t, n in texts.items() if n > 1] == []
    asked = {q.query for name in ("dev", "test") for q in evaluate.queries(QUERIES / f"{name}.jsonl")}
    assert not asked & set(texts)


@pytest.mark.parametrize("name", ["dev", "test"])
def test_queries_are_about_every_kind_and_paragraph(name: str) -> None:
    told = evaluate.queries(QUERIES / f"{name}.jsonl")
    assert {q.kind for q in told} == {
        "story", "formal", "keywords", "spoken", "inference", "english", "outside",
    }  # fmt: skip
    assert {a for q in told for a in (q.address, *q.accept)} <= PARAGRAPHS | {OUTSIDE}
    assert all((q.address == OUTSIDE) == (not q.accept) == (q.kind == "outside") for q in told)
    assert len({q.id for q in told}) == len(told)


def test_all_queries_together_are_about_every_paragraph() -> None:
    told = [q for name in ("dev", "test") for q in evaluate.queries(QUERIES / f"{name}.jsonl")]
    assert len(told) >= 250
    assert {q.address for q in told} >= PARAGRAPHS


def test_the_model_is_trained_from_the_situations_that_are_there() -> None:
    assert load_model().data == data_hash(files()), "cases/questions/exemplars changed: make train"


def test_training_anew_gives_the_model_that_ships() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    paths = files()
    anew, shipped = Model(train(exemplars(paths), data_hash(paths))), load_model()
    for query in evaluate.queries(QUERIES / "dev.jsonl"):
        found = features(query.query)
        ours, theirs = anew.score(found).paragraphs, shipped.score(found).paragraphs
        assert ours.keys() == theirs.keys()
        assert all(abs(ours[p] - theirs[p]) < 0.02 for p in ours), query.id


@cache
def tallies(name: str) -> dict[str, evaluate.Tally]:
    return evaluate.tallied(
        (q, a) for q, a, _ in evaluate.answered(evaluate.queries(QUERIES / f"{name}.jsonl"))
    )


@pytest.mark.parametrize("name", ["dev", "test"])
@pytest.mark.parametrize("kind", evaluate.GOALS)
def test_reaches_what_is_promised(name: str, kind: str) -> None:
    measure, least = evaluate.GOALS[kind]
    t = tallies(name)[kind]
    assert getattr(t, measure) / t.n >= least, t


@pytest.mark.parametrize("name", ["dev", "test"])
def test_the_right_paragraph_is_among_three_and_seldom_called_foreign(name: str) -> None:
    t = tallies(name)["all"]
    assert t.three / t.n >= 0.95
    assert t.outside / t.n <= 0.03


def test_the_table_counts() -> None:
    def query(kind: str, *accept: str) -> evaluate.Query:
        return evaluate.Query("q", kind, "", accept[0] if accept else OUTSIDE, list(accept))

    yes = ask("窗口非要我把电子执照打印出来再交一份纸的")
    assert yes.governed
    assert yes.answers[0].address == "16.1"
    second = yes.answers[1].address
    no = Asked("", False, True, 0.9, yes.answers, ())
    out = evaluate.tallied(
        [
            (query("story", "16.1"), yes), (query("story", second), yes), (query("story", "16.1"), no),
            (query("outside"), no), (query("outside"), yes),
        ]
    )  # fmt: skip
    assert out["story"] == evaluate.Tally(3, 1, 2, 1, 1 + 2 * yes.unsure)
    assert out["outside"] == evaluate.Tally(2, 0, 0, 1, 1 + yes.unsure)
    assert out["all"] == out["story"]
    assert "| story | 3 | 33.3% | 66.7% | 33.3% |" in evaluate.table(out)

"""Every method of the port asked of two generations: what a local one says must be what the definition says."""

from __future__ import annotations

import itertools
import random
from collections import Counter

from indexer.analysis import FIELDS, FINER
from indexer.answering.weighing import own_analysed, weigh
from indexer.generation import FindRequest, Generation
from indexer.ranking.vectors import Vector
from indexer.ranking.weighting import SearchWord
from indexer.types import Filter, Sort
from tests.indexer.plain import Frequencies, PlainGeneration


def frozen_frequencies(generation: Generation) -> Frequencies:
    """The frequencies that a generation has of its last full build, as the definition wants them."""
    return {channel: _Frozen(generation, channel) for channel in ("terms", *FINER)}


class _Frozen(Counter[str]):
    def __init__(self, generation: Generation, channel: str) -> None:
        super().__init__()
        self._generation, self._channel = generation, channel

    def __missing__(self, token: str) -> int:
        count: int = self._generation.frequencies([token], self._channel)[0]
        return count


def check_same(local: Generation, plain: PlainGeneration, seed: int = 0, *, updated: bool = False) -> None:
    """Everything that the port has is the same, to the last bit; requests are drawn at random. The vocabulary of an
    updated one may count what is gone.
    """
    ids = list(plain.ids())
    assert list(local.ids()) == ids
    assert (local.statistics, local.templates) == (plain.statistics, plain.templates)
    assert (local.info.documents, local.info.answers) == (plain.info.documents, plain.info.answers)
    assert local.get([*ids, "none"]) == plain.get(ids)
    assert local.facts(ids) == plain.facts(ids)
    for field in FIELDS:
        assert local.words(ids, field) == plain.words(ids, field)
    assert local.weights(ids) == plain.weights(ids)
    counts, there = local.vocabulary(""), plain.vocabulary("")
    assert counts == there or (updated and all(counts[word] >= n for word, n in there.items()))
    assert local.vocabulary("", 2) == {word: n for word, n in counts.items() if n >= 2}
    check_tokens(local, plain)
    for id_ in (*ids, "none"):
        assert local.neighbours(id_) == plain.neighbours(id_), id_
    assert list(local.pairs()) == list(plain.pairs())
    for vector in map(plain.vector, ids[:5]):
        assert vector is None or repr(local.cosines(vector, ids)) == repr(plain.cosines(vector, ids))
    assert [_listed(local.vector(id_)) for id_ in ids] == [_listed(plain.vector(id_)) for id_ in ids]
    assert local.keep_order(ids) == plain.keep_order(ids)
    for a, b in itertools.islice(itertools.combinations(ids, 2), 100):
        assert local.pair(a, b) == plain.pair(b, a)
    rng = random.Random(seed)
    for _ in range(20):
        request = some_request(plain, rng)
        assert local.find(request) == plain.find(request), request


def _listed(vector: Vector | None) -> list[int] | None:
    return None if vector is None else vector.tolist()


def check_tokens(local: Generation, plain: PlainGeneration) -> None:
    """Frequencies and rarities of every token of every channel, and of one that is nowhere."""
    texts = [own_analysed(plain, id_) for id_ in plain.ids()]
    for channel in ("terms", *FINER):
        bags = [text.terms_and_concepts() if channel == "terms" else text.finer[channel] for text in texts]
        tokens = sorted({token for bag in bags for token in bag})
        tokens += ["zzz zzz"] if channel == "bigrams" else ["zzzz"] if channel != "intents" else []
        assert local.frequencies(tokens, channel) == plain.frequencies(tokens, channel)
        for present in (False, True):
            assert local.rarities(tokens, channel, present=present) == plain.rarities(tokens, channel, present=present)


def some_request(plain: PlainGeneration, rng: random.Random) -> FindRequest:
    """A request by the words of a document, with some demands; often for more documents than are weighed again."""
    ids = list(plain.ids())
    text = own_analysed(plain, rng.choice(ids))
    terms = sorted(text.bag) or ["zzz"]
    weighed = weigh(plain, text, vector=plain.vector(rng.choice(ids)))
    meant = weighed.meant and weighed.meant._replace(least=rng.choice([0.0, 0.5]))
    held = [text.tokens[at : at + 2] for at in range(len(text.tokens) - 1)]
    parts = tuple(rng.choice(held)) if held and rng.random() < 0.3 else ()
    demanded = [SearchWord(rng.randint(1, 3_000), (term,), parts) for term in rng.sample(terms, min(3, len(terms)))]
    return FindRequest(
        weights=weighed.weights,
        finer=weighed.finer,
        words=weighed.words,
        search_words=rng.choice([(), demanded]),
        wanted=rng.choice([0, sum(word.share for word in demanded)]),
        phrases=[[rng.choice(held)]] if held and rng.random() < 0.2 else (),
        without=[[[rng.choice(text.tokens or terms)]]] if rng.random() < 0.2 else (),
        where=rng.choice([Filter(), Filter(), Filter(answered=True), Filter(kind="question"), Filter(topic="Knee")]),
        sort=rng.choice([Sort.RELEVANCE, Sort.RELEVANCE, Sort.NEWEST]),
        limit=rng.choice([0, 3, 25, 250]),
        facets=rng.choice([0, 2]),
        meant=meant,
    )

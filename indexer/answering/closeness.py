"""Closeness: how surely a page is about the matter of a text, and the floors that decide what is shown as close.

Three texts ask: a page of the index, a draft, a search. Each closeness adds how much of what is asked for a page says
to how far the page's title and the text agree. docs/why/the-floor.md has the figures behind the floors, which are flat:
those that fell with the length of the text were worse.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from indexer.analysis import Analysed, Place, is_concept, story_terms
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import stem
from indexer.answering.weighing import is_amount, place_rarities, scale_of
from indexer.generation import Generation, Meant, Neighbours
from indexer.ranking.weighting import CHANNEL_WEIGHTS, Statistics

# Of the cards on 50 judged pages .61 are right at this floor, .05 are of grade 0, and .62 of the pages have a card. It
# holds from 800 documents on; in smaller indexes, where no word is rare, all are less close.
_PAGE_FLOOR, _SMALL_INDEX, _SMALLER = 0.5, 800, 0.07
# So many of a page's 24 neighbours are judged: the panels of those pages are as good with all (right .634 instead of
# .639), and cost 1.7 times as much.
JUDGED = 16
# These part right cards from wrong ones best (area under the curve .83) and still show the sample's duplicates.
_PAGE_TITLE, _PAGE_STRENGTH = 0.3, 0.1
# Of the cards for 40 searches, taken as drafts, half are right at this floor; of those for 50 judged pages, as drafts
# without their replies, .73 up to 12 words, .70 up to 40 and .47 beyond.
DRAFT_FLOOR = 1.04
# What a word of a draft or a title counts for that tells a story and no matter (months, thanks), a number or a dose. If
# all count alike, .31 of the cards for drafts of over 40 words are right, not .47, and fewer of these have one.
_ASIDE = 0.3
# The best of the first hits: of 40 judged searches half of those that nothing answers stay below, and one in eleven of
# the others.
SEARCH_FLOOR, FIRST_HITS = 1.04, 3


class _ByMeaning(NamedTuple):
    """What the cosine of two vectors adds to a closeness by words: so `much` of it, and so much `less` for all that the
    same floor parts what is close from the rest.
    """

    much: float
    less: float

    def added(self, words: list[float], cosines: Sequence[float] | None) -> list[float]:
        """Closeness by words and meaning; by words alone where there are no cosines, or for what has none."""
        if cosines is None:
            return words
        return [
            close if math.isnan(cosine) else close + self.much * cosine - self.less
            for close, cosine in zip(words, cosines, strict=True)
        ]


# Of the cards on 50 judged pages .71 are right then where .66 of the pages have one (by words .64 where .62 have; area
# under the curve .83 and .78), flat from 1 to 1.2; docs/why/meaning.md has the experiments of the others.
_PAGE_MEANT, _DRAFT_MEANT, _SEARCH_MEANT = _ByMeaning(1.0, 1.1), _ByMeaning(3.0, 1.62), _ByMeaning(2.0, 0.985)


def page_floor(own: Statistics) -> float:
    """The closeness that a neighbour of a page must reach to be shown; `own` are the statistics of the page's kind."""
    return _PAGE_FLOOR - _SMALLER * math.log(_SMALL_INDEX / max(1, min(own.documents, _SMALL_INDEX)))


def page_closeness(generation: Generation, own: Statistics, id_: str, near: Neighbours) -> list[float]:
    """How close its neighbours are to a page: the cosine of what both say, question and replies together, .3 of the
    share of the neighbour's title that the page says, and .1 of how strong a neighbour it is. From 0 to about 2. `own`
    are the statistics of the page's kind. A build stores the same (build/all_closeness), so these are numbers of 32
    bits.
    """
    ids = [r.id for r in near.ranked]
    page, *others = generation.weights([id_, *ids])
    rare = generation.rarities({term for terms in (page, *others) for term in terms})
    said, *says = [_flattened(terms, rare) for terms in (page, *others)]
    cosines, vector = [_cosine(said, other) for other in says], generation.vector(id_)
    meant = None if vector is None else generation.cosines(vector, ids)
    return together(cosines, _title_shares(generation, ids, page), strengths(own, near), meant)


def together(
    cosines: Sequence[float], titles: Sequence[float], strong: Sequence[float], meant: Sequence[float] | None
) -> list[float]:
    """The closeness of some neighbours of a page, of what it is made of; `meant` are the cosines of their vectors with
    the page's, if it has one.
    """
    parts = zip(cosines, titles, strong, strict=True)
    words = [c + _PAGE_TITLE * title + _PAGE_STRENGTH * strength for c, title, strength in parts]
    return [float(np.float32(close)) for close in _PAGE_MEANT.added(words, meant)]


def draft_closeness(
    generation: Generation, text: Analysed, ids: Sequence[str], meant: Meant | None = None
) -> list[float]:
    """How close pages are to a text without replies, 0 to 2: the share that each says, and that of its title said. One
    that says none of the words by which the text tells a matter is not close at all.
    """
    pages = _shares(generation, generation.analyzer.places(text), generation.weights(ids), _ASIDE)
    titles = _title_shares(generation, ids, text.terms_and_concepts(), _ASIDE)
    words = [page + title if page else 0.0 for page, title in zip(pages, titles, strict=True)]
    return _DRAFT_MEANT.added(words, meant and generation.cosines(meant.vector, ids))


def search_closeness(
    generation: Generation, places: Sequence[Place], ids: Sequence[str], meant: Meant | None = None
) -> list[float]:
    """How close pages are to a search, 0 to 2: the share of its words that each says, and that its title says."""
    pages = _shares(generation, places, generation.weights(ids))
    titles = _shares(generation, places, [title.terms_and_concepts() for title in _titles(generation, ids)])
    words = [page + title for page, title in zip(pages, titles, strict=True)]
    return _SEARCH_MEANT.added(words, meant and generation.cosines(meant.vector, ids))


def _titles(generation: Generation, ids: Sequence[str]) -> list[Analysed]:
    return [generation.analyzer.analyse_words(words) for words in generation.words(ids, "title")]


def _shares(
    generation: Generation, places: Sequence[Place], said: Iterable[Container[str]], aside: float = 1.0
) -> list[float]:
    """The share of the rarity of a text's words that stands among the terms and concepts of each of some pages or
    titles. What tells a story and no matter counts `aside` of its rarity and, if that is less than 1, nothing alone.
    """
    (rated,) = _rated(generation, [places], aside)
    return [_share(*rated, own) for own in said]


def _title_shares(generation: Generation, ids: Sequence[str], said: Container[str], aside: float = 1.0) -> list[float]:
    """The share of the rarity of each of some pages' titles that stands among terms and concepts; `aside` as above."""
    titles = [generation.analyzer.places(title) for title in _titles(generation, ids)]
    return [_share(*rated, said) for rated in _rated(generation, titles, aside)]


def _rated(
    generation: Generation, texts: Sequence[Sequence[Place]], aside: float
) -> Iterator[tuple[Sequence[Place], list[float], list[bool]]]:
    """The words of each text, what each counts for, and which of them count nothing where no other is said."""
    rare, story = iter(place_rarities(generation, [*chain.from_iterable(texts)])), story_terms()
    for places in texts:
        light = [aside < 1 and (place.term in story or is_amount(place)) for place in places]
        yield places, [next(rare) * (aside if own else 1.0) for own in light], light


def _share(places: Sequence[Place], rare: Sequence[float], light: Sequence[bool], own: Container[str]) -> float:
    """The share of the rarity of some words that stands among terms and concepts."""
    there = [n for n, place in enumerate(places) if _says(own, place)]
    if all(light[n] for n in there):
        return 0.0
    return math.fsum([rare[n] for n in there]) / (math.fsum(rare) or 1.0)


def _says(own: Container[str], place: Place) -> bool:
    """Whether a word stands among terms and concepts, by any of its names; a compound also by all of its parts."""
    if place.term in own or any(name in own for name in place.names):
        return True
    return bool(place.parts) and all(stem(part) in own for part in place.parts if counts_alone(part))


def strengths(own: Statistics, near: Neighbours) -> list[float]:
    """The score of each neighbour, in parts of what a strong one has."""
    if near.possible <= 0:
        return [0.0] * len(near.ranked)
    scale = scale_of(own, near.possible)
    return [ranked.score / scale for ranked in near.ranked]


def _flattened(page: Mapping[str, float], rare: Mapping[str, float]) -> dict[str, float]:
    """The weights of a page's terms and concepts, concepts as light as in ranking. Counts matter little to whether two
    pages are alike: the fourth root is as good as none for long stories and better for short questions.
    """
    return {
        term: math.sqrt(math.sqrt(weight / rare[term])) * rare[term] * lightness(term) for term, weight in page.items()
    }


def lightness(term: str) -> float:
    """What a term or concept counts for in the cosine of two pages."""
    return CHANNEL_WEIGHTS["concepts"] if is_concept(term) else 1.0


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    shared = math.fsum([weight * b[term] for term, weight in a.items() if term in b])
    return cosine(shared, *(math.fsum([weight * weight for weight in page.values()]) for page in (a, b)))


def cosine(shared: float, square: float, other: float) -> float:
    """The cosine of two pages: the sum of the products of the weights that they share over the root of the squares."""
    return shared / math.sqrt(square * other) if shared else 0.0

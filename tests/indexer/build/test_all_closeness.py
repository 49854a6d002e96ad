"""The closeness, and the words in common of cards, that a build stores are what anybody would work out who asks."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from corpus import Document, sample
from corpus.reading import read
from indexer import Settings, build, update
from indexer.answering.closeness import JUDGED, page_closeness
from indexer.answering.panel import spans_in_common
from indexer.answering.related import telling
from indexer.answering.weighing import own_analysed
from indexer.generation import store_of
from tests.documents import in_two_scripts


def _compared(index: Path) -> int:
    """Compare what is stored with what is worked out for every document; how many neighbours have a closeness."""
    cards = 0
    compared = 0
    with closing(store_of(index).open(Settings(compiled=False))) as generation:
        for id_ in generation.ids():
            near = generation.neighbours(id_)
            assert near is not None
            near = near.best(JUDGED)
            own = generation.statistics.of_document(han=own_analysed(generation, id_).in_han)
            stored = generation.closeness(id_)
            assert stored == page_closeness(generation, own, id_, near), id_
            compared += len(stored)
            matched = generation.matched(id_)
            assert matched == spans_in_common(generation, generation.get(list(matched)), telling(generation, id_)), id_
            cards += len(matched)
    assert cards > 400
    return compared


def test_what_is_stored_of_neighbours_is_that_of_each_page(tmp_path: Path) -> None:
    """For every page of a site in two scripts, to the last bit: built, and after updates that add, change and delete
    documents in segments of their own, and work out what is new alone.
    """
    rng = random.Random(7)
    documents: list[Document] = [*in_two_scripts(rng, 200), *read(*sample())]
    build(tmp_path, documents[20:])
    assert _compared(tmp_path) > 2_000
    for begin in (0, 7, 14):
        new, old = documents[begin : begin + 6], documents[40 + begin : 43 + begin]
        changed = [replace(document, title=f"{document.title} again") for document in old]
        update(tmp_path, [*new, *changed], delete=[documents[60 + begin].id])
        assert _compared(tmp_path) > 2_000

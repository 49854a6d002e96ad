"""The index as its users hold it: every verb, on the sample corpus and on generated ones."""

from __future__ import annotations

import csv
import pickle
import tempfile
import threading
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings

import corpus
import indexer
from corpus import Document
from indexer import Index, Settings
from indexer.analysis import FIELDS, Analyzer
from indexer.answering.closeness import JUDGED, page_closeness, page_floor
from indexer.answering.neighbours import neighbours_of
from indexer.answering.panel import PanelText, close_ones, make_panel
from indexer.answering.related import telling
from indexer.answering.weighing import own_analysed, weigh
from indexer.generation import SHOWN, store_of
from indexer.opened import Held
from tests.documents import corpora, question
from tests.indexer.plain import NOTHING, PlainGeneration, boilerplate_of
from tests.long_run import LONG

JUDGMENTS = Path(corpus.__file__).parent / "sample" / "judgments.tsv"


def judged(kind: str) -> list[tuple[str, str]]:
    """The pairs of one kind of judgment."""
    with JUDGMENTS.open(encoding="utf-8") as file:
        return [
            (row["document"], row["other"]) for row in csv.DictReader(file, delimiter="\t") if row["judgment"] == kind
        ]


def test_info_counts_what_was_built(sample_index: indexer.Index) -> None:
    """Documents by kind and answers are those of the corpus."""
    info = sample_index.info
    assert (info.documents, info.answers, info.generation) == ({"article": 12, "question": 64}, 63, 1)


def test_get_gives_back_the_document(sample: list[Document], sample_index: indexer.Index) -> None:
    """What was read is what is shown, to the last character."""
    assert [sample_index.get(document.id) for document in sample] == sample


def test_get_of_an_unknown_id_says_so(sample_index: indexer.Index) -> None:
    """An id that no document has is DocumentNotFound."""
    with pytest.raises(indexer.DocumentNotFound):
        sample_index.get("none")
    with pytest.raises(indexer.DocumentNotFound):
        sample_index.related("none")


@settings(max_examples=25 if LONG else 10)
@given(corpora())
def test_related_is_similar_of_the_documents_own_words(documents: list[Document]) -> None:
    """The stored panel of a document is the panel of its own text, ranked now, itself left out."""
    with tempfile.TemporaryDirectory() as folder:
        indexer.build(folder, documents)
        with indexer.open_index(folder) as index, closing(store_of(folder).open(Settings())) as generation:
            for document in documents:
                text = own_analysed(generation, document.id)
                near = neighbours_of(generation, weigh(generation, text), without=document.id).best(JUDGED)
                own = generation.statistics
                close = close_ones(near.ranked, page_closeness(generation, own, document.id, near), page_floor(own))
                live = make_panel(generation, PanelText(partial(telling, generation, document.id)), close, 20, NOTHING)
                stored = index.related(document.id, limit=20)
                unmarked = tuple(replace(card, same=None) for card in stored.cards)
                assert (unmarked, stored.topics) == (live.cards, live.topics)
                assert document.id not in {card.id for card in stored.cards}


@settings(max_examples=20 if LONG else 10)
@given(corpora())
def test_an_index_shows_what_the_definition_says(documents: list[Document]) -> None:
    """Searches, panels, facets and clusters of an index on disk are those of the definition in memory."""
    plain = PlainGeneration(documents, Analyzer(boilerplate=boilerplate_of(documents)))
    with tempfile.TemporaryDirectory() as folder:
        indexer.build(folder, documents)
        with indexer.open_index(folder) as index:
            defined = Index(store_of(folder), Held(plain), None, index._opening)
            for text in ("cement leaks", '"left knee" pain', "-pain cement", "骨水泥", "IL-6 T12 knees no", ""):
                assert index.search(text) == defined.search(text), text
                assert index.similar(text) == defined.similar(text), text
            for document in documents:
                assert index.related(document.id) == defined.related(document.id)
            assert index.duplicates() == defined.duplicates()


def test_the_words_of_every_card_are_kept(sample: list[Document], tmp_path: Path) -> None:
    """Where words in common stand is kept for exactly the cards that a panel shows, after an update too."""
    indexer.build(tmp_path / "index", sample[1:])
    indexer.update(tmp_path / "index", [replace(sample[-1], title="Does a cough go by itself?"), sample[0]])
    with (
        indexer.open_index(tmp_path / "index") as index,
        closing(store_of(tmp_path / "index").open(Settings())) as generation,
    ):
        for id_ in generation.ids():
            shown = [card.id for card in index.related(id_, limit=SHOWN).cards]
            assert list(generation.matched(id_)) == shown
        spans = [span for id_ in generation.ids() for own in generation.matched(id_).values() for span in own]
        assert {span.field for span in spans} == set(FIELDS)


def test_a_card_without_kept_words_has_them_found(sample_index: indexer.Index) -> None:
    """Cards beyond those that a panel shows at first name words in common too."""
    cards = sample_index.related("q-0024", limit=20).cards
    assert len(cards) > SHOWN
    assert all(card.matched for card in cards)


def test_related_with_a_filter_is_ranked_among_what_it_lets_through(sample_index: indexer.Index) -> None:
    """A filtered panel has other cards, not fewer of the same."""
    cards = sample_index.related("q-0033", where=indexer.Filter(kind="article")).cards
    assert cards
    assert {card.kind for card in cards} == {"article"}


def test_duplicates_stand_beside_each_other(sample_index: indexer.Index) -> None:
    """Each of the sample's twelve duplicates is in the other's panel, both ways."""
    pairs = judged("duplicate")
    assert len(pairs) == 12
    missing = [
        (a, b)
        for one, other in pairs
        for a, b in ((one, other), (other, one))
        if b not in {card.id for card in sample_index.related(a).cards}
    ]
    assert missing == []


def test_lonely_questions_have_no_panel(sample_index: indexer.Index) -> None:
    """The sample's six questions without a good neighbour show no card: a panel is never padded."""
    lonely = [document for document, _ in judged("lonely")]
    assert len(lonely) == 6
    assert {id_: sample_index.related(id_).cards for id_ in lonely if sample_index.related(id_).cards} == {}


def test_panels_hold_what_a_doctor_would_show(sample_index: indexer.Index) -> None:
    """Of the cards shown under the twenty judged questions two thirds are among those judged to belong there."""
    wanted = defaultdict(set)
    for document, other in judged("panel"):
        wanted[document].add(other)
    shown = [(id_, card.id) for id_ in wanted for card in sample_index.related(id_).cards]
    right = [other in wanted[id_] for id_, other in shown]
    assert len(wanted) == 20
    assert sum(right) / len(right) >= 2 / 3


@pytest.mark.parametrize(
    "call",
    [
        lambda index: index.search("x", page=0),
        lambda index: index.search("x", size=0),
        lambda index: index.search("x", size=101),
        lambda index: index.search("x", page=101, size=10),
        lambda index: index.search("x" * 2_001),
        lambda index: index.search('"a b" ' * 9),
        lambda index: index.similar("x" * 20_001),
        lambda index: index.similar("x", limit=0),
        lambda index: index.related("q-0039", limit=21),
    ],
)
def test_requests_out_of_bounds_are_refused(call: object, sample_index: indexer.Index) -> None:
    """What nobody needs is refused with what to do instead."""
    with pytest.raises(indexer.RequestRefused) as raised:
        call(sample_index)  # type: ignore[operator]
    assert raised.value.next


def test_threads_share_an_index(sample: list[Document], sample_index: indexer.Index) -> None:
    """Eight threads asking at once get the answers that one gets."""
    ids = [document.id for document in sample]
    expected = {
        id_: (sample_index.related(id_), sample_index.search(f'"{sample_index.get(id_).title}"')) for id_ in ids
    }
    wrong: list[str] = []

    def ask() -> None:
        for id_ in ids:
            found = (sample_index.related(id_), sample_index.search(f'"{sample_index.get(id_).title}"'))
            if found != expected[id_]:
                wrong.append(id_)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    """Asked after it was closed, an index says that it is; closing twice does nothing."""
    indexer.build(tmp_path, [])
    index = indexer.open_index(tmp_path)
    index.close()
    index.close()
    with pytest.raises(indexer.SearchError, match="closed"):
        index.search("x")


@pytest.mark.parametrize(
    "error",
    [
        indexer.DocumentNotFound("what", "where", "next"),
        indexer.IndexIncompatible("format 0", "format 1", "where"),
        corpus.CorpusError("what", "where", "next"),
    ],
)
def test_errors_survive_the_way_between_processes(error: Exception) -> None:
    """An error that is sent to another process arrives as it was."""
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))


@pytest.mark.parametrize("wrong", [{"year": "2024"}, {"answered": "yes"}, {"topic": 5}, {"year": True}])
def test_filters_of_a_wrong_type_are_refused(wrong: dict[str, object]) -> None:
    """A filter that could only ever find nothing is refused."""
    with pytest.raises(indexer.RequestRefused):
        indexer.Filter(**wrong)  # type: ignore[arg-type]


def test_an_order_may_be_given_by_its_name(sample_index: indexer.Index) -> None:
    """`sort="newest"` is the newest first; an unknown order is refused."""
    newest = sample_index.search("cement", sort="newest")  # type: ignore[arg-type]
    assert newest == sample_index.search("cement", sort=indexer.Sort.NEWEST)
    with pytest.raises(indexer.RequestRefused):
        sample_index.search("cement", sort="foo")  # type: ignore[arg-type]


def test_a_document_is_found_by_its_address(tmp_path: Path) -> None:
    """As RFC 3986 compares addresses; of several at one the first by id; none that is gone."""
    at = [question(f"q{n}", f"Question {n}", url=f"https://www.c.example/a/{n}") for n in range(4)]
    indexer.build(tmp_path / "index", [*at, question("q9", "Beside q3", url="http://c.example/a/3/")])
    indexer.update(tmp_path / "index", [question("q1", "Question 1", url="https://c.example/b")], delete=["q2"])
    with indexer.open_index(tmp_path / "index") as index:
        for url, id_ in (
            ("http://C.example:80/a/0/?utm_source=x#top", "q0"),
            ("https://c.example/a/1", None),
            ("https://c.example/b", "q1"),
            ("https://c.example/a/2", None),
            ("https://c.example/a/3", "q3"),
            ("https://c.example/a/4", None),
            ("", None),
            ("nothing of the kind", None),
        ):
            assert index.addressed(url) == id_, url

"""Decisions as they are applied: one card for a group, what comes first, what never does, what is not asked again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer
from corpus import Document, Question, Topic
from indexer import Band, Filter, Index, Sort
from indexer.decisions import Decided, Decisions, Verdict
from indexer.duplicates import ClusterRequest, ClusterSort
from indexer.generation import FindRequest, Generation, store_of
from indexer.ranking.weighting import SearchWord
from tests.documents import corpora, question
from tests.indexer.plain import PlainGeneration

LEG = "Numb leg after cement in my spine"
# Five on one matter, of which two are word for word one question, and others about something else.
DOCUMENTS: list[Document] = [
    question("q1", LEG, "My left leg is numb since the operation.", "See a doctor this week.", site="here"),
    question("q2", LEG, "My left leg is numb since the operation.", site="here", specialty="Surgery"),
    question(
        "q3",
        "Why is my leg numb, and will it pass, since cement is in the spine?",
        "It began a day after.",
        "It may pass.",
    ),
    question("q4", "Who treats cement in the spine that makes a leg numb?", "It is the right one.", "A nerve."),
    question(
        "q5", "May I drive with a numb leg and cement in the spine?", "Since two weeks.", topics=(Topic(name="Spine"),)
    ),
    *(question(f"x{n}", f"Cough number {n} at night", "Dry cough and fever.", "Drink tea.") for n in range(20)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of DOCUMENTS, with no decisions."""
    path = tmp_path_factory.mktemp("decided") / "index"
    indexer.build(path, DOCUMENTS)
    with indexer.open_index(path) as opened:
        yield opened


def decided(index: Index, verdict: str, a: str, b: str) -> Decided:
    """A verdict on two questions as they are now."""
    one, other = index.wordings([a, b])
    assert one is not None
    assert other is not None
    return Decided(Verdict(verdict), a, b, (one, other))


def deciding(index: Index, *verdicts: tuple[str, str, str], **more: object) -> Index:
    """The index with some verdicts."""
    return index.deciding(Decisions(tuple(decided(index, *v) for v in verdicts), **more))  # type: ignore[arg-type]


def cards(index: Index, id_: str, **more: object) -> list[str]:
    """The ids of a panel's cards."""
    return [card.id for card in index.related(id_, limit=20, **more).cards]  # type: ignore[arg-type]


def test_a_search_shows_one_card_for_a_group(index: Index) -> None:
    """Duplicates are hidden behind the question that is kept, which says how many there are; counts follow."""
    before, after = (
        index.search("numb leg cement"),
        deciding(index, ("duplicate", "q2", "q1"), ("duplicate", "q4", "q1")),
    )
    found = after.search("numb leg cement")
    assert {hit.id for hit in before.hits} == {"q1", "q2", "q3", "q4", "q5"}
    assert [(hit.id, hit.others) for hit in found.hits if hit.id == "q1"] == [("q1", 2)]
    assert {hit.id for hit in found.hits} == {"q1", "q3", "q5"}
    assert found.total == before.total - 2
    assert found.facets["kind"] == {"question": found.total}


def test_the_words_of_a_duplicate_find_the_question_that_is_kept(index: Index) -> None:
    """What only the duplicate says finds the kept one, by the score of the duplicate, and its own card is shown."""
    (hit,) = deciding(index, ("duplicate", "q4", "q3")).search('"right one"').hits
    assert (hit.id, hit.others) == ("q3", 1)


def test_a_filter_sees_what_is_shown(index: Index) -> None:
    """A duplicate's specialty shows its group no more, nor is it counted, since what is shown has none."""
    assert index.search("numb leg", where=Filter(specialty="Surgery")).total == 1
    after = deciding(index, ("duplicate", "q2", "q1"))
    assert after.search("numb leg", where=Filter(specialty="Surgery")).total == 0
    assert "Surgery" not in after.search("numb leg").facets["specialty"]


def test_everything_by_date_shows_no_duplicate(index: Index) -> None:
    """A list without words leaves duplicates out too."""
    after = deciding(index, ("duplicate", "q2", "q1")).search("", size=100)
    assert after.total == len(DOCUMENTS) - 1
    assert "q2" not in {hit.id for hit in after.hits}


def test_a_panel_shows_one_card_for_a_group(index: Index) -> None:
    """On another page the kept one stands for its duplicates; on its own page, and on theirs, no member stands."""
    after = deciding(index, ("duplicate", "q4", "q3"), ("duplicate", "q2", "q1"))
    assert "q4" not in cards(after, "q5")
    assert next(c.others for c in after.related("q5").cards if c.id == "q3") == 1
    assert {"q3", "q4"}.isdisjoint(cards(after, "q3") + cards(after, "q4"))


def test_a_duplicate_names_its_canonical_question(index: Index) -> None:
    """The panel of a duplicate names where its chain ends; that of any other page nothing."""
    after = deciding(index, ("duplicate", "q4", "q3"), ("duplicate", "q3", "q1"))
    assert after.related("q4").canonical == "q1"
    assert after.related("q1").canonical is None
    assert after.settled.targets("q4") == ["q3"]
    assert after.settled.others("q1") == ["q3", "q4"]


def test_a_draft_is_shown_the_kept_question(index: Index) -> None:
    """A text that says what a duplicate says is shown the kept one, closest."""
    text = "Who treats cement in the spine that makes a leg numb? It is the right one."
    assert index.similar(text).cards[0].id == "q4"
    first = deciding(index, ("duplicate", "q4", "q5")).similar(text).cards[0]
    assert (first.id, first.others) == ("q5", 1)


def test_related_questions_come_first_in_each_others_panels(index: Index) -> None:
    """Whatever their score, even where they are not alike at all; a filter still hides what it hides."""
    after = deciding(index, ("related", "q1", "x3"))
    assert cards(after, "q1")[0] == "x3"
    assert cards(after, "x3")[0] == "q1"
    assert after.related("q1").cards[0].chosen
    assert "x3" not in cards(after, "q1", where=Filter(topic="Spine"))


def test_pins_stand_first_and_what_is_excluded_never(index: Index) -> None:
    """A pin stands before what is related; an exclusion holds on its page, or on every one, for pins too."""
    after = deciding(
        index, ("related", "q1", "x3"), pins={"q1": ("x5", "none", "x6")}, excluded={"": frozenset({"x6"})}
    )
    assert cards(after, "q1")[:2] == ["x5", "x3"]
    assert "x6" not in cards(after, "q1") + cards(after, "x7")
    here = deciding(index, excluded={"q5": frozenset({"q3"})})
    assert "q3" not in cards(here, "q5")
    assert "q3" in cards(here, "q4")


def test_what_is_apart_is_not_called_the_same(index: Index) -> None:
    """A card that a panel marks as the same question is not marked once an editor said that it is none."""
    assert index.related("q1").cards[0].same is Band.SAME
    after = deciding(index, ("different", "q1", "q2")).related("q1").cards
    assert [card.same for card in after if card.id == "q2"] == [None]


def test_what_is_decided_is_not_proposed_again(index: Index) -> None:
    """Whatever the verdict, or while it waits, a pair is in no cluster."""
    assert index.duplicates().total == 1
    for verdict in Verdict:
        assert deciding(index, (verdict, "q1", "q2")).duplicates().total == 0
    assert deciding(index, waiting=frozenset({("q1", "q2")})).duplicates().total == 0


def test_a_verdict_on_a_member_holds_for_its_group(index: Index) -> None:
    """If q2 is q1, and q1 is not q3, then nobody is asked about q2 and q3."""
    settled = deciding(index, ("duplicate", "q2", "q1"), ("different", "q1", "q3")).settled
    assert settled.is_decided("q2", "q3")
    assert settled.is_decided("q1", "q2")
    assert not settled.is_decided("q3", "q4")


def test_a_verdict_holds_while_both_texts_are_what_they_were(index: Index, tmp_path: Path) -> None:
    """A rebuild changes nothing; after a change of a text the pair is asked about anew, and what is gone is told."""
    after = deciding(index, ("duplicate", "q2", "q1"), ("different", "q3", "q4"))
    assert after.settled.lapsed() == []
    changed = [replace(d, body=f"{d.body} And the right one?") if d.id == "q2" else d for d in DOCUMENTS]
    for documents, texts, gone in ((changed, ("q2",), ()), ([d for d in changed if d.id != "q2"], (), ("q2",))):
        indexer.build(tmp_path / "index", documents)
        with indexer.open_index(tmp_path / "index", decisions=after._decisions) as opened:
            (lapsed,) = opened.settled.lapsed()
            assert (lapsed.decided.a, lapsed.changed, lapsed.gone) == ("q2", texts, gone)
            assert opened.settled.instead == {}
            assert opened.settled.is_decided("q3", "q4")
            assert opened.search("numb leg").total == len({"q1", "q2", "q3", "q4", "q5"} - {*gone})


def test_a_circle_hides_nothing(index: Index) -> None:
    """Chains that come back to themselves, which no desk writes, stand for nobody."""
    after = deciding(index, ("duplicate", "q1", "q2"), ("duplicate", "q2", "q1"))
    assert after.settled.instead == {}
    assert after.search("numb leg").total == index.search("numb leg").total


def test_a_group_has_the_score_of_its_best_member(index: Index) -> None:
    """Whatever the order in which its members were found."""
    plain = {card.id: card.score for card in index.related("q5", limit=20).cards}
    after = deciding(index, ("duplicate", "q4", "q3"), ("duplicate", "q1", "q3"))
    (card,) = [card for card in after.related("q5", limit=20).cards if card.id == "q3"]
    assert card.score == max(plain[id_] for id_ in ("q1", "q3", "q4") if id_ in plain)


def test_a_duplicate_of_two_is_asked_about_no_more(index: Index) -> None:
    """Neither of its second target, though that is no member of its group; nor is that told apart from it."""
    settled = deciding(index, ("duplicate", "q2", "q5"), ("duplicate", "q2", "q1"), ("different", "q1", "q5")).settled
    assert settled.kept("q2") == "q5"
    assert settled.is_decided("q1", "q2")
    assert not settled.are_apart("q2", "q1")
    assert settled.are_apart("q1", "q5")


def test_a_filtered_panel_sees_what_is_shown(index: Index) -> None:
    """Of a draft and of a page: a group of which the kept one does not pass is no card, and one that does is found by
    any member.
    """
    where = Filter(specialty="Surgery")
    text = f"{LEG} My left leg is numb since the operation."
    assert [card.id for card in index.similar(text, where=where).cards] == ["q2"]
    assert deciding(index, ("duplicate", "q2", "q1")).similar(text, where=where).cards == ()
    after = deciding(index, ("duplicate", "q1", "q2"))
    assert [card.id for card in after.similar(text, where=where).cards] == ["q2"]
    assert "q3" not in cards(deciding(index, ("duplicate", "q2", "q3")), "q1", where=where)


def test_an_exclusion_sees_what_is_shown(index: Index) -> None:
    """What must not be said is said neither by what matches nor by what is shown for it."""
    after = deciding(index, ("duplicate", "q4", "q3"))
    assert "q3" not in {hit.id for hit in after.search("numb leg -began").hits}
    assert after.search("leg -began").total == index.search("leg -began").total - 1


def test_what_was_meant_finds_something(index: Index) -> None:
    """A correction that would find only what a filter hides is not offered."""
    where = Filter(specialty="Surgery")
    assert index.search("numb legg operation", where=where, as_typed=True).total == 1
    after = deciding(index, ("duplicate", "q2", "q1"))
    assert after.search("operatoin", where=where, as_typed=True).did_you_mean is None


def test_a_draft_that_is_a_duplicate_is_told_that_it_is_the_same(index: Index) -> None:
    """Though the card is that of the kept question, whose wording is another."""
    text = "Who treats cement in the spine that makes a leg numb?\nIt is the right one."
    assert index.similar(text).cards[0].same is Band.SAME
    (card,) = [c for c in deciding(index, ("duplicate", "q4", "q5")).similar(text).cards if c.id == "q5"]
    assert card.same is Band.SAME


def test_pins_and_exclusions_hold_for_groups(index: Index) -> None:
    """Those of a duplicate hold for the question that is kept, as a page and as a card; they take no topic's vote."""
    more = {"pins": {"q4": ("x5",)}, "excluded": {"q5": frozenset({"q3"})}}
    after = deciding(index, ("duplicate", "q4", "q3"), ("duplicate", "q3", "q1"), **more)
    assert cards(after, "q1")[0] == "x5"
    assert "q1" not in cards(after, "q5")
    topics = index.related("q1").topics
    assert deciding(index, pins={"q1": tuple(f"x{n}" for n in range(9))}).related("q1").topics == topics


def test_clusters_are_filtered_and_sorted(index: Index) -> None:
    """By site, by text of a title or id, by band; each order is one."""

    def total(**more: object) -> int:
        return index.clusters(ClusterRequest(**more)).total  # type: ignore[arg-type]

    assert [total(), total(site="here"), total(site="there")] == [1, 1, 0]
    assert [total(text="NUMB leg"), total(text="q2"), total(text="cough")] == [1, 1, 0]
    assert [total(bands=[Band.SAME]), total(bands=[Band.POSSIBLE])] == [1, 0]
    for sort in ClusterSort:
        (cluster,) = index.clusters(ClusterRequest(sort=sort)).clusters
        assert cluster.seen > 0
        assert index.ties(ClusterRequest(sort=sort)) == [(cluster.canonical, "q2")]


def test_the_twin_of_a_duplicate_is_proposed_by_its_own_words(index: Index) -> None:
    """What is word for word a question that an editor pointed to another wording is asked about, and not called the
    same wording as that: lists of the same wording would drop it, and queues without these would never show it.
    """
    found = deciding(index, ("duplicate", "q1", "q3")).clusters(ClusterRequest()).clusters
    (pair,) = [pair for cluster in found for pair in cluster.pairs if {pair.a, pair.b} == {"q2", "q3"}]
    assert pair.band is not Band.SAME
    assert pair.score < 1


@st.composite
def grouped(draw: st.DrawFn) -> tuple[list[Document], dict[str, str]]:
    """Documents, and for some of them the one that is shown in their place, which is shown itself."""
    documents = draw(corpora())
    ids = sorted(document.id for document in documents)
    kept = ids[:: draw(st.integers(2, 3))]
    instead = {id_: draw(st.sampled_from(kept)) for id_ in ids if id_ not in kept and draw(st.booleans())}
    return documents, instead


@settings(max_examples=30)
@given(grouped())
def test_groups_are_what_the_definition_says(made: tuple[list[Document], dict[str, str]]) -> None:
    """What a request with groups finds, counts and facets is what obviously right loops say, and `shown` too."""
    documents, instead = made
    plain = PlainGeneration(documents, indexer.analysis.Analyzer())
    with tempfile.TemporaryDirectory() as folder:
        indexer.build(folder, documents)
        generation: Generation = store_of(folder).open(indexer.Settings())
        plain = PlainGeneration(documents, generation.analyzer)
        ids = list(generation.ids())
        assert generation.wordings([*ids, "none"]) == plain.wordings([*ids, "none"])
        assert generation.shown(ids) == plain.shown(ids)
        word = SearchWord(10, ("cement",))
        for weights, words, where, sort in (
            ({"cement": 1.0, "pain": 2.0}, (), Filter(), Sort.RELEVANCE),
            ({"cement": 1.0}, (word,), Filter(answered=True), Sort.RELEVANCE),
            ({}, (word,), Filter(kind="question"), Sort.NEWEST),
            ({}, (), Filter(), Sort.NEWEST),
        ):
            for limit in (2, 100):
                request = FindRequest(
                    weights=weights, search_words=words, where=where, sort=sort, limit=limit, facets=5, instead=instead
                )
                assert generation.find(request) == plain.find(request)
        generation.close()


def test_questions_of_pairs_are_questions(index: Index) -> None:
    """What an index pairs are questions, so what an editor is asked is about two of them."""
    assert all(isinstance(index.get(id_), Question) for pair in index.ties(ClusterRequest()) for id_ in pair)

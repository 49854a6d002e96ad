"""The suite that every generation inherits: what the port promises, on documents that a reader can check by eye."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from corpus import Article, Document, Link, Topic
from indexer.generation import FindRequest, Generation, Ranked
from indexer.ranking.weighting import SearchWord
from indexer.types import Band, Filter, Sort
from tests.documents import question

KNEE = Topic(name="Knee", specialty="Surgery")
DOCUMENTS: list[Document] = [
    Article(id="a1", title="Cement in bones", body="Cement may leak.", published=date(2020, 5, 1), topics=(KNEE,)),
    question("q1", "Knee pain", "My left knee hurts.", "Rest the knee.", asked=date(2021, 1, 1), topics=(KNEE,)),
    question("q2", "Knee pain", "My left knee hurts.", asked=date(2022, 1, 1), specialty="Surgery"),
    question("q3", "Does cement leak out of the bone?", "It did not leak before.", more="Kyphoplasty in short."),
    question("q4", "骨水泥滲漏", "IL-6 was high at T12."),
]

# A way to make a generation of some documents.
Made = Callable[[Sequence[Document]], Generation]


def ranked(generation: Generation, weights: Mapping[str, float], limit: int = 10, **more: Any) -> list[Ranked]:
    """The best documents by these weights."""
    return generation.find(FindRequest(weights=weights, limit=limit, **more)).ranked


class GenerationSuite:
    """Give a fixture `made` in a subclass; its tests are these."""

    @pytest.fixture
    def generation(self, made: Made) -> Generation:
        """A generation of DOCUMENTS."""
        return made(DOCUMENTS)

    def test_gives_back_equal_documents(self, generation: Generation) -> None:
        """A document that is got is equal to the one that was written."""
        assert generation.get([document.id for document in DOCUMENTS]) == DOCUMENTS

    def test_leaves_out_unknown_ids(self, generation: Generation) -> None:
        """Ids that no document has are left out, and the order asked for is kept."""
        assert [document.id for document in generation.get(["q2", "none", "a1"])] == ["q2", "a1"]

    def test_ranks_by_summed_weights(self, generation: Generation) -> None:
        """A document with both words stands before those with one."""
        assert ranked(generation, {"cement": 1.0, "leak": 1.0}, 10)[0].id in ("a1", "q3")
        assert {r.id for r in ranked(generation, {"cement": 1.0, "leak": 1.0}, 10)} == {"a1", "q3"}

    def test_rank_is_linear_in_weights(self, generation: Generation) -> None:
        """Twice the weights give twice the scores."""
        once, twice = ranked(generation, {"knee": 1.0}, 10), ranked(generation, {"knee": 2.0}, 10)
        assert [(r.id, 2 * r.score) for r in once] == [(r.id, r.score) for r in twice]

    def test_rank_among_leaves_others_out(self, generation: Generation) -> None:
        """Documents outside the selection are not ranked, and scores do not change by it."""
        everything = {r.id: r.score for r in ranked(generation, {"knee": 1.0}, 10)}
        some = ranked(generation, {"knee": 1.0}, where=Filter(specialty="Surgery"))
        assert [(r.id, r.score) for r in some] == [("q2", everything["q2"])]

    def test_ties_go_by_id(self, made: Made) -> None:
        """Equal scores are in the order of the ids."""
        generation = made([question(id_, "same words") for id_ in ("c", "a", "b")])
        assert [r.id for r in ranked(generation, {"word": 1.0}, 2)] == ["a", "b"]

    def test_unknown_terms_rank_nothing(self, generation: Generation) -> None:
        """Terms that no document has, or no terms at all, give no documents."""
        assert ranked(generation, {"zzz": 1.0}, 10) == []
        assert ranked(generation, {}, 10) == []

    def test_title_outweighs_body(self, made: Made) -> None:
        """A word in the title weighs more than the same word in the body, the body's more than the answer's."""
        generation = made(
            [question("t", "knee", "x", "x"), question("b", "x", "knee", "x"), question("r", "x", "x", "knee")]
        )
        assert [r.id for r in ranked(generation, {"knee": 1.0}, 3)] == ["t", "b", "r"]

    def test_a_rare_word_outweighs_a_common_one(self, made: Made) -> None:
        """Of two words in equal places, the one that fewer documents have weighs more."""
        generation = made([question("a", "knee"), question("b", "knee"), question("c", "hip")])
        scores = {r.id: r.score for r in ranked(generation, {"knee": 1.0, "hip": 1.0}, 3)}
        assert scores["c"] > scores["a"]

    def test_comments_are_not_the_articles_words(self, made: Made) -> None:
        """What readers wrote under an article finds nothing."""
        from corpus import Comment

        generation = made([Article(id="a", title="Bones", comments=(Comment(text="My kyphoplasty hurt."),))])
        assert ranked(generation, {"kyphoplasti": 1.0}, 3) == []

    def test_hits_match_enough_beside_the_tenth_best(self, made: Made) -> None:
        """With ten documents that match both words, one of the rarer word alone is a hit, one of the other is not; with
        eight, all are needed for a first page. What a filter leaves out still sets the measure.
        """
        both = [question(f"b{n}", "cement leaks") for n in range(10)]
        others = [question("rare", "cement", specialty="Surgery"), question("common", "leaks", specialty="Surgery")]
        words = [SearchWord(7_000, ("cement",)), SearchWord(3_000, ("leak",))]
        many, few = made([*both, *others]), made([*both[2:], *others])
        assert set(self._ids(many, search_words=words)) == {*(d.id for d in both), "rare"}
        assert "common" in self._ids(few, search_words=words)
        assert self._ids(many, search_words=words, where=Filter(specialty="Surgery")) == ["rare"]
        assert self._ids(many, search_words=[SearchWord(10_000, ("zzz",))]) == []

    def test_a_word_is_matched_by_any_of_its_names(self, generation: Generation) -> None:
        """A document that has one of a word's names matches the word, once."""
        words = [SearchWord(5_000, ("zzz", "knee", "cement", "leak")), SearchWord(5_000, ("zzz",))]
        weights = {"cement": 1.0, "leak": 1.0}
        whole, shared = (ranked(generation, weights, 5, search_words=demanded) for demanded in ((), words))
        assert [(r.id, r.score) for r in shared] == [(r.id, r.score / 2) for r in whole]

    def test_titles_are_given_in_folded_words(self, generation: Generation) -> None:
        """The words of titles, stop words too, in the order of the ids."""
        assert generation.words(["q3", "a1"], "title") == [
            ["does", "cement", "leak", "out", "of", "the", "bone"],
            ["cement", "in", "bones"],
        ]

    def test_scores_are_multiplied_by_the_share_that_is_matched(self, generation: Generation) -> None:
        """Of the sum of a document without one of the words only its share counts."""
        words = [SearchWord(7_500, ("cement",)), SearchWord(2_500, ("kyphoplasti",))]
        plain, shared = (
            {r.id: r.score for r in ranked(generation, {"cement": 1.0}, search_words=demanded)}
            for demanded in ((), words)
        )
        assert shared == {"a1": plain["a1"] * 0.75, "q3": plain["q3"]}

    def test_phrases_stand_in_one_field_in_order(self, generation: Generation) -> None:
        """A phrase is found where its words follow one another, stop words included; not across fields."""
        assert self._ids(generation, phrases=[[["out", "of", "the", "bone"]]]) == ["q3"]
        assert self._ids(generation, phrases=[[["bone", "the", "of"]]]) == []
        assert self._ids(generation, phrases=[[["pain", "my", "left"]]]) == []

    def test_phrases_with_a_stop_word_whose_term_another_word_has(self, made: Made) -> None:
        """That "withing" ranks under the term of "with" hides no phrase that has "with"."""
        generation = made([question("a", "people with pain"), question("b", "withing")])
        assert self._ids(generation, phrases=[[["people", "with"]]]) == ["a"]

    def test_a_phrase_goes_by_the_word_in_either_number(self, made: Made) -> None:
        """A quoted or excluded word is itself, alone or in the plural; another that shares its stem is none."""
        generation = made([question("a", "a severe headache"), question("b", "several headaches")])
        assert self._ids(generation, phrases=[[["severe", "headaches"]]]) == ["a"]
        assert self._ids(generation, without=[[["severe"]]]) == ["b"]

    def test_a_phrase_is_found_in_any_of_its_readings(self, made: Made) -> None:
        """A hyphen, a blank and nothing between are ways to write one thing."""
        generation = made(
            [question("a", "an X-ray of L4-L5"), question("b", "an xray of L4 L5"), question("c", "a ray")]
        )
        assert self._ids(generation, phrases=[[["x", "ray"], ["xray"]]]) == ["a", "b"]
        assert self._ids(generation, phrases=[[["l", "4", "l", "5"]]]) == ["a", "b"]
        words = [SearchWord(10_000, ("xray",), ("x", "ray"))]
        assert self._ids(generation, search_words=words) == ["a", "b"]

    def test_phrases_of_repeated_words(self, made: Made) -> None:
        """A word that a phrase repeats must be repeated in the text."""
        generation = made([question("a", "pain pain go away"), question("b", "pain go away")])
        assert self._ids(generation, phrases=[[["pain", "pain"]]]) == ["a"]

    def test_without_leaves_out(self, generation: Generation) -> None:
        """A document with an excluded word or phrase in any field is out; stop words count."""
        assert self._ids(generation, without=[[["knee"]]]) == ["a1", "q3", "q4"]
        assert self._ids(generation, without=[[["did", "not"]], [["cement"]]]) == ["q1", "q2", "q4"]

    def test_filters_combine(self, generation: Generation) -> None:
        """Kind, specialty, topic, year and answered each leave out what differs, and combine."""
        assert self._ids(generation, where=Filter(kind="article")) == ["a1"]
        assert self._ids(generation, where=Filter(specialty="Surgery")) == ["q2"]
        assert self._ids(generation, where=Filter(topic="Knee")) == ["a1", "q1"]
        assert self._ids(generation, where=Filter(year=2021)) == ["q1"]
        assert self._ids(generation, where=Filter(answered=False)) == ["q2", "q3", "q4"]
        assert self._ids(generation, where=Filter(topic="Knee", kind="question")) == ["q1"]
        assert self._ids(generation, where=Filter(topic="none")) == []
        assert self._ids(generation, where=Filter(kind="none")) == []

    def test_newest_first_undated_last(self, generation: Generation) -> None:
        """The newest documents come first, those without a date last, by id."""
        found = generation.find(FindRequest(sort=Sort.NEWEST, limit=4))
        assert [r.id for r in found.ranked] == ["q2", "q1", "a1", "q3"]

    def test_facets_count_every_value(self, generation: Generation) -> None:
        """Facets count the selection by kind, specialty, topic, year and reply; unknown values are not counted."""
        assert generation.find(FindRequest(facets=10)).facets == {
            "kind": {"question": 4, "article": 1},
            "specialty": {"Surgery": 1, "Testing": 1},
            "topic": {"Knee": 2},
            "year": {"2020": 1, "2021": 1, "2022": 1},
            "answered": {"no": 3, "yes": 2},
        }

    def test_facets_of_one_count_are_in_the_order_of_their_names(self, made: Made) -> None:
        """Names of digits too; years are in the order of their numbers."""
        topics = tuple(Topic(name=name) for name in ("9", "Zebra", "10"))
        generation = made([Article(id="a", title="Knee", body="", topics=topics)])
        assert list(generation.find(FindRequest(facets=2)).facets["topic"]) == ["10", "9"]

    def test_frequencies_count_documents(self, generation: Generation) -> None:
        """A term's frequency is the number of documents that have it, however often."""
        assert generation.frequencies(["knee", "cement", "the", "zzz"]) == [2, 2, 0, 0]

    def test_words_by_prefix(self, generation: Generation) -> None:
        """The folded words that begin so, as they are written, with their documents."""
        assert generation.vocabulary("ce") == {"cement": 2}
        assert generation.vocabulary("kn") == {"knee": 2}
        assert generation.vocabulary("zz") == {}
        assert generation.vocabulary("kn", least=3) == {}

    def test_twins_share_their_wording(self, generation: Generation) -> None:
        """Documents that ask in the same words have the same wording, whatever the answer."""
        first, second, other = generation.facts(["q1", "q2", "q3"])
        assert first.wording == second.wording != other.wording
        assert (first.answered, second.answered) == (True, False)

    def test_topics_have_the_specialty_that_they_are_given(self, generation: Generation) -> None:
        """Each name once, in the document's order; a document without topics has none."""
        (knee,), none = (facts.topics for facts in generation.facts(["q1", "q2"]))
        assert (knee.name, knee.specialty) == ("Knee", "Surgery")
        assert none == ()

    def test_chinese_and_compounds_are_found(self, generation: Generation) -> None:
        """Characters, pairs of them and parts of compounds are terms."""
        for term in ("骨", "水泥", "il6", "t12", "12"):
            assert [r.id for r in ranked(generation, {term: 1.0}, 5)] == ["q4"], term

    def test_an_empty_corpus_answers_nothing(self, made: Made) -> None:
        """Without documents every question has the empty answer."""
        generation = made([])
        assert ranked(generation, {"knee": 1.0}, 3) == []
        assert generation.find(FindRequest(phrases=[[["a", "b"]]], sort=Sort.NEWEST, limit=3)) == ([], 0, {})
        assert (list(generation.ids()), list(generation.pairs()), generation.neighbours("a")) == ([], [], None)

    def test_facts_tell_a_document_unread(self, generation: Generation) -> None:
        """Kind, day and whether it answers something are known without the document."""
        article, asked = generation.facts(["a1", "q2"])
        assert (article.kind, article.date, article.answered) == ("article", date(2020, 5, 1), True)
        assert (asked.kind, asked.date, asked.answered) == ("question", date(2022, 1, 1), False)

    def test_ids_ascend(self, generation: Generation) -> None:
        """The ids are those of the documents, in order."""
        assert list(generation.ids()) == ["a1", "q1", "q2", "q3", "q4"]

    def test_info_counts_documents_and_answers(self, generation: Generation) -> None:
        """What it holds is told by kind."""
        assert generation.info.documents == {"article": 1, "question": 4}
        assert generation.info.answers == 1

    def test_rare_tokens_are_rarest(self, generation: Generation) -> None:
        """What no document has is rarer than anything, and left out where only what is present is wanted."""
        rare = generation.rarities(["knee", "zzz"])
        assert 0 < rare["knee"] < rare["zzz"] == generation.statistics.rarest
        assert generation.rarities(["knee", "zzz"], present=True) == {"knee": rare["knee"]}
        assert generation.rarities(["left knee", "knee left"], "bigrams", present=True).keys() == {"left knee"}

    def test_weights_are_those_of_the_documents_terms(self, generation: Generation) -> None:
        """The weight of a term in a document is what one of weight 1 scores by it."""
        (weights,) = generation.weights(["q3"])
        assert {"cement", "leak", "bone"} <= weights.keys()
        assert {r.id: r.score for r in ranked(generation, {"cement": 1.0})}["q3"] == weights["cement"]

    def test_neighbours_leave_out_the_document_itself(self, generation: Generation) -> None:
        """The most alike come first; an unknown id has none."""
        near = generation.neighbours("q1")
        assert near is not None
        assert [r.id for r in near.ranked] == ["q2"]
        assert near.best(0).ranked == []
        assert near.ranked[0].score > 0 < near.possible
        assert generation.neighbours("none") is None

    def test_pairs_name_the_same_question(self, generation: Generation) -> None:
        """Two questions of one wording are a pair, whichever is named first; others are none."""
        assert list(generation.pairs()) == [("q1", "q2", 1.0, Band.SAME)]
        assert generation.pair("q2", "q1") == generation.pair("q1", "q2") == ("q1", "q2", 1.0, Band.SAME)
        assert generation.pair("q1", "q3") is None

    def test_the_answered_and_listed_are_kept(self, made: Made) -> None:
        """An answer speaks for keeping a document more than a page that lists it, and that more than its length."""
        listing = question("d", "Other", listed=(Link(title="knee pain"), Link(title="b", url="https://x.test/b")))
        known = question("b", "Hip", url="https://x.test/b")
        generation = made([question("a", "Knee pain", "", "Rest."), known, question("c", "Knee pain"), listing])
        answered, other, unanswered = generation.keep_order(["a", "b", "c"])
        assert answered[:4] == (1, 1, 1, 1)
        assert other[2] == unanswered[2] == 1
        assert answered > unanswered

    def test_only_as_many_as_asked_for(self, generation: Generation) -> None:
        """A limit bounds the list and not the total."""
        found = generation.find(FindRequest(weights={"knee": 1.0, "cement": 1.0}, limit=1))
        assert (len(found.ranked), found.total) == (1, 5)
        assert generation.find(FindRequest(weights={"knee": 1.0})).ranked == []

    def _ids(self, generation: Generation, **conditions: Any) -> list[str]:
        return sorted(r.id for r in generation.find(FindRequest(sort=Sort.NEWEST, limit=100, **conditions)).ranked)

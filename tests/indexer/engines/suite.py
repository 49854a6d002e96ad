"""The suite that every engine inherits: what the protocol promises, on documents that a reader can check by eye."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from corpus import Article, Document, Topic
from indexer.analysis import FINER
from indexer.engines import Engine
from indexer.engines.protocol import Finer
from indexer.ranking.weighting import SearchWord
from indexer.types import Filter
from tests.documents import ANALYZER, question
from tests.indexer.engines.written import written_engine

KNEE = Topic(name="Knee", specialty="Surgery")
DOCUMENTS: list[Document] = [
    Article(id="a1", title="Cement in bones", body="Cement may leak.", published=date(2020, 5, 1), topics=(KNEE,)),
    question("q1", "Knee pain", "My left knee hurts.", "Rest the knee.", asked=date(2021, 1, 1), topics=(KNEE,)),
    question("q2", "Knee pain", "My left knee hurts.", asked=date(2022, 1, 1), specialty="Surgery"),
    question("q3", "Does cement leak out of the bone?", "It did not leak before.", more="Kyphoplasty in short."),
    question("q4", "骨水泥滲漏", "IL-6 was high at T12."),
]

Opened = Callable[[Sequence[Document]], Engine]


class EngineSuite:
    """Set `name` in a subclass; its tests are these."""

    name: str

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Iterator[Opened]:
        """A way to open an engine over some documents; all are closed afterwards."""
        engines: list[Engine] = []

        def make(documents: Sequence[Document]) -> Engine:
            folder = tmp_path / str(len(engines))
            folder.mkdir()
            engines.append(written_engine(self.name, folder, documents, ANALYZER))
            return engines[-1]

        yield make
        for engine in engines:
            engine.close()

    @pytest.fixture
    def engine(self, opened: Opened) -> Engine:
        """An engine over DOCUMENTS."""
        return opened(DOCUMENTS)

    def test_gives_back_equal_documents(self, engine: Engine) -> None:
        """A document that is got is equal to the one that was written."""
        assert engine.get([document.id for document in DOCUMENTS]) == DOCUMENTS

    def test_leaves_out_unknown_ids(self, engine: Engine) -> None:
        """Ids that no document has are left out, and the order asked for is kept."""
        assert [document.id for document in engine.get(["q2", "none", "a1"])] == ["q2", "a1"]

    def test_ranks_by_summed_weights(self, engine: Engine) -> None:
        """A document with both words stands before those with one."""
        assert engine.rank({"cement": 1.0, "leak": 1.0}, None, 10)[0].id in ("a1", "q3")
        assert {ranked.id for ranked in engine.rank({"cement": 1.0, "leak": 1.0}, None, 10)} == {"a1", "q3"}

    def test_rank_is_linear_in_weights(self, engine: Engine) -> None:
        """Twice the weights give twice the scores."""
        once, twice = engine.rank({"knee": 1.0}, None, 10), engine.rank({"knee": 2.0}, None, 10)
        assert [(r.id, 2 * r.score) for r in once] == [(r.id, r.score) for r in twice]

    def test_rank_among_leaves_others_out(self, engine: Engine) -> None:
        """Documents outside the selection are not ranked, and scores do not change by it."""
        everything = {ranked.id: ranked.score for ranked in engine.rank({"knee": 1.0}, None, 10)}
        some = engine.rank({"knee": 1.0}, engine.allowed(where=Filter(specialty="Surgery")), 10)
        assert [(r.id, r.score) for r in some] == [("q2", everything["q2"])]

    def test_ties_go_by_id(self, opened: Opened) -> None:
        """Equal scores are in the order of the ids."""
        engine = opened([question(id_, "same words") for id_ in ("c", "a", "b")])
        assert [ranked.id for ranked in engine.rank({"word": 1.0}, None, 2)] == ["a", "b"]

    def test_unknown_terms_rank_nothing(self, engine: Engine) -> None:
        """Terms that no document has, or no terms at all, give no documents."""
        assert engine.rank({"zzz": 1.0}, None, 10) == []
        assert engine.rank({}, None, 10) == []

    def test_title_outweighs_body(self, opened: Opened) -> None:
        """A word in the title weighs more than the same word in the body, the body's more than the answer's."""
        engine = opened(
            [question("t", "knee", "x", "x"), question("b", "x", "knee", "x"), question("r", "x", "x", "knee")]
        )
        assert [ranked.id for ranked in engine.rank({"knee": 1.0}, None, 3)] == ["t", "b", "r"]

    def test_a_rare_word_outweighs_a_common_one(self, opened: Opened) -> None:
        """Of two words in equal places, the one that fewer documents have weighs more."""
        engine = opened([question("a", "knee"), question("b", "knee"), question("c", "hip")])
        scores = {ranked.id: ranked.score for ranked in engine.rank({"knee": 1.0, "hip": 1.0}, None, 3)}
        assert scores["c"] > scores["a"]

    def test_comments_are_not_the_articles_words(self, opened: Opened) -> None:
        """What readers wrote under an article finds nothing."""
        from corpus import Comment

        engine = opened([Article(id="a", title="Bones", comments=(Comment(text="My kyphoplasty hurt."),))])
        assert engine.rank({"kyphoplasti": 1.0}, None, 3) == []

    def test_hits_match_enough_beside_the_tenth_best(self, opened: Opened) -> None:
        """With ten documents that match both words, one of the rarer word alone is a hit, one of the other is not; with
        eight, all are needed for a first page. What a filter leaves out still sets the measure.
        """
        both = [question(f"b{n}", "cement leaks") for n in range(10)]
        others = [question("rare", "cement", specialty="Surgery"), question("common", "leaks", specialty="Surgery")]
        words = [SearchWord(7_000, ("cement",)), SearchWord(3_000, ("leak",))]
        many, few = opened([*both, *others]), opened([*both[2:], *others])
        assert set(self._ids(many, words=words)) == {*(d.id for d in both), "rare"}
        assert "common" in self._ids(few, words=words)
        assert self._ids(many, words=words, where=Filter(specialty="Surgery")) == ["rare"]
        assert self._ids(many, words=[SearchWord(10_000, ("zzz",))]) == []

    def test_a_word_is_matched_by_any_of_its_names(self, engine: Engine) -> None:
        """A document that has one of a word's names matches the word, once."""
        words = [SearchWord(5_000, ("zzz", "knee", "cement", "leak")), SearchWord(5_000, ("zzz",))]
        finer: Finer = {channel: {} for channel in FINER}
        whole = engine.rank_twice({"cement": 1.0, "leak": 1.0}, None, 5, finer, 1).ranked
        shared = engine.rank_twice({"cement": 1.0, "leak": 1.0}, engine.allowed(words=words), 5, finer, 1).ranked
        assert [(r.id, r.score) for r in shared] == [(r.id, r.score / 2) for r in whole]

    def test_titles_are_given_in_folded_words(self, engine: Engine) -> None:
        """The words of titles, stop words too, in the order of the ids."""
        assert engine.titles(["q3", "a1"]) == [
            ["does", "cement", "leak", "out", "of", "the", "bone"],
            ["cement", "in", "bones"],
        ]

    def test_scores_are_multiplied_by_the_share_that_is_matched(self, engine: Engine) -> None:
        """Of the sum of a document without one of the words only its share counts."""
        finer: Finer = {channel: {} for channel in FINER}
        words = [SearchWord(7_500, ("cement",)), SearchWord(2_500, ("kyphoplasti",))]
        among = engine.allowed(words=words)
        plain, shared = (
            {r.id: r.score for r in engine.rank_twice({"cement": 1.0}, chosen, 5, finer, 1).ranked}
            for chosen in (None, among)
        )
        assert shared == {"a1": plain["a1"] * 0.75, "q3": plain["q3"]}

    def test_phrases_stand_in_one_field_in_order(self, engine: Engine) -> None:
        """A phrase is found where its words follow one another, stop words included; not across fields."""
        assert self._ids(engine, phrases=[["out", "of", "the", "bone"]]) == ["q3"]
        assert self._ids(engine, phrases=[["bone", "the", "of"]]) == []
        assert self._ids(engine, phrases=[["pain", "my", "left"]]) == []

    def test_phrases_with_a_stop_word_whose_term_another_word_has(self, opened: Opened) -> None:
        """That "withing" ranks under the term of "with" hides no phrase that has "with"."""
        engine = opened([question("a", "people with pain"), question("b", "withing")])
        assert self._ids(engine, phrases=[["peopl", "with"]]) == ["a"]

    def test_phrases_of_repeated_words(self, opened: Opened) -> None:
        """A word that a phrase repeats must be repeated in the text."""
        engine = opened([question("a", "pain pain go away"), question("b", "pain go away")])
        assert self._ids(engine, phrases=[["pain", "pain"]]) == ["a"]

    def test_without_leaves_out(self, engine: Engine) -> None:
        """A document with an excluded word or phrase in any field is out; stop words count."""
        assert self._ids(engine, without=[["knee"]]) == ["a1", "q3", "q4"]
        assert self._ids(engine, without=[["did", "not"], ["cement"]]) == ["q1", "q2", "q4"]

    def test_filters_combine(self, engine: Engine) -> None:
        """Kind, specialty, topic, year and answered each leave out what differs, and combine."""
        assert self._ids(engine, where=Filter(kind="article")) == ["a1"]
        assert self._ids(engine, where=Filter(specialty="Surgery")) == ["q2"]
        assert self._ids(engine, where=Filter(topic="Knee")) == ["a1", "q1"]
        assert self._ids(engine, where=Filter(year=2021)) == ["q1"]
        assert self._ids(engine, where=Filter(answered=False)) == ["q2", "q3", "q4"]
        assert self._ids(engine, where=Filter(topic="Knee", kind="question")) == ["q1"]
        assert self._ids(engine, where=Filter(topic="none")) == []
        assert self._ids(engine, where=Filter(kind="none")) == []

    def test_newest_first_undated_last(self, engine: Engine) -> None:
        """The newest documents come first, those without a date last, by id."""
        assert engine.newest(engine.allowed(), 4) == ["q2", "q1", "a1", "q3"]

    def test_facets_count_every_value(self, engine: Engine) -> None:
        """Facets count the selection by kind, specialty, topic, year and reply; unknown values are not counted."""
        assert engine.facets(engine.allowed(), 10) == {
            "kind": {"question": 4, "article": 1},
            "specialty": {"Surgery": 1, "Testing": 1},
            "topic": {"Knee": 2},
            "year": {"2020": 1, "2021": 1, "2022": 1},
            "answered": {"no": 3, "yes": 2},
        }

    def test_frequencies_count_documents(self, engine: Engine) -> None:
        """A term's frequency is the number of documents that have it, however often."""
        assert engine.frequencies(["knee", "cement", "the", "zzz"]) == [2, 2, 0, 0]

    def test_words_by_prefix(self, engine: Engine) -> None:
        """The folded words that begin so, as they are written, with their documents."""
        assert engine.words("ce") == {"cement": 2}
        assert engine.words("kn") == {"knee": 2}
        assert engine.words("zz") == {}

    def test_twins_share_their_wording(self, engine: Engine) -> None:
        """Documents that ask in the same words have the same wording, whatever the answer."""
        first, second, other = engine.traits(["q1", "q2", "q3"])
        assert first.wording == second.wording != other.wording
        assert (first.answered, second.answered) == (True, False)

    def test_topics_have_the_specialty_that_they_are_given(self, engine: Engine) -> None:
        """Each name once, in the document's order; a document without topics has none."""
        (knee,), none = engine.topics(["q1", "q2"])
        assert (knee.name, knee.specialty) == ("Knee", "Surgery")
        assert none == ()

    def test_chinese_and_compounds_are_found(self, engine: Engine) -> None:
        """Characters, pairs of them and parts of compounds are terms."""
        for term in ("骨", "水泥", "il6", "t12", "12"):
            assert [ranked.id for ranked in engine.rank({term: 1.0}, None, 5)] == ["q4"], term

    def test_an_empty_corpus_answers_nothing(self, opened: Opened) -> None:
        """Without documents every question has the empty answer."""
        engine = opened([])
        assert engine.rank({"knee": 1.0}, None, 3) == []
        assert engine.newest(engine.allowed(phrases=[["a", "b"]]), 3) == []
        assert engine.count(engine.allowed()) == 0

    def _ids(self, engine: Engine, **conditions: object) -> list[str]:
        return sorted(engine.newest(engine.allowed(**conditions), 100))  # type: ignore[arg-type]

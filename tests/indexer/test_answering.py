"""Queries, snippets, excerpts, spelling and the policy of the panel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, Document, Topic
from indexer.analysis import Analysed, known_words, own_text, spots, stop_words
from indexer.analysis.terms import stem
from indexer.answering.closeness import DRAFT_FLOOR, draft_closeness, page_closeness, page_floor, search_closeness
from indexer.answering.excerpts import Marks, excerpt, snippet, words_in_common
from indexer.answering.neighbours import neighbours_of
from indexer.answering.panel import PanelText, close_ones, make_panel, one_per_wording
from indexer.answering.passages import Passage
from indexer.answering.query import parse
from indexer.answering.search import search
from indexer.answering.spelling import distance, misspellings, respell
from indexer.answering.weighing import weigh, weigh_terms
from indexer.errors import RequestRefused
from indexer.generation import Neighbours, Ranked
from indexer.types import Filter, Panel, Results, Search
from tests.documents import ANALYZER, question
from tests.indexer.plain import NOTHING, PlainGeneration

SPINE = Topic(name="Spine", specialty="Surgery")
# Enough other documents for words to be rare.
OTHERS: list[Document] = [
    question(f"z{n:02d}", f"Something else number {n}", "Nothing of that kind.") for n in range(30)
]
CEMENT: list[Document] = [
    question("c1", "Cement leaked after kyphoplasty", "Cement is in the disc.", "It is hard.", topics=(SPINE,)),
    question("c2", "Is leaked cement from kyphoplasty dangerous?", "A little cement leaked.", topics=(SPINE,)),
    question("c3", "cement leaked after KYPHOPLASTY!", "Cement is in the disc.", topics=(SPINE,)),
    Article(id="c4", title="Leaked cement", body="Cement may leak in kyphoplasty.", published=date(2020, 1, 1)),
]


@pytest.fixture(scope="module")
def generation() -> PlainGeneration:
    """Four documents on leaked cement among thirty on nothing."""
    return PlainGeneration([*CEMENT, *OTHERS], ANALYZER)


def panel(generation: PlainGeneration, text: str, without: str = "", limit: int = 4) -> Panel:
    """The panel of a text."""
    analysed = ANALYZER.analyse(text)
    _, telling = weigh_terms(generation, analysed)
    ranked = neighbours_of(generation, weigh(generation, analysed), without=without).ranked
    close = close_ones(ranked, draft_closeness(generation, analysed, [r.id for r in ranked]), DRAFT_FLOOR)
    return make_panel(generation, PanelText(lambda: telling), close, limit, NOTHING)


def find(generation: PlainGeneration, text: str, **more: object) -> Results:
    """The first page of a search."""
    return search(generation, Search(text=text, **more), NOTHING)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words", "phrases", "without"),
    [
        ("knee pain", {"knee", "pain"}, [], []),
        ('"knee pain" left', {"knee", "pain", "left"}, [("knee", "pain")], []),
        ("knee -left", {"knee"}, [], [("left",)]),
        ('knee -"left side"', {"knee"}, [], [("left", "side")]),
        ("knee –“left side”", {"knee"}, [], [("left", "side")]),
        ("«knee pain»", {"knee", "pain"}, [("knee", "pain")], []),
        ("knee -5mg", {"knee"}, [], [("5", "mg")]),
        ("knee -0,5 mg", {"knee"}, [], [("0.5", "mg")]),
        ("knee -2.5", {"knee", "-2.5", "2.5"}, [], []),
        ("knee −2.5", {"knee", "-2.5", "2.5"}, [], []),
        ("knee -ve", {"knee", "-ve", "ve"}, [], []),
        ("IL-6", {"il6", "il", "6"}, [], []),
        ('"knee', {"knee"}, [], []),
        ('"knee"', {"knee"}, [], []),
        ("- knee", {"knee"}, [], []),
        ("the of and", set(), [], []),
        ('"the of" knee -"of the"', {"knee"}, [], []),
    ],
)
def test_a_text_is_words_phrases_and_exclusions(
    text: str, words: set[str], phrases: list[tuple[str, ...]], without: list[tuple[str, ...]]
) -> None:
    """Quotes make phrases, a minus before a word excludes, a hyphen within one does not, nothing is an error."""
    query = parse(text, PlainGeneration([], ANALYZER))
    (held, unwanted) = ([readings[0] for readings in every] for every in (query.phrases, query.without))
    assert (set(query.words), held, unwanted) == (words, phrases, without)


def test_in_a_long_text_quotes_only_quote(generation: PlainGeneration) -> None:
    """Of a pasted paragraph no phrase is demanded; what is excluded stays so."""
    query = parse('my doctor said "nothing to worry" about it ' + "but my knee hurts " * 3 + "-hip", generation)
    assert (query.phrases, query.without) == ((), ((("hip",),),))
    assert parse('"nothing to worry"', generation).phrases


def test_no_word_is_demanded(generation: PlainGeneration) -> None:
    """A page without one of the words is a hit, below those that have it; a page with the common ones alone is none."""
    found = find(generation, "kyphoplasty leaked something nowhere")
    assert {hit.id for hit in found.hits} == {"c1", "c2", "c3", "c4"}
    assert {hit.id for hit in find(generation, "disc leaked").hits[:2]} == {"c1", "c3"}


def test_another_name_finds_as_the_word_does(generation: PlainGeneration) -> None:
    """A page that says a word by another name is a hit, and one that says neither is not."""
    documents = [question("a", "Feeling queasy"), question("b", "Itchy feet"), *OTHERS]
    found = find(PlainGeneration(documents, ANALYZER), "nauseous")
    assert [hit.id for hit in found.hits] == ["a"]


def test_articles_and_questions_stand_in_one_list(generation: PlainGeneration) -> None:
    """A search ranks both kinds together."""
    assert {hit.kind for hit in find(generation, "leaked cement").hits} == {"article", "question"}


@pytest.mark.parametrize("text", ["I am a woman of 52 years, thanks", "52 years", "thanks, doctor"])
def test_a_page_that_shares_a_story_alone_is_not_close(text: str) -> None:
    """Age, sex and thanks are nobody's matter, however rare they are."""
    documents = [question("a", "52 years, a woman, thanks doctor: parathyroid adenoma"), question("b", "Knee pain")]
    generation = PlainGeneration(documents, ANALYZER)
    assert draft_closeness(generation, ANALYZER.draft(text).text, ["a", "b"]) == [0.0, 0.0]


def test_a_name_that_reads_as_a_word_of_a_story_is_no_title_that_is_said() -> None:
    """Who can't close an eye does not ask about Cant syndrome."""
    documents = [question("cant", "What is Cant syndrome?", "Eyes that close"), question("b", "Knee pain")]
    text = ANALYZER.draft("I can't close my eye").text
    (close,) = draft_closeness(PlainGeneration(documents, ANALYZER), text, ["cant"])
    assert close < DRAFT_FLOOR


def test_the_matter_counts_for_more_than_the_story_around_it() -> None:
    """A page on the matter is closer to a long draft than one that shares as many words of the story."""
    documents = [
        question("matter", "Cement leaked after kyphoplasty"),
        question("story", "My husband went home last week, thanks"),
        *(question(f"n{n}", f"Other matter {n}") for n in range(6)),
    ]
    text = ANALYZER.draft("Last week my husband went home; now cement leaked after kyphoplasty. Thanks").text
    matter, story = draft_closeness(PlainGeneration(documents, ANALYZER), text, ["matter", "story"])
    assert matter > DRAFT_FLOOR > story


def test_a_dose_counts_for_little_beside_its_drug() -> None:
    """Pages on the drug come before those on the same dose of another, and first the one that says both."""
    documents = [
        question("other", "Is amoxicillin 500 mg enough?", "I take 500 mg, 500mg."),
        question("drug", "May I stop metformin?", "It makes me sick."),
        question("both", "May I stop metformin?", "I take 500 mg of it."),
        *(question(f"n{n}", f"May I stop number {n}?", "Thanks") for n in range(6)),
    ]
    found = find(PlainGeneration(documents, ANALYZER), "metformin 500 mg")
    assert [hit.id for hit in found.hits][:2] == ["both", "drug"]
    assert found.close


def test_pages_part_the_hits(generation: PlainGeneration) -> None:
    """Pages hold each hit once, in one order."""
    pages = [find(generation, "cement", page=n, size=3) for n in (1, 2)]
    ids = [hit.id for results in pages for hit in results.hits]
    assert ids == [hit.id for hit in find(generation, "cement").hits]
    assert [(results.total, results.pages) for results in pages] == [(4, 2), (4, 2)]


def test_the_last_page_is_cut_where_hits_end(generation: PlainGeneration, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page that is promised is given, also where the size of a page does not divide the most hits."""
    monkeypatch.setattr("indexer.answering.search.MOST_HITS", 3)
    pages = [find(generation, "cement", page=n, size=2) for n in (1, 2)]
    assert [(len(page.hits), page.pages) for page in pages] == [(2, 2), (1, 2)]
    with pytest.raises(RequestRefused):
        find(generation, "cement", page=3, size=2)


def test_nothing_is_found_for_stop_words_alone(generation: PlainGeneration) -> None:
    """Words that carry no matter find nothing, rather than everything."""
    assert find(generation, "the of and").total == 0


def test_an_empty_text_finds_everything_newest_first(generation: PlainGeneration) -> None:
    """Without words a search is a list of what the filters let through."""
    results = find(generation, "")
    assert results.total == 34
    assert results.hits[0].id == "c4"


def test_a_misspelt_word_is_respelled(generation: PlainGeneration) -> None:
    """A word that no document has is replaced by a likely one, as the documents write it, not by its stem."""
    assert find(generation, "kyfoplasty").did_you_mean == "kyphoplasty"
    assert respell(generation, "leaked cemnet") == ("leaked cement", True)


def test_a_clear_correction_is_searched_at_once(generation: PlainGeneration) -> None:
    """The hits are those of the corrected words, and say so; who insists gets what was typed."""
    corrected, right = find(generation, "kyfoplasty leeked"), find(generation, "kyphoplasty leaked")
    assert (corrected.respelled, corrected.hits, right.respelled) == (True, right.hits, False)
    typed = find(generation, "kyfoplasty leeked", as_typed=True)
    assert (typed.total, typed.respelled, typed.did_you_mean) == (0, False, "kyphoplasty leaked")


def test_a_correction_finds_something(generation: PlainGeneration) -> None:
    """What would find nothing under the filters that are on, or is excluded, is not proposed."""
    assert find(generation, "kyfoplasty", where=Filter(specialty="Skin")).did_you_mean is None
    assert find(generation, "kyfoplasty -kyphoplasty").did_you_mean is None


def test_two_words_written_as_one_are_parted() -> None:
    """A word that no document has becomes two that documents write side by side."""
    documents = [question(f"h{n}", "Itchy eyes with hay fever every spring") for n in range(3)]
    assert respell(PlainGeneration([*documents, *OTHERS], ANALYZER), "hayfever tablets") == ("hay fever tablets", True)


@pytest.mark.parametrize("typed", ["hyperkalemia", "prednisolone", "sclerits-like"])
def test_opposites_names_and_compounds_are_not_corrected(typed: str) -> None:
    """The opposite, another drug that the tables know, and parts of a compound are other words, however alike."""
    texts = ["hypokalemia after vomiting", "prednisone for asthma", "scleritis of one eye"]
    documents = [question(f"o{n}", text) for n, text in enumerate(texts * 3)]
    assert respell(PlainGeneration(documents, ANALYZER), typed) is None


def test_an_ending_of_medicine_is_misspelt_by_a_vowel() -> None:
    """Psoriosis is psoriasis: it ends as a word of medicine, and is none. The epiglottis is not epiglottitis."""
    documents = [question(f"q{n}", "psoriasis or epiglottitis") for n in range(5)]
    generation = PlainGeneration([*documents, *OTHERS], ANALYZER)
    assert respell(generation, "psoriosis creams") == ("psoriasis creams", True)
    assert respell(generation, "epiglottosis") is None


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [
        ("pain", "pain", 0),
        ("vomitting", "vomiting", 0.6),
        ("diabetis", "diabetes", 0.6),
        ("cemnet", "cement", 0.6),
        ("ashma", "asthma", 1),
        ("numonia", "pneumonia", 2),
        ("", "abc", 3),
    ],
)
def test_distance_counts_slips(a: str, b: str, slips: float) -> None:
    """Letters doubled, vowels taken for another and letters changed over are slight slips; others are whole ones."""
    assert distance(a, b, 9.0) == pytest.approx(slips)
    assert distance(b, a, 9.0) == pytest.approx(slips)


def test_a_known_misspelling_is_respelled_however_often_it_is_written() -> None:
    """What the table calls a misspelling is corrected at once though many hold it; it has no word of its own."""
    documents = [question(f"q{n}", f"my migrane number {n}", "hurts") for n in range(30)]
    documents += [question(f"m{n}", f"my migraine number {n}", "hurts") for n in range(3)]
    assert respell(PlainGeneration(documents, ANALYZER), "migrane tablets") == ("migraine tablets", True)
    assert not misspellings().keys() & (known_words() | stop_words())
    assert not misspellings().keys() & set(misspellings().values())


def test_two_slips_in_a_short_word_are_only_suggested() -> None:
    """A rare word is not replaced at once by one that is two slips away, unless it is long."""
    documents = [question(f"q{n}", f"about males and kyphoplasty {n}", "text") for n in range(5)]
    generation = PlainGeneration([*documents, *OTHERS], ANALYZER)
    assert respell(generation, "mallues") == ("males", False)
    assert respell(generation, "kiphoplesty") == ("kyphoplasty", True)


@pytest.mark.parametrize("typed", ["who is the president", "the presidents", "at what price"])
def test_a_word_of_everyday_is_meant_though_no_document_has_it(typed: str) -> None:
    """Who types one that many documents nearly have means it; one that is no word is corrected."""
    documents = [question(f"q{n:02d}", "The present price", "Presented with a prick.") for n in range(30)]
    generation = PlainGeneration([replace(d, title="The present") for d in documents] + OTHERS, ANALYZER)
    assert respell(generation, typed) is None
    assert respell(generation, "who is the presant") == ("who is the present", True)


def test_what_is_not_wanted_is_not_respelled(generation: PlainGeneration) -> None:
    """Exclusions are proposed as they were typed, and change no score."""
    assert find(generation, "kyfoplasty -xyzzyxq").did_you_mean == "kyphoplasty -xyzzyxq"
    assert find(generation, 'cement -"zz zz zz zz zz zz"').hits == find(generation, "cement").hits


def test_known_and_hopeless_words_are_not_respelled(generation: PlainGeneration) -> None:
    """Nothing is proposed for words that are there, nor for ones that resemble nothing."""
    assert respell(generation, "cement") is None
    assert respell(generation, "zzxqv blorf") is None


def test_a_panel_never_shows_the_document_itself(generation: PlainGeneration) -> None:
    """A document is not beside itself."""
    assert "c1" not in {card.id for card in panel(generation, own_text(CEMENT[0]), without="c1").cards}


def test_one_card_for_one_wording(generation: PlainGeneration) -> None:
    """Of questions in the same words one is shown, the answered one."""
    ids = [card.id for card in panel(generation, "cement leaked after kyphoplasty into the disc").cards]
    assert "c1" in ids
    assert "c3" not in ids


def test_answered_comes_first_among_equals(generation: PlainGeneration) -> None:
    """Of two documents with one score the answered one stands first."""
    ids = ["c1", "c2", "c4"]
    facts = dict(zip(ids, generation.facts(ids), strict=True))
    ranked = one_per_wording(facts, [Ranked("c2", 5.0), Ranked("c4", 5.0), Ranked("c1", 5.0)])
    assert [r.id for r in ranked] == ["c1", "c4", "c2"]


def test_a_panel_is_empty_rather_than_padded(generation: PlainGeneration) -> None:
    """A text that shares nothing telling with any document has no cards and no topics."""
    for text in ("zzxqv blorf", "", "the of and", "my aunt bakes bread of that kind"):
        assert panel(generation, text).cards == (), text
        assert panel(generation, text).topics == (), text


def test_what_is_close_says_the_text_and_is_titled_by_it(generation: PlainGeneration) -> None:
    """A page that says all of a text, under a title of which the text says all, is as close as can be; one that shares
    nothing is not close at all; a title of other matter takes from it.
    """
    same, nothing = ANALYZER.analyse("cement leaked after kyphoplasty"), ANALYZER.analyse("my aunt bakes bread")

    def of_search(generation: PlainGeneration, text: Analysed, ids: list[str]) -> list[float]:
        return search_closeness(generation, ANALYZER.places(text), ids)

    for closeness in (draft_closeness, of_search):
        assert closeness(generation, same, ["c1", "z01"]) == pytest.approx([2.0, 0.0])
        assert closeness(generation, nothing, ["c1"]) == [0.0]
        first, second = closeness(generation, ANALYZER.analyse("is a little leaked cement dangerous"), ["c2", "c1"])
        assert first > second


def test_pages_that_say_the_same_are_close(generation: PlainGeneration) -> None:
    """A page's twin has the highest closeness, pages on its matter some, and others next to none."""
    near = Neighbours([Ranked("c3", 9.0), Ranked("c2", 9.0), Ranked("z01", 9.0)], possible=20.0)
    twin, other, stranger = page_closeness(generation, generation.statistics, "c1", near)
    assert twin > other > page_floor(generation.statistics) > stranger


def test_a_small_index_has_a_lower_floor(generation: PlainGeneration) -> None:
    """In a few documents no word is rare, and what is close is less so; from 800 on the floor is the same."""
    sizes = [replace(generation.statistics, documents=n) for n in (0, 34, 799, 800, 10**6)]
    floors = [page_floor(statistics) for statistics in sizes]
    assert floors == sorted(floors)
    assert floors[1] < floors[2] < floors[3] == floors[4]


def test_a_search_says_whether_anything_is_close(generation: PlainGeneration) -> None:
    """A search that a title answers is close to it; one of which pages say a word or two by the way is not."""
    assert find(generation, "leaked cement").close
    assert not find(generation, "does the bread of my aunt harden something").close
    assert find(generation, "").close


def test_topics_are_those_of_the_neighbours(generation: PlainGeneration) -> None:
    """Topics that at least a third of the neighbours name are shown, others are not."""
    assert [topic.name for topic in panel(generation, "cement leaked after kyphoplasty").topics] == ["Spine"]


def test_a_card_shows_the_askers_and_the_doctors_own_words(generation: PlainGeneration) -> None:
    """The excerpt is the asker's, the reply's is the doctor's, an article has no reply."""
    cards = {card.id: card for card in panel(generation, "leaked cement after kyphoplasty").cards}
    assert cards["c1"].excerpt == "Cement is in the disc."
    assert cards["c1"].reply is not None
    assert cards["c1"].reply.excerpt == "It is hard."
    assert cards["c4"].reply is None


def test_words_in_common_are_written_as_the_card_writes_them() -> None:
    """Whole words, weightiest first, never stems; a capital of a sentence goes, that of a name's letters stays."""
    shown = Passage("MRI and X-rays show that cement leaked 3 times")
    passages = [Passage("Kyphoplasty of T12", None, 2.0), shown]
    weights = {"kyphoplasti": 3.0, "t12": 4.0, "leak": 2.0, "xray": 1.0, "ray": 0.9, "3": 9.0}
    assert words_in_common(passages, weights, 4) == ("T12", "kyphoplasty", "leaked", "X-rays")


@given(st.text(max_size=400), st.integers(5, 60))
def test_an_excerpt_is_whole_words_from_the_beginning(text: str, most: int) -> None:
    """An excerpt is short, on one line, and but for … the beginning of the text."""
    line = " ".join(text.split())
    cut = excerpt(text, most)
    assert len(cut) <= most + 1
    if cut != line:
        head = cut.removesuffix("…")
        assert line.startswith(head)
        assert len(line) > most
        assert " " not in line[:most] or line[len(head)] in " .,;:-–—"


@given(st.lists(st.sampled_from(["cement", "leaked", "knee", "bone-cement", "\n", "and", "T12"]), max_size=120))
def test_a_snippet_is_the_texts_own_words(words: list[str]) -> None:
    """Marked or not, a snippet's pieces are a passage of the text, cut between words, with every match marked."""
    text = " ".join(words)
    pieces = snippet([Passage(text)], Marks({"cement": 2.0, "leak": 1.0}), most=60)
    joined = "".join(piece for piece, _ in pieces).removeprefix("… ").removesuffix(" …").removesuffix("…")
    line = " ".join(text.split())
    assert " ".join(joined.split()) in line
    assert all(piece for piece, _ in pieces)
    if "cement" in words:
        assert any(matched and "cement" in piece for piece, matched in pieces)


@given(
    st.lists(
        st.lists(st.sampled_from(["cement", "leaked", "knee", "and", "so"]), max_size=40).map(" ".join), max_size=3
    ),
    st.dictionaries(st.sampled_from(["cement", "leak", "knee"]), st.sampled_from([0.5, 1.0, 3.0]), min_size=1),
)
def test_a_snippet_is_the_passage_that_holds_most(texts: list[str], terms: dict[str, float]) -> None:
    """No passage of that length, in any of the texts, holds terms that weigh more."""
    most = 0.0
    for text in texts:
        there = [spot for spot in spots(text) if spot.term in terms]
        for first in there:
            inside = {spot.term for spot in there if first.start <= spot.start and spot.end <= first.start + 40}
            most = max(most, sum(terms[term] for term in inside))
    marked = {stem(piece) for piece, matched in snippet(map(Passage, texts), Marks(terms), most=40) if matched}
    assert sum(terms[term] for term in marked) == pytest.approx(most)


def test_a_quoted_phrase_is_shown_as_a_phrase_however_late(generation: PlainGeneration) -> None:
    """The passage that has the very phrase is shown, not one that has its words apart; beyond any number of words."""
    text = "The cement was mixed. We saw the leak. " + "Nothing to see. " * 2_000 + "A cement leak was found."
    pieces = snippet([Passage(text)], Marks({"cement": 1.0, "leak": 1.0}, {("cement", "leak"): 3.0}))
    assert [piece for piece, marked in pieces if marked] == ["cement", "leak"]
    assert "was found" in "".join(piece for piece, _ in pieces)
    late = snippet([Passage("Nothing to see. " * 2_000 + "The vaccine helps.")], Marks({"vaccin": 1.0}))
    assert ("vaccine", True) in late


def test_a_page_found_by_another_name_shows_it() -> None:
    """Who types one name of a thing sees the other one marked, of several words too."""
    pages: list[Document] = [
        Article(id="drug", title="Note", body="Atorvastatin is taken in the evening."),
        Article(id="heart", title="Note", body="After a myocardial infarction one rests."),
        Article(id="liver", title="Note", body="Vitamin B does not cure hepatitis B."),
    ]
    generation = PlainGeneration([*pages, *OTHERS], ANALYZER)
    for typed, shown in (
        ("lipitor", ["Atorvastatin"]),
        ("heart attack", ["myocardial", "infarction"]),
        ("hep B", ["hepatitis", "B"]),
    ):
        first = find(generation, typed).hits[0]
        assert [piece for piece, marked in first.snippet if marked] == shown


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("anual", "Anal fissure"),
        ("prednisolone", "Prednisone"),
        ("epiglottitis", "The epiglottis"),
        ("oedema", "Edema"),
    ],
)
def test_nobody_is_asked_for_what_was_not_meant(typed: str, page: str) -> None:
    """An indecent word, another drug, a word of other build and another spelling of the same are no corrections."""
    generation = PlainGeneration([*OTHERS, *(Article(id=f"p{n}", title=page) for n in range(4))], ANALYZER)
    assert find(generation, typed).did_you_mean in (None, "annual")


def test_a_correction_finds_something_under_the_filter(generation: PlainGeneration) -> None:
    """What is right elsewhere and finds nothing here is not proposed."""
    assert find(generation, "kyphoplsty").did_you_mean == "kyphoplasty"
    assert find(generation, "kyphoplsty", where=Filter(year=1999)).did_you_mean is None


def test_a_dose_comes_first_and_hides_no_page_of_its_drug() -> None:
    """Of two words with a name a hit has both, if any does; a dose is no such name, however it is written."""
    pages: list[Document] = [
        Article(id="dose", title="Metformin", body="We gave 500 mg in the evening."),
        Article(id="drug", title="Metformin and the kidney"),
        Article(id="name", title="Metformin and B12"),
    ]
    generation = PlainGeneration([*pages, *OTHERS], ANALYZER)
    for typed in ("metformin 500mg", "metformin 500 mg"):
        first, *others = [hit.id for hit in find(generation, typed).hits]
        assert first == "dose"
        assert sorted(others) == ["drug", "name"]
    assert [hit.id for hit in find(generation, "metformin B12").hits] == ["name"]


def test_a_dose_is_marked_whole_and_no_other_unit() -> None:
    """However number and unit are written, both are marked, where they stand together; another dose's unit is not."""
    text = "She took 325 mg before. " + "Nothing to see. " * 40 + "Now she takes 81 mg."
    generation = PlainGeneration([Article(id="a", title="Note", body=text), *OTHERS], ANALYZER)
    for typed in ("81 mg", "81mg"):
        (hit,) = find(generation, typed).hits
        assert [piece for piece, marked in hit.snippet if marked] == ["81", "mg"]
    assert find(generation, f"g{'1' * 70}g").generation  # too long for a word: no error


def test_several_misspelt_words_are_mended_together(generation: PlainGeneration) -> None:
    """Each word is corrected by itself, and all of them in one text."""
    assert find(generation, "cemant kyphoplsty").did_you_mean == "cement kyphoplasty"


def test_a_snippet_without_a_match_is_the_beginning() -> None:
    """Where the match is in the title alone, the text's beginning is shown."""
    assert snippet([Passage("One two three.")], Marks({"cement": 1.0})) == (("One two three.", False),)


def test_a_card_tells_the_other_name_of_a_thing() -> None:
    """Where the text says Tylenol and the card paracetamol, the card's own word is among the words in common."""
    documents: list[Document] = [question("p", "Paracetamol for a fever in the night", "Is it safe?"), *OTHERS]
    cards = panel(PlainGeneration(documents, ANALYZER), "Tylenol for a fever in the night").cards
    assert "paracetamol" in cards[0].matched

"""Concepts, intents, phrases and the finer channels: tables that are checked, and what they find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import RequestRefused
from indexer.analysis import Analyzer
from indexer.analysis.channels import bigrams, grams, stops
from indexer.analysis.intents import intent_names, intents
from indexer.analysis.phrases import Phrases, readings
from indexer.analysis.tokens import words_of
from indexer.analysis.wordlists import shipped
from indexer.duplicates.differences import decisive
from tests.documents import ANALYZER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("my tummy hurts", "abdominal pain"),
        ("heart attack", "myocardial infarction"),
        ("acid reflux", "heartburn"),
        ("coumadin", "is warfarin a blood thinner"),
    ],
)
def test_lay_and_clinical_words_share_a_concept(one: str, other: str) -> None:
    """Two names for one thing, words or phrases, have a concept in common and no word."""
    a, b = ANALYZER.analyse(one), ANALYZER.analyse(other)
    assert a.concepts.keys() & b.concepts.keys()
    assert not a.bag.keys() & b.bag.keys()


def test_a_kind_is_found_by_its_class_and_not_by_another_kind() -> None:
    """Who asks for blood thinners finds warfarin; who asks for warfarin does not ask for blood thinners."""
    kind, whole = ANALYZER.analyse("is warfarin safe"), ANALYZER.analyse("blood thinners")
    assert ANALYZER.asked(whole).keys() & kind.concepts.keys()
    assert not ANALYZER.asked(kind).keys() & whole.concepts.keys()


def test_no_two_drugs_are_one_thing() -> None:
    """No name of one drug that the tables know asks for a concept that another drug's name asks for."""
    drug_of: dict[str, str] = {}
    drugs = [line.text for line in shipped("differences.txt") if line.text.startswith("drug/")]
    for drug, _, names in (line.partition(":") for line in drugs):
        for name in names.split(","):
            for concept in ANALYZER.asked(ANALYZER.analyse(name)):
                assert drug_of.setdefault(concept, drug) == drug, f"{name.strip()} and {drug_of[concept]}: {concept}"
    assert len(drug_of) > 50


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hypothyroidism", "hyperthyroidism"),
        ("high blood pressure", "low blood pressure"),
        ("hyperglycemia", "low blood sugar"),
        ("good cholesterol", "bad cholesterol"),
        ("fast heart rate", "slow heart rate"),
        ("is it safe", "is it dangerous"),
        ("constipation", "diarrhea"),
        ("lose weight", "gain weight"),
        ("short sighted", "long sighted"),
    ],
)
def test_no_opposites_are_one_thing(one: str, other: str) -> None:
    """Opposites ask for no concept in common."""
    asked = [ANALYZER.asked(ANALYZER.analyse(text)).keys() for text in (one, other)]
    assert not asked[0] & asked[1]


@pytest.mark.parametrize("table", ["concepts.txt", "names.txt"])
def test_no_line_joins_what_decides(table: str) -> None:
    """No two names of one thing name different sides, signs, degrees, drugs or courses."""
    for line in shipped(table):
        named = [decisive(words_of(name)) for name in line.text.partition(">")[0].rstrip("=").split(",")]
        for kind in ("side", "letter", "sign", "degree", "course", "order", "pregnancy", "drug"):
            assert len({values[kind] for values in named if kind in values}) <= 1, line.text


def test_a_longer_name_is_meant_alone() -> None:
    """What stands inside a longer name is not asked for; two names of one length are both."""
    assert set(ANALYZER.asked(ANALYZER.analyse("no sex drive"))) == {"=libido"}
    named = {place.term: place.names for place in ANALYZER.places(ANALYZER.analyse("no sex drive"))}
    assert named == {"no": (), "sex": ("=libido",), "drive": ("=libido",)}


@pytest.mark.parametrize("text", ["X-ray", "COVID-19", "covid19", "L4-L5", "vitamin A", "HLA-B27", "TNF-α", "-2.5"])
def test_a_compound_is_one_word_of_a_search(text: str) -> None:
    """What is written as one word, or belongs together as one does, counts once among the words of a search."""
    assert len(ANALYZER.places(ANALYZER.analyse(f"knee {text}"))) == 2


def test_a_sites_synonyms_join_the_table() -> None:
    """`a, b => c` makes a and b names of c; the analysis is another one then."""
    analyzer = Analyzer("# ours\nbaker cyst, popliteal cyst => fluid behind the knee\n")
    names = [analyzer.analyse(text).concepts for text in ("Baker cyst?", "popliteal cysts", "fluid behind the knee")]
    assert names[0].keys() & names[1].keys() & names[2].keys()
    assert names[0] - ANALYZER.analyse("Baker cyst?").concepts
    assert analyzer.fingerprint != ANALYZER.fingerprint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fine, good\na => b => c", "two arrows"),
        ("fine, good\na > b > c", "two arrows"),
        ("fine, good\nknee,,hip", "empty name"),
        ("fine, good\nthe, knee", "stop word"),
        ("fine, good\n => c", "empty name"),
        ("fine, good\nknee hip", "one name alone"),
    ],
)
def test_a_bad_synonym_names_its_line(text: str, reason: str) -> None:
    """The error says what is wrong, in which file and line, and what to do."""
    with pytest.raises(RequestRefused, match=reason) as caught:
        Analyzer(text, "ours.txt")
    assert caught.value.where == "ours.txt, line 2"
    assert caught.value.next


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How can I get rid of hiccups?", "treatment"),
        ("Why do my ears ring?", "cause"),
        ("How long does a cold last?", "duration"),
        ("Is shingles contagious?", "contagion"),
        ("How much ibuprofen is too much?", "dose"),
        ("Can stress really cause hair loss?", "possible"),
        ("Should I see a doctor?", "worry"),
    ],
)
def test_an_intent_is_told_by_its_phrases(text: str, wanted: str) -> None:
    """What a question wants to know is found in its words."""
    assert wanted in intents(ANALYZER.analyse(text).tokens)
    assert wanted in intent_names()


def test_readings_of_a_pattern() -> None:
    """Alternatives multiply, a word with ? may be missing, too many are refused."""
    assert set(readings("what is/are ?the x")) == {
        ("what", "is", "the", "x"),
        ("what", "is", "x"),
        ("what", "are", "the", "x"),
        ("what", "are", "x"),
    }
    with pytest.raises(ValueError, match="readings"):
        list(readings(" ".join(["a/b/c/d"] * 8)))


@given(st.lists(st.sampled_from(["a", "b", "ab", "abc", "c"]), max_size=12))
def test_phrases_are_found_as_a_plain_search_finds_them(words: list[str]) -> None:
    """Every pattern is found at every place where looking word by word finds it."""
    patterns = {("a", "b"): "ab", ("ab*",): "ab-", ("a", "...", "c"): "gap", ("b", "*"): "any"}
    phrases = Phrases([(name, pattern) for pattern, name in patterns.items()])

    def fits(pattern: tuple[str, ...], at: int) -> bool:
        if not pattern:
            return True
        if pattern[0] == "...":
            return any(fits(pattern[1:], at + skip) for skip in range(1, 7))
        if at >= len(words):
            return False
        wanted = pattern[0]
        same = words[at].startswith(wanted[:-1]) if wanted.endswith("*") else words[at] == wanted
        return same and fits(pattern[1:], at + 1)

    expected = sorted((at, name) for at in range(len(words)) for pattern, name in patterns.items() if fits(pattern, at))
    assert sorted((start, name) for name, start, _ in phrases.places(words)) == expected
    assert all(at < end <= len(words) for _, at, end in phrases.places(words))


def test_the_finer_channels_of_a_text() -> None:
    """Pairs keep stop words, grams leave them out and survive a misspelling, Chinese is in no pair."""
    analysed = ANALYZER.analyse("how long does 骨水泥 fatigue last")
    assert "how long" in bigrams(analysed.sequence)
    assert not any("骨" in pair for pair in bigrams(analysed.sequence))
    assert set(stops(analysed.tokens)) >= {"how", "does"}
    right, wrong = grams(["pneumonia"]), grams(["neumonia"])
    assert len(right.keys() & wrong.keys()) >= 5
    assert "does" not in "".join(grams(["does"]))

"""Duplicates: pairs, stars, templates and differences, and what the sample's judgments say of them."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer
from corpus import Document
from indexer import Band, Filter, Index, RequestRefused, Settings
from indexer.analysis import own_text
from indexer.analysis.templates import find_templates
from indexer.duplicates.clusters import clusters
from indexer.duplicates.differences import differences
from indexer.duplicates.likelihood import Profile, QuestionPair
from indexer.generation import Pair, store_of
from tests.documents import ANALYZER, in_two_scripts, question
from tests.indexer.plain import PlainGeneration

_JUDGMENTS = Path(__file__).parents[3] / "corpus" / "sample" / "judgments.tsv"
NONE = find_templates([])
# Enough other documents for words to be rare.
OTHERS = [question(f"z{n:03d}", f"Something else entirely, number {n} of {n * 7 % 13} things") for n in range(200)]


@pytest.fixture(scope="module")
def judged() -> dict[str, list[tuple[str, str, str]]]:
    """The sample's judgments: document, other and note by kind."""
    rows = csv.DictReader(_JUDGMENTS.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    found = defaultdict(list)
    for row in rows:
        found[row["judgment"]].append((row["document"], row["other"], row["note"]))
    return dict(found)


def found_bands(index: Index) -> dict[frozenset[str], Band | None]:
    """The band of every pair that an index lists."""
    listed = index.duplicates(size=200).clusters
    return {frozenset((pair.a, pair.b)): pair.band for cluster in listed for pair in cluster.pairs}


def test_what_is_proposed_of_the_sample_is_right(
    sample_index: Index, judged: dict[str, list[tuple[str, str, str]]]
) -> None:
    """Three of the twelve duplicates, which are told in quite different words, and no pair that is none: to propose all
    twelve, two long stories in each other's panel were enough, and of 33 such pairs of real pages two were right.
    """
    found = found_bands(sample_index)
    assert len(judged["duplicate"]) == 12
    assert found.keys() <= {frozenset(pair[:2]) for pair in judged["duplicate"]}
    assert len(found) == 3


def test_the_samples_look_alikes_are_in_no_band(
    sample_index: Index, judged: dict[str, list[tuple[str, str, str]]]
) -> None:
    """None of the twelve, though they share almost every word."""
    assert len(judged["different"]) == 12
    assert [pair for pair in judged["different"] if frozenset(pair[:2]) in found_bands(sample_index)] == []


_KINDS = {"before/after": "order", "body part": "part"}


def test_what_decides_between_look_alikes_is_flagged(
    sample_index: Index, judged: dict[str, list[tuple[str, str, str]]]
) -> None:
    """Each pair's deciding kind, as the judgment names it, is among its differences."""
    for a, b, note in judged["different"]:
        kinds = {d.kind for d in sample_index.side_by_side(a, b).pair.differs}
        named = note.partition(":")[0]
        assert _KINDS.get(named, named) in kinds, (a, b, note, kinds)


@pytest.mark.parametrize(
    ("a", "b", "kind", "ours", "theirs"),
    [
        ("pain in my left knee", "pain in my right knee", "side", "left knee", "right knee"),
        ("I can walk", "I cannot walk", "negation", "", "cannot"),
        ("take 250 mg of it", "take 500 mg of it", "dose", "250 mg", "500 mg"),
        ("T12 is broken", "L1 is broken", "number", "T12", "L1"),
        ("I am 30 years old", "I am 71 years old", "age", "30", "71"),
        ("metformin and wine", "Zoloft and wine", "drug", "metformin", "Zoloft"),
        ("Advil and wine", "warfarin and wine", "drug", "Advil", "warfarin"),
        ("before the operation", "after the operation", "order", "before", "after"),
        ("acute gout", "chronic gout", "course", "acute", "chronic"),
        ("I am pregnant, is tea fine", "is tea fine", "pregnancy", "pregnant", ""),
        ("my wife snores", "my husband snores", "sex", "wife", "husband"),
        ("numb fingers", "numb toes", "part", "fingers", "toes"),
    ],
)
def test_a_deciding_word_is_told_as_written(a: str, b: str, kind: str, ours: str, theirs: str) -> None:
    """Kind and words of both sides, as each wrote them; the other way round the other way."""
    told = {d.kind: (d.a, d.b) for d in differences(a, b)}
    assert told[kind] == (ours, theirs)
    assert {d.kind: (d.b, d.a) for d in differences(b, a)} == told


def test_what_a_story_happens_to_say_does_not_decide() -> None:
    """A word of one story that the other says nothing of, and a bare number, stand behind what decides."""
    a = "Can I bear weight after the cast?\nIt was on for 6 days without pain in my left leg."
    b = "Can I not bear weight after the cast?\nMy right leg was in it, and I am 170 tall."
    told = differences(a, b)
    assert {d.kind for d in told if d.decides} == {"negation", "side"}
    assert {d.kind for d in told if not d.decides} == {"number"}
    assert [d.decides for d in told] == sorted((d.decides for d in told), reverse=True)


def test_a_word_stands_in_one_row_and_is_none_of_a_story() -> None:
    """What is told as asked is not told once more, nor that something was taken today."""
    told = {
        d.kind: (d.a, d.b) for d in differences("Why am I bleeding after taking the pill?", "Bleeding today, pregnant?")
    }
    assert "pregnant" in told["asked"][1]
    assert "about" not in told or "taking" not in told["about"][0]
    assert "about" not in told or not {"pregnant", "today"} & set(told["about"][1].split(", "))


def test_a_brand_and_its_substance_do_not_differ() -> None:
    """Tylenol and paracetamol are one drug."""
    assert not any(d.kind == "drug" for d in differences("Tylenol at night", "paracetamol at night"))


_SAID = ("left", "right", "knee", "the", "no", "cement", "骨水泥", "12", "what", "treatment")
_texts = st.lists(st.sampled_from(_SAID), max_size=9).map(" ".join)


@given(_texts, _texts)
def test_likelihood_is_a_symmetric_probability(a: str, b: str) -> None:
    """Between 0 and 1, the same both ways, and so is the band."""
    generation = PlainGeneration([*OTHERS, question("a", a or "x"), question("b", b or "x")], ANALYZER, templates=NONE)
    one, other = (Profile(generation, ANALYZER.analyse(text).words, []) for text in (a, b))
    there, back = QuestionPair(one, other), QuestionPair(other, one)
    assert 0 < there.likelihood < 1
    assert there.likelihood == pytest.approx(back.likelihood)
    assert there.band == back.band


def bands(*texts: str) -> list[Band | None]:
    """The bands of the first of some titles with each of the others."""
    generation = PlainGeneration(
        [*OTHERS, *(question(f"q{n}", text) for n, text in enumerate(texts))], ANALYZER, templates=NONE
    )
    first, *others = (Profile(generation, ANALYZER.analyse(text).words, []) for text in texts)
    return [QuestionPair(first, other).band for other in others]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("What are the symptoms of thalassemia?", "What are the symptoms of Thalassemias?"),
        ("How is Crohn disease treated in children?", "How is Crohn's Disease treated in children?"),
        ("Is rickets inherited?", "Is hereditary rickets inherited?"),
        ("What is cancer of the head and neck?", "What is head and neck cancer?"),
    ],
)
def test_titles_that_ask_the_same_of_the_same_are_very_likely(a: str, b: str) -> None:
    """Number, possessive, order and a word that only asks change nothing."""
    assert bands(a, b) == [Band.VERY_LIKELY]


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("What causes thalassemia?", "How is thalassemia diagnosed?", "asked"),
        ("What is hereditary spherocytosis?", "Is hereditary spherocytosis inherited?", "asked"),
        (
            "What is kidney failure: choosing a treatment?",
            "What is the treatment of kidney failure: choosing a treatment?",
            "asked",
        ),
        ("How is Kawasaki treated in children?", "How is Lyme treated in children?", "about"),
        ("What is colon cancer?", "What is intestinal cancer?", "about"),
        ("What is Tietz syndrome?", "What is Tietze syndrome?", "about"),
        ("Do you know of occupational health?", "Do you know of health occupations?", "about"),
        ("What is hepatitis A?", "What is hepatitis C?", "letter"),
        ("What is limb-girdle dystrophy type 2A?", "What is limb-girdle dystrophy type 2I?", "letter"),
        ("What is Waardenburg syndrome type 2?", "What is Waardenburg syndrome type 2A?", "letter"),
        ("What is vitamin A?", "What are vitamins?", "letter"),
        ("What is glycogen storage disease type I?", "What is glycogen storage disease type III?", "letter"),
        ("What is spastic paraplegia 19?", "What is spastic paraplegia 4?", "number"),
        ("Who gets acute leukemia in childhood?", "Who gets acute leukemia as adults?", "age"),
        ("What is low blood pressure?", "What is high blood pressure?", "degree"),
        ("Is a positive HIV test sure?", "Is a negative HIV test sure?", "sign"),
        ("Pain in the left knee at night", "Pain in the right knee at night", "side"),
        ("Is wine safe with 5 mg of prednisone?", "Is wine safe with 50 mg of prednisone?", "dose"),
    ],
)
def test_what_decides_keeps_a_pair_out_of_very_likely_and_is_named(a: str, b: str, kind: str) -> None:
    """Another question, thing, letter, number, side, dose, age: not the same question, and the list says why."""
    assert Band.VERY_LIKELY not in bands(a, b)
    assert kind in {differs.kind for differs in differences(a, b)}


def test_a_filled_template_is_no_duplicate() -> None:
    """A frame that a site fills with name after name makes no pairs; two that differ in an ending are very likely."""
    names = [f"Name{chr(97 + n % 26)}{chr(97 + n // 26)}osis" for n in range(60)]
    asked = [f"What are the usual symptoms of {name}?" for name in names]
    templates = find_templates(ANALYZER.analyse(text).tokens for text in asked)
    assert templates.hold(ANALYZER.analyse(asked[0]).tokens)
    assert not templates.hold(ANALYZER.analyse("My knee has clicked since Sunday").tokens)
    generation = PlainGeneration(
        [*OTHERS, *(question(f"q{n}", text) for n, text in enumerate(asked))], ANALYZER, templates=templates
    )
    one, other = (Profile(generation, ANALYZER.analyse(text).words, []) for text in asked[:2])
    assert QuestionPair(one, other).band is None
    again = Profile(generation, ANALYZER.analyse(asked[0].replace("of Name", "of the Name")).tokens, [])
    assert QuestionPair(one, again).band is Band.VERY_LIKELY


_ids = st.sampled_from("abcdefghij")
_pairs = st.dictionaries(
    st.tuples(_ids, _ids).filter(lambda pair: pair[0] < pair[1]), st.sampled_from(Band), max_size=25
)


@given(_pairs, st.lists(st.integers(0, 3), min_size=10, max_size=10))
def test_every_member_is_tied_to_the_canonical_one(found: dict[tuple[str, str], Band], kept: list[int]) -> None:
    """No chain of links is a cluster: each member is tied to the one to keep, by a pair of theirs or of questions that
    surer clusters keep these for. No pair is lost: by clusters that are as sure, its two questions hang together.
    """
    pairs = [Pair(a, b, 0.9, band) for (a, b), band in found.items()]
    stars = clusters(pairs, {id_: (value,) for id_, value in zip("abcdefghij", kept, strict=True)}, lambda *_: False)
    bands = list(Band)
    for star in stars:
        band = star.weakest.band
        surer = [s for s in stars if bands.index(s.weakest.band) < bands.index(band)]
        stands = {pair for s in surer for id_ in s.members for pair in ((id_, s.canonical),)} | {
            (i, i) for i in "abcdefghij"
        }
        for _ in bands:
            stands |= {(a, d) for a, b in stands for c, d in stands if b == c}
        tied = {frozenset(p[:2]) for p in star.pairs}
        assert all(frozenset((star.canonical, id_)) in tied for id_ in star.members if id_ != star.canonical)
        for pair in star.pairs:
            assert {pair.a, pair.b} <= set(star.members)
            assert any(
                own.band is pair.band and {(x, pair.a), (y, pair.b)} <= stands
                for own in pairs
                for x, y in ((own.a, own.b), (own.b, own.a))
            )
    for pair in pairs:
        sure = [s for s in stars if bands.index(s.weakest.band) <= bands.index(pair.band)]
        together = {pair.a}
        for _ in range(10):
            together |= {id_ for s in sure if together & set(s.members) for id_ in s.members}
        assert pair.b in together


def test_the_better_answered_question_is_canonical(tmp_path: Path) -> None:
    """Of one wording the question with a doctor's answer is the one to keep, and the reason says so."""
    documents: list[Document] = [
        question("a", "Does cement leak?"),
        question("b", "does cement LEAK", answer="It may."),
    ]
    indexer.build(tmp_path, [*documents, *OTHERS])
    with indexer.open_index(tmp_path) as index:
        (cluster,) = index.duplicates(band=Band.SAME).clusters
        assert (cluster.canonical, cluster.members, cluster.score) == ("b", ("a", "b"), 1.0)
        assert (cluster.reason.code, cluster.reason.author) == ("answered", "Dr. A. Test")
        assert index.duplicates(where=Filter(specialty="None such")).total == 0
        assert [card.same for card in index.similar("Does cement leak?").cards] == [Band.SAME]
        with pytest.raises(RequestRefused):
            index.duplicates(size=0)


def test_a_stored_panel_marks_what_a_draft_would_be_marked_with(tmp_path: Path) -> None:
    """The cards of a question that the scan found very likely the same are marked as those of its text as a draft."""
    documents = [
        *OTHERS,
        question("a", "How dangerous is a cement leak in my spine after kyphoplasty?"),
        question("b", "How dangerous are cement leaks in my spine after kyphoplasty?"),
    ]
    indexer.build(tmp_path, documents)
    with indexer.open_index(tmp_path) as index:
        stored = {card.id: card.same for card in index.related("a").cards}
        draft = {card.id: card.same for card in index.similar(index.own_text("a")).cards if card.id != "a"}
    assert stored == draft
    assert stored["b"] is Band.VERY_LIKELY


def test_a_pair_is_proposed_once(tmp_path: Path) -> None:
    """Two long stories that are each other's nearest, and are alike in their words too, are one pair."""
    indexer.build(tmp_path, in_two_scripts(random.Random(3), 300))
    with closing(store_of(tmp_path).open(Settings())) as generation:
        pairs = [(pair.a, pair.b) for pair in generation.pairs()]
    assert len(pairs) == len(set(pairs)) == 426


def test_two_builds_find_the_same_pairs(tmp_path: Path, sample: list[Document]) -> None:
    """The order of reading changes no cluster."""
    indexer.build(tmp_path / "one", sample)
    indexer.build(tmp_path / "other", reversed(sample))
    with indexer.open_index(tmp_path / "one") as one, indexer.open_index(tmp_path / "other") as other:
        assert one.duplicates(size=200).clusters == other.duplicates(size=200).clusters


def test_marks_hold_the_texts(sample_index: Index, sample: list[Document]) -> None:
    """The pieces of a side, put together, are its title and body to the last character."""
    texts = {document.id: document for document in sample}
    side = sample_index.side_by_side("q-0037", "q-0041").a
    assert "".join(mark.text for mark in side.title) == texts["q-0037"].title
    assert "".join(mark.text for mark in side.title) + "\n" + "".join(m.text for m in side.body) == own_text(
        texts["q-0037"]
    )
    assert "side" in {mark.kind for mark in side.title}

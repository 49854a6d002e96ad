"""From text to terms: what a visitor may type and still find."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import sequence, spots, spots_among, tokenize, wording
from indexer.analysis.folding import folded
from indexer.analysis.terms import stem
from indexer.analysis.tokens import tokens_in, words_of
from tests.documents import ANALYZER

_PIECES = ["a", "b", "(pain),", "_x_", "'b'", "pain-", "IL-6", "don't", "\u3000", "骨水泥", "3.5", "é"]


def words(text: str) -> list[str]:
    """The folded words of a text."""
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IL-6", {"il6", "il", "6"}),
        ("type-2", {"type2", "type", "2"}),
        ("type 2", {"type2", "type", "2"}),
        ("T12", {"t12", "12"}),
        ("β-blocker", {"betablock", "beta", "blocker"}),
        ("X-ray", {"xray", "ray"}),
        ("10mg", {"10mg", "10", "mg"}),
        ("L4-L5", {"l4l5", "l4", "l5", "4", "5"}),
        ("HLA-B27", {"hlab27", "hla", "b27", "27"}),
        ("5-10", {"5-10", "5", "10"}),
        ("120/80", {"120/80", "120", "80"}),
        ("follow‑up", {"followup", "follow"}),
        ("M.R.I.", {"mri"}),
        ("hepatitis A", {"hepatitisa", "hepatitis"}),
    ],
)
def test_compounds_are_found_whole_and_in_parts(text: str, expected: set[str]) -> None:
    """A compound gives itself and its parts; single Latin letters and stop words are no parts."""
    assert set(ANALYZER.analyse(text).bag) == {stem(word) for word in expected}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ménière", "MENIERE"), ("œdema", "OEDEMA"), ("ｋｎｅｅ", "knee"), ("don’t", "don't"), ("Straße", "STRASSE")],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str) -> None:
    """Case, width, Latin accents and the form of an apostrophe do not part words."""
    assert words(one) == words(other)


def test_marks_of_other_scripts_stay() -> None:
    """In Hindi a mark is a vowel, in Russian й is a letter."""
    assert words("दर्द") == ["दर्द"]
    assert words("й") != words("и")


def test_chinese_runs_are_characters_and_pairs() -> None:
    """A run without spaces gives each character and each pair of neighbours."""
    assert words("骨水泥") == ["骨", "骨水", "水", "水泥", "泥"]


@pytest.mark.parametrize("word", ["no", "not", "never", "none", "cannot", "without", "neither", "nothing", "don't"])
def test_negation_is_never_dropped(word: str) -> None:
    """What a patient denies counts in ranking."""
    assert ANALYZER.analyse(f"pain {word} fever").bag.total() == 3


def test_stop_words_hold_phrases_but_do_not_rank() -> None:
    """Stop words stay in the sequence and are left out of the bag."""
    analysed = ANALYZER.analyse("out of the bone")
    assert len(analysed.sequence) == 4
    assert set(analysed.bag) == {"bone"}


def test_inflections_share_a_term() -> None:
    """leak, leaks, leaking and leakage-like forms meet in their stem."""
    assert len(set(sequence("leak leaks leaked leaking"))) == 1


@given(st.text(max_size=80))
def test_tokens_stand_where_they_say(text: str) -> None:
    """Every token's span lies in the text, holds something, and follows in order."""
    at = 0
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= at
        at = token.start


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    """A folded text is its own folded form."""
    assert folded(folded(text).text).text == folded(text).text


@example("\ufdfa salve")
@given(st.text(max_size=80))
def test_terms_hold_no_white_space(text: str) -> None:
    """Terms survive a tokenizer that parts at white space, as Whoosh's does."""
    assert all(term and not any(c.isspace() for c in term) for term in sequence(text))


@given(st.text(max_size=60))
def test_spots_are_the_bag(text: str) -> None:
    """The places of terms are the terms that ranking counts in each piece of a text, no more and no fewer."""
    counted = [term for piece in text.split() for term in ANALYZER.analyse(piece).bag.elements()]
    assert sorted(spot.term for spot in spots(text)) == sorted(counted)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Is it hard?", "is it  HARD", True),
        ("Take 5 mg, please.", "take 5mg please", True),
        ("Is it hard?", "It is hard?", False),
        ("HIV +ve", "HIV -ve", False),
        ("Rh+", "Rh-", False),
        ("hepatitis A", "hepatitis B", False),
        ("ferritin <10", "ferritin >10", False),
        ("0.5 mg", "5 mg", False),
        ("T-score 2.5", "T-score -2.5", False),
    ],
)
def test_wording_is_what_was_written(one: str, other: str, *, same: bool) -> None:
    """Case, spacing and closing marks alone are free; signs, numbers and letters are kept."""
    assert (wording(one) == wording(other)) is same


def test_fingerprint_is_the_same_in_every_process() -> None:
    """Hash seeds do not reach the fingerprint."""
    code = "from indexer.analysis import Analyzer; print(Analyzer().fingerprint)"
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert {run.stdout.strip() for run in told} == {ANALYZER.fingerprint}


@given(st.text(max_size=80) | st.lists(st.sampled_from([*_PIECES, "x" * 50])).map(" ".join))
def test_what_is_remembered_is_what_tokenizing_anew_gives(text: str) -> None:
    """Tokens, words and wanted spots, found piece by piece, are those of the whole text."""
    anew = [
        token._replace(start=piece.start() + token.start, end=piece.start() + token.end)
        for piece in re.finditer(r"\S+", text)
        for token in tokens_in(piece[0])
    ]
    assert list(tokenize(text)) == anew
    assert words_of(text) == [token.text for token in anew]
    wanted = {spot.term for spot in spots(text)[::2]}
    assert spots_among(text, wanted) == [spot for spot in spots(text) if spot.term in wanted]

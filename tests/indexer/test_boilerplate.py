"""Boilerplate: greetings and a site's own frame in many questions steer neither panels nor duplicates."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer
from corpus import Document, Question
from indexer.analysis import Boilerplate, wording
from indexer.analysis.boilerplate import sample, sentences_of
from indexer.analysis.tokens import words_of
from tests.documents import question

GREETINGS = (
    "Hello doctor, thank you for taking my question.",
    "Hi doc, hope you are well.",
    "Good morning, I am new here.",
    "Dear doctor, please help me.",
    "Greetings from the seaside, and thanks in advance.",
    "Hello everyone, first of all thank you.",
    "Respected sir, I have a query.",
    "Hey there, sorry for the long text.",
)
TEMPLATE = (
    "This question was sent with the form of our clinic. By sending it the asker agreed that it may be shown to "
    "others without a name, that an answer takes three days, and that it replaces no visit to us."
)


NAMES = ("coffee", "cheese", "swimming", "flying")


def planted(documents: list[Document], seed: int = 7) -> list[Document]:
    """The documents with one of eight greetings in 30 % of the questions and a template of 40 words in 5 %."""
    rng = random.Random(seed)
    changed: list[Document] = []
    for document in documents:
        if not isinstance(document, Question):
            changed.append(document)
            continue
        greeting = rng.choice(GREETINGS) if rng.random() < 0.3 else ""
        template = f"\n\n{TEMPLATE}" if rng.random() < 0.05 else ""
        changed.append(replace(document, body=f"{greeting} {document.body}{template}".strip()))
    return changed


def overlap(one: Path, other: Path) -> float:
    """The mean overlap of the first four neighbours of all documents in two indexes."""
    with indexer.open_index(one) as clean, indexer.open_index(other) as dirty:
        shares = []
        for document in clean.documents():
            wanted = clean.neighbours(document.id)[:4]
            shares.append(len(set(wanted) & set(dirty.neighbours(document.id)[:4])) / max(len(wanted), 1))
    return sum(shares) / len(shares)


def pairs_of(path: Path) -> set[tuple[str, str]]:
    """The pairs that an index proposes."""
    with indexer.open_index(path) as index:
        first = index.duplicates(size=200)
        pages = [first, *(index.duplicates(page=n, size=200) for n in range(2, first.pages + 1))]
    return {(pair.a, pair.b) for page in pages for cluster in page.clusters for pair in cluster.pairs}


@pytest.mark.parametrize(
    "fact", ["I am pregnant.", "I take warfarin.", "I have diabetes.", "My INR is 2.5.", "I am 24."]
)
def test_a_fact_that_three_state_alike_stays(tmp_path: Path, fact: str) -> None:
    """A short sentence that says something of the asker is found in each question, however many write it."""
    asked = [question(f"q{n}", f"Is {name} safe?", f"Hello doctor. {fact} Thank you.") for n, name in enumerate(NAMES)]
    indexer.build(tmp_path, asked)
    with indexer.open_index(tmp_path) as index:
        assert index.search(f'"{fact}"').total == len(NAMES)
        assert index.search('"hello doctor"').total == 0


def test_an_update_leaves_out_what_the_full_build_found(tmp_path: Path) -> None:
    """A greeting of the full build steers no question that comes later, and a fact of that one stays."""
    asked = [question(f"q{n}", f"Is {name} safe?", "Hello doctor. I take warfarin.") for n, name in enumerate(NAMES)]
    indexer.build(tmp_path, asked)
    indexer.update(tmp_path, [question("new", "Is tea safe?", "Hello doctor. I take warfarin.")])
    with indexer.open_index(tmp_path) as index:
        assert index.search('"take warfarin"').total == len(NAMES) + 1
        assert index.search('"hello doctor"').total == 0


def test_the_plan_plants_forty_words() -> None:
    """The template is of the size that it claims."""
    assert len(TEMPLATE.split()) == 40


def test_boilerplate_makes_no_pair_of_the_sample(tmp_path: Path, sample: list[Document], sample_path: Path) -> None:
    """With greetings and templates planted no pair becomes a duplicate that was none."""
    indexer.build(tmp_path, planted(sample))
    assert pairs_of(tmp_path) <= pairs_of(sample_path)
    assert overlap(sample_path, tmp_path) >= 0.95


@given(
    st.lists(st.text() | st.sampled_from([*GREETINGS, "IL-6?!", "3.5 mg", "e.g. don't", "…\n", "骨.水泥"]), max_size=8)
)
def test_the_sentences_of_a_text_hold_its_words(parts: list[str]) -> None:
    """A text has the same words whether it is read in sentences, to leave out what repeats, or as a whole."""
    text, repeated = " ".join(parts), Boilerplate([wording(GREETINGS[0])])
    whole, own = repeated.parted(text)
    assert whole == Boilerplate().parted(text)[0] == words_of(text)
    assert own == words_of("".join(s for s in sentences_of(text) if wording(s) != wording(GREETINGS[0])))


def test_of_very_many_questions_some_are_looked_through() -> None:
    """All of a usual site; of more about so many as the limit, chosen by what they say and not by their order."""
    wordings = np.random.default_rng(3).integers(0, 2**63, 400_000)
    assert sample(wordings[: 1 << 17]).all()
    chosen = sample(wordings)
    assert abs(int(chosen.sum()) - (1 << 17)) < 2_000
    assert set(wordings[::-1][sample(wordings[::-1])]) == set(wordings[chosen])

"""What a document is worth to many that ask, told at once, is what each of them would tell."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus import Question
from indexer import Settings, build, update
from indexer.analysis.intents import intent_entries
from indexer.answering.weighing import weigh
from indexer.generation import FindRequest
from indexer.generation.folder.store import FolderStore
from indexer.generation.local.reader import LocalGeneration
from indexer.ranking.mapped import ARRAYS
from indexer.ranking.token_store import StoredWords
from tests.documents import question

# Words that repeat their own letters, compounds, stop words, characters.
_SAID = (
    *("banana", "knee pain", "knees hurt", "after surgery", "the", "with", "anti-inflammatory", "vitamin b 12", "5 mg"),
    *("膝蓋很痛", "發燒三天", "怎麼辦", "IL-6", "can't", "high blood pressure", "ananananas"),
)


def _text(rng: random.Random, most: int) -> str:
    return " ".join(rng.choices(_SAID, k=rng.randint(0, most)))


def _documents(rng: random.Random, name: str, size: int) -> list[Question]:
    """Questions of which each asks for something, by a phrase that begins in its title and ends in its body."""
    phrases = [words for _, words in intent_entries() if len(words) > 1 and not set("".join(words)) & set("*.")]
    documents = []
    for n in range(size):
        begin, *end = rng.choice(phrases)
        documents.append(question(f"{name}{n:03d}", f"{_text(rng, 4)} {begin}", f"{' '.join(end)} {_text(rng, 40)}"))
    return documents


def test_scores_for_many_are_those_of_each(tmp_path: Path) -> None:
    """A document's score in the list of each that has it in its second stage, to the last bit: over several segments,
    for texts of any length, with phrases that begin in a title and end in the body.
    """
    rng, settings = random.Random(5), Settings(compiled=False)
    build(tmp_path, _documents(rng, "b", 120), settings=settings)
    update(tmp_path, _documents(rng, "n", 9), settings=settings)
    compared = across = 0
    manifest, folder = FolderStore(tmp_path).usable()
    own = StoredWords(folder / ARRAYS)
    with closing(LocalGeneration.of(folder, manifest)) as generation:
        judged: dict[int, list[tuple[int, float, float]]] = {}
        for n in range(129):
            title, body = own.title_and_body(n)
            analyse = generation.analyzer.analyse_words
            weighed = weigh(generation, analyse([*title, *body]))
            apart = analyse(title).finer["intents"].keys() | analyse(body).finer["intents"].keys()
            across += not weighed.finer["intents"].keys() <= apart
            stage = generation.second_stage(
                FindRequest(weights=weighed.weights, finer=weighed.finer, words=weighed.words)
            )
            for m, score, first in zip(stage.numbers.tolist(), stage.scores, stage.first, strict=True):
                judged.setdefault(m, []).append((n, score, first))
        for m, those in judged.items():
            askers, scores, first = map(np.array, zip(*those, strict=True))
            assert generation.scores_for(m, askers, first)[0].tolist() == scores.tolist()
            compared += len(those)
    assert compared > 5_000
    assert across > 20

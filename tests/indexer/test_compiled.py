"""The compiled form and NumPy's write the same bytes and answer the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import corpus
import indexer
from corpus import Document
from indexer import Settings
from indexer.build import workers
from indexer.generation import store_of
from indexer.types import Progress
from tests.documents import question

NASTY = [
    question("empty", "?", answer="the of and"),
    question("repeats", "knee", body="pain " * 2_500),
    question("letters", "ISTANBUL İstanbul ıstanbul IL-6 β-blocker T12", answer="骨水泥 外洩 दर्द"),
    question("boiler-1", "How long?", body="Hello doctor. My knee hurts."),
    question("boiler-2", "Why so?", body="Hello doctor. My hip hurts since 3.5 weeks."),
    question("boiler-3", "What now?", body="Hello doctor."),
    question("boiler-4", "Is it bad?", body="... Hello doctor!"),
    question("concepts", "high blood pressure or hypertension, heart attack", body="is it safe to take ibuprofen"),
]


def many(size: int) -> list[Document]:
    """Documents of frequent and rare words."""
    rng = random.Random(3)
    words = [f"{a}{b}ing" for a in "bcdfg" for b in "aeiou"]
    return [
        question(
            f"m{n:04d}",
            " ".join(rng.choices(words, k=3)),
            body=". ".join(" ".join(rng.choices(words, k=4)) for _ in range(3)),
            answer=" ".join(words[min(int(rng.expovariate(0.2)), 24)] for _ in range(rng.randint(0, 30))),
        )
        for n in range(size)
    ]


@pytest.mark.parametrize("documents", [NASTY, many(300), [*corpus.read(*corpus.sample())], []])
def test_both_forms_build_the_same_arrays(tmp_path: Path, documents: list[Document]) -> None:
    """Words, counts, weights, rows, lists, frequencies, neighbours and pairs: every byte is the same."""
    contents = []
    for compiled in (False, True):
        folder = tmp_path / str(compiled)
        indexer.build(folder, documents, settings=Settings(compiled=compiled))
        contents.append(store_of(folder).usable()[0].content)
    assert contents[0] == contents[1]


def test_processes_build_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What two processes rank and look through in turns is what one does."""
    contents, documents = [], many(600)
    for worth in (len(documents), len(documents) // 2):
        monkeypatch.setattr(workers, "_WORTH_PROCESSES", worth)
        indexer.build(tmp_path / str(worth), documents)
        contents.append(store_of(tmp_path / str(worth)).usable()[0].content)
    assert contents[0] == contents[1]


@pytest.mark.parametrize("compiled", [False, True])
def test_less_memory_builds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, compiled: bool) -> None:
    """Postings that are written a few at a time are those that are written at once."""
    contents = []
    for touched in (64, 16 << 20):  # with 16 MB the second lets one posting be sorted at a time
        monkeypatch.setattr("indexer.ranking.resources._BYTES_TOUCHED", touched)
        folder = tmp_path / str(touched)
        indexer.build(folder, [*NASTY, *many(60)], settings=Settings(compiled=compiled, memory_mb=16))
        contents.append(store_of(folder).usable()[0].content)
    assert contents[0] == contents[1]


def test_too_little_memory_is_refused() -> None:
    """Who gives less than a build can do with is told the least."""
    with pytest.raises(indexer.RequestRefused, match="give 16 or more"):
        Settings(memory_mb=8)


def test_a_missing_extra_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for the compiled form without numba is told what to install."""
    monkeypatch.setattr("indexer.settings.is_fast", lambda: False)
    with pytest.raises(indexer.RequestRefused, match="fast"):
        Settings(compiled=True)


def test_progress_tells_every_stage(tmp_path: Path) -> None:
    """A build tells how far each of its stages is."""
    told: list[Progress] = []
    indexer.build(tmp_path, many(30), progress=told.append)
    assert list(dict.fromkeys(p.stage for p in told)) == [
        "reading",
        "indexing",
        "neighbours",
        "closeness",
        "cards",
        "duplicates",
        "publishing",
    ]
    assert [p.done for p in told if p.stage == "neighbours"][-1] == 30

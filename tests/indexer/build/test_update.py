"""Updates: what changed, and nothing else; every answer that of a rebuild with the statistics of the base."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import indexer
from corpus import Document, Link
from indexer import DocumentNotFound, Progress, RequestRefused, Settings, build, open_index, update
from indexer.answering.neighbours import neighbours_of
from indexer.answering.weighing import own_analysed, weigh
from indexer.build import affected
from indexer.generation import store_of
from tests.documents import PLAIN_WORDS, in_two_scripts, of_few_words, question
from tests.indexer.generation.oracle import check_same, frozen_frequencies
from tests.indexer.plain import PlainGeneration


def check_as_rebuilt(index: Path, documents: dict[str, Document], seed: int) -> None:
    """Everything that the port has is that of a rebuild with the base's statistics, frequencies and templates."""
    with closing(store_of(index).open(Settings())) as local:
        frozen = local.statistics, frozen_frequencies(local), local.templates
        check_same(local, PlainGeneration(documents.values(), local.analyzer, *frozen), seed, updated=True)


@pytest.mark.parametrize("seed", range(6))
def test_updates_are_a_rebuild_with_the_statistics_of_the_base(tmp_path: Path, seed: int) -> None:
    """Added, replaced and deleted documents, update after update, with segments merged and a purge in between; in the
    last two of both scripts, with more documents than are weighed again.
    """
    rng, index, settings = random.Random(seed), tmp_path / "index", Settings(compiled=bool(seed % 2))
    base = in_two_scripts(rng, 300, "b") if seed > 3 else of_few_words(rng, "b", [3, 130][seed // 2])
    documents = {document.id: document for document in base}
    build(index, documents.values(), settings=settings)
    for step in range(3):
        added = of_few_words(rng, f"s{step}-", rng.randint(0, 6))
        known = sorted(documents)
        replaced = [
            question(rng.choice(known), " ".join(rng.choices(PLAIN_WORDS, k=3))) for _ in range(rng.randint(0, 1))
        ]
        unchanged = [documents[rng.choice(known)]]
        given = {document.id: document for document in (*unchanged, *added, *replaced)}
        delete = [id_ for id_ in rng.sample(known, min(len(known) - 1, rng.randint(0, 3))) if id_ not in given]
        was = dict(documents)
        report = update(index, given.values(), delete=delete, purge=step == 1, settings=settings)
        documents = {id_: document for id_, document in (documents | given).items() if id_ not in delete}
        assert report.added == len(documents.keys() - was.keys())
        assert report.deleted == len(delete)
        assert report.replaced == sum(id_ in was and was[id_] != document for id_, document in documents.items())
        check_as_rebuilt(index, documents, step)


def _changed(rng: random.Random, there: Sequence[Document]) -> list[Document]:
    return [replace(one, body=f"{one.body} {rng.choice(PLAIN_WORDS)}") for one in rng.sample(there, 6)]


def _new(rng: random.Random, there: Sequence[Document]) -> list[Document]:
    return [replace(one, id=f"{one.id}-{len(there)}") for one in _changed(rng, there)]


@pytest.mark.parametrize("compiled", [False, True], ids=["numpy", "compiled"])
@pytest.mark.parametrize(("given", "most"), [(_changed, 150), (_new, 150)])
def test_few_documents_rank_few_lists_anew(
    tmp_path: Path, given: Callable[..., list[Document]], most: int, compiled: bool
) -> None:
    """Documents that change little or are new take their places in the lists: what is stored is what is found."""
    rng, settings, ranked = random.Random(11), Settings(compiled=compiled), list[int]()
    base = in_two_scripts(rng, 300, "b")
    build(tmp_path, base, settings=settings)
    documents = {document.id: document for document in base}

    def told(progress: Progress) -> None:
        if progress.stage == "neighbours" and progress.done == progress.total:
            ranked.append(progress.done)

    for _ in range(4):
        changed = given(rng, [*documents.values()])
        documents |= {one.id: one for one in changed}
        update(tmp_path, changed, settings=settings, progress=told)
        with closing(store_of(tmp_path).open(settings)) as generation:
            for id_ in documents:
                asked = weigh(generation, own_analysed(generation, id_))
                assert generation.neighbours(id_) == neighbours_of(generation, asked, without=id_)
    assert 0 < sum(ranked) < most, ranked


def test_many_of_the_same_words_are_ranked_with_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more enter lists than are held, no list is put together from these, and all are what is found."""
    monkeypatch.setattr(affected, "_MOST", 40)
    base = in_two_scripts(random.Random(12), 150, "b")
    build(tmp_path, base, settings=Settings(compiled=False))
    update(tmp_path, [question(f"n{n}", f"Knee pain {n}") for n in range(30)], settings=Settings(compiled=False))
    with closing(store_of(tmp_path).open(Settings())) as generation:
        for id_ in generation.ids():
            asked = weigh(generation, own_analysed(generation, id_))
            assert generation.neighbours(id_) == neighbours_of(generation, asked, without=id_)


def test_the_generation_before_serves_on(tmp_path: Path) -> None:
    """An index that is open keeps its documents and neighbours while an update makes the next generation."""
    build(tmp_path, of_few_words(random.Random(2), "b", 30))
    with open_index(tmp_path) as before:
        neighbours = {d.id: before.neighbours(d.id) for d in before.documents()}
        update(tmp_path, [question("new", "knee pain")], delete=["b003"])
        assert {d.id: before.neighbours(d.id) for d in before.documents()} == neighbours
        assert not before.is_current()
    indexer.rollback(tmp_path)
    with open_index(tmp_path) as again:
        assert {d.id: again.neighbours(d.id) for d in again.documents()} == neighbours
    assert indexer.verify(tmp_path).ok


def test_an_update_without_a_change_makes_no_generation(tmp_path: Path) -> None:
    """Documents that are there already, word for word, change nothing, and the generation before stays for rollback."""
    documents = of_few_words(random.Random(2), "b", 30)
    build(tmp_path, documents)
    report = update(tmp_path, documents)
    assert (report.added, report.replaced, report.deleted, report.documents) == (0, 0, 0, 30)
    assert report.generation == store_of(tmp_path).current()[0] == 1
    assert indexer.verify(tmp_path).ok


def test_drift_grows_with_what_changed(tmp_path: Path) -> None:
    """`info.drift` is the share of documents that changed since the last full build, which sets it back."""
    documents = of_few_words(random.Random(2), "b", 30)
    build(tmp_path, documents)
    update(tmp_path, [question("new", "knee pain")], delete=["b003", "b004"])
    with open_index(tmp_path) as index:
        assert index.info.drift == 0.1
    build(tmp_path, documents)
    with open_index(tmp_path) as index:
        assert index.info.drift == 0.0


@pytest.mark.parametrize(
    ("delete", "given", "error"),
    [(["nobody"], [], DocumentNotFound), (["b001"], [question("b001", "hip")], RequestRefused)],
)
def test_a_wrong_update_is_refused_and_costs_nothing(
    tmp_path: Path, delete: list[str], given: list[Document], error: type[Exception]
) -> None:
    """An unknown id to delete, or one that is given too, is named; the generation stays."""
    build(tmp_path, of_few_words(random.Random(2), "b", 5))
    with pytest.raises(error, match=delete[0]):
        update(tmp_path, given, delete=delete)
    assert store_of(tmp_path).current()[0] == 1


@pytest.mark.parametrize("compiled", [False, True], ids=["numpy", "compiled"])
def test_a_purge_leaves_no_byte_of_what_was_deleted(tmp_path: Path, compiled: bool) -> None:
    """A name that only a deleted document held is in no file afterwards, of any generation."""
    secret = "Zwetschgenbaum"
    documents = [
        *of_few_words(random.Random(2), "b", 20),
        question("secret", f"My name is {secret}", body=f"{secret}'s knee"),
    ]
    build(tmp_path, documents, settings=Settings(compiled=compiled))
    update(tmp_path, [question("new", "knee pain")], delete=["secret"])
    update(tmp_path, purge=True, settings=Settings(compiled=compiled))
    for file in tmp_path.rglob("*"):
        if file.is_file():
            data = file.read_bytes().lower()
            assert secret.lower().encode() not in data, file
            assert b"zwetschgen" not in data, file
    with open_index(tmp_path) as index:
        assert index.search(secret).total == 0
        assert index.search("knee").total
    assert indexer.verify(tmp_path).ok


def test_a_purge_that_was_killed_is_done_by_repeating_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between publishing and sweeping, it leaves the generations before; repeating it, or any other writing
    command, removes them, and a rollback does not bring back what was purged.
    """
    documents = [*of_few_words(random.Random(2), "b", 20), question("secret", "Zwetschgenbaum")]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for number, finish in enumerate(
        (
            lambda path: update(path, delete=["secret"], purge=True),
            lambda path: update(path, [question("new", "knee pain")]),
            lambda path: build(path, documents[:-1]),
            indexer.rollback,
        )
    ):
        path = tmp_path / str(number)
        build(path, documents)
        with monkeypatch.context() as patch:
            patch.setattr(type(store_of(path)), "sweep", killed)
            with pytest.raises(KeyboardInterrupt):
                update(path, delete=["secret"], purge=True)
        assert holding(path, b"zwetschgen")
        if finish is indexer.rollback:
            with pytest.raises(indexer.SearchError, match="no earlier generation"):
                finish(path)
        else:
            finish(path)
        assert not holding(path, b"zwetschgen")
        assert indexer.verify(path, every=True).ok


def holding(path: Path, text: bytes) -> list[Path]:
    """The files under a folder that hold a text, in lower case."""
    return [file for file in path.rglob("*") if file.is_file() and text in file.read_bytes().lower()]


def test_what_is_forgotten_is_in_no_file(tmp_path: Path) -> None:
    """Neither its id nor a word of its own is left; what another document records of it is told."""
    secret = question("zwetschge-1", "Zwetschgenbaum asks", body="My name is Zwetschgenbaum and my knee hurts")
    build(tmp_path, [*of_few_words(random.Random(2), "b", 20), secret, question("b99", "My knee hurts")])
    update(tmp_path, [question("new", "knee pain")])
    report = update(tmp_path, delete=["zwetschge-1"], purge=True)
    assert (report.traces, report.deleted, store_of(tmp_path).numbers()) == ((), 1, [3])
    assert not holding(tmp_path, b"zwetschge")


def test_the_last_document_is_forgotten(tmp_path: Path) -> None:
    """What is left is an index of nothing, which takes documents again."""
    build(tmp_path, [question("a", "Knee pain")])
    assert update(tmp_path, delete=["a"], purge=True).traces == ()
    with open_index(tmp_path) as index:
        assert index.search("knee").total == 0
    update(tmp_path, [question("b", "Hip pain")])
    with open_index(tmp_path) as index:
        assert [hit.id for hit in index.search("hip").hits] == ["b"]


def test_a_stem_that_another_document_has_is_no_trace(tmp_path: Path) -> None:
    """Who is forgotten said "target", another page says "targeted": both are one term, which stays."""
    others = [question("a", "A targeted therapy"), question("b", "Knee pain, 5 mg")]
    build(tmp_path, [*others, question("5", "What is the target?")])
    assert update(tmp_path, delete=["5"], purge=True).traces == ()


def test_what_is_left_of_the_forgotten_is_told(tmp_path: Path) -> None:
    """Another page that records it as a neighbour still holds its title."""
    secret = question("zwetschge-1", "Zwetschgenbaum asks")
    other = question("b", "Knee pain", listed=(Link(title="Zwetschgenbaum asks", url="https://e.org/1"),))
    build(tmp_path, [secret, other])
    assert update(tmp_path, delete=["zwetschge-1"], purge=True).traces == ("document b names it",)


def test_an_update_needs_an_index(tmp_path: Path) -> None:
    """Without an index there is nothing to update, and no folder is made."""
    with pytest.raises(indexer.IndexMissing):
        update(tmp_path / "none", [])
    assert not (tmp_path / "none").exists()

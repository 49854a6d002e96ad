"""The documents of the speed benchmark: corpora, queries, and what an update changes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import corpus
from benchmarks.speed import changes
from benchmarks.speed import corpus as generator


def made(folder: Path, *sizes: str) -> Path:
    documents = generator.source_documents(generator.SAMPLE)
    generator.write(documents, sizes, folder)
    return folder


def test_the_same_source_gives_the_same_corpora(tmp_path: Path) -> None:
    """Two runs write the same bytes and the same queries, and a larger size begins with the smaller one."""
    one, two = made(tmp_path / "one", "1k", "2k"), made(tmp_path / "two", "2k")
    assert (one / "2k.jsonl").read_bytes() == (two / "2k.jsonl").read_bytes()
    assert (one / "2k.jsonl").read_bytes().startswith((one / "1k.jsonl").read_bytes())
    documents = generator.source_documents(generator.SAMPLE)
    assert generator.queries(documents) == generator.queries(documents)


def test_what_is_more_than_a_tile_is_written_again() -> None:
    """Beyond its documents a corpus has them again: ids and titles differ, all else is as it was."""
    lines = [corpus.to_json(document) + "\n" for document in corpus.read(*corpus.sample())]
    written = list(generator.tiled(lines, 200))
    assert written[: len(lines)] == lines
    documents = [corpus.from_json(line) for line in written]
    assert len({document.id for document in documents}) == len({document.title for document in documents}) == 200
    assert documents[76].title == f"{documents[0].title} case 2"
    assert documents[152].title == f"{documents[0].title} case 3"
    for number, document in enumerate(documents):
        first = documents[number % 76]
        assert replace(document, id=first.id, title=first.title) == first


def test_a_large_size_begins_with_the_smaller_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A size of more than a tile has so many documents as it says, the smaller sizes first."""
    assert generator.count_of("1m") == 1_000_000
    monkeypatch.setattr(generator, "TILE", 1_000)
    folder = made(tmp_path, "1k", "3k")
    assert (folder / "3k.jsonl").read_bytes().startswith((folder / "1k.jsonl").read_bytes())
    ids = [json.loads(line)["id"] for line in (folder / "3k.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(ids) == len(set(ids)) == 3_000


def test_recombined_documents_are_documents(tmp_path: Path) -> None:
    """The project reads all of them; ids and new titles differ, most have an answer and all have facets to count."""
    rejected: list[corpus.Rejected] = []
    documents = list(corpus.read(made(tmp_path, "1k") / "1k.jsonl", rejected=rejected.append))
    assert not rejected
    assert len(documents) == len({document.id for document in documents}) == 1000
    new = [document for document in documents if isinstance(document, corpus.Question) and document.site == "made"]
    assert len(new) == len({document.title for document in new})
    assert 0.05 < sum(not document.answers for document in new) / len(new) < 0.15
    assert all(document.topics and document.asked for document in new)
    assert {document.specialty for document in new} == set(generator.SPECIALTIES)


def test_queries_have_the_lengths_of_their_kinds() -> None:
    """Keywords are two to four words, questions 20 to 60, drafts 120 to 300."""
    queries = generator.queries(generator.source_documents(generator.SAMPLE))
    for kind, low, high in (("keyword", 2, 4), ("free", 20, 60), ("long", 120, 300)):
        assert len(queries[kind]) == generator.QUERIES
        assert all(low <= len(text.split()) <= high for text in queries[kind])


def test_a_size_below_the_source_is_refused(tmp_path: Path) -> None:
    """Sizes are thousands or millions, and none leaves documents of the source out."""
    documents = generator.source_documents(generator.SAMPLE) * 30
    with pytest.raises(SystemExit, match="less than the source"):
        generator.write(documents, ["1k"], tmp_path)
    with pytest.raises(SystemExit, match="give thousands"):
        generator.write(documents, ["many"], tmp_path)


def test_an_update_replaces_adds_and_deletes(tmp_path: Path) -> None:
    """Its documents are documents: 40 that are there in other words, 40 new ones; 20 others are deleted."""
    there = {document.id: document for document in corpus.read(made(tmp_path, "1k") / "1k.jsonl")}
    lines, deleted = changes.drawn(tmp_path / "1k.jsonl")
    given = {document.id: document for document in map(corpus.from_json, lines)}
    replaced = given.keys() & there.keys()
    assert (len(given), len(replaced), len(deleted)) == (80, 40, 20)
    assert set(deleted) <= there.keys() - given.keys()
    assert all(generator.text_of(given[id_]) != generator.text_of(there[id_]) for id_ in replaced)
    assert not {given[id_].title for id_ in given.keys() - replaced} & {document.title for document in there.values()}


def test_a_corpus_too_small_to_update_is_refused(tmp_path: Path) -> None:
    """An update changes no document twice, so it says how many it needs."""
    (tmp_path / "few.jsonl").write_text('{"id":"a"}\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="holds 1 documents; an update needs 60"):
        changes.drawn(tmp_path / "few.jsonl")

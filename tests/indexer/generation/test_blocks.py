"""A segment that was written in bulk reads like the stock writer's, in everything that Whoosh can tell of it."""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.codec.whoosh3 import W3PerDocWriter
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, LockError

from corpus import read
from indexer.analysis import FIELDS
from indexer.generation.local.schema import DOCUMENT_FIELD, ID_FIELD, schema
from tests.documents import ANALYZER
from tests.indexer.plain import fields_of

pytest.importorskip("numba", reason="the extra `fast` is not installed")

from indexer.generation.local import blocks
from indexer.generation.local.bulk import Texts, add_segment

ROOT = Path(__file__).parents[3]
Row = tuple[str, Mapping[str, Sequence[str]]]  # id, terms of each field


def create(folder: Path) -> Any:
    folder.mkdir()
    return FileStorage(str(folder)).create_index(schema())


def stored(rows: Sequence[Row]) -> list[str]:
    return [f'{{"id": "{id_}"}}' for id_, _ in rows]


def texts_of(rows: Sequence[Row]) -> Texts:
    """The rows in arrays. Each term has two words, in the order of their coming."""
    words: dict[tuple[str, int], int] = {}
    sequence, starts = [], [0]
    for _, fields in rows:
        for field in FIELDS:
            terms = fields.get(field, ())
            sequence += [words.setdefault((term, place % 2), len(words)) for place, term in enumerate(terms)]
            starts.append(len(sequence))
    terms = sorted({term for term, _ in words})
    number = {term: place for place, term in enumerate(terms)}
    term_of = np.array([number[term] for term, _ in words], np.int32)
    return Texts(np.array(sequence, np.int32), np.array(starts, np.int64), term_of, terms)


def add_stock(index: Any, rows: Sequence[Row], **commit: bool) -> Any:
    writer = index.writer()
    for (id_, fields), document in zip(rows, stored(rows), strict=True):
        texts = {field: " ".join(terms) for field, terms in fields.items()}
        writer.add_document(**{ID_FIELD: id_, DOCUMENT_FIELD: document}, **texts)
    writer.commit(**(commit or {"merge": False}))
    return index


def add_bulk(index: Any, rows: Sequence[Row], memory_mb: int = 128) -> Any:
    add_segment(index, [id_ for id_, _ in rows], stored(rows), texts_of(rows), memory_mb=memory_mb)
    return index


def postings(leaf: Any, field: str, term: bytes) -> Iterator[object]:
    matcher = leaf.postings(field, term)
    while matcher.is_active():
        block = (matcher.block_max_weight(), matcher.block_min_length(), matcher.block_max_length())
        yield matcher.id(), matcher.weight(), matcher.value(), *block
        matcher.next()


def statistics(leaf: Any, field: str, term: bytes) -> object:
    info = leaf.term_info(field, term)
    lengths = (info.min_length(), info.max_length())
    return info.weight(), info.doc_frequency(), lengths, info.max_weight(), info.min_id(), info.max_id()


def content(index: Any) -> list[object]:
    """All that the segments of an index hold."""
    found: list[object] = []
    reader = index.reader()
    for leaf, _ in reader.leaf_readers():
        documents = range(leaf.doc_count_all())
        fields = sorted(leaf.indexed_field_names())
        found += [fields, [leaf.stored_fields(document) for document in documents]]
        found += [[leaf.doc_field_length(document, field) for document in documents] for field in FIELDS]
        found += [(leaf.field_length(field), leaf.max_field_length(field)) for field in fields if field != ID_FIELD]
        for field, term in leaf.all_terms():
            found.append((field, term, statistics(leaf, field, term), list(postings(leaf, field, term))))
    reader.close()
    return found


def nasty() -> list[Row]:
    """Every border of the format that a hand could think of."""
    rows: list[Row] = [(f"d{number:03}", {"title": counted(number), "answer": ["all"]}) for number in range(257)]
    rows += [(f"e{count:06}", {"body": ["pad"] * count + ["pen"]}) for count in (1, 2, 3, 255, 256, 999, 1000, 1001)]
    rows += [
        ("f nothing", {}),
        ("g empty fields", {"title": [], "body": ["one"], "more": []}),
        ("h one word", {"body": ["same"] * 2_500, "answer": ["pad", "x", "pad"]}),
        ("i long", {"body": ["near", "pad", "far"] + ["pad"] * 66_000 + ["far", "last"]}),
        ("j longer than any length", {"title": ["pad"] * 110_000}),
        ("k scripts", {"title": ["İstanbul", "ı", "i\u0307", "骨水泥", "🦴", "\uffee", "é", "e\u0301", "ß"]}),
        ("l long term", {"more": ["長" * 150, "z" * 301]}),
        ("é", {"title": ["accent"]}),
        ("骨", {"title": ["bone"], "body": ["骨水泥"]}),
        ("\uffee", {}),
        ("🦴", {"body": ["last"]}),
    ]
    return rows


def counted(number: int) -> list[str]:
    """Terms that stand in exactly as many documents as they say."""
    return [f"in{size}" for size in (1, 2, 127, 128, 129, 256, 257) if number < size]


@pytest.fixture(scope="module")
def nasty_content(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    return content(add_stock(create(tmp_path_factory.mktemp("nasty") / "stock"), nasty()))


@pytest.mark.parametrize("memory_mb", [0, 1, 128])
def test_the_nasty_corpus_reads_as_the_stock_writers(
    memory_mb: int, nasty_content: list[object], tmp_path: Path
) -> None:
    """However little memory it may use, terms, statistics, postings, positions, lengths and documents are the same."""
    assert content(add_bulk(create(tmp_path / "bulk"), nasty(), memory_mb)) == nasty_content


def test_without_isal_it_reads_the_same(
    nasty_content: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library's compression serves as well."""
    monkeypatch.setattr(blocks, "compress", zlib.compress)
    assert content(add_bulk(create(tmp_path / "bulk"), nasty())) == nasty_content


def test_a_map_of_a_file_reads_the_same(nasty_content: list[object], tmp_path: Path) -> None:
    """Arrays that are read-only maps of files are taken as they are."""
    texts = texts_of(nasty())
    for name in ("sequence", "starts", "term_of"):
        np.save(tmp_path / f"{name}.npy", getattr(texts, name))
    maps = {name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("sequence", "starts", "term_of")}
    index = create(tmp_path / "bulk")
    add_segment(index, [id_ for id_, _ in nasty()], iter(stored(nasty())), texts._replace(**maps))
    assert content(index) == nasty_content


TERMS = ["a", "b", "ab", "é", "骨", "İ", "🦴", "zz"]
_fields = st.fixed_dictionaries({}, optional={field: st.lists(st.sampled_from(TERMS), max_size=12) for field in FIELDS})
_ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)
_rows = st.dictionaries(_ids, _fields, max_size=12).map(lambda rows: sorted(rows.items()))


@settings(max_examples=60)
@given(rows=_rows)
def test_any_corpus_reads_as_the_stock_writers(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever documents there are, none included, both writers make the same of them."""
    folder = tmp_path_factory.mktemp("any")
    assert content(add_bulk(create(folder / "bulk"), rows)) == content(add_stock(create(folder / "stock"), rows))


def sampled(seed: int, count: int) -> list[Row]:
    """Documents of words that resemble each other."""
    chosen = random.Random(seed)
    words = [f"{first}{middle}{last}" for first, middle, last in product("bcd", "aei", ("n", "ne", "st"))]
    weights = [1 / (place + 1) for place in range(len(words))]
    return [
        (f"s{seed}-{number:04}", {field: chosen.choices(words, weights, k=chosen.randrange(9)) for field in FIELDS})
        for number in range(count)
    ]


def test_a_second_segment_stands_beside_the_first(tmp_path: Path) -> None:
    """An index that has a segment keeps it as it was, and takes the new one as the stock writer would add it."""
    first, second = sampled(1, 150), sampled(2, 140)
    stock = add_stock(add_stock(create(tmp_path / "stock"), first), second)
    assert content(add_bulk(add_stock(create(tmp_path / "mixed"), first), second)) == content(stock)
    assert content(add_bulk(add_bulk(create(tmp_path / "bulk"), first), second)) == content(stock)


def test_whoosh_merges_it_with_others(tmp_path: Path) -> None:
    """The stock writer reads such a segment back when it makes one segment of all."""
    first, second = sampled(1, 150), sampled(2, 140)
    stock = add_stock(add_stock(create(tmp_path / "stock"), first), second, optimize=True)
    assert content(add_stock(add_bulk(create(tmp_path / "bulk"), first), second, optimize=True)) == content(stock)


def queries() -> list[query.Query]:
    """15 kinds of searches for five words."""
    kinds: tuple[Callable[[str], Any], ...] = (
        lambda word: query.Term("title", word),
        lambda word: query.Term("body", word, boost=2.0),
        lambda word: query.And([query.Term("body", word), query.Term("answer", "ban")]),
        lambda word: query.And([query.Term("title", word), query.Term("body", word), query.Term("more", word)]),
        lambda word: query.Or([query.Term(field, word) for field in FIELDS]),
        lambda word: query.DisjunctionMax([query.Term(field, word) for field in FIELDS]),
        lambda word: query.AndNot(query.Term("body", word), query.Term("title", "ban")),
        lambda word: query.And([query.Every("body"), query.Not(query.Term("body", word))]),
        lambda word: query.AndMaybe(query.Term("answer", word), query.Term("title", "ban")),
        lambda word: query.Phrase("body", [word, "ban"]),
        lambda word: query.Phrase("answer", ["ban", word], slop=3),
        lambda word: query.Prefix("title", word[:2]),
        lambda word: query.Wildcard("more", f"{word[0]}?{word[2]}*"),
        lambda word: query.TermRange("body", word, "can"),
        lambda word: query.FuzzyTerm("answer", word, maxdist=1),
    )
    return [kind(word) for kind in kinds for word in ("ban", "bane", "best", "cin", "dest")]


def test_searches_of_all_kinds_answer_the_same(tmp_path: Path) -> None:
    """75 searches find the same documents with the same scores, most of them some, in both segments."""
    rows = sampled(3, 400)
    answers = []
    for index in (add_stock(create(tmp_path / "stock"), rows), add_bulk(create(tmp_path / "bulk"), rows)):
        with index.searcher() as searcher:
            hits = [searcher.search(wanted, limit=None) for wanted in queries()]
            answers.append([[(hit.docnum, hit.score) for hit in found] for found in hits])
    assert answers[0] == answers[1]
    assert len(answers[0]) == 75
    assert sum(bool(found) for found in answers[0]) > 65


def fail(*_: object, **__: object) -> Any:
    raise OSError("no space left on device")


@pytest.mark.parametrize("step", ["documents", "columns", "postings", "order", "table of contents"])
def test_an_error_leaves_the_index_as_it_was(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it comes, an error leaves the same segments and files, and no lock."""
    index = add_stock(create(tmp_path / "index"), sampled(1, 20))
    before, files = content(index), sorted((tmp_path / "index").iterdir())
    rows = sampled(2, 30)
    texts = texts_of(rows)
    documents: Iterator[str] = iter(stored(rows))
    if step == "documents":
        documents = (fail() if number == 7 else document for number, document in enumerate(stored(rows)))
    elif step == "columns":
        monkeypatch.setattr(W3PerDocWriter, "close", fail)
    elif step == "postings":
        monkeypatch.setattr(blocks, "pack", fail)
    elif step == "order":
        texts = texts._replace(terms=texts.terms[::-1])
    else:
        monkeypatch.setattr("pickle.dump", fail)
        monkeypatch.setattr(TOC, "write", fail)
    with pytest.raises((OSError, ValueError), match=r"no space|must increase"):
        add_segment(index, [id_ for id_, _ in rows], documents, texts)
    monkeypatch.undo()
    assert content(index) == before
    assert sorted((tmp_path / "index").iterdir()) == files
    assert add_bulk(index, rows).doc_count() == 50


def test_a_writer_at_work_is_not_disturbed(tmp_path: Path) -> None:
    """While another writer has the lock, nothing is written."""
    index = create(tmp_path / "index")
    other = index.writer()
    with pytest.raises(LockError):
        add_bulk(index, sampled(1, 3))
    other.add_document(id="q1", title="knee")
    other.commit()
    assert index.doc_count() == 1


GOOD = texts_of(sampled(1, 3))
BAD = {
    "starts: 9": GOOD._replace(starts=GOOD.starts[:9]),
    "starts: 13 do not part": GOOD._replace(sequence=GOOD.sequence[:-1]),
    "must ascend": GOOD._replace(starts=np.array([0, 9, *GOOD.starts[2:]], np.int64)),
    "sequence: its numbers": GOOD._replace(term_of=GOOD.term_of[:2]),
    "term_of: its numbers": GOOD._replace(terms=GOOD.terms[:2]),
}


@pytest.mark.parametrize("told", BAD)
def test_arrays_that_do_not_fit_are_refused(told: str, tmp_path: Path) -> None:
    """Compiled code would read beyond their ends; the error names the array, and no lock is left."""
    index = create(tmp_path / "index")
    with pytest.raises(ValueError, match=told):
        add_segment(index, ["a", "b", "c"], ["{}"] * 3, BAD[told])
    assert add_bulk(index, sampled(1, 3)).doc_count() == 3


def test_fewer_documents_than_ids_are_refused(tmp_path: Path) -> None:
    """Every id has its stored document."""
    index = create(tmp_path / "index")
    with pytest.raises(ValueError, match="shorter"):
        add_segment(index, ["a", "b", "c"], ["{}"] * 2, GOOD)
    assert index.doc_count() == 0


@pytest.mark.timeout(900)
def test_medquad_reads_as_the_stock_writers(tmp_path: Path) -> None:
    """Of a real corpus of 16,000 documents, every term, posting and length is the same: minutes, so only if asked."""
    if not os.environ.get("SEEALSO_LONG"):
        pytest.skip("compared by ./seealso test --long")
    folder = Path(os.environ.get("SEEALSO_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "medquad.zip").exists():
        pytest.skip("set SEEALSO_DATA to the folder with medquad.zip")
    documents = sorted(read(folder / "medquad.zip"), key=lambda document: document.id)
    rows: list[Row] = [
        (document.id, {field: text.sequence for field, text in fields_of(document, ANALYZER).items()})
        for document in documents
    ]
    assert len(rows) > 16_000
    assert content(add_bulk(create(tmp_path / "bulk"), rows)) == content(add_stock(create(tmp_path / "stock"), rows))

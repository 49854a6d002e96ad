"""Writes a Whoosh segment in bulk from arrays of word numbers; used where the extra `fast` is loaded.

Whoosh's writer makes Python objects of every posting and sorts them; here a counting sort brings the tokens in order,
and whole blocks are written of them. Readers see no difference: terms, statistics, postings, positions, lengths and
stored fields are those that `add_document` would have given. Locks, files, the table of contents and the order of a
commit are the stock writer's. It needs Numba, which the extra `fast` installs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import LENGTHS_COLUMN
from whoosh.index import TOC, FileIndex, clean_files
from whoosh.util.numeric import byte_to_length
from whoosh.writing import SegmentWriter

from indexer.analysis import FIELDS
from indexer.generation.local.blocks import Bytes, Ints, Longs, codec, memory_of, pack, write_terms
from indexer.generation.local.schema import DOCUMENT_FIELD, ID_FIELD, PARTED
from indexer.ranking.hashing import ranges, starts_of
from indexer.ranking.kernels.options import kernel
from indexer.ranking.mapped import release

_Number = TypeVar("_Number", bound=np.integer[Any])
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)])


class Texts(NamedTuple):
    """The words of all documents: document after document, and in each field after field in the order of FIELDS.

    Field f of document d is sequence[starts[n]:starts[n + 1]] with n = d * len(FIELDS) + f, in word numbers. `term_of`
    gives the term of a word, by its place in `terms`, which ascend, are unique and hold no white space.
    """

    sequence: NDArray[np.int32]
    starts: NDArray[np.int64]
    term_of: NDArray[np.int32]
    terms: Sequence[str]


def add_segment(
    index: FileIndex, ids: Sequence[str], stored: Iterable[str], texts: Texts, *, memory_mb: int = 128
) -> None:
    """Add documents as one segment to an index of our schema and commit it; other segments stay as they are.

    Use it where many documents are written at once; without documents no segment is added. `ids`, which ascend, and
    `stored`, the documents as lines of JSON, are in the order of `texts`. Postings take about `memory_mb` at a time, or
    more if one term alone does. Raises ValueError for arguments that do not fit together, and Whoosh's LockError if
    another writer is at work. After any error the index is as it was, without leftovers.
    """
    _check(ids, texts)
    writer = _BulkWriter(index, ids, texts, memory_mb << 20)
    try:
        writer.store(stored)
        writer.commit(merge=False)
    except BaseException:
        writer.abandon()
        raise


def _check(ids: Sequence[str], texts: Texts) -> None:
    """Raise ValueError for arrays that compiled code would read beyond."""
    sequence, starts, term_of, terms = texts
    if len(starts) != len(ids) * len(FIELDS) + 1 or starts[0] != 0 or starts[-1] != len(sequence):
        raise ValueError(f"starts: {len(starts)} do not part {len(sequence)} words among {len(ids)} documents")
    if np.any(starts[1:] < starts[:-1]):
        raise ValueError("starts: they must ascend")
    for name, numbers, size in (("sequence", sequence, len(term_of)), ("term_of", term_of, len(terms))):
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < size:
            raise ValueError(f"{name}: its numbers must be below {size}")
    release(sequence)


class _BulkWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's writer, but for the postings and lengths: they come from arrays when the segment is flushed."""

    def __init__(self, index: FileIndex, ids: Sequence[str], texts: Texts, memory: int) -> None:
        super().__init__(index, codec=codec(), **PARTED)
        self._ids, self._terms, self._memory = ids, texts.terms, memory
        # Read-only views, so that arrays and maps of files are one type to Numba, which then compiles once.
        self._sequence, self._starts = _frozen(texts.sequence), _frozen(texts.starts)
        self._term_of = _frozen(texts.term_of)

    def store(self, stored: Iterable[str]) -> None:
        """Write the stored fields of all documents."""
        self.perdocwriter._get_column("_stored")._child._compress = lambda data, _: pack(data)
        field = self.schema[DOCUMENT_FIELD]
        for _, document in zip(self._ids, stored, strict=True):
            self.perdocwriter.start_doc(self.docnum)
            self.perdocwriter.add_field(DOCUMENT_FIELD, field, document, 0)
            self.perdocwriter.finish_doc()
            self.docnum += 1
            self._added = True

    def abandon(self) -> None:
        """Release the lock and remove what was written, even where files cannot be closed because the disk is full."""
        with suppress(Exception):  # the error that led here is the one to be told
            self.cancel()
        for file in (self.perdocwriter._cols._temp, self.fieldwriter._tindex.dbfile, self.fieldwriter._postfile):
            if not file.is_closed:
                with suppress(OSError):
                    file.close()
        if not self.is_closed:
            self._finish()
        toc = TOC.read(self.storage, self.indexname)
        clean_files(self.storage, self.indexname, toc.generation, toc.segments)
        for name in self.storage.list():
            if name.startswith(f"_{self.indexname}_{self.generation}.toc."):  # written halfway
                self.storage.delete_file(name)

    def _flush_segment(self) -> None:
        """Write lengths and postings, where the stock writer would write the postings of its pool."""
        lengths = {name: self._write_lengths(number, name) for number, name in enumerate(FIELDS)}
        self.perdocwriter.close()
        for name in sorted((ID_FIELD, *FIELDS)):  # keys of the table of terms must ascend
            if name == ID_FIELD:
                self._write_ids()
            elif lengths[name].any():
                self._write_texts(name, lengths[name])
        self.fieldwriter.close()

    def _write_lengths(self, number: int, name: str) -> Bytes:
        """Write the column of a field's lengths, each coded as the byte that is returned."""
        counts = np.diff(self._starts)[number :: len(FIELDS)]
        coded: Bytes = np.searchsorted(_LENGTHS, np.minimum(counts, _LENGTHS[-1])).astype(np.uint8)
        if coded.any():
            self.perdocwriter._create_column(f"_{name}_len", LENGTHS_COLUMN)
            self.perdocwriter._get_column(f"_{name}_len")._dbfile.write(np.trim_zeros(coded, "b").tobytes())
            self.perdocwriter._fieldlengths[name] = int(counts.sum())
        return coded

    def _write_ids(self) -> None:
        """Write the field of the ids: each is the term of one document, in the order of the documents."""
        self.fieldwriter.start_field(ID_FIELD, self.schema[ID_FIELD])
        unscored = np.zeros(len(self._ids), np.uint8)
        for low, high in _ranges(np.ones(len(self._ids), np.int64), self._memory):
            documents = np.arange(low, high, dtype=np.int32)[np.newaxis]
            write_terms(self.fieldwriter, self._ids[low:high], np.arange(high - low + 1), documents, unscored)
        self.fieldwriter.finish_field()

    def _write_texts(self, name: str, lengths: Bytes) -> None:
        """Write a field of words: its terms range by range, the tokens of each range sorted by counting."""
        self.fieldwriter.start_field(name, self.schema[name])
        number = FIELDS.index(name)
        begins, ends = self._starts[number :: len(FIELDS)], self._starts[number + 1 :: len(FIELDS)]
        counts = np.zeros(len(self._terms), np.int64)
        _count(self._sequence, begins, ends, self._term_of, counts)
        release(self._sequence)
        for low, high in _ranges(counts, self._memory):
            firsts = np.concatenate([[0], np.cumsum(counts[low:high])])
            tokens = np.empty((2, firsts[-1]), np.int32)
            _sort(self._sequence, begins, ends, self._term_of, low, firsts[:-1].copy(), tokens)
            release(self._sequence)
            write_terms(self.fieldwriter, self._terms[low:high], firsts, tokens, lengths)
        self.fieldwriter.finish_field()


def _frozen(array: NDArray[_Number]) -> NDArray[_Number]:
    """A read-only view of an array or a map of a file."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def _ranges(counts: Longs, memory: int) -> Iterator[tuple[int, int]]:
    """Ranges of terms, counted in tokens, that can be written in so many bytes each, or are one term; none is empty."""
    bounds = starts_of(memory_of(counts))
    return ((low, high) for low, high in ranges(bounds, memory) if bounds[high] > bounds[low])


@kernel
def _count(sequence: Ints, begins: Longs, ends: Longs, term_of: Ints, counts: Longs) -> None:
    """Count the tokens of each term in a field, which has its words of each document from `begins` to `ends`."""
    for document in range(len(ends)):
        for place in range(begins[document], ends[document]):
            counts[term_of[sequence[place]]] += 1


@kernel
def _sort(sequence: Ints, begins: Longs, ends: Longs, term_of: Ints, low: int, following: Longs, tokens: Ints) -> None:
    """Put document and position of each token of some terms, from `low` on, where `following` says, and count on."""
    for document in range(len(ends)):
        for place in range(begins[document], ends[document]):
            term = term_of[sequence[place]] - low
            if 0 <= term < len(following):
                tokens[0, following[term]] = document
                tokens[1, following[term]] = place - begins[document]
                following[term] += 1

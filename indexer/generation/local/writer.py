"""Writing a segment: the arrays that rank its documents, and a Whoosh index of the same terms; used by every build."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage

from indexer.analysis import FIELDS, Analyzer
from indexer.analysis.compounds import begins_name
from indexer.generation.local.schema import DOCUMENT_FIELD, FOLDER, ID_FIELD, PARTED, folder_of, schema
from indexer.ranking.field_counts import Vocabulary, count
from indexer.ranking.forward_writer import count_tokens, forward_arrays, word_keys
from indexer.ranking.frequencies import Frequencies, FrequencyCounter
from indexer.ranking.ids import Ids
from indexer.ranking.impacts_writer import documents_of_terms, write_impacts
from indexer.ranking.mapped import ARRAYS, Strings, map_array, save
from indexer.ranking.resources import Resources
from indexer.ranking.token_store import Words
from indexer.ranking.weighting import Statistics


class Contents(NamedTuple):
    """What a segment is made of: ids in order, the words of their documents, and the kinds (places in KINDS)."""

    ids: Sequence[str]
    words: Words
    kinds: NDArray[np.int8]

    @classmethod
    def gathered(cls, folder: Path) -> Contents:
        """What was gathered in the folder of a segment."""
        return cls(Strings(folder, "ids"), Words.stored(folder), map_array(folder, "kind"))


def count_all(arrays: Path, names: Sequence[str], analyzer: Analyzer, resources: Resources) -> Statistics:
    """Count the documents of several segments that are gathered, write in how many of these each token occurs, and give
    the statistics: those of a full build, by which each segment is written then.
    """
    everything = FrequencyCounter(arrays)
    for name in names:
        words = Words.stored(arrays / name)
        counted = count(words, analyzer)
        keys = word_keys(words.words, counted.vocabulary)
        there = documents_of_terms(words, counted)
        everything.add(words, counted, there, keys, count_tokens(words, keys, resources.kernels))
    everything.write()
    return everything.statistics()


def write_arrays(
    arrays: Path, name: str, contents: Contents, analyzer: Analyzer, frozen: Statistics | None, resources: Resources
) -> tuple[Statistics, Vocabulary]:
    """Write the arrays of a segment beside its words, which are there; give its statistics and terms.

    Without `frozen` this is a full build, and its counts become the frequencies of the generation; with the statistics
    of one, its frequencies are there and weigh these documents too.
    """
    folder, words = arrays / name, contents.words
    frequencies = Frequencies(arrays, frozen) if frozen else None
    counted = count(words, analyzer)
    statistics, terms = frozen or counted.statistics(), counted.vocabulary

    def rarities(documents: NDArray[np.int64]) -> NDArray[np.float64]:
        counts = frequencies.of(terms.terms, "terms") if frequencies else documents.tolist()
        return np.array(statistics.rarities(terms.terms, counts), np.float64)

    documents = write_impacts(folder, words, counted, contents.kinds, statistics, rarities, resources)
    keys = word_keys(words.words, terms)
    tokens = count_tokens(words, keys, resources.kernels)
    joins = np.array([begins_name(word) for word in words.words], np.bool_)
    save(folder, word_counts=tokens.words, word_joins=joins, **forward_arrays(keys, counted))
    if frozen is None:
        everything = FrequencyCounter(arrays)
        everything.add(words, counted, documents, keys, tokens)
        everything.write()
    return statistics, terms


def write_segment(
    folder: Path,
    name: str,
    contents: Contents,
    lines: Iterable[str],
    analyzer: Analyzer,
    frozen: Statistics | None,
    resources: Resources,
) -> Statistics:
    """Write documents as a segment of this name, and give the statistics that its weights are made from; `lines` are
    the documents as JSON. By compiled loops nothing differs but the time.

    Whoosh numbers documents as they come, so one number serves both.
    """
    statistics, vocabulary = write_arrays(folder / ARRAYS, name, contents, analyzer, frozen, resources)
    storage = FileStorage(folder_of(folder))
    if not (folder / FOLDER).exists():
        (folder / FOLDER).mkdir()
        storage.create_index(schema())
    if resources.kernels:
        from indexer.generation.local import bulk  # noqa: PLC0415 (numba takes a second to load)

        texts = bulk.Texts(contents.words.sequence, contents.words.starts, vocabulary.term_of, vocabulary.terms)
        bulk.add_segment(storage.open_index(), contents.ids, lines, texts, memory_mb=resources.memory_mb)
    else:
        _write_stock(storage.open_index(), contents, lines, vocabulary, resources.memory_mb)
    return statistics


def delete(folder: Path, numbers: NDArray[np.int64], dropped: Collection[int]) -> None:
    """Mark documents as deleted, by their numbers, and leave out the segments of these places."""
    sizes = np.diff(Ids(folder / ARRAYS).firsts)
    # Whoosh has no segment without documents.
    kept = [place not in dropped for place, size in enumerate(sizes.tolist()) if size]
    writer = FileStorage(folder_of(folder)).open_index().writer(procs=1)
    try:
        for number in numbers.tolist():
            writer.delete_document(number)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=lambda _, segments: [s for s, keep in zip(segments, kept, strict=True) if keep])


def _write_stock(index: Any, contents: Contents, lines: Iterable[str], vocabulary: Vocabulary, memory_mb: int) -> None:
    """Add the documents by Whoosh's own writer, as one more segment.

    Any error cancels the whole writer: a document that Whoosh refused halfway would otherwise leave its words to the
    next one.
    """
    words, starts = contents.words, contents.words.starts
    writer = index.writer(limitmb=memory_mb, procs=1, **PARTED)
    try:
        for n, (id_, line) in enumerate(zip(contents.ids, lines, strict=True)):
            texts = {}
            for place, field in enumerate(FIELDS, n * len(FIELDS)):
                terms = vocabulary.term_of[words.sequence[starts[place] : starts[place + 1]]].tolist()
                if terms:
                    texts[field] = " ".join(vocabulary.terms[term] for term in terms)
            writer.add_document(**{ID_FIELD: id_, DOCUMENT_FIELD: line, **texts})
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=False)

"""Writing a segment: the Whoosh index takes our own terms, the arrays what ranks by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage

from indexer.analysis import FIELDS, Analyzer
from indexer.engines.whoosh.schema import DOCUMENT_FIELD, FOLDER, ID_FIELD, PARTED, folder_of, schema
from indexer.ranking.compiled import Means
from indexer.ranking.counting import Vocabulary
from indexer.ranking.ids import Ids
from indexer.ranking.segment import Contents, write_segment
from indexer.ranking.tables import ARRAYS
from indexer.ranking.weighting import Statistics


def write(
    folder: Path,
    name: str,
    contents: Contents,
    lines: Iterable[str],
    analyzer: Analyzer,
    frozen: Statistics | None,
    means: Means,
) -> Statistics:
    """Write documents as a segment of this name, and give the statistics that its weights are made from; `lines` are
    the documents as JSON. By compiled loops nothing differs but the time.

    Whoosh numbers documents as they come, so one number serves both.
    """
    statistics, known = write_segment(folder / ARRAYS, name, contents, analyzer, frozen, means)
    storage = FileStorage(folder_of(folder))
    if not (folder / FOLDER).exists():
        (folder / FOLDER).mkdir()
        storage.create_index(schema())
    if means.kernels:
        from indexer.engines.whoosh import segment  # noqa: PLC0415 (numba takes a second to load)

        texts = segment.Texts(contents.words.sequence, contents.words.starts, known.term_of, known.terms)
        segment.add_segment(storage.open_index(), contents.ids, lines, texts, memory_mb=means.memory_mb)
    else:
        _write_stock(storage.open_index(), contents, lines, known, means.memory_mb)
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


def _write_stock(index: Any, contents: Contents, lines: Iterable[str], known: Vocabulary, memory_mb: int) -> None:
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
                terms = known.term_of[words.sequence[starts[place] : starts[place + 1]]].tolist()
                if terms:
                    texts[field] = " ".join(known.terms[term] for term in terms)
            writer.add_document(**{ID_FIELD: id_, DOCUMENT_FIELD: line, **texts})
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=False)

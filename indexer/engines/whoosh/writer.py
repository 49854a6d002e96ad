"""Writing a generation: one pass over the documents fills the Whoosh index and the arrays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh.filedb.filestore import FileStorage

from corpus import Document, kind_of, to_json
from indexer.analysis import Analyzer
from indexer.engines.whoosh.schema import DOCUMENT_FIELD, FOLDER, ID_FIELD, folder_of, schema
from indexer.ranking.columns import Row, row_of, write_columns
from indexer.ranking.forward_writer import ForwardWriter
from indexer.ranking.impacts import ImpactsWriter
from indexer.ranking.tables import ARRAYS
from indexer.ranking.weighting import Statistics

# More than this helps small corpora alone, and only a little.
_MEMORY_MB = 128


def write(folder: Path, documents: Iterable[Document], analyzer: Analyzer) -> Statistics:
    """Write documents, which come in order of their ids, and return the statistics of the arrays.

    Whoosh numbers documents as they come, so one number serves both. Any error cancels the whole writer: a document
    that Whoosh refused halfway would otherwise leave its words to the next one.
    """
    (folder / FOLDER).mkdir()
    impacts, forward, rows = ImpactsWriter(), ForwardWriter(), list[Row]()
    writer = FileStorage(folder_of(folder)).create_index(schema()).writer(limitmb=_MEMORY_MB, procs=1)
    try:
        for document in documents:
            analysed = analyzer.fields(document)
            texts = {field: " ".join(text.sequence) for field, text in analysed.items()}
            writer.add_document(**{ID_FIELD: document.id, DOCUMENT_FIELD: to_json(document), **texts})
            impacts.add(kind_of(document), analysed)
            forward.add(analysed)
            rows.append(row_of(document, sum(length.terms for length in impacts.lengths[-1].values())))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=False)
    forward.write(folder / ARRAYS)
    write_columns(folder / ARRAYS, rows)
    return impacts.write(folder / ARRAYS)

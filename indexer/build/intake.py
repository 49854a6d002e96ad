"""Intake: takes the documents of a build or update in any order, settles which of them stay, gathers these in order."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self

import numpy as np

from corpus import Document, Question, Rejected, to_json
from indexer.analysis import Analyzer, Boilerplate, field_texts
from indexer.build.keep_order import KeepOrderWriter
from indexer.build.sorting import in_order
from indexer.ranking.columns import ColumnsWriter
from indexer.ranking.growing import GrowingFiles
from indexer.ranking.hashing import Numbers, ranges, starts_of
from indexer.ranking.mapped import save, write_strings
from indexer.ranking.token_store import WordsWriter

_DIGEST = hashlib.sha256().digest_size


class Intake:
    """Takes documents, settles which of them stay, and gathers these for a segment. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Until it is closed, what it took waits in files of `folder`."""
        self._folder, self._spool = folder, TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)
        self._growing = growing = GrowingFiles(folder)
        self._words, self._columns = WordsWriter(growing), ColumnsWriter(growing)
        self._keep_order = KeepOrderWriter(growing)
        self._id_bytes, self._digests, self._is_question = (growing.numbers("B") for _ in range(3))
        self._id_ends, self._starts = (growing.numbers("q", [0]) for _ in range(2))
        self._answers = growing.numbers("i")
        self._order: Numbers = np.empty(0, np.int64)
        self._settled = 0
        self.merged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # An error within Whoosh may hold on to this object until the collector of cycles comes.
        self._spool.close()
        self._growing.close()

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, document: Document) -> None:
        """Take the next document."""
        line = to_json(document).encode() + b"\n"
        asked = isinstance(document, Question)
        self._spool.write(line)
        self._starts.append(self._spool.tell())
        self._digests.extend(hashlib.sha256(line).digest())
        self._id_bytes.extend(document.id.encode())
        self._id_ends.append(len(self._id_bytes))
        self._is_question.append(asked)
        self._answers.append(len(document.answers) if isinstance(document, Question) else 0)
        self._words.add(field_texts(document), sentences=asked)
        self._columns.add(document)
        self._keep_order.add(document)

    @property
    def settled(self) -> Numbers:
        """The numbers of the documents that stay, in the order of their ids."""
        return self._order

    def settle(self) -> list[Rejected]:
        """Choose one document for each id; the same document twice is one, which `merged` counts. Of two different ones
        the one with the smaller digest stays, in whatever order they came, and the other is told. What was left out
        stays out.
        """
        refused: list[Rejected] = []
        kept = array("q")
        came = np.concatenate([self._order, np.arange(self._settled, len(self))])
        before = ("", b"")
        for id_, digest, n in in_order(self._folder, self._named(came)):
            if id_ != before[0]:
                kept.append(n)
            elif digest != before[1]:
                reason, remedy = (
                    "another document has this id",
                    "give each document an id of its own, and each page once",
                )
                refused.append(Rejected(source="documents", place=id_, reason=reason, remedy=remedy))
            else:
                self.merged += 1
            before = (id_, digest)
        self._order, self._settled = np.array(kept, np.int64), len(self)
        return refused

    def leave_out(self, digests: Mapping[str, bytes]) -> list[str]:
        """Leave out the settled documents that are there with this very digest; the ids of the others."""
        kept = [(id_, n) for id_, digest, n in self._named(self._order) if digests.get(id_) != digest]
        self._order = np.array([n for _, n in kept], np.int64)
        return [id_ for id_, _ in kept]

    def boilerplate(self, analyzer: Analyzer) -> Boilerplate:
        """The sentences that the settled questions repeat, but for facts."""
        return self._words.boilerplate(self._order[self._is_question.all()[self._order] > 0], analyzer)

    def parts(self, most: int) -> list[Numbers]:
        """The settled documents in parts of at most so many words, or of one document; one part if there are none."""
        sizes = self._words.sizes()[self._order]
        return [self._order[low:high] for low, high in ranges(starts_of(sizes), most)] or [self._order]

    def gather(self, folder: Path, boilerplate: Boilerplate, part: Numbers) -> None:
        """Write a part of the settled documents as the beginning of a segment, their words without boilerplate: words,
        ids, digests, columns, and what speaks for keeping each.
        """
        folder.mkdir()
        self._words.write(folder, part, boilerplate)
        write_strings(folder, "ids", [id_ for id_, _, _ in self._named(part)])
        digests = self._digests.all().reshape(-1, _DIGEST)[part]
        save(folder, digests=digests, answers=self._answers.all()[part])
        self._columns.write(folder, part, self._words.wordings[part])
        self._keep_order.write(folder, part)

    def let_go(self) -> None:
        """Keep nothing but the lines: all else is gathered."""
        del self._words, self._columns, self._keep_order, self._id_bytes, self._id_ends, self._digests

    def lines(self, part: Numbers) -> Iterator[str]:
        """Some documents as lines of JSON."""
        starts = self._starts.all()
        for n in part.tolist():
            self._spool.seek(starts[n])
            yield self._spool.read(starts[n + 1] - starts[n] - 1).decode()

    def _named(self, numbers: Numbers) -> Iterator[tuple[str, bytes, int]]:
        """The id and the digest of each of some documents, with its number."""
        ids, ends, digests = self._id_bytes.all(), self._id_ends.all(), self._digests.all()
        for n in map(int, numbers):
            id_ = str(ids[ends[n] : ends[n + 1]].data, "utf-8")
            yield id_, digests[n * _DIGEST : (n + 1) * _DIGEST].tobytes(), n

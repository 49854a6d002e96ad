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
from indexer.ranking.columns import ColumnsWriter
from indexer.ranking.hashing import Numbers, ranges, starts_of
from indexer.ranking.mapped import save, write_strings
from indexer.ranking.token_store import WordsWriter

_DIGEST = hashlib.sha256().digest_size


class Intake:
    """Takes documents, settles which of them stay, and gathers these for a segment. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Until it is closed, what it took waits in files in `folder` that have no name."""
        self._files = TemporaryFile(dir=folder), TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)
        self._spool, words = self._files
        self._words, self._columns, self._keep_order = WordsWriter(words), ColumnsWriter(), KeepOrderWriter()
        self._ids: list[str] = []
        self._digests, self._starts = bytearray(), array("q", [0])
        self._is_question, self._answers = bytearray(), array("i")
        self._order: Numbers = np.empty(0, np.int64)
        self._settled = 0
        self.merged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, document: Document) -> None:
        """Take the next document."""
        line = to_json(document).encode() + b"\n"
        asked = isinstance(document, Question)
        self._spool.write(line)
        self._starts.append(self._starts[-1] + len(line))
        self._digests += hashlib.sha256(line).digest()
        self._ids.append(document.id)
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
        kept: list[int] = []
        waiting = [*self._order.tolist(), *range(self._settled, len(self._ids))]
        before = ("", b"")
        for id_, digest, n in sorted((self._ids[n], self._digest(n), n) for n in waiting):
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
        self._order, self._settled = np.array(kept, np.int64), len(self._ids)
        return refused

    def leave_out(self, digests: Mapping[str, bytes]) -> list[str]:
        """Leave out the settled documents that are there with this very digest; the ids of the others."""
        kept = [n for n in self._order.tolist() if digests.get(self._ids[n]) != self._digest(n)]
        self._order = np.array(kept, np.int64)
        return [self._ids[n] for n in kept]

    def boilerplate(self, analyzer: Analyzer) -> Boilerplate:
        """The sentences that the settled questions repeat, but for facts."""
        return self._words.boilerplate(self._order, self._is_question, analyzer)

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
        wordings = np.array(self._words.wordings, np.int64)[part]
        write_strings(folder, "ids", [self._ids[n] for n in part.tolist()])
        digests = np.frombuffer(self._digests, np.uint8).reshape(-1, _DIGEST)[part]
        save(folder, digests=digests, answers=np.array(self._answers, np.int32)[part])
        self._columns.write(folder, part, wordings)
        self._keep_order.write(folder, part)

    def let_go(self) -> None:
        """Keep nothing but the lines: all else is gathered."""
        del self._words, self._columns, self._keep_order, self._ids, self._digests

    def lines(self, part: Numbers) -> Iterator[str]:
        """Some documents as lines of JSON."""
        for n in part.tolist():
            self._spool.seek(self._starts[n])
            yield self._spool.read(self._starts[n + 1] - self._starts[n] - 1).decode()

    def _digest(self, n: int) -> bytes:
        return bytes(self._digests[n * _DIGEST : (n + 1) * _DIGEST])

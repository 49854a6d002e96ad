"""Keeps every word of the documents as a number, in order: what all arrays of a segment are made from.

A text is cut at white space alone, and what the analyzer makes of each piece ("pain,") is remembered: a tenth of the
time that tokenizing each text anew takes. The numbers wait on disk until all documents were read.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Analyzer, Boilerplate, wording
from indexer.analysis.boilerplate import is_fact, sample, sentences_in
from indexer.analysis.tokens import PIECE, words_in
from indexer.ranking.growing import GrowingFiles
from indexer.ranking.hashing import Numbers, expand, places, ranges, starts_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import Strings, create, map_array, release, save, write_strings

# So many pieces of text are held before they go to disk, and so many words are looked at together afterwards.
BATCH = 1 << 20
# A step from one piece to the next fits a byte; of what is more the rest stands apart.
_STEP = 255
# More different pieces than this are forgotten: in texts without spaces hardly one comes twice.
_MOST_PIECES = 1 << 19
# After so many documents were read back, the memory of the map is let go.
_READ = 1 << 12
_BODY = FIELDS.index("body")


class Batch(NamedTuple):
    """Some documents: the number of the first, their words, where each field begins in all words, and the field of each
    word, counted from the first document's first one.
    """

    document: int
    sequence: NDArray[np.int32]
    starts: Numbers
    owner: Numbers

    @property
    def fields(self) -> slice:
        """The fields of these documents among those of all."""
        first = self.document * len(FIELDS)
        return slice(first, first + len(self.starts) - 1)


class Words(NamedTuple):
    """The words of documents in their order: `starts` says where each field of each document begins in `sequence`."""

    words: list[str]
    sequence: NDArray[np.int32]
    starts: Numbers

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """Whole documents of about so many words, one batch after the other."""
        for at, beyond in ranges(self.starts[:: len(FIELDS)], size):
            starts = self.starts[at * len(FIELDS) : beyond * len(FIELDS) + 1]
            owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            yield Batch(at, self.sequence[starts[0] : starts[-1]], starts, owner)
            release(self.sequence)

    @classmethod
    def stored(cls, folder: Path) -> Words:
        """Those of a segment, mapped."""
        return cls(list(Strings(folder, "words")), map_array(folder, "sequence"), map_array(folder, "sequence_starts"))

    def of(self, field: int) -> list[str]:
        """The words of one field, counted over all documents."""
        return [self.words[n] for n in self.sequence[self.starts[field] : self.starts[field + 1]].tolist()]


class StoredWords:
    """The words of the documents of a generation, read back; for a build, which needs those of all."""

    def __init__(self, arrays: Path) -> None:
        self._firsts: list[int] = []
        self.segments: list[Words] = []
        self._read = documents = 0
        for folder in segment_folders(arrays):
            self._firsts.append(documents)
            self.segments.append(words := Words.stored(folder))
            documents += (len(words.starts) - 1) // len(FIELDS)

    def own(self, number: int) -> list[str]:
        """The words by which a document is compared: those of title and body."""
        title, body = self.title_and_body(number)
        return [*title, *body]

    def title_and_body(self, number: int) -> tuple[list[str], list[str]]:
        """The words of a document's title, and those of its body."""
        segment = bisect_right(self._firsts, number) - 1
        words, first = self.segments[segment], (number - self._firsts[segment]) * len(FIELDS)
        self._read += 1
        if self._read % _READ == 0:
            release(words.sequence)
        return words.of(first), words.of(first + _BODY)


class _Pieces(dict[str, int]):
    """What stands between white space, by number, and the words in it."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.clear()

    def __missing__(self, piece: str) -> int:
        for word in words_in(piece):
            self._flat.append(self.words.setdefault(word, len(self.words)))
        self._ends.append(len(self._flat))
        number = self[piece] = len(self)
        return number

    def clear(self) -> None:
        """Forget the pieces, not the words."""
        super().clear()
        self._flat, self._ends = array("i"), array("q", [0])

    def words_of(self, pieces: array[int]) -> tuple[NDArray[np.int32], Numbers]:
        """The words of some pieces, and for each piece where its words begin."""
        flat, ends = np.array(self._flat, np.int32), np.array(self._ends, np.int64)
        numbers = np.array(pieces, np.int32)
        place, starts = places(ends, numbers)
        return flat[place], starts


class WordsWriter:
    """Takes documents in any order; gives their words in the order that is asked for.

    A document's text is kept in spans: a field each, but the body of a question in sentences, which may turn out to be
    boilerplate.
    """

    def __init__(self, growing: GrowingFiles) -> None:
        """What it takes waits in files of `growing`."""
        self._pieces = _Pieces()
        self._raw, self._places = array("i"), array("i")
        self._begins: list[int] = []  # of the spans that are not on disk yet, in pieces
        self._counted = 0
        # The number of each word, and where the piece of its field's text begins in which it stands.
        self._words, self._word_begins = growing.numbers("i"), growing.numbers("i")
        self._spans = growing.numbers("q", [0])  # where each span ends, in words
        self._owned = growing.numbers("q", [0])  # where the spans of each document end
        self._fields = growing.numbers("b")  # the field of each span
        self._sentences = growing.numbers("q")  # the wording of each span that is a sentence, -1 for any other
        self._wordings = growing.numbers("q")

    def add(self, texts: Mapping[str, str], *, sentences: bool) -> None:
        """Take the next document: the text of its fields, and whether its body is kept in sentences."""
        number = self._pieces.__getitem__
        fields, wordings = array("b"), array("q")
        for field, name in enumerate(FIELDS):
            text = texts.get(name, "")
            parted = sentences and field == _BODY
            for begin, part in sentences_in(text) if parted else [(0, text)] if text else []:
                fields.append(field)
                wordings.append(wording(part) if parted else -1)
                self._begins.append(len(self._raw))
                self._raw.extend(map(number, part.split()))
                self._places.extend([begin + piece.start() for piece in PIECE.finditer(part)])
        self._fields.extend(fields)
        self._sentences.extend(wordings)
        self._counted += len(fields)
        self._owned.append(self._counted)
        self._wordings.append(wording("\n".join([texts.get(name, "") for name in FIELDS[: _BODY + 1]])))
        if len(self._raw) > BATCH:
            self._spill()

    @property
    def wordings(self) -> Numbers:
        """The digests of what the documents say themselves, in the order in which they came."""
        found: Numbers = self._wordings.all()
        return found

    def boilerplate(self, questions: Numbers, analyzer: Analyzer) -> Boilerplate:
        """The sentences that some documents, which are questions, repeat, but for facts."""
        self._spill()
        wordings = self._wordings.all()[questions]
        there = sample(wordings)
        said, starts = places(self._owned.all(), questions[there])
        sentences = self._sentences.all()[said]
        own = [set(sentences[a:b][sentences[a:b] >= 0].tolist()) for a, b in pairwise(starts.tolist())]
        repeated = Boilerplate.of(zip(wordings[there].tolist(), own, strict=True))
        found = np.flatnonzero(np.isin(sentences, list(repeated.sentences)))
        spans = dict(zip(sentences[found].tolist(), said[found].tolist(), strict=True))
        names, words, ends = list(self._pieces.words), self._words.all(), self._spans.all()

        def words_of(span: int) -> list[str]:
            return [names[n] for n in words[slice(*ends[span : span + 2])].tolist()]

        return Boilerplate(d for d, span in spans.items() if not is_fact(words_of(span), analyzer.concepts_of))

    def sizes(self) -> Numbers:
        """How many words each document has."""
        self._spill()
        sizes: Numbers = np.diff(self._spans.all()[self._owned.all()])
        return sizes

    def write(self, folder: Path, order: Numbers, boilerplate: Boilerplate) -> None:
        """Write the words of the documents of this order, without boilerplate."""
        self._spill()
        all_words, all_begins, ends = self._words.all(), self._word_begins.all(), self._spans.all()
        spans, starts = self._ordered(order, ends, boilerplate)
        sequence = create(folder, "sequence", np.int32, (int(starts[-1]),))
        steps = create(folder, "sequence_steps", np.uint8, sequence.shape)
        far, last = [np.empty((0, 2), np.int64)], 0
        written = starts_of(ends[spans + 1] - ends[spans])
        words, number = self._numbered(all_words, ends, spans, written)
        for at, beyond in ranges(written, BATCH):
            own, _ = places(ends, spans[at:beyond])
            low, high = int(written[at]), int(written[beyond])
            sequence[low:high] = number[all_words[own]]
            begins = all_begins[own].astype(np.int64)
            step = np.diff(begins, prepend=last)
            first = starts[np.searchsorted(starts, low) : np.searchsorted(starts, high)] - low
            step[first] = begins[first]
            steps[low:high] = np.minimum(step, _STEP)
            long = np.flatnonzero(step > _STEP)
            far.append(np.column_stack([low + long, step[long] - _STEP]))
            last = int(begins[-1]) if len(begins) else last
            for array_ in (sequence, steps, all_words, all_begins):
                release(array_)
        save(folder, sequence_starts=starts, far_steps=np.concatenate(far))
        write_strings(folder, "words", words)
        self._pieces.clear()

    def _numbered(
        self, waiting: NDArray[np.int32], ends: Numbers, spans: Numbers, written: Numbers
    ) -> tuple[list[str], NDArray[np.int32]]:
        """The different words of some spans, in order, and for each word that waits its number among these."""
        there = np.zeros(len(self._pieces.words), np.bool_)
        for at, beyond in ranges(written, BATCH):
            there[waiting[places(ends, spans[at:beyond])[0]]] = True
            release(waiting)
        own = sorted(word for word, known in zip(self._pieces.words, there.tolist(), strict=True) if known)
        number = np.zeros(len(there), np.int32)
        number[[self._pieces.words[word] for word in own]] = np.arange(len(own), dtype=np.int32)
        return own, number

    def _ordered(self, order: Numbers, ends: Numbers, boilerplate: Boilerplate) -> tuple[Numbers, Numbers]:
        """The spans that are kept, in the order of documents, and where each field then begins."""
        spans, row = expand(self._owned.all(), order)
        kept = ~np.isin(self._sentences.all()[spans], list(boilerplate.sentences))
        spans, row = spans[kept], row[kept]
        target = row * len(FIELDS) + self._fields.all()[spans]
        sizes = ends[spans + 1] - ends[spans]
        return spans, starts_of(np.bincount(target, sizes, len(order) * len(FIELDS)).astype(np.int64))

    def _spill(self) -> None:
        """Bring what is held to disk, as words."""
        words, starts = self._pieces.words_of(self._raw)
        ends = [*self._begins[1:], len(self._raw)] if self._begins else []
        self._spans.extend(len(self._words) + starts[np.array(ends, np.int64)])
        self._words.extend(words)
        self._word_begins.extend(np.repeat(np.array(self._places, np.int32), np.diff(starts)))
        self._raw, self._places, self._begins = array("i"), array("i"), []
        if len(self._pieces) > _MOST_PIECES:
            self._pieces.clear()

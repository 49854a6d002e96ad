"""Ideas beyond the recipe, each measured beside it: the table of docs/reference/relevance.md.

    python benchmarks/relevance/ideas.py TASKS [--only WORDS]

TASKS is the folder that tasks.py made. Every channel is scored for all documents by a sparse product, with the analysis
of the product and a document's whole text as one field; the product itself, with fields and two stages, is measured by
`seealso evaluate`. Printed are differences of nDCG@10 × 1,000 to the recipe on half A / half B, marked where the 95 %
bootstrap interval of both halves together does not hold 0. Needs SciPy (requirements/dev.txt).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


import corpus  # noqa: E402
from indexer.analysis import Analysed, Analyzer, own_text  # noqa: E402
from indexer.analysis.wordlists import stop_words  # noqa: E402
from indexer.ranking.weighting import CHANNEL_WEIGHTS, IDF_POWER, K1, LENGTH_POWER, STEEPNESS, B  # noqa: E402

TASKS = ("pairs", "pairs-6900", "long-title", "title-answer", "long-answer", "forum-answer", "short-answer")
Matrix = NDArray[np.float64]
Tokens = Callable[[str], Iterable[str]]
ANALYZER = Analyzer()


@cache
def analysed(text: str) -> Analysed:
    """A text in terms, once."""
    return ANALYZER.analyse(text)


def finer(channel: str) -> Tokens:
    """The tokens of a finer channel."""
    return lambda text: analysed(text).finer[channel].elements()


RECIPE: Mapping[str, Tokens] = {
    "terms": lambda text: analysed(text).bag.elements(),
    "concepts": lambda text: analysed(text).concepts.elements(),
    **{channel: finer(channel) for channel in ("bigrams", "grams", "stops", "intents")},
}


class Channel:
    """One channel over some documents: the weight of every token in every document."""

    def __init__(self, documents: Sequence[str], tokens: Tokens, *, b: float = B, cap: int = 0) -> None:
        self.tokens = tokens
        self.vocabulary: dict[str, int] = {}
        counts = self._counts(documents, grow=True)
        self.length = np.asarray(counts.sum(1)).ravel()
        total, frequency = len(documents), np.maximum(np.bincount(counts.indices, minlength=counts.shape[1]), cap)
        self.rarity = np.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) ** IDF_POWER
        self.rarest = np.log(1 + (total + 0.5) / 0.5) ** IDF_POWER
        average = max(self.length[self.length > 0].mean(), 1.0) if self.length.any() else 1.0
        norm = np.repeat(K1 * (1 - b + b * self.length / average), np.diff(counts.indptr))
        weights = counts.data * (K1 + 1) / (counts.data + norm) * self.rarity[counts.indices]
        self.impacts = sp.csr_matrix((weights, counts.indices, counts.indptr), counts.shape).T.tocsr()

    def score(self, queries: Sequence[str], steepness: float = 0.0) -> Matrix:
        """The sums for every query and document; rarer words count for more in long texts by `steepness`."""
        bag = self._counts(queries, grow=False)
        bag.data = np.sqrt(bag.data)
        if steepness:
            rows = np.repeat(np.arange(len(queries)), np.diff(bag.indptr))
            long = np.array([np.log(max(len(analysed(text).tokens), 20) / 20) for text in queries])
            rare = self.rarity[bag.indices]
            raised = bag.data * (rare / self.rarest) ** (steepness * long[rows])
            before, after = (np.bincount(rows, data * rare, len(queries)) for data in (bag.data, raised))
            bag.data = raised * (before / np.maximum(after, 1e-9))[rows]
        return np.asarray((bag @ self.impacts).todense(), np.float64)

    def _counts(self, texts: Sequence[str], *, grow: bool) -> Any:
        rows, columns, data = [], [], []
        for row, text in enumerate(texts):
            for token, count in Counter(self.tokens(text)).items():
                number = self.vocabulary.setdefault(token, len(self.vocabulary)) if grow else self.vocabulary.get(token)
                if number is not None:
                    rows.append(row)
                    columns.append(number)
                    data.append(float(count))
        return sp.csr_matrix((data, (rows, columns)), (len(texts), len(self.vocabulary)))


class Task:
    """A test set with the scores of its channels, kept."""

    def __init__(self, folder: Path) -> None:
        judged = corpus.judged(folder)
        documents = list(corpus.read(judged.corpus, format="beir"))
        place = {document.id: n for n, document in enumerate(documents)}
        self.documents = [own_text(document).removeprefix("(untitled)\n") for document in documents]
        names = list(judged.relevant)
        self.queries = [judged.queries[name] for name in names]
        self.relevant = [[place[id_] for id_ in judged.relevant[name]] for name in names]
        half_b = set(corpus.judged(folder, qrels="b").relevant)
        self.half_b = np.array([name in half_b for name in names])
        self._scores: dict[object, Matrix] = {}

    def part(self, name: object, tokens: Tokens, steepness: float = 0.0, **options: Any) -> Matrix:
        """The score of a channel, computed once."""
        key = (name, steepness, *sorted(options.items()))
        if key not in self._scores:
            self._scores[key] = Channel(self.documents, tokens, **options).score(self.queries, steepness)
        return self._scores[key]

    def total(self, idea: Idea) -> Matrix:
        """The whole score with an idea in the place of the recipe's part."""
        words = np.array([max(len(analysed(text).tokens), 1) for text in self.queries])
        whole = np.zeros((len(self.queries), len(self.documents)))
        for name, (weight, tokens) in idea.channels().items():
            options = idea.options.get(name, {})
            steepness = idea.steepness if name == "terms" else 0.0
            faded = np.minimum(1, 30 / words)[:, None] if name == "stops" else 1.0
            whole += weight * self.part((name, tokens), tokens, steepness, **options) * faded
        length = np.array([1 + analysed(text).bag.total() for text in self.documents])
        power = -LENGTH_POWER * np.log(np.maximum(words, 20) / 20)
        return whole * (length / np.median(length))[None] ** power[:, None]

    def ndcg(self, scores: Matrix) -> NDArray[np.float64]:
        """nDCG@10 of every query, from its best ranked relevant document."""
        best = np.array([max(row[n] for n in wanted) for row, wanted in zip(scores, self.relevant, strict=True)])
        rank = 1 + (scores > best[:, None]).sum(1) + 0.5 * ((scores == best[:, None]).sum(1) - 1)
        return np.where(rank <= 10, 1 / np.log2(rank + 1), 0.0)


class Idea(NamedTuple):
    """What an idea changes: channels added or replaced (weight, tokens), their options, the steepness."""

    name: str
    changed: Mapping[str, tuple[float, Tokens]] = {}
    options: Mapping[str, Mapping[str, Any]] = {}
    steepness: float = STEEPNESS

    def channels(self) -> dict[str, tuple[float, Tokens]]:
        """Every channel of the recipe and of the idea."""
        recipe = {name: (CHANNEL_WEIGHTS[name], tokens) for name, tokens in RECIPE.items()}
        return {name: part for name, part in (recipe | dict(self.changed)).items() if part[0]}


def unordered(text: str) -> list[str]:
    """Pairs of terms within three, in alphabetical order."""
    terms = [t for t, w in zip(analysed(text).sequence, analysed(text).tokens, strict=True) if w not in stop_words()]
    return [" ".join(sorted((a, b))) for n, a in enumerate(terms) for b in terms[n + 1 : n + 4] if a != b]


def exact(text: str) -> list[str]:
    """Words as they stand."""
    return [word for word in analysed(text).tokens if word not in stop_words()]


def triples(text: str) -> list[str]:
    """Three neighbouring terms."""
    terms = analysed(text).sequence
    return [" ".join(terms[n : n + 3]) for n in range(len(terms) - 2)]


def of_concepts(text: str) -> list[str]:
    """Pairs of terms in which a concept stands for its names."""
    terms = [min(ANALYZER.concepts_of(term), default=term) for term in analysed(text).sequence]
    return [f"{a} {b}" for a, b in pairwise(terms)]


def grams_of_size(size: int) -> Tokens:
    """Pieces of so many letters."""
    return lambda text: (
        f"^{w}$"[n : n + size] for w in exact(text) if len(w) >= size for n in range(len(w) + 3 - size)
    )


def asked(text: str) -> Iterable[str]:
    """The intents of the sentences that end in a question mark."""
    questions = " ".join(sentence for sentence in re.split(r"(?<=[.?!])\s+", text) if sentence.endswith("?"))
    return analysed(questions or text).finer["intents"]


def numbered(text: str) -> list[str]:
    """Pairs in which number words are digits."""
    digits = dict(
        zip(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
            map(str, range(1, 11)),
            strict=True,
        )
    )
    terms = [digits.get(term, term) for term in analysed(text).sequence]
    return [f"{a} {b}" for a, b in pairwise(terms)]


IDEAS = (
    Idea("rarer words as others", steepness=0.0),
    Idea("steepness .15", steepness=0.15),
    Idea("steepness .6", steepness=0.6),
    Idea("unordered pairs within three, .1", {"unordered": (0.1, unordered)}),
    Idea("pairs of concepts", {"bigrams": (0.2, of_concepts)}),
    Idea("exact words, .1", {"exact": (0.1, exact)}),
    Idea("triples, .1", {"triples": (0.1, triples)}),
    Idea("grams of 3", {"grams": (0.15, grams_of_size(3))}),
    Idea("grams of 5", {"grams": (0.15, grams_of_size(5))}),
    Idea("intents of questions alone", {"intents": (0.5, asked)}),
    Idea("no word rarer than in three documents", options={"terms": {"cap": 3}}),
    Idea("number words as digits", {"bigrams": (0.2, numbered)}),
    Idea("no length in pairs", options={"bigrams": {"b": 0.0}}),
    Idea("no length in grams", options={"grams": {"b": 0.0}}),
    Idea("without concepts", {"concepts": (0.0, exact)}),
    Idea("without pairs", {"bigrams": (0.0, exact)}),
    Idea("without grams", {"grams": (0.0, exact)}),
    Idea("without stop words and intents", {"stops": (0.0, exact), "intents": (0.0, exact)}),
)


def marked(difference: NDArray[np.float64]) -> str:
    """`*` or `−` where the bootstrap interval lies on one side of 0."""
    picks = np.random.default_rng(0).integers(0, len(difference), (2_000, len(difference)))
    low, high = np.percentile(difference[picks].mean(1), [2.5, 97.5])
    return "*" if low > 0 else "−" if high < 0 else " "


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every idea and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--only", default="", help="only ideas whose name holds these words")
    options = parser.parse_args(argv)
    chosen = [idea for idea in IDEAS if options.only in idea.name]
    for name in TASKS:
        task = Task(options.tasks / name)
        recipe = task.ndcg(task.total(Idea("recipe")))
        print(f"{name}: recipe {recipe[~task.half_b].mean():.4f} / {recipe[task.half_b].mean():.4f}", flush=True)
        for idea in chosen:
            change = task.ndcg(task.total(idea)) - recipe
            a, b = 1000 * change[~task.half_b].mean(), 1000 * change[task.half_b].mean()
            print(f"  {idea.name:40s} {a:+6.1f} / {b:+6.1f} {marked(change)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""An index on a cluster beside the same one in a folder: whether they answer alike, and how long each answer takes.

    python benchmarks/speed/cluster.py FOLDER opensearch+http://HOST:PORT/NAME [--asked 300]

`seealso backup` and `restore` make the one of the other. Both are asked in turn, so that a disturbance meets both, and
beside them the cluster's own `get`, `multi_match` and `more_like_this` over the same documents. Figures are wall
milliseconds, the middle one and the one that 95 of 100 stay below. Exit 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from corpus import Document, Question
from indexer import Index, OpenSearchIndex, open_index
from indexer.analysis import FIELDS, field_texts
from indexer.analysis.tokens import words_of
from indexer.answering.weighing import weigh
from indexer.generation.opensearch.connection import address_of, connect
from indexer.generation.opensearch.layout import words_field

# As many hits as our own finding asks for, with as much of each; as many words as a query of a cluster takes.
_HITS, _MOST_WORDS = 130, 200
_NEAR, _TERMS = 24, 25

Ask = Callable[[Document], object]


def timed(ways: Mapping[str, Ask], asked: Sequence[Document]) -> tuple[dict[str, list[float]], int]:
    """The milliseconds that each way takes for each document, asked in turn; and of how many the ways' answers are not
    one.
    """
    spent: dict[str, list[float]] = {name: [] for name in ways}
    differ = 0
    for document in asked:
        answers = []
        for name, ask in ways.items():
            began = time.perf_counter()
            answers.append(ask(document))
            spent[name].append(1_000 * (time.perf_counter() - began))
        differ += any(answer != answers[0] for answer in answers)
    return spent, differ


def show(spent: Mapping[str, Sequence[float]]) -> None:
    """Print of each way the middle, and what 95 of 100 stay below."""
    for way, own in spent.items():
        print(f"{way:24} {statistics.median(own):8.2f} {statistics.quantiles(own, n=20)[-1]:8.2f}", flush=True)


def question_of(document: Document) -> str:
    """A document's own question, as somebody would write it."""
    return f"{document.title} {document.body}"[:600]


def native(place: OpenSearchIndex) -> dict[str, Ask]:
    """The cluster's own ways over the documents of an index."""
    client, name = connect(place), address_of(place.address).name
    (index,) = client.indices.get_alias(name=name)
    fields = [words_field(field) for field in FIELDS[:3]]

    def said(document: Document) -> str:
        texts = field_texts(document)
        return " ".join(words_of(" ".join([texts.get(field, "") for field in FIELDS[:2]]))[:_MOST_WORDS])

    def search(query: dict[str, Any], size: int) -> object:
        return client.search(index=index, body={"query": query, "size": size, "_source": ["row"]})

    return {
        "multi_match": lambda d: search({"multi_match": {"query": said(d), "fields": fields}}, _HITS),
        "more_like_this": lambda d: search(
            {
                "more_like_this": {
                    "fields": fields,
                    "like": said(d),
                    "min_term_freq": 1,
                    "min_doc_freq": 1,
                    "max_query_terms": _TERMS,
                }
            },
            _NEAR,
        ),
        "get": lambda d: client.get(index=index, id=d.id, _source=["document"]),
    }


def finding(index: Index) -> Ask:
    """Our own: the best hundred of a question, found and judged."""
    generation = index._generation

    def ask(document: Document) -> object:
        weighed = weigh(generation, generation.analyzer.analyse(question_of(document)))
        return generation.find(weighed.request._replace(limit=_NEAR))

    return ask


def main() -> None:
    """Ask both, compare, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder")
    parser.add_argument("address")
    parser.add_argument("--asked", type=int, default=300)
    given = parser.parse_args()
    place = OpenSearchIndex(given.address)
    with open_index(given.folder) as folder, open_index(place) as cluster:
        documents = sorted((d for d in folder.documents() if isinstance(d, Question)), key=lambda d: d.id)
        random.Random(0).shuffle(documents)  # noqa: S311 (no secret)
        # What was asked for once is remembered, so each part asks for documents of its own.
        parts = [documents[n * given.asked : (n + 1) * given.asked] for n in range(7)]
        print(f"{given.asked} of {sum(folder.info.documents.values()):,} documents a row; milliseconds")
        print(f"{'':24}     half     95 %")
        jobs: dict[str, Callable[[Index], Ask]] = {
            "search": lambda index: lambda d: index.search(" ".join(d.title.split()[:8])),
            "similar": lambda index: lambda d: index.similar(question_of(d)),
            "related": lambda index: lambda d: index.related(d.id),
        }
        different = 0
        for (name, job), own in zip(jobs.items(), parts, strict=False):
            spent, differ = timed({"folder": job(folder), "cluster": job(cluster)}, own)
            different += differ
            show({f"{name}, {way}": took for way, took in spent.items()})
        ways = {"finding": finding(cluster), **native(place)}
        timed(ways, parts[3][:50])
        found, _ = timed(ways, parts[4])
        show(found)
        # Of a page that was got the panel would be remembered, so that of another is asked for.
        other = dict(zip(parts[5], parts[6], strict=True))
        panels, _ = timed(
            {"related": lambda d: cluster.related(d.id), "Index.get": lambda d: cluster.get(other[d].id)}, parts[5]
        )
        show(panels)
        for spent, one, beside in ((found, "finding", "multi_match"), (panels, "related", "Index.get")):
            print(f"{one} / {beside}: {statistics.median(spent[one]) / statistics.median(spent[beside]):.2f}")
        print(f"{different} of {3 * given.asked} answers differ")
        sys.exit(different > 0)


if __name__ == "__main__":
    main()

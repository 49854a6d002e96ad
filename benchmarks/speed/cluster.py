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


def timed(ways: Mapping[str, Ask], asked: Sequence[Document]) -> dict[str, list[float]]:
    """The milliseconds that each way takes for each document, asked in turn."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for document in asked:
        for name, ask in ways.items():
            began = time.perf_counter()
            ask(document)
            spent[name].append(1_000 * (time.perf_counter() - began))
    return spent


def told(spent: Sequence[float]) -> str:
    """The middle, and what 95 of 100 stay below."""
    return f"{statistics.median(spent):8.2f} {statistics.quantiles(spent, n=20)[-1]:8.2f}"


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
        return generation.find(weighed.request)

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
        drawn = random.Random(0).sample(documents, min(given.asked + 50, len(documents)))  # noqa: S311 (no secret)
        asked, warm = drawn[50:], drawn[:50]
        differ = 0
        print(f"{len(asked)} questions of {folder.info.total:,} documents; milliseconds\n{'':28}  half    95 %")
        jobs: dict[str, Callable[[Index], Ask]] = {
            "search": lambda index: lambda d: index.search(" ".join(d.title.split()[:8])),
            "similar": lambda index: lambda d: index.similar(question_of(d)),
            "related": lambda index: lambda d: index.related(d.id),
        }
        for name, job in jobs.items():
            here, there = job(folder), job(cluster)
            differ += sum(here(document) != there(document) for document in asked)
            for way, spent in timed({"folder": here, "cluster": there}, asked).items():
                print(f"{name + ', ' + way:24} {told(spent)}")
        ways = {"finding": finding(cluster), **native(place), "Index.get": lambda d: cluster.get(d.id)}
        ways["related"] = jobs["related"](cluster)
        timed(ways, warm)
        spent = timed(ways, asked)
        for way, own in spent.items():
            print(f"{way:24} {told(own)}")
        half = {way: statistics.median(own) for way, own in spent.items()}
        print(f"finding / multi_match     {half['finding'] / half['multi_match']:8.2f}")
        print(f"related / Index.get       {half['related'] / half['Index.get']:8.2f}")
        print(f"{differ} of {3 * len(asked)} answers differ")
        sys.exit(differ > 0)


if __name__ == "__main__":
    main()

"""Finds the documents of a cluster that are nearest to a text by meaning: a script there looks at all their vectors.

Scripts are part of every OpenSearch; no plugin is needed. What they find is measured again here from the vectors
themselves, so that ids and cosines are those of a folder, to the last bit.
"""

from __future__ import annotations

import logging
import time
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from opensearchpy.exceptions import RequestError

from indexer.encoder import gave_up
from indexer.errors import SearchError
from indexer.generation.opensearch.documents import BY_ID, OpenSearchDocuments
from indexer.generation.opensearch.layout import SQUARE, VECTOR
from indexer.generation.opensearch.queries import Query, all_of
from indexer.ranking.vectors import Vector, cosines, squares_of
from indexer.ranking.weighting import NEAREST

# So many are asked for at first, and never more: beyond it those that mean the very same are taken in the order of ids.
_FIRST, _MOST = 40, 1_000
# A score there is a float of 32 bits; a cosine that is not above 0 is none, and the least that is above it is 2^-24.
_ROUNDING, _LEAST = 1 + 2**-22, 2**-25
# So many milliseconds are waited for it, and so many seconds after it was in vain nobody asks again.
_PATIENCE, _REST = 1_000, 5.0
# The numbers of a vector that one turn of the loop multiplies: turns cost more than products.
_UNROLLED = 16
_PRODUCTS = " + ".join(f"own[at + {n}] * (int) asked.get(i + {n})" for n in range(_UNROLLED))
_SCRIPT = f"""
def held = doc['{VECTOR}'].value;
byte[] own = held.bytes;
int at = held.offset;
List asked = params.asked;
int size = asked.size(), whole = size - size % {_UNROLLED}, product = 0, i = 0;
for (; i < whole; i += {_UNROLLED}) {{
  product += {_PRODUCTS};
  at += {_UNROLLED};
}}
for (; i < size; i++) {{
  product += own[at] * (int) asked.get(i);
  at++;
}}
return Math.max(0.0, product / Math.sqrt((double) doc['{SQUARE}'].value * params.square));
"""

_LOG = logging.getLogger(__name__)


def vectors_of(sources: Iterable[Mapping[str, Any]], dimensions: int) -> Vector:
    """The vectors of documents as they were fetched, a row each; zeros for one that has none."""
    kept = (own.get(VECTOR) for own in sources)
    rows = [np.frombuffer(b64decode(own), np.int8) if own else np.zeros(dimensions, np.int8) for own in kept]
    return np.array(rows, np.int8).reshape(len(rows), dimensions)


class Nearest:
    """Finds among the documents of a generation; shared by threads. What a cluster does not find in time, or has no
    right to, costs what is found by meaning alone: `gave_up` says so, and nobody asks again for a moment.
    """

    def __init__(self, documents: OpenSearchDocuments) -> None:
        self._documents, self._rests_until = documents, 0.0

    def of(self, vector: Vector, filters: Sequence[Query]) -> dict[str, float]:
        """The NEAREST documents to a vector of those that some filters find, by id, with their cosines, which are above
        0; ids ascend among equals.
        """
        size = _FIRST
        while True:
            hits = self._hits(_body(vector, filters, size))
            found = {hit["_id"]: hit["_source"] for hit in hits}
            self._documents.remember(found)
            near = cosines(vector, vectors_of(found.values(), len(vector))).tolist()
            best = sorted(zip(found, near, strict=True), key=lambda one: (-one[1], one[0]))[:NEAREST]
            if len(hits) < size or size == _MOST or best[-1][1] > hits[-1]["_score"] * _ROUNDING:
                return dict(best)
            size = min(2 * size, _MOST)

    def _hits(self, body: Query) -> list[dict[str, Any]]:
        if time.monotonic() >= self._rests_until:
            try:
                answer = self._documents.search(body)
            except SearchError as error:
                if not isinstance(error.__cause__, RequestError):
                    raise
                why = error.what
            else:
                if not answer["timed_out"]:
                    hits: list[dict[str, Any]] = answer["hits"]["hits"]
                    return hits
                why = f"it took longer than {_PATIENCE} ms"
            self._rests_until = time.monotonic() + _REST
            _LOG.warning("what shares no word is not found: the cluster compares no vectors (%s)", why)
        gave_up.set(True)
        return []


def _body(vector: Vector, filters: Sequence[Query], size: int) -> Query:
    script = {"source": _SCRIPT, "params": {"asked": vector.tolist(), "square": int(squares_of(vector[None])[0])}}
    among = all_of([*filters, {"exists": {"field": VECTOR}}])
    return {
        "query": {"script_score": {"query": among, "script": script, "min_score": _LEAST}},
        "sort": [{"_score": "desc"}, *BY_ID],
        "size": size,
        "_source": ["row", VECTOR],
        "timeout": f"{_PATIENCE}ms",
    }

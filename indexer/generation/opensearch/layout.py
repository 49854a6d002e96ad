"""How a generation lies on a cluster: which indices there are, what each field is for, how features are called.

Our own analysis runs before both indexing and asking: a field holds our words, parted at white space and nowhere else.
"""

from __future__ import annotations

from typing import Any

from indexer.analysis import FIELDS

# Of a generation: its documents, and the files that each process which asks it keeps (statistics of words).
DOCUMENTS, FILES = "documents", "files"
# Fields of a document that are asked for and never sought:
#   document                   its exchange JSON
#   row                        what ranking knows of it (ranking/packed)
#   facts                      the digest of its words, and its topics (Facts)
#   near, near_scores, possible, closeness    its stored neighbours (Neighbours), and how close the first ones are
#   around, cards              the facts of the close ones, and the cards that its panel shows (KeptWithPage)
#   keep_order                 what speaks for keeping it among duplicates
SOURCE = ("document", "row", "facts", "near", "near_scores", "possible", "keep_order", "closeness", "cards", "around")
WEIGHTS = "weights"
# What a document means, a byte for each number, and the squared length of that; absent where it has none.
VECTOR, SQUARE = "vector", "vector_square"
# The file of the pairs, a line of JSON each.
PAIRS = "pairs.jsonl"
# What an index tells of the generation that is being sent into it: the digests of its content.
SENDING = "sending"
# A word of over 255 characters stays whole (Lucene takes 32,766 bytes).
_LONGEST = 8_000


def documents_of(name: str, number: int) -> str:
    """The index of the documents of a generation."""
    return f"{name}-{number:06d}-{DOCUMENTS}"


def files_of(name: str, number: int) -> str:
    """The index of the files of a generation."""
    return f"{name}-{number:06d}-{FILES}"


def feature_of(term: str) -> str:
    """What a term is called as a feature: its bytes in hexadecimal, as a name must not hold dots or be empty."""
    return term.encode().hex()


def words_field(field: str) -> str:
    """The field that holds the words of a document's field."""
    return f"words_{field}"


def document_index(meta: dict[str, Any], shards: int, replicas: int) -> dict[str, Any]:
    """Settings and mapping of the index of documents; `meta` stands in the mapping, and says which generation it is."""
    keyword, asked = {"type": "keyword"}, {"type": "object", "enabled": False}
    words = {"type": "text", "analyzer": "words", "norms": False}
    unsearched: dict[str, Any] = {"type": "keyword", "index": False, "doc_values": False}
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": -1,
            "analysis": {
                "tokenizer": {"words": {"type": "whitespace", "max_token_length": _LONGEST}},
                "analyzer": {"words": {"tokenizer": "words"}},
            },
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": meta,
            # What is sought is not read back: `row` has it too (see ranking/packed).
            "_source": {"excludes": [WEIGHTS, *map(words_field, FIELDS)]},
            "properties": {
                "id": keyword,
                "kind": keyword,
                "specialty": keyword,
                "topic": keyword,
                "topic_written": keyword,
                "year": {"type": "integer"},
                "answered": {"type": "boolean"},
                "day": {"type": "integer"},
                "address": keyword,
                "first_near": keyword,
                WEIGHTS: {"type": "rank_features"},
                VECTOR: {"type": "binary", "doc_values": True},
                SQUARE: {"type": "integer"},
                **{words_field(field): words for field in FIELDS},
                **dict.fromkeys(SOURCE, asked),
                "document": unsearched,
                "row": unsearched,
            },
        },
    }


def file_index(replicas: int) -> dict[str, Any]:
    """Settings and mapping of the index of files: parts of files, in order, and whether whoever asks keeps them."""
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": replicas, "refresh_interval": -1},
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "file": {"type": "keyword"},
                "part": {"type": "integer"},
                "read": {"type": "boolean"},
                "data": {"type": "binary", "doc_values": False},
            },
        },
    }

"""From text to terms: the one analysis that index and query share."""

from indexer.analysis.fields import FIELDS, field_texts, own_text
from indexer.analysis.terms import Analysed, Spot, analyse, bag, fingerprint, sequence, spots, stop_terms, wording
from indexer.analysis.tokens import Token, tokenize

__all__ = [
    "FIELDS",
    "Analysed",
    "Spot",
    "Token",
    "analyse",
    "bag",
    "field_texts",
    "fingerprint",
    "own_text",
    "sequence",
    "spots",
    "stop_terms",
    "tokenize",
    "wording",
]

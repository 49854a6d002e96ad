"""From text to terms: the one analysis that index and query share."""

from indexer.analysis.analyzer import FINER, Analysed, Analyzer
from indexer.analysis.boilerplate import Boilerplate
from indexer.analysis.concepts import is_concept
from indexer.analysis.fields import FIELDS, field_texts, own_text
from indexer.analysis.terms import Spot, sequence, spots, stop_terms, wording
from indexer.analysis.tokens import Token, tokenize

__all__ = [
    "FIELDS",
    "FINER",
    "Analysed",
    "Analyzer",
    "Boilerplate",
    "Spot",
    "Token",
    "field_texts",
    "is_concept",
    "own_text",
    "sequence",
    "spots",
    "stop_terms",
    "tokenize",
    "wording",
]

"""From text to terms: the one analysis that index and query share."""

from indexer.analysis.analyzer import FINER, Analysed, Analyzer, Draft, Place
from indexer.analysis.boilerplate import Boilerplate, own_pieces
from indexer.analysis.concepts import is_concept, known_words
from indexer.analysis.fields import FIELDS, field_texts, own_text
from indexer.analysis.templates import Templates
from indexer.analysis.terms import (
    Spot,
    pieces_at,
    pieces_with,
    sequence,
    spots,
    spots_among,
    spots_of,
    stop_terms,
    story_terms,
    telling_terms,
    wording,
)
from indexer.analysis.tokens import Token, bare, in_han, is_han, is_pair, tokenize
from indexer.analysis.wordlists import stop_words

__all__ = [
    "FIELDS",
    "FINER",
    "Analysed",
    "Analyzer",
    "Boilerplate",
    "Draft",
    "Place",
    "Spot",
    "Templates",
    "Token",
    "bare",
    "field_texts",
    "in_han",
    "is_concept",
    "is_han",
    "is_pair",
    "known_words",
    "own_pieces",
    "own_text",
    "pieces_at",
    "pieces_with",
    "sequence",
    "spots",
    "spots_among",
    "spots_of",
    "stop_terms",
    "stop_words",
    "story_terms",
    "telling_terms",
    "tokenize",
    "wording",
]

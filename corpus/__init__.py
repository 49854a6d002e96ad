"""What a document is, and every way to read one in. Knows no index and no web."""

from corpus.checking import Check, check
from corpus.errors import CorpusError, Noticed, Rejected
from corpus.formats.exchange import from_json, to_json, without_markup, write
from corpus.identity import same_address
from corpus.judged import Judged, judged
from corpus.model import Answer, Article, Asker, Comment, Document, Link, Question, Topic, kind_of
from corpus.proposing import propose
from corpus.reading import formats, read, sample

__all__ = [
    "Answer",
    "Article",
    "Asker",
    "Check",
    "Comment",
    "CorpusError",
    "Document",
    "Judged",
    "Link",
    "Noticed",
    "Question",
    "Rejected",
    "Topic",
    "check",
    "formats",
    "from_json",
    "judged",
    "kind_of",
    "propose",
    "read",
    "same_address",
    "sample",
    "to_json",
    "without_markup",
    "write",
]

"""What a document is, and every way to read one in. Knows no index and no web."""

from corpus.errors import CorpusError, Noticed, Rejected
from corpus.formats.exchange import from_json, to_json, write
from corpus.identity import same_address
from corpus.judged import Judged, judged
from corpus.model import Answer, Article, Asker, Comment, Document, Link, Question, Topic, kind_of
from corpus.reading import formats, read, sample

__all__ = [
    "Answer",
    "Article",
    "Asker",
    "Comment",
    "CorpusError",
    "Document",
    "Judged",
    "Link",
    "Noticed",
    "Question",
    "Rejected",
    "Topic",
    "formats",
    "from_json",
    "judged",
    "kind_of",
    "read",
    "same_address",
    "sample",
    "to_json",
    "write",
]

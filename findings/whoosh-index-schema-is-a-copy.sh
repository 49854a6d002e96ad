#!/usr/bin/env bash
# Whoosh 2.7.4: `index.schema` unpickles the table of contents at every access and gives a new object each time. So an
# analyzer that is set on `index.schema["field"]`, as one does to search an index whose terms were stemmed by its writer, is
# lost without a word: the parser gets another copy, and the query finds nothing. Held in a variable, one copy keeps it.
# Two documents with stemmed terms: 0 hits by the first way, 1 by the second. Exits with 1 once this is no longer so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check 'whoosh==2.7.4'
mkdir "$work/index"
"$work/env/bin/python" -W ignore - "$work/index" <<'PYTHON'
import sys

from whoosh import index
from whoosh.analysis import LowercaseFilter, RegexTokenizer, SpaceSeparatedTokenizer, StemFilter
from whoosh.fields import ID, TEXT, Schema
from whoosh.qparser import QueryParser

written = index.create_in(sys.argv[1], Schema(id=ID(stored=True), text=TEXT(analyzer=SpaceSeparatedTokenizer())))
writer = written.writer()
writer.add_document(id="a", text="the pipe leak at night")
writer.add_document(id="b", text="the roof is dry")
writer.commit()

found = index.open_dir(sys.argv[1])
stemming = RegexTokenizer() | LowercaseFilter() | StemFilter()


def hits(schema):
    with found.searcher() as searcher:
        return [hit["id"] for hit in searcher.search(QueryParser("text", schema).parse("leaking"))]


found.schema["text"].analyzer = stemming
lost = hits(found.schema)
held = found.schema
held["text"].analyzer = stemming
kept = hits(held)
print("the same object at two accesses:", found.schema is found.schema)
print("analyzer set on index.schema:   ", lost)
print("analyzer set on a copy held:    ", kept)
assert (found.schema is found.schema, lost, kept) == (False, [], ["a"]), "the behaviour changed"
PYTHON

#!/usr/bin/env bash
# Two default analyses that doses cannot be trusted to: for both the phrase "5 mg" finds pages that say 0.5 mg or 0,5 mg.
# tantivy 0.27.0 (Python) cuts a number at its point and at its comma, so that "5 mg" stands in "0.5 mg". Whoosh 2.7.4's
# StandardAnalyzer keeps 0.5 whole and drops words of one character as stop words, so that the phrase is "mg" alone.
# Who indexes doses with either needs a tokenizer of its own. Exits with 1 once this is no longer so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check 'tantivy==0.27.0' 'Whoosh==2.7.4'
"$work/env/bin/python" -W ignore - <<'PYTHON'
import tantivy
from whoosh.analysis import StandardAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

pages = {"point": "takes 0.5 mg daily", "comma": "takes 0,5 mg daily", "five": "takes 5 mg daily"}

builder = tantivy.SchemaBuilder()
builder.add_text_field("id", stored=True)
builder.add_text_field("text")
index = tantivy.Index(builder.build())
writer = index.writer()
for name, text in pages.items():
    writer.add_document(tantivy.Document(id=name, text=text))
writer.commit()
writer.wait_merging_threads()
index.reload()
searcher = index.searcher()
hits = searcher.search(index.parse_query('"5 mg"', ["text"]), 10).hits
tantivy_found = sorted(searcher.doc(address)["id"][0] for _, address in hits)

whoosh = RamStorage().create_index(Schema(id=ID(stored=True), text=TEXT))
adding = whoosh.writer()
for name, text in pages.items():
    adding.add_document(id=name, text=text)
adding.commit()
with whoosh.searcher() as searching:
    whoosh_found = sorted(hit["id"] for hit in searching.search(QueryParser("text", whoosh.schema).parse('"5 mg"')))

print('the phrase "5 mg" finds with tantivy:', *tantivy_found)
print('the phrase "5 mg" finds with Whoosh: ', *whoosh_found)
assert tantivy_found == ["comma", "five", "point"], f"tantivy's behaviour changed: {tantivy_found}"
assert whoosh_found == ["comma", "five", "point"], f"Whoosh's behaviour changed: {whoosh_found}"
tokens = [token.text for token in StandardAnalyzer()("takes 0.5 mg or 5 mg")]
print("Whoosh's words of 'takes 0.5 mg or 5 mg':", *tokens)
assert tokens == ["takes", "0.5", "mg", "mg"], f"Whoosh's behaviour changed: {tokens}"
PYTHON

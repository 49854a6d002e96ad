#!/usr/bin/env bash
# trafilatura 2.3.1 changes the name of a doctor: of <meta name="author" content="Dr. Bo Lind"> it gives "Dr Bo Lind".
# A name that must stand as it is written has to be taken from the page's own element.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check trafilatura==2.3.1 lxml==6.1.3 lxml-html-clean==0.4.6 >/dev/null 2>&1
"$folder/env/bin/python" - <<'PY'
from importlib.metadata import version

from trafilatura import bare_extraction

PAGE = """<!DOCTYPE html><html><head><title>Walking after a stroke</title><meta name="author" content="Dr. Bo Lind"></head>
<body><article><h1>Walking after a stroke</h1>%s</article></body></html>""" % (
    "<p>Most people who can sit up in the first week walk again within three months, with a stick or a brace.</p>" * 4
)
found = bare_extraction(PAGE, with_metadata=True)
print("trafilatura", version("trafilatura"), "author:", repr(found.author))
assert found.author == "Dr Bo Lind", found.author
PY

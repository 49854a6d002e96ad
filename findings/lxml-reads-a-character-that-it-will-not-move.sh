#!/usr/bin/env bash
# lxml 6.1.3 reads a page with a control character (here SUB, 0x1A, as old editors end a file) and gives it back in
# `text_content()`; but to drop the element before it, as one does with scripts, raises ValueError: the text behind has to
# be set anew, and setting is checked where reading was not. Such characters have to go before the page is parsed.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check lxml==6.1.3 >/dev/null 2>&1
"$folder/env/bin/python" - <<'PY'
from importlib.metadata import version

from lxml import html

tree = html.document_fromstring("<html><body><p><script>x()</script>Ice and rest.\x1a</p></body></html>")
print("lxml", version("lxml"), "reads:", repr(tree.text_content()))
assert "\x1a" in tree.text_content()
try:
    next(tree.iter("script")).drop_tree()
except ValueError as error:
    print("drop_tree raises:", error)
else:
    raise SystemExit("drop_tree moves the text")
PY

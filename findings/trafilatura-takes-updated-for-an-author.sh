#!/usr/bin/env bash
# trafilatura 2.3.1 takes what follows a name in a byline for more authors: of "By Ida Moe, MD, reviewed 3 May 2024" it gives
# "Ida Moe; MD; Reviewed", of "Written by Ida Moe, last updated: May 3, 2024" "Ida Moe; Last Updated May 3".
# What is shown as an author has to be told from such words.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check trafilatura==2.3.1 lxml==6.1.3 lxml-html-clean==0.4.6 >/dev/null 2>&1
"$folder/env/bin/python" - <<'PY'
from importlib.metadata import version

from trafilatura import bare_extraction

SEEN = {
    "By Ida Moe, 3 May 2024": "Ida Moe",
    "By Ida Moe, MD, reviewed 3 May 2024": "Ida Moe; MD; Reviewed",
    "Written by Ida Moe, last updated: May 3, 2024": "Ida Moe; Last Updated May 3",
}
TEXT = "<p>Most people who can sit up in the first week walk again within three months, with a stick or a brace.</p>" * 4
print("trafilatura", version("trafilatura"))
for byline, author in SEEN.items():
    page = f"<html><head><title>Walking</title></head><body><article><h1>Walking</h1><p class='byline'>{byline}</p>{TEXT}</article></body></html>"
    found = bare_extraction(page, with_metadata=True)
    print(repr(byline), "author:", repr(found.author))
    assert found.author == author, found.author
PY

#!/usr/bin/env bash
# wordllama 0.4.0.post1 carries the file of its tokenizer in its wheel, beside its weights, and does not look for it there:
# with downloads disabled `load` finds the weights and raises FileNotFoundError for the tokenizer, which lies in the
# package. Named as `cache_dir` the package's own folder serves, and texts are embedded without a network.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check wordllama==0.4.0.post1 >/dev/null 2>&1
cd "$folder"
HF_HUB_OFFLINE=1 env/bin/python - <<'PY'
from pathlib import Path

import wordllama
from wordllama import WordLlama

own = Path(wordllama.__file__).parent
there = sorted(path.relative_to(own).as_posix() for path in own.rglob("*l2_supercat*"))
print("in the package:", *there)
assert {"tokenizers/l2_supercat_tokenizer_config.json", "weights/l2_supercat_256.safetensors"} <= set(there)
try:
    WordLlama.load(disable_download=True)
except FileNotFoundError as error:
    print("load(disable_download=True):", error)
    assert "l2_supercat_tokenizer_config.json" in str(error)
else:
    raise SystemExit("it finds its tokenizer now")
model = WordLlama.load(disable_download=True, cache_dir=own)
print("with cache_dir its own folder:", model.embed(["a text"]).shape)
PY

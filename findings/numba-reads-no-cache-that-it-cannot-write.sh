#!/usr/bin/env bash
# numba 0.68.1 reads no compiled function from a cache folder that it cannot write to: where every function is there, compiled
# for this very processor, and the folder is read-only (an image's layer, another user's folder), `@njit(cache=True)` raises
# RuntimeError "no locator available" when the module is imported. Each of its locators first makes a temporary file in the
# folder (numba/core/caching.py, ensure_cache_path). So a cache that is shipped must be copied to where it may be written.
# Run by root, its last run is made as another user, since root writes everywhere.
# Exits with 1 once this is no longer so.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
python3 -m venv --copies "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check 'numba==0.68.1' 'llvmlite==0.50.0' 'numpy==2.4.6'
mkdir "$work/program" "$work/cache"
printf 'from numba import njit\n\n@njit(cache=True)\ndef add(a, b):\n    return a + b\n\nprint(add(1, 2), dict(add.stats.cache_hits), dict(add.stats.cache_misses))\n' > "$work/program/adding.py"
run() { NUMBA_CACHE_DIR="$work/cache" HOME="$work/none" PYTHONDONTWRITEBYTECODE=1 "$@" "$work/env/bin/python" "$work/program/adding.py" 2>&1 | tail -1; }
echo "first run:       $(run env)"
echo "writable cache:  $(run env)"
chmod -R a+rX,a-w "$work/program" "$work/cache"
chmod a+rx "$work"
as=env
if [ "$(id -u)" = 0 ]; then as="setpriv --reuid=65534 --regid=65534 --clear-groups"; fi
told=$(run $as || true)
echo "read-only cache: $told"
[ -n "$(find "$work/cache" -name '*.nbc')" ] && [[ $told == *"no locator available"* ]]

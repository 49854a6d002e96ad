#!/usr/bin/env bash
# ir-measures 0.4.3 orders documents of equal score in two ways within one call: by falling id for RR, P and nDCG (as
# trec_eval does, to which it hands these), by rising id for RR@k, which another provider computes; and it drops the rank
# column of a run file. Three tied documents, the run's first one relevant: RR 1/3 beside RR@10 1/1 for id `a`.
# Whoever writes runs should write scores that fall strictly. Exits with 1 once this is no longer so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check 'ir-measures==0.4.3' 'pytrec-eval-terrier==0.5.10' 'numpy==2.4.6' 'scipy==1.17.1'
printf 'q Q0 a 1 2.5 run\nq Q0 b 2 2.5 run\nq Q0 c 3 2.5 run\n' > "$work/tied.run"
"$work/env/bin/python" - "$work/tied.run" <<'PYTHON'
import sys

import ir_measures
from ir_measures import RR, P, nDCG

run = list(ir_measures.read_trec_run(sys.argv[1]))
told = {}
for relevant in "abc":
    qrels = [ir_measures.Qrel("q", relevant, 1)]
    for measure in (RR, RR @ 10, P @ 1, nDCG @ 10):
        told[relevant, str(measure)] = round(ir_measures.calc_aggregate([measure], qrels, run)[measure], 3)
for (relevant, measure), value in told.items():
    print(f"relevant {relevant}  {measure:8} {value}")
print("fields of a row of the run:", run[0]._fields)
seen = (told["a", "RR"], told["a", "RR@10"], told["c", "RR"], told["c", "RR@10"], told["c", "P@1"], told["a", "nDCG@10"])
assert seen == (0.333, 1.0, 1.0, 0.333, 1.0, 0.5), f"the behaviour changed: {seen}"
assert "rank" not in run[0]._fields, "the rank is kept now"
PYTHON

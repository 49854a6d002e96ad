"""The gate: floors under the measures of ranking and duplicates, which nothing may fall through.

    python benchmarks/relevance/gate.py check [--data DIR] [--tasks DIR]
    python benchmarks/relevance/gate.py raise [--data DIR] [--tasks DIR]
    python benchmarks/relevance/gate.py lower SET MEASURE --reason TEXT [--data DIR] [--tasks DIR]

Sets are `sample`, the judged panels of the sample corpus, and `sample-searches`; with --data what real.py measures of
real use, which comes first; with --tasks the folders that tasks.py made, half B.
A floor is what was measured less half of its bootstrap interval, and stands beside a digest of the data it was
measured on: other data are no lower quality, they are another set. `raise` lifts floors and adds new sets, and never
lowers one; `lower` sets one floor to what is measured now and writes the reason down.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import corpus  # noqa: E402
import indexer  # noqa: E402
from benchmarks.relevance import real  # noqa: E402
from indexer import evaluation  # noqa: E402
from indexer.evaluation import Estimate  # noqa: E402

FLOORS = Path(__file__).with_name("floors.json")
SAMPLE = "sample"
SEARCHES = "sample-searches"
_JUDGMENTS = ROOT / "corpus" / "sample" / "judgments.tsv"
_SEARCHES = ROOT / "corpus" / "sample" / "searches.tsv"

# Half the width of an interval of a share of some hundred pairs.
_PAIRS_SLACK = 0.02

Measures = Mapping[str, Estimate]


def measured_sample() -> tuple[str, Measures]:
    """The digest of the sample with its judgments, and the measures of its judged panels."""
    judgments: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(_JUDGMENTS.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
        if row["judgment"] == "panel":
            judgments.setdefault(row["document"], {})[row["other"]] = 1
    with tempfile.TemporaryDirectory() as scratch:
        indexer.build(scratch, corpus.read(*corpus.sample()))
        with indexer.open_index(scratch) as index:
            run = {id_: [(near, 0.0) for near in index.neighbours(id_)] for id_ in judgments}
    return digest([_JUDGMENTS, *corpus.sample()]), evaluation.measured(run, judgments)


def measured_searches() -> tuple[str, Measures]:
    """The digest of the sample with its judged searches, and the measures of what `search` finds for these."""
    queries: dict[str, str] = {}
    judgments: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(_SEARCHES.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
        queries[row["search"]] = row["search"]
        judgments.setdefault(row["search"], {})[row["document"]] = int(row["grade"])
    with tempfile.TemporaryDirectory() as scratch:
        indexer.build(scratch, corpus.read(*corpus.sample()))
        result = evaluation.evaluate(scratch, queries, judgments, floor=False, by_search=True)
    return digest([_SEARCHES, *corpus.sample()]), result.measures


def measured_task(folder: Path) -> tuple[str, Measures]:
    """The digest of a task and the measures of its half B; where pairs are judged, those of duplicates too."""
    judged = corpus.judged(folder, qrels="b")
    with tempfile.TemporaryDirectory() as scratch:
        indexer.build(scratch, corpus.read(judged.corpus, format="beir"))
        result = evaluation.evaluate(scratch, judged.queries, judged.relevant, floor=False)
        measures = dict(result.measures)
        if judged.pairs:
            with indexer.open_index(scratch) as index:
                texts = [
                    (judged.queries.get(pair.a) or index.own_text(pair.a), index.own_text(pair.b), pair.same)
                    for pair in judged.pairs
                ]
            pairs = evaluation.evaluate_pairs(scratch, texts)
            told = {"pairs AUC": pairs.auc, "proposed precision": pairs.proposed.precision or 0.0}
            told["proposed recall"] = pairs.proposed.recall
            measures |= {
                name: Estimate(mean=value, low=value - 0.02, high=value + 0.02) for name, value in told.items()
            }
    files = [judged.corpus, *sorted(folder.rglob("*.tsv")), folder / "queries.jsonl"]
    return digest(files), measures


def digest(files: Sequence[Path]) -> str:
    """A digest of some files' bytes."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def faults(floors: Mapping[str, Any], results: Mapping[str, tuple[str, Measures]]) -> list[str]:
    """What falls through a floor, or was measured on other data than its floor."""
    told = []
    for name, (found, measures) in results.items():
        known = floors.get(name)
        if known is None:
            told.append(f"{name}: no floors; set them: gate.py raise")
        elif known["digest"] != found:
            told.append(f"{name}: measured on other data ({found}, the floors are of {known['digest']})")
        else:
            told += [
                f"{name}: {measure} is {measures[measure].mean:.4f}, its floor {least:.4f}"
                for measure, least in known["floors"].items()
                if measures[measure].mean < least
            ]
    return told


def raised(floors: Mapping[str, Any], results: Mapping[str, tuple[str, Measures]]) -> dict[str, Any]:
    """The floors lifted to what was measured, less half of the interval; none is lowered."""
    lifted = json.loads(json.dumps(floors))
    for name, (found, measures) in results.items():
        known = lifted.setdefault(name, {"digest": found, "floors": {}})
        if known["digest"] != found:
            raise SystemExit(f"{name}: measured on other data; take its entry out of {FLOORS.name}, and say why")
        for measure, estimate in measures.items():
            least = _floor(estimate)
            known["floors"][measure] = max(least, known["floors"].get(measure, least))
    return dict(sorted(lifted.items()))


def lowered(
    floors: Mapping[str, Any], results: Mapping[str, tuple[str, Measures]], name: str, measure: str, reason: str
) -> dict[str, Any]:
    """One floor set to what is measured now, with the reason written beside it."""
    if not reason.strip():
        raise SystemExit("no reason; a floor falls only with one")
    changed = json.loads(json.dumps(floors))
    least = _floor(results[name][1][measure])
    changed[name].setdefault("lowered", []).append(
        {"measure": measure, "from": changed[name]["floors"][measure], "to": least, "reason": reason}
    )
    changed[name]["floors"][measure] = least
    return dict(changed)


def _floor(estimate: Estimate) -> float:
    return round(estimate.mean - (estimate.high - estimate.low) / 4, 4)


def load() -> dict[str, Any]:
    """The floors of the project."""
    return dict(json.loads(FLOORS.read_text(encoding="utf-8"))) if FLOORS.exists() else {}


def results_of(tasks: Path | None, data: Path | None = None) -> dict[str, tuple[str, Measures]]:
    """Everything measured: real use, the sample, and every task of a folder."""
    results: dict[str, tuple[str, Measures]] = {}
    if data:
        results |= {name: (found, by[real.OWN]) for name, (found, by) in real.measured(data, lambda _: {}).items()}
    results |= {SAMPLE: measured_sample(), SEARCHES: measured_searches()}
    for folder in sorted(path for path in (tasks.iterdir() if tasks else ()) if (path / "qrels" / "b.tsv").is_file()):
        results[folder.name] = measured_task(folder)
        print(folder.name, *(f"{name} {e.mean:.4f}" for name, e in results[folder.name][1].items()), flush=True)
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Run the gate from the command line; 1 where something falls through."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "raise", "lower"])
    parser.add_argument("set", nargs="?")
    parser.add_argument("measure", nargs="?")
    parser.add_argument("--data", type=Path, help="the folder of the sources, with the judged sets of real use")
    parser.add_argument("--tasks", type=Path, help="the folder that tasks.py made")
    parser.add_argument("--reason", default="", help="why a floor falls")
    options = parser.parse_args(argv)
    floors, results = load(), results_of(options.tasks, options.data)
    if options.command == "check":
        told = faults(floors, results)
        print("\n".join(told) or f"nothing falls through: {', '.join(results)}")
        return int(bool(told))
    if options.command == "raise":
        floors = raised(floors, results)
    else:
        floors = lowered(floors, results, options.set, options.measure, options.reason)
    FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Speed: each engine in a process of its own, asked the same queries in turn.

    python benchmarks/speed/run.py [--medquad PATH] [--sizes 16k,200k] [--only JOB]... [--peers a,b] [--work DIR]

Without --medquad the documents are recombined from the sample corpus, to try it out: the results are printed and not
kept, and `first` is left out unless it is asked for. Jobs are keyword, free, long, see-also, page, facets, build,
update and first; sizes are thousands or millions, such as 200k or 1m. Results are written to OUT/DATE-SIZE.json;
chart.py draws them. docs/reference/speed.md says what is measured and how.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.speed import asking, changes, processes  # noqa: E402
from benchmarks.speed.entrants import ASKED, ENTRANTS, FACETS, JOBS, PAGE, REFERENCE, TRIAL, Entrant  # noqa: E402
from benchmarks.speed.machine import machine, packages  # noqa: E402
from benchmarks.speed.report import table  # noqa: E402

RESULTS = Path(__file__).with_name("results")
_NOTES = (
    "CPU of the method alone inside the engine's process, analysis included: a warm-up pass, then rounds in which the",
    "engines answer each query in turn, the methods that take milliseconds apart and after the others. A query costs",
    "the median of its rounds; ratio is the median over queries of the cost over the reference's for the same query;",
    "overlap is the mean share of the reference's ten answers that are answered too. rank and more_like of seealso",
    "are what peers do, ten ids by one sum of weights; search, similar and related are whole answers; neighbours is",
    "what a build does for each document. all_documents_s is extrapolated: the mean cost of the sampled documents",
    "times all documents. unfaceted is search without the counting of facets, and facets_share the median over queries",
    "of the share that this saves; filtered searches the questions of the most frequent topic. peak_mb is the largest",
    "process; searched_mb are the files of the index that ranking reads. update changes 100 documents of a copy of the",
    "index: 40 replaced, 40 added, 20 deleted; of_build is its CPU over that of the build in the same run, one_cpu_s",
    "what replacing one of them costs. page is what a page of hits shows: with tantivy the ten best documents, how",
    "many there are, titles and passages by its SnippetGenerator; with seealso a whole search, facets and spelling",
    "included. private_mb are the pages that the process wrote itself, which nobody can share.",
)

# Figures by engine.
Rows = dict[str, dict[str, float]]


def tell(text: str) -> None:
    """Say what is being done; figures alone go to stdout."""
    print(text, file=sys.stderr, flush=True)


def prepared(work: Path, medquad: Path | None, sizes: Sequence[str]) -> Path:
    """The folder with the corpora and queries, made where they are missing, by a process that keeps its memory."""
    folder = work / ("medquad" if medquad else "sample")
    if not all((folder / name).exists() for name in ("queries.json", *(f"{size}.jsonl" for size in sizes))):
        source = str(medquad.resolve()) if medquad else "sample"
        maker = [sys.executable, str(Path(__file__).with_name("corpus.py")), source, str(folder.resolve())]
        subprocess.run([*maker, "--sizes", ",".join(sizes)], check=True, stdout=sys.stderr)
    return folder


def asked_of(folder: Path, size: str, most: int) -> tuple[int, asking.Queries]:
    """The number of documents, and the queries of each job; see-also asks by the ids of documents evenly drawn."""
    queries: dict[str, Sequence[str]] = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    with (folder / f"{size}.jsonl").open(encoding="utf-8") as lines:
        ids = [json.loads(line)["id"] for line in lines]
    queries["see-also"] = ids[:: max(1, len(ids) // most)]
    queries[PAGE] = queries[FACETS] = queries["keyword"]
    return len(ids), {job: texts[:most] for job, texts in queries.items()}


def taking_part(names: Sequence[str], documents: int) -> tuple[dict[str, Entrant], dict[str, str]]:
    """The engines that take part, and why others do not."""
    refused = {name: ENTRANTS[name].refusal(documents) for name in names}
    skipped = {name: why for name, why in refused.items() if why}
    for name, why in skipped.items():
        tell(f"left out: {name}: {why}")
    return {name: ENTRANTS[name] for name in names if name not in skipped}, skipped


def asked_jobs(
    entrants: Mapping[str, Entrant], jobs: Sequence[str], queries: asking.Queries, indexes: Path, documents: int
) -> dict[str, Any]:
    """The jobs that ask queries, and the memory of the processes after those that ask of one index."""
    told: dict[str, Any] = {}
    memory: dict[str, Any] = {}
    with asking.workers(list(entrants), indexes) as running:
        for job in jobs:
            tell(f"{job}: {len(queries[job])} queries, a warm-up and {asking.ROUNDS} rounds")
            told[job] = asking.asked(running, entrants, job, queries[job])
            if job != FACETS:  # for it a second index is opened
                memory = {name: {"private_mb": worker.private_mb()} for name, worker in running.items()}
    asking.for_all(told.get("see-also", {}), documents)
    return told | ({"memory": memory} if memory else {})


def updates(entrants: Mapping[str, Entrant], indexes: Path, jsonl: Path, built: Rows) -> Rows:
    """What an update costs the engines that take changes, and what part it is of a build in the same run."""
    drawn = changes.drawn(jsonl)
    told: Rows = {}
    for name in (name for name, entrant in entrants.items() if entrant.updates):
        tell(f"update: {name}")
        told[name] = processes.update(name, indexes / name, drawn)
        told[name]["one_cpu_s"] = processes.update(name, indexes / name, changes.one_of(drawn))["cpu_s"]
        if name in built:
            told[name]["of_build"] = round(told[name]["cpu_s"] / built[name]["cpu_s"], 4)
    return told


def measured(folder: Path, size: str, names: Sequence[str], jobs: Sequence[str], most: int) -> dict[str, Any]:
    """Every figure of one size."""
    about = machine()
    documents, queries = asked_of(folder, size, most)
    entrants, skipped = taking_part(names, documents)
    indexes, jsonl = folder / size, folder / f"{size}.jsonl"
    built: Rows = {}
    for name in entrants:
        if "build" in jobs or not processes.is_built(indexes / name):
            tell(f"build: {name}, {documents:,} documents")
            built[name] = processes.build(name, indexes / name, jsonl)
    told: dict[str, Any] = {"build": built} if built else {}
    if asked := [job for job in ASKED if job in jobs]:
        told |= asked_jobs(entrants, asked, queries, indexes, documents)
    if "update" in jobs:
        told["update"] = updates(entrants, indexes, jsonl, built)
    if "first" in jobs:
        told["first"] = {}
        for name, entrant in entrants.items():
            tell(f"first: {name}")
            told["first"] |= asking.first_answers(entrant, name, queries["keyword"][0], indexes / name)
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 (the day where it was measured)
        "source": folder.name,
        "size": size,
        "documents": documents,
        "queries": most,
        "rounds": asking.ROUNDS,
        "reference": REFERENCE,
        "machine": about,
        "packages": packages(),
        "skipped": skipped,
        "jobs": told,
        "notes": " ".join(_NOTES),
    }


def written(result: Mapping[str, Any], out: Path) -> Path:
    """Write a result under its date and size; one of the same day is not written over."""
    label = result["size"] if result["source"] == "medquad" else f"{result['source']}-{result['size']}"
    out.mkdir(parents=True, exist_ok=True)
    path, number = out / f"{result['date']}-{label}.json", 1
    while path.exists():
        number += 1
        path = out / f"{result['date']}-{label}-{number}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--medquad", type=Path, help="MedQuAD's folder or zip archive")
    parser.add_argument("--sizes", help="default: 16k with --medquad, else 1k")
    parser.add_argument("--only", action="append", choices=JOBS, help="this job alone; may be given again")
    parser.add_argument("--peers", default=",".join(ENTRANTS), help="engines that take part (default: %(default)s)")
    parser.add_argument("--queries", type=int, help="so many of each kind (default: 200 with --medquad, else 15)")
    parser.add_argument("--work", type=Path, help="keep corpora and indexes here, and use those that are here")
    parser.add_argument("--out", type=Path, help="write results here (default: with --medquad beside this program)")
    options = parser.parse_args(argv)
    names = options.peers.split(",")
    if unknown := [name for name in names if name not in ENTRANTS]:
        parser.error(f"no engine {unknown[0]!r}; known are {', '.join(ENTRANTS)}")
    sizes = (options.sizes or ("16k" if options.medquad else "1k")).split(",")
    most = options.queries or (200 if options.medquad else 15)
    with tempfile.TemporaryDirectory() as temporary:
        folder = prepared(options.work or Path(temporary), options.medquad, sizes)
        for size in sizes:
            result = measured(folder, size, names, options.only or (JOBS if options.medquad else TRIAL), most)
            print(table(result), flush=True)
            if out := options.out or (RESULTS if options.medquad else None):
                tell(f"written: {written(result, out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

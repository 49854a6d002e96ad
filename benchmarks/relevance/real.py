"""Real use: what visitors type and misspell, panels of real pages, judged pairs, short consumer queries.

    python benchmarks/relevance/real.py DATA [--meaning PLACE]

DATA is the folder of the sources, with `visitors`, `panels`, `duplicates` and `nfcorpus` in it, judged page by page.
The index holds the pages of four sites and the sample; it is built in a folder of its own. Beside each figure of
`search` stands that of plain BM25 (k1 1.5, b .75) over the same terms of whole documents, and that of tantivy where it
is installed (requirements/bench.txt). --meaning builds with a sentence encoder: `packaged`, or that of a folder.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import corpus  # noqa: E402
import indexer  # noqa: E402
from benchmarks.relevance.peers import DEPTH, Search, peers  # noqa: E402
from indexer import Band, Index  # noqa: E402
from indexer.analysis.terms import stem  # noqa: E402
from indexer.evaluation import Estimate  # noqa: E402
from indexer.evaluation.measures import estimate  # noqa: E402
from indexer.settings import Settings  # noqa: E402

SOURCES = (
    "medquad.zip",
    "seed_question.txt",
    "seed_article.txt",
    "questionDoctorQAs.json.gz",
    "icliniqQAs.json.gz",
    "ehealthforumQAs.json.gz",
)
MAPPINGS = [ROOT / "docs" / "examples" / f"{name}.toml" for name in ("question-doctor", "icliniq", "ehealthforum")]
NFCORPUS = ("titles", "nontopic-titles", "vid-desc")
# Who ranks, beside the peers.
OWN = "seealso"
# A page that is worth reading has this grade or more.
GOOD = 2

Measures = dict[str, Estimate]
Judged = dict[str, dict[str, int]]
# What ranks the documents of an index beside the product, each by its name.
Peers = Callable[[Index], Mapping[str, Search]]


def build_sites(data: Path, folder: Path, settings: Settings = Settings()) -> None:
    """An index of the four sites' pages and the sample's."""
    sources = [*(data / name for name in SOURCES), *corpus.sample()]
    indexer.build(folder, corpus.read(*sources, mapping=MAPPINGS, rejected=lambda _: None), settings=settings)


def visitors(data: Path, index: Index, search: Search) -> Measures:
    """Searches that visitors type: nDCG@10 (gains 2^grade - 1), the first hit good, a good one among three; by kind."""
    rows = [json.loads(line) for line in (data / "visitors" / "queries-dev.jsonl").read_text("utf-8").splitlines()]
    judged = _judged(data / "visitors" / "qrels-dev.tsv")
    asked = [row for row in rows if row["kind"] != "none"]
    ranked = {row["_id"]: search(row["text"]) for row in asked}
    told = {row["_id"]: _gain(ranked[row["_id"]], judged[row["_id"]], lambda grade: 2**grade - 1) for row in asked}
    measures = {"nDCG@10": estimate(list(told.values()))}
    for kind in ("short", "phrase", "question"):
        measures[f"nDCG@10 {kind}"] = estimate([told[row["_id"]] for row in asked if row["kind"] == kind])
    for name, depth in (("first good", 1), ("good in three", 3)):
        measures[name] = estimate([float(_good(ranked[i][:depth], judged[i])) for i in ranked])
    close = {row["_id"]: float(index.search(row["text"]).close) for row in rows}
    measures["says nothing is close, rightly"] = estimate(
        [1 - close[row["_id"]] for row in rows if row["kind"] == "none"]
    )
    measures["answerable called close"] = estimate([close[row["_id"]] for row in asked])
    return measures


def panels(data: Path, index: Index) -> Measures:
    """Panels of judged pages: pages with a card, cards that are right, cards not of grade 0; of patients' pages too."""
    judged: Judged = defaultdict(dict)
    for row in csv.DictReader((data / "panels" / "panels-dev.tsv").read_text("utf-8").splitlines(), delimiter="\t"):
        judged[row["page"]][row["neighbour"]] = int(row["grade"])
    shown = {page: [card.id for card in index.related(page).cards] for page in judged}
    patients = [page for page in judged if page.startswith(("questiondoctors", "ehealthforum", "icliniq"))]
    measures = {}
    for name, pages in (("", list(judged)), (" (patients)", patients)):
        cards = [judged[page][id_] for page in pages for id_ in shown[page] if id_ in judged[page]]
        measures[f"pages with a card{name}"] = estimate([float(bool(shown[page])) for page in pages])
        measures[f"cards right{name}"] = estimate([float(grade >= GOOD) for grade in cards])
        measures[f"cards not misleading{name}"] = estimate([float(grade > 0) for grade in cards])
    return measures


def spelling(index: Index) -> Measures:
    """Misspelt words that are corrected rightly or found as they stand, and right words that are left alone."""
    parted = (row.split(": ") for row in _rows("misspelt.txt"))
    meant = [(wrong, right) for right, wrongs in parted for wrong in wrongs.split()]
    kept = [word for row in _rows("rare.txt") for word in row.split()]
    same = ((stem(index.search(wrong, size=1).did_you_mean or wrong), stem(right)) for wrong, right in meant)
    return {
        "misspelt: right": estimate([float(a == b) for a, b in same]),
        "rare: kept": estimate([float(index.search(word, size=1).did_you_mean in (None, word)) for word in kept]),
    }


def _rows(name: str) -> list[str]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def pairs(data: Path, index: Index) -> Measures:
    """Judged pairs: the share of each band that asks the same, or is related; of the same the share proposed."""
    text = (data / "duplicates" / "pairs-dev.tsv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    bands = [(index.side_by_side(row["a"], row["b"]).pair.band, int(row["grade"])) for row in rows]
    return {
        "very likely: same": estimate([float(g == 2) for band, g in bands if band is Band.VERY_LIKELY]),
        "possible: same": estimate([float(g == 2) for band, g in bands if band is Band.POSSIBLE]),
        "possible: same or related": estimate([float(g > 0) for band, g in bands if band is Band.POSSIBLE]),
        "same: proposed": estimate([float(band is not None) for band, g in bands if g == 2]),
    }


def nfcorpus(data: Path, folder: Path, beside: Peers, settings: Settings) -> dict[str, dict[str, Measures]]:
    """Short consumer queries of three kinds over medical abstracts (Boteva and others 2016): nDCG@10, by kind and by
    who ranks.
    """
    source = data / "nfcorpus"
    records = []
    for id_, text in (line.split("\t", 1) for line in _unpacked(source / "dev.docs.gz")):
        title, _, rest = text.partition(" pubmed ncbi abstract ")  # the title ends where the abstract is announced
        records.append({"_id": id_, "title": title if rest else "", "text": rest or text})
    path = folder / "corpus.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    judged: Judged = defaultdict(dict)
    for line in _unpacked(source / "dev.3-2-1.qrel.gz"):
        query, _, document, grade = line.split()
        judged[query][document] = int(grade)
    known = {record["_id"] for record in records}
    relevant = {query: {d: g for d, g in grades.items() if d in known} for query, grades in judged.items()}
    indexer.build(folder / "index", corpus.read(path, format="beir"), settings=settings)
    found: dict[str, dict[str, Measures]] = {}
    with indexer.open_index(folder / "index") as index:
        rankers = _rankers(index, beside)
        for kind in NFCORPUS:
            rows = (source / f"dev.{kind}.queries").read_text("utf-8").splitlines()
            asked = [(text, relevant[query]) for query, text in (row.split("\t", 1) for row in rows)]
            found[kind] = {
                name: {"nDCG@10": estimate([_gain(search(text), grades, float) for text, grades in asked if grades])}
                for name, search in rankers.items()
            }
    return found


def measured(data: Path, beside: Peers, settings: Settings = Settings()) -> dict[str, tuple[str, dict[str, Measures]]]:
    """By set its digest, and the measures by who ranks: the product, and what stands beside it where that can be
    measured so.
    """
    found: dict[str, tuple[str, dict[str, Measures]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        build_sites(data, Path(scratch), settings)
        with indexer.open_index(scratch) as index:
            ranked = {name: visitors(data, index, search) for name, search in _rankers(index, beside).items()}
            found["visitors"] = (_digest(data / "visitors"), ranked)
            found["spelling"] = (_digest(Path(__file__).parent, ".txt"), {OWN: spelling(index)})
            found["panels"] = (_digest(data / "panels"), {OWN: panels(data, index)})
            found["duplicates"] = (_digest(data / "duplicates"), {OWN: pairs(data, index)})
    with tempfile.TemporaryDirectory() as scratch:
        for kind, ranked in nfcorpus(data, Path(scratch), beside, settings).items():
            found[f"nfcorpus-{kind}"] = (_digest(data / "nfcorpus"), ranked)
    return found


def _rankers(index: Index, beside: Peers) -> dict[str, Search]:
    return {OWN: lambda text: [hit.id for hit in index.search(text, size=DEPTH).hits], **beside(index)}


def _unpacked(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().rstrip("\n").split("\n")


def _judged(path: Path) -> Judged:
    judged: Judged = defaultdict(dict)
    for line in path.read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        judged[query][document] = int(grade)
    return judged


def _gain(ranked: Sequence[str], grades: Mapping[str, int], gain: Callable[[int], float]) -> float:
    """nDCG@10 with gains of a kind."""
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    ideal = _discounted(map(gain, best))
    return _discounted(gain(grades.get(id_, 0)) for id_ in ranked[:DEPTH]) / ideal if ideal else 0.0


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _good(ranked: Sequence[str], grades: Mapping[str, int]) -> bool:
    return any(grades.get(id_, 0) >= GOOD for id_ in ranked)


def _digest(folder: Path, *kinds: str) -> str:
    wanted = kinds or (".tsv", ".jsonl", ".gz", ".queries")
    files = sorted(path for path in folder.iterdir() if path.suffix in wanted)
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:16]


def main() -> None:
    """Print every measure with its interval, those of the peers beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--meaning", default="", metavar="PLACE", help="the sentence encoder to build with")
    options = parser.parse_args()
    for name, (_, by_ranker) in measured(options.data, peers, Settings(meaning=options.meaning)).items():
        sys.stdout.write(f"{name}\n")
        for measure, e in by_ranker.pop(OWN).items():
            theirs = {} if "close" in measure else by_ranker  # whether an answer is close the product alone says
            beside = "".join(f"  {peer} {measures[measure].mean:.3f}" for peer, measures in theirs.items())
            sys.stdout.write(f"  {measure:32} {e.mean:.3f}  [{e.low:.3f}, {e.high:.3f}]{beside}\n")


if __name__ == "__main__":
    main()

"""Two checkouts beside each other: whether they answer alike, to the last bit, and what each answer costs.

    python benchmarks/speed/beside.py BEFORE INDEX_BEFORE AFTER INDEX_AFTER [--searches 300] [--rounds 8]

Each checkout is a process of its own over its own index of the same documents. Both are asked the same searches, panels
and drafts, drawn from the documents; then in turn, round by round, so that a disturbance meets both. Figures are the
medians of CPU milliseconds an answer, by NumPy and by the compiled loops. Exit 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

# A code or a word for a person may be told otherwise and mean the same.
_TOLD = ("reason", "band", "same")


class Asked(NamedTuple):
    """The process of one checkout."""

    process: subprocess.Popen[str]

    def ask(self, job: str) -> Any:
        """What it says of a job."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def serve(checkout: str, index: str, compiled: bool, searches: int) -> None:
    """Answer jobs line by line: `time JOB` with the CPU of an answer, any other with all answers of it."""
    sys.path.insert(0, checkout)
    import time  # noqa: PLC0415 (the checkout's own modules come first)

    from indexer import Settings, open_index  # noqa: PLC0415
    from search_app.present import to_json  # noqa: PLC0415

    with open_index(index, settings=Settings(compiled=compiled)) as opened:
        draw = random.Random(0)  # noqa: S311 (no secret)
        documents = sorted(opened.documents(), key=lambda document: document.id)
        drawn = draw.choices(documents, k=searches)
        texts = [
            " ".join(draw.sample(d.title.split(), min(size, len(d.title.split())))) for d in drawn for size in (3,)
        ]
        jobs: dict[str, tuple[Callable[[str], Any], list[str]]] = {
            "search": (opened.search, texts),
            "title": (opened.search, [document.title for document in drawn]),
            "panel": (opened.related, [document.id for document in drawn]),
            "draft": (opened.similar, [f"{d.title} {d.body}"[:600] for d in drawn[: searches // 3]]),
        }
        for line in sys.stdin:
            timed, _, name = json.loads(line).rpartition(" ")
            ask, asked = jobs[name]
            began = time.process_time()
            answers = [ask(text) for text in asked]
            spent = 1_000 * (time.process_time() - began) / max(len(asked), 1)
            print(json.dumps(spent if timed else [to_json(answer) for answer in answers]), flush=True)


def without_words(answer: Any) -> Any:
    """An answer without what may be told in other words."""
    if isinstance(answer, dict):
        return {key: without_words(value) for key, value in answer.items() if key not in _TOLD}
    return [without_words(value) for value in answer] if isinstance(answer, list) else answer


def compare(checkouts: list[tuple[str, str]], searches: int, rounds: int) -> Iterator[tuple[str, bool, float, float]]:
    """For each form and job: its name, whether all answers are alike, and the median cost of both."""
    for compiled in ("", "compiled"):
        command = [sys.executable, __file__, "--serve", compiled or "numpy", "--searches", str(searches)]
        running = [
            Asked(subprocess.Popen([*command, *own], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            for own in checkouts
        ]
        try:
            for job in ("search", "title", "panel", "draft"):
                before, after = (without_words(asked.ask(job)) for asked in running)
                spent: list[list[float]] = [[], []]
                for turn in range(rounds):
                    for place in (0, 1) if turn % 2 else (1, 0):
                        spent[place].append(running[place].ask(f"time {job}"))
                yield f"{compiled or 'numpy'} {job}", before == after, *map(statistics.median, spent)
        finally:
            for asked in running:
                asked.process.kill()
                asked.process.communicate()  # closes the pipes


def main() -> None:
    """Compare, or be one of the compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="CHECKOUT INDEX", help="two checkouts, each with its index")
    parser.add_argument("--searches", type=int, default=300, help="so many searches and panels, a third of drafts")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    given = parser.parse_args()
    paths = [str(Path(path).resolve()) for path in given.paths]
    if given.serve:
        checkout, index = paths
        serve(checkout, index, given.serve == "compiled", given.searches)
        return
    if len(paths) != 4:
        parser.error("give BEFORE INDEX_BEFORE AFTER INDEX_AFTER")
    differ = False
    for name, alike, before, after in compare(
        [(paths[0], paths[1]), (paths[2], paths[3])], given.searches, given.rounds
    ):
        print(f"{name:<16} {'alike' if alike else 'DIFFERENT':<10} {before:7.3f} {after:7.3f} ms  {after / before:.3f}")
        differ |= not alike
    sys.exit(differ)


if __name__ == "__main__":
    main()

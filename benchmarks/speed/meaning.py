"""An index that was built with a sentence encoder, asked by words alone and with its meaning.

    python benchmarks/speed/meaning.py INDEX [--texts 200] [--rounds 5]

The same searches, texts and panels, drawn from the documents, are asked of the same index, opened twice: by turns,
round by round, so that a disturbance meets both. Figures are the medians of CPU milliseconds an answer, by the compiled
loops where they are installed, their ratio, and what the packaged encoder takes alone.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from corpus import Question  # noqa: E402
from indexer import Index, Settings, open_index  # noqa: E402
from indexer.encoder import encoder_at  # noqa: E402
from indexer.settings import is_fast  # noqa: E402

# Words of a search, and characters of a long text.
_WORDS, _LEAST, _MOST = 8, 600, 1_800
Ask = Callable[[Index, str], object]


def drawn(index: Index, count: int) -> dict[str, tuple[Ask, list[str]]]:
    """For each kind of question how it is asked, and so many texts or ids."""
    draw = random.Random(0)  # noqa: S311 (no secret)
    documents = sorted(index.documents(), key=lambda document: document.id)
    some = draw.choices(documents, k=count)
    told = [document.body for document in documents] + [
        answer.text for document in documents if isinstance(document, Question) for answer in document.answers[:1]
    ]
    long = [text[:_MOST] for text in told if len(text) >= _LEAST]
    return {
        "search, eight words": (Index.search, [" ".join(document.title.split()[:_WORDS]) for document in some]),
        "similar, a title": (Index.similar, [document.title for document in some]),
        "similar, a long text": (Index.similar, draw.choices(long, k=count // 3)),
        "related": (Index.related, [document.id for document in some]),
    }


def cpu(ask: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """The CPU milliseconds of each answer."""
    spent = []
    for text in texts:
        began = time.process_time_ns()
        ask(text)
        spent.append((time.process_time_ns() - began) / 1e6)
    return spent


def main() -> None:
    """Print a line for each kind of question, and what the encoder takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--texts", type=int, default=200, help="how many of each kind are asked")
    parser.add_argument("--rounds", type=int, default=5, help="how often")
    options = parser.parse_args()
    encoder = encoder_at("packaged")

    def encode(text: str) -> object:
        return encoder.encode([text])

    own = [Settings(meaning=meaning, compiled=is_fast() or None) for meaning in ("off", "")]
    with open_index(options.index, settings=own[0]) as words, open_index(options.index, settings=own[1]) as both:
        if not both.info.semantic:
            sys.exit(f"{options.index}: no sentence encoder answers; build it with --meaning")
        for kind, (ask, texts) in drawn(words, options.texts).items():
            spent: dict[Index, list[float]] = {words: [], both: []}
            for turn in range(options.rounds + 1):
                for index in spent:
                    taken = cpu(partial(ask, index), texts)
                    spent[index] += taken if turn else []  # the first round warms up
            alone, together = map(statistics.median, spent.values())
            print(f"{kind:22} words {alone:7.2f} ms   with meaning {together:7.2f} ms   {together / alone:5.2f} times")
            if kind != "related":
                print(f"{'':22} the packaged encoder alone {statistics.median(cpu(encode, texts)):.2f} ms")


if __name__ == "__main__":
    main()

"""A sentence encoder of a few lines, for tests: texts of the same words mean the same, and `leaks` means `leaking`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from indexer.encoder import Rows


class WordsEncoder:
    """The sum of a vector for each word, drawn by its first four letters; it counts what it encodes."""

    dimensions, place = 16, ""

    def __init__(self, name: str = "words") -> None:
        self.name, self.digest, self.encoded = name, hashlib.sha256(name.encode()).hexdigest(), 0

    def encode(self, texts: Sequence[str]) -> Rows:
        """As Encoder.encode."""
        self.encoded += len(texts)
        rows = np.array([sum(map(_drawn, text.lower().split()), np.zeros(self.dimensions)) for text in texts])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _drawn(word: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    seed = int.from_bytes(hashlib.sha256(word[:4].encode()).digest()[:4])
    return np.random.default_rng(seed).normal(size=WordsEncoder.dimensions)

"""Vectors of whole numbers: they point where the floats did, and the nearest are those of a plain loop."""

from __future__ import annotations

import math
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexer.ranking import kernels
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.mapped import write_strings
from indexer.ranking.vectors import MOST_DIMENSIONS, Vectors, cosines, quantised, squares_of, write_vectors
from tests.indexer.plain import cosine_of


@given(arrays(np.float32, (3, 24), elements=st.floats(-1, 1, width=32)))
def test_whole_numbers_point_where_floats_did(rows: np.ndarray) -> None:
    """The cosine of a row and its whole numbers is near 1; a row of zeros stays one."""
    for row, whole in zip(rows.astype(float), quantised(rows).astype(float), strict=True):
        assert np.abs(whole).max() == (127 if np.abs(row).max() > 0 else 0)
        if np.abs(row).max() > 1e-30:
            assert row @ whole / math.sqrt((row @ row) * (whole @ whole)) > 0.999


def test_products_are_exact_at_the_greatest_size() -> None:
    """Sums in 32-bit floats of the largest vectors are the whole numbers that they stand for."""
    full = np.full((1, MOST_DIMENSIONS), 127, np.int8)
    assert squares_of(full)[0] == 127 * 127 * MOST_DIMENSIONS
    products = np.empty(2, np.float32)
    kernels.multiply(full[0], np.concatenate([full, -full]), products)
    assert products.tolist() == [127 * 127 * MOST_DIMENSIONS, -127 * 127 * MOST_DIMENSIONS]
    assert cosines(full[0], full).tolist() == [1.0]


@pytest.mark.parametrize("compiled", [None, kernels], ids=["numpy", "compiled"])
@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_are_those_of_a_plain_loop(tmp_path: Path, seed: int, compiled: ModuleType | None) -> None:
    """Over two segments, among some documents, with equal ones in the order of their ids."""
    rng = np.random.default_rng(seed)
    whole = rng.integers(-3, 4, (60, 4)).astype(np.int8)
    whole[rng.integers(0, 60, 5)] = 0
    for name, first, beyond in (("000001", 0, 40), ("000002", 40, 60)):
        (tmp_path / name).mkdir()
        write_strings(tmp_path / name, "ids", [f"d{n:02d}" for n in range(first, beyond)])
        write_vectors(tmp_path / name, whole[first:beyond])
    vectors = Vectors(segment_folders(tmp_path), Ids(tmp_path), compiled)
    among = rng.random(60) < 0.8
    asked = whole[rng.integers(0, 60, 3)]
    together = vectors.nearest(asked, among, 7)
    for vector, (numbers, near) in zip(asked, together, strict=True):
        own = {n: cosine_of(vector.tolist(), whole[n].tolist()) for n in range(60) if among[n]}
        best = sorted((n for n in own if own[n] > 0), key=lambda n: (-own[n], n))[:7]
        assert numbers.tolist() == best
        assert near.tolist() == [own[n] for n in best]
        ((alone, _),) = vectors.nearest(vector[None], among, 7)
        assert alone.tolist() == best
        assert vectors.cosines(vector, np.arange(60)).tolist() == vectors.cosines_of_all(vector).tolist()

"""How sure a mean is: bootstrap intervals, and a paired test between two runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.evaluation.results import Estimate

# So many resamples put the ends of an interval within about .002 of their limit; the seed makes them repeatable.
_RESAMPLES = 2_000
_SEED = 0
# Many queries at a time would need queries × resamples numbers at once.
_BLOCK = 200


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of some queries' values and its 95 % interval by bootstrap (Efron 1979); 0 for no query."""
    if not values:
        return Estimate(mean=0.0, low=0.0, high=0.0)
    data, random = np.array(values), np.random.default_rng(_SEED)
    means = np.concatenate(
        [data[random.integers(0, len(data), (_BLOCK, len(data)))].mean(axis=1) for _ in range(_RESAMPLES // _BLOCK)]
    )
    low, high = np.percentile(means, [2.5, 97.5]).tolist()
    return Estimate(mean=float(data.mean()), low=low, high=high)


def randomisation(differences: Sequence[float]) -> float:
    """The two-sided p-value of paired differences: how often signs by chance give a mean as far from 0 (Fisher 1935).

    1 where nothing differs.
    """
    changed = np.array([difference for difference in differences if difference])
    if not len(changed):
        return 1.0
    random = np.random.default_rng(_SEED)
    observed = abs(changed.sum()) - 1e-12
    far = sum(
        int((abs((random.choice((-1.0, 1.0), (_BLOCK, len(changed))) * changed).sum(axis=1)) >= observed).sum())
        for _ in range(_RESAMPLES // _BLOCK)
    )
    return (far + 1) / (_RESAMPLES + 1)

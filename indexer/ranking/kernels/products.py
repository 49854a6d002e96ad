"""The loop that multiplies a vector with those of all documents, for each text that is asked with its meaning."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.ranking.kernels.options import kernel


@kernel
def multiply(vector: Any, others: Any, products: Any) -> None:
    """Write the product of a vector with each of some rows, all of whole numbers from -127 to 127."""
    own = vector.astype(np.int16)
    for row in range(len(others)):
        total = np.int32(0)
        for column in range(len(own)):
            # Two such numbers fit 16 bits, in which a processor multiplies twice as many at a time.
            total += np.int32(np.int16(others[row, column]) * own[column])
        products[row] = total

"""Numbers that may be missing or infinite: None stands for them wherever an answer is printed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def finite(value: float) -> float | None:
    """Return the value as a float, None where it is infinite or missing."""
    return float(value) if math.isfinite(value) else None


def mean(values: NDArray[np.float64]) -> float | None:
    """Return the mean of the values that are known, None where none is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None

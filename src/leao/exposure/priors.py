"""How people differ in CL, V, ka (Q, V2) and how well the typical values are known: memantine's or another drug's.

Memantine's spreads stand in ledger ``exposure``; Q and V2 of memantine are not known to differ. Another drug's stand
in its model file (drug.py) and are lognormal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core import ledger
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.exposure import solve
from leao.exposure.drug import Drug
from leao.exposure.params import params

LEDGER_NAMES = ("clearance", "volume_per_weight", "absorption_rate")


def log_sd(drug: Drug | None) -> NDArray[np.float64]:
    """Return the log-scale SD of a person not seen yet, (3,) for memantine, (5,) for another drug; 0: known."""
    if drug is None:
        return np.array([solve.spread_between(name) for name in LEDGER_NAMES])
    spreads = [np.hypot(drug.between.get(name, 0.0), drug.uncertainty.get(name, 0.0)) for name in solve.NAMES]
    return np.array(spreads)


def residual(drug: Drug | None) -> float:
    """Return the log-scale SD of a measured level around the person's curve."""
    return params().residual_error if drug is None else drug.residual_error


def persons(drug: Drug | None, subjects: int, seed: int) -> NDArray[np.float64]:
    """Return (subject, 3 or 5) factors drawn from how people differ."""
    if drug is None:
        return solve.persons(subjects, seed)
    streams, columns = Streams(seed, "pk"), []
    for name in solve.NAMES:
        u = streams.uniforms(name, range(1), range(subjects), 1)[0, :, 0]
        columns.append(np.exp(drug.between.get(name, 0.0) * ndtri(u)))
    return np.stack(columns, axis=1)


def typical(drug: Drug | None, seed: int) -> NDArray[np.float64]:
    """Return (3 or 5,) factors on the typical values drawn from how well they are known."""
    streams = Streams(seed, "pk typical")
    factors = []
    names = LEDGER_NAMES if drug is None else solve.NAMES
    for name in names:
        u = streams.uniforms(name, range(1), range(1), 1)[0, :, 0]
        if drug is not None:
            factors.append(float(np.exp(drug.uncertainty.get(name, 0.0) * ndtri(u))[0]))
            continue
        number = ledger.read("exposure").numbers[name]
        spread = number.uncertainty
        factors.append(1.0 if spread is None else float(quantile(spread, number.value, u)[0]) / number.value)
    return np.array(factors)

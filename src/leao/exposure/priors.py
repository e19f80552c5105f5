"""How people differ in CL, V, ka (Q, V2) and how well the typical values are known: memantine's or another drug's.

Memantine's people are those of person.py; Q and V2 of memantine are not known to differ. Another drug's spreads stand
in its model file (drug.py) and are lognormal.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.random import Streams
from leao.exposure import person, solve
from leao.exposure.other_drug import Drug
from leao.exposure.params import params
from leao.exposure.records import Records

DRAWS = 4000  # of a person not seen yet, for the covariance


def known(records: Records) -> person.Known:
    """Return each subject's first written weight, creatinine clearance and urine pH, NaN where there is none."""
    subject = np.repeat(np.arange(len(records.who)), np.diff(records.starts))
    columns = []
    for name in ("WT", "CRCL", "PH"):
        written = np.flatnonzero(~np.isnan(records.covariates[name]))
        whose, first = np.unique(subject[written], return_index=True)
        values = np.full(len(records.who), np.nan)
        values[whose] = records.covariates[name][written[first]]
        columns.append(values)
    return person.Known(*columns)


def known_of(records: Records, rows: NDArray[np.int64]) -> person.Known:
    """Return the first written weight, creatinine clearance and urine pH among ``rows`` of one subject."""
    first = []
    for name in ("WT", "CRCL", "PH"):
        values = records.covariates[name][rows]
        written = np.flatnonzero(~np.isnan(values))
        first.append(float(values[written[0]]) if written.size else None)
    return person.Known(*first)


def covariance(drug: Drug | None, of: person.Known = person.NOTHING) -> NDArray[np.float64]:
    """Return the covariance of the log factors of a person not seen yet, (3, 3) for memantine, (5, 5) for another drug.

    A row of zeros: the parameter is known.

    Args:
        drug: another drug than memantine.
        of: what is known of the person; memantine's clearance and volume vary with what is not.
    """
    if drug is None:
        weight, kidneys, urine_ph = (None if v is None else np.asarray(v, dtype=float).item() for v in of[:3])
        return _memantine(weight, kidneys, urine_ph)
    spreads = [np.hypot(drug.between.get(name, 0.0), drug.uncertainty.get(name, 0.0)) for name in solve.NAMES]
    return np.diag(np.square(spreads))


@lru_cache(maxsize=4096)
def _memantine(weight: float | None, kidneys: float | None, urine_ph: float | None) -> NDArray[np.float64]:
    return person.log_factor_covariance(person.Known(weight, kidneys, urine_ph), DRAWS)


def residual(drug: Drug | None) -> float:
    """Return the log-scale SD of a measured level around the person's curve."""
    return params().residual_error if drug is None else drug.residual_error


def persons(records: Records, seed: int) -> NDArray[np.float64]:
    """Return (subject, 3 or 5) factors drawn from how people differ, and in what the file does not give of them."""
    drug, subjects = records.drug, range(len(records.who))
    if drug is None:
        given = known(records)
        return person.factors(person.population(subjects, seed, given), person.typical(*person.central(), given))
    streams, columns = Streams(seed, "pk"), []
    for name in solve.NAMES:
        u = streams.uniforms(name, range(1), subjects, 1)[0, :, 0]
        columns.append(np.exp(drug.between.get(name, 0.0) * ndtri(u)))
    return np.stack(columns, axis=1)


def typical(records: Records, seed: int) -> NDArray[np.float64]:
    """Return (subject, 3) or (5,) factors on the typical values drawn from how well they are known."""
    drug, streams = records.drug, Streams(seed, "pk typical")

    def uniform(name: str) -> NDArray[np.float64]:
        return streams.uniforms(name, range(1), range(1), 1)[0, :, 0]

    if drug is None:
        given = known(records)
        drawn = person.typical(*person.uncertain(uniform), given)
        return person.factors(drawn, person.typical(*person.central(), given))
    return np.array([float(np.exp(drug.uncertainty.get(name, 0.0) * ndtri(uniform(name)))[0]) for name in solve.NAMES])

"""The one draw of a person, for run, plan, forecast, simulate and review.

A person's clearance is CL_i (W / W_ref)^0.75 relative(CrCl, pH) with CL_i the population's times what is left between
people; weight, creatinine clearance and urine pH are those that are known, and drawn as in healthy adults otherwise.
What is not known of the numbers (``uncertain``) and how people differ (``draw``) stay apart: the first widens an
answer, the second makes the patients. Urine pH and kidneys count once: ``clearance.between_subject`` of ledger
``exposure`` is what bioequivalence studies leave after them.
Source: ledgers ``exposure`` and ``renal``; clearance.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.exposure import clearance
from leao.exposure import plasma_and_brain as exposure

Array = NDArray[np.float64]
Uniform = Callable[[str], Array]
LEDGERS = {"exposure": exposure.ExposureNumbers, "renal": clearance.Renal}
FACTORS = ("clearance", "volume_per_weight", "absorption_rate")


class Known(NamedTuple):
    """What is known of people: one value, or one for each with NaN where nothing is; None: nothing of anybody."""

    weight: ArrayLike | None = None  # kg
    creatinine_clearance: ArrayLike | None = None  # mL/min
    urine_ph: ArrayLike | None = None
    ph_shift: float = 0.0  # how far a companion is supposed to raise the urine pH


class Person(NamedTuple):
    """People; fields are scalars or of the people's shape."""

    levels: exposure.ExposureNumbers  # clearance with kidneys and urine pH, before body size
    creatinine_clearance: Array  # mL/min
    urine_ph: Array


NOTHING = Known()


def central() -> tuple[exposure.ExposureNumbers, clearance.Renal]:
    """Return the central numbers."""
    return ledger.params(ledger.read("exposure"), exposure.ExposureNumbers), clearance.central()


def uncertain(uniform: Uniform) -> tuple[exposure.ExposureNumbers, clearance.Renal]:
    """Return draws of what is not known of the numbers.

    Args:
        uniform: gives U(0, 1) for a name such as ``"exposure.clearance"``; its shape becomes that of the number.
    """
    return (
        ledger.draw(ledger.read("exposure"), exposure.ExposureNumbers, _within(uniform, "exposure")),
        ledger.draw(ledger.read("renal"), clearance.Renal, _within(uniform, "renal")),
    )


def draw(numbers: exposure.ExposureNumbers, renal: clearance.Renal, uniform: Uniform, known: Known = NOTHING) -> Person:
    """Return people around the numbers.

    Args:
        numbers: of the exposure, central or drawn.
        renal: of the kidneys, central or drawn.
        uniform: gives U(0, 1) of the people's shape for a name such as ``"exposure.clearance"``.
        known: what need not be drawn.
    """
    each = ledger.individuals(ledger.read("exposure"), numbers, _within(uniform, "exposure"))
    renal_numbers = ledger.individuals(ledger.read("renal"), renal, _within(uniform, "renal"))
    kidneys = _answered(known.creatinine_clearance, renal_numbers.reference_creatinine_clearance)
    urine_ph = _answered(known.urine_ph, renal_numbers.reference_ph) + known.ph_shift
    cleared = each.clearance * clearance.relative(renal, kidneys, urine_ph)
    weight = _answered(known.weight, each.weight)
    return Person(each._replace(clearance=cleared, weight=weight), kidneys, urine_ph)


def population(subjects: range, seed: int, known: Known = NOTHING) -> Person:
    """Return healthy adults around the central numbers; a person depends on the seed and their number alone."""
    streams = Streams(seed, "person")
    return draw(*central(), lambda name: streams.uniforms(name, range(1), subjects, 1)[0, :, 0], known)


def typical(numbers: exposure.ExposureNumbers, renal: clearance.Renal, known: Known = NOTHING) -> Person:
    """Return the person without differences between people, usual where nothing is known."""
    kidneys = _answered(known.creatinine_clearance, renal.reference_creatinine_clearance)
    urine_ph = _answered(known.urine_ph, renal.reference_ph) + known.ph_shift
    cleared = numbers.clearance * clearance.relative(renal, kidneys, urine_ph)
    weight = _answered(known.weight, numbers.weight)
    return Person(numbers._replace(clearance=cleared, weight=weight), kidneys, urine_ph)


def factors(person: Person, usual: Person) -> Array:
    """Return by what people's apparent clearance, volume and absorption rate differ from the usual, (..., 3)."""
    columns = [
        (exposure.clearance(person.levels) / exposure.clearance(usual.levels)),
        (exposure.volume(person.levels) / exposure.volume(usual.levels)),
        np.asarray(person.levels.absorption_rate / usual.levels.absorption_rate),
    ]
    scale = np.asarray(person.levels.bioavailability / usual.levels.bioavailability)
    columns[:2] = [column / scale for column in columns[:2]]
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def log_factor_covariance(known: Known, draws: int, seed: int = 0) -> Array:
    """Return the covariance (3, 3) of the log factors of a person not seen yet: what is not known, and people."""
    streams = Streams(seed, "person not seen yet")

    def uniform(purpose: str) -> Uniform:
        return lambda name: streams.uniforms(f"{purpose}/{name}", range(1), range(draws), 1)[0, :, 0]

    numbers, renal = uncertain(uniform("known"))
    logs = np.log(factors(draw(numbers, renal, uniform("person"), known), typical(*central(), known)))
    return np.cov(logs.T)


def _within(uniform: Uniform, name: str) -> Uniform:
    return lambda key: uniform(f"{name}.{key}")


def _answered(given: ArrayLike | None, drawn: ArrayLike) -> Array:
    if given is None:
        return np.asarray(drawn)
    return np.where(np.isnan(np.asarray(given, dtype=float)), drawn, given)

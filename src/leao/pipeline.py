"""The chain of stages, in order, and the fold over it.

1. regimen    doses taken                       4. cortex     ignition threshold of the wave
2. exposure   plasma and free brain level       5. headache   rate at which attacks start
3. receptor   block odds of the cortical mix    6. diary      days as a patient writes them (trial/ensemble.py)

``World`` holds one draw per simulated trial of every number that is not known exactly; ``people`` adds what
differs from person to person. The diary is folded in by the trial, which first enrols on its baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.stages import headache
from leao.stages.cortex import stage as cortex
from leao.stages.cortex import threshold_map
from leao.stages.exposure import model as exposure
from leao.stages.receptor import model as receptor
from leao.stages.regimen import model as regimen
from leao.streams import Streams

Array = NDArray[np.float64]
P = TypeVar("P")

LEDGERS = {
    "regimen": ("regimen", regimen.Params),
    "exposure": ("exposure", exposure.Params),
    "receptor": ("receptor", receptor.Params),
    "compound": ("compounds/memantine", receptor.Compound),
    "headache": ("headache", headache.Params),
}


VARIED = ("regimen", "exposure")  # stages in which people differ


class World(NamedTuple):
    """Every uncertain number of the chain; a field is a float or (trial, 1)."""

    regimen: regimen.Params
    exposure: exposure.Params
    receptor: receptor.Params
    compound: receptor.Compound
    headache: headache.Params
    cortex: cortex.Pick


class People(NamedTuple):
    """Who is treated with what."""

    identity: NDArray[np.intp]  # (trial, subject)
    dose: Array  # mg of salt per day, (trial, subject) or (trial, subject, day)


def world(uniform: Callable[[str], Array], presets: tuple[str, ...]) -> World:
    """Return a draw of every uncertain number.

    Args:
        uniform: gives U(0, 1) of shape (trial, 1) for a name such as ``"exposure.clearance"``.
        presets: cortex presets among whose parameter sets the cortex is drawn.
    """
    drawn = {
        stage: ledger.draw(ledger.read(name), cls, lambda key, stage=stage: uniform(f"{stage}.{key}"))
        for stage, (name, cls) in LEDGERS.items()
    }
    return World(**drawn, cortex=cortex.Pick(presets, uniform("cortex.parameter_set"), uniform("cortex.stimulus")))


def drawn_world(streams: Streams, trials: range, presets: tuple[str, ...]) -> World:
    """Return the worlds of ``trials``: one draw of every uncertain number for each."""
    return world(lambda name: streams.per_trial(f"world.{name}", trials), presets)


def uncertain_numbers() -> dict[str, ledger.Number]:
    """Return every number of the chain that is drawn, by its name in ``world``."""
    return {
        f"{stage}.{key}": number
        for stage, (name, _) in LEDGERS.items()
        for key, number in ledger.read(name).numbers.items()
        if number.uncertainty is not None
    }


def persons(drawn: World, uniform: Callable[[str], Array]) -> World:
    """Return ``drawn`` with everything that differs between people, of shape (trial, subject).

    Args:
        drawn: the worlds.
        uniform: gives U(0, 1) of shape (trial, subject) for a name such as ``"exposure.clearance"``.
    """
    varied = {
        stage: ledger.individuals(
            ledger.read(LEDGERS[stage][0]), getattr(drawn, stage), lambda key, stage=stage: uniform(f"{stage}.{key}")
        )
        for stage in VARIED
    }
    return drawn._replace(**varied)


def of_people(streams: Streams, trials: range, identity: NDArray[np.intp]) -> Callable[[str], Array]:
    """Return the luck of the people ``identity`` (trial, subject), the same whatever they are asked for."""
    last = int(identity.max()) + 1

    def uniform(name: str) -> Array:
        values = streams.uniforms(f"person.{name}", trials, range(last), 1)[..., 0]
        return np.take_along_axis(values, identity, axis=1)

    return uniform


def first_of(drawn: World) -> World:
    """Return the first trial's world alone."""

    def cut(value: Any) -> Any:
        return value[:1] if isinstance(value, np.ndarray) else value

    stages: list[Any] = [type(stage)(*(cut(value) for value in stage)) for stage in drawn]
    return World(*stages)


def treat(people: People, drawn: World, streams: Streams, trials: range, days: tuple[int, int]) -> dict[str, Array]:
    """Return what stages 1 to 5 write for ``people``, day by day.

    Args:
        people: identities and doses.
        drawn: the worlds of ``trials``.
        streams: the run's random streams.
        trials: indices of the trials.
        days: number of days, and the day on which treatment starts.
    """
    own = persons(drawn, of_people(streams, trials, people.identity))
    last = int(people.identity.max()) + 1
    luck = streams.uniforms("person.regimen.intake", trials, range(last), days[0])
    luck = np.take_along_axis(luck, people.identity[..., None], axis=1)
    state = regimen.run(own.regimen, regimen.Upstream(people.dose, luck, days[1]))
    state |= exposure.run(own.exposure, state["dose_taken"])
    return state | downstream(own, state["free_brain"])


def downstream(own: World, free_brain: Array) -> dict[str, Array]:
    """Return what stages 3 to 5 write for a free brain level (trial, subject, day) in uM."""
    voltage = threshold_map.shape().reference_voltage
    state = receptor.run(own.receptor, own.compound, free_brain, voltage)
    state |= cortex.run(own.cortex, state["block_odds"])
    return state | headache.run(own.headache, state["threshold_relative"])


def steady_state(own: World, dose: float) -> dict[str, Array]:
    """Return stages 1 to 5 at steady state, as (trial, subject, 1): the mean over the dosing interval.

    Linear kinetics: mean level = F dose adherence / (CL tau), exactly.
    """
    base = own.exposure.formula_weight_base / own.exposure.formula_weight_salt
    volume = own.exposure.volume_per_weight * own.exposure.weight
    cleared = exposure.elimination_rate(own.exposure) * volume * exposure.HOURS_PER_DAY  # L/day
    taken = dose * regimen.share_taken(own.regimen) * own.exposure.bioavailability
    plasma = (taken * base / cleared * 1e3)[..., None]
    free = exposure.free_brain(own.exposure, plasma)
    return {"plasma_concentration": plasma, "free_brain": free} | downstream(own, free)


def observed_log_ratio(own: World, state: Mapping[str, Array]) -> Array:
    """Return the log ratio of observed attack rates, (trial,): the mean over people of the observed layer."""
    slope = np.asarray(headache.trigger_slope(own.headache))[..., None]
    share = np.asarray(own.headache.wave_share)[..., None]
    ratio = headache.observed_ratio(state["threshold_relative"], slope, share)
    return np.log(ratio.mean(axis=(1, 2)))

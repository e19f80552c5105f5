"""The chain of stages, in order, and the fold over it.

1. regimen    doses taken                       4. cortex     ignition threshold of the wave
2. exposure   plasma and free brain level       5. headache   rate at which attacks start
3. receptor   block odds of the cortical mix    6. diary      days as a patient writes them (trial/ensemble.py)

``ParameterDraw`` holds one draw per simulated trial of every number that is not known exactly; ``people`` adds what
differs from person to person. The diary is folded in by the trial, which first enrols on its baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from leao.chain import fixed, read_outs, stage_numbers
from leao.chain.stage_numbers import LEDGERS
from leao.core import ledger
from leao.core.random import Streams
from leao.core.units import DAYS_PER_MONTH
from leao.cortex import block_to_threshold as cortex
from leao.cortex import threshold_map
from leao.dosing import adherence as taking
from leao.dosing import regimen
from leao.dosing.options import RegimenOptions
from leao.dosing.schedule import Schedule, places, planned
from leao.exposure import clearance, person
from leao.exposure import plasma_and_brain as exposure
from leao.headache import attack_rate as headache
from leao.receptor import equilibrium_block as receptor
from leao.receptor import hypotheses

Array = NDArray[np.float64]
P = TypeVar("P")

VARIED = ("regimen", "exposure", "renal")  # stages in which people differ
NO_ATTACK = 1e-6  # ratio of attack rates that stands for none at all, so that its logarithm exists
BLOCK = 4096  # people solved at once, so that memory does not grow with their number


class ParameterDraw(NamedTuple):
    """Every uncertain number of the chain; a field is a float or (trial, 1)."""

    regimen: regimen.RegimenNumbers
    taking: taking.AdherenceNumbers
    exposure: exposure.ExposureNumbers
    renal: clearance.Renal
    receptor: receptor.ReceptorNumbers
    compound: receptor.Compound
    headache: headache.LinkNumbers
    read_outs: headache.Slopes
    cortex: cortex.CurveChoice
    read_out: NDArray[np.intp]  # (trial, 1), place in ``read_outs.READ_OUTS``
    receptors: Array | None = None  # (trial, 1), for each one before treatment; None: as many


class PlannedIntake(NamedTuple):
    """What an arm is told to take, and how it takes it where the scenario says so; None: as the ledgers have it."""

    schedule: Schedule = ()
    adherence: float | None = None
    missed_streak: float | None = None
    doubled_after_missed: float | None = None

    @classmethod
    def of(cls, arm: RegimenOptions) -> PlannedIntake:
        """Return the plan of a scenario's arm."""
        return cls(arm.schedule, arm.adherence, arm.missed_streak, arm.doubled_after_missed)

    def adopted(self, drawn: ParameterDraw) -> ParameterDraw:
        """Return ``drawn`` with what the plan says of taking."""
        said = {
            name: getattr(self, name) for name in taking.AdherenceNumbers._fields if getattr(self, name) is not None
        }
        drawn = drawn._replace(taking=drawn.taking._replace(**said))
        if self.adherence is None:
            return drawn
        return drawn._replace(regimen=drawn.regimen._replace(adherence=self.adherence))


class Cohort(NamedTuple):
    """Who is to take what: planned by a schedule, or by whoever changes the dose on the way."""

    identity: NDArray[np.intp]  # (trial, subject)
    planned: Array  # (trial, subject, day, intake), mg of salt
    plans: tuple[PlannedIntake, ...] = ()  # how each group takes it; none: all as the request's plan says
    group: NDArray[np.integer] | None = None  # (trial, subject), place in ``plans``

    @classmethod
    def scheduled(
        cls, identity: NDArray[np.intp], treated: NDArray[np.bool_], plan: PlannedIntake, days: tuple[int, int]
    ) -> Cohort:
        """Return people of whom the ``treated`` (trial, subject) follow the plan, the others take nothing.

        Args:
            identity: who they are.
            treated: who follows the plan.
            plan: of the treated.
            days: number of days, and the day on which treatment starts.
        """
        doses = np.zeros((days[0], places(plan.schedule)))
        doses[days[1] :] = planned(plan.schedule, days[0] - days[1])
        return cls(identity, np.where(treated[..., None, None], doses, 0.0))


class ChainRequest(NamedTuple):
    """What a scenario asks of the chain: the treated arm's plan, the cortex presets, the hypotheses switched on."""

    plan: PlannedIntake
    presets: tuple[str, ...]
    switches: tuple[str, ...] = ()
    only: tuple[str, ...] = ()  # read-outs; none: those that the rule mixes
    fixed: fixed.Pairs = ()  # numbers that are known, in their ledger's unit

    @property
    def mixed(self) -> tuple[str, ...]:
        """The read-outs among which the trials are drawn, equally likely."""
        return self.only or read_outs.mixed(self.presets)


def world(uniform: Callable[[str], Array], asked: ChainRequest) -> ParameterDraw:
    """Return a draw of every uncertain number, with the scenario's hypotheses.

    Args:
        uniform: gives U(0, 1) of shape (trial, 1) for a name such as ``"exposure.clearance"``.
        asked: the cortex presets among whose parameter sets the cortex is drawn, and the hypotheses switched on.
    """

    def of_stage(stage: str, name: str, cls: Any) -> Any:
        return ledger.draw(ledger.read(name), cls, lambda key: uniform(f"{stage}.{key}"))

    drawn = {stage: of_stage(stage, name, cls) for stage, (name, cls) in LEDGERS.items()}
    read_out = read_outs.pick(uniform("cortex.read_out"), asked.mixed)
    member, error = uniform("cortex.parameter_set"), uniform("cortex.count_error")
    pick = cortex.CurveChoice(asked.presets, member, read_outs.stimulus(read_out), drawn["receptor"].share_2C_2D, error)
    sizes = hypotheses.sizes(lambda key: uniform(f"hypotheses.{key}")) if asked.switches else None
    known = settled(ParameterDraw(**drawn, cortex=pick, read_out=read_out), dict(asked.fixed))
    return assume(known, sizes, asked.switches)


def settled(drawn: ParameterDraw, known: fixed.Fixed) -> ParameterDraw:
    """Return ``drawn`` with the numbers that are known in place of drawn ones; those of people are not drawn yet."""
    stage_numbers.check(known)
    drawn = drawn._replace(
        **{stage: stage_numbers.with_fixed(getattr(drawn, stage), stage, known) for stage in LEDGERS}
    )
    if fixed.SLOPE in known:
        kappa = drawn.headache._replace(kappa=known[fixed.SLOPE])
        drawn = drawn._replace(headache=kappa, read_outs=headache.Slopes(1.0, 1.0))
    return drawn._replace(cortex=drawn.cortex._replace(share=drawn.receptor.share_2C_2D))


def assume(drawn: ParameterDraw, sizes: hypotheses.Sizes | None, switches: tuple[str, ...]) -> ParameterDraw:
    """Return ``drawn`` with the named hypotheses beyond plain block switched on."""
    if sizes is None:
        return drawn
    exposed = drawn.exposure
    if "brain-uptake" in switches:
        exposed = exposed._replace(free_brain_ratio=exposed.free_brain_ratio * sizes.brain_uptake)
    block, compound = hypotheses.assume(drawn.receptor, drawn.compound, sizes, switches)
    pick = drawn.cortex._replace(share=block.share_2C_2D)
    more = np.asarray(sizes.chronic_receptors) if "chronic-receptors" in switches else None
    return drawn._replace(exposure=exposed, receptor=block, compound=compound, cortex=pick, receptors=more)


def drawn_world(streams: Streams, trials: range, asked: ChainRequest) -> ParameterDraw:
    """Return the worlds of ``trials``: one draw of every uncertain number for each."""
    return world(lambda name: streams.per_trial(f"world.{name}", trials), asked)


def drawn_sizes(streams: Streams, trials: range) -> hypotheses.Sizes:
    """Return the sizes of the hypotheses in ``trials``, the same as a run with the switch on would draw."""
    return hypotheses.sizes(lambda key: streams.per_trial(f"world.hypotheses.{key}", trials))


def uncertain_numbers() -> dict[str, ledger.Number]:
    """Return every number of the chain that is drawn, by its name in ``world``."""
    return {
        f"{stage}.{key}": number
        for stage, (name, _) in LEDGERS.items()
        for key, number in ledger.read(name).numbers.items()
        if number.uncertainty is not None
    }


def persons(drawn: ParameterDraw, uniform: Callable[[str], Array], known: fixed.Pairs = ()) -> ParameterDraw:
    """Return ``drawn`` with everything that differs between people, of shape (trial, subject).

    Args:
        drawn: the worlds.
        uniform: gives U(0, 1) of shape (trial, subject) for a name such as ``"exposure.clearance"``.
        known: numbers that are fixed, of which some are known of everybody.
    """
    habits = ledger.individuals(ledger.read("regimen"), drawn.regimen, lambda key: uniform(f"regimen.{key}"))
    everybody = person.Known(**{name: value for name, value in known if name in fixed.OF_PEOPLE})
    exposed = person.draw(drawn.exposure, drawn.renal, uniform, everybody).levels
    return drawn._replace(regimen=habits, exposure=exposed)


def of_people(streams: Streams, trials: range, identity: NDArray[np.intp]) -> Callable[[str], Array]:
    """Return the luck of the people ``identity`` (trial, subject), the same whatever they are asked for."""
    last = int(identity.max()) + 1

    def uniform(name: str) -> Array:
        values = streams.uniforms(f"person.{name}", trials, range(last), 1)[..., 0]
        return np.take_along_axis(values, identity, axis=1)

    return uniform


def treat(asked: ChainRequest, people: Cohort, streams: Streams, trials: range) -> dict[str, Array]:
    """Return what stages 1 to 5 write for ``people``, day by day.

    Args:
        asked: how the treated take it, cortex presets and hypotheses.
        people: identities and planned intakes.
        streams: the run's random streams.
        trials: indices of the trials.
    """
    uniform = of_people(streams, trials, people.identity)
    drawn = _taking_it(asked, people, persons(drawn_world(streams, trials, asked), uniform, asked.fixed))
    last, n_day = int(people.identity.max()) + 1, people.planned.shape[2]
    every = (streams.uniforms(f"person.regimen.{name}", trials, range(last), n_day) for name in ("intake", "again"))
    taking_draws = (np.take_along_axis(u, people.identity[..., None], axis=1) for u in every)
    state = regimen.run(drawn.regimen, drawn.taking, regimen.RegimenInput(people.planned, *taking_draws))
    state |= exposure.run(drawn.exposure, state["intakes_taken"])
    return state | downstream(drawn, state["free_brain"])


def _taking_it(asked: ChainRequest, people: Cohort, drawn: ParameterDraw) -> ParameterDraw:
    """Return ``drawn`` with what the plan says of taking: everybody's, or that of each group."""
    if people.group is None:
        return asked.plan.adopted(drawn)
    group, by_group = people.group, [plan.adopted(drawn) for plan in people.plans]

    def of_group(values: Sequence[Any]) -> Array:
        return np.choose(group, [np.broadcast_to(value, group.shape) for value in values])

    habits = taking.AdherenceNumbers._make(map(of_group, zip(*(part.taking for part in by_group), strict=True)))
    adherence = of_group([part.regimen.adherence for part in by_group])
    return drawn._replace(regimen=drawn.regimen._replace(adherence=adherence), taking=habits)


def downstream(drawn: ParameterDraw, free_brain: Array) -> dict[str, Array]:
    """Return what stages 3 to 5 write for a free brain level (trial, subject, day) in uM."""
    voltage = threshold_map.shape().reference_voltage
    state = hypotheses.adapted(receptor.run(drawn.receptor, drawn.compound, free_brain, voltage), drawn.receptors)
    state |= cortex.run(drawn.cortex, state["block_odds"])
    state["log_fall"] = read_outs.log_fall(drawn.read_outs, drawn.cortex, drawn.read_out, state)
    return state | headache.run(drawn.headache, state["log_fall"])


def month_end(drawn: ParameterDraw, plan: PlannedIntake, days: int) -> dict[str, Array]:
    """Return stages 1 to 5 over the last 28 of ``days`` days of treatment, as (trial, subject, 1).

    Kinetics are linear, so the mean level over everybody's luck is that of the planned doses times the share taken.
    """
    drawn = plan.adopted(drawn)
    share = taking.mean_share(drawn.taking, regimen.share_taken(drawn.regimen))
    doses = planned(plan.schedule, days)
    return from_plasma(drawn, (_last_month(drawn.exposure, doses, np.shape(share)) * share)[..., None])


def from_plasma(drawn: ParameterDraw, plasma: Array) -> dict[str, Array]:
    """Return what the chain writes from a plasma level (trial, subject, day) in ng/mL on."""
    free = exposure.free_brain(drawn.exposure, plasma)
    return {"plasma_concentration": plasma, "free_brain": free} | downstream(drawn, free)


def _last_month(params: exposure.ExposureNumbers, doses: Array, also: tuple[int, ...]) -> Array:
    """Return everybody's mean level over the last month of ``doses`` (day, intake), ng/mL, (trial, subject)."""
    shape = np.broadcast_shapes(also, *(np.shape(value) for value in params))
    flat: list[Any] = [np.broadcast_to(value, shape).ravel() if np.ndim(value) else value for value in params]
    result = np.empty(int(np.prod(shape)))
    for first in range(0, result.size, BLOCK):
        here = slice(first, first + BLOCK)
        part = exposure.ExposureNumbers(*(values[here] if np.ndim(values) else values for values in flat))
        each = np.broadcast_to(doses, (result[here].size, *doses.shape))
        result[first : first + BLOCK] = exposure.daily(part, each)[:, -DAYS_PER_MONTH:].mean(axis=1)
    return result.reshape(shape)


def observed_log_ratio(drawn: ParameterDraw, state: Mapping[str, Array]) -> Array:
    """Return the log ratio of observed attack rates, (trial,): the mean over people of the observed layer."""
    kappa = np.asarray(drawn.headache.kappa)[..., None]
    return np.log(np.maximum(headache.observed_ratio(state["log_fall"], kappa).mean(axis=(1, 2)), NO_ATTACK))


def with_read_out(drawn: ParameterDraw, name: str) -> ParameterDraw:
    """Return ``drawn`` with every trial read by one read-out alone."""
    read_out = np.full_like(drawn.read_out, read_outs.READ_OUTS.index(name))
    return drawn._replace(read_out=read_out, cortex=drawn.cortex._replace(stimulus=read_outs.stimulus(read_out)))


def trigger_slope(drawn: ParameterDraw) -> Array:
    """Return the log fall of the observed attack rate per log rise of the threshold, (trial, 1)."""
    return np.asarray(drawn.headache.kappa) * read_outs.slope(drawn.read_outs, drawn.read_out)

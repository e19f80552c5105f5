"""The bench: what a user asks of a line of cortex, in words with units, turned into a slice, a stimulus and a grid.

Everything a user can get wrong is refused here in one line, before anything is computed.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from leao.core import ledger, units
from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_NUMBER, LONGEST_KCL, MOST_FRAMES, MOST_LEVELS, MOST_LINES, MOST_NODE_STEPS
from leao.cortex import antagonists, drugged_receptors, edits, ensemble, ignition, solve, variations, voltage_tables
from leao.cortex.edits import has_unit
from leao.cortex.kernels import nmda
from leao.cortex.ledger_numbers import TissueNumbers
from leao.cortex.receptors import Receptors
from leao.cortex.wave_measures import WATCHED

UNITS = ignition.UNITS
_MMOL_CM3 = 1e-3  # mmol/cm3 per mM


class Numbers(NamedTuple):
    """How an experiment is set up and read; ledger ``experiments``."""

    coarsest_node: Annotated[float, "mm"]
    clear_of_stimulus: Annotated[float, "mm"]
    near_threshold: Annotated[float, "dimensionless"]
    longest_interval: Annotated[float, "s"]
    interval_step: Annotated[float, "s"]
    interval_tolerance: Annotated[float, "s"]
    most_oxygen: Annotated[float, "dimensionless"]


class ExperimentRequest(NamedTuple):
    """The tissue and what it is under. Texts carry their unit; None for none, or for the preset's own.

    ``magnesium`` is an acute change: cells keep the pumps and leaks that balance them in the preset's own Mg2+.
    ``preset`` may be a member of an ensemble, ``"leao2/7"``.
    ``changes``, such as ``"nmda=1e-4 cm/s"``, make another tissue, balanced anew.
    """

    preset: str = "leao"
    compound: str | None = None
    concentration: str | None = None
    magnesium: str | None = None
    antagonist: str | None = None
    block: str | None = None
    changes: tuple[str, ...] = ()
    conditions: edits.ConditionTexts = edits.ConditionTexts()


class Tissue(NamedTuple):
    """A preset's cortex with the receptors it has, in the Mg2+ asked for, under an antagonist but free of drug."""

    cortex: solve.Cortex
    params: TissueNumbers  # with the Mg2+ asked for
    antagonist: antagonists.Antagonist | None
    compound: str | None


def numbers() -> Numbers:
    """Return how experiments are set up."""
    return ledger.params(ledger.read("experiments"), Numbers)


def tissue(ask: ExperimentRequest) -> Tissue:
    """Return the tissue asked for.

    Raises:
        ScenarioError: an unknown preset, compound, antagonist or number; a value out of range or in a wrong unit.
        SolverError: a changed tissue has no resting state; names the balance that fails.
    """
    cortex = ensemble.tissue(ask.preset)
    wanted = edits.conditions(ask.conditions, numbers().most_oxygen)
    if ask.changes or wanted != variations.NONE:
        name = f"{ask.preset} ({ask.conditions.tissue or 'changed'})"
        cortex = variations.prepare(name, edits.changed(ensemble.numbers(ask.preset), ask.changes), wanted)
    params = cortex.params
    if ask.magnesium is not None:
        params = params._replace(magnesium=within("magnesium", ask.magnesium, "mM") * _MMOL_CM3)
    return Tissue(cortex, params, _antagonist(ask), _compound(ask))


def slice_at(answer: Tissue, concentration: float) -> solve.TissueSlice:
    """Return a slice of the tissue, antagonist and all, in balance with the drug at ``concentration`` (uM)."""
    drug = drugged_receptors.Drug(answer.compound, concentration) if answer.compound and concentration > 0.0 else None
    return solve.cut(answer.cortex, _treated(answer, drug))


def untreated(answer: Tissue) -> solve.TissueSlice:
    """Return a slice of the tissue in the same Mg2+ without drug and antagonist."""
    return slice_at(answer._replace(antagonist=None), 0.0)


def level(ask: ExperimentRequest) -> float:
    """Return the free concentration asked for, uM; 0 where none was.

    Raises:
        ScenarioError: a compound without a concentration, or a value out of range.
    """
    if ask.concentration is None:
        if ask.compound is not None:
            raise ScenarioError(
                f"concentration: found none for {ask.compound}, wanted a free level; write for example '0.3 uM'"
            )
        return 0.0
    return within("concentration", ask.concentration, "uM")


def levels(text: str) -> list[float]:
    """Return the concentrations (uM) of a list such as ``"0,0.1,0.3 uM"``, its unit at the end, in its order.

    Raises:
        ScenarioError: an empty place, no unit, or a value below zero.
    """
    *parts, last = text.split(",")
    if len(parts) >= MOST_LEVELS:
        raise ScenarioError(f"concentration: found {len(parts) + 1} levels, wanted at most {MOST_LEVELS}")
    unit = last.strip().lstrip("+-.0123456789eE").strip()
    full = [part if has_unit(part) else f"{part.strip()} {unit}" for part in [*parts, last]]
    return [within("concentration", part, "uM") for part in full]


def stimulus(kind: str, strength: str | None = None, zone: str | None = None) -> solve.Stimulus:
    """Return the stimulus of ``kind``; by default the strong one that starts a wave well above threshold.

    Raises:
        ScenarioError: an unknown kind, a strength below zero or in a wrong unit.
    """
    known("stimulus", kind, list(UNITS))
    strong = solve.strong(kind)
    if strength is not None:
        strong = strong._replace(strength=within("strength", strength, UNITS[kind], exponent=True))
    if zone is not None:
        strong = strong._replace(zone=within("zone", zone, "mm"))
        if strong.zone == 0.0:
            raise ScenarioError(f"zone: found {zone!r}, wanted above 0 mm; write for example '0.5 mm'")
    return strong


def grid(
    zone: float,
    length: str | None = None,
    nodes: int | None = None,
    dt: str | None = None,
    duration: str | None = None,
    after: float = 0.0,
) -> solve.Grid:
    """Return the line and the march, by default 10 mm in 250 nodes for 120 s ``after`` the last stimulus.

    Raises:
        ScenarioError: a line too short for the stimulated ``zone`` (mm), nodes too long for a wave, no time.
    """
    base = solve.Grid()
    result = base._replace(
        length=base.length if length is None else within("length", length, "mm", above=True),
        nodes=base.nodes if nodes is None else nodes,
        dt=base.dt if dt is None else within("dt", dt, "s", above=True),
        duration=base.duration + after if duration is None else within("duration", duration, "s", above=True),
    )
    n = numbers()
    shortest = (zone + n.clear_of_stimulus) / WATCHED
    if result.length < shortest:
        raise ScenarioError(
            f"length: found {result.length:g} mm, wanted {shortest:.3g} mm or more, so that the place where traces are"
            f" read ({100 * WATCHED:.0f} % of the line) is clear of the stimulated {zone:g} mm"
        )
    if not result.nodes >= 1 or result.dx > n.coarsest_node * (1.0 + 1e-9):
        wanted = int(np.ceil(result.length / n.coarsest_node))
        raise ScenarioError(
            f"nodes: found {result.nodes} on {result.length:g} mm, too coarse for the wave; wanted {wanted} or more"
            f" (nodes of {n.coarsest_node:g} mm or less), {round(result.length / base.dx)} for the usual"
            f" {base.dx:g} mm"
        )
    if not result.nodes * (result.duration / result.dt) <= MOST_NODE_STEPS:
        raise ScenarioError(
            f"nodes x steps: found {result.nodes} nodes and {result.duration / result.dt:.3g} steps, wanted at most "
            f"{MOST_NODE_STEPS:.0e} together; a shorter duration, fewer nodes or longer steps"
        )
    if result.duration < result.record or result.steps < 1 or result.dt > result.duration:
        raise ScenarioError(
            f"duration: found {result.duration:g} s in steps of {result.dt:g} s, wanted {result.record:g} s or more"
        )
    return result


def check_kcl(minutes: float, lines: int | None) -> None:
    """Refuse a time of continuous KCl that is none or longer than a day, and too many animals.

    Raises:
        ScenarioError: naming what is wanted.
    """
    if not 0.0 < minutes <= LONGEST_KCL:
        wanted = f"above 0 and up to {LONGEST_KCL:g}; write for example --minutes 60"
        raise ScenarioError(f"minutes: found {minutes:g}, wanted {wanted}")
    if lines is not None and lines > MOST_LINES:
        raise ScenarioError(f"lines: found {lines}, wanted at most {MOST_LINES}")


def check_frames(line: solve.Grid, every: float) -> None:
    """Refuse more states of a wave than can be kept; ``every`` (s) is 0 for none.

    Raises:
        ScenarioError: naming the shortest time between them.
    """
    if every > 0.0 and line.duration / every > MOST_FRAMES:
        raise ScenarioError(
            f"every: found {every:g} s in {line.duration:g} s, wanted {line.duration / MOST_FRAMES:.3g} s or more"
        )


def block_percent(free: solve.TissueSlice, under: solve.TissueSlice, voltage: float) -> float:
    """Return the per cent of the current at equilibrium and ``voltage`` (mV) that drug and antagonist take away.

    Of receptors with glutamate bound and not desensitised: 1 - sum W m bare / (1 + held) over sum W m without.
    """
    row = int(np.argmin(np.abs(voltage_tables.VOLTAGES - voltage)))
    passing = []
    for each in (free.receptors, under.receptors):
        held = each.constants[:, nmda.ON] * each.open_share[:, row] / each.leave[:, row]
        passing.append(float((each.constants[:, nmda.WEIGHT] * each.open_share[:, row] / (1.0 + held)).sum()))
    return 100.0 * (1.0 - passing[1] / passing[0])


def condition_answer(ask: ExperimentRequest) -> dict[str, dict[str, str | float | None]]:
    """Return the conditions under their names in the contract."""
    wanted = edits.conditions(ask.conditions, numbers().most_oxygen)
    return {
        "conditions": {
            "tissue": wanted.tissue,
            "oxygen": wanted.oxygen,
            "pump_neurone": wanted.pump_neuron,
            "pump_glia": wanted.pump_glia,
        }
    }


def within(what: str, text: str, unit: str, *, above: bool = False, exponent: bool = False) -> float:
    """Return a number of 0 or more (``above`` 0) from a text with its unit.

    Raises:
        ScenarioError: it is below, not finite, or not in such a unit.
    """
    wanted = unit.replace("cm2", "cm^2") if exponent else unit
    value = units.parse(text.replace("cm2", "cm^2") if exponent else text, wanted, what=what)
    if not value <= LARGEST_NUMBER or value < 0.0 or (above and value == 0.0):
        raise ScenarioError(f"{what}: found {text!r}, wanted {'above 0' if above else '0 or more'}, in {unit}")
    return value


def known(what: str, name: str, names: list[str]) -> None:
    """Refuse a name that is not among ``names``; suggests the nearest."""
    if name not in names:
        raise ScenarioError(f"{what}: found {name!r}, wanted one of {', '.join(names)}{ledger.nearest(name, names)}")


def _treated(answer: Tissue, drug: drugged_receptors.Drug | None) -> Receptors:
    receptors = answer.cortex.receptors
    if drug or answer.params is not answer.cortex.params:
        receptors = drugged_receptors.build(answer.params, drug)
    return antagonists.apply(receptors, answer.antagonist) if answer.antagonist else receptors


def _antagonist(ask: ExperimentRequest) -> antagonists.Antagonist | None:
    if ask.antagonist is None:
        if ask.block is not None:
            raise ScenarioError("block: found no antagonist to go with it; write for example --antagonist APV")
        return None
    if ask.block is None:
        raise ScenarioError(f"block: found none for {ask.antagonist}, wanted a share; write for example '50 percent'")
    return antagonists.named(ask.antagonist, units.parse(ask.block, "percent", what="block") / 100.0)


def _compound(ask: ExperimentRequest) -> str | None:
    from leao.receptor import library

    if ask.compound is None:
        return None
    if "".join(c for c in ask.compound.lower() if c.isalnum()) in antagonists.names():
        raise ScenarioError(
            f"compound: {ask.compound} does not block the pore; write --antagonist {ask.compound} --block '50 percent'"
        )
    return library.named(ask.compound)

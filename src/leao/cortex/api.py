"""``leao.wave``, ``leao.threshold``, ``leao.kcl``: the experiments as xarray datasets with units and long names.

Measures stand in the attributes under the names of the command line's JSON; their rules in ``attrs["rules"]``. A
measure without an answer is absent. Texts carry their unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from leao.core.variables import attributes
from leao.cortex import experiments, fields, request
from leao.cortex import kcl_waves as trains

if TYPE_CHECKING:
    from typing import Unpack

    import xarray as xr

RULES = (
    "A neurone is depolarised above the ignition voltage. propagated: the watched place was depolarised."
    " speed_mm_per_min: slope of place against first arrival between 0.3 and 0.6 of the line. Peaks, the most negative"
    " DC potential (dc_shift_mV, against the far end), its half-width (dc_half_width_s, time below half of it; only a"
    " least value where the front reached that end), the"
    " smallest extracellular share and the length of the first depolarisation (duration_s) are read at the watched"
    " place. recovered: neurones there are below the recovered voltage at the end. reached_mm: farthest depolarised"
    " place outside the stimulated zone. absolute and relative refractory time: shortest interval at which the second"
    " of two equal stimuli, strong or a little above threshold, starts a second wave."
)


class ExperimentOptions(TypedDict, total=False):
    """What else an experiment takes, as on the command line."""

    magnesium: str | None
    antagonist: str | None
    block: str | None
    changes: Sequence[str]
    strength: str | None
    zone: str | None
    length: str | None
    nodes: int | None
    dt: str | None
    duration: str | None
    every: str
    refractory: bool


TISSUE = ("magnesium", "antagonist", "block", "changes")
LINE = ("strength", "zone", "length", "nodes", "dt", "duration")
EVERY = "0.5 s"


def wave(
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = "0.3 uM",
    stimulus: str = "kcl",
    excitability: ArrayLike | None = None,
    second: str | None = None,
    **more: Unpack[ExperimentOptions],
) -> xr.Dataset:
    """Return a wave along a line of cortex: potentials, ions, glutamate, volumes and receptor states, (time, x).

    Args:
        preset: a preset of the cortex (``leao cortex presets``).
        compound: a pore blocker; None for no drug.
        concentration: its free level with its unit.
        stimulus: kcl, glutamate, pulse or charge.
        excitability: factor on glutamate release at each node (node,), 0 or more; None for 1 everywhere.
        second: when an equal second stimulus comes, for example ``"60 s"``.
        more: ``magnesium``, ``antagonist`` and ``block``, ``changes`` (such as ``["nmda=1e-4 cm/s"]``), ``strength``,
            ``zone``, ``length``, ``nodes``, ``dt``, ``duration``; ``every``: time between states (0.5 s);
            ``refractory``: whether to measure the refractory times as well, which takes seconds.

    Raises:
        LeaoError: something that cannot be asked, or a march that failed; the message says what to type instead.
    """
    _expected(more, (*TISSUE, *LINE, "every", "refractory"))
    every = request.within("every", more.get("every", EVERY), "s", above=True)
    line = experiments.Line(stimulus=stimulus, second=second, **_picked(more, LINE))
    factors = None if excitability is None else np.asarray(excitability, dtype=np.float64)
    done = experiments.wave_done(_ask(preset, compound, concentration, more), line, factors, every)
    found = fields.dataset(done.pair, done.run.marched, done.grid, every, factors)
    return wave_labels(done, found, refractory=more.get("refractory", False))


def wave_labels(done: experiments.WaveResult, found: xr.Dataset, *, refractory: bool) -> xr.Dataset:
    """Return the fields of a wave with its measures as attributes."""
    fields.labelled(found, done.answer)
    if refractory:
        for name, each in experiments.refractory_done(done, done.answer["stimulus"]).items():
            fields.labelled(found, {f"refractory_{name}_s": each["interval_s"]})
    found.attrs["rules"] = RULES
    return found


def threshold(
    preset: str = "leao",
    compound: str | None = "memantine",
    concentration: str = "0,0.1,0.3,1,3,10 uM",
    stimulus: str = "kcl",
    **more: Unpack[ExperimentOptions],
) -> xr.Dataset:
    """Return the ignition threshold at each free level: ``threshold`` in the stimulus's unit, and relative to none.

    Args:
        preset: a preset of the cortex.
        compound: a pore blocker.
        concentration: free levels, separated by commas, the unit at the end.
        stimulus: kcl, glutamate, pulse or charge.
        more: ``magnesium``, ``antagonist`` and ``block``, ``changes``.

    Raises:
        LeaoError: something that cannot be asked.
    """
    _expected(more, TISSUE)
    return threshold_dataset(
        experiments.threshold_done(_ask(preset, compound, concentration, more), request.levels(concentration), stimulus)
    )


def threshold_dataset(done: experiments.ThresholdResult) -> xr.Dataset:
    """Return a dose-threshold curve as a dataset; missing where none ignites."""
    import xarray as xr

    values = np.where(np.isfinite(done.thresholds), done.thresholds, np.nan)
    unit = {"units": done.answer["threshold_unit"]}
    found = xr.Dataset(
        {
            "threshold": ("concentration", values, attributes("threshold") | unit),
            "threshold_relative": ("concentration", values / done.control, attributes("threshold_relative")),
        },
        {"concentration": ("concentration", done.concentrations, attributes("concentration"))},
    )
    return fields.labelled(found, done.answer)


def kcl(
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = "0.3 uM",
    minutes: float = 60.0,
    **more: Unpack[ExperimentOptions],
) -> xr.Dataset:
    """Return the waves under continuous KCl: times, amplitudes, durations, speeds, (strength, wave), and DC traces.

    Args:
        preset: a preset of the cortex.
        compound: a pore blocker; None for no drug.
        concentration: its free level.
        minutes: how long.
        more: ``magnesium``, ``antagonist`` and ``block``, ``changes``.

    Raises:
        LeaoError: something that cannot be asked.
    """
    _expected(more, TISSUE)
    return kcl_dataset(experiments.kcl_done(_ask(preset, compound, concentration, more), minutes))


def kcl_dataset(done: experiments.KclResult) -> xr.Dataset:
    """Return trains of waves as a dataset; missing beyond the last wave of a strength."""
    import xarray as xr

    most = max(each.times.size for each in done.trains)
    parts = {"wave_time": "times", "wave_amplitude": "amplitudes", "wave_duration": "durations", "wave_speed": "speeds"}
    variables: dict[str, Any] = {}
    for name, part in parts.items():
        table = np.full((len(done.trains), most), np.nan)
        for k, each in enumerate(done.trains):
            table[k, : each.times.size] = getattr(each, part)
        variables[name] = (("strength", "wave"), table, attributes(name))
    dc = np.stack([each.dc for each in done.trains])
    variables["train_dc"] = (("strength", "time"), dc, attributes("train_dc"))
    coords: dict[str, Any] = {
        "strength": ("strength", [each.strength for each in done.trains], attributes("strength")),
        "time": ("time", done.trains[0].time, attributes("time")),
    }
    found = fields.labelled(xr.Dataset(variables, coords), done.answer)
    found.attrs |= {"waves_mean": done.answer["waves"]["mean"], "waves_se": done.answer["waves"]["se"]}
    found.attrs["counted_mm"] = trains.COUNTED
    return found


def _ask(
    preset: str, compound: str | None, concentration: str | None, more: Mapping[str, Any]
) -> request.ExperimentRequest:
    picked = _picked(more, TISSUE)
    picked["changes"] = tuple(picked.get("changes") or ())
    return request.ExperimentRequest(preset, compound, concentration if compound else None, **picked)


def _picked(more: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: more[name] for name in names if name in more}


def _expected(more: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in more:
        request.known("argument", name, list(names))

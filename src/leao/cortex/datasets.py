"""The experiments as xarray datasets with units and long names.

Measures stand in the attributes under the names of the command line's JSON; their rules in ``attrs["rules"]``. A
measure without an answer is absent. Texts carry their unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leao.core.variables import attributes
from leao.cortex import experiments, fields, kcl_experiment, phase_experiment
from leao.cortex import kcl_waves as trains

if TYPE_CHECKING:
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


def wave_dataset(done: experiments.WaveResult, excitability: np.ndarray | None = None) -> xr.Dataset:
    """Return a wave as a dataset, (time, x): potentials, ions, glutamate, volumes, receptor states; its measures."""
    dataset = fields.dataset(done.pair, done.run.marched, done.grid, done.snap_every, excitability)
    fields.labelled(dataset, done.answer)
    refractory = done.answer.get("refractory")
    for name, each in () if refractory is None else refractory.items():
        fields.labelled(dataset, {f"refractory_{name}_s": each["interval_s"]})
    dataset.attrs["rules"] = RULES
    return dataset


def threshold_dataset(done: experiments.ThresholdResult) -> xr.Dataset:
    """Return a dose-threshold curve as a dataset; missing where none ignites."""
    import xarray as xr

    values = np.where(np.isfinite(done.thresholds), done.thresholds, np.nan)
    unit = {"units": done.answer["threshold_unit"]}
    dataset = xr.Dataset(
        {
            "threshold": ("concentration", values, attributes("threshold") | unit),
            "threshold_relative": ("concentration", values / done.control, attributes("threshold_relative")),
        },
        {"concentration": ("concentration", done.concentrations, attributes("concentration"))},
    )
    return fields.labelled(dataset, done.answer)


def kcl_dataset(done: kcl_experiment.KclResult) -> xr.Dataset:
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
    labelled = fields.labelled(xr.Dataset(variables, coords), done.answer)
    labelled.attrs |= {"waves_mean": done.answer["waves"]["mean"], "waves_se": done.answer["waves"]["se"]}
    labelled.attrs["counted_mm"] = trains.COUNTED
    return labelled


def phase_dataset(done: phase_experiment.PhaseResult) -> xr.Dataset:
    """Return the node's zeros over K+ outside and its trajectories as a dataset; missing after a trajectory's end."""
    import xarray as xr

    levels, voltages, stable = done.portrait.branch
    longest = max((each.time.size for each in done.portrait.trajectories), default=0)
    shape = (len(done.portrait.trajectories), longest)
    times, voltage, potassium = (np.full(shape, np.nan) for _ in range(3))
    for k, each in enumerate(done.portrait.trajectories):
        times[k, : each.time.size], voltage[k, : each.time.size] = each.time, each.voltage
        potassium[k, : each.time.size] = each.potassium
    dims = ("start", "step")
    dataset = xr.Dataset(
        {
            "branch_potassium": ("point", levels, attributes("potassium_outside")),
            "branch_voltage": ("point", voltages, attributes("voltage")),
            "branch_stable": ("point", stable, {"long_name": "whether the zero of the membrane current is stable"}),
            "trajectory_time": (dims, times, attributes("time")),
            "trajectory_voltage": (dims, voltage, attributes("voltage")),
            "trajectory_potassium": (dims, potassium, attributes("potassium_outside")),
        },
        {"start": ("start", [each.label for each in done.portrait.trajectories])},
    )
    return fields.labelled(dataset, done.answer)

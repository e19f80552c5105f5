"""What ``leao receptor`` answers: numbers with their 90 % bands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from leao.receptor import equilibrium_block, kinetic, protocols, uncertainty
from leao.receptor.kinetic import ReceptorRequest
from leao.receptor.protocols import RecordingConditions

POINTS = 25  # of a dose-response curve
DECADES = 2  # either side of the IC50
SAMPLE = 1e-4  # s
SHOWN = 400  # samples of a current handed over
DRAWS = 200  # of everything that is not known
PERCENT = 100.0
AROUND = 10.0  # mV, either side of the voltage asked for
LEAST = 1e-9  # block below which a ratio of two blocks is rounding


def curve(choice: ReceptorRequest, bath: RecordingConditions, seed: int) -> dict[str, Any]:
    """Return the answer of ``leao receptor curve``: central numbers, each with its band over what is not known."""
    loaded, n = kinetic.load(*choice), protocols.numbers()
    surround = kinetic.Surround(n.ic50_glutamate, bath.voltage, bath.magnesium)
    half = kinetic.ic50(loaded, surround)
    levels = [half * 10.0 ** (DECADES * (2.0 * i / (POINTS - 1) - 1.0)) for i in range(POINTS)]
    on, off = kinetic.rates(loaded, surround, half)
    blocked = surround._replace(concentration=n.release_concentration)
    many = uncertainty.curve(uncertainty.receptors(choice, DRAWS, seed), surround, levels, n)
    return {
        "compound": named(choice.compound),
        "subtype": choice.subtype,
        "magnesium_mM": bath.magnesium,
        "voltage_mV": bath.voltage,
        "ic50_uM": half,
        "hill": kinetic.hill(loaded, surround, half),
        "concentration_uM": levels,
        "current_relative": kinetic.relative_current(loaded, surround, levels).tolist(),
        "on_rate_per_uM_s": on,
        "off_rate_per_s": off,
        "escape_fraction": kinetic.escape_fraction(loaded, blocked, n.release_time),
        "on_time_s": 1.0 / (on * half + off),
        "off_time_s": 1.0 / off,
        **_voltage(loaded, surround),
        "preset": choice.preset,
        "scheme": choice.scheme or choice.subtype,
        "release_concentration_uM": n.release_concentration,
        "ic50_uM_interval": uncertainty.band(many.ic50),
        "hill_interval": uncertainty.band(many.hill),
        "on_rate_per_uM_s_interval": uncertainty.band(many.on_rate),
        "off_rate_per_s_interval": uncertainty.band(many.off_rate),
        "escape_fraction_interval": uncertainty.band(many.escape),
        "current_relative_interval": uncertainty.band(many.current),
    } | drawn(choice, seed)


def _voltage(loaded: kinetic.Receptor, surround: kinetic.Surround) -> dict[str, float | None]:
    """Return how the IC50 depends on voltage around the one asked for; None where it does not."""
    at = (surround._replace(voltage=np.asarray(surround.voltage) + side * AROUND) for side in (-1.0, 1.0))
    low, high = (kinetic.ic50(loaded, item) for item in at)
    slope = float(np.log(high / low)) / (2.0 * AROUND)
    thermal = float(equilibrium_block.thermal_voltage(loaded.magnesium))
    return {"electrical_distance": slope * thermal, "e_fold_mV": 1.0 / slope if abs(slope) > LEAST else None}


def pulse(
    choice: ReceptorRequest, protocol: str, bath: RecordingConditions, switches: tuple[str, ...], seed: int
) -> dict[str, Any]:
    """Return the answer of ``leao receptor pulse`` without the current itself."""
    known = protocols.HYPOTHESES.items()
    shares = {p: protocols.asked(choice, p, bath, switches) for p in protocols.PROTOCOLS}
    return {
        "protocol": protocol,
        "compound": named(choice.compound),
        "subtype": choice.subtype,
        "concentration_uM": bath.concentration,
        "magnesium_mM": bath.magnesium,
        "charge_blocked_percent": PERCENT * shares[protocol],
        "voltage_mV": None if protocol == "csd" else bath.voltage,
        "preset": choice.preset,
        "scheme": choice.scheme or choice.subtype,
        "hypotheses": [{"name": name, "on": name in switches, **said._asdict()} for name, said in known],
        "consequences_percent": protocols.consequences(choice.compound, bath),
        **_bands(choice, protocol, bath, switches, seed),
        "tonic_over_synaptic": shares["tonic"] / shares["synaptic"] if shares["synaptic"] > LEAST else None,
    } | drawn(choice, seed)


def _bands(
    choice: ReceptorRequest, protocol: str, bath: RecordingConditions, switches: tuple[str, ...], seed: int
) -> dict[str, Any]:
    def load(asked: ReceptorRequest) -> list[kinetic.Receptor]:
        return uncertainty.receptors(asked, DRAWS, seed)

    wanted = {protocol, "tonic", "synaptic"}
    many = {p: protocols.asked_many(load, choice, p, bath, switches) for p in sorted(wanted)}
    has_ratio = bool(many["synaptic"].min() > LEAST)
    return {
        "charge_blocked_percent_interval": uncertainty.band(PERCENT * many[protocol]),
        "tonic_over_synaptic_interval": uncertainty.band(many["tonic"] / many["synaptic"]) if has_ratio else None,
    }


def current(choice: ReceptorRequest, protocol: str, bath: RecordingConditions, *, wanted: bool) -> dict[str, Any]:
    """Return the current at some 400 times, relative to the largest without drug; None where it is not wanted."""
    if not wanted:
        return dict.fromkeys(("time_s", "current_control", "current_drug"))
    trace = protocols.trace(kinetic.load(*choice), protocol, bath, protocols.numbers(), SAMPLE)
    shown = protocols.shown(trace, protocol, SHOWN)
    pairs = zip(("time_s", "current_control", "current_drug"), trace, strict=True)
    return {name: values[shown].tolist() for name, values in pairs}


def drawn(choice: ReceptorRequest, seed: int) -> dict[str, Any]:
    """Return what stands behind the bands: how many draws, their seed, and the numbers drawn."""
    return {"draws": DRAWS, "seed": seed, "drawn": uncertainty.drawn(choice)}


def named(compound: str) -> str:
    """Return a compound's name; that of its file where it is the user's own."""
    return Path(compound).stem if compound.endswith(".toml") else compound

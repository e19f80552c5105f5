"""What an experimenter does to the receptor, and the charge that a blocker takes away in each protocol.

Reads: ledger ``protocols``; a ``kinetic.Receptor``.
Gives: current over time and the charge blocked, drug against no drug under the same protocol:
    synaptic  one brief pulse of a slow series repeated until it no longer changes
    tonic     steady saturating glutamate at equilibrium
    train     a burst that starts from rest, drug at equilibrium there
    csd       glutamate and voltage rise as in a wave of spreading depression and stay up; starts from rest
Equation: charge = integral of P(O_N) m(V) (V - E) dt, exact; a ramp is cut into short constant pieces.
Hypotheses beyond plain block are named switches, off unless asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.receptor import hypotheses, kinetic, library
from leao.receptor.hypotheses import CALCIUM_PRESET, HYPOTHESES
from leao.receptor.kernels import gating as kernel
from leao.receptor.kinetic import Receptor, Surround

Array = NDArray[np.float64]
PROTOCOLS = ("synaptic", "tonic", "train", "csd")
_ROUND = 1e-12  # relative; a sample on a change of conditions belongs to the later piece
RAMP_PIECES = 50  # of the wave's rise; doubling them moves the charge blocked by less than 0.001 points


class Numbers(NamedTuple):
    """Numbers of the protocols."""

    ic50_glutamate: Annotated[float, "uM"]
    rest_glutamate: Annotated[float, "uM"]
    rest_voltage: Annotated[float, "mV"]
    reversal: Annotated[float, "mV"]
    lowest_voltage: Annotated[float, "mV"]
    highest_voltage: Annotated[float, "mV"]
    highest_concentration: Annotated[float, "uM"]
    highest_magnesium: Annotated[float, "mM"]
    pulse_glutamate: Annotated[float, "uM"]
    pulse_duration: Annotated[float, "s"]
    synaptic_rate: Annotated[float, "1/s"]
    tonic_glutamate: Annotated[float, "uM"]
    tonic_duration: Annotated[float, "s"]
    tonic_calcium: Annotated[float, "dimensionless"]
    train_rate: Annotated[float, "1/s"]
    train_pulses: Annotated[float, "dimensionless"]
    csd_glutamate: Annotated[float, "uM"]
    csd_voltage: Annotated[float, "mV"]
    csd_rise: Annotated[float, "s"]
    csd_hold: Annotated[float, "s"]
    release_concentration: Annotated[float, "uM"]
    release_time: Annotated[float, "s"]


class RecordingConditions(NamedTuple):
    """What the experimenter sets: free drug uM, Mg2+ mM, holding voltage mV (the wave brings its own)."""

    concentration: float
    magnesium: float
    voltage: float


class ProtocolSegments(NamedTuple):
    """A protocol cut where conditions change: durations (piece,) s, surrounds (piece,), occupancies at the start."""

    durations: Array
    surround: Surround
    start: Array


class Trace(NamedTuple):
    """Current over time: s; relative to the largest current without drug."""

    time: Array
    control: Array
    drug: Array


def numbers() -> Numbers:
    """Return the protocols' numbers from their ledger."""
    return ledger.params(ledger.read("protocols"), Numbers)


def pieces(receptor: Receptor, protocol: str, bath: RecordingConditions, n: Numbers) -> ProtocolSegments:
    """Return ``protocol`` as pieces of constant conditions, with the occupancies it starts from."""
    if protocol == "csd":
        return _wave(receptor, bath, n)
    if protocol == "tonic":
        durations = np.array([n.tonic_duration])
        surround = Surround(n.tonic_glutamate, bath.voltage, bath.magnesium, bath.concentration, n.tonic_calcium)
        return ProtocolSegments(durations, surround, kinetic.equilibrium(receptor, surround))
    repeats = 1 if protocol == "synaptic" else int(n.train_pulses)
    rate = n.synaptic_rate if protocol == "synaptic" else n.train_rate
    durations = np.tile([n.pulse_duration, 1.0 / rate - n.pulse_duration], repeats)
    glutamate = np.tile([n.pulse_glutamate, 0.0], repeats)  # the cleft is empty between releases
    surround = Surround(glutamate, bath.voltage, bath.magnesium, bath.concentration)
    rows = kinetic.conditions(receptor, surround)
    if protocol == "synaptic":
        start = kernel.cycle_equilibrium(receptor.gates, receptor.coupling, durations, rows)
    else:
        start = kinetic.equilibrium(receptor, surround._replace(glutamate=n.rest_glutamate))
    return ProtocolSegments(durations, surround, start)


def charge(receptor: Receptor, protocol: str, bath: RecordingConditions, n: Numbers) -> float:
    """Return the charge that flows in ``protocol``, in mV s of one always-open channel."""
    cut = pieces(receptor, protocol, bath, n)
    rows = kinetic.conditions(receptor, cut.surround)
    time, _ = kernel.open_time(cut.start, receptor.gates, receptor.coupling, cut.durations, rows)
    return float(np.sum(time * _drive(receptor, cut.surround, n)))


def charge_blocked(receptor: Receptor, protocol: str, bath: RecordingConditions, n: Numbers) -> float:
    """Return the share of the charge that the drug takes away."""
    return 1.0 - charge(receptor, protocol, bath, n) / charge(receptor, protocol, bath._replace(concentration=0.0), n)


def trace(receptor: Receptor, protocol: str, bath: RecordingConditions, n: Numbers, step: float) -> Trace:
    """Return the current every ``step`` s with and without drug, relative to the largest without."""
    control = _current(receptor, pieces(receptor, protocol, bath._replace(concentration=0.0), n), n, step)
    drug = _current(receptor, pieces(receptor, protocol, bath, n), n, step)
    largest = np.abs(control).max()
    return Trace(step * np.arange(drug.size, dtype=np.float64), np.abs(control) / largest, np.abs(drug) / largest)


def sparing(receptor: Receptor, bath: RecordingConditions, n: Numbers) -> float:
    """Return the block of tonic over that of synaptic charge; 1 means that synaptic current is not spared."""
    return charge_blocked(receptor, "tonic", bath, n) / charge_blocked(receptor, "synaptic", bath, n)


def asked(
    choice: kinetic.ReceptorRequest, protocol: str, bath: RecordingConditions, switches: tuple[str, ...] = ()
) -> float:
    """Return the share of charge blocked with the named hypotheses switched on, from central numbers."""
    return float(asked_many(lambda known: [kinetic.load(*known)], choice, protocol, bath, switches)[0])


def asked_many(
    load: Callable[[kinetic.ReceptorRequest], list[Receptor]],
    choice: kinetic.ReceptorRequest,
    protocol: str,
    bath: RecordingConditions,
    switches: tuple[str, ...] = (),
) -> Array:
    """Return the share of charge blocked for every receptor that ``load`` gives, with hypotheses switched on.

    Args:
        load: gives the receptors of a choice, for example ``uncertain.receptors``.
        choice: compound, subtype, preset and scheme; the ``calcium`` switch replaces the preset of GluN2A.
        protocol: one of ``PROTOCOLS``.
        bath: free drug, Mg2+ and voltage.
        switches: keys of ``HYPOTHESES``; with ``chronic-receptors`` the charge is set against that before treatment,
            and a share below 0 says that more passes.
    """
    n, size = numbers(), hypotheses.central()
    if "brain-uptake" in switches:
        bath = bath._replace(concentration=bath.concentration * size.brain_uptake)
    if held := hypotheses.occupancy(size, switches):
        bath = bath._replace(concentration=bath.concentration * held)

    def blocked(known: kinetic.ReceptorRequest) -> Array:
        return np.array([charge_blocked(receptor, protocol, bath, n) for receptor in load(known)])

    more = size.chronic_receptors if "chronic-receptors" in switches else 1.0
    choice_here = choice._replace(preset=CALCIUM_PRESET) if "calcium" in switches and choice.subtype == "2A" else choice
    plain = blocked(choice_here)
    if "tonic-2C-2D" not in switches or protocol != "tonic":
        return plain if more == 1.0 else 1.0 - more * (1.0 - plain)
    others = np.mean([blocked(choice._replace(subtype=k)) for k in ("2C", "2D")], axis=0)
    mixed = (1.0 - size.tonic_share_2C_2D) * plain + size.tonic_share_2C_2D * others
    return mixed if more == 1.0 else 1.0 - more * (1.0 - mixed)


def consequences(compound: str, bath: RecordingConditions) -> dict[str, dict[str, float | None]]:
    """Return the percent of charge blocked in each protocol for GluN2A: plain block, then each hypothesis alone.

    A hypothesis that the compound has no ledger for reads None.
    """
    choice = kinetic.ReceptorRequest(compound, "2A")
    out: dict[str, dict[str, float | None]] = {}
    for name in ("plain", *HYPOTHESES):
        switches = () if name == "plain" else (name,)
        if name == "calcium" and CALCIUM_PRESET not in library.presets(compound):
            out[name] = dict.fromkeys(PROTOCOLS)
        else:
            out[name] = {p: 100.0 * asked(choice, p, bath, switches) for p in PROTOCOLS}
    return out


def _wave(receptor: Receptor, bath: RecordingConditions, n: Numbers) -> ProtocolSegments:
    along = (np.arange(RAMP_PIECES) + 0.5) / RAMP_PIECES
    along = np.append(along, 1.0)
    durations = np.append(np.full(RAMP_PIECES, n.csd_rise / RAMP_PIECES), n.csd_hold)
    glutamate = n.rest_glutamate + along * (n.csd_glutamate - n.rest_glutamate)
    voltage = n.rest_voltage + along * (n.csd_voltage - n.rest_voltage)
    surround = Surround(glutamate, voltage, bath.magnesium, bath.concentration, along)
    rest = Surround(n.rest_glutamate, n.rest_voltage, bath.magnesium, bath.concentration)
    return ProtocolSegments(durations, surround, kinetic.equilibrium(receptor, rest))


def _drive(receptor: Receptor, surround: Surround, n: Numbers) -> Array:
    return kinetic.passing(receptor, surround) * np.abs(np.asarray(surround.voltage) - n.reversal)


def _current(receptor: Receptor, cut: ProtocolSegments, n: Numbers, step: float) -> Array:
    rows = kinetic.conditions(receptor, cut.surround)
    share, _ = kernel.trace(cut.start, receptor.gates, receptor.coupling, cut.durations, rows, step)
    edges = np.cumsum(cut.durations)
    at = np.searchsorted(edges, step * np.arange(share.size) * (1.0 + _ROUND), side="right")
    drive = np.broadcast_to(_drive(receptor, cut.surround, n), cut.durations.shape)
    return share * drive[np.minimum(at, cut.durations.size - 1)]


def shown(current: Trace, protocol: str, most: int) -> NDArray[np.int64]:
    """Return at most ``most`` sample numbers that keep the shape of a current for the eye.

    After one pulse denser at its start; else the largest current of each of equal stretches.
    """
    size = current.time.size
    if size <= most:
        return np.arange(size)
    if protocol == "synaptic":
        return np.unique((np.geomspace(1, size, most) - 1.0).round().astype(np.int64))
    edges = np.linspace(0, size, most + 1).astype(np.int64)
    return np.array([a + int(np.argmax(current.control[a:b])) for a, b in zip(edges, edges[1:], strict=False)])

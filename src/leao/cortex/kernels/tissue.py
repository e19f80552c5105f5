"""What the cortex kernel is handed besides arrays: constants of a node, a stimulus, a plan."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Tissue(NamedTuple):
    """The constants of one node in the kernel's units (rates per volume of tissue)."""

    index_per_volt: float  # table rows per RT/F
    index_of_zero: float  # table row of 0 mV
    capacitance: float  # mmol/cm3 per RT/F
    nap: float  # 1/s
    nmda_sodium: float  # 1/s
    nmda_potassium: float  # 1/s
    leak_sodium: float  # mmol/cm3/s, as the next three
    leak_potassium: float
    leak_chloride: float
    pump_neuron: float
    pump_glia: float  # mmol/cm3/s
    pump_potassium: float  # mmol/cm3, as the next two
    pump_sodium_neuron: float
    pump_sodium_glia: float
    glia_sodium: float  # mmol/cm3/s, as the next three
    glia_chloride: float
    kir: float
    cotransport: float
    kir_potassium: float  # mmol/cm3
    vascular: float  # 1/s
    vascular_potassium: float  # mmol/cm3
    bath_potassium: float  # mmol/cm3
    bath_sodium: float
    release: float  # mmol/cm3/s
    release_half: float  # mmol/cm3
    deplete: float  # 1/s, as the next four
    refill: float
    uptake_neuron: float
    uptake_glia: float
    shuttle: float
    ratio_glia: float
    ratio_outside: float
    water: float  # cm3/mmol/s
    stiffness: float  # mmol/cm3
    floor: float
    ecs_rest: float
    immobile_neuron: float  # mmol/cm3, as the next two
    immobile_glia: float
    immobile_outside: float
    diffusion_sodium: float  # cm2/s, over tortuosity squared, as the next three
    diffusion_potassium: float
    diffusion_chloride: float
    diffusion_glutamate: float
    glia_share: float  # share of that in the glial syncytium, times its volume


class Drive(NamedTuple):
    """What disturbs the line, and how excitable its places are."""

    events: NDArray[np.float64]  # (event, 4): kind, start s, duration s, amplitude
    zone: NDArray[np.float64]  # (node,) share of each node under the stimulus
    excitability: NDArray[np.float64]  # (node,) factor on glutamate release


class March(NamedTuple):
    """How to march: steps, their length, and where to stop early."""

    dt: float  # s
    dx: float  # cm
    steps: int
    record_every: int
    snap_every: int
    probe: int  # node; negative: never stop early
    probe_voltage: float  # RT/F


class Snap(NamedTuple):
    """Room for whole states now and then."""

    state: NDArray[np.float64]  # (time, node, column)
    gate: NDArray[np.float64]  # (time, subtype, 8, node)

"""What the cortex kernel is handed besides arrays: constants of a node, a stimulus, a plan."""

from typing import NamedTuple


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
    glutamate_half: float  # mmol/cm3
    glutamate_hill: float
    desensitise: float  # 1/s, as the next three
    resensitise: float
    desensitise_deep: float
    resensitise_deep: float
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
    """A stimulus: KCl poured in at a steady rate, and a sin^2 pulse of conductance."""

    kcl_rate: float  # mmol/cm3/s
    kcl_duration: float  # s
    pulse_peak: float  # mmol/cm3/s
    pulse_duration: float  # s


class March(NamedTuple):
    """How to march: steps, their length, and where to stop early."""

    dt: float  # s
    dx: float  # cm
    steps: int
    record_every: int
    probe: int  # node; negative: never stop early
    probe_voltage: float  # RT/F

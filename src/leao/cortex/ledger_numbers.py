"""The numbers of the cortex in the kernel's units, one class per ledger."""

from typing import Annotated, NamedTuple


class TissueNumbers(NamedTuple):
    """One preset of the tissue; ledgers ``cortex/tuttle2019`` and ``cortex/leao``."""

    temperature: Annotated[float, "K"]
    capacitance: Annotated[float, "mF/cm^2"]
    cell_volume: Annotated[float, "cm^3"]
    cell_area: Annotated[float, "cm^2"]
    outside_per_cell: Annotated[float, "dimensionless"]
    neuron_fraction: Annotated[float, "dimensionless"]
    glia_fraction: Annotated[float, "dimensionless"]
    diffusivity_sodium: Annotated[float, "cm^2/s"]
    diffusivity_potassium: Annotated[float, "cm^2/s"]
    diffusivity_chloride: Annotated[float, "cm^2/s"]
    diffusivity_glutamate: Annotated[float, "cm^2/s"]
    tortuosity: Annotated[float, "dimensionless"]
    glial_coupling: Annotated[float, "dimensionless"]
    sodium_neuron: Annotated[float, "mmol/cm^3"]
    sodium_glia: Annotated[float, "mmol/cm^3"]
    sodium_outside: Annotated[float, "mmol/cm^3"]
    potassium_neuron: Annotated[float, "mmol/cm^3"]
    potassium_glia: Annotated[float, "mmol/cm^3"]
    potassium_outside: Annotated[float, "mmol/cm^3"]
    chloride_outside: Annotated[float, "mmol/cm^3"]
    glutamate_neuron: Annotated[float, "mmol/cm^3"]
    immobile_outside: Annotated[float, "mmol/cm^3"]
    voltage_neuron: Annotated[float, "mV"]
    voltage_glia: Annotated[float, "mV"]
    nap: Annotated[float, "cm/s"]
    kdr: Annotated[float, "cm/s"]
    ka: Annotated[float, "cm/s"]
    nmda: Annotated[float, "cm/s"]
    nmda_sodium_share: Annotated[float, "dimensionless"]
    leak_potassium: Annotated[float, "mS/cm^2"]
    leak_chloride: Annotated[float, "mS/cm^2"]
    pump_potassium: Annotated[float, "mmol/cm^3"]
    pump_sodium_neuron: Annotated[float, "mmol/cm^3"]
    pump_sodium_glia: Annotated[float, "mmol/cm^3"]
    glia_chloride: Annotated[float, "mS/cm^2"]
    kir: Annotated[float, "mS/cm^2"]
    magnesium: Annotated[float, "mmol/cm^3"]
    receptor_kinetics: Annotated[float, "dimensionless"]
    gating_speed: Annotated[float, "dimensionless"]
    share_2C_2D: Annotated[float, "dimensionless"]
    glutamate_half: Annotated[float, "mmol/cm^3"]
    glutamate_hill: Annotated[float, "dimensionless"]
    desensitise: Annotated[float, "1/s"]
    resensitise: Annotated[float, "1/s"]
    desensitise_deep: Annotated[float, "1/s"]
    resensitise_deep: Annotated[float, "1/s"]
    release: Annotated[float, "mmol/cm^3/s"]
    release_half: Annotated[float, "mmol/cm^3"]
    release_gaussian: Annotated[float, "dimensionless"]
    release_gaussian_centre: Annotated[float, "mV"]
    release_gaussian_width: Annotated[float, "1/mV^2"]
    release_sigmoid_half: Annotated[float, "mV"]
    release_sigmoid_slope: Annotated[float, "mV"]
    pool_depletion: Annotated[float, "1/s"]
    pool_refill_time: Annotated[float, "s"]
    uptake_time: Annotated[float, "s"]
    uptake_neuron_share: Annotated[float, "dimensionless"]
    shuttle_time: Annotated[float, "s"]
    glutamate_ratio_glia: Annotated[float, "dimensionless"]
    glutamate_ratio_outside: Annotated[float, "dimensionless"]
    water_permeability: Annotated[float, "cm^4/mmol/s"]
    stiffness: Annotated[float, "mmol/cm^3"]
    ecs_floor: Annotated[float, "dimensionless"]
    vascular_exchange: Annotated[float, "1/s"]  # a sink of K+, part of the first model's switch; the second has none


class Gates(NamedTuple):
    """Voltage-dependent rates of channels; ledger ``cortex/gates``."""

    nap_m_slope: Annotated[float, "1/mV"]
    nap_m_offset: Annotated[float, "dimensionless"]
    nap_h_open_rate: Annotated[float, "1/s"]
    nap_h_open_slope: Annotated[float, "1/mV"]
    nap_h_open_offset: Annotated[float, "dimensionless"]
    nap_h_close_rate: Annotated[float, "1/s"]
    nap_h_close_slope: Annotated[float, "1/mV"]
    nap_h_close_offset: Annotated[float, "dimensionless"]
    kdr_open_rate: Annotated[float, "1/s/mV"]
    kdr_open_voltage: Annotated[float, "mV"]
    kdr_open_slope: Annotated[float, "1/mV"]
    kdr_close_rate: Annotated[float, "1/s"]
    kdr_close_slope: Annotated[float, "1/mV"]
    kdr_close_offset: Annotated[float, "dimensionless"]
    ka_open_rate: Annotated[float, "1/s/mV"]
    ka_open_voltage: Annotated[float, "mV"]
    ka_open_slope: Annotated[float, "1/mV"]
    ka_close_rate: Annotated[float, "1/s/mV"]
    ka_close_voltage: Annotated[float, "mV"]
    ka_close_slope: Annotated[float, "1/mV"]
    ka_h_open_rate: Annotated[float, "1/s"]
    ka_h_open_slope: Annotated[float, "1/mV"]
    ka_h_open_offset: Annotated[float, "dimensionless"]
    ka_h_close_rate: Annotated[float, "1/s"]
    ka_h_close_slope: Annotated[float, "1/mV"]
    ka_h_close_offset: Annotated[float, "dimensionless"]
    kir_potassium: Annotated[float, "mmol/cm^3"]
    kir_drive_offset: Annotated[float, "mV"]
    kir_drive_slope: Annotated[float, "mV"]
    kir_voltage_offset: Annotated[float, "mV"]
    kir_voltage_slope: Annotated[float, "mV"]
    kir_rest: Annotated[float, "mV"]


class Bath(NamedTuple):
    """High K+ at the left end, exchanged for Na+; ledger ``cortex/bath``."""

    potassium: Annotated[float, "mmol/cm^3"]
    sodium_half: Annotated[float, "mmol/cm^3"]
    rate: Annotated[float, "1/s"]
    zone: Annotated[float, "mm"]


class Stimuli(NamedTuple):
    """How a wave is started and what counts as one; ledger ``cortex/stimuli``."""

    kcl_strength: Annotated[float, "mM"]
    kcl_duration: Annotated[float, "s"]
    kcl_limit: Annotated[float, "mM"]
    pulse_strength: Annotated[float, "mS/cm^2"]
    pulse_duration: Annotated[float, "s"]
    pulse_limit: Annotated[float, "mS/cm^2"]
    glutamate_strength: Annotated[float, "uM"]
    glutamate_duration: Annotated[float, "s"]
    glutamate_limit: Annotated[float, "uM"]
    charge_strength: Annotated[float, "uC/cm^2"]
    charge_duration: Annotated[float, "s"]
    charge_limit: Annotated[float, "uC/cm^2"]
    strong_zone: Annotated[float, "mm"]
    threshold_zone: Annotated[float, "mm"]
    ignition_voltage: Annotated[float, "mV"]
    ignition_distance: Annotated[float, "mm"]
    ignition_time: Annotated[float, "s"]
    accepted_speed_low: Annotated[float, "mm/min"]
    accepted_speed_high: Annotated[float, "mm/min"]
    recovered_voltage: Annotated[float, "mV"]


class Controls(NamedTuple):
    """What the positive controls need; ledger ``cortex/controls``."""

    half_block: Annotated[float, "dimensionless"]
    third_block: Annotated[float, "dimensionless"]
    mk801_free: Annotated[float, "uM"]
    rat_free_memantine: Annotated[float, "uM"]
    events_vehicle: Annotated[float, "dimensionless"]
    events_memantine: Annotated[float, "dimensionless"]


class Homeostasis(NamedTuple):
    """What the second model adds: transport of glutamate, the pumps' reserve, water of glia, conditions.

    A preset whose ledger holds these is of the second model; ledger ``cortex/eaat``.
    """

    uptake_saturable: Annotated[float, "dimensionless"]
    transport_capacity: Annotated[float, "mmol/cm^3/s"]
    transport_neuron_share: Annotated[float, "dimensionless"]
    transport_half: Annotated[float, "mmol/cm^3"]
    transport_sensitivity: Annotated[float, "dimensionless"]
    transport_proton_ratio: Annotated[float, "dimensionless"]
    glutamate_rest: Annotated[float, "mmol/cm^3"]
    pump_ceiling: Annotated[float, "dimensionless"]
    energy_store: Annotated[float, "s"]
    energy_half: Annotated[float, "dimensionless"]
    water_permeability_glia: Annotated[float, "cm^4/mmol/s"]
    oxygen: Annotated[float, "dimensionless"]
    pump_left_neuron: Annotated[float, "dimensionless"]
    pump_left_glia: Annotated[float, "dimensionless"]

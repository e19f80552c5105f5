"""What the second model adds to the constants of a node: glutamate transport, the pumps' reserve, water of glia."""

from typing import NamedTuple


class Homeostat(NamedTuple):
    """Constants of the second model in the kernel's units (rates per volume of tissue)."""

    saturable: float  # 1: electrogenic, saturable, reversible transport; 0: first order, no charge
    capacity_neuron: float  # mmol/cm3/s at rest voltage, as the next
    capacity_glia: float
    half: float  # mmol/cm3
    sensitivity: float  # e-folds of the capacity per RT/F
    proton_ratio: float  # [H]i / [H]e
    voltage_neuron: float  # RT/F at rest, as the next
    voltage_glia: float
    tonic: float  # mmol/cm3/s, constant leak of glutamate from neurone to outside
    reserve: float  # 1: pumps run on a reserve; 0: never short
    oxygen: float  # supply over that of rest
    depth: float  # c = 1 / (ceiling - 1)
    store: float  # s of resting turnover
    energy_half: float
    turnover: float  # mmol/cm3/s, sum of both pumps at rest
    left_neuron: float  # share of the pumps that works, as the next
    left_glia: float
    water_glia: float  # cm3/mmol/s

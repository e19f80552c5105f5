"""The receptors of a piece of cortex: the subtypes' kinetic schemes, a drug at a free level, Mg2+, antagonists.

A preset says whether its receptors bind with their own kinetics (four subtypes in the receptor ledger's shares) or
open instantly with glutamate (the published wave model). Rates measured at room temperature are multiplied by the
preset's ``gating_speed``. Subtypes' shares are of the current at the receptor ledger's reference voltage with all
receptors liganded, none desensitised and no drug:
    W_s = share_s m_2A(V_ref) / m_s(V_ref),   current = P_NMDA sum_s W_s L_s m_s(V) bare_s(V).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.cortex import voltage_tables
from leao.cortex.kernels import nmda
from leao.cortex.ledger_numbers import TissueNumbers
from leao.cortex.receptors import Receptors
from leao.receptor import equilibrium_block, kinetic

Array = NDArray[np.float64]

_UM_PER_MMOL_CM3 = 1e6
_MM = 1e3  # mM per mmol/cm3
NO_DRUG = "memantine"  # any compound: at zero concentration only the gates count


class Drug(NamedTuple):
    """A pore blocker at a free level, uM; ``preset`` names a hypothesis of its kinetics."""

    compound: str
    concentration: float
    preset: str = kinetic.PRESET


@cache
def mixture() -> equilibrium_block.ReceptorNumbers:
    """Return the receptor ledger: Mg2+, its affinity, the subtypes' shares."""
    return ledger.params(ledger.read("receptor"), equilibrium_block.ReceptorNumbers)


def build(params: TissueNumbers, drug: Drug | None = None) -> Receptors:
    """Return the receptors of a tissue under ``drug``.

    Args:
        params: the tissue; its Mg2+ and its share of GluN2C and 2D count, not the receptor ledger's.
        drug: None for none.

    Raises:
        ScenarioError: a negative concentration, or a drug whose kinetics the eight slow states cannot carry.
    """
    drug = drug or Drug(NO_DRUG, 0.0)
    if not (np.isfinite(drug.concentration) and drug.concentration >= 0.0):
        raise ScenarioError(f"concentration: found {drug.concentration:g} uM, wanted 0 or more; give a free level")
    instant = params.receptor_kinetics == 0.0
    shares = {"2A": 1.0} if instant else _shares(params)
    rows = [_subtype(params, drug, name, share) for name, share in shares.items()]
    constants, open_share, leave = (np.ascontiguousarray(np.stack(part)) for part in zip(*rows, strict=True))
    if instant:
        constants = _instant(params, constants)
    return Receptors(tuple(shares), constants, open_share, leave)


def _subtype(params: TissueNumbers, drug: Drug, name: str, share: float) -> tuple[Array, Array, Array]:
    receptor = kinetic.load(drug.compound, name, drug.preset)
    _reducible(drug, receptor)
    q = params.gating_speed
    bind, unbind, opening, closing, enter, recover = receptor.gates
    ratio = opening / closing
    p_open, p_trapped = ratio / (1.0 + ratio), ratio / (receptor.coupling[0] + ratio)
    surround = kinetic.Surround(0.0, voltage_tables.VOLTAGES, params.magnesium * _MM, drug.concentration)
    at = kinetic.conditions(receptor, surround)
    passing = kinetic.passing(receptor, surround)
    row = np.zeros(nmda.N_CONSTANT)
    row[nmda.WEIGHT] = share * _at_reference(params, "2A") / _at_reference(params, name)
    row[nmda.BIND] = q * bind * _UM_PER_MMOL_CM3
    row[nmda.UNBIND] = q * unbind
    row[nmda.SHUT], row[nmda.SHUT_T] = 1.0 - p_open, 1.0 - p_trapped
    row[nmda.ENTER] = q * enter * (1.0 - p_open)
    row[nmda.ENTER_T] = q * enter * (1.0 - p_trapped) * receptor.coupling[2]
    row[nmda.RECOVER], row[nmda.RECOVER_T] = q * recover, q * recover * receptor.coupling[3]
    row[nmda.DEEPEN], row[nmda.LIFT] = params.desensitise_deep, params.resensitise_deep
    row[nmda.ON] = q * receptor.deep[0] * drug.concentration * p_open
    bare = 1.0 / (1.0 + at[:, 3] / at[:, 4]) if receptor.superficial[1] > 0.0 else np.ones_like(passing)
    return row, passing * bare, q * at[:, 2] * p_trapped


def _shares(params: TissueNumbers) -> dict[str, float]:
    """Return the shares of the current of those subtypes that are there."""
    numbers = mixture()._replace(share_2C_2D=params.share_2C_2D)
    return {name: float(share) for name, share in equilibrium_block.shares(numbers).items() if share > 0.0}


def _at_reference(params: TissueNumbers, name: str) -> float:
    """Return the share free of Mg2+ at the voltage where the subtypes' shares are stated."""
    numbers = mixture()._replace(magnesium=params.magnesium * _MM)
    return 1.0 / float(equilibrium_block.magnesium_factor(numbers, name, numbers.reference_voltage))


def _reducible(drug: Drug, receptor: kinetic.Receptor) -> None:
    """A drug that changes how glutamate leaves cannot be reduced to eight states."""
    if drug.concentration > 0.0 and receptor.coupling[1] != 1.0:
        raise ScenarioError(
            f"{drug.compound}, preset {drug.preset}: holds glutamate on the receptor, which the tissue's eight receptor"
            " states cannot carry; choose another preset"
        )


def _instant(params: TissueNumbers, constants: Array) -> Array:
    """Return constants of receptors that glutamate opens at once: the published desensitisation."""
    out = constants.copy()
    out[:, nmda.INSTANT] = 1.0
    out[:, nmda.HALF], out[:, nmda.HILL] = params.glutamate_half, params.glutamate_hill
    out[:, nmda.SHUT] = out[:, nmda.SHUT_T] = 0.0
    out[:, nmda.ENTER] = out[:, nmda.ENTER_T] = params.desensitise
    out[:, nmda.RECOVER] = out[:, nmda.RECOVER_T] = params.resensitise
    return out

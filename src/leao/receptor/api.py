"""The calls of ``leao.receptor``: a dose-response curve, and the charge blocked in a protocol.

Arguments bear the names of the command line's options; the summary is what the command prints with ``--json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leao.core.random import checked_seed
from leao.core.result import Result
from leao.receptor import curves, kinetic, library, protocols, request
from leao.receptor.kinetic import ReceptorRequest

if TYPE_CHECKING:
    import polars as pl

    from leao.receptor.contract import Curve, Pulse


def curve(
    compound: str = "memantine",
    subtype: str = "2A",
    magnesium: str | None = None,
    voltage: str = "-66 mV",
    preset: str = "P0",
    scheme: str | None = None,
    seed: int = 1,
) -> Result[Curve]:
    """Dose-response curve, IC50, Hill slope, on and off rates and escape from the trap, with 90 % bands.

    Args:
        compound: memantine, ketamine, pcp, mk801, amantadine, magnesium, or a ledger of your own, a .toml file.
        subtype: 2A, 2B, 2C or 2D.
        magnesium: free Mg2+ with its unit; 1 mM, or 0 mM with compound magnesium.
        voltage: holding potential with its unit.
        preset: how the drug is coupled to the gate: P0 not at all, P1 to desensitisation, P2 by Ca2+.
        scheme: gates of another published scheme, for example lester1992.
        seed: of the draws behind the 90 % bands.

    Raises:
        LeaoError: something that cannot be asked.
    """
    compound = library.named(compound)
    bath = request.bath("0 uM", magnesium, voltage, compound)
    choice = ReceptorRequest(compound, subtype, preset, scheme)
    answer: Any = curves.curve(choice, bath, checked_seed(seed)) | {"out": None}
    return Result("curve", answer, lambda: _curve_rows(answer), (choice, bath))


def pulse(
    concentration: str,
    compound: str = "memantine",
    subtype: str = "2A",
    magnesium: str | None = None,
    voltage: str = "-66 mV",
    protocol: str = "synaptic",
    preset: str = "P0",
    scheme: str | None = None,
    hypothesis: Sequence[str] = (),
    seed: int = 1,
    trace: bool = False,
) -> Result[Pulse]:
    """Charge blocked in a protocol and current over time, and what each hypothesis beyond plain block would change.

    Args:
        concentration: free drug with its unit, for example ``"1 uM"``.
        compound: as in ``curve``.
        subtype: 2A, 2B, 2C or 2D.
        magnesium: free Mg2+ with its unit.
        voltage: holding potential with its unit; the csd protocol brings its own.
        protocol: synaptic, tonic, train or csd.
        preset: how the drug is coupled to the gate.
        scheme: gates of another published scheme.
        hypothesis: switched on: tonic-2C-2D, calcium, in-vivo-occupancy-free or -plasma, chronic-receptors,
            brain-uptake.
        seed: of the draws behind the 90 % bands.
        trace: whether to put the current into the summary, at some 400 times; ``data`` has it at every 0.1 ms.

    Raises:
        LeaoError: something that cannot be asked.
    """
    compound = library.named(compound)
    bath = request.bath(concentration, magnesium, voltage, compound)
    request.protocol(protocol, bath)
    switches = (hypothesis,) if isinstance(hypothesis, str) else tuple(hypothesis)
    for name in switches:
        request.one_of("hypothesis", name, tuple(protocols.HYPOTHESES))
    choice = ReceptorRequest(compound, subtype, preset, scheme)
    answer: Any = curves.pulse(choice, protocol, bath, switches, checked_seed(seed))
    answer |= curves.current(choice, protocol, bath, wanted=trace) | {"out": None}
    return Result("pulse", answer, lambda: _current_rows(choice, protocol, bath), (choice, bath))


def _curve_rows(answer: Any) -> pl.DataFrame:
    import polars as pl

    band = answer["current_relative_interval"]
    return pl.DataFrame(
        {
            "concentration_uM": answer["concentration_uM"],
            "current_relative": answer["current_relative"],
            "current_p05": band["p05"],
            "current_p95": band["p95"],
        }
    )


def _current_rows(choice: ReceptorRequest, protocol: str, bath: protocols.RecordingConditions) -> pl.DataFrame:
    import polars as pl

    trace = protocols.trace(kinetic.load(*choice), protocol, bath, protocols.numbers(), curves.SAMPLE)
    return pl.DataFrame({"time_s": trace.time, "current_control": trace.control, "current_drug": trace.drug})

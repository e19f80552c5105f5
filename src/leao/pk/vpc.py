"""Visual predictive check: measured levels on the band that the model predicts for these people and doses."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao import files
from leao.errors import ScenarioError
from leao.pk import model
from leao.pk.records import Records, params
from leao.spreads import quantile
from leao.streams import Streams

REPLICATES = 400
BINS = 8
BAND = (5.0, 50.0, 95.0)


def check(records: Records, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return per bin of time: mean ``time_h``, ``predicted`` and ``measured`` (bin, 3) percentiles 5, 50, 95, ng/mL.

    Args:
        records: checked records with levels.
        seed: seed of people and errors of measurement.

    Raises:
        ScenarioError: no level in the file.
    """
    measured = np.flatnonzero(~np.isnan(records.dv))
    if not measured.size:
        raise ScenarioError(f"{records.table.name}: no level; give DV in ng/mL with EVID 0 and MDV 0")
    time = records.time[measured]
    edges = np.unique(np.quantile(time, np.linspace(0, 1, BINS + 1)))
    bins = np.clip(np.searchsorted(edges, time, side="right") - 1, 0, max(edges.size - 2, 0))
    found = _replicates(records, measured, seed)
    present = np.unique(bins)
    return {
        "time_h": np.array([time[bins == b].mean() for b in present]),
        "predicted": np.array([np.percentile(found[:, bins == b], BAND) for b in present]),
        "measured": np.array([np.percentile(records.dv[measured][bins == b], BAND) for b in present]),
    }


def draw(records: Records, out: Path, seed: int) -> dict[str, Any]:
    """Write the picture (.svg or .png) and return the numbers in it.

    Raises:
        ScenarioError: another ending of ``out``, or no level.
    """
    if out.suffix not in (".svg", ".png"):
        raise ScenarioError(f"--out: found {str(out)!r}, wanted a name that ends in .svg or .png")
    bands = check(records, seed)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "leao"}):
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        axes = figure.add_subplot()
        time, predicted = bands["time_h"], bands["predicted"]
        axes.fill_between(time, predicted[:, 0], predicted[:, 2], alpha=0.25, label="predicted, 5 to 95 %")
        axes.plot(time, predicted[:, 1], label="predicted median")
        axes.plot(time, bands["measured"][:, 1], "k--", label="measured median")
        axes.plot(records.time, records.dv, "k.", markersize=4, label="measured")
        axes.set_xlabel("time, h")
        axes.set_ylabel("memantine in plasma, ng/mL")
        axes.legend(frameon=False)
        buffer = BytesIO()
        figure.savefig(buffer, format=out.suffix[1:], metadata={"Date": None} if out.suffix == ".svg" else None)
    files.write_bytes(out, buffer.getvalue())
    return {"out": str(out)} | {name: values.tolist() for name, values in bands.items()}


def _replicates(records: Records, measured: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return (replicate, level): people redrawn and levels measured with error."""
    sigma, streams = params().residual_error, Streams(seed, "pk check")
    spread = {"dist": "lognormal", "sd_log": sigma}
    found = np.empty((REPLICATES, measured.size))
    for k in range(REPLICATES):
        plasma = model.solve(records, model.persons(len(records.who), seed * REPLICATES + k)).plasma[measured]
        u = streams.uniforms("error", range(k, k + 1), range(measured.size), 1)[0, :, 0]
        found[k] = plasma * quantile(spread, 1.0, u)
    return found

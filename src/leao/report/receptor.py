"""What ``leao receptor --out`` writes: a picture or a table of the curve, of the current over time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from leao.core import files
from leao.receptor import curves, kinetic, protocols, uncertainty
from leao.receptor.kinetic import ReceptorRequest
from leao.receptor.protocols import RecordingConditions
from leao.report.figures import channel

PICTURED = 60  # draws behind the band of a pictured current


def write_curve(answer: Mapping[str, Any], out: Path) -> None:
    """Write the dose-response curve as picture or table."""
    if out.suffix == ".svg":
        files.write_text(out, channel.curve(answer))
        return
    band = answer["current_relative_interval"]
    columns = (answer["concentration_uM"], answer["current_relative"], band["p05"], band["p95"])
    _table(out, "concentration_uM,current_relative,current_p05,current_p95", columns, "{:.6g}")


def write_current(answer: Mapping[str, Any], choice: ReceptorRequest, bath: RecordingConditions, out: Path) -> None:
    """Write the current over time: the picture with its band, or the table of every 0.1 ms."""
    if out.suffix == ".csv":
        table = protocols.trace(kinetic.load(*choice), answer["protocol"], bath, protocols.numbers(), curves.SAMPLE)
        _table(out, "time_s,current_control,current_drug", table, "{:.6g}", "{:.4f}")
        return
    files.write_text(out, current_picture(answer, choice, bath))


def current_picture(answer: Mapping[str, Any], choice: ReceptorRequest, bath: RecordingConditions) -> str:
    """Return the current over time with its 90 % band as a whole SVG file."""
    protocol = answer["protocol"]
    trace = protocols.trace(kinetic.load(*choice), protocol, bath, protocols.numbers(), curves.SAMPLE)
    at = protocols.shown(trace, protocol, curves.SHOWN)
    receptors = uncertainty.receptors(choice, PICTURED, answer["seed"])
    low, high = np.percentile(uncertainty.traces(receptors, protocol, bath, at, curves.SAMPLE), (5.0, 95.0), axis=0)
    shown = {"time_s": trace.time[at], "control": trace.control[at], "drug": trace.drug[at], "low": low, "high": high}
    return channel.current(answer, shown)


def _table(out: Path, header: str, columns: Any, form: str, first: str | None = None) -> None:
    rows = zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    lines = (",".join([(first or form).format(row[0]), *(form.format(x) for x in row[1:])]) for row in rows)
    files.write_text(out, "\n".join([header, *lines]) + "\n")

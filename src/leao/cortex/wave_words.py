"""What each measure of a wave is, how it is read: the rules of ``wave_measures`` and ``sheet_measures``, in words."""

from __future__ import annotations

from typing import NamedTuple

from leao.cortex import wave_measures

LINE, SHEET, WEAKEST = "leao cortex wave", "leao cortex sheet", "leao cortex threshold"
_AT = f"at {wave_measures.WATCHED:g} of the line"


class Measure(NamedTuple):
    """A measure in words: its name, unit, how it is read, and the command that prints it."""

    label: str
    unit: str
    how: str
    command: str = LINE


MEASURES = {
    "propagated": Measure(
        "whether a wave propagated", "", f"a neurone is depolarised {_AT}, or, on a sheet, clear of the stimulus"
    ),
    "speed_mm_per_min": Measure(
        "speed of the wave",
        "mm/min",
        f"slope of place against arrival between {wave_measures.WATCHED:g} and {wave_measures.MEASURED_TO:g} of the "
        "line that the wave reached; over a sheet, of the outer half of its rings",
    ),
    "duration_s": Measure(
        "how long neurones stay depolarised", "s", f"first depolarisation {_AT}; over a sheet, its median"
    ),
    "k_peak_mM": Measure("highest K+ outside cells", "mM", f"{_AT}; over a sheet, anywhere clear of the stimulus"),
    "glutamate_peak_uM": Measure(
        "highest glutamate outside cells", "µM", f"{_AT}; over a sheet, anywhere clear of the stimulus"
    ),
    "dc_shift_mV": Measure("lowest DC potential", "mV", f"{_AT}, against the far end of the line"),
    "cpu_s": Measure("processor seconds of the solver", "s", "of this computation on this machine, compiling left out"),
    "threshold": Measure(
        "weakest stimulus that starts a wave",
        "",
        "bisection on the strength of the stimulus until the bracket is as narrow as the page says",
        WEAKEST,
    ),
    "threshold_relative": Measure(
        "threshold over that without drug", "", "the ratio that the map to attacks is made of", WEAKEST
    ),
    "invaded_mm2": Measure(
        "area that the wave invaded", "mm²", "nodes depolarised at any time, times their area", SHEET
    ),
    "invaded_percent": Measure("share of the sheet invaded", "%", "of the area of the whole sheet", SHEET),
    "reached_mm": Measure("farthest place reached", "mm", "from the middle of the stimulus, clear of it", SHEET),
}

"""The receptor's part of docs/validation/pharmacology.md: published figures of NMDA receptors and blockers."""

from __future__ import annotations

import math
import tomllib
from typing import Any, NamedTuple

import numpy as np

from leao.receptor import kinetic, protocols
from leao.receptor.kernels import gating as kernel
from leao.receptor.kinetic import Receptor, Surround
from validation import receptor_intervals
from validation.page import FOLDER, MISSED, NO_DATA, Row, cells, entries, rounded, table

QUANTILES = (0.05, 0.5, 0.95)
SLACK = 1e-2  # relative; a printed figure is rounded
WIDE = 10.0  # a band this many times its low end
STEP = 1e-4  # s
WINDOW = 20.0  # s, of a step of glutamate
OPEN = kernel.FREE + kernel.OPEN


class Figures:
    """The model's side of a row: each method is named in the row's ``model``, the row gives its conditions."""

    def __init__(self, row: dict[str, Any], receptor: Receptor | None = None) -> None:
        """Take a row and load its receptor, or take the one given."""
        usual = row.get("compound", "memantine"), row["subtype"], row.get("preset", "P0")
        self.receptor: Receptor = kinetic.load(*usual) if receptor is None else receptor
        self.numbers = protocols.numbers()
        self.voltage = row.get("voltage", self.numbers.rest_voltage)
        self.magnesium = row.get("magnesium", 0.0)
        self.concentration = row.get("concentration", 0.0)
        self.surround = Surround(self.numbers.ic50_glutamate, self.voltage, self.magnesium)

    def ic50(self) -> float:
        """Return uM."""
        return kinetic.ic50(self.receptor, self.surround)

    def hill(self) -> float:
        """Return the slope at the IC50."""
        return kinetic.hill(self.receptor, self.surround, self.ic50())

    def on_rate(self) -> float:
        """Return 1/(uM s)."""
        return kinetic.rates(self.receptor, self.surround, self.ic50())[0]

    def off_rate(self) -> float:
        """Return 1/s."""
        return kinetic.rates(self.receptor, self.surround, self.ic50())[1]

    def onset(self) -> float:
        """Return the mean time of block, s."""
        return kinetic.mean_time(self.receptor, self.surround, self._drug())

    def offset(self) -> float:
        """Return the mean time of recovery, s."""
        return kinetic.mean_time(self.receptor, self._drug(), self.surround)

    def electrical_distance(self) -> float:
        """Return what a Woodhull fit between -90 and -30 mV gives."""
        at = (self.surround._replace(voltage=v) for v in (-90.0, -30.0))
        return kinetic.electrical_distance(self.receptor, *at)

    def released(self) -> float:
        """Return the share of blocked receptors that lose the drug when glutamate and drug leave."""
        return kinetic.escape_fraction(self.receptor, self._drug(), self.numbers.release_time)

    def released_depolarised(self) -> float:
        """Return the same with the membrane at +40 mV from 0.3 s after."""
        return self._release([(0.3, self.voltage, 0.0), (self.numbers.release_time, 40.0, 0.0)])

    def released_drug_kept(self) -> float:
        """Return the same when the drug stays for a while after glutamate has left, and is then washed out."""
        kept = (self.numbers.release_time, self.voltage, self.concentration)
        return self._release([kept, (self.numbers.release_time, self.voltage, 0.0)])

    def blocked(self) -> float:
        """Return the steady block."""
        return 1.0 - float(kinetic.relative_current(self.receptor, self.surround, self.concentration)[0])

    def tonic(self) -> float:
        """Return the tonic charge blocked."""
        return self._charge("tonic")

    def synaptic(self) -> float:
        """Return the synaptic charge blocked."""
        return self._charge("synaptic")

    def sparing(self) -> float:
        """Return tonic over synaptic block."""
        return self.tonic() / self.synaptic()

    def magnesium_weakness(self) -> float:
        """Return how many times weaker Mg2+ binds than to GluN2A."""
        pair = (self.receptor, kinetic.load("memantine", "2A"))
        weakness, reference = (1.0 / kinetic.passing(r, self.surround._replace(magnesium=1.0)) - 1.0 for r in pair)
        return float(reference / weakness)

    def half_glutamate(self) -> float:
        """Return the glutamate (uM) that gives half the largest steady current."""
        most = self._steady(1e4)
        low, high = 1e-3, 1e3
        while high / low > 1.0 + 1e-9:
            middle = math.sqrt(low * high)
            low, high = (middle, high) if self._steady(middle) < 0.5 * most else (low, middle)
        return low

    def peak_open(self) -> float:
        """Return the largest open share after a step to saturating glutamate."""
        return float(self._step().max())

    def steady_over_peak(self) -> float:
        """Return what desensitisation leaves of the peak."""
        return self._steady(self.numbers.ic50_glutamate) / self.peak_open()

    def deactivation(self) -> float:
        """Return area over peak of the current after one brief pulse of glutamate, s."""
        rows = kinetic.conditions(self.receptor, self.surround._replace(glutamate=[self.numbers.pulse_glutamate, 0.0]))
        durations = np.array([self.numbers.pulse_duration, WINDOW])
        share, _ = kernel.trace(self._empty(), self.receptor.gates, self.receptor.coupling, durations, rows, STEP)
        peak = int(share.argmax())
        return float(share[peak:].sum() * STEP / share[peak])

    def value(self, name: str) -> float:
        """Return the figure called ``name``."""
        return float(getattr(self, name)())

    def _drug(self) -> Surround:
        return self.surround._replace(concentration=self.concentration)

    def _charge(self, protocol: str) -> float:
        bath = protocols.RecordingConditions(self.concentration, self.magnesium, self.voltage)
        return protocols.charge_blocked(self.receptor, protocol, bath, self.numbers)

    def _steady(self, glutamate: float) -> float:
        return float(kinetic.equilibrium(self.receptor, self.surround._replace(glutamate=glutamate))[OPEN])

    def _empty(self) -> np.ndarray:
        return kinetic.equilibrium(self.receptor, self.surround._replace(glutamate=0.0))

    def _step(self) -> np.ndarray:
        rows = kinetic.conditions(self.receptor, self.surround)
        model = self.receptor.gates, self.receptor.coupling
        return kernel.trace(self._empty(), *model, np.array([WINDOW]), rows, STEP)[0]

    def _release(self, steps: list[tuple[float, float, float]]) -> float:
        durations, voltage, drug = (np.array(column) for column in zip(*steps, strict=True))
        rows = kinetic.conditions(self.receptor, Surround(0.0, voltage, self.magnesium, drug))
        start = kinetic.equilibrium(self.receptor, self._drug())
        _, states = kernel.open_time(start, self.receptor.gates, self.receptor.coupling, durations, rows)
        held = states[:, kernel.SURFACE :].sum(axis=1)
        return float(1.0 - held[-1] / held[0])


def rows() -> list[dict[str, Any]]:
    """Return the published figures."""
    return entries("receptor")


class Band(NamedTuple):
    """What the model says of a figure: the ledgers' value, and 5, 50 and 95 % for a laboratory not seen."""

    value: float
    low: float
    median: float
    high: float

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether the middle of what was published lies in the band; of a bound, whether the band reaches it."""
        if math.isinf(row["high"]):
            return self.high >= row["low"]
        if row["low"] == 0.0:
            return self.low <= row["high"]
        middle = 0.5 * (row["low"] + row["high"])
        return self.low - SLACK * middle <= middle <= self.high + SLACK * middle

    @property
    def wide(self) -> bool:
        """Whether the band spans a factor of ten or more, so that hardly a figure could miss it."""
        return self.low <= 0.0 or self.high >= WIDE * self.low


def band(row: dict[str, Any]) -> Band:
    """Return what the model says of one row's figure."""
    drawn = [Figures(row, receptor).value(row["model"]) for receptor in receptor_intervals.receptors(row)]
    low, median, high = np.quantile(drawn, QUANTILES)
    return Band(Figures(row).value(row["model"]), float(low), float(median), float(high))


def line(row: dict[str, Any], said: Band) -> str:
    """Return one row of the page; a row without ``low`` has no published figure."""
    name = f"{row.get('compound', '')} GluN{row['subtype']}".strip()
    preset = row.get("preset", "P0")
    figure = Row.of(row)
    head = (name if preset == "P0" else f"{name}, {preset}", figure.what)
    unit = f" {figure.unit}".removesuffix(" 1")
    span = f"{rounded(said.median)} ({rounded(said.low)} to {rounded(said.high)})"
    if figure.low is None:
        return cells(*head, NO_DATA, f"{rounded(said.value)}{unit}", span, NO_DATA, "assumed", "", figure.note)
    inside = "inside, wide" if said.wide else "inside"
    verdict = inside if said.holds(row) else MISSED
    published = f"{figure.published}{unit}"
    return cells(*head, published, rounded(said.value), span, verdict, role(row), figure.source, figure.note)


def role(row: dict[str, Any]) -> str:
    """Return what the figure was to the model."""
    return "input" if row["input"] else "in the posterior" if row.get("posterior") else "held out"


def section() -> list[str]:
    """Return the lines of the section, without its title."""
    head = [
        "",
        "The kinetic model, preset P0 (plain trapping block) unless another is named: the ledgers' value, then median and",
        "90 % for a laboratory not seen, from the posterior over published numbers (`receptor_fit.toml`, rules in",
        "`verdict_rules.md`, section 7) and every other spread of the ledgers. A figure is `inside` if the middle of what",
        "was published lies in that band; `wide`: the band spans a factor of ten, so that hardly a figure could miss it.",
        "After the first score two things were mended: a range from 0 is a bound (two figures of full trapping), and a",
        "printed figure is rounded (1 %, one input whose band is a point); no number of the model was touched.",
        "`in the posterior`: the figure is one of those that the posterior is made of. `no data`: nothing was found, and",
        "the ledger says `assumed`.",
        "",
        *table(("receptor", "figure", "published", "ledger", "90 %", "", "role", "source", "note")),
    ]
    judged = [(row, band(row)) for row in rows()]
    return [*head, *(line(row, said) for row, said in judged), "", *_tally(judged), "", *_posterior()]


def _tally(judged: list[tuple[dict[str, Any], Band]]) -> list[str]:
    text = []
    for wanted in ("held out", "in the posterior", "input"):
        scored = [(row, said) for row, said in judged if "low" in row and role(row) == wanted]
        inside, wide = sum(said.holds(row) for row, said in scored), sum(said.wide for _, said in scored)
        text.append(f"{wanted.capitalize()}: {inside} of {len(scored)} inside, {wide} of the bands wide.")
    return [*text, f"No data: {sum('low' not in row for row, _ in judged)}."]


def _posterior() -> list[str]:
    """Return the posterior as committed, and its calibration."""
    fitted = tomllib.loads((FOLDER / "receptor_fit.toml").read_text(encoding="utf-8"))["fit"]
    ranks = tomllib.loads((FOLDER / "receptor_calibrate.toml").read_text(encoding="utf-8"))["calibrate"]
    ratio = fitted["potency"]
    every = fitted["over_laboratories"] | {f"{k}, not seen": v for k, v in fitted["laboratory_not_seen"].items()}
    spreads = [(name, *(f"{value:.3g}" for value in row)) for name, row in every.items()]
    uniform = [(name, " ".join(map(str, r["tenths"])), f"{r['p_uniform']:.2f}") for name, r in ranks.items()]
    return [
        f"Potency that the run draws: {ratio['median']:.3g} times the ledger's IC50, SD of its logarithm "
        f"{ratio['sd_log']:.2g} (before: 1, 0.35).",
        "",
        *table(("posterior over laboratories", "5 %", "50 %", "95 %"), spreads),
        "",
        *table(("calibration on made-up sets", "ranks in tenths", "p (uniform)"), uniform),
    ]

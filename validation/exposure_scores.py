"""Published exposure figures scored as predictions: what the ledgers predict of a study's mean, and its rank in that.

The rule stands on top of docs/validation/exposure_studies.toml.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.random import Streams
from leao.core.units import HOURS_PER_DAY
from leao.exposure import clearance as renal
from leao.exposure import one_compartment, person
from leao.exposure import plasma_and_brain as exposure
from validation.exposure_table import VOLUNTEERS_WEIGHT_SPREAD, Data, printed, standard_error, table, typical
from validation.page import met

Array = NDArray[np.float64]
FIT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "exposure_fit.json"
DRAWS = 4000
LEAST_KIDNEYS = 5.0  # mL/min; the mean of a study is kept above it
MIDDLE, WHOLE = (0.25, 0.75), (0.05, 0.95)
FIFTHS = np.linspace(0.0, 1.0, 6)


class Score(NamedTuple):
    """One row beside its prediction."""

    row: dict[str, Any]
    study: dict[str, Any]
    median: float
    low: float
    high: float
    rank: float  # share of predictions below the printed value; NaN where none was printed

    @property
    def cannot_fail(self) -> bool:
        """Whether the prediction holds both half and twice its own median."""
        return self.low <= self.median / 2.0 and self.high >= self.median * 2.0

    def within(self, ends: tuple[float, float]) -> bool:
        """Return whether the printed value lies in the central share."""
        return bool(ends[0] <= self.rank <= ends[1])


class Predictor:
    """Draws of what is not known of the ledgers' numbers, and the figures that they give for a study."""

    def __init__(self, seed: int = 0) -> None:
        """Draw the numbers."""
        streams = Streams(seed, "exposure scores")
        self.uniform: Callable[[str], Array] = lambda name: streams.uniforms(name, range(1), range(DRAWS), 1)[0, :, 0]
        self.numbers, self.renal = person.uncertain(lambda name: self.uniform(f"known/{name}"))
        self.z = np.random.default_rng(seed).standard_normal((4, DRAWS))

    def score(self, row: dict[str, Any], data: Data) -> Score:
        """Return a row beside its prediction."""
        study = data.studies.get(row.get("study", ""), {})
        logs = np.log(self.figure(row, study, data))
        seen = "value" in row or "low" in row
        if seen:
            logs = logs + error(row, study, data) * self.z[0]
        rank = float(np.mean(logs < typical(row))) if seen else float("nan")
        low, median, high = np.exp(np.percentile(logs, (5, 50, 95)))
        return Score(row, study, float(median), float(low), float(high), rank)

    def figure(self, row: dict[str, Any], study: dict[str, Any], data: Data) -> Array:
        """Return draws of a row's figure in the typical person of its study."""
        usual = person.typical(self.numbers, self.renal, self.known(study))
        name = row["figure"]
        if name.startswith("spread_of"):
            return self._spread(row, study)
        if name.endswith("ratio") and "over" in row:
            over = person.typical(self.numbers, self.renal, self.known(data.studies[row["over"]], 2))
            # body sizes apart: the groups' weights were not seen
            return np.asarray(over.levels.clearance / usual.levels.clearance)
        return np.broadcast_to(self._figures(usual, row)[name](), DRAWS)

    def known(self, study: dict[str, Any], noise: int = 1) -> person.Known:
        """Return the study's typical covariates, with what is not known of their means."""
        weight = kidneys = None
        if "weight" in study:
            weight = study["weight"] + study["weight_sd"] * self.z[noise]
        if "creatinine_clearance" in study:
            drawn = study["creatinine_clearance"] + study["creatinine_clearance_sd"] * self.z[noise + 1]
            kidneys = np.maximum(drawn, LEAST_KIDNEYS)
        return person.Known(weight, kidneys, study.get("ph"))

    def _figures(self, usual: person.Person, row: dict[str, Any]) -> dict[str, Callable[[], Array]]:
        p, ka, k = usual.levels, np.asarray(usual.levels.absorption_rate), exposure.elimination_rate(usual.levels)
        level = exposure.NG_PER_ML * row.get("dose", 0.0) * exposure.absorbed_share(p) / exposure.volume(p)
        every, alkaline = row.get("every", HOURS_PER_DAY), self.renal.reference_ph + row.get("ph_shift", 0.0)
        kidneys, ph = usual.creatinine_clearance, usual.urine_ph
        unchanged = 100.0 * renal.unchanged(self.renal, kidneys, ph)
        return {
            "area": lambda: level / k,
            "steady_area": lambda: level / k,
            "steady_mean": lambda: level / k / HOURS_PER_DAY,
            "peak": lambda: level * one_compartment.peak(ka, k),
            "peak_time": lambda: one_compartment.peak_time(ka, k),
            "steady_peak": lambda: level * one_compartment.steady_peak(ka, k, every),
            "steady_peak_time": lambda: one_compartment.steady_peak_time(ka, k, every),
            "half_life": lambda: np.log(2.0) / k,
            "clearance": lambda: exposure.clearance(p) / p.bioavailability,
            "volume_per_weight": lambda: np.asarray(p.volume_per_weight / p.bioavailability),
            "renal": lambda: renal.renal_clearance(self.renal, kidneys, ph),
            "unchanged": lambda: unchanged,
            "unchanged_by": lambda: unchanged * one_compartment.eliminated(ka, k, row["hours"]),
            "alkaline_fall": lambda: 100.0 * (1.0 - renal.relative(self.renal, kidneys, ph)),
            "alkaline_ratio": lambda: 1.0 / renal.relative(self.renal, kidneys, alkaline),
            "brain_ratio": lambda: np.asarray(p.free_brain_ratio),
            "brain_level": lambda: exposure.free_brain(p, (level / k / HOURS_PER_DAY)[..., None])[..., 0],
        }

    def _spread(self, row: dict[str, Any], study: dict[str, Any]) -> Array:
        """Return the SD over mean between people of the study, whose weights differ as volunteers' do."""
        weight = study["weight"] * np.exp(VOLUNTEERS_WEIGHT_SPREAD * self.z[3])
        people = person.draw(*person.central(), lambda name: self.uniform(f"people/{name}"), person.Known(weight))
        figure = {"spread_of_area": "steady_area", "spread_of_peak": "steady_peak"}[row["figure"]]
        values = self._figures(people, row)[figure]()
        return np.full(DRAWS, values.std() / values.mean())


def error(row: dict[str, Any], study: dict[str, Any], data: Data) -> float:
    """Return the standard error of the logarithm of a printed figure; a ratio has that of its control group too."""
    se = standard_error(row, study)
    if "over" not in row or "se_log" in row:
        return se
    return float(np.hypot(se, standard_error(row, data.studies[row["over"]])))


def scores(seed: int = 0) -> list[Score]:
    """Return every row that can be predicted."""
    data, predictor = table(), Predictor(seed)
    return [predictor.score(row, data) for row in data.rows if row["figure"]]


def unpredicted() -> list[dict[str, Any]]:
    """Return the rows of which neither a figure nor a prediction exists."""
    return [row for row in table().rows if not row["figure"]]


def role(score: Score) -> str:
    """Return ``input``, ``held out`` or ``no data``."""
    return "no data" if np.isnan(score.rank) else str(score.row["role"])


def verdict(score: Score) -> str:
    """Return what the row says: met, missed, or that nothing could have missed it."""
    if score.cannot_fail:
        return "`cannot fail`"
    return met(score.within(WHOLE))


def coverage(counted: list[Score]) -> dict[str, float]:
    """Return the share of rows, and of studies (by source, each counted once), in the central 50 and 90 %."""
    by_source: dict[str, list[Score]] = {}
    for score in counted:
        by_source.setdefault(score.study["source"], []).append(score)
    out: dict[str, float] = {"rows": len(counted), "studies": len(by_source)}
    for name, ends in (("50", MIDDLE), ("90", WHOLE)):
        out[f"rows_{name}"] = float(np.mean([score.within(ends) for score in counted]))
        shares = [np.mean([score.within(ends) for score in of_source]) for of_source in by_source.values()]
        out[f"studies_{name}"] = float(np.mean(shares))
    return out


def histogram(ranks: Iterable[float]) -> list[int]:
    """Return how many ranks lie in each fifth."""
    return np.histogram(list(ranks), FIFTHS)[0].tolist()


def left_out() -> list[dict[str, Any]]:
    """Return the input rows as predicted by the other studies, from the committed fit."""
    return json.loads(FIT.read_text(encoding="utf-8"))["left_out"]


def shown(score: Score) -> str:
    """Return the printed figure with its unit."""
    row = score.row
    text = f"{row['value']:g}" if "value" in row else f"{row['low']:g} to {row['high']:g} (middle {printed(row):.3g})"
    return text + unit(row)


def unit(row: dict[str, Any]) -> str:
    """Return the unit with a space before it; nothing for ratios."""
    return "" if row["unit"] == "1" else f" {row['unit']}"

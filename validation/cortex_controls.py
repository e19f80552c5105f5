"""Controls R1 to R6 of the second cortex, from kept read-outs of its members; rules committed before.

Reads ``cortex_candidates.csv``, ``cortex_held.csv``, ``cortex_counts.csv``, ``cortex_shuffled.csv``; computes no wave.
A control is `passed`, `failed` or `void` (its power does not let it count), or `not run` where read-outs are missing.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import blind_controls
from validation import cortex_counts, cortex_members, cortex_targets, search_cortex
from validation.cortex_members import Judged

Array = NDArray[np.float64]
SEED = 20261126
EXPOSURES, RESAMPLED = 9, 10
COUNT_LEVELS = (0.0, 0.5, 1.0, 2.0, 4.0)
COUNT = "memantine_rat_10"
ALWAYS = "mk801_neocortical_slice"  # a held-out figure that every computed member has
COUNT_SD = (0.64, 1.0)  # observation, discrepancy
WRONG = 2.0  # deviations a wrong yes or no counts
MET_WITHIN = 2.0
RULED_OUT_OF = 11  # R6: tuttle2019 and the shuffled sets
LEFT_STANDING = 1
PASSED, FAILED, NOT_RUN = blind_controls.PASSED, blind_controls.FAILED, "not run"


class Matched(NamedTuple):
    """A member's counts at strengths that reproduce a vehicle rat."""

    counts: Array  # (level, line), levels as COUNT_LEVELS
    weight: Array  # (line,), sum 1


class Datum(NamedTuple):
    """A held-out datum under weights without itself."""

    name: str
    what: str
    wanted: str
    given: str
    status: str
    members: int


@cache
def held_out() -> dict[str, Any]:
    """Return the committed table of held-out data."""
    return tomllib.loads((cortex_targets.DOCS / "cortex_held_out.toml").read_text(encoding="utf-8"))


def counted() -> dict[tuple[int, int], Array]:
    """Return the counts (level, line) of members counted at every level of R2, or that no line makes like a rat."""
    by_member: dict[tuple[int, int], dict[float, Array]] = {}
    for row in search_cortex.kept(cortex_counts.COUNTS):
        waves = np.array([float(text) for text in row["waves"].split()])
        by_member.setdefault((int(row["lineage"]), int(row["evaluation"])), {})[float(row["level_uM"])] = waves
    return {
        key: np.stack([levels.get(level, np.zeros_like(levels[0.0])) for level in COUNT_LEVELS])
        for key, levels in by_member.items()
        if all(level in levels for level in COUNT_LEVELS) or (0.0 in levels and matched(levels[0.0][None, :]) is None)
    }


def matched(counts: Array) -> Matched | None:
    """Return a member at strengths that reproduce a vehicle rat; None where no line comes near."""
    row = held_out()["held"][COUNT]
    apart = (counts[0] - row["vehicle"]) / row["vehicle_sd"]
    if np.abs(apart).min() > cortex_counts.MATCHED_WITHIN:
        return None
    weight = np.where(np.abs(apart) <= cortex_counts.COUNTED_WITHIN, np.exp(-0.5 * apart**2), 0.0)
    return Matched(np.nan_to_num(counts), weight / weight.sum())


def at_exposures(means: Array, exposures: Array, factor: float) -> Array:
    """Return counts at ``factor`` times the exposures, linear in ln(level); ``means`` (level,)."""
    return np.asarray(np.interp(np.log(factor * exposures), np.log(COUNT_LEVELS[1:]), means[1:]))


def exposures() -> Array:
    """Return the levels over which memantine in rats is judged."""
    low, high = held_out()["rule"]["exposure_uM"]
    return np.geomspace(low, high, EXPOSURES)


def predicted(of: list[tuple[Matched, float]]) -> blind_controls.Predicted:
    """Return the draws of R2 from members and their weights."""
    draw = np.random.default_rng([SEED, 100])
    free, treated, half, weight = [], [], [], []
    for member, share in of:
        for _ in range(RESAMPLED):
            lines = draw.choice(member.weight.size, size=member.weight.size, p=member.weight)
            means = member.counts[:, lines].mean(axis=1)
            free.append(np.full(EXPOSURES, means[0]))
            treated.append(at_exposures(means, exposures(), 1.0))
            half.append(at_exposures(means, exposures(), 0.5))
            weight.append(np.full(EXPOSURES, share / (RESAMPLED * EXPOSURES)))
    return blind_controls.Predicted(*(np.concatenate(part) for part in (free, treated, half, weight)))


def memantine_in_rats() -> tuple[blind_controls.Outcome | None, dict[str, float]]:
    """Return R2 with R3's power, and how much of the ensemble's weight it rests on."""
    of = cortex_members.members()
    if not of:
        return None, {}
    weight, known = cortex_members.weights(of), counted()
    parts = [(matched(known[m.key]), float(w)) for m, w in zip(of, weight, strict=True) if m.key in known]
    used = [(member, share) for member, share in parts if member is not None]
    about = {
        "members": float(len(of)),
        "counted": float(len(parts)),
        "weight_counted": float(sum(share for _, share in parts)),
        "used": float(len(used)),
        "weight_used": float(sum(share for _, share in used)),
    }
    if not used:
        return None, about
    rule, row = held_out()["rule"], held_out()["held"][COUNT]
    seen = blind_controls.Observed(row["vehicle"], row["treated"], row["vehicle_sd"], rule["animals_per_group"])
    about["effective"] = blind_controls.effective(np.array([share for _, share in used]))
    made = predicted(used)
    about["free"] = float(np.average(made.free, weights=made.weight))
    return blind_controls.outcome(made, seen, SEED, experiments=rule["simulated_experiments"]), about


def in_words(outcome: blind_controls.Outcome, about: dict[str, float]) -> str:
    """Return R2 with its power in a line."""
    power = outcome.power
    return (
        f"predicted {outcome.middle:.1f} ({outcome.low:.1f} to {outcome.high:.1f}) from {about['free']:.1f};"
        f" P(fall >= half of the observed) = {outcome.half_fall:.2f}; P(pass) as modelled {power.as_is:.2f}, half"
        f" strength {power.half:.2f}, no drug {power.none:.2f}; rests on {about['used']:.0f} members with"
        f" {100 * about['weight_used']:.0f} % of the weight ({about['counted']:.0f} of {about['members']:.0f}"
        f" counted), {about['effective']:.1f} effective"
    )


def figures(of: list[Judged]) -> dict[str, Array]:
    """Return the held-out figures (member,) by name, nan where there is none."""
    rows = {(int(row["lineage"]), int(row["evaluation"])): row for row in search_cortex.kept(cortex_counts.HELD)}
    known = counted()
    out = {}
    for name in (*cortex_counts.NAMES, COUNT):
        values = np.full(len(of), np.nan)
        for k, member in enumerate(of):
            if name == COUNT:
                fit = matched(known[member.key]) if member.key in known else None
                if fit is not None:
                    values[k] = at_exposures(fit.counts @ fit.weight, exposures(), 1.0).mean()
            elif member.key in rows and rows[member.key][name]:
                values[k] = float(rows[member.key][name])
        out[name] = values
    return out


def _window(name: str) -> tuple[float, float, float] | None:
    """Return low, high and deviation of a datum; None for a yes or no."""
    row = held_out()["held"][name]
    if name == COUNT:
        return row["treated"], row["treated"], float(np.hypot(*COUNT_SD))
    if "low" not in row:
        return None
    return row["low"], row["high"], float(np.hypot(row["observation"], row["discrepancy"]))


def misses(of: list[Judged]) -> tuple[list[str], Array]:
    """Return the held-out data and each member's misses (member, datum); 0 where there is nothing to judge."""
    by_name = figures(of)
    names = list(by_name)
    table = np.zeros((len(of), len(names)))
    for k, name in enumerate(names):
        values, window = by_name[name], _window(name)
        if window is None:
            table[:, k] = WRONG * values
        else:
            low, high, sd = window
            table[:, k] = np.maximum(np.maximum(low - values, values - high), 0.0) / sd
    return names, np.nan_to_num(table)


def judged_blind(of: list[Judged]) -> tuple[list[Datum], Array, Array]:
    """Return every held-out datum under R5's weights, each member's implausibility (R4), the verdict's weights.

    A member whose held-out figures were not computed has no weight here, and implausibility nan: it must not gain by
    what nobody looked at. The counts enter the weights only where all others have them.
    """
    names, table = misses(of)
    by_name = figures(of)
    computed = np.isfinite(by_name[ALWAYS])
    losses = np.array([member.loss for member in of])
    entering = np.array([name != COUNT or bool(np.isfinite(by_name[COUNT][computed]).all()) for name in names])
    held = np.where(entering, table**2, 0.0)
    if not computed.any():
        return [], np.full(len(of), np.nan), np.zeros(len(of))

    def weight(loss: Array) -> Array:
        return cortex_members.weights(of, np.where(computed, loss, np.inf))

    whole = weight(losses + held.sum(axis=1))
    rows = [_datum(name, by_name[name], weight(losses + held.sum(axis=1) - held[:, k])) for k, name in enumerate(names)]
    targets = np.array([member.implausibility for member in of])
    largest = np.maximum(targets, np.where(entering, table, 0.0).max(axis=1))
    return rows, np.where(computed, largest, np.nan), whole


def _datum(name: str, values: Array, weight: Array) -> Datum:
    row, window = held_out()["held"][name], _window(name)
    known = np.isfinite(values) & (weight > 0.0)
    wanted = f"{window[0]:g} to {window[1]:g}" if window else "as seen"
    if not known.any():
        return Datum(name, row["what"], wanted, "", NOT_RUN, 0)
    share = weight[known] / weight[known].sum()
    mean = float((values[known] * share).sum())
    if window is None:
        return Datum(
            name, row["what"], wanted, f"{100 * mean:.0f} % wrong", PASSED if mean < 0.5 else FAILED, int(known.sum())
        )
    low, high, sd = window
    spread = float(np.sqrt((share * (values[known] - mean) ** 2).sum()))
    met = low - MET_WITHIN * sd <= mean <= high + MET_WITHIN * sd
    return Datum(name, row["what"], wanted, f"{mean:.3g} ± {spread:.2g}", PASSED if met else FAILED, int(known.sum()))


def negative() -> tuple[str, list[tuple[str, float]]]:
    """Return R6: how it stands, and the implausibility of each set that should be ruled out."""
    rows = [(row["set"], float(row["implausibility"])) for row in search_cortex.kept(SHUFFLED)]
    if len(rows) < RULED_OUT_OF:
        return NOT_RUN, rows
    standing = sum(value <= cortex_targets.implausible_above() for _, value in rows)
    return PASSED if standing <= LEFT_STANDING else FAILED, rows


SHUFFLED = cortex_targets.DOCS / "cortex_shuffled.csv"

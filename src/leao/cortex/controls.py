"""Positive controls of a preset: what NMDA antagonists did to the wave in animals, wanted of the model.

A preset carries a verdict only when every control passed; one that was not run leaves it unqualified. The controls
take a minute or two, so their outcome ships with the package under the hash of what it was computed from
(``controls.toml``, written by ``validation/build_threshold_map.py``); ``leao cortex qualify`` computes them anew.
Counts of waves are means over strengths of the bath, with the standard error of that mean.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.spreads import quantile
from leao.core.work import Parts, whole
from leao.cortex import build_map, ensemble, kcl_waves, preset_table, solve, threshold_map
from leao.cortex.drugged_receptors import Drug
from leao.cortex.ignition import TOLERANCE as THRESHOLD_NOISE
from leao.cortex.ignition import threshold
from leao.cortex.ledger_numbers import Controls
from leao.cortex.wave_measures import Wave, wave

Array = NDArray[np.float64]

GRID = solve.Grid(length=6.0, nodes=150, duration=150.0)
MINUTES = 60.0
RAT_LEVELS = (0.05, 0.275, 0.5, 0.725, 0.95)  # quantiles of the rat's free level
JUDGED_FROM = 0.30  # block below which counts are not judged
JUDGED_AT = -20.0  # mV, where that block is read: near the plateau of the wave
ERRORS = 2.0  # standard errors by which a count must fall
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"
FILE = "controls.toml"


class Control(NamedTuple):
    """One control: what was wanted, what was found, and how it stands."""

    name: str
    wanted: str
    found: str
    status: str


def numbers() -> Controls:
    """Return what the controls need."""
    return ledger.params(ledger.read("cortex/controls"), Controls)


def in_parts(
    presets: list[str], parts: Parts, progress: Callable[[str, int, int], None] = lambda *_: None
) -> dict[str, list[Control]]:
    """Compute the controls of ``presets``, each a part that is kept where ``parts`` has a folder.

    The count under memantine runs over all members of the ensemble; the others on the preset itself.

    Raises:
        UnfinishedShard: other shards owe some.
    """
    name, answers = "control", []
    for preset in presets:
        for place, compute in enumerate(CONTROLS):
            progress(f"controls of {preset}", place, len(CONTROLS))
            question = (preset, compute.__name__)
            texts = parts.kept.held(name, question, __name__) if parts.kept else None
            if texts is None and parts.shard.holds(len(answers)):
                texts = {"texts": np.array(compute(preset_table.load(preset), preset, parts.pool))}
                if parts.kept:
                    parts.kept.keep(name, question, __name__, texts)
            answers.append(texts)
        progress(f"controls of {preset}", len(CONTROLS), len(CONTROLS))
    if parts.kept:  # other shards may have come to their end meanwhile: the last of all sees the whole
        asked = [(preset, compute.__name__) for preset in presets for compute in CONTROLS]
        answers = [
            parts.kept.held(name, question, __name__) if answer is None else answer
            for question, answer in zip(asked, answers, strict=True)
        ]
    rows = [Control(*answer["texts"].tolist()) for answer in whole(answers, parts.shard, parts.folder)]
    return {preset: rows[k * len(CONTROLS) : (k + 1) * len(CONTROLS)] for k, preset in enumerate(presets)}


def check_computable(preset: str) -> None:
    """Refuse a preset whose controls are not waves of its own.

    Raises:
        ScenarioError: naming where they stand and what computes them.
    """
    if preset in threshold_map.WEIGHTED:
        raise ScenarioError(
            f"preset: found {preset!r}, whose controls rest on held-out data of all its members, wanted a preset with"
            " controls of its own; leao cortex presets shows them, python -m validation.build_threshold_map --only"
            " second computes them from the kept figures"
        )


def qualified(answer: list[Control]) -> bool:
    """Return whether every control passed."""
    return bool(answer) and all(control.status == PASSED for control in answer)


@cache
def shipped(preset: str) -> tuple[Control, ...]:
    """Return the controls that ship with the package; ``not run`` where the package has changed since."""
    table = tomllib.loads(files("leao").joinpath("cortex", FILE).read_text(encoding="utf-8"))
    rows = table.get("preset", {}).get(preset, [])
    if table.get("sha256") != build_map.fingerprint() or not rows:
        why = "computed for another state of the package" if rows else "none was computed for this preset"
        how = (
            "build the map again" if preset in threshold_map.WEIGHTED else f"run leao cortex qualify --preset {preset}"
        )
        why = f"{why}; {how}"
        return (Control("positive controls", "all passed", why, NOT_RUN),)
    return tuple(Control(**row) for row in rows)


def _full_block(cortex: solve.Cortex, *_: Any) -> Control:
    wave_result = wave(preset_table.under(cortex, None, 0.0), solve.strong("kcl"), GRID)
    return _suppressed("full NMDA block", "no wave (Marrannes 1988, highest doses)", wave_result)


def _mk801(cortex: solve.Cortex, *_: Any) -> Control:
    level = numbers().mk801_free
    wave_result = wave(preset_table.under(cortex, Drug("mk801", level)), solve.strong("kcl"), GRID)
    return _suppressed(f"MK-801, {level:g} µM free", "no wave (Marrannes 1988, 3.1 mg/kg in rats)", wave_result)


def _half_block(cortex: solve.Cortex, *_: Any) -> Control:
    share = numbers().half_block
    free, blocked = preset_table.under(cortex), preset_table.under(cortex, None, 1.0 - share)
    base, half = (wave(piece, solve.strong("kcl"), GRID) for piece in (free, blocked))
    low = threshold(free, "kcl")
    ratio = threshold(blocked, "kcl", near=low) / low
    slower = half.speed_mm_per_min < base.speed_mm_per_min or not half.propagated
    passed = ratio > 1.0 + 2.0 * THRESHOLD_NOISE and slower and half.duration_s < base.duration_s
    speeds = f"{base.speed_mm_per_min:.2f} to {half.speed_mm_per_min:.2f} mm/min" if half.propagated else "no wave"
    text = f"threshold x {ratio:.3f}; speed {speeds}; duration {base.duration_s:.1f} to {half.duration_s:.1f} s"
    wanted = "threshold up, speed and duration down (Marrannes 1988)"
    return Control(f"{100 * share:.0f} % block of NMDA current", wanted, text, PASSED if passed else FAILED)


def _counts(cortex: solve.Cortex, _: str, pool: Executor) -> Control:
    blocks = (0.0, numbers().third_block, numbers().half_block)
    pieces = [preset_table.under(cortex, None, 1.0 - block) for block in blocks]
    table = count(pieces, pool)
    mean, error = table.mean(axis=1), table.std(axis=1, ddof=1) / np.sqrt(table.shape[1])
    fall = table[0] - table  # the same strengths, so the error of the fall is that of the differences
    sure = fall[2].mean() > ERRORS * fall[2].std(ddof=1) / np.sqrt(table.shape[1])
    passed = bool(sure and mean[1] < mean[0] and mean[2] < mean[1])
    text = "; ".join(
        f"{100 * block:.0f} % block {m:.1f} ± {e:.1f}" for block, m, e in zip(blocks, mean, error, strict=True)
    )
    wanted = "waves per hour fall with block (Marrannes 1988; Peeters 2007, GluN2B antagonists)"
    return Control("waves under continuous KCl", wanted, f"per hour: {text}", PASSED if passed else FAILED)


def _rat(cortex: solve.Cortex, preset: str, pool: Executor) -> Control:
    n = numbers()
    name = "memantine at rat exposure under continuous KCl"
    wanted = f"waves fall from {n.events_vehicle:g} to {n.events_memantine:g} ± 1.8 (Peeters 2007)"
    spread = ledger.read("cortex/controls").numbers["rat_free_memantine"]
    levels = quantile(spread.spread(), n.rat_free_memantine, np.array(RAT_LEVELS))
    drugs = [Drug("memantine", float(level)) for level in levels]
    blocks = [1.0 - 1.0 / (1.0 + build_map.odds(cortex, drug, JUDGED_AT)) for drug in drugs]
    judged = [drug for drug, block in zip(drugs, blocks, strict=True) if block >= JUDGED_FROM]
    if not judged:
        text = f"block at {levels[-1]:.1f} µM is {100 * blocks[-1]:.0f} %, below what counts can be judged at"
        return Control(name, wanted, text, NOT_RUN)
    ratios = np.concatenate([_ratios(member.cortex, judged, pool) for member in ensemble.members(preset)])
    low, middle, high = n.events_vehicle * np.quantile(ratios, (0.05, 0.5, 0.95))
    passed = low <= n.events_memantine <= high
    text = (
        f"{n.events_vehicle:g} to {middle:.1f} (90 % of predictions {low:.1f} to {high:.1f}) at"
        f" {judged[0].concentration:.1f} to {judged[-1].concentration:.1f} µM free,"
        f" {100 * min(b for b in blocks if b >= JUDGED_FROM):.0f} to {100 * blocks[-1]:.0f} % block"
    )
    return Control(name, wanted, text, PASSED if passed else FAILED)


def _ratios(cortex: solve.Cortex, drugs: list[Drug], pool: Executor) -> Array:
    """Return counts under each drug level and strength over the mean count without drug."""
    table = count([preset_table.under(cortex), *(preset_table.under(cortex, drug) for drug in drugs)], pool)
    base = table[0].mean()
    return (table[1:] / base).ravel() if base > 0.0 else np.ones(table[1:].size)


def count(pieces: list[solve.TissueSlice], pool: Executor) -> Array:
    """Return waves per hour (slice, strength) under continuous KCl."""
    jobs = [
        [pool.submit(kcl_waves.train, piece, MINUTES, strength) for strength in kcl_waves.STRENGTHS] for piece in pieces
    ]
    return np.array([[job.result().times.size * 60.0 / MINUTES for job in row] for row in jobs], dtype=np.float64)


def _suppressed(name: str, wanted: str, answer: Wave) -> Control:
    if not answer.propagated:
        return Control(name, wanted, "no wave", PASSED)
    return Control(name, wanted, f"a wave of {answer.speed_mm_per_min:.2f} mm/min", FAILED)


def rows(answer: dict[str, list[Control]]) -> Iterator[dict[str, Any]]:
    """Yield the contract's table of presets."""
    for preset, table in answer.items():
        yield {
            "preset": preset,
            "qualified": qualified(table),
            "controls": [control._asdict() for control in table],
        }


CONTROLS = (_full_block, _mk801, _half_block, _counts, _rat)

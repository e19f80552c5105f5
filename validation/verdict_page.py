"""Write docs/validation/verdict.md: the headline before and after each correction, both ends' controls, what is assumed.

    python -m validation.verdict_page

Each step keeps the corrections above it; worlds, people and plasma levels are those of the example run.
"""

from __future__ import annotations

import tomllib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leao.chain import also_occupied, answer_exposure, hypotheses, pipeline, preventives, read_outs, summary, verdict
from leao.chain.scenario import load
from leao.core import ledger
from leao.core.random import Streams
from leao.cortex import threshold_map
from leao.evidence.preventive_control import EXCLUDING, INSIDE, ORDERED, Test
from leao.report import words
from validation import sobol_rows
from validation.page import FOLDER, Page, cells, met, table

Array = NDArray[np.float64]
PAGE = Page(
    "verdict",
    "Validation of the verdict",
    ("Written by `python -m validation.verdict_page`; rules in `verdict_rules.md`.",),
)
OLD = {"kappa": (0.23, 0.21), "gamma": (0.6, 0.4), "scale": (1.0, 10.0)}  # as assumed before: sd, sd_log, range
OLD_POTENCY = 0.35  # sd_log about 1, before the posterior over the published numbers
FIRST = ("leao",)  # the cortex that carried the verdict until the second model's map
ORDER = (
    "rules of the verdict (which drugs enter, control, read-outs, words)",
    "preventives as printed",
    "power of the control and calibration of the model, on made-up outcomes",
    "the fit and the control",
    "the run under the new link: the headline",
    "rule of the receptor numbers (priors, data, what is held out)",
    "their posterior, and the run that takes its potency",
    "targets, held-out data, rules of search and controls of the second cortex, its search and controls",
    "rule of its map and of the read-outs' mixture, then its counts at clinical levels and the run that takes it",
    "rules of chronic treatment and of the size of a preventive's simulated trials; then both",
)


class Step(NamedTuple):
    """One state of the link: its name and the log rate ratios of the example run under it."""

    name: str
    logs: Array


class Steps(NamedTuple):
    """The headline under each state of the link, the old one first; the trials; the run's median free level."""

    rows: list[Step]
    empirical: dict[str, verdict.Evidence]
    free_uM: float
    hypotheses: list[dict[str, Any]]


def steps() -> Steps:
    """Return the headline under each state of the link, and what stands beside it."""
    scenario = load("noruzzadeh2016")
    streams = Streams(scenario.seed, scenario.name)
    trials = range(summary.WORLDS)
    steady = answer_exposure.steady(scenario, streams, trials, FIRST)
    second = answer_exposure.steady(scenario, streams, trials, scenario.cortex.carry)

    def u(name: str) -> Array:
        return streams.per_trial(f"world.{name}", trials)

    kappa = _truncated(u("headache.kappa"), *OLD["kappa"])
    gamma = OLD["gamma"][0] * np.exp(OLD["gamma"][1] * ndtri(u("headache.gamma")))
    scale = OLD["scale"][1] ** u("headache.scale")
    share = u("headache.wave_share")
    kinds = (u("cortex.stimulus") * len(threshold_map.KINDS)).astype(np.intp)
    mixed = np.where(kinds == 0, read_outs.READ_OUTS.index(read_outs.KCL), read_outs.READ_OUTS.index(read_outs.PULSE))
    potency = np.exp(OLD_POTENCY * ndtri(u("compound.potency")))
    before = steady.world._replace(compound=steady.world.compound._replace(potency=potency))
    world = before._replace(read_out=mixed, cortex=before.cortex._replace(stimulus=read_outs.stimulus(mixed)))
    state = pipeline.downstream(world, steady.state["free_brain"])
    rise = np.log(state["threshold_relative"])
    fall = state["log_fall"]
    new = np.asarray(steady.world.headache.kappa)
    empirical = summary.published_effect(scenario)
    rows = [
        Step(
            "as before: threshold, assumed scale, wave share on top",
            _mean(1.0 + _d(share) * np.expm1(-_d(kappa * gamma * scale) * rise)),
        ),
        Step("wave share leaves the link to all attacks", _mean(np.exp(-_d(kappa * gamma * scale) * rise))),
        Step("slopes of counts on thresholds, in place of gamma and scale", _mean(np.exp(-_d(kappa) * fall))),
        Step("kappa from thirteen preventives", _mean(np.exp(-_d(new) * fall))),
        Step(
            "read-outs by the rule",
            pipeline.observed_log_ratio(before, pipeline.downstream(before, steady.state["free_brain"])),
        ),
        Step(
            "potency from the posterior over published numbers",
            pipeline.observed_log_ratio(steady.world, steady.state),
        ),
        Step(
            "the second cortex, members weighted by blind data: the headline",
            pipeline.observed_log_ratio(second.world, second.state),
        ),
    ]
    beyond = hypotheses.answer(scenario, streams, second, empirical[verdict.HEADLINE])
    return Steps(rows, empirical, float(np.median(second.state["free_brain"])), beyond)


def _d(values: Array) -> Array:
    return values[..., None]


def _mean(ratio: Array) -> Array:
    return np.log(np.maximum(ratio.mean(axis=(1, 2)), pipeline.NO_ATTACK))


def _truncated(u: Array, value: float, sd: float) -> Array:
    below = ndtr(-value / sd)
    return value + sd * ndtri(below + u * (1.0 - below))


def step_rows(computed: list[Step], empirical: dict[str, verdict.Evidence]) -> list[str]:
    """Return the table of the headline under each state of the link."""
    rows = []
    for step in computed:
        band = verdict.distribution(np.exp(step.logs))
        prevented = verdict.distribution(100.0 * (1.0 - np.exp(step.logs)))
        halves = [verdict.at_least_half(step.logs, empirical[prior].draws) for prior in ("neutral", "sceptical")]
        shown = words.ratio(band), words.spread(prevented, "%"), *(words.probability(p) for p in halves)
        rows.append((step.name, *shown))
    return table(("link", "rate ratio (90 %)", "attacks prevented", "P(at least half), neutral", "sceptical"), rows)


def control_rows() -> list[str]:
    """Return the clinical control as committed, with its power."""
    control, power = preventives.committed()["control"], _read("preventives_power.toml")["power"]
    full, half = (
        Test(control[f"{falls}_inside"], control[f"{falls}_excluding"], control[f"{falls}_ordered"])
        for falls in ("full", "halved")
    )
    workers, excluding = "(a) workers in their 80 % interval, of 5", "(b) of these 5 intervals exclude no effect"
    ordered = "(c) P(rank correlation > 0), over all drugs"
    parts = [
        (workers, INSIDE, full.inside, met(full.inside >= INSIDE), half.inside),
        (excluding, EXCLUDING, full.excluding, met(full.excluding >= EXCLUDING), half.excluding),
        (ordered, ORDERED, f"{full.ordered:.2f}", met(full.ordered >= ORDERED), f"{half.ordered:.2f}"),
        (
            "(d) the same test with falls halved",
            "fails",
            "passes" if half.passed else "fails",
            met(not half.passed),
            "",
        ),
    ]
    return [
        f"Status: **{control['status']}**.",
        "",
        *table(("part", "wanted", "found", "", "falls halved"), parts),
        "",
        "Power, 100 made-up sets of outcomes each (the same drugs, falls and errors):",
        "",
        *table(
            ("truth", "passed", "failed", "void"),
            [(name, row["passed"], row["failed"], row["void"]) for name, row in power.items()],
        ),
    ]


def calibration_rows() -> list[str]:
    """Return the ranks of simulation-based calibration."""
    calibration = _read("preventives_calibrate.toml")["calibrate"]
    rows = [
        (reading.replace("_", " "), name, " ".join(map(str, row["tenths"])), f"{row['p_uniform']:.2f}")
        for reading, numbers in calibration.items()
        for name, row in numbers.items()
    ]
    return table(("reading", "number", "ranks in tenths", "p (uniform)"), rows)


def assumed_rows() -> list[str]:
    """Return the assumed numbers of the link, before and today."""
    names = ("headache", "read_outs", "preventives_model")
    now = [
        f"`{name}.{key}`"
        for name in names
        for key, number in ledger.read(name).numbers.items()
        if number.tier == "assumed"
    ]
    return [
        "Before: `headache.kappa`, `headache.gamma`, `headache.scale`, `headache.wave_share`: four, each drawn in every run, "
        "and four of the anchor (the spread between its drugs, tonabersat's fall, two errors of trials).",
        "",
        f"Today none is drawn in the run. Priors of the fit and readings of words: {', '.join(now)}. Of the trials behind "
        "the fit the errors of three and the placebo rate of four pools are assumed and marked in `ledgers/evidence/preventives/`.",
    ]


def hypothesis_rows(hypotheses: list[dict[str, Any]]) -> list[str]:
    """Return what plain block and each hypothesis make of the headline, as the run's page shows it."""
    rows = [
        "Rules of the occupancy in section 6, of chronic treatment in section 8; each is off in the headline. The same worlds "
        "and people throughout.",
        "",
        *table(("hypothesis", "treatment", "block, %", "rate ratio (90 %)", "P(at least half), neutral", "source")),
    ]
    for row in hypotheses:
        band, ratio = words.spread(row["block_percent"]), words.ratio(row["mechanistic_rate_ratio"])
        half = words.probability(row["p_at_least_half"])
        rows.append(cells(row["name"], row["regimen"] or "-", band, ratio, half, row["source"] or "-"))
    return rows


def occupied_rows(free_uM: float) -> list[str]:
    """Return what else is occupied at the run's median free level, as the run's page shows it."""
    rows = [
        (row["target"], _ends(row["half_blocked_uM"]), _ends(row["occupied_percent"]), row["tier"], row["source"])
        for row in also_occupied.table(free_uM)
    ]
    head = ("target", "half-blocked at, uM", "occupied, %", "known how", "source")
    said = f"At {free_uM:.2g} uM free in the brain, the run's median on 10 mg a day."
    return [said, "", *table(head, rows), "", f"Not tested in any verdict: {', '.join(verdict.NOT_TESTED)}."]


def _ends(pair: dict[str, float]) -> str:
    low, high = words.number(pair["low"]), words.number(pair["high"])
    return low if low == high else f"{low} to {high}"


def page() -> str:
    """Return the whole page."""
    computed = steps()
    return PAGE.text(
        "## The headline before and after each correction",
        "",
        *step_rows(computed.rows, computed.empirical),
        "",
        "Order in which rules and results came: " + "; ".join(f"{k}. {name}" for k, name in enumerate(ORDER, 1)) + ".",
        "",
        "## The clinical control: preventives, each left out in turn",
        "",
        *control_rows(),
        "",
        "## Simulation-based calibration of the model of preventives",
        "",
        *calibration_rows(),
        "",
        "## Assumed numbers of the link",
        "",
        *assumed_rows(),
        "",
        "## What would narrow the answer",
        "",
        *sobol_rows.rows(),
        "",
        "## Acute against chronic, and other hypotheses",
        "",
        *hypothesis_rows(computed.hypotheses),
        "",
        "## What else is occupied at this level",
        "",
        *occupied_rows(computed.free_uM),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(PAGE.write(page()))

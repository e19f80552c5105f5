"""Is the synthesis calibrated? Simulation-based calibration, and the same posteriors by Metropolis; minutes, seed fixed.

Talts et al. 2018: draw the mean effect and the spread between trials from their priors, trials from both, and ask where
the posterior puts what was drawn. Over many draws those places are uniform, or the synthesis is wrong. Writes
docs/validation/synthesis_calibration.toml.

    python -m validation.calibrate_synthesis [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]
"""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, kstest

from leao.core import chunks, files
from leao.evidence import effects, pooling, published_trials
from leao.evidence.effects import Effect
from leao.evidence.mixture import Prior, posterior, tau_below
from validation import work

Array = NDArray[np.float64]
OUT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "synthesis_calibration.toml"
SEED = 20261124
REPEATS, CHUNK = 4000, 500
DRAWS, BINS = 63, 16
QUANTILES = (0.025, 0.5, 0.975)
CHAINS, STEPS = 20_000, 1500
SCALES: tuple[pooling.Scale, ...] = ("difference", "log_ratio", "log_odds")
MISREAD: tuple[pooling.Scale, str, bool] = ("difference", "neutral", True)  # the test that must fail


class Calibration(NamedTuple):
    """Of one scale and prior: p-values of uniformity, coverage, and the next trial foretold against what came."""

    mean_chi_square_p: float
    mean_ks_p: float
    tau_ks_p: float
    covered_95: float
    success_foretold: float
    success_found: float
    success_z: float


def observed(scale: pooling.Scale) -> list[Effect]:
    """Return the published effects whose standard errors the simulated trials carry."""
    if scale == "log_odds":
        printed = [effects.log_odds_ratio(trial) for trial in published_trials.pooled()]
        return [effect for effect in printed if effect is not None]
    return pooling.observed(scale)


def calibrate(
    scale: pooling.Scale, belief: Prior, repeats: int, seed: int, believed: Array | None = None
) -> Calibration:
    """Return the calibration of the synthesis on a scale.

    Args:
        scale: whose standard errors the simulated trials have.
        belief: the prior that draws and that judges.
        repeats: worlds.
        seed: of all random numbers.
        believed: the standard errors that the synthesis is told, where they are not the true ones.
    """
    drawn = world(scale, belief, repeats, seed)
    return judged(drawn, places(drawn, belief, range(repeats), believed))


class World(NamedTuple):
    """What was drawn from the prior, (repeat, ...), and what decides whether the next trial succeeds."""

    mu: Array
    tau: Array
    y: Array
    error: Array
    u: Array
    estimate: Array  # of the next trial
    next_error: float
    critical: float


def world(scale: pooling.Scale, belief: Prior, repeats: int, seed: int) -> World:
    """Return all draws: means, spreads, trials, the next trial."""
    rng = np.random.default_rng(seed)
    error = np.array([effect.error for effect in observed(scale)])
    mu = belief.mean + belief.sd * rng.standard_normal(repeats)
    tau = belief.tau_sd * np.abs(rng.standard_normal(repeats))
    y = mu[:, None] + np.hypot(error, tau[:, None]) * rng.standard_normal((repeats, error.size))
    next_error, critical = pooling.next_trial_error(pooling.numbers().next_trial_sd_change)
    estimate = mu + np.hypot(tau, next_error) * rng.standard_normal(repeats)
    u = rng.uniform(size=(repeats, DRAWS))
    return World(mu, tau, y, error, u, estimate, next_error, critical)


def places(drawn: World, belief: Prior, repeats: range, believed: Array | None = None) -> dict[str, Array]:
    """Return where the posteriors of some repeats put what was drawn, and what they say of the next trial."""
    errors = drawn.error if believed is None else believed
    rank, place, tau_place, chance = (np.empty(len(repeats)) for _ in range(4))
    for row, k in enumerate(repeats):
        trials = [Effect("", value, spread) for value, spread in zip(drawn.y[k], errors, strict=True)]
        pooled = posterior(trials, belief)
        rank[row] = np.sum(pooled.draw(drawn.u[k]) < drawn.mu[k])
        place[row] = pooled.below(drawn.mu[k])
        tau_place[row] = tau_below(trials, belief, drawn.tau[k])
        chance[row] = pooled.success(drawn.next_error, drawn.critical)
    return {"rank": rank, "place": place, "tau_place": tau_place, "chance": chance}


def judged(drawn: World, of: work.Columns) -> Calibration:
    """Return what the places of all repeats say of the synthesis."""
    rank, place, tau_place, chance = (of[name] for name in ("rank", "place", "tau_place", "chance"))
    succeeded = drawn.estimate < -drawn.critical * drawn.next_error
    return Calibration(
        uniform(rank),
        float(kstest(place, "uniform").pvalue),
        float(kstest(tau_place, "uniform").pvalue),
        float(np.mean(np.abs(place - 0.5) < 0.475)),
        float(chance.mean()),
        float(succeeded.mean()),
        float((succeeded - chance).sum() / math.sqrt((chance * (1.0 - chance)).sum())),
    )


def uniform(rank: Array) -> float:
    """Return the p-value of Pearson's test that ranks among ``DRAWS`` draws are uniform over ``BINS`` bins."""
    counts = np.bincount((rank * BINS // (DRAWS + 1)).astype(int), minlength=BINS)
    wanted = rank.size / BINS
    return float(chi2.sf(((counts - wanted) ** 2 / wanted).sum(), BINS - 1))


def by_metropolis(scale: pooling.Scale, belief: Prior) -> dict[str, Any]:
    """Return quantiles of the mean effect by random-walk Metropolis beside those of the quadrature.

    Many chains side by side in (mean effect, ln spread), each giving its last place alone: independent draws.
    """
    rng = np.random.default_rng(SEED)
    published = observed(scale)
    y, error = np.array([effect.estimate for effect in published]), np.array([effect.error for effect in published])

    def log_density(mu: Array, log_tau: Array) -> Array:
        tau = np.exp(log_tau)
        variance = error**2 + tau[:, None] ** 2
        likelihood = -0.5 * (np.log(variance) + (y - mu[:, None]) ** 2 / variance).sum(axis=1)
        return likelihood - 0.5 * ((mu - belief.mean) / belief.sd) ** 2 - 0.5 * (tau / belief.tau_sd) ** 2 + log_tau

    mu = belief.mean + belief.sd * rng.standard_normal(CHAINS)
    log_tau = np.log(belief.tau_sd * np.abs(rng.standard_normal(CHAINS)))
    before = log_density(mu, log_tau)
    for step in range(STEPS):
        reach = (0.3, 1.0, 3.0)[step % 3]  # small and large steps by turns
        mu_next = mu + reach * np.mean(error) / np.sqrt(y.size) * rng.standard_normal(CHAINS)
        tau_next = log_tau + reach * rng.standard_normal(CHAINS)
        after = log_density(mu_next, tau_next)
        taken = np.log(rng.random(CHAINS)) < after - before
        mu, log_tau = np.where(taken, mu_next, mu), np.where(taken, tau_next, log_tau)
        before = np.where(taken, after, before)
    exact_posterior = posterior(published, belief)
    exact = np.array([exact_posterior.quantile(q) for q in QUANTILES])
    below = [float(np.mean(mu < x)) for x in exact]
    z = [(p - q) / math.sqrt(q * (1.0 - q) / CHAINS) for p, q in zip(below, QUANTILES, strict=True)]
    return {
        "quadrature": [round(float(x), 4) for x in exact],
        "metropolis": [round(float(x), 4) for x in np.quantile(mu, QUANTILES)],
        "z": [round(x, 2) for x in z],
    }


def part(scale: pooling.Scale, name: str, *, misread: bool, repeats: range) -> dict[str, Array]:
    """Return the places of some repeats under a prior; ``misread``: the standard errors that Shanmugam's SE give as SD."""
    belief = pooling.prior(scale, name)
    believed = np.array([effect.error for effect in pooling.observed(scale, misread=True)]) if misread else None
    return places(world(scale, belief, REPEATS, SEED), belief, repeats, believed)


def main() -> None:
    """Run both for every scale and prior, and write what came of it."""
    given = work.asked(__doc__)
    cases: list[tuple[pooling.Scale, str, bool]] = [(scale, name, False) for scale in SCALES for name in pooling.PRIORS]
    cases.append(MISREAD)
    cuts = chunks.spans(REPEATS, CHUNK)
    jobs = {
        str(case): [partial(part, case[0], case[1], misread=case[2], repeats=cut) for cut in cuts] for case in cases
    }
    parts = work.computed(given, jobs)

    def calibrated(case: tuple[pooling.Scale, str, bool]) -> Calibration:
        drawn = world(case[0], pooling.prior(case[0], case[1]), REPEATS, SEED)
        return judged(drawn, work.joined(parts[str(case)]))

    lines = [
        "# Written by validation/calibrate_synthesis.py: simulation-based calibration of the synthesis, and Metropolis.",
        f"seed    = {SEED}",
        f"repeats = {REPEATS}",
        "",
    ]
    for scale in SCALES:
        for name in pooling.PRIORS:
            figures = calibrated((scale, name, False))._asdict()
            lines += [f"[{scale}.{name}]", *(f"{key} = {value:.4g}" for key, value in figures.items())]
            sampled = by_metropolis(scale, pooling.prior(scale, name))
            lines += [*(f"{key} = {value}" for key, value in sampled.items()), ""]
            print("\n".join(lines[-14:]), flush=True)
    figures = calibrated(MISREAD)._asdict()
    lines += ["[difference.misread]", *(f"{key} = {value:.4g}" for key, value in figures.items())]
    files.write_text(OUT, "\n".join(lines) + "\n")


if __name__ == "__main__":
    work.run("calibrate_synthesis")

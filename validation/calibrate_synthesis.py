"""Is the synthesis calibrated? Simulation-based calibration, and the same posteriors by NUTS; minutes, seed fixed.

Talts et al. 2018: draw the mean effect and the spread between trials from their priors, trials from both, and ask where
the posterior puts what was drawn. Over many draws those places are uniform, or the synthesis is wrong. Writes
docs/validation/synthesis_calibration.toml.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, kstest

from leao.core import files
from leao.evidence import effects, pooling, studies
from leao.evidence.effects import Effect
from leao.evidence.mixture import Prior, posterior, tau_below

Array = NDArray[np.float64]
OUT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "synthesis_calibration.toml"
SEED = 20261124
REPEATS = 4000
DRAWS, BINS = 63, 16
QUANTILES = (0.025, 0.5, 0.975)
SCALES: tuple[pooling.Scale, ...] = ("difference", "log_ratio", "log_odds")


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
        found = [effects.log_odds_ratio(trial) for trial in studies.pooled()]
        return [effect for effect in found if effect is not None]
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
    rng = np.random.default_rng(seed)
    error = np.array([effect.error for effect in observed(scale)])
    told = error if believed is None else believed
    mu = belief.mean + belief.sd * rng.standard_normal(repeats)
    tau = belief.tau_sd * np.abs(rng.standard_normal(repeats))
    y = mu[:, None] + np.hypot(error, tau[:, None]) * rng.standard_normal((repeats, error.size))
    next_error, critical = pooling.next_trial_error(pooling.numbers().next_trial_sd_change)
    estimate = mu + np.hypot(tau, next_error) * rng.standard_normal(repeats)
    u = rng.uniform(size=(repeats, DRAWS))
    rank, place, tau_place, chance = (np.empty(repeats) for _ in range(4))
    for k in range(repeats):
        found = [Effect("", value, spread) for value, spread in zip(y[k], told, strict=True)]
        said = posterior(found, belief)
        rank[k] = np.sum(said.draw(u[k]) < mu[k])
        place[k] = said.below(mu[k])
        tau_place[k] = tau_below(found, belief, tau[k])
        chance[k] = said.success(next_error, critical)
    succeeded = estimate < -critical * next_error
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


def by_nuts(scale: pooling.Scale, belief: Prior) -> dict[str, Any]:
    """Return quantiles of the mean effect by NumPyro's NUTS beside those of the quadrature."""
    import jax
    import numpyro
    import numpyro.distributions as dist
    from numpyro.diagnostics import effective_sample_size, gelman_rubin
    from numpyro.infer import MCMC, NUTS

    numpyro.enable_x64()
    found = observed(scale)
    y, error = np.array([one.estimate for one in found]), np.array([one.error for one in found])

    def model() -> None:
        mu = numpyro.sample("mu", dist.Normal(belief.mean, belief.sd))
        tau = numpyro.sample("tau", dist.HalfNormal(belief.tau_sd))
        z = numpyro.sample("z", dist.Normal(0.0, 1.0).expand([y.size]))
        numpyro.sample("y", dist.Normal(mu + tau * z, error), obs=y)

    chains = MCMC(
        NUTS(model, target_accept_prob=0.95),
        num_warmup=1000,
        num_samples=20000,
        num_chains=4,
        chain_method="sequential",
        progress_bar=False,
    )
    chains.run(jax.random.PRNGKey(SEED))
    mu = np.asarray(chains.get_samples(group_by_chain=True)["mu"])
    said = posterior(found, belief)
    exact = np.array([said.quantile(q) for q in QUANTILES])
    sampled = np.quantile(mu, QUANTILES)
    inside = [(mu < x).astype(float) for x in exact]
    z = [
        (one.mean() - q) / math.sqrt(q * (1.0 - q) / float(effective_sample_size(one)))
        for one, q in zip(inside, QUANTILES, strict=True)
    ]
    return {
        "quadrature": [round(float(x), 4) for x in exact],
        "nuts": [round(float(x), 4) for x in sampled],
        "z": [round(float(x), 2) for x in z],
        "r_hat": round(float(gelman_rubin(mu)), 4),
    }


def main() -> None:
    """Run both for every scale and prior, and write what was found."""
    lines = [
        "# Written by validation/calibrate_synthesis.py: simulation-based calibration of the synthesis, and NUTS.",
        f"seed    = {SEED}",
        f"repeats = {REPEATS}",
        "",
    ]
    for scale in SCALES:
        for name in pooling.PRIORS:
            belief = pooling.prior(scale, name)
            found = calibrate(scale, belief, REPEATS, SEED)
            lines += [f"[{scale}.{name}]", *(f"{key} = {value:.4g}" for key, value in found._asdict().items())]
            nuts = by_nuts(scale, belief)
            lines += [*(f"{key} = {value}" for key, value in nuts.items()), ""]
            print("\n".join(lines[-14:]), flush=True)
    wrong = np.array([effect.error for effect in pooling.observed("difference", misread=True)])
    found = calibrate("difference", pooling.prior("difference", "neutral"), REPEATS, SEED, wrong)
    lines += ["[difference.misread]", *(f"{key} = {value:.4g}" for key, value in found._asdict().items())]
    files.write_text(OUT, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

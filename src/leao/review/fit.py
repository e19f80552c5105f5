"""The posterior of one diary by Hamiltonian Monte Carlo (NumPyro), with the checks that say whether to believe it.

Trajectories of fixed length suit this posterior: every parameter is a standard normal before the data, and one
diary moves it little. Shapes are padded (``model.LENGTHS``), so that diaries of like length share one compilation.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.review import model
from leao.review.priors import Params, central

CHAINS, WARM_UP, KEEP = 4, 150, 250
TRAJECTORY, FIRST_STEP, ACCEPT = 2.0, 0.3, 0.85
MOST_STEPS = 12.0  # of one trajectory: a start far out must not shrink the step until a fit never ends
LARGEST_R_HAT, LEAST_ESS, MOST_DIVERGING = 1.03, 200.0, 0.01
START = 0.3  # standard deviations over which the chains are spread at the start
AGAIN = 3  # times as long, where the first attempt did not converge
INSTALL = (
    "review: needs numpyro and jax for the inference; install them with pip install 'leao[bayes]' "
    "(leao review --check and --template do without)"
)


class Posterior(NamedTuple):
    """The draws of one diary, and what the checks found."""

    z: NDArray[np.float64]  # (draw, width)
    parameters: model.Parameters  # each (draw, ...)
    r_hat: float
    ess: float
    diverging: float
    problem: str | None  # None where the fit converged

    @property
    def converged(self) -> bool:
        """Whether the draws may carry an answer."""
        return self.problem is None


def sample(data: model.Data, seed: int, p: Params | None = None) -> Posterior:
    """Return the posterior of one padded diary; where it did not converge, once more and longer.

    Raises:
        ScenarioError: numpyro or jax is not installed.
    """
    belief = central() if p is None else p
    found = _attempt(data, seed, belief, (WARM_UP, KEEP))
    return found if found.converged else _attempt(data, seed + 1, belief, (AGAIN * WARM_UP, AGAIN * KEEP))


def _attempt(data: model.Data, seed: int, p: Params, lengths: tuple[int, int]) -> Posterior:
    z, diverging = draw(data, seed, p, lengths)
    r_hat, ess = _checks(z)
    share = float(diverging.mean())
    flat = z.reshape(-1, z.shape[-1])
    return Posterior(flat, model.parameters(flat, p), r_hat, ess, share, _problem(r_hat, ess, share))


def draw(
    data: model.Data, seed: int, p: Params, lengths: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the draws z (chain, draw, width) and which of their trajectories diverged (chain, draw).

    Raises:
        ScenarioError: numpyro or jax is not installed.
    """
    try:
        import jax
    except ImportError:
        raise ScenarioError(INSTALL) from None
    length = data.headache.shape[-1]
    block = dict(model.LENGTHS)[length]
    start, luck = jax.random.split(jax.random.PRNGKey(seed))
    z0 = START * jax.random.normal(start, (CHAINS, model.width(length)))
    arrays = model.Data(*(np.asarray(values, dtype=np.float32) for values in data))
    z, diverging = _sampler(block, p, lengths)(jax.random.split(luck, CHAINS), z0, arrays)
    return np.asarray(z, dtype=np.float64), np.asarray(diverging)


@cache
def _sampler(block: int, p: Params, lengths: tuple[int, int]) -> Any:
    """Return the compiled sampler of several chains side by side."""
    try:
        import jax
        from numpyro.infer import HMC
    except ImportError:
        raise ScenarioError(INSTALL) from None
    from leao.review.density import potential

    warm_up, keep = lengths

    def chain(key: Any, z0: Any, data: model.Data) -> Any:
        kernel = HMC(
            potential_fn=lambda z: potential(z, data, p, block),
            step_size=FIRST_STEP,
            trajectory_length=TRAJECTORY,
            target_accept_prob=ACCEPT,
        )
        state = kernel.init(key, warm_up, z0, (), {})

        def step(state: Any, _: None) -> Any:
            reach = jax.numpy.minimum(TRAJECTORY, MOST_STEPS * state.adapt_state.step_size)
            state = kernel.sample(state._replace(trajectory_length=reach), (), {})
            return state, (state.z, state.diverging)

        _, (z, diverging) = jax.lax.scan(step, state, None, length=warm_up + keep)
        return z[warm_up:], diverging[warm_up:]

    return jax.jit(jax.vmap(chain, in_axes=(0, 0, None)))


def _checks(z: NDArray[np.float64]) -> tuple[float, float]:
    """Return the largest split r-hat and the least effective sample size over all parameters."""
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    with np.errstate(all="ignore"):
        r_hat = float(np.max(split_gelman_rubin(z)))
        found = effective_sample_size(z)[: model.HEAD]
    # the estimator turns negative where draws are more even than independent ones
    ess = float(np.min(np.where(found > 0.0, found, z.shape[0] * z.shape[1])))
    return r_hat, ess


def _problem(r_hat: float, ess: float, diverging: float) -> str | None:
    """Return why the draws may not carry an answer, or None."""
    if not r_hat <= LARGEST_R_HAT:
        return f"the chains disagree (r-hat {r_hat:.3f}, wanted {LARGEST_R_HAT} at most)"
    if not ess >= LEAST_ESS:
        return f"too few independent draws ({ess:.0f}, wanted {LEAST_ESS:.0f})"
    if not diverging <= MOST_DIVERGING:
        return f"{diverging:.1%} of the trajectories diverged, wanted {MOST_DIVERGING:.0%} at most"
    return None

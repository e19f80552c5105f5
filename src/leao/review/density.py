"""The log posterior density of the daily model in jax: the matrices of ``model.steps`` multiplied pairwise.

Imported only when a diary is read with inference; everything else of the room stays on numpy.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from leao.review import model
from leao.review.priors import Params

_UNIT = np.array([1.0, 0.0, 0.0, 1.0], dtype=np.float32)[:, None]


def potential(z: jax.Array, data: model.Data, p: Params, block: int) -> jax.Array:
    """Return minus the log posterior density of standard normals ``z`` (width,), up to a constant."""
    q = model.parameters(z, p, jnp)
    return 0.5 * jnp.sum(z * z) - log_likelihood(q, data, block)


def log_likelihood(q: model.Parameters, data: model.Data, block: int) -> jax.Array:
    """Return the log-likelihood of one padded diary, days left out summed over."""
    entries = jnp.stack(model.steps(q, data, block, jnp))
    levels = int(np.log2(entries.shape[1]))

    def level(m: jax.Array, _: None) -> tuple[jax.Array, jax.Array]:
        half = _times(m[:, 0::2], m[:, 1::2])
        scale = half.max(axis=0)
        # filled up with unit matrices, so that every level has one shape and is compiled once
        rest = jnp.broadcast_to(_UNIT, half.shape)
        return jnp.concatenate([half / scale, rest], axis=1), jnp.sum(jnp.log(scale))

    product, logs = jax.lax.scan(level, entries, None, length=levels)
    return logs.sum() + jnp.log(product[0, 0] + product[1, 0])  # day 0 has two equal rows: either is the start


def _times(x: jax.Array, y: jax.Array) -> jax.Array:
    a: Any = x[0] * y[0] + x[1] * y[2]
    b: Any = x[0] * y[1] + x[1] * y[3]
    c: Any = x[2] * y[0] + x[3] * y[2]
    d: Any = x[2] * y[1] + x[3] * y[3]
    return jnp.stack([a, b, c, d])

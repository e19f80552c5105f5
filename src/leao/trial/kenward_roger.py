"""Kenward and Roger's small-sample standard error and degrees of freedom of an MMRM contrast, beside Satterthwaite's.

Unstructured covariance S with elements s_k, every regressor with its own effect at every visit (kernels/mmrm.py). With
Phi the covariance of the effects, V_g the part of S that pattern g shows, X_g'X_g the cross-products of its regressors:

    P_k = -sum_g (V^-1 dV/ds_k V^-1) (x) X'X,   Q_kl = sum_g (V^-1 dV/ds_k V^-1 dV/ds_l V^-1) (x) X'X
    2 I_kl = sum_g n_g tr(V^-1 dV/ds_k V^-1 dV/ds_l) - 2 tr(Phi Q_kl) + tr(Phi P_k Phi P_l),   W = I^-1
    Phi_A = Phi + 2 Phi [sum_kl W_kl (Q_kl - P_k Phi P_l)] Phi       (S is linear in s: no second derivatives)
    one contrast c: df = 2 / A,  A = sum_kl W_kl (c'Phi P_k Phi c)(c'Phi P_l Phi c) / (c'Phi c)^2

Kenward and Roger 1997, Biometrics 53:983.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MOST_VISITS = 13  # 91 elements of S; beyond, minutes


class Contrast(NamedTuple):
    """Adjusted standard error and degrees of freedom of each contrast; NaN where there is none."""

    se: Array
    freedom: Array


class _Pattern(NamedTuple):
    people: int
    inverse: Array  # of the part of S that is seen, in the places of all visits
    cross: Array  # X'X


def kenward_roger(y: Array, x: Array, covariance: Array, weight: Array, contrasts: Array) -> Contrast:
    """Return the adjusted standard errors of ``weight' B contrast``.

    Args:
        y: the visits of the patients who are analysed, NaN where missing, (subject, visit).
        x: their regressors, (subject, p).
        covariance: restricted estimate of S, (visit, visit).
        weight: of the visits, (visit,).
        contrasts: of the regressors, (contrast, p).
    """
    nothing = Contrast(*np.full((2, len(contrasts)), np.nan))
    if y.shape[1] > MOST_VISITS or not np.isfinite(covariance).all():
        return nothing
    patterns = _patterns(y, x, covariance)
    try:
        information = np.sum([np.kron(pattern.inverse, pattern.cross) for pattern in patterns], axis=0)
        phi = np.asarray(np.linalg.inv(information), np.float64)
        return _adjusted(patterns, phi, np.array([np.kron(weight, row) for row in contrasts]))
    except np.linalg.LinAlgError:
        return nothing


def _patterns(y: Array, x: Array, covariance: Array) -> list[_Pattern]:
    seen = np.isfinite(y)
    keep = seen.any(axis=1)
    shapes, which = np.unique(seen[keep], axis=0, return_inverse=True)
    entries = []
    for k, shape in enumerate(shapes):
        rows = x[keep][which.ravel() == k]
        inverse = np.zeros(covariance.shape)
        inverse[np.ix_(shape, shape)] = np.linalg.inv(covariance[np.ix_(shape, shape)])
        entries.append(_Pattern(len(rows), inverse, rows.T @ rows))
    return entries


def _adjusted(patterns: list[_Pattern], phi: Array, whole: Array) -> Contrast:
    visits, p = patterns[0].inverse.shape[0], patterns[0].cross.shape[0]
    elements = list(combinations_with_replacement(range(visits), 2))
    slopes = np.zeros((len(elements), visits, visits))  # dS/ds_k
    for k, (i, j) in enumerate(elements):
        slopes[k, i, j] = slopes[k, j, i] = 1.0
    size = visits * p
    first = np.zeros((len(elements), size, size))
    for pattern in patterns:
        middle = pattern.inverse @ slopes @ pattern.inverse
        first -= np.einsum("kij,ab->kiajb", middle, pattern.cross).reshape(-1, size, size)
    turned = phi @ first @ phi  # Phi P_k Phi
    information = 0.5 * np.einsum("kij,lji->kl", phi @ first, phi @ first)
    by_visit = phi.reshape(visits, p, visits, p)
    for pattern in patterns:
        side = pattern.inverse @ slopes
        trace = np.einsum("kij,lji->kl", side, side)
        about = np.einsum(
            "iajb,ab->ij", by_visit, pattern.cross
        )  # sum over regressors: tr(Phi M (x) X'X) = tr(about M)
        information += 0.5 * pattern.people * trace - np.einsum("kij,ljm,mi->kl", side, side @ pattern.inverse, about)
    weights = np.linalg.inv(information)
    inner = np.zeros((size, size))
    for pattern in patterns:
        side = pattern.inverse @ slopes
        second = np.einsum("kl,kij,ljm->im", weights, side, side @ pattern.inverse, optimize=True)
        inner += np.kron(second, pattern.cross)
    inner -= np.einsum("kl,kij,ljm->im", weights, first, phi @ first, optimize=True)
    adjusted = phi + 2.0 * phi @ inner @ phi
    variance = np.einsum("ci,ij,cj->c", whole, phi, whole)
    moved = np.einsum("ci,kij,cj->ck", whole, turned, whole)
    doubt = np.einsum("ck,kl,cl->c", moved, weights, moved) / variance**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return Contrast(np.sqrt(np.einsum("ci,ij,cj->c", whole, adjusted, whole)), 2.0 / doubt)

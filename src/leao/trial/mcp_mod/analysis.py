"""``leao trial mcp-mod``: a table with a row per patient to dose means, test, fits and the dose for an effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import files, tables
from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.trial.mcp_mod import contrasts, fitting
from leao.trial.mcp_mod.contrasts import Means, Tested
from leao.trial.mcp_mod.fitting import Fitted
from leao.trial.mcp_mod.shapes import SHAPES, Candidate, parse
from leao.trial.reading.one_row import one_row_each
from leao.trial.reading.records import LARGEST

Array = NDArray[np.float64]
FINE = 201  # doses of a curve
_LEAST_P = 1e-4  # that the integration tells from 0


class McpModWords(NamedTuple):
    """What the user wrote."""

    dose: str
    value: str
    covariates: str | None
    models: str | None
    better: str
    alpha: float
    delta: float | None


def answer(path: str, words: McpModWords) -> dict[str, Any]:
    """Return the answer.

    Raises:
        ScenarioError: a table, a column or a value that cannot be used.
    """
    if words.better not in ("lower", "higher"):
        raise ScenarioError(f"--better: found {words.better!r}, wanted lower or higher")
    if not 0.0 < words.alpha < 0.5:
        raise ScenarioError(f"--alpha: found {words.alpha:g}, wanted above 0 and below 0.5, of one side")
    if words.delta is not None and not 0.0 < words.delta < np.inf:
        raise ScenarioError(f"--delta: found {words.delta:g}, wanted the size of the effect, above 0")
    sign = -1.0 if words.better == "lower" else 1.0
    names = [part.strip() for part in (words.covariates or "").split(",") if part.strip()]
    means, counts, problems = _means(path, words, names, sign)
    candidates = parse(words.models, float(means.doses.max()))
    tested = contrasts.test(means, candidates)
    shown = tested.adjusted_p < words.alpha
    won = list(dict.fromkeys(part.name for part, yes in zip(candidates, shown, strict=True) if yes))
    fits = [fitted for fitted in (fitting.fit(means, name) for name in won) if fitted is not None]
    problems += [
        f"{name}: as many parameters as doses, not fitted" for name in won if name not in {f.name for f in fits}
    ]
    curve, shares, target = _averaged(fits, means, words.delta)
    return {
        "file": path,
        "value": words.value,
        "better": words.better,
        "covariates": names,
        "alpha": words.alpha,
        "doses": [
            {"dose": float(d), "patients": int(n), "mean": float(sign * m), "se": float(se)}
            for d, n, m, se in zip(means.doses, counts, means.value, np.sqrt(np.diag(means.covariance)), strict=True)
        ],
        "degrees_of_freedom": means.freedom,
        "candidates": _tested(candidates, tested, shown),
        "dose_response": bool(shown.any()),
        "fits": [
            _fitted(part, share, sign, _target(part, means, words.delta))
            for part, share in zip(fits, shares, strict=True)
        ],
        "delta": words.delta,
        "target_dose": target,
        "curve": {"dose": curve[0].tolist(), "mean": (sign * curve[1]).tolist()},
        "text": _text(candidates, tested, won, target, words),
        "problems": problems,
        "page": None,
    }  # fmt: skip


def _means(path: str, words: McpModWords, names: list[str], sign: float) -> tuple[Means, NDArray[np.int64], list[str]]:
    """Return the means of the doses by least squares, adjusted for centred covariates; higher is better."""
    table = tables.read(path, files.read_bytes(Path(path)))
    one_row_each(table)
    columns = [_column(table, name) for name in (words.dose, words.value, *names)]
    known = np.isfinite(np.array(columns)).all(axis=0)
    problems = table.remarks()
    if not known.all():
        problems.append(f"{int((~known).sum())} of {known.size} rows lack a value and are left out")
    unread = [name for name in table.header if name not in (words.dose, words.value, *names)]
    if unread:
        problems.append(f"not read: {', '.join(unread)}")
    dose, value, *more = (column[known] for column in columns)
    if (dose < 0.0).any():
        raise table.error(int(np.flatnonzero(known)[np.argmax(dose < 0.0)]), "a dose below 0, wanted 0 or more")
    doses, place = np.unique(dose, return_inverse=True)
    counts = np.bincount(place)
    if len(doses) < 3 or doses[0] != 0.0:
        listed = ", ".join(f"{d:g}" for d in doses[:10])
        raise ScenarioError(f"{path}: found doses {listed}, wanted 0 (placebo) and two or more others")
    x = np.column_stack([np.eye(len(doses))[place], *(column - column.mean() for column in more)])
    freedom = len(value) - x.shape[1]
    if freedom < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise ScenarioError(
            f"{path}: {len(value)} patients for {x.shape[1]} means and covariates; leave covariates out"
        )
    inverse: Array = np.asarray(np.linalg.inv(x.T @ x), np.float64)
    b = inverse @ (x.T @ (sign * value))
    variance = float(((sign * value - x @ b) ** 2).sum() / freedom)
    if variance <= 0.0:
        raise ScenarioError(f"{path}: {words.value} does not scatter within the doses; there is nothing to test")
    k = len(doses)
    return Means(doses, b[:k], variance * inverse[:k, :k], freedom), counts, problems


def _column(table: tables.Table, name: str) -> Array:
    if name not in table.header:
        hint = nearest(name, list(table.header))
        raise ScenarioError(f"{table.name}: no column {name!r}; there are {', '.join(table.header)}{hint}")
    return table.bounded(name, LARGEST)


def _averaged(fits: list[Fitted], means: Means, delta: float | None) -> tuple[tuple[Array, Array], Array, float | None]:
    doses = np.linspace(0.0, float(means.doses.max()), FINE)
    if not fits:
        return (np.zeros(0), np.zeros(0)), np.zeros(0), None
    shares = fitting.weights(fits)
    curve = shares @ np.array([part.at(doses) for part in fits])
    return (doses, curve), shares, None if delta is None else fitting.target_dose(curve, doses, delta)


def _target(part: Fitted, means: Means, delta: float | None) -> float | None:
    doses = np.linspace(0.0, float(means.doses.max()), FINE)
    return None if delta is None else fitting.target_dose(part.at(doses), doses, delta)


def _tested(candidates: tuple[Candidate, ...], tested: Tested, shown: NDArray[np.bool_]) -> list[dict[str, Any]]:
    return [
        {
            "shape": candidate.name,
            "guess": list(candidate.guess),
            "contrast": tested.contrasts[k].tolist(),
            "t": float(tested.t[k]),
            "adjusted_p": float(tested.adjusted_p[k]),
            "significant": bool(shown[k]),
        }
        for k, candidate in enumerate(candidates)
    ]


def _fitted(part: Fitted, share: float, sign: float, target: float | None) -> dict[str, Any]:
    words = SHAPES[part.name].parameters
    return {
        "shape": part.name,
        "e0": sign * part.e0,
        "e1": sign * part.e1,
        "parameters": dict(zip(words, part.parameters, strict=True)),
        "gaic": part.gaic,
        "weight": float(share),
        "target_dose": target,
    }


def _text(
    candidates: tuple[Candidate, ...], tested: Tested, won: list[str], target: float | None, words: McpModWords
) -> str:
    best = int(tested.t.argmax())
    p = float(tested.adjusted_p[best])
    shown = f"= {p:.4f}" if p >= _LEAST_P else f"below {_LEAST_P:g}"
    text = f"largest contrast {candidates[best].name}, t = {tested.t[best]:.2f}, adjusted p {shown} of one side"
    if not won:
        return f"No dose response shown: {text}"
    text = f"A dose response is shown: {text}"
    if words.delta is not None:
        dose = "no dose studied" if target is None else f"dose {target:.3g}"
        text += f"; an effect of {words.delta:g} over placebo: {dose} (average of {len(won)} shapes)"
    return text

"""Hierarchical posterior over the published numbers of NMDA-receptor blockers, with a laboratory effect.

    python -m validation.fit_receptor fit|calibrate [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

``fit``: the posterior, into ``docs/validation/receptor_fit.toml`` and the ledger ``receptor_posterior``; one part.
``calibrate``: simulation-based calibration.
Rules, data and what is held out: ``docs/validation/verdict_rules.md``, section 7; ``receptor_data.toml``.
Gaussian given the four spreads, which lie on a grid of equal prior weight.
"""

from __future__ import annotations

import argparse
import itertools
import tomllib
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtri
from scipy.stats import chisquare

from leao.core import chunks, files, ledger
from leao.core.random import Streams
from leao.receptor import model
from leao.receptor.kernels import equilibrium
from validation import work

Array = NDArray[np.float64]
HERE = Path(__file__).resolve().parents[1] / "docs" / "validation"
LEDGER = Path(__file__).resolve().parents[1] / "src" / "leao" / "ledgers" / "receptor" / "receptor_posterior.toml"
SEED, DRAWS, NODES, REPEATS, CHUNK = 18, 4000, 6, 300, 10
AT = -66.0  # mV, to which every IC50 is carried
RATES_AT = -70.0  # mV, of the rates
LEAST_ERROR, UNSEEN_ERROR = 0.10, 0.15
SPREADS = {"tau": 0.5, "omega": 0.25, "phi": 0.5, "chi": 0.5}  # half-normal scales
COMMON_SD, OTHER_SD = {"memantine": 1.0}, 3.0  # of ln IC50 about ln 1 uM
CONTRAST_SD, DISAGREEMENT, SHARE, TIME = 0.5, 0.5, 1.5, 1.0
RATE_MEAN, RATE_SD = float(np.log(0.3)), 1.5
QUANTILES = (0.05, 0.5, 0.95)


class Row(NamedTuple):
    """One published number on its own scale: natural logarithm, logit for a share."""

    laboratory: str
    compound: str
    quantity: str
    subtype: str
    value: float
    error: float


class Posterior(NamedTuple):
    """Draws of every effect by name (draw, effect), and of the four spreads (draw, 4)."""

    names: tuple[str, ...]
    effects: Array
    spreads: Array

    def of(self, name: str) -> Array:
        """Return the draws of one effect."""
        return self.effects[:, self.names.index(name)]

    def half(self, compound: str, subtype: str) -> Array:
        """Return draws of ln IC50 at -66 mV without Mg2+, over laboratories."""
        return self.of(f"a.{compound}") + self.of(f"d.{compound}.{subtype}")


@cache
def rows() -> tuple[Row, ...]:
    """Return the numbers of the fit."""
    table = tomllib.loads((HERE / "receptor_data.toml").read_text(encoding="utf-8"))["number"]
    return tuple(
        Row(
            entry["laboratory"],
            entry["compound"],
            entry["quantity"],
            subtype,
            _scaled(entry, value),
            max(entry.get("error", UNSEEN_ERROR), LEAST_ERROR),
        )
        for entry in table
        for subtype, value in entry["values"].items()
    )


def effects(data: tuple[Row, ...]) -> tuple[str, ...]:
    """Return the names of all effects that the data bear on."""
    names: dict[str, None] = {}
    for row in data:
        names |= dict.fromkeys(_terms(row))
    for compound in {row.compound for row in data}:
        names |= dict.fromkeys(f"d.{compound}.{subtype}" for subtype in model.SUBTYPES)
    return tuple(names)


def fit(data: tuple[Row, ...], seed: int = SEED, draws: int = DRAWS) -> Posterior:
    """Return draws of the posterior: cells of the grid by weight, then the Gaussian within each cell."""
    names = effects(data)
    design = np.array([[_terms(row).get(name, 0.0) for name in names] for row in data])
    observed = np.array([row.value for row in data]) - np.array([_offset(row) for row in data])
    noise = np.array([row.error for row in data]) ** 2
    means = np.array([_prior_mean(name) for name in names])
    cells = np.array(list(itertools.product(*(scale * _half_normal(NODES) for scale in SPREADS.values()))))
    variances = np.array([_prior_variance(names, tuple(cell)) for cell in cells])
    gap = observed - design @ means
    logs = _log_marginal(design, gap, noise, variances)
    weight = np.exp(logs - logs.max())
    random = np.random.default_rng([seed, 7])
    picked = random.choice(len(cells), draws, p=weight / weight.sum())
    drawn = np.empty((draws, len(names)))
    for cell in np.unique(picked):
        here = picked == cell
        shift, root = _conditional(design, gap, noise, variances[cell])
        drawn[here] = means + shift + random.standard_normal((int(here.sum()), len(names))) @ root.T
    return Posterior(names, drawn, cells[picked])


def new_laboratory(posterior: Posterior, purpose: str) -> dict[str, Array]:
    """Return draws of what a laboratory not seen would measure of memantine and its comparators.

    ``<compound>.<subtype>``: ln IC50; ``off.<compound>``: ln off rate, GluN2A at -70 mV; ``share``: logit; ``time``: ln s.
    """
    tau, omega, phi, chi = posterior.spreads.T
    normal = ndtri(Streams(SEED, "receptor posterior").per_trial(purpose, range(len(tau)), 5))
    lab = tau * normal[:, 0] + omega * normal[:, 1]
    compounds = sorted({name.split(".")[1] for name in posterior.names if name.startswith("a.")})
    values = {f"{c}.{s}": posterior.half(c, s) + lab for c in compounds for s in model.SUBTYPES}
    values |= {
        f"off.{name.split('.')[1]}": posterior.of(name) + phi * normal[:, 2]
        for name in posterior.names
        if name.startswith("r.")
    }
    return values | {"share": posterior.of("t") + chi * normal[:, 3], "time": posterior.of("v")}


def potency(posterior: Posterior) -> Array:
    """Return draws of the natural logarithm of potency: the IC50 of an unseen laboratory over the ledger's."""
    ours = ledger.params(ledger.read("compounds/memantine"), model.Compound)
    predicted = new_laboratory(posterior, "potency")
    logs = [predicted[f"memantine.{s}"] - np.log(getattr(ours, f"ic50_{s}")) for s in model.SUBTYPES]
    return np.mean(logs, axis=0)


def ranks(repeats: range) -> dict[str, Array]:
    """Return the ranks of some truths, drawn from the prior, in the posterior of data made from them.

    All before them are drawn, too, so that parts are those of one stream of random numbers.
    """
    data, random = rows(), np.random.default_rng([SEED, 8])
    names = effects(data)
    places: dict[str, list[float]] = {"memantine 2A": [], "memantine 2D": [], "tau": [], "release": []}
    design = np.array([[_terms(row).get(name, 0.0) for name in names] for row in data])
    for repeat in range(repeats.stop):
        spreads = [scale * random.choice(_half_normal(NODES)) for scale in SPREADS.values()]
        spread = np.sqrt(_prior_variance(names, tuple(spreads)))
        truth = np.array([_prior_mean(name) for name in names]) + spread * random.standard_normal(len(names))
        seen = design @ truth + [_offset(row) + row.error * random.standard_normal() for row in data]
        made = tuple(row._replace(value=float(value)) for row, value in zip(data, seen, strict=True))
        ties = random.random(len(places))
        if repeat not in repeats:
            continue
        posterior = fit(made, seed=1000 + repeat, draws=200)
        at = dict(zip(names, truth, strict=True))
        truths = {
            "memantine 2A": (posterior.half("memantine", "2A"), at["a.memantine"] + at["d.memantine.2A"]),
            "memantine 2D": (posterior.half("memantine", "2D"), at["a.memantine"] + at["d.memantine.2D"]),
            "tau": (posterior.spreads[:, 0], spreads[0]),
            "release": (posterior.of("t"), at["t"]),
        }
        for (label, (values, true)), tie in zip(truths.items(), ties, strict=True):
            places[label].append(float(np.mean(values < true) + tie * np.mean(values == true)))
    return {label: np.array(values) for label, values in places.items()}


def calibration(given: work.Asked) -> dict[str, Any]:
    """Return those ranks in tenths, and chi-square p."""
    parts = work.computed(given, {"ranks": [partial(ranks, cut) for cut in chunks.spans(REPEATS, CHUNK)]})
    tenths = {
        label: np.histogram(values, bins=10, range=(0.0, 1.0))[0]
        for label, values in work.joined(parts["ranks"]).items()
    }
    return {k: {"tenths": v.tolist(), "p_uniform": float(chisquare(v).pvalue)} for k, v in tenths.items()}


def summary(posterior: Posterior) -> dict[str, Any]:
    """Return quantiles of what the fit gives, over laboratories and for one not seen."""
    unseen = new_laboratory(posterior, "potency")
    compounds = sorted({name.split(".")[1] for name in posterior.names if name.startswith("a.")})
    ours = {
        f"ic50 {c} {s}, uM": np.exp(posterior.half(c, s))
        for c in compounds
        for s in (model.SUBTYPES if c != "amantadine" else ("2A", "2B"))
    }
    ours |= {f"off {name[2:]}, 1/s": np.exp(posterior.of(name)) for name in posterior.names if name.startswith("r.")}
    ours |= {"rates over IC50": np.exp(posterior.of("g")), "release time, s": np.exp(posterior.of("v"))}
    ours["share set free"] = 1.0 / (1.0 + np.exp(-posterior.of("t")))
    ours |= dict(zip(SPREADS, posterior.spreads.T, strict=True))
    log = potency(posterior)
    return {
        "potency": {"median": float(np.exp(np.median(log))), "sd_log": float(log.std())},
        "over_laboratories": {name: _quantiles(values) for name, values in ours.items()},
        "laboratory_not_seen": {
            f"ic50 memantine {s}, uM": _quantiles(np.exp(unseen[f"memantine.{s}"])) for s in model.SUBTYPES
        },
    }


def _scaled(entry: dict[str, Any], value: float) -> float:
    if entry["quantity"] == "share":
        return float(logit(value))
    if entry["quantity"] != "ic50":
        return float(np.log(value))
    return float(np.log(value) + depth(entry["compound"], entry["voltage"], AT))


def depth(compound: str, voltage: float, wanted: float) -> float:
    """Return what Woodhull's equation adds to ln IC50 on the way from ``voltage`` to ``wanted``."""
    numbers = ledger.params(ledger.read("receptor"), model.Params)
    distance = ledger.read(f"blockers/{compound}").numbers["electrical_distance"].value
    return float(np.log(equilibrium.woodhull(wanted, voltage, distance, model.thermal_voltage(numbers))))


def _terms(row: Row) -> dict[str, float]:
    """Return the effects of one number and their coefficients."""
    lab, compound = row.laboratory, row.compound
    if row.quantity == "share":
        return {"t": 1.0, f"h.{lab}": 1.0}
    if row.quantity == "time":
        return {"v": 1.0}
    rate = {f"r.{compound}": 1.0, f"f.{lab}": 1.0}
    if row.quantity == "off":
        return rate
    subtypes = ("2A", "2B") if row.subtype == "native" else (row.subtype,)
    half = {f"a.{compound}": 1.0, f"b.{lab}": 1.0, f"e.{lab}.{compound}": 1.0}
    half |= {f"d.{compound}.{subtype}": 1.0 / len(subtypes) for subtype in subtypes}
    if row.quantity == "ic50":
        return half
    return rate | {name: -value for name, value in half.items()} | {"g": -1.0}


def _offset(row: Row) -> float:
    """Return the known part of a number: an on rate holds its IC50 at the voltage of the rates."""
    return -depth(row.compound, AT, RATES_AT) if row.quantity == "on" else 0.0


def _prior_mean(name: str) -> float:
    return RATE_MEAN if name.startswith("r.") else 0.0


def _prior_variance(names: tuple[str, ...], spreads: tuple[float, ...]) -> Array:
    tau, omega, phi, chi = spreads
    by_kind = {"b": tau, "e": omega, "f": phi, "h": chi, "d": CONTRAST_SD, "r": RATE_SD}
    by_kind |= {"g": DISAGREEMENT, "t": SHARE, "v": TIME}

    def sd(name: str) -> float:
        kind, _, rest = name.partition(".")
        return COMMON_SD.get(rest, OTHER_SD) if kind == "a" else by_kind[kind]

    return np.array([sd(name) for name in names]) ** 2


def _log_marginal(design: Array, gap: Array, noise: Array, variances: Array) -> Array:
    """Return the log marginal likelihood of every cell (cell,), all cells at once, but for a constant."""
    total = (design * variances[:, None, :]) @ design.T + np.diag(noise)
    root = np.linalg.cholesky(total)
    half = np.linalg.solve(root, np.broadcast_to(gap, (len(variances), gap.size))[..., None])[..., 0]
    return -0.5 * (half**2).sum(axis=1) - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)


def _conditional(design: Array, gap: Array, noise: Array, variance: Array) -> tuple[Array, Array]:
    """Return how far one cell's mean moves from the prior's, and a root of its covariance."""
    spread = design * variance
    gain = np.linalg.solve(spread @ design.T + np.diag(noise), spread).T
    values, vectors = np.linalg.eigh(np.diag(variance) - gain @ spread)
    return gain @ gap, vectors * np.sqrt(np.maximum(values, 0.0))


def _half_normal(count: int) -> Array:
    return ndtri(0.5 + 0.5 * (np.arange(count) + 0.5) / count)


def _quantiles(values: Array) -> list[float]:
    return [float(value) for value in np.quantile(values, QUANTILES)]


def _toml(name: str, table: dict[str, Any]) -> str:
    lines, nested = [f"[{name}]"], {key: value for key, value in table.items() if isinstance(value, dict)}
    lines += [f'"{key}" = {_value(value)}' for key, value in table.items() if key not in nested]
    return "\n".join(lines) + "\n\n" + "".join(_toml(f'{name}."{key}"', value) for key, value in nested.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def ledger_text(fitted: dict[str, Any]) -> str:
    """Return the ledger that the chain reads: the compound with its potency from the posterior."""
    ratio = fitted["potency"]
    note = (
        "The IC50 of a preparation that no laboratory measured over those of the ledger, all subtypes together: spread "
        "between laboratories and what the fit leaves open. The map's key keeps the ledger's IC50; this ratio is drawn."
    )
    return (
        "# Written by python -m validation.fit_receptor; rules in docs/validation/verdict_rules.md, section 7.\n\n"
        'stage = "receptor"\nextends = "compounds/memantine"\n\n[potency]\n'
        f'value  = {ratio["median"]:.3g}\nunit   = "dimensionless"\nsource = "leao2026"\n'
        'where  = "docs/validation/receptor_fit.toml, potency"\ntier   = "fitted"\n'
        f'uncertainty = {{ dist = "lognormal", sd_log = {ratio["sd_log"]:.2g} }}\nnote   = "{note}"\n'
    )


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("part", choices=("fit", "calibrate"), nargs="?", default="fit")


def main() -> None:
    """Run one part and write its files."""
    given = work.asked(__doc__, more=_words)
    part = given.words.part
    answer = calibration(given) if part == "calibrate" else summary(fit(rows()))
    head = (
        f"# Written by python -m validation.fit_receptor {part}; 5, 50 and 95 % where three stand.\n\nseed = {SEED}\n\n"
    )
    place = HERE / f"receptor_{part}.toml"
    print(files.write_text(place, head + _toml(part, answer).rstrip("\n") + "\n"))
    if part == "fit":
        print(files.write_text(LEDGER, ledger_text(answer)))


if __name__ == "__main__":
    work.run("fit_receptor")

"""The fit of the receptor's posterior and its calibration.

    python -m validation.fit_receptor fit|calibrate [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

``fit``: the posterior, into ``docs/validation/receptor_fit.toml`` and the ledger ``receptor_posterior``; one part.
``calibrate``: simulation-based calibration. The model: ``validation/receptor_posterior.py``.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chisquare

from leao.core import chunks, files
from leao.receptor import equilibrium_block
from validation import work
from validation.page import FOLDER
from validation.receptor_posterior import (
    NODES,
    SEED,
    SPREADS,
    Posterior,
    effects,
    fit,
    half_normal,
    new_laboratory,
    offset,
    potency,
    prior_mean,
    prior_variance,
    rows,
    terms,
)  # fmt: skip

Array = NDArray[np.float64]
LEDGER = Path(__file__).resolve().parents[1] / "src" / "leao" / "ledgers" / "receptor" / "receptor_posterior.toml"
REPEATS, CHUNK = 300, 10
QUANTILES = (0.05, 0.5, 0.95)


def ranks(repeats: range) -> dict[str, Array]:
    """Return the ranks of some truths, drawn from the prior, in the posterior of data made from them.

    All before them are drawn, too, so that parts are those of one stream of random numbers.
    """
    data, random = rows(), np.random.default_rng([SEED, 8])
    names = effects(data)
    places: dict[str, list[float]] = {"memantine 2A": [], "memantine 2D": [], "tau": [], "release": []}
    design = np.array([[terms(row).get(name, 0.0) for name in names] for row in data])
    for repeat in range(repeats.stop):
        spreads = [scale * random.choice(half_normal(NODES)) for scale in SPREADS.values()]
        spread = np.sqrt(prior_variance(names, tuple(spreads)))
        truth = np.array([prior_mean(name) for name in names]) + spread * random.standard_normal(len(names))
        seen = design @ truth + [offset(row) + row.error * random.standard_normal() for row in data]
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
        for s in (equilibrium_block.SUBTYPES if c != "amantadine" else ("2A", "2B"))
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
            f"ic50 memantine {s}, uM": _quantiles(np.exp(unseen[f"memantine.{s}"])) for s in equilibrium_block.SUBTYPES
        },
    }


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
    place = FOLDER / f"receptor_{part}.toml"
    print(files.write_text(place, head + _toml(part, answer).rstrip("\n") + "\n"))
    if part == "fit":
        print(files.write_text(LEDGER, ledger_text(answer)))


if __name__ == "__main__":
    work.run("fit_receptor")

"""Power of the clinical control, calibration of the model of preventives, and its fit, each committed with its seed.

    python -m validation.fit_preventives power|calibrate|fit [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

``power``: on made-up outcomes, run and committed before the fit.
``calibrate``: simulation-based calibration of the model.
``fit``: the fit itself, and the control; one part.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core import chunks, files
from leao.core.random import Streams
from leao.evidence import preventive_control as control
from leao.evidence import preventive_link as link
from leao.evidence import preventives
from validation import work

Array = NDArray[np.float64]
HERE = Path(__file__).resolve().parents[1] / "docs" / "validation"
SHIPPED = Path(__file__).resolve().parents[1] / "src" / "leao" / "evidence" / "preventive_fit.toml"
SEED = link.SEED
REPEATS, CALIBRATIONS, CHUNK = 100, 1000, 10
QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
WORLDS = {  # kappa, rho, eta of a made-up truth; half: the falls of the animals are twice what acts in people
    "link holds, kappa 0.5": (0.5, 0.2, 0.05),
    "link holds, kappa 0.35": (0.35, 0.2, 0.05),
    "link holds, kappa 0.35, drugs differ": (0.35, 0.5, 0.15),
    "no link, other routes only": (0.0, 0.0, 0.15),
    "no link, workers all work alike": None,
}
WORKING = -0.3  # log rate ratio of every worker where the wave has no part


def made_up(rows: tuple[link.Evidence, ...], truth: Any, random: np.random.Generator) -> tuple[link.Evidence, ...]:
    """Return the same drugs and errors with outcomes drawn from a made-up truth."""
    shared = random.random()
    out = []
    for row in rows:
        low, high, common = row.ranges[random.integers(len(row.ranges))]
        fall = low + (high - low) * (shared if common else random.random())
        if truth is None:
            effect = WORKING if row.name in preventives.WORKERS else 0.0
            effect += 0.1 * random.standard_normal()
        else:
            kappa, rho, eta = truth
            mean = -kappa * fall
            effect = mean + np.hypot(rho * mean, eta) * random.standard_normal()
        out.append(row._replace(observed=float(effect + row.error * random.standard_normal())))
    return tuple(out)


def controls(name: str, repeats: range) -> dict[str, NDArray[Any]]:
    """Return what the control says of some data sets drawn from a made-up truth; all before them are drawn, too."""
    rows, random = link.evidence(), np.random.default_rng([SEED, list(WORLDS).index(name)])
    results = []
    for repeat in range(repeats.stop):
        drawn = made_up(rows, WORLDS[name], random)
        if repeat in repeats:
            results.append(control.control(link.fit(drawn), Streams(SEED + repeat, "power"), own_falls()))
    return {
        "status": np.array([result.status for result in results]),
        "a": np.array([result.test.inside >= control.INSIDE for result in results]),
        "b": np.array([result.test.excluding >= control.EXCLUDING for result in results]),
        "c": np.array([result.test.ordered >= control.ORDERED for result in results]),
    }


def power(given: work.Asked) -> dict[str, Any]:
    """Return how often the control passes, fails or is void, by made-up truth."""
    cuts = chunks.spans(REPEATS, CHUNK)
    answers = {}
    for name, parts in work.computed(
        given, {name: [partial(controls, name, cut) for cut in cuts] for name in WORLDS}
    ).items():
        columns = work.joined(parts)
        counts = Counter(columns["status"].tolist())
        answers[name] = {status: counts[status] / REPEATS for status in ("passed", "failed", "void")} | {
            key: float(np.mean(columns[key])) for key in ("a", "b", "c")
        }
    return answers


def ranks(repeats: range, *, waves: bool) -> dict[str, Array]:
    """Return the ranks of some truths in their posteriors, drawn from the prior on the grid; all before are drawn, too."""
    rows, nodes = link.evidence(), link.axes(waves=waves)
    random = np.random.default_rng([SEED, 100 + waves])
    places: dict[str, list[float]] = {name: [] for name in ("kappa", "rho", "eta", *(["wave_share"] if waves else []))}
    for repeat in range(repeats.stop):
        truth = link.Axes(*(axis[random.integers(axis.size)] for axis in nodes))
        drawn = _from_prior(rows, truth, random)
        ties = random.random(len(places))
        if repeat not in repeats:
            continue
        fitted = link.fit(drawn, waves=waves)
        for (name, values), tie in zip(places.items(), ties, strict=True):
            grid, weight = link.posterior(fitted, name)
            at = getattr(truth, name)
            values.append(float(weight[grid < at].sum() + tie * weight[grid == at].sum()))
    return {name: np.array(values) for name, values in places.items()}


def calibration(given: work.Asked) -> dict[str, Any]:
    """Return those ranks as tenths, and chi-square p, for links to all attacks and to those a wave begins."""
    from scipy.stats import chisquare

    sizes = {"all_attacks": (False, CALIBRATIONS), "wave_attacks": (True, CALIBRATIONS // 5)}
    jobs = {
        name: [partial(ranks, cut, waves=waves) for cut in chunks.spans(size, CHUNK)]
        for name, (waves, size) in sizes.items()
    }
    answers: dict[str, Any] = {}
    for reading, parts in work.computed(given, jobs).items():
        tenths = {
            name: np.histogram(values, bins=10, range=(0.0, 1.0))[0] for name, values in work.joined(parts).items()
        }
        answers[reading] = {
            name: {"tenths": counts.tolist(), "p_uniform": float(chisquare(counts).pvalue)}
            for name, counts in tenths.items()
        }
    return answers


def _from_prior(rows: tuple[link.Evidence, ...], truth: Any, random: np.random.Generator) -> tuple[link.Evidence, ...]:
    out = []
    for row in rows:
        low, high, common = row.ranges[random.integers(len(row.ranges))]
        place = truth.shared if common else (random.integers(link.OWN) + 0.5) / link.OWN
        mean = float(link.route(truth.kappa, low + (high - low) * place, truth.wave_share))
        spread = np.sqrt((truth.rho * mean) ** 2 + truth.eta**2 + row.error**2)
        out.append(row._replace(observed=mean + spread * float(random.standard_normal())))
    return tuple(out)


def own_falls() -> int:
    """Return how many drugs of the likelihood have a fall of their own printed."""
    return sum(drug.own_fall for drug in preventives.fitted())


def fit() -> dict[str, Any]:
    """Return posterior quantiles of both readings, of a new drug's link, and the control."""
    answers: dict[str, Any] = {}
    for name, waves in (("all_attacks", False), ("wave_attacks", True)):
        fitted, streams = link.fit(waves=waves), Streams(SEED, "fit")
        drawn = link.draw(fitted, streams)
        u = streams.per_trial("new drug", range(link.DRAWS))[:, 0]
        values = {"kappa": drawn.kappa, "rho": drawn.rho, "eta": drawn.eta, "new_drug": link.through_the_wave(drawn, u)}
        if waves:
            values["wave_share"] = drawn.wave_share
        answers[name] = {key: np.quantile(each, QUANTILES).tolist() for key, each in values.items()}
        if not waves:
            result = control.control(fitted, streams, own_falls())
            answers["control"] = {
                "status": result.status,
                **{f"full_{key}": value for key, value in result.test._asdict().items()},
                **{f"halved_{key}": value for key, value in result.halved._asdict().items()},
            }
            answers["own_falls"] = own_falls()
    return answers


def _toml(name: str, table: dict[str, Any]) -> str:
    lines = [f"[{name}]"]
    nested = {key: value for key, value in table.items() if isinstance(value, dict)}
    lines += [f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in nested]
    return "\n".join(lines) + "\n\n" + "".join(_toml(f"{name}.{_key(key)}", value) for key, value in nested.items())


def _key(text: str) -> str:
    return text if text.isidentifier() else f'"{text}"'


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return (
        f'"{value}"' if isinstance(value, str) else f"{value:.4g}" if isinstance(value, float) else str(value).lower()
    )


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("part", choices=("power", "calibrate", "fit"), nargs="?", default="fit")


def main() -> None:
    """Run one part and write its file."""
    given = work.asked(__doc__, more=_words)
    part, start = given.words.part, time.perf_counter()
    answer = fit() if part == "fit" else {"power": power, "calibrate": calibration}[part](given)
    head = f"# Written by python -m validation.fit_preventives {part}, {time.perf_counter() - start:.0f} s.\n\n"
    head += f"seed = {SEED}\nquantiles = {list(QUANTILES)}\n\n" if part == "fit" else f"seed = {SEED}\n\n"
    place = SHIPPED if part == "fit" else HERE / f"preventives_{part}.toml"
    print(files.write_text(place, head + _toml(part, answer).rstrip("\n") + "\n"))


if __name__ == "__main__":
    work.run("fit_preventives")

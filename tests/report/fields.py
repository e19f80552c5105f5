"""The fields and diaries that go with the made-up run of ``report_fixture``."""

from functools import cache

import numpy as np
import polars as pl
import xarray as xr
from tests.report.fixture import ARMS, PRESETS, SUBTYPES, VOLTAGES, block, hypotheses

from leao.core.runs import Field, Group


def array(dims, values, units, **coords):
    named = {k: (k, v, {"units": u, "long_name": k}) for k, (v, u) in coords.items()}
    return xr.DataArray(values, dims=dims, coords=named, attrs={"units": units})


@cache
def tree(persons=300, draws=800):
    rng = np.random.default_rng(7)
    made = xr.DataTree.from_dict(
        {
            "/exposure": exposure_tree(rng, persons),
            "/receptor": receptor_tree(rng),
            "/hypotheses": hypotheses_tree(),
            **{f"/cortex/{p}": cortex_tree(rng, p) for p in PRESETS},
            "/headache": xr.Dataset(
                {
                    "attack_ratio": array(
                        ("quantile", "rise"),
                        np.exp(-np.outer([4.0, 0.8, 0.05], np.linspace(0, 0.2, 41))),
                        "1",
                        quantile=([0.05, 0.5, 0.95], "1"),
                        rise=(np.linspace(0, 20, 41), "percent"),
                    )
                }
            ),
            "/diary": diary_tree(rng, persons),
            "/trial": xr.Dataset(
                {
                    "difference": array(("trial",), rng.normal(-0.05, 0.55, 400), "attacks/28 d"),
                    "rate_ratio": array(("trial",), np.exp(rng.normal(-0.01, 0.16, 400)), "1"),
                    "change": array(("arm", "trial"), rng.normal(-1, 0.4, (2, 400)), "attacks/28 d", arm=(ARMS, "1")),
                }
            ),
            "/verdict": verdict_tree(rng, draws),
        }
    )
    return {node.path[1:]: plain(node.to_dataset()) for node in made.subtree if node.has_data}


def plain(data):
    """Return a dataset as a run's group."""
    return Group({str(name): Field(v.values, tuple(v.dims), dict(v.attrs)) for name, v in data.variables.items()})


def exposure_tree(rng, persons):
    day = np.arange(112)
    level = 43 * (1 - np.exp(-np.maximum(day - 28, 0) / 4.2))
    quantile = ([0.05, 0.25, 0.5, 0.75, 0.95], "1")
    bands = np.outer([0.6, 0.8, 1.0, 1.22, 1.6], level)
    hour = np.arange(0, 336)
    hourly = np.array(
        [f * 43 * (1 - np.exp(-hour / 95)) + f * 4 * np.exp(-(hour % 24) / 12) for f in (0.6, 0.8, 1, 1.3, 1.6)]
    )
    steady = 43 * np.exp(0.3 * rng.standard_normal(persons))
    return xr.Dataset(
        {
            "plasma_band": array(("quantile", "day"), bands, "ng/mL", quantile=quantile, day=(day, "d")),
            "free_brain_band": array(("quantile", "day"), bands * 0.0028, "uM", quantile=quantile, day=(day, "d")),
            "steady_plasma": array(("person",), steady, "ng/mL"),
            "steady_free_brain": array(("person",), steady * 0.0028 * np.exp(0.2 * rng.standard_normal(persons)), "uM"),
            "plasma_hourly": array(("example", "hour"), hourly, "ng/mL", hour=(hour, "h")),
        }
    )


def receptor_tree(rng):
    free = 0.12 * np.exp(0.35 * np.array([-1.64, 0, 1.64]))
    blocks = np.array([[[block(f, s, v) for v in VOLTAGES] for s in SUBTYPES] for f in free])
    concentration = np.geomspace(0.01, 100, 61)
    levels = ["-66mV", "-20mV"]
    curve = np.array([[block(concentration, s, v) for v in levels] for s in SUBTYPES])
    return xr.Dataset(
        {
            "block": array(
                ("quantile", "subtype", "voltage"),
                blocks,
                "percent",
                quantile=([0.05, 0.5, 0.95], "1"),
                subtype=(SUBTYPES, "1"),
                voltage=([float(v[:-2]) for v in VOLTAGES], "mV"),
            ),
            "block_curve": array(
                ("subtype", "level", "concentration"),
                curve,
                "percent",
                level=(levels, "1"),
                concentration=(concentration, "uM"),
            ),
        }
    )


def hypotheses_tree():
    rows, quantiles = hypotheses(), ("p05", "median", "p95")
    keys = {"block": "block_percent", "threshold": "threshold_relative", "rate_ratio": "mechanistic_rate_ratio"}
    named = ([row["name"] for row in rows], "1")
    return xr.Dataset(
        {
            f"hypothesis_{name}": array(
                ("quantile", "hypothesis"), [[row[key][q] for row in rows] for q in quantiles], "1", hypothesis=named
            )
            for name, key in keys.items()
        }
    )


def cortex_tree(rng, preset):
    odds = np.array([0.0, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 4.0])
    slope = {"leao": 0.45, "tuttle2019": 0.02}[preset]
    members = np.array(
        [
            [1 + slope * f * m * odds / (1 + 0.5 * odds) for f in (1.0, 2.4)]
            for m in np.exp(0.3 * rng.standard_normal(12))
        ]
    )
    if preset != "tuttle2019":
        members[:, :, -1] = np.nan
    case, time, x = (["control", "drug"], "1"), np.linspace(0, 160, 120), np.linspace(0, 10, 125)
    wave = np.array(
        [
            np.exp(-((((time[:, None] - 12 - x / s * 60) % 1e9) / 40) ** 2)) * (time[:, None] > 12 + x / s * 60)
            for s in (3.6, 3.5)
        ]
    )
    trace = wave[:, :, 37]
    fields = {"voltage": (-70 + 60 * wave, "mV"), "potassium": (3.5 + 65 * wave, "mM")}
    traces = {
        "trace_voltage": (-70 + 60 * trace, "mV"),
        "trace_potassium": (3.5 + 65 * trace, "mM"),
        "trace_glutamate": (150 * trace, "uM"),
        "trace_dc": (-17 * trace, "mV"),
        "trace_ecs": (0.2 - 0.13 * trace, "1"),
    }
    return xr.Dataset(
        {
            "threshold_curve": array(
                ("member", "stimulus", "odds"), members, "1", stimulus=(["kcl", "pulse"], "1"), odds=(odds, "1")
            ),
            **{
                k: array(("case", "time", "x"), v, u, case=case, time=(time, "s"), x=(x, "mm"))
                for k, (v, u) in fields.items()
            },
            **{k: array(("case", "time"), v, u, case=case, time=(time, "s")) for k, (v, u) in traces.items()},
        }
    )


def diary_tree(rng, persons):
    attacks = rng.poisson(np.array([[5.7, 4.3], [5.7, 4.4]])[:, :, None], (2, 2, persons)).astype(float)
    monthly = np.array(
        [[[3, 5.6, 9], [2, 4.6, 8], [1, 4.4, 8], [1, 4.3, 8]], [[3, 5.6, 9], [2, 4.7, 8], [1, 4.5, 8], [1, 4.4, 8]]]
    )
    return xr.Dataset(
        {
            "attacks": array(
                ("arm", "phase", "person"),
                attacks,
                "attacks/28 d",
                arm=(ARMS, "1"),
                phase=(["baseline", "last 28 days"], "1"),
            ),
            "monthly_attacks": array(
                ("arm", "month", "quantile"),
                monthly,
                "attacks/28 d",
                month=([0, 1, 2, 3], "1"),
                quantile=([0.05, 0.5, 0.95], "1"),
            ),
        }
    )


def verdict_tree(rng, draws):
    kappa, slope = np.exp(rng.normal(-1.6, 0.4, draws)), np.exp(rng.normal(-0.9, 0.6, draws))
    mechanistic = -slope * 0.013 * np.exp(0.5 * rng.standard_normal(draws))
    empirical = np.array([rng.normal(np.log(0.5), 0.2, draws), rng.normal(np.log(0.71), 0.17, draws)])
    return xr.Dataset(
        {
            "mechanistic_log_rr": array(("draw",), mechanistic, "1"),
            "empirical_log_rr": array(("prior", "draw"), empirical, "1", prior=(["neutral", "sceptical"], "1")),
            "kappa": array(("draw",), kappa, "1"),
            "trigger_slope": array(("draw",), slope, "1"),
            "share": array(("draw",), mechanistic / empirical[0], "1"),
        }
    )


@cache
def diary_rows(patients=20, days=112):
    rng = np.random.default_rng(11)
    subject = np.repeat(np.arange(2 * patients), days)
    headache = rng.random(subject.size) < 0.28
    seen = rng.random(subject.size) > 0.06
    day = np.tile(np.arange(days), 2 * patients)
    on_drug = (subject < patients) & (day >= 28) & (rng.random(subject.size) < 0.93)
    severity = np.where(headache, rng.integers(1, 4, subject.size), 0)
    hide = lambda values: [v if s else None for v, s in zip(values.tolist(), seen, strict=True)]  # noqa: E731
    return pl.DataFrame(
        {
            "subject": subject,
            "arm": np.where(subject < patients, *ARMS),
            "day": day,
            "headache": hide(headache),
            "severity": hide(severity),
            "attack_start": hide((headache & (rng.random(subject.size) < 0.6)).astype(int)),
            "duration_h": hide(np.where(headache, 11.0, 0.0)),
            "acute_medication": hide(severity > 1),
            "dose_taken": hide(np.where(on_drug, 10.0, 0.0)),
        }
    )

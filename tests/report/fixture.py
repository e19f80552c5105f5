"""A made-up run for the tests of report and terminal table: seeded, plausible, computed by no model."""

from functools import cache

import numpy as np

ARMS = ["memantine", "placebo"]
PRESETS = ["leao", "tuttle2019"]
SUBTYPES = ["2A", "2B", "2C", "2D"]
VOLTAGES = ["-66mV", "-40mV", "-20mV", "0mV"]


def dist(draws, digits=5):
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    values = {"median": middle, "p05": low, "p95": high, "mean": np.mean(draws)}
    return {name: round(float(value), digits) for name, value in values.items()}


def spread(centre, sd_log, n=400, seed=3):
    return dist(centre * np.exp(sd_log * np.random.default_rng(seed).standard_normal(n)))


def estimate(centre, half):
    return {"estimate": centre, "low": centre - half, "high": centre + half}


def block(free, subtype, voltage):
    half = {"2A": 12.0, "2B": 10.0, "2C": 1.7, "2D": 1.6}[subtype] * np.exp(-(float(voltage[:-2]) + 66) / 60)
    return 100 * free / (free + half)


def controls(preset):
    rows = [
        ("full NMDA block", "no wave", "no wave", "passed"),
        ("MK-801 1 uM", "no wave", "no wave", "passed"),
        ("memantine at rat exposure under continuous KCl", "2.0 of 7.7 waves per hour", None, "not run"),
    ]
    if preset == "tuttle2019":
        rows = [
            (name, wanted, "wave at 6.4 mm/min" if figure else figure, "failed" if figure else status)
            for name, wanted, figure, status in rows
        ]
    return [dict(zip(("name", "wanted", "found", "status"), row, strict=True)) for row in rows]


def cortex(preset):
    rise = {"leao": 0.013, "tuttle2019": 0.0004}[preset]
    kcl, pulse = (spread(rise * f, 0.5) for f in (1.0, 2.6))
    lift = lambda d: {k: 1 + x for k, x in d.items()}  # noqa: E731
    return {
        "qualified": False,
        "what": {
            "leao": "NMDA-dependent, little persistent Na+",
            "tuttle2019": "as published, nearly blind to NMDA",
        }[preset],
        "threshold_relative": lift(kcl),
        "threshold_tolerance": 1e-4,
        "threshold_by_stimulus": {"kcl": lift(kcl), "pulse": lift(pulse)},
        "speed_mm_per_min": {"control": 3.61, "drug": 3.58 if preset != "tuttle2019" else 3.61},
        "duration_s": {"control": 66.0, "drug": 64.0},
        "k_peak_mM": {"control": 68.9, "drug": 68.7},
        "dc_shift_mV": {"control": -21.0, "drug": -20.9},
        "ecs_min_fraction": {"control": 0.05, "drug": 0.05},
        "controls": controls(preset),
    }


def diary(arm):
    shift = {"memantine": 1.45, "placebo": 1.4}[arm]
    return {
        "attacks_per_28d": spread(5.7 - shift, 0.4),
        "migraine_days_per_28d": spread(7.1 - shift, 0.4),
        "headache_days_per_28d": spread(8.4 - shift, 0.4),
        "rescue_days_per_28d": spread(6.2 - shift, 0.5),
        "severity": {"mild": 0.24, "moderate": 0.5, "severe": 0.26},
        "duration_h": spread(11.2, 0.8),
        "midas": None,
        "adverse_events_percent": None,
        "baseline": {
            "attacks_per_28d": spread(5.7, 0.35),
            "migraine_days_per_28d": spread(7.1, 0.35),
            "headache_days_per_28d": spread(8.4, 0.35),
        },
    }


@cache
def summary():
    free = np.exp(np.random.default_rng(1).standard_normal(400) * 0.3) * 0.12
    blocks = {s: {v: block(0.12, s, v) for v in VOLTAGES} for s in SUBTYPES}
    bands = {s: {v: dist(block(free, s, v)) for v in VOLTAGES} for s in SUBTYPES}
    tiers = ["measured", "derived", "fitted", "borrowed", "remembered", "assumed"]
    numbers = [
        {
            "ledger": ledger,
            "name": f"{name}_{k}",
            "value": round(1.7**k, 3),
            "unit": unit,
            "tier": tiers[k % 6],
            "source": "assumed" if k % 6 == 5 else "noruzzadeh2016",
            "where": "table 2",
            "uncertainty": None,
            "between_subject": None,
            "note": "A note on this number.",
        }
        for ledger, name, unit in (
            ("exposure", "clearance", "L/h"),
            ("receptor", "ic50", "uM"),
            ("cortex/leao", "permeability", "cm/s"),
            ("diary", "kappa", "dimensionless"),
        )
        for k in range(8)
    ]
    moved = [
        {
            "number": f"{stage}.{name}",
            "label": text,
            "swing": swing,
            "low": 0.4,
            "high": 0.4 + swing,
            "tier": tier,
            "source": source,
        }
        for stage, name, text, swing, tier, source in (
            ("headache", "trigger_slope", "Slope of attacks on threshold", 4.1, "assumed", "assumed"),
            ("headache", "wave_share", "Share of attacks that start with a wave", 2.2, "assumed", "assumed"),
            ("receptor", "share_2d", "Cortical share of GluN2C and GluN2D", 1.6, "assumed", "assumed"),
            ("exposure", "brain_ratio", "Free brain to total plasma", 0.7, "derived", "leao2026"),
            ("exposure", "clearance", "Apparent clearance", 0.3, "measured", "freudenthaler1998"),
            ("trial", "placebo", "Placebo response", 0.02, "measured", "noruzzadeh2016"),
        )
    ]
    return {
        "scenario": "noruzzadeh2016",
        "what": "Memantine 10 mg once daily against placebo for 12 weeks in migraine without aura, 2 x 30 patients",
        "source": "noruzzadeh2016",
        "setting": "clinic",
        "seed": 20261122,
        "run": "runs/noruzzadeh2016-3f9a1c2b",
        "roles": {"memantine": "drug", "placebo": "control"},
        "fixed": {},
        "trials": 400,
        "n_per_arm": 30,
        "weeks": 12,
        "regimen": {
            "dose_mg_per_day": 10.0,
            "share_taken": {"median": 0.79, "p05": 0.6, "p95": 0.95},
            "words": "10 mg once daily",
            "schedule": [
                {
                    "from_day": 0,
                    "dose_mg": 10.0,
                    "times_per_day": 1,
                    "intakes_mg": [10.0],
                    "mg_per_day": 10.0,
                    "morning_mg": 10.0,
                    "evening_mg": 0.0,
                    "every_days": 1,
                }
            ],
            "ceiling_mg_per_day": 20.0,
            "most_mg_per_day": 10.0,
            "settled": True,
            "preset": None,
            "notes": [
                {
                    "level": "note",
                    "what": "the labelled titration is skipped",
                    "source": "noruzzadeh2016",
                    "option": None,
                    "patient": False,
                }
            ],
        },
        "hypotheses": hypotheses(),
        "also_occupied": [
            {
                "target": "nicotinic alpha7 rat",
                "half_blocked_uM": {"low": 0.33, "high": 1.68},
                "occupied_percent": {"low": 4.8, "high": 20.3},
                "tier": "remembered",
                "source": "noruzzadeh2016",
                "where": "a table",
                "note": "",
            }
        ],
        "exposure": {"plasma_ng_per_mL": spread(43, 0.3), "free_brain_uM": spread(0.12, 0.4), "as_in_a_plan": None},
        "receptor": {
            "block_percent": blocks,
            "block_percent_band": bands,
            "magnesium_mM": 1.0,
            "mixture_block_percent": spread(1.2, 0.4),
            "key_voltage_mV": -20.0,
        },
        "cortex": {preset: cortex(preset) for preset in PRESETS},
        "headache": {arm: attack(arm) for arm in ARMS},
        "diary": {arm: diary(arm) for arm in ARMS},
        "policy": None,
        "pathways": [],
        "diary_pathways": {"severity": None, "duration": None, "rescue": None, "function": None},
        "trial": trial(),
        "verdict": {
            "qualified": False,
            "failed_controls": [
                "leao: memantine at rat exposure under continuous KCl (not run)",
            ],
            "mechanistic_rate_ratio": {"median": 0.9953, "p05": 0.962, "p95": 0.9997},
            "mechanistic_by_preset": {p: {"median": 0.995, "p05": 0.96, "p95": 0.9998} for p in PRESETS},
            "empirical_rate_ratio": {
                "neutral": {"estimate": 0.50, "low": 0.34, "high": 0.74},
                "sceptical": {"estimate": 0.71, "low": 0.53, "high": 1.03},
            },
            "p_at_least_half": 0.0004,
            "p_at_least_half_by_prior": {"neutral": 0.0004, "sceptical": 0.021},
            "share_explained": {"median": 0.0065, "p05": 0.0004, "p95": 0.058},
            "share_explained_by_prior": {"neutral": {"median": 0.0065, "p05": 0.0004, "p95": 0.058}, "sceptical": None},
            "controls": {"cortex": "not run", "clinical": "failed"},
            "not_tested": ["chronic adaptation"],
            "read_outs": {
                "kcl_threshold": {
                    "computed": "computed",
                    "control": "passed",
                    "mixed": True,
                    "effective_members": 6.1,
                    "mechanistic_rate_ratio": {"median": 0.9953, "p05": 0.962, "p95": 0.9997},
                    "p_at_least_half": {"neutral": 0.0004, "sceptical": 0.021},
                },
                "kcl_count": {
                    "computed": "not computed",
                    "control": "passed",
                    "mixed": False,
                    "effective_members": 4.2,
                    "mechanistic_rate_ratio": None,
                    "p_at_least_half": {"neutral": None, "sceptical": None},
                },
            },
            "rat_dose": {
                "fall_percent": {"low": 50.0, "high": 87.0},
                "rate_ratio": {"median": 0.77, "p05": 0.55, "p95": 0.89},
                "p_at_least_half": {"neutral": 0.05, "sceptical": 0.4},
                "source": "peeters2007",
                "where": "abstract",
            },
            "sensitivities": {
                "dilutes twice": {
                    "mechanistic_rate_ratio": {"median": 0.998, "p05": 0.98, "p95": 1.0},
                    "p_at_least_half": {"neutral": 0.0, "sceptical": 0.001},
                }
            },
            "text": "Tested at two ends. Cortex: 4 passed, 1 not run. Clinic: failed. By way of spreading depression "
            "block of the channel at this dose lowers attacks by 0.47 % (90 % range 0.03 to 3.8 %) where the trials "
            "show 50 %; the probability that it carries at least half of that is below 0.001.",
        },
        "moved": moved,
        "numbers": numbers,
        "bibliography": BIBLIOGRAPHY,
    }


MANIFEST = {
    "version": "0.1.0",
    "seed": 20261122,
    "platform": "Linux x86_64",
    "wall_s": 8.4,
    "python": "3.11.7",
    "created": None,
}


def attack(arm):
    """One attack: a wave begins it in a third; the drug takes a few of those away."""
    less = {"memantine": 0.99, "placebo": 1.0}[arm]
    return {
        "begins_percent": 100 * less,
        "wave_percent": 33.0 * less,
        "headache_after_wave_percent": 80.0,
        "nociceptor_percent": None,
        "onset_after_wave_h": None,
        "sensitised_percent": 60.0,
        "brainstem_percent": 90.0,
        "severity": {"mild": 24.0, "moderate": 50.0, "severe": 26.0},
        "untreated_h": spread(18.0, 0.7),
        "pain_h": spread(9.0, 0.7),
        "treated_percent": 70.0,
        "pain_free_2h_percent": 30.0,
        "back_within_24h_percent": 25.0,
    }


def hypotheses():
    size = {
        "name": "brain_uptake",
        "value": 3.0,
        "unit": "dimensionless",
        "tier": "assumed",
        "source": "assumed",
        "uncertainty": None,
        "note": "",
    }
    rows = (
        ("plain", None, 0.02),
        ("tonic-2C-2D", "noruzzadeh2016", 0.05),
        ("in-vivo-occupancy-plasma", "noruzzadeh2016", 0.01),  # the longest name
    )
    return [
        {
            "name": name,
            "what": f"what {name} says",
            "source": source,
            "regimen": "acute" if source is None else None,
            "on": source is None,
            "sizes": [size],
            "block_percent": spread(100 * block, 0.5),
            "threshold_relative": {"median": 1 + block, "p05": 1 + block / 3, "p95": 1 + 3 * block},
            "mechanistic_rate_ratio": {"median": 1 - block / 5, "p05": 1 - block, "p95": 1 - block / 90},
            "p_at_least_half": 0.0005,
        }
        for name, source, block in rows
    ]


def trial():
    return {
        "difference_attacks_per_28d": estimate(-0.05, 1.1),
        "rate_ratio": {"estimate": 0.99, "low": 0.72, "high": 1.35},
        "responders_50_percent": {"memantine": 24.1, "placebo": 23.4},
        "change_attacks_per_28d": {"memantine": estimate(-1.05, 0.8), "placebo": estimate(-1.0, 0.8)},
        "published": {
            "change_attacks_per_28d": {
                "memantine": {"estimate": -3.4, "low": -4.4, "high": -2.3},
                "placebo": {"estimate": -1.0, "low": -1.7, "high": -0.3},
            },
            "difference_attacks_per_28d": {"estimate": -2.3, "low": -3.5, "high": -1.1},
            "responders_50_percent": None,
            "baseline_attacks_per_28d": 5.7,
            "source": "noruzzadeh2016",
        },
        "baseline_attacks_per_28d": {"memantine": 5.7, "placebo": 5.7},
        "completers": {"memantine": 25.0, "placebo": 25.0},
        "paired_rate_ratio": estimate(0.997, 0.002),
        "trials": 400,
        "patients": 24_000,
        "inputs": ["baseline_attacks_per_28d", "placebo_change", "dropout.placebo"],
        "regression_to_the_mean": -0.5,
        "monte_carlo_se": 0.03,
        "power": 0.055,
    }


BIBLIOGRAPHY = """@article{noruzzadeh2016,
  author = {Noruzzadeh, R. and others},
  title = {Memantine for Prophylactic Treatment of Migraine Without Aura},
  journal = {Headache}, year = {2016}, volume = {56}, doi = {10.1111/head.12732}
}

@misc{leao2026,
  author = {{The Leao developers}}, title = {Own computation}, year = {2026}, url = {https://example.org/leao}
}
"""

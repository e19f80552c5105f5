"""A simulated trial in the trade's shape: CDISC ADaM tables as Parquet and CSV.

ADSL     one row per patient: who, age and sex, which arm, when, whether completed
ADDIARY  daily BDS: one row per patient, parameter and filled-in day (ADY 1 is the first day of treatment; no day 0)
ADMONTH  28-day BDS: one row per patient, parameter and month; AVAL per 28 filled-in days, NEVENT and NDAYS behind it
ADNOF1   N-of-1 designs: one row per patient: drug minus placebo per 28 days, alone and shrunken towards the others

``leao trial analyse`` reads ADDIARY and ADMONTH back. Variables beyond ADaM's own: NEVENT, NDAYS (events and filled-in
days of the month); DOSE (mg of the salt taken that day); in ADNOF1 NCYCLES, AVAL with A95LO and A95HI (alone), SHRUNK
with S95LO and S95HI. TRTP is the treatment of the row's day or month, so that designs with periods can be told apart;
there ARM is the sequence (TRTSEQP in words, TRT01P its first treatment). AGE and SEX are borrowed from another trial
(trial/demographics.py): they fit the menstrual trait, the model does not use them. A design's covariates stand in ADSL
as they are, per 28 filled-in days where they count (``COVARIATES``); estimators centre them, and take logarithms of
counts for a ratio. Population: every randomised patient (ITTFL), dropouts up to their last day.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leao.core import files
from leao.trial import demographics, n_of_1
from leao.trial.baseline_covariates import values
from leao.trial.monthly_counts import ENDPOINTS, collect
from leao.trial.sequences import Segments
from leao.trial.simulation import Setting, SimulatedDiaries, simulate_diaries

if TYPE_CHECKING:
    import polars as pl

PARAMETERS = {
    "attacks": ("ATTACKS", "Migraine attacks"),
    "migraine_days": ("MIGDAY", "Migraine days"),
    "headache_days": ("HDDAY", "Headache days"),
}
COVARIATES = {  # names in ADSL; the run-in has one for each endpoint
    "run_in": {"attacks": "RIATTACK", "migraine_days": "RIMIGDAY", "headache_days": "RIHDDAY"},
    "headache_days": "BLHDDAY",
    "migraine_days": "BLMIGDAY",
    "rescue_days": "BLRESCUE",
    "severity": "BLSEVER",
    "duration": "BLDURAT",
}
RESCUE = ("RESCDAY", "Days with acute medicine")


def write(folder: Path, setting: Setting, study: str, trial: int = 0) -> list[Path]:
    """Write the three tables of one simulated trial, each as Parquet and CSV; return their paths.

    Args:
        folder: where to.
        setting: the ensemble.
        study: STUDYID.
        trial: which trial of the ensemble.
    """
    written = []
    for name, table in tables(setting, study, trial).items():
        buffer = io.BytesIO()
        table.write_parquet(buffer)
        written.append(files.write_bytes(folder / f"{name}.parquet", buffer.getvalue()))
        written.append(files.write_text(folder / f"{name}.csv", table.write_csv()))
    return written


def tables(setting: Setting, study: str, trial: int = 0) -> dict[str, pl.DataFrame]:
    """Return ``adsl``, ``addiary`` and ``admonth`` of one simulated trial."""
    import polars as pl

    played = simulate_diaries(setting, range(trial, trial + 1))
    people = _people(setting, played, study)
    sources = [(ENDPOINTS[name], parameter) for name, parameter in PARAMETERS.items()] + [("rescue", RESCUE)]
    daily = [_daily(setting, played, people, source, parameter) for source, parameter in sources]
    monthly = [_monthly(setting, played, people, source, parameter) for source, parameter in sources]
    subjects = pl.DataFrame(people | _covariates(setting, played), nan_to_null=True)
    entries = {"adsl": subjects, "addiary": pl.concat(daily), "admonth": pl.concat(monthly)}
    if n_of_1.is_for(setting.design.plan):
        entries["adnof1"] = _alone(setting, played, people)
    return entries


def _people(setting: Setting, played: SimulatedDiaries, study: str) -> dict[str, Any]:
    design, enrolled = setting.design, played.enrolled
    n, last = enrolled.arm.shape[1], enrolled.last_day[0]
    arms = [design.arms[place] for place in enrolled.arm[0]]
    stopped = np.isfinite(last)
    missing = played.missing[0]
    treated = np.ceil(np.where(stopped, last, 0.0)) - design.start  # days, of those who stopped
    age, is_female = demographics.draw(enrolled, design.diary.menstruating_share, setting.streams)
    end = design.days - np.argmax(~missing[:, ::-1], axis=1) - design.start  # last filled-in day, in days of treatment
    return {
        "STUDYID": [study] * n,
        "USUBJID": [f"{study}-{trial:05d}-{subject:05d}" for trial in enrolled.trials for subject in range(n)],
        "AGE": age[0],
        "AGEU": ["YEARS"] * n,
        "SEX": np.where(is_female[0], "F", "M").tolist(),
        "ARM": arms,
        **_treatments(setting, enrolled.arm[0]),
        "ITTFL": ["Y"] * n,
        "COMPLFL": ["N" if gone else "Y" for gone in stopped],
        "TRTSDY": np.ones(n, np.int64),
        "TRTEDY": np.where(stopped, treated, design.treatment_days).astype(np.int64),
        "EOSDY": end.astype(np.int64),
    }


def _covariates(setting: Setting, played: SimulatedDiaries) -> dict[str, NDArray[np.float64]]:
    """Return what the estimators adjust for beside the baseline, (subject,) each; NaN where there is none."""
    design, columns = setting.design, {}
    for name in design.covariates:
        variables = COVARIATES[name]
        for endpoint, variable in ({setting.endpoint: variables} if isinstance(variables, str) else variables).items():
            columns[variable] = values(name, played.with_drug, played.missing, design, endpoint)[0]
    return columns


def _treatments(setting: Setting, arm: NDArray[np.int8]) -> dict[str, Any]:
    """Return the planned treatments: the group's name, or those of every period and their sequence."""
    design = setting.design
    if not design.plan.paired:
        names = [design.arms[place] for place in arm]
        return {"TRT01P": names, "TRT01PN": arm.astype(np.int64), "TRT01A": names}
    periods = [_periods(group, design.plan.washout) for group in design.plan.segments]
    words = [[design.plan.treatments[place] for place in group] for group in periods]
    entries: dict[str, Any] = {"TRTSEQP": [", ".join(words[place]) for place in arm]}
    for k in range(len(words[0])):
        names = [words[place][k] for place in arm]
        numbers = np.array([periods[place][k] for place in arm], np.int64)
        entries |= {f"TRT{k + 1:02d}P": names, f"TRT{k + 1:02d}PN": numbers, f"TRT{k + 1:02d}A": names}
    return entries


def _periods(group: Segments, washout: int) -> list[int]:
    """Return the treatment of every period of a sequence, washouts left out."""
    return [place for place, _ in (group[::2] if washout else group)]


def _planned(setting: Setting, arm: NDArray[np.int8], since: NDArray[np.int64]) -> list[str]:
    """Return the treatment planned for ``arm`` on the day ``since`` the start of treatment; nothing before it."""
    plan = setting.design.plan
    places = plan.treatment()[arm, np.maximum(since, 0)]
    return [plan.treatments[place] if day >= 0 else "" for place, day in zip(places, since, strict=True)]


def _daily(
    setting: Setting, played: SimulatedDiaries, people: Mapping[str, Any], source: str, parameter: tuple[str, str]
) -> pl.DataFrame:
    import polars as pl

    design = setting.design
    who, day = np.nonzero(~played.missing[0])
    since = day - design.start
    study_day = np.where(since >= 0, since + 1, since)
    baseline = (day >= design.run_in_days) & (day < design.start)
    return pl.DataFrame(
        _identity(people, who, parameter)
        | {
            "ADY": study_day.astype(np.int64),
            "AVAL": played.with_drug[source][0][who, day].astype(np.float64),
            "ABLFL": ["Y" if here else "" for here in baseline],
            "TRTP": _planned(setting, played.enrolled.arm[0][who], since),
            "DOSE": played.dose[0][who, day],
        }
    ).filter(pl.Series(day >= design.run_in_days))


def _monthly(
    setting: Setting, played: SimulatedDiaries, people: Mapping[str, Any], source: str, parameter: tuple[str, str]
) -> pl.DataFrame:
    import polars as pl

    design = setting.design
    spans = [("Baseline", 0, design.run_in_days, design.start)]
    spans += [
        (f"Month {k}", k, design.start + start, design.start + stop)
        for k, (start, stop) in enumerate(design.plan.windows, start=1)
    ]
    parts, base = [], np.zeros(0)
    for name, number, start, stop in spans:
        events, filled = _counted(played.with_drug[source][0], played.missing[0], start, stop)
        value = np.divide(events * design.month, filled, out=np.full(len(filled), np.nan), where=filled > 0)
        base = value if number == 0 else base
        who = np.flatnonzero(filled > 0)
        parts.append(
            pl.DataFrame(
                _identity(people, who, parameter)
                | {
                    "AVISIT": [name] * len(who),
                    "AVISITN": np.full(len(who), number),
                    "ASTDY": np.full(len(who), _study_day(start - design.start)),
                    "AENDY": np.full(len(who), _study_day(stop - 1 - design.start)),
                    "TRTP": _planned(setting, played.enrolled.arm[0][who], np.full(len(who), stop - 1 - design.start)),
                    "AVAL": value[who],
                    "BASE": base[who],
                    "CHG": value[who] - base[who],
                    "ABLFL": ["Y" if number == 0 else ""] * len(who),
                    "NEVENT": events[who],
                    "NDAYS": filled[who],
                }
            )
        )
    return pl.concat(parts).with_columns(pl.col("BASE", "CHG").fill_nan(None))


def _alone(setting: Setting, played: SimulatedDiaries, people: Mapping[str, Any]) -> pl.DataFrame:
    import polars as pl

    design = setting.design
    data = collect(played.with_drug, design, played.enrolled, setting.endpoint, played.missing)
    estimates = n_of_1.estimate(n_of_1.differences(data))
    alone, shrunken = n_of_1.intervals(estimates, design.rules.confidence)
    who = np.arange(len(people["USUBJID"]))
    columns: dict[str, Any] = _identity(people, who, PARAMETERS[setting.endpoint])
    numbers = {"AVAL": estimates.own, "A95LO": alone[0], "A95HI": alone[1]}
    numbers |= {"SHRUNK": estimates.shrunken, "S95LO": shrunken[0], "S95HI": shrunken[1]}
    columns |= {"NCYCLES": estimates.cycles[0].astype(np.int64)} | {name: value[0] for name, value in numbers.items()}
    return pl.DataFrame(columns).with_columns(pl.col(*numbers).fill_nan(None))


def _identity(people: Mapping[str, Any], who: NDArray[np.intp], parameter: tuple[str, str]) -> dict[str, Any]:
    group = ("TRTSEQP",) if "TRTSEQP" in people else ("TRT01P", "TRT01PN")  # who changes treatment has an order
    names = ("STUDYID", "USUBJID", "ARM", *group)
    columns = {name: [people[name][i] for i in who] for name in names}
    return columns | {"PARAMCD": [parameter[0]] * len(who), "PARAM": [parameter[1]] * len(who)}


def _study_day(since: int) -> int:
    """Return CDISC's day: 1 is the first of treatment, the day before it is -1."""
    return since + 1 if since >= 0 else since


def _counted(
    events: NDArray, missing: NDArray[np.bool_], start: int, stop: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    there = ~missing[:, start:stop]
    return (events[:, start:stop] * there).sum(axis=1).astype(np.float64), there.sum(axis=1).astype(np.float64)

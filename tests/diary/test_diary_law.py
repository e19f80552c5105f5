"""The kernel's law against the plain reading of its equations: many diaries of the same people, independent luck.

What is compared is a mean over people, so that its error is known: levels, variances (squares), transitions (today and
the next day both), streaks (three and five days in a row), severity, hours and menses. Set before the first run: every
difference lies within ``LIMIT`` standard errors of it; about one run in 2,000 would fail by chance.
"""

import numpy as np
import pytest
from tests.diary.plain_diary import PlainDiary

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.diary.kernels import diary
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.cross

LIMIT = 4.5  # standard errors
DAYS, START, RATIO, SHIFT = 56, 28, 0.7, -0.3


def diaries(n, options, seed, streak=None):
    """Return the columns of ``n`` diaries by the kernel and by the plain reading."""
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(seed, "law")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(params, -1.2, uniforms, streams.key("days", 0)[None])
    ratio = np.where(np.arange(DAYS) < START, 1.0, RATIO)
    asked = process.DiaryInput(ratio[None, None], people, np.full((1, n), SHIFT), START)
    columns = {name: values[0] for name, values in process.run(params, asked, options).items()}
    dials = (params.peak_to_trough, params.peak_time, params.duration_median, params.duration_within)
    patients, shared = process._patients(params, asked, options), process._shared(params, options)
    assert isinstance(shared, diary.Process)
    plain = PlainDiary(patients, shared, process._calendar(params, asked, options, DAYS), dials, seed)
    return columns, plain.diary(ratio)


def measures(columns, about):
    """Return what is compared, each (person,); squares are about the means ``about``, of the plain reading."""
    out = {}
    days = {name: columns[name].astype(float) for name in columns if name != "attacks"}
    for name, values in days.items():
        for part, span in (("before", slice(0, START)), ("after", slice(START, DAYS))):
            total = values[:, span].sum(axis=1)
            out[f"{name}, {part}"] = total
            out[f"{name}, {part}, square"] = (total - about.get(f"{name}, {part}", total.mean())) ** 2
    for name in ("headache", "migraine", "missing"):
        flag = days[name] > 0.0
        for run in (2, 3, 5):
            rows = np.stack([flag[:, k : DAYS - run + 1 + k] for k in range(run)])
            out[f"{name}, {run} in a row"] = rows.all(axis=0).sum(axis=1)
        out[f"{name}, then none"] = (flag[:, :-1] & ~flag[:, 1:]).sum(axis=1)
    for grade in (1, 2, 3):
        out[f"severity {grade}"] = (days["severity"] == grade).sum(axis=1)
    out["severity rises"] = ((np.diff(days["severity"]) > 0) & (days["severity"][:, :-1] > 0)).sum(axis=1)
    out["headache and missing"] = (days["headache"] * days["missing"]).sum(axis=1)
    out["headache on the first two days of menses"] = (
        days["headache"] * ((days["menses"] > 0) & (days["menses"] <= 2))
    ).sum(axis=1)
    for day in range(7):
        out[f"missing, weekday {day}"] = days["missing"][:, day::7].sum(axis=1)
        out[f"episodes, weekday {day}"] = days["episodes"][:, day::7].sum(axis=1)
    out["squares of hours a day"] = (days["migraine_hours"] ** 2).sum(axis=1)
    return out


def apart(n, options, seed):
    """Return by measure how many standard errors the kernel lies from the plain reading."""
    kernel, plain = diaries(n, options, seed)
    about = {name: values.mean() for name, values in measures(plain, {}).items()}
    wanted, got = measures(plain, about), measures(kernel, about)
    difference = {name: got[name] - wanted[name] for name in wanted}
    return {name: d.mean() / max(d.std() / np.sqrt(n), 1e-12) for name, d in difference.items()}


def within(n, options, seed):
    """Assert that every measure is within the limit."""
    errors = apart(n, options, seed)
    far = {name: round(float(z), 2) for name, z in errors.items() if abs(z) > LIMIT}
    assert not far, far


@pytest.mark.parametrize("missing", ["free_days", "bad_days"])
def test_20_000_diaries_are_of_the_law(missing):
    within(20_000, DiaryOptions(missing_depends_on=missing), 31)


@pytest.mark.long
@pytest.mark.parametrize(("missing", "seed"), [("free_days", 32), ("bad_days", 33)])
def test_200_000_diaries_are_of_the_law(missing, seed):
    within(200_000, DiaryOptions(missing_depends_on=missing), seed)


def test_people_trials_and_purposes_are_independent():
    """Two people, two trials, two purposes of one seed: counts do not go together, set before: within the limit."""
    params, n = ledger.params(ledger.read("diary"), DiaryNumbers), 4_000
    streams = Streams(41, "apart")
    counts = {}
    for purpose in ("days", "other days"):
        uniforms = np.full((2, n, patient_traits.LUCK), 0.5)  # everybody alike: what goes together comes from the days
        keys = np.stack([streams.key(purpose, trial) for trial in range(2)])
        people = patient_traits.draw(params, -1.0, uniforms, keys)
        asked = process.DiaryInput(np.ones((1, 1, DAYS)), people, np.zeros((2, n)), START)
        counts[purpose] = process.run(params, asked, DiaryOptions())["migraine_hours"].sum(axis=-1)
    first, second, other = counts["days"][0], counts["days"][1], counts["other days"][0]
    pairs = {
        "neighbours": (first[:-1], first[1:]),
        "a block apart": (first[: -diary.LANES], first[diary.LANES :]),
        "trials": (first, second),
        "purposes": (first, other),
    }
    for name, (a, b) in pairs.items():
        assert abs(np.corrcoef(a, b)[0, 1]) < LIMIT / np.sqrt(a.size), name

"""A route to pain moves severity and length of episodes on days with the drug, and nothing else."""

from typing import NamedTuple

import numpy as np
import pytest

from leao.core.random import Streams
from leao.diary.options import DiaryOptions
from leao.diary.process import EPISODE
from leao.trial import designs, placebo_response, simulation
from leao.trial.diaries import treated_episodes
from leao.trial.effect import NoEffect, PainRoute
from leao.trial.options import TrialOptions

pytestmark = pytest.mark.worlds

TRIALS = range(3)


class OnPain(NamedTuple):
    """A drug that moves the pain of whoever takes it, not the number of attacks."""

    severity: float
    log_length: float

    def ratio(self, enrolled, dose):
        return NoEffect().ratio(enrolled, dose)

    def pain(self, enrolled, dose):
        taken = (dose.days > 0.0).any(axis=-1)[dose.of]
        return PainRoute(taken * self.severity, taken * self.log_length)


@pytest.fixture(scope="module")
def design():
    return designs.settle(TrialOptions(n_per_arm=40), ("placebo", "drug"), DiaryOptions())


@pytest.fixture(scope="module")
def world(design):
    calibration = placebo_response.calibrate(design)
    planned = np.stack([np.zeros(design.days), np.full(design.days, 10.0)])

    def under(effect):
        setting = simulation.Setting(design, calibration, effect, planned, Streams(3, "pain"))
        return simulation.simulate_diaries(setting, TRIALS)

    return under


def split(simulated, design):
    """Return what is the treated's own time on the drug, (trial, subject, day)."""
    return simulated.dose > 0.0


def test_without_a_move_nothing_moves_bit_for_bit(world):
    plain, nothing = world(NoEffect()), world(OnPain(0.0, 0.0))
    for name, values in plain.with_drug.items():
        np.testing.assert_array_equal(values, nothing.with_drug[name])


def test_milder_and_shorter_on_the_drug_only(world, design):
    plain, eased = world(NoEffect()), world(OnPain(-1.5, np.log(0.5)))
    on = split(eased, design)
    assert on.any()
    for name in ("severity", "headache", "attacks", "rescue"):
        np.testing.assert_array_equal(plain.with_drug[name][~on], eased.with_drug[name][~on])

    def severe(days):
        pain = days["severity"][on & (days["headache"] > 0)]
        return np.mean(pain == 3)

    assert severe(eased.with_drug) < 0.5 * severe(plain.with_drug)
    hours = [days.with_drug["migraine_hours"][on].sum() for days in (plain, eased)]
    assert hours[1] < 0.75 * hours[0]


def test_the_written_episodes_are_those_of_the_days(world, design):
    eased = world(OnPain(-8.0, 0.0))
    lines = treated_episodes(design, eased.randomised, eased.treatment)
    flat = split(eased, design).reshape(-1, design.days)
    day = (lines[:, EPISODE.START] // 24).astype(int)
    known = (day >= 0) & (day < design.days)
    on = flat[lines[known, EPISODE.PERSON].astype(int), day[known]]
    grades = lines[known, EPISODE.SEVERITY]
    assert (grades[on] == 1).all()
    assert (grades[~on] > 1).any()
    assert (np.diff(lines[:, EPISODE.PERSON]) >= 0).all()

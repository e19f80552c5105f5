"""A diary that goes on from the end of a shorter one is the whole diary, bit for bit."""

import numpy as np
import pytest

import leao
from leao.core import ledger
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers
from leao.trial import simulated_trials, simulation
from leao.trial.diaries import diaries

pytestmark = pytest.mark.worlds

STREAMS, N = Streams(21, "going on"), 300


def upstream(params, days, first, ratio):
    uniforms = STREAMS.uniforms("people", range(2), range(N), patient_traits.LUCK)
    people = patient_traits.draw(params, -0.7, uniforms, np.stack([STREAMS.key("days", trial) for trial in range(2)]))
    factor = np.ones((2, N, days))
    factor[..., first:] = ratio
    return process.DiaryInput(factor, people, np.full((2, N), -0.4), first)


@pytest.mark.parametrize("rule", ["period_24h", "free_gap"])
@pytest.mark.parametrize(("first", "days"), [(28, 112), (14, 42), (56, 57), (30, 33)])
def test_it_is_the_whole_diary(rule, first, days):
    params, options = ledger.params(ledger.read("diary"), DiaryNumbers), DiaryOptions(attack_rule=rule)
    columns = ("attacks", "missing")
    whole = upstream(params, days, first, 0.6)
    history = process.begin(params, whole._replace(attack_rate_ratio=np.ones((1, 1, first))), options, columns)
    plain = process.run(params, whole, options, columns)
    again = process.run(params, whole, options, columns, history)
    for name in columns:
        assert np.array_equal(plain[name], again[name]), name
        assert np.array_equal(plain[name][..., :first], history.columns[name]), name
    some = np.random.default_rng(3).random((2, N)) < 0.3
    key = np.repeat(whole.people.key, some.sum(axis=1), axis=0)
    traits = {name: value[some][:, None] for name, value in whole.people._asdict().items() if name != "key"}
    apart = process.DiaryInput(
        whole.ratio.dense()[some][:, None],
        patient_traits.Population(key=key, **traits),
        whole.shift[some][:, None],
        first,
    )
    days_apart = process.run(params, apart, options, columns, history.alone(some))
    assert all(np.array_equal(days_apart[name][:, 0], plain[name][some]) for name in columns)


def test_where_it_cannot_it_lives_all_days():
    params, options = ledger.params(ledger.read("diary"), DiaryNumbers), DiaryOptions()
    whole = upstream(params, 56, 28, 0.6)
    history = process.begin(
        params, whole._replace(attack_rate_ratio=np.ones((1, 1, 28))), options, ("attacks", "missing")
    )
    for asked, columns in (
        (whole, ("attacks", "headache")),
        (whole._replace(attack_rate_ratio=np.full((2, N, 56), 0.8)), ("attacks", "missing")),
        (whole._replace(attack_rate_ratio=np.ones((1, 1, 28))), ("attacks",)),
    ):
        plain, again = (
            process.run(params, asked, options, columns),
            process.run(params, asked, options, columns, history),
        )
        assert all(np.array_equal(plain[name], again[name]) for name in columns)
    assert not process.goes_on(DiaryOptions(missing_depends_on="bad_days"))


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("parallel", {}),
        ("parallel", {"run_in_days": 28, "placebo_run_in": True, "min_filled_percent": 50.0}),
        ("crossover", {}),
        ("withdrawal", {"design": {"open_weeks": 4}}),
    ],
)
def test_trials_go_on_from_the_screening(kind, keys):
    design = leao.trial.design(kind, 6, 4, set=keys)
    asked = simulated_trials.setting(design, 0.6, "10 mg", ((), "attacks"), 5)
    columns = ("missing", "attacks")
    short = simulation.simulate_diaries(asked, range(3), columns)
    whole = simulation.simulate_diaries(asked, range(3))
    assert short.enrolled.history is not None
    without = simulation.untreated(asked, short, columns)
    plain = diaries(design, whole.randomised._replace(history=None), np.ones((1, 1, design.days)), columns)
    for name in columns:
        assert np.array_equal(short.with_drug[name], whole.with_drug[name]), name
        assert np.array_equal(without[name], plain[name]), name

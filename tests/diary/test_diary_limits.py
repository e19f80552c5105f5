"""Where the diary has a closed form: Poisson counts, the drift's spread, the clock, the link's power law."""

import numpy as np
import pytest
from scipy import stats

import leao
from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers
from leao.headache import attack_rate as headache

pytestmark = pytest.mark.analytic

RATE = 0.3  # attacks a day
N = 4000


def bare(**changes):
    """The diary without drift, refractoriness, recurrence, spread between people or long headaches."""
    params = ledger.params(ledger.read("diary"), DiaryNumbers)
    off = dict.fromkeys(
        ("drift_regular", "drift_clustered", "refractoriness", "recurrence_probability", "log_rate_spread",
         "placebo_spread", "remitter_share", "duration_between", "duration_within", "menstruating_share", "week_spread",
         "placebo_time"), 0.0,
    )  # fmt: skip
    flat = {"saturday": 1.0, "sunday": 1.0}
    short = {"duration_median": 1e-6, "duration_low": 1e-6, "shortest": 0.0, "warm_up": 0.0, "attack_gap": 0.0}
    return params._replace(**off, **flat, **short, **changes)


def diary(params, ratio, n=N, days=28, rate=RATE):
    streams = Streams(5, "limits")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(params, np.log(rate), uniforms, streams.key("days", 0)[None])
    people = people._replace(migraine_share=np.ones_like(people.migraine_share))
    upstream = process.DiaryInput(np.full((1, n, days), ratio), people, np.zeros((1, n)), days)
    return process.run(params, upstream, DiaryOptions(attack_rule="free_gap", missing_entries=False))


@pytest.mark.parametrize("ratio", [1.0, 0.6])
def test_bare_diary_is_poisson(ratio):
    counts = diary(bare(), ratio)["attacks"][0].sum(axis=1)
    mean = ratio * RATE * 28
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / N))
    assert counts.var(ddof=1) / mean == pytest.approx(1.0, abs=4 * np.sqrt(2 / N))
    edges = np.arange(0, 14)
    seen = np.bincount(np.minimum(counts, 13), minlength=14)
    expected = N * np.append(stats.poisson.pmf(edges[:-1], mean), stats.poisson.sf(12, mean))
    assert stats.chisquare(seen, expected).pvalue > 1e-3


def test_ratio_thins_the_same_attacks_and_adds_none():
    full, thin = diary(bare(), 1.0)["attacks"], diary(bare(), 0.5)["attacks"]
    assert np.all(thin <= full)
    assert thin.sum() < full.sum()


def test_drift_has_the_spread_of_its_ledger_number():
    # an overdispersed count: Var = m + m^2 (e^{s^2 c} - 1) with c the mean correlation over the window
    sd, time, days = 0.7, 20.0, 28
    memory = np.exp(-1 / time)
    drifting = bare()._replace(drift_clustered=sd, drift_regular=sd, drift_time=time, warm_up=3.0)
    counts = diary(drifting, 1.0, n=20_000)["attacks"][0]
    lag = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    daily = RATE * np.exp(sd**2 / 2)
    variance = daily * days + daily**2 * np.expm1(sd**2 * memory**lag).sum()
    total = counts.sum(axis=1)
    assert total.mean() == pytest.approx(daily * days, rel=0.02)
    assert total.var() == pytest.approx(variance, rel=0.08)


def test_onsets_follow_the_clock():
    params = bare()
    streams = Streams(5, "clock")
    n = 2000
    people = patient_traits.draw(
        params, 0.0, streams.uniforms("people", range(1), range(n), patient_traits.LUCK), streams.key("days", 0)[None]
    )
    upstream = process.DiaryInput(np.ones((1, n, 28)), people, np.zeros((1, n)), 28)
    hour = process.episodes(params, upstream, DiaryOptions())[:, 1] % 24.0
    angle = 2 * np.pi * (hour - params.peak_time) / 24.0
    assert np.abs(np.angle(np.exp(1j * angle).mean())) < 0.02
    expected = stats.vonmises(kappa=np.log(params.peak_to_trough) / 2).expect(np.cos)
    assert np.cos(angle).mean() == pytest.approx(expected, abs=0.01)


LINK = headache.LinkNumbers(kappa=0.3, kappa_wave=0.5, wave_share=0.5, saturation=0.66)


def test_link_is_a_power_of_the_counts():
    fall = np.full((1, 1, 2), np.log(2.0))
    ratio = headache.run(LINK._replace(kappa=0.5, saturation=1.0), fall)["attack_rate_ratio"]
    assert ratio == pytest.approx(2.0**-0.5)
    none = headache.run(LINK._replace(kappa=0.0), np.full((1, 1, 2), np.inf))["attack_rate_ratio"]
    assert np.array_equal(none, np.ones((1, 1, 2)))


def test_unchanged_waves_are_exactly_one():
    kappa = np.random.default_rng(1).random((500, 1))
    ratio = headache.run(LINK._replace(kappa=kappa), np.zeros((500, 3, 2)))["attack_rate_ratio"]
    assert np.array_equal(ratio, np.ones((500, 3, 2)))


def test_no_wave_left_is_no_attack_left_where_the_link_holds():
    assert headache.observed_ratio(np.array([np.inf]), 0.3)[0] == 0.0


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"ratio": 1.2}, "ratio: found 1.2, wanted above 0 and at most 1"),
        ({"ratio": float("nan")}, "ratio: found nan"),
        ({"days": 1_000_001, "n": 1}, "days: found 1000001, wanted at most 1000000"),
    ],
)
def test_what_no_diary_can_be_is_refused(asked, says):
    with pytest.raises(ScenarioError, match=says):
        leao.diary.simulate(**asked)

"""Cycle, week, placebo's course, pain over time and missing entries, where each has a closed form."""

import numpy as np
import pytest

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import disability, patient_traits, process, symptoms
from leao.diary.kernels.episodes import worst_between
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.analytic

RATE, N = 0.4, 6000
WHOLE = DiaryOptions(attack_rule="free_gap", missing_entries=False)


def ledgers():
    return ledger.params(ledger.read("diary"), DiaryNumbers)


def bare(**changes):
    """Poisson attacks of no length, equal people, no week, no cycle, no drift."""
    off = dict.fromkeys(
        ("drift_regular", "drift_clustered", "refractoriness", "recurrence_probability", "log_rate_spread",
         "placebo_spread", "remitter_share", "duration_between", "duration_within", "menstruating_share",
         "week_spread", "placebo_time", "warm_up", "shortest", "attack_gap"), 0.0,
    )  # fmt: skip
    ratios = dict.fromkeys(("saturday", "sunday", "missing_headache", "missing_severe", "missing_weekend"), 1.0)
    short = {"duration_median": 1e-6, "duration_low": 1e-6, "migraine_share": 1 - 1e-12}
    return ledgers()._replace(**(off | ratios | short | {"missing_streak": 0.0} | changes))


def simulated(params, days=28, options=WHOLE, shift=0.0, start=10**6, rate=RATE, n=N):
    streams = Streams(9, "calendar")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(params, np.log(rate), uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, n, days)), people, np.full((1, n), shift), start)
    return {name: value[0] for name, value in process.run(params, upstream, options).items()}, people


def near(estimate, wanted, n, sigmas=4.0):
    return abs(estimate - wanted) < sigmas * np.sqrt(wanted / n)


def test_cycle_raises_the_rate_before_and_during_menstruation_and_keeps_the_mean():
    params = bare(menstruating_share=1.0, cycle_within=0.0, cycle_between=0.0, cycle_length=29.0)
    days, _ = simulated(params, days=87)
    first = days["menses"] == 1
    first[:, 1:] &= days["menses"][:, :-1] == 0
    assert first.sum(axis=1).min() >= 2
    place = np.full(days["menses"].shape, 99)
    for person, day in zip(*np.nonzero(first), strict=True):
        span = np.arange(max(day - 2, 0), min(day + 3, 87))
        place[person, span] = np.sign(span - day + 0.5)
    attacks = days["attacks_free_gap"].astype(float)
    inside = np.zeros_like(first)
    inside[:, 5:-5] = True  # a menstruation just outside the diary marks no day inside
    rate = {key: attacks[inside & (place == key)].mean() for key in (-1, 1, 99)}
    assert rate[-1] / rate[99] == pytest.approx(params.menstrual_before, rel=0.03)
    assert rate[1] / rate[99] == pytest.approx(params.menstrual_during, rel=0.03)
    assert attacks[:, :58].mean() == pytest.approx(RATE, rel=0.01)  # two whole cycles


def test_men_and_women_without_a_cycle_have_no_menses():
    assert not simulated(bare(), days=60)[0]["menses"].any()


def test_saturday_has_its_factor_and_the_week_its_mean():
    days, _ = simulated(bare(saturday=1.5), days=28)
    by_day = days["attacks_free_gap"].reshape(N, 4, 7).mean(axis=(0, 1))
    others = np.delete(by_day, 5)
    assert by_day[5] / others.mean() == pytest.approx(1.5, rel=0.03)
    assert by_day.mean() == pytest.approx(RATE, rel=0.01)


def test_first_weekday_turns_the_week():
    params, streams = bare(saturday=3.0), Streams(9, "week")
    people = patient_traits.draw(
        params,
        np.log(RATE),
        streams.uniforms("p", range(1), range(N), patient_traits.LUCK),
        streams.key("days", 0)[None],
    )
    upstream = process.DiaryInput(np.ones((1, N, 28)), people, np.zeros((1, N)), 99, first_weekday=5)
    attacks = process.run(params, upstream, WHOLE)["attacks"][0]
    assert np.argmax(attacks.reshape(N, 4, 7).mean(axis=(0, 1))) == 0


def test_personal_week_keeps_the_mean_rate():
    days, _ = simulated(bare(week_spread=0.25), days=28, n=20_000)
    assert days["attacks_free_gap"].mean() == pytest.approx(RATE, rel=0.01)


def test_placebo_response_rises_exponentially_to_its_shift():
    params = bare(placebo_time=14.0)
    days, _ = simulated(params, days=112, shift=-1.0, start=28, n=20_000)
    rate = days["attacks_free_gap"].mean(axis=0)
    since = np.arange(112) - 28 + 0.5
    wanted = RATE * np.exp(-np.where(since > 0, 1.0 - np.exp(-since / 14.0), 0.0))
    for low, high in ((0, 28), (28, 35), (35, 49), (84, 112)):
        assert rate[low:high].mean() == pytest.approx(wanted[low:high].mean(), rel=0.02)


@pytest.mark.parametrize(
    ("low", "high", "worst"),
    [
        (0.0, 0.9, 1), (0.0, 1.1, 2), (0.0, 2.1, 3), (5.0, 6.0, 3), (9.9, 12.0, 3), (10.0, 14.0, 2), (15.1, 20.0, 1),
    ],
)  # fmt: skip
def test_pain_climbs_and_falls_by_way_of_every_milder_category(low, high, worst):
    # severe, 20 h long, peak from hour 2 to hour 10: mild to 1, moderate to 2, moderate to 15, mild to 20
    assert worst_between(low, high, 3, 20.0, 2.0, 10.0) == worst


def test_moderate_pain_has_mild_flanks_and_mild_pain_is_mild_throughout():
    assert worst_between(0.0, 1.9, 2, 20.0, 2.0, 10.0) == 1
    assert worst_between(11.0, 20.0, 2, 20.0, 2.0, 10.0) == 1
    assert worst_between(3.0, 4.0, 1, 20.0, 0.0, 20.0) == 1


def episodes(params, n=3000, days=56, rate=RATE, **options):
    streams = Streams(9, "episodes")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(params, np.log(rate), uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, n, days)), people, np.zeros((1, n)), days)
    return process.episodes(params, upstream, DiaryOptions(**options)), people, upstream


def test_peak_lies_within_the_episode_and_dwell_times_are_cut_exponentials():
    params = ledgers()
    drawn, _, _ = episodes(params)
    E = process.EPISODE
    length, rise = drawn[:, E.END] - drawn[:, E.START], drawn[:, E.PEAK_FROM] - drawn[:, E.START]
    stay, mild = drawn[:, E.PEAK_TO] - drawn[:, E.PEAK_FROM], drawn[:, E.SEVERITY] == 1
    assert np.all((rise >= 0) & (rise <= 0.5 * length + 1e-9) & (stay >= 0) & (rise + stay <= length + 1e-9))
    assert np.all(rise[mild] == 0)
    assert stay[mild] == pytest.approx(length[mild])
    most = 0.5 * length[~mild]
    wanted = params.pain_rise - most / np.expm1(most / params.pain_rise)  # mean of an exponential cut at ``most``
    assert rise[~mild].mean() == pytest.approx(wanted.mean(), rel=0.03)


def test_worst_pain_of_a_day_is_what_its_episodes_reach_that_day():
    params = ledgers()
    drawn, _, upstream = episodes(params, n=200)
    days = process.run(params, upstream, DiaryOptions())["severity"][0]
    E, worst = process.EPISODE, np.zeros_like(days)
    for line in drawn:
        person, start, end = int(line[E.PERSON]), line[E.START], line[E.END]
        for day in range(max(int(start // 24), 0), min(int(end // 24), days.shape[1] - 1) + 1):
            low, high = max(24.0 * day - start, 0.0), min(24.0 * (day + 1), end) - start
            rise, fall = line[E.PEAK_FROM] - start, line[E.PEAK_TO] - start
            pain = worst_between(low, high, int(line[E.SEVERITY]), end - start, rise, fall)
            worst[person, day] = max(worst[person, day], pain)
    np.testing.assert_array_equal(worst, days)


def missing(depends="nothing", **changes):
    options = DiaryOptions(attack_rule="free_gap", missing_depends_on=depends)
    params = bare(missing_mean=0.2, missing_precision=1e7, **changes)
    return simulated(params, days=112, options=options, n=4000)[0]


def test_missing_entries_have_their_share_and_their_memory():
    gone = missing(missing_streak=0.3)["missing"].astype(float)
    assert gone.mean() == pytest.approx(0.2, abs=0.004)
    assert np.corrcoef(gone[:, :-1].ravel(), gone[:, 1:].ravel())[0, 1] == pytest.approx(0.3, abs=0.01)
    alone = missing()["missing"].astype(float)
    assert abs(np.corrcoef(alone[:, :-1].ravel(), alone[:, 1:].ravel())[0, 1]) < 0.01


def odds(share):
    return share / (1.0 - share)


def test_odds_of_a_missing_entry_follow_the_day():
    days = missing("free_days", missing_headache=0.33, missing_weekend=1.82, duration_median=6.0, shortest=0.5)
    pain, gone = days["headache"].astype(bool), days["missing"].astype(float)
    weekend = np.isin(np.arange(112) % 7, (4, 5))[None]
    plain = odds(gone[~pain & ~weekend].mean())
    assert odds(gone[pain & ~weekend].mean()) / plain == pytest.approx(0.33, rel=0.05)
    assert odds(gone[~pain & weekend].mean()) / plain == pytest.approx(1.82, rel=0.05)


def test_bad_days_may_be_the_ones_left_out():
    days = missing("bad_days", missing_severe=3.0, duration_median=6.0, shortest=0.5)
    severe, gone = (days["severity"] == 3) & (days["headache"] > 0), days["missing"].astype(float)
    assert odds(gone[severe].mean()) / odds(gone[~severe].mean()) == pytest.approx(3.0, rel=0.06)


def test_poisson_quantiles_of_midas_have_their_mean():
    uniforms = (np.arange(20_000) + 0.5) / 20_000
    quantiles = disability._poisson(np.full(20_000, 7.5), uniforms)
    assert quantiles.mean() == pytest.approx(7.5, abs=0.02)
    assert quantiles.var() == pytest.approx(7.5, abs=0.05)


def test_migraine_episodes_meet_the_criteria_and_others_do_not():
    params = ledgers()
    drawn, people, _ = episodes(params, n=1500)
    beside = symptoms.of_episodes(symptoms.numbers(), drawn, people, aura=True)
    migraine = drawn[:, process.EPISODE.MIGRAINE] == 1
    meets = beside.nausea | (beside.photophobia & beside.phonophobia)
    assert meets[migraine].all()
    assert not meets[~migraine].any()
    assert not beside.aura_minutes[~migraine].any()


def test_drift_of_people_with_daily_headache_ends_at_every_day():
    params = ledgers()._replace(log_rate_spread=0.0, drift_clustered=1.5)
    days, _ = simulated(params, days=28, rate=np.exp(3.0), n=400)
    assert days["headache"].mean() > 0.95
    assert days["headache"].sum(axis=1).max() == 28

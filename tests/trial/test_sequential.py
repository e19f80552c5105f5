"""Group-sequential boundaries against printed examples of rpact and gsDesign, and multivariate normals."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_normal

import leao
from leao.core.errors import ScenarioError
from leao.trial.sequential import recursion, reestimation, sample_size, simulated, spending
from leao.trial.sequential.boundaries import SequentialRequest, solve
from leao.trial.sequential.sample_size import Changes, Counts

pytestmark = pytest.mark.published


def request(looks, alpha, power, **more):
    for key in ("spent", "futile"):
        if key in more:
            name, *gamma = more[key]
            error = alpha if key == "spent" else 1.0 - power
            more[key] = spending.function(name, error, gamma[0] if gamma else None, "--x")
    if "futility" in more:
        more["futility"] = np.array(more["futility"])
    return SequentialRequest(np.array(looks), alpha, power, **more)


THIRDS = [1 / 3, 2 / 3, 1.0]
HSD, KD, OF, P = "hwang_shih_decani", "kim_demets", "obrien_fleming", "pocock"
# rpact 4, tests/testthat/test-f_design_group_sequential.R: (request, upper, lower, alpha spent, power so far)
RPACT = {
    "default, O'Brien-Fleming": (
        request(THIRDS, 0.025, 0.8, shape=-0.5),
        [3.4710914, 2.4544323, 2.0040356], None, [0.00025917372, 0.0071600594, 0.02499999], None,
    ),
    "asHSD 0": (
        request([0.2, 0.4, 1], 0.03, 0.86, spent=(HSD, 0.0)),
        [2.5121443, 2.4228747, 2.0280392], None, [0.006, 0.012, 0.03], [0.12783451, 0.34055165, 0.86],
    ),
    "asHSD -1, bsHSD -2": (
        request([0.2, 0.4, 1], 0.07, 0.86, spent=(HSD, -1.0), futile=(HSD, -2.0)),
        [2.364813, 2.1928805, 1.5660474], [-1.1063623, -0.35992439],
        [0.0090195874, 0.020036136, 0.07], [0.12038953, 0.32895265, 0.86],
    ),
    "asKD 2.2, bsKD 3.2": (
        request([0.3, 0.7, 1], 0.03, 0.66, spent=(KD, 2.2), futile=(KD, 3.2)),
        [2.8594012, 2.2435708, 1.9735737], [-1.1558435, 0.72836893],
        [0.0021222083, 0.013687904, 0.03], [0.058336437, 0.398246, 0.66],
    ),
    "Wang-Tsiatis 0.4, binding futility": (
        request([0.25, 0.5, 0.75, 1], 0.035, 0.8, shape=-0.1, futility=[0.5244] * 3, binding=True),
        [2.3284312, 2.1725031, 2.0861776, 2.0270171], None, [0.0099446089, 0.020756912, 0.029001537, 0.03499999], None,
    ),
    "asP, the last look before the end": (
        request([0.4, 0.7], 0.025, 0.8, spent=(P,)),
        [2.223875, 2.3050796], None, [0.013078429, 0.0197432], None,
    ),
    "asOF, bsKD 2.5, not binding": (
        request([0.4, 0.75, 0.85, 1], 0.13, 0.59, spent=(OF,), futile=(KD, 2.5)),
        [2.1280732, 1.4368565, 1.422873, 1.2970881], [-0.82676531, 0.3743303, 0.65077266],
        [0.016665509, 0.080406163, 0.10053322, 0.13], [0.1110095, 0.43099683, 0.50326205, 0.59],
    ),
    "asOF, bsKD 2.5, binding": (
        request([0.4, 0.75, 0.85, 1], 0.13, 0.59, spent=(OF,), futile=(KD, 2.5), binding=True),
        [2.1280732, 1.4362706, 1.4203748, 1.2576258], [-0.84247693, 0.35276055, 0.62744509],
        [0.016665509, 0.080406163, 0.10053322, 0.13], [0.10806422, 0.422855, 0.4950578, 0.59],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RPACT)
def test_the_boundaries_are_those_that_rpact_prints(name):
    asked, upper, lower, spent, power = RPACT[name]
    solved = solve(asked)
    assert solved.upper == pytest.approx(upper, abs=2e-7)
    assert solved.alpha_spent == pytest.approx(spent, abs=2e-8)
    if lower is not None:
        assert solved.lower[:-1] == pytest.approx(lower, abs=2e-7)
    if power is not None:
        assert solved.power == pytest.approx(power, abs=2e-7)


@pytest.mark.parametrize(
    ("name", "shift", "inflation", "sizes"),
    [  # rpact: averageSampleNumber0, 01, 1
        ("asHSD 0", 9.4594101, 1.0788327, (1.0697705, 1.0142116, 0.83081135)),
        ("asHSD -1, bsHSD -2", 7.1015942, 1.0869177, (0.79471657, 0.916142, 0.82636428)),
        ("asKD 2.2, bsKD 3.2", 5.551371, 1.0555891, (0.75480974, 0.87361707, 0.86740735)),
    ],
)
def test_the_sizes_are_those_that_rpact_prints(name, shift, inflation, sizes):
    asked = RPACT[name][0]
    solved = solve(asked)
    without = float(ndtri(1 - asked.alpha) + ndtri(asked.power)) ** 2
    assert solved.drift**2 == pytest.approx(shift, rel=2e-7)
    assert solved.drift**2 / without == pytest.approx(inflation, rel=2e-7)
    assert (solved.stop_null * solved.looks).sum(axis=1) * inflation == pytest.approx(sizes, rel=2e-7)


def test_the_boundaries_are_those_that_gsdesign_prints():
    # gsDesign, tests/testthat/_snaps/independent-test-gsBoundSummary.md: 3 looks, then 5 looks, test.type 4
    solved = solve(request(THIRDS, 0.025, 0.9, spent=(HSD, -4.0), futile=(HSD, -2.0)))
    assert np.round(solved.upper, 4) == pytest.approx([3.0107, 2.5465, 1.9992])
    assert np.round(solved.lower, 4) == pytest.approx([-0.2387, 0.9411, 1.9992])
    assert np.round(solved.power, 4) == pytest.approx([0.1412, 0.5815, 0.9])
    assert np.round(solved.beta_spent, 4) == pytest.approx([0.0148, 0.0437, 0.1])
    null = recursion.stopping(solved.looks, (solved.lower, solved.upper), 0.0)
    assert np.round(np.cumsum(null[0]), 4) == pytest.approx([0.0013, 0.0062, 0.0233])
    fifths = [0.2, 0.4, 0.6, 0.8, 1.0]
    five = solve(request(fifths, 0.025, 0.9, spent=(HSD, -4.0), futile=(HSD, -2.0)))
    assert np.round(five.upper, 4) == pytest.approx([3.2527, 2.9860, 2.6917, 2.3737, 2.0253])
    assert np.round(five.lower, 4) == pytest.approx([-0.9016, -0.0367, 0.6945, 1.3603, 2.0253])
    assert np.round(five.power, 4) == pytest.approx([0.0417, 0.2096, 0.4902, 0.7556, 0.9])
    alone = solve(request(fifths, 0.025, 0.9, spent=(HSD, -4.0)))
    assert np.round(alone.power, 4) == pytest.approx([0.0370, 0.1883, 0.4530, 0.7229, 0.9])


def test_two_sided_bounds_are_those_of_lan_and_demets():
    # Lan and DeMets' O'Brien-Fleming function, five looks, two-sided 0.05: 4.8769, 3.3569, 2.6803, 2.2898, 2.0310
    summary = leao.trial.boundaries("5", sides=2).summary
    assert [round(row["upper_z"], 3) for row in summary["looks"]] == [4.877, 3.357, 2.680, 2.290, 2.031]
    assert [row["lower_z"] for row in summary["looks"][:-1]] == [-row["upper_z"] for row in summary["looks"][:-1]]


@pytest.mark.cross
def test_the_recursion_is_the_integral_of_a_multivariate_normal():
    looks, lower, upper, theta = np.array([0.3, 0.55, 1.0]), np.array([-0.4, 0.1, 1.9]), np.array([2.6, 2.3, 1.9]), 2.2
    up, down = recursion.stopping(looks, (lower, upper), theta)
    root = np.sqrt(looks)
    correlation = np.minimum.outer(looks, looks) / np.outer(root, root)

    def between(k, low, high):
        exact = {"abseps": 1e-9, "releps": 1e-9, "maxpts": 200_000}
        return multivariate_normal.cdf(high, theta * root[:k], correlation[:k, :k], lower_limit=low, **exact)

    for k in range(3):
        low, high = [*lower[:k], upper[k]], [*upper[:k], 20.0]
        assert up[k] == pytest.approx(between(k + 1, low, high), abs=2e-6)
        low, high = [*lower[:k], -20.0], [*upper[:k], lower[k]]
        assert down[k] == pytest.approx(between(k + 1, low, high), abs=2e-6)
    assert up.sum() + down.sum() == pytest.approx(1.0, abs=1e-11)


@pytest.mark.property
def test_a_look_more_spends_no_more_and_small_steps_are_exact():
    dense = np.append(np.linspace(0.05, 0.99, 15), 1.0)
    solved = solve(request(dense, 0.025, 0.9, spent=(OF,)))
    assert solved.alpha_spent[-1] == pytest.approx(0.025, abs=1e-10)
    close = solve(request([0.5, 0.501, 1.0], 0.025, 0.9, spent=(P,)))
    assert close.alpha_spent[-1] == pytest.approx(0.025, abs=1e-10)


def test_sizes_of_counts_are_those_that_rpact_prints():
    # rpact, test-f_design_plan_count_data.R: result1 and result3
    pooled, ratio = 0.234, 0.7
    first = Counts(2 * pooled / (1 + ratio), ratio, 0.71, 1.0)
    assert first.rate == pytest.approx(0.27529412, abs=1e-8)
    assert np.ceil(sample_size.fixed(first, 0.01, 0.95)) == 1270
    information = (ndtri(0.99) + ndtri(0.95)) ** 2 / np.log(ratio) ** 2
    assert information == pytest.approx(123.96487, rel=1e-7)
    for ratio, n in ((0.7, 10775), (0.8, 26114)):
        assert np.ceil(sample_size.fixed(Counts(0.02, ratio, 13.1, 2.0), 0.01, 0.95)) == n


@pytest.mark.analytic
def test_size_of_changes_and_information_by_events():
    # two-sample z test: n = 2 (1.96 + 0.8416)^2 sd^2 / d^2
    assert sample_size.fixed(Changes(-1.0, 3.0), 0.025, 0.8) == pytest.approx(2 * 7.8488797 * 9, rel=1e-6)
    counts = Counts(5.0, 0.75, 0.4, 3.0)
    half = Counts(5.0, 0.75, 0.4, 1.5)
    share = sample_size.fraction_of_events(counts, 0.5)
    assert share == pytest.approx(sample_size.variance(counts) / sample_size.variance(half))
    assert 0.5 < share < 1.0
    assert sample_size.fraction_of_events(counts._replace(dispersion=0.0), 0.5) == pytest.approx(0.5)


@pytest.mark.property
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"looks": "0.5,0.4"}, "--looks: found 0.5,0.4, wanted fractions"),
        ({"looks": "x"}, "--looks: found 'x', wanted numbers"),
        ({"looks": "30"}, "--looks: found 30, wanted at most 20"),
        ({"spending": "obrienfleming"}, "did you mean"),
        ({"spending": "kim_demets"}, "write --spending-gamma"),
        ({"spending": "pocock", "spending_gamma": 2.0}, "wanted no gamma"),
        ({"spending": "pocock", "boundary": "pocock"}, "leave one out"),
        ({"boundary": "wang_tsiatis"}, "goes with --delta"),
        ({"futility": "1,1,1"}, "found 3 bounds, wanted 2"),
        ({"futility": "4"}, "above the bound for success"),
        ({"binding": True}, "--binding: wanted --futility"),
        ({"futility": "0", "sides": 2}, "wanted a one-sided test"),
        ({"alpha": 0.7}, "--alpha: found 0.7"),
        ({"alpha": float("nan")}, "--alpha: found nan"),
        ({"rate": 5.0}, "wanted --ratio with it"),
        ({"rate": 5.0, "sd": 1.0}, "not both"),
        ({"by": "events"}, "wanted counts with it"),
        ({"difference": 1.0, "sd": 0.0}, "--sd: found 0"),
        ({"fixed_n": 10, "difference": 1.0, "sd": 2.0}, "the size follows from one of them"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(ScenarioError, match=message):
        leao.trial.boundaries(**options)


@pytest.mark.property
def test_the_answer_keeps_the_words_and_the_sizes():
    summary = leao.trial.boundaries(
        "0.5,1", futility="0", rate=5.0, ratio=0.75, dispersion=0.4, months=3.0, power=0.9
    ).summary
    assert summary["spending"] == "obrien_fleming"
    assert [row["n_per_arm"] for row in summary["looks"]] == [-(-summary["n_per_arm"] // 2), summary["n_per_arm"]]
    assert summary["looks"][-1]["power"] == pytest.approx(0.9, abs=1e-9)
    assert summary["information"] == pytest.approx(summary["drift"] ** 2 / np.log(0.75) ** 2, rel=0.02)


@pytest.mark.inference
def test_trials_stop_where_they_cross():
    bounds = solve(request([0.5, 1.0], 0.025, 0.8, spent=(OF,), futility=[0.0]))
    z = np.array([[3.5, 0.0], [-0.1, 5.0], [1.0, 2.5], [1.0, 1.5], [np.nan, 2.5], [np.nan, np.nan]])
    success, at = simulated.stops(z, bounds)
    assert success.tolist() == [True, False, True, False, True, False]
    assert at.tolist() == [0, 0, 1, 1, 1, 1]
    rng = np.random.default_rng(1)
    steps = rng.standard_normal((200_000, 2)) * np.sqrt(0.5) + 0.5 * bounds.drift
    walk = np.cumsum(steps, axis=1) / np.sqrt([0.5, 1.0])
    success, at = simulated.stops(walk, bounds)
    assert success.mean() == pytest.approx(0.8, abs=4 * 0.0009)
    assert (at == 0).mean() == pytest.approx(bounds.stop_null[2, 0], abs=4 * 0.0009)


@pytest.mark.inference
def test_blinded_re_estimation_comes_back_to_what_scatters(tmp_path):
    rng = np.random.default_rng(3)
    n, months, ratio, k = 4000, 3.0, 0.7, 0.5
    rates = np.where(np.arange(n) % 2, ratio, 1.0) * 4.0
    events = rng.poisson(rng.gamma(1 / k, k, n) * rates * months)
    path = tmp_path / "blinded.csv"
    path.write_text("id,events,days\n" + "\n".join(f"{i},{e},{28 * months:g}" for i, e in enumerate(events)), "utf-8")
    answer = leao.trial.reestimate(path, events="events", days="days", ratio=ratio, months=months).summary
    assert answer["pooled_rate"] == pytest.approx(4.0 * (1 + ratio) / 2, rel=0.05)
    assert answer["n_per_arm"] == pytest.approx(sample_size.fixed(Counts(4.0, ratio, k, months), 0.025, 0.8), rel=0.12)
    assert "not read: id" in answer["problems"]
    bounded = leao.trial.reestimate(path, events="events", days="days", ratio=ratio, months=months, most_n=20).summary
    assert bounded["n_per_arm"] == 20
    assert any("largest size allowed" in problem for problem in bounded["problems"])
    change = tmp_path / "change.csv"
    moved = rng.normal(np.where(np.arange(n) % 2, -2.0, 0.0), 3.0)
    change.write_text("id,change\n" + "\n".join(f"{i},{c:.4f}" for i, c in enumerate(moved)), "utf-8")
    answer = leao.trial.reestimate(change, change="change", difference=-2.0).summary
    assert answer["n_per_arm"] == pytest.approx(sample_size.fixed(Changes(-2.0, 3.0), 0.025, 0.8), rel=0.08)


@pytest.mark.property
def test_re_estimation_refuses_what_it_cannot_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,events\n" + "\n".join(f"{number},1.5" for number in range(12)), "utf-8")
    with pytest.raises(ScenarioError, match=r"row 2: found 1.5 events, wanted whole numbers"):
        leao.trial.reestimate(path, events="events", ratio=0.7, months=3.0)
    with pytest.raises(ScenarioError, match="no column 'x'"):
        leao.trial.reestimate(path, events="x", ratio=0.7, months=3.0)
    with pytest.raises(ScenarioError, match="wanted the effect assumed"):
        leao.trial.reestimate(path, events="events")
    rate, dispersion = reestimation.pooled_counts(np.zeros((1, 5)), np.ones((1, 5)))
    assert np.isnan(rate[0])
    assert np.isnan(dispersion[0])


@pytest.mark.command
def test_a_look_at_too_few_is_warned_of(tmp_path):
    asked = {"n": 24, "effect": 0.7, "estimator": ["negative_binomial"]}
    early = leao.power("noruzzadeh2016", 4, **asked, looks="0.3,1", out=tmp_path / "early").summary
    assert "negative_binomial 7.6 % at 10" in str(early.get("caution"))
    assert (
        leao.power("noruzzadeh2016", 4, **asked, looks="0.9,1", out=tmp_path / "late").summary.get("caution", "")
        is None
    )

"""The shipped map and qualification: computed from the code and numbers that ship with them."""

import csv
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import numpy as np
import pytest

import leao
from leao.core.errors import LedgerError, ScenarioError
from leao.cortex import block_to_threshold, build_map, controls, ensemble, ignition, preset_table, threshold_map
from leao.cortex.ignition import threshold

pytestmark = pytest.mark.golden


def rows():
    with (files("leao") / "cortex" / "threshold_map.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_hash_is_that_of_the_kernel_and_the_ledgers():
    assert threshold_map.about()["sha256"] == build_map.fingerprint()
    for preset in ("leao2", "leao", "tuttle2019"):
        assert all(control.status != controls.NOT_RUN or "not run" for control in controls.shipped(preset))
        assert "another state" not in controls.shipped(preset)[0].found


@pytest.mark.parametrize(
    ("base", "member", "kind", "odds"),
    [("leao", 0, "kcl", 0.05), ("leao", -1, "pulse", 0.2), ("leao", 7, "kcl", 0.35), ("leao2", 35, "kcl", 0.1)],
)
def test_cells_are_computed_again(base, member, kind, odds):
    cortex_member = ensemble.members(base)[member]
    row = next(
        r
        for r in rows()
        if (r["base"], int(r["member"]), r["stimulus"], float(r["odds"])) == (base, cortex_member.member, kind, odds)
    )
    shipped = float(row["threshold"])
    assert build_map.cell(cortex_member.cortex, kind, odds, near=shipped) == pytest.approx(shipped, rel=1e-3)


def test_two_controls_are_computed_again():
    with ThreadPoolExecutor(2) as pool:
        for preset in ("leao", "tuttle2019"):
            shipped = {control.name: control for control in controls.shipped(preset)}
            cortex = preset_table.load(preset)
            for compute in (controls._full_block, controls._mk801):
                outcome = compute(cortex, preset, pool)
                assert outcome.status == shipped[outcome.name].status


def test_curves_start_at_one_and_rise():
    curves = threshold_map.read("leao")
    assert curves.members.size == threshold_map.about()["members"]["leao"] == len(ensemble.members("leao"))
    assert (curves.relative[:, :, 0] == 1.0).all()
    with np.errstate(invalid="ignore"):
        steps = np.diff(curves.relative, axis=2)
    assert (steps[np.isfinite(steps)] > -1e-3).all()
    at_two_percent = curves.relative[:, :, np.searchsorted(curves.odds, 0.02)]
    assert ((at_two_percent > 1.001) & (at_two_percent < 1.2)).all()
    assert np.isinf(curves.relative[:, :, -1]).all()


def test_members_come_from_several_starts_and_shares():
    members = ensemble.members("leao")
    assert len({member.start for member in members}) >= 2
    assert len({member.share for member in members}) >= 3
    np.testing.assert_allclose(members[0].cortex.params, preset_table.load("leao").params, rtol=1e-12)


def test_the_published_preset_hardly_moves():
    curves = threshold_map.read("tuttle2019")
    assert (curves.relative < 1.02).all()


def test_an_unknown_preset_is_named():
    with pytest.raises(LedgerError, match="no preset 'nmda_s9'"):
        threshold_map.read("nmda_s9")


def test_between_rows_the_map_is_monotone_and_beyond_them_infinite():
    odds = np.array([0.0, 0.1, 1.0, 5.0])
    curve = np.array([1.0, 1.1, 1.5, np.inf])
    interpolated = threshold_map.interpolate(curve, odds, np.array([0.0, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 9.0]))
    assert interpolated[0] == 1.0
    assert (np.diff(interpolated[:-2]) > 0.0).all()
    assert np.isinf(interpolated[-2:]).all()
    assert interpolated[2] == pytest.approx(1.1)


def test_the_stage_draws_a_stratum_a_member_and_a_stimulus():
    u = (np.arange(10)[:, None] + 0.5) / 10
    for share in (0.0, 0.1, 0.3, 0.9):
        pick = block_to_threshold.CurveChoice(("leao",), u, u[::-1], share)
        relative = block_to_threshold.run(pick, np.full((10, 1, 1), 0.05))["threshold_relative"]
        assert (relative >= 1.0).all()
        assert (block_to_threshold.run(pick, np.zeros((10, 1, 1)))["threshold_relative"] == 1.0).all()


def test_a_trial_is_the_same_bits_whichever_trials_stand_beside_it():
    rng = np.random.default_rng(6)
    n = 60
    member, stimulus, share = rng.random((n, 1)), rng.random((n, 1)), rng.uniform(-0.1, 0.7, (n, 1))
    odds = np.exp(rng.normal(-3.0, 2.0, (n, 3, 5)))
    odds[0] = 0.0
    pick = block_to_threshold.CurveChoice(("leao", "tuttle2019"), member, stimulus, share)
    together = block_to_threshold.run(pick, odds)["threshold_relative"]
    for cut in (1, 7):
        parts = [
            block_to_threshold.run(
                pick._replace(**{key: getattr(pick, key)[k : k + cut] for key in ("member", "stimulus", "share")}),
                odds[k : k + cut],
            )["threshold_relative"]
            for k in range(0, n, cut)
        ]
        np.testing.assert_array_equal(np.concatenate(parts), together)
    assert (together[0] == 1.0).all()
    assert (together[1:] > 1.0).any(axis=(1, 2)).all()


def test_between_shares_the_stage_is_continuous():
    _, strata = block_to_threshold.pooled(("leao",))
    middle = np.full((1, 1), 0.5)

    def at(share):
        pick = block_to_threshold.CurveChoice(("leao",), middle, middle * 0.0, share)
        return float(block_to_threshold.run(pick, np.full((1, 1, 1), 0.1))["threshold_relative"][0, 0, 0])

    for stratum in strata[1:-1]:
        assert at(stratum.share - 1e-9) == pytest.approx(at(stratum.share + 1e-9), rel=1e-6)
    low, high = at(strata[0].share), at(strata[1].share)
    halfway = at(0.5 * (strata[0].share + strata[1].share))
    assert np.log(halfway) == pytest.approx(0.5 * (np.log(low) + np.log(high)), rel=1e-6)


def test_a_threshold_does_not_depend_on_the_guess():
    piece = preset_table.under(preset_table.load("leao"))
    thresholds = [threshold(piece, "kcl", near=near) for near in (None, 8.0, 15.0)]
    np.testing.assert_allclose(thresholds, thresholds[0], rtol=1e-3)


def test_the_key_is_the_equilibrium_block_of_the_receptor_stage():
    """One truth: the odds that key the map are those the receptor stage hands over."""
    from leao.core import ledger
    from leao.cortex import drugged_receptors
    from leao.receptor import equilibrium_block

    cortex = preset_table.load("leao")
    numbers = ledger.params(ledger.read("receptor"), equilibrium_block.ReceptorNumbers)
    drug = ledger.params(ledger.read("compounds/memantine"), equilibrium_block.Compound)
    for voltage in (-66.0, -58.0, -20.0):
        ours = build_map.odds(cortex, drugged_receptors.Drug("memantine", 0.7), voltage)
        assert ours == pytest.approx(float(equilibrium_block.mixture_odds(numbers, drug, 0.7, voltage)), rel=2e-3)


def test_what_the_grid_does_not_carry_starts_no_wave():
    """Strengths from 50 on fail; None stands for a march that failed."""

    def tissue(starts):
        return lambda strength: None if strength > 50.0 else strength > starts

    for guess in (1.0, 20.0, 80.0):
        low, high = ignition._bracket(tissue(30.0), guess, 1000.0)
        assert low <= 30.0 < high <= 50.0
        assert ignition._bracket(tissue(60.0), guess, 1000.0)[1] == np.inf
    assert ignition._bracket(lambda s: s > 30.0, 1.0, 1000.0)[1] < 1000.0
    assert ignition._bracket(lambda _: False, 1.0, 1000.0) == (1000.0, np.inf)


def test_controls_of_a_weighted_preset_are_not_computed_alone():
    with pytest.raises(ScenarioError, match="held-out data of all its members"):
        leao.cortex.positive_controls("leao2")

"""One attack: bounds, closed forms, and medicine as its review prints it."""

import numpy as np
import pytest
from scipy.special import ndtri

from leao.chain import answer_attack
from leao.core import ledger
from leao.core.random import Streams
from leao.headache import acute_medicine, wave_to_pain
from leao.headache import gtn as provoke
from leao.headache.options import HeadacheOptions
from leao.headache.params import Attack, Gtn

pytestmark = pytest.mark.analytic

N = 40_000
NUMBERS = answer_attack.central()
OFF = HeadacheOptions.model_validate({})
TCC = HeadacheOptions(severity="trigeminocervical", duration="trigeminocervical")
STREAMS = Streams(3, "attacks")


def attacks(wave=False, aura=False, block=0.0, options=OFF, medicine=None):
    begun = answer_attack.AttackOnsets(np.full(N, wave), np.full(N, aura), 1.0, block)
    return answer_attack.live(NUMBERS, begun, options, medicine, STREAMS)


def near(share, wanted, n=N):
    return share == pytest.approx(wanted, abs=4.0 * np.sqrt(wanted * (1.0 - wanted) / n))


def test_shares_of_a_wave_are_those_put_in():
    drawn, n = attacks(wave=True), NUMBERS.attack
    assert near(drawn["nociceptor"].mean(), n.nociceptor_share)
    assert near(drawn["headache"].mean(), n.headache_after_wave)
    assert not drawn["nociceptor"][~drawn["headache"]].any()
    late = drawn["nociceptor_start"][drawn["nociceptor"]] > 0.0
    assert near(late.mean(), n.delayed_share, late.size)
    assert np.nanmean(drawn["firing"]) == pytest.approx(n.firing_time, rel=0.03)


def test_without_a_wave_pain_begins_at_once_and_every_attack_hurts():
    drawn = attacks()
    assert drawn["headache"].all()
    assert np.all(drawn["onset"] == 0.0)
    assert not drawn["nociceptor"].any()


def test_pain_after_a_silent_wave_never_comes_before_it():
    drawn = attacks(wave=True)
    onset = drawn["onset"][drawn["headache"]]
    assert onset.min() == 0.0
    starts = drawn["nociceptor_start"]
    assert np.all(drawn["onset"][drawn["nociceptor"]] >= starts[drawn["nociceptor"]])


def test_pain_lies_against_the_aura_as_the_diary_placed_it():
    drawn, n = attacks(wave=True, aura=True), NUMBERS.attack
    onset, length = drawn["onset"], drawn["aura_length"]
    had = drawn["headache"]
    assert near(np.mean(onset[had] < 0.0), n.headache_before, had.sum())
    assert near(np.mean(onset[had] == 0.0), n.headache_at_start, had.sum())
    assert near(np.mean(onset[had] == length[had]), n.headache_at_end, had.sum())
    after = 1.0 - n.headache_before - n.headache_at_start - n.headache_during - n.headache_at_end
    assert near(np.mean(onset[had] > length[had]), after, had.sum())


def test_lengths_severities_and_order_of_events():
    drawn, n = attacks(), NUMBERS.attack
    assert drawn["length"].min() >= n.length_low
    assert drawn["length"].max() <= n.length_high
    assert np.median(drawn["length"]) == pytest.approx(n.length, rel=0.02)
    assert near(np.mean(drawn["severity"] == wave_to_pain.MILD), n.severity_mild)
    assert near(np.mean(drawn["severity"] == wave_to_pain.SEVERE), n.severity_severe)
    assert np.all((drawn["peak"] >= drawn["onset"]) & (drawn["peak"] <= drawn["onset"] + drawn["length"]))
    wait = (drawn["sensitisation_start"] - drawn["onset"])[drawn["sensitised"]]
    assert wait.min() >= n.sensitisation_early
    assert wait.max() <= n.sensitisation_late
    np.testing.assert_allclose(drawn["brainstem_end"] - drawn["brainstem_start"], drawn["length"])


def test_severity_under_block_in_closed_form():
    block = 0.5
    drawn, n = attacks(block=block, options=TCC), NUMBERS.attack
    shift = -np.log(1.0 - n.trigeminal_nmda_share * block) / n.severity_log_sd
    from scipy.special import ndtr

    assert near(np.mean(drawn["severity"] == wave_to_pain.MILD), ndtr(ndtri(n.severity_mild) + shift))
    free = attacks()
    np.testing.assert_allclose(drawn["length"] / free["length"], 1.0 - n.trigeminal_nmda_share * block)


@pytest.mark.parametrize(
    ("medicine", "free", "back"),
    [
        (acute_medicine.PLACEBO, "free_placebo", "back_placebo"),
        (acute_medicine.NSAID, "free_nsaid", "back_nsaid"),
        (acute_medicine.TRIPTAN, "free_triptan", "back_triptan"),
    ],
)
def test_medicine_does_what_its_review_says(medicine, free, back):
    drawn = attacks(medicine=medicine)
    assert near(drawn["free_2h"].mean(), getattr(NUMBERS.acute, free))
    assert near(drawn["back_24h"][drawn["free_2h"]].mean(), getattr(NUMBERS.acute, back), drawn["free_2h"].sum())
    assert np.all(drawn["pain_hours"] <= drawn["length"] + NUMBERS.acute.shortest)
    same = ~drawn["free_2h"]
    np.testing.assert_array_equal(drawn["pain_hours"][same], drawn["length"][same])
    returned = (drawn["back_start"] - drawn["dosed"])[drawn["back_24h"]]
    assert returned.min() >= NUMBERS.acute.judged_after
    assert returned.max() <= NUMBERS.acute.window


def test_nobody_untreated_is_helped():
    drawn = attacks(medicine=acute_medicine.NONE)
    assert not drawn["free_2h"].any()
    np.testing.assert_array_equal(drawn["pain_hours"], drawn["length"])


def test_a_better_medicine_frees_the_same_people_and_more():
    weak, strong = (attacks(medicine=m)["free_2h"] for m in (acute_medicine.PLACEBO, acute_medicine.TRIPTAN))
    assert np.all(strong[weak])


def test_rescue_by_severity_spares_mild_attacks_only():
    usual, spared = attacks(), attacks(options=HeadacheOptions(rescue="severity"))
    mild = usual["severity"] == wave_to_pain.MILD
    np.testing.assert_array_equal(usual["medicine"][~mild], spared["medicine"][~mild])
    treated = np.mean(spared["medicine"][mild] != acute_medicine.NONE)
    assert near(treated, NUMBERS.acute.treated * NUMBERS.acute.treated_mild, mild.sum())


def test_provocation_in_closed_form():
    gtn = ledger.params(ledger.read("headache/gtn"), Gtn)
    numbers = ledger.params(ledger.read("headache/attack"), Attack)
    uniforms = STREAMS.per_trial("provoke", range(N), provoke.LUCK)
    for waves, block in ((1.0, 0.0), (0.5, 0.0), (1.0, 0.6), (0.2, 0.3)):
        provoked = provoke.run(gtn, numbers, provoke.InfusionInput("patients", waves, block), uniforms)
        wanted = (
            gtn.migraine_patients * (1 - gtn.wave_share * (1 - waves)) * (1 - numbers.trigeminal_nmda_share * block)
        )
        assert near(provoked["migraine"].mean(), wanted)
        assert provoked["chance"][0] == pytest.approx(wanted)
        late = provoked["latency"][provoked["migraine"]]
        assert 0.0 < late.min() < late.max() <= gtn.latency_high
    np.testing.assert_allclose(np.median(provoke.latency(gtn, uniforms[:, 0])), gtn.latency, rtol=0.03)

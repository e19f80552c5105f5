"""What was computed opens like a number of a ledger: its range is recomputed; each number of a verdict has a name."""

import re

import numpy as np
import pytest

from leao.chain import computed, computed_hypotheses, computed_trials, pipeline, quick, scenario, verdict_numbers
from leao.core.errors import ScenarioError
from leao.evidence import pooling
from leao.receptor import hypotheses

pytestmark = pytest.mark.cross
TRIALS = [f"trials.{effect.trial}" for effect in pooling.observed("log_ratio")]
SIZES = [f"hypotheses.{key}" for keys in hypotheses.SIZED_BY.values() for key in keys]
EVERY = [*computed.QUANTITIES, verdict_numbers.RAT, *computed_trials.NAMED, *TRIALS, *SIZES]


@pytest.fixture(scope="module")
def asked():
    return scenario.load("noruzzadeh2016")


def test_every_number_of_a_verdicts_words_opens(asked):
    text = quick.answer(asked, 60)["verdict"]["text"]
    pieces = verdict_numbers.parts(text)
    assert "".join(piece["text"] for piece in pieces) == text
    words = "".join(piece["text"] for piece in pieces if piece["opens"] is None)
    assert re.findall(r"(?<![\w])\d[\d.]*(?!\w)", words) == []
    names = {piece["opens"] for piece in pieces} - {None}
    chain = {verdict_numbers.CONTROLS, verdict_numbers.CHAIN, verdict_numbers.RAT}
    assert names == chain | {verdict_numbers.TRIALS, verdict_numbers.HALF}
    assert names <= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_each_has_a_source_a_tier_and_a_range(asked, name):
    stated = computed.number(asked, name)
    number = stated["number"]
    assert number["label"]
    assert number["source"]
    assert number["tier"]
    values = [row["value"] for row in stated["over"]]
    assert values == sorted(values)
    assert len(values) > 5 or name == "controls" or number["uncertainty"] is None
    for plot in stated["plots"]:
        assert all(row[plot["key"]] is not None for row in stated["over"])
    for other in stated["comes_from"]:
        assert other["label"]
        assert other["key"] in EVERY or quick.verdict_over(asked, other["key"])["number"]["source"]


@pytest.mark.parametrize(
    "name", [name for name in computed.QUANTITIES if not name.endswith(("ratio", "fewer_percent"))]
)
def test_a_quantity_held_where_it_is_drawn_changes_nothing(asked, name):
    drawn = quick.draw(asked, 1)
    place = (slice(None), slice(0, 1))  # one person of one draw, so that one value is everybody's
    state = {key: value[place] for key, value in drawn.state.items()}
    exposed = [
        value[place] if np.ndim(value) == 2 and np.shape(value)[1] > 1 else value for value in drawn.world.exposure
    ]
    habits = [
        value[place] if np.ndim(value) == 2 and np.shape(value)[1] > 1 else value for value in drawn.world.regimen
    ]
    world = drawn.world._replace(
        exposure=type(drawn.world.exposure)(*exposed), regimen=type(drawn.world.regimen)(*habits)
    )
    person, quantity = quick.Drawn(world, state), computed.QUANTITIES[name]
    value = float(np.ravel(quantity.values(person))[0])
    logs = pipeline.observed_log_ratio(world, state)
    np.testing.assert_allclose(quantity.held(person, value), logs, rtol=1e-9, atol=1e-12)


def test_more_drug_means_fewer_attacks_and_a_better_trial_a_stronger_pool(asked):
    for name in ("chain.share_taken_percent", "chain.plasma_ng_per_mL", "chain.free_brain_uM", "chain.block_percent"):
        ratios = [row["rate_ratio"]["median"] for row in computed.number(asked, name)["over"]]
        assert all(after <= before for before, after in zip(ratios[:-1], ratios[1:], strict=True))
        assert ratios[-1] < ratios[0]
    for name in (*TRIALS, "prior.log_ratio_sd"):
        rows = computed.number(asked, name)["over"]
        pools = [row["pooled"]["median"] for row in rows]
        rising = name != "prior.log_ratio_sd"
        assert all((after > before) == rising for before, after in zip(pools[:-1], pools[1:], strict=True))


def test_the_middle_of_a_trial_is_the_pool_as_it_is(asked):
    rows = computed.number(asked, TRIALS[0])["over"]
    middle = next(row for row in rows if row["quantile"] == 0.5)
    said = pooling.ratio(pooling.empirical()["neutral"])
    assert middle["pooled"]["median"] == pytest.approx(said["estimate"], rel=1e-9)


def test_hypotheses_are_all_there_with_their_stage():
    rows = computed_hypotheses.listed()
    assert [row["name"] for row in rows] == list(hypotheses.HYPOTHESES)
    for row in rows:
        changed = {f"{row['stage']}.hypotheses": [row["name"]]}
        assert scenario.load("noruzzadeh2016", changed).switches == (row["name"],)


@pytest.mark.parametrize("name", ["trials.noruzadeh2016", "hypotheses.tonic", "exposure.clearence"])
def test_what_is_no_number_is_refused(asked, name):
    with pytest.raises(ScenarioError, match="wanted"):
        computed.number(asked, name)

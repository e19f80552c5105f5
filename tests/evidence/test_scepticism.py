"""The pooled effect by scepticism: its two named steps are the synthesis, and more scepticism never shows more."""

import pytest

from leao.evidence import api, scepticism

pytestmark = pytest.mark.cross


def test_the_named_steps_are_the_synthesis():
    rows, synthesis = scepticism.rows(), api.synthesis().summary
    for step, name in ((0.0, "neutral"), (1.0, "sceptical")):
        row = next(row for row in rows if row["scepticism"] == step)
        assert row["rate_ratio"] == pytest.approx(synthesis[name]["rate_ratio"], rel=1e-9)
        assert row["p_next_trial"] == pytest.approx(synthesis[name]["p_next_trial_2x150"], rel=1e-9)


def test_more_scepticism_never_shows_more():
    ratios = [row["rate_ratio"]["estimate"] for row in scepticism.rows()]
    assert ratios == sorted(ratios)
    assert all(ratio < 1.0 for ratio in ratios)

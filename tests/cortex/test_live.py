"""A wave that is watched while it is solved: every recorded time once, in order, and the answer the same to the bit."""

import numpy as np
import pytest

from leao.core.errors import SolverError
from leao.cortex import api, live, preset_table, solve

pytestmark = pytest.mark.property
SHORT = {"length": "4.4 mm", "nodes": 44, "duration": "20 s", "every": "1 s"}


@pytest.mark.parametrize("preset", ["leao", "eaat"])
def test_a_watched_wave_is_the_same_to_the_bit(preset):
    heard = []
    watched = api.wave(preset=preset, concentration="1 uM", watch=heard.append, **SHORT)
    plain = api.wave(preset=preset, concentration="1 uM", **SHORT)
    time = np.concatenate([each.time_s for each in heard])
    first = int(np.flatnonzero(time == 0.0)[-1])  # a longer run begins again at 0
    assert np.array_equal(np.diff(time[first:]) > 0.0, np.ones(time.size - first - 1, bool))
    for name in ("voltage", "dc", "potassium_outside", "glutamate_outside", "volume_outside"):
        whole = np.concatenate([each.fields[name] for each in heard])[first:]
        data = watched.data[name].values
        assert np.array_equal(data, plain.data[name].values)
        at = np.searchsorted(time[first:], watched.data["time"].values - 1e-9)
        close = {"rtol": 1e-12, "atol": 1e-12}  # the same states, converted to units in another order
        assert np.allclose(whole[at], data, **close) if name != "dc" else np.array_equal(whole[at], data)
    assert {k: v for k, v in watched.summary.items() if k != "cpu_s"} == {
        k: v for k, v in plain.summary.items() if k != "cpu_s"
    }


def test_what_is_handed_on_is_what_the_march_recorded():
    piece, grid = solve.cut(preset_table.load("leao")), solve.Grid(4.0, 40, duration=15.0)
    driven = solve.drive(piece.cortex, (solve.strong("kcl"),), grid)
    heard = []
    marched, seconds = live.watched(piece, driven, solve.room(piece, grid), heard.append)
    plain = solve.integrate(piece, driven, grid)
    assert np.array_equal(marched.seen, plain.seen)
    assert np.array_equal(marched.state, plain.state)
    assert sum(each.time_s.size for each in heard) == plain.seen.shape[1]
    assert np.array_equal(np.concatenate([each.fields["volume_outside"] for each in heard]), plain.seen[4])
    assert seconds > 0.0


def test_a_march_that_fails_says_so():
    piece, grid = solve.cut(preset_table.load("leao")), solve.Grid(4.0, 400, dt=0.1, duration=1.0)
    driven = solve.drive(piece.cortex, (solve.strong("kcl"),), grid)
    with pytest.raises(SolverError, match="too long"):
        live.watched(piece, driven, solve.room(piece, grid), lambda _: None)

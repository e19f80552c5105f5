"""The searches for the cortex's numbers in shards: lineages and starts that never see each other, the same files."""

import sys

import numpy as np
import pytest
from validation import calibrate_cortex, cortex_lineage, cortex_stages, cortex_targets, search_cortex

from leao.core.errors import ScenarioError, UnfinishedShard

pytestmark = pytest.mark.command


def typed(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["script", *words])


def taken(*paths):
    texts = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    return texts


def window(name, params):
    """Return a figure that misses its window by as much as a number of the set is off: smooth, and of no meaning."""
    scale = cortex_stages.scales()[name]
    low, high = max(scale.low, -1e3), min(scale.high, 1e3)
    middle = np.sqrt(low * high) if scale.log else 0.5 * (low + high)
    return float(middle * (1.0 + 0.02 * np.log(params.kdr / 1e-3)))


def stage(names):
    return lambda params, _: {name: window(name, params) for name in names}


@pytest.fixture
def lineages(monkeypatch, tmp_path):
    """Three lineages whose sets cost nothing, and which write into a folder of the test."""
    for name, value in {"DESIGN": 8, "CONTINUED": 2, "WHOLE": 1, "GENERATIONS": 2, "MEMBERS": 40, "JUDGED": 50}.items():
        monkeypatch.setattr(cortex_lineage, name, value)
    monkeypatch.setattr(search_cortex, "LINEAGES", 3)
    monkeypatch.setattr(search_cortex, "ROWS", tmp_path / "rows.csv")
    monkeypatch.setattr(search_cortex, "CANDIDATES", tmp_path / "candidates.csv")
    monkeypatch.setattr(cortex_stages, "asked", lambda params, *_: params)
    monkeypatch.setattr(cortex_stages, "STAGES", tuple(stage(names) for names in cortex_stages.NAMES))
    monkeypatch.setattr(cortex_targets, "tissues", lambda params, *_: params)
    monkeypatch.setattr(cortex_targets, "figures", lambda params: stage(cortex_targets.targets())(params, {}))
    return tmp_path / "rows.csv", tmp_path / "candidates.csv"


def test_lineages_in_shards_write_the_same_files(lineages, monkeypatch, tmp_path):
    asked = ("--evaluations", "24", "--workers", "1")
    typed(monkeypatch, *asked)
    search_cortex.main()
    wanted = taken(*lineages)
    rows, candidates = (text.decode().splitlines() for text in wanted)
    assert len(rows) == 1 + 3 * 24
    assert len(candidates) > 3, "nothing was judged"
    shared = (*asked, "--out", str(tmp_path / "shared"))
    typed(monkeypatch, *shared, "--shard", "1/2")
    with pytest.raises(UnfinishedShard, match="left to the other shards"):
        search_cortex.main()
    assert not any(path.exists() for path in lineages), "a shard that waits for others writes nothing"
    typed(monkeypatch, *shared, "--shard", "2/2")
    search_cortex.main()
    search_cortex.main()  # again: nothing is left to compute
    assert taken(*lineages) == wanted


def test_a_search_taken_up_again_goes_on_as_if_it_had_not_stopped(lineages, monkeypatch):
    typed(monkeypatch, "--evaluations", "24", "--workers", "1")
    search_cortex.main()
    wanted = taken(*lineages)
    typed(monkeypatch, "--evaluations", "16", "--workers", "1")
    search_cortex.main()
    typed(monkeypatch, "--evaluations", "24", "--workers", "1")
    search_cortex.main()
    assert taken(*lineages) == wanted


def test_the_published_search_is_read_whole():
    under_way = search_cortex.searches(search_cortex.LINEAGES)
    assert sum(len(each.runs) for each in under_way) == len(search_cortex.kept(search_cortex.ROWS))
    assert sum(len(each.judged) for each in under_way) == len(search_cortex.kept(search_cortex.CANDIDATES))


def test_more_evaluations_than_the_rule_allows_are_refused(lineages, monkeypatch):
    typed(monkeypatch, "--evaluations", "901")
    with pytest.raises(ScenarioError, match="found 901, wanted 1 to 900"):
        search_cortex.main()


@pytest.fixture
def starts(monkeypatch, tmp_path):
    """Sets that cost nothing, and the file of their rows."""

    def measures(params):
        off = np.log(params.kdr / 1e-3)
        return {name: target.high + 0.2 * off * target.scale for name, target in calibrate_cortex.TARGETS.items()}

    monkeypatch.setattr(calibrate_cortex, "measures", measures)
    return tmp_path / "rows.csv"


def test_starts_in_shards_add_the_same_rows(starts, monkeypatch, tmp_path):
    asked = ("0", "1", "4", "--evaluations", "24", "--workers", "1", "--rows", str(starts))
    typed(monkeypatch, *asked)
    calibrate_cortex.main()
    text = starts.read_text(encoding="utf-8")
    assert {line.split(",")[0] for line in text.splitlines()} == {"start", "0", "1", "4"}
    wanted = taken(starts)
    shared = (*asked, "--out", str(tmp_path / "shared"))
    typed(monkeypatch, *shared, "--shard", "1/2")
    with pytest.raises(UnfinishedShard, match="left to the other shards"):
        calibrate_cortex.main()
    assert not starts.exists(), "a shard that waits for others writes nothing"
    typed(monkeypatch, *shared, "--shard", "2/2")
    calibrate_cortex.main()
    calibrate_cortex.main()  # a shard that ends at the same time adds nothing
    assert taken(starts) == wanted


def test_a_start_that_was_not_searched_before_cannot_go_on(starts, monkeypatch):
    typed(monkeypatch, "1", "--evaluations", "12", "--workers", "1", "--rows", str(starts))
    calibrate_cortex.main()
    typed(monkeypatch, "7", "--seeded", str(starts))
    with pytest.raises(ScenarioError, match="found no row of start 7"):
        calibrate_cortex.main()

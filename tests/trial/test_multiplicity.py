"""Adjusted p-values against statsmodels and against the closed test written out."""

from itertools import combinations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

import leao
from leao.core.errors import ScenarioError
from leao.trial.multiplicity.procedures import Graph, adjusted, without

pytestmark = pytest.mark.cross


@pytest.mark.parametrize(
    ("ours", "theirs"), [("bonferroni", "bonferroni"), ("holm", "holm"), ("hochberg", "simes-hochberg")]
)
def test_stepwise_procedures_are_those_of_statsmodels(ours, theirs):
    rng = np.random.default_rng(2)
    for m in (1, 2, 3, 7):
        for _ in range(2):  # few: statsmodels collects garbage in every call, a second in a worker of the suite
            p = rng.random(m) ** 3
            assert adjusted(p, ours) == pytest.approx(multipletests(p, method=theirs)[1], abs=1e-12)


def closed(p, graph):
    """Return adjusted p-values by the closed test: every intersection by weighted Bonferroni, shares after removal."""
    m, out = len(p), np.zeros(len(p))
    for size in range(1, m + 1):
        for kept in combinations(range(m), size):
            rest = graph
            for j in set(range(m)) - set(kept):
                rest = without(rest, j)
            local = min((p[j] / rest.weights[j] for j in kept if rest.weights[j] > 0), default=1.0)
            for j in kept:
                out[j] = max(out[j], min(local, 1.0))
    return out


def test_a_graph_is_the_closed_test():
    rng = np.random.default_rng(5)
    for m in (2, 3, 4):
        for _ in range(30):
            arrows = rng.random((m, m)) * (1 - np.eye(m)) * (rng.random((m, m)) < 0.8)
            arrows /= np.maximum(arrows.sum(axis=1, keepdims=True), 1.0)
            graph, p = Graph(rng.dirichlet(np.ones(m)), arrows), rng.random(m) ** 2
            assert adjusted(p, "graph", graph) == pytest.approx(closed(p, graph), abs=1e-10)


def test_equal_arrows_are_holm_and_a_chain_is_a_fixed_sequence():
    hypotheses = leao.trial.adjust("a=0.02,b=0.01,c=0.04", "graph").summary["hypotheses"]
    assert [row["adjusted_p"] for row in hypotheses] == pytest.approx(adjusted(np.array([0.02, 0.01, 0.04]), "holm"))
    chain = leao.trial.adjust("a=0.02,b=0.01,c=0.04", "graph", weights="1,0,0", transfer="a>b:1,b>c:1").summary
    assert [row["adjusted_p"] for row in chain["hypotheses"]] == pytest.approx([0.02, 0.02, 0.04])
    alone = leao.trial.adjust("a=0.2,b=0.01", "fixed_sequence").summary
    assert [row["rejected"] for row in alone["hypotheses"]] == [False, False]


@pytest.mark.property
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hypotheses": "a=2"}, "wanted NAME=P"),
        ({"hypotheses": "a=0.1,a=0.2"}, "a stands twice"),
        ({"procedure": "holms"}, "found 'holms'"),
        ({"weights": "1"}, "goes with --procedure graph"),
        ({"procedure": "graph", "weights": "0.9,0.9"}, "found 1.8 in all"),
        ({"procedure": "graph", "transfer": "a>x:1"}, "no hypothesis 'x'"),
        ({"procedure": "graph", "transfer": "a-b"}, "wanted FROM>TO:SHARE"),
        ({"alpha": 0.0}, "--alpha: found 0"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(ScenarioError, match=message):
        leao.trial.adjust(**({"hypotheses": "a=0.1,b=0.2"} | options))


@pytest.mark.inference
def test_the_family_wise_error_is_kept_where_one_of_two_doses_works():
    rng = np.random.default_rng(8)
    control = rng.standard_normal(4000)
    z = (rng.standard_normal((4000, 2)) - control[:, None]) / np.sqrt(2) + [3.0, 0.0]
    from scipy.special import ndtr

    p = ndtr(-z)
    for procedure in ("holm", "hochberg", "fixed_sequence"):
        wrong = np.mean([adjusted(row, procedure)[1] <= 0.05 for row in p])
        assert wrong < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 4000)

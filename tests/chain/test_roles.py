"""A role follows what the scenario says an arm is, not what the arm is called or where it stands."""

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.chain import answer_trial, published_figures
from leao.chain.scenario import SAY_ROLE, load
from leao.chain.summary import _head
from leao.core.errors import ScenarioError
from leao.trial import completers

pytestmark = pytest.mark.worlds

WORDS = frozenset().union(*SAY_ROLE.values())
NAMES = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"\\'), min_size=1, max_size=20)
PAIRS = st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] != pair[1])


def written(folder, drug, control, *, turn=False, said=True):
    """Return the shipped scenario with arms called and ordered otherwise, roles said or left to the drugs."""
    text = (files("leao") / "scenarios" / "noruzzadeh2016.toml").read_text(encoding="utf-8")
    head, tail = text.partition("[arms.memantine]")[0], "[exposure]" + text.partition("[exposure]")[2]
    treated = f'[arms."{drug}"]\ndose = "10 mg daily"\n' + ('role = "drug"\n' if said else "")
    untreated = f'[arms."{control}"]\n' + ('role = "control"\n' if said else 'drug = "placebo"\n')
    path = folder / "mine.toml"
    path.write_text(head + (untreated + treated if turn else treated + untreated) + tail, encoding="utf-8")
    return load(str(path))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("roles")


@pytest.mark.parametrize("turn", [False, True])
@settings(max_examples=15, deadline=None)
@given(pair=PAIRS)
def test_roles_and_published_figures_follow_any_names(folder, turn, pair):
    drug, control = pair
    scenario, plain = written(folder, drug, control, turn=turn), load("noruzzadeh2016")
    assert _head(scenario)["roles"] == {drug: "drug", control: "control"}
    assert (scenario.active_arm, scenario.placebo_arm) == (drug, control)
    published, wanted = published_figures.of(scenario), published_figures.of(plain)
    assert published["change_attacks_per_28d"][drug] == wanted["change_attacks_per_28d"]["memantine"]
    assert published["change_attacks_per_28d"][control] == wanted["change_attacks_per_28d"]["placebo"]


@pytest.mark.parametrize(("drug", "control", "turn"), [("placebo", "memantine", True), ("zz", "aa", False)])
def test_patients_are_the_same_whatever_their_arms_are_called(folder, drug, control, turn):
    few = {"trial.n_per_arm": 6, "trials": 4}
    plain, _ = completers.chunk(answer_trial.run_request(load("noruzzadeh2016", few)).setting, range(4))
    scenario = written(folder, drug, control, turn=turn).model_copy()
    renamed = load(str(folder / "mine.toml"), few)
    assert renamed.roles == scenario.roles
    other, _ = completers.chunk(answer_trial.run_request(renamed).setting, range(4))
    for name, column in plain.items():
        np.testing.assert_array_equal(column, other[name], err_msg=name)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_name_against_its_drug_is_a_question(folder, word):
    drug, control = ("x", word) if word in SAY_ROLE["drug"] else (word, "x")
    with pytest.raises(ScenarioError, match=f"arms.{word}: found the name of a .* which is it"):
        written(folder, drug, control, said=False)
    assert written(folder, drug, control).roles == {drug: "drug", control: "control"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"arms.memantine.role": "control"}, "found role 'control' with drug 'memantine'"),
        ({"arms.placebo.role": "drug"}, "found role 'drug' with drug 'placebo'"),
        ({"arms.placebo.role": "comparator"}, "wanted 'drug' or 'control'"),
        ({"arms.memantine": {"role": "control"}, "arms.placebo.role": "control"}, "one with placebo"),
        ({"arms": {"a": {"dose": "10 mg"}, "b": {"dose": "5 mg"}}}, "one with placebo"),
        ({"arms": {" ": {"role": "control"}, "b": {"dose": "5 mg"}}}, "arms: found the name"),
    ],
)
def test_roles_that_do_not_fit_are_refused(changes, says):
    with pytest.raises(ScenarioError, match=says):
        load("noruzzadeh2016", changes)

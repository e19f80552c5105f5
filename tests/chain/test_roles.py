"""A role follows the drug an arm takes, not what the arm is called or where it stands."""

from importlib.resources import files

import pytest

from leao.chain import published_figures
from leao.chain.scenario import load
from leao.chain.summary import _head

pytestmark = pytest.mark.worlds


@pytest.mark.parametrize(("drug", "control"), [("drug", "control"), ("placebo", "memantine"), ("zz", "aa")])
def test_the_published_figures_stand_with_their_role(tmp_path, drug, control):
    text = (files("leao") / "scenarios" / "noruzzadeh2016.toml").read_text(encoding="utf-8")
    text = text.replace("[arms.memantine]", "[arms.\0]").replace("[arms.placebo]", f"[arms.{control}]")
    text = text.replace("\0", drug)
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    scenario, plain = load(str(path)), load("noruzzadeh2016")
    assert _head(scenario)["roles"] == {drug: "drug", control: "control"}
    found, wanted = published_figures.of(scenario), published_figures.of(plain)
    assert found["change_attacks_per_28d"][drug] == wanted["change_attacks_per_28d"]["memantine"]
    assert found["change_attacks_per_28d"][control] == wanted["change_attacks_per_28d"]["placebo"]

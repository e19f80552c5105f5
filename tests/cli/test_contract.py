"""What is printed is what the contract says: every key, every kind of value, and no key beside them."""

import json
from pathlib import Path

import pytest

import leao
from leao.cli.contracts import CONTRACTS, checked, schema

pytestmark = pytest.mark.command

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
SHORT = {"preset": "tuttle2019", "length": "4.4 mm", "nodes": 44, "duration": "45 s", "every": None}
ANSWERS = {
    "no wave": ("cortex-wave", lambda: leao.cortex.wave(**SHORT, strength="0.1 mM")),
    "a wave under an antagonist": (
        "cortex-wave", lambda: leao.cortex.wave(**SHORT, antagonist="APV", block="50%", second="5 s")
    ),
    "presets": ("cortex-presets", lambda: leao.cortex.presets()),
    "threshold": (
        "cortex-threshold",
        lambda: leao.cortex.threshold("0,10 uM", preset="tuttle2019", stimulus="pulse"),
    ),
    "kcl": ("cortex-kcl", lambda: leao.cortex.kcl(4.0, preset="tuttle2019", concentration="1 uM")),
    "claims": ("evidence-claims", lambda: leao.evidence.claims()),
    "synthesis": ("evidence-synthesis", lambda: leao.evidence.synthesis()),
    "trials": ("evidence-trials", lambda: leao.evidence.trials()),
    "number": ("number", lambda: leao.number("exposure.clearance")),
    "an assumed number": ("number", lambda: leao.number("preventives_model.kappa_sd")),
    "pathways": ("pathways", lambda: leao.headache.pathways()),
    "provocation": ("provoke", lambda: leao.provoke(n=50)),
    "provocation under a drug": ("provoke", lambda: leao.provoke(dose="10 mg daily", minutes=10, n=50)),
    "provocation of controls": ("provoke", lambda: leao.provoke(population="controls", n=50)),
    "curve": ("receptor-curve", lambda: leao.receptor.curve()),
    "curve of magnesium": ("receptor-curve", lambda: leao.receptor.curve("magnesium")),
    "pulse": ("receptor-pulse", lambda: leao.receptor.pulse("1 uM", trace=True)),
    "scenarios": ("scenarios", lambda: leao.scenarios()),
    "adjusted": ("trial-adjust", lambda: leao.trial.adjust("a=0.01,b=0.04", "graph")),
    "boundaries": ("trial-boundaries", lambda: leao.trial.boundaries("0.5,1", futility="0", difference=1.0, sd=2.0)),
    "boundaries of events": (
        "trial-boundaries",
        lambda: leao.trial.boundaries("2", by="events", rate=5.0, ratio=0.7, dispersion=0.4, months=3.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_the_contract_holds(case):
    name, call = ANSWERS[case]
    checked(name, call().summary)


def test_the_contract_of_a_run_holds(finished):
    checked("run", finished.summary)


def test_the_contract_of_a_trial_holds(tmp_path):
    checked("trial", leao.power("noruzzadeh2016", 25, n=6, effect=0.6, out=tmp_path, looks="0.5,1").summary)


def test_a_key_that_is_not_in_the_contract_is_seen():
    with pytest.raises(ValueError, match="Extra inputs"):
        checked("number", leao.number("exposure.clearance").summary | {"more": 1})


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_schema_is_written_from_the_contract(name):
    written = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert written == schema(name), "write it anew: python -m validation.write_schemas"

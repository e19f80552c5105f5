"""NCA, NPDE, the corrected check, other drugs, replicates, exports: each beside numbers from elsewhere or by hand."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from leao.core.errors import LeaoError
from leao.exposure import (
    distribution_errors,
    level_fit,
    model_export,
    noncompartmental,
    other_drug,
    predictive_check,
    priors,
    record_simulation,
    records,
    solve,
)

pytestmark = pytest.mark.cross

# Theophylline, subjects 1, 2 and 10 of Boeckmann, Sheiner & Beal 1994 (NONMEM Users Guide V; R's datasets::Theoph):
# h, mg/L. What PKNCA and Phoenix WinNonlin (linear up, log down) print for them: AUC to the last level, half-life, AUC
# to infinity (PKNCA's vignette "Computing NCA Parameters for Theophylline"; ncappc's manual).
THEOPHYLLINE = {
    1: ([0, 0.25, 0.57, 1.12, 2.02, 3.82, 5.1, 7.03, 9.05, 12.12, 24.37],
        [0.74, 2.84, 6.57, 10.5, 9.66, 8.58, 8.36, 7.47, 6.89, 5.94, 3.28], (147.23475, 14.304378, 214.92363)),
    2: ([0, 0.27, 0.52, 1.0, 1.92, 3.5, 5.02, 7.03, 9.0, 12.0, 24.3],
        [0, 1.72, 7.91, 8.31, 8.33, 6.85, 6.08, 5.4, 4.55, 3.01, 0.9], (88.73128, 6.659342, 97.37793)),
    10: ([0, 0.37, 0.77, 1.02, 2.05, 3.55, 5.05, 7.08, 9.38, 12.1, 23.7],
         [0.24, 2.89, 5.22, 6.41, 7.83, 10.21, 9.18, 8.02, 7.14, 5.68, 2.42], (135.57607, 9.246916, 167.86003)),
}  # fmt: skip
MODEL = """
name = "theophylline"
residual_error = { cv = 0.1 }
reference_weight = "70 kg"
molar_mass = "180.16 g/mol"
[CL]
value = 2.8
unit = "L/h"
between_subject = { dist = "lognormal", cv = 0.3 }
uncertainty = { dist = "lognormal", cv = 0.1 }
[V]
value = 32000
unit = "mL"
between_subject = { dist = "lognormal", cv = 0.2 }
[KA]
value = 1.5
unit = "1/h"
between_subject = { dist = "lognormal", cv = 0.5 }
"""
TWO = f"""{MODEL}
[Q]
value = 1.2
unit = "L/h"
between_subject = {{ dist = "lognormal", cv = 0.4 }}
[V2]
value = 20
unit = "L"
"""


def other(text=MODEL):
    return other_drug.read("my.toml", text.encode())


def read(tmp_path, text, basis="salt", **choices):
    data = tmp_path / "data.csv"
    data.write_text(text)
    return records.load(data, basis if "drug" not in choices else None, records.ReadChoices(**choices))


@pytest.mark.parametrize("subject", THEOPHYLLINE)
def test_nca_is_that_of_pknca(tmp_path, subject):
    times, levels, (last, half_life, infinity) = THEOPHYLLINE[subject]
    rows = "".join(f"1,{t},0,.,{c},0\n" for t, c in zip(times, levels, strict=True) if c > 0)
    data = f"ID,TIME,EVID,AMT,DV (mg/L),MDV\n1,0,1,320,.,1\n{rows}"
    answer = noncompartmental.analyse(read(tmp_path, data, drug=other()))[0]
    assert answer["auc"] / 1e3 == pytest.approx(last, abs=1e-4 * (1 if levels[0] else 60))
    assert answer["half_life"] == pytest.approx(half_life, abs=2e-6)
    assert answer["auc_infinity"] / 1e3 == pytest.approx(infinity, abs=1e-4 * (1 if levels[0] else 60))
    assert (answer["cmax"], answer["tmax"]) == (1e3 * max(levels), times[int(np.argmax(levels))])
    assert answer["cl_f"] == pytest.approx(320 / infinity, rel=1e-4)
    assert answer["vz_f"] == pytest.approx(320 / infinity / np.log(2) * half_life, rel=1e-4)


def test_nca_at_steady_state_gives_back_the_clearance(tmp_path):
    cl, v, ka, tau = 8.0, 200.0, 1.2, 24.0
    times = 240 + np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24])
    body = "".join(f"1,{t},0,.,.,.,0,{cl},{v},{ka}\n" for t in times)
    text = f"ID,TIME,EVID,AMT,II,ADDL,MDV,CL,V,KA\n1,0,1,10,24,14,1,{cl},{v},{ka}\n{body}"
    table = read(tmp_path, text)
    table = table._replace(dv=np.where(table.evid == 0, solve.solve(table).plasma, np.nan))
    answer = noncompartmental.analyse(table)[0]
    assert answer["steady_state"]
    assert answer["cl_f"] == pytest.approx(cl, rel=0.01)
    assert answer["half_life"] == pytest.approx(np.log(2) * v / cl, rel=0.01)
    assert answer["accumulation"] == pytest.approx(1 / (1 - np.exp(-cl / v * tau)), rel=0.01)


def test_nca_says_what_the_levels_do_not_tell(tmp_path):
    text = "ID,TIME,EVID,AMT,DV,MDV\n1,0,1,10,.,1\n1,6,0,.,11,0\n1,24,0,.,9,0\n"
    answer = noncompartmental.analyse(read(tmp_path, text))[0]
    assert (answer["half_life"], answer["cl_f"], answer["auc_infinity"]) == (None, None, None)
    assert "fewer than three" in answer["warnings"][-1]


def test_another_drug_is_solved_with_its_own_numbers(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT,DV,WT\n1,0,1,320,1,.,140\n1,3,0,.,2,6000,140\n1,12,0,.,2,3000,140\n"
    table = read(tmp_path, text, drug=other(TWO))
    cl, v, ka, q, v2 = 2.8 * 2**0.75, 64.0, 1.5, 1.2 * 2**0.75, 40.0
    rates = np.array([[-ka, 0, 0], [ka, -(cl + q) / v, q / v2], [0, q / v, -q / v2]])
    wanted = [1e3 * (expm(t * rates) @ np.array([320.0, 0, 0]))[1] / v for t in (0, 3, 12)]
    np.testing.assert_allclose(solve.solve(table).plasma, wanted, rtol=1e-9)
    answer = level_fit.forecast(table, level_fit.Plan(every_h=12.0, days=7.0))[0]
    assert answer["converged"]
    assert set(answer["parameters"]) == {"CL", "V", "KA", "Q", "V2", "half_life_h"}
    assert answer["parameters"]["V2"]["p05"] == pytest.approx(v2)  # known: no spread is given
    slow = min(-np.linalg.eigvals(rates[1:, 1:]).real)
    drug = {name: np.array([value]) for name, value in zip(("CL", "V", "Q", "V2"), (cl, v, q, v2), strict=True)}
    assert level_fit.half_life(drug)[0] == pytest.approx(np.log(2) / slow)
    assert "FREEBR" not in record_simulation.table(table).columns


def test_a_two_compartment_posterior_is_that_of_plain_sampling(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT,DV\n1,0,1,320,1,.\n1,2,0,.,2,4500\n1,10,0,.,2,3300\n1,30,0,.,2,900\n"
    model = other(TWO)
    answer = level_fit.forecast(read(tmp_path, text, drug=model), level_fit.Plan(every_h=24.0, days=1.0))[0]
    rng, sd = np.random.default_rng(2), np.sqrt(np.log(1 + np.square([[0.3, 0.2, 0.5, 0.4, 0.0], [0.1, 0, 0, 0, 0]])))
    log_sd = np.hypot(*sd)
    draws = np.array([2.8, 32.0, 1.5, 1.2, 20.0]) * np.exp(log_sd * rng.standard_normal((20_000, 5)))
    weight = np.zeros(len(draws))
    for k, (cl, v, ka, q, v2) in enumerate(draws):
        values, vectors = np.linalg.eig(np.array([[-ka, 0, 0], [ka, -(cl + q) / v, q / v2], [0, q / v, -q / v2]]))
        modes = vectors[1] * np.linalg.solve(vectors, [320.0, 0, 0])
        levels = 1e3 * (np.exp(np.outer([2, 10, 30], values)) @ modes).real / v
        weight[k] = -0.5 * np.square(np.log(np.array([4500, 3300, 900]) / levels) / model.residual_error).sum()
    weight = np.exp(weight - weight.max())
    for name, column in (("CL", 0), ("V", 1), ("Q", 3)):
        order = np.argsort(draws[:, column])
        median = draws[order, column][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
        assert answer["parameters"][name]["median"] == pytest.approx(median, rel=0.05)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[CL]", "[CLX]", "key 'CLX' is not known"),
        ("[KA]", "[Q]", "no \\[KA\\]"),
        ('unit = "L/h"', 'unit = "L"', "CL"),
        ("value = 2.8", 'value = "2.8"', "wanted a number"),
        ("value = 2.8", "value = -2.8", "wanted 1e-09"),
        ("value = 2.8", "value = nan", "wanted a number"),
        ("cv = 0.3", "cv = -0.3", "spread"),
        ('"lognormal", cv = 0.3', '"normal", sd = 30', "spread of positive values"),
        ("residual_error = { cv = 0.1 }", "", "residual_error"),
        ('"70 kg"', '"70"', "without a unit"),
        ("[CL]", "[CL", "not valid TOML"),
        ("[V]", "[Q]\nvalue = 1\nunit = 'L/h'\n[V]", "both"),
    ],
)
def test_a_model_file_that_cannot_be_is_one_line(old, new, says):
    with pytest.raises(LeaoError, match=says) as caught:
        other(MODEL.replace(old, new))
    assert "\n" not in str(caught.value)


def test_a_deep_model_file_is_one_line():
    with pytest.raises(LeaoError, match="not valid TOML"):
        other("a = " + "[" * 40_000)


def test_replicates_hold_both_spreads(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT\n" + "".join(f"{i},0,1,320,2\n{i},0,0,.,2\n" for i in range(20))
    model = other(MODEL.replace("value = 32000", "value = 32000\nuncertainty = { dist = 'lognormal', sd_log = 0.3 }"))
    table = read(tmp_path, text, drug=model)
    frame = record_simulation.replicated(table, record_simulation.Simulation(seed=3, replicates=200))
    assert frame.height == 200 * 40
    level = np.log(frame.filter(pl.col("EVID") == 0)["IPRED"].to_numpy().reshape(200, 20))
    between = np.sqrt(np.log(1 + 0.2**2))
    assert level.mean() == pytest.approx(np.log(1e4), abs=3 * 0.3 / np.sqrt(200))
    assert level.std(axis=1).mean() == pytest.approx(between, rel=0.05)
    assert level.mean(axis=1).std() == pytest.approx(np.hypot(0.3, between / np.sqrt(20)), rel=0.15)
    error = np.log((frame["SIMDV"] / frame["IPRED"]).to_numpy())
    assert error.std() == pytest.approx(model.residual_error, rel=0.05)
    again = record_simulation.replicated(table, record_simulation.Simulation(seed=3, replicates=200))
    assert again.equals(frame)


def many(tmp_path, wrong=1.0):
    """60 people on three doses, with levels that the model itself would give; ``wrong`` multiplies them."""
    rows = [
        f"{i},0,1,{(5, 10, 20)[i % 3]},24,13,1,.\n" + f"{i},30,0,.,.,.,0,1\n{i},200,0,.,.,.,0,1\n" for i in range(60)
    ]
    table = read(tmp_path, "ID,TIME,EVID,AMT,II,ADDL,MDV,DV\n" + "".join(rows))
    rng = np.random.default_rng(4)
    people = priors.persons(table, 999_999)
    noise = np.exp(priors.residual(None) * rng.standard_normal(table.time.size))
    dv = np.where(table.evid == 0, wrong * solve.solve(table, people).plasma * noise, np.nan)
    return table._replace(dv=dv)


def test_npde_is_normal_where_the_model_is_right_and_not_where_it_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(distribution_errors, "REPLICATES", 400)
    right, wrong = distribution_errors.errors(many(tmp_path), 1), distribution_errors.errors(many(tmp_path, 1.6), 1)
    assert abs(right["mean"]) < 3 / np.sqrt(120)
    assert right["p_global"] > 0.01
    assert wrong["p_global"] < 1e-4
    assert len(right["levels"]) == 120


def test_npde_decorrelates():
    rng = np.random.default_rng(5)
    covariance = np.array([[1.0, 0.9], [0.9, 1.0]])
    draws = rng.multivariate_normal([3.0, 5.0], covariance, 4001)
    level, others = draws[0], draws[1:]
    root = np.linalg.cholesky(covariance)
    np.testing.assert_allclose(
        distribution_errors.decorrelated(level, others), np.linalg.solve(root, level - [3, 5]), atol=0.1
    )


def test_the_corrected_check_takes_doses_out(tmp_path, monkeypatch):
    """By hand: three doses of the same person give one level after correction (Bergstrand 2011, equation 1)."""
    monkeypatch.setattr(predictive_check, "REPLICATES", 40)
    table = many(tmp_path)
    measured = np.flatnonzero(~np.isnan(table.dv))
    factor = predictive_check.corrections(table, measured)
    typical = solve.solve(table).plasma[measured]
    for time in (30.0, 200.0):
        at = table.time[measured] == time
        np.testing.assert_allclose(typical[at] * factor[at], np.median(typical[at]))
    plain, corrected = predictive_check.check(table, 1), predictive_check.check(table, 1, corrected=True)
    width = [np.log(check.predicted[-1, 2] / check.predicted[-1, 0]) for check in (plain, corrected)]
    assert width[1] < 0.75 * width[0]


@pytest.mark.parametrize("two", [False, True])
def test_exports_hold_the_model(tmp_path, two):
    """NONMEM's THETA by the closed form, mrgsolve's own $ODE text by scipy: both give the package's level."""
    model = other(TWO if two else MODEL)
    table = read(tmp_path, "ID,TIME,EVID,AMT,CMT\n1,0,1,320,1\n1,9,0,.,2\n", drug=model)
    wanted = solve.solve(table).plasma[1]
    out = tmp_path / "m.ctl"
    model_export.write(model_export.Export("nonmem", out, drug=model))
    text = out.read_text()
    theta = [float(x) for x in re.findall(r"^\((?:0, )?([0-9.eE+-]+)", text, re.MULTILINE)]
    cl, v, ka = theta[:3]
    q, v2 = theta[3:5] if two else (0.0, 1.0)
    rates = np.array([[-ka, 0, 0], [ka, -(cl + q) / v, q / v2], [0, q / v, -q / v2]])
    assert 1e3 * (expm(9 * rates) @ np.array([320.0 * theta[-1], 0, 0]))[1] / v == pytest.approx(wanted, rel=1e-8)
    assert ("ADVAN4 TRANS4" in text, "S2 = V2 / 1000" in text) == (two, two)
    omega = text.split("$OMEGA\n")[1].split("$SIGMA")[0].splitlines()
    assert float(omega[0].split()[0]) == pytest.approx(np.log(1 + 0.3**2))
    model_export.write(model_export.Export("mrgsolve", tmp_path / "m.mod", drug=model))
    assert by_ode((tmp_path / "m.mod").read_text(), 320.0, 9.0) == pytest.approx(wanted, rel=1e-6)


def by_ode(text, dose, hours):
    """The level that an mrgsolve model gives, its $PARAM and $ODE text evaluated as they stand."""
    values = dict(re.findall(r"(\w+) = ([0-9.eE+-]+)(?=[,\n])", text.split("$PARAM")[1].split("$CMT")[0]))
    scope = {name: float(value) for name, value in values.items()}
    scope |= {name[2:]: value for name, value in scope.items() if name.startswith("TV")}
    compartments = text.split("$CMT\n")[1].split("\n")[0].split()
    equations = dict(re.findall(r"dxdt_(\w+) = (.*);", text))

    def rates(_, x):
        here = scope | dict(zip(compartments, x, strict=True))
        return [eval(equations[name], {}, here) for name in compartments]

    start = [dose * scope["BIO"]] + [0.0] * (len(compartments) - 1)
    return 1e3 * solve_ivp(rates, (0, hours), start, rtol=1e-10, atol=1e-12).y[1, -1] / scope["V"]


CROWD = "".join(f"{i},0,1,10,74\n" for i in range(2000))


def test_memantine_exported_is_memantine(tmp_path):
    table = read(tmp_path, "ID,TIME,EVID,AMT,CMT,WT\n1,0,1,10,1,62\n1,30,0,.,2,62\n")
    wanted = solve.solve(table).plasma[1]
    model_export.write(model_export.Export("mrgsolve", tmp_path / "m.mod", weight=62.0))
    assert by_ode((tmp_path / "m.mod").read_text(), 10.0, 30.0) == pytest.approx(wanted, rel=1e-6)
    model_export.write(model_export.Export("model", tmp_path / "m.toml", weight=62.0))
    model = other_drug.read("m.toml", (tmp_path / "m.toml").read_bytes())
    base = 10 * 179.307 / 215.76
    same = read(tmp_path, f"ID,TIME,EVID,AMT,CMT\n1,0,1,{base},1\n1,30,0,.,2\n", drug=model)
    assert solve.solve(same).plasma[1] == pytest.approx(wanted, rel=1e-8)
    people = priors.persons(read(tmp_path, "ID,TIME,EVID,AMT,WT\n" + CROWD), 3)
    np.testing.assert_allclose(
        [model.between[name] for name in ("CL", "V", "KA")], np.log(people).std(axis=0), rtol=0.1
    )

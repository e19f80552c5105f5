"""Known clearances are recovered from simulated levels, and the 90 % band covers as often as it says."""

import numpy as np

from leao.pk import forecast, model, records
from leao.pk.posterior import omega


def written(tmp_path, people, sigma, seed):
    """Records of ``people`` drawn from the prior, with noisy levels; and their factors."""
    rng = np.random.default_rng(seed)
    factors = np.exp(omega() * rng.standard_normal((people, 3)))
    rows = ["ID,TIME,EVID,AMT,II,ADDL,MDV,DV,WT"]
    for i in range(people):
        rows.append(f"{i},0,1,10,24,27,1,.,70")
        rows += [f"{i},{t},0,0,0,0,0,1,70" for t in (4, 30, 170, 340, 500, 668)]
    data = tmp_path / "levels.csv"
    data.write_text("\n".join(rows) + "\n")
    read = records.load(data, "salt")
    noise = np.exp(sigma * rng.standard_normal(read.time.size))
    dv = np.where(read.evid == 0, model.solve(read, factors).plasma * noise, np.nan)
    return read._replace(dv=dv), factors


def test_posterior_covers_and_converges(tmp_path):
    read, factors = written(tmp_path, 60, records.params().residual_error, 3)
    answers = forecast.forecast(read, forecast.Plan(days=1.0, step_h=24.0))
    assert all(answer["converged"] for answer in answers)
    typical = model.typical(read)[0]
    inside = []
    for answer, factor in zip(answers, factors, strict=True):
        for column, name, own in ((1, "CL", 0), (2, "V", 1), (0, "KA", 2)):
            band = answer["parameters"][name]
            inside.append(band["p05"] <= typical[column] * factor[own] <= band["p95"])
    covered = np.array(inside).reshape(-1, 3).mean(axis=0)
    assert (covered >= 0.78).all(), covered  # 0.90 less three standard errors of 60 people


def test_many_precise_levels_give_the_truth(tmp_path):
    read, factors = written(tmp_path, 1, 0.0, 5)
    answer = forecast.forecast(read, forecast.Plan(days=1.0, step_h=24.0))[0]
    clearance = model.typical(read)[0, 1] * factors[0, 0]
    assert abs(answer["parameters"]["CL"]["median"] / clearance - 1) < 0.05


def test_another_dose_scales_the_rise(tmp_path):
    read, _ = written(tmp_path, 1, 0.0, 5)
    late = [forecast.forecast(read, forecast.Plan(dose_mg=mg, days=60.0))[0]["forecast"][-1] for mg in (10.0, 20.0)]
    ratio = late[1]["plasma_ng_per_mL"]["median"] / late[0]["plasma_ng_per_mL"]["median"]
    assert abs(ratio - 2.0) < 0.02
    gone = forecast.forecast(read, forecast.Plan(dose_mg=0.0, days=60.0))[0]["forecast"][-1]
    assert gone["plasma_ng_per_mL"]["median"] < 1e-3

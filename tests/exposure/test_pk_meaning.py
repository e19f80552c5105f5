"""What a pharmacometric table means: doses, times, levels; each answer beside one computed here without the package.

Levels: superposition of closed forms (Bateman; infusion) or a matrix exponential (scipy), with the ledger's typical CL,
V and ka as the only numbers taken over. Forecasts: plain importance sampling from the same priors.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.linalg import expm

from leao.core.errors import LeaoError
from leao.exposure import level_fit, priors, record_simulation, records, sbml, solve

pytestmark = pytest.mark.cross
BASE = 179.307 / 215.76  # of memantine hydrochloride, US label


def typical() -> tuple[float, float, float]:
    """CL, V and ka of a person of whom nothing is known: ledger ``exposure``."""
    values = sbml.parameters(None, None, None)
    return values["CL"], values["V"], values["KA"]


def oral(times, doses, cl, v, ka):
    """ng/mL after (time, mg of base) doses by mouth: superposed Bateman functions."""
    ke, total = np.asarray(cl / v), np.zeros(np.broadcast_shapes(np.shape(times), np.shape(cl)))
    for when, mg in doses:
        t = np.maximum(np.asarray(times) - when, 0.0)
        total = total + 1e3 * mg / v * ka / (ka - ke) * (np.exp(-ke * t) - np.exp(-ka * t))
    return total


def read(tmp_path, text, basis="salt", **choices):
    data = tmp_path / "data.csv"
    data.write_text(text, encoding="utf-8")
    return records.load(data, basis, records.ReadChoices(**choices))


def levels(tmp_path, text, basis="salt", carry="backward", **choices):
    table = read(tmp_path, text, basis, levels=False, **choices)
    frame = record_simulation.table(table, record_simulation.Simulation(carry=carry))
    return frame["IPRED"].to_numpy(), frame


def sampled_clearance(doses, measured, below=()):
    """Median CL given levels (time, ng/mL) and limits: 400,000 draws of the prior, weighted by their likelihood."""
    from scipy.stats import norm

    rng = np.random.default_rng(1)
    draws = np.exp(rng.multivariate_normal(np.zeros(3), priors.covariance(None), 400_000))
    cl, v, ka = (draws * typical()).T
    weight, sigma = np.zeros(cl.size), priors.residual(None)
    for when, level in measured:
        weight += norm.logpdf(np.log(level / oral(when, doses, cl, v, ka)) / sigma)
    for when, limit in below:
        weight += norm.logcdf(np.log(limit / oral(when, doses, cl, v, ka)) / sigma)
    weight = np.exp(weight - weight.max())
    order = np.argsort(cl)
    return cl[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]


def clearance(table, **plan):
    return level_fit.forecast(table, level_fit.Plan(days=1.0, **plan))[0]["parameters"]["CL"]["median"]


SAME_HISTORY = {
    "two courses": "1,0,1,5,1,24,13,.,1\n1,12,1,10,1,24,13,.,1\n",
    "row by row": "".join(f"1,{12 * k},1,{5 + 5 * (k % 2)},1,0,0,.,1\n" for k in range(28)),
    "mixed": "1,0,1,5,1,24,13,.,1\n" + "".join(f"1,{12 + 24 * k},1,10,1,0,0,.,1\n" for k in range(14)),
}


@pytest.mark.parametrize("written", SAME_HISTORY)
def test_as_before_continues_the_whole_pattern(tmp_path, written):
    rows = SAME_HISTORY[written].splitlines(keepends=True)
    rows.sort(key=lambda row: float(row.split(",")[1]))
    text = "ID,TIME,EVID,AMT,CMT,II,ADDL,DV,MDV\n" + "".join(rows) + "1,330,0,.,2,.,.,60,0\n"
    answer = level_fit.forecast(read(tmp_path, text), level_fit.Plan())[0]
    last_day = [point["plasma_ng_per_mL"]["median"] for point in answer["forecast"][-5:-1]]
    doses = [(12 * k, (5 + 5 * (k % 2)) * BASE) for k in range(28)]
    cl = sampled_clearance(doses, [(330, 60)])
    assert answer["daily_dose_mg"] == 15
    assert (answer["dose_mg"], answer["every_h"]) == (None, None)
    assert np.mean(last_day) == pytest.approx(1e3 * 15 * BASE / 24 / cl, rel=0.03)


WORKDAYS = [(24.0 * day, 10, 168) for day in (14, 15, 16, 17, 18)]


@pytest.mark.parametrize(
    ("rows", "courses"),
    [
        ("1,0,1,10,.,.\n1,24,1,10,.,.\n1,48,1,10,.,.\n", [(72, 10, 24)]),
        ("1,8.1,1,10,.,.\n1,32.3,1,10,.,.\n1,55.8,1,10,.,.\n1,80.2,1,10,.,.\n", [(104.2, 10, 24)]),
        ("1,0,1,5,24,6\n1,168,1,10,24,6\n1,170,0,.,.,.\n", [(192, 10, 24)]),
        ("1,0,1,20,24,.\n", [(24, 20, 24)]),
        ("1,0,4,10,24,60\n1,30,4,20,12,5\n1,60,0,.,.,.\n", [(66, 20, 12)]),
        ("1,0,1,20,.,.\n1,48,1,20,.,.\n1,96,1,20,.,.\n", [(144, 20, 48)]),
        ("1,8,1,10,.,.\n1,20,1,10,.,.\n1,32,1,10,.,.\n1,44,1,10,.,.\n", [(56, 10, 12)]),
        ("1,8,1,10,.,.\n1,14,1,10,.,.\n1,32,1,10,.,.\n1,38,1,10,.,.\n", [(56, 10, 24), (62, 10, 24)]),
        ("".join(f"1,{24 * d},1,10,.,.\n" for d in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)), WORKDAYS),
        ("1,0,1,5,24,6\n1,168,1,10,.,.\n1,192,1,10,.,.\n", [(216, 10, 24)]),
        ("1,0,1,10,8,8\n1,72,0,.,.,.\n", [(72, 10, 8)]),
    ],
)
def test_patterns(tmp_path, rows, courses):
    from leao.exposure import pattern

    table = read(tmp_path, "ID,TIME,EVID,AMT,II,ADDL\n" + rows)
    continued = pattern.as_before(table, np.arange(table.time.size))
    assert [(round(c.first, 6), c.amt, c.every) for c in continued] == courses


@pytest.mark.parametrize(
    "rows",
    ["1,0,1,10,.,.\n1,24,1,10,.,.\n1,72,1,10,.,.\n", "1,0,1,10,.,.\n", "1,0,1,5,.,.\n1,24,1,5,.,.\n1,48,1,10,.,.\n"],
)
def test_no_pattern_is_asked(tmp_path, rows):
    table = read(tmp_path, "ID,TIME,EVID,AMT,II,ADDL,DV\n" + rows.replace("\n", ",.\n") + "1,80,0,.,.,.,9\n")
    with pytest.raises(LeaoError, match=r"--dose '10 mg' --every '24 h'"):
        level_fit.forecast(table, level_fit.Plan())


DATED = {
    "clock in hours": "ID,DATE,TIME,EVID,AMT,DV,MDV\n1,2026-03-02,8,1,10,.,1\n1,2026-03-03,8,1,10,.,1\n"
    "1,2026-03-04,8,1,10,.,1\n1,2026-03-05,8,1,10,.,1\n1,2026-03-06,14,0,.,27.5,0\n",
    "hh:mm, month last": "ID,DAT1,TIME,EVID,AMT,DV,MDV\n1,02/03/2026,08:00,1,10,.,1\n1,03/03/2026,08:00,1,10,.,1\n"
    "1,04/03/2026,08:00,1,10,.,1\n1,05/03/2026,08:00,1,10,.,1\n1,06/03/2026,14:00,0,.,27.5,0\n",
    "year, day, month": "ID,DAT3,TIME,EVID,AMT,DV,MDV\n1,2026/02/03,08:00,1,10,.,1\n1,2026/03/03,08:00,1,10,.,1\n"
    "1,2026/04/03,08:00,1,10,.,1\n1,2026/05/03,08:00,1,10,.,1\n1,2026/06/03,14:00,0,.,27.5,0\n",
    "study days": "ID,DAY,TIME,EVID,AMT,DV,MDV\n1,1,8:00 AM,1,10,.,1\n1,2,8:00 AM,1,10,.,1\n1,3,8:00 AM,1,10,.,1\n"
    "1,4,8:00 AM,1,10,.,1\n1,5,2:00 PM,0,.,27.5,0\n",
    "one column": "ID,ADTM,EVID,AMT,DV,MDV\n1,2026-03-02T08:00,1,10,.,1\n1,2026-03-03T08:00,1,10,.,1\n"
    "1,2026-03-04T08:00,1,10,.,1\n1,2026-03-05T08:00,1,10,.,1\n1,2026-03-06T14:00:00,0,.,27.5,0\n",
    "TIME holds both": "ID,TIME,EVID,AMT,DV,MDV\n1,2026-03-02 08:00,1,10,.,1\n1,2026-03-03 08:00,1,10,.,1\n"
    "1,2026-03-04 08:00,1,10,.,1\n1,2026-03-05 08:00,1,10,.,1\n1,2026-03-06 14:00,0,.,27.5,0\n",
    "elapsed hours agree": "ID,DATE,TIME,EVID,AMT,DV,MDV\n1,2026-03-02,0,1,10,.,1\n1,2026-03-03,24,1,10,.,1\n"
    "1,2026-03-04,48,1,10,.,1\n1,2026-03-05,72,1,10,.,1\n1,2026-03-06,102,0,.,27.5,0\n",
    "in days": "ID,TIME (day),EVID,AMT,DV,MDV\n1,0,1,10,.,1\n1,1,1,10,.,1\n1,2,1,10,.,1\n"
    "1,3,1,10,.,1\n1,4.25,0,.,27.5,0\n",
    "TIMEU min": "ID,TIME,TIMEU,EVID,AMT,DV,MDV\n1,0,min,1,10,.,1\n1,1440,min,1,10,.,1\n1,2880,min,1,10,.,1\n"
    "1,4320,min,1,10,.,1\n1,6120,min,0,.,27.5,0\n",
}


@pytest.mark.parametrize("written", DATED)
def test_times_however_written(tmp_path, written):
    table = read(tmp_path, DATED[written])
    np.testing.assert_allclose(table.time, [0, 24, 48, 72, 102], atol=1e-9)
    wanted = sampled_clearance([(24 * k, 10 * BASE) for k in range(4)], [(102, 27.5)])
    assert clearance(table, every_h=24.0) == pytest.approx(wanted, rel=0.03)


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        ("DATE,TIME", "02/03/2026,8\n03/03/2026,8", "row 2: DATE is '02/03/2026', month or day first"),
        ("DATE,TIME", "26-03-02,8\n26-03-03,8", "row 2: DATE is '26-03-02', a year of two digits"),
        ("DATE,TIME", "2026-03-02,0\n2026-03-03,20", "may be a clock time or hours since the first record"),
        ("DATE,TIME", "2026-03-02,0\n2026-03-03,60", "does not fit DATE"),
        ("DATE,TIME", "2026-03-02,8\n.,9", "row 3: DATE is '.', missing"),
        ("TIME,X", "8:00,1\n25,2", "row 3: TIME is '25', wanted a clock time"),
        ("DATE,X", "2026-03-02,1\n2026-03-03,1", "DATE without TIME"),
        ("TIME,ADTM", "0,2026-03-02 08:00\n6,2026-03-02 15:00", "TIME and ADTM do not agree"),
        ("TIME,TIMEU", "0,h\n6,fortnight", "row 3: TIMEU is 'fortnight', not a known unit"),
    ],
)
def test_times_that_may_mean_two_things_are_asked(tmp_path, header, rows, says):
    lines = [f"1,{row},{1 - k},{10 * (1 - k)}" for k, row in enumerate(rows.splitlines())]
    with pytest.raises(LeaoError, match=says) as caught:
        read(tmp_path, f"ID,{header},EVID,AMT\n" + "\n".join(lines))
    assert "\n" not in str(caught.value)


MARKED = {
    "column C": "C,ID,TIME,EVID,AMT,DV,MDV\n.,1,0,1,10,.,1\nC,1,0.5,1,10,.,1\n.,1,6,0,.,10.4,0\nC,1,24,0,.,104,0\n",
    "hash": "ID,TIME,EVID,AMT,DV,MDV\n1,0,1,10,.,1\n#1,0.5,1,10,.,1\n1,6,0,.,10.4,0\n# a word, and another\n",
    "EXCL": "ID,TIME,EVID,AMT,DV,MDV,EXCL\n1,0,1,10,.,1,N\n1,0.5,1,10,.,1,Y\n1,6,0,.,10.4,0,N\n1,24,0,.,104,0,Y\n",
}


@pytest.mark.parametrize("written", MARKED)
def test_rows_marked_out_are_out_and_named(tmp_path, written):
    plasma, _ = levels(tmp_path, MARKED[written])
    table = read(tmp_path, MARKED[written])
    assert plasma == pytest.approx([0.0, oral(6.0, [(0, 10 * BASE)], *typical())], rel=1e-9)
    assert [part.rows for part in table.left_out] == [(3, 5)]
    assert clearance(table, every_h=24.0) == pytest.approx(sampled_clearance([(0, 10 * BASE)], [(6, 10.4)]), rel=0.03)


def test_another_quantity_is_asked_and_left_out(tmp_path):
    text = "ID,TIME,AMT,DV,DVID,EVID,MDV\n1,0,10,.,1,1,1\n1,6,.,11,1,0,0\n1,6,.,96,2.0,0,0\n"
    text += "1,24,.,9,1,0,0\n1,24,.,88,2,0,0\n"
    with pytest.raises(LeaoError, match=r"DVID holds 2 quantities \(1, 2\)"):
        read(tmp_path, text)
    table = read(tmp_path, text, dvid="1")
    assert table.left_out[0].rows == (4, 6)
    wanted = sampled_clearance([(0, 10 * BASE)], [(6, 11), (24, 9)])
    assert clearance(table, every_h=24.0) == pytest.approx(wanted, rel=0.03)


def test_a_level_elsewhere_is_no_plasma_level(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT,DV,MDV\n1,0,1,10,1,.,1\n1,6,0,.,2,11,0\n1,24,0,.,{},30,0\n"
    table = read(tmp_path, text.format(3))
    assert table.left_out[0].rows == (4,)
    wanted = sampled_clearance([(0, 10 * BASE)], [(6, 11)])
    assert clearance(table, every_h=24.0) == pytest.approx(wanted, rel=0.03)
    with pytest.raises(LeaoError, match="every level is in CMT 3"):
        read(tmp_path, text.format(3).replace("2,11", "3,11"))


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("ug/mL", 1e3),
        ("ng/mL", 1.0),
        ("mcg/L", 1.0),
        ("\u00b5g/mL", 1e3),
        ("mg/L", 1e3),
        ("nmol/L", 0.179307),
        ("uM", 179.307),
    ],
)
def test_units_of_levels_are_converted(tmp_path, unit, factor):
    text = f"ID,TIME,EVID,AMT,DV,MDV,DVU\n1,0,1,10,.,1,\n1,6,0,.,0.0112,0,{unit}\n1,24,0,.,0.0098,0,{unit}\n"
    np.testing.assert_allclose(read(tmp_path, text).dv[1:], [0.0112 * factor, 0.0098 * factor], rtol=1e-9)
    text = f"ID,TIME,EVID,AMT,DV ({unit})\n1,0,1,10,.\n1,6,0,.,0.0112\n"
    np.testing.assert_allclose(read(tmp_path, text).dv[1:], [0.0112 * factor], rtol=1e-9)


def test_units_that_are_not_known_are_refused(tmp_path):
    with pytest.raises(LeaoError, match="DVU is 'IU/mL', not a known unit of DV"):
        read(tmp_path, "ID,TIME,EVID,AMT,DV,DVU\n1,0,1,10,.,.\n1,6,0,.,3,IU/mL\n")
    with pytest.raises(LeaoError, match="unit not known"):
        read(tmp_path, "ID,TIME,EVID,AMT [tablets],DV\n1,0,1,10,.\n1,6,0,.,3\n")
    assert read(tmp_path, "ID,TIME,EVID,AMT,AMTU\n1,0,1,10000,ug\n1,6,0,.,\n").amt[0] == pytest.approx(10.0)


def test_a_row_of_units_under_the_header_is_read(tmp_path):
    rows = "1,0,1,10000,.,154\n1,360,0,.,0.0112,154\n"
    table = read(tmp_path, "ID,TIME,EVID,AMT,DV,WT\n-,(min),,ug,ug/mL,lb\n" + rows)
    np.testing.assert_allclose(table.dv[1:], [11.2])
    np.testing.assert_allclose((table.time[1], table.amt[0], table.covariates["WT"][0]), [6.0, 10.0, 69.85], rtol=1e-4)
    assert table.left_out[0].as_json() == {"rows": [2], "why": "units of the columns"}
    with pytest.raises(LeaoError, match=r"DV \(IU\): unit not known"):
        read(tmp_path, "ID,TIME,EVID,AMT,DV,WT\n-,h,,mg,IU,kg\n" + rows)
    with pytest.raises(LeaoError, match="two units of one column"):
        read(tmp_path, "ID,TIME,EVID,AMT,DV (ng/mL),WT\n-,h,,mg,ug/mL,kg\n" + rows)


@pytest.mark.parametrize(
    ("header", "cell", "role", "wanted"),
    [
        ("WT (lb)", 154, "WT", 69.853225),
        ("WEIGHT [lbs]", 154, "WT", 69.853225),
        ("WT (kg)", 70, "WT", 70.0),
        ("CRCL (mL/s)", 1.5, "CRCL", 90.0),
        ("CRCL (L/h)", 5.4, "CRCL", 90.0),
    ],
)
def test_weight_and_clearance_in_other_units(tmp_path, header, cell, role, wanted):
    table = read(tmp_path, f"ID,TIME,EVID,AMT,DV,{header}\n1,0,1,10,.,{cell}\n1,6,0,.,11,{cell}\n")
    np.testing.assert_allclose(table.covariates[role], [wanted, wanted], rtol=1e-6)


@pytest.mark.parametrize(
    ("header", "says"), [("CRCL (mL/min/1.73 m2)", "per 1.73 m2 of body surface"), ("WT (stone)", "found unit stone")]
)
def test_units_that_cannot_be_converted(tmp_path, header, says):
    with pytest.raises(LeaoError, match=says):
        read(tmp_path, f"ID,TIME,EVID,AMT,DV,{header}\n1,0,1,10,.,80\n1,6,0,.,11,80\n")


def test_advan4_names_two_compartments(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT,RATE,KA,CL,V2,Q,V3\n1,0,1,100,2,0,0.5,6,200,10,400\n1,4,0,.,2,0,0.5,6,200,10,400\n"
    plasma, _ = levels(tmp_path, text)
    rates = np.array([[-16 / 200, 10 / 400], [10 / 200, -10 / 400]])
    amount = np.array([100 * BASE, 0.0])
    wanted = [1e3 * amount[0] / 200, 1e3 * (expm(4 * rates) @ amount)[0] / 200]
    np.testing.assert_allclose(plasma, wanted, rtol=1e-9)
    same, _ = levels(tmp_path, text.replace("V2", "V").replace("V3", "V2"))
    np.testing.assert_array_equal(same, plasma)
    for header in ("KA,CL,V2,Q,VX", "KA,CL,V1,Q,V3", "KA,CL,V2,QX,V3"):
        with pytest.raises(LeaoError, match="which is the central one"):
            levels(tmp_path, text.replace("KA,CL,V2,Q,V3", header))


def test_lag_belongs_to_the_gut(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT,CL,V,KA,ALAG\n1,0,1,10,{0},8,700,0.5,1.5\n"
    text += "1,1,0,.,2,8,700,0.5,1.5\n1,4,0,.,2,8,700,0.5,1.5\n"
    bolus = 1e3 * 10 / 700 * np.exp(-8 / 700 * np.array([0.0, 1.0, 4.0]))
    np.testing.assert_allclose(levels(tmp_path, text.format(2), "base")[0], bolus, rtol=1e-9)
    late = oral(np.array([0.0, 1.0, 4.0]), [(1.5, 10)], 8, 700, 0.5)
    np.testing.assert_allclose(levels(tmp_path, text.format(1), "base")[0], late, rtol=1e-9)


def test_forward_covariates_hold_from_the_record_on(tmp_path):
    """The level at a record stands on its own volume; rates change there (mrgsolve nocb = FALSE, rxode2 locf)."""
    cl, v, ka = typical()
    pop = solve.population()

    def at(weight):
        scale = (weight / pop.weight) ** pop.allometric_exponent
        return cl * scale, v * weight / pop.weight

    text = "ID,TIME,EVID,AMT,CMT,II,ADDL,WT\n1,0,1,10,1,24,29,60\n1,360,0,.,2,.,.,60\n"
    text += "1,384,0,.,2,.,.,90\n1,408,0,.,2,.,.,90\n"
    (cl_60, v_60), (cl_90, v_90) = at(60.0), at(90.0)
    before = oral(384.0, [(24 * k, 10) for k in range(17)], cl_60, v_60, ka) * v_60 / 1e3  # mg in the centre
    gut = sum(10 * np.exp(-ka * (384 - 24 * k)) for k in range(17))
    rates = np.array([[-ka, 0.0], [ka, -cl_90 / v_90]])
    after = expm(24 * rates) @ np.array([gut, before])
    plasma, _ = levels(tmp_path, text, "base", carry="forward")
    np.testing.assert_allclose(plasma[2:], [1e3 * before / v_90, 1e3 * after[1] / v_90], rtol=1e-9)


@pytest.mark.parametrize(("amt", "rate", "ii"), [(20, 0.5, 24), (20, 1.0, 6), (48, 1.0, 24), (30, 2.0, 24)])
@pytest.mark.parametrize("ss", [1, 2])
def test_infusions_longer_than_their_interval_overlap(tmp_path, amt, rate, ii, ss):
    text = (
        "ID,TIME,EVID,AMT,CMT,RATE,II,SS,CL,V,KA\n"
        f"1,0,1,{amt},2,{rate},{ii},{ss},8,700,0.5\n1,{ii / 3},0,.,2,.,.,.,8,700,0.5\n1,{ii},0,.,2,.,.,.,8,700,0.5\n"
    )
    ke, length, times = 8 / 700, amt / rate, np.array([0.0, ii / 3, ii])
    wanted = np.zeros(3)
    for k in range(600):
        since = times + k * ii
        wanted += rate / 8 * (1 - np.exp(-ke * np.minimum(since, length))) * np.exp(-ke * np.maximum(since - length, 0))
    np.testing.assert_allclose(levels(tmp_path, text, "base")[0], 1e3 * wanted, rtol=1e-6)


def test_no_end_of_overlapping_infusions_is_refused(tmp_path):
    with pytest.raises(LeaoError, match="row 2: an infusion that overlaps with more than 1000"):
        read(tmp_path, "ID,TIME,EVID,AMT,SS,II,RATE,CMT\n1,0,1,1000000,1,0.1,0.01,2\n1,6,0,.,.,.,.,2\n")


def test_time_may_start_again_at_a_reset(tmp_path):
    text = (
        "ID,TIME,EVID,AMT,CMT,DV,MDV,OCC\n1,0,1,10,1,.,1,1\n1,6,0,.,2,11.2,0,1\n1,48,0,.,2,6.9,0,1\n"
        "1,0,4,20,1,.,1,2\n1,6,0,.,2,22.8,0,2\n1,48,0,.,2,13.1,0,2\n"
    )
    plasma, frame = levels(tmp_path, text)
    once = oral(np.array([0.0, 6.0, 48.0]), [(0, 10 * BASE)], *typical())
    np.testing.assert_allclose(plasma, [*once, *(2 * once)], rtol=1e-9)
    assert frame["TIME"].to_list() == [0, 6, 48, 0, 6, 48]
    with pytest.raises(LeaoError, match="row 5: TIME 0 comes after 48"):
        levels(tmp_path, text.replace("1,0,4,20", "1,0,1,20"))


ADPPK = (
    "USUBJID,AFRLT,EVID,CMT,AMT,DV,MDV,AVALU,ALLOQ,BLQFL\nLEAO-01,-0.5,0,2,,,1,ng/mL,1,Y\n"
    "LEAO-01,0,1,1,10,,1,,,\nLEAO-01,6,0,2,,10.6,0,ng/mL,1,N\nLEAO-01,24,0,2,,8.9,0,ng/mL,1,N\n"
)


def test_adppk_names_in_and_own_output_in(tmp_path):
    plasma, frame = levels(tmp_path, ADPPK)
    np.testing.assert_allclose(plasma[1:], oral(np.array([0.0, 6, 24]), [(0, 10 * BASE)], *typical()), rtol=1e-9)
    assert frame["AFRLT"].to_list() == [-0.5, 0, 6, 24]
    for ending in ("csv", "parquet"):
        out = tmp_path / f"own.{ending}"
        record_simulation.simulate(read(tmp_path, ADPPK), out)
        again = records.load(out)
        np.testing.assert_array_equal(solve.solve(again).plasma, plasma)
        np.testing.assert_array_equal(again.dv, read(tmp_path, ADPPK).dv)


def test_a_censored_level_by_flag_counts(tmp_path):
    text = "ID,TIME,EVID,AMT,DV,MDV,BLQFL,ALLOQ\n1,0,1,10,.,1,,\n1,6,0,.,11,0,N,1\n1,300,0,.,.,0,Y,1\n"
    wanted = sampled_clearance([(0, 10 * BASE)], [(6, 11)], [(300, 1)])
    for mdv in ("0", "1"):
        table = read(tmp_path, text.replace(".,0,Y", f".,{mdv},Y"))
        assert table.censored.tolist() == [False, False, True]
        assert clearance(table, every_h=24.0) == pytest.approx(wanted, rel=0.03)


def test_zeros_before_a_dose_say_nothing(tmp_path):
    text = "ID,TIME,EVID,AMT,DV,MDV\n1,0,1,10,0,0\n1,0,0,0,0,0\n1,6,0,0,11,0\n"
    table = read(tmp_path, text)
    assert (np.isnan(table.dv[:2]).all(), table.left_out[0].rows) == (True, (3,))
    np.testing.assert_allclose(levels(tmp_path, text)[0], oral([0, 0, 6.0], [(0, 10 * BASE)], *typical()), rtol=1e-9)
    with pytest.raises(LeaoError, match="row 5: DV is not above 0"):
        read(tmp_path, text + "1,500,0,0,0,0\n")
    assert levels(tmp_path, text + "1,500,0,0,0,0\n")[1]["DV"].to_list() == [None, None, 11, None]


def test_a_subject_without_a_level_is_forecast_from_the_prior(tmp_path):
    text = (
        "ID,TIME,EVID,AMT,DV,MDV,II,ADDL\n1,0,1,10,.,1,24,6\n1,150,0,.,31,0,.,.\n2,0,1,10,.,1,24,6\n2,150,0,.,.,1,.,.\n"
    )
    answers = level_fit.forecast(read(tmp_path, text), level_fit.Plan())
    assert "no level" in answers[1]["warnings"][0]
    assert answers[1]["parameters"]["CL"]["median"] == pytest.approx(typical()[0], rel=0.03)


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("RATE", "-2 0", "modelled duration D1, which the file does not give"),
        ("RATE", "-1 0", "modelled rate R1"),
        ("RATE", "-3 0", "RATE is -3"),
        ("C", "11 12", "row 2: C is '11', wanted a comment mark"),
        ("EXCL", "hemolysed .", "wanted a flag"),
        ("DTYPE", ". LOCF", "derived or imputed"),
        ("CONC", ". 11", "levels are read from DV"),
        ("EGFR", "60 60", "kidneys"),
        ("CREAT (umol/L)", "88 88", "kidneys"),
        ("K10", "0.1 0.1", "rate constants"),
        ("PKFL", "Y N", "flags"),
        ("ROUTE", "oral iv", "CMT"),
        ("UNIT", "mg ng/mL", "a unit, but of what"),
        ("SAMPLED", "2026-03-01 2026-03-02", "dates"),
        ("IGN", ". C", "flags"),
        ("COMM", ". *", "flags"),
        ("FLAG", "0 3", "a flag that may select rows"),
        ("PCSPEC", "PLASMA URINE", None),
        ("LLOQUNIT", ". ug/mL", "a unit, but of what"),
    ],
)
def test_columns_that_can_change_the_answer_stop_the_run(tmp_path, column, cells, says):
    first, second = cells.split()
    text = f"ID,TIME,EVID,AMT,CMT,DV,{column}\n1,0,1,10,1,.,{first}\n1,6,0,.,2,11,{second}\n"
    if says is None:
        assert read(tmp_path, text).left_out == []  # the dose has no specimen of its own
        text += "1,7,0,.,2,70,PLASMA\n"
        says = "PCSPEC holds 2 quantities"
    with pytest.raises(LeaoError, match=says):
        read(tmp_path, text)
    if column not in ("RATE",):
        assert read(tmp_path, text, ignore=(column,)).columns.dropped == [column]


def test_modelled_rates_are_read_where_they_are_given(tmp_path):
    text = "ID,TIME,EVID,AMT,CMT,RATE,{},CL,V,KA\n1,0,1,10,2,{},{},8,700,0.5\n1,4,0,.,2,0,.,8,700,0.5\n"
    wanted = 1e3 * 2 / 8 * (1 - np.exp(-8 / 700 * 4))
    for column, code, value in (("D2", -2, 5), ("R2", -1, 2)):
        assert levels(tmp_path, text.format(column, code, value), "base")[0][1] == pytest.approx(wanted, rel=1e-9)
    timed = "ID,TIME,EVID,AMT,CMT,TINF,CL,V,KA\n1,0,1,10,2,5,8,700,0.5\n1,4,0,.,2,.,8,700,0.5\n"
    assert levels(tmp_path, timed, "base")[0][1] == pytest.approx(wanted, rel=1e-9)


def test_ids_are_numbers_where_all_are(tmp_path):
    text = "ID,TIME,EVID,AMT,DV,MDV,SEX\n1,0,1,10,.,1,1.0\n1.0,6,0,.,11,0,1.0\n"
    table = read(tmp_path, text)
    assert (table.who, table.columns.harmless) == (["1"], ["SEX"])
    with pytest.raises(LeaoError, match="'C1' among numbers: a comment"):
        read(tmp_path, text + "C1,24,1,10,.,1,1\n")


def test_no_amounts_no_answer(tmp_path):
    with pytest.raises(LeaoError, match="no column AMT"):
        read(tmp_path, "ID,TIME,DOSE,CONC\n1,0,10,0\n1,6,0,11\n")
    with pytest.raises(LeaoError, match="no dose; AMT is above 0 on no row"):
        read(tmp_path, "ID,TIME,DOSE,AMT,EVID\n1,0,10,.,0\n1,6,0,.,0\n")


def test_other_ways_to_write_the_same_table(tmp_path):
    plain = "ID,TIME,EVID,AMT,DV\n1,0,1,10,.\n1,6.5,0,.,11.25\n"
    ways = [
        plain.replace(",", ";").replace("6.5", "6,5").replace("11.25", "11,25"),
        plain.replace(",", "\t"),
        plain.replace(",", "  "),
        "TABLE NO.  1\n" + plain.replace(",", " "),
        "#" + plain,
        '"ID","TIME","EVID","AMT","DV"\n"1",0,1,10,NA\n"1",6.5,0,NA,11.25\n',
        plain.lower(),
    ]
    wanted = read(tmp_path, plain)
    for text in ways:
        table = read(tmp_path, text)
        assert table.time.tolist() == wanted.time.tolist()
        np.testing.assert_array_equal(table.dv, wanted.dv)
    frame = pl.DataFrame(
        {"ID": [1.0, 1.0], "TIME": [0.0, 6.5], "EVID": [1, 0], "AMT": [10.0, None], "DV": [None, 11.25]}
    )
    frame.write_parquet(tmp_path / "data.parquet")
    np.testing.assert_array_equal(records.load(tmp_path / "data.parquet", "salt").dv, wanted.dv)


def test_a_level_in_the_row_of_a_dose_is_named(tmp_path):
    text = "ID,TIME,AMT,DV\n1,0,10,0\n1,24,10,9\n1,48,10,17\n1,54,.,33\n"
    table = read(tmp_path, text)
    assert [part.rows for part in table.left_out] == [(3, 4)]
    assert "row of its own" in table.left_out[0].why
    marked = "ID,TIME,AMT,MDV,DV\n1,0,10,1,0\n1,24,10,1,9\n1,54,.,0,33\n"
    assert not read(tmp_path, marked).left_out  # MDV 1 says so itself


def test_offsets_from_utc_count(tmp_path):
    text = "ID,DATETIME,AMT,DV\n1,2026-03-28T22:00+01:00,10,.\n1,2026-03-29T04:00+02:00,.,10\n"
    assert read(tmp_path, text).time.tolist() == [0.0, 5.0]  # the clocks went on an hour
    with pytest.raises(LeaoError, match="offset from UTC"):
        read(tmp_path, text.replace("+01:00", ""))
    with pytest.raises(LeaoError, match="2026-03-02 08:00"):
        read(tmp_path, "ID,PCDTC,AMT,DV\n1,2026-03-28,10,.\n1,2026-03-29,.,10\n")


def test_parts_of_a_day_beside_spreadsheet_days_are_asked_about(tmp_path):
    text = "ID,DATE,TIME,AMT,DV\n1,46113,0.5,10,.\n1,46114,0.25,.,10\n"
    with pytest.raises(LeaoError, match=r"TIME \(day\)"):
        read(tmp_path, text)
    assert read(tmp_path, text.replace("TIME", "TIME (day)")).time.tolist() == [0.0, 18.0]
    assert read(tmp_path, text.replace("TIME", "TIME (h)")).time.tolist() == [0.0, 23.75]


def test_rows_that_stand_twice_are_named(tmp_path):
    rows = "1,0,1,10,.\n1,24,1,10,.\n1,24,1,10,.\n1,48,0,.,14\n1,48,0,.,14\n1,48,0,.,14\n2,48,1,10,.\n2,48,0,.,14\n"
    assert read(tmp_path, "ID,TIME,EVID,AMT,DV\n" + rows).notes == [
        "row 4 says what row 3 says: these doses count each time",
        "row 6 says what row 5 says, and 1 more such rows: these levels count each time",
    ]
    assert read(tmp_path, "ID,TIME,EVID,AMT,DV\n1,0,1,10,.\n1,24,1,10,.\n1,24,0,.,14\n1,48,0,.,14\n").notes == []


def test_clock_times_with_a_point_are_asked_about(tmp_path):
    text = "ID,DATE,{},EVID,AMT,DV\n1,2026-03-01,8.30,1,10,.\n1,2026-03-01,14.45,0,.,11\n"
    with pytest.raises(LeaoError, match="row 2: TIME is 8.30: a clock time, or parts of an hour. write 8:30, or name"):
        read(tmp_path, text.format("TIME"))
    assert read(tmp_path, text.format("TIME (h)")).time[1] == pytest.approx(6.15)
    assert read(tmp_path, text.replace("14.45", "14.75").format("TIME")).time[1] == pytest.approx(6.45)

"""What a table says was given: events, amounts, infusions, repeated doses, each slip named by its row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.exposure import vocabulary
from leao.exposure.columns import Columns
from leao.exposure.other_drug import Drug
from leao.exposure.params import params

MOST_ADDITIONAL = 100_000
MOST_IN_ALL = 10_000_000
MOST_OVERLAPPING = 1_000  # infusions at steady state that flow at once


class Doses(NamedTuple):
    """What was given, arrays over records."""

    evid: NDArray[np.int64]
    amt: NDArray[np.float64]
    cmt: NDArray[np.int64]
    rate: NDArray[np.float64]
    ii: NDArray[np.float64]
    addl: NDArray[np.int64]
    ss: NDArray[np.int64]
    used: tuple[str, ...]
    notes: list[str]


def doses(columns: Columns, drug: Drug | None) -> Doses:
    """Return what was given, every slip named by its row."""
    table = columns.table
    factor = columns.factors("AMT", "AMTU", vocabulary.AMOUNT_UNITS)
    amt = np.nan_to_num(columns.within("AMT", 0.0, np.inf, "")) * factor
    evid = columns.whole("EVID", range(5), np.where(amt > 0, 1, 0))
    dose = (evid == 1) | (evid == 4)
    cmt = np.where(dose, columns.whole("CMT", range(100), np.where(dose, 1, 2)), 2)
    cmt = np.where(dose & (cmt == 0), 1, cmt)  # CMT 0 is NONMEM's default compartment, the gut
    flows = columns.has("RATE") or columns.has("TINF")
    rate, rate_used = _rates(columns, dose, amt, cmt) if flows else (np.zeros(amt.size), [])
    ii = np.nan_to_num(columns.within("II", 0.0, np.inf, "h"))
    addl, ss = columns.whole("ADDL", range(MOST_ADDITIONAL + 1)), columns.whole("SS", range(3))
    peripheral = 3 if columns.has("Q") or (drug is not None and drug.two_compartments) else 2
    constant = (ss == 1) & (rate > 0) & (ii == 0)
    shortest = params().shortest_interval
    too_long = f"an infusion that overlaps with more than {MOST_OVERLAPPING} later ones; check AMT, RATE and II"
    slips = [
        (~dose & (amt > 0), "AMT without a dose event; set EVID 1 or 4, or AMT 0"),
        (dose & (amt <= 0) & ~constant, "a dose event without AMT; give mg, or set EVID 0"),
        (~dose & ((addl > 0) | (ss > 0) | (rate > 0)), "ADDL, SS or RATE without a dose event; set EVID 1 or 4"),
        (np.cumsum(addl) > MOST_IN_ALL, f"more than {MOST_IN_ALL} additional doses up to here; split the file"),
        ((ii > 0) & (ii < shortest), f"II is below {shortest:g} h; check its unit"),
        ((addl > 0) & (ii <= 0), "ADDL without II; give the hours between doses"),
        (dose & (ss > 0) & (ii <= 0) & ~constant, "SS without II; give the hours between doses"),
        ((ss > 0) & (ii > 0) & (amt > MOST_OVERLAPPING * rate * ii) & (rate > 0), too_long),
        (constant & (amt > 0), "a constant infusion (SS 1, RATE, II 0) has AMT 0"),
        (
            dose & ((cmt < 1) | (cmt > peripheral)),
            f"CMT of a dose outside 1 (gut) to {peripheral}; 2 is the central compartment",
        ),
    ]
    if not columns.has("CMT"):
        slips.append((rate > 0, "an infusion without CMT: where to? write CMT 2 (intravenous) or 1 (gut)"))
    for wrong, message in slips:
        if wrong.any():
            raise table.error(int(np.argmax(wrong)), message)
    if not dose.any():
        raise ScenarioError(f"{table.name}: no dose; AMT is above 0 on no row: give mg on rows with EVID 1")
    into_gut = dose & (rate > 0) & (cmt == 1)
    notes = [f"{into_gut.sum()} infusions flow into CMT 1, the gut; intravenous is CMT 2"] if into_gut.any() else []
    used = ("AMT", "AMTU", "EVID", "CMT", "II", "ADDL", "SS", *rate_used)
    return Doses(evid, amt, cmt, rate, ii, addl, ss, used, notes)


def _rates(
    columns: Columns, dose: NDArray[np.bool_], amt: NDArray[np.float64], cmt: NDArray[np.int64]
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the rate of every record, and the roles it came from: RATE, TINF, or RATE -2 with D1 and -1 with R1.

    Raises:
        ScenarioError: a modelled duration or rate that the file does not give.
    """
    table = columns.table
    rate, used = np.nan_to_num(columns.numbers("RATE")), ["RATE"]
    lasting = np.nan_to_num(columns.within("TINF", 0.0, np.inf, "h"))
    if (lasting > 0).any():
        if (rate != 0).any():
            both = f"{columns.roles['RATE']} and {columns.roles['TINF']}"
            raise table.error(int(np.argmax(rate != 0)), f"{both} both say how long an infusion flows; leave one out")
        rate = np.where(dose & (lasting > 0), amt / np.where(lasting > 0, lasting, 1.0), 0.0)
    used.append("TINF")
    for code, letter, what in ((-2.0, "D", "duration"), (-1.0, "R", "rate")):
        for place in (1, 2):
            modelled = dose & (rate == code) & (cmt == place)
            role = f"{letter}{place}"
            given = columns.within(role, 0.0, np.inf, "") if modelled.any() else np.zeros(rate.size)
            lacking = modelled & ~(given > 0)
            if lacking.any():
                remedy = f"add a column {role} or give RATE in mg/h"
                message = f"RATE {code:g} asks for a modelled {what} {role}, which the file does not give; {remedy}"
                raise table.error(int(np.argmax(lacking)), message)
            if modelled.any():
                used.append(role)
                rate = np.where(modelled, amt / np.where(modelled, given, 1.0) if letter == "D" else given, rate)
    if (rate < 0).any():
        record = int(np.argmax(rate < 0))
        raise table.error(record, f"RATE is {rate[record]:g}, wanted mg/h, 0, or -1 or -2 for a modelled one of a dose")
    return rate, used


def undosed(elapsed: NDArray[np.float64], starts: NDArray[np.int64], given: Doses) -> NDArray[np.bool_]:
    """Return the records up to the first dose of the subject, or of what follows a reset."""
    is_dose = (given.evid == 1) | (given.evid == 4)
    new = np.zeros(elapsed.size, bool)
    new[starts[:-1]] = True
    new |= given.evid >= 3
    firsts = np.flatnonzero(new)
    first_dose = np.minimum.reduceat(np.where(is_dose, elapsed, np.inf), firsts)
    steady = np.maximum.reduceat(given.ss * is_dose, firsts) > 0
    segment = np.cumsum(new) - 1
    return (elapsed <= first_dose[segment]) & ~steady[segment]


def large(given: Doses, salt: NDArray[np.bool_], drug: Drug | None) -> list[str]:
    """Return a warning where one dose of memantine is above the label's highest daily dose."""
    if drug is not None or not given.amt.size:
        return []
    most, mass = highest_daily_dose(), molar_masses()
    as_salt = np.where(salt, given.amt, given.amt * mass.salt / mass.base)
    biggest = float(as_salt.max())
    if biggest <= most * (1 + 1e-9):
        return []
    return [f"a dose of {biggest:g} mg is above the labelled {most:g} mg a day: AMT counts mg; check its unit"]


def highest_daily_dose() -> float:
    """Return the label's highest daily dose, mg of salt."""
    from leao.core.units import convert

    ceiling = ledger.read("regimen").numbers["ceiling"]
    return convert(ceiling.value, ceiling.unit, "mg/day")


class MolarMasses(NamedTuple):
    """g/mol of memantine base and of its salt."""

    base: float
    salt: float


def molar_masses() -> MolarMasses:
    """Return g/mol of memantine base and of its salt."""
    numbers = ledger.read("exposure").numbers
    return MolarMasses(numbers["formula_weight_base"].value, numbers["formula_weight_salt"].value)

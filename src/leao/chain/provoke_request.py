"""What is asked of a provocation, in texts with units, checked and turned into numbers before anything is computed."""

from __future__ import annotations

from typing import NamedTuple

from leao.chain.provoke import ROUTES, ProvocationRequest
from leao.chain.scenario import ceiling_mg_per_day
from leao.core import ledger, units
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_PEOPLE
from leao.core.random import checked_seed
from leao.dosing import prescription
from leao.headache.gtn import POPULATIONS

MOST = MOST_PEOPLE
OFF = "none"


class Infusion(NamedTuple):
    """The infusion: rate with its unit, minutes, and who gets it."""

    gtn: str
    minutes: float
    population: str


class DrugTexts(NamedTuple):
    """The drug: compound, and either its free concentration or a regimen, as texts."""

    compound: str | None
    concentration: str | None
    dose: str | None


def checked(infusion: Infusion, drug: DrugTexts, routes: tuple[str, ...], size: tuple[int, int]) -> ProvocationRequest:
    """Return the provocation asked for.

    Args:
        infusion: rate, minutes, population.
        drug: compound with concentration or dose; all None for no drug.
        routes: names of routes, or ``none`` alone.
        size: seed and number of virtual people.

    Raises:
        ScenarioError: something that cannot be asked.
    """
    rate = _infused(infusion.gtn, infusion.minutes)
    _one_of("--population", infusion.population, POPULATIONS)
    chosen = frozenset(routes or ("csd",))
    for name in chosen:
        _one_of("--route", name, (*ROUTES, OFF))
    if OFF in chosen and len(chosen) > 1:
        raise ScenarioError("--route: found none beside another route; write either")
    seed, n = size
    if not 1 <= n <= MOST:
        raise ScenarioError(f"--n: found {n}, wanted 1 to {MOST} virtual people")
    checked_seed(seed)
    compound, free, dose = _drug(*drug)
    return ProvocationRequest(
        rate, infusion.minutes, infusion.population, compound, free, dose, chosen - {OFF}, seed, n
    )


def _infused(gtn: str, minutes: float) -> float:
    numbers = ledger.read("headache/gtn").numbers
    rate = units.parse(gtn, numbers["rate"].unit, what="--gtn")
    most, longest = numbers["highest_rate"].value, numbers["highest_time"].value
    if not 0.0 < rate <= most:
        raise ScenarioError(f"--gtn: found {gtn!r}, wanted above 0 and up to {most:g} ug/kg/min; write '0.5 ug/kg/min'")
    if not 0.0 < minutes <= longest:
        raise ScenarioError(f"--minutes: found {minutes:g}, wanted above 0 and up to {longest:g}; write 20")
    return rate


def _drug(
    compound: str | None, concentration: str | None, dose: str | None
) -> tuple[str | None, float | None, float | None]:
    """Return compound, free concentration (uM) and dose (mg/day); the two last exclude each other."""
    if compound is None and concentration is None and dose is None:
        return None, None, None
    if (concentration is None) == (dose is None):
        given = "both --concentration and --dose" if dose else "neither --concentration nor --dose"
        raise ScenarioError(f"--compound: found {given}, wanted one; write for example --dose '10 mg daily'")
    compound = compound or "memantine"
    known = tuple(name.partition("/")[2] for name in ledger.names() if name.startswith("compounds/"))
    _one_of("--compound", compound, known)
    if dose is not None:
        return compound, None, _daily(compound, dose)
    most = ledger.read("protocols").numbers["highest_concentration"].value
    free = units.parse(str(concentration), "uM", what="--concentration")
    if not 0.0 <= free <= most:
        raise ScenarioError(f"--concentration: found {concentration!r}, wanted 0 to {most:g} uM")
    return compound, free, None


def _daily(compound: str, dose: str) -> float:
    """Return the last step of the regimen in mg of salt per day, refused above the label's ceiling."""
    if compound != "memantine":
        raise ScenarioError(f"--dose: no kinetics for {compound!r}, only for memantine; write --concentration instead")
    steps = prescription.parse(dose)
    most = ceiling_mg_per_day()
    if max(step.per_day for step in steps) > most:
        raise ScenarioError(f"--dose: found {dose!r}, wanted at most {most:g} mg/day, the label's ceiling")
    last = steps[-1].per_day
    if not last:
        raise ScenarioError(f"--dose: {dose!r} ends in no dose; write the one whose steady state is meant")
    return last


def _one_of(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        hint = ledger.nearest(name, list(known))
        raise ScenarioError(f"{what}: found {name!r}, wanted one of {', '.join(known)}{hint}")

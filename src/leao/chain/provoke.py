"""Nitroglycerin provocation with and without the drug: what is seen, and what each of the drug's routes predicts.

Every uncertain number is drawn anew for each virtual person; with and without drug they share their luck, so a drug
that reaches nothing changes nothing, bit for bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline
from leao.chain.verdict import distribution
from leao.core import ledger, sources
from leao.core.random import Streams
from leao.cortex.options import CortexOptions
from leao.dosing import prescription
from leao.headache import attack_rate as headache
from leao.headache import gtn as provoke
from leao.headache import routes as pathways
from leao.headache import wave_to_pain
from leao.headache.params import Attack, Gtn
from leao.receptor import equilibrium_block as receptor

Array = NDArray[np.float64]
P = TypeVar("P")

MEMANTINE = "memantine"
ROUTES = ("csd", "trigeminocervical")
OUTCOME = "provoked_migraine"
SEVERITIES = ("mild", "moderate", "severe")
TIMES = np.linspace(0.0, 12.0, 49)  # h
PERCENT = 100.0
SETTLED = 84  # days of treatment before the infusion; the level is the mean of the last 28
SITE = "dorsolateral pons"


class ProvocationRequest(NamedTuple):
    """One provocation: who gets which infusion, under which drug, by which routes."""

    rate: float  # ug/kg/min
    minutes: float
    population: str
    compound: str | None
    concentration: float | None  # uM, free around neurons
    dose: float | None  # mg of salt per day
    routes: frozenset[str]
    seed: int
    n: int


class ParameterDraw(NamedTuple):
    """One draw of every uncertain number per person: fields floats or (person,)."""

    gtn: Gtn
    attack: Attack
    waves: Array  # (person,), share of waves that still ignite, were that route on
    block: Array  # (person,), blocked share in the trigeminocervical complex, were that route on
    free: Array | None  # (person,), uM


def provocation(request: ProvocationRequest) -> dict[str, Any]:
    """Return the answer as the contract words it, the drug's routes beside it."""
    world = _world(request)
    streams = Streams(request.seed, "provoke")
    uniforms = streams.per_trial("person.provoke", range(request.n), provoke.LUCK)
    course = streams.per_trial("person.attack", range(request.n), wave_to_pain.LUCK)
    base = _seen(request, world, frozenset(), (uniforms, course))
    with_drug = _seen(request, world, request.routes, (uniforms, course)) if request.compound else None
    reason = covered(request, world.gtn)
    return {
        "population": request.population,
        "gtn_ug_per_kg_min": request.rate,
        "minutes": request.minutes,
        **(with_drug or base),
        "compound": request.compound,
        "dose_mg_per_day": request.dose,
        "free_brain_uM": None if world.free is None else distribution(world.free),
        "without_drug": base if with_drug else None,
        "routes": _routes(request, world),
        "extrapolated": reason,
        "n": request.n,
        "seed": request.seed,
        "notes": _notes(request),
        "inputs": _inputs(request),
        "bibliography": sources.bibtex(sorted(_sources())),
    }


def covered(request: ProvocationRequest, gtn: Gtn) -> str | None:
    """Return in which sense another infusion is extrapolated from the published one; None for that one."""
    ratios = request.rate / gtn.rate, request.minutes / gtn.time
    if ratios == (1.0, 1.0):
        return None
    published = f"the figures are those of {gtn.rate:g} ug/kg/min for {gtn.time:g} min"
    if max(ratios) <= 1.0:
        return f"{published}; this infusion is smaller, so they are upper bounds"
    if min(ratios) >= 1.0:
        return f"{published}; this infusion is larger, so they are lower bounds"
    return f"{published}; this infusion is neither larger nor smaller throughout, so they bound nothing"


def _world(request: ProvocationRequest) -> ParameterDraw:
    streams, trials = Streams(request.seed, "provoke"), range(request.n)

    def uniform(name: str) -> Array:
        return streams.per_trial(f"world.{name}", trials)[:, 0]

    gtn = _drawn("headache/gtn", Gtn, uniform)
    attack = _drawn("headache/attack", Attack, uniform)
    if request.compound is None:
        return ParameterDraw(gtn, attack, np.ones(request.n), np.zeros(request.n), None)
    chain = pipeline.ChainRequest(_plan(request.dose), CortexOptions().carry)
    drawn = pipeline.drawn_world(streams, trials, chain)
    persons_drawn = pipeline.persons(drawn, lambda name: streams.per_trial(f"person.{name}", trials, 1))
    if request.compound != MEMANTINE:
        other = ledger.params(ledger.read(f"compounds/{request.compound}"), receptor.Compound)
        persons_drawn = persons_drawn._replace(compound=other)
    if request.concentration is None:
        state = pipeline.month_end(persons_drawn, chain.plan, SETTLED)
    else:
        level = np.full((request.n, 1, 1), request.concentration)
        state = {"free_brain": level} | pipeline.downstream(persons_drawn, level)
    odds = state["block_odds"][:, 0, 0]
    waves = headache.waves_left(state["log_fall"][:, 0, 0], np.asarray(persons_drawn.headache.kappa_wave)[:, 0])
    return ParameterDraw(gtn, attack, waves, odds / (1.0 + odds), state["free_brain"][:, 0, 0])


def _plan(dose: float | None) -> pipeline.PlannedIntake:
    return pipeline.PlannedIntake() if not dose else pipeline.PlannedIntake(prescription.read(f"{dose:g} mg"))


def _drawn(name: str, cls: type[P], uniform: Any) -> P:
    return ledger.draw(ledger.read(name), cls, lambda key: uniform(f"{name}.{key}"))


def _upstream(request: ProvocationRequest, world: ParameterDraw, routes: frozenset[str]) -> provoke.InfusionInput:
    waves = world.waves if "csd" in routes else np.ones(request.n)
    block = world.block if "trigeminocervical" in routes else np.zeros(request.n)
    return provoke.InfusionInput(request.population, waves, block)


def _seen(
    request: ProvocationRequest, world: ParameterDraw, routes: frozenset[str], uniforms: tuple[Array, Array]
) -> dict[str, Any]:
    """Return what is seen with the drug acting by ``routes``; none of them: without drug."""
    upstream = _upstream(request, world, routes)
    outcome = provoke.run(world.gtn, world.attack, upstream, uniforms[0])
    had = outcome["migraine"]
    never = np.zeros(request.n, dtype=bool)
    attacks = wave_to_pain.run(
        world.attack, wave_to_pain.PainInput(never, never, upstream.block, upstream.block), uniforms[1]
    )
    percent = PERCENT * outcome["migraine"].mean()
    late = outcome["latency"][had]
    known = request.population in provoke.PATIENTS
    return {
        "immediate_headache_percent": float(PERCENT * outcome["immediate"].mean()),
        "delayed_migraine_percent": float(percent),
        "delayed_migraine_band": distribution(PERCENT * outcome["chance"]),
        "delayed_migraine_se": float(np.sqrt(percent * (PERCENT - percent) / request.n)),
        "latency_h": distribution(late) if known and had.any() else None,
        "peak_h": distribution(outcome["peak"][had]) if known and had.any() else None,
        "cumulative_percent": [float(PERCENT * np.mean(had & (outcome["latency"] <= t))) for t in TIMES]
        if known
        else None,
        "times_h": TIMES.tolist(),
        "with_wave_percent": float(PERCENT * outcome["wave"].sum() / had.sum()) if had.any() else None,
        "severity": _mix(attacks["severity"][had]) if known and had.any() else None,
        "length_h": distribution(attacks["length"][had]) if known and had.any() else None,
        "brainstem_activation": _brainstem(attacks, had, known),
    }


def _mix(severity: NDArray[np.intp]) -> dict[str, float]:
    return {name: float(np.mean(severity == k)) for k, name in enumerate(SEVERITIES, start=1)}


def _brainstem(attacks: dict[str, NDArray], had: NDArray[np.bool_], known: bool) -> dict[str, Any]:
    """Return the pons' activity: in every provoked migraine, for as long as it would last untreated."""
    lasts = (attacks["brainstem_end"] - attacks["brainstem_start"])[had]
    return {
        "site": SITE,
        "side": "the side of the pain",
        "percent": float(PERCENT * had.mean()) if known else None,
        "lasts_h": distribution(lasts) if known and had.any() else None,
        "ends_with_triptan": False,
        "seen_in": "24 patients against 8 controls, PET; significant for the group, no share of single persons printed"
        if known
        else "no data: controls had no migraine in the scanner",
        "source": "afridi2005",
    }


def _routes(request: ProvocationRequest, world: ParameterDraw) -> list[dict[str, Any]]:
    """Return each route with its evidence and what it does to the chance of migraine."""
    rows = [row for row in pathways.table() if row["outcome"] == OUTCOME]
    out = []
    for row in rows:
        on = request.compound is not None and row["route"] in request.routes
        upstream = _upstream(request, world, frozenset({row["route"]}))
        left = provoke.drive(world.attack, upstream.block)
        share = provoke.of_waves(world.gtn, request.population)
        ratio = (1.0 - share * (1.0 - np.asarray(upstream.waves))) * left
        out.append(
            {
                "route": row["route"],
                "what": row["text"],
                "on": on,
                "effect": "modelled" if on else "no modelled effect",
                "rate_ratio": distribution(ratio) if on else None,
                "supports": list(row["supports"]),
                "against": list(row["against"]),
            }
        )
    return out


def _notes(request: ProvocationRequest) -> list[str]:
    notes = ["no study of memantine in nitroglycerin provocation was found"] if request.compound else []
    if request.population in provoke.PATIENTS:
        notes.append(
            "latency: onset as printed in London (mean 104 min); Copenhagen's 5.5 h is the peak, shown as such"
        )
    if request.population == provoke.PATIENTS[0]:
        notes.append(
            "rates: patients of all kinds together; --population without_aura or with_aura for either kind (after a "
            "tablet under the tongue 82 and 14 % had an attack)"
        )
    elif request.population == "with_aura":
        notes.append("rate with aura: not printed by type, bounded by 33 attacks in 44 patients of whom 21 had aura")
    elif request.population == "without_aura":
        notes.append("rate without aura: 8 of 10; the share of waves is bounded by auras that nobody reported")
    else:
        notes.append("delayed migraine in controls: 2 of 53 after a tablet under the tongue, borrowed for the infusion")
        notes.append("latency, length, severity and brainstem activity of migraine in controls: no data")
    return notes


def _inputs(request: ProvocationRequest) -> list[str]:
    patients = request.population in provoke.PATIENTS
    immediate = "patients" if patients else request.population
    return [f"headache/gtn.immediate_{immediate}", f"headache/gtn.migraine_{request.population}"] + [
        f"headache/gtn.{name}" for name in (("latency", "peak_delay") if patients else ("latency",))
    ]


def _sources() -> set[str]:
    names = ("headache/gtn", "headache/attack")
    used = {number.source for name in names for number in ledger.read(name).numbers.values()} - {"assumed"}
    cited = (row.sources() for row in pathways.read() if row.outcome == OUTCOME)
    return used.union(*cited) | {"afridi2005", "thomsen1994", "harder2024", "karsan2016", "christiansen2000"}

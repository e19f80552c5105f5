"""The node without space that a user asks for, in plain texts with units; beside ``experiments``."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from leao.cortex import portrait as view
from leao.cortex import request, simulation, solve
from leao.cortex.experiments import or_none, treatment


class PhaseResult(NamedTuple):
    """A portrait of the node and the plain answer."""

    answer: dict[str, Any]
    portrait: view.Portrait


def phase_done(ask: request.ExperimentRequest) -> PhaseResult:
    """Return where the node rests, how far it is from the fold, its thresholds and cycles."""
    values, concentration = request.tissue(ask), request.level(ask)
    treated, free = request.slice_at(values, concentration), request.untreated(values)
    simulation.ready(treated, solve.strong("kcl"))
    start = time.process_time()
    seen = view.portrait(treated)
    steady = [each for each in seen.cycles if each.steady]
    answer = {
        "preset": ask.preset,
        **request.condition_answer(ask),
        **treatment(values, (free, treated), concentration),
        "resting": {
            "potassium_mM": seen.rest_potassium,
            "glutamate_uM": seen.rest_glutamate,
            "points": [point._asdict() for point in seen.resting],
        },
        "fold": {"potassium_mM": or_none(seen.fold_potassium), "glutamate_uM": or_none(seen.fold_glutamate)},
        "fold_distance": {
            "potassium_mM": or_none(seen.fold_potassium - seen.rest_potassium),
            "glutamate_uM": or_none(seen.fold_glutamate - seen.rest_glutamate),
        },
        "threshold": {
            "potassium_mM": or_none(seen.threshold_potassium),
            "glutamate_uM": or_none(seen.threshold_glutamate),
        },
        "starts_by_itself": seen.threshold_potassium == 0.0,
        "limit_cycle": bool(steady),
        "cycles": [
            {"strength": each.strength, "depolarisations": each.depolarisations, "period_s": or_none(each.period_s)}
            for each in seen.cycles
        ],
        "cpu_s": time.process_time() - start,
    }
    return PhaseResult(answer, seen)

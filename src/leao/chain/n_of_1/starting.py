"""The start of an N-of-1 trial: the regimen as entered is checked by the labels, then days, order and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from leao.chain.n_of_1 import folder as kept
from leao.chain.n_of_1 import patient_files
from leao.chain.n_of_1.calendar import Calendar, planned
from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.limits import LARGEST_SEED
from leao.dosing import prescription
from leao.plan import api as plan
from leao.trial.params import numbers as trial_numbers
from leao.trial.single_patient.estimate import OUTCOMES

DRUG, ALPHA_SIDES = "memantine", 2.0


class StartRequest(NamedTuple):
    """What the clinician entered."""

    folder: Path
    dose: str
    begin: str
    outcome: str
    cycles: int
    weeks: int | None
    patient: plan.PatientAnswers | None
    seed: int | None


def start(request: StartRequest) -> dict[str, Any]:
    """Return the answer; the folder's files are written, unless the labels refuse the regimen.

    Raises:
        ScenarioError: a folder that is there, or anything that is not understood.
    """
    if request.folder.exists() and (not request.folder.is_dir() or any(request.folder.iterdir())):
        raise ScenarioError(f"{request.folder}: is there already; name a new folder for this trial")
    if request.outcome not in OUTCOMES:
        raise ScenarioError(
            f"--outcome: found {request.outcome!r}, wanted one of {', '.join(OUTCOMES)}"
            f"{nearest(request.outcome, list(OUTCOMES))}"
        )
    if not any(request.dose.strip()) or prescription.parse(request.dose)[-1].per_day == 0.0:
        raise ScenarioError(f"--dose: found {request.dose!r}, which ends; wanted what is taken to the end of a box")
    if request.seed is not None and not 0 <= request.seed <= LARGEST_SEED:
        raise ScenarioError(f"--seed: found {request.seed}, wanted 0 to {LARGEST_SEED}")
    checked: Any = plan.check(request.dose, request.patient).summary
    rules = trial_numbers()
    cautions = [f"{part['level']}: {part['what']}" for part in checked["cautions"]]
    answer: dict[str, Any] = {
        "folder": str(request.folder),
        "drug": DRUG,
        "dose": checked["asked"],
        "outcome": request.outcome,
        "cycles": request.cycles,
        "period_days": None,
        "lead_days": None,
        "window_days": None,
        "begin": request.begin,
        "end": None,
        "boxes": [],
        "looks": [],
        "alpha_one_sided": (1.0 - rules.confidence) / ALPHA_SIDES,
        "washout_days": None,
        "days_to_90_percent": None,
        "seeded": request.seed is not None,
        "seal_sha256": None,
        "cautions": [checked["basis"], *cautions],
        "ask_first": checked["ask_first"],
        "unknown": checked["unknown"],
        "refused": checked["refused"],
        "files": [],
    }
    if checked["refused"]:
        return answer | {"text": f"Nothing was started: {checked['refused']}"}
    calendar = planned(request.begin, request.cycles, request.weeks, checked["forecast"], int(rules.month))
    return _written(request, answer, calendar, checked["forecast"])


def _written(
    request: StartRequest, answer: dict[str, Any], calendar: Calendar, forecast: dict[str, Any]
) -> dict[str, Any]:
    lot = kept.drawn(calendar, request.seed)
    sealed = kept.sealed(calendar, DRUG, request.dose, lot)
    answer |= {
        "period_days": calendar.period,
        "lead_days": calendar.period - calendar.window,
        "window_days": calendar.window,
        "begin": str(calendar.begin),
        "end": str(calendar.last),
        "boxes": calendar.as_json(),
        "looks": [str(day) for day in calendar.looks()],
        "seal_sha256": kept.digest(sealed),
    }
    for key in ("washout_days", "days_to_90_percent"):
        answer[key] = {end: forecast[key][end] for end in ("median", "p05", "p95")}
    names = (kept.PLAN, kept.SEALED, kept.CALENDAR, kept.DIARY)
    answer["files"] = [str(request.folder / name) for name in names]
    answer["text"] = (
        f"{request.cycles} cycles of two boxes, {calendar.period} days each, {calendar.begin} to {calendar.last}; the "
        f"first {calendar.period - calendar.window} days of a box wash out or build up, the last {calendar.window} are "
        "counted. "
        "Give the sealed file to the pharmacist unopened."
    )
    plan_kept = kept.as_text(
        {"format": kept.FORMAT} | {key: answer[key] for key in answer if key not in ("files", "folder")}
    )
    texts = (
        plan_kept, sealed, patient_files.calendar_file(calendar, answer["seal_sha256"][:12]),
        patient_files.diary_file(calendar),
    )  # fmt: skip
    kept.write(request.folder, list(zip(names, texts, strict=True)))
    return answer

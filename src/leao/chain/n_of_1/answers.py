"""The answers of a look, which stays blind, and of the close, which does not."""

from __future__ import annotations

from typing import Any

from leao.chain.n_of_1 import folder as kept
from leao.chain.n_of_1 import judging
from leao.chain.n_of_1.folder import Trial
from leao.chain.n_of_1.judging import Counted, Decision
from leao.core.errors import ScenarioError
from leao.core.known import finite
from leao.diary.reading import Diary
from leao.trial.params import numbers as trial_numbers
from leao.trial.single_patient import estimate

MINUS = "\N{MINUS SIGN}"
TEXT = {
    "go_on": "Look {look}: go on as planned.",
    "stop": "Look {look}: the bound is crossed; the trial has its answer. Close it by leao trial n-of-1 close.",
    "too_early": "{whole} whole cycles so far: the first look wants {least}. Nothing was spent.",
    "nothing_new": "No whole cycle more than at look {look}: nothing was looked at, nothing spent.",
}
VERDICTS = {
    "helps": "Fewer {what} on {drug} than on placebo: {spread} per 28 days.",
    "harms": "More {what} on {drug} than on placebo: {spread} per 28 days.",
    "not_shown": "No difference was shown: {spread} {what} per 28 days, {drug} less placebo; no proof of none.",
    "not_judged": "Too few whole cycles: nothing is judged.",
}


def look(trial: Trial, diary: Diary) -> dict[str, Any]:
    """Return the answer of a look, and keep the look where one was made.

    Raises:
        ScenarioError: a trial that was closed or has stopped.
    """
    if trial.closed:
        raise ScenarioError(f"{trial.folder}: the trial was closed and is no longer blind; there are no further looks")
    if trial.looks and trial.looks[-1]["stopped"]:
        raise ScenarioError(f"{trial.folder}: look {len(trial.looks)} stopped the trial; run leao trial n-of-1 close")
    counted = judging.count(trial, diary)
    history = [made["whole_cycles"] for made in trial.looks]
    whole, number, code = counted.whole, len(trial.looks) + 1, estimate.OPEN
    verdict, bound = "go_on", 0.0
    if whole < judging.LEAST_CYCLES:
        verdict = "too_early"
    elif history and whole <= history[-1]:
        verdict = "nothing_new"
    else:
        code, bound = judging.judge(trial, counted, trial.plan["cycles"], [*history, whole])
        verdict = "go_on" if code == estimate.OPEN else "stop"
    looked = verdict in ("go_on", "stop")
    lines = judging.problems(trial, counted, diary)
    later = [str(day) for day in trial.calendar.looks()[max(whole - 1, 0) :]]
    answer: dict[str, Any] = {
        "folder": str(trial.folder),
        "outcome": trial.plan["outcome"],
        "verdict": verdict,
        "look": number if looked else None,
        "whole_cycles": whole,
        "planned_cycles": trial.plan["cycles"],
        "next_look": later[0] if later and verdict != "stop" else None,
        "boxes": counted.boxes,
        "problems": lines,
        "read": {"understood": diary.understood, "oddities": diary.oddities},
        "files": [],
    }
    shown = number if looked else number - 1
    answer["text"] = TEXT[verdict].format(look=shown, whole=whole, least=judging.LEAST_CYCLES)
    if looked:
        made = {"look": number, "whole_cycles": whole, "boxes_ended": counted.ended, "nominal_p": bound}
        made |= {"stopped": verdict == "stop", "boxes": counted.boxes}
        answer["files"] = kept.write(trial.folder, [(f"look-{number}.json", kept.as_text(made))])
    return answer


def close(trial: Trial, diary: Diary) -> dict[str, Any]:
    """Return the answer of the close; from here on the trial is not blind."""
    counted = judging.count(trial, diary, closing=True)
    decision = judging.decide(trial, counted)
    rules = trial_numbers()
    main = _interval(decision.answer, rules.confidence)
    names = [judging.NAMES[treatment] for treatment in trial.order]
    lines = [*decision.problems, *judging.problems(trial, counted, diary)]
    if decision.answer is not None and decision.answer.cycles[0] > 1 and not decision.answer.moderated[0]:
        lines.append(
            "the cycles scatter more than those of patients like the simulated: they are judged by themselves alone"
        )
    spread = _spread(main)
    text = VERDICTS[decision.verdict].format(
        what=trial.plan["outcome"].replace("_", " "), drug=trial.plan["drug"], spread=spread
    )
    answer: dict[str, Any] = {
        "folder": str(trial.folder),
        "drug": trial.plan["drug"],
        "dose": trial.plan["dose"],
        "outcome": trial.plan["outcome"],
        "verdict": decision.verdict,
        "difference": main,
        "difference_alone": _alone(decision.answer, rules.confidence),
        **_figures(decision),
        "whole_cycles": counted.whole,
        "planned_cycles": trial.plan["cycles"],
        "alpha_one_sided": trial.plan["alpha_one_sided"],
        "looks": decision.looks,
        "cycles": _cycles(counted, names),
        "boxes": counted.boxes,
        "contents": names,
        "side_effect_days": _side_effects(trial, diary),
        "problems": lines,
        "cautions": trial.plan["cautions"],
        "read": {"understood": diary.understood, "oddities": diary.oddities},
        "files": [],
        "page": None,
        "text": text,
    }
    kept.write(trial.folder, [(kept.CLOSED, kept.as_text({"verdict": decision.verdict, "text": text}))])
    answer["files"] = [str(trial.folder / kept.CLOSED)]
    return answer


def _figures(decision: Decision) -> dict[str, Any]:
    answer = decision.answer
    several = answer is not None and answer.cycles[0] > 1
    if answer is None or not several:
        return {"p_one_sided": None, "degrees_of_freedom": None, "scatter_as_simulated": None}
    return {
        "p_one_sided": float(estimate.one_sided(answer)[0]),
        "degrees_of_freedom": float(answer.freedom[0]),
        "scatter_as_simulated": bool(answer.moderated[0]),
    }


def _interval(answer: estimate.CycleEstimate | None, confidence: float) -> dict[str, float | None]:
    if answer is None:
        return {"estimate": None, "low": None, "high": None}
    low, high = (finite(end[0]) for end in estimate.interval(answer, confidence))
    return {"estimate": finite(answer.value[0]), "low": low, "high": high}


def _alone(answer: estimate.CycleEstimate | None, confidence: float) -> dict[str, float | None]:
    if answer is None or answer.cycles[0] < judging.LEAST_CYCLES or not answer.alone_se[0] > 0.0:
        return {"estimate": None if answer is None else finite(answer.value[0]), "low": None, "high": None}
    return _interval(answer._replace(se=answer.alone_se, freedom=answer.cycles - 1.0), confidence)


def _cycles(counted: Counted, names: list[str]) -> list[dict[str, Any]]:
    rows, rates = [], counted.rates
    differences, _ = counted.differences()
    for cycle, difference in enumerate(differences[0]):
        placebo, drug = (finite(rate) for rate in rates[cycle])
        order = ", then ".join(names[2 * cycle : 2 * cycle + 2])
        rows.append(
            {"cycle": cycle + 1, "order": order, "placebo": placebo, "drug": drug, "difference": finite(difference)}
        )
    return rows


def _side_effects(trial: Trial, diary: Diary) -> dict[str, int] | None:
    """Return the days with a side effect by what the box held, over all days of a box."""
    if diary.side_effects is None:
        return None
    days = {day for day, _ in diary.side_effects}
    counts: dict[str, int] = dict.fromkeys(judging.NAMES, 0)
    for (first, _, last), treatment in zip(trial.calendar.boxes, trial.order, strict=True):
        counts[judging.NAMES[treatment]] += sum(diary.day(first) <= day <= diary.day(last) for day in days)
    return counts


def _spread(values: dict[str, float | None]) -> str:
    if values["estimate"] is None:
        return "no estimate"
    texts = {key: "" if value is None else f"{value:.1f}".replace("-", MINUS) for key, value in values.items()}
    return texts["estimate"] + (f" (95 % {texts['low']} to {texts['high']})" if texts["low"] else "")

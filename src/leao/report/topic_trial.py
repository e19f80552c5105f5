"""How the report tells the results of trials, simulated and real."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import page as pages
from leao.report import trial, trial_analysis, words
from leao.report.figures import grid, power, tipping
from leao.report.figures import trial_analysis as analysed
from leao.report.topic import Draw, Head, Topic


def _power_head(result: Result[Any]) -> Head:
    answer = result.summary
    if "missing_chunks" in answer:
        return Head("This shard is done", f"{answer['missing_chunks']} chunks of the ensemble are still missing.")
    lines = tuple(line for line in (answer["caution"], answer["recommendation"]) if line)
    return Head(f"{answer['scenario']}: {trial.about(answer)}", trial.headline(answer), lines)


def _power_pictures(result: Result[Any]) -> dict[str, Draw]:
    answer = result.summary
    if "missing_chunks" in answer:
        return {}
    names = [picture.name for picture in power.draw(answer)]

    def alone(name: str) -> Draw:
        return lambda: next(picture for picture in power.draw(answer) if picture.name == name)

    return {name: alone(name) for name in names}


def _analysis_head(result: Result[Any]) -> Head:
    answer = result.summary
    difference = answer["difference"]
    sentence = "No comparison." if difference is None else f"{answer['comparison']}: {words.spread(difference)}"
    return Head(str(answer["file"]), sentence, tuple(answer["problems"]))


def _analysis_pictures(result: Result[Any]) -> dict[str, Draw]:
    """Return what there is to draw: means, residuals and maps of deltas; the flow of patients is no plot."""
    answer = result.summary
    means, sensitivity = answer["means"], answer["sensitivity"]
    drawn: dict[str, Draw] = {}
    if means is not None:
        drawn["means"] = lambda: analysed.draw(answer, means)["means"]
        if answer["residuals"]:
            drawn["residuals"] = lambda: analysed.draw(answer, means)["residuals"]
    if sensitivity is not None and sensitivity["tipping"]:
        drawn["tipping"] = lambda: [tipping.draw(part, answer["better"]) for part in sensitivity["tipping"]]
    return drawn


def _grid_head(result: Result[Any]) -> Head:
    rows = result.summary
    best = max(rows, key=lambda row: row["power"] or 0.0)
    text = (
        f"{len(rows)} combinations of design, dropout, effect and size; the most power, {100 * best['power']:.0f} %, "
        f"with {best['n_per_arm']} per group, {best['design'].replace('_', ' ')}, {grid.effect(best['effect'])}."
    )
    return Head("A grid of trials", text, (f"{rows[0]['repeats']} simulated trials each.",))


def _grid_page(result: Result[Any]) -> str:
    drawn = grid.draw(result.summary)
    return pages.render("picture.html.j2", head=_grid_head(result), kicker="trial grid", picture=drawn)


TOPICS = {
    "grid": Topic(_grid_head, _grid_page, lambda result: {"grid": lambda: grid.draw(result.summary)}),
    "power": Topic(_power_head, lambda result: trial.render(result.summary), _power_pictures),
    "analysis": Topic(_analysis_head, lambda result: trial_analysis.render(result.summary), _analysis_pictures),
}

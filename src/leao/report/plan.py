"""One plan as one self-contained HTML page that prints on one sheet, and its tables in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from leao.core import sources
from leao.core.bibliography import Reference, references
from leao.report import off_label, page, words

if TYPE_CHECKING:
    from leao.exposure.contract import RegimenForecast
    from leao.plan.contract import Caution, Plan, ScheduleStep

REGIONS: tuple[Literal["EU"], Literal["US"]] = ("EU", "US")
ForecastKey = Literal["plasma_ng_per_mL", "free_brain_uM", "days_to_90_percent", "washout_days"]
LEVELS: tuple[tuple[str, ForecastKey, str], ...] = (
    ("plasma at steady state", "plasma_ng_per_mL", "ng/mL"),
    ("free in the brain", "free_brain_uM", "µM"),
    ("90 % of steady state, from the first day", "days_to_90_percent", "days"),
    ("washed out (5 % left) after the last dose", "washout_days", "days"),
)
NAMES = {"stop": "do not", "caution": "ask first", "note": "note"}
UNKNOWN = {
    "creatinine_clearance": "renal function",
    "urine_ph": "urine pH",
    "taking": "other medicines",
    "hepatic": "liver",
    "breast_feeding": "breast-feeding",
    "pregnant": "pregnancy",
}


class ShownCeiling(NamedTuple):
    """The ceiling of one label, with its reason and what to type where an answer would change it."""

    region: str
    mg_per_day: float | None
    reason: str
    option: str | None
    source: str


def ceilings(plan: Plan) -> list[ShownCeiling]:
    """Return the ceilings of the two labels; none where the plan was refused before any was looked up."""
    limit, reason = plan["ceiling_mg_per_day"], plan["ceiling_reason"]
    option, source = plan["ceiling_option"], plan["ceiling_source"]
    if reason is None or option is None or source is None:
        return []
    return [ShownCeiling(name, limit[name], reason[name], option[name], source[name]) for name in REGIONS]


def unknown(plan: Plan) -> str:
    """Return what was not answered, in words."""
    return ", ".join(str(UNKNOWN.get(name, name)) for name in plan["unknown"])


def level(row: Caution) -> str:
    """Return the level of a row in the words of the page: do not, ask first, advice, note."""
    return "advice" if row["patient"] else NAMES[row["level"]]


def forbidden(plan: Plan) -> list[str]:
    """Return what must not be done, each once: why the plan is refused, and the rows of that level."""
    refused = [plan["refused"]] if plan["refused"] else []
    rows = [row["what"] for row in plan["cautions"] if row["level"] == "stop"]
    return refused + [what for what in rows if what not in (plan["refused"] or "")]


def watched(plan: Plan) -> list[Caution]:
    """Return the cautions that are neither a question nor a name without a rule: those stand on their own lines."""
    asked = {question.lower() for question in plan["ask_first"]}
    return [
        row
        for row in plan["cautions"]
        if row["level"] == "caution" and row["what"].lower() not in asked and not row["what"].startswith("not checked")
    ]


def advice(plan: Plan) -> list[str]:
    """Return the advice for the patient."""
    return [row["what"] for row in plan["cautions"] if row["patient"]]


def notes(plan: Plan) -> list[Caution]:
    """Return the notes for the prescriber; names without a rule stand on their own line."""
    return [
        row
        for row in plan["cautions"]
        if row["level"] == "note" and not row["patient"] and not row["what"].startswith("not checked")
    ]


def step(row: ScheduleStep) -> str:
    """Return a step of the schedule as a person says it: ``from day 7: 5 mg in the morning, 10 mg in the evening``."""
    morning, evening = row["morning_mg"], row["evening_mg"]
    rows = [f"{amount:g} mg in the {when}" for amount, when in ((morning, "morning"), (evening, "evening")) if amount]
    if row["times_per_day"] > len(rows):
        same = len(set(row["intakes_mg"])) == 1
        amounts = [f"{amount:g}" for amount in row["intakes_mg"][: 1 if same else None]]
        rows = [
            f"{' + '.join(amounts)} mg, {row['times_per_day']} intake{'s' if row['times_per_day'] > 1 else ''} a day"
        ]
    every = "" if row["every_days"] == 1 else f", every {row['every_days']} days"
    return f"from day {row['from_day']}: {', '.join(rows) or 'nothing'}{every}"


def render(plan: Plan, today: date | None = None) -> str:
    """Return the plan as the text of one HTML page.

    Args:
        plan: the answer of ``plan.regimen_check.check``.
        today: the date printed beside the line for the name; today where it is left out.
    """
    forecast = plan["forecast"]
    return page.render(
        "plan.html.j2",
        plan=plan,
        today=(today or date.today()).isoformat(),
        unknown=unknown(plan),
        ceilings=ceilings(plan),
        forbidden=forbidden(plan),
        watched=watched(plan),
        advice=advice(plan),
        notes=notes(plan),
        level=level,
        step=step,
        off_label=off_label.block(),
        references=[(r.key, r.text, _where(r)) for r in references(sources.bibtex(_sources(plan)))],
        picture=None if forecast is None else figure(plan["asked"], forecast),
        levels=levels(plan),
        weeks=[] if forecast is None else weeks(forecast),
    )


def _sources(plan: Plan) -> set[str]:
    """Return the keys of every source that the page names."""
    named = {row["source"] for row in (*plan["cautions"], *plan["hypotheses"])} | set(off_label.block().sources)
    if plan["adverse_events"] is not None:
        events = plan["adverse_events"]
        named |= {row["source"] for row in (*events["labelled"], *events["without_rate"])}
    named |= {ceiling.source for ceiling in ceilings(plan)}
    return named | ({plan["preset"]["source"]} if plan["preset"] else set())


def _where(reference: Reference) -> str:
    """Return where a source stands, as text: the page asks nobody for anything."""
    return (
        f"doi:{reference.doi}" if reference.doi else reference.address.removeprefix("https://").removeprefix("http://")
    )


def levels(plan: Plan) -> list[list[str]]:
    """Return the rows of the forecast: what, median and 90 % band; hypotheses and what a run gives follow."""
    forecast = plan["forecast"]
    if forecast is None:
        return []
    rows = [[label, words.spread(forecast[key], unit)] for label, key, unit in LEVELS]
    rows += [
        [f"plasma if {row['what']} (hypothesis)", words.spread(row["plasma_ng_per_mL"], "ng/mL")]
        for row in plan["hypotheses"]
    ]
    if plan["adherence"]:
        taken = plan["adherence"]
        label = f"plasma if {words.percent(taken['share'])} of the days are taken, over days and people"
        rows.append([label, words.spread(taken["plasma_ng_per_mL"], "ng/mL")])
    run = forecast["as_in_a_run"]
    rows.append(["plasma in a run of the same regimen", words.spread(run["plasma_ng_per_mL"], "ng/mL")])
    rows += [[f"plasma with {row['what']}", words.spread(row["plasma_ng_per_mL"], "ng/mL")] for row in run["differs"]]
    return rows


def weeks(forecast: RegimenForecast) -> list[list[str]]:
    """Return the schedule week by week: week, mg per day, level on its last day; equal weeks drawn together."""
    rows: list[list[str]] = []
    for week in forecast["weeks"]:
        split = week["intakes_mg"] if len(week["intakes_mg"]) > 1 else []
        parts = f" ({' + '.join(f'{amount:g}' for amount in split)})" if split else ""
        row = [f"{week['mg_per_day']:g}{parts}", words.spread(week["plasma_ng_per_mL"])]
        if rows and rows[-1][1:] == row:
            rows[-1][0] = f"{rows[-1][0].split(' ')[0]} to {week['week']}"
        else:
            rows.append([str(week["week"]), *row])
    return rows


def figure(asked: str, forecast: RegimenForecast) -> str:
    """Return the daily mean plasma level as inline SVG: median and 90 % band."""
    plasma_ng_per_mL = forecast["days"]["plasma_ng_per_mL"]
    days = [0.0, *(day + 0.5 for day in range(len(plasma_ng_per_mL["median"])))]
    bands = np.array([[0.0, *plasma_ng_per_mL[key]] for key in ("p05", "median", "p95")])
    from leao.report.figures import svg  # matplotlib, for this picture alone

    with svg.styled():
        drawing, axes = svg.canvas((620, 270))
        svg.band(axes, days, bands, svg.DRUG)
        svg.label(axes, "days since the first tablet", "plasma, daily mean, ng/mL")
        axes.set_ylim(bottom=0)
        axes.set_xlim(0, days[-1])
        svg.grid(axes, xticks=8)
        alt = f"Plasma level under {asked}: median {bands[1, -1]:.0f} ng/mL on the last day shown, "
        return svg.write(drawing, alt + f"90 % band {bands[0, -1]:.0f} to {bands[2, -1]:.0f}.")

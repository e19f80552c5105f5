"""Answers of a sheet of cortex in words: one sentence, and the rows of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report import cortex_words
from leao.report.words import NO_DATA, known, number

ROWS = (
    ("area invaded", "invaded_mm2", "mm²", 3),
    ("of it a second time", "reentry_mm2", "mm²", 3),
    ("share of the sheet", "invaded_percent", "%", 3),
    ("farthest from the stimulus", "reached_mm", "mm", 3),
    ("speed, outer half", "speed_mm_per_min", "mm/min", 3),
    ("mean speed from the disk's edge on", "mean_speed_mm_per_min", "mm/min", 3),
    ("speed of a flat front", "speed_flat_mm_per_min", "mm/min", 3),
    ("loss of speed by curvature", "curvature_mm2_per_min", "mm²/min", 2),
    ("neurones depolarised", "duration_s", "s", 3),
    ("K⁺ outside, peak", "k_peak_mM", "mM", 3),
    ("glutamate outside, peak", "glutamate_peak_uM", "µM", 3),
    ("DC shift", "dc_shift_mV", "mV", 3),
    ("DC after it, highest", "dc_after_mV", "mV", 2),
)


NOT_READ = {
    "speed_mm_per_min": "too few rings of the front",
    "mean_speed_mm_per_min": "not outside the disk",
    "speed_flat_mm_per_min": "too few rings of the front",
    "curvature_mm2_per_min": "too few rings of the front",
    "duration_s": "not over when the run ended",
    "dc_shift_mV": "not reached where it is read",
    "dc_after_mV": "not over when the run ended",
}


def sheet(answer: Mapping[str, Any]) -> str:
    """Return the answer to ``leao cortex sheet`` in one sentence."""
    what, control = cortex_words.under(answer), answer["control"]
    text = f"With {what}, {_course(answer)}" if what else _upper(_course(answer))
    if control:
        text += f"; without, {_course(control)}"
    return f"{text}."


def sheet_rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of what a wave did to a sheet, the control beside it where there is one."""
    control = answer["control"]
    both = [answer, *([control] if control else [])]
    header = ["", *(["with", "without"] if control else ["found"]), ""]
    return header, [[label, *(_cell(each, key, digits) for each in both), unit] for label, key, unit, digits in ROWS]


def _cell(measures: Mapping[str, Any], key: str, digits: int) -> str:
    """Return a measure, or why there is none."""
    if known(measures[key]):
        return number(measures[key], digits)
    return NOT_READ.get(key, NO_DATA) if measures["propagated"] else "no wave"


def aura(answer: Mapping[str, Any]) -> str:
    """Return the answer to ``leao cortex aura`` in one sentence."""
    last = answer["scotoma"][-1] if answer["scotoma"] else None
    touched = [row for row in answer["scotoma"] if row["outer_deg"] is not None]
    if not answer["propagated"] or last is None or not touched:
        return sheet(answer)
    farthest = max(row["outer_deg"] for row in touched)
    text = (
        f"The blind spot begins at {number(answer['start_deg'], 2)}° in the {answer['hemifield']} half of the field and"
        f" its edge comes to {number(farthest, 2)}° in {number(last['minute'], 2)} minutes,"
        f" {number(last['touched_deg2'], 2)} square degrees of the field"
    )
    control = answer["scotoma_control"]
    if control:
        text += f" ({number(control[-1]['touched_deg2'], 2)} without {cortex_words.under(answer)})"
    return f"{text}. {sheet(answer)}"


def scotoma_rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the scotoma over time, beside the rate at which Lashley drew his own."""
    header = ["minute", "inner edge", "outer edge", "blind", "touched", "Lashley's rate"]
    rows = [
        [
            f"{row['minute']:g}",
            f"{number(row['inner_deg'], 2)}°",
            f"{number(row['outer_deg'], 2)}°",
            f"{number(row['blind_deg2'], 2)} deg²",
            f"{number(row['touched_deg2'], 2)} deg²",
            f"{number(drawn, 2)}°",
        ]
        for row, drawn in zip(answer["scotoma"], answer["lashley_deg"], strict=True)
    ]
    return header, rows


def setting(answer: Mapping[str, Any]) -> str:
    """Return the sheet and its boundary in one line."""
    back = (
        "closed: no current returns"
        if answer["return_path"] == "none"
        else f"current returns through a layer {number(answer['return_length_mm'], 2)} mm away"
    )
    ny, nx = answer["nodes"]
    field = "" if answer["field"] is None else f"; {answer['field']}: {number(answer['field_percent'], 2)} % differ"
    return (
        f"{nx} x {ny} nodes of {1e3 * answer['node_mm']:g} µm, steps of {1e3 * answer['dt_s']:g} ms, {back};"
        f" {STIMULI[answer['stimulus']]} {answer['strength']:g} {answer['strength_unit']} over a disk of"
        f" {answer['radius_mm']:g} mm at {answer['at_mm'][0]:g}, {answer['at_mm'][1]:g} mm{field}"
    )


STIMULI = cortex_words.STIMULI
SCOTOMA = (
    "Blind: neurones depolarised. In animals activity stays away for minutes after they have repolarised; when sight"
    " comes back is not modelled, so the trailing edge here is too early."
)


def notes(answer: Mapping[str, Any]) -> list[str]:
    """Return what has to be known to read the page."""
    rows = [
        "The nodes are those of the line (leao cortex wave), unchanged. Blood flow is not modelled, hence no film.",
        "A flat sheet of one layer: no folds, no depth; K⁺ does not leave into fluid above or below.",
    ]
    if answer["preset"] == "leao":
        rows.append(
            "Speeds are those of these nodes: with preset leao a plane wave is some 15 % faster on nodes of 80 µm than"
            " on 40 µm, and 8 % slower along the diagonal of the grid than along its axes (eaat: 2 % both)."
        )
    if answer["return_path"] == "none":
        rows.append(
            "No current leaves a closed sheet, and a straight or round front drives none within it, as on a line;"
            " --return-path csf lets it return through a layer above."
        )
    else:
        rows.append(
            "Current returns through a well-conducting layer above; its distance is assumed. DC is against that layer."
        )
    if "scotoma" in answer:
        rows.append(
            f"V1 by a complex logarithm with the constants of Horton and Hoyt (1991): the sheet covers"
            f" {answer['sheet_deg'][0]:.2g}° to {answer['sheet_deg'][1]:.2g}° along the horizontal meridian."
        )
    return rows


def _course(answer: Mapping[str, Any]) -> str:
    if not answer["propagated"]:
        return "the stimulus starts no travelling wave"
    text = f"the wave invades {number(answer['invaded_mm2'], 3)} mm² ({number(answer['invaded_percent'], 2)} %)"
    if known(answer["speed_mm_per_min"]):
        text += f" at {number(answer['speed_mm_per_min'], 3)} mm/min"
    elif known(answer["mean_speed_mm_per_min"]):
        text += f" at {number(answer['mean_speed_mm_per_min'], 3)} mm/min on average"
    if answer["reentry"]:
        text += f", comes back over {number(answer['reentry_mm2'], 2)} mm²"
    return text + (" and is still moving when the run ends" if answer["still_moving"] else "")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
